#include "providers/mock/carrier/signalwire/swml_expand.h"
#include "tests/support/test.h"

static const char variables[] =
    "{\"name\":\"Ada\",\"n\":3,\"zero\":0,\"list\":[\"a\",\"b\"],\"deep\":{\"a-b\":{\"c\":\"x\"}},"
    "\"yes\":true,\"nothing\":null,\"text\":\" Hello World \"}";

/** The expression as text; "!" and the error for one that makes no sense. */
static void expect_value(const char *expression, const char *expected) {
    struct swml_value vars = swml_value_parse(str_z(variables)), v = {0};
    struct swml_scope scope = {.vars = &vars};
    struct buf text = BUF_INIT(65536);
    if (swml_expr_eval(str_z(expression), swml_scope_lookup, &scope, &v, NULL) != ERR_OK)
        buf_puts(&text, "fault");
    else if (v.type == SWML_UNDEFINED)
        buf_puts(&text, "undefined");
    else
        swml_value_put_text(&v, &text);
    EXPECT_STR(text.ptr ? text.ptr : "", expected);
    swml_value_release(&v);
    swml_value_release(&vars);
    buf_release(&text);
}

TEST(swml_expr, literals_and_members_have_their_values) {
    expect_value("'it\\'s'", "it's");
    expect_value("\"a\" + 'b'", "ab");
    expect_value("12.5", "12.5");
    expect_value("vars.name", "Ada");
    expect_value("name", "Ada");
    expect_value("list[1]", "b");
    expect_value("vars['deep']['a-b'].c", "x");
    expect_value("list.length", "2");
    expect_value("name.length", "3");
    expect_value("nobody", "undefined");
    expect_value("nobody.at.all", "undefined");
}

TEST(swml_expr, operators_bind_as_in_javascript) {
    expect_value("1 + 2 * 3", "7");
    expect_value("(1 + 2) * 3", "9");
    expect_value("10 - 4 - 3", "3");
    expect_value("7 % 4", "3");
    expect_value("1 + '2'", "12");
    expect_value("'3' * '2'", "6");
    expect_value("-n + 1", "-2");
    expect_value("true || false && false", "true");
    expect_value("1 + 1 == 2 && 2 > 1", "true");
    expect_value("n > 2 ? 'many' : 'few'", "many");
    expect_value("!zero", "true");
    expect_value("!!name", "true");
    expect_value("nobody || 'default'", "default");
    expect_value("name && n", "3");
}

TEST(swml_expr, equality_is_loose_or_strict_as_written) {
    expect_value("n == '3'", "true");
    expect_value("n === '3'", "false");
    expect_value("n !== '3'", "true");
    expect_value("n != 3", "false");
    expect_value("nothing == undefined", "true");
    expect_value("nothing === undefined", "false");
    expect_value("'' == false", "true");
    expect_value("'a' < 'b'", "true");
    expect_value("'10' < '9'", "true");
    expect_value("10 < 9", "false");
    expect_value("yes === true", "true");
}

TEST(swml_expr, texts_and_lists_have_a_few_methods) {
    expect_value("text.trim().toLowerCase()", "hello world");
    expect_value("name.toUpperCase() === 'ADA'", "true");
    expect_value("text.includes('World')", "true");
    expect_value("list.includes('b')", "true");
    expect_value("list.includes('z')", "false");
    expect_value("name.startsWith('A') && name.endsWith('a')", "true");
    expect_value("nobody.toLowerCase()", "undefined");
    expect_value("n.toLowerCase()", "fault");
    expect_value("name.constructor()", "fault");
}

TEST(swml_expr, nonsense_is_refused) {
    static const char *const texts[] = {
        "",      "1 +", "(1",           "1)",     "'open", "a b",
        "1 2",   "a.",  "a[0",          "x ? 1",  "@",     "f()",
        "a = 1", "; 1", "name.trim(1)", "1..2.3", "=== 1", "name.includes()"};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        expect_value(texts[i], "fault");
}

