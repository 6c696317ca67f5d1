#include <string.h>

#include "core/app/carrier_settings.h"
#include "core/app/cli_commands.h"
#include "core/app/cli_files.h"
#include "core/app/cli_settings.h"
#include "core/app/signals.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/io/http_client_curl.h"
#include "core/io/http_server_mhd.h"
#include "providers/mock/carrier/carrier.h"

/* switchhook carrier: the telephone exchange in a box, on its own. */

enum {
    LOG_FD = 2,
    SCENARIO_MAX = 1024 * 1024,
    BODY_MAX = 131072,
    GRACE_MS = 2000,
    SPEED_MAX = 1000000
};

struct box {
    struct cli *cli;
    const struct config *config;
    char dialect[CONFIG_TEXT_SIZE];
    struct log log;
    struct buf scenario;
    const char *scenario_path; /* NULL: none */
    struct http_client *http;
    struct carrier *carrier;
    struct http_server *server;
};

static struct str revealed(const struct secret *s) {
    return secret_is_set(s) ? secret_reveal(s) : (struct str){0};
}

static int read_options(struct box *b, struct carrier_options *o, uint16_t *port) {
    const struct cli_args *args = &b->cli->args;
    const char *dialect = cli_args_value(args, "--dialect");
    const char *scenario = cli_args_value(args, "--scenario");
    struct error err = {0};
    uint64_t speed = 0, number = 0, seed = b->config->mock_seed;
    if (cli_args_number(args, "--port", 0, UINT16_MAX, &number, &err) != ERR_OK ||
        cli_args_number(args, "--seed", 0, UINT64_MAX, &seed, &err) != ERR_OK ||
        cli_args_number(args, "--speed", 0, SPEED_MAX, &speed, &err) != ERR_OK)
        return cli_fail(b->cli, CLI_USAGE, "%s", err.text);
    if (!scenario && b->config->mock_scenario[0])
        scenario = b->config->mock_scenario;
    if (scenario && cli_read_file(b->cli, scenario, &b->scenario) != CLI_DONE)
        return CLI_USAGE;
    if (scenario && b->scenario.len == 0)
        return cli_fail(b->cli, CLI_USAGE, "%s is empty", scenario);
    b->scenario_path = scenario;
    if (seed == 0)
        digest_random(&seed, sizeof seed);
    *port = (uint16_t)number;
    struct str wire = str_z(dialect ? dialect : b->config->mock_dialect);
    enum config_carrier which = carrier_settings_of_dialect(wire); /* none: has no account */
    if (!str_copy(carrier_settings_box_dialect(wire), b->dialect, sizeof b->dialect))
        return cli_fail(b->cli, CLI_USAGE, "--dialect is too long");
    const struct config_account *a = &b->config->accounts[which];
    /* the simulated account is the configured one, so that the gateway's settings fit it */
    *o = (struct carrier_options){
        .dialect = b->dialect,
        .account = str_z(a->account),
        .token = revealed(&a->token),
        .signing_key = revealed(&a->signing_key),
        .number = str_z(a->number),
        .speed = cli_args_flag(args, "--speed") ? (double)speed : b->config->mock_speed,
        .seed = seed,
        .scenario_json = buf_str(&b->scenario),
        .http = b->http,
        .clock = clock_system(),
        .log = &b->log,
    };
    return CLI_DONE;
}

static void announce(struct box *b, const char *dialect, const char *url) {
    struct carrier_account account = carrier_account(b->carrier);
    struct buf line = BUF_INIT(4096);
    struct json_writer w;
    json_write_init(&w, &line);
    json_begin_object(&w);
    json_kv_z(&w, "dialect", dialect);
    json_kv_z(&w, "base_url", url);
    json_kv_string(&w, "account", account.account);
    json_kv_string(&w, "token", account.token);
    if (account.signing_key.len > 0)
        json_kv_string(&w, "signing_key", account.signing_key);
    json_kv_string(&w, "number", account.number);
    json_end_object(&w);
    fwrite(line.ptr, 1, line.len, b->cli->out);
    fputc('\n', b->cli->out);
    fflush(b->cli->out);
    buf_release(&line);
}

static int run(struct box *b, struct signals *signals) {
    struct carrier_options o = {0};
    struct error err = {0};
    uint16_t port = 0;
    char url[64];
    struct http_client_curl_options ho = {.clock = clock_system(), .log = &b->log};
    if (http_client_curl_new(&ho, &b->http, &err) != ERR_OK)
        return cli_fail_error(b->cli, &err);
    int status = read_options(b, &o, &port);
    if (status != CLI_DONE)
        return status;
    enum error_code rc = carrier_new(&o, &b->carrier, &err);
    if (rc == ERR_UNSUPPORTED)
        return cli_fail(b->cli, CLI_USAGE, "%s", err.text);
    if (rc == ERR_INVALID && b->scenario_path) /* it is what is read there */
        error_set(&err, rc, "%.100s: %s", b->scenario_path, err.text);
    if (rc != ERR_OK)
        return cli_fail_error(b->cli, &err);
    struct http_server_options so = {.port = port,
                                     .body_max_bytes = BODY_MAX,
                                     .clock = clock_system(),
                                     .log = &b->log,
                                     .handler = carrier_handle,
                                     .handler_ctx = b->carrier};
    if (http_server_start(&so, &b->server, &err) != ERR_OK)
        return cli_fail_error(b->cli, &err);
    snprintf(url, sizeof url, "http://127.0.0.1:%u", http_server_port(b->server));
    carrier_set_base_url(b->carrier, str_z(url));
    announce(b, o.dialect, url);
    signals_wait(signals);
    /* no more requests may come in before the carrier goes */
    (void)http_server_drain(b->server, GRACE_MS);
    return CLI_DONE;
}

int cli_carrier(struct cli *cli) {
    struct config config;
    int status = cli_settings(cli, &config);
    if (status != CLI_DONE)
        return status;
    struct box b = {.cli = cli, .config = &config, .scenario = BUF_INIT(SCENARIO_MAX)};
    log_init(&b.log, clock_system(), LOG_WARN, config.log_format, LOG_FD);
    struct signals *signals = signals_start();
    status = run(&b, signals);
    carrier_free(b.carrier);
    http_server_free(b.server);
    http_client_free(b.http);
    buf_release(&b.scenario);
    signals_free(signals);
    config_release(&config);
    return status;
}
