#include "core/app/cli_client.h"
#include "core/app/cli_commands.h"
#include "core/app/cli_text.h"

/* switchhook information, sessions, summary: what callers said and shared. */

static void put_information(struct cli *cli, const struct json *items) {
    struct cli_table t = {.headings = {"WHEN (UTC)", "CALLER", "CATEGORY", "INFORMATION"},
                          .columns = 4};
    for (const struct json *i = json_first(items); i; i = json_next(i)) {
        struct str *row = cli_table_row(&t);
        row[0] = cli_cell_time(&t.arena, i, "timestamp");
        row[1] = cli_cell(&t.arena, i, "caller_id");
        row[2] = cli_cell(&t.arena, i, "category");
        row[3] = cli_cell(&t.arena, i, "information");
    }
    cli_table_put(&t, cli->out, cli_terminal_columns(cli->out));
    cli_table_release(&t);
}

int cli_information(struct cli *cli) {
    static const struct cli_filter filters[] = {
        {"--category", "category"}, {"--caller", "caller_id"}, {"--session", "session_id"}, {0}};
    return cli_list(cli, "/api/information", filters, "nothing was shared yet", put_information);
}

static void put_sessions(struct cli *cli, const struct json *items) {
    struct cli_table t = {.headings = {"SESSION", "CALLER", "SHARED", "LAST (UTC)", "STATUS",
                                       "QUALIFICATION", "OUTCOME"},
                          .right = {[2] = true},
                          .columns = 7};
    for (const struct json *s = json_first(items); s; s = json_next(s)) {
        const struct json *call = json_get(s, "call");
        struct str *row = cli_table_row(&t);
        row[0] = cli_cell(&t.arena, s, "session_id");
        row[1] = cli_cell(&t.arena, s, "caller_id");
        row[2] = cli_cell(&t.arena, s, "information_count");
        row[3] = cli_cell_time(&t.arena, s, "last_at");
        row[4] = cli_cell(&t.arena, call, "status");
        row[5] = cli_cell(&t.arena, s, "qualification_status");
        row[6] = cli_cell(&t.arena, call, "outcome");
    }
    cli_table_put(&t, cli->out, cli_terminal_columns(cli->out));
    cli_table_release(&t);
}

int cli_sessions(struct cli *cli) {
    return cli_list(cli, "/api/sessions", NULL, "there are no sessions yet", put_sessions);
}

/* ---- summary ----------------------------------------------------------------------------------
 */

static void put_numbers(struct cli_table *t, const struct json *object, const char *prefix) {
    for (const struct json *m = json_first(object); m; m = json_next(m)) {
        if (json_type(m) == JSON_OBJECT)
            continue;
        struct str *row = cli_table_row(t);
        row[0] = arena_printf(&t->arena, "%s" STR_FMT, prefix, STR_ARG(json_name(m)));
        struct buf b = BUF_INIT(64);
        json_put_value(&b, m);
        row[1] = arena_copy(&t->arena, buf_str(&b));
        buf_release(&b);
    }
}

int cli_summary(struct cli *cli) {
    struct cli_client client = {0};
    CLEANUP(cli_reply_release) struct cli_reply reply = {0};
    int status = cli_client_open(cli, &client);
    if (status == CLI_DONE)
        status = cli_get(cli, &client, "/api/summary", 0, &reply);
    if (status == CLI_DONE && cli_args_flag(&cli->args, "--json")) {
        cli_put_json(cli, &reply);
    } else if (status == CLI_DONE) {
        struct cli_table t = {.headings = {"WHAT", "COUNT"}, .right = {[1] = true}, .columns = 2};
        put_numbers(&t, json_get(reply.root, "calls"), "calls ");
        put_numbers(&t, reply.root, "");
        put_numbers(&t, json_get(reply.root, "categories"), "shared ");
        cli_table_put(&t, cli->out, cli_terminal_columns(cli->out));
        cli_table_release(&t);
    }
    cli_client_close(&client);
    return status;
}
