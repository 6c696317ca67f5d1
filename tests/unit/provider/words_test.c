/* Twilio's words: every row of the tables, and words that are not there. */
#include "providers/twilio/words.h"
#include "tests/support/test.h"

TEST(twilio_words, every_status_word_means_a_status_of_ours) {
    for (size_t i = 0; i < twilio_status_word_count; i++) {
        const struct laml_word *w = &twilio_status_words[i];
        EXPECT_INT(twilio_status(str_z(w->word)), w->meaning);
        EXPECT(w->meaning > CALL_UNKNOWN && w->meaning < CALL_STATUS_COUNT);
    }
    EXPECT_INT(twilio_status_word_count, 9);
}

TEST(twilio_words, the_carriers_own_queue_is_dialing_for_us) {
    EXPECT_INT(twilio_status(STR("queued")), CALL_DIALING);
    EXPECT_INT(twilio_status(STR("initiated")), CALL_DIALING);
}

TEST(twilio_words, every_verdict_of_the_detection_is_known) {
    for (size_t i = 0; i < twilio_answered_word_count; i++) {
        const struct laml_word *w = &twilio_answered_words[i];
        EXPECT_INT(twilio_answered_by(str_z(w->word)), w->meaning);
        EXPECT(w->meaning > CALL_BY_UNASKED && w->meaning < CALL_ANSWERED_BY_COUNT);
    }
    EXPECT_INT(twilio_answered_by(STR("")), CALL_BY_UNASKED);
    EXPECT_INT(twilio_answered_by(STR("robot")), CALL_BY_UNKNOWN);
}

TEST(twilio_words, every_recording_word_is_known) {
    for (size_t i = 0; i < twilio_recording_word_count; i++) {
        const struct laml_word *w = &twilio_recording_words[i];
        EXPECT_INT(twilio_recording_status(str_z(w->word)), w->meaning);
        EXPECT(w->meaning > RECORDING_NONE && w->meaning < RECORDING_STATUS_COUNT);
    }
}

TEST(twilio_words, an_unknown_word_says_nothing) {
    static const char *const words[] = {"", "Queued", "queued ", "in_progress", "answered", "x"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        EXPECT_INT(twilio_status(str_z(words[i])), CALL_STATUS_NONE);
        EXPECT_INT(twilio_recording_status(str_z(words[i])), RECORDING_NONE);
    }
}

TEST(twilio_words, every_fault_has_advice_for_people) {
    for (size_t i = 0; i < twilio_fault_count; i++) {
        const struct laml_fault *f = &twilio_faults[i];
        EXPECT(twilio_fault_find(f->number) == f);
        EXPECT(f->code > ERR_OK && f->code < ERR_CODE_COUNT);
        EXPECT(strlen(f->advice) > 10 && strlen(f->advice) < 80);
        EXPECT(f->advice[strlen(f->advice) - 1] == '.');
        EXPECT(i == 0 || twilio_faults[i - 1].number < f->number);
        EXPECT(f->code != ERR_RATE_LIMIT || f->retry);
    }
    EXPECT(!twilio_fault_find(0));
    EXPECT(!twilio_fault_find(99999));
    EXPECT(!twilio_fault_find(-1));
}
