/* Plivo's words: every row of the tables, and words that are not there. */
#include "providers/plivo/words.h"
#include "tests/support/test.h"

TEST(plivo_words, every_status_word_means_a_status_of_ours) {
    for (size_t i = 0; i < plivo_status_word_count; i++) {
        const struct plivo_word *w = &plivo_status_words[i];
        EXPECT_INT(plivo_status(str_z(w->word)), w->meaning);
        EXPECT(w->meaning > CALL_UNKNOWN && w->meaning < CALL_STATUS_COUNT);
    }
    EXPECT_INT(plivo_status_word_count, 9);
    EXPECT_INT(plivo_status(STR("queued")), CALL_DIALING);
}

TEST(plivo_words, an_unknown_word_says_nothing) {
    static const char *const words[] = {"", "Ringing", "ringing ", "in_progress", "answered"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        EXPECT_INT(plivo_status(str_z(words[i])), CALL_STATUS_NONE);
}

TEST(plivo_words, every_cause_but_unknown_is_an_outcome) {
    for (size_t i = 0; i < plivo_cause_count; i++) {
        const struct plivo_cause *c = &plivo_causes[i];
        EXPECT(plivo_cause_find(c->code) == c);
        EXPECT(i == 0 || c->code > plivo_causes[i - 1].code);
        EXPECT(c->code == 0 || call_status_is_final(c->status));
        EXPECT(c->status != CALL_FAILED || (c->advice && strlen(c->advice) > 10));
        if (c->code)
            EXPECT_INT(plivo_outcome(c->code, STR("ringing"), false), c->status);
    }
    EXPECT(!plivo_cause_find(-1) && !plivo_cause_find(4001));
}

TEST(plivo_words, the_cause_decides_and_the_word_helps_out) {
    EXPECT_INT(plivo_outcome(3010, STR("completed"), false), CALL_BUSY);
    EXPECT_INT(plivo_outcome(6010, STR("timeout"), false), CALL_NO_ANSWER);
    EXPECT_INT(plivo_outcome(0, STR("timeout"), false), CALL_NO_ANSWER);
    EXPECT_INT(plivo_outcome(0, STR("in-progress"), true), CALL_STATUS_NONE);
    EXPECT_INT(plivo_outcome(4999, STR("completed"), true), CALL_COMPLETED);
    EXPECT_INT(plivo_outcome(4999, STR("gone"), true), CALL_FAILED);
    EXPECT_INT(plivo_outcome(1000, STR("cancel"), false), CALL_CANCELED);
    EXPECT_INT(plivo_outcome(1000, STR("completed"), true), CALL_COMPLETED);
}

TEST(plivo_words, every_fault_is_found_by_its_text_in_either_case) {
    for (size_t i = 0; i < plivo_fault_count; i++) {
        const struct plivo_fault *f = &plivo_faults[i];
        EXPECT(plivo_fault_find(str_z(f->part)) == f);
        EXPECT(f->code > ERR_OK && f->code < ERR_CODE_COUNT);
        EXPECT(strlen(f->advice) > 10 && strlen(f->advice) < 80);
        for (const char *p = f->part; *p; p++)
            EXPECT(*p < 'A' || *p > 'Z');
    }
    const struct plivo_fault *f =
        plivo_fault_find(STR("Calls to this Destination Region are BARRED"));
    EXPECT(f && f->code == ERR_AUTH);
    EXPECT(!plivo_fault_find(STR("")));
    EXPECT(!plivo_fault_find(STR("parameter is missin")));
}
