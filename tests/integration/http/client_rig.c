#include "tests/integration/http/client_rig.h"

#include <stdio.h>

#include "tests/support/wire.h"

void client_rig_start(struct client_rig *r, const struct peer_step (*script)[PEER_STEPS_MAX],
                      size_t count) {
    struct http_client_curl_options o = {
        .clock = clock_system(), .foreign_allow_http = true, .foreign_allow_loopback = true};
    struct error err = {0};
    if (http_client_curl_new(&o, &r->client, &err) != ERR_OK)
        mem_panic("client rig: %s", err.text);
    peer_start(&r->peer, script, count);
    snprintf(r->url, sizeof r->url, "http://127.0.0.1:%u/path", (unsigned)r->peer.port);
}

void client_rig_end(struct client_rig *r) {
    http_client_free(r->client);
    peer_end(&r->peer);
}

struct http_request client_rig_request(const struct client_rig *r, const char *method,
                                       const char *body) {
    return (struct http_request){
        .method = method, .url = str_z(r->url), .body = str_z(body), .timeout_ms = WIRE_WAIT_MS};
}
