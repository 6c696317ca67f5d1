#include "core/domain/phone.h"

#include "core/base/compiler.h"
#include "tests/support/test.h"

TEST(phone, ordinary_numbers_are_taken_as_they_are) {
    static const char *const good[] = {
        "+12025550100",     "+442079460000", "+4915112345678", "+33123456789", "+1234567",
        "+123456789012345", "+18005551212",  "+81312345678",   "+61212345678", "+12039001234"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct phone p = {{0}};
        EXPECT_INT(phone_parse(str_z(good[i]), "to", &p, NULL), ERR_OK);
        EXPECT_STR(p.e164, good[i]);
    }
}

TEST(phone, what_must_not_be_dialled_is_refused_and_the_field_is_named) {
    static const char *const bad[] = {
        "",
        "+",
        "12025550100",
        "+1900",
        "+19005551234",
        "+19765551234",
        "+12129765555",
        "911",
        "112",
        "999",
        "+911",
        "+112",
        "+999",
        "+1911",
        "+19115551234",
        "+12029115555",
        "+14115551234",
        "sip:alice@example.com",
        "sips:alice@example.com",
        "client:alice",
        "tel:+12025550100",
        "+02025550100",
        "+0",
        "+1234567890123456",                                         /* 16 digits */
        "+123456",                                                   /* 6 digits */
        "+\xd9\xa1\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa5\xd9\xa5\xd9\xa5", /* Arabic-Indic digits */
        "+\xef\xbc\x91\xef\xbc\x92\xef\xbc\x90\xef\xbc\x92\xef\xbc\x95\xef\xbc\x95\xef\xbc\x95",
        "+1 202 555 0100",
        " +12025550100",
        "+12025550100 ",
        "+12025550100\n",
        "+12025550100;ext=5",
        "+12025550100,,5",
        "+1 (202) 555-0100",
        "+1-202-555-0100",
        "++12025550100",
        "+12025550100+",
        "+1202555O100",
        "anonymous",
        "+449012345678",
        "+449112345678",
        "+448712345678",
        "+447012345678",
        "+449991234567",
        "+870123456789",
        "+881612345678",
        "+882161234567",
        "+883510012345",
        "+979123456789",
        "+999123456789",
        "+491371234567",
        "+33891234567",
        "+61190123456",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct phone p = {"+untouched"};
        struct error err = {0};
        if (!test_check(phone_parse(str_z(bad[i]), "to", &p, &err) == ERR_INVALID, __FILE__,
                        __LINE__, bad[i]))
            continue;
        EXPECT_STR(err.field, "to");
        EXPECT(err.text[0] != '\0');
        EXPECT_STR(p.e164, "+untouched");
    }
}

TEST(phone, a_nul_inside_does_not_hide_the_rest) {
    struct phone p;
    static const char cut[] = "+12025550100\0;ext=5";
    EXPECT_INT(phone_parse(str_from(cut, sizeof cut - 1), "to", &p, NULL), ERR_INVALID);
}

TEST(phone, the_refusal_says_which_kind_of_number_it_is) {
    struct phone p;
    struct error err = {0};
    EXPECT_INT(phone_parse(STR("+19005551234"), "to", &p, &err), ERR_INVALID);
    EXPECT(str_find_str(str_z(err.text), STR("premium")) < strlen(err.text));
    EXPECT_INT(phone_parse(STR("112"), "to", &p, &err), ERR_INVALID);
    EXPECT(str_find_str(str_z(err.text), STR("mergency")) < strlen(err.text));
    EXPECT_INT(phone_parse(STR("+881612345678"), "to", &p, &err), ERR_INVALID);
    EXPECT(str_find_str(str_z(err.text), STR("satellite")) < strlen(err.text));
}

TEST(phone, a_caller_may_have_a_number_that_is_not_dialled) {
    EXPECT(phone_is_e164(STR("+19005551234")));
    EXPECT(phone_is_e164(STR("+881612345678")));
    EXPECT(!phone_is_e164(STR("anonymous")));
    EXPECT(!phone_is_e164(STR("")));
    EXPECT(!phone_is_e164((struct str){0}));
}

TEST(phone, a_mask_shows_the_ends_and_hides_the_middle) {
    static const struct {
        const char *number, *masked;
    } rows[] = {
        {"+12025550100", "+12025****00"},
        {"+123456789012345", "+123456789****45"},
        {"+12345678", "+12****78"},
        {"+1234567", "****67"},
        {"anonymous", "****"},
        {"", "****"},
        {"sip:a@b", "****"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char dst[24];
        memset(dst, 'x', sizeof dst);
        phone_mask(str_z(rows[i].number), dst);
        EXPECT_STR(dst, rows[i].masked);
    }
}
