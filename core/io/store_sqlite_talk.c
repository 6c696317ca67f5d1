#include "core/base/compiler.h"
#include "core/io/store_sqlite_conn.h"
#include "core/io/store_sqlite_ops.h"

enum {
    WALK_MAX = 50000, /* informations looked at for one page */
    CATEGORIES_MAX = 1000
};

/* ---- conversations -----------------------------------------------------------------------------
 */

enum error_code sqlite_get_conversation(struct store_tx *base, int64_t call_id, struct arena *a,
                                        struct conversation_state *out, struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_GET_CONVERSATION);
    sql_put_i64(&q, call_id);
    enum error_code rc = sql_one(&q, "the call has no conversation yet", err);
    if (rc != ERR_OK)
        return rc;
    *out = (struct conversation_state){.call_id = call_id, .turn = sql_u32(&q)};
    out->lines = sql_u32(&q);
    out->state_json = arena_copy(a, sql_str(&q));
    out->plan_json = arena_copy(a, sql_str(&q));
    return ERR_OK;
}

enum error_code sqlite_put_conversation(struct store_tx *base, const struct conversation_state *c,
                                        struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_PUT_CONVERSATION);
    sql_put_i64(&q, c->call_id);
    sql_put_i64(&q, c->turn);
    sql_put_i64(&q, c->lines);
    sql_put_str(&q, c->state_json);
    sql_put_str(&q, c->plan_json);
    return sql_run(&q, "the conversation cannot be changed so", err);
}

enum error_code sqlite_add_turn(struct store_tx *base, const struct turn *t, struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_INSERT_TURN);
    sql_put_i64(&q, t->call_id);
    sql_put_i64(&q, t->n);
    sql_put_i64(&q, t->role);
    sql_put_i64(&q, t->at_ms);
    sql_put_str(&q, t->text);
    return sql_run(&q, "the transcript has this line already", err);
}

enum error_code sqlite_list_turns(struct store_tx *base, int64_t call_id, struct arena *a,
                                  struct turn **out, size_t *count, struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_LIST_TURNS);
    sql_put_i64(&q, call_id);
    struct turn *items = NULL;
    size_t n = 0;
    while (sql_row(&q)) {
        items = sql_grow(a, items, n, sizeof *items);
        struct turn *t = &items[n++];
        t->call_id = call_id;
        t->n = sql_u32(&q);
        t->role = (enum turn_role)sql_i64(&q);
        t->at_ms = sql_i64(&q);
        t->text = arena_copy(a, sql_str(&q));
    }
    enum error_code rc = sql_result(&q, err);
    if (rc != ERR_OK)
        return rc;
    *out = items;
    *count = n;
    return ERR_OK;
}

/* ---- captured information ----------------------------------------------------------------------
 */

static enum error_code insert_info(struct sql_tx *tx, const struct info *i, struct error *err) {
    CLEANUP(sql_query_end) struct sql_query q = sql_query(tx->conn, SQL_INSERT_INFO);
    sql_put_i64(&q, i->id);
    sql_put_i64(&q, i->call_id);
    sql_put_str(&q, i->session_id);
    sql_put_str(&q, i->caller_id);
    sql_put_str(&q, i->category);
    sql_put_str(&q, i->information);
    sql_put_i64(&q, i->at_ms);
    return sql_run(&q, "an information with this id exists: use a new id", err);
}

/* *is_new: the session had no information before. */
static enum error_code add_to_session(struct sql_tx *tx, const struct info *i, bool *is_new,
                                      struct error *err) {
    CLEANUP(sql_query_end) struct sql_query q = sql_query(tx->conn, SQL_PUT_SESSION);
    sql_put_str(&q, i->session_id);
    sql_put_i64(&q, i->call_id);
    sql_put_str(&q, i->caller_id);
    sql_put_i64(&q, i->at_ms);
    sql_put_i64(&q, i->id);
    enum error_code rc = sql_one(&q, "the session cannot be changed so", err);
    if (rc != ERR_OK)
        return rc;
    *is_new = sql_i64(&q) == 1;
    return sql_run(&q, "the session cannot be changed so", err);
}

static enum error_code add_to_category(struct sql_tx *tx, const struct info *i, struct error *err) {
    CLEANUP(sql_query_end) struct sql_query q = sql_query(tx->conn, SQL_ADD_CATEGORY);
    sql_put_str(&q, i->category);
    return sql_run(&q, "the category cannot be counted", err);
}

enum error_code sqlite_add_info(struct store_tx *base, const struct info *i, struct error *err) {
    struct sql_tx *tx = sql_tx_from(base);
    bool new_session = false;
    enum error_code rc = insert_info(tx, i, err);
    if (rc == ERR_OK)
        rc = add_to_session(tx, i, &new_session, err);
    if (rc == ERR_OK)
        rc = add_to_category(tx, i, err);
    if (rc == ERR_OK)
        rc = sqlite_add_counter(base, COUNTER_INFO, 1, err);
    if (rc == ERR_OK && new_session)
        rc = sqlite_add_counter(base, COUNTER_SESSIONS, 1, err);
    return rc;
}

