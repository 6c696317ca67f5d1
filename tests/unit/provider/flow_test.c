/* What the shared flow and the tracing decorator do besides what every provider promises. */
#include <fcntl.h>
#include <unistd.h>

#include "providers/traced/traced.h"
#include "providers/twilio/twilio.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http.h"
#include "tests/support/test.h"
#include "tests/support/twilio_sign.h"

#define CALL_JSON "{\"sid\":\"" TWILIO_TEST_CALL "\",\"status\":\"ringing\"}"

struct setup {
    struct fake_clock clock;
    struct fake_http *http;
    struct secret token, key;
    struct provider_config cfg;
    struct rest_options options;
    uint32_t waited_ms;
};

static void count_wait(void *ctx, uint32_t ms) {
    struct setup *s = ctx;
    s->waited_ms += ms;
    fake_clock_advance_ms(&s->clock, ms);
}

static void set_up(struct setup *s, const struct fake_exchange *script, size_t count) {
    *s = (struct setup){.options = {.wait = count_wait, .ctx = s}};
    EXPECT(secret_system_init());
    fake_clock_init(&s->clock);
    s->http = fake_http_new(script, count);
    secret_set(&s->token, STR(TWILIO_TEST_TOKEN));
    secret_set(&s->key, STR("key secret"));
    s->cfg = (struct provider_config){
        .account = STR(TWILIO_TEST_ACCOUNT),
        .token = &s->token,
        .number = STR("+12025550199"),
        .public_base_url = STR(TWILIO_TEST_BASE),
        .http = fake_http_client(s->http),
        .clock = fake_clock_of(&s->clock),
    };
}

static struct provider *make(struct setup *s) {
    struct provider *p = NULL;
    struct error err;
    if (rest_provider_new(&twilio_dialect, NULL, &s->cfg, &s->options, &p, &err) != ERR_OK)
        mem_panic("%s", err.text);
    return p;
}

static void tear_down(struct setup *s, struct provider *p) {
    provider_free(p);
    fake_http_free(s->http);
    secret_release(&s->token);
    secret_release(&s->key);
}

TEST(rest_flow, an_api_key_authenticates_while_the_token_still_signs) {
    const struct fake_exchange script[] = {{.status = 200, .body = CALL_JSON}};
    struct setup s;
    struct provider_call call;
    struct arena a = {0};
    struct webhook_news news;
    struct error err;
    char signature[TWILIO_SIGNATURE_SIZE];
    set_up(&s, script, 1);
    s.cfg.key_id = STR("SK0123456789abcdef0123456789abcdef");
    s.cfg.key_secret = &s.key;
    struct provider *p = make(&s);
    EXPECT_INT(provider_look_up(p, STR(TWILIO_TEST_CALL), &call, &err), ERR_OK);
    const struct fake_request *r = fake_http_request(s.http, 0);
    EXPECT_STR(r->basic_user, "SK0123456789abcdef0123456789abcdef");
    EXPECT_STR(r->url, "https://api.twilio.com/2010-04-01/Accounts/" TWILIO_TEST_ACCOUNT
                       "/Calls/" TWILIO_TEST_CALL ".json");

    const struct str body = STR("CallSid=" TWILIO_TEST_CALL "&CallStatus=busy");
    sign_twilio(TWILIO_TEST_TOKEN, TWILIO_TEST_BASE "/p", body, signature);
    const struct http_header h = {STR("X-Twilio-Signature"), str_z(signature)};
    const struct webhook_request req = {
        .kind = WEBHOOK_STATUS,
        .method = STR("POST"),
        .target = STR("/p"),
        .content_type = STR("application/x-www-form-urlencoded"),
        .body = body,
        .headers = &h,
        .header_count = 1,
    };
    EXPECT_INT(provider_read_webhook(p, &req, &a, &news, &err), ERR_OK);
    EXPECT_INT(news.status, CALL_BUSY);
    arena_release(&a);
    tear_down(&s, p);
}

/* The path lets in whoever can sign, and what a call failed with is shown to people. */
TEST(rest_flow, what_a_webhook_tells_does_not_repeat_our_addresses) {
    struct setup s;
    struct arena a = {0};
    struct webhook_news news;
    char signature[TWILIO_SIGNATURE_SIZE];
    set_up(&s, NULL, 0);
    struct provider *p = make(&s);
    const struct str body = STR("CallSid=" TWILIO_TEST_CALL "&CallStatus=failed&ErrorMessage=No+"
                                "answer+from+" TWILIO_TEST_BASE "/voice/twilio/c/nonce/answer+!");
    sign_twilio(TWILIO_TEST_TOKEN, TWILIO_TEST_BASE "/p", body, signature);
    const struct http_header h = {STR("X-Twilio-Signature"), str_z(signature)};
    const struct webhook_request req = {
        .kind = WEBHOOK_STATUS,
        .method = STR("POST"),
        .target = STR("/p"),
        .content_type = STR("application/x-www-form-urlencoded"),
        .body = body,
        .headers = &h,
        .header_count = 1,
    };
    EXPECT_INT(provider_read_webhook(p, &req, &a, &news, NULL), ERR_OK);
    EXPECT(str_eq(news.carrier_text, STR("No answer from " TWILIO_TEST_BASE " !")));
    arena_release(&a);
    tear_down(&s, p);
}

/** A client that only looks at the credentials. */
struct peek {
    struct http_client base;
    char password[64];
};

