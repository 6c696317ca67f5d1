#ifndef CORE_DOMAIN_HTTP_H
#define CORE_DOMAIN_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/base/str.h"

/*
 * The HTTP port: an outgoing client and an incoming exchange. Implementations: core/io for the real
 * ones, tests/support for the scripted one. Nobody else knows libcurl or libmicrohttpd.
 */

struct http_header {
    struct str name, value;
};

enum {
    HTTP_HEADERS_MAX = 16, /* of our own requests and replies */
};

/* ---- client ------------------------------------------------------------------------------- */

enum http_trust {
    /** A host the operator configured (carrier API, own base URL): loopback and private allowed. */
    HTTP_TRUST_CONFIGURED = 0,
    /** A URL that came from a user or over the network: the SSRF guard decides on each address. */
    HTTP_TRUST_FOREIGN,
};

/** Receives body bytes as they come. False aborts the transfer. Called on the client's thread. */
typedef bool http_sink_fn(void *ctx, struct str bytes);

struct http_request {
    const char *method; /* "GET", "POST", "DELETE"; static */
    struct str url;     /* absolute; no user info; a fragment is cut off, not sent */
    struct http_header headers[HTTP_HEADERS_MAX]; /* CR, LF or NUL in one is ERR_INVALID */
    size_t header_count;
    struct str body; /* sent as is, with Content-Length */
    /** Basic authentication, when user is not empty. Sent to this URL's host only. */
    struct str basic_user;
    const struct secret *basic_password;
    uint32_t connect_timeout_ms; /* 0: 5000 */
    uint32_t timeout_ms;         /* whole exchange; 0: 20000 */
    size_t body_max_bytes;       /* of the response; 0: 65536. Counted, not believed */
    enum http_trust trust;
    /**
     * The effect must not happen twice (placing a call): fresh connection, never re-sent by the
     * library (libcurl re-sends a POST when a kept-alive connection dies), no reuse afterwards.
     */
    bool once;
    /** No copy of what is sent outlives the request in this process, as far as the library goes. */
    bool is_secret;
    /** When set, the body of a 2xx goes here instead of response.body. The body of any other
     * status stays in response.body, cut at 64 kB: an error page is never taken for the file. */
    http_sink_fn *sink;
    void *sink_ctx;
};

/** Redirects are never followed: a 3xx is a response like any other. */
struct http_response {
    int status;
    struct buf body;   /* empty when a sink took it */
    struct buf head;   /* raw response header lines, CRLF separated */
    bool length_known; /* Content-Length or chunked framing said where the body ends */
    uint64_t body_bytes;
};

/** Value of a response header, case-insensitive; ptr NULL when absent. Borrowed from r. */
struct str http_response_header(const struct http_response *r, struct str name);
void http_response_release(struct http_response *r); /* zeroed is fine */

/**
 * How an exchange ended. code ERR_OK: a response arrived, whatever its status. ERR_NETWORK: nothing
 * reached the far end, repeating is safe. ERR_UNCERTAIN: it may have (time-out, cut, reset after
 * the request left). ERR_LIMIT: response over body_max_bytes (also uncertain for `once`; err says).
 * ERR_INVALID: the request itself is wrong or the guard refused the address; nothing was sent.
 */
typedef void http_done_fn(void *ctx, enum error_code rc, struct http_response *rsp,
                          const struct error *err);

struct http_client;
struct http_client_ops {
    /** Free everything; running exchanges end with ERR_NETWORK or ERR_UNCERTAIN first. */
    void (*destroy)(struct http_client *c);
    /** See http_client_start(). */
    void (*start)(struct http_client *c, const struct http_request *req, http_done_fn *done,
                  void *ctx);
};
struct http_client {
    const struct http_client_ops *ops;
};

/**
 * Begin one exchange and return at once. req and what it points to are copied except sink,
 * sink_ctx and basic_password, which must live until done. `done` is called exactly once, on the
 * client's thread (or before return when the request is invalid); it must not block; it may take
 * rsp->body by moving it out. May be called from within done.
 */
void http_client_start(struct http_client *c, const struct http_request *req, http_done_fn *done,
                       void *ctx);

/** The same, waiting on the calling thread (never the client's own). Caller releases *out. */
NODISCARD enum error_code http_client_send(struct http_client *c, const struct http_request *req,
                                           struct http_response *out, struct error *err);

void http_client_free(struct http_client *c); /* NULL is fine */

/* ---- server ------------------------------------------------------------------------------- */

/**
 * One incoming request, complete with its body, and the place for its reply. Made by the server;
 * lives until it is answered. The server has already refused smuggling, oversize, bad methods,
 * control characters and non-origin-form targets.
 */
struct http_exchange;
struct http_exchange_ops {
    void (*reply)(struct http_exchange *x);
};

struct http_exchange {
    const struct http_exchange_ops *ops;
    /* request: set by the server, read-only, valid until the reply */
    struct str method; /* "GET" … upper case */
    struct str target; /* raw request target, byte for byte: signatures are made over it */
    struct str path;   /* target before '?', still encoded */
    struct str query;  /* after '?', without it; ptr NULL when there was none */
    struct str body;
    struct str peer; /* address of the far end, for logs and limits */
    bool peer_is_loopback;
    const struct http_header *headers;
    size_t header_count;
    bool secret; /* what came and what is answered is overwritten when it is over, not just freed */
    /* reply: filled by the handler before http_exchange_reply() */
    int status;
    const char *content_type;                           /* static; NULL: none */
    struct http_header reply_headers[HTTP_HEADERS_MAX]; /* values must live until reply returns */
    size_t reply_header_count;
    struct buf reply_body;
    bool cut;                  /* close the connection without a reply; only simulators use it */
    struct arena reply_memory; /* for what the reply borrows; the server releases it */
    /* for the handler's own use while the exchange waits */
    void *user;
};

/** Request header, case-insensitive; ptr NULL when absent. */
struct str http_exchange_header(const struct http_exchange *x, struct str name);

/** Overwrite the body of the request and forget it, before the reply. */
void http_exchange_wipe_body(struct http_exchange *x);

/** Add a reply header; the value is copied. Static name. */
void http_exchange_add_header(struct http_exchange *x, const char *name, struct str value);

/**
 * Send status, content_type, headers and reply_body. Any thread, exactly once; x is gone after it.
 * Within the handler, or later: an exchange that is not answered when the handler returns waits.
 * The server answers 503 itself when its deadline passes or it shuts down; then this does nothing.
 */
void http_exchange_reply(struct http_exchange *x);

/** Shorthand: set status and body (copied) and reply. */
void http_exchange_reply_text(struct http_exchange *x, int status, const char *content_type,
                              struct str body);

/** Called on the server's thread for each complete request; must not block. */
typedef void http_handler_fn(void *ctx, struct http_exchange *x);

/**
 * "https://user:password@host/…" without the login, which is decoded (RFC 3986: "%40" is an "@");
 * "" where there is none. Texts live in the arena or in url.
 */
struct str http_url_without_login(struct arena *a, struct str url, struct str *user,
                                  struct str *password);

#endif
