#ifndef TESTS_UNIT_CARRIER_BOX_H
#define TESTS_UNIT_CARRIER_BOX_H

#include <pthread.h>
#include <stdbool.h>

#include "core/base/mem.h"
#include "providers/mock/carrier/carrier.h"

/*
 * The carrier in a box with an application around it, all in one process: the application is a
 * table of documents by path, and every request of the carrier is kept. Requests to the REST face
 * are made without a socket. Virtual time runs as fast as possible.
 */
#define BOX_ACCOUNT "AC00000000000000000000000000000001"
#define BOX_TOKEN   "0123456789abcdef0123456789abcdef"
#define BOX_FROM    "+12025550199"
#define BOX_APP     "http://app.test"

/** What the application answers to requests for a path. */
struct box_page {
    const char *path; /* "/answer"; NULL ends the table */
    const char *body; /* of the nth request for it, see below; NULL: empty */
    int status;       /* 0: 200 */
    const char *type; /* NULL: text/xml */
    enum error_code fail;
    const char *location; /* header, for redirects */
};

/** One request of the carrier. */
struct box_request {
    char *method, *url, *path, *body, *headers;
    struct box_request *next;
};

struct box {
    struct http_client client; /* the application, as the carrier sees it */
    struct carrier *carrier;
    const struct box_page *pages; /* several rows of one path: used in turn, the last one stays */
    pthread_mutex_t mutex;
    pthread_cond_t news;
    struct box_request *first, **end;
    size_t count;
};

struct box_options {
    const char *dialect; /* NULL: twilio, with the account above; others make theirs up */
    const struct box_page *pages;
    const char *scenario; /* JSON; NULL: none */
    uint64_t seed;
    double speed;
    uint32_t calls_max;
};

/** Fails the case and returns false when the carrier does not start. */
bool box_init(struct box *b, const struct box_options *o);
void box_release(struct box *b);

struct box_reply {
    int status;
    bool cut;
    char *body;
    size_t length; /* of body, which may hold NULs */
    char *headers; /* "Name: value\n" each */
};
void box_reply_release(struct box_reply *r);

/** One request to the REST face; path begins behind the account ("/Calls.json"). */
struct box_reply box_rest(struct box *b, const char *method, const char *path, const char *form);

/** The same with the whole target, the account's credentials and this body. Any dialect. */
struct box_reply box_ask(struct box *b, const char *method, const char *target, const char *body);

/** The same with the whole target and these headers. */
struct box_reply box_raw(struct box *b, const char *method, const char *target, const char *form,
                         const struct http_header *headers, size_t header_count);

/** Create a call to this number with answer URL and all status callbacks; the sid goes to sid[35].
 * `more` is more of the form, "&…", or "". */
bool box_call(struct box *b, const char *to, const char *more, char sid[35]);

/** Wait until this many calls have ended and all their webhooks are through. */
bool box_wait_ended(struct box *b, uint64_t calls);

/** The nth request (from 0) for that path, waiting for it; NULL (and a failed case) after 10 s. */
const struct box_request *box_wait(struct box *b, const char *path, size_t n);

/** How many requests for a path have come. */
size_t box_count(struct box *b, const char *path);

/** Decoded value of a parameter of the request's body; "" when absent. In the arena. */
const char *box_param(struct arena *a, const struct box_request *r, const char *name);

/** All requests as text: method, URL, headers, body. Free with mem_free(). */
char *box_log(struct box *b);

/** Text of the string member, "" when absent or null. In the arena. */
const char *box_json(struct arena *a, const char *body, const char *name);

#endif
