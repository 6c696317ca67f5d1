#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"
#include "twiml/twiml.h"
#include "twiml/twiml_grammar.h"
#include "twiml/twiml_map.h"

static const struct xml_grammar *const g = &twiml_grammar;

/* ---- documents around one element ------------------------------------------------------------ */

static const char *valid_value(const struct xml_attr_rule *a) {
    static char text[64];
    switch (a->type) {
    case XML_VALUE_ENUM:
    case XML_VALUE_ENUM_LIST:
    case XML_VALUE_ENUM_COMMAS:
    case XML_VALUE_ENUM_OPEN:
    case XML_VALUE_INTEGER_LIST:
        return a->values[0];
    case XML_VALUE_BOOLEAN:
    case XML_VALUE_BOOLEAN_OR_STRING:
        return "true";
    case XML_VALUE_INTEGER:
    case XML_VALUE_INTEGER_OR_AUTO:
    case XML_VALUE_DECIMAL:
        (void)snprintf(text, sizeof text, "%g", a->has_min ? a->min : a->has_max ? a->max : 7);
        return text;
    case XML_VALUE_URL:
    case XML_VALUE_ABSOLUTE_URL:
    case XML_VALUE_URL_OR_ENUM:
        return "https://a.example/x?y=1";
    case XML_VALUE_STRING:
        (void)snprintf(text, sizeof text, "%.1s", a->chars ? a->chars : "x");
        return text;
    case XML_VALUE_UNKNOWN:
    case XML_VALUE_TYPE_COUNT:
        break;
    }
    return "";
}

/* NULL when every value passes. */
static const char *invalid_value(const struct xml_attr_rule *a) {
    static char text[300];
    switch (a->type) {
    case XML_VALUE_ENUM:
    case XML_VALUE_ENUM_LIST:
    case XML_VALUE_ENUM_COMMAS:
    case XML_VALUE_INTEGER_LIST:
        return "no-such-word";
    case XML_VALUE_BOOLEAN:
        return "yes";
    case XML_VALUE_INTEGER:
    case XML_VALUE_INTEGER_OR_AUTO:
    case XML_VALUE_DECIMAL:
        return "seven";
    case XML_VALUE_URL:
    case XML_VALUE_ABSOLUTE_URL:
    case XML_VALUE_URL_OR_ENUM:
        return "not a url";
    case XML_VALUE_STRING:
        if (!a->chars && a->max_chars == 0)
            return NULL;
        memset(text, a->chars ? '!' : 'x', sizeof text - 1);
        return text;
    case XML_VALUE_ENUM_OPEN:
    case XML_VALUE_BOOLEAN_OR_STRING:
    case XML_VALUE_UNKNOWN:
    case XML_VALUE_TYPE_COUNT:
        break;
    }
    return NULL;
}

/* The first element that may hold e; the root's own is NULL. */
static const struct xml_element_rule *parent_of(const struct xml_element_rule *e) {
    for (size_t i = 0; i < g->element_count; i++)
        if (&g->elements[i] != e && xml_grammar_allows(g, &g->elements[i], e))
            return &g->elements[i];
    return NULL;
}

static void put_required(struct buf *b, const struct xml_element_rule *e, const char *but) {
    for (size_t i = 0; i < e->attr_count; i++)
        if (e->attrs[i].required && !(but && strcmp(but, e->attrs[i].name) == 0))
            buf_printf(b, " %s=\"%s\"", e->attrs[i].name, valid_value(&e->attrs[i]));
}

static void put_inside(struct buf *b, const struct xml_element_rule *e, const char *inner) {
    const struct xml_element_rule *parent = parent_of(e);
    CLEANUP(buf_release) struct buf outer = BUF_INIT(1 << 16);
    if (!parent) {
        buf_puts(b, inner);
        return;
    }
    buf_printf(&outer, "<%s", parent->name);
    put_required(&outer, parent, NULL);
    buf_printf(&outer, ">%s</%s>", inner, parent->name);
    put_inside(b, parent, outer.ptr);
}

/* A document with e in a place where it belongs; `attrs` and `inside` are markup. */
static void make_doc(struct buf *doc, const struct xml_element_rule *e, const char *without,
                     const char *attrs, const char *inside) {
    CLEANUP(buf_release) struct buf self = BUF_INIT(1 << 16);
    buf_printf(&self, "<%s", e->name);
    put_required(&self, e, without);
    buf_printf(&self, "%s>%s</%s>", attrs, inside, e->name);
    buf_clear(doc);
    put_inside(doc, e, self.ptr);
}

/* The only warning of the document; NULL when there are none or several. */
static const struct xml_finding *only_warning(const struct buf *doc, size_t *count) {
    static struct xml_report report;
    const struct xml_finding *found = NULL;
    struct error err = {0};
    *count = 0;
    if (twiml_check(buf_str(doc), &report, &err) != ERR_OK) {
        printf("%s\n%s\n", err.text, doc->ptr);
        *count = 99;
        return NULL;
    }
    for (size_t i = 0; i < report.count; i++)
        if (report.items[i].severity != XML_NOTE) {
            found = &report.items[i];
            ++*count;
        }
    return *count == 1 ? found : NULL;
}

