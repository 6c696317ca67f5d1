#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/app/cli_client.h"
#include "core/io/http_client_curl.h"
#include "core/io/http_server_mhd.h"

#include "tests/integration/cli/run.h"
#include "tests/support/test.h"

TEST(call, waited_for_shows_its_life_and_ends_with_zero) {
    static const char *const signs[] = {" is queued\n",
                                        "  ringing\n",
                                        "  answered\n",
                                        "  assistant: Hello",
                                        "  caller: ",
                                        "  consent given: \"",
                                        "  recording started",
                                        "function share_information(",
                                        "information [debt_info] Total debt",
                                        "  completed",
                                        "  recording stored: ",
                                        "outcome customer_qualified_transfer"};
    CLEANUP(run_release) struct run r = {0};
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=20\n")); /* slow enough to begin a recording in time */
    RUN(&r, "call", "+12025550100", "--assistant", "debt-intake", "--wait", "--url",
        gateway_url(d.gateway));
    EXPECT_INT(r.status, 0);
    EXPECT_STR(r.err, "");
    for (size_t i = 0; i < ARRAY_LEN(signs); i++)
        EXPECT(run_says(r.out, signs[i]));
    door_close(&d);
}

TEST(call, that_does_not_complete_ends_with_one) {
    static const struct {
        const char *to, *end;
    } rows[] = {{"+12025550101", " busy after 0 s"},
                {"+12025550102", " no_answer after 0 s"},
                {"+12025550103", " failed after 0 s"}};
    CLEANUP(run_release) struct run r = {0};
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        RUN(&r, "call", rows[i].to, "--assistant=debt-intake", "--wait", "--url",
            gateway_url(d.gateway));
        EXPECT_INT(r.status, 1);
        EXPECT(run_says(r.out, rows[i].end));
    }
    door_close(&d);
}

