#include "tests/support/test.h"

#include <stdlib.h>

#include "core/base/digest.h"
#include "core/base/form.h"
#include "tests/unit/carrier/plivo_box.h"

static const struct box_page brief[] = {{.path = "/answer", .body = PLIVO_HANGUP}, {0}};
static const struct box_page patient[] = {{.path = "/answer", .body = PLIVO_WAIT}, {0}};
static const struct box_page ends[] = {
    {.path = "/answer", .body = "<Response><Wait length=\"66\"/></Response>"}, {0}};

/* ---- the life of a call --------------------------------------------------------------------- */

/** Index of the first request for a path among all, -1 when there is none. */
static int place_of(struct box *b, const char *path) {
    int i = 0;
    for (const struct box_request *r = b->first; r; r = r->next, i++)
        if (strcmp(r->path, path) == 0)
            return i;
    return -1;
}

TEST(plivo_webhook, ring_answer_and_hangup_come_in_this_order) {
    struct box b;
    REQUIRE(plivo_live(&b, brief, "12025550100", ""));
    EXPECT_INT(place_of(&b, "/ring"), 0);
    EXPECT_INT(place_of(&b, "/answer"), 1);
    EXPECT_INT(place_of(&b, "/hangup"), 2);
    EXPECT_INT(b.count, 3);
    box_release(&b);
}

TEST(plivo_webhook, ring_tells_who_is_called) {
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, brief, "12025550100", ",\"sip_headers\":\"Order=42,PlivoX=1\""));
    const struct box_request *r = box_wait(&b, "/ring", 0);
    EXPECT_STR(r->method, "POST");
    EXPECT_STR(box_param(&a, r, "Event"), "Ring");
    EXPECT_STR(box_param(&a, r, "CallStatus"), "ringing");
    EXPECT_STR(box_param(&a, r, "From"), "12025550199"); /* without '+' */
    EXPECT_STR(box_param(&a, r, "To"), "12025550100");
    EXPECT_STR(box_param(&a, r, "Direction"), "outbound");
    EXPECT_STR(box_param(&a, r, "X-PH-Order"), "42");
    EXPECT_STR(box_param(&a, r, "X-PH-PlivoX"), "");
    EXPECT_INT(strlen(box_param(&a, r, "CallUUID")), 36);
    EXPECT_STR(box_param(&a, r, "RequestUUID"), box_param(&a, r, "CallUUID"));
    EXPECT_INT(strlen(box_param(&a, r, "SessionStart")), 26);
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_webhook, answer_asks_for_a_document_with_the_method_of_the_request) {
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, brief, "12025550100", ",\"answer_method\":\"GET\""));
    const struct box_request *r = box_wait(&b, "/answer", 0);
    EXPECT_STR(r->method, "GET");
    EXPECT_STR(r->body, "");
    EXPECT_STR(box_param(&a, r, "Event"), "StartApp");
    EXPECT_STR(box_param(&a, r, "CallStatus"), "in-progress");
    EXPECT_STR(box_param(&a, r, "BillRate"), "0.005");
    EXPECT_INT(strlen(box_param(&a, r, "ParentAuthID")), 20);
    EXPECT_STR(box_param(&a, r, "Machine"), "");
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_webhook, hangup_tells_times_costs_and_cause) {
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, ends, "12025550100", ""));
    const struct box_request *r = box_wait(&b, "/hangup", 0);
    EXPECT_STR(box_param(&a, r, "Event"), "Hangup");
    EXPECT_STR(box_param(&a, r, "CallStatus"), "completed");
    EXPECT_STR(box_param(&a, r, "Duration"), "66");
    EXPECT_STR(box_param(&a, r, "BillDuration"), "120");
    EXPECT_STR(box_param(&a, r, "TotalCost"), "0.01000");
    EXPECT_STR(box_param(&a, r, "HangupCause"), "NORMAL_CLEARING");
    EXPECT_STR(box_param(&a, r, "HangupCauseName"), "End Of XML Instructions");
    EXPECT_STR(box_param(&a, r, "HangupCauseCode"), "4010");
    EXPECT_STR(box_param(&a, r, "HangupSource"), "Answer XML");
    EXPECT_INT(strlen(box_param(&a, r, "StartTime")), 19);
    EXPECT_INT(strlen(box_param(&a, r, "AnswerTime")), 19);
    EXPECT_INT(strlen(box_param(&a, r, "EndTime")), 19);
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_webhook, the_end_is_told_to_answer_url_where_no_other_is_given) {
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_box_init(&b, brief, NULL, 0));
    plivo_expect(&b, "POST", "/Call/",
                 "{\"from\":\"12025550199\",\"to\":\"12025550101\",\"answer_url\":\"" BOX_APP
                 "/answer\"}",
                 201, "call fired");
    EXPECT_STR(box_param(&a, box_wait(&b, "/answer", 0), "Event"), "Hangup");
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_webhook, rings_and_hangups_are_lost_where_the_scenario_wants_it) {
    static const char lossy[] = "{\"switches\":{\"lose_rings\":true,\"lose_hangups\":true}}";
    struct box b;
    char sid[37];
    REQUIRE(plivo_box_init(&b, brief, lossy, 0));
    REQUIRE(plivo_call(&b, "12025550100", "", sid) && box_wait_ended(&b, 1));
    EXPECT_INT(b.count, 1);
    EXPECT_INT(place_of(&b, "/answer"), 0);
    box_release(&b);
}

