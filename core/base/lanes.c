#include "core/base/lanes.h"

#include <stddef.h>

void lanes_init(struct lanes *l) {
    *l = (struct lanes){0};
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->left, NULL);
}

void lanes_release(struct lanes *l) {
    pthread_cond_destroy(&l->left);
    pthread_mutex_destroy(&l->lock);
}

static bool is_taken(const struct lanes *l, uint64_t key) {
    for (const struct lane *t = l->taken; t; t = t->next)
        if (t->key == key)
            return true;
    return false;
}

bool lanes_enter(struct lanes *l, struct lane *mine, uint64_t key) {
    pthread_mutex_lock(&l->lock);
    bool waited = is_taken(l, key);
    while (is_taken(l, key))
        pthread_cond_wait(&l->left, &l->lock);
    *mine = (struct lane){.next = l->taken, .key = key};
    l->taken = mine;
    pthread_mutex_unlock(&l->lock);
    return waited;
}

void lanes_leave(struct lanes *l, const struct lane *mine) {
    pthread_mutex_lock(&l->lock);
    struct lane **at = &l->taken;
    while (*at != mine)
        at = &(*at)->next;
    *at = mine->next;
    pthread_cond_broadcast(&l->left);
    pthread_mutex_unlock(&l->lock);
}
