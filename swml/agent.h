#ifndef SWML_AGENT_H
#define SWML_AGENT_H

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/str.h"
#include "core/domain/assistant.h"
#include "core/domain/plan.h"
#include "core/domain/text.h"
#include "swml/swaig_token.h"

/*
 * An assistant as a document for the carrier's own agent ("SignalWire docs: the verb ai"): the same
 * persona, functions and recording rule that the engine goes by elsewhere. Pure. Thread: any.
 */
struct swml_agent_options {
    struct str function_url;    /* where functions are called: absolute, without credentials */
    struct str post_prompt_url; /* where the agent reports to when the assistant names nobody */
    bool always_report;         /* also when the assistant asks for no summary */
    struct str query;           /* "call=…", encoded; put into both addresses before the token */
    bool has_tokens; /* functions are proven to be of their call, see swaig_token_put() */

    /* What ${name} in the assistant's texts stands for; NULL: its variables' own values. */
    text_lookup_fn *lookup;
    void *lookup_ctx;

    struct str opening;          /* said before the agent begins; whole document only */
    struct str greeting;         /* the agent's first words, as they are; "" none */
    bool send_log;               /* functions get the conversation so far, to see what was said */
    struct str global_data_json; /* what is known of the call; "": the assistant's own */
    enum call_record record;     /* rule in force: on records from the start */
    struct str recording_url;    /* told of that recording; "" nobody */
    struct str carrier;          /* whose voices to take: "signalwire" when empty */
};

/** What differs from call to call, or is secret. */
struct swml_agent_call {
    struct str credentials; /* "user:password", percent-encoded; put into our addresses; "" none */
    struct swaig_grant grant; /* not looked at when there are no tokens */
};

/**
 * An agent's document without that. Immutable, so one may serve all calls, from any thread. Borrows
 * the assistant, which must outlive it.
 */
struct swml_agent_document;

enum swml_agent_part {
    SWML_AGENT_WHOLE =
        1,        /* answer, what is said first, record_call where the rule is "on", agent */
    SWML_AGENT_AI /* the value of the verb "ai" alone, for a step of kind PLAN_AI */
};

/**
 * Make it. What the carrier would ignore, or does otherwise than it looks, is added to *loss (may
 * be NULL). Errors: ERR_INVALID (an address that is none), ERR_LIMIT (over SWML_BYTES_MAX).
 */
NODISCARD enum error_code swml_agent_make(const struct assistant *a,
                                          const struct swml_agent_options *o,
                                          enum swml_agent_part part,
                                          struct swml_agent_document **out,
                                          struct plan_loss_report *loss, struct error *err);
void swml_agent_free(struct swml_agent_document *d); /* NULL is fine */

/**
 * Append it for one call. *out is untouched on failure: ERR_INVALID (a token cannot
 * carry this id or a function's name), ERR_LIMIT (over out->max).
 */
NODISCARD enum error_code swml_agent_put(const struct swml_agent_document *d,
                                         const struct swml_agent_call *c, struct buf *out,
                                         struct error *err);

/** Both at once. */
NODISCARD enum error_code swml_agent_write(const struct assistant *a,
                                           const struct swml_agent_options *o,
                                           enum swml_agent_part part,
                                           const struct swml_agent_call *c, struct buf *out,
                                           struct plan_loss_report *loss, struct error *err);

#endif
