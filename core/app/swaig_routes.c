#include "core/app/api.h"
#include "core/app/swaig.h"
#include "core/app/swaig_keys.h"
#include "core/base/mem.h"

enum {
    SEGMENTS_MAX = 4
};

static void open_health(struct gateway *g, struct http_exchange *x, struct str name);
static void open_ready(struct gateway *g, struct http_exchange *x, struct str name);

/* A trailing slash is allowed everywhere. */
static const struct swaig_route {
    const char *root, *tail;
    swaig_handler_fn *get, *post;
    void (*open)(struct gateway *g, struct http_exchange *x, struct str name); /* to everybody */
} routes[] = {
    {"swml", "", swaig_give_document, swaig_give_document, NULL},
    {"swaig", "", swaig_give_document, swaig_run_function, NULL},
    {"swaig", "post_prompt", NULL, swaig_take_report, NULL},
    {"swaig", "health", NULL, NULL, open_health},
    {"swaig", "ready", NULL, NULL, open_ready},
};

/* ---- replies -----------------------------------------------------------------------------------
 */

static void add_headers(struct http_exchange *x) {
    http_exchange_add_header(x, "X-Content-Type-Options", STR("nosniff"));
    http_exchange_add_header(x, "X-Frame-Options", STR("DENY"));
    http_exchange_add_header(x, "Referrer-Policy", STR("no-referrer"));
    http_exchange_add_header(x, "Cache-Control", STR("no-store")); /* there are tokens in it */
}

static void send_json(struct http_exchange *x, int status, struct str json) {
    add_headers(x);
    if (status == 401)
        http_exchange_add_header(x, "WWW-Authenticate", STR("Basic realm=\"switchhook\""));
    if (status == 503)
        http_exchange_add_header(x, "Retry-After", STR("2"));
    http_exchange_reply_text(x, status, "application/json", json);
}

static void send_error(struct http_exchange *x, int status, const char *what) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(1024);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_z(&w, "error", what);
    json_end_object(&w);
    send_json(x, status, buf_str(&b));
}

static void task_free(struct swaig_task *t) {
    swaig_request_release(&t->request);
    assistant_unref(t->assistant);
    arena_wipe(&t->arena);
    mem_free(t);
}

void swaig_reply_json(struct swaig_task *t, struct str json) {
    struct http_exchange *x = t->exchange;
    x->reply_body.max = SWAIG_BYTES_MAX;
    send_json(x, 200, json);
    task_free(t);
}

void swaig_reply_error(struct swaig_task *t, int status, const char *what) {
    send_error(t->exchange, status, what);
    task_free(t);
}

/* ---- open to everybody -------------------------------------------------------------------------
 */

static bool is_known(struct gateway *g, struct str name) {
    const struct engine *e = gateway_engine(g);
    const struct assistant *a = e->find_assistant(e->assistants, name);
    assistant_unref(a);
    return a != NULL;
}

static void open_health(struct gateway *g, struct http_exchange *x, struct str name) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(1024);
    struct json_writer w;
    if (!is_known(g, name)) {
        send_error(x, 404, "Not Found");
        return;
    }
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_z(&w, "status", "healthy");
    json_kv_string(&w, "agent", name);
    json_end_object(&w);
    send_json(x, 200, buf_str(&b));
}

static void open_ready(struct gateway *g, struct http_exchange *x, struct str name) {
    if (!is_known(g, name))
        send_error(x, 404, "Not Found");
    else if (gateway_is_draining(g))
        send_error(x, 503, "shutting down");
    else
        send_json(x, 200, STR("{\"status\":\"ready\"}"));
}

/* ---- the way in --------------------------------------------------------------------------------
 */

bool swaig_is_path(struct str path) {
    return str_starts(path, STR("/swml/")) || str_starts(path, STR("/swaig/"));
}

