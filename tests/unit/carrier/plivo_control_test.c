#include "tests/support/test.h"
#include "tests/unit/carrier/plivo_box.h"

static const struct box_page pages[] = {
    {.path = "/answer", .body = PLIVO_WAIT}, {.path = "/next", .body = PLIVO_WAIT}, {0}};

/** A call that is answered, and the address of something of it. */
struct control {
    struct box b;
    struct arena a;
    char sid[37];
};

static bool begin(struct control *k, const char *scenario) {
    return plivo_box_init(&k->b, pages, scenario, PLIVO_BRISK) &&
           plivo_call(&k->b, "12025550100", "", k->sid) && plivo_wait_live(&k->b, k->sid);
}

static void end(struct control *k) {
    box_release(&k->b);
    arena_release(&k->a);
}

static const char *at(struct control *k, const char *what) {
    return arena_printf(&k->a, "/Call/%s/%s", k->sid, what).ptr;
}

TEST(plivo_control, what_is_no_live_call_is_not_found) {
    static const struct {
        const char *method, *what, *json;
    } cases[] = {
        {"POST", "", "{\"aleg_url\":\"http://a/b\"}"},
        {"POST", "Play/", "{\"urls\":\"http://a/b.wav\"}"},
        {"DELETE", "Play/", ""},
        {"POST", "Speak/", "{\"text\":\"Hello\"}"},
        {"DELETE", "Speak/", ""},
        {"POST", "DTMF/", "{\"digits\":\"1\"}"},
        {"POST", "Record/", "{}"},
        {"DELETE", "Record/", ""},
        {"DELETE", "", ""},
    };
    struct control k = {0};
    REQUIRE(begin(&k, NULL));
    plivo_expect(&k.b, "DELETE", at(&k, ""), NULL, 204, "");
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        plivo_expect(&k.b, cases[i].method, at(&k, cases[i].what), cases[i].json, 404,
                     "call not found");
    end(&k);
}

TEST(plivo_control, each_bad_parameter_is_named) {
    static const struct {
        const char *what, *json, *error;
    } cases[] = {
        {"", "{}", "aleg_url parameter is missing"},
        {"", "{\"aleg_url\":\"x\"}", "aleg_url parameter is invalid"},
        {"", "{\"aleg_url\":\"http://a/b\",\"aleg_method\":\"PUT\"}", "aleg_method"},
        {"", "{\"legs\":\"cleg\",\"aleg_url\":\"http://a/b\"}", "legs parameter is invalid"},
        {"", "{\"legs\":\"bleg\",\"bleg_url\":\"http://a/b\"}", "is simulated"},
        {"Play/", "{}", "urls parameter is missing"},
        {"Play/", "{\"urls\":\"http://a/b.wav,c.wav\"}", "urls parameter is invalid"},
        {"Play/", "{\"urls\":\"http://a/b.wav\",\"loop\":\"often\"}", "loop"},
        {"Play/", "{\"urls\":\"http://a/b.wav\",\"length\":0}", "length"},
        {"Speak/", "{}", "text parameter is missing"},
        {"Speak/", "{\"text\":\"a\",\"legs\":\"all\"}", "legs"},
        {"Speak/", "{\"text\":\"a\",\"mix\":\"no\"}", "mix"},
        {"DTMF/", "{}", "digits parameter is missing"},
        {"DTMF/", "{\"digits\":\"1A\"}", "digits parameter is invalid"},
        {"Record/", "{\"file_format\":\"mp3\"}", "mp3 is not simulated"},
        {"Record/", "{\"file_format\":\"ogg\"}", "file_format parameter is invalid"},
        {"Record/", "{\"time_limit\":86401}", "time_limit"},
        {"Record/", "{\"record_channel_type\":\"quad\"}", "record_channel_type"},
        {"Record/", "{\"callback_url\":\"x\"}", "callback_url"},
        {"Stream/", "{\"service_url\":\"wss://a/b\"}", "not simulated"},
    };
    struct control k = {0};
    REQUIRE(begin(&k, NULL));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        plivo_expect(&k.b, "POST", at(&k, cases[i].what), cases[i].json, 400, cases[i].error);
    end(&k);
}

