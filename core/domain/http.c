#include "core/domain/http.h"

#include <assert.h>
#include <pthread.h>

/* ---- client ------------------------------------------------------------------------------- */

struct str http_response_header(const struct http_response *r, struct str name) {
    struct str rest = buf_str(&r->head);
    struct str line;
    while (str_next(&rest, '\n', &line)) {
        size_t colon = str_find(line, ':');
        if (colon < line.len && str_eq_nocase(str_from(line.ptr, colon), name))
            return str_trim(str_from_index(line, colon + 1));
    }
    return (struct str){0};
}

void http_response_release(struct http_response *r) {
    buf_release(&r->body);
    buf_release(&r->head);
}

void http_client_start(struct http_client *c, const struct http_request *req, http_done_fn *done,
                       void *ctx) {
    assert(req->method && done);
    assert(req->header_count <= HTTP_HEADERS_MAX);
    c->ops->start(c, req, done, ctx);
}

/** What the thread that waits in http_client_send() shares with the client's thread. */
struct send_wait {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool done;
    enum error_code rc;
    struct http_response rsp;
    struct error err;
};

static void send_done(void *ctx, enum error_code rc, struct http_response *rsp,
                      const struct error *err) {
    struct send_wait *w = ctx;
    pthread_mutex_lock(&w->lock);
    w->rc = rc;
    if (rc == ERR_OK) {
        w->rsp = *rsp;
        *rsp = (struct http_response){0};
    } else if (err) {
        w->err = *err;
    }
    w->done = true;
    /* Inside the lock: the waiter destroys the condition as soon as it gets the lock. */
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

enum error_code http_client_send(struct http_client *c, const struct http_request *req,
                                 struct http_response *out, struct error *err) {
    struct send_wait w = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    http_client_start(c, req, send_done, &w);
    pthread_mutex_lock(&w.lock);
    while (!w.done)
        pthread_cond_wait(&w.changed, &w.lock);
    pthread_mutex_unlock(&w.lock);
    pthread_cond_destroy(&w.changed);
    pthread_mutex_destroy(&w.lock);
    if (w.rc == ERR_OK)
        *out = w.rsp;
    else if (err)
        *err = w.err;
    return w.rc;
}

void http_client_free(struct http_client *c) {
    if (c)
        c->ops->destroy(c);
}

/* ---- server ------------------------------------------------------------------------------- */

struct str http_exchange_header(const struct http_exchange *x, struct str name) {
    for (size_t i = 0; i < x->header_count; i++)
        if (str_eq_nocase(x->headers[i].name, name))
            return x->headers[i].value;
    return (struct str){0};
}

void http_exchange_add_header(struct http_exchange *x, const char *name, struct str value) {
    assert(x->reply_header_count < HTTP_HEADERS_MAX);
    x->reply_headers[x->reply_header_count++] =
        (struct http_header){str_z(name), arena_copy(&x->reply_memory, value)};
}

void http_exchange_reply(struct http_exchange *x) {
    assert(x->cut || (x->status >= 200 && x->status <= 599));
    x->ops->reply(x);
}

void http_exchange_reply_text(struct http_exchange *x, int status, const char *content_type,
                              struct str body) {
    x->status = status;
    x->content_type = content_type;
    buf_clear(&x->reply_body);
    buf_put_str(&x->reply_body, body);
    http_exchange_reply(x);
}

void http_exchange_wipe_body(struct http_exchange *x) {
    /* the server's own buffer, which only handlers must not change */
    if (x->body.len > 0)
        secret_wipe((void *)(uintptr_t)x->body.ptr, x->body.len);
    x->body = (struct str){0};
}

/* ---- addresses --------------------------------------------------------------------------------
 */

static int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static struct str decode(struct arena *a, struct str s) {
    char *text = arena_alloc(a, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        bool encoded = s.ptr[i] == '%' && i + 2 < s.len && hex_digit(s.ptr[i + 1]) >= 0 &&
                       hex_digit(s.ptr[i + 2]) >= 0;
        text[n++] =
            encoded ? (char)(hex_digit(s.ptr[i + 1]) << 4 | hex_digit(s.ptr[i + 2])) : s.ptr[i];
        i += encoded ? 2 : 0;
    }
    return str_from(text, n);
}

struct str http_url_without_login(struct arena *a, struct str url, struct str *user,
                                  struct str *password) {
    size_t scheme = str_find_str(url, STR("://"));
    struct str rest = str_from_index(url, scheme < url.len ? scheme + 3 : 0);
    size_t path = str_find(rest, '/'), at = str_find(str_from(rest.ptr, path), '@');
    *user = *password = (struct str){0};
    if (scheme == url.len || at == path)
        return url;
    struct str who = str_from(rest.ptr, at);
    size_t colon = str_find(who, ':');
    *user = decode(a, str_from(who.ptr, colon));
    *password = decode(a, str_from_index(who, colon < who.len ? colon + 1 : who.len));
    return arena_printf(a, STR_FMT "://" STR_FMT, (int)scheme, url.ptr,
                        STR_ARG(str_from_index(rest, at + 1)));
}
