#include "core/app/api.h"
#include "core/app/carrier_facts.h"
#include "core/domain/assistant.h"

/* Health, readiness, the assistants, the carriers, the API's own description. */

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

static void put_assistant(void *ctx, const struct assistant *a) {
    struct json_writer *w = ctx;
    json_begin_object(w);
    json_kv_string(w, "name", a->name);
    json_kv_string(w, "title", a->title);
    json_kv_z(w, "brain", assistant_brain_name(a->brain));
    json_kv_z(w, "record", call_record_name(a->recording.rule));
    json_key(w, "functions");
    json_begin_array(w);
    for (size_t i = 0; i < a->function_count; i++)
        json_put_string(w, a->functions[i].name);
    json_end_array(w);
    json_key(w, "variables");
    json_begin_object(w);
    for (size_t i = 0; i < a->variable_count; i++) {
        json_key_str(w, a->variables[i].name);
        json_put_string(w, a->variables[i].value);
    }
    json_end_object(w);
    json_end_object(w);
}

void api_list_assistants(struct api_request *r) {
    struct json_writer w;
    api_begin_items(r, &w);
    gateway_each_assistant(r->gateway, put_assistant, &w);
    api_reply_items(r, &w, "", 0);
}

void api_list_providers(struct api_request *r) {
    struct json_writer w;
    api_begin_items(r, &w);
    carrier_facts_put(&w, gateway_config(r->gateway));
    api_reply_items(r, &w, "", 0);
}
