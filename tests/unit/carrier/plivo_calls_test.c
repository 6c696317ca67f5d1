#include "tests/support/test.h"
#include "tests/unit/carrier/plivo_box.h"

static const struct box_page pages[] = {{.path = "/answer", .body = PLIVO_WAIT}, {0}};
static const struct box_page brief[] = {{.path = "/answer", .body = PLIVO_HANGUP}, {0}};
static const struct box_page greeting[] = {
    {.path = "/answer", .body = "<Response><Wait length=\"5\"/><Hangup/></Response>"}, {0}};

#define GOOD \
    "{\"from\":\"+12025550199\",\"to\":\"12025550100\",\"answer_url\":\"" BOX_APP "/answer\""

/* ---- credentials and addresses -------------------------------------------------------------- */

TEST(plivo_rest, wrong_credentials_get_a_text_without_api_id) {
    struct arena a = {0};
    const struct http_header wrong = {STR("Authorization"), STR("Basic TUE6eA==")};
    struct box b;
    REQUIRE(plivo_box_init(&b, brief, NULL, 0));
    for (size_t i = 0; i < 2; i++) {
        struct box_reply r = box_raw(&b, "GET", plivo_path(&a, &b, "/Call/"), "", &wrong, i);
        EXPECT_INT(r.status, 401);
        EXPECT(strstr(r.body, "Could not verify your access level") != NULL);
        EXPECT(strstr(r.body, "api_id") == NULL);
        EXPECT(strstr(r.headers, "WWW-Authenticate: Basic") != NULL);
        box_reply_release(&r);
    }
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_rest, unknown_addresses_and_methods_are_refused_as_json) {
    struct box b;
    REQUIRE(plivo_box_init(&b, brief, NULL, 0));
    plivo_expect(&b, "GET", "/Nothing/", NULL, 404, "\"error\":");
    plivo_expect(&b, "POST", "/Call", "{}", 404, "\"api_id\":"); /* resources end with '/' … */
    plivo_expect(&b, "GET", "/Call", NULL, 200, "objects");      /* … but may be read without */
    plivo_expect(&b, "PUT", "/Call/", NULL, 405, "\"error\":");
    plivo_expect(&b, "POST", "/Call/", "{\"from\":", 400, "cannot be read");
    plivo_expect(&b, "GET", "/Call/00000000-0000-4000-8000-000000000000/", NULL, 404,
                 "call not found");
    box_release(&b);
}

TEST(plivo_rest, the_account_tells_what_a_health_check_needs) {
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_box_init(&b, brief, NULL, 0));
    const char *body = plivo_ask(&a, &b, "GET", "/", NULL, 200);
    const char *id = box_json(&a, body, "auth_id");
    EXPECT_INT(strlen(id), 20);
    EXPECT(strncmp(id, "MA", 2) == 0);
    EXPECT_INT(strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), 20);
    EXPECT_INT(carrier_account(b.carrier).token.len, 40);
    EXPECT_STR(box_json(&a, body, "billing_mode"), "prepaid");
    EXPECT_INT(strlen(box_json(&a, body, "api_id")), 36);
    plivo_expect(&b, "POST", "/", "{\"name\":\"x\"}", 202, "changed");
    box_release(&b);
    arena_release(&a);
}

/* ---- create --------------------------------------------------------------------------------- */

TEST(plivo_create, replies_with_one_id_that_is_also_the_calls) {
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_box_init(&b, pages, NULL, PLIVO_BRISK));
    const char *body = plivo_ask(&a, &b, "POST", "/Call/", GOOD "}", 201);
    EXPECT_STR(box_json(&a, body, "message"), "call fired");
    const char *sid = box_json(&a, body, "request_uuid");
    EXPECT_INT(strlen(sid), 36);
    EXPECT(sid[14] == '4');
    EXPECT_STR(box_param(&a, box_wait(&b, "/answer", 0), "CallUUID"), sid);
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_create, takes_forms_too) {
    struct box b;
    REQUIRE(plivo_box_init(&b, brief, NULL, 0));
    plivo_expect(&b, "POST", "/Call/",
                 "from=12025550199&to=12025550100&answer_url=http%3A%2F%2Fapp.test%2Fanswer", 201,
                 "call fired");
    box_release(&b);
}

