#include <assert.h>
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/base/url.h"
#include "providers/mock/carrier/plivo/face_plivo.h"

/*
 * The three headers of version 3 and those of version 2 ("Plivo docs: signature validation", with
 * the details as the vendor's SDKs have them). Key: the token; one account, so the plain and the
 * Ma- header are equal.
 */
enum {
    TEXT_MAX = 128 * 1024,
    NONCE_DIGITS = 20,
};

static size_t query_at(struct str url) {
    return str_find(url, '?');
}

/** %XX and '+' decoded, as lenient as a query string may be. */
static struct str decode(struct arena *a, struct str text) {
    char *blanks = arena_alloc(a, text.len + 1);
    for (size_t i = 0; i < text.len; i++)
        blanks[i] = text.ptr[i] == '+' ? ' ' : text.ptr[i];
    return url_decode(a, str_from(blanks, text.len));
}

static int by_name_and_value(const void *a, const void *b) {
    const struct param *x = a, *y = b;
    int order = str_cmp(x->name, y->name);
    return order ? order : str_cmp(x->value, y->value);
}

/** The pairs of the query, sorted, "k=v" with '&' between them, decoded. */
static void put_query(struct str query, struct buf *out) {
    struct arena a = {0};
    struct str pair;
    size_t count = 0, max = 1;
    for (size_t i = 0; i < query.len; i++)
        max += query.ptr[i] == '&';
    struct param *pairs = arena_alloc(&a, max * sizeof *pairs);
    while (query.len > 0 && str_next(&query, '&', &pair)) {
        size_t eq = str_find(pair, '=');
        if (pair.len > 0)
            pairs[count++] = (struct param){decode(&a, str_from(pair.ptr, eq)),
                                            decode(&a, str_from_index(pair, eq + 1))};
    }
    if (count > 1)
        qsort(pairs, count, sizeof *pairs, by_name_and_value);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_putc(out, '&');
        buf_put_str(out, pairs[i].name);
        buf_putc(out, '=');
        buf_put_str(out, pairs[i].value);
    }
    arena_release(&a);
}

void plivo_put_v3_text(struct str url, const struct params *params, bool get, struct str nonce,
                       struct buf *out) {
    size_t question = query_at(url);
    struct str query = str_from_index(url, question + 1);
    bool has_params = !get && params && params->count > 0;
    buf_put(out, url.ptr, question);
    if (query.len > 0 || has_params)
        buf_putc(out, '?');
    put_query(query, out);
    if (query.len > 0 && has_params)
        buf_putc(out, '.');
    for (size_t i = 0; has_params && i < params->count; i++) { /* sorted already */
        buf_put_str(out, params->items[i].name);
        buf_put_str(out, params->items[i].value);
    }
    buf_putc(out, '.');
    buf_put_str(out, nonce);
}

void plivo_put_v2_text(struct str url, struct str nonce, struct buf *out) {
    buf_put(out, url.ptr, query_at(url));
    buf_put_str(out, nonce);
}

static struct str make_nonce(const struct carrier *c, const struct outgoing *o, const char *what,
                             struct arena *a) {
    char digits[NONCE_DIGITS + 1];
    struct rng r = {rng_hash(c->seed, what, str_z(o->token), o->tries)};
    rng_word(digits, NONCE_DIGITS, "0123456789", &r);
    return arena_copy(a, str_z(digits));
}

static struct str mac(const struct carrier *c, const struct buf *text, struct arena *a) {
    uint8_t bytes[DIGEST_SHA256_BYTES];
    struct buf out = BUF_INIT(64);
    digest_hmac_run(c->hmac_sha256, buf_str(text), bytes);
    digest_put_base64(&out, bytes, sizeof bytes);
    struct str copy = arena_copy(a, buf_str(&out));
    buf_release(&out);
    return copy;
}

static void add_header(struct http_request *req, const char *name, struct str value) {
    assert(req->header_count < HTTP_HEADERS_MAX);
    req->headers[req->header_count++] = (struct http_header){str_z(name), value};
}

void plivo_sign(const struct carrier *c, struct outgoing *o, struct str url,
                struct http_request *req, struct arena *a) {
    struct buf text = BUF_INIT(TEXT_MAX);
    const struct params *params = o->no_params ? NULL : &o->params;
    struct str nonce = make_nonce(c, o, "nonce", a), nonce2 = make_nonce(c, o, "nonce 2", a);
    plivo_put_v3_text(url, params, o->get, nonce, &text);
    struct str v3 = mac(c, &text, a);
    buf_clear(&text);
    plivo_put_v2_text(url, nonce2, &text);
    struct str v2 = mac(c, &text, a);
    buf_release(&text);
    if (!o->get)
        add_header(req, "Content-Type", STR("application/x-www-form-urlencoded"));
    add_header(req, "X-Plivo-Signature-V3", v3);
    add_header(req, "X-Plivo-Signature-Ma-V3", v3);
    add_header(req, "X-Plivo-Signature-V3-Nonce", nonce);
    add_header(req, "X-Plivo-Signature-V2", v2);
    add_header(req, "X-Plivo-Signature-Ma-V2", v2);
    add_header(req, "X-Plivo-Signature-V2-Nonce", nonce2);
    add_header(req, "Accept", STR("*/*"));
}
