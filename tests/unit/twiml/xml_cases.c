#include "tests/unit/twiml/xml_cases.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"

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
        memset(text, a->chars ? a->chars[0] : 'x', a->min_chars + 1);
        text[a->min_chars + 1] = '\0';
        return text;
    case XML_VALUE_UNKNOWN:
    case XML_VALUE_TYPE_COUNT:
        break;
    }
    return "";
}

/* NULL when every value passes. */
static const char *invalid_value(const struct xml_attr_rule *a) {
    static char text[600];
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
static const struct xml_element_rule *parent_of(const struct xml_grammar *g,
                                                const struct xml_element_rule *e) {
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

static void put_inside(const struct xml_cases *c, struct buf *b, const struct xml_element_rule *e,
                       const char *inner) {
    const struct xml_element_rule *parent = parent_of(c->grammar, e);
    CLEANUP(buf_release) struct buf outer = BUF_INIT(1 << 16);
    if (!parent) {
        buf_puts(b, inner);
        return;
    }
    buf_printf(&outer, "<%s", parent->name);
    put_required(&outer, parent, NULL);
    buf_printf(&outer, ">%s</%s>", inner, parent->name);
    put_inside(c, b, parent, outer.ptr);
}

/* A document with e in a place where it belongs; `attrs` and `inside` are markup. */
static void make_doc(const struct xml_cases *c, struct buf *doc, const struct xml_element_rule *e,
                     const char *without, const char *attrs, const char *inside) {
    CLEANUP(buf_release) struct buf self = BUF_INIT(1 << 16);
    buf_printf(&self, "<%s", e->name);
    put_required(&self, e, without);
    buf_printf(&self, "%s>%s%s</%s>", attrs, c->content(e), inside, e->name);
    buf_clear(doc);
    put_inside(c, doc, e, self.ptr);
}

/* The only warning of the document; NULL when there are none or several. */
static const struct xml_finding *only_warning(const struct xml_cases *c, const struct buf *doc,
                                              size_t *count) {
    static struct xml_report report;
    const struct xml_finding *found = NULL;
    struct error err = {0};
    *count = 0;
    if (c->check(buf_str(doc), &report, &err) != ERR_OK) {
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

static void expect_clean(const struct xml_cases *c, const struct buf *doc) {
    size_t count;
    (void)only_warning(c, doc, &count);
    EXPECT_INT(count, 0);
    if (count > 0)
        printf("%s\n", doc->ptr);
}

static void expect_finding(const struct xml_cases *c, const struct buf *doc, const char *element,
                           const struct xml_attr_rule *a, const char *attribute) {
    size_t count;
    const struct xml_finding *f = only_warning(c, doc, &count);
    EXPECT_INT(count, 1);
    if (!f) {
        printf("%s\n", doc->ptr);
        return;
    }
    EXPECT_STR(f->element, element);
    EXPECT_STR(f->attribute, attribute);
    bool fatal = a && a->fatal;
    EXPECT_INT(f->severity, fatal ? XML_ERROR : XML_WARNING);
    EXPECT_INT(f->code, fatal ? c->grammar->refused_code : c->grammar->schema_code);
    EXPECT(f->line == 1 && f->text[0] != '\0');
}

/* ---- every rule of a grammar --------------------------------------------------------------- */

void xml_cases_elements_pass(const struct xml_cases *c) {
    const struct xml_grammar *g = c->grammar;
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    for (size_t i = 0; i < g->element_count; i++) {
        make_doc(c, &doc, &g->elements[i], NULL, "", "");
        expect_clean(c, &doc);
    }
}

void xml_cases_values_pass(const struct xml_cases *c) {
    const struct xml_grammar *g = c->grammar;
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    char attr[1024];
    for (size_t i = 0; i < g->element_count; i++) {
        const struct xml_element_rule *e = &g->elements[i];
        for (size_t k = 0; k < e->attr_count; k++) {
            const struct xml_attr_rule *a = &e->attrs[k];
            (void)snprintf(attr, sizeof attr, "%s %s=\"%s\"", c->besides(e, a), a->name,
                           valid_value(a));
            make_doc(c, &doc, e, a->name, attr, "");
            expect_clean(c, &doc);
            for (size_t v = 0; a->values && a->values[v]; v++) {
                (void)snprintf(attr, sizeof attr, "%s %s=\"%s\"", c->besides(e, a), a->name,
                               a->values[v]);
                make_doc(c, &doc, e, a->name, attr, "");
                expect_clean(c, &doc);
            }
        }
    }
}

size_t xml_cases_judge_wrong_values(const struct xml_cases *c) {
    const struct xml_grammar *g = c->grammar;
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    char attr[1024];
    size_t tried = 0;
    for (size_t i = 0; i < g->element_count; i++) {
        const struct xml_element_rule *e = &g->elements[i];
        for (size_t k = 0; k < e->attr_count; k++) {
            const struct xml_attr_rule *a = &e->attrs[k];
            const char *bad = invalid_value(a);
            if (!bad)
                continue;
            (void)snprintf(attr, sizeof attr, "%s %s=\"%s\"", c->besides(e, a), a->name, bad);
            make_doc(c, &doc, e, a->name, attr, "");
            expect_finding(c, &doc, e->name, a, a->name);
            tried++;
        }
    }
    return tried;
}

size_t xml_cases_judge_ranges(const struct xml_cases *c) {
    const struct xml_grammar *g = c->grammar;
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    char attr[1024];
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
                make_doc(c, &doc, e, a->name, attr, "");
                expect_finding(c, &doc, e->name, a, a->name);
                tried++;
            }
        }
    }
    return tried;
}

size_t xml_cases_judge_missing(const struct xml_cases *c) {
    const struct xml_grammar *g = c->grammar;
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    size_t tried = 0;
    for (size_t i = 0; i < g->element_count; i++)
        for (size_t k = 0; k < g->elements[i].attr_count; k++)
            if (g->elements[i].attrs[k].required) {
                make_doc(c, &doc, &g->elements[i], g->elements[i].attrs[k].name, "", "");
                expect_finding(c, &doc, g->elements[i].name, &g->elements[i].attrs[k],
                               g->elements[i].attrs[k].name);
                tried++;
            }
    return tried;
}

void xml_cases_judge_unknown(const struct xml_cases *c) {
    const struct xml_grammar *g = c->grammar;
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    for (size_t i = 0; i < g->element_count; i++) {
        make_doc(c, &doc, &g->elements[i], NULL, " Loop=\"1\"", "");
        expect_finding(c, &doc, g->elements[i].name, NULL, "Loop");
        make_doc(c, &doc, &g->elements[i], NULL, "", "<say/>");
        expect_finding(c, &doc, "say", NULL, "");
    }
}

void xml_cases_judge_places(const struct xml_cases *c) {
    const struct xml_grammar *g = c->grammar;
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    char child[64];
    for (size_t i = 0; i < g->element_count; i++)
        for (size_t k = 0; k < g->element_count; k++) {
            if (xml_grammar_allows(g, &g->elements[i], &g->elements[k]))
                continue;
            (void)snprintf(child, sizeof child, "<%s/>", g->elements[k].name);
            make_doc(c, &doc, &g->elements[i], NULL, "", child);
            expect_finding(c, &doc, g->elements[k].name, NULL, "");
        }
}

void xml_cases_judge_text(const struct xml_cases *c) {
    const struct xml_grammar *g = c->grammar;
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    for (size_t i = 0; i < g->element_count; i++) {
        make_doc(c, &doc, &g->elements[i], NULL, "", "words");
        if (g->elements[i].text)
            expect_clean(c, &doc);
        else
            expect_finding(c, &doc, g->elements[i].name, NULL, "");
    }
}

/* ---- what reading and writing make of the table ---------------------------------------------- */

static bool any_text_passes(const struct xml_attr_rule *a) {
    return (a->type == XML_VALUE_STRING && !a->chars && a->max_chars == 0) ||
           a->type == XML_VALUE_ENUM_OPEN || a->type == XML_VALUE_BOOLEAN_OR_STRING ||
           a->type == XML_VALUE_URL || a->type == XML_VALUE_ABSOLUTE_URL;
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
        EXPECT(a->type == XML_VALUE_URL || a->type == XML_VALUE_ABSOLUTE_URL);
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

void xml_cases_maps_agree(const struct xml_cases *c, const struct xml_maps *const *maps) {
    for (; *maps; maps++) {
        const struct xml_element_rule *e = xml_grammar_element(c->grammar, (*maps)->element);
        REQUIRE(e != NULL);
        for (size_t k = 0; k < (*maps)->count; k++)
            if ((*maps)->rows[k].codec != XML_CODEC_UNSAID)
                expect_row_agrees(e, &(*maps)->rows[k]);
    }
}
