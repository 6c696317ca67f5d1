#include "providers/mock/carrier/rest_face.h"

#include "core/base/mem.h"

enum {
    JSON_BYTES_MAX = 256 * 1024,
    JSON_VALUES_MAX = 4000,
};

void face_request_release(struct face_request *r) {
    json_doc_free(r->json);
    arena_release(&r->arena);
}

/* ---- replies -------------------------------------------------------------------------------- */

void face_send(struct http_exchange *x, int status, struct buf *body) {
    size_t max = x->reply_body.max > body->max ? x->reply_body.max : body->max;
    buf_release(&x->reply_body);
    x->reply_body = *body;
    x->reply_body.max = max;
    *body = (struct buf){0};
    x->status = status;
    http_exchange_reply(x);
}

void face_reply(struct face_request *r, int status, struct buf *json) {
    if (r->rest->headers)
        r->rest->headers(r);
    r->x->content_type = status == 204 ? NULL : "application/json";
    r->answered = true;
    face_send(r->x, status, json);
}

void face_empty(struct face_request *r, int status) {
    struct buf nothing = BUF_INIT(1);
    face_reply(r, status, &nothing);
}

void face_fault(struct face_request *r, const struct callee_fault *f) {
    if (f->cut)
        r->x->cut = true;
    if (f->retry_after_s > 0)
        http_exchange_add_header(r->x, "Retry-After",
                                 arena_printf(&r->arena, "%u", f->retry_after_s));
    if (f->body.len > 0 || f->cut) {
        r->answered = true;
        http_exchange_reply_text(r->x, f->status ? f->status : 500, "text/html", f->body);
    } else {
        r->rest->refuse(r, FACE_ON_PURPOSE, f->status,
                        f->status == 429 ? STR("Too Many Requests")
                                         : STR("Service failure on purpose"));
    }
}

/* ---- parameters ----------------------------------------------------------------------------- */

struct str face_param(const struct face_request *r, const char *name) {
    return form_get(&r->body, str_z(name));
}

struct str face_query(const struct face_request *r, const char *name) {
    return form_get(&r->query, str_z(name));
}

static bool unreadable(struct face_request *r, const struct error *err) {
    r->rest->refuse(r, FACE_UNREADABLE, 400,
                    arena_printf(&r->arena, "The parameters cannot be read: %s", err->text));
    return false;
}

bool face_read_forms(struct face_request *r) {
    struct error err = {0};
    if (form_parse(&r->arena, r->x->query, &r->query, &err) == ERR_OK &&
        form_parse(&r->arena, r->x->body, &r->body, &err) == ERR_OK)
        return true;
    return unreadable(r, &err);
}

/** An array of texts, apart by commas; ptr NULL when it holds anything else. */
static struct str joined(struct face_request *r, const struct json *array) {
    struct buf text = BUF_INIT(JSON_BYTES_MAX);
    bool ok = json_count(array) > 0;
    for (const struct json *v = json_first(array); v && ok; v = json_next(v)) {
        ok = json_type(v) == JSON_STRING;
        if (text.len > 0)
            buf_putc(&text, ',');
        buf_put_str(&text, json_str(v));
    }
    struct str copy = ok ? arena_copy(&r->arena, buf_str(&text)) : (struct str){0};
    buf_release(&text);
    return copy;
}

/** A plain value as the text that a form would hold; ptr NULL for objects and null. */
static struct str plain(struct face_request *r, const struct json *v) {
    if (json_type(v) == JSON_ARRAY)
        return joined(r, v);
    if (json_type(v) == JSON_STRING)
        return arena_copy(&r->arena, json_str(v));
    if (json_type(v) == JSON_BOOL)
        return json_bool(v, false) ? STR("true") : STR("false");
    if (json_type(v) != JSON_NUMBER)
        return (struct str){0};
    struct buf text = BUF_INIT(64);
    json_put_value(&text, v);
    struct str copy = arena_copy(&r->arena, buf_str(&text));
    buf_release(&text);
    return copy;
}

bool face_read_json(struct face_request *r) {
    const struct json_limits limits = {.bytes_max = JSON_BYTES_MAX, .values_max = JSON_VALUES_MAX};
    struct error err = {0};
    struct str body = str_trim(r->x->body);
    if (!str_starts(body, STR("{")))
        return face_read_forms(r);
    if (form_parse(&r->arena, r->x->query, &r->query, &err) != ERR_OK ||
        json_parse(body, &limits, &r->json, &err) != ERR_OK)
        return unreadable(r, &err);
    const struct json *root = json_root(r->json);
    r->body.pairs = arena_alloc(&r->arena, (json_count(root) + 1) * sizeof *r->body.pairs);
    for (const struct json *v = json_first(root); v; v = json_next(v)) {
        struct str value = plain(r, v);
        if (value.ptr)
            r->body.pairs[r->body.count++] =
                (struct form_pair){arena_copy(&r->arena, json_name(v)), value};
    }
    return true;
}

