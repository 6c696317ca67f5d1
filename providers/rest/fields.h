#ifndef PROVIDERS_REST_FIELDS_H
#define PROVIDERS_REST_FIELDS_H

#include "core/base/form.h"

/* Reading the fields of a webhook, whatever they are called. */

/** One name of a field that a dialect knows; several rows may lead to one key. */
struct rest_field_name {
    struct str name;
    unsigned key; /* index of the value */
};

/**
 * Find each known field in one pass. values[key].ptr is NULL for a field that is absent, and never
 * for an empty one. ERR_INVALID: a field comes twice with different values.
 */
NODISCARD enum error_code rest_fields_sort(const struct form *f,
                                           const struct rest_field_name *names, size_t count,
                                           struct str *values, struct error *err);

/** A whole number; absent or empty leaves *out and *given (may be NULL) alone. */
NODISCARD enum error_code rest_field_u32(const char *name, struct str value, uint32_t *out,
                                         bool *given, struct error *err);

/** "0.91" between 0 and 1; -1 for anything else: confidence is a hint, never worth a turn. */
double rest_field_fraction(struct str s);

struct webhook_news;

/** Who calls which number: E.164 gets its '+' where it comes without; too long is left out. */
void rest_news_parties(struct webhook_news *n, struct str to, struct str from);

/** Only keys of a telephone? "" is. */
bool rest_field_is_keys(struct str s);

#endif
