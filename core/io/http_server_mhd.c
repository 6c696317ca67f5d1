#include "core/io/http_server_mhd.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/io/http_hub.h"

enum {
    BODY_DEFAULT_BYTES = 65536,
    MEMORY_DEFAULT_BYTES = 8192, /* the library wipes it after every request: small is fast */
    CONNECTIONS_DEFAULT = 512,
    OTHER_FDS = 64, /* database, outgoing connections, files */
    REQUEST_DEFAULT_MS = 10000,
    REPLY_DEFAULT_MS = 30000,
    IDLE_DEFAULT_MS = 60000,
    TICK_MAX_MS = 250,
    TICK_MIN_MS = 5,
    DRAIN_QUIET_MS = 500, /* a request that was on its way to an idle connection still counts */
    DRAIN_FLUSH_MS = 1000,
    BACKLOG = 511,
};

enum phase {
    PHASE_IDLE = 0, /* between requests */
    PHASE_HEAD,     /* a request begins; also a connection that has sent nothing yet */
    PHASE_BODY,
    PHASE_WAIT, /* suspended until the exchange is answered */
    PHASE_REPLY,
};

/** One client connection. Loop thread only, like all of the server but its marked parts. */
struct http_connection {
    struct http_server *server;
    struct http_connection *prev, *next;
    struct MHD_Connection *mhd;
    int fd;
    enum phase phase;
    int64_t deadline_ms;
    struct http_hub_exchange *exchange; /* from the request line to the end of the reply */
    enum http_refusal refusal;          /* what to answer instead of the exchange's reply */
    bool head_only;                     /* HEAD: shown to the handler as GET */
    bool peer_is_loopback;
    char peer[64];
};

struct http_server {
    struct http_server_options opts;
    struct MHD_Daemon *daemon;
    struct MHD_Response *refusals[HTTP_REFUSE_COUNT];
    struct http_hub *hub;
    int listen_fd; /* -1 once quiesced */
    int epoll_fd;
    uint16_t port;
    pthread_t thread;
    struct http_connection *connections;
    int64_t now_ms, sweep_ms, drain_end_ms;
    uint32_t tick_ms;
    bool draining, forced;
    /* shared with other threads */
    atomic_bool want_drain, want_stop;
    _Atomic uint32_t grace_ms;
    _Atomic uint64_t requests, refused, late, cut;
    atomic_uint waiting, connection_count;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool drained, drained_clean; /* under the lock */
};

/* One writer, so no read-modify-write is needed. */
#define COUNT(counter) atomic_store_explicit(&(counter), (counter) + 1, memory_order_relaxed)

/* ---- deadlines ---------------------------------------------------------------------------- */

static void connection_enter(struct http_connection *c, enum phase phase, uint32_t wait_ms) {
    struct http_server *s = c->server;
    c->phase = phase;
    c->deadline_ms = s->now_ms + wait_ms;
    if (s->draining && c->deadline_ms > s->drain_end_ms)
        c->deadline_ms = s->drain_end_ms;
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
    connection_enter(c, PHASE_REPLY, s->opts.reply_deadline_ms);
    if (s->forced)
        c->deadline_ms = s->now_ms + DRAIN_FLUSH_MS;
    MHD_resume_connection(c->mhd);
}

static void connection_expire(struct http_connection *c) {
    struct http_server *s = c->server;
    if (c->phase == PHASE_WAIT) {
        connection_give_up(c, s->draining ? HTTP_REFUSE_STOPPING : HTTP_REFUSE_LATE);
        return;
    }
    if (c->phase != PHASE_IDLE)
        COUNT(s->cut);
    /* The library notices, tells us, and only then closes the descriptor: it is still ours here. */
    shutdown(c->fd, SHUT_RDWR);
    c->deadline_ms = INT64_MAX;
}

static void sweep(struct http_server *s) {
    for (struct http_connection *c = s->connections, *next; c; c = next) {
        next = c->next;
        if (s->now_ms >= c->deadline_ms)
            connection_expire(c);
    }
    s->sweep_ms = s->now_ms + s->tick_ms;
}

/* ---- replies ------------------------------------------------------------------------------ */

