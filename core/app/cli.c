#include "core/app/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "core/app/cli_commands.h"
#include "core/app/cli_text.h"
#include "core/app/config.h"
#include "core/base/str.h"

enum {
    COMMANDS_MAX = 32,
    HELP_COLUMN = 28,
    LINE_MAX_BYTES = 4096,
    SETTINGS_TEXT_MAX = 65536
};

int cli_fail(struct cli *cli, int status, const char *fmt, ...) {
    struct buf line = BUF_INIT(LINE_MAX_BYTES);
    va_list ap;
    fflush(cli->out);
    va_start(ap, fmt);
    buf_vprintf(&line, fmt, ap);
    va_end(ap);
    fputs("switchhook: ", cli->err);
    cli_put_clean(cli->err, buf_str(&line));
    fputc('\n', cli->err);
    buf_release(&line);
    return status;
}

int cli_fail_error(struct cli *cli, const struct error *err) {
    char line[sizeof err->field + sizeof err->text];
    error_line(err, line, sizeof line);
    return cli_fail(cli, err->code == ERR_INVALID ? CLI_USAGE : CLI_FAILED, "%s",
                    err->text[0] ? line : error_name(err->code));
}

const struct cli_command *cli_find_command(const char *name) {
    for (const struct cli_command *c = cli_commands; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

/* ---- help -------------------------------------------------------------------------------------
 */

static void put_options(FILE *f, const struct cli_option *options) {
    for (const struct cli_option *o = options; o && o->name; o++) {
        int used = fprintf(f, "  %s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
        fprintf(f, "%*s%s%s\n", used < HELP_COLUMN ? HELP_COLUMN - used : 2, "", o->help,
                o->repeats ? " (may be repeated)" : "");
    }
    fprintf(f, "  %-*s%s\n", HELP_COLUMN - 2, "-h, --help", "this text");
}

static void put_command_help(FILE *f, const struct cli_command *c) {
    fprintf(f, "switchhook %s: %s\n\nusage: switchhook %s%s%s\n", c->name, c->summary, c->name,
            c->usage[0] ? " " : "", c->usage);
    if (c->about)
        fprintf(f, "\n%s\n", c->about);
    fputs("\noptions:\n", f);
    put_options(f, c->options);
    fputs("\nexample:\n", f);
    struct str rest = str_z(c->example), line;
    while (str_next(&rest, '\n', &line))
        fprintf(f, "  " STR_FMT "\n", STR_ARG(line));
}

static void put_overview(FILE *f) {
    fputs("Switchhook: one assistant, one API, any carrier.\n\n"
          "usage: switchhook COMMAND [options]\n\ncommands:\n",
          f);
    for (const struct cli_command *c = cli_commands; c->name; c++)
        fprintf(f, "  %-12s %s\n", c->name, c->summary);
    fputs("\nstart here:\n"
          "  switchhook demo              one simulated call, from ringing to recording\n"
          "  switchhook check             is everything set up for real calls?\n"
          "  switchhook help COMMAND      options and an example\n"
          "  switchhook help settings     every setting, as a .env file\n\n"
          "exit status: 0 done, 1 the job failed, 2 bad usage or configuration\n",
          f);
}

static int put_settings(FILE *f) {
    struct buf text = BUF_INIT(SETTINGS_TEXT_MAX);
    config_put_example(&text);
    fwrite(text.ptr, 1, text.len, f);
    buf_release(&text);
    return CLI_DONE;
}

static int unknown_command(struct cli *cli, const char *name) {
    const char *names[COMMANDS_MAX + 1];
    size_t n = 0;
    for (const struct cli_command *c = cli_commands; c->name && n < COMMANDS_MAX; c++)
        names[n++] = c->name;
    names[n] = NULL;
    const char *meant = cli_nearest(name, names);
    if (meant)
        return cli_fail(cli, CLI_USAGE, "unknown command \"%.40s\"; did you mean %s?", name, meant);
    return cli_fail(cli, CLI_USAGE, "unknown command \"%.40s\"; see switchhook help", name);
}

int cli_help(struct cli *cli) {
    if (cli->args.arg_count == 0) {
        put_overview(cli->out);
        return CLI_DONE;
    }
    const char *name = cli->args.args[0];
    if (strcmp(name, "settings") == 0)
        return put_settings(cli->out);
    const struct cli_command *c = cli_find_command(name);
    if (!c)
        return unknown_command(cli, name);
    put_command_help(cli->out, c);
    return CLI_DONE;
}

int cli_version(struct cli *cli) {
    fputs("switchhook " SWH_VERSION "\n", cli->out);
    return CLI_DONE;
}

/* ---- running ----------------------------------------------------------------------------------
 */

static int run_command(struct cli *cli, int argc, char *const *argv) {
    const struct cli_command *c = cli->command;
    struct error err = {0};
    char usage[160];
    snprintf(usage, sizeof usage, "switchhook %s %s", c->name, c->usage);
    enum error_code rc = cli_args_parse(c->options, argc, argv, &cli->args, &err);
    if (rc == ERR_OK && cli->args.help) {
        put_command_help(cli->out, c);
        return CLI_DONE;
    }
    if (rc == ERR_OK)
        rc = cli_args_count(&cli->args, c->args_min, c->args_max, usage, &err);
    if (rc != ERR_OK)
        return cli_fail(cli, CLI_USAGE, "%s: %s", c->name, err.text);
    return c->run(cli);
}

/* What is conventional besides the table. */
static const char *command_word(const char *word) {
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return "help";
    return strcmp(word, "--version") == 0 ? "version" : word;
}

int cli_run(int argc, char *const *argv, FILE *out, FILE *err) {
    struct cli cli = {.out = out, .err = err};
    int status = CLI_USAGE;
    if (argc < 2) {
        put_overview(err);
    } else {
        cli.command = cli_find_command(command_word(argv[1]));
        status =
            cli.command ? run_command(&cli, argc - 2, argv + 2) : unknown_command(&cli, argv[1]);
    }
    /* a full disk behind a pipe must not look like success; a reader that left is no fault */
    if (fflush(out) != 0 || ferror(out)) {
        if (status == CLI_DONE && errno != EPIPE)
            status = cli_fail(&cli, CLI_FAILED, "the output could not be written: %s",
                              strerrordesc_np(errno));
    }
    return status;
}
