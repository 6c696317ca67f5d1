#ifndef CORE_ENGINE_EVENT_FEED_H
#define CORE_ENGINE_EVENT_FEED_H

#include "core/base/clock.h"
#include "core/domain/event.h"
#include "core/domain/store.h"

/*
 * Hands out stored events to those who wait for the next one. The store is the truth; the feed
 * only knows that something was committed, so nothing can be announced that did not happen.
 */
struct event_feed;

struct event_feed *event_feed_new(struct store *s, struct clock clock);

/** Tell the feed that something was committed. Cheap; for store_options.batch_done. Any thread. */
void event_feed_notify(struct event_feed *f);

/** One who waits. Embed it. */
struct event_waiter {
    struct event_waiter *next; /* the feed's */
    int64_t call_id;           /* 0: events of every call */
    int64_t after_seq;
    int64_t deadline_mono_ms;
    /**
     * Called once, on the feed's thread: events after after_seq exist, or the deadline has passed,
     * or the feed is stopping. The waiter is forgotten before the call.
     */
    void (*ready)(struct event_waiter *w);
};

/** Wait for news; ready may be called before this returns. */
void event_feed_wait(struct event_feed *f, struct event_waiter *w);

/** Release all who wait; who waits from now on is released at once. Joins the thread. NULL is fine.
 */
void event_feed_stop(struct event_feed *f);

/** Stop and free; nobody may notify it any more. NULL is fine. */
void event_feed_free(struct event_feed *f);

#endif
