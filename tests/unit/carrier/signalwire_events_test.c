#include "tests/support/test.h"

#include "core/base/digest.h"
#include "tests/unit/carrier/signalwire_box.h"

#define TALK \
    SWML("{\"play\":{\"url\":\"say: Hello, this is a test of some length.\"}},{\"hangup\":{}}")

static const struct box_page pages[] = {
    {.path = "/answer", .body = TALK, .type = "application/json"}, {0}};

static bool live(struct box *b, const char *to, const char *more, const char *scenario) {
    char id[37];
    return signalwire_init(b, pages, scenario) && signalwire_dial(b, to, more, id) &&
           box_wait_ended(b, 1);
}

static const char *reason_of_last(struct arena *a, struct box *b) {
    size_t n = box_count(b, "/status");
    return n > 0 ? swml_at(a, box_wait(b, "/status", n - 1)->body, "params.end_reason") : "";
}

TEST(signalwire_events, each_callee_has_its_order) {
    static const char answered[] = "created ringing answered ending ended";
    static const struct {
        const char *to, *states, *reason;
    } table[] = {
        {"+12025550100", answered, "hangup"},
        {"+12025550101", "created ending ended", "busy"},
        {"+12025550102", "created ringing ending ended", "no_answer"},
        {"+12025550103", "created ending ended", "error"},
        {"+12025550104", answered, "hangup"},
        {"+12025550105", answered, "hangup"},
        {"+12025550106", answered, "hangup"},
        {"+12025550107", answered, "hangup"},
        {"+12025550108", answered, "hangup"},
        {"+12025550109", answered, "hangup"},
        {"+12025550110", answered, "hangup"},
        {"+12025550115", answered, "hangup"},
    };
    struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct box b;
        REQUIRE(live(&b, table[i].to, "", NULL));
        EXPECT_STR(signalwire_states(&a, &b), table[i].states);
        EXPECT_STR(reason_of_last(&a, &b), table[i].reason);
        box_release(&b);
    }
    arena_release(&a);
}

TEST(signalwire_events, callee_11_gets_each_twice_and_out_of_order) {
    struct arena a = {0};
    struct box b;
    REQUIRE(live(&b, "+12025550111", "", NULL));
    EXPECT_INT(box_count(&b, "/status"), 10);
    EXPECT(strcmp(signalwire_states(&a, &b),
                  "created created ringing ringing answered answered ending ending ended ended") !=
           0);
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_events, the_envelope_is_that_of_the_pages) {
    struct arena a = {0};
    struct box b;
    REQUIRE(live(&b, "+12025550100", "", NULL));
    const struct box_request *r = box_wait(&b, "/status", 4);
    const char *e = r->body;
    EXPECT_STR(header_of(&a, r, "Content-Type"), "application/json");
    EXPECT_STR(swml_at(&a, e, "event_type"), "calling.call.state");
    EXPECT(str_starts(str_z(swml_at(&a, e, "event_channel")), STR("swml:")));
    EXPECT(str_eq_z(carrier_account(b.carrier).account, swml_at(&a, e, "project_id")));
    EXPECT_INT(strlen(swml_at(&a, e, "space_id")), 36);
    EXPECT_STR(swml_at(&a, e, "params.call_state"), "ended");
    EXPECT_STR(swml_at(&a, e, "params.direction"), "outbound");
    EXPECT_STR(swml_at(&a, e, "params.device.type"), "phone");
    EXPECT_STR(swml_at(&a, e, "params.device.params.to_number"), "+12025550100");
    EXPECT(strstr(swml_at(&a, e, "params.node_id"), "@us-west") != NULL);
    EXPECT_STR(swml_at(&a, e, "params.segment_id"), swml_at(&a, e, "params.call_id"));
    EXPECT_INT(strlen(swml_at(&a, e, "params.end_time")), 13);
    EXPECT(strcmp(swml_at(&a, e, "params.answer_time"), swml_at(&a, e, "params.start_time")) > 0);
    EXPECT_STR(swml_at(&a, box_wait(&b, "/status", 1)->body, "params.answer_time"), "");
    EXPECT_STR(swml_at(&a, box_wait(&b, "/status", 2)->body, "params.end_reason"), "");
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_events, only_ended_is_told_when_nothing_was_asked_for) {
    struct arena a = {0};
    struct box b;
    REQUIRE(signalwire_init(&b, pages, NULL));
    struct box_reply r = signalwire_post(
        &b, "{\"command\":\"dial\",\"params\":{\"from\":\"" BOX_FROM "\",\"to\":\"+12025550101\","
            "\"url\":\"" BOX_APP "/answer\",\"status_url\":\"" BOX_APP "/status\"}}");
    EXPECT_INT(r.status, 200);
    REQUIRE(box_wait_ended(&b, 1));
    EXPECT_STR(signalwire_states(&a, &b), "ended");
    box_reply_release(&r);
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_events, a_failing_application_gets_three_attempts) {
    static const struct box_page failing[] = {
        {.path = "/status", .status = 500}, {.path = "/answer", .body = TALK}, {0}};
    char id[37];
    struct box b;
    REQUIRE(signalwire_init(&b, failing, NULL));
    REQUIRE(signalwire_dial(&b, "+12025550101", "", id));
    REQUIRE(box_wait_ended(&b, 1));
    EXPECT_INT(box_count(&b, "/status"), 9);
    EXPECT_INT(carrier_totals(b.carrier).webhooks_failed, 3);
    box_release(&b);
}

