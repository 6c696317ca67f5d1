#include "tests/support/test.h"

#include <stdlib.h>

#include "core/base/digest.h"
#include "core/base/form.h"
#include "tests/unit/carrier/signalwire_box.h"

#define GOOD "To=%2B12025550100&From=%2B12025550199"
#define URL  "&Url=" BOX_APP "/answer"
#define TOLD                                                           \
    "&StatusCallback=" BOX_APP "/status&StatusCallbackEvent=initiated" \
    "&StatusCallbackEvent=ringing&StatusCallbackEvent=answered&StatusCallbackEvent=completed"

static const struct box_page pages[] = {
    {.path = "/answer",
     .body = "<Response><Gather input=\"speech\" action=\"/next\"><Say>Hello, is this a good "
             "time?</Say></Gather></Response>"},
    {.path = "/next", .body = "<Response><Say>Goodbye.</Say></Response>"},
    {0}};

static bool create(struct box *b, const char *form, char sid[37]) {
    struct arena a = {0};
    struct box_reply r = signalwire_laml_ask(b, "POST", "/Calls.json", form);
    EXPECT_INT(r.status, 200);
    bool ok = str_copy(str_z(box_json(&a, r.body, "sid")), sid, 37);
    box_reply_release(&r);
    arena_release(&a);
    return ok;
}

static bool live(struct box *b, const char *scenario, char sid[37]) {
    return signalwire_init(b, pages, scenario) && create(b, GOOD URL TOLD, sid) &&
           box_wait_ended(b, 1);
}

/** The CallStatus of all callbacks, in order of arrival. */
static const char *statuses(struct arena *a, struct box *b) {
    struct buf out = BUF_INIT(1024);
    for (size_t i = 0; i < box_count(b, "/status"); i++)
        buf_printf(&out, "%s%s", i > 0 ? " " : "",
                   box_param(a, box_wait(b, "/status", i), "CallStatus"));
    const char *text = arena_copy(a, buf_str(&out)).ptr;
    buf_release(&out);
    return text;
}

