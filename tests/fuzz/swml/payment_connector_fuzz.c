#include <assert.h>
#include <stdint.h>

#include "swml/payment_connector.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_digits(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return true;
}

/* What is taken has the shape of a card and of money; what is refused is not repeated. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct payment_connector_request r = {0};
    struct error err = {0};
    char amount[PAYMENT_AMOUNT_SIZE];
    if (!secret_system_init())
        return 0;
    enum error_code rc = payment_connector_read(str_from(data, size), &r, &err);
    if (rc != ERR_OK) {
        assert((rc == ERR_INVALID || rc == ERR_LIMIT) && err.text[0]);
        assert(!secret_is_set(&r.card.number));
        return 0;
    }
    struct str number = secret_reveal(&r.card.number);
    assert(number.len >= 1 && number.len <= 19 && is_digits(number));
    assert(is_digits(secret_reveal(&r.card.code)) && r.card.code.len <= 4);
    assert(payment_amount_parse(str_z(r.amount), amount) && str_eq_z(str_z(amount), r.amount));
    assert(strlen(r.currency) == 3);
    payment_connector_release(&r);
    return 0;
}
