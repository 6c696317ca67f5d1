#ifndef PROVIDERS_PLIVO_WORDS_H
#define PROVIDERS_PLIVO_WORDS_H

#include <stdint.h>

#include "core/base/error.h"
#include "core/base/str.h"
#include "core/domain/call.h"

/* The only place where Plivo's words meet ours. Each function walks one table. */

/** CALL_STATUS_NONE for a word that is not in the table. */
enum call_status plivo_status(struct str word);

/** Why a call ended. */
struct plivo_cause {
    int32_t code;
    enum call_status status; /* CALL_STATUS_NONE: the status word decides */
    const char *advice;      /* one line for people; NULL when there is nothing to explain */
};

/** NULL when the code is not in the table. */
const struct plivo_cause *plivo_cause_find(int64_t code);

/**
 * The final status of a call. code 0: not given, or "Unknown"; word: the carrier's own status.
 * answered: there was a conversation, so it was not canceled.
 */
enum call_status plivo_outcome(int64_t code, struct str word, bool answered);

/** What the text of an error means for us. */
struct plivo_fault {
    const char *part; /* of the text, ASCII letters of either case */
    enum error_code code;
    bool retry;         /* the same request may succeed later */
    const char *advice; /* one line for people: what to do */
};

/** NULL when no row fits. */
const struct plivo_fault *plivo_fault_find(struct str text);

/* The tables, for the tests that walk them. */
struct plivo_word {
    const char *word;
    enum call_status meaning;
};
extern const struct plivo_word plivo_status_words[];
extern const size_t plivo_status_word_count;
extern const struct plivo_cause plivo_causes[];
extern const size_t plivo_cause_count;
extern const struct plivo_fault plivo_faults[];
extern const size_t plivo_fault_count;

#endif
