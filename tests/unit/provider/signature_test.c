/* What is refused: everything but the documented variants of a signed webhook. */
#include "providers/twilio/webhook.h"
#include "tests/support/test.h"
#include "tests/support/twilio_sign.h"

#define FORM "application/x-www-form-urlencoded"

static const char target[] = "/voice/x/call_1/n/status?a=1&b=2";
static const char body[] = "CallSid=" TWILIO_TEST_CALL "&CallStatus=ringing&To=%2B12025550100"
                           "&Digits=5&Digits=9&Digits=5&FromCity=";

/** One request, as it should be; each test bends one member. */
struct arrival {
    const char *base, *target, *method, *type;
    struct str body;
    struct str signature;
    bool unsigned_;
};

static enum error_code arrive(const struct arrival *x) {
    struct secret key = {0};
    struct arena a = {0};
    struct form fields = {0};
    struct rest_signer signer = {0};
    struct error err = {0};
    secret_set(&key, STR(TWILIO_TEST_TOKEN));
    const struct http_header header = {STR("X-Twilio-Signature"), x->signature};
    const struct webhook_request req = {
        .method = str_z(x->method ? x->method : "POST"),
        .target = str_z(x->target ? x->target : target),
        .content_type = str_z(x->type ? x->type : FORM),
        .body = x->body,
        .headers = &header,
        .header_count = x->unsigned_ ? 0 : 1,
    };
    enum error_code rc = rest_signer_init(&signer, REST_MAC_SHA1, &key,
                                          str_z(x->base ? x->base : TWILIO_TEST_BASE), &err);
    if (rc == ERR_OK)
        rc = twilio_verify_webhook(&signer, &req, &a, &fields, &err);
    EXPECT_INT(err.code, rc);
    EXPECT(rc == ERR_OK || fields.count == 0);
    rest_signer_release(&signer);
    secret_release(&key);
    arena_release(&a);
    return rc;
}

static struct arrival right(char signature[TWILIO_SIGNATURE_SIZE], const char *url) {
    (void)secret_system_init();
    sign_twilio(TWILIO_TEST_TOKEN, url, STR(body), signature);
    return (struct arrival){.body = STR(body), .signature = str_z(signature)};
}

#define URL TWILIO_TEST_BASE "/voice/x/call_1/n/status?a=1&b=2"

TEST(signature, a_signed_webhook_passes_in_any_order_of_its_fields) {
    char s[TWILIO_SIGNATURE_SIZE];
    struct arrival x = right(s, URL);
    EXPECT_INT(arrive(&x), ERR_OK);
    x.body = STR("FromCity=&Digits=9&Digits=5&To=%2b12025550100&CallStatus=ringing&"
                 "CallSid=" TWILIO_TEST_CALL);
    EXPECT_INT(arrive(&x), ERR_OK); /* the same set of fields, a repeat left out */
    x.type = "application/x-www-form-urlencoded; charset=UTF-8";
    EXPECT_INT(arrive(&x), ERR_OK);
}

TEST(signature, any_changed_byte_of_the_body_is_refused) {
    char s[TWILIO_SIGNATURE_SIZE], copy[sizeof body];
    struct arrival x = right(s, URL);
    for (size_t i = 0; i + 1 < sizeof body; i++) {
        memcpy(copy, body, sizeof body);
        copy[i] ^= 1;
        x.body = str_from(copy, sizeof body - 1);
        EXPECT(arrive(&x) != ERR_OK);
    }
}

TEST(signature, an_added_or_missing_field_is_refused) {
    char s[TWILIO_SIGNATURE_SIZE];
    struct arrival x = right(s, URL);
    struct buf b = BUF_INIT(1024);
    buf_puts(&b, body);
    buf_puts(&b, "&Extra=1");
    x.body = buf_str(&b);
    EXPECT_INT(arrive(&x), ERR_AUTH);
    x.body = str_from(body, strlen(body) - strlen("&FromCity="));
    EXPECT_INT(arrive(&x), ERR_AUTH);
    x.body = STR("");
    EXPECT_INT(arrive(&x), ERR_AUTH);
    buf_release(&b);
}

TEST(signature, any_changed_character_of_the_signature_is_refused) {
    char s[TWILIO_SIGNATURE_SIZE];
    struct arrival x = right(s, URL);
    for (size_t i = 0; i + 1 < sizeof s; i++) {
        char kept = s[i];
        s[i] = kept == 'A' ? 'B' : 'A';
        EXPECT_INT(arrive(&x), ERR_AUTH);
        s[i] = kept;
    }
    EXPECT_INT(arrive(&x), ERR_OK);
}

