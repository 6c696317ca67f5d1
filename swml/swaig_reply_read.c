#include "swml/function_result_json.h"
#include "swml/swaig_reply.h"
#include "swml/swml.h"

/* From the actions of a carrier's agent to neutral ones. */

enum {
    HOLD_TEXT_MAX = 16
};

struct reply_reading {
    struct arena *arena;
    struct function_reply reply;
    enum error_code rc;
    struct error *err;
};

static struct function_action *add(struct reply_reading *r, enum function_action_kind kind) {
    struct function_action *a = function_reply_add(&r->reply, kind);
    if (!a && r->rc == ERR_OK)
        r->rc = error_field(r->err, ERR_LIMIT, "action", "a reply has at most %d actions",
                            FUNCTION_ACTIONS_MAX);
    return a;
}

static struct str copy_json(struct reply_reading *r, const struct json *v) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(SWAIG_REPLY_MAX);
    json_put_value(&b, v);
    return arena_copy(r->arena, buf_str(&b));
}

static void add_text(struct reply_reading *r, enum function_action_kind kind, struct str text) {
    struct function_action *a = add(r, kind);
    if (a)
        a->text = arena_copy(r->arena, text);
}

/* An action as it is, {"name": value}, and what stands beside it. */
static void add_foreign(struct reply_reading *r, const struct json *v,
                        const struct json *transfer) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(SWAIG_REPLY_MAX);
    struct json_writer w;
    struct function_action *a = add(r, FUNCTION_ACTION_FOREIGN);
    if (!a)
        return;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_key_str(&w, json_name(v));
    json_put_raw(&w, copy_json(r, v));
    if (transfer) {
        json_key(&w, "transfer");
        json_put_raw(&w, copy_json(r, transfer));
    }
    json_end_object(&w);
    a->json = arena_copy(r->arena, buf_str(&b));
}

/** true, "true", 1 … */
static bool is_on(const struct json *v) {
    switch (json_type(v)) {
    case JSON_BOOL:
        return json_bool(v, false);
    case JSON_NUMBER:
        return json_double(v, 0) != 0;
    case JSON_STRING:
        return json_str(v).len > 0 && !str_eq_z(json_str(v), "false");
    case JSON_ARRAY:
    case JSON_OBJECT:
        return true;
    case JSON_NONE:
    case JSON_NULL:
        break;
    }
    return false;
}

/* ---- single values -----------------------------------------------------------------------------
 */

/* "90", "5m", "1:30"; 0 when it is none. */
static uint32_t hold_text(struct str s) {
    static const struct {
        char unit;
        uint32_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}};
    uint64_t n = 0, more = 0;
    uint32_t factor = 1;
    size_t colon = str_find(s, ':');
    if (s.len == 0 || s.len > HOLD_TEXT_MAX)
        return 0;
    if (colon < s.len)
        return str_to_u64(str_from(s.ptr, colon), 60, &n) &&
                       str_to_u64(str_from_index(s, colon + 1), 59, &more)
                   ? (uint32_t)(n * 60 + more)
                   : 0;
    for (size_t i = 0; i < ARRAY_LEN(units); i++)
        if (s.ptr[s.len - 1] == units[i].unit) {
            factor = units[i].seconds;
            s.len--;
            break;
        }
    return str_to_u64(s, FUNCTION_HOLD_MAX_S, &n) ? (uint32_t)n * factor : 0;
}

static void read_hold(struct reply_reading *r, const struct json *v) {
    const struct json *time = json_type(v) == JSON_OBJECT ? json_get(v, "timeout") : v;
    int64_t s = 0;
    if (json_get(v, "step") || json_get(v, "timeout_step")) {
        add_foreign(r, v, NULL);
        return;
    }
    struct function_action *a = add(r, FUNCTION_ACTION_HOLD);
    if (!a)
        return;
    if (json_type(time) == JSON_STRING)
        s = hold_text(json_str(time));
    else if (!json_int(time, 1, FUNCTION_HOLD_MAX_S, &s))
        s = 0;
    a->seconds =
        s > 0 && s <= FUNCTION_HOLD_MAX_S ? (uint32_t)s : (uint32_t)FUNCTION_HOLD_DEFAULT_S;
}

