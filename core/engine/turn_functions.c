#include "core/base/compiler.h"
#include "core/base/json.h"
#include "core/domain/card_mask.h"
#include "core/domain/function.h"
#include "core/engine/conversation_turn.h"
#include "core/engine/functions.h"
#include "core/engine/payment.h"
#include "core/engine/turn_brain.h"

/* Functions that a brain runs during a turn. */
enum {
    FUNCTION_LINE_MAX = 16384
};

/** {"name","arguments","result"} for the transcript; arguments that are no JSON as text. */
static void keep_function_line(struct turn_work *t, struct str name, struct str arguments,
                               struct str response, const struct error *failed) {
    struct buf b = BUF_INIT(FUNCTION_LINE_MAX), masked = BUF_INIT(FUNCTION_LINE_MAX);
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    bool is_json = arguments.len > 0 && json_parse(arguments, NULL, &doc, NULL) == ERR_OK;
    struct json_writer w;
    (void)card_mask_put(&masked, arguments);
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_string(&w, "name", name);
    json_key(&w, "arguments");
    if (arguments.len == 0)
        json_put_raw(&w, STR("{}"));
    else if (is_json)
        card_mask_json(&w, json_root(doc));
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
    case FUNCTION_EFFECT_OPT_OUT:
        turn_effect(t, (struct conversation_effect){.kind = CONVERSATION_INFO,
                                                    .category = e->category,
                                                    .text = e->text,
                                                    .caller_id = e->caller_id});
        break;
    case FUNCTION_EFFECT_END:
        turn_finish(t, e->text);
        break;
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

static enum error_code refuse(struct turn_work *t, struct str function, const char *log_text,
                              struct error *err, const char *why) {
    log_warn(t->cv->options.log, log_text, LOG_STR("function", function),
             LOG_ID("call", CALL_ID_PREFIX, t->in->call->id));
    return error_set(err, ERR_LIMIT, "%s", why);
}

/** A payment that cannot be taken is known before the brain goes on. */
static enum error_code check_payments(const struct turn_work *t, const struct function_reply *r,
                                      struct error *err) {
    enum error_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < r->action_count; i++)
        if (r->actions[i].kind == FUNCTION_ACTION_PAY)
            rc = payment_check(t->in->payment, &r->actions[i].u.pay, err);
    return rc;
}

static enum error_code run(struct turn_work *t, struct str function, struct str arguments_json,
                           struct function_reply *out, struct error *err) {
    const struct call *c = t->in->call;
    bool inbound = c->inbound;
    char session[ID_TEXT_SIZE];
    id_format(session, CALL_ID_PREFIX, c->id);
    uint32_t turn = t->state.wait.is_waiting ? t->state.wait.turn : t->in->turn;
    struct function_context fc = {
        .store = t->cv->options.store,
        .assistant = t->assistant,
        .session_id = str_z(session),
        .caller_id = turn_value(t, STR("caller_id")),
        .values = t->values,
        .value_count = t->value_count,
        .data = t->data ? json_root(t->data) : NULL,
        .meta_data = t->meta_data ? json_root(t->meta_data) : NULL,
        .zones = t->cv->options.zones,
        .remote = t->cv->options.remote,
        .provider = str_z(c->provider),
        .own_number = str_z(inbound ? c->to : c->from),
        .inbound = inbound,
        .idempotency_key = arena_printf(t->arena, "%s-%u-%zu", session, (unsigned)turn, ++t->runs),
        .now_ms = t->in->now_ms,
        .answered_ms = c->answered_ms,
        .arena = t->arena,
    };
    if (!turn_may_use(t, function))
        return error_set(err, ERR_CONFLICT, "this function is switched off now");
    atomic_store(&t->running, assistant_find_function(t->assistant, function));
    enum error_code rc = function_run_text(&fc, function, arguments_json, out, err);
    atomic_store(&t->running, NULL);
    return rc == ERR_OK ? check_payments(t, out, err) : rc;
}

enum error_code turn_run_function(void *ctx, struct str function, struct str arguments_json,
                                  struct str *response, struct error *err) {
    struct turn_work *t = ctx;
    if (!has_room(t, function_find(function) == FUNCTION_END_CALL))
        return refuse(t, function, "function left out", err, "too many functions in one turn");
    struct function_reply *result = arena_alloc(t->arena, sizeof *result);
    struct error failed = {0};
    enum error_code rc = run(t, function, arguments_json, result, &failed);
    keep_function_line(t, function, arguments_json, result->response,
                       rc == ERR_OK ? NULL : &failed);
    if (rc != ERR_OK) {
        log_warn(t->cv->options.log, "function failed", LOG_STR("function", function),
                 LOG_ID("call", CALL_ID_PREFIX, t->in->call->id), LOG_Z("why", failed.text));
        if (err)
            *err = failed;
        return rc;
    }
    for (size_t i = 0; i < result->effect_count; i++)
        keep_function_effect(t, &result->effects[i]);
    for (size_t i = 0; i < result->action_count; i++)
        turn_take_action(t, &result->actions[i], result->post_process, function);
    if (t->thinking)
        turn_brain_tell_changes(t, t->thinking);
    *response = result->prompt.len == 0
                    ? result->response
                    : arena_printf(t->arena, STR_FMT "\n" STR_FMT, STR_ARG(result->response),
                                   STR_ARG(result->prompt));
    return ERR_OK;
}
