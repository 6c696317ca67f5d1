#include "core/base/compiler.h"
#include "core/domain/payment.h"
#include "core/domain/text.h"
#include "core/engine/function_builtin.h"
#include "core/engine/function_declared.h"

/* The built-in functions that do something on the call. */
enum {
    CALL_DURATION_MAX_S = 86400,
    PAY_ATTEMPTS = 3,
    TRANSFER_RING_S = 30
};

static void keep(struct function_reply *out, struct function_effect e) {
    out->effects[out->effect_count++] = e;
}

static void end(const struct function_context *ctx, struct function_reply *out,
                struct str outcome) {
    keep(out, (struct function_effect){
                  .kind = FUNCTION_EFFECT_END, .text = outcome, .caller_id = ctx->caller_id});
}

/* ---- the end --------------------------------------------------------------------------------- */

enum error_code function_end_call(const struct function_context *ctx, const struct json *arguments,
                                  struct function_reply *out, struct error *err) {
    struct str reason = function_argument(ctx, arguments, "reason");
    if (reason.len > ASSISTANT_OUTCOME_MAX) /* the schema counts characters */
        return error_field(err, ERR_LIMIT, "arguments.reason", "has more than %d bytes",
                           ASSISTANT_OUTCOME_MAX);
    int64_t seconds = 0;
    if (!json_int(json_get(arguments, "duration"), 0, CALL_DURATION_MAX_S, &seconds) &&
        ctx->answered_ms > 0 && ctx->now_ms > ctx->answered_ms)
        seconds = (ctx->now_ms - ctx->answered_ms) / 1000;
    out->effects[out->effect_count++] = (struct function_effect){
        .kind = FUNCTION_EFFECT_END,
        .text = reason,
        .caller_id = function_caller(ctx, arguments),
        .duration_s = (uint32_t)(seconds < CALL_DURATION_MAX_S ? seconds : CALL_DURATION_MAX_S)};
    function_reply_add(out, FUNCTION_ACTION_HANGUP);
    out->response = STR("The call ends.");
    return ERR_OK;
}

/* ---- consent --------------------------------------------------------------------------------- */

enum error_code function_request_recording_consent(const struct function_context *ctx,
                                                   const struct json *arguments,
                                                   struct function_reply *out, struct error *err) {
    (void)arguments;
    (void)err;
    if (ctx->assistant && ctx->assistant->recording.rule == CALL_RECORD_OFF) {
        out->response = STR("This call is never recorded: there is nothing to ask.");
        return ERR_OK;
    }
    function_reply_add(out, FUNCTION_ACTION_ASK_CONSENT);
    out->response = STR("The caller is being asked. Wait for the answer.");
    return ERR_OK;
}

/* ---- payment --------------------------------------------------------------------------------- */

enum error_code function_process_payment(const struct function_context *ctx,
                                         const struct json *arguments, struct function_reply *out,
                                         struct error *err) {
    char amount[PAYMENT_AMOUNT_SIZE], currency[PAYMENT_CURRENCY_SIZE];
    if (!payment_amount_parse(json_str(json_get(arguments, "amount")), amount) ||
        str_eq_z(str_z(amount), "0.00"))
        return error_field(err, ERR_INVALID, "arguments.amount",
                           "is no amount that can be charged, write it such as 49.99");
    if (!payment_currency_parse(json_str(json_get(arguments, "currency")), currency))
        return error_field(err, ERR_INVALID, "arguments.currency",
                           "is no currency, write three letters such as usd");
    struct function_payment *p = &function_reply_add(out, FUNCTION_ACTION_PAY)->u.pay;
    *p = (struct function_payment){
        .amount = arena_copy(ctx->arena, str_z(amount)),
        .currency = arena_copy(ctx->arena, str_z(currency)),
        .description = function_argument(ctx, arguments, "description"),
        .input = STR("dtmf"),
        .method = STR("credit-card"),
        .postal_code = STR("true"),
        .attempts_max = PAY_ATTEMPTS,
        .result = STR("The payment ended with ${pay_result}. After a success, confirm it and say "
                      "nothing more about the card. Otherwise say that it did not work and offer "
                      "another card or a person."),
    };
    out->post_process = true;
    out->response = STR("The payment is about to be taken: tell the caller to type the card's "
                        "number on the keys of the phone. Do not ask for any card data yourself.");
    return ERR_OK;
}

