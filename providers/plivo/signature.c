#include "providers/plivo/webhook.h"

/*
 * Plivo docs: "Signature validation"; where they and the SDKs differ, the SDKs are right
 * (plivo-node dist/utils/v3Security.js): base64 of HMAC-SHA256 with the auth token over
 *   V3  address ['?' query] ['.' fields] '.' nonce     query sorted, decoded; fields sorted,
 * decoded V2  address nonce                                  neither query nor body where address
 * is scheme, host, port and path. "Ma" headers are made with the main account's token, the plain
 * ones with the token of the (sub)account that owns the call.
 */

static enum error_code not_signed(struct error *err, const char *why) {
    return error_set(err, ERR_AUTH,
                     "webhook refused: %s; check the auth token and that PUBLIC_BASE_URL is the "
                     "address the carrier calls",
                     why);
}

/* ---- what is signed -------------------------------------------------------------------------- */

static int compare(const struct form_pair *a, const struct form_pair *b) {
    int by_name = str_cmp(a->name, b->name);
    return by_name ? by_name : str_cmp(a->value, b->value);
}

/** A sorted copy: names in byte order, equal names by their values. */
static struct form sorted(const struct form *f, struct arena *a) {
    struct form s = {.pairs = arena_alloc(a, f->count * sizeof *s.pairs), .count = f->count};
    for (size_t i = 0; i < f->count; i++) {
        size_t at = i;
        for (; at > 0 && compare(&f->pairs[i], &s.pairs[at - 1]) < 0; at--)
            s.pairs[at] = s.pairs[at - 1];
        s.pairs[at] = f->pairs[i];
    }
    return s;
}

/** "a=1&flag&&b" as "a=1&flag=&b": a bare name is an empty value, nothing at all is nothing. */
static struct str complete_pairs(struct str query, struct arena *a) {
    struct str rest = query, pair;
    char *text = arena_alloc(a, 2 * query.len + 1);
    size_t n = 0;
    while (rest.ptr && str_next(&rest, '&', &pair)) {
        if (pair.len == 0)
            continue;
        if (n)
            text[n++] = '&';
        memcpy(text + n, pair.ptr, pair.len);
        n += pair.len;
        if (str_find(pair, '=') == pair.len)
            text[n++] = '=';
    }
    return str_from(text, n);
}

struct signed_request {
    struct str path, query; /* of the target */
    struct form query_fields, body_fields;
    struct str nonce;
};

static size_t bytes_of(const struct form *f) {
    size_t n = 0;
    for (size_t i = 0; i < f->count; i++)
        n += f->pairs[i].name.len + f->pairs[i].value.len + 2;
    return n;
}

/** The text of a V3 signature. A body without a query has a bare '?' and no dot before it. */
static void put_v3(const struct signed_request *r, struct arena *a, struct buf *b) {
    struct form query = sorted(&r->query_fields, a), body = sorted(&r->body_fields, a);
    if (query.count || body.count)
        buf_putc(b, '?');
    for (size_t i = 0; i < query.count; i++) {
        if (i)
            buf_putc(b, '&');
        buf_put_str(b, query.pairs[i].name);
        buf_putc(b, '=');
        buf_put_str(b, query.pairs[i].value);
    }
    if (query.count && body.count)
        buf_putc(b, '.');
    for (size_t i = 0; i < body.count; i++) {
        buf_put_str(b, body.pairs[i].name);
        buf_put_str(b, body.pairs[i].value);
    }
    buf_putc(b, '.');
    buf_put_str(b, r->nonce);
}

/** The form fields of a request, decoded; nothing is understood yet. */
static enum error_code read_request(const struct webhook_request *req, struct arena *a,
                                    struct signed_request *out, struct error *err) {
    size_t mark = str_find(req->target, '?');
    struct signed_request r = {.path = str_from(req->target.ptr, mark),
                               .query = str_from_index(req->target, mark + 1)};
    bool is_get = str_eq(req->method, STR("GET"));
    if (is_get && req->body.len)
        return error_set(err, ERR_INVALID, "a GET webhook has no body");
    if (req->body.len && !rest_webhook_is(req, STR("application/x-www-form-urlencoded")))
        return error_set(err, ERR_INVALID,
                         "a webhook must be application/x-www-form-urlencoded; see what the proxy "
                         "does to it");
    enum error_code rc = form_parse(a, complete_pairs(r.query, a), &r.query_fields, err);
    if (rc == ERR_OK)
        rc = form_parse(a, req->body, &r.body_fields, err);
    if (rc == ERR_OK)
        *out = r;
    return rc;
}

