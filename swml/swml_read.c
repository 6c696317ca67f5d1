#include <stdio.h>

#include "core/base/compiler.h"
#include "swml/swml.h"
#include "swml/swml_reading.h"
#include "swml/swml_text.h"

/* ---- short verbs ----------------------------------------------------------------------------- */

static bool read_hangup(struct reading *r, const struct json *value) {
    struct str reason = json_str(json_get(value, "reason"));
    bool busy = str_eq(reason, STR("busy")), decline = str_eq(reason, STR("decline"));
    for (const struct json *m = json_first(value); m; m = json_next(m))
        if (!str_eq(json_name(m), STR("reason")) ||
            (!busy && !decline && !str_eq(reason, STR("hangup"))))
            reading_lose(r, PLAN_LOSS_DROPPED, json_name(m).ptr, "a plan has no place for it");
    struct plan_step *s = reading_add(r, busy || decline ? PLAN_REJECT : PLAN_HANGUP);
    if (s)
        s->u.reject.busy = busy;
    return true;
}

static bool read_sleep(struct reading *r, const struct json *value) {
    enum {
        MS = 1000,
        DAY_MS = 86400 * MS
    };
    uint32_t ms;
    bool rounded;
    const struct json *duration =
        json_type(value) == JSON_OBJECT ? json_get(value, "duration") : value;
    if (!reading_number(duration, &ms, &rounded) || rounded || ms == 0 || ms > DAY_MS ||
        json_count(value) > 1)
        return false;
    struct plan_step *s = reading_add(r, PLAN_PAUSE);
    if (s)
        s->u.pause.seconds = ms / MS + (ms % MS > 0);
    if (ms % MS > 0)
        reading_lose(r, PLAN_LOSS_DROPPED, "duration", "a plan pauses for whole seconds");
    return true;
}

static bool read_send_digits(struct reading *r, const struct json *value) {
    struct str digits = json_str(json_get(value, "digits"));
    for (size_t i = 0; i < digits.len; i++)
        if (!strchr("0123456789ABCD*#wW", digits.ptr[i]))
            return false;
    if (digits.len == 0 || json_count(value) != 1)
        return false;
    struct plan_step *s = reading_add(r, PLAN_SEND_DIGITS);
    if (s)
        s->u.send_digits.digits = arena_copy(&r->plan->arena, digits);
    return true;
}

/* A transfer that says it is no action of the verb before it. */
static bool is_own_step(const struct json *transfer) {
    const struct json *meta = json_get(transfer, "meta");
    return json_count(transfer) == 2 && json_count(meta) == 1 &&
           str_eq_z(json_str(json_get(meta, "step")), swml_own_step);
}

static bool read_transfer(struct reading *r, const struct json *value) {
    struct str dest = is_own_step(value) ? json_str(json_get(value, "dest")) : reading_dest(value);
    if (!swml_is_url(dest))
        return false; /* a section, a document, or parameters along with it */
    struct plan_step *s = reading_add(r, PLAN_REDIRECT);
    if (s)
        s->u.redirect.url = arena_copy(&r->plan->arena, dest);
    return true;
}

static bool read_record_call(struct reading *r, const struct json *value) {
    struct plan_step *s = reading_add(r, PLAN_START_RECORDING);
    if (s)
        reading_rows(r, value, &swml_recording, &s->u.start_recording);
    return true;
}

static bool read_stop(struct reading *r, const struct json *value, enum plan_kind kind) {
    static const struct swml_row rows[] = {{.key = "control_id", .codec = SWML_STR, .offset = 0}};
    static const struct swml_rows keys = {rows, ARRAY_LEN(rows)};
    struct plan_step *s = reading_add(r, kind);
    if (s)
        reading_rows(r, value, &keys, &s->u.stop);
    return true;
}

static bool read_stop_record_call(struct reading *r, const struct json *value) {
    return read_stop(r, value, PLAN_STOP_RECORDING);
}

bool read_stop_tap(struct reading *r, const struct json *value) {
    return read_stop(r, value, PLAN_STOP_STREAM);
}

/* ---- verbs ----------------------------------------------------------------------------------- */

