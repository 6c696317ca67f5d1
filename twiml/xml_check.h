#ifndef TWIML_XML_CHECK_H
#define TWIML_XML_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/compiler.h"
#include "twiml/xml_doc.h"
#include "twiml/xml_grammar.h"

enum xml_severity {
    XML_SEVERITY_UNKNOWN = 0,
    XML_NOTE,    /* allowed, but not known to us or out of fashion */
    XML_WARNING, /* the carrier skips it or takes its default */
    XML_ERROR,   /* the carrier refuses the document */
    XML_SEVERITY_COUNT
};

struct xml_finding {
    enum xml_severity severity;
    int code; /* the carrier's number; 0 for notes */
    uint32_t line;
    char element[32];
    char attribute[48]; /* "" when it is about the element */
    char text[120];
};

enum {
    XML_FINDINGS_MAX = 64
};

/** Fixed size on purpose. `more` counts what did not fit. Zeroed is empty. */
struct xml_report {
    struct xml_finding items[XML_FINDINGS_MAX];
    size_t count, more;
};

struct checking; /* one document that is being judged */

/** What a language knows about an element that no table says. `parent` is NULL for the root. */
typedef void xml_rule_fn(struct checking *c, const struct xml_node *parent,
                         const struct xml_node *n);

/** For rules: one more finding about n; attribute "" when it is about the element. */
void xml_find(struct checking *c, enum xml_severity severity, const struct xml_node *n,
              const char *attribute, const char *fmt, ...) PRINTF_LIKE(5, 6);

/** Append what breaks the grammar or the rule (may be NULL), in document order. */
void xml_check(const struct xml_grammar *g, xml_rule_fn *rule, const struct xml_doc *doc,
               struct xml_report *report);

/** The same, but only what makes the carrier refuse the document. */
void xml_check_errors(const struct xml_grammar *g, xml_rule_fn *rule, const struct xml_doc *doc,
                      struct xml_report *report);

#endif
