#include <stdio.h>
#include <string.h>

#include "tests/integration/api/door.h"
#include "tests/support/test.h"

/* The ledger of consents, and recordings on demand, over the API. */

static void post(struct door *d, const char *path, const char *body, struct door_reply *out) {
    DOOR_ASK(d, out, .path = path, .body = body);
}

TEST(consents, one_got_elsewhere_is_kept_and_found_by_its_filters) {
    struct door d;
    char text[64], path[128];
    REQUIRE(door_open(&d, ""));
    CLEANUP(door_reply_release) struct door_reply r = {0};
    post(&d, "/api/consents",
         "{\"caller\":\"+12025550100\",\"answer\":\"given\",\"purpose\":\"calling\","
         "\"basis\":\"web form\",\"words\":\"my card is 4111 1111 1111 1111\"}",
         &r);
    EXPECT_INT(r.status, 201);
    EXPECT_STR(door_text(&r, "words", text), "my card is [card number]");
    EXPECT_STR(door_text(&r, "basis", text), "web form");
    snprintf(path, sizeof path, "/api/consents/%s", door_text(&r, "id", text));
    DOOR_ASK(&d, &r, .path = path);
    EXPECT_INT(r.status, 200);
    EXPECT_STR(door_text(&r, "purpose", text), "calling");
    post(&d, "/api/consents", "{\"caller\":\"+12025550101\",\"answer\":\"withdrawn\"}", &r);
    EXPECT_INT(r.status, 201);
    EXPECT_STR(door_text(&r, "purpose", text), "recording");
    static const struct {
        const char *query;
        size_t count;
    } rows[] = {{"", 2},
                {"?caller=%2B12025550100", 1},
                {"?phone=%2B12025550101", 1},
                {"?purpose=recording", 1},
                {"?answer=withdrawn", 1},
                {"?answer=refused", 0},
                {"?since=2020-01-01T00:00:00Z", 2},
                {"?until=2020-01-01T00:00:00Z", 0},
                {"?limit=1", 1}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        snprintf(path, sizeof path, "/api/consents%s", rows[i].query);
        DOOR_ASK(&d, &r, .path = path);
        if (json_count(json_get(r.root, "items")) != rows[i].count)
            EXPECT_STR(rows[i].query, "as many as wanted");
    }
    door_close(&d);
}

TEST(consents, wrong_ones_are_refused_and_named) {
    static const struct {
        const char *body, *field;
    } rows[] = {
        {"{\"answer\":\"given\"}", "caller"},
        {"{\"caller\":\"0100\",\"answer\":\"given\"}", "caller"},
        {"{\"caller\":\"+12025550100\"}", "answer"},
        {"{\"caller\":\"+12025550100\",\"answer\":\"maybe\"}", "answer"},
        {"{\"caller\":\"+12025550100\",\"answer\":\"given\",\"purpose\":\"Any Thing\"}", "purpose"},
        {"{\"caller\":\"+12025550100\",\"answer\":\"given\",\"call_id\":\"x\"}", "call_id"},
        {"{\"caller\":\"+12025550100\",\"answer\":\"given\",\"at\":1}", "at"},
    };
    struct door d;
    REQUIRE(door_open(&d, ""));
    CLEANUP(door_reply_release) struct door_reply r = {0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        post(&d, "/api/consents", rows[i].body, &r);
        if (!door_is_problem(&r, 400, "invalid", rows[i].field))
            EXPECT_STR(rows[i].body, rows[i].field);
    }
    DOOR_ASK(&d, &r, .path = "/api/consents?caller=%2B1&phone=%2B1");
    EXPECT(door_is_problem(&r, 400, "invalid", "phone"));
    DOOR_ASK(&d, &r, .path = "/api/consents/con_0000000000001");
    EXPECT(door_is_problem(&r, 404, "not_found", NULL));
    post(&d, "/api/consents",
         "{\"caller\":\"+12025550100\",\"answer\":\"given\",\"call_id\":\"call_0000000000001\"}",
         &r);
    EXPECT(door_is_problem(&r, 404, "not_found", NULL));
    DOOR_ASK(&d, &r, .path = "/api/consents");
    EXPECT_INT(json_count(json_get(r.root, "items")), 0);
    door_close(&d);
}

TEST(consents, a_call_leaves_its_answer_in_the_ledger) {
    struct door d;
    char id[64], status[64], text[64];
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    REQUIRE(door_place(&d, "+12025550106", id)); /* refuses */
    REQUIRE(door_wait_end(&d, id, status));
    CLEANUP(door_reply_release) struct door_reply r = {0};
    DOOR_ASK(&d, &r, .path = "/api/consents?caller=%2B12025550106");
    const struct json *c = json_first(json_get(r.root, "items"));
    REQUIRE(c != NULL);
    EXPECT(str_eq_z(json_str(json_get(c, "call_id")), id));
    EXPECT(str_eq_z(json_str(json_get(c, "answer")), "refused"));
    EXPECT(str_eq_z(json_str(json_get(c, "basis")), "asked on the call"));
    EXPECT(str_eq_z(json_str(json_get(c, "assistant")), "debt-intake"));
    EXPECT(json_str(json_get(c, "question")).len > 0 && json_str(json_get(c, "words")).len > 0);
    EXPECT_INT(json_str(json_get(c, "assistant_version")).len, 16);
    DOOR_ASK(&d, &r, .path = "/api/recordings");
    EXPECT_INT(json_count(json_get(r.root, "items")), 0);
    snprintf(text, sizeof text, "/api/calls/%.40s/recording", id);
    post(&d, text, "{\"action\":\"start\"}", &r);
    EXPECT(door_is_problem(&r, 409, "conflict", NULL));
    post(&d, text, "{\"action\":\"begin\"}", &r);
    EXPECT(door_is_problem(&r, 400, "invalid", "action"));
    door_close(&d);
}
