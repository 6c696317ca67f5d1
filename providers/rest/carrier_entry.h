#ifndef PROVIDERS_REST_CARRIER_ENTRY_H
#define PROVIDERS_REST_CARRIER_ENTRY_H

#include "core/domain/provider_impl.h"

/* How a carrier introduces itself to providers/registry.c: facts, settings, constructor. */

/** Which member of struct provider_config a setting fills. */
enum carrier_field {
    CARRIER_FIELD_NONE = 0,
    CARRIER_ACCOUNT,
    CARRIER_TOKEN, /* secret */
    CARRIER_KEY_ID,
    CARRIER_KEY_SECRET, /* secret */
    CARRIER_NUMBER,
    CARRIER_BASE_URL,
    CARRIER_SIGNING_KEY, /* secret */
    CARRIER_SPACE,
    CARRIER_FIELD_COUNT
};

struct carrier_setting {
    const char *name; /* of the environment: "EXAMPLE_AUTH_TOKEN" */
    enum carrier_field field;
    bool required;
    const char *meaning; /* one line for people */
};

struct carrier_entry {
    const struct provider_desc *desc;
    const struct carrier_setting *settings;
    size_t setting_count;
    /** See registry_create(). */
    enum error_code (*create)(const struct provider_config *cfg, struct str wire,
                              struct provider **out, struct error *err);
};

#endif
