#include "core/base/log_limit.h"

enum {
    WHILE_MS = 10000,
    LINES_MAX = 20
};

void log_limit_init(struct log_limit *l) {
    *l = (struct log_limit){0};
    pthread_mutex_init(&l->lock, NULL);
}

void log_limit_release(struct log_limit *l) {
    pthread_mutex_destroy(&l->lock);
}

bool log_limit_take(struct log_limit *l, int64_t mono_ms, uint64_t *left_out) {
    pthread_mutex_lock(&l->lock);
    if (l->lines == 0 || mono_ms - l->since_ms >= WHILE_MS) {
        l->since_ms = mono_ms;
        l->lines = 0;
    }
    bool may = l->lines < LINES_MAX;
    if (may) {
        l->lines++;
        *left_out = l->left_out;
        l->left_out = 0;
    } else {
        l->left_out++;
    }
    pthread_mutex_unlock(&l->lock);
    return may;
}
