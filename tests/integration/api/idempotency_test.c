#include <stdio.h>
#include <string.h>

#include "providers/mock/carrier/carrier.h"
#include "tests/integration/api/door.h"
#include "tests/support/test.h"

#define BODY "{\"to\":\"+12025550101\",\"assistant\":\"debt-intake\"}"

static size_t calls(struct door *d) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    DOOR_ASK(d, &r, .path = "/api/calls");
    return json_count(json_get(r.root, "items"));
}

TEST(idempotency, the_same_key_gives_the_same_call_again) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    char id[64], again[64], replayed[16], status[64];
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    DOOR_ASK(&d, &r, .path = "/api/calls", .body = BODY, .headers = "Idempotency-Key: k1\r\n");
    EXPECT_INT(r.status, 202);
    door_text(&r, "id", id);
    door_header(&r, "Idempotent-Replayed", replayed, sizeof replayed);
    EXPECT_STR(replayed, "");
    REQUIRE(door_wait_end(&d, id, status));
    for (int i = 0; i < 3; i++) {
        DOOR_ASK(&d, &r, .path = "/api/calls", .body = BODY, .headers = "Idempotency-Key: k1\r\n");
        EXPECT_INT(r.status, 202);
        EXPECT_STR(door_text(&r, "id", again), id);
        door_header(&r, "Idempotent-Replayed", replayed, sizeof replayed);
        EXPECT_STR(replayed, "true");
    }
    EXPECT_INT(calls(&d), 1);
    EXPECT_INT(carrier_rings(gateway_carrier(d.gateway), STR("+12025550101")), 1);
    door_close(&d);
}

TEST(idempotency, another_request_under_the_key_is_a_conflict) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    DOOR_ASK(&d, &r, .path = "/api/calls", .body = BODY, .headers = "Idempotency-Key: k1\r\n");
    EXPECT_INT(r.status, 202);
    DOOR_ASK(&d, &r, .path = "/api/calls",
             .body = "{\"to\":\"+12025550102\",\"assistant\":\"debt-intake\"}",
             .headers = "Idempotency-Key: k1\r\n");
    EXPECT_INT(r.status, 409);
    char code[64];
    EXPECT_STR(door_text(&r, "code", code), "conflict");
    EXPECT_INT(calls(&d), 1);
    door_close(&d);
}

TEST(idempotency, keys_of_any_reasonable_form_are_taken_and_others_named) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct buf header = BUF_INIT(4096);
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    DOOR_ASK(&d, &r, .path = "/api/calls", .body = BODY,
             .headers = "Idempotency-Key: 7f9c24e8-3b1a-4d6e-9f0c-1a2b3c4d5e6f\r\n");
    EXPECT_INT(r.status, 202);
    buf_puts(&header, "Idempotency-Key: ");
    for (int i = 0; i < 300; i++)
        buf_putc(&header, 'k');
    buf_puts(&header, "\r\n");
    DOOR_ASK(&d, &r, .path = "/api/calls", .body = BODY, .headers = header.ptr);
    EXPECT_INT(r.status, 400);
    EXPECT(json_str(json_get(r.root, "detail")).len > 0);
    EXPECT_INT(calls(&d), 1);
    buf_release(&header);
    door_close(&d);
}

TEST(idempotency, without_a_key_each_request_is_a_call) {
    char a[64], b[64];
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    EXPECT(door_place(&d, "+12025550101", a) && door_place(&d, "+12025550101", b));
    EXPECT(strcmp(a, b) != 0);
    EXPECT_INT(calls(&d), 2);
    door_close(&d);
}

TEST(idempotency, a_refused_request_does_not_use_the_key_up) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    DOOR_ASK(&d, &r, .path = "/api/calls", .body = "{\"to\":\"x\"}",
             .headers = "Idempotency-Key: k1\r\n");
    EXPECT_INT(r.status, 400);
    DOOR_ASK(&d, &r, .path = "/api/calls", .body = BODY, .headers = "Idempotency-Key: k1\r\n");
    EXPECT_INT(r.status, 202);
    door_close(&d);
}

TEST(idempotency, a_key_that_is_there_but_empty_is_refused) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    DOOR_ASK(&d, &r, .path = "/api/calls", .body = BODY, .headers = "Idempotency-Key: \r\n");
    EXPECT(door_is_problem(&r, 400, "invalid", "Idempotency-Key"));
    EXPECT_INT(calls(&d), 0);
    door_close(&d);
}
