#include "core/engine/functions.h"

#include "core/base/compiler.h"
#include "core/domain/function.h"
#include "core/domain/schema.h"
#include "core/io/store_sqlite.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

/* Thursday, 2026-01-01 00:00:00 UTC */
#define NOW_MS INT64_C(1767225600000)

TEST(functions, check_arguments_before_anything_runs) {
    static const struct {
        const char *function, *arguments;
        enum error_code code;
        const char *field;
    } cases[] = {
        {"share_information", "{\"information\":\"i\",\"category\":\"c\"}", ERR_OK, ""},
        {"share_information", "{\"information\":\"i\",\"category\":\"c\",\"caller_id\":\"x\"}",
         ERR_OK, ""},
        {"share_information", "{\"information\":\"i\"}", ERR_INVALID, "arguments.category"},
        {"share_information", "{\"category\":\"c\"}", ERR_INVALID, "arguments.information"},
        {"share_information", "", ERR_INVALID, "arguments.information"},
        {"share_information", "{}", ERR_INVALID, "arguments.information"},
        {"share_information", "[]", ERR_INVALID, "arguments"},
        {"share_information", "\"x\"", ERR_INVALID, "arguments"},
        {"share_information", "{", ERR_INVALID, ""},
        {"share_information", "{\"information\":5,\"category\":\"c\"}", ERR_INVALID,
         "arguments.information"},
        {"share_information", "{\"information\":null,\"category\":\"c\"}", ERR_INVALID,
         "arguments.information"},
        {"share_information", "{\"information\":\"\",\"category\":\"c\"}", ERR_INVALID,
         "arguments.information"},
        {"share_information", "{\"information\":\"i\",\"category\":\"c\",\"extra\":1}", ERR_INVALID,
         "arguments.extra"},
        {"get_shared_information", "", ERR_OK, ""},
        {"get_shared_information", "{\"limit\":5}", ERR_OK, ""},
        {"get_shared_information", "{\"limit\":0}", ERR_INVALID, "arguments.limit"},
        {"get_shared_information", "{\"limit\":51}", ERR_INVALID, "arguments.limit"},
        {"get_shared_information", "{\"limit\":1.5}", ERR_INVALID, "arguments.limit"},
        {"get_shared_information", "{\"limit\":\"5\"}", ERR_INVALID, "arguments.limit"},
        {"get_current_time", "{}", ERR_OK, ""},
        {"get_current_time", "{\"timezone\":\"+05:30\"}", ERR_OK, ""},
        {"get_current_time", "{\"timezone\":\"Mars/Base\"}", ERR_INVALID, "arguments.timezone"},
        {"get_current_time", "{\"timezone\":\"../../etc/passwd\"}", ERR_INVALID,
         "arguments.timezone"},
        {"end_call", "{\"reason\":\"done\"}", ERR_OK, ""},
        {"end_call", "{\"reason\":\"done\",\"duration\":420}", ERR_OK, ""},
        {"end_call", "{\"reason\":\"done\",\"duration\":-1}", ERR_INVALID, "arguments.duration"},
        {"end_call", "{}", ERR_INVALID, "arguments.reason"},
        {"fly", "{}", ERR_NOT_FOUND, "function"},
        {"", "{}", ERR_NOT_FOUND, "function"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena arena = {0};
        struct function_context ctx = {.now_ms = NOW_MS, .arena = &arena};
        struct function_reply out = {.effect_count = 99};
        struct error err = {0};
        enum error_code rc = function_run_text(&ctx, str_z(cases[i].function),
                                               str_z(cases[i].arguments), &out, &err);
        (void)test_check_int(rc, cases[i].code, __FILE__, __LINE__, cases[i].arguments);
        (void)test_check_str(err.field, cases[i].field, __FILE__, __LINE__, cases[i].arguments);
        EXPECT((rc == ERR_OK) == (out.effect_count != 99)); /* untouched on failure */
        arena_release(&arena);
    }
}

TEST(functions, refuse_texts_that_are_too_long) {
    struct arena arena = {0};
    struct function_context ctx = {.now_ms = NOW_MS, .arena = &arena};
    struct function_reply out;
    struct error err = {0};
    struct buf b = BUF_INIT(10000);
    buf_puts(&b, "{\"category\":\"c\",\"information\":\"");
    for (size_t i = 0; i < 1001; i++)
        buf_putc(&b, 'x');
    buf_puts(&b, "\"}");
    EXPECT_INT(function_run_text(&ctx, STR("share_information"), buf_str(&b), &out, &err),
               ERR_LIMIT);
    EXPECT_STR(err.field, "arguments.information");
    buf_release(&b);
    arena_release(&arena);
}

static struct function_reply run(const struct function_context *ctx, const char *name,
                                 const char *arguments) {
    struct function_reply out = {0};
    struct error err = {0};
    EXPECT_INT(function_run_text(ctx, str_z(name), str_z(arguments), &out, &err), ERR_OK);
    EXPECT_STR(err.text, "");
    return out;
}

TEST(functions, nothing_that_a_function_keeps_has_a_card_number_in_it) {
#define CARD "4111 1111 1111 1111"
    static const char *const rows[][2] = {
        {"share_information",
         "{\"information\":\"" CARD "\",\"category\":\"" CARD "\",\"caller_id\":\"" CARD "\"}"},
        {"opt_out", "{\"reason\":\"" CARD "\"}"},
        {"schedule_callback",
         "{\"when\":\"" CARD "\",\"number\":\"" CARD "\",\"reason\":\"" CARD "\"}"},
        {"end_call", "{\"reason\":\"" CARD "\",\"caller_id\":\"" CARD "\"}"},
    };
#undef CARD
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena arena = {0};
        struct function_context ctx = {.now_ms = NOW_MS, .arena = &arena};
        struct function_reply r = run(&ctx, rows[i][0], rows[i][1]);
        EXPECT(r.effect_count > 0);
        for (size_t k = 0; k < r.effect_count; k++) {
            const struct str kept[] = {r.effects[k].category, r.effects[k].text,
                                       r.effects[k].caller_id};
            for (size_t n = 0; n < ARRAY_LEN(kept); n++)
                EXPECT(str_find_str(kept[n], STR("4111")) == kept[n].len);
        }
        arena_release(&arena);
    }
}

