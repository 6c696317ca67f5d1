#ifndef CORE_IO_HTTP_CONNECTION_H
#define CORE_IO_HTTP_CONNECTION_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "core/io/http_hub.h"
#include "core/io/http_server_mhd.h"

/*
 * The server's connections: what libmicrohttpd calls for each, and the deadlines that it does not
 * keep. Private to the server; all functions run on its loop thread.
 */

enum {
    HTTP_REFUSAL_BYTES_MAX = 1024,
    HTTP_DRAIN_FLUSH_MS = 1000, /* for a reply that was made when a drain's time was up */
};

enum http_phase {
    HTTP_PHASE_IDLE = 0, /* between requests */
    HTTP_PHASE_HEAD,     /* a request begins; also a connection that has sent nothing yet */
    HTTP_PHASE_BODY,
    HTTP_PHASE_WAIT, /* suspended until the exchange is answered */
    HTTP_PHASE_REPLY,
};

/** One client connection. Loop thread only, like all of the server but its marked parts. */
struct http_connection {
    struct http_server *server;
    struct http_connection *prev, *next;
    struct MHD_Connection *mhd;
    int fd;
    enum http_phase phase;
    int64_t deadline_ms;
    struct http_hub_exchange *exchange; /* from the request line to the end of the reply */
    enum http_refusal refusal;          /* what to answer instead of the exchange's reply */
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
    bool draining, forced, drain_over; /* forced: its time is up */
    bool freed_a_place;                /* a connection has ended in this turn */
    /* shared with other threads */
    atomic_bool want_drain, want_stop;
    _Atomic uint32_t grace_ms;
    _Atomic uint64_t requests, refused, late, cut;
    atomic_uint waiting, connection_count;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool drained, drained_clean; /* under the lock */
};

/* Called by libmicrohttpd; cls is the server. */
void *http_connection_on_target(void *cls, const char *target, struct MHD_Connection *mhd);
enum MHD_Result http_connection_on_request(void *cls, struct MHD_Connection *mhd, const char *url,
                                           const char *method, const char *version,
                                           const char *data, size_t *data_size, void **request);
void http_connection_on_completed(void *cls, struct MHD_Connection *mhd, void **request,
                                  enum MHD_RequestTerminationCode how);
void http_connection_on_change(void *cls, struct MHD_Connection *mhd, void **context,
                               enum MHD_ConnectionNotificationCode what);

/** Close, or answer 503, what is past its deadline. */
void http_connections_sweep(struct http_server *s);

/** Into an empty buffer: what the server says when it answers r itself. */
void http_connection_put_refusal(const struct http_server *s, enum http_refusal r, struct buf *b);

/** Resume all connections whose replies have come from other threads. */
void http_connections_collect(struct http_server *s);

/** Answer r to every exchange that waits, unless its reply is in already. */
void http_connections_give_up(struct http_server *s, enum http_refusal r);

#endif
