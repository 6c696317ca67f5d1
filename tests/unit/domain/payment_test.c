#include "core/domain/payment.h"
#include "tests/support/test.h"

TEST(payment, amounts_are_read_into_one_form) {
    static const struct {
        const char *in, *want; /* NULL: refused */
    } rows[] = {
        {"49.99", "49.99"},   {"49.9", "49.90"},    {"49", "49.00"},    {"0", "0.00"},
        {"", "0.00"},         {" $49.99", "49.99"}, {"007.50", "7.50"}, {"1000000", "1000000.00"},
        {"1000000.01", NULL}, {"1000001", NULL},    {"-1", NULL},       {"1.999", NULL},
        {"1.", NULL},         {".5", NULL},         {"1,50", NULL},     {"1.5.0", NULL},
        {"5e1", NULL},        {"fifty", NULL}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char got[PAYMENT_AMOUNT_SIZE] = "untouched";
        EXPECT(payment_amount_parse(str_z(rows[i].in), got) == (rows[i].want != NULL));
        EXPECT_STR(got, rows[i].want ? rows[i].want : "untouched");
    }
}

TEST(payment, currencies_are_three_letters) {
    char got[PAYMENT_CURRENCY_SIZE];
    EXPECT(payment_currency_parse(STR("EUR"), got));
    EXPECT_STR(got, "eur");
    EXPECT(payment_currency_parse(STR(""), got));
    EXPECT_STR(got, "usd");
    EXPECT(!payment_currency_parse(STR("euro"), got));
    EXPECT(!payment_currency_parse(STR("e1r"), got));
    EXPECT(!payment_currency_parse(STR("e[r"), got));
}

TEST(payment, results_have_the_words_that_carriers_use) {
    for (int r = PAYMENT_SUCCESS; r < PAYMENT_RESULT_COUNT; r++) {
        enum payment_result back = PAYMENT_RESULT_NONE;
        EXPECT(payment_result_parse(str_z(payment_result_name((enum payment_result)r)), &back));
        EXPECT_INT(back, r);
    }
    enum payment_result none = PAYMENT_RESULT_NONE;
    EXPECT(!payment_result_parse(STR(""), &none) && !payment_result_parse(STR("maybe"), &none));
}

/* ---- a gateway that repeats the card -----------------------------------------------------------
 */

static enum error_code parrot(struct payment_gateway *g, const struct payment_request *req,
                              struct payment_reply *out, struct error *err) {
    (void)g, (void)err;
    struct str number = secret_reveal(&req->card->number);
    EXPECT(str_copy(number, out->error_code, sizeof out->error_code));
    EXPECT(str_copy(number, out->error_text, sizeof out->error_text));
    return ERR_OK;
}

TEST(payment, what_a_gateway_repeats_of_the_card_is_masked) {
    static const struct payment_gateway_ops ops = {.charge = parrot};
    struct payment_gateway g = {.ops = &ops};
    struct payment_card card = {0};
    struct payment_reply out = {0};
    EXPECT(secret_system_init());
    secret_set(&card.number, STR("4111111111111111"));
    struct payment_request req = {
        .card = &card, .amount = "1.00", .currency = "usd", .idempotency_key = STR("k")};
    EXPECT_INT(payment_charge(&g, &req, &out, NULL), ERR_OK);
    EXPECT_STR(out.error_code, "masked");
    EXPECT_STR(out.error_text, "[card number]");
    payment_card_release(&card);
}
