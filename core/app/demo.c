#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/app/cli_client.h"
#include "core/app/cli_commands.h"
#include "core/app/cli_events.h"
#include "core/app/cli_text.h"
#include "core/app/cli_watch.h"
#include "core/app/config.h"
#include "core/app/gateway.h"
#include "core/app/share.h"
#include "core/app/signals.h"

/* switchhook demo: the main job, on parts that are all real but the telephone network. */

enum {
    LOG_FD = 2,
    GRACE_MS = 5000,
    WAIT_S = 2, /* so that an interrupt is noticed soon */
    RECORDING_WAIT_MS = 30000,
    OPEN_DIRS = 16,
    SPEED_DEFAULT = 10,
    SPEED_MAX = 1000
};

struct demo {
    struct cli *cli;
    struct signals *signals;
    struct config config;
    struct gateway *gateway;
    struct cli_client client;
    const char *to, *assistant, *dialect;
    uint64_t speed;
    char dir[CONFIG_TEXT_SIZE];
};

/* ---- a place of its own -----------------------------------------------------------------------
 */

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at) {
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static int make_place(struct demo *d) {
    snprintf(d->dir, sizeof d->dir, "%.400s/switchhook-demo-XXXXXX", config_temp_dir());
    if (mkdtemp(d->dir))
        return CLI_DONE;
    int status =
        cli_fail(d->cli, CLI_FAILED, "%s cannot be made: %s", d->dir, strerrordesc_np(errno));
    d->dir[0] = '\0';
    return status;
}

static int remove_place(struct demo *d) {
    if (d->dir[0] == '\0' || nftw(d->dir, remove_one, OPEN_DIRS, FTW_DEPTH | FTW_PHYS) == 0)
        return CLI_DONE;
    return cli_fail(d->cli, CLI_FAILED, "%s cannot be removed: %s", d->dir, strerrordesc_np(errno));
}

static int read_options(struct demo *d) {
    struct error err = {0};
    const char *to = cli_args_value(&d->cli->args, "--to");
    const char *assistant = cli_args_value(&d->cli->args, "--assistant");
    const char *dialect = cli_args_value(&d->cli->args, "--dialect");
    d->speed = SPEED_DEFAULT;
    d->dialect = dialect ? dialect : "twilio";
    d->to = to ? to : "+12025550100";
    d->assistant = assistant ? assistant : "debt-intake";
    if (cli_args_number(&d->cli->args, "--speed", 1, SPEED_MAX, &d->speed, &err) != ERR_OK)
        return cli_fail(d->cli, CLI_USAGE, "%s", err.text);
    return CLI_DONE;
}

static const char *no_environment(void *ctx, const char *name) {
    (void)ctx, (void)name;
    return NULL;
}

/* The defaults, whatever .env and the environment say, in a place of its own and on a free port. */
static int make_config(struct demo *d) {
    CLEANUP(buf_release) struct buf settings = BUF_INIT(CONFIG_TEXT_SIZE);
    struct config_faults faults;
    struct config *c = &d->config;
    buf_printf(&settings,
               "SWITCHHOOK_LISTEN=127.0.0.1:0\nSWITCHHOOK_LOG_LEVEL=error\nMOCK_DIALECT=%s\n",
               d->dialect);
    if (buf_failed(&settings) || strpbrk(d->dialect, "\r\n"))
        return cli_fail(d->cli, CLI_USAGE, "--dialect is one word, like plivo");
    if (config_parse(buf_str(&settings), no_environment, NULL, c, &faults) != ERR_OK)
        return cli_fail(d->cli, CLI_USAGE, "--dialect: %s", faults.items[0].text);
    c->mock_speed = (double)d->speed;
    snprintf(c->data_dir, sizeof c->data_dir, "%.*s/data", (int)sizeof c->data_dir - 8, d->dir);
    snprintf(c->database, sizeof c->database, "%.*s/demo.db", (int)sizeof c->database - 10, d->dir);
    if (share_find_assistants(c->assistants_dir, sizeof c->assistants_dir))
        return CLI_DONE;
    return cli_fail(d->cli, CLI_FAILED,
                    "there is no ./assistants here, nor are there installed ones; run this in the "
                    "checkout");
}

/* ---- the call ---------------------------------------------------------------------------------
 */

static int place(struct demo *d, struct cli_reply *out) {
    struct buf body = BUF_INIT(4096);
    struct json_writer w;
    json_write_init(&w, &body);
    json_begin_object(&w);
    json_kv_z(&w, "to", d->to);
    json_kv_z(&w, "assistant", d->assistant);
    json_end_object(&w);
    int status = buf_failed(&body)
                     ? cli_fail(d->cli, CLI_USAGE, "that is too long for a call")
                     : cli_post(d->cli, &d->client, "/api/calls", buf_str(&body), "demo", out);
    buf_release(&body);
    return status;
}

static bool is_interrupted(void *ctx) {
    return signals_asked_to_stop(ctx);
}

static int get_of_call(struct demo *d, const char *before, const char *id, struct cli_reply *out) {
    struct buf path = BUF_INIT(CLI_URL_SIZE);
    buf_puts(&path, before);
    buf_put_percent(&path, str_z(id));
    int status = cli_get(d->cli, &d->client, path.ptr, 0, out);
    buf_release(&path);
    return status;
}

static void put_information(struct demo *d, const struct json *items) {
    struct cli_table t = {.headings = {"CATEGORY", "INFORMATION"}, .columns = 2};
    size_t n = json_count(items);
    for (size_t i = 0; i < n; i++)
        cli_table_row(&t);
    /* the list has the newest first; read here as a story, it begins with the oldest */
    for (const struct json *i = json_first(items); i && n > 0; i = json_next(i)) {
        struct str *row = &t.cells[--n * t.columns];
        row[0] = cli_cell(&t.arena, i, "category");
        row[1] = cli_cell(&t.arena, i, "information");
    }
    if (t.rows == 0)
        return;
    fputs("\ncaptured information\n", d->cli->out);
    cli_table_put(&t, d->cli->out, cli_terminal_columns(d->cli->out));
    cli_table_release(&t);
}

static void put_recordings(struct demo *d, const struct json *items) {
    struct arena arena = {0};
    for (const struct json *r = json_first(items); r; r = json_next(r)) {
        struct str seconds = cli_cell_seconds(&arena, r, "duration_s");
        struct str bytes = cli_cell(&arena, r, "bytes");
        struct str format = cli_cell(&arena, r, "format");
        fprintf(d->cli->out,
                "\nrecording: " STR_FMT ", " STR_FMT ", " STR_FMT " bytes, sealed in the vault\n",
                STR_ARG(format), STR_ARG(seconds), STR_ARG(bytes));
    }
    arena_release(&arena);
}

static int put_summary(struct demo *d, const char *id, const struct cli_watched *seen) {
    CLEANUP(cli_reply_release) struct cli_reply end = {0};
    CLEANUP(cli_reply_release) struct cli_reply information = {0};
    CLEANUP(cli_reply_release) struct cli_reply recordings = {0};
    int status = cli_get_call(d->cli, &d->client, id, "", &end);
    if (status == CLI_DONE)
        status = get_of_call(d, "/api/information?limit=200&session_id=", id, &information);
    if (status == CLI_DONE)
        status = get_of_call(d, "/api/recordings?call_id=", id, &recordings);
    if (status != CLI_DONE)
        return status;
    fputc('\n', d->cli->out);
    cli_put_end(d->cli, end.root);
    put_information(d, json_get(information.root, "items"));
    put_recordings(d, json_get(recordings.root, "items"));
    fprintf(d->cli->out, "transcript: %u lines, %u function calls\n", seen->lines, seen->functions);
    if (!seen->completed)
        return cli_fail(d->cli, CLI_FAILED, "the call was not completed");
    if (!seen->recording_stored && seen->recording_refused)
        fputs("no recording: the caller did not agree to one\n", d->cli->out);
    else if (!seen->recording_stored)
        return cli_fail(d->cli, CLI_FAILED, "the call was completed, but no recording was stored");
    if (json_count(json_get(information.root, "items")) == 0)
        return cli_fail(d->cli, CLI_FAILED, "the call was completed, but nothing was captured");
    return CLI_DONE;
}

static int live(struct demo *d) {
    CLEANUP(cli_reply_release) struct cli_reply placed = {0};
    struct cli_watched seen;
    char id[48];
    int status = place(d, &placed);
    if (status != CLI_DONE)
        return status;
    cli_clean_copy(json_str(json_get(placed.root, "id")), id, sizeof id);
    fprintf(d->cli->out,
            "%s calls %s through the carrier in a box, which speaks %s (%llu times faster than "
            "life)\n\n",
            d->assistant, d->to, d->dialect, (unsigned long long)d->speed);
    struct cli_watch w = {.id = id,
                          .wait_s = WAIT_S,
                          .time_factor = (double)d->speed,
                          .recording_ms = RECORDING_WAIT_MS,
                          .stopped = is_interrupted,
                          .stopped_ctx = d->signals};
    status = cli_watch(d->cli, &d->client, &w, &seen);
    return status == CLI_DONE ? put_summary(d, id, &seen) : status;
}

static int run(struct demo *d) {
    struct error err = {0};
    int status = make_config(d);
    if (status != CLI_DONE)
        return status;
    struct gateway_options o = {.config = &d->config, .clock = clock_system(), .log_fd = LOG_FD};
    if (gateway_start(&o, &d->gateway, &err) != ERR_OK)
        return cli_fail_error(d->cli, &err);
    status = cli_client_open_at(d->cli, &d->config, gateway_url(d->gateway), &d->client);
    if (status == CLI_DONE)
        status = live(d);
    cli_client_close(&d->client);
    gateway_drain(d->gateway, GRACE_MS);
    gateway_free(d->gateway);
    return status;
}

int cli_demo(struct cli *cli) {
    struct demo d = {.cli = cli};
    int status = read_options(&d);
    if (status != CLI_DONE)
        return status;
    d.signals = signals_start();
    status = make_place(&d);
    if (status == CLI_DONE)
        status = run(&d);
    int removed = remove_place(&d);
    config_release(&d.config);
    signals_free(d.signals);
    return status != CLI_DONE ? status : removed;
}
