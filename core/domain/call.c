#include "core/domain/call.h"

#include "core/base/compiler.h"
#include "core/domain/names.h"

static const char *const status_names[] = {
    [CALL_STATUS_NONE] = "none",    [CALL_QUEUED] = "queued",     [CALL_UNKNOWN] = "unknown",
    [CALL_DIALING] = "dialing",     [CALL_RINGING] = "ringing",   [CALL_ANSWERED] = "answered",
    [CALL_COMPLETED] = "completed", [CALL_BUSY] = "busy",         [CALL_NO_ANSWER] = "no_answer",
    [CALL_FAILED] = "failed",       [CALL_CANCELED] = "canceled",
};
_Static_assert(ARRAY_LEN(status_names) == CALL_STATUS_COUNT, "every call status has a name");

static const char *const reason_names[] = {
    [CALL_REASON_NONE] = "",
    [CALL_REASON_CARRIER_REFUSED] = "carrier_refused",
    [CALL_REASON_NOT_PLACED] = "not_placed",
    [CALL_REASON_LOST] = "lost",
    [CALL_REASON_ATTEMPTS] = "attempts",
    [CALL_REASON_HANGUP_REQUESTED] = "hangup_requested",
    [CALL_REASON_ASSISTANT_ENDED] = "assistant_ended",
    [CALL_REASON_DOCUMENT] = "document",
    [CALL_REASON_DISABLED] = "disabled",
};
_Static_assert(ARRAY_LEN(reason_names) == CALL_REASON_COUNT, "every reason has a name");

static const char *const answered_by_names[] = {
    [CALL_BY_UNASKED] = "",        [CALL_BY_HUMAN] = "human",
    [CALL_BY_MACHINE] = "machine", [CALL_BY_MACHINE_END] = "machine_end",
    [CALL_BY_FAX] = "fax",         [CALL_BY_UNKNOWN] = "unknown",
};
_Static_assert(ARRAY_LEN(answered_by_names) == CALL_ANSWERED_BY_COUNT, "every verdict has a name");

static const char *const detection_names[] = {
    [CALL_DETECT_OFF] = "off",
    [CALL_DETECT_START] = "start",
    [CALL_DETECT_MESSAGE_END] = "message_end",
};
_Static_assert(ARRAY_LEN(detection_names) == CALL_DETECT_COUNT, "every detection has a name");

static const char *const record_names[] = {
    [CALL_RECORD_DEFAULT] = "default",
    [CALL_RECORD_OFF] = "off",
    [CALL_RECORD_ON] = "on",
    [CALL_RECORD_ASK] = "ask",
};
_Static_assert(ARRAY_LEN(record_names) == CALL_RECORD_COUNT, "every recording rule has a name");

/*
 * From -> set of to. A call never goes back, and from every open state it may end in any way: a
 * carrier that says "busy" after "answered" is odd, but a call that never ends is worse. Final
 * states have no row.
 */
// clang-format off
#define ENDED     (BIT(CALL_COMPLETED) | BIT(CALL_BUSY) | BIT(CALL_NO_ANSWER) | \
                   BIT(CALL_FAILED) | BIT(CALL_CANCELED))
#define TALKING   (BIT(CALL_ANSWERED) | ENDED)
#define SIGNALLED (BIT(CALL_RINGING) | TALKING)
#define PLACED    (BIT(CALL_DIALING) | SIGNALLED)

static const uint32_t next_states[CALL_STATUS_COUNT] = {
    [CALL_STATUS_NONE] = BIT(CALL_QUEUED) | BIT(CALL_UNKNOWN) | PLACED,
    [CALL_QUEUED]      = BIT(CALL_UNKNOWN) | PLACED,
    [CALL_UNKNOWN]     = PLACED,
    [CALL_DIALING]     = SIGNALLED,
    [CALL_RINGING]     = TALKING,
    [CALL_ANSWERED]    = ENDED,
};
// clang-format on

const char *call_status_name(enum call_status s) {
    return (unsigned)s < CALL_STATUS_COUNT ? status_names[s] : status_names[CALL_STATUS_NONE];
}

bool call_status_parse(struct str s, enum call_status *out) {
    size_t i;
    if (!names_find(status_names, CALL_STATUS_NONE + 1, CALL_STATUS_COUNT, s, &i))
        return false;
    *out = (enum call_status)i;
    return true;
}

bool call_status_is_final(enum call_status s) {
    return (unsigned)s < CALL_STATUS_COUNT && (BIT(s) & ENDED) != 0;
}

const char *call_reason_name(enum call_reason r) {
    return (unsigned)r < CALL_REASON_COUNT ? reason_names[r] : reason_names[CALL_REASON_NONE];
}

bool call_reason_parse(struct str s, enum call_reason *out) {
    size_t i;
    if (!names_find(reason_names, CALL_REASON_NONE + 1, CALL_REASON_COUNT, s, &i))
        return false;
    *out = (enum call_reason)i;
    return true;
}

const char *call_answered_by_name(enum call_answered_by b) {
    return (unsigned)b < CALL_ANSWERED_BY_COUNT ? answered_by_names[b]
                                                : answered_by_names[CALL_BY_UNASKED];
}

const char *call_detection_name(enum call_detection d) {
    return (unsigned)d < CALL_DETECT_COUNT ? detection_names[d] : detection_names[CALL_DETECT_OFF];
}

bool call_detection_parse(struct str s, enum call_detection *out) {
    size_t i;
    if (!names_find(detection_names, CALL_DETECT_OFF, CALL_DETECT_COUNT, s, &i))
        return false;
    *out = (enum call_detection)i;
    return true;
}

const char *call_record_name(enum call_record r) {
    return (unsigned)r < CALL_RECORD_COUNT ? record_names[r] : record_names[CALL_RECORD_DEFAULT];
}

bool call_record_parse(struct str s, enum call_record *out) {
    size_t i;
    if (!names_find(record_names, CALL_RECORD_DEFAULT, CALL_RECORD_COUNT, s, &i))
        return false;
    *out = (enum call_record)i;
    return true;
}

const char *call_direction_name(const struct call *c) {
    return c->inbound ? "inbound" : "outbound";
}

struct str call_caller(const struct call *c) {
    return str_z(c->inbound ? c->from : c->to);
}

static void note_time(int64_t *at, int64_t at_ms) {
    if (*at == 0)
        *at = at_ms;
}

static void note_status_time(struct call *c, enum call_status next, int64_t at_ms) {
    if (next == CALL_DIALING)
        note_time(&c->dialed_ms, at_ms);
    else if (next == CALL_RINGING)
        note_time(&c->ringing_ms, at_ms);
    else if (next == CALL_ANSWERED)
        note_time(&c->answered_ms, at_ms);
    else if (call_status_is_final(next))
        note_time(&c->ended_ms, at_ms);
}

bool call_apply_status(struct call *c, enum call_status next, int64_t at_ms, bool *moved) {
    bool forward = false;
    bool news = false;
    if (next > CALL_STATUS_NONE && (unsigned)next < CALL_STATUS_COUNT && !(c->seen & BIT(next))) {
        forward = (next_states[c->status] & BIT(next)) != 0;
        /* a second ending contradicts the first, which stands; all else is only late */
        news = forward || !call_status_is_final(next);
    }
    if (news) {
        c->seen |= BIT(next);
        note_status_time(c, next, at_ms);
    }
    if (forward) {
        c->status = next;
        if (call_status_is_final(next))
            c->check_ms = 0;
    }
    if (moved)
        *moved = forward;
    return news;
}
