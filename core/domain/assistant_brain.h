#ifndef CORE_DOMAIN_ASSISTANT_BRAIN_H
#define CORE_DOMAIN_ASSISTANT_BRAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/json.h"
#include "core/base/str.h"

/* What decides what an assistant says, and what it is told. Parts of struct assistant. */
enum {
    ASSISTANT_SECTIONS_MAX = 50,
    ASSISTANT_SECTION_DEPTH_MAX = 3,
    ASSISTANT_CONTEXTS_MAX = 16,
    ASSISTANT_STEPS_MAX = 32, /* of a context */
    ASSISTANT_STEP_LINKS_MAX = 32,
    ASSISTANT_URL_MAX = 2048,
};

enum assistant_brain {
    ASSISTANT_BRAIN_NONE = 0,
    ASSISTANT_BRAIN_SCRIPTED, /* follows `flow` */
    ASSISTANT_BRAIN_OPENAI,   /* a model server, asked by the engine */
    ASSISTANT_BRAIN_CARRIER,  /* the carrier's own agent (PROVIDER_CAP_AI) */
    ASSISTANT_BRAIN_COUNT
};
const char *assistant_brain_name(enum assistant_brain b); /* "scripted" … */

/**
 * How a model chooses its words. Numbers are kept as they are written, so json_put_value() gives
 * them on unchanged; NULL or 0: not said, the model's own.
 */
struct assistant_sampling {
    const struct json *temperature; /* 0 … 2 */
    const struct json *top_p;       /* 0 … 1 */
    const struct json *confidence;  /* 0 … 1, of speech recognition; a carrier's agent only */
    const struct json *presence_penalty;  /* -2 … 2 */
    const struct json *frequency_penalty; /* -2 … 2 */
    uint32_t max_tokens;
};

/** A part of a prompt. */
struct assistant_section {
    struct str title, body;
    struct str *bullets;
    size_t bullet_count;
    struct assistant_section *subsections;
    size_t subsection_count;
    bool numbered, numbered_bullets; /* when it is written out */
};

/** Sections; a plain text is one section that has a body only. */
struct assistant_prompt {
    struct assistant_section *sections;
    size_t section_count;
    bool is_text; /* was written as a plain text */
    struct assistant_sampling sampling;
};

/** What is asked of the model once the call is over. Not there: no sections. */
struct assistant_post_prompt {
    struct assistant_prompt prompt;
    struct str receiver; /* http(s) URL; "" our own */
};

/** The openai brain; what is not said comes from the settings OPENAI_* . */
struct assistant_model {
    struct str name; /* "gpt-4o-mini"; "" the setting's */
    struct assistant_sampling sampling;
    uint32_t turn_budget_ms; /* a turn's answer must begin within this; 0: the brain's own */
    uint32_t call_tokens;    /* tokens of a whole call, then a polite end; 0: no limit */
    uint32_t max_rounds;     /* rounds of function calls in a turn; 0: the brain's own */
};

struct assistant_names {
    const struct str *items;
    size_t count;
};

/** A step of a context: what the model is to do until the criteria hold. */
struct assistant_step {
    struct str name;
    struct str text;
    struct str criteria; /* when the step is done, in words */
    bool limits_functions;
    struct assistant_names functions; /* those allowed here, when limits_functions */
    bool limits_steps;
    struct assistant_names valid_steps; /* where it may go; else to the following step */
    struct assistant_names valid_contexts;
    bool skip_user_turn;
    bool end; /* the last step: nothing follows */
};

struct assistant_context {
    struct str name; /* "default" is where a call begins; always there */
    struct str text; /* besides the prompt; may be "" */
    bool isolated;   /* forget the conversation on entering */
    struct assistant_step *steps;
    size_t step_count;
    struct assistant_names valid_contexts; /* where it may go; none: nowhere */
};

#endif
