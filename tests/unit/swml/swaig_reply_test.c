/* Replies of functions between neutral actions and those of a carrier's agent. */
#include "core/base/mem.h"
#include "swml/swaig_reply.h"
#include "tests/support/json_same.h"
#include "tests/support/read_file.h"
#include "tests/support/test.h"

enum {
    TEXT_MAX = 262144
};

static const char vectors_path[] = SWH_SOURCE_DIR "/tests/vectors/swaig/function-results.json";
static const struct swaig_reply_options plain = {0};

static void read(const char *body, struct arena *a, struct function_reply *out) {
    *out = (struct function_reply){0};
    EXPECT_INT(swaig_reply_read(str_z(body), a, out, NULL), ERR_OK);
}

static void write(const struct function_reply *r, struct buf *out) {
    EXPECT_INT(swaig_reply_write(r, &plain, out, NULL, NULL), ERR_OK);
}

/* Read and write what is there; true when it is the same JSON. */
static bool survives(struct str body, struct buf *out) {
    struct arena a = {0};
    struct function_reply r = {0};
    EXPECT_INT(swaig_reply_read(body, &a, &r, NULL), ERR_OK);
    write(&r, out);
    arena_release(&a);
    return json_same_text(body, buf_str(out));
}

static void expect_same(const char *body) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(TEXT_MAX);
    if (!survives(str_z(body), &out))
        EXPECT_STR(out.ptr, body);
}

static void expect_becomes(const char *body, const char *want) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(TEXT_MAX);
    EXPECT(!survives(str_z(body), &out));
    if (!json_same_text(buf_str(&out), str_z(want)))
        EXPECT_STR(out.ptr, want);
}

/* ---- the SDK's vectors -------------------------------------------------------------------------
 */

/* These come out another way: a plan's document answers first, and a recording or conference has
   details that no neutral action holds. */
static bool is_told_another_way(struct str id) {
    static const char *const ids[] = {"record_call_all",
                                      "record_call_mp4",
                                      "remove_global_data_str",
                                      "execute_swml_dict",
                                      "execute_swml_dict_transfer",
                                      "execute_swml_string",
                                      "sip_refer",
                                      "join_conference_full",
                                      "tap_simple",
                                      "stop_tap",
                                      "stop_tap_id"};
    for (size_t i = 0; i < ARRAY_LEN(ids); i++)
        if (str_eq_z(id, ids[i]))
            return true;
    return false;
}

static void expect_vector(const struct json *v) {
    CLEANUP(buf_release) struct buf want = BUF_INIT(TEXT_MAX);
    CLEANUP(buf_release) struct buf out = BUF_INIT(TEXT_MAX);
    CLEANUP(buf_release) struct buf again = BUF_INIT(TEXT_MAX);
    const struct json *third = json_get(v, "emitted_v3"), *first = json_get(v, "emitted");
    struct str id = json_str(json_get(v, "id"));
    if (json_type(third ? third : first) != JSON_OBJECT)
        return; /* a call that raises */
    json_put_value(&want, third ? third : first);
    bool same = survives(buf_str(&want), &out);
    if (same == is_told_another_way(id))
        EXPECT_STR(out.ptr, want.ptr);
    EXPECT(survives(buf_str(&out), &again));
}

TEST(swaig_reply, of_the_sdk_survives_reading_and_writing) {
    static const struct json_limits limits = {.bytes_max = TEXT_MAX, .values_max = 20000};
    CLEANUP(buf_release) struct buf text = BUF_INIT(TEXT_MAX);
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    REQUIRE(read_file(vectors_path, &text));
    REQUIRE(json_parse(buf_str(&text), &limits, &doc, NULL) == ERR_OK);
    const struct json *vectors = json_get(json_root(doc), "vectors");
    EXPECT_INT(json_count(vectors), 79);
    for (const struct json *v = json_first(vectors); v; v = json_next(v))
        expect_vector(v);
}

/* ---- what actions mean -------------------------------------------------------------------------
 */

#define DOCUMENT(verbs) "{\"SWML\":{\"version\":\"1.0.0\",\"sections\":{\"main\":[" verbs "]}}"

