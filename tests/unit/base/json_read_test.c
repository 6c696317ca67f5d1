#include <math.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "tests/support/test.h"

/** Parse and write again; what comes out, or the error's name, in a string of the arena. */
static const char *again(struct arena *a, struct str text) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct error err = {0};
    enum error_code rc = json_parse(text, NULL, &doc, &err);
    if (rc != ERR_OK)
        return arena_printf(a, "%s", err.text).ptr;
    CLEANUP(buf_release) struct buf b = BUF_INIT(100000);
    json_put_value(&b, json_root(doc));
    return arena_copy(a, buf_str(&b)).ptr;
}

TEST(json, valid_documents_survive_the_round_trip) {
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"{}", "{}"},
        {"[]", "[]"},
        {" \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } } \n", "{\"a\":[1,2],\"b\":{}}"},
        {"[true,false,null]", "[true,false,null]"},
        {"\"x\"", "\"x\""},
        {"0", "0"},
        {"-0", "0"},
        {"-0.0", "0"},
        {"1e3", "1000"},
        {"1E+2", "100"},
        {"1.5e-1", "0.15"},
        {"0.1", "0.1"},
        {"1e-400", "0"},
        {"1.7976931348623157e308", "1.7976931348623157e+308"},
        {"9007199254740991", "9007199254740991"},
        {"-9007199254740991", "-9007199254740991"},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\""},
        {"\"\\u00e9\\u4E2d\\ud83d\\uDE00é😀\"", "\"é中😀é😀\""},
        {"\"\x7F\"", "\"\x7F\""},
        {"{\"a\":1,\"A\":2,\"b\":{\"a\":3}}", "{\"a\":1,\"A\":2,\"b\":{\"a\":3}}"},
        {"{\"\":1}", "{\"\":1}"},
        {"[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]", "[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]"},
    };
    CLEANUP(arena_release) struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        EXPECT_STR(again(&a, str_z(rows[i].text)), rows[i].want);
}

