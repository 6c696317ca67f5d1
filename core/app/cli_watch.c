#include "core/app/cli_watch.h"

#include "core/app/cli_events.h"
#include "core/app/cli_text.h"
#include "core/base/clock.h"
#include "core/domain/call.h"

enum {
    AGREED_WAIT_MS = 5000 /* for a recording that was agreed to but did not begin */
};

struct progress {
    struct cli_watched seen;
    bool recording_due; /* one was started, and has not come to its end */
    bool recording_agreed;
    int64_t start_mono_ms;
    char cursor[48];
};

int cli_get_call(struct cli *cli, struct cli_client *client, const char *id, const char *suffix,
                 struct cli_reply *out) {
    struct buf path = BUF_INIT(CLI_URL_SIZE);
    buf_puts(&path, "/api/calls/");
    buf_put_percent(&path, str_z(id));
    buf_puts(&path, suffix);
    int status = buf_failed(&path) ? cli_fail(cli, CLI_USAGE, "that is no id of a call")
                                   : cli_get(cli, client, path.ptr, 0, out);
    buf_release(&path);
    return status;
}

/* What an event means for the watch, besides its line. */
static void take_note(struct progress *p, struct str type) {
    p->seen.lines += str_eq_z(type, "transcript.updated");
    p->seen.functions += str_eq_z(type, "function.called");
    p->seen.information += str_eq_z(type, "information.shared");
    if (str_eq_z(type, "recording.started"))
        p->recording_due = true;
    if (str_eq_z(type, "consent.given"))
        p->recording_agreed = true;
    if (str_eq_z(type, "consent.refused"))
        p->seen.recording_refused = true;
    if (str_eq_z(type, "recording.completed") || str_eq_z(type, "recording.failed")) {
        p->recording_due = p->recording_agreed = false;
        p->seen.recording_stored = str_eq_z(type, "recording.completed");
    }
}

/* Times are those of arrival here: a carrier's own stamps may be seconds apart from ours. */
static double seconds_since_start(const struct cli_watch *w, const struct progress *p) {
    struct clock clock = clock_system();
    double s = (double)(clock_mono_ms(&clock) - p->start_mono_ms) / 1000;
    return w->time_factor > 0 ? s * w->time_factor : s;
}

static void put_events(struct cli *cli, const struct cli_watch *w, struct progress *p,
                       const struct json *items) {
    for (const struct json *e = json_first(items); e; e = json_next(e)) {
        take_note(p, json_str(json_get(e, "type")));
        if (w->as_json) {
            struct buf line = BUF_INIT(262144);
            json_put_value(&line, e);
            fwrite(line.ptr, 1, line.len, cli->out);
            fputc('\n', cli->out);
            buf_release(&line);
        } else {
            cli_put_event(cli->out, e, seconds_since_start(w, p));
        }
    }
    fflush(cli->out);
}

static int ask_for_news(struct cli *cli, struct cli_client *client, const struct cli_watch *w,
                        struct progress *p) {
    CLEANUP(cli_reply_release) struct cli_reply reply = {0};
    struct buf path = BUF_INIT(CLI_URL_SIZE);
    buf_puts(&path, "/api/calls/");
    buf_put_percent(&path, str_z(w->id));
    buf_printf(&path, "/events?wait_s=%u", (unsigned)w->wait_s);
    cli_put_query(&path, "cursor", p->cursor[0] ? p->cursor : NULL);
    int status = cli_get(cli, client, path.ptr, w->wait_s, &reply);
    buf_release(&path);
    if (status != CLI_DONE)
        return status;
    enum call_status now = CALL_STATUS_NONE;
    put_events(cli, w, p, json_get(reply.root, "items"));
    cli_clean_copy(json_str(json_get(reply.root, "next_cursor")), p->cursor, sizeof p->cursor);
    if (call_status_parse(json_str(json_get(reply.root, "call_status")), &now)) {
        p->seen.ended = call_status_is_final(now);
        p->seen.completed = now == CALL_COMPLETED;
    }
    return CLI_DONE;
}

/* How long after the call's end there may still be news of its recording. */
static int64_t patience_ms(const struct cli_watch *w, const struct progress *p) {
    if (p->recording_due)
        return w->recording_ms;
    return p->recording_agreed ? AGREED_WAIT_MS : 0;
}

int cli_watch(struct cli *cli, struct cli_client *client, const struct cli_watch *w,
              struct cli_watched *out) {
    struct clock clock = clock_system();
    struct progress p = {.start_mono_ms = clock_mono_ms(&clock)};
    struct cli_watch asking = *w;
    int64_t ended_mono_ms = 0;
    *out = (struct cli_watched){0};
    for (;;) {
        if (w->stopped && w->stopped(w->stopped_ctx))
            return cli_fail(cli, CLI_FAILED, "stopped before the call was over");
        bool had_ended = p.seen.ended;
        int status = ask_for_news(cli, client, &asking, &p);
        if (status != CLI_DONE)
            return status;
        int64_t now = clock_mono_ms(&clock);
        if (p.seen.ended && !had_ended)
            ended_mono_ms = now;
        if (p.seen.ended && now - ended_mono_ms >= patience_ms(w, &p))
            break;
        if (p.seen.ended) /* short questions, so that giving up is punctual */
            asking.wait_s = 1;
    }
    *out = p.seen;
    return CLI_DONE;
}

void cli_put_end(struct cli *cli, const struct json *call) {
    static const struct {
        const char *member, *before;
    } parts[] = {{"duration_s", " after "},
                 {"outcome", ", outcome "},
                 {"reason", ", reason "},
                 {"error", ": "}};
    struct arena arena = {0};
    fputs("call ", cli->out);
    cli_put_clean(cli->out, cli_cell(&arena, call, "id"));
    fputc(' ', cli->out);
    cli_put_clean(cli->out, cli_cell(&arena, call, "status"));
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        struct str text = i == 0 ? cli_cell_seconds(&arena, call, parts[i].member)
                                 : cli_cell(&arena, call, parts[i].member);
        if (str_eq_z(text, "-"))
            continue;
        fputs(parts[i].before, cli->out);
        cli_put_clean(cli->out, text);
    }
    fputc('\n', cli->out);
    arena_release(&arena);
}
