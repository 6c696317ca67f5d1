#include "core/io/store_sqlite_conn.h"

#include "core/base/compiler.h"

enum {
    APPLICATION_ID = 0x53774831 /* "SwH1", at byte 68 of the file */
};

/*
 * Migrations: the entry at index n takes version n to n + 1. Never edit one that was released; add
 * the next. Each runs in one transaction with its change of the version number.
 */
// clang-format off
static const char *const migrations[] = {
    /* 0 → 1 */
    "CREATE TABLE calls ("
    "  id INTEGER PRIMARY KEY,"
    "  status INTEGER NOT NULL, seen INTEGER NOT NULL, reason INTEGER NOT NULL,"
    "  placement INTEGER NOT NULL, provider TEXT NOT NULL, assistant TEXT NOT NULL,"
    "  to_number TEXT NOT NULL, from_number TEXT NOT NULL, attempt INTEGER NOT NULL,"
    "  nonce TEXT NOT NULL, sid TEXT NOT NULL, record INTEGER NOT NULL,"
    "  detection INTEGER NOT NULL, answered_by INTEGER NOT NULL,"
    "  ring_timeout_s INTEGER NOT NULL, time_limit_s INTEGER NOT NULL,"
    "  duration_s INTEGER NOT NULL, hangup_requested INTEGER NOT NULL,"
    "  carrier_code INTEGER NOT NULL, error_text TEXT NOT NULL, outcome TEXT NOT NULL,"
    "  created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, dialed_ms INTEGER NOT NULL,"
    "  ringing_ms INTEGER NOT NULL, answered_ms INTEGER NOT NULL, ended_ms INTEGER NOT NULL,"
    "  check_ms INTEGER NOT NULL, last_event INTEGER NOT NULL,"
    "  ended INTEGER" /* the final status; NULL while the call is open */
    ") STRICT;"
    /* The id ends every index entry, so each of these lists in the order of creation. */
    "CREATE INDEX calls_ended ON calls (ended);"
    "CREATE INDEX calls_check ON calls (check_ms) WHERE check_ms > 0;"
    "CREATE INDEX calls_sid ON calls (sid, provider) WHERE sid <> '';"
    "CREATE INDEX calls_to ON calls (to_number);"
    "CREATE INDEX calls_from ON calls (from_number);"
    "CREATE INDEX calls_assistant ON calls (assistant) WHERE assistant <> '';"
    "CREATE INDEX calls_provider ON calls (provider);"

    "CREATE TABLE call_requests ("
    "  id INTEGER PRIMARY KEY REFERENCES calls (id) ON DELETE CASCADE,"
    "  request TEXT NOT NULL"
    ") STRICT;"

    "CREATE TABLE events ("
    "  seq INTEGER PRIMARY KEY, call_id INTEGER NOT NULL,"
    "  prev INTEGER NOT NULL," /* the call's event before this one, instead of an index */
    "  type INTEGER NOT NULL, at_ms INTEGER NOT NULL, data TEXT NOT NULL"
    ") STRICT;"

    "CREATE TABLE jobs ("
    "  id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, call_id INTEGER NOT NULL,"
    "  ref_id INTEGER NOT NULL, ref_text TEXT NOT NULL, attempt INTEGER NOT NULL,"
    "  run_at_ms INTEGER NOT NULL, lease_until_ms INTEGER NOT NULL,"
    "  due_ms INTEGER NOT NULL" /* when it may be claimed: run_at_ms, or the end of the lease */
    ") STRICT;"
    "CREATE INDEX jobs_due ON jobs (due_ms);"

    "CREATE TABLE conversations ("
    "  call_id INTEGER PRIMARY KEY, turn INTEGER NOT NULL, lines INTEGER NOT NULL,"
    "  state TEXT NOT NULL, plan TEXT NOT NULL"
    ") STRICT;"
    "CREATE TABLE turns ("
    "  call_id INTEGER NOT NULL, n INTEGER NOT NULL, role INTEGER NOT NULL,"
    "  at_ms INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (call_id, n)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE information ("
    "  id INTEGER PRIMARY KEY, call_id INTEGER NOT NULL, session_id TEXT NOT NULL,"
    "  caller_id TEXT NOT NULL, category TEXT NOT NULL, information TEXT NOT NULL,"
    "  at_ms INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX information_session ON information (session_id);"
    "CREATE INDEX information_caller ON information (caller_id);"
    "CREATE INDEX information_category ON information (category);"
    "CREATE TABLE sessions (" /* summed up as information comes, so that a list reads no more */
    "  session_id TEXT PRIMARY KEY, call_id INTEGER NOT NULL, caller_id TEXT NOT NULL,"
    "  first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL, info_count INTEGER NOT NULL,"
    "  last_info INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX sessions_newest ON sessions (last_info);"
    "CREATE TABLE categories ("
    "  category TEXT PRIMARY KEY, total INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX categories_total ON categories (total DESC);"

    "CREATE TABLE recordings ("
    "  id INTEGER PRIMARY KEY, call_id INTEGER NOT NULL, provider TEXT NOT NULL,"
    "  sid TEXT NOT NULL, status INTEGER NOT NULL, channels INTEGER NOT NULL,"
    "  duration_s INTEGER NOT NULL, bytes INTEGER NOT NULL, format TEXT NOT NULL,"
    "  digest TEXT NOT NULL, carrier_copy_deleted INTEGER NOT NULL, error_text TEXT NOT NULL,"
    "  created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL"
    ") STRICT;"
    "CREATE UNIQUE INDEX recordings_sid ON recordings (sid, provider) WHERE sid <> '';"
    "CREATE INDEX recordings_call ON recordings (call_id);"
    "CREATE TABLE call_keys (call_id INTEGER PRIMARY KEY, wrapped BLOB NOT NULL) STRICT;"

    "CREATE TABLE idempotency ("
    "  key TEXT PRIMARY KEY, digest BLOB NOT NULL, call_id INTEGER NOT NULL,"
    "  at_ms INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE counters (id INTEGER PRIMARY KEY, value INTEGER NOT NULL) STRICT;"
    "CREATE TABLE probe (id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL) STRICT;",
    /* 1 → 2 */
    /* being handed over, or ambiguous: see store_number_is_attempted() */
    "CREATE INDEX calls_attempted ON calls (to_number) WHERE placement IN (2, 3);",
    /* 2 → 3 */
    /* open at the carrier: see store_count_open_calls() */
    "CREATE INDEX calls_open ON calls (provider) WHERE placement IN (2, 3, 4) AND ended IS NULL;",
    /* 3 → 4 */
    "ALTER TABLE calls ADD COLUMN inbound INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE consents ("
    "  id INTEGER PRIMARY KEY, call_id INTEGER NOT NULL, caller TEXT NOT NULL,"
    "  purpose TEXT NOT NULL, answer INTEGER NOT NULL, basis TEXT NOT NULL,"
    "  question TEXT NOT NULL, words TEXT NOT NULL, assistant TEXT NOT NULL,"
    "  version TEXT NOT NULL, at_ms INTEGER NOT NULL"
    ") STRICT;"
    "CREATE INDEX consents_caller ON consents (caller);",
    /* 4 → 5 */
    "CREATE TABLE payments ("
    "  id INTEGER PRIMARY KEY, call_id INTEGER NOT NULL, status INTEGER NOT NULL,"
    "  result INTEGER NOT NULL, guard INTEGER NOT NULL, own INTEGER NOT NULL,"
    "  attempts INTEGER NOT NULL, amount TEXT NOT NULL, currency TEXT NOT NULL,"
    "  transaction_id TEXT NOT NULL, charge_id TEXT NOT NULL, token_id TEXT NOT NULL,"
    "  error_code TEXT NOT NULL, error_text TEXT NOT NULL, last4 TEXT NOT NULL,"
    "  card_type TEXT NOT NULL, created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL,"
    "  plan TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX payments_call ON payments (call_id);"
    "CREATE UNIQUE INDEX payments_transaction ON payments (transaction_id) "
    "  WHERE call_id = 0 AND transaction_id <> '';",
    /* 5 → 6 */
    "ALTER TABLE calls ADD COLUMN attempted_ms INTEGER NOT NULL DEFAULT 0;",
    /* 6 → 7 */
    /* a charge is on its way: see store_list_charging_payments() */
    ("CREATE INDEX payments_charging ON payments (status) WHERE status = 2;"
     "CREATE INDEX consents_call ON consents (call_id) WHERE call_id <> 0;"),
};
// clang-format on

