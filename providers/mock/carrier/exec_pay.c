#include "core/base/json.h"
#include "providers/mock/carrier/exec.h"

enum {
    PROMPT_MS = 4000, /* each of: number, expiry, code, postal code */
    PROCESSING_MS = 2000,
};

enum phase {
    PHASE_KEYS = 0,
    PHASE_CONNECTOR,
    PHASE_ANSWERED,
};

/** The test card that banks decline. */
static bool declined(const struct callee *payer) {
    return str_eq_z(payer->card, "4000000000000002");
}

/** A connector with an address is asked for the charge; one with a name is the carrier's own. */
static bool has_address(const struct plan_pay *pay) {
    return str_starts(pay->connector, STR("http://")) ||
           str_starts(pay->connector, STR("https://"));
}

/**
 * The callee types its card. The keys are not noted as heard: carriers keep them out of recordings
 * and transcripts.
 */
static enum exec_next begin(struct carrier *c, struct leg *l, const struct plan_step *s) {
    (void)c;
    uint32_t attempts = s->u.pay.attempts_max ? s->u.pay.attempts_max : 1;
    l->step.phase = PHASE_KEYS;
    if (l->callee->card.len == 0)
        return exec_wait(l, (int64_t)attempts * PROMPT_MS);
    return exec_wait(l, 4 * PROMPT_MS + PROCESSING_MS);
}

/* ---- the connector ("SignalWire docs: cXML <Pay>, connector") ----------------------------------
 */

static void put_request(struct json_writer *w, const struct carrier *c, const struct leg *l,
                        const struct plan_pay *pay) {
    const struct callee *payer = l->callee;
    struct str expiry = payer->card_expiry;
    char transaction[37];
    rng_uuid(transaction, "payment", c->seed, str_z(l->sid), l->documents);
    json_begin_object(w);
    json_kv_z(w, "transaction_id", transaction);
    json_kv_z(w, "method", "credit-card");
    json_kv_string(w, "cardnumber", payer->card);
    json_kv_string(w, "cvv", payer->card_code);
    json_kv_string(w, "expiry_month", str_from(expiry.ptr, expiry.len < 2 ? expiry.len : 2));
    json_kv_string(w, "expiry_year", str_from_index(expiry, 2));
    json_kv_string(w, "postal_code", payer->postal_code);
    json_key(w, "chargeAmount"); /* a number here */
    json_put_raw(w, pay->amount.len ? pay->amount : STR("0"));
    json_kv_z(w, "currency_code", "USD");
    json_kv_string(w, "description", pay->description);
    json_end_object(w);
}

static void take(const struct json *v, char *dst, size_t size) {
    if (!str_copy(json_str(v), dst, size))
        dst[0] = '\0';
}

static void on_answer(struct carrier *c, struct outgoing *o) {
    struct leg *l = o->leg;
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    secret_wipe(o->json.ptr, o->json.len);
    if (o->epoch != l->epoch || leg_is_over(l))
        return;
    leg_set_waiting(c, l, false);
    l->step.phase = PHASE_ANSWERED;
    if (json_parse(buf_str(&o->body), NULL, &doc, NULL) == ERR_OK) {
        const struct json *v = json_root(doc);
        const struct json *id = json_get(v, "charge_id");
        take(json_get(v, "error_code"), l->step.charge_error, sizeof l->step.charge_error);
        take(id ? id : json_get(v, "token_id"), l->step.charge_id, sizeof l->step.charge_id);
    }
    if (o->status < 200 || o->status > 299 || l->step.charge_error[0])
        l->step.charge_id[0] = '\0';
    (void)exec_wait(l, 0);
}

static enum exec_next ask_connector(struct carrier *c, struct leg *l, const struct plan_pay *pay) {
    struct outgoing *o = outgoing_new(c, l, OUTGOING_NOTICE, pay->connector, false);
    struct json_writer w;
    json_write_init(&w, &o->json);
    put_request(&w, c, l, pay);
    outgoing_add_header(o, STR("Content-Type"), STR("application/json"));
    o->rules.retry_on = OUTGOING_RETRY_CONNECT; /* nobody is charged twice */
    l->step.phase = PHASE_CONNECTOR;
    leg_set_waiting(c, l, true);
    outgoing_send(c, o, on_answer);
    return EXEC_WAIT;
}

/* ---- the result --------------------------------------------------------------------------------
 */

static void fill(struct leg *l, const struct plan_pay *pay, struct step_result *r) {
    bool asked = l->step.phase == PHASE_ANSWERED;
    bool refused = asked ? !l->step.charge_id[0] : declined(l->callee) && pay->amount.len > 0;
    *r = (struct step_result){.kind = PLAN_PAY, .pay = pay, .payer = l->callee, .confidence = -1};
    r->charge_id = asked ? l->step.charge_id : NULL;
    r->charge_error = asked ? l->step.charge_error : NULL;
    if (leg_is_over(l))
        r->word = "caller-hung-up";
    else if (l->callee->card.len == 0)
        r->word = "too-many-failed-attempts";
    else if (refused)
        r->word = "payment-connector-error";
    else
        r->word = "success";
}

static enum exec_next resume(struct carrier *c, struct leg *l, const struct plan_step *s) {
    struct step_result r;
    if (l->step.phase == PHASE_KEYS && l->callee->card.len > 0 && has_address(&s->u.pay))
        return ask_connector(c, l, &s->u.pay);
    fill(l, &s->u.pay, &r);
    return exec_action(c, l, &s->u.pay.action, true, &r);
}

static void leave(struct carrier *c, struct leg *l, const struct plan_step *s) {
    struct step_result r;
    fill(l, &s->u.pay, &r);
    if (leg_is_over(l))
        exec_action_after_hangup(c, l, &s->u.pay.action, true, &r);
}

const struct exec_step exec_pay_step = {.begin = begin, .resume = resume, .leave = leave};
