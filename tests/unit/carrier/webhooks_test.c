#include "tests/support/test.h"

#include "core/base/digest.h"
#include "providers/mock/carrier/twilio/face_twilio.h"
#include "tests/unit/carrier/box.h"

static const char *header(struct arena *a, const struct box_request *r, const char *name) {
    struct str rest = str_z(r->headers), line;
    while (rest.len > 0 && str_next(&rest, '\n', &line))
        if (str_starts(line, str_z(name)) && line.ptr[strlen(name)] == ':')
            return arena_copy(a, str_from_index(line, strlen(name) + 2)).ptr;
    return "";
}

static bool live(struct box *b, const struct box_page *pages, const char *more) {
    char sid[35];
    return box_init(b, &(struct box_options){.pages = pages}) &&
           box_call(b, "+12025550100", more, sid) && box_wait_ended(b, 1);
}

TEST(webhook, signature_is_that_of_the_security_page) {
    struct secret key = {0};
    struct params p = {0};
    struct buf out = BUF_INIT(64);
    REQUIRE(secret_system_init());
    secret_set(&key, STR("12345"));
    struct digest_hmac *hmac = digest_hmac_sha1_new(&key);
    params_add_z(&p, "Digits", "1234");
    params_add_z(&p, "CallSid", "CA1234567890ABCDE");
    params_add_z(&p, "Caller", "+14158675310");
    params_add_z(&p, "From", "+14158675310");
    params_add_z(&p, "To", "+18005551212");
    twilio_face_sign(hmac, STR("https://example.com/myapp.php?foo=1&bar=2"), &p, false, &out);
    EXPECT_STR(out.ptr, "L/OH5YylLD5NRKLltdqwSvS0BnU=");
    buf_clear(&out);
    twilio_face_sign(hmac, STR("https://example.com:8443/myapp.php?foo=1&bar=2"), &p, false, &out);
    EXPECT_STR(out.ptr, "L/OH5YylLD5NRKLltdqwSvS0BnU="); /* voice over HTTPS drops the port */
    buf_release(&out);
    params_release(&p);
    digest_hmac_free(hmac);
    secret_release(&key);
}

TEST(webhook, repeated_values_are_signed_once_and_sorted) {
    struct params p = {0};
    struct buf out = BUF_INIT(64);
    params_add_z(&p, "b", "2");
    params_add_z(&p, "a", "");
    params_add_z(&p, "b", "1");
    params_add_z(&p, "b", "2");
    params_add_z(&p, "B", "x");
    params_put_sorted(&p, &out);
    EXPECT_STR(out.ptr, "Bxab1b2");
    buf_release(&out);
    params_release(&p);
}

