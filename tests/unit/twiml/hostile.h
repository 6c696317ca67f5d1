#ifndef TESTS_UNIT_TWIML_HOSTILE_H
#define TESTS_UNIT_TWIML_HOSTILE_H

#include "core/base/buf.h"
#include "twiml/xml_doc.h"

/* Texts that would be markup if one place forgot to escape; all of them are UTF-8 that XML holds.
 */
static const char *const hostile[] = {
    "</Say><Dial>+19005550101</Dial><Say>",
    "\"/><Dial>+19005550101</Dial><x y=\"",
    "'><Redirect>https://evil.example</Redirect>",
    "]]>",
    "<![CDATA[<Hangup/>]]>",
    "<!-- --><Hangup/>",
    "-->",
    "&lt;Hangup/&gt;",
    "&#60;Hangup/&#62;",
    "&amp;lt;",
    "%3CHangup/%3E",
    "<?xml version=\"1.0\"?><Response/>",
    "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>&a;",
    "&a;",
    "a\r\nb\tc\nd",
    "\xC2\x85\xE2\x80\xA8",           /* line breaks of XML 1.1 */
    "\xEF\xBC\x9CHangup\xEF\xBC\x9E", /* full-width < and > */
    "\xF0\x9F\x98\x80",
};

/* The names of all elements, in document order, each with a blank behind it. */
static inline void put_names(const struct xml_node *n, struct buf *b) {
    for (; n; n = n->next)
        if (!xml_node_is_text(n)) {
            buf_put_str(b, n->name);
            buf_putc(b, ' ');
            put_names(n->first, b);
        }
}

#endif
