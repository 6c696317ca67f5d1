/* How Twilio says what the cases need said. */
#include "tests/conformance/provider/suite.h"
#include "tests/support/twilio_sign.h"

#define CALL_1 "CA00000000000000000000000000000001"
#define CALL_2 "CA00000000000000000000000000000002"
#define REC    "RE0123456789abcdef0123456789abcdef"

#define TWILIO_CALL(sid, status)                                                       \
    "{\"sid\":\"" sid "\",\"status\":\"" status "\",\"to\":\"+12025550100\",\"from\":" \
    "\"+12025550199\",\"date_created\":\"Thu, 01 Jan 2026 00:00:00 +0000\",\"duration\":\"15\"}"
#define TWILIO_ERROR(code, status) \
    "{\"code\":" #code ",\"message\":\"It went wrong\",\"status\":" #status "}"

static const char ringing_body[] =
    "CallSid=" CALL_1 "&AccountSid=" TWILIO_TEST_ACCOUNT "&CallStatus=ringing&SequenceNumber=1"
    "&Timestamp=Thu%2C+01+Jan+2026+00%3A00%3A07+%2B0000";
static char ringing_signature[TWILIO_SIGNATURE_SIZE];
static struct http_header ringing_header = {.name = STR_INIT("X-Twilio-Signature")};

static void twilio_ringing(struct webhook_request *req) {
    twilio_sign(SUITE_TOKEN, SUITE_BASE SUITE_RING_TARGET, STR(ringing_body), ringing_signature);
    ringing_header.value = str_z(ringing_signature);
    *req = (struct webhook_request){
        .kind = WEBHOOK_STATUS,
        .method = STR("POST"),
        .target = STR(SUITE_RING_TARGET),
        .content_type = STR("application/x-www-form-urlencoded; charset=UTF-8"),
        .body = STR(ringing_body),
        .headers = &ringing_header,
        .header_count = 1,
    };
}

const struct suite_words twilio_suite_words = {
    .account = TWILIO_TEST_ACCOUNT,
    .number = "+12025550199",
    .base_url = "https://api.example.com",
    .call_sid = CALL_1,
    .recording_sid = REC,
    .created = 201,
    .placed = TWILIO_CALL(CALL_1, "queued"),
    .call_completed = TWILIO_CALL(CALL_1, "completed"),
    .call_unknown_word = TWILIO_CALL(CALL_1, "teleported"),
    .list_first = "{\"calls\":[" TWILIO_CALL(
        CALL_1, "ringing") "],"
                           "\"next_page_uri\":\"/2010-04-01/Accounts/x/Calls.json?Page=1\"}",
    .list_last = "{\"calls\":[" TWILIO_CALL(CALL_2, "busy") "," TWILIO_CALL(
        CALL_1, "ringing") "],"
                           "\"next_page_uri\":null}",
    .list_empty = "{\"calls\":[],\"next_page_uri\":null}",
    .recording = "{\"sid\":\"" REC "\",\"status\":\"in-progress\",\"channels\":2}",
    .invalid = TWILIO_ERROR(21211, 400),
    .auth = TWILIO_ERROR(20003, 401),
    .not_found = TWILIO_ERROR(20404, 404),
    .limited = TWILIO_ERROR(20429, 429),
    .over = TWILIO_ERROR(21220, 400),
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
