#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/compiler.h"
#include "tests/integration/http/server_rig.h"
#include "tests/support/test.h"
#include "tests/support/wire.h"

#define HOST "Host: gw.test\r\n"

static void answer(struct http_exchange *x, const char *text) {
    http_exchange_reply_text(x, 200, "text/plain", str_z(text));
}

static int send_get(struct rig *r, const char *target) {
    struct buf out = BUF_INIT(4096);
    int fd = wire_connect(r->port);
    buf_printf(&out, "GET %s HTTP/1.1\r\n" HOST "\r\n", target);
    EXPECT(wire_send(fd, out.ptr, out.len));
    buf_release(&out);
    return fd;
}

/* ---- the handler's view ------------------------------------------------------------------- */

static void describe(void *ctx, struct http_exchange *x) {
    (void)ctx;
    buf_printf(&x->reply_body, STR_FMT "|" STR_FMT "|" STR_FMT "|" STR_FMT "|" STR_FMT "|" STR_FMT,
               STR_ARG(x->target), STR_ARG(x->path), STR_ARG(x->query), STR_ARG(x->body),
               STR_ARG(http_exchange_header(x, STR("x-one"))), STR_ARG(x->peer));
    buf_puts(&x->reply_body, x->query.ptr ? "|query" : "|none");
    buf_puts(&x->reply_body, x->peer_is_loopback ? "|loopback" : "|remote");
    buf_puts(&x->reply_body, http_exchange_header(x, STR("absent")).ptr ? "|there" : "|absent");
    x->status = 201;
    http_exchange_add_header(x, "Location", STR("/new"));
    http_exchange_reply(x);
}

TEST(http_server, the_handler_sees_the_request_byte_for_byte) {
    struct http_server_options o = {.clock = clock_system(), .handler = describe};
    struct http_server *s = NULL;
    REQUIRE(http_server_start(&o, &s, NULL) == ERR_OK);
    struct buf in = BUF_INIT(65536), body = BUF_INIT(65536);
    int fd = wire_connect(http_server_port(s));
    EXPECT(wire_puts(fd, "POST /a/b?x=%2F+1&x=2?&=& HTTP/1.1\r\n" HOST
                         "X-One:  v 1 \r\nContent-Length: 5\r\n\r\n"));
    EXPECT(wire_send(fd, "he\0lo", 5));
    EXPECT_INT(wire_read_response(fd, &in, &body), 201);
    EXPECT(str_starts(buf_str(&body), STR("/a/b?x=%2F+1&x=2?&=&|/a/b|x=%2F+1&x=2?&=&|he")));
    EXPECT(str_find_str(buf_str(&body), STR("|v 1|127.0.0.1|query|loopback|absent")) < body.len);

    EXPECT(wire_puts(fd, "GET /a HTTP/1.1\r\n" HOST "\r\n"));
    EXPECT(wire_read_until(fd, &in, "Location: /new\r\n"));
    EXPECT(wire_read_until(fd, &in, "/a|/a||||127.0.0.1|none|loopback|absent"));
    close(fd);
    buf_release(&in);
    buf_release(&body);
    http_server_free(s);
}

static void reply_badly(void *ctx, struct http_exchange *x) {
    (void)ctx;
    x->status = 200;
    http_exchange_add_header(x, "X-Split", STR("a\r\nSet-Cookie: b"));
    http_exchange_reply(x);
}

TEST(http_server, a_reply_header_with_a_line_break_becomes_a_500) {
    struct http_server_options o = {.clock = clock_system(), .handler = reply_badly};
    struct http_server *s = NULL;
    REQUIRE(http_server_start(&o, &s, NULL) == ERR_OK);
    struct rig r = {.port = http_server_port(s)};
    struct buf in = BUF_INIT(65536);
    struct str bytes = STR("GET / HTTP/1.1\r\n" HOST "\r\n");
    EXPECT_INT(rig_say(&r, bytes.ptr, bytes.len, &in), 500);
    EXPECT(str_find_str(buf_str(&in), STR("Set-Cookie")) == in.len);
    buf_release(&in);
    http_server_free(s);
}

