#include "core/domain/plan.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/domain/plan_fields.h"

void plan_release(struct plan *p) {
    arena_release(&p->arena);
    *p = (struct plan){0};
}

/* ---- growing --------------------------------------------------------------------------------- */

enum {
    ARRAY_FIRST = 4 /* a power of two: capacity is the next power of two of the count */
};

/* The array with room for one more item, zeroed. */
static void *array_room(struct plan *p, void *items, size_t count, size_t item_bytes) {
    bool full = count == 0 || (count >= ARRAY_FIRST && (count & (count - 1)) == 0);
    if (!full)
        return items;
    size_t capacity = count == 0 ? ARRAY_FIRST : count * 2;
    void *bigger = arena_alloc(&p->arena, capacity * item_bytes);
    if (count > 0)
        memcpy(bigger, items, count * item_bytes);
    return bigger;
}

static size_t steps_nested(const struct plan_step *s) {
    size_t n = 0;
    if (s->kind == PLAN_GATHER)
        return s->u.gather.prompt_count;
    if (s->kind != PLAN_PAY)
        return 0;
    for (size_t i = 0; i < s->u.pay.prompt_count; i++)
        n += s->u.pay.prompts[i].prompt_count;
    return n;
}

static size_t steps_in_all(const struct plan *p) {
    size_t n = p->count;
    for (size_t i = 0; i < p->count; i++)
        n += steps_nested(&p->steps[i]);
    return n;
}

static struct plan_step *step_append(struct plan *p, struct plan_step **steps, size_t *count,
                                     enum plan_kind kind) {
    assert(kind > PLAN_KIND_UNKNOWN && kind < PLAN_KIND_COUNT);
    if (steps_in_all(p) >= PLAN_STEPS_MAX)
        return NULL;
    *steps = array_room(p, *steps, *count, sizeof **steps);
    struct plan_step *s = &(*steps)[(*count)++];
    *s = (struct plan_step){.kind = kind};
    return s;
}

struct plan_step *plan_add(struct plan *p, enum plan_kind kind) {
    return step_append(p, &p->steps, &p->count, kind);
}

static bool is_prompt(enum plan_kind kind) {
    return kind == PLAN_SAY || kind == PLAN_PLAY || kind == PLAN_PAUSE;
}

struct plan_step *plan_add_prompt(struct plan *p, struct plan_gather *g, enum plan_kind kind) {
    assert(is_prompt(kind));
    return step_append(p, &g->prompts, &g->prompt_count, kind);
}

struct plan_step *plan_add_pay_step(struct plan *p, struct plan_pay_prompt *at,
                                    enum plan_kind kind) {
    assert(is_prompt(kind));
    return step_append(p, &at->prompts, &at->prompt_count, kind);
}

struct plan_pay_prompt *plan_add_pay_prompt(struct plan *p, struct plan_pay *pay) {
    if (pay->prompt_count >= PLAN_PAY_PROMPTS_MAX)
        return NULL;
    pay->prompts = array_room(p, pay->prompts, pay->prompt_count, sizeof *pay->prompts);
    struct plan_pay_prompt *at = &pay->prompts[pay->prompt_count++];
    *at = (struct plan_pay_prompt){0};
    return at;
}

struct plan_noun *plan_add_noun(struct plan *p, struct plan_dial *d, enum plan_noun_kind kind) {
    assert(kind > PLAN_NOUN_UNKNOWN && kind < PLAN_NOUN_KIND_COUNT);
    if (d->noun_count >= PLAN_NOUNS_MAX)
        return NULL;
    d->nouns = array_room(p, d->nouns, d->noun_count, sizeof *d->nouns);
    struct plan_noun *n = &d->nouns[d->noun_count++];
    *n = (struct plan_noun){.kind = kind};
    return n;
}

bool plan_add_param(struct plan *p, struct plan_param **params, size_t *count, struct str name,
                    struct str value) {
    if (*count >= PLAN_PARAMS_MAX)
        return false;
    *params = array_room(p, *params, *count, sizeof **params);
    (*params)[(*count)++] = (struct plan_param){
        .name = arena_copy(&p->arena, name),
        .value = arena_copy(&p->arena, value),
    };
    return true;
}

/* ---- comparing ------------------------------------------------------------------------------- */

static bool fields_equal(const struct plan_shape *shape, const void *a, const void *b);

