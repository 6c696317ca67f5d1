#ifndef CORE_DOMAIN_CARD_MASK_H
#define CORE_DOMAIN_CARD_MASK_H

#include <stdbool.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/str.h"

/**
 * Append text with everything that looks like a card number replaced by "[card number]": runs of
 * digits (with spaces, dots, commas or dashes between them, also spoken as words: "four one one
 * one …") that hold 13 to 19 digits with a valid Luhn check. A card number fills its groups:
 * "4111 1111 1111 1111 123" is masked, an order number of 16 digits with a wrong check is not. True
 * when something was masked.
 */
bool card_mask_put(struct buf *b, struct str text);

/** Write v again with every text, name and number in it masked; a number that was is a text then.
 */
void card_mask_json(struct json_writer *w, const struct json *v);

#endif
