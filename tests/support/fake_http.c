#include "tests/support/fake_http.h"

#include <pthread.h>
#include <stdio.h>

#include "tests/support/test.h"

enum {
    REQUESTS_MAX = 4096
};

/** A reply that has not been delivered yet. */
struct delivery {
    struct delivery *next;
    const struct fake_exchange *row; /* NULL: the request was not expected */
    http_done_fn *done;
    void *ctx;
    http_sink_fn *sink;
    void *sink_ctx;
    size_t body_max_bytes;
};

struct fake_http {
    struct http_client base;
    const struct fake_exchange *script;
    size_t count;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* under the lock */
    bool *used;
    bool any_order, allow_unused, held, stop;
    struct delivery *first, **last;
    struct fake_request *requests[REQUESTS_MAX];
    size_t calls;
};

static void fake_start(struct http_client *c, const struct http_request *req, http_done_fn *done,
                       void *ctx);
static void fake_destroy(struct http_client *c);
static const struct http_client_ops fake_ops = {.destroy = fake_destroy, .start = fake_start};

static struct fake_http *fake_from(struct http_client *c) {
    return container_of(c, struct fake_http, base);
}

/* ---- matching ----------------------------------------------------------------------------- */

/** What follows the host: "/path?query"; "/" when there is nothing. */
static struct str path_of(struct str url) {
    size_t scheme = str_find_str(url, STR("://"));
    struct str rest = scheme < url.len ? str_from_index(url, scheme + 3) : url;
    struct str path = str_from_index(rest, str_find(rest, '/'));
    return path.len > 0 ? path : STR("/");
}

static bool row_fits(const struct fake_exchange *row, const struct http_request *req) {
    struct str path = path_of(req->url);
    if (row->path && !strchr(row->path, '?'))
        path.len = str_find(path, '?');
    return (!row->method || strcmp(row->method, req->method) == 0) &&
           (!row->path || str_eq_z(path, row->path)) &&
           (!row->body_has || str_find_str(req->body, str_z(row->body_has)) < req->body.len);
}

static const struct fake_exchange *next_row(struct fake_http *f, const struct http_request *req) {
    for (size_t i = 0; i < f->count; i++) {
        if (f->used[i])
            continue;
        if (row_fits(&f->script[i], req)) {
            f->used[i] = true;
            return &f->script[i];
        }
        if (!f->any_order)
            return NULL;
    }
    return NULL;
}

static struct fake_request *record(const struct http_request *req) {
    struct fake_request *r = mem_zalloc(sizeof *r);
    struct buf headers = BUF_INIT(65536);
    for (size_t i = 0; i < req->header_count; i++)
        buf_printf(&headers, STR_FMT ": " STR_FMT "\n", STR_ARG(req->headers[i].name),
                   STR_ARG(req->headers[i].value));
    r->headers = mem_copy_str(buf_str(&headers));
    buf_release(&headers);
    r->method = mem_copy_str(str_z(req->method));
    r->url = mem_copy_str(req->url);
    r->body = mem_copy_str(req->body);
    r->body_len = req->body.len;
    r->basic_user = mem_copy_str(req->basic_user);
    r->trust = req->trust;
    r->once = req->once;
    return r;
}