static bool links_equal(const struct plan_link *a, const struct plan_link *b) {
    return str_eq(a->url, b->url) && a->method == b->method;
}

static bool steps_equal(const struct plan_step *a, const struct plan_step *b, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (a[i].kind != b[i].kind || !fields_equal(&plan_shapes[a[i].kind], &a[i].u, &b[i].u))
            return false;
    return true;
}

static bool params_equal(const struct plan_param *a, const struct plan_param *b, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!str_eq(a[i].name, b[i].name) || !str_eq(a[i].value, b[i].value))
            return false;
    return true;
}

/* Items of an array member, which may be NULL when there are none. */
static const void *items(const void *member) {
    return *(void *const *)member;
}

static bool arrays_equal(const struct plan_field *f, const void *base_a, const void *base_b) {
    size_t count = plan_field_count(f, base_a);
    if (count != plan_field_count(f, base_b))
        return false;
    const void *a = items(plan_field_at(f, base_a));
    const void *b = items(plan_field_at(f, base_b));
    if (f->type == PLAN_FIELD_PROMPTS)
        return steps_equal(a, b, count);
    if (f->type == PLAN_FIELD_PARAMS)
        return params_equal(a, b, count);
    const struct plan_shape *shape =
        f->type == PLAN_FIELD_NOUNS ? &plan_noun_shape : &plan_pay_prompt_shape;
    for (size_t i = 0; i < count; i++)
        if (!fields_equal(shape, (const char *)a + i * shape->size_bytes,
                          (const char *)b + i * shape->size_bytes))
            return false;
    return true;
}

static bool field_equal(const struct plan_field *f, const void *base_a, const void *base_b) {
    const void *a = plan_field_at(f, base_a);
    const void *b = plan_field_at(f, base_b);
    switch (f->type) {
    case PLAN_FIELD_STR:
    case PLAN_FIELD_HTTP_URL:
    case PLAN_FIELD_WS_URL:
    case PLAN_FIELD_JSON:
        return str_eq(*(const struct str *)a, *(const struct str *)b);
    case PLAN_FIELD_FINISH_KEY:
        return str_eq(*(const struct str *)a, *(const struct str *)b) &&
               ((const struct plan_gather *)base_a)->has_finish_key ==
                   ((const struct plan_gather *)base_b)->has_finish_key;
    case PLAN_FIELD_LINK:
        return links_equal(a, b);
    case PLAN_FIELD_BOOL:
        return *(const bool *)a == *(const bool *)b;
    case PLAN_FIELD_U32:
    case PLAN_FIELD_I32:
    case PLAN_FIELD_TRISTATE:
    case PLAN_FIELD_ENUM:
    case PLAN_FIELD_SET:
        return memcmp(a, b, sizeof(uint32_t)) == 0;
    case PLAN_FIELD_PROMPTS:
    case PLAN_FIELD_NOUNS:
    case PLAN_FIELD_PARAMS:
    case PLAN_FIELD_PAY_PROMPTS:
        return arrays_equal(f, base_a, base_b);
    case PLAN_FIELD_UNKNOWN:
    case PLAN_FIELD_TYPE_COUNT:
        break;
    }
    return false;
}

static bool fields_equal(const struct plan_shape *shape, const void *a, const void *b) {
    for (size_t i = 0; i < shape->count; i++)
        if (!field_equal(&shape->fields[i], a, b))
            return false;
    return true;
}

bool plan_equal(const struct plan *a, const struct plan *b) {
    return a->count == b->count && steps_equal(a->steps, b->steps, a->count);
}

/* ---- losses ---------------------------------------------------------------------------------- */

static void cut(char *dst, size_t dst_size, const char *src) {
    (void)snprintf(dst, dst_size, "%s", src ? src : "");
}

void plan_loss_add(struct plan_loss_report *r, enum plan_loss_kind kind, const char *where,
                   const char *what, const char *remedy) {
    if (!r)
        return;
    if (r->count >= PLAN_LOSSES_MAX) {
        r->more++;
        return;
    }
    struct plan_loss *l = &r->items[r->count++];
    l->kind = kind;
    cut(l->where, sizeof l->where, where);
    cut(l->what, sizeof l->what, what);
    cut(l->remedy, sizeof l->remedy, remedy);
}
