#include "tests/support/test.h"
#include "tests/unit/carrier/plivo_box.h"

/* Plivo XML as it is carried out, and what its faults do to the call. */

#define DOCUMENT(inside) "<Response>" inside "</Response>"

static void expect_cause(struct box *b, const char *code, const char *source) {
    struct arena a = {0};
    const struct box_request *r = box_wait(b, "/hangup", 0);
    EXPECT_STR(box_param(&a, r, "HangupCauseCode"), code);
    EXPECT_STR(box_param(&a, r, "HangupSource"), source);
    EXPECT_STR(box_param(&a, r, "CallStatus"), "completed");
    arena_release(&a);
}

/* ---- faults --------------------------------------------------------------------------------- */

static const struct box_page faults[] = {
    {.path = "/answer", .status = 500},
    {.path = "/answer", .status = 404},
    {.path = "/answer", .fail = ERR_NETWORK},
    {.path = "/answer", .fail = ERR_UNCERTAIN},
    {.path = "/answer", .body = ""},
    {.path = "/answer", .body = "{}", .type = "application/json"},
    {.path = "/answer", .body = "<html><body>Oops</body></html>", .type = "text/html"},
    {.path = "/answer", .body = "<Response><Speak>"},
    {.path = "/answer", .body = DOCUMENT("<Reject/>")},
    {.path = "/answer", .body = DOCUMENT("<Speak language=\"hi-IN\">Namaste</Speak>")},
    {.path = "/answer", .body = DOCUMENT("<GetInput inputType=\"dtmf\"/>")},
};

TEST(plivo_document, an_answer_that_is_none_ends_the_call_with_its_cause) {
    for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
        const struct box_page pages[] = {faults[i], {0}};
        struct box b;
        REQUIRE(plivo_live(&b, pages, "12025550100", ""));
        expect_cause(&b, i < 4 ? "7011" : "8011", "Error");
        box_release(&b);
    }
}

TEST(plivo_document, the_fallback_is_asked_before_the_call_ends) {
    for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
        const struct box_page pages[] = {
            faults[i], {.path = "/fallback", .body = PLIVO_HANGUP}, {0}};
        struct arena a = {0};
        struct box b;
        REQUIRE(plivo_live(&b, pages, "12025550100", ",\"fallback_url\":\"" BOX_APP "/fallback\""));
        const struct box_request *r = box_wait(&b, "/fallback", 0);
        EXPECT_STR(box_param(&a, r, "Event"), "StartApp"); /* the same as answer_url got */
        EXPECT_STR(box_param(&a, r, "CallStatus"), "in-progress");
        expect_cause(&b, "4000", "Answer XML");
        box_release(&b);
        arena_release(&a);
    }
}

TEST(plivo_document, a_fallback_that_fails_too_ends_the_call) {
    static const struct box_page pages[] = {
        {.path = "/answer", .status = 500}, {.path = "/fallback", .body = "<Nothing/>"}, {0}};
    struct box b;
    REQUIRE(plivo_live(&b, pages, "12025550100", ",\"fallback_url\":\"" BOX_APP "/fallback\""));
    EXPECT_INT(box_count(&b, "/fallback"), 1);
    expect_cause(&b, "8011", "Error");
    box_release(&b);
}

TEST(plivo_document, the_fallback_is_not_for_later_documents) {
    static const struct {
        const char *path, *code;
        struct box_page page;
    } cases[] = {
        {"/heard", "7012", {.path = "/heard", .status = 503}},
        {"/heard", "8012", {.path = "/heard", .body = "Thank you"}},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct box_page pages[] = {
            {.path = "/answer",
             .body = DOCUMENT("<GetInput action=\"" BOX_APP "/heard\" inputType=\"dtmf\">"
                              "<Speak>Is that correct?</Speak></GetInput>")},
            cases[i].page,
            {0}};
        struct box b;
        REQUIRE(plivo_live(&b, pages, "12025550100", ",\"fallback_url\":\"" BOX_APP "/fallback\""));
        EXPECT_INT(box_count(&b, "/fallback"), 0);
        expect_cause(&b, cases[i].code, "Error");
        box_release(&b);
    }
}

