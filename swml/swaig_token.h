#ifndef SWML_SWAIG_TOKEN_H
#define SWML_SWAIG_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/digest.h"
#include "core/base/str.h"

/*
 * What proves that a function call belongs to a call whose document we wrote: base64url, padded, of
 * "call_id.function.expiry.nonce.signature", the signature being the hex HMAC-SHA256 of
 * "call_id:function:expiry:nonce" ("SignalWire SDK: SessionManager", byte for byte). Whoever holds
 * the key can make one, so tokens need no store and outlive a restart. Thread: any.
 */
enum {
    SWAIG_TOKEN_MAX = 1024, /* bytes of one in text */
    SWAIG_NONCE_BYTES = 8,
    SWAIG_CALL_ID_MAX = 128,
    SWAIG_FUNCTION_MAX = 64,
};

/** Whose tokens these are. One nonce may serve all functions of a document: they are signed too. */
struct swaig_grant {
    struct digest_hmac *key;   /* HMAC-SHA256, used by one thread at a time */
    struct str call_id, nonce; /* nonce: 16 hex digits */
    int64_t expires_s;
};

/**
 * Append the function's token. An id or name that a token cannot carry (empty, too long, with a dot
 * in it) appends nothing and gives false.
 */
NODISCARD bool swaig_token_put(struct buf *b, const struct swaig_grant *g, struct str function);

/**
 * Is this a token for that function of that call, and not expired? An empty one never is. The
 * signature is compared in constant time.
 */
NODISCARD bool swaig_token_is_good(struct str token, struct digest_hmac *key, struct str call_id,
                                   struct str function, int64_t now_ms);

#endif