TEST(plivo_create, each_bad_parameter_is_named) {
    static const struct {
        const char *json, *error;
    } cases[] = {
        {"{}", "from parameter is missing"},
        {"{\"from\":\"12025550199\"}", "to parameter is missing"},
        {"{\"from\":\"12025550199\",\"to\":\"12025550100\"}", "answer_url parameter is missing"},
        {"{\"from\":\"13035550199\",\"to\":\"1\",\"answer_url\":\"http://a/b\"}",
         "+13035550199 is not associated with your account"},
        {"{\"from\":\"12025550199\",\"to\":\"nobody\",\"answer_url\":\"http://a/b\"}",
         "to parameter is invalid"},
        {"{\"from\":\"12025550199\",\"to\":\"12025550100\",\"answer_url\":\"/b\"}",
         "answer_url parameter is invalid"},
        {GOOD ",\"answer_method\":\"PUT\"}", "answer_method parameter is invalid"},
        {GOOD ",\"ring_url\":\"x\"}", "ring_url"},
        {GOOD ",\"hangup_url\":\"x\"}", "hangup_url"},
        {GOOD ",\"fallback_url\":\"x\"}", "fallback_url"},
        {GOOD ",\"ring_timeout\":-1}", "ring_timeout"},
        {GOOD ",\"time_limit\":0}", "time_limit"},
        {GOOD ",\"hangup_on_ring\":\"soon\"}", "hangup_on_ring"},
        {GOOD ",\"machine_detection\":\"perhaps\"}", "machine_detection"},
        {GOOD ",\"machine_detection_time\":1999}", "machine_detection_time"},
        {GOOD ",\"machine_detection_maximum_words\":11}", "machine_detection_maximum_words"},
        {GOOD ",\"send_digits\":\"1x\"}", "send_digits"},
        {GOOD ",\"sip_headers\":\"a-b=c\"}", "sip_headers"},
        {GOOD ",\"sip_headers\":\"a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1,i=1,j=1,k=1,l=1,m=1,n=1,o=1,"
              "p=1,q=1,r=1,s=1,t=1,u=1,v=1,w=1,x=1,y=1\"}",
         "at most 24"},
        {GOOD ",\"caller_name\":\"123456789012345678901234567890123456789012345678901\"}",
         "caller_name"},
        {GOOD ",\"callback_url\":\"http://a/b\"}", "callback_url"},
        {GOOD ",\"parent_call_uuid\":\"x\",\"error_if_parent_not_found\":true}", "call not found"},
    };
    struct box b;
    REQUIRE(plivo_box_init(&b, brief, NULL, 0));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        plivo_expect(&b, "POST", "/Call/", cases[i].json, i == 21 ? 404 : 400, cases[i].error);
    EXPECT_INT(carrier_totals(b.carrier).created, 0);
    box_release(&b);
}

TEST(plivo_create, takes_every_parameter_that_is_well_formed) {
    struct box b;
    REQUIRE(plivo_box_init(&b, brief, NULL, 0));
    plivo_expect(&b, "POST", "/Call/",
                 GOOD ",\"answer_method\":\"GET\",\"ring_method\":\"POST\",\"time_limit\":100000,"
                      "\"caller_name\":\"Jane\",\"send_digits\":\"1w2W#@500\",\"ring_timeout\":30,"
                      "\"hangup_on_ring\":20,\"machine_detection\":true,"
                      "\"machine_detection_time\":5000,\"sip_headers\":\"a=b,PlivoX=1,c=d\","
                      "\"parent_call_uuid\":\"gone\",\"error_if_parent_not_found\":false}",
                 201, "call fired");
    box_release(&b);
}

