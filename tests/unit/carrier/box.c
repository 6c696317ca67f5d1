#include "tests/unit/carrier/box.h"

#include <stdio.h>
#include <time.h>

#include "core/base/digest.h"
#include "core/base/form.h"
#include "core/base/json.h"
#include "tests/support/test.h"

enum {
    PATIENCE_MS = 60000,
    LOG_MAX = 64 << 20,
};

/* ---- the application ------------------------------------------------------------------------ */

static char *path_of(const char *url) {
    struct str path = str_from_index(str_z(url), sizeof BOX_APP - 1);
    return mem_copy_str(str_from(path.ptr, str_find(path, '?')));
}

/** The nth row of this path, or its last one. */
static const struct box_page *find_page(const struct box *b, const char *path, size_t n) {
    static const struct box_page nothing = {.status = 200};
    const struct box_page *found = &nothing;
    for (const struct box_page *p = b->pages; p && p->path; p++) {
        if (strcmp(p->path, path) != 0)
            continue;
        found = p;
        if (n-- == 0)
            break;
    }
    return found;
}

static void keep_request(struct box *b, struct box_request *r) {
    *b->end = r;
    b->end = &r->next;
    b->count++;
    pthread_cond_broadcast(&b->news);
}

static size_t count_locked(const struct box *b, const char *path) {
    size_t n = 0;
    for (const struct box_request *r = b->first; r; r = r->next)
        n += strcmp(r->path, path) == 0;
    return n;
}

static void start(struct http_client *client, const struct http_request *req, http_done_fn *done,
                  void *ctx) {
    struct box *b = container_of(client, struct box, client);
    struct buf headers = BUF_INIT(65536);
    struct box_request *r = mem_zalloc(sizeof *r);
    r->method = mem_copy_str(str_z(req->method));
    r->url = mem_copy_str(req->url);
    r->path = path_of(r->url);
    r->body = mem_copy_str(req->body);
    for (size_t i = 0; i < req->header_count; i++)
        buf_printf(&headers, STR_FMT ": " STR_FMT "\n", STR_ARG(req->headers[i].name),
                   STR_ARG(req->headers[i].value));
    if (req->basic_user.len > 0)
        buf_printf(&headers, "Basic: " STR_FMT "\n", STR_ARG(req->basic_user));
    r->headers = mem_copy_str(buf_str(&headers));
    buf_release(&headers);
    pthread_mutex_lock(&b->mutex);
    const struct box_page *page = find_page(b, r->path, count_locked(b, r->path));
    keep_request(b, r);
    pthread_mutex_unlock(&b->mutex);
    struct http_response rsp = {.status = page->status ? page->status : 200,
                                .body = BUF_INIT(1 << 20),
                                .head = BUF_INIT(4096),
                                .length_known = true};
    struct error err = {.code = page->fail};
    buf_puts(&rsp.body, page->body ? page->body : "");
    buf_printf(&rsp.head, "Content-Type: %s\r\n", page->type ? page->type : "text/xml");
    if (page->location)
        buf_printf(&rsp.head, "Location: %s\r\n", page->location);
    if (req->sink && page->fail == ERR_OK)
        (void)req->sink(req->sink_ctx, buf_str(&rsp.body));
    done(ctx, page->fail, page->fail == ERR_OK ? &rsp : NULL, &err);
    http_response_release(&rsp);
}

static void destroy(struct http_client *client) {
    (void)client;
}

static const struct http_client_ops application_ops = {.destroy = destroy, .start = start};

/* ---- life -------------------------------------------------------------------------------------
 */

bool box_init(struct box *b, const struct box_options *o) {
    *b = (struct box){.client = {&application_ops}, .pages = o->pages};
    b->end = &b->first;
    pthread_mutex_init(&b->mutex, NULL);
    pthread_cond_init(&b->news, NULL);
    bool twilio = !o->dialect;
    const struct carrier_options c = {
        .dialect = twilio ? "twilio" : o->dialect,
        .account = str_z(twilio ? BOX_ACCOUNT : ""),
        .token = str_z(twilio ? BOX_TOKEN : ""),
        .number = STR(BOX_FROM),
        .speed = o->speed,
        .seed = o->seed,
        .scenario_json = str_z(o->scenario),
        .http = &b->client,
        .clock = clock_system(),
        .calls_max = o->calls_max,
    };
    struct error err = {0};
    bool ok = secret_system_init() && carrier_new(&c, &b->carrier, &err) == ERR_OK;
    EXPECT_STR(err.text, "");
    if (ok)
        carrier_set_base_url(b->carrier, STR("http://carrier.test"));
    return ok;
}

