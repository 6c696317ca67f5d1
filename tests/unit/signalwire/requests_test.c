/* Our wishes as requests of SignalWire's own API: golden texts. */
#include "providers/signalwire/requests.h"

#include <stdio.h>

#include "core/base/json.h"
#include "tests/support/signalwire_sign.h"
#include "tests/support/test.h"

#define API     "https://example.signalwire.com"
#define CALL    SIGNALWIRE_TEST_CALL
#define FILE_ID "0c7ba5ee-1b2c-4d3e-8f90-a1b2c3d4e5f6"

static const struct rest_account account = {
    .id = STR_INIT(SIGNALWIRE_TEST_PROJECT),
    .number = STR_INIT("+12025550199"),
    .base_url = STR_INIT(API),
    .public_base_url = STR_INIT(SIGNALWIRE_TEST_BASE),
    .webhook_auth = STR_INIT("gateway:secret"),
};

static struct rest_request fresh(void) {
    return (struct rest_request){.url = BUF_INIT(8192), .body = BUF_INIT(8192)};
}

/** Compare and release. A NULL body: there is none, and no content type. */
static void expect_request(struct rest_request *r, enum error_code rc, const char *method,
                           const char *url, const char *body) {
    EXPECT_INT(rc, ERR_OK);
    EXPECT_STR(r->method, method);
    EXPECT_STR(r->url.ptr, url);
    EXPECT_STR(r->body.ptr, body);
    EXPECT_STR(r->body_type, body ? "application/json" : NULL);
    EXPECT(!buf_failed(&r->url) && !buf_failed(&r->body));
    buf_release(&r->url);
    buf_release(&r->body);
    *r = fresh();
}

static struct provider_place longest(void) {
    return (struct provider_place){
        .to = STR("+12025550100"),
        .answer_url = STR(SIGNALWIRE_TEST_BASE "/a"),
        .ring_timeout_s = 60,
        .time_limit_s = 14400,
    };
}

#define COMMANDS API "/api/calling/calls"
#define OWN      "https://gateway:secret@gw.example.com"

TEST(signalwire_requests, a_call_of_the_carriers_own_length_asks_for_its_document_at_once) {
    struct rest_request r = fresh();
    struct provider_place p = longest();
    enum error_code rc = signalwire_encode_place(&account, &p, &r, NULL);
    expect_request(&r, rc, "POST", COMMANDS,
                   "{\"command\":\"dial\",\"params\":{\"from\":\"+12025550199\",\"to\":"
                   "\"+12025550100\",\"url\":\"" OWN "/a\",\"url_method\":\"POST\","
                   "\"timeout\":60}}");
}

TEST(signalwire_requests, a_shorter_call_is_answered_with_its_limit_first) {
    struct rest_request r = fresh();
    struct provider_place p = longest();
    p.time_limit_s = 900;
    p.fallback_url = STR(SIGNALWIRE_TEST_BASE "/f");
    p.status_url = STR(SIGNALWIRE_TEST_BASE "/s");
    enum error_code rc = signalwire_encode_place(&account, &p, &r, NULL);
    expect_request(
        &r, rc, "POST", COMMANDS,
        "{\"command\":\"dial\",\"params\":{\"from\":\"+12025550199\",\"to\":\"+12025550100\","
        "\"swml\":{\"version\":\"1.0.0\",\"sections\":{\"main\":[{\"answer\":{\"max_duration\":900}"
        "},{\"transfer\":{\"dest\":\"" OWN "/a\"}},{\"transfer\":{\"dest\":\"" OWN "/f\"}}]}},"
        "\"fallback_url\":\"" OWN "/f\",\"status_url\":\"" OWN "/s\","
        "\"status_events\":[\"created\",\"ringing\",\"answered\",\"ended\"],\"timeout\":60}}");
}

