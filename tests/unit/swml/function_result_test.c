/* What functions tell the agent: the calls of the carrier's own SDK give the SDK's own JSON. */
#include <stdio.h>

#include "core/base/mem.h"
#include "swml/function_result.h"
#include "tests/support/json_same.h"
#include "tests/support/read_file.h"
#include "tests/support/test.h"

static const char vectors_path[] = SWH_SOURCE_DIR "/tests/vectors/swaig/function-results.json";

/* ---- the arguments of one call in a vector -----------------------------------------------------
 */

struct call {
    const struct json *args, *kwargs;
    struct arena *arena;
};

/** The argument of that name, or at that place; NULL when it was not given. */
static const struct json *arg(const struct call *c, int at, const char *name) {
    const struct json *v = json_get(c->kwargs, name);
    const struct json *item = json_first(c->args);
    for (int i = 0; !v && item && i < at; i++)
        item = json_next(item);
    return v ? v : at < 0 ? NULL : item;
}

static struct str text(const struct call *c, int at, const char *name) {
    return json_str(arg(c, at, name));
}

static bool flag(const struct call *c, int at, const char *name, bool otherwise) {
    return json_bool(arg(c, at, name), otherwise);
}

static double number(const struct call *c, int at, const char *name) {
    return json_double(arg(c, at, name), 0);
}

static struct str json_text(const struct call *c, int at, const char *name) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(65536);
    const struct json *v = arg(c, at, name);
    if (v)
        json_put_value(&b, v);
    return arena_copy(c->arena, buf_str(&b));
}

/* ---- the methods -------------------------------------------------------------------------------
 */

typedef void method_fn(struct function_result *r, const struct call *c);

static void m_record_call(struct function_result *r, const struct call *c) {
    const struct function_record_call o = {
        .control_id = text(c, 0, "control_id"),
        .stereo = flag(c, 1, "stereo", false),
        .format = text(c, -1, "format"),
        .direction = text(c, -1, "direction"),
        .terminators = text(c, -1, "terminators"),
        .beep = flag(c, -1, "beep", false),
        .input_sensitivity = number(c, -1, "input_sensitivity"),
        .initial_timeout_s = number(c, -1, "initial_timeout"),
        .end_silence_timeout_s = number(c, -1, "end_silence_timeout"),
        .max_length_s = number(c, -1, "max_length"),
        .status_url = text(c, -1, "status_url"),
    };
    function_result_record_call(r, &o);
}

static void m_pay(struct function_result *r, const struct call *c) {
    const struct json *code = arg(c, -1, "postal_code");
    const struct function_pay o = {
        .connector_url = text(c, 0, "payment_connector_url"),
        .input = text(c, -1, "input_method"),
        .method = text(c, -1, "payment_method"),
        .status_url = text(c, -1, "status_url"),
        .amount = text(c, -1, "charge_amount"),
        .description = text(c, -1, "description"),
        .currency = text(c, -1, "currency"),
        .language = text(c, -1, "language"),
        .voice = text(c, -1, "voice"),
        .token_type = text(c, -1, "token_type"),
        .card_types = text(c, -1, "valid_card_types"),
        .postal_code = json_type(code) == JSON_BOOL
                           ? (json_bool(code, true) ? STR("true") : STR("false"))
                           : json_str(code),
        .timeout_s = (uint32_t)number(c, -1, "timeout"),
        .attempts_max = (uint32_t)number(c, -1, "max_attempts"),
        .postal_code_min = (uint32_t)number(c, -1, "min_postal_code_length"),
        .no_security_code = !flag(c, -1, "security_code", true),
        .parameters_json = json_text(c, -1, "parameters"),
        .prompts_json = json_text(c, -1, "prompts"),
        .ai_response = text(c, -1, "ai_response"),
    };
    function_result_pay(r, &o);
}

