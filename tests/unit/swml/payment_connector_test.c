/* What carriers ask a payment connector for, in every spelling that was seen. */
#include <string.h>

#include "core/base/mem.h"
#include "swml/payment_connector.h"
#include "tests/support/test.h"

static enum error_code read_it(const char *body, struct payment_connector_request *out,
                               struct error *err) {
    EXPECT(secret_system_init());
    return payment_connector_read(str_z(body), out, err);
}

static bool holds(const struct secret *s, const char *want) {
    return str_eq_z(secret_reveal(s), want);
}

TEST(payment_connector, reads_the_documented_names) {
    struct payment_connector_request r = {0};
    EXPECT_INT(
        read_it("{\"transaction_id\":\"8c9d14d5-52ae-4e2e-b880-a14e6e1cda7d\",\"method\":"
                "\"credit-card\",\"cardnumber\":\"4111111111111111\",\"cvv\":\"123\","
                "\"expiry_month\":\"12\",\"expiry_year\":\"30\",\"postal_code\":\"90210\","
                "\"chargeAmount\":\"49.99\",\"currency_code\":\"usd\",\"token_type\":\"reusable\","
                "\"description\":\"Invoice 42\",\"parameters\":{\"merchant\":\"m1\",\"payment\":"
                "\"pay_1\"}}",
                &r, NULL),
        ERR_OK);
    EXPECT(holds(&r.card.number, "4111111111111111"));
    EXPECT(holds(&r.card.code, "123"));
    EXPECT(holds(&r.card.expiry_month, "12"));
    EXPECT(holds(&r.card.expiry_year, "30"));
    EXPECT(holds(&r.card.postal_code, "90210"));
    EXPECT_STR(r.amount, "49.99");
    EXPECT_STR(r.currency, "usd");
    EXPECT_STR(r.transaction_id, "8c9d14d5-52ae-4e2e-b880-a14e6e1cda7d");
    EXPECT_STR(r.method, "credit-card");
    EXPECT_STR(r.token_type, "reusable");
    EXPECT_STR(r.description, "Invoice 42");
    EXPECT_STR(r.payment, "pay_1");
    payment_connector_release(&r);
}

TEST(payment_connector, reads_the_names_that_connectors_in_the_field_read) {
    struct payment_connector_request r = {0};
    EXPECT_INT(read_it(" { \"payment_card_number\" : \"4000000000000002\" ,\n\"charge_amount\": "
                       "\"49.9\" } ",
                       &r, NULL),
               ERR_OK);
    EXPECT(holds(&r.card.number, "4000000000000002"));
    EXPECT_STR(r.amount, "49.90");
    EXPECT_STR(r.currency, "usd");
    EXPECT(!secret_is_set(&r.card.code));
    payment_connector_release(&r);
}

TEST(payment_connector, takes_numbers_for_texts_and_both_spellings_that_agree) {
    struct payment_connector_request r = {0};
    EXPECT_INT(read_it("{\"cardnumber\":4111111111111111,\"payment_card_number\":"
                       "\"4111 1111-1111 1111\",\"cvv\":123,\"expiration_date\":\"1230\","
                       "\"chargeAmount\":50,\"currency_code\":\"USD\",\"postal_code\":null}",
                       &r, NULL),
               ERR_INVALID); /* written differently, they do not agree */
    EXPECT_INT(read_it("{\"cardnumber\":4111111111111111,\"payment_card_number\":"
                       "\"4111111111111111\",\"cvv\":123,\"expiration_date\":\"1230\","
                       "\"chargeAmount\":50,\"currency_code\":\"USD\",\"postal_code\":null}",
                       &r, NULL),
               ERR_OK);
    EXPECT(holds(&r.card.expiry_month, "12"));
    EXPECT(holds(&r.card.expiry_year, "30"));
    EXPECT_STR(r.amount, "50.00");
    EXPECT_STR(r.currency, "usd");
    payment_connector_release(&r);
}

