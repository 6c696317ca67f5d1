#ifndef CORE_BASE_LANES_H
#define CORE_BASE_LANES_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * One at a time for each key: who comes second to a lane waits until the first has left it. Any
 * thread. Memory is the callers': a lane lives on the stack of whoever is in it.
 */
struct lane {
    struct lane *next;
    uint64_t key;
};

struct lanes {
    pthread_mutex_t lock;
    pthread_cond_t left;
    struct lane *taken;
};

void lanes_init(struct lanes *l);
void lanes_release(struct lanes *l); /* nobody may be in any */

/** Take the lane of a key. True when somebody was on it, and has left by now. */
bool lanes_enter(struct lanes *l, struct lane *mine, uint64_t key);
void lanes_leave(struct lanes *l, const struct lane *mine);

#endif
