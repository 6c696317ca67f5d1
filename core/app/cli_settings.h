#ifndef CORE_APP_CLI_SETTINGS_H
#define CORE_APP_CLI_SETTINGS_H

#include "core/app/cli.h"
#include "core/app/config.h"

/**
 * The settings of this run: `.env` (or --env FILE) and the environment. On CLI_DONE release *out
 * with config_release(). Otherwise each fault was printed on a line of its own.
 */
NODISCARD int cli_settings(struct cli *cli, struct config *out);

/** Print each fault as "switchhook: NAME: what is wrong". */
void cli_put_faults(struct cli *cli, const struct config_faults *faults);

/** Where a client on this machine finds the gateway of these settings. */
void cli_gateway_url(const struct config *c, char *dst, size_t dst_size);

#endif
