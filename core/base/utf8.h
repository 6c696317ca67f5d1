#ifndef CORE_BASE_UTF8_H
#define CORE_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Follows Unicode 15, table 3-7 "Well-Formed UTF-8 Byte Sequences". */

/** Length in bytes (1–4) of the well-formed UTF-8 character at p, which has n bytes; 0 if none. */
static inline size_t utf8_char_len(const char *p, size_t n) {
    if (n == 0)
        return 0;
    const uint8_t *u = (const uint8_t *)p;
    if (u[0] < 0x80)
        return 1;
    size_t len = u[0] < 0xC2 ? 0 : u[0] < 0xE0 ? 2 : u[0] < 0xF0 ? 3 : u[0] < 0xF5 ? 4 : 0;
    if (len == 0 || n < len)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((u[i] & 0xC0) != 0x80)
            return 0;
    /* the second byte alone tells overlong forms, surrogates and what is above U+10FFFF */
    if ((u[0] == 0xE0 && u[1] < 0xA0) || (u[0] == 0xED && u[1] > 0x9F) ||
        (u[0] == 0xF0 && u[1] < 0x90) || (u[0] == 0xF4 && u[1] > 0x8F))
        return 0;
    return len;
}

/** The largest length <= n at which text can be cut without splitting a character. */
static inline size_t utf8_cut(const char *p, size_t n) {
    size_t start = n;
    while (start > 0 && n - start < 4 && ((uint8_t)p[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return n;
    return utf8_char_len(p + start - 1, n - start + 1) > 0 ? n : start - 1;
}

#endif
