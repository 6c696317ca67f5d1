#include "core/engine/brain_openai.h"

#include "core/base/compiler.h"
#include "tests/support/test.h"
#include "tests/unit/brain/brain_desk.h"

#define ASKED(reply) \
    { .method = "POST", .path = "/v1/chat/completions", .status = 200, .body = (reply) }
#define REFUSED(code, reply) \
    { .status = (code), .body = (reply) }

static void expect_say(const struct brain_desk *d, const char *want) {
    EXPECT_STR(d->out.say.ptr ? d->out.say.ptr : "", want);
}

TEST(brain_openai, says_what_the_model_answers_and_listens) {
    static const struct fake_exchange script[] = {ASKED(DESK_SAYS("**Hi** there."))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "hello") == ERR_OK);
    expect_say(&d, "Hi there.");
    EXPECT_INT(d.out.next, BRAIN_LISTEN);
    EXPECT(d.out.listen.speech && d.out.listen.keys);
    EXPECT(str_eq(d.out.usage.model, STR("m-1")));
    EXPECT_INT(d.out.usage.prompt_tokens, 10);
    EXPECT_INT(d.out.usage.completion_tokens, 5);
    EXPECT_INT(d.out.usage.requests, 1);
    brain_desk_close(&d);
}

TEST(brain_openai, its_first_words_are_the_greeting_where_there_is_one) {
    struct brain_desk d;
    struct brain_desk_options o = {
        .definition =
            "{\"name\":\"a\",\"brain\":\"openai\",\"prompt\":\"P.\",\"greeting\":\"Hello.\"}"};
    brain_desk_open(&d, NULL, 0, &o);
    REQUIRE(brain_desk_think(&d, BRAIN_BEGIN, "") == ERR_OK);
    expect_say(&d, "");
    EXPECT_INT(d.out.next, BRAIN_LISTEN);
    EXPECT_INT(d.out.usage.requests, 0);
    brain_desk_close(&d);
}

TEST(brain_openai, after_the_question_of_consent_the_model_goes_on) {
    static const struct fake_exchange script[] = {ASKED(DESK_SAYS("Now then."))};
    struct brain_desk d;
    struct brain_desk_options o = {
        .definition =
            "{\"name\":\"a\",\"brain\":\"openai\",\"prompt\":\"P.\",\"greeting\":\"Hello.\"}"};
    brain_desk_open(&d, script, ARRAY_LEN(script), &o);
    brain_desk_line(&d, TURN_ASSISTANT, "Hello. May I record this call?");
    REQUIRE(brain_desk_think(&d, BRAIN_BEGIN, "") == ERR_OK);
    expect_say(&d, "Now then.");
    brain_desk_close(&d);
}

TEST(brain_openai, runs_functions_and_gives_the_results_back_with_what_came_with_the_call) {
    static const struct fake_exchange script[] = {
        ASKED(DESK_CALLS("share_information", "{\\\"information\\\":\\\"x\\\"}")),
        ASKED(DESK_SAYS("Noted."))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "keep x") == ERR_OK);
    expect_say(&d, "Noted.");
    EXPECT_STR(d.ran.ptr, "share_information({\"information\":\"x\"});");
    const char *body = brain_desk_body(&d, 1);
    EXPECT(strstr(body,
                  "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"call_1\","
                  "\"type\":\"function\",\"function\":{\"name\":\"share_information\","
                  "\"arguments\":\"{\\\"information\\\":\\\"x\\\"}\"},\"extra_content\":{"
                  "\"google\":{\"thought_signature\":\"SIG\"}}}]},{\"role\":\"tool\","
                  "\"tool_call_id\":\"call_1\",\"content\":\"Kept.\"}]"));
    EXPECT_INT(d.out.usage.requests, 2);
    brain_desk_close(&d);
}

TEST(brain_openai, a_signature_is_given_back_in_later_turns) {
    static const struct fake_exchange script[] = {ASKED(DESK_CALLS("share_information", "{}")),
                                                  ASKED(DESK_SAYS("Noted.")),
                                                  ASKED(DESK_SAYS("Yes."))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "keep x") == ERR_OK);
    brain_desk_line(&d, TURN_CALLER, "keep x");
    brain_desk_line(&d, TURN_FUNCTION,
                    "{\"name\":\"share_information\",\"arguments\":{},\"result\":\"Kept.\"}");
    brain_desk_line(&d, TURN_ASSISTANT, "Noted.");
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "did you?") == ERR_OK);
    EXPECT(strstr(brain_desk_body(&d, 2), "{\"google\":{\"thought_signature\":\"SIG\"}}") != NULL);
    brain_desk_close(&d);
}

