/* What Plivo's habits ask of the shared flow: a 404 that means little, lists of bare ids, media on
 * another host. */
#include "providers/plivo/plivo.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http.h"
#include "tests/support/plivo_sign.h"
#include "tests/support/test.h"

#define ROOT    "/v1/Account/" PLIVO_TEST_ACCOUNT
#define CALL    ROOT "/Call/" PLIVO_TEST_CALL "/"
#define OTHER   "11111111-2222-4333-8444-555555555555"
#define REC     "0f1e2d3c-4b5a-4968-8776-655443322110"
#define MISSING "{\"api_id\":\"x\",\"error\":\"call not found\"}"
#define LIVE(id, to)                                                                         \
    "{\"call_uuid\":\"" id "\",\"request_uuid\":\"" id "\",\"call_status\":\"in-progress\"," \
    "\"to\":\"" to "\",\"from\":\"+12025550199\",\"session_start\":"                         \
    "\"2026-01-01 00:00:00.000000\"}"
#define RECORD(id)                                                                        \
    "{\"call_uuid\":\"" id "\",\"hangup_cause_code\":4000,\"call_duration\":15,"          \
    "\"to_number\":\"12025550100\",\"from_number\":\"+12025550199\",\"initiation_time\":" \
    "\"2026-01-01 00:00:00+00:00\"}"
#define IDS(list) "{\"api_id\":\"x\",\"calls\":[" list "]}"
#define NONE      "{\"api_id\":\"x\",\"objects\":[]}"

struct rig {
    struct fake_clock clock;
    struct fake_http *http;
    struct secret token;
    struct rest_options options;
    uint32_t waited_ms;
    struct provider *p;
    struct error err;
};

static void count_wait(void *ctx, uint32_t ms) {
    struct rig *r = ctx;
    r->waited_ms += ms;
    fake_clock_advance_ms(&r->clock, ms);
}

static void set_up(struct rig *r, const struct fake_exchange *script, size_t count) {
    *r = (struct rig){.options = {.wait = count_wait, .ctx = r}};
    EXPECT(secret_system_init());
    fake_clock_init(&r->clock);
    r->http = fake_http_new(script, count);
    secret_set(&r->token, STR(PLIVO_TEST_TOKEN));
    const struct provider_config cfg = {
        .account = STR(PLIVO_TEST_ACCOUNT),
        .token = &r->token,
        .number = STR("+12025550199"),
        .public_base_url = STR(PLIVO_TEST_BASE),
        .http = fake_http_client(r->http),
        .clock = fake_clock_of(&r->clock),
    };
    if (rest_provider_new(&plivo_dialect, NULL, &cfg, &r->options, &r->p, &r->err) != ERR_OK)
        mem_panic("%s", r->err.text);
}

static void tear_down(struct rig *r) {
    provider_free(r->p);
    fake_http_free(r->http);
    secret_release(&r->token);
}

#define RIG(r, ...)                                      \
    const struct fake_exchange script[] = {__VA_ARGS__}; \
    struct rig r;                                        \
    set_up(&(r), script, ARRAY_LEN(script))

#define GONE(where) \
    { .method = "GET", .path = (where), .status = 404, .body = MISSING }

TEST(plivo_flow, a_call_that_is_over_counts_as_ended) {
    RIG(r, {.method = "DELETE", .path = CALL, .status = 404, .body = MISSING},
        GONE(CALL "?status=live"), GONE(CALL "?status=queued"),
        {.path = CALL, .status = 200, .body = RECORD(PLIVO_TEST_CALL)});
    EXPECT_INT(provider_end_call(r.p, STR(PLIVO_TEST_CALL), &r.err), ERR_OK);
    EXPECT_INT(r.waited_ms, 0);
    tear_down(&r);
}

TEST(plivo_flow, a_call_that_lives_is_not_given_up_because_it_was_not_found) {
    RIG(r, {.method = "DELETE", .status = 404, .body = MISSING},
        {.path = CALL "?status=live", .status = 200, .body = LIVE(PLIVO_TEST_CALL, "12025550100")});
    EXPECT_INT(provider_end_call(r.p, STR(PLIVO_TEST_CALL), &r.err), ERR_CONFLICT);
    EXPECT(r.err.retry);
    tear_down(&r);
}

