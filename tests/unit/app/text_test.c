#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/app/cli_text.h"
#include "tests/support/test.h"

/* What was written to a FILE, for the length of a case. */
struct page {
    FILE *f;
    char *text;
    size_t len;
};

static struct page *open_page(struct page *p) {
    p->f = open_memstream(&p->text, &p->len);
    return p;
}

static const char *read_page(struct page *p) {
    fflush(p->f);
    return p->text;
}

static void close_page(struct page *p) {
    fclose(p->f);
    free(p->text);
}

TEST(text, control_characters_do_not_reach_a_terminal) {
    struct page p;
    open_page(&p);
    cli_put_clean(p.f, STR("a\x1b[2Jb\nc\td\x7f"
                           "e\xc2\x9b"
                           "f"));
    EXPECT_STR(read_page(&p), "a?[2Jb c d?e?f");
    close_page(&p);
}

TEST(text, other_languages_stay_as_they_are) {
    struct page p;
    open_page(&p);
    cli_put_clean(p.f, STR("Grüße, 世界 ✔"));
    EXPECT_STR(read_page(&p), "Grüße, 世界 ✔");
    close_page(&p);
    EXPECT_INT(cli_columns(STR("Grüße, 世界 ✔")), 11);
}

TEST(text, a_copy_is_cut_between_characters) {
    char dst[6];
    cli_clean_copy(STR("abcdé"), dst, sizeof dst);
    EXPECT_STR(dst, "abcd");
    cli_clean_copy(STR("abcéd"), dst, sizeof dst);
    EXPECT_STR(dst, "abcé");
    cli_clean_copy(STR("a\nb"), dst, sizeof dst);
    EXPECT_STR(dst, "a b");
    cli_clean_copy(STR(""), dst, sizeof dst);
    EXPECT_STR(dst, "");
}

static void fill(struct cli_table *t) {
    struct str *row = cli_table_row(t);
    row[0] = STR("x");
    row[1] = STR("7");
    row[2] = STR("Grüße aus der Ferne");
    row = cli_table_row(t);
    row[0] = STR("longer");
    row[1] = STR("1234");
    row[2] = STR("-");
}

TEST(table, columns_are_as_wide_as_their_widest_cell) {
    struct cli_table t = {.headings = {"ID", "N", "TEXT"}, .right = {[1] = true}, .columns = 3};
    struct page p;
    open_page(&p);
    fill(&t);
    cli_table_put(&t, p.f, 0);
    EXPECT_STR(read_page(&p), "ID         N  TEXT\n"
                              "x          7  Grüße aus der Ferne\n"
                              "longer  1234  -\n");
    close_page(&p);
    cli_table_release(&t);
}

TEST(table, the_last_column_gives_way_to_the_terminal) {
    struct cli_table t = {.headings = {"ID", "N", "TEXT"}, .columns = 3};
    struct page p;
    open_page(&p);
    fill(&t);
    cli_table_put(&t, p.f, 24);
    EXPECT_STR(read_page(&p), "ID      N     TEXT\n"
                              "x       7     Grüße aus…\n"
                              "longer  1234  -\n");
    close_page(&p);
    cli_table_release(&t);
}

TEST(table, many_rows_are_kept) {
    struct cli_table t = {.headings = {"N"}, .columns = 1};
    for (int i = 0; i < 1000; i++)
        cli_table_row(&t)[0] = arena_printf(&t.arena, "%d", i);
    EXPECT_INT(t.rows, 1000);
    EXPECT(str_eq_z(t.cells[999], "999"));
    cli_table_release(&t);
}

TEST(cell, shows_each_kind_of_member) {
    struct json_doc *doc = NULL;
    struct arena a = {0};
    REQUIRE(json_parse(STR("{\"s\":\"text\",\"e\":\"\",\"n\":null,\"i\":42,\"b\":true,"
                           "\"o\":{\"k\":[1]},\"t\":\"2026-11-21T12:00:00.123Z\"}"),
                       NULL, &doc, NULL) == ERR_OK);
    const struct json *o = json_root(doc);
    EXPECT(str_eq_z(cli_cell(&a, o, "s"), "text"));
    EXPECT(str_eq_z(cli_cell(&a, o, "e"), "-"));
    EXPECT(str_eq_z(cli_cell(&a, o, "n"), "-"));
    EXPECT(str_eq_z(cli_cell(&a, o, "missing"), "-"));
    EXPECT(str_eq_z(cli_cell(&a, o, "i"), "42"));
    EXPECT(str_eq_z(cli_cell(&a, o, "b"), "true"));
    EXPECT(str_eq_z(cli_cell(&a, o, "o"), "{\"k\":[1]}"));
    EXPECT(str_eq_z(cli_cell_time(&a, o, "t"), "2026-11-21 12:00:00"));
    EXPECT(str_eq_z(cli_cell_time(&a, o, "n"), "-"));
    EXPECT(str_eq_z(cli_cell_seconds(&a, o, "i"), "42 s"));
    EXPECT(str_eq_z(cli_cell_seconds(&a, o, "n"), "-"));
    arena_release(&a);
    json_doc_free(doc);
}
