#ifndef PROVIDERS_MOCK_CARRIER_CALLEE_H
#define PROVIDERS_MOCK_CARRIER_CALLEE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/str.h"

/* The person (or machine, or fault) at the other end of a number. Made by scenario.h. */

enum callee_outcome {
    CALLEE_OUTCOME_NONE = 0,
    CALLEE_ANSWERS,
    CALLEE_BUSY,
    CALLEE_NO_ANSWER,
    CALLEE_FAILS,
    CALLEE_MACHINE,
    CALLEE_OUTCOME_COUNT
};

/** What a callee does at one turn. Empty expect: at any turn. */
struct callee_move {
    struct str expect;             /* alternatives apart by '|', found without regard to case */
    struct str say;                /* may hold {facts} */
    struct str press;              /* keys, for a gather that takes keys */
    uint32_t wait_ms;              /* thinks so long first */
    bool hangup;                   /* after saying its piece */
    struct str function, argument; /* what a carrier's agent makes of it: a call of this function
                                      with this JSON object; "": the agent's own rules decide */
};

struct callee_fact {
    struct str name, value;
};

/** What the carrier answers to a request on purpose. */
struct callee_fault {
    int status;             /* 0: none */
    uint32_t times;         /* the first so many requests for a number; 0: each one */
    uint32_t retry_after_s; /* 0: no such header */
    bool cut;               /* close the connection instead of replying */
    bool accept;            /* create only: place the call all the same */
    struct str body;        /* "": the carrier's own words */
};

struct callee {
    struct str number, suffix; /* one of them */
    enum callee_outcome outcome;
    bool answer_after_set;
    uint32_t answer_after_ms;
    struct str greeting; /* said when picking up; "": none */
    struct str default_reply;
    struct callee_fact *facts;
    size_t fact_count;
    struct callee_move *script; /* in order, each once */
    size_t script_count;
    struct callee_move *rules; /* at any turn, the first that fits */
    size_t rule_count;
    uint32_t
        hangs_up_in_say; /* number of the assistant's utterance it does not hear out; 0: none */
    bool silent;
    bool webhooks_disorderly;      /* status callbacks duplicated, late and out of order */
    struct callee_fault create;    /* to the request that would ring this number */
    struct callee_fault recording; /* to each request for the sound of a recording */
    struct str card, card_expiry, card_code, postal_code;
};

/** Does the fault hit the nth request (from 0)? */
bool callee_fault_hits(const struct callee_fault *f, uint64_t nth);

/** Where in its script a callee is. Zeroed at the start of a call. */
struct callee_state {
    uint32_t script_at;
    uint32_t says_heard;
};

struct callee_listen {
    struct str heard;    /* what the assistant said since the last turn */
    struct str question; /* the part of it that rules reply to; "": they find it themselves */
    bool speech, keys;
    uint32_t digits_max; /* 0: no limit */
};

struct callee_reply {
    struct buf say; /* len 0: says nothing */
    char keys[64];  /* "": presses nothing */
    uint32_t wait_ms;
    bool hangup;
    struct str function, argument; /* of the move, borrowed */
};

/** The text has one of these in it; they are apart by '|' and found without regard to case. */
bool callee_mentions(struct str text, struct str alternatives);

/** The callee's turn. *out is zeroed before; release it with callee_reply_release(). */
void callee_turn(const struct callee *c, struct callee_state *s, const struct callee_listen *l,
                 struct callee_reply *out);
void callee_reply_release(struct callee_reply *r);

/** Value of a fact, empty when there is none. */
struct str callee_fact_value(const struct callee *c, struct str name);

#endif
