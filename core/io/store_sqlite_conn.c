#include "core/io/store_sqlite_conn.h"

#include <assert.h>
#include <string.h>

#include "core/base/compiler.h"

enum {
    BUSY_WAIT_MS = 5000,
    WRITER_CACHE_KIB = 4096,
    READER_CACHE_KIB = 1024
};

/* ---- what results mean -------------------------------------------------------------------------
 */

static const struct sql_trouble {
    int rc; /* primary or extended */
    enum error_code code;
    bool fatal;
    bool retry;
    const char *text;
} troubles[] = {
    {SQLITE_IOERR_FSYNC, ERR_STORE, true, false,
     "syncing the database to disk failed, so what is on the disk is uncertain: check the disk, "
     "then restart"},
    {SQLITE_IOERR_DIR_FSYNC, ERR_STORE, true, false,
     "syncing the database directory failed: check the disk, then restart"},
    {SQLITE_CORRUPT, ERR_STORE, true, false,
     "the database is damaged: stop, keep a copy of its files and restore the last backup"},
    {SQLITE_NOTADB, ERR_STORE, true, false,
     "the database file is damaged or not a database: restore the last backup"},
    {SQLITE_FULL, ERR_STORE, false, true,
     "the disk of the database is full: free some space, writing then goes on by itself"},
    {SQLITE_BUSY, ERR_STORE, false, true,
     "another program holds the database locked: end it, writing then goes on by itself"},
    {SQLITE_READONLY, ERR_STORE, false, false,
     "the database cannot be written: check owner and mode of its files and directory"},
    {SQLITE_CANTOPEN, ERR_STORE, false, false,
     "a file of the database cannot be opened: check owner, mode and the limit of open files"},
    {SQLITE_IOERR, ERR_STORE, false, true,
     "reading or writing the database failed: check the disk and its free space"},
    {SQLITE_NOMEM, ERR_STORE, false, true, "the database ran out of memory: give it more"},
    {SQLITE_INTERRUPT, ERR_BUSY, false, true, "reading took too long and was ended: try again"},
    {SQLITE_TOOBIG, ERR_LIMIT, false, false, "a value is too large for the database: shorten it"},
};

static const struct sql_trouble *trouble_find(int rc) {
    for (size_t i = 0; i < ARRAY_LEN(troubles); i++) {
        if (troubles[i].rc == rc)
            return &troubles[i];
    }
    return NULL;
}

static const struct sql_trouble *trouble_of(int rc) {
    const struct sql_trouble *t = trouble_find(rc);
    return t ? t : trouble_find(rc & 0xff);
}

enum error_code sql_fail(int rc, struct error *err) {
    const struct sql_trouble *t = trouble_of(rc);
    if (!t)
        return error_set(err, ERR_STORE, "the database failed: %s (%d)", sqlite3_errstr(rc), rc);
    enum error_code code = error_set(err, t->code, "%s (SQLite result %d)", t->text, rc);
    if (err)
        err->retry = t->retry;
    return code;
}

bool sql_is_fatal(int rc) {
    const struct sql_trouble *t = trouble_of(rc);
    return t && t->fatal;
}

/* Those that end one statement only; the transaction around it is sound. */
static bool is_local(int rc) {
    int primary = rc & 0xff;
    return primary == SQLITE_OK || primary == SQLITE_ROW || primary == SQLITE_DONE ||
           primary == SQLITE_CONSTRAINT || primary == SQLITE_TOOBIG || primary == SQLITE_INTERRUPT;
}

static void note_trouble(struct sql_conn *c, int rc) {
    if (c->trouble == SQLITE_OK && !is_local(rc))
        c->trouble = rc;
}

/* ---- connections -------------------------------------------------------------------------------
 */

static int set_options(sqlite3 *db) {
    static const struct {
        int option, value;
    } options[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},   {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},     {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
    };
    int rc = sqlite3_extended_result_codes(db, 1);
    for (size_t i = 0; rc == SQLITE_OK && i < ARRAY_LEN(options); i++)
        rc = sqlite3_db_config(db, options[i].option, options[i].value, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_busy_timeout(db, BUSY_WAIT_MS);
    return rc;
}

static int set_pragmas(sqlite3 *db, enum sql_open_mode mode) {
    /* temporary tables and sorts hold what callers said: never in a file */
    static const char both[] = "PRAGMA temp_store = MEMORY;"
                               "PRAGMA mmap_size = 0;"
                               "PRAGMA cell_size_check = ON;";
    /* checkpoints are the writer's, at moments of its choice */
    static const char writer[] = "PRAGMA synchronous = FULL;"
                                 "PRAGMA secure_delete = ON;"
                                 "PRAGMA wal_autocheckpoint = 0;"
                                 "PRAGMA journal_size_limit = 67108864;";
    static const char reader[] = "PRAGMA query_only = ON;";
    int rc = sqlite3_exec(db, both, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, mode == SQL_OPEN_WRITE ? writer : reader, NULL, NULL, NULL);
    char cache[48];
    sqlite3_snprintf(sizeof cache, cache, "PRAGMA cache_size = -%d",
                     mode == SQL_OPEN_WRITE ? WRITER_CACHE_KIB : READER_CACHE_KIB);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, cache, NULL, NULL, NULL);
    return rc;
}

enum error_code sql_open(struct sql_conn *c, const char *path, enum sql_open_mode mode,
                         struct error *err) {
    *c = (struct sql_conn){0};
    int flags = mode == SQL_OPEN_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    int rc = sqlite3_open_v2(path, &c->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK)
        rc = set_options(c->db);
    if (rc == SQLITE_OK)
        rc = set_pragmas(c->db, mode);
    if (rc == SQLITE_OK)
        return ERR_OK;
    sql_close(c);
    return sql_fail(rc, err);
}

