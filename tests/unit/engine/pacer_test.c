/* The pace of handing calls over, with a clock in the test's hand and calls that ask when told. */
#include "core/engine/pacer.h"

#include "core/base/mem.h"
#include "tests/support/test.h"

enum {
    CALLS_MAX = 3000
};

/* A world of calls 1..count that each ask when they were told to. */
struct world {
    struct pacer *pacer;
    int64_t now_ms;
    int64_t wake_ms[CALLS_MAX + 1]; /* 0: not asked yet; -1: gone */
    int64_t went_ms[CALLS_MAX + 1]; /* -1: not yet */
    int count;
    unsigned asked;
    int order[CALLS_MAX];
    int gone;
};

static struct world *world_new(double calls_per_s, uint32_t open_max, int count) {
    struct world *w = mem_zalloc(sizeof *w);
    struct pacer_limits limits = {calls_per_s, open_max};
    w->pacer = pacer_new(&limits, 1);
    w->now_ms = 1700000000000;
    w->count = count;
    for (int i = 1; i <= count; i++) {
        w->wake_ms[i] = w->now_ms;
        w->went_ms[i] = -1;
    }
    return w;
}

static void world_free(struct world *w) {
    pacer_free(w->pacer);
    mem_free(w);
}

/* All that are due ask once; those of one moment from the last to the first, which is unkind. */
static void ask_due(struct world *w) {
    for (int i = w->count; i >= 1; i--) {
        if (w->wake_ms[i] < 0 || w->wake_ms[i] > w->now_ms)
            continue;
        w->asked++;
        if (!pacer_ask(w->pacer, 0, i, w->now_ms, &w->wake_ms[i])) {
            EXPECT(w->wake_ms[i] > w->now_ms);
            continue;
        }
        w->wake_ms[i] = -1;
        w->went_ms[i] = w->now_ms;
        w->order[w->gone++] = i;
    }
}

static void cancel(struct world *w, int call) {
    w->wake_ms[call] = -1;
    pacer_leave(w->pacer, 0, call);
}

static int64_t next_wake(const struct world *w) {
    int64_t next = INT64_MAX;
    for (int i = 1; i <= w->count; i++)
        if (w->wake_ms[i] >= 0 && w->wake_ms[i] < next)
            next = w->wake_ms[i];
    return next;
}

static void run_for(struct world *w, int64_t ms) {
    int64_t end = w->now_ms + ms;
    for (int64_t next = next_wake(w); next <= end; next = next_wake(w)) {
        w->now_ms = next > w->now_ms ? next : w->now_ms;
        ask_due(w);
    }
    w->now_ms = end;
}

static int64_t least_gap(const struct world *w) {
    int64_t least = INT64_MAX;
    for (int i = 1; i < w->gone; i++) {
        int64_t gap = w->went_ms[w->order[i]] - w->went_ms[w->order[i - 1]];
        least = gap < least ? gap : least;
    }
    return least;
}

TEST(pacer, calls_go_at_exactly_the_pace) {
    struct world *w = world_new(4, 0, 100);
    run_for(w, 10000);
    EXPECT(w->gone >= 40 && w->gone <= 41);
    EXPECT_INT(least_gap(w), 250);
    world_free(w);
}

TEST(pacer, calls_go_in_the_order_in_which_they_were_accepted) {
    struct world *w = world_new(10, 0, 50);
    ask_due(w); /* the last one asks first and finds the way free: only then is there an order */
    run_for(w, 6000);
    EXPECT_INT(w->gone, 50);
    for (int i = 2; i < w->gone; i++)
        EXPECT(w->order[i] > w->order[i - 1]);
    world_free(w);
}

TEST(pacer, without_a_limit_all_go_at_once) {
    struct world *w = world_new(0, 0, 100);
    ask_due(w);
    EXPECT_INT(w->gone, 100);
    world_free(w);
}

TEST(pacer, one_carrier_does_not_hold_up_another) {
    struct pacer_limits limits[] = {{1, 0}, {1, 0}};
    struct pacer *p = pacer_new(limits, 2);
    int64_t again = 0;
    EXPECT(pacer_ask(p, 0, 1, 1000, &again));
    EXPECT(!pacer_ask(p, 0, 2, 1000, &again));
    EXPECT_INT(again, 2000);
    pacer_throttled(p, 0, 1000, 60, 0);
    EXPECT(pacer_ask(p, 1, 3, 1000, &again));
    pacer_free(p);
}

