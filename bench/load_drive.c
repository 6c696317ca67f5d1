#include "bench/load_drive.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/base/mem.h"

enum {
    RECEIVE_BYTES = 65536,
    EVENTS_MAX = 256,
};
static const int64_t second_ns = 1000000000;
static const int64_t silence_ns = 20000000000; /* nobody answers for so long: give up */

struct connection {
    int fd;
    bool busy;   /* a request is out */
    size_t next; /* the request to send, or the one that is out */
    size_t sent; /* bytes of it */
    int64_t due_ns;
    char *in;
    size_t in_len;
};

struct driver {
    const struct load_requests *rs;
    struct drive_options o;
    struct drive_result result;
    struct connection *connections;
    uint32_t *latencies_us;
    int epoll_fd;
    size_t scheduled; /* with a rate: requests that are due so far */
    int64_t began_ns, heard_ns;
};

_Noreturn static void fail(const char *what) {
    fprintf(stderr, "bench_load: %s: %s\n", what, strerrordesc_np(errno));
    exit(1);
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * second_ns + t.tv_nsec;
}

/* ---- sending -----------------------------------------------------------------------------------
 */

static void watch(struct driver *d, struct connection *c, bool writable) {
    struct epoll_event ev = {.events = EPOLLIN | (writable ? (uint32_t)EPOLLOUT : 0u),
                             .data.ptr = c};
    epoll_ctl(d->epoll_fd, EPOLL_CTL_MOD, c->fd, &ev);
}

static void push(struct driver *d, struct connection *c) {
    struct str r = load_request(d->rs, c->next);
    bool waited = c->sent > 0;
    ssize_t n = send(c->fd, r.ptr + c->sent, r.len - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno != EAGAIN)
        fail("send");
    c->sent += n > 0 ? (size_t)n : 0;
    if (c->sent < r.len || waited)
        watch(d, c, c->sent < r.len);
}

static int64_t due(const struct driver *d, size_t r) {
    return d->began_ns + (int64_t)r * second_ns / (int64_t)d->o.rate_per_s;
}

/** Send the connection's next request if there is one and its time has come. */
static void send_next(struct driver *d, struct connection *c, int64_t now) {
    if (c->busy || c->next >= d->rs->count || (d->o.rate_per_s && c->next >= d->scheduled))
        return;
    c->busy = true;
    c->sent = 0;
    c->due_ns = d->o.rate_per_s ? due(d, c->next) : now;
    push(d, c);
}

static void send_due(struct driver *d, int64_t now) {
    while (d->scheduled < d->rs->count && due(d, d->scheduled) <= now) {
        struct connection *c = &d->connections[d->scheduled % d->o.connections];
        d->scheduled++;
        send_next(d, c, now);
    }
}

/* ---- receiving ---------------------------------------------------------------------------------
 */

/** Bytes of the first answer in the buffer, 0 while it is incomplete. */
static size_t answer_bytes(const struct connection *c) {
    struct str all = str_from(c->in, c->in_len);
    size_t head = str_find_str(all, STR("\r\n\r\n"));
    if (head == all.len)
        return 0;
    struct str rest = str_from(c->in, head), line, name;
    uint64_t body = 0;
    while (str_next(&rest, '\n', &line)) {
        struct str value = line;
        if (str_next(&value, ':', &name) && str_eq_nocase(name, STR("Content-Length")) &&
            !str_to_u64(str_trim(value), RECEIVE_BYTES, &body))
            fail("an answer with a strange length");
    }
    size_t total = head + 4 + (size_t)body;
    return total <= c->in_len ? total : 0;
}

static void note_answer(struct driver *d, struct connection *c, int64_t now) {
    int status =
        c->in_len > 12 ? (c->in[9] - '0') * 100 + (c->in[10] - '0') * 10 + c->in[11] - '0' : 0;
    struct drive_result *r = &d->result;
    if (status != d->o.expect && r->wrong++ == 0)
        r->wrong_status = status;
    d->latencies_us[r->answered++] = (uint32_t)((now - c->due_ns) / 1000);
    d->heard_ns = now;
    c->busy = false;
    c->next += d->o.connections;
}

