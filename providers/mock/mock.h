#ifndef PROVIDERS_MOCK_MOCK_H
#define PROVIDERS_MOCK_MOCK_H

#include "providers/rest/carrier_entry.h"
#include "providers/rest/rest.h"

/*
 * The provider `mock`: a real dialect in front of the carrier in a box. It runs the code that runs
 * against the real carrier; only its name, its pace and its address differ.
 */

extern const struct carrier_entry mock_carrier; /* its facts are those of the first wire */

/** One way to speak to a box. */
struct mock_wire {
    const char *name; /* as users write it: "twilio" */
    const struct rest_dialect *dialect;
    const struct provider_desc *desc; /* "mock", with what this wire and the box can do */
    enum error_code (*check_config)(const struct provider_config *cfg, struct error *err);
};

const struct mock_wire *mock_wires(size_t *count);

/** NULL for a name that is not known. */
const struct mock_wire *mock_wire_find(struct str name);

/** cfg->base_url is the box's address. On ERR_OK *out is owned by the caller. */
NODISCARD enum error_code mock_provider_new(const struct mock_wire *wire,
                                            const struct provider_config *cfg,
                                            struct provider **out, struct error *err);

#endif
