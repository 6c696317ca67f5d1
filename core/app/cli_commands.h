#ifndef CORE_APP_CLI_COMMANDS_H
#define CORE_APP_CLI_COMMANDS_H

#include "core/app/cli.h"
#include "core/base/buf.h"
#include "core/base/json.h"

/* What the table of commands runs, one file each. Each returns the exit status. */

int cli_assistants(struct cli *cli);
int cli_call(struct cli *cli);
int cli_calls(struct cli *cli);
int cli_carrier(struct cli *cli);
int cli_check(struct cli *cli);
int cli_demo(struct cli *cli);
int cli_exec(struct cli *cli);
int cli_hangup(struct cli *cli);
int cli_help(struct cli *cli);
int cli_information(struct cli *cli);
int cli_providers(struct cli *cli);
int cli_recordings(struct cli *cli);
int cli_render(struct cli *cli);
int cli_serve(struct cli *cli);
int cli_sessions(struct cli *cli);
int cli_consents(struct cli *cli);
int cli_show(struct cli *cli);
int cli_summary(struct cli *cli);
int cli_version(struct cli *cli);

/** An option that narrows a list, and the query parameter that it becomes. */
struct cli_filter {
    const char *option, *parameter; /* NULL: the end of a table */
};

/**
 * What the commands that list share: ask for path, narrowed by filters (NULL: none) and turned by
 * --limit and --cursor; then print the reply as it is with --json, else its items through `put`, or
 * `none` when there are none, and how to see more.
 */
int cli_list(struct cli *cli, const char *path, const struct cli_filter *filters, const char *none,
             void (*put)(struct cli *cli, const struct json *items));

#endif
