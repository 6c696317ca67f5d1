#include "providers/mock/carrier/outgoing.h"

#include <stdio.h>

#include "core/base/mem.h"
#include "core/base/url.h"
#include "providers/mock/carrier/core.h"
#include "providers/mock/carrier/exec.h"

enum {
    URL_MAX = 8192,
    MEDIA_MAX = 16 * 1024 * 1024,
};

/* ---- URLs ----------------------------------------------------------------------------------- */

/** "http://" or "https://" in front: its length, 0 otherwise. */
static size_t scheme_length(struct str url) {
    if (url.len > 7 && str_eq_nocase(str_from(url.ptr, 7), STR("http://")))
        return 7;
    if (url.len > 8 && str_eq_nocase(str_from(url.ptr, 8), STR("https://")))
        return 8;
    return 0;
}

static size_t authority_end(struct str url, size_t from) {
    size_t i = from;
    while (i < url.len && url.ptr[i] != '/' && url.ptr[i] != '?' && url.ptr[i] != '#')
        i++;
    return i;
}

/** Append a relative path to the directory in out (from `root` on), as RFC 3986 5.2.4 wants it. */
static void put_relative(struct buf *out, size_t root, struct str path) {
    size_t query = str_find(path, '?');
    struct str rest = str_from(path.ptr, query), segment;
    while (str_next(&rest, '/', &segment)) {
        bool last = rest.ptr == NULL;
        if (str_eq_z(segment, "..")) {
            out->len -= out->len > root + 1 ? 1 : 0;
            while (out->len > root + 1 && out->ptr[out->len - 1] != '/')
                out->len--;
        } else if (!str_eq_z(segment, ".")) {
            buf_put_str(out, segment);
            if (!last)
                buf_putc(out, '/');
        }
    }
    buf_put_str(out, str_from_index(path, query));
}

bool outgoing_resolve(struct str base, struct str url, struct buf *out) {
    size_t scheme = scheme_length(base);
    if (scheme_length(url) > 0) {
        buf_put_str(out, url);
        return !buf_failed(out);
    }
    if (scheme == 0)
        return false;
    size_t host_end = authority_end(base, scheme), path_end = host_end;
    while (path_end < base.len && base.ptr[path_end] != '?' && base.ptr[path_end] != '#')
        path_end++;
    if (str_starts(url, STR("//"))) {
        buf_put(out, base.ptr, scheme - 2);
        buf_put_str(out, url);
    } else if (str_starts(url, STR("/"))) {
        buf_put(out, base.ptr, host_end);
        buf_put_str(out, url);
    } else if (str_starts(url, STR("?")) || url.len == 0) {
        buf_put(out, base.ptr, path_end);
        buf_put_str(out, url);
    } else {
        while (path_end > host_end && base.ptr[path_end - 1] != '/')
            path_end--;
        buf_put(out, base.ptr, path_end);
        if (path_end == host_end)
            buf_putc(out, '/');
        put_relative(out, host_end, url);
    }
    return !buf_failed(out);
}

static bool parse_retry(struct str list, uint32_t *out) {
    static const struct {
        const char *word;
        uint32_t bits;
    } words[] = {
        {"4xx", OUTGOING_RETRY_4XX},
        {"5xx", OUTGOING_RETRY_5XX},
        {"ct", OUTGOING_RETRY_CONNECT},
        {"rt", OUTGOING_RETRY_READ},
        {"all",
         OUTGOING_RETRY_4XX | OUTGOING_RETRY_5XX | OUTGOING_RETRY_CONNECT | OUTGOING_RETRY_READ},
    };
    uint32_t bits = 0;
    struct str word;
    while (str_next(&list, ',', &word)) {
        size_t i = 0;
        while (i < ARRAY_LEN(words) && !str_eq_z(word, words[i].word))
            i++;
        if (i == ARRAY_LEN(words))
            return false;
        bits |= words[i].bits;
    }
    *out = bits;
    return true;
}

