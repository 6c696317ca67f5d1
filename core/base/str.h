#ifndef CORE_BASE_STR_H
#define CORE_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/base/compiler.h"

/** A borrowed run of bytes. Not NUL-terminated. Never owns, never frees. ptr may be NULL when len
 * is 0. */
struct str {
    const char *ptr;
    size_t len;
};

#define STR_INIT(literal) \
    { (literal), sizeof(literal) - 1 } /* for static initialisers */
#define STR(literal) ((struct str)STR_INIT(literal))
#define STR_FMT      "%.*s"
#define STR_ARG(s)   (int)(s).len, ((s).ptr ? (s).ptr : "")

static inline struct str str_from(const void *p, size_t n) {
    return (struct str){p, n};
}

/** The C string z, which may be NULL (then empty). */
static inline struct str str_z(const char *z) {
    return (struct str){z, z ? strlen(z) : 0};
}

static inline bool str_eq(struct str a, struct str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool str_eq_z(struct str a, const char *z) {
    return str_eq(a, str_z(z));
}

static inline bool str_starts(struct str s, struct str prefix) {
    return s.len >= prefix.len && str_eq(str_from(s.ptr, prefix.len), prefix);
}

/** Equal when ASCII letters are compared without case. */
bool str_eq_nocase(struct str a, struct str b);

/** Orders by bytes, shorter first on a tie: <0, 0, >0. */
int str_cmp(struct str a, struct str b);

/** Index of byte c in s, or s.len when absent. */
size_t str_find(struct str s, char c);

/** Index where needle starts in s, or s.len when absent. An empty needle is found at 0. */
size_t str_find_str(struct str s, struct str needle);

/** s without ASCII white space at both ends. */
struct str str_trim(struct str s);

/** From index `from` to the end; empty when from is past the end. */
struct str str_from_index(struct str s, size_t from);

/**
 * Take the part before the next `sep` (or all) off *rest and leave what follows it.
 * Returns false when *rest was already used up (ptr NULL); so "a,,b" gives "a", "", "b".
 */
bool str_next(struct str *rest, char sep, struct str *out);

/**
 * A whole decimal number: digits only, no sign, no blanks, no overflow.
 * False (and *out untouched) for anything else or when it is over max.
 */
NODISCARD bool str_to_u64(struct str s, uint64_t max, uint64_t *out);

/** Copy into a char array with a NUL; false (and dst made empty) when it does not fit or holds NUL.
 */
NODISCARD bool str_copy(struct str s, char *dst, size_t dst_size);

/** Value of a hex digit of either case; -1 for any other byte. */
static inline int str_hex_value(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/** Valid UTF-8 without U+0000: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool str_is_utf8(struct str s);

/** How many characters the text has, which is UTF-8. */
size_t str_count_chars(struct str s);

#endif
