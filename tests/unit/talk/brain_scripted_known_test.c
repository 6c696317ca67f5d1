#include "core/engine/brain_scripted.h"

#include "tests/support/test.h"

/* What an earlier call told is confirmed instead of asked. */

static const char definition[] =
    "{\"name\":\"a\",\"functions\":[\"end_call\",\"get_shared_information\",\"share_information\"],"
    "\"flow\":{\"states\":[{\"id\":\"name\",\"say\":\"Your name?\",\"ask\":{},"
    "\"capture\":{\"slot\":\"name\",\"kind\":\"name\"},"
    "\"known\":{\"category\":\"contact_details\",\"prefix\":\"Customer name:\","
    "\"question\":\"Is this ${name}?\"},\"next\":\"debt\"},"
    "{\"id\":\"debt\",\"say\":\"How much?\",\"ask\":{},"
    "\"capture\":{\"slot\":\"debt\",\"kind\":\"money\",\"sum\":true},"
    "\"known\":{\"category\":\"debt_info\",\"until\":\"(caller\"},\"next\":\"bye\"},"
    "{\"id\":\"bye\",\"say\":\"Bye ${name}, ${debt|money}.\",\"end\":{\"outcome\":\"done\"}}]}}";

/* The conversation's tools, with a memory. */
struct memory {
    const char *contact, *debt;
};

static enum error_code run(void *ctx, struct str function, struct str arguments_json,
                           struct str *response, struct error *err) {
    const struct memory *m = ctx;
    bool asks = str_eq(function, STR("get_shared_information"));
    if (asks && !m->contact)
        return error_set(err, ERR_STORE, "the store is away");
    EXPECT(!asks || str_find_str(arguments_json, STR("+12025550100")) < arguments_json.len);
    bool contact = str_find_str(arguments_json, STR("contact_details")) < arguments_json.len;
    *response = str_z(!asks ? "" : contact ? m->contact : m->debt);
    return ERR_OK;
}

struct talk {
    struct assistant *assistant;
    struct arena arena;
    struct memory memory;
    struct brain_output last;
};

static void hear(struct talk *t, enum brain_event event, const char *words, const char *says) {
    const struct brain_value caller = {STR("caller_id"), STR("+12025550100")};
    struct brain *b = brain_scripted_new();
    struct brain_input in = {.assistant = t->assistant,
                             .event = event,
                             .state_json = t->last.state_json,
                             .speech = str_z(words),
                             .values = &caller,
                             .value_count = 1,
                             .tools = {.run = run, .ctx = &t->memory},
                             .arena = &t->arena};
    struct brain_output out = {0};
    EXPECT_INT(brain_think(b, &in, &out, NULL), ERR_OK);
    char said[256];
    EXPECT(str_copy(out.say, said, sizeof said));
    EXPECT_STR(said, says);
    t->last = out;
    brain_free(b);
}

static void begin(struct talk *t, const char *contact, const char *debt, const char *says) {
    *t = (struct talk){.memory = {contact, debt}};
    REQUIRE(assistant_parse(str_z(definition), &t->assistant, NULL) == ERR_OK);
    hear(t, BRAIN_BEGIN, "", says);
}

static void end(struct talk *t) {
    arena_release(&t->arena);
    assistant_unref(t->assistant);
}

TEST(brain_scripted, what_is_known_is_confirmed_and_not_asked_again) {
    struct talk t;
    begin(&t, "contact_details: Email: x\ncontact_details: Customer name: John Doe",
          "debt_info: $15,000 tax and $25,000 card debt (caller: $99,000)", "Is this John Doe?");
    hear(&t, BRAIN_REPEAT, "", "Is this John Doe?");
    hear(&t, BRAIN_HEARD, "yes", "Is it still $40,000?");
    hear(&t, BRAIN_HEARD, "yes, that is right", "Bye John Doe, $40,000.");
    EXPECT_INT(t.last.next, BRAIN_END);
    end(&t);
}

TEST(brain_scripted, what_has_changed_is_asked) {
    struct talk t;
    begin(&t, "contact_details: Customer name: John Doe", "debt_info: $15,000",
          "Is this John Doe?");
    hear(&t, BRAIN_HEARD, "no", "Your name?");
    hear(&t, BRAIN_HEARD, "Jane Roe", "How much?"); /* what John told is not hers to hear */
    hear(&t, BRAIN_HEARD, "nine thousand dollars", "Bye Jane Roe, $9,000.");
    end(&t);
    begin(&t, "contact_details: Customer name: John Doe", "debt_info: $15,000",
          "Is this John Doe?");
    hear(&t, BRAIN_HEARD, "yes", "Is it still $15,000?");
    hear(&t, BRAIN_HEARD, "no, twenty thousand dollars", "Bye John Doe, $20,000.");
    end(&t);
}

TEST(brain_scripted, without_memory_the_question_is_asked) {
    static const char *const nothing[] = {"Nothing is known yet.", "contact_details: Email: x",
                                          "other: Customer name: John Doe",
                                          "contact_details: Customer name:", NULL};
    for (size_t i = 0; i < ARRAY_LEN(nothing); i++) {
        struct talk t;
        begin(&t, nothing[i], "Nothing is known yet.", "Your name?");
        end(&t);
    }
}

TEST(brain_scripted, memory_needs_a_slot_to_fill) {
    struct assistant *a = NULL;
    struct error err = {0};
    EXPECT_INT(assistant_parse(STR("{\"name\":\"a\",\"flow\":{\"states\":[{\"id\":\"x\","
                                   "\"say\":\"Hi.\",\"known\":{\"category\":\"c\"},"
                                   "\"end\":{\"outcome\":\"o\"}}]}}"),
                               &a, &err),
               ERR_INVALID);
    EXPECT_STR(err.field, "flow.states[0].known");
}