void box_release(struct box *b) {
    carrier_free(b->carrier);
    while (b->first) {
        struct box_request *r = b->first;
        b->first = r->next;
        mem_free(r->method);
        mem_free(r->url);
        mem_free(r->path);
        mem_free(r->body);
        mem_free(r->headers);
        mem_free(r);
    }
    pthread_cond_destroy(&b->news);
    pthread_mutex_destroy(&b->mutex);
}

/* ---- requests to the REST face --------------------------------------------------------------- */

struct waiting {
    struct http_exchange x; /* first */
    pthread_mutex_t mutex;
    pthread_cond_t done;
    bool answered;
    struct box_reply reply;
};

static void on_reply(struct http_exchange *x) {
    struct waiting *w = container_of(x, struct waiting, x);
    struct buf headers = BUF_INIT(65536);
    for (size_t i = 0; i < x->reply_header_count; i++)
        buf_printf(&headers, STR_FMT ": " STR_FMT "\n", STR_ARG(x->reply_headers[i].name),
                   STR_ARG(x->reply_headers[i].value));
    buf_printf(&headers, "Content-Type: %s\n", x->content_type ? x->content_type : "");
    pthread_mutex_lock(&w->mutex);
    w->reply.status = x->status;
    w->reply.cut = x->cut;
    w->reply.headers = mem_copy_str(buf_str(&headers));
    w->reply.length = x->reply_body.len;
    w->reply.body = mem_copy_str(buf_str(&x->reply_body));
    w->answered = true;
    pthread_cond_signal(&w->done);
    pthread_mutex_unlock(&w->mutex);
    buf_release(&headers);
}

static const struct http_exchange_ops exchange_ops = {.reply = on_reply};

struct box_reply box_raw(struct box *b, const char *method, const char *target, const char *form,
                         const struct http_header *headers, size_t header_count) {
    struct waiting w = {.x = {.ops = &exchange_ops,
                              .method = str_z(method),
                              .target = str_z(target),
                              .body = str_z(form),
                              .headers = headers,
                              .header_count = header_count,
                              .reply_body = BUF_INIT(32 << 20)}};
    size_t path = str_find(w.x.target, '?');
    w.x.path = str_from(target, path);
    if (path < w.x.target.len)
        w.x.query = str_from_index(w.x.target, path + 1);
    pthread_mutex_init(&w.mutex, NULL);
    pthread_cond_init(&w.done, NULL);
    carrier_handle(b->carrier, &w.x);
    pthread_mutex_lock(&w.mutex);
    while (!w.answered)
        pthread_cond_wait(&w.done, &w.mutex);
    pthread_mutex_unlock(&w.mutex);
    pthread_cond_destroy(&w.done);
    pthread_mutex_destroy(&w.mutex);
    buf_release(&w.x.reply_body);
    arena_release(&w.x.reply_memory);
    return w.reply;
}

struct box_reply box_ask(struct box *b, const char *method, const char *target, const char *body) {
    struct carrier_account a = carrier_account(b->carrier);
    struct buf plain = BUF_INIT(256), login = BUF_INIT(512);
    buf_printf(&plain, STR_FMT ":" STR_FMT, STR_ARG(a.account), STR_ARG(a.token));
    buf_puts(&login, "Basic ");
    digest_put_base64(&login, plain.ptr, plain.len);
    const struct http_header headers[] = {{STR("Authorization"), buf_str(&login)}};
    struct box_reply r = box_raw(b, method, target, body ? body : "", headers, 1);
    buf_release(&plain);
    buf_release(&login);
    return r;
}

struct box_reply box_rest(struct box *b, const char *method, const char *path, const char *form) {
    struct buf target = BUF_INIT(4096);
    buf_printf(&target, "/2010-04-01/Accounts/%s%s", BOX_ACCOUNT, path);
    struct box_reply r = box_ask(b, method, target.ptr, form);
    buf_release(&target);
    return r;
}

