#include <unistd.h>

#include "tests/integration/http/server_rig.h"
#include "tests/support/test.h"
#include "tests/support/wire.h"

enum {
    SLOW = 400
};

static void open_slow(struct rig *r, int fds[SLOW]) {
    static const char *const starts[] = {
        "", "GE", "GET / HTTP/1.1\r\nHost: gw",
        "POST / HTTP/1.1\r\nHost: gw\r\nContent-Length: 60000\r\n\r\nx"};
    for (size_t i = 0; i < SLOW; i++) {
        fds[i] = wire_connect(r->port);
        EXPECT(wire_puts(fds[i], starts[i % 4]));
    }
}

/* Hundreds of half requests at once, of every kind. */
TEST(http_faults, slow_clients_keep_nobody_waiting_and_are_cut) {
    static int fds[SLOW];
    struct rig r;
    rig_start(&r,
              &(struct http_server_options){.connections_max = 512, .request_deadline_ms = 1500});
    open_slow(&r, fds);
    EXPECT_INT(rig_get(&r, "/health"), 200); /* time stands still: nobody was cut off for it */
    EXPECT_INT(http_server_stats(r.server).cut, 0);
    for (size_t i = 0; i < SLOW; i++) {
        struct buf in = BUF_INIT(4096);
        EXPECT(rig_pass_to_end(&r, fds[i], &in));
        buf_release(&in);
        close(fds[i]);
    }
    EXPECT_INT(http_server_stats(r.server).cut, SLOW);
    EXPECT_INT(atomic_load(&r.handled), 1);
    rig_end(&r);
}

/* More clients than connections: the rest waits for a place, and gets one when the deadline frees
 * it. */
TEST(http_faults, clients_over_the_limit_are_served_when_a_place_is_free) {
    static int fds[SLOW];
    struct rig r;
    rig_start(&r,
              &(struct http_server_options){.connections_max = 100, .request_deadline_ms = 200});
    open_slow(&r, fds);
    int last = wire_connect(r.port);
    EXPECT(wire_puts(last, "GET /health HTTP/1.1\r\nHost: gw\r\n\r\n"));
    /* time passes, in small steps, only as long as it has no place yet */
    for (int i = 0; i < 5000 && !wire_has_news(last, 10); i++) {
        struct http_server_stats now = http_server_stats(r.server);
        EXPECT(now.connections <= 100);
        if (now.connections + now.cut <= SLOW)
            fake_clock_advance_ms(&r.time, 20);
    }
    struct buf in = BUF_INIT(4096);
    EXPECT_INT(wire_read_response(last, &in, NULL), 200);
    buf_release(&in);
    close(last);
    for (size_t i = 0; i < SLOW; i++)
        close(fds[i]);
    rig_end(&r);
}

/* The end of the process comes while twenty exchanges wait and slow clients hang on. */
TEST(http_faults, an_end_under_load_answers_what_waits_and_leaves) {
    static int fds[SLOW];
    struct rig r;
    struct http_exchange *x[RIG_WAITING_MAX];
    int waiting[20];
    rig_start(&r, &(struct http_server_options){.clock = clock_system()});
    open_slow(&r, fds);
    for (size_t i = 0; i < 20; i++) {
        waiting[i] = wire_connect(r.port);
        EXPECT(wire_puts(waiting[i], "GET /wait HTTP/1.1\r\nHost: gw.test\r\n\r\n"));
    }
    REQUIRE(rig_take_waiting(&r, 20, x) == 20);
    EXPECT(!http_server_drain(r.server, 50));
    rig_end(&r);
    for (size_t i = 0; i < 20; i++) {
        struct buf in = BUF_INIT(4096);
        EXPECT_INT(wire_read_response(waiting[i], &in, NULL), 503);
        http_exchange_reply_text(x[i], 200, NULL, STR("late"));
        buf_release(&in);
        close(waiting[i]);
    }
    for (size_t i = 0; i < SLOW; i++)
        close(fds[i]);
}
