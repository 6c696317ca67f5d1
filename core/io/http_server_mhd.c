#include "core/io/http_server_mhd.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/io/http_connection.h"

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
    BACKLOG = 511,
};

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
        int64_t end = c->phase == HTTP_PHASE_IDLE ? s->now_ms + quiet_ms : s->drain_end_ms;
        if (c->deadline_ms > end)
            c->deadline_ms = end;
    }
    s->sweep_ms = s->now_ms;
}

static void drain_done(struct http_server *s) {
    s->drain_over = true;
    pthread_mutex_lock(&s->lock);
    if (!s->drained) {
        s->drained = true;
        s->drained_clean = !s->forced;
        pthread_cond_broadcast(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
}

static void drain_step(struct http_server *s) {
    if (!s->connections || s->now_ms >= s->drain_end_ms + HTTP_DRAIN_FLUSH_MS) {
        drain_done(s); /* what is left, http_server_free() closes */
    } else if (s->now_ms >= s->drain_end_ms && !s->forced) {
        s->forced = true;
        s->sweep_ms = s->now_ms; /* every deadline has been moved to drain_end_ms */
    }
}

static int wait_ms(struct http_server *s) {
    if (s->freed_a_place) {
        /* At its limit the library stops listening, and starts again only when it is run again. */
        s->freed_a_place = false;
        return 0;
    }
    MHD_UNSIGNED_LONG_LONG library_ms = 0;
    if (MHD_get_timeout(s->daemon, &library_ms) == MHD_YES && library_ms == 0)
        return 0;
    if (!s->connections && (!s->draining || s->drain_over))
        return -1;
    int64_t left = s->sweep_ms - s->now_ms;
    return left < 0 ? 0 : left > (int64_t)s->tick_ms ? (int)s->tick_ms : (int)left;
}

/** The last rounds: whatever waits is told so, and gets a chance to be sent. */
static void end_loop(struct http_server *s) {
    s->forced = true;
    s->now_ms = clock_mono_ms(&s->opts.clock);
    http_connections_give_up(s, HTTP_REFUSE_STOPPING);
    http_connections_collect(s);
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
            http_connections_collect(s);
        if (!s->draining && atomic_load_explicit(&s->want_drain, memory_order_acquire))
            begin_drain(s);
        if (s->draining && !s->drain_over)
            drain_step(s);
        if (s->now_ms >= s->sweep_ms || ready == 0)
            http_connections_sweep(s);
        /* Always, also after a resume: the library's own time-out overlooks resumed connections. */
        MHD_run(s->daemon);
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
    o->refusal_type = o->write_refusal ? o->refusal_type : "text/plain";
    o->body_max_bytes = o->body_max_bytes ? o->body_max_bytes : BODY_DEFAULT_BYTES;
    o->connection_memory_bytes =
        o->connection_memory_bytes ? o->connection_memory_bytes : MEMORY_DEFAULT_BYTES;
    o->request_deadline_ms = or_default(o->request_deadline_ms, REQUEST_DEFAULT_MS);
    o->reply_deadline_ms = or_default(o->reply_deadline_ms, REPLY_DEFAULT_MS);
    o->idle_timeout_ms = or_default(o->idle_timeout_ms, IDLE_DEFAULT_MS);
    return ERR_OK;
}

static enum error_code listen_fault(const struct http_server *s, int number, struct error *err) {
    const char *advice = "";
    if (number == EADDRINUSE)
        advice = ": stop what listens there, or take another port";
    else if (number == EADDRNOTAVAIL)
        advice = ": this machine has no such address";
    else if (number == EACCES)
        advice = ": ports below 1024 are for root, take a higher one";
    return error_set(err, ERR_IO, "cannot listen on %s port %u: %s%s", s->opts.address,
                     s->opts.port, strerrordesc_np(number), advice);
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
        return listen_fault(s, errno, err);
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } bound = {.v6 = {0}};
    len = sizeof bound;
    if (getsockname(s->listen_fd, &bound.any, &len) != 0)
        return error_set(err, ERR_IO, "cannot read the port that was bound");
    s->port = ntohs(family == AF_INET6 ? bound.v6.sin6_port : bound.v4.sin_port);
    return ERR_OK;
}

static struct MHD_Response *make_refusal(const struct http_server *s, enum http_refusal r) {
    const struct http_refusal_answer *a = http_refusal_answer(r);
    struct buf body = BUF_INIT(HTTP_REFUSAL_BYTES_MAX);
    http_connection_put_refusal(s, r, &body);
    struct MHD_Response *rsp =
        buf_failed(&body)
            ? NULL
            : MHD_create_response_from_buffer(body.len, body.ptr, MHD_RESPMEM_MUST_COPY);
    buf_release(&body);
    bool ok = rsp &&
              MHD_add_response_header(rsp, "Content-Type", s->opts.refusal_type) == MHD_YES &&
              MHD_add_response_header(rsp, "Connection", "close") == MHD_YES &&
              (!a->header_name ||
               MHD_add_response_header(rsp, a->header_name, a->header_value) == MHD_YES);
    if (ok || !rsp)
        return rsp;
    MHD_destroy_response(rsp);
    return NULL;
}

static enum error_code make_refusals(struct http_server *s, struct error *err) {
    for (enum http_refusal r = HTTP_REFUSE_NONE + 1; r < HTTP_REFUSE_COUNT; r++) {
        s->refusals[r] = make_refusal(s, r);
        if (!s->refusals[r])
            return error_set(err, ERR_IO, "cannot prepare the refusals");
    }
    return ERR_OK;
}

static enum error_code start_daemon(struct http_server *s, struct error *err) {
    MHD_set_panic_func(on_panic, NULL);
    s->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
        http_connection_on_request, s, MHD_OPTION_EXTERNAL_LOGGER, on_log, s,
        MHD_OPTION_LISTEN_SOCKET, s->listen_fd, MHD_OPTION_CONNECTION_LIMIT,
        s->opts.connections_max, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        s->opts.connection_memory_bytes, MHD_OPTION_URI_LOG_CALLBACK, http_connection_on_target, s,
        MHD_OPTION_NOTIFY_COMPLETED, http_connection_on_completed, s, MHD_OPTION_NOTIFY_CONNECTION,
        http_connection_on_change, s, MHD_OPTION_END);
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
