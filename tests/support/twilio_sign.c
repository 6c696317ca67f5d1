#include "tests/support/twilio_sign.h"

#include <stdlib.h>

#include "core/base/digest.h"
#include "core/base/form.h"

static int by_name_then_value(const void *a, const void *b) {
    const struct form_pair *x = a, *y = b;
    int order = str_cmp(x->name, y->name);
    return order ? order : str_cmp(x->value, y->value);
}

void sign_twilio(const char *token, const char *url, struct str form_body,
                 char signature[TWILIO_SIGNATURE_SIZE]) {
    struct arena a = {0};
    struct form f = {0};
    struct buf text = BUF_INIT(1 << 20), base64 = BUF_INIT(64);
    struct secret key = {0};
    uint8_t mac[DIGEST_SHA1_BYTES];
    buf_puts(&text, url);
    if (form_parse(&a, form_body, &f, NULL) == ERR_OK && f.count)
        qsort(f.pairs, f.count, sizeof f.pairs[0], by_name_then_value);
    for (size_t i = 0; i < f.count; i++) {
        if (i > 0 && by_name_then_value(&f.pairs[i], &f.pairs[i - 1]) == 0)
            continue;
        buf_put_str(&text, f.pairs[i].name);
        buf_put_str(&text, f.pairs[i].value);
    }
    secret_set(&key, str_z(token));
    struct digest_hmac *h = digest_hmac_sha1_new(&key);
    digest_hmac_run(h, buf_str(&text), mac);
    digest_put_base64(&base64, mac, sizeof mac);
    if (!str_copy(buf_str(&base64), signature, TWILIO_SIGNATURE_SIZE))
        signature[0] = '\0';
    digest_hmac_free(h);
    secret_release(&key);
    buf_release(&text);
    buf_release(&base64);
    arena_release(&a);
}
