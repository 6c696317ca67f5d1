/* How Plivo says what the cases need said. */
#include "tests/conformance/provider/suite.h"
#include "tests/support/plivo_sign.h"

#define CALL_1 "00000000-0000-4000-8000-000000000001"
#define CALL_2 "00000000-0000-4000-8000-000000000002"
#define REC    "01234567-89ab-4def-8123-456789abcdef"
#define API_ID "\"api_id\":\"00000000-0000-4000-8000-0000000000aa\""

/* A call detail record: calls that are over only. */
#define PLIVO_RECORD(sid, cause)                                                                \
    "{" API_ID ",\"call_uuid\":\"" sid "\",\"hangup_cause_code\":" cause                        \
    ",\"call_duration\":15,\"answer_time\":null,\"to_number\":\"12025550100\",\"from_number\":" \
    "\"+12025550199\",\"initiation_time\":\"2026-01-01 05:30:00+05:30\"}"
#define PLIVO_LIST(next, objects) \
    "{" API_ID ",\"meta\":{\"next\":" next "},\"objects\":[" objects "]}"
#define PLIVO_ERROR(text) "{" API_ID ",\"error\":\"" text "\"}"

static const char ringing_body[] =
    "ALegRequestUUID=" CALL_1 "&ALegUUID=" CALL_1 "&CallStatus=ringing&CallUUID=" CALL_1
    "&Direction=outbound&Event=Ring&From=12025550199&RequestUUID=" CALL_1
    "&STIRAttestation=A&SessionStart=2026-01-01+00%3A00%3A00.000000&To=12025550100";
static char ringing_signature[PLIVO_SIGNATURE_SIZE];
static struct http_header ringing_headers[] = {
    {STR_INIT("X-Plivo-Signature-V3"), STR_INIT("")},
    {STR_INIT("X-Plivo-Signature-V3-Nonce"), STR_INIT(PLIVO_TEST_NONCE)},
};

static void plivo_ringing(struct webhook_request *req) {
    sign_plivo(SUITE_TOKEN, "POST", SUITE_BASE SUITE_RING_TARGET, STR(ringing_body),
               PLIVO_TEST_NONCE, ringing_signature);
    ringing_headers[0].value = str_z(ringing_signature);
    *req = (struct webhook_request){
        .kind = WEBHOOK_STATUS,
        .method = STR("POST"),
        .target = STR(SUITE_RING_TARGET),
        .content_type = STR("application/x-www-form-urlencoded"),
        .body = STR(ringing_body),
        .headers = ringing_headers,
        .header_count = ARRAY_LEN(ringing_headers),
    };
}

const struct suite_words plivo_suite_words = {
    .account = PLIVO_TEST_ACCOUNT,
    .number = "+12025550199",
    .base_url = "https://api.example.com",
    .call_sid = CALL_1,
    .recording_sid = REC,
    .created = 201,
    .placed = "{\"message\":\"call fired\",\"request_uuid\":\"" CALL_1 "\"," API_ID "}",
    .call_completed = PLIVO_RECORD(CALL_1, "4000"),
    .call_unknown_word = "{" API_ID ",\"call_uuid\":\"" CALL_1
                         "\",\"call_status\":\"teleported\",\"to\":\"12025550100\"}",
    .list_first = PLIVO_LIST("\"/v1/Account/x/Call/?offset=20\"", PLIVO_RECORD(CALL_1, "4000")),
    .list_last = PLIVO_LIST("null", PLIVO_RECORD(CALL_2, "3010") "," PLIVO_RECORD(CALL_1, "4000")),
    .list_empty = "{" API_ID ",\"calls\":[]}",
    .recording = "{" API_ID ",\"message\":\"call recording started\",\"recording_id\":\"" REC
                 "\",\"url\":\"https://media.plivo.com/x.wav\"}",
    .media = "{" API_ID ",\"recording_url\":\"https://api.example.com/v1/Recording/" REC ".wav\"}",
    .invalid = PLIVO_ERROR("answer_url parameter is missing"),
    .auth = "{\"error\":\"authentication failed, verify your access level\"}",
    .not_found = PLIVO_ERROR("call not found"),
    .limited = PLIVO_ERROR("too many requests"),
    .check_ok = "{" API_ID ",\"auth_id\":\"" PLIVO_TEST_ACCOUNT
                "\",\"name\":\"Mine\",\"billing_mode\":\"prepaid\",\"cash_credits\":\"1.8\","
                "\"auth_token\":\"" SUITE_TOKEN "\"}",
    .list_passes = 3,
    .audio_variants = 1,
    .look_ups = 6, /* in three places, twice */
    .end_method = "DELETE",
    .stop_method = "DELETE",
    .stop_says_nothing = true,
    .listed = CALL_COMPLETED,
    .document = "<Speak>Hello</Speak>",
    .ringing = plivo_ringing,
};