TEST(signalwire_laml, a_created_call_has_the_compatible_shape) {
    struct arena a = {0};
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    struct box_reply r = signalwire_laml_ask(&b, "POST", "/Calls", GOOD URL);
    EXPECT_INT(r.status, 200);
    const char *account = arena_copy(&a, carrier_account(b.carrier).account).ptr;
    EXPECT_INT(strlen(box_json(&a, r.body, "sid")), 36);
    EXPECT_STR(box_json(&a, r.body, "account_sid"), account);
    EXPECT_STR(box_json(&a, r.body, "status"), "queued");
    EXPECT(box_json(&a, r.body, "date_created")[0] != 'n');
    EXPECT_STR(box_json(&a, r.body, "formatted_to"), "+12025550100");
    EXPECT_STR(box_json(&a, r.body, "audio_in_mos"), "null");
    EXPECT_STR(box_json(&a, r.body, "queue_time"), "");
    EXPECT_STR(box_json(&a, r.body, "uri"),
               arena_printf(&a, "/api/laml/2010-04-01/Accounts/%s/Calls/%s.json", account,
                            box_json(&a, r.body, "sid"))
                   .ptr);
    REQUIRE(box_wait_ended(&b, 1));
    struct str path = arena_printf(&a, "/Calls/%s", box_json(&a, r.body, "sid"));
    struct box_reply later = signalwire_laml_ask(&b, "GET", path.ptr, NULL);
    EXPECT_INT(later.status, 200);
    EXPECT_STR(box_json(&a, later.body, "status"), "completed");
    EXPECT(strstr(later.body, "\"duration\":\"") == NULL); /* a number */
    EXPECT_STR(box_json(&a, later.body, "sip_result_code"), "200");
    box_reply_release(&later);
    box_reply_release(&r);
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_laml, the_path_of_the_sdk_has_no_prefix) {
    struct arena a = {0};
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    struct str target = arena_printf(&a, "/2010-04-01/Accounts/" STR_FMT ".json",
                                     STR_ARG(carrier_account(b.carrier).account));
    struct box_reply r = box_ask(&b, "GET", target.ptr, NULL);
    EXPECT_INT(r.status, 200);
    EXPECT_STR(box_json(&a, r.body, "status"), "active");
    box_reply_release(&r);
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_laml, faults_are_listed_with_codes_as_texts) {
    static const struct {
        const char *form, *code;
    } table[] = {
        {"From=%2B12025550199" URL, "21201"},
        {"To=%2B12025550100" URL, "21213"},
        {GOOD, "21205"},
        {GOOD "&Twiml=%3CResponse%2F%3E", "21205"},
        {GOOD "&Url=ftp%3A%2F%2Fx", "21205"},
        {GOOD URL "&Timeout=0", "21208"},
        {GOOD URL "&Method=PUT", "21209"},
        {GOOD URL "&MachineDetection=Maybe", "21234"},
        {"To=%2B12025550100&From=%2B12025550123" URL, "21210"},
        {"To=%2B12025550100&From=%2B15005550006" URL, "21210"}, /* no test numbers here */
    };
    struct arena a = {0};
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct box_reply r = signalwire_laml_ask(&b, "POST", "/Calls", table[i].form);
        EXPECT_INT(r.status, 400);
        EXPECT(strstr(r.body, "{\"errors\":[{\"code\":\"") == r.body);
        EXPECT_STR(swml_at(&a, r.body, "errors.0.code"), table[i].code);
        EXPECT(swml_at(&a, r.body, "errors.0.message")[0] != '\0');
        box_reply_release(&r);
    }
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_laml, strangers_are_refused_and_the_account_tells_no_token) {
    struct arena a = {0};
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    struct box_reply r = signalwire_laml_ask(&b, "GET", "", NULL);
    EXPECT_INT(r.status, 200);
    EXPECT_STR(box_json(&a, r.body, "status"), "active");
    EXPECT_STR(box_json(&a, r.body, "type"), "Full");
    EXPECT_STR(box_json(&a, r.body, "auth_token"), "redacted");
    box_reply_release(&r);
    r = box_raw(&b, "GET", "/api/laml/2010-04-01/Accounts/x", "", NULL, 0);
    EXPECT_INT(r.status, 401);
    EXPECT_STR(box_json(&a, r.body, "code"), "20003");
    box_reply_release(&r);
    r = signalwire_laml_ask(&b, "GET", "/Calls/00000000-0000-4000-8000-000000000000", NULL);
    EXPECT_INT(r.status, 404);
    EXPECT_STR(box_json(&a, r.body, "code"), "20404");
    box_reply_release(&r);
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_laml, an_answer_is_told_twice) {
    struct arena a = {0};
    char sid[37];
    struct box b;
    REQUIRE(live(&b, NULL, sid));
    EXPECT_STR(statuses(&a, &b), "initiated ringing answered in-progress completed");
    const struct box_request *last = box_wait(&b, "/status", 4);
    EXPECT_STR(box_param(&a, last, "CallSid"), sid);
    EXPECT_STR(box_param(&a, last, "SequenceNumber"), "4");
    EXPECT_STR(box_param(&a, last, "SipResultCode"), "200");
    EXPECT_STR(box_param(&a, last, "SipResponseCode"), "");
    EXPECT_STR(box_param(&a, last, "CallbackSource"), "call-progress-events");
    box_release(&b);
    REQUIRE(live(&b, "{\"switches\":{\"answered_once\":true}}", sid));
    EXPECT_STR(statuses(&a, &b), "initiated ringing in-progress completed");
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_laml, each_callee_has_its_order) {
    static const char answered[] = "initiated ringing answered in-progress completed";
    static const struct {
        const char *to, *statuses;
    } table[] = {
        {"%2B12025550101", "initiated busy"},   {"%2B12025550102", "initiated ringing no-answer"},
        {"%2B12025550103", "initiated failed"}, {"%2B12025550104", answered},
        {"%2B12025550105", answered},           {"%2B12025550115", answered},
    };
    struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        char sid[37];
        struct box b;
        struct str form = arena_printf(&a, "To=%s&From=%%2B12025550199" URL TOLD, table[i].to);
        REQUIRE(signalwire_init(&b, pages, NULL));
        REQUIRE(create(&b, form.ptr, sid));
        REQUIRE(box_wait_ended(&b, 1));
        EXPECT_STR(statuses(&a, &b), table[i].statuses);
        box_release(&b);
    }
    arena_release(&a);
}

/* ---- signatures: computed here, from the bytes that arrived ------------------------------------
 */

static int by_name(const void *x, const void *y) {
    const struct form_pair *p = x, *q = y;
    return str_cmp(p->name, q->name);
}

static const char *expected(struct arena *a, struct box *b, const struct box_request *r) {
    struct form f = {0};
    struct secret key = {0};
    uint8_t mac[DIGEST_SHA1_BYTES];
    struct buf message = BUF_INIT(65536), text = BUF_INIT(64);
    EXPECT_INT(form_parse(a, str_z(r->body), &f, NULL), ERR_OK);
    qsort(f.pairs, f.count, sizeof *f.pairs, by_name);
    buf_puts(&message, r->url);
    for (size_t i = 0; i < f.count; i++) {
        buf_put_str(&message, f.pairs[i].name);
        buf_put_str(&message, f.pairs[i].value);
    }
    secret_set(&key, carrier_account(b->carrier).signing_key);
    struct digest_hmac *h = digest_hmac_sha1_new(&key);
    digest_hmac_run(h, buf_str(&message), mac);
    digest_put_base64(&text, mac, sizeof mac);
    const char *out = arena_copy(a, buf_str(&text)).ptr;
    digest_hmac_free(h);
    secret_release(&key);
    buf_release(&message);
    buf_release(&text);
    return out;
}

