#include "swml/swaig_token.h"

#include <string.h>

#include "core/base/digest.h"

enum {
    PLAIN_MAX = SWAIG_TOKEN_MAX / 4 * 3,
    NONCE_BYTES = 8,
    PARTS = 5,
};

static bool can_carry(struct str s, size_t max) {
    return s.len > 0 && s.len <= max && str_find(s, '.') == s.len;
}

static void put_signature(struct buf *b, const struct secret *key, struct str call_id,
                          struct str function, struct str expiry, struct str nonce) {
    CLEANUP(buf_release) struct buf message = BUF_INIT(PLAIN_MAX);
    uint8_t mac[DIGEST_SHA256_BYTES];
    buf_printf(&message, STR_FMT ":" STR_FMT ":" STR_FMT ":" STR_FMT, STR_ARG(call_id),
               STR_ARG(function), STR_ARG(expiry), STR_ARG(nonce));
    struct digest_hmac *h = digest_hmac_sha256_new(key);
    digest_hmac_run(h, buf_str(&message), mac);
    digest_hmac_free(h);
    digest_put_hex(b, mac, sizeof mac);
}

/* Between the alphabet of digest_put_base64() and the one that is safe in URLs. */
static void swap_alphabet(char *p, size_t n, const char *from, const char *to) {
    for (size_t i = 0; i < n; i++)
        p[i] = p[i] == from[0] ? to[0] : p[i] == from[1] ? to[1] : p[i];
}

bool swaig_token_put(struct buf *b, const struct secret *key, struct str call_id,
                     struct str function, int64_t expires_s, struct str nonce) {
    CLEANUP(buf_release) struct buf plain = BUF_INIT(PLAIN_MAX);
    char expiry[24], made[2 * NONCE_BYTES + 1];
    if (!can_carry(call_id, SWAIG_CALL_ID_MAX) || !can_carry(function, SWAIG_FUNCTION_MAX))
        return false;
    if (nonce.len == 0) {
        digest_random_hex(made, NONCE_BYTES);
        nonce = str_z(made);
    }
    buf_put_i64(&plain, expires_s);
    bool fits = str_copy(buf_str(&plain), expiry, sizeof expiry);
    buf_clear(&plain);
    buf_printf(&plain, STR_FMT "." STR_FMT ".%s." STR_FMT ".", STR_ARG(call_id), STR_ARG(function),
               expiry, STR_ARG(nonce));
    put_signature(&plain, key, call_id, function, str_z(expiry), nonce);
    if (!fits || buf_failed(&plain))
        return false;
    size_t start = b->len;
    digest_put_base64(b, plain.ptr, plain.len);
    if (!buf_failed(b))
        swap_alphabet(b->ptr + start, b->len - start, "+/", "-_");
    return !buf_failed(b);
}

static bool decode(struct str token, char *plain, size_t *len) {
    char text[SWAIG_TOKEN_MAX + 1];
    bool standard = str_find(token, '+') < token.len || str_find(token, '/') < token.len;
    if (token.len == 0 || standard || !str_copy(token, text, sizeof text))
        return false;
    swap_alphabet(text, token.len, "-_", "+/");
    return digest_base64_decode(str_from(text, token.len), (uint8_t *)plain, PLAIN_MAX, len);
}

bool swaig_token_is_good(struct str token, const struct secret *key, struct str call_id,
                         struct str function, int64_t now_ms) {
    CLEANUP(buf_release) struct buf want = BUF_INIT(2 * DIGEST_SHA256_BYTES);
    char plain[PLAIN_MAX];
    struct str part[PARTS], rest;
    size_t n = 0, len = 0;
    uint64_t expires_s = 0;
    if (!decode(token, plain, &len))
        return false;
    rest = str_from(plain, len);
    while (n < PARTS && str_next(&rest, '.', &part[n]))
        n++;
    if (n != PARTS || rest.ptr || part[0].len == 0)
        return false;
    put_signature(&want, key, part[0], part[1], part[2], part[3]);
    bool signed_by_us = digest_equal(buf_str(&want), part[4]);
    bool ours = str_eq(part[0], call_id) && str_eq(part[1], function);
    bool dated = str_to_u64(part[2], INT64_MAX / 1000, &expires_s);
    return signed_by_us && ours && dated && (int64_t)expires_s * 1000 >= now_ms;
}
