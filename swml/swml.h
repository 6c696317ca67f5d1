#ifndef SWML_SWML_H
#define SWML_SWML_H

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/str.h"
#include "core/domain/plan.h"

/* Plan ⇄ SWML ("SignalWire docs: SWML methods"). Pure: no I/O. Thread: any. */

/** What a document is served as. */
extern const char swml_content_type[];

enum {
    SWML_BYTES_MAX = 262144, /* of one document */
    SWML_DEPTH_MAX = 31,     /* levels, the document's own braces included */
    SWML_VALUES_MAX = 20000,
};

struct swml_options {
    /* "user:password", put into every address that begins with own_base, so that requests which the
     * carrier does not sign can be told from strangers'; "": none. Percent-encoded already. */
    struct str credentials;
    struct str own_base; /* "https://gateway.example.com" */
};

/**
 * Append the plan as a SWML document (JSON) to *out, which is untouched on failure. A raw step of
 * dialect "swml" is one verb, put where it stands, or a whole document, which must then be the only
 * step. What SWML says another way or cannot say is added to *loss (may be NULL); `where` is the
 * path in the plan. o may be NULL.
 * Errors: ERR_UNSUPPORTED (a step that SWML has no words for, see the loss of kind REFUSED),
 * ERR_INVALID (err->field is the path), ERR_LIMIT (over SWML_BYTES_MAX, or over out->max).
 */
NODISCARD enum error_code swml_write(const struct plan *p, const struct swml_options *o,
                                     struct buf *out, struct plan_loss_report *loss,
                                     struct error *err);

/**
 * Read a document as its carrier would: strings stand for numbers and booleans where the carrier
 * takes them. Steps are those of the section "main". A verb that a plan has no step for (variables,
 * branches, jumps) becomes a raw step with its own JSON; a document with more sections than "main"
 * becomes one raw step that holds all of it. Verbs that nobody knows are added to *loss (may be
 * NULL) as REFUSED, details that a plan cannot hold as DROPPED.
 * Errors: ERR_INVALID (no JSON, no "sections", no "main", a verb that is no object with one key;
 * err->field says where), ERR_LIMIT.
 */
NODISCARD enum error_code swml_read(struct str doc, struct plan *out, struct plan_loss_report *loss,
                                    struct error *err);

/** The same for a list of verbs, or one verb, that is parsed already. Appends to *out. */
NODISCARD enum error_code swml_read_verbs(const struct json *verbs, struct plan *out,
                                          struct plan_loss_report *loss, struct error *err);

#endif