TEST(signalwire_laml, webhooks_are_signed_with_the_signing_key) {
    static const char *const paths[] = {"/answer", "/next", "/status"};
    struct arena a = {0};
    char sid[37];
    struct box b;
    REQUIRE(live(&b, NULL, sid));
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        const struct box_request *r = box_wait(&b, paths[i], 0);
        REQUIRE(r != NULL);
        EXPECT_STR(header_of(&a, r, "X-SignalWire-Signature"), expected(&a, &b, r));
        EXPECT_STR(header_of(&a, r, "X-Twilio-Signature"), "");
        EXPECT_STR(header_of(&a, r, "I-Twilio-Idempotency-Token"), "");
    }
    box_release(&b);
    REQUIRE(live(&b, "{\"switches\":{\"signature_wrong\":true}}", sid));
    const struct box_request *r = box_wait(&b, "/answer", 0);
    EXPECT_INT(strlen(header_of(&a, r, "X-SignalWire-Signature")), 28);
    EXPECT(strcmp(header_of(&a, r, "X-SignalWire-Signature"), expected(&a, &b, r)) != 0);
    box_release(&b);
    REQUIRE(live(&b, "{\"switches\":{\"signature_missing\":true}}", sid));
    EXPECT_STR(header_of(&a, box_wait(&b, "/answer", 0), "X-SignalWire-Signature"), "");
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_laml, documents_are_asked_for_once_and_callbacks_three_times) {
    static const struct box_page failing[] = {
        {.path = "/answer", .status = 500}, {.path = "/status", .status = 500}, {0}};
    char sid[37];
    struct box b;
    REQUIRE(signalwire_init(&b, failing, NULL));
    REQUIRE(create(&b,
                   "To=%2B12025550100&From=%2B12025550199" URL "&StatusCallback=" BOX_APP
                   "/status&FallbackUrl=" BOX_APP "/plan-b",
                   sid));
    REQUIRE(box_wait_ended(&b, 1));
    EXPECT_INT(box_count(&b, "/answer"), 1);
    EXPECT_INT(box_count(&b, "/plan-b"), 1);
    EXPECT_INT(box_count(&b, "/status"), 3);
    box_release(&b);
}

TEST(signalwire_laml, recordings_are_open_to_everybody) {
    struct arena a = {0};
    char sid[37];
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    REQUIRE(create(&b, GOOD URL "&Record=true&RecordingStatusCallback=" BOX_APP "/tape", sid));
    REQUIRE(box_wait_ended(&b, 1));
    const struct box_request *told = box_wait(&b, "/tape", 0);
    EXPECT_STR(box_param(&a, told, "RecordingSource"), "OutBoundApi");
    EXPECT_INT(strlen(box_param(&a, told, "RecordingSid")), 36);
    struct str url = str_z(box_param(&a, told, "RecordingUrl"));
    EXPECT(str_starts(url, STR("http://carrier.test/api/laml/2010-04-01/Accounts/")));
    const char *path = url.ptr + sizeof "http://carrier.test" - 1;
    static const char *const endings[] = {"", ".wav"};
    for (size_t i = 0; i < ARRAY_LEN(endings); i++) {
        struct box_reply file =
            box_raw(&b, "GET", arena_printf(&a, "%s%s", path, endings[i]).ptr, "", NULL, 0);
        EXPECT_INT(file.status, 200);
        EXPECT(memcmp(file.body, "RIFF", 4) == 0);
        box_reply_release(&file);
    }
    struct str json = arena_printf(&a, "%s.json", path);
    struct box_reply none = box_raw(&b, "GET", json.ptr, "", NULL, 0),
                     r = box_ask(&b, "GET", json.ptr, NULL);
    EXPECT_INT(none.status, 401);
    EXPECT_INT(r.status, 200);
    EXPECT_STR(box_json(&a, r.body, "channels"), "1");
    EXPECT(strstr(r.body, "\"duration\":\"") == NULL);
    box_reply_release(&none);
    box_reply_release(&r);
    r = box_ask(&b, "DELETE", path, NULL);
    EXPECT_INT(r.status, 204);
    box_reply_release(&r);
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_laml, the_two_apis_do_not_show_each_other_their_calls) {
    struct arena a = {0};
    char native[37], laml[37];
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    REQUIRE(signalwire_dial(&b, "+12025550101", "", native));
    REQUIRE(create(&b, GOOD URL, laml));
    REQUIRE(box_wait_ended(&b, 2));
    struct box_reply r = signalwire_laml_ask(&b, "GET", "/Calls", NULL);
    EXPECT_STR(swml_at(&a, r.body, "calls.0.sid"), laml);
    EXPECT_STR(swml_at(&a, r.body, "calls.1"), "");
    box_reply_release(&r);
    r = signalwire_laml_ask(&b, "GET", arena_printf(&a, "/Calls/%s", native).ptr, NULL);
    EXPECT_INT(r.status, 404);
    box_reply_release(&r);
    signalwire_command(&b, laml, "calling.end", "{}", 422, "invalid_call_id_passed");
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_laml, pages_of_calls_follow_their_tokens) {
    struct arena a = {0};
    char sids[3][37];
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    for (int i = 0; i < 3; i++)
        REQUIRE(create(&b, "To=%2B12025550101&From=%2B12025550199" URL, sids[i]));
    struct box_reply r = signalwire_laml_ask(&b, "GET", "/Calls?PageSize=2", NULL);
    EXPECT_STR(swml_at(&a, r.body, "calls.0.sid"), sids[2]);
    const char *next = swml_at(&a, r.body, "next_page_uri");
    box_reply_release(&r);
    r = box_ask(&b, "GET", next, NULL);
    EXPECT_INT(r.status, 200);
    EXPECT_STR(swml_at(&a, r.body, "calls.0.sid"), sids[0]);
    EXPECT_STR(swml_at(&a, r.body, "next_page_uri"), "null");
    box_reply_release(&r);
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_laml, faults_on_purpose_hit_this_api_too) {
    static const struct {
        const char *to;
        int status;
        bool cut;
        uint64_t rings;
    } table[] = {
        {"12025550112", 503, false, 0},
        {"12025550113", 429, false, 0},
        {"12025550114", 500, true, 1},
    };
    struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct box b;
        REQUIRE(signalwire_init(&b, pages, NULL));
        struct str form = arena_printf(&a, "To=%%2B%s&From=%%2B12025550199" URL, table[i].to);
        struct box_reply r = signalwire_laml_ask(&b, "POST", "/Calls", form.ptr);
        EXPECT_INT(r.status, table[i].status);
        EXPECT_INT(r.cut, table[i].cut);
        EXPECT(box_wait_ended(&b, table[i].rings));
        EXPECT_INT(carrier_rings(b.carrier, arena_printf(&a, "+%s", table[i].to)), table[i].rings);
        box_reply_release(&r);
        box_release(&b);
    }
    arena_release(&a);
}