TEST(signalwire_requests, who_answers_is_found_out_before_the_document_is_asked_for) {
    struct rest_request r = fresh();
    struct provider_place p = longest();
    p.detection = CALL_DETECT_MESSAGE_END;
    enum error_code rc = signalwire_encode_place(&account, &p, &r, NULL);
    expect_request(
        &r, rc, "POST", COMMANDS,
        "{\"command\":\"dial\",\"params\":{\"from\":\"+12025550199\",\"to\":\"+12025550100\","
        "\"swml\":{\"version\":\"1.0.0\",\"sections\":{\"main\":[{\"answer\":{\"max_duration\":"
        "14400}},{\"detect_machine\":{\"detect_message_end\":true,\"timeout\":30,\"wait\":true}},"
        "{\"transfer\":{\"dest\":\"" OWN "/a\",\"params\":{\"message_end\":true}}}]}},"
        "\"timeout\":60}}");
}

TEST(signalwire_requests, a_verdict_with_an_address_of_its_own_does_not_hold_the_call_up) {
    struct rest_request r = fresh();
    struct provider_place p = longest();
    p.detection = CALL_DETECT_START;
    p.detection_url = STR(SIGNALWIRE_TEST_BASE "/d");
    EXPECT_INT(signalwire_encode_place(&account, &p, &r, NULL), ERR_OK);
    EXPECT(strstr(r.body.ptr, "{\"detect_machine\":{\"detect_message_end\":false,\"timeout\":30,"
                              "\"wait\":false,\"status_url\":\"" OWN "/d\"}}"));
    buf_release(&r.url);
    buf_release(&r.body);
}

TEST(signalwire_requests, a_call_without_caller_id_is_refused_with_the_setting) {
    struct rest_request r = fresh();
    struct provider_place p = longest();
    struct rest_account bare = account;
    struct error err;
    bare.number = STR("");
    EXPECT_INT(signalwire_encode_place(&bare, &p, &r, &err), ERR_INVALID);
    EXPECT_STR(err.field, "from");
    EXPECT(strstr(err.text, "SIGNALWIRE_PHONE_NUMBER"));
    buf_release(&r.url);
    buf_release(&r.body);
}

TEST(signalwire_requests, an_address_that_is_too_long_is_never_left_out) {
    static char url[20000];
    struct rest_request r = fresh();
    struct provider_place p = longest();
    memset(url, 'a', sizeof url);
    p.status_url = str_from(url, sizeof url);
    EXPECT_INT(signalwire_encode_place(&account, &p, &r, NULL), ERR_OK);
    EXPECT(buf_failed(&r.body));
    buf_release(&r.url);
    buf_release(&r.body);
}