static void peek_start(struct http_client *c, const struct http_request *req, http_done_fn *done,
                       void *ctx) {
    struct peek *k = container_of(c, struct peek, base);
    struct http_response none = {0};
    struct error err = {0};
    EXPECT(str_copy(secret_reveal(req->basic_password), k->password, sizeof k->password));
    done(ctx, error_set(&err, ERR_UNCERTAIN, "never answers"), &none, &err);
}

TEST(rest_flow, secrets_may_be_forgotten_by_who_gave_them) {
    static const struct http_client_ops peek_ops = {.start = peek_start};
    struct peek client = {.base = {&peek_ops}};
    struct setup s;
    set_up(&s, NULL, 0);
    s.cfg.http = &client.base;
    struct provider *p = make(&s);
    secret_release(&s.token);
    EXPECT_INT(provider_end_call(p, STR(TWILIO_TEST_CALL), NULL), ERR_UNCERTAIN);
    EXPECT_STR(client.password, TWILIO_TEST_TOKEN);
    tear_down(&s, p);
}

TEST(rest_flow, a_read_waits_as_long_as_the_carrier_says_when_it_can) {
    const struct fake_exchange script[] = {
        {.status = 429, .headers = "Retry-After: 3\r\n"},
        {.status = 200, .body = CALL_JSON},
        {.status = 429, .headers = "Retry-After: 20\r\n"},
    };
    struct setup s;
    struct provider_call call;
    set_up(&s, script, ARRAY_LEN(script));
    struct provider *p = make(&s);
    EXPECT_INT(provider_look_up(p, STR(TWILIO_TEST_CALL), &call, NULL), ERR_OK);
    EXPECT_INT(s.waited_ms, 3000);
    EXPECT_INT(provider_look_up(p, STR(TWILIO_TEST_CALL), &call, NULL), ERR_RATE_LIMIT);
    EXPECT_INT(s.waited_ms, 3000); /* of the 20 s nothing would be left for a second try */
    tear_down(&s, p);
}

TEST(traced, counts_every_operation_by_its_result) {
    const struct fake_exchange script[] = {
        {.status = 200, .body = CALL_JSON},
        {.status = 404, .body = "{\"code\":20404}"},
        {.status = 500},
    };
    struct setup s;
    struct provider_call call;
    struct traced_counts n;
    struct error err;
    set_up(&s, script, ARRAY_LEN(script));
    struct provider *inner = make(&s);
    struct provider *p = traced_provider_new(inner, s.cfg.clock, NULL);
    const struct provider_place req = {.to = STR("+12025550100"),
                                       .answer_url = STR("https://g/a"),
                                       .ring_timeout_s = 60,
                                       .time_limit_s = 60};
    EXPECT(provider_describe(p) == provider_describe(inner));
    EXPECT_INT(provider_look_up(p, STR(TWILIO_TEST_CALL), &call, &err), ERR_OK);
    EXPECT_INT(provider_look_up(p, STR(TWILIO_TEST_CALL), &call, &err), ERR_NOT_FOUND);
    EXPECT_INT(provider_place_call(p, &req, &call, &err), PROVIDER_UNCERTAIN);
    REQUIRE(traced_provider_counts(p, TRACED_LOOK_UP, &n));
    EXPECT_INT(n.by_code[ERR_OK], 1);
    EXPECT_INT(n.by_code[ERR_NOT_FOUND], 1);
    REQUIRE(traced_provider_counts(p, TRACED_PLACE, &n));
    EXPECT_INT(n.by_code[ERR_UNCERTAIN], 1);
    EXPECT(!traced_provider_counts(inner, TRACED_PLACE, &n));
    tear_down(&s, p);
}

TEST(traced, a_log_line_holds_neither_number_nor_text) {
    const struct fake_exchange script[] = {
        {.status = 400, .body = "{\"code\":21211,\"message\":\"+12025550100 is not valid\"}"}};
    struct setup s;
    struct log log;
    struct error err;
    struct provider_call call;
    int ends[2];
    char line[1024] = "";
    set_up(&s, script, ARRAY_LEN(script));
    REQUIRE(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
    log_init(&log, s.cfg.clock, LOG_DEBUG, LOG_TEXT, ends[1]);
    struct provider *p = traced_provider_new(make(&s), s.cfg.clock, &log);
    const struct provider_place req = {.to = STR("+12025550100"),
                                       .answer_url = STR("https://g/a"),
                                       .ring_timeout_s = 60,
                                       .time_limit_s = 60};
    EXPECT_INT(provider_place_call(p, &req, &call, &err), PROVIDER_REFUSED);
    EXPECT(read(ends[0], line, sizeof line - 1) > 0);
    struct str text = str_z(line);
    EXPECT(str_find_str(text, STR("op=place")) < text.len);
    EXPECT(str_find_str(text, STR("result=invalid")) < text.len);
    EXPECT(str_find_str(text, STR("carrier_code=21211")) < text.len);
    EXPECT(str_find_str(text, STR("0100")) == text.len);
    close(ends[0]);
    close(ends[1]);
    tear_down(&s, p);
}

TEST(traced, every_operation_has_a_name) {
    for (unsigned i = 0; i < TRACED_OP_COUNT; i++)
        EXPECT(!str_eq_z(STR("unknown"), traced_op_name((enum traced_op)i)));
    EXPECT_STR(traced_op_name(TRACED_OP_COUNT), "unknown");
}
