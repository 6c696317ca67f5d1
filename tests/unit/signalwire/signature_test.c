/* Where a webhook comes from: what is signed, what brings our credentials, and nothing else. */
#include <stdio.h>

#include "providers/signalwire/webhook.h"
#include "tests/support/signalwire_sign.h"
#include "tests/support/test.h"

#define TARGET "/voice/signalwire/call_1/nonce/answer?turn=2"

static const char body[] = "{\"call\":{\"call_id\":\"" SIGNALWIRE_TEST_CALL
                           "\",\"call_state\":\"answered\"},\"vars\":{\"prompt_value\":\"1\"}}";

/** A signer as a provider has it, and its credentials. */
struct rig {
    struct secret key;
    struct arena arena;
    struct rest_signer signer;
    char sha1[SIGNALWIRE_SHA1_SIZE], sha256[SIGNALWIRE_SHA256_SIZE];
    char basic[128];
};

static void put_basic(struct rig *r, const char *scheme, struct str credentials) {
    struct buf b = BUF_INIT(sizeof r->basic - 1);
    buf_puts(&b, scheme);
    digest_put_base64(&b, credentials.ptr, credentials.len);
    memcpy(r->basic, b.ptr, b.len + 1);
    buf_release(&b);
}

static void begin(struct rig *r, const char *base) {
    *r = (struct rig){0};
    (void)secret_system_init();
    secret_set(&r->key, STR(SIGNALWIRE_TEST_KEY));
    EXPECT(rest_signer_init(&r->signer, REST_MAC_SHA1, &r->key, str_z(base), NULL) == ERR_OK);
    rest_signer_add_auth(&r->signer, &r->key, &r->arena);
    sign_signalwire(SIGNALWIRE_TEST_KEY, SIGNALWIRE_TEST_BASE TARGET, STR(body), r->sha1,
                    r->sha256);
    put_basic(r, "Basic ", r->signer.webhook_auth);
}

static void end(struct rig *r) {
    rest_signer_release(&r->signer);
    secret_release(&r->key);
    arena_release(&r->arena);
}

static enum error_code arrive(struct rig *r, enum webhook_kind kind, const char *target,
                              struct str text, const struct http_header *headers, size_t count) {
    struct form fields = {.count = 7};
    struct error err = {0};
    const struct webhook_request req = {
        .kind = kind,
        .method = STR("POST"),
        .target = str_z(target),
        .content_type = STR("application/json"),
        .body = text,
        .headers = headers,
        .header_count = count,
    };
    enum error_code rc = signalwire_verify_webhook(&r->signer, &req, &r->arena, &fields, &err);
    EXPECT_INT(err.code, rc);
    EXPECT_INT(fields.count, rc == ERR_OK ? 0 : 7);
    return rc;
}

static enum error_code arrive_signed(struct rig *r, const char *target, struct str text) {
    const struct http_header headers[] = {
        {STR("X-Signalwire-Signature"), str_z(r->sha1)},
        {STR("X-SIGNALWIRE-SHA256-SIGNATURE"), str_z(r->sha256)},
    };
    return arrive(r, WEBHOOK_ANSWER, target, text, headers, 2);
}

TEST(signalwire_signature, the_signed_address_has_no_credentials) {
    struct rig r;
    begin(&r, SIGNALWIRE_TEST_BASE);
    EXPECT_INT(arrive_signed(&r, TARGET, STR(body)), ERR_OK);
    end(&r);
    begin(&r, "https://user:password@gw.example.com/");
    EXPECT_INT(arrive_signed(&r, TARGET, STR(body)), ERR_OK);
    end(&r);
    begin(&r, "https://gw.example.com:8443");
    EXPECT_INT(arrive_signed(&r, TARGET, STR(body)), ERR_AUTH);
    end(&r);
}

