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
struct xml_writing {
    struct xml_writer x;
    const struct xml_language *language;
    struct plan_loss_report *loss;
    struct error *err;
    enum error_code rc;
};

/** Writes one step; `at` is its path. */
typedef void xml_writing_fn(struct xml_writing *w, const struct plan_step *s,
                            const struct plan_path *at);

/** The first failure counts; `member` is NULL when it is about the step. */
void xml_writing_fail(struct xml_writing *w, enum error_code code, const struct plan_path *at,
                      const char *member, const char *what);

void xml_writing_lose(struct xml_writing *w, enum plan_loss_kind kind, const struct plan_path *at,
                      const char *member, const char *remedy, const char *fmt, ...)
    PRINTF_LIKE(6, 7);

void xml_writing_attr(struct xml_writing *w, struct str name, struct str value,
                      const struct plan_path *at, const char *member);

/** Every attribute of the table that is set; a tag is open. */
void xml_writing_attrs(struct xml_writing *w, const struct xml_maps *maps, const void *base,
                       const struct plan_path *at);

/** The start tag of the table's element, with xml_writing_attrs(). */
void xml_writing_begin(struct xml_writing *w, const struct xml_maps *maps, const void *base,
                       const struct plan_path *at);
void xml_writing_end(struct xml_writing *w, const struct xml_maps *maps);

/** The table's element with its attributes and nothing inside. */
void xml_writing_empty(struct xml_writing *w, const struct xml_maps *maps, const void *base,
                       const struct plan_path *at);

/** An element with nothing but its name. */
void xml_writing_bare(struct xml_writing *w, struct str element);

/** Text that the element cannot do without. */
void xml_writing_text(struct xml_writing *w, struct str text, const struct plan_path *at,
                      const char *member);

/** A URL that the element cannot do without. */
void xml_writing_url(struct xml_writing *w, struct str url, const struct plan_path *at,
                     const char *member);

void xml_writing_need(struct xml_writing *w, struct str s, const struct plan_path *at,
                      const char *member);

/** The steps that every language has alike. */
void xml_writing_play(struct xml_writing *w, const struct plan_step *s, const struct plan_path *at,
                      const struct xml_maps *maps);
void xml_writing_pause(struct xml_writing *w, const struct plan_step *s, const struct plan_path *at,
                       const struct xml_maps *maps);
xml_writing_fn xml_writing_hangup;

/** Where an element of the <Redirect> kind sends the call. */
void xml_writing_link(struct xml_writing *w, const struct plan_link *to, const struct plan_path *at,
                      const char *member, const struct xml_maps *maps);

/** What a say step says: text or SSML. */
void xml_writing_words(struct xml_writing *w, const struct plan_say *say,
                       const struct plan_path *at);

/** Prompts inside the element that is open. */
void xml_writing_prompts(struct xml_writing *w, const struct plan_step *prompts, size_t count,
                         const struct plan_path *at);

/** One step, by the language's writers; what it has no writer for is refused with the reason. */
void xml_writing_step(struct xml_writing *w, const struct plan_step *s, const struct plan_path *at);

/** A step that cannot be said: a loss of kind REFUSED and ERR_UNSUPPORTED. */
void xml_writing_refuse(struct xml_writing *w, const struct plan_path *at, const char *what,
                        const char *remedy);

#endif
