#include "core/base/compiler.h"
#include "core/base/id.h"
#include "core/io/store_sqlite_conn.h"
#include "core/io/store_sqlite_ops.h"

enum {
    TSID_LOW_BITS = 22,              /* below the milliseconds, see core/base/id.h */
    WALK_MAX = 50000,                /* calls looked at for one page: about 100 ms */
    CLOCK_SLACK_MS = 10 * 60 * 1000, /* between a call's id and its created_ms: stepped clocks */
    PARAM_CHECK = 25,                /* see CALL_SET_CHECK and its like */
    PARAM_IDENT = 26,
    PARAM_ENDED = 29
};

static const char no_call[] = "there is no such call: check the id";

/* ---- rows --------------------------------------------------------------------------------------
 */

/* In the order of CALL_COLUMNS. */
static void read_call(struct sql_query *q, struct call *c) {
    c->id = sql_i64(q);
    c->status = (enum call_status)sql_i64(q);
    c->seen = sql_u32(q);
    c->reason = (enum call_reason)sql_i64(q);
    c->placement = (enum call_placement)sql_i64(q);
    sql_chars(q, c->provider, sizeof c->provider);
    sql_chars(q, c->assistant, sizeof c->assistant);
    sql_chars(q, c->to, sizeof c->to);
    sql_chars(q, c->from, sizeof c->from);
    c->attempt = sql_u32(q);
    sql_chars(q, c->nonce, sizeof c->nonce);
    sql_chars(q, c->sid, sizeof c->sid);
    c->record = (enum call_record)sql_i64(q);
    c->detection = (enum call_detection)sql_i64(q);
    c->answered_by = (enum call_answered_by)sql_i64(q);
    c->ring_timeout_s = sql_u32(q);
    c->time_limit_s = sql_u32(q);
    c->duration_s = sql_u32(q);
    c->hangup_requested = sql_i64(q) != 0;
    c->carrier_code = (int32_t)sql_i64(q);
    sql_chars(q, c->error_text, sizeof c->error_text);
    sql_chars(q, c->outcome, sizeof c->outcome);
    c->created_ms = sql_i64(q);
    c->updated_ms = sql_i64(q);
    c->dialed_ms = sql_i64(q);
    c->ringing_ms = sql_i64(q);
    c->answered_ms = sql_i64(q);
    c->ended_ms = sql_i64(q);
    c->check_ms = sql_i64(q);
    c->last_event = sql_i64(q);
    c->inbound = sql_i64(q) != 0;
    c->attempted_ms = sql_i64(q);
}

static void put_ended(struct sql_query *q, enum call_status status) {
    if (call_status_is_final(status))
        sql_put_i64(q, status);
    else
        sql_put_null(q);
}

static void put_new_call(struct sql_query *q, const struct call *c) {
    sql_put_i64(q, c->id);
    sql_put_i64(q, c->status);
    sql_put_i64(q, c->seen);
    sql_put_i64(q, c->reason);
    sql_put_i64(q, c->placement);
    sql_put_z(q, c->provider);
    sql_put_z(q, c->assistant);
    sql_put_z(q, c->to);
    sql_put_z(q, c->from);
    sql_put_i64(q, c->attempt);
    sql_put_z(q, c->nonce);
    sql_put_z(q, c->sid);
    sql_put_i64(q, c->record);
    sql_put_i64(q, c->detection);
    sql_put_i64(q, c->answered_by);
    sql_put_i64(q, c->ring_timeout_s);
    sql_put_i64(q, c->time_limit_s);
    sql_put_i64(q, c->duration_s);
    sql_put_i64(q, c->hangup_requested);
    sql_put_i64(q, c->carrier_code);
    sql_put_z(q, c->error_text);
    sql_put_z(q, c->outcome);
    sql_put_i64(q, c->created_ms);
    sql_put_i64(q, c->updated_ms);
    sql_put_i64(q, c->dialed_ms);
    sql_put_i64(q, c->ringing_ms);
    sql_put_i64(q, c->answered_ms);
    sql_put_i64(q, c->ended_ms);
    sql_put_i64(q, c->check_ms);
    sql_put_i64(q, c->last_event);
    sql_put_i64(q, c->inbound);
    sql_put_i64(q, c->attempted_ms);
    put_ended(q, c->status);
}