TEST(signalwire_signature, any_changed_byte_of_body_or_address_is_refused) {
    struct rig r;
    char copy[sizeof body], target[sizeof TARGET];
    begin(&r, SIGNALWIRE_TEST_BASE);
    for (unsigned bit = 0; bit < 8; bit++) {
        for (size_t i = 0; i + 1 < sizeof body; i++) {
            memcpy(copy, body, sizeof body);
            copy[i] = (char)(copy[i] ^ (1 << bit));
            EXPECT_INT(arrive_signed(&r, TARGET, str_from(copy, sizeof body - 1)), ERR_AUTH);
        }
        for (size_t i = 0; i + 1 < sizeof TARGET; i++) {
            memcpy(target, TARGET, sizeof TARGET);
            target[i] = (char)(target[i] ^ (1 << bit));
            EXPECT_INT(arrive_signed(&r, target, STR(body)), ERR_AUTH);
        }
    }
    EXPECT_INT(arrive_signed(&r, TARGET, str_from(body, sizeof body - 2)), ERR_AUTH);
    EXPECT_INT(arrive_signed(&r, TARGET, STR("")), ERR_AUTH);
    EXPECT_INT(arrive_signed(&r, TARGET "&x=1", STR(body)), ERR_AUTH);
    end(&r);
}

TEST(signalwire_signature, any_other_signature_is_refused) {
    static const char letters[] = "0123456789abcdefABCDEFgG -+=";
    struct rig r;
    begin(&r, SIGNALWIRE_TEST_BASE);
    for (size_t i = 0; i < strlen(r.sha1); i++)
        for (size_t k = 0; k + 1 < sizeof letters; k++) {
            char kept = r.sha1[i];
            r.sha1[i] = letters[k];
            EXPECT_INT(arrive_signed(&r, TARGET, STR(body)),
                       letters[k] == kept ? ERR_OK : ERR_AUTH);
            r.sha1[i] = kept;
        }
    for (size_t i = 0; i < strlen(r.sha256); i++) {
        char kept = r.sha256[i];
        r.sha256[i] = kept == 'a' ? 'b' : 'a';
        EXPECT_INT(arrive_signed(&r, TARGET, STR(body)), ERR_AUTH);
        r.sha256[i] = kept;
    }
    static const char *const bad[] = {
        "", "0", "base64+looks/different==", "0123456789abcdef0123456789abcdef01234567 "};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        const struct http_header h = {STR("X-SignalWire-Signature"), str_z(bad[i])};
        EXPECT_INT(arrive(&r, WEBHOOK_ANSWER, TARGET, STR(body), &h, 1), ERR_AUTH);
    }
    end(&r);
}

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

TEST(signalwire_signature, no_random_change_gets_through) {
    struct rig r;
    char copy[sizeof body], sha1[SIGNALWIRE_SHA1_SIZE];
    uint32_t state = 7;
    begin(&r, SIGNALWIRE_TEST_BASE);
    memcpy(sha1, r.sha1, sizeof sha1);
    for (int n = 0; n < 5000; n++) {
        size_t len = sizeof body - 1;
        memcpy(copy, body, sizeof body);
        memcpy(r.sha1, sha1, sizeof sha1);
        switch (next_random(&state) % 4) {
        case 0: /* a byte of the body */
            copy[next_random(&state) % len] ^= (char)(1 + next_random(&state) % 255);
            break;
        case 1: /* a shorter body */
            len = next_random(&state) % len;
            break;
        case 2: { /* two bytes that change places */
            size_t i = next_random(&state) % len, k = next_random(&state) % len;
            char c = copy[i];
            if (c == copy[k])
                continue;
            copy[i] = copy[k];
            copy[k] = c;
            break;
        }
        default: { /* a digit of the signature */
            size_t i = next_random(&state) % strlen(sha1);
            r.sha1[i] = "0123456789abcdef"[next_random(&state) % 16];
            if (r.sha1[i] == sha1[i])
                continue;
            break;
        }
        }
        EXPECT_INT(arrive_signed(&r, TARGET, str_from(copy, len)), ERR_AUTH);
    }
    end(&r);
}

