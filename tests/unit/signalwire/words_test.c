/* SignalWire's words: every row of the tables, and words that are not there. */
#include "providers/signalwire/compat.h"
#include "providers/signalwire/words.h"
#include "tests/support/test.h"

TEST(signalwire_words, every_word_means_something_of_ours) {
    for (size_t i = 0; i < signalwire_statuses.count; i++) {
        const struct signalwire_word *w = &signalwire_statuses.rows[i];
        EXPECT_INT(signalwire_status(str_z(w->word)), w->meaning);
        EXPECT(w->meaning > CALL_UNKNOWN && w->meaning < CALL_STATUS_COUNT);
    }
    for (size_t i = 0; i < signalwire_end_reasons.count; i++) {
        const struct signalwire_word *w = &signalwire_end_reasons.rows[i];
        EXPECT_INT(signalwire_end_reason(str_z(w->word)), w->meaning);
        EXPECT(call_status_is_final((enum call_status)w->meaning));
    }
    for (size_t i = 0; i < signalwire_answered.count; i++)
        EXPECT_INT(signalwire_answered_by(str_z(signalwire_answered.rows[i].word)),
                   signalwire_answered.rows[i].meaning);
    for (size_t i = 0; i < signalwire_detections.count; i++)
        EXPECT_INT(signalwire_detected(str_z(signalwire_detections.rows[i].word)),
                   signalwire_detections.rows[i].meaning);
    for (size_t i = 0; i < signalwire_recordings.count; i++)
        EXPECT_INT(signalwire_recording_status(str_z(signalwire_recordings.rows[i].word)),
                   signalwire_recordings.rows[i].meaning);
}

TEST(signalwire_words, the_reason_of_an_end_is_known_in_every_spelling) {
    static const char *const no_answer[] = {"no_answer", "noAnswer", "no-answer",
                                            "NOANSWER",  "timeout",  "abandoned"};
    for (size_t i = 0; i < ARRAY_LEN(no_answer); i++)
        EXPECT_INT(signalwire_end_reason(str_z(no_answer[i])), CALL_NO_ANSWER);
    EXPECT_INT(signalwire_end_reason(STR("max_duration")), CALL_COMPLETED);
    EXPECT_INT(signalwire_end_reason(STR("not_found")), CALL_FAILED);
}

TEST(signalwire_words, an_unknown_word_says_nothing) {
    static const char *const words[] = {"", "Queued", "ending", "in_progress", "teleported"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        EXPECT_INT(signalwire_status(str_z(words[i])), CALL_STATUS_NONE);
    EXPECT_INT(signalwire_end_reason(STR("")), CALL_STATUS_NONE);
    EXPECT_INT(signalwire_end_reason(STR("a_reason_that_is_longer_than_any")), CALL_STATUS_NONE);
    EXPECT_INT(signalwire_answered_by(STR("")), CALL_BY_UNASKED);
    EXPECT_INT(signalwire_answered_by(STR("robot")), CALL_BY_UNKNOWN);
    EXPECT_INT(signalwire_detected(STR("finished")), CALL_BY_UNASKED);
    EXPECT_INT(signalwire_recording_status(STR("stopped")), RECORDING_NONE);
}

static void expect_advice(enum error_code code, bool retry, const char *advice) {
    EXPECT(code > ERR_OK && code < ERR_CODE_COUNT);
    EXPECT(strlen(advice) > 10 && strlen(advice) < 90);
    EXPECT(advice[strlen(advice) - 1] == '.');
    EXPECT(code != ERR_RATE_LIMIT || retry);
}

TEST(signalwire_words, every_fault_has_advice_for_people) {
    for (size_t i = 0; i < signalwire_fault_count; i++) {
        const struct signalwire_fault *f = &signalwire_faults[i];
        EXPECT(signalwire_fault_find(str_z(f->code)) == f);
        expect_advice(f->meaning, f->retry, f->advice);
    }
    for (size_t i = 0; i < signalwire_laml_fault_count; i++) {
        const struct laml_fault *f = &signalwire_laml_faults[i];
        EXPECT(laml_fault_find(&signalwire_laml, f->number) == f);
        EXPECT(i == 0 || signalwire_laml_faults[i - 1].number < f->number);
        expect_advice(f->code, f->retry, f->advice);
    }
    EXPECT(!signalwire_fault_find(STR("")));
    EXPECT(!signalwire_fault_find(STR("no_such_code")));
    EXPECT(!laml_fault_find(&signalwire_laml, 99999));
}
