#ifndef TESTS_SUPPORT_FAKE_HTTP_H
#define TESTS_SUPPORT_FAKE_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "core/domain/http.h"

/*
 * An HTTP client without a network: a script says which requests must come and what each gets.
 * Like the real client it calls `done` on a thread of its own, and may be used from several. A
 * request that the script does not expect fails the test case and ends with ERR_INVALID.
 */
struct fake_exchange {
    const char *method;   /* NULL: any */
    const char *path;     /* of the URL, with its query when one is given here; NULL: any */
    const char *body_has; /* must occur in the request's body; NULL: anything */
    int status;           /* of the reply; 0: end with `fail` instead */
    const char *body;     /* of the reply; NULL: empty */
    const char *headers;  /* of the reply, "Name: value\r\n" each; NULL: none */
    enum error_code fail;
    bool length_unknown; /* the reply's end is where the connection ended */
};

/** One request as it came; strings are NUL-terminated copies that live as long as the fake. */
struct fake_request {
    char *method, *url, *body, *basic_user;
    char *headers; /* "Name: value\n" each */
    size_t body_len;
    enum http_trust trust;
    bool once;
};

struct fake_http;

/** The script must outlive the fake. Rows are used in their order, each once. */
struct fake_http *fake_http_new(const struct fake_exchange *script, size_t count);

/** Rows are taken in any order: the first unused one that fits. For several threads. */
void fake_http_any_order(struct fake_http *f);

/** Unused rows are no failure at fake_http_free(). */
void fake_http_allow_unused(struct fake_http *f);

/** Replies wait from here on, until fake_http_release(). */
void fake_http_hold(struct fake_http *f);
void fake_http_release(struct fake_http *f);

/** The client to hand to the code under test; freeing it does nothing, the fake owns it. */
struct http_client *fake_http_client(struct fake_http *f);

size_t fake_http_calls(struct fake_http *f);

/** Request number i, from 0; NULL when there were fewer. */
const struct fake_request *fake_http_request(struct fake_http *f, size_t i);

/** Wait until all replies have been delivered, then free. Fails the case on unused rows. */
void fake_http_free(struct fake_http *f);
void fake_http_freep(struct fake_http **f); /* for CLEANUP */

#endif