TEST(plivo_control, a_transfer_runs_another_document) {
    struct control k = {0};
    REQUIRE(begin(&k, NULL));
    plivo_expect(&k.b, "POST", at(&k, ""),
                 "{\"legs\":\"aleg\",\"aleg_url\":\"" BOX_APP "/next\",\"aleg_method\":\"GET\"}",
                 202, "call transferred");
    const struct box_request *r = box_wait(&k.b, "/next", 0);
    EXPECT_STR(r->method, "GET");
    EXPECT_STR(box_param(&k.a, r, "CallStatus"), "in-progress");
    EXPECT_STR(box_param(&k.a, r, "CallUUID"), k.sid);
    end(&k);
}

TEST(plivo_control, a_transfer_to_what_is_no_document_ends_the_call) {
    static const struct box_page bad[] = {{.path = "/answer", .body = PLIVO_WAIT},
                                          {.path = "/next", .body = "<Nothing/>"},
                                          {.path = "/gone", .status = 500},
                                          {0}};
    static const char *const paths[] = {"/next", "/gone"}, *const codes[] = {"8013", "7013"};
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        struct control k = {0};
        REQUIRE(begin(&k, NULL));
        k.b.pages = bad;
        plivo_expect(&k.b, "POST", at(&k, ""),
                     arena_printf(&k.a, "{\"aleg_url\":\"" BOX_APP "%s\"}", paths[i]).ptr, 202,
                     "call transferred");
        const struct box_request *r = box_wait(&k.b, "/hangup", 0);
        EXPECT_STR(box_param(&k.a, r, "HangupCauseCode"), codes[i]);
        EXPECT_STR(box_param(&k.a, r, "HangupSource"), "Error");
        EXPECT_STR(box_param(&k.a, r, "CallStatus"), "completed");
        end(&k);
    }
}

TEST(plivo_control, the_seventy_first_transfer_is_one_too_many) {
    struct control k = {0};
    REQUIRE(begin(&k, NULL));
    for (int i = 0; i < 71; i++)
        plivo_expect(&k.b, "POST", at(&k, ""), "{\"aleg_url\":\"" BOX_APP "/next\"}", 202,
                     "call transferred");
    const struct box_request *r = box_wait(&k.b, "/hangup", 0);
    EXPECT_STR(box_param(&k.a, r, "HangupCauseCode"), "2060");
    EXPECT_STR(box_param(&k.a, r, "HangupCauseName"), "Loop Detected");
    end(&k);
}

TEST(plivo_control, what_is_spoken_is_heard_by_the_callee) {
    static const struct box_page asks[] = {{.path = "/answer", .body = PLIVO_WAIT},
                                           {.path = "/next",
                                            .body = "<Response><GetInput action=\"" BOX_APP
                                                    "/heard\" inputType=\"speech\"/>"
                                                    "</Response>"},
                                           {.path = "/heard", .body = PLIVO_WAIT},
                                           {0}};
    struct control k = {0};
    REQUIRE(begin(&k, NULL));
    k.b.pages = asks;
    plivo_expect(&k.b, "POST", at(&k, "Speak/"),
                 "{\"text\":\"Which state do you live in?\",\"voice\":\"WOMAN\",\"legs\":\"both\"}",
                 202, "speak started");
    plivo_expect(&k.b, "POST", at(&k, ""), "{\"aleg_url\":\"" BOX_APP "/next\"}", 202, "call");
    EXPECT_STR(box_param(&k.a, box_wait(&k.b, "/heard", 0), "Speech"), "I live in California.");
    end(&k);
}

