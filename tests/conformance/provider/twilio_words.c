/* How Twilio says what the cases need said. */
#include "tests/conformance/provider/laml_words.h"

#define CALL_1 "CA00000000000000000000000000000001"
#define CALL_2 "CA00000000000000000000000000000002"
#define REC    "RE0123456789abcdef0123456789abcdef"

#define CALL(sid, status) LAML_CALL(sid, status, "\"15\"")

static struct laml_notice notice;

static void twilio_ringing(struct webhook_request *req) {
    laml_ringing(&notice, "X-Twilio-Signature",
                 STR(LAML_RINGING(CALL_1, TWILIO_TEST_ACCOUNT) "&SequenceNumber=1"), req);
}

const struct suite_words twilio_suite_words = {
    .account = TWILIO_TEST_ACCOUNT,
    .number = "+12025550199",
    .base_url = "https://api.example.com",
    .call_sid = CALL_1,
    .recording_sid = REC,
    .created = 201,
    .placed = CALL(CALL_1, "queued"),
    .call_completed = CALL(CALL_1, "completed"),
    .call_unknown_word = CALL(CALL_1, "teleported"),
    .list_first =
        LAML_LIST(CALL(CALL_1, "ringing"), "\"/2010-04-01/Accounts/x/Calls.json?Page=1\""),
    .list_last = LAML_LIST(CALL(CALL_2, "busy") "," CALL(CALL_1, "ringing"), "null"),
    .list_empty = LAML_LIST("", "null"),
    .recording = "{\"sid\":\"" REC "\",\"status\":\"in-progress\",\"channels\":2}",
    .invalid = LAML_ERROR(21211, 400),
    .auth = LAML_ERROR(20003, 401),
    .not_found = LAML_ERROR(20404, 404),
    .limited = LAML_ERROR(20429, 429),
    .over = LAML_ERROR(21220, 400),
    .check_ok = "{\"status\":\"active\",\"friendly_name\":\"Mine\",\"auth_token\":"
                "\"" SUITE_TOKEN "\",\"incoming_phone_numbers\":[{}]}",
    .list_passes = 2,
    .audio_variants = 2,
    .look_ups = 1,
    .end_method = "POST",
    .stop_method = "POST",
    .listed = CALL_RINGING,
    .ringing_at_ms = 1767225607000,
    .document = "<Say>Hello</Say>",
    .ringing = twilio_ringing,
};
