#ifndef TWIML_XML_WRITE_H
#define TWIML_XML_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/str.h"

/*
 * Writes XML 1.0 in UTF-8. Names are constants of ours; values are escaped and checked: a put
 * returns false, and leaves a document that must be thrown away, when a value is not UTF-8 or holds
 * a character that XML 1.0 cannot carry. Whether it fitted is asked of the buffer at the end.
 */
struct xml_writer {
    struct buf *out;
    bool tag_open; /* "<Say" is written, its ">" is not */
};

/** `<?xml version="1.0" encoding="UTF-8"?>` */
void xml_write_head(struct xml_writer *w);

void xml_write_begin(struct xml_writer *w, struct str name);
NODISCARD bool xml_write_attr(struct xml_writer *w, struct str name, struct str value);
void xml_write_attr_u64(struct xml_writer *w, struct str name, uint64_t value);
NODISCARD bool xml_write_text(struct xml_writer *w, struct str text);
void xml_write_end(struct xml_writer *w, struct str name); /* `/>` when nothing is inside */

#endif