TEST(plivo_flow, a_call_that_has_just_ended_is_found_by_a_second_look) {
    RIG(r, GONE(CALL "?status=live"), GONE(CALL "?status=queued"), GONE(CALL),
        GONE(CALL "?status=live"), GONE(CALL "?status=queued"),
        {.path = CALL, .status = 200, .body = RECORD(PLIVO_TEST_CALL)});
    struct provider_call call = {0};
    EXPECT_INT(provider_look_up(r.p, STR(PLIVO_TEST_CALL), &call, &r.err), ERR_OK);
    EXPECT_INT(call.status, CALL_COMPLETED);
    EXPECT(r.waited_ms >= 2000 && r.waited_ms <= 10000);
    tear_down(&r);
}

TEST(plivo_flow, a_transfer_or_a_recording_of_no_running_call_is_a_conflict) {
    RIG(r, {.method = "POST", .path = CALL, .status = 404, .body = MISSING},
        {.method = "POST", .path = CALL "Record/", .status = 404, .body = MISSING});
    const struct provider_recording_control c = {.action = PROVIDER_RECORDING_START,
                                                 .call_sid = STR(PLIVO_TEST_CALL)};
    EXPECT_INT(provider_redirect_call(r.p, STR(PLIVO_TEST_CALL), STR("https://g/a"), &r.err),
               ERR_CONFLICT);
    EXPECT_INT(r.err.code, ERR_CONFLICT);
    EXPECT_INT(provider_control_recording(r.p, &c, NULL, &r.err), ERR_CONFLICT);
    tear_down(&r);
}

TEST(plivo_flow, a_placed_call_knows_the_caller_id_it_was_placed_with) {
    RIG(r, {.method = "POST",
            .path = ROOT "/Call/",
            .status = 201,
            .body = "{\"api_id\":\"x\",\"request_uuid\":\"" PLIVO_TEST_CALL "\"}"});
    const struct provider_place req = {.to = STR("+12025550100"),
                                       .answer_url = STR("https://g/a"),
                                       .ring_timeout_s = 60,
                                       .time_limit_s = 60};
    struct provider_call call;
    EXPECT_INT(provider_place_call(r.p, &req, &call, &r.err), PROVIDER_PLACED);
    EXPECT_STR(call.sid, PLIVO_TEST_CALL);
    EXPECT_STR(call.from, "+12025550199");
    tear_down(&r);
}

/** The calls that settle a placing to +12025550100; the first one's id in sid (CALL_SID_SIZE). */
static enum error_code list(struct rig *r, size_t *count, char *sid) {
    struct arena a = {0};
    struct provider_call *calls = NULL;
    const struct provider_list_filter f = {
        .to = STR("+12025550100"), .from = STR("+12025550199"), .since_ms = 1767225600000};
    enum error_code rc = provider_list_calls(r->p, &f, &a, &calls, count, &r->err);
    if (rc == ERR_OK && *count)
        EXPECT(str_copy(str_z(calls[0].sid), sid, CALL_SID_SIZE));
    arena_release(&a);
    return rc;
}

TEST(plivo_flow, a_live_call_is_found_among_bare_ids_and_others_are_left_out) {
    RIG(r, {.status = 200, .body = IDS("")},
        {.status = 200, .body = IDS("\"" OTHER "\",\"" PLIVO_TEST_CALL "\"")},
        {.status = 200, .body = NONE},
        {.path = ROOT "/Call/" OTHER "/?status=live",
         .status = 200,
         .body = LIVE(OTHER, "12025550177")},
        {.path = CALL "?status=live", .status = 200, .body = LIVE(PLIVO_TEST_CALL, "12025550100")});
    size_t count = 77;
    char sid[CALL_SID_SIZE] = "";
    EXPECT_INT(list(&r, &count, sid), ERR_OK);
    EXPECT_INT(count, 1);
    EXPECT_STR(sid, PLIVO_TEST_CALL);
    tear_down(&r);
}

TEST(plivo_flow, a_call_that_ended_between_two_lists_is_taken_from_its_record) {
    RIG(r, {.status = 200, .body = IDS("\"" PLIVO_TEST_CALL "\"")},
        {.status = 200, .body = IDS("\"" PLIVO_TEST_CALL "\"")},
        {.status = 200,
         .body = "{\"meta\":{\"next\":null},\"objects\":[" RECORD(PLIVO_TEST_CALL) "]}"});
    size_t count = 77;
    char sid[CALL_SID_SIZE] = "";
    EXPECT_INT(list(&r, &count, sid), ERR_OK);
    EXPECT_INT(count, 1);
    EXPECT_STR(sid, PLIVO_TEST_CALL);
    tear_down(&r);
}

