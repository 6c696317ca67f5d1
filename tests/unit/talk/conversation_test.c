#include "core/engine/conversation.h"

#include <string.h>

#include "core/base/compiler.h"
#include "core/engine/brain_scripted.h"
#include "tests/support/test.h"
#include "tests/unit/talk/dialogue.h"

#define PARTS(more)                                                                            \
    "{\"name\":\"a\",\"disclosure\":\"I am a machine.\",\"greeting\":\"Hello.\",\"goodbye\":"  \
    "\"Bye.\",\"fallback_line\":\"Sorry.\",\"languages\":[{\"code\":\"de-DE\",\"voice\":"      \
    "\"Vicki\"}]," more "\"flow\":{\"states\":[{\"id\":\"q\",\"say\":\"Well?\",\"ask\":{"      \
    "\"hints\":\"one, two\",\"digits\":3,\"timeout_s\":9},\"expect\":[{\"match\":[\"done\"],"  \
    "\"keys\":\"123\",\"next\":\"e\"},{\"match\":[\"again\"],\"next\":\"q\"}]},{\"id\":\"e\"," \
    "\"say\":\"Done.\",\"end\":{\"outcome\":\"finished\"}}]}}"

TEST(conversation, speaks_the_disclosure_where_it_cannot_be_cut_off) {
    struct dialogue d;
    struct conversation_turn_out out = {0};
    REQUIRE(dialogue_parse(&d, PARTS("")));
    struct conversation_turn_in in = {
        .assistant = d.assistant,
        .call = &d.call,
        .input = CONVERSATION_ANSWERED,
        .next_url = STR("https://gw.example/voice/mock/c/n/gather?turn=1"),
        .now_ms = d.now_ms,
    };
    REQUIRE(conversation_turn(d.conversation, &in, &out, NULL) == ERR_OK);
    REQUIRE(out.plan.count == 2);
    const struct plan_say *say = &out.plan.steps[0].u.say;
    EXPECT_INT(out.plan.steps[0].kind, PLAN_SAY);
    EXPECT_STR(say->text.ptr, "I am a machine.");
    EXPECT_STR(say->language.ptr, "de-DE");
    EXPECT_STR(say->voice.ptr, "Vicki");
    const struct plan_gather *g = &out.plan.steps[1].u.gather;
    EXPECT_INT(out.plan.steps[1].kind, PLAN_GATHER);
    EXPECT_INT(g->input, PLAN_INPUT_KEYS | PLAN_INPUT_SPEECH);
    EXPECT_STR(g->action.url.ptr, "https://gw.example/voice/mock/c/n/gather?turn=1");
    EXPECT(g->action_on_empty && g->speech_timeout_auto);
    EXPECT_INT(g->timeout_s, 9);
    EXPECT_INT(g->digits_max, 3);
    EXPECT_STR(g->hints.ptr, "one, two");
    EXPECT_STR(g->language.ptr, "de-DE");
    REQUIRE(g->prompt_count == 1);
    EXPECT_STR(g->prompts[0].u.say.text.ptr, "Hello. Well?");
    conversation_turn_out_release(&out);
    dialogue_release(&d);
}

