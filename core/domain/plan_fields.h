#ifndef CORE_DOMAIN_PLAN_FIELDS_H
#define CORE_DOMAIN_PLAN_FIELDS_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "core/domain/plan.h"

/*
 * The members of every plan struct as data, so that comparing, checking, reading and writing JSON
 * (and making random plans in tests) are one loop each. A member that is missing here is invisible
 * to all of them; plan_fields_test counts bytes to notice.
 */
enum plan_field_type {
    PLAN_FIELD_UNKNOWN = 0,
    PLAN_FIELD_STR,        /* struct str */
    PLAN_FIELD_HTTP_URL,   /* struct str, absolute http or https */
    PLAN_FIELD_WS_URL,     /* struct str, absolute ws or wss */
    PLAN_FIELD_JSON,       /* struct str that holds JSON text */
    PLAN_FIELD_FINISH_KEY, /* gather's finish_key with has_finish_key */
    PLAN_FIELD_LINK,       /* struct plan_link */
    PLAN_FIELD_U32,
    PLAN_FIELD_I32,
    PLAN_FIELD_BOOL,
    PLAN_FIELD_TRISTATE,
    PLAN_FIELD_ENUM,        /* an enum whose names are `words`, from value 1 on */
    PLAN_FIELD_SET,         /* uint32_t of bits named by `words`, from bit 0 on */
    PLAN_FIELD_PROMPTS,     /* struct plan_step *: say, play, pause */
    PLAN_FIELD_NOUNS,       /* struct plan_noun * */
    PLAN_FIELD_PARAMS,      /* struct plan_param * */
    PLAN_FIELD_PAY_PROMPTS, /* struct plan_pay_prompt * */
    PLAN_FIELD_TYPE_COUNT
};

struct plan_field {
    const char *name; /* NULL: the field is the whole step ("redirect":"https://…") */
    enum plan_field_type type;
    size_t offset;
    size_t count_offset;      /* arrays: where their size_t count is */
    int64_t min, max;         /* numbers: range (0 is "not set" and fine unless required);
                                 strings: most bytes */
    bool required;            /* 0 and "" are refused */
    const char *chars;        /* strings: only these characters */
    const char *const *words; /* strings: a closed set; enums and sets: their names. NULL ends it */
    uint32_t nouns;           /* of a noun: set of BIT(enum plan_noun_kind) that have it; 0: all */
};

/** A struct's members. */
struct plan_shape {
    const char *name;
    const struct plan_field *fields;
    size_t count;
    size_t size_bytes; /* of the struct */
};

extern const struct plan_shape plan_shapes[PLAN_KIND_COUNT];
extern const struct plan_shape plan_noun_shape;
extern const struct plan_shape plan_pay_prompt_shape;

const char *plan_noun_kind_name(enum plan_noun_kind k); /* "number", …; "unknown" */

/** Start of the member `f` of the struct at base. */
static inline void *plan_field_at(const struct plan_field *f, const void *base) {
    return (char *)(uintptr_t)base + f->offset;
}

/** Number of items of the array member `f`. */
static inline size_t plan_field_count(const struct plan_field *f, const void *base) {
    return *(const size_t *)(const void *)((const char *)base + f->count_offset);
}

/** Does the member `f` of the struct at base hold anything? */
bool plan_field_is_set(const struct plan_field *f, const void *base);

/** Where in a plan we are; the text is made only when something is wrong. */
struct plan_path {
    const struct plan_path *up; /* NULL at the outermost level */
    const char *name;
    size_t index; /* with indexed: "name[index]" */
    bool indexed;
};

/** "steps[2].gather.prompts[0].say.text", cut to fit. */
void plan_path_put(const struct plan_path *path, char *dst, size_t dst_size);

/** error_field() with the path as the field. */
enum error_code plan_path_error(struct error *err, enum error_code code,
                                const struct plan_path *path, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

/** plan_loss_add() with the path, and a member of the struct there (NULL: the struct itself). r may
 * be NULL. */
void plan_path_lose(struct plan_loss_report *r, enum plan_loss_kind kind,
                    const struct plan_path *path, const char *member, const char *remedy,
                    const char *fmt, va_list ap) PRINTF_LIKE(6, 0);

/** Note the members of a far end that only another kind of far end has. */
void plan_noun_lose_foreign(struct plan_loss_report *r, const struct plan_noun *n,
                            const struct plan_path *at);

#endif
