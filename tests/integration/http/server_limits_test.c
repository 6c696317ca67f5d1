#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/compiler.h"
#include "tests/integration/http/server_rig.h"
#include "tests/support/test.h"
#include "tests/support/wire.h"

#define HOST "Host: gw.test\r\n"

static void put_repeated(struct buf *b, const char *z, size_t times) {
    for (size_t i = 0; i < times; i++)
        buf_puts(b, z);
}

TEST(http_server, a_declared_body_over_the_limit_is_refused_before_it_comes) {
    static const char *const lengths[] = {"1001", "2147483648", "18446744073709551615"};
    struct rig r;
    rig_start(&r, &(struct http_server_options){.body_max_bytes = 1000});
    for (size_t i = 0; i < ARRAY_LEN(lengths); i++) {
        struct buf in = BUF_INIT(65536), out = BUF_INIT(65536);
        buf_printf(&out, "POST /a HTTP/1.1\r\n" HOST "Content-Length: %s\r\n\r\n", lengths[i]);
        EXPECT_INT(rig_say(&r, out.ptr, out.len, &in), 413);
        buf_release(&in);
        buf_release(&out);
    }
    EXPECT_INT(atomic_load(&r.handled), 0);
    rig_end(&r);
}

TEST(http_server, a_body_of_exactly_the_limit_passes) {
    struct rig r;
    struct buf in = BUF_INIT(65536), out = BUF_INIT(65536);
    rig_start(&r, &(struct http_server_options){.body_max_bytes = 1000});
    buf_puts(&out, "POST /a HTTP/1.1\r\n" HOST "Connection: close\r\nContent-Length: 1000\r\n\r\n");
    put_repeated(&out, "0123456789", 100);
    EXPECT_INT(rig_say(&r, out.ptr, out.len, &in), 200);
    EXPECT(str_find_str(buf_str(&in), STR("POST /a 1000")) < in.len);
    buf_release(&in);
    buf_release(&out);
    rig_end(&r);
}

