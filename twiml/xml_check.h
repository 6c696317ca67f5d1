#ifndef TWIML_XML_CHECK_H
#define TWIML_XML_CHECK_H

#include <stddef.h>
#include <stdint.h>

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

/** Append what breaks the grammar, in document order. */
void xml_check(const struct xml_grammar *g, const struct xml_doc *doc, struct xml_report *report);

#endif
