#include "core/domain/assistant.h"

#include <pthread.h>

#include "core/base/compiler.h"
#include "core/domain/flow.h"
#include "core/domain/function.h"
#include "tests/support/test.h"

/* A small valid definition: SMALL_HEAD, more members, "flow": {"states": [ … ]}. */
#define HEAD         "{\"name\":\"a\","
#define END_STATE    "{\"id\":\"end\",\"say\":\"Bye.\",\"end\":{\"outcome\":\"done\"}}"
#define FLOW(states) "\"flow\":{\"states\":[" states "]}}"
#define OK_FLOW      FLOW(END_STATE)
#define MOVING(what)                                                                              \
    "\"functions\":[\"end_call\",{\"name\":\"f\",\"description\":\"d\",\"parameters\":{\"type\":" \
    "\"object\"}," what "}]," OK_FLOW
#define ASKING(more) "{\"id\":\"q\",\"say\":\"Q?\",\"ask\":{}," more "}," END_STATE

static const struct assistant *parse(const char *json, struct error *err) {
    struct assistant *a = NULL;
    struct error none;
    return assistant_parse(str_z(json), &a, err ? err : &none) == ERR_OK ? a : NULL;
}

TEST(assistant_parse, fills_what_is_left_out) {
    struct error err = {0};
    const struct assistant *a = parse(HEAD OK_FLOW, &err);
    EXPECT_STR(err.text, "");
    REQUIRE(a);
    EXPECT_INT(a->brain, ASSISTANT_BRAIN_SCRIPTED);
    EXPECT(str_eq(a->languages[0].code, STR("en-US")));
    EXPECT_INT(a->recording.rule, CALL_RECORD_OFF);
    EXPECT_INT(a->machine.rule, ASSISTANT_MACHINE_HANG_UP);
    EXPECT_INT(a->limits.max_turns, 40);
    EXPECT_INT(a->function_count, FUNCTION_ID_COUNT - 1);
    EXPECT(a->goodbye.len > 0 && a->fallback_line.len > 0);
    EXPECT(str_eq(a->interruptions[ASSISTANT_INTERRUPT_OPT_OUT].outcome, STR("opt_out")));
    for (size_t i = 1; i < ASSISTANT_INTERRUPTION_COUNT; i++)
        EXPECT(a->interruptions[i].say.len > 0);
    assistant_unref(a);
}

TEST(assistant_parse, reads_every_part) {
    struct error err = {0};
    const struct assistant *a = parse(
        HEAD "\"title\":\"T\",\"prompt\":[{\"title\":\"Role\",\"body\":\"You ${x}.\",\"bullets\":"
             "[\"b1\",\"b2\"],\"subsections\":[{\"body\":\"sub\"}]}],"
             "\"languages\":[{\"code\":\"de-DE\",\"voice\":\"v\",\"name\":\"Deutsch\"}],"
             "\"variables\":{\"x\":\"1\",\"n\":2.5,\"t\":true},"
             "\"recording\":{\"rule\":\"ask\",\"channels\":\"mono\",\"format\":\"mp3\"},"
             "\"machine\":{\"rule\":\"leave_message\",\"message\":\"m ${n}\",\"wait_s\":3},"
             "\"limits\":{\"max_turns\":5,\"silence_prompts\":1,\"max_duration_s\":60,"
             "\"listen_s\":4},"
             "\"interruptions\":{\"human\":{\"match\":[\"boss\"],\"say\":\"S\",\"outcome\":\"h\"}},"
             "\"functions\":[\"end_call\",{\"name\":\"f\",\"description\":\"d\",\"parameters\":"
             "{\"type\":\"object\",\"properties\":{\"p\":{\"type\":\"string\"}}},\"response\":"
             "\"R ${p} ${x}\",\"end\":\"over\"}]," OK_FLOW,
        &err);
    EXPECT_STR(err.text, "");
    REQUIRE(a);
    EXPECT_INT(a->prompt.section_count, 1);
    EXPECT_INT(a->prompt.sections[0].bullet_count, 2);
    EXPECT(str_eq(a->prompt.sections[0].subsections[0].body, STR("sub")));
    EXPECT(str_eq(a->languages[0].code, STR("de-DE")));
    EXPECT_INT(a->recording.channels, 1);
    EXPECT(str_eq(a->recording.format, STR("mp3")));
    EXPECT_INT(a->machine.wait_s, 3);
    EXPECT_INT(a->limits.max_duration_s, 60);
    EXPECT(str_eq(assistant_find_variable(a, STR("n"))->value, STR("2.5")));
    EXPECT(str_eq(assistant_find_variable(a, STR("t"))->value, STR("true")));
    EXPECT(assistant_find_function(a, STR("f"))->parameters != NULL);
    EXPECT(!assistant_find_function(a, STR("share_information")));
    assistant_unref(a);
}

