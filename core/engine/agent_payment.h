#ifndef CORE_ENGINE_AGENT_PAYMENT_H
#define CORE_ENGINE_AGENT_PAYMENT_H

#include "core/domain/function_action.h"
#include "core/engine/payment_change.h"

/*
 * Payments on calls that the carrier's own agent leads: the agent gets the address of our connector
 * for this one payment, and gets it only when nothing is being recorded any more.
 */
struct agent_payment {
    const struct engine *engine;
    struct arena *arena;
    struct function_reply *reply; /* its pay action, if there is one, gets the connector */
    struct str pay_result;        /* what the agent's variables say of the last one; "" nothing */
    enum call_record rule;
    struct function_payment order; /* as the function gave it */
    struct payment opened;         /* id 0: none */
};

/** Take note of what the reply wants; ERR_UNSUPPORTED, ERR_INVALID: it cannot be paid. */
NODISCARD enum error_code agent_payment_begin(struct agent_payment *p, const struct call *c,
                                              struct error *err);

/** In the transaction that keeps the function: the last payment is over, the new one opens. */
NODISCARD enum error_code agent_payment_keep(struct agent_payment *p, struct store_tx *tx,
                                             struct call *c, bool *work_added, struct error *err);

/** Give the reply's pay action the addresses of the payment that is opened. */
void agent_payment_address(struct agent_payment *p, const struct call *c);

/** Does a document in the reply, which is not taken apart, make the caller pay? */
bool agent_payment_is_hidden(const struct function_reply *reply);

#endif
