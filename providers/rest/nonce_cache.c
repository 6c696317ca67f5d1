#include "providers/rest/nonce_cache.h"

#include <pthread.h>

#include "core/base/digest.h"
#include "core/base/mem.h"

enum {
    WAYS = 8,       /* places where one nonce may be kept */
    KEPT_BYTES = 16 /* of each digest */
};

struct entry {
    uint8_t nonce[KEPT_BYTES], content[KEPT_BYTES];
    int64_t until_ms; /* 0: free */
};

struct nonce_cache {
    struct clock clock;
    uint32_t window_ms;
    size_t sets;
    pthread_mutex_t lock;
    struct entry entries[];
};

struct nonce_cache *nonce_cache_new(size_t entries, uint32_t window_ms, const struct clock *clock) {
    size_t sets = entries / WAYS + 1;
    struct nonce_cache *c = mem_zalloc(sizeof *c + sets * WAYS * sizeof c->entries[0]);
    c->clock = *clock;
    c->window_ms = window_ms;
    c->sets = sets;
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void nonce_cache_free(struct nonce_cache *c) {
    if (!c)
        return;
    pthread_mutex_destroy(&c->lock);
    mem_free(c);
}

/** The set of that nonce: eight entries. */
static struct entry *set_of(struct nonce_cache *c, const uint8_t *nonce) {
    uint64_t n;
    memcpy(&n, nonce, sizeof n);
    return &c->entries[(n % c->sets) * WAYS];
}

static bool take(struct entry *set, const uint8_t *nonce, const uint8_t *content, int64_t now_ms,
                 int64_t until_ms) {
    struct entry *oldest = set;
    for (struct entry *e = set; e < set + WAYS; e++) {
        if (e->until_ms > now_ms && memcmp(e->nonce, nonce, KEPT_BYTES) == 0)
            return memcmp(e->content, content, KEPT_BYTES) == 0;
        if (e->until_ms < oldest->until_ms)
            oldest = e;
    }
    memcpy(oldest->nonce, nonce, KEPT_BYTES);
    memcpy(oldest->content, content, KEPT_BYTES);
    oldest->until_ms = until_ms;
    return true;
}

bool nonce_cache_take(struct nonce_cache *c, struct str nonce, struct str content) {
    uint8_t n[DIGEST_BLAKE2B_BYTES], what[DIGEST_BLAKE2B_BYTES];
    digest_blake2b(nonce, n);
    digest_blake2b(content, what);
    int64_t now = clock_mono_ms(&c->clock);
    pthread_mutex_lock(&c->lock);
    bool taken = take(set_of(c, n), n, what, now, now + c->window_ms);
    pthread_mutex_unlock(&c->lock);
    return taken;
}
