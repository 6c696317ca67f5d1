#ifndef SWML_SWML_MAP_H
#define SWML_SWML_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/str.h"
#include "core/domain/plan.h"

/*
 * Which key of a verb carries which member of the plan ("SignalWire docs: SWML methods" and its
 * JSON Schema). One row works in both directions, so that writing and reading cannot disagree.
 * Private to swml/.
 */
enum swml_codec {
    SWML_CODEC_UNKNOWN = 0,
    SWML_STR,       /* struct str as it is */
    SWML_STR_WORDS, /* struct str; only the words in `words` pass */
    SWML_SOCKET,    /* struct str: a WebSocket's URL */
    SWML_LINK,      /* struct plan_link; its method in method_key, if there is one */
    SWML_U32,       /* uint32_t in min..max (0: no bound); 0 is not written */
    SWML_TWIN,      /* a uint32_t that another row carries as well */
    SWML_BOOL,      /* bool; false is not written */
    SWML_BOOL_BOTH, /* bool; always written */
    SWML_TRISTATE,  /* enum plan_tristate; unset is not written */
    SWML_WORDS,     /* an enum or a bool, through `words`; 0 is not written */
    SWML_UNSAID,    /* a member that SWML has no key for; `remedy` says what to do */
    SWML_PASSED,    /* a key that a plan has no member for; `preset` is the carrier's default */
    SWML_ELSEWHERE, /* a key that the verb's own code reads and writes */
    SWML_CODEC_COUNT
};

/** What a member is that SWML has no key for. */
enum swml_unsaid {
    SWML_UNSAID_NONE = 0,
    SWML_UNSAID_STR,
    SWML_UNSAID_LINK,
    SWML_UNSAID_BOOL,
    SWML_UNSAID_U32, /* enums too */
    SWML_UNSAID_ARRAY,
};

struct swml_word {
    const char *word;
    unsigned value; /* of the enum or bool; the first row with a value is the one that is written */
    bool lossy;     /* reading it loses a nuance */
};

struct swml_row {
    const char *key;
    const char *method_key;
    enum swml_codec codec;
    size_t offset;
    const char *member; /* of the plan, for messages */
    uint32_t min, max;
    const struct swml_word *words; /* a NULL word ends it */
    bool is_bool;                  /* SWML_WORDS: the member is a bool, not an enum */
    const char *preset;            /* the carrier's default, as text; NULL: none is known */
    enum swml_unsaid unsaid;
    const char *remedy;
};

/** The rows of one object. */
struct swml_rows {
    const struct swml_row *rows;
    size_t count;
};

extern const struct swml_rows swml_prompt, swml_speech, swml_record, swml_connect, swml_leg,
    swml_conference, swml_queue, swml_recording, swml_tap, swml_refer, swml_pay, swml_pay_prompt,
    swml_transcription;

/** Names of verbs that the writer uses and the reader knows. */
extern const char swml_repeat_label[]; /* what the labels of a repetition begin with */

/* A transfer after a verb is its action. One that is a step of its own says so in its user data,
 * which the carrier ignores. */
extern const char swml_own_step[];

/* A prompt has to play something: next to nothing. */
extern const char swml_hardly_silence[];

/* Values of prompt_result when something came. NULL ends the list. */
extern const char *const swml_matches[];

enum {
    SWML_DIGITS_MAX = 1000,   /* stands for "as many as come" */
    SWML_GOTO_MAX = 100,      /* jumps back to one label (SignalWire docs: goto) */
    SWML_PROMPT_LOOP_MAX = 20 /* repetitions inside a prompt, which are written out */
};

/** Does a call that nobody has answered yet have to be answered before this step? */
bool swml_needs_answer(const struct plan_step *s);

/** The link that a transfer after this step stands for; NULL when the step has none. */
const struct plan_link *swml_action(const struct plan_step *s);

#endif
