#ifndef CORE_ENGINE_PAYMENT_DESK_H
#define CORE_ENGINE_PAYMENT_DESK_H

#include "core/domain/payment.h"
#include "core/engine/engine.h"

/*
 * Where charges are made: a carrier's connector request comes in, whoever charges is asked once,
 * and what came of it is kept. One charge for each payment, however often a carrier asks: a request
 * that comes again waits for the first, and gets its answer.
 */
struct payment_desk;

struct payment_desk_options {
    struct payment_gateway *gateway; /* borrowed; NULL: only carriers that charge themselves */
    struct str connector; /* the carrier's own, where connectors have names; copied; "": Default */
};
struct payment_desk *payment_desk_new(const struct payment_desk_options *o);
void payment_desk_free(struct payment_desk *d); /* NULL is fine */

/** Does it charge for connectors? */
bool payment_desk_charges(const struct payment_desk *d);

/** "Default", or what the settings say: a connector that carriers know by this name. */
const char *payment_desk_connector(const struct payment_desk *d);

enum {
    PAYMENT_ATTEMPTS_MAX = 10 /* of one payment, that reach whoever charges */
};

/** A connector's request. Strings are borrowed. */
struct payment_ask {
    int64_t payment_id; /* of a call; 0: of no call */
    struct str token;   /* of the address, see payment_link.h; "": the caller is trusted */
    const struct payment_card *card;
    const char *amount, *currency; /* as payment_amount_parse() writes them */
    struct str transaction_id;     /* "": cannot be told from another one */
    struct str description, method, token_type;
};

/**
 * Charge, or tell what came of it before. ERR_OK: *out is SUCCEEDED, or has an error_code
 * (declined). ERR_NOT_FOUND: no such payment, or not with this token. ERR_CONFLICT: the amount is
 * another one, or the payment or its call is over. ERR_RATE_LIMIT: too many attempts. Else as
 * payment_charge(), or ERR_STORE. Blocks; on a worker.
 */
NODISCARD enum error_code payment_desk_charge(struct payment_desk *d, const struct engine *e,
                                              const struct payment_ask *ask, struct payment *out,
                                              struct error *err);

/**
 * At the start, before anybody asks: charges that were on their way when the process ended are
 * uncertain, and told as such. A carrier that asks again goes on under their number.
 */
NODISCARD enum error_code payment_desk_recover(const struct engine *e, struct error *err);

/* ---- waiting for each other --------------------------------------------------------------------
 */

/** Something about this payment changed: wakes those who wait for it. Any thread. */
void payment_desk_tell(struct payment_desk *d);

/** Wait until told, but at most so long; false when the time was up. */
bool payment_desk_wait(struct payment_desk *d, uint32_t wait_ms);

/** Nobody waits any longer: at the end. */
void payment_desk_stop(struct payment_desk *d);

#endif
