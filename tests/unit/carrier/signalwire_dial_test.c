#include "tests/support/test.h"

#include "tests/unit/carrier/signalwire_box.h"

static const struct box_page pages[] = {
    {.path = "/answer", .body = SWML("{\"hangup\":{}}"), .type = "application/json"}, {0}};

/** A dial with these members of params gets this fault for this attribute ("null": none). */
static void expect_fault(struct box *b, const char *params, const char *code,
                         const char *attribute) {
    struct arena a = {0};
    struct str body = arena_printf(&a, "{\"command\":\"dial\",\"params\":{%s}}", params);
    struct box_reply r = signalwire_post(b, body.ptr);
    EXPECT_INT(r.status, 422);
    EXPECT_STR(swml_at(&a, r.body, "errors.0.type"), "validation_error");
    EXPECT_STR(swml_at(&a, r.body, "errors.0.code"), code);
    EXPECT_STR(swml_at(&a, r.body, "errors.0.attribute"), attribute);
    EXPECT(swml_at(&a, r.body, "errors.0.message")[0] != '\0');
    EXPECT(swml_at(&a, r.body, "errors.0.url")[0] != '\0');
    EXPECT_STR(swml_at(&a, r.body, "errors.1"), "");
    box_reply_release(&r);
    arena_release(&a);
}

#define FROM   "\"from\":\"+12025550199\","
#define TO     "\"to\":\"+12025550100\","
#define GOOD   FROM TO
#define ANSWER "\"url\":\"http://app.test/answer\""

TEST(signalwire_dial, answers_with_the_queued_call) {
    struct arena a = {0};
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    struct box_reply r = signalwire_post(&b, "{\"command\":\"dial\",\"params\":{" GOOD ANSWER "}}");
    EXPECT_INT(r.status, 200);
    EXPECT_INT(strlen(swml_at(&a, r.body, "id")), 36);
    EXPECT_STR(swml_at(&a, r.body, "from"), "+12025550199");
    EXPECT_STR(swml_at(&a, r.body, "to"), "+12025550100");
    EXPECT_STR(swml_at(&a, r.body, "status"), "queued");
    EXPECT_STR(swml_at(&a, r.body, "direction"), "outbound-api");
    EXPECT_STR(swml_at(&a, r.body, "source"), "realtime_api");
    EXPECT_STR(swml_at(&a, r.body, "type"), "relay_pstn_call");
    EXPECT_STR(swml_at(&a, r.body, "url"), "null");
    EXPECT_STR(swml_at(&a, r.body, "duration"), "null");
    EXPECT_INT(strlen(swml_at(&a, r.body, "created_at")), strlen("2024-05-06T12:20:00Z"));
    box_reply_release(&r);
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_dial, credentials_are_of_the_project) {
    struct arena a = {0};
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    struct carrier_account account = carrier_account(b.carrier);
    EXPECT_INT(account.account.len, 36);
    EXPECT(str_starts(account.token, STR("PT")) && account.token.len == 50);
    EXPECT(str_starts(account.signing_key, STR("PSK_")));
    static const char *const logins[] = {"Basic bm86bm8=", "Bearer x"};
    for (size_t i = 0; i < 3; i++) {
        const struct http_header h = {STR("Authorization"), str_z(i < 2 ? logins[i] : "")};
        struct box_reply r = box_raw(&b, "POST", "/api/calling/calls", "{}", &h, i < 2 ? 1 : 0);
        EXPECT_INT(r.status, 401);
        EXPECT_STR(swml_at(&a, r.body, "error"), "Unauthorized");
        box_reply_release(&r);
    }
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_dial, bodies_that_are_no_commands_are_told_apart) {
    static const struct {
        const char *body;
        int status;
        const char *code;
    } table[] = {
        {"", 400, ""},
        {"{", 400, ""},
        {"[]", 400, ""},
        {"{}", 422, "missing_required_parameter"},
        {"{\"command\":\"fly\",\"params\":{}}", 422, "invalid_command_attempted"},
        {"{\"command\":\"dial\",\"params\":[]}", 422, "invalid_parameter"},
        {"{\"command\":\"calling.end\",\"params\":{}}", 422, "missing_required_parameter"},
        {"{\"command\":\"update\",\"id\":\"x\",\"params\":{}}", 422, "missing_required_parameter"},
        {"{\"command\":\"calling.end\",\"id\":\"nobody\"}", 404, ""},
    };
    struct arena a = {0};
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct box_reply r = signalwire_post(&b, table[i].body);
        EXPECT_INT(r.status, table[i].status);
        EXPECT_STR(swml_at(&a, r.body, "errors.0.code"), table[i].code);
        EXPECT_STR(swml_at(&a, r.body, "error"), r.status == 400   ? "Bad Request"
                                                 : r.status == 404 ? "Not Found"
                                                                   : "");
        box_reply_release(&r);
    }
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_dial, each_fault_is_named) {
    static const struct {
        const char *params, *code, *attribute;
    } table[] = {
        {TO ANSWER, "missing_required_parameter", "from"},
        {"\"from\":\"Jane\"," TO ANSWER, "invalid_from_number", "from"},
        {"\"from\":\"+12025550123\"," TO ANSWER, "not_purchased_or_verified", "from"},
        {FROM ANSWER, "missing_required_parameter", "to"},
        {FROM "\"to\":\"2025550100\"," ANSWER, "invalid_destination_number", "to"},
        {FROM "\"to\":\"sip:\"," ANSWER, "invalid_sip_destination", "to"},
        {FROM "\"to\":\"/public/x\"," ANSWER, "to_destination_unresolvable", "to"},
        {GOOD "\"timeout\":30", "inline_swml_or_swml_webhook_required", "null"},
        {GOOD ANSWER ",\"swml\":{}", "incompatible_parameters", "url"},
        {GOOD "\"url\":\"ftp://app.test/\"", "not_an_http_url", "url"},
        {GOOD "\"swml\":\"sections: {\"", "not_json_or_yaml", "swml"},
        {GOOD "\"swml\":7", "not_json_or_yaml", "swml"},
        {GOOD ANSWER ",\"url_method\":\"PUT\"", "invalid_http_method", "url_method"},
        {GOOD ANSWER ",\"fallback_url\":\"x\"", "not_an_http_url", "fallback_url"},
        {GOOD ANSWER ",\"status_url\":\"x\"", "not_an_http_url", "status_url"},
        {GOOD ANSWER ",\"status_events\":\"ended\"", "invalid_parameter", "status_events"},
        {GOOD ANSWER ",\"status_events\":[\"completed\"]", "invalid_parameter", "status_events"},
        {GOOD ANSWER ",\"timeout\":0", "invalid_parameter", "timeout"},
        {GOOD ANSWER ",\"timeout\":601", "invalid_parameter", "timeout"},
        {GOOD ANSWER ",\"timeout\":\"30\"", "invalid_parameter", "timeout"},
        {GOOD ANSWER ",\"codecs\":[\"OPUS\",\"MP3\"]", "invalid_codecs_format", "codecs"},
        {GOOD ANSWER ",\"send_digits\":\"1x\"", "invalid_parameter", "send_digits"},
        {GOOD ANSWER ",\"max_price_per_minute\":-1", "invalid_parameter", "max_price_per_minute"},
        {GOOD ANSWER ",\"custom_variables\":{\"1a\":\"x\"}", "invalid_custom_variable_name",
         "custom_variables"},
        {GOOD ANSWER ",\"custom_variables\":{\"SW_a\":\"x\"}", "reserved_custom_variable_name",
         "custom_variables"},
        {GOOD ANSWER ",\"custom_variables\":{\"a\":\"\"}", "invalid_custom_variable_value",
         "custom_variables"},
        {GOOD ANSWER ",\"custom_variables\":{\"a\":1}", "invalid_custom_variable_value",
         "custom_variables"},
    };
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        expect_fault(&b, table[i].params, table[i].code, table[i].attribute);
    EXPECT_INT(carrier_totals(b.carrier).created, 0);
    box_release(&b);
}