TEST(pacer, a_refusal_stops_the_whole_carrier_for_as_long_as_it_asks) {
    struct world *w = world_new(2, 0, 40);
    run_for(w, 1000);
    int before = w->gone;
    pacer_throttled(w->pacer, 0, w->now_ms, 30, 0);
    run_for(w, 29999);
    EXPECT_INT(w->gone, before);
    run_for(w, 1);
    EXPECT_INT(w->gone, before + 1);
    world_free(w);
}

TEST(pacer, the_wait_after_a_refusal_is_spread_and_never_shorter_than_asked) {
    for (uint32_t random = 0; random < 21; random++) {
        struct pacer_limits limits = {0, 0};
        struct pacer *p = pacer_new(&limits, 1);
        int64_t again = 0;
        pacer_throttled(p, 0, 1000, 10, random);
        EXPECT(!pacer_ask(p, 0, 1, 1000, &again));
        EXPECT_INT(again, 1000 + 10000 + (int64_t)random * 100);
        pacer_free(p);
    }
}

TEST(pacer, after_a_refusal_the_pace_comes_back_bit_by_bit) {
    struct pacer_limits limits = {10, 0};
    struct pacer *p = pacer_new(&limits, 1);
    int64_t now = 1000, again = 0, gaps[40];
    pacer_throttled(p, 0, now, 1, 0);
    EXPECT(!pacer_ask(p, 0, 1, now, &again));
    now = again;
    EXPECT(pacer_ask(p, 0, 1, now, &again));
    for (int i = 0; i < 40; i++) {
        pacer_placed(p, 0);
        EXPECT(!pacer_ask(p, 0, i + 2, now, &again));
        gaps[i] = again - now;
        now = again;
        EXPECT(pacer_ask(p, 0, i + 2, now, &again));
    }
    EXPECT(gaps[0] > 150);
    for (int i = 1; i < 40; i++)
        EXPECT(gaps[i] <= gaps[i - 1]);
    EXPECT_INT(gaps[39], 100);
    pacer_free(p);
}

TEST(pacer, refusals_of_one_moment_count_as_one) {
    struct pacer_limits limits = {10, 0};
    struct pacer *p = pacer_new(&limits, 1);
    int64_t again = 0;
    for (int i = 0; i < 8; i++)
        pacer_throttled(p, 0, 1000, 1, 0);
    EXPECT(pacer_ask(p, 0, 1, 2000, &again));
    EXPECT(!pacer_ask(p, 0, 2, 2000, &again));
    EXPECT_INT(again, 2200);
    pacer_free(p);
}

TEST(pacer, a_canceled_call_leaves_its_moment_to_who_asks_next) {
    struct pacer_limits limits = {1, 0};
    struct pacer *p = pacer_new(&limits, 1);
    int64_t again = 0;
    EXPECT(pacer_ask(p, 0, 1, 1000, &again));
    EXPECT(!pacer_ask(p, 0, 2, 1000, &again));
    EXPECT_INT(again, 2000);
    EXPECT(!pacer_ask(p, 0, 3, 1000, &again));
    EXPECT_INT(again, 3000);
    pacer_leave(p, 0, 2);
    EXPECT_INT(pacer_position(p, 0, 3), 1);
    EXPECT(pacer_ask(p, 0, 4, 2000, &again)); /* call 3 sleeps until 3000: nobody loses by it */
    EXPECT(pacer_ask(p, 0, 3, 3000, &again));
    pacer_free(p);
}

TEST(pacer, many_canceled_calls_do_not_leave_the_carrier_idle_for_long) {
    struct world *w = world_new(1, 0, 400);
    ask_due(w);
    for (int i = 2; i <= 300; i++)
        cancel(w, i);
    run_for(w, 60000);
    EXPECT(w->gone >= 40);
    world_free(w);
}

TEST(pacer, a_moment_that_was_not_used_is_given_back) {
    struct pacer_limits limits = {1, 0};
    struct pacer *p = pacer_new(&limits, 1);
    int64_t again = 0;
    EXPECT(pacer_ask(p, 0, 1, 1000, &again));
    pacer_give_back(p, 0, 1);
    EXPECT(pacer_ask(p, 0, 2, 1000, &again));
    pacer_free(p);
}

TEST(pacer, a_moment_that_is_given_back_late_lets_no_two_go_at_once) {
    struct pacer_limits limits = {1, 0};
    struct pacer *p = pacer_new(&limits, 1);
    int64_t again = 0;
    EXPECT(pacer_ask(p, 0, 1, 1000, &again));
    EXPECT(pacer_ask(p, 0, 2, 2000, &again));
    pacer_give_back(p, 0, 1);
    EXPECT(!pacer_ask(p, 0, 3, 2000, &again));
    EXPECT_INT(again, 3000);
    pacer_free(p);
}

