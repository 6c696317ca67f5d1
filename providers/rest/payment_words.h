#ifndef PROVIDERS_REST_PAYMENT_WORDS_H
#define PROVIDERS_REST_PAYMENT_WORDS_H

#include "core/domain/payment.h"

/* What carriers say of a finished pay step: the same words in forms and in JSON. */

/** NONE for no word at all, INTERNAL for one that nobody knows. */
enum payment_result rest_payment_result(struct str word);

/** The last four digits of a masked card number ("xxxx-xxxxxx-x4001", "************1111"). */
struct str rest_payment_last4(struct str masked);

#endif