static void receive(struct driver *d, struct connection *c, int64_t now) {
    ssize_t n = recv(c->fd, c->in + c->in_len, RECEIVE_BYTES - c->in_len, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0)
        fail("the server closed a connection");
    c->in_len += (size_t)n;
    size_t used = c->busy ? answer_bytes(c) : 0;
    if (used == 0)
        return;
    note_answer(d, c, now);
    c->in_len -= used;
    memmove(c->in, c->in + used, c->in_len);
    send_next(d, c, now);
}

/* ---- the loop ----------------------------------------------------------------------------------
 */

static void open_connection(struct driver *d, size_t i) {
    struct connection *c = &d->connections[i];
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(d->o.port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int on = 1;
    c->next = i;
    c->in = mem_zalloc(RECEIVE_BYTES);
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0)
        fail("connect");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(d->epoll_fd, EPOLL_CTL_ADD, c->fd, &ev);
}

static int wait_events(struct driver *d, struct epoll_event *events) {
    int64_t wait_ns = second_ns;
    if (d->o.rate_per_s && d->scheduled < d->rs->count) {
        wait_ns = due(d, d->scheduled) - now_ns();
        wait_ns = wait_ns < 0 ? 0 : wait_ns < second_ns ? wait_ns : second_ns - 1;
    }
    struct timespec t = {.tv_sec = wait_ns / second_ns, .tv_nsec = wait_ns % second_ns};
    return epoll_pwait2(d->epoll_fd, events, EVENTS_MAX, &t, NULL);
}

static void run(struct driver *d) {
    struct epoll_event events[EVENTS_MAX];
    d->began_ns = d->heard_ns = now_ns();
    if (!d->o.rate_per_s)
        for (size_t i = 0; i < d->o.connections; i++)
            send_next(d, &d->connections[i], d->began_ns);
    while (d->result.answered < d->rs->count && now_ns() - d->heard_ns < silence_ns) {
        if (d->o.rate_per_s)
            send_due(d, now_ns());
        int n = wait_events(d, events);
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            if (events[i].events & EPOLLOUT)
                push(d, c);
            if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
                receive(d, c, now_ns());
        }
    }
    d->result.seconds = (double)(d->heard_ns - d->began_ns) / (double)second_ns;
    d->result.missing = d->rs->count - d->result.answered;
}

static int by_size(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void summarise(struct driver *d) {
    struct drive_result *r = &d->result;
    size_t n = r->answered;
    if (n == 0)
        return;
    qsort(d->latencies_us, n, sizeof *d->latencies_us, by_size);
    r->p50_us = d->latencies_us[n / 2];
    r->p99_us = d->latencies_us[n * 99 / 100];
    r->p999_us = d->latencies_us[n * 999 / 1000];
    r->max_us = d->latencies_us[n - 1];
}

struct drive_result drive(const struct load_requests *rs, const struct drive_options *o) {
    struct driver d = {.rs = rs, .o = *o, .epoll_fd = epoll_create1(EPOLL_CLOEXEC)};
    prctl(PR_SET_TIMERSLACK, 1ul); /* a schedule of 200 us does not bear the usual 50 */
    d.connections = mem_array(o->connections, sizeof *d.connections);
    d.latencies_us = mem_array(rs->count, sizeof *d.latencies_us);
    for (size_t i = 0; i < o->connections; i++)
        open_connection(&d, i);
    run(&d);
    summarise(&d);
    for (size_t i = 0; i < o->connections; i++) {
        close(d.connections[i].fd);
        mem_free(d.connections[i].in);
    }
    close(d.epoll_fd);
    mem_free(d.connections);
    mem_free(d.latencies_us);
    return d.result;
}