TEST(plivo_webhook, the_same_seed_gives_the_same_ids_and_nonces) {
    struct arena a = {0};
    const char *ids[2], *nonces[2];
    for (int i = 0; i < 2; i++) {
        struct box b;
        REQUIRE(plivo_live(&b, brief, "12025550100", ""));
        const struct box_request *r = box_wait(&b, "/hangup", 0);
        ids[i] = box_param(&a, r, "CallUUID");
        nonces[i] = plivo_header(&a, r, "X-Plivo-Signature-V3-Nonce");
        box_release(&b);
    }
    EXPECT_STR(ids[0], ids[1]);
    EXPECT_STR(nonces[0], nonces[1]);
    arena_release(&a);
}

/* ---- the callees ---------------------------------------------------------------------------- */

TEST(plivo_callee, each_ending_has_its_status_and_its_cause) {
    static const struct {
        const char *to, *more;
        const struct box_page *pages;
        const char *status, *code, *source, *sip;
        size_t rings, answers;
    } cases[] = {
        {"12025550100", "", brief, "completed", "4000", "Answer XML", "NORMAL_CLEARING", 1, 1},
        {"12025550101", "", brief, "busy", "3010", "Callee", "USER_BUSY", 0, 0},
        {"12025550102", "", brief, "no-answer", "3000", "Callee", "NO_ANSWER", 1, 0},
        {"12025550102", ",\"ring_timeout\":20", brief, "no-answer", "6010", "Plivo", "NO_ANSWER", 1,
         0},
        {"12025550102", ",\"hangup_on_ring\":0", brief, "no-answer", "6010", "Plivo", "NO_ANSWER",
         1, 0},
        {"12025550103", "", brief, "failed", "3050", "Carrier", "UNALLOCATED_NUMBER", 0, 0},
        {"12025550104", "", brief, "completed", "4000", "Answer XML", "NORMAL_CLEARING", 1, 1},
        {"12025550104", ",\"machine_detection\":\"hangup\"", brief, "completed", "9100", "Plivo",
         "NORMAL_CLEARING", 1, 0},
        {"12025550100", ",\"time_limit\":30", patient, "completed", "6000", "Plivo",
         "NORMAL_CLEARING", 1, 1},
        {"12025550106", "", brief, "completed", "4000", "Answer XML", "NORMAL_CLEARING", 1, 1},
        {"12025550107", "", brief, "completed", "4000", "Answer XML", "NORMAL_CLEARING", 1, 1},
        {"12025550108", "", brief, "completed", "4000", "Answer XML", "NORMAL_CLEARING", 1, 1},
        {"12025550109", "", brief, "completed", "4000", "Answer XML", "NORMAL_CLEARING", 1, 1},
        {"12025550110", "", brief, "completed", "4000", "Answer XML", "NORMAL_CLEARING", 1, 1},
        {"12025550115", "", ends, "completed", "4010", "Answer XML", "NORMAL_CLEARING", 1, 1},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a = {0};
        struct box b;
        REQUIRE(plivo_live(&b, cases[i].pages, cases[i].to, cases[i].more));
        const struct box_request *r = box_wait(&b, "/hangup", 0);
        EXPECT_STR(box_param(&a, r, "CallStatus"), cases[i].status);
        EXPECT_STR(box_param(&a, r, "HangupCauseCode"), cases[i].code);
        EXPECT_STR(box_param(&a, r, "HangupSource"), cases[i].source);
        EXPECT_STR(box_param(&a, r, "HangupCause"), cases[i].sip);
        EXPECT_INT(box_count(&b, "/ring"), cases[i].rings);
        EXPECT_INT(box_count(&b, "/answer"), cases[i].answers);
        EXPECT_INT(box_count(&b, "/hangup"), 1);
        box_release(&b);
        arena_release(&a);
    }
}

