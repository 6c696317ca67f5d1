/* The carrier as it is made: its space, its modes, and the settings it cannot do without. */
#include <stdio.h>
#include <string.h>

#include "providers/registry.h"
#include "providers/rest/signature.h"
#include "providers/signalwire/signalwire.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http.h"
#include "tests/support/signalwire_sign.h"
#include "tests/support/test.h"

struct rig {
    struct fake_clock time;
    struct secret token, key;
    struct fake_http *http;
    struct provider_config cfg;
};

static void begin(struct rig *r, const struct fake_exchange *script, size_t count) {
    *r = (struct rig){0};
    (void)secret_system_init();
    fake_clock_init(&r->time);
    secret_set(&r->token, STR(SIGNALWIRE_TEST_TOKEN));
    secret_set(&r->key, STR(SIGNALWIRE_TEST_KEY));
    r->http = fake_http_new(script, count);
    r->cfg = (struct provider_config){
        .account = STR(SIGNALWIRE_TEST_PROJECT),
        .token = &r->token,
        .signing_key = &r->key,
        .number = STR("+12025550199"),
        .space = STR("example"),
        .public_base_url = STR(SIGNALWIRE_TEST_BASE),
        .http = fake_http_client(r->http),
        .clock = fake_clock_of(&r->time),
    };
}

static bool take(void *ctx, struct str bytes) {
    buf_put_str(ctx, bytes);
    return true;
}

static void end(struct rig *r) {
    fake_http_free(r->http);
    secret_release(&r->token);
    secret_release(&r->key);
}

static const struct fake_exchange ok[] = {
    {.status = 200, .body = "{\"id\":\"" SIGNALWIRE_TEST_CALL "\",\"status\":\"ended\"}"}};

static void expect_host(const char *space, const char *base_url, const char *host) {
    struct rig r;
    struct provider *p = NULL;
    struct provider_call call;
    char want[300];
    begin(&r, ok, 1);
    r.cfg.space = str_z(space);
    r.cfg.base_url = str_z(base_url);
    EXPECT_INT(registry_create(&signalwire_carrier, &r.cfg, STR(""), &p, NULL), ERR_OK);
    REQUIRE(p);
    EXPECT_INT(provider_look_up(p, STR(SIGNALWIRE_TEST_CALL), &call, NULL), ERR_OK);
    snprintf(want, sizeof want, "%s/api/voice/logs/" SIGNALWIRE_TEST_CALL, host);
    EXPECT_STR(fake_http_request(r.http, 0)->url, want);
    EXPECT_STR(fake_http_request(r.http, 0)->basic_user, SIGNALWIRE_TEST_PROJECT);
    provider_free(p);
    end(&r);
}

TEST(signalwire_provider, a_space_is_a_name_a_host_or_an_address) {
    expect_host("example", "", "https://example.signalwire.com");
    expect_host("example.signalwire.com", "", "https://example.signalwire.com");
    expect_host("https://example.signalwire.com/", "", "https://example.signalwire.com");
    expect_host(" example.signalwire.com/dashboard ", "http://127.0.0.1:4010",
                "http://127.0.0.1:4010");
    expect_host("", "https://gw.example.net/", "https://gw.example.net");
}

static void expect_refused(struct rig *r, struct str mode, const char *field) {
    struct provider *p = NULL;
    struct error err = {0};
    EXPECT_INT(registry_create(&signalwire_carrier, &r->cfg, mode, &p, &err), ERR_INVALID);
    EXPECT_STR(err.field, field);
    EXPECT(!p);
}

TEST(signalwire_provider, what_is_missing_or_malformed_is_named_by_its_setting) {
    struct rig r;
    const struct secret none = {0};
    static const char *const bad_spaces[] = {"a b", "exa/mple", "x@y", "-x", ".x", "http://", "//"};
    begin(&r, NULL, 0);
    for (size_t i = 0; i < ARRAY_LEN(bad_spaces); i++) {
        r.cfg.space = str_z(bad_spaces[i]);
        expect_refused(&r, STR(""), "SIGNALWIRE_SPACE");
    }
    r.cfg.space = STR("");
    expect_refused(&r, STR(""), "SIGNALWIRE_SPACE");
    r.cfg.space = STR("example");
    expect_refused(&r, STR("laml"), "SIGNALWIRE_MODE");
    r.cfg.account = STR("AC00000000000000000000000000000001");
    expect_refused(&r, STR(""), "SIGNALWIRE_PROJECT_ID");
    r.cfg.account = STR(SIGNALWIRE_TEST_PROJECT);
    r.cfg.signing_key = &none;
    expect_refused(&r, STR("compat"), "SIGNALWIRE_SIGNING_KEY");
    r.cfg.signing_key = NULL;
    expect_refused(&r, STR("native"), "SIGNALWIRE_SIGNING_KEY");
    end(&r);
}

TEST(signalwire_provider, the_token_never_stands_in_for_the_signing_key) {
    struct rig r;
    struct provider *p = NULL;
    struct error err = {0};
    begin(&r, NULL, 0);
    r.cfg.signing_key = NULL;
    EXPECT_INT(signalwire_provider_new(&r.cfg, STR("native"), &p, &err), ERR_INVALID);
    EXPECT_STR(err.field, "signing_key");
    end(&r);
}

