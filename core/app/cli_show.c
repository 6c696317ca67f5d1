#include "core/app/cli_client.h"
#include "core/app/cli_commands.h"
#include "core/app/cli_events.h"
#include "core/app/cli_text.h"
#include "core/app/cli_watch.h"

/* switchhook show: everything that is known of one call. */

enum part {
    PART_CALL,
    PART_TRANSCRIPT,
    PART_EVENTS,
    PART_RECORDINGS,
    PART_INFORMATION,
    PART_COUNT
};

static const struct {
    const char *name, *before, *after; /* the call's id goes in between */
} parts[PART_COUNT] = {
    [PART_CALL] = {"call", "/api/calls/", ""},
    [PART_TRANSCRIPT] = {"transcript", "/api/calls/", "/transcript"},
    [PART_EVENTS] = {"events", "/api/calls/", "/events"},
    [PART_RECORDINGS] = {"recordings", "/api/recordings?limit=200&call_id=", ""},
    [PART_INFORMATION] = {"information", "/api/information?limit=200&session_id=", ""},
};

static int get_parts(struct cli *cli, struct cli_client *client, const char *id,
                     struct cli_reply *replies) {
    int status = CLI_DONE;
    for (size_t i = 0; status == CLI_DONE && i < PART_COUNT; i++) {
        struct buf path = BUF_INIT(CLI_URL_SIZE);
        buf_puts(&path, parts[i].before);
        buf_put_percent(&path, str_z(id));
        buf_puts(&path, parts[i].after);
        status = buf_failed(&path) ? cli_fail(cli, CLI_USAGE, "that is no id of a call")
                                   : cli_get(cli, client, path.ptr, 0, &replies[i]);
        buf_release(&path);
    }
    return status;
}

static void put_json(struct cli *cli, const struct cli_reply *replies) {
    for (size_t i = 0; i < PART_COUNT; i++) {
        /* of a list its items alone: the pages were put together here */
        const struct json *v =
            i == PART_CALL ? replies[i].root : json_get(replies[i].root, "items");
        struct buf text = BUF_INIT(16 * 1024 * 1024);
        json_put_value(&text, v);
        fprintf(cli->out, "%s\"%s\":", i == 0 ? "{" : ",", parts[i].name);
        fwrite(text.ptr, 1, text.len, cli->out);
        buf_release(&text);
    }
    fputs("}\n", cli->out);
}

static void put_call(struct cli *cli, const struct json *call) {
    static const struct {
        const char *label, *member;
        struct str (*cell)(struct arena *, const struct json *, const char *);
    } rows[] = {
        {"status", "status", cli_cell},
        {"outcome", "outcome", cli_cell},
        {"reason", "reason", cli_cell},
        {"error", "error", cli_cell},
        {"direction", "direction", cli_cell},
        {"to", "to", cli_cell},
        {"from", "from", cli_cell},
        {"assistant", "assistant", cli_cell},
        {"provider", "provider", cli_cell},
        {"carrier's id", "provider_call_id", cli_cell},
        {"answered by", "answered_by", cli_cell},
        {"record", "record", cli_cell},
        {"created", "created_at", cli_cell_time},
        {"answered", "answered_at", cli_cell_time},
        {"ended", "ended_at", cli_cell_time},
        {"duration", "duration_s", cli_cell_seconds},
        {"qualification", "qualification_status", cli_cell},
        {"shared", "information_count", cli_cell},
        {"variables", "variables", cli_cell},
        {"metadata", "metadata", cli_cell},
    };
    struct arena arena = {0};
    fputs("call ", cli->out);
    cli_put_clean(cli->out, cli_cell(&arena, call, "id"));
    fputc('\n', cli->out);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str text = rows[i].cell(&arena, call, rows[i].member);
        if (str_eq_z(text, "-"))
            continue;
        fprintf(cli->out, "  %-13s ", rows[i].label);
        cli_put_clean(cli->out, text);
        fputc('\n', cli->out);
    }
    arena_release(&arena);
}

static void put_transcript(struct cli *cli, const struct json *items) {
    fputs("\ntranscript\n", cli->out);
    for (const struct json *t = json_first(items); t; t = json_next(t)) {
        const struct json *function = json_get(t, "function");
        fputs("  ", cli->out);
        cli_put_clean(cli->out, json_str(json_get(t, "role")));
        fputs(": ", cli->out);
        if (function) {
            struct buf text = BUF_INIT(65536);
            json_put_value(&text, function);
            cli_put_clean(cli->out, buf_str(&text));
            buf_release(&text);
        } else {
            cli_put_clean(cli->out, json_str(json_get(t, "text")));
        }
        fputc('\n', cli->out);
    }
}

static void put_events(struct cli *cli, const struct json *items, int64_t start_ms) {
    fputs("\nevents\n", cli->out);
    for (const struct json *e = json_first(items); e; e = json_next(e))
        cli_put_event(cli->out, e, (double)(cli_time_ms(e, "at") - start_ms) / 1000);
}

static void put_rows(struct cli *cli, const char *title, const struct json *items,
                     const char *const *members) {
    fprintf(cli->out, "\n%s\n", title);
    struct arena arena = {0};
    for (const struct json *i = json_first(items); i; i = json_next(i)) {
        fputs(" ", cli->out);
        for (const char *const *m = members; *m; m++) {
            fputc(' ', cli->out);
            cli_put_clean(cli->out, cli_cell(&arena, i, *m));
        }
        fputc('\n', cli->out);
    }
    arena_release(&arena);
}

static void put_parts(struct cli *cli, const struct cli_reply *replies) {
    static const char *const recording[] = {"id", "status", "format", "bytes", NULL};
    static const char *const information[] = {"category", "information", NULL};
    const struct json *items[PART_COUNT];
    for (size_t i = 0; i < PART_COUNT; i++)
        items[i] = json_get(replies[i].root, "items");
    const struct json *call = replies[PART_CALL].root;
    put_call(cli, call);
    if (json_count(items[PART_TRANSCRIPT]) > 0)
        put_transcript(cli, items[PART_TRANSCRIPT]);
    if (json_count(items[PART_EVENTS]) > 0)
        put_events(cli, items[PART_EVENTS], cli_time_ms(call, "created_at"));
    if (json_count(items[PART_RECORDINGS]) > 0)
        put_rows(cli, "recordings", items[PART_RECORDINGS], recording);
    if (json_count(items[PART_INFORMATION]) > 0)
        put_rows(cli, "information", items[PART_INFORMATION], information);
}

int cli_show(struct cli *cli) {
    struct cli_client client = {0};
    struct cli_reply replies[PART_COUNT] = {0};
    int status = cli_client_open(cli, &client);
    if (status == CLI_DONE)
        status = get_parts(cli, &client, cli->args.args[0], replies);
    if (status == CLI_DONE && cli_args_flag(&cli->args, "--json"))
        put_json(cli, replies);
    else if (status == CLI_DONE)
        put_parts(cli, replies);
    for (size_t i = 0; i < PART_COUNT; i++)
        cli_reply_release(&replies[i]);
    cli_client_close(&client);
    return status;
}
