#ifndef CORE_DOMAIN_NAMES_H
#define CORE_DOMAIN_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/str.h"

/** Index of s in names[first … count), for the parser that belongs to a table of names. */
static inline bool names_find(const char *const *names, size_t first, size_t count, struct str s,
                              size_t *out) {
    for (size_t i = first; i < count; i++) {
        if (str_eq_z(s, names[i])) {
            *out = i;
            return true;
        }
    }
    return false;
}

#endif
