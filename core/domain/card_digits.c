#include "core/domain/card_digits.h"

#include "core/base/compiler.h"

static const char *const digit_words[] = {"zero", "one", "two",   "three", "four",
                                          "five", "six", "seven", "eight", "nine"};

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool card_is_letter(char c) {
    return lower(c) >= 'a' && lower(c) <= 'z';
}

/** Length of the spoken digit at the start of s, 0 when there is none. */
static size_t digit_word(struct str s, uint8_t *digit) {
    size_t n = 0;
    while (n < s.len && card_is_letter(s.ptr[n]))
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

bool card_luhn_is_right(const uint8_t *digits, size_t n) {
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned d = digits[n - 1 - i];
        if (i % 2 == 1)
            d = d * 2 > 9 ? d * 2 - 9 : d * 2;
        sum += d;
    }
    return sum % 10 == 0;
}

bool card_run_holds_card(const struct card_run *r) {
    if (r->count > CARD_RUN_MAX)
        return true;
    bool anywhere = r->count > CARD_DIGITS_MAX; /* too long for one: it may hold one anywhere */
    for (size_t from = 0; from + CARD_DIGITS_MIN <= r->count; from++) {
        for (size_t n = CARD_DIGITS_MIN; n <= CARD_DIGITS_MAX && from + n <= r->count; n++) {
            bool fits = r->begins[from] && (from + n == r->count || r->begins[from + n]);
            if ((fits || anywhere) && card_luhn_is_right(r->digits + from, n))
                return true;
        }
    }
    return false;
}

/** "double four", "triple one": length of all of it; 0 when it is no such thing. */
static size_t read_repeated(struct str s, uint8_t *digit, unsigned *times) {
    static const struct str words[] = {STR_INIT("double "), STR_INIT("triple ")};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        struct str word = words[i];
        size_t n = s.len > word.len && str_eq_nocase(str_from(s.ptr, word.len), word)
                       ? read_digit(str_from_index(s, word.len), digit)
                       : 0;
        if (n > 0) {
            *times = (unsigned)i + 2;
            return word.len + n;
        }
    }
    return 0;
}

static void add_digit(struct card_run *r, uint8_t digit, bool begins) {
    if (r->count < CARD_RUN_MAX) {
        r->digits[r->count] = digit;
        r->begins[r->count] = begins;
    }
    r->count++;
}

size_t card_run_read(struct str s, struct card_run *r) {
    size_t end = 0, i = 0;
    uint8_t d;
    bool begins = true;
    *r = (struct card_run){0};
    while (i < s.len) {
        struct str rest = str_from_index(s, i);
        unsigned times = 1;
        size_t n = read_digit(rest, &d);
        if (n == 0)
            n = read_repeated(rest, &d, &times);
        if (n == 0)
            break;
        for (unsigned k = 0; k < times; k++)
            add_digit(r, d, begins || n > 1);
        i += n;
        end = i;
        while (i < s.len && is_separator(s.ptr[i]))
            i++;
        begins = i > end || n > 1;
    }
    return end;
}
