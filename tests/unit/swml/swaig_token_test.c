/* Tokens: ours are the SDK's byte for byte, and nothing else opens a function. */
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "swml/swaig_token.h"
#include "tests/support/read_file.h"
#include "tests/support/test.h"

static const char vectors_path[] = SWH_SOURCE_DIR "/tests/vectors/swaig/function-tokens.json";

struct vector {
    struct digest_hmac *key;
    struct str call_id, function, nonce, token;
    int64_t now_s, expires_s;
};

static struct digest_hmac *key_of(struct str text) {
    struct secret s = {0};
    secret_set(&s, text);
    struct digest_hmac *key = digest_hmac_sha256_new(&s);
    secret_release(&s);
    return key;
}

static bool put(struct buf *b, struct digest_hmac *key, struct str call_id, struct str function) {
    const struct swaig_grant g = {key, call_id, STR("00112233445566ff"), 2000};
    return swaig_token_put(b, &g, function);
}

static void read_vector(const struct json *v, struct vector *out) {
    int64_t life = 0;
    *out = (struct vector){.call_id = json_str(json_get(v, "call_id")),
                           .function = json_str(json_get(v, "function")),
                           .nonce = json_str(json_get(v, "nonce")),
                           .token = json_str(json_get(v, "token"))};
    out->key = key_of(json_str(json_get(v, "secret_key")));
    EXPECT(json_int(json_get(v, "now"), 0, INT64_C(1) << 40, &out->now_s));
    EXPECT(json_int(json_get(v, "expiry_secs"), 0, 86400, &life));
    out->expires_s = out->now_s + life;
}

static bool is_good(const struct vector *v, struct str call_id, struct str function,
                    int64_t now_ms) {
    return swaig_token_is_good(v->token, v->key, call_id, function, now_ms);
}

static void expect_like_the_sdk(const struct vector *v) {
    CLEANUP(buf_release) struct buf made = BUF_INIT(SWAIG_TOKEN_MAX);
    const struct swaig_grant g = {v->key, v->call_id, v->nonce, v->expires_s};
    EXPECT(swaig_token_put(&made, &g, v->function));
    EXPECT(str_eq(buf_str(&made), v->token));
    int64_t end_ms = v->expires_s * 1000;
    EXPECT(is_good(v, v->call_id, v->function, v->now_s * 1000));
    EXPECT(is_good(v, v->call_id, v->function, end_ms));
    EXPECT(!is_good(v, v->call_id, v->function, end_ms + 500));
    EXPECT(!is_good(v, STR("another"), v->function, end_ms));
    EXPECT(!is_good(v, v->call_id, STR("another"), end_ms));
    EXPECT(!is_good(v, STR(""), v->function, end_ms));
}

TEST(swaig_token, is_the_one_of_the_carriers_own_sdk) {
    REQUIRE(secret_system_init());
    CLEANUP(buf_release) struct buf text = BUF_INIT(65536);
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    REQUIRE(read_file(vectors_path, &text));
    REQUIRE(json_parse(buf_str(&text), NULL, &doc, NULL) == ERR_OK);
    const struct json *vectors = json_get(json_root(doc), "vectors");
    EXPECT_INT(json_count(vectors), 3);
    for (const struct json *v = json_first(vectors); v; v = json_next(v)) {
        struct vector one;
        read_vector(v, &one);
        expect_like_the_sdk(&one);
        digest_hmac_free(one.key);
    }
}

TEST(swaig_token, that_was_changed_anywhere_is_refused) {
    REQUIRE(secret_system_init());
    CLEANUP(buf_release) struct buf b = BUF_INIT(SWAIG_TOKEN_MAX);
    struct digest_hmac *key = key_of(STR("0123456789abcdef0123456789abcdef"));
    REQUIRE(put(&b, key, STR("call_1"), STR("pay")));
    EXPECT(swaig_token_is_good(buf_str(&b), key, STR("call_1"), STR("pay"), 1000));
    for (size_t i = 0; i < b.len; i++) {
        b.ptr[i] ^= 1;
        EXPECT(!swaig_token_is_good(buf_str(&b), key, STR("call_1"), STR("pay"), 1000));
        b.ptr[i] ^= 1;
    }
    for (size_t n = 0; n < b.len; n++)
        EXPECT(!swaig_token_is_good(str_from(b.ptr, n), key, STR("call_1"), STR("pay"), 1000));
    digest_hmac_free(key);
}

TEST(swaig_token, of_another_key_is_refused) {
    REQUIRE(secret_system_init());
    CLEANUP(buf_release) struct buf b = BUF_INIT(SWAIG_TOKEN_MAX);
    struct digest_hmac *ours = key_of(STR("0123456789abcdef0123456789abcdef"));
    struct digest_hmac *theirs = key_of(STR("0123456789abcdef0123456789abcdee"));
    REQUIRE(put(&b, theirs, STR("call_1"), STR("pay")));
    EXPECT(!swaig_token_is_good(buf_str(&b), ours, STR("call_1"), STR("pay"), 1000));
    digest_hmac_free(ours);
    digest_hmac_free(theirs);
}

TEST(swaig_token, cannot_be_made_for_what_it_cannot_carry) {
    REQUIRE(secret_system_init());
    CLEANUP(buf_release) struct buf b = BUF_INIT(SWAIG_TOKEN_MAX);
    struct digest_hmac *key = key_of(STR("0123456789abcdef0123456789abcdef"));
    char long_id[SWAIG_CALL_ID_MAX + 2];
    memset(long_id, 'a', sizeof long_id);
    EXPECT(!put(&b, key, STR(""), STR("pay")));
    EXPECT(!put(&b, key, STR("call.1"), STR("pay")));
    EXPECT(!put(&b, key, STR("call_1"), STR("")));
    EXPECT(!put(&b, key, str_from(long_id, sizeof long_id), STR("pay")));
    EXPECT_INT(b.len, 0);
    digest_hmac_free(key);
}
