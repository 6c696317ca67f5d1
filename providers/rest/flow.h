#ifndef PROVIDERS_REST_FLOW_H
#define PROVIDERS_REST_FLOW_H

#include "providers/rest/limit.h"
#include "providers/rest/rest.h"

/* Inside of providers/rest: the provider itself, and one exchange with its carrier. */

struct rest_provider {
    struct provider base;
    const struct rest_dialect *dialect;
    struct rest_account account;
    struct str auth_user;
    struct secret auth_password; /* our own copy */
    struct rest_url api;         /* of account.base_url */
    struct http_client *http;
    struct clock clock;
    struct rest_options options;
    struct rest_limit *limit; /* of requests to the API; NULL: none */
    struct rest_signer signer;
    struct arena memory; /* the strings above */
};

/** How a request may be treated. */
enum rest_mode {
    REST_READ = 1, /* a GET: may be repeated once */
    REST_CHANGE,   /* an update: sent once by us, the engine may repeat it */
    REST_CREATE,   /* sent once by everybody: fresh connection, never re-sent */
};

/** A request with the flow's limits; release it. */
struct rest_request rest_request_init(void);
void rest_request_release(struct rest_request *r);

/** When an operation that starts now has to be over: mono_ms. */
int64_t rest_deadline(const struct rest_provider *p);

struct rest_sink {
    http_sink_fn *fn;
    void *ctx;
    uint64_t bytes; /* delivered so far: once there are any, nothing is repeated */
    bool refused;   /* fn said stop */
};

/**
 * One exchange with the API host, with the account's credentials. ERR_OK: a response is there,
 * whatever its status; release it. sink: NULL, or where the body of a 2xx goes.
 */
NODISCARD enum error_code rest_send(const struct rest_provider *p, const struct rest_request *r,
                                    enum rest_mode mode, int64_t deadline, struct rest_sink *sink,
                                    struct http_response *out, struct error *err);

static inline bool rest_is_success(const struct http_response *r) {
    return r->status >= 200 && r->status < 300;
}

/** Wait as the options say: really, or on a fake clock. */
void rest_wait_ms(const struct rest_provider *p, uint32_t ms);

/** A status that may be another one soon: 408, 429, 500, 502 to 504. */
bool rest_is_passing(int status);

/** The carrier's words, in the arena: our own addresses in them without path and credentials. */
struct str rest_without_addresses(const struct rest_account *a, struct arena *arena,
                                  struct str text);

/** The error of a response that is no success. known: whether the carrier itself said it. */
enum error_code rest_failure(const struct rest_provider *p, const struct http_response *r,
                             bool *known, struct error *err);

/** rest_send() and, unless the status is 2xx, rest_failure(). */
NODISCARD enum error_code rest_ask(const struct rest_provider *p, const struct rest_request *r,
                                   enum rest_mode mode, int64_t deadline, struct http_response *out,
                                   struct error *err);

/**
 * The id under which a recording's file is kept (CALL_SID_SIZE bytes): sid itself, unless the
 * dialect has to ask. In media.c.
 */
NODISCARD enum error_code rest_find_file(const struct rest_provider *p, struct str call_sid,
                                         struct str sid, int64_t deadline, char *out,
                                         struct error *err);

/** provider_fetch_recording(); in media.c. */
enum error_code rest_fetch(struct rest_provider *p, struct str call_sid, struct str sid, bool mp3,
                           http_sink_fn *sink, void *ctx, struct provider_audio *out,
                           struct error *err);

/** Our own answer to a request that an encoder could not finish within its limits. */
enum error_code rest_request_check(const struct rest_request *r, struct error *err);

#endif
