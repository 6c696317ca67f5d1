#include "core/domain/record.h"

#include "core/domain/names.h"

static const char *const role_names[] = {
    [TURN_NONE] = "none",
    [TURN_ASSISTANT] = "assistant",
    [TURN_CALLER] = "caller",
    [TURN_FUNCTION] = "function",
};
_Static_assert(ARRAY_LEN(role_names) == TURN_ROLE_COUNT, "every role has a name");

static const char *const recording_names[] = {
    [RECORDING_NONE] = "none",     [RECORDING_RUNNING] = "running",
    [RECORDING_PAUSED] = "paused", [RECORDING_AVAILABLE] = "available",
    [RECORDING_STORED] = "stored", [RECORDING_ABSENT] = "absent",
    [RECORDING_FAILED] = "failed",
};
_Static_assert(ARRAY_LEN(recording_names) == RECORDING_STATUS_COUNT, "every status has a name");

static const char *const job_names[] = {
    [JOB_NONE] = "none",
    [JOB_PLACE] = "place",
    [JOB_SETTLE] = "settle",
    [JOB_HANGUP] = "hangup",
    [JOB_CANCEL_SID] = "cancel_sid",
    [JOB_RECORDING_CONTROL] = "recording_control",
    [JOB_FETCH_RECORDING] = "fetch_recording",
    [JOB_DELETE_RECORDING] = "delete_recording",
    [JOB_SUM_UP] = "sum_up",
};
_Static_assert(ARRAY_LEN(job_names) == JOB_KIND_COUNT, "every kind of job has a name");

static const char *const qualification_names[] = {
    [QUALIFICATION_UNKNOWN] = "unknown",
    [QUALIFICATION_QUALIFIED] = "qualified",
    [QUALIFICATION_NOT_QUALIFIED] = "not_qualified",
};
_Static_assert(ARRAY_LEN(qualification_names) == QUALIFICATION_COUNT, "every one has a name");

const char *qualification_name(enum qualification q) {
    return (unsigned)q < QUALIFICATION_COUNT ? qualification_names[q] : qualification_names[0];
}

static bool holds_word(struct str text, const char *word) {
    struct str w = str_z(word);
    for (size_t i = 0; i + w.len <= text.len; i++)
        if (str_eq_nocase(str_from(text.ptr + i, w.len), w))
            return true;
    return false;
}

enum qualification qualification_read(struct str text) {
    static const char *const refusals[] = {"not qualif", "not_qualif", "not-qualif",  "n't qualif",
                                           "unqualif",   "disqualif",  "not eligible"};
    for (size_t i = 0; i < ARRAY_LEN(refusals); i++)
        if (holds_word(text, refusals[i]))
            return QUALIFICATION_NOT_QUALIFIED;
    return holds_word(text, "qualif") ? QUALIFICATION_QUALIFIED : QUALIFICATION_UNKNOWN;
}

const char *turn_role_name(enum turn_role r) {
    return (unsigned)r < TURN_ROLE_COUNT ? role_names[r] : role_names[TURN_NONE];
}

const char *recording_status_name(enum recording_status s) {
    return (unsigned)s < RECORDING_STATUS_COUNT ? recording_names[s]
                                                : recording_names[RECORDING_NONE];
}

bool recording_status_parse(struct str s, enum recording_status *out) {
    size_t i;
    if (!names_find(recording_names, RECORDING_NONE + 1, RECORDING_STATUS_COUNT, s, &i))
        return false;
    *out = (enum recording_status)i;
    return true;
}

const char *job_kind_name(enum job_kind k) {
    return (unsigned)k < JOB_KIND_COUNT ? job_names[k] : job_names[JOB_NONE];
}
