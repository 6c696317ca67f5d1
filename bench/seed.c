/*
 * Fills a database with calls, straight through the store port, for a gateway that is started on it
 * afterwards.
 *
 *   bench_seed DATABASE CALLS [--ended] [--plan | --assistant NAME] [--list FILE] [--list-last N]
 *
 * The calls are with the carrier and not answered yet (--ended: over long ago). --list writes one
 * line for each: id, nonce and the carrier's id; --list-last only for the newest N.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/digest.h"
#include "core/base/id.h"
#include "core/io/store_sqlite.h"

enum {
    CALLS_PER_COMMIT = 5000,
    DAY_MS = 86400000,
};

struct seed {
    const char *database, *assistant, *list_path;
    long calls, list_last;
    bool ended, plan;
    /* under way */
    struct id_source ids;
    FILE *list;
    long from, to;
    int64_t now_ms;
    struct call *made; /* of this commit */
};

/* What the callee hears in a plan call: as much as an assistant's first turn. */
static const char plan_request[] =
    "{\"plan\":{\"steps\":[{\"say\":{\"text\":\"Hello, this is a call from the office about your "
    "appointment.\"}},{\"pause\":{\"seconds\":1}},{\"say\":{\"text\":\"It is tomorrow at three. "
    "Thank you, and goodbye.\"}},{\"hangup\":{}}]}}";

static struct str request_of(const struct seed *s) {
    return s->plan ? str_z(plan_request) : STR("{\"variables\":{\"first_name\":\"John\"}}");
}

static struct call make_call(struct seed *s, long n) {
    struct call c = {.id = id_next(&s->ids),
                     .status = CALL_QUEUED,
                     .seen = BIT(CALL_QUEUED),
                     .placement = CALL_PLACE_SUBMITTED,
                     .provider = "twilio",
                     .from = "+12025550199",
                     .attempt = 1,
                     .record = CALL_RECORD_OFF,
                     .detection = CALL_DETECT_OFF,
                     .ring_timeout_s = 60,
                     .time_limit_s = 3600,
                     .created_ms = s->now_ms,
                     .updated_ms = s->now_ms,
                     .check_ms = s->now_ms + DAY_MS + n};
    char hex[CALL_SID_SIZE];
    digest_random_hex(hex, 16);
    snprintf(c.nonce, sizeof c.nonce, "%.32s", hex);
    digest_random_hex(hex, 16);
    snprintf(c.sid, sizeof c.sid, "CA%.32s", hex);
    snprintf(c.to, sizeof c.to, "+1202%07ld", 2000000 + n % 8000000);
    if (!s->plan)
        snprintf(c.assistant, sizeof c.assistant, "%s", s->assistant);
    if (s->ended) {
        c.status = CALL_COMPLETED;
        c.seen |= BIT(CALL_DIALING) | BIT(CALL_RINGING) | BIT(CALL_ANSWERED) | BIT(CALL_COMPLETED);
        c.answered_ms = c.ended_ms = s->now_ms;
        c.duration_s = 180;
        c.check_ms = 0;
    }
    return c;
}

static enum error_code add_event(struct store_tx *tx, struct call *c, enum call_status status,
                                 int64_t at_ms, struct error *err) {
    struct event ev = {
        .type = event_for_status(status), .at_ms = at_ms, .data = STR("{\"status\":\"seeded\"}")};
    return store_append_event(tx, c, &ev, err);
}

static enum error_code insert_some(struct store_tx *tx, void *ctx, struct error *err) {
    static const enum call_status life[] = {CALL_QUEUED, CALL_DIALING, CALL_RINGING, CALL_ANSWERED,
                                            CALL_COMPLETED};
    struct seed *s = ctx;
    for (long i = s->from; i < s->to; i++) {
        struct call c = make_call(s, i);
        enum error_code rc = ERR_OK;
        size_t events = s->ended ? ARRAY_LEN(life) : 1;
        for (size_t k = 0; rc == ERR_OK && k < events; k++)
            rc = add_event(tx, &c, life[k], s->now_ms, err);
        if (rc == ERR_OK)
            rc = store_insert_call(tx, &c, request_of(s), err);
        if (rc != ERR_OK)
            return rc;
        s->made[i - s->from] = c;
    }
    return ERR_OK;
}

static void list_some(struct seed *s) {
    for (long i = s->from; s->list && i < s->to; i++) {
        const struct call *c = &s->made[i - s->from];
        char id[ID_TEXT_SIZE];
        id_format(id, CALL_ID_PREFIX, c->id);
        if (i >= s->calls - s->list_last)
            fprintf(s->list, "%s %s %s\n", id, c->nonce, c->sid);
    }
}

static enum error_code fill(struct seed *s, struct error *err) {
    struct store *store = NULL;
    struct store_sqlite_options o = {.path = s->database, .clock = clock_system()};
    enum error_code rc = store_sqlite_open(&o, &store, err);
    s->made = mem_array(CALLS_PER_COMMIT, sizeof *s->made);
    for (s->from = 0; rc == ERR_OK && s->from < s->calls; s->from = s->to) {
        s->to = s->from + CALLS_PER_COMMIT < s->calls ? s->from + CALLS_PER_COMMIT : s->calls;
        rc = store_write(store, insert_some, s, err);
        if (rc == ERR_OK)
            list_some(s);
    }
    mem_free(s->made);
    store_free(store);
    return rc;
}

static bool read_arguments(struct seed *s, int argc, char **argv) {
    if (argc < 3)
        return false;
    s->database = argv[1];
    s->calls = s->list_last = strtol(argv[2], NULL, 10);
    for (int i = 3; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (strcmp(argv[i], "--ended") == 0) {
            s->ended = true;
            continue;
        }
        if (strcmp(argv[i], "--plan") == 0) {
            s->plan = true;
            continue;
        }
        if (!value)
            return false;
        i++;
        if (strcmp(argv[i - 1], "--assistant") == 0)
            s->assistant = value;
        else if (strcmp(argv[i - 1], "--list") == 0)
            s->list_path = value;
        else if (strcmp(argv[i - 1], "--list-last") == 0)
            s->list_last = strtol(value, NULL, 10);
        else
            return false;
    }
    return s->calls > 0;
}

int main(int argc, char **argv) {
    struct clock clock = clock_system();
    struct seed s = {.assistant = "debt-intake", .now_ms = clock_wall_ms(&clock)};
    struct error err = {0};
    if (!read_arguments(&s, argc, argv)) {
        fprintf(stderr, "usage: bench_seed DATABASE CALLS [--ended] [--plan | --assistant NAME] "
                        "[--list FILE] [--list-last N]\n");
        return 2;
    }
    id_source_init(&s.ids, clock);
    if (s.list_path && !(s.list = fopen(s.list_path, "we"))) {
        perror(s.list_path);
        return 1;
    }
    enum error_code rc = fill(&s, &err);
    if (s.list && fclose(s.list) != 0)
        rc = error_set(&err, ERR_IO, "%s cannot be written", s.list_path);
    if (rc != ERR_OK)
        fprintf(stderr, "bench_seed: %s\n", err.text);
    return rc == ERR_OK ? 0 : 1;
}
