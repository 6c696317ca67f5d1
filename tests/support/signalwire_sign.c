#include "tests/support/signalwire_sign.h"

#include "core/base/digest.h"
#include "core/base/mem.h"

static void sign(struct digest_hmac *h, struct str message, size_t bytes, char *hex) {
    uint8_t mac[DIGEST_SHA256_BYTES];
    struct buf b = BUF_INIT(SIGNALWIRE_SHA256_SIZE);
    digest_hmac_run(h, message, mac);
    digest_put_hex(&b, mac, bytes);
    memcpy(hex, b.ptr, b.len + 1);
    buf_release(&b);
    digest_hmac_free(h);
}

void sign_signalwire(const char *key, const char *url, struct str body, char *sha1, char *sha256) {
    struct secret k = {0};
    struct buf message = BUF_INIT(1 << 20);
    secret_set(&k, str_z(key));
    buf_puts(&message, url);
    buf_put_str(&message, body);
    if (sha1)
        sign(digest_hmac_sha1_new(&k), buf_str(&message), DIGEST_SHA1_BYTES, sha1);
    if (sha256)
        sign(digest_hmac_sha256_new(&k), buf_str(&message), DIGEST_SHA256_BYTES, sha256);
    buf_release(&message);
    secret_release(&k);
}
