#include "core/base/compiler.h"
#include "core/engine/brain_openai.h"
#include "tests/support/test.h"
#include "tests/unit/brain/brain_desk.h"

#define ASKED(reply) \
    { .status = 200, .body = (reply) }
#define REFUSED(code, reply) \
    { .status = (code), .body = (reply) }

static const char sampled[] = "{\"name\":\"a\",\"brain\":\"openai\",\"prompt\":\"P.\",\"model\":{"
                              "\"name\":\"m\",\"temperature\":0.3,"
                              "\"top_p\":0.9,\"frequency_penalty\":0.5,\"max_tokens\":99}}";

static bool asks(struct brain_desk *d, size_t i, const char *field) {
    return strstr(brain_desk_body(d, i), field) != NULL;
}

static void expect_yes(struct brain_desk *d) {
    EXPECT_INT(brain_desk_think(d, BRAIN_HEARD, "hello"), ERR_OK);
    EXPECT_STR(d->out.say.ptr, "Yes.");
}

TEST(openai_quirks, a_field_that_is_refused_is_left_out_and_stays_out) {
    static const struct fake_exchange script[] = {
        REFUSED(400,
                "[{\"error\":{\"code\":400,\"message\":\"Unknown name \\\"frequency_penalty\\\": "
                "Cannot find field.\",\"status\":\"INVALID_ARGUMENT\"}}]"),
        ASKED(DESK_SAYS("Yes.")), ASKED(DESK_SAYS("Yes."))};
    struct brain_desk_options o = {.definition = sampled};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), &o);
    expect_yes(&d);
    EXPECT(asks(&d, 0, "\"frequency_penalty\":0.5") && asks(&d, 0, "\"temperature\":0.3"));
    EXPECT(!asks(&d, 1, "frequency_penalty") && asks(&d, 1, "\"temperature\":0.3"));
    expect_yes(&d);
    EXPECT(!asks(&d, 2, "frequency_penalty"));
    EXPECT_INT(d.waited_ms, 0);
    brain_desk_close(&d);
}

TEST(openai_quirks, how_words_are_chosen_is_told_with_the_model_or_the_prompt) {
    static const struct fake_exchange script[] = {ASKED(DESK_SAYS("Yes."))};
    struct brain_desk_options o = {
        .definition =
            "{\"name\":\"a\",\"brain\":\"openai\",\"prompt\":{\"text\":\"P.\",\"temperature\":"
            "0.1,\"top_p\":0.8,\"presence_penalty\":0.2,\"max_tokens\":77},\"model\":{"
            "\"temperature\":0.6}}"};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), &o);
    expect_yes(&d);
    EXPECT(asks(&d, 0, "\"temperature\":0.6") && asks(&d, 0, "\"top_p\":0.8"));
    EXPECT(asks(&d, 0, "\"presence_penalty\":0.2") && asks(&d, 0, "\"max_tokens\":77"));
    brain_desk_close(&d);
}

TEST(openai_quirks, each_server_gets_the_limit_by_the_name_that_it_knows) {
    static const struct fake_exchange script[] = {ASKED(DESK_SAYS("Yes."))};
    struct brain_desk_options own = {.definition = sampled},
                              openai = {.definition = sampled,
                                        .base_url = "https://api.openai.com/v1"};
    struct brain_desk d;
    brain_desk_open(&d, script, 1, &own);
    expect_yes(&d);
    EXPECT(asks(&d, 0, "\"max_tokens\":99") && !asks(&d, 0, "max_completion_tokens"));
    brain_desk_close(&d);
    brain_desk_open(&d, script, 1, &openai);
    expect_yes(&d);
    EXPECT(!asks(&d, 0, "max_tokens") && asks(&d, 0, "\"max_completion_tokens\":99"));
    brain_desk_close(&d);
}