TEST(json, everything_else_is_refused_with_place_and_rule) {
    static const struct {
        struct str text;
        const char *want;
    } rows[] = {
        {STR_INIT(""), "line 1 column 1: document is empty"},
        {STR_INIT(" \n "), "line 2 column 2: document is empty"},
        {STR_INIT("\xEF\xBB\xBF{}"), "line 1 column 1: byte order mark: send plain UTF-8"},
        {STR_INIT("{} x"), "line 1 column 4: text behind the end of the value"},
        {STR_INIT("{}{}"), "line 1 column 3: text behind the end of the value"},
        {STR_INIT("{}\0"), "line 1 column 3: text behind the end of the value"},
        {STR_INIT("NaN"), "line 1 column 1: expected a JSON value"},
        {STR_INIT("Infinity"), "line 1 column 1: expected a JSON value"},
        {STR_INIT("tru"), "line 1 column 1: expected a JSON value"},
        {STR_INIT("True"), "line 1 column 1: expected a JSON value"},
        {STR_INIT("'a'"), "line 1 column 1: expected a JSON value"},
        {STR_INIT("// x\n1"), "line 1 column 1: expected a JSON value"},
        {STR_INIT("\0"), "line 1 column 1: expected a JSON value"},
        {STR_INIT("\v1"), "line 1 column 1: expected a JSON value"},
        {STR_INIT("{\"a\":"), "line 1 column 6: ends where a value should be"},
        {STR_INIT("["), "line 1 column 2: ends where a value should be"},
        {STR_INIT("[1"), "line 1 column 3: expected ',' or ']' behind an item"},
        {STR_INIT("[1 2]"), "line 1 column 4: expected ',' or ']' behind an item"},
        {STR_INIT("[1}"), "line 1 column 3: expected ',' or ']' behind an item"},
        {STR_INIT("[1,]"), "line 1 column 4: expected a JSON value"},
        {STR_INIT("[,1]"), "line 1 column 2: expected a JSON value"},
        {STR_INIT("{"), "line 1 column 2: expected a key in double quotes"},
        {STR_INIT("{a:1}"), "line 1 column 2: expected a key in double quotes"},
        {STR_INIT("{\"a\":1,}"), "line 1 column 8: expected a key in double quotes"},
        {STR_INIT("{1:1}"), "line 1 column 2: expected a key in double quotes"},
        {STR_INIT("{\"a\" 1}"), "line 1 column 6: expected ':' behind a key"},
        {STR_INIT("{\"a\":1 \"b\":2}"), "line 1 column 8: expected ',' or '}' behind a member"},
        {STR_INIT("{\n \"é\": tru\n}"), "line 2 column 7: expected a JSON value"},
        {STR_INIT("012"), "line 1 column 1: number with a leading zero"},
        {STR_INIT("-01"), "line 1 column 1: number with a leading zero"},
        {STR_INIT("-"), "line 1 column 1: number without digits"},
        {STR_INIT("-x"), "line 1 column 1: number without digits"},
        {STR_INIT("+1"), "line 1 column 1: expected a JSON value"},
        {STR_INIT(".5"), "line 1 column 1: expected a JSON value"},
        {STR_INIT("1."), "line 1 column 1: number without digits behind its point"},
        {STR_INIT("1.e3"), "line 1 column 1: number without digits behind its point"},
        {STR_INIT("1e"), "line 1 column 1: number without digits in its exponent"},
        {STR_INIT("1e+"), "line 1 column 1: number without digits in its exponent"},
        {STR_INIT("0x10"), "line 1 column 2: text behind the end of the value"},
        {STR_INIT("[1e999]"), "line 1 column 2: number is too large for a double"},
        {STR_INIT("-1e309"), "line 1 column 1: number is too large for a double"},
        {STR_INIT("\"a"), "line 1 column 1: string without its closing quote"},
        {STR_INIT("\"a\\"), "line 1 column 3: unknown escape: use one of "
                            "\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u"},
        {STR_INIT("\"\\x\""), "line 1 column 2: unknown escape: use one of "
                              "\\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u"},
        {STR_INIT("\"a\nb\""), "line 1 column 3: control character in a string: escape it"},
        {STR_INIT("\"a\tb\""), "line 1 column 3: control character in a string: escape it"},
        {STR_INIT("\"a\0b\""), "line 1 column 3: control character in a string: escape it"},
        {STR_INIT("\"\\u0000\""), "line 1 column 2: \\u0000 is not allowed in strings"},
        {STR_INIT("{\"a\\u0000b\":1}"), "line 1 column 4: \\u0000 is not allowed in strings"},
        {STR_INIT("\"\\u12\""), "line 1 column 2: \\u without four hex digits"},
        {STR_INIT("\"\\u12g4\""), "line 1 column 2: \\u without four hex digits"},
        {STR_INIT("\"\\ud800\""),
         "line 1 column 2: lone surrogate: escape the character as a pair"},
        {STR_INIT("\"\\udc00\""),
         "line 1 column 2: lone surrogate: escape the character as a pair"},
        {STR_INIT("\"\\ud800\\u0041\""),
         "line 1 column 2: lone surrogate: escape the character as a pair"},
        {STR_INIT("\"\\ud800\\ud800\""),
         "line 1 column 2: lone surrogate: escape the character as a pair"},
        {STR_INIT("\"\\ud83dx\""),
         "line 1 column 2: lone surrogate: escape the character as a pair"},
        {STR_INIT("\"\xFF\""), "line 1 column 2: invalid UTF-8"},
        {STR_INIT("\"\xC0\x80\""), "line 1 column 2: invalid UTF-8"},
        {STR_INIT("\"\xED\xA0\x80\""), "line 1 column 2: invalid UTF-8"},
        {STR_INIT("\"\xF4\x90\x80\x80\""), "line 1 column 2: invalid UTF-8"},
        {STR_INIT("\"é\xC3\""), "line 1 column 3: invalid UTF-8"},
    };
    CLEANUP(arena_release) struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        EXPECT_STR(again(&a, rows[i].text), rows[i].want);
}

