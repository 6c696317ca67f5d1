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
    EXPECT_INT(rig_number(rig_db(&h), "PRAGMA user_version"), 5);
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
