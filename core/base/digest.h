#ifndef CORE_BASE_DIGEST_H
#define CORE_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/secret.h"
#include "core/base/str.h"

enum {
    DIGEST_SHA1_BYTES = 20,
    DIGEST_SHA256_BYTES = 32,
    DIGEST_BLAKE2B_BYTES = 32,
};

/**
 * HMAC with a key that is used for many messages. Holds a prepared context, so one message costs
 * about half a microsecond. Not thread-safe: one per thread, or a lock around it. The key must be
 * set: an empty one ends the process, because anybody can compute its MACs.
 */
struct digest_hmac; /* opaque */

/** HMAC-SHA1 (libcrypto: libsodium has none); the carriers' webhook signatures use it. */
struct digest_hmac *digest_hmac_sha1_new(const struct secret *key);
struct digest_hmac *digest_hmac_sha256_new(const struct secret *key);
void digest_hmac_free(struct digest_hmac *h); /* NULL is fine */

/** MAC of one whole message; out has room for DIGEST_SHA1_BYTES or DIGEST_SHA256_BYTES. */
void digest_hmac_run(struct digest_hmac *h, struct str message, uint8_t *out);

void digest_sha256(struct str message, uint8_t out[DIGEST_SHA256_BYTES]);
void digest_blake2b(struct str message, uint8_t out[DIGEST_BLAKE2B_BYTES]);

/** Equal contents? Time depends on the lengths only. */
bool digest_equal(struct str a, struct str b);

void digest_put_hex(struct buf *b, const void *p, size_t n);       /* lower case */
void digest_put_base64(struct buf *b, const void *p, size_t n);    /* standard, padded */
void digest_put_base64url(struct buf *b, const void *p, size_t n); /* with - and _, padded */

/** Exactly n bytes from 2n lower-case hex digits; false for anything else. */
NODISCARD bool digest_hex_decode(struct str s, uint8_t *out, size_t n);

/** Strict standard base64 (padded, no blanks); false when malformed or longer than max bytes. */
NODISCARD bool digest_base64_decode(struct str s, uint8_t *out, size_t max, size_t *out_len);

/** n random bytes as 2n lower-case hex digits with a NUL; dst needs 2n + 1. */
void digest_random_hex(char *dst, size_t n);

void digest_random(void *dst, size_t n);

#endif
