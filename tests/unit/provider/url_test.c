#include "providers/rest/url.h"
#include "tests/support/test.h"

TEST(rest_url, takes_an_address_apart_byte_for_byte) {
    struct rest_url u;
    REQUIRE(rest_url_parse(STR("https://us%65r:p@Api.Example.com:8443/a%2Fb?c=d#rc=5"), &u));
    EXPECT(str_eq(u.scheme, STR("https")));
    EXPECT(str_eq(u.userinfo, STR("us%65r:p")));
    EXPECT(str_eq(u.host, STR("Api.Example.com")));
    EXPECT(str_eq(u.port, STR("8443")));
    EXPECT(str_eq(u.rest, STR("/a%2Fb?c=d")));
    EXPECT(str_eq(u.origin, STR("https://us%65r:p@Api.Example.com:8443")));
    REQUIRE(rest_url_parse(STR("http://[::1]:80"), &u));
    EXPECT(str_eq(u.host, STR("[::1]")));
    EXPECT(u.rest.len == 0 && rest_url_is_loopback(&u) && !rest_url_is_tls(&u));
    REQUIRE(rest_url_parse(STR("https://h?x=1"), &u));
    EXPECT(str_eq(u.rest, STR("?x=1")));
}

TEST(rest_url, refuses_what_is_no_plain_web_address) {
    static const char *const bad[] = {
        "",
        "https://",
        "https:///x",
        "ftp://h/",
        "file:///etc/passwd",
        "//h/x",
        "/x",
        "h/x",
        "https://h:0/",
        "https://h:65536/",
        "https://h:/",
        "https://h:8x/",
        "https://h /",
        "https://h\\@i/",
        "https://[::1/",
        "https://h/\n",
        "HTTPS://h/",
        "https://\xc3\xa9/",
        "https://a@b@c/",
        "https://[::1]x/",
    };
    struct rest_url u;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        EXPECT(!rest_url_parse(str_z(bad[i]), &u));
}

TEST(rest_url, an_origin_is_scheme_host_and_effective_port) {
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"https://a.example/x", "https://A.example:443/y", true},
        {"https://a.example", "https://a.example:444", false},
        {"https://a.example", "http://a.example", false},
        {"https://a.example", "https://a.example.evil", false},
        {"http://127.0.0.1:80", "http://127.0.0.1", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct rest_url a, b;
        REQUIRE(rest_url_parse(str_z(rows[i].a), &a) && rest_url_parse(str_z(rows[i].b), &b));
        EXPECT_INT(rest_url_same_origin(&a, &b), rows[i].same);
    }
}