TEST(signalwire_provider, each_mode_states_what_it_can_do) {
    static const struct {
        const char *mode, *type;
        bool ai, recorded;
    } rows[] = {
        {"", "application/json", true, false},
        {"native", "application/json", true, false},
        {"compat", "text/xml; charset=utf-8", false, true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct rig r;
        struct provider *p = NULL;
        begin(&r, NULL, 0);
        EXPECT_INT(registry_create(&signalwire_carrier, &r.cfg, str_z(rows[i].mode), &p, NULL),
                   ERR_OK);
        REQUIRE(p);
        EXPECT_STR(provider_name(p), "signalwire");
        EXPECT_STR(provider_describe(p)->document_type, rows[i].type);
        EXPECT_INT(provider_can(p, PROVIDER_CAP_AI), rows[i].ai);
        EXPECT_INT(provider_can(p, PROVIDER_CAP_PLACE_RECORDED), rows[i].recorded);
        EXPECT(provider_can(p, PROVIDER_CAP_PAY) && provider_can(p, PROVIDER_CAP_MACHINE_END));
        provider_free(p);
        end(&r);
    }
}

TEST(signalwire_provider, a_recording_is_found_described_fetched_and_deleted) {
#define FILE_ID "0c7ba5ee-1b2c-4d3e-8f90-a1b2c3d4e5f6"
#define FOUND \
    "{\"data\":[{\"id\":\"" FILE_ID "\",\"relay_pstn_leg_id\":\"" SIGNALWIRE_TEST_CALL "\"}]}"
    static const struct fake_exchange script[] = {
        {.method = "GET", .status = 404, .body = "{\"error\":\"Not Found\"}"},
        {.method = "GET", .status = 200, .body = FOUND},
        {.method = "GET", .status = 200, .body = "{\"url\":\"https://files.example.net/a.wav\"}"},
        {.method = "GET", .status = 200, .body = "RIFF"},
        {.method = "GET", .status = 200, .body = "{\"data\":[]}"},
        {.method = "GET", .status = 200, .body = FOUND},
        {.method = "DELETE", .status = 204},
    };
    static const char *const urls[] = {
        "/api/voice/logs/" SIGNALWIRE_TEST_CALL "/events?page_size=100",
        "/api/relay/rest/recordings?page_size=100",
        "/api/relay/rest/recordings/" FILE_ID,
        NULL,
        "/api/voice/logs/" SIGNALWIRE_TEST_CALL "/events?page_size=100",
        "/api/relay/rest/recordings?page_size=100",
        "/api/relay/rest/recordings/" FILE_ID,
    };
    struct rig r;
    struct provider *p = NULL;
    struct provider_audio audio = {0};
    struct buf bytes = BUF_INIT(100);
    begin(&r, script, ARRAY_LEN(script));
    EXPECT_INT(signalwire_provider_new(&r.cfg, STR(""), &p, NULL), ERR_OK);
    REQUIRE(p);
    EXPECT_INT(provider_fetch_recording(p, STR(SIGNALWIRE_TEST_CALL),
                                        STR(SIGNALWIRE_TEST_CALL ":main"), false, take, &bytes,
                                        &audio, NULL),
               ERR_OK);
    EXPECT_STR(bytes.ptr, "RIFF");
    EXPECT_STR(audio.format, "wav");
    EXPECT_INT(provider_delete_recording(p, STR(SIGNALWIRE_TEST_CALL),
                                         STR(SIGNALWIRE_TEST_CALL ":main"), NULL),
               ERR_OK);
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        char want[300];
        const struct fake_request *sent = fake_http_request(r.http, i);
        snprintf(want, sizeof want, "https://example.signalwire.com%s", urls[i] ? urls[i] : "");
        EXPECT_STR(sent->url, urls[i] ? want : "https://files.example.net/a.wav");
        EXPECT_STR(sent->basic_user, urls[i] ? SIGNALWIRE_TEST_PROJECT : "");
    }
    buf_release(&bytes);
    provider_free(p);
    end(&r);
}

/* What the carrier knows of our addresses: "user:password". */
static void copy_login(const struct rig *r, char *dst, size_t size) {
    struct rest_signer s = {0};
    struct arena a = {0};
    EXPECT_INT(rest_signer_init(&s, REST_MAC_SHA1, &r->key, STR(SIGNALWIRE_TEST_BASE), NULL),
               ERR_OK);
    rest_signer_add_auth(&s, &r->key, &a);
    EXPECT(str_copy(s.webhook_auth, dst, size));
    rest_signer_release(&s);
    arena_release(&a);
}

TEST(signalwire_provider, an_error_that_repeats_our_addresses_gives_no_credentials_away) {
    static const char *const slashes[] = {"://", "%3A%2F%2F"};
    for (size_t i = 0; i < ARRAY_LEN(slashes); i++) {
        struct rig r;
        struct provider *p = NULL;
        struct provider_call call;
        struct error err = {0};
        char login[128], body[512];
        struct fake_exchange script[] = {{.status = 422, .body = body}};
        begin(&r, script, 1);
        copy_login(&r, login, sizeof login);
        snprintf(body, sizeof body,
                 "{\"errors\":[{\"code\":\"invalid_parameter\",\"message\":\"https%s%s@%s/secret "
                 "no\"}]}",
                 slashes[i], login, &SIGNALWIRE_TEST_BASE[strlen("https://")]);
        EXPECT_INT(registry_create(&signalwire_carrier, &r.cfg, STR(""), &p, NULL), ERR_OK);
        REQUIRE(p);
        struct provider_place q = {.to = STR("+12025550100"),
                                   .answer_url = STR(SIGNALWIRE_TEST_BASE "/a"),
                                   .ring_timeout_s = 60,
                                   .time_limit_s = 600};
        EXPECT_INT(provider_place_call(p, &q, &call, &err), PROVIDER_REFUSED);
        EXPECT(strstr(err.text, "invalid_parameter"));
        EXPECT(!strstr(err.text, strchr(login, ':') + 1));
        EXPECT(!strstr(err.text, "secret"));
        provider_free(p);
        end(&r);
    }
}
