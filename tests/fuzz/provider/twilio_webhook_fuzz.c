/* Webhooks: only what is signed passes, whoever computes the signature; and what passes is sane.
 * Input: one byte for the kind, the request target, a line feed, the body. */
#include <assert.h>

#include "providers/twilio/twilio.h"
#include "providers/twilio/webhook.h"
#include "providers/twilio/words.h"
#include "tests/fuzz/provider/dialect_rig.h"
#include "tests/support/twilio_sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_as(struct rest_signer *signer, const struct webhook_request *req, bool is_signed) {
    const struct dialect_rig rig = {.dialect = &twilio_dialect,
                                    .account = {.id = STR(TWILIO_TEST_ACCOUNT)},
                                    .is_call = twilio_laml.is_call,
                                    .is_recording = twilio_laml.is_recording};
    CLEANUP(arena_release) struct arena a = {0};
    struct form fields = {.count = 77}, parsed = {0};
    struct webhook_news news = {.status = CALL_UNKNOWN};
    struct error err = {0};
    bool is_form = form_parse(&a, req->body, &parsed, NULL) == ERR_OK;
    enum error_code rc = twilio_verify_webhook(signer, req, &a, &fields, &err);
    assert((rc == ERR_OK) == (is_signed && is_form));
    assert(rc == ERR_OK || (err.code == rc && fields.count == 77));
    if (rc != ERR_OK)
        return;
    assert(fields.count == parsed.count);
    rc = twilio_parse_webhook(&rig.account, req, &fields, &a, &news, &err);
    if (rc == ERR_OK)
        rig_check_news(&rig, &news, req->kind);
    else
        assert((rc == ERR_INVALID || rc == ERR_AUTH) && news.status == CALL_UNKNOWN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    CLEANUP(buf_release) struct buf url = BUF_INIT(16384);
    struct secret token = {0};
    struct rest_signer signer = {0};
    char signature[TWILIO_SIGNATURE_SIZE];
    if (size == 0 || !secret_system_init())
        return 0;
    struct webhook_request req = rig_webhook(data, size);
    if (!rig_put_url(&url, TWILIO_TEST_BASE, req.target))
        return 0;
    sign_twilio(TWILIO_TEST_TOKEN, url.ptr, req.body, signature);
    secret_set(&token, STR(TWILIO_TEST_TOKEN));
    assert(rest_signer_init(&signer, REST_MAC_SHA1, &token, STR(TWILIO_TEST_BASE), NULL) == ERR_OK);
    struct http_header header = {STR("X-Twilio-Signature"), str_z(signature)};
    req.headers = &header;
    req.header_count = 1;
    read_as(&signer, &req, true);
    signature[5] = signature[5] == 'A' ? 'B' : 'A';
    read_as(&signer, &req, false);
    header.value = str_from(data, size); /* the input as the signature itself */
    read_as(&signer, &req, false);
    rest_signer_release(&signer);
    secret_release(&token);
    return 0;
}