static bool parse_rule(struct str name, struct str value, const struct outgoing_rules *max,
                       struct outgoing_rules *r) {
    const struct {
        const char *name;
        uint32_t *field;
        uint32_t low, high;
    } numbers[] = {
        {"ct", &r->connect_ms, 100, 10000},
        {"ot", &r->connect_ms, 100, 10000}, /* SignalWire's name for it */
        {"rt", &r->read_ms, 100, max->read_ms},
        {"tt", &r->total_ms, 100, max->total_ms},
        {"rc", &r->retries, 0, 5},
    };
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        uint64_t n;
        if (!str_eq_z(name, numbers[i].name))
            continue;
        if (!str_to_u64(value, numbers[i].high, &n) || n < numbers[i].low)
            return false;
        *numbers[i].field = (uint32_t)n;
        return true;
    }
    if (str_eq_z(name, "rp"))
        return parse_retry(value, &r->retry_on);
    return str_eq_z(name, "sni") || str_eq_z(name, "e") || str_eq_z(name, "er"); /* TLS, routing */
}

/** *out holds the defaults before, and still does when a value is bad. */
static bool parse_rules(struct str fragment, const struct outgoing_rules *max,
                        struct outgoing_rules *out) {
    struct outgoing_rules r = *out;
    struct str pair;
    while (fragment.len > 0 && str_next(&fragment, '&', &pair)) {
        size_t eq = str_find(pair, '=');
        if (eq == pair.len ||
            !parse_rule(str_from(pair.ptr, eq), str_from_index(pair, eq + 1), max, &r))
            return false;
    }
    *out = r;
    return true;
}

static const struct outgoing_rules default_rules = {5000, OUTGOING_TIMEOUT_MS, OUTGOING_TIMEOUT_MS,
                                                    1, OUTGOING_RETRY_CONNECT};

bool outgoing_rules_parse(struct str fragment, struct outgoing_rules *out) {
    *out = default_rules;
    return parse_rules(fragment, &default_rules, out);
}

/** Take user, password and fragment off the URL. */
static void set_url(struct outgoing *o, struct str url) {
    const struct outgoing_rules *rules = o->leg->face->rules[o->kind];
    const struct outgoing_rules *max = o->leg->face->rules_max;
    size_t hash = str_find(url, '#');
    struct str fragment = str_from_index(url, hash + 1 <= url.len ? hash + 1 : hash);
    o->rules = rules ? *rules : default_rules;
    (void)parse_rules(fragment, max ? max : &default_rules, &o->rules);
    url = str_from(url.ptr, hash);
    struct url_login login;
    if (!url_find_login(url, &login)) {
        buf_put_str(&o->url, url);
        return;
    }
    buf_put_str(&o->user, url_decode(&o->params.arena, login.user));
    secret_set(&o->password, url_decode(&o->params.arena, login.password));
    buf_put_str(&o->url, login.before);
    buf_put_str(&o->url, login.after);
}

/* ---- life ----------------------------------------------------------------------------------- */

void outgoing_free(struct outgoing *o) {
    if (!o)
        return;
    hub_unref(o->hub);
    buf_release(&o->url);
    buf_release(&o->user);
    buf_release(&o->body);
    secret_release(&o->password);
    params_release(&o->params);
    buf_wipe(&o->json); /* a connector's has a card */
    buf_release(&o->json);
    mem_free(o);
}

static void drop(struct hub_item *i) { /* the carrier is gone */
    outgoing_free(container_of(i, struct outgoing, item));
}

static size_t document_max(const struct carrier_face *f) {
    return f->document_max_bytes ? f->document_max_bytes : OUTGOING_DOCUMENT_MAX;
}

struct outgoing *outgoing_new(struct carrier *c, struct leg *l, enum outgoing_kind kind,
                              struct str url, bool get) {
    if (url.len == 0)
        return NULL;
    struct outgoing *o = mem_zalloc(sizeof *o);
    o->hub = hub_ref(c->hub);
    o->leg = l;
    o->kind = kind;
    o->get = get;
    o->epoch = l->epoch;
    o->url = BUF_INIT(URL_MAX);
    o->user = BUF_INIT(256);
    o->body = BUF_INIT(document_max(l->face) + 1);
    o->json = BUF_INIT(OUTGOING_JSON_MAX);
    set_url(o, url);
    uint64_t a = rng_next(&l->rng), b = rng_next(&l->rng);
    snprintf(o->token, sizeof o->token, "%08x-%04x-4%03x-8%03x-%012llx", (unsigned)(a >> 32),
             (unsigned)(a >> 16 & 0xffff), (unsigned)(a & 0xfff), (unsigned)(b >> 52),
             (unsigned long long)(b & 0xffffffffffff));
    return o;
}