/* ---- people ---------------------------------------------------------------------------------- */

enum error_code function_transfer_to_human(const struct function_context *ctx,
                                           const struct json *arguments, struct function_reply *out,
                                           struct error *err) {
    (void)err;
    (void)arguments;
    struct str number = ctx->assistant ? ctx->assistant->human_number : (struct str){0};
    number = function_expand(ctx, number.len > 0 ? number : STR("${human_number}"));
    if (number.len == 0) {
        out->response = STR("Nobody is there to take the call now. Say so, offer a call back, and "
                            "note it with schedule_callback.");
        return ERR_OK;
    }
    struct function_transfer *t = &function_reply_add(out, FUNCTION_ACTION_TRANSFER)->u.transfer;
    t->to = number;
    t->timeout_s = TRANSFER_RING_S;
    t->result = STR("The caller is back. If nobody took the call, say so and offer a call back.");
    out->response = STR("The caller is being connected to a person.");
    return ERR_OK;
}

enum error_code function_opt_out(const struct function_context *ctx, const struct json *arguments,
                                 struct function_reply *out, struct error *err) {
    (void)err;
    struct str words = function_argument(ctx, arguments, "reason");
    keep(out, (struct function_effect){.kind = FUNCTION_EFFECT_OPT_OUT,
                                       .category = STR("conversation_flow"),
                                       .text = words.len > 0 ? words
                                                             : STR("Caller asked not to be called "
                                                                   "again"),
                                       .caller_id = ctx->caller_id});
    end(ctx, out, STR("opt_out"));
    function_reply_add(out, FUNCTION_ACTION_HANGUP);
    out->response = STR("It is kept. Promise that there will be no more calls and say goodbye.");
    return ERR_OK;
}

enum error_code function_schedule_callback(const struct function_context *ctx,
                                           const struct json *arguments, struct function_reply *out,
                                           struct error *err) {
    (void)err;
    struct str number = function_argument(ctx, arguments, "number");
    struct str about = function_argument(ctx, arguments, "reason");
    if (number.len == 0)
        number = ctx->caller_id;
    keep(out, (struct function_effect){
                  .kind = FUNCTION_EFFECT_INFO,
                  .category = STR("callback"),
                  .text = function_mask(
                      ctx, arena_printf(ctx->arena, "Call back " STR_FMT "%s" STR_FMT "%s" STR_FMT,
                                        STR_ARG(function_argument(ctx, arguments, "when")),
                                        number.len > 0 ? " at " : "", STR_ARG(number),
                                        about.len > 0 ? " about " : "", STR_ARG(about))),
                  .caller_id = ctx->caller_id});
    out->response = STR("The call back is noted.");
    return ERR_OK;
}

/* ---- voicemail ------------------------------------------------------------------------------- */

enum error_code function_leave_voicemail(const struct function_context *ctx,
                                         const struct json *arguments, struct function_reply *out,
                                         struct error *err) {
    struct str message = function_argument(ctx, arguments, "message");
    if (message.len == 0 && ctx->assistant)
        message = function_expand(ctx, ctx->assistant->machine.message);
    if (message.len == 0)
        return error_field(err, ERR_INVALID, "arguments.message",
                           "is missing, and the assistant has no message of its own: say one");
    function_reply_add(out, FUNCTION_ACTION_SAY)->text = message;
    function_reply_add(out, FUNCTION_ACTION_HANGUP);
    end(ctx, out, STR("voicemail_left"));
    out->response = STR("The message is being left and the call ends.");
    return ERR_OK;
}
