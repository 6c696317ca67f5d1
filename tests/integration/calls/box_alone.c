#include "tests/integration/calls/box_alone.h"

#include <stdio.h>

#include "core/base/secret.h"
#include "core/io/http_client_curl.h"
#include "core/io/http_server_mhd.h"
#include "providers/mock/carrier/carrier.h"

bool box_alone_open(struct box_alone *b, const char *dialect) {
    *b = (struct box_alone){0};
    struct http_client_curl_options ho = {.clock = clock_system()};
    if (!secret_system_init() || http_client_curl_new(&ho, &b->http, NULL) != ERR_OK)
        return false;
    struct carrier_options co = {
        .dialect = dialect, .seed = 5, .http = b->http, .clock = clock_system()};
    if (carrier_new(&co, &b->box, NULL) != ERR_OK)
        return false;
    struct http_server_options so = {
        .clock = clock_system(), .handler = carrier_handle, .handler_ctx = b->box};
    if (http_server_start(&so, &b->server, NULL) != ERR_OK)
        return false;
    snprintf(b->url, sizeof b->url, "http://127.0.0.1:%u", http_server_port(b->server));
    carrier_set_base_url(b->box, str_z(b->url));
    return true;
}

void box_alone_close(struct box_alone *b) {
    if (b->server)
        (void)http_server_drain(b->server, 100);
    carrier_free(b->box);
    http_server_free(b->server);
    http_client_free(b->http);
}

static void nobody(void *ctx, struct http_exchange *x) {
    (void)ctx;
    http_exchange_reply_text(x, 404, "text/plain", STR("nobody"));
}

uint16_t box_alone_find_port(void) {
    struct http_server *server = NULL;
    struct http_server_options o = {.clock = clock_system(), .handler = nobody};
    if (http_server_start(&o, &server, NULL) != ERR_OK)
        return 0;
    uint16_t port = http_server_port(server);
    http_server_free(server);
    return port;
}
