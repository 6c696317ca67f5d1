#ifndef CORE_BASE_ID_H
#define CORE_BASE_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/str.h"

/*
 * TSID: 64-bit time-sorted ids. 42 bits of milliseconds since 2020-01-01 UTC, 22 bits that start
 * random and count up within a millisecond, so ids of one process rise strictly. Positive as
 * int64_t. Stored as an integer primary key; written as prefix + 13 Crockford base32 characters.
 */
enum {
    ID_TEXT_SIZE = 24
}; /* "call_" + 13 + NUL and room to spare */

struct id_source {
    struct clock clock;
    _Atomic int64_t last;
};

void id_source_init(struct id_source *src, struct clock clock);

/** Next id: greater than every earlier one of this source. Any thread. */
int64_t id_next(struct id_source *src);

/** Milliseconds since the Unix epoch at which the id was made. */
int64_t id_wall_ms(int64_t id);

/** "call_0C7MPQ4ZK2R8T"; prefix without the underscore. dst holds ID_TEXT_SIZE bytes. */
void id_format(char *dst, const char *prefix, int64_t id);
void id_put(struct buf *b, const char *prefix, int64_t id);

/** Strict inverse of id_format: right prefix, 13 characters, positive. */
NODISCARD bool id_parse(struct str s, const char *prefix, int64_t *out);

#endif
