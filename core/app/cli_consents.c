#include "core/app/cli_client.h"
#include "core/app/cli_commands.h"
#include "core/app/cli_text.h"

/* switchhook consents */

static void put_consents(struct cli *cli, const struct json *items) {
    struct cli_table t = {
        .headings = {"WHEN (UTC)", "CALLER", "PURPOSE", "ANSWER", "BASIS", "WORDS", "ID"},
        .columns = 7};
    for (const struct json *c = json_first(items); c; c = json_next(c)) {
        struct str *row = cli_table_row(&t);
        row[0] = cli_cell_time(&t.arena, c, "at");
        row[1] = cli_cell(&t.arena, c, "caller");
        row[2] = cli_cell(&t.arena, c, "purpose");
        row[3] = cli_cell(&t.arena, c, "answer");
        row[4] = cli_cell(&t.arena, c, "basis");
        row[5] = cli_cell(&t.arena, c, "words");
        row[6] = cli_cell(&t.arena, c, "id");
    }
    cli_table_put(&t, cli->out, cli_terminal_columns(cli->out));
    cli_table_release(&t);
}

int cli_consents(struct cli *cli) {
    static const struct cli_filter filters[] = {{"--caller", "caller"}, {"--purpose", "purpose"},
                                                {"--answer", "answer"}, {"--since", "since"},
                                                {"--until", "until"},   {0}};
    return cli_list(cli, "/api/consents", filters, "the ledger is empty", put_consents);
}
