#ifndef CORE_DOMAIN_SPOKEN_H
#define CORE_DOMAIN_SPOKEN_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/str.h"

/* Values in what callers say (English), found deterministically. */
enum spoken_result {
    SPOKEN_NOTHING = 0, /* no such value in it */
    SPOKEN_FOUND,
    SPOKEN_SEVERAL /* more than one, and no way to tell which is meant */
};

enum {
    SPOKEN_NAME_MAX = 80
};
#define SPOKEN_CENTS_MAX INT64_C(100000000000000) /* 10^12 units */

/**
 * An amount of money in hundredths: "$25,000", "25k", "twenty five thousand dollars", "4500.50",
 * "two and a half thousand", "forty-five hundred". An amount with a currency or a thousand in it
 * wins over a bare number ("2 cards with $25,000").
 */
enum spoken_result spoken_money(struct str speech, int64_t *cents);

/** The same, but several amounts are added up: "$15,000 in tax and $25,000 in card debt". */
enum spoken_result spoken_money_sum(struct str speech, int64_t *cents);

/** A number in hundredths, by the same words: "three", "2.5", "four one five five" (4155). */
enum spoken_result spoken_number(struct str speech, int64_t *hundredths);

/** Append hundredths as decimal text: "25000", "4500.50". */
void spoken_put_hundredths(struct buf *b, int64_t hundredths);

/**
 * Append a person's name: what follows "my name is", "this is" and the like, else the speech
 * itself without "hello" and "speaking". All-lower-case words are capitalised.
 */
enum spoken_result spoken_put_name(struct buf *b, struct str speech);

/** The same for a place: what follows "I live in", "the state of" and the like. */
enum spoken_result spoken_put_place(struct buf *b, struct str speech);

/**
 * Append a date as "2026-03-05": "2026-03-05", "March 5th", "5 March 2026", "3/5" (month first),
 * "today", "tomorrow", a weekday (the next one). Without a year: the next such day from now_ms on
 * (UTC).
 */
enum spoken_result spoken_put_date(struct buf *b, struct str speech, int64_t now_ms);

#endif