TEST(brain_openai, arguments_that_are_no_json_are_told_to_the_model) {
    static const struct fake_exchange script[] = {
        ASKED(DESK_CALLS("share_information", "{\\\"information\\\":")),
        ASKED(DESK_SAYS("Again."))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "keep x") == ERR_OK);
    expect_say(&d, "Again.");
    EXPECT(strstr(brain_desk_body(&d, 1),
                  "\"role\":\"tool\",\"tool_call_id\":\"call_1\",\"content\":"
                  "\"{\\\"error\\\":") != NULL);
    brain_desk_close(&d);
}

TEST(brain_openai, a_function_that_it_does_not_have_is_told_to_the_model) {
    static const struct fake_exchange script[] = {ASKED(DESK_CALLS("launch_rocket", "{}")),
                                                  ASKED(DESK_SAYS("I cannot."))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "launch") == ERR_OK);
    expect_say(&d, "I cannot.");
    EXPECT(strstr(brain_desk_body(&d, 1), "there is no such function") != NULL);
    brain_desk_close(&d);
}

TEST(brain_openai, a_model_that_calls_without_end_is_stopped) {
    static const struct fake_exchange script[] = {
        ASKED(DESK_CALLS("share_information", "{}")), ASKED(DESK_CALLS("share_information", "{}")),
        ASKED(DESK_CALLS("share_information", "{}")), ASKED(DESK_CALLS("share_information", "{}")),
        ASKED(DESK_CALLS("share_information", "{}"))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "go") == ERR_OK);
    expect_say(&d, "One moment.");
    EXPECT(strstr(brain_desk_body(&d, 3), "\"tool_choice\"") == NULL);
    EXPECT(strstr(brain_desk_body(&d, 4), "\"tool_choice\":\"none\"") != NULL);
    brain_desk_close(&d);
}

TEST(brain_openai, the_call_ends_by_the_function_with_the_models_words_or_the_goodbye) {
    static const struct fake_exchange script[] = {
        ASKED(DESK_CALLS("end_call", "{\\\"reason\\\":\\\"done\\\"}")),
        ASKED("{\"choices\":[{\"finish_reason\":\"tool_calls\",\"message\":{\"content\":\"Take "
              "care.\",\"tool_calls\":[{\"id\":\"x\",\"function\":{\"name\":\"end_call\","
              "\"arguments\":\"{}\"}}]}}]}"),
    };
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "bye") == ERR_OK);
    expect_say(&d, "Bye.");
    d.over = false;
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "bye") == ERR_OK);
    expect_say(&d, "Take care.");
    brain_desk_close(&d);
}

TEST(brain_openai, nothing_runs_after_the_end) {
    static const struct fake_exchange script[] = {ASKED(
        "{\"choices\":[{\"finish_reason\":\"tool_calls\",\"message\":{\"tool_calls\":[{\"id\":"
        "\"x\",\"function\":{\"name\":\"end_call\",\"arguments\":\"{}\"}},{\"id\":\"y\","
        "\"function\":{\"name\":\"share_information\",\"arguments\":\"{}\"}}]}}]}")};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "bye") == ERR_OK);
    EXPECT_STR(d.ran.ptr, "end_call({});");
    brain_desk_close(&d);
}

/* ---- failures ---------------------------------------------------------------------------------
 */

TEST(brain_openai, a_server_that_fails_is_asked_once_more_within_a_second) {
    static const struct fake_exchange firsts[] = {
        REFUSED(503, "{\"error\":{\"code\":503,\"message\":\"Loading model\"}}"),
        REFUSED(429, "{\"error\":{\"message\":\"slow down\"}}"),
        {.fail = ERR_NETWORK},
        {.fail = ERR_UNCERTAIN},
        {.status = 200, .body = ""},
        {.status = 200, .body = "data: {\"choices\":[{\"delta\":{\"content\":\"Half a sen"},
        {.status = 200, .body = "<html>"},
        {.status = 200, .body = "data: {\"error\":{\"message\":\"overloaded\"}}\n\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(firsts); i++) {
        struct fake_exchange script[] = {firsts[i], ASKED(DESK_SAYS("Here I am."))};
        struct brain_desk d;
        brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
        EXPECT_INT(brain_desk_think(&d, BRAIN_HEARD, "hello"), ERR_OK);
        expect_say(&d, "Here I am.");
        EXPECT(d.waited_ms > 0 && d.waited_ms <= 1000);
        EXPECT_INT(d.out.usage.failure.len, 0);
        brain_desk_close(&d);
    }
}

TEST(brain_openai, a_server_that_fails_twice_gives_the_fall_back_line_and_the_call_goes_on) {
    static const struct fake_exchange script[] = {REFUSED(500, ""), REFUSED(500, ""),
                                                  ASKED(DESK_SAYS("Back again."))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "hello") == ERR_OK);
    expect_say(&d, "One moment.");
    EXPECT_INT(d.out.next, BRAIN_LISTEN);
    EXPECT(d.out.usage.failure.len > 0);
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "hello?") == ERR_OK);
    expect_say(&d, "Back again.");
    brain_desk_close(&d);
}