static void read_say(struct reply_reading *r, const struct json *v) {
    if (json_type(v) == JSON_STRING)
        add_text(r, FUNCTION_ACTION_SAY, json_str(v));
    else
        add_foreign(r, v, NULL);
}

static void read_stop(struct reply_reading *r, const struct json *v) {
    if (is_on(v))
        (void)add(r, FUNCTION_ACTION_STOP);
}

static void read_hangup(struct reply_reading *r, const struct json *v) {
    if (is_on(v))
        (void)add(r, FUNCTION_ACTION_HANGUP);
}

static void read_stop_play(struct reply_reading *r, const struct json *v) {
    if (is_on(v))
        (void)add(r, FUNCTION_ACTION_STOP_PLAY);
}

static void read_play(struct reply_reading *r, const struct json *v) {
    bool two = json_type(v) == JSON_OBJECT;
    struct str url = json_str(two ? json_get(v, "file") : v);
    if (url.len == 0) {
        add_foreign(r, v, NULL);
        return;
    }
    struct function_action *a = add(r, FUNCTION_ACTION_PLAY);
    if (!a)
        return;
    a->text = arena_copy(r->arena, url);
    a->wait = two && is_on(json_get(v, "wait"));
}

static void read_text(struct reply_reading *r, const struct json *v,
                      enum function_action_kind kind) {
    if (json_type(v) == JSON_STRING && json_str(v).len > 0)
        add_text(r, kind, json_str(v));
    else
        add_foreign(r, v, NULL);
}

static void read_input(struct reply_reading *r, const struct json *v) {
    read_text(r, v, FUNCTION_ACTION_USER_INPUT);
}

static void read_step(struct reply_reading *r, const struct json *v) {
    read_text(r, v, FUNCTION_ACTION_CHANGE_STEP);
}

static void read_context(struct reply_reading *r, const struct json *v) {
    read_text(r, v, FUNCTION_ACTION_CHANGE_CONTEXT);
}

static void read_json(struct reply_reading *r, const struct json *v, enum function_action_kind kind,
                      enum json_type type) {
    if (json_type(v) != type) {
        add_foreign(r, v, NULL);
        return;
    }
    struct function_action *a = add(r, kind);
    if (a)
        a->json = copy_json(r, v);
}

static void read_set_data(struct reply_reading *r, const struct json *v) {
    read_json(r, v, FUNCTION_ACTION_SET_DATA, JSON_OBJECT);
}

static void read_set_meta(struct reply_reading *r, const struct json *v) {
    read_json(r, v, FUNCTION_ACTION_SET_META_DATA, JSON_OBJECT);
}

static void read_toggle(struct reply_reading *r, const struct json *v) {
    read_json(r, v, FUNCTION_ACTION_TOGGLE_FUNCTIONS, JSON_ARRAY);
}

/* One key, or a list of them. */
static void read_keys(struct reply_reading *r, const struct json *v,
                      enum function_action_kind kind) {
    if (json_type(v) != JSON_STRING) {
        read_json(r, v, kind, JSON_ARRAY);
        return;
    }
    struct function_action *a = add(r, kind);
    if (a)
        a->json = arena_printf(r->arena, "[" STR_FMT "]", STR_ARG(copy_json(r, v)));
}

static void read_unset_data(struct reply_reading *r, const struct json *v) {
    read_keys(r, v, FUNCTION_ACTION_UNSET_DATA);
}

static void read_unset_meta(struct reply_reading *r, const struct json *v) {
    read_keys(r, v, FUNCTION_ACTION_UNSET_META_DATA);
}

static void read_transfer(struct reply_reading *r, const struct json *v) {
    struct str dest = json_type(v) == JSON_OBJECT ? json_str(json_get(v, "dest")) : json_str(v);
    if (dest.len == 0) {
        add_foreign(r, v, NULL);
        return;
    }
    struct function_action *a = add(r, FUNCTION_ACTION_TRANSFER);
    if (!a)
        return;
    a->final = true;
    a->u.transfer.to = arena_copy(r->arena, dest);
}

/* ---- documents ---------------------------------------------------------------------------------
 */

/** One "SWML" action being taken apart. */
struct document {
    struct reply_reading *r;
    struct str response; /* what the agent is told when it is through */
    bool final;
};