TEST(http_server, a_query_of_sixty_arguments_fits) {
    struct rig r;
    struct buf target = BUF_INIT(4096);
    rig_start(&r, NULL);
    buf_puts(&target, "/answer?");
    for (int i = 0; i < 60; i++)
        buf_printf(&target, "CallerName%d=some%%20value&", i);
    EXPECT_INT(rig_get(&r, target.ptr), 200);
    buf_release(&target);
    rig_end(&r);
}

/* ---- keep-alive --------------------------------------------------------------------------- */

/** n connections, each used `rounds` times; all have a request in flight at the same time. */
static void check_keep_alive(size_t n, int rounds) {
    static int fds[256];
    struct rig r;
    rig_start(&r, NULL);
    for (size_t i = 0; i < n; i++)
        fds[i] = wire_connect(r.port);
    for (int round = 0; round < rounds; round++) {
        for (size_t i = 0; i < n; i++)
            EXPECT(wire_puts(fds[i], "GET /k HTTP/1.1\r\n" HOST "\r\n"));
        for (size_t i = 0; i < n; i++) {
            struct buf in = BUF_INIT(4096);
            EXPECT_INT(wire_read_response(fds[i], &in, NULL), 200);
            buf_release(&in);
        }
    }
    EXPECT_INT(atomic_load(&r.handled), n * (size_t)rounds);
    EXPECT_INT(http_server_stats(r.server).connections, n);
    for (size_t i = 0; i < n; i++)
        close(fds[i]);
    rig_end(&r);
}

/* The library's own epoll thread sleeps when a multiple of 128 connections is ready. */
TEST(http_server, exactly_128_ready_connections_do_not_stall) {
    check_keep_alive(128, 20);
}

TEST(http_server, exactly_256_ready_connections_do_not_stall) {
    check_keep_alive(256, 20);
}

TEST(http_server, pipelined_requests_are_answered_in_order) {
    struct rig r;
    struct buf in = BUF_INIT(65536), body = BUF_INIT(4096);
    rig_start(&r, NULL);
    int fd = wire_connect(r.port);
    EXPECT(wire_puts(fd, "GET /1 HTTP/1.1\r\n" HOST "\r\n"
                         "POST /2 HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nab"
                         "GET /3 HTTP/1.1\r\n" HOST "\r\n"));
    static const char *const want[] = {"GET /1 0", "POST /2 2", "GET /3 0"};
    for (size_t i = 0; i < ARRAY_LEN(want); i++) {
        EXPECT_INT(wire_read_response(fd, &in, &body), 200);
        EXPECT(str_eq_z(buf_str(&body), want[i]));
    }
    close(fd);
    buf_release(&in);
    buf_release(&body);
    rig_end(&r);
}

/* ---- replies from elsewhere --------------------------------------------------------------- */

TEST(http_server, another_thread_replies_and_the_connection_lives_on) {
    struct rig r;
    struct http_exchange *x[RIG_WAITING_MAX];
    struct buf in = BUF_INIT(65536), body = BUF_INIT(4096);
    rig_start(&r, NULL);
    int fd = send_get(&r, "/wait");
    for (int i = 0; i < 50; i++) {
        REQUIRE(rig_take_waiting(&r, 1, x) == 1);
        answer(x[0], "done");
        EXPECT_INT(wire_read_response(fd, &in, &body), 200);
        EXPECT(str_eq(buf_str(&body), STR("done")));
        EXPECT(wire_puts(fd, "GET /wait HTTP/1.1\r\n" HOST "\r\n"));
    }
    REQUIRE(rig_take_waiting(&r, 1, x) == 1);
    /* It waits once its handler has returned, which may be a moment after it was handed over. */
    for (long i = 0; http_server_stats(r.server).waiting != 1 && i < 100000000; i++)
        sched_yield();
    EXPECT_INT(http_server_stats(r.server).waiting, 1);
    answer(x[0], "last");
    EXPECT_INT(wire_read_response(fd, &in, NULL), 200);
    EXPECT_INT(http_server_stats(r.server).waiting, 0);
    close(fd);
    buf_release(&in);
    buf_release(&body);
    rig_end(&r);
}

