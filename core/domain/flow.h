#ifndef CORE_DOMAIN_FLOW_H
#define CORE_DOMAIN_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/json.h"
#include "core/base/str.h"

/*
 * The conversation of the scripted brain: states that speak, listen and lead to each other. Read
 * and checked by assistant_parse(); lives as long as its assistant.
 */
enum {
    FLOW_STATES_MAX = 100,
    FLOW_RULES_MAX = 16,
    FLOW_CALLS_MAX = 4,
    FLOW_BRANCHES_MAX = 8,
    FLOW_SETS_MAX = 8,
    FLOW_SLOTS_MAX = 16,
    FLOW_NAME_MAX = 32,       /* of states and slots */
    FLOW_SLOT_VALUE_MAX = 120 /* bytes; keeps a conversation's state small */
};
#define FLOW_NOWHERE SIZE_MAX /* an index of a state that is not set */

enum flow_kind {
    FLOW_KIND_NONE = 0,
    FLOW_TEXT,
    FLOW_NUMBER,
    FLOW_MONEY,
    FLOW_YES_NO,
    FLOW_NAME,
    FLOW_PLACE,
    FLOW_DATE,
    FLOW_KIND_COUNT
};
const char *flow_kind_name(enum flow_kind k); /* "text", "money" … */

struct flow_share {
    struct str category, information; /* both empty: nothing is shared */
};

struct flow_set {
    struct str slot, value;
};

/** Run a function on entering a state. */
struct flow_call {
    struct str function;
    const struct json *arguments; /* object or NULL; texts in it may hold ${name} */
    struct str save; /* slot for the function's response, or for how it ended when the caller was
                        sent elsewhere ("success", "busy" …); "" none */
};

/** All that is given must hold. Amounts are in hundredths. */
struct flow_branch {
    struct str name; /* slot, variable or "global_data.NAME" */
    bool has_at_least, has_less_than, has_equals, has_is_set;
    int64_t at_least, less_than;
    struct str equals;
    bool is_set;
    size_t next;
};

/** An expected answer: words or keys. */
struct flow_rule {
    struct str *match; /* see phrase_match() */
    size_t match_count;
    struct str keys; /* exactly these */
    struct flow_set *sets;
    size_t set_count;
    struct flow_share share;
    size_t next;
};

/** What to do when nothing, or nothing useful, was said. */
struct flow_retry {
    struct str say;
    uint32_t max; /* times to ask again */
    size_t next;  /* then; FLOW_NOWHERE: a polite end */
};

struct flow_listen {
    bool speech, keys;
    uint32_t digits; /* as many keys end the answer; 0: '#' or a pause does */
    uint32_t timeout_s;
    struct str hints;
};

struct flow_capture {
    struct str slot;
    enum flow_kind kind; /* FLOW_KIND_NONE: nothing is captured */
    struct str words;    /* slot for the caller's own words; "" none */
    bool sum;            /* money: several amounts are added up */
    bool confirm;
    struct str question; /* of the confirmation; never empty when confirm is set */
};

/**
 * What an earlier call may have told: the newest information of that category that begins with
 * `prefix` holds the value behind it. The caller is asked to confirm it instead of the question; a
 * no ends that for the rest of the call, as somebody else may be speaking.
 */
struct flow_known {
    struct str category; /* empty: nothing is looked for */
    struct str prefix;   /* "Customer name:"; "" the value is at the beginning */
    struct str until;    /* " ("; "" the value goes to the end */
    struct str question; /* names the slot; never empty when category is set */
};

struct flow_state {
    struct str id;
    struct str say;
    struct str language; /* code of one of the assistant's, spoken from here on; "" no change */
    bool asks;           /* listens after speaking; otherwise goes on at once or ends */
    struct flow_listen listen;
    struct flow_capture capture;
    struct flow_known known;
    struct flow_rule *rules;
    size_t rule_count;
    struct flow_share share; /* once captured */
    struct flow_retry no_input, no_match;
    struct flow_call *calls;
    size_t call_count;
    struct flow_branch *branches; /* the first that holds wins over next */
    size_t branch_count;
    size_t next;
    struct str outcome;     /* not empty: the conversation ends here */
    struct str transfer_to; /* … by connecting the caller to this number */
    uint32_t ignore;        /* set of BIT(enum assistant_interruption) not listened for here */
};

struct flow {
    struct flow_state *states;
    size_t state_count;
    size_t start;
    size_t on_human; /* where a caller who wants a person is led; FLOW_NOWHERE: the call ends */
    struct str slots[FLOW_SLOTS_MAX];
    size_t slot_count;
};

/** Index of a slot; false when there is none of that name. */
bool flow_find_slot(const struct flow *f, struct str name, size_t *out);
bool flow_find_state(const struct flow *f, struct str id, size_t *out);

#endif
