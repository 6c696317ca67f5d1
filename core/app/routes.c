#include "core/app/routes.h"

#include "core/app/api.h"
#include "core/app/payment_route.h"
#include "core/app/swaig.h"
#include "core/base/mem.h"
#include "core/engine/webhook_service.h"

typedef void direct_fn(struct gateway *g, struct http_exchange *x);

/* The API on one screen. {} takes one path segment. */
static const struct route {
    const char *method, *path;
    api_handler_fn *handler; /* on an API worker, behind the token */
    direct_fn *direct;       /* on the server's thread, open to all */
    const char *query; /* the parameters that a handler reads; NULL: none. All others are refused */
} routes[] = {
    {"POST", "/api/calls", api_place_call, NULL, NULL},
    {"GET", "/api/calls", api_list_calls, NULL,
     "status to from assistant provider since until limit cursor"},
    {"GET", "/api/calls/{}", api_get_call, NULL, NULL},
    {"GET", "/api/calls/{}/events", api_call_events, NULL, "cursor wait_s"},
    {"GET", "/api/calls/{}/transcript", api_call_transcript, NULL, NULL},
    {"POST", "/api/calls/{}/hangup", api_hang_up, NULL, NULL},
    {"POST", "/api/calls/{}/recording", api_call_recording, NULL, NULL},
    {"GET", "/api/summary", api_summary, NULL, NULL},
    {"GET", "/api/sessions", api_list_sessions, NULL, "limit cursor"},
    {"GET", "/api/information", api_list_information, NULL,
     "category caller_id session_id limit cursor"},
    {"POST", "/api/information", api_add_information, NULL, NULL},
    {"POST", "/api/test_function", api_test_function, NULL, NULL},
    {"GET", "/api/consents", api_list_consents, NULL,
     "caller phone purpose answer since until limit cursor"},
    {"POST", "/api/consents", api_add_consent, NULL, NULL},
    {"GET", "/api/consents/{}", api_get_consent, NULL, NULL},
    {"GET", "/api/recordings", api_list_recordings, NULL, "call_id limit cursor"},
    {"GET", "/api/recordings/{}", api_get_recording, NULL, NULL},
    {"GET", "/api/recordings/{}/audio", api_recording_audio, NULL, NULL},
    {"GET", "/api/assistants", api_list_assistants, NULL, NULL},
    {"GET", "/api/providers", api_list_providers, NULL, NULL},
    {"POST", "/payment", NULL, payment_route, NULL},
    {"POST", "/payment/{}/{}", NULL, payment_route, NULL},
    {"POST", "/payment/{}/{}/result", NULL, payment_route, NULL},
    {"GET", "/openapi.json", NULL, api_openapi, NULL},
    {"GET", "/assistant.schema.json", NULL, api_assistant_schema, NULL},
    {"GET", "/healthz", NULL, api_healthz, NULL},
    {"GET", "/readyz", NULL, api_readyz, NULL},
};

void routes_each(void (*each)(void *ctx, const char *method, const char *path), void *ctx) {
    for (size_t i = 0; i < ARRAY_LEN(routes); i++)
        each(ctx, routes[i].method, routes[i].path);
    swaig_each_route(each, ctx);
}

static bool path_fits(struct str pattern, struct str path, struct str *params) {
    struct str want, got;
    size_t n = 0;
    for (;;) {
        bool more_want = str_next(&pattern, '/', &want), more_got = str_next(&path, '/', &got);
        if (more_want != more_got)
            return false;
        if (!more_want)
            return true;
        if (str_eq_z(want, "{}")) {
            if (got.len == 0 || n == API_PARAMS_MAX)
                return false;
            params[n++] = got;
        } else if (!str_eq(want, got)) {
            return false;
        }
    }
}

/* ---- the API's door ---------------------------------------------------------------------------
 */

static bool is_local_name(struct str host) {
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct str name = str_z(names[i]);
        if (host.len >= name.len && str_eq_nocase(str_from(host.ptr, name.len), name) &&
            (host.len == name.len || host.ptr[name.len] == ':'))
            return true;
    }
    return false;
}

/*
 * Without a token only this machine may come in. A loopback peer alone does not prove that: behind
 * a tunnel or proxy everybody is one, and so is a web page whose name was made to lead here.
 */
bool api_is_local(const struct http_exchange *x) {
    static const char *const forwarded[] = {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host",
                                            "Via"};
    bool direct = x->peer_is_loopback && is_local_name(http_exchange_header(x, STR("Host")));
    for (size_t i = 0; i < ARRAY_LEN(forwarded); i++)
        direct = direct && !http_exchange_header(x, str_z(forwarded[i])).ptr;
    return direct;
}

static bool is_authorised(struct gateway *g, const struct http_exchange *x) {
    if (!gateway_needs_token(g))
        return api_is_local(x);
    struct str header = http_exchange_header(x, STR("Authorization"));
    return header.len > 7 && str_eq_nocase(str_from(header.ptr, 7), STR("Bearer ")) &&
           gateway_token_is_right(g, str_trim(str_from_index(header, 7)));
}

/* A page in somebody's browser must not be able to place calls through a gateway without token:
   it cannot send JSON to another origin without asking first, and we never say yes. */
bool api_is_json(struct str type) {
    struct str media = {0};
    return type.ptr && str_next(&type, ';', &media) &&
           str_eq_nocase(str_trim(media), STR("application/json"));
}

