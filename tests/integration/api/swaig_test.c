/* The addresses of a carrier's own agent: who may use them, and what they answer to whom. */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "tests/integration/api/door.h"
#include "tests/support/test.h"

#define LOGIN "Authorization: Basic dTpw\r\n" /* u:p */

static const char settings[] = "MOCK_DIALECT=signalwire\nMOCK_SPEED=0\nSWML_BASIC_AUTH_USER=u\n"
                               "SWML_BASIC_AUTH_PASSWORD=p\n";

static bool body_has(const struct door_reply *r, const char *text) {
    return r->body.ptr && strstr(r->body.ptr, text) != NULL;
}

static void ask(struct door *d, const char *method, const char *path, const char *body,
                struct door_reply *out) {
    door_ask(d,
             &(struct door_request){.method = method, .path = path, .headers = LOGIN, .body = body},
             out);
}

/* Path and query of a function in the document, as the carrier would use them. */
static const struct json *ai_of(const struct door_reply *r) {
    const struct json *main = json_get(json_get(r->root, "sections"), "main"), *ai = NULL;
    for (const struct json *v = json_first(main); v; v = json_next(v))
        ai = json_get(v, "ai") ? json_get(v, "ai") : ai;
    return ai;
}

static void address_of(const struct door_reply *r, const char *function, char *dst, size_t size) {
    const struct json *list = json_get(json_get(ai_of(r), "SWAIG"), "functions");
    dst[0] = '\0';
    for (const struct json *f = json_first(list); f; f = json_next(f)) {
        struct str url = json_str(json_get(f, "web_hook_url"));
        size_t at = str_find_str(url, STR("/swaig/"));
        if (str_eq_z(json_str(json_get(f, "function")), function) && at < url.len)
            EXPECT(str_copy(str_from_index(url, at), dst, size));
    }
}

TEST(swaig, opens_to_nobody_without_the_login) {
    static const char *const paths[] = {"/swml/payment-agent", "/swaig/payment-agent",
                                        "/swaig/payment-agent/post_prompt"};
    static const char *const logins[] = {"", "Authorization: Basic eDp4\r\n",
                                         "Authorization: Bearer dTpw\r\n",
                                         "Authorization: Basic dTpwcA==\r\n"};
    struct door d;
    CLEANUP(door_reply_release) struct door_reply r = {0};
    REQUIRE(door_open(&d, settings));
    for (size_t i = 0; i < ARRAY_LEN(paths); i++)
        for (size_t k = 0; k < ARRAY_LEN(logins); k++) {
            door_ask(&d,
                     &(struct door_request){
                         .method = "POST", .path = paths[i], .headers = logins[k], .body = "{}"},
                     &r);
            EXPECT_INT(r.status, 401);
            EXPECT(body_has(&r, "{\"error\":\"Unauthorized\"}"));
        }
    char challenge[64];
    door_header(&r, "WWW-Authenticate", challenge, sizeof challenge);
    EXPECT(strncmp(challenge, "Basic", 5) == 0);
    door_close(&d);
}

TEST(swaig, tells_everybody_that_it_is_well) {
    struct door d;
    CLEANUP(door_reply_release) struct door_reply r = {0};
    REQUIRE(door_open(&d, settings));
    door_ask(&d, &(struct door_request){.path = "/swaig/payment-agent/health"}, &r);
    EXPECT_INT(r.status, 200);
    EXPECT(body_has(&r, "{\"status\":\"healthy\",\"agent\":\"payment-agent\"}"));
    door_ask(&d, &(struct door_request){.path = "/swaig/payment-agent/ready/"}, &r);
    EXPECT(body_has(&r, "{\"status\":\"ready\"}"));
    door_ask(&d, &(struct door_request){.path = "/swaig/nobody/health"}, &r);
    EXPECT_INT(r.status, 404);
    door_close(&d);
}

TEST(swaig, gives_the_document_whatever_the_request_looks_like) {
    struct door d;
    char path[1024];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    REQUIRE(door_open(&d, settings));
    ask(&d, "GET", "/swml/payment-agent?call_id=abc", NULL, &r);
    EXPECT_INT(r.status, 200);
    address_of(&r, "handle_consent", path, sizeof path);
    EXPECT(strstr(path, "/swaig/payment-agent?__token="));
    ask(&d, "GET", "/swaig/payment-agent/", NULL, &r);
    EXPECT(ai_of(&r) != NULL);
    ask(&d, "POST", "/swml/payment-agent", "{nope", &r);
    EXPECT(r.status == 200 && ai_of(&r));
    ask(&d, "POST", "/swml/nobody", "{}", &r);
    EXPECT_INT(r.status, 404);
    door_ask(&d,
             &(struct door_request){.path = "/swml/payment-agent",
                                    .headers = LOGIN,
                                    .type = "application/x-www-form-urlencoded",
                                    .body = "a=b"},
             &r);
    EXPECT_INT(r.status, 415);
    EXPECT(body_has(&r, "{\"error\":\"Content-Type must be application/json\"}"));
    door_close(&d);
}

