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

/* Every list is read on with these two. */
static const struct cli_filter paging[] = {{"--limit", "limit"}, {"--cursor", "cursor"}, {0}};

static void put_filters(struct cli *cli, const struct cli_filter *filters, struct buf *path) {
    for (const struct cli_filter *f = filters; f && f->option; f++)
        cli_put_query(path, f->parameter, cli_args_value(&cli->args, f->option));
}

static int get_list(struct cli *cli, const char *path, const struct cli_filter *filters,
                    struct cli_client *client, struct cli_reply *out) {
    CLEANUP(buf_release) struct buf url = BUF_INIT(CLI_URL_SIZE);
    buf_puts(&url, path);
    put_filters(cli, filters, &url);
    put_filters(cli, paging, &url);
    if (buf_failed(&url))
        return cli_fail(cli, CLI_USAGE, "the options are too long");
    int status = cli_client_open(cli, client);
    return status == CLI_DONE ? cli_get(cli, client, url.ptr, 0, out) : status;
}

int cli_list(struct cli *cli, const char *path, const struct cli_filter *filters, const char *none,
             void (*put)(struct cli *cli, const struct json *items)) {
    struct cli_client client = {0};
    CLEANUP(cli_reply_release) struct cli_reply reply = {0};
    int status = get_list(cli, path, filters, &client, &reply);
    if (status == CLI_DONE && cli_args_flag(&cli->args, "--json"))
        cli_put_json(cli, &reply);
    else if (status == CLI_DONE)
        put_items(cli, &reply, none, put);
    cli_client_close(&client);
    return status;
}