TEST(json, a_failure_writes_no_document) {
    struct json_doc *doc = (void *)&doc;
    struct error err = {0};
    EXPECT_INT(json_parse(STR("{\"a\":1,\"a\":2}"), NULL, &doc, &err), ERR_INVALID);
    EXPECT(doc == (void *)&doc);
    EXPECT_INT(json_parse(STR("["), NULL, &doc, NULL), ERR_INVALID);
    EXPECT(doc == (void *)&doc);
}

TEST(json, duplicate_keys_are_found_however_they_are_written) {
    static const struct {
        const char *text, *want, *field;
    } rows[] = {
        {"{\"a\":1,\"a\":2}", "line 1 column 8: duplicate key \"a\"", "a"},
        {"{\"a\":1,\n\"b\":2,\n  \"\\u0061\":3}", "line 3 column 3: duplicate key \"a\"", "a"},
        {"[{\"x\":{\"k\":1,\"m\":{},\"k\":2}}]", "line 1 column 21: duplicate key \"k\"", "k"},
        {"{\"\":1,\"\":2}", "line 1 column 7: duplicate key \"\"", ""},
        {"{\"b\":{\"c\":1},\"a\":{\"c\":1},\"a\":0,\"b\":0}",
         "line 1 column 26: duplicate key \"a\"", "a"},
        {"{\"é\":1,\"\\u00e9\":2}", "line 1 column 8: duplicate key \"é\"", "é"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct json_doc *doc = NULL;
        struct error err = {0};
        EXPECT_INT(json_parse(str_z(rows[i].text), NULL, &doc, &err), ERR_INVALID);
        EXPECT_STR(err.text, rows[i].want);
        EXPECT_STR(err.field, rows[i].field);
    }
}

TEST(json, a_long_or_wild_duplicate_key_stays_one_short_line) {
    CLEANUP(buf_release) struct buf key = BUF_INIT(5000), text = BUF_INIT(5000);
    buf_puts(&key, "\"\\n");
    for (int i = 0; i < 500; i++)
        buf_puts(&key, "é");
    buf_puts(&key, "\"");
    buf_printf(&text, "{%s:1,%s:2}", key.ptr, key.ptr);
    struct json_doc *doc = NULL;
    struct error err = {0};
    EXPECT_INT(json_parse(buf_str(&text), NULL, &doc, &err), ERR_INVALID);
    EXPECT(str_starts(str_z(err.text), STR("line 1 column 509: duplicate key \" éé")));
    EXPECT(err.text[strlen(err.text) - 1] == '"' && strlen(err.text) < 120);
    EXPECT(str_is_utf8(str_z(err.text)) && str_is_utf8(str_z(err.field)));
}

static enum error_code parse_with(struct str text, struct json_limits limits, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    return json_parse(text, &limits, &doc, err);
}

TEST(json, limits_are_kept_to_the_unit) {
    static const struct {
        const char *text;
        struct json_limits good, bad;
        const char *want;
    } rows[] = {
        {"[1,2]",
         {.bytes_max = 5},
         {.bytes_max = 4},
         "line 1 column 1: document has too many bytes (limit 4)"},
        {"[[1]]", {.depth_max = 2}, {.depth_max = 1}, "line 1 column 2: nested too deep (limit 1)"},
        {"{\"a\":{}}",
         {.depth_max = 2},
         {.depth_max = 1},
         "line 1 column 6: nested too deep (limit 1)"},
        {"[1,{\"a\":2}]",
         {.values_max = 4},
         {.values_max = 3},
         "line 1 column 9: too many values (limit 3)"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err = {0};
        EXPECT_INT(parse_with(str_z(rows[i].text), rows[i].good, &err), ERR_OK);
        EXPECT_INT(parse_with(str_z(rows[i].text), rows[i].bad, &err), ERR_LIMIT);
        EXPECT_STR(err.text, rows[i].want);
    }
}

static struct str repeat(struct buf *b, const char *z, size_t n) {
    for (size_t i = 0; i < n; i++)
        buf_puts(b, z);
    return buf_str(b);
}

TEST(json, deep_documents_are_refused_whatever_the_caller_allows) {
    static const size_t depths[] = {17, 1000, 1000000};
    for (size_t i = 0; i < ARRAY_LEN(depths); i++) {
        CLEANUP(buf_release) struct buf b = BUF_INIT(3000000);
        struct error err = {0};
        struct json_limits limits = {.bytes_max = 3000000};
        EXPECT_INT(parse_with(repeat(&b, "[", depths[i]), limits, &err), ERR_LIMIT);
        EXPECT_STR(err.text, "line 1 column 17: nested too deep (limit 16)");
        limits.depth_max = SIZE_MAX;
        EXPECT_INT(parse_with(buf_str(&b), limits, &err), i == 0 ? ERR_INVALID : ERR_LIMIT);
    }
}

TEST(json, defaults_allow_64_kib_and_1000_values) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(100000);
    struct json_limits none = {0};
    buf_puts(&b, "[1");
    repeat(&b, ",1", 998);
    EXPECT_INT(parse_with(STR("[]"), none, NULL), ERR_OK);
    buf_puts(&b, "]");
    EXPECT_INT(parse_with(buf_str(&b), none, NULL), ERR_OK);
    b.len--;
    buf_puts(&b, ",1]");
    EXPECT_INT(parse_with(buf_str(&b), none, NULL), ERR_LIMIT);
    buf_clear(&b);
    buf_puts(&b, "1");
    repeat(&b, " ", 65535);
    EXPECT_INT(parse_with(buf_str(&b), none, NULL), ERR_OK);
    buf_puts(&b, " ");
    EXPECT_INT(parse_with(buf_str(&b), none, NULL), ERR_LIMIT);
}

TEST(json, a_document_full_of_keys_is_checked_without_comparing_each_with_each) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(4000000);
    buf_puts(&b, "{");
    for (int i = 0; i < 100000; i++) /* each with each would take minutes, and the test fails */
        buf_printf(&b, "\"same_prefix_%06d\":0,", i);
    struct json_limits limits = {.bytes_max = 4000000, .values_max = 200000};
    size_t end = b.len;
    buf_puts(&b, "\"z\":0}");
    EXPECT_INT(parse_with(buf_str(&b), limits, NULL), ERR_OK);
    b.len = end;
    buf_puts(&b, "\"same_prefix_000000\":0}");
    struct error err = {0};
    EXPECT_INT(parse_with(buf_str(&b), limits, &err), ERR_INVALID);
    EXPECT_STR(err.field, "same_prefix_000000");
}

