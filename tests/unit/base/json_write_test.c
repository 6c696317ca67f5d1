#include <math.h>

#include "core/base/compiler.h"
#include "core/base/json.h"
#include "tests/support/test.h"
#include "tests/unit/base/dies.h"

TEST(json_writer, keeps_commas_and_quotes) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(1000);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_string(&w, "s", STR("a\"b"));
    json_kv_z(&w, "z", NULL);
    json_kv_int(&w, "n", -5);
    json_kv_bool(&w, "t", true);
    json_kv_time(&w, "never", 0);
    json_kv_time(&w, "at", 1795262400123);
    json_key(&w, "list");
    json_begin_array(&w);
    json_put_int(&w, 1);
    json_begin_array(&w);
    json_end_array(&w);
    json_begin_object(&w);
    json_end_object(&w);
    json_put_null(&w);
    json_put_bool(&w, false);
    json_put_string(&w, STR("x"));
    json_put_raw(&w, STR("{\"raw\":1}"));
    json_end_array(&w);
    json_key_str(&w, STR("k\n"));
    json_put_double(&w, 1.5);
    json_end_object(&w);
    EXPECT_STR(b.ptr, "{\"s\":\"a\\\"b\",\"z\":\"\",\"n\":-5,\"t\":true,\"never\":null,"
                      "\"at\":\"2026-11-21T12:00:00.123Z\","
                      "\"list\":[1,[],{},null,false,\"x\",{\"raw\":1}],\"k\\n\":1.5}");
}

TEST(json_writer, doubles_are_short_and_exact) {
    static const struct {
        double d;
        const char *want;
    } rows[] = {
        {0, "0"},
        {-0.0, "0"},
        {1, "1"},
        {-2, "-2"},
        {0.1, "0.1"},
        {1.0 / 3, "0.3333333333333333"},
        {1e300, "1e+300"},
        {5e-324, "4.94065645841247e-324"},
        {9007199254740993.0, "9007199254740992"},
        {123456789.125, "123456789.125"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(buf_release) struct buf b = BUF_INIT(100);
        struct json_writer w;
        json_write_init(&w, &b);
        json_put_double(&w, rows[i].d);
        EXPECT_STR(b.ptr, rows[i].want);
    }
}

TEST(json_writer, nests_as_deep_as_the_reader_allows) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(1000), out = BUF_INIT(1000);
    struct json_writer w;
    json_write_init(&w, &b);
    for (int i = 0; i < 31; i++)
        json_begin_array(&w);
    json_put_int(&w, 1);
    for (int i = 0; i < 31; i++)
        json_end_array(&w);
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    REQUIRE(json_parse(buf_str(&b), &(struct json_limits){.depth_max = 100}, &doc, NULL) == ERR_OK);
    json_put_value(&out, json_root(doc));
    EXPECT_STR(out.ptr, b.ptr);
    json_put_value(&out, NULL);
    EXPECT(str_eq(str_from_index(buf_str(&out), b.len), STR("null")));
}

TEST(json_writer, a_full_buffer_is_seen_at_the_end) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(10);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_array(&w);
    for (int i = 0; i < 100; i++)
        json_put_int(&w, i);
    json_end_array(&w);
    EXPECT(buf_failed(&b));
}

static struct buf scratch(void) {
    return BUF_INIT(1000);
}

/** A writer inside an object or an array, for the mistakes below. */
#define BEGIN(kind)           \
    struct buf b = scratch(); \
    struct json_writer w;     \
    json_write_init(&w, &b);  \
    json_begin_##kind(&w)

static void value_without_key(void) {
    BEGIN(object);
    json_put_int(&w, 1);
}
static void key_in_array(void) {
    BEGIN(array);
    json_key(&w, "a");
}
static void key_at_the_top(void) {
    struct buf b = scratch();
    struct json_writer w;
    json_write_init(&w, &b);
    json_key(&w, "a");
}
static void two_keys(void) {
    BEGIN(object);
    json_key(&w, "a");
    json_key(&w, "b");
}
static void key_without_value(void) {
    BEGIN(object);
    json_key(&w, "a");
    json_end_object(&w);
}
static void open_array(void) {
    BEGIN(object);
    json_key(&w, "a");
    json_begin_array(&w);
    json_end_object(&w);
}
static void end_of_nothing(void) {
    BEGIN(array);
    json_end_array(&w);
    json_end_array(&w);
}
static void two_documents(void) {
    BEGIN(array);
    json_end_array(&w);
    json_put_null(&w);
}
static void too_deep(void) {
    BEGIN(array);
    for (int i = 0; i < 31; i++)
        json_begin_array(&w);
}
static void not_a_number(void) {
    BEGIN(array);
    json_put_double(&w, (double)NAN);
}

static struct str in_its_place(void *ctx, struct str text) {
    (*(int *)ctx)++;
    return str_eq_z(text, "a") ? STR("\"b\"") : text;
}

TEST(json_writer, texts_of_a_value_are_replaced_and_names_stay) {
    static const char given[] =
        "{\"a\":[\"a\",\"c\",{\"x\":\"a\"}],\"n\":1.5,\"t\":true,\"z\":null}";
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    CLEANUP(buf_release) struct buf b = BUF_INIT(256), same = BUF_INIT(256);
    struct json_writer w;
    int texts = 0;
    REQUIRE(json_parse(STR(given), NULL, &doc, NULL) == ERR_OK);
    json_write_init(&w, &b);
    json_put_replaced(&w, json_root(doc), in_its_place, &texts);
    EXPECT_STR(
        b.ptr,
        "{\"a\":[\"\\\"b\\\"\",\"c\",{\"x\":\"\\\"b\\\"\"}],\"n\":1.5,\"t\":true,\"z\":null}");
    EXPECT_INT(texts, 3);
    json_put_value(&same, json_root(doc));
    EXPECT_STR(same.ptr, given);
}

TEST(json_writer, misuse_is_caught) {
    static void (*const mistakes[])(void) = {
        value_without_key, key_in_array,   key_at_the_top, two_keys, key_without_value,
        open_array,        end_of_nothing, two_documents,  too_deep, not_a_number,
    };
    for (size_t i = 0; i < ARRAY_LEN(mistakes); i++)
        EXPECT(dies(mistakes[i]));
}
