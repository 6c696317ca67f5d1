#include "core/base/buf.h"
#include "core/base/mem.h"
#include "tests/support/test.h"

TEST(buf, puts_append_and_keep_a_nul_behind_the_end) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(1000);
    EXPECT(b.ptr == NULL);
    buf_puts(&b, "one");
    EXPECT_STR(b.ptr, "one");
    buf_putc(&b, ' ');
    buf_put_str(&b, STR("two"));
    buf_put(&b, "\0x", 2);
    EXPECT_INT(b.len, 9);
    EXPECT(str_eq(buf_str(&b), STR("one two\0x")));
    EXPECT_INT(b.ptr[b.len], 0);
}

TEST(buf, an_empty_put_makes_an_empty_string) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(10);
    buf_put_str(&b, str_from(NULL, 0));
    EXPECT_STR(b.ptr, "");
    EXPECT_INT(b.len, 0);
}

TEST(buf, a_put_over_the_limit_changes_nothing_and_sticks) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(5);
    buf_puts(&b, "abcde");
    EXPECT(!buf_failed(&b));
    buf_putc(&b, 'f');
    EXPECT(buf_failed(&b));
    EXPECT_STR(b.ptr, "abcde");
    buf_clear(&b);
    EXPECT(!buf_failed(&b));
    EXPECT_STR(b.ptr, "");
    buf_puts(&b, "abcdef");
    EXPECT(buf_failed(&b));
    buf_puts(&b, "a"); /* would fit, but the text before it is missing */
    EXPECT_INT(b.len, 0);
}

TEST(buf, a_limit_of_zero_takes_nothing) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(0);
    buf_puts(&b, "");
    EXPECT(!buf_failed(&b));
    buf_putc(&b, 'x');
    EXPECT(buf_failed(&b));
}

TEST(buf, memory_never_passes_the_limit) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(1000);
    while (!buf_failed(&b))
        buf_puts(&b, "1234567");
    EXPECT_INT(b.len, 1000 / 7 * 7);
    EXPECT(b.cap <= 1001);
}

TEST(buf, an_unlimited_buffer_does_not_overflow) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(SIZE_MAX - 1);
    buf_puts(&b, "fine");
    EXPECT_STR(b.ptr, "fine");
}

TEST(buf, release_leaves_a_usable_buffer_with_the_same_limit) {
    struct buf b = BUF_INIT(3);
    buf_puts(&b, "abc");
    buf_release(&b);
    EXPECT(b.ptr == NULL && b.len == 0 && b.max == 3);
    buf_puts(&b, "xyz");
    EXPECT_STR(b.ptr, "xyz");
    buf_release(&b);
    buf_release(&b);
}

TEST(buf, detach_hands_the_bytes_over) {
    struct buf b = BUF_INIT(10);
    EXPECT(buf_detach(&b) == NULL);
    buf_puts(&b, "abc");
    CLEANUP(mem_freep) char *z = buf_detach(&b);
    EXPECT_STR(z, "abc");
    EXPECT(b.ptr == NULL && b.len == 0 && b.max == 10);
}

TEST(buf, numbers_are_decimal_up_to_their_edges) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(200);
    static const int64_t rows[] = {0, -1, 42, INT32_MAX, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        buf_put_i64(&b, rows[i]);
        buf_putc(&b, ' ');
    }
    EXPECT_STR(b.ptr, "0 -1 42 2147483647 9223372036854775807 -9223372036854775808 ");
    buf_clear(&b);
    buf_put_u64(&b, 0);
    buf_putc(&b, ' ');
    buf_put_u64(&b, UINT64_MAX);
    EXPECT_STR(b.ptr, "0 18446744073709551615");
}

TEST(buf, printf_grows_for_long_text) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(2000);
    buf_printf(&b, "%s-%05d", "x", 42);
    EXPECT_STR(b.ptr, "x-00042");
    buf_printf(&b, "%1000s", "y");
    EXPECT_INT(b.len, 1007);
    EXPECT(b.ptr[1006] == 'y' && b.ptr[1007] == '\0');
}

TEST(buf, printf_over_the_limit_leaves_the_text_alone) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(8);
    buf_puts(&b, "abc");
    buf_printf(&b, "%s", "123456");
    EXPECT(buf_failed(&b));
    buf_printf(&b, "x");
    EXPECT_STR(b.ptr, "abc");
    EXPECT_INT(b.len, 3);
    buf_clear(&b);
    buf_printf(&b, "%s", "12345678");
    EXPECT(!buf_failed(&b));
    EXPECT_STR(b.ptr, "12345678");
}

typedef void put_fn(struct buf *b, struct str s);

static void expect_put(put_fn *put, struct str in, const char *want) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(1000);
    put(&b, in);
    EXPECT_STR(b.ptr, want);
}

TEST(buf, form_encoding_keeps_only_what_the_standard_keeps) {
    expect_put(buf_put_form, STR(""), "");
    expect_put(buf_put_form, STR("AZaz09*-._"), "AZaz09*-._");
    expect_put(buf_put_form, STR("a b+c&d=e"), "a+b%2Bc%26d%3De");
    expect_put(buf_put_form, STR("~!'()/é\n"), "%7E%21%27%28%29%2F%C3%A9%0A");
    expect_put(buf_put_form, STR("\0"), "%00");
}

TEST(buf, percent_encoding_keeps_only_unreserved_characters) {
    expect_put(buf_put_percent, STR("AZaz09-._~"), "AZaz09-._~");
    expect_put(buf_put_percent, STR("a b*/?#[]@:"), "a%20b%2A%2F%3F%23%5B%5D%40%3A");
    expect_put(buf_put_percent, STR("\xFF%"), "%FF%25");
}

TEST(buf, xml_text_has_its_five_entities) {
    expect_put(buf_put_xml, STR(""), "");
    expect_put(buf_put_xml, STR("plain é"), "plain é");
    expect_put(buf_put_xml, STR("<Say a=\"b\" c='d'>&</Say>"),
               "&lt;Say a=&quot;b&quot; c=&apos;d&apos;&gt;&amp;&lt;/Say&gt;");
    expect_put(buf_put_xml, STR("]]>"), "]]&gt;");
}

TEST(buf, json_strings_are_escaped) {
    expect_put(buf_put_json, STR(""), "\"\"");
    expect_put(buf_put_json, STR("a\"b\\c/é😀"), "\"a\\\"b\\\\c/é😀\"");
    expect_put(buf_put_json, STR("\b\f\n\r\t\x01\x1F\x7F"),
               "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7F\"");
    expect_put(buf_put_json, STR("\""), "\"\\\"\"");
}

TEST(buf, json_strings_are_valid_whatever_comes_in) {
    expect_put(buf_put_json, STR("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
    expect_put(buf_put_json, STR("a\xC3"), "\"a\xEF\xBF\xBD\"");
    expect_put(buf_put_json, STR("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
    expect_put(buf_put_json, STR("a\0z"), "\"a\xEF\xBF\xBDz\"");
}

TEST(buf, an_escaping_put_is_all_or_nothing) {
    static put_fn *const puts[] = {buf_put_form, buf_put_percent, buf_put_xml, buf_put_json};
    for (size_t i = 0; i < ARRAY_LEN(puts); i++) {
        for (size_t max = 1; max < 12; max++) {
            CLEANUP(buf_release) struct buf b = BUF_INIT(max);
            buf_putc(&b, '#');
            puts[i](&b, STR("ab&\"<\n>xyz"));
            EXPECT(buf_failed(&b));
            EXPECT_STR(b.ptr, "#");
        }
    }
}
