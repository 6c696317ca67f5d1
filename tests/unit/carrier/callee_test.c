#include "tests/support/test.h"

#include "core/base/mem.h"
#include "providers/mock/carrier/scenario.h"

static struct scenario *load(const char *json) {
    struct scenario *s = NULL;
    struct error err = {0};
    EXPECT(scenario_new(str_z(json), 1, &s, &err) == ERR_OK);
    EXPECT_STR(err.text, "");
    return s;
}

/** What the callee of this number says (or presses) after hearing this. */
static void expect_reply(const struct scenario *s, const char *number, const char *heard,
                         bool speech, bool keys, const char *want) {
    const struct callee_listen l = {
        .heard = str_z(heard), .speech = speech, .keys = keys, .digits_max = 0};
    struct callee_state state = {0};
    struct callee_reply r;
    callee_turn(scenario_find(s, str_z(number), 0), &state, &l, &r);
    char *said = mem_copy_str(r.keys[0] ? str_z(r.keys) : buf_str(&r.say));
    EXPECT_STR(said, want);
    mem_free(said);
    callee_reply_release(&r);
}

TEST(callee, john_doe_answers_the_questions_of_assistants) {
    static const char *const talk[][2] = {
        {"May I record this call for quality purposes? Please say yes or no.",
         "Yes, that is fine, you may record the call."},
        {"May I have your full name, please?", "My name is John Doe."},
        {"Thank you, John. How much debt do you have in total, for example on credit cards or in "
         "taxes?",
         "I have $15,000 in tax debt and $25,000 in credit card debt."},
        {"I understood $40,000 in total. Is that right?", "Yes, that is correct."},
        {"Which state do you live in?", "I live in California."},
        {"And what is your income per month, before taxes?", "I make $4,500 a month."},
        {"You may qualify. May I transfer you to a specialist?", "Yes, please transfer me."},
        {"Is now a good time to talk?", "Yes, this is a good time."},
        {"Could you please tell me about your opening hours?",
         "We are open from nine to five, Monday to Friday."},
        {"I would like to make a reservation for two. Is this reservation possible?",
         "Yes, that works. You are booked for tomorrow at three."},
        {"Thank you for your time. Goodbye.", "Thank you, goodbye."},
        {"Do you like music?", "Yes."},
    };
    struct scenario *s = load("");
    REQUIRE(s);
    for (size_t i = 0; i < ARRAY_LEN(talk); i++)
        expect_reply(s, "+12025550100", talk[i][0], true, true, talk[i][1]);
    scenario_free(s);
}

TEST(callee, types_the_digits_when_only_keys_are_taken) {
    struct scenario *s = load("");
    REQUIRE(s);
    expect_reply(s, "+12025550100", "What is your income per month?", false, true, "4500");
    expect_reply(s, "+12025550100", "May I record this call?", false, true, "1");
    expect_reply(s, "+12025550106", "May I record this call?", false, true, "2");
    expect_reply(s, "+12025550100", "Do you like music?", false, true, "1");
    scenario_free(s);
}

TEST(callee, replies_to_the_last_question_it_heard) {
    struct scenario *s = load("");
    REQUIRE(s);
    expect_reply(s, "+12025550100",
                 "Thank you. So your income is $4,500. Now, which state do you live in? Take your "
                 "time.",
                 true, false, "I live in California.");
    scenario_free(s);
}

TEST(callee, machines_and_silent_callees_do_not_reply) {
    struct scenario *s = load("");
    REQUIRE(s);
    expect_reply(s, "+12025550104", "What is your name?", true, true, "");
    expect_reply(s, "+12025550115", "What is your name?", true, true, "");
    scenario_free(s);
}

TEST(callee, a_script_goes_in_order_and_waits_for_what_it_expects) {
    struct scenario *s =
        load("{\"callees\":[{\"number\":\"+12025550150\",\"default_reply\":\"Hm.\",\"script\":["
             "{\"say\":\"First.\"},{\"expect\":\"color|colour\",\"say\":\"Blue.\"},"
             "{\"press\":\"12#\"},{\"hangup\":true}]}]}");
    static const char *const talk[][2] = {{"Hello?", "First."},
                                          {"What day?", "Hm."},
                                          {"What COLOUR?", "Blue."},
                                          {"Anything else?", "12#"}};
    REQUIRE(s);
    struct callee_state state = {0};
    const struct callee *c = scenario_find(s, STR("+12025550150"), 0);
    for (size_t i = 0; i < ARRAY_LEN(talk); i++) {
        struct callee_reply r;
        const struct callee_listen l = {
            .heard = str_z(talk[i][0]), .speech = true, .keys = true, .digits_max = 0};
        callee_turn(c, &state, &l, &r);
        EXPECT(str_eq_z(r.keys[0] ? str_z(r.keys) : buf_str(&r.say), talk[i][1]));
        callee_reply_release(&r);
    }
    struct callee_reply last;
    callee_turn(c, &state,
                &(struct callee_listen){
                    .heard = STR("And?"), .speech = true, .keys = true, .digits_max = 0},
                &last);
    EXPECT(last.hangup);
    callee_reply_release(&last);
    scenario_free(s);
}

TEST(callee, presses_no_more_keys_than_are_taken) {
    struct scenario *s = load("");
    struct callee_state state = {0};
    struct callee_reply r;
    REQUIRE(s);
    callee_turn(scenario_find(s, STR("+12025550100"), 0), &state,
                &(struct callee_listen){
                    .heard = STR("Your income?"), .speech = false, .keys = true, .digits_max = 2},
                &r);
    EXPECT_STR(r.keys, "45");
    callee_reply_release(&r);
    scenario_free(s);
}