TEST(swaig, gives_no_document_for_a_request_that_tells_too_much) {
    struct door d;
    CLEANUP(door_reply_release) struct door_reply r = {0};
    CLEANUP(buf_release) struct buf body = BUF_INIT(131072);
    REQUIRE(door_open(&d, settings));
    buf_puts(&body, "{\"call\":{\"call_id\":\"cid-1\",\"more\":\"");
    while (body.len < 65536)
        buf_puts(&body, "more and more ");
    buf_puts(&body, "\"}}");
    ask(&d, "POST", "/swml/payment-agent", body.ptr, &r);
    EXPECT_INT(r.status, 413);
    EXPECT(body_has(&r, "{\"error\":\"Request too large\"}"));
    ask(&d, "GET", "/swml/payment-agent?call_id", NULL, &r);
    EXPECT_INT(r.status, 400);
    door_close(&d);
}

TEST(swaig, says_what_the_assistants_variables_stand_for) {
    struct door d;
    CLEANUP(door_reply_release) struct door_reply r = {0};
    REQUIRE(door_open(&d, settings));
    ask(&d, "GET", "/swml/personal-assistant", NULL, &r);
    EXPECT(body_has(&r, "calling on behalf of John Doe.") && !body_has(&r, "user_name"));
    door_close(&d);
}

TEST(swaig, gives_each_request_its_own_tokens) {
    struct door d;
    char first[1024], second[1024];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    REQUIRE(door_open(&d, settings));
    ask(&d, "POST", "/swml/payment-agent", "{\"call\":{\"call_id\":\"cid-1\"}}", &r);
    address_of(&r, "handle_consent", first, sizeof first);
    ask(&d, "POST", "/swml/payment-agent", "{\"call\":{\"call_id\":\"cid-1\"}}", &r);
    address_of(&r, "handle_consent", second, sizeof second);
    EXPECT(first[0] && strcmp(first, second) != 0);
    door_close(&d);
}

TEST(swaig, takes_its_addresses_from_no_header) {
    struct door d;
    CLEANUP(door_reply_release) struct door_reply r = {0};
    REQUIRE(door_open(&d, settings));
    door_ask(&d,
             &(struct door_request){.path = "/swml/payment-agent",
                                    .headers = LOGIN "X-Forwarded-Host: evil.example\r\n"
                                                     "X-Forwarded-Proto: https\r\n"},
             &r);
    EXPECT_INT(r.status, 200);
    EXPECT(!body_has(&r, "evil"));
    door_close(&d);
}

TEST(swaig, refuses_what_is_no_function_call) {
    static const struct {
        const char *body;
        int status;
        const char *says;
    } rows[] = {
        {"{}", 400, "Missing function name"},
        {"{", 400, "Missing function name"},
        {"[]", 400, "Missing function name"},
        {"{\"function\":\"../x\"}", 400, "Invalid function name format"},
        {"{\"function\":\"nosuch\",\"call_id\":\"abc\"}", 200, "Function 'nosuch' not found"},
        {"{\"function\":\"handle_consent\",\"call_id\":\"abc\"}", 200, "security token"},
    };
    struct door d;
    CLEANUP(door_reply_release) struct door_reply r = {0};
    REQUIRE(door_open(&d, settings));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        ask(&d, "POST", "/swaig/payment-agent/", rows[i].body, &r);
        EXPECT_INT(r.status, rows[i].status);
        if (!body_has(&r, rows[i].says))
            EXPECT_STR(r.body.ptr, rows[i].says);
        EXPECT(!body_has(&r, "action"));
    }
    ask(&d, "DELETE", "/swaig/payment-agent", NULL, &r);
    EXPECT_INT(r.status, 405);
    ask(&d, "GET", "/swaig/payment-agent/post_prompt", NULL, &r);
    EXPECT_INT(r.status, 405);
    ask(&d, "GET", "/swaig/payment-agent/nothing", NULL, &r);
    EXPECT_INT(r.status, 404);
    door_close(&d);
}