TEST(http_server, a_batch_of_replies_reaches_each_its_own_connection) {
    enum {
        N = 40
    };
    struct rig r;
    struct http_exchange *x[RIG_WAITING_MAX];
    int fds[N];
    rig_start(&r, NULL);
    for (int i = 0; i < N; i++) {
        char target[32];
        snprintf(target, sizeof target, "/wait?%d", i);
        fds[i] = send_get(&r, target);
    }
    REQUIRE(rig_take_waiting(&r, N, x) == N);
    for (int i = 0; i < N; i++) {
        struct str query = x[i]->query;
        http_exchange_reply_text(x[i], 200, "text/plain", query);
    }
    for (int i = 0; i < N; i++) {
        struct buf in = BUF_INIT(4096), body = BUF_INIT(4096);
        uint64_t n = N;
        EXPECT_INT(wire_read_response(fds[i], &in, &body), 200);
        EXPECT(str_to_u64(buf_str(&body), N, &n) && n == (uint64_t)i);
        close(fds[i]);
        buf_release(&in);
        buf_release(&body);
    }
    rig_end(&r);
}

static void *answer_soon(void *x) {
    answer(x, "raced");
    return NULL;
}

static void hand_over_and_linger(void *ctx, struct http_exchange *x) {
    pthread_t *t = ctx;
    /* The other thread is done before the handler returns: the reply comes before the wait. */
    if (pthread_create(t, NULL, answer_soon, x) == 0)
        pthread_join(*t, NULL);
}

TEST(http_server, a_reply_that_overtakes_the_handlers_return_is_sent) {
    pthread_t t;
    struct http_server_options o = {
        .clock = clock_system(), .handler = hand_over_and_linger, .handler_ctx = &t};
    struct http_server *s = NULL;
    REQUIRE(http_server_start(&o, &s, NULL) == ERR_OK);
    struct rig r = {.port = http_server_port(s)};
    for (int i = 0; i < 20; i++)
        EXPECT_INT(rig_get(&r, "/"), 200);
    http_server_free(s);
}

static void cut_first(void *ctx, struct http_exchange *x) {
    atomic_uint *n = ctx;
    x->cut = atomic_fetch_add(n, 1) == 0;
    x->status = 204;
    http_exchange_reply(x);
}

TEST(http_server, a_cut_exchange_ends_its_connection_and_nothing_else) {
    atomic_uint n = 0;
    struct http_server_options o = {
        .clock = clock_system(), .handler = cut_first, .handler_ctx = &n};
    struct http_server *s = NULL;
    REQUIRE(http_server_start(&o, &s, NULL) == ERR_OK);
    struct rig r = {.port = http_server_port(s)};
    EXPECT_INT(rig_get(&r, "/"), 0);
    EXPECT_INT(rig_get(&r, "/"), 204);
    http_server_free(s);
}

/* ---- late replies ------------------------------------------------------------------------- */

