#include "swml/swml_text.h"

#include "core/base/compiler.h"

static bool begins_variable(struct str s, size_t i) {
    return i + 1 < s.len && s.ptr[i + 1] == '{' && (s.ptr[i] == '$' || s.ptr[i] == '%');
}

bool swml_has_variable(struct str s) {
    for (size_t i = str_find(s, '{'); i < s.len; i++)
        if (s.ptr[i] == '{' && i > 0 && begins_variable(s, i - 1))
            return true;
    return false;
}

void swml_put_literal(struct buf *b, struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        buf_putc(b, s.ptr[i]);
        if (begins_variable(s, i))
            buf_putc(b, ' ');
    }
}

/* ---- addresses ------------------------------------------------------------------------------- */

static bool is_address(struct str s, struct str scheme, struct str secure) {
    struct str rest = str_starts(s, secure)   ? str_from_index(s, secure.len)
                      : str_starts(s, scheme) ? str_from_index(s, scheme.len)
                                              : STR("");
    if (rest.len == 0 || strchr("/?#:@", rest.ptr[0]))
        return false;
    for (size_t i = 0; i < rest.len; i++) {
        unsigned char c = (unsigned char)rest.ptr[i];
        if (c <= ' ' || c == 0x7F || strchr("\"<>\\^`{|}", c))
            return false;
    }
    return true;
}

bool swml_is_url(struct str s) {
    return is_address(s, STR("http://"), STR("https://"));
}

bool swml_is_socket(struct str s) {
    return is_address(s, STR("ws://"), STR("wss://"));
}

/* ---- words of SSML --------------------------------------------------------------------------- */

static const struct {
    struct str entity;
    char character;
} entities[] = {{STR_INIT("&amp;"), '&'},
                {STR_INIT("&lt;"), '<'},
                {STR_INIT("&gt;"), '>'},
                {STR_INIT("&quot;"), '"'},
                {STR_INIT("&apos;"), '\''}};

static void put_utf8(struct buf *b, uint32_t c) {
    if (c < 0x80) {
        buf_putc(b, (char)c);
        return;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const uint8_t lead[] = {0, 0xC0, 0xE0, 0xF0};
    buf_putc(b, (char)(lead[more] | c >> (6 * more)));
    while (more-- > 0)
        buf_putc(b, (char)(0x80 | (c >> (6 * more) & 0x3F)));
}

/* A character by its number, "&#233;" or "&#xE9;", at the start of s; how many bytes it took. */
static size_t put_numbered(struct buf *b, struct str s) {
    size_t end = str_find(s, ';');
    if (!str_starts(s, STR("&#")) || end == s.len || end > 10)
        return 0;
    bool hex = s.ptr[2] == 'x';
    uint32_t c = 0;
    for (size_t i = hex ? 3 : 2; i < end; i++) {
        const char *digits = "0123456789abcdef";
        const char *at = strchr(digits, s.ptr[i] | 0x20 * (s.ptr[i] >= 'A'));
        if (!at || at - digits >= (hex ? 16 : 10) || c > 0x10FFFF)
            return 0;
        c = c * (hex ? 16 : 10) + (uint32_t)(at - digits);
    }
    if (c < 0x20 || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
        return 0;
    put_utf8(b, c);
    return end + 1;
}

/* One character or entity at i; how many bytes it took. */
static size_t put_one(struct buf *b, struct str s, size_t i) {
    struct str rest = str_from_index(s, i);
    for (size_t k = 0; s.ptr[i] == '&' && k < ARRAY_LEN(entities); k++)
        if (str_starts(rest, entities[k].entity)) {
            buf_putc(b, entities[k].character);
            return entities[k].entity.len;
        }
    size_t taken = s.ptr[i] == '&' ? put_numbered(b, rest) : 0;
    if (taken > 0)
        return taken;
    buf_putc(b, s.ptr[i]);
    return 1;
}

bool swml_put_words(struct buf *b, struct str ssml) {
    size_t start = b->len;
    for (size_t i = 0; i < ssml.len;) {
        if (ssml.ptr[i] == '<')
            i += str_find(str_from_index(ssml, i), '>') + 1;
        else
            i += put_one(b, ssml, i);
    }
    struct str words = str_from(b->ptr + (b->ptr ? start : 0), b->len - start);
    return str_trim(words).len > 0;
}
