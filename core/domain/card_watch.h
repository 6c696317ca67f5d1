#ifndef CORE_DOMAIN_CARD_WATCH_H
#define CORE_DOMAIN_CARD_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/str.h"

/*
 * Card numbers that come in pieces. card_mask_put() looks at one text; who dictates a number says
 * it over several turns, or keys it into several questions, and no piece is a card number. A watch
 * goes with what one party of a call says, line by line, and masks the pieces:
 *   - when a card is spoken of ("card number", "my card is", a payment), whatever goes beyond six
 *     digits. Amounts stay, and the first six digits: they name the issuer, not the card.
 *   - otherwise the third of four groups of four digits, the second group of 4 6 5, and what
 *     completes a number that an issuer could have given and whose check digit is right.
 *   - security codes: three or four digits, when one is spoken of or a card number came before.
 * What came earlier cannot be unsaid, so at most twelve digits of a number that nobody called a
 * card stay. A key or digit on its own answers a menu, unless a card is spoken of.
 */
enum {
    CARD_WATCH_TEXT_SIZE = 48,
};

/** Plain data; zeroed is the beginning of a call. Holds no digit that was masked. */
struct card_watch {
    char clear[CARD_WATCH_TEXT_SIZE]; /* digits left in clear that may belong together: "411 11" */
    uint32_t hidden;                  /* digits masked after them */
    uint32_t quiet;                   /* lines without digits since */
    uint32_t card, code;              /* lines for which a card, a security code is spoken of */
};

/** Somebody else says this: it may speak of a card. */
void card_watch_hear(struct card_watch *w, struct str said);

/** A card is asked for now. */
void card_watch_expect(struct card_watch *w);

/** Append a line, masked: "[card number]", "[security code]". True when something was masked. */
bool card_watch_put(struct card_watch *w, struct buf *b, struct str said);

#endif
