#ifndef CORE_ENGINE_PAYMENT_MOCK_H
#define CORE_ENGINE_PAYMENT_MOCK_H

#include "core/base/clock.h"
#include "core/domain/payment.h"

/**
 * Whoever charges, for tests and demos: nothing is charged. The card decides how it goes:
 *     4000000000000002   card_declined         4000000000009995   insufficient_funds
 *     4000000000000069   expired_card          4000000000000127   incorrect_cvc
 *     4000000000000119   processing_error
 *     4111111111111111, 5555555555554444, and every other number whose check digit is right:
 *     charged, unless what else was given makes no sense: a month that is over (expired_card), a
 *     month that is none (invalid_expiry), a code without three digits, or four with cards that
 *     begin with 34 or 37 (incorrect_cvc).
 *     every other number: invalid_number
 * Ids follow from the idempotency key: "ch_" or "tok_" and 12 hexadecimal digits.
 */
struct payment_gateway *payment_mock_new(struct clock clock);

#endif
