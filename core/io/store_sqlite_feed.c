#include "core/base/compiler.h"
#include "core/io/store_sqlite_conn.h"
#include "core/io/store_sqlite_ops.h"

/* ---- events ------------------------------------------------------------------------------------
 */

/* In the order of EVENT_COLUMNS. */
static void read_event(struct sql_query *q, struct arena *a, struct event *ev) {
    ev->seq = sql_i64(q);
    ev->call_id = sql_i64(q);
    ev->prev = sql_i64(q);
    ev->type = (enum event_type)sql_i64(q);
    ev->at_ms = sql_i64(q);
    ev->data = arena_copy(a, sql_str(q));
}

enum error_code sqlite_append_event(struct store_tx *base, struct call *c, struct event *ev,
                                    struct error *err) {
    struct sql_tx *tx = sql_tx_from(base);
    int64_t prev = c ? c->last_event : 0;
    CLEANUP(sql_query_end) struct sql_query q = sql_query(tx->conn, SQL_INSERT_EVENT);
    sql_put_i64(&q, ev->call_id);
    sql_put_i64(&q, prev);
    sql_put_i64(&q, ev->type);
    sql_put_i64(&q, ev->at_ms);
    sql_put_str(&q, ev->data);
    enum error_code rc = sql_run(&q, "this event exists", err);
    if (rc != ERR_OK)
        return rc;
    ev->prev = prev;
    ev->seq = sqlite3_last_insert_rowid(tx->conn->db);
    if (c)
        c->last_event = ev->seq;
    return ERR_OK;
}

enum error_code sqlite_list_events(struct store_tx *base, int64_t after_seq, uint32_t limit,
                                   struct arena *a, struct event **out, size_t *count,
                                   struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_LIST_EVENTS);
    sql_put_i64(&q, after_seq);
    sql_put_i64(&q, limit);
    struct event *items = NULL;
    size_t n = 0;
    while (sql_row(&q)) {
        items = sql_grow(a, items, n, sizeof *items);
        read_event(&q, a, &items[n++]);
    }
    enum error_code rc = sql_result(&q, err);
    if (rc != ERR_OK)
        return rc;
    *out = items;
    *count = n;
    return ERR_OK;
}

static void turn_round(struct event *items, size_t n) {
    for (size_t i = 0; i < n / 2; i++) {
        struct event other = items[n - 1 - i];
        items[n - 1 - i] = items[i];
        items[i] = other;
    }
}

enum error_code sqlite_list_call_events(struct store_tx *base, const struct call *c,
                                        int64_t after_seq, struct arena *a, struct event **out,
                                        size_t *count, struct error *err) {
    struct sql_tx *tx = sql_tx_from(base);
    struct event *items = NULL;
    size_t n = 0;
    int64_t seq = c->last_event;
    while (seq > 0 && seq > after_seq) {
        CLEANUP(sql_query_end) struct sql_query q = sql_query(tx->conn, SQL_GET_EVENT);
        sql_put_i64(&q, seq);
        enum error_code rc = sql_one(&q, "an event of the call is missing", err);
        if (rc == ERR_NOT_FOUND)
            break; /* older ones were erased */
        if (rc != ERR_OK)
            return rc;
        items = sql_grow(a, items, n, sizeof *items);
        read_event(&q, a, &items[n]);
        seq = items[n].prev < seq ? items[n].prev : 0; /* a chain only goes back: no loops */
        n++;
    }
    turn_round(items, n);
    *out = items;
    *count = n;
    return ERR_OK;
}

enum error_code sqlite_last_event(struct store_tx *base, int64_t *seq, struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_LAST_EVENT);
    enum error_code rc = sql_one(&q, "there are no events", err);
    if (rc == ERR_OK)
        *seq = sql_i64(&q);
    return rc;
}

/* ---- jobs --------------------------------------------------------------------------------------
 */

enum error_code sqlite_add_job(struct store_tx *base, const struct job *j, struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_INSERT_JOB);
    sql_put_id(&q, j->id);
    sql_put_i64(&q, j->kind);
    sql_put_i64(&q, j->call_id);
    sql_put_i64(&q, j->ref_id);
    sql_put_z(&q, j->ref_text);
    sql_put_i64(&q, j->run_at_ms);
    return sql_run(&q, "a job with this id exists: use a new id", err);
}

static enum error_code list_due_jobs(struct sql_tx *tx, int64_t now_ms, uint32_t limit,
                                     struct job *out, size_t *count, struct error *err) {
    CLEANUP(sql_query_end) struct sql_query q = sql_query(tx->conn, SQL_LIST_DUE_JOBS);
    sql_put_i64(&q, now_ms);
    sql_put_i64(&q, limit);
    size_t n = 0;
    while (n < limit && sql_row(&q)) {
        struct job *j = &out[n++];
        *j = (struct job){.id = sql_i64(&q)};
        j->kind = (enum job_kind)sql_i64(&q);
        j->call_id = sql_i64(&q);
        j->ref_id = sql_i64(&q);
        sql_chars(&q, j->ref_text, sizeof j->ref_text);
        j->attempt = sql_u32(&q);
        j->run_at_ms = sql_i64(&q);
    }
    enum error_code rc = sql_result(&q, err);
    if (rc == ERR_OK)
        *count = n;
    return rc;
}

