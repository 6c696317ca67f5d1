#include "core/io/store_sqlite_sql.h"

#include "core/base/compiler.h"

// clang-format off
#define CALL_COLUMNS                                                                        \
    "id, status, seen, reason, placement, provider, assistant, to_number, from_number, "    \
    "attempt, nonce, sid, record, detection, answered_by, ring_timeout_s, time_limit_s, "   \
    "duration_s, hangup_requested, carrier_code, error_text, outcome, created_ms, "         \
    "updated_ms, dialed_ms, ringing_ms, answered_ms, ended_ms, check_ms, last_event, inbound, "\
    "attempted_ms"

#define CALL_LIST(source, filter)                                          \
    "SELECT " CALL_COLUMNS " FROM calls " source " WHERE " filter          \
    " id < ?1 AND id >= ?2 ORDER BY id DESC"

#define CALL_SET                                                                            \
    "UPDATE calls SET status = ?2, seen = ?3, reason = ?4, attempt = ?6, "                   \
    "nonce = ?7, record = ?8, detection = ?9, answered_by = ?10, ring_timeout_s = ?11, "    \
    "time_limit_s = ?12, duration_s = ?13, hangup_requested = ?14, carrier_code = ?15, "    \
    "error_text = ?16, outcome = ?17, updated_ms = ?18, dialed_ms = ?19, ringing_ms = ?20, "\
    "answered_ms = ?21, ended_ms = ?22, last_event = ?23, attempted_ms = ?24"
#define CALL_SET_CHECK ", check_ms = ?25"
#define CALL_SET_IDENT ", provider = ?26, from_number = ?27, sid = ?28, placement = ?5"
#define CALL_SET_ENDED ", ended = ?29"
#define CALL_WHERE     " WHERE id = ?1"

#define EVENT_COLUMNS "seq, call_id, prev, type, at_ms, data"

#define INFO_LIST(source, filter)                                                           \
    "SELECT id, call_id, session_id, caller_id, category, information, at_ms "              \
    "FROM information " source " WHERE " filter " id < ?1 ORDER BY id DESC"

#define SESSION_COLUMNS                                                                     \
    "session_id, call_id, caller_id, first_ms, last_ms, info_count, last_info"

#define CONSENT_COLUMNS                                                                     \
    "id, call_id, caller, purpose, answer, basis, question, words, assistant, version, at_ms"
#define CONSENT_LIST(source, filter)                                                        \
    "SELECT " CONSENT_COLUMNS " FROM consents " source " WHERE " filter                     \
    " id < ?1 ORDER BY id DESC"

#define RECORDING_COLUMNS                                                                   \
    "id, call_id, provider, sid, status, channels, duration_s, bytes, format, digest, "     \
    "carrier_copy_deleted, error_text, created_ms, updated_ms"

#define PAYMENT_COLUMNS                                                                       \
    "id, call_id, status, result, guard, own, attempts, amount, currency, transaction_id, "   \
    "charge_id, token_id, error_code, error_text, last4, card_type, created_ms, updated_ms"

