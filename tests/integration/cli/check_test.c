#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/io/http_client_curl.h"
#include "core/io/http_server_mhd.h"
#include "providers/mock/carrier/carrier.h"
#include "tests/integration/cli/run.h"
#include "tests/support/test.h"

/* A carrier in a box, settings that fit it, and a port where nothing listens. */
struct scene {
    struct door d; /* its directory only */
    struct http_client *http;
    struct carrier *carrier;
    struct http_server *server, *stranger;
    char url[64], stranger_url[64];
    uint16_t free_port;
    int stranger_status;
    const char *stranger_body;
};

static void answer_as_stranger(void *ctx, struct http_exchange *x) {
    struct scene *s = ctx;
    http_exchange_reply_text(x, s->stranger_status, "text/html", str_z(s->stranger_body));
}

/* A port that was free a moment ago: the check listens there itself. */
static uint16_t find_port(void) {
    struct http_server *server = NULL;
    struct http_server_options o = {.clock = clock_system(), .handler = answer_as_stranger};
    if (http_server_start(&o, &server, NULL) != ERR_OK)
        return 0;
    uint16_t port = http_server_port(server);
    http_server_free(server);
    return port;
}

static bool open_scene(struct scene *s) {
    struct error err = {0};
    *s = (struct scene){.stranger_status = 200, .stranger_body = "hello"};
    temp_dir_init(&s->d.dir);
    struct http_client_curl_options ho = {.clock = clock_system()};
    struct carrier_options co = {.dialect = "twilio", .seed = 3, .clock = clock_system()};
    bool ok = secret_system_init() && http_client_curl_new(&ho, &s->http, &err) == ERR_OK;
    co.http = s->http;
    ok = ok && carrier_new(&co, &s->carrier, &err) == ERR_OK;
    struct http_server_options so = {
        .clock = clock_system(), .handler = carrier_handle, .handler_ctx = s->carrier};
    struct http_server_options to = {
        .clock = clock_system(), .handler = answer_as_stranger, .handler_ctx = s};
    ok = ok && http_server_start(&so, &s->server, &err) == ERR_OK &&
         http_server_start(&to, &s->stranger, &err) == ERR_OK;
    if (!ok)
        return false;
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%u", http_server_port(s->server));
    snprintf(s->stranger_url, sizeof s->stranger_url, "http://127.0.0.1:%u",
             http_server_port(s->stranger));
    carrier_set_base_url(s->carrier, str_z(s->url));
    s->free_port = find_port();
    return s->free_port != 0;
}

static void close_scene(struct scene *s) {
    carrier_free(s->carrier);
    http_server_free(s->server);
    http_server_free(s->stranger);
    http_client_free(s->http);
    temp_dir_release(&s->d.dir);
}

/* Run the check; NULL leaves a setting as it fits. */
static void check(struct scene *s, struct run *r, const char *token, const char *api,
                  const char *public_url) {
    struct carrier_account a = carrier_account(s->carrier);
    char env[320], text[2048], here[64];
    snprintf(here, sizeof here, "http://127.0.0.1:%u", s->free_port);
    snprintf(text, sizeof text,
             "TELEPHONY_PROVIDER=twilio\nTWILIO_ACCOUNT_SID=" STR_FMT
             "\nTWILIO_AUTH_TOKEN=%.*s\nTWILIO_PHONE_NUMBER=" STR_FMT
             "\nTWILIO_API_BASE_URL=%s\nPUBLIC_BASE_URL=%s\nSWITCHHOOK_LISTEN=127.0.0.1:%u\n"
             "SWITCHHOOK_API_TOKEN=0123456789abcdef\n"
             "SWITCHHOOK_DATA_DIR=%s/data\nSWITCHHOOK_ASSISTANTS_DIR=" SWH_SOURCE_DIR
             "/assistants\n",
             STR_ARG(a.account), token ? (int)strlen(token) : (int)a.token.len,
             token ? token : a.token.ptr, STR_ARG(a.number), api ? api : s->url,
             public_url ? public_url : here, s->free_port, s->d.dir.path);
    run_env_file(&s->d, "env", text, env);
    RUN(r, "check", "--env", env);
}

