/* Our wishes as Plivo's requests: golden texts. */
#include "providers/plivo/requests.h"
#include "tests/support/plivo_sign.h"
#include "tests/support/rest_rig.h"
#include "tests/support/test.h"

#define API    "https://api.example.com"
#define ROOT   API "/v1/Account/" PLIVO_TEST_ACCOUNT
#define CALL   ROOT "/Call/" PLIVO_TEST_CALL "/"
#define REC    "0f1e2d3c-4b5a-4968-8776-655443322110"
#define NOTICE "#ct=2000&rt=4000&rc=5&rp=4xx,5xx,ct,rt"
#define DOC    "#ct=2000&rt=15000&rc=2&rp=5xx,ct,rt"

static const struct rest_account account = {
    .id = STR_INIT(PLIVO_TEST_ACCOUNT),
    .number = STR_INIT("+12025550199"),
    .base_url = STR_INIT(API),
};

static void expect_request(struct rest_request *r, enum error_code rc, const char *method,
                           const char *url, const char *body) {
    rig_expect_request(r, rc, method, url, "application/json", body);
}

TEST(plivo_requests, a_plain_call_has_numbers_without_plus_address_and_limits) {
    struct rest_request r = rig_request();
    struct provider_place p = rig_place();
    enum error_code rc = plivo_encode_place(&account, &p, &r, NULL);
    expect_request(&r, rc, "POST", ROOT "/Call/",
                   "{\"from\":\"12025550199\",\"to\":\"12025550100\",\"answer_url\":"
                   "\"https://gw.example.com/a" DOC "\",\"answer_method\":\"POST\","
                   "\"ring_timeout\":60,\"time_limit\":3600}");
}

TEST(plivo_requests, a_full_call_is_told_of_at_two_addresses_and_recorded_later) {
    struct rest_request r = rig_request();
    struct provider_place p = rig_place();
    p.from = STR("+12025550123");
    p.to = STR("sip:anna@example.com");
    p.fallback_url = STR("https://g/f");
    p.status_url = STR("https://g/s?a=1");
    p.recording_url = STR("https://g/r");
    p.detection_url = STR("https://g/d#rc=0");
    p.record = p.record_dual = true;
    p.detection = CALL_DETECT_START;
    enum error_code rc = plivo_encode_place(&account, &p, &r, NULL);
    expect_request(&r, rc, "POST", ROOT "/Call/",
                   "{\"from\":\"12025550123\",\"to\":\"sip:anna@example.com\",\"answer_url\":"
                   "\"https://gw.example.com/a" DOC "\",\"answer_method\":\"POST\","
                   "\"ring_url\":\"https://g/s?a=1" NOTICE "\",\"ring_method\":\"POST\","
                   "\"hangup_url\":\"https://g/s?a=1" NOTICE "\",\"hangup_method\":\"POST\","
                   "\"fallback_url\":\"https://g/f" DOC "\",\"fallback_method\":\"POST\","
                   "\"ring_timeout\":60,\"time_limit\":3600,\"machine_detection\":\"true\","
                   "\"machine_detection_url\":\"https://g/d#rc=0\","
                   "\"machine_detection_method\":\"POST\"}");
}

TEST(plivo_requests, detection_without_an_address_waits_for_the_verdict) {
    struct rest_request r = rig_request();
    struct provider_place p = rig_place();
    p.detection = CALL_DETECT_START;
    EXPECT_INT(plivo_encode_place(&account, &p, &r, NULL), ERR_OK);
    EXPECT(str_find_str(buf_str(&r.body), STR("\"machine_detection\":\"true\"}")) < r.body.len);
    rig_drop_request(&r);
}

