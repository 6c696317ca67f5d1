#include "core/app/cli_client.h"
#include "core/app/cli_commands.h"
#include "core/app/cli_text.h"

/* switchhook calls */

/* Whom it is with: the number that is called, or the one that calls us. */
static struct str party(struct arena *a, const struct json *c) {
    bool inbound = str_eq_z(json_str(json_get(c, "direction")), "inbound");
    return inbound ? arena_printf(a, "from " STR_FMT, STR_ARG(cli_cell(a, c, "from")))
                   : cli_cell(a, c, "to");
}

static void put_calls(struct cli *cli, const struct json *items) {
    struct cli_table t = {
        .headings = {"ID", "STATUS", "TO", "ASSISTANT", "CREATED (UTC)", "DURATION", "OUTCOME"},
        .right = {[5] = true},
        .columns = 7};
    for (const struct json *c = json_first(items); c; c = json_next(c)) {
        struct str *row = cli_table_row(&t);
        row[0] = cli_cell(&t.arena, c, "id");
        row[1] = cli_cell(&t.arena, c, "status");
        row[2] = party(&t.arena, c);
        row[3] = cli_cell(&t.arena, c, "assistant");
        row[4] = cli_cell_time(&t.arena, c, "created_at");
        row[5] = cli_cell_seconds(&t.arena, c, "duration_s");
        /* what the assistant achieved, else why it came to nothing */
        const char *story[] = {"outcome", "error", "reason"};
        row[6] = STR("-");
        for (size_t i = 0; i < ARRAY_LEN(story) && str_eq_z(row[6], "-"); i++)
            row[6] = cli_cell(&t.arena, c, story[i]);
    }
    cli_table_put(&t, cli->out, cli_terminal_columns(cli->out));
    cli_table_release(&t);
}

int cli_calls(struct cli *cli) {
    static const struct cli_filter filters[] = {
        {"--status", "status"}, {"--to", "to"}, {"--assistant", "assistant"}, {0}};
    return cli_list(cli, "/api/calls", filters, "there are no such calls", put_calls);
}