TEST(functions, share_information_masks_card_numbers) {
    struct arena arena = {0};
    struct function_context ctx = {
        .now_ms = NOW_MS, .arena = &arena, .caller_id = STR("+12025550100")};
    struct function_reply r =
        run(&ctx, "share_information",
            "{\"information\":\"card 4111 1111 1111 1111\",\"category\":\"contact_details\"}");
    EXPECT_INT(r.effect_count, 1);
    EXPECT_INT(r.effects[0].kind, FUNCTION_EFFECT_INFO);
    EXPECT_STR(r.effects[0].text.ptr, "card [card number]");
    EXPECT_STR(r.effects[0].category.ptr, "contact_details");
    EXPECT_STR(r.effects[0].caller_id.ptr, "+12025550100");
    arena_release(&arena);
}

TEST(functions, end_call_knows_how_long_the_call_took) {
    struct arena arena = {0};
    struct function_context ctx = {
        .now_ms = NOW_MS, .answered_ms = NOW_MS - 420999, .arena = &arena};
    struct function_reply r = run(&ctx, "end_call", "{\"reason\":\"customer_qualified_transfer\"}");
    EXPECT_INT(r.effects[0].kind, FUNCTION_EFFECT_END);
    EXPECT_STR(r.effects[0].text.ptr, "customer_qualified_transfer");
    EXPECT_INT(r.effects[0].duration_s, 420);
    r = run(&ctx, "end_call", "{\"reason\":\"x\",\"duration\":7,\"caller_id\":\"john_555-1234\"}");
    EXPECT_INT(r.effects[0].duration_s, 7);
    EXPECT_STR(r.effects[0].caller_id.ptr, "john_555-1234");
    arena_release(&arena);
}

TEST(functions, get_current_time_takes_fixed_offsets) {
    static const struct {
        const char *arguments, *response;
    } cases[] = {
        {"{}", "Thursday, 2026-01-01 00:00:00 UTC"},
        {"{\"timezone\":\"UTC\"}", "Thursday, 2026-01-01 00:00:00 UTC"},
        {"{\"timezone\":\"Z\"}", "Thursday, 2026-01-01 00:00:00 UTC"},
        {"{\"timezone\":\"+05:30\"}", "Thursday, 2026-01-01 05:30:00 UTC+05:30"},
        {"{\"timezone\":\"-0800\"}", "Wednesday, 2025-12-31 16:00:00 UTC-08:00"},
        {"{\"timezone\":\"UTC+3\"}", "Thursday, 2026-01-01 03:00:00 UTC+03:00"},
    };
    struct arena arena = {0};
    struct function_context ctx = {.now_ms = NOW_MS, .arena = &arena};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        EXPECT(str_eq_z(run(&ctx, "get_current_time", cases[i].arguments).response,
                        cases[i].response));
    static const char *const bad[] = {"+",    "+5:3", "+19:00",    "+18:01",
                                      "+123", "5",    "+05:30:00", "+:30"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct str json = arena_printf(&arena, "{\"timezone\":\"%s\"}", bad[i]);
        struct function_reply out;
        (void)test_check_int(function_run_text(&ctx, STR("get_current_time"), json, &out, NULL),
                             ERR_INVALID, __FILE__, __LINE__, bad[i]);
    }
    arena_release(&arena);
}

