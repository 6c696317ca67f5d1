#ifndef PROVIDERS_REGISTRY_H
#define PROVIDERS_REGISTRY_H

#include "providers/rest/carrier_entry.h"

/** The carriers that this program knows, in the order in which users see them. */
const struct carrier_entry *const *registry_all(size_t *count);

/** By its name; NULL when there is none. */
const struct carrier_entry *registry_find(struct str name);

/** Its setting for that member of the configuration; NULL when it has none. */
const struct carrier_setting *registry_setting(const struct carrier_entry *c,
                                               enum carrier_field field);

/** Is that member of cfg filled? */
bool registry_has(const struct provider_config *cfg, enum carrier_field field);

/**
 * The n-th required setting that cfg leaves empty, so that all can be named at once; NULL when
 * there is no n-th.
 */
const struct carrier_setting *registry_missing(const struct carrier_entry *c,
                                               const struct provider_config *cfg, size_t n);

/**
 * Make the carrier's provider. wire: which of its APIs is spoken, where it has several ("": its
 * first): the dialect of the mock, "native" or "compat".
 * ERR_INVALID names the setting (its variable, where it has one) that is missing or malformed.
 * On ERR_OK *out is owned by the caller: provider_free().
 */
NODISCARD enum error_code registry_create(const struct carrier_entry *c,
                                          const struct provider_config *cfg, struct str wire,
                                          struct provider **out, struct error *err);

#endif
