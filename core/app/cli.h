#ifndef CORE_APP_CLI_H
#define CORE_APP_CLI_H

#include <stdio.h>

#include "core/app/cli_args.h"

/* The program as the shell sees it: one table of commands, one way to fail. */

enum {
    CLI_DONE = 0,
    CLI_FAILED = 1, /* the job failed */
    CLI_USAGE = 2   /* bad usage or configuration */
};

struct cli_command;

/** One run of one command. */
struct cli {
    FILE *out, *err;
    const struct cli_command *command;
    struct cli_args args;
};

struct cli_command {
    const char *name, *summary;
    const char *usage;   /* behind the name: "TO [options]" */
    const char *about;   /* paragraph of its help; NULL: none */
    const char *example; /* one or more lines, each as typed */
    const struct cli_option *options;
    size_t args_min, args_max;
    int (*run)(struct cli *cli); /* exit status */
};

/** The table, ending with a command without name. In the order of help. */
extern const struct cli_command cli_commands[];

/** Run the program: argv[0] is its name. Writes to out and err only. Returns the exit status. */
int cli_run(int argc, char *const *argv, FILE *out, FILE *err);

/** "switchhook: …" as one line on stderr. Returns status, so that `return cli_fail(…)` reads well.
 */
int cli_fail(struct cli *cli, int status, const char *fmt, ...) PRINTF_LIKE(3, 4);

/** Exit status of err: usage for what the user got wrong, failed for the rest. Prints it. */
int cli_fail_error(struct cli *cli, const struct error *err);

const struct cli_command *cli_find_command(const char *name);

#endif
