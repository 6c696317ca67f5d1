#include <stdio.h>
#include <string.h>

#include "tests/integration/api/door.h"
#include "tests/support/test.h"

TEST(calls, placing_one_answers_202_with_its_address) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    char location[64], id[64], want[80];
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    DOOR_ASK(&d, &r, .path = "/api/calls",
             .body = "{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\","
                     "\"metadata\":{\"ticket\":[1,\"ü\",null]}}");
    EXPECT_INT(r.status, 202);
    door_header(&r, "Location", location, sizeof location);
    snprintf(want, sizeof want, "/api/calls/%s", door_text(&r, "id", id));
    EXPECT_STR(location, want);
    DOOR_ASK(&d, &r, .path = location);
    EXPECT_INT(r.status, 200);
    struct buf metadata = BUF_INIT(1024);
    json_put_value(&metadata, json_get(r.root, "metadata"));
    EXPECT_STR(metadata.ptr, "{\"ticket\":[1,\"ü\",null]}");
    buf_release(&metadata);
    door_close(&d);
}

TEST(calls, a_whole_call_leaves_transcript_information_and_recording) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    char id[64], status[64], path[160], text[64];
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=20\n")); /* slow enough to begin a recording in time */
    REQUIRE(door_place(&d, "+12025550100", id));
    REQUIRE(door_wait_end(&d, id, status));
    EXPECT_STR(status, "completed");
    snprintf(path, sizeof path, "/api/calls/%s", id);
    DOOR_ASK(&d, &r, .path = path);
    EXPECT_STR(door_text(&r, "outcome", text), "customer_qualified_transfer");
    snprintf(path, sizeof path, "/api/calls/%s/transcript", id);
    DOOR_ASK(&d, &r, .path = path);
    EXPECT(json_count(json_get(r.root, "items")) > 10);
    snprintf(path, sizeof path, "/api/information?session_id=%s", id);
    DOOR_ASK(&d, &r, .path = path);
    EXPECT_INT(json_count(json_get(r.root, "items")), 5);
    DOOR_ASK(&d, &r, .path = "/api/information?category=debt_info");
    EXPECT_INT(json_count(json_get(r.root, "items")), 1);
    DOOR_ASK(&d, &r, .path = "/api/sessions");
    EXPECT_INT(json_count(json_get(r.root, "items")), 1);
    snprintf(path, sizeof path, "/api/recordings?call_id=%s", id);
    DOOR_ASK(&d, &r, .path = path);
    EXPECT_INT(json_count(json_get(r.root, "items")), 1);
    door_close(&d);
}

TEST(calls, hanging_up_twice_is_a_conflict) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    char id[64], status[64], path[160], code[64];
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=1\n"));
    REQUIRE(door_place(&d, "+12025550115", id));
    snprintf(path, sizeof path, "/api/calls/%s/hangup", id);
    DOOR_ASK(&d, &r, .method = "POST", .path = path);
    EXPECT_INT(r.status, 202);
    REQUIRE(door_wait_end(&d, id, status));
    DOOR_ASK(&d, &r, .method = "POST", .path = path);
    EXPECT_INT(r.status, 409);
    EXPECT_STR(door_text(&r, "code", code), "conflict");
    door_close(&d);
}

TEST(calls, with_placing_switched_off_none_is_accepted) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, "PERSONAL_ASSISTANT_ENABLED=false\n"));
    DOOR_ASK(&d, &r, .path = "/api/calls",
             .body = "{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\"}");
    EXPECT(r.status >= 400 && r.status < 600);
    EXPECT(json_str(json_get(r.root, "detail")).len > 0);
    DOOR_ASK(&d, &r, .path = "/api/calls");
    EXPECT_INT(json_count(json_get(r.root, "items")), 0);
    door_close(&d);
}

TEST(calls, a_draining_gateway_says_so) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    DOOR_ASK(&d, &r, .path = "/readyz");
    EXPECT_INT(r.status, 200);
    gateway_drain(d.gateway, 1000);
    EXPECT(gateway_is_draining(d.gateway));
    DOOR_ASK(&d, &r, .path = "/api/calls");
    EXPECT(r.status == 0 || r.status == 503);
    gateway_free(d.gateway);
    d.gateway = NULL;
    door_close(&d);
}
