#include "tests/support/test.h"

#include "tests/unit/carrier/signalwire_box.h"

/* Calls are answered, and then sleep until a command comes. */
static const struct box_page pages[] = {
    {.path = "/answer", .body = SWML("{\"sleep\":{\"duration\":3600000}}")},
    {.path = "/next", .body = SWML("{\"hangup\":{}}")},
    {0}};

/** A call that is answered at once and then sleeps, or that rings for twelve seconds. */
static bool talking(struct box *b, const char *to, char id[37]) {
    static const char scenario[] =
        "{\"callees\":[{\"suffix\":\"00\",\"like\":\"00\",\"answer_after_s\":0.01},"
        "{\"suffix\":\"02\",\"outcome\":\"no_answer\"}]}";
    bool answers = strcmp(to, "+12025550102") != 0;
    const struct box_options o = {
        .dialect = "signalwire", .pages = pages, .scenario = scenario, .speed = answers ? 200 : 5};
    return box_init(b, &o) && signalwire_dial(b, to, "", id) &&
           (answers ? box_wait(b, "/answer", 0) : box_wait(b, "/status", 1)) != NULL;
}

static const char *status_of(struct arena *a, struct box *b, const char *id) {
    struct str path = arena_printf(a, "/api/voice/logs/%s", id);
    struct box_reply r = box_ask(b, "GET", path.ptr, NULL);
    const char *status = swml_at(a, r.body, "status");
    box_reply_release(&r);
    return status;
}