TEST(check, finds_everything_fine) {
    static const char *const lines[] = {
        "ok    settings    no faults\n",
        "will be made at the first start\n",
        "debt-intake, payment-agent, personal-assistant, and each can be heard\n",
        "ok    carrier     twilio: account ",
        " leads here\n",
        "\neverything is fine\n",
        "  TWILIO_AUTH_TOKEN                       set\n"};
    CLEANUP(run_release) struct run r = {0};
    struct scene s;
    REQUIRE(open_scene(&s));
    check(&s, &r, NULL, NULL, NULL);
    EXPECT_INT(r.status, 0);
    EXPECT_STR(r.err, "");
    for (size_t i = 0; i < ARRAY_LEN(lines); i++)
        EXPECT(run_says(r.out, lines[i]));
    struct carrier_account a = carrier_account(s.carrier);
    EXPECT(str_find_str(str_z(r.out), a.token) == strlen(r.out));
    close_scene(&s);
}

TEST(check, advises_in_the_names_of_the_carrier_that_is_set) {
    CLEANUP(run_release) struct run r = {0};
    char env[320], text[1024];
    struct scene s;
    REQUIRE(open_scene(&s));
    s.stranger_status = 401;
    snprintf(
        text, sizeof text,
        "TELEPHONY_PROVIDER=plivo\nPLIVO_AUTH_ID=MA0123456789ABCDEF01\nPLIVO_AUTH_TOKEN=wrong\n"
        "PLIVO_PHONE_NUMBER=+12025550199\nPLIVO_API_BASE_URL=%s\n"
        "PUBLIC_BASE_URL=http://127.0.0.1:%u\nSWITCHHOOK_LISTEN=127.0.0.1:%u\n"
        "SWITCHHOOK_API_TOKEN=0123456789abcdef\nSWITCHHOOK_DATA_DIR=%s/data\n"
        "SWITCHHOOK_ASSISTANTS_DIR=" SWH_SOURCE_DIR "/assistants\n",
        s.stranger_url, s.free_port, s.free_port, s.d.dir.path);
    run_env_file(&s.d, "env", text, env);
    RUN(&r, "check", "--env", env);
    EXPECT_INT(r.status, 1);
    EXPECT(run_says(r.out, "FAIL  carrier     plivo: "));
    EXPECT(run_says(r.out, "PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN"));
    EXPECT(strstr(r.out, "TWILIO_ACCOUNT_SID") == NULL);
    /* what no account of the carrier's can look like is found before it is asked */
    char *id = strstr(text, "MA0123456789ABCDEF01");
    REQUIRE(id != NULL);
    memcpy(id, "MAxxxxxxxxxxxxxxxxxx", 20);
    run_env_file(&s.d, "env", text, env);
    RUN(&r, "check", "--env", env);
    EXPECT_INT(r.status, 1);
    EXPECT(run_says(r.out, "FAIL  carrier     plivo: the auth id"));
    EXPECT(run_says(r.out, "      -> correct PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN\n"));
    close_scene(&s);
}

TEST(check, explains_an_authentication_error) {
    CLEANUP(run_release) struct run r = {0};
    struct scene s;
    REQUIRE(open_scene(&s));
    check(&s, &r, "0123456789abcdef0123456789abcdef", NULL, NULL);
    EXPECT_INT(r.status, 1);
    EXPECT(run_says(r.out, "FAIL  carrier"));
    EXPECT(run_says(r.out, "-> authentication error: copy TWILIO_ACCOUNT_SID"));
    EXPECT(run_says(r.out, "typing errors and blanks"));
    EXPECT(run_says(r.out, "\n1 to put right\n"));
    close_scene(&s);
}

TEST(check, explains_a_carrier_that_cannot_be_reached) {
    CLEANUP(run_release) struct run r = {0};
    struct scene s;
    REQUIRE(open_scene(&s));
    check(&s, &r, NULL, "http://127.0.0.1:1", NULL);
    EXPECT_INT(r.status, 1);
    EXPECT(run_says(r.out, "FAIL  carrier"));
    EXPECT(run_says(r.out, "-> nothing listens there: check the base URL"));
    check(&s, &r, NULL, "https://carrier.invalid", NULL);
    EXPECT(run_says(r.out, "-> its name is not found"));
    close_scene(&s);
}

