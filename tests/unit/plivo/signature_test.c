/* Signed requests pass and nothing else does: mutations, headers, and nonces that come again. */
#include "providers/plivo/webhook.h"

#include <stdio.h>

#include "providers/rest/nonce_cache.h"
#include "tests/support/fake_clock.h"
#include "tests/support/plivo_sign.h"
#include "tests/support/test.h"

#define TARGET "/voice/x/call_1/nonce/status?a=1&b=two+words"
#define BODY   "CallStatus=ringing&CallUUID=" PLIVO_TEST_CALL "&Digits=&To=12025550100"

struct rig {
    struct secret token;
    struct rest_signer signer;
    struct fake_clock clock;
};

static void set_up(struct rig *r, bool nonces) {
    *r = (struct rig){0};
    EXPECT(secret_system_init());
    fake_clock_init(&r->clock);
    secret_set(&r->token, STR(PLIVO_TEST_TOKEN));
    EXPECT_INT(rest_signer_init(&r->signer, REST_MAC_SHA256, &r->token, STR(PLIVO_TEST_BASE), NULL),
               ERR_OK);
    struct clock c = fake_clock_of(&r->clock);
    if (nonces)
        r->signer.nonces = nonce_cache_new(64, 60000, &c);
}

static void tear_down(struct rig *r) {
    rest_signer_release(&r->signer);
    secret_release(&r->token);
}

/** One request with up to three headers. */
struct letter {
    const char *method;
    struct str target, body;
    struct http_header headers[4];
    size_t header_count;
};

static void add(struct letter *l, const char *name, const char *value) {
    l->headers[l->header_count++] = (struct http_header){str_z(name), str_z(value)};
}

static enum error_code verify(struct rig *r, const struct letter *l) {
    struct arena a = {0};
    struct form fields = {.count = 77};
    struct error err = {0};
    const struct webhook_request req = {
        .kind = WEBHOOK_STATUS,
        .method = str_z(l->method),
        .target = l->target,
        .content_type = STR("application/x-www-form-urlencoded"),
        .body = l->body,
        .headers = l->headers,
        .header_count = l->header_count,
    };
    enum error_code rc = plivo_verify_webhook(&r->signer, &req, &a, &fields, &err);
    EXPECT(rc == ERR_OK || (err.code == rc && fields.count == 77));
    arena_release(&a);
    return rc;
}

static struct letter plain(char signature[PLIVO_SIGNATURE_SIZE]) {
    struct letter l = {.method = "POST", .target = STR(TARGET), .body = STR(BODY)};
    sign_plivo(PLIVO_TEST_TOKEN, "POST", PLIVO_TEST_BASE TARGET, l.body, PLIVO_TEST_NONCE,
               signature);
    add(&l, "X-Plivo-Signature-V3", signature);
    add(&l, "X-Plivo-Signature-V3-Nonce", PLIVO_TEST_NONCE);
    return l;
}

TEST(plivo_signature, either_header_will_do_and_a_header_may_hold_several) {
    struct rig r;
    char good[PLIVO_SIGNATURE_SIZE], other[PLIVO_SIGNATURE_SIZE], both[2 * PLIVO_SIGNATURE_SIZE];
    set_up(&r, false);
    struct letter l = plain(good);
    sign_plivo("another token", "POST", PLIVO_TEST_BASE TARGET, l.body, PLIVO_TEST_NONCE, other);
    EXPECT_INT(verify(&r, &l), ERR_OK);
    l.headers[0].name = STR("X-Plivo-Signature-Ma-V3");
    EXPECT_INT(verify(&r, &l), ERR_OK);
    l.headers[0].value = str_z(other);
    EXPECT_INT(verify(&r, &l), ERR_AUTH);
    add(&l, "X-Plivo-Signature-V3", good); /* the main account's token is not ours, this one is */
    EXPECT_INT(verify(&r, &l), ERR_OK);
    snprintf(both, sizeof both, "%s,%s", other, good);
    l = plain(good);
    l.headers[0].value = str_z(both);
    EXPECT_INT(verify(&r, &l), ERR_OK);
    tear_down(&r);
}

TEST(plivo_signature, a_get_signs_its_query_and_has_no_body) {
    struct rig r;
    char signature[PLIVO_SIGNATURE_SIZE];
    set_up(&r, false);
    struct letter l = {.method = "GET", .target = STR("/a?Digits=1&CallUUID=x&b=")};
    sign_plivo(PLIVO_TEST_TOKEN, "GET", PLIVO_TEST_BASE "/a?Digits=1&CallUUID=x&b=", STR(""),
               PLIVO_TEST_NONCE, signature);
    add(&l, "X-Plivo-Signature-V3", signature);
    add(&l, "X-Plivo-Signature-V3-Nonce", PLIVO_TEST_NONCE);
    EXPECT_INT(verify(&r, &l), ERR_OK);
    l.body = STR("a=1");
    EXPECT_INT(verify(&r, &l), ERR_INVALID);
    tear_down(&r);
}

