#include "core/io/http_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

enum {
    SLOW_BYTES_PER_MS = 64, /* long replies get more time, at this pace */
};

/* One writer, so no read-modify-write is needed. */
#define COUNT(counter) atomic_store_explicit(&(counter), (counter) + 1, memory_order_relaxed)

/* ---- deadlines ---------------------------------------------------------------------------- */

static void connection_enter(struct http_connection *c, enum http_phase phase, uint32_t wait_ms) {
    struct http_server *s = c->server;
    c->phase = phase;
    c->deadline_ms = s->now_ms + wait_ms;
    int64_t last_ms = s->forced     ? s->now_ms + HTTP_DRAIN_FLUSH_MS
                      : s->draining ? s->drain_end_ms
                                    : INT64_MAX;
    if (c->deadline_ms > last_ms)
        c->deadline_ms = last_ms;
}

/** Take the exchange from whoever holds it and answer r instead. */
static void connection_give_up(struct http_connection *c, enum http_refusal r) {
    struct http_server *s = c->server;
    if (!http_hub_abandon(c->exchange))
        return; /* the reply is on its way */
    c->exchange = NULL;
    c->refusal = r;
    COUNT(s->late);
    atomic_fetch_sub_explicit(&s->waiting, 1, memory_order_relaxed);
    connection_enter(c, HTTP_PHASE_REPLY, s->opts.reply_deadline_ms);
    MHD_resume_connection(c->mhd);
}

static void connection_expire(struct http_connection *c) {
    struct http_server *s = c->server;
    if (c->phase == HTTP_PHASE_WAIT) {
        connection_give_up(c, s->draining ? HTTP_REFUSE_STOPPING : HTTP_REFUSE_LATE);
        return;
    }
    if (c->phase != HTTP_PHASE_IDLE)
        COUNT(s->cut);
    /* The library notices, tells us, and only then closes the descriptor: it is still ours here. */
    shutdown(c->fd, SHUT_RDWR);
    c->deadline_ms = INT64_MAX;
}

void http_connections_sweep(struct http_server *s) {
    for (struct http_connection *c = s->connections, *next; c; c = next) {
        next = c->next;
        if (s->now_ms >= c->deadline_ms)
            connection_expire(c);
    }
    s->sweep_ms = s->now_ms + s->tick_ms;
}

void http_connections_give_up(struct http_server *s, enum http_refusal r) {
    for (struct http_connection *c = s->connections; c; c = c->next)
        if (c->phase == HTTP_PHASE_WAIT)
            connection_give_up(c, r);
}

/* ---- replies ------------------------------------------------------------------------------ */

void http_connection_put_refusal(const struct http_server *s, enum http_refusal r, struct buf *b) {
    const struct http_refusal_answer *a = http_refusal_answer(r);
    if (s->opts.write_refusal)
        s->opts.write_refusal(b, a->status, a->text);
    else
        buf_printf(b, "%s\n", a->text);
}

static enum MHD_Result queue_refusal(struct http_connection *c, enum http_refusal r) {
    connection_enter(c, HTTP_PHASE_REPLY, c->server->opts.reply_deadline_ms);
    return MHD_queue_response(c->mhd, (unsigned)http_refusal_answer(r)->status,
                              c->server->refusals[r]);
}

/** NULL when something in the reply cannot be sent. */
static struct MHD_Response *make_response(const struct http_connection *c) {
    const struct http_exchange *x = &c->exchange->base;
    if (buf_failed(&x->reply_body) || x->status < 200 || x->status > 599)
        return NULL;
    /* The exchange lives until the reply has been sent, so its body need not be copied. */
    struct MHD_Response *r = MHD_create_response_from_buffer(x->reply_body.len, x->reply_body.ptr,
                                                             MHD_RESPMEM_PERSISTENT);
    if (!r)
        return NULL;
    bool ok = true;
    if (x->content_type)
        ok &= MHD_add_response_header(r, "Content-Type", x->content_type) == MHD_YES;
    for (size_t i = 0; i < x->reply_header_count; i++) {
        const struct http_header *h = &x->reply_headers[i];
        char name[64], value[2048];
        ok &= str_copy(h->name, name, sizeof name) && str_copy(h->value, value, sizeof value) &&
              MHD_add_response_header(r, name, value) == MHD_YES; /* refuses CR and LF */
    }
    if (c->server->draining)
        ok &= MHD_add_response_header(r, "Connection", "close") == MHD_YES;
    if (ok)
        return r;
    MHD_destroy_response(r);
    return NULL;
}