TEST(signalwire_requests, only_our_own_addresses_carry_credentials) {
    static const struct {
        const char *url, *told;
    } rows[] = {
        {"https://gw.example.com/x?y=1", OWN "/x?y=1"},
        {"https://gw.example.com", OWN},
        {"https://gw.example.com.evil.net/x", "https://gw.example.com.evil.net/x"},
        {"https://gw.example.com:8443/x", "https://gw.example.com:8443/x"},
        {"https://other.example.com/x", "https://other.example.com/x"},
        {"https://u:p@gw.example.com/x", "https://u:p@gw.example.com/x"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct rest_request r = fresh();
        char want[300];
        snprintf(want, sizeof want,
                 "{\"command\":\"update\",\"params\":{\"id\":\"" CALL "\",\"url\":\"%s\"}}",
                 rows[i].told);
        enum error_code rc =
            signalwire_encode_redirect(&account, STR(CALL), str_z(rows[i].url), &r, NULL);
        expect_request(&r, rc, "POST", COMMANDS, want);
    }
}

TEST(signalwire_requests, a_call_is_ended_and_looked_up_by_its_id) {
    struct rest_request r = fresh();
    enum error_code rc = signalwire_encode_end(&account, STR(CALL), &r, NULL);
    expect_request(&r, rc, "POST", COMMANDS,
                   "{\"command\":\"calling.end\",\"id\":\"" CALL
                   "\",\"params\":{\"reason\":\"hangup\"}}");
    rc = signalwire_encode_look_up(&account, STR(CALL), 0, &r, NULL);
    expect_request(&r, rc, "GET", API "/api/voice/logs/" CALL, NULL);
    const struct provider_list_filter f = {.to = STR("+12025550100")};
    rc = signalwire_encode_list(&account, &f, 0, &r, NULL);
    expect_request(&r, rc, "GET", API "/api/voice/logs?page_size=100", NULL);
}

TEST(signalwire_requests, a_recording_is_started_with_nothing_left_to_defaults) {
    struct rest_request r = fresh(), other = fresh();
    struct provider_recording_control c = {.action = PROVIDER_RECORDING_START,
                                           .call_sid = STR(CALL),
                                           .dual = true,
                                           .status_url = STR(SIGNALWIRE_TEST_BASE "/r")};
    char want[700], tag[CALL_SID_SIZE];
    REQUIRE(secret_system_init());
    EXPECT_INT(signalwire_encode_control(&account, &c, &other, NULL), ERR_OK);
    enum error_code rc = signalwire_encode_control(&account, &c, &r, NULL);
    EXPECT_INT(strlen(r.tag), 32);
    EXPECT(strcmp(r.tag, other.tag) != 0);
    memcpy(tag, r.tag, sizeof tag);
    snprintf(want, sizeof want,
             "{\"command\":\"calling.record\",\"id\":\"" CALL
             "\",\"params\":{\"control_id\":\"%s\","
             "\"record\":{\"audio\":{\"beep\":false,\"format\":\"wav\",\"stereo\":true,"
             "\"direction\":\"both\",\"initial_timeout\":0,\"end_silence_timeout\":0,"
             "\"max_length\":0,\"terminators\":\"\",\"input_sensitivity\":44}},"
             "\"status_url\":\"" OWN "/r\"}}",
             tag);
    expect_request(&r, rc, "POST", COMMANDS, want);
    c.mp3 = true;
    buf_clear(&other.body);
    EXPECT_INT(signalwire_encode_control(&account, &c, &other, NULL), ERR_OK);
    EXPECT(str_find_str(buf_str(&other.body), STR("\"format\":\"mp3\"")) < other.body.len);
    buf_release(&other.url);
    buf_release(&other.body);
}

TEST(signalwire_requests, a_recording_is_steered_by_its_control_id) {
    static const struct {
        enum provider_recording_action action;
        const char *sid, *body;
    } rows[] = {
        {PROVIDER_RECORDING_PAUSE, CALL ":main",
         "{\"command\":\"calling.record.pause\",\"id\":\"" CALL
         "\",\"params\":{\"control_id\":\"main\",\"behavior\":\"skip\"}}"},
        {PROVIDER_RECORDING_RESUME, "0123456789abcdef0123456789abcdef",
         "{\"command\":\"calling.record.resume\",\"id\":\"" CALL
         "\",\"params\":{\"control_id\":\"0123456789abcdef0123456789abcdef\"}}"},
        {PROVIDER_RECORDING_STOP, FILE_ID,
         "{\"command\":\"calling.record.stop\",\"id\":\"" CALL
         "\",\"params\":{\"control_id\":\"" FILE_ID "\"}}"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct rest_request r = fresh();
        const struct provider_recording_control c = {
            .action = rows[i].action, .call_sid = STR(CALL), .recording_sid = str_z(rows[i].sid)};
        enum error_code rc = signalwire_encode_control(&account, &c, &r, NULL);
        EXPECT_STR(r.tag, rows[i].sid);
        expect_request(&r, rc, "POST", COMMANDS, rows[i].body);
    }
}

TEST(signalwire_requests, a_recording_that_is_not_named_cannot_be_steered) {
    struct rest_request r = fresh();
    const struct provider_recording_control c = {.action = PROVIDER_RECORDING_STOP,
                                                 .call_sid = STR(CALL)};
    struct error err;
    EXPECT_INT(signalwire_encode_control(&account, &c, &r, &err), ERR_INVALID);
    EXPECT_STR(err.field, "recording_sid");
    buf_release(&r.url);
    buf_release(&r.body);
}

TEST(signalwire_requests, a_short_control_id_is_made_unique_by_its_call) {
    char sid[CALL_SID_SIZE] = "before";
    EXPECT(signalwire_recording_sid(STR(CALL), STR("main"), sid));
    EXPECT_STR(sid, CALL ":main");
    EXPECT(str_eq_z(signalwire_control_id(str_z(sid)), "main"));
    EXPECT(signalwire_recording_sid(STR(""), STR(FILE_ID), sid));
    EXPECT_STR(sid, FILE_ID);
    EXPECT(str_eq_z(signalwire_control_id(str_z(sid)), FILE_ID));
    static const char *const bad[] = {"",     "a b",      "a/b",
                                      "a:b",  "a\"b",     "a\\b",
                                      "\x7f", "\xc3\xa9", "a-name-that-is-not-unique-01"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        EXPECT(!signalwire_recording_sid(STR(CALL), str_z(bad[i]), sid));
    EXPECT(!signalwire_recording_sid(STR("no-call"), STR("main"), sid));
}

TEST(signalwire_requests, a_file_is_found_by_the_calls_events_and_by_the_list) {
    struct rest_request r = fresh();
    enum error_code rc = signalwire_encode_find(&account, STR(CALL), STR(CALL ":main"),
                                                SIGNALWIRE_FIND_EVENTS, &r, NULL);
    EXPECT_STR(r.tag, "main");
    expect_request(&r, rc, "GET", API "/api/voice/logs/" CALL "/events?page_size=100", NULL);
    rc = signalwire_encode_find(&account, STR(CALL), STR(CALL ":main"), SIGNALWIRE_FIND_LIST, &r,
                                NULL);
    EXPECT_STR(r.tag, CALL);
    expect_request(&r, rc, "GET", API "/api/relay/rest/recordings?page_size=100", NULL);
    rc = signalwire_encode_fetch(&account, STR(CALL), STR(FILE_ID), 0, &r, NULL);
    expect_request(&r, rc, "GET", API "/api/relay/rest/recordings/" FILE_ID, NULL);
    rc = signalwire_encode_delete(&account, STR(CALL), STR(FILE_ID), &r, NULL);
    expect_request(&r, rc, "DELETE", API "/api/relay/rest/recordings/" FILE_ID, NULL);
}

TEST(signalwire_requests, a_malformed_id_never_gets_into_an_address) {
    static const char *const bad[] = {"",
                                      "..",
                                      "b5d63b2e-f75b-4dc8-b6d4-269b635f96c",
                                      "B5D63B2E-F75B-4DC8-B6D4-269B635F96C0",
                                      "b5d63b2e-f75b-4dc8-b6d4-269b635f96c0/x",
                                      "CA00000000000000000000000000000001"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct rest_request r = fresh();
        struct str sid = str_z(bad[i]);
        EXPECT_INT(signalwire_encode_end(&account, sid, &r, NULL), ERR_INVALID);
        EXPECT_INT(signalwire_encode_redirect(&account, sid, STR("https://g/a"), &r, NULL),
                   ERR_INVALID);
        EXPECT_INT(signalwire_encode_look_up(&account, sid, 0, &r, NULL), ERR_INVALID);
        EXPECT_INT(signalwire_encode_find(&account, sid, STR(FILE_ID), 0, &r, NULL), ERR_INVALID);
        EXPECT_INT(signalwire_encode_fetch(&account, STR(CALL), sid, 0, &r, NULL), ERR_INVALID);
        EXPECT_INT(signalwire_encode_delete(&account, STR(CALL), sid, &r, NULL), ERR_INVALID);
        EXPECT_INT(r.url.len + r.body.len, 0);
    }
}

TEST(signalwire_requests, the_credential_check_reads_the_project_and_then_its_calls) {
    struct rest_request r = fresh();
    enum error_code rc = signalwire_encode_check(&account, SIGNALWIRE_CHECK_ACCOUNT, &r, NULL);
    expect_request(&r, rc, "GET", API "/api/laml/2010-04-01/Accounts/" SIGNALWIRE_TEST_PROJECT,
                   NULL);
    rc = signalwire_encode_check(&account, SIGNALWIRE_CHECK_VOICE, &r, NULL);
    expect_request(&r, rc, "GET", API "/api/voice/logs?page_size=1", NULL);
    EXPECT_INT(signalwire_encode_check(&account, 2, &r, NULL), ERR_INVALID);
}
