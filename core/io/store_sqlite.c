#include "core/io/store_sqlite.h"

#include <assert.h>
#include <pthread.h>
#include <time.h>

#include "core/base/compiler.h"
#include "core/io/store_sqlite_conn.h"
#include "core/io/store_sqlite_file.h"
#include "core/io/store_sqlite_ops.h"
#include "core/io/store_sqlite_writer.h"

enum {
    QUEUE_DEFAULT = 65536,
    READERS_DEFAULT = 4,
    READER_WAIT_S = 5
};

/* A read-only connection, opened when it is first needed. */
struct reader {
    struct sql_conn conn;
    bool busy;
};

struct sqlite_store {
    struct store base;
    char *path;
    struct sql_file file;
    struct writer writer;

    pthread_mutex_t
        readers_mutex; /* guards busy, and conn.db against an interrupt of a closed one */
    pthread_cond_t reader_free;
    struct reader *readers;
    size_t reader_count;
};

static struct sqlite_store *sqlite_from(struct store *s) {
    assert(s->ops == &store_sqlite_ops);
    return container_of(s, struct sqlite_store, base);
}

/* ---- readers -----------------------------------------------------------------------------------
 */

static struct reader *find_free(struct sqlite_store *s) {
    for (size_t i = 0; i < s->reader_count; i++) {
        if (!s->readers[i].busy)
            return &s->readers[i];
    }
    return NULL;
}

/* NULL when none came free in time. Low numbers first, so that a quiet store opens few. */
static struct reader *reader_take(struct sqlite_store *s) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += READER_WAIT_S;
    pthread_mutex_lock(&s->readers_mutex);
    struct reader *r = find_free(s);
    int rc = 0;
    while (!r && rc == 0) {
        rc = pthread_cond_timedwait(&s->reader_free, &s->readers_mutex, &until);
        r = find_free(s);
    }
    if (r)
        r->busy = true;
    pthread_mutex_unlock(&s->readers_mutex);
    return r;
}

static void reader_give_back(struct sqlite_store *s, struct reader *r) {
    pthread_mutex_lock(&s->readers_mutex);
    r->busy = false;
    pthread_cond_signal(&s->reader_free);
    pthread_mutex_unlock(&s->readers_mutex);
}

static enum error_code reader_open(struct sqlite_store *s, struct reader *r, struct error *err) {
    if (r->conn.db)
        return ERR_OK;
    struct sql_conn conn;
    enum error_code rc = sql_open(&conn, s->path, SQL_OPEN_READ, err);
    if (rc != ERR_OK)
        return rc;
    pthread_mutex_lock(&s->readers_mutex);
    r->conn = conn;
    pthread_mutex_unlock(&s->readers_mutex);
    return ERR_OK;
}

/* All statements of fn see one moment, which begins with the first of them. */
static enum error_code reader_run(struct reader *r, store_tx_fn *fn, void *ctx, struct error *err) {
    struct sql_tx tx = {.base = {.ops = &store_sqlite_ops}, .conn = &r->conn};
    r->conn.trouble = SQLITE_OK;
    int begun = sql_command(&r->conn, SQL_BEGIN_READ);
    if (begun != SQLITE_OK)
        return sql_fail(begun, err);
    enum error_code rc = fn(&tx.base, ctx, err);
    (void)sql_command(&r->conn, SQL_COMMIT); /* nothing to lose: nothing was written */
    return rc;
}

static enum error_code sqlite_read(struct store *base, store_tx_fn *fn, void *ctx,
                                   struct error *err) {
    struct sqlite_store *s = sqlite_from(base);
    assert(!writer_is_self(&s->writer)); /* it would miss the writes that are under way */
    struct reader *r = reader_take(s);
    if (!r)
        return error_set(err, ERR_BUSY, "all readers of the store are busy: try again later");
    enum error_code rc = reader_open(s, r, err);
    if (rc == ERR_OK)
        rc = reader_run(r, fn, ctx, err);
    int trouble = r->conn.trouble;
    reader_give_back(s, r);
    if (sql_is_fatal(trouble))
        writer_note_trouble(&s->writer, trouble);
    return rc;
}