TEST(http_server, the_deadline_answers_503_and_absorbs_the_late_reply) {
    struct rig r;
    struct http_exchange *x[RIG_WAITING_MAX];
    struct buf in = BUF_INIT(65536);
    rig_start(&r, &(struct http_server_options){.reply_deadline_ms = 60});
    int fd = send_get(&r, "/wait?late");
    REQUIRE(rig_take_waiting(&r, 1, x) == 1);
    EXPECT(rig_pass_until_news(&r, fd));
    EXPECT(wire_read_until(fd, &in, "\r\n\r\n"));
    EXPECT(str_starts(buf_str(&in), STR("HTTP/1.1 503 ")));
    EXPECT(str_find_str(buf_str(&in), STR("Retry-After: ")) < in.len);
    /* The holder may still read the request and write a reply, which goes nowhere. */
    EXPECT(str_eq(x[0]->target, STR("/wait?late")));
    EXPECT(str_eq(http_exchange_header(x[0], STR("Host")), STR("gw.test")));
    http_exchange_add_header(x[0], "X-Late", STR("yes"));
    answer(x[0], "too late");
    EXPECT_INT(rig_get(&r, "/next"), 200);
    EXPECT_INT(http_server_stats(r.server).late, 1);
    EXPECT_INT(http_server_stats(r.server).waiting, 0);
    close(fd);
    buf_release(&in);
    rig_end(&r);
}

TEST(http_server, a_reply_after_the_server_is_gone_is_absorbed) {
    struct rig r;
    struct http_exchange *x[RIG_WAITING_MAX];
    struct buf in = BUF_INIT(65536);
    rig_start(&r, NULL);
    int a = send_get(&r, "/wait?a"), b = send_get(&r, "/wait?b");
    REQUIRE(rig_take_waiting(&r, 2, x) == 2);
    rig_end(&r);
    EXPECT(wire_read_to_end(a, &in));
    EXPECT(str_starts(buf_str(&in), STR("HTTP/1.1 503 ")));
    EXPECT(str_starts(x[1]->target, STR("/wait?")));
    answer(x[0], "gone");
    answer(x[1], "gone");
    close(a);
    close(b);
    buf_release(&in);
}

TEST(http_server, a_client_that_leaves_does_not_disturb_the_holder) {
    struct rig r;
    struct http_exchange *x[RIG_WAITING_MAX];
    rig_start(&r, NULL);
    int polite = send_get(&r, "/wait"), rude = send_get(&r, "/wait");
    REQUIRE(rig_take_waiting(&r, 2, x) == 2);
    close(polite);
    wire_reset(rude);
    answer(x[0], "nobody listens");
    answer(x[1], "nobody listens");
    EXPECT_INT(rig_get(&r, "/next"), 200);
    rig_end(&r);
}

static void *answer_all(void *arg) {
    struct rig *r = arg;
    struct http_exchange *x[RIG_WAITING_MAX];
    for (size_t left = 200; left > 0;) {
        size_t n = rig_take_waiting(r, 1, x);
        for (size_t i = 0; i < n; i++)
            answer(x[i], "ok");
        if (n == 0)
            break;
        left -= n < left ? n : left;
    }
    return NULL;
}

TEST(http_server, replies_and_deadlines_may_race) {
    struct rig r;
    pthread_t t;
    unsigned served = 0;
    rig_start(&r, &(struct http_server_options){.reply_deadline_ms = 5, .clock = clock_system()});
    REQUIRE(pthread_create(&t, NULL, answer_all, &r) == 0);
    for (int i = 0; i < 200; i++) {
        int status = rig_get(&r, "/wait");
        served += status == 200 || status == 503;
    }
    pthread_join(t, NULL);
    /* On a busy machine five milliseconds may be over before a reply is sent, or between its last
     * byte and the end of the exchange: then it was served and counts as cut as well. */
    EXPECT(served + http_server_stats(r.server).cut >= 200);
    rig_end(&r);
}

/* ---- the end ------------------------------------------------------------------------------ */

struct drain {
    struct rig *rig;
    uint32_t grace_ms;
    atomic_bool clean, done;
};

static void *drain_main(void *arg) {
    struct drain *d = arg;
    d->clean = http_server_drain(d->rig->server, d->grace_ms);
    d->done = true;
    return NULL;
}