TEST(conversation, recording_follows_the_rule) {
    static const struct {
        const char *rule;
        enum call_record call;
        const char *log; /* begins so */
    } cases[] = {
        {"off", CALL_RECORD_DEFAULT, "A: I am a machine. Hello. Well?\n"},
        {"on", CALL_RECORD_DEFAULT,
         "recording start\nA: I am a machine. This call is recorded. Hello. Well?\n"},
        {"on", CALL_RECORD_OFF, "A: I am a machine. Hello. Well?\n"},
        {"off", CALL_RECORD_ON,
         "recording start\nA: I am a machine. This call is recorded. Hello. Well?\n"},
        {"ask", CALL_RECORD_DEFAULT, "A: I am a machine. Hello. May I record this call?"},
        {"ask", CALL_RECORD_ON, "A: I am a machine. Hello. May I record this call?"},
        {"off", CALL_RECORD_ASK, "A: I am a machine. Hello. May I record this call?"},
        {"ask", CALL_RECORD_OFF, "A: I am a machine. Hello. Well?\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf json = BUF_INIT(10000);
        struct dialogue d;
        buf_printf(&json, PARTS("\"recording\":{\"rule\":\"%s\"},"), cases[i].rule);
        REQUIRE(dialogue_parse(&d, json.ptr));
        d.call.record = cases[i].call;
        dialogue_answer(&d, CALL_BY_UNKNOWN);
        EXPECT(str_starts(buf_str(&d.log), str_z(cases[i].log)));
        dialogue_release(&d);
        buf_release(&json);
    }
}

TEST(conversation, machines_are_met_by_the_rule) {
    static const struct {
        const char *rule;
        enum call_answered_by by;
        const char *log;
    } cases[] = {
        {"\"rule\":\"hang_up\"", CALL_BY_MACHINE, "outcome: voicemail\nplan: hangup\n"},
        {"\"rule\":\"hang_up\"", CALL_BY_FAX, "outcome: fax\nplan: hangup\n"},
        {"\"rule\":\"leave_message\",\"message\":\"M.\",\"wait_s\":4", CALL_BY_MACHINE,
         "outcome: voicemail_left\nA: M.\nplan: pause say hangup\n"},
        {"\"rule\":\"leave_message\",\"message\":\"M.\"", CALL_BY_MACHINE_END,
         "outcome: voicemail_left\nA: M.\nplan: say hangup\n"},
        {"\"rule\":\"leave_message\",\"message\":\"M.\"", CALL_BY_FAX,
         "outcome: fax\nplan: hangup\n"},
        {"\"rule\":\"talk\"", CALL_BY_MACHINE,
         "A: I am a machine. Hello. Well?\n"
         "plan: say gather\n"},
        {"\"rule\":\"hang_up\"", CALL_BY_UNKNOWN,
         "A: I am a machine. Hello. Well?\n"
         "plan: say gather\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf json = BUF_INIT(10000);
        struct dialogue d;
        buf_printf(&json, PARTS("\"machine\":{%s},"), cases[i].rule);
        REQUIRE(dialogue_parse(&d, json.ptr));
        dialogue_answer(&d, cases[i].by);
        EXPECT_STR(d.log.ptr, cases[i].log);
        dialogue_release(&d);
        buf_release(&json);
    }
}

TEST(conversation, a_machine_is_not_recorded) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, PARTS("\"recording\":{\"rule\":\"on\"},")));
    dialogue_answer(&d, CALL_BY_MACHINE);
    EXPECT(!dialogue_has(&d, "recording start"));
    dialogue_release(&d);
}

TEST(conversation, ends_politely_after_too_many_turns) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, PARTS("\"limits\":{\"max_turns\":3},")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    for (size_t i = 0; i < 3; i++) {
        dialogue_speak(&d, "again");
        EXPECT(!d.over);
    }
    dialogue_speak(&d, "again");
    EXPECT(dialogue_has(&d, "outcome: turn_limit\nA: Bye.\nplan: say hangup\n"));
    dialogue_release(&d);
}

TEST(conversation, ends_politely_after_too_long_a_time) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, PARTS("\"limits\":{\"max_duration_s\":60},")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    dialogue_speak(&d, "again");
    EXPECT(!d.over);
    d.now_ms += 60000;
    dialogue_speak(&d, "again");
    EXPECT(dialogue_has(&d, "outcome: time_limit\nA: Bye.\nplan: say hangup\n"));
    dialogue_release(&d);
}

TEST(conversation, hears_an_opt_out_even_at_the_limit) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, PARTS("\"limits\":{\"max_turns\":1},")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    dialogue_speak(&d, "again");
    dialogue_speak(&d, "do not call me again");
    EXPECT(dialogue_has(&d, "outcome: opt_out\n"));
    EXPECT(!dialogue_has(&d, "turn_limit"));
    dialogue_release(&d);
}

TEST(conversation, only_hangs_up_once_it_is_over) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, PARTS("")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    dialogue_speak(&d, "done");
    EXPECT(dialogue_has(&d, "outcome: finished\n"));
    buf_clear(&d.log);
    dialogue_speak(&d, "hello?");
    EXPECT_STR(d.log.ptr, "plan: hangup\n");
    dialogue_release(&d);
}

TEST(conversation, says_the_fallback_line_when_the_brain_has_lost_its_place) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, PARTS("")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    buf_clear(&d.state); /* of a definition that had another state */
    buf_puts(&d.state, "{\"v\":1,\"stage\":\"brain\",\"brain\":{\"v\":1,\"at\":\"gone\","
                       "\"slots\":{}}}");
    dialogue_speak(&d, "done");
    EXPECT(dialogue_has(&d, "outcome: assistant_error\nA: Sorry. Bye.\nplan: say hangup\n"));
    dialogue_release(&d);
}