TEST(plivo_flow, a_call_that_slips_away_makes_the_list_an_error_and_not_a_short_list) {
    struct fake_exchange script[9] = {{.status = 200, .body = IDS("")},
                                      {.status = 200, .body = IDS("\"" PLIVO_TEST_CALL "\"")},
                                      {.status = 200, .body = NONE}};
    for (size_t i = 3; i < ARRAY_LEN(script); i++)
        script[i] = (struct fake_exchange){.status = 404, .body = MISSING};
    struct rig r;
    set_up(&r, script, ARRAY_LEN(script));
    size_t count = 77;
    char sid[CALL_SID_SIZE] = "";
    EXPECT_INT(list(&r, &count, sid), ERR_CONFLICT);
    EXPECT(r.err.retry);
    EXPECT_INT(count, 77);
    tear_down(&r);
}

/** A list of so many bare ids, the first with that number. */
static void put_ids(struct buf *b, int first, int count) {
    buf_puts(b, "{\"api_id\":\"x\",\"calls\":[");
    for (int i = 0; i < count; i++)
        buf_printf(b, "%s\"11111111-2222-4333-8444-%012d\"", i ? "," : "", first + i);
    buf_puts(b, "]}");
}

TEST(plivo_flow, too_many_live_calls_to_ask_for_are_an_error) {
    CLEANUP(buf_release) struct buf ids = BUF_INIT(1 << 16);
    struct fake_exchange script[3 + REST_NAMELESS_MAX] = {{.status = 200, .body = IDS("")}};
    put_ids(&ids, 0, REST_NAMELESS_MAX + 1);
    script[1] = (struct fake_exchange){.status = 200, .body = ids.ptr};
    script[2] = (struct fake_exchange){.status = 200, .body = NONE};
    for (size_t i = 3; i < ARRAY_LEN(script); i++)
        script[i] = (struct fake_exchange){.status = 200, .body = LIVE(OTHER, "12025550177")};
    struct rig r;
    set_up(&r, script, ARRAY_LEN(script));
    fake_http_allow_unused(r.http);
    size_t count = 77;
    char sid[CALL_SID_SIZE] = "";
    EXPECT_INT(list(&r, &count, sid), ERR_LIMIT);
    EXPECT_INT(count, 77);
    tear_down(&r);
}

TEST(plivo_flow, a_full_page_of_bare_ids_is_followed_by_another_one) {
    CLEANUP(buf_release) struct buf first = BUF_INIT(1 << 16);
    CLEANUP(buf_release) struct buf second = BUF_INIT(1 << 16);
    put_ids(&first, 0, 20);
    put_ids(&second, 20, 1);
    struct fake_exchange script[25] = {
        {.path = ROOT "/Call/?status=queued", .status = 200, .body = first.ptr},
        {.path = ROOT "/Call/?status=queued&limit=20&offset=20", .status = 200, .body = second.ptr},
        {.path = ROOT "/Call/?status=live&to_number=12025550100", .status = 200, .body = IDS("")},
        {.status = 200, .body = NONE},
    };
    for (size_t i = 4; i < 24; i++)
        script[i] = (struct fake_exchange){.status = 200, .body = LIVE(OTHER, "12025550177")};
    script[24] = (struct fake_exchange){
        .path = ROOT "/Call/11111111-2222-4333-8444-000000000020/?status=live",
        .status = 200,
        .body = LIVE("11111111-2222-4333-8444-000000000020", "12025550100")};
    struct rig r;
    set_up(&r, script, ARRAY_LEN(script));
    size_t count = 77;
    char sid[CALL_SID_SIZE] = "";
    EXPECT_INT(list(&r, &count, sid), ERR_OK);
    EXPECT_INT(count, 1);
    EXPECT_STR(sid, "11111111-2222-4333-8444-000000000020");
    tear_down(&r);
}

