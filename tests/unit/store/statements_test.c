#include <stdio.h>

#include "core/base/compiler.h"
#include "tests/unit/store/sqlite_rig.h"

/* Runs look(detail) over each line of "EXPLAIN <what> statement". */
static void explain(sqlite3 *db, const char *what, enum sql_id id,
                    void (*look)(enum sql_id id, sqlite3_stmt *row)) {
    char sql[4096];
    sqlite3_stmt *stmt = NULL;
    snprintf(sql, sizeof sql, "EXPLAIN %s %s", what, sql_text(id));
    int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);
    if (!test_check(rc == SQLITE_OK, __FILE__, __LINE__, sql))
        return;
    while (sqlite3_step(stmt) == SQLITE_ROW)
        look(id, stmt);
    sqlite3_finalize(stmt);
}

static void each_statement(const char *what, enum sql_id from, enum sql_id to,
                           void (*look)(enum sql_id id, sqlite3_stmt *row)) {
    struct rig r;
    rig_init(&r);
    EXPECT_INT(rig_open(&r), ERR_OK);
    struct held h;
    hold_write(&h, r.s);
    for (unsigned id = from; id <= to; id++)
        explain(rig_db(&h), what, (enum sql_id)id, look);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    rig_release(&r);
}

TEST(statements, each_has_a_text) {
    for (int id = 0; id < SQL_COUNT; id++)
        EXPECT(sql_text((enum sql_id)id) != NULL);
}

static void look_for_scans(enum sql_id id, sqlite3_stmt *row) {
    const char *detail = (const char *)sqlite3_column_text(row, 3);
    bool scans = strstr(detail, "SCAN") || strstr(detail, "TEMP B-TREE");
    if (scans && id == SQL_LIST_CATEGORIES && strstr(detail, "RIGHT PART OF ORDER BY"))
        return; /* sorts those of one total by name */
    if (!test_check(!scans, __FILE__, __LINE__, sql_text(id)))
        fprintf(stderr, "    %s\n", detail);
}

TEST(statements, none_reads_or_sorts_a_whole_table) {
    each_statement("QUERY PLAN", SQL_PROBE, SQL_COUNT - 1, look_for_scans);
}

static void look_for_index_writes(enum sql_id id, sqlite3_stmt *row) {
    const char *opcode = (const char *)sqlite3_column_text(row, 1);
    test_check(strcmp(opcode, "IdxInsert") != 0, __FILE__, __LINE__, sql_text(id));
    test_check(strcmp(opcode, "IdxDelete") != 0, __FILE__, __LINE__, sql_text(id));
}

TEST(statements, a_callback_that_changes_no_indexed_column_writes_to_no_index) {
    each_statement("", SQL_UPDATE_CALL, SQL_UPDATE_CALL, look_for_index_writes);
    each_statement("", SQL_INSERT_EVENT, SQL_INSERT_EVENT, look_for_index_writes);
}