static void take_recording(struct document *d, const struct plan_step *s, const struct json *verb) {
    struct function_action *a = add(d->r, FUNCTION_ACTION_START_RECORDING);
    int64_t max_s = 0;
    if (!a)
        return;
    if (json_int(json_get(verb, "max_length"), 1, 86400, &max_s))
        a->u.recording.max_s = (uint32_t)max_s;
    a->u.recording.name = arena_copy(d->r->arena, s->u.start_recording.name);
    a->u.recording.channels = s->u.start_recording.dual ? 2 : 1;
    a->u.recording.format = arena_copy(d->r->arena, s->u.start_recording.format);
    a->u.recording.beep = s->u.start_recording.beep;
}

/* A member of the step as plan JSON writes it; "" when there is none. */
static struct str step_member(struct document *d, const struct plan *p, const char *name) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(SWAIG_REPLY_MAX);
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct json_writer w;
    json_write_init(&w, &text);
    plan_to_json(p, &w);
    if (json_parse(buf_str(&text), &result_json_limits, &doc, NULL) != ERR_OK)
        return (struct str){0};
    const struct json *step = json_first(json_get(json_root(doc), "steps"));
    const struct json *v = json_get(json_first(step), name);
    return v ? copy_json(d->r, v) : (struct str){0};
}

static void take_payment(struct document *d, const struct plan *p, const struct json *verb) {
    const struct plan_pay *from = &p->steps[0].u.pay;
    struct arena *arena = d->r->arena;
    struct function_action *a = add(d->r, FUNCTION_ACTION_PAY);
    if (!a)
        return;
    a->u.pay = (struct function_payment){
        .connector = arena_copy(arena, from->connector),
        .status_url = arena_copy(arena, from->status.url),
        .amount = arena_copy(arena, from->amount),
        .currency = arena_copy(arena, from->currency),
        .description = arena_copy(arena, from->description),
        .method = arena_copy(arena, from->method),
        .input = arena_copy(arena, json_str(json_get(verb, "input"))),
        .token_type = arena_copy(arena, from->token_type),
        .card_types = arena_copy(arena, from->card_types),
        .postal_code = arena_copy(arena, from->postal_code),
        .language = arena_copy(arena, from->language),
        .voice = arena_copy(arena, from->voice),
        .attempts_max = from->attempts_max,
        .timeout_s = from->timeout_s,
        .postal_code_min = from->postal_code_min,
        .no_security_code = from->security_code == PLAN_NO,
        .params_json = step_member(d, p, "params"),
        .prompts_json = step_member(d, p, "prompts"),
        .result = arena_copy(arena, d->response),
    };
}

static bool take_dial(struct document *d, const struct plan_step *s) {
    const struct plan_dial *from = &s->u.dial;
    struct arena *arena = d->r->arena;
    const struct plan_noun *n = from->nouns;
    bool party = from->noun_count == 1 &&
                 (n->kind == PLAN_NOUN_NUMBER || n->kind == PLAN_NOUN_SIP) && !n->screen.url.len &&
                 n->sip_user.len == 0 && n->send_digits.len == 0 && from->record.len == 0;
    if (from->noun_count == 1 && n->kind == PLAN_NOUN_CONFERENCE && !n->record) {
        struct function_action *a = add(d->r, FUNCTION_ACTION_CONFERENCE);
        if (a) {
            a->final = d->final;
            a->u.conference.name = arena_copy(arena, n->target);
            a->u.conference.muted = n->muted;
            a->u.conference.no_start_on_enter = n->start_on_enter == PLAN_NO;
            a->u.conference.end_on_exit = n->end_on_exit == PLAN_YES;
            a->u.conference.participants_max = n->participants_max;
        }
        return true;
    }
    struct function_action *a = party ? add(d->r, FUNCTION_ACTION_TRANSFER) : NULL;
    if (!a)
        return party;
    a->final = d->final;
    a->u.transfer.to = arena_copy(arena, n->target);
    a->u.transfer.from = arena_copy(arena, from->caller_id);
    a->u.transfer.timeout_s = from->timeout_s;
    a->u.transfer.result = arena_copy(arena, d->response);
    return true;
}