/* ---- what was kept before -------------------------------------------------------------------- */

struct kept {
    const char *caller, *category, *information;
};

static enum error_code keep(struct store_tx *tx, void *ctx, struct error *err) {
    static const struct kept all[] = {
        {"+12025550100", "contact_details", "Customer name: John Doe"},
        {"+12025550100", "debt_info", "$25,000"},
        {"+12025550106", "debt_info", "$9"},
    };
    (void)ctx;
    enum error_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(all); i++) {
        struct info info = {.id = (int64_t)i + 1,
                            .session_id = STR("s"),
                            .caller_id = str_z(all[i].caller),
                            .category = str_z(all[i].category),
                            .information = str_z(all[i].information),
                            .at_ms = NOW_MS};
        rc = store_add_info(tx, &info, err);
    }
    return rc;
}

TEST(functions, get_shared_information_tells_what_this_caller_said_before) {
    struct temp_dir dir;
    struct fake_clock clock;
    char path[320];
    temp_dir_init(&dir);
    temp_dir_file(&dir, "t.db", path);
    fake_clock_init(&clock);
    struct store_sqlite_options so = {.path = path, .clock = fake_clock_of(&clock)};
    struct store *store = NULL;
    REQUIRE(store_sqlite_open(&so, &store, NULL) == ERR_OK);
    EXPECT_INT(store_write(store, keep, NULL, NULL), ERR_OK);
    struct arena arena = {0};
    struct function_context ctx = {
        .store = store, .now_ms = NOW_MS, .arena = &arena, .caller_id = STR("+12025550100")};
    const char *f = "get_shared_information";
    EXPECT(str_eq(run(&ctx, f, "").response,
                  STR("debt_info: $25,000\ncontact_details: Customer name: John Doe")));
    EXPECT(str_eq(run(&ctx, f, "{\"limit\":1}").response, STR("debt_info: $25,000")));
    EXPECT(str_eq(run(&ctx, f, "{\"category\":\"contact_details\"}").response,
                  STR("contact_details: Customer name: John Doe")));
    EXPECT(str_eq(run(&ctx, f, "{\"category\":\"other\"}").response, STR("Nothing is known yet.")));
    ctx.caller_id = (struct str){0};
    EXPECT(str_eq(run(&ctx, f, "").response, STR("Nothing is known yet.")));

    /* A model that was talked into naming another caller. */
    const char *other = "{\"caller_id\":\"+12025550106\"}";
    ctx.caller_id = STR("+12025550100");
    EXPECT(str_eq(run(&ctx, f, other).response, STR("Nothing is known yet.")));
    ctx.session_id = STR("t");
    EXPECT(str_eq(run(&ctx, f, other).response, STR("Nothing is known yet.")));
    ctx.caller_id = (struct str){0}; /* who hides his number is nobody's friend either */
    EXPECT(str_eq(run(&ctx, f, other).response, STR("Nothing is known yet.")));
    ctx.session_id = STR("s"); /* it was said in this very call */
    EXPECT(str_eq(run(&ctx, f, other).response, STR("debt_info: $9")));
    ctx.session_id = STR("t");
    ctx.any_caller = true;
    EXPECT(str_eq(run(&ctx, f, other).response, STR("debt_info: $9")));
    arena_release(&arena);
    store_free(store);
    temp_dir_release(&dir);
}

/* ---- declared functions ---------------------------------------------------------------------- */

static const char declared[] =
    "{\"name\":\"a\",\"variables\":{\"shop\":\"Main Street\"},\"functions\":[\"end_call\","
    "{\"name\":\"book\",\"description\":\"Book a table\",\"parameters\":{\"type\":\"object\","
    "\"properties\":{\"people\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":8},"
    "\"day\":{\"type\":\"string\",\"enum\":[\"today\",\"tomorrow\"]},"
    "\"names\":{\"type\":\"array\",\"items\":{\"type\":\"string\",\"maxLength\":5},\"maxItems\":2}}"
    ","
    "\"required\":[\"people\"]},\"response\":\"Booked for ${people} at ${shop}.\","
    "\"share\":{\"category\":\"booking\",\"information\":\"${people} people ${day}\"},"
    "\"end\":\"booked\"}],"
    "\"flow\":{\"states\":[{\"id\":\"e\",\"end\":{\"outcome\":\"x\"}}]}}";

