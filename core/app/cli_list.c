#include "core/app/cli_client.h"
#include "core/app/cli_commands.h"
#include "core/app/cli_text.h"

static void put_items(struct cli *cli, const struct cli_reply *r, const char *none,
                      void (*put)(struct cli *cli, const struct json *items)) {
    const struct json *items = json_get(r->root, "items");
    struct str cursor = json_str(json_get(r->root, "next_cursor"));
    if (json_count(items) == 0) {
        fprintf(cli->out, "%s\n", none);
        return;
    }
    put(cli, items);
    if (cursor.len > 0) {
        fflush(cli->out); /* stderr, so that the table alone can be piped on */
        fputs("there are more: --cursor ", cli->err);
        cli_put_clean(cli->err, cursor);
        fputc('\n', cli->err);
    }
}

int cli_list(struct cli *cli, const struct buf *path_and_query, const char *none,
             void (*put)(struct cli *cli, const struct json *items)) {
    struct cli_client client = {0};
    CLEANUP(cli_reply_release) struct cli_reply reply = {0};
    if (buf_failed(path_and_query))
        return cli_fail(cli, CLI_USAGE, "the options are too long");
    int status = cli_client_open(cli, &client);
    if (status == CLI_DONE)
        status = cli_get(cli, &client, path_and_query->ptr, 0, &reply);
    if (status == CLI_DONE && cli_args_flag(&cli->args, "--json"))
        cli_put_json(cli, &reply);
    else if (status == CLI_DONE)
        put_items(cli, &reply, none, put);
    cli_client_close(&client);
    return status;
}
