/* The providers that the suite runs over. */
#include <stdatomic.h>
#include <stdio.h>

#include "providers/mock/mock.h"
#include "providers/traced/traced.h"
#include "providers/twilio/twilio.h"
#include "tests/conformance/provider/suite.h"
#include "tests/support/twilio_sign.h"

#define CALL_1 "CA00000000000000000000000000000001"
#define CALL_2 "CA00000000000000000000000000000002"
#define REC    "RE0123456789abcdef0123456789abcdef"

static struct secret token; /* wiped when the program ends, like every locked page */
static struct fake_clock clock_of_suite;

#define TWILIO_CALL(sid, status)                                                       \
    "{\"sid\":\"" sid "\",\"status\":\"" status "\",\"to\":\"+12025550100\",\"from\":" \
    "\"+12025550199\",\"date_created\":\"Thu, 01 Jan 2026 00:00:00 +0000\",\"duration\":\"15\"}"
#define TWILIO_ERROR(code, status) \
    "{\"code\":" #code ",\"message\":\"It went wrong\",\"status\":" #status "}"

static const char ringing_body[] =
    "CallSid=" CALL_1 "&AccountSid=" TWILIO_TEST_ACCOUNT "&CallStatus=ringing&SequenceNumber=1"
    "&Timestamp=Thu%2C+01+Jan+2026+00%3A00%3A07+%2B0000";
static const char ringing_target[] = "/voice/x/call_1/nonce/status";
static char ringing_signature[TWILIO_SIGNATURE_SIZE];
static struct http_header ringing_header = {.name = STR_INIT("X-Twilio-Signature")};

static void twilio_ringing(struct webhook_request *req) {
    twilio_sign(TWILIO_TEST_TOKEN, TWILIO_TEST_BASE "/voice/x/call_1/nonce/status",
                STR(ringing_body), ringing_signature);
    ringing_header.value = str_z(ringing_signature);
    *req = (struct webhook_request){
        .kind = WEBHOOK_STATUS,
        .method = STR("POST"),
        .target = STR(ringing_target),
        .content_type = STR("application/x-www-form-urlencoded; charset=UTF-8"),
        .body = STR(ringing_body),
        .headers = &ringing_header,
        .header_count = 1,
    };
}

static const struct suite_words twilio_words = {
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
                "\"" TWILIO_TEST_TOKEN "\",\"incoming_phone_numbers\":[{}]}",
    .list_passes = 2,
    .audio_variants = 2,
    .document = "<Say>Hello</Say>",
    .ringing = twilio_ringing,
};

static void no_wait(void *ctx, uint32_t ms) {
    (void)ctx;
    fake_clock_advance_ms(&clock_of_suite, ms);
}

static struct provider_config config_of(const struct suite_words *w, struct http_client *http) {
    return (struct provider_config){
        .account = str_z(w->account),
        .token = &token,
        .number = str_z(w->number),
        .base_url = str_z(w->base_url),
        .public_base_url = STR(TWILIO_TEST_BASE),
        .http = http,
        .clock = fake_clock_of(&clock_of_suite),
    };
}

static struct provider *make_rest(const struct suite_carrier *c, struct http_client *http,
                                  const struct rest_dialect *d, const struct provider_desc *desc) {
    static const struct rest_options options = {.wait = no_wait};
    struct provider_config cfg = config_of(c->words, http);
    struct provider *p = NULL;
    struct error err = {0};
    if (rest_provider_new(d, desc, &cfg, &options, &p, &err) != ERR_OK)
        mem_panic("%s", err.text);
    return p;
}

static struct provider *make_twilio(const struct suite_carrier *c, struct http_client *http) {
    return make_rest(c, http, &twilio_dialect, NULL);
}

static struct provider *make_mock(const struct suite_carrier *c, struct http_client *http) {
    const struct mock_wire *wire = mock_wire_find(STR("twilio"));
    return make_rest(c, http, wire->dialect, wire->desc);
}

static struct provider *make_traced(const struct suite_carrier *c, struct http_client *http) {
    return traced_provider_new(make_twilio(c, http), fake_clock_of(&clock_of_suite), NULL);
}

const struct suite_carrier suite_carriers[] = {
    {"twilio", &twilio_words, make_twilio},
    {"mock", &twilio_words, make_mock},
    {"twilio", &twilio_words, make_traced},
};
const size_t suite_carrier_count = ARRAY_LEN(suite_carriers);

/* ---- the frame of a case ------------------------------------------------------------------- */

struct suite suite_begin(const struct suite_carrier *c, const struct fake_exchange *script,
                         size_t count) {
    if (!secret_system_init())
        mem_panic("libsodium does not start");
    secret_set(&token, STR(TWILIO_TEST_TOKEN));
    fake_clock_init(&clock_of_suite);
    struct suite s = {.words = c->words, .http = fake_http_new(script, count)};
    s.p = c->make(c, fake_http_client(s.http));
    EXPECT_STR(provider_name(s.p), c->name);
    return s;
}

void suite_end(struct suite *s) {
    provider_free(s->p);
    fake_http_free(s->http);
    secret_release(&token);
}

struct provider_place suite_place(void) {
    return (struct provider_place){
        .to = STR("+12025550100"),
        .answer_url = STR(TWILIO_TEST_BASE "/voice/x/call_1/nonce/answer"),
        .fallback_url = STR(TWILIO_TEST_BASE "/voice/x/call_1/nonce/fallback"),
        .status_url = STR(TWILIO_TEST_BASE "/voice/x/call_1/nonce/status"),
        .recording_url = STR(TWILIO_TEST_BASE "/voice/x/call_1/nonce/recording"),
        .detection_url = STR(TWILIO_TEST_BASE "/voice/x/call_1/nonce/amd"),
        .ring_timeout_s = 60,
        .time_limit_s = 3600,
        .record = true,
        .record_dual = true,
        .detection = CALL_DETECT_START,
    };
}
