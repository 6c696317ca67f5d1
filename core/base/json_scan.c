#include "core/base/json_scan.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/utf8.h"

enum {
    NUMBER_MAX = 63 /* characters; cJSON 1.7.15 copies a number into 64 bytes */
};

static bool fault(struct json_scan *s, size_t at, const char *rule) {
    s->at = at;
    s->code = ERR_INVALID;
    s->rule = rule;
    return false;
}

static bool over_limit(struct json_scan *s, const char *rule, size_t limit) {
    fault(s, s->at, rule);
    s->code = ERR_LIMIT;
    s->limit = limit;
    return false;
}

/** The next byte; NUL, which is valid nowhere, at the end. */
static char peek(const struct json_scan *s) {
    return s->at < s->text.len ? s->text.ptr[s->at] : '\0';
}

static bool take(struct json_scan *s, char c) {
    if (peek(s) != c)
        return false;
    s->at++;
    return true;
}

static void skip_blanks(struct json_scan *s) {
    while (peek(s) == ' ' || peek(s) == '\t' || peek(s) == '\n' || peek(s) == '\r')
        s->at++;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/** Four hex digits. */
static bool take_hex4(struct json_scan *s, unsigned *out) {
    unsigned n = 0;
    for (size_t i = 0; i < 4; i++, s->at++) {
        int digit = str_hex_value(peek(s));
        if (digit < 0)
            return false;
        n = n << 4 | (unsigned)digit;
    }
    *out = n;
    return true;
}

/** \uXXXX, or a surrogate pair of two, from behind the first 'u'. */
static bool scan_unicode_escape(struct json_scan *s, size_t start) {
    unsigned unit, low;
    if (!take_hex4(s, &unit))
        return fault(s, start, "\\u without four hex digits");
    if (unit == 0)
        return fault(s, start, "\\u0000 is not allowed in strings");
    if (unit < 0xD800 || unit > 0xDFFF)
        return true;
    if (unit > 0xDBFF || !take(s, '\\') || !take(s, 'u') || !take_hex4(s, &low) || low < 0xDC00 ||
        low > 0xDFFF)
        return fault(s, start, "lone surrogate: escape the character as a pair");
    return true;
}

static bool scan_escape(struct json_scan *s) {
    size_t start = s->at++; /* the backslash */
    char c = peek(s);
    if (c == '\0' || !strchr("\"\\/bfnrtu", c))
        return fault(s, start, "unknown escape: use one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u");
    s->at++;
    return c != 'u' || scan_unicode_escape(s, start);
}

static bool scan_string(struct json_scan *s) {
    size_t start = s->at++; /* the opening quote */
    while (s->at < s->text.len) {
        unsigned char c = (unsigned char)s->text.ptr[s->at];
        if (c == '"') {
            s->at++;
            return true;
        }
        if (c < 0x20)
            return fault(s, s->at, "control character in a string: escape it");
        if (c == '\\') {
            if (!scan_escape(s))
                return false;
        } else if (c < 0x80) {
            s->at++;
        } else {
            size_t n = utf8_char_len(s->text.ptr + s->at, s->text.len - s->at);
            if (n == 0)
                return fault(s, s->at, "invalid UTF-8");
            s->at += n;
        }
    }
    return fault(s, start, "string without its closing quote");
}

static size_t skip_digits(struct json_scan *s) {
    size_t start = s->at;
    while (is_digit(peek(s)))
        s->at++;
    return s->at - start;
}

/** Only an exponent can take a number of NUMBER_MAX characters out of a double's range. */
static bool overflows(struct str number) {
    char z[NUMBER_MAX + 1];
    return str_copy(number, z, sizeof z) && !isfinite(strtod(z, NULL));
}

static bool scan_number(struct json_scan *s) {
    size_t start = s->at;
    bool exponent = false;
    take(s, '-');
    if (take(s, '0')) {
        if (is_digit(peek(s)))
            return fault(s, start, "number with a leading zero");
    } else if (skip_digits(s) == 0) {
        return fault(s, start, "number without digits");
    }
    if (take(s, '.') && skip_digits(s) == 0)
        return fault(s, start, "number without digits behind its point");
    if (take(s, 'e') || take(s, 'E')) {
        exponent = true;
        if (!take(s, '+'))
            take(s, '-');
        if (skip_digits(s) == 0)
            return fault(s, start, "number without digits in its exponent");
    }
    struct str number = str_from(s->text.ptr + start, s->at - start);
    if (number.len > NUMBER_MAX) {
        s->at = start;
        return over_limit(s, "number with too many characters", NUMBER_MAX);
    }
    if (exponent && overflows(number))
        return fault(s, start, "number is too large for a double");
    return true;
}

static bool scan_value(struct json_scan *s);

static bool scan_array(struct json_scan *s) {
    s->at++; /* the bracket */
    skip_blanks(s);
    if (take(s, ']'))
        return true;
    for (;;) {
        if (!scan_value(s))
            return false;
        if (take(s, ']'))
            return true;
        if (!take(s, ','))
            return fault(s, s->at, "expected ',' or ']' behind an item");
    }
}

static bool scan_member(struct json_scan *s) {
    skip_blanks(s);
    if (peek(s) != '"')
        return fault(s, s->at, "expected a key in double quotes");
    if (++s->keys == s->key_wanted)
        s->key_at = s->at;
    if (!scan_string(s))
        return false;
    skip_blanks(s);
    if (!take(s, ':'))
        return fault(s, s->at, "expected ':' behind a key");
    return scan_value(s);
}

static bool scan_object(struct json_scan *s) {
    s->at++; /* the brace */
    skip_blanks(s);
    if (take(s, '}'))
        return true;
    for (;;) {
        if (!scan_member(s))
            return false;
        if (take(s, '}'))
            return true;
        if (!take(s, ','))
            return fault(s, s->at, "expected ',' or '}' behind a member");
    }
}

static bool scan_word(struct json_scan *s) {
    static const struct str words[] = {STR_INIT("true"), STR_INIT("false"), STR_INIT("null")};
    struct str rest = str_from_index(s->text, s->at);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_starts(rest, words[i])) {
            s->at += words[i].len;
            return true;
        }
    }
    return fault(s, s->at, rest.len > 0 ? "expected a JSON value" : "ends where a value should be");
}