TEST(brain_openai, after_some_failed_turns_it_gives_up) {
    static const struct fake_exchange script[] = {REFUSED(500, ""), REFUSED(500, ""),
                                                  REFUSED(500, ""), REFUSED(500, ""),
                                                  REFUSED(500, ""), REFUSED(500, "")};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    EXPECT_INT(brain_desk_think(&d, BRAIN_HEARD, "a"), ERR_OK);
    EXPECT_INT(brain_desk_think(&d, BRAIN_HEARD, "b"), ERR_OK);
    EXPECT_INT(brain_desk_think(&d, BRAIN_HEARD, "c"), ERR_UPSTREAM);
    brain_desk_close(&d);
}

TEST(brain_openai, what_asking_again_cannot_cure_ends_at_once) {
    static const struct {
        struct fake_exchange reply;
        enum error_code code;
    } cases[] = {
        {REFUSED(401, ""), ERR_AUTH},
        {REFUSED(404, "{\"error\":{\"message\":\"no model\"}}"), ERR_NOT_FOUND},
        {REFUSED(429, "{\"error\":{\"message\":\"x\",\"code\":\"insufficient_quota\"}}"),
         ERR_RATE_LIMIT},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct brain_desk d;
        brain_desk_open(&d, &cases[i].reply, 1, NULL);
        EXPECT_INT(brain_desk_think(&d, BRAIN_HEARD, "hello"), cases[i].code);
        EXPECT_INT(d.waited_ms, 0);
        brain_desk_close(&d);
    }
}

TEST(brain_openai, nobody_waits_for_longer_than_a_second_because_the_server_says_so) {
    static const struct fake_exchange script[] = {
        {.status = 429, .headers = "Retry-After: 20\r\n", .body = ""},
        {.status = 429, .headers = "Retry-After: 1\r\n", .body = ""},
        ASKED(DESK_SAYS("Yes."))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "hello") == ERR_OK);
    expect_say(&d, "One moment.");
    EXPECT_INT(d.waited_ms, 0);
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "hello") == ERR_OK);
    expect_say(&d, "Yes.");
    EXPECT_INT(d.waited_ms, 1000);
    brain_desk_close(&d);
}

TEST(brain_openai, whole_sentences_of_an_answer_that_was_cut_are_said) {
    static const struct fake_exchange script[] = {
        {.status = 200,
         .body =
             "data: {\"choices\":[{\"delta\":{\"content\":\"We open at nine. And we cl\"}}]}\n\n"}};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "when?") == ERR_OK);
    expect_say(&d, "We open at nine.");
    brain_desk_close(&d);
}

TEST(brain_openai, a_function_call_of_an_answer_that_was_cut_is_not_run) {
    static const struct fake_exchange script[] = {
        {.status = 200,
         .body = "data: {\"choices\":[{\"delta\":{\"content\":\"One second. \",\"tool_calls\":[{"
                 "\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"end_call\",\"arguments\":"
                 "\"{}\"}}]}}]}\n\n"},
        ASKED(DESK_SAYS("Whole."))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "x") == ERR_OK);
    expect_say(&d, "Whole.");
    EXPECT_STR(d.ran.ptr, "");
    brain_desk_close(&d);
}

TEST(brain_openai, when_the_time_is_used_up_the_server_is_not_asked_again) {
    static const struct fake_exchange script[] = {ASKED(DESK_CALLS("share_information", "{}"))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    d.in.deadline_ms = 1000 + 3000;
    d.costs_ms = 2900;
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "keep x") == ERR_OK);
    expect_say(&d, "One moment.");
    EXPECT_INT(d.waited_ms, 0);
    brain_desk_close(&d);
}

TEST(brain_openai, what_functions_take_is_not_the_models_time) {
    static const struct fake_exchange script[] = {ASKED(DESK_CALLS("share_information", "{}")),
                                                  ASKED(DESK_SAYS("Noted."))};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    d.costs_ms = 20000;
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "keep x") == ERR_OK);
    expect_say(&d, "Noted.");
    brain_desk_close(&d);
}

/* ---- limits -----------------------------------------------------------------------------------
 */

