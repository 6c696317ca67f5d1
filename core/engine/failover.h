#ifndef CORE_ENGINE_FAILOVER_H
#define CORE_ENGINE_FAILOVER_H

#include "core/engine/engine.h"

/*
 * The second carrier. It gets a call only when the first has certainly not placed it, and for a
 * reason that another carrier may not have:
 *
 *   outcome of the attempt            the second carrier gets the call
 *   NOT_SENT (nothing left us)        when a few tries in a row ended so
 *   THROTTLED (429)                   when a few tries in a row ended so, or the next one should
 *                                     wait for over a minute
 *   REFUSED, ERR_AUTH                 at once: credentials, balance, permissions of the account
 *   REFUSED, ERR_NOT_FOUND            at once: on creating a call it is the account that is unknown
 *   REFUSED, ERR_UPSTREAM, ERR_BUSY,
 *            ERR_RATE_LIMIT           at once: the carrier said that it failed
 *   REFUSED, any other code           never: the number or the request is at fault
 *   UNCERTAIN                         never: it may be ringing
 *
 * A call whose user named its carrier stays with it.
 */

/** May another carrier help after this refusal? The table above. */
bool failover_is_for(enum error_code refusal);

/**
 * The carrier that gets the call when its own certainly does not: NULL when there is none, when the
 * user named the carrier, or when the other one could not say the call's plan or has nobody to lead
 * its assistant's conversation. Reads the store.
 */
struct provider *failover_candidate(const struct engine *e, const struct call *c);

/**
 * Hand the call over to `to` within a transaction: provider, a nonce of its own and the event
 * call.failover. The caller writes the call and adds the job. nonce: CALL_NONCE_SIZE bytes.
 */
NODISCARD enum error_code failover_change(struct store_tx *tx, struct call *c,
                                          const struct provider *to, const char *nonce,
                                          const struct error *why, int64_t now_ms,
                                          struct error *err);

/** The detection that this carrier can do, nearest to the one wanted. */
enum call_detection failover_detection(enum call_detection wanted, const struct provider *p);

#endif