TEST(plivo_create, several_destinations_give_an_array_in_their_order) {
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_box_init(&b, brief, NULL, 0));
    const char *body = plivo_ask(&a, &b, "POST", "/Call/",
                                 "{\"from\":\"12025550199\",\"answer_url\":\"" BOX_APP "/answer\","
                                 "\"to\":\"12025550100<nobody<+12025550101<12025550100\"}",
                                 201);
    EXPECT_STR(box_json(&a, body, "message"), "calls fired");
    const char *ids = box_json(&a, body, "request_uuid");
    EXPECT(ids[0] == '[');
    EXPECT_INT(strlen(ids), 2 * 38 + 3);
    EXPECT_STR(box_json(&a, body, "invalid_number"), "[\"nobody\",\"12025550100\"]");
    REQUIRE(box_wait_ended(&b, 2));
    EXPECT_INT(carrier_rings(b.carrier, STR("+12025550100")), 1);
    EXPECT_INT(carrier_rings(b.carrier, STR("+12025550101")), 1);
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_create, ids_differ_where_the_scenario_wants_it) {
    struct arena a = {0};
    struct box b;
    char sid[37];
    REQUIRE(plivo_box_init(&b, brief, "{\"switches\":{\"uuids_differ\":true}}", 0));
    REQUIRE(plivo_call(&b, "12025550100", "", sid) && box_wait_ended(&b, 1));
    const struct box_request *r = box_wait(&b, "/answer", 0);
    EXPECT_STR(box_param(&a, r, "RequestUUID"), sid);
    EXPECT_STR(box_param(&a, r, "ALegRequestUUID"), sid);
    EXPECT(strcmp(box_param(&a, r, "CallUUID"), sid) != 0);
    EXPECT_STR(box_param(&a, r, "ALegUUID"), box_param(&a, r, "CallUUID"));
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_create, calls_over_the_rate_are_queued_and_leave_in_turn) {
    struct arena a = {0};
    struct box b;
    char sid[37];
    REQUIRE(plivo_box_init(&b, pages, "{\"switches\":{\"cps\":0.02}}", 1)); /* one in 50 s */
    REQUIRE(plivo_call(&b, "12025550100", "", sid));
    const char *body = plivo_ask(&a, &b, "POST", "/Call/", GOOD "}", 201);
    EXPECT_STR(box_json(&a, body, "message"), "call queued");
    const char *queued = box_json(&a, body, "request_uuid");
    plivo_expect(&b, "GET", "/Call/?status=queued", NULL, 200, queued);
    const char *path = arena_printf(&a, "/Call/%s/?status=queued", queued).ptr;
    plivo_expect(&b, "GET", path, NULL, 200, "\"call_status\":\"queued\"");
    path = arena_printf(&a, "/Call/%s/", queued).ptr;
    plivo_expect(&b, "DELETE", path, NULL, 204, "");
    plivo_expect(&b, "GET", path, NULL, 200, "\"hangup_cause_code\":1000");
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_create, requests_over_the_limit_get_429_where_the_scenario_wants_it) {
    struct box b;
    REQUIRE(plivo_box_init(&b, brief, "{\"switches\":{\"rate_limit\":2}}", 0));
    for (int i = 0; i < 4; i++)
        plivo_expect(&b, "GET", "/Call/", NULL, i < 2 ? 200 : 429, "api_id");
    plivo_expect(&b, "POST", "/Call/", GOOD "}", 201, "call fired"); /* has a window of its own */
    box_release(&b);
}

TEST(plivo_create, a_switch_that_is_none_is_refused) {
    const struct carrier_options o = {.dialect = "plivo",
                                      .scenario_json = STR("{\"switches\":{\"turbo\":1}}"),
                                      .clock = clock_system()};
    struct carrier *c = NULL;
    struct error err = {0};
    EXPECT_INT(carrier_new(&o, &c, &err), ERR_INVALID);
    EXPECT(strstr(err.text, "turbo") != NULL);
}

/* ---- running calls -------------------------------------------------------------------------- */

