#ifndef CORE_APP_ROUTES_H
#define CORE_APP_ROUTES_H

#include "core/app/gateway.h"
#include "core/domain/http.h"

/**
 * http_handler_fn of the gateway; ctx is the struct gateway. Carriers' webhooks go to the webhook
 * service; API requests are authorised, read and handed to an API worker; everything else is 404.
 * Thread: the server's.
 */
void routes_handle(void *ctx, struct http_exchange *x);

/** Tell each route of the table: "GET", "/api/calls/{}"; {} takes one path segment. */
void routes_each(void (*each)(void *ctx, const char *method, const char *path), void *ctx);

#endif