static void expect_clean(const struct buf *doc) {
    size_t count;
    (void)only_warning(doc, &count);
    EXPECT_INT(count, 0);
    if (count > 0)
        printf("%s\n", doc->ptr);
}

static void expect_warning(const struct buf *doc, const char *element, const char *attribute) {
    size_t count;
    const struct xml_finding *f = only_warning(doc, &count);
    EXPECT_INT(count, 1);
    if (!f) {
        printf("%s\n", doc->ptr);
        return;
    }
    EXPECT_STR(f->element, element);
    EXPECT_STR(f->attribute, attribute);
    EXPECT_INT(f->code, 12200);
    EXPECT(f->line == 1 && f->text[0] != '\0');
}

/* ---- the table ------------------------------------------------------------------------------- */

TEST(twiml_grammar, has_every_element_of_the_vector_file) {
    EXPECT_INT(g->element_count, 58);
    EXPECT_STR(g->elements[0].name, "Response");
}

TEST(twiml_grammar, every_element_passes_where_it_belongs) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    for (size_t i = 0; i < g->element_count; i++) {
        make_doc(&doc, &g->elements[i], NULL, "", "");
        expect_clean(&doc);
    }
}

TEST(twiml_grammar, every_value_of_every_attribute_passes) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    char attr[256];
    for (size_t i = 0; i < g->element_count; i++) {
        const struct xml_element_rule *e = &g->elements[i];
        for (size_t k = 0; k < e->attr_count; k++) {
            const struct xml_attr_rule *a = &e->attrs[k];
            (void)snprintf(attr, sizeof attr, " %s=\"%s\"", a->name, valid_value(a));
            make_doc(&doc, e, a->name, attr, "");
            expect_clean(&doc);
            for (size_t v = 0; a->values && a->values[v]; v++) {
                (void)snprintf(attr, sizeof attr, " %s=\"%s\"", a->name, a->values[v]);
                make_doc(&doc, e, a->name, attr, "");
                expect_clean(&doc);
            }
        }
    }
}

TEST(twiml_grammar, a_wrong_value_of_any_attribute_is_a_warning) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    char attr[512];
    size_t tried = 0;
    for (size_t i = 0; i < g->element_count; i++) {
        const struct xml_element_rule *e = &g->elements[i];
        for (size_t k = 0; k < e->attr_count; k++) {
            const struct xml_attr_rule *a = &e->attrs[k];
            const char *bad = invalid_value(a);
            if (!bad)
                continue;
            (void)snprintf(attr, sizeof attr, " %s=\"%s\"", a->name, bad);
            make_doc(&doc, e, a->name, attr, "");
            expect_warning(&doc, e->name, a->name);
            tried++;
        }
    }
    EXPECT(tried > 180);
}

TEST(twiml_grammar, a_number_out_of_range_is_a_warning) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    char attr[128];
    size_t tried = 0;
    for (size_t i = 0; i < g->element_count; i++) {
        const struct xml_element_rule *e = &g->elements[i];
        for (size_t k = 0; k < e->attr_count; k++) {
            const struct xml_attr_rule *a = &e->attrs[k];
            for (int high = 0; high < 2; high++) {
                if (high ? !a->has_max : !a->has_min)
                    continue;
                (void)snprintf(attr, sizeof attr, " %s=\"%g\"", a->name,
                               high ? a->max + 1 : a->min - 1);
                make_doc(&doc, e, a->name, attr, "");
                expect_warning(&doc, e->name, a->name);
                tried++;
            }
        }
    }
    EXPECT(tried >= 41);
}

TEST(twiml_grammar, a_missing_attribute_is_a_warning) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    size_t tried = 0;
    for (size_t i = 0; i < g->element_count; i++)
        for (size_t k = 0; k < g->elements[i].attr_count; k++)
            if (g->elements[i].attrs[k].required) {
                make_doc(&doc, &g->elements[i], g->elements[i].attrs[k].name, "", "");
                expect_warning(&doc, g->elements[i].name, g->elements[i].attrs[k].name);
                tried++;
            }
    EXPECT_INT(tried, 11);
}

TEST(twiml_grammar, an_unknown_attribute_or_child_is_a_warning) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    for (size_t i = 0; i < g->element_count; i++) {
        make_doc(&doc, &g->elements[i], NULL, " Loop=\"1\"", "");
        expect_warning(&doc, g->elements[i].name, "Loop");
        make_doc(&doc, &g->elements[i], NULL, "", "<say/>");
        expect_warning(&doc, "say", "");
    }
}