TEST(plivo_document, a_redirect_that_fails_has_a_cause_of_its_own) {
    static const struct box_page gone[] = {
        {.path = "/answer", .body = DOCUMENT("<Redirect>" BOX_APP "/next</Redirect>")},
        {.path = "/next", .status = 500},
        {0}};
    static const struct box_page no_xml[] = {
        {.path = "/answer", .body = DOCUMENT("<Redirect>" BOX_APP "/next</Redirect>")},
        {.path = "/next", .body = "x"},
        {0}};
    struct box b;
    REQUIRE(plivo_live(&b, gone, "12025550100", ""));
    expect_cause(&b, "7014", "Error");
    box_release(&b);
    REQUIRE(plivo_live(&b, no_xml, "12025550100", ""));
    expect_cause(&b, "8014", "Error");
    box_release(&b);
}

/* ---- repeats ("Plivo docs: callback configurations") ---------------------------------------- */

static size_t tries(const char *fragment, const struct box_page *pages) {
    struct arena a = {0};
    struct box b;
    size_t n = 0;
    const char *json = arena_printf(&a,
                                    "{\"from\":\"12025550199\",\"to\":\"12025550100\","
                                    "\"answer_url\":\"" BOX_APP
                                    "/answer%s\",\"hangup_url\":\"" BOX_APP "/hangup\"}",
                                    fragment)
                           .ptr;
    if (plivo_box_init(&b, pages, NULL, 0)) {
        plivo_expect(&b, "POST", "/Call/", json, 201, "call fired");
        (void)box_wait_ended(&b, 1);
        n = box_count(&b, "/answer");
    }
    box_release(&b);
    arena_release(&a);
    return n;
}

TEST(plivo_document, repeats_go_by_the_fragment_of_the_url) {
    static const struct box_page lost[] = {{.path = "/answer", .fail = ERR_UNCERTAIN}, {0}};
    static const struct box_page refused[] = {{.path = "/answer", .fail = ERR_NETWORK}, {0}};
    static const struct box_page failing[] = {{.path = "/answer", .status = 500}, {0}};
    static const struct box_page missing[] = {{.path = "/answer", .status = 404}, {0}};
    EXPECT_INT(tries("", lost), 2); /* once more, after either time-out */
    EXPECT_INT(tries("", refused), 2);
    EXPECT_INT(tries("", failing), 1); /* a 500 is not repeated */
    EXPECT_INT(tries("#rp=5xx", failing), 2);
    EXPECT_INT(tries("#rc=4&rp=all", failing), 5);
    EXPECT_INT(tries("#rc=3&rp=4xx,ct", missing), 4);
    EXPECT_INT(tries("#rc=0", lost), 1);
    EXPECT_INT(tries("#ct=500&rt=40000&tt=55000&rc=2&rp=rt&er=frankfurt", lost), 3);
    EXPECT_INT(tries("#rc=6", lost), 2); /* out of range: all of it is ignored */
}

/* ---- input ---------------------------------------------------------------------------------- */