TEST(conversation, refuses_a_state_that_it_did_not_write) {
    static const char *const bad[] = {
        "",
        "{}",
        "[]",
        "null",
        "{\"v\":2,\"stage\":\"brain\"}",
        "{\"v\":1}",
        "{\"v\":1,\"stage\":\"none\"}",
        "{\"v\":1,\"stage\":\"dance\"}",
        "{\"v\":1,\"stage\":\"brain\",\"extra\":1}",
        "{\"v\":1,\"stage\":\"brain\",\"asked\":-1}",
        "{\"v\":1,\"stage\":\"brain\",\"asked\":\"1\"}",
        "{\"v\":1,\"stage\":\"brain\",\"ignore\":64}",
        "{\"v\":1,\"stage\":\"brain\"} ",
        "{\"v\":1,\"stage\":\"brain\"}x",
    };
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct dialogue d;
        REQUIRE(dialogue_parse(&d, PARTS("")));
        buf_puts(&d.state, bad[i]);
        dialogue_speak(&d, "done");
        /* blanks around JSON are no fault, but a brain without a place is */
        bool refused = d.failed || dialogue_has(&d, "outcome: assistant_error");
        (void)test_check(refused, __FILE__, __LINE__, bad[i]);
        dialogue_release(&d);
    }
}

TEST(conversation, refuses_variables_that_are_no_object) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, PARTS("")));
    buf_puts(&d.variables, "[1]");
    dialogue_answer(&d, CALL_BY_HUMAN);
    EXPECT(d.failed);
    EXPECT_STR(d.err.field, "variables");
    dialogue_release(&d);
}

TEST(conversation, gives_the_same_turn_again_from_the_same_state) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, PARTS("")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    struct buf state = BUF_INIT(5000), log = BUF_INIT(5000);
    buf_put_str(&state, buf_str(&d.state));
    buf_clear(&d.log);
    dialogue_speak(&d, "done");
    buf_put_str(&log, buf_str(&d.log));
    buf_clear(&d.state);
    buf_put_str(&d.state, buf_str(&state));
    buf_clear(&d.log);
    d.turn--;
    d.now_ms -= 5000;
    dialogue_speak(&d, "done");
    EXPECT_STR(d.log.ptr, log.ptr);
    buf_release(&state);
    buf_release(&log);
    dialogue_release(&d);
}

TEST(conversation, survives_very_long_and_odd_speech) {
    static const char *const odd[] = {"\x01\x02\x03", "''''''", "\xF0\x9F\x98\x80", "  \t\n  "};
    struct dialogue d;
    struct buf b = BUF_INIT(1 << 20);
    REQUIRE(dialogue_parse(&d, PARTS("")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    for (size_t i = 0; i < ARRAY_LEN(odd) && !d.over; i++)
        dialogue_speak(&d, odd[i]);
    EXPECT(!d.failed);
    dialogue_release(&d);
    REQUIRE(dialogue_load(&d, "assistants/personal-assistant.json"));
    for (size_t i = 0; i < 50000; i++)
        buf_puts(&b, "\"\\\xC3\xBC ");
    dialogue_answer(&d, CALL_BY_HUMAN);
    dialogue_speak(&d, b.ptr);
    dialogue_speak(&d, "yes");
    EXPECT(dialogue_has(&d, "outcome: information_obtained"));
    buf_release(&b);
    dialogue_release(&d);
}

static const char failing[] =
    "{\"name\":\"a\",\"functions\":[\"end_call\",\"get_current_time\"],\"flow\":{\"states\":["
    "{\"id\":\"s\",\"call\":[{\"function\":\"get_current_time\",\"arguments\":{\"timezone\":"
    "\"nowhere\"},\"save\":\"now\"},{\"function\":\"get_current_time\",\"save\":\"utc\"}],\"say\":"
    "\"It is ${now}${utc}.\",\"next\":\"e\"},{\"id\":\"e\",\"end\":{\"outcome\":\"x\"}}]}}";

TEST(conversation, goes_on_when_a_function_fails_and_keeps_why) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, failing));
    dialogue_answer(&d, CALL_BY_HUMAN);
    EXPECT(dialogue_has(&d, "F: {\"name\":\"get_current_time\",\"arguments\":{\"timezone\":"
                            "\"nowhere\"},\"error\":\"there is no such time zone"));
    EXPECT(dialogue_has(&d, "A: It is Thursday, 2026-01-01 00:00:00 UTC.\n"));
    EXPECT(dialogue_has(&d, "outcome: x\n"));
    dialogue_release(&d);
}

