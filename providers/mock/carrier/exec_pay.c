#include "providers/mock/carrier/exec.h"

enum {
    PROMPT_MS = 4000, /* each of: number, expiry, code, postal code */
    PROCESSING_MS = 2000,
};

/** The test card that banks decline. */
static bool declined(const struct callee *payer) {
    return str_eq_z(payer->card, "4000000000000002");
}

/**
 * The callee types its card. The keys are not noted as heard: carriers keep them out of recordings
 * and transcripts.
 */
static enum exec_next begin(struct carrier *c, struct leg *l, const struct plan_step *s) {
    (void)c;
    uint32_t attempts = s->u.pay.attempts_max ? s->u.pay.attempts_max : 1;
    if (l->callee->card.len == 0)
        return exec_wait(l, (int64_t)attempts * PROMPT_MS);
    return exec_wait(l, 4 * PROMPT_MS + PROCESSING_MS);
}

static void fill(struct leg *l, const struct plan_pay *pay, struct step_result *r) {
    *r = (struct step_result){.kind = PLAN_PAY, .pay = pay, .payer = l->callee, .confidence = -1};
    if (leg_is_over(l))
        r->word = "caller-hung-up";
    else if (l->callee->card.len == 0)
        r->word = "too-many-failed-attempts";
    else if (declined(l->callee) && pay->amount.len > 0)
        r->word = "payment-connector-error";
    else
        r->word = "success";
}

static enum exec_next resume(struct carrier *c, struct leg *l, const struct plan_step *s) {
    struct step_result r;
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
