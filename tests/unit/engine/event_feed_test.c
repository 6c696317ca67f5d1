#include "core/engine/event_feed.h"

#include <semaphore.h>
#include <time.h>

#include "core/engine/call_service.h"
#include "tests/support/engine_box.h"
#include "tests/support/test.h"

enum {
    BOUND_S = 60,
    LONG_MS = 3600000
};

struct waiting {
    struct event_waiter waiter;
    sem_t ready;
};

static void on_ready(struct event_waiter *w) {
    sem_post(&container_of(w, struct waiting, waiter)->ready);
}

static void wait_on(struct event_feed *f, struct engine_box *b, struct waiting *w, int64_t call_id,
                    int64_t after_seq, int64_t for_ms) {
    sem_init(&w->ready, 0, 0);
    w->waiter = (struct event_waiter){
        .call_id = call_id,
        .after_seq = after_seq,
        .deadline_mono_ms = clock_mono_ms(&b->engine.clock) + for_ms,
        .ready = on_ready,
    };
    event_feed_wait(f, &w->waiter);
}

static bool is_released(struct waiting *w) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += BOUND_S;
    return sem_timedwait(&w->ready, &until) == 0;
}

static bool still_waits(struct waiting *w) {
    return sem_trywait(&w->ready) != 0;
}

TEST(event_feed, what_is_there_already_releases_at_once) {
    struct engine_box b;
    struct waiting one, any;
    engine_box_init(&b);
    struct event_feed *f = event_feed_new(b.engine.store, b.engine.clock);
    struct call c = engine_box_submit(&b);
    wait_on(f, &b, &one, c.id, 0, LONG_MS);
    wait_on(f, &b, &any, 0, 0, LONG_MS);
    EXPECT(is_released(&one));
    EXPECT(is_released(&any));
    event_feed_free(f);
    engine_box_release(&b);
}

TEST(event_feed, news_releases_those_it_is_for) {
    struct engine_box b;
    struct waiting mine, others, any;
    engine_box_init(&b);
    struct event_feed *f = event_feed_new(b.engine.store, b.engine.clock);
    struct call c = engine_box_submit_to(&b, "+12025550101");
    struct call other = engine_box_submit_to(&b, "+12025550102");
    wait_on(f, &b, &mine, c.id, c.last_event, LONG_MS);
    wait_on(f, &b, &others, other.id, other.last_event, LONG_MS);
    wait_on(f, &b, &any, 0, other.last_event, LONG_MS);
    struct call out;
    EXPECT(call_service_hang_up(&b.engine, c.id, &out, NULL) == ERR_OK);
    event_feed_notify(f);
    EXPECT(is_released(&mine));
    EXPECT(is_released(&any));
    EXPECT(still_waits(&others));
    event_feed_free(f);
    EXPECT(is_released(&others));
    engine_box_release(&b);
}

TEST(event_feed, a_deadline_releases_without_news) {
    struct engine_box b;
    struct waiting soon, later;
    engine_box_init(&b);
    struct event_feed *f = event_feed_new(b.engine.store, b.engine.clock);
    struct call c = engine_box_submit(&b);
    wait_on(f, &b, &later, c.id, c.last_event, LONG_MS);
    wait_on(f, &b, &soon, c.id, c.last_event, 5000);
    fake_clock_advance_ms(&b.time, 5000);
    EXPECT(is_released(&soon));
    EXPECT(still_waits(&later));
    event_feed_free(f);
    engine_box_release(&b);
}

TEST(event_feed, stopping_releases_all_and_whoever_comes_after) {
    struct engine_box b;
    struct waiting before[3], after;
    engine_box_init(&b);
    struct event_feed *f = event_feed_new(b.engine.store, b.engine.clock);
    struct call c = engine_box_submit(&b);
    for (size_t i = 0; i < ARRAY_LEN(before); i++)
        wait_on(f, &b, &before[i], c.id, c.last_event, LONG_MS);
    event_feed_stop(f);
    for (size_t i = 0; i < ARRAY_LEN(before); i++)
        EXPECT(!still_waits(&before[i]));
    wait_on(f, &b, &after, c.id, c.last_event, LONG_MS);
    EXPECT(!still_waits(&after));
    event_feed_notify(f); /* harmless */
    event_feed_stop(f);
    event_feed_free(f);
    engine_box_release(&b);
}

TEST(event_feed, who_waits_for_a_call_that_does_not_exist_is_let_go) {
    struct engine_box b;
    struct waiting w;
    engine_box_init(&b);
    struct event_feed *f = event_feed_new(b.engine.store, b.engine.clock);
    wait_on(f, &b, &w, 12345, 0, LONG_MS);
    EXPECT(is_released(&w));
    event_feed_free(f);
    engine_box_release(&b);
}
