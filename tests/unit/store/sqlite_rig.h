#ifndef TESTS_UNIT_STORE_SQLITE_RIG_H
#define TESTS_UNIT_STORE_SQLITE_RIG_H

/* What the tests of the SQLite store share: a store in a directory of its own, and raw access. */
#include <sqlite3.h>

#include "core/io/store_sqlite.h"
#include "core/io/store_sqlite_conn.h"
#include "tests/support/fake_clock.h"
#include "tests/support/held_tx.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

struct rig {
    struct temp_dir dir;
    struct fake_clock clock;
    char path[320];
    unsigned readers; /* for rig_open() */
    struct store *s;  /* NULL while closed */
    struct error err; /* of the last rig_open() */
};

void rig_init(struct rig *r); /* nothing is opened yet */
enum error_code rig_open(struct rig *r);
void rig_close(struct rig *r);
void rig_release(struct rig *r);

/** The file next to the database, such as "-wal". dst holds 320 bytes. */
void rig_file(const struct rig *r, const char *suffix, char *dst);
bool rig_exists(const struct rig *r, const char *suffix);
int64_t rig_size(const struct rig *r, const char *suffix); /* -1: not there */

/** Copy the database, its log and its lock file into `to`, as a crash would leave them. */
void rig_copy(const struct rig *from, struct rig *to);

/** Run sql over a raw connection of its own; false when it fails. Only while the rig is closed. */
bool rig_raw(const struct rig *r, const char *sql);

/** Write one event in a transaction of its own. */
enum error_code rig_write_event(struct rig *r, struct error *err);

/** The newest event's number as a reader sees it, -1 when reading fails. */
int64_t rig_last_event(struct rig *r);

/** The connection behind a held transaction. */
sqlite3 *rig_db(struct held *h);

/** The first column of the first row as a number; -1 when there is none. */
int64_t rig_number(sqlite3 *db, const char *sql);

#endif
