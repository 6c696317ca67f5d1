#ifndef CORE_ENGINE_DISPATCHER_H
#define CORE_ENGINE_DISPATCHER_H

#include "core/engine/engine.h"

/*
 * Takes jobs from the store and carries them out on worker threads; looks after calls that have
 * been silent for too long (reconciler). No lock and no transaction is held while a carrier is
 * asked.
 */
struct dispatcher;

struct dispatcher_options {
    const struct engine *engine;
    unsigned workers; /* 0: 8 */
    unsigned lease_s; /* 0: 60; longer than twice the carrier's request time-out */
};

/**
 * What the process before us left is taken up at once: jobs it held, and a look at every open call,
 * as its carrier may have told of it while nobody listened.
 */
NODISCARD enum error_code dispatcher_start(const struct dispatcher_options *o,
                                           struct dispatcher **out, struct error *err);

/** There may be new work: look now. Cheap; any thread, also the store's writer. */
void dispatcher_wake(struct dispatcher *d);

/** Begin no more jobs, for good; running ones go on. What is left is the next start's. */
void dispatcher_hold(struct dispatcher *d);

/** Hold it, let running jobs finish, join. Waking it stays harmless. NULL is fine. */
void dispatcher_stop(struct dispatcher *d);

/** Stop and free; nobody may wake it any more. NULL is fine. */
void dispatcher_free(struct dispatcher *d);

/* ---- the parts, for tests that move time themselves --------------------------------------------
 */

/** Nothing is due, taken or under way: time that jumps now takes no lease from anybody. */
bool dispatcher_is_idle(struct dispatcher *d);

/** Carry out one claimed job on the calling thread. */
void dispatcher_run_job(const struct engine *e, const struct job *j);

/** Look after one silent call on the calling thread. */
void reconciler_check_call(const struct engine *e, int64_t call_id);

#endif