/* Runs on the writer thread: readers that look at old pages keep the log from starting anew. */
static void end_readers(void *ctx) {
    struct sqlite_store *s = ctx;
    pthread_mutex_lock(&s->readers_mutex);
    for (size_t i = 0; i < s->reader_count; i++) {
        if (s->readers[i].busy && s->readers[i].conn.db)
            sqlite3_interrupt(s->readers[i].conn.db);
    }
    pthread_mutex_unlock(&s->readers_mutex);
}

/* ---- writing -----------------------------------------------------------------------------------
 */

static enum error_code sqlite_submit(struct store *base, struct store_work *w, struct error *err) {
    return writer_submit(&sqlite_from(base)->writer, w, err);
}

struct waiter {
    struct store_work work;
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    bool done;
    enum error_code rc;
    struct error *err; /* the caller's, may be NULL */
};

static void waiter_done(struct store_work *work, enum error_code rc, const struct error *err) {
    struct waiter *w = container_of(work, struct waiter, work);
    pthread_mutex_lock(&w->mutex);
    if (w->err && rc != ERR_OK)
        *w->err = *err;
    w->rc = rc;
    w->done = true;
    pthread_cond_signal(&w->cond);
    pthread_mutex_unlock(&w->mutex);
}

static enum error_code sqlite_write(struct store *base, store_tx_fn *fn, void *ctx,
                                    struct error *err) {
    struct sqlite_store *s = sqlite_from(base);
    assert(!writer_is_self(&s->writer)); /* it would wait for itself */
    struct waiter w = {
        .work = {.fn = fn, .ctx = ctx, .done = waiter_done},
        .mutex = PTHREAD_MUTEX_INITIALIZER,
        .cond = PTHREAD_COND_INITIALIZER,
        .err = err,
    };
    enum error_code rc = writer_submit(&s->writer, &w.work, err);
    if (rc == ERR_OK) {
        pthread_mutex_lock(&w.mutex);
        while (!w.done)
            pthread_cond_wait(&w.cond, &w.mutex);
        pthread_mutex_unlock(&w.mutex);
        rc = w.rc;
    }
    pthread_cond_destroy(&w.cond);
    pthread_mutex_destroy(&w.mutex);
    return rc;
}

static enum error_code sqlite_health(struct store *base, struct error *err) {
    return writer_health(&sqlite_from(base)->writer, err);
}

/* ---- opening and closing -----------------------------------------------------------------------
 */

static void init_readers(struct sqlite_store *s, unsigned count) {
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->reader_free, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&s->readers_mutex, NULL);
    s->reader_count = count ? count : READERS_DEFAULT;
    s->readers = mem_array(s->reader_count, sizeof *s->readers);
}

static void release(struct sqlite_store *s) {
    for (size_t i = 0; i < s->reader_count; i++)
        sql_close(&s->readers[i].conn);
    sql_close(&s->writer.conn); /* last: the connection that may write puts the log away */
    sql_file_release(&s->file);
    pthread_cond_destroy(&s->reader_free);
    pthread_mutex_destroy(&s->readers_mutex);
    mem_free(s->readers);
    mem_free(s->path);
    mem_free(s);
}