TEST(call, with_several_assistants_must_say_which) {
    CLEANUP(run_release) struct run r = {0};
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    RUN(&r, "call", "+12025550101", "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 2);
    EXPECT_STR(
        r.err,
        "switchhook: which assistant? Say --assistant with one of: debt-intake, payment-agent, "
        "personal-assistant\n");
    door_close(&d);
}

TEST(call, passes_its_options_on) {
    CLEANUP(run_release) struct run r = {0};
    CLEANUP(door_reply_release) struct door_reply got = {0};
    char path[128], text[64];
    int64_t n = 0;
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    RUN(&r, "call", "+12025550101", "--assistant", "personal-assistant", "--var", "user_name=Ann",
        "--var", "inquiry_topic=a \"quoted\" thing", "--record", "off", "--ring-timeout", "33",
        "--time-limit", "900", "--provider", "mock", "--json", "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 0);
    EXPECT(run_says(r.out, "\"id\":\"call_"));
    DOOR_ASK(&d, &got, .path = "/api/calls");
    const struct json *call = json_first(json_get(got.root, "items"));
    EXPECT(str_copy(json_str(json_get(call, "id")), text, sizeof text));
    snprintf(path, sizeof path, "/api/calls/%s", text);
    DOOR_ASK(&d, &got, .path = path);
    EXPECT_STR(door_text(&got, "assistant", text), "personal-assistant");
    EXPECT_STR(door_text(&got, "record", text), "off");
    EXPECT(json_int(json_get(got.root, "ring_timeout_s"), 33, 33, &n));
    EXPECT(json_int(json_get(got.root, "time_limit_s"), 900, 900, &n));
    const struct json *variables = json_get(got.root, "variables");
    EXPECT(str_eq_z(json_str(json_get(variables, "user_name")), "Ann"));
    EXPECT(str_eq_z(json_str(json_get(variables, "inquiry_topic")), "a \"quoted\" thing"));
    door_close(&d);
}

TEST(call, of_a_plan_is_placed_from_a_file) {
    CLEANUP(run_release) struct run r = {0};
    char file[320];
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    run_env_file(&d, "plan.json", "{\"steps\":[{\"say\":{\"text\":\"Hello\"}},{\"hangup\":{}}]}",
                 file);
    RUN(&r, "call", "+12025550100", "--plan", file, "--wait", "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 0);
    EXPECT(run_says(r.out, "  completed"));
    run_env_file(&d, "plan.json", "{\"steps\":[{\"say\":{\"text\":\"Hello\"},}]}", file);
    RUN(&r, "call", "+12025550100", "--plan", file, "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 2);
    EXPECT(run_says(r.err, "plan.json: line 1 column "));
    door_close(&d);
}

TEST(call, refused_by_the_gateway_is_one_line_naming_the_fault) {
    static const struct {
        const char *words[6], *line;
    } rows[] = {
        {{"call", "555", "--assistant=debt-intake"}, "switchhook: to: "},
        {{"call", "+12025550100", "--assistant=nobody"}, "switchhook: assistant"},
        {{"call", "+12025550100", "--assistant=debt-intake", "--var=x=1"},
         "switchhook: variables.x: "},
        {{"call", "+12025550100", "--assistant=debt-intake", "--var=x"},
         "switchhook: --var must be NAME=VALUE"},
        {{"call", "+12025550100", "--assistant=debt-intake", "--record=maybe"},
         "switchhook: --record must be off, on or ask"},
        {{"call", "+12025550100", "--assistant=debt-intake", "--ring-timeout=0"},
         "switchhook: --ring-timeout must be a whole number from 5 to 600"},
    };
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(run_release) struct run r = {0};
        const char *words[9] = {0};
        size_t n = 0;
        for (; rows[i].words[n]; n++)
            words[n] = rows[i].words[n];
        words[n] = "--url";
        words[n + 1] = gateway_url(d.gateway);
        run_words(&r, words);
        EXPECT_INT(r.status, 2);
        EXPECT(run_says(r.err, rows[i].line));
        EXPECT_STR(r.out, "");
    }
    door_close(&d);
}

TEST(call, under_the_same_key_is_placed_once) {
    CLEANUP(run_release) struct run a = {0};
    CLEANUP(run_release) struct run b = {0};
    CLEANUP(door_reply_release) struct door_reply got = {0};
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    for (int i = 0; i < 2; i++)
        RUN(i == 0 ? &a : &b, "call", "+12025550101", "--assistant=debt-intake",
            "--idempotency-key", "k", "--url", gateway_url(d.gateway));
    EXPECT_INT(a.status + b.status, 0);
    DOOR_ASK(&d, &got, .path = "/api/calls");
    EXPECT_INT(json_count(json_get(got.root, "items")), 1);
    door_close(&d);
}

/* ---- a gateway that is started again meanwhile --------------------------------------------------
 */

/* Answers a call's life, but not the first questions for its events. */
struct restarted {
    struct http_server *server;
    atomic_uint questions;
};

static void answer_as_restarted(void *ctx, struct http_exchange *x) {
    struct restarted *g = ctx;
    if (str_eq_z(x->method, "POST")) {
        http_exchange_reply_text(x, 202, "application/json",
                                 STR("{\"id\":\"call_1\",\"to\":\"+1\",\"status\":\"queued\"}"));
        return;
    }
    if (str_find_str(x->path, STR("/events")) == x->path.len) {
        http_exchange_reply_text(
            x, 200, "application/json",
            STR("{\"id\":\"call_1\",\"status\":\"completed\",\"duration_s\":7}"));
        return;
    }
    switch (atomic_fetch_add(&g->questions, 1)) {
    case 0:
        x->cut = true;
        http_exchange_reply(x);
        return;
    case 1:
        http_exchange_reply_text(x, 503, "application/problem+json",
                                 STR("{\"detail\":\"the gateway is starting\"}"));
        return;
    default:
        http_exchange_reply_text(x, 200, "application/json",
                                 STR("{\"call_status\":\"completed\",\"items\":[],"
                                     "\"next_cursor\":\"evt_1\"}"));
    }
}

static void start_restarted(struct restarted *g, char *url, size_t size) {
    struct http_server_options o = {
        .clock = clock_system(), .handler = answer_as_restarted, .handler_ctx = g};
    *g = (struct restarted){0};
    REQUIRE(http_server_start(&o, &g->server, NULL) == ERR_OK);
    snprintf(url, size, "http://127.0.0.1:%u", http_server_port(g->server));
}

TEST(call, waited_for_outlives_a_restart_of_the_gateway) {
    CLEANUP(run_release) struct run r = {0};
    struct restarted g;
    char url[64];
    start_restarted(&g, url, sizeof url);
    RUN(&r, "call", "+12025550100", "--assistant=debt-intake", "--wait", "--url", url);
    EXPECT_INT(r.status, 0);
    EXPECT(run_says(r.err, "switchhook: no answer from the gateway at http://127.0.0.1:"));
    EXPECT(run_says(r.out, "completed after 7 s"));
    EXPECT_INT(atomic_load(&g.questions), 3);
    http_server_free(g.server);
}

TEST(client, patience_with_a_gateway_that_stays_away_has_an_end) {
    char *text = NULL;
    size_t text_len = 0;
    struct config config = {0};
    struct cli_reply reply = {0};
    struct cli_client client = {0};
    struct restarted g;
    char url[64];
    start_restarted(&g, url, sizeof url);
    http_server_free(g.server); /* nobody listens there now */
    struct cli cli = {.out = stdout, .err = open_memstream(&text, &text_len)};
    REQUIRE(cli_client_open_at(&cli, &config, url, &client) == CLI_DONE);
    client.patience_ms = 300;
    EXPECT_INT(cli_get(&cli, &client, "/healthz", 0, &reply), CLI_FAILED);
    fclose(cli.err);
    EXPECT(run_says(text, "waiting for it, at most "));
    EXPECT(run_says(text, "no gateway at http://127.0.0.1:"));
    free(text);
    cli_client_close(&client);
}

TEST(hangup, ends_a_call_and_says_when_it_is_over_already) {
    CLEANUP(run_release) struct run r = {0};
    char id[64], status[64];
    struct door d;
    REQUIRE(door_open(&d, "MOCK_SPEED=1\n"));
    REQUIRE(door_place(&d, "+12025550115", id));
    RUN(&r, "hangup", id, "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 0);
    EXPECT(run_says(r.out, "asked to hang up; the call is now "));
    REQUIRE(door_wait_end(&d, id, status));
    RUN(&r, "hangup", id, "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 1);
    RUN(&r, "hangup", "../../healthz", "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 1);
    door_close(&d);
}

TEST(client, a_missing_or_wrong_token_is_explained) {
    CLEANUP(run_release) struct run r = {0};
    char env[320];
    struct door d;
    REQUIRE(door_open(&d, "SWITCHHOOK_API_TOKEN=0123456789abcdef\n"));
    RUN(&r, "calls", "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 1);
    EXPECT(run_says(r.err, "wants its token: set SWITCHHOOK_API_TOKEN"));
    run_env_file(&d, "env", "SWITCHHOOK_API_TOKEN=fedcba9876543210\n", env);
    RUN(&r, "calls", "--env", env, "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 1);
    run_env_file(&d, "env", "SWITCHHOOK_API_TOKEN=0123456789abcdef\n", env);
    RUN(&r, "calls", "--env", env, "--url", gateway_url(d.gateway));
    EXPECT_INT(r.status, 0);
    EXPECT_STR(r.out, "there are no such calls\n");
    door_close(&d);
}
