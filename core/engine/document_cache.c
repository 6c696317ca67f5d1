#include "core/engine/document_cache.h"

#include <pthread.h>

#include "core/base/mem.h"

/* A direct-mapped table: one slot per hash, the newer entry wins. No lists, no scans. */
struct entry {
    int64_t call_id; /* 0: empty */
    uint32_t turn;
    char *text; /* nonce, sid, document, one after the other */
    size_t nonce_len, sid_len, document_len;
};

struct document_cache {
    pthread_mutex_t lock;
    size_t mask;
    struct entry slots[];
};

struct document_cache *document_cache_new(size_t entries_max) {
    size_t n = 1;
    while (n < entries_max)
        n *= 2;
    struct document_cache *c = mem_zalloc(sizeof *c + n * sizeof c->slots[0]);
    c->mask = n - 1;
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void document_cache_free(struct document_cache *c) {
    if (!c)
        return;
    for (size_t i = 0; i <= c->mask; i++)
        mem_free(c->slots[i].text);
    pthread_mutex_destroy(&c->lock);
    mem_free(c);
}

static struct entry *slot_of(struct document_cache *c, int64_t call_id, uint32_t turn) {
    uint64_t h = ((uint64_t)call_id ^ ((uint64_t)turn << 48)) * 0x9E3779B97F4A7C15u;
    return &c->slots[(h >> 32) & c->mask];
}

static void empty(struct entry *e) {
    mem_free(e->text);
    *e = (struct entry){0};
}

void document_cache_put(struct document_cache *c, const struct document_key *k,
                        struct str document) {
    if (document.len > DOCUMENT_CACHED_MAX)
        return;
    size_t total = k->nonce.len + k->sid.len + document.len;
    char *text = mem_zalloc(total);
    memcpy(text, k->nonce.ptr, k->nonce.len);
    memcpy(text + k->nonce.len, k->sid.ptr, k->sid.len);
    memcpy(text + k->nonce.len + k->sid.len, document.ptr, document.len);
    pthread_mutex_lock(&c->lock);
    struct entry *e = slot_of(c, k->call_id, k->turn);
    empty(e);
    *e = (struct entry){.call_id = k->call_id,
                        .turn = k->turn,
                        .text = text,
                        .nonce_len = k->nonce.len,
                        .sid_len = k->sid.len,
                        .document_len = document.len};
    pthread_mutex_unlock(&c->lock);
}

bool document_cache_get(struct document_cache *c, const struct document_key *k, struct buf *out) {
    pthread_mutex_lock(&c->lock);
    const struct entry *e = slot_of(c, k->call_id, k->turn);
    bool hit = e->call_id == k->call_id && e->turn == k->turn &&
               str_eq(str_from(e->text, e->nonce_len), k->nonce) &&
               str_eq(str_from(e->text + e->nonce_len, e->sid_len), k->sid);
    if (hit)
        buf_put(out, e->text + e->nonce_len + e->sid_len, e->document_len);
    pthread_mutex_unlock(&c->lock);
    return hit;
}

void document_cache_drop(struct document_cache *c, int64_t call_id, uint32_t turn) {
    pthread_mutex_lock(&c->lock);
    struct entry *e = slot_of(c, call_id, turn);
    if (e->call_id == call_id && e->turn == turn)
        empty(e);
    pthread_mutex_unlock(&c->lock);
}
