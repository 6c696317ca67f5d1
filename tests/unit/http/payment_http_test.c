/* The user's own payment processor: what it is asked, and how its answers are taken. */
#include "core/io/payment_http.h"

#include <string.h>

#include "core/base/compiler.h"
#include "core/domain/http.h"
#include "tests/support/fake_http.h"
#include "tests/support/test.h"

#define CARD  "4111111111111111"
#define CODE  "937"
#define TOKEN "processor-token-0123456789"

struct asked {
    enum error_code rc;
    struct payment_reply reply;
    struct error error;
};

/** One charge of `number` that the processor answers as the row says; what was sent is in *f. */
static struct asked charge(struct fake_http *f, const char *number, const char *token) {
    struct asked a = {0};
    struct secret secret = {0};
    struct payment_card card = {0};
    EXPECT(secret_system_init());
    secret_set(&secret, str_z(token));
    secret_set(&card.number, str_z(number));
    secret_set(&card.code, STR(CODE));
    secret_set(&card.expiry_month, STR("12"));
    secret_set(&card.expiry_year, STR("30"));
    secret_set(&card.postal_code, STR("90210"));
    struct payment_http_options o = {
        .http = fake_http_client(f), .url = STR("https://pay.example/charges"), .token = &secret};
    struct payment_gateway *g = payment_http_new(&o);
    struct payment_request req = {.card = &card,
                                  .amount = "49.99",
                                  .currency = "usd",
                                  .transaction_id = STR("tx-1"),
                                  .call_id = STR("call_1"),
                                  .idempotency_key = STR("pay_1-1")};
    a.rc = payment_charge(g, &req, &a.reply, &a.error);
    payment_gateway_free(g);
    payment_card_release(&card);
    secret_release(&secret);
    return a;
}

static struct asked answered(int status, const char *body) {
    const struct fake_exchange script[] = {
        {.method = "POST", .path = "/charges", .status = status, .body = body}};
    CLEANUP(fake_http_freep) struct fake_http *f = fake_http_new(script, 1);
    return charge(f, CARD, TOKEN);
}

static bool is_untouched(const struct payment_reply *r) {
    return !r->charge_id[0] && !r->token_id[0] && !r->error_code[0] && !r->error_text[0];
}

TEST(payment_http, asks_in_the_words_of_the_carriers) {
    static const char *const parts[] = {
        "\"cardnumber\":\"" CARD "\"", "\"cvv\":\"" CODE "\"",        "\"expiry_month\":\"12\"",
        "\"expiry_year\":\"30\"",      "\"postal_code\":\"90210\"",   "\"chargeAmount\":\"49.99\"",
        "\"currency_code\":\"usd\"",   "\"transaction_id\":\"tx-1\"", "\"method\":\"credit-card\"",
        "\"call_id\":\"call_1\""};
    static const struct fake_exchange script[] = {{.status = 200, .body = "{\"charge_id\":\"c\"}"}};
    CLEANUP(fake_http_freep) struct fake_http *f = fake_http_new(script, 1);
    struct asked a = charge(f, CARD, TOKEN);
    EXPECT_INT(a.rc, ERR_OK);
    const struct fake_request *r = fake_http_request(f, 0);
    REQUIRE(r != NULL);
    EXPECT_STR(r->method, "POST");
    EXPECT_STR(r->url, "https://pay.example/charges");
    EXPECT_STR(r->headers, "Content-Type: application/json\nIdempotency-Key: pay_1-1\n"
                           "Authorization: Bearer " TOKEN "\n");
    EXPECT(r->once && r->trust == HTTP_TRUST_CONFIGURED);
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        if (!strstr(r->body, parts[i]))
            EXPECT_STR(r->body, parts[i]);
}

TEST(payment_http, without_a_token_sends_none) {
    static const struct fake_exchange script[] = {{.status = 200, .body = "{\"charge_id\":\"c\"}"}};
    CLEANUP(fake_http_freep) struct fake_http *f = fake_http_new(script, 1);
    struct asked a = charge(f, CARD, "");
    EXPECT_INT(a.rc, ERR_OK);
    REQUIRE(fake_http_request(f, 0) != NULL);
    EXPECT(!strstr(fake_http_request(f, 0)->headers, "Authorization"));
}

TEST(payment_http, takes_a_charge_or_a_token_of_a_2xx) {
    struct asked a = answered(200, "{\"charge_id\":\"ch_9\",\"error_code\":null}");
    EXPECT_INT(a.rc, ERR_OK);
    EXPECT_STR(a.reply.charge_id, "ch_9");
    EXPECT_STR(a.reply.error_code, "");
    a = answered(201, "{\"token_id\":\"tok_9\"}");
    EXPECT_INT(a.rc, ERR_OK);
    EXPECT_STR(a.reply.token_id, "tok_9");
    a = answered(200, "{\"charge_id\":77}"); /* some count their charges */
    EXPECT_INT(a.rc, ERR_OK);
    EXPECT_STR(a.reply.charge_id, "77");
}

