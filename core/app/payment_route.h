#ifndef CORE_APP_PAYMENT_ROUTE_H
#define CORE_APP_PAYMENT_ROUTE_H

#include "core/app/gateway.h"

/*
 * POST /payment: the connector that carriers' pay steps ask for a charge. Open to
 *   - an address that we gave out with a pay step: /payment/<payment>/<token>,
 *   - basic authentication with PAYMENT_CONNECTOR_PASSWORD, for carriers where a connector is
 *     configured by hand,
 *   - this machine, when the API needs no token and the mock gateway charges.
 * POST /payment/<payment>/<token>/result: how the pay step of a carrier's agent ended.
 * The request's body is read and overwritten at once, on the server's thread; a worker makes the
 * charge. Every answer has the connector's own form, refusals too.
 */
void payment_route(struct gateway *g, struct http_exchange *x);

/** Requests whose bodies may bring card data, or what carriers tell after it was typed. */
bool payment_is_secret(struct str target);

/** NULL: nothing is charged here. gateway_payments() charges; stop before the store goes. */
struct payment_gateway *payment_gateway_of(const struct config *c, struct http_client *http,
                                           struct clock clock);

#endif