TEST(twiml_grammar, an_element_in_the_wrong_place_is_a_warning) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    char child[64];
    for (size_t i = 0; i < g->element_count; i++)
        for (size_t k = 0; k < g->element_count; k++) {
            if (xml_grammar_allows(g, &g->elements[i], &g->elements[k]))
                continue;
            (void)snprintf(child, sizeof child, "<%s/>", g->elements[k].name);
            make_doc(&doc, &g->elements[i], NULL, "", child);
            expect_warning(&doc, g->elements[k].name, "");
        }
}

TEST(twiml_grammar, text_is_a_warning_where_none_belongs) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    for (size_t i = 0; i < g->element_count; i++) {
        make_doc(&doc, &g->elements[i], NULL, "", "words");
        if (g->elements[i].text)
            expect_clean(&doc);
        else
            expect_warning(&doc, g->elements[i].name, "");
    }
}

TEST(twiml_grammar, stop_names_what_runs_without_its_required_attributes) {
    struct xml_report report = {0};
    struct error err = {0};
    struct str doc = STR("<Response><Stop><Stream name=\"a\"/></Stop></Response>");
    EXPECT_INT(twiml_check(doc, &report, &err), ERR_OK);
    EXPECT_INT(report.count, 0);
}

TEST(twiml_grammar, findings_name_the_line) {
    struct xml_report report = {0};
    struct error err = {0};
    struct str doc = STR("<Response>\n <Say loop=\"x\">a</Say>\n\n <Dail>1</Dail>\n</Response>");
    EXPECT_INT(twiml_check(doc, &report, &err), ERR_OK);
    REQUIRE(report.count == 2);
    EXPECT_INT(report.items[0].line, 2);
    EXPECT_INT(report.items[1].line, 4);
    EXPECT_STR(report.items[1].element, "Dail");
}

TEST(twiml_grammar, another_root_is_an_error) {
    struct xml_report report = {0};
    struct error err = {0};
    EXPECT_INT(twiml_check(STR("<response/>"), &report, &err), ERR_OK);
    REQUIRE(report.count == 1);
    EXPECT_INT(report.items[0].code, 12102);
    EXPECT_INT(report.items[0].severity, XML_ERROR);
}

TEST(twiml_grammar, the_list_of_findings_is_bounded) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    struct xml_report report = {0};
    struct error err = {0};
    buf_puts(&doc, "<Response>");
    for (int i = 0; i < 100; i++)
        buf_puts(&doc, "<Nope/>");
    buf_puts(&doc, "</Response>");
    EXPECT_INT(twiml_check(buf_str(&doc), &report, &err), ERR_OK);
    EXPECT_INT(report.count, XML_FINDINGS_MAX);
    EXPECT_INT(report.more, 100 - XML_FINDINGS_MAX);
}

/* ---- what reading and writing make of the table ---------------------------------------------- */

static bool any_text_passes(const struct xml_attr_rule *a) {
    return (a->type == XML_VALUE_STRING && !a->chars && a->max_chars == 0) ||
           a->type == XML_VALUE_ENUM_OPEN || a->type == XML_VALUE_BOOLEAN_OR_STRING ||
           a->type == XML_VALUE_URL;
}

static void expect_row_agrees(const struct xml_element_rule *e, const struct xml_map *row) {
    const struct xml_attr_rule *a = xml_grammar_attr(e, row->attr);
    if (!a)
        printf("<%s %s>\n", e->name, row->attr.ptr);
    REQUIRE(a != NULL);
    EXPECT(row->method_attr.len == 0 || xml_grammar_attr(e, row->method_attr) != NULL);
    if (row->codec == XML_CODEC_STR || row->codec == XML_CODEC_FINISH_KEY)
        EXPECT(row->judged || any_text_passes(a));
    if (row->codec == XML_CODEC_LINK)
        EXPECT_INT(a->type, XML_VALUE_URL);
    if (row->codec == XML_CODEC_U32) {
        EXPECT(row->min == (a->has_min ? (uint32_t)a->min : 0));
        EXPECT(row->max == (a->has_max ? (uint32_t)a->max : 0));
    }
    for (const struct xml_word *w = row->words; w && w->word; w++)
        EXPECT(xml_grammar_judge(a, str_z(w->word)) == NULL);
    for (size_t i = 0; row->words && a->values && a->values[i]; i++) {
        bool known = false;
        for (const struct xml_word *w = row->words; w->word; w++)
            known = known || strcmp(w->word, a->values[i]) == 0;
        EXPECT(known);
    }
}

TEST(twiml_map, agrees_with_the_grammar) {
    for (size_t i = 0; twiml_all_maps[i]; i++) {
        const struct xml_element_rule *e = xml_grammar_element(g, twiml_all_maps[i]->element);
        REQUIRE(e != NULL);
        for (size_t k = 0; k < twiml_all_maps[i]->count; k++)
            if (twiml_all_maps[i]->rows[k].codec != XML_CODEC_UNSAID)
                expect_row_agrees(e, &twiml_all_maps[i]->rows[k]);
    }
}
