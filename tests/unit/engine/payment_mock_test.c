/* The cards of tests and demos. */
#include "core/engine/payment_mock.h"
#include "tests/support/fake_clock.h"
#include "tests/support/test.h"

static struct payment_reply charge(const char *number, const char *month, const char *year,
                                   const char *code, const char *amount) {
    EXPECT(secret_system_init());
    struct fake_clock time;
    fake_clock_init(&time);
    struct payment_gateway *g = payment_mock_new(fake_clock_of(&time));
    struct payment_card card = {0};
    struct payment_reply out = {0};
    secret_set(&card.number, str_z(number));
    secret_set(&card.expiry_month, str_z(month));
    secret_set(&card.expiry_year, str_z(year));
    secret_set(&card.code, str_z(code));
    struct payment_request req = {
        .card = &card, .amount = amount, .currency = "usd", .idempotency_key = STR("pay_1-1")};
    EXPECT_INT(payment_charge(g, &req, &out, NULL), ERR_OK);
    payment_card_release(&card);
    payment_gateway_free(g);
    return out;
}

static void expect_declined(const struct payment_reply *r, const char *code) {
    EXPECT_STR(r->error_code, code);
    EXPECT(r->error_text[0] && !r->charge_id[0] && !r->token_id[0]);
}

TEST(payment_mock, charges_the_cards_of_the_tutorials) {
    struct payment_reply visa = charge("4111111111111111", "", "", "", "49.99");
    struct payment_reply master = charge("5555555555554444", "12", "30", "123", "49.99");
    EXPECT(str_starts(str_z(visa.charge_id), STR("ch_")) && strlen(visa.charge_id) == 15);
    EXPECT(!visa.error_code[0] && !visa.token_id[0] && !master.error_code[0]);
    EXPECT_STR(master.charge_id, visa.charge_id); /* the same key: the same charge */
}

TEST(payment_mock, declines_the_cards_that_are_for_it) {
    static const struct {
        const char *number, *code;
    } cards[] = {{"4000000000000002", "card_declined"},
                 {"4000000000009995", "insufficient_funds"},
                 {"4000000000000069", "expired_card"},
                 {"4000000000000127", "incorrect_cvc"},
                 {"4000000000000119", "processing_error"},
                 {"4111111111111112", "invalid_number"},
                 {"0", "invalid_number"}};
    for (size_t i = 0; i < ARRAY_LEN(cards); i++) {
        struct payment_reply r = charge(cards[i].number, "12", "2099", "123", "1.00");
        expect_declined(&r, cards[i].code);
    }
}

TEST(payment_mock, declines_dates_and_codes_that_make_no_sense) {
    static const struct {
        const char *number, *month, *year, *code, *why;
    } cards[] = {{"4111111111111111", "13", "99", "123", "invalid_expiry"},
                 {"4111111111111111", "0", "99", "123", "invalid_expiry"},
                 {"4111111111111111", "12", "", "123", "invalid_expiry"},
                 {"4111111111111111", "12", "01", "123", "expired_card"},
                 {"4111111111111111", "12", "99", "1234", "incorrect_cvc"},
                 {"378282246310005", "12", "99", "123", "incorrect_cvc"}};
    for (size_t i = 0; i < ARRAY_LEN(cards); i++) {
        struct payment_reply r =
            charge(cards[i].number, cards[i].month, cards[i].year, cards[i].code, "1.00");
        expect_declined(&r, cards[i].why);
    }
    EXPECT(charge("378282246310005", "12", "99", "1234", "1.00").charge_id[0]);
}

TEST(payment_mock, makes_a_token_where_nothing_is_charged) {
    struct payment_reply r = charge("4111111111111111", "", "", "", "0.00");
    EXPECT(str_starts(str_z(r.token_id), STR("tok_")) && !r.charge_id[0]);
}