TEST(plivo_callee, one_who_hangs_up_in_mid_sentence_is_the_source_of_the_end) {
    static const struct box_page pages[] = {
        {.path = "/answer", .body = "<Response><Speak>One.</Speak><Speak>Two.</Speak></Response>"},
        {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, pages, "12025550105", ""));
    const struct box_request *r = box_wait(&b, "/hangup", 0);
    EXPECT_STR(box_param(&a, r, "HangupCauseCode"), "4000");
    EXPECT_STR(box_param(&a, r, "HangupSource"), "Callee");
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_callee, a_disorderly_day_doubles_ring_and_hangup) {
    struct box b;
    REQUIRE(plivo_live(&b, ends, "12025550111", ""));
    EXPECT_INT(box_count(&b, "/ring"), 2);
    EXPECT_INT(box_count(&b, "/hangup"), 2);
    EXPECT_INT(box_count(&b, "/answer"), 1);
    box_release(&b);
}

TEST(plivo_callee, faults_of_the_create_request_look_like_plivos) {
    static const char json[] = "{\"from\":\"12025550199\",\"to\":\"1202555011%c\","
                               "\"answer_url\":\"" BOX_APP "/answer\"}";
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_box_init(&b, brief, NULL, 0));
    plivo_expect(&b, "POST", "/Call/", arena_printf(&a, json, '2').ptr, 503, "\"api_id\":");
    struct box_reply r = plivo_rest(&b, "POST", "/Call/", arena_printf(&a, json, '3').ptr);
    EXPECT_INT(r.status, 429);
    EXPECT(strstr(r.headers, "Retry-After: 1\n") != NULL);
    EXPECT(strstr(r.body, "\"error\":\"Too Many Requests\"") != NULL);
    box_reply_release(&r);
    plivo_expect(&b, "POST", "/Call/", arena_printf(&a, json, '3').ptr, 201, "call fired");
    r = plivo_rest(&b, "POST", "/Call/", arena_printf(&a, json, '4').ptr);
    EXPECT(r.cut);
    box_reply_release(&r);
    REQUIRE(box_wait_ended(&b, 2));
    EXPECT_INT(carrier_rings(b.carrier, STR("+12025550112")), 0);
    EXPECT_INT(carrier_rings(b.carrier, STR("+12025550113")), 1);
    EXPECT_INT(carrier_rings(b.carrier, STR("+12025550114")), 1);
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_callee, a_barred_destination_is_refused_with_403) {
    static const char barred[] =
        "{\"callees\":[{\"number\":\"+12025550142\",\"create\":{\"status\":403}}]}";
    struct box b;
    REQUIRE(plivo_box_init(&b, brief, barred, 0));
    plivo_expect(&b, "POST", "/Call/",
                 "{\"from\":\"12025550199\",\"to\":\"12025550142\",\"answer_url\":\"http://a/b\"}",
                 403, "barred");
    box_release(&b);
}

/* ---- machines ------------------------------------------------------------------------------- */

