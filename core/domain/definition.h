#ifndef CORE_DOMAIN_DEFINITION_H
#define CORE_DOMAIN_DEFINITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/compiler.h"
#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/str.h"

/*
 * Strict reading of a JSON document that people write. The first fault is kept with its path and
 * what to do about it; after it every call does nothing and gives its fallback, so one look at rc
 * after any number of reads is enough.
 */
struct definition {
    struct error *err; /* may be NULL */
    struct arena *arena;
    enum error_code rc; /* of the first fault */
};

/** Where a value stands; lives on the stack of the readers. */
struct definition_at {
    const struct definition_at *up; /* NULL: the document itself */
    struct str name;                /* of a member; empty for an item */
    size_t index;                   /* of an item */
};

struct definition_at definition_member(const struct definition_at *up, const char *name);
struct definition_at definition_item(const struct definition_at *up, size_t index);

/** Note a fault; err->field becomes the path ("flow.states[3].next"). */
void definition_fail(struct definition *d, const struct definition_at *at, enum error_code code,
                     const char *fmt, ...) PRINTF_LIKE(4, 5);

/** Is v an object whose members are all in this NULL-terminated list? */
bool definition_object(struct definition *d, const struct json *v, const struct definition_at *at,
                       const char *const *members);

/** v as an array of at most max items; 0 when it is absent (NULL). */
size_t definition_array(struct definition *d, const struct json *v, const struct definition_at *at,
                        size_t max);

enum definition_need {
    DEFINITION_OPTIONAL = 0,
    DEFINITION_REQUIRED /* present and not empty */
};

/** Not needed, but not empty when it is there. */
static inline enum definition_need definition_if_there(const struct json *obj, const char *member) {
    return json_get(obj, member) ? DEFINITION_REQUIRED : DEFINITION_OPTIONAL;
}

/** Member of obj as text that can be spoken: at most max bytes, no control characters. */
struct str definition_text(struct definition *d, const struct json *obj,
                           const struct definition_at *at, const char *member, size_t max,
                           enum definition_need need);

/** A string value itself (an item of an array). */
struct str definition_text_value(struct definition *d, const struct json *v,
                                 const struct definition_at *at, size_t max,
                                 enum definition_need need);

/** Letters, digits, '_' and '-', beginning with a letter. */
struct str definition_name(struct definition *d, const struct json *obj,
                           const struct definition_at *at, const char *member, size_t max,
                           enum definition_need need);
bool definition_is_name(struct str s, size_t max);

uint32_t definition_u32(struct definition *d, const struct json *obj,
                        const struct definition_at *at, const char *member, uint32_t min,
                        uint32_t max, uint32_t fallback);
bool definition_bool(struct definition *d, const struct json *obj, const struct definition_at *at,
                     const char *member, bool fallback);

/** A number as it is written, in [min, max]; NULL when absent or at fault. */
const struct json *definition_number(struct definition *d, const struct json *obj,
                                     const struct definition_at *at, const char *member, double min,
                                     double max);

/** An object with any members, at most max bytes as compact JSON; NULL when absent or at fault. */
const struct json *definition_open_object(struct definition *d, const struct json *obj,
                                          const struct definition_at *at, const char *member,
                                          size_t max);

/** A list of texts, none of them empty; *count is 0 when it is absent. Items live in the arena. */
struct str *definition_texts(struct definition *d, const struct json *obj,
                             const struct definition_at *at, const char *member, size_t items_max,
                             size_t max, size_t *count);
struct str *definition_texts_value(struct definition *d, const struct json *list,
                                   const struct definition_at *at, size_t items_max, size_t max,
                                   size_t *count);

/** An absolute http(s) URL of at most max bytes without spaces. */
struct str definition_url(struct definition *d, const struct json *obj,
                          const struct definition_at *at, const char *member, size_t max,
                          enum definition_need need);

/** Index of the member's text in names[first … count); the fault lists the words. */
size_t definition_word(struct definition *d, const struct json *obj, const struct definition_at *at,
                       const char *member, const char *const *names, size_t first, size_t count,
                       size_t fallback);

#endif
