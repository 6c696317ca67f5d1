#include "twiml/plivoxml.h"

#include "twiml/plivoxml_grammar.h"
#include "twiml/plivoxml_verbs.h"
#include "twiml/xml_language.h"

const char plivoxml_content_type[] = "application/xml; charset=utf-8";

static const struct xml_language plivoxml = {
    .grammar = &plivoxml_grammar,
    .writers = plivoxml_writers,
    .refusals = plivoxml_refusals,
    .verbs = plivoxml_verbs,
    .prompts = plivoxml_prompts,
    .finish = plivoxml_finish,
    .rule = plivoxml_rule,
};

enum error_code plivoxml_write(const struct plan *p, struct buf *out, struct plan_loss_report *loss,
                               struct error *err) {
    return xml_language_write(&plivoxml, p, out, loss, err);
}

enum error_code plivoxml_read(struct str doc, struct plan *out, struct plan_loss_report *loss,
                              struct error *err) {
    return xml_language_read(&plivoxml, doc, out, loss, err);
}

enum error_code plivoxml_check(struct str doc, struct xml_report *report, struct error *err) {
    return xml_language_check(&plivoxml, doc, report, err);
}
