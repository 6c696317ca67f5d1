#include "core/io/http_client_curl.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>

#include "core/io/http_transfer.h"

enum {
    CONNECTIONS_DEFAULT = 64,
    POLL_MS = 60000,
};

/** A doubly linked list of transfers, oldest first. */
struct transfer_list {
    struct http_transfer *first, *last;
};

/** One trust: its thread, its loop, its connections. */
struct lane {
    struct http_transfer_policy policy;
    struct clock clock;
    struct log *log;
    unsigned connections_max;
    CURLM *multi;
    pthread_t thread;
    bool thread_runs;
    struct transfer_list active; /* lane thread only */
    pthread_mutex_t lock;
    struct transfer_list incoming, idle; /* under the lock, like the rest */
    size_t pending, idle_count;
    bool asleep, stop;
};

struct curl_client {
    struct http_client base;
    struct lane lanes[2]; /* by enum http_trust */
};

static void curl_client_start(struct http_client *base, const struct http_request *req,
                              http_done_fn *done, void *ctx);
static void curl_client_destroy(struct http_client *base);

static const struct http_client_ops curl_client_ops = {
    .destroy = curl_client_destroy,
    .start = curl_client_start,
};

static void list_append(struct transfer_list *l, struct http_transfer *t) {
    t->next = NULL;
    t->prev = l->last;
    if (l->last)
        l->last->next = t;
    else
        l->first = t;
    l->last = t;
}

static void list_remove(struct transfer_list *l, struct http_transfer *t) {
    if (t->prev)
        t->prev->next = t->next;
    else
        l->first = t->next;
    if (t->next)
        t->next->prev = t->prev;
    else
        l->last = t->prev;
    t->prev = t->next = NULL;
}

static struct http_transfer *list_pop(struct transfer_list *l) {
    struct http_transfer *t = l->first;
    if (t)
        list_remove(l, t);
    return t;
}

/* ---- any thread --------------------------------------------------------------------------- */

static struct http_transfer *transfer_take(struct lane *l) {
    pthread_mutex_lock(&l->lock);
    struct http_transfer *t = list_pop(&l->idle);
    if (t)
        l->idle_count--;
    pthread_mutex_unlock(&l->lock);
    return t ? t : http_transfer_new(&l->policy);
}

static void transfer_give_back(struct lane *l, struct http_transfer *t, bool was_pending) {
    http_transfer_reset(t); /* but libcurl keeps its buffers with the handle */
    pthread_mutex_lock(&l->lock);
    if (was_pending)
        l->pending--;
    bool keep = l->idle_count < l->connections_max && !t->is_secret;
    if (keep) {
        list_append(&l->idle, t);
        l->idle_count++;
    }
    pthread_mutex_unlock(&l->lock);
    if (!keep)
        http_transfer_free(t);
}

static bool lane_submit(struct lane *l, struct http_transfer *t) {
    pthread_mutex_lock(&l->lock);
    bool taken = !l->stop && l->pending < HTTP_CLIENT_QUEUE_MAX;
    bool wake = taken && l->asleep;
    if (taken) {
        list_append(&l->incoming, t);
        l->pending++;
        l->asleep = false; /* once per batch */
    }
    pthread_mutex_unlock(&l->lock);
    if (wake)
        curl_multi_wakeup(l->multi);
    return taken;
}

static void refuse(http_done_fn *done, void *ctx, const struct error *err) {
    struct http_response none = {0};
    done(ctx, err->code, &none, err);
}

static void curl_client_start(struct http_client *base, const struct http_request *req,
                              http_done_fn *done, void *ctx) {
    assert(base->ops == &curl_client_ops);
    struct curl_client *c = container_of(base, struct curl_client, base);
    struct lane *l = &c->lanes[req->trust == HTTP_TRUST_FOREIGN];
    struct error err = {0};
    struct http_transfer *t = transfer_take(l);
    if (!t) {
        error_set(&err, ERR_NETWORK, "out of memory");
        refuse(done, ctx, &err);
        return;
    }
    bool ready = http_transfer_prepare(t, req, &err) == ERR_OK;
    if (ready) {
        t->done = done;
        t->ctx = ctx;
        t->started_ms = clock_mono_ms(&l->clock);
        if (lane_submit(l, t))
            return;
        error_set(&err, ERR_NETWORK, "too many requests wait, or the client is stopping");
        err.retry = true;
    }
    transfer_give_back(l, t, false);
    refuse(done, ctx, &err);
}

/* ---- the lane's thread -------------------------------------------------------------------- */

static void finish(struct lane *l, struct http_transfer *t, CURLcode code) {
    struct error err = {0};
    enum error_code rc = http_transfer_result(t, code, &err);
    log_debug(l->log, "request", LOG_Z("method", t->method), LOG_Z("host", t->host),
              LOG_Z("result", error_name(rc)), LOG_INT("status", t->rsp.status),
              LOG_INT("ms", clock_mono_ms(&l->clock) - t->started_ms), LOG_Z("why", err.text));
    t->done(t->ctx, rc, &t->rsp, &err);
    transfer_give_back(l, t, true);
}

static void activate(struct lane *l, struct http_transfer *t) {
    if (curl_multi_add_handle(l->multi, t->easy) == CURLM_OK)
        list_append(&l->active, t);
    else
        finish(l, t, CURLE_OUT_OF_MEMORY);
}

