#ifndef PROVIDERS_MOCK_CARRIER_SIGNALWIRE_LAML_H
#define PROVIDERS_MOCK_CARRIER_SIGNALWIRE_LAML_H

#include "providers/mock/carrier/core.h"

/* The Compatibility API: the Twilio face in SignalWire's flavour, in the same box as the native
 * API. */
#define LAML_PREFIX "/api/laml"

extern const struct carrier_face carrier_face_laml; /* of calls made with it */

void laml_rest(struct carrier *c, struct http_exchange *x);

#endif
