#include "core/engine/event_feed.h"

#include <pthread.h>
#include <time.h>

#include "core/base/mem.h"

enum {
    LOOK_EVERY_MS = 500
}; /* deadlines are kept to within this */

struct event_feed {
    struct store *store;
    struct clock clock;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct event_waiter *waiters; /* under lock */
    size_t waiting;               /* under lock; those the thread is looking at included */
    bool news, stopping;          /* under lock */
    bool joined;                  /* of the thread that stops it */
};

struct look {
    const struct event_waiter *waiter;
    bool found;
};

static enum error_code look_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct look *l = ctx;
    const struct event_waiter *w = l->waiter;
    if (w->call_id == 0) {
        int64_t last = 0;
        enum error_code rc = store_last_event(tx, &last, err);
        l->found = rc == ERR_OK && last > w->after_seq;
        return rc;
    }
    struct call c;
    enum error_code rc = store_get_call(tx, w->call_id, &c, err);
    l->found = rc == ERR_OK && c.last_event > w->after_seq;
    return rc;
}

static bool is_due(struct event_feed *f, const struct event_waiter *w) {
    if (clock_mono_ms(&f->clock) >= w->deadline_mono_ms)
        return true;
    struct look l = {.waiter = w};
    /* trouble with the store is the waiter's to see when it reads for itself */
    return store_read(f->store, look_tx, &l, NULL) != ERR_OK || l.found;
}

/* Called without the lock; nobody else touches the waiters that were taken off the list. */
static struct event_waiter *release_due(struct event_feed *f, struct event_waiter *list, bool all,
                                        size_t *released) {
    struct event_waiter *kept = NULL;
    *released = 0;
    while (list) {
        struct event_waiter *w = list;
        list = w->next;
        if (all || is_due(f, w)) {
            w->ready(w);
            (*released)++;
        } else {
            w->next = kept;
            kept = w;
        }
    }
    return kept;
}

static void wait_for_news(struct event_feed *f) {
    if (f->waiters == NULL) {
        while (!f->stopping && f->waiters == NULL)
            pthread_cond_wait(&f->changed, &f->lock);
        return;
    }
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_EVERY_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    int timed_out = 0;
    while (!f->stopping && !f->news && timed_out == 0)
        timed_out = pthread_cond_timedwait(&f->changed, &f->lock, &until);
}

static void *run(void *arg) {
    struct event_feed *f = arg;
    pthread_mutex_lock(&f->lock);
    while (!f->stopping) {
        wait_for_news(f);
        f->news = false;
        struct event_waiter *list = f->waiters;
        bool all = f->stopping;
        f->waiters = NULL;
        pthread_mutex_unlock(&f->lock);
        size_t released;
        list = release_due(f, list, all, &released);
        pthread_mutex_lock(&f->lock);
        f->waiting -= released;
        while (list) { /* those who still wait go back, beside any that came meanwhile */
            struct event_waiter *w = list;
            list = w->next;
            w->next = f->waiters;
            f->waiters = w;
        }
    }
    struct event_waiter *left = f->waiters;
    f->waiters = NULL;
    pthread_mutex_unlock(&f->lock);
    size_t released;
    release_due(f, left, true, &released);
    return NULL;
}

struct event_feed *event_feed_new(struct store *s, struct clock clock) {
    struct event_feed *f = mem_zalloc(sizeof *f);
    f->store = s;
    f->clock = clock;
    pthread_mutex_init(&f->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&f->changed, &attr);
    pthread_condattr_destroy(&attr);
    if (pthread_create(&f->thread, NULL, run, f) != 0)
        mem_panic("no thread for the event feed: raise the process limit");
    pthread_setname_np(f->thread, "events");
    return f;
}

void event_feed_notify(struct event_feed *f) {
    pthread_mutex_lock(&f->lock);
    if (f->waiting > 0) { /* nobody waits: nothing to wake up for */
        f->news = true;
        pthread_cond_signal(&f->changed);
    }
    pthread_mutex_unlock(&f->lock);
}

void event_feed_wait(struct event_feed *f, struct event_waiter *w) {
    pthread_mutex_lock(&f->lock);
    bool stopping = f->stopping;
    if (!stopping) {
        w->next = f->waiters;
        f->waiters = w;
        f->waiting++;
        f->news = true; /* what it waits for may be there already */
        pthread_cond_signal(&f->changed);
    }
    pthread_mutex_unlock(&f->lock);
    if (stopping)
        w->ready(w);
}

void event_feed_stop(struct event_feed *f) {
    if (!f || f->joined)
        return;
    pthread_mutex_lock(&f->lock);
    f->stopping = true;
    pthread_cond_signal(&f->changed);
    pthread_mutex_unlock(&f->lock);
    pthread_join(f->thread, NULL);
    f->joined = true;
}

void event_feed_free(struct event_feed *f) {
    if (!f)
        return;
    event_feed_stop(f);
    pthread_cond_destroy(&f->changed);
    pthread_mutex_destroy(&f->lock);
    mem_free(f);
}