TEST(swaig_reply, is_read_as_what_it_means_on_any_carrier) {
    struct arena a = {0};
    struct function_reply r;
    read("{\"response\":{\"tool_result\":\"ok\",\"tool_prompt\":\"be nice\"},\"post_process\":true,"
         "\"action\":[{\"set_global_data\":{\"recording_consent\":true}}," DOCUMENT(
             "{\"record_"
             "call\":{"
             "\"stereo\":"
             "true,"
             "\"format\":"
             "\"mp3\","
             "\"control_"
             "id\":\"main\"}"
             "}") "},"
                  "{\"hold\""
                  ":\"1:"
                  "30\"},{"
                  "\"hold\":"
                  "\"5m\"},{"
                  "\"hold\":"
                  "9999}"
                  "," DOCUMENT("{\"se"
                               "t\":{"
                               "\"ai_"
                               "respo"
                               "nse\""
                               ":\"ba"
                               "ck\"}"
                               "},{"
                               "\"con"
                               "nect"
                               "\":{"
                               "\"to"
                               "\":"
                               "\"+"
                               "12025"
                               "55011"
                               "1\"}"
                               "}") ",\"transfer\":\"false\"}]}",
         &a, &r);
    REQUIRE(r.action_count == 6);
    EXPECT(str_eq_z(r.response, "ok") && str_eq_z(r.prompt, "be nice") && r.post_process);
    EXPECT_INT(r.actions[0].kind, FUNCTION_ACTION_SET_DATA);
    EXPECT_INT(r.actions[1].kind, FUNCTION_ACTION_START_RECORDING);
    EXPECT(str_eq_z(r.actions[1].u.recording.name, "main"));
    EXPECT_INT(r.actions[1].u.recording.channels, 2);
    EXPECT_INT(r.actions[2].seconds, 90);
    EXPECT_INT(r.actions[3].seconds, 300);
    EXPECT_INT(r.actions[4].seconds, 300);
    EXPECT_INT(r.actions[5].kind, FUNCTION_ACTION_TRANSFER);
    EXPECT(str_eq_z(r.actions[5].u.transfer.to, "+12025550111") && !r.actions[5].final);
    EXPECT(str_eq_z(r.actions[5].u.transfer.result, "back"));
    arena_release(&a);
}

TEST(swaig_reply, with_a_payment_is_read_with_texts_and_with_numbers) {
    struct arena a = {0};
    struct function_reply r;
    read("{\"action\":" DOCUMENT(
             "{\"set\":{\"ai_response\":\"The result is ${pay_result}.\"}},{\"pay\":{"
             "\"payment_connector_url\":\"https://x/payment\",\"timeout\":\"10\",\"max_attempts\":"
             "3,\"security_code\":\"false\",\"charge_amount\":\"49.99\",\"parameters\":[{\"name\":"
             "\"order\",\"value\":\"7\"}]}}") "}}",
         &a, &r);
    REQUIRE(r.action_count == 1);
    const struct function_payment *p = &r.actions[0].u.pay;
    EXPECT_INT(r.actions[0].kind, FUNCTION_ACTION_PAY);
    EXPECT_INT(p->timeout_s, 10);
    EXPECT_INT(p->attempts_max, 3);
    EXPECT(p->no_security_code);
    EXPECT(str_eq_z(p->result, "The result is ${pay_result}."));
    EXPECT(json_same_text(p->params_json, STR("{\"order\":\"7\"}")));
    arena_release(&a);
}

TEST(swaig_reply, with_what_only_an_agent_knows_is_passed_on) {
    expect_same("{\"response\":\"r\",\"action\":[{\"context_switch\":{\"system_prompt\":\"x\"}},"
                "{\"settings\":{\"temperature\":0.5}},{\"hold\":{\"timeout\":5,\"step\":\"a\"}}]}");
    expect_same("{\"response\":\"r\",\"action\":[" DOCUMENT(
        "{\"record_call\":{}},{\"goto\":{\"label\":\"x\"}}") ",\"transfer\":\"true\"}]}");
    expect_same("{\"response\":\"r\",\"action\":[{\"SWML\":{\"raw_swml\":\"what?\"}}]}");
}

TEST(swaig_reply, takes_one_action_and_many_in_one_object) {
    expect_becomes("{\"response\":\"r\",\"action\":{\"say\":\"a\",\"stop\":true}}",
                   "{\"response\":\"r\",\"action\":[{\"say\":\"a\"},{\"stop\":true}]}");
    expect_becomes("{\"response\":\"r\",\"action\":[{\"transfer\":{\"dest\":\"https://x/y\"}}]}",
                   "{\"response\":\"r\",\"action\":[" DOCUMENT("{"
                                                               "\"transfer\":{\"dest\":\"https://x/"
                                                               "y\"}}") ",\"transfer\":\"true\"}]"
                                                                        "}");
    expect_becomes("{\"response\":\"r\",\"action\":[{\"hangup\":false}]}", "{\"response\":\"r\"}");
}

