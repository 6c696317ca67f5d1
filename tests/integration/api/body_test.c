#include <stdio.h>
#include <string.h>

#include "tests/integration/api/door.h"
#include "tests/support/test.h"

#define GOOD "{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\"}"

/* Bad input has no effect: there is no call afterwards. */
static void expect_no_call(struct door *d) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    DOOR_ASK(d, &r, .path = "/api/calls");
    EXPECT_INT(r.status, 200);
    EXPECT_INT(json_count(json_get(r.root, "items")), 0);
}

/* S12: content-type confusion. */
TEST(body, of_another_type_than_json_is_refused) {
    static const char *const types[] = {"application/x-www-form-urlencoded",
                                        "multipart/form-data; boundary=x",
                                        "text/plain",
                                        "text/json",
                                        "application/jsonp",
                                        "application/json-patch+json",
                                        "json",
                                        "text/html; charset=utf-7",
                                        "application/xml",
                                        ";application/json",
                                        "application/ json"};
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        CLEANUP(door_reply_release) struct door_reply r = {0};
        DOOR_ASK(&d, &r, .path = "/api/calls", .type = types[i], .body = GOOD);
        if (!door_is_problem(&r, 415, "invalid", NULL))
            EXPECT_STR(types[i], "refused");
    }
    expect_no_call(&d);
    door_close(&d);
}

TEST(body, without_a_type_is_refused) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    door_send(&d,
              STR("POST /api/calls HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                  "Content-Length: 2\r\n\r\n{}"),
              &r);
    EXPECT(door_is_problem(&r, 415, "invalid", NULL));
    door_close(&d);
}

TEST(body, of_json_with_a_charset_is_taken) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    DOOR_ASK(&d, &r, .path = "/api/calls", .type = "Application/JSON; charset=utf-8", .body = GOOD);
    EXPECT_INT(r.status, 202);
    door_close(&d);
}

/* S14: JSON. The detail points to the rule. */
TEST(body, that_breaks_a_rule_of_json_is_refused) {
    static const struct {
        const char *body;
        size_t len; /* 0: strlen */
    } rows[] = {
        {" ", 0},
        {"{", 0},
        {"{}x", 0},
        {"{} {}", 0},
        {"NaN", 0},
        {"Infinity", 0},
        {"'x'", 0},
        {"{\"to\":1e999}", 0},
        {"{\"to\":\"\\u0000\"}", 0},
        {"{\"\\u0000\":1}", 0},
        {"{\"to\":\"\\ud800\"}", 0},
        {"{\"to\":\"\\udc00\\ud800\"}", 0},
        {"{\"to\":\"\xff\"}", 0},
        {"{\"to\":\"\xc0\xaf\"}", 0},
        {"{\"to\":\"\xed\xa0\x80\"}", 0},
        {"\xef\xbb\xbf{}", 0},
        {"{\"to\":\"a\nb\"}", 0},
        {"{\"to\":\"a\"}\0", 11},
        {"{\"to\":01}", 0},
        {"{\"to\":+1}", 0},
        {"{\"to\":.5}", 0},
        {"{\"to\":1.}", 0},
        {"{\"to\":\"x\",}", 0},
        {"[1,]", 0},
        {"{to:1}", 0},
        {"// x\n{}", 0},
    };
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(door_reply_release) struct door_reply r = {0};
        DOOR_ASK(&d, &r, .path = "/api/calls", .body = rows[i].body, .body_len = rows[i].len);
        if (!door_is_problem(&r, 400, "invalid", NULL))
            EXPECT_STR(rows[i].body, "refused");
    }
    expect_no_call(&d);
    door_close(&d);
}

TEST(body, with_a_member_twice_is_refused_by_its_name) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    DOOR_ASK(&d, &r, .path = "/api/calls", .body = "{\"to\":\"a\",\"to\":\"b\"}");
    EXPECT(door_is_problem(&r, 400, "invalid", "to"));
    door_close(&d);
}

TEST(body, that_is_too_deep_is_refused_at_any_depth) {
    static const size_t depths[] = {17, 1000, 30000};
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(depths); i++) {
        CLEANUP(door_reply_release) struct door_reply r = {0};
        struct buf b = BUF_INIT(100000);
        for (size_t k = 0; k < depths[i]; k++)
            buf_putc(&b, '[');
        for (size_t k = 0; k < depths[i]; k++)
            buf_putc(&b, ']');
        DOOR_ASK(&d, &r, .path = "/api/calls", .body = b.ptr);
        EXPECT(door_is_problem(&r, 413, "too_large", NULL));
        buf_release(&b);
    }
    expect_no_call(&d);
    door_close(&d);
}