static enum error_code claim_job(struct sql_tx *tx, struct job *j, int64_t lease_until_ms,
                                 struct error *err) {
    CLEANUP(sql_query_end) struct sql_query q = sql_query(tx->conn, SQL_CLAIM_JOB);
    sql_put_i64(&q, j->id);
    sql_put_i64(&q, j->attempt + 1);
    sql_put_i64(&q, lease_until_ms);
    enum error_code rc = sql_run(&q, "the job cannot be claimed", err);
    if (rc != ERR_OK)
        return rc;
    j->attempt++;
    j->lease_until_ms = lease_until_ms;
    return ERR_OK;
}

enum error_code sqlite_claim_jobs(struct store_tx *base, int64_t now_ms, int64_t lease_until_ms,
                                  uint32_t limit, struct job *out, size_t *count, int64_t *next_ms,
                                  struct error *err) {
    struct sql_tx *tx = sql_tx_from(base);
    size_t n = 0;
    enum error_code rc = list_due_jobs(tx, now_ms, limit, out, &n, err);
    for (size_t i = 0; rc == ERR_OK && i < n; i++)
        rc = claim_job(tx, &out[i], lease_until_ms, err);
    if (rc != ERR_OK)
        return rc;
    CLEANUP(sql_query_end) struct sql_query q = sql_query(tx->conn, SQL_NEXT_JOB);
    rc = sql_one(&q, "there are no jobs", err);
    if (rc != ERR_OK)
        return rc;
    *next_ms = sql_i64(&q); /* min() of nothing is NULL, which reads as 0 */
    *count = n;
    return ERR_OK;
}

/* One row, or the job belongs to somebody else by now. */
static enum error_code run_fenced(struct sql_query *q, struct error *err) {
    enum error_code rc = sql_run(q, "the job cannot be changed so", err);
    if (rc == ERR_OK && sql_changes(q) == 0)
        return error_set(err, ERR_CONFLICT, "the job's lease was lost: drop its result");
    return rc;
}

enum error_code sqlite_finish_job(struct store_tx *base, const struct job *j, struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_FINISH_JOB);
    sql_put_i64(&q, j->id);
    sql_put_i64(&q, j->attempt);
    return run_fenced(&q, err);
}

enum error_code sqlite_retry_job(struct store_tx *base, const struct job *j, int64_t run_at_ms,
                                 struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_RETRY_JOB);
    sql_put_i64(&q, j->id);
    sql_put_i64(&q, j->attempt);
    sql_put_i64(&q, run_at_ms);
    return run_fenced(&q, err);
}

/* One process at a time has this database, so whoever held a lease is dead. */
enum error_code sqlite_take_over(struct store_tx *base, int64_t now_ms, struct error *err) {
    static const enum sql_id both[] = {SQL_TAKE_OVER_JOBS, SQL_TAKE_OVER_CALLS};
    enum error_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(both); i++) {
        CLEANUP(sql_query_end)
        struct sql_query q = sql_query(sql_tx_from(base)->conn, both[i]);
        sql_put_i64(&q, now_ms);
        rc = sql_run(&q, "the work of the last run cannot be taken over", err);
    }
    return rc;
}

enum error_code sqlite_turn_back(struct store_tx *base, int64_t now_ms, int64_t by_ms,
                                 int64_t lease_ms, struct error *err) {
    static const char what[] = "the work cannot be brought forward";
    CLEANUP(sql_query_end)
    struct sql_query jobs = sql_query(sql_tx_from(base)->conn, SQL_TURN_BACK_JOBS);
    sql_put_i64(&jobs, now_ms);
    sql_put_i64(&jobs, by_ms);
    sql_put_i64(&jobs, now_ms + lease_ms);
    enum error_code rc = sql_run(&jobs, what, err);
    if (rc != ERR_OK)
        return rc;
    CLEANUP(sql_query_end)
    struct sql_query calls = sql_query(sql_tx_from(base)->conn, SQL_TURN_BACK_CALLS);
    sql_put_i64(&calls, now_ms + by_ms);
    sql_put_i64(&calls, by_ms);
    return sql_run(&calls, what, err);
}

enum error_code sqlite_renew_job(struct store_tx *base, const struct job *j, int64_t lease_until_ms,
                                 struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_RENEW_JOB);
    sql_put_i64(&q, j->id);
    sql_put_i64(&q, j->attempt);
    sql_put_i64(&q, lease_until_ms);
    return run_fenced(&q, err);
}
