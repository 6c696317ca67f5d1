#include "tests/support/test.h"

#include "tests/unit/carrier/signalwire_box.h"

static const struct box_page pages[] = {
    {.path = "/answer", .body = SWML("{\"hangup\":{}}")},
    {.path = "/laml", .body = "<Response/>"},
    {.path = "/recorded",
     .body = SWML("{\"record_call\":{\"control_id\":\"mine\",\"stereo\":true,\"status_url\":"
                  "\"" BOX_APP "/tape\"}},{\"sleep\":{\"duration\":2500}},{\"hangup\":{}}")},
    {0}};

static const char *get(struct arena *a, struct box *b, const char *target, int status) {
    struct box_reply r = box_ask(b, "GET", target, NULL);
    EXPECT_INT(r.status, status);
    const char *body = arena_copy(a, str_z(r.body)).ptr;
    box_reply_release(&r);
    return body;
}

TEST(signalwire_logs, list_the_calls_of_both_apis_newest_first) {
    struct arena a = {0};
    char id[37];
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    REQUIRE(signalwire_dial(&b, "+12025550101", "", id));
    struct box_reply made = signalwire_laml_ask(
        &b, "POST", "/Calls", "To=%2B12025550100&From=%2B12025550199&Url=" BOX_APP "/laml");
    EXPECT_INT(made.status, 200);
    REQUIRE(box_wait_ended(&b, 2));
    const char *list = get(&a, &b, "/api/voice/logs", 200);
    EXPECT_STR(swml_at(&a, list, "data.0.type"), "laml_call");
    EXPECT_STR(swml_at(&a, list, "data.0.source"), "laml");
    EXPECT_STR(swml_at(&a, list, "data.0.status"), "completed");
    EXPECT_STR(swml_at(&a, list, "data.1.id"), id);
    EXPECT_STR(swml_at(&a, list, "data.1.type"), "relay_pstn_call");
    EXPECT_STR(swml_at(&a, list, "data.1.status"), "busy");
    EXPECT_STR(swml_at(&a, list, "data.1.duration_ms"), "0");
    EXPECT_STR(swml_at(&a, list, "data.2"), "");
    EXPECT_STR(swml_at(&a, list, "links.next"), "");
    box_reply_release(&made);
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_logs, pages_follow_their_links) {
    struct arena a = {0};
    char ids[5][37];
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    for (int i = 0; i < 5; i++)
        REQUIRE(signalwire_dial(&b, "+12025550103", "", ids[i]));
    const char *target = "/api/voice/logs?page_size=2";
    for (int i = 4; i >= 0;) {
        const char *page = get(&a, &b, target, 200);
        EXPECT_STR(swml_at(&a, page, "data.0.id"), ids[i]);
        EXPECT_STR(swml_at(&a, page, "data.1.id"), i > 0 ? ids[i - 1] : "");
        EXPECT_STR(swml_at(&a, page, "data.2"), "");
        i -= 2;
        const char *next = swml_at(&a, page, "links.next");
        EXPECT_INT(next[0] != '\0', i >= 0);
        EXPECT(i < 0 || str_starts(str_z(next), STR("http://carrier.test/api/voice/logs?")));
        target = next[0] ? next + sizeof "http://carrier.test" - 1 : "";
    }
    EXPECT_STR(
        swml_at(&a, get(&a, &b, "/api/voice/logs?page_size=2&page_number=1", 200), "data.0.id"),
        ids[2]);
    (void)get(&a, &b, "/api/voice/logs?page_size=many", 422);
    (void)get(&a, &b, "/api/voice/logs?page_token=xx", 422);
    (void)get(&a, &b, "/api/voice/logs/nobody", 404);
    (void)get(&a, &b, "/api/voice/logs/nobody/events", 404);
    (void)get(&a, &b, "/api/voice/news", 404);
    box_release(&b);
    arena_release(&a);
}

/** A call that is recorded by its document, through and through. */
static bool recorded(struct box *b, const char *scenario, char id[37]) {
    return signalwire_init(b, pages, scenario) &&
           signalwire_dial(b, "+12025550100", "\"url\":\"" BOX_APP "/recorded\"", id) &&
           box_wait_ended(b, 1) && box_wait(b, "/tape", 1);
}