TEST(check, explains_a_public_address_that_carriers_cannot_fetch_from) {
    CLEANUP(run_release) struct run r = {0};
    struct scene s;
    REQUIRE(open_scene(&s));
    check(&s, &r, NULL, NULL, "http://127.0.0.1:1");
    EXPECT_INT(r.status, 1);
    EXPECT(run_says(r.out, "FAIL  public URL  carriers could not fetch documents from"));
    EXPECT(run_says(r.out, "-> nothing listens at that address: start the proxy or the tunnel"));
    EXPECT(run_says(r.out, "ngrok http "));
    check(&s, &r, NULL, NULL, "https://gateway.invalid");
    EXPECT(run_says(r.out, "-> its name is not found"));
    close_scene(&s);
}

TEST(check, tells_what_is_in_front_of_the_gateway) {
    static const struct {
        int status;
        const char *body, *says;
    } rows[] = {
        {200, "You are about to visit", "it is not this gateway"},
        {200, "{\"status\":\"ok\"}", "it is not this gateway"},
        {401, "", "asks for a login"},
        {403, "", "asks for a login"},
        {301, "", "redirects"},
        {404, "", "does not pass it on unchanged"},
        {502, "", "does not reach 127.0.0.1:"},
        {504, "", "does not reach 127.0.0.1:"},
    };
    struct scene s;
    REQUIRE(open_scene(&s));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(run_release) struct run r = {0};
        s.stranger_status = rows[i].status;
        s.stranger_body = rows[i].body;
        check(&s, &r, NULL, NULL, s.stranger_url);
        EXPECT_INT(r.status, 1);
        EXPECT(run_says(r.out, "FAIL  public URL"));
        EXPECT(run_says(r.out, rows[i].says));
    }
    close_scene(&s);
}

TEST(check, tells_of_data_that_others_can_look_into_or_that_cannot_be_used) {
    CLEANUP(run_release) struct run r = {0};
    char data[320];
    struct scene s;
    REQUIRE(open_scene(&s));
    temp_dir_file(&s.d.dir, "data", data);
    mkdir(data, 0755);
    chmod(data, 0755);
    check(&s, &r, NULL, NULL, NULL);
    EXPECT_INT(r.status, 1);
    EXPECT(run_says(r.out, "FAIL  data        others can look into "));
    EXPECT(run_says(r.out, "-> run: chmod 700 "));
    remove(data);
    run_env_file(&s.d, "data", "", data);
    check(&s, &r, NULL, NULL, NULL);
    EXPECT(run_says(r.out, " is not a directory"));
    close_scene(&s);
}

TEST(check, names_the_file_and_place_of_a_fault_in_an_assistant) {
    CLEANUP(run_release) struct run r = {0};
    char env[320], file[320], text[640];
    struct door d = {0};
    REQUIRE(secret_system_init());
    temp_dir_init(&d.dir);
    run_env_file(&d, "broken.json", "{\"name\":\"broken\",\"bogus\":1}", file);
    snprintf(text, sizeof text, "SWITCHHOOK_ASSISTANTS_DIR=%s\nSWITCHHOOK_DATA_DIR=%s/data\n",
             d.dir.path, d.dir.path);
    run_env_file(&d, "env", text, env);
    RUN(&r, "check", "--env", env);
    EXPECT_INT(r.status, 1);
    EXPECT(run_says(r.out, "FAIL  assistants  "));
    EXPECT(run_says(r.out, "broken.json: "));
    temp_dir_release(&d.dir);
}

/* What a model server answers to GET /models, by the port's path. */
static void list_models(void *ctx, struct http_exchange *x) {
    (void)ctx;
    if (!str_eq_z(http_exchange_header(x, STR("Authorization")), "Bearer sk-right"))
        http_exchange_reply_text(x, 401, "application/json",
                                 STR("{\"error\":{\"message\":\"Incorrect key: sk-wrong\"}}"));
    else
        http_exchange_reply_text(x, str_eq_z(x->path, "/v1/models") ? 200 : 404, "application/json",
                                 STR("{\"object\":\"list\",\"data\":[{\"id\":\"llama3:latest\"},{"
                                     "\"id\":\"models/gemini-flash\"}]}"));
}