TEST(assistant_parse, a_state_may_be_reached_by_a_function_alone) {
    static const char *const moves[] = {"\"actions\":[{\"change_step\":\"lost\"}]",
                                        "\"actions\":[{\"change_step\":\"${x}\"}]",
                                        "\"url\":\"https://a.example/\""};
    for (size_t i = 0; i < ARRAY_LEN(moves); i++) {
        struct buf json = BUF_INIT(4096);
        struct error err = {0};
        buf_printf(&json,
                   HEAD
                   "\"variables\":{\"x\":\"lost\"},\"functions\":[\"end_call\",{\"name\":\"f\","
                   "\"description\":\"d\",\"parameters\":{\"type\":\"object\"},%s}]," FLOW(
                       END_STATE ",{\"id\":\"lost\",\"next\":\"end\"}"),
                   moves[i]);
        const struct assistant *a = parse(json.ptr, &err);
        EXPECT_STR(err.text, "");
        assistant_unref(a);
        buf_release(&json);
    }
}

TEST(assistant_parse, words_the_lines_of_the_gateway_in_each_language) {
    const struct assistant *a = parse(
        HEAD
        "\"goodbye\":\"Bye.\",\"languages\":[{\"code\":\"en-US\"},{\"code\":\"de-DE\",\"lines\":"
        "{\"wait\":\"Moment.\",\"goodbye\":\"Tschüss.\"},\"yes\":[\"ja|genau\"],\"no\":"
        "[\"nein\"]}]," OK_FLOW,
        NULL);
    REQUIRE(a);
    const struct assistant_language *en = &a->languages[0], *de = &a->languages[1];
    EXPECT(assistant_find_language(a, STR("DE-de")) == de);
    EXPECT(!assistant_find_language(a, STR("de")));
    EXPECT(str_eq(assistant_line(a, de, ASSISTANT_LINE_WAIT), STR("Moment.")));
    EXPECT(str_eq(assistant_line(a, de, ASSISTANT_LINE_GOODBYE), STR("Tschüss.")));
    EXPECT(str_eq(assistant_line(a, en, ASSISTANT_LINE_GOODBYE), STR("Bye.")));
    for (size_t i = 1; i < ASSISTANT_LINE_COUNT; i++)
        EXPECT(assistant_line(a, de, (enum assistant_line)i).len > 0);
    static const struct {
        const char *said;
        enum phrase_answer in_english, in_german;
    } cases[] = {
        {"Ja, genau!", PHRASE_UNCLEAR, PHRASE_YES},
        {"nein", PHRASE_UNCLEAR, PHRASE_NO},
        {"nein, okay", PHRASE_YES, PHRASE_NO},
        {"ja, nein", PHRASE_UNCLEAR, PHRASE_UNCLEAR},
        {"yes", PHRASE_YES, PHRASE_YES},
        {"", PHRASE_UNCLEAR, PHRASE_UNCLEAR},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct phrase_text said;
        phrase_read(&said, str_z(cases[i].said));
        EXPECT_INT(assistant_yes_no(en, &said), cases[i].in_english);
        EXPECT_INT(assistant_yes_no(de, &said), cases[i].in_german);
    }
    assistant_unref(a);
}

