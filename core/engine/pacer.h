#ifndef CORE_ENGINE_PACER_H
#define CORE_ENGINE_PACER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How fast calls are handed to each carrier: so many a second, so many open at a time, and not at
 * all for as long as the carrier asks. A call that may not go yet is told when to ask again, so
 * nobody waits on a worker and no carrier holds up another. Calls go in the order of their ids,
 * which is the order in which they were accepted, whoever placed them; one that was postponed or
 * refused for a moment keeps its place. All of it is kept in memory and made again by asking:
 * nothing is lost by a restart.
 *
 * Times are the caller's wall clock in milliseconds; clocks that jump are coped with. Thread: any.
 */
struct pacer;

struct pacer_limits {
    double calls_per_s;      /* 0: no limit; more than 1000 is taken for 1000 */
    uint32_t open_calls_max; /* 0: no limit */
};

/** One row of limits for each carrier, which are known by their index from then on. */
struct pacer *pacer_new(const struct pacer_limits *limits, size_t carriers);
void pacer_free(struct pacer *p); /* NULL is fine */

/**
 * May this call be handed over now? True takes the moment: it is spent. False: ask again at
 * *ask_again_ms, which is when its turn should come, or earlier when that is far away.
 */
bool pacer_ask(struct pacer *p, size_t carrier, int64_t call_id, int64_t now_ms,
               int64_t *ask_again_ms);

/** The call wants to be handed over no more; its moment is for whoever asks next. */
void pacer_leave(struct pacer *p, size_t carrier, int64_t call_id);

/** The moment that pacer_ask() gave was not used. Nothing happens when it is not the newest one. */
void pacer_give_back(struct pacer *p, size_t carrier, int64_t call_id);

/**
 * The call has a reason of its own to ask not before wake_ms: it keeps its place, and until then
 * holds up nobody.
 */
void pacer_put_aside(struct pacer *p, size_t carrier, int64_t call_id, int64_t wake_ms);

/** As many calls as may be are open: nobody goes for a while. The call keeps its place. */
void pacer_is_full(struct pacer *p, size_t carrier, int64_t call_id, int64_t now_ms,
                   int64_t *ask_again_ms);

/**
 * The carrier says that it is too much. All its calls wait for as long as it asks (retry_after_s,
 * 0: it did not say) and up to a fifth more, by `random`; after that they go at half the pace,
 * which pacer_placed() brings back bit by bit.
 */
void pacer_throttled(struct pacer *p, size_t carrier, int64_t now_ms, uint32_t retry_after_s,
                     uint32_t random);
void pacer_placed(struct pacer *p, size_t carrier);

uint32_t pacer_open_calls_max(const struct pacer *p, size_t carrier); /* 0: no limit */

/** Where a waiting call stands: 1 is next. 0: it is not known to wait. */
size_t pacer_position(struct pacer *p, size_t carrier, int64_t call_id);

#endif