#define CONSENT(call, log)                                                                      \
    "{\"function\":\"handle_consent\",\"argument\":{\"parsed\":[{\"consent_given\":\"yes\"}]}," \
    "\"call_id\":\"" call "\",\"caller_id_num\":\"+12025550100\"" log "}"
#define LOG(answer)                                                                     \
    ",\"call_log\":[{\"role\":\"assistant\",\"content\":\"May we record this call?\"}," \
    "{\"role\":\"user\",\"content\":\"" answer "\"}]"

TEST(swaig, runs_a_function_for_its_call_only) {
    struct door d;
    char path[1024], other[1024];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    REQUIRE(door_open(&d, settings));
    ask(&d, "POST", "/swml/payment-agent", "{\"call\":{\"call_id\":\"cid-9\"}}", &r);
    address_of(&r, "handle_consent", path, sizeof path);
    address_of(&r, "process_payment", other, sizeof other);
    ask(&d, "POST", path, CONSENT("cid-9", LOG("Yes, please")), &r);
    EXPECT_INT(r.status, 200);
    EXPECT(body_has(&r, "Thank you for your consent."));
    EXPECT(body_has(&r, "{\"set_global_data\":{\"recording_consent\":true}}"));
    EXPECT(body_has(&r, "{\"record_call\":{\"stereo\":true,\"format\":\"mp3\""));
    ask(&d, "POST", path, CONSENT("cid-8", LOG("Yes, please")), &r);
    EXPECT(body_has(&r, "security token") && !body_has(&r, "action"));
    ask(&d, "POST", other, CONSENT("cid-9", LOG("Yes, please")), &r);
    EXPECT(body_has(&r, "security token") && !body_has(&r, "action"));
    door_close(&d);
}

TEST(swaig, believes_the_caller_and_not_the_agent_about_recording) {
    struct door d;
    char path[1024];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    REQUIRE(door_open(&d, settings));
    ask(&d, "POST", "/swml/payment-agent", "{\"call\":{\"call_id\":\"cid-9\"}}", &r);
    address_of(&r, "handle_consent", path, sizeof path);
    static const char *const bodies[] = {
        CONSENT("cid-9", ""),
        CONSENT("cid-9", LOG("No, I do not want that")),
        CONSENT("cid-9", ",\"call_log\":[{\"role\":\"assistant\",\"content\":\"Are you well?\"},"
                         "{\"role\":\"user\",\"content\":\"Yes\"}]"),
        CONSENT("cid-9", ",\"call_log\":[{\"role\":\"assistant\",\"content\":\"May we record?\"}]"),
        CONSENT("cid-9",
                ",\"call_log\":[{\"role\":\"assistant\",\"content\":\"All right, this call "
                "is not recorded. Shall I take your payment now?\"},"
                "{\"role\":\"user\",\"content\":\"Yes\"}]"),
        CONSENT("cid-9",
                ",\"call_log\":[{\"role\":\"assistant\",\"content\":\"Do you mind if I record "
                "this call?\"},{\"role\":\"user\",\"content\":\"Yes, I do\"}]"),
        CONSENT("cid-9",
                ",\"call_log\":[{\"role\":\"assistant\",\"content\":\"Recording stops while "
                "you enter your card. Are you ready?\"},"
                "{\"role\":\"user\",\"content\":\"Yes\"}]"),
    };
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        ask(&d, "POST", path, bodies[i], &r);
        EXPECT_INT(r.status, 200);
        EXPECT(!body_has(&r, "record_call"));
        EXPECT(body_has(&r, "Recording was not started"));
    }
    door_close(&d);
}

TEST(swaig, takes_a_yes_to_a_recording_that_was_announced) {
    struct door d;
    char path[1024];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    REQUIRE(door_open(&d, settings));
    ask(&d, "POST", "/swml/payment-agent", "{\"call\":{\"call_id\":\"cid-9\"}}", &r);
    address_of(&r, "handle_consent", path, sizeof path);
    ask(&d, "POST", path,
        CONSENT("cid-9",
                ",\"call_log\":[{\"role\":\"assistant\",\"content\":\"Hello. This call may be "
                "recorded. Is that okay with you?\"},"
                "{\"role\":\"user\",\"content\":\"Yes\"}]"),
        &r);
    EXPECT(body_has(&r, "record_call"));
    door_close(&d);
}

