#include "core/base/compiler.h"
#include "core/io/store_sqlite_conn.h"
#include "core/io/store_sqlite_ops.h"

static const char no_payment[] = "there is no such payment: check the id";
static const char known_payment[] = "the payment is known already";

/* In the order of PAYMENT_COLUMNS. */
static void read_payment(struct sql_query *q, struct payment *p) {
    p->id = sql_i64(q);
    p->call_id = sql_i64(q);
    p->status = (enum payment_status)sql_i64(q);
    p->result = (enum payment_result)sql_i64(q);
    p->guard = (enum payment_guard)sql_i64(q);
    p->own = sql_i64(q) != 0;
    p->attempts = sql_u32(q);
    sql_chars(q, p->amount, sizeof p->amount);
    sql_chars(q, p->currency, sizeof p->currency);
    sql_chars(q, p->transaction_id, sizeof p->transaction_id);
    sql_chars(q, p->charge_id, sizeof p->charge_id);
    sql_chars(q, p->token_id, sizeof p->token_id);
    sql_chars(q, p->error_code, sizeof p->error_code);
    sql_chars(q, p->error_text, sizeof p->error_text);
    sql_chars(q, p->last4, sizeof p->last4);
    sql_chars(q, p->card_type, sizeof p->card_type);
    p->created_ms = sql_i64(q);
    p->updated_ms = sql_i64(q);
}

static void put_payment(struct sql_query *q, const struct payment *p) {
    sql_put_i64(q, p->id);
    sql_put_i64(q, p->call_id);
    sql_put_i64(q, p->status);
    sql_put_i64(q, p->result);
    sql_put_i64(q, p->guard);
    sql_put_i64(q, p->own);
    sql_put_i64(q, p->attempts);
    sql_put_z(q, p->amount);
    sql_put_z(q, p->currency);
    sql_put_z(q, p->transaction_id);
    sql_put_z(q, p->charge_id);
    sql_put_z(q, p->token_id);
    sql_put_z(q, p->error_code);
    sql_put_z(q, p->error_text);
    sql_put_z(q, p->last4);
    sql_put_z(q, p->card_type);
    sql_put_i64(q, p->created_ms);
    sql_put_i64(q, p->updated_ms);
}

enum error_code sqlite_insert_payment(struct store_tx *base, const struct payment *p,
                                      struct str plan_json, struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_INSERT_PAYMENT);
    put_payment(&q, p);
    sql_put_str(&q, plan_json);
    return sql_run(&q, known_payment, err);
}

enum error_code sqlite_update_payment(struct store_tx *base, const struct payment *p,
                                      struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_UPDATE_PAYMENT);
    put_payment(&q, p);
    enum error_code rc = sql_run(&q, known_payment, err);
    if (rc == ERR_OK && sql_changes(&q) == 0)
        return error_set(err, ERR_NOT_FOUND, "%s", no_payment);
    return rc;
}

enum error_code sqlite_get_payment(struct store_tx *base, int64_t id, struct payment *out,
                                   struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_GET_PAYMENT);
    sql_put_i64(&q, id);
    enum error_code rc = sql_one(&q, no_payment, err);
    if (rc == ERR_OK)
        read_payment(&q, out);
    return rc;
}

enum error_code sqlite_get_payment_plan(struct store_tx *base, int64_t id, struct arena *a,
                                        struct str *plan_json, struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_GET_PAYMENT_PLAN);
    sql_put_i64(&q, id);
    enum error_code rc = sql_one(&q, no_payment, err);
    if (rc == ERR_OK)
        *plan_json = arena_copy(a, sql_str(&q));
    return rc;
}

enum error_code sqlite_find_payment(struct store_tx *base, struct str transaction_id,
                                    struct payment *out, struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_FIND_PAYMENT);
    sql_put_str(&q, transaction_id);
    enum error_code rc = sql_one(&q, no_payment, err);
    if (rc == ERR_OK)
        read_payment(&q, out);
    return rc;
}

static enum error_code list(struct sql_query *q, struct arena *a, struct payment **out,
                            size_t *count, struct error *err) {
    struct payment *items = NULL;
    size_t n = 0;
    while (sql_row(q)) {
        items = sql_grow(a, items, n, sizeof *items);
        read_payment(q, &items[n++]);
    }
    enum error_code rc = sql_result(q, err);
    if (rc != ERR_OK)
        return rc;
    *out = items;
    *count = n;
    return ERR_OK;
}

enum error_code sqlite_list_payments(struct store_tx *base, int64_t call_id, uint32_t limit,
                                     struct arena *a, struct payment **out, size_t *count,
                                     struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_LIST_PAYMENTS);
    sql_put_i64(&q, call_id);
    sql_put_i64(&q, limit);
    return list(&q, a, out, count, err);
}

_Static_assert(PAYMENT_PROCESSING == 2, "the statement and its index say so, too");

enum error_code sqlite_list_charging_payments(struct store_tx *base, uint32_t limit,
                                              struct arena *a, struct payment **out, size_t *count,
                                              struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_LIST_CHARGING_PAYMENTS);
    sql_put_i64(&q, limit);
    return list(&q, a, out, count, err);
}
