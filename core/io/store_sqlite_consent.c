#include "core/base/compiler.h"
#include "core/io/store_sqlite_conn.h"
#include "core/io/store_sqlite_ops.h"

enum {
    WALK_MAX = 50000 /* consents looked at for one page */
};

enum error_code sqlite_add_consent(struct store_tx *base, const struct consent *c,
                                   struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_INSERT_CONSENT);
    sql_put_i64(&q, c->id);
    sql_put_i64(&q, c->call_id);
    sql_put_str(&q, c->caller);
    sql_put_str(&q, c->purpose);
    sql_put_i64(&q, c->answer);
    sql_put_str(&q, c->basis);
    sql_put_str(&q, c->question);
    sql_put_str(&q, c->words);
    sql_put_str(&q, c->assistant);
    sql_put_str(&q, c->version);
    sql_put_i64(&q, c->at_ms);
    return sql_run(&q, "a consent with this id exists: use a new id", err);
}

/* In the order of CONSENT_COLUMNS; borrows the row's strings. */
static void read_consent(struct sql_query *q, struct consent *c) {
    c->id = sql_i64(q);
    c->call_id = sql_i64(q);
    c->caller = sql_str(q);
    c->purpose = sql_str(q);
    c->answer = (enum consent_answer)sql_i64(q);
    c->basis = sql_str(q);
    c->question = sql_str(q);
    c->words = sql_str(q);
    c->assistant = sql_str(q);
    c->version = sql_str(q);
    c->at_ms = sql_i64(q);
}

static void keep_consent(struct arena *a, struct consent *c) {
    struct str *const texts[] = {&c->caller, &c->purpose,   &c->basis,  &c->question,
                                 &c->words,  &c->assistant, &c->version};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        *texts[i] = arena_copy(a, *texts[i]);
}

enum error_code sqlite_get_consent(struct store_tx *base, int64_t id, struct arena *a,
                                   struct consent *out, struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_GET_CONSENT);
    sql_put_i64(&q, id);
    enum error_code rc = sql_one(&q, "there is no such consent: check the id", err);
    if (rc != ERR_OK)
        return rc;
    read_consent(&q, out);
    keep_consent(a, out);
    return ERR_OK;
}

static bool matches(const struct consent_filter *f, const struct consent *c) {
    return (f->call_id == 0 || f->call_id == c->call_id) &&
           (f->caller.len == 0 || str_eq(f->caller, c->caller)) &&
           (f->purpose.len == 0 || str_eq(f->purpose, c->purpose)) &&
           (f->answer == CONSENT_NONE || f->answer == c->answer) &&
           (f->since_ms == 0 || c->at_ms >= f->since_ms) &&
           (f->until_ms == 0 || c->at_ms < f->until_ms);
}

enum error_code sqlite_list_consents(struct store_tx *base, const struct consent_filter *f,
                                     struct arena *a, struct consent **out, size_t *count,
                                     struct error *err) {
    enum sql_id source = f->call_id > 0      ? SQL_LIST_CONSENTS_BY_CALL
                         : f->caller.len > 0 ? SQL_LIST_CONSENTS_BY_CALLER
                                             : SQL_LIST_CONSENTS;
    CLEANUP(sql_query_end) struct sql_query q = sql_query(sql_tx_from(base)->conn, source);
    sql_put_i64(&q, f->before_id > 0 ? f->before_id : INT64_MAX);
    if (f->call_id > 0)
        sql_put_i64(&q, f->call_id);
    else if (f->caller.len > 0)
        sql_put_str(&q, f->caller);
    struct consent *items = NULL;
    size_t n = 0;
    size_t walked = 0;
    while (n < f->limit && sql_row(&q)) {
        struct consent c;
        if (++walked > WALK_MAX)
            return error_set(err, ERR_LIMIT,
                             "too few consents match these filters together: name a caller");
        read_consent(&q, &c);
        if (!matches(f, &c))
            continue;
        keep_consent(a, &c);
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