TEST(plivo_live, a_running_call_is_live_and_no_record) {
    struct arena a = {0};
    struct box b;
    char sid[37];
    REQUIRE(plivo_box_init(&b, pages, NULL, PLIVO_BRISK));
    REQUIRE(plivo_call(&b, "12025550100", ",\"caller_name\":\"Jane\"", sid));
    REQUIRE(plivo_wait_live(&b, sid));
    const char *path = arena_printf(&a, "/Call/%s/?status=live", sid).ptr;
    const char *body = plivo_ask(&a, &b, "GET", path, NULL, 200);
    EXPECT_STR(box_json(&a, body, "call_status"), "in-progress");
    EXPECT_STR(box_json(&a, body, "call_uuid"), sid);
    EXPECT_STR(box_json(&a, body, "caller_name"), "Jane");
    EXPECT_STR(box_json(&a, body, "from"), "+12025550199");
    EXPECT_STR(box_json(&a, body, "to"), "12025550100");
    EXPECT_INT(strlen(box_json(&a, body, "session_start")), 26);
    plivo_expect(&b, "GET", "/Call/?status=live", NULL, 200, sid);
    plivo_expect(&b, "GET", "/Call/?status=live&to_number=%2B1202555010", NULL, 200, sid);
    plivo_expect(&b, "GET", "/Call/?status=live&to_number=1303", NULL, 200, "\"calls\":[]");
    plivo_expect(&b, "GET", "/Call/?status=queued", NULL, 200, "\"calls\":[]");
    plivo_expect(&b, "GET", "/Call/?status=asleep", NULL, 400, "status parameter is invalid");
    path = arena_printf(&a, "/Call/%s/", sid).ptr;
    plivo_expect(&b, "GET", path, NULL, 404, "call not found");
    plivo_expect(&b, "DELETE", path, NULL, 204, "");
    plivo_expect(&b, "DELETE", path, NULL, 404, "call not found");
    path = arena_printf(&a, "/Call/%s/?status=live", sid).ptr;
    plivo_expect(&b, "GET", path, NULL, 404, "call not found");
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_live, deleting_an_answered_call_hangs_up_in_the_apis_name) {
    struct arena a = {0};
    struct box b;
    char sid[37];
    REQUIRE(plivo_box_init(&b, pages, NULL, PLIVO_BRISK));
    REQUIRE(plivo_call(&b, "12025550100", "", sid) && plivo_wait_live(&b, sid));
    plivo_expect(&b, "DELETE", "/Call/", NULL, 204, ""); /* all of them */
    const struct box_request *r = box_wait(&b, "/hangup", 0);
    EXPECT_STR(box_param(&a, r, "CallStatus"), "completed");
    EXPECT_STR(box_param(&a, r, "HangupCauseCode"), "4000");
    EXPECT_STR(box_param(&a, r, "HangupSource"), "API Request");
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_live, a_request_is_cancelled_until_it_is_answered) {
    struct arena a = {0};
    struct box b;
    char sid[37];
    static const char differ[] = "{\"switches\":{\"uuids_differ\":true,\"cps\":0}}";
    REQUIRE(plivo_box_init(&b, pages, differ, 1));
    REQUIRE(plivo_call(&b, "12025550102", "", sid));
    const char *path = arena_printf(&a, "/Request/%s/", sid).ptr;
    plivo_expect(&b, "DELETE", path, NULL, 204, "");
    plivo_expect(&b, "DELETE", path, NULL, 404, "call not found");
    const struct box_request *r = box_wait(&b, "/hangup", 0);
    EXPECT_STR(box_param(&a, r, "RequestUUID"), sid);
    EXPECT_STR(box_param(&a, r, "CallStatus"), "cancel");
    EXPECT_STR(box_param(&a, r, "HangupCause"), "ORIGINATOR_CANCEL");
    EXPECT_STR(box_param(&a, r, "HangupCauseCode"), "1000");
    EXPECT_STR(box_param(&a, r, "AnswerTime"), "");
    box_release(&b);
    arena_release(&a);
}

/* ---- records -------------------------------------------------------------------------------- */