/* ---- what it is compared with ------------------------------------------------------------------
 */

struct scheme {
    const char *main, *plain, *nonce; /* headers */
    bool many;                        /* a header may hold several, while a token is changed */
};
static const struct scheme schemes[] = {
    {"X-Plivo-Signature-Ma-V3", "X-Plivo-Signature-V3", "X-Plivo-Signature-V3-Nonce", true},
    {"X-Plivo-Signature-Ma-V2", "X-Plivo-Signature-V2", "X-Plivo-Signature-V2-Nonce", false},
};

static bool agrees(struct rest_signer *s, struct str message, struct str signature) {
    uint8_t mac[DIGEST_SHA256_BYTES];
    size_t n = 0;
    return digest_base64_decode(signature, mac, sizeof mac, &n) && n == sizeof mac &&
           rest_signer_agrees(s, message, str_from(mac, n));
}

static bool header_agrees(struct rest_signer *s, const struct webhook_request *req,
                          const char *name, bool many, struct str message) {
    struct str rest = rest_webhook_header(req, str_z(name)), one;
    if (!many)
        return agrees(s, message, rest);
    bool found = false;
    for (int i = 0; i < 8 && !found && str_next(&rest, ',', &one); i++)
        found = agrees(s, message, one);
    return found;
}

/** The newest scheme that the request uses. A wrong V3 never falls back to V2, which covers less.
 */
static const struct scheme *scheme_of(const struct webhook_request *req) {
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++)
        if (rest_webhook_header(req, str_z(schemes[i].main)).len ||
            rest_webhook_header(req, str_z(schemes[i].plain)).len)
            return &schemes[i];
    return NULL;
}

/** Does one of the scheme's two headers fit the request, with the scheme's nonce? */
static bool is_signed(struct rest_signer *s, const struct webhook_request *req,
                      const struct scheme *scheme, struct signed_request *r, struct arena *a) {
    r->nonce = rest_webhook_header(req, str_z(scheme->nonce));
    if (r->nonce.len == 0)
        return false;
    CLEANUP(buf_release)
    struct buf text =
        BUF_INIT(s->base.origin.len + s->base.rest.len + req->target.len +
                 bytes_of(&r->query_fields) + bytes_of(&r->body_fields) + r->nonce.len + 16);
    rest_signer_put_url(s, REST_PORT_AS_WRITTEN, r->path, &text);
    if (scheme == &schemes[0])
        put_v3(r, a, &text);
    else
        buf_put_str(&text, r->nonce);
    return !buf_failed(&text) &&
           (header_agrees(s, req, scheme->main, scheme->many, buf_str(&text)) ||
            header_agrees(s, req, scheme->plain, scheme->many, buf_str(&text)));
}

enum error_code plivo_verify_webhook(struct rest_signer *s, const struct webhook_request *req,
                                     struct arena *a, struct form *fields, struct error *err) {
    struct signed_request r = {0};
    const struct scheme *scheme = scheme_of(req);
    if (!scheme)
        return not_signed(err, "it is not signed");
    enum error_code rc = read_request(req, a, &r, err);
    if (rc != ERR_OK)
        return rc;
    if (!is_signed(s, req, scheme, &r, a))
        return not_signed(err, "its signature is wrong");
    /* the carrier may say the same again; nobody else may say something else with its nonce */
    if (!rest_signer_take_nonce(s, r.nonce, req))
        return not_signed(err, "its nonce was used for something else");
    /* nor with that of an older signature beside it, which covers less and could stand alone */
    while (++scheme < schemes + ARRAY_LEN(schemes))
        if (is_signed(s, req, scheme, &r, a))
            (void)rest_signer_take_nonce(s, r.nonce, req);
    *fields = str_eq(req->method, STR("GET")) ? r.query_fields : r.body_fields;
    return ERR_OK;
}
