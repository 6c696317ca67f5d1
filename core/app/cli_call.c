#include <string.h>

#include "core/app/cli_client.h"
#include "core/app/cli_commands.h"
#include "core/app/cli_files.h"
#include "core/app/cli_text.h"
#include "core/app/cli_watch.h"
#include "core/base/secret.h"
#include "core/domain/call.h"

/* switchhook call */

enum {
    BODY_MAX = 65536,
    KEY_BYTES = 16,
    WAIT_S = 20,
    RECORDING_WAIT_MS = 30000,
    GATEWAY_WAIT_MS = 60000
};

/* ---- which assistant --------------------------------------------------------------------------
 */

/* The only assistant there is; else the user has to say which one. */
static int default_assistant(struct cli *cli, struct cli_client *client, char *dst, size_t size) {
    CLEANUP(cli_reply_release) struct cli_reply reply = {0};
    struct buf names = BUF_INIT(2048);
    int status = cli_get(cli, client, "/api/assistants", 0, &reply);
    const struct json *items = json_get(reply.root, "items");
    for (const struct json *a = json_first(items); a; a = json_next(a)) {
        cli_clean_copy(json_str(json_get(a, "name")), dst, size);
        buf_printf(&names, "%s%s", names.len > 0 ? ", " : "", dst);
    }
    if (status == CLI_DONE && json_count(items) == 0)
        status = cli_fail(cli, CLI_USAGE,
                          "the gateway has no assistants; put one into its assistants directory or "
                          "give a plan with --plan FILE");
    else if (status == CLI_DONE && json_count(items) > 1)
        status =
            cli_fail(cli, CLI_USAGE, "which assistant? Say --assistant with one of: %s", names.ptr);
    buf_release(&names);
    return status;
}

/* ---- the request ------------------------------------------------------------------------------
 */

static int put_seconds(struct cli *cli, struct json_writer *w, const char *option,
                       const char *member, uint64_t min, uint64_t max) {
    struct error err = {0};
    uint64_t n = 0;
    if (cli_args_number(&cli->args, option, min, max, &n, &err) != ERR_OK)
        return cli_fail(cli, CLI_USAGE, "%s", err.text);
    if (n > 0)
        json_kv_int(w, member, (int64_t)n);
    return CLI_DONE;
}

static int put_plan(struct cli *cli, struct json_writer *w, const char *file) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    int status = cli_read_json(cli, file, &doc);
    if (status != CLI_DONE)
        return status;
    struct buf text = BUF_INIT(BODY_MAX);
    json_put_value(&text, json_root(doc));
    json_key(w, "plan");
    json_put_raw(w, buf_failed(&text) ? STR("null") : buf_str(&text));
    if (buf_failed(&text))
        status = cli_fail(cli, CLI_USAGE, "%s is over %d bytes", file, BODY_MAX);
    buf_release(&text);
    return status;
}

static int put_record(struct cli *cli, struct json_writer *w) {
    const char *text = cli_args_value(&cli->args, "--record");
    enum call_record rule;
    if (!text)
        return CLI_DONE;
    if (!call_record_parse(str_z(text), &rule) || rule == CALL_RECORD_DEFAULT)
        return cli_fail(cli, CLI_USAGE, "--record must be off, on or ask");
    json_kv_z(w, "record", text);
    return CLI_DONE;
}

static int put_request(struct cli *cli, struct buf *body, const char *assistant) {
    static const struct {
        const char *option, *member;
    } texts[] = {{"--from", "from"}, {"--provider", "provider"}};
    const char *plan = cli_args_value(&cli->args, "--plan");
    struct buf variables = BUF_INIT(CALL_JSON_MAX);
    struct json_writer w;
    json_write_init(&w, body);
    json_begin_object(&w);
    json_kv_z(&w, "to", cli->args.args[0]);
    if (assistant[0])
        json_kv_z(&w, "assistant", assistant);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        if (cli_args_value(&cli->args, texts[i].option))
            json_kv_z(&w, texts[i].member, cli_args_value(&cli->args, texts[i].option));
    int status = plan ? put_plan(cli, &w, plan) : CLI_DONE;
    if (status == CLI_DONE)
        status = cli_put_variables(cli, &variables);
    if (status == CLI_DONE && variables.len > 0) {
        json_key(&w, "variables");
        json_put_raw(&w, buf_str(&variables));
    }
    buf_release(&variables);
    if (status == CLI_DONE)
        status = put_record(cli, &w);
    if (status == CLI_DONE)
        status = put_seconds(cli, &w, "--ring-timeout", "ring_timeout_s", CALL_RING_TIMEOUT_MIN_S,
                             CALL_RING_TIMEOUT_MAX_S);
    if (status == CLI_DONE)
        status = put_seconds(cli, &w, "--time-limit", "time_limit_s", CALL_TIME_LIMIT_MIN_S,
                             CALL_TIME_LIMIT_MAX_S);
    if (status != CLI_DONE)
        return status;
    json_end_object(&w);
    return buf_failed(body) ? cli_fail(cli, CLI_USAGE, "the request is over %d bytes", BODY_MAX)
                            : CLI_DONE;
}

