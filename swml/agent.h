#ifndef SWML_AGENT_H
#define SWML_AGENT_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/base/str.h"
#include "core/domain/assistant.h"
#include "core/domain/plan.h"
#include "core/domain/text.h"

/*
 * An assistant as a document for the carrier's own agent ("SignalWire docs: the verb ai"): the same
 * persona, functions and recording rule that the engine goes by elsewhere. Pure. Thread: any.
 */
struct swml_agent_options {
    struct str function_url;    /* where functions are called: absolute, without credentials */
    struct str post_prompt_url; /* where the agent reports to when the assistant names nobody */
    bool always_report;         /* also when the assistant asks for no summary */
    struct str query;           /* "call=…", encoded; put into both addresses before the token */
    struct str credentials;     /* "user:password", percent-encoded; put into both addresses */

    /* What proves that a function call is of this call; NULL: no tokens are written. */
    const struct secret *token_key;
    struct str token_call_id; /* whom tokens are for, see swaig_token_put() */
    struct str token_nonce;   /* for tests; "": random */
    int64_t token_expires_s;

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

/**
 * Append the whole document: answer, what is said first, record_call where the rule is "on", the
 * agent. *out is untouched on failure. What the carrier would ignore, or does otherwise than it
 * looks, is added to *loss (may be NULL).
 * Errors: ERR_INVALID (an address that is none), ERR_LIMIT (over SWML_BYTES_MAX or out->max).
 */
NODISCARD enum error_code swml_agent_write(const struct assistant *a,
                                           const struct swml_agent_options *o, struct buf *out,
                                           struct plan_loss_report *loss, struct error *err);

/** The value of the verb "ai" alone, for a step of kind PLAN_AI. */
NODISCARD enum error_code swml_agent_write_ai(const struct assistant *a,
                                              const struct swml_agent_options *o, struct buf *out,
                                              struct plan_loss_report *loss, struct error *err);

#endif
