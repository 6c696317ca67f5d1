/* SignalWire's Compatibility API: where it differs from the one it is compatible with. */
#include "providers/signalwire/compat.h"

#include "providers/signalwire/signalwire.h"
#include "tests/support/signalwire_sign.h"
#include "tests/support/test.h"
#include "tests/support/twilio_sign.h"

#define API  "https://example.signalwire.com"
#define ROOT API "/api/laml/2010-04-01/Accounts/" SIGNALWIRE_TEST_PROJECT
#define CALL SIGNALWIRE_TEST_CALL
#define REC  "0c7ba5ee-1b2c-4d3e-8f90-a1b2c3d4e5f6"

static const struct rest_account account = {
    .id = STR_INIT(SIGNALWIRE_TEST_PROJECT),
    .number = STR_INIT("+12025550199"),
    .base_url = STR_INIT(API),
};

static struct rest_request fresh(void) {
    return (struct rest_request){.url = BUF_INIT(8192), .body = BUF_INIT(8192)};
}

static void expect_request(struct rest_request *r, enum error_code rc, const char *method,
                           const char *url, const char *body) {
    EXPECT_INT(rc, ERR_OK);
    EXPECT_STR(r->method, method);
    EXPECT_STR(r->url.ptr, url);
    EXPECT_STR(r->body.ptr, body);
    EXPECT_STR(r->body_type, body ? "application/x-www-form-urlencoded" : NULL);
    buf_release(&r->url);
    buf_release(&r->body);
    *r = fresh();
}

TEST(signalwire_compat, a_call_has_no_length_and_no_options_of_its_notices) {
    struct rest_request r = fresh();
    const struct provider_place p = {.to = STR("+12025550100"),
                                     .answer_url = STR("https://g/a"),
                                     .fallback_url = STR("https://g/f"),
                                     .status_url = STR("https://g/s"),
                                     .recording_url = STR("https://g/r"),
                                     .ring_timeout_s = 45,
                                     .time_limit_s = 900,
                                     .record = true,
                                     .record_dual = true,
                                     .detection = CALL_DETECT_MESSAGE_END};
    enum error_code rc = signalwire_compat_encode_place(&account, &p, &r, NULL);
    expect_request(
        &r, rc, "POST", ROOT "/Calls.json",
        "To=%2B12025550100&From=%2B12025550199&Url=https%3A%2F%2Fg%2Fa&Method=POST"
        "&FallbackUrl=https%3A%2F%2Fg%2Ff&FallbackMethod=POST&StatusCallback=https%3A%2F%2Fg%2Fs"
        "&StatusCallbackMethod=POST&StatusCallbackEvent=initiated&StatusCallbackEvent=ringing"
        "&StatusCallbackEvent=answered&StatusCallbackEvent=completed&Timeout=45&Record=true"
        "&RecordingChannels=dual&RecordingStatusCallback=https%3A%2F%2Fg%2Fr"
        "&RecordingStatusCallbackMethod=POST&RecordingStatusCallbackEvent=in-progress"
        "&RecordingStatusCallbackEvent=completed&RecordingStatusCallbackEvent=absent"
        "&MachineDetection=DetectMessageEnd");
}

TEST(signalwire_compat, a_live_call_is_changed_under_its_own_path) {
    struct rest_request r = fresh();
    enum error_code rc = signalwire_compat_encode_end(&account, STR(CALL), &r, NULL);
    expect_request(&r, rc, "POST", ROOT "/Calls/" CALL ".json", "Status=completed");
    rc = signalwire_compat_encode_redirect(&account, STR(CALL), STR("https://g/a"), &r, NULL);
    expect_request(&r, rc, "POST", ROOT "/Calls/" CALL ".json",
                   "Url=https%3A%2F%2Fg%2Fa&Method=POST");
    rc = signalwire_compat_encode_look_up(&account, STR(CALL), 0, &r, NULL);
    expect_request(&r, rc, "GET", ROOT "/Calls/" CALL ".json", NULL);
    const struct provider_list_filter f = {.to = STR("+12025550100"), .since_ms = 1767225600000};
    rc = signalwire_compat_encode_list(&account, &f, 0, &r, NULL);
    expect_request(&r, rc, "GET",
                   ROOT "/Calls.json?PageSize=100&To=%2B12025550100&StartTime%3E=2026-01-01", NULL);
    rc = signalwire_compat_encode_list(&account, &f, 1, &r, NULL);
    expect_request(&r, rc, "GET", ROOT "/Calls.json?PageSize=100&To=%2B12025550100&Status=queued",
                   NULL);
}

