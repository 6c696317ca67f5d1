#include "tests/support/test.h"

#include "tests/unit/carrier/box.h"

#define CALLS "/2010-04-01/Accounts/" BOX_ACCOUNT "/Calls.json"

static const struct box_page pages[] = {{.path = "/answer", .body = "<Response/>"}, {0}};

static void expect_error(struct box *b, const char *method, const char *path, const char *form,
                         int status, const char *code) {
    struct arena a = {0};
    struct box_reply r = box_rest(b, method, path, form);
    EXPECT_INT(r.status, status);
    EXPECT_STR(box_json(&a, r.body, "code"), code);
    EXPECT(box_json(&a, r.body, "message")[0] != '\0');
    EXPECT(strstr(box_json(&a, r.body, "more_info"), code) != NULL);
    box_reply_release(&r);
    arena_release(&a);
}

TEST(face, refuses_requests_without_the_right_login) {
    static const char *const logins[] = {"Basic bm86bm8=", "Basic !", "Bearer x", "Basic "};
    struct box b;
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    struct box_reply none = box_raw(&b, "GET", CALLS, "", NULL, 0);
    EXPECT_INT(none.status, 401);
    EXPECT(strstr(none.headers, "WWW-Authenticate: Basic realm=\"Twilio API\"\n") != NULL);
    EXPECT(strstr(none.body, "\"code\":20003") != NULL);
    box_reply_release(&none);
    for (size_t i = 0; i < ARRAY_LEN(logins); i++) {
        const struct http_header h = {STR("Authorization"), str_z(logins[i])};
        struct box_reply r = box_raw(&b, "GET", CALLS, "", &h, 1);
        EXPECT_INT(r.status, 401);
        box_reply_release(&r);
    }
    box_release(&b);
}

TEST(face, unknown_paths_and_methods_are_told_apart) {
    struct box b;
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    expect_error(&b, "GET", "/Nothing.json", NULL, 404, "20404");
    expect_error(&b, "DELETE", "/Calls.json", NULL, 405, "20004");
    expect_error(&b, "GET", "/Calls/CA0.json", NULL, 404, "20404");
    expect_error(&b, "GET", "/Calls/../Calls.json", NULL, 404, "20404");
    expect_error(&b, "POST", "/Calls.json", "To=%zz", 400, "20001");
    box_release(&b);
}

TEST(face, replies_carry_the_carriers_headers) {
    struct box b;
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    struct box_reply r = box_rest(&b, "GET", ".json", NULL);
    EXPECT_INT(r.status, 200);
    EXPECT(strstr(r.headers, "Twilio-Request-Id: RQ") != NULL);
    EXPECT(strstr(r.headers, "Content-Type: application/json\n") != NULL);
    EXPECT(strstr(r.body, "\"status\":\"active\"") != NULL);
    box_reply_release(&r);
    box_release(&b);
}

TEST(face, the_create_reply_has_no_dates_yet) {
    struct arena a = {0};
    struct box b;
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    struct box_reply r =
        box_rest(&b, "POST", "/Calls.json",
                 "To=%2B12025550100&From=%2B12025550199&Surprise=1&Url=" BOX_APP "/answer");
    EXPECT_INT(r.status, 201);
    EXPECT_STR(box_json(&a, r.body, "status"), "queued");
    EXPECT_STR(box_json(&a, r.body, "date_created"), "null");
    EXPECT_STR(box_json(&a, r.body, "duration"), "null");
    EXPECT_STR(box_json(&a, r.body, "queue_time"), "0");
    EXPECT_STR(box_json(&a, r.body, "to_formatted"), "(202) 555-0100");
    EXPECT(box_wait_ended(&b, 1));
    struct str path = arena_printf(&a, "/Calls/%s.json", box_json(&a, r.body, "sid"));
    struct box_reply later = box_rest(&b, "GET", path.ptr, NULL);
    EXPECT_STR(box_json(&a, later.body, "status"), "completed");
    int64_t at;
    EXPECT(clock_parse_rfc2822(str_z(box_json(&a, later.body, "date_created")), &at));
    EXPECT(clock_parse_rfc2822(str_z(box_json(&a, later.body, "end_time")), &at));
    box_reply_release(&r);
    box_reply_release(&later);
    box_release(&b);
    arena_release(&a);
}

