#include <stdio.h>
#include <string.h>

#include "core/domain/plan.h"
#include "tests/support/plan_random.h"
#include "tests/support/test.h"

TEST(plan_check, accepts_random_plans) {
    struct plan_random r = plan_random_from(1);
    for (int i = 0; i < 2000; i++) {
        CLEANUP(plan_release) struct plan p = {0};
        struct error err = {0};
        plan_random_make(&r, &p);
        EXPECT_INT(plan_check(&p, &err), ERR_OK);
        EXPECT_STR(err.text, "");
        if (err.text[0])
            return;
    }
}

/* A plan in JSON, the member at fault ("" when there is none), and the code. */
struct row {
    const char *steps;
    const char *field;
    enum error_code code;
};

static void expect_rows(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 16);
        CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
        CLEANUP(plan_release) struct plan p = {0};
        struct error err = {0};
        buf_printf(&text, "{\"steps\":[%s]}", rows[i].steps);
        REQUIRE(json_parse(buf_str(&text), NULL, &doc, &err) == ERR_OK);
        REQUIRE(plan_from_json(json_root(doc), &p, &err) == ERR_OK);
        EXPECT_INT(plan_check(&p, &err), rows[i].code);
        EXPECT_STR(err.field, rows[i].field);
        if (strcmp(err.field, rows[i].field) != 0)
            printf("%s: %s\n", rows[i].steps, err.text);
    }
}

TEST(plan_check, names_the_member_at_fault) {
    static const struct row rows[] = {
        {"{\"say\":{}}", "steps[0].say", ERR_INVALID},
        {"{\"say\":{\"text\":\"a\",\"ssml\":\"<p/>\"}}", "steps[0].say", ERR_INVALID},
        {"{\"say\":{\"text\":\"a\",\"loop\":-2}}", "steps[0].say.loop", ERR_INVALID},
        {"{\"say\":{\"text\":\"a\",\"loop\":1001}}", "steps[0].say.loop", ERR_INVALID},
        {"{\"hangup\":{}},{\"play\":{}}", "steps[1].play.url", ERR_INVALID},
        {"{\"play\":{\"url\":\"/x.mp3\"}}", "steps[0].play.url", ERR_INVALID},
        {"{\"play\":{\"url\":\"ftp://a/x\"}}", "steps[0].play.url", ERR_INVALID},
        {"{\"play\":{\"url\":\"https://\"}}", "steps[0].play.url", ERR_INVALID},
        {"{\"play\":{\"url\":\"https:///x\"}}", "steps[0].play.url", ERR_INVALID},
        {"{\"play\":{\"url\":\"https://a/b c\"}}", "steps[0].play.url", ERR_INVALID},
        {"{\"play\":{\"url\":\"HTTPS://a/b\"}}", "", ERR_OK},
        {"{\"pause\":{}}", "steps[0].pause.seconds", ERR_INVALID},
        {"{\"gather\":{\"action\":\"/g\"}}", "steps[0].gather.action", ERR_INVALID},
        {"{\"gather\":{\"finish_key\":\"x\"}}", "steps[0].gather.finish_key", ERR_INVALID},
        {"{\"gather\":{\"finish_key\":\"12\"}}", "steps[0].gather.finish_key", ERR_LIMIT},
        {"{\"gather\":{\"finish_key\":\"\"}}", "", ERR_OK},
        {"{\"gather\":{\"speech_timeout_s\":2,\"speech_timeout_auto\":true}}", "steps[0].gather",
         ERR_INVALID},
        {"{\"gather\":{\"prompts\":[{\"say\":{\"text\":\"a\"}},{\"say\":{}}]}}",
         "steps[0].gather.prompts[1].say", ERR_INVALID},
        {"{\"gather\":{\"timeout_s\":86401}}", "steps[0].gather.timeout_s", ERR_INVALID},
        {"{\"dial\":{}}", "steps[0].dial.nouns", ERR_INVALID},
        {"{\"dial\":{\"nouns\":[{\"kind\":\"number\"}]}}", "steps[0].dial.nouns[0].target",
         ERR_INVALID},
        {"{\"dial\":{\"nouns\":[{\"kind\":\"number\",\"target\":\"12a\"}]}}",
         "steps[0].dial.nouns[0]", ERR_INVALID},
        {"{\"dial\":{\"nouns\":[{\"kind\":\"sip\",\"target\":\"joe\"}]}}", "steps[0].dial.nouns[0]",
         ERR_INVALID},
        {"{\"dial\":{\"nouns\":[{\"kind\":\"client\",\"target\":\"j\",\"send_digits\":\"1\"}]}}",
         "steps[0].dial.nouns[0]", ERR_INVALID},
        {"{\"dial\":{\"nouns\":[{\"kind\":\"client\",\"target\":\"j\"},"
         "{\"kind\":\"queue\",\"target\":\"q\"}]}}",
         "steps[0].dial.nouns[1]", ERR_INVALID},
        {"{\"dial\":{\"record\":\"always\",\"nouns\":[{\"kind\":\"client\",\"target\":\"j\"}]}}",
         "steps[0].dial.record", ERR_INVALID},
        {"{\"enqueue\":{}}", "steps[0].enqueue", ERR_INVALID},
        {"{\"send_digits\":{\"digits\":\"12 3\"}}", "steps[0].send_digits.digits", ERR_INVALID},
        {"{\"redirect\":\"\"}", "steps[0].redirect", ERR_INVALID},
        {"{\"redirect\":\"https://a/b\"}", "", ERR_OK},
        {"{\"stream\":{\"url\":\"https://a\"}}", "steps[0].stream.url", ERR_INVALID},
        {"{\"stream\":{\"url\":\"wss://a\",\"action\":\"https://a\"}}", "steps[0].stream",
         ERR_INVALID},
        {"{\"relay\":{\"url\":\"wss://a\",\"params\":{\"\":\"x\"}}}", "steps[0].relay.params[0]",
         ERR_INVALID},
        {"{\"pay\":{\"amount\":\"1,50\"}}", "steps[0].pay.amount", ERR_INVALID},
        {"{\"pay\":{\"amount\":\"1.505\"}}", "steps[0].pay", ERR_INVALID},
        {"{\"pay\":{\"amount\":\".50\"}}", "steps[0].pay", ERR_INVALID},
        {"{\"pay\":{\"amount\":\"1.\"}}", "steps[0].pay", ERR_INVALID},
        {"{\"pay\":{\"amount\":\"1.5.0\"}}", "steps[0].pay", ERR_INVALID},
        {"{\"pay\":{\"amount\":\"1.5\"}}", "", ERR_OK},
        {"{\"pay\":{\"prompts\":[{}]}}", "steps[0].pay.prompts[0].stage", ERR_INVALID},
        {"{\"refer\":{}}", "steps[0].refer.uri", ERR_INVALID},
        {"{\"ai\":{}}", "steps[0].ai.document", ERR_INVALID},
    };
    expect_rows(rows, ARRAY_LEN(rows));
}

