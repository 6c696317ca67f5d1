#include "tests/unit/twiml/xml_pair.h"

#include <stdio.h>

#include "tests/support/read_file.h"
#include "tests/support/test.h"
#include "twiml/xml_doc.h"

static bool is_as_expected(const struct xml_pair_row *row, const struct plan *p,
                           const struct plan_loss_report *loss) {
    if (p->count != row->steps || loss->count != (row->where[0] ? 1 : 0))
        return false;
    const struct plan_loss *first = &loss->items[0];
    return loss->count == 0 || (first->kind == row->kind && strcmp(first->where, row->where) == 0 &&
                                first->what[0] && first->remedy[0]);
}

void xml_pair_rows(const struct xml_pair *l, const struct xml_pair_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 17);
        CLEANUP(plan_release) struct plan p = {0};
        struct plan_loss_report loss = {0};
        struct error err = {0};
        buf_printf(&doc, "<Response>%s</Response>", rows[i].inside);
        bool ok = l->read(buf_str(&doc), &p, &loss, &err) == ERR_OK &&
                  is_as_expected(&rows[i], &p, &loss);
        EXPECT(ok);
        if (!ok)
            printf("%s: %s %zu steps, %zu losses, %s: %s\n", rows[i].inside, err.text, p.count,
                   loss.count, loss.items[0].where, loss.items[0].what);
    }
}

bool xml_pair_comes_back(const struct xml_pair *l, const struct plan *p, struct buf *doc) {
    struct plan_loss_report loss = {0};
    struct error err = {0};
    CLEANUP(plan_release) struct plan back = {0};
    buf_clear(doc);
    if (l->write(p, doc, &loss, &err) != ERR_OK || loss.count > 0) {
        printf("not written: %s %s %s\n", err.text, loss.items[0].where, loss.items[0].what);
        return false;
    }
    if (l->read(buf_str(doc), &back, &loss, &err) != ERR_OK || loss.count > 0) {
        printf("not read: %s %s %s\n%s\n", err.text, loss.items[0].where, loss.items[0].what,
               doc->ptr);
        return false;
    }
    if (plan_equal(p, &back))
        return true;
    printf("came back changed:\n%s\n", doc->ptr);
    return false;
}

size_t xml_pair_warnings(const struct xml_pair *l, struct str doc, size_t wanted) {
    struct xml_report report = {0};
    struct error err = {0};
    size_t warnings = 0;
    if (l->check(doc, &report, &err) != ERR_OK) {
        printf("%s\n" STR_FMT "\n", err.text, STR_ARG(doc));
        return SIZE_MAX;
    }
    for (size_t i = 0; i < report.count; i++)
        warnings += report.items[i].severity != XML_NOTE;
    if (warnings != wanted)
        printf("%s.%s: %s\n" STR_FMT "\n", report.items[0].element, report.items[0].attribute,
               report.items[0].text, STR_ARG(doc));
    return warnings;
}

bool xml_pair_is_clean(const struct xml_pair *l, const struct plan *p, struct buf *doc) {
    struct error err = {0};
    buf_clear(doc);
    if (l->write(p, doc, NULL, &err) == ERR_OK)
        return xml_pair_warnings(l, buf_str(doc), 0) == 0;
    printf("not written: %s\n", err.text);
    return false;
}

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
static void put_names(const struct xml_node *n, struct buf *b) {
    for (; n; n = n->next)
        if (!xml_node_is_text(n)) {
            buf_put_str(b, n->name);
            buf_putc(b, ' ');
            put_names(n->first, b);
        }
}

void xml_pair_hostile(const struct xml_pair *l, void (*fill)(struct plan *p, struct str text),
                      const char *names) {
    for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
        CLEANUP(plan_release) struct plan p = {0};
        CLEANUP(plan_release) struct plan back = {0};
        CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
        CLEANUP(buf_release) struct buf found = BUF_INIT(4096);
        CLEANUP(xml_doc_release) struct xml_doc doc = {0};
        struct error err = {0};
        fill(&p, str_z(hostile[i]));
        REQUIRE(l->write(&p, &out, NULL, &err) == ERR_OK);
        REQUIRE(xml_doc_read(buf_str(&out), l->bytes_max, &doc, &err) == ERR_OK);
        put_names(doc.root, &found);
        EXPECT_STR(found.ptr, names);
        REQUIRE(l->read(buf_str(&out), &back, NULL, &err) == ERR_OK);
        EXPECT(plan_equal(&p, &back));
    }
}

struct str xml_pair_load(const char *directory, const char *name, struct buf *to) {
    char path[1024];
    (void)snprintf(path, sizeof path, "%s%s.xml", directory, name);
    buf_clear(to);
    return read_file(path, to) ? buf_str(to) : (struct str){0};
}