enum {
    VERSION = ARRAY_LEN(migrations)
};

static int read_number(sqlite3 *db, const char *sql, int64_t *out) {
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        *out = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return rc == SQLITE_ROW ? SQLITE_OK : rc;
}

static int set_number(sqlite3 *db, const char *pragma, int64_t value) {
    char sql[64];
    sqlite3_snprintf(sizeof sql, sql, "PRAGMA %s = %lld", pragma, (long long)value);
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

static int step_up(sqlite3 *db, int64_t from) {
    int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        return rc;
    rc = sqlite3_exec(db, migrations[from], NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = set_number(db, "application_id", APPLICATION_ID);
    if (rc == SQLITE_OK)
        rc = set_number(db, "user_version", from + 1);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    if (rc != SQLITE_OK)
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}

static enum error_code check_owner(sqlite3 *db, const char *path, int64_t *version,
                                   struct error *err) {
    int64_t owner = 0;
    int64_t tables = 0;
    int rc = read_number(db, "PRAGMA application_id", &owner);
    if (rc == SQLITE_OK)
        rc = read_number(db, "PRAGMA user_version", version);
    if (rc == SQLITE_OK)
        rc = read_number(db, "SELECT EXISTS (SELECT 1 FROM sqlite_schema)", &tables);
    if (rc != SQLITE_OK)
        return sql_fail(rc, err);
    bool empty = tables == 0 && *version == 0 && owner == 0;
    if (!empty && owner != APPLICATION_ID)
        return error_set(err, ERR_INVALID, "%s is a database of another program: name another file",
                         path);
    if (*version > VERSION)
        return error_set(err, ERR_INVALID,
                         "%s was made by a newer version (tables %lld, this one knows %d): upgrade",
                         path, (long long)*version, (int)VERSION);
    return ERR_OK;
}

/* Readers go on while the writer writes only in this mode, and it needs shared memory. */
static enum error_code use_wal(sqlite3 *db, const char *path, struct error *err) {
    sqlite3_stmt *stmt = NULL;
    int rc = sqlite3_prepare_v2(db, "PRAGMA journal_mode = WAL", -1, &stmt, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(stmt);
    bool wal = rc == SQLITE_ROW && str_eq_z(STR("wal"), (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    if (rc != SQLITE_ROW)
        return sql_fail(rc, err);
    if (!wal)
        return error_set(err, ERR_STORE,
                         "%s cannot use a write-ahead log: put it on a local file system", path);
    return ERR_OK;
}

enum error_code sql_migrate(struct sql_conn *c, const char *path, struct error *err) {
    int64_t version = 0;
    enum error_code rc = check_owner(c->db, path, &version, err);
    if (rc == ERR_OK)
        rc = use_wal(c->db, path, err);
    for (; rc == ERR_OK && version < VERSION; version++) {
        int step = step_up(c->db, version);
        if (step != SQLITE_OK)
            rc = sql_fail(step, err);
    }
    return rc;
}
