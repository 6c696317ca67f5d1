#include "core/domain/function_action_json.h"

#include "core/base/compiler.h"
#include "core/domain/plan.h"

enum {
    NAME_MAX_BYTES = 64,
    URL_MAX_BYTES = 2048,
    DIGITS_MAX = 64,
    TIMEOUT_MAX_S = 600,
    ATTEMPTS_MAX = 10,
    POSTAL_CODE_MIN_MAX = 16,
    RECORDING_MAX_S = 86400,
    PARTICIPANTS_MAX = 250,
    KEYS_MAX = 64,
    USES_MAX = 1000
};

/** The reading of one action. */
struct reading {
    struct definition *d;
    function_action_text_fn *text;
    void *ctx;
    struct function_action *out;
};

/* ---- texts ----------------------------------------------------------------------------------- */

static struct str take(const struct reading *r, struct str s, const struct definition_at *at) {
    if (s.len == 0 || !r->text || r->d->rc != ERR_OK)
        return s;
    return r->text(r->ctx, r->d, s, at);
}

static struct str member(const struct reading *r, const struct json *obj,
                         const struct definition_at *at, const char *name, size_t max,
                         enum definition_need need) {
    struct definition_at here = definition_member(at, name);
    return take(r, definition_text(r->d, obj, at, name, max, need), &here);
}

/** A text, or a number as it is written: amounts are often numbers. */
static struct str member_or_number(const struct reading *r, const struct json *obj,
                                   const struct definition_at *at, const char *name, size_t max) {
    const struct json *v = json_get(obj, name);
    if (json_type(v) != JSON_NUMBER)
        return member(r, obj, at, name, max, DEFINITION_OPTIONAL);
    struct buf b = BUF_INIT(max);
    json_put_value(&b, v);
    struct str s = arena_copy(r->d->arena, buf_str(&b));
    buf_release(&b);
    return s;
}

static struct str whole(const struct reading *r, const struct json *v,
                        const struct definition_at *at, size_t max) {
    return take(r, definition_text_value(r->d, v, at, max, DEFINITION_REQUIRED), at);
}

struct replacing {
    const struct reading *r;
    const struct definition_at *at; /* of the action, also for what is deep inside */
};

static struct str replace_text(void *ctx, struct str text) {
    const struct replacing *p = ctx;
    return take(p->r, text, p->at);
}

/** Write v again with its texts replaced. */
static void put_replaced(const struct reading *r, const struct json *v,
                         const struct definition_at *at, struct json_writer *w) {
    struct replacing p = {.r = r, .at = at};
    json_put_replaced(w, v, replace_text, &p);
}

static struct str keep_json(const struct reading *r, struct buf *b,
                            const struct definition_at *at) {
    if (buf_failed(b))
        definition_fail(r->d, at, ERR_LIMIT, "has more than %d bytes", FUNCTION_ACTION_JSON_MAX);
    struct str s = arena_copy(r->d->arena, buf_str(b));
    buf_release(b);
    return s;
}

