/* Plivo's webhooks: only what is signed passes, whoever computes the signature; and what passes is
 * sane. Input: one byte for the kind, the request target, a line feed, the body. */
#include <assert.h>

#include "providers/plivo/webhook.h"
#include "providers/rest/encode.h"
#include "tests/support/plivo_sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct rest_account account = {.id = STR_INIT(PLIVO_TEST_ACCOUNT)};

/** Another implementation's signature; false when the URL does not fit. */
static bool sign(struct str target, struct str body, char signature[PLIVO_SIGNATURE_SIZE]) {
    CLEANUP(buf_release) struct buf url = BUF_INIT(16384);
    buf_puts(&url, PLIVO_TEST_BASE);
    buf_put_str(&url, target);
    if (buf_failed(&url) || strlen(url.ptr) != url.len)
        return false; /* a NUL: no server hands such a target on */
    plivo_sign(PLIVO_TEST_TOKEN, "POST", url.ptr, body, PLIVO_TEST_NONCE, signature);
    return true;
}

static bool is_id_or_empty(const char *sid) {
    return sid[0] == '\0' || rest_is_uuid(str_z(sid));
}

static void check_news(const struct webhook_news *n, enum webhook_kind kind) {
    assert(is_id_or_empty(n->sid) && is_id_or_empty(n->recording_sid));
    assert((unsigned)n->status < CALL_STATUS_COUNT && n->status != CALL_UNKNOWN);
    assert((unsigned)n->answered_by < CALL_ANSWERED_BY_COUNT);
    assert((unsigned)n->recording_status < RECORDING_STATUS_COUNT);
    assert(n->confidence == -1 || (n->confidence >= 0 && n->confidence <= 1));
    assert(n->duration_s <= INT32_MAX && n->carrier_code >= 0 && n->at_ms >= 0);
    assert(kind == WEBHOOK_GATHER || (n->digits.len == 0 && n->speech.len == 0));
    assert(kind != WEBHOOK_RECORDING || n->recording_sid[0] != '\0');
    assert(str_is_utf8(n->speech) && str_is_utf8(n->carrier_text));
}

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
    rc = plivo_parse_webhook(&account, req, &fields, &a, &news, &err);
    if (rc == ERR_OK)
        check_news(&news, req->kind);
    else
        assert(rc == ERR_INVALID && news.status == CALL_UNKNOWN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str rest = str_from(data, size), target;
    struct secret token = {0};
    struct rest_signer signer = {0};
    char signature[PLIVO_SIGNATURE_SIZE];
    if (size == 0 || !secret_system_init())
        return 0;
    enum webhook_kind kind = (enum webhook_kind)(1 + data[0] % (WEBHOOK_KIND_COUNT - 1));
    rest = str_from_index(rest, 1);
    size_t line = str_find(rest, '\n');
    target = str_from(rest.ptr, line);
    struct str body = str_from_index(rest, line + 1);
    if (!sign(target, body, signature))
        return 0;
    secret_set(&token, STR(PLIVO_TEST_TOKEN));
    assert(rest_signer_init(&signer, REST_MAC_SHA256, &token, STR(PLIVO_TEST_BASE), NULL) ==
           ERR_OK);
    struct http_header headers[] = {{STR("X-Plivo-Signature-V3"), str_z(signature)},
                                    {STR("X-Plivo-Signature-V3-Nonce"), STR(PLIVO_TEST_NONCE)}};
    const struct webhook_request req = {
        .kind = kind,
        .method = STR("POST"),
        .target = target,
        .content_type = STR("application/x-www-form-urlencoded"),
        .body = body,
        .headers = headers,
        .header_count = ARRAY_LEN(headers),
    };
    read_as(&signer, &req, true);
    signature[5] = signature[5] == 'A' ? 'B' : 'A';
    read_as(&signer, &req, false);
    headers[0].value = str_from(data, size); /* the input as the signature itself */
    read_as(&signer, &req, false);
    rest_signer_release(&signer);
    secret_release(&token);
    return 0;
}
