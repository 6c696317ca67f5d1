#include "core/base/compiler.h"
#include "tests/conformance/store/store_suite.h"

/* ---- the ledger of consents --------------------------------------------------------------------
 */

#define ANA STR("+12025550100")
#define BEN STR("+12025550101")

static struct consent line(struct fixture *f, struct str caller, struct str purpose,
                           enum consent_answer answer, int64_t at_ms) {
    return (struct consent){.id = id_next(&f->ids),
                            .caller = caller,
                            .purpose = purpose,
                            .answer = answer,
                            .basis = STR(CONSENT_BASIS_API),
                            .at_ms = at_ms};
}

/* Three lines of Ana's about recording, one of Ben's, one of Ana's about being called. */
static void add_lines(struct fixture *f, int64_t *ids) {
    const struct consent lines[] = {
        line(f, ANA, STR(CONSENT_RECORDING), CONSENT_GIVEN, 100),
        line(f, BEN, STR(CONSENT_RECORDING), CONSENT_REFUSED, 200),
        line(f, ANA, STR(CONSENT_RECORDING), CONSENT_WITHDRAWN, 300),
        line(f, ANA, STR("calling"), CONSENT_GIVEN, 400),
        line(f, ANA, STR(CONSENT_RECORDING), CONSENT_GIVEN, 500),
    };
    struct held h;
    hold_write(&h, f->s);
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        EXPECT_INT(store_add_consent(h.tx, &lines[i], NULL), ERR_OK);
        ids[i] = lines[i].id;
    }
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

static size_t list(struct fixture *f, const struct consent_filter *filter, struct consent **out) {
    struct held h;
    size_t n = 0;
    hold_read(&h, f->s);
    EXPECT_INT(store_list_consents(h.tx, filter, &f->a, out, &n, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    return n;
}

STORE_TEST(a_consent_comes_back_as_it_was_written) {
    struct held h;
    struct consent got = {0}, again = {0};
    struct consent c = line(f, ANA, STR(CONSENT_RECORDING), CONSENT_GIVEN, 1234);
    c.call_id = 7;
    c.basis = STR(CONSENT_BASIS_CALL);
    c.question = STR("May we record?");
    c.words = STR("yes, gr\xc3\xbc\xc3\x9f Gott");
    c.assistant = STR("debt-intake");
    c.version = STR("0011223344556677");
    hold_write(&h, f->s);
    EXPECT_INT(store_add_consent(h.tx, &c, NULL), ERR_OK);
    EXPECT_INT(store_add_consent(h.tx, &c, NULL), ERR_CONFLICT);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    REQUIRE(suite_reopen(f));
    hold_read(&h, f->s);
    EXPECT_INT(store_get_consent(h.tx, c.id, &f->a, &got, NULL), ERR_OK);
    EXPECT_INT(store_get_consent(h.tx, c.id + 1, &f->a, &again, NULL), ERR_NOT_FOUND);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    EXPECT_INT(got.id, c.id);
    EXPECT_INT(got.call_id, 7);
    EXPECT_INT(got.answer, CONSENT_GIVEN);
    EXPECT_INT(got.at_ms, 1234);
    EXPECT(str_eq(got.caller, c.caller));
    EXPECT(str_eq(got.purpose, c.purpose));
    EXPECT(str_eq(got.basis, c.basis));
    EXPECT(str_eq(got.question, c.question));
    EXPECT(str_eq(got.words, c.words));
    EXPECT(str_eq(got.assistant, c.assistant));
    EXPECT(str_eq(got.version, c.version));
}

STORE_TEST(consents_are_listed_newest_first_page_by_page) {
    int64_t ids[5];
    struct consent *out = NULL;
    add_lines(f, ids);
    REQUIRE(list(f, &(struct consent_filter){.limit = 3}, &out) == 3);
    EXPECT_INT(out[0].id, ids[4]);
    EXPECT_INT(out[2].id, ids[2]);
    REQUIRE(list(f, &(struct consent_filter){.limit = 3, .before_id = ids[2]}, &out) == 2);
    EXPECT_INT(out[0].id, ids[1]);
    EXPECT_INT(out[1].id, ids[0]);
}

STORE_TEST(consents_are_filtered_by_every_column) {
    int64_t ids[5];
    struct consent *out = NULL;
    add_lines(f, ids);
    REQUIRE(list(f, &(struct consent_filter){.caller = ANA, .limit = 9}, &out) == 4);
    REQUIRE(
        list(f,
             &(struct consent_filter){.caller = ANA, .purpose = STR(CONSENT_RECORDING), .limit = 1},
             &out) == 1);
    EXPECT_INT(out[0].id, ids[4]);
    REQUIRE(list(f, &(struct consent_filter){.purpose = STR("calling"), .limit = 9}, &out) == 1);
    EXPECT_INT(out[0].id, ids[3]);
    REQUIRE(list(f, &(struct consent_filter){.answer = CONSENT_REFUSED, .limit = 9}, &out) == 1);
    EXPECT_INT(out[0].id, ids[1]);
    REQUIRE(list(f, &(struct consent_filter){.since_ms = 200, .until_ms = 400, .limit = 9}, &out) ==
            2);
    EXPECT_INT(out[0].id, ids[2]);
    EXPECT_INT(out[1].id, ids[1]);
    EXPECT_INT(list(f, &(struct consent_filter){.caller = STR("+1"), .limit = 9}, &out), 0);
}

STORE_TEST(a_call_keeps_its_direction) {
    struct call out = suite_call(f), in = suite_call(f);
    in.inbound = true;
    suite_insert(f, &out);
    suite_insert(f, &in);
    EXPECT(!suite_get(f, out.id).inbound);
    EXPECT(suite_get(f, in.id).inbound);
}

STORE_TEST(consents_of_one_call_are_found) {
    struct consent a = line(f, STR("anonymous"), STR(CONSENT_RECORDING), CONSENT_GIVEN, 100);
    struct consent b = line(f, STR("anonymous"), STR(CONSENT_RECORDING), CONSENT_REFUSED, 200);
    const struct consent_filter filter = {.call_id = 7, .limit = 5};
    struct consent *found = NULL;
    struct held h;
    a.call_id = 7;
    b.call_id = 8;
    hold_write(&h, f->s);
    EXPECT_INT(store_add_consent(h.tx, &a, NULL), ERR_OK);
    EXPECT_INT(store_add_consent(h.tx, &b, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    EXPECT(list(f, &filter, &found) == 1 && found[0].id == a.id);
}
