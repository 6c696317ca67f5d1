#ifndef PROVIDERS_MOCK_MOCK_H
#define PROVIDERS_MOCK_MOCK_H

#include "providers/rest/carrier_entry.h"
#include "providers/rest/rest.h"

/*
 * The provider `mock`: a real dialect in front of the carrier in a box. It runs the code that runs
 * against the real carrier; only its name, its pace and its address differ.
 */

extern const struct provider_desc mock_desc;
extern const struct carrier_entry mock_carrier;

/** The dialects a box can be spoken to in ("twilio"); NULL for a name that is not known. */
const struct rest_dialect *mock_wire_find(struct str name);

/** cfg->base_url is the box's address. On ERR_OK *out is owned by the caller. */
NODISCARD enum error_code mock_provider_new(const struct rest_dialect *wire,
                                            const struct provider_config *cfg,
                                            struct provider **out, struct error *err);

#endif
