#include "providers/mock/carrier/card.h"
#include "tests/unit/carrier/swml_box.h"

#define PAY(more)                                                                  \
    "{\"pay\":{\"payment_connector_url\":\"http://user:secret@app.test/payment\"," \
    "\"status_url\":\"" BOX_APP "/step\",\"charge_amount\":\"49.99\"" more "}},"
#define RESULT                                                             \
    TELL("${pay_result}|${pay_payment_results.payment_confirmation_code}|" \
         "${pay_payment_results.payment_card_number}|"                     \
         "${pay_payment_results.connector_error.code}")
#define CHARGED  "{\"charge_id\":\"ch_1\",\"error_code\":null,\"error_message\":null}"
#define DECLINED "{\"charge_id\":null,\"error_code\":\"card_declined\",\"error_message\":\"No\"}"

struct payment {
    const char *document, *scenario, *to;
    const char *reply; /* of the connector */
    int status;
};

static bool live(struct box *b, const struct payment *p) {
    const struct box_page pages[] = {
        {.path = "/answer", .body = p->document, .type = "application/json"},
        {.path = "/payment", .body = p->reply, .status = p->status, .type = "application/json"},
        {.path = NULL}};
    const struct box_options o = {.pages = pages, .scenario = p->scenario, .seed = 7};
    bool ok = swml_live_to(b, &o, p->to ? p->to : "+12025550108", "");
    b->pages = NULL;
    return ok;
}

static void expect_result(const struct payment *p, const char *result) {
    struct box b;
    if (live(&b, p))
        EXPECT_STR(swml_told(&b, "/vars", 0), result);
    box_release(&b);
}

TEST(swml_pay, a_charge_reaches_the_connector_once_and_whole) {
    const struct payment p = {
        .document = SWML(PAY(",\"description\":\"Invoice 42\",\"max_attempts\":\"3\","
                             "\"parameters\":[{\"name\":\"merchant\",\"value\":\"m1\"}]") RESULT),
        .reply = CHARGED};
    struct arena a = {0};
    struct box b;
    if (live(&b, &p)) {
        const char *body = swml_told(&b, "/payment", 0);
        EXPECT_INT(box_count(&b, "/payment"), 1);
        EXPECT_STR(swml_told(&b, "/vars", 0), "success|ch_1|************1111|");
        EXPECT_STR(swml_at(&a, body, "cardnumber"), "4111111111111111");
        EXPECT_STR(swml_at(&a, body, "cvv"), "123");
        EXPECT_STR(swml_at(&a, body, "expiry_month"), "12");
        EXPECT_STR(swml_at(&a, body, "expiry_year"), "30");
        EXPECT_STR(swml_at(&a, body, "postal_code"), "94105");
        EXPECT_STR(swml_at(&a, body, "chargeAmount"), "49.99");
        EXPECT_STR(swml_at(&a, body, "currency_code"), "usd");
        EXPECT_STR(swml_at(&a, body, "method"), "credit-card");
        EXPECT_STR(swml_at(&a, body, "token_type"), "reusable");
        EXPECT_STR(swml_at(&a, body, "description"), "Invoice 42");
        EXPECT_STR(swml_at(&a, body, "parameters.merchant"), "m1");
        EXPECT_STR(swml_at(&a, body, "payment_card_number"), "");
        EXPECT(strstr(box_wait(&b, "/payment", 0)->headers, "Basic: user\n") != NULL);
    }
    box_release(&b);
    arena_release(&a);
}

