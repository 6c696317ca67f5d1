#include "core/base/compiler.h"
#include "core/domain/assistant.h"
#include "core/engine/call_service.h"
#include "core/engine/consents.h"

/* A recording that is wished for over the API. The rule of the call and the ledger outweigh it. */

struct control {
    const struct engine *engine;
    int64_t call_id;
    enum provider_recording_action action;
    struct call call;
};

static const char *const words[] = {
    [PROVIDER_RECORDING_START] = "start",
    [PROVIDER_RECORDING_PAUSE] = "pause",
    [PROVIDER_RECORDING_RESUME] = "resume",
    [PROVIDER_RECORDING_STOP] = "stop",
};

bool recording_action_parse(struct str s, enum provider_recording_action *out) {
    for (size_t i = PROVIDER_RECORDING_START; i < ARRAY_LEN(words); i++) {
        if (str_eq_z(s, words[i])) {
            *out = (enum provider_recording_action)i;
            return true;
        }
    }
    return false;
}

/* Who places a call with a plan answers for the consent, as with "record":"on", unless it was told
   off. An assistant that is no longer there allows nothing. */
static enum call_record rule_of(const struct engine *e, const struct call *c) {
    if (c->assistant[0] == '\0')
        return c->record == CALL_RECORD_DEFAULT ? CALL_RECORD_ON : c->record;
    const struct assistant *a = engine_assistant_of(e, c);
    enum call_record rule = a ? assistant_recording_rule(a, c->record) : CALL_RECORD_OFF;
    assistant_unref(a);
    return rule;
}

static enum error_code check_consent(struct store_tx *tx, const struct control *k,
                                     struct error *err) {
    struct consent_standing s;
    enum call_record rule = rule_of(k->engine, &k->call);
    enum error_code rc = consents_standing(tx, &k->call, &s, err);
    if (rc != ERR_OK || consents_allow_recording(rule, &s))
        return rc;
    if (s.newest == CONSENT_WITHDRAWN)
        return error_set(err, ERR_CONFLICT, "the caller has withdrawn the consent to be recorded");
    if (rule != CALL_RECORD_ASK)
        return error_set(err, ERR_CONFLICT, "this call may not be recorded: its rule is \"off\"");
    return error_set(err, ERR_CONFLICT,
                     "the caller has not said yes to being recorded in this call: its rule is "
                     "\"ask\"");
}

/* The pay steps of a plan have no guard: nobody tells when the card is typed. */
static enum error_code check_pay_step(struct store_tx *tx, const struct call *c,
                                      struct error *err) {
    struct arena a = {0};
    struct conversation_state s = {0};
    enum error_code rc =
        c->assistant[0] == '\0' ? store_get_conversation(tx, c->id, &a, &s, err) : ERR_NOT_FOUND;
    if (rc == ERR_NOT_FOUND)
        rc = ERR_OK;
    else if (rc == ERR_OK && str_find_str(s.plan_json, STR("{\"pay\":")) < s.plan_json.len)
        rc = error_set(err, ERR_CONFLICT,
                       "this call's plan takes a payment: it cannot be recorded "
                       "while a card may be typed");
    arena_release(&a);
    return rc;
}

static enum error_code control_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct control *k = ctx;
    enum error_code rc = store_get_call(tx, k->call_id, &k->call, err);
    if (rc != ERR_OK)
        return rc;
    if (k->call.status != CALL_ANSWERED)
        return error_set(err, ERR_CONFLICT, "the call is not answered (%s)",
                         call_status_name(k->call.status));
    if (k->action == PROVIDER_RECORDING_START || k->action == PROVIDER_RECORDING_RESUME)
        rc = check_consent(tx, k, err);
    if (rc == ERR_OK && k->action == PROVIDER_RECORDING_START)
        rc = check_pay_step(tx, &k->call, err);
    struct job j = {.kind = JOB_RECORDING_CONTROL,
                    .call_id = k->call_id,
                    .run_at_ms = engine_now_ms(k->engine)};
    if (rc == ERR_OK && !str_copy(str_z(words[k->action]), j.ref_text, sizeof j.ref_text))
        rc = error_set(err, ERR_LIMIT, "the action's name is too long");
    return rc == ERR_OK ? store_add_job(tx, &j, err) : rc;
}

enum error_code call_service_control_recording(const struct engine *e, int64_t call_id,
                                               enum provider_recording_action action,
                                               struct call *out, struct error *err) {
    struct control k = {.engine = e, .call_id = call_id, .action = action};
    enum error_code rc = store_write(e->store, control_tx, &k, err);
    if (rc == ERR_OK)
        *out = k.call;
    return rc;
}
