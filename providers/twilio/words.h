#ifndef PROVIDERS_TWILIO_WORDS_H
#define PROVIDERS_TWILIO_WORDS_H

#include <stdint.h>

#include "core/base/error.h"
#include "core/domain/call.h"
#include "core/domain/record.h"
#include "providers/rest/laml.h"

/* The only place where Twilio's words meet ours. Each function walks one table. */

/** What Twilio's API has of its own. */
extern const struct laml twilio_laml;

/** CALL_STATUS_NONE for a word that is not in the table. */
enum call_status twilio_status(struct str word);

/** CALL_BY_UNASKED for no word at all, CALL_BY_UNKNOWN for one that is not in the table. */
enum call_answered_by twilio_answered_by(struct str word);

/** RECORDING_NONE for a word that is not in the table. */
enum recording_status twilio_recording_status(struct str word);

/** NULL when the number is not in the table. */
const struct laml_fault *twilio_fault_find(int64_t number);

/* The tables, for the tests that walk them. */
extern const struct laml_word twilio_status_words[];
extern const size_t twilio_status_word_count;
extern const struct laml_word twilio_answered_words[];
extern const size_t twilio_answered_word_count;
extern const struct laml_word twilio_recording_words[];
extern const size_t twilio_recording_word_count;
extern const struct laml_fault twilio_faults[];
extern const size_t twilio_fault_count;

#endif