static void wait_until_refused(struct rig *r) {
    for (int i = 0, fd; i < 100000 && (fd = wire_connect(r->port)) >= 0; i++)
        close(fd);
}

TEST(http_server, a_drain_lets_twenty_waiting_exchanges_be_answered) {
    enum {
        N = 20
    };
    struct rig r;
    struct http_exchange *x[RIG_WAITING_MAX];
    struct drain d = {.rig = &r, .grace_ms = 10000};
    pthread_t t;
    int fds[N];
    rig_start(&r, &(struct http_server_options){.clock = clock_system()});
    int idle = send_get(&r, "/idle");
    for (int i = 0; i < N; i++)
        fds[i] = send_get(&r, "/wait");
    REQUIRE(rig_take_waiting(&r, N, x) == N);
    REQUIRE(pthread_create(&t, NULL, drain_main, &d) == 0);
    wait_until_refused(&r);
    EXPECT(wire_connect(r.port) < 0); /* refused, not left in the backlog */
    EXPECT(!d.done);
    for (int i = 0; i < N; i++)
        answer(x[i], "in time");
    for (int i = 0; i < N; i++) {
        struct buf in = BUF_INIT(4096);
        EXPECT(wire_read_to_end(fds[i], &in)); /* closed after it */
        EXPECT(str_starts(buf_str(&in), STR("HTTP/1.1 200 ")));
        EXPECT(str_find_str(buf_str(&in), STR("Connection: close\r\n")) < in.len);
        buf_release(&in);
        close(fds[i]);
    }
    pthread_join(t, NULL);
    EXPECT(d.clean);
    close(idle);
    rig_end(&r);
}

TEST(http_server, a_drain_answers_503_when_its_time_is_up) {
    enum {
        N = 20
    };
    struct rig r;
    struct http_exchange *x[RIG_WAITING_MAX];
    struct drain d = {.rig = &r, .grace_ms = 100};
    pthread_t t;
    int fds[N];
    rig_start(&r, NULL);
    for (int i = 0; i < N; i++)
        fds[i] = send_get(&r, "/wait");
    int half = wire_connect(r.port);
    EXPECT(wire_puts(half, "POST / HTTP/1.1\r\n" HOST "Content-Length: 9\r\n\r\nhalf"));
    REQUIRE(rig_take_waiting(&r, N, x) == N);
    REQUIRE(pthread_create(&t, NULL, drain_main, &d) == 0);
    wait_until_refused(&r);
    for (int i = 0; i < N; i++) {
        struct buf in = BUF_INIT(4096);
        EXPECT(rig_pass_to_end(&r, fds[i], &in));
        EXPECT(str_starts(buf_str(&in), STR("HTTP/1.1 503 ")));
        buf_release(&in);
        close(fds[i]);
        answer(x[i], "too late");
    }
    struct buf cut = BUF_INIT(4096);
    EXPECT(rig_pass_to_end(&r, half, &cut) && cut.len == 0);
    pthread_join(t, NULL);
    EXPECT(!d.clean);
    buf_release(&cut);
    close(half);
    rig_end(&r);
}

TEST(http_server, a_drain_without_connections_ends_at_once) {
    struct rig r;
    rig_start(&r, NULL);
    EXPECT(http_server_drain(r.server, 60000));
    rig_end(&r);
}

static int open_files(void) {
    int n = 0;
    for (int fd = 0; fd < 1024; fd++) {
        int copy = dup(fd);
        n += copy >= 0;
        if (copy >= 0)
            close(copy);
    }
    return n;
}

TEST(http_server, starting_and_ending_leaves_no_file_open) {
    int before = open_files();
    for (int drained = 0; drained < 2; drained++) {
        struct rig r;
        rig_start(&r, NULL);
        EXPECT_INT(rig_get(&r, "/"), 200);
        if (drained)
            EXPECT(http_server_drain(r.server, 5000));
        rig_end(&r);
    }
    EXPECT_INT(open_files(), before);
}
