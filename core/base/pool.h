#ifndef CORE_BASE_POOL_H
#define CORE_BASE_POOL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/compiler.h"

/** A unit of work. Embed it in your own struct; the pool never frees it. */
struct pool_task {
    struct pool_task *next;
    void (*run)(struct pool_task *t); /* on a pool thread; owns the task from here on */
};

/** Threads that take tasks from one bounded queue, first in, first out. */
struct pool;

/** Start `threads` threads named `name` (at most 15 characters); queue_max tasks may wait. */
struct pool *pool_new(const char *name, unsigned threads, size_t queue_max);

/** Hand over a task. False, and nothing taken, when the queue is full or the pool is stopping. */
NODISCARD bool pool_submit(struct pool *p, struct pool_task *t);

/** Tasks that wait or run now. */
size_t pool_pending(struct pool *p);

/** Take no more, run what is queued, join the threads. Safe to call twice. */
void pool_stop(struct pool *p);
void pool_free(struct pool *p); /* stops first; NULL is fine */

#endif
