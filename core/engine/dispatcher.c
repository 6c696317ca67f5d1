#include "core/engine/dispatcher.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/mem.h"
#include "core/base/pool.h"
#include "core/engine/jobs.h"

enum {
    WORKERS_DEFAULT = 8,
    LEASE_DEFAULT_S = 60,
    CLAIM_MAX = 64,
    LOOKS_MAX = 32,
    IDLE_WAIT_MS = 1000, /* a job that nobody woke us for is found within this time */
    STORE_TROUBLE_WAIT_MS = 1000,
    CLOCK_STEP_MS = 5000, /* less is a clock that is being adjusted */
};

struct dispatcher {
    const struct engine *engine;
    struct pool *pool;
    size_t in_flight_max;
    int64_t lease_ms;
    size_t looks_max; /* fewer than workers: a carrier that hangs must not stop the jobs */
    bool more_silent; /* of the thread: the last look left some for the next */
    int64_t ahead_ms; /* of the thread: of the monotonic clock, the wall clock */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* under lock */
    bool waiting, woken, stopping;
    size_t jobs; /* handed to the pool and not done */
    int64_t looks[LOOKS_MAX];
    size_t look_count; /* the same of calls that are looked after */
    bool joined;       /* of the thread that stops it */
};

struct task {
    struct pool_task base;
    struct dispatcher *dispatcher;
    struct job job; /* kind JOB_NONE: look after call_id */
    int64_t call_id;
};

void dispatcher_run_job(const struct engine *e, const struct job *j) {
    switch (j->kind) {
    case JOB_PLACE:
        job_place_run(e, j);
        return;
    case JOB_SETTLE:
        job_settle_run(e, j);
        return;
    case JOB_HANGUP:
        job_hangup_run(e, j);
        return;
    case JOB_CANCEL_SID:
        job_cancel_sid_run(e, j);
        return;
    case JOB_RECORDING_CONTROL:
        job_recording_control_run(e, j);
        return;
    case JOB_FETCH_RECORDING:
        job_fetch_recording_run(e, j);
        return;
    case JOB_DELETE_RECORDING:
        job_delete_recording_run(e, j);
        return;
    case JOB_SUM_UP:
        job_sum_up_run(e, j);
        return;
    case JOB_NONE:
    case JOB_KIND_COUNT:
        break;
    }
    log_error(e->log, "job of unknown kind", LOG_INT("kind", j->kind));
    job_finish(e, j);
}

/* Frees t. There is room for another one now, and this one may have left more to do. */
static void task_done(struct task *t) {
    struct dispatcher *d = t->dispatcher;
    pthread_mutex_lock(&d->lock);
    if (t->job.kind == JOB_NONE) {
        size_t i = 0;
        while (d->looks[i] != t->call_id)
            i++;
        d->looks[i] = d->looks[--d->look_count];
    } else {
        d->jobs--;
    }
    d->woken = true;
    pthread_cond_signal(&d->changed);
    pthread_mutex_unlock(&d->lock);
    mem_free(t);
}

static bool is_stopping(struct dispatcher *d) {
    pthread_mutex_lock(&d->lock);
    bool stopping = d->stopping;
    pthread_mutex_unlock(&d->lock);
    return stopping;
}

static void run_task(struct pool_task *base) {
    struct task *t = container_of(base, struct task, base);
    const struct engine *e = t->dispatcher->engine;
    /* what waited in the queue until we stop is the next start's; until its lease ran out, the
       next claim's */
    if (is_stopping(t->dispatcher)) {
        task_done(t);
        return;
    }
    if (t->job.kind == JOB_NONE)
        reconciler_check_call(e, t->call_id);
    else if (engine_now_ms(e) < t->job.lease_until_ms)
        dispatcher_run_job(e, &t->job);
    task_done(t);
}

void dispatcher_wake(struct dispatcher *d) {
    pthread_mutex_lock(&d->lock);
    d->woken = true;
    pthread_cond_signal(&d->changed);
    pthread_mutex_unlock(&d->lock);
}

bool dispatcher_is_idle(struct dispatcher *d) {
    pthread_mutex_lock(&d->lock);
    bool idle = d->waiting && !d->woken && d->jobs == 0 && d->look_count == 0;
    pthread_mutex_unlock(&d->lock);
    return idle;
}

/* ---- claiming ---------------------------------------------------------------------------------
 */

struct claim {
    struct dispatcher *dispatcher;
    uint32_t room;
    struct job jobs[CLAIM_MAX];
    size_t count;
    int64_t next_ms;
};

