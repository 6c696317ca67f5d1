#ifndef CORE_IO_HTTP_HUB_H
#define CORE_IO_HTTP_HUB_H

#include <stdatomic.h>

#include "core/domain/http.h"
#include "core/io/http_refuse.h"

/*
 * Where exchanges live, and how replies come back to the server's one thread. Knows no library.
 *
 * An exchange has two holders: the server's loop, and whoever the handler gave it to. The loop may
 * let go first (deadline, shutdown); then the exchange stays valid, with its own copy of the
 * request, until its holder replies, even after the server is gone.
 */
struct http_hub;
struct http_connection; /* of the server */

struct http_hub_exchange {
    struct http_exchange base;
    struct http_hub *hub;
    struct http_hub_exchange *next;     /* in the list of free or of answered exchanges */
    struct http_connection *connection; /* loop thread only */
    bool answered;                      /* loop thread only: base holds the reply */
    bool queued, abandoned;             /* under the hub's lock */
    struct buf text;                    /* copy of target, method and headers */
    struct buf body;
    struct http_header headers[HTTP_HEAD_HEADERS_MAX];
    char peer[64];
};

/** body_max_bytes, text_max_bytes: limits of one exchange's request. NULL: no eventfd to be had. */
struct http_hub *http_hub_new(size_t body_max_bytes, size_t text_max_bytes);

/** Let go of the hub; it frees itself when the last abandoned exchange has been replied to. */
void http_hub_close(struct http_hub *h);

/** Becomes readable when there is something to collect or http_hub_wake() was called. */
int http_hub_fd(const struct http_hub *h);
void http_hub_wake(struct http_hub *h); /* any thread */

/* The rest: loop thread only. */

/** The calling thread is the loop from now on. */
void http_hub_enter(struct http_hub *h);

struct http_hub_exchange *http_hub_take(struct http_hub *h);
void http_hub_recycle(struct http_hub_exchange *x);

/** Run the handler. True: it has replied already, on this thread. */
bool http_hub_handle(struct http_hub_exchange *x, http_handler_fn *handler, void *ctx);

/** All exchanges answered from elsewhere since the last time, linked by `next`, oldest first. */
struct http_hub_exchange *http_hub_collect(struct http_hub *h);

/** Let go of x, which waits. False: its reply is in already and will be collected. */
bool http_hub_abandon(struct http_hub_exchange *x);

#endif
