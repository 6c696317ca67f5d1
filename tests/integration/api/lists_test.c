#include <stdio.h>
#include <string.h>

#include "tests/integration/api/door.h"
#include "tests/support/test.h"

TEST(lists, wrong_parameters_are_named) {
    static const struct {
        const char *path, *field;
    } rows[] = {
        {"/api/calls?limit=0", "limit"},
        {"/api/calls?limit=201", "limit"},
        {"/api/calls?limit=x", "limit"},
        {"/api/calls?limit=", "limit"},
        {"/api/calls?limit=1.5", "limit"},
        {"/api/calls?limit=-1", "limit"},
        {"/api/calls?limit=1&limit=2", "limit"},
        {"/api/calls?cursor=x", "cursor"},
        {"/api/calls?cursor=evt_0000000000001", "cursor"},
        {"/api/calls?cursor=", "cursor"},
        {"/api/calls?status=none", "status"},
        {"/api/calls?status=", "status"},
        {"/api/calls?since=yesterday", "since"},
        {"/api/calls?until=2026-13-01T00:00:00Z", "until"},
        {"/api/calls?bogus=1", "bogus"},
        {"/api/calls?Status=completed", "Status"},
        {"/api/recordings?cursor=call_0000000000001", "cursor"},
        {"/api/recordings?bogus=1", "bogus"},
        {"/api/recordings?call_id=x", "call_id"},
        {"/api/recordings?call_id=rec_0000000000001", "call_id"},
        {"/api/information?limit=9999", "limit"},
        {"/api/information?bogus=1", "bogus"},
        {"/api/sessions?cursor=1", "cursor"},
        {"/api/calls/call_0000000000001/events?wait_s=26", "wait_s"},
        {"/api/calls/call_0000000000001/events?cursor=0", "cursor"},
        {"/api/calls/call_0000000000001/events?bogus=", "bogus"},
        {"/api/calls/call_0000000000001?bogus=1", "bogus"},
        {"/api/calls/call_0000000000001/transcript?bogus=1", "bogus"},
        {"/api/recordings/rec_0000000000001?bogus=1", "bogus"},
        {"/api/recordings/rec_0000000000001/audio?bogus=1", "bogus"},
        {"/api/consents/con_0000000000001?bogus=1", "bogus"},
        {"/api/summary?since=2026-11-21T12:00:00Z", "since"},
        {"/api/assistants?limit=1", "limit"},
        {"/api/providers?name=twilio", "name"},
        {"/api/calls?to=", "to"},
        {"/api/calls?limit=1&limit=1", "limit"},
        {"/api/information?caller_id=", "caller_id"},
        {"/api/consents?caller=", "caller"},
    };
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(door_reply_release) struct door_reply r = {0};
        DOOR_ASK(&d, &r, .path = rows[i].path);
        if (!door_is_problem(&r, 400, "invalid", rows[i].field))
            EXPECT_STR(rows[i].path, rows[i].field);
    }
    door_close(&d);
}

TEST(lists, queries_that_are_no_form_are_refused) {
    static const char *const paths[] = {"/api/calls?a=%", "/api/calls?a=%zz", "/api/calls?a=%00",
                                        "/api/calls?=1", "/api/calls?to=%ff"};
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        CLEANUP(door_reply_release) struct door_reply r = {0};
        DOOR_ASK(&d, &r, .path = paths[i]);
        EXPECT_INT(r.status, 400);
    }
    door_close(&d);
}

TEST(lists, ids_that_are_of_nothing_are_not_found) {
    static const char *const paths[] = {
        "/api/calls/call_0000000000001",
        "/api/calls/call_0000000000001/events",
        "/api/calls/call_0000000000001/transcript",
        "/api/calls/x",
        "/api/calls/rec_0000000000001",
        "/api/calls/call_000000000000u",
        "/api/calls/call_00000000000001",
        "/api/calls/call_zzzzzzzzzzzzz",
        "/api/calls/-1",
        "/api/calls/1%20OR%201=1",
        "/api/recordings/rec_0000000000001",
        "/api/recordings/rec_0000000000001/audio",
        "/api/recordings/%2e%2e",
        "/api/calls%2Fcall_0000000000001",
    };
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        CLEANUP(door_reply_release) struct door_reply r = {0};
        DOOR_ASK(&d, &r, .path = paths[i]);
        if (!door_is_problem(&r, 404, "not_found", NULL))
            EXPECT_STR(paths[i], "not found");
    }
    CLEANUP(door_reply_release) struct door_reply r = {0};
    DOOR_ASK(&d, &r, .method = "POST", .path = "/api/calls/call_0000000000001/hangup");
    EXPECT(door_is_problem(&r, 404, "not_found", NULL));
    door_close(&d);
}

