#include "twiml/xml_check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct checking {
    const struct xml_grammar *grammar;
    xml_rule_fn *rule;
    struct xml_report *report;
    bool errors_only;
};

static void cut(char *dst, size_t dst_size, struct str s) {
    (void)snprintf(dst, dst_size, STR_FMT, STR_ARG(s));
}

static int code_of(const struct xml_grammar *g, enum xml_severity severity) {
    return severity == XML_ERROR ? g->refused_code : severity == XML_WARNING ? g->schema_code : 0;
}

void xml_find(struct checking *c, enum xml_severity severity, const struct xml_node *n,
              const char *attribute, const char *fmt, ...) {
    struct xml_report *r = c->report;
    if (c->errors_only && severity != XML_ERROR)
        return;
    if (r->count == XML_FINDINGS_MAX) {
        r->more++;
        return;
    }
    struct xml_finding *f = &r->items[r->count++];
    *f = (struct xml_finding){.severity = severity, .line = n->line};
    f->code = code_of(c->grammar, severity);
    cut(f->element, sizeof f->element, n->name);
    cut(f->attribute, sizeof f->attribute, str_z(attribute));
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(f->text, sizeof f->text, fmt, ap);
    va_end(ap);
}

static enum xml_severity severity_of(const struct xml_attr_rule *a) {
    return a->fatal ? XML_ERROR : XML_WARNING;
}

static void check_attr(struct checking *c, const struct xml_element_rule *rule,
                       const struct xml_node *n, const struct xml_attr *attr) {
    const struct xml_attr_rule *a = xml_grammar_attr(rule, attr->name);
    if (!a) {
        xml_find(c, XML_WARNING, n, attr->name.ptr, "the attribute is not part of %s",
                 c->grammar->name);
        return;
    }
    const char *wrong = xml_grammar_judge(a, attr->value);
    if (wrong)
        xml_find(c, severity_of(a), n, attr->name.ptr, "the value \"%.40s\" %s",
                 attr->value.len > 0 ? attr->value.ptr : "", wrong);
    else if (a->type == XML_VALUE_ENUM_OPEN && !xml_grammar_knows(a, attr->value))
        xml_find(c, XML_NOTE, n, attr->name.ptr, "the value \"%.40s\" is new to us",
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
            xml_find(c, severity_of(a), n, a->name, "the attribute is missing");
    }
}

static void check_text(struct checking *c, const struct xml_element_rule *rule,
                       const struct xml_node *n) {
    size_t chars = 0;
    for (const struct xml_node *t = n->first; t; t = t->next)
        if (xml_node_is_text(t))
            chars += str_count_chars(str_trim(t->text));
    if (chars > 0 && !rule->text)
        xml_find(c, XML_WARNING, n, "", "no text belongs directly inside it");
    else if (rule->text_max_chars > 0 && chars > rule->text_max_chars)
        xml_find(c, XML_WARNING, n, "", "its text has more than %zu characters",
                 rule->text_max_chars);
}

/* Recursion is bounded by XML_DEPTH_MAX. What is unknown or misplaced is not looked into. */
static void check_node(struct checking *c, const struct xml_node *up,
                       const struct xml_element_rule *parent, const struct xml_node *n) {
    const struct xml_element_rule *rule = xml_grammar_element(c->grammar, n->name);
    bool misplaced = rule && parent && !xml_grammar_allows(c->grammar, parent, rule);
    if (c->rule && !misplaced)
        c->rule(c, up, n);
    if (!rule) {
        xml_find(c, XML_WARNING, n, "", "the element is not part of %s", c->grammar->name);
        return;
    }
    if (misplaced) {
        xml_find(c, XML_WARNING, n, "", "the element does not belong inside <%s>", parent->name);
        return;
    }
    if (rule->deprecated)
        xml_find(c, XML_NOTE, n, "", "the element is deprecated");
    for (size_t i = 0; i < n->attr_count; i++)
        check_attr(c, rule, n, &n->attrs[i]);
    check_required(c, parent, rule, n);
    check_text(c, rule, n);
    for (const struct xml_node *child = n->first; child; child = child->next)
        if (!xml_node_is_text(child))
            check_node(c, n, rule, child);
}

static void check(struct checking *c, const struct xml_doc *doc) {
    const char *root = c->grammar->elements[0].name;
    if (!str_eq_z(doc->root->name, root))
        xml_find(c, XML_ERROR, doc->root, "", "the outermost element has to be <%s>", root);
    else if (!c->errors_only || c->rule)
        check_node(c, NULL, NULL, doc->root);
}

void xml_check(const struct xml_grammar *g, xml_rule_fn *rule, const struct xml_doc *doc,
               struct xml_report *report) {
    struct checking c = {.grammar = g, .rule = rule, .report = report};
    check(&c, doc);
}

void xml_check_errors(const struct xml_grammar *g, xml_rule_fn *rule, const struct xml_doc *doc,
                      struct xml_report *report) {
    struct checking c = {.grammar = g, .rule = rule, .report = report, .errors_only = true};
    check(&c, doc);
}
