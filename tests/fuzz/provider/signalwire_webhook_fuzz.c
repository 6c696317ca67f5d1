/* JSON webhooks: only what is signed, or is a notice with credentials, passes; and what passes is
 * sane. Input: one byte for the kind, the request target, a line feed, the body. */
#include <assert.h>
#include <stdio.h>

#include "providers/rest/encode.h"
#include "providers/signalwire/webhook.h"
#include "tests/support/signalwire_sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct rest_account account = {.id = STR_INIT(SIGNALWIRE_TEST_PROJECT)};

/** Another implementation's signatures; false when the URL does not fit. */
static bool sign(struct str target, struct str body, char *sha1, char *sha256) {
    CLEANUP(buf_release) struct buf url = BUF_INIT(16384);
    buf_puts(&url, SIGNALWIRE_TEST_BASE);
    buf_put_str(&url, target);
    if (buf_failed(&url) || strlen(url.ptr) != url.len)
        return false; /* a NUL: no server hands such a target on */
    sign_signalwire(SIGNALWIRE_TEST_KEY, url.ptr, body, sha1, sha256);
    return true;
}

static bool is_notice(enum webhook_kind k) {
    return k == WEBHOOK_STATUS || k == WEBHOOK_RECORDING || k == WEBHOOK_DETECTION;
}

static void check_news(const struct webhook_news *n, enum webhook_kind kind) {
    assert(n->sid[0] == '\0' || rest_is_uuid(str_z(n->sid)));
    assert((unsigned)n->status < CALL_STATUS_COUNT && n->status != CALL_UNKNOWN);
    assert((unsigned)n->answered_by < CALL_ANSWERED_BY_COUNT);
    assert((unsigned)n->recording_status < RECORDING_STATUS_COUNT);
    assert(n->confidence == -1 || (n->confidence >= 0 && n->confidence <= 1));
    assert(n->duration_s <= INT32_MAX && n->recording_duration_s <= INT32_MAX && n->at_ms >= 0);
    assert(kind == WEBHOOK_GATHER || (n->digits.len == 0 && n->speech.len == 0));
    assert((kind == WEBHOOK_RECORDING) == (n->recording_sid[0] != '\0'));
    assert(str_is_utf8(n->speech) && str_is_utf8(n->carrier_text) && str_is_utf8(n->digits));
    assert(strlen(n->recording_sid) < CALL_SID_SIZE);
}

static void read_as(struct rest_signer *signer, const struct webhook_request *req, bool passes) {
    CLEANUP(arena_release) struct arena a = {0};
    struct form fields = {.count = 77};
    struct webhook_news news = {.status = CALL_UNKNOWN};
    struct error err = {0};
    enum error_code rc = signalwire_verify_webhook(signer, req, &a, &fields, &err);
    assert(rc == (passes ? ERR_OK : ERR_AUTH));
    assert(passes ? fields.count == 0 : err.code == rc && fields.count == 77);
    if (!passes)
        return;
    rc = signalwire_parse_webhook(&account, req, &fields, &a, &news, &err);
    if (rc == ERR_OK)
        check_news(&news, req->kind);
    else
        assert(err.code == rc && news.status == CALL_UNKNOWN);
}

static void read_each_way(struct rest_signer *signer, struct webhook_request *req, struct str input,
                          char *sha1, char *sha256) {
    char basic[128];
    struct buf b = BUF_INIT(sizeof basic - 1);
    buf_puts(&b, "Basic ");
    digest_put_base64(&b, signer->webhook_auth.ptr, signer->webhook_auth.len);
    memcpy(basic, b.ptr, b.len + 1);
    buf_release(&b);
    struct http_header headers[] = {
        {STR("X-SignalWire-Signature"), str_z(sha1)},
        {STR("X-Signalwire-SHA256-Signature"), str_z(sha256)},
        {STR("Authorization"), str_z(basic)},
    };
    req->headers = headers;
    req->header_count = 2;
    read_as(signer, req, true);
    sha256[5] = sha256[5] == 'a' ? 'b' : 'a';
    read_as(signer, req, false);
    req->header_count = 0;
    read_as(signer, req, false);
    req->headers = &headers[2];
    req->header_count = 1;
    read_as(signer, req, is_notice(req->kind));
    headers[2].value = input; /* the input as the credentials, and as the signature */
    read_as(signer, req, false);
    headers[0].value = input;
    req->headers = headers;
    read_as(signer, req, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str rest = str_from(data, size);
    struct secret key = {0};
    struct arena a = {0};
    struct rest_signer signer = {0};
    char sha1[SIGNALWIRE_SHA1_SIZE], sha256[SIGNALWIRE_SHA256_SIZE];
    if (size == 0 || !secret_system_init())
        return 0;
    rest = str_from_index(rest, 1);
    size_t line = str_find(rest, '\n');
    struct webhook_request req = {
        .kind = (enum webhook_kind)(1 + data[0] % (WEBHOOK_KIND_COUNT - 1)),
        .method = STR("POST"),
        .target = str_from(rest.ptr, line),
        .content_type = STR("application/json"),
        .body = str_from_index(rest, line + 1),
    };
    if (!sign(req.target, req.body, sha1, sha256))
        return 0;
    secret_set(&key, STR(SIGNALWIRE_TEST_KEY));
    assert(rest_signer_init(&signer, REST_MAC_SHA1, &key, STR(SIGNALWIRE_TEST_BASE), NULL) ==
           ERR_OK);
    rest_signer_add_auth(&signer, &key, &a);
    read_each_way(&signer, &req, str_from(data, size), sha1, sha256);
    rest_signer_release(&signer);
    secret_release(&key);
    arena_release(&a);
    return 0;
}
