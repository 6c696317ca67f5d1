#ifndef CORE_IO_STORE_SQLITE_FILE_H
#define CORE_IO_STORE_SQLITE_FILE_H

#include "core/base/error.h"

/**
 * The files around a database: one process at a time, readable by their owner only, and none of
 * them gone since the last run. Zeroed is not valid: start with SQL_FILE_NONE.
 */
struct sql_file {
    int lock_fd;
};
#define SQL_FILE_NONE ((struct sql_file){.lock_fd = -1})

/**
 * Lock path + ".lock" and create the database when there is none. Before SQLite opens it: closing a
 * second descriptor of a database drops the locks that SQLite holds on it.
 */
NODISCARD enum error_code sql_file_claim(struct sql_file *f, const char *path, struct error *err);

/** From now on commits may live in the write-ahead log only. SQLite has created it. */
NODISCARD enum error_code sql_file_mark_open(struct sql_file *f, const char *path,
                                             struct error *err);

/** All commits are in the database itself. Just before SQLite closes it. */
void sql_file_mark_clean(struct sql_file *f);

void sql_file_release(struct sql_file *f);

#endif
