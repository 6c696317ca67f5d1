/* Webhooks: only what is signed passes, whoever computes the signature; and what passes is sane.
 * Input: one byte for the kind, the request target, a line feed, the body. */
#include <assert.h>
#include <stdio.h>

#include "providers/twilio/webhook.h"
#include "tests/support/twilio_sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct rest_account account = {.id = STR_INIT(TWILIO_TEST_ACCOUNT)};

/** Another implementation's signature; false when the URL does not fit. */
static bool sign(struct str target, struct str body, char signature[TWILIO_SIGNATURE_SIZE]) {
    CLEANUP(buf_release) struct buf url = BUF_INIT(16384);
    buf_puts(&url, TWILIO_TEST_BASE);
    buf_put_str(&url, target);
    if (buf_failed(&url) || strlen(url.ptr) != url.len)
        return false; /* a NUL: no server hands such a target on */
    twilio_sign(TWILIO_TEST_TOKEN, url.ptr, body, signature);
    return true;
}

static bool is_id_or_empty(const char *sid, const char *prefix) {
    return sid[0] == '\0' || (strlen(sid) == 34 && strncmp(sid, prefix, 2) == 0);
}

static void check_news(const struct webhook_news *n, enum webhook_kind kind) {
    assert(is_id_or_empty(n->sid, "CA") && is_id_or_empty(n->recording_sid, "RE"));
    assert((unsigned)n->status < CALL_STATUS_COUNT && n->status != CALL_UNKNOWN);
    assert((unsigned)n->answered_by < CALL_ANSWERED_BY_COUNT);
    assert((unsigned)n->recording_status < RECORDING_STATUS_COUNT);
    assert(n->confidence == -1 || (n->confidence >= 0 && n->confidence <= 1));
    assert(n->duration_s <= INT32_MAX && n->carrier_code >= 0);
    assert(kind == WEBHOOK_GATHER || (n->digits.len == 0 && n->speech.len == 0));
    assert(kind != WEBHOOK_RECORDING || n->recording_sid[0] != '\0');
    assert(str_is_utf8(n->speech) && str_is_utf8(n->carrier_text));
}

static void read_as(struct rest_signer *signer, const struct webhook_request *req, bool is_signed) {
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
    rc = twilio_parse_webhook(&account, req, &fields, &a, &news, &err);
    if (rc == ERR_OK)
        check_news(&news, req->kind);
    else
        assert((rc == ERR_INVALID || rc == ERR_AUTH) && news.status == CALL_UNKNOWN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str rest = str_from(data, size), target;
    struct secret token = {0};
    struct rest_signer signer = {0};
    char signature[TWILIO_SIGNATURE_SIZE];
    if (size == 0 || !secret_system_init())
        return 0;
    enum webhook_kind kind = (enum webhook_kind)(1 + data[0] % (WEBHOOK_KIND_COUNT - 1));
    rest = str_from_index(rest, 1);
    size_t line = str_find(rest, '\n');
    target = str_from(rest.ptr, line);
    struct str body = str_from_index(rest, line + 1);
    if (!sign(target, body, signature))
        return 0;
    secret_set(&token, STR(TWILIO_TEST_TOKEN));
    assert(rest_signer_init(&signer, REST_MAC_SHA1, &token, STR(TWILIO_TEST_BASE), NULL) == ERR_OK);
    struct http_header header = {STR("X-Twilio-Signature"), str_z(signature)};
    const struct webhook_request req = {
        .kind = kind,
        .method = STR("POST"),
        .target = target,
        .content_type = STR("application/x-www-form-urlencoded"),
        .body = body,
        .headers = &header,
        .header_count = 1,
    };
    read_as(&signer, &req, true);
    signature[5] = signature[5] == 'A' ? 'B' : 'A';
    read_as(&signer, &req, false);
    header.value = str_from(data, size); /* the input as the signature itself */
    read_as(&signer, &req, false);
    rest_signer_release(&signer);
    secret_release(&token);
    return 0;
}