TEST(signalwire_laml, a_running_call_is_ended_redirected_and_recorded) {
    static const struct box_page waits[] = {
        {.path = "/answer", .body = "<Response><Pause length=\"3600\"/></Response>"},
        {.path = "/next", .body = "<Response><Pause length=\"3600\"/></Response>"},
        {0}};
    const struct box_options o = {
        .dialect = "signalwire",
        .pages = waits,
        .speed = 200,
        .scenario = "{\"callees\":[{\"suffix\":\"00\",\"like\":\"00\",\"answer_after_s\":0.01}]}"};
    struct arena a = {0};
    char sid[37];
    struct box b;
    REQUIRE(box_init(&b, &o));
    REQUIRE(create(&b, GOOD URL TOLD, sid));
    REQUIRE(box_wait(&b, "/answer", 0) != NULL);
    const char *path = arena_printf(&a, "/Calls/%s", sid).ptr;
    struct box_reply r = signalwire_laml_ask(&b, "POST", path, "Url=" BOX_APP "/next");
    EXPECT_INT(r.status, 200);
    EXPECT(box_wait(&b, "/next", 0) != NULL);
    box_reply_release(&r);
    r = signalwire_laml_ask(&b, "POST", arena_printf(&a, "%s/Recordings", path).ptr,
                            "RecordingChannels=dual");
    EXPECT_INT(r.status, 200);
    EXPECT_STR(box_json(&a, r.body, "channels"), "2");
    const char *tape = box_json(&a, r.body, "sid");
    box_reply_release(&r);
    static const char *const controls[] = {"Status=paused", "Status=in-progress", "Status=stopped"};
    for (size_t i = 0; i < ARRAY_LEN(controls); i++) {
        r = signalwire_laml_ask(&b, "POST", arena_printf(&a, "%s/Recordings/%s", path, tape).ptr,
                                controls[i]);
        EXPECT_INT(r.status, 200);
        box_reply_release(&r);
    }
    r = signalwire_laml_ask(&b, "POST", arena_printf(&a, "%s/Recordings/Twilio.CURRENT", path).ptr,
                            "Status=stopped");
    EXPECT_INT(r.status, 404);
    box_reply_release(&r);
    r = signalwire_laml_ask(&b, "POST", path, "Status=completed");
    EXPECT_INT(r.status, 200);
    EXPECT(box_wait_ended(&b, 1));
    box_reply_release(&r);
    box_release(&b);
    arena_release(&a);
}
