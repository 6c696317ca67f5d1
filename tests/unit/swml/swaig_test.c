/* Function calls of a carrier's agent, in every shape that they come in. */
#include "core/base/mem.h"
#include "swml/swaig.h"
#include "tests/support/json_same.h"
#include "tests/support/test.h"

static const char carriers_own[] =
    "{\"function\":\"process_payment\","
    "\"argument\":{\"parsed\":[{\"amount\":\"49.99\"}],\"raw\":\"{\\\"amount\\\":\\\"49.99\\\"}\"},"
    "\"argument_desc\":{\"type\":\"object\",\"properties\":{}},\"description\":\"Pay\","
    "\"call_id\":\"b5d63b2e\",\"ai_session_id\":\"a0d4e6e5\",\"app_name\":\"swml app\","
    "\"global_data\":{\"recording_consent\":true},\"meta_data_token\":\"t\",\"meta_data\":{\"k\":1}"
    ","
    "\"caller_id_name\":\"Jane\",\"caller_id_num\":\"+15555550100\",\"channel_active\":true,"
    "\"content_type\":\"text/swaig\",\"version\":\"2.0\",\"project_id\":\"p\",\"space_id\":\"s\"}";

static bool argument_is(const char *body, const char *want) {
    CLEANUP(swaig_request_release) struct swaig_request r = {0};
    CLEANUP(buf_release) struct buf got = BUF_INIT(4096);
    if (swaig_request_read(str_z(body), &r, NULL) != ERR_OK)
        return false;
    if (r.argument)
        json_put_value(&got, r.argument);
    return want ? json_same_text(buf_str(&got), str_z(want)) : !r.argument;
}

TEST(swaig, reads_all_that_a_carrier_sends) {
    CLEANUP(swaig_request_release) struct swaig_request r = {0};
    REQUIRE(swaig_request_read(str_z(carriers_own), &r, NULL) == ERR_OK);
    EXPECT(str_eq_z(r.function, "process_payment"));
    EXPECT(str_eq_z(json_str(json_get(r.argument, "amount")), "49.99"));
    EXPECT(str_eq_z(r.call_id, "b5d63b2e"));
    EXPECT(str_eq_z(r.ai_session_id, "a0d4e6e5"));
    EXPECT(str_eq_z(r.caller_id_number, "+15555550100"));
    EXPECT(json_bool(json_get(r.global_data, "recording_consent"), false));
    EXPECT(str_eq_z(r.meta_data_token, "t"));
    EXPECT_INT(json_count(r.meta_data), 1);
    EXPECT(!r.asks_signature && !r.fatal_error);
}

TEST(swaig, takes_the_argument_from_wherever_it_is) {
    EXPECT(argument_is("{\"argument\":{\"parsed\":[{\"a\":1}],\"raw\":\"{\\\"a\\\":2}\"}}",
                       "{\"a\":1}"));
    EXPECT(argument_is("{\"argument\":{\"parsed\":[{}],\"raw\":\"{\\\"a\\\":2}\"}}", "{\"a\":2}"));
    EXPECT(argument_is("{\"argument\":{\"parsed\":[],\"raw\":\"{\\\"a\\\":2}\"}}", "{\"a\":2}"));
    EXPECT(argument_is("{\"argument\":{\"raw\":\"{\\\"a\\\":2}\"}}", "{\"a\":2}"));
    EXPECT(argument_is("{\"argument\":{\"parsed\":{\"a\":3}}}", "{\"a\":3}"));
    EXPECT(argument_is("{\"argument\":{\"a\":4}}", "{\"a\":4}"));
    EXPECT(argument_is("{\"argument\":\"{\\\"a\\\":5}\"}", "{\"a\":5}"));
}

TEST(swaig, knows_a_call_without_arguments) {
    EXPECT(argument_is("{\"function\":\"f\"}", NULL));
    EXPECT(argument_is("{\"argument\":\"\"}", NULL));
    EXPECT(argument_is("{\"argument\":{\"parsed\":[]}}", NULL));
    EXPECT(argument_is("{\"argument\":{\"parsed\":[{}]}}", NULL));
    EXPECT(argument_is("{\"argument\":{\"raw\":\"not JSON\"}}", NULL));
    EXPECT(argument_is("{\"argument\":{\"raw\":\"[1,2]\"}}", NULL));
    EXPECT(argument_is("{\"argument\":17}", NULL));
}

TEST(swaig, reads_the_spellings_of_older_and_other_agents) {
    CLEANUP(swaig_request_release) struct swaig_request r = {0};
    REQUIRE(swaig_request_read(STR("{\"function\":\"f\",\"caller_id\":\"+1\",\"call\":{\"call_id\":"
                                   "\"c\"},\"version\":\"1.0\",\"purpose\":\"x\"}"),
                               &r, NULL) == ERR_OK);
    EXPECT(str_eq_z(r.call_id, "c"));
    EXPECT(str_eq_z(r.caller_id_number, "+1"));
}

