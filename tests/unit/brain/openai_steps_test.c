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
    d.in.context = STR("default");
    d.in.step = STR("close");
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

TEST(openai_steps, an_action_may_send_the_conversation_to_the_next_step) {
    static const struct fake_exchange script[] = {ASKED(DESK_SAYS("Who?")),
                                                  ASKED(DESK_SAYS("Where?"))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), &options);
    think(&d, "hi");
    d.in.step = STR("next");
    think(&d, "Ann");
    EXPECT(asks(&d, 1, "Ask the city.") && str_eq(d.out.step, STR("city")));
    brain_desk_close(&d);
}

TEST(openai_steps, the_model_goes_on_from_where_an_action_sent_it) {
    static const struct fake_exchange script[] = {
        ASKED(DESK_SAYS("Where?")), ASKED(DESK_CALLS("next_step", "{\\\"step\\\":\\\"close\\\"}")),
        ASKED(DESK_SAYS("Thanks.")), ASKED(DESK_SAYS("Bye."))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), &options);
    d.in.step = STR("city");
    think(&d, "hi");
    EXPECT(str_eq(d.out.step, STR("city")));
    think(&d, "Rome");
    think(&d, "so?");
    EXPECT(str_eq(d.out.step, STR("close")) && asks(&d, 3, "Say thanks."));
    brain_desk_close(&d);
}