TEST(swml_pay, each_step_is_told_and_masked) {
    const struct payment p = {.document = SWML(PAY("") RESULT), .reply = CHARGED};
    static const char *const steps[] = {"payment-card-number", "expiration-date",
                                        "security-code",       "postal-code",
                                        "payment-processing",  "payment-completed"};
    struct arena a = {0};
    struct box b;
    if (live(&b, &p)) {
        for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
            const char *event = swml_told(&b, "/step", i);
            EXPECT_STR(swml_at(&a, event, "event_type"), "calling.call.pay");
            EXPECT_STR(swml_at(&a, event, "params.for"), steps[i]);
            EXPECT_STR(swml_at(&a, event, "params.payment_card_number"), "************1111");
            EXPECT_STR(swml_at(&a, event, "params.security_code"), i < 2 ? "" : "***");
            EXPECT(strstr(event, "4111111111111111") == NULL);
        }
        EXPECT_INT(box_count(&b, "/step"), ARRAY_LEN(steps));
    }
    box_release(&b);
    arena_release(&a);
}

TEST(swml_pay, the_connector_says_no_in_many_ways) {
    static const struct {
        int status;
        const char *reply, *told;
    } cases[] = {{402, DECLINED, "payment-connector-error||************1111|card_declined"},
                 {200, DECLINED, "payment-connector-error||************1111|card_declined"},
                 {200, "not json", "payment-connector-error||************1111|"},
                 {200, "{}", "payment-connector-error||************1111|"},
                 {500, CHARGED, "payment-connector-error|ch_1|************1111|"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct payment p = {
            .document = SWML(PAY("") RESULT), .status = cases[i].status, .reply = cases[i].reply};
        expect_result(&p, cases[i].told);
    }
}

TEST(swml_pay, a_declined_card_may_try_again) {
    const struct payment p = {.document = SWML(PAY(",\"max_attempts\":3") RESULT),
                              .to = "+12025550109",
                              .status = 402,
                              .reply = DECLINED};
    struct box b;
    if (live(&b, &p))
        EXPECT_INT(box_count(&b, "/payment"), 3);
    box_release(&b);
}

TEST(swml_pay, without_an_amount_the_card_becomes_a_token) {
    const struct payment p = {
        .document = SWML("{\"pay\":{\"payment_connector_url\":\"" BOX_APP "/payment\"}}," TELL(
            "${pay_result} ${pay_payment_results.payment_token}")),
        .reply = "{\"token_id\":\"tok_1\"}"};
    expect_result(&p, "success tok_1");
}

#define CALLEE(card) "{\"callees\":[{\"suffix\":\"0108\",\"like\":\"00\",\"card\":{" card "}}]}"

TEST(swml_pay, cards_are_checked_before_the_connector_is_asked) {
    static const struct {
        const char *scenario, *error_type;
    } cases[] = {
        {CALLEE("\"number\":\"4111111111111112\",\"expiry\":\"1230\",\"code\":\"123\""),
         "invalid-card-number"},
        {CALLEE("\"number\":\"6011111111111117\",\"expiry\":\"1230\",\"code\":\"123\""),
         "invalid-card-type"},
        {CALLEE("\"number\":\"4111111111111111\",\"expiry\":\"1320\",\"code\":\"123\""),
         "invalid-date"},
        {CALLEE("\"number\":\"4111111111111111\",\"expiry\":\"1230\",\"code\":\"1234\""),
         "invalid-security-code"},
        {CALLEE("\"number\":\"4111111111111111\",\"expiry\":\"1230\",\"code\":\"123\","
                "\"postal_code\":\"12\""),
         "invalid-postal-code"},
        {CALLEE("\"number\":\"4111111111111111\""), "timeout"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct payment p = {
            .document = SWML(PAY(",\"min_postal_code_length\":\"5\"") TELL("${pay_result}")),
            .scenario = cases[i].scenario,
            .reply = CHARGED};
        struct arena a = {0};
        struct box b;
        if (live(&b, &p)) {
            size_t last = box_count(&b, "/step") - 1;
            EXPECT_STR(swml_told(&b, "/vars", 0), "too-many-failed-attempts");
            EXPECT_INT(box_count(&b, "/payment"), 0);
            EXPECT_STR(swml_at(&a, swml_told(&b, "/step", last), "params.error_type"),
                       cases[i].error_type);
            EXPECT_STR(swml_at(&a, swml_told(&b, "/step", last), "params.for"), "payment-failed");
        }
        box_release(&b);
        arena_release(&a);
    }
}

TEST(swml_pay, steps_are_left_out_as_the_document_says) {
    const struct payment p = {
        .document = SWML(PAY(",\"security_code\":\"false\",\"postal_code\":\"90210\"") RESULT),
        .reply = CHARGED};
    struct arena a = {0};
    struct box b;
    if (live(&b, &p)) {
        EXPECT_STR(swml_at(&a, swml_told(&b, "/payment", 0), "cvv"), "");
        EXPECT_STR(swml_at(&a, swml_told(&b, "/payment", 0), "postal_code"), "90210");
        EXPECT_INT(box_count(&b, "/step"), 4);
    }
    box_release(&b);
    arena_release(&a);
}

TEST(swml_pay, a_star_cancels) {
    const struct payment p = {.document = SWML(PAY("") TELL("${pay_result}")),
                              .scenario = CALLEE("\"number\":\"41*\""),
                              .reply = CHARGED};
    expect_result(&p, "caller-interrupted-with-star");
}

TEST(swml_pay, the_switch_adds_the_names_that_a_connector_in_the_field_reads) {
    const struct payment p = {.document = SWML(PAY("") RESULT),
                              .scenario = "{\"switches\":{\"connector_aliases\":1}}",
                              .reply = CHARGED};
    struct arena a = {0};
    struct box b;
    if (live(&b, &p)) {
        const char *body = swml_told(&b, "/payment", 0);
        EXPECT_STR(swml_at(&a, body, "payment_card_number"), "4111111111111111");
        EXPECT_STR(swml_at(&a, body, "charge_amount"), "49.99");
        EXPECT_STR(swml_at(&a, body, "cardnumber"), "4111111111111111");
    }
    box_release(&b);
    arena_release(&a);
}

TEST(swml_pay, the_documents_own_prompts_are_spoken) {
    const struct payment p = {
        .document = SWML("{\"record_call\":{}}," PAY(
            ",\"prompts\":[{\"for\":\"payment-card-number\",\"actions\":"
            "[{\"type\":\"Say\",\"phrase\":\"Your card, please\"}]}]") RESULT),
        .reply = CHARGED};
    expect_result(&p, "success|ch_1|************1111|");
}

TEST(swml_pay, a_document_without_connector_is_told_so) {
    const struct payment p = {.document = SWML("{\"pay\":{}}," TELL("${pay_result}"))};
    expect_result(&p, "validation-error");
}

TEST(card, brands_are_told_by_their_first_digits) {
    static const char *const cards[][2] = {
        {"4111111111111111", "visa"},       {"5555555555554444", "mastercard"},
        {"2223003122003222", "mastercard"}, {"378282246310005", "amex"},
        {"6011111111111117", "discover"},   {"3566002020360505", "jcb"},
        {"30569309025904", "diners-club"},  {"6759649826438453", "maestro"}};
    for (size_t i = 0; i < ARRAY_LEN(cards); i++) {
        EXPECT_STR(card_brand(str_z(cards[i][0])), cards[i][1]);
        EXPECT(card_number_is_valid(str_z(cards[i][0])));
    }
    EXPECT_STR(card_brand(STR("9999999999999999")), NULL);
    EXPECT(!card_number_is_valid(STR("4111111111111112")));
    EXPECT(!card_number_is_valid(STR("411111111111111a")));
    EXPECT(!card_number_is_valid(STR("0")));
}

TEST(card, expiry_and_code_have_their_shapes) {
    EXPECT(card_expiry_is_valid(STR("1126"), 2026, 11));
    EXPECT(!card_expiry_is_valid(STR("1026"), 2026, 11));
    EXPECT(!card_expiry_is_valid(STR("1330"), 2026, 11));
    EXPECT(!card_expiry_is_valid(STR("130"), 2026, 11));
    EXPECT(card_code_is_valid(STR("1234"), "amex"));
    EXPECT(!card_code_is_valid(STR("123"), "amex"));
    EXPECT(card_code_is_valid(STR("123"), "visa"));
}