TEST(swaig, refuses_what_is_no_request) {
    struct swaig_request r = {0};
    EXPECT_INT(swaig_request_read(STR("{"), &r, NULL), ERR_INVALID);
    EXPECT_INT(swaig_request_read(STR("[]"), &r, NULL), ERR_INVALID);
    EXPECT_INT(swaig_request_read(STR(""), &r, NULL), ERR_INVALID);
    EXPECT(r.doc == NULL);
}

TEST(swaig, names_functions_like_the_sdk) {
    EXPECT(swaig_is_function_name(STR("handle_consent")));
    EXPECT(swaig_is_function_name(STR("_f2")));
    EXPECT(!swaig_is_function_name(STR("")));
    EXPECT(!swaig_is_function_name(STR("2f")));
    EXPECT(!swaig_is_function_name(STR("../x")));
    EXPECT(!swaig_is_function_name(STR("a-b")));
    EXPECT(!swaig_is_function_name(STR("f\n")));
}

TEST(swaig, reads_back_the_request_that_it_writes) {
    CLEANUP(buf_release) struct buf body = BUF_INIT(8192);
    CLEANUP(swaig_request_release) struct swaig_request r = {0};
    const struct swaig_call c = {.function = STR("look_up"),
                                 .arguments_json = STR("{\"name\":\"J \\\"x\\\"\"}"),
                                 .call_id = STR("call_1"),
                                 .caller_id_number = STR("+12025550100"),
                                 .global_data_json = STR("{\"a\":true}"),
                                 .meta_data_token = STR("t"),
                                 .is_active = true};
    swaig_call_write(&c, &body);
    REQUIRE(swaig_request_read(buf_str(&body), &r, NULL) == ERR_OK);
    EXPECT(str_eq(r.function, c.function));
    EXPECT(str_eq_z(json_str(json_get(r.argument, "name")), "J \"x\""));
    EXPECT(str_eq(r.call_id, c.call_id));
    EXPECT(str_eq(r.caller_id_number, c.caller_id_number));
    EXPECT(json_bool(json_get(r.global_data, "a"), false));
    EXPECT_INT(json_count(r.meta_data), 0);
    EXPECT(r.meta_data != NULL);
}

TEST(swaig, reads_what_an_agent_reports_at_the_end) {
    CLEANUP(swaig_report_release) struct swaig_report r = {0};
    REQUIRE(
        swaig_report_read(
            STR("{\"action\":\"post_conversation\",\"call_id\":\"c\",\"call_ended_by\":\"user\","
                "\"caller_id_number\":\"+1\",\"post_prompt_data\":{\"parsed\":[{\"ok\":true}],"
                "\"raw\":\"{\\\"ok\\\":true}\"},\"call_log\":[{\"role\":\"user\",\"content\":"
                "\"hi\"}],\"global_data\":{\"x\":1}}"),
            &r, NULL) == ERR_OK);
    EXPECT(str_eq_z(r.action, "post_conversation"));
    EXPECT(str_eq_z(r.summary, "{\"ok\":true}"));
    EXPECT(json_bool(json_get(r.parsed, "ok"), false));
    EXPECT_INT(json_count(r.call_log), 1);
    EXPECT_INT(json_count(r.global_data), 1);
    EXPECT(str_eq_z(r.ended_by, "user"));
}

TEST(swaig, a_report_of_ours_is_read_like_a_carriers) {
    static const struct {
        const char *summary;
        bool parsed;
    } cases[] = {{"All \"good\".", false}, {"{\"mood\":\"good\"}", true}, {"[1]", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CLEANUP(swaig_report_release) struct swaig_report r = {0};
        CLEANUP(buf_release) struct buf b = BUF_INIT(4096);
        struct swaig_report_told told = {.call_id = STR("call_1"),
                                         .app_name = STR("desk"),
                                         .caller_id_number = STR("+12025550100"),
                                         .summary = str_z(cases[i].summary),
                                         .call_log_json =
                                             STR("[{\"role\":\"user\",\"content\":\"hi\"}]")};
        swaig_report_write(&told, &b);
        REQUIRE(swaig_report_read(buf_str(&b), &r, NULL) == ERR_OK);
        EXPECT(str_eq(r.call_id, told.call_id) && str_eq(r.summary, told.summary));
        EXPECT(str_eq(r.caller_id_number, told.caller_id_number));
        EXPECT((r.parsed != NULL) == cases[i].parsed);
        EXPECT_INT(json_count(r.call_log), 1);
    }
}
