#include <stdio.h>

#include "core/base/compiler.h"
#include "core/engine/payment.h"
#include "tests/support/test.h"
#include "tests/unit/talk/dialogue.h"

/* A flow that runs "f" first, asks, and tells what came of it. */
#define ASSISTANT(members, f)                                                              \
    "{\"name\":\"a\",\"goodbye\":\"Goodbye.\"," members "\"functions\":[\"end_call\","     \
    "\"transfer_to_human\",\"process_payment\",\"request_recording_consent\",\"opt_out\"," \
    "{\"name\":\"f\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"}," f "}],"  \
    "\"flow\":{\"states\":["                                                               \
    "{\"id\":\"go\",\"say\":\"One.\",\"call\":[{\"function\":\"f\",\"save\":\"how\"}],"    \
    "\"next\":\"ask\"},"                                                                   \
    "{\"id\":\"ask\",\"say\":\"Two ${how}?\",\"ask\":{},\"expect\":[{\"match\":[\"*\"],"   \
    "\"next\":\"end\"}]},"                                                                 \
    "{\"id\":\"end\",\"say\":\"Three ${how}.\",\"end\":{\"outcome\":\"done\"}}]}}"

static void expect(struct dialogue *d, const char *text) {
    if (!dialogue_has(d, text))
        (void)test_check_str(d->log.ptr, text, __FILE__, __LINE__, "the log");
}

TEST(turn_actions, say_and_play_before_the_question_so_that_they_can_be_talked_over) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, ASSISTANT("", "\"response\":\"r\",\"actions\":["
                                             "{\"say\":\"Listen.\"},"
                                             "{\"play\":\"https://a.example/x.mp3\"}]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    expect(&d, "A: Listen. One. Two r?\n");
    expect(&d, "plan: gather\n");
    dialogue_release(&d);
}

TEST(turn_actions, send_digits_before_anything_is_asked) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, ASSISTANT("", "\"actions\":[{\"send_digits\":\"12#\"}]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    expect(&d, "plan: send_digits gather\n");
    dialogue_release(&d);
}

TEST(turn_actions, transfer_and_hear_how_that_ended) {
    static const struct {
        enum call_status dialled;
        const char *says, *outcome;
    } cases[] = {
        {CALL_BUSY, "A: Two busy?\n", NULL},
        {CALL_NO_ANSWER, "A: Two no_answer?\n", NULL},
        {CALL_STATUS_NONE, "A: Two failed?\n", NULL},
        {CALL_COMPLETED, "A: Goodbye.\n", "outcome: transferred\n"},
    };
    for (size_t i = 0; i < 4; i++) {
        struct dialogue d;
        REQUIRE(dialogue_parse(&d, ASSISTANT("", "\"actions\":[{\"transfer\":{\"to\":"
                                                 "\"+12025550199\",\"final\":false}}]")));
        dialogue_answer(&d, CALL_BY_HUMAN);
        expect(&d, "A: One.\nplan: say dial\n");
        dialogue_come_back(&d, CONVERSATION_SPOKE, cases[i].dialled);
        expect(&d, cases[i].says);
        if (cases[i].outcome)
            expect(&d, cases[i].outcome);
        dialogue_release(&d);
    }
}

TEST(turn_actions, transfer_for_good) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, ASSISTANT("", "\"actions\":[{\"transfer\":\"+12025550199\"}]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    expect(&d, "outcome: transferred\n");
    expect(&d, "plan: say dial hangup\n");
    dialogue_release(&d);
}

