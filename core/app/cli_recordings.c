#include "core/app/cli_client.h"
#include "core/app/cli_commands.h"
#include "core/app/cli_text.h"

/* switchhook recordings */

static void put_recordings(struct cli *cli, const struct json *items) {
    struct cli_table t = {
        .headings = {"ID", "CALL", "STATUS", "CREATED (UTC)", "LENGTH", "BYTES", "FORMAT"},
        .right = {[4] = true, [5] = true},
        .columns = 7};
    for (const struct json *r = json_first(items); r; r = json_next(r)) {
        struct str *row = cli_table_row(&t);
        row[0] = cli_cell(&t.arena, r, "id");
        row[1] = cli_cell(&t.arena, r, "call_id");
        row[2] = cli_cell(&t.arena, r, "status");
        row[3] = cli_cell_time(&t.arena, r, "created_at");
        row[4] = cli_cell_seconds(&t.arena, r, "duration_s");
        row[5] = cli_cell(&t.arena, r, "bytes");
        row[6] = cli_cell(&t.arena, r, "format");
    }
    cli_table_put(&t, cli->out, cli_terminal_columns(cli->out));
    cli_table_release(&t);
}

static int save_audio(struct cli *cli, const char *id, const char *file) {
    struct cli_client client = {0};
    struct buf path = BUF_INIT(CLI_URL_SIZE);
    uint64_t bytes = 0;
    buf_puts(&path, "/api/recordings/");
    buf_put_percent(&path, str_z(id));
    buf_puts(&path, "/audio");
    int status = buf_failed(&path) ? cli_fail(cli, CLI_USAGE, "that is no id of a recording")
                                   : cli_client_open(cli, &client);
    if (status == CLI_DONE)
        status = cli_save(cli, &client, path.ptr, file, &bytes);
    if (status == CLI_DONE)
        fprintf(cli->out, "%s: %llu bytes\n", file, (unsigned long long)bytes);
    cli_client_close(&client);
    buf_release(&path);
    return status;
}

/* What chooses among a list means nothing for one recording. */
static bool is_save_alone(const struct cli_args *a) {
    static const char *const others[] = {"--call", "--limit", "--cursor", "--json"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        if (cli_args_flag(a, others[i]))
            return false;
    return true;
}

int cli_recordings(struct cli *cli) {
    static const struct cli_filter filters[] = {{"--call", "call_id"}, {0}};
    const char *id = cli_args_value(&cli->args, "--save");
    if (id && cli->args.arg_count == 0)
        return cli_fail(cli, CLI_USAGE, "--save needs a file as well: --save %.40s call.wav", id);
    if (id && !is_save_alone(&cli->args))
        return cli_fail(cli, CLI_USAGE, "--save goes with --env and --url only");
    if (id)
        return save_audio(cli, id, cli->args.args[0]);
    if (cli->args.arg_count > 0)
        return cli_fail(cli, CLI_USAGE, "a file goes with --save only");
    return cli_list(cli, "/api/recordings", filters, "there are no recordings", put_recordings);
}
