#ifndef TESTS_INTEGRATION_HTTP_SERVER_RIG_H
#define TESTS_INTEGRATION_HTTP_SERVER_RIG_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/io/http_server_mhd.h"
#include "tests/support/fake_clock.h"

/*
 * A server on a free port with a handler that says what it saw. "/wait" is not answered: the test
 * takes the exchange and answers it when it likes. "/big" has a body of 100000 bytes. Everything
 * else is answered 200 with "METHOD target body-length". No deadline passes unless the test moves
 * the server's clock: a busy machine cuts nobody off.
 */
enum {
    RIG_WAITING_MAX = 64
};

struct rig {
    struct http_server *server;
    struct fake_clock time;
    uint16_t port;
    atomic_uint handled; /* requests that reached the handler */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct http_exchange *waiting[RIG_WAITING_MAX]; /* under the lock */
    size_t waiting_count;
};

/** opts: limits, or a clock of its own; address, port and handler are the rig's. NULL: the
 * defaults. */
void rig_start(struct rig *r, const struct http_server_options *opts);
void rig_end(struct rig *r);

/** Wait until n exchanges wait, and take all of them into out (room for RIG_WAITING_MAX). */
size_t rig_take_waiting(struct rig *r, size_t n, struct http_exchange **out);

/** Let time pass, a little after each look at the connection, until it has bytes or has ended. */
bool rig_pass_until_news(struct rig *r, int fd);

/** The same until it has ended; what came is in *in. */
bool rig_pass_to_end(struct rig *r, int fd, struct buf *in);

/** One GET over a new connection; its status, 0 when there was no response. */
int rig_get(struct rig *r, const char *target);

/** Send bytes on a new connection, read to the end; the response's status, and all of it in *in. */
int rig_say(struct rig *r, const void *bytes, size_t n, struct buf *in);

#endif
