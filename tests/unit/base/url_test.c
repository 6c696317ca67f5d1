#include "core/base/url.h"

#include "tests/support/test.h"

TEST(url, percent_signs_are_undone_and_those_without_two_hex_digits_stay) {
    static const struct {
        struct str text, want;
    } rows[] = {
        {STR_INIT("us%40er"), STR_INIT("us@er")},
        {STR_INIT("%C3%a9"), STR_INIT("\xC3\xA9")},
        {STR_INIT("a+b%2B"), STR_INIT("a+b+")},
        {STR_INIT("%"), STR_INIT("%")},
        {STR_INIT("%4"), STR_INIT("%4")},
        {STR_INIT("%4g%g4"), STR_INIT("%4g%g4")},
        {STR_INIT("%%41"), STR_INIT("%A")},
        {STR_INIT("%2541"), STR_INIT("%41")},
        {STR_INIT(""), STR_INIT("")},
    };
    CLEANUP(arena_release) struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        EXPECT(str_eq(url_decode(&a, rows[i].text), rows[i].want));
}

TEST(url, a_login_is_cut_out_and_stays_as_it_was_written) {
    struct url_login l = {0};
    REQUIRE(url_find_login(STR("https://us%40er:a:b@far.example:8443/x?y=z#f"), &l));
    EXPECT(str_eq(l.user, STR("us%40er")));
    EXPECT(str_eq(l.password, STR("a:b")));
    EXPECT(str_eq(l.before, STR("https://")));
    EXPECT(str_eq(l.after, STR("far.example:8443/x?y=z#f")));
    REQUIRE(url_find_login(STR("http://only@host"), &l));
    EXPECT(str_eq(l.user, STR("only")) && l.password.len == 0 && str_eq(l.after, STR("host")));
    REQUIRE(url_find_login(STR("http://@host/"), &l));
    EXPECT(l.user.len == 0 && l.password.len == 0 && str_eq(l.after, STR("host/")));
}

TEST(url, the_last_at_sign_before_the_path_ends_the_login) {
    struct url_login l = {0};
    REQUIRE(url_find_login(STR("http://a@b:c@host/d@e"), &l));
    EXPECT(str_eq(l.user, STR("a@b")) && str_eq(l.password, STR("c")));
    EXPECT(str_eq(l.after, STR("host/d@e")));
}

TEST(url, an_at_sign_elsewhere_is_no_login) {
    static const struct str urls[] = {
        STR_INIT("https://host/a@b"),
        STR_INIT("https://host?mail=a@b"),
        STR_INIT("https://host#a@b"),
        STR_INIT("https://host"),
        STR_INIT("user:password@host"),
        STR_INIT("https://"),
        STR_INIT("://"),
        STR_INIT(""),
    };
    struct url_login l;
    for (size_t i = 0; i < ARRAY_LEN(urls); i++)
        EXPECT(!url_find_login(urls[i], &l));
}
