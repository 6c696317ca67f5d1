#ifndef TWIML_TWIML_READING_H
#define TWIML_TWIML_READING_H

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

/* Where a verb's step goes: to the plan (owner NULL), or to the prompts of a step. */
struct reading_target {
    struct plan_step *(*add)(struct plan *p, void *owner, enum plan_kind kind);
    void *owner;
};

typedef void reading_fn(struct reading *r, const struct xml_node *n,
                        const struct reading_target *to);

/** The new step, or NULL and a sticky error when the plan is full. */
struct plan_step *reading_add(struct reading *r, const struct reading_target *to,
                              enum plan_kind kind, const struct xml_node *n);

/** The text directly inside n, in the plan's arena. */
struct str reading_text(struct reading *r, const struct xml_node *n);

/** Lose the children of n; its text too, unless that is what the element is for. */
void reading_drop_children(struct reading *r, const struct xml_node *n, bool text_is_ours);

reading_fn reading_say, reading_play, reading_pause;

/** Say, Play and Pause inside n go to the target; anything else is refused. */
void reading_prompts(struct reading *r, const struct xml_node *n, const struct reading_target *to);

/** The element's name as a C string, for messages. */
const char *twiml_element_name(const struct xml_node *n);

#endif