void outgoing_add_header(struct outgoing *o, struct str name, struct str value) {
    if (o->header_count == OUTGOING_HEADERS_MAX)
        return;
    o->headers[o->header_count++] = (struct http_header){arena_copy(&o->params.arena, name),
                                                         arena_copy(&o->params.arena, value)};
}

static void put_headers(const struct outgoing *o, struct http_request *req) {
    for (size_t i = 0; i < o->header_count; i++) {
        size_t at = 0;
        while (at < req->header_count && !str_eq_nocase(req->headers[at].name, o->headers[i].name))
            at++;
        if (at == HTTP_HEADERS_MAX)
            return;
        req->headers[at] = o->headers[i];
        req->header_count += at == req->header_count ? 1 : 0;
    }
}

void outgoing_send(struct carrier *c, struct outgoing *o, outgoing_done_fn *done) {
    o->done = done;
    o->leg->outstanding++;
    o->next = NULL;
    *c->waiting_end = o;
    c->waiting_end = &o->next;
    c->waiting_count++;
    outgoing_pump(c);
}

/* ---- one try -------------------------------------------------------------------------------- */

static bool media_sink(void *ctx, struct str bytes) {
    struct outgoing *o = ctx;
    size_t room = o->media_bytes < sizeof o->media_head ? sizeof o->media_head - o->media_bytes : 0;
    memcpy(o->media_head + sizeof o->media_head - room, bytes.ptr,
           bytes.len < room ? bytes.len : room);
    o->media_bytes += bytes.len;
    return o->media_bytes <= MEDIA_MAX;
}

/** The client's thread: keep what matters and go back to the carrier's. */
static void on_done(void *ctx, enum error_code rc, struct http_response *rsp,
                    const struct error *err) {
    struct outgoing *o = ctx;
    (void)err;
    o->rc = rc;
    o->status = rc == ERR_OK ? rsp->status : 0;
    buf_clear(&o->body);
    o->content_type[0] = '\0';
    if (rc == ERR_OK) {
        struct str type = http_response_header(rsp, STR("Content-Type"));
        if (!str_copy(type, o->content_type, sizeof o->content_type))
            o->content_type[0] = '\0';
        bool moved = o->status >= 301 && o->status <= 308 && o->status != 304;
        buf_put_str(&o->body,
                    moved ? http_response_header(rsp, STR("Location")) : buf_str(&rsp->body));
    }
    hub_post(o->hub, &o->item);
}

static void start(struct carrier *c, struct outgoing *o);

static bool may_retry(struct carrier *c, const struct outgoing *o) {
    uint32_t why = 0;
    if (o->rc == ERR_NETWORK)
        why = OUTGOING_RETRY_CONNECT;
    else if (o->rc == ERR_UNCERTAIN)
        why = OUTGOING_RETRY_READ;
    else if (o->status >= 500)
        why = OUTGOING_RETRY_5XX;
    else if (o->status >= 400)
        why = OUTGOING_RETRY_4XX;
    return (o->rules.retry_on & why) != 0 && o->tries <= o->rules.retries &&
           clock_mono_ms(&c->clock) - o->started_ms < o->rules.total_ms;
}

/** A redirect or a password challenge leads to another request at once. */
static bool goes_on(struct outgoing *o) {
    if (o->rc != ERR_OK)
        return false;
    if (o->status == 401 && o->user.len > 0 && !o->send_password) {
        o->send_password = true;
        o->tries--;
        return true;
    }
    bool moved = o->status >= 301 && o->status <= 308 && o->status != 304 && o->body.len > 0;
    if (!moved)
        return false;
    uint32_t redirects_max = o->leg->face->redirects_max;
    if (++o->redirects > (redirects_max ? redirects_max : OUTGOING_REDIRECTS_MAX)) {
        o->carrier_code = 11215; /* too many redirects */
        return false;
    }
    struct buf next = BUF_INIT(URL_MAX);
    if (!outgoing_resolve(buf_str(&o->url), buf_str(&o->body), &next)) {
        buf_release(&next);
        return false;
    }
    if (o->status != 307 && o->status != 308) {
        o->no_params = !o->get; /* a redirected POST loses its parameters */
        o->get = true;
    }
    buf_release(&o->url);
    o->url = next;
    o->tries--;
    return true;
}