static enum MHD_Result queue_reply(struct http_connection *c) {
    struct http_server *s = c->server;
    if (c->exchange->base.cut)
        return MHD_NO; /* closes the connection */
    struct MHD_Response *r = make_response(c);
    if (!r) {
        log_error(s->opts.log, "reply cannot be sent", LOG_INT("status", c->exchange->base.status),
                  LOG_STR("path", c->exchange->base.path));
        return queue_refusal(c, HTTP_REFUSE_INTERNAL);
    }
    size_t body_ms = c->exchange->base.reply_body.len / SLOW_BYTES_PER_MS;
    connection_enter(c, HTTP_PHASE_REPLY, s->opts.reply_deadline_ms + (uint32_t)body_ms);
    enum MHD_Result ok = MHD_queue_response(c->mhd, (unsigned)c->exchange->base.status, r);
    MHD_destroy_response(r);
    return ok;
}

void http_connections_collect(struct http_server *s) {
    for (struct http_hub_exchange *x = http_hub_collect(s->hub), *next; x; x = next) {
        next = x->next;
        x->next = NULL;
        x->answered = true;
        /* Nobody else keeps time for a suspended connection. */
        connection_enter(x->connection, HTTP_PHASE_REPLY, s->opts.reply_deadline_ms);
        atomic_fetch_sub_explicit(&s->waiting, 1, memory_order_relaxed);
        MHD_resume_connection(x->connection->mhd);
    }
}

/* ---- requests ----------------------------------------------------------------------------- */

struct header_list {
    struct http_header *headers;
    size_t count;
    bool broken; /* a header without a value: the parser never makes one */
};

static enum MHD_Result add_header(void *cls, enum MHD_ValueKind kind, const char *key,
                                  size_t key_len, const char *value, size_t value_len) {
    struct header_list *l = cls;
    (void)kind;
    l->broken |= !value;
    if (l->count < HTTP_HEAD_HEADERS_MAX)
        l->headers[l->count] =
            (struct http_header){str_from(key, key_len), str_from(value, value_len)};
    l->count++;
    return MHD_YES;
}

/**
 * The library puts NULs over the line ends and hands out pointers into the head as it came. So when
 * no line was bent (bare LF, NUL, folding), each line starts two bytes behind the last, and the
 * empty one ends the head.
 */
static bool head_is_exact(const struct header_list *l, const char *method, const char *version,
                          size_t head_bytes) {
    const char *line = version + strlen(version) + 2;
    if (l->broken || l->count > HTTP_HEAD_HEADERS_MAX)
        return false;
    for (size_t i = 0; i < l->count; i++) {
        if (l->headers[i].name.ptr != line)
            return false;
        line = l->headers[i].value.ptr + l->headers[i].value.len + 2;
    }
    return line + 2 == method + head_bytes;
}

/** Move what the handler may read out of the library's memory, which does not outlive the reply. */
static void copy_head(struct http_hub_exchange *x, const char *head, size_t head_bytes,
                      size_t target_len) {
    struct http_exchange *b = &x->base;
    buf_put(&x->text, head, head_bytes);
    const char *copy = x->text.ptr + target_len;
    b->target = str_from(x->text.ptr, target_len);
    size_t path_len = str_find(b->target, '?');
    b->path = str_from(b->target.ptr, path_len);
    b->query = path_len < target_len ? str_from_index(b->target, path_len + 1) : str_from(NULL, 0);
    for (size_t i = 0; i < b->header_count; i++) {
        struct http_header *h = &x->headers[i];
        h->name.ptr = copy + (h->name.ptr - head);
        h->value = str_trim(str_from(copy + (h->value.ptr - head), h->value.len));
    }
    b->headers = x->headers;
}

static struct str method_of(const char *method) {
    static const char *const known[] = {"POST", "GET", "PUT", "PATCH", "DELETE", "OPTIONS"};
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (strcmp(method, known[i]) == 0)
            return str_z(known[i]);
    return STR("GET"); /* HEAD: the library leaves the body out */
}

