#include "core/domain/function_action_json.h"

#include "core/base/compiler.h"
#include "core/domain/text.h"
#include "tests/support/test.h"

/** Read one action and write it again; "" and err when it is refused. */
static struct str again(struct arena *a, const char *json, function_action_text_fn *text,
                        struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct definition d = {.err = err, .arena = a};
    struct definition_at at = definition_member(NULL, "actions");
    struct function_action read = {0}, copy;
    EXPECT(json_parse(str_z(json), NULL, &doc, err) == ERR_OK);
    function_action_read(&d, json_root(doc), &at, text, NULL, &read);
    if (d.rc != ERR_OK)
        return (struct str){0};
    copy = function_action_copy(a, &read);
    struct buf b = BUF_INIT(65536);
    struct json_writer w;
    json_write_init(&w, &b);
    function_action_write(&copy, &w);
    struct str s = arena_copy(a, buf_str(&b));
    buf_release(&b);
    return s;
}

TEST(function_action, is_read_and_written_in_one_form) {
    static const struct {
        const char *json, *again; /* NULL: the same */
    } cases[] = {
        {"{\"say\":\"Hello\"}", NULL},
        {"\"hangup\"", "{\"hangup\":true}"},
        {"{\"stop\":true}", NULL},
        {"{\"play\":\"https://a.example/x.mp3\"}",
         "{\"play\":{\"url\":\"https://a.example/x.mp3\",\"wait\":false}}"},
        {"{\"play\":{\"url\":\"https://a.example/x.mp3\",\"wait\":true}}", NULL},
        {"\"stop_play\"", "{\"stop_play\":true}"},
        {"{\"send_digits\":\"1w2#\"}", NULL},
        {"\"ask_consent\"", "{\"ask_consent\":true}"},
        {"\"start_recording\"", "{\"start_recording\":{}}"},
        {"{\"start_recording\":{\"name\":\"main\",\"channels\":\"dual\",\"format\":\"mp3\","
         "\"beep\":true,\"max_s\":60}}",
         NULL},
        {"{\"stop_recording\":\"main\"}", NULL},
        {"{\"pause_recording\":true}", NULL},
        {"\"resume_recording\"", "{\"resume_recording\":true}"},
        {"{\"hold\":20}", "{\"hold\":{\"seconds\":20}}"},
        {"{\"hold\":true}", "{\"hold\":{\"seconds\":300}}"},
        {"{\"hold\":{\"seconds\":5,\"say\":\"One moment.\"}}", NULL},
        {"{\"transfer\":\"+12025550199\"}",
         "{\"transfer\":{\"to\":\"+12025550199\",\"final\":true}}"},
        {"{\"transfer\":{\"to\":\"sip:a@b.example\",\"from\":\"+12025550100\",\"say\":\"s\","
         "\"result\":\"r\",\"timeout_s\":20,\"final\":false}}",
         NULL},
        {"{\"conference\":{\"name\":\"team\",\"muted\":true,\"start_on_enter\":false,"
         "\"end_on_exit\":true,\"participants_max\":5,\"final\":false}}",
         NULL},
        {"{\"pay\":{\"amount\":49.99,\"currency\":\"usd\",\"attempts_max\":3,\"timeout_s\":10,"
         "\"security_code\":false,\"params\":{\"a\":\"b\"}}}",
         "{\"pay\":{\"amount\":\"49.99\",\"currency\":\"usd\",\"attempts_max\":3,\"timeout_s\":10,"
         "\"security_code\":false,\"params\":{\"a\":\"b\"}}}"},
        {"{\"set_data\":{\"a\":true,\"b\":[1,null,{\"c\":\"d\"}]}}", NULL},
        {"{\"unset_data\":\"a\"}", "{\"unset_data\":[\"a\"]}"},
        {"{\"unset_data\":[\"a\",\"b\"]}", NULL},
        {"{\"set_meta_data\":{\"a\":1}}", NULL},
        {"{\"unset_meta_data\":[\"a\"]}", NULL},
        {"{\"toggle_functions\":{\"f\":false,\"g\":3}}",
         "{\"toggle_functions\":[{\"function\":\"f\",\"active\":false},"
         "{\"function\":\"g\",\"active\":3}]}"},
        {"{\"user_input\":\"yes\"}", NULL},
        {"{\"change_step\":\"next\"}", NULL},
        {"{\"change_context\":\"sales\"}", NULL},
        {"{\"plan\":{\"steps\":[{\"say\":{\"text\":\"Hi\"}},{\"hangup\":{}}],\"final\":true}}",
         NULL},
        {"{\"foreign\":{\"settings\":{\"temperature\":0.5}}}", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a = {0};
        struct error err = {0};
        struct str s = again(&a, cases[i].json, NULL, &err);
        (void)test_check_str(s.len ? s.ptr : err.text,
                             cases[i].again ? cases[i].again : cases[i].json, __FILE__, __LINE__,
                             cases[i].json);
        arena_release(&a);
    }
}

TEST(function_action, is_refused_with_its_path) {
    static const struct {
        const char *json, *field;
    } cases[] = {
        {"{}", "actions"},
        {"[]", "actions"},
        {"7", "actions"},
        {"\"fly\"", "actions"},
        {"{\"say\":\"a\",\"hangup\":true}", "actions"},
        {"\"say\"", "actions"},
        {"{\"say\":\"\"}", "actions.say"},
        {"{\"say\":5}", "actions.say"},
        {"{\"hangup\":false}", "actions.hangup"},
        {"{\"hold\":901}", "actions.hold"},
        {"{\"hold\":{\"seconds\":-1}}", "actions.hold.seconds"},
        {"{\"play\":{\"file\":\"x\"}}", "actions.play.file"},
        {"{\"start_recording\":{\"channels\":\"three\"}}", "actions.start_recording.channels"},
        {"{\"transfer\":{}}", "actions.transfer.to"},
        {"{\"pay\":{\"card\":\"4111\"}}", "actions.pay.card"},
        {"{\"set_data\":[1]}", "actions.set_data"},
        {"{\"unset_data\":[]}", "actions.unset_data"},
        {"{\"unset_data\":[5]}", "actions.unset_data[0]"},
        {"{\"toggle_functions\":{\"f\":\"off\"}}", "actions.toggle_functions"},
        {"{\"toggle_functions\":[{\"function\":\"f\"}]}", "actions.toggle_functions[0]"},
        {"{\"plan\":{\"steps\":[{\"fly\":{}}]}}", "actions.plan.steps"},
        {"{\"plan\":{}}", "actions.plan.steps"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a = {0};
        struct error err = {0};
        EXPECT(again(&a, cases[i].json, NULL, &err).len == 0);
        (void)test_check_str(err.field, cases[i].field, __FILE__, __LINE__, cases[i].json);
        arena_release(&a);
    }
}

static struct str shout(void *ctx, struct definition *d, struct str text,
                        const struct definition_at *at) {
    (void)ctx;
    if (str_eq_z(text, "no"))
        definition_fail(d, at, ERR_INVALID, "not this");
    return arena_printf(d->arena, STR_FMT "!", STR_ARG(text));
}

TEST(function_action, has_every_text_replaced) {
    static const struct {
        const char *json, *again;
    } cases[] = {
        {"{\"say\":\"a\"}", "{\"say\":\"a!\"}"},
        {"{\"set_data\":{\"k\":[\"a\",{\"b\":\"c\"},1]}}",
         "{\"set_data\":{\"k\":[\"a!\",{\"b\":\"c!\"},1]}}"},
        {"{\"pay\":{\"amount\":\"1\",\"params\":{\"p\":\"q\"}}}",
         "{\"pay\":{\"amount\":\"1!\",\"params\":{\"p\":\"q!\"}}}"},
        {"{\"plan\":{\"steps\":[{\"say\":{\"text\":\"Hi\"}}]}}",
         "{\"plan\":{\"steps\":[{\"say\":{\"text\":\"Hi!\"}}],\"final\":false}}"},
        {"{\"set_data\":{\"k\":\"no\"}}", "actions.set_data"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a = {0};
        struct error err = {0};
        struct str s = again(&a, cases[i].json, shout, &err);
        (void)test_check_str(s.len ? s.ptr : err.field, cases[i].again, __FILE__, __LINE__,
                             cases[i].json);
        arena_release(&a);
    }
}

TEST(function_action, knows_its_words) {
    for (unsigned i = 1; i < FUNCTION_ACTION_KIND_COUNT; i++) {
        enum function_action_kind k = FUNCTION_ACTION_NONE;
        EXPECT(
            function_action_parse(str_z(function_action_name((enum function_action_kind)i)), &k));
        EXPECT_INT(k, i);
    }
    enum function_action_kind k = FUNCTION_ACTION_SAY;
    EXPECT(!function_action_parse(STR("none"), &k));
    EXPECT_INT(k, FUNCTION_ACTION_SAY);
}

TEST(function_action, outlives_what_a_reply_was_made_of) {
    struct arena first = {0}, second = {0};
    struct function_reply r = {.response = arena_copy(&first, STR("done"))};
    struct function_action *t = function_reply_add(&r, FUNCTION_ACTION_TRANSFER);
    t->u.transfer.to = arena_copy(&first, STR("+12025550199"));
    struct function_action *p = function_reply_add(&r, FUNCTION_ACTION_PAY);
    p->u.pay.result = arena_copy(&first, STR("The result is ${pay_result}."));
    r.effects[r.effect_count++] = (struct function_effect){.kind = FUNCTION_EFFECT_INFO,
                                                           .text = arena_copy(&first, STR("kept"))};
    struct function_reply copy = function_reply_copy(&second, &r);
    arena_release(&first);
    EXPECT(str_eq_z(copy.response, "done"));
    EXPECT(str_eq_z(copy.actions[0].u.transfer.to, "+12025550199"));
    EXPECT(str_eq_z(copy.actions[1].u.pay.result, "The result is ${pay_result}."));
    EXPECT(str_eq_z(copy.effects[0].text, "kept"));
    arena_release(&second);
}

TEST(function_action, is_refused_when_the_reply_is_full) {
    struct function_reply r = {0};
    for (int i = 0; i < FUNCTION_ACTIONS_MAX; i++)
        EXPECT(function_reply_add(&r, FUNCTION_ACTION_SAY) != NULL);
    EXPECT(function_reply_add(&r, FUNCTION_ACTION_SAY) == NULL);
}