static struct str replaced(const struct reading *r, const struct json *v,
                           const struct definition_at *at) {
    struct buf b = BUF_INIT(FUNCTION_ACTION_JSON_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    put_replaced(r, v, at, &w);
    return keep_json(r, &b, at);
}

/* ---- one reader for each form ---------------------------------------------------------------- */

typedef void reader_fn(struct reading *r, const struct json *v, const struct definition_at *at);

static void read_true(struct reading *r, const struct json *v, const struct definition_at *at) {
    if (v && !json_bool(v, false))
        definition_fail(r->d, at, ERR_INVALID, "write true, or leave the action out");
}

static void read_text(struct reading *r, const struct json *v, const struct definition_at *at) {
    r->out->text = whole(r, v, at, FUNCTION_ACTION_TEXT_MAX);
}

static void read_name(struct reading *r, const struct json *v, const struct definition_at *at) {
    r->out->text = whole(r, v, at, NAME_MAX_BYTES);
}

static void read_digits(struct reading *r, const struct json *v, const struct definition_at *at) {
    r->out->text = whole(r, v, at, DIGITS_MAX);
}

/** true, or the name of a recording. */
static void read_recording_name(struct reading *r, const struct json *v,
                                const struct definition_at *at) {
    if (json_type(v) == JSON_STRING)
        read_name(r, v, at);
    else
        read_true(r, v, at);
}

static void read_play(struct reading *r, const struct json *v, const struct definition_at *at) {
    static const char *const members[] = {"url", "wait", NULL};
    if (json_type(v) == JSON_STRING) {
        r->out->text = whole(r, v, at, URL_MAX_BYTES);
    } else if (definition_object(r->d, v, at, members)) {
        r->out->text = member(r, v, at, "url", URL_MAX_BYTES, DEFINITION_REQUIRED);
        r->out->wait = definition_bool(r->d, v, at, "wait", false);
    }
}

static void read_recording(struct reading *r, const struct json *v,
                           const struct definition_at *at) {
    static const char *const members[] = {"name", "channels", "format", "beep", "max_s", NULL};
    static const char *const channels[] = {"", "mono", "dual"};
    static const char *const formats[] = {"", "wav", "mp3"};
    struct function_recording *o = &r->out->u.recording;
    if (!v || json_type(v) == JSON_BOOL) {
        read_true(r, v, at);
    } else if (definition_object(r->d, v, at, members)) {
        o->name = member(r, v, at, "name", NAME_MAX_BYTES, DEFINITION_OPTIONAL);
        o->channels = json_type(json_get(v, "channels")) == JSON_NUMBER
                          ? definition_u32(r->d, v, at, "channels", 1, 2, 0)
                          : (uint32_t)definition_word(r->d, v, at, "channels", channels, 1,
                                                      ARRAY_LEN(channels), 0);
        o->format = str_z(
            formats[definition_word(r->d, v, at, "format", formats, 1, ARRAY_LEN(formats), 0)]);
        o->beep = definition_bool(r->d, v, at, "beep", false);
        o->max_s = definition_u32(r->d, v, at, "max_s", 1, RECORDING_MAX_S, 0);
    }
}

static void read_hold(struct reading *r, const struct json *v, const struct definition_at *at) {
    static const char *const members[] = {"seconds", "say", NULL};
    int64_t seconds = FUNCTION_HOLD_DEFAULT_S;
    if (json_type(v) == JSON_OBJECT && definition_object(r->d, v, at, members)) {
        seconds =
            definition_u32(r->d, v, at, "seconds", 0, FUNCTION_HOLD_MAX_S, FUNCTION_HOLD_DEFAULT_S);
        r->out->text = member(r, v, at, "say", FUNCTION_ACTION_TEXT_MAX, DEFINITION_OPTIONAL);
    } else if (json_type(v) == JSON_NUMBER && !json_int(v, 0, FUNCTION_HOLD_MAX_S, &seconds)) {
        definition_fail(r->d, at, ERR_INVALID, "write seconds from 0 to %d", FUNCTION_HOLD_MAX_S);
    } else if (json_type(v) != JSON_NUMBER && json_type(v) != JSON_OBJECT) {
        read_true(r, v, at);
    }
    r->out->seconds = (uint32_t)seconds;
}

static void read_transfer(struct reading *r, const struct json *v, const struct definition_at *at) {
    static const char *const members[] = {"to",        "from",  "say", "result",
                                          "timeout_s", "final", NULL};
    struct function_transfer *t = &r->out->u.transfer;
    r->out->final = true;
    if (json_type(v) == JSON_STRING) {
        t->to = whole(r, v, at, URL_MAX_BYTES);
    } else if (definition_object(r->d, v, at, members)) {
        t->to = member(r, v, at, "to", URL_MAX_BYTES, DEFINITION_REQUIRED);
        t->from = member(r, v, at, "from", NAME_MAX_BYTES, DEFINITION_OPTIONAL);
        t->say = member(r, v, at, "say", FUNCTION_ACTION_TEXT_MAX, DEFINITION_OPTIONAL);
        t->result = member(r, v, at, "result", FUNCTION_ACTION_TEXT_MAX, DEFINITION_OPTIONAL);
        t->timeout_s = definition_u32(r->d, v, at, "timeout_s", 1, TIMEOUT_MAX_S, 0);
        r->out->final = definition_bool(r->d, v, at, "final", true);
    }
}

static void read_conference(struct reading *r, const struct json *v,
                            const struct definition_at *at) {
    static const char *const members[] = {
        "name", "muted", "start_on_enter", "end_on_exit", "participants_max", "final", NULL};
    struct function_conference *c = &r->out->u.conference;
    r->out->final = true;
    if (json_type(v) == JSON_STRING) {
        c->name = whole(r, v, at, NAME_MAX_BYTES);
    } else if (definition_object(r->d, v, at, members)) {
        c->name = member(r, v, at, "name", NAME_MAX_BYTES, DEFINITION_REQUIRED);
        c->muted = definition_bool(r->d, v, at, "muted", false);
        c->no_start_on_enter = !definition_bool(r->d, v, at, "start_on_enter", true);
        c->end_on_exit = definition_bool(r->d, v, at, "end_on_exit", false);
        c->participants_max =
            definition_u32(r->d, v, at, "participants_max", 2, PARTICIPANTS_MAX, 0);
        r->out->final = definition_bool(r->d, v, at, "final", true);
    }
}

/* ---- payment --------------------------------------------------------------------------------- */

/** The texts of a payment and their names in JSON. */
static const struct {
    const char *name;
    size_t offset, max;
} pay_texts[] = {
    {"connector", offsetof(struct function_payment, connector), URL_MAX_BYTES},
    {"status_url", offsetof(struct function_payment, status_url), URL_MAX_BYTES},
    {"amount", offsetof(struct function_payment, amount), NAME_MAX_BYTES},
    {"currency", offsetof(struct function_payment, currency), NAME_MAX_BYTES},
    {"description", offsetof(struct function_payment, description), 1000},
    {"method", offsetof(struct function_payment, method), NAME_MAX_BYTES},
    {"input", offsetof(struct function_payment, input), NAME_MAX_BYTES},
    {"token_type", offsetof(struct function_payment, token_type), NAME_MAX_BYTES},
    {"card_types", offsetof(struct function_payment, card_types), 200},
    {"postal_code", offsetof(struct function_payment, postal_code), NAME_MAX_BYTES},
    {"language", offsetof(struct function_payment, language), NAME_MAX_BYTES},
    {"voice", offsetof(struct function_payment, voice), 200},
};

static struct str *pay_text(struct function_payment *p, size_t i) {
    return (struct str *)(void *)((char *)p + pay_texts[i].offset);
}

static void read_pay(struct reading *r, const struct json *v, const struct definition_at *at) {
    static const char *const members[] = {
        "connector",       "status_url",    "amount",     "currency",     "description",
        "method",          "input",         "token_type", "card_types",   "postal_code",
        "language",        "voice",         "result",     "attempts_max", "timeout_s",
        "postal_code_min", "security_code", "params",     "prompts",      NULL};
    struct function_payment *p = &r->out->u.pay;
    if (!definition_object(r->d, v, at, members))
        return;
    for (size_t i = 0; i < ARRAY_LEN(pay_texts); i++)
        *pay_text(p, i) = member_or_number(r, v, at, pay_texts[i].name, pay_texts[i].max);
    /* names ${pay_result}, which is known only when the payment is over */
    p->result =
        definition_text(r->d, v, at, "result", FUNCTION_ACTION_TEXT_MAX, DEFINITION_OPTIONAL);
    p->attempts_max = definition_u32(r->d, v, at, "attempts_max", 1, ATTEMPTS_MAX, 0);
    p->timeout_s = definition_u32(r->d, v, at, "timeout_s", 1, TIMEOUT_MAX_S, 0);
    p->postal_code_min = definition_u32(r->d, v, at, "postal_code_min", 0, POSTAL_CODE_MIN_MAX, 0);
    p->no_security_code = !definition_bool(r->d, v, at, "security_code", true);
    struct definition_at params = definition_member(at, "params");
    struct definition_at prompts = definition_member(at, "prompts");
    if (json_get(v, "params") && json_type(json_get(v, "params")) != JSON_OBJECT)
        definition_fail(r->d, &params, ERR_INVALID, "is not an object, write {…}");
    if (json_get(v, "prompts") && json_type(json_get(v, "prompts")) != JSON_ARRAY)
        definition_fail(r->d, &prompts, ERR_INVALID, "is not an array, write […]");
    if (json_get(v, "params"))
        p->params_json = replaced(r, json_get(v, "params"), &params);
    if (json_get(v, "prompts"))
        p->prompts_json = replaced(r, json_get(v, "prompts"), &prompts);
}

/* ---- data ------------------------------------------------------------------------------------ */

static void read_object(struct reading *r, const struct json *v, const struct definition_at *at) {
    if (json_type(v) != JSON_OBJECT)
        definition_fail(r->d, at, ERR_INVALID, "is not an object, write {…}");
    else
        r->out->json = replaced(r, v, at);
}

/** One key, or a list of them. */
static void read_keys(struct reading *r, const struct json *v, const struct definition_at *at) {
    struct buf b = BUF_INIT(FUNCTION_ACTION_JSON_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_array(&w);
    if (json_type(v) == JSON_STRING) {
        json_put_string(&w, whole(r, v, at, NAME_MAX_BYTES));
    } else {
        size_t i = 0;
        (void)definition_array(r->d, v ? v : NULL, at, KEYS_MAX);
        if (json_count(v) == 0)
            definition_fail(r->d, at, ERR_INVALID, "name the keys to remove");
        for (const struct json *c = json_first(v); c && r->d->rc == ERR_OK; c = json_next(c)) {
            struct definition_at item = definition_item(at, i++);
            json_put_string(&w, whole(r, c, &item, NAME_MAX_BYTES));
        }
    }
    json_end_array(&w);
    r->out->json = keep_json(r, &b, at);
}

static void put_toggle(struct reading *r, struct json_writer *w, struct str function,
                       const struct json *active, const struct definition_at *at) {
    int64_t uses;
    bool is_bool = json_type(active) == JSON_BOOL;
    if (function.len == 0 || (!is_bool && !json_int(active, -1, USES_MAX, &uses))) {
        definition_fail(r->d, at, ERR_INVALID,
                        "write {\"function\": name, \"active\": true, false or how many uses}");
        return;
    }
    json_begin_object(w);
    json_kv_string(w, "function", function);
    if (is_bool)
        json_kv_bool(w, "active", json_bool(active, false));
    else
        json_kv_int(w, "active", uses);
    json_end_object(w);
}

/** [{"function","active"}], or {"name": active}. */
static void read_toggles(struct reading *r, const struct json *v, const struct definition_at *at) {
    static const char *const members[] = {"function", "active", NULL};
    struct buf b = BUF_INIT(FUNCTION_ACTION_JSON_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_array(&w);
    bool is_object = json_type(v) == JSON_OBJECT;
    if (!is_object && (json_type(v) != JSON_ARRAY || json_count(v) > KEYS_MAX))
        definition_fail(r->d, at, ERR_INVALID, "write {\"function's name\": true or false}");
    size_t i = 0;
    for (const struct json *c = json_first(v); c && r->d->rc == ERR_OK; c = json_next(c)) {
        struct definition_at item = is_object ? *at : definition_item(at, i++);
        if (is_object)
            put_toggle(r, &w, json_name(c), c, &item);
        else if (definition_object(r->d, c, &item, members))
            put_toggle(r, &w, member(r, c, &item, "function", NAME_MAX_BYTES, DEFINITION_REQUIRED),
                       json_get(c, "active"), &item);
    }
    json_end_array(&w);
    r->out->json = keep_json(r, &b, at);
}

/** {"steps":[…],"final":bool}: plan JSON and whether the assistant comes back after it. */
static void read_plan(struct reading *r, const struct json *v, const struct definition_at *at) {
    static const char *const members[] = {"steps", "final", NULL};
    if (!definition_object(r->d, v, at, members))
        return;
    r->out->final = definition_bool(r->d, v, at, "final", false);
    struct definition_at steps = definition_member(at, "steps");
    struct buf b = BUF_INIT(FUNCTION_ACTION_JSON_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_key(&w, "steps");
    put_replaced(r, json_get(v, "steps"), &steps, &w);
    json_end_object(&w);
    r->out->json = keep_json(r, &b, at);
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct plan p = {0};
    struct error why = {0};
    if (r->d->rc == ERR_OK && (json_parse(r->out->json, NULL, &doc, &why) != ERR_OK ||
                               plan_from_json(json_root(doc), &p, &why) != ERR_OK))
        definition_fail(r->d, &steps, ERR_INVALID, "%s: %s", why.field, why.text);
    plan_release(&p);
}

static reader_fn *const readers[FUNCTION_ACTION_KIND_COUNT] = {
    [FUNCTION_ACTION_SAY] = read_text,
    [FUNCTION_ACTION_PLAY] = read_play,
    [FUNCTION_ACTION_STOP_PLAY] = read_true,
    [FUNCTION_ACTION_SEND_DIGITS] = read_digits,
    [FUNCTION_ACTION_ASK_CONSENT] = read_true,
    [FUNCTION_ACTION_START_RECORDING] = read_recording,
    [FUNCTION_ACTION_STOP_RECORDING] = read_recording_name,
    [FUNCTION_ACTION_PAUSE_RECORDING] = read_recording_name,
    [FUNCTION_ACTION_RESUME_RECORDING] = read_recording_name,
    [FUNCTION_ACTION_HOLD] = read_hold,
    [FUNCTION_ACTION_TRANSFER] = read_transfer,
    [FUNCTION_ACTION_CONFERENCE] = read_conference,
    [FUNCTION_ACTION_PAY] = read_pay,
    [FUNCTION_ACTION_HANGUP] = read_true,
    [FUNCTION_ACTION_STOP] = read_true,
    [FUNCTION_ACTION_SET_DATA] = read_object,
    [FUNCTION_ACTION_UNSET_DATA] = read_keys,
    [FUNCTION_ACTION_SET_META_DATA] = read_object,
    [FUNCTION_ACTION_UNSET_META_DATA] = read_keys,
    [FUNCTION_ACTION_TOGGLE_FUNCTIONS] = read_toggles,
    [FUNCTION_ACTION_USER_INPUT] = read_text,
    [FUNCTION_ACTION_CHANGE_STEP] = read_name,
    [FUNCTION_ACTION_CHANGE_CONTEXT] = read_name,
    [FUNCTION_ACTION_PLAN] = read_plan,
    [FUNCTION_ACTION_FOREIGN] = read_object,
};

void function_action_read(struct definition *d, const struct json *v,
                          const struct definition_at *at, function_action_text_fn *text, void *ctx,
                          struct function_action *out) {
    bool is_word = json_type(v) == JSON_STRING;
    const struct json *value = is_word ? NULL : json_first(v);
    struct str word = is_word ? json_str(v) : json_name(value);
    enum function_action_kind kind = FUNCTION_ACTION_NONE;
    if (d->rc != ERR_OK)
        return;
    if ((!is_word && json_type(v) != JSON_OBJECT) || json_count(v) > 1 ||
        !function_action_parse(word, &kind)) {
        definition_fail(d, at, ERR_INVALID,
                        "is no action, write {\"say\": \"Hello\"}, \"hangup\" or another of the "
                        "documented words");
        return;
    }
    *out = (struct function_action){.kind = kind};
    struct reading r = {.d = d, .text = text, .ctx = ctx, .out = out};
    struct definition_at here = definition_member(at, function_action_name(kind));
    readers[kind](&r, value, is_word ? at : &here);
}

void function_actions_read(struct definition *d, const struct json *list,
                           const struct definition_at *at, function_action_text_fn *text, void *ctx,
                           struct function_reply *out) {
    size_t room = FUNCTION_ACTIONS_MAX - out->action_count, i = 0;
    (void)definition_array(d, list, at, room);
    for (const struct json *v = json_first(list); v && d->rc == ERR_OK; v = json_next(v), i++) {
        struct definition_at item = definition_item(at, i);
        struct function_action action = {0};
        function_action_read(d, v, &item, text, ctx, &action);
        if (d->rc == ERR_OK)
            out->actions[out->action_count++] = action;
    }
}

/* ---- writing --------------------------------------------------------------------------------- */

static void kv_text(struct json_writer *w, const char *name, struct str s) {
    if (s.len > 0)
        json_kv_string(w, name, s);
}

static void kv_number(struct json_writer *w, const char *name, uint32_t n) {
    if (n > 0)
        json_kv_int(w, name, n);
}

static void write_recording(const struct function_recording *o, struct json_writer *w) {
    json_begin_object(w);
    kv_text(w, "name", o->name);
    if (o->channels > 0)
        json_kv_z(w, "channels", o->channels == 1 ? "mono" : "dual");
    kv_text(w, "format", o->format);
    if (o->beep)
        json_kv_bool(w, "beep", true);
    kv_number(w, "max_s", o->max_s);
    json_end_object(w);
}

static void write_transfer(const struct function_action *a, struct json_writer *w) {
    const struct function_transfer *t = &a->u.transfer;
    json_begin_object(w);
    json_kv_string(w, "to", t->to);
    kv_text(w, "from", t->from);
    kv_text(w, "say", t->say);
    kv_text(w, "result", t->result);
    kv_number(w, "timeout_s", t->timeout_s);
    json_kv_bool(w, "final", a->final);
    json_end_object(w);
}

static void write_conference(const struct function_action *a, struct json_writer *w) {
    const struct function_conference *c = &a->u.conference;
    json_begin_object(w);
    json_kv_string(w, "name", c->name);
    json_kv_bool(w, "muted", c->muted);
    json_kv_bool(w, "start_on_enter", !c->no_start_on_enter);
    json_kv_bool(w, "end_on_exit", c->end_on_exit);
    kv_number(w, "participants_max", c->participants_max);
    json_kv_bool(w, "final", a->final);
    json_end_object(w);
}

static void kv_json(struct json_writer *w, const char *name, struct str json) {
    if (json.len == 0)
        return;
    json_key(w, name);
    json_put_raw(w, json);
}

static void write_pay(const struct function_payment *src, struct json_writer *w) {
    struct function_payment p = *src;
    json_begin_object(w);
    for (size_t i = 0; i < ARRAY_LEN(pay_texts); i++)
        kv_text(w, pay_texts[i].name, *pay_text(&p, i));
    kv_text(w, "result", p.result);
    kv_number(w, "attempts_max", p.attempts_max);
    kv_number(w, "timeout_s", p.timeout_s);
    kv_number(w, "postal_code_min", p.postal_code_min);
    if (p.no_security_code)
        json_kv_bool(w, "security_code", false);
    kv_json(w, "params", p.params_json);
    kv_json(w, "prompts", p.prompts_json);
    json_end_object(w);
}

static void write_plan(const struct function_action *a, struct json_writer *w) {
    struct str steps = a->json; /* {"steps":…}: open it up for the other member */
    json_begin_object(w);
    json_key(w, "steps");
    json_put_raw(
        w, str_from(steps.ptr + strlen("{\"steps\":"), steps.len - strlen("{\"steps\":") - 1));
    json_kv_bool(w, "final", a->final);
    json_end_object(w);
}

static void write_plain(const struct function_action *a, struct json_writer *w) {
    if (a->json.len > 0)
        json_put_raw(w, a->json);
    else if (a->text.len > 0)
        json_put_string(w, a->text);
    else
        json_put_bool(w, true);
}

static void write_hold(const struct function_action *a, struct json_writer *w) {
    json_begin_object(w);
    json_kv_int(w, "seconds", a->seconds);
    kv_text(w, "say", a->text);
    json_end_object(w);
}

static void write_play(const struct function_action *a, struct json_writer *w) {
    json_begin_object(w);
    json_kv_string(w, "url", a->text);
    json_kv_bool(w, "wait", a->wait);
    json_end_object(w);
}

void function_action_write(const struct function_action *a, struct json_writer *w) {
    json_begin_object(w);
    json_key(w, function_action_name(a->kind));
    switch ((unsigned)a->kind) {
    case FUNCTION_ACTION_START_RECORDING:
        write_recording(&a->u.recording, w);
        break;
    case FUNCTION_ACTION_TRANSFER:
        write_transfer(a, w);
        break;
    case FUNCTION_ACTION_CONFERENCE:
        write_conference(a, w);
        break;
    case FUNCTION_ACTION_PAY:
        write_pay(&a->u.pay, w);
        break;
    case FUNCTION_ACTION_HOLD:
        write_hold(a, w);
        break;
    case FUNCTION_ACTION_PLAY:
        write_play(a, w);
        break;
    case FUNCTION_ACTION_PLAN:
        write_plan(a, w);
        break;
    default:
        write_plain(a, w);
    }
    json_end_object(w);
}