static void sqlite_destroy(struct store *base) {
    struct sqlite_store *s = sqlite_from(base);
    writer_stop(&s->writer);
    if (s->writer.state == WRITER_GOOD && s->writer.log_pages == 0)
        sql_file_mark_clean(&s->file);
    else /* SQLite would try once more, and delete the log after that */
        sqlite3_db_config(s->writer.conn.db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    release(s);
}

static enum error_code open_files(struct sqlite_store *s, struct error *err) {
    struct error why = {0};
    enum error_code rc = sql_file_claim(&s->file, s->path, err);
    if (rc != ERR_OK)
        return rc;
    rc = sql_open(&s->writer.conn, s->path, SQL_OPEN_WRITE, &why);
    if (rc == ERR_OK)
        rc = sql_migrate(&s->writer.conn, s->path, &why);
    if (rc == ERR_OK)
        return sql_file_mark_open(&s->file, s->path, err);
    if (rc == ERR_STORE)
        return error_set(err, rc, "cannot open %s: %s", s->path, why.text);
    if (err)
        *err = why;
    return rc;
}

static enum error_code start_writer(struct sqlite_store *s, const struct store_sqlite_options *o,
                                    struct error *err) {
    const struct writer_hooks hooks = {
        .batch_done = o->batch_done,
        .batch_ctx = o->batch_ctx,
        .log_stuck = end_readers,
        .log_ctx = s,
    };
    return writer_start(&s->writer, o->clock, o->log, o->queue_max ? o->queue_max : QUEUE_DEFAULT,
                        &hooks, err);
}

enum error_code store_sqlite_open(const struct store_sqlite_options *opts, struct store **out,
                                  struct error *err) {
    /* Nobody asks SQLite how much it allocates: no lock around each allocation. Refused, and no
     * loss, when SQLite runs already. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    struct sqlite_store *s = mem_zalloc(sizeof *s);
    s->base.ops = &store_sqlite_ops;
    s->file = SQL_FILE_NONE;
    s->path = mem_copy_str(str_z(opts->path));
    init_readers(s, opts->readers);
    enum error_code rc = open_files(s, err);
    if (rc == ERR_OK)
        rc = start_writer(s, opts, err);
    if (rc != ERR_OK) {
        release(s);
        return rc;
    }
    *out = &s->base;
    return ERR_OK;
}

const struct store_ops store_sqlite_ops = {
    .submit = sqlite_submit,
    .write = sqlite_write,
    .read = sqlite_read,
    .health = sqlite_health,
    .destroy = sqlite_destroy,

    .insert_call = sqlite_insert_call,
    .get_call = sqlite_get_call,
    .get_call_by_sid = sqlite_get_call_by_sid,
    .get_call_request = sqlite_get_call_request,
    .update_call = sqlite_update_call,
    .list_calls = sqlite_list_calls,
    .list_due_calls = sqlite_list_due_calls,
    .append_event = sqlite_append_event,
    .list_events = sqlite_list_events,
    .list_call_events = sqlite_list_call_events,
    .last_event = sqlite_last_event,
    .add_job = sqlite_add_job,
    .claim_jobs = sqlite_claim_jobs,
    .finish_job = sqlite_finish_job,
    .retry_job = sqlite_retry_job,
    .take_over = sqlite_take_over,
    .turn_back = sqlite_turn_back,
    .renew_job = sqlite_renew_job,
    .number_is_attempted = sqlite_number_is_attempted,
    .count_open_calls = sqlite_count_open_calls,
    .get_conversation = sqlite_get_conversation,
    .put_conversation = sqlite_put_conversation,
    .add_turn = sqlite_add_turn,
    .list_turns = sqlite_list_turns,
    .add_info = sqlite_add_info,
    .list_info = sqlite_list_info,
    .get_session = sqlite_get_session,
    .list_sessions = sqlite_list_sessions,
    .count_categories = sqlite_count_categories,
    .add_consent = sqlite_add_consent,
    .get_consent = sqlite_get_consent,
    .list_consents = sqlite_list_consents,
    .insert_recording = sqlite_insert_recording,
    .update_recording = sqlite_update_recording,
    .get_recording = sqlite_get_recording,
    .get_recording_by_sid = sqlite_get_recording_by_sid,
    .list_recordings = sqlite_list_recordings,
    .get_call_key = sqlite_get_call_key,
    .put_call_key = sqlite_put_call_key,
    .insert_payment = sqlite_insert_payment,
    .update_payment = sqlite_update_payment,
    .get_payment = sqlite_get_payment,
    .get_payment_plan = sqlite_get_payment_plan,
    .find_payment = sqlite_find_payment,
    .list_payments = sqlite_list_payments,
    .list_charging_payments = sqlite_list_charging_payments,
    .claim_idempotency = sqlite_claim_idempotency,
    .add_counter = sqlite_add_counter,
    .get_counters = sqlite_get_counters,
};
