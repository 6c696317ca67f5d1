#include "core/base/digest.h"

#include "core/base/mem.h"
#include "tests/support/test.h"
#include "tests/unit/base/dies.h"

static struct str repeat(struct arena *a, char c, size_t n) {
    char *p = arena_alloc(a, n);
    memset(p, c, n);
    return str_from(p, n);
}

static void expect_hex(const uint8_t *got, size_t n, const char *want) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(200);
    digest_put_hex(&b, got, n);
    EXPECT_STR(b.ptr, want);
}

struct mac_case {
    struct str key, message;
    const char *want;
};

static void expect_macs(const struct mac_case *rows, size_t count, size_t mac_bytes) {
    REQUIRE(secret_system_init());
    for (size_t i = 0; i < count; i++) {
        CLEANUP(secret_release) struct secret key = {0};
        secret_set(&key, rows[i].key);
        struct digest_hmac *h = mac_bytes == DIGEST_SHA1_BYTES ? digest_hmac_sha1_new(&key)
                                                               : digest_hmac_sha256_new(&key);
        for (int again = 0; again < 3; again++) { /* the context is used for many messages */
            uint8_t mac[DIGEST_SHA256_BYTES] = {0};
            digest_hmac_run(h, rows[i].message, mac);
            expect_hex(mac, mac_bytes, rows[i].want);
            digest_hmac_run(h, STR("something else"), mac);
        }
        digest_hmac_free(h);
    }
}

