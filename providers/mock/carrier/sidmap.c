#include "providers/mock/carrier/sidmap.h"

#include <assert.h>

#include "core/base/mem.h"
#include "providers/mock/carrier/rng.h"

enum {
    FIRST_SLOTS = 64
};

/** The slot that holds key, else the free slot where it would go. cap is a power of two. */
static struct sidmap_slot *find(const struct sidmap *m, struct str key) {
    size_t mask = m->cap - 1;
    size_t i = (size_t)rng_hash(0, "", key, 0) & mask;
    while (m->slots[i].key.ptr && !(m->slots[i].value && str_eq(m->slots[i].key, key)))
        i = (i + 1) & mask;
    return &m->slots[i];
}

static void grow(struct sidmap *m) {
    struct sidmap old = *m;
    m->cap = old.live * 4 < FIRST_SLOTS ? FIRST_SLOTS : old.cap;
    while (m->cap < old.live * 4)
        m->cap *= 2;
    m->slots = mem_array(m->cap, sizeof *m->slots);
    m->used = m->live = 0;
    for (size_t i = 0; i < old.cap; i++)
        if (old.slots[i].value)
            sidmap_put(m, old.slots[i].key, old.slots[i].value);
    mem_free(old.slots);
}

void *sidmap_get(const struct sidmap *m, struct str key) {
    return m->cap > 0 && key.len > 0 ? find(m, key)->value : NULL;
}

void sidmap_put(struct sidmap *m, struct str key, void *value) {
    assert(key.len > 0 && value);
    if ((m->used + 1) * 4 > m->cap * 3)
        grow(m);
    struct sidmap_slot *s = find(m, key);
    assert(!s->value);
    *s = (struct sidmap_slot){key, value};
    m->live++;
    m->used++;
}

void *sidmap_remove(struct sidmap *m, struct str key) {
    if (m->cap == 0 || key.len == 0)
        return NULL;
    struct sidmap_slot *s = find(m, key);
    void *value = s->value;
    if (!value)
        return NULL;
    *s = (struct sidmap_slot){.key = STR("removed")};
    m->live--;
    return value;
}

void *sidmap_next(const struct sidmap *m, size_t *at) {
    while (*at < m->cap) {
        void *value = m->slots[(*at)++].value;
        if (value)
            return value;
    }
    return NULL;
}

void sidmap_release(struct sidmap *m) {
    mem_free(m->slots);
    *m = (struct sidmap){0};
}
