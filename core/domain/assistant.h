#ifndef CORE_DOMAIN_ASSISTANT_H
#define CORE_DOMAIN_ASSISTANT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/str.h"
#include "core/domain/assistant_brain.h"
#include "core/domain/assistant_function.h"
#include "core/domain/assistant_speech.h"
#include "core/domain/call.h"

/*
 * Who talks on a call, and how: one JSON document, the same for every carrier (docs/assistants.md).
 * Never changes after assistant_parse(), so any thread may read it; held by reference count, so a
 * new version can take its place while calls go on with the old one. All strings live as long as
 * the assistant; an absent one has len 0. Texts may hold ${name}, see core/domain/text.h.
 */
enum {
    ASSISTANT_NAME_MAX = 63, /* fits call.assistant */
    ASSISTANT_TITLE_MAX = 200,
    ASSISTANT_TEXT_MAX = 1000,
    ASSISTANT_BODY_MAX = 8192, /* of a prompt section */
    ASSISTANT_FILE_MAX = 262144,
    ASSISTANT_LANGUAGES_MAX = 16,
    ASSISTANT_VARIABLES_MAX = 64,
    ASSISTANT_NUMBERS_MAX = 32,
    ASSISTANT_VERSION_SIZE = 17, /* 64 bits of a digest as hex, and a NUL */
    ASSISTANT_DATA_MAX = 16384,  /* bytes of global_data, of params */
    ASSISTANT_OUTCOME_MAX = CALL_NAME_SIZE - 1,
};

struct assistant_recording {
    enum call_record rule;        /* CALL_RECORD_OFF, _ON or _ASK */
    uint32_t channels;            /* 1 or 2 */
    struct str format;            /* "wav" or "mp3" */
    struct str notice;            /* rule on: said before recording starts */
    struct str question;          /* rule ask: answered by yes or no */
    struct str accepted, refused; /* what is said after the answer */
};

enum assistant_machine_rule {
    ASSISTANT_MACHINE_NONE = 0,
    ASSISTANT_MACHINE_HANG_UP,
    ASSISTANT_MACHINE_LEAVE_MESSAGE,
    ASSISTANT_MACHINE_TALK, /* as with a person */
    ASSISTANT_MACHINE_RULE_COUNT
};
const char *assistant_machine_rule_name(enum assistant_machine_rule r); /* "hang_up" … */

/** What to do when machine detection says that no person picked up. */
struct assistant_machine {
    enum assistant_machine_rule rule;
    struct str message; /* leave_message only */
    uint32_t wait_s;    /* before the message while the machine's own greeting still runs */
};

struct assistant_limits {
    uint32_t max_turns;       /* answers of the caller; then a polite end */
    uint32_t silence_prompts; /* silences in a row before a polite end */
    uint32_t max_duration_s;  /* since the answer; 0: only the call's own limit */
    uint32_t listen_s;        /* how long to wait for the caller to begin */
};

struct assistant_variable {
    struct str name;
    struct str value; /* default, as text */
};

/** Things callers may say at any time, whatever was asked. */
enum assistant_interruption {
    ASSISTANT_INTERRUPT_NONE = 0,
    ASSISTANT_INTERRUPT_OPT_OUT, /* "do not call me again" */
    ASSISTANT_INTERRUPT_ROBOT,   /* "are you a robot?" */
    ASSISTANT_INTERRUPT_HUMAN,   /* "I want to talk to a person" */
    ASSISTANT_INTERRUPT_REPEAT,
    ASSISTANT_INTERRUPT_GOODBYE,
    ASSISTANT_INTERRUPTION_COUNT
};
const char *assistant_interruption_name(enum assistant_interruption i); /* "opt_out" … */

struct assistant_interruption_rule {
    struct str *match; /* phrases besides the built-in ones; see phrase_match() */
    size_t match_count;
    struct str say;     /* never empty: there are defaults */
    struct str outcome; /* of those that end the call */
};

/** What texts may name besides variables: "call_id", "to", "from", "caller_id" … */
enum assistant_fact {
    ASSISTANT_FACT_NONE = 0,
    ASSISTANT_FACT_CALL_ID,
    ASSISTANT_FACT_TO,
    ASSISTANT_FACT_FROM,
    ASSISTANT_FACT_CALLER_ID, /* the other party */
    ASSISTANT_FACT_ASSISTANT, /* its name */
    ASSISTANT_FACT_DATE,      /* UTC, "2026-03-05" */
    ASSISTANT_FACT_TIME,      /* UTC, "14:05" */
    ASSISTANT_FACT_COUNT
};
const char *assistant_fact_name(enum assistant_fact f);