static void fake_start(struct http_client *c, const struct http_request *req, http_done_fn *done,
                       void *ctx) {
    struct fake_http *f = fake_from(c);
    struct delivery *d = mem_zalloc(sizeof *d);
    *d = (struct delivery){.done = done, .ctx = ctx, .sink = req->sink, .sink_ctx = req->sink_ctx};
    d->body_max_bytes = req->body_max_bytes ? req->body_max_bytes : 65536;
    pthread_mutex_lock(&f->lock);
    d->row = next_row(f, req);
    if (!d->row) {
        printf("unexpected request: %s " STR_FMT "\n  body: " STR_FMT "\n", req->method,
               STR_ARG(req->url), STR_ARG(req->body));
        test_check(false, __FILE__, __LINE__, "the script expects this request");
    }
    test_check(f->calls < REQUESTS_MAX, __FILE__, __LINE__, "room for one more request");
    if (f->calls < REQUESTS_MAX)
        f->requests[f->calls++] = record(req);
    *f->last = d;
    f->last = &d->next;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

/* ---- delivering --------------------------------------------------------------------------- */

static enum error_code fill(const struct delivery *d, struct http_response *rsp,
                            struct error *err) {
    const struct fake_exchange *row = d->row;
    if (!row)
        return error_set(err, ERR_INVALID, "the script does not expect this request");
    if (row->status == 0) {
        error_set(err, row->fail ? row->fail : ERR_NETWORK, "the script says: %s",
                  error_name(row->fail ? row->fail : ERR_NETWORK));
        err->retry = err->code == ERR_NETWORK;
        return err->code;
    }
    struct str body = str_z(row->body);
    if (body.len > d->body_max_bytes)
        return error_set(err, ERR_LIMIT, "the response body is too long");
    rsp->status = row->status;
    rsp->length_known = !row->length_unknown;
    rsp->body_bytes = body.len;
    rsp->head = BUF_INIT(65536);
    rsp->body = BUF_INIT(d->body_max_bytes);
    buf_printf(&rsp->head, "HTTP/1.1 %d \r\n", row->status);
    buf_puts(&rsp->head, row->headers ? row->headers : "");
    bool success = row->status >= 200 && row->status < 300;
    if (!d->sink || !success)
        buf_put_str(&rsp->body, body);
    else if (body.len > 0 && !d->sink(d->sink_ctx, body))
        return error_set(err, ERR_UNCERTAIN, "the receiver of the body stopped the transfer");
    return ERR_OK;
}

static void deliver(struct delivery *d) {
    struct http_response rsp = {0};
    struct error err = {0};
    enum error_code rc = fill(d, &rsp, &err);
    d->done(d->ctx, rc, &rsp, &err);
    http_response_release(&rsp);
    mem_free(d);
}

static void *fake_main(void *arg) {
    struct fake_http *f = arg;
    pthread_mutex_lock(&f->lock);
    for (;;) {
        while (!(f->first && !f->held) && !(f->stop && !f->first))
            pthread_cond_wait(&f->changed, &f->lock);
        struct delivery *d = f->first;
        if (!d)
            break;
        f->first = d->next;
        if (!f->first)
            f->last = &f->first;
        pthread_mutex_unlock(&f->lock);
        deliver(d);
        pthread_mutex_lock(&f->lock);
    }
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

/* ---- for tests ---------------------------------------------------------------------------- */

struct fake_http *fake_http_new(const struct fake_exchange *script, size_t count) {
    struct fake_http *f = mem_zalloc(sizeof *f);
    f->base.ops = &fake_ops;
    f->script = script;
    f->count = count;
    f->used = mem_array(count ? count : 1, sizeof *f->used);
    f->last = &f->first;
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->changed, NULL);
    if (pthread_create(&f->thread, NULL, fake_main, f) != 0)
        mem_panic("fake_http: no thread");
    return f;
}

static void set_flag(struct fake_http *f, bool *flag, bool value) {
    pthread_mutex_lock(&f->lock);
    *flag = value;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

void fake_http_any_order(struct fake_http *f) {
    set_flag(f, &f->any_order, true);
}

void fake_http_allow_unused(struct fake_http *f) {
    set_flag(f, &f->allow_unused, true);
}

void fake_http_hold(struct fake_http *f) {
    set_flag(f, &f->held, true);
}

void fake_http_release(struct fake_http *f) {
    set_flag(f, &f->held, false);
}

struct http_client *fake_http_client(struct fake_http *f) {
    return &f->base;
}

static void fake_destroy(struct http_client *c) {
    (void)c;
}

size_t fake_http_calls(struct fake_http *f) {
    pthread_mutex_lock(&f->lock);
    size_t n = f->calls;
    pthread_mutex_unlock(&f->lock);
    return n;
}

const struct fake_request *fake_http_request(struct fake_http *f, size_t i) {
    pthread_mutex_lock(&f->lock);
    const struct fake_request *r = i < f->calls ? f->requests[i] : NULL;
    pthread_mutex_unlock(&f->lock);
    return r;
}

void fake_http_free(struct fake_http *f) {
    if (!f)
        return;
    pthread_mutex_lock(&f->lock);
    f->stop = true;
    f->held = false;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
    pthread_join(f->thread, NULL);
    for (size_t i = 0; i < f->count && !f->allow_unused; i++)
        test_check(f->used[i], __FILE__, __LINE__, "every row of the script was asked for");
    for (size_t i = 0; i < f->calls; i++) {
        struct fake_request *r = f->requests[i];
        mem_free(r->method);
        mem_free(r->url);
        mem_free(r->body);
        mem_free(r->basic_user);
        mem_free(r->headers);
        mem_free(r);
    }
    pthread_cond_destroy(&f->changed);
    pthread_mutex_destroy(&f->lock);
    mem_free(f->used);
    mem_free(f);
}

void fake_http_freep(struct fake_http **f) {
    fake_http_free(*f);
}
