#include "core/base/compiler.h"
#include "core/io/store_sqlite_conn.h"
#include "core/io/store_sqlite_ops.h"

enum {
    DIGEST_BYTES = 32
};

/* ---- recordings --------------------------------------------------------------------------------
 */

static const char no_recording[] = "there is no such recording: check the id";
static const char known_recording[] = "the carrier's recording is known already";

/* In the order of RECORDING_COLUMNS. */
static void read_recording(struct sql_query *q, struct recording *r) {
    r->id = sql_i64(q);
    r->call_id = sql_i64(q);
    sql_chars(q, r->provider, sizeof r->provider);
    sql_chars(q, r->sid, sizeof r->sid);
    r->status = (enum recording_status)sql_i64(q);
    r->channels = sql_u32(q);
    r->duration_s = sql_u32(q);
    r->bytes = (uint64_t)sql_i64(q);
    sql_chars(q, r->format, sizeof r->format);
    sql_chars(q, r->digest, sizeof r->digest);
    r->carrier_copy_deleted = sql_i64(q) != 0;
    sql_chars(q, r->error_text, sizeof r->error_text);
    r->created_ms = sql_i64(q);
    r->updated_ms = sql_i64(q);
}

static void put_recording(struct sql_query *q, const struct recording *r) {
    sql_put_i64(q, r->id);
    sql_put_i64(q, r->call_id);
    sql_put_z(q, r->provider);
    sql_put_z(q, r->sid);
    sql_put_i64(q, r->status);
    sql_put_i64(q, r->channels);
    sql_put_i64(q, r->duration_s);
    sql_put_i64(q, (int64_t)r->bytes);
    sql_put_z(q, r->format);
    sql_put_z(q, r->digest);
    sql_put_i64(q, r->carrier_copy_deleted);
    sql_put_z(q, r->error_text);
    sql_put_i64(q, r->created_ms);
    sql_put_i64(q, r->updated_ms);
}

enum error_code sqlite_insert_recording(struct store_tx *base, const struct recording *r,
                                        struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_INSERT_RECORDING);
    put_recording(&q, r);
    return sql_run(&q, known_recording, err);
}

enum error_code sqlite_update_recording(struct store_tx *base, const struct recording *r,
                                        struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_UPDATE_RECORDING);
    put_recording(&q, r);
    enum error_code rc = sql_run(&q, known_recording, err);
    if (rc == ERR_OK && sql_changes(&q) == 0)
        return error_set(err, ERR_NOT_FOUND, "%s", no_recording);
    return rc;
}

enum error_code sqlite_get_recording(struct store_tx *base, int64_t id, struct recording *out,
                                     struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_GET_RECORDING);
    sql_put_i64(&q, id);
    enum error_code rc = sql_one(&q, no_recording, err);
    if (rc == ERR_OK)
        read_recording(&q, out);
    return rc;
}

enum error_code sqlite_get_recording_by_sid(struct store_tx *base, struct str provider,
                                            struct str sid, struct recording *out,
                                            struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_GET_RECORDING_BY_SID);
    sql_put_str(&q, sid);
    sql_put_str(&q, provider);
    enum error_code rc = sql_one(&q, "no recording has this carrier id", err);
    if (rc == ERR_OK)
        read_recording(&q, out);
    return rc;
}

enum error_code sqlite_list_recordings(struct store_tx *base, int64_t call_id, int64_t before_id,
                                       uint32_t limit, struct arena *a, struct recording **out,
                                       size_t *count, struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn,
                                   call_id ? SQL_LIST_RECORDINGS_BY_CALL : SQL_LIST_RECORDINGS);
    sql_put_i64(&q, before_id > 0 ? before_id : INT64_MAX);
    sql_put_i64(&q, limit);
    if (call_id)
        sql_put_i64(&q, call_id);
    struct recording *items = NULL;
    size_t n = 0;
    while (sql_row(&q)) {
        items = sql_grow(a, items, n, sizeof *items);
        read_recording(&q, &items[n++]);
    }
    enum error_code rc = sql_result(&q, err);
    if (rc != ERR_OK)
        return rc;
    *out = items;
    *count = n;
    return ERR_OK;
}