static void reap(struct lane *l) {
    int left = 0;
    for (CURLMsg *m; (m = curl_multi_info_read(l->multi, &left));) {
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode code = m->data.result; /* the message dies with the next call */
        CURL *easy = m->easy_handle;
        struct http_transfer *t = NULL;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &t);
        curl_multi_remove_handle(l->multi, easy);
        list_remove(&l->active, t);
        finish(l, t, code);
    }
}

static void cut_off(struct lane *l, struct http_transfer *t) {
    t->stop = HTTP_STOP_CLOSING;
    finish(l, t, CURLE_ABORTED_BY_CALLBACK);
}

/** Take what came in; false when the lane is to end. */
static bool take_incoming(struct lane *l) {
    pthread_mutex_lock(&l->lock);
    struct transfer_list in = l->incoming;
    l->incoming = (struct transfer_list){0};
    bool go_on = !l->stop;
    pthread_mutex_unlock(&l->lock);
    for (struct http_transfer *t; (t = list_pop(&in));) {
        if (go_on)
            activate(l, t);
        else
            cut_off(l, t);
    }
    return go_on;
}

static void sleep_until_something(struct lane *l) {
    pthread_mutex_lock(&l->lock);
    l->asleep = !l->incoming.first && !l->stop;
    bool sleep = l->asleep;
    pthread_mutex_unlock(&l->lock);
    if (!sleep)
        return;
    curl_multi_poll(l->multi, NULL, 0, POLL_MS, NULL);
    pthread_mutex_lock(&l->lock);
    l->asleep = false;
    pthread_mutex_unlock(&l->lock);
}

static void *lane_main(void *arg) {
    struct lane *l = arg;
    while (take_incoming(l)) {
        int running = 0;
        curl_multi_perform(l->multi, &running);
        reap(l);
        sleep_until_something(l);
    }
    for (struct http_transfer *t; (t = list_pop(&l->active));) {
        curl_multi_remove_handle(l->multi, t->easy);
        cut_off(l, t);
    }
    take_incoming(l); /* `done` may have begun more; none comes after, stop is set */
    return NULL;
}

/* ---- life --------------------------------------------------------------------------------- */

static void lane_end(struct lane *l) {
    if (l->thread_runs) {
        pthread_mutex_lock(&l->lock);
        l->stop = true;
        pthread_mutex_unlock(&l->lock);
        curl_multi_wakeup(l->multi);
        pthread_join(l->thread, NULL);
    }
    for (struct http_transfer *t; (t = list_pop(&l->idle));)
        http_transfer_free(t);
    if (l->multi)
        curl_multi_cleanup(l->multi);
    mem_free(l->policy.ca_file);
    pthread_mutex_destroy(&l->lock);
}

static bool lane_begin(struct lane *l, const char *name) {
    long max = (long)l->connections_max;
    l->multi = curl_multi_init();
    if (!l->multi)
        return false;
    curl_multi_setopt(l->multi, CURLMOPT_MAXCONNECTS, max);
    curl_multi_setopt(l->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, max);
    curl_multi_setopt(l->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the main thread */
    l->thread_runs = pthread_create(&l->thread, NULL, lane_main, l) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (l->thread_runs)
        pthread_setname_np(l->thread, name);
    return l->thread_runs;
}

static void set_policy(struct http_transfer_policy *p, const struct http_client_curl_options *o,
                       bool foreign) {
    p->foreign = foreign;
    p->allow_http = o->foreign_allow_http;
    p->allow_loopback = o->foreign_allow_loopback;
    p->ca_file = o->ca_file ? mem_copy_str(str_z(o->ca_file)) : NULL;
    for (size_t i = 0; i < o->foreign_port_count; i++)
        p->ports[p->port_count++] = o->foreign_ports[i];
    if (p->port_count == 0) {
        p->ports[p->port_count++] = 443;
        if (o->foreign_allow_http)
            p->ports[p->port_count++] = 80;
    }
}

static void curl_client_destroy(struct http_client *base) {
    assert(base->ops == &curl_client_ops);
    struct curl_client *c = container_of(base, struct curl_client, base);
    for (size_t i = 0; i < ARRAY_LEN(c->lanes); i++)
        lane_end(&c->lanes[i]);
    curl_global_cleanup();
    mem_free(c);
}

enum error_code http_client_curl_new(const struct http_client_curl_options *opts,
                                     struct http_client **out, struct error *err) {
    assert(opts->clock.mono_ms && opts->foreign_port_count <= HTTP_FOREIGN_PORTS_MAX);
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, mem_library_alloc, mem_library_free,
                             mem_library_resize, mem_library_copy,
                             mem_library_zalloc) != CURLE_OK) /* thread-safe since 7.84, counted */
        return error_set(err, ERR_IO, "libcurl cannot start");
    struct curl_client *c = mem_zalloc(sizeof *c);
    c->base.ops = &curl_client_ops;
    for (size_t i = 0; i < ARRAY_LEN(c->lanes); i++) {
        struct lane *l = &c->lanes[i];
        l->clock = opts->clock;
        l->log = opts->log;
        l->connections_max = opts->connections_max ? opts->connections_max : CONNECTIONS_DEFAULT;
        pthread_mutex_init(&l->lock, NULL);
        set_policy(&l->policy, opts, i == HTTP_TRUST_FOREIGN);
    }
    if (!lane_begin(&c->lanes[HTTP_TRUST_CONFIGURED], "http-client") ||
        !lane_begin(&c->lanes[HTTP_TRUST_FOREIGN], "http-foreign")) {
        curl_client_destroy(&c->base);
        return error_set(err, ERR_IO, "cannot start the HTTP client's threads");
    }
    *out = &c->base;
    return ERR_OK;
}