static const char *const texts[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE", /* a deferred one that upgrades fails at once: BUSY_SNAPSHOT */
    [SQL_BEGIN_READ] = "BEGIN",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_SAVE] = "SAVEPOINT work",
    [SQL_SAVE_UNDO] = "ROLLBACK TO work",
    [SQL_SAVE_FORGET] = "RELEASE work",
    [SQL_PROBE] = "INSERT INTO probe (id, at_ms) VALUES (1, ?1) "
                  "ON CONFLICT (id) DO UPDATE SET at_ms = excluded.at_ms",

    [SQL_INSERT_CALL] =
        "INSERT INTO calls (" CALL_COLUMNS ", ended) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
        "?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, "
        "?28, ?29, ?30, ?31, ?32, ?33)",
    [SQL_INSERT_REQUEST] = "INSERT INTO call_requests (id, request) VALUES (?1, ?2)",
    [SQL_GET_CALL] = "SELECT " CALL_COLUMNS " FROM calls WHERE id = ?1",
    [SQL_GET_CALL_BY_SID] =
        "SELECT " CALL_COLUMNS " FROM calls INDEXED BY calls_sid "
        "WHERE sid = ?1 AND provider = ?2 AND sid <> '' ORDER BY id DESC LIMIT 1",
    [SQL_GET_REQUEST] = "SELECT request FROM call_requests WHERE id = ?1",
    [SQL_GET_CALL_MARKS] =
        "SELECT status, check_ms, provider, from_number, sid, placement FROM calls WHERE id = ?1",
    [SQL_NUMBER_ATTEMPTED] =
        "SELECT 1 FROM calls INDEXED BY calls_attempted WHERE to_number = ?1 "
        "AND placement IN (2, 3) AND id <> ?2 AND ended IS NULL LIMIT 1",
    [SQL_COUNT_OPEN] =
        "SELECT count(*) FROM calls INDEXED BY calls_open WHERE provider = ?1 "
        "AND placement IN (2, 3, 4) AND ended IS NULL",
    [SQL_UPDATE_CALL] = CALL_SET CALL_WHERE,
    [SQL_UPDATE_CALL + SQL_CALL_CHECK] = CALL_SET CALL_SET_CHECK CALL_WHERE,
    [SQL_UPDATE_CALL + SQL_CALL_IDENT] = CALL_SET CALL_SET_IDENT CALL_WHERE,
    [SQL_UPDATE_CALL + SQL_CALL_IDENT + SQL_CALL_CHECK] =
        CALL_SET CALL_SET_CHECK CALL_SET_IDENT CALL_WHERE,
    [SQL_UPDATE_CALL + SQL_CALL_ENDED] = CALL_SET CALL_SET_ENDED CALL_WHERE,
    [SQL_UPDATE_CALL + SQL_CALL_ENDED + SQL_CALL_CHECK] =
        CALL_SET CALL_SET_CHECK CALL_SET_ENDED CALL_WHERE,
    [SQL_UPDATE_CALL + SQL_CALL_ENDED + SQL_CALL_IDENT] =
        CALL_SET CALL_SET_IDENT CALL_SET_ENDED CALL_WHERE,
    [SQL_UPDATE_CALL + SQL_CALL_ENDED + SQL_CALL_IDENT + SQL_CALL_CHECK] =
        CALL_SET CALL_SET_CHECK CALL_SET_IDENT CALL_SET_ENDED CALL_WHERE,
    [SQL_LIST_CALLS] = CALL_LIST("NOT INDEXED", ""),
    [SQL_LIST_CALLS_BY_TO] = CALL_LIST("INDEXED BY calls_to", "to_number = ?3 AND"),
    [SQL_LIST_CALLS_BY_END] = CALL_LIST("INDEXED BY calls_ended", "ended = ?3 AND"),
    [SQL_LIST_CALLS_OPEN] = CALL_LIST("INDEXED BY calls_ended", "ended IS NULL AND"),
    [SQL_LIST_CALLS_BY_FROM] = CALL_LIST("INDEXED BY calls_from", "from_number = ?3 AND"),
    [SQL_LIST_CALLS_BY_ASSISTANT] =
        CALL_LIST("INDEXED BY calls_assistant", "assistant = ?3 AND assistant <> '' AND"),
    [SQL_LIST_CALLS_BY_PROVIDER] = CALL_LIST("INDEXED BY calls_provider", "provider = ?3 AND"),
    [SQL_LIST_DUE_CALLS] = "SELECT id FROM calls INDEXED BY calls_check "
                           "WHERE check_ms > 0 AND check_ms <= ?1 ORDER BY check_ms, id LIMIT ?2",

    [SQL_INSERT_EVENT] =
        "INSERT INTO events (call_id, prev, type, at_ms, data) VALUES (?1, ?2, ?3, ?4, ?5)",
    [SQL_LIST_EVENTS] =
        "SELECT " EVENT_COLUMNS " FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    [SQL_GET_EVENT] = "SELECT " EVENT_COLUMNS " FROM events WHERE seq = ?1",
    [SQL_LAST_EVENT] = "SELECT max(seq) FROM events",

    [SQL_INSERT_JOB] = "INSERT INTO jobs (id, kind, call_id, ref_id, ref_text, run_at_ms, due_ms, "
                       "attempt, lease_until_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 0, 0)",
    [SQL_LIST_DUE_JOBS] =
        "SELECT id, kind, call_id, ref_id, ref_text, attempt, run_at_ms FROM jobs "
        "INDEXED BY jobs_due WHERE due_ms <= ?1 ORDER BY due_ms, id LIMIT ?2",
    [SQL_CLAIM_JOB] = "UPDATE jobs SET attempt = ?2, lease_until_ms = ?3, due_ms = ?3 "
                      "WHERE id = ?1",
    [SQL_NEXT_JOB] = "SELECT min(due_ms) FROM jobs INDEXED BY jobs_due",
    [SQL_FINISH_JOB] = "DELETE FROM jobs WHERE id = ?1 AND attempt = ?2 AND lease_until_ms > 0",
    [SQL_RETRY_JOB] = "UPDATE jobs SET run_at_ms = ?3, due_ms = ?3, lease_until_ms = 0 "
                      "WHERE id = ?1 AND attempt = ?2 AND lease_until_ms > 0",

    [SQL_TAKE_OVER_JOBS] = "UPDATE jobs INDEXED BY jobs_due SET due_ms = run_at_ms, "
                           "lease_until_ms = 0 WHERE due_ms > ?1 AND lease_until_ms > 0",
    [SQL_TAKE_OVER_CALLS] = "UPDATE calls INDEXED BY calls_check SET check_ms = ?1 "
                            "WHERE check_ms > 0 AND check_ms > ?1 AND sid <> ''",
    /* those who hold a lease keep it: what is under way must not be begun again */
    [SQL_TURN_BACK_JOBS] =
        "UPDATE jobs INDEXED BY jobs_due SET run_at_ms = max(?1, run_at_ms - ?2), "
        "due_ms = iif(lease_until_ms > 0, min(due_ms, ?3), max(?1, due_ms - ?2)), "
        "lease_until_ms = min(lease_until_ms, ?3) WHERE due_ms > ?1",
    /* one that was accepted after the clock was set back must not seem to be late */
    [SQL_TURN_BACK_CALLS] = "UPDATE calls INDEXED BY calls_check SET check_ms = check_ms - ?2 "
                            "WHERE check_ms > 0 AND check_ms > ?1",
    [SQL_RENEW_JOB] = "UPDATE jobs SET lease_until_ms = ?3, due_ms = ?3 "
                      "WHERE id = ?1 AND attempt = ?2 AND lease_until_ms > 0",

    [SQL_GET_CONVERSATION] =
        "SELECT turn, lines, state, plan FROM conversations WHERE call_id = ?1",
    [SQL_PUT_CONVERSATION] =
        "INSERT INTO conversations (call_id, turn, lines, state, plan) "
        "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (call_id) DO UPDATE SET turn = excluded.turn, "
        "lines = excluded.lines, state = excluded.state, plan = excluded.plan",
    [SQL_INSERT_TURN] =
        "INSERT INTO turns (call_id, n, role, at_ms, text) VALUES (?1, ?2, ?3, ?4, ?5)",
    [SQL_LIST_TURNS] = "SELECT n, role, at_ms, text FROM turns WHERE call_id = ?1 ORDER BY n",

    [SQL_INSERT_INFO] =
        "INSERT INTO information (id, call_id, session_id, caller_id, category, information, "
        "at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [SQL_PUT_SESSION] =
        "INSERT INTO sessions (session_id, call_id, caller_id, first_ms, last_ms, info_count, "
        "last_info) VALUES (?1, ?2, ?3, ?4, ?4, 1, ?5) ON CONFLICT (session_id) DO UPDATE SET "
        "call_id = iif(call_id = 0, excluded.call_id, call_id), "
        "caller_id = iif(caller_id = '', excluded.caller_id, caller_id), "
        "first_ms = min(first_ms, excluded.first_ms), last_ms = max(last_ms, excluded.last_ms), "
        "info_count = info_count + 1, last_info = max(last_info, excluded.last_info) "
        "RETURNING info_count",
    [SQL_ADD_CATEGORY] =
        "INSERT INTO categories (category, total) VALUES (?1, 1) "
        "ON CONFLICT (category) DO UPDATE SET total = total + 1",
    [SQL_LIST_INFO] = INFO_LIST("NOT INDEXED", ""),
    [SQL_LIST_INFO_BY_SESSION] =
        INFO_LIST("INDEXED BY information_session", "session_id = ?2 AND"),
    [SQL_LIST_INFO_BY_CALLER] = INFO_LIST("INDEXED BY information_caller", "caller_id = ?2 AND"),
    [SQL_LIST_INFO_BY_CATEGORY] =
        INFO_LIST("INDEXED BY information_category", "category = ?2 AND"),
    [SQL_GET_SESSION] = "SELECT " SESSION_COLUMNS " FROM sessions WHERE session_id = ?1",
    [SQL_LIST_SESSIONS] =
        "SELECT " SESSION_COLUMNS " "
        "FROM sessions INDEXED BY sessions_newest WHERE last_info < ?1 "
        "ORDER BY last_info DESC LIMIT ?2",
    [SQL_LIST_CATEGORIES] = "SELECT category, total FROM categories INDEXED BY categories_total "
                            "WHERE total > 0 ORDER BY total DESC, category LIMIT ?1",

    [SQL_INSERT_CONSENT] =
        "INSERT INTO consents (" CONSENT_COLUMNS ") "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [SQL_GET_CONSENT] = "SELECT " CONSENT_COLUMNS " FROM consents WHERE id = ?1",
    [SQL_LIST_CONSENTS] = CONSENT_LIST("NOT INDEXED", ""),
    [SQL_LIST_CONSENTS_BY_CALLER] = CONSENT_LIST("INDEXED BY consents_caller", "caller = ?2 AND"),
    [SQL_LIST_CONSENTS_BY_CALL] =
        CONSENT_LIST("INDEXED BY consents_call", "call_id = ?2 AND call_id <> 0 AND"),

    [SQL_INSERT_RECORDING] =
        "INSERT INTO recordings (" RECORDING_COLUMNS ") "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    [SQL_UPDATE_RECORDING] =
        "UPDATE recordings SET call_id = ?2, provider = ?3, sid = ?4, status = ?5, channels = ?6, "
        "duration_s = ?7, bytes = ?8, format = ?9, digest = ?10, carrier_copy_deleted = ?11, "
        "error_text = ?12, created_ms = ?13, updated_ms = ?14 WHERE id = ?1",
    [SQL_GET_RECORDING] = "SELECT " RECORDING_COLUMNS " FROM recordings WHERE id = ?1",
    [SQL_GET_RECORDING_BY_SID] =
        "SELECT " RECORDING_COLUMNS " FROM recordings INDEXED BY recordings_sid "
        "WHERE sid = ?1 AND provider = ?2 AND sid <> ''",
    [SQL_LIST_RECORDINGS] =
        "SELECT " RECORDING_COLUMNS " FROM recordings WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
    [SQL_LIST_RECORDINGS_BY_CALL] =
        "SELECT " RECORDING_COLUMNS " FROM recordings INDEXED BY recordings_call "
        "WHERE id < ?1 AND call_id = ?3 ORDER BY id DESC LIMIT ?2",
    [SQL_GET_CALL_KEY] = "SELECT wrapped FROM call_keys WHERE call_id = ?1",
    [SQL_INSERT_CALL_KEY] = "INSERT INTO call_keys (call_id, wrapped) VALUES (?1, ?2)",

    [SQL_INSERT_PAYMENT] =
        "INSERT INTO payments (" PAYMENT_COLUMNS ", plan) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
        "?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
    [SQL_UPDATE_PAYMENT] =
        "UPDATE payments SET call_id = ?2, status = ?3, result = ?4, guard = ?5, own = ?6, "
        "attempts = ?7, amount = ?8, currency = ?9, transaction_id = ?10, charge_id = ?11, "
        "token_id = ?12, error_code = ?13, error_text = ?14, last4 = ?15, card_type = ?16, "
        "created_ms = ?17, updated_ms = ?18 WHERE id = ?1",
    [SQL_GET_PAYMENT] = "SELECT " PAYMENT_COLUMNS " FROM payments WHERE id = ?1",
    [SQL_GET_PAYMENT_PLAN] = "SELECT plan FROM payments WHERE id = ?1",
    [SQL_FIND_PAYMENT] =
        "SELECT " PAYMENT_COLUMNS " FROM payments INDEXED BY payments_transaction "
        "WHERE transaction_id = ?1 AND call_id = 0 AND transaction_id <> ''",
    [SQL_LIST_PAYMENTS] =
        "SELECT " PAYMENT_COLUMNS " FROM payments INDEXED BY payments_call "
        "WHERE call_id = ?1 ORDER BY id DESC LIMIT ?2",
    [SQL_LIST_CHARGING_PAYMENTS] =
        "SELECT " PAYMENT_COLUMNS " FROM payments INDEXED BY payments_charging "
        "WHERE status = 2 ORDER BY id LIMIT ?1",

    [SQL_GET_IDEMPOTENCY] = "SELECT call_id, digest FROM idempotency WHERE key = ?1",
    [SQL_INSERT_IDEMPOTENCY] =
        "INSERT INTO idempotency (key, digest, call_id, at_ms) VALUES (?1, ?2, ?3, ?4)",
    [SQL_ADD_COUNTER] = "INSERT INTO counters (id, value) VALUES (?1, ?2) "
                        "ON CONFLICT (id) DO UPDATE SET value = value + excluded.value",
    [SQL_GET_COUNTERS] = "SELECT id, value FROM counters WHERE id >= 0",
};
// clang-format on

const char *sql_text(enum sql_id id) {
    return texts[id];
}
