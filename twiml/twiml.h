#ifndef TWIML_TWIML_H
#define TWIML_TWIML_H

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/str.h"
#include "core/domain/plan.h"
#include "twiml/xml_check.h"

/* Plan ⇄ TwiML ("Twilio docs: TwiML for Programmable Voice"). Pure: no I/O. Thread: any. */

/** What a document is served as. */
extern const char twiml_content_type[];

/** Prepare the XML library. Call once before threads start; harmless when repeated. */
void twiml_init(void);

/**
 * Append the plan as a TwiML document to *out, which is untouched on failure. What TwiML says
 * another way or cannot say is added to *loss (may be NULL); `where` is the path in the plan.
 * Errors: ERR_UNSUPPORTED (a step that TwiML has no words for, see the loss of kind REFUSED),
 * ERR_INVALID (a text that XML cannot carry, SSML that breaks the grammar, a member that the step
 * cannot do without; err->field is its path), ERR_LIMIT (over 64 KiB, or over out->max).
 * URLs may be relative: the far end resolves them.
 */
NODISCARD enum error_code twiml_write(const struct plan *p, struct buf *out,
                                      struct plan_loss_report *loss, struct error *err);

/**
 * Read a document as its carrier would. What the carrier would skip, and what it would do but a
 * plan cannot hold, is added to *loss (may be NULL) with element and line in `where`: REFUSED when
 * the whole verb or noun is missing from the plan, DROPPED for an attribute or a detail.
 * URLs stay as they are written, relative or not; white space around texts is dropped.
 * Errors: ERR_INVALID (err->carrier_code 12100 not XML or refused, 12102 wrong root), ERR_LIMIT.
 */
NODISCARD enum error_code twiml_read(struct str doc, struct plan *out,
                                     struct plan_loss_report *loss, struct error *err);

/**
 * Judge a document by the grammar alone. ERR_OK means that it could be read; *report then holds
 * the findings (12102 error, 12200 warnings, notes without a number), in document order.
 * Errors: like twiml_read, but a wrong root is a finding.
 */
NODISCARD enum error_code twiml_check(struct str doc, struct xml_report *report, struct error *err);

#endif
