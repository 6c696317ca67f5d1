#ifndef TWIML_XML_SSML_H
#define TWIML_XML_SSML_H

#include "core/base/buf.h"
#include "core/base/error.h"
#include "twiml/xml_doc.h"
#include "twiml/xml_grammar.h"
#include "twiml/xml_write.h"

/* The marked-up inside of <Say>. Private to twiml/. */

/** What breaks the grammar; attribute is NULL when it is the element. */
typedef void xml_ssml_fault(void *ctx, const struct xml_node *element,
                            const struct xml_attr *attribute);

/** Does the node hold elements, not only text? */
bool xml_ssml_is_marked_up(const struct xml_node *say);

/**
 * Write the children of a Say in one canonical form: no comments, CDATA or foreign markup. An
 * element or attribute that breaks the grammar is told to `fault` and left out; the text inside it
 * stays. False when a text cannot be written (never for what xml_doc_read gave).
 */
NODISCARD bool xml_ssml_write_children(struct xml_writer *w, const struct xml_grammar *g,
                                       const struct xml_node *say, xml_ssml_fault *fault,
                                       void *ctx);

/**
 * Write the markup of a plan's ssml. ERR_INVALID when it is not well-formed or breaks the grammar:
 * the text says what and where.
 */
NODISCARD enum error_code xml_ssml_write(struct xml_writer *w, const struct xml_grammar *g,
                                         struct str ssml, struct error *err);

#endif
