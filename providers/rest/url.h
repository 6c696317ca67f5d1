#ifndef PROVIDERS_REST_URL_H
#define PROVIDERS_REST_URL_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/str.h"

/** The parts of an absolute URL, byte for byte as written: signatures are made over them. */
struct rest_url {
    struct str scheme;   /* "https" */
    struct str userinfo; /* "user:password"; "" when there is none */
    struct str host;     /* "[::1]" keeps its brackets */
    struct str port;     /* digits; "" when there is none */
    struct str origin;   /* all of the above with what is between: "https://api.example.com:8443" */
    struct str rest;     /* path and query; "" when there is none; the fragment is left out */
};

/**
 * Take http, https, ws or wss URLs apart. False for anything else, for an empty host, a port out of
 * range, white space, control characters, a backslash or non-ASCII bytes.
 */
NODISCARD bool rest_url_parse(struct str s, struct rest_url *out);

/** "443" for https and wss, "80" for http and ws. */
struct str rest_url_default_port(const struct rest_url *u);

/** TLS on the wire? */
bool rest_url_is_tls(const struct rest_url *u);

/** Host is 127.0.0.1, ::1 or localhost, written just so. */
bool rest_url_is_loopback(const struct rest_url *u);

/** Same scheme, host and port (a port left out is the scheme's own). */
bool rest_url_same_origin(const struct rest_url *a, const struct rest_url *b);

#endif