TEST(plivo_requests, a_call_that_cannot_be_said_is_not_sent) {
    struct rest_account bare = account;
    struct rest_request r = rig_request();
    struct error err;
    static const struct {
        const char *to, *answer_url, *field;
        enum call_detection detection;
        enum error_code code;
    } rows[] = {
        {"", "https://g/a", "to", CALL_DETECT_OFF, ERR_INVALID},
        {"+12025550100<+12025550101", "https://g/a", "to", CALL_DETECT_OFF, ERR_INVALID},
        {"+12025550100", "", "answer_url", CALL_DETECT_OFF, ERR_INVALID},
        {"+12025550100", "https://g/a", "from", CALL_DETECT_OFF, ERR_INVALID},
        {"+12025550100", "https://g/a", "detection", CALL_DETECT_MESSAGE_END, ERR_UNSUPPORTED},
    };
    bare.number = STR("");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct provider_place p = rig_place();
        p.to = str_z(rows[i].to);
        p.answer_url = str_z(rows[i].answer_url);
        p.detection = rows[i].detection;
        bool without = strcmp(rows[i].field, "from") == 0;
        EXPECT_INT(plivo_encode_place(without ? &bare : &account, &p, &r, &err), rows[i].code);
        EXPECT_STR(err.field, rows[i].field);
        rig_drop_request(&r);
    }
}

TEST(plivo_requests, a_running_call_is_ended_and_transferred) {
    struct rest_request r = rig_request();
    const struct str call = STR(PLIVO_TEST_CALL);
    enum error_code rc = plivo_encode_end(&account, call, &r, NULL);
    expect_request(&r, rc, "DELETE", CALL, NULL);
    rc = plivo_encode_redirect(&account, call, STR("https://g/?a=1&b"), &r, NULL);
    expect_request(&r, rc, "POST", CALL,
                   "{\"legs\":\"aleg\",\"aleg_url\":\"https://g/?a=1&b" DOC
                   "\",\"aleg_method\":\"POST\"}");
}

TEST(plivo_requests, a_call_is_looked_up_in_three_places) {
    struct rest_request r = rig_request();
    struct error err;
    static const char *const urls[] = {CALL "?status=live", CALL "?status=queued", CALL};
    for (unsigned pass = 0; pass < ARRAY_LEN(urls); pass++) {
        enum error_code rc = plivo_encode_look_up(&account, STR(PLIVO_TEST_CALL), pass, &r, NULL);
        expect_request(&r, rc, "GET", urls[pass], NULL);
    }
    EXPECT_INT(plivo_encode_look_up(&account, STR(PLIVO_TEST_CALL), 3, &r, &err), ERR_INVALID);
    rig_drop_request(&r);
}

TEST(plivo_requests, a_list_follows_calls_on_their_way) {
    struct rest_request r = rig_request();
    const struct provider_list_filter f = {
        .to = STR("+12025550100"), .from = STR("+12025550199"), .since_ms = 1795262400000};
    static const char *const urls[] = {
        ROOT "/Call/?status=queued",
        ROOT "/Call/?status=live&to_number=12025550100",
        ROOT "/Call/?limit=20&to_number=12025550100&end_time__gte=2026-11-21%2012%3A00%3A00",
    };
    for (unsigned pass = 0; pass < ARRAY_LEN(urls); pass++) {
        enum error_code rc = plivo_encode_list(&account, &f, pass, &r, NULL);
        EXPECT_INT(r.reply_bytes_max, 1 << 20);
        expect_request(&r, rc, "GET", urls[pass], NULL);
    }
    const struct provider_list_filter all = {0};
    enum error_code rc = plivo_encode_list(&account, &all, PLIVO_LIST_RECORDS, &r, NULL);
    expect_request(&r, rc, "GET", ROOT "/Call/?limit=20", NULL);
}

