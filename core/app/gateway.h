#ifndef CORE_APP_GATEWAY_H
#define CORE_APP_GATEWAY_H

#include <stdbool.h>
#include <stdint.h>

#include "core/app/config.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/log_limit.h"
#include "core/engine/engine.h"

/*
 * The composition root: everything that runs hangs off one struct gateway, so a test can run two of
 * them in one process. Built, started, drained and freed here, in order.
 */
struct gateway;

struct http_exchange;
struct webhook_service;
struct dispatcher;
struct event_feed;
struct carrier;
struct swaig_documents;
struct swaig_keys;
struct pool;
struct assistant_files;

struct gateway_options {
    const struct config *config; /* borrowed until gateway_free() */
    struct clock clock;
    int log_fd; /* -1: no log */
};

/**
 * Open the store, build the carriers, listen. On ERR_OK the gateway serves. With provider `mock`
 * the carrier in a box runs inside, on a port of its own.
 */
NODISCARD enum error_code gateway_start(const struct gateway_options *o, struct gateway **out,
                                        struct error *err);

/** "http://127.0.0.1:8080": where it listens. Borrowed. */
const char *gateway_url(const struct gateway *g);

/**
 * Stop gracefully: report draining, refuse new requests, answer what is in flight, finish running
 * jobs, flush the store. At most about grace_ms plus one carrier time-out.
 */
void gateway_drain(struct gateway *g, uint32_t grace_ms);

void gateway_free(struct gateway *g); /* NULL is fine */

/* ---- for the handlers
 * ----------------------------------------------------------------------------- */

const struct engine *gateway_engine(const struct gateway *g);
const struct config *gateway_config(const struct gateway *g);
struct webhook_service *gateway_webhooks(struct gateway *g);
struct dispatcher *gateway_dispatcher(struct gateway *g);
struct event_feed *gateway_events(struct gateway *g);
struct pool *gateway_api_pool(struct gateway *g);
struct pool *gateway_function_pool(struct gateway *g);
struct pool *gateway_payment_pool(struct gateway *g);
struct carrier *gateway_carrier(struct gateway *g); /* NULL unless the provider is mock */
const struct swaig_keys *gateway_swaig_keys(const struct gateway *g);
struct swaig_documents *gateway_swaig_documents(struct gateway *g);
struct log_limit *gateway_refusals(struct gateway *g); /* lines about who is not let in */
bool gateway_is_ready(const struct gateway *g);        /* all parts are there */
bool gateway_is_draining(const struct gateway *g);
bool gateway_token_is_right(const struct gateway *g, struct str token);
bool gateway_needs_token(const struct gateway *g);

/** Their files and the versions in force. */
struct assistant_files *gateway_assistants(struct gateway *g);

#endif