TEST(signalwire_compat, a_recording_has_to_be_named_and_has_one_form) {
    struct rest_request r = fresh();
    struct error err;
    struct provider_recording_control c = {.action = PROVIDER_RECORDING_PAUSE,
                                           .call_sid = STR(CALL)};
    EXPECT_INT(signalwire_compat_encode_control(&account, &c, &r, &err), ERR_INVALID);
    EXPECT_STR(err.field, "recording_sid");
    buf_release(&r.url);
    r = fresh();
    c.recording_sid = STR(REC);
    enum error_code rc = signalwire_compat_encode_control(&account, &c, &r, NULL);
    expect_request(&r, rc, "POST", ROOT "/Calls/" CALL "/Recordings/" REC ".json", "Status=paused");
    rc = signalwire_compat_encode_fetch(&account, STR(CALL), STR(REC), 0, &r, NULL);
    expect_request(&r, rc, "GET", ROOT "/Recordings/" REC ".wav", NULL);
    rc = signalwire_compat_encode_delete(&account, STR(CALL), STR(REC), &r, NULL);
    expect_request(&r, rc, "DELETE", ROOT "/Recordings/" REC ".json", NULL);
}

TEST(signalwire_compat, an_id_is_a_uuid) {
    struct rest_request r = fresh();
    struct error err;
    EXPECT_INT(
        signalwire_compat_encode_end(&account, STR("CA00000000000000000000000000000001"), &r, &err),
        ERR_INVALID);
    EXPECT_STR(err.text, "a call_sid is a UUID");
    EXPECT_INT(r.url.len, 0);
}

TEST(signalwire_compat, a_call_is_read_with_its_short_verdict) {
    struct provider_call c;
    EXPECT_INT(signalwire_compat_decode_call(
                   STR("{\"sid\":\"" CALL "\",\"status\":\"in-progress\",\"to\":\"+12025550100\","
                       "\"from\":\"+12025550199\",\"duration\":15,\"answered_by\":\"machine\","
                       "\"date_created\":\"Thu, 01 Jan 2026 00:00:00 +0000\"}"),
                   &c, NULL),
               ERR_OK);
    EXPECT_STR(c.sid, CALL);
    EXPECT_INT(c.status, CALL_ANSWERED);
    EXPECT_INT(c.answered_by, CALL_BY_MACHINE);
    EXPECT_INT(c.duration_s, 15);
    EXPECT_INT(c.created_ms, 1767225600000);
}

