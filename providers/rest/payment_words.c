#include "providers/rest/payment_words.h"

#include "core/base/compiler.h"

/* Twilio docs: <Pay>, Result; SignalWire docs: pay, pay_result. */
static const struct {
    const char *word;
    enum payment_result result;
} words[] = {
    {"success", PAYMENT_SUCCESS},
    {"too-many-failed-attempts", PAYMENT_TOO_MANY_ATTEMPTS},
    {"payment-connector-error", PAYMENT_CONNECTOR_ERROR},
    {"caller-interrupted-with-star", PAYMENT_STAR},
    {"caller-hung-up", PAYMENT_HUNG_UP},
    {"relay-pay-stop", PAYMENT_STOPPED},
    {"validation-error", PAYMENT_INVALID},
    {"internal-error", PAYMENT_INTERNAL},
};
_Static_assert(ARRAY_LEN(words) == PAYMENT_RESULT_COUNT - 1, "every result has its word");

enum payment_result rest_payment_result(struct str word) {
    if (word.len == 0)
        return PAYMENT_RESULT_NONE;
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (str_eq_z(word, words[i].word))
            return words[i].result;
    return PAYMENT_INTERNAL;
}

struct str rest_payment_last4(struct str masked) {
    struct str last = masked.len > 4 ? str_from_index(masked, masked.len - 4) : STR("");
    for (size_t i = 0; i < last.len; i++)
        if (last.ptr[i] < '0' || last.ptr[i] > '9')
            return STR("");
    return last;
}
