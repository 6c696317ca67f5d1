#include "core/base/digest.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sodium.h>

#include "core/base/mem.h"

struct digest_hmac {
    EVP_MAC_CTX *ctx; /* keyed once; every message starts over from the keyed state */
    size_t mac_bytes;
};

static struct digest_hmac *hmac_new(const struct secret *key, const char *hash, size_t mac_bytes) {
    if (!secret_is_set(key)) /* anybody could compute a MAC under an empty key */
        mem_panic("HMAC with an empty key: check that the secret is set first");
    struct str bytes = secret_reveal(key);
    char name[16];
    if (!str_copy(str_z(hash), name, sizeof name))
        mem_panic("hash name too long: %s", hash);
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                           OSSL_PARAM_construct_end()};
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;
    EVP_MAC_free(mac); /* the context keeps its own reference */
    if (!ctx || !EVP_MAC_init(ctx, (const unsigned char *)bytes.ptr, bytes.len, params))
        mem_panic("libcrypto offers no HMAC with %s: check the OpenSSL installation", hash);
    struct digest_hmac *h = mem_zalloc(sizeof *h);
    *h = (struct digest_hmac){.ctx = ctx, .mac_bytes = mac_bytes};
    return h;
}

struct digest_hmac *digest_hmac_sha1_new(const struct secret *key) {
    return hmac_new(key, "SHA1", DIGEST_SHA1_BYTES);
}

struct digest_hmac *digest_hmac_sha256_new(const struct secret *key) {
    return hmac_new(key, "SHA256", DIGEST_SHA256_BYTES);
}

void digest_hmac_free(struct digest_hmac *h) {
    if (!h)
        return;
    EVP_MAC_CTX_free(h->ctx); /* wipes the key */
    mem_free(h);
}

void digest_hmac_run(struct digest_hmac *h, struct str message, uint8_t *out) {
    size_t len = 0;
    /* NULL key: keep the one set above; fetching and keying anew would cost three times as much */
    if (!EVP_MAC_init(h->ctx, NULL, 0, NULL) ||
        !EVP_MAC_update(h->ctx, (const unsigned char *)message.ptr, message.len) ||
        !EVP_MAC_final(h->ctx, out, &len, h->mac_bytes) || len != h->mac_bytes)
        mem_panic("libcrypto could not compute an HMAC of %zu bytes", message.len);
}

void digest_sha256(struct str message, uint8_t out[DIGEST_SHA256_BYTES]) {
    /* libcrypto uses the processor's SHA instructions, libsodium 1.0.18 does not */
    if (!EVP_Digest(message.ptr, message.len, out, NULL, EVP_sha256(), NULL))
        mem_panic("libcrypto could not compute a SHA-256 of %zu bytes", message.len);
}

void digest_blake2b(struct str message, uint8_t out[DIGEST_BLAKE2B_BYTES]) {
    if (crypto_generichash(out, DIGEST_BLAKE2B_BYTES, (const unsigned char *)message.ptr,
                           message.len, NULL, 0) != 0)
        mem_panic("libsodium could not compute a BLAKE2b of %zu bytes", message.len);
}

bool digest_equal(struct str a, struct str b) {
    return a.len == b.len && (a.len == 0 || sodium_memcmp(a.ptr, b.ptr, a.len) == 0);
}

/** Room for n bytes at once, all or nothing; NULL and failed when they do not fit. */
static char *extend(struct buf *b, size_t n) {
    buf_put(b, NULL, 0);
    buf_reserve(b, n);
    if (buf_failed(b))
        return NULL;
    char *at = b->ptr + b->len;
    b->len += n;
    b->ptr[b->len] = '\0';
    return at;
}

void digest_put_hex(struct buf *b, const void *p, size_t n) {
    static const char hex[] = "0123456789abcdef";
    const uint8_t *bytes = p;
    char *at = n <= SIZE_MAX / 2 ? extend(b, 2 * n) : NULL;
    for (size_t i = 0; at && i < n; i++) {
        *at++ = hex[bytes[i] >> 4];
        *at++ = hex[bytes[i] & 15];
    }
}

static void put_base64(struct buf *b, const uint8_t *in, size_t n, const char letters[64]) {
    char *at = n <= SIZE_MAX / 2 ? extend(b, (n + 2) / 3 * 4) : NULL;
    for (; at && n >= 3; n -= 3, in += 3, at += 4) {
        at[0] = letters[in[0] >> 2];
        at[1] = letters[(in[0] & 3) << 4 | in[1] >> 4];
        at[2] = letters[(in[1] & 15) << 2 | in[2] >> 6];
        at[3] = letters[in[2] & 63];
    }
    if (!at || n == 0)
        return;
    uint8_t second = n == 2 ? in[1] : 0;
    at[0] = letters[in[0] >> 2];
    at[1] = letters[(in[0] & 3) << 4 | second >> 4];
    at[2] = (char)(n == 2 ? letters[(second & 15) << 2] : '=');
    at[3] = '=';
}

bool digest_hex_decode(struct str s, uint8_t *out, size_t n) {
    if (s.len != 2 * n)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        int digit = str_hex_value(s.ptr[i]);
        if (digit < 0 || (s.ptr[i] >= 'A' && s.ptr[i] <= 'F'))
            return false;
        out[i / 2] =
            (uint8_t)(out[i / 2] << 4 | digit); /* the first digit of a byte is shifted out */
    }
    return true;
}

void digest_put_base64(struct buf *b, const void *p, size_t n) {
    put_base64(b, p, n, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
}

void digest_put_base64url(struct buf *b, const void *p, size_t n) {
    put_base64(b, p, n, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}

bool digest_base64_decode(struct str s, uint8_t *out, size_t max, size_t *out_len) {
    size_t len = 0;
    if (s.len == 0) {
        *out_len = 0;
        return true;
    }
    if (sodium_base642bin(out, max, s.ptr, s.len, NULL, &len, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return false;
    *out_len = len;
    return true;
}

void digest_random_hex(char *dst, size_t n) {
    static const char hex[] = "0123456789abcdef";
    uint8_t *bytes = (uint8_t *)dst + n; /* the far half; byte i is read before it is overwritten */
    randombytes_buf(bytes, n);
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = bytes[i];
        dst[2 * i] = hex[byte >> 4];
        dst[2 * i + 1] = hex[byte & 15];
    }
    dst[2 * n] = '\0';
}

void digest_random(void *dst, size_t n) {
    randombytes_buf(dst, n);
}
