#include "providers/twilio/words.h"

/* Twilio docs: Call resource, "Call status values"; the webhook's CallStatus adds "initiated".
 * "queued" is the carrier's own queue: it has the call, so for us it is being dialled. */
const struct twilio_word twilio_status_words[] = {
    {"queued", CALL_DIALING},       {"initiated", CALL_DIALING},   {"ringing", CALL_RINGING},
    {"in-progress", CALL_ANSWERED}, {"completed", CALL_COMPLETED}, {"busy", CALL_BUSY},
    {"no-answer", CALL_NO_ANSWER},  {"failed", CALL_FAILED},       {"canceled", CALL_CANCELED},
};
const size_t twilio_status_word_count = ARRAY_LEN(twilio_status_words);

/* Twilio docs: Answering Machine Detection, AnsweredBy. */
const struct twilio_word twilio_answered_words[] = {
    {"human", CALL_BY_HUMAN},
    {"machine_start", CALL_BY_MACHINE},
    {"machine_end_beep", CALL_BY_MACHINE_END},
    {"machine_end_silence", CALL_BY_MACHINE_END},
    {"machine_end_other", CALL_BY_MACHINE_END},
    {"fax", CALL_BY_FAX},
    {"unknown", CALL_BY_UNKNOWN},
};
const size_t twilio_answered_word_count = ARRAY_LEN(twilio_answered_words);

/* Twilio docs: Recordings resource, RecordingStatus; "failed" is from the older Record page. */
const struct twilio_word twilio_recording_words[] = {
    {"in-progress", RECORDING_RUNNING}, {"paused", RECORDING_PAUSED},
    {"completed", RECORDING_AVAILABLE}, {"absent", RECORDING_ABSENT},
    {"failed", RECORDING_ABSENT},
};
const size_t twilio_recording_word_count = ARRAY_LEN(twilio_recording_words);

static int meaning(const struct twilio_word *words, size_t count, struct str word, int otherwise) {
    for (size_t i = 0; i < count; i++)
        if (str_eq_z(word, words[i].word))
            return words[i].meaning;
    return otherwise;
}

enum call_status twilio_status(struct str word) {
    return (enum call_status)meaning(twilio_status_words, twilio_status_word_count, word,
                                     CALL_STATUS_NONE);
}

enum call_answered_by twilio_answered_by(struct str word) {
    int otherwise = word.len ? CALL_BY_UNKNOWN : CALL_BY_UNASKED;
    return (enum call_answered_by)meaning(twilio_answered_words, twilio_answered_word_count, word,
                                          otherwise);
}

enum recording_status twilio_recording_status(struct str word) {
    return (enum recording_status)meaning(twilio_recording_words, twilio_recording_word_count, word,
                                          RECORDING_NONE);
}

const struct twilio_fault *twilio_fault_find(int64_t number) {
    for (size_t i = 0; i < twilio_fault_count; i++)
        if (twilio_faults[i].number == number)
            return &twilio_faults[i];
    return NULL;
}
