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

/* ---- one call by one document ---------------------------------------------------------------- */

struct story {
    struct arena arena;
    struct box box;
    struct box_page pages[8];
};

/** A whole call whose answer is that document; the next one, if it asks for any, hangs up. */
static bool tell(struct story *s, const char *answer, const char *to) {
    static const char *const next[] = {"/heard", "/silent", "/taken", "/dialled", "/left", "/next"};
    *s = (struct story){.pages = {{.path = "/answer", .body = answer}}};
    for (size_t i = 0; i < ARRAY_LEN(next); i++)
        s->pages[i + 1] = (struct box_page){.path = next[i], .body = PLIVO_HANGUP};
    return plivo_live(&s->box, s->pages, to, "");
}

static void end(struct story *s) {
    box_release(&s->box);
    arena_release(&s->arena);
}

/** A parameter of the n-th request to that path. */
static const char *param(struct story *s, const char *path, size_t n, const char *name) {
    return box_param(&s->arena, box_wait(&s->box, path, n), name);
}

static bool says(struct story *s, const char *path, const char *text) {
    return strstr(box_wait(&s->box, path, 0)->body, text) != NULL;
}

/* ---- input ---------------------------------------------------------------------------------- */

TEST(plivo_input, what_is_said_goes_to_the_action) {
    struct story s;
    REQUIRE(tell(&s,
                 DOCUMENT("<GetInput action=\"" BOX_APP "/heard\" inputType=\"speech\">"
                          "<Speak>What is your name?</Speak></GetInput>"),
                 "12025550100"));
    EXPECT_STR(param(&s, "/heard", 0, "InputType"), "speech");
    EXPECT_STR(param(&s, "/heard", 0, "Speech"), "My name is John Doe.");
    EXPECT_STR(param(&s, "/heard", 0, "Digits"), "");
    EXPECT(strncmp(param(&s, "/heard", 0, "SpeechConfidenceScore"), "0.", 2) == 0);
    EXPECT_STR(param(&s, "/heard", 0, "Event"), "Redirect");
    EXPECT_STR(param(&s, "/heard", 0, "CallStatus"), "in-progress");
    end(&s);
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
    struct story s = {0};
    char sid[37];
    REQUIRE(plivo_box_init(&s.box, pages, typist, 0));
    REQUIRE(plivo_call(&s.box, "12025550142", "", sid) && box_wait_ended(&s.box, 1));
    EXPECT_STR(box_wait(&s.box, "/heard", 0)->method, "GET");
    EXPECT_STR(param(&s, "/heard", 0, "InputType"), "dtmf");
    EXPECT_STR(param(&s, "/heard", 0, "Digits"), "123");
    end(&s);
}

TEST(plivo_input, silence_falls_through_to_the_next_element) {
    struct story s;
    REQUIRE(tell(&s,
                 DOCUMENT("<GetInput action=\"" BOX_APP "/heard\" inputType=\"dtmf speech\" "
                          "executionTimeout=\"5\"><Speak>Hello?</Speak></GetInput>"
                          "<Redirect>" BOX_APP "/silent</Redirect>"),
                 "12025550115"));
    EXPECT_INT(box_count(&s.box, "/heard"), 0);
    EXPECT(!says(&s, "/silent", "Digits"));
    EXPECT(!says(&s, "/silent", "InputType"));
    end(&s);
}

TEST(plivo_input, silence_at_a_redirect_to_the_action_itself_is_no_result) {
    struct story s;
    REQUIRE(tell(&s,
                 DOCUMENT("<GetInput action=\"" BOX_APP "/heard\" inputType=\"dtmf\">"
                          "<Speak>Hello?</Speak></GetInput>"
                          "<Redirect>" BOX_APP "/heard</Redirect>"),
                 "12025550115"));
    EXPECT(!says(&s, "/heard", "Digits"));
    EXPECT_INT(box_count(&s.box, "/heard"), 1);
    end(&s);
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
    struct story s = {0};
    REQUIRE(plivo_live(&s.box, pages, "12025550100", ""));
    const char *id = param(&s, "/taken", 0, "RecordingID");
    EXPECT_INT(strlen(id), 36);
    EXPECT(strstr(param(&s, "/taken", 0, "RecordUrl"), id) != NULL);
    EXPECT_STR(param(&s, "/taken", 0, "Digits"), "");
    EXPECT(!says(&s, "/ready", "Digits"));
    EXPECT_STR(param(&s, "/ready", 0, "RecordingID"), id);
    EXPECT_STR(param(&s, "/ready", 0, "Event"), "RecordStop");
    EXPECT_STR(param(&s, "/ready", 0, "From"), "12025550199");
    EXPECT(strcmp(param(&s, "/ready", 0, "RecordingDurationMs"), "0") != 0);
    expect_cause(&s.box, "4010", "Answer XML");
    end(&s);
}

