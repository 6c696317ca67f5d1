#ifndef CORE_DOMAIN_ASSISTANT_SPEECH_H
#define CORE_DOMAIN_ASSISTANT_SPEECH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/json.h"
#include "core/base/str.h"
#include "core/domain/phrase.h"

/*
 * How an assistant sounds and what it listens for. Parts of struct assistant; every string and
 * array lives as long as it. Texts in here are plain: no ${name}.
 */
enum {
    ASSISTANT_VOICES_MAX = 8,
    ASSISTANT_VOICE_MAX = 200, /* bytes of a voice's name */
    ASSISTANT_PHRASES_MAX = 32,
    ASSISTANT_PHRASE_MAX = 500,
    ASSISTANT_HINTS_MAX = 100,
    ASSISTANT_PRONUNCIATIONS_MAX = 100,
};

/** A list of texts. */
struct assistant_phrases {
    const struct str *items;
    size_t count;
};

/** The voice at one carrier. */
struct assistant_voice {
    struct str provider; /* "twilio" */
    struct str voice;    /* that carrier's own name */
};

/** What the engine itself says; each language may word it. */
enum assistant_line {
    ASSISTANT_LINE_NONE = 0,
    ASSISTANT_LINE_NOT_HEARD,      /* before a question that is put again */
    ASSISTANT_LINE_NOT_UNDERSTOOD, /* the same */
    ASSISTANT_LINE_WRONG,          /* what was understood was not right */
    ASSISTANT_LINE_WAIT,           /* something takes a while */
    ASSISTANT_LINE_STILL_WAITING,
    ASSISTANT_LINE_HOLD, /* the caller is put on hold */
    ASSISTANT_LINE_STILL_HOLDING,
    ASSISTANT_LINE_GOODBYE,  /* in place of the assistant's */
    ASSISTANT_LINE_FALLBACK, /* in place of the assistant's "fallback_line" */
    ASSISTANT_LINE_COUNT
};
const char *assistant_line_name(enum assistant_line l); /* "not_heard" … */

struct assistant_language {
    struct str code;  /* BCP 47, "en-US" */
    struct str name;  /* for people and brains: "English" */
    struct str voice; /* where `voices` names no other; see assistant_voice_for() */
    const struct assistant_voice *voices;
    size_t voice_count;
    struct str engine, model;                  /* of the voice, for a carrier's own agent */
    struct assistant_phrases speech_fillers;   /* said while the brain thinks */
    struct assistant_phrases function_fillers; /* said while a function runs */
    struct assistant_phrases yes, no;          /* besides the built-in words; see phrase_match() */
    struct str lines[ASSISTANT_LINE_COUNT];    /* "" not worded: see assistant_line() */
    const struct json *params; /* object or NULL: for a carrier's own agent, passed on unread */
};

/** Yes or no in this language: by its own words, else by the built-in (English) ones. */
enum phrase_answer assistant_yes_no(const struct assistant_language *l,
                                    const struct phrase_text *said);

/** The voice to speak with at a carrier ("" none: the carrier chooses). */
struct str assistant_voice_for(const struct assistant_language *l, struct str provider);

/** A word that callers are likely to say. */
struct assistant_hint {
    struct str hint;
    struct str pattern, replace; /* both or none: a regular expression, for a carrier's agent */
    bool ignore_case;
};

/** "replace" is written, "with" is said. */
struct assistant_pronunciation {
    struct str replace, with;
    bool ignore_case;
};

/** Fillers of one function: phrases for a language code, or for "default". */
struct assistant_fillers {
    struct str language;
    struct assistant_phrases phrases;
};

#endif
