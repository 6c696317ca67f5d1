#include "providers/rest/signature.h"

#include <endian.h>

enum {
    URL_SLACK = 16, /* "://", ":65535" and room to spare */
    AUTH_PASSWORD_BYTES = 20,
    AUTH_TEXT_MAX = 64,
};

enum error_code rest_signer_init(struct rest_signer *s, enum rest_mac mac, const struct secret *key,
                                 struct str public_base_url, struct error *err) {
    struct rest_url base;
    if (!rest_url_parse(public_base_url, &base) || str_find(base.rest, '?') < base.rest.len)
        return error_field(err, ERR_INVALID, "public_base_url",
                           "the public URL must look like https://gateway.example.com");
    while (base.rest.len && base.rest.ptr[base.rest.len - 1] == '/')
        base.rest.len--;
    s->base = base;
    s->mac = mac;
    s->hmac = mac == REST_MAC_SHA256 ? digest_hmac_sha256_new(key) : digest_hmac_sha1_new(key);
    pthread_mutex_init(&s->lock, NULL);
    return ERR_OK;
}

void rest_signer_release(struct rest_signer *s) {
    if (!s->hmac)
        return;
    digest_hmac_free(s->hmac);
    digest_hmac_free(s->sha256);
    pthread_mutex_destroy(&s->lock);
    s->hmac = s->sha256 = NULL;
    nonce_cache_free(s->nonces);
    s->nonces = NULL;
}

bool rest_signer_take_nonce(struct rest_signer *s, struct str nonce,
                            const struct webhook_request *req) {
    if (!s->nonces)
        return true;
    CLEANUP(buf_release)
    struct buf content = BUF_INIT(req->method.len + req->target.len + req->body.len + 2);
    buf_put_str(&content, req->method);
    buf_putc(&content, ' ');
    buf_put_str(&content, req->target);
    buf_putc(&content, '\n');
    buf_put_str(&content, req->body);
    return nonce_cache_take(s->nonces, nonce, buf_str(&content));
}

void rest_signer_add_auth(struct rest_signer *s, const struct secret *key, struct arena *a) {
    uint8_t mac[DIGEST_SHA256_BYTES];
    struct buf text = BUF_INIT(AUTH_TEXT_MAX);
    s->sha256 = digest_hmac_sha256_new(key);
    digest_hmac_run(s->sha256, STR("credentials of our webhook addresses, 1"), mac);
    buf_puts(&text, "gateway:");
    digest_put_hex(&text, mac, AUTH_PASSWORD_BYTES);
    s->webhook_auth = arena_copy(a, buf_str(&text));
    secret_wipe(text.ptr, text.len);
    secret_wipe(mac, sizeof mac);
    buf_release(&text);
}

bool rest_signer_has_auth(const struct rest_signer *s, const struct webhook_request *req) {
    struct str header = rest_webhook_header(req, STR("Authorization"));
    struct str scheme;
    uint8_t given[AUTH_TEXT_MAX];
    size_t len = 0;
    if (s->webhook_auth.len == 0 || !str_next(&header, ' ', &scheme) ||
        !str_eq_nocase(scheme, STR("Basic")) ||
        !digest_base64_decode(str_trim(header), given, sizeof given, &len))
        return false;
    bool same = digest_equal(str_from(given, len), s->webhook_auth);
    secret_wipe(given, sizeof given);
    return same;
}

size_t rest_signer_mac_bytes(const struct rest_signer *s) {
    return s->mac == REST_MAC_SHA256 ? DIGEST_SHA256_BYTES : DIGEST_SHA1_BYTES;
}

bool rest_signer_agrees(struct rest_signer *s, struct str message, struct str want) {
    uint8_t mac[DIGEST_SHA256_BYTES];
    pthread_mutex_lock(&s->lock);
    digest_hmac_run(s->hmac, message, mac);
    pthread_mutex_unlock(&s->lock);
    return digest_equal(str_from(mac, rest_signer_mac_bytes(s)), want);
}

bool rest_signer_agrees_sha256(struct rest_signer *s, struct str message, struct str want) {
    uint8_t mac[DIGEST_SHA256_BYTES];
    if (!s->sha256)
        return false;
    pthread_mutex_lock(&s->lock);
    digest_hmac_run(s->sha256, message, mac);
    pthread_mutex_unlock(&s->lock);
    return digest_equal(str_from(mac, sizeof mac), want);
}

/* The parts of a URL to be signed, in order. Written to a buf, or right-aligned before the fields.
 */
struct url_parts {
    struct str part[7];
};

static struct url_parts parts_of(const struct rest_signer *s, enum rest_port port,
                                 struct str target) {
    struct str number = port == REST_PORT_AS_WRITTEN ? s->base.port : STR("");
    if (port == REST_PORT_DEFAULT_ADDED)
        number = rest_url_default_port(&s->base);
    return (struct url_parts){{s->base.scheme, STR("://"), s->base.host,
                               number.len ? STR(":") : STR(""), number, s->base.rest, target}};
}