static char *next_page(struct arena *a, struct box *b, const char *uri, size_t *items) {
    struct str path = str_from_index(str_z(uri), sizeof "/2010-04-01/Accounts/" BOX_ACCOUNT - 1);
    struct box_reply r = box_rest(b, "GET", path.ptr, NULL);
    EXPECT_INT(r.status, 200);
    for (const char *p = r.body; (p = strstr(p, "\"parent_call_sid\"")); p++)
        (*items)++;
    const char *next = box_json(a, r.body, "next_page_uri");
    box_reply_release(&r);
    return strcmp(next, "null") == 0 ? NULL : (char *)next;
}

TEST(face, pages_cover_every_call_once_while_calls_are_added) {
    struct arena a = {0};
    struct box b;
    char sid[35];
    size_t items = 0, pages_seen = 0;
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    for (int i = 0; i < 7; i++)
        REQUIRE(box_call(&b, "+12025550101", "", sid));
    const char *uri = CALLS "?PageSize=3&To=%2B12025550101";
    for (; uri && pages_seen < 10; pages_seen++) {
        uri = next_page(&a, &b, uri, &items);
        EXPECT(box_call(&b, "+12025550101", "", sid)); /* newer than all pages */
    }
    EXPECT_INT(pages_seen, 3);
    EXPECT_INT(items, 7);
    box_release(&b);
    arena_release(&a);
}

TEST(face, times_filter_by_whole_days) {
    static const struct {
        const char *filter;
        bool found;
    } cases[] = {{"StartTime%3E=2020-01-01", true},  {"StartTime%3C=2020-01-01", false},
                 {"EndTime%3E=2020-01-01", true},    {"StartTime=2020-01-01", false},
                 {"StartTime%3E=2099-01-01", false}, {"Status=busy", true},
                 {"Status=completed", false},        {"From=%2B12025550199", true},
                 {"From=%2B12025550198", false}};
    struct box b;
    char sid[35];
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    REQUIRE(box_call(&b, "+12025550101", "", sid) && box_wait_ended(&b, 1));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf path = BUF_INIT(256);
        buf_printf(&path, "/Calls.json?%s", cases[i].filter);
        struct box_reply r = box_rest(&b, "GET", path.ptr, NULL);
        EXPECT_INT(r.status, 200);
        EXPECT((strstr(r.body, sid) != NULL) == cases[i].found);
        box_reply_release(&r);
        buf_release(&path);
    }
    expect_error(&b, "GET", "/Calls.json?StartTime=yesterday", NULL, 400, "20001");
    expect_error(&b, "GET", "/Calls.json?Status=asleep", NULL, 400, "20001");
    box_release(&b);
}

TEST(face, updates_of_a_call_that_is_over_are_refused) {
    struct arena a = {0};
    struct box b;
    char sid[35];
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    REQUIRE(box_call(&b, "+12025550100", "", sid) && box_wait_ended(&b, 1));
    const char *path = arena_printf(&a, "/Calls/%s.json", sid).ptr;
    expect_error(&b, "POST", path, "Status=completed", 400, "21220");
    expect_error(&b, "POST", path, "Url=http%3A%2F%2Fapp.test%2Fx", 400, "21220");
    path = arena_printf(&a, "/Calls/%s/Recordings.json", sid).ptr;
    expect_error(&b, "POST", path, "", 400, "21220");
    box_release(&b);
    arena_release(&a);
}

TEST(face, faults_of_a_scenario_hit_every_create) {
    struct box b;
    REQUIRE(box_init(
        &b, &(struct box_options){.pages = pages,
                                  .scenario = "{\"create\":{\"status\":502,\"times\":2,\"body\":"
                                              "\"<html>Bad gateway</html>\"}}"}));
    for (int i = 0; i < 3; i++) {
        struct box_reply r =
            box_rest(&b, "POST", "/Calls.json",
                     "To=%2B12025550100&From=%2B12025550199&Url=" BOX_APP "/answer");
        EXPECT_INT(r.status, i < 2 ? 502 : 201);
        if (i < 2)
            EXPECT_STR(r.body, "<html>Bad gateway</html>");
        box_reply_release(&r);
    }
    EXPECT_INT(carrier_totals(b.carrier).created, 1);
    box_release(&b);
}
