#include "core/engine/pacer.h"

#include <pthread.h>
#include <string.h>

#include "core/base/mem.h"

enum {
    FULL_WAIT_MS = 1000,   /* an open call may have ended by then */
    LATE_MAX_MS = 10000,   /* who is later than this is not waited for */
    LEAST_SPACING_MS = 20, /* between two that are told to ask again */
    LOOK_AGAIN_MS = 15000, /* even with a long way to go, so that gaps are noticed… */
    LOOK_EACH_MS = 40,     /* …but not more of them than one in this time */
    SLOW_FIRST_MS = 100,   /* first spacing after a refusal where there was no limit */
    SLOWEST_MS = 60000,    /* spacing of the lowest pace */
    PAUSE_FIRST_MS = 1000, /* when the carrier does not say how long; doubles */
    PAUSE_LONGEST_MS = 60000,
    PAUSE_MAX_MS = 86400 * 1000,
};

struct waiter {
    int64_t call_id;
    int64_t wake_ms; /* when it was told to ask again */
    bool aside;      /* for a reason of its own */
};

struct lane {
    struct pacer_limits limits;
    int64_t preset_ms;      /* between two calls; 0: no limit */
    int64_t spacing_ms;     /* in force: longer for a while after a refusal */
    int64_t free_ms;        /* when the next may go */
    int64_t holder;         /* who took the last moment; 0: it was given back */
    int64_t before_ms;      /* free_ms before that */
    int64_t paused_ms;      /* until then the carrier wants none */
    int64_t full_ms;        /* until then there is no room */
    unsigned refusals;      /* in a row */
    struct waiter *waiters; /* in the order of their ids */
    size_t count, cap;
};

struct pacer {
    pthread_mutex_t lock;
    struct lane *lanes;
    size_t lane_count;
};

static int64_t spacing_of(double calls_per_s) {
    if (calls_per_s <= 0)
        return 0;
    double ms = 1000.0 / calls_per_s;
    int64_t whole = ms > SLOWEST_MS * 60.0 ? SLOWEST_MS * 60 : (int64_t)ms;
    return (double)whole < ms ? whole + 1 : whole;
}

struct pacer *pacer_new(const struct pacer_limits *limits, size_t carriers) {
    struct pacer *p = mem_zalloc(sizeof *p);
    pthread_mutex_init(&p->lock, NULL);
    p->lanes = mem_zalloc(carriers * sizeof *p->lanes);
    p->lane_count = carriers;
    for (size_t i = 0; i < carriers; i++) {
        p->lanes[i].limits = limits[i];
        p->lanes[i].preset_ms = p->lanes[i].spacing_ms = spacing_of(limits[i].calls_per_s);
    }
    return p;
}

void pacer_free(struct pacer *p) {
    if (!p)
        return;
    for (size_t i = 0; i < p->lane_count; i++)
        mem_free(p->lanes[i].waiters);
    mem_free(p->lanes);
    pthread_mutex_destroy(&p->lock);
    mem_free(p);
}

/* ---- the queue of one carrier -----------------------------------------------------------------
 */

