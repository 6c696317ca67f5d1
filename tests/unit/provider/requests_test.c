/* Our wishes as Twilio's requests: golden texts. */
#include <string.h>

#include "providers/twilio/requests.h"
#include "tests/support/rest_rig.h"
#include "tests/support/test.h"
#include "tests/support/twilio_sign.h"

#define API  "https://api.example.com"
#define ROOT API "/2010-04-01/Accounts/" TWILIO_TEST_ACCOUNT
#define REC  "RE0123456789abcdef0123456789abcdef"
/* "#ct=2000&rt=4000&rc=5&rp=4xx,5xx,ct,rt" in form encoding */
#define RETRIES "%23ct%3D2000%26rt%3D4000%26rc%3D5%26rp%3D4xx%2C5xx%2Cct%2Crt"

static const struct rest_account account = {
    .id = STR_INIT(TWILIO_TEST_ACCOUNT),
    .number = STR_INIT("+12025550199"),
    .base_url = STR_INIT(API),
};

static void expect_request(struct rest_request *r, enum error_code rc, const char *method,
                           const char *url, const char *body) {
    rig_expect_request(r, rc, method, url, "application/x-www-form-urlencoded", body);
}

TEST(twilio_requests, a_plain_call_has_number_address_and_limits) {
    struct rest_request r = rig_request();
    struct provider_place p = rig_place();
    enum error_code rc = twilio_encode_place(&account, &p, &r, NULL);
    expect_request(&r, rc, "POST", ROOT "/Calls.json",
                   "To=%2B12025550100&From=%2B12025550199&Url=https%3A%2F%2Fgw.example.com%2Fa"
                   "&Method=POST&Timeout=60&TimeLimit=3600");
}

TEST(twilio_requests, a_full_call_says_every_parameter_that_we_offer) {
    struct rest_request r = rig_request();
    struct provider_place p = rig_place();
    p.from = STR("+12025550123");
    p.fallback_url = STR("https://g/f");
    p.status_url = STR("https://g/s");
    p.recording_url = STR("https://g/r");
    p.detection_url = STR("https://g/d#rc=0");
    p.record = p.record_dual = true;
    p.detection = CALL_DETECT_MESSAGE_END;
    enum error_code rc = twilio_encode_place(&account, &p, &r, NULL);
    expect_request(
        &r, rc, "POST", ROOT "/Calls.json",
        "To=%2B12025550100&From=%2B12025550123&Url=https%3A%2F%2Fgw.example.com%2Fa&Method=POST"
        "&FallbackUrl=https%3A%2F%2Fg%2Ff&FallbackMethod=POST"
        "&StatusCallback=https%3A%2F%2Fg%2Fs" RETRIES "&StatusCallbackMethod=POST"
        "&StatusCallbackEvent=initiated&StatusCallbackEvent=ringing"
        "&StatusCallbackEvent=answered&StatusCallbackEvent=completed"
        "&Timeout=60&TimeLimit=3600&Record=true&RecordingChannels=dual"
        "&RecordingStatusCallback=https%3A%2F%2Fg%2Fr" RETRIES
        "&RecordingStatusCallbackMethod=POST&RecordingStatusCallbackEvent=in-progress"
        "&RecordingStatusCallbackEvent=completed&RecordingStatusCallbackEvent=absent"
        "&MachineDetection=DetectMessageEnd&AsyncAmd=true"
        "&AsyncAmdStatusCallback=https%3A%2F%2Fg%2Fd%23rc%3D0&AsyncAmdStatusCallbackMethod=POST");
}

TEST(twilio_requests, detection_without_an_address_waits_for_the_verdict) {
    struct rest_request r = rig_request();
    struct provider_place p = rig_place();
    p.detection = CALL_DETECT_START;
    enum error_code rc = twilio_encode_place(&account, &p, &r, NULL);
    expect_request(&r, rc, "POST", ROOT "/Calls.json",
                   "To=%2B12025550100&From=%2B12025550199&Url=https%3A%2F%2Fgw.example.com%2Fa"
                   "&Method=POST&Timeout=60&TimeLimit=3600&MachineDetection=Enable");
}