TEST(plivo_record, tells_what_became_of_the_call) {
    struct arena a = {0};
    struct box b;
    char sid[37];
    REQUIRE(plivo_box_init(&b, brief, "{\"switches\":{\"utc_offset_minutes\":330}}", 0));
    REQUIRE(plivo_call(&b, "12025550100", "", sid) && box_wait_ended(&b, 1));
    const char *body = plivo_ask(&a, &b, "GET", arena_printf(&a, "/Call/%s/", sid).ptr, NULL, 200);
    EXPECT_STR(box_json(&a, body, "call_uuid"), sid);
    EXPECT_STR(box_json(&a, body, "call_state"), "ANSWER");
    EXPECT_STR(box_json(&a, body, "call_direction"), "outbound");
    EXPECT_STR(box_json(&a, body, "from_number"), "+12025550199");
    EXPECT_STR(box_json(&a, body, "to_number"), "12025550100");
    EXPECT_STR(box_json(&a, body, "hangup_cause_code"), "4000");
    EXPECT_STR(box_json(&a, body, "hangup_cause_name"), "Normal Hangup");
    EXPECT_STR(box_json(&a, body, "hangup_source"), "Answer XML");
    const char *end = box_json(&a, body, "end_time");
    EXPECT_INT(strlen(end), 25);
    EXPECT_STR(end + 19, "+05:30");
    EXPECT_STR(box_json(&a, body, "resource_uri"),
               plivo_path(&a, &b, arena_printf(&a, "/Call/%s/", sid).ptr));
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_record, lists_are_paged_and_filtered) {
    static const struct {
        const char *filter, *total;
    } cases[] = {
        {"", "3"},
        {"?from_number=12025550199", "3"},
        {"?from_number=%2B1303", "0"},
        {"?to_number=12025550101", "1"},
        {"?to_number=120255501", "3"},
        {"?call_direction=inbound", "0"},
        {"?hangup_cause_code=3010", "1"},
        {"?hangup_source=Callee", "1"},
        {"?bill_duration__gt=0", "2"},
        {"?bill_duration=0", "1"},
        {"?end_time__gte=2020-01-01%2000:00", "3"},
        {"?end_time__lt=2020-01-01%2000:00:00", "0"},
        {"?end_time__gt=2099-01-01%2000:00:00.000000", "0"},
        {"?parent_call_uuid=none", "0"},
        {"?subaccount=SA1", "0"},
        {"?stir_verification=Verified", "0"},
    };
    struct arena a = {0};
    struct box b;
    char sid[37];
    REQUIRE(plivo_box_init(&b, greeting, NULL, 0));
    REQUIRE(plivo_call(&b, "12025550100", "", sid) && plivo_call(&b, "12025550101", "", sid) &&
            plivo_call(&b, "12025550100", "", sid) && box_wait_ended(&b, 3));
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const char *path = arena_printf(&a, "/Call/%s", cases[i].filter).ptr;
        const char *want = arena_printf(&a, "\"total_count\":%s", cases[i].total).ptr;
        plivo_expect(&b, "GET", path, NULL, 200, want);
    }
    const char *body = plivo_ask(&a, &b, "GET", "/Call/?limit=2&to_number=1202", NULL, 200);
    const char *next = plivo_path(&a, &b, "/Call/?limit=2&offset=2&to_number=1202\"");
    EXPECT(strstr(body, next) != NULL);
    EXPECT(strstr(body, "\"previous\":null") != NULL);
    EXPECT(strstr(body, sid) != NULL); /* the newest comes first */
    body = plivo_ask(&a, &b, "GET", "/Call/?limit=2&offset=2", NULL, 200);
    EXPECT(strstr(body, "\"next\":null") != NULL);
    EXPECT(strstr(body, "?limit=2&offset=0\"") != NULL);
    EXPECT(strstr(body, sid) == NULL);
    plivo_expect(&b, "GET", "/Call/?limit=21", NULL, 400, "limit");
    plivo_expect(&b, "GET", "/Call/?offset=-1", NULL, 400, "offset");
    plivo_expect(&b, "GET", "/Call/?end_time__gt=yesterday", NULL, 400, "end_time__gt");
    plivo_expect(&b, "GET", "/Call/?bill_duration__lt=x", NULL, 400, "bill_duration__lt");
    box_release(&b);
    arena_release(&a);
}
