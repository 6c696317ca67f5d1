#include "core/base/str.h"
#include "tests/support/test.h"

static const struct str none = {0};

TEST(str, equal_compares_bytes_and_length) {
    EXPECT(str_eq(STR("abc"), STR("abc")));
    EXPECT(!str_eq(STR("abc"), STR("abd")));
    EXPECT(!str_eq(STR("abc"), STR("ab")));
    EXPECT(!str_eq(STR("abc"), STR("ABC")));
    EXPECT(str_eq(none, STR("")));
    EXPECT(str_eq(STR("a\0b"), STR("a\0b")));
    EXPECT(!str_eq(STR("a\0b"), STR("a\0c")));
    EXPECT(str_eq_z(STR("abc"), "abc"));
    EXPECT(str_eq_z(none, NULL));
    EXPECT(!str_eq_z(STR("abc"), NULL));
}

TEST(str, starts_with_compares_a_prefix) {
    EXPECT(str_starts(STR("abc"), STR("ab")));
    EXPECT(str_starts(STR("abc"), STR("abc")));
    EXPECT(str_starts(STR("abc"), none));
    EXPECT(str_starts(none, none));
    EXPECT(!str_starts(STR("ab"), STR("abc")));
    EXPECT(!str_starts(STR("abc"), STR("b")));
}

TEST(str, equal_without_case_folds_ascii_letters_only) {
    EXPECT(str_eq_nocase(STR("Content-Type"), STR("content-tYPE")));
    EXPECT(str_eq_nocase(none, STR("")));
    EXPECT(!str_eq_nocase(STR("a"), STR("ab")));
    EXPECT(!str_eq_nocase(STR("@[`{"), STR("`{@[")));
    EXPECT(!str_eq_nocase(STR("É"), STR("é")));
}

TEST(str, order_is_by_unsigned_bytes_then_length) {
    EXPECT(str_cmp(STR("a"), STR("b")) < 0);
    EXPECT(str_cmp(STR("b"), STR("a")) > 0);
    EXPECT(str_cmp(STR("a"), STR("a")) == 0);
    EXPECT(str_cmp(STR("a"), STR("ab")) < 0);
    EXPECT(str_cmp(STR("ab"), STR("a")) > 0);
    EXPECT(str_cmp(STR("\x80"), STR("a")) > 0);
    EXPECT(str_cmp(none, none) == 0);
    EXPECT(str_cmp(none, STR("a")) < 0);
}

TEST(str, find_gives_the_index_or_the_length) {
    EXPECT_INT(str_find(STR("a=b=c"), '='), 1);
    EXPECT_INT(str_find(STR("abc"), '='), 3);
    EXPECT_INT(str_find(none, '='), 0);
    EXPECT_INT(str_find(STR("a\0b"), '\0'), 1);
}