/* The index that a list walks; the other filters are checked row by row. Rare values first. */
static enum sql_id info_source(const struct info_filter *f, struct str *key) {
    const struct {
        struct str value;
        enum sql_id id;
    } sources[] = {
        {f->session_id, SQL_LIST_INFO_BY_SESSION},
        {f->caller_id, SQL_LIST_INFO_BY_CALLER},
        {f->category, SQL_LIST_INFO_BY_CATEGORY},
    };
    for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
        if (sources[i].value.len > 0) {
            *key = sources[i].value;
            return sources[i].id;
        }
    }
    return SQL_LIST_INFO;
}

static bool wanted(struct str filter, struct str value) {
    return filter.len == 0 || str_eq(filter, value);
}

/* Borrows the row's strings. */
static void read_info(struct sql_query *q, struct info *i) {
    i->id = sql_i64(q);
    i->call_id = sql_i64(q);
    i->session_id = sql_str(q);
    i->caller_id = sql_str(q);
    i->category = sql_str(q);
    i->information = sql_str(q);
    i->at_ms = sql_i64(q);
}

static void keep_info(struct arena *a, struct info *i) {
    i->session_id = arena_copy(a, i->session_id);
    i->caller_id = arena_copy(a, i->caller_id);
    i->category = arena_copy(a, i->category);
    i->information = arena_copy(a, i->information);
}

enum error_code sqlite_list_info(struct store_tx *base, const struct info_filter *f,
                                 struct arena *a, struct info **out, size_t *count,
                                 struct error *err) {
    struct str key = {0};
    enum sql_id source = info_source(f, &key);
    CLEANUP(sql_query_end) struct sql_query q = sql_query(sql_tx_from(base)->conn, source);
    sql_put_i64(&q, f->before_id > 0 ? f->before_id : INT64_MAX);
    if (key.len > 0)
        sql_put_str(&q, key);

    struct info *items = NULL;
    size_t n = 0;
    size_t walked = 0;
    while (n < f->limit && sql_row(&q)) {
        struct info i;
        if (++walked > WALK_MAX)
            return error_set(err, ERR_LIMIT,
                             "too few informations match these filters together: name a session");
        read_info(&q, &i);
        if (!wanted(f->session_id, i.session_id) || !wanted(f->caller_id, i.caller_id) ||
            !wanted(f->category, i.category))
            continue;
        keep_info(a, &i);
        items = sql_grow(a, items, n, sizeof *items);
        items[n++] = i;
    }
    enum error_code rc = sql_result(&q, err);
    if (rc != ERR_OK)
        return rc;
    *out = items;
    *count = n;
    return ERR_OK;
}

/* The session's call, zeroed when there is none (any more). */
static enum error_code read_session_call(struct store_tx *base, struct session *s,
                                         struct error *err) {
    s->call = (struct call){0};
    if (s->call_id == 0)
        return ERR_OK;
    enum error_code rc = sqlite_get_call(base, s->call_id, &s->call, err);
    return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

/* In the order of SESSION_COLUMNS. */
static void read_session(struct sql_query *q, struct arena *a, struct session *s) {
    s->session_id = arena_copy(a, sql_str(q));
    s->call_id = sql_i64(q);
    s->caller_id = arena_copy(a, sql_str(q));
    s->first_ms = sql_i64(q);
    s->last_ms = sql_i64(q);
    s->info_count = sql_u32(q);
    s->last_info_id = sql_i64(q);
}

enum error_code sqlite_get_session(struct store_tx *base, struct str session_id, struct arena *a,
                                   struct session *out, struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_GET_SESSION);
    sql_put_str(&q, session_id);
    enum error_code rc = sql_one(&q, "nothing was shared in such a session", err);
    if (rc != ERR_OK)
        return rc;
    struct session s;
    read_session(&q, a, &s);
    rc = read_session_call(base, &s, err);
    if (rc == ERR_OK)
        *out = s;
    return rc;
}

enum error_code sqlite_list_sessions(struct store_tx *base, int64_t before_id, uint32_t limit,
                                     struct arena *a, struct session **out, size_t *count,
                                     struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_LIST_SESSIONS);
    sql_put_i64(&q, before_id > 0 ? before_id : INT64_MAX);
    sql_put_i64(&q, limit);
    struct session *items = NULL;
    size_t n = 0;
    while (sql_row(&q)) {
        items = sql_grow(a, items, n, sizeof *items);
        struct session *s = &items[n++];
        read_session(&q, a, s);
        enum error_code rc = read_session_call(base, s, err);
        if (rc != ERR_OK)
            return rc;
    }
    enum error_code rc = sql_result(&q, err);
    if (rc != ERR_OK)
        return rc;
    *out = items;
    *count = n;
    return ERR_OK;
}

enum error_code sqlite_count_categories(struct store_tx *base, struct arena *a,
                                        struct category_count **out, size_t *count,
                                        struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_LIST_CATEGORIES);
    sql_put_i64(&q, CATEGORIES_MAX);
    struct category_count *items = NULL;
    size_t n = 0;
    while (sql_row(&q)) {
        items = sql_grow(a, items, n, sizeof *items);
        items[n].category = arena_copy(a, sql_str(&q));
        items[n].count = sql_i64(&q);
        n++;
    }
    enum error_code rc = sql_result(&q, err);
    if (rc != ERR_OK)
        return rc;
    *out = items;
    *count = n;
    return ERR_OK;
}
