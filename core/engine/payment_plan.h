#ifndef CORE_ENGINE_PAYMENT_PLAN_H
#define CORE_ENGINE_PAYMENT_PLAN_H

#include "core/domain/payment.h"
#include "core/domain/plan.h"
#include "core/engine/engine.h"

struct function_payment;

enum {
    PAYMENT_PLAN_MAX = 65536
};

/**
 * The steps that take a payment, as plan JSON; the address where the call goes on is still missing.
 * Fills amount, currency and own of *p, whose id and call are set. ERR_INVALID: the order cannot be
 * carried out.
 */
NODISCARD enum error_code payment_plan_put(const struct engine *e, const struct call *c,
                                           const struct function_payment *order, struct payment *p,
                                           struct buf *out, struct error *err);

/** The same with a made-up payment: only to learn whether an order can be carried out. */
NODISCARD enum error_code payment_plan_try(const struct function_payment *order, struct error *err);

/** Read it back, with the address where the call goes on. */
NODISCARD enum error_code payment_plan_read(struct str plan_json, struct str next_url,
                                            struct plan *out, struct error *err);

#endif
