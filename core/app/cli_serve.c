#include "core/app/cli_commands.h"
#include "core/app/cli_settings.h"
#include "core/app/gateway.h"
#include "core/app/signals.h"

/* switchhook serve */

enum {
    LOG_FD = 2,
    GRACE_MS = 20000
};

static int run(struct cli *cli, const struct config *config, struct signals *signals) {
    struct gateway_options o = {.config = config, .clock = clock_system(), .log_fd = LOG_FD};
    struct gateway *g = NULL;
    struct error err = {0};
    if (gateway_start(&o, &g, &err) != ERR_OK)
        return cli_fail_error(cli, &err);
    fprintf(cli->out, "switchhook listens on %s, provider %s, API %s/api/calls\n", gateway_url(g),
            config->provider, gateway_url(g));
    fflush(cli->out);
    signals_wait(signals);
    gateway_drain(g, GRACE_MS);
    gateway_free(g);
    return CLI_DONE;
}

int cli_serve(struct cli *cli) {
    struct config config;
    int status = cli_settings(cli, &config);
    if (status != CLI_DONE)
        return status;
    struct signals *signals = signals_start();
    status = run(cli, &config, signals);
    signals_free(signals);
    config_release(&config);
    return status;
}
