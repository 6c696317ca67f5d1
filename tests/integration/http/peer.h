#ifndef TESTS_INTEGRATION_HTTP_PEER_H
#define TESTS_INTEGRATION_HTTP_PEER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/mem.h"

/*
 * A far end that follows a script, one row a connection. It may do what no decent server does.
 */
enum peer_act {
    PEER_END = 0, /* close */
    PEER_READ,    /* one request, with its body */
    PEER_SEND,    /* the bytes */
    PEER_FLOOD,   /* the bytes, until the far end has had enough */
    PEER_RESET,   /* close with a reset */
    PEER_HOLD,    /* until the far end closes */
};

struct peer_step {
    enum peer_act act;
    const char *bytes;
};

enum {
    PEER_STEPS_MAX = 8
};

struct peer {
    uint16_t port;
    atomic_uint requests;    /* complete ones */
    atomic_uint connections; /* accepted ones */
    /* the rest is the peer's own, until peer_end() */
    int listen_fd, stop_fd[2];
    pthread_t thread;
    const struct peer_step (*script)[PEER_STEPS_MAX];
    size_t script_count;
    struct buf seen; /* all bytes of all requests; read it after peer_end() */
};

/** Connections beyond the script are closed at once. */
void peer_start(struct peer *p, const struct peer_step (*script)[PEER_STEPS_MAX], size_t count);

/** Stop; p->seen stays readable until peer_release(). */
void peer_end(struct peer *p);
void peer_release(struct peer *p);

#endif
