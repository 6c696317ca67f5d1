#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/compiler.h"
#include "tests/unit/store/sqlite_rig.h"

static bool says(const struct rig *r, const char *words) {
    return strstr(r->err.text, words) != NULL;
}

static void write_file(const struct rig *r, const char *suffix, const char *bytes) {
    char file[320];
    rig_file(r, suffix, file);
    FILE *out = fopen(file, "wb");
    if (out) {
        fputs(bytes, out);
        fclose(out);
    }
}

TEST(sqlite, a_new_database_is_readable_by_its_owner_only) {
    struct rig r;
    rig_init(&r);
    EXPECT_INT(rig_open(&r), ERR_OK);
    EXPECT_INT(rig_write_event(&r, NULL), ERR_OK);
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
        char file[320];
        struct stat st = {0};
        rig_file(&r, suffixes[i], file);
        EXPECT_INT(stat(file, &st), 0);
        EXPECT_INT(st.st_mode & 0777, 0600);
    }
    rig_release(&r);
}

TEST(sqlite, closing_leaves_all_in_the_database_file) {
    struct rig r;
    rig_init(&r);
    EXPECT_INT(rig_open(&r), ERR_OK);
    EXPECT_INT(rig_write_event(&r, NULL), ERR_OK);
    rig_close(&r);
    EXPECT(!rig_exists(&r, "-wal"));
    EXPECT(!rig_exists(&r, "-shm"));
    EXPECT_INT(rig_open(&r), ERR_OK);
    EXPECT_INT(rig_last_event(&r), 1);
    rig_release(&r);
}

TEST(sqlite, the_tables_have_a_version_and_the_file_an_owner) {
    struct rig r;
    rig_init(&r);
    EXPECT_INT(rig_open(&r), ERR_OK);
    struct held h;
    hold_read(&h, r.s);
    EXPECT_INT(rig_number(rig_db(&h), "PRAGMA user_version"), 7);
    EXPECT_INT(rig_number(rig_db(&h), "PRAGMA application_id"), 0x53774831);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    rig_release(&r);
}