TEST(plivo_control, sounds_and_digits_are_taken_and_stopped) {
    struct control k = {0};
    REQUIRE(begin(&k, NULL));
    plivo_expect(&k.b, "POST", at(&k, "Play/"),
                 "{\"urls\":\"" BOX_APP "/a.wav," BOX_APP "/b.mp3\",\"loop\":true,\"mix\":false}",
                 202, "play started");
    plivo_expect(&k.b, "POST", at(&k, "Play/"), /* so does an SDK write a list */
                 "{\"urls\":[\"" BOX_APP "/c.wav\",\"" BOX_APP "/d.wav\"]}", 202, "play started");
    REQUIRE(box_wait(&k.b, "/c.wav", 0) && box_wait(&k.b, "/d.wav", 0));
    REQUIRE(box_wait(&k.b, "/a.wav", 0) && box_wait(&k.b, "/b.mp3", 0));
    plivo_expect(&k.b, "DELETE", at(&k, "Play/"), NULL, 204, "");
    plivo_expect(&k.b, "DELETE", at(&k, "Speak/"), NULL, 204, "");
    plivo_expect(&k.b, "POST", at(&k, "DTMF/"), "{\"digits\":\"12*#wW\",\"leg\":\"aleg\"}", 202,
                 "digits sent");
    end(&k);
}

/* ---- recordings over the API ---------------------------------------------------------------- */

static const char *record(struct control *k, const char *more) {
    const char *json =
        arena_printf(&k->a, "{\"callback_url\":\"" BOX_APP "/tape\",\"file_format\":\"wav\"%s}",
                     more)
            .ptr;
    return plivo_ask(&k->a, &k->b, "POST", at(k, "Record/"), json, 202);
}

TEST(plivo_control, a_recording_is_told_in_snake_case_when_its_file_is_there) {
    struct control k = {0};
    REQUIRE(begin(&k, NULL));
    const char *body = record(&k, "");
    EXPECT_STR(box_json(&k.a, body, "message"), "call recording started");
    const char *id = box_json(&k.a, body, "recording_id"), *url = box_json(&k.a, body, "url");
    EXPECT_INT(strlen(id), 36);
    EXPECT(strstr(url, id) != NULL);
    EXPECT_STR(url + strlen(url) - 4, ".wav");
    plivo_expect(&k.b, "DELETE", at(&k, "Record/"), NULL, 204, "");
    const struct box_request *r = box_wait(&k.b, "/tape", 0);
    EXPECT_STR(box_param(&k.a, r, "recording_id"), id);
    EXPECT_STR(box_param(&k.a, r, "record_url"), url);
    EXPECT_STR(box_param(&k.a, r, "call_uuid"), k.sid);
    EXPECT_STR(box_param(&k.a, r, "RecordingID"), "");
    EXPECT(box_param(&k.a, r, "recording_start_ms")[0] != '\0');
    end(&k);
}

TEST(plivo_control, a_recording_ends_at_its_time_limit) {
    struct control k = {0};
    REQUIRE(begin(&k, NULL));
    (void)record(&k, ",\"time_limit\":7,\"record_channel_type\":\"stereo\"");
    const struct box_request *r = box_wait(&k.b, "/tape", 0);
    EXPECT_STR(box_param(&k.a, r, "recording_duration"), "7");
    EXPECT_STR(box_param(&k.a, r, "recording_duration_ms"), "7000");
    end(&k);
}

TEST(plivo_control, only_the_named_recording_stops) {
    struct control k = {0};
    REQUIRE(begin(&k, NULL));
    const char *one = record(&k, ""), *two = record(&k, "");
    const char *stop = arena_printf(&k.a, "{\"URL\":\"%s\"}", box_json(&k.a, one, "url")).ptr;
    plivo_expect(&k.b, "DELETE", at(&k, "Record/"), stop, 204, "");
    const struct box_request *r = box_wait(&k.b, "/tape", 0);
    EXPECT_STR(box_param(&k.a, r, "recording_id"), box_json(&k.a, one, "recording_id"));
    EXPECT(strcmp(box_json(&k.a, one, "recording_id"), box_json(&k.a, two, "recording_id")) != 0);
    end(&k);
}

TEST(plivo_control, the_callback_is_wrapped_where_the_scenario_wants_it) {
    struct control k = {0};
    REQUIRE(begin(&k, "{\"switches\":{\"wrap_recordings\":true}}"));
    const char *id = box_json(&k.a, record(&k, ""), "recording_id");
    plivo_expect(&k.b, "DELETE", at(&k, "Record/"), NULL, 204, "");
    const struct box_request *r = box_wait(&k.b, "/tape", 0);
    EXPECT_STR(box_param(&k.a, r, "recording_id"), "");
    EXPECT_STR(box_json(&k.a, box_param(&k.a, r, "response"), "recording_id"), id);
    end(&k);
}