static void m_join_conference(struct function_result *r, const struct call *c) {
    const struct function_join_conference o = {
        .muted = flag(c, -1, "muted", false),
        .no_start_on_enter = !flag(c, -1, "start_on_enter", true),
        .end_on_exit = flag(c, -1, "end_on_exit", false),
        .beep = text(c, -1, "beep"),
        .wait_url = text(c, -1, "wait_url"),
        .record = text(c, -1, "record"),
        .region = text(c, -1, "region"),
        .trim = text(c, -1, "trim"),
        .coach = text(c, -1, "coach"),
        .participants_max = (uint32_t)number(c, -1, "max_participants"),
        .status_events = text(c, -1, "status_callback_event"),
        .status_url = text(c, -1, "status_callback"),
        .status_method = text(c, -1, "status_callback_method"),
        .recording_status_url = text(c, -1, "recording_status_callback"),
        .recording_status_method = text(c, -1, "recording_status_callback_method"),
        .recording_status_events = text(c, -1, "recording_status_callback_event"),
    };
    function_result_join_conference(r, text(c, 0, "name"), json_count(c->kwargs) ? &o : NULL);
}

static void m_tap(struct function_result *r, const struct call *c) {
    const struct function_tap o = {
        .control_id = text(c, -1, "control_id"),
        .direction = text(c, -1, "direction"),
        .codec = text(c, -1, "codec"),
        .rtp_ptime_ms = (uint32_t)number(c, -1, "rtp_ptime"),
        .status_url = text(c, -1, "status_url"),
    };
    function_result_tap(r, text(c, 0, "uri"), json_count(c->kwargs) ? &o : NULL);
}

static void m_hold(struct function_result *r, const struct call *c) {
    const struct json *timeout = arg(c, 0, "timeout");
    if (json_type(timeout) == JSON_STRING)
        function_result_hold_with_steps(r, json_str(timeout), (int64_t)number(c, 1, "timeout"),
                                        text(c, -1, "step"), text(c, -1, "timeout_step"));
    else
        function_result_hold(r, timeout ? (int64_t)json_double(timeout, 0) : 300);
}

static void m_wait_for_user(struct function_result *r, const struct call *c) {
    if (flag(c, -1, "answer_first", false))
        function_result_wait_for_user_answer_first(r);
    else if (arg(c, -1, "timeout"))
        function_result_wait_for_user_s(r, (int64_t)number(c, -1, "timeout"));
    else
        function_result_wait_for_user(r, flag(c, 0, "enabled", true));
}

static void m_connect(struct function_result *r, const struct call *c) {
    function_result_connect(r, text(c, 0, "destination"), text(c, 2, "from_addr"),
                            flag(c, 1, "final", true));
}

static void m_swml_transfer(struct function_result *r, const struct call *c) {
    function_result_transfer(r, text(c, 0, "dest"), text(c, 1, "ai_response"),
                             flag(c, 2, "final", true));
}

static void m_execute_swml(struct function_result *r, const struct call *c) {
    const struct json *doc = arg(c, 0, "swml_content");
    function_result_execute_swml(
        r, json_type(doc) == JSON_STRING ? json_str(doc) : json_text(c, 0, ""),
        flag(c, 1, "transfer", false));
}

static void m_send_sms(struct function_result *r, const struct call *c) {
    function_result_send_sms(r, text(c, 0, "to_number"), text(c, 1, "from_number"),
                             text(c, -1, "body"), json_text(c, -1, "media"),
                             json_text(c, -1, "tags"), text(c, -1, "region"));
}

static void m_switch_context(struct function_result *r, const struct call *c) {
    function_result_switch_context(r, text(c, 0, "system_prompt"), text(c, 1, "user_prompt"),
                                   flag(c, 2, "consolidate", false),
                                   flag(c, 3, "full_reset", false));
}

static void m_replace_in_history(struct function_result *r, const struct call *c) {
    function_result_replace_in_history(r, text(c, 0, "text"));
}

static void m_execute_rpc(struct function_result *r, const struct call *c) {
    function_result_execute_rpc(r, text(c, 0, "method"), text(c, -1, "call_id"),
                                text(c, -1, "node_id"), json_text(c, -1, "params"));
}

static void m_rpc_dial(struct function_result *r, const struct call *c) {
    function_result_rpc_dial(r, text(c, 0, "to_number"), text(c, 1, "from_number"),
                             text(c, 2, "dest_swml"));
}

static void m_rpc_ai_message(struct function_result *r, const struct call *c) {
    function_result_rpc_ai_message(r, text(c, 0, "call_id"), text(c, 1, "message_text"),
                                   text(c, 2, "role"), json_text(c, -1, "global_data"));
}

