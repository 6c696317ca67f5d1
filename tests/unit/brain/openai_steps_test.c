#include "core/base/compiler.h"
#include "core/engine/brain_openai.h"
#include "tests/support/test.h"
#include "tests/unit/brain/brain_desk.h"

#define ASKED(reply) \
    { .status = 200, .body = (reply) }

static const char staged[] =
    "{\"name\":\"a\",\"brain\":\"openai\",\"functions\":[\"share_information\",\"end_call\"],"
    "\"contexts\":[{\"name\":\"default\",\"valid_contexts\":[\"secret\"],\"steps\":["
    "{\"name\":\"name\",\"text\":\"Ask the name.\",\"functions\":[\"share_information\"]},"
    "{\"name\":\"city\",\"text\":\"Ask the city.\",\"valid_steps\":[\"name\",\"next\"]},"
    "{\"name\":\"close\",\"text\":\"Say thanks.\",\"end\":true}]},"
    "{\"name\":\"secret\",\"isolated\":true,\"steps\":[{\"name\":\"hush\",\"text\":\"Whisper.\"}]}]"
    "}";

static const struct brain_desk_options options = {.definition = staged};

static bool asks(struct brain_desk *d, size_t i, const char *text) {
    return strstr(brain_desk_body(d, i), text) != NULL;
}

static void think(struct brain_desk *d, const char *speech) {
    REQUIRE(brain_desk_think(d, BRAIN_HEARD, speech) == ERR_OK);
}

TEST(openai_steps, a_step_allows_its_functions_and_the_way_on) {
    static const struct fake_exchange script[] = {ASKED(DESK_SAYS("Who are you?"))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), &options);
    think(&d, "hi");
    EXPECT(asks(&d, 0, "\"name\":\"share_information\"") && !asks(&d, 0, "\"name\":\"end_call\""));
    EXPECT(asks(&d, 0, "\"name\":\"next_step\"") && asks(&d, 0, "\"enum\":[\"city\"]"));
    EXPECT(asks(&d, 0, "\"name\":\"change_context\"") && asks(&d, 0, "\"enum\":[\"secret\"]"));
    EXPECT(str_eq(d.out.context, STR("default")) && str_eq(d.out.step, STR("name")));
    brain_desk_close(&d);
}

TEST(openai_steps, the_model_goes_on_and_speaks_from_there) {
    static const struct fake_exchange script[] = {
        ASKED(DESK_CALLS("next_step", "{\\\"step\\\":\\\"city\\\"}")),
        ASKED(DESK_SAYS("Where do you live?")), ASKED(DESK_SAYS("Again, where?"))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), &options);
    think(&d, "I am Ann");
    EXPECT_STR(d.out.say.ptr, "Where do you live?");
    EXPECT_STR(d.ran.ptr, "");
    EXPECT(asks(&d, 1, "Ask the city.") && !asks(&d, 1, "Ask the name."));
    EXPECT(asks(&d, 1, "\"enum\":[\"name\",\"close\"]") && asks(&d, 1, "\"name\":\"end_call\""));
    think(&d, "what?");
    EXPECT(asks(&d, 2, "Ask the city.") && str_eq(d.out.step, STR("city")));
    brain_desk_close(&d);
}

TEST(openai_steps, the_last_step_leads_nowhere) {
    static const struct fake_exchange script[] = {ASKED(DESK_SAYS("Thanks."))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), &options);
    d.in.state_json = STR("{\"context\":\"default\",\"step\":\"close\"}");
    think(&d, "hi");
    EXPECT(!asks(&d, 0, "next_step"));
    brain_desk_close(&d);
}

TEST(openai_steps, a_step_that_cannot_be_gone_to_is_told_to_the_model) {
    static const char *const wrong[] = {
        DESK_CALLS("next_step", "{\\\"step\\\":\\\"close\\\"}"), DESK_CALLS("next_step", "{"),
        DESK_CALLS("change_context", "{\\\"context\\\":\\\"default\\\"}")};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        struct fake_exchange script[] = {ASKED(wrong[i]), ASKED(DESK_SAYS("Well."))};
        struct brain_desk d;
        brain_desk_open(&d, script, ARRAY_LEN(script), &options);
        think(&d, "hi");
        EXPECT(asks(&d, 1, "\\\"error\\\":"));
        EXPECT(str_eq(d.out.step, STR("name")));
        brain_desk_close(&d);
    }
}

TEST(openai_steps, an_isolated_context_does_not_know_what_was_said_before) {
    static const struct fake_exchange script[] = {
        ASKED(DESK_SAYS("Hello.")),
        ASKED(DESK_CALLS("change_context", "{\\\"context\\\":\\\"secret\\\"}")),
        ASKED(DESK_SAYS("Psst.")), ASKED(DESK_SAYS("Yes."))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), &options);
    think(&d, "hi");
    brain_desk_line(&d, TURN_CALLER, "an old word");
    brain_desk_line(&d, TURN_ASSISTANT, "Hello.");
    think(&d, "a secret");
    EXPECT(asks(&d, 1, "an old word") && !asks(&d, 2, "an old word"));
    EXPECT(asks(&d, 2, "a secret") && asks(&d, 2, "Whisper."));
    brain_desk_line(&d, TURN_CALLER, "a secret");
    brain_desk_line(&d, TURN_ASSISTANT, "Psst.");
    think(&d, "go on");
    EXPECT(!asks(&d, 3, "an old word") && asks(&d, 3, "Psst."));
    brain_desk_close(&d);
}

