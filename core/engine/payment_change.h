#ifndef CORE_ENGINE_PAYMENT_CHANGE_H
#define CORE_ENGINE_PAYMENT_CHANGE_H

#include "core/domain/payment.h"
#include "core/engine/engine.h"

struct function_payment;
struct plan;

/* Changes to a call's payments within a transaction. */

/** Who carries the steps of a payment out. */
enum payment_leader {
    PAYMENT_BY_DOCUMENT = 1, /* they are kept with it */
    PAYMENT_BY_AGENT         /* the carrier's own agent, see agent_payment_end() */
};

/**
 * Take up an order: the payment waits, and what is being recorded is paused first (a job). rule: in
 * force for the call. *work_added: a job was left.
 */
NODISCARD enum error_code payment_open(struct store_tx *tx, const struct engine *e,
                                       const struct call *c, const struct function_payment *order,
                                       enum call_record rule, enum payment_leader by,
                                       bool *work_added, struct payment *out, struct error *err);

/**
 * The call's newest payment, when it is not settled yet (its id is 0 when there is none such).
 */
NODISCARD enum error_code payment_open_of(struct store_tx *tx, int64_t call_id, struct payment *out,
                                          struct error *err);

/**
 * The pay step is over with this result: settle, let the recording go on, tell it as an event. The
 * caller writes the call. A charge that is still on its way settles itself later.
 */
NODISCARD enum error_code payment_settle(struct store_tx *tx, const struct engine *e,
                                         struct call *c, struct payment *p,
                                         enum payment_result result,
                                         const struct payment_news *news, bool *work_added,
                                         struct error *err);

/** The call is over: so is what waits to be paid. The caller writes the call. */
NODISCARD enum error_code payments_close(struct store_tx *tx, struct call *c, int64_t now_ms,
                                         struct error *err);

/** Announce how a payment ended; the caller writes the call. */
NODISCARD enum error_code payment_announce(struct store_tx *tx, struct call *c,
                                           const struct payment *p, int64_t now_ms,
                                           struct error *err);

/* ---- the guard of the recording: for its jobs --------------------------------------------------
 */

/** Must nothing be recorded on this call now? Then *out is the payment that asks for it. */
NODISCARD enum error_code payment_forbids_recording(struct store_tx *tx, int64_t call_id,
                                                    struct payment *out, bool *forbidden,
                                                    struct error *err);

/**
 * What came of a job that was to guard a payment. Done after all when the payment is over by now:
 * then the recording is to go on.
 */
NODISCARD enum error_code payment_guarded(struct store_tx *tx, const struct engine *e,
                                          int64_t payment_id, enum payment_guard guard,
                                          struct error *err);

/** Have the running recording paused, or stopped where the carrier cannot pause it. */
NODISCARD enum error_code payment_ask_guard(struct store_tx *tx, const struct engine *e,
                                            const struct call *c, struct payment *p,
                                            struct error *err);

#endif
