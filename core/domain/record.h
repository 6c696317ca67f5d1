#ifndef CORE_DOMAIN_RECORD_H
#define CORE_DOMAIN_RECORD_H

/* What is kept about a call besides the call itself: turns, captured information, recordings, jobs.
 */
#include <stdbool.h>
#include <stdint.h>

#include "core/base/compiler.h"
#include "core/base/str.h"
#include "core/domain/call.h"

#define RECORDING_ID_PREFIX "rec"
#define INFO_ID_PREFIX      "inf"

/* ---- transcript --------------------------------------------------------------------------- */

enum turn_role {
    TURN_NONE = 0,
    TURN_ASSISTANT,
    TURN_CALLER,
    TURN_FUNCTION,
    TURN_ROLE_COUNT
};
const char *turn_role_name(enum turn_role r); /* "assistant" "caller" "function" */

/** One line of a transcript. n counts from 0 within the call. */
struct turn {
    int64_t call_id;
    uint32_t n;
    enum turn_role role;
    int64_t at_ms;
    struct str text; /* for functions: JSON {"name","arguments","result"} */
};

/** Where a conversation stands between two webhooks. */
struct conversation_state {
    int64_t call_id;
    uint32_t turn;         /* number of the document that was given last; 0: the answer document */
    uint32_t lines;        /* transcript lines written so far */
    struct str state_json; /* the brain's own */
    struct str plan_json;  /* the document of `turn` again, for a carrier that asks twice */
};

/* ---- captured information ----------------------------------------------------------------- */

enum {
    INFO_CATEGORY_MAX = 64,
    INFO_TEXT_MAX = 4096,
    INFO_SESSION_MAX = 64
};

#define INFO_CALL_SUMMARY "call_summary" /* category of the answer to a post-prompt */

/** Something that a caller said and an assistant shared. */
struct info {
    int64_t id;
    int64_t call_id;       /* 0: shared outside a call */
    struct str session_id; /* the call's id in text, or a name given by the API */
    struct str caller_id;
    struct str category;
    struct str information;
    int64_t at_ms;
};

/** Does the caller qualify, as far as what was shared (or the outcome of the call) says? */
enum qualification {
    QUALIFICATION_UNKNOWN = 0,
    QUALIFICATION_QUALIFIED,
    QUALIFICATION_NOT_QUALIFIED,
    QUALIFICATION_COUNT
};
#define QUALIFICATION_CATEGORY "qualification"
const char *qualification_name(enum qualification q); /* "unknown" "qualified" "not_qualified" */
/** By the words: "Customer qualified", "customer_not_qualified", "does not qualify". */
enum qualification qualification_read(struct str text);

struct info_filter {
    struct str category, caller_id, session_id; /* "": any */
    int64_t before_id;                          /* cursor: only older ones; 0: from the newest */
    uint32_t limit;
};

/** One session, summed up from what was shared and how the call went. */
struct session {
    struct str session_id;
    int64_t call_id; /* 0: none */
    struct str caller_id;
    int64_t first_ms, last_ms;
    uint32_t info_count;
    int64_t last_info_id; /* its newest information: the cursor of store_list_sessions() */
    struct call call;     /* zeroed when call_id is 0 */
};

/* ---- recordings --------------------------------------------------------------------------- */

enum recording_status {
    RECORDING_NONE = 0,
    RECORDING_RUNNING,
    RECORDING_PAUSED,
    RECORDING_AVAILABLE, /* complete at the carrier, not yet here */
    RECORDING_STORED,    /* sealed in the vault and durable */
    RECORDING_ABSENT,    /* the carrier has none: too short, silent */
    RECORDING_FAILED,    /* gave up fetching it; error says why */
    RECORDING_STATUS_COUNT
};
const char *recording_status_name(enum recording_status s); /* "running" "stored" … */
NODISCARD bool recording_status_parse(struct str s, enum recording_status *out);

struct recording {
    int64_t id;
    int64_t call_id;
    char provider[CALL_NAME_SIZE];
    char sid[CALL_SID_SIZE]; /* the carrier's id: unique per provider */
    enum recording_status status;
    uint32_t channels;
    uint32_t duration_s;
    uint64_t bytes;  /* of the audio, in the clear */
    char format[8];  /* "wav", "mp3" */
    char digest[65]; /* BLAKE2b-256 of the audio, hex; "" until stored */
    bool carrier_copy_deleted;
    char error_text[160];
    int64_t created_ms, updated_ms;
};

/* ---- jobs --------------------------------------------------------------------------------- */

enum job_kind {
    JOB_NONE = 0,
    JOB_PLACE,             /* hand a queued call to the carrier */
    JOB_SETTLE,            /* find out what became of an ambiguous attempt */
    JOB_HANGUP,            /* end the call at the carrier */
    JOB_CANCEL_SID,        /* end a second leg that lost the answer gate; ref_text: its sid */
    JOB_RECORDING_CONTROL, /* ref_text: "start" "pause" "resume" "stop" */
    JOB_FETCH_RECORDING,   /* ref_id: recording */
    JOB_DELETE_RECORDING,  /* ref_id: recording; the carrier's copy */
    JOB_SUM_UP,            /* ask the model for the post-prompt's answer once the call is over;
                              ref_text "tell": tell it to its receiver */
    JOB_KIND_COUNT
};
const char *job_kind_name(enum job_kind k);

/**
 * Work to be done once, later. Claimed with a lease; `attempt` is the fencing token: a worker whose
 * attempt is no longer the job's has lost it and must drop its result.
 */
struct job {
    int64_t id;
    enum job_kind kind;
    int64_t call_id;
    int64_t ref_id;
    char ref_text[CALL_SID_SIZE];
    uint32_t attempt; /* 0 before the first claim */
    int64_t run_at_ms;
    int64_t lease_until_ms; /* 0: not claimed */
};

#endif
