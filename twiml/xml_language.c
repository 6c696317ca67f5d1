#include "twiml/xml_language.h"

#include "twiml/xml_doc.h"

/* ---- writing --------------------------------------------------------------------------------- */

static void cut_back(struct buf *out, size_t len) {
    out->len = len;
    out->failed = false;
    if (out->ptr)
        out->ptr[len] = '\0';
}

enum error_code xml_language_write(const struct xml_language *l, const struct plan *p,
                                   struct buf *out, struct plan_loss_report *loss,
                                   struct error *err) {
    if (buf_failed(out))
        return error_set(err, ERR_LIMIT, "the buffer for the document is full already");
    size_t start = out->len, most = l->grammar->bytes_max;
    struct str root = str_z(l->grammar->elements[0].name);
    struct xml_writing w = {.x = {.out = out}, .language = l, .loss = loss, .err = err};
    xml_write_head(&w.x);
    xml_write_begin(&w.x, root);
    for (size_t i = 0; i < p->count && w.rc == ERR_OK; i++) {
        const struct plan_path at = {.name = "steps", .index = i, .indexed = true};
        xml_writing_step(&w, &p->steps[i], &at);
    }
    xml_write_end(&w.x, root);
    if (w.rc == ERR_OK && (buf_failed(out) || out->len - start > most))
        w.rc = error_set(err, ERR_LIMIT,
                         "the %s document is over %zu bytes, use fewer or shorter steps",
                         l->grammar->name, out->max < most ? out->max : most);
    if (w.rc != ERR_OK)
        cut_back(out, start);
    return w.rc;
}

/* ---- reading --------------------------------------------------------------------------------- */

static enum error_code open_doc(const struct xml_language *l, struct str text, struct xml_doc *doc,
                                struct error *err) {
    enum error_code rc = xml_doc_read(text, l->grammar->bytes_max, doc, err);
    if (rc != ERR_OK && err)
        err->carrier_code = l->grammar->unparsable_code;
    return rc;
}

/* The first finding for which the carrier refuses the document. */
static enum error_code refuse(const struct xml_language *l, const struct xml_doc *doc,
                              struct error *err) {
    struct xml_report report = {0};
    xml_check_errors(l->grammar, l->rule, doc, &report);
    if (report.count == 0)
        return ERR_OK;
    const struct xml_finding *f = &report.items[0];
    enum error_code rc = error_set(err, ERR_INVALID, "line %u: <%s%s%s>: %s", (unsigned)f->line,
                                   f->element, f->attribute[0] ? " " : "", f->attribute, f->text);
    if (err)
        err->carrier_code = f->code;
    return rc;
}

static enum error_code read_steps(struct xml_reading *r) {
    const struct xml_node *root = r->doc->root;
    xml_reading_attrs(r, root, &xml_no_attrs, NULL);
    for (const struct xml_node *n = root->first; n && r->rc == ERR_OK; n = n->next)
        if (!xml_node_is_text(n))
            xml_reading_verb(r, n, &xml_reading_top);
    if (r->language->finish)
        r->language->finish(r);
    if (xml_node_has_text(root))
        xml_reading_lose(r, PLAN_LOSS_DROPPED, root, NULL, "no text belongs directly inside it");
    return r->rc;
}

enum error_code xml_language_read(const struct xml_language *l, struct str text, struct plan *out,
                                  struct plan_loss_report *loss, struct error *err) {
    CLEANUP(xml_doc_release) struct xml_doc doc = {0};
    CLEANUP(plan_release) struct plan plan = {0};
    enum error_code rc = open_doc(l, text, &doc, err);
    if (rc == ERR_OK)
        rc = refuse(l, &doc, err);
    if (rc != ERR_OK)
        return rc;
    struct xml_reading r = {.language = l, .plan = &plan, .doc = &doc, .loss = loss, .err = err};
    rc = read_steps(&r);
    if (rc != ERR_OK)
        return rc;
    *out = plan;
    plan = (struct plan){0};
    return ERR_OK;
}

enum error_code xml_language_check(const struct xml_language *l, struct str text,
                                   struct xml_report *report, struct error *err) {
    CLEANUP(xml_doc_release) struct xml_doc doc = {0};
    enum error_code rc = open_doc(l, text, &doc, err);
    if (rc != ERR_OK)
        return rc;
    *report = (struct xml_report){0};
    xml_check(l->grammar, l->rule, &doc, report);
    return ERR_OK;
}