enum error_code sqlite_get_call_key(struct store_tx *base, int64_t call_id, struct arena *a,
                                    struct str *wrapped, struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_GET_CALL_KEY);
    sql_put_i64(&q, call_id);
    enum error_code rc = sql_one(&q, "the call has no key: nothing of it was sealed", err);
    if (rc == ERR_OK)
        *wrapped = arena_copy(a, sql_str(&q));
    return rc;
}

enum error_code sqlite_put_call_key(struct store_tx *base, int64_t call_id, struct str wrapped,
                                    struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_INSERT_CALL_KEY);
    sql_put_i64(&q, call_id);
    sql_put_blob(&q, wrapped);
    return sql_run(&q, "the call has a key already: use that one", err);
}

/* ---- idempotency, counters ---------------------------------------------------------------------
 */

/* ERR_NOT_FOUND: the key is new. */
static enum error_code get_idempotency(struct sql_tx *tx, struct str key, int64_t *call_id,
                                       uint8_t digest[DIGEST_BYTES], struct error *err) {
    CLEANUP(sql_query_end) struct sql_query q = sql_query(tx->conn, SQL_GET_IDEMPOTENCY);
    sql_put_str(&q, key);
    enum error_code rc = sql_one(&q, "this idempotency key is new", err);
    if (rc != ERR_OK)
        return rc;
    *call_id = sql_i64(&q);
    struct str known = sql_str(&q);
    memset(digest, 0, DIGEST_BYTES);
    memcpy(digest, known.ptr, known.len < DIGEST_BYTES ? known.len : DIGEST_BYTES);
    return ERR_OK;
}

enum error_code sqlite_claim_idempotency(struct store_tx *base, struct str key,
                                         const uint8_t request_digest[DIGEST_BYTES],
                                         int64_t call_id, int64_t now_ms, int64_t *known_call_id,
                                         uint8_t known_digest[DIGEST_BYTES], struct error *err) {
    struct sql_tx *tx = sql_tx_from(base);
    enum error_code rc = get_idempotency(tx, key, known_call_id, known_digest, err);
    if (rc == ERR_OK)
        return error_set(err, ERR_CONFLICT, "this idempotency key was used before");
    if (rc != ERR_NOT_FOUND)
        return rc;
    CLEANUP(sql_query_end) struct sql_query q = sql_query(tx->conn, SQL_INSERT_IDEMPOTENCY);
    sql_put_str(&q, key);
    sql_put_blob(&q, str_from(request_digest, DIGEST_BYTES));
    sql_put_i64(&q, call_id);
    sql_put_i64(&q, now_ms);
    return sql_run(&q, "this idempotency key was used before", err);
}

enum error_code sqlite_add_counter(struct store_tx *base, enum counter c, int64_t delta,
                                   struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_ADD_COUNTER);
    sql_put_i64(&q, c);
    sql_put_i64(&q, delta);
    return sql_run(&q, "the counter cannot be changed so", err);
}

enum error_code sqlite_get_counters(struct store_tx *base, int64_t out[COUNTER_COUNT],
                                    struct error *err) {
    CLEANUP(sql_query_end)
    struct sql_query q = sql_query(sql_tx_from(base)->conn, SQL_GET_COUNTERS);
    int64_t values[COUNTER_COUNT] = {0};
    while (sql_row(&q)) {
        int64_t id = sql_i64(&q);
        if (id >= 0 && id < COUNTER_COUNT)
            values[id] = sql_i64(&q);
    }
    enum error_code rc = sql_result(&q, err);
    if (rc == ERR_OK)
        memcpy(out, values, sizeof values);
    return rc;
}