TEST(body, that_is_too_large_is_refused) {
    static const size_t sizes[] = {65537, 100000, 131073, 1000000};
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        CLEANUP(door_reply_release) struct door_reply r = {0};
        struct buf b = BUF_INIT(2000000);
        buf_puts(&b, "{\"to\":\"");
        while (b.len < sizes[i])
            buf_putc(&b, 'x');
        buf_puts(&b, "\"}");
        DOOR_ASK(&d, &r, .path = "/api/calls", .body = b.ptr);
        EXPECT(door_is_problem(&r, 413, "too_large", NULL));
        buf_release(&b);
    }
    expect_no_call(&d);
    door_close(&d);
}

TEST(body, of_a_call_must_be_an_object) {
    static const char *const bodies[] = {"[]", "\"x\"", "1", "null", "true"};
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        CLEANUP(door_reply_release) struct door_reply r = {0};
        DOOR_ASK(&d, &r, .path = "/api/calls", .body = bodies[i]);
        EXPECT(door_is_problem(&r, 400, "invalid", NULL));
    }
    CLEANUP(door_reply_release) struct door_reply r = {0};
    DOOR_ASK(&d, &r, .method = "POST", .path = "/api/calls");
    EXPECT(door_is_problem(&r, 400, "invalid", NULL));
    door_close(&d);
}

TEST(body, members_that_are_unknown_or_wrong_are_named) {
    static const struct {
        const char *body, *field;
    } rows[] = {
        {"{}", "to"},
        {"{\"assistant\":\"debt-intake\"}", "to"},
        {"{\"to\":null,\"assistant\":\"debt-intake\"}", "to"},
        {"{\"to\":12025550100,\"assistant\":\"debt-intake\"}", "to"},
        {"{\"to\":\"2025550100\",\"assistant\":\"debt-intake\"}", "to"},
        {"{\"to\":\"+1 202 555 0100 ext 5\",\"assistant\":\"debt-intake\"}", "to"},
        {"{\"to\":\"911\",\"assistant\":\"debt-intake\"}", "to"},
        {"{\"to\":\"+12025550100\"}", "assistant"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"nobody\"}", "assistant"},
        {"{\"to\":\"+12025550100\",\"assistant\":5}", "assistant"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"from\":\"x\"}", "from"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"provider\":\"x\"}", "provider"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"record\":\"maybe\"}", "record"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"record\":1}", "record"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"record\":\"default\"}",
         "record"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"machine_detection\":true}",
         "machine_detection"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"ring_timeout_s\":0}",
         "ring_timeout_s"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"ring_timeout_s\":601}",
         "ring_timeout_s"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"ring_timeout_s\":-0}",
         "ring_timeout_s"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"ring_timeout_s\":1e-400}",
         "ring_timeout_s"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"ring_timeout_s\":60.5}",
         "ring_timeout_s"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"ring_timeout_s\":\"60\"}",
         "ring_timeout_s"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"time_limit_s\":14401}",
         "time_limit_s"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"time_limit_s\":"
         "9007199254740993}",
         "time_limit_s"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"time_limit_s\":"
         "12345678901234567890}",
         "time_limit_s"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"bogus\":1}", "bogus"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"To\":1}", "To"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"variables\":[]}", "variables"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"variables\":{\"x\":1}}",
         "variables.x"},
        {"{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\",\"metadata\":\"x\"}", "metadata"},
        {"{\"to\":\"+12025550100\",\"plan\":{\"steps\":[{\"sing\":{}}]}}", "plan.steps[0]"},
        {"{\"to\":\"+12025550100\",\"plan\":{\"steps\":[{\"say\":{}}]}}", "plan.steps[0].say"},
        {"{\"to\":\"+12025550100\",\"plan\":{\"steps\":[]}}", "plan.steps"},
        {"{\"to\":\"+12025550100\",\"plan\":[]}", "plan.steps"},
    };
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(door_reply_release) struct door_reply r = {0};
        DOOR_ASK(&d, &r, .path = "/api/calls", .body = rows[i].body);
        if (!door_is_problem(&r, 400, "invalid", rows[i].field))
            EXPECT_STR(rows[i].body, rows[i].field);
    }
    expect_no_call(&d);
    door_close(&d);
}