TEST(plivo_input, what_is_said_goes_to_the_action) {
    static const struct box_page pages[] = {
        {.path = "/answer",
         .body = DOCUMENT("<GetInput action=\"" BOX_APP "/heard\" inputType=\"speech\">"
                          "<Speak>What is your name?</Speak></GetInput>")},
        {.path = "/heard", .body = PLIVO_HANGUP},
        {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, pages, "12025550100", ""));
    const struct box_request *r = box_wait(&b, "/heard", 0);
    EXPECT_STR(box_param(&a, r, "InputType"), "speech");
    EXPECT_STR(box_param(&a, r, "Speech"), "My name is John Doe.");
    EXPECT_STR(box_param(&a, r, "Digits"), "");
    EXPECT(strncmp(box_param(&a, r, "SpeechConfidenceScore"), "0.", 2) == 0);
    EXPECT_STR(box_param(&a, r, "Event"), "Redirect");
    EXPECT_STR(box_param(&a, r, "CallStatus"), "in-progress");
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_input, keys_go_to_the_action_without_the_finishing_one) {
    static const struct box_page pages[] = {
        {.path = "/answer",
         .body = DOCUMENT("<GetDigits action=\"" BOX_APP "/heard\" method=\"GET\">"
                          "<Speak>Please type it.</Speak></GetDigits>")},
        {.path = "/heard", .body = PLIVO_HANGUP},
        {0}};
    static const char typist[] = "{\"callees\":[{\"number\":\"+12025550142\",\"script\":["
                                 "{\"press\":\"123#4\"}]}]}";
    struct arena a = {0};
    struct box b;
    char sid[37];
    REQUIRE(plivo_box_init(&b, pages, typist, 0));
    REQUIRE(plivo_call(&b, "12025550142", "", sid) && box_wait_ended(&b, 1));
    const struct box_request *r = box_wait(&b, "/heard", 0);
    EXPECT_STR(r->method, "GET");
    EXPECT_STR(box_param(&a, r, "InputType"), "dtmf");
    EXPECT_STR(box_param(&a, r, "Digits"), "123");
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_input, silence_falls_through_to_the_next_element) {
    static const struct box_page pages[] = {
        {.path = "/answer",
         .body = DOCUMENT("<GetInput action=\"" BOX_APP "/heard\" inputType=\"dtmf speech\" "
                          "executionTimeout=\"5\"><Speak>Hello?</Speak></GetInput>"
                          "<Redirect>" BOX_APP "/silent</Redirect>")},
        {.path = "/silent", .body = PLIVO_HANGUP},
        {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, pages, "12025550115", ""));
    EXPECT_INT(box_count(&b, "/heard"), 0);
    const struct box_request *r = box_wait(&b, "/silent", 0);
    EXPECT(strstr(r->body, "Digits") == NULL);
    EXPECT(strstr(r->body, "InputType") == NULL);
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_input, silence_at_a_redirect_to_the_action_itself_is_no_result) {
    static const struct box_page pages[] = {
        {.path = "/answer",
         .body = DOCUMENT("<GetInput action=\"" BOX_APP "/heard\" inputType=\"dtmf\">"
                          "<Speak>Hello?</Speak></GetInput>"
                          "<Redirect>" BOX_APP "/heard</Redirect>")},
        {.path = "/heard", .body = PLIVO_HANGUP},
        {0}};
    struct box b;
    REQUIRE(plivo_live(&b, pages, "12025550115", ""));
    const struct box_request *r = box_wait(&b, "/heard", 0);
    EXPECT(strstr(r->body, "Digits") == NULL);
    EXPECT_INT(box_count(&b, "/heard"), 1);
    box_release(&b);
}

/* ---- record --------------------------------------------------------------------------------- */

