#include <stdio.h>

#include "core/base/compiler.h"
#include "core/domain/flow.h"
#include "tests/support/read_file.h"
#include "tests/support/test.h"
#include "tests/unit/talk/dialogue.h"

enum {
    LINES_MAX = 14,
    WANTS_MAX = 10
};

struct talk_case {
    const char *name;
    const char *variables; /* JSON; NULL none */
    const char *said[LINES_MAX];
    const char *wants[WANTS_MAX]; /* parts of the log */
    const char *outcome;          /* "": the call goes on */
    const char *never;            /* not in the log; NULL any */
};

static void check_talk(const char *path, const struct talk_case *c) {
    struct dialogue d;
    REQUIRE(dialogue_load(&d, path));
    if (c->variables)
        buf_puts(&d.variables, c->variables);
    dialogue_run(&d, c->said);
    char outcome[128];
    snprintf(outcome, sizeof outcome, "outcome: %s\n", c->outcome);
    bool ok = !d.failed && d.over == (c->outcome[0] != '\0') &&
              dialogue_count(&d, "outcome: ") == (c->outcome[0] ? 1 : 0) &&
              (!c->outcome[0] || dialogue_has(&d, outcome));
    ok = test_check(ok, __FILE__, __LINE__, c->name) && ok;
    for (size_t i = 0; i < WANTS_MAX && c->wants[i]; i++)
        ok = test_check(dialogue_has(&d, c->wants[i]), __FILE__, __LINE__, c->wants[i]) && ok;
    if (c->never)
        ok = test_check(!dialogue_has(&d, c->never), __FILE__, __LINE__, c->never) && ok;
    if (!ok)
        fprintf(stderr, "--- %s ---\n%s", c->name, d.log.ptr);
    dialogue_release(&d);
}

#define CONSENT "Yes, that is fine, you may record the call."
#define NAME    "My name is John Doe."
#define DEBT    "I have $15,000 in tax debt and $25,000 in credit card debt."
#define RIGHT   "Yes, that is correct."
#define STATE   "I live in California."
#define INCOME  "I make $4,500 a month."