TEST(plivo_signature, the_older_scheme_is_taken_only_where_the_newer_is_absent) {
    struct rig r;
    char v2[PLIVO_SIGNATURE_SIZE], v3[PLIVO_SIGNATURE_SIZE];
    set_up(&r, false);
    struct letter l = {.method = "POST", .target = STR(TARGET), .body = STR(BODY)};
    plivo_sign_v2(PLIVO_TEST_TOKEN, PLIVO_TEST_BASE TARGET, PLIVO_TEST_NONCE, v2);
    add(&l, "X-Plivo-Signature-V2", v2);
    add(&l, "X-Plivo-Signature-V2-Nonce", PLIVO_TEST_NONCE);
    EXPECT_INT(verify(&r, &l), ERR_OK);
    sign_plivo("another token", "POST", PLIVO_TEST_BASE TARGET, l.body, PLIVO_TEST_NONCE, v3);
    add(&l, "X-Plivo-Signature-V3", v3);
    add(&l, "X-Plivo-Signature-V3-Nonce", PLIVO_TEST_NONCE);
    EXPECT_INT(verify(&r, &l), ERR_AUTH);
    tear_down(&r);
}

TEST(plivo_signature, a_request_without_signature_or_nonce_is_refused) {
    struct rig r;
    char signature[PLIVO_SIGNATURE_SIZE];
    set_up(&r, false);
    for (int bend = 0; bend < 5; bend++) {
        struct letter l = plain(signature);
        if (bend == 0)
            l.header_count = 0;
        if (bend == 1)
            l.header_count = 1;
        if (bend == 2)
            l.headers[1].value = STR("");
        if (bend == 3)
            l.headers[0].value = STR("");
        if (bend == 4)
            l.headers[0].name = STR("X-Plivo-Signature");
        EXPECT_INT(verify(&r, &l), ERR_AUTH);
    }
    tear_down(&r);
}

/** A small generator of our own: the same numbers everywhere. */
static uint32_t next_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

/** Up to four fields with names from a to d, so that some come twice, in form encoding. */
static void put_random_fields(struct buf *b, const char *before, uint64_t *state) {
    static const char alphabet[] = "abcXYZ019._~ =&+%\xC3\xBC\xE4\xBD\xA0/?#:";
    unsigned fields = next_random(state) % 5;
    for (unsigned f = 0; f < fields; f++) {
        char text[8];
        size_t len = next_random(state) % sizeof text;
        for (size_t i = 0; i < len; i++)
            text[i] = alphabet[next_random(state) % (sizeof alphabet - 1)];
        struct str value = str_from(text, len);
        buf_puts(b, f ? "&" : before);
        buf_putc(b, (char)('a' + next_random(state) % 4));
        buf_putc(b, '=');
        buf_put_form(b, str_is_utf8(value) ? value : STR("\xE4\xBD\xA0"));
    }
    buf_puts(b, ""); /* a pointer, also when it is empty */
}

/** Change one byte of a text to a letter that no escape has; false: nothing was changed. */
static bool bend(char *text, size_t len, uint64_t *state) {
    static const char others[] = "qrsQRStu";
    if (len == 0)
        return false;
    char *byte = text + next_random(state) % len;
    char before = *byte;
    *byte = others[next_random(state) % 8];
    return *byte != before;
}

TEST(plivo_signature, ten_thousand_random_requests_pass_and_their_mutations_do_not) {
    struct rig r;
    uint64_t state = 42;
    unsigned bent = 0;
    set_up(&r, false);
    for (int n = 0; n < 10000; n++) {
        CLEANUP(buf_release) struct buf body = BUF_INIT(4096);
        CLEANUP(buf_release) struct buf url = BUF_INIT(4096);
        char signature[PLIVO_SIGNATURE_SIZE], nonce[24];
        const size_t base = strlen(PLIVO_TEST_BASE);
        buf_puts(&url, PLIVO_TEST_BASE "/p");
        put_random_fields(&url, "?", &state);
        put_random_fields(&body, "", &state);
        snprintf(nonce, sizeof nonce, "%u", next_random(&state));
        sign_plivo(PLIVO_TEST_TOKEN, "POST", url.ptr, buf_str(&body), nonce, signature);
        struct letter l = {.method = "POST",
                           .target = str_from_index(buf_str(&url), base),
                           .body = buf_str(&body)};
        add(&l, "X-Plivo-Signature-V3", signature);
        add(&l, "X-Plivo-Signature-V3-Nonce", nonce);
        EXPECT_INT(verify(&r, &l), ERR_OK);

        unsigned part = next_random(&state) % 4;
        bool changed = part == 0   ? bend(body.ptr, body.len, &state)
                       : part == 1 ? bend(url.ptr + base, url.len - base, &state)
                       : part == 2 ? bend(nonce, strlen(nonce), &state)
                                   : bend(signature, strlen(signature), &state);
        bent += changed;
        enum error_code rc = changed ? verify(&r, &l) : ERR_AUTH;
        EXPECT(rc == ERR_AUTH || (rc == ERR_INVALID && part < 2)); /* half an escape */
    }
    EXPECT(bent > 8000);
    tear_down(&r);
}

