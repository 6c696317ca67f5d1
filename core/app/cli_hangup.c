#include "core/app/cli_client.h"
#include "core/app/cli_commands.h"
#include "core/app/cli_text.h"

/* switchhook hangup */

int cli_hangup(struct cli *cli) {
    struct cli_client client = {0};
    CLEANUP(cli_reply_release) struct cli_reply reply = {0};
    struct buf path = BUF_INIT(CLI_URL_SIZE);
    buf_puts(&path, "/api/calls/");
    buf_put_percent(&path, str_z(cli->args.args[0]));
    buf_puts(&path, "/hangup");
    int status = buf_failed(&path) ? cli_fail(cli, CLI_USAGE, "that is no id of a call")
                                   : cli_client_open(cli, &client);
    if (status == CLI_DONE)
        status = cli_post(cli, &client, path.ptr, (struct str){0}, NULL, &reply);
    if (status == CLI_DONE && cli_args_flag(&cli->args, "--json")) {
        cli_put_json(cli, &reply);
    } else if (status == CLI_DONE) {
        fputs("asked to hang up; the call is now ", cli->out);
        cli_put_clean(cli->out, json_str(json_get(reply.root, "status")));
        fputc('\n', cli->out);
    }
    cli_client_close(&client);
    buf_release(&path);
    return status;
}
