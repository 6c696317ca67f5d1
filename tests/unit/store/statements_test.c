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

static void look_for_index(enum sql_id id, sqlite3_stmt *row) {
    static const char *const indexes[SQL_COUNT] = {
        [SQL_GET_CALL_BY_SID] = "calls_sid (sid=? AND provider=?)",
        [SQL_LIST_CALLS] = "INTEGER PRIMARY KEY (rowid>? AND rowid<?)",
        [SQL_LIST_CALLS_BY_TO] = "calls_to (to_number=? AND rowid>? AND rowid<?)",
        [SQL_LIST_CALLS_BY_END] = "calls_ended (ended=? AND rowid>? AND rowid<?)",
        [SQL_LIST_CALLS_OPEN] = "calls_ended (ended=? AND rowid>? AND rowid<?)",
        [SQL_LIST_CALLS_BY_FROM] = "calls_from (from_number=? AND rowid>? AND rowid<?)",
        [SQL_LIST_CALLS_BY_ASSISTANT] = "calls_assistant (assistant=? AND rowid>? AND rowid<?)",
        [SQL_LIST_CALLS_BY_PROVIDER] = "calls_provider (provider=? AND rowid>? AND rowid<?)",
        [SQL_LIST_DUE_CALLS] = "calls_check (check_ms>? AND check_ms<?)",
        [SQL_COUNT_OPEN] = "calls_open (provider=?)",
        [SQL_NUMBER_ATTEMPTED] = "calls_attempted (to_number=?)",
        [SQL_LIST_DUE_JOBS] = "jobs_due (due_ms<?)",
        [SQL_NEXT_JOB] = "jobs_due",
        [SQL_TAKE_OVER_JOBS] = "jobs_due (due_ms>?)",
        [SQL_TAKE_OVER_CALLS] = "calls_check (check_ms>?",
        [SQL_TURN_BACK_JOBS] = "jobs_due (due_ms>?)",
        [SQL_TURN_BACK_CALLS] = "calls_check (check_ms>?",
        [SQL_LIST_INFO_BY_SESSION] = "information_session (session_id=? AND rowid<?)",
        [SQL_LIST_INFO_BY_CALLER] = "information_caller (caller_id=? AND rowid<?)",
        [SQL_LIST_INFO_BY_CATEGORY] = "information_category (category=? AND rowid<?)",
        [SQL_LIST_CONSENTS] = "consents",
        [SQL_LIST_CONSENTS_BY_CALLER] = "consents_caller (caller=? AND rowid<?)",
        [SQL_LIST_CONSENTS_BY_CALL] = "consents_call (call_id=? AND rowid<?)",
        [SQL_LIST_CHARGING_PAYMENTS] = "payments_charging (status=?)",
        [SQL_LIST_SESSIONS] = "sessions_newest (last_info<?)",
        [SQL_LIST_CATEGORIES] = "categories_total (total>?)",
        [SQL_GET_RECORDING_BY_SID] = "recordings_sid (sid=? AND provider=?)",
        [SQL_LIST_RECORDINGS_BY_CALL] = "recordings_call (call_id=? AND rowid<?)",
    };
    const char *detail = (const char *)sqlite3_column_text(row, 3);
    if (indexes[id] && !strstr(detail, "TEMP B-TREE") &&
        !test_check(strstr(detail, indexes[id]) != NULL, __FILE__, __LINE__, indexes[id]))
        fprintf(stderr, "    got %s\n", detail);
}

TEST(statements, each_list_walks_the_index_of_its_filter) {
    each_statement("QUERY PLAN", SQL_PROBE, SQL_COUNT - 1, look_for_index);
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