/* What the simulated callees say, and what others might. */
static const struct talk_case debt_cases[] = {
    {"qualifies and is passed on",
     NULL,
     {CONSENT, NAME, DEBT, RIGHT, STATE, INCOME, "Yes, please transfer me.", NULL},
     {"consent yes: " CONSENT "\nrecording start\n", "I: conversation_flow: Call started\n",
      "I: contact_details: Customer name: John Doe\n",
      "I: debt_info: Total debt: $40,000 (caller: " DEBT ")\n",
      "I: personal_info: Lives in California, $4,500 income per month\n",
      "I: qualification: Customer qualified\n",
      "\"arguments\":{\"reason\":\"customer_qualified_transfer\",\"caller_id\":\"+12025550100\"}"},
     "customer_qualified_transfer",
     NULL},
    {"says it in words",
     NULL,
     {"sure", "this is john doe speaking", "about twenty five thousand dollars", "right", "it's CA",
      "forty five hundred", "okay", NULL},
     {"I: contact_details: Customer name: John Doe\n", "I: debt_info: Total debt: $25,000 ",
      "I: personal_info: Lives in CA, $4,500 income per month\n"},
     "customer_qualified_transfer",
     NULL},
    {"uses keys",
     NULL,
     {"#1", NAME, "#25000", "#1", STATE, "#4500", "#1", NULL},
     {"consent yes: 1\n", "C: [keys 25000]\n", "I: debt_info: Total debt: $25,000 "},
     "customer_qualified_transfer",
     NULL},
    {"has too little debt",
     NULL,
     {CONSENT, NAME, "9999 dollars", RIGHT, STATE, INCOME, NULL},
     {"I: qualification: Customer not qualified: debt below $10,000\n"},
     "customer_not_qualified",
     "Customer qualified"},
    {"has just enough debt",
     NULL,
     {CONSENT, NAME, "10k", RIGHT, STATE, INCOME, "not now", NULL},
     {"I: qualification: Customer qualified\n"},
     "customer_qualified_callback",
     NULL},
    {"refuses to be recorded",
     NULL,
     {"No, I do not want to be recorded.", NAME, DEBT, RIGHT, STATE, INCOME, "Yes", NULL},
     {"consent no: No, I do not want to be recorded.\n", "A: All right, I will not record this "
                                                         "call. May I have your full name, "
                                                         "please?"},
     "customer_qualified_transfer",
     "recording start"},
    {"never answers the question of consent",
     NULL,
     {"hm well", "I wonder", NAME, NULL},
     {"A: I am sorry, I did not understand that. May I record", "consent no: I wonder\n"},
     "",
     "recording start"},
    {"is silent from the start",
     NULL,
     {"", "", "", "", "", "", NULL},
     {"A: I did not hear anything. May I record", "consent no: \n",
      "A: I did not hear anything. May I have your full name"},
     "no_answer_from_customer",
     "recording start"},
    {"falls silent and comes back",
     NULL,
     {CONSENT, "", NAME, "", DEBT, RIGHT, NULL},
     {"A: I did not hear anything. May I have your full name"},
     "",
     NULL},
    {"is not understood",
     NULL,
     {CONSENT, NAME, "a lot of money", "really a lot", "more than I can say", "ask my wife", NULL},
     {"A: Please tell me the amount in dollars. Thank you, John Doe."},
     "no_answer_from_customer",
     NULL},
    {"corrects the amount",
     NULL,
     {CONSENT, NAME, "$15,000", "No, thirty thousand", RIGHT, STATE, NULL},
     {"A: I understood $15,000 in total. Is that right?",
      "A: I understood $30,000 in total. Is that right?", "I: debt_info: Total debt: $30,000 "},
     "",
     "Total debt: $15,000"},
    {"says no to the confirmation",
     NULL,
     {CONSENT, NAME, "$15,000", "No", "$20,000", RIGHT, NULL},
     {"A: Please tell me the amount in dollars. Thank you, John Doe. How much debt",
      "I: debt_info: Total debt: $20,000 "},
     "",
     NULL},
    {"is unclear about the confirmation",
     NULL,
     {CONSENT, NAME, "$15,000", "well", "yes", NULL},
     {"A: Please tell me the amount in dollars. I understood $15,000 in total.",
      "I: debt_info: Total debt: $15,000 "},
     "",
     NULL},
    {"asks for a human at once",
     NULL,
     {"I would like to speak to a human being, please.", NULL},
     {"I: conversation_flow: Caller asked for a person\n", "A: I understand that you would like "
                                                           "to talk to a person."},
     "human_requested",
     "recording start"},
    {"asks for a human later",
     NULL,
     {CONSENT, NAME, "Can I talk to a person?", NULL},
     {"I: conversation_flow: Caller asked for a person\n"},
     "human_requested",
     NULL},
    {"is connected when a number is given",
     "{\"transfer_number\":\"+12025550123\"}",
     {CONSENT, "an agent please", NULL},
     {"plan: say dial hangup\n"},
     "human_requested",
     NULL},
    {"cannot be connected to a number that must not be dialled",
     "{\"transfer_number\":\"911\"}",
     {CONSENT, "an agent please", NULL},
     {"plan: say hangup\n"},
     "human_requested",
     "dial"},
    {"does not want to be called again",
     NULL,
     {"Please do not call me again.", "As I said, do not call me again. Goodbye.", NULL},
     {"I: conversation_flow: Caller asked not to be called again\n",
      "A: I understand. You will not be called again."},
     "opt_out",
     "consent"},
    {"opts out in the middle of an answer",
     NULL,
     {CONSENT, NAME, "Take me off your list!", NULL},
     {"I: conversation_flow: Caller asked not to be called again\n"},
     "opt_out",
     NULL},
    {"asks whether it is a robot",
     NULL,
     {"Are you a robot?", CONSENT, "Wait, am I talking to a real person?", NAME, NULL},
     {"A: Yes, I am an automated assistant, not a person. May I record",
      "A: Yes, I am an automated assistant, not a person. May I have your full name",
      "I: contact_details: Customer name: John Doe\n", "consent yes"},
     "",
     "Caller asked for a person"},
    {"asks to repeat",
     NULL,
     {"Pardon?", CONSENT, "Could you say that again?", NAME, "Sorry?", DEBT, "What?", RIGHT, NULL},
     {"A: Of course. May I record", "A: Of course. May I have your full name",
      "A: Of course. Thank you, John Doe. How much debt",
      "A: Of course. I understood $40,000 in total."},
     "",
     NULL},
    {"hangs up politely",
     NULL,
     {CONSENT, NAME, "I have to go, bye bye.", NULL},
     {"A: Thank you for your time."},
     "caller_ended",
     NULL},
    {"reads out a card number",
     NULL,
     {CONSENT, "My name is 4111 1111 1111 1111", NAME, "#4111111111111111", NULL},
     {"C: My name is [card number]\n", "C: [card number]\n"},
     "",
     "4111"},
    {"tries to inject",
     NULL,
     {CONSENT, "Bob ${transfer_number}</Say><Hangup/>\"]}", DEBT, NULL},
     {"A: Thank you, Bob ${transfer_number}</Say><Hangup/>']}. How much debt", "plan: gather\n"},
     "",
     NULL},
};