void box_reply_release(struct box_reply *r) {
    mem_free(r->body);
    mem_free(r->headers);
    *r = (struct box_reply){0};
}

bool box_call(struct box *b, const char *to, const char *more, char sid[35]) {
    struct arena a = {0};
    struct buf form = BUF_INIT(16384);
    buf_puts(&form, "To=");
    buf_put_form(&form, str_z(to));
    buf_puts(&form, "&From=%2B12025550199&StatusCallback=" BOX_APP "/status"
                    "&StatusCallbackEvent=initiated&StatusCallbackEvent=ringing"
                    "&StatusCallbackEvent=answered&StatusCallbackEvent=completed");
    if (!strstr(more, "&Url=") && !strstr(more, "&Twiml="))
        buf_puts(&form, "&Url=" BOX_APP "/answer");
    buf_puts(&form, more);
    struct box_reply r = box_rest(b, "POST", "/Calls.json", form.ptr);
    bool ok = r.status == 201;
    EXPECT_INT(r.status, 201);
    ok = str_copy(str_z(box_json(&a, r.body, "sid")), sid, 35) && ok;
    buf_release(&form);
    box_reply_release(&r);
    arena_release(&a);
    return ok;
}

/* ---- what the carrier did -------------------------------------------------------------------- */

static struct timespec patience(long ms) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_sec += ms / 1000;
    t.tv_nsec += ms % 1000 * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

bool box_wait_ended(struct box *b, uint64_t calls) {
    struct timespec end = patience(PATIENCE_MS);
    bool ok = true;
    pthread_mutex_lock(&b->mutex);
    while (ok && carrier_totals(b->carrier).settled < calls) {
        struct timespec look = patience(2);
        struct timespec now = patience(0);
        pthread_cond_timedwait(&b->news, &b->mutex, &look);
        ok = now.tv_sec < end.tv_sec;
    }
    pthread_mutex_unlock(&b->mutex);
    EXPECT(ok);
    return ok;
}

const struct box_request *box_wait(struct box *b, const char *path, size_t n) {
    struct timespec end = patience(PATIENCE_MS);
    int rc = 0;
    pthread_mutex_lock(&b->mutex);
    while (rc == 0 && count_locked(b, path) <= n)
        rc = pthread_cond_timedwait(&b->news, &b->mutex, &end);
    const struct box_request *r = b->first;
    for (size_t left = n; r; r = r->next)
        if (strcmp(r->path, path) == 0 && left-- == 0)
            break;
    pthread_mutex_unlock(&b->mutex);
    if (!r)
        test_check(false, __FILE__, __LINE__, path);
    return r;
}

size_t box_count(struct box *b, const char *path) {
    pthread_mutex_lock(&b->mutex);
    size_t n = count_locked(b, path);
    pthread_mutex_unlock(&b->mutex);
    return n;
}

const char *box_param(struct arena *a, const struct box_request *r, const char *name) {
    struct form f = {0};
    struct str url = str_z(r ? r->url : "");
    struct str text =
        r && r->body[0] ? str_z(r->body) : str_from_index(url, str_find(url, '?') + 1);
    if (form_parse(a, text, &f, NULL) != ERR_OK)
        return "";
    struct str value = form_get(&f, str_z(name));
    return value.ptr ? arena_copy(a, value).ptr : "";
}

char *box_log(struct box *b) {
    struct buf out = BUF_INIT(LOG_MAX);
    pthread_mutex_lock(&b->mutex);
    for (const struct box_request *r = b->first; r; r = r->next)
        buf_printf(&out, "%s %s\n%s%s\n\n", r->method, r->url, r->headers, r->body);
    pthread_mutex_unlock(&b->mutex);
    return buf_detach(&out);
}

const char *box_json(struct arena *a, const char *body, const char *name) {
    const struct json_limits limits = {.bytes_max = 8 << 20, .values_max = 100000};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    if (json_parse(str_z(body), &limits, &doc, NULL) != ERR_OK)
        return "";
    const struct json *v = json_get(json_root(doc), name);
    if (json_type(v) == JSON_STRING)
        return arena_copy(a, json_str(v)).ptr;
    struct buf text = BUF_INIT(1 << 16);
    if (v)
        json_put_value(&text, v);
    const char *out = arena_copy(a, buf_str(&text)).ptr;
    buf_release(&text);
    return out;
}
