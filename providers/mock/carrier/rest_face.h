#ifndef PROVIDERS_MOCK_CARRIER_REST_FACE_H
#define PROVIDERS_MOCK_CARRIER_REST_FACE_H

#include "core/base/form.h"
#include "core/base/json.h"
#include "providers/mock/carrier/core.h"

/*
 * What the REST faces of all dialects share: routes, parameters, credentials, replies, faults on
 * purpose, and the sound of a recording. Everything here runs on the carrier's thread.
 */
enum {
    FACE_IDS_MAX = 3,
};

/** Why a request is refused before its route sees it, or by a helper here. */
enum face_refusal {
    FACE_NO_CREDENTIALS = 1, /* 401 */
    FACE_BAD_CREDENTIALS,    /* 401 */
    FACE_UNREADABLE,         /* 400; text says what cannot be read */
    FACE_NOT_FOUND,          /* 404 */
    FACE_BAD_METHOD,         /* 405 */
    FACE_ON_PURPOSE,         /* any status: the scenario wants it */
    FACE_OVERLOADED,         /* 503 */
};

/** One request to the REST face while it is being answered. Zeroed but for c, x and rest. */
struct face_request {
    struct carrier *c;
    struct http_exchange *x;
    const struct face_rest *rest;
    struct arena arena;
    struct form body, query;      /* a JSON body gives its top-level texts, numbers, booleans, and
                                     arrays of texts as one text with commas */
    struct json_doc *json;        /* the JSON body; NULL when there was none */
    struct str ids[FACE_IDS_MAX]; /* what stands for the '*'s of the route's path */
    bool answered;
};

typedef void face_fn(struct face_request *r);

struct face_route {
    const char *method;
    const char *path; /* '*' is one segment, or the part of one before what follows the '*' */
    face_fn *run;
};

/** How a dialect says what is common to all. */
struct face_rest {
    const struct face_route *routes;
    size_t route_count;
    /* answers the request in the dialect's own words */
    void (*refuse)(struct face_request *r, enum face_refusal why, int status, struct str text);
    face_fn *headers; /* adds those of every reply; may be NULL */
};

/** Frees what the request holds, not the exchange. */
void face_request_release(struct face_request *r);

/**
 * Basic credentials. Answers with a refusal and returns false when they are wrong, or missing and
 * not optional.
 */
bool face_authorized(struct face_request *r, struct str user, struct str password, bool optional);

/** Fill body and query. False: refused, because they cannot be read. */
bool face_read_forms(struct face_request *r);

/** The same for a face whose bodies are JSON objects; a form is read all the same. */
bool face_read_json(struct face_request *r);

/** Run the route of this path (behind the account), or refuse. */
void face_route(struct face_request *r, struct str path);

/** Parameter of the body, or of the query; ptr NULL when absent. */
struct str face_param(const struct face_request *r, const char *name);
struct str face_query(const struct face_request *r, const char *name);

/** The leg that this id names, on time; NULL (unanswered) when there is none or it was deleted. */
struct leg *face_find_leg(struct face_request *r, struct str sid);

/** What the scenario wants this create request to get; NULL: nothing. Counts it. */
const struct callee_fault *face_create_fault(struct carrier *c, struct str to);

/* Each answers the request. */
void face_fault(struct face_request *r, const struct callee_fault *f); /* on purpose */
void face_reply(struct face_request *r, int status, struct buf *json); /* takes the bytes of json */
void face_empty(struct face_request *r, int status);

/** Reply with these bytes, which are moved, not copied. Any thread. */
void face_send(struct http_exchange *x, int status, struct buf *body);

/**
 * The sound of a recording as a WAV file of one or two channels, with ranges: rendered on another
 * thread, or the fault that the scenario wants. Answers the request sooner or later.
 */
void face_send_tape(struct face_request *r, struct tape *t, uint32_t channels);

/** Older than t (NULL: the newest) among the recordings of one leg, or (only NULL) of all. */
const struct tape *face_older_tape(const struct carrier *c, const struct tape *t,
                                   const struct leg *only);

bool face_is_url(struct str s); /* absolute http(s) */

#endif