TEST(digest, hmac_sha1_agrees_with_rfc_2202) {
    CLEANUP(arena_release) struct arena a = {0};
    const struct mac_case rows[] = {
        {repeat(&a, '\x0b', 20), STR("Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00"},
        {STR("Jefe"), STR("what do ya want for nothing?"),
         "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
        {repeat(&a, '\xaa', 20), repeat(&a, '\xdd', 50),
         "125d7342b9ac11cd91a39af48aa17b4f63f175d3"},
        {STR("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13\x14\x15"
             "\x16\x17\x18\x19"),
         repeat(&a, '\xcd', 50), "4c9007f4026250c6bc8414f9bf50c86c2d7235da"},
        {repeat(&a, '\x0c', 20), STR("Test With Truncation"),
         "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"},
        {repeat(&a, '\xaa', 80), STR("Test Using Larger Than Block-Size Key - Hash Key First"),
         "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
        {repeat(&a, '\xaa', 80),
         STR("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"),
         "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"},
    };
    expect_macs(rows, ARRAY_LEN(rows), DIGEST_SHA1_BYTES);
}

TEST(digest, hmac_sha256_agrees_with_rfc_4231) {
    CLEANUP(arena_release) struct arena a = {0};
    const struct mac_case rows[] = {
        {repeat(&a, '\x0b', 20), STR("Hi There"),
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {STR("Jefe"), STR("what do ya want for nothing?"),
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {repeat(&a, '\xaa', 131), STR("Test Using Larger Than Block-Size Key - Hash Key First"),
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    };
    expect_macs(rows, ARRAY_LEN(rows), DIGEST_SHA256_BYTES);
}

TEST(digest, an_empty_message_has_a_mac) {
    static const struct mac_case row = {
        STR_INIT("key"), {0}, "f42bb0eeb018ebbd4597ae7213711ec60760843f"};
    expect_macs(&row, 1, DIGEST_SHA1_BYTES);
}

static void empty_key(void) {
    struct secret none = {0};
    digest_hmac_free(digest_hmac_sha1_new(&none));
}

TEST(digest, an_empty_key_is_a_mistake) {
    EXPECT(dies(empty_key));
    digest_hmac_free(NULL);
}

TEST(digest, sha256_agrees_with_fips_180) {
    uint8_t out[DIGEST_SHA256_BYTES];
    digest_sha256(STR("abc"), out);
    expect_hex(out, sizeof out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_sha256(str_from(NULL, 0), out);
    expect_hex(out, sizeof out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* Vectors: `printf abc | b2sum -l 256`. */
TEST(digest, blake2b_gives_256_bits) {
    uint8_t out[DIGEST_BLAKE2B_BYTES];
    digest_blake2b(STR("abc"), out);
    expect_hex(out, sizeof out, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    digest_blake2b(str_from(NULL, 0), out);
    expect_hex(out, sizeof out, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
}

TEST(digest, equal_compares_contents) {
    EXPECT(digest_equal(STR("abc"), STR("abc")));
    EXPECT(!digest_equal(STR("abc"), STR("abd")));
    EXPECT(!digest_equal(STR("abc"), STR("ab")));
    EXPECT(digest_equal(str_from(NULL, 0), STR("")));
    EXPECT(!digest_equal(str_from(NULL, 0), STR("a")));
}

TEST(digest, hex_is_lower_case_and_all_or_nothing) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(5);
    digest_put_hex(&b, "\x00\xAF", 2);
    EXPECT_STR(b.ptr, "00af");
    digest_put_hex(&b, "\x01", 1);
    EXPECT(buf_failed(&b));
    EXPECT_STR(b.ptr, "00af");
}

TEST(digest, hex_is_read_back_in_lower_case_and_whole_only) {
    uint8_t out[2] = {7, 7};
    EXPECT(digest_hex_decode(STR("00af"), out, sizeof out));
    EXPECT(out[0] == 0 && out[1] == 0xAF);
    EXPECT(!digest_hex_decode(STR("00AF"), out, sizeof out));
    EXPECT(!digest_hex_decode(STR("00a"), out, sizeof out));
    EXPECT(!digest_hex_decode(STR("00aff"), out, sizeof out));
    EXPECT(!digest_hex_decode(STR("0g00"), out, sizeof out));
    EXPECT(!digest_hex_decode(STR(" 0af"), out, sizeof out));
}

/* RFC 4648, section 10. */
static const struct {
    struct str plain, base64;
} pairs[] = {
    {STR_INIT(""), STR_INIT("")},
    {STR_INIT("f"), STR_INIT("Zg==")},
    {STR_INIT("fo"), STR_INIT("Zm8=")},
    {STR_INIT("foo"), STR_INIT("Zm9v")},
    {STR_INIT("foob"), STR_INIT("Zm9vYg==")},
    {STR_INIT("fooba"), STR_INIT("Zm9vYmE=")},
    {STR_INIT("foobar"), STR_INIT("Zm9vYmFy")},
    {STR_INIT("\xFB\xFF\x00"), STR_INIT("+/8A")},
};

TEST(digest, base64_goes_both_ways) {
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        CLEANUP(buf_release) struct buf b = BUF_INIT(40);
        digest_put_base64(&b, pairs[i].plain.ptr, pairs[i].plain.len);
        EXPECT(str_eq(buf_str(&b), pairs[i].base64));
        uint8_t out[8];
        size_t len = 77;
        EXPECT(digest_base64_decode(pairs[i].base64, out, pairs[i].plain.len, &len));
        EXPECT(str_eq(str_from(out, len), pairs[i].plain));
    }
}

TEST(digest, base64_for_urls_differs_in_two_letters) {
    static const uint8_t all[] = {0xfb, 0xef, 0xff, 0xfe};
    CLEANUP(buf_release) struct buf b = BUF_INIT(64);
    digest_put_base64(&b, all, sizeof all);
    digest_put_base64url(&b, all, sizeof all);
    EXPECT_STR(b.ptr, "++///g==--___g==");
}

TEST(digest, base64_is_all_or_nothing) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(7);
    digest_put_base64(&b, "foob", 4);
    EXPECT(buf_failed(&b));
    EXPECT_STR(b.ptr, "");
}

TEST(digest, base64_decoding_is_strict) {
    static const struct str rows[] = {
        STR_INIT("Zg"),           STR_INIT("Zg="),    STR_INIT("Zg==="),    STR_INIT("Zg== "),
        STR_INIT(" Zg=="),        STR_INIT("Zg==\n"), STR_INIT("Z g=="),    STR_INIT("Zh=="),
        STR_INIT("=Zg="),         STR_INIT("-_8A"),   STR_INIT("Zg==Zg=="), STR_INIT("Z"),
        STR_INIT("Zm9vYmFyZg=="), /* one byte too many for the buffer */
        STR_INIT("Zg\0="),
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint8_t out[6];
        size_t len = 77;
        EXPECT(!digest_base64_decode(rows[i], out, sizeof out, &len));
        EXPECT_INT(len, 77);
    }
}

TEST(digest, random_hex_fills_its_buffer_exactly) {
    char a[2 * 16 + 2], b[2 * 16 + 1];
    a[33] = '#';
    digest_random_hex(a, 16);
    digest_random_hex(b, 16);
    EXPECT_INT(strlen(a), 32);
    EXPECT_INT(strspn(a, "0123456789abcdef"), 32);
    EXPECT_INT(a[33], '#');
    EXPECT(strcmp(a, b) != 0);
    digest_random_hex(a, 0);
    EXPECT_STR(a, "");
}

TEST(digest, random_hex_uses_every_digit_in_every_place) {
    unsigned seen[8] = {0};
    for (int i = 0; i < 500; i++) {
        char text[9];
        digest_random_hex(text, 4);
        for (size_t k = 0; k < 8; k++)
            seen[k] |= BIT(text[k] <= '9' ? text[k] - '0' : text[k] - 'a' + 10);
    }
    for (size_t k = 0; k < 8; k++)
        EXPECT_INT(seen[k], 0xFFFF);
}

TEST(digest, random_bytes_differ) {
    uint8_t a[16], b[16];
    digest_random(a, sizeof a);
    digest_random(b, sizeof b);
    EXPECT(memcmp(a, b, sizeof a) != 0);
}