/* ---- actions --------------------------------------------------------------------------------- */

#define SHARES DESK_CALLS("share_information", "{\\\"information\\\":\\\"x\\\"}")

TEST(openai_steps, an_action_sends_the_conversation_on_before_the_model_speaks) {
    static const struct fake_exchange script[] = {ASKED(SHARES), ASKED(DESK_SAYS("Where?")),
                                                  ASKED(DESK_SAYS("Where, please?"))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), &options);
    d.step = "next";
    think(&d, "Ann");
    EXPECT(asks(&d, 1, "Ask the city.") && !asks(&d, 1, "Ask the name."));
    EXPECT(str_eq(d.out.step, STR("city")));
    d.in.step = STR("");
    think(&d, "hm");
    EXPECT(asks(&d, 2, "Ask the city.") && str_eq(d.out.step, STR("city")));
    brain_desk_close(&d);
}

TEST(openai_steps, an_action_sends_it_back_however_often) {
    static const struct fake_exchange script[] = {
        ASKED(SHARES), ASKED(DESK_CALLS("next_step", "{\\\"step\\\":\\\"close\\\"}")),
        ASKED(DESK_SAYS("Thanks.")), ASKED(SHARES), ASKED(DESK_SAYS("Where?"))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), &options);
    d.step = "city";
    think(&d, "Ann");
    EXPECT(str_eq(d.out.step, STR("close")));
    d.in.step = STR("");
    think(&d, "wait");
    EXPECT(asks(&d, 4, "Ask the city.") && str_eq(d.out.step, STR("city")));
    brain_desk_close(&d);
}

TEST(openai_steps, an_action_leads_to_another_context_or_nowhere) {
    static const struct {
        const char *context, *step, *asks, *is_at;
    } cases[] = {
        {"secret", NULL, "Whisper.", "hush"},        {"default", "city", "Ask the city.", "city"},
        {"moon", NULL, "Ask the name.", "name"},     {NULL, "moon", "Ask the name.", "name"},
        {"secret", "city", "Ask the name.", "name"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        static const struct fake_exchange script[] = {ASKED(SHARES), ASKED(DESK_SAYS("So?"))};
        struct brain_desk d;
        brain_desk_open(&d, script, ARRAY_LEN(script), &options);
        d.context = cases[i].context;
        d.step = cases[i].step;
        think(&d, "Ann");
        EXPECT(asks(&d, 1, cases[i].asks) && str_eq_z(d.out.step, cases[i].is_at));
        brain_desk_close(&d);
    }
}

TEST(openai_steps, a_function_that_the_step_does_not_allow_is_not_run) {
    static const struct fake_exchange script[] = {ASKED(DESK_CALLS("end_call", "{}")),
                                                  ASKED(DESK_SAYS("Well."))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), &options);
    think(&d, "bye");
    EXPECT_STR(d.ran.ptr, "");
    EXPECT(asks(&d, 1, "cannot be called now"));
    brain_desk_close(&d);
}

/* ---- languages ------------------------------------------------------------------------------- */

TEST(openai_steps, the_model_changes_the_language) {
    static const char bilingual[] =
        "{\"name\":\"a\",\"brain\":\"openai\",\"prompt\":\"p\",\"languages\":[{\"code\":\"en-US\"},"
        "{\"code\":\"es-ES\",\"lines\":{\"goodbye\":\"Adiós.\"}}]}";
    static const struct fake_exchange script[] = {
        ASKED(DESK_CALLS("change_language", "{\\\"language\\\":\\\"es-ES\\\"}")),
        ASKED(DESK_SAYS("Hola.")), ASKED(DESK_CALLS("end_call", "{}"))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script),
                    &(struct brain_desk_options){.definition = bilingual});
    think(&d, "hola");
    EXPECT(asks(&d, 0, "Speak the language en-US.") &&
           asks(&d, 0, "\"enum\":[\"en-US\",\"es-ES\"]"));
    EXPECT(asks(&d, 1, "Speak the language es-ES.") && asks(&d, 1, "You speak es-ES now."));
    EXPECT(str_eq(d.out.language, STR("es-ES")));
    EXPECT_STR(d.ran.ptr, "");
    d.in.language = assistant_find_language(d.assistant, d.out.language);
    think(&d, "nada");
    EXPECT_STR(d.out.say.ptr, "Adiós.");
    brain_desk_close(&d);
}

TEST(openai_steps, an_assistant_of_one_language_has_nothing_to_change) {
    static const struct fake_exchange script[] = {
        ASKED(DESK_CALLS("change_language", "{\\\"language\\\":\\\"es-ES\\\"}")),
        ASKED(DESK_SAYS("Well."))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    think(&d, "hola");
    EXPECT(!asks(&d, 0, "change_language"));
    EXPECT(asks(&d, 1, "there is no such function"));
    brain_desk_close(&d);
}
