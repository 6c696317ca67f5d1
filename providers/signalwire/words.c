#include "providers/signalwire/words.h"

#define WORDS(rows) \
    { (rows), ARRAY_LEN(rows) }

/* SignalWire docs: Calling API, call object; calling.call.state; Voice logs. "ending" is left out
 * on purpose: the end itself follows at once, with its reason. */
static const struct signalwire_word statuses[] = {
    {"created", CALL_DIALING},     {"queued", CALL_DIALING},      {"initiated", CALL_DIALING},
    {"ringing", CALL_RINGING},     {"answered", CALL_ANSWERED},   {"in-progress", CALL_ANSWERED},
    {"ended", CALL_COMPLETED},     {"completed", CALL_COMPLETED}, {"busy", CALL_BUSY},
    {"no-answer", CALL_NO_ANSWER}, {"failed", CALL_FAILED},       {"canceled", CALL_CANCELED},
};
const struct signalwire_words signalwire_statuses = WORDS(statuses);

/* SignalWire docs: calling.call.state, end_reason; the spellings of the RELAY SDKs. */
static const struct signalwire_word end_reasons[] = {
    {"hangup", CALL_COMPLETED},   {"maxduration", CALL_COMPLETED}, {"busy", CALL_BUSY},
    {"noanswer", CALL_NO_ANSWER}, {"timeout", CALL_NO_ANSWER},     {"abandoned", CALL_NO_ANSWER},
    {"cancel", CALL_CANCELED},    {"canceled", CALL_CANCELED},     {"cancelled", CALL_CANCELED},
    {"error", CALL_FAILED},       {"decline", CALL_FAILED},        {"declined", CALL_FAILED},
    {"notfound", CALL_FAILED},
};
const struct signalwire_words signalwire_end_reasons = WORDS(end_reasons);

/* SignalWire docs: SWML detect_machine, detect_result. "detecting" is no verdict yet. */
static const struct signalwire_word answered[] = {
    {"human", CALL_BY_HUMAN},     {"machine", CALL_BY_MACHINE},   {"fax", CALL_BY_FAX},
    {"unknown", CALL_BY_UNKNOWN}, {"detecting", CALL_BY_UNASKED},
};
const struct signalwire_words signalwire_answered = WORDS(answered);

/* SignalWire docs: calling.call.detect. READY: the machine's greeting is over. */
static const struct signalwire_word detections[] = {
    {"HUMAN", CALL_BY_HUMAN},     {"MACHINE", CALL_BY_MACHINE}, {"READY", CALL_BY_MACHINE_END},
    {"UNKNOWN", CALL_BY_UNKNOWN}, {"CED", CALL_BY_FAX},         {"CNG", CALL_BY_FAX},
};
const struct signalwire_words signalwire_detections = WORDS(detections);

/* SignalWire docs: calling.call.record, state. */
static const struct signalwire_word recordings[] = {
    {"recording", RECORDING_RUNNING},  {"paused", RECORDING_PAUSED},
    {"finished", RECORDING_AVAILABLE}, {"no_input", RECORDING_ABSENT},
    {"error", RECORDING_ABSENT},
};
const struct signalwire_words signalwire_recordings = WORDS(recordings);

static int meaning(const struct signalwire_words *words, struct str word, int otherwise) {
    for (size_t i = 0; i < words->count; i++)
        if (str_eq_z(word, words->rows[i].word))
            return words->rows[i].meaning;
    return otherwise;
}

enum call_status signalwire_status(struct str word) {
    return (enum call_status)meaning(&signalwire_statuses, word, CALL_STATUS_NONE);
}

enum call_status signalwire_end_reason(struct str word) {
    char letters[24];
    size_t n = 0;
    for (size_t i = 0; i < word.len && n < sizeof letters; i++) {
        char c = word.ptr[i];
        if (c != '_' && c != '-')
            letters[n++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    }
    return (enum call_status)meaning(&signalwire_end_reasons, str_from(letters, n),
                                     CALL_STATUS_NONE);
}

enum call_answered_by signalwire_answered_by(struct str word) {
    int otherwise = word.len ? CALL_BY_UNKNOWN : CALL_BY_UNASKED;
    return (enum call_answered_by)meaning(&signalwire_answered, word, otherwise);
}

enum call_answered_by signalwire_detected(struct str word) {
    return (enum call_answered_by)meaning(&signalwire_detections, word, CALL_BY_UNASKED);
}

enum recording_status signalwire_recording_status(struct str word) {
    return (enum recording_status)meaning(&signalwire_recordings, word, RECORDING_NONE);
}

const struct signalwire_fault *signalwire_fault_find(struct str code) {
    for (size_t i = 0; i < signalwire_fault_count; i++)
        if (str_eq_z(code, signalwire_faults[i].code))
            return &signalwire_faults[i];
    return NULL;
}
