#include "twiml/twiml.h"

#include "twiml/twiml_grammar.h"
#include "twiml/twiml_verbs.h"
#include "twiml/xml_language.h"

const char twiml_content_type[] = "text/xml; charset=utf-8";

static const struct xml_language twiml = {
    .grammar = &twiml_grammar,
    .writers = twiml_writers,
    .refusals = twiml_refusals,
    .verbs = twiml_verbs,
    .prompts = twiml_prompts,
};

void twiml_init(void) {
    xml_doc_init();
}

enum error_code twiml_write(const struct plan *p, struct buf *out, struct plan_loss_report *loss,
                            struct error *err) {
    return xml_language_write(&twiml, p, out, loss, err);
}

enum error_code twiml_read(struct str doc, struct plan *out, struct plan_loss_report *loss,
                           struct error *err) {
    return xml_language_read(&twiml, doc, out, loss, err);
}

enum error_code twiml_check(struct str doc, struct xml_report *report, struct error *err) {
    return xml_language_check(&twiml, doc, report, err);
}
