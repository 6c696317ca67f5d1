#ifndef CORE_BASE_TZIF_H
#define CORE_BASE_TZIF_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/compiler.h"
#include "core/base/str.h"

/*
 * Time zones as the system's tables hold them (RFC 8536, TZif of version 2 and later), without the
 * C library's zone, which is one for the whole process. Pure.
 */
enum {
    TZIF_NAME_SIZE = 12
};

struct tzif_time {
    int32_t offset_s; /* east of UTC */
    bool is_dst;
    char name[TZIF_NAME_SIZE]; /* "CET", "+0530" */
};

/** The zone's time at unix_s. False when the bytes are no such table. */
NODISCARD bool tzif_at(struct str file, int64_t unix_s, struct tzif_time *out);

/** The same by a rule alone: "EST5EDT,M3.2.0,M11.1.0" (POSIX TZ with RFC 8536's extensions). */
NODISCARD bool tzif_rule_at(struct str rule, int64_t unix_s, struct tzif_time *out);

#endif