TEST(assistant_parse, names_the_place_of_each_fault) {
    static const struct {
        const char *json, *field, *says;
    } cases[] = {
        {"[]", "", "not an object"},
        {"{\"nme\":\"a\"}", "nme", "not known here"},
        {"{" OK_FLOW, "name", "missing"},
        {"{\"name\":\"a b\"," OK_FLOW, "name", "not a name"},
        {"{\"name\":\"\"," OK_FLOW, "name", "empty"},
        {HEAD "\"brain\":\"magic\"," OK_FLOW, "brain", "scripted openai carrier"},
        {HEAD "\"greeting\":\"Hi ${nobody}\"," OK_FLOW, "greeting", "${nobody} has no meaning"},
        {HEAD "\"greeting\":\"Hi ${\"," OK_FLOW, "greeting", "cannot read"},
        {HEAD "\"greeting\":\"Hi \\u0007\"," OK_FLOW, "greeting", "control character"},
        {HEAD "\"greeting\":5," OK_FLOW, "greeting", "put it in quotes"},
        {HEAD "\"prompt\":[{\"title\":\"x\"}]," OK_FLOW, "prompt[0]", "says nothing"},
        {HEAD "\"prompt\":[{\"body\":\"x\",\"bullets\":[1]}]," OK_FLOW, "prompt[0].bullets[0]",
         "quotes"},
        {HEAD "\"prompt\":[{\"subsections\":[{\"subsections\":[{\"subsections\":[{\"body\":\"x\"}]"
              "}]}]}]," OK_FLOW,
         "prompt[0].subsections[0].subsections[0].subsect", "nested"},
        {HEAD "\"languages\":[{\"code\":\"12\"}]," OK_FLOW, "languages[0].code", "language tag"},
        {HEAD "\"languages\":[{\"code\":\"en\"},{\"code\":\"EN\"}]," OK_FLOW, "languages[1].code",
         "twice"},
        {HEAD "\"variables\":{\"a b\":1}," OK_FLOW, "variables.a b", "not a name"},
        {HEAD "\"variables\":{\"to\":1}," OK_FLOW, "variables.to", "fact of the call"},
        {HEAD "\"variables\":{\"x\":[]}," OK_FLOW, "variables.x", "write a text"},
        {HEAD "\"recording\":{}," OK_FLOW, "recording.rule", "missing"},
        {HEAD "\"recording\":{\"rule\":\"always\"}," OK_FLOW, "recording.rule", "off on ask"},
        {HEAD "\"machine\":{\"rule\":\"leave_message\"}," OK_FLOW, "machine.message", "missing"},
        {HEAD "\"limits\":{\"max_turns\":0}," OK_FLOW, "limits.max_turns", "from 1 to 500"},
        {HEAD "\"limits\":{\"max_turns\":1.5}," OK_FLOW, "limits.max_turns", "whole number"},
        {HEAD "\"interruptions\":{\"music\":{}}," OK_FLOW, "interruptions.music", "opt_out robot"},
        {HEAD "\"interruptions\":{\"repeat\":{\"outcome\":\"x\"}}," OK_FLOW,
         "interruptions.repeat.outcome", "goes on"},
        {HEAD "\"functions\":[\"fly\"]," OK_FLOW, "functions[0]", "no built-in function"},
        {HEAD "\"functions\":[\"end_call\",\"end_call\"]," OK_FLOW, "functions[1]", "twice"},
        {HEAD "\"functions\":[{\"name\":\"f\"}]," OK_FLOW, "functions[0].description", "missing"},
        {HEAD "\"functions\":[{\"name\":\"f\",\"description\":\"d\"}]," OK_FLOW,
         "functions[0].parameters", "JSON Schema"},
        {HEAD "\"functions\":[{\"name\":\"f\",\"description\":\"d\",\"parameters\":{\"type\":"
              "\"object\",\"pattern\":\"x\"}}]," OK_FLOW,
         "functions[0].parameters.pattern", "not known here"},
        {HEAD "\"functions\":[{\"name\":\"f\",\"description\":\"d\",\"parameters\":{\"type\":"
              "\"object\",\"required\":[\"p\"]}}]," OK_FLOW,
         "functions[0].parameters.required[0]", "names no property"},
        {HEAD "\"functions\":[{\"name\":\"f\",\"description\":\"d\",\"parameters\":{\"type\":"
              "\"object\"},\"response\":\"${p}\"}]," OK_FLOW,
         "functions[0].response", "${p} has no meaning"},
        {HEAD "\"functions\":[]," OK_FLOW, "flow.states[0].end", "needs \"end_call\""},
        {HEAD "\"contexts\":[{\"name\":\"default\",\"steps\":[{\"name\":\"s\",\"text\":\"t\"}]}]"
              "," OK_FLOW,
         "contexts", "read by nobody"},
        {HEAD "\"languages\":[{\"code\":\"en\",\"lines\":{\"bye\":\"x\"}}]," OK_FLOW,
         "languages[0].lines.bye", "not_heard"},
        {HEAD "\"languages\":[{\"code\":\"en\",\"lines\":{\"wait\":\"${z}\"}}]," OK_FLOW,
         "languages[0].lines.wait", "no meaning"},
        {HEAD FLOW("{\"id\":\"s\",\"language\":\"fr\",\"next\":\"end\"}," END_STATE),
         "flow.states[0].language", "none of the assistant's languages"},
        {HEAD MOVING("\"actions\":[{\"change_step\":\"moon\"}]"),
         "functions[1].actions[0].change_step", "no state \"moon\""},
        {HEAD MOVING("\"rules\":[{\"actions\":[\"stop_play\",{\"change_context\":\"c\"}]}]"),
         "functions[1].rules[0].actions[1].change_context", "no context \"c\""},
        {HEAD "\"functions\":[\"end_call\"]," FLOW(ASKING(
             "\"capture\":{\"slot\":\"s\"},\"known\":{\"category\":\"c\"},\"next\":\"end\"")),
         "flow.states[0].known", "needs \"get_shared_information\""},
        {HEAD "\"title\":\"no flow\"}", "flow", "missing"},
        {HEAD "\"flow\":{}}", "flow.states", "no state"},
        {HEAD "\"flow\":{\"start\":\"x\",\"states\":[" END_STATE "]}}", "flow.start",
         "no state \"x\""},
        {HEAD FLOW("{\"say\":\"x\"}"), "flow.states[0].id", "missing"},
        {HEAD FLOW(END_STATE "," END_STATE), "flow.states[1].id", "same id"},
        {HEAD FLOW("{\"id\":\"s\",\"say\":\"x\"}"), "flow.states[0].next", "missing"},
        {HEAD FLOW("{\"id\":\"s\",\"next\":\"t\"}," END_STATE), "flow.states[0].next",
         "no state \"t\""},
        {HEAD FLOW(END_STATE ",{\"id\":\"lost\",\"next\":\"end\"}"), "flow.states[1]",
         "cannot be reached"},
        {HEAD FLOW("{\"id\":\"s\",\"next\":\"t\"},{\"id\":\"t\",\"next\":\"s\"}"), "flow.states",
         "never ends"},
        {HEAD FLOW("{\"id\":\"s\",\"branch\":[{\"value\":\"x\",\"is_set\":true,\"next\":\"s\"}],"
                   "\"next\":\"end\"}," END_STATE),
         "flow.states[0].branch[0].value", "no slot, no variable"},
        {HEAD "\"variables\":{\"x\":\"\"}," FLOW(
             "{\"id\":\"s\",\"branch\":[{\"value\":\"x\",\"is_set\":true,\"next\":\"s\"}],"
             "\"next\":\"end\"}," END_STATE),
         "flow.states[0]", "circle"},
        {HEAD FLOW("{\"id\":\"q\",\"say\":\"Q?\",\"ask\":{},\"expect\":[{\"match\":[\"a\"],"
                   "\"next\":\"q\"},{\"match\":[\"b\"],\"next\":\"p\"}]},"
                   "{\"id\":\"p\",\"say\":\"Q?\",\"ask\":{},\"expect\":[{\"match\":[\"a\"],"
                   "\"next\":\"p\"}]}," END_STATE),
         "flow.states[0]", "leads to no end"},
        {HEAD FLOW(ASKING("\"next\":\"end\"")), "flow.states[0]", "understands no answer"},
        {HEAD FLOW(ASKING("\"expect\":[{\"next\":\"end\"}]")), "flow.states[0].expect[0]",
         "can never match"},
        {HEAD FLOW(ASKING("\"expect\":[{\"match\":[\"a\"]}]")), "flow.states[0].expect[0].next",
         "missing"},
        {HEAD FLOW(ASKING("\"expect\":[{\"keys\":\"1x\",\"next\":\"end\"}]")),
         "flow.states[0].expect[0].keys", "telephones"},
        {HEAD FLOW(ASKING("\"capture\":{\"slot\":\"s\"}")), "flow.states[0].next", "missing"},
        {HEAD FLOW(ASKING("\"capture\":{\"slot\":\"s\",\"kind\":\"smell\"},\"next\":\"end\"")),
         "flow.states[0].capture.kind", "use one of: text number money"},
        {HEAD FLOW(ASKING("\"capture\":{\"kind\":\"text\"},\"next\":\"end\"")),
         "flow.states[0].capture.slot", "missing"},
        {HEAD FLOW(ASKING("\"capture\":{\"slot\":\"s\",\"sum\":true},\"next\":\"end\"")),
         "flow.states[0].capture.sum", "money only"},
        {HEAD FLOW(ASKING("\"capture\":{\"slot\":\"s\",\"confirm\":1},\"next\":\"end\"")),
         "flow.states[0].capture.confirm", "question"},
        {HEAD "\"variables\":{\"s\":1}," FLOW(ASKING("\"capture\":{\"slot\":\"s\"},\"next\":"
                                                     "\"end\"")),
         "flow.states[0].capture.slot", "name of a variable"},
        {HEAD FLOW(ASKING("\"expect\":[{\"match\":[\"a\"],\"next\":\"end\",\"share\":{"
                          "\"category\":\"c\",\"information\":\"${z}\"}}]")),
         "flow.states[0].expect[0].share.information", "no meaning"},
        {HEAD "\"functions\":[\"end_call\"]," FLOW(
             ASKING("\"expect\":[{\"match\":[\"a\"],\"next\":\"end\",\"share\":{\"category\":"
                    "\"c\",\"information\":\"i\"}}]")),
         "flow.states[0].expect[0].share", "needs \"share_information\""},
        {HEAD FLOW(ASKING("\"expect\":[{\"match\":[\"a\"],\"next\":\"end\"}],\"share\":{"
                          "\"category\":\"c\",\"information\":\"i\"}")),
         "flow.states[0].share", "needs a \"capture\""},
        {HEAD FLOW("{\"id\":\"q\",\"ask\":{},\"expect\":[{\"match\":[\"a\"],\"next\":\"end\"}]}"
                   "," END_STATE),
         "flow.states[0].say", "has a question"},
        {HEAD FLOW("{\"id\":\"q\",\"expect\":[{\"match\":[\"a\"],\"next\":\"end\"}],\"next\":"
                   "\"end\"}," END_STATE),
         "flow.states[0].expect", "\"ask\""},
        {HEAD FLOW("{\"id\":\"s\",\"next\":\"end\",\"end\":{\"outcome\":\"x\"}}," END_STATE),
         "flow.states[0]", "ends and goes on"},
        {HEAD FLOW("{\"id\":\"s\",\"end\":{\"outcome\":\"a b\"}}"), "flow.states[0].end.outcome",
         "not a name"},
        {HEAD FLOW("{\"id\":\"s\",\"call\":[{\"function\":\"fly\"}],\"next\":\"end\"}," END_STATE),
         "flow.states[0].call[0].function", "no function of this assistant"},
        {HEAD FLOW("{\"id\":\"s\",\"call\":[{\"function\":\"end_call\",\"arguments\":{\"reason\":"
                   "\"${z}\"}}],\"next\":\"end\"}," END_STATE),
         "flow.states[0].call[0].arguments.reason", "no meaning"},
        {HEAD FLOW(ASKING("\"expect\":[{\"match\":[\"a\"],\"next\":\"end\"}],\"ignore\":["
                          "\"opt_out\"]")),
         "flow.states[0].ignore[0]", "always heard"},
        {HEAD FLOW(ASKING("\"expect\":[{\"match\":[\"a\"],\"next\":\"end\"}],\"on_no_input\":{"
                          "\"max\":99}")),
         "flow.states[0].on_no_input.max", "from 0 to 10"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct error err = {0};
        const struct assistant *a = parse(cases[i].json, &err);
        (void)test_check(!a, __FILE__, __LINE__, cases[i].json);
        (void)test_check_str(err.field, cases[i].field, __FILE__, __LINE__, err.text);
        if (!test_check(str_find_str(str_z(err.text), str_z(cases[i].says)) < str_z(err.text).len,
                        __FILE__, __LINE__, cases[i].says))
            (void)test_check_str(err.text, cases[i].says, __FILE__, __LINE__, cases[i].json);
        assistant_unref(a);
    }
}

TEST(assistant_parse, refuses_broken_json_with_its_line) {
    struct error err = {0};
    EXPECT(!parse("{\n\"name\": oops}", &err));
    EXPECT(str_find_str(str_z(err.text), STR("line 2")) < str_z(err.text).len);
    EXPECT(!parse("{\"name\":\"a\",\"name\":\"b\"," OK_FLOW, &err));
    EXPECT(str_find_str(str_z(err.text), STR("name")) < str_z(err.text).len);
}

TEST(assistant_parse, refuses_what_is_too_large) {
    struct buf b = BUF_INIT(1 << 20);
    struct error err = {0};
    buf_puts(&b, HEAD "\"greeting\":\"");
    for (size_t i = 0; i <= ASSISTANT_TEXT_MAX; i++)
        buf_putc(&b, 'x');
    buf_puts(&b, "\"," OK_FLOW);
    EXPECT(!parse(b.ptr, &err));
    EXPECT_INT(err.code, ERR_LIMIT);
    EXPECT_STR(err.field, "greeting");
    buf_clear(&b);
    for (size_t i = 0; i <= ASSISTANT_FILE_MAX; i++)
        buf_putc(&b, ' ');
    EXPECT(!parse(b.ptr, &err));
    EXPECT_INT(err.code, ERR_LIMIT);
    buf_clear(&b);
    buf_puts(&b, HEAD "\"flow\":{\"states\":[");
    for (size_t i = 0; i <= FLOW_STATES_MAX; i++)
        buf_printf(&b, "%s{\"id\":\"s%zu\",\"end\":{\"outcome\":\"x\"}}", i ? "," : "", i);
    buf_puts(&b, "]}}");
    EXPECT(!parse(b.ptr, &err));
    EXPECT_INT(err.code, ERR_LIMIT);
    buf_release(&b);
}

TEST(assistant_parse, says_nothing_about_a_missing_error) {
    struct assistant *a = NULL;
    EXPECT_INT(assistant_parse(STR("{}"), &a, NULL), ERR_INVALID);
    EXPECT(a == NULL);
}

TEST(assistant_variables, are_checked_against_the_declared_ones) {
    static const struct {
        const char *json, *field;
    } cases[] = {
        {"{\"x\":\"y\"}", NULL},       {"{\"x\":5}", NULL},
        {"{\"x\":true}", NULL},        {"{}", NULL},
        {"[]", "variables"},           {"{\"y\":1}", "variables.y"},
        {"{\"x\":{}}", "variables.x"}, {"{\"x\":\"\\u0001\"}", "variables.x"},
    };
    const struct assistant *a = parse(HEAD "\"variables\":{\"x\":\"\"}," OK_FLOW, NULL);
    REQUIRE(a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct json_doc *doc = NULL;
        struct error err = {0};
        REQUIRE(json_parse(str_z(cases[i].json), NULL, &doc, NULL) == ERR_OK);
        enum error_code rc = assistant_check_variables(a, json_root(doc), &err);
        EXPECT_INT(rc, cases[i].field ? ERR_INVALID : ERR_OK);
        EXPECT_STR(err.field, cases[i].field ? cases[i].field : "");
        json_doc_free(doc);
    }
    EXPECT_INT(assistant_check_variables(a, NULL, NULL), ERR_OK);
    assistant_unref(a);
}

static void *take_and_give(void *arg) {
    const struct assistant *a = arg;
    for (size_t i = 0; i < 10000; i++)
        assistant_unref(assistant_ref(a));
    assistant_unref(a);
    return NULL;
}

TEST(assistant_references, may_be_taken_and_given_back_by_several_threads) {
    const struct assistant *a = parse(HEAD OK_FLOW, NULL);
    REQUIRE(a);
    pthread_t threads[4];
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        EXPECT(pthread_create(&threads[i], NULL, take_and_give,
                              (void *)(uintptr_t)assistant_ref(a)) == 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        pthread_join(threads[i], NULL);
    assistant_unref(a);
    assistant_unref(NULL);
}

TEST(assistant_recording, a_call_cannot_skip_the_question_of_an_assistant_that_asks) {
    static const struct {
        enum call_record assistant, call, rule;
    } cases[] = {
        {CALL_RECORD_OFF, CALL_RECORD_DEFAULT, CALL_RECORD_OFF},
        {CALL_RECORD_OFF, CALL_RECORD_ON, CALL_RECORD_ON},
        {CALL_RECORD_OFF, CALL_RECORD_ASK, CALL_RECORD_ASK},
        {CALL_RECORD_ON, CALL_RECORD_DEFAULT, CALL_RECORD_ON},
        {CALL_RECORD_ON, CALL_RECORD_OFF, CALL_RECORD_OFF},
        {CALL_RECORD_ON, CALL_RECORD_ASK, CALL_RECORD_ASK},
        {CALL_RECORD_ASK, CALL_RECORD_DEFAULT, CALL_RECORD_ASK},
        {CALL_RECORD_ASK, CALL_RECORD_ON, CALL_RECORD_ASK},
        {CALL_RECORD_ASK, CALL_RECORD_OFF, CALL_RECORD_OFF},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct assistant a = {.recording.rule = cases[i].assistant};
        EXPECT_INT(assistant_recording_rule(&a, cases[i].call), cases[i].rule);
    }
}
