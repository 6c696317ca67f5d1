#include "providers/registry.h"

#include <stdio.h>

#include "providers/mock/mock.h"
#include "providers/plivo/plivo.h"
#include "providers/signalwire/signalwire.h"
#include "providers/twilio/twilio.h"

static const struct carrier_entry *const carriers[] = {
    &mock_carrier,
    &twilio_carrier,
    &plivo_carrier,
    &signalwire_carrier,
};

const struct carrier_entry *const *registry_all(size_t *count) {
    *count = ARRAY_LEN(carriers);
    return carriers;
}

const struct carrier_entry *registry_find(struct str name) {
    for (size_t i = 0; i < ARRAY_LEN(carriers); i++)
        if (str_eq_z(name, carriers[i]->desc->name))
            return carriers[i];
    return NULL;
}

const struct carrier_setting *registry_setting(const struct carrier_entry *c,
                                               enum carrier_field field) {
    for (size_t i = 0; i < c->setting_count; i++)
        if (c->settings[i].field == field)
            return &c->settings[i];
    return NULL;
}

bool registry_has(const struct provider_config *cfg, enum carrier_field field) {
    switch (field) {
    case CARRIER_ACCOUNT:
        return cfg->account.len > 0;
    case CARRIER_TOKEN:
        return cfg->token && secret_is_set(cfg->token);
    case CARRIER_KEY_ID:
        return cfg->key_id.len > 0;
    case CARRIER_KEY_SECRET:
        return cfg->key_secret && secret_is_set(cfg->key_secret);
    case CARRIER_NUMBER:
        return cfg->number.len > 0;
    case CARRIER_BASE_URL:
        return cfg->base_url.len > 0;
    case CARRIER_SIGNING_KEY:
        return cfg->signing_key && secret_is_set(cfg->signing_key);
    case CARRIER_SPACE:
        return cfg->space.len > 0;
    case CARRIER_FIELD_NONE:
    case CARRIER_FIELD_COUNT:
        break;
    }
    return false;
}

/** Filled, or not needed: a whole address wins over a part of it. */
static bool is_given(const struct provider_config *cfg, enum carrier_field field) {
    return registry_has(cfg, field) ||
           (field == CARRIER_SPACE && registry_has(cfg, CARRIER_BASE_URL));
}

const struct carrier_setting *registry_missing(const struct carrier_entry *c,
                                               const struct provider_config *cfg, size_t n) {
    for (size_t i = 0; i < c->setting_count; i++)
        if (c->settings[i].required && !is_given(cfg, c->settings[i].field) && n-- == 0)
            return &c->settings[i];
    return NULL;
}

/* How constructors name the members of struct provider_config in err->field. */
static const struct {
    const char *member;
    enum carrier_field field;
} members[] = {
    {"account", CARRIER_ACCOUNT},         {"token", CARRIER_TOKEN},
    {"key_id", CARRIER_KEY_ID},           {"key_secret", CARRIER_KEY_SECRET},
    {"number", CARRIER_NUMBER},           {"base_url", CARRIER_BASE_URL},
    {"signing_key", CARRIER_SIGNING_KEY}, {"space", CARRIER_SPACE},
};

/** Name the user's setting instead of our member. */
static void name_setting(const struct carrier_entry *c, struct error *err) {
    for (size_t i = 0; i < ARRAY_LEN(members); i++) {
        const struct carrier_setting *s = registry_setting(c, members[i].field);
        if (s && str_eq_z(str_z(err->field), members[i].member))
            snprintf(err->field, sizeof err->field, "%s", s->name);
    }
}

enum error_code registry_create(const struct carrier_entry *c, const struct provider_config *cfg,
                                struct str wire, struct provider **out, struct error *err) {
    const struct carrier_setting *missing = registry_missing(c, cfg, 0);
    if (missing)
        return error_field(err, ERR_INVALID, missing->name, "%s is missing: %s", missing->name,
                           missing->meaning);
    enum error_code rc = c->create(cfg, wire, out, err);
    if (rc != ERR_OK && err)
        name_setting(c, err);
    return rc;
}