/* *status: the reply's, where it is not that of the error. */
static enum error_code read_body(struct api_request *r, int *status) {
    struct http_exchange *x = r->exchange;
    bool has_body = x->body.len > 0;
    if (!str_eq_z(x->method, "POST"))
        return ERR_OK;
    if (has_body && !api_is_json(http_exchange_header(x, STR("Content-Type")))) {
        *status = 415;
        return error_set(&r->error, ERR_INVALID, "send the body as Content-Type: application/json");
    }
    if (!has_body) {
        /* an empty POST has no content type to check: a browser's form could send it */
        if (http_exchange_header(x, STR("Origin")).ptr && !gateway_needs_token(r->gateway)) {
            *status = 403;
            return error_set(&r->error, ERR_AUTH, "requests from web pages need a token");
        }
        return ERR_OK;
    }
    struct json_limits limits = {.bytes_max = API_BODY_MAX, .values_max = 5000};
    return json_parse(x->body, &limits, &r->body, &r->error);
}

static bool is_taken(const char *query, struct str name) {
    struct str rest = str_z(query ? query : ""), word;
    while (str_next(&rest, ' ', &word))
        if (word.len > 0 && str_eq(word, name))
            return true;
    return false;
}

/* What would be left out silently is refused: the caller meant something by it. */
static enum error_code check_query(struct api_request *r, const char *query) {
    for (size_t i = 0; i < r->query.count; i++) {
        const struct form_pair *pair = &r->query.pairs[i];
        char name[48];
        if (!str_copy(pair->name, name, sizeof name))
            name[0] = '\0';
        if (!is_taken(query, pair->name))
            return error_field(&r->error, ERR_INVALID, name,
                               "is no parameter of this address, which takes %s",
                               query ? query : "none");
        if (form_get(&r->query, pair->name).ptr != pair->value.ptr)
            return error_field(&r->error, ERR_INVALID, name, "is given twice");
        if (pair->value.len == 0)
            return error_field(&r->error, ERR_INVALID, name,
                               "is empty: give it a value, or leave it out");
    }
    return ERR_OK;
}

static enum error_code read_query(struct api_request *r, const char *query) {
    struct str text = r->exchange->query;
    if (!text.ptr)
        return ERR_OK;
    if (form_parse(&r->arena, text, &r->query, &r->error) != ERR_OK)
        return error_set(&r->error, ERR_INVALID, "the query: %s", r->error.text);
    return check_query(r, query);
}

static void run_api(struct pool_task *t) {
    struct api_request *r = container_of(t, struct api_request, task);
    r->handler(r);
}

static void start_api(struct gateway *g, const struct route *route, struct http_exchange *x,
                      const struct str *params) {
    if (!is_authorised(g, x)) {
        api_problem(x, 401, "unauthorized", NULL,
                    gateway_needs_token(g)
                        ? "send the API token: Authorization: Bearer <SWITCHHOOK_API_TOKEN>"
                        : "without a token only this machine may use the API: set "
                          "SWITCHHOOK_API_TOKEN to let others in");
        return;
    }
    struct api_request *r = mem_zalloc(sizeof *r);
    r->gateway = g;
    r->exchange = x;
    r->handler = route->handler;
    memcpy(r->params, params, sizeof r->params);
    int status = 0;
    enum error_code rc = read_body(r, &status);
    if (rc == ERR_OK)
        rc = read_query(r, route->query);
    if (rc != ERR_OK && status != 0) {
        api_problem(x, status, "invalid", NULL, r->error.text);
        api_request_free(r);
        return;
    }
    if (rc != ERR_OK) {
        api_fail(r, rc);
        return;
    }
    r->task.run = run_api;
    if (!pool_submit(gateway_api_pool(g), &r->task)) {
        error_set(&r->error, ERR_BUSY, "the gateway is busy or shutting down; try again");
        api_fail(r, ERR_BUSY);
    }
}

/* ---- entry ------------------------------------------------------------------------------------
 */

static void put_allowed(struct buf *b, struct str path) {
    struct str params[API_PARAMS_MAX];
    for (size_t i = 0; i < ARRAY_LEN(routes); i++)
        if (path_fits(str_z(routes[i].path), path, params))
            buf_printf(b, "%s%s", b->len ? ", " : "", routes[i].method);
}

static void refuse(struct http_exchange *x) {
    struct buf allowed = BUF_INIT(256);
    put_allowed(&allowed, x->path);
    if (allowed.len == 0) {
        buf_release(&allowed);
        api_problem(x, 404, "not_found", NULL, "there is nothing here; see /openapi.json");
        return;
    }
    http_exchange_add_header(x, "Allow", buf_str(&allowed));
    buf_release(&allowed);
    api_problem(x, 405, "method", NULL, "this address does not take this method");
}

void routes_handle(void *ctx, struct http_exchange *x) {
    struct gateway *g = ctx;
    struct str params[API_PARAMS_MAX] = {0};
    if (!gateway_is_ready(g)) {
        api_problem(x, 503, "busy", NULL, "the gateway is starting");
        return;
    }
    if (str_starts(x->path, STR("/voice/"))) {
        webhook_service_handle(gateway_webhooks(g), x);
        return;
    }
    if (swaig_is_path(x->path)) {
        swaig_handle(g, x);
        return;
    }
    bool head = str_eq_z(x->method, "HEAD");
    for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
        const struct route *route = &routes[i];
        if (!str_eq_z(head ? STR("GET") : x->method, route->method) ||
            !path_fits(str_z(route->path), x->path, params))
            continue;
        if (route->direct)
            route->direct(g, x);
        else
            start_api(g, route, x, params);
        return;
    }
    refuse(x);
}
