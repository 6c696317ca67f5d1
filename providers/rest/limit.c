#include "providers/rest/limit.h"

#include <pthread.h>
#include <stddef.h>

#include "core/base/mem.h"

struct rest_limit {
    pthread_mutex_t lock;
    uint32_t window_ms, max;
    uint32_t count, oldest; /* of the ring */
    int64_t *left_ms;       /* when each request left */
};

struct rest_limit *rest_limit_new(uint32_t requests_max, uint32_t window_ms) {
    if (requests_max == 0 || window_ms == 0)
        return NULL;
    struct rest_limit *l = mem_zalloc(sizeof *l);
    pthread_mutex_init(&l->lock, NULL);
    l->max = requests_max;
    l->window_ms = window_ms;
    l->left_ms = mem_zalloc(requests_max * sizeof *l->left_ms);
    return l;
}

void rest_limit_free(struct rest_limit *l) {
    if (!l)
        return;
    pthread_mutex_destroy(&l->lock);
    mem_free(l->left_ms);
    mem_free(l);
}

uint32_t rest_limit_take(struct rest_limit *l, int64_t now_ms) {
    uint32_t wait_ms = 0;
    if (!l)
        return 0;
    pthread_mutex_lock(&l->lock);
    if (l->count < l->max) {
        l->left_ms[l->count++] = now_ms;
    } else if (l->left_ms[l->oldest] + l->window_ms <= now_ms) {
        l->left_ms[l->oldest] = now_ms;
        l->oldest = (l->oldest + 1) % l->max;
    } else {
        wait_ms = (uint32_t)(l->left_ms[l->oldest] + l->window_ms - now_ms);
    }
    pthread_mutex_unlock(&l->lock);
    return wait_ms;
}
