#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"
#include "tests/unit/twiml/xml_pair.h"
#include "twiml/plivoxml.h"
#include "twiml/plivoxml_grammar.h"
#include "twiml/xml_doc.h"

/* Documents of the carrier's own SDK; see tests/vectors/plivoxml/README.md. */
#define DOCUMENTS SWH_SOURCE_DIR "/tests/vectors/plivoxml/documents/"

static const struct {
    const char *name;
    size_t steps, dropped, refused; /* what a plan holds, and what it does not */
    size_t warnings;                /* of the grammar */
} documents[] = {
    {"conference", 1, 0, 0, 0},
    {"conference-rich", 1, 12, 0, 0},
    {"dial-recorded", 1, 0, 0, 0},
    {"dial-rich", 1, 16, 0, 0},
    {"dial-several", 1, 0, 0, 0},
    {"get-digits", 1, 0, 0, 0},
    {"get-digits-rich", 1, 7, 0, 0},
    {"get-input", 2, 0, 0, 0},
    {"get-input-empty-goes-on", 1, 0, 0, 0},
    {"hangup-later", 1, 0, 1, 0},
    {"keys-and-ends", 2, 0, 0, 0},
    {"message", 0, 0, 1, 0},
    {"multi-party-call", 1, 14, 0, 0},
    {"play-wait", 3, 0, 0, 0},
    {"pre-answer", 6, 1, 1, 0},
    {"record", 2, 0, 0, 0},
    {"record-session", 2, 0, 0, 0},
    {"record-session-plain", 1, 2, 0, 0},
    {"reject-and-redirect", 2, 0, 0, 0},
    {"speak-plain", 3, 0, 0, 0},
    {"speak-ssml", 1, 0, 0, 0},
    {"stream-background", 2, 0, 0, 0},
    {"stream-rich", 1, 4, 0, 0},
    {"stream-two-way", 1, 0, 0, 0},
    {"wait-rich", 2, 5, 0, 0},
};

static const struct xml_pair language = {plivoxml_write, plivoxml_read, plivoxml_check,
                                         PLIVOXML_BYTES_MAX};

static struct str load(const char *name, struct buf *to) {
    return xml_pair_load(DOCUMENTS, name, to);
}

static size_t count_kind(const struct plan_loss_report *loss, enum plan_loss_kind kind) {
    size_t n = 0;
    for (size_t i = 0; i < loss->count; i++)
        n += loss->items[i].kind == kind;
    return n;
}

TEST(plivoxml_vectors, what_a_plan_cannot_hold_is_reported_one_by_one) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 16);
    for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
        CLEANUP(plan_release) struct plan p = {0};
        struct plan_loss_report loss = {0};
        struct error err = {0};
        REQUIRE(plivoxml_read(load(documents[i].name, &text), &p, &loss, &err) == ERR_OK);
        bool ok = p.count == documents[i].steps && loss.more == 0 &&
                  count_kind(&loss, PLAN_LOSS_DROPPED) == documents[i].dropped &&
                  count_kind(&loss, PLAN_LOSS_REFUSED) == documents[i].refused &&
                  loss.count == documents[i].dropped + documents[i].refused;
        EXPECT(ok);
        if (!ok)
            printf("%s: %zu steps, %zu losses\n", documents[i].name, p.count, loss.count);
    }
}

TEST(plivoxml_vectors, what_a_plan_holds_is_written_again_with_the_same_meaning) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 16);
    CLEANUP(buf_release) struct buf again = BUF_INIT(1 << 16);
    for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
        CLEANUP(plan_release) struct plan p = {0};
        CLEANUP(plan_release) struct plan back = {0};
        struct plan_loss_report loss = {0};
        struct error err = {0};
        REQUIRE(plivoxml_read(load(documents[i].name, &text), &p, NULL, &err) == ERR_OK);
        buf_clear(&again);
        REQUIRE(plivoxml_write(&p, &again, &loss, &err) == ERR_OK);
        REQUIRE(plivoxml_read(buf_str(&again), &back, &loss, &err) == ERR_OK);
        EXPECT_INT(loss.count, 0);
        EXPECT(plan_equal(&p, &back));
        if (!plan_equal(&p, &back))
            printf("%s\n%s\n%s\n", documents[i].name, text.ptr, again.ptr);
    }
}

TEST(plivoxml_vectors, documents_of_the_sdk_keep_to_the_grammar) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 16);
    for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
        struct str document = load(documents[i].name, &text);
        EXPECT_INT(xml_pair_warnings(&language, document, documents[i].warnings),
                   documents[i].warnings);
    }
}

static uint64_t elements_of(const struct xml_node *n) {
    uint64_t set = 0;
    for (; n; n = n->next) {
        const struct xml_element_rule *e = xml_grammar_element(&plivoxml_grammar, n->name);
        if (e)
            set |= (uint64_t)1 << (e - plivoxml_grammar.elements);
        set |= elements_of(n->first);
    }
    return set;
}

TEST(plivoxml_vectors, every_element_occurs) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 16);
    uint64_t seen = 0;
    for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
        CLEANUP(xml_doc_release) struct xml_doc doc = {0};
        REQUIRE(xml_doc_read(load(documents[i].name, &text), PLIVOXML_BYTES_MAX, &doc, NULL) ==
                ERR_OK);
        seen |= elements_of(doc.root);
    }
    for (size_t i = 0; i < plivoxml_grammar.element_count; i++) {
        EXPECT((seen >> i) & 1);
        if (!((seen >> i) & 1))
            printf("no <%s>\n", plivoxml_grammar.elements[i].name);
    }
}
