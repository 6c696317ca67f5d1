#ifndef CORE_IO_HTTP_SERVER_MHD_H
#define CORE_IO_HTTP_SERVER_MHD_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/domain/http.h"

/*
 * The HTTP server, on libmicrohttpd 0.9.75: one thread runs its external epoll loop, handlers run
 * on that thread, replies come from any. docs/internals/http.md has the reasons.
 */
struct http_server_options {
    const char *address;            /* IPv4 or IPv6 literal; NULL: "127.0.0.1" */
    uint16_t port;                  /* 0: any free one, see http_server_port() */
    size_t body_max_bytes;          /* 0: 65536; longer bodies are answered 413 at once */
    size_t connection_memory_bytes; /* request line and headers; 0: 8192 */
    unsigned connections_max;       /* 0: 512, or half of RLIMIT_NOFILE when that is less */
    uint32_t request_deadline_ms;   /* from its first byte a request must arrive in; 0: 10000 */
    uint32_t reply_deadline_ms;     /* then a waiting exchange is answered 503; 0: 30000 */
    uint32_t idle_timeout_ms;       /* between the requests of a connection; 0: 60000 */
    struct clock clock;             /* mono_ms is read on the server's thread */
    struct log *log;                /* may be NULL; must outlive the server */
    /** Requests for such targets leave nothing in memory: they may bring what must not be kept.
     * NULL: none. */
    bool (*is_secret)(struct str target);
    http_handler_fn *handler; /* on the server's thread; must not block */
    void *handler_ctx;
    /** Writes the body of what the server refuses itself, of that (static) type. text is one
     * English line. NULL: that line, as text/plain. */
    void (*write_refusal)(struct buf *body, int status, const char *text);
    const char *refusal_type;
};

struct http_server;

/**
 * Listen and serve. Errors: ERR_INVALID (address, or more connections than RLIMIT_NOFILE allows),
 * ERR_IO (address in use or not ours, no thread).
 * Installs libmicrohttpd's panic function, which is one for the whole process: it prints the
 * reason and aborts.
 */
NODISCARD enum error_code http_server_start(const struct http_server_options *opts,
                                            struct http_server **out, struct error *err);

uint16_t http_server_port(const struct http_server *s);

struct http_server_stats {
    uint64_t requests; /* complete heads, refused ones included */
    uint64_t refused;  /* by the table of http_refuse.h */
    uint64_t late;     /* waiting exchanges that the deadline answered */
    uint64_t cut;      /* connections closed for taking too long */
    unsigned waiting;  /* exchanges whose handler has returned without a reply */
    unsigned connections;
};
struct http_server_stats http_server_stats(struct http_server *s); /* any thread */

/**
 * End gracefully: refuse new connections, answer what is in flight with "Connection: close", close
 * idle connections, wait for the rest. What still waits after grace_ms is answered 503.
 * True when nothing had to be cut off. Blocks; not on the server's thread. Once.
 */
bool http_server_drain(struct http_server *s, uint32_t grace_ms);

/** Answer what waits with 503, close all, join the thread. NULL is fine. */
void http_server_free(struct http_server *s);

#endif
