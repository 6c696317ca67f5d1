/* How SignalWire says what the cases need said, in each of its modes. */
#include "tests/conformance/provider/laml_words.h"
#include "tests/support/signalwire_sign.h"

#define CALL_1 "b5d63b2e-f75b-4dc8-b6d4-269b635f96c0"
#define CALL_2 "b5d63b2e-f75b-4dc8-b6d4-269b635f96c1"
#define FILE_1 "0c7ba5ee-1b2c-4d3e-8f90-a1b2c3d4e5f6"

/* ---- its own API ------------------------------------------------------------------------------
 */

#define CALL(id, status)                                                             \
    "{\"id\":\"" id "\",\"status\":\"" status "\",\"to\":\"+12025550100\",\"from\":" \
    "\"+12025550199\",\"created_at\":\"2026-01-01T00:00:00Z\",\"duration\":15}"
#define FAULT(code) "{\"errors\":[{\"code\":\"" code "\",\"message\":\"It went wrong\"}]}"

static const char ringing_event[] =
    "{\"event_type\":\"calling.call.state\",\"timestamp\":1767225607.0,\"project_id\":"
    "\"" SIGNALWIRE_TEST_PROJECT "\",\"params\":{\"call_id\":\"" CALL_1
    "\",\"call_state\":\"ringing\"}}";
static char sha1[SIGNALWIRE_SHA1_SIZE], sha256[SIGNALWIRE_SHA256_SIZE];
static struct http_header native_headers[] = {
    {.name = STR_INIT("X-Signalwire-Signature")},
    {.name = STR_INIT("X-Signalwire-SHA256-Signature")},
};

static void native_ringing(struct webhook_request *req) {
    sign_signalwire(SUITE_TOKEN, SUITE_BASE SUITE_RING_TARGET, STR(ringing_event), sha1, sha256);
    native_headers[0].value = str_z(sha1);
    native_headers[1].value = str_z(sha256);
    *req = (struct webhook_request){
        .kind = WEBHOOK_STATUS,
        .method = STR("POST"),
        .target = STR(SUITE_RING_TARGET),
        .content_type = STR("application/json"),
        .body = STR(ringing_event),
        .headers = native_headers,
        .header_count = ARRAY_LEN(native_headers),
    };
}

const struct suite_words signalwire_suite_words = {
    .account = SIGNALWIRE_TEST_PROJECT,
    .number = "+12025550199",
    .base_url = "https://api.example.com",
    .call_sid = CALL_1,
    .recording_sid = CALL_1 ":main",
    .created = 200,
    .placed = CALL(CALL_1, "queued"),
    .call_completed = CALL(CALL_1, "completed"),
    .call_unknown_word = CALL(CALL_1, "teleported"),
    .list_first = "{\"data\":[" CALL(
        CALL_1, "ringing") "],\"links\":{\"next\":"
                           "\"https://api.example.com/api/voice/logs?page_token=2\"}}",
    .list_last = "{\"data\":[" CALL(CALL_2, "busy") "," CALL(CALL_1, "ringing") "],\"links\":{}}",
    .list_empty = "{\"data\":[]}",
    .recording = CALL(CALL_1, "answered"),
    .found = "{\"data\":[{\"name\":\"calling_call_record\",\"details\":{\"control_id\":\"main\","
             "\"recording_id\":\"" FILE_1 "\"}}]}",
    .media = "{\"id\":\"" FILE_1 "\",\"url\":\"https://api.example.com/files/a.wav\"}",
    .invalid = FAULT("url_is_unsafe"),
    .auth = FAULT("something_about_credentials"), /* an unknown word: the status tells */
    .not_found = FAULT("does_not_exist"),
    .limited = FAULT("rate_limit_exceeded"),
    .over = FAULT("invalid_state"),
    .check_ok = "{\"status\":\"active\",\"friendly_name\":\"Mine\",\"auth_token\":"
                "\"" SUITE_TOKEN "\"}",
    .list_passes = 1,
    .audio_variants = 1,
    .look_ups = 1,
    .end_method = "POST",
    .stop_method = "POST",
    .makes_ids = true,
    .listed = CALL_RINGING,
    .ringing_at_ms = 1767225607000,
    .document = "Hello",
    .ringing = native_ringing,
};

/* ---- its Compatibility API --------------------------------------------------------------------
 */

#define COMPAT_CALL(sid, status) LAML_CALL(sid, status, "15")

static struct laml_notice notice;

static void compat_ringing(struct webhook_request *req) {
    laml_ringing(&notice, "X-SignalWire-Signature",
                 STR(LAML_RINGING(CALL_1, SIGNALWIRE_TEST_PROJECT)), req);
}

const struct suite_words signalwire_compat_suite_words = {
    .account = SIGNALWIRE_TEST_PROJECT,
    .number = "+12025550199",
    .base_url = "https://api.example.com",
    .call_sid = CALL_1,
    .recording_sid = FILE_1,
    .created = 200,
    .placed = COMPAT_CALL(CALL_1, "queued"),
    .call_completed = COMPAT_CALL(CALL_1, "completed"),
    .call_unknown_word = COMPAT_CALL(CALL_1, "teleported"),
    .list_first = LAML_LIST(COMPAT_CALL(CALL_1, "ringing"),
                            "\"/api/laml/2010-04-01/Accounts/x/Calls.json?Page=1\""),
    .list_last = LAML_LIST(COMPAT_CALL(CALL_2, "busy") "," COMPAT_CALL(CALL_1, "ringing"), "null"),
    .list_empty = LAML_LIST("", "null"),
    .recording = "{\"sid\":\"" FILE_1 "\",\"status\":\"in-progress\",\"channels\":\"2\"}",
    .invalid = FAULT("21211"),
    .auth = LAML_ERROR(20003, 401),
    .not_found = LAML_ERROR(20404, 404),
    .limited = FAULT("20429"),
    .over = FAULT("21220"),
    .check_ok = "{\"status\":\"active\",\"friendly_name\":\"Mine\",\"auth_token\":"
                "\"" SUITE_TOKEN "\"}",
    .list_passes = 2,
    .audio_variants = 1,
    .look_ups = 1,
    .end_method = "POST",
    .stop_method = "POST",
    .listed = CALL_RINGING,
    .ringing_at_ms = 1767225607000,
    .document = "<Say>Hello</Say>",
    .ringing = compat_ringing,
};