static enum error_code claim_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct claim *c = ctx;
    int64_t now = engine_now_ms(c->dispatcher->engine);
    return store_claim_jobs(tx, now, now + c->dispatcher->lease_ms, c->room, c->jobs, &c->count,
                            &c->next_ms, err);
}

/* The task is counted already. */
static void hand_over(struct dispatcher *d, const struct job *j, int64_t call_id) {
    struct task *t = mem_zalloc(sizeof *t);
    t->base.run = run_task;
    t->dispatcher = d;
    t->call_id = call_id;
    if (j)
        t->job = *j;
    if (!pool_submit(d->pool, &t->base))
        task_done(t); /* stopping: the next start takes the job up */
}

static size_t room_for_jobs(struct dispatcher *d) {
    pthread_mutex_lock(&d->lock);
    size_t room = d->in_flight_max - d->jobs;
    pthread_mutex_unlock(&d->lock);
    return room < CLAIM_MAX ? room : CLAIM_MAX;
}

/* Hand over what is due; returns how long to wait for more when nobody wakes us. */
static int64_t take_jobs(struct dispatcher *d) {
    struct claim c = {.dispatcher = d, .room = (uint32_t)room_for_jobs(d)};
    struct error err = {0};
    if (c.room == 0)
        return IDLE_WAIT_MS; /* whoever is done wakes us */
    if (store_write(d->engine->store, claim_tx, &c, &err) != ERR_OK) {
        log_error(d->engine->log, "no jobs can be taken", LOG_WORDS("error", err.text));
        return STORE_TROUBLE_WAIT_MS;
    }
    pthread_mutex_lock(&d->lock);
    d->jobs += c.count;
    pthread_mutex_unlock(&d->lock);
    for (size_t i = 0; i < c.count; i++)
        hand_over(d, &c.jobs[i], 0);
    int64_t wait = c.next_ms ? c.next_ms - engine_now_ms(d->engine) : IDLE_WAIT_MS;
    return wait < 0 ? 0 : wait < IDLE_WAIT_MS ? wait : IDLE_WAIT_MS;
}

/* ---- silent calls -----------------------------------------------------------------------------
 */

struct silent {
    int64_t now_ms;
    uint32_t limit;
    struct arena arena;
    int64_t *ids;
    size_t count;
};

static enum error_code silent_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct silent *s = ctx;
    return store_list_due_calls(tx, s->now_ms, s->limit, &s->arena, &s->ids, &s->count, err);
}

/* A call that is being looked after is still due in the store: it must not be taken twice. */
static bool begin_look(struct dispatcher *d, int64_t call_id) {
    pthread_mutex_lock(&d->lock);
    bool free = d->look_count < d->looks_max;
    for (size_t i = 0; i < d->look_count; i++)
        free = free && d->looks[i] != call_id;
    if (free)
        d->looks[d->look_count++] = call_id;
    pthread_mutex_unlock(&d->lock);
    return free;
}

static bool room_for_looks(struct dispatcher *d) {
    pthread_mutex_lock(&d->lock);
    bool room = d->look_count < d->looks_max;
    pthread_mutex_unlock(&d->lock);
    return room;
}

static void look_after_silent(struct dispatcher *d) {
    /* those in hand may come first, and as many again find the free places */
    struct silent s = {.now_ms = engine_now_ms(d->engine), .limit = (uint32_t)(2 * d->looks_max)};
    d->more_silent = false;
    if (store_health(d->engine->store, NULL) != ERR_OK)
        return; /* what the carrier says could not be kept, and we would ask it over and over */
    if (store_read(d->engine->store, silent_tx, &s, NULL) == ERR_OK) {
        for (size_t i = 0; i < s.count; i++)
            if (begin_look(d, s.ids[i]))
                hand_over(d, NULL, s.ids[i]);
        d->more_silent = s.count > 0;
    }
    arena_release(&s.arena);
}

static bool wait_for_work(struct dispatcher *d, int64_t wait_ms) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += wait_ms / 1000;
    until.tv_nsec += (wait_ms % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&d->lock);
    int timed_out = 0;
    d->waiting = true;
    while (!d->woken && !d->stopping && timed_out == 0)
        timed_out = pthread_cond_timedwait(&d->changed, &d->lock, &until);
    d->waiting = d->woken = false;
    bool go_on = !d->stopping;
    pthread_mutex_unlock(&d->lock);
    return go_on;
}

/* ---- the clock --------------------------------------------------------------------------------
 */