bool face_is_url(struct str s) {
    size_t scheme = str_starts(s, STR("http://")) ? 7 : str_starts(s, STR("https://")) ? 8 : 0;
    return scheme > 0 && s.len > scheme && str_find(s, ' ') == s.len;
}

/* ---- credentials ---------------------------------------------------------------------------- */

/** user:password of a Basic header in dst; false when there is none. */
static bool read_basic(struct str header, char *dst, size_t size) {
    uint8_t raw[256];
    size_t n = 0;
    if (header.len < 6 || !str_eq_nocase(str_from(header.ptr, 6), STR("Basic ")))
        return false;
    if (!digest_base64_decode(str_trim(str_from_index(header, 6)), raw, sizeof raw, &n))
        return false;
    return str_copy(str_from(raw, n), dst, size);
}

bool face_authorized(struct face_request *r, struct str user, struct str password, bool optional) {
    char login[257];
    struct str header = http_exchange_header(r->x, STR("Authorization"));
    if (!header.ptr) {
        if (!optional)
            r->rest->refuse(r, FACE_NO_CREDENTIALS, 401,
                            STR("Authentication Error - No credentials provided"));
        return optional;
    }
    struct str wanted =
        arena_printf(&r->arena, STR_FMT ":" STR_FMT, STR_ARG(user), STR_ARG(password));
    if (read_basic(header, login, sizeof login) && digest_equal(wanted, str_z(login)))
        return true;
    r->rest->refuse(r, FACE_BAD_CREDENTIALS, 401, STR("Authenticate"));
    return false;
}

/* ---- routes --------------------------------------------------------------------------------- */

static bool matches(const char *pattern, struct str path, struct str *ids, size_t id) {
    for (; *pattern && *pattern != '*'; pattern++) {
        if (path.len == 0 || path.ptr[0] != *pattern)
            return false;
        path = str_from_index(path, 1);
    }
    if (!*pattern)
        return path.len == 0;
    size_t longest = str_find(path, '/');
    for (size_t n = longest; n > 0; n--) {
        ids[id] = str_from(path.ptr, n);
        if (matches(pattern + 1, str_from_index(path, n), ids, id + 1))
            return true;
    }
    return false;
}

void face_route(struct face_request *r, struct str path) {
    bool known = false;
    for (size_t i = 0; i < r->rest->route_count; i++) {
        const struct face_route *route = &r->rest->routes[i];
        if (!matches(route->path, path, r->ids, 0))
            continue;
        known = true;
        if (str_eq_z(r->x->method, route->method)) {
            route->run(r);
            return;
        }
    }
    if (known)
        r->rest->refuse(r, FACE_BAD_METHOD, 405,
                        arena_printf(&r->arena, "Method " STR_FMT " is not allowed here",
                                     STR_ARG(r->x->method)));
    else
        r->rest->refuse(r, FACE_NOT_FOUND, 404,
                        arena_printf(&r->arena, "The requested resource " STR_FMT " was not found",
                                     STR_ARG(r->x->path)));
}

/* ---- calls and recordings ------------------------------------------------------------------- */

struct leg *face_find_leg(struct face_request *r, struct str sid) {
    struct leg *l = sidmap_get(&r->c->legs, sid);
    if (!l || l->deleted)
        return NULL;
    leg_sync(r->c, l);
    return l;
}

const struct callee_fault *face_create_fault(struct carrier *c, struct str to) {
    struct dialled *d = carrier_number(c, to);
    uint64_t nth = d->asked++, nth_of_all = c->creates++;
    const struct callee_fault *every = scenario_create_fault(c->scenario);
    if (callee_fault_hits(every, nth_of_all))
        return every;
    const struct callee_fault *own = &scenario_find(c->scenario, to, d->legs)->create;
    return callee_fault_hits(own, nth) ? own : NULL;
}

const struct tape *face_older_tape(const struct carrier *c, const struct tape *t,
                                   const struct leg *only) {
    if (t && t->next)
        return t->next;
    if (only)
        return t ? NULL : only->tapes;
    const struct leg *l = t ? t->leg->older : c->newest;
    while (l && !l->tapes)
        l = l->older;
    return l ? l->tapes : NULL;
}
