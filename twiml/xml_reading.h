#ifndef TWIML_XML_READING_H
#define TWIML_XML_READING_H

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/domain/plan.h"
#include "twiml/xml_doc.h"
#include "twiml/xml_map.h"

struct xml_language;

/* One document on its way in. The first failure stays in rc. Private to twiml/. */
struct xml_reading {
    const struct xml_language *language;
    struct plan *plan;
    struct xml_doc *doc;
    struct plan_loss_report *loss;
    struct error *err;
    enum error_code rc;
    const struct xml_node *held; /* an element that a later one completes; the language's own */
};

/** Note what does not reach the plan; `attr` is NULL when it is the element. */
void xml_reading_lose(struct xml_reading *r, enum plan_loss_kind kind, const struct xml_node *n,
                      const char *attr, const char *fmt, ...) PRINTF_LIKE(5, 6);

/** Fill the members of base from the attributes of n; what has no place or is wrong is lost. */
void xml_reading_attrs(struct xml_reading *r, const struct xml_node *n, const struct xml_maps *maps,
                       void *base);

/* Where a verb's step goes: to the plan (owner NULL), or to the prompts of a step. */
struct xml_reading_target {
    struct plan_step *(*add)(struct plan *p, void *owner, enum plan_kind kind);
    void *owner;
};

typedef void xml_reading_fn(struct xml_reading *r, const struct xml_node *n,
                            const struct xml_reading_target *to);
typedef void xml_reading_finish_fn(struct xml_reading *r);

struct xml_reading_verb {
    struct str name;
    xml_reading_fn *read; /* NULL ends a list */
};

/** The new step, or NULL and a sticky error when the plan is full. */
struct plan_step *xml_reading_add(struct xml_reading *r, const struct xml_reading_target *to,
                                  enum plan_kind kind, const struct xml_node *n);

/** The text directly inside n, in the plan's arena. */
struct str xml_reading_text(struct xml_reading *r, const struct xml_node *n);

/** Lose the children of n; its text too, unless that is what the element is for. */
void xml_reading_drop_children(struct xml_reading *r, const struct xml_node *n, bool text_is_ours);

/** An element that says all with its name: whatever it holds besides is dropped. */
void xml_reading_bare(struct xml_reading *r, const struct xml_node *n,
                      const struct xml_reading_target *to, enum plan_kind kind);

/** What is said inside n: text, or SSML in its canonical form. False when there is nothing. */
NODISCARD bool xml_reading_words(struct xml_reading *r, const struct xml_node *n,
                                 struct plan_say *say);

/** All text inside n, without its markup. */
void xml_reading_put_all_text(struct buf *b, const struct xml_node *n);

/** The steps that every language has alike. */
void xml_reading_play(struct xml_reading *r, const struct xml_node *n,
                      const struct xml_reading_target *to, const struct xml_maps *maps);
void xml_reading_pause(struct xml_reading *r, const struct xml_node *n,
                       const struct xml_reading_target *to, const struct xml_maps *maps);

/** Where an element of the <Redirect> kind sends the call; false when it does not say so. */
NODISCARD bool xml_reading_link(struct xml_reading *r, const struct xml_node *n,
                                const struct xml_maps *maps, struct plan_link *out);

/** The language's prompts inside n go to the target; anything else is refused. */
void xml_reading_prompts(struct xml_reading *r, const struct xml_node *n,
                         const struct xml_reading_target *to);

/** One verb of the document, by the language's table; what it does not know is refused. */
void xml_reading_verb(struct xml_reading *r, const struct xml_node *n,
                      const struct xml_reading_target *to);

/** The target of the document itself, and of the prompts of a gather. */
extern const struct xml_reading_target xml_reading_top;
struct xml_reading_target xml_reading_into_gather(struct plan_gather *g);

/** The element's name as a C string, for messages. */
const char *xml_element_name(const struct xml_node *n);

#endif
