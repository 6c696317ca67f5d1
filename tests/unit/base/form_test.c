#include "core/base/form.h"

#include "core/base/buf.h"
#include "tests/support/test.h"

TEST(form, empty_text_has_no_pairs) {
    struct arena a = {0};
    struct form f = {.count = 9};
    EXPECT_INT(form_parse(&a, str_from(NULL, 0), &f, NULL), ERR_OK);
    EXPECT_INT(f.count, 0);
    EXPECT(form_get(&f, STR("a")).ptr == NULL);
    arena_release(&a);
}

TEST(form, pairs_are_decoded_in_wire_order) {
    CLEANUP(arena_release) struct arena a = {0};
    struct form f = {0};
    REQUIRE(form_parse(&a, STR("To=%2B1202&Empty=&Text=a+b%20c%26%3d%C3%A9+%F0%9f%98%80&E=x=y"), &f,
                       NULL) == ERR_OK);
    REQUIRE(f.count == 4);
    EXPECT(str_eq(f.pairs[0].name, STR("To")) && str_eq(f.pairs[0].value, STR("+1202")));
    EXPECT(str_eq(f.pairs[1].name, STR("Empty")) && f.pairs[1].value.len == 0);
    EXPECT(str_eq(f.pairs[2].value, STR("a b c&=é 😀")));
    EXPECT(str_eq(f.pairs[3].value, STR("x=y")));
}

TEST(form, get_tells_empty_from_absent_and_minds_case) {
    CLEANUP(arena_release) struct arena a = {0};
    struct form f = {0};
    REQUIRE(form_parse(&a, STR("a=1&b=&a=2"), &f, NULL) == ERR_OK);
    EXPECT(str_eq(form_get(&f, STR("a")), STR("1")));
    EXPECT(form_get(&f, STR("b")).ptr != NULL && form_get(&f, STR("b")).len == 0);
    EXPECT(form_get(&f, STR("A")).ptr == NULL);
}

TEST(form, duplicates_are_kept_and_ambiguous_only_when_they_differ) {
    CLEANUP(arena_release) struct arena a = {0};
    struct form f = {0};
    REQUIRE(form_parse(&a, STR("Digits=1&Digits=2&Digits=1&Same=x&Same=x&One=1"), &f, NULL) ==
            ERR_OK);
    EXPECT_INT(f.count, 6);
    EXPECT(form_is_ambiguous(&f, STR("Digits")));
    EXPECT(!form_is_ambiguous(&f, STR("Same")));
    EXPECT(!form_is_ambiguous(&f, STR("One")));
    EXPECT(!form_is_ambiguous(&f, STR("None")));
}

TEST(form, broken_text_is_refused_with_the_number_of_its_pair) {
    static const struct {
        struct str text;
        const char *want;
    } rows[] = {
        {STR_INIT("a=%"), "form pair 1 holds a '%' without two hex digits"},
        {STR_INIT("a=%4"), "form pair 1 holds a '%' without two hex digits"},
        {STR_INIT("a=%4g"), "form pair 1 holds a '%' without two hex digits"},
        {STR_INIT("a=%g4"), "form pair 1 holds a '%' without two hex digits"},
        {STR_INIT("a=% 4"), "form pair 1 holds a '%' without two hex digits"},
        {STR_INIT("a=%%41"), "form pair 1 holds a '%' without two hex digits"},
        {STR_INIT("%=1"), "form pair 1 holds a '%' without two hex digits"},
        {STR_INIT("a=1&b=%2&c=3"), "form pair 2 holds a '%' without two hex digits"},
        {STR_INIT("a=%00"), "form pair 1 is not UTF-8 text without NUL"},
        {STR_INIT("a\0=1"), "form pair 1 is not UTF-8 text without NUL"},
        {STR_INIT("a=1\0"), "form pair 1 is not UTF-8 text without NUL"},
        {STR_INIT("a=%ff"), "form pair 1 is not UTF-8 text without NUL"},
        {STR_INIT("a=\xFF"), "form pair 1 is not UTF-8 text without NUL"},
        {STR_INIT("a=%C0%80"), "form pair 1 is not UTF-8 text without NUL"},
        {STR_INIT("a=%ED%A0%80"), "form pair 1 is not UTF-8 text without NUL"},
        {STR_INIT("a=1;b=2"), "form pair 1 holds a bare ';' (send %3B)"},
        {STR_INIT("=1"), "form pair 1 has no name"},
        {STR_INIT("="), "form pair 1 has no name"},
        {STR_INIT("&"), "form pair 1 has no name"},
        {STR_INIT("a=1&"), "form pair 2 has no name"},
        {STR_INIT("a=1&&b=2"), "form pair 2 has no name"},
        {STR_INIT("a"), "form pair 1 has no '='"},
        {STR_INIT("a=1&b"), "form pair 2 has no '='"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(arena_release) struct arena a = {0};
        struct form f = {.count = 77};
        struct error err = {0};
        EXPECT_INT(form_parse(&a, rows[i].text, &f, &err), ERR_INVALID);
        EXPECT_STR(err.text, rows[i].want);
        EXPECT_INT(f.count, 77);
    }
}

static enum error_code parse_pairs(size_t count) {
    CLEANUP(arena_release) struct arena a = {0};
    CLEANUP(buf_release) struct buf b = BUF_INIT(1000000);
    for (size_t i = 0; i < count; i++)
        buf_printf(&b, "%sn%zu=", i ? "&" : "", i);
    struct form f = {0};
    struct error err = {0};
    enum error_code rc = form_parse(&a, buf_str(&b), &f, &err);
    EXPECT_INT(f.count, rc == ERR_OK ? count : 0);
    EXPECT((rc == ERR_OK) == (err.text[0] == '\0'));
    return rc;
}

TEST(form, the_number_of_pairs_is_limited) {
    EXPECT_INT(parse_pairs(FORM_PAIRS_MAX), ERR_OK);
    EXPECT_INT(parse_pairs(FORM_PAIRS_MAX + 1), ERR_LIMIT);
    EXPECT_INT(parse_pairs(100000), ERR_LIMIT);
}

/** One pair whose decoded name and value have these lengths, each byte written as `unit`. */
static enum error_code parse_lengths(size_t name, size_t value, const char *unit) {
    CLEANUP(arena_release) struct arena a = {0};
    CLEANUP(buf_release) struct buf b = BUF_INIT(100000);
    for (size_t i = 0; i < name; i++)
        buf_puts(&b, unit);
    buf_putc(&b, '=');
    for (size_t i = 0; i < value; i++)
        buf_puts(&b, unit);
    struct form f = {0};
    return form_parse(&a, buf_str(&b), &f, NULL);
}

TEST(form, lengths_are_limited_after_decoding) {
    static const char *const units[] = {"x", "%41", "+"};
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        EXPECT_INT(parse_lengths(FORM_NAME_MAX, FORM_VALUE_MAX, units[i]), ERR_OK);
        EXPECT_INT(parse_lengths(FORM_NAME_MAX + 1, 1, units[i]), ERR_LIMIT);
        EXPECT_INT(parse_lengths(1, FORM_VALUE_MAX + 1, units[i]), ERR_LIMIT);
    }
}

TEST(form, the_text_as_a_whole_is_limited_before_memory_is_taken) {
    struct arena a = {0};
    struct form f = {0};
    /* the length is enough to refuse: the bytes are never looked at */
    EXPECT_INT(form_parse(&a, str_from("a=1", 100 * 1000 * 1000), &f, NULL), ERR_LIMIT);
    EXPECT_INT(a.used_bytes, 0);
}
