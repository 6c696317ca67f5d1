#include "core/domain/card_mask.h"

#include <stdint.h>

#include "core/base/compiler.h"

enum {
    CARD_MIN = 13, /* ISO/IEC 7812: issuers use 13 to 19 digits */
    CARD_MAX = 19,
    RUN_MAX = 64, /* digits of one run that are looked at; a longer one is masked as a whole */
};

static const char *const digit_words[] = {"zero", "one", "two",   "three", "four",
                                          "five", "six", "seven", "eight", "nine"};

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c) {
    return lower(c) >= 'a' && lower(c) <= 'z';
}

/** Length of the spoken digit at the start of s, 0 when there is none. */
static size_t digit_word(struct str s, uint8_t *digit) {
    size_t n = 0;
    while (n < s.len && is_letter(s.ptr[n]))
        n++;
    struct str word = str_from(s.ptr, n);
    if (n == 0)
        return 0;
    if (str_eq_nocase(word, STR("oh")) || str_eq_nocase(word, STR("o"))) {
        *digit = 0;
        return n;
    }
    for (size_t i = 0; i < ARRAY_LEN(digit_words); i++) {
        if (str_eq_nocase(word, str_z(digit_words[i]))) {
            *digit = (uint8_t)i;
            return n;
        }
    }
    return 0;
}

/** Length of the digit at the start of s, as figure or word. */
static size_t read_digit(struct str s, uint8_t *digit) {
    if (s.len > 0 && s.ptr[0] >= '0' && s.ptr[0] <= '9') {
        *digit = (uint8_t)(s.ptr[0] - '0');
        return 1;
    }
    return digit_word(s, digit);
}

static bool is_separator(char c) {
    return c == ' ' || c == '-' || c == '.' || c == ',' || c == '\t' || c == '\n';
}

static bool luhn_ok(const uint8_t *digits, size_t n) {
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned d = digits[n - 1 - i];
        if (i % 2 == 1)
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return sum % 10 == 0;
}

/** A run of digits; begins[i]: a group of them starts at digit i. */
struct run {
    uint8_t digits[RUN_MAX];
    bool begins[RUN_MAX + 1];
    size_t count;
};

/**
 * A card number fills its groups, so that most other numbers stay. A run too long for one may hold
 * one anywhere.
 */
static bool holds_card(const struct run *r) {
    bool anywhere = r->count > CARD_MAX;
    for (size_t from = 0; from + CARD_MIN <= r->count; from++) {
        for (size_t n = CARD_MIN; n <= CARD_MAX && from + n <= r->count; n++) {
            bool fits = r->begins[from] && (from + n == r->count || r->begins[from + n]);
            if ((fits || anywhere) && luhn_ok(r->digits + from, n))
                return true;
        }
    }
    return false;
}

/** Bytes of the run of digits at the start of s, without what separates it from the rest. */
static size_t read_run(struct str s, struct run *r) {
    size_t end = 0, i = 0;
    uint8_t d;
    bool begins = true;
    *r = (struct run){0};
    while (i < s.len) {
        size_t n = read_digit(str_from_index(s, i), &d);
        if (n == 0)
            break;
        if (r->count < RUN_MAX) {
            r->digits[r->count] = d;
            r->begins[r->count] = begins || n > 1;
        }
        r->count++;
        i += n;
        end = i;
        while (i < s.len && is_separator(s.ptr[i]))
            i++;
        begins = i > end || n > 1;
    }
    return end;
}

bool card_mask_put(struct buf *b, struct str text) {
    bool masked = false;
    for (size_t i = 0; i < text.len;) {
        struct run run;
        size_t n = read_run(str_from_index(text, i), &run);
        if (n == 0) {
            /* to the end of the word: "phone" holds no spoken "one" */
            size_t start = i++;
            while (i < text.len && is_letter(text.ptr[start]) && is_letter(text.ptr[i]))
                i++;
            buf_put(b, text.ptr + start, i - start);
            continue;
        }
        bool card = run.count > RUN_MAX || holds_card(&run);
        buf_put_str(b, card ? STR("[card number]") : str_from(text.ptr + i, n));
        masked = masked || card;
        i += n;
    }
    return masked;
}
