#ifndef CORE_ENGINE_CONVERSATION_H
#define CORE_ENGINE_CONVERSATION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/log.h"
#include "core/domain/assistant.h"
#include "core/domain/call.h"
#include "core/domain/event.h"
#include "core/domain/plan.h"
#include "core/domain/record.h"
#include "core/domain/store.h"

/*
 * One turn of an assistant's conversation: from what the caller did to what the carrier does next.
 * A turn only computes: it reads the store but changes nothing. What is to be kept comes back as
 * effects, which the webhook service writes in the transaction that accepts the turn; so a turn
 * that is lost or computed twice leaves no trace.
 */
struct function_payment;
struct function_remote;
struct payment_view;
struct zones;
struct conversation; /* knows the brains, the functions, the store and the clock */

struct conversation_options {
    struct store *store; /* read only; for get_shared_information and what was said before */
    struct clock clock;
    struct log *log;                      /* may be NULL */
    struct brain *openai;                 /* borrowed; NULL: no model server is configured */
    const struct zones *zones;            /* borrowed; NULL: no time zones by name */
    const struct function_remote *remote; /* borrowed; NULL: remote functions fail */
    unsigned workers;                     /* for turns that may take long; 0: 16 */
    uint32_t filler_after_ms; /* a caller waits so long before asked for patience; 0: 3000 */
};

struct conversation *conversation_new(const struct conversation_options *o);
void conversation_free(struct conversation *cv); /* NULL is fine */

/**
 * Which brain leads this assistant's conversations: the one that it names, where that is to be had,
 * else what it names otherwise; a model server stands in for a carrier's agent. ERR_INVALID, with
 * what to do about it, when there is none. cv NULL: no model server.
 */
NODISCARD enum error_code conversation_brain(const struct conversation *cv,
                                             const struct assistant *a, bool carrier_has_agent,
                                             enum assistant_brain *out, struct error *err);

enum conversation_input {
    CONVERSATION_ANSWERED = 1, /* first document: greeting, disclosure, first question */
    CONVERSATION_SPOKE,        /* keys or speech, perhaps none of either (silence) */
    CONVERSATION_PAID,         /* a payment is over, well or not: payment.result */
};

struct conversation_turn_in {
    const struct assistant *assistant;
    const struct call *call;
    struct str variables_json; /* of the request; "" none */
    struct str state_json;     /* from the last turn's out; "" before the first */
    uint32_t turn;             /* number of the document to make: 0 for the answer */
    enum conversation_input input;
    struct str speech, digits; /* both empty: silence */
    double confidence;         /* -1 unknown */
    enum call_answered_by answered_by;
    struct str next_url;      /* where the carrier sends what comes next: action of a gather */
    enum call_status dialled; /* how a transfer that the last turn made ended; NONE: not known */
    const struct payment_view *payment; /* NULL: nothing can be paid */
    int64_t now_ms;
    int64_t deadline_ms; /* monotonic: the carrier does not wait for longer; 0: none */
};

enum {
    CONVERSATION_EFFECTS_MAX = 32
};

enum conversation_effect_kind {
    CONVERSATION_LINE = 1,        /* a transcript line: role, text */
    CONVERSATION_INFO,            /* captured information: category, text */
    CONVERSATION_FUNCTION,        /* a function ran: text is {"name","arguments","result"} */
    CONVERSATION_CONSENT,         /* text: the caller's words; yes tells the answer */
    CONVERSATION_OUTCOME,         /* end_call: text is the reason; call.outcome */
    CONVERSATION_RECORDING,       /* yes: start recording now; no: stop */
    CONVERSATION_PAYMENT,         /* pay: take it; see core/engine/payment.h */
    CONVERSATION_RECORDING_PAUSE, /* yes: pause it; no: resume */
    CONVERSATION_SUM_UP,          /* a model leads: its post-prompt is to be asked in the end */
};

struct conversation_effect {
    enum conversation_effect_kind kind;
    enum turn_role role;
    struct str category;
    struct str text;
    struct str caller_id;  /* whom information is about; "" the other party of the call */
    struct str usage_json; /* of a line: what the brain took of a model server; "" nothing */
    const struct function_payment *pay; /* in the plan's arena */
    bool yes;
};

/** Everything lives in the arena of plan. Zeroed before the call; release with
 * conversation_turn_out_release(). */
struct conversation_turn_out {
    struct plan plan; /* what the carrier does next; ends with hang-up when the call is over */
    struct str state_json;
    struct conversation_effect effects[CONVERSATION_EFFECTS_MAX];
    size_t effect_count;
};
void conversation_turn_out_release(struct conversation_turn_out *out);

/**
 * The answer to the post-prompt of a conversation that a model led and that is over, fit to be
 * kept; in the arena. Of the input assistant, call, variables, state and time count. May block.
 * Errors: ERR_UNSUPPORTED (no model server is configured), those of brain_sum_up().
 */
NODISCARD enum error_code conversation_sum_up(struct conversation *cv,
                                              const struct conversation_turn_in *in,
                                              struct arena *a, struct str *summary,
                                              struct error *err);

/**
 * What was said or keyed, fit to be kept: one line of bounded length, no card number. cards: what
 * the same party said before, see card_watch.h; NULL: nothing.
 */
struct card_watch;
struct str conversation_fit(struct arena *a, struct card_watch *cards, struct str said);

/**
 * Compute one turn. May block for a brain that asks a model server, never with a lock held. A brain
 * that fails still gives a plan (the assistant's fall-back line), so ERR_* here means that the
 * input itself is unusable: unknown state, limits; or, with ERR_CONFLICT, that another request has
 * just been given this turn. A turn with remote functions that take long gives documents that ask
 * for patience and lead back, until it is done. Deterministic for the scripted brain.
 */
NODISCARD enum error_code conversation_turn(struct conversation *cv,
                                            const struct conversation_turn_in *in,
                                            struct conversation_turn_out *out, struct error *err);

#endif