/* "/swaig/name/post_prompt/": empty, root, name, tail, and an empty one for the last slash. */
static const struct swaig_route *find_route(struct str path, struct str *name) {
    struct str part[SEGMENTS_MAX + 1] = {{0}};
    size_t n = 0;
    while (n <= SEGMENTS_MAX && str_next(&path, '/', &part[n]))
        n++;
    if (n > 3 && part[n - 1].len == 0)
        n--;
    if (n < 3 || n > SEGMENTS_MAX || part[2].len == 0)
        return NULL;
    *name = part[2];
    for (size_t i = 0; i < ARRAY_LEN(routes); i++)
        if (str_eq_z(part[1], routes[i].root) &&
            str_eq_z(n == 4 ? part[3] : STR(""), routes[i].tail))
            return &routes[i];
    return NULL;
}

void swaig_each_route(void (*each)(void *ctx, const char *method, const char *path), void *ctx) {
    for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
        CLEANUP(buf_release) struct buf path = BUF_INIT(128);
        buf_printf(&path, "/%s/{}%s%s", routes[i].root, routes[i].tail[0] ? "/" : "",
                   routes[i].tail);
        if (routes[i].get || routes[i].open)
            each(ctx, "GET", path.ptr);
        if (routes[i].post)
            each(ctx, "POST", path.ptr);
    }
}

static bool is_json(struct str type) {
    struct str media = {0};
    return type.ptr && str_next(&type, ';', &media) &&
           str_eq_nocase(str_trim(media), STR("application/json"));
}

static void run_task(struct pool_task *task) {
    struct swaig_task *t = container_of(task, struct swaig_task, task);
    const struct engine *e = gateway_engine(t->gateway);
    struct error err = {0};
    t->assistant = e->find_assistant(e->assistants, t->name);
    if (!t->assistant) {
        swaig_reply_error(t, 404, "Not Found");
        return;
    }
    if (t->exchange->query.ptr &&
        form_parse(&t->arena, t->exchange->query, &t->query, &err) != ERR_OK) {
        swaig_reply_error(t, 400, "Invalid query");
        return;
    }
    if (t->exchange->body.len > 0 &&
        swaig_request_read(t->exchange->body, &t->request, &err) == ERR_LIMIT) {
        swaig_reply_error(t, 413, "Request too large");
        return;
    }
    t->run(t);
}

static void start(struct gateway *g, struct http_exchange *x, swaig_handler_fn *handler,
                  struct str name) {
    struct swaig_task *t = mem_zalloc(sizeof *t);
    t->gateway = g;
    t->exchange = x;
    t->run = handler;
    t->name = name;
    t->task.run = run_task;
    if (!pool_submit(gateway_api_pool(g), &t->task))
        swaig_reply_error(t, 503, "busy");
}

void swaig_handle(struct gateway *g, struct http_exchange *x) {
    struct str name = {0};
    const struct swaig_route *route = find_route(x->path, &name);
    bool post = str_eq_z(x->method, "POST");
    if (!route) {
        send_error(x, 404, "Not Found");
        return;
    }
    bool get = str_eq_z(x->method, "GET") || str_eq_z(x->method, "HEAD");
    if (!post && !get) {
        http_exchange_add_header(x, "Allow",
                                 route->open  ? STR("GET")
                                 : route->get ? STR("GET, POST")
                                              : STR("POST"));
        api_problem(x, 405, "method", NULL, "this address does not take this method");
        return;
    }
    if (route->open) {
        route->open(g, x, name);
        return;
    }
    if (!swaig_keys_open(gateway_swaig_keys(g), http_exchange_header(x, STR("Authorization")))) {
        send_error(x, 401, "Unauthorized");
        return;
    }
    swaig_handler_fn *handler = post ? route->post : route->get;
    if (!handler) {
        http_exchange_add_header(x, "Allow", STR("POST"));
        send_error(x, 405, "POST required");
        return;
    }
    if (post && x->body.len > 0 && !is_json(http_exchange_header(x, STR("Content-Type")))) {
        send_error(x, 415, "Content-Type must be application/json");
        return;
    }
    start(g, x, handler, name);
}
