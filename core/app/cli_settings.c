#include "core/app/cli_settings.h"

#include <string.h>

void cli_put_faults(struct cli *cli, const struct config_faults *faults) {
    for (size_t i = 0; i < faults->count; i++)
        cli_fail(cli, CLI_USAGE, "%s: %s", faults->items[i].name, faults->items[i].text);
}

int cli_settings(struct cli *cli, struct config *out) {
    struct config_faults faults;
    if (config_load(cli_args_value(&cli->args, "--env"), out, &faults) == ERR_OK)
        return CLI_DONE;
    cli_put_faults(cli, &faults);
    config_release(out);
    return CLI_USAGE;
}

void cli_gateway_url(const struct config *c, char *dst, size_t dst_size) {
    const char *host = c->listen_host;
    if (strcmp(host, "0.0.0.0") == 0 || strcmp(host, "localhost") == 0)
        host = "127.0.0.1";
    else if (strcmp(host, "::") == 0)
        host = "::1";
    snprintf(dst, dst_size, strchr(host, ':') ? "http://[%s]:%u" : "http://%s:%u", host,
             c->listen_port);
}
