#ifndef CORE_IO_HTTP_TRANSFER_H
#define CORE_IO_HTTP_TRANSFER_H

#include <curl/curl.h>

#include "core/domain/http.h"

/*
 * One exchange of the client: a pooled libcurl handle, what it has seen so far, and what that
 * means. Private to the client. In one thread at a time: prepared by the caller's, run by the
 * lane's.
 */

enum {
    HTTP_FOREIGN_PORTS_MAX = 16
};

/** What holds for every transfer of one lane. */
struct http_transfer_policy {
    bool foreign;
    bool allow_http, allow_loopback;
    uint16_t ports[HTTP_FOREIGN_PORTS_MAX]; /* foreign only */
    size_t port_count;
    char *ca_file; /* NULL: the system's */
};

enum http_stop { /* why one of our own callbacks ended a transfer */
    HTTP_STOP_NONE = 0,
    HTTP_STOP_ADDRESS, /* the guard */
    HTTP_STOP_RESEND,  /* libcurl was about to send a request twice */
    HTTP_STOP_HEAD,    /* response head too long */
    HTTP_STOP_BODY,    /* response body too long */
    HTTP_STOP_SINK,    /* the sink said no */
    HTTP_STOP_CLOSING, /* the client is being freed */
};

struct http_transfer {
    struct http_transfer *prev, *next; /* in the lane's lists */
    const struct http_transfer_policy *policy;
    CURL *easy;
    CURLU *url;
    struct curl_slist *headers;
    struct buf body; /* of the request */
    const char *method;
    char host[256];
    http_done_fn *done;
    void *ctx;
    http_sink_fn *sink;
    void *sink_ctx;
    size_t body_max_bytes;
    bool is_secret;  /* to be freed, not to be used again */
    bool repeatable; /* sending it twice does what sending it once does */
    int64_t started_ms;
    /* what happened */
    enum http_stop stop;
    unsigned sends; /* times the request was about to leave: 0 means it certainly did not */
    unsigned addresses_denied, addresses_tried;
    unsigned status_lines, length_headers;
    size_t head_bytes;
    bool in_body;
    struct http_response rsp;
    char curl_says[CURL_ERROR_SIZE];
};

struct http_transfer *http_transfer_new(const struct http_transfer_policy *policy); /* NULL: OOM */
void http_transfer_free(struct http_transfer *t);

/** Check req and set everything up. ERR_INVALID: the request is wrong; nothing is kept of it. */
NODISCARD enum error_code http_transfer_prepare(struct http_transfer *t,
                                                const struct http_request *req, struct error *err);

/** What the end of the transfer means; completes t->rsp. */
enum error_code http_transfer_result(struct http_transfer *t, CURLcode code, struct error *err);

/** Forget the request and the response; ready to be prepared again. */
void http_transfer_reset(struct http_transfer *t);

#endif
