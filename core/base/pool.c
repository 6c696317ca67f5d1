#include "core/base/pool.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "core/base/mem.h"

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t work;    /* a task came, or the pool stops */
    pthread_cond_t stopped; /* the threads are joined */
    struct pool_task *first, **end;
    size_t queued, running, queue_max;
    bool stopping, joined;
    char name[16];
    unsigned thread_count;
    pthread_t threads[];
};

/** The oldest task; waits for one. NULL when the pool stops and nothing is left. Holds the lock. */
static struct pool_task *take(struct pool *p) {
    while (!p->first && !p->stopping)
        pthread_cond_wait(&p->work, &p->lock);
    struct pool_task *t = p->first;
    if (!t)
        return NULL;
    p->first = t->next;
    if (!p->first)
        p->end = &p->first;
    t->next = NULL;
    p->queued--;
    p->running++;
    return t;
}

static void *worker(void *ctx) {
    struct pool *p = ctx;
    pthread_setname_np(pthread_self(), p->name);
    pthread_mutex_lock(&p->lock);
    for (struct pool_task *t; (t = take(p)) != NULL; p->running--) {
        pthread_mutex_unlock(&p->lock);
        t->run(t); /* t may be freed from here on */
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/** Start the threads with all signals blocked: signals are handled in one place, not here. */
static void start(struct pool *p) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (unsigned i = 0; i < p->thread_count; i++) {
        int rc = pthread_create(&p->threads[i], NULL, worker, p);
        if (rc != 0)
            mem_panic("cannot start thread %u of %u for \"%s\": %s", i + 1, p->thread_count,
                      p->name, strerrordesc_np(rc));
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

struct pool *pool_new(const char *name, unsigned threads, size_t queue_max) {
    assert(threads > 0 && queue_max > 0);
    struct pool *p = mem_zalloc(sizeof *p + threads * sizeof p->threads[0]);
    p->end = &p->first;
    p->queue_max = queue_max;
    p->thread_count = threads;
    if (!str_copy(str_z(name), p->name, sizeof p->name))
        mem_panic("thread name \"%s\" is over 15 characters", name);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->work, NULL);
    pthread_cond_init(&p->stopped, NULL);
    start(p);
    return p;
}

bool pool_submit(struct pool *p, struct pool_task *t) {
    pthread_mutex_lock(&p->lock);
    bool taken = !p->stopping && p->queued < p->queue_max;
    if (taken) {
        t->next = NULL;
        *p->end = t;
        p->end = &t->next;
        p->queued++;
        pthread_cond_signal(&p->work);
    }
    pthread_mutex_unlock(&p->lock);
    return taken;
}

size_t pool_pending(struct pool *p) {
    pthread_mutex_lock(&p->lock);
    size_t n = p->queued + p->running;
    pthread_mutex_unlock(&p->lock);
    return n;
}

void pool_stop(struct pool *p) {
    pthread_mutex_lock(&p->lock);
    if (p->stopping) { /* somebody stops it already: both return when it has stopped */
        while (!p->joined)
            pthread_cond_wait(&p->stopped, &p->lock);
        pthread_mutex_unlock(&p->lock);
        return;
    }
    p->stopping = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (unsigned i = 0; i < p->thread_count; i++)
        pthread_join(p->threads[i], NULL);
    pthread_mutex_lock(&p->lock);
    p->joined = true;
    pthread_cond_broadcast(&p->stopped);
    pthread_mutex_unlock(&p->lock);
}

void pool_free(struct pool *p) {
    if (!p)
        return;
    pool_stop(p);
    pthread_cond_destroy(&p->stopped);
    pthread_cond_destroy(&p->work);
    pthread_mutex_destroy(&p->lock);
    mem_free(p);
}
