#include "core/io/payment_http.h"

#include "core/base/compiler.h"
#include "core/base/json.h"
#include "core/base/mem.h"

enum {
    TIMEOUT_DEFAULT_MS = 8000, /* carriers give a connector little more */
    REQUEST_MAX = 4096,
    REPLY_MAX = 16384,
};

struct payment_http {
    struct payment_gateway base;
    struct http_client *http;
    char *url;
    const struct secret *token;
    uint32_t timeout_ms;
};

static const struct payment_gateway_ops http_ops;

static struct payment_http *payment_http_from(struct payment_gateway *g) {
    return g->ops == &http_ops ? container_of(g, struct payment_http, base) : NULL;
}

static void destroy(struct payment_gateway *g) {
    struct payment_http *p = payment_http_from(g);
    mem_free(p->url);
    mem_free(p);
}

static void put_secret(struct json_writer *w, const char *name, const struct secret *s) {
    if (secret_is_set(s))
        json_kv_string(w, name, secret_reveal(s));
}

static void put_text(struct json_writer *w, const char *name, struct str s) {
    if (s.len > 0)
        json_kv_string(w, name, s);
}

static void put_request(struct buf *b, const struct payment_request *req) {
    struct json_writer w;
    json_write_init(&w, b);
    json_begin_object(&w);
    put_text(&w, "transaction_id", req->transaction_id);
    json_kv_string(&w, "method", req->method.len ? req->method : STR("credit-card"));
    put_secret(&w, "cardnumber", &req->card->number);
    put_secret(&w, "cvv", &req->card->code);
    put_secret(&w, "expiry_month", &req->card->expiry_month);
    put_secret(&w, "expiry_year", &req->card->expiry_year);
    put_secret(&w, "postal_code", &req->card->postal_code);
    json_kv_z(&w, "chargeAmount", req->amount);
    json_kv_z(&w, "currency_code", req->currency);
    put_text(&w, "token_type", req->token_type);
    put_text(&w, "description", req->description);
    put_text(&w, "call_id", req->call_id);
    json_end_object(&w);
}

/* ---- the answer --------------------------------------------------------------------------------
 */

/** A text, or a number as text; false when it does not fit. */
static bool take(const struct json *v, char *dst, size_t size) {
    int64_t n;
    if (json_type(v) == JSON_STRING)
        return str_copy(json_str(v), dst, size);
    CLEANUP(buf_release) struct buf b = BUF_INIT(32);
    if (json_int(v, INT64_MIN, INT64_MAX, &n))
        buf_put_i64(&b, n);
    return str_copy(buf_str(&b), dst, size);
}

/** Did the processor say in so many words what it did? */
static bool read_answer(const struct http_response *rsp, struct payment_reply *out) {
    static const struct json_limits limits = {.bytes_max = REPLY_MAX, .wipe = true};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    if (json_parse(buf_str(&rsp->body), &limits, &doc, NULL) != ERR_OK)
        return false;
    const struct json *v = json_root(doc);
    struct str message = json_str(json_get(v, "error_message"));
    if (!take(json_get(v, "charge_id"), out->charge_id, sizeof out->charge_id) ||
        !take(json_get(v, "token_id"), out->token_id, sizeof out->token_id) ||
        !take(json_get(v, "error_code"), out->error_code, sizeof out->error_code))
        return false;
    if (!str_copy(message, out->error_text, sizeof out->error_text))
        out->error_text[0] = '\0';
    if (out->error_code[0])
        out->charge_id[0] = out->token_id[0] = '\0';
    bool paid = out->charge_id[0] || out->token_id[0];
    return out->error_code[0] || (paid && rsp->status >= 200 && rsp->status < 300);
}

static enum error_code judge(const struct http_response *rsp, struct payment_reply *out,
                             struct error *err) {
    struct payment_reply got = {0};
    int s = rsp->status;
    if (read_answer(rsp, &got)) {
        *out = got;
        return ERR_OK;
    }
    if (s == 401 || s == 403)
        return error_set(err, ERR_AUTH,
                         "the payment processor refused us (%d): check "
                         "PAYMENT_HTTP_TOKEN",
                         s);
    if (s == 429)
        return error_set(err, ERR_BUSY, "the payment processor is busy (429)");
    if (s >= 300 && s < 500)
        return error_set(err, ERR_UPSTREAM,
                         "the payment processor answered %d: check "
                         "PAYMENT_HTTP_URL",
                         s);
    return error_set(err, ERR_UNCERTAIN,
                     "the payment processor answered %d with neither charge_id, "
                     "token_id nor error_code",
                     s);
}

static enum error_code charge(struct payment_gateway *g, const struct payment_request *req,
                              struct payment_reply *out, struct error *err) {
    struct payment_http *p = payment_http_from(g);
    struct buf body = BUF_INIT(REQUEST_MAX), auth = BUF_INIT(1024);
    struct http_response rsp = {0};
    struct http_request ask = {
        .method = "POST",
        .url = str_z(p->url),
        .timeout_ms = p->timeout_ms,
        .body_max_bytes = REPLY_MAX,
        .trust = HTTP_TRUST_CONFIGURED,
        .once = true,
        .is_secret = true,
        .headers = {{STR_INIT("Content-Type"), STR_INIT("application/json")},
                    {STR_INIT("Idempotency-Key"), {0}}},
        .header_count = 2,
    };
    buf_reserve(&body, REQUEST_MAX);
    put_request(&body, req);
    ask.body = buf_str(&body);
    ask.headers[1].value = req->idempotency_key;
    if (p->token && secret_is_set(p->token)) {
        buf_reserve(&auth, auth.max);
        buf_puts(&auth, "Bearer ");
        buf_put_str(&auth, secret_reveal(p->token));
        ask.headers[ask.header_count++] =
            (struct http_header){STR("Authorization"), buf_str(&auth)};
    }
    enum error_code rc =
        buf_failed(&body) || buf_failed(&auth)
            ? error_set(err, ERR_INVALID, "the payment does not fit into a request")
            : http_client_send(p->http, &ask, &rsp, err);
    if (rc == ERR_LIMIT) /* it answered, and we do not know what */
        rc = error_set(err, ERR_UNCERTAIN, "the payment processor's answer is too long");
    buf_wipe(&body);
    buf_wipe(&auth);
    buf_release(&body);
    buf_release(&auth);
    if (rc == ERR_OK)
        rc = judge(&rsp, out, err);
    buf_wipe(&rsp.body); /* a processor may repeat what it was sent */
    http_response_release(&rsp);
    return rc;
}

static const struct payment_gateway_ops http_ops = {.destroy = destroy, .charge = charge};

struct payment_gateway *payment_http_new(const struct payment_http_options *o) {
    struct payment_http *p = mem_zalloc(sizeof *p);
    p->base.ops = &http_ops;
    p->http = o->http;
    p->url = mem_copy_str(o->url);
    p->token = o->token;
    p->timeout_ms = o->timeout_ms ? o->timeout_ms : TIMEOUT_DEFAULT_MS;
    return &p->base;
}