TEST(check, asks_the_model_server_for_the_model) {
    static const struct {
        const char *key, *model, *says;
    } cases[] = {
        {"sk-right", "llama3", "ok    model       llama3 at http://127.0.0.1:"},
        {"sk-right", "llama3:latest", "ok    model       llama3:latest at "},
        {"sk-right", "gemini-flash", "ok    model       gemini-flash at "},
        {"sk-right", "other", "-> set OPENAI_MODEL to one that it has: llama3:latest, models/gem"},
        {"sk-wrong", "llama3", "-> copy OPENAI_API_KEY again"},
    };
    struct http_server *server = NULL;
    struct http_server_options so = {.address = "127.0.0.1",
                                     .body_max_bytes = 1024,
                                     .clock = clock_system(),
                                     .handler = list_models};
    REQUIRE(secret_system_init());
    REQUIRE(http_server_start(&so, &server, NULL) == ERR_OK);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(run_release) struct run r = {0};
        char env[320], text[1024];
        struct door d = {0};
        temp_dir_init(&d.dir);
        snprintf(text, sizeof text,
                 "SWITCHHOOK_DATA_DIR=%s/data\nSWITCHHOOK_ASSISTANTS_DIR=" SWH_SOURCE_DIR
                 "/assistants\nOPENAI_BASE_URL=http://127.0.0.1:%u/v1\nOPENAI_API_KEY=%s\n"
                 "OPENAI_MODEL=%s\n",
                 d.dir.path, http_server_port(server), cases[i].key, cases[i].model);
        run_env_file(&d, "env", text, env);
        RUN(&r, "check", "--env", env);
        EXPECT(run_says(r.out, cases[i].says));
        EXPECT(!run_says(r.out, "sk-"));
        temp_dir_release(&d.dir);
    }
    http_server_free(server);
}

TEST(check, tells_that_an_assistant_needs_a_model_server) {
    CLEANUP(run_release) struct run r = {0};
    char env[320], file[320], text[640];
    struct door d = {0};
    REQUIRE(secret_system_init());
    temp_dir_init(&d.dir);
    run_env_file(&d, "m.json",
                 "{\"name\":\"m\",\"brain\":\"openai\",\"prompt\":\"P.\",\"greeting\":\"Hi.\"}",
                 file);
    snprintf(text, sizeof text, "SWITCHHOOK_ASSISTANTS_DIR=%s\nSWITCHHOOK_DATA_DIR=%s/data\n",
             d.dir.path, d.dir.path);
    run_env_file(&d, "env", text, env);
    RUN(&r, "check", "--env", env);
    EXPECT(run_says(r.out, "FAIL  model"));
    EXPECT(run_says(r.out, "-> set OPENAI_MODEL"));
    temp_dir_release(&d.dir);
}

TEST(check, wrong_settings_end_with_two) {
    CLEANUP(run_release) struct run r = {0};
    char env[320];
    struct door d = {0};
    temp_dir_init(&d.dir);
    run_env_file(&d, "env", "TELEPHONY_PROVIDER=twilio\n", env);
    RUN(&r, "check", "--env", env);
    EXPECT_INT(r.status, 2);
    EXPECT(run_says(r.err, "switchhook: TWILIO_ACCOUNT_SID: is missing"));
    EXPECT(run_says(r.err, "switchhook: PUBLIC_BASE_URL: is missing"));
    temp_dir_release(&d.dir);
}

TEST(check, beside_a_running_gateway_says_so) {
    CLEANUP(run_release) struct run r = {0};
    char env[320], text[640];
    struct door d;
    REQUIRE(door_open(&d, ""));
    const char *url = gateway_url(d.gateway);
    snprintf(text, sizeof text,
             "SWITCHHOOK_LISTEN=%s\nSWITCHHOOK_DATA_DIR=%s/data\nPUBLIC_BASE_URL=%s\n"
             "SWITCHHOOK_ASSISTANTS_DIR=" SWH_SOURCE_DIR "/assistants\n",
             url + strlen("http://"), d.dir.path, url);
    run_env_file(&d, "env", text, env);
    RUN(&r, "check", "--env", env);
    EXPECT_INT(r.status, 0);
    EXPECT(run_says(r.out, "is in use: a gateway is running"));
    EXPECT(run_says(r.out, " leads here"));
    door_close(&d);
}