TEST(http_server, a_chunked_body_over_the_limit_is_refused_while_it_comes) {
    struct rig r;
    struct buf in = BUF_INIT(65536), out = BUF_INIT(65536);
    rig_start(&r, &(struct http_server_options){.body_max_bytes = 1000});
    buf_puts(&out, "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
    put_repeated(&out, "a\r\n0123456789\r\n", 101);
    EXPECT_INT(rig_say(&r, out.ptr, out.len, &in), 413);
    EXPECT_INT(atomic_load(&r.handled), 0);
    buf_release(&in);
    buf_release(&out);
    rig_end(&r);
}

TEST(http_server, chunks_of_one_byte_make_a_body) {
    struct rig r;
    struct buf in = BUF_INIT(65536), out = BUF_INIT(1 << 20);
    rig_start(&r, NULL);
    buf_puts(&out,
             "POST /a HTTP/1.1\r\n" HOST "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
    put_repeated(&out, "1\r\nx\r\n", 20000);
    buf_puts(&out, "0\r\n\r\n");
    EXPECT_INT(rig_say(&r, out.ptr, out.len, &in), 200);
    EXPECT(str_find_str(buf_str(&in), STR("POST /a 20000")) < in.len);
    buf_release(&in);
    buf_release(&out);
    rig_end(&r);
}

TEST(http_server, malformed_chunks_are_refused) {
    static const struct {
        const char *chunk;
        int status;
    } rows[] = {
        {"10000000000000000\r\n", 413}, /* 2^64 */
        {"0x5\r\nhello\r\n", 400},
        {"+5\r\nhello\r\n", 400},
        {"-1\r\n", 400},
        {"\r\n", 400},
        {"zz\r\n", 400},
        {"5\r\nhelloworld\r\n", 400},
    };
    struct rig r;
    rig_start(&r, NULL);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf in = BUF_INIT(65536), out = BUF_INIT(65536);
        buf_puts(&out, "POST /a HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
        buf_puts(&out, rows[i].chunk);
        EXPECT_INT(rig_say(&r, out.ptr, out.len, &in), rows[i].status);
        buf_release(&in);
        buf_release(&out);
    }
    EXPECT_INT(atomic_load(&r.handled), 0);
    rig_end(&r);
}

TEST(http_server, long_heads_are_refused) {
    struct rig r;
    rig_start(&r, NULL);
    struct buf in = BUF_INIT(65536), out = BUF_INIT(4 << 20);
    buf_puts(&out, "GET /");
    put_repeated(&out, "aaaaaaaaaa", 100000); /* 1 MB */
    EXPECT_INT(rig_say(&r, out.ptr, out.len, &in), 414);

    buf_clear(&in);
    buf_clear(&out);
    buf_puts(&out, "GET / HTTP/1.1\r\n" HOST "X: ");
    put_repeated(&out, "aaaaaaaaaa", 6554); /* 64 KB */
    buf_puts(&out, "\r\n\r\n");
    EXPECT_INT(rig_say(&r, out.ptr, out.len, &in), 431);

    buf_clear(&in);
    buf_clear(&out);
    buf_puts(&out, "GET / HTTP/1.1\r\n" HOST);
    put_repeated(&out, "X: y\r\n", 10000);
    buf_puts(&out, "\r\n");
    EXPECT_INT(rig_say(&r, out.ptr, out.len, &in), 431);

    buf_clear(&in);
    buf_clear(&out);
    buf_puts(&out, "GET / HTTP/1.1\r\n" HOST);
    put_repeated(&out, "X: y\r\n", 64); /* one too many with the Host */
    buf_puts(&out, "\r\n");
    EXPECT_INT(rig_say(&r, out.ptr, out.len, &in), 431);
    EXPECT_INT(atomic_load(&r.handled), 0);
    EXPECT_INT(rig_get(&r, "/still-here"), 200);
    buf_release(&in);
    buf_release(&out);
    rig_end(&r);
}

TEST(http_server, a_query_of_many_arguments_cannot_hold_a_connection) {
    struct rig r;
    struct buf in = BUF_INIT(65536), out = BUF_INIT(65536);
    rig_start(&r, &(struct http_server_options){.request_deadline_ms = 300});
    buf_puts(&out, "GET /?");
    put_repeated(&out, "a&", 1500);
    buf_puts(&out, " HTTP/1.1\r\n" HOST "\r\n");
    int fd = wire_connect(r.port);
    (void)wire_send(fd, out.ptr, out.len); /* a refusal may cut it short */
    EXPECT(rig_pass_to_end(&r, fd, &in));
    EXPECT(in.len == 0 || str_starts(buf_str(&in), STR("HTTP/1.1 431 ")) ||
           str_starts(buf_str(&in), STR("HTTP/1.1 414 ")));
    close(fd);
    EXPECT_INT(atomic_load(&r.handled), 0);
    EXPECT_INT(rig_get(&r, "/still-here"), 200);
    buf_release(&in);
    buf_release(&out);
    rig_end(&r);
}

/** Send a byte every 10 ms of the server's time until it closes; false when it never does. */
static bool drip_until_closed(struct rig *r, int fd) {
    for (int i = 0; i < 1000; i++) {
        if (!wire_send(fd, "x", 1) || wire_has_news(fd, 10))
            return true;
        fake_clock_advance_ms(&r->time, 10);
    }
    return false;
}

TEST(http_server, dripping_requests_are_cut_at_their_deadline) {
    static const char *const starts[] = {
        "",                                                         /* a request line for ever */
        "GET / HTTP/1.1\r\n" HOST "X: ",                            /* a header for ever */
        "POST / HTTP/1.1\r\n" HOST "Content-Length: 50000\r\n\r\n", /* a body for ever */
        "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nffff\r\n",
    };
    struct rig r;
    rig_start(&r, &(struct http_server_options){.request_deadline_ms = 200});
    for (size_t i = 0; i < ARRAY_LEN(starts); i++) {
        int fd = wire_connect(r.port);
        EXPECT(wire_puts(fd, starts[i]));
        EXPECT(drip_until_closed(&r, fd));
        EXPECT_INT(rig_get(&r, "/meanwhile"), 200);
        close(fd);
    }
    EXPECT(http_server_stats(r.server).cut >= ARRAY_LEN(starts));
    EXPECT_INT(atomic_load(&r.handled), ARRAY_LEN(starts));
    rig_end(&r);
}

TEST(http_server, silent_and_idle_connections_are_closed) {
    struct rig r;
    struct buf in = BUF_INIT(65536);
    rig_start(&r,
              &(struct http_server_options){.request_deadline_ms = 150, .idle_timeout_ms = 150});
    int silent = wire_connect(r.port), idle = wire_connect(r.port);
    EXPECT(wire_puts(idle, "GET / HTTP/1.1\r\n" HOST "\r\n"));
    EXPECT_INT(wire_read_response(idle, &in, NULL), 200);
    EXPECT(rig_pass_to_end(&r, silent, &in));
    EXPECT(rig_pass_to_end(&r, idle, &in));
    EXPECT_INT(in.len, 0);
    close(silent);
    close(idle);
    buf_release(&in);
    rig_end(&r);
}

TEST(http_server, a_reply_that_is_not_read_is_cut_at_its_deadline) {
    struct rig r;
    rig_start(&r, &(struct http_server_options){.reply_deadline_ms = 100});
    int fd = wire_connect(r.port);
    int small = 4096;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    /* Pipelined, so that there is more to send than the kernel takes. */
    struct buf out = BUF_INIT(65536);
    put_repeated(&out, "GET /big HTTP/1.1\r\n" HOST "\r\n", 100);
    (void)wire_send(fd, out.ptr, out.len);
    for (int i = 0; http_server_stats(r.server).cut == 0 && i < 10000; i++) {
        EXPECT_INT(rig_get(&r, "/meanwhile"), 200);
        fake_clock_advance_ms(&r.time, 1);
    }
    EXPECT(http_server_stats(r.server).cut == 1);
    close(fd);
    buf_release(&out);
    rig_end(&r);
}

TEST(http_server, more_connections_than_files_are_refused_at_the_start) {
    struct http_server_options o = {.connections_max = 1u << 30, .clock = clock_system()};
    struct http_server *s = NULL;
    struct error err = {0};
    o.handler = (http_handler_fn *)(void (*)(void))abort;
    EXPECT_INT(http_server_start(&o, &s, &err), ERR_INVALID);
    EXPECT(s == NULL && strstr(err.text, "ulimit"));
}

TEST(http_server, an_address_in_use_is_an_error_that_names_it) {
    struct rig r;
    rig_start(&r, NULL);
    struct http_server_options o = {.port = r.port, .clock = clock_system()};
    struct http_server *s = NULL;
    struct error err = {0};
    o.handler = (http_handler_fn *)(void (*)(void))abort;
    EXPECT_INT(http_server_start(&o, &s, &err), ERR_IO);
    EXPECT(s == NULL && strstr(err.text, "127.0.0.1"));
    o.address = "localhost";
    EXPECT_INT(http_server_start(&o, &s, &err), ERR_INVALID);
    rig_end(&r);
}