static void m_rpc_ai_global_data(struct function_result *r, const struct call *c) {
    function_result_rpc_ai_message(r, text(c, 0, "call_id"), (struct str){0}, (struct str){0},
                                   json_text(c, 1, "global_data"));
}

static void m_rpc_ai_unhold(struct function_result *r, const struct call *c) {
    function_result_rpc_ai_unhold(r, text(c, 0, "call_id"));
}

static void m_play_background_file(struct function_result *r, const struct call *c) {
    function_result_play_background_file(r, text(c, 0, "filename"), flag(c, 1, "wait", false));
}

static void m_set_tool_response(struct function_result *r, const struct call *c) {
    function_result_set_tool_response(r, text(c, 0, "tool_result"), text(c, 1, "tool_prompt"));
}

static void m_functions_on_timeout(struct function_result *r, const struct call *c) {
    function_result_functions_on_timeout(r, flag(c, 0, "enabled", true));
}

static void m_extensive_data(struct function_result *r, const struct call *c) {
    function_result_extensive_data(r, flag(c, 0, "enabled", true));
}

/* Methods of one kind of argument. */
typedef void plain_fn(struct function_result *r);
typedef void text_fn(struct function_result *r, struct str s);
typedef void number_fn(struct function_result *r, int64_t n);

static const struct method {
    const char *name;
    method_fn *any;
    plain_fn *plain;
    text_fn *text, *json;
    number_fn *number;
} methods[] = {
    {"record_call", .any = m_record_call},
    {"pay", .any = m_pay},
    {"join_conference", .any = m_join_conference},
    {"tap", .any = m_tap},
    {"hold", .any = m_hold},
    {"wait_for_user", .any = m_wait_for_user},
    {"connect", .any = m_connect},
    {"swml_transfer", .any = m_swml_transfer},
    {"execute_swml", .any = m_execute_swml},
    {"send_sms", .any = m_send_sms},
    {"switch_context", .any = m_switch_context},
    {"replace_in_history", .any = m_replace_in_history},
    {"execute_rpc", .any = m_execute_rpc},
    {"rpc_dial", .any = m_rpc_dial},
    {"rpc_ai_message", .any = m_rpc_ai_message},
    {"rpc_ai_global_data", .any = m_rpc_ai_global_data},
    {"rpc_ai_unhold", .any = m_rpc_ai_unhold},
    {"play_background_file", .any = m_play_background_file},
    {"set_tool_response", .any = m_set_tool_response},
    {"enable_functions_on_timeout", .any = m_functions_on_timeout},
    {"enable_extensive_data", .any = m_extensive_data},
    {"hangup", .plain = function_result_hangup},
    {"stop", .plain = function_result_stop},
    {"stop_background_file", .plain = function_result_stop_background_file},
    {"clear_dynamic_hints", .plain = function_result_clear_dynamic_hints},
    {"say", .text = function_result_say},
    {"simulate_user_input", .text = function_result_simulate_user_input},
    {"swml_change_step", .text = function_result_change_step},
    {"swml_change_context", .text = function_result_change_context},
    {"stop_record_call", .text = function_result_stop_record_call},
    {"stop_tap", .text = function_result_stop_tap},
    {"join_room", .text = function_result_join_room},
    {"sip_refer", .text = function_result_sip_refer},
    {"update_global_data", .json = function_result_update_global_data},
    {"remove_global_data", .json = function_result_remove_global_data},
    {"set_metadata", .json = function_result_set_metadata},
    {"remove_metadata", .json = function_result_remove_metadata},
    {"toggle_functions", .json = function_result_toggle_functions},
    {"update_settings", .json = function_result_update_settings},
    {"add_dynamic_hints", .json = function_result_add_dynamic_hints},
    {"swml_user_event", .json = function_result_user_event},
    {"set_end_of_speech_timeout", .number = function_result_end_of_speech_timeout},
    {"set_speech_event_timeout", .number = function_result_speech_event_timeout},
};

static bool run(struct function_result *r, const struct json *call, struct arena *arena) {
    const struct call c = {json_get(call, "args"), json_get(call, "kwargs"), arena};
    struct str name = json_str(json_get(call, "method"));
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        const struct method *m = &methods[i];
        if (!str_eq_z(name, m->name))
            continue;
        if (m->any)
            m->any(r, &c);
        else if (m->plain)
            m->plain(r);
        else if (m->text)
            m->text(r, json_str(json_first(c.args)));
        else if (m->json)
            m->json(r, json_text(&c, 0, ""));
        else
            m->number(r, (int64_t)json_double(json_first(c.args), -1));
        return true;
    }
    return false;
}