TEST(str, find_str_gives_the_first_place_or_the_length) {
    static const struct {
        struct str s, needle;
        size_t want;
    } rows[] = {
        {STR_INIT("hello"), STR_INIT("l"), 2},     {STR_INIT("hello"), STR_INIT("lo"), 3},
        {STR_INIT("hello"), STR_INIT("hello"), 0}, {STR_INIT("hello"), STR_INIT("hello!"), 5},
        {STR_INIT("hello"), STR_INIT("x"), 5},     {STR_INIT("hello"), STR_INIT(""), 0},
        {STR_INIT(""), STR_INIT("x"), 0},          {STR_INIT(""), STR_INIT(""), 0},
        {STR_INIT("aaab"), STR_INIT("aab"), 1},    {STR_INIT("ababac"), STR_INIT("abac"), 2},
        {STR_INIT("aXa"), STR_INIT("aY"), 3},      {STR_INIT("aa"), STR_INIT("ab"), 2},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        EXPECT_INT(str_find_str(rows[i].s, rows[i].needle), rows[i].want);
    EXPECT_INT(str_find_str(none, STR("x")), 0);
}

TEST(str, trim_takes_ascii_white_space_off_both_ends) {
    EXPECT(str_eq(str_trim(STR(" \t\r\n\v\fa b \n")), STR("a b")));
    EXPECT(str_eq(str_trim(STR("a")), STR("a")));
    EXPECT_INT(str_trim(STR("  \n ")).len, 0);
    EXPECT_INT(str_trim(none).len, 0);
    EXPECT(str_eq(str_trim(STR("\xC2\xA0")), STR("\xC2\xA0")));
}

TEST(str, from_index_stops_at_the_end) {
    EXPECT(str_eq(str_from_index(STR("abc"), 1), STR("bc")));
    EXPECT_INT(str_from_index(STR("abc"), 3).len, 0);
    EXPECT_INT(str_from_index(STR("abc"), 99).len, 0);
    EXPECT(str_from_index(none, 1).ptr == NULL);
}

TEST(str, next_walks_through_all_parts_and_keeps_empty_ones) {
    struct str rest = STR("a,,b"), part = none;
    EXPECT(str_next(&rest, ',', &part) && str_eq(part, STR("a")));
    EXPECT(str_next(&rest, ',', &part) && part.len == 0);
    EXPECT(str_next(&rest, ',', &part) && str_eq(part, STR("b")));
    EXPECT(!str_next(&rest, ',', &part));
    EXPECT(!str_next(&rest, ',', &part));
}

TEST(str, next_sees_an_empty_part_behind_the_last_separator) {
    struct str rest = STR("a,"), part = none;
    EXPECT(str_next(&rest, ',', &part) && str_eq(part, STR("a")));
    EXPECT(str_next(&rest, ',', &part) && part.len == 0);
    EXPECT(!str_next(&rest, ',', &part));
    rest = STR("");
    EXPECT(str_next(&rest, ',', &part) && part.len == 0);
    EXPECT(!str_next(&rest, ',', &part));
}

TEST(str, to_u64_accepts_digits_up_to_the_maximum) {
    static const struct {
        struct str s;
        uint64_t max, want;
    } rows[] = {
        {STR_INIT("0"), 0, 0},
        {STR_INIT("007"), 10, 7},
        {STR_INIT("2147483647"), INT32_MAX, 2147483647u},
        {STR_INIT("2147483648"), UINT32_MAX, 2147483648u},
        {STR_INIT("9223372036854775808"), UINT64_MAX, (uint64_t)1 << 63},
        {STR_INIT("18446744073709551615"), UINT64_MAX, UINT64_MAX},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint64_t got = 1;
        EXPECT(str_to_u64(rows[i].s, rows[i].max, &got) && got == rows[i].want);
    }
}

TEST(str, to_u64_refuses_everything_else_and_leaves_the_output) {
    static const struct {
        struct str s;
        uint64_t max;
    } rows[] = {
        {STR_INIT(""), 10},
        {STR_INIT("-1"), 10},
        {STR_INIT("+5"), 10},
        {STR_INIT(" 5"), 10},
        {STR_INIT("5 "), 10},
        {STR_INIT("1e3"), 10000},
        {STR_INIT("0x10"), 100},
        {STR_INIT("1.0"), 100},
        {STR_INIT("٥"), 100},
        {STR_INIT("5\0"), 100},
        {STR_INIT("11"), 10},
        {STR_INIT("2147483648"), INT32_MAX},
        {STR_INIT("18446744073709551616"), UINT64_MAX},
        {STR_INIT("99999999999999999999"), UINT64_MAX},
        {STR_INIT("184467440737095516150"), UINT64_MAX},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint64_t got = 77;
        EXPECT(!str_to_u64(rows[i].s, rows[i].max, &got));
        EXPECT_INT(got, 77);
    }
    uint64_t got;
    EXPECT(!str_to_u64(none, 10, &got));
}

TEST(str, copy_fits_with_its_nul_or_leaves_an_empty_string) {
    char dst[4] = "xyz";
    EXPECT(str_copy(STR("abc"), dst, sizeof dst));
    EXPECT_STR(dst, "abc");
    EXPECT(!str_copy(STR("abcd"), dst, sizeof dst));
    EXPECT_STR(dst, "");
    EXPECT(str_copy(none, dst, sizeof dst));
    EXPECT_STR(dst, "");
    EXPECT(!str_copy(STR("a\0b"), dst, sizeof dst));
    EXPECT_STR(dst, "");
    EXPECT(!str_copy(STR(""), dst, 0));
}

TEST(str, utf8_accepts_each_length_at_its_edges) {
    static const struct str rows[] = {
        STR_INIT(""),
        STR_INIT("plain"),
        STR_INIT("\x01\x7F"),
        STR_INIT("\xC2\x80\xDF\xBF"),
        STR_INIT("\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"),
        STR_INIT("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"),
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        EXPECT(str_is_utf8(rows[i]));
    EXPECT(str_is_utf8(none));
}

TEST(str, utf8_refuses_what_is_malformed) {
    static const struct str rows[] = {
        STR_INIT("a\0b"),             /* NUL */
        STR_INIT("\x80"),             /* continuation alone */
        STR_INIT("\xC3"),             /* cut */
        STR_INIT("\xC3("),            /* no continuation */
        STR_INIT("\xC0\x80"),         /* overlong NUL */
        STR_INIT("\xC1\xBF"),         /* overlong */
        STR_INIT("\xE0\x9F\xBF"),     /* overlong */
        STR_INIT("\xF0\x8F\xBF\xBF"), /* overlong */
        STR_INIT("\xED\xA0\x80"),     /* surrogate */
        STR_INIT("\xED\xBF\xBF"),     /* surrogate */
        STR_INIT("\xF4\x90\x80\x80"), /* over U+10FFFF */
        STR_INIT("\xF5\x80\x80\x80"), /* no such lead */
        STR_INIT("\xE2\x82"),         /* cut */
        STR_INIT("\xF0\x9F\x98"),     /* cut */
        STR_INIT("\xFF\xFE"),
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        EXPECT(!str_is_utf8(rows[i]));
}

TEST(str, hex_digits_of_either_case_have_a_value_and_nothing_else_has) {
    static const char digits[] = "0123456789abcdefABCDEF";
    for (int c = -128; c < 128; c++) {
        const char *at = c ? strchr(digits, (char)c) : NULL;
        int want = at ? (int)(at - digits) : -1;
        EXPECT_INT(str_hex_value((char)c), want > 15 ? want - 6 : want);
    }
}

TEST(str, characters_are_counted_not_bytes) {
    EXPECT_INT(str_count_chars(STR("")), 0);
    EXPECT_INT(str_count_chars(STR("abc")), 3);
    EXPECT_INT(str_count_chars(STR("\xC3\xBC\xE4\xBD\xA0\xF0\x9F\x98\x80")), 3);
}
