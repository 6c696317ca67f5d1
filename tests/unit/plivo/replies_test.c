/* Plivo's replies in our words. */
#include "providers/plivo/replies.h"
#include "providers/plivo/requests.h"
#include "providers/rest/encode.h"
#include "tests/support/plivo_sign.h"
#include "tests/support/test.h"

#define API   "https://api.example.com"
#define REC   "0f1e2d3c-4b5a-4968-8776-655443322110"
#define OTHER "11111111-2222-4333-8444-555555555555"

static const struct rest_account account = {
    .id = STR_INIT(PLIVO_TEST_ACCOUNT),
    .number = STR_INIT("+12025550199"),
    .base_url = STR_INIT(API),
};

TEST(plivo_replies, a_placed_call_is_named_by_a_string_or_an_array_of_one) {
    static const char *const good[] = {
        "{\"message\":\"call fired\",\"request_uuid\":\"" PLIVO_TEST_CALL "\",\"api_id\":\"x\"}",
        "{\"message\":\"call queued\",\"request_uuid\":[\"" PLIVO_TEST_CALL "\"]}",
    };
    static const char *const bad[] = {
        "{}",
        "{\"request_uuid\":null}",
        "{\"request_uuid\":[]}",
        "{\"request_uuid\":\"\"}",
        "{\"request_uuid\":[\"" PLIVO_TEST_CALL "\",\"" OTHER "\"]}",
        "{\"request_uuid\":\"../x\"}",
        "[]",
    };
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct provider_call c = {0};
        EXPECT_INT(plivo_decode_place(str_z(good[i]), &c, NULL), ERR_OK);
        EXPECT_STR(c.sid, PLIVO_TEST_CALL);
        EXPECT_INT(c.status, CALL_DIALING);
    }
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct provider_call c = {.sid = "before"};
        EXPECT_INT(plivo_decode_place(str_z(bad[i]), &c, NULL), ERR_UPSTREAM);
        EXPECT_STR(c.sid, "before");
    }
}

TEST(plivo_replies, a_live_call_has_utc_time_and_whole_numbers) {
    struct provider_call c = {0};
    EXPECT_INT(
        plivo_decode_call(STR("{\"call_status\":\"ringing\",\"call_uuid\":\"" PLIVO_TEST_CALL
                              "\",\"request_uuid\":\"" PLIVO_TEST_CALL "\",\"direction\":"
                              "\"outbound\",\"from\":\"+12025550199\",\"to\":\"12025550100\","
                              "\"session_start\":\"2026-01-01 00:00:00.123456\"}"),
                          &c, NULL),
        ERR_OK);
    EXPECT_STR(c.sid, PLIVO_TEST_CALL);
    EXPECT_INT(c.status, CALL_RINGING);
    EXPECT_STR(c.to, "+12025550100");
    EXPECT_STR(c.from, "+12025550199");
    EXPECT_INT(c.created_ms, 1767225600123);
}

#define RECORD(code, answer_time)                                              \
    "{\"call_uuid\":\"" PLIVO_TEST_CALL "\",\"hangup_cause_code\":" code       \
    ",\"answer_time\":" answer_time                                            \
    ",\"call_duration\":15,\"initiation_time\":\"2026-01-01 05:30:00+05:30\"," \
    "\"from_number\":\"+12025550199\",\"to_number\":\"12025550100\",\"total_rate\":\"0.1\"}"

