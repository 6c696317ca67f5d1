#include <stdio.h>

#include "tests/support/read_file.h"
#include "tests/unit/carrier/swml_box.h"

/* An agent that the Python SDK made, with the replies that its functions give. */
#define VECTOR SWH_SOURCE_DIR "/tests/vectors/swml/documents/payment-agent.json"
#define CONSENT_GIVEN                                                                              \
    "{\"response\":\"Thank you. The call is now being recorded.\",\"action\":["                    \
    "{\"set_global_data\":{\"recording_consent\":true}},{\"SWML\":{\"version\":\"1.0.0\","         \
    "\"sections\":{\"main\":[{\"record_call\":{\"stereo\":false,\"format\":\"wav\","               \
    "\"direction\":\"both\",\"beep\":false,\"input_sensitivity\":44.0,\"control_id\":\"main\"}}]}" \
    "}}]}"
#define CONSENT_REFUSED                                             \
    "{\"response\":\"The call will not be recorded.\",\"action\":[" \
    "{\"set_global_data\":{\"recording_consent\":false}}]}"
#define TAKE_PAYMENT                                                                               \
    "{\"response\":\"I will collect your card now.\",\"post_process\":true,\"action\":[{\"SWML\":" \
    "{\"version\":\"1.0.0\",\"sections\":{\"main\":[{\"set\":{\"ai_response\":"                    \
    "\"The payment status is ${pay_result}, do not mention anything else.\"}},"                    \
    "{\"pay\":{\"payment_connector_url\":\"http://app.test/payment\",\"input\":\"dtmf\","          \
    "\"payment_method\":\"credit-card\",\"timeout\":\"5\",\"max_attempts\":\"3\","                 \
    "\"security_code\":\"true\",\"min_postal_code_length\":\"0\",\"token_type\":\"reusable\","     \
    "\"currency\":\"usd\",\"language\":\"en-US\",\"voice\":\"woman\",\"valid_card_types\":"        \
    "\"visa mastercard amex\",\"postal_code\":\"true\",\"charge_amount\":\"49.99\"}}]}}}]}"

/** The document with its server's address replaced by the application's. */
static bool load(struct buf *out) {
    struct buf text = BUF_INIT(1 << 20);
    bool read = read_file(VECTOR, &text);
    struct str rest = buf_str(&text), host = STR("localhost:3000");
    for (size_t at; (at = str_find_str(rest, host)) < rest.len;) {
        buf_put(out, rest.ptr, at);
        buf_puts(out, "app.test");
        rest = str_from_index(rest, at + host.len);
    }
    buf_put_str(out, rest);
    buf_release(&text);
    return read;
}

struct payer {
    const char *to, *consent; /* the first function's reply */
    int status;               /* of the connector */
    const char *reply;
};

static bool live(struct box *b, const struct payer *p) {
    struct buf document = BUF_INIT(1 << 20);
    if (!load(&document)) {
        test_check(false, __FILE__, __LINE__, VECTOR);
        return false;
    }
    const struct box_page pages[] = {
        {.path = "/answer", .body = document.ptr, .type = "application/json"},
        {.path = "/swaig/", .body = p->consent, .type = "application/json"},
        {.path = "/swaig/", .body = TAKE_PAYMENT, .type = "application/json"},
        {.path = "/payment", .body = p->reply, .status = p->status, .type = "application/json"},
        {.path = NULL}};
    const struct box_options o = {.pages = pages, .seed = 7};
    bool ok = swml_live_to(b, &o, p->to, "");
    b->pages = NULL;
    buf_release(&document);
    return ok;
}

#define CHARGED "{\"charge_id\":\"ch_1\",\"error_code\":null,\"error_message\":null}"
#define DECLINED \
    "{\"charge_id\":null,\"error_code\":\"card_declined\",\"error_message\":\"Declined\"}"

TEST(ai_payment, consent_and_charge_come_to_their_end) {
    const struct payer p = {"+12025550108", CONSENT_GIVEN, 200, CHARGED};
    struct arena a = {0};
    struct box b;
    if (live(&b, &p)) {
        const char *consent = swml_told(&b, "/swaig/", 0), *payment = swml_told(&b, "/swaig/", 1);
        EXPECT_INT(box_count(&b, "/swaig/"), 2);
        EXPECT_STR(swml_at(&a, consent, "function"), "handle_consent");
        EXPECT_STR(swml_at(&a, consent, "argument.parsed.0.consent_given"), "yes");
        EXPECT_STR(swml_at(&a, payment, "function"), "process_payment");
        EXPECT_STR(swml_at(&a, payment, "argument.parsed.0.amount"), "49.99");
        EXPECT_STR(swml_at(&a, payment, "global_data.recording_consent"), "true");
        EXPECT_STR(swml_at(&a, swml_told(&b, "/payment", 0), "cardnumber"), "4111111111111111");
        EXPECT_INT(box_count(&b, "/payment"), 1);
        EXPECT(strstr(box_wait(&b, "/swaig/", 0)->url, "?__token=") != NULL);
        EXPECT(strstr(box_wait(&b, "/swaig/", 0)->headers, "Basic: user\n") != NULL);
    }
    box_release(&b);
    arena_release(&a);
}

TEST(ai_payment, a_declined_card_is_tried_three_times) {
    const struct payer p = {"+12025550109", CONSENT_GIVEN, 402, DECLINED};
    struct box b;
    if (live(&b, &p))
        EXPECT_INT(box_count(&b, "/payment"), 3);
    box_release(&b);
}

TEST(ai_payment, who_refuses_recording_is_asked_to_pay_all_the_same) {
    const struct payer p = {"+12025550106", CONSENT_REFUSED, 200, CHARGED};
    struct arena a = {0};
    struct box b;
    if (live(&b, &p)) {
        EXPECT_STR(swml_at(&a, swml_told(&b, "/swaig/", 0), "argument.parsed.0.consent_given"),
                   "no");
        EXPECT_STR(swml_at(&a, swml_told(&b, "/swaig/", 1), "global_data.recording_consent"),
                   "false");
        EXPECT_INT(box_count(&b, "/payment"), 0); /* this callee has no card */
    }
    box_release(&b);
    arena_release(&a);
}

TEST(ai_payment, nothing_but_the_connector_sees_the_card) {
    const struct payer p = {"+12025550108", CONSENT_GIVEN, 200, CHARGED};
    struct box b;
    if (live(&b, &p)) {
        char *log = box_log(&b);
        const char *first = strstr(log, "4111111111111111");
        EXPECT(first != NULL);
        EXPECT(first && strstr(first + 1, "4111111111111111") == NULL);
        mem_free(log);
    }
    box_release(&b);
}