TEST(signalwire_dial, all_faults_of_a_request_are_listed) {
    struct arena a = {0};
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    struct box_reply r = signalwire_post(&b, "{\"command\":\"dial\",\"params\":{\"timeout\":0}}");
    EXPECT_INT(r.status, 422);
    EXPECT_STR(swml_at(&a, r.body, "errors.0.attribute"), "from");
    EXPECT_STR(swml_at(&a, r.body, "errors.1.attribute"), "to");
    EXPECT_STR(swml_at(&a, r.body, "errors.2.code"), "inline_swml_or_swml_webhook_required");
    EXPECT_STR(swml_at(&a, r.body, "errors.3.attribute"), "timeout");
    box_reply_release(&r);
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_dial, too_many_or_too_long_variables_are_refused) {
    struct buf params = BUF_INIT(16384);
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    buf_puts(&params, GOOD ANSWER ",\"custom_variables\":{");
    for (int i = 0; i < 21; i++)
        buf_printf(&params, "%s\"v%d\":\"x\"", i > 0 ? "," : "", i);
    buf_puts(&params, "}");
    expect_fault(&b, params.ptr, "too_many_custom_variables", "custom_variables");
    buf_clear(&params);
    buf_printf(&params, GOOD ANSWER ",\"custom_variables\":{\"v\":\"%01025d\"}", 0);
    expect_fault(&b, params.ptr, "custom_variable_value_too_long", "custom_variables");
    buf_release(&params);
    box_release(&b);
}