TEST(functions, declared_ones_run_by_their_definition) {
    struct arena arena = {0};
    struct assistant *a = NULL;
    struct error err = {0};
    REQUIRE(assistant_parse(str_z(declared), &a, &err) == ERR_OK);
    struct function_context ctx = {.assistant = a, .now_ms = NOW_MS, .arena = &arena};
    struct function_reply r = run(&ctx, "book", "{\"people\":4,\"day\":\"tomorrow\"}");
    EXPECT_STR(r.response.ptr, "Booked for 4 at Main Street.");
    EXPECT_INT(r.effect_count, 2);
    EXPECT_STR(r.effects[0].text.ptr, "4 people tomorrow");
    EXPECT_STR(r.effects[1].text.ptr, "booked");
    static const struct {
        const char *arguments, *field;
    } bad[] = {
        {"{}", "arguments.people"},
        {"{\"people\":9}", "arguments.people"},
        {"{\"people\":4,\"day\":\"yesterday\"}", "arguments.day"},
        {"{\"people\":4,\"names\":[\"a\",1]}", "arguments.names[1]"},
        {"{\"people\":4,\"names\":[\"a\",\"b\",\"c\"]}", "arguments.names"},
        {"{\"people\":4,\"names\":[\"abcdef\"]}", "arguments.names[0]"},
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct function_reply out;
        EXPECT(function_run_text(&ctx, STR("book"), str_z(bad[i].arguments), &out, &err) != ERR_OK);
        EXPECT_STR(err.field, bad[i].field);
    }
    struct function_reply out;
    EXPECT_INT(function_run_text(&ctx, STR("get_current_time"), STR(""), &out, &err),
               ERR_NOT_FOUND); /* built in, but not this assistant's */
    assistant_unref(a);
    arena_release(&arena);
}

TEST(functions, a_rule_may_name_several_values) {
    static const char definition[] =
        "{\"name\":\"a\",\"functions\":[\"end_call\",{\"name\":\"f\",\"description\":\"d\","
        "\"parameters\":{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"},\"day\":{"
        "\"type\":\"string\"}}},\"rules\":[{\"when\":[{\"value\":\"day\",\"one_of\":[\"Sunday\","
        "\"bank holiday\"]}],\"response\":\"Closed.\"},{\"when\":[{\"value\":\"n\",\"one_of\":["
        "\"1\",\"2\"],\"less_than\":2}],\"response\":\"One.\"},{\"response\":\"Open.\"}]}],"
        "\"flow\":{\"states\":[{\"id\":\"e\",\"end\":{\"outcome\":\"x\"}}]}}";
    static const struct {
        const char *arguments, *response;
    } cases[] = {
        {"{\"day\":\"sunday\"}", "Closed."},      {"{\"day\":\"Bank Holiday\"}", "Closed."},
        {"{\"day\":\"Sundays\"}", "Open."},       {"{}", "Open."},
        {"{\"n\":1,\"day\":\"Monday\"}", "One."}, {"{\"n\":2}", "Open."},
    };
    struct arena arena = {0};
    struct assistant *a = NULL;
    REQUIRE(assistant_parse(str_z(definition), &a, NULL) == ERR_OK);
    struct function_context ctx = {.assistant = a, .now_ms = NOW_MS, .arena = &arena};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        EXPECT_STR(run(&ctx, "f", cases[i].arguments).response.ptr, cases[i].response);
    assistant_unref(a);
    arena_release(&arena);
}

TEST(functions, declare_schemas_that_our_own_checker_understands) {
    for (size_t i = FUNCTION_NONE + 1; i < FUNCTION_ID_COUNT; i++) {
        const struct function_declaration *f = function_declaration((enum function_id)i);
        struct json_doc *doc = NULL;
        struct error err = {0};
        struct definition d = {.err = &err};
        REQUIRE(json_parse(str_z(f->parameters_json), NULL, &doc, &err) == ERR_OK);
        schema_check_definition(&d, json_root(doc), NULL);
        (void)test_check_str(err.text, "", __FILE__, __LINE__, f->name);
        EXPECT_INT(function_find(str_z(f->name)), i);
        json_doc_free(doc);
    }
}