TEST(lists, empty_ones_have_no_cursor) {
    static const char *const paths[] = {"/api/calls", "/api/recordings", "/api/information",
                                        "/api/sessions"};
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        CLEANUP(door_reply_release) struct door_reply r = {0};
        DOOR_ASK(&d, &r, .path = paths[i]);
        EXPECT_INT(r.status, 200);
        EXPECT_INT(json_count(json_get(r.root, "items")), 0);
        EXPECT_INT(json_type(json_get(r.root, "next_cursor")), JSON_NULL);
    }
    door_close(&d);
}

TEST(lists, cursors_lead_through_all_of_it_once_newest_first) {
    enum {
        CALLS = 7
    };
    char ids[CALLS][64], seen[CALLS][64], path[128], cursor[64] = "";
    size_t count = 0, pages = 0;
    struct door d;
    REQUIRE(door_open(&d, "PERSONAL_ASSISTANT_ENABLED=true\nMOCK_SPEED=0\n"));
    for (size_t i = 0; i < CALLS; i++)
        REQUIRE(door_place(&d, "+12025550101", ids[i]));
    do {
        CLEANUP(door_reply_release) struct door_reply r = {0};
        snprintf(path, sizeof path, "/api/calls?limit=3%s%s", cursor[0] ? "&cursor=" : "", cursor);
        DOOR_ASK(&d, &r, .path = path);
        const struct json *items = json_get(r.root, "items");
        for (const struct json *c = json_first(items); c && count < CALLS; c = json_next(c)) {
            EXPECT(str_copy(json_str(json_get(c, "id")), seen[count], sizeof seen[count]));
            count++;
        }
        door_text(&r, "next_cursor", cursor);
        pages++;
    } while (cursor[0] && pages < CALLS);
    EXPECT_INT(count, CALLS);
    EXPECT_INT(pages, 3);
    for (size_t i = 0; i < CALLS; i++)
        EXPECT_STR(seen[i], ids[CALLS - 1 - i]);
    door_close(&d);
}

TEST(lists, filters_pick_what_fits) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    char a[64], b[64], status[64];
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    REQUIRE(door_place(&d, "+12025550101", a) && door_place(&d, "+12025550102", b));
    REQUIRE(door_wait_end(&d, a, status));
    EXPECT_STR(status, "busy");
    REQUIRE(door_wait_end(&d, b, status));
    EXPECT_STR(status, "no_answer");
    DOOR_ASK(&d, &r, .path = "/api/calls?status=busy");
    EXPECT_INT(json_count(json_get(r.root, "items")), 1);
    DOOR_ASK(&d, &r, .path = "/api/calls?to=%2B12025550102&assistant=debt-intake");
    EXPECT_INT(json_count(json_get(r.root, "items")), 1);
    DOOR_ASK(&d, &r, .path = "/api/calls?to=%2B12025550109");
    EXPECT_INT(json_count(json_get(r.root, "items")), 0);
    DOOR_ASK(&d, &r, .path = "/api/calls?since=2090-01-01T00:00:00Z");
    EXPECT_INT(json_count(json_get(r.root, "items")), 0);
    DOOR_ASK(&d, &r, .path = "/api/calls?until=2020-01-01T00:00:00Z");
    EXPECT_INT(json_count(json_get(r.root, "items")), 0);
    DOOR_ASK(&d, &r, .path = "/api/calls?since=2020-01-01T00:00:00Z&until=2090-01-01T00:00:00Z");
    EXPECT_INT(json_count(json_get(r.root, "items")), 2);
    door_close(&d);
}