/* A key of our own, so that asking again after a lost reply cannot place a second call. */
static void make_key(char *dst, size_t size) {
    static const char digits[] = "0123456789abcdef";
    struct secret random = {0};
    struct buf b = BUF_INIT(64);
    secret_random(&random, KEY_BYTES);
    struct str bytes = secret_reveal(&random);
    buf_puts(&b, "cli-");
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned byte = (unsigned char)bytes.ptr[i];
        buf_putc(&b, digits[byte >> 4]);
        buf_putc(&b, digits[byte & 15]);
    }
    cli_clean_copy(buf_str(&b), dst, size);
    buf_release(&b);
    secret_release(&random);
}

static int place(struct cli *cli, struct cli_client *client, struct cli_reply *out) {
    char assistant[CALL_NAME_SIZE] = "", key[64];
    const char *given = cli_args_value(&cli->args, "--assistant");
    const char *given_key = cli_args_value(&cli->args, "--idempotency-key");
    struct buf body = BUF_INIT(BODY_MAX);
    int status = CLI_DONE;
    if (!given && !cli_args_flag(&cli->args, "--plan"))
        status = default_assistant(cli, client, assistant, sizeof assistant);
    make_key(key, sizeof key);
    if (status == CLI_DONE)
        status = put_request(cli, &body, given ? given : assistant);
    if (status == CLI_DONE)
        status =
            cli_post(cli, client, "/api/calls", buf_str(&body), given_key ? given_key : key, out);
    buf_release(&body);
    return status;
}

/* ---- following it -----------------------------------------------------------------------------
 */

static int follow(struct cli *cli, struct cli_client *client, const struct cli_reply *placed) {
    CLEANUP(cli_reply_release) struct cli_reply end = {0};
    struct cli_watched seen;
    char id[48];
    bool as_json = cli_args_flag(&cli->args, "--json");
    cli_clean_copy(json_str(json_get(placed->root, "id")), id, sizeof id);
    struct cli_watch w = {
        .id = id, .wait_s = WAIT_S, .recording_ms = RECORDING_WAIT_MS, .as_json = as_json};
    client->patience_ms = GATEWAY_WAIT_MS; /* the call lives on while the gateway is restarted */
    int status = cli_watch(cli, client, &w, &seen);
    if (status == CLI_DONE)
        status = cli_get_call(cli, client, id, "", &end);
    if (status != CLI_DONE)
        return status;
    if (as_json)
        cli_put_json(cli, &end);
    else
        cli_put_end(cli, end.root);
    return seen.completed ? CLI_DONE : CLI_FAILED;
}

static void put_placed(struct cli *cli, const struct json *call) {
    struct arena arena = {0};
    cli_put_clean(cli->out, cli_cell(&arena, call, "id"));
    fputs(" to ", cli->out);
    cli_put_clean(cli->out, cli_cell(&arena, call, "to"));
    fputs(" is ", cli->out);
    cli_put_clean(cli->out, cli_cell(&arena, call, "status"));
    fputc('\n', cli->out);
    fflush(cli->out);
    arena_release(&arena);
}

int cli_call(struct cli *cli) {
    struct cli_client client = {0};
    CLEANUP(cli_reply_release) struct cli_reply placed = {0};
    bool wait = cli_args_flag(&cli->args, "--wait"), as_json = cli_args_flag(&cli->args, "--json");
    if (cli_args_flag(&cli->args, "--plan") && cli_args_flag(&cli->args, "--assistant"))
        return cli_fail(cli, CLI_USAGE, "give --assistant or --plan, not both");
    int status = cli_client_open(cli, &client);
    if (status == CLI_DONE)
        status = place(cli, &client, &placed);
    if (status == CLI_DONE && !as_json)
        put_placed(cli, placed.root);
    else if (status == CLI_DONE && !wait)
        cli_put_json(cli, &placed);
    if (status == CLI_DONE && wait)
        status = follow(cli, &client, &placed);
    cli_client_close(&client);
    return status;
}