TEST(signalwire_compat, errors_come_alone_or_in_a_list_by_number_or_by_word) {
    static const struct {
        int status;
        const char *body;
        enum error_code want;
        int number;
    } rows[] = {
        {401, "{\"code\":20003,\"message\":\"Authentication failed\",\"status\":401}", ERR_AUTH,
         20003},
        {400, "{\"errors\":[{\"code\":\"21211\",\"message\":\"no\"}]}", ERR_INVALID, 21211},
        {400, "{\"errors\":[{\"code\":21220,\"message\":\"no\"}]}", ERR_CONFLICT, 21220},
        {422, "{\"errors\":[{\"code\":\"insufficient_balance\",\"message\":\"no\"}]}", ERR_AUTH, 0},
        {400, "{\"code\":21611,\"message\":\"full\"}", ERR_RATE_LIMIT, 21611},
        {400, "{\"code\":77777,\"message\":\"new\"}", ERR_INVALID, 77777},
        {404, "{\"error\":\"Not Found\"}", ERR_NOT_FOUND, 0},
        {403, "{\"error\":\"waf\"}", ERR_OK, 0},
        {403, "<html>", ERR_OK, 0},
        {403, "{\"errors\":[{\"code\":\"0\"}]}", ERR_AUTH, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err = {0};
        EXPECT_INT(signalwire_compat_decode_error(rows[i].status, str_z(rows[i].body), &err),
                   rows[i].want);
        EXPECT_INT(err.carrier_code, rows[i].number);
    }
}

static void expect_document(const char *plan_json, const char *want) {
    struct plan plan = {0};
    struct json_doc *doc = NULL;
    struct buf out = BUF_INIT(64000);
    REQUIRE(json_parse(str_z(plan_json), NULL, &doc, NULL) == ERR_OK);
    REQUIRE(plan_from_json(json_root(doc), &plan, NULL) == ERR_OK);
    EXPECT_INT(signalwire_compat_dialect.render(&account, &plan, &out, NULL, NULL), ERR_OK);
    EXPECT(strstr(out.ptr, want));
    const char *pay = strstr(out.ptr, "<Pay"); /* not what is only said */
    EXPECT(!pay || !strstr(pay, " paymentConnector="));
    EXPECT(strstr(out.ptr, "</Response>"));
    buf_release(&out);
    json_doc_free(doc);
    plan_release(&plan);
}

TEST(signalwire_compat, a_payment_names_the_address_of_its_connector) {
    expect_document("{\"steps\":[{\"say\":{\"text\":\"<Pay paymentConnector=\\\"x\\\">\"}},"
                    "{\"pay\":{\"connector\":\"https://pay.example.com/x?a=1\"}},"
                    "{\"hangup\":{}}]}",
                    " paymentConnectorUrl=\"https://pay.example.com/x?a=1\"");
    expect_document("{\"steps\":[{\"pay\":{\"connector\":\"https://p\"}}]}",
                    "<Pay minPostalCodeLength=\"0\"");
    expect_document("{\"steps\":[{\"pay\":{\"connector\":\"https://p\",\"postal_code_min\":5}}]}",
                    " minPostalCodeLength=\"5\"");
    expect_document("{\"steps\":[{\"say\":{\"text\":\"Hello\"}}]}", "<Say>Hello</Say>");
}

/* ---- webhooks -------------------------------------------------------------------------------- */

#define URL SIGNALWIRE_TEST_BASE "/voice/x/call_1/n/status"

static enum error_code arrive(const char *header, const char *signature, const char *form_body,
                              enum webhook_kind kind, struct webhook_news *news) {
    struct secret key = {0};
    struct arena a = {0};
    struct form fields = {0};
    struct rest_signer signer = {0};
    const struct http_header h = {str_z(header), str_z(signature)};
    const struct webhook_request req = {
        .kind = kind,
        .method = STR("POST"),
        .target = STR("/voice/x/call_1/n/status"),
        .content_type = STR("application/x-www-form-urlencoded"),
        .body = str_z(form_body),
        .headers = &h,
        .header_count = 1,
    };
    secret_set(&key, STR(SIGNALWIRE_TEST_KEY));
    enum error_code rc =
        rest_signer_init(&signer, REST_MAC_SHA1, &key, STR(SIGNALWIRE_TEST_BASE), NULL);
    if (rc == ERR_OK)
        rc = signalwire_compat_verify_webhook(&signer, &req, &a, &fields, NULL);
    if (rc == ERR_OK)
        rc = signalwire_compat_parse_webhook(&account, &req, &fields, &a, news, NULL);
    rest_signer_release(&signer);
    secret_release(&key);
    arena_release(&a);
    return rc;
}

TEST(signalwire_compat, both_words_for_an_answer_and_both_names_of_the_header_are_taken) {
    static const char *const words[] = {"answered", "in-progress"};
    static const char *const headers[] = {"X-SignalWire-Signature", "x-twilio-signature"};
    REQUIRE(secret_system_init());
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        for (size_t k = 0; k < ARRAY_LEN(headers); k++) {
            char signature[TWILIO_SIGNATURE_SIZE];
            struct webhook_news news = {0};
            struct buf b = BUF_INIT(1024);
            buf_printf(&b,
                       "CallSid=" CALL "&AccountSid=" SIGNALWIRE_TEST_PROJECT "&CallStatus=%s"
                       "&Timestamp=Thu%%2C+01+Jan+2026+00%%3A00%%3A07+%%2B0000",
                       words[i]);
            sign_twilio(SIGNALWIRE_TEST_KEY, URL, buf_str(&b), signature);
            EXPECT_INT(arrive(headers[k], signature, b.ptr, WEBHOOK_STATUS, &news), ERR_OK);
            EXPECT_STR(news.sid, CALL);
            EXPECT_INT(news.status, CALL_ANSWERED);
            EXPECT_INT(news.at_ms, 1767225607000);
            EXPECT_INT(arrive("X-Other", signature, b.ptr, WEBHOOK_STATUS, &news), ERR_AUTH);
            sign_twilio(SIGNALWIRE_TEST_TOKEN, URL, buf_str(&b), signature);
            EXPECT_INT(arrive(headers[k], signature, b.ptr, WEBHOOK_STATUS, &news), ERR_AUTH);
            buf_release(&b);
        }
}

TEST(signalwire_compat, a_recording_is_known_by_its_uuid) {
    static const char text[] = "CallSid=" CALL "&RecordingSid=" REC
                               "&RecordingStatus=completed&RecordingDuration=9&RecordingChannels=2";
    char signature[TWILIO_SIGNATURE_SIZE];
    struct webhook_news news = {0};
    REQUIRE(secret_system_init());
    sign_twilio(SIGNALWIRE_TEST_KEY, URL, STR(text), signature);
    EXPECT_INT(arrive("X-SignalWire-Signature", signature, text, WEBHOOK_RECORDING, &news), ERR_OK);
    EXPECT_STR(news.recording_sid, REC);
    EXPECT_INT(news.recording_status, RECORDING_AVAILABLE);
    EXPECT_INT(news.recording_duration_s, 9);
    EXPECT_INT(news.recording_channels, 2);
}
