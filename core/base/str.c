#include "core/base/str.h"

#include "core/base/utf8.h"

static unsigned char lower(char c) {
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool str_eq_nocase(struct str a, struct str b) {
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

int str_cmp(struct str a, struct str b) {
    size_t shared = a.len < b.len ? a.len : b.len;
    int order = shared > 0 ? memcmp(a.ptr, b.ptr, shared) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

size_t str_find(struct str s, char c) {
    const char *hit = s.len > 0 ? memchr(s.ptr, c, s.len) : NULL;
    return hit ? (size_t)(hit - s.ptr) : s.len;
}

size_t str_find_str(struct str s, struct str needle) {
    if (needle.len == 0)
        return 0;
    for (size_t i = 0; s.len - i >= needle.len; i++) {
        i += str_find(str_from_index(s, i), needle.ptr[0]);
        if (str_starts(str_from_index(s, i), needle))
            return i;
        if (i == s.len)
            break;
    }
    return s.len;
}

static bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s) {
    while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
        s.len--;
    while (s.len > 0 && is_blank(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    return s;
}

struct str str_from_index(struct str s, size_t from) {
    if (!s.ptr)
        return s;
    return from < s.len ? str_from(s.ptr + from, s.len - from) : str_from(s.ptr + s.len, 0);
}

bool str_next(struct str *rest, char sep, struct str *out) {
    if (!rest->ptr)
        return false;
    size_t at = str_find(*rest, sep);
    *out = str_from(rest->ptr, at);
    *rest = at < rest->len ? str_from_index(*rest, at + 1) : str_from(NULL, 0);
    return true;
}

bool str_to_u64(struct str s, uint64_t max, uint64_t *out) {
    uint64_t n = 0;
    if (s.len == 0)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(s.ptr[i] - '0');
        if (__builtin_mul_overflow(n, 10u, &n) || __builtin_add_overflow(n, digit, &n))
            return false;
    }
    if (n > max)
        return false;
    *out = n;
    return true;
}

bool str_copy(struct str s, char *dst, size_t dst_size) {
    if (dst_size == 0)
        return false;
    bool fits = s.len < dst_size && str_find(s, '\0') == s.len;
    size_t n = fits ? s.len : 0;
    if (n > 0)
        memcpy(dst, s.ptr, n);
    dst[n] = '\0';
    return fits;
}

bool str_is_utf8(struct str s) {
    size_t i = 0;
    while (i < s.len) {
        if (s.ptr[i] == '\0')
            return false;
        size_t n = utf8_char_len(s.ptr + i, s.len - i);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

size_t str_count_chars(struct str s) {
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
    return n;
}