struct flow; /* conversation of the scripted brain: core/domain/flow.h */

struct assistant {
    struct str name, title;
    char version[ASSISTANT_VERSION_SIZE];     /* of the definition: another text, another version */
    struct assistant_prompt prompt;           /* for brains that read */
    struct assistant_post_prompt post_prompt; /* asked of them when the call is over */
    struct assistant_model model;             /* of the openai brain */
    struct assistant_context *contexts;
    size_t context_count;
    struct assistant_language *languages; /* at least one; the first is spoken */
    size_t language_count;
    struct assistant_hint *hints; /* besides those of a question */
    size_t hint_count;
    struct assistant_pronunciation *pronunciations;
    size_t pronunciation_count;
    const struct json *params;      /* object or NULL: for a carrier's own agent, unread */
    const struct json *global_data; /* object or NULL: what the captured data begin with */
    struct str human_number; /* whom transfer_to_human calls: E.164 or "sip:…"; "" nobody */
    struct str *numbers;     /* E.164: inbound calls to them are answered by this one */
    size_t number_count;
    struct str greeting, goodbye;
    struct str fallback_line; /* when the brain fails; never empty */
    struct str disclosure;    /* said first of all */
    struct assistant_recording recording;
    struct assistant_machine machine;
    struct assistant_limits limits;
    struct assistant_function *functions; /* those that this assistant may use */
    size_t function_count;
    struct assistant_variable *variables;
    size_t variable_count;
    struct assistant_interruption_rule interruptions[ASSISTANT_INTERRUPTION_COUNT];
    enum assistant_brain brain;
    enum assistant_brain otherwise; /* where `brain` is not to be had; NONE: nothing more */
    const struct flow *flow;        /* never NULL when brain or otherwise is scripted */
};

/**
 * Read a definition. Strict: unknown members, references that lead nowhere, states that cannot be
 * reached or never end are ERR_INVALID (size: ERR_LIMIT); err->field is the JSON path
 * ("flow.states[3].next") and err->text says what to do. On ERR_OK *out has one reference.
 */
NODISCARD enum error_code assistant_parse(struct str json, struct assistant **out,
                                          struct error *err);

/** Take and give back a reference; the last one frees. Any thread. unref(NULL) is fine. */
const struct assistant *assistant_ref(const struct assistant *a);
void assistant_unref(const struct assistant *a);
void assistant_unrefp(const struct assistant **a); /* for CLEANUP */

/**
 * The rule in force for a call that asked for `asked`: a call may switch recording off or choose
 * between on and ask, but it cannot skip the question of an assistant that asks.
 */
enum call_record assistant_recording_rule(const struct assistant *a, enum call_record asked);

/**
 * Which brain talks where the carrier has its own agent or not, and a model server is configured
 * or not. Asked in this order: `brain`, then openai in place of a carrier's agent, then
 * `otherwise`. NONE: the call must be refused.
 */
enum assistant_brain assistant_brain_for(const struct assistant *a, bool carrier_has_agent,
                                         bool model_is_configured);

/** By code, without regard to case; NULL when the assistant does not speak it. */
const struct assistant_language *assistant_find_language(const struct assistant *a,
                                                         struct str code);

/** A line of the engine in one of the assistant's languages; may hold ${name}. Never empty. */
struct str assistant_line(const struct assistant *a, const struct assistant_language *l,
                          enum assistant_line line);

/** By name; NULL when the assistant does not have it. */
const struct assistant_function *assistant_find_function(const struct assistant *a,
                                                         struct str name);
const struct assistant_variable *assistant_find_variable(const struct assistant *a,
                                                         struct str name);
/** Its own value, "" when there is none: a text_lookup_fn, ctx is the assistant. */
struct str assistant_own_value(void *assistant, struct str name);

/**
 * Are these the variables of a call to this assistant? An object (or NULL) of declared names with
 * texts, numbers or booleans; texts up to ASSISTANT_TEXT_MAX. err->field: "variables.user_name".
 */
NODISCARD enum error_code assistant_check_variables(const struct assistant *a,
                                                    const struct json *variables,
                                                    struct error *err);

#endif
