#include "providers/mock/carrier/card.h"

#include <stdint.h>

/** A brand has the numbers whose first `digits` digits lie in [low, high]. */
static const struct range {
    const char *brand;
    size_t digits;
    uint32_t low, high;
} ranges[] = {
    {"visa", 1, 4, 4},          {"mastercard", 2, 51, 55},  {"mastercard", 4, 2221, 2720},
    {"amex", 2, 34, 34},        {"amex", 2, 37, 37},        {"discover", 4, 6011, 6011},
    {"discover", 2, 65, 65},    {"discover", 3, 644, 649},  {"jcb", 4, 3528, 3589},
    {"diners-club", 2, 36, 36}, {"diners-club", 2, 38, 38}, {"diners-club", 3, 300, 305},
    {"maestro", 2, 50, 50},     {"maestro", 2, 56, 69},
};

static bool all_digits(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return s.len > 0;
}

static uint32_t first_digits(struct str s, size_t count) {
    uint32_t n = 0;
    for (size_t i = 0; i < count; i++)
        n = n * 10 + (uint32_t)(s.ptr[i] - '0');
    return n;
}

const char *card_brand(struct str number) {
    if (!all_digits(number) || number.len < 4)
        return NULL;
    for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
        uint32_t n = first_digits(number, ranges[i].digits);
        if (n >= ranges[i].low && n <= ranges[i].high)
            return ranges[i].brand;
    }
    return NULL;
}

bool card_number_is_valid(struct str number) {
    uint32_t sum = 0;
    if (!all_digits(number) || number.len < 12 || number.len > 19)
        return false;
    for (size_t i = 0; i < number.len; i++) {
        uint32_t n = (uint32_t)(number.ptr[number.len - 1 - i] - '0') * (i % 2 ? 2 : 1);
        sum += n > 9 ? n - 9 : n;
    }
    return sum % 10 == 0;
}

bool card_expiry_is_valid(struct str expiry, int year, int month) {
    if (!all_digits(expiry) || expiry.len != 4)
        return false;
    int m = (int)first_digits(expiry, 2),
        y = 2000 + (int)first_digits(str_from_index(expiry, 2), 2);
    return m >= 1 && m <= 12 && (y > year || (y == year && m >= month));
}

bool card_code_is_valid(struct str code, const char *brand) {
    return all_digits(code) && code.len == (str_eq_z(STR("amex"), brand) ? 4u : 3u);
}