TEST(payment_http, takes_an_error_code_as_a_decline_whatever_the_status) {
    static const int statuses[] = {200, 402, 400, 401, 429, 500};
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        struct asked a = answered(statuses[i], "{\"charge_id\":\"ch_9\",\"error_code\":"
                                               "\"card_declined\",\"error_message\":\"No\"}");
        EXPECT_INT(a.rc, ERR_OK);
        EXPECT_STR(a.reply.error_code, "card_declined");
        EXPECT_STR(a.reply.error_text, "No");
        EXPECT_STR(a.reply.charge_id, "");
    }
}

TEST(payment_http, tells_what_is_certain_from_what_is_not) {
    static const struct {
        int status;
        const char *body;
        enum error_code rc;
    } rows[] = {
        {401, "{}", ERR_AUTH},
        {403, "", ERR_AUTH},
        {429, "", ERR_BUSY},
        {302, "", ERR_UPSTREAM},
        {402, "declined", ERR_UPSTREAM},
        {404, "<html>", ERR_UPSTREAM},
        {422, "{\"charge_id\":\"ch_9\"}", ERR_UPSTREAM}, /* no charge of a refusal */
        {500, "", ERR_UNCERTAIN},
        {503, "{\"charge_id\":\"ch_9\"}", ERR_UNCERTAIN},
        {200, "", ERR_UNCERTAIN},
        {200, "{\"charge_id\":", ERR_UNCERTAIN},
        {200, "{}", ERR_UNCERTAIN},
        {200, "[\"ch_9\"]", ERR_UNCERTAIN},
        {200, "{\"charge_id\":\"\",\"token_id\":null}", ERR_UNCERTAIN},
        {200, "{\"charge_id\":true}", ERR_UNCERTAIN},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct asked a = answered(rows[i].status, rows[i].body);
        if (a.rc != rows[i].rc)
            EXPECT_STR(error_name(a.rc), rows[i].body);
        EXPECT(is_untouched(&a.reply) && a.error.text[0]);
    }
}

TEST(payment_http, tells_how_the_exchange_failed) {
    static const struct {
        enum error_code end, rc;
    } rows[] = {
        {ERR_UNCERTAIN, ERR_UNCERTAIN},
        {ERR_NETWORK, ERR_NETWORK},
        {ERR_INVALID, ERR_INVALID},
        {ERR_LIMIT, ERR_UNCERTAIN}, /* an answer too long to be read may have been a charge */
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct fake_exchange script[] = {{.fail = rows[i].end}};
        CLEANUP(fake_http_freep) struct fake_http *f = fake_http_new(script, 1);
        struct asked a = charge(f, CARD, TOKEN);
        EXPECT_INT(a.rc, rows[i].rc);
        EXPECT(is_untouched(&a.reply));
    }
}

TEST(payment_http, takes_no_id_that_does_not_fit) {
    char body[2 * PAYMENT_REFERENCE_SIZE + 32] = "{\"charge_id\":\"";
    size_t n = strlen(body);
    memset(body + n, 'x', PAYMENT_REFERENCE_SIZE);
    memcpy(body + n + PAYMENT_REFERENCE_SIZE, "\"}", sizeof "\"}");
    struct asked a = answered(200, body);
    EXPECT_INT(a.rc, ERR_UNCERTAIN);
    EXPECT(is_untouched(&a.reply));
}

static void expect_no_secret(const struct asked *a, const char *number) {
    const char *const texts[] = {a->reply.charge_id, a->reply.token_id, a->reply.error_code,
                                 a->reply.error_text, a->error.text};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (strstr(texts[i], number) || strstr(texts[i], TOKEN))
            EXPECT_STR(texts[i], "no card and no token");
}

TEST(payment_http, lets_no_card_through_that_the_processor_repeats) {
    static const char *const numbers[] = {CARD, "4111111111111112" /* mistyped */, "41111111"};
    static const char *const bodies[] = {
        "{\"error_code\":\"card %\",\"error_message\":\"the card % is not known\"}",
        "{\"charge_id\":\"ch_%\",\"token_id\":\"%\"}",
        "no JSON about %",
    };
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
        for (size_t k = 0; k < ARRAY_LEN(bodies); k++) {
            CLEANUP(buf_release) struct buf body = BUF_INIT(512);
            for (const char *p = bodies[k]; *p; p++)
                if (*p == '%')
                    buf_puts(&body, numbers[i]);
                else
                    buf_putc(&body, *p);
            const struct fake_exchange script[] = {{.status = 200, .body = body.ptr}};
            CLEANUP(fake_http_freep) struct fake_http *f = fake_http_new(script, 1);
            struct asked a = charge(f, numbers[i], TOKEN);
            EXPECT_INT(a.rc, k == 2 ? ERR_UNCERTAIN : ERR_OK);
            expect_no_secret(&a, numbers[i]);
        }
}
