#ifndef SWML_SWML_H
#define SWML_SWML_H

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/str.h"
#include "core/domain/plan.h"

/* Plan ⇄ SWML ("SignalWire docs: SWML methods"; docs/internals/swml.md). Pure: no I/O. Thread: any.
 */

/** What a document is served as. */
extern const char swml_content_type[];

enum {
    SWML_BYTES_MAX = 262144, /* of one document */
    SWML_DEPTH_MAX = 31,     /* levels, the document's own braces included */
    SWML_VALUES_MAX = 20000,
};

struct swml_options {
    /* "user:password", put into every address that begins with own_base, so that requests which the
     * carrier does not sign can be told from strangers'; "": none. Percent-encoded already. Raw
     * steps and agents are left as they are. */
    struct str credentials;
    struct str own_base; /* "https://gateway.example.com"; a host that only begins so is not ours */
};

/**
 * Append the plan as a SWML document (JSON) to *out, which is untouched on failure.
 *
 * - The document begins with "answer", unless the first step is a hangup, reject, redirect, a raw
 *   step or a dial that answers on the bridge.
 * - An action becomes a transfer behind the verb; the request for its URL brings what came of the
 *   verb in "vars" (prompt_result, prompt_value, record_url, connect_result, pay_result …). A
 *   gather's action is only reached when something came, unless action_on_empty.
 * - Texts are literal: "${" and "%{" are broken up with a blank, because the carrier would run what
 *   is inside.
 * - An ai step's document is the value of the verb "ai", one JSON object.
 * - A raw step of dialect "swml" is one verb, an object with one key, put where it stands, or a
 *   whole document, which must then be the only step and goes out byte by byte.
 *
 * What SWML says another way or cannot say is added to *loss (may be NULL); `where` is the path in
 * the plan. o may be NULL.
 * Errors: ERR_UNSUPPORTED (a step that SWML has no words for, see the loss of kind REFUSED),
 * ERR_INVALID (err->field is the path: bytes that are no UTF-8, addresses that are not absolute,
 * raw JSON that is none), ERR_LIMIT (over SWML_BYTES_MAX, or over out->max).
 */
NODISCARD enum error_code swml_write(const struct plan *p, const struct swml_options *o,
                                     struct buf *out, struct plan_loss_report *loss,
                                     struct error *err);

/**
 * Read a document as its carrier would: strings stand for numbers and booleans, a bare "hangup" is
 * a verb. Steps are those of the section "main". What swml_write() puts is folded back: the answer
 * in front, transfers that are actions, repetitions. A verb that a plan has no step for (variables,
 * branches, jumps), or with a value that the carrier works out during the call ("${…}"), becomes a
 * raw step with its own JSON; a document with more sections than "main" becomes one raw step that
 * holds all of it. Verbs that nobody knows are added to *loss (may be NULL) as REFUSED, details
 * that a plan cannot hold as DROPPED; `where` is "main[2].play.volume".
 * Errors: ERR_INVALID (no JSON, YAML, another version, no "sections", no "main", a verb that is no
 * object with one key; err->field says where), ERR_LIMIT. *out is then as it was.
 */
NODISCARD enum error_code swml_read(struct str doc, struct plan *out, struct plan_loss_report *loss,
                                    struct error *err);

/**
 * The same for a list of verbs, or one verb, that is parsed already. Appends to *out. One verb is
 * read by itself: nothing is folded into it, and "answer" is a raw step. Whoever runs verbs one by
 * one expands their variables first; then nothing is raw but what a plan has no step for.
 */
NODISCARD enum error_code swml_read_verbs(const struct json *verbs, struct plan *out,
                                          struct plan_loss_report *loss, struct error *err);

#endif
