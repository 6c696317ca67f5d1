#include "core/base/buf.h"

#include <stdio.h>

#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/base/utf8.h"

enum {
    BUF_FIRST_BYTES = 128
};

/** Make room for n more bytes and a NUL; false (and failed) when that would pass the limit. */
static inline bool reserve(struct buf *b, size_t n) {
    if (b->failed)
        return false;
    if (n > b->max - b->len) {
        b->failed = true;
        return false;
    }
    size_t need = b->len + n + 1;
    if (need <= b->cap)
        return true;
    size_t cap = b->cap < BUF_FIRST_BYTES ? BUF_FIRST_BYTES : b->cap;
    while (cap < need)
        cap = cap > SIZE_MAX / 2 ? SIZE_MAX : cap * 2;
    if (cap - 1 > b->max)
        cap = b->max + 1;
    b->ptr = mem_resize(b->ptr, cap);
    b->cap = cap;
    return true;
}

void buf_reserve(struct buf *b, size_t n) {
    (void)reserve(b, n);
}

void buf_put_secret(struct buf *b, const void *p, size_t n) {
    if (!b->failed && n <= b->max - b->len && b->len + n + 1 > b->cap) {
        struct buf grown = {.max = b->max};
        (void)reserve(&grown, b->len + n);
        buf_put(&grown, b->ptr, b->len);
        buf_wipe(b);
        mem_free(b->ptr);
        *b = grown;
    }
    buf_put(b, p, n);
}

void buf_wipe(struct buf *b) {
    if (b->ptr)
        secret_wipe(b->ptr, b->cap);
    buf_clear(b);
}

void buf_put(struct buf *b, const void *p, size_t n) {
    if (!reserve(b, n))
        return;
    if (n > 0)
        memcpy(b->ptr + b->len, p, n);
    b->len += n;
    b->ptr[b->len] = '\0';
}

void buf_put_str(struct buf *b, struct str s) {
    buf_put(b, s.ptr, s.len);
}

void buf_puts(struct buf *b, const char *z) {
    buf_put(b, z, strlen(z));
}

void buf_putc(struct buf *b, char c) {
    buf_put(b, &c, 1);
}

void buf_put_u64(struct buf *b, uint64_t n) {
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    buf_put(b, digits + at, sizeof digits - at);
}

void buf_put_i64(struct buf *b, int64_t n) {
    char text[21];
    size_t at = sizeof text;
    uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (n < 0)
        text[--at] = '-';
    buf_put(b, text + at, sizeof text - at);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap) {
    if (!reserve(b, 0))
        return;
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(b->ptr + b->len, b->cap - b->len, fmt, ap);
    if (n < 0)
        mem_panic("buf_printf: bad format \"%s\"", fmt);
    if ((size_t)n >= b->cap - b->len) {
        b->ptr[b->len] = '\0'; /* take back what the first attempt wrote */
        if (reserve(b, (size_t)n))
            vsnprintf(b->ptr + b->len, b->cap - b->len, fmt, again);
    }
    if (!b->failed)
        b->len += (size_t)n;
    va_end(again);
}

void buf_printf(struct buf *b, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(b, fmt, ap);
    va_end(ap);
}

/** The escaping puts consist of several: undo all of them when one did not fit. */
static void undo_if_failed(struct buf *b, size_t len) {
    if (!b->failed || b->len == len)
        return;
    b->len = len;
    b->ptr[len] = '\0';
}

static bool is_alnum(unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static void put_encoded(struct buf *b, struct str s, const char *also_plain, bool space_is_plus) {
    static const char hex[] = "0123456789ABCDEF";
    size_t before = b->len;
    buf_put(b, NULL, 0);
    for (size_t i = 0; i < s.len && !b->failed;) {
        size_t run = i;
        while (run < s.len && (is_alnum((unsigned char)s.ptr[run]) ||
                               (s.ptr[run] != '\0' && strchr(also_plain, s.ptr[run]))))
            run++;
        if (run > i)
            buf_put(b, s.ptr + i, run - i);
        i = run;
        if (i == s.len)
            break;
        unsigned char c = (unsigned char)s.ptr[i++];
        if (c == ' ' && space_is_plus)
            buf_putc(b, '+');
        else
            buf_put(b, (const char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
    }
    undo_if_failed(b, before);
}

void buf_put_form(struct buf *b, struct str s) {
    put_encoded(b, s, "*-._", true);
}

void buf_put_percent(struct buf *b, struct str s) {
    put_encoded(b, s, "-._~", false);
}

static const char *xml_entity(char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&apos;";
    default:
        return NULL;
    }
}

void buf_put_xml(struct buf *b, struct str s) {
    size_t before = b->len, plain = 0;
    for (size_t i = 0; i < s.len; i++) {
        const char *entity = xml_entity(s.ptr[i]);
        if (!entity)
            continue;
        buf_put(b, s.ptr + plain, i - plain);
        buf_puts(b, entity);
        plain = i + 1;
    }
    buf_put_str(b, str_from_index(s, plain));
    undo_if_failed(b, before);
}

/** Put what stands for the byte c inside a JSON string, when it cannot stand for itself. */
static void put_json_escape(struct buf *b, unsigned char c) {
    static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* pairs: byte, letter */
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; named[i] != '\0'; i += 2) {
        if ((unsigned char)named[i] == c) {
            buf_put(b, (const char[]){'\\', named[i + 1]}, 2);
            return;
        }
    }
    buf_put(b, (const char[]){'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]}, 6);
}

void buf_put_json(struct buf *b, struct str s) {
    static const char replacement[] = "\xEF\xBF\xBD";
    size_t before = b->len, plain = 0, i = 0;
    buf_putc(b, '"');
    while (i < s.len) {
        unsigned char c = (unsigned char)s.ptr[i];
        size_t n = c < 0x80 ? 1 : utf8_char_len(s.ptr + i, s.len - i);
        if ((n == 1 && c >= 0x20 && c != '"' && c != '\\') || n > 1) {
            i += n;
            continue;
        }
        buf_put(b, s.ptr + plain, i - plain);
        if (n == 0 || c == '\0') /* readers, ours too, refuse U+0000 */
            buf_puts(b, replacement);
        else
            put_json_escape(b, c);
        plain = ++i;
    }
    buf_put_str(b, str_from_index(s, plain));
    buf_putc(b, '"');
    undo_if_failed(b, before);
}

void buf_clear(struct buf *b) {
    b->len = 0;
    b->failed = false;
    if (b->ptr)
        b->ptr[0] = '\0';
}

void buf_release(struct buf *b) {
    mem_free(b->ptr);
    *b = BUF_INIT(b->max);
}

char *buf_detach(struct buf *b) {
    char *p = b->ptr;
    *b = BUF_INIT(b->max);
    return p;
}