TEST(sample_assistants, debt_intake_copes_with_all_kinds_of_callers) {
    for (size_t i = 0; i < ARRAY_LEN(debt_cases); i++)
        check_talk("assistants/debt-intake.json", &debt_cases[i]);
}

#define HOURS "We are open from nine to five, Monday to Friday"

static const struct talk_case personal_cases[] = {
    {"asks for the store hours",
     NULL,
     {HOURS ".", RIGHT, NULL},
     {"A: Hello, I am an automated assistant calling on behalf of John Doe. Could you please tell "
      "me about your store hours?",
      "A: I understood: " HOURS ". Is that correct?",
      "I: information_inquiry: store hours: " HOURS "\n"},
     "information_obtained",
     NULL},
    {"for somebody else, about something else",
     "{\"user_name\":\"Ann Lee\",\"inquiry_topic\":\"parking\"}",
     {"We have a garage.", "yes", NULL},
     {"on behalf of Ann Lee. Could you please tell me about your parking?",
      "I: information_inquiry: parking: We have a garage\n"},
     "information_obtained",
     "John Doe"},
    {"is corrected",
     NULL,
     {HOURS, "No, that is wrong", "We open at ten.", "yes", NULL},
     {"I: information_inquiry: store hours: We open at ten\n"},
     "information_obtained",
     "store hours: We are open"},
    {"waits",
     NULL,
     {"One moment please", HOURS, "Yes", NULL},
     {"A: Of course, take your time. Could you please tell me"},
     "information_obtained",
     NULL},
    {"gets no information",
     NULL,
     {"I don't know", NULL},
     {NULL},
     "information_not_available",
     NULL},
    {"makes an appointment",
     "{\"task_type\":\"appointment\",\"appointment_for\":\"a haircut\",\"appointment_time\":"
     "\"tomorrow\"}",
     {"Yes, that works. You are booked for tomorrow at three.", RIGHT, NULL},
     {"A: Hello, I am an automated assistant calling on behalf of John Doe. I would like to make "
      "an appointment for John Doe: a haircut, tomorrow.",
      "I: appointment: Appointment for a haircut: Yes, that works. You are booked for tomorrow at "
      "three\n"},
     "booking_made",
     NULL},
    {"makes a reservation",
     "{\"task_type\":\"reservation\",\"party_size\":4}",
     {"Yes, that works. You are booked for tomorrow at three.", RIGHT, NULL},
     {"a reservation for 4 people", "I: reservation: Reservation for 4: Yes, that works."},
     "booking_made",
     NULL},
    {"gets no reservation",
     "{\"task_type\":\"reservation\"}",
     {"Unfortunately we are fully booked.", NULL},
     {NULL},
     "booking_not_possible",
     NULL},
    {"is told not to call again",
     NULL,
     {"Stop calling us", NULL},
     {"I: conversation_flow: Caller asked not to be called again\n"},
     "opt_out",
     NULL},
    {"is asked for a person",
     NULL,
     {"Can I speak to a real person?", NULL},
     {"A: I understand. John Doe will call you in person."},
     "human_requested",
     NULL},
    {"is asked what it is",
     NULL,
     {"Is this a recording?", HOURS, NULL},
     {"A: Yes, I am an automated assistant, calling on behalf of John Doe. Could you please"},
     "",
     NULL},
    {"meets silence", NULL, {"", "", "", NULL}, {NULL}, "information_not_available", NULL},
};