TEST(plivo_record_element, silence_is_told_to_its_action_and_lasts_as_long_as_it_says) {
    static const char *const rows[][2] = {
        {"", "15"}, /* the carrier's own */
        {"timeout=\"5\" maxLength=\"3600\" ", "5"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena a = {0};
        struct story s;
        struct str body =
            arena_printf(&a, DOCUMENT("<Record %saction=\"" BOX_APP "/taken\"/>"), rows[i][0]);
        REQUIRE(tell(&s, body.ptr, "12025550115"));
        EXPECT_STR(param(&s, "/taken", 0, "Digits"), "timeout");
        EXPECT_STR(param(&s, "/taken", 0, "RecordingDuration"), rows[i][1]);
        end(&s);
        arena_release(&a);
    }
}

TEST(plivo_record_element, without_an_action_the_next_element_follows) {
    struct story s;
    REQUIRE(tell(&s, DOCUMENT("<Record maxLength=\"4\"/><Redirect>" BOX_APP "/next</Redirect>"),
                 "12025550100"));
    EXPECT_INT(box_count(&s.box, "/answer"), 1);
    EXPECT_INT(box_count(&s.box, "/next"), 1);
    end(&s);
}

TEST(plivo_record_element, a_session_is_recorded_beside_the_document) {
    struct story s;
    REQUIRE(tell(&s,
                 DOCUMENT("<Record recordSession=\"true\" fileFormat=\"wav\" redirect=\"false\" "
                          "callbackUrl=\"" BOX_APP "/ready\"/><Wait length=\"20\"/>"),
                 "12025550100"));
    EXPECT_STR(param(&s, "/ready", 0, "RecordingDuration"), "20");
    end(&s);
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
        struct story s;
        struct str body =
            arena_printf(&a,
                         DOCUMENT("<Dial action=\"" BOX_APP "/dialled\" callbackUrl=\"" BOX_APP
                                  "/leg\"><Number>%s</Number></Dial>"),
                         cases[i].to);
        REQUIRE(tell(&s, body.ptr, "12025550107"));
        size_t last = cases[i].told - 1;
        const char *b_leg = param(&s, "/dialled", 0, "DialBLegUUID");
        EXPECT_STR(param(&s, "/dialled", 0, "DialStatus"), cases[i].status);
        EXPECT_STR(param(&s, "/dialled", 0, "DialRingStatus"), cases[i].ringing);
        EXPECT_STR(param(&s, "/dialled", 0, "DialALegUUID"), param(&s, "/dialled", 0, "CallUUID"));
        EXPECT_INT(strlen(b_leg), cases[i].answered ? 36 : 0);
        EXPECT_INT(box_count(&s.box, "/leg"), cases[i].told);
        EXPECT_STR(param(&s, "/leg", last, "DialAction"), "hangup");
        EXPECT_STR(param(&s, "/leg", last, "DialBLegHangupCauseCode"), cases[i].cause);
        EXPECT_STR(param(&s, "/leg", last, "DialBLegTo"), cases[i].to);
        if (cases[i].answered) {
            EXPECT_STR(param(&s, "/leg", 0, "DialAction"), "answer");
            EXPECT_STR(param(&s, "/leg", 1, "DialAction"), "connected");
            EXPECT_STR(param(&s, "/leg", last, "DialBLegUUID"), b_leg);
        }
        end(&s);
        arena_release(&a);
    }
}

TEST(plivo_dial, a_leg_that_still_rings_is_given_up_with_the_call) {
    static const struct box_page pages[] = {
        {.path = "/answer",
         .body = DOCUMENT("<Dial action=\"" BOX_APP "/dialled\" callbackUrl=\"" BOX_APP "/leg\">"
                          "<Number>12025550102</Number></Dial>")},
        {0}};
    struct story s = {0};
    REQUIRE(plivo_live(&s.box, pages, "12025550107", ",\"time_limit\":20"));
    EXPECT_STR(param(&s, "/leg", 0, "DialBLegHangupCauseCode"), "1000");
    EXPECT_STR(param(&s, "/leg", 0, "DialBLegHangupSource"), "Caller");
    EXPECT_STR(param(&s, "/dialled", 0, "DialStatus"), "cancel");
    EXPECT_STR(param(&s, "/dialled", 0, "DialBLegUUID"), "");
    EXPECT_STR(param(&s, "/dialled", 0, "CallStatus"), "completed");
    EXPECT_STR(param(&s, "/hangup", 0, "HangupCauseCode"), "6000");
    end(&s);
}

TEST(plivo_dial, a_recording_begins_when_the_other_leg_answers) {
    struct story s;
    REQUIRE(
        tell(&s,
             DOCUMENT("<Record startOnDialAnswer=\"true\" redirect=\"false\" callbackUrl=\"" BOX_APP
                      "/ready\"/><Dial timeLimit=\"10\"><Number>12025550100</Number></Dial>"),
             "12025550107"));
    EXPECT_STR(param(&s, "/ready", 0, "RecordingDuration"), "10");
    end(&s);
}

TEST(plivo_dial, a_conference_tells_its_name_and_member) {
    struct story s;
    REQUIRE(tell(&s, DOCUMENT("<Conference action=\"" BOX_APP "/left\">Room 7</Conference>"),
                 "12025550100"));
    EXPECT_STR(param(&s, "/left", 0, "ConferenceName"), "Room 7");
    EXPECT_INT(strlen(param(&s, "/left", 0, "ConferenceUUID")), 36);
    EXPECT(!says(&s, "/left", "DialStatus"));
    end(&s);
}

/* ---- the rest ------------------------------------------------------------------------------- */

TEST(plivo_document, speech_pauses_and_tones_take_their_time) {
    struct story s;
    REQUIRE(tell(&s, DOCUMENT("<Wait length=\"7\"/><DTMF>1wW2</DTMF><Wait length=\"3\"/><Hangup/>"),
                 "12025550100"));
    EXPECT_STR(param(&s, "/hangup", 0, "Duration"), "12");
    end(&s);
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