TEST(twilio_requests, a_call_without_a_caller_id_is_not_sent) {
    struct rest_account bare = account;
    struct rest_request r = rig_request();
    struct provider_place p = rig_place();
    struct error err;
    bare.number = STR("");
    EXPECT_INT(twilio_encode_place(&bare, &p, &r, &err), ERR_INVALID);
    EXPECT_STR(err.field, "from");
    p = rig_place();
    p.answer_url = STR("");
    EXPECT_INT(twilio_encode_place(&account, &p, &r, &err), ERR_INVALID);
    EXPECT_STR(err.field, "answer_url");
    buf_release(&r.url);
    buf_release(&r.body);
}

TEST(twilio_requests, a_running_call_is_ended_redirected_and_looked_up) {
    struct rest_request r = rig_request();
    enum error_code rc = twilio_encode_end(&account, STR(TWILIO_TEST_CALL), &r, NULL);
    expect_request(&r, rc, "POST", ROOT "/Calls/" TWILIO_TEST_CALL ".json", "Status=completed");
    rc = twilio_encode_redirect(&account, STR(TWILIO_TEST_CALL), STR("https://g/?a=1&b"), &r, NULL);
    expect_request(&r, rc, "POST", ROOT "/Calls/" TWILIO_TEST_CALL ".json",
                   "Url=https%3A%2F%2Fg%2F%3Fa%3D1%26b&Method=POST");
    rc = twilio_encode_look_up(&account, STR(TWILIO_TEST_CALL), 0, &r, NULL);
    expect_request(&r, rc, "GET", ROOT "/Calls/" TWILIO_TEST_CALL ".json", NULL);
}

TEST(twilio_requests, a_list_asks_by_day_and_for_queued_calls) {
    struct rest_request r = rig_request();
    const struct provider_list_filter f = {
        .to = STR("+12025550100"), .from = STR("+12025550199"), .since_ms = 1795262400000};
    enum error_code rc = twilio_encode_list(&account, &f, 0, &r, NULL);
    expect_request(&r, rc, "GET",
                   ROOT "/Calls.json?PageSize=100&To=%2B12025550100&From=%2B12025550199"
                        "&StartTime%3E=2026-11-21",
                   NULL);
    rc = twilio_encode_list(&account, &f, 1, &r, NULL);
    expect_request(&r, rc, "GET",
                   ROOT "/Calls.json?PageSize=100&To=%2B12025550100&From=%2B12025550199"
                        "&Status=queued",
                   NULL);
}

TEST(twilio_requests, a_recording_is_controlled_on_its_call) {
    static const struct {
        enum provider_recording_action action;
        const char *sid, *path, *body;
    } rows[] = {
        {PROVIDER_RECORDING_PAUSE, "", "Twilio.CURRENT", "Status=paused"},
        {PROVIDER_RECORDING_RESUME, REC, REC, "Status=in-progress"},
        {PROVIDER_RECORDING_STOP, "", "Twilio.CURRENT", "Status=stopped"},
    };
    struct rest_request r = rig_request();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct provider_recording_control c = {.action = rows[i].action,
                                               .call_sid = STR(TWILIO_TEST_CALL),
                                               .recording_sid = str_z(rows[i].sid)};
        struct buf url = BUF_INIT(512);
        enum error_code rc = twilio_encode_control(&account, &c, &r, NULL);
        buf_printf(&url, "%s/Calls/%s/Recordings/%s.json", ROOT, TWILIO_TEST_CALL, rows[i].path);
        expect_request(&r, rc, "POST", url.ptr, rows[i].body);
        buf_release(&url);
    }
    struct provider_recording_control start = {.action = PROVIDER_RECORDING_START,
                                               .call_sid = STR(TWILIO_TEST_CALL),
                                               .status_url = STR("https://g/r")};
    enum error_code rc = twilio_encode_control(&account, &start, &r, NULL);
    expect_request(&r, rc, "POST", ROOT "/Calls/" TWILIO_TEST_CALL "/Recordings.json",
                   "RecordingChannels=mono&RecordingStatusCallback=https%3A%2F%2Fg%2Fr" RETRIES
                   "&RecordingStatusCallbackMethod=POST&RecordingStatusCallbackEvent=in-progress"
                   "&RecordingStatusCallbackEvent=completed&RecordingStatusCallbackEvent=absent");
}