static int64_t wall_ahead_ms(const struct engine *e) {
    return clock_wall_ms(&e->clock) - clock_mono_ms(&e->clock);
}

struct turn_back {
    int64_t now_ms, by_ms, lease_ms;
};

static enum error_code turn_back_tx(struct store_tx *tx, void *ctx, struct error *err) {
    const struct turn_back *t = ctx;
    return store_turn_back(tx, t->now_ms, t->by_ms, t->lease_ms, err);
}

/* Jobs are due by the wall clock. When it is set back they must not wait until it is there again.
 */
static void heed_clock(struct dispatcher *d) {
    const struct engine *e = d->engine;
    int64_t ahead_ms = wall_ahead_ms(e);
    if (llabs(wall_ahead_ms(e) - ahead_ms) >= CLOCK_STEP_MS)
        return; /* it moves at this very moment */
    struct turn_back t = {
        .now_ms = engine_now_ms(e), .by_ms = d->ahead_ms - ahead_ms, .lease_ms = d->lease_ms};
    struct error err = {0};
    if (t.by_ms >= CLOCK_STEP_MS) {
        if (store_write(e->store, turn_back_tx, &t, &err) != ERR_OK)
            return; /* told of by those who take jobs; tried again with the next look */
        log_warn(e->log, "the clock was set back", LOG_INT("by_ms", t.by_ms));
    }
    d->ahead_ms = ahead_ms;
}

static void *run(void *arg) {
    struct dispatcher *d = arg;
    int64_t looked_ms = 0;
    int64_t wait_ms = 0;
    while (wait_for_work(d, wait_ms)) {
        heed_clock(d);
        int64_t now = clock_mono_ms(&d->engine->clock);
        wait_ms = take_jobs(d);
        /* once a second; while there are many, as soon as there is room for the next */
        if ((d->more_silent || looked_ms == 0 || now - looked_ms >= IDLE_WAIT_MS) &&
            room_for_looks(d)) {
            looked_ms = now;
            look_after_silent(d);
        }
    }
    return NULL;
}

static enum error_code take_over_tx(struct store_tx *tx, void *ctx, struct error *err) {
    const int64_t *now_ms = ctx;
    return store_take_over(tx, *now_ms, err);
}

/* A store in trouble does not keep us from starting: leases run out, calls are looked at later. */
static void take_over(const struct engine *e) {
    int64_t now_ms = engine_now_ms(e);
    struct error err = {0};
    if (store_write(e->store, take_over_tx, &now_ms, &err) != ERR_OK)
        log_warn(e->log, "what the last run left is taken up late", LOG_WORDS("error", err.text));
}

enum error_code dispatcher_start(const struct dispatcher_options *o, struct dispatcher **out,
                                 struct error *err) {
    struct dispatcher *d = mem_zalloc(sizeof *d);
    take_over(o->engine);
    unsigned workers = o->workers ? o->workers : WORKERS_DEFAULT;
    d->engine = o->engine;
    d->ahead_ms = wall_ahead_ms(o->engine);
    d->in_flight_max = (size_t)workers * 2;
    d->looks_max = workers < 2 ? 1 : workers / 2 < LOOKS_MAX ? workers / 2 : LOOKS_MAX;
    d->lease_ms = (int64_t)(o->lease_s ? o->lease_s : LEASE_DEFAULT_S) * 1000;
    d->pool = pool_new("worker", workers, (size_t)workers * 4 + CLAIM_MAX);
    pthread_mutex_init(&d->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&d->changed, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&d->thread, NULL, run, d) != 0) {
        pool_free(d->pool);
        mem_free(d);
        return error_set(err, ERR_BUSY, "no thread for the dispatcher: raise the process limit");
    }
    pthread_setname_np(d->thread, "dispatcher");
    *out = d;
    return ERR_OK;
}

void dispatcher_hold(struct dispatcher *d) {
    pthread_mutex_lock(&d->lock);
    d->stopping = true;
    pthread_cond_signal(&d->changed);
    pthread_mutex_unlock(&d->lock);
}

void dispatcher_stop(struct dispatcher *d) {
    if (!d || d->joined)
        return;
    dispatcher_hold(d);
    pthread_join(d->thread, NULL);
    pool_stop(d->pool);
    d->joined = true;
}

void dispatcher_free(struct dispatcher *d) {
    if (!d)
        return;
    dispatcher_stop(d);
    pool_free(d->pool);
    pthread_cond_destroy(&d->changed);
    pthread_mutex_destroy(&d->lock);
    mem_free(d);
}
