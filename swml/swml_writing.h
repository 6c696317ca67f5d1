#ifndef SWML_SWML_WRITING_H
#define SWML_SWML_WRITING_H

#include "core/base/json.h"
#include "core/domain/plan_fields.h"
#include "swml/swml.h"
#include "swml/swml_map.h"

/* One document on its way out. The first failure stays in rc; what follows does no harm. Private
 * to swml/. */
struct writing {
    struct json_writer j;
    const struct swml_options *o;
    struct plan_loss_report *loss;
    struct error *err;
    enum error_code rc;
    bool takes_action; /* the verb before would take the next transfer for its action */
    unsigned repeats;  /* labels made so far */
};

typedef void write_fn(struct writing *w, const struct plan_step *s, const struct plan_path *at);

/* `member` is one of the struct at `at`, or NULL for the struct itself. */
void writing_fail(struct writing *w, enum error_code code, const struct plan_path *at,
                  const char *member, const char *what);
void writing_lose(struct writing *w, enum plan_loss_kind kind, const struct plan_path *at,
                  const char *member, const char *remedy, const char *fmt, ...) PRINTF_LIKE(6, 7);

/** The step cannot be said: a loss and the failure of the whole document. */
void writing_refuse(struct writing *w, const struct plan_path *at, const char *member,
                    const char *what, const char *remedy);

/** {"verb":{ and }} */
void writing_begin(struct writing *w, const char *verb);
void writing_end(struct writing *w);

/** A string value: a plan's text is literal, so what looks like a variable is broken up. */
void writing_text(struct writing *w, struct str s, const struct plan_path *at, const char *member);

/** An http or https URL, with the credentials that belong to our own. */
void writing_url(struct writing *w, struct str url, const struct plan_path *at, const char *member);

/** Fails when s is empty. */
void writing_need(struct writing *w, struct str s, const struct plan_path *at, const char *member);

/** Every row whose member is set, as members of the object that is open. */
void writing_rows(struct writing *w, const struct swml_rows *rows, const void *base,
                  const struct plan_path *at);

/** The link as a member of the object that is open; nothing when it has no URL. */
void writing_link(struct writing *w, const char *key, const struct plan_link *l,
                  const struct plan_path *at, const char *member);

/** A transfer to the link's URL; nothing when it has none. */
void writing_transfer(struct writing *w, const struct plan_link *to, const struct plan_path *at,
                      const char *member);

/** The words of a say step as a string value. */
void writing_phrase(struct writing *w, const struct plan_say *say, const struct plan_path *at);

/** The voice and language of what is said, as members of the object that is open. */
void writing_voice(struct writing *w, const struct plan_say *say, const struct plan_path *at);

/** What a say or play step is as a value of "url": "say:Hello", "https://…", "silence:2". */
void writing_play_url(struct writing *w, const struct plan_step *s, const struct plan_path *at);

/** A say, play or pause step as verbs. */
write_fn write_heard;

write_fn write_gather, write_record, write_pay, write_transcribe, write_stop_transcribe;
write_fn write_dial, write_enqueue, write_stream, write_stop_stream, write_refer;

#endif
