#ifndef TWIML_TWIML_MAP_H
#define TWIML_TWIML_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/str.h"
#include "core/domain/plan.h"

/*
 * Which attribute carries which member of the plan. One row works in both directions, so that
 * writing and reading cannot disagree. Private to twiml/.
 */
enum twiml_codec {
    TWIML_CODEC_UNKNOWN = 0,
    TWIML_STR,            /* struct str as it is */
    TWIML_LINK,           /* struct plan_link; its method in method_attr, if there is one */
    TWIML_U32,            /* uint32_t in min..max (0: no bound); 0 is not written */
    TWIML_LOOP,           /* int32_t; for ever is "0" */
    TWIML_WORDS,          /* an enum, through `words`; 0 is not written */
    TWIML_BOOL,           /* bool, through `words`; false is not written */
    TWIML_STR_WORDS,      /* struct str that holds a plan's word, through `words` */
    TWIML_INPUT,          /* gather's set */
    TWIML_FINISH_KEY,     /* gather's finish_key, which may be set and empty */
    TWIML_SPEECH_TIMEOUT, /* gather's speech_timeout_s or speech_timeout_auto */
    TWIML_UNSAID,         /* a struct str, bool or link that TwiML has no attribute for */
    TWIML_CODEC_COUNT
};

struct twiml_word {
    const char *word; /* in the document; the first row with a value is the one that is written */
    unsigned value;   /* of the enum or bool */
    const char *plan; /* TWIML_STR_WORDS: the plan's word */
    bool lossy;       /* reading it loses a nuance */
};

struct twiml_map {
    struct str attr;
    struct str method_attr;
    enum twiml_codec codec;
    size_t offset;
    const char *member; /* of the plan, for messages */
    uint32_t min, max;
    const struct twiml_word *words; /* a NULL word ends it */
    bool judged;                    /* on writing too, the grammar decides whether a text passes */
    size_t unsaid_bytes;            /* TWIML_UNSAID: size of the member */
    const char *remedy;             /* TWIML_UNSAID */
};

/** The rows of one element. */
struct twiml_maps {
    struct str element;
    const struct twiml_map *rows;
    size_t count;
};

extern const struct twiml_maps twiml_say, twiml_play, twiml_gather, twiml_record, twiml_dial,
    twiml_enqueue, twiml_redirect, twiml_reject, twiml_recording, twiml_stop_recording,
    twiml_connect_stream, twiml_stream, twiml_stop_stream, twiml_connect_relay, twiml_relay,
    twiml_pay, twiml_prompt, twiml_refer, twiml_transcription, twiml_stop_transcription;

/** Rows of a far end, by kind. */
extern const struct twiml_maps twiml_nouns[PLAN_NOUN_KIND_COUNT];

/** Every table above, for tests. NULL ends it. */
extern const struct twiml_maps *const twiml_all_maps[];

#endif
