#ifndef TWIML_XML_DOC_H
#define TWIML_XML_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/str.h"

/* A small XML document as a tree in an arena. Only xml_doc.c knows the XML library. */
enum {
    XML_DEPTH_MAX = 32,
    XML_ATTRS_MAX = 64, /* of one element, namespace declarations included */
    XML_NODES_MAX = 2000,
};

struct xml_attr {
    struct str name; /* with its prefix: "xml:lang" */
    struct str value;
};

struct xml_node {
    struct str name; /* with its prefix; empty: this is a run of text */
    struct str text; /* of a run of text, references resolved, CDATA included */
    uint32_t line;   /* 1-based */
    struct xml_attr *attrs;
    size_t attr_count;
    struct xml_node *first, *next; /* first child; next sibling */
};

/** Zeroed is an empty document. */
struct xml_doc {
    struct xml_node *root;
    struct arena arena;
};

void xml_doc_release(struct xml_doc *d); /* zeroed is fine; leaves it empty */

/**
 * Read one document. UTF-8 only. Never loads or expands anything: a document type declaration, a
 * processing instruction, an entity of its own or another encoding is refused. Comments are
 * skipped; a namespace declaration is an attribute like any other. More than bytes_max is
 * ERR_LIMIT. Errors: ERR_INVALID (not well-formed or refused), ERR_LIMIT; the text starts with
 * "line N: ". Thread: any.
 */
NODISCARD enum error_code xml_doc_read(struct str text, size_t bytes_max, struct xml_doc *out,
                                       struct error *err);

/** Prepare the XML library. Call once before threads start; harmless when repeated. */
void xml_doc_init(void);

static inline bool xml_node_is_text(const struct xml_node *n) {
    return n->name.len == 0;
}

/** Value of an attribute; NULL when it is missing. */
const struct str *xml_node_attr(const struct xml_node *n, const char *name);

/** Has the attribute just this value? */
bool xml_node_says(const struct xml_node *n, const char *name, const char *value);

/** The runs of text directly inside n, joined in the arena, without white space at both ends. */
struct str xml_node_text(const struct xml_node *n, struct arena *a);

/** Does n hold a run of text that is more than white space? */
bool xml_node_has_text(const struct xml_node *n);

#endif
