#ifndef CORE_DOMAIN_CALL_H
#define CORE_DOMAIN_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/str.h"
#include "core/domain/phone.h"

/** Prefix of call ids in text: "call_0C7MPQ4ZK2R8T". */
#define CALL_ID_PREFIX "call"

enum call_status {
    CALL_STATUS_NONE = 0, /* zeroed memory is never a valid state */
    CALL_QUEUED,          /* accepted by us, not yet by the carrier */
    CALL_UNKNOWN,         /* the carrier may or may not have it; being settled */
    CALL_DIALING,         /* accepted by the carrier */
    CALL_RINGING,
    CALL_ANSWERED,
    CALL_COMPLETED, /* from here on: final */
    CALL_BUSY,
    CALL_NO_ANSWER,
    CALL_FAILED,
    CALL_CANCELED,
    CALL_STATUS_COUNT
};

/** "queued", "dialing", "no_answer" …; "none" when out of range. */
const char *call_status_name(enum call_status s);
NODISCARD bool call_status_parse(struct str s, enum call_status *out);
bool call_status_is_final(enum call_status s);

/** Why a call ended, or why it could not be placed. */
enum call_reason {
    CALL_REASON_NONE = 0,
    CALL_REASON_CARRIER_REFUSED,  /* the carrier said no; error_text has its words */
    CALL_REASON_NOT_PLACED,       /* ambiguous create, and the carrier knows of no such call */
    CALL_REASON_LOST,             /* no news within the bound and the carrier cannot tell */
    CALL_REASON_ATTEMPTS,         /* could not be handed to the carrier in time */
    CALL_REASON_HANGUP_REQUESTED, /* through our API */
    CALL_REASON_ASSISTANT_ENDED,
    CALL_REASON_DOCUMENT, /* the carrier could not use our answer document */
    CALL_REASON_DISABLED, /* placing calls is switched off */
    CALL_REASON_COUNT
};
const char *call_reason_name(enum call_reason r); /* "carrier_refused" …; "" for none */
NODISCARD bool call_reason_parse(struct str s, enum call_reason *out);

/** Where the hand-over to the carrier stands. Moves independently of the status. */
enum call_placement {
    CALL_PLACE_NONE = 0,
    CALL_PLACE_READY,      /* may be attempted (again) */
    CALL_PLACE_SUBMITTING, /* an attempt is durable; its request may have left */
    CALL_PLACE_UNKNOWN,    /* outcome ambiguous: never attempted again */
    CALL_PLACE_SUBMITTED,  /* the carrier has it; sid is known */
    CALL_PLACE_REFUSED,
    CALL_PLACEMENT_COUNT
};

enum call_answered_by {
    CALL_BY_UNASKED = 0,
    CALL_BY_HUMAN,
    CALL_BY_MACHINE,
    CALL_BY_MACHINE_END, /* the greeting is over: a message can be left now */
    CALL_BY_FAX,
    CALL_BY_UNKNOWN,
    CALL_ANSWERED_BY_COUNT
};
const char *call_answered_by_name(enum call_answered_by b); /* "human" …; "" when unasked */

enum call_detection {
    CALL_DETECT_OFF = 0,
    CALL_DETECT_START,
    CALL_DETECT_MESSAGE_END,
    CALL_DETECT_COUNT
};
enum call_record {
    CALL_RECORD_DEFAULT = 0,
    CALL_RECORD_OFF,
    CALL_RECORD_ON,
    CALL_RECORD_ASK,
    CALL_RECORD_COUNT
};
const char *call_detection_name(enum call_detection d); /* "off" "start" "message_end" */
const char *call_record_name(enum call_record r);       /* "default" "off" "on" "ask" */
NODISCARD bool call_detection_parse(struct str s, enum call_detection *out);
NODISCARD bool call_record_parse(struct str s, enum call_record *out);

enum {
    CALL_SID_SIZE = 64,
    CALL_NONCE_SIZE = 33, /* 128 random bits as hex, and a NUL */
    CALL_NAME_SIZE = 64,
    CALL_PARTY_SIZE = 64,
    CALL_RING_TIMEOUT_DEFAULT_S = 60,
    CALL_RING_TIMEOUT_MIN_S = 5,
    CALL_RING_TIMEOUT_MAX_S = 600,
    CALL_TIME_LIMIT_DEFAULT_S = 3600,
    CALL_TIME_LIMIT_MIN_S = 10,
    CALL_TIME_LIMIT_MAX_S = 14400,
    CALL_JSON_MAX = 16384, /* bytes of variables, of metadata */
};

/** What a user asks for. Strings are borrowed. Checked by call_service_submit(). */
struct call_request {
    struct str to;
    struct str from;           /* "": the carrier's configured number */
    struct str provider;       /* "": the configured carrier */
    struct str assistant;      /* exactly one of assistant and plan_json is set */
    struct str plan_json;      /* see plan_from_json() */
    struct str variables_json; /* object of strings, numbers, booleans; "" for none */
    struct str metadata_json;  /* any object; given back untouched */
    enum call_record record;
    enum call_detection detection;
    bool detection_given;    /* false: the assistant's machine rule decides */
    uint32_t ring_timeout_s; /* 0: default */
    uint32_t time_limit_s;   /* 0: default */
};

/** One call, as stored. Plain data: copy freely. Times are Unix milliseconds, 0: not yet. */
struct call {
    int64_t id;
    enum call_status status;
    uint32_t seen; /* BIT(status) for each status announced so far */
    enum call_reason reason;
    enum call_placement placement;
    char provider[CALL_NAME_SIZE];
    char assistant[CALL_NAME_SIZE]; /* "" for a plan call */
    char to[CALL_PARTY_SIZE], from[CALL_PARTY_SIZE];
    bool inbound;                /* from called us; we are `to` */
    uint32_t attempt;            /* number of the newest attempt, from 1 */
    char nonce[CALL_NONCE_SIZE]; /* of the newest attempt */
    char sid[CALL_SID_SIZE];     /* the carrier's id; "" until known; never changes after */
    enum call_record record;
    enum call_detection detection;
    enum call_answered_by answered_by;
    uint32_t ring_timeout_s, time_limit_s;
    uint32_t duration_s;
    bool hangup_requested;
    int32_t carrier_code;         /* of the carrier's last error; 0: none */
    char error_text[200];         /* one line for people; "" none */
    char outcome[CALL_NAME_SIZE]; /* what the assistant said of the end:
                                     "customer_qualified_transfer" */
    int64_t created_ms, updated_ms, dialed_ms, ringing_ms, answered_ms, ended_ms;
    int64_t attempted_ms; /* when the newest attempt began; 0: none yet, or before this was kept */
    int64_t check_ms;     /* when the reconciler looks at it next; 0 once final */
    int64_t last_event;   /* head of the call's event chain, see event.prev */
};

/** "inbound" or "outbound". */
const char *call_direction_name(const struct call *c);

/** The other party's number: whom we called, or who calls us. */
struct str call_caller(const struct call *c);

/**
 * The one door for status changes. Applies `next` when it is new information:
 * - allowed from here: the status moves, *moved is true;
 * - late (a lower state that was never seen): status stays, but the state is marked as seen;
 * - known already, or another final state after a final one: nothing changes, returns false.
 * Returns true when an event `call.<next>` is due. at_ms fills ringing_ms, answered_ms, ended_ms
 * and dialed_ms where they are still 0 (also for late news). So any order of the same news, with
 * any duplicates, ends in the same call and the same set of events. A final state sets check_ms to
 * 0. moved may be NULL.
 */
bool call_apply_status(struct call *c, enum call_status next, int64_t at_ms, bool *moved);

#endif
