#ifndef PROVIDERS_REST_NONCE_CACHE_H
#define PROVIDERS_REST_NONCE_CACHE_H

#include "core/base/clock.h"
#include "core/base/str.h"

/*
 * What was said with each nonce of a carrier's signed requests, for some minutes. A carrier that
 * repeats a request sends the same again; anybody else who shows a nonce that was seen, with
 * another content, repeats a signature that does not cover it. Bounded: in a flood the oldest are
 * forgotten first. Safe from any thread.
 */
struct nonce_cache;

/** At least `entries` nonces (rounded up) are kept for window_ms each. */
struct nonce_cache *nonce_cache_new(size_t entries, uint32_t window_ms, const struct clock *clock);
void nonce_cache_free(struct nonce_cache *c); /* NULL is fine */

/** True when the nonce is new or came with the same content before; false for another content. */
bool nonce_cache_take(struct nonce_cache *c, struct str nonce, struct str content);

#endif
