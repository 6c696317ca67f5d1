#ifndef TWIML_TWIML_READ_ATTRS_H
#define TWIML_TWIML_READ_ATTRS_H

#include "core/base/error.h"
#include "core/domain/plan.h"
#include "twiml/twiml_map.h"
#include "twiml/xml_doc.h"

/* One document on its way in. The first failure stays in rc. Private to twiml/. */
struct reading {
    struct plan *plan;
    struct xml_doc *doc;
    struct plan_loss_report *loss;
    struct error *err;
    enum error_code rc;
};

/** Note what does not reach the plan; `attr` is NULL when it is the element. */
void reading_lose(struct reading *r, enum plan_loss_kind kind, const struct xml_node *n,
                  const char *attr, const char *fmt, ...) PRINTF_LIKE(5, 6);

/** Fill the members of base from the attributes of n; what has no place or is wrong is lost. */
void reading_attrs(struct reading *r, const struct xml_node *n, const struct twiml_maps *maps,
                   void *base);

/** The element's name as a C string, for messages. */
const char *twiml_element_name(const struct xml_node *n);

#endif
