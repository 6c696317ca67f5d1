#ifndef CORE_APP_PROVIDERS_SETUP_H
#define CORE_APP_PROVIDERS_SETUP_H

#include "core/app/config.h"
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/log.h"

struct carrier;
struct http_client;
struct http_server;
struct provider;

/*
 * The providers of the configured carrier and of the fallback, and the carrier in a box that one of
 * them needs when it is the mock.
 */

enum {
    PROVIDERS_MAX = 2
};

struct providers_setup_options {
    const struct config *config; /* like the rest, borrowed until the release */
    struct str public_base_url;  /* where carriers reach us */
    struct http_client *http;
    struct clock clock;
    struct log *log;
};

struct providers_setup {
    struct provider *providers[PROVIDERS_MAX]; /* the configured one, then the fallback */
    size_t count;
    struct carrier *box; /* NULL unless one of them is the mock */
    struct http_server *box_server;
    char box_url[64];
    struct secret box_token, box_signing_key; /* what the mock authenticates and signs with */
};

/** Whatever it returns, stop and release *out. Errors name the setting. */
NODISCARD enum error_code providers_setup_start(const struct providers_setup_options *o,
                                                struct providers_setup *out, struct error *err);

/** End the box: no more webhooks, no more answers. The provider stays. Twice is fine. */
void providers_setup_stop(struct providers_setup *s);

/** Stops and frees all of it; zeroed is fine. */
void providers_setup_release(struct providers_setup *s);

#endif