TEST(plivo_record_element, its_action_and_its_callback_tell_the_recording) {
    static const struct box_page pages[] = {
        {.path = "/answer",
         .body = DOCUMENT("<Speak>What is your name?</Speak>"
                          "<Record action=\"" BOX_APP "/taken\" callbackUrl=\"" BOX_APP
                          "/ready\" timeout=\"3\"/>")},
        {.path = "/taken", .body = DOCUMENT("<Wait length=\"9\"/>")},
        {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, pages, "12025550100", ""));
    const struct box_request *taken = box_wait(&b, "/taken", 0), *ready = box_wait(&b, "/ready", 0);
    const char *id = box_param(&a, taken, "RecordingID");
    EXPECT_INT(strlen(id), 36);
    EXPECT(strstr(box_param(&a, taken, "RecordUrl"), id) != NULL);
    EXPECT_STR(box_param(&a, taken, "Digits"), "");
    EXPECT(strstr(ready->body, "Digits") == NULL);
    EXPECT_STR(box_param(&a, ready, "RecordingID"), id);
    EXPECT_STR(box_param(&a, ready, "Event"), "RecordStop");
    EXPECT_STR(box_param(&a, ready, "From"), "12025550199");
    EXPECT(strcmp(box_param(&a, ready, "RecordingDurationMs"), "0") != 0);
    expect_cause(&b, "4010", "Answer XML");
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_record_element, silence_is_told_to_its_action_too) {
    static const struct box_page pages[] = {
        {.path = "/answer", .body = DOCUMENT("<Record action=\"" BOX_APP "/taken\"/>")},
        {.path = "/taken", .body = PLIVO_HANGUP},
        {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, pages, "12025550115", ""));
    const struct box_request *r = box_wait(&b, "/taken", 0);
    EXPECT_STR(box_param(&a, r, "Digits"), "timeout");
    EXPECT_STR(box_param(&a, r, "RecordingDuration"), "15");
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_record_element, a_silence_said_aloud_is_as_long_as_it_says) {
    static const struct box_page pages[] = {
        {.path = "/answer",
         .body =
             DOCUMENT("<Record timeout=\"5\" maxLength=\"3600\" action=\"" BOX_APP "/taken\"/>")},
        {.path = "/taken", .body = PLIVO_HANGUP},
        {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, pages, "12025550115", ""));
    const struct box_request *r = box_wait(&b, "/taken", 0);
    EXPECT_STR(box_param(&a, r, "Digits"), "timeout");
    EXPECT_STR(box_param(&a, r, "RecordingDuration"), "5");
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_record_element, without_an_action_the_next_element_follows) {
    static const struct box_page pages[] = {
        {.path = "/answer",
         .body = DOCUMENT("<Record maxLength=\"4\"/><Redirect>" BOX_APP "/next</Redirect>")},
        {.path = "/next", .body = PLIVO_HANGUP},
        {0}};
    struct box b;
    REQUIRE(plivo_live(&b, pages, "12025550100", ""));
    EXPECT_INT(box_count(&b, "/answer"), 1);
    EXPECT_INT(box_count(&b, "/next"), 1);
    box_release(&b);
}

TEST(plivo_record_element, a_session_is_recorded_beside_the_document) {
    static const struct box_page pages[] = {
        {.path = "/answer",
         .body = DOCUMENT("<Record recordSession=\"true\" fileFormat=\"wav\" redirect=\"false\" "
                          "callbackUrl=\"" BOX_APP "/ready\"/><Wait length=\"20\"/>")},
        {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, pages, "12025550100", ""));
    EXPECT_STR(box_param(&a, box_wait(&b, "/ready", 0), "RecordingDuration"), "20");
    box_release(&b);
    arena_release(&a);
}

/* ---- dial ----------------------------------------------------------------------------------- */

