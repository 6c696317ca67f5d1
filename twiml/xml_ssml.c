#include "twiml/xml_ssml.h"

enum {
    SSML_BYTES_MAX = 65536
};

bool xml_ssml_is_marked_up(const struct xml_node *say) {
    for (const struct xml_node *c = say->first; c; c = c->next)
        if (!xml_node_is_text(c))
            return true;
    return false;
}

struct markup {
    struct xml_writer *out;
    const struct xml_grammar *grammar;
    xml_ssml_fault *fault;
    void *ctx;
};

static bool write_attrs(struct markup *w, const struct xml_element_rule *rule,
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
static bool write_children(struct markup *w, const struct xml_element_rule *parent,
                           const struct xml_node *n) {
    for (const struct xml_node *c = n->first; c; c = c->next) {
        if (xml_node_is_text(c)) {
            if (!xml_write_text(w->out, c->text))
                return false;
            continue;
        }
        const struct xml_element_rule *rule = xml_grammar_element(w->grammar, c->name);
        if (!rule || !xml_grammar_allows(w->grammar, parent, rule)) {
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

bool xml_ssml_write_children(struct xml_writer *w, const struct xml_grammar *g,
                             const struct xml_node *say, xml_ssml_fault *fault, void *ctx) {
    struct markup writing = {.out = w, .grammar = g, .fault = fault, .ctx = ctx};
    return write_children(&writing, xml_grammar_element(g, str_z(g->spoken)), say);
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

enum error_code xml_ssml_write(struct xml_writer *w, const struct xml_grammar *g, struct str ssml,
                               struct error *err) {
    CLEANUP(buf_release) struct buf wrapped = BUF_INIT(SSML_BYTES_MAX);
    buf_puts(&wrapped, "<Say>");
    buf_put_str(&wrapped, ssml);
    buf_puts(&wrapped, "</Say>");
    if (buf_failed(&wrapped))
        return error_set(err, ERR_LIMIT, "the SSML has more than %d bytes", SSML_BYTES_MAX);
    CLEANUP(xml_doc_release) struct xml_doc doc = {0};
    enum error_code rc = xml_doc_read(buf_str(&wrapped), SSML_BYTES_MAX, &doc, err);
    if (rc != ERR_OK)
        return rc;
    struct error fault = {0};
    if (!xml_ssml_write_children(w, g, doc.root, first_fault, &fault))
        return error_set(err, ERR_INVALID, "the SSML holds a character that XML cannot carry");
    if (fault.code != ERR_OK)
        return error_set(err, fault.code, "%s", fault.text);
    return ERR_OK;
}
