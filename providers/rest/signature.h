#ifndef PROVIDERS_REST_SIGNATURE_H
#define PROVIDERS_REST_SIGNATURE_H

#include <pthread.h>
#include <stdbool.h>

#include "core/base/digest.h"
#include "core/base/form.h"
#include "core/base/mem.h"
#include "core/domain/provider.h"
#include "providers/rest/nonce_cache.h"
#include "providers/rest/url.h"

/*
 * What the carriers' webhook signatures have in common. A scheme is a message (which bytes, in
 * which order), a MAC, and a text form of it. The message always starts with the address that the
 * carrier called: our configured public URL and the raw request target, never Host or
 * X-Forwarded-*.
 */

enum rest_mac {
    REST_MAC_SHA1 = 0,
    REST_MAC_SHA256,
};

/** The key and the address of one provider. The key's context is kept, so a MAC costs about half a
 * microsecond; the lock makes it safe from any thread. */
struct rest_signer {
    struct rest_url base; /* borrowed from the text given to init */
    struct digest_hmac *hmac;
    enum rest_mac mac;
    pthread_mutex_t lock;
    struct nonce_cache *nonces; /* owned; NULL: none are kept */
    /* Only after rest_signer_add_auth(): */
    struct digest_hmac *sha256; /* a second MAC under the same key */
    struct str webhook_auth;    /* "user:password" */
};

/** ERR_INVALID when public_base_url is no http(s) or ws(s) URL; it must outlive the signer. */
NODISCARD enum error_code rest_signer_init(struct rest_signer *s, enum rest_mac mac,
                                           const struct secret *key, struct str public_base_url,
                                           struct error *err);
void rest_signer_release(struct rest_signer *s); /* zeroed is fine */

/**
 * For carriers that do not sign all webhooks: credentials for the addresses that we give them, and
 * a second MAC for those that are signed twice. The password is made from the key, so every node
 * that has the key knows it. Its memory is the arena's.
 */
void rest_signer_add_auth(struct rest_signer *s, const struct secret *key, struct arena *a);

/** Does the request bring those credentials (basic authentication)? In constant time. */
bool rest_signer_has_auth(const struct rest_signer *s, const struct webhook_request *req);

/** rest_signer_agrees() by the second MAC, of DIGEST_SHA256_BYTES. */
bool rest_signer_agrees_sha256(struct rest_signer *s, struct str message, struct str want);

/**
 * For a request whose signature was found right: false when another one, of another content, came
 * with the same nonce before. Always true without a cache.
 */
bool rest_signer_take_nonce(struct rest_signer *s, struct str nonce,
                            const struct webhook_request *req);

size_t rest_signer_mac_bytes(const struct rest_signer *s);

/** MAC of one whole message, compared with `want` in constant time. */
bool rest_signer_agrees(struct rest_signer *s, struct str message, struct str want);

/** How a name that comes more than once is signed. */
enum rest_repeats {
    REST_REPEATS_DISTINCT = 0, /* each distinct value once, in byte order */
    REST_REPEATS_AS_SENT,      /* each value, in the order of the wire */
};

/** How a port in the address is treated by a candidate. */
enum rest_port {
    REST_PORT_AS_WRITTEN = 0,
    REST_PORT_REMOVED,
    REST_PORT_DEFAULT_ADDED,
};

/** The configured base and the raw target as one URL, without user info and fragment. */
void rest_signer_put_url(const struct rest_signer *s, enum rest_port port, struct str target,
                         struct buf *b);

/**
 * Verify the form scheme (Twilio security page; SignalWire's cXML webhooks use it too):
 * HMAC(url + for each name in byte order, for each value: name + value).
 * fields is NULL or empty when nothing is appended. The address is
 * tried with and without its port (or the scheme's own port), because the carriers' back ends do
 * both. `want` is the decoded MAC.
 */
bool rest_signer_verify_form(struct rest_signer *s, struct arena *a, struct str target,
                             const struct form *fields, enum rest_repeats repeats, struct str want);

/** A request header of a webhook, case-insensitive; ptr NULL when absent. */
struct str rest_webhook_header(const struct webhook_request *req, struct str name);

/** The media type of a webhook is `type` (parameters such as charset are allowed)? */
bool rest_webhook_is(const struct webhook_request *req, struct str type);

#endif
