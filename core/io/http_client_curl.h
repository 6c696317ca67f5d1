#ifndef CORE_IO_HTTP_CLIENT_CURL_H
#define CORE_IO_HTTP_CLIENT_CURL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/domain/http.h"

/*
 * The HTTP client, on libcurl 7.88. Each of the two trusts has a curl_multi loop, a thread and a
 * pool of connections of its own, so that no connection opened for one is ever used for the other.
 * `done` and sinks run on the thread of the request's trust.
 */
struct http_client_curl_options {
    struct clock clock;       /* for durations in the log */
    struct log *log;          /* may be NULL; must outlive the client */
    unsigned connections_max; /* of each trust, open at a time; more requests wait. 0: 64 */
    const char *ca_file;      /* PEM; NULL: the system's. Copied */
    bool foreign_allow_http;  /* else HTTP_TRUST_FOREIGN is https only */
    /** Ports that HTTP_TRUST_FOREIGN may use; none given: 443, and 80 with foreign_allow_http. */
    const uint16_t *foreign_ports; /* copied */
    size_t foreign_port_count;     /* at most 16 */
    bool foreign_allow_loopback;   /* tests only: loopback, on any port */
};

/** More requests than this at a time, per trust, end with ERR_NETWORK at once. */
enum {
    HTTP_CLIENT_QUEUE_MAX = 4096
};

/** Errors: ERR_IO. Free with http_client_free(). */
NODISCARD enum error_code http_client_curl_new(const struct http_client_curl_options *opts,
                                               struct http_client **out, struct error *err);

#endif