TEST(plivo_machine, without_a_url_the_answer_request_waits_and_tells) {
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, brief, "12025550104", ",\"machine_detection\":\"true\""));
    EXPECT_STR(box_param(&a, box_wait(&b, "/answer", 0), "Machine"), "true");
    EXPECT_STR(box_param(&a, box_wait(&b, "/hangup", 0), "Machine"), "true");
    box_release(&b);
    REQUIRE(plivo_live(&b, brief, "12025550100", ",\"machine_detection\":\"true\""));
    EXPECT_STR(box_param(&a, box_wait(&b, "/answer", 0), "Machine"), "");
    box_release(&b);
    arena_release(&a);
}

#define DETECT(mode) \
    ",\"machine_detection\":\"" mode "\",\"machine_detection_url\":\"" BOX_APP "/machine\""

TEST(plivo_machine, with_a_url_only_a_machine_is_told) {
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, ends, "12025550104", DETECT("true")));
    const struct box_request *r = box_wait(&b, "/machine", 0);
    EXPECT_STR(box_param(&a, r, "Event"), "MachineDetection");
    EXPECT_STR(box_param(&a, r, "Machine"), "true");
    EXPECT_STR(box_param(&a, r, "IfMachine"), "continue");
    EXPECT_STR(box_param(&a, r, "CallStatus"), "in-progress");
    EXPECT_STR(box_param(&a, box_wait(&b, "/answer", 0), "Machine"), "");
    box_release(&b);
    REQUIRE(plivo_live(&b, ends, "12025550100", DETECT("true")));
    EXPECT_INT(box_count(&b, "/machine"), 0);
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_machine, hangup_mode_ends_the_call_after_telling) {
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, patient, "12025550104", DETECT("hangup")));
    EXPECT_STR(box_param(&a, box_wait(&b, "/machine", 0), "IfMachine"), "hangup");
    EXPECT_STR(box_param(&a, box_wait(&b, "/hangup", 0), "HangupCauseCode"), "9100");
    box_release(&b);
    arena_release(&a);
}

/* ---- order and signatures ------------------------------------------------------------------- */

static int by_bytes(const void *x, const void *y) {
    const struct form_pair *a = x, *b = y;
    int order = str_cmp(a->name, b->name);
    return order ? order : str_cmp(a->value, b->value);
}

static const char *hmac_of(struct arena *a, struct box *b, struct str text) {
    struct secret key = {0};
    uint8_t mac[DIGEST_SHA256_BYTES];
    struct buf out = BUF_INIT(64);
    secret_set(&key, carrier_account(b->carrier).token);
    struct digest_hmac *h = digest_hmac_sha256_new(&key);
    digest_hmac_run(h, text, mac);
    digest_put_base64(&out, mac, sizeof mac);
    const char *copy = arena_copy(a, buf_str(&out)).ptr;
    buf_release(&out);
    digest_hmac_free(h);
    secret_release(&key);
    return copy;
}

/** What version 3 signs, from the bytes on the wire alone. */
static struct str text_of(struct arena *a, const struct box_request *r, const char *nonce) {
    struct buf out = BUF_INIT(65536);
    struct form query = {0}, body = {0};
    struct str url = str_z(r->url);
    size_t question = str_find(url, '?');
    EXPECT_INT(form_parse(a, str_from_index(url, question + 1), &query, NULL), ERR_OK);
    EXPECT_INT(form_parse(a, str_z(r->body), &body, NULL), ERR_OK);
    buf_put(&out, url.ptr, question);
    buf_puts(&out, query.count + body.count > 0 ? "?" : "");
    if (query.count > 1)
        qsort(query.pairs, query.count, sizeof *query.pairs, by_bytes);
    for (size_t i = 0; i < query.count; i++)
        buf_printf(&out, "%s" STR_FMT "=" STR_FMT, i > 0 ? "&" : "", STR_ARG(query.pairs[i].name),
                   STR_ARG(query.pairs[i].value));
    buf_puts(&out, query.count > 0 && body.count > 0 ? "." : "");
    for (size_t i = 0; i < body.count; i++)
        buf_printf(&out, STR_FMT STR_FMT, STR_ARG(body.pairs[i].name),
                   STR_ARG(body.pairs[i].value));
    buf_printf(&out, ".%s", nonce);
    struct str text = arena_copy(a, buf_str(&out));
    buf_release(&out);
    return text;
}

