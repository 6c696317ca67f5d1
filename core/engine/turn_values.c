#include "core/base/compiler.h"
#include "core/base/id.h"
#include "core/base/utf8.h"
#include "core/domain/text.h"
#include "core/engine/conversation_turn.h"

enum {
    VARIABLES_BYTES_MAX = CALL_JSON_MAX,
    REQUEST_BYTES_MAX = 1 << 20 /* of a call's request: plan, variables, metadata */
};

/* ---- values that texts may name -------------------------------------------------------------- */

static void add_value(struct turn_work *t, struct str name, struct str value) {
    if (t->value_count == TURN_VALUES_MAX)
        return;
    struct buf b = BUF_INIT(ASSISTANT_TEXT_MAX * 2);
    text_put_clean(&b, value);
    t->values[t->value_count++] =
        (struct brain_value){arena_copy(t->arena, name), arena_copy(t->arena, buf_str(&b))};
    buf_release(&b);
}

static void add_fact(struct turn_work *t, enum assistant_fact f, struct str value) {
    add_value(t, str_z(assistant_fact_name(f)), value);
}

static void add_variable(struct turn_work *t, const struct json *v) {
    struct buf b = BUF_INIT(ASSISTANT_TEXT_MAX);
    if (json_type(v) == JSON_STRING)
        buf_put_str(&b, json_str(v));
    else if (json_type(v) == JSON_NUMBER || json_type(v) == JSON_BOOL)
        json_put_value(&b, v);
    add_value(t, json_name(v), buf_str(&b));
    buf_release(&b);
}

enum error_code turn_read_values(struct turn_work *t, struct error *err) {
    const struct call *c = t->in->call;
    char id[ID_TEXT_SIZE];
    id_format(id, CALL_ID_PREFIX, c->id);
    struct clock_date d = clock_utc(t->in->now_ms);
    add_fact(t, ASSISTANT_FACT_CALL_ID, str_z(id));
    add_fact(t, ASSISTANT_FACT_TO, str_z(c->to));
    add_fact(t, ASSISTANT_FACT_FROM, str_z(c->from));
    add_fact(t, ASSISTANT_FACT_CALLER_ID, call_caller(c));
    add_fact(t, ASSISTANT_FACT_ASSISTANT, t->assistant->name);
    add_fact(t, ASSISTANT_FACT_DATE,
             arena_printf(t->arena, "%04d-%02d-%02d", d.year, d.month, d.day));
    add_fact(t, ASSISTANT_FACT_TIME, arena_printf(t->arena, "%02d:%02d", d.hour, d.minute));
    if (t->in->variables_json.len == 0)
        return ERR_OK;
    static const struct json_limits limits = {.bytes_max = VARIABLES_BYTES_MAX};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = json_parse(t->in->variables_json, &limits, &doc, err);
    if (rc != ERR_OK)
        return rc;
    if (json_type(json_root(doc)) != JSON_OBJECT)
        return error_field(err, ERR_INVALID, "variables", "is not an object, write {…}");
    for (const struct json *v = json_first(json_root(doc)); v; v = json_next(v))
        if (assistant_find_variable(t->assistant, json_name(v)))
            add_variable(t, v);
    return ERR_OK;
}

struct str turn_value(void *ctx, struct str name) {
    const struct turn_work *t = ctx;
    for (size_t i = 0; i < t->value_count; i++)
        if (str_eq(t->values[i].name, name))
            return t->values[i].value;
    const struct assistant_variable *v = assistant_find_variable(t->assistant, name);
    return v ? v->value : (struct str){0};
}

struct str turn_variables_of(struct str request_json, struct arena *a) {
    static const struct json_limits limits = {.bytes_max = REQUEST_BYTES_MAX, .values_max = 10000};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    CLEANUP(buf_release) struct buf b = BUF_INIT(VARIABLES_BYTES_MAX);
    if (request_json.len == 0 || json_parse(request_json, &limits, &doc, NULL) != ERR_OK)
        return (struct str){0};
    const struct json *v = json_get(json_root(doc), "variables");
    if (v)
        json_put_value(&b, v);
    return arena_copy(a, buf_str(&b));
}

void turn_say(struct turn_work *t, struct buf *where, struct str text) {
    if (text.len == 0)
        return;
    if (where->len > 0)
        buf_putc(where, ' ');
    text_expand(where, text, turn_value, t);
}

/* ---- effects --------------------------------------------------------------------------------- */

void turn_effect(struct turn_work *t, struct conversation_effect e) {
    if (t->out->effect_count == CONVERSATION_EFFECTS_MAX)
        return;
    e.category = arena_copy(t->arena, e.category);
    e.text = arena_copy(t->arena, e.text);
    e.usage_json = arena_copy(t->arena, e.usage_json);
    t->out->effects[t->out->effect_count++] = e;
}

void turn_finish(struct turn_work *t, struct str outcome) {
    if (!t->has_outcome && outcome.len > 0)
        turn_effect(t, (struct conversation_effect){.kind = CONVERSATION_OUTCOME, .text = outcome});
    t->has_outcome = true;
    t->next = TURN_END;
}
