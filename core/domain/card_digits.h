#ifndef CORE_DOMAIN_CARD_DIGITS_H
#define CORE_DOMAIN_CARD_DIGITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/str.h"

/* Digits in texts, as figures and as words: what card_mask.c and card_watch.c look for cards in. */
enum {
    CARD_DIGITS_MIN = 13, /* ISO/IEC 7812: issuers use 13 to 19 digits */
    CARD_DIGITS_MAX = 19,
    CARD_RUN_MAX = 64, /* digits of one run that are looked at; a longer one is masked as a whole */
};

/** A run of digits; begins[i]: a group of them starts at digit i. count may be over CARD_RUN_MAX.
 */
struct card_run {
    uint8_t digits[CARD_RUN_MAX];
    bool begins[CARD_RUN_MAX + 1];
    size_t count;
};

/** Bytes of the run of digits at the start of s, without what separates it from the rest. */
size_t card_run_read(struct str s, struct card_run *r);

/**
 * Does a card number fill groups of the run? Its check digit is right, and most other numbers' is
 * not. A run that is too long to be looked through does.
 */
bool card_run_holds_card(const struct card_run *r);

/** The check digit of Luhn, ISO/IEC 7812-1. */
bool card_luhn_is_right(const uint8_t *digits, size_t n);

/** An ASCII letter. */
bool card_is_letter(char c);

#endif
