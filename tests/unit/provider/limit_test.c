/* A carrier's API takes so many requests in any window of time: neither more, nor do we wait longer
 * than it takes. */
#include "providers/rest/limit.h"

#include "providers/twilio/twilio.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http.h"
#include "tests/support/test.h"
#include "tests/support/twilio_sign.h"

TEST(limit, no_window_ever_holds_more_than_may_be) {
    struct rest_limit *l = rest_limit_new(3, 1000);
    int64_t left[60], now = 0;
    for (int n = 0; n < 60; n++) {
        uint32_t wait = rest_limit_take(l, now);
        if (wait > 0) {
            now += wait;
            EXPECT_INT(rest_limit_take(l, now), 0);
        }
        left[n] = now;
        now += n % 7 * 40;
    }
    for (int n = 3; n < 60; n++)
        EXPECT(left[n] - left[n - 3] >= 1000);
    rest_limit_free(l);
}

TEST(limit, one_may_leave_as_soon_as_the_oldest_is_out_of_the_window) {
    struct rest_limit *l = rest_limit_new(2, 1000);
    EXPECT_INT(rest_limit_take(l, 0), 0);
    EXPECT_INT(rest_limit_take(l, 400), 0);
    EXPECT_INT(rest_limit_take(l, 500), 500);
    EXPECT_INT(rest_limit_take(l, 1000), 0);
    EXPECT_INT(rest_limit_take(l, 1000), 400);
    rest_limit_free(l);
}

TEST(limit, without_one_nobody_waits) {
    struct rest_limit *none = rest_limit_new(0, 1000);
    EXPECT(!none);
    for (int i = 0; i < 10; i++)
        EXPECT_INT(rest_limit_take(none, 0), 0);
    rest_limit_free(none);
}

struct setup {
    struct fake_clock clock;
    struct fake_http *http;
    struct secret token;
    struct rest_options options;
    struct provider *provider;
    uint32_t waited_ms;
};

static void count_wait(void *ctx, uint32_t ms) {
    struct setup *s = ctx;
    s->waited_ms += ms;
    fake_clock_advance_ms(&s->clock, ms);
}

static void set_up(struct setup *s, struct provider_desc *desc, const struct fake_exchange *script,
                   size_t count) {
    *s = (struct setup){.options = {.wait = count_wait, .ctx = s}};
    EXPECT(secret_system_init());
    fake_clock_init(&s->clock);
    s->http = fake_http_new(script, count);
    secret_set(&s->token, STR(TWILIO_TEST_TOKEN));
    struct provider_config cfg = {
        .account = STR(TWILIO_TEST_ACCOUNT),
        .token = &s->token,
        .number = STR("+12025550199"),
        .public_base_url = STR(TWILIO_TEST_BASE),
        .http = fake_http_client(s->http),
        .clock = fake_clock_of(&s->clock),
    };
    struct error err;
    if (rest_provider_new(&twilio_dialect, desc, &cfg, &s->options, &s->provider, &err) != ERR_OK)
        mem_panic("%s", err.text);
}

static void tear_down(struct setup *s) {
    provider_free(s->provider);
    fake_http_free(s->http);
    secret_release(&s->token);
}

#define ENDED \
    { .status = 200, .body = "{\"sid\":\"" TWILIO_TEST_CALL "\",\"status\":\"completed\"}" }

TEST(limit, a_request_waits_for_room_within_its_time) {
    static const struct fake_exchange script[] = {ENDED, ENDED};
    struct setup s;
    struct provider_desc desc = twilio_desc;
    desc.limits.requests_max = 1;
    desc.limits.requests_window_ms = 5000;
    set_up(&s, &desc, script, ARRAY_LEN(script));
    EXPECT_INT(provider_end_call(s.provider, STR(TWILIO_TEST_CALL), NULL), ERR_OK);
    EXPECT_INT(s.waited_ms, 0);
    EXPECT_INT(provider_end_call(s.provider, STR(TWILIO_TEST_CALL), NULL), ERR_OK);
    EXPECT_INT(s.waited_ms, 5000);
    tear_down(&s);
}

TEST(limit, a_call_for_which_there_is_no_room_is_throttled_and_not_in_doubt) {
    static const struct fake_exchange script[] = {ENDED};
    struct setup s;
    struct provider_desc desc = twilio_desc;
    desc.limits.requests_max = 1;
    desc.limits.requests_window_ms = 60000;
    set_up(&s, &desc, script, ARRAY_LEN(script));
    EXPECT_INT(provider_end_call(s.provider, STR(TWILIO_TEST_CALL), NULL), ERR_OK);
    struct provider_place req = {.to = STR("+12025550100"),
                                 .answer_url = STR(TWILIO_TEST_BASE "/a"),
                                 .fallback_url = STR(TWILIO_TEST_BASE "/f"),
                                 .status_url = STR(TWILIO_TEST_BASE "/s"),
                                 .recording_url = STR(TWILIO_TEST_BASE "/r"),
                                 .ring_timeout_s = 60,
                                 .time_limit_s = 600};
    struct provider_call call = {0};
    struct error err = {0};
    EXPECT_INT(provider_place_call(s.provider, &req, &call, &err), PROVIDER_THROTTLED);
    EXPECT(err.code == ERR_RATE_LIMIT && err.retry && err.retry_after_s == 61);
    EXPECT_INT(s.waited_ms, 0);
    tear_down(&s);
}
