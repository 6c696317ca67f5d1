#ifndef TESTS_INTEGRATION_HTTP_CLIENT_RIG_H
#define TESTS_INTEGRATION_HTTP_CLIENT_RIG_H

#include "core/io/http_client_curl.h"
#include "tests/integration/http/peer.h"

/** A real client, and a scripted far end for it to talk to. */
struct client_rig {
    struct http_client *client;
    struct peer peer;
    char url[64]; /* "http://127.0.0.1:PORT/path" */
};

void client_rig_start(struct client_rig *r, const struct peer_step (*script)[PEER_STEPS_MAX],
                      size_t count);

/** Ends both; r->peer.seen stays readable until peer_release(&r->peer). */
void client_rig_end(struct client_rig *r);

/** A request to the peer, which has all the time that a busy machine may need. */
struct http_request client_rig_request(const struct client_rig *r, const char *method,
                                       const char *body);

#endif