TEST(webhook, each_carries_signature_token_and_agent) {
    static const struct box_page pages[] = {{.path = "/answer", .body = "<Response/>"}, {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(live(&b, pages, ""));
    for (size_t i = 0; i < 4; i++) {
        const struct box_request *r = box_wait(&b, "/status", i);
        EXPECT_INT(strlen(header(&a, r, "X-Twilio-Signature")), 28);
        EXPECT_INT(strlen(header(&a, r, "I-Twilio-Idempotency-Token")), 36);
        EXPECT_STR(header(&a, r, "User-Agent"), "TwilioProxy/1.1");
        EXPECT_STR(header(&a, r, "Content-Type"),
                   "application/x-www-form-urlencoded; charset=UTF-8");
    }
    EXPECT(strcmp(header(&a, box_wait(&b, "/status", 0), "I-Twilio-Idempotency-Token"),
                  header(&a, box_wait(&b, "/status", 1), "I-Twilio-Idempotency-Token")) != 0);
    box_release(&b);
    arena_release(&a);
}

TEST(webhook, get_puts_the_parameters_into_the_query) {
    static const struct box_page pages[] = {{.path = "/answer", .body = "<Response/>"}, {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(live(&b, pages, "&Url=" BOX_APP "/answer%3Fx%3D1&Method=GET"));
    const struct box_request *r = box_wait(&b, "/answer", 0);
    EXPECT_STR(r->method, "GET");
    EXPECT_STR(r->body, "");
    EXPECT(strstr(r->url, "/answer?x=1&CallSid=CA") != NULL);
    EXPECT_STR(box_param(&a, r, "CallStatus"), "in-progress");
    box_release(&b);
    arena_release(&a);
}

/* ---- connection overrides ----------------------------------------------------------------------
 */

TEST(webhook, overrides_are_read_from_the_fragment) {
    struct outgoing_rules r;
    EXPECT(outgoing_rules_parse(STR(""), &r));
    EXPECT_INT(r.connect_ms, 5000);
    EXPECT_INT(r.read_ms, 15000);
    EXPECT_INT(r.total_ms, 15000);
    EXPECT_INT(r.retries, 1);
    EXPECT_INT(r.retry_on, OUTGOING_RETRY_CONNECT);
    EXPECT(outgoing_rules_parse(STR("ct=300&rt=2000&tt=4000&rc=3&rp=4xx,5xx,rt&e=dublin"), &r));
    EXPECT_INT(r.connect_ms, 300);
    EXPECT_INT(r.read_ms, 2000);
    EXPECT_INT(r.total_ms, 4000);
    EXPECT_INT(r.retries, 3);
    EXPECT_INT(r.retry_on, OUTGOING_RETRY_4XX | OUTGOING_RETRY_5XX | OUTGOING_RETRY_READ);
}

TEST(webhook, bad_overrides_leave_the_defaults) {
    static const char *const bad[] = {"rc=6", "ct=99", "tt=15001", "rp=3xx", "rc", "x=1", "rc=-1"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct outgoing_rules r;
        EXPECT(!outgoing_rules_parse(str_z(bad[i]), &r));
        EXPECT_INT(r.retries, 1);
    }
}

/** How often a status callback is tried when the application fails like this. */
static size_t tries(const char *fragment, const struct box_page *failing) {
    static const struct box_page waits = {.path = "/answer",
                                          .body = "<Response><Pause length=\"20\"/></Response>"};
    const struct box_page pages[] = {*failing, waits, {0}};
    char more[256];
    struct box b;
    struct buf text = BUF_INIT(sizeof more);
    buf_puts(&text, "&StatusCallbackEvent=&FallbackUrl=");
    buf_put_form(&text, str_z(BOX_APP "/unused"));
    buf_puts(&text, "&AsyncAmd=true&MachineDetection=Enable&AsyncAmdStatusCallback=");
    buf_put_form(&text, str_z(BOX_APP "/amd"));
    buf_put_form(&text, str_z(fragment));
    bool ok = live(&b, pages, text.ptr);
    EXPECT(ok);
    size_t n = box_count(&b, "/amd");
    if (n > 1) {
        struct arena a = {0};
        EXPECT_STR(header(&a, box_wait(&b, "/amd", 1), "I-Twilio-Idempotency-Token"),
                   header(&a, box_wait(&b, "/amd", 0), "I-Twilio-Idempotency-Token"));
        arena_release(&a);
    }
    box_release(&b);
    buf_release(&text);
    return n;
}

TEST(webhook, only_what_the_policy_names_is_retried) {
    const struct box_page gone = {.path = "/amd", .fail = ERR_NETWORK};
    const struct box_page late = {.path = "/amd", .fail = ERR_UNCERTAIN};
    const struct box_page broken = {.path = "/amd", .status = 500};
    const struct box_page missing = {.path = "/amd", .status = 404};
    EXPECT_INT(tries("", &gone), 2);
    EXPECT_INT(tries("", &late), 1);
    EXPECT_INT(tries("", &broken), 1);
    EXPECT_INT(tries("#rc=0", &gone), 1);
    EXPECT_INT(tries("#rc=3&rp=5xx", &broken), 4);
    EXPECT_INT(tries("#rc=3&rp=5xx", &missing), 1);
    EXPECT_INT(tries("#rc=2&rp=4xx", &missing), 3);
    EXPECT_INT(tries("#rc=2&rp=rt", &late), 3);
    EXPECT_INT(tries("#rc=5&rp=all", &broken), 6);
}

TEST(webhook, a_password_in_the_url_is_sent_when_asked_for) {
    static const struct box_page pages[] = {
        {.path = "/answer", .status = 401}, {.path = "/answer", .body = "<Response/>"}, {0}};
    struct box b;
    REQUIRE(live(&b, pages, "&Url=http%3A%2F%2Fme%3Asecret%40app.test%2Fanswer"));
    EXPECT_STR(box_wait(&b, "/answer", 0)->url, BOX_APP "/answer");
    EXPECT(!strstr(box_wait(&b, "/answer", 0)->headers, "Basic: "));
    EXPECT(strstr(box_wait(&b, "/answer", 1)->headers, "Basic: me\n") != NULL);
    box_release(&b);
}

TEST(webhook, failures_are_counted_and_do_not_stop_the_call) {
    static const struct box_page pages[] = {
        {.path = "/status", .status = 500}, {.path = "/answer", .body = "<Response/>"}, {0}};
    struct box b;
    REQUIRE(live(&b, pages, ""));
    REQUIRE(box_wait(&b, "/status", 3) != NULL);
    EXPECT_INT(box_count(&b, "/answer"), 1);
    box_release(&b);
}

TEST(webhook, only_completed_is_announced_by_default) {
    static const struct box_page pages[] = {{.path = "/answer", .body = "<Response/>"}, {0}};
    struct arena a = {0};
    struct box b;
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    struct box_reply r = box_rest(&b, "POST", "/Calls.json",
                                  "To=%2B12025550100&From=%2B12025550199&Url=" BOX_APP
                                  "/answer&StatusCallback=" BOX_APP "/status");
    EXPECT_INT(r.status, 201);
    const struct box_request *only = box_wait(&b, "/status", 0);
    EXPECT_STR(box_param(&a, only, "CallStatus"), "completed");
    EXPECT_STR(box_param(&a, only, "SequenceNumber"), "0");
    EXPECT_INT(box_count(&b, "/status"), 1);
    box_reply_release(&r);
    box_release(&b);
    arena_release(&a);
}
