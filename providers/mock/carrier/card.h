#ifndef PROVIDERS_MOCK_CARRIER_CARD_H
#define PROVIDERS_MOCK_CARRIER_CARD_H

#include <stdbool.h>

#include "core/base/str.h"

/* What a carrier checks of a payment card before anybody is asked for money. Digits only. */

/** The brand in the carriers' common word ("visa", "mastercard", "amex", "discover", "jcb",
 * "diners-club", "maestro"); NULL when the number begins like none. */
const char *card_brand(struct str number);

/** 12 to 19 digits with a valid Luhn check. */
bool card_number_is_valid(struct str number);

/** "1230": December 2030; not over before this month of this year. */
bool card_expiry_is_valid(struct str expiry, int year, int month);

/** As many digits as the brand has: 4 for amex, 3 for others. */
bool card_code_is_valid(struct str code, const char *brand);

#endif
