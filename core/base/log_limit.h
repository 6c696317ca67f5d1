#ifndef CORE_BASE_LOG_LIMIT_H
#define CORE_BASE_LOG_LIMIT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * For lines that anybody outside can cause: a flood must not fill the disk. A few are written in a
 * while, the others are counted, and the next line that is written tells how many they were.
 */
struct log_limit {
    pthread_mutex_t lock;
    int64_t since_ms; /* the while that lasts */
    unsigned lines;   /* written in it */
    uint64_t left_out;
};

void log_limit_init(struct log_limit *l);
void log_limit_release(struct log_limit *l);

/**
 * May the line be written? mono_ms: now. *left_out: lines that were not since the last one that
 * was; untouched when false. Thread: any.
 */
bool log_limit_take(struct log_limit *l, int64_t mono_ms, uint64_t *left_out);

#endif