static void take_redirect(struct document *d, const struct plan_step *s) {
    struct function_action *a = add(d->r, FUNCTION_ACTION_TRANSFER);
    if (!a)
        return;
    a->final = d->final;
    a->u.transfer.to = arena_copy(d->r->arena, s->u.redirect.url);
    if (d->final)
        a->u.transfer.say = arena_copy(d->r->arena, d->response);
    else
        a->u.transfer.result = arena_copy(d->r->arena, d->response);
}

static void take_plan(struct document *d, const struct plan *p) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(SWAIG_REPLY_MAX);
    struct function_action *a = add(d->r, FUNCTION_ACTION_PLAN);
    struct json_writer w;
    if (!a)
        return;
    json_write_init(&w, &text);
    plan_to_json(p, &w);
    a->json = arena_copy(d->r->arena, buf_str(&text));
    a->final = d->final;
}

/* One verb that a plan holds. */
static void take_verb(struct document *d, const struct plan *p, const struct json *verb) {
    const struct plan_step *s = &p->steps[0];
    if (p->count == 1 && s->kind == PLAN_START_RECORDING)
        take_recording(d, s, verb);
    else if (p->count == 1 && s->kind == PLAN_STOP_RECORDING)
        add_text(d->r, FUNCTION_ACTION_STOP_RECORDING, s->u.stop.name);
    else if (p->count == 1 && s->kind == PLAN_SEND_DIGITS)
        add_text(d->r, FUNCTION_ACTION_SEND_DIGITS, s->u.send_digits.digits);
    else if (p->count == 1 && s->kind == PLAN_HANGUP)
        (void)add(d->r, FUNCTION_ACTION_HANGUP);
    else if (p->count == 1 && s->kind == PLAN_PAY)
        take_payment(d, p, verb);
    else if (p->count == 1 && s->kind == PLAN_REDIRECT)
        take_redirect(d, s);
    else if (p->count != 1 || s->kind != PLAN_DIAL || !take_dial(d, s))
        take_plan(d, p);
}

static bool is_refused(const struct plan_loss_report *loss) {
    for (size_t i = 0; i < loss->count; i++)
        if (loss->items[i].kind == PLAN_LOSS_REFUSED)
            return true;
    return loss->more > 0;
}

/* Steps of one verb; false when a plan cannot hold it. */
static bool read_verb(const struct json *verb, struct plan *out) {
    struct plan_loss_report loss = {0};
    if (swml_read_verbs(verb, out, &loss, NULL) != ERR_OK || is_refused(&loss))
        return false;
    for (size_t i = 0; i < out->count; i++)
        if (out->steps[i].kind == PLAN_RAW || out->steps[i].kind == PLAN_AI)
            return false;
    return true;
}

/* {"set":{"ai_response":"…"}} */
static const struct json *ai_response(const struct json *verb) {
    const struct json *set = json_get(verb, "set");
    const struct json *v = json_count(set) == 1 ? json_get(set, "ai_response") : NULL;
    return json_type(v) == JSON_STRING ? v : NULL;
}

static bool take_verbs(struct document *d, const struct json *main) {
    for (const struct json *v = json_first(main); v; v = json_next(v)) {
        const struct json *told = ai_response(v);
        struct plan p = {0};
        if (told) {
            d->response = json_str(told);
            continue;
        }
        bool held = read_verb(v, &p);
        if (held && p.count > 0)
            take_verb(d, &p, json_first(v));
        plan_release(&p);
        if (!held)
            return false;
    }
    return true;
}

/* The main section of a document that has no other; NULL otherwise. */
static const struct json *only_section(const struct json *doc) {
    const struct json *sections = json_get(doc, "sections");
    const struct json *main = json_get(sections, "main");
    return json_count(sections) == 1 && json_type(main) == JSON_ARRAY && json_count(main) > 0
               ? main
               : NULL;
}

