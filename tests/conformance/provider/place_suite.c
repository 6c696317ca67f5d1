/* Placing a call: what each answer means, and that a number is never rung twice. */
#include "tests/conformance/provider/suite.h"

struct place_row {
    int status;
    enum error_code fail;
    const char *body;
    const char *headers;
    enum provider_outcome outcome;
    enum error_code code;
    bool retry;
    uint32_t retry_after_s;
};

static void expect_place(const struct suite_carrier *c, const struct place_row *row) {
    SUITE(s, c,
          {.method = "POST",
           .status = row->status,
           .fail = row->fail,
           .body = row->body,
           .headers = row->headers});
    struct provider_place req = suite_place();
    struct provider_call call = {.sid = "before"};
    EXPECT_INT(provider_place_call(s.p, &req, &call, &s.err), row->outcome);
    EXPECT_INT(fake_http_calls(s.http), 1); /* whatever comes, it is sent once */
    const struct fake_request *sent = fake_http_request(s.http, 0);
    EXPECT(sent && sent->once);
    EXPECT_STR(sent ? sent->basic_user : "", c->words->account);
    if (row->outcome == PROVIDER_PLACED) {
        EXPECT_STR(call.sid, c->words->call_sid);
        EXPECT_INT(call.status, CALL_DIALING);
    } else {
        EXPECT_STR(call.sid, "before");
        EXPECT_INT(s.err.code, row->code);
        EXPECT_INT(s.err.retry, row->retry);
        EXPECT_INT(s.err.retry_after_s, row->retry_after_s);
        EXPECT(row->status == 0 || s.err.http_status == row->status);
        EXPECT(s.err.text[0] != '\0');
    }
    suite_end(&s);
}

static void expect_rows(const struct suite_carrier *c, const struct place_row *rows, size_t n) {
    for (size_t i = 0; i < n; i++)
        expect_place(c, &rows[i]);
}

TEST(place, an_answer_with_an_id_is_a_placed_call) {
    FOR_EACH_CARRIER(c) {
        const struct place_row row = {
            .status = c->words->created, .body = c->words->placed, .outcome = PROVIDER_PLACED};
        expect_place(c, &row);
    }
}

TEST(place, a_clear_no_of_the_carrier_is_a_refusal) {
    FOR_EACH_CARRIER(c) {
        const struct suite_words *w = c->words;
        const struct place_row rows[] = {
            {400, 0, w->invalid, NULL, PROVIDER_REFUSED, ERR_INVALID, false, 0},
            {401, 0, w->auth, NULL, PROVIDER_REFUSED, ERR_AUTH, false, 0},
            {403, 0, w->auth, NULL, PROVIDER_REFUSED, ERR_AUTH, false, 0},
            {404, 0, w->not_found, NULL, PROVIDER_REFUSED, ERR_NOT_FOUND, false, 0},
            {422, 0, w->invalid, NULL, PROVIDER_REFUSED, ERR_INVALID, false, 0},
        };
        expect_rows(c, rows, ARRAY_LEN(rows));
    }
}

TEST(place, a_limit_is_told_with_the_time_to_wait) {
    FOR_EACH_CARRIER(c) {
        const struct place_row rows[] = {
            {429, 0, c->words->limited, "Retry-After: 7\r\n", PROVIDER_THROTTLED, ERR_RATE_LIMIT,
             true, 7},
            {429, 0, c->words->limited, NULL, PROVIDER_THROTTLED, ERR_RATE_LIMIT, true, 0},
            {429, 0, "<html>slow down</html>", "Retry-After: soon\r\n", PROVIDER_THROTTLED,
             ERR_RATE_LIMIT, true, 0},
        };
        expect_rows(c, rows, ARRAY_LEN(rows));
    }
}