static bool scan_nested(struct json_scan *s, bool (*scan)(struct json_scan *s)) {
    if (s->depth == s->depth_max)
        return over_limit(s, "nested too deep", s->depth_max);
    s->depth++;
    bool ok = scan(s);
    s->depth--;
    return ok;
}

static bool scan_one(struct json_scan *s) {
    char c = peek(s);
    if (c == '{')
        return scan_nested(s, scan_object);
    if (c == '[')
        return scan_nested(s, scan_array);
    if (c == '"')
        return scan_string(s);
    if (c == '-' || is_digit(c))
        return scan_number(s);
    return scan_word(s);
}

static bool scan_value(struct json_scan *s) {
    skip_blanks(s);
    if (s->values == s->values_max)
        return over_limit(s, "too many values", s->values_max);
    s->values++;
    if (!scan_one(s))
        return false;
    skip_blanks(s);
    return true;
}

bool json_scan_run(struct json_scan *s) {
    if (s->text.len > s->bytes_max)
        return over_limit(s, "document has too many bytes", s->bytes_max);
    if (str_starts(s->text, STR("\xEF\xBB\xBF")))
        return fault(s, 0, "byte order mark: send plain UTF-8");
    skip_blanks(s);
    if (s->at == s->text.len)
        return fault(s, s->at, "document is empty");
    if (!scan_value(s))
        return false;
    if (s->at < s->text.len)
        return fault(s, s->at, "text behind the end of the value");
    return true;
}

void json_scan_place(struct str text, size_t at, size_t *line, size_t *column) {
    *line = *column = 1;
    for (size_t i = 0; i < at && i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '\n') {
            ++*line;
            *column = 1;
        } else if ((c & 0xC0) != 0x80) {
            ++*column;
        }
    }
}