static enum MHD_Result queue_refusal(struct http_connection *c, enum http_refusal r) {
    connection_enter(c, PHASE_REPLY, c->server->opts.reply_deadline_ms);
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
    connection_enter(c, PHASE_REPLY, s->opts.reply_deadline_ms);
    enum MHD_Result ok = MHD_queue_response(c->mhd, (unsigned)c->exchange->base.status, r);
    MHD_destroy_response(r);
    return ok;
}

/** Replies that came from other threads: resume their connections, all at one wake-up. */
static void collect(struct http_server *s) {
    for (struct http_hub_exchange *x = http_hub_collect(s->hub), *next; x; x = next) {
        next = x->next;
        x->next = NULL;
        x->answered = true;
        /* Nobody else keeps time for a suspended connection. */
        connection_enter(x->connection, PHASE_REPLY, s->opts.reply_deadline_ms);
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

static struct str method_of(struct http_connection *c, const char *method) {
    static const char *const known[] = {"POST", "GET", "PUT", "DELETE", "OPTIONS"};
    c->head_only = strcmp(method, "HEAD") == 0;
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
    c->phase = PHASE_BODY;
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
    x->base.method = method_of(c, method);
    x->base.header_count = list.count;
    copy_head(x, method, head_bytes, target_len);
    memcpy(x->peer, c->peer, sizeof x->peer);
    x->base.peer = str_z(x->peer);
    x->base.peer_is_loopback = c->peer_is_loopback;
    return MHD_YES;
}

/** The library takes no reply in the middle of a body, so this one is written past it. */
static enum MHD_Result refuse_body(struct http_connection *c) {
    static const char reply[] = "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\n"
                                "Content-Length: 0\r\n\r\n";
    COUNT(c->server->refused);
    (void)send(c->fd, reply, sizeof reply - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
    return MHD_NO; /* closes the connection */
}

static enum MHD_Result take_body(struct http_connection *c, const char *data, size_t *size) {
    struct buf *body = &c->exchange->body;
    buf_put(body, data, *size);
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
    if (c->phase == PHASE_WAIT)
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
    connection_enter(c, PHASE_WAIT, s->opts.reply_deadline_ms);
    atomic_fetch_add_explicit(&s->waiting, 1, memory_order_relaxed);
    MHD_suspend_connection(c->mhd);
    return MHD_YES;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *data_size, void **request) {
    struct http_connection *c = *request;
    (void)cls, (void)mhd;
    if (!c)
        return MHD_NO; /* no request line was seen: cannot be */
    if (c->phase == PHASE_HEAD)
        return begin_request(c, url, method, version);
    if (*data_size > 0)
        return take_body(c, data, data_size);
    return finish_request(c);
}

/** The request line has arrived; what is returned becomes *request above. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *mhd) {
    struct http_server *s = cls;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct http_connection *c = info ? info->socket_context : NULL;
    if (!c || !target)
        return NULL;
    if (c->phase == PHASE_IDLE)
        connection_enter(c, PHASE_HEAD, s->opts.request_deadline_ms);
    c->refusal = HTTP_REFUSE_NONE;
    c->exchange = http_hub_take(s->hub);
    buf_puts(&c->exchange->text, target);
    return c;
}

static void connection_reset(struct http_connection *c) {
    if (c->exchange) {
        http_hub_recycle(c->exchange);
        c->exchange = NULL;
    }
}

static void on_completed(void *cls, struct MHD_Connection *mhd, void **request,
                         enum MHD_RequestTerminationCode how) {
    struct http_connection *c = *request;
    struct http_server *s = cls;
    (void)mhd, (void)how;
    if (!c)
        return;
    connection_reset(c);
    connection_enter(c, PHASE_IDLE, s->opts.idle_timeout_ms);
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
    connection_enter(c, PHASE_HEAD, s->opts.request_deadline_ms);
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
    mem_free(c);
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode what) {
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        connection_open(cls, mhd, context);
    else if (*context)
        connection_close(steal_ptr(*context));
}

/* ---- the loop ----------------------------------------------------------------------------- */

static void begin_drain(struct http_server *s) {
    uint32_t grace_ms = atomic_load(&s->grace_ms);
    uint32_t quiet_ms = grace_ms / 2 < DRAIN_QUIET_MS ? grace_ms / 2 : DRAIN_QUIET_MS;
    s->draining = true;
    s->drain_end_ms = s->now_ms + grace_ms;
    s->tick_ms = TICK_MIN_MS;
    s->listen_fd = -1;
    /* Left open, the kernel would go on to accept connections that nobody serves. */
    MHD_socket quiesced = MHD_quiesce_daemon(s->daemon);
    if (quiesced != MHD_INVALID_SOCKET)
        close(quiesced);
    for (struct http_connection *c = s->connections; c; c = c->next) {
        int64_t end = c->phase == PHASE_IDLE ? s->now_ms + quiet_ms : s->drain_end_ms;
        if (c->deadline_ms > end)
            c->deadline_ms = end;
    }
    s->sweep_ms = s->now_ms;
}

static void drain_done(struct http_server *s) {
    pthread_mutex_lock(&s->lock);
    if (!s->drained) {
        s->drained = true;
        s->drained_clean = !s->forced;
        pthread_cond_broadcast(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
}

static void drain_step(struct http_server *s) {
    if (!s->connections) {
        drain_done(s);
        return;
    }
    if (s->now_ms < s->drain_end_ms)
        return;
    if (!s->forced) {
        s->forced = true;
        s->sweep_ms = s->now_ms; /* every deadline has been moved to drain_end_ms */
    } else if (s->now_ms >= s->drain_end_ms + DRAIN_FLUSH_MS) {
        drain_done(s); /* the rest is closed by http_server_free() */
    }
}

static int wait_ms(struct http_server *s) {
    MHD_UNSIGNED_LONG_LONG library_ms = 0;
    if (MHD_get_timeout(s->daemon, &library_ms) == MHD_YES && library_ms == 0)
        return 0;
    if (!s->connections && !s->draining)
        return -1;
    int64_t left = s->sweep_ms - s->now_ms;
    return left < 0 ? 0 : left > (int64_t)s->tick_ms ? (int)s->tick_ms : (int)left;
}

/** The last rounds: whatever waits is told so, and gets a chance to be sent. */
static void end_loop(struct http_server *s) {
    s->forced = true;
    s->now_ms = clock_mono_ms(&s->opts.clock);
    for (struct http_connection *c = s->connections; c; c = c->next)
        if (c->phase == PHASE_WAIT)
            connection_give_up(c, HTTP_REFUSE_STOPPING);
    collect(s);
    /* One to resume, one to answer, one to send; stopping with a suspended connection aborts. */
    for (int i = 0; i < 3; i++)
        MHD_run(s->daemon);
    MHD_stop_daemon(steal_ptr(s->daemon));
    s->listen_fd = -1;
}

static void *loop_main(void *arg) {
    struct http_server *s = arg;
    http_hub_enter(s->hub);
    s->now_ms = clock_mono_ms(&s->opts.clock);
    s->sweep_ms = s->now_ms;
    struct pollfd fds[2] = {{.fd = s->epoll_fd, .events = POLLIN},
                            {.fd = http_hub_fd(s->hub), .events = POLLIN}};
    while (!atomic_load_explicit(&s->want_stop, memory_order_acquire)) {
        int ready = poll(fds, 2, wait_ms(s));
        s->now_ms = clock_mono_ms(&s->opts.clock);
        if (fds[1].revents)
            collect(s);
        if (!s->draining && atomic_load_explicit(&s->want_drain, memory_order_acquire))
            begin_drain(s);
        if (s->now_ms >= s->sweep_ms || ready == 0)
            sweep(s);
        /* Always, also after a resume: the library's own time-out overlooks resumed connections. */
        MHD_run(s->daemon);
        if (s->draining)
            drain_step(s);
    }
    end_loop(s);
    return NULL;
}

/* ---- start and end ------------------------------------------------------------------------ */

static void on_panic(void *cls, const char *file, unsigned line, const char *reason) {
    (void)cls;
    mem_panic("libmicrohttpd gave up at %s:%u: %s", file, line, reason ? reason : "no reason");
}

__attribute__((format(printf, 2, 0))) static void on_log(void *cls, const char *fmt, va_list ap) {
    struct http_server *s = cls;
    if (!s->opts.log || s->opts.log->level > LOG_DEBUG)
        return;
    struct buf line = BUF_INIT(512);
    buf_vprintf(&line, fmt, ap);
    log_debug(s->opts.log, "libmicrohttpd", LOG_STR("says", str_trim(buf_str(&line))));
    buf_release(&line);
}

static uint32_t or_default(uint32_t n, uint32_t fallback) {
    return n ? n : fallback;
}

static uint32_t tick_for(const struct http_server_options *o) {
    uint32_t least = o->request_deadline_ms;
    if (o->reply_deadline_ms < least)
        least = o->reply_deadline_ms;
    if (o->idle_timeout_ms < least)
        least = o->idle_timeout_ms;
    uint32_t tick = least / 8;
    return tick < TICK_MIN_MS ? TICK_MIN_MS : tick > TICK_MAX_MS ? TICK_MAX_MS : tick;
}

static enum error_code fill_options(struct http_server_options *o, struct error *err) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        files.rlim_cur = 1024;
    if (o->connections_max == 0)
        o->connections_max = files.rlim_cur / 2 < CONNECTIONS_DEFAULT ? (unsigned)files.rlim_cur / 2
                                                                      : CONNECTIONS_DEFAULT;
    if (o->connections_max + (rlim_t)OTHER_FDS > files.rlim_cur)
        return error_set(
            err, ERR_INVALID,
            "%u connections need %u open files, the limit is %llu: raise it (ulimit -n)",
            o->connections_max, o->connections_max + OTHER_FDS, (unsigned long long)files.rlim_cur);
    o->address = o->address ? o->address : "127.0.0.1";
    o->body_max_bytes = o->body_max_bytes ? o->body_max_bytes : BODY_DEFAULT_BYTES;
    o->connection_memory_bytes =
        o->connection_memory_bytes ? o->connection_memory_bytes : MEMORY_DEFAULT_BYTES;
    o->request_deadline_ms = or_default(o->request_deadline_ms, REQUEST_DEFAULT_MS);
    o->reply_deadline_ms = or_default(o->reply_deadline_ms, REPLY_DEFAULT_MS);
    o->idle_timeout_ms = or_default(o->idle_timeout_ms, IDLE_DEFAULT_MS);
    return ERR_OK;
}

static enum error_code open_listener(struct http_server *s, struct error *err) {
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(s->opts.port)};
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(s->opts.port)};
    const void *addr = &v4;
    socklen_t len = sizeof v4;
    int family = AF_INET;
    if (inet_pton(AF_INET6, s->opts.address, &v6.sin6_addr) == 1) {
        addr = &v6;
        len = sizeof v6;
        family = AF_INET6;
    } else if (inet_pton(AF_INET, s->opts.address, &v4.sin_addr) != 1) {
        return error_set(err, ERR_INVALID, "cannot listen on \"%s\": give an IPv4 or IPv6 address",
                         s->opts.address);
    }
    int on = 1;
    s->listen_fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (s->listen_fd >= 0)
        (void)setsockopt(s->listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (s->listen_fd < 0 || bind(s->listen_fd, addr, len) != 0 ||
        listen(s->listen_fd, BACKLOG) != 0)
        return error_set(err, ERR_IO, "cannot listen on %s port %u: %s", s->opts.address,
                         s->opts.port, strerrordesc_np(errno));
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } bound;
    len = sizeof bound;
    if (getsockname(s->listen_fd, &bound.any, &len) != 0)
        return error_set(err, ERR_IO, "cannot read the port that was bound");
    s->port = ntohs(family == AF_INET6 ? bound.v6.sin6_port : bound.v4.sin_port);
    return ERR_OK;
}

static enum error_code make_refusals(struct http_server *s, struct error *err) {
    for (enum http_refusal r = HTTP_REFUSE_NONE + 1; r < HTTP_REFUSE_COUNT; r++) {
        const struct http_refusal_answer *a = http_refusal_answer(r);
        struct MHD_Response *rsp = MHD_create_response_from_buffer(
            strlen(a->text), (void *)(uintptr_t)a->text, MHD_RESPMEM_PERSISTENT);
        s->refusals[r] = rsp;
        bool ok = rsp && MHD_add_response_header(rsp, "Content-Type", "text/plain") == MHD_YES &&
                  MHD_add_response_header(rsp, "Connection", "close") == MHD_YES &&
                  (!a->header_name ||
                   MHD_add_response_header(rsp, a->header_name, a->header_value) == MHD_YES);
        if (!ok)
            return error_set(err, ERR_IO, "cannot prepare the refusals");
    }
    return ERR_OK;
}

static enum error_code start_daemon(struct http_server *s, struct error *err) {
    MHD_set_panic_func(on_panic, NULL);
    s->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request, s,
        MHD_OPTION_EXTERNAL_LOGGER, on_log, s, MHD_OPTION_LISTEN_SOCKET, s->listen_fd,
        MHD_OPTION_CONNECTION_LIMIT, s->opts.connections_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        s->opts.connection_memory_bytes, MHD_OPTION_URI_LOG_CALLBACK, on_target, s,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, s, MHD_OPTION_NOTIFY_CONNECTION, on_connection,
        s, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        s->daemon ? MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info)
        return error_set(err, ERR_IO, "cannot start the HTTP server");
    s->epoll_fd = info->epoll_fd;
    return ERR_OK;
}

static enum error_code start_thread(struct http_server *s, struct error *err) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the main thread */
    int rc = pthread_create(&s->thread, NULL, loop_main, s);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (rc != 0)
        return error_set(err, ERR_IO, "cannot start the HTTP server's thread");
    pthread_setname_np(s->thread, "http-server");
    return ERR_OK;
}