static void read_document(struct reply_reading *r, const struct json *v,
                          const struct json *transfer) {
    CLEANUP(json_doc_freep) struct json_doc *parsed = NULL;
    struct document d = {.r = r};
    const struct json *doc = v;
    size_t kept = r->reply.action_count;
    if (json_type(v) == JSON_STRING &&
        json_parse(json_str(v), &result_json_limits, &parsed, NULL) == ERR_OK)
        doc = json_root(parsed);
    /* an older edition of the SDK writes it inside */
    d.final = is_on(transfer) || is_on(json_get(doc, "transfer"));
    const struct json *main = only_section(doc);
    if (main && take_verbs(&d, main) && r->reply.action_count > kept)
        return;
    r->reply.action_count = kept; /* as a whole or not at all */
    if (r->rc == ERR_OK)
        add_foreign(r, v, transfer);
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

typedef void read_action_fn(struct reply_reading *r, const struct json *v);

static const struct {
    const char *name;
    read_action_fn *read;
} readers[] = {
    {"say", read_say},
    {"stop", read_stop},
    {"hangup", read_hangup},
    {"hold", read_hold},
    {"user_input", read_input},
    {"set_global_data", read_set_data},
    {"unset_global_data", read_unset_data},
    {"set_meta_data", read_set_meta},
    {"unset_meta_data", read_unset_meta},
    {"toggle_functions", read_toggle},
    {"change_step", read_step},
    {"change_context", read_context},
    {"playback_bg", read_play},
    {"stop_playback_bg", read_stop_play},
};

static void read_member(struct reply_reading *r, const struct json *v) {
    for (size_t i = 0; i < ARRAY_LEN(readers); i++) {
        if (str_eq_z(json_name(v), readers[i].name)) {
            readers[i].read(r, v);
            return;
        }
    }
    add_foreign(r, v, NULL);
}

static void read_action(struct reply_reading *r, const struct json *action) {
    const struct json *document = json_get(action, "SWML");
    for (const struct json *v = json_first(action); v && r->rc == ERR_OK; v = json_next(v)) {
        if (v == document)
            read_document(r, v, json_get(action, "transfer"));
        else if (!str_eq_z(json_name(v), "transfer"))
            read_member(r, v);
        else if (!document)
            read_transfer(r, v);
    }
}

static void read_actions(struct reply_reading *r, const struct json *actions) {
    if (json_type(actions) == JSON_OBJECT) {
        read_action(r, actions);
        return;
    }
    for (const struct json *v = json_first(actions); v && r->rc == ERR_OK; v = json_next(v)) {
        if (json_type(v) != JSON_OBJECT)
            r->rc = error_field(r->err, ERR_INVALID, "action", "an action is a JSON object");
        else
            read_action(r, v);
    }
}

static void read_response(struct reply_reading *r, const struct json *v) {
    bool two = json_type(v) == JSON_OBJECT;
    struct str text = json_str(two ? json_get(v, "tool_result") : v);
    if (v && !two && json_type(v) != JSON_STRING && json_type(v) != JSON_NULL) {
        r->rc = error_field(r->err, ERR_INVALID, "response", "a response is a text or an object");
        return;
    }
    r->reply.response = arena_copy(r->arena, text);
    if (two)
        r->reply.prompt = arena_copy(r->arena, json_str(json_get(v, "tool_prompt")));
}

static void read_reply(struct reply_reading *r, const struct json *root) {
    const struct json *actions = json_get(root, "action");
    if (json_type(root) != JSON_OBJECT) {
        r->rc = error_set(r->err, ERR_INVALID, "a function's reply is a JSON object");
        return;
    }
    read_response(r, json_get(root, "response"));
    r->reply.post_process = is_on(json_get(root, "post_process"));
    enum json_type type = json_type(actions);
    if (r->rc == ERR_OK && actions && type != JSON_OBJECT && type != JSON_ARRAY &&
        type != JSON_NULL)
        r->rc = error_field(r->err, ERR_INVALID, "action", "actions are an object or a list");
    if (r->rc == ERR_OK)
        read_actions(r, actions);
}

enum error_code swaig_reply_read(struct str body, struct arena *a, struct function_reply *out,
                                 struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct reply_reading r = {.arena = a, .err = err};
    enum error_code rc = json_parse(body, &result_json_limits, &doc, err);
    if (rc != ERR_OK)
        return rc;
    read_reply(&r, json_root(doc));
    if (r.rc == ERR_OK)
        *out = r.reply;
    return r.rc;
}