void rest_signer_put_url(const struct rest_signer *s, enum rest_port port, struct str target,
                         struct buf *b) {
    struct url_parts u = parts_of(s, port, target);
    for (size_t i = 0; i < ARRAY_LEN(u.part); i++)
        buf_put_str(b, u.part[i]);
}

/** Write the URL so that it ends at `end`; returns where it starts. */
static char *put_url_before(char *end, const struct url_parts *u) {
    for (size_t i = ARRAY_LEN(u->part); i-- > 0;) {
        end -= u->part[i].len;
        if (u->part[i].len)
            memcpy(end, u->part[i].ptr, u->part[i].len);
    }
    return end;
}

/* A field to be sorted. The number, its name's first eight bytes, settles most comparisons. */
struct sort_key {
    uint64_t start;
    const struct form_pair *pair;
};

static uint64_t start_of(struct str s) {
    uint64_t n = 0;
    if (s.len >= sizeof n) {
        memcpy(&n, s.ptr, sizeof n);
        return be64toh(n);
    }
    for (size_t i = 0; i < s.len; i++)
        n |= (uint64_t)(unsigned char)s.ptr[i] << (8 * (sizeof n - 1 - i));
    return n;
}

static int compare(const struct sort_key *a, const struct sort_key *b) {
    if (a->start != b->start)
        return a->start < b->start ? -1 : 1;
    int by_name = str_cmp(a->pair->name, b->pair->name);
    return by_name ? by_name : str_cmp(a->pair->value, b->pair->value);
}

/** In the order to be signed; equal fields stay in the order of the wire. */
static bool is_before(const struct sort_key *a, const struct sort_key *b,
                      enum rest_repeats repeats) {
    if (repeats == REST_REPEATS_AS_SENT && a->start == b->start)
        return str_cmp(a->pair->name, b->pair->name) < 0;
    return compare(a, b) < 0;
}

/** Insertion sort: a webhook has about thirty fields, and form_parse() takes 200 at most. */
static void sort_fields(const struct form *f, enum rest_repeats repeats, struct sort_key *keys) {
    for (size_t i = 0; i < f->count; i++) {
        struct sort_key k = {start_of(f->pairs[i].name), &f->pairs[i]};
        size_t at = i;
        for (; at > 0 && is_before(&k, &keys[at - 1], repeats); at--)
            keys[at] = keys[at - 1];
        keys[at] = k;
    }
}

static char *put_str(char *dst, struct str s) {
    if (s.len)
        memcpy(dst, s.ptr, s.len);
    return dst + s.len;
}

/** Append name and value of the fields; returns the end. */
static char *put_fields(struct arena *a, char *dst, const struct form *f,
                        enum rest_repeats repeats) {
    struct sort_key *keys = arena_alloc(a, f->count * sizeof *keys);
    sort_fields(f, repeats, keys);
    for (size_t i = 0; i < f->count; i++)
        if (i == 0 || repeats == REST_REPEATS_AS_SENT || compare(&keys[i - 1], &keys[i]) != 0)
            dst = put_str(put_str(dst, keys[i].pair->name), keys[i].pair->value);
    return dst;
}

bool rest_signer_verify_form(struct rest_signer *s, struct arena *a, struct str target,
                             const struct form *fields, enum rest_repeats repeats,
                             struct str want) {
    static const struct form none;
    if (!fields)
        fields = &none;
    size_t url_max = s->base.scheme.len + s->base.host.len + s->base.port.len + s->base.rest.len +
                     target.len + URL_SLACK;
    size_t fields_max = 0;
    for (size_t i = 0; i < fields->count; i++)
        fields_max += fields->pairs[i].name.len + fields->pairs[i].value.len;

    char *message = arena_alloc(a, url_max + fields_max);
    char *fields_at = message + url_max; /* written once; each candidate's URL ends here */
    char *end = put_fields(a, fields_at, fields, repeats);

    /* As configured first: a base without a port, the usual one, is signed so by voice webhooks. */
    const enum rest_port candidates[] = {
        REST_PORT_AS_WRITTEN, s->base.port.len ? REST_PORT_REMOVED : REST_PORT_DEFAULT_ADDED};
    bool agrees = false;
    for (size_t i = 0; i < ARRAY_LEN(candidates) && !agrees; i++) {
        struct url_parts u = parts_of(s, candidates[i], target);
        char *start = put_url_before(fields_at, &u);
        agrees = rest_signer_agrees(s, str_from(start, (size_t)(end - start)), want);
    }
    return agrees;
}

struct str rest_webhook_header(const struct webhook_request *req, struct str name) {
    if (req->exchange)
        return http_exchange_header(req->exchange, name);
    for (size_t i = 0; i < req->header_count; i++)
        if (str_eq_nocase(req->headers[i].name, name))
            return req->headers[i].value;
    return (struct str){0};
}

bool rest_webhook_is(const struct webhook_request *req, struct str type) {
    struct str rest = req->content_type, media;
    return str_next(&rest, ';', &media) && str_eq_nocase(str_trim(media), type);
}