TEST(payment_connector, a_card_without_amount_is_made_a_token_of) {
    struct payment_connector_request r = {0};
    EXPECT_INT(read_it("{\"cardnumber\":\"4111111111111111\",\"amount\":0}", &r, NULL), ERR_OK);
    EXPECT_STR(r.amount, "0.00");
    payment_connector_release(&r);
}

TEST(payment_connector, refuses_what_is_no_request_and_never_repeats_it) {
    static const struct {
        const char *body, *field;
    } bad[] = {
        {"", ""},
        {"[]", ""},
        {"{", ""},
        {"{\"cardnumber\":\"4111111111111111\"} x", ""},
        {"{}", "cardnumber"},
        {"{\"cardnumber\":null}", "cardnumber"},
        {"{\"cardnumber\":\"4111 1111 1111 111x\"}", "cardnumber"},
        {"{\"cardnumber\":\"41111111111111111111\"}", "cardnumber"},
        {"{\"cardnumber\":{\"x\":1}}", "cardnumber"},
        {"{\"cardnumber\":4.1e15}", "cardnumber"},
        {"{\"cardnumber\":\"4111111111111111\",\"cardnumber\":\"5555555555554444\"}", "cardnumber"},
        {"{\"cardnumber\":\"4111111111111111\",\"cvv\":\"12a\"}", "cvv"},
        {"{\"cardnumber\":\"4111111111111111\",\"cvv\":\"12345\"}", "cvv"},
        {"{\"cardnumber\":\"4111111111111111\",\"expiration_date\":\"123\"}", "expiration_date"},
        {"{\"cardnumber\":\"4111111111111111\",\"chargeAmount\":\"a lot\"}", "chargeAmount"},
        {"{\"cardnumber\":\"4111111111111111\",\"charge_amount\":-1}", "chargeAmount"},
        {"{\"cardnumber\":\"4111111111111111\",\"currency\":\"us\"}", "currency_code"},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct payment_connector_request r = {0};
        struct error err = {0};
        EXPECT_INT(read_it(bad[i].body, &r, &err), ERR_INVALID);
        EXPECT_STR(err.field, bad[i].field);
        EXPECT(err.text[0] && !strstr(err.text, "4111") && !strstr(err.text, "5555"));
        EXPECT(!secret_is_set(&r.card.number));
    }
}

TEST(payment_connector, masks_a_card_number_in_what_people_wrote) {
    struct payment_connector_request r = {0};
    EXPECT_INT(read_it("{\"cardnumber\":\"4111111111111111\",\"description\":\"card "
                       "4111 1111 1111 1111 of J\\u00e9r\\u00f4me \\\"J\\\"\"}",
                       &r, NULL),
               ERR_OK);
    EXPECT_STR(r.description, "card [card number] of J?r?me \"J\"");
    payment_connector_release(&r);
}

TEST(payment_connector, answers_as_the_carriers_expect) {
    struct buf b = BUF_INIT(1024);
    struct payment_reply charged = {.charge_id = "ch_1"}, token = {.token_id = "tok_1"};
    struct payment_reply declined = {.error_code = "card_declined",
                                     .error_text = "Your card was declined"};
    payment_connector_write(&charged, false, &b);
    EXPECT_STR(b.ptr, "{\"charge_id\":\"ch_1\",\"error_code\":null,\"error_message\":null}");
    buf_clear(&b);
    payment_connector_write(&token, true, &b);
    EXPECT_STR(b.ptr, "{\"token_id\":\"tok_1\",\"error_code\":null,\"error_message\":null}");
    buf_clear(&b);
    payment_connector_write(&declined, false, &b);
    EXPECT_STR(b.ptr, "{\"charge_id\":null,\"error_code\":\"card_declined\","
                      "\"error_message\":\"Your card was declined\"}");
    buf_release(&b);
}
