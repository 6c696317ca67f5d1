#include "core/io/http_hub.h"

#include <assert.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    REPLY_MAX_BYTES = 16 * 1024 * 1024,
    KEEP_BYTES = 16 * 1024, /* buffers above it are not kept for the next request */
};

struct http_hub {
    int wake_fd;
    size_t body_max_bytes, text_max_bytes;
    /* loop thread only */
    pthread_t loop;
    struct http_hub_exchange *free_list;
    struct http_hub_exchange *current; /* its handler runs now */
    /* under the lock */
    pthread_mutex_t lock;
    struct http_hub_exchange *answered_first, **answered_last;
    size_t abandoned;
    bool closed;
};

static void hub_reply(struct http_exchange *base);
static const struct http_exchange_ops hub_ops = {.reply = hub_reply};

struct http_hub *http_hub_new(size_t body_max_bytes, size_t text_max_bytes) {
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0)
        return NULL;
    struct http_hub *h = mem_zalloc(sizeof *h);
    h->wake_fd = fd;
    h->body_max_bytes = body_max_bytes;
    h->text_max_bytes = text_max_bytes;
    h->answered_last = &h->answered_first;
    pthread_mutex_init(&h->lock, NULL);
    return h;
}

static void forget_secrets(struct http_hub_exchange *x) {
    if (!x->base.secret)
        return;
    buf_wipe(&x->body);
    buf_wipe(&x->text);
    buf_wipe(&x->base.reply_body);
    x->base.secret = false;
}

static void exchange_free(struct http_hub_exchange *x) {
    forget_secrets(x);
    buf_release(&x->base.reply_body);
    arena_release(&x->base.reply_memory);
    buf_release(&x->text);
    buf_release(&x->body);
    mem_free(x);
}

static void hub_free(struct http_hub *h) {
    pthread_mutex_destroy(&h->lock);
    close(h->wake_fd);
    mem_free(h);
}

void http_hub_close(struct http_hub *h) {
    if (!h)
        return;
    while (h->free_list) {
        struct http_hub_exchange *x = h->free_list;
        h->free_list = x->next;
        exchange_free(x);
    }
    pthread_mutex_lock(&h->lock);
    assert(!h->answered_first);
    h->closed = true;
    bool last = h->abandoned == 0;
    pthread_mutex_unlock(&h->lock);
    if (last)
        hub_free(h);
}

int http_hub_fd(const struct http_hub *h) {
    return h->wake_fd;
}

void http_hub_wake(struct http_hub *h) {
    uint64_t one = 1;
    /* EAGAIN means the counter is at its top: the loop wakes up anyway. */
    ssize_t ignored = write(h->wake_fd, &one, sizeof one);
    (void)ignored;
}

void http_hub_enter(struct http_hub *h) {
    h->loop = pthread_self();
}

struct http_hub_exchange *http_hub_take(struct http_hub *h) {
    struct http_hub_exchange *x = h->free_list;
    if (x) {
        h->free_list = x->next;
        x->next = NULL;
        return x;
    }
    x = mem_zalloc(sizeof *x);
    x->hub = h;
    x->base.ops = &hub_ops;
    x->base.reply_body = BUF_INIT(REPLY_MAX_BYTES);
    x->text = BUF_INIT(h->text_max_bytes);
    x->body = BUF_INIT(h->body_max_bytes);
    return x;
}

static void buf_reuse(struct buf *b) {
    if (b->cap > KEEP_BYTES)
        buf_release(b);
    buf_clear(b);
}

void http_hub_recycle(struct http_hub_exchange *x) {
    struct http_exchange *b = &x->base;
    assert(!x->queued && !x->abandoned);
    forget_secrets(x);
    buf_reuse(&b->reply_body);
    buf_reuse(&x->text);
    buf_reuse(&x->body);
    arena_release(&b->reply_memory);
    b->status = 0;
    b->cut = false;
    b->content_type = NULL;
    b->reply_header_count = 0;
    b->header_count = 0;
    b->cut = false;
    b->user = NULL;
    x->answered = false;
    x->connection = NULL;
    x->next = x->hub->free_list;
    x->hub->free_list = x;
}

bool http_hub_handle(struct http_hub_exchange *x, http_handler_fn *handler, void *ctx) {
    struct http_hub *h = x->hub;
    h->current = x;
    handler(ctx, &x->base);
    h->current = NULL;
    return x->answered;
}

struct http_hub_exchange *http_hub_collect(struct http_hub *h) {
    uint64_t ignored;
    /* First the counter, then the list: a reply that comes between them wakes the loop once more.
     */
    ssize_t n = read(h->wake_fd, &ignored, sizeof ignored);
    (void)n;
    pthread_mutex_lock(&h->lock);
    struct http_hub_exchange *first = h->answered_first;
    for (struct http_hub_exchange *x = first; x; x = x->next)
        x->queued = false;
    h->answered_first = NULL;
    h->answered_last = &h->answered_first;
    pthread_mutex_unlock(&h->lock);
    return first;
}

bool http_hub_abandon(struct http_hub_exchange *x) {
    struct http_hub *h = x->hub;
    pthread_mutex_lock(&h->lock);
    bool let_go = !x->queued;
    if (let_go) {
        x->abandoned = true;
        x->connection = NULL;
        h->abandoned++;
    }
    pthread_mutex_unlock(&h->lock);
    return let_go;
}

static void hub_reply(struct http_exchange *base) {
    struct http_hub_exchange *x = container_of(base, struct http_hub_exchange, base);
    struct http_hub *h = x->hub;
    assert(base->ops == &hub_ops);
    if (pthread_equal(pthread_self(), h->loop) && h->current == x) {
        x->answered = true; /* the loop sends it as soon as the handler returns */
        return;
    }
    pthread_mutex_lock(&h->lock);
    if (x->abandoned) {
        h->abandoned--;
        bool last = h->closed && h->abandoned == 0;
        pthread_mutex_unlock(&h->lock);
        exchange_free(x);
        if (last)
            hub_free(h);
        return;
    }
    bool first = !h->answered_first;
    x->queued = true;
    x->next = NULL;
    *h->answered_last = x;
    h->answered_last = &x->next;
    /* Inside the lock: after it the server may end, and the hub with it. Once per batch. */
    if (first)
        http_hub_wake(h);
    pthread_mutex_unlock(&h->lock);
}
