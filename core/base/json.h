#ifndef CORE_BASE_JSON_H
#define CORE_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/str.h"

/*
 * Reading. One strict pass over the bytes comes before cJSON, because cJSON accepts duplicate keys,
 * trailing garbage, NUL in strings and invalid UTF-8. Only this file knows cJSON.
 */
struct json_doc; /* owns the whole tree */
struct json;     /* a value inside it, borrowed */

struct json_limits {
    size_t bytes_max;  /* 0: 65536 */
    size_t depth_max;  /* 0: 16; never more than 31 */
    size_t values_max; /* 0: 1000 */
    bool wipe;         /* overwrite the document's memory when it is freed */
};

/**
 * Parse exactly one JSON value. Refuses with the line and column of the fault: over a limit,
 * invalid UTF-8, control characters, \u0000, lone surrogates, RFC 8259 violations, duplicate keys
 * (named), trailing bytes, numbers that overflow a double. limits may be NULL (defaults).
 */
NODISCARD enum error_code json_parse(struct str text, const struct json_limits *limits,
                                     struct json_doc **out, struct error *err);
void json_doc_free(struct json_doc *d);   /* NULL is fine */
void json_doc_freep(struct json_doc **d); /* for CLEANUP */
const struct json *json_root(const struct json_doc *d);

enum json_type {
    JSON_NONE = 0,
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};
enum json_type json_type(const struct json *v); /* JSON_NONE for NULL */

/** Member by exact name; NULL when v is no object or has no such member. */
const struct json *json_get(const struct json *v, const char *name);

size_t json_count(const struct json *v); /* members or items; 0 otherwise */

/** First child, then siblings, in document order; NULL at the end. */
const struct json *json_first(const struct json *v);
const struct json *json_next(const struct json *v);
struct str json_name(const struct json *member); /* empty for array items */

/** Text of a string value, borrowed from the document; empty with ptr NULL for other types. */
struct str json_str(const struct json *v);
bool json_bool(const struct json *v, bool fallback);

/**
 * An integral number in [min, max]; false for anything else (1.5, strings, out of range). Beyond
 * ±(2^53 − 1) always false, because doubles cannot tell such integers apart: send them as strings.
 */
NODISCARD bool json_int(const struct json *v, int64_t min, int64_t max, int64_t *out);
double json_double(const struct json *v, double fallback);

/** Serialise a value again (compact), for passing parts of a document on. */
void json_put_value(struct buf *b, const struct json *v);

/*
 * Writing. Commas and quotes are kept by the writer; strings are escaped. Mistakes assert: an
 * object or array left open at json_end_*, a member without its key, a second value at the top.
 */
struct json_writer {
    struct buf *b;
    uint32_t need_comma; /* one bit per depth */
    uint32_t in_object;  /* one bit per depth */
    bool has_key;        /* a key waits for its value */
    unsigned depth;      /* at most 31 */
};

void json_write_init(struct json_writer *w, struct buf *b);
void json_begin_object(struct json_writer *w);
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w);
void json_end_array(struct json_writer *w);
void json_key(struct json_writer *w, const char *name);
void json_key_str(struct json_writer *w, struct str name);
void json_put_string(struct json_writer *w, struct str s);

/** What stands for a text; it has to live until it is written. */
typedef struct str json_replace_fn(void *ctx, struct str text);

/** A value of a document again, with its texts replaced, the names of members not. NULL: as it is.
 */
void json_put_replaced(struct json_writer *w, const struct json *v, json_replace_fn *replace,
                       void *ctx);
void json_put_int(struct json_writer *w, int64_t n);
void json_put_double(struct json_writer *w, double d); /* finite */
void json_put_bool(struct json_writer *w, bool v);
void json_put_null(struct json_writer *w);
void json_put_raw(struct json_writer *w, struct str json); /* trusted JSON text */

/* key + value in one line, the commonest form */
void json_kv_string(struct json_writer *w, const char *name, struct str s);
void json_kv_z(struct json_writer *w, const char *name, const char *z);
void json_kv_int(struct json_writer *w, const char *name, int64_t n);
void json_kv_bool(struct json_writer *w, const char *name, bool v);
void json_kv_time(struct json_writer *w, const char *name, int64_t wall_ms); /* RFC 3339; 0: null */

#endif
