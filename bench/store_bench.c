/*
 * What one status callback costs in the store: get_call + call_apply_status + update_call +
 * append_event, durable, many to a commit.
 *
 *   store_bench DIRECTORY [CALLS [CALLBACKS [BATCH]]]
 *
 * Prints one line; "cpu" is that of the whole process, commits included.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/compiler.h"
#include "core/base/id.h"
#include "core/io/store_sqlite.h"

enum {
    BATCH_MAX = 512,
    INSERTS_PER_COMMIT = 5000,
    OPEN_MAX = 10000 /* of the stored calls, the newest still live */
};

struct bench {
    struct store *s;
    int64_t *ids;
    long calls, callbacks, batch;
    long next; /* callback */
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    long told;
};

struct callback {
    struct store_work work;
    struct bench *b;
    int64_t call_id;
    enum call_status status;
    enum error_code rc;
};

static double seconds(clockid_t which) {
    struct timespec t;
    clock_gettime(which, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(enum error_code rc, const struct error *err) {
    if (rc == ERR_OK)
        return;
    fprintf(stderr, "store_bench: %s\n", err->text);
    exit(EXIT_FAILURE);
}

/* ---- calls to work on --------------------------------------------------------------------------
 */

struct fill {
    struct bench *b;
    struct id_source *ids;
    long from, to;
};

static enum error_code insert_some(struct store_tx *tx, void *ctx, struct error *err) {
    struct fill *f = ctx;
    for (long i = f->from; i < f->to; i++) {
        struct call c = {.id = id_next(f->ids),
                         .status = CALL_QUEUED,
                         .seen = BIT(CALL_QUEUED),
                         .placement = CALL_PLACE_SUBMITTED,
                         .provider = "mock",
                         .assistant = "debt-intake",
                         .from = "+12025550199",
                         .nonce = "0123456789abcdef0123456789abcdef",
                         .attempt = 1,
                         .created_ms = 1767225600000,
                         .check_ms = 1767225600000 + i};
        snprintf(c.to, sizeof c.to, "+1202%07ld", i % 10000000);
        snprintf(c.sid, sizeof c.sid, "CA%032lx", (unsigned long)i * 0x9e3779b97f4a7c15ul);
        f->b->ids[i] = c.id;
        enum error_code rc = store_insert_call(tx, &c, STR("{\"variables\":{}}"), err);
        if (rc != ERR_OK)
            return rc;
    }
    return ERR_OK;
}

static void fill(struct bench *b) {
    struct id_source ids;
    struct error err = {0};
    id_source_init(&ids, clock_system());
    for (long from = 0; from < b->calls; from += INSERTS_PER_COMMIT) {
        long to = from + INSERTS_PER_COMMIT < b->calls ? from + INSERTS_PER_COMMIT : b->calls;
        struct fill f = {b, &ids, from, to};
        must(store_write(b->s, insert_some, &f, &err), &err);
    }
}

/* ---- callbacks ---------------------------------------------------------------------------------
 */

static enum error_code take_callback(struct store_tx *tx, void *ctx, struct error *err) {
    struct callback *cb = ctx;
    struct call c;
    enum error_code rc = store_get_call(tx, cb->call_id, &c, err);
    if (rc != ERR_OK)
        return rc;
    struct event ev = {.at_ms = 1767225700000,
                       .data =
                           STR("{\"provider\":\"mock\",\"sid\":\"CA0123456789abcdef0123456789\","
                               "\"sequence\":3}")};
    if (!call_apply_status(&c, cb->status, ev.at_ms, NULL))
        return ERR_OK;
    c.updated_ms = ev.at_ms;
    ev.type = event_for_status(cb->status);
    rc = store_append_event(tx, &c, &ev, err);
    return rc == ERR_OK ? store_update_call(tx, &c, err) : rc;
}

static void callback_done(struct store_work *w, enum error_code rc, const struct error *err) {
    struct callback *cb = container_of(w, struct callback, work);
    must(rc, err);
    pthread_mutex_lock(&cb->b->mutex);
    if (++cb->b->told == cb->b->batch)
        pthread_cond_signal(&cb->b->cond);
    pthread_mutex_unlock(&cb->b->mutex);
}

/* The k-th callback: each open call lives through four, in turns, the calls in a mixed order. */
static void choose(struct bench *b, struct callback *cb) {
    static const enum call_status life[] = {CALL_DIALING, CALL_RINGING, CALL_ANSWERED,
                                            CALL_COMPLETED};
    long live = b->calls < OPEN_MAX ? b->calls : OPEN_MAX;
    long k = b->next++;
    long call =
        b->calls - 1 - (long)((unsigned long)(k % live) * 2654435761ul % (unsigned long)live);
    cb->call_id = b->ids[call];
    cb->status = life[k / live % (long)ARRAY_LEN(life)];
}

static void run(struct bench *b) {
    static struct callback callbacks[BATCH_MAX];
    struct error err = {0};
    for (long done = 0; done < b->callbacks; done += b->batch) {
        b->told = 0;
        for (long i = 0; i < b->batch; i++) {
            struct callback *cb = &callbacks[i];
            *cb = (struct callback){.work = {.fn = take_callback, .ctx = cb, .done = callback_done},
                                    .b = b};
            choose(b, cb);
            must(store_submit(b->s, &cb->work, &err), &err);
        }
        pthread_mutex_lock(&b->mutex);
        while (b->told < b->batch)
            pthread_cond_wait(&b->cond, &b->mutex);
        pthread_mutex_unlock(&b->mutex);
    }
}

static long argument(int argc, char **argv, int i, long missing) {
    return argc > i ? strtol(argv[i], NULL, 10) : missing;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: store_bench DIRECTORY [CALLS [CALLBACKS [BATCH]]]\n");
        return 2;
    }
    struct bench b = {.calls = argument(argc, argv, 2, 10000),
                      .callbacks = argument(argc, argv, 3, 40000),
                      .batch = argument(argc, argv, 4, 64),
                      .mutex = PTHREAD_MUTEX_INITIALIZER,
                      .cond = PTHREAD_COND_INITIALIZER};
    if (b.calls < 1 || b.callbacks < 1 || b.batch < 1 || b.batch > BATCH_MAX) {
        fprintf(stderr, "store_bench: numbers from 1, at most %d to a batch\n", BATCH_MAX);
        return 2;
    }
    char path[512];
    struct error err = {0};
    snprintf(path, sizeof path, "%s/store_bench.db", argv[1]);
    struct store_sqlite_options opts = {.path = path, .clock = clock_system()};
    must(store_sqlite_open(&opts, &b.s, &err), &err);
    b.ids = mem_array((size_t)b.calls, sizeof *b.ids);
    double filling = seconds(CLOCK_PROCESS_CPUTIME_ID);
    fill(&b);
    filling = seconds(CLOCK_PROCESS_CPUTIME_ID) - filling;
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    double wall = seconds(CLOCK_MONOTONIC);
    run(&b);
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    wall = seconds(CLOCK_MONOTONIC) - wall;
    printf("calls=%ld callbacks=%ld batch=%ld cpu_us=%.2f wall_us=%.2f insert_cpu_us=%.2f\n",
           b.calls, b.callbacks, b.batch, cpu / (double)b.callbacks * 1e6,
           wall / (double)b.callbacks * 1e6, filling / (double)b.calls * 1e6);
    store_free(b.s);
    mem_free(b.ids);
    return 0;
}
