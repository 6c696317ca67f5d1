#ifndef CORE_BASE_BUF_H
#define CORE_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/compiler.h"
#include "core/base/str.h"

/**
 * A growing byte buffer with a hard limit. NUL-terminated behind its last byte after the first put.
 * A put that would pass `max` sets `failed` and changes nothing; later puts do nothing, so one
 * check after any number of puts is enough.
 */
struct buf {
    char *ptr;
    size_t len; /* bytes used, without the NUL */
    size_t cap;
    size_t max; /* bytes, without the NUL */
    bool failed;
};

#define BUF_INIT(limit_bytes) ((struct buf){.max = (limit_bytes)})

void buf_put(struct buf *b, const void *p, size_t n);
void buf_put_str(struct buf *b, struct str s);
void buf_puts(struct buf *b, const char *z);
void buf_putc(struct buf *b, char c);
void buf_put_u64(struct buf *b, uint64_t n); /* decimal */
void buf_put_i64(struct buf *b, int64_t n);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

/** application/x-www-form-urlencoded: space becomes '+', all but [A-Za-z0-9*-._] percent-encoded.
 */
void buf_put_form(struct buf *b, struct str s);

/** RFC 3986 percent-encoding: all but unreserved characters. For path segments and queries. */
void buf_put_percent(struct buf *b, struct str s);

/** Text or attribute value for XML 1.0: the five entities; the caller has checked the characters.
 */
void buf_put_xml(struct buf *b, struct str s);

/** JSON string with its quotes. Invalid UTF-8 and U+0000 become U+FFFD, so that json_parse() takes
 * every output. */
void buf_put_json(struct buf *b, struct str s);

/** Make room for n bytes more at once, so that putting them leaves no copy behind. */
void buf_reserve(struct buf *b, size_t n);

/** buf_put() that leaves no copy behind when the buffer has to grow. */
void buf_put_secret(struct buf *b, const void *p, size_t n);

/** Overwrite all its memory, then clear it. What was put before it grew by another function than
 * buf_put_secret() is not reached. */
void buf_wipe(struct buf *b);

void buf_clear(struct buf *b);   /* len 0, failed false, memory kept */
void buf_release(struct buf *b); /* leaves an empty, usable buffer with the same max */

/** Hand the bytes over (free with mem_free); leaves an empty buffer. NULL when nothing was put. */
char *buf_detach(struct buf *b);

static inline bool buf_failed(const struct buf *b) {
    return b->failed;
}

static inline struct str buf_str(const struct buf *b) {
    return str_from(b->ptr, b->len);
}

#endif
