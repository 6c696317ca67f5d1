#ifndef TWIML_PLIVOXML_H
#define TWIML_PLIVOXML_H

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/str.h"
#include "core/domain/plan.h"
#include "twiml/xml_check.h"

/*
 * Plan ⇄ Plivo XML ("Plivo docs: Voice XML"), with the promises of twiml.h where nothing else is
 * said. Pure: no I/O. Thread: any. twiml_init() prepares the XML library for both languages.
 */

/** What a document is served as. */
extern const char plivoxml_content_type[];

enum {
    PLIVOXML_BYTES_MAX = 100000 /* "100 KB" in Plivo docs: XML overview; the smaller reading */
};

/**
 * Append the plan as a Plivo XML document to *out, which is untouched on failure. What Plivo says
 * another way or cannot say is added to *loss (may be NULL); `where` is the path in the plan.
 * A gather with action_on_empty and a two-way stream with an action are followed by a <Redirect>
 * to that URL, because Plivo asks it only when something came, or never.
 * Errors: ERR_UNSUPPORTED (a step that Plivo XML has no words for, see the loss of kind REFUSED),
 * ERR_INVALID (as twiml_write; also a URL that is not absolute, a gather without action: Plivo
 * refuses the whole document), ERR_LIMIT (over PLIVOXML_BYTES_MAX, or over out->max).
 */
NODISCARD enum error_code plivoxml_write(const struct plan *p, struct buf *out,
                                         struct plan_loss_report *loss, struct error *err);

/**
 * Read a document as its carrier would, with what twiml_read says about losses. For recordings and
 * the time-out of a dial, Plivo's defaults differ from the other carriers': plivoxml_write() says
 * theirs aloud for an unset member, and a missing attribute is read as Plivo's value.
 * Errors: ERR_INVALID (err->carrier_code 8011, "Invalid Answer XML": not XML, another root, or what
 * plivoxml_check calls an error), ERR_LIMIT.
 */
NODISCARD enum error_code plivoxml_read(struct str doc, struct plan *out,
                                        struct plan_loss_report *loss, struct error *err);

/**
 * Judge a document by the grammar and by what is known to make Plivo refuse it. ERR_OK means that
 * it is XML; *report then holds the findings (errors carry 8011, warnings and notes no number), in
 * document order. Errors: like plivoxml_read, but what is refused is a finding.
 */
NODISCARD enum error_code plivoxml_check(struct str doc, struct xml_report *report,
                                         struct error *err);

#endif