/** First call for a request: its head is complete. */
static enum MHD_Result begin_request(struct http_connection *c, const char *url, const char *method,
                                     const char *version) {
    struct http_server *s = c->server;
    struct http_hub_exchange *x = c->exchange;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    size_t head_bytes = info ? info->header_size : 0;
    size_t target_len = x->text.len;
    struct header_list list = {.headers = x->headers};
    COUNT(s->requests);
    c->phase = HTTP_PHASE_BODY;
    MHD_get_connection_values_n(c->mhd, MHD_HEADER_KIND, add_header, &list);
    bool no_nul = version == url + target_len + 1; /* else the target ended at a NUL */
    struct http_head head = {
        .method = str_z(method),
        .target = buf_str(&x->text),
        .http_1_0 = strcmp(version, "HTTP/1.0") == 0,
        .exact =
            no_nul && !buf_failed(&x->text) && head_is_exact(&list, method, version, head_bytes),
        .headers = x->headers,
        .header_count = list.count,
        .body_max_bytes = s->opts.body_max_bytes,
    };
    enum http_refusal r = http_refuse(&head);
    if (r != HTTP_REFUSE_NONE) {
        COUNT(s->refused);
        log_debug(s->opts.log, "request refused", LOG_INT("status", http_refusal_answer(r)->status),
                  LOG_Z("why", http_refusal_answer(r)->text), LOG_Z("peer", c->peer));
        return queue_refusal(c, r); /* this early, the library closes the connection after it */
    }
    x->base.secret = s->opts.is_secret && s->opts.is_secret(buf_str(&x->text));
    x->base.method = method_of(method);
    x->base.header_count = list.count;
    copy_head(x, method, head_bytes, target_len);
    memcpy(x->peer, c->peer, sizeof x->peer);
    x->base.peer = str_z(x->peer);
    x->base.peer_is_loopback = c->peer_is_loopback;
    return MHD_YES;
}

/** The library takes no reply in the middle of a body, so this one is written past it. */
static enum MHD_Result refuse_body(struct http_connection *c) {
    struct buf body = BUF_INIT(HTTP_REFUSAL_BYTES_MAX),
               reply = BUF_INIT(2 * HTTP_REFUSAL_BYTES_MAX);
    http_connection_put_refusal(c->server, HTTP_REFUSE_BODY, &body);
    buf_printf(&reply,
               "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Type: %s\r\n"
               "Content-Length: %zu\r\n\r\n",
               c->server->opts.refusal_type, body.len);
    buf_put_str(&reply, buf_str(&body));
    COUNT(c->server->refused);
    (void)send(c->fd, reply.ptr, reply.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    buf_release(&body);
    buf_release(&reply);
    return MHD_NO; /* closes the connection */
}

static enum MHD_Result take_body(struct http_connection *c, const char *data, size_t *size) {
    struct buf *body = &c->exchange->body;
    if (c->exchange->base.secret) {
        buf_put_secret(body, data, *size);
        secret_wipe((void *)(uintptr_t)data, *size); /* the library's buffer, which we may change */
    } else {
        buf_put(body, data, *size);
    }
    *size = 0;
    return buf_failed(body) ? refuse_body(c) : MHD_YES;
}

/** The request is complete, or a suspended one goes on. */
static enum MHD_Result finish_request(struct http_connection *c) {
    struct http_server *s = c->server;
    if (c->refusal != HTTP_REFUSE_NONE)
        return queue_refusal(c, c->refusal);
    struct http_hub_exchange *x = c->exchange;
    if (x->answered)
        return queue_reply(c);
    if (c->phase == HTTP_PHASE_WAIT)
        return MHD_YES;
    if (s->forced)
        return queue_refusal(c, HTTP_REFUSE_STOPPING);
    x->connection = c;
    x->base.body = buf_str(&x->body);
    if (http_hub_handle(x, s->opts.handler, s->opts.handler_ctx))
        return queue_reply(c);
    /*
     * Another thread may have replied by now; its reply is collected by this thread, later. So
     * suspending here is always before resuming.
     */
    connection_enter(c, HTTP_PHASE_WAIT, s->opts.reply_deadline_ms);
    atomic_fetch_add_explicit(&s->waiting, 1, memory_order_relaxed);
    MHD_suspend_connection(c->mhd);
    return MHD_YES;
}

enum MHD_Result http_connection_on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                                           const char *method, const char *version,
                                           const char *data, size_t *data_size, void **request) {
    struct http_connection *c = *request;
    (void)cls, (void)mhd;
    if (!c)
        return MHD_NO; /* no request line was seen: cannot be */
    if (c->phase == HTTP_PHASE_HEAD)
        return begin_request(c, url, method, version);
    if (*data_size > 0)
        return take_body(c, data, data_size);
    return finish_request(c);
}