TEST(pacer, who_is_put_aside_keeps_the_place_and_holds_up_nobody) {
    struct pacer_limits limits[] = {{1, 0}, {0, 1}};
    for (size_t carrier = 0; carrier < 2; carrier++) {
        struct pacer *p = pacer_new(limits, 2);
        int64_t again = 0;
        EXPECT(pacer_ask(p, carrier, 1, 1000, &again));
        pacer_give_back(p, carrier, 1);
        pacer_put_aside(p, carrier, 1, 9000);
        EXPECT_INT(pacer_position(p, carrier, 1), 1);
        EXPECT(pacer_ask(p, carrier, 2, 1000, &again));
        EXPECT(!pacer_ask(p, carrier, 3, 9000, &again)); /* its time has come */
        EXPECT(pacer_ask(p, carrier, 1, 9000, &again));
        EXPECT_INT(pacer_position(p, carrier, 1), 0);
        pacer_free(p);
    }
}

TEST(pacer, without_a_pace_those_who_wait_for_room_are_not_overtaken) {
    struct pacer_limits limits = {0, 1};
    struct pacer *p = pacer_new(&limits, 1);
    int64_t first = 0, second = 0, late = 0;
    EXPECT(pacer_ask(p, 0, 1, 1000, &first));
    pacer_is_full(p, 0, 1, 1000, &first);
    EXPECT(!pacer_ask(p, 0, 2, 1001, &second));
    EXPECT(!pacer_ask(p, 0, 3, first, &late)); /* there is room, for who was here before */
    EXPECT(pacer_ask(p, 0, 1, first, &first));
    EXPECT(!pacer_ask(p, 0, 4, first + 1, &late));
    EXPECT(pacer_ask(p, 0, 2, second, &second));
    pacer_free(p);
}

TEST(pacer, when_there_is_no_room_all_wait_and_keep_their_places) {
    struct pacer_limits limits = {0, 1};
    struct pacer *p = pacer_new(&limits, 1);
    int64_t again = 0, later = 0;
    EXPECT(pacer_ask(p, 0, 2, 1000, &again));
    pacer_is_full(p, 0, 2, 1000, &again);
    EXPECT_INT(again, 2000);
    EXPECT(!pacer_ask(p, 0, 3, 1000, &later));
    EXPECT(later > again);
    EXPECT_INT(pacer_position(p, 0, 2), 1);
    EXPECT_INT(pacer_position(p, 0, 3), 2);
    EXPECT(pacer_ask(p, 0, 2, 2000, &again));
    pacer_free(p);
}

TEST(pacer, thousands_that_wait_do_not_ask_all_the_time) {
    struct world *w = world_new(1, 0, CALLS_MAX);
    ask_due(w);
    w->asked = 0;
    run_for(w, 60000);
    EXPECT(w->gone >= 58 && w->gone <= 62);
    EXPECT(w->asked < 60 * 60); /* a few for each second, not one for each call */
    world_free(w);
}

TEST(pacer, a_call_that_never_comes_back_does_not_block_the_others) {
    struct pacer_limits limits = {1, 0};
    struct pacer *p = pacer_new(&limits, 1);
    int64_t again = 0;
    EXPECT(pacer_ask(p, 0, 1, 1000, &again));
    EXPECT(!pacer_ask(p, 0, 2, 1000, &again)); /* told to come at 2000, and lost */
    EXPECT(!pacer_ask(p, 0, 3, 2500, &again)); /* it is waited for a little */
    EXPECT(pacer_ask(p, 0, 3, 13000, &again));
    pacer_free(p);
}

TEST(pacer, those_who_wait_for_room_stop_nobody_after_the_clock_was_set_back) {
    struct pacer_limits limits = {0, 1};
    struct pacer *p = pacer_new(&limits, 1);
    int64_t again = 0;
    EXPECT(pacer_ask(p, 0, 1, 10000000, &again));
    pacer_is_full(p, 0, 1, 10000000, &again);
    EXPECT(!pacer_ask(p, 0, 2, 10000000, &again));
    EXPECT(!pacer_ask(p, 0, 3, 5000, &again)); /* there is no room yet */
    EXPECT(again <= 6100);
    EXPECT(pacer_ask(p, 0, 3, again, &again));
    pacer_free(p);
}

TEST(pacer, a_clock_that_is_set_back_stops_nobody_for_long) {
    struct pacer_limits limits = {1, 0};
    struct pacer *p = pacer_new(&limits, 1);
    int64_t again = 0;
    EXPECT(pacer_ask(p, 0, 1, 10000000, &again));
    EXPECT(!pacer_ask(p, 0, 2, 5000, &again));
    EXPECT(again <= 6000);
    EXPECT(pacer_ask(p, 0, 2, again, &again));
    pacer_free(p);
}
