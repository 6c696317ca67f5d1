#ifndef PROVIDERS_MOCK_CARRIER_OUTGOING_H
#define PROVIDERS_MOCK_CARRIER_OUTGOING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/domain/http.h"
#include "providers/mock/carrier/hub.h"
#include "providers/mock/carrier/leg.h"
#include "providers/mock/carrier/params.h"

/*
 * Requests of the carrier to the application, with the carrier's own rules for time-outs, retries
 * and redirects. At most OUTGOING_IN_FLIGHT_MAX run at once, the rest waits its turn.
 */
enum {
    OUTGOING_IN_FLIGHT_MAX = 64,
    OUTGOING_REDIRECTS_MAX = 10,
    OUTGOING_TIMEOUT_MS = 15000,
    OUTGOING_DOCUMENT_MAX = 64 * 1024,
    OUTGOING_JSON_MAX = 1024 * 1024,
    OUTGOING_HEADERS_MAX = 8,
};

enum outgoing_kind {
    OUTGOING_NOTICE = 0, /* any 2xx will do, the body is ignored */
    OUTGOING_DOCUMENT,   /* the reply is what the call does next */
    OUTGOING_MEDIA,      /* a sound file to play: no parameters, no signature */
    OUTGOING_KIND_COUNT
};

/** Connection overrides, from the fragment of the URL ("Twilio docs: Webhooks connection
 * overrides"). */
struct outgoing_rules {
    uint32_t connect_ms, read_ms, total_ms, retries;
    uint32_t retry_on; /* set of enum outgoing_retry */
};
enum outgoing_retry {
    OUTGOING_RETRY_CONNECT = 1,
    OUTGOING_RETRY_READ = 2,
    OUTGOING_RETRY_4XX = 4,
    OUTGOING_RETRY_5XX = 8
};

/** false when the fragment has a bad value; then *out holds the defaults. */
bool outgoing_rules_parse(struct str fragment, struct outgoing_rules *out);

typedef void outgoing_done_fn(struct carrier *c, struct outgoing *o);

struct outgoing {
    struct hub_item item; /* first: the reply's way back to the carrier's thread */
    struct hub *hub;
    struct outgoing *next;
    struct leg *leg;
    enum outgoing_kind kind;
    uint32_t epoch;
    bool get, no_params; /* no_params: a redirect took them away */
    const char *method;  /* another one than GET and POST; static; NULL: as `get` says */
    struct buf url;      /* as configured, without user, password and fragment */
    struct buf user;
    struct secret password;
    bool send_password;
    struct outgoing_rules rules;
    struct params params;
    struct buf json; /* the body instead of params, when there is something in it */
    struct http_header headers[OUTGOING_HEADERS_MAX]; /* of the document's own; in params.arena */
    size_t header_count;
    uint32_t face_flags; /* the face's own marks, for its sign() */
    char token[37];      /* the same for all tries */
    uint32_t tries, redirects;
    int64_t started_ms;     /* real, monotonic; of the first try */
    uint64_t media_bytes;   /* OUTGOING_MEDIA */
    char media_head[48];    /* its first bytes */
    outgoing_done_fn *done; /* on the carrier's thread; the exchange is freed after it */
    bool keep;              /* done() took it: it frees it itself with outgoing_free() */

    /* how it ended */
    enum error_code rc;
    int status; /* 0: no reply */
    struct buf body;
    char content_type[64];
    int carrier_code; /* 0: well; else 11200, 11205, 11210, 11215, 11750, 15003 … */
};

/** A request to the hook; NULL when it goes nowhere. Fill params, then outgoing_send(). */
struct outgoing *outgoing_new(struct carrier *c, struct leg *l, enum outgoing_kind kind,
                              struct str url, bool get);

/** Give it away. done may be NULL. The leg waits for it at speed 0. */
void outgoing_send(struct carrier *c, struct outgoing *o, outgoing_done_fn *done);

/** A header that the document asks for, copied; it stands in for the carrier's own of that name. */
void outgoing_add_header(struct outgoing *o, struct str name, struct str value);

void outgoing_free(struct outgoing *o); /* NULL is fine */

/** Absolute form of a URL written in a document that came from base ("" for none). */
bool outgoing_resolve(struct str base, struct str url, struct buf *out);

/** Start what waits while there is room. */
void outgoing_pump(struct carrier *c);

#endif