TEST(plivo_dial, its_action_and_its_callback_tell_the_other_leg) {
    static const struct {
        const char *to, *status, *ringing;
        const char *cause;
        size_t told;
        bool answered;
    } cases[] = {
        {"12025550100", "completed", "true", "4000", 3, true},
        {"12025550101", "busy", "false", "3010", 1, false},
        {"12025550102", "no-answer", "true", "3000", 1, false},
        {"12025550103", "failed", "false", "3050", 1, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a = {0};
        struct box b;
        const char *body =
            arena_printf(&a,
                         DOCUMENT("<Dial action=\"" BOX_APP "/dialled\" callbackUrl=\"" BOX_APP
                                  "/leg\"><Number>%s</Number></Dial>"),
                         cases[i].to)
                .ptr;
        const struct box_page pages[] = {
            {.path = "/answer", .body = body}, {.path = "/dialled", .body = PLIVO_HANGUP}, {0}};
        REQUIRE(plivo_live(&b, pages, "12025550107", ""));
        const struct box_request *r = box_wait(&b, "/dialled", 0);
        const char *b_leg = box_param(&a, r, "DialBLegUUID");
        EXPECT_STR(box_param(&a, r, "DialStatus"), cases[i].status);
        EXPECT_STR(box_param(&a, r, "DialRingStatus"), cases[i].ringing);
        EXPECT_STR(box_param(&a, r, "DialALegUUID"), box_param(&a, r, "CallUUID"));
        EXPECT_INT(strlen(b_leg), cases[i].answered ? 36 : 0);
        EXPECT_INT(box_count(&b, "/leg"), cases[i].told);
        const struct box_request *last = box_wait(&b, "/leg", cases[i].told - 1);
        EXPECT_STR(box_param(&a, last, "DialAction"), "hangup");
        EXPECT_STR(box_param(&a, last, "DialBLegHangupCauseCode"), cases[i].cause);
        EXPECT_STR(box_param(&a, last, "DialBLegTo"), cases[i].to);
        if (cases[i].answered) {
            EXPECT_STR(box_param(&a, box_wait(&b, "/leg", 0), "DialAction"), "answer");
            EXPECT_STR(box_param(&a, box_wait(&b, "/leg", 1), "DialAction"), "connected");
            EXPECT_STR(box_param(&a, last, "DialBLegUUID"), b_leg);
        }
        box_release(&b);
        arena_release(&a);
    }
}

TEST(plivo_dial, a_leg_that_still_rings_is_given_up_with_the_call) {
    static const struct box_page pages[] = {
        {.path = "/answer",
         .body = DOCUMENT("<Dial action=\"" BOX_APP "/dialled\" callbackUrl=\"" BOX_APP "/leg\">"
                          "<Number>12025550102</Number></Dial>")},
        {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, pages, "12025550107", ",\"time_limit\":20"));
    const struct box_request *leg = box_wait(&b, "/leg", 0), *end = box_wait(&b, "/dialled", 0);
    EXPECT_STR(box_param(&a, leg, "DialBLegHangupCauseCode"), "1000");
    EXPECT_STR(box_param(&a, leg, "DialBLegHangupSource"), "Caller");
    EXPECT_STR(box_param(&a, end, "DialStatus"), "cancel");
    EXPECT_STR(box_param(&a, end, "DialBLegUUID"), "");
    EXPECT_STR(box_param(&a, end, "CallStatus"), "completed");
    EXPECT_STR(box_param(&a, box_wait(&b, "/hangup", 0), "HangupCauseCode"), "6000");
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_dial, a_recording_begins_when_the_other_leg_answers) {
    static const struct box_page pages[] = {
        {.path = "/answer",
         .body =
             DOCUMENT("<Record startOnDialAnswer=\"true\" redirect=\"false\" callbackUrl=\"" BOX_APP
                      "/ready\"/>"
                      "<Dial timeLimit=\"10\"><Number>12025550100</Number></Dial>")},
        {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, pages, "12025550107", ""));
    EXPECT_STR(box_param(&a, box_wait(&b, "/ready", 0), "RecordingDuration"), "10");
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_dial, a_conference_tells_its_name_and_member) {
    static const struct box_page pages[] = {
        {.path = "/answer",
         .body = DOCUMENT("<Conference action=\"" BOX_APP "/left\">Room 7</Conference>")},
        {.path = "/left", .body = PLIVO_HANGUP},
        {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, pages, "12025550100", ""));
    const struct box_request *r = box_wait(&b, "/left", 0);
    EXPECT_STR(box_param(&a, r, "ConferenceName"), "Room 7");
    EXPECT_INT(strlen(box_param(&a, r, "ConferenceUUID")), 36);
    EXPECT(strstr(r->body, "DialStatus") == NULL);
    box_release(&b);
    arena_release(&a);
}

/* ---- the rest ------------------------------------------------------------------------------- */

TEST(plivo_document, speech_pauses_and_tones_take_their_time) {
    static const struct box_page pages[] = {
        {.path = "/answer",
         .body = DOCUMENT("<Wait length=\"7\"/><DTMF>1wW2</DTMF><Wait length=\"3\"/><Hangup/>")},
        {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, pages, "12025550100", ""));
    EXPECT_STR(box_param(&a, box_wait(&b, "/hangup", 0), "Duration"), "12");
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_document, a_large_one_is_read) {
    struct arena a = {0};
    struct buf body = BUF_INIT(200000);
    struct box b;
    buf_puts(&body, "<Response>");
    while (body.len < 80000)
        buf_puts(&body, "<!-- seventy kilobytes are too much for others, but not for Plivo -->\n");
    buf_puts(&body, "<Hangup/></Response>");
    const struct box_page pages[] = {{.path = "/answer", .body = body.ptr}, {0}};
    REQUIRE(plivo_live(&b, pages, "12025550100", ""));
    expect_cause(&b, "4000", "Answer XML");
    box_release(&b);
    buf_release(&body);
    arena_release(&a);
}
