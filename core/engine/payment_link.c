#include "core/engine/payment_link.h"

#include "core/base/digest.h"
#include "core/base/id.h"

enum {
    TOKEN_BYTES = (PAYMENT_TOKEN_SIZE - 1) / 2
};

void payment_link_token(const struct call *c, int64_t payment_id, char dst[PAYMENT_TOKEN_SIZE]) {
    uint8_t digest[DIGEST_BLAKE2B_BYTES];
    struct buf b = BUF_INIT(128), hex = BUF_INIT(PAYMENT_TOKEN_SIZE - 1);
    buf_puts(&b, "payment connector ");
    buf_puts(&b, c->nonce);
    buf_putc(&b, ' ');
    id_put(&b, PAYMENT_ID_PREFIX, payment_id);
    digest_blake2b(buf_str(&b), digest);
    digest_put_hex(&hex, digest, TOKEN_BYTES);
    memcpy(dst, hex.ptr, PAYMENT_TOKEN_SIZE);
    buf_release(&hex);
    buf_release(&b);
}

void payment_link_put(const struct links *l, struct buf *b, const struct call *c,
                      int64_t payment_id) {
    char token[PAYMENT_TOKEN_SIZE];
    payment_link_token(c, payment_id, token);
    buf_put_str(b, l->public_base_url);
    buf_puts(b, "/payment/");
    id_put(b, PAYMENT_ID_PREFIX, payment_id);
    buf_putc(b, '/');
    buf_puts(b, token);
}

void payment_link_put_result(const struct links *l, struct buf *b, const struct call *c,
                             int64_t payment_id) {
    payment_link_put(l, b, c, payment_id);
    buf_puts(b, "/result");
}

bool payment_link_parse(struct str path, struct payment_link *out) {
    struct str rest = path, part[5] = {{0}};
    size_t n = 0;
    while (n < ARRAY_LEN(part) && str_next(&rest, '/', &part[n]))
        n++;
    bool is_result = n == 5 && !rest.ptr && str_eq_z(part[4], "result");
    if ((n != 4 && !is_result) || part[0].len != 0 || !str_eq_z(part[1], "payment") ||
        part[3].len != PAYMENT_TOKEN_SIZE - 1 ||
        !id_parse(part[2], PAYMENT_ID_PREFIX, &out->payment_id))
        return false;
    out->token = part[3];
    out->is_result = is_result;
    return true;
}