TEST(swml_expr, size_and_depth_have_limits) {
    struct swml_scope scope = {0};
    struct swml_value v = {0};
    struct buf text = BUF_INIT(65536);
    for (int i = 0; i < 200; i++)
        buf_putc(&text, '(');
    EXPECT_INT(swml_expr_eval(buf_str(&text), swml_scope_lookup, &scope, &v, NULL), ERR_LIMIT);
    buf_clear(&text);
    for (int i = 0; i <= SWML_EXPR_BYTES_MAX; i++)
        buf_putc(&text, ' ');
    EXPECT_INT(swml_expr_eval(buf_str(&text), swml_scope_lookup, &scope, &v, NULL), ERR_LIMIT);
    buf_release(&text);
}

static void expect_text(const char *text, const char *expected) {
    struct swml_value vars = swml_value_parse(str_z(variables));
    struct swml_value call = swml_value_parse(STR("{\"from\":\"+1555\"}"));
    const struct swml_scope scope = {.vars = &vars, .call = &call};
    struct buf out = BUF_INIT(65536);
    swml_expand_text(&scope, str_z(text), &out);
    EXPECT_STR(out.ptr ? out.ptr : "", expected);
    swml_value_release(&vars);
    swml_value_release(&call);
    buf_release(&out);
}

TEST(swml_expand, references_become_their_values) {
    expect_text("Hi ${name}, %{vars.n} from ${call.from}", "Hi Ada, 3 from +1555");
    expect_text("${list[0]}${list[1]}${list}", "ab[\"a\",\"b\"]");
    expect_text("${deep.a-b.c}", "x");
    expect_text("[${nobody}${nothing}]", "[]");
    expect_text("${n + 1} ${n > 2 ? 'many' : 'few'}", "4 many");
    expect_text("$ {name} ${ name } 5% ${", "$ {name} Ada 5% ${");
    expect_text("${)}", "");
}

TEST(swml_expand, a_string_that_is_one_reference_keeps_the_type) {
    struct swml_value vars = swml_value_parse(str_z(variables));
    const struct swml_scope scope = {.vars = &vars};
    struct swml_value v = swml_expand_string(&scope, STR("${list}"));
    EXPECT_INT(v.type, SWML_ARRAY);
    swml_value_release(&v);
    v = swml_expand_string(&scope, STR("${n}"));
    EXPECT_INT(v.type, SWML_NUMBER);
    swml_value_release(&v);
    v = swml_expand_string(&scope, STR("${nobody}"));
    EXPECT_INT(v.type, SWML_STRING);
    EXPECT_INT(v.text.len, 0);
    swml_value_release(&v);
    swml_value_release(&vars);
}

TEST(swml_value, paths_make_and_take_members) {
    struct swml_value v = swml_object();
    struct buf out = BUF_INIT(4096);
    EXPECT(swml_value_set_path(&v, STR("a.b.c"), swml_number(1)));
    EXPECT(swml_value_set_path(&v, STR("a.d"), swml_bool(true)));
    swml_value_unset_path(&v, STR("a.b.c"));
    swml_value_unset_path(&v, STR("x.y"));
    swml_value_put_text(&v, &out);
    EXPECT_STR(out.ptr, "{\"a\":{\"b\":{},\"d\":true}}");
    swml_value_release(&v);
    buf_release(&out);
}

TEST(swml_value, depth_has_a_limit) {
    struct swml_value v = swml_object();
    for (int i = 0; i < 100; i++) {
        struct swml_value next = swml_object();
        swml_value_set(&next, STR("a"), swml_value_copy(&v));
        swml_value_release(&v);
        v = next;
    }
    size_t depth = 0;
    for (const struct swml_value *at = &v; at; at = swml_value_get(at, STR("a")))
        depth++;
    EXPECT(depth <= SWML_VALUE_DEPTH_MAX + 2);
    EXPECT(!swml_value_set_path(&v, STR("a.b.c.d.e.f.g.h.i.j.k.l.m.n"), swml_number(1)));
    swml_value_release(&v);
}
