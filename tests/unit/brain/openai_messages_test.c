#include "core/base/compiler.h"
#include "core/engine/brain_openai.h"
#include "tests/support/test.h"
#include "tests/unit/brain/brain_desk.h"

static const struct fake_exchange answered[] = {{.status = 200, .body = DESK_SAYS("Yes.")}};

/* "role: content" of each message but the first, one a line; calls as "call name". */
static void put_messages(struct buf *b, const char *body) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct json_limits limits = {.bytes_max = 1 << 20, .values_max = 10000};
    REQUIRE(json_parse(str_z(body), &limits, &doc, NULL) == ERR_OK);
    const struct json *m = json_first(json_get(json_root(doc), "messages"));
    for (m = json_next(m); m; m = json_next(m)) {
        buf_printf(b, STR_FMT ": " STR_FMT, STR_ARG(json_str(json_get(m, "role"))),
                   STR_ARG(json_str(json_get(m, "content"))));
        const struct json *calls = json_get(m, "tool_calls");
        for (const struct json *c = json_first(calls); c; c = json_next(c))
            buf_printf(b, " call " STR_FMT,
                       STR_ARG(json_str(json_get(json_get(c, "function"), "name"))));
        buf_putc(b, '\n');
    }
}

static void expect_messages(struct brain_desk *d, enum brain_event event, const char *speech,
                            const char *want) {
    struct buf got = BUF_INIT(100000);
    EXPECT_INT(brain_desk_think(d, event, speech), ERR_OK);
    put_messages(&got, brain_desk_body(d, 0));
    EXPECT_STR(got.ptr, want);
    buf_release(&got);
}

TEST(openai_messages, the_prompt_is_written_out_with_its_values) {
    struct brain_desk_options o = {
        .definition =
            "{\"name\":\"a\",\"brain\":\"openai\",\"prompt\":[{\"title\":\"Role\",\"body\":"
            "\"Help ${user}.\",\"bullets\":[\"Be brief\"],\"subsections\":[{\"title\":"
            "\"More\",\"body\":\"Deep.\"}]}],\"variables\":{\"user\":\"Ann\"}}"};
    struct brain_desk d;
    brain_desk_open(&d, answered, 1, &o);
    EXPECT_INT(brain_desk_think(&d, BRAIN_HEARD, "hi"), ERR_OK);
    EXPECT(strstr(brain_desk_body(&d, 0), "\"model\":\"m\",\"messages\":[{\"role\":\"system\","
                                          "\"content\":\"# Role\\nHelp Ann.\\n- Be brief\\n## "
                                          "More\\nDeep.\\n\\n# How to talk\\n") != NULL);
    brain_desk_close(&d);
}

TEST(openai_messages, functions_are_given_with_their_schemas) {
    struct brain_desk d;
    brain_desk_open(&d, answered, 1, NULL);
    EXPECT_INT(brain_desk_think(&d, BRAIN_HEARD, "hi"), ERR_OK);
    EXPECT(strstr(brain_desk_body(&d, 0),
                  "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"share_information\","
                  "\"description\":\"Keep it.\",\"parameters\":{\"type\":\"object\",\"required\":["
                  "\"information\"]}}},") != NULL);
    brain_desk_close(&d);
}

TEST(openai_messages, the_transcript_is_the_conversation_so_far) {
    struct brain_desk d;
    brain_desk_open(&d, answered, 1, NULL);
    brain_desk_line(&d, TURN_ASSISTANT, "Hello.");
    brain_desk_line(&d, TURN_CALLER, "keep x");
    brain_desk_line(
        &d, TURN_FUNCTION,
        "{\"name\":\"share_information\",\"arguments\":{\"a\":1},\"result\":\"Kept.\"}");
    brain_desk_line(&d, TURN_FUNCTION,
                    "{\"name\":\"share_information\",\"arguments\":\"{\",\"error\":\"no JSON\"}");
    brain_desk_line(&d, TURN_ASSISTANT, "Done.");
    expect_messages(&d, BRAIN_HEARD, "thanks",
                    "user: [The call is answered.]\n"
                    "assistant: Hello.\n"
                    "user: keep x\n"
                    "assistant:  call share_information\n"
                    "tool: Kept.\n"
                    "assistant:  call share_information\n"
                    "tool: error: no JSON\n"
                    "assistant: Done.\n"
                    "user: thanks\n");
    brain_desk_close(&d);
}

TEST(openai_messages, both_sides_take_turns_even_when_one_said_nothing) {
    struct brain_desk d;
    brain_desk_open(&d, answered, 1, NULL);
    brain_desk_line(&d, TURN_ASSISTANT, "Hello.");
    brain_desk_line(&d, TURN_ASSISTANT, "Are you there?");
    brain_desk_line(&d, TURN_CALLER, "yes");
    brain_desk_line(&d, TURN_CALLER, "I am");
    expect_messages(&d, BRAIN_HEARD, "so?",
                    "user: [The call is answered.]\n"
                    "assistant: Hello.\n"
                    "user: [The caller says nothing.]\n"
                    "assistant: Are you there?\n"
                    "user: yes\nI am\nso?\n");
    brain_desk_close(&d);
}

TEST(openai_messages, what_happens_without_words_is_told_in_brackets) {
    static const struct {
        enum brain_event event;
        const char *has;
    } events[] = {{BRAIN_BEGIN, "user: [The call is answered. Begin.]\n"},
                  {BRAIN_SILENT, "user: [The caller says nothing."},
                  {BRAIN_REPEAT, "user: [The caller asks you to say the last thing again.]\n"},
                  {BRAIN_HUMAN, "user: [The caller wants to speak to a person."},
                  {BRAIN_RESULT, "user: [The payment went well.]\n"}};
    for (size_t i = 0; i < ARRAY_LEN(events); i++) {
        struct buf got = BUF_INIT(10000);
        struct brain_desk d;
        brain_desk_open(&d, answered, 1, NULL);
        d.in.note = STR("The payment went well.");
        EXPECT_INT(brain_desk_think(&d, events[i].event, ""), ERR_OK);
        put_messages(&got, brain_desk_body(&d, 0));
        EXPECT(str_starts(buf_str(&got), str_z(events[i].has)));
        buf_release(&got);
        brain_desk_close(&d);
    }
}

TEST(openai_messages, keys_are_told_as_such) {
    struct brain_desk d;
    brain_desk_open(&d, answered, 1, NULL);
    d.in.digits = STR("42");
    expect_messages(&d, BRAIN_HEARD, "", "user: [keys 42]\n");
    brain_desk_close(&d);
}

TEST(openai_messages, a_step_of_a_context_is_told_with_its_end) {
    struct brain_desk_options o = {
        .definition =
            "{\"name\":\"a\",\"brain\":\"openai\",\"contexts\":[{\"name\":\"default\",\"steps\":[{"
            "\"name\":\"one\",\"text\":\"Ask the name.\",\"criteria\":\"Name known.\"},{\"name\":"
            "\"two\",\"text\":\"Ask the city.\"}]}]}"};
    struct brain_desk d;
    brain_desk_open(&d, answered, 1, &o);
    EXPECT_INT(brain_desk_think(&d, BRAIN_HEARD, "hi"), ERR_OK);
    EXPECT(strstr(brain_desk_body(&d, 0), "Ask the name.\\nThis is done when: Name known.\\n"));
    EXPECT(strstr(brain_desk_body(&d, 0), "Ask the city.") == NULL);
    brain_desk_close(&d);
}