TEST(conversation, keeps_the_outcome_however_many_functions_a_turn_runs) {
    struct buf b = BUF_INIT(100000);
    struct dialogue d;
    buf_puts(&b, "{\"name\":\"a\",\"flow\":{\"states\":[");
    for (size_t i = 0; i < 40; i++)
        buf_printf(&b,
                   "{\"id\":\"s%zu\",\"call\":[{\"function\":\"share_information\",\"arguments\":"
                   "{\"information\":\"i%zu\",\"category\":\"c\"}}],\"next\":\"s%zu\"},",
                   i, i, i + 1);
    buf_puts(&b, "{\"id\":\"s40\",\"say\":\"End.\",\"end\":{\"outcome\":\"x\"}}]}}");
    REQUIRE(dialogue_parse(&d, b.ptr));
    dialogue_answer(&d, CALL_BY_HUMAN);
    EXPECT(dialogue_has(&d, "I: c: i0\n"));
    EXPECT(d.over);
    EXPECT_INT(dialogue_count(&d, "outcome: x\n"), 1);
    EXPECT(dialogue_has(&d, "A: End.\n"));
    buf_release(&b);
    dialogue_release(&d);
}

TEST(conversation, a_model_server_stands_in_for_a_carriers_agent_before_the_flow_does) {
    static const char *const definitions[] = {
        PARTS("\"brain\":\"carrier\",\"otherwise\":\"scripted\",\"prompt\":\"p\","),
        PARTS("\"brain\":\"openai\",\"otherwise\":\"scripted\",\"prompt\":\"p\","), PARTS("")};
    static const struct {
        bool agent, model;
        enum assistant_brain want[3]; /* by definition */
    } cases[] = {
        {false,
         false,
         {ASSISTANT_BRAIN_SCRIPTED, ASSISTANT_BRAIN_SCRIPTED, ASSISTANT_BRAIN_SCRIPTED}},
        {false, true, {ASSISTANT_BRAIN_OPENAI, ASSISTANT_BRAIN_OPENAI, ASSISTANT_BRAIN_SCRIPTED}},
        {true, true, {ASSISTANT_BRAIN_CARRIER, ASSISTANT_BRAIN_OPENAI, ASSISTANT_BRAIN_SCRIPTED}},
    };
    struct conversation_options with = {.openai = brain_scripted_new()};
    struct conversation *none = conversation_new(&(struct conversation_options){0}),
                        *model = conversation_new(&with);
    for (size_t k = 0; k < ARRAY_LEN(definitions); k++) {
        struct dialogue d;
        REQUIRE(dialogue_parse(&d, definitions[k]));
        for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
            enum assistant_brain which = ASSISTANT_BRAIN_NONE;
            EXPECT_INT(conversation_brain(cases[i].model ? model : none, d.assistant,
                                          cases[i].agent, &which, NULL),
                       ERR_OK);
            EXPECT_INT(which, cases[i].want[k]);
        }
        dialogue_release(&d);
    }
    conversation_free(none);
    conversation_free(model);
    brain_free(with.openai);
}

TEST(conversation, keeps_no_card_number_that_comes_in_pieces) {
    static const char *const pieces[][4] = {
        {"four one one one", "one one one one", "one one one one", "one one one one"},
        {"#4111", "#1111", "#1111", "#1111"},
        {"My card number is 4111 1111", "1111", "go on", "1111"},
    };
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        struct dialogue d;
        REQUIRE(dialogue_parse(&d, PARTS("")));
        dialogue_answer(&d, CALL_BY_HUMAN);
        for (size_t k = 0; k < ARRAY_LEN(pieces[i]); k++)
            dialogue_speak(&d, pieces[i][k]);
        EXPECT_INT(dialogue_count(&d, "C: [card number]\n"), 2);
        EXPECT(!d.failed);
        dialogue_release(&d);
    }
}