TEST(swaig_reply, that_is_none_is_refused) {
    struct arena a = {0};
    struct function_reply r = {0};
    CLEANUP(buf_release) struct buf many = BUF_INIT(TEXT_MAX);
    EXPECT_INT(swaig_reply_read(STR("[]"), &a, &r, NULL), ERR_INVALID);
    EXPECT_INT(swaig_reply_read(STR("<html>"), &a, &r, NULL), ERR_INVALID);
    EXPECT_INT(swaig_reply_read(STR("{\"response\":7}"), &a, &r, NULL), ERR_INVALID);
    EXPECT_INT(swaig_reply_read(STR("{\"action\":\"stop\"}"), &a, &r, NULL), ERR_INVALID);
    EXPECT_INT(swaig_reply_read(STR("{\"action\":[\"stop\"]}"), &a, &r, NULL), ERR_INVALID);
    buf_puts(&many, "{\"action\":[{\"stop\":true}");
    for (int i = 0; i < FUNCTION_ACTIONS_MAX; i++)
        buf_puts(&many, ",{\"stop\":true}");
    buf_puts(&many, "]}");
    EXPECT_INT(swaig_reply_read(buf_str(&many), &a, &r, NULL), ERR_LIMIT);
    EXPECT_INT(r.action_count, 0);
    arena_release(&a);
}

TEST(swaig_reply, runs_nothing_that_a_caller_said) {
    struct function_reply r = {.response = STR("r")};
    struct function_action *a = function_reply_add(&r, FUNCTION_ACTION_SAY);
    REQUIRE(a != NULL);
    a->text = STR("You said ${env.SECRET}");
    CLEANUP(buf_release) struct buf out = BUF_INIT(TEXT_MAX);
    write(&r, &out);
    EXPECT(json_same_text(buf_str(&out), STR("{\"response\":\"r\",\"action\":[{\"say\":\"You said "
                                             "$ {env.SECRET}\"}]}")));
}

TEST(swaig_reply, tells_what_an_agent_cannot_do) {
    struct function_reply r = {.response = STR("r")};
    struct plan_loss_report loss = {0};
    CLEANUP(buf_release) struct buf out = BUF_INIT(TEXT_MAX);
    (void)function_reply_add(&r, FUNCTION_ACTION_STOP);
    (void)function_reply_add(&r, FUNCTION_ACTION_PAUSE_RECORDING);
    EXPECT_INT(swaig_reply_write(&r, &plain, &out, &loss, NULL), ERR_OK);
    EXPECT(json_same_text(buf_str(&out), STR("{\"response\":\"r\",\"action\":[{\"stop\":true}]}")));
    REQUIRE(loss.count == 1);
    EXPECT_STR(loss.items[0].where, "actions[1]");
}

TEST(swaig_reply, starts_a_recording_as_the_assistant_says) {
    const struct swaig_reply_options o = {.recording_channels = 2,
                                          .recording_format = STR("mp3"),
                                          .recording_url = STR("https://x/recording")};
    struct function_reply r = {.response = STR("r")};
    CLEANUP(buf_release) struct buf out = BUF_INIT(TEXT_MAX);
    (void)function_reply_add(&r, FUNCTION_ACTION_START_RECORDING);
    EXPECT_INT(swaig_reply_write(&r, &o, &out, NULL, NULL), ERR_OK);
    EXPECT(json_same_text(
        buf_str(&out),
        STR("{\"response\":\"r\",\"action\":[" DOCUMENT(
            "{\"record_call\":{\"stereo\":true,\"format\":\"mp3\",\"direction\":\"both\",\"beep\":"
            "false,\"input_sensitivity\":44.0,\"status_url\":\"https://x/recording\"}}") "}]}")));
}

TEST(swaig_reply, has_the_end_of_a_payment_told) {
    struct function_reply r = {.response = STR("r")};
    CLEANUP(buf_release) struct buf out = BUF_INIT(TEXT_MAX);
    struct function_action *a = function_reply_add(&r, FUNCTION_ACTION_PAY);
    a->u.pay = (struct function_payment){.connector = STR("https://x/payment"),
                                         .amount = STR("5.00"),
                                         .end_url = STR("https://x/result")};
    EXPECT_INT(swaig_reply_write(&r, &plain, &out, NULL, NULL), ERR_OK);
    size_t pay = str_find_str(buf_str(&out), STR("{\"pay\":"));
    size_t end = str_find_str(
        buf_str(&out), STR("},{\"request\":{\"url\":\"https://x/result\",\"method\":\"POST\","
                           "\"headers\":{\"Content-Type\":\"application/json\"},"
                           "\"body\":{\"pay_result\":\"${pay_result}\"}"));
    EXPECT(pay < end && end < out.len);
}