void sql_close(struct sql_conn *c) {
    for (size_t i = 0; i < SQL_COUNT; i++)
        sqlite3_finalize(c->stmts[i]);
    int rc = sqlite3_close(c->db);
    assert(rc == SQLITE_OK); /* a statement outside the table would keep it open */
    (void)rc;
    *c = (struct sql_conn){0};
}

/* ---- statements --------------------------------------------------------------------------------
 */

struct sql_query sql_query(struct sql_conn *c, enum sql_id id) {
    struct sql_query q = {.conn = c};
    if (!c->stmts[id])
        q.rc = sqlite3_prepare_v3(c->db, sql_text(id), -1, SQLITE_PREPARE_PERSISTENT, &c->stmts[id],
                                  NULL);
    q.stmt = c->stmts[id];
    note_trouble(c, q.rc);
    return q;
}

void sql_query_end(struct sql_query *q) {
    if (q->stmt)
        sqlite3_reset(q->stmt);
    q->stmt = NULL;
}

int sql_command(struct sql_conn *c, enum sql_id id) {
    CLEANUP(sql_query_end) struct sql_query q = sql_query(c, id);
    while (sql_row(&q))
        ;
    return q.rc;
}

static void note_put(struct sql_query *q, int rc) {
    if (q->rc == SQLITE_OK)
        q->rc = rc;
}

void sql_put_i64(struct sql_query *q, int64_t v) {
    note_put(q, sqlite3_bind_int64(q->stmt, ++q->param, v));
}

void sql_put_id(struct sql_query *q, int64_t id) {
    if (id != 0)
        sql_put_i64(q, id);
    else
        note_put(q, sqlite3_bind_null(q->stmt, ++q->param)); /* SQLite gives one */
}

void sql_put_str(struct sql_query *q, struct str s) {
    note_put(q, sqlite3_bind_text64(q->stmt, ++q->param, s.ptr ? s.ptr : "", s.len, SQLITE_STATIC,
                                    SQLITE_UTF8));
}

void sql_put_z(struct sql_query *q, const char *z) {
    sql_put_str(q, str_z(z));
}

void sql_put_blob(struct sql_query *q, struct str bytes) {
    note_put(q, sqlite3_bind_blob64(q->stmt, ++q->param, bytes.ptr ? bytes.ptr : "", bytes.len,
                                    SQLITE_STATIC));
}

void sql_put_null(struct sql_query *q) {
    note_put(q, sqlite3_bind_null(q->stmt, ++q->param));
}

bool sql_row(struct sql_query *q) {
    if (q->rc != SQLITE_OK || !q->stmt)
        return false;
    int rc = sqlite3_step(q->stmt);
    q->column = 0;
    if (rc == SQLITE_ROW)
        return true;
    if (rc != SQLITE_DONE) {
        q->rc = rc;
        note_trouble(q->conn, rc);
    }
    return false;
}

int64_t sql_i64(struct sql_query *q) {
    return sqlite3_column_int64(q->stmt, q->column++);
}

uint32_t sql_u32(struct sql_query *q) {
    return (uint32_t)sql_i64(q);
}

struct str sql_str(struct sql_query *q) {
    int i = q->column++;
    /* bytes as they are stored; the order of the two calls matters to SQLite */
    const void *p = sqlite3_column_blob(q->stmt, i);
    return str_from(p, (size_t)sqlite3_column_bytes(q->stmt, i));
}

void sql_chars(struct sql_query *q, char *dst, size_t dst_size) {
    struct str s = sql_str(q);
    size_t n = s.len < dst_size ? s.len : dst_size - 1;
    if (n > 0)
        memcpy(dst, s.ptr, n);
    memset(dst + n, 0, dst_size - n);
}

enum error_code sql_result(struct sql_query *q, struct error *err) {
    return q->rc == SQLITE_OK ? ERR_OK : sql_fail(q->rc, err);
}

enum error_code sql_run(struct sql_query *q, const char *what, struct error *err) {
    while (sql_row(q))
        ;
    if ((q->rc & 0xff) == SQLITE_CONSTRAINT)
        return error_set(err, ERR_CONFLICT, "%s", what);
    return sql_result(q, err);
}

enum error_code sql_one(struct sql_query *q, const char *what, struct error *err) {
    if (sql_row(q))
        return ERR_OK;
    if (q->rc == SQLITE_OK)
        return error_set(err, ERR_NOT_FOUND, "%s", what);
    return sql_result(q, err);
}

int64_t sql_changes(const struct sql_query *q) {
    return sqlite3_changes64(q->conn->db);
}

/* ---- what the operations share -----------------------------------------------------------------
 */

struct sql_tx *sql_tx_from(struct store_tx *tx) {
    assert(tx->ops == &store_sqlite_ops);
    return container_of(tx, struct sql_tx, base);
}

void *sql_grow(struct arena *a, void *items, size_t count, size_t item_bytes) {
    enum {
        FIRST = 8
    };
    if (count > 0 && (count < FIRST || (count & (count - 1)) != 0))
        return items; /* full only at 8, 16, 32 … */
    size_t room = count == 0 ? FIRST : count * 2;
    void *grown = arena_alloc(a, room * item_bytes);
    if (count > 0)
        memcpy(grown, items, count * item_bytes);
    return grown;
}