TEST(plivo_replies, a_record_has_the_accounts_time_and_an_outcome) {
    static const struct {
        const char *body;
        enum call_status status;
        int32_t code;
    } rows[] = {
        {RECORD("4000", "\"2026-01-01 05:30:05+05:30\""), CALL_COMPLETED, 0},
        {RECORD("1000", "null"), CALL_CANCELED, 1000},
        {RECORD("1000", "\"2026-01-01 05:30:05+05:30\""), CALL_COMPLETED, 0},
        {RECORD("\"3010\"", "null"), CALL_BUSY, 3010},
        {RECORD("6010", "null"), CALL_NO_ANSWER, 6010},
        {RECORD("8011", "null"), CALL_FAILED, 8011},
        {RECORD("77777", "null"), CALL_FAILED, 77777},
        {RECORD("0", "null"), CALL_STATUS_NONE, 0},
        {RECORD("0", "\"2026-01-01 05:30:05+05:30\""), CALL_COMPLETED, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct provider_call c = {0};
        EXPECT_INT(plivo_decode_call(str_z(rows[i].body), &c, NULL), ERR_OK);
        EXPECT_INT(c.status, rows[i].status);
        EXPECT_INT(c.carrier_code, rows[i].code);
        EXPECT_INT(c.duration_s, 15);
        EXPECT_INT(c.created_ms, 1767225600000);
        EXPECT_STR(c.to, "+12025550100");
        EXPECT_STR(c.from, "+12025550199");
    }
}

TEST(plivo_replies, a_list_is_of_records_or_of_bare_ids) {
    struct rest_page page = {.next_url = BUF_INIT(8192)};
    EXPECT_INT(plivo_decode_list(&account,
                                 STR("{\"meta\":{\"next\":\"/v1/Account/x/Call/?offset=20\"},"
                                     "\"objects\":[" RECORD("4000", "null") "]}"),
                                 &page, NULL),
               ERR_OK);
    EXPECT_STR(page.next_url.ptr, API "/v1/Account/x/Call/?offset=20");
    buf_clear(&page.next_url);
    EXPECT_INT(plivo_decode_list(&account, STR("{\"api_id\":\"x\",\"calls\":[\"" OTHER "\"]}"),
                                 &page, NULL),
               ERR_OK);
    EXPECT_INT(page.next_url.len, 0);
    EXPECT_INT(page.count, 2);
    EXPECT_STR(page.calls[0].to, "+12025550100");
    EXPECT_STR(page.calls[1].sid, OTHER);
    EXPECT_STR(page.calls[1].to, "");
    static const char *const bad[] = {
        "{}",
        "{\"calls\":{}}",
        "{\"calls\":[7]}",
        "{\"calls\":[\"x\"]}",
        "{\"objects\":[{}]}",
        "{\"calls\":[],\"meta\":{\"next\":\"https://evil.example.net/\"}}",
        "{\"calls\":[],\"meta\":{\"next\":\"@evil.example.net/\"}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        EXPECT_INT(plivo_decode_list(&account, str_z(bad[i]), &page, NULL), ERR_UPSTREAM);
    mem_free(page.calls);
    buf_release(&page.next_url);
}

TEST(plivo_replies, times_have_a_zone_or_are_utc) {
    static const struct {
        const char *text;
        int64_t ms; /* -1: refused */
    } rows[] = {
        {"2026-01-01 00:00:00", 1767225600000},
        {"2026-01-01 00:00:00.250000", 1767225600250},
        {"2026-01-01 05:30:00+05:30", 1767225600000},
        {"2025-12-31 16:00:00.000001-08:00", 1767225600000},
        {"", -1},
        {"2026-01-01", -1},
        {"2026-01-01T00:00:00", -1},
        {"2026-13-01 00:00:00", -1},
        {"2026-01-01 00:00:00+5:30", -1},
        {"2026-01-01 00:00:00+05:60", -1},
        {"2026-01-01 00:00:00 UTC", -1},
        {"2026-01-01 00:00:00+05:30x", -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t ms = -1;
        EXPECT_INT(plivo_parse_time(str_z(rows[i].text), &ms), rows[i].ms >= 0);
        EXPECT_INT(ms, rows[i].ms);
    }
}

TEST(plivo_replies, numbers_get_their_plus_and_nothing_else_does) {
    static const char *const rows[][2] = {
        {"12025550100", "+12025550100"},
        {"+12025550100", "+12025550100"},
        {"sip:a@b", "sip:a@b"},
        {"anonymous", "anonymous"},
        {"", ""},
        {"911", "911"},
        {"1234567890123456", "1234567890123456"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char got[CALL_PARTY_SIZE];
        rest_copy_bare_party(str_z(rows[i][0]), got);
        EXPECT_STR(got, rows[i][1]);
    }
}

TEST(plivo_replies, a_started_recording_is_named_and_a_stopped_one_remembered) {
    char sid[CALL_SID_SIZE] = "before";
    struct rest_request sent = {.method = "POST"};
    EXPECT_INT(plivo_decode_control(&sent, STR("{\"url\":\"u\"}"), sid, NULL), ERR_UPSTREAM);
    EXPECT_STR(sid, "before");
    EXPECT_INT(plivo_decode_control(&sent, STR("{\"recording_id\":\"" REC "\"}"), sid, NULL),
               ERR_OK);
    EXPECT_STR(sid, REC);
    sent = (struct rest_request){.method = "DELETE", .tag = OTHER};
    EXPECT_INT(plivo_decode_control(&sent, STR(""), sid, NULL), ERR_OK);
    EXPECT_STR(sid, OTHER);
}

TEST(plivo_replies, only_plivos_own_media_hosts_get_credentials) {
    static const struct {
        const char *url, *format;
        bool ours;
    } rows[] = {
        {"https://media.plivo.com/v1/Account/MA/Recording/x.wav", "wav", true},
        {"https://aps1.media.plivo.com/v1/x.mp3", "mp3", true},
        {"https://MEDIA.plivo.com/v1/x.MP3?a=1", "mp3", true},
        {"http://media.plivo.com/v1/x.wav", "wav", false},
        {"https://evilmedia.plivo.com/x.wav", "wav", false},
        {"https://media.plivo.com.example.net/x.wav", "wav", false},
        {"https://s3.amazonaws.com/recordings_2013/x.mp3", "mp3", false},
        {API "/v1/x", "wav", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct rest_request r = {.url = BUF_INIT(1024)};
        struct buf body = BUF_INIT(1024);
        buf_printf(&body, "{\"recording_url\":\"%s\",\"recording_format\":\"wav\"}", rows[i].url);
        EXPECT_INT(plivo_decode_media(&account, buf_str(&body), &r, NULL), ERR_OK);
        EXPECT_STR(r.url.ptr, rows[i].url);
        EXPECT_STR(r.format, rows[i].format);
        EXPECT_INT(r.ours, rows[i].ours);
        buf_release(&r.url);
        buf_release(&body);
    }
    struct rest_request r = {.url = BUF_INIT(1024)};
    EXPECT_INT(plivo_decode_media(&account, STR("{}"), &r, NULL), ERR_UPSTREAM);
    EXPECT_INT(plivo_decode_media(&account, STR("{\"recording_url\":\"file:///x.wav\"}"), &r, NULL),
               ERR_UPSTREAM);
}

TEST(plivo_replies, an_error_is_a_string_an_object_or_a_known_text) {
    static const struct {
        int status;
        const char *body;
        enum error_code code; /* ERR_OK: not this carrier's */
        bool retry;
    } rows[] = {
        {400, "{\"api_id\":\"x\",\"error\":\"answer_url parameter is missing\"}", ERR_INVALID,
         false},
        {400, "{\"api_id\":\"x\",\"error\":{\"to\":[\"invalid number\"]}}", ERR_INVALID, false},
        {401, "{\"error\":\"authentication failed\"}", ERR_AUTH, false},
        {401, "Could not verify your access level for that URL.", ERR_AUTH, false},
        {401, "nope", ERR_AUTH, false},
        {403, "{\"error\":\"Calls to this destination region are barred\"}", ERR_AUTH, false},
        {403, "{\"error\":\"Concurrency limit breached\"}", ERR_RATE_LIMIT, true},
        {404, "{\"error\":\"call not found\"}", ERR_NOT_FOUND, false},
        {404, "call not found\n", ERR_NOT_FOUND, false},
        {409, "{\"api_id\":\"x\",\"error\":\"busy\"}", ERR_CONFLICT, false},
        {429, "{\"error\":\"call not found\"}", ERR_RATE_LIMIT, true},
        {500, "{\"error\":\"call not found\"}", ERR_UPSTREAM, true},
        {404, "<html>not found</html>", ERR_OK, false},
        {401, "<html>", ERR_OK, false},
        {401, "", ERR_OK, false},
        {400, "go away", ERR_OK, false},
        {403, "{\"error\":\"waf\"}", ERR_OK, false},
        {400, "{\"message\":\"from another service\"}", ERR_OK, false},
        {400, "[\"error\"]", ERR_OK, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err = {0};
        EXPECT_INT(plivo_decode_error(rows[i].status, str_z(rows[i].body), &err), rows[i].code);
        EXPECT_INT(err.code, rows[i].code);
        EXPECT_INT(err.retry, rows[i].retry);
        EXPECT((err.text[0] != '\0') == (rows[i].code != ERR_OK));
    }
    struct error err = {0};
    EXPECT_INT(plivo_decode_error(
                   400, STR("{\"api_id\":\"x\",\"error\":{\"to\":[\"invalid number\"]}}"), &err),
               ERR_INVALID);
    EXPECT(str_find_str(str_z(err.text), STR("to: invalid number")) < strlen(err.text));
}

#define ACCOUNT(mode, credits)                                                           \
    "{\"auth_id\":\"" PLIVO_TEST_ACCOUNT "\",\"name\":\"Mine\",\"billing_mode\":\"" mode \
    "\",\"cash_credits\":\"" credits "\"}"

TEST(plivo_replies, the_check_knows_the_account_its_credit_and_its_number) {
    static const struct {
        const char *body, *says;
        enum error_code rc;
    } rows[] = {
        {ACCOUNT("prepaid", "1.80900"), "is accepted", ERR_OK},
        {ACCOUNT("prepaid", "0.00000"), "no credit left", ERR_OK},
        {ACCOUNT("prepaid", "-0.5"), "no credit left", ERR_OK},
        {ACCOUNT("postpaid", "0"), "is accepted", ERR_OK},
        {"{\"auth_id\":\"MAXXXXXXXXXXXXXXXXXX\"}", "", ERR_UPSTREAM},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct rest_check k = {0};
        EXPECT_INT(plivo_decode_check(&account, 200, str_z(rows[i].body), &k, NULL), rows[i].rc);
        EXPECT(str_find_str(str_z(k.text), str_z(rows[i].says)) <= strlen(k.text));
        bool warns = str_find_str(str_z(k.text), STR("no credit")) < strlen(k.text);
        EXPECT_INT(warns, strcmp(rows[i].says, "no credit left") == 0);
        EXPECT(rows[i].rc != ERR_OK || (k.step == PLIVO_CHECK_RENTED && !k.done));
    }
    struct rest_check k = {.step = PLIVO_CHECK_RENTED};
    struct error err;
    EXPECT_INT(plivo_decode_check(&account, 404, STR(""), &k, &err), ERR_OK);
    EXPECT_INT(k.step, PLIVO_CHECK_VERIFIED);
    EXPECT_INT(plivo_decode_check(&account, 404, STR(""), &k, &err), ERR_INVALID);
    EXPECT_STR(err.field, "number");
    EXPECT_INT(plivo_decode_check(&account, 403, STR(""), &k, &err), ERR_OK);
    EXPECT(k.done);
    k = (struct rest_check){0};
    EXPECT_INT(plivo_decode_check(&account, 401, STR("nope"), &k, &err), ERR_AUTH);
}