TEST(plivo_flow, a_page_of_bare_ids_that_comes_again_makes_the_list_an_error) {
    CLEANUP(buf_release) struct buf page = BUF_INIT(1 << 16);
    put_ids(&page, 0, 20);
    RIG(r, {.status = 200, .body = page.ptr}, {.status = 200, .body = page.ptr});
    size_t count = 77;
    char sid[CALL_SID_SIZE] = "";
    EXPECT_INT(list(&r, &count, sid), ERR_LIMIT);
    EXPECT_INT(count, 77);
    tear_down(&r);
}

static bool take(void *ctx, struct str bytes) {
    buf_put_str(ctx, bytes);
    return true;
}

TEST(plivo_flow, credentials_go_to_plivos_media_host_and_not_beyond_it) {
    RIG(r,
        {.path = ROOT "/Recording/" REC "/",
         .status = 200,
         .body = "{\"recording_url\":\"https://media.plivo.com/v1/x.mp3\"}"},
        {.status = 302, .headers = "Location: /v2/x.mp3\r\n"},
        {.status = 302, .headers = "Location: https://bucket.example.net/x?sig=1\r\n"},
        {.status = 302, .headers = "Location: https://media.plivo.com/v3/x.mp3\r\n"},
        {.status = 200, .body = "ID3"});
    struct buf taken = BUF_INIT(64);
    struct provider_audio audio = {0};
    EXPECT_INT(provider_fetch_recording(r.p, STR(PLIVO_TEST_CALL), STR(REC), false, take, &taken,
                                        &audio, &r.err),
               ERR_OK);
    EXPECT_STR(audio.format, "mp3");
    static const struct {
        const char *url;
        bool credentials;
    } hops[] = {{"https://api.plivo.com" ROOT "/Recording/" REC "/", true},
                {"https://media.plivo.com/v1/x.mp3", true},
                {"https://media.plivo.com/v2/x.mp3", true},
                {"https://bucket.example.net/x?sig=1", false},
                {"https://media.plivo.com/v3/x.mp3", false}};
    for (size_t i = 0; i < ARRAY_LEN(hops); i++) {
        const struct fake_request *sent = fake_http_request(r.http, i);
        REQUIRE(sent);
        EXPECT_STR(sent->url, hops[i].url);
        EXPECT_STR(sent->basic_user, hops[i].credentials ? PLIVO_TEST_ACCOUNT : "");
        EXPECT_INT(sent->trust, hops[i].credentials ? HTTP_TRUST_CONFIGURED : HTTP_TRUST_FOREIGN);
    }
    buf_release(&taken);
    tear_down(&r);
}

TEST(plivo_flow, a_nonce_is_remembered_by_the_provider_itself) {
    struct rig r;
    struct arena a = {0};
    struct webhook_news news;
    char v2[PLIVO_SIGNATURE_SIZE];
    set_up(&r, NULL, 0);
    plivo_sign_v2(PLIVO_TEST_TOKEN, PLIVO_TEST_BASE "/s", PLIVO_TEST_NONCE, v2);
    const struct http_header headers[] = {
        {STR("X-Plivo-Signature-V2"), str_z(v2)},
        {STR("X-Plivo-Signature-V2-Nonce"), STR(PLIVO_TEST_NONCE)}};
    struct webhook_request req = {
        .kind = WEBHOOK_STATUS,
        .method = STR("POST"),
        .target = STR("/s"),
        .content_type = STR("application/x-www-form-urlencoded"),
        .body = STR("CallStatus=ringing"),
        .headers = headers,
        .header_count = ARRAY_LEN(headers),
    };
    EXPECT_INT(provider_read_webhook(r.p, &req, &a, &news, &r.err), ERR_OK);
    EXPECT_INT(provider_read_webhook(r.p, &req, &a, &news, &r.err), ERR_OK);
    req.body = STR("CallStatus=busy");
    EXPECT_INT(provider_read_webhook(r.p, &req, &a, &news, &r.err), ERR_AUTH);
    fake_clock_advance_ms(&r.clock, 24 * 3600 * 1000 - 1); /* a call's addresses are open so long */
    EXPECT_INT(provider_read_webhook(r.p, &req, &a, &news, &r.err), ERR_AUTH);
    fake_clock_advance_ms(&r.clock, 2);
    EXPECT_INT(provider_read_webhook(r.p, &req, &a, &news, &r.err), ERR_OK);
    arena_release(&a);
    tear_down(&r);
}
