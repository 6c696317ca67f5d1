#include <stdio.h>
#include <string.h>

#include "core/base/json.h"
#include "core/domain/plan.h"
#include "tests/support/plan_random.h"
#include "tests/support/test.h"

static enum error_code parse(struct str text, struct plan *p, struct error *err) {
    const struct json_limits limits = {.bytes_max = 1 << 20, .depth_max = 16, .values_max = 10000};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = json_parse(text, &limits, &doc, err);
    return rc == ERR_OK ? plan_from_json(json_root(doc), p, err) : rc;
}

static void put(const struct plan *p, struct buf *out) {
    struct json_writer w;
    buf_clear(out);
    json_write_init(&w, out);
    plan_to_json(p, &w);
}

TEST(plan_json, random_plans_come_back_the_same) {
    struct plan_random r = plan_random_from(3);
    r.kinds |= BIT(PLAN_AI) | BIT(PLAN_RAW);
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
    for (int i = 0; i < 3000; i++) {
        CLEANUP(plan_release) struct plan p = {0};
        CLEANUP(plan_release) struct plan back = {0};
        struct error err = {0};
        plan_random_make(&r, &p);
        put(&p, &text);
        EXPECT_INT(parse(buf_str(&text), &back, &err), ERR_OK);
        EXPECT(plan_equal(&p, &back));
        if (err.text[0] || !plan_equal(&p, &back)) {
            printf("%s\n%s\n", err.text, text.ptr);
            return;
        }
    }
}

TEST(plan_json, reads_and_writes_the_form_that_users_send) {
    static const char text[] =
        "{\"steps\":[{\"gather\":{\"input\":[\"keys\",\"speech\"],\"action\":\"https://a.example/"
        "g\","
        "\"finish_key\":\"\",\"barge_in\":false,\"prompts\":[{\"say\":{\"text\":\"Hello\"}},"
        "{\"pause\":{\"seconds\":2}}]}},{\"dial\":{\"nouns\":[{\"kind\":\"number\","
        "\"target\":\"+12025550101\"}]}},{\"relay\":{\"url\":\"wss://a.example\","
        "\"params\":{\"b\":\"1\",\"a\":\"2\"}}},{\"redirect\":{\"url\":\"https://a.example/n\","
        "\"method\":\"GET\"}},{\"ai\":{\"document\":{\"a\":[1,true,null]}}},{\"hangup\":{}}]}";
    CLEANUP(plan_release) struct plan p = {0};
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16);
    struct error err = {0};
    REQUIRE(parse(str_z(text), &p, &err) == ERR_OK);
    REQUIRE(p.count == 6);
    EXPECT_INT(p.steps[0].u.gather.input, PLAN_INPUT_KEYS | PLAN_INPUT_SPEECH);
    EXPECT(p.steps[0].u.gather.has_finish_key && p.steps[0].u.gather.finish_key.len == 0);
    EXPECT_INT(p.steps[0].u.gather.barge_in, PLAN_NO);
    EXPECT_INT(p.steps[3].u.redirect.method, PLAN_METHOD_GET);
    put(&p, &out);
    EXPECT_STR(out.ptr, text);
}