TEST(swaig, tells_the_model_what_is_wrong_with_its_arguments) {
    struct door d;
    char path[1024];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    REQUIRE(door_open(&d, settings));
    ask(&d, "POST", "/swml/payment-agent", "{\"call\":{\"call_id\":\"cid-9\"}}", &r);
    address_of(&r, "process_payment", path, sizeof path);
    ask(&d, "POST", path, "{\"function\":\"process_payment\",\"call_id\":\"cid-9\"}", &r);
    EXPECT_INT(r.status, 200);
    EXPECT(body_has(&r, "amount") && !body_has(&r, "\"pay\""));
    ask(&d, "POST", path,
        "{\"function\":\"process_payment\",\"argument\":{\"raw\":\"{\\\"amount\\\":\\\"49.99\\\"}"
        "\"},\"call_id\":\"cid-9\"}",
        &r);
    EXPECT(body_has(&r, "\"charge_amount\":\"49.99\"") && body_has(&r, "/payment\""));
    /* nobody knows whether this call is recorded */
    EXPECT(strstr(r.body.ptr, "stop_record_call") < strstr(r.body.ptr, "\"pay\""));
    EXPECT(body_has(&r, "stop_record_call"));
    EXPECT(body_has(&r, "${pay_result}"));
    door_close(&d);
}

TEST(swaig, keeps_a_report_only_with_its_token) {
    struct door d;
    CLEANUP(door_reply_release) struct door_reply r = {0};
    static const char report[] = "{\"action\":\"post_conversation\",\"call_id\":\"cid-9\","
                                 "\"post_prompt_data\":{\"raw\":\"hi\"}}";
    REQUIRE(door_open(&d, settings));
    ask(&d, "POST", "/swaig/payment-agent/post_prompt", report, &r);
    EXPECT_INT(r.status, 403);
    ask(&d, "POST", "/swaig/payment-agent/post_prompt", "{", &r);
    EXPECT_INT(r.status, 400);
    door_ask(&d, &(struct door_request){.path = "/api/information"}, &r);
    EXPECT(!body_has(&r, "call_summary"));
    door_close(&d);
}

/* ---- versions ----------------------------------------------------------------------------------
 */

static bool put_desk(const struct temp_dir *dir, const char *function) {
    char path[320], other[330];
    temp_dir_file(dir, "desk.json", path);
    snprintf(other, sizeof other, "%s~", path);
    FILE *f = fopen(other, "we");
    if (!f)
        return false;
    fprintf(f,
            "{\"name\":\"desk\",\"functions\":[{\"name\":\"%s\",\"secure\":false,"
            "\"description\":\"d\",\"parameters\":{\"type\":\"object\",\"properties\":{}}},"
            "\"end_call\"],\"flow\":{\"states\":[{\"id\":\"e\",\"end\":{\"outcome\":\"x\"}}]}}",
            function);
    return fclose(f) == 0 && rename(other, path) == 0;
}

/* The document has this function; the gateway looks at the file every second. */
static bool wait_function(struct door *d, const char *function) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    for (int i = 0; i < 2000; i++) {
        ask(d, "GET", "/swml/desk", NULL, &r);
        if (body_has(&r, function))
            return true;
        (void)poll(NULL, 0, 5);
    }
    return false;
}

TEST(swaig, lets_a_call_keep_the_version_that_it_began_with) {
    static const char call[] = "{\"function\":\"before\"}";
    struct temp_dir dir;
    struct door d;
    char lines[512], id[64], path[128];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    temp_dir_init(&dir);
    snprintf(lines, sizeof lines, "%sSWITCHHOOK_ASSISTANTS_DIR=%s\n", settings, dir.path);
    REQUIRE(put_desk(&dir, "before") && door_open(&d, lines));
    door_ask(&d,
             &(struct door_request){.path = "/api/calls",
                                    .body = "{\"to\":\"+12025550115\",\"assistant\":\"desk\"}"},
             &r);
    snprintf(path, sizeof path, "/swaig/desk?call=%s", door_text(&r, "id", id));
    EXPECT(put_desk(&dir, "after") && wait_function(&d, "\"after\""));
    ask(&d, "POST", path, call, &r);
    EXPECT(r.status == 200 && !body_has(&r, "not found"));
    ask(&d, "POST", "/swaig/desk", call, &r);
    EXPECT(body_has(&r, "Function 'before' not found"));
    door_close(&d);
    temp_dir_release(&dir);
}