TEST(signalwire_logs, tell_what_happened_in_order_with_the_recording) {
    static const char *const names[] = {"calling_call_initiated", "calling_call_state",
                                        "calling_call_record", "calling_call_state",
                                        "calling_call_record"};
    struct arena a = {0};
    char id[37];
    struct box b;
    REQUIRE(recorded(&b, NULL, id));
    struct str target = arena_printf(&a, "/api/voice/logs/%s/events", id);
    const char *events = get(&a, &b, target.ptr, 200);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        EXPECT_STR(swml_at(&a, events, arena_printf(&a, "data.%zu.name", i).ptr), names[i]);
    EXPECT_STR(swml_at(&a, events, "data.3.details.end_reason"), "hangup");
    EXPECT_STR(swml_at(&a, events, "data.4.details.state"), "finished");
    EXPECT_STR(swml_at(&a, events, "data.4.log_id"), id);
    const char *told = box_wait(&b, "/tape", 1)->body;
    EXPECT_STR(swml_at(&a, events, "data.4.details.url"), swml_at(&a, told, "params.url"));
    EXPECT_STR(swml_at(&a, events, "data.4.details.recording_id"),
               swml_at(&a, told, "params.recording_id"));
    EXPECT_STR(swml_at(&a, told, "params.control_id"), "mine");
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_logs, recordings_name_files_that_anybody_may_fetch) {
    struct arena a = {0};
    char id[37];
    struct box b;
    REQUIRE(recorded(&b, NULL, id));
    const char *told = box_wait(&b, "/tape", 1)->body;
    const char *tape = swml_at(&a, told, "params.recording_id");
    const char *list = get(&a, &b, "/api/relay/rest/recordings", 200);
    EXPECT_STR(swml_at(&a, list, "data.0.id"), tape);
    struct str target = arena_printf(&a, "/api/relay/rest/recordings/%s", tape);
    const char *one = get(&a, &b, target.ptr, 200);
    EXPECT_STR(swml_at(&a, one, "status"), "completed");
    EXPECT_STR(swml_at(&a, one, "relay_pstn_leg_id"), id);
    EXPECT_STR(swml_at(&a, one, "stereo"), "true");
    EXPECT_STR(swml_at(&a, one, "track"), "both");
    EXPECT_STR(swml_at(&a, one, "duration_in_seconds"), swml_at(&a, told, "params.duration"));
    struct str url = str_z(swml_at(&a, one, "url"));
    EXPECT(str_starts(url, STR("http://carrier.test/files/")));
    const char *path = url.ptr + sizeof "http://carrier.test" - 1;
    struct box_reply file = box_raw(&b, "GET", path, "", NULL, 0);
    EXPECT_INT(file.status, 200);
    EXPECT(strstr(file.headers, "Content-Type: audio/") != NULL);
    EXPECT_STR(arena_printf(&a, "%zu", file.length).ptr, swml_at(&a, one, "byte_size"));
    EXPECT_STR(swml_at(&a, told, "params.size"), swml_at(&a, one, "byte_size"));
    box_reply_release(&file);
    struct box_reply gone = box_ask(&b, "DELETE", target.ptr, NULL);
    EXPECT_INT(gone.status, 204);
    box_reply_release(&gone);
    EXPECT_STR(swml_at(&a, get(&a, &b, target.ptr, 404), "errors.0.code"), "404");
    file = box_raw(&b, "GET", path, "", NULL, 0);
    EXPECT_INT(file.status, 404);
    box_reply_release(&file);
    EXPECT_STR(swml_at(&a, get(&a, &b, "/api/relay/rest/recordings", 200), "data"), "[]");
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_logs, a_file_may_fail_on_purpose) {
    struct arena a = {0};
    char id[37];
    struct box b;
    REQUIRE(recorded(
        &b, "{\"callees\":[{\"suffix\":\"00\",\"recording\":{\"status\":503,\"times\":1}}]}", id));
    const char *path = swml_at(&a, box_wait(&b, "/tape", 1)->body, "params.url") +
                       sizeof "http://carrier.test" - 1;
    static const int statuses[] = {503, 200};
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        struct box_reply r = box_raw(&b, "GET", path, "", NULL, 0);
        EXPECT_INT(r.status, statuses[i]);
        box_reply_release(&r);
    }
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_logs, a_credential_check_has_three_places_to_ask) {
    static const char *const targets[] = {"/api/relay/rest/phone_numbers?page_size=1",
                                          "/api/voice/logs?page_size=1", "/api/projects"};
    struct arena a = {0};
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    EXPECT_STR(swml_at(&a, get(&a, &b, targets[0], 200), "data.0.number"), BOX_FROM);
    EXPECT(str_eq_z(carrier_account(b.carrier).account,
                    swml_at(&a, get(&a, &b, targets[2], 200), "data.0.id")));
    for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
        (void)get(&a, &b, targets[i], 200);
        struct box_reply r = box_raw(&b, "GET", targets[i], "", NULL, 0);
        EXPECT_INT(r.status, 401);
        box_reply_release(&r);
    }
    struct box_reply wrong = box_ask(&b, "PUT", "/api/projects", NULL);
    EXPECT_INT(wrong.status, 405);
    box_reply_release(&wrong);
    box_release(&b);
    arena_release(&a);
}