static void expect_text(struct str text, enum error_code code) {
    struct plan_step s = {.kind = PLAN_SAY, .u.say.text = text};
    struct plan p = {.steps = &s, .count = 1};
    struct error err = {0};
    EXPECT_INT(plan_check(&p, &err), code);
    EXPECT_STR(err.field, code == ERR_OK ? "" : "steps[0].say.text");
}

TEST(plan_check, a_text_is_utf8_that_a_document_can_hold) {
    static char long_text[PLAN_TEXT_MAX + 1];
    memset(long_text, 'x', sizeof long_text);
    expect_text(STR("a\tb\nc\r\xC3\xA9 \xF0\x9F\x93\x9E"), ERR_OK);
    expect_text(STR("bell \x07"), ERR_INVALID);
    expect_text(STR("\x1B[0m"), ERR_INVALID);
    expect_text(str_from("a\0b", 3), ERR_INVALID);
    expect_text(STR("\xFF"), ERR_INVALID);
    expect_text(STR("\xED\xA0\x80"), ERR_INVALID);
    expect_text(STR("x\xEF\xBF\xBE"), ERR_INVALID);
    expect_text(STR("x\xEF\xBF\xBF"), ERR_INVALID);
    expect_text(STR("x\xEF\xBF\xBD"), ERR_OK);
    expect_text(str_from(long_text, PLAN_TEXT_MAX), ERR_OK);
    expect_text(str_from(long_text, PLAN_TEXT_MAX + 1), ERR_LIMIT);
}

TEST(plan_check, values_out_of_an_enumeration_are_refused) {
    struct plan_step steps[] = {
        {.kind = PLAN_KIND_COUNT},
        {.kind = PLAN_KIND_UNKNOWN},
        {.kind = PLAN_GATHER, .u.gather.input = 4},
        {.kind = PLAN_GATHER, .u.gather.barge_in = (enum plan_tristate)3},
        {.kind = PLAN_START_RECORDING, .u.start_recording.track = (enum plan_track)9},
        {.kind = PLAN_GATHER, .u.gather.action.method = (enum plan_method)7},
        {.kind = PLAN_GATHER, .u.gather.finish_key = STR("#")},
    };
    for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
        struct plan p = {.steps = &steps[i], .count = 1};
        EXPECT_INT(plan_check(&p, NULL), ERR_INVALID);
    }
}

TEST(plan_check, prompts_are_say_play_and_pause) {
    struct plan_step inner = {.kind = PLAN_HANGUP};
    struct plan_step s = {.kind = PLAN_GATHER, .u.gather = {.prompts = &inner, .prompt_count = 1}};
    struct plan p = {.steps = &s, .count = 1};
    struct error err = {0};
    EXPECT_INT(plan_check(&p, &err), ERR_INVALID);
    EXPECT_STR(err.field, "steps[0].gather.prompts[0]");
}

TEST(plan_check, steps_are_counted_with_those_inside) {
    static struct plan_step inner[PLAN_STEPS_MAX];
    for (size_t i = 0; i < PLAN_STEPS_MAX; i++)
        inner[i] = (struct plan_step){.kind = PLAN_PAUSE, .u.pause.seconds = 1};
    struct plan_step s = {.kind = PLAN_GATHER,
                          .u.gather = {.prompts = inner, .prompt_count = PLAN_STEPS_MAX}};
    struct plan p = {.steps = &s, .count = 1};
    EXPECT_INT(plan_check(&p, NULL), ERR_LIMIT);
    s.u.gather.prompt_count--;
    EXPECT_INT(plan_check(&p, NULL), ERR_OK);
}
