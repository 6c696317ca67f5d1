#ifndef CORE_BASE_FORM_H
#define CORE_BASE_FORM_H

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/str.h"

enum {
    FORM_PAIRS_MAX = 200,
    FORM_NAME_MAX = 64,
    FORM_VALUE_MAX = 4096,
};

struct form_pair {
    struct str name, value; /* decoded; borrowed from the arena given to form_parse() */
};

/** All pairs in wire order, duplicates kept: signatures need every one. */
struct form {
    struct form_pair *pairs;
    size_t count;
};

/**
 * Decode application/x-www-form-urlencoded text (a body or a query string).
 * Strict: bad %XX, NUL, invalid UTF-8, an empty name, a pair without '=', an empty pair ("a=1&") or
 * a bare ';' is ERR_INVALID, more than the limits is ERR_LIMIT. Empty input gives no pairs. Memory
 * comes from the arena.
 */
NODISCARD enum error_code form_parse(struct arena *a, struct str text, struct form *out,
                                     struct error *err);

/** First value of that name; an empty str with ptr NULL when absent. Case matters. */
struct str form_get(const struct form *f, struct str name);

/** True when the name occurs more than once with different values. */
bool form_is_ambiguous(const struct form *f, struct str name);

#endif