/* In the order of CALL_SET. */
static void put_plain_columns(struct sql_query *q, const struct call *c) {
    sql_put_i64(q, c->id);
    sql_put_i64(q, c->status);
    sql_put_i64(q, c->seen);
    sql_put_i64(q, c->reason);
    sql_put_i64(q, c->placement);
    sql_put_i64(q, c->attempt);
    sql_put_z(q, c->nonce);
    sql_put_i64(q, c->record);
    sql_put_i64(q, c->detection);
    sql_put_i64(q, c->answered_by);
    sql_put_i64(q, c->ring_timeout_s);
    sql_put_i64(q, c->time_limit_s);
    sql_put_i64(q, c->duration_s);
    sql_put_i64(q, c->hangup_requested);
    sql_put_i64(q, c->carrier_code);
    sql_put_z(q, c->error_text);
    sql_put_z(q, c->outcome);
    sql_put_i64(q, c->updated_ms);
    sql_put_i64(q, c->dialed_ms);
    sql_put_i64(q, c->ringing_ms);
    sql_put_i64(q, c->answered_ms);
    sql_put_i64(q, c->ended_ms);
    sql_put_i64(q, c->last_event);
    sql_put_i64(q, c->attempted_ms);
}

static void put_indexed_columns(struct sql_query *q, const struct call *c, unsigned changes) {
    if (changes & SQL_CALL_CHECK) {
        q->param = PARAM_CHECK - 1;
        sql_put_i64(q, c->check_ms);
    }
    if (changes & SQL_CALL_IDENT) {
        q->param = PARAM_IDENT - 1;
        sql_put_z(q, c->provider);
        sql_put_z(q, c->from);
        sql_put_z(q, c->sid);
    }
    if (changes & SQL_CALL_ENDED) {
        q->param = PARAM_ENDED - 1;
        put_ended(q, c->status);
    }
}

/* ---- one call ----------------------------------------------------------------------------------
 */

static void marks_set(struct sql_call_marks *m, const struct call *c) {
    m->id = c->id;
    m->status = c->status;
    m->placement = c->placement;
    m->check_ms = c->check_ms;
    memcpy(m->provider, c->provider, sizeof m->provider);
    memcpy(m->from, c->from, sizeof m->from);
    memcpy(m->sid, c->sid, sizeof m->sid);
}

static enum error_code marks_load(struct sql_tx *tx, int64_t id, struct error *err) {
    struct sql_call_marks *m = &tx->marks;
    if (m->id == id)
        return ERR_OK;
    m->id = 0;
    CLEANUP(sql_query_end) struct sql_query q = sql_query(tx->conn, SQL_GET_CALL_MARKS);
    sql_put_i64(&q, id);
    enum error_code rc = sql_one(&q, no_call, err);
    if (rc != ERR_OK)
        return rc;
    m->id = id;
    m->status = (enum call_status)sql_i64(&q);
    m->check_ms = sql_i64(&q);
    sql_chars(&q, m->provider, sizeof m->provider);
    sql_chars(&q, m->from, sizeof m->from);
    sql_chars(&q, m->sid, sizeof m->sid);
    m->placement = (enum call_placement)sql_i64(&q);
    return ERR_OK;
}

static enum call_status ended_as(enum call_status s) {
    return call_status_is_final(s) ? s : CALL_STATUS_NONE;
}

static unsigned marks_compare(const struct sql_call_marks *m, const struct call *c) {
    unsigned changes = 0;
    if (m->check_ms != c->check_ms)
        changes |= SQL_CALL_CHECK;
    if (strcmp(m->provider, c->provider) != 0 || strcmp(m->from, c->from) != 0 ||
        strcmp(m->sid, c->sid) != 0 || m->placement != c->placement)
        changes |= SQL_CALL_IDENT;
    if (ended_as(m->status) != ended_as(c->status))
        changes |= SQL_CALL_ENDED;
    return changes;
}