TEST(twilio_requests, audio_is_asked_for_in_two_channels_first) {
    struct rest_request r = rig_request();
    enum error_code rc = twilio_encode_fetch(&account, STR(""), STR(REC), 0, &r, NULL);
    expect_request(&r, rc, "GET", ROOT "/Recordings/" REC ".wav?RequestedChannels=2", NULL);
    rc = twilio_encode_fetch(&account, STR(""), STR(REC), 1, &r, NULL);
    expect_request(&r, rc, "GET", ROOT "/Recordings/" REC ".wav", NULL);
    rc = twilio_encode_delete(&account, STR(""), STR(REC), &r, NULL);
    expect_request(&r, rc, "DELETE", ROOT "/Recordings/" REC ".json", NULL);
}

TEST(twilio_requests, an_mp3_is_made_when_it_is_asked_for) {
    struct rest_request r = rig_request();
    memcpy(r.format, "mp3", 4);
    enum error_code rc = twilio_encode_fetch(&account, STR(""), STR(REC), 0, &r, NULL);
    EXPECT_STR(r.format, "mp3");
    expect_request(&r, rc, "GET", ROOT "/Recordings/" REC ".mp3?RequestedChannels=2", NULL);
    memcpy(r.format, "mp3", 4);
    rc = twilio_encode_fetch(&account, STR(""), STR(REC), 1, &r, NULL);
    expect_request(&r, rc, "GET", ROOT "/Recordings/" REC ".mp3", NULL);
}

TEST(twilio_requests, the_credential_check_asks_account_calls_and_number) {
    static const char *const urls[] = {
        ROOT ".json",
        ROOT "/Calls.json?PageSize=1",
        ROOT "/IncomingPhoneNumbers.json?PageSize=1&PhoneNumber=%2B12025550199",
        ROOT "/OutgoingCallerIds.json?PageSize=1&PhoneNumber=%2B12025550199",
    };
    struct rest_request r = rig_request();
    for (unsigned i = 0; i < ARRAY_LEN(urls); i++) {
        enum error_code rc = twilio_encode_check(&account, i, &r, NULL);
        expect_request(&r, rc, "GET", urls[i], NULL);
    }
    EXPECT_INT(twilio_encode_check(&account, ARRAY_LEN(urls), &r, NULL), ERR_INVALID);
}

TEST(twilio_requests, an_id_that_could_leave_its_path_is_refused) {
    static const char *const bad[] = {
        "",
        "../../x",
        "RE0123456789abcdef0123456789abcde",
        "RE0123456789abcdef0123456789abcdef0",
        "RE0123456789ABCDEF0123456789ABCDEF",
        "CA0123456789abcdef0123456789abcdeg",
        "CA0123456789abcdef0123456789abcd/.",
        "CA0123456789abcdef0123456789abcd%2",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct rest_request r = rig_request();
        struct provider_recording_control c = {.action = PROVIDER_RECORDING_STOP,
                                               .call_sid = STR(TWILIO_TEST_CALL),
                                               .recording_sid = str_z(bad[i])};
        EXPECT_INT(twilio_encode_end(&account, str_z(bad[i]), &r, NULL), ERR_INVALID);
        EXPECT_INT(twilio_encode_look_up(&account, str_z(bad[i]), 0, &r, NULL), ERR_INVALID);
        EXPECT_INT(twilio_encode_fetch(&account, STR(""), str_z(bad[i]), 0, &r, NULL), ERR_INVALID);
        EXPECT_INT(twilio_encode_delete(&account, STR(""), str_z(bad[i]), &r, NULL), ERR_INVALID);
        EXPECT(r.url.len == 0);
        EXPECT(i == 0 || twilio_encode_control(&account, &c, &r, NULL) == ERR_INVALID);
        buf_release(&r.url);
        buf_release(&r.body);
    }
}