TEST(turn_actions, tell_when_a_number_cannot_be_dialled) {
    struct dialogue d;
    REQUIRE(dialogue_parse(
        &d, ASSISTANT("", "\"actions\":[{\"transfer\":{\"to\":\"nobody\",\"final\":false}}]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    expect(&d, "plan: say redirect\n");
    dialogue_come_back(&d, CONVERSATION_SPOKE, CALL_STATUS_NONE);
    expect(&d, "A: Two failed?\n");
    dialogue_release(&d);
}

TEST(turn_actions, hold_with_words_and_come_back) {
    struct dialogue d;
    REQUIRE(dialogue_parse(
        &d, ASSISTANT("", "\"actions\":[{\"hold\":{\"seconds\":50,\"say\":\"Wait.\"}}]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    expect(&d, "plan: say say pause say pause say pause redirect\n");
    dialogue_come_back(&d, CONVERSATION_SPOKE, CALL_STATUS_NONE);
    expect(&d, "A: Two done?\n");
    dialogue_release(&d);
}

TEST(turn_actions, run_plans_that_come_back_or_not) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, ASSISTANT("", "\"actions\":[{\"plan\":{\"steps\":[{\"say\":{\"text\""
                                             ":\"Hi\"}},{\"pause\":{\"seconds\":1}}]}}]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    expect(&d, "plan: say say pause redirect\n");
    dialogue_come_back(&d, CONVERSATION_SPOKE, CALL_STATUS_NONE);
    expect(&d, "A: Two done?\n");
    dialogue_release(&d);
    REQUIRE(dialogue_parse(&d, ASSISTANT("", "\"actions\":[{\"plan\":{\"steps\":[{\"say\":{\"text\""
                                             ":\"Hi\"}}],\"final\":true}}]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    expect(&d, "outcome: handed_over\n");
    expect(&d, "plan: say say hangup\n");
    dialogue_release(&d);
}

/* Carriers repeat in each request what was heard last. */
TEST(turn_actions, hear_after_a_plan_only_what_the_plan_asked_for) {
    static const struct {
        const char *step;
        bool asks;
    } cases[] = {{"{\"say\":{\"text\":\"Hi\"}}", false},
                 {"{\"gather\":{\"input\":[\"speech\"]}}", true}};
    for (size_t i = 0; i < 2; i++) {
        char f[160];
        struct dialogue d;
        CLEANUP(buf_release) struct buf b = BUF_INIT(4096);
        (void)snprintf(f, sizeof f, "\"actions\":[{\"plan\":{\"steps\":[%s]}}]", cases[i].step);
        buf_printf(&b, ASSISTANT("", "%s"), f);
        REQUIRE(dialogue_parse(&d, b.ptr));
        dialogue_answer(&d, CALL_BY_HUMAN);
        dialogue_speak(&d, "a word");
        EXPECT(dialogue_has(&d, "C: a word\n") == cases[i].asks);
        EXPECT(dialogue_has(&d, "A: Two done?\n") != cases[i].asks);
        dialogue_release(&d);
    }
}

TEST(turn_actions, keep_data_that_texts_and_rules_use) {
    struct dialogue d;
    REQUIRE(dialogue_parse(
        &d,
        ASSISTANT("\"global_data\":{\"tries\":1,\"name\":\"Ann\"},",
                  "\"rules\":[{\"when\":[{\"value\":\"global_data.tries\",\"at_least\":1}],"
                  "\"response\":\"${global_data.name} again\",\"actions\":[{\"set_data\":"
                  "{\"card\":\"4111 1111 1111 1111\",\"tries\":2}},{\"unset_data\":\"name\"}]}]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    expect(&d, "A: One. Two Ann again?\n");
    EXPECT(str_find_str(buf_str(&d.state), STR("\"tries\":2")) < d.state.len);
    EXPECT(str_find_str(buf_str(&d.state), STR("[card number]")) < d.state.len);
    EXPECT(str_find_str(buf_str(&d.state), STR("4111")) == d.state.len);
    EXPECT(str_find_str(buf_str(&d.state), STR("Ann\"")) == d.state.len);
    dialogue_release(&d);
}

TEST(turn_actions, switch_functions_off) {
    struct dialogue d;
    REQUIRE(dialogue_parse(
        &d, ASSISTANT("", "\"actions\":[{\"toggle_functions\":{\"end_call\":false}}]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    dialogue_speak(&d, "yes");
    expect(&d, "\"error\":\"this function is switched off now\"");
    EXPECT(d.over); /* the call ends all the same */
    dialogue_release(&d);
}

TEST(turn_actions, answer_in_the_place_of_the_caller) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, ASSISTANT("", "\"actions\":[{\"user_input\":\"whatever\"}]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    expect(&d, "A: One. Two Done.? Three Done..\n");
    expect(&d, "outcome: done\n");
    dialogue_release(&d);
}

TEST(turn_actions, hang_up_after_what_is_said) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, ASSISTANT("", "\"actions\":[\"hangup\"]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    expect(&d, "outcome: assistant_ended\n");
    expect(&d, "plan: say hangup\n");
    dialogue_release(&d);
}

TEST(turn_actions, never_record_against_the_rule) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, ASSISTANT("", "\"actions\":[\"start_recording\"]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    EXPECT(!dialogue_has(&d, "recording start"));
    dialogue_release(&d);
}

#define ASK "\"recording\":{\"rule\":\"ask\",\"question\":\"Record?\"},"

TEST(turn_actions, never_record_after_a_no) {
    struct dialogue d;
    REQUIRE(dialogue_parse(
        &d, ASSISTANT(ASK, "\"actions\":[\"start_recording\",{\"plan\":{\"steps\":["
                           "{\"start_recording\":{}},{\"say\":{\"text\":\"Hi\"}}]}}]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    dialogue_speak(&d, "no");
    EXPECT(!dialogue_has(&d, "recording start"));
    EXPECT(!dialogue_has(&d, "start_recording"));
    expect(&d, "plan: say say redirect\n");
    dialogue_release(&d);
}

TEST(turn_actions, record_once_after_a_yes) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, ASSISTANT(ASK, "\"actions\":[\"start_recording\","
                                              "\"pause_recording\",\"resume_recording\","
                                              "\"stop_recording\",\"stop_recording\"]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    dialogue_speak(&d, "yes");
    EXPECT_INT(dialogue_count(&d, "recording start"), 1);
    expect(&d, "recording pause\nrecording resume\nrecording stop\n");
    EXPECT_INT(dialogue_count(&d, "recording stop"), 1);
    dialogue_release(&d);
}

TEST(turn_actions, ask_again_for_consent_when_a_function_wants_it) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, ASSISTANT(ASK, "\"actions\":[\"ask_consent\"]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    dialogue_speak(&d, "no");
    expect(&d, "A: All right, this call is not recorded. One. Record?\n");
    dialogue_speak(&d, "well, yes");
    expect(&d, "consent yes: well, yes\nrecording start\n");
    expect(&d, "Two yes?\n");
    dialogue_release(&d);
}

TEST(turn_actions, refuse_a_payment_that_cannot_be_taken) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, ASSISTANT("", "\"actions\":[{\"pay\":{\"amount\":\"5.00\"}}]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    expect(&d, "\"error\":");
    EXPECT(!dialogue_has(&d, "pay 5.00"));
    expect(&d, "plan: gather\n");
    dialogue_release(&d);
}

#define PAY_BY_PLAN                                                                                \
    "\"actions\":[{\"plan\":{\"steps\":[{\"pay\":{\"connector\":\"Default\",\"amount\":\"5.00\"}}" \
    "]}}]"

TEST(turn_actions, pay_by_a_plan_only_where_nothing_is_recorded) {
    struct dialogue d;
    REQUIRE(dialogue_parse(
        &d, ASSISTANT("\"recording\":{\"rule\":\"on\",\"notice\":\"Recorded.\"},", PAY_BY_PLAN)));
    dialogue_answer(&d, CALL_BY_HUMAN);
    EXPECT(!dialogue_has(&d, "pay"));
    dialogue_release(&d);
    REQUIRE(dialogue_parse(&d, ASSISTANT("", PAY_BY_PLAN)));
    dialogue_answer(&d, CALL_BY_HUMAN);
    EXPECT(dialogue_has(&d, "pay"));
    dialogue_release(&d);
}

TEST(turn_actions, pay_and_hear_how_that_ended) {
    struct payment_view view = {0};
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, ASSISTANT("", "\"actions\":[{\"pay\":{\"amount\":\"5.00\"}}]")));
    d.payment = &view;
    dialogue_answer(&d, CALL_BY_HUMAN);
    expect(&d, "pay 5.00\n");
    expect(&d, "plan: say redirect\n");
    view.result = PAYMENT_SUCCESS;
    dialogue_come_back(&d, CONVERSATION_PAID, CALL_STATUS_NONE);
    expect(&d, "Two success?\n");
    EXPECT(str_find_str(buf_str(&d.state), STR("\"pay_result\":\"success\"")) < d.state.len);
    dialogue_release(&d);
}

/* ---- where the conversation goes ---------------------------------------------------------------
 */

#define LEADING(f)                                                                               \
    "{\"name\":\"a\",\"global_data\":{\"tier\":\"none\"},\"functions\":[\"end_call\",{\"name\":" \
    "\"f\",\"description\":\"d\",\"parameters\":{\"type\":\"object\"}," f "}],\"flow\":{"        \
    "\"states\":[{\"id\":\"go\",\"say\":\"Looking.\",\"call\":[{\"function\":\"f\",\"save\":"    \
    "\"how\"}],\"branch\":[{\"value\":\"global_data.tier\",\"equals\":\"gold\",\"next\":"        \
    "\"gold\"}],\"next\":\"plain\"},"                                                            \
    "{\"id\":\"plain\",\"say\":\"Plain ${how}.\",\"end\":{\"outcome\":\"plain\"}},"              \
    "{\"id\":\"gold\",\"say\":\"You are ${global_data.tier}, ${global_data.name}.\",\"end\":{"   \
    "\"outcome\":\"gold\"}}]}}"

TEST(turn_actions, data_are_there_for_what_follows_in_the_same_turn) {
    struct dialogue d;
    REQUIRE(dialogue_parse(
        &d, LEADING("\"actions\":[{\"set_data\":{\"tier\":\"gold\",\"name\":\"Ann\"}}]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    expect(&d, "A: Looking. You are gold, Ann.\n");
    expect(&d, "outcome: gold\n");
    dialogue_release(&d);
}

TEST(turn_actions, a_function_leads_a_flow_to_another_state) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, LEADING("\"actions\":[{\"change_step\":\"gold\"}]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    expect(&d, "A: Looking. You are none, .\n");
    expect(&d, "outcome: gold\n");
    dialogue_release(&d);
    REQUIRE(dialogue_parse(&d, LEADING("\"actions\":[{\"change_step\":\"next\"}]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    expect(&d, "outcome: plain\n");
    dialogue_release(&d);
}

TEST(turn_actions, a_function_that_leads_in_a_circle_is_left) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, LEADING("\"actions\":[{\"change_step\":\"go\"}]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    EXPECT(d.over && !d.failed);
    expect(&d, "outcome: plain\n");
    dialogue_release(&d);
}

TEST(turn_actions, a_flow_goes_to_that_state_when_the_caller_is_back) {
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, LEADING("\"actions\":[{\"hold\":5},{\"change_step\":\"gold\"}]")));
    dialogue_answer(&d, CALL_BY_HUMAN);
    EXPECT(!d.over);
    dialogue_come_back(&d, CONVERSATION_SPOKE, CALL_STATUS_NONE);
    expect(&d, "outcome: gold\n");
    dialogue_release(&d);
}