TEST(openai_quirks, the_other_name_of_the_limit_is_tried) {
    static const struct fake_exchange script[] = {
        REFUSED(400,
                "{\"error\":{\"message\":\"Unsupported parameter: 'max_tokens' is not supported "
                "with this model. Use 'max_completion_tokens' instead.\",\"param\":"
                "\"max_tokens\",\"code\":\"unsupported_parameter\"}}"),
        ASKED(DESK_SAYS("Yes."))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    expect_yes(&d);
    EXPECT(asks(&d, 0, "\"max_tokens\""));
    EXPECT(!asks(&d, 1, "\"max_tokens\"") && asks(&d, 1, "\"max_completion_tokens\""));
    brain_desk_close(&d);
}

TEST(openai_quirks, a_server_that_cannot_stream_is_asked_for_a_document) {
    static const struct fake_exchange script[] = {
        REFUSED(400, "{\"error\":{\"message\":\"stream is not supported\"}}"),
        ASKED("{\"choices\":[{\"message\":{\"content\":\"Yes.\"},\"finish_reason\":\"stop\"}]}")};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    expect_yes(&d);
    EXPECT(asks(&d, 0, "\"stream\":true,\"stream_options\":{\"include_usage\":true}"));
    EXPECT(!asks(&d, 1, "\"stream"));
    brain_desk_close(&d);
}

TEST(openai_quirks, a_refusal_that_names_nothing_is_met_with_the_bare_request) {
    static const struct fake_exchange script[] = {REFUSED(422, "{\"error\":\"bad request\"}"),
                                                  ASKED(DESK_SAYS("Yes.")),
                                                  ASKED(DESK_SAYS("Yes."))};
    struct brain_desk_options o = {.definition = sampled};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), &o);
    expect_yes(&d);
    EXPECT(!asks(&d, 1, "temperature") && !asks(&d, 1, "stream") && !asks(&d, 1, "max_"));
    expect_yes(&d);
    EXPECT(!asks(&d, 2, "temperature"));
    brain_desk_close(&d);
}

TEST(openai_quirks, a_refusal_that_the_bare_request_does_not_cure_changes_nothing) {
    static const struct fake_exchange script[] = {REFUSED(400, "{\"error\":\"no\"}"),
                                                  REFUSED(400, "{\"error\":\"no\"}"),
                                                  ASKED(DESK_SAYS("Yes."))};
    struct brain_desk_options o = {.definition = sampled};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), &o);
    EXPECT_INT(brain_desk_think(&d, BRAIN_HEARD, "hello"), ERR_INVALID);
    expect_yes(&d);
    EXPECT(asks(&d, 2, "temperature"));
    brain_desk_close(&d);
}

TEST(openai_quirks, a_model_that_thought_until_its_tokens_were_used_up_gets_no_limit) {
    static const struct fake_exchange script[] = {
        ASKED(
            "data: {\"choices\":[{\"delta\":{\"reasoning\":\"hm\"},\"finish_reason\":\"length\"}]}"
            "\n\ndata: [DONE]\n\n"),
        ASKED(DESK_SAYS("Yes."))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    expect_yes(&d);
    EXPECT(asks(&d, 0, "max_tokens") && !asks(&d, 1, "max_tokens"));
    brain_desk_close(&d);
}

TEST(openai_quirks, a_model_that_cannot_read_so_much_gets_the_newest_part) {
    static const struct fake_exchange script[] = {
        REFUSED(400, "{\"error\":{\"code\":400,\"message\":\"the request exceeds the available "
                     "context size\"}}"),
        ASKED(DESK_SAYS("Yes."))};
    char first[30001] = "";
    struct brain_desk d;
    memset(first, 'x', sizeof first - 1);
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    brain_desk_line(&d, TURN_CALLER, first);
    brain_desk_line(&d, TURN_ASSISTANT, "The newest line.");
    expect_yes(&d);
    EXPECT(asks(&d, 0, "xxxx"));
    EXPECT(!asks(&d, 1, "xxxx") && asks(&d, 1, "[What was said before is left out.]") &&
           asks(&d, 1, "The newest line."));
    brain_desk_close(&d);
}

TEST(openai_quirks, a_model_that_thinks_is_asked_to_think_little) {
    static const struct fake_exchange script[] = {ASKED(DESK_SAYS("Yes."))};
    struct brain_desk_options o = {.model = "gpt-5-mini"};
    struct brain_desk d;
    brain_desk_open(&d, script, 1, &o);
    expect_yes(&d);
    EXPECT(asks(&d, 0, "\"reasoning_effort\":\"low\""));
    brain_desk_close(&d);
}

TEST(openai_quirks, a_call_without_id_gets_one) {
    static const struct fake_exchange script[] = {
        ASKED("{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"tool_calls\":[{\"id\":\"\","
              "\"function\":{\"name\":\"share_information\",\"arguments\":\"\"}}]}}]}"),
        ASKED(DESK_SAYS("Yes."))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    expect_yes(&d);
    EXPECT(asks(&d, 1,
                "\"id\":\"turn01000\",\"type\":\"function\",\"function\":{\"name\":"
                "\"share_information\",\"arguments\":\"{}\"}"));
    EXPECT(asks(&d, 1, "\"tool_call_id\":\"turn01000\""));
    brain_desk_close(&d);
}