TEST(json, numbers_are_limited_to_what_the_reader_takes) {
    char digits[65];
    memset(digits, '1', sizeof digits);
    EXPECT_INT(parse_with(str_from(digits, 63), (struct json_limits){0}, NULL), ERR_OK);
    EXPECT_INT(parse_with(str_from(digits, 64), (struct json_limits){0}, NULL), ERR_LIMIT);
}

TEST(json, the_text_needs_no_nul_behind_it) {
    static const char *const rows[] = {"12", "\"a\"", "true", "[1,2]", "{\"a\":1}"};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        size_t n = strlen(rows[i]);
        CLEANUP(mem_freep) char *exact = mem_zalloc(n); /* a sanitizer sees any byte too many */
        memcpy(exact, rows[i], n);
        EXPECT_INT(parse_with(str_from(exact, n), (struct json_limits){0}, NULL), ERR_OK);
    }
}

TEST(json, integers_are_exact_or_refused) {
    static const struct {
        const char *text;
        bool ok;
        int64_t want;
    } rows[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"-1", true, -1},
        {"2147483647", true, 2147483647},
        {"2147483648", true, 2147483648},
        {"1e3", true, 1000},
        {"1.0", true, 1},
        {"999999999999999", true, 999999999999999},
        {"9007199254740991", true, 9007199254740991},
        {"-9007199254740991", true, -9007199254740991},
        {"9007199254740992", false, 0},
        {"9007199254740993", false, 0}, /* 2^53 + 1: a double cannot hold it */
        {"-9007199254740992", false, 0},
        {"9223372036854775807", false, 0},
        {"9223372036854775808", false, 0},
        {"12345678901234567890", false, 0}, /* 20 digits */
        {"1.5", false, 0},
        {"1e300", false, 0},
        {"1e-400", true, 0},
        {"\"1\"", false, 0},
        {"true", false, 0},
        {"null", false, 0},
        {"[1]", false, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
        REQUIRE(json_parse(str_z(rows[i].text), NULL, &doc, NULL) == ERR_OK);
        int64_t got = 77;
        EXPECT(json_int(json_root(doc), INT64_MIN, INT64_MAX, &got) == rows[i].ok);
        EXPECT_INT(got, rows[i].ok ? rows[i].want : 77);
    }
    int64_t got;
    EXPECT(!json_int(NULL, 0, 1, &got));
}

