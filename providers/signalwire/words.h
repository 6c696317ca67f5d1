#ifndef PROVIDERS_SIGNALWIRE_WORDS_H
#define PROVIDERS_SIGNALWIRE_WORDS_H

#include "core/base/error.h"
#include "core/domain/call.h"
#include "core/domain/record.h"

/* The only place where the words of SignalWire's own API meet ours. Each function walks one table.
 */

/** CALL_STATUS_NONE for a word that is not in the table. */
enum call_status signalwire_status(struct str word);

/**
 * Status of a call that ended for that reason. Spelling varies ("noAnswer", "no_answer"): letters
 * without case count. CALL_STATUS_NONE for none or one that is not in the table.
 */
enum call_status signalwire_end_reason(struct str word);

/** CALL_BY_UNASKED for no word at all, CALL_BY_UNKNOWN for one that is not in the table. */
enum call_answered_by signalwire_answered_by(struct str word);

/** The same for the words of detection events; those that are no verdict are CALL_BY_UNASKED. */
enum call_answered_by signalwire_detected(struct str word);

/** RECORDING_NONE for a word that is not in the table. */
enum recording_status signalwire_recording_status(struct str word);

/** What an error code means for us. */
struct signalwire_fault {
    const char *code;
    enum error_code meaning;
    bool retry;         /* the same request may succeed later */
    const char *advice; /* one line for people: what to do */
};

/** NULL when the code is not in the table. */
const struct signalwire_fault *signalwire_fault_find(struct str code);

/* The tables, for the tests that walk them. */
struct signalwire_word {
    const char *word;
    int meaning;
};
struct signalwire_words {
    const struct signalwire_word *rows;
    size_t count;
};
extern const struct signalwire_words signalwire_statuses, signalwire_end_reasons,
    signalwire_answered, signalwire_detections, signalwire_recordings;
extern const struct signalwire_fault signalwire_faults[];
extern const size_t signalwire_fault_count;

#endif