/* Where the call stands, or would stand. */
static size_t find(const struct lane *l, int64_t call_id) {
    size_t from = 0, to = l->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (l->waiters[middle].call_id < call_id)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static bool is_at(const struct lane *l, size_t i, int64_t call_id) {
    return i < l->count && l->waiters[i].call_id == call_id;
}

static void remove_at(struct lane *l, size_t i) {
    l->count--;
    memmove(&l->waiters[i], &l->waiters[i + 1], (l->count - i) * sizeof *l->waiters);
}

static void set(struct lane *l, struct waiter w) {
    size_t i = find(l, w.call_id);
    if (!is_at(l, i, w.call_id)) {
        if (l->count == l->cap) {
            l->cap = l->cap ? l->cap * 2 : 16;
            l->waiters = mem_resize(l->waiters, l->cap * sizeof *l->waiters);
        }
        memmove(&l->waiters[i + 1], &l->waiters[i], (l->count - i) * sizeof *l->waiters);
        l->count++;
    }
    l->waiters[i] = w;
}

/* Those who were told to come and never did: ended in the meantime, by a way that told nobody. */
static void forget_lost(struct lane *l, int64_t now) {
    while (l->count > 0 && l->waiters[0].wake_ms < now - LATE_MAX_MS)
        remove_at(l, 0);
}

/* Who waits asks again within this time, however far the turn is. */
static int64_t longest_look_ms(const struct lane *l) {
    int64_t n = (int64_t)l->count + 1;
    return n * LOOK_EACH_MS > LOOK_AGAIN_MS ? n * LOOK_EACH_MS : LOOK_AGAIN_MS;
}

/*
 * Does somebody before place i have the right to go now and is about to ask? Without a pace there
 * are no moments that are one's own: those who wait for room go one after the other. (Who would
 * come later than anybody is told to was told so before the clock was set back.)
 */
static bool is_behind_another(const struct lane *l, size_t i, int64_t now) {
    int64_t last = l->spacing_ms == 0 ? now + longest_look_ms(l) : now;
    for (size_t k = 0; k < i; k++) {
        const struct waiter *w = &l->waiters[k];
        if (w->wake_ms <= (w->aside ? now : last) && w->wake_ms >= now - LATE_MAX_MS)
            return true;
    }
    return false;
}

/* ---- time -------------------------------------------------------------------------------------
 */

static int64_t later(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static int64_t sooner(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* A clock that was set back must not stop the carrier until it is there again. */
static void heed_clock(struct lane *l, int64_t now) {
    l->free_ms = sooner(l->free_ms, now + l->spacing_ms);
    l->full_ms = sooner(l->full_ms, now + FULL_WAIT_MS);
    l->paused_ms = sooner(l->paused_ms, now + PAUSE_MAX_MS);
}

static int64_t gate_of(const struct lane *l) {
    return later(l->free_ms, later(l->paused_ms, l->full_ms));
}

/* When the call at place i should ask again. */
static int64_t turn_of(const struct lane *l, size_t i, int64_t now) {
    int64_t n = (int64_t)l->count + 1, place = (int64_t)i;
    int64_t turn = later(gate_of(l), now + 1) + place * later(l->spacing_ms, LEAST_SPACING_MS);
    return i == 0 ? turn : sooner(turn, now + longest_look_ms(l) * (n + place) / (2 * n));
}

/* ---- asking -----------------------------------------------------------------------------------
 */

bool pacer_ask(struct pacer *p, size_t carrier, int64_t call_id, int64_t now_ms,
               int64_t *ask_again_ms) {
    struct lane *l = &p->lanes[carrier];
    pthread_mutex_lock(&p->lock);
    heed_clock(l, now_ms);
    forget_lost(l, now_ms);
    size_t i = find(l, call_id);
    bool go = now_ms >= gate_of(l) && !is_behind_another(l, i, now_ms);
    if (go) {
        if (is_at(l, i, call_id))
            remove_at(l, i);
        l->holder = call_id;
        l->before_ms = l->free_ms;
        l->free_ms = now_ms + l->spacing_ms;
    } else {
        *ask_again_ms = turn_of(l, i, now_ms);
        set(l, (struct waiter){call_id, *ask_again_ms, false});
    }
    pthread_mutex_unlock(&p->lock);
    return go;
}

void pacer_leave(struct pacer *p, size_t carrier, int64_t call_id) {
    struct lane *l = &p->lanes[carrier];
    pthread_mutex_lock(&p->lock);
    size_t i = find(l, call_id);
    if (is_at(l, i, call_id))
        remove_at(l, i);
    pthread_mutex_unlock(&p->lock);
}

/* After another has taken a moment, this one is over: going back would let two go at once. */
static void give_back(struct lane *l, int64_t call_id) {
    if (l->holder != call_id)
        return;
    l->free_ms = l->before_ms;
    l->holder = 0;
}

void pacer_give_back(struct pacer *p, size_t carrier, int64_t call_id) {
    struct lane *l = &p->lanes[carrier];
    pthread_mutex_lock(&p->lock);
    give_back(l, call_id);
    pthread_mutex_unlock(&p->lock);
}

void pacer_put_aside(struct pacer *p, size_t carrier, int64_t call_id, int64_t wake_ms) {
    struct lane *l = &p->lanes[carrier];
    pthread_mutex_lock(&p->lock);
    set(l, (struct waiter){call_id, wake_ms, true});
    pthread_mutex_unlock(&p->lock);
}

void pacer_is_full(struct pacer *p, size_t carrier, int64_t call_id, int64_t now_ms,
                   int64_t *ask_again_ms) {
    struct lane *l = &p->lanes[carrier];
    pthread_mutex_lock(&p->lock);
    give_back(l, call_id);
    l->full_ms = now_ms + FULL_WAIT_MS;
    *ask_again_ms = turn_of(l, find(l, call_id), now_ms);
    set(l, (struct waiter){call_id, *ask_again_ms, false});
    pthread_mutex_unlock(&p->lock);
}

void pacer_throttled(struct pacer *p, size_t carrier, int64_t now_ms, uint32_t retry_after_s,
                     uint32_t random) {
    struct lane *l = &p->lanes[carrier];
    pthread_mutex_lock(&p->lock);
    int64_t asked = (int64_t)retry_after_s * 1000;
    if (asked == 0)
        asked = sooner((int64_t)PAUSE_FIRST_MS << (l->refusals < 6 ? l->refusals : 6),
                       PAUSE_LONGEST_MS);
    int64_t until = now_ms + asked + asked * (int64_t)(random % 21) / 100;
    if (now_ms >= l->paused_ms) { /* those that were under way together count as one */
        l->refusals++;
        l->spacing_ms =
            later(l->preset_ms, sooner(later(l->spacing_ms * 2, SLOW_FIRST_MS), SLOWEST_MS));
    }
    l->paused_ms = later(l->paused_ms, until);
    pthread_mutex_unlock(&p->lock);
}

void pacer_placed(struct pacer *p, size_t carrier) {
    struct lane *l = &p->lanes[carrier];
    pthread_mutex_lock(&p->lock);
    l->refusals = 0;
    if (l->spacing_ms > l->preset_ms) {
        int64_t quicker = l->spacing_ms - l->spacing_ms / 10 - 1;
        bool unlimited = l->preset_ms == 0 && quicker < LEAST_SPACING_MS;
        l->spacing_ms = unlimited ? 0 : later(quicker, l->preset_ms);
    }
    pthread_mutex_unlock(&p->lock);
}

uint32_t pacer_open_calls_max(const struct pacer *p, size_t carrier) {
    return p->lanes[carrier].limits.open_calls_max;
}

size_t pacer_position(struct pacer *p, size_t carrier, int64_t call_id) {
    struct lane *l = &p->lanes[carrier];
    pthread_mutex_lock(&p->lock);
    size_t i = find(l, call_id);
    size_t position = is_at(l, i, call_id) ? i + 1 : 0;
    pthread_mutex_unlock(&p->lock);
    return position;
}
