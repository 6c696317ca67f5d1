#ifndef SWML_SWAIG_REPLY_H
#define SWML_SWAIG_REPLY_H

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/str.h"
#include "core/domain/function_action.h"
#include "core/domain/plan.h"

/*
 * What a function gives, as a carrier's agent takes it ("SignalWire docs: SWAIG response and
 * actions"), in both directions. Pure. Thread: any.
 */
enum {
    SWAIG_REPLY_MAX = 262144 /* bytes of one reply */
};

/** What an action leaves open. */
struct swaig_reply_options {
    struct str connector;         /* where payments are charged, when the action names no other */
    struct str recording_url;     /* told what becomes of recordings; "" nobody */
    uint32_t recording_channels;  /* 1 or 2; 0: 1 */
    struct str recording_format;  /* "wav", "mp3"; "": wav */
    struct str credentials, base; /* see struct swml_options */
};

/**
 * Append the reply. What an agent cannot do is left out and added to *loss (may be NULL); `where`
 * is "actions[1]". Texts are literal to the carrier, but the result of a payment may name
 * "${pay_result}". Errors: ERR_INVALID, ERR_LIMIT; *out is then untouched.
 */
NODISCARD enum error_code swaig_reply_write(const struct function_reply *r,
                                            const struct swaig_reply_options *o, struct buf *out,
                                            struct plan_loss_report *loss, struct error *err);

/**
 * Read somebody's reply. A document of verbs becomes what its verbs mean: recording, payment,
 * transfer … or a plan; one that a plan cannot hold, and actions that only an agent knows, become
 * foreign. Texts live in the arena. An empty object is a reply without a word.
 * Errors: ERR_INVALID (no JSON object, a response or action of a wrong type), ERR_LIMIT.
 */
NODISCARD enum error_code swaig_reply_read(struct str body, struct arena *a,
                                           struct function_reply *out, struct error *err);

#endif
