#include "providers/mock/carrier/params.h"

#include <stdlib.h>

void params_add(struct params *p, const char *name, struct str value) {
    if (!p->items)
        p->items = arena_alloc(&p->arena, PARAMS_MAX * sizeof *p->items);
    if (p->count == PARAMS_MAX)
        mem_panic("a webhook with more than %d parameters (%s)", PARAMS_MAX, name);
    p->items[p->count++] = (struct param){str_z(name), arena_copy(&p->arena, value)};
}

void params_add_z(struct params *p, const char *name, const char *value) {
    params_add(p, name, str_z(value));
}

void params_add_int(struct params *p, const char *name, int64_t value) {
    struct str text = arena_printf(&p->arena, "%lld", (long long)value);
    params_add(p, name, text);
}

void params_put_form(const struct params *p, struct buf *out) {
    for (size_t i = 0; i < p->count; i++) {
        if (i > 0)
            buf_putc(out, '&');
        buf_put_form(out, p->items[i].name);
        buf_putc(out, '=');
        buf_put_form(out, p->items[i].value);
    }
}

static int by_name_and_value(const void *a, const void *b) {
    const struct param *x = a, *y = b;
    int order = str_cmp(x->name, y->name);
    return order ? order : str_cmp(x->value, y->value);
}

void params_sort(struct params *p) {
    if (p->count > 1)
        qsort(p->items, p->count, sizeof *p->items, by_name_and_value);
}

void params_put_sorted(const struct params *p, struct buf *out) {
    struct param sorted[PARAMS_MAX];
    for (size_t i = 0; i < p->count; i++)
        sorted[i] = p->items[i];
    qsort(sorted, p->count, sizeof *sorted, by_name_and_value);
    for (size_t i = 0; i < p->count; i++) {
        if (i > 0 && by_name_and_value(&sorted[i - 1], &sorted[i]) == 0)
            continue;
        buf_put_str(out, sorted[i].name);
        buf_put_str(out, sorted[i].value);
    }
}

void params_release(struct params *p) {
    arena_release(&p->arena);
    *p = (struct params){0};
}
