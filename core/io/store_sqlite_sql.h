#ifndef CORE_IO_STORE_SQLITE_SQL_H
#define CORE_IO_STORE_SQLITE_SQL_H

/* Every statement that runs after start-up, by name. Each connection prepares each at most once. */
enum sql_id {
    SQL_BEGIN = 0,
    SQL_BEGIN_READ,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_SAVE,
    SQL_SAVE_UNDO,
    SQL_SAVE_FORGET,
    SQL_PROBE,

    SQL_INSERT_CALL,
    SQL_INSERT_REQUEST,
    SQL_GET_CALL,
    SQL_GET_CALL_BY_SID,
    SQL_GET_REQUEST,
    SQL_GET_CALL_MARKS,
    SQL_NUMBER_ATTEMPTED,
    SQL_COUNT_OPEN,
    SQL_UPDATE_CALL, /* + any of enum sql_call_change */
    SQL_UPDATE_CALL_LAST = SQL_UPDATE_CALL + 7,
    SQL_LIST_CALLS,
    SQL_LIST_CALLS_BY_TO,
    SQL_LIST_CALLS_BY_END,
    SQL_LIST_CALLS_OPEN,
    SQL_LIST_CALLS_BY_FROM,
    SQL_LIST_CALLS_BY_ASSISTANT,
    SQL_LIST_CALLS_BY_PROVIDER,
    SQL_LIST_DUE_CALLS,

    SQL_INSERT_EVENT,
    SQL_LIST_EVENTS,
    SQL_GET_EVENT,
    SQL_LAST_EVENT,

    SQL_INSERT_JOB,
    SQL_LIST_DUE_JOBS,
    SQL_CLAIM_JOB,
    SQL_NEXT_JOB,
    SQL_FINISH_JOB,
    SQL_RETRY_JOB,
    SQL_TAKE_OVER_JOBS,
    SQL_TAKE_OVER_CALLS,
    SQL_TURN_BACK_JOBS,
    SQL_TURN_BACK_CALLS,
    SQL_RENEW_JOB,

    SQL_GET_CONVERSATION,
    SQL_PUT_CONVERSATION,
    SQL_INSERT_TURN,
    SQL_LIST_TURNS,

    SQL_INSERT_INFO,
    SQL_PUT_SESSION,
    SQL_ADD_CATEGORY,
    SQL_LIST_INFO,
    SQL_LIST_INFO_BY_SESSION,
    SQL_LIST_INFO_BY_CALLER,
    SQL_LIST_INFO_BY_CATEGORY,
    SQL_GET_SESSION,
    SQL_LIST_SESSIONS,
    SQL_LIST_CATEGORIES,

    SQL_INSERT_CONSENT,
    SQL_GET_CONSENT,
    SQL_LIST_CONSENTS,
    SQL_LIST_CONSENTS_BY_CALLER,
    SQL_LIST_CONSENTS_BY_CALL,

    SQL_INSERT_RECORDING,
    SQL_UPDATE_RECORDING,
    SQL_GET_RECORDING,
    SQL_GET_RECORDING_BY_SID,
    SQL_LIST_RECORDINGS,
    SQL_LIST_RECORDINGS_BY_CALL,
    SQL_GET_CALL_KEY,
    SQL_INSERT_CALL_KEY,

    SQL_INSERT_PAYMENT,
    SQL_UPDATE_PAYMENT,
    SQL_GET_PAYMENT,
    SQL_GET_PAYMENT_PLAN,
    SQL_FIND_PAYMENT,
    SQL_LIST_PAYMENTS,
    SQL_LIST_CHARGING_PAYMENTS,

    SQL_GET_IDEMPOTENCY,
    SQL_INSERT_IDEMPOTENCY,
    SQL_ADD_COUNTER,
    SQL_GET_COUNTERS,
    SQL_COUNT
};

/*
 * What an update changes of a call besides its plain columns. SQLite rewrites the entry of every
 * index that has a column in the SET list, changed or not, so indexed columns are only named when
 * they change.
 */
enum sql_call_change {
    SQL_CALL_CHECK = 1, /* check_ms */
    SQL_CALL_IDENT = 2, /* provider, from, sid */
    SQL_CALL_ENDED = 4  /* between open and final, or from one final state to another */
};

const char *sql_text(enum sql_id id);

#endif