static const struct {
    struct str name;
    read_fn *read; /* NULL: always kept in its own words */
} verbs[] = {
    {STR_INIT("ai_sidecar"), NULL},
    {STR_INIT("amazon_bedrock"), NULL},
    {STR_INIT("answer"), NULL},
    {STR_INIT("cond"), NULL},
    {STR_INIT("connect"), read_connect},
    {STR_INIT("denoise"), NULL},
    {STR_INIT("detect_machine"), NULL},
    {STR_INIT("enter_queue"), read_queue},
    {STR_INIT("eval"), NULL},
    {STR_INIT("execute"), NULL},
    {STR_INIT("execute_rpc"), NULL},
    {STR_INIT("goto"), NULL},
    {STR_INIT("hangup"), read_hangup},
    {STR_INIT("if"), NULL},
    {STR_INIT("join_conference"), read_conference},
    {STR_INIT("join_room"), NULL},
    {STR_INIT("label"), read_label},
    {STR_INIT("live_transcribe"), read_transcribe},
    {STR_INIT("live_translate"), NULL},
    {STR_INIT("pay"), read_pay},
    {STR_INIT("play"), read_play},
    {STR_INIT("prompt"), read_prompt},
    {STR_INIT("receive_fax"), NULL},
    {STR_INIT("record"), read_record},
    {STR_INIT("record_call"), read_record_call},
    {STR_INIT("request"), NULL},
    {STR_INIT("return"), NULL},
    {STR_INIT("send_digits"), read_send_digits},
    {STR_INIT("send_fax"), NULL},
    {STR_INIT("send_sms"), NULL},
    {STR_INIT("set"), NULL},
    {STR_INIT("sip_refer"), read_refer},
    {STR_INIT("sleep"), read_sleep},
    {STR_INIT("stop_denoise"), NULL},
    {STR_INIT("stop_record_call"), read_stop_record_call},
    {STR_INIT("stop_stream"), NULL},
    {STR_INIT("stop_tap"), read_stop_tap},
    {STR_INIT("stream"), NULL},
    {STR_INIT("switch"), NULL},
    {STR_INIT("tap"), read_tap},
    {STR_INIT("transcribe"), NULL},
    {STR_INIT("transcribe_stop"), NULL},
    {STR_INIT("transfer"), read_transfer},
    {STR_INIT("unset"), NULL},
    {STR_INIT("user_event"), NULL},
};

/* The verb in its own words. */
static void keep(struct reading *r, const struct json *value) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(SWML_BYTES_MAX);
    buf_puts(&b, "{");
    buf_put_json(&b, r->verb);
    buf_puts(&b, ":");
    if (value)
        json_put_value(&b, value);
    else
        buf_puts(&b, "{}");
    buf_puts(&b, "}");
    if (buf_failed(&b)) {
        r->rc = error_set(r->err, ERR_LIMIT, "main[%zu]: the verb is over %d bytes", r->index,
                          SWML_BYTES_MAX);
        return;
    }
    struct plan_step *s = reading_add(r, PLAN_RAW);
    if (s)
        s->u.raw = (struct plan_raw){.dialect = STR("swml"),
                                     .document = arena_copy(&r->plan->arena, buf_str(&b))};
}

static void read_ai(struct reading *r, const struct json *value) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(SWML_BYTES_MAX);
    if (json_type(value) != JSON_OBJECT) {
        reading_lose(r, PLAN_LOSS_REFUSED, NULL, "an agent is an object");
        return;
    }
    struct plan_step *s = reading_add(r, PLAN_AI);
    json_put_value(&b, value);
    if (buf_failed(&b))
        r->rc = error_set(r->err, ERR_LIMIT, "main[%zu]: the agent is over %d bytes", r->index,
                          SWML_BYTES_MAX);
    else if (s)
        s->u.ai.document = arena_copy(&r->plan->arena, buf_str(&b));
}

static bool has_shape(const struct json *value, read_fn *read) {
    if (read == read_sleep || read == read_label)
        return true;
    if (json_type(value) == JSON_STRING)
        return read == read_conference || read == read_transfer;
    return value == NULL || json_type(value) == JSON_OBJECT;
}

