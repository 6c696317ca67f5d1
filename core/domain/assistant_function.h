#ifndef CORE_DOMAIN_ASSISTANT_FUNCTION_H
#define CORE_DOMAIN_ASSISTANT_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/json.h"
#include "core/base/str.h"
#include "core/domain/assistant_speech.h"

/*
 * What an assistant may do besides talking. Part of struct assistant. A built-in function may carry
 * a description and parameters of the assistant's own: they are what brains are told, while what
 * is given is checked against the built-in schema as well.
 */
enum {
    ASSISTANT_FUNCTIONS_MAX = 32,
    ASSISTANT_RULES_MAX = 16,
    ASSISTANT_CONDITIONS_MAX = 8,
    ASSISTANT_ACTIONS_MAX = 16,
    ASSISTANT_FILLER_LANGUAGES_MAX = 16,
};

enum assistant_function_kind {
    ASSISTANT_FUNCTION_NONE = 0,
    ASSISTANT_FUNCTION_BUILT_IN,
    ASSISTANT_FUNCTION_DECLARED, /* response and effects are written here */
    ASSISTANT_FUNCTION_REMOTE,   /* the user's own endpoint at `url` is asked */
    ASSISTANT_FUNCTION_KIND_COUNT
};

/** All that is given must hold. Amounts are in hundredths. */
struct assistant_condition {
    struct str name; /* an argument, a variable, or "global_data.NAME" */
    bool has_at_least, has_less_than, has_equals, has_is_set;
    int64_t at_least, less_than;
    struct str equals;               /* text; "true" and "false" for booleans */
    struct assistant_phrases one_of; /* equal to one of them; count 0: not asked */
    bool is_set;
    struct assistant_phrases match; /* see phrase_match(); count 0: not asked */
};

/** What a function gives, says and does. Texts may name arguments: ${amount}. */
struct assistant_effect {
    struct str response;                          /* for the brain, or for people */
    struct str share_category, share_information; /* both or none */
    struct str end_reason;                        /* not empty: the call ends */
    bool post_process;          /* the actions are carried out after the brain's next answer */
    const struct json *actions; /* array of {"word": value}, in order; NULL: none. The words are
                                   those of core/domain/function_action.h */
};

/** The first rule whose conditions all hold wins. */
struct assistant_rule {
    const struct assistant_condition *when;
    size_t when_count; /* 0: always */
    struct assistant_effect effect;
};

struct assistant_function {
    struct str name, description;
    enum assistant_function_kind kind;
    const struct json
        *parameters; /* JSON Schema of the arguments, checked; NULL: the built-in one */
    /* declared: */
    struct assistant_effect effect; /* when no rule holds */
    const struct assistant_rule *rules;
    size_t rule_count;
    /* remote: */
    struct str url;      /* http(s); may carry user:password@, so never print it */
    uint32_t timeout_ms; /* 0: the gateway's own */
    /* all: */
    bool is_open;      /* "secure": false, so no token is asked of who calls it */
    bool is_flow_only; /* for the flow; brains that read are not told of it */
    bool is_inactive;  /* not offered until an action switches it on */
    const struct assistant_fillers *fillers;
    size_t filler_count;
    bool wait_for_fillers, skip_fillers;
    struct str wait_file; /* http(s) URL of audio to play meanwhile */
    uint32_t wait_file_loops;
    const struct json *meta_data; /* object or NULL */
    struct str meta_data_token;   /* functions with the same one share their meta data */
};

#endif