/* ---- the recording resource ----------------------------------------------------------------- */

TEST(plivo_recording, is_listed_fetched_heard_and_deleted) {
    struct control k = {0};
    REQUIRE(begin(&k, NULL));
    const char *id = box_json(&k.a, record(&k, ",\"time_limit\":7"), "recording_id");
    const char *path = arena_printf(&k.a, "/Recording/%s/", id).ptr;
    plivo_expect(&k.b, "GET", path, NULL, 404, "not found"); /* not there yet */
    REQUIRE(box_wait(&k.b, "/tape", 0));
    const char *body = plivo_ask(&k.a, &k.b, "GET", path, NULL, 200);
    EXPECT_STR(box_json(&k.a, body, "recording_id"), id);
    EXPECT_STR(box_json(&k.a, body, "call_uuid"), k.sid);
    EXPECT_STR(box_json(&k.a, body, "recording_format"), "wav");
    EXPECT_STR(box_json(&k.a, body, "recording_duration_ms"), "7000.00000");
    EXPECT_INT(strlen(box_json(&k.a, body, "add_time")), 32);
    const char *filter = arena_printf(&k.a, "/Recording/?call_uuid=%s", k.sid).ptr;
    plivo_expect(&k.b, "GET", filter, NULL, 200, "\"total_count\":1");
    plivo_expect(&k.b, "GET", "/Recording/?call_uuid=x", NULL, 200, "\"total_count\":0");
    plivo_expect(&k.b, "GET", "/Recording/?add_time__lt=2020-01-01%2000:00", NULL, 200,
                 "\"total_count\":0");
    plivo_expect(&k.b, "GET", "/Recording/?limit=99", NULL, 400, "limit");
    const char *sound = plivo_path(&k.a, &k.b, arena_printf(&k.a, "/Recording/%s.wav", id).ptr);
    struct box_reply r = box_raw(&k.b, "GET", sound, "", NULL, 0); /* public by default */
    EXPECT_INT(r.status, 200);
    EXPECT(r.length > 7 * 8000 && memcmp(r.body, "RIFF", 4) == 0);
    box_reply_release(&r);
    plivo_expect(&k.b, "GET", arena_printf(&k.a, "/Recording/%s.mp3", id).ptr, NULL, 404,
                 "mp3 is not simulated");
    plivo_expect(&k.b, "DELETE", path, NULL, 204, "");
    plivo_expect(&k.b, "DELETE", path, NULL, 404, "not found");
    r = box_raw(&k.b, "GET", sound, "", NULL, 0);
    EXPECT_INT(r.status, 404);
    box_reply_release(&r);
    end(&k);
}

TEST(plivo_recording, the_sound_wants_credentials_where_the_scenario_says_so) {
    struct control k = {0};
    REQUIRE(begin(&k, "{\"switches\":{\"recording_auth\":true}}"));
    const char *id = box_json(&k.a, record(&k, ",\"time_limit\":2"), "recording_id");
    REQUIRE(box_wait(&k.b, "/tape", 0));
    const char *sound = plivo_path(&k.a, &k.b, arena_printf(&k.a, "/Recording/%s.wav", id).ptr);
    struct box_reply r = box_raw(&k.b, "GET", sound, "", NULL, 0);
    EXPECT_INT(r.status, 401);
    box_reply_release(&r);
    r = box_ask(&k.b, "GET", sound, NULL);
    EXPECT_INT(r.status, 200);
    box_reply_release(&r);
    end(&k);
}

TEST(plivo_rest, the_accounts_number_is_known_and_no_other) {
    struct control k = {0};
    REQUIRE(begin(&k, NULL));
    plivo_expect(&k.b, "GET", "/Number/12025550199/", NULL, 200, "\"voice_enabled\":true");
    plivo_expect(&k.b, "GET", "/Number/12025550198/", NULL, 404, "not found");
    plivo_expect(&k.b, "GET", "/VerifiedCallerId/12025550198/", NULL, 404, "error");
    end(&k);
}
