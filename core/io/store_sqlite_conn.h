#ifndef CORE_IO_STORE_SQLITE_CONN_H
#define CORE_IO_STORE_SQLITE_CONN_H

/* Between the files of the SQLite store: a connection, its statements, values in and out. */
#include <sqlite3.h>

#include "core/domain/store_impl.h"
#include "core/io/store_sqlite_sql.h"

/** A connection with its prepared statements. One thread at a time. Zeroed is closed. */
struct sql_conn {
    sqlite3 *db;
    sqlite3_stmt *stmts[SQL_COUNT];
    int trouble; /* first SQLite result that spoils the whole transaction; 0: none */
};

enum sql_open_mode {
    SQL_OPEN_READ,
    SQL_OPEN_WRITE
};

/** Open path and set what every connection of ours has set. The file must exist. */
NODISCARD enum error_code sql_open(struct sql_conn *c, const char *path, enum sql_open_mode mode,
                                   struct error *err);
void sql_close(struct sql_conn *c); /* finalizes its statements; closed is fine */

/** Tell err what rc, a result of SQLite, means for people and what to do. */
enum error_code sql_fail(int rc, struct error *err);

/** True when the file is damaged or a sync failed: nothing written from now on can be trusted. */
bool sql_is_fatal(int rc);

/** Run a statement without parameters, such as SQL_BEGIN. Returns SQLite's result, 0 when done. */
int sql_command(struct sql_conn *c, enum sql_id id);

/** Create or upgrade the tables. ERR_INVALID when the file is another program's, or newer. */
NODISCARD enum error_code sql_migrate(struct sql_conn *c, const char *path, struct error *err);

/* ---- one run of a statement ------------------------------------------------------------------ */

/**
 * Values are bound in the order of the parameters and read in the order of the columns. Failure is
 * sticky and told by sql_result(). Bound strings are borrowed until the query ends.
 */
struct sql_query {
    struct sql_conn *conn;
    sqlite3_stmt *stmt;
    int rc;
    int param;  /* last one bound */
    int column; /* next one to read */
};

struct sql_query sql_query(struct sql_conn *c, enum sql_id id);
void sql_query_end(struct sql_query *q); /* for CLEANUP */

void sql_put_i64(struct sql_query *q, int64_t v);
void sql_put_id(struct sql_query *q, int64_t id); /* 0: the database gives one */
void sql_put_str(struct sql_query *q, struct str s);
void sql_put_z(struct sql_query *q, const char *z);
void sql_put_blob(struct sql_query *q, struct str bytes);
void sql_put_null(struct sql_query *q);

/** Go on to the next row; false at the end and on failure. */
bool sql_row(struct sql_query *q);

int64_t sql_i64(struct sql_query *q);
uint32_t sql_u32(struct sql_query *q);
struct str sql_str(struct sql_query *q); /* valid until the next row */
void sql_chars(struct sql_query *q, char *dst, size_t dst_size);

/** ERR_OK unless something failed since the query began. */
enum error_code sql_result(struct sql_query *q, struct error *err);

/** Run a statement that gives no rows. ERR_CONFLICT with `what` when a key is taken. */
enum error_code sql_run(struct sql_query *q, const char *what, struct error *err);

/** Fetch the one row. ERR_NOT_FOUND with `what` when there is none. */
enum error_code sql_one(struct sql_query *q, const char *what, struct error *err);

/** Rows that the last sql_run() changed. */
int64_t sql_changes(const struct sql_query *q);

/* ---- a transaction --------------------------------------------------------------------------- */

/** The indexed columns of the call that was read or written last, see enum sql_call_change. */
struct sql_call_marks {
    int64_t id; /* 0: none */
    enum call_status status;
    enum call_placement placement;
    int64_t check_ms;
    char provider[CALL_NAME_SIZE];
    char from[CALL_PARTY_SIZE];
    char sid[CALL_SID_SIZE];
};

struct sql_tx {
    struct store_tx base;
    struct sql_conn *conn;
    struct sql_call_marks marks; /* of the writer; void after a rollback */
};

struct sql_tx *sql_tx_from(struct store_tx *tx);

/** A growing arena array: *items has room for one more of item_bytes after the call. */
void *sql_grow(struct arena *a, void *items, size_t count, size_t item_bytes);

/* ---- the operations, by file ------------------------------------------------------------------
 */

extern const struct store_ops store_sqlite_ops;

#endif
