#ifndef CORE_APP_SWAIG_KEYS_H
#define CORE_APP_SWAIG_KEYS_H

#include <stdbool.h>

#include "core/app/config.h"
#include "core/base/digest.h"
#include "core/base/error.h"
#include "core/base/secret.h"

/*
 * What opens the addresses of a carrier's own agent: user and password, and the key that signs the
 * tokens of functions. What is not set is derived from the API token, so that all nodes agree, and
 * else from the key in the data directory; either outlives a restart.
 */
struct swaig_keys {
    struct swaig_signer *signer;
    struct secret login;       /* "user:password" as a header has it: base64 */
    struct secret credentials; /* the same, percent-encoded, for addresses */
};

/** ERR_IO: there is neither an API token nor a key file. */
NODISCARD enum error_code swaig_keys_init(struct swaig_keys *k, const struct config *c,
                                          struct error *err);
void swaig_keys_release(struct swaig_keys *k); /* zeroed is fine */

/** Does an Authorization header carry the login? Constant time. ptr NULL: no header. */
bool swaig_keys_open(const struct swaig_keys *k, struct str header);

/** What signs tokens, for one thread at a time: be quick. */
struct digest_hmac *swaig_keys_lock(const struct swaig_keys *k);
void swaig_keys_unlock(const struct swaig_keys *k);

#endif