TEST(signalwire_dial, a_document_may_come_with_the_request) {
    static const char *const forms[] = {
        "\"swml\":" SWML("{\"hangup\":{}}"),
        "\"swml\":\"{\\\"sections\\\":{\\\"main\\\":[{\\\"hangup\\\":{}}]}}\"",
    };
    struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        char id[37];
        struct box b;
        REQUIRE(signalwire_init(&b, pages, NULL));
        REQUIRE(signalwire_dial(&b, "+12025550100", forms[i], id));
        REQUIRE(box_wait_ended(&b, 1));
        EXPECT_STR(signalwire_states(&a, &b), "created ringing answered ending ended");
        EXPECT_INT(box_count(&b, "/answer"), 0);
        box_release(&b);
    }
    arena_release(&a);
}

TEST(signalwire_dial, the_first_document_is_asked_for_with_the_state_of_the_call) {
    struct arena a = {0};
    char id[37];
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    REQUIRE(
        signalwire_dial(&b, "+12025550100", ANSWER ",\"custom_variables\":{\"lead\":\"42\"}", id));
    const struct box_request *r = box_wait(&b, "/answer", 0);
    EXPECT_STR(r->method, "POST");
    EXPECT_STR(header_of(&a, r, "Content-Type"), "application/json");
    EXPECT_STR(swml_at(&a, r->body, "call.call_id"), id);
    EXPECT_STR(swml_at(&a, r->body, "call.call_state"), "answered");
    EXPECT_STR(swml_at(&a, r->body, "call.type"), "phone");
    EXPECT_STR(swml_at(&a, r->body, "call.to_number"), "+12025550100");
    EXPECT(str_eq_z(carrier_account(b.carrier).account, swml_at(&a, r->body, "call.project_id")));
    EXPECT_STR(swml_at(&a, r->body, "envs.lead"), "42");
    EXPECT_STR(swml_at(&a, r->body, "params"), "{}");
    EXPECT_STR(swml_at(&a, r->body, "vars"), "");
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_dial, a_failed_document_leads_to_the_fallback_and_then_to_an_error) {
    static const struct {
        struct box_page answer;
        bool falls_back;
    } table[] = {
        {{.path = "/answer", .status = 500}, true},
        {{.path = "/answer", .body = "<Response/>"}, true},
        {{.path = "/answer", .fail = ERR_UNCERTAIN}, true},
        {{.path = "/answer", .body = SWML("")}, false},
    };
    struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        const struct box_page faulty[] = {table[i].answer, {.path = "/plan-b", .status = 500}, {0}};
        char id[37];
        struct box b;
        REQUIRE(signalwire_init(&b, faulty, NULL));
        REQUIRE(signalwire_dial(&b, "+12025550100",
                                ANSWER ",\"fallback_url\":\"" BOX_APP "/plan-b\"", id));
        REQUIRE(box_wait_ended(&b, 1));
        EXPECT_INT(box_count(&b, "/answer"), 1); /* documents are asked for once */
        EXPECT_INT(box_count(&b, "/plan-b"), table[i].falls_back);
        EXPECT_STR(swml_at(&a, box_wait(&b, "/status", 4)->body, "params.end_reason"),
                   table[i].falls_back ? "error" : "hangup");
        box_release(&b);
    }
    arena_release(&a);
}

TEST(signalwire_dial, faults_on_purpose_speak_the_carriers_words) {
    static const struct {
        const char *to;
        int status;
        bool cut;
        const char *error, *code;
        uint64_t rings;
    } table[] = {
        {"+12025550112", 503, false, "Service Unavailable", "", 0},
        {"+12025550113", 429, false, "", "rate_limit_exceeded", 0},
        {"+12025550114", 500, true, "", "", 1},
    };
    struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct box b;
        REQUIRE(signalwire_init(&b, pages, NULL));
        struct str body = arena_printf(
            &a, "{\"command\":\"dial\",\"params\":{" FROM ANSWER ",\"to\":\"%s\"}}", table[i].to);
        struct box_reply r = signalwire_post(&b, body.ptr);
        EXPECT_INT(r.status, table[i].status);
        EXPECT_INT(r.cut, table[i].cut);
        EXPECT_STR(swml_at(&a, r.body, "error"), table[i].error);
        EXPECT_STR(swml_at(&a, r.body, "errors.0.code"), table[i].code);
        EXPECT(!strcmp(table[i].code, "") || strstr(r.headers, "Retry-After: 1\n"));
        EXPECT(box_wait_ended(&b, table[i].rings));
        EXPECT_INT(carrier_rings(b.carrier, str_z(table[i].to)), table[i].rings);
        box_reply_release(&r);
        box_release(&b);
    }
    arena_release(&a);
}

TEST(signalwire_dial, a_missing_scope_is_forbidden) {
    struct arena a = {0};
    struct box b;
    REQUIRE(signalwire_init(&b, pages, "{\"create\":{\"status\":403}}"));
    struct box_reply r = signalwire_post(&b, "{\"command\":\"dial\",\"params\":{" GOOD ANSWER "}}");
    EXPECT_INT(r.status, 403);
    EXPECT_STR(swml_at(&a, r.body, "error"), "Forbidden");
    box_reply_release(&r);
    box_release(&b);
    arena_release(&a);
}
