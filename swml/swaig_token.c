#include "swml/swaig_token.h"

enum {
    PLAIN_MAX = SWAIG_TOKEN_MAX / 4 * 3,
    PARTS = 5,
};

static bool can_carry(struct str s, size_t max) {
    return s.len > 0 && s.len <= max && str_find(s, '.') == s.len;
}

/* What is sent with dots is signed with colons. */
static void put_signature(struct buf *b, struct digest_hmac *key, struct str sent) {
    char message[PLAIN_MAX];
    uint8_t mac[DIGEST_SHA256_BYTES];
    for (size_t i = 0; i < sent.len; i++)
        message[i] = (char)(sent.ptr[i] == '.' ? ':' : sent.ptr[i]);
    digest_hmac_run(key, str_from(message, sent.len), mac);
    digest_put_hex(b, mac, sizeof mac);
}

bool swaig_token_put(struct buf *b, const struct swaig_grant *g, struct str function) {
    CLEANUP(buf_release) struct buf plain = BUF_INIT(PLAIN_MAX);
    if (!can_carry(g->call_id, SWAIG_CALL_ID_MAX) || !can_carry(function, SWAIG_FUNCTION_MAX) ||
        !can_carry(g->nonce, SWAIG_CALL_ID_MAX))
        return false;
    buf_reserve(&plain, PLAIN_MAX);
    buf_put_str(&plain, g->call_id);
    buf_putc(&plain, '.');
    buf_put_str(&plain, function);
    buf_putc(&plain, '.');
    buf_put_i64(&plain, g->expires_s);
    buf_putc(&plain, '.');
    buf_put_str(&plain, g->nonce);
    size_t signed_len = plain.len;
    buf_putc(&plain, '.');
    put_signature(&plain, g->key, str_from(plain.ptr, signed_len));
    digest_put_base64url(b, plain.ptr, plain.len);
    return !buf_failed(b);
}

static void to_standard(char *p, size_t n) {
    for (size_t i = 0; i < n; i++)
        p[i] = (char)(p[i] == '-' ? '+' : p[i] == '_' ? '/' : p[i]);
}

static bool decode(struct str token, char *plain, size_t *len) {
    char text[SWAIG_TOKEN_MAX + 1];
    bool standard = str_find(token, '+') < token.len || str_find(token, '/') < token.len;
    if (token.len == 0 || standard || !str_copy(token, text, sizeof text))
        return false;
    to_standard(text, token.len);
    return digest_base64_decode(str_from(text, token.len), (uint8_t *)plain, PLAIN_MAX, len);
}

bool swaig_token_is_good(struct str token, struct digest_hmac *key, struct str call_id,
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
    put_signature(&want, key, str_from(plain, len - part[4].len - 1));
    bool signed_by_us = digest_equal(buf_str(&want), part[4]);
    bool ours = str_eq(part[0], call_id) && str_eq(part[1], function);
    bool dated = str_to_u64(part[2], INT64_MAX / 1000, &expires_s);
    return signed_by_us && ours && dated && (int64_t)expires_s * 1000 >= now_ms;
}
