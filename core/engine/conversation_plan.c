#include "core/base/compiler.h"
#include "core/base/id.h"
#include "core/base/utf8.h"
#include "core/domain/card_mask.h"
#include "core/domain/phone.h"
#include "core/domain/text.h"
#include "core/engine/conversation_turn.h"
#include "core/engine/functions.h"

enum {
    VARIABLES_BYTES_MAX = CALL_JSON_MAX,
    FUNCTION_LINE_MAX = 16384
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

static struct str value_of(void *ctx, struct str name) {
    const struct turn_work *t = ctx;
    for (size_t i = 0; i < t->value_count; i++)
        if (str_eq(t->values[i].name, name))
            return t->values[i].value;
    const struct assistant_variable *v = assistant_find_variable(t->assistant, name);
    return v ? v->value : (struct str){0};
}

void turn_say(struct turn_work *t, struct buf *where, struct str text) {
    if (text.len == 0)
        return;
    if (where->len > 0)
        buf_putc(where, ' ');
    text_expand(where, text, value_of, t);
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

/** {"name","arguments","result"} for the transcript; arguments that held a card number as text. */
static void keep_function_line(struct turn_work *t, struct str name, struct str arguments,
                               struct str response, const struct error *failed) {
    struct buf b = BUF_INIT(FUNCTION_LINE_MAX), masked = BUF_INIT(FUNCTION_LINE_MAX);
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    bool is_json = arguments.len > 0 && json_parse(arguments, NULL, &doc, NULL) == ERR_OK;
    bool holds_card = card_mask_put(&masked, arguments);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_string(&w, "name", name);
    json_key(&w, "arguments");
    if (arguments.len == 0)
        json_put_raw(&w, STR("{}"));
    else if (is_json && !holds_card)
        json_put_raw(&w, arguments);
    else
        json_put_string(&w, buf_str(&masked));
    if (failed)
        json_kv_z(&w, "error", failed->text);
    else
        json_kv_string(&w, "result", response);
    json_end_object(&w);
    turn_effect(t, (struct conversation_effect){
                       .kind = CONVERSATION_FUNCTION, .role = TURN_FUNCTION, .text = buf_str(&b)});
    buf_release(&b);
    buf_release(&masked);
}

static void keep_function_effect(struct turn_work *t, const struct function_effect *e) {
    switch (e->kind) {
    case FUNCTION_EFFECT_INFO:
        turn_effect(t, (struct conversation_effect){
                           .kind = CONVERSATION_INFO, .category = e->category, .text = e->text});
        break;
    case FUNCTION_EFFECT_END:
        turn_finish(t, e->text);
        break;
    case FUNCTION_EFFECT_OPT_OUT:
    case FUNCTION_EFFECT_NONE:
        break;
    }
}

/** Whatever else a turn does, there is room left to end the call and to say so. */
static bool has_room(const struct turn_work *t, bool ends) {
    size_t room = CONVERSATION_EFFECTS_MAX - t->out->effect_count;
    size_t one = 1 + FUNCTION_EFFECTS_MAX;
    return room >= TURN_EFFECTS_RESERVED + (ends ? one : 2 * one);
}

enum error_code turn_run_function(void *ctx, struct str function, struct str arguments_json,
                                  struct str *response, struct error *err) {
    struct turn_work *t = ctx;
    if (!has_room(t, function_find(function) == FUNCTION_END_CALL)) {
        log_warn(t->cv->options.log, "function left out", LOG_STR("function", function),
                 LOG_ID("call", CALL_ID_PREFIX, t->in->call->id));
        return error_set(err, ERR_LIMIT, "too many functions in one turn");
    }
    char session[ID_TEXT_SIZE];
    id_format(session, CALL_ID_PREFIX, t->in->call->id);
    struct function_context fc = {
        .store = t->cv->options.store,
        .assistant = t->assistant,
        .session_id = str_z(session),
        .caller_id = value_of(t, STR("caller_id")),
        .values = t->values,
        .value_count = t->value_count,
        .now_ms = t->in->now_ms,
        .answered_ms = t->in->call->answered_ms,
        .arena = t->arena,
    };
    struct function_reply result = {0};
    struct error failed = {0};
    enum error_code rc = function_run_text(&fc, function, arguments_json, &result, &failed);
    keep_function_line(t, function, arguments_json, result.response, rc == ERR_OK ? NULL : &failed);
    if (rc != ERR_OK) {
        log_warn(t->cv->options.log, "function failed", LOG_STR("function", function),
                 LOG_ID("call", CALL_ID_PREFIX, t->in->call->id), LOG_Z("why", failed.text));
        if (err)
            *err = failed;
        return rc;
    }
    for (size_t i = 0; i < result.effect_count; i++)
        keep_function_effect(t, &result.effects[i]);
    *response = result.response;
    return ERR_OK;
}

/* ---- the plan -------------------------------------------------------------------------------- */

static void fill_say(struct turn_work *t, struct plan_say *say, struct str text) {
    const struct assistant_language *l = &t->assistant->languages[0];
    say->text = arena_copy(t->arena, text);
    say->voice = arena_copy(t->arena, assistant_voice_for(l, str_z(t->in->call->provider)));
    say->language = arena_copy(t->arena, l->code);
}

static void add_say(struct turn_work *t, const struct buf *text) {
    if (text->len == 0)
        return;
    struct plan_step *s = plan_add(&t->out->plan, PLAN_SAY);
    fill_say(t, &s->u.say, buf_str(text));
}

static void add_gather(struct turn_work *t) {
    struct plan *p = &t->out->plan;
    struct plan_step *s = plan_add(p, PLAN_GATHER);
    struct plan_gather *g = &s->u.gather;
    const struct brain_output *l = &t->listen;
    g->input = (l->listen.speech ? (uint32_t)PLAN_INPUT_SPEECH : 0) |
               (l->listen.keys ? (uint32_t)PLAN_INPUT_KEYS : 0);
    g->action = (struct plan_link){arena_copy(t->arena, t->in->next_url), PLAN_METHOD_POST};
    g->timeout_s = l->listen.timeout_s ? l->listen.timeout_s : t->assistant->limits.listen_s;
    g->speech_timeout_auto = l->listen.speech;
    g->digits_max = l->listen.keys ? l->listen.digits_max : 0;
    g->action_on_empty = true;
    g->language = arena_copy(t->arena, t->assistant->languages[0].code);
    g->hints = arena_copy(t->arena, l->listen.hints);
    if (t->say.len == 0)
        return;
    struct plan_step *prompt = plan_add_prompt(p, g, PLAN_SAY);
    fill_say(t, &prompt->u.say, buf_str(&t->say));
}

/** Connect the caller; false when the number cannot be dialled. */
static bool add_dial(struct turn_work *t) {
    struct phone number;
    bool sip = str_starts(t->listen.transfer_to, STR("sip:"));
    if (!sip && phone_parse(t->listen.transfer_to, "transfer_to", &number, NULL) != ERR_OK)
        return false;
    struct plan_step *s = plan_add(&t->out->plan, PLAN_DIAL);
    const struct call *c = t->in->call;
    s->u.dial.caller_id = arena_copy(t->arena, str_z(c->inbound ? c->to : c->from)); /* ours */
    struct plan_noun *noun =
        plan_add_noun(&t->out->plan, &s->u.dial, sip ? PLAN_NOUN_SIP : PLAN_NOUN_NUMBER);
    noun->target = arena_copy(t->arena, sip ? t->listen.transfer_to : phone_str(&number));
    return true;
}

static void keep_assistant_line(struct turn_work *t) {
    struct buf line = BUF_INIT((size_t)PLAN_TEXT_MAX * 2 + 1);
    buf_put_str(&line, buf_str(&t->opening));
    if (t->opening.len > 0 && t->say.len > 0)
        buf_putc(&line, ' ');
    buf_put_str(&line, buf_str(&t->say));
    if (line.len > 0)
        turn_effect(t, (struct conversation_effect){.kind = CONVERSATION_LINE,
                                                    .role = TURN_ASSISTANT,
                                                    .text = buf_str(&line),
                                                    .usage_json = t->usage_json});
    buf_release(&line);
}

enum error_code turn_write(struct turn_work *t, struct error *err) {
    struct plan *p = &t->out->plan;
    if (buf_failed(&t->say) || buf_failed(&t->opening))
        return error_set(err, ERR_LIMIT, "more than %d bytes would be said at once", PLAN_TEXT_MAX);
    keep_assistant_line(t);
    if (t->pause_s > 0)
        plan_add(p, PLAN_PAUSE)->u.pause.seconds = t->pause_s;
    add_say(t, &t->opening);
    if (t->next == TURN_LISTEN) {
        add_gather(t);
    } else {
        add_say(t, &t->say);
        if (t->next == TURN_TRANSFER && !add_dial(t))
            log_warn(t->cv->options.log, "transfer impossible",
                     LOG_ID("call", CALL_ID_PREFIX, t->in->call->id),
                     LOG_PHONE("to", t->listen.transfer_to));
        plan_add(p, PLAN_HANGUP);
        t->state = (struct talk_state){.stage = TALK_OVER};
    }
    t->out->state_json = talk_state_write(&t->state, t->arena);
    return plan_check(p, err);
}