TEST(json, integers_keep_their_range) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    REQUIRE(json_parse(STR("5"), NULL, &doc, NULL) == ERR_OK);
    int64_t got = 77;
    EXPECT(json_int(json_root(doc), 5, 5, &got) && got == 5);
    EXPECT(!json_int(json_root(doc), 6, 9, &got));
    EXPECT(!json_int(json_root(doc), 0, 4, &got));
}

TEST(json, members_are_found_by_exact_name_and_in_order) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    REQUIRE(json_parse(STR("{\"Ab\":\"x\",\"ab\":[1,null,true],\"n\":2.5,\"t\":true,\"e\":\"\"}"),
                       NULL, &doc, NULL) == ERR_OK);
    const struct json *root = json_root(doc);
    EXPECT_INT(json_type(root), JSON_OBJECT);
    EXPECT_INT(json_count(root), 5);
    EXPECT(json_get(root, "AB") == NULL);
    EXPECT(str_eq(json_str(json_get(root, "Ab")), STR("x")));
    EXPECT(json_str(json_get(root, "e")).ptr != NULL && json_str(json_get(root, "e")).len == 0);
    EXPECT(json_bool(json_get(root, "t"), false));
    EXPECT(json_double(json_get(root, "n"), 0) == 2.5);

    const struct json *first = json_first(root), *list = json_next(first);
    EXPECT(str_eq(json_name(first), STR("Ab")));
    EXPECT(list == json_get(root, "ab"));
    EXPECT_INT(json_count(list), 3);
    const struct json *item = json_first(list);
    EXPECT_INT(json_type(item), JSON_NUMBER);
    EXPECT_INT(json_name(item).len, 0);
    EXPECT_INT(json_type(json_next(item)), JSON_NULL);
    EXPECT_INT(json_type(json_next(json_next(item))), JSON_BOOL);
    EXPECT(json_next(json_next(json_next(item))) == NULL);
}

TEST(json, asking_the_wrong_type_gives_nothing) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    REQUIRE(json_parse(STR("\"text\""), NULL, &doc, NULL) == ERR_OK);
    const struct json *v = json_root(doc);
    EXPECT_INT(json_type(NULL), JSON_NONE);
    EXPECT(json_get(v, "a") == NULL && json_get(NULL, "a") == NULL);
    EXPECT(json_count(v) == 0 && json_count(NULL) == 0);
    EXPECT(json_first(v) == NULL && json_first(NULL) == NULL && json_next(NULL) == NULL);
    EXPECT(json_name(NULL).ptr == NULL && json_name(v).ptr == NULL);
    EXPECT(json_str(NULL).ptr == NULL);
    EXPECT(json_bool(v, true) && !json_bool(v, false));
    EXPECT(json_double(v, 7.5) == 7.5);
    json_doc_free(NULL);
}