TEST(signalwire_events, switches_change_the_shape) {
    struct arena a = {0};
    struct box b;
    REQUIRE(live(&b, "+12025550102", "",
                 "{\"switches\":{\"params_as_string\":true,\"other_spelling\":true}}"));
    const char *text = swml_at(&a, box_wait(&b, "/status", 3)->body, "params");
    EXPECT(str_starts(str_z(text), STR("{'call_id': '")));
    EXPECT(strstr(text, "'call_state': 'ended'") != NULL);
    EXPECT(strstr(text, "'end_reason': 'noAnswer'") != NULL);
    box_release(&b);
    arena_release(&a);
}

/* ---- signatures: computed here, from the bytes that arrived ------------------------------------
 */

static const char *hex_hmac(struct arena *a, struct box *b, struct str url, const char *body,
                            bool sha256) {
    struct secret key = {0};
    uint8_t mac[DIGEST_SHA256_BYTES];
    secret_set(&key, carrier_account(b->carrier).signing_key);
    struct digest_hmac *h = sha256 ? digest_hmac_sha256_new(&key) : digest_hmac_sha1_new(&key);
    struct buf hex = BUF_INIT(128);
    digest_hmac_run(h, arena_printf(a, STR_FMT "%s", STR_ARG(url), body), mac);
    digest_put_hex(&hex, mac, sha256 ? DIGEST_SHA256_BYTES : DIGEST_SHA1_BYTES);
    const char *out = arena_copy(a, buf_str(&hex)).ptr;
    buf_release(&hex);
    digest_hmac_free(h);
    secret_release(&key);
    return out;
}

TEST(signalwire_events, documents_are_asked_for_with_both_signatures) {
    struct arena a = {0};
    struct box b;
    REQUIRE(live(&b, "+12025550100",
                 "\"url\":\"http://me:secret@app.test/answer?x=1&y=%20#rt=900\"", NULL));
    const struct box_request *r = box_wait(&b, "/answer", 0);
    struct str url = STR("http://app.test/answer?x=1&y=%20");
    EXPECT(str_eq_z(url, r->url));
    EXPECT_STR(header_of(&a, r, "Basic"), "me"); /* at once, not when asked for */
    EXPECT_STR(header_of(&a, r, "X-Signalwire-Signature"), hex_hmac(&a, &b, url, r->body, false));
    EXPECT_STR(header_of(&a, r, "X-Signalwire-SHA256-Signature"),
               hex_hmac(&a, &b, url, r->body, true));
    EXPECT_STR(header_of(&a, box_wait(&b, "/status", 0), "X-Signalwire-Signature"), "");
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_events, a_document_asked_for_with_get_is_signed_over_its_url) {
    struct arena a = {0};
    struct box b;
    REQUIRE(
        live(&b, "+12025550100", "\"url\":\"" BOX_APP "/answer\",\"url_method\":\"GET\"", NULL));
    const struct box_request *r = box_wait(&b, "/answer", 0);
    EXPECT_STR(r->method, "GET");
    EXPECT_STR(r->body, "");
    EXPECT_STR(header_of(&a, r, "X-Signalwire-Signature"),
               hex_hmac(&a, &b, STR(BOX_APP "/answer"), "", false));
    box_release(&b);
    arena_release(&a);
}

TEST(signalwire_events, switches_sign_events_and_spoil_signatures) {
    static const struct {
        const char *scenario;
        bool event_right, document_there, document_right;
    } table[] = {
        {"{\"switches\":{\"events_signed\":true}}", true, true, true},
        {"{\"switches\":{\"signature_wrong\":true}}", false, true, false},
        {"{\"switches\":{\"signature_missing\":true}}", false, false, false},
    };
    struct arena a = {0};
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        struct box b;
        REQUIRE(live(&b, "+12025550100", "", table[i].scenario));
        const struct box_request *event = box_wait(&b, "/status", 0),
                                 *document = box_wait(&b, "/answer", 0);
        const char *right = hex_hmac(&a, &b, STR(BOX_APP "/answer"), document->body, false);
        const char *told = hex_hmac(&a, &b, STR(BOX_APP "/status"), event->body, false);
        const char *sent = header_of(&a, document, "X-Signalwire-Signature");
        EXPECT_INT(sent[0] != '\0', table[i].document_there);
        EXPECT_INT(strcmp(sent, right) == 0, table[i].document_right);
        EXPECT_INT(strcmp(header_of(&a, event, "X-Signalwire-Signature"), told) == 0,
                   table[i].event_right);
        box_release(&b);
    }
    arena_release(&a);
}

TEST(signalwire_events, a_switch_of_another_dialect_is_refused) {
    struct error err = {0};
    struct carrier *c = NULL;
    const struct carrier_options o = {.dialect = "signalwire",
                                      .scenario_json = STR("{\"switches\":{\"sideways\":1}}"),
                                      .clock = clock_system()};
    EXPECT_INT(carrier_new(&o, &c, &err), ERR_INVALID);
    EXPECT(strstr(err.text, "sideways") != NULL);
}
