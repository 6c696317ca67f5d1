#include "core/io/store_sqlite_writer.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#include "core/base/compiler.h"

enum {
    CHECKPOINT_PAGES = 1000, /* a larger log makes commits wait long when it is copied back */
    LOG_STUCK_PAGES = 16384, /* 64 MiB */
    IDLE_MS = 2000,          /* without work: empty the log */
    PROBE_MS = 1000,         /* while failing: try whether writing works again */
    BUSY_WAIT_MS = 5000,
    SLOW_COMMIT_MS = 1000
};

/* ---- health ------------------------------------------------------------------------------------
 */

static void set_state(struct writer *w, enum writer_state state, const struct error *why) {
    pthread_mutex_lock(&w->mutex);
    enum writer_state before = w->state;
    if (before != WRITER_DEAD) {
        w->state = state;
        w->trouble = why ? *why : (struct error){0};
    }
    pthread_mutex_unlock(&w->mutex);
    if (before == state || before == WRITER_DEAD)
        return;
    if (state == WRITER_GOOD)
        log_write(w->log, LOG_INFO, "store writes again", NULL);
    else
        log_error(w->log, "store cannot write", LOG_Z("why", why->text));
}

void writer_note_trouble(struct writer *w, int sqlite_rc) {
    struct error err = {0};
    sql_fail(sqlite_rc, &err);
    set_state(w, sql_is_fatal(sqlite_rc) ? WRITER_DEAD : WRITER_FAILING, &err);
}

enum error_code writer_health(struct writer *w, struct error *err) {
    pthread_mutex_lock(&w->mutex);
    enum writer_state state = w->state;
    struct error trouble = w->trouble;
    pthread_mutex_unlock(&w->mutex);
    if (state == WRITER_GOOD)
        return ERR_OK;
    if (err)
        *err = trouble;
    return ERR_STORE;
}

/* ---- one batch ---------------------------------------------------------------------------------
 */

enum pass {
    PASS_DONE,   /* committed; each work has its own result */
    PASS_AGAIN,  /* rolled back because of one work, which is marked */
    PASS_TROUBLE /* rolled back because of the database: all have failed */
};

static void roll_back(struct writer *w) {
    w->tx.marks.id = 0;
    if (!sqlite3_get_autocommit(w->conn.db)) /* some failures have rolled back already */
        (void)sql_command(&w->conn, SQL_ROLLBACK);
}

static void take_result(struct writer *w, size_t i, enum error_code rc) {
    w->rcs[i] = rc;
    if (rc != ERR_OK && w->errs[i].code == ERR_OK)
        error_set(&w->errs[i], rc, "the transaction was given up");
}

/* True when the batch can go on: what the work wrote, if it failed, is undone. */
static bool run_work(struct writer *w, size_t i, bool guarded) {
    struct store_work *work = w->works[i];
    if (guarded && sql_command(&w->conn, SQL_SAVE) != SQLITE_OK)
        return false;
    sqlite3_int64 before = sqlite3_total_changes64(w->conn.db);
    w->errs[i] = (struct error){0};
    enum error_code rc = work->fn(&w->tx.base, work->ctx, &w->errs[i]);
    take_result(w, i, rc);
    bool wrote = sqlite3_total_changes64(w->conn.db) != before;
    if (rc != ERR_OK && wrote) {
        w->tx.marks.id = 0;
        if (!guarded || sql_command(&w->conn, SQL_SAVE_UNDO) != SQLITE_OK)
            return false;
    }
    return !guarded || sql_command(&w->conn, SQL_SAVE_FORGET) == SQLITE_OK;
}

/*
 * A failed work that had written takes its neighbours' writes with it, so they run again. That is
 * rare; the second pass then guards each work with a savepoint, so that there is no third.
 */
static enum pass run_pass(struct writer *w, bool guarded) {
    w->conn.trouble = SQLITE_OK;
    w->tx.marks.id = 0;
    if (sql_command(&w->conn, SQL_BEGIN) != SQLITE_OK)
        return PASS_TROUBLE;
    for (size_t i = 0; i < w->count; i++) {
        if (w->rcs[i] != ERR_OK)
            continue;
        bool sound = run_work(w, i, guarded);
        if (w->conn.trouble != SQLITE_OK)
            return PASS_TROUBLE;
        if (!sound)
            return PASS_AGAIN;
    }
    int rc = sql_command(&w->conn, SQL_COMMIT);
    if (rc != SQLITE_OK && w->conn.trouble == SQLITE_OK)
        w->conn.trouble = rc;
    return rc == SQLITE_OK ? PASS_DONE : PASS_TROUBLE;
}

