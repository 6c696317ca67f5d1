#include "core/app/cli_client.h"
#include "core/app/cli_commands.h"
#include "core/app/cli_text.h"

/* switchhook assistants */

static void put_assistants(struct cli *cli, const struct json *items) {
    struct cli_table t = {
        .headings = {"NAME", "BRAIN", "RECORDING", "VERSION", "LOADED (UTC)", "ON DISK", "FILE"},
        .columns = 7};
    for (const struct json *a = json_first(items); a; a = json_next(a)) {
        struct str *row = cli_table_row(&t);
        row[0] = cli_cell(&t.arena, a, "name");
        row[1] = cli_cell(&t.arena, a, "brain");
        row[2] = cli_cell(&t.arena, a, "record");
        row[3] = cli_cell(&t.arena, a, "version");
        row[4] = cli_cell_time(&t.arena, a, "loaded_at");
        row[5] = json_str(json_get(a, "fault")).len > 0 ? STR("broken") : STR("the same");
        row[6] = cli_cell(&t.arena, a, "file");
    }
    cli_table_put(&t, cli->out, cli_terminal_columns(cli->out));
    cli_table_release(&t);
}

static int put_reply(struct cli *cli, const struct cli_reply *reply) {
    const struct json *items = json_get(reply->root, "items");
    const struct json *faults = json_get(reply->root, "faults");
    if (json_count(items) == 0)
        fputs("there are no assistants\n", cli->out);
    else
        put_assistants(cli, items);
    fflush(cli->out); /* stderr, so that the table alone can be piped on */
    for (const struct json *f = json_first(faults); f; f = json_next(f)) {
        cli_put_clean(cli->err, json_str(json_get(f, "fault")));
        fputc('\n', cli->err);
    }
    return json_count(faults) > 0 ? CLI_FAILED : CLI_DONE;
}

int cli_assistants(struct cli *cli) {
    struct cli_client client = {0};
    CLEANUP(cli_reply_release) struct cli_reply reply = {0};
    int status = cli_client_open(cli, &client);
    if (status == CLI_DONE)
        status = cli_get(cli, &client, "/api/assistants", 0, &reply);
    if (status == CLI_DONE && cli_args_flag(&cli->args, "--json"))
        cli_put_json(cli, &reply);
    else if (status == CLI_DONE)
        status = put_reply(cli, &reply);
    cli_client_close(&client);
    return status;
}
