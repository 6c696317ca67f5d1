#ifndef CORE_BASE_JSON_SCAN_H
#define CORE_BASE_JSON_SCAN_H

#include "core/base/error.h"
#include "core/base/str.h"

/**
 * The strict pass over JSON text that comes before cJSON. Does not allocate. Fill text and the
 * limits (none is "no limit"), zero the rest.
 */
struct json_scan {
    struct str text;
    size_t bytes_max, depth_max, values_max;
    size_t key_wanted; /* ordinal of a key, from 1, whose place is asked for; 0: none */
    /* results */
    size_t keys;   /* members in the whole document */
    size_t values; /* of any type */
    size_t at;     /* index of the fault */
    size_t key_at; /* index of the key that was wanted */
    enum error_code code;
    const char *rule; /* what is wrong, for people; NULL: nothing */
    size_t limit;     /* the limit that was hit; 0: another rule */
    size_t depth;
};

/** One JSON value with white space around it, RFC 8259, and the rules of json_parse(). */
bool json_scan_run(struct json_scan *s);

/** Line and column, from 1, of an index; columns count characters. */
void json_scan_place(struct str text, size_t at, size_t *line, size_t *column);

#endif