TEST(sample_assistants, personal_assistant_copes_with_all_kinds_of_businesses) {
    for (size_t i = 0; i < ARRAY_LEN(personal_cases); i++)
        check_talk("assistants/personal-assistant.json", &personal_cases[i]);
}

TEST(sample_assistants, the_same_words_give_the_same_call) {
    struct buf first = BUF_INIT(1 << 20);
    for (size_t round = 0; round < 3; round++) {
        struct dialogue d;
        REQUIRE(dialogue_load(&d, "assistants/debt-intake.json"));
        dialogue_run(&d, debt_cases[0].said);
        if (round == 0)
            buf_put_str(&first, buf_str(&d.log));
        EXPECT_STR(d.log.ptr, first.ptr);
        dialogue_release(&d);
    }
    buf_release(&first);
}

/* Which states does the table above visit? All of them, or the table is too small. */
static void mark_visited(const struct talk_case *c, struct dialogue *d, bool *visited) {
    if (c->variables)
        buf_puts(&d->variables, c->variables);
    const struct flow *f = d->assistant->flow;
    dialogue_answer(d, CALL_BY_HUMAN);
    for (size_t i = 0; c->said[i] && !d->over; i++)
        dialogue_speak(d, c->said[i]);
    for (size_t i = 0; i < f->state_count; i++) {
        const struct flow_state *s = &f->states[i];
        size_t plain = str_find_str(s->say, STR("${"));
        char text[1100];
        snprintf(text, sizeof text, "%.*s", (int)plain, s->say.ptr ? s->say.ptr : "");
        bool heard = plain > 0 && dialogue_has(d, text);
        visited[i] = visited[i] || heard || s->say.len == 0;
    }
}

static void check_visits(const char *path, const struct talk_case *cases, size_t count) {
    bool visited[FLOW_STATES_MAX] = {false};
    struct dialogue d;
    for (size_t i = 0; i < count; i++) {
        REQUIRE(dialogue_load(&d, path));
        mark_visited(&cases[i], &d, visited);
        dialogue_release(&d);
    }
    REQUIRE(dialogue_load(&d, path));
    for (size_t i = 0; i < d.assistant->flow->state_count; i++)
        (void)test_check(visited[i], __FILE__, __LINE__, d.assistant->flow->states[i].id.ptr);
    dialogue_release(&d);
}

TEST(sample_assistants, every_state_of_both_is_reached_by_somebody) {
    check_visits("assistants/debt-intake.json", debt_cases, ARRAY_LEN(debt_cases));
    check_visits("assistants/personal-assistant.json", personal_cases, ARRAY_LEN(personal_cases));
}

TEST(sample_assistants, the_example_of_the_documentation_works) {
    CLEANUP(buf_release) struct buf page = BUF_INIT(1 << 20);
    REQUIRE(read_file(SWH_SOURCE_DIR "/docs/assistants.md", &page));
    struct str text = buf_str(&page), fence = STR("```json\n");
    text = str_from_index(text, str_find_str(text, fence) + fence.len);
    CLEANUP(mem_freep)
    char *json = mem_copy_str(str_from(text.ptr, str_find_str(text, STR("```"))));
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, json));
    static const char *const lines[] = {"Blue.", "yes", NULL};
    dialogue_run(&d, lines);
    EXPECT(dialogue_has(&d, "A: Did you say Blue?\n"));
    EXPECT(dialogue_has(&d, "I: survey: Likes Blue\n"));
    EXPECT(dialogue_has(&d, "outcome: answered\n"));
    dialogue_release(&d);
}
