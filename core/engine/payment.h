#ifndef CORE_ENGINE_PAYMENT_H
#define CORE_ENGINE_PAYMENT_H

#include "core/domain/payment.h"
#include "core/domain/plan.h"
#include "core/engine/engine.h"

struct function_payment; /* core/domain/function_action.h */

/*
 * Taking payments during calls. A conversation that wants one (FUNCTION_ACTION_PAY):
 *  1. asks payment_check(): when that fails, the function fails with this error, and the assistant
 *     offers a human;
 *  2. gives an effect CONVERSATION_PAYMENT with the order, says what it has to say, and ends its
 *     plan with a redirect to next_url instead of a gather.
 * What follows is done around it: the recording is paused, and only when that is certain the
 * carrier is told to collect the card; the conversation has no turn meanwhile. Then
 *  3. it gets a turn with the input CONVERSATION_PAID: in->payment tells how it went, words for the
 *     caller are in payment_line(). The recording goes on by itself.
 */

/** What a turn may know about payments. */
struct payment_view {
    const char *why_not; /* NULL: payments can be taken on this call; else one line for people */
    /* CONVERSATION_PAID: */
    enum payment_result result; /* never NONE then; SUCCESS exactly when it was charged */
    bool uncertain;         /* it may have been charged all the same: do not offer to try again */
    struct payment payment; /* without any card data but last4 and card_type */
};

/**
 * Can this be paid on this call? ERR_UNSUPPORTED: the carrier or this gateway cannot; ERR_INVALID:
 * amount or currency make no sense (err->field "amount"). v may be NULL. Pure.
 */
NODISCARD enum error_code payment_check(const struct payment_view *v,
                                        const struct function_payment *order, struct error *err);

/** Why nothing can be paid over this carrier, for people; NULL when it can. */
const char *payment_why_not(const struct engine *e, const struct provider *carrier);

/** Does a document in a carrier's words, which is not taken apart, make the caller pay? */
bool payment_is_in(struct str document);

/**
 * Steps that somebody wrote himself are paid as they are, without a guard: ERR_INVALID, with
 * err->field "steps[i].pay", when the call would be recorded while a card is typed. Pure.
 */
NODISCARD enum error_code payment_check_steps(const struct plan *p, bool recorded,
                                              struct error *err);

/** One or two sentences for the caller: what became of the payment. Static or in the arena. */
struct str payment_line(const struct payment_view *v, struct arena *a);

#endif
