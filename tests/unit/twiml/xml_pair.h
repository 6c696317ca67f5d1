#ifndef TESTS_UNIT_TWIML_XML_PAIR_H
#define TESTS_UNIT_TWIML_XML_PAIR_H

#include "core/base/buf.h"
#include "core/domain/plan.h"
#include "twiml/xml_check.h"

/* A language with its writer, its reader and its judge, and what is asked of all of them alike. */
struct xml_pair {
    enum error_code (*write)(const struct plan *p, struct buf *out, struct plan_loss_report *loss,
                             struct error *err);
    enum error_code (*read)(struct str doc, struct plan *out, struct plan_loss_report *loss,
                            struct error *err);
    enum error_code (*check)(struct str doc, struct xml_report *report, struct error *err);
    size_t bytes_max;
};

/* One document, what is lost, and how many steps stay. An empty `where` means that nothing is. */
struct xml_pair_row {
    const char *inside; /* of <Response> */
    size_t steps;
    enum plan_loss_kind kind;
    const char *where;
};
void xml_pair_rows(const struct xml_pair *l, const struct xml_pair_row *rows, size_t count);

/** Written without loss, read without loss, and the same; says so when not. doc is scratch. */
bool xml_pair_comes_back(const struct xml_pair *l, const struct plan *p, struct buf *doc);

/** Written so that the judge finds nothing worth a warning; says so when not. doc is scratch. */
bool xml_pair_is_clean(const struct xml_pair *l, const struct plan *p, struct buf *doc);

/** Findings of a document that are more than notes; says the first when there are not `wanted`. */
size_t xml_pair_warnings(const struct xml_pair *l, struct str doc, size_t wanted);

/** Plans filled with each hostile text have just these elements when written, and come back. */
void xml_pair_hostile(const struct xml_pair *l, void (*fill)(struct plan *p, struct str text),
                      const char *names);

/** A file's text; empty when it cannot be read. */
struct str xml_pair_load(const char *directory, const char *name, struct buf *to);

#endif