/** The carrier's number for what went wrong ("Twilio docs: Error dictionary"). */
static int judge(const struct outgoing *o) {
    if (o->carrier_code)
        return o->carrier_code;
    if (o->rc == ERR_OK && o->status >= 200 && o->status < 300)
        return 0;
    if (o->leg->face->fault_code)
        return o->leg->face->fault_code(o);
    if (o->rc == ERR_OK)
        return o->kind == OUTGOING_NOTICE ? 15003 : 11200;
    return o->rc == ERR_NETWORK     ? 11210 /* no connection */
           : o->rc == ERR_UNCERTAIN ? 11205 /* cut, or no reply in time */
           : o->rc == ERR_LIMIT     ? 11750 /* reply too large */
                                    : 11100;    /* not a URL to fetch */
}

/** The carrier's thread: the client is through with one try. */
static void arrived(struct carrier *c, struct hub_item *i) {
    struct outgoing *o = container_of(i, struct outgoing, item);
    c->in_flight--;
    if (goes_on(o) || may_retry(c, o)) {
        start(c, o);
        return;
    }
    o->carrier_code = judge(o);
    if (o->kind != OUTGOING_MEDIA)
        *(o->carrier_code ? &c->webhooks_failed : &c->webhooks_sent) += 1;
    if (o->carrier_code)
        log_warn(c->log, "carrier webhook", LOG_Z("sid", o->leg->sid),
                 LOG_INT("code", o->carrier_code), LOG_INT("status", o->status));
    struct leg *l = o->leg;
    l->outstanding--;
    if (o->done)
        o->done(c, o);
    if (!o->keep)
        outgoing_free(o);
    if (l->document_reply && (c->speed > 0 || l->outstanding == 0))
        exec_document(c, l);
    carrier_touch(c, l);
    outgoing_pump(c);
}

static void start(struct carrier *c, struct outgoing *o) {
    struct arena scratch = {0};
    struct buf url = BUF_INIT(URL_MAX + 65536), form = BUF_INIT(65536);
    bool params = !o->no_params && o->kind != OUTGOING_MEDIA;
    buf_put_str(&url, buf_str(&o->url));
    if (o->leg->face->ways.sorts_params)
        params_sort(&o->params);
    if (params)
        params_put_form(&o->params, &form);
    if (o->get && form.len > 0) {
        buf_putc(&url, str_find(buf_str(&o->url), '?') < o->url.len ? '&' : '?');
        buf_put_str(&url, buf_str(&form));
    }
    int64_t now = clock_mono_ms(&c->clock);
    if (o->tries++ == 0 && o->started_ms == 0)
        o->started_ms = now;
    int64_t left = o->rules.total_ms - (now - o->started_ms);
    struct http_request req = {
        .method = o->get      ? "GET"
                  : o->method ? o->method
                              : "POST",
        .url = buf_str(&url),
        .body = o->get || o->no_params ? (struct str){0}
                : o->json.len > 0      ? buf_str(&o->json)
                                       : buf_str(&form),
        .connect_timeout_ms = o->rules.connect_ms,
        .timeout_ms = left < 1                  ? 1
                      : left < o->rules.read_ms ? (uint32_t)left
                                                : o->rules.read_ms,
        .body_max_bytes = o->kind == OUTGOING_MEDIA ? MEDIA_MAX : document_max(o->leg->face),
    };
    if (o->send_password) {
        req.basic_user = buf_str(&o->user);
        req.basic_password = &o->password;
    }
    if (o->kind == OUTGOING_MEDIA) {
        req.sink = media_sink;
        req.sink_ctx = o;
        o->media_bytes = 0;
    } else {
        o->leg->face->sign(c, o, buf_str(&url), &req, &scratch);
    }
    put_headers(o, &req);
    c->in_flight++;
    o->item = (struct hub_item){.run = arrived, .drop = drop};
    http_client_start(c->http, &req, on_done, o);
    arena_release(&scratch);
    buf_release(&url);
    buf_release(&form);
}

void outgoing_pump(struct carrier *c) {
    while (c->waiting_first && c->in_flight < OUTGOING_IN_FLIGHT_MAX) {
        struct outgoing *o = c->waiting_first;
        c->waiting_first = o->next;
        if (!c->waiting_first)
            c->waiting_end = &c->waiting_first;
        c->waiting_count--;
        start(c, o);
    }
}