static void fail_all(struct writer *w, const struct error *why) {
    for (size_t i = 0; i < w->count; i++) {
        w->rcs[i] = ERR_STORE;
        w->errs[i] = *why;
        w->errs[i].code = ERR_STORE;
    }
}

static bool is_dead(struct writer *w, struct error *why) {
    pthread_mutex_lock(&w->mutex);
    bool dead = w->state == WRITER_DEAD;
    *why = w->trouble;
    pthread_mutex_unlock(&w->mutex);
    return dead;
}

static void tell_all(struct writer *w) {
    for (size_t i = 0; i < w->count; i++) {
        struct store_work *work = w->works[i];
        static const struct error none = {0};
        work->done(work, w->rcs[i], w->rcs[i] == ERR_OK ? &none : &w->errs[i]);
    }
    if (w->hooks.batch_done)
        w->hooks.batch_done(w->hooks.batch_ctx);
}

static void commit_batch(struct writer *w) {
    enum pass pass = run_pass(w, false);
    if (pass == PASS_AGAIN) {
        roll_back(w);
        pass = run_pass(w, true);
    }
    if (pass == PASS_DONE) {
        set_state(w, WRITER_GOOD, NULL);
        return;
    }
    roll_back(w);
    int rc = w->conn.trouble != SQLITE_OK ? w->conn.trouble : SQLITE_ERROR;
    struct error why = {0};
    sql_fail(rc, &why);
    fail_all(w, &why);
    writer_note_trouble(w, rc);
}

static void run_batch(struct writer *w) {
    struct error why;
    memset(w->rcs, 0, w->count * sizeof w->rcs[0]);
    if (is_dead(w, &why)) {
        fail_all(w, &why);
        tell_all(w);
        return;
    }
    int64_t began_ms = clock_mono_ms(&w->clock);
    commit_batch(w);
    int64_t took_ms = clock_mono_ms(&w->clock) - began_ms;
    if (took_ms >= SLOW_COMMIT_MS)
        log_warn(w->log, "slow commit", LOG_INT("ms", took_ms), LOG_INT("works", w->count));
    tell_all(w);
}

/* ---- the write-ahead log -----------------------------------------------------------------------
 */

static int note_log_pages(void *ctx, sqlite3 *db, const char *name, int pages) {
    struct writer *w = ctx;
    (void)db;
    (void)name;
    if (pages < w->log_pages)
        w->checkpoint_pages = CHECKPOINT_PAGES; /* it began anew */
    w->log_pages = pages;
    return SQLITE_OK;
}

static void note_checkpoint(struct writer *w, int rc) {
    if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED)
        return;
    writer_note_trouble(w, rc);
}

