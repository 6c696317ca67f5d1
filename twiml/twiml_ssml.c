#include "twiml/twiml_ssml.h"

#include "twiml/twiml_grammar.h"

bool twiml_ssml_is_marked_up(const struct xml_node *say) {
    for (const struct xml_node *c = say->first; c; c = c->next)
        if (!xml_node_is_text(c))
            return true;
    return false;
}

struct writing {
    struct xml_writer *out;
    twiml_ssml_fault *fault;
    void *ctx;
};

static bool write_attrs(struct writing *w, const struct xml_element_rule *rule,
                        const struct xml_node *n) {
    for (size_t i = 0; i < n->attr_count; i++) {
        const struct xml_attr_rule *a = xml_grammar_attr(rule, n->attrs[i].name);
        if (!a || xml_grammar_judge(a, n->attrs[i].value))
            w->fault(w->ctx, n, &n->attrs[i]);
        else if (!xml_write_attr(w->out, n->attrs[i].name, n->attrs[i].value))
            return false;
    }
    return true;
}

/* Recursion is bounded by XML_DEPTH_MAX. */
static bool write_children(struct writing *w, const struct xml_element_rule *parent,
                           const struct xml_node *n) {
    for (const struct xml_node *c = n->first; c; c = c->next) {
        if (xml_node_is_text(c)) {
            if (!xml_write_text(w->out, c->text))
                return false;
            continue;
        }
        const struct xml_element_rule *rule = xml_grammar_element(&twiml_grammar, c->name);
        if (!rule || !xml_grammar_allows(&twiml_grammar, parent, rule)) {
            w->fault(w->ctx, c, NULL);
            if (!write_children(w, parent, c))
                return false;
            continue;
        }
        xml_write_begin(w->out, c->name);
        if (!write_attrs(w, rule, c) || !write_children(w, rule, c))
            return false;
        xml_write_end(w->out, c->name);
    }
    return true;
}

bool twiml_ssml_write_children(struct xml_writer *w, const struct xml_node *say,
                               twiml_ssml_fault *fault, void *ctx) {
    struct writing writing = {.out = w, .fault = fault, .ctx = ctx};
    return write_children(&writing, xml_grammar_element(&twiml_grammar, STR("Say")), say);
}

static void first_fault(void *ctx, const struct xml_node *element,
                        const struct xml_attr *attribute) {
    struct error *err = ctx;
    if (err->code != ERR_OK)
        return;
    if (attribute)
        (void)error_set(err, ERR_INVALID,
                        "the attribute " STR_FMT " of <" STR_FMT "> does not suit SSML",
                        STR_ARG(attribute->name), STR_ARG(element->name));
    else
        (void)error_set(err, ERR_INVALID, "<" STR_FMT "> does not belong there in SSML",
                        STR_ARG(element->name));
}

enum error_code twiml_ssml_write(struct xml_writer *w, struct str ssml, struct error *err) {
    CLEANUP(buf_release) struct buf wrapped = BUF_INIT(XML_BYTES_MAX);
    buf_puts(&wrapped, "<Say>");
    buf_put_str(&wrapped, ssml);
    buf_puts(&wrapped, "</Say>");
    if (buf_failed(&wrapped))
        return error_set(err, ERR_LIMIT, "the SSML has more than %d bytes", XML_BYTES_MAX);
    CLEANUP(xml_doc_release) struct xml_doc doc = {0};
    enum error_code rc = xml_doc_read(buf_str(&wrapped), &doc, err);
    if (rc != ERR_OK)
        return rc;
    struct error fault = {0};
    if (!twiml_ssml_write_children(w, doc.root, first_fault, &fault))
        return error_set(err, ERR_INVALID, "the SSML holds a character that XML cannot carry");
    if (fault.code != ERR_OK)
        return error_set(err, fault.code, "%s", fault.text);
    return ERR_OK;
}