enum error_code sqlite_insert_call(struct store_tx *base, const struct call *c,
                                   struct str request_json, struct error *err) {
    struct sql_tx *tx = sql_tx_from(base);
    CLEANUP(sql_query_end) struct sql_query q = sql_query(tx->conn, SQL_INSERT_CALL);
    put_new_call(&q, c);
    enum error_code rc = sql_run(&q, "a call with this id exists: use a new id", err);
    if (rc != ERR_OK)
        return rc;
    CLEANUP(sql_query_end) struct sql_query r = sql_query(tx->conn, SQL_INSERT_REQUEST);
    sql_put_i64(&r, c->id);
    sql_put_str(&r, request_json);
    rc = sql_run(&r, "the call has a request already: use a new id", err);
    if (rc == ERR_OK)
        marks_set(&tx->marks, c);
    return rc;
}

enum error_code sqlite_get_call(struct store_tx *base, int64_t id, struct call *out,
                                struct error *err) {
    struct sql_tx *tx = sql_tx_from(base);
    CLEANUP(sql_query_end) struct sql_query q = sql_query(tx->conn, SQL_GET_CALL);
    sql_put_i64(&q, id);
    enum error_code rc = sql_one(&q, no_call, err);
    if (rc != ERR_OK)
        return rc;
    read_call(&q, out);
    if (base->writable)
        marks_set(&tx->marks, out);
    return ERR_OK;
}

enum error_code sqlite_get_call_by_sid(struct store_tx *base, struct str provider, struct str sid,
                                       struct call *out, struct error *err) {
    struct sql_tx *tx = sql_tx_from(base);
    CLEANUP(sql_query_end) struct sql_query q = sql_query(tx->conn, SQL_GET_CALL_BY_SID);
    sql_put_str(&q, sid);
    sql_put_str(&q, provider);
    enum error_code rc = sql_one(&q, "no call has this carrier id", err);
    if (rc != ERR_OK)
        return rc;
    read_call(&q, out);
    if (base->writable)
        marks_set(&tx->marks, out);
    return ERR_OK;
}

enum error_code sqlite_get_call_request(struct store_tx *base, int64_t id, struct arena *a,
                                        struct str *out, struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_GET_REQUEST);
    sql_put_i64(&q, id);
    enum error_code rc = sql_one(&q, no_call, err);
    if (rc == ERR_OK)
        *out = arena_copy(a, sql_str(&q));
    return rc;
}

enum error_code sqlite_update_call(struct store_tx *base, const struct call *c, struct error *err) {
    struct sql_tx *tx = sql_tx_from(base);
    enum error_code rc = marks_load(tx, c->id, err);
    if (rc != ERR_OK)
        return rc;
    unsigned changes = marks_compare(&tx->marks, c);
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(tx->conn, (enum sql_id)(SQL_UPDATE_CALL + changes));
    put_plain_columns(&q, c);
    put_indexed_columns(&q, c, changes);
    rc = sql_run(&q, "the call cannot be changed so", err);
    if (rc == ERR_OK && sql_changes(&q) == 0)
        rc = error_set(err, ERR_NOT_FOUND, "%s", no_call);
    if (rc == ERR_OK)
        marks_set(&tx->marks, c);
    else
        tx->marks.id = 0;
    return rc;
}

/* What the indexes calls_attempted and calls_open hold. */
_Static_assert(CALL_PLACE_SUBMITTING == 2 && CALL_PLACE_UNKNOWN == 3 && CALL_PLACE_SUBMITTED == 4,
               "stored numbers stay");

enum error_code sqlite_number_is_attempted(struct store_tx *base, struct str to,
                                           int64_t but_call_id, bool *out, struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_NUMBER_ATTEMPTED);
    sql_put_str(&q, to);
    sql_put_i64(&q, but_call_id);
    bool found = sql_row(&q);
    enum error_code rc = sql_result(&q, err);
    if (rc == ERR_OK)
        *out = found;
    return rc;
}

enum error_code sqlite_count_open_calls(struct store_tx *base, struct str provider, uint32_t *out,
                                        struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_COUNT_OPEN);
    sql_put_str(&q, provider);
    enum error_code rc = sql_one(&q, "no count", err);
    if (rc == ERR_OK)
        *out = (uint32_t)sql_i64(&q);
    return rc;
}

/* ---- lists -------------------------------------------------------------------------------------
 */

