#include "tests/support/plivo_sign.h"

#include <stdlib.h>

#include "core/base/digest.h"
#include "core/base/form.h"

static int by_name_then_value(const void *a, const void *b) {
    const struct form_pair *x = a, *y = b;
    int order = str_cmp(x->name, y->name);
    return order ? order : str_cmp(x->value, y->value);
}

/** Each pair as name, between, value; `separator` between two pairs. */
static void put_sorted(struct buf *b, struct str text, const char *between, const char *separator) {
    struct arena a = {0};
    struct form f = {0};
    if (form_parse(&a, text, &f, NULL) == ERR_OK && f.count)
        qsort(f.pairs, f.count, sizeof f.pairs[0], by_name_then_value);
    for (size_t i = 0; i < f.count; i++) {
        buf_puts(b, i ? separator : "");
        buf_put_str(b, f.pairs[i].name);
        buf_puts(b, between);
        buf_put_str(b, f.pairs[i].value);
    }
    arena_release(&a);
}

static void put_signature(const char *token, struct buf *text, char *signature) {
    struct buf base64 = BUF_INIT(64);
    struct secret key = {0};
    uint8_t mac[DIGEST_SHA256_BYTES];
    secret_set(&key, str_z(token));
    struct digest_hmac *h = digest_hmac_sha256_new(&key);
    digest_hmac_run(h, buf_str(text), mac);
    digest_put_base64(&base64, mac, sizeof mac);
    if (!str_copy(buf_str(&base64), signature, PLIVO_SIGNATURE_SIZE))
        signature[0] = '\0';
    digest_hmac_free(h);
    secret_release(&key);
    buf_release(text);
    buf_release(&base64);
}

void sign_plivo(const char *token, const char *method, const char *url, struct str form_body,
                const char *nonce, char signature[PLIVO_SIGNATURE_SIZE]) {
    struct buf text = BUF_INIT(1 << 20);
    struct str all = str_z(url);
    size_t mark = str_find(all, '?');
    struct str query = str_from_index(all, mark + 1);
    bool has_fields = strcmp(method, "POST") == 0 && form_body.len > 0;
    buf_put(&text, url, mark);
    buf_puts(&text, query.len || has_fields ? "?" : "");
    put_sorted(&text, query, "=", "&");
    buf_puts(&text, query.len && has_fields ? "." : "");
    if (has_fields)
        put_sorted(&text, form_body, "", "");
    buf_puts(&text, ".");
    buf_puts(&text, nonce);
    put_signature(token, &text, signature);
}

void plivo_sign_v2(const char *token, const char *url, const char *nonce,
                   char signature[PLIVO_SIGNATURE_SIZE]) {
    struct buf text = BUF_INIT(1 << 20);
    buf_put(&text, url, str_find(str_z(url), '?'));
    buf_puts(&text, nonce);
    put_signature(token, &text, signature);
}