static void expect_signed(struct arena *a, struct box *b, const struct box_request *r) {
    const char *nonce = plivo_header(a, r, "X-Plivo-Signature-V3-Nonce");
    EXPECT_INT(strlen(nonce), 20);
    EXPECT_INT(strspn(nonce, "0123456789"), 20);
    const char *want = hmac_of(a, b, text_of(a, r, nonce));
    EXPECT_STR(plivo_header(a, r, "X-Plivo-Signature-V3"), want);
    EXPECT_STR(plivo_header(a, r, "X-Plivo-Signature-Ma-V3"), want);
    struct str url = str_z(r->url);
    nonce = plivo_header(a, r, "X-Plivo-Signature-V2-Nonce");
    struct str base = str_from(url.ptr, str_find(url, '?'));
    want = hmac_of(a, b, arena_printf(a, STR_FMT "%s", STR_ARG(base), nonce));
    EXPECT_STR(plivo_header(a, r, "X-Plivo-Signature-V2"), want);
    EXPECT_STR(plivo_header(a, r, "X-Plivo-Signature-Ma-V2"), want);
}

static void expect_sorted(struct arena *a, const struct box_request *r) {
    struct form f = {0};
    EXPECT_INT(form_parse(a, str_z(r->body), &f, NULL), ERR_OK);
    for (size_t i = 1; i < f.count; i++)
        EXPECT(str_cmp(f.pairs[i - 1].name, f.pairs[i].name) < 0);
}

TEST(plivo_signature, every_webhook_is_sorted_and_signed_as_the_sdks_check_it) {
    static const struct box_page pages[] = {
        {.path = "/answer", .body = "<Response><Redirect>" BOX_APP "/next</Redirect></Response>"},
        {.path = "/next", .body = PLIVO_HANGUP},
        {0}};
    struct arena a = {0};
    struct box b;
    size_t seen = 0;
    REQUIRE(plivo_live(&b, pages, "12025550100", ",\"sip_headers\":\"Z=1,a=2\""));
    for (const struct box_request *r = b.first; r; r = r->next, seen++) {
        expect_signed(&a, &b, r);
        expect_sorted(&a, r);
    }
    EXPECT_INT(seen, 4);
    box_release(&b);
    arena_release(&a);
}

TEST(plivo_signature, the_applications_own_query_is_signed_with_the_parameters) {
    static const char json[] =
        "{\"from\":\"12025550199\",\"to\":\"12025550100\",\"answer_method\":\"%s\","
        "\"answer_url\":\"" BOX_APP "/answer?z=1&b=%%C3%%BC&a=x+y#ct=500&rt=900\","
        "\"hangup_url\":\"" BOX_APP "/hangup\"}";
    static const char *const methods[] = {"POST", "GET"};
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        struct arena a = {0};
        struct box b;
        REQUIRE(plivo_box_init(&b, brief, NULL, 0));
        const char *body = arena_printf(&a, json, methods[i]).ptr;
        plivo_expect(&b, "POST", "/Call/", body, 201, "call fired");
        REQUIRE(box_wait_ended(&b, 1));
        const struct box_request *r = box_wait(&b, "/answer", 0);
        EXPECT(strstr(r->url, "?z=1&b=%C3%BC&a=x+y") != NULL);
        EXPECT(strchr(r->url, '#') == NULL);
        expect_signed(&a, &b, r);
        box_release(&b);
        arena_release(&a);
    }
}

TEST(plivo_signature, a_repeated_webhook_has_a_nonce_of_its_own) {
    static const struct box_page pages[] = {
        {.path = "/answer", .fail = ERR_UNCERTAIN}, {.path = "/answer", .body = PLIVO_HANGUP}, {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(plivo_live(&b, pages, "12025550100", ""));
    const struct box_request *one = box_wait(&b, "/answer", 0), *two = box_wait(&b, "/answer", 1);
    EXPECT_STR(one->body, two->body);
    EXPECT(strcmp(plivo_header(&a, one, "X-Plivo-Signature-V3-Nonce"),
                  plivo_header(&a, two, "X-Plivo-Signature-V3-Nonce")) != 0);
    expect_signed(&a, &b, two);
    box_release(&b);
    arena_release(&a);
}