static void read_verb(struct reading *r, const struct json *value) {
    if (str_eq(r->verb, STR("ai"))) {
        read_ai(r, value);
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
        if (str_eq(r->verb, verbs[i].name)) {
            read_fn *read = verbs[i].read;
            if (!read || !has_shape(value, read) || reading_has_variable(value) || !read(r, value))
                keep(r, value);
            return;
        }
    reading_lose(r, PLAN_LOSS_REFUSED, NULL, "SWML has no such verb");
}

/* ---- the answer in front --------------------------------------------------------------------- */

/* A bare answer before a step that needs one is what the writer puts there: no step of its own. */
static bool is_bare_answer(const struct reading *r, const struct json *value) {
    return str_eq(r->verb, STR("answer")) &&
           (!value || (json_type(value) == JSON_OBJECT && json_count(value) == 0));
}

static void put_answer(struct reading *r, size_t at) {
    struct plan_step *s = reading_add(r, PLAN_RAW);
    if (!s)
        return;
    struct plan_step *steps = r->plan->steps;
    memmove(steps + at + 1, steps + at, (r->plan->count - 1 - at) * sizeof *steps);
    steps[at] = (struct plan_step){
        .kind = PLAN_RAW, .u.raw = {.dialect = STR("swml"), .document = STR("{\"answer\":{}}")}};
}

static enum error_code read_list(struct reading *r, const struct json *first, bool many) {
    const struct json *value;
    bool answered = false;
    size_t start = r->plan->count;
    char field[sizeof r->err->field];
    for (const struct json *v = first; v && r->rc == ERR_OK; v = r->next, r->index++) {
        r->next = many ? json_next(v) : NULL;
        if (!reading_split(v, &r->verb, &value)) {
            (void)snprintf(field, sizeof field, "sections.main[%zu]", r->index);
            return error_field(r->err, ERR_INVALID, field,
                               "%s: a verb is an object with one key, like {\"hangup\":{}}", field);
        }
        if (many && !answered && r->plan->count == start && is_bare_answer(r, value))
            answered = true;
        else
            read_verb(r, value);
    }
    if (r->rc == ERR_OK && answered &&
        (r->plan->count == start || !swml_needs_answer(&r->plan->steps[start])))
        put_answer(r, start);
    return r->rc;
}

enum error_code swml_read_verbs(const struct json *list, struct plan *out,
                                struct plan_loss_report *loss, struct error *err) {
    struct reading r = {.plan = out, .loss = loss, .err = err};
    size_t before = out->count;
    bool many = json_type(list) == JSON_ARRAY;
    enum error_code rc = read_list(&r, many ? json_first(list) : list, many);
    if (rc != ERR_OK)
        out->count = before;
    return rc;
}

/* ---- the document ---------------------------------------------------------------------------- */

/* Most YAML begins with a word or a dash; JSON documents begin with a brace. */
static enum error_code refuse_text(struct str doc, struct error *why, struct error *err) {
    struct str text = str_trim(doc);
    bool brace = text.len > 0 && text.ptr[0] == '{';
    if (text.len == 0 && why->code == ERR_INVALID)
        return error_set(err, ERR_INVALID, "the SWML document is empty");
    if (why->code == ERR_INVALID && !brace && str_find(text, ':') < text.len)
        return error_set(err, ERR_INVALID,
                         "SWML is read as JSON only: send the document as JSON, not YAML");
    return error_set(err, why->code, "the SWML document is no JSON that fits: %.180s", why->text);
}

static enum error_code check_root(const struct json *root, struct error *err) {
    const struct json *version = json_get(root, "version"), *sections = json_get(root, "sections");
    if (json_type(root) != JSON_OBJECT)
        return error_set(err, ERR_INVALID, "a SWML document is an object with \"sections\"");
    if (version && !str_eq(json_str(version), STR("1.0.0")))
        return error_field(err, ERR_INVALID, "version", "version: SWML knows only \"1.0.0\"");
    if (json_type(sections) != JSON_OBJECT)
        return error_field(err, ERR_INVALID, "sections", "sections: is missing or no object");
    if (json_type(json_get(sections, "main")) != JSON_ARRAY)
        return error_field(err, ERR_INVALID, "sections.main",
                           "sections.main: is missing or no list of verbs");
    return ERR_OK;
}

static enum error_code keep_whole(struct str doc, struct plan *out, struct error *err) {
    struct plan_step *s = plan_add(out, PLAN_RAW);
    if (!s)
        return error_set(err, ERR_LIMIT, "the plan is full");
    s->u.raw = (struct plan_raw){.dialect = STR("swml"),
                                 .document = arena_copy(&out->arena, str_trim(doc))};
    return ERR_OK;
}

enum error_code swml_read(struct str doc, struct plan *out, struct plan_loss_report *loss,
                          struct error *err) {
    const struct json_limits limits = {
        .bytes_max = SWML_BYTES_MAX, .depth_max = SWML_DEPTH_MAX, .values_max = SWML_VALUES_MAX};
    CLEANUP(json_doc_freep) struct json_doc *parsed = NULL;
    struct error why = {0};
    if (json_parse(doc, &limits, &parsed, &why) != ERR_OK)
        return refuse_text(doc, &why, err);
    const struct json *root = json_root(parsed), *sections = json_get(root, "sections");
    enum error_code rc = check_root(root, err);
    if (rc != ERR_OK)
        return rc;
    if (json_count(sections) > 1)
        return keep_whole(doc, out, err);
    for (const struct json *m = json_first(root); m; m = json_next(m))
        if (!str_eq(json_name(m), STR("version")) && !str_eq(json_name(m), STR("sections")))
            plan_loss_add(loss, PLAN_LOSS_DROPPED, json_name(m).len > 0 ? json_name(m).ptr : "\"\"",
                          "a document has only version and sections", "it is left out");
    return swml_read_verbs(json_get(sections, "main"), out, loss, err);
}