/* The index that a list walks; the other filters are checked row by row. Rare values first. */
static enum sql_id list_source(const struct call_filter *f, struct str *key) {
    const struct {
        struct str value;
        enum sql_id id;
    } sources[] = {
        {f->to, SQL_LIST_CALLS_BY_TO},
        {f->from, SQL_LIST_CALLS_BY_FROM},
        {f->assistant, SQL_LIST_CALLS_BY_ASSISTANT},
        {f->provider, SQL_LIST_CALLS_BY_PROVIDER},
    };
    if (f->to.len == 0 && f->status != CALL_STATUS_NONE)
        return call_status_is_final(f->status) ? SQL_LIST_CALLS_BY_END : SQL_LIST_CALLS_OPEN;
    for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
        if (sources[i].value.len > 0) {
            *key = sources[i].value;
            return sources[i].id;
        }
    }
    return SQL_LIST_CALLS;
}

static bool wanted(struct str filter, const char *value) {
    return filter.len == 0 || str_eq_z(filter, value);
}

static bool matches(const struct call_filter *f, const struct call *c) {
    return (f->status == CALL_STATUS_NONE || f->status == c->status) && wanted(f->to, c->to) &&
           wanted(f->from, c->from) && wanted(f->assistant, c->assistant) &&
           wanted(f->provider, c->provider) && (f->since_ms == 0 || c->created_ms >= f->since_ms) &&
           (f->until_ms == 0 || c->created_ms < f->until_ms);
}

/* The smallest id of a given millisecond. */
static int64_t id_floor(int64_t wall_ms) {
    int64_t since_start = wall_ms - id_wall_ms(0);
    if (since_start > INT64_MAX >> TSID_LOW_BITS) /* a time that ids do not reach */
        return INT64_MAX;
    return since_start > 0 ? since_start << TSID_LOW_BITS : 0;
}

static void put_id_bounds(struct sql_query *q, const struct call_filter *f) {
    int64_t before = f->before_id > 0 ? f->before_id : INT64_MAX;
    int64_t from = 0;
    if (f->until_ms > 0 && id_floor(f->until_ms + CLOCK_SLACK_MS) < before)
        before = id_floor(f->until_ms + CLOCK_SLACK_MS);
    if (f->since_ms > 0)
        from = id_floor(f->since_ms - CLOCK_SLACK_MS);
    sql_put_i64(q, before);
    sql_put_i64(q, from);
}

enum error_code sqlite_list_calls(struct store_tx *base, const struct call_filter *f,
                                  struct arena *a, struct call **out, size_t *count,
                                  struct error *err) {
    struct str key = {0};
    enum sql_id source = list_source(f, &key);
    CLEANUP(sql_query_end) struct sql_query q = sql_query(sql_tx_from(base)->conn, source);
    put_id_bounds(&q, f);
    if (source == SQL_LIST_CALLS_BY_END)
        sql_put_i64(&q, f->status);
    else if (key.len > 0)
        sql_put_str(&q, key);

    struct call *items = NULL;
    size_t n = 0;
    size_t walked = 0;
    while (n < f->limit && sql_row(&q)) {
        if (++walked > WALK_MAX)
            return error_set(err, ERR_LIMIT,
                             "too few calls match these filters together: narrow the time with "
                             "since and until, or filter by number");
        struct call c;
        read_call(&q, &c);
        if (!matches(f, &c))
            continue;
        items = sql_grow(a, items, n, sizeof *items);
        items[n++] = c;
    }
    enum error_code rc = sql_result(&q, err);
    if (rc != ERR_OK)
        return rc;
    *out = items;
    *count = n;
    return ERR_OK;
}

enum error_code sqlite_list_due_calls(struct store_tx *base, int64_t now_ms, uint32_t limit,
                                      struct arena *a, int64_t **ids, size_t *count,
                                      struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_LIST_DUE_CALLS);
    sql_put_i64(&q, now_ms);
    sql_put_i64(&q, limit);
    int64_t *items = NULL;
    size_t n = 0;
    while (sql_row(&q)) {
        items = sql_grow(a, items, n, sizeof *items);
        items[n++] = sql_i64(&q);
    }
    enum error_code rc = sql_result(&q, err);
    if (rc != ERR_OK)
        return rc;
    *ids = items;
    *count = n;
    return ERR_OK;
}