TEST(plan_json, refuses_with_the_path_of_the_fault) {
    static const struct {
        const char *text, *field;
    } rows[] = {
        {"[]", "steps"},
        {"{}", "steps"},
        {"{\"steps\":{}}", "steps"},
        {"{\"steps\":[],\"x\":1}", "steps"},
        {"{\"steps\":[1]}", "steps[0]"},
        {"{\"steps\":[{}]}", "steps[0]"},
        {"{\"steps\":[{\"hangup\":{},\"leave\":{}}]}", "steps[0]"},
        {"{\"steps\":[{\"hangup\":{}},{\"shout\":{}}]}", "steps[1]"},
        {"{\"steps\":[{\"hangup\":[]}]}", "steps[0].hangup"},
        {"{\"steps\":[{\"hangup\":{\"x\":1}}]}", "steps[0].hangup"},
        {"{\"steps\":[{\"say\":{\"txt\":\"a\"}}]}", "steps[0].say"},
        {"{\"steps\":[{\"say\":{\"text\":1}}]}", "steps[0].say.text"},
        {"{\"steps\":[{\"say\":{\"text\":\"a\",\"loop\":1.5}}]}", "steps[0].say.loop"},
        {"{\"steps\":[{\"pause\":{\"seconds\":-1}}]}", "steps[0].pause.seconds"},
        {"{\"steps\":[{\"pause\":{\"seconds\":\"1\"}}]}", "steps[0].pause.seconds"},
        {"{\"steps\":[{\"gather\":{\"input\":\"keys\"}}]}", "steps[0].gather.input"},
        {"{\"steps\":[{\"gather\":{\"input\":[\"key\"]}}]}", "steps[0].gather.input"},
        {"{\"steps\":[{\"gather\":{\"barge_in\":\"yes\"}}]}", "steps[0].gather.barge_in"},
        {"{\"steps\":[{\"gather\":{\"enhanced\":1}}]}", "steps[0].gather.enhanced"},
        {"{\"steps\":[{\"gather\":{\"action\":1}}]}", "steps[0].gather.action"},
        {"{\"steps\":[{\"gather\":{\"action\":{\"uri\":\"\"}}}]}", "steps[0].gather.action"},
        {"{\"steps\":[{\"gather\":{\"action\":{\"method\":\"PUT\"}}}]}", "steps[0].gather.action"},
        {"{\"steps\":[{\"gather\":{\"prompts\":{}}}]}", "steps[0].gather.prompts"},
        {"{\"steps\":[{\"gather\":{\"prompts\":[{\"hangup\":{}}]}}]}",
         "steps[0].gather.prompts[0]"},
        {"{\"steps\":[{\"gather\":{\"prompts\":[{\"say\":{\"x\":1}}]}}]}",
         "steps[0].gather.prompts[0].say"},
        {"{\"steps\":[{\"dial\":{\"nouns\":[{\"target\":\"1\"}]}}]}", "steps[0].dial.nouns[0]"},
        {"{\"steps\":[{\"dial\":{\"nouns\":[{\"kind\":\"pigeon\"}]}}]}",
         "steps[0].dial.nouns[0].kind"},
        {"{\"steps\":[{\"relay\":{\"params\":[]}}]}", "steps[0].relay.params"},
        {"{\"steps\":[{\"relay\":{\"params\":{\"a\":1}}}]}", "steps[0].relay.params"},
        {"{\"steps\":[{\"stream\":{\"track\":\"left\"}}]}", "steps[0].stream.track"},
        {"{\"steps\":[{\"pay\":{\"prompts\":[{\"step\":\"x\"}]}}]}", "steps[0].pay.prompts[0]"},
        {"{\"steps\":[{\"ai\":{\"document\":[]}}]}", "steps[0].ai.document"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct plan p = {0};
        struct error err = {0};
        EXPECT_INT(parse(str_z(rows[i].text), &p, &err), ERR_INVALID);
        EXPECT_STR(err.field, rows[i].field);
        EXPECT(err.text[0] != '\0' && p.count == 0);
    }
}

TEST(plan_json, bounds_steps_and_far_ends) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
    struct plan p = {0};
    struct error err = {0};
    buf_puts(&text, "{\"steps\":[");
    for (int i = 0; i <= PLAN_STEPS_MAX; i++)
        buf_printf(&text, "%s{\"hangup\":{}}", i ? "," : "");
    buf_puts(&text, "]}");
    EXPECT_INT(parse(buf_str(&text), &p, &err), ERR_LIMIT);
    EXPECT_STR(err.field, "steps[200]");
    buf_clear(&text);
    buf_puts(&text, "{\"steps\":[{\"dial\":{\"nouns\":[");
    for (int i = 0; i <= PLAN_NOUNS_MAX; i++)
        buf_printf(&text, "%s{\"kind\":\"client\",\"target\":\"a\"}", i ? "," : "");
    buf_puts(&text, "]}}]}");
    EXPECT_INT(parse(buf_str(&text), &p, &err), ERR_LIMIT);
    EXPECT_STR(err.field, "steps[0].dial.nouns[10]");
    EXPECT_INT(p.count, 0);
}