TEST(signature, a_missing_or_malformed_signature_is_refused_before_the_body_is_read) {
    static char huge[10240];
    char s[TWILIO_SIGNATURE_SIZE];
    struct arrival x = right(s, URL);
    memset(huge, 'A', sizeof huge);
    const struct str bad[] = {
        STR(""),
        STR("="),
        str_from(s, 27),
        STR("AAAAAAAAAAAAAAAAAAAAAAAAAAA "),
        STR("AAAAAAAAAAAAA\nAAAAAAAAAAAAA="),
        STR("-_AAAAAAAAAAAAAAAAAAAAAAAAA="),
        STR("AAAAAAAAAAAAAAAAAAAAAAAAAA=="),
        STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
        str_from(huge, sizeof huge),
    };
    x.body = STR("%ZZ=broken"); /* would be ERR_INVALID if it were looked at */
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        x.signature = bad[i];
        EXPECT_INT(arrive(&x), ERR_AUTH);
    }
    x.unsigned_ = true;
    EXPECT_INT(arrive(&x), ERR_AUTH);
}

TEST(signature, only_the_documented_addresses_pass) {
    static const struct {
        const char *base, *signed_url;
        enum error_code want;
    } rows[] = {
        {TWILIO_TEST_BASE, "https://gw.example.com:443/p?q=1", ERR_OK},
        {"https://gw.example.com/", "https://gw.example.com/p?q=1", ERR_OK},
        {"https://gw.example.com/tel", "https://gw.example.com/tel/p?q=1", ERR_OK},
        {"https://user:pw@gw.example.com", "https://gw.example.com/p?q=1", ERR_OK},
        {"https://gw.example.com:8443", "https://gw.example.com:8443/p?q=1", ERR_OK},
        {"https://gw.example.com:8443", "https://gw.example.com/p?q=1", ERR_OK},
        {"http://127.0.0.1:8080", "http://127.0.0.1:8080/p?q=1", ERR_OK},
        {"https://gw.example.com:8443", "https://gw.example.com:443/p?q=1", ERR_AUTH},
        {TWILIO_TEST_BASE, "http://gw.example.com/p?q=1", ERR_AUTH},
        {TWILIO_TEST_BASE, "https://evil.example.com/p?q=1", ERR_AUTH},
        {TWILIO_TEST_BASE, "https://gw.example.com:8443/p?q=1", ERR_AUTH},
        {TWILIO_TEST_BASE, "https://gw.example.com/p?q=2", ERR_AUTH},
        {TWILIO_TEST_BASE, "https://gw.example.com/P?q=1", ERR_AUTH},
        {TWILIO_TEST_BASE, "https://gw.example.com/p", ERR_AUTH},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char s[TWILIO_SIGNATURE_SIZE];
        struct arrival x = right(s, rows[i].signed_url);
        x.base = rows[i].base;
        x.target = "/p?q=1";
        EXPECT_INT(arrive(&x), rows[i].want);
    }
}

TEST(signature, a_get_is_signed_by_its_url_alone) {
    char s[TWILIO_SIGNATURE_SIZE];
    REQUIRE(secret_system_init());
    sign_twilio(TWILIO_TEST_TOKEN, TWILIO_TEST_BASE "/p?CallSid=x", STR(""), s);
    struct arrival x = {.method = "GET", .target = "/p?CallSid=x", .signature = str_z(s)};
    EXPECT_INT(arrive(&x), ERR_OK);
    x.body = STR("CallStatus=completed"); /* nothing would cover it */
    EXPECT_INT(arrive(&x), ERR_INVALID);
}

TEST(signature, a_body_of_another_type_needs_its_hash_in_the_address) {
    /* sha256 of "{}" */
#define HASH "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    char s[TWILIO_SIGNATURE_SIZE];
    REQUIRE(secret_system_init());
    sign_twilio(TWILIO_TEST_TOKEN, TWILIO_TEST_BASE "/p?bodySHA256=" HASH, STR(""), s);
    struct arrival x = {.type = "application/json",
                        .target = "/p?bodySHA256=" HASH,
                        .body = STR("{}"),
                        .signature = str_z(s)};
    EXPECT_INT(arrive(&x), ERR_OK);
    x.body = STR("{ }");
    EXPECT_INT(arrive(&x), ERR_AUTH);
    sign_twilio(TWILIO_TEST_TOKEN, TWILIO_TEST_BASE "/p", STR(""), s);
    x.body = STR("{}");
    x.target = "/p";
    EXPECT_INT(arrive(&x), ERR_AUTH);
    x.type = "text/plain";
    EXPECT_INT(arrive(&x), ERR_INVALID);
    x.type = "";
    EXPECT_INT(arrive(&x), ERR_INVALID);
}

TEST(signature, a_form_that_cannot_be_decoded_is_invalid) {
    char s[TWILIO_SIGNATURE_SIZE];
    struct arrival x = right(s, URL);
    static const char *const bad[] = {"a=%G1", "a=%0", "a=%00", "a=%ff", "=b"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        x.body = str_z(bad[i]);
        EXPECT_INT(arrive(&x), ERR_INVALID);
    }
}
