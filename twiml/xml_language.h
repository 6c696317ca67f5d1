#ifndef TWIML_XML_LANGUAGE_H
#define TWIML_XML_LANGUAGE_H

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/domain/plan.h"
#include "twiml/xml_check.h"
#include "twiml/xml_grammar.h"
#include "twiml/xml_reading.h"
#include "twiml/xml_writing.h"

/* A call-control language in XML as data, and what all of them do alike. Private to twiml/. */

/** Why a step cannot be said. */
struct xml_refusal {
    const char *what;   /* "TwiML cannot …" */
    const char *remedy; /* what to do instead */
};

struct xml_language {
    const struct xml_grammar *grammar;
    xml_writing_fn *const *writers;         /* by enum plan_kind; NULL: refused */
    const struct xml_refusal *refusals;     /* by enum plan_kind */
    const struct xml_reading_verb *verbs;   /* by element; a NULL reader ends it */
    const struct xml_reading_verb *prompts; /* what is heard inside another verb */
    xml_reading_finish_fn *finish;          /* after the last verb; NULL for none */
    xml_rule_fn *rule;                      /* what no table says; NULL for none */
};

/** The promises of twiml_write(), twiml_read(), twiml_check(), for any language. */
NODISCARD enum error_code xml_language_write(const struct xml_language *l, const struct plan *p,
                                             struct buf *out, struct plan_loss_report *loss,
                                             struct error *err);
NODISCARD enum error_code xml_language_read(const struct xml_language *l, struct str doc,
                                            struct plan *out, struct plan_loss_report *loss,
                                            struct error *err);
NODISCARD enum error_code xml_language_check(const struct xml_language *l, struct str doc,
                                             struct xml_report *report, struct error *err);

#endif
