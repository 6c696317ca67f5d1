#ifndef PROVIDERS_MOCK_CARRIER_INBOUND_H
#define PROVIDERS_MOCK_CARRIER_INBOUND_H

#include "providers/mock/carrier/core.h"

/** POST /box/inbound, see carrier_call_in(). Answers the request. The carrier's thread. */
void inbound_rest(struct carrier *c, struct http_exchange *x);

/** Is this the box's own address, beside the API that it speaks? */
bool inbound_is_asked(const struct http_exchange *x);

#endif
