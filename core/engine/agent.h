#ifndef CORE_ENGINE_AGENT_H
#define CORE_ENGINE_AGENT_H

#include "core/base/json.h"
#include "core/domain/function_action.h"
#include "core/domain/text.h"
#include "core/engine/conversation.h"
#include "core/engine/engine.h"

/*
 * Calls on which the carrier's own agent talks (brain "carrier"). The engine hands it a brief, and
 * from then on it is asked for functions; consent, recording and what is kept stay the engine's.
 */

/** Stands for engine.agent_credentials in documents that are stored. */
#define AGENT_CREDENTIALS_MARK "-:-"

/** What the agent of one call is told; engine.write_agent makes its document of it. */
struct agent_brief {
    const struct assistant *assistant;
    const struct call *call;
    struct str greeting;    /* its first words, final; "" none */
    text_lookup_fn *lookup; /* what the assistant's texts may name */
    void *lookup_ctx;
    enum call_record rule; /* in force */
};

/** Does the carrier's own agent talk on calls of this assistant over this carrier? */
bool agent_is_wanted(const struct conversation *cv, const struct assistant *a,
                     const struct provider *p);

/**
 * The first turn of such a call: what has to be heard first, recording where the rule is "on", then
 * the agent. in->input must be CONVERSATION_ANSWERED by a person. recording_url gets the notices of
 * recordings. As conversation_turn() otherwise.
 */
NODISCARD enum error_code agent_turn(const struct engine *e, const struct conversation_turn_in *in,
                                     struct str recording_url, struct conversation_turn_out *out,
                                     struct error *err);

/** A function that an agent asks for. Everything borrowed. */
struct agent_request {
    const struct assistant *assistant;
    int64_t call_id;        /* 0: a call that is not ours */
    struct str session_id;  /* without a call: whose information it is */
    struct str caller_id;   /* without a call: the other party */
    struct str caller_name; /* "" not known */
    struct str function;
    const struct json *arguments; /* object or NULL */
    const struct json *call_log;  /* array of {"role","content"}; NULL: not sent */
    const struct json *meta_data; /* what the agent keeps for this function; object or NULL */
    struct str global_data_json;  /* without a call: what the agent knows; "" {} */
    struct str pay_result;        /* of the last payment, as the agent's variables tell; "" none */
};

/**
 * Run it, keep what it leaves behind in one transaction, and give what the agent is to do. A
 * recording that the rule does not allow is taken out of the reply, which says so: under "ask" the
 * caller's own words in the log decide, not what the agent claims. Strings live in the arena.
 * *payment_id: for agent_payment_guard(), which is to follow; 0: nothing is to be paid.
 * Errors: those of function_run(), ERR_CONFLICT (the call is over), ERR_STORE.
 */
NODISCARD enum error_code agent_function(const struct engine *e, const struct agent_request *q,
                                         struct arena *a, struct function_reply *out,
                                         bool *work_added, int64_t *payment_id, struct error *err);

/**
 * The reply makes the caller pay: wait until nothing is being recorded, for some seconds, once the
 * workers have been woken; if that cannot be had, the reply says instead that nothing can be paid.
 * Blocks. payment_id 0: returns at once.
 */
void agent_payment_guard(const struct engine *e, int64_t payment_id, struct function_reply *reply);

struct payment_link;

/**
 * The agent's pay step is over, by what the carrier says: the payment is settled, and the recording
 * goes on. What is told again, or of a payment that is settled, changes nothing. ERR_NOT_FOUND: the
 * link opens nothing.
 */
NODISCARD enum error_code agent_payment_end(const struct engine *e, const struct payment_link *link,
                                            struct str pay_result, bool *work_added,
                                            struct error *err);

/** What an agent reports when it is through. */
struct agent_report {
    const struct assistant *assistant;
    int64_t call_id; /* 0: a call that is not ours */
    struct str session_id, caller_id;
    struct str summary;          /* "" none */
    const struct json *call_log; /* NULL: not sent */
};

/** Keep it: the transcript, once, and the summary as information "call_summary". */
NODISCARD enum error_code agent_report_keep(const struct engine *e, const struct agent_report *r,
                                            struct error *err);

#endif