TEST(plivo_requests, a_recording_is_started_for_as_long_as_the_call_and_stopped) {
    struct rest_request r = rig_request();
    struct provider_recording_control c = {.action = PROVIDER_RECORDING_START,
                                           .call_sid = STR(PLIVO_TEST_CALL),
                                           .dual = true,
                                           .status_url = STR("https://g/r")};
    enum error_code rc = plivo_encode_control(&account, &c, &r, NULL);
    expect_request(&r, rc, "POST", CALL "Record/",
                   "{\"time_limit\":86400,\"file_format\":\"wav\",\"record_channel_type\":"
                   "\"stereo\",\"callback_url\":\"https://g/r" NOTICE
                   "\",\"callback_method\":\"POST\"}");
    c.dual = false;
    c.mp3 = true;
    c.status_url = STR("");
    rc = plivo_encode_control(&account, &c, &r, NULL);
    expect_request(&r, rc, "POST", CALL "Record/",
                   "{\"time_limit\":86400,\"file_format\":\"mp3\",\"record_channel_type\":"
                   "\"mono\"}");
    c.action = PROVIDER_RECORDING_STOP;
    c.recording_sid = STR(REC);
    rc = plivo_encode_control(&account, &c, &r, NULL);
    EXPECT_STR(r.tag, REC);
    expect_request(&r, rc, "DELETE", CALL "Record/", NULL);
    c.action = PROVIDER_RECORDING_PAUSE;
    EXPECT_INT(plivo_encode_control(&account, &c, &r, NULL), ERR_UNSUPPORTED);
    rig_drop_request(&r);
}

TEST(plivo_requests, a_recording_is_described_and_deleted_by_its_id) {
    struct rest_request r = rig_request();
    enum error_code rc = plivo_encode_fetch(&account, STR(""), STR(REC), 0, &r, NULL);
    expect_request(&r, rc, "GET", ROOT "/Recording/" REC "/", NULL);
    rc = plivo_encode_delete(&account, STR(""), STR(REC), &r, NULL);
    expect_request(&r, rc, "DELETE", ROOT "/Recording/" REC "/", NULL);
}

TEST(plivo_requests, the_check_asks_for_the_account_and_the_number) {
    struct rest_request r = rig_request();
    static const char *const urls[] = {ROOT "/", ROOT "/Number/12025550199/",
                                       ROOT "/VerifiedCallerId/12025550199/"};
    for (unsigned step = 0; step < ARRAY_LEN(urls); step++) {
        enum error_code rc = plivo_encode_check(&account, step, &r, NULL);
        expect_request(&r, rc, "GET", urls[step], NULL);
    }
    EXPECT_INT(plivo_encode_check(&account, 3, &r, NULL), ERR_INVALID);
    rig_drop_request(&r);
}

TEST(plivo_requests, an_id_that_is_no_uuid_reaches_no_address) {
    static const char *const ids[] = {"",
                                      "../x",
                                      "3e82ae9d-2c78-4d85-b1a4-6eae7dbafb3",
                                      "3e82ae9d-2c78-4d85-b1a4-6eae7dbafb3/",
                                      "3E82AE9D-2C78-4D85-B1A4-6EAE7DBAFB36",
                                      "3e82ae9d02c7804d850b1a406eae7dbafb36"};
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        struct rest_request r = rig_request();
        struct str id = str_z(ids[i]);
        struct provider_recording_control c = {.action = PROVIDER_RECORDING_STOP, .call_sid = id};
        EXPECT_INT(plivo_encode_end(&account, id, &r, NULL), ERR_INVALID);
        EXPECT_INT(plivo_encode_look_up(&account, id, 0, &r, NULL), ERR_INVALID);
        EXPECT_INT(plivo_encode_redirect(&account, id, STR("https://g"), &r, NULL), ERR_INVALID);
        EXPECT_INT(plivo_encode_control(&account, &c, &r, NULL), ERR_INVALID);
        EXPECT_INT(plivo_encode_fetch(&account, STR(""), id, 0, &r, NULL), ERR_INVALID);
        EXPECT_INT(plivo_encode_delete(&account, STR(""), id, &r, NULL), ERR_INVALID);
        c = (struct provider_recording_control){.action = PROVIDER_RECORDING_STOP,
                                                .call_sid = STR(PLIVO_TEST_CALL),
                                                .recording_sid = id};
        EXPECT(id.len == 0 || plivo_encode_control(&account, &c, &r, NULL) == ERR_INVALID);
        rig_drop_request(&r);
    }
}
