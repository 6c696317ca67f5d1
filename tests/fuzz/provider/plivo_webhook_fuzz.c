/* Plivo's webhooks: only what is signed passes, whoever computes the signature; and what passes is
 * sane. Input: one byte for the kind, the request target, a line feed, the body. */
#include <assert.h>

#include "providers/plivo/plivo.h"
#include "providers/plivo/webhook.h"
#include "providers/rest/encode.h"
#include "tests/fuzz/provider/dialect_rig.h"
#include "tests/support/plivo_sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct dialect_rig rig = {
    .dialect = &plivo_dialect,
    .account = {.id = STR_INIT(PLIVO_TEST_ACCOUNT)},
    .is_call = rest_is_uuid,
    .is_recording = rest_is_uuid,
};

/** Fields as another reader sees them: -1 no form, else their number. */
static int count_fields(struct arena *a, struct str text) {
    struct form f = {0};
    return form_parse(a, text, &f, NULL) == ERR_OK ? (int)f.count : -1;
}

static void read_as(struct rest_signer *signer, const struct webhook_request *req, bool is_signed) {
    CLEANUP(arena_release) struct arena a = {0};
    struct form fields = {.count = 777};
    struct webhook_news news = {.status = CALL_UNKNOWN};
    struct error err = {0};
    int body = count_fields(&a, req->body);
    struct str query = str_from_index(req->target, str_find(req->target, '?') + 1);
    bool is_plain = count_fields(&a, query) >= 0; /* no bare names, which only some signers take */
    enum error_code rc = plivo_verify_webhook(signer, req, &a, &fields, &err);
    assert(rc == ERR_OK || (err.code == rc && fields.count == 777));
    assert(rc != ERR_OK || (is_signed && body >= 0));
    assert(rc == ERR_OK || !(is_signed && body >= 0 && is_plain));
    if (rc != ERR_OK)
        return;
    assert(fields.count == (size_t)body);
    rc = plivo_parse_webhook(&rig.account, req, &fields, &a, &news, &err);
    if (rc == ERR_OK)
        rig_check_news(&rig, &news, req->kind);
    else
        assert(rc == ERR_INVALID && news.status == CALL_UNKNOWN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(buf_release) struct buf url = BUF_INIT(16384);
    struct secret token = {0};
    struct rest_signer signer = {0};
    char signature[PLIVO_SIGNATURE_SIZE];
    if (size == 0 || !secret_system_init())
        return 0;
    struct webhook_request req = rig_webhook(data, size);
    if (!rig_put_url(&url, PLIVO_TEST_BASE, req.target))
        return 0;
    sign_plivo(PLIVO_TEST_TOKEN, "POST", url.ptr, req.body, PLIVO_TEST_NONCE, signature);
    secret_set(&token, STR(PLIVO_TEST_TOKEN));
    assert(rest_signer_init(&signer, REST_MAC_SHA256, &token, STR(PLIVO_TEST_BASE), NULL) ==
           ERR_OK);
    struct http_header headers[] = {{STR("X-Plivo-Signature-V3"), str_z(signature)},
                                    {STR("X-Plivo-Signature-V3-Nonce"), STR(PLIVO_TEST_NONCE)}};
    req.headers = headers;
    req.header_count = ARRAY_LEN(headers);
    read_as(&signer, &req, true);
    signature[5] = signature[5] == 'A' ? 'B' : 'A';
    read_as(&signer, &req, false);
    headers[0].value = str_from(data, size); /* the input as the signature itself */
    read_as(&signer, &req, false);
    rest_signer_release(&signer);
    secret_release(&token);
    return 0;
}