/** Everything but the thread. */
static void server_release(struct http_server *s) {
    if (s->daemon) {
        MHD_stop_daemon(s->daemon); /* closes the listening socket, too */
        s->listen_fd = -1;
    }
    if (s->listen_fd >= 0)
        close(s->listen_fd);
    for (size_t r = 0; r < HTTP_REFUSE_COUNT; r++)
        if (s->refusals[r])
            MHD_destroy_response(s->refusals[r]);
    http_hub_close(s->hub);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    mem_free(s);
}

enum error_code http_server_start(const struct http_server_options *opts, struct http_server **out,
                                  struct error *err) {
    assert(opts->handler && opts->clock.mono_ms);
    struct http_server_options o = *opts;
    enum error_code rc = fill_options(&o, err);
    if (rc != ERR_OK)
        return rc;
    struct http_server *s = mem_zalloc(sizeof *s);
    s->opts = o;
    s->listen_fd = -1;
    s->tick_ms = tick_for(&o);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    s->hub = http_hub_new(o.body_max_bytes, 2 * o.connection_memory_bytes);
    rc = s->hub ? open_listener(s, err) : error_set(err, ERR_IO, "out of file descriptors");
    if (rc == ERR_OK)
        rc = make_refusals(s, err);
    if (rc == ERR_OK)
        rc = start_daemon(s, err);
    if (rc == ERR_OK)
        rc = start_thread(s, err);
    if (rc != ERR_OK) {
        server_release(s);
        return rc;
    }
    *out = s;
    return ERR_OK;
}

uint16_t http_server_port(const struct http_server *s) {
    return s->port;
}

struct http_server_stats http_server_stats(struct http_server *s) {
    return (struct http_server_stats){
        .requests = s->requests,
        .refused = s->refused,
        .late = s->late,
        .cut = s->cut,
        .waiting = s->waiting,
        .connections = s->connection_count,
    };
}

bool http_server_drain(struct http_server *s, uint32_t grace_ms) {
    atomic_store(&s->grace_ms, grace_ms);
    atomic_store(&s->want_drain, true);
    http_hub_wake(s->hub);
    pthread_mutex_lock(&s->lock);
    while (!s->drained)
        pthread_cond_wait(&s->changed, &s->lock);
    bool clean = s->drained_clean;
    pthread_mutex_unlock(&s->lock);
    return clean;
}

void http_server_free(struct http_server *s) {
    if (!s)
        return;
    atomic_store(&s->want_stop, true);
    http_hub_wake(s->hub);
    pthread_join(s->thread, NULL);
    server_release(s);
}
