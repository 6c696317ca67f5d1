#ifndef SWML_SWML_READING_H
#define SWML_SWML_READING_H

#include "core/base/json.h"
#include "core/domain/plan.h"
#include "swml/swml_map.h"

/* One list of verbs on its way in. The first failure stays in rc. Private to swml/. */
struct reading {
    struct plan *plan;
    struct plan_loss_report *loss;
    struct error *err;
    enum error_code rc;
    const struct json *next; /* the verb after the one that is read; NULL at the end */
    size_t index;            /* of the verb that is read */
    struct str verb;         /* its name */
};

/**
 * Read one verb; `value` is NULL when it came as a bare word. False when a plan cannot hold it, and
 * nothing was added: then it is kept in its own words.
 */
typedef bool read_fn(struct reading *r, const struct json *value);

/** Note what does not reach the plan; `key` is NULL when it is the verb. */
void reading_lose(struct reading *r, enum plan_loss_kind kind, const char *key, const char *fmt,
                  ...) PRINTF_LIKE(4, 5);

/** The new step, or NULL and a sticky error when the plan is full. */
struct plan_step *reading_add(struct reading *r, enum plan_kind kind);

/** A string's copy in the plan's arena; a number as text; empty for other types. */
struct str reading_text(struct reading *r, const struct json *v);

/** A number, or a string that holds one, in 0..UINT32_MAX; parts of one are rounded up. */
NODISCARD bool reading_number(const struct json *v, uint32_t *out, bool *rounded);

/** true or false, or the same as a string. */
NODISCARD bool reading_bool(const struct json *v, bool *out);

/** A value that the carrier works out during the call, somewhere in it: a plan cannot hold it. */
bool reading_has_variable(const struct json *v);

/** Fill the members of base from the object; what has no place or is wrong is lost. */
void reading_rows(struct reading *r, const struct json *object, const struct swml_rows *rows,
                  void *base);

/** Only the members that the rows name; nothing is said about the others. */
void reading_rows_of(struct reading *r, const struct json *object, const struct swml_rows *rows,
                     void *base);

/**
 * The name and value of a verb: an object with one key, or a bare word. False for anything else.
 */
NODISCARD bool reading_split(const struct json *verb, struct str *name, const struct json **value);

/** The value of the next verb if it has this name; NULL otherwise. */
const struct json *reading_next_is(const struct reading *r, const char *name);

/** Is it a transfer to a URL and nothing else? Then its URL; else empty. */
struct str reading_dest(const struct json *transfer);

/** Go on behind the next verb. */
void reading_skip(struct reading *r);

/** If the next verb is a transfer, it is the link's URL. */
bool reading_action(struct reading *r, struct plan_link *action);

/** A value of "url", as a step of what is heard; false when a plan cannot hold it. */
NODISCARD bool reading_heard(struct reading *r, struct str url, struct plan_step *out);

read_fn read_play, read_label, read_prompt, read_record, read_pay, read_transcribe;
read_fn read_connect, read_conference, read_queue, read_tap, read_stop_tap, read_refer;

#endif