/* Copy the log back into the database so that it can start anew; readers go on. */
static void checkpoint_if_long(struct writer *w) {
    if (w->log_pages < w->checkpoint_pages)
        return;
    int rc = sqlite3_wal_checkpoint_v2(w->conn.db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    w->checkpoint_pages = w->log_pages + CHECKPOINT_PAGES;
    note_checkpoint(w, rc);
    if (w->log_pages >= LOG_STUCK_PAGES) {
        log_warn(w->log, "write-ahead log is stuck", LOG_INT("pages", w->log_pages));
        w->hooks.log_stuck(w->hooks.log_ctx);
    }
}

/* Erased rows stay readable in the log until it is cut to nothing. */
static void empty_log(struct writer *w) {
    if (w->log_pages == 0)
        return;
    sqlite3_busy_timeout(w->conn.db, 0); /* a reader is no reason to keep works waiting */
    int rc = sqlite3_wal_checkpoint_v2(w->conn.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_busy_timeout(w->conn.db, BUSY_WAIT_MS);
    if (rc == SQLITE_OK) {
        w->log_pages = 0;
        w->checkpoint_pages = CHECKPOINT_PAGES;
    }
    note_checkpoint(w, rc);
}

/* ---- the thread --------------------------------------------------------------------------------
 */

static enum error_code probe_row(struct writer *w, struct error *err) {
    CLEANUP(sql_query_end) struct sql_query q = sql_query(&w->conn, SQL_PROBE);
    sql_put_i64(&q, clock_wall_ms(&w->clock));
    return sql_run(&q, "the probe cannot be written", err);
}

/* While writing fails, callers may have stopped asking: find out without them. */
static void probe(struct writer *w) {
    w->conn.trouble = SQLITE_OK;
    sqlite3_busy_timeout(w->conn.db, 0);
    if (sql_command(&w->conn, SQL_BEGIN) == SQLITE_OK && probe_row(w, NULL) == ERR_OK &&
        sql_command(&w->conn, SQL_COMMIT) == SQLITE_OK)
        set_state(w, WRITER_GOOD, NULL);
    else if (sql_is_fatal(w->conn.trouble))
        writer_note_trouble(w, w->conn.trouble);
    roll_back(w);
    sqlite3_busy_timeout(w->conn.db, BUSY_WAIT_MS);
}

static void wait_until(struct writer *w, int wait_ms) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += wait_ms / 1000;
    t.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(&w->wake, &w->mutex, &t);
}

enum wake {
    WAKE_WORK,
    WAKE_IDLE,
    WAKE_STOP
};

static void take_works(struct writer *w) {
    while (w->head && w->count < WRITER_BATCH_MAX) {
        struct store_work *work = w->head;
        w->head = work->next;
        if (!w->head)
            w->tail = NULL;
        w->works[w->count++] = work;
        w->waiting--;
    }
}

/* Returns with w->works filled, or when there was nothing to do for a while. */
static enum wake wait_for_work(struct writer *w) {
    w->count = 0;
    pthread_mutex_lock(&w->mutex);
    if (!w->head && !w->stopping) {
        w->asleep = true;
        if (w->state == WRITER_FAILING)
            wait_until(w, PROBE_MS);
        else if (w->log_pages > 0 && w->state == WRITER_GOOD)
            wait_until(w, IDLE_MS);
        else
            pthread_cond_wait(&w->wake, &w->mutex);
        w->asleep = false;
    }
    take_works(w);
    bool stop = w->stopping;
    pthread_mutex_unlock(&w->mutex);
    if (w->count > 0)
        return WAKE_WORK;
    return stop ? WAKE_STOP : WAKE_IDLE;
}

static void idle(struct writer *w) {
    pthread_mutex_lock(&w->mutex);
    enum writer_state state = w->state;
    pthread_mutex_unlock(&w->mutex);
    if (state == WRITER_FAILING)
        probe(w);
    else if (state == WRITER_GOOD)
        empty_log(w);
}

static void *writer_main(void *arg) {
    struct writer *w = arg;
    for (;;) {
        enum wake wake = wait_for_work(w);
        if (wake == WAKE_STOP)
            return NULL;
        if (wake == WAKE_WORK) {
            run_batch(w);
            checkpoint_if_long(w);
        } else {
            idle(w);
        }
    }
}

/* ---- the owner's side --------------------------------------------------------------------------
 */

static void init_locks(struct writer *w) {
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&w->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&w->mutex, NULL);
}

enum error_code writer_start(struct writer *w, struct clock clock, struct log *log,
                             size_t queue_max, const struct writer_hooks *hooks,
                             struct error *err) {
    w->tx = (struct sql_tx){.base = {.ops = &store_sqlite_ops, .writable = true}, .conn = &w->conn};
    w->clock = clock;
    w->log = log;
    w->hooks = *hooks;
    w->queue_max = queue_max;
    w->checkpoint_pages = CHECKPOINT_PAGES;
    sqlite3_wal_hook(w->conn.db, note_log_pages, w);
    init_locks(w);
    if (pthread_create(&w->thread, NULL, writer_main, w) == 0) {
        (void)pthread_setname_np(w->thread, "store-writer");
        return ERR_OK;
    }
    pthread_mutex_destroy(&w->mutex);
    pthread_cond_destroy(&w->wake);
    return error_set(err, ERR_BUSY, "cannot start a thread: raise the limit of processes");
}

void writer_stop(struct writer *w) {
    pthread_mutex_lock(&w->mutex);
    w->stopping = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->mutex);
    pthread_join(w->thread, NULL);
    w->log_pages = w->log_pages > 0 ? w->log_pages : 1; /* a log of the last run counts as well */
    if (w->state != WRITER_DEAD)
        empty_log(w);
    pthread_mutex_destroy(&w->mutex);
    pthread_cond_destroy(&w->wake);
}

bool writer_is_self(const struct writer *w) {
    return pthread_equal(pthread_self(), w->thread);
}

enum error_code writer_submit(struct writer *w, struct store_work *work, struct error *err) {
    work->next = NULL;
    pthread_mutex_lock(&w->mutex);
    bool taken = !w->stopping && w->waiting < w->queue_max;
    if (taken) {
        if (w->tail)
            w->tail->next = work;
        else
            w->head = work;
        w->tail = work;
        w->waiting++;
        if (w->asleep)
            pthread_cond_signal(&w->wake);
    }
    pthread_mutex_unlock(&w->mutex);
    if (taken)
        return ERR_OK;
    enum error_code rc = error_set(err, ERR_BUSY, "the store has too much to do: try again later");
    if (err)
        err->retry = true;
    return rc;
}