TEST(sqlite, the_writer_is_durable_and_keeps_secrets_out_of_files) {
    static const struct {
        const char *pragma;
        int64_t want;
    } rows[] = {
        {"PRAGMA synchronous", 2},        {"PRAGMA secure_delete", 1}, {"PRAGMA temp_store", 2},
        {"PRAGMA wal_autocheckpoint", 0}, {"PRAGMA foreign_keys", 1},  {"PRAGMA trusted_schema", 0},
        {"PRAGMA cell_size_check", 1},
    };
    struct rig r;
    rig_init(&r);
    EXPECT_INT(rig_open(&r), ERR_OK);
    struct held h;
    hold_write(&h, r.s);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        EXPECT_INT(rig_number(rig_db(&h), rows[i].pragma), rows[i].want);
    EXPECT(sqlite3_exec(rig_db(&h), "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema", NULL,
                        NULL, NULL) != SQLITE_OK);
    EXPECT(sqlite3_exec(rig_db(&h), "SELECT \"no such column\"", NULL, NULL, NULL) != SQLITE_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    rig_release(&r);
}

TEST(sqlite, a_reader_cannot_write) {
    struct rig r;
    rig_init(&r);
    EXPECT_INT(rig_open(&r), ERR_OK);
    struct held h;
    hold_read(&h, r.s);
    EXPECT_INT(rig_number(rig_db(&h), "PRAGMA query_only"), 1);
    EXPECT(sqlite3_exec(rig_db(&h), "DELETE FROM events", NULL, NULL, NULL) != SQLITE_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    rig_release(&r);
}

TEST(sqlite, a_second_store_on_the_same_file_is_refused) {
    struct rig r;
    rig_init(&r);
    EXPECT_INT(rig_open(&r), ERR_OK);
    struct store *first = r.s;
    EXPECT_INT(rig_open(&r), ERR_CONFLICT);
    EXPECT(says(&r, "in use by another process"));
    EXPECT(says(&r, r.path));
    EXPECT(r.s == first);
    EXPECT_INT(rig_write_event(&r, NULL), ERR_OK); /* the first is not disturbed */
    rig_close(&r);
    EXPECT_INT(rig_open(&r), ERR_OK);
    rig_release(&r);
}

TEST(sqlite, a_missing_directory_is_named) {
    struct rig r;
    rig_init(&r);
    snprintf(r.path, sizeof r.path, "%s/nowhere/calls.db", r.dir.path);
    EXPECT_INT(rig_open(&r), ERR_IO);
    EXPECT(says(&r, r.path));
    rig_release(&r);
}

TEST(sqlite, another_programs_database_is_refused_and_left_alone) {
    struct rig r;
    rig_init(&r);
    EXPECT(rig_raw(&r, "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)"));
    EXPECT_INT(rig_open(&r), ERR_INVALID);
    EXPECT(says(&r, "another program"));
    EXPECT(says(&r, r.path));
    EXPECT(rig_raw(&r, "SELECT x FROM theirs"));
    EXPECT(!rig_raw(&r, "SELECT id FROM calls"));
    rig_release(&r);
}

TEST(sqlite, a_database_of_a_newer_version_is_refused) {
    struct rig r;
    rig_init(&r);
    EXPECT_INT(rig_open(&r), ERR_OK);
    rig_close(&r);
    EXPECT(rig_raw(&r, "PRAGMA user_version = 99"));
    EXPECT_INT(rig_open(&r), ERR_INVALID);
    EXPECT(says(&r, "newer"));
    EXPECT(says(&r, "99"));
    rig_release(&r);
}

/* What each version added, taken away again: what is left is a database of the version before. */
static const struct {
    int version;
    const char *undo;
} migrations[] = {
    {7, "DROP INDEX payments_charging; DROP INDEX consents_call"},
    {6, "ALTER TABLE calls DROP COLUMN attempted_ms"},
    {5, "DROP TABLE payments"},
    {4, "ALTER TABLE calls DROP COLUMN inbound; DROP TABLE consents"},
    {3, "DROP INDEX calls_open"},
    {2, "DROP INDEX calls_attempted"},
};

static enum error_code insert_tx(struct store_tx *tx, void *ctx, struct error *err) {
    return store_insert_call(tx, ctx, STR("{\"metadata\":{\"a\":1}}"), err);
}

static enum error_code get_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct call *c = ctx;
    return store_get_call(tx, c->id, c, err);
}

/* The tables of a file as SQLite holds them, one after the other. */
static int64_t schema_digest(struct rig *r) {
    struct held h;
    hold_read(&h, r->s);
    /* columns that were added later stand last in the text of their table, however that came */
    int64_t n = rig_number(rig_db(&h), "SELECT count(*) FROM sqlite_schema s, "
                                       "pragma_table_xinfo(s.name) WHERE s.type = 'table'");
    int64_t indexes =
        rig_number(rig_db(&h), "SELECT count(*) FROM sqlite_schema WHERE type = 'index'");
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    return n * 1000 + indexes;
}

TEST(sqlite, a_database_of_each_older_version_is_brought_up_and_loses_nothing) {
    struct rig fresh;
    rig_init(&fresh);
    EXPECT_INT(rig_open(&fresh), ERR_OK);
    int64_t want = schema_digest(&fresh);
    for (size_t steps = 1; steps <= ARRAY_LEN(migrations); steps++) {
        struct rig r;
        struct call c = {.id = 77,
                         .status = CALL_ANSWERED,
                         .placement = CALL_PLACE_SUBMITTED,
                         .provider = "mock",
                         .to = "+12025550100",
                         .sid = "CA1",
                         .created_ms = 1,
                         .check_ms = 5};
        char version[64];
        rig_init(&r);
        EXPECT_INT(rig_open(&r), ERR_OK);
        EXPECT_INT(store_write(r.s, insert_tx, &c, NULL), ERR_OK);
        EXPECT_INT(rig_write_event(&r, NULL), ERR_OK);
        rig_close(&r);
        for (size_t i = 0; i < steps; i++)
            EXPECT(rig_raw(&r, migrations[i].undo));
        snprintf(version, sizeof version, "PRAGMA user_version = %d",
                 migrations[steps - 1].version - 1);
        EXPECT(rig_raw(&r, version));
        EXPECT_INT(rig_open(&r), ERR_OK);
        EXPECT_INT(schema_digest(&r), want);
        struct call got = {.id = c.id};
        EXPECT_INT(store_read(r.s, get_tx, &got, NULL), ERR_OK);
        EXPECT(got.status == CALL_ANSWERED && !got.inbound && got.attempted_ms == 0);
        EXPECT_STR(got.sid, "CA1");
        EXPECT_INT(rig_last_event(&r), 1);
        rig_release(&r);
    }
    rig_release(&fresh);
}

/* An update that is cut short by a kill or a full disk leaves the old version whole. */
TEST(sqlite, a_migration_that_fails_leaves_the_database_as_it_was) {
    struct rig r;
    rig_init(&r);
    EXPECT_INT(rig_open(&r), ERR_OK);
    EXPECT_INT(rig_write_event(&r, NULL), ERR_OK);
    rig_close(&r);
    EXPECT(rig_raw(&r, "PRAGMA user_version = 4")); /* its tables are there already */
    EXPECT_INT(rig_open(&r), ERR_STORE);
    EXPECT(rig_raw(&r, "SELECT count(*) FROM payments"));
    EXPECT(rig_raw(&r, "PRAGMA user_version = 7"));
    EXPECT_INT(rig_open(&r), ERR_OK);
    EXPECT_INT(rig_last_event(&r), 1);
    rig_release(&r);
}

TEST(sqlite, a_file_that_is_no_database_is_refused) {
    struct rig r;
    rig_init(&r);
    write_file(&r, "",
               "This is a letter, not a database, and it is long enough to be read as one. "
               "SQLite looks at the first hundred bytes of a file before it says so.");
    EXPECT_INT(rig_open(&r), ERR_STORE);
    EXPECT(says(&r, r.path));
    EXPECT(says(&r, "restore"));
    rig_release(&r);
}

TEST(sqlite, an_empty_file_is_a_new_database) {
    struct rig r;
    rig_init(&r);
    write_file(&r, "", "");
    EXPECT_INT(rig_open(&r), ERR_OK);
    EXPECT_INT(rig_write_event(&r, NULL), ERR_OK);
    rig_release(&r);
}

/* ---- what a crash leaves -----------------------------------------------------------------------
 */

/* A copy of a running store's files is what the disk holds when its process is killed. */
static void crash(struct rig *from, struct rig *to) {
    rig_init(from);
    rig_init(to);
    EXPECT_INT(rig_open(from), ERR_OK);
    EXPECT_INT(rig_write_event(from, NULL), ERR_OK);
    EXPECT_INT(rig_write_event(from, NULL), ERR_OK);
    rig_copy(from, to);
}

TEST(sqlite, after_a_crash_all_that_was_committed_is_there) {
    struct rig r, after;
    crash(&r, &after);
    EXPECT(rig_size(&after, "-wal") > 0);
    EXPECT_INT(rig_open(&after), ERR_OK);
    EXPECT_INT(rig_last_event(&after), 2);
    rig_release(&after);
    rig_release(&r);
}

TEST(sqlite, a_log_that_is_missing_after_a_crash_stops_the_start_until_it_is_accepted) {
    struct rig r, after;
    char file[320];
    crash(&r, &after);
    rig_file(&after, "-wal", file);
    EXPECT_INT(unlink(file), 0);
    EXPECT_INT(rig_open(&after), ERR_STORE);
    EXPECT(says(&after, "-wal is missing"));
    EXPECT(says(&after, ".lock"));
    EXPECT_INT(rig_open(&after), ERR_STORE); /* and not only once */
    rig_file(&after, ".lock", file);
    EXPECT_INT(unlink(file), 0);
    EXPECT_INT(rig_open(&after), ERR_OK);
    rig_release(&after);
    rig_release(&r);
}

TEST(sqlite, a_log_that_is_missing_after_a_clean_end_is_as_it_should_be) {
    struct rig r;
    rig_init(&r);
    for (int i = 0; i < 3; i++) {
        EXPECT_INT(rig_open(&r), ERR_OK);
        EXPECT_INT(rig_write_event(&r, NULL), ERR_OK);
        rig_close(&r);
        EXPECT(!rig_exists(&r, "-wal"));
    }
    rig_release(&r);
}