TEST(brain_openai, silence_after_silence_ends_politely) {
    static const struct fake_exchange script[] = {ASKED(DESK_SAYS("Are you there?"))};
    struct brain_desk_options o = {.definition = "{\"name\":\"a\",\"brain\":\"openai\",\"prompt\":"
                                                 "\"P.\",\"goodbye\":\"Bye.\",\"limits\":{"
                                                 "\"silence_prompts\":1}}"};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), &o);
    REQUIRE(brain_desk_think(&d, BRAIN_SILENT, "") == ERR_OK);
    expect_say(&d, "Are you there?");
    REQUIRE(brain_desk_think(&d, BRAIN_SILENT, "") == ERR_OK);
    expect_say(&d, "Bye.");
    EXPECT_INT(d.out.next, BRAIN_END);
    EXPECT_STR(d.ran.ptr, "end_call({\"reason\":\"no_input\"});");
    brain_desk_close(&d);
}

TEST(brain_openai, a_server_that_counts_wrongly_or_not_at_all_is_believed) {
    static const struct fake_exchange script[] = {
        ASKED("{\"choices\":[{\"message\":{\"content\":\"Hi.\"},\"finish_reason\":\"stop\"}],"
              "\"usage\":{\"prompt_tokens\":-4,\"completion_tokens\":\"7\"}}")};
    struct brain_desk d;
    brain_desk_open(&d, script, ARRAY_LEN(script), NULL);
    REQUIRE(brain_desk_think(&d, BRAIN_HEARD, "hello") == ERR_OK);
    expect_say(&d, "Hi.");
    EXPECT_INT(d.out.usage.prompt_tokens, 0);
    EXPECT(str_eq(d.out.usage.model, STR("m")));
    brain_desk_close(&d);
}

/* ---- when it is over --------------------------------------------------------------------------
 */

TEST(brain_openai, sums_up_what_was_said_by_the_post_prompt) {
    static const struct fake_exchange script[] = {
        ASKED("{\"choices\":[{\"message\":{\"content\":\" {\\\"mood\\\":\\\"good\\\"}\\n\"}}]}")};
    struct brain_desk_options o = {
        .definition =
            "{\"name\":\"a\",\"brain\":\"openai\",\"prompt\":\"P.\",\"model\":{\"temperature\":"
            "0.9,\"top_p\":0.5},\"variables\":{\"user\":\"Ann\"},\"post_prompt\":{\"text\":"
            "\"Mood of ${user}?\",\"temperature\":0.2}}"};
    struct brain_desk d;
    struct str summary = {0};
    brain_desk_open(&d, script, ARRAY_LEN(script), &o);
    brain_desk_line(&d, TURN_ASSISTANT, "Hello.");
    brain_desk_line(&d, TURN_CALLER, "I am well.");
    brain_desk_line(&d, TURN_FUNCTION, "{\"name\":\"f\"}");
    REQUIRE(brain_sum_up(d.brain, &d.in, &summary, &d.err) == ERR_OK);
    EXPECT_STR(summary.ptr, "{\"mood\":\"good\"}");
    const char *body = brain_desk_body(&d, 0);
    EXPECT(strstr(body, "{\"role\":\"system\",\"content\":\"Mood of Ann?\\n\\n\"}") != NULL);
    EXPECT(strstr(body, "Assistant: Hello.\\nCaller: I am well.\\nFunction: {") != NULL);
    EXPECT(strstr(body, "\"temperature\":0.2") && strstr(body, "\"top_p\":0.5"));
    EXPECT(!strstr(body, "\"tools\"") && !strstr(body, "P.") && !strstr(body, "How to talk"));
    brain_desk_close(&d);
}

TEST(brain_openai, a_server_that_cannot_sum_up_now_may_be_asked_later) {
    static const struct fake_exchange away[] = {REFUSED(503, ""), REFUSED(503, "")};
    static const struct fake_exchange mute[] = {ASKED(DESK_CALLS("end_call", "{}"))};
    static const struct fake_exchange *const scripts[] = {away, mute};
    for (size_t i = 0; i < ARRAY_LEN(scripts); i++) {
        struct brain_desk d;
        struct str summary = {0};
        brain_desk_open(&d, scripts[i], i == 0 ? ARRAY_LEN(away) : ARRAY_LEN(mute), NULL);
        EXPECT_INT(brain_sum_up(d.brain, &d.in, &summary, &d.err), ERR_UPSTREAM);
        EXPECT(d.err.retry && summary.len == 0);
        brain_desk_close(&d);
    }
}

TEST(brain_openai, a_state_that_is_not_its_own_is_refused) {
    struct brain_desk d;
    brain_desk_open(&d, NULL, 0, NULL);
    d.in.state_json = STR("{\"at\":3}");
    EXPECT_INT(brain_desk_think(&d, BRAIN_HEARD, "hello"), ERR_INVALID);
    brain_desk_close(&d);
}