static void connection_reset(struct http_connection *c) {
    if (c->exchange) {
        http_hub_recycle(c->exchange);
        c->exchange = NULL;
    }
}

/** The request line has arrived; what is returned becomes *request above. */
void *http_connection_on_target(void *cls, const char *target, struct MHD_Connection *mhd) {
    struct http_server *s = cls;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct http_connection *c = info ? info->socket_context : NULL;
    if (!c || !target)
        return NULL;
    if (c->phase == HTTP_PHASE_IDLE)
        connection_enter(c, HTTP_PHASE_HEAD, s->opts.request_deadline_ms);
    connection_reset(c);
    c->refusal = HTTP_REFUSE_NONE;
    c->exchange = http_hub_take(s->hub);
    buf_puts(&c->exchange->text, target);
    return c;
}

void http_connection_on_completed(void *cls, struct MHD_Connection *mhd, void **request,
                                  enum MHD_RequestTerminationCode how) {
    struct http_connection *c = *request;
    struct http_server *s = cls;
    (void)mhd, (void)how;
    if (!c)
        return;
    connection_reset(c);
    connection_enter(c, HTTP_PHASE_IDLE, s->opts.idle_timeout_ms);
}

/* ---- connections -------------------------------------------------------------------------- */

static void describe_peer(struct http_connection *c, const struct sockaddr *sa) {
    if (sa->sa_family == AF_INET) {
        struct in_addr a = ((const struct sockaddr_in *)(const void *)sa)->sin_addr;
        inet_ntop(AF_INET, &a, c->peer, sizeof c->peer);
        c->peer_is_loopback = ntohl(a.s_addr) >> 24 == 127;
    } else if (sa->sa_family == AF_INET6) {
        struct in6_addr a = ((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr;
        inet_ntop(AF_INET6, &a, c->peer, sizeof c->peer);
        bool mapped = IN6_IS_ADDR_V4MAPPED(&a) && a.s6_addr[12] == 127;
        c->peer_is_loopback = IN6_IS_ADDR_LOOPBACK(&a) || mapped;
    }
}

static void connection_open(struct http_server *s, struct MHD_Connection *mhd, void **context) {
    struct http_connection *c = mem_zalloc(sizeof *c);
    const union MHD_ConnectionInfo *fd =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    c->server = s;
    c->mhd = mhd;
    c->fd = fd ? fd->connect_fd : -1;
    const union MHD_ConnectionInfo *peer =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (peer && peer->client_addr)
        describe_peer(c, peer->client_addr);
    connection_enter(c, HTTP_PHASE_HEAD, s->opts.request_deadline_ms);
    c->next = s->connections;
    if (c->next)
        c->next->prev = c;
    s->connections = c;
    atomic_fetch_add_explicit(&s->connection_count, 1, memory_order_relaxed);
    *context = c;
}

static void connection_close(struct http_connection *c) {
    struct http_server *s = c->server;
    connection_reset(c);
    if (c->prev)
        c->prev->next = c->next;
    else
        s->connections = c->next;
    if (c->next)
        c->next->prev = c->prev;
    atomic_fetch_sub_explicit(&s->connection_count, 1, memory_order_relaxed);
    s->freed_a_place = true;
    mem_free(c);
}

void http_connection_on_change(void *cls, struct MHD_Connection *mhd, void **context,
                               enum MHD_ConnectionNotificationCode what) {
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        connection_open(cls, mhd, context);
    else if (*context)
        connection_close(steal_ptr(*context));
}
