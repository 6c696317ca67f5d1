#include "twiml/xml_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct checking {
    const struct xml_grammar *grammar;
    struct xml_report *report;
};

static void cut(char *dst, size_t dst_size, struct str s) {
    (void)snprintf(dst, dst_size, STR_FMT, STR_ARG(s));
}

static void find(struct checking *c, enum xml_severity severity, const struct xml_node *at,
                 struct str attribute, const char *fmt, ...) PRINTF_LIKE(5, 6);

static void find(struct checking *c, enum xml_severity severity, const struct xml_node *at,
                 struct str attribute, const char *fmt, ...) {
    struct xml_report *r = c->report;
    if (r->count == XML_FINDINGS_MAX) {
        r->more++;
        return;
    }
    struct xml_finding *f = &r->items[r->count++];
    *f = (struct xml_finding){.severity = severity, .line = at->line};
    f->code = severity == XML_NOTE ? 0 : c->grammar->schema_code;
    cut(f->element, sizeof f->element, at->name);
    cut(f->attribute, sizeof f->attribute, attribute);
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(f->text, sizeof f->text, fmt, ap);
    va_end(ap);
}

static const struct str none = {0};

static void check_attr(struct checking *c, const struct xml_element_rule *rule,
                       const struct xml_node *n, const struct xml_attr *attr) {
    const struct xml_attr_rule *a = xml_grammar_attr(rule, attr->name);
    if (!a) {
        find(c, XML_WARNING, n, attr->name, "the attribute is not part of %s", c->grammar->name);
        return;
    }
    const char *wrong = xml_grammar_judge(a, attr->value);
    if (wrong)
        find(c, XML_WARNING, n, attr->name, "the value \"%.40s\" %s",
             attr->value.len > 0 ? attr->value.ptr : "", wrong);
    else if (a->type == XML_VALUE_ENUM_OPEN && !xml_grammar_knows(a, attr->value))
        find(c, XML_NOTE, n, attr->name, "the value \"%.40s\" is new to us",
             attr->value.len > 0 ? attr->value.ptr : "");
}

static void check_required(struct checking *c, const struct xml_element_rule *parent,
                           const struct xml_element_rule *rule, const struct xml_node *n) {
    if (parent && c->grammar->lenient_parent &&
        strcmp(parent->name, c->grammar->lenient_parent) == 0)
        return;
    for (size_t i = 0; i < rule->attr_count; i++) {
        const struct xml_attr_rule *a = &rule->attrs[i];
        if (a->required && !xml_node_attr(n, a->name) && !(a->alias && xml_node_attr(n, a->alias)))
            find(c, XML_WARNING, n, str_z(a->name), "the attribute is missing");
    }
}

static size_t count_chars(struct str s) {
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
    return n;
}

static void check_text(struct checking *c, const struct xml_element_rule *rule,
                       const struct xml_node *n) {
    size_t chars = 0;
    for (const struct xml_node *t = n->first; t; t = t->next)
        if (xml_node_is_text(t))
            chars += count_chars(str_trim(t->text));
    if (chars > 0 && !rule->text)
        find(c, XML_WARNING, n, none, "no text belongs directly inside it");
    else if (rule->text_max_chars > 0 && chars > rule->text_max_chars)
        find(c, XML_WARNING, n, none, "its text has more than %zu characters",
             rule->text_max_chars);
}

/* Recursion is bounded by XML_DEPTH_MAX. What is unknown or misplaced is not looked into. */
static void check_node(struct checking *c, const struct xml_element_rule *parent,
                       const struct xml_node *n) {
    const struct xml_element_rule *rule = xml_grammar_element(c->grammar, n->name);
    if (!rule) {
        find(c, XML_WARNING, n, none, "the element is not part of %s", c->grammar->name);
        return;
    }
    if (parent && !xml_grammar_allows(c->grammar, parent, rule)) {
        find(c, XML_WARNING, n, none, "the element does not belong inside <%s>", parent->name);
        return;
    }
    if (rule->deprecated)
        find(c, XML_NOTE, n, none, "the element is deprecated");
    for (size_t i = 0; i < n->attr_count; i++)
        check_attr(c, rule, n, &n->attrs[i]);
    check_required(c, parent, rule, n);
    check_text(c, rule, n);
    for (const struct xml_node *child = n->first; child; child = child->next)
        if (!xml_node_is_text(child))
            check_node(c, rule, child);
}

void xml_check(const struct xml_grammar *g, const struct xml_doc *doc, struct xml_report *report) {
    struct checking c = {.grammar = g, .report = report};
    if (!str_eq_z(doc->root->name, g->elements[0].name)) {
        find(&c, XML_ERROR, doc->root, none, "the outermost element has to be <%s>",
             g->elements[0].name);
        if (report->count > 0 && report->more == 0)
            report->items[report->count - 1].code = g->wrong_root_code;
        return;
    }
    check_node(&c, NULL, doc->root);
}
