#include "core/domain/event.h"

#include "core/base/compiler.h"
#include "core/domain/names.h"

static const char *const type_names[] = {
    [EVENT_NONE] = "none",
    [EVENT_CALL_QUEUED] = "call.queued",
    [EVENT_CALL_UNKNOWN] = "call.unknown",
    [EVENT_CALL_DIALING] = "call.dialing",
    [EVENT_CALL_RINGING] = "call.ringing",
    [EVENT_CALL_ANSWERED] = "call.answered",
    [EVENT_CALL_COMPLETED] = "call.completed",
    [EVENT_CALL_BUSY] = "call.busy",
    [EVENT_CALL_NO_ANSWER] = "call.no_answer",
    [EVENT_CALL_FAILED] = "call.failed",
    [EVENT_CALL_CANCELED] = "call.canceled",
    [EVENT_CALL_RETRY] = "call.retry",
    [EVENT_CALL_CONFLICT] = "call.conflict",
    [EVENT_CALL_MACHINE] = "call.machine",
    [EVENT_TRANSCRIPT_UPDATED] = "transcript.updated",
    [EVENT_FUNCTION_CALLED] = "function.called",
    [EVENT_INFORMATION_SHARED] = "information.shared",
    [EVENT_CONSENT_GIVEN] = "consent.given",
    [EVENT_CONSENT_REFUSED] = "consent.refused",
    [EVENT_RECORDING_STARTED] = "recording.started",
    [EVENT_RECORDING_COMPLETED] = "recording.completed",
    [EVENT_RECORDING_FAILED] = "recording.failed",
    [EVENT_PAYMENT_COMPLETED] = "payment.completed",
    [EVENT_TASK_UPDATED] = "task.updated",
    [EVENT_CALL_FAILOVER] = "call.failover",
    [EVENT_PAYMENT_FAILED] = "payment.failed",
    [EVENT_CONSENT_WITHDRAWN] = "consent.withdrawn",
};
_Static_assert(ARRAY_LEN(type_names) == EVENT_TYPE_COUNT, "every event type has a name");

static const enum event_type status_events[] = {
    [CALL_STATUS_NONE] = EVENT_NONE,         [CALL_QUEUED] = EVENT_CALL_QUEUED,
    [CALL_UNKNOWN] = EVENT_CALL_UNKNOWN,     [CALL_DIALING] = EVENT_CALL_DIALING,
    [CALL_RINGING] = EVENT_CALL_RINGING,     [CALL_ANSWERED] = EVENT_CALL_ANSWERED,
    [CALL_COMPLETED] = EVENT_CALL_COMPLETED, [CALL_BUSY] = EVENT_CALL_BUSY,
    [CALL_NO_ANSWER] = EVENT_CALL_NO_ANSWER, [CALL_FAILED] = EVENT_CALL_FAILED,
    [CALL_CANCELED] = EVENT_CALL_CANCELED,
};
_Static_assert(ARRAY_LEN(status_events) == CALL_STATUS_COUNT, "every status has its event");

const char *event_type_name(enum event_type t) {
    return (unsigned)t < EVENT_TYPE_COUNT ? type_names[t] : type_names[EVENT_NONE];
}

bool event_type_parse(struct str s, enum event_type *out) {
    size_t i;
    if (!names_find(type_names, EVENT_NONE + 1, EVENT_TYPE_COUNT, s, &i))
        return false;
    *out = (enum event_type)i;
    return true;
}

enum event_type event_for_status(enum call_status s) {
    return (unsigned)s < CALL_STATUS_COUNT ? status_events[s] : EVENT_NONE;
}
