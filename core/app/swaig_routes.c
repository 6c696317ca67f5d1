#include "core/app/api.h"
#include "core/app/swaig.h"
#include "core/app/swaig_keys.h"
#include "core/base/mem.h"

enum {
    SEGMENTS_MAX = 4
};

static swaig_now_fn give_health, give_ready;

/* A trailing slash is allowed everywhere. */
static const struct swaig_route {
    const char *root, *tail;
    swaig_now_fn *get, *post; /* at once */
    swaig_handler_fn *work;   /* POST, on a worker */
    bool open;                /* to everybody, and POST does as GET */
} routes[] = {
    {.root = "swml", .tail = "", .get = swaig_give_document, .post = swaig_give_document},
    {.root = "swaig", .tail = "", .get = swaig_give_document, .work = swaig_run_function},
    {.root = "swaig", .tail = "post_prompt", .work = swaig_take_report},
    {.root = "swaig", .tail = "health", .get = give_health, .open = true},
    {.root = "swaig", .tail = "ready", .get = give_ready, .open = true},
};

/* ---- replies -----------------------------------------------------------------------------------
 */

static void add_headers(struct http_exchange *x) {
    http_exchange_add_header(x, "X-Content-Type-Options", STR("nosniff"));
    http_exchange_add_header(x, "X-Frame-Options", STR("DENY"));
    http_exchange_add_header(x, "Referrer-Policy", STR("no-referrer"));
    http_exchange_add_header(x, "Cache-Control", STR("no-store")); /* there are tokens in it */
}

void swaig_send(struct http_exchange *x, int status) {
    add_headers(x);
    if (status == 401)
        http_exchange_add_header(x, "WWW-Authenticate", STR("Basic realm=\"switchhook\""));
    if (status == 503)
        http_exchange_add_header(x, "Retry-After", STR("2"));
    x->status = status;
    x->content_type = "application/json";
    http_exchange_reply(x);
}

void swaig_send_error(struct http_exchange *x, int status, const char *what) {
    struct json_writer w;
    buf_clear(&x->reply_body);
    json_write_init(&w, &x->reply_body);
    json_begin_object(&w);
    json_kv_z(&w, "error", what);
    json_end_object(&w);
    swaig_send(x, status);
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
    buf_put_str(&x->reply_body, json);
    swaig_send(x, 200);
    task_free(t);
}

void swaig_reply_error(struct swaig_task *t, int status, const char *what) {
    swaig_send_error(t->exchange, status, what);
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

static void give_health(struct gateway *g, struct http_exchange *x, struct str name) {
    struct json_writer w;
    if (!is_known(g, name)) {
        swaig_send_error(x, 404, "Not Found");
        return;
    }
    json_write_init(&w, &x->reply_body);
    json_begin_object(&w);
    json_kv_z(&w, "status", "healthy");
    json_kv_string(&w, "agent", name);
    json_end_object(&w);
    swaig_send(x, 200);
}

static void give_ready(struct gateway *g, struct http_exchange *x, struct str name) {
    if (!is_known(g, name)) {
        swaig_send_error(x, 404, "Not Found");
    } else if (gateway_is_draining(g)) {
        swaig_send_error(x, 503, "shutting down");
    } else {
        buf_puts(&x->reply_body, "{\"status\":\"ready\"}");
        swaig_send(x, 200);
    }
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
        if (routes[i].get)
            each(ctx, "GET", path.ptr);
        if (routes[i].post || routes[i].work)
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
    if (t->exchange->query.ptr &&
        form_parse(&t->arena, t->exchange->query, &t->query, NULL) != ERR_OK)
        swaig_reply_error(t, 400, "Invalid query");
    else
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
    if (!pool_submit(gateway_function_pool(g), &t->task))
        swaig_reply_error(t, 503, "busy");
}

static void refuse_method(const struct swaig_route *r, struct http_exchange *x) {
    bool post = r->post || r->work;
    http_exchange_add_header(x, "Allow",
                             !r->get ? STR("POST")
                             : post  ? STR("GET, POST")
                                     : STR("GET"));
    api_problem(x, 405, "method", NULL, "this address does not take this method");
}

static bool may_enter(const struct gateway *g, const struct swaig_route *r,
                      const struct http_exchange *x) {
    return r->open ||
           swaig_keys_open(gateway_swaig_keys(g), http_exchange_header(x, STR("Authorization")));
}

void swaig_handle(struct gateway *g, struct http_exchange *x) {
    struct str name = {0};
    const struct swaig_route *r = find_route(x->path, &name);
    bool post = str_eq_z(x->method, "POST"), get = str_eq_z(x->method, "GET");
    if (!r)
        swaig_send_error(x, 404, "Not Found");
    else if (!(get && r->get) && !(post && (r->post || r->work || r->open)))
        refuse_method(r, x);
    else if (!may_enter(g, r, x))
        swaig_send_error(x, 401, "Unauthorized");
    else if (post && x->body.len > 0 && !is_json(http_exchange_header(x, STR("Content-Type"))))
        swaig_send_error(x, 415, "Content-Type must be application/json");
    else if (post && r->work)
        start(g, x, r->work, name);
    else
        (post && r->post ? r->post : r->get)(g, x, name);
}