TEST(signalwire_commands, end_hangs_up_with_its_reason) {
    static const struct {
        const char *to, *params, *status, *reason;
    } table[] = {
        {"+12025550100", "{}", "completed", "hangup"},
        {"+12025550100", "{\"reason\":\"busy\"}", "completed", "busy"},
        {"+12025550102", "{\"reason\":\"cancel\"}", "canceled", "cancel"},
        {"+12025550102", "{\"reason\":\"noAnswer\"}", "no-answer", "no_answer"},
        {"+12025550102", "{\"reason\":\"decline\"}", "failed", "declined"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        char id[37];
        struct box b;
        REQUIRE(talking(&b, table[i].to, id));
        signalwire_command(&b, id, "calling.end", "{\"reason\":\"bored\"}", 422,
                           "invalid_parameter");
        signalwire_command(&b, id, "calling.end", table[i].params, 200, "");
        REQUIRE(box_wait_ended(&b, 1));
        EXPECT_STR(status_of(&a, &b, id), table[i].status);
        const char *last = box_wait(&b, "/status", box_count(&b, "/status") - 1)->body;
        EXPECT_STR(swml_at(&a, last, "params.end_reason"), table[i].reason);
        signalwire_command(&b, id, "calling.end", "{}", 422, "invalid_state");
        box_release(&b);
    }
    arena_release(&a);
}

/** POST of an update: its params hold the id. */
static void expect_update(struct box *b, const char *id, const char *more, int status,
                          const char *code) {
    struct arena a = {0};
    struct str body =
        arena_printf(&a, "{\"command\":\"update\",\"params\":{\"id\":\"%s\"%s}}", id, more);
    struct box_reply r = signalwire_post(b, body.ptr);
    EXPECT_INT(r.status, status);
    if (status == 422)
        EXPECT_STR(swml_at(&a, r.body, "errors.0.code"), code);
    box_reply_release(&r);
    arena_release(&a);
}

TEST(signalwire_commands, update_cancels_only_what_is_not_answered) {
    char id[37];
    struct box b;
    REQUIRE(talking(&b, "+12025550102", id));
    expect_update(&b, id, ",\"status\":\"completed\"", 422, "call_update_failed");
    expect_update(&b, id, ",\"url\":\"" BOX_APP "/next\"", 422, "cannot_redirect_not_in_progress");
    expect_update(&b, id, ",\"status\":\"gone\"", 422, "invalid_parameter");
    expect_update(&b, id, ",\"status\":\"canceled\"", 200, "");
    REQUIRE(box_wait_ended(&b, 1));
    expect_update(&b, id, ",\"status\":\"canceled\"", 422, "cannot_update_completed");
    expect_update(&b, "00000000-0000-4000-8000-000000000000", "", 404, "");
    box_release(&b);
}

TEST(signalwire_commands, update_ends_or_redirects_what_is_answered) {
    struct arena a = {0};
    char id[37];
    struct box b;
    REQUIRE(talking(&b, "+12025550100", id));
    expect_update(&b, id, ",\"status\":\"canceled\"", 422, "cannot_cancel_in_progress");
    expect_update(&b, id, ",\"url\":\"x\"", 422, "not_an_http_url");
    expect_update(&b, id, ",\"url\":\"" BOX_APP "/next\",\"swml\":{}", 422,
                  "incompatible_parameters");
    expect_update(&b, id, ",\"url\":\"" BOX_APP "/next\"", 200, "");
    REQUIRE(box_wait_ended(&b, 1));
    const struct box_request *next = box_wait(&b, "/next", 0);
    EXPECT_STR(swml_at(&a, next->body, "call.call_id"), id);
    EXPECT_STR(swml_at(&a, next->body, "vars"), "{}"); /* there on later fetches */
    box_release(&b);
    REQUIRE(talking(&b, "+12025550100", id));
    expect_update(&b, id, ",\"status\":\"completed\"", 200, "");
    REQUIRE(box_wait_ended(&b, 1));
    EXPECT_STR(status_of(&a, &b, id), "completed");
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_commands, transfer_takes_urls_documents_and_destinations) {
    static const struct {
        const char *params;
        bool asks;
    } table[] = {
        {"{\"dest\":\"" BOX_APP "/next\"}", true},
        {"{\"dest\":" SWML("{\"hangup\":{}}") "}", false},
        {"{\"dest\":\"{\\\"sections\\\":{\\\"main\\\":[{\\\"hangup\\\":{}}]}}\"}", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        char id[37];
        struct box b;
        REQUIRE(talking(&b, "+12025550100", id));
        signalwire_command(&b, id, "calling.transfer", "{}", 422, "missing_required_parameter");
        signalwire_command(&b, id, "calling.transfer", "{\"dest\":\"home\"}", 422,
                           "invalid_parameter");
        signalwire_command(&b, id, "calling.transfer", table[i].params, 200, "");
        REQUIRE(box_wait_ended(&b, 1));
        EXPECT_INT(box_count(&b, "/next"), table[i].asks);
        box_release(&b);
    }
}

#define RECORD                                                                            \
    "\"record\":{\"audio\":{\"format\":\"wav\",\"stereo\":true,\"direction\":\"both\"}}," \
    "\"status_url\":\"" BOX_APP "/tape\""

TEST(signalwire_commands, a_recording_is_controlled_and_tells_each_state) {
    static const char *const states[] = {"recording", "paused", "recording", "finished"};
    struct arena a = {0};
    char id[37];
    struct box b;
    REQUIRE(talking(&b, "+12025550100", id));
    signalwire_command(&b, id, "calling.record", "{\"control_id\":\"r1\"}", 422,
                       "missing_required_parameter");
    signalwire_command(&b, id, "calling.record.pause", "{\"control_id\":\"r1\"}", 404, "");
    signalwire_command(&b, id, "calling.record", "{\"control_id\":\"r1\"," RECORD "}", 200, "");
    signalwire_command(&b, id, "calling.record", "{\"control_id\":\"r1\"," RECORD "}", 422,
                       "invalid_state");
    signalwire_command(&b, id, "calling.record.resume", "{\"control_id\":\"r1\"}", 422,
                       "invalid_state");
    signalwire_command(&b, id, "calling.record.pause",
                       "{\"control_id\":\"r1\",\"behavior\":\"silence\"}", 200, "");
    signalwire_command(&b, id, "calling.record.pause", "{\"control_id\":\"r1\"}", 422,
                       "invalid_state");
    signalwire_command(&b, id, "calling.record.resume", "{\"control_id\":\"r1\"}", 200, "");
    REQUIRE(box_wait(&b, "/tape", 2) != NULL);
    signalwire_command(&b, id, "calling.play",
                       "{\"control_id\":\"p1\",\"play\":[{\"type\":\"silence\",\"params\":"
                       "{\"duration\":2}}],\"status_url\":\"" BOX_APP "/play\"}",
                       200, "");
    REQUIRE(box_wait(&b, "/play", 1) != NULL); /* so long the recording is at least */
    signalwire_command(&b, id, "calling.record.stop", "{\"control_id\":\"r1\"}", 200, "");
    for (size_t i = 0; i < ARRAY_LEN(states); i++) {
        const struct box_request *r = box_wait(&b, "/tape", i);
        REQUIRE(r != NULL);
        EXPECT_STR(swml_at(&a, r->body, "event_type"), "calling.call.record");
        EXPECT_STR(swml_at(&a, r->body, "params.state"), states[i]);
        EXPECT_STR(swml_at(&a, r->body, "params.control_id"), "r1");
        EXPECT_STR(swml_at(&a, r->body, "params.record.audio.stereo"), "true");
    }
    EXPECT_STR(swml_at(&a, box_wait(&b, "/tape", 1)->body, "params.pause_behavior"), "silence");
    const char *last = box_wait(&b, "/tape", 3)->body;
    uint64_t seconds = 0;
    EXPECT(str_to_u64(str_z(swml_at(&a, last, "params.duration")), 600, &seconds) && seconds >= 2);
    EXPECT_STR(swml_at(&a, last, "params.duration"), swml_at(&a, last, "params.record.duration"));
    EXPECT_STR(swml_at(&a, last, "params.url"), swml_at(&a, last, "params.record.url"));
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_commands, what_is_played_is_heard_and_told) {
    struct arena a = {0};
    char id[37];
    struct box b;
    REQUIRE(talking(&b, "+12025550100", id));
    signalwire_command(&b, id, "calling.play", "{\"control_id\":\"p1\"}", 422,
                       "missing_required_parameter");
    signalwire_command(&b, id, "calling.play",
                       "{\"control_id\":\"p1\",\"play\":[{\"type\":\"song\"}]}", 422,
                       "invalid_parameter");
    signalwire_command(&b, id, "calling.play",
                       "{\"control_id\":\"p1\",\"status_url\":\"" BOX_APP "/play\",\"play\":["
                       "{\"type\":\"tts\",\"params\":{\"text\":\"A moment please.\"}}]}",
                       200, "");
    const struct box_request *begins = box_wait(&b, "/play", 0), *ends = box_wait(&b, "/play", 1);
    REQUIRE(begins && ends);
    EXPECT_STR(swml_at(&a, begins->body, "event_type"), "calling.call.play");
    EXPECT_STR(swml_at(&a, begins->body, "params.state"), "playing");
    EXPECT_STR(swml_at(&a, ends->body, "params.state"), "finished");
    EXPECT_STR(swml_at(&a, ends->body, "params.control_id"), "p1");
    signalwire_command(&b, id, "calling.play",
                       "{\"control_id\":\"p2\",\"status_url\":\"" BOX_APP "/play\",\"play\":["
                       "{\"type\":\"silence\",\"params\":{\"duration\":3000}}]}",
                       200, "");
    signalwire_command(&b, id, "calling.play.stop", "{\"control_id\":\"p2\"}", 200, "");
    EXPECT_STR(swml_at(&a, box_wait(&b, "/play", 3)->body, "params.state"), "finished");
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_commands, commands_want_a_call_in_the_right_state) {
    static const struct {
        const char *command, *params, *code;
    } ringing[] =
        {
            {"calling.transfer", "{\"dest\":\"+12025550101\"}", "invalid_state"},
            {"calling.play", "{\"control_id\":\"x\",\"play\":[]}", "invalid_state"},
            {"calling.record", "{\"control_id\":\"x\"}", "invalid_state"},
            {"calling.ai_message", "{}", "invalid_state"},
            {"calling.tap", "{}", "feature_not_available"},
        },
      answered[] = {
          {"calling.ai_hold", "{\"timeout\":30}", "invalid_parameter"},
          {"calling.ai_hold", "{\"timeout\":\"30\"}", "invalid_state"},
          {"calling.ai_unhold", "{}", "invalid_state"},
          {"calling.ai_message", "{\"role\":\"pope\"}", "invalid_parameter"},
          {"calling.ai_message", "{\"global_data\":[]}", "invalid_parameter"},
          {"calling.ai_message", "{\"role\":\"system\",\"message_text\":\"x\"}", "invalid_state"},
          {"calling.ai.stop", "{}", "invalid_state"},
          {"calling.user_event", "{}", "missing_required_parameter"},
          {"calling.record.stop", "{}", "missing_required_parameter"},
          {"calling.detect", "{}", "feature_not_available"},
      };
    char id[37];
    struct box b;
    REQUIRE(talking(&b, "+12025550102", id));
    for (size_t i = 0; i < ARRAY_LEN(ringing); i++)
        signalwire_command(&b, id, ringing[i].command, ringing[i].params, 422, ringing[i].code);
    box_release(&b);
    REQUIRE(talking(&b, "+12025550100", id));
    for (size_t i = 0; i < ARRAY_LEN(answered); i++)
        signalwire_command(&b, id, answered[i].command, answered[i].params, 422, answered[i].code);
    signalwire_command(&b, id, "calling.user_event", "{\"event\":{\"a\":1}}", 200, "");
    signalwire_command(&b, id, "calling.disconnect", "{}", 200, "");
    box_release(&b);
}