TEST(place, the_time_to_wait_may_be_a_date_and_is_a_day_at_most) {
    static const struct {
        const char *headers;
        uint32_t wait_s;
    } waits[] = {
        {"Date: Sat, 21 Nov 2026 12:00:00 GMT\r\nRetry-After: Sat, 21 Nov 2026 12:01:30 GMT\r\n",
         90},
        {"Date: Sat, 21 Nov 2026 12:00:00 GMT\r\nRetry-After: Sat, 21 Nov 2026 11:59:30 GMT\r\n",
         0},
        {"Date: Sat, 21 Nov 2026 12:00:00 GMT\r\nRetry-After: Thu, 31 Dec 2026 12:00:00 GMT\r\n",
         86400},
        {"Retry-After: Sun, 21 Nov 2066 12:00:00 GMT\r\n", 86400}, /* by our own clock */
        {"Date: Sat, 21 Nov 2026 12:00:00 GMT\r\nRetry-After: Sat, 21 Nov 2026 12:01:30\r\n", 0},
        {"Retry-After: 86401\r\n", 86400},
        {"Retry-After: 99999999999999999999999\r\n", 86400},
        {"Retry-After: 0\r\n", 0},
        {"Retry-After: 7.5\r\n", 0},
        {"Retry-After: -7\r\n", 0},
        {"Retry-After:\r\n", 0},
    };
    FOR_EACH_CARRIER(c) {
        for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
            const struct place_row row = {429,
                                          0,
                                          c->words->limited,
                                          waits[i].headers,
                                          PROVIDER_THROTTLED,
                                          ERR_RATE_LIMIT,
                                          true,
                                          waits[i].wait_s};
            expect_place(c, &row);
        }
    }
}

TEST(place, what_never_left_may_be_repeated) {
    FOR_EACH_CARRIER(c) {
        const struct place_row rows[] = {
            {.fail = ERR_NETWORK, .outcome = PROVIDER_NOT_SENT, .code = ERR_NETWORK, .retry = true},
            {.fail = ERR_INVALID, .outcome = PROVIDER_REFUSED, .code = ERR_INVALID},
        };
        expect_rows(c, rows, ARRAY_LEN(rows));
    }
}

TEST(place, everything_else_is_uncertain_and_never_repeated) {
    FOR_EACH_CARRIER(c) {
        const struct suite_words *w = c->words;
        struct place_row rows[] = {
            {.status = 201, .body = "{\"sid\":"},
            {.status = 201, .body = ""},
            {.status = 201, .body = "{}"},
            {.status = 200, .body = "<html>ok</html>"},
            {.status = 204, .body = ""},
            {.status = 500, .body = ""},
            {.status = 500, .body = w->invalid},
            {.status = 502, .body = "<html>bad gateway</html>"},
            {.status = 503, .body = w->invalid, .headers = "Retry-After: 1\r\n"},
            {.status = 504, .body = ""},
            {.status = 301, .body = "", .headers = "Location: https://api.example.com/\r\n"},
            {.status = 307, .body = "", .headers = "Location: https://api.example.com/\r\n"},
            {.status = 400, .body = "<html>a proxy's page</html>"},
            {.status = 401, .body = ""},
            {.status = 403, .body = "{\"error\":\"waf\"}"},
            {.status = 404, .body = ""},
            {.status = 408, .body = w->invalid},
            {.status = 409, .body = w->invalid},
            {.fail = ERR_UNCERTAIN}, /* cut, reset or timed out after the request left */
            {.fail = ERR_LIMIT},     /* an endless answer */
        };
        for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
            rows[i].outcome = PROVIDER_UNCERTAIN;
            rows[i].code = ERR_UNCERTAIN;
        }
        expect_rows(c, rows, ARRAY_LEN(rows));
    }
}

TEST(place, a_caller_may_do_without_the_error) {
    FOR_EACH_CARRIER(c) {
        SUITE(s, c, {.status = 500}, {.status = 401, .body = c->words->auth});
        struct provider_place req = suite_place();
        struct provider_call call = {.sid = "before"};
        EXPECT_INT(provider_place_call(s.p, &req, &call, NULL), PROVIDER_UNCERTAIN);
        EXPECT_INT(provider_place_call(s.p, &req, &call, NULL), PROVIDER_REFUSED);
        EXPECT_STR(call.sid, "before");
        suite_end(&s);
    }
}

TEST(place, a_request_that_cannot_be_written_is_refused_unsent) {
    static char huge[40000];
    memset(huge, 'a', sizeof huge);
    FOR_EACH_CARRIER(c) {
        struct suite s = suite_begin(c, NULL, 0);
        struct provider_place req = suite_place();
        struct provider_call call = {.sid = "before"};
        req.status_url = str_from(huge, sizeof huge);
        EXPECT_INT(provider_place_call(s.p, &req, &call, &s.err), PROVIDER_REFUSED);
        EXPECT_INT(s.err.code, ERR_LIMIT);
        req = suite_place();
        req.to = STR("");
        EXPECT_INT(provider_place_call(s.p, &req, &call, &s.err), PROVIDER_REFUSED);
        EXPECT_INT(s.err.code, ERR_INVALID);
        EXPECT_STR(s.err.field, "to");
        EXPECT_STR(call.sid, "before");
        suite_end(&s);
    }
}
