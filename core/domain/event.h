#ifndef CORE_DOMAIN_EVENT_H
#define CORE_DOMAIN_EVENT_H

#include <stdint.h>

#include "core/base/str.h"
#include "core/domain/call.h"

#define EVENT_ID_PREFIX "evt"

/** What happened. Written in the same transaction as the change it reports. */
enum event_type {
    EVENT_NONE = 0,
    EVENT_CALL_QUEUED,
    EVENT_CALL_UNKNOWN,
    EVENT_CALL_DIALING,
    EVENT_CALL_RINGING,
    EVENT_CALL_ANSWERED,
    EVENT_CALL_COMPLETED,
    EVENT_CALL_BUSY,
    EVENT_CALL_NO_ANSWER,
    EVENT_CALL_FAILED,
    EVENT_CALL_CANCELED,
    EVENT_CALL_RETRY,    /* the carrier certainly did not take it; another attempt follows */
    EVENT_CALL_CONFLICT, /* contradicting news that was not applied */
    EVENT_CALL_MACHINE,  /* machine detection gave its verdict */
    EVENT_TRANSCRIPT_UPDATED,
    EVENT_FUNCTION_CALLED,
    EVENT_INFORMATION_SHARED,
    EVENT_CONSENT_GIVEN,
    EVENT_CONSENT_REFUSED,
    EVENT_RECORDING_STARTED,
    EVENT_RECORDING_COMPLETED, /* fetched, sealed, durable */
    EVENT_RECORDING_FAILED,
    EVENT_PAYMENT_COMPLETED,
    EVENT_TASK_UPDATED,
    EVENT_CALL_FAILOVER, /* the first carrier certainly did not place it: the second gets it */
    EVENT_PAYMENT_FAILED,
    EVENT_CONSENT_WITHDRAWN,
    EVENT_TYPE_COUNT
};

/** "call.queued", "recording.completed" …; "none" when out of range. */
const char *event_type_name(enum event_type t);
NODISCARD bool event_type_parse(struct str s, enum event_type *out);

/** The event that announces a call status. */
enum event_type event_for_status(enum call_status s);

/**
 * seq is given by the store, rises in commit order and is the feed's cursor. prev is the seq of
 * the call's event before this one (0: first), so a call's history is a walk of look-ups by key
 * and needs no index that every callback would have to feed.
 */
struct event {
    int64_t seq;
    int64_t call_id; /* 0: of no call */
    int64_t prev;
    enum event_type type;
    int64_t at_ms;
    struct str data; /* JSON object */
};

#endif
