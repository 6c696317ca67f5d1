#ifndef PROVIDERS_MOCK_CARRIER_PROGRESS_H
#define PROVIDERS_MOCK_CARRIER_PROGRESS_H

#include "providers/mock/carrier/core.h"

/** Begin a created call: the events that lead to its answer, or to its end. */
void progress_start(struct carrier *c, struct leg *l);

/** Begin an inbound call: it rings, and the number's document decides whether it is answered. */
void progress_start_inbound(struct carrier *c, struct leg *l);

/** The document wants to talk to who calls, or asks for something of the call: it is answered. */
void progress_answer_inbound(struct carrier *c, struct leg *l);

/** End the call: final status, notices, recordings. Nothing when it is over already. */
void progress_end(struct carrier *c, struct leg *l, enum call_status status, int sip_code);

/** Move to a status and announce it if the request wants that. */
void progress_status(struct carrier *c, struct leg *l, enum call_status status);

/** Send one status callback of this leg, if its request wants it; it goes by the clock of
 * `clocked`.
 */
void progress_announce(struct carrier *c, struct leg *clocked, struct leg *l,
                       enum call_status event);

#endif
