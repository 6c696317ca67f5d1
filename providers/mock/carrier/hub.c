#include "providers/mock/carrier/hub.h"

#include <pthread.h>
#include <time.h>

#include "core/base/mem.h"

struct hub {
    pthread_mutex_t mutex;
    pthread_cond_t news;
    struct hub_item *first, **end;
    bool closed;
    _Atomic int refs;
};

struct hub *hub_new(void) {
    struct hub *h = mem_zalloc(sizeof *h);
    pthread_mutex_init(&h->mutex, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&h->news, &attr);
    pthread_condattr_destroy(&attr);
    h->end = &h->first;
    h->refs = 1;
    return h;
}

struct hub *hub_ref(struct hub *h) {
    h->refs++;
    return h;
}

void hub_unref(struct hub *h) {
    if (!h || --h->refs > 0)
        return;
    while (h->first) {
        struct hub_item *i = h->first;
        h->first = i->next;
        i->drop(i);
    }
    pthread_cond_destroy(&h->news);
    pthread_mutex_destroy(&h->mutex);
    mem_free(h);
}

void hub_post(struct hub *h, struct hub_item *i) {
    pthread_mutex_lock(&h->mutex);
    bool closed = h->closed;
    if (!closed) {
        i->next = NULL;
        *h->end = i;
        h->end = &i->next;
        pthread_cond_signal(&h->news);
    }
    pthread_mutex_unlock(&h->mutex);
    if (closed)
        i->drop(i);
}

static struct timespec deadline(int64_t wait_ms) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += (time_t)(wait_ms / 1000);
    t.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

struct hub_item *hub_take(struct hub *h, int64_t wait_ms, bool *closed) {
    struct timespec until = deadline(wait_ms > 0 ? wait_ms : 0);
    pthread_mutex_lock(&h->mutex);
    int rc = 0;
    while (!h->first && !h->closed && wait_ms != 0 && rc == 0)
        rc = wait_ms < 0 ? pthread_cond_wait(&h->news, &h->mutex)
                         : pthread_cond_timedwait(&h->news, &h->mutex, &until);
    struct hub_item *list = h->first;
    h->first = NULL;
    h->end = &h->first;
    *closed = h->closed;
    pthread_mutex_unlock(&h->mutex);
    return list;
}

void hub_close(struct hub *h) {
    pthread_mutex_lock(&h->mutex);
    h->closed = true;
    pthread_cond_signal(&h->news);
    pthread_mutex_unlock(&h->mutex);
}
