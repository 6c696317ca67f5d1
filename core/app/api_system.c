#include "core/app/api.h"
#include "core/app/carrier_facts.h"

/* Health, readiness, the carriers. */

void api_healthz(struct gateway *g, struct http_exchange *x) {
    (void)g;
    http_exchange_reply_text(x, 200, "application/json", STR("{\"status\":\"ok\"}"));
}

void api_readyz(struct gateway *g, struct http_exchange *x) {
    struct error err = {0};
    if (gateway_is_draining(g))
        api_problem(x, 503, "busy", NULL, "draining: the gateway is shutting down");
    else if (store_health(gateway_engine(g)->store, &err) != ERR_OK)
        api_problem(x, 503, "store", NULL, err.text);
    else
        http_exchange_reply_text(x, 200, "application/json", STR("{\"status\":\"ready\"}"));
}

void api_list_providers(struct api_request *r) {
    struct json_writer w;
    api_begin_items(r, &w);
    carrier_facts_put(&w, gateway_config(r->gateway));
    api_reply_items(r, &w, "", 0);
}