/** What our builder makes of a vector; empty when it reports a fault. */
static bool build(const struct json *v, struct buf *out) {
    struct function_result r;
    struct arena arena = {0};
    const struct json *made = json_get(v, "constructor");
    struct error err = {0};
    function_result_init(&r, json_str(json_first(json_get(made, "args"))));
    function_result_set_post_process(
        &r, json_bool(json_get(json_get(made, "kwargs"), "post_process"), false));
    bool known = true;
    for (const struct json *c = json_first(json_get(v, "calls")); c; c = json_next(c))
        known = run(&r, c, &arena) && known;
    enum error_code rc = function_result_write(&r, out, &err);
    EXPECT(rc == ERR_OK || (rc == ERR_INVALID && err.field[0] && err.text[0] && out->len == 0));
    function_result_release(&r);
    arena_release(&arena);
    return known;
}

TEST(function_result, the_calls_of_the_sdk_give_the_json_of_the_sdk) {
    CLEANUP(buf_release) struct buf file = BUF_INIT(1 << 20);
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    static const struct json_limits limits = {
        .bytes_max = 1 << 20, .depth_max = 24, .values_max = 20000};
    struct error err;
    size_t count = 0;
    REQUIRE(read_file(vectors_path, &file));
    REQUIRE(json_parse(buf_str(&file), &limits, &doc, &err) == ERR_OK);
    const struct json *list = json_get(json_root(doc), "vectors");
    for (const struct json *v = json_first(list); v; v = json_next(v), count++) {
        CLEANUP(buf_release) struct buf got = BUF_INIT(65536);
        CLEANUP(buf_release) struct buf want = BUF_INIT(65536);
        const struct json *newer = json_get(v, "emitted_v3");
        const struct json *emitted = newer ? newer : json_get(v, "emitted");
        bool known = build(v, &got);
        if (emitted)
            json_put_value(&want, emitted);
        bool same = emitted ? json_same_text(buf_str(&got), buf_str(&want)) : got.len == 0;
        if (!known || !same)
            fprintf(stderr, "%.*s: got %.*s\nwant %.*s\n", STR_ARG(json_str(json_get(v, "id"))),
                    STR_ARG(buf_str(&got)), STR_ARG(buf_str(&want)));
        EXPECT(known && same);
    }
    EXPECT_INT(count, 79);
}

TEST(function_result, a_bad_argument_is_named_and_adds_nothing) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(65536);
    struct function_result r;
    struct error err;
    function_result_init(&r, STR("Hi"));
    function_result_hangup(&r);
    function_result_update_global_data(&r, STR("{\"a\":"));
    function_result_connect(&r, STR(""), STR(""), true);
    EXPECT_INT(function_result_write(&r, &out, &err), ERR_INVALID);
    EXPECT_STR(err.field, "set_global_data");
    EXPECT_INT(out.len, 0);
    EXPECT(str_eq(buf_str(&r.actions), STR("{\"hangup\":true}")));
    function_result_release(&r);
}

TEST(function_result, text_cannot_leave_its_quotes) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(65536);
    struct function_result r;
    function_result_init(&r, STR("\"},{\"hangup\":true"));
    function_result_say(&r, STR("\"}],\"x\":[{\"y\":\"\\"));
    EXPECT_INT(function_result_write(&r, &out, NULL), ERR_OK);
    EXPECT(json_same_text(buf_str(&out),
                          STR("{\"response\":\"\\\"},{\\\"hangup\\\":true\",\"action\":[{\"say\":"
                              "\"\\\"}],\\\"x\\\":[{\\\"y\\\":\\\"\\\\\"}]}")));
    function_result_release(&r);
}

TEST(function_result, a_result_over_the_limit_is_refused_whole) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    struct function_result r;
    struct error err;
    function_result_init(&r, STR("Hi"));
    for (int i = 0; i < 30000; i++)
        function_result_say(&r, STR("a long line that fills up"));
    EXPECT_INT(function_result_write(&r, &out, &err), ERR_LIMIT);
    EXPECT_INT(out.len, 0);
    function_result_release(&r);
}