TEST(signalwire_signature, without_a_signature_only_notices_pass_and_only_with_credentials) {
    static const struct {
        enum webhook_kind kind;
        enum error_code want;
    } rows[] = {
        {WEBHOOK_STATUS, ERR_OK},   {WEBHOOK_RECORDING, ERR_OK}, {WEBHOOK_DETECTION, ERR_OK},
        {WEBHOOK_ANSWER, ERR_AUTH}, {WEBHOOK_GATHER, ERR_AUTH},  {WEBHOOK_FALLBACK, ERR_AUTH},
    };
    struct rig r;
    begin(&r, SIGNALWIRE_TEST_BASE);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct http_header h = {STR("authorization"), str_z(r.basic)};
        EXPECT_INT(arrive(&r, rows[i].kind, TARGET, STR(body), &h, 1), rows[i].want);
        EXPECT_INT(arrive(&r, rows[i].kind, TARGET, STR(body), NULL, 0), ERR_AUTH);
    }
    end(&r);
}

TEST(signalwire_signature, right_credentials_do_not_outweigh_a_wrong_signature) {
    struct rig r;
    begin(&r, SIGNALWIRE_TEST_BASE);
    r.sha1[0] = r.sha1[0] == '0' ? '1' : '0';
    const struct http_header headers[] = {
        {STR("Authorization"), str_z(r.basic)},
        {STR("X-SignalWire-Signature"), str_z(r.sha1)},
    };
    EXPECT_INT(arrive(&r, WEBHOOK_STATUS, TARGET, STR(body), headers, 2), ERR_AUTH);
    end(&r);
}

TEST(signalwire_signature, only_the_very_credentials_pass) {
    struct rig r;
    begin(&r, SIGNALWIRE_TEST_BASE);
    struct str right = r.signer.webhook_auth;
    char near[64], longer[80];
    REQUIRE(str_copy(right, near, sizeof near));
    near[strlen(near) - 1] ^= 1;
    snprintf(longer, sizeof longer, STR_FMT "0", STR_ARG(right));
    const struct {
        const char *scheme;
        struct str credentials;
        enum error_code want;
    } rows[] = {
        {"Basic ", right, ERR_OK},
        {"basic ", right, ERR_OK},
        {"Bearer ", right, ERR_AUTH},
        {"", right, ERR_AUTH},
        {"Basic", right, ERR_AUTH},
        {"Basic ", STR(""), ERR_AUTH},
        {"Basic ", STR("gateway:"), ERR_AUTH},
        {"Basic ", STR("gateway:" SIGNALWIRE_TEST_KEY), ERR_AUTH},
        {"Basic ", str_z(near), ERR_AUTH},
        {"Basic ", str_z(longer), ERR_AUTH},
        {"Basic ", str_from(right.ptr, right.len - 1), ERR_AUTH},
        {"Basic !", right, ERR_AUTH},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        put_basic(&r, rows[i].scheme, rows[i].credentials);
        const struct http_header h = {STR("Authorization"), str_z(r.basic)};
        EXPECT_INT(arrive(&r, WEBHOOK_STATUS, TARGET, STR(body), &h, 1), rows[i].want);
    }
    end(&r);
}

TEST(signalwire_signature, every_node_with_the_key_knows_the_same_credentials) {
    struct rig r, same;
    struct secret other = {0};
    struct rest_signer stranger = {0};
    begin(&r, SIGNALWIRE_TEST_BASE);
    begin(&same, "https://other.example.com");
    EXPECT(str_eq(r.signer.webhook_auth, same.signer.webhook_auth));
    secret_set(&other, STR(SIGNALWIRE_TEST_KEY "x"));
    EXPECT(rest_signer_init(&stranger, REST_MAC_SHA1, &other, STR(SIGNALWIRE_TEST_BASE), NULL) ==
           ERR_OK);
    rest_signer_add_auth(&stranger, &other, &r.arena);
    EXPECT(!str_eq(r.signer.webhook_auth, stranger.webhook_auth));
    EXPECT_INT(r.signer.webhook_auth.len, strlen("gateway:") + 40);
    rest_signer_release(&stranger);
    secret_release(&other);
    end(&r);
    end(&same);
}
