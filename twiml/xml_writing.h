#ifndef TWIML_XML_WRITING_H
#define TWIML_XML_WRITING_H

#include "core/base/error.h"
#include "core/domain/plan.h"
#include "core/domain/plan_fields.h"
#include "twiml/xml_map.h"
#include "twiml/xml_write.h"

struct xml_language;

/*
 * One document on its way out. The first failure stays in rc; what follows does no harm. Private
 * to twiml/.
 */
struct writing {
    struct xml_writer x;
    const struct xml_language *language;
    struct plan_loss_report *loss;
    struct error *err;
    enum error_code rc;
};

/** Writes one step; `at` is its path. */
typedef void writing_fn(struct writing *w, const struct plan_step *s, const struct plan_path *at);

/** The first failure counts; `member` is NULL when it is about the step. */
void writing_fail(struct writing *w, enum error_code code, const struct plan_path *at,
                  const char *member, const char *what);

void writing_lose(struct writing *w, enum plan_loss_kind kind, const struct plan_path *at,
                  const char *member, const char *remedy, const char *fmt, ...) PRINTF_LIKE(6, 7);

void writing_attr(struct writing *w, struct str name, struct str value, const struct plan_path *at,
                  const char *member);

/** Every attribute of the table that is set; a tag is open. */
void writing_attrs(struct writing *w, const struct xml_maps *maps, const void *base,
                   const struct plan_path *at);

/** The start tag of the table's element, with writing_attrs(). */
void writing_begin(struct writing *w, const struct xml_maps *maps, const void *base,
                   const struct plan_path *at);
void writing_end(struct writing *w, const struct xml_maps *maps);

/** An element with nothing but its name. */
void writing_bare(struct writing *w, struct str element);

/** Text that the element cannot do without. */
void writing_text(struct writing *w, struct str text, const struct plan_path *at,
                  const char *member);

/** A URL that the element cannot do without. */
void writing_url(struct writing *w, struct str url, const struct plan_path *at, const char *member);

void writing_need(struct writing *w, struct str s, const struct plan_path *at, const char *member);

/** What a say step says: text or SSML. */
void writing_words(struct writing *w, const struct plan_say *say, const struct plan_path *at);

/** Prompts inside the element that is open. */
void writing_prompts(struct writing *w, const struct plan_step *prompts, size_t count,
                     const struct plan_path *at);

/** One step, by the language's writers; what it has no writer for is refused with the reason. */
void writing_step(struct writing *w, const struct plan_step *s, const struct plan_path *at);

/** A step that cannot be said: a loss of kind REFUSED and ERR_UNSUPPORTED. */
void writing_refuse(struct writing *w, const struct plan_path *at, const char *what,
                    const char *remedy);

/** Members that a far end of this kind does not have are lost. */
void writing_lose_foreign(struct writing *w, const struct plan_noun *n, const struct plan_path *at);

#endif
