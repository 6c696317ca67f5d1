#include "tests/support/test.h"
#include "tests/unit/talk/dialogue.h"

/* How a turn sounds and what it listens for, in each language of the assistant. */
#define ASSISTANT(members)                                                                       \
    "{\"name\":\"a\"," members "\"flow\":{\"states\":[{\"id\":\"q\",\"say\":\"An SQL or sqlite " \
    "SQL?\",\"ask\":{\"hints\":\"one, two\"},\"capture\":{\"slot\":\"s\",\"confirm\":true},"     \
    "\"next\":\"e\"},{\"id\":\"e\",\"say\":\"Done.\",\"end\":{\"outcome\":\"o\"}}]}}"

TEST(turn_speech, listens_for_the_words_of_the_question_and_then_for_the_assistants) {
    struct dialogue d;
    REQUIRE(dialogue_parse(
        &d, ASSISTANT("\"hints\":[\"Switchhook\",{\"hint\":\"hook\",\"pattern\":\"huck\","
                      "\"replace\":\"hook\"}],")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    EXPECT(str_starts(buf_str(&d.plan), STR("gather [en-US] one, two, Switchhook, hook\n")));
    dialogue_speak(&d, "both");
    EXPECT(str_starts(buf_str(&d.plan), STR("gather [en-US] yes, no, Switchhook, hook\n")));
    dialogue_release(&d);
}

TEST(turn_speech, says_whole_words_as_they_are_pronounced_and_keeps_them_as_written) {
    struct dialogue d;
    REQUIRE(dialogue_parse(
        &d, ASSISTANT("\"pronunciation\":[{\"replace\":\"sql\",\"with\":\"sequel SQL\","
                      "\"ignore_case\":true},{\"replace\":\"an\",\"with\":\"never\"}],")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    EXPECT_STR(d.plan.ptr,
               "gather [en-US] one, two\nsay [en-US ] An sequel SQL or sqlite sequel SQL?\n");
    EXPECT(dialogue_has(&d, "A: An SQL or sqlite SQL?\n"));
    dialogue_release(&d);
}

static const char bilingual[] =
    "{\"name\":\"a\",\"goodbye\":\"Bye.\",\"variables\":{\"who\":\"Ana\"},\"languages\":["
    "{\"code\":\"en-US\",\"voice\":\"woman\"},{\"code\":\"es-ES\",\"voice\":\"man\",\"voices\":{"
    "\"twilio\":\"Polly.Lucia\"},\"yes\":[\"sí|claro\"],\"no\":[\"no\"],\"lines\":{\"not_heard\":"
    "\"No le oigo, ${who}.\",\"not_understood\":\"No entiendo.\",\"wrong\":\"Perdón.\","
    "\"goodbye\":\"Adiós.\"}}],\"flow\":{\"states\":["
    "{\"id\":\"which\",\"say\":\"English, o español?\",\"ask\":{},\"expect\":[{\"match\":["
    "\"español\"],\"next\":\"es\"},{\"match\":[\"english\"],\"next\":\"end\"}]},"
    "{\"id\":\"es\",\"language\":\"es-ES\",\"say\":\"¿Cuánto?\",\"ask\":{},\"capture\":{\"slot\":"
    "\"s\",\"confirm\":\"¿${s}?\"},\"on_no_match\":{\"max\":5},\"next\":\"end\"},"
    "{\"id\":\"end\",\"say\":\"Fin.\",\"end\":{\"outcome\":\"o\"}}]}}";

TEST(turn_speech, goes_on_in_the_language_of_the_state) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, bilingual));
    EXPECT(str_copy(STR("twilio"), d.call.provider, sizeof d.call.provider));
    dialogue_answer(&d, CALL_BY_HUMAN);
    EXPECT_STR(d.plan.ptr, "gather [en-US] \nsay [en-US woman] English, o español?\n");
    dialogue_speak(&d, "español");
    EXPECT_STR(d.plan.ptr, "gather [es-ES] \nsay [es-ES Polly.Lucia] ¿Cuánto?\n");
    dialogue_speak(&d, "");
    EXPECT(dialogue_has(&d, "A: No le oigo, Ana. ¿Cuánto?\n"));
    dialogue_speak(&d, "tres");
    EXPECT(dialogue_has(&d, "A: ¿tres?\n"));
    dialogue_speak(&d, "quizás");
    EXPECT(dialogue_has(&d, "A: No entiendo. ¿tres?\n"));
    dialogue_speak(&d, "no");
    EXPECT(dialogue_has(&d, "A: Perdón. ¿Cuánto?\n"));
    dialogue_speak(&d, "cuatro");
    dialogue_speak(&d, "sí, claro");
    EXPECT_STR(d.plan.ptr, "say [es-ES Polly.Lucia] Fin.\nhangup\n");
    EXPECT(dialogue_has(&d, "outcome: o\n"));
    dialogue_release(&d);
}

TEST(turn_speech, ends_in_the_language_that_is_spoken) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, bilingual));
    dialogue_answer(&d, CALL_BY_HUMAN);
    dialogue_speak(&d, "español");
    for (int i = 0; i < 4; i++)
        dialogue_speak(&d, "");
    EXPECT(d.over && dialogue_has(&d, "A: Adiós.\n"));
    dialogue_release(&d);
}
