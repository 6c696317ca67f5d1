#ifndef CORE_ENGINE_CONSENTS_H
#define CORE_ENGINE_CONSENTS_H

#include "core/domain/consent.h"
#include "core/domain/plan.h"
#include "core/engine/engine.h"

/*
 * Consent is the engine's: whatever a function, a model, a remote reply, a plan or the API wants, a
 * recording starts only where the rule of the call and the ledger allow it. docs/api.md,
 * "Consents", tells the rules to users.
 */

/** Under which name the ledger keeps the other party: the number, "anonymous" without one. */
struct str consents_caller(const struct call *c);

/** What the ledger says last about recording the other party of a call. */
struct consent_standing {
    enum consent_answer newest; /* CONSENT_NONE: nothing */
    bool on_this_call;          /* it was said in this very call */
};

NODISCARD enum error_code consents_standing(struct store_tx *tx, const struct call *c,
                                            struct consent_standing *out, struct error *err);

/**
 * May a recording start, or go on after a pause?
 * - off: never. ask: only after a yes in this very call that nothing has outweighed since.
 * - on: unless the caller withdrew, in this call or before it, or said no in this call.
 */
bool consents_allow_recording(enum call_record rule, const struct consent_standing *s);

/** Has the caller said what no rule outweighs: withdrawn, or a no in this call? */
bool consents_forbid_recording(const struct consent_standing *s);

/**
 * May a document in a carrier's words record? Nothing tells but the word itself, so that it need
 * not be spelled out: one that hides letters behind escapes may, too.
 */
bool consents_may_record(struct str document);

/**
 * Take everything out of a plan that would record the call: the steps start_recording and record,
 * a raw step that speaks of recording, the recording of a dial or conference. True when there was
 * something.
 */
bool consents_strip_recording(struct plan *p);

/**
 * Write a consent that was got elsewhere, and its event. A refusal or withdrawal of recording stops
 * what records this caller now; *work_added tells that jobs wait. c->id and c->at_ms (when 0) are
 * filled in; c->call_id, if given, must be a call with that caller (ERR_NOT_FOUND, ERR_CONFLICT),
 * and without c->caller it is that call's, in the arena: so it is written for a hidden number.
 */
NODISCARD enum error_code consents_record(const struct engine *e, struct consent *c,
                                          struct arena *a, bool *work_added, struct error *err);

#endif