TEST(plivo_signature, a_repeated_notice_passes_and_a_borrowed_nonce_does_not) {
    struct rig r;
    char v2[PLIVO_SIGNATURE_SIZE];
    set_up(&r, true);
    struct letter l = {.method = "POST", .target = STR(TARGET), .body = STR(BODY)};
    plivo_sign_v2(PLIVO_TEST_TOKEN, PLIVO_TEST_BASE TARGET, PLIVO_TEST_NONCE, v2);
    add(&l, "X-Plivo-Signature-V2", v2);
    add(&l, "X-Plivo-Signature-V2-Nonce", PLIVO_TEST_NONCE);
    EXPECT_INT(verify(&r, &l), ERR_OK);
    EXPECT_INT(verify(&r, &l), ERR_OK); /* the carrier tries again */
    struct letter forged = l;
    forged.body = STR("CallStatus=completed&CallUUID=" PLIVO_TEST_CALL);
    EXPECT_INT(verify(&r, &forged), ERR_AUTH);
    forged = l;
    forged.target = STR("/voice/x/call_1/nonce/status?a=2");
    EXPECT_INT(verify(&r, &forged), ERR_AUTH);
    EXPECT_INT(verify(&r, &l), ERR_OK);
    tear_down(&r);
}

TEST(plivo_signature, a_captured_request_cannot_be_cut_down_to_its_older_signature) {
    struct rig r;
    char v3[PLIVO_SIGNATURE_SIZE], v2[PLIVO_SIGNATURE_SIZE];
    static const char nonce2[] = "99999999999999999999";
    set_up(&r, true);
    struct letter l = plain(v3);
    plivo_sign_v2(PLIVO_TEST_TOKEN, PLIVO_TEST_BASE TARGET, nonce2, v2);
    add(&l, "X-Plivo-Signature-V2", v2);
    add(&l, "X-Plivo-Signature-V2-Nonce", nonce2);
    EXPECT_INT(verify(&r, &l), ERR_OK);
    EXPECT_INT(verify(&r, &l), ERR_OK);
    struct letter forged = {.method = "POST",
                            .target = STR(TARGET),
                            .body = STR("CallStatus=completed&CallUUID=" PLIVO_TEST_CALL)};
    add(&forged, "X-Plivo-Signature-V2", v2);
    add(&forged, "X-Plivo-Signature-V2-Nonce", nonce2);
    EXPECT_INT(verify(&r, &forged), ERR_AUTH);
    EXPECT_INT(verify(&r, &l), ERR_OK); /* what the forger tried does not shut out the carrier */
    tear_down(&r);
}

TEST(plivo_signature, an_older_nonce_that_is_not_signed_is_not_remembered) {
    struct rig r;
    char v3[PLIVO_SIGNATURE_SIZE], v2[PLIVO_SIGNATURE_SIZE];
    static const char nonce2[] = "99999999999999999999";
    set_up(&r, true);
    struct letter l = plain(v3);
    plivo_sign_v2("another token", PLIVO_TEST_BASE TARGET, nonce2, v2);
    add(&l, "X-Plivo-Signature-V2", v2);
    add(&l, "X-Plivo-Signature-V2-Nonce", nonce2);
    EXPECT_INT(verify(&r, &l), ERR_OK);
    plivo_sign_v2(PLIVO_TEST_TOKEN, PLIVO_TEST_BASE TARGET, nonce2, v2);
    struct letter other = {.method = "POST", .target = STR(TARGET), .body = STR("a=1")};
    add(&other, "X-Plivo-Signature-V2", v2);
    add(&other, "X-Plivo-Signature-V2-Nonce", nonce2);
    EXPECT_INT(verify(&r, &other), ERR_OK);
    tear_down(&r);
}

TEST(plivo_signature, what_is_not_signed_leaves_no_nonce_behind) {
    struct rig r;
    char v2[PLIVO_SIGNATURE_SIZE];
    set_up(&r, true);
    struct letter l = {.method = "POST", .target = STR(TARGET), .body = STR("a=1")};
    add(&l, "X-Plivo-Signature-V2", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    add(&l, "X-Plivo-Signature-V2-Nonce", PLIVO_TEST_NONCE);
    EXPECT_INT(verify(&r, &l), ERR_AUTH);
    plivo_sign_v2(PLIVO_TEST_TOKEN, PLIVO_TEST_BASE TARGET, PLIVO_TEST_NONCE, v2);
    l.headers[0].value = str_z(v2);
    l.body = STR(BODY);
    EXPECT_INT(verify(&r, &l), ERR_OK);
    tear_down(&r);
}
