#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"
#include "tests/unit/twiml/xml_pair.h"
#include "twiml/twiml.h"
#include "twiml/twiml_grammar.h"

#define DOCUMENTS SWH_SOURCE_DIR "/tests/vectors/twiml/documents/"

static struct str load(const char *name, struct buf *to) {
    return xml_pair_load(DOCUMENTS, name, to);
}

/* ---- the same document, said in another order ------------------------------------------------ */

static bool has_attrs_of(const struct xml_node *a, const struct xml_node *b) {
    const struct xml_element_rule *rule = xml_grammar_element(&twiml_grammar, a->name);
    for (size_t i = 0; i < a->attr_count; i++) {
        const struct str *other = xml_node_attr(b, a->attrs[i].name.ptr);
        const struct xml_attr_rule *r = xml_grammar_attr(rule, a->attrs[i].name);
        bool preset = r && r->preset && str_eq_z(a->attrs[i].value, r->preset);
        if (other ? !str_eq(*other, a->attrs[i].value) : !preset)
            return false;
    }
    return true;
}

static const struct xml_node *solid(const struct xml_node *n) {
    while (n && xml_node_is_text(n) && str_trim(n->text).len == 0)
        n = n->next;
    return n;
}

/* Attributes in any order, the carrier's defaults said or not, white space around texts or not. */
static bool same_tree(const struct xml_node *a, const struct xml_node *b) {
    if (!str_eq(a->name, b->name) || !str_eq(str_trim(a->text), str_trim(b->text)))
        return false;
    if (!has_attrs_of(a, b) || !has_attrs_of(b, a))
        return false;
    const struct xml_node *x = solid(a->first), *y = solid(b->first);
    for (; x && y; x = solid(x->next), y = solid(y->next))
        if (!same_tree(x, y))
            return false;
    return !x && !y;
}

static bool same_document(struct str a, struct str b) {
    CLEANUP(xml_doc_release) struct xml_doc x = {0};
    CLEANUP(xml_doc_release) struct xml_doc y = {0};
    return xml_doc_read(a, 65536, &x, NULL) == ERR_OK &&
           xml_doc_read(b, 65536, &y, NULL) == ERR_OK && same_tree(x.root, y.root);
}

/* ---- documents of the carrier's own SDK ------------------------------------------------------ */

/* A plan holds all of these: what is written again says the same. */
static const struct {
    const char *name;
    size_t steps;
} whole[] = {
    {"gather-nested-say", 3}, {"dial-conference", 1},         {"dial-several", 1},
    {"pay-prompts", 1},       {"connect-stream", 1},          {"conversation-relay", 1},
    {"say-ssml", 1},          {"record-enqueue-and-rest", 7}, {"enqueue-task-refer", 2},
    {"start-stop", 6},
};

TEST(twiml_vectors, what_a_plan_holds_is_written_again_the_same) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 16);
    CLEANUP(buf_release) struct buf again = BUF_INIT(1 << 16);
    for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
        CLEANUP(plan_release) struct plan p = {0};
        struct plan_loss_report loss = {0};
        struct error err = {0};
        REQUIRE(twiml_read(load(whole[i].name, &text), &p, &loss, &err) == ERR_OK);
        EXPECT_INT(p.count, whole[i].steps);
        EXPECT_INT(loss.count, 0);
        buf_clear(&again);
        REQUIRE(twiml_write(&p, &again, &loss, &err) == ERR_OK);
        EXPECT_INT(loss.count, 0);
        EXPECT(same_document(buf_str(&text), buf_str(&again)));
        if (!same_document(buf_str(&text), buf_str(&again)))
            printf("%s\n%s\n%s\n", whole[i].name, text.ptr, again.ptr);
    }
}

TEST(twiml_vectors, documents_of_the_sdk_keep_to_the_grammar) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 16);
    static const char *const others[] = {"dial-plain-number", "conversation-relay-rich",
                                         "what-a-plan-cannot-hold"};
    for (size_t i = 0; i < ARRAY_LEN(whole) + ARRAY_LEN(others); i++) {
        const char *name = i < ARRAY_LEN(whole) ? whole[i].name : others[i - ARRAY_LEN(whole)];
        struct xml_report report = {0};
        struct error err = {0};
        REQUIRE(twiml_check(load(name, &text), &report, &err) == ERR_OK);
        for (size_t k = 0; k < report.count; k++) {
            EXPECT_INT(report.items[k].severity, XML_NOTE);
            if (report.items[k].severity != XML_NOTE)
                printf("%s: %s.%s %s\n", name, report.items[k].element, report.items[k].attribute,
                       report.items[k].text);
        }
    }
}

TEST(twiml_vectors, a_plain_number_is_dialled_as_a_far_end) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 16);
    CLEANUP(plan_release) struct plan p = {0};
    struct plan_loss_report loss = {0};
    REQUIRE(twiml_read(load("dial-plain-number", &text), &p, &loss, NULL) == ERR_OK);
    REQUIRE(p.count == 1 && p.steps[0].u.dial.noun_count == 1);
    EXPECT_INT(p.steps[0].u.dial.nouns[0].kind, PLAN_NOUN_NUMBER);
    EXPECT(str_eq(p.steps[0].u.dial.nouns[0].target, STR("+12025550101")));
    EXPECT_INT(loss.count, 0);
}

static bool lost(const struct plan_loss_report *loss, enum plan_loss_kind kind, const char *where) {
    for (size_t i = 0; i < loss->count; i++)
        if (loss->items[i].kind == kind && strcmp(loss->items[i].where, where) == 0)
            return true;
    printf("not in the report: %s\n", where);
    return false;
}

TEST(twiml_vectors, what_a_plan_cannot_hold_is_reported_one_by_one) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 16);
    CLEANUP(plan_release) struct plan p = {0};
    struct plan_loss_report loss = {0};
    REQUIRE(twiml_read(load("what-a-plan-cannot-hold", &text), &p, &loss, NULL) == ERR_OK);
    EXPECT_INT(p.count, 0);
    static const char *const elements[] = {"Echo",     "Sms",       "Siprec",      "VirtualAgent",
                                           "Room",     "Autopilot", "Application", "Sim",
                                           "WhatsApp", "Dial"};
    for (size_t i = 0; i < ARRAY_LEN(elements); i++) {
        char where[64];
        (void)snprintf(where, sizeof where, "line 1: %s", elements[i]);
        EXPECT(lost(&loss, PLAN_LOSS_REFUSED, where));
    }
    EXPECT_INT(loss.count, ARRAY_LEN(elements));
}

TEST(twiml_vectors, lower_case_attributes_of_the_sdk_are_known) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 16);
    CLEANUP(plan_release) struct plan p = {0};
    struct plan_loss_report loss = {0};
    REQUIRE(twiml_read(load("conversation-relay-rich", &text), &p, &loss, NULL) == ERR_OK);
    REQUIRE(p.count == 1 && p.steps[0].kind == PLAN_RELAY);
    EXPECT_INT(p.steps[0].u.relay.interruptible, PLAN_YES);
    static const char *const dropped[] = {"speechtimeout", "backgroundnoisereduction",
                                          "deepgramsmartformat", "interruptible", "preemptible"};
    for (size_t i = 0; i < ARRAY_LEN(dropped); i++) {
        char where[96];
        (void)snprintf(where, sizeof where, "line 1: ConversationRelay.%.24s", dropped[i]);
        EXPECT(lost(&loss, PLAN_LOSS_DROPPED, where));
    }
    for (size_t i = 0; i < loss.count; i++)
        EXPECT(strstr(loss.items[i].what, "12200") == NULL);
}
