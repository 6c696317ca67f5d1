/* Functions of the user's own program: what they are asked, and what is made of their answers. */
#include <string.h>

#include "core/app/function_remote_http.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_http.h"
#include "tests/support/test.h"

static const struct function_remote_request request = {
    .url = STR_INIT("https://example.org/swaig"),
    .user = STR_INIT("me"),
    .password = STR_INIT("secret"),
    .function = STR_INIT("look_up"),
    .arguments_json = STR_INIT("{\"name\":\"Doe\"}"),
    .assistant = STR_INIT("desk"),
    .call_id = STR_INIT("call_1"),
    .caller_number = STR_INIT("+12025550100"),
    .global_data_json = STR_INIT("{\"a\":1}"),
    .transcript_json = STR_INIT("[{\"role\":\"user\",\"content\":\"hi\"}]"),
    .idempotency_key = STR_INIT("call_1-3"),
};

struct rig {
    struct fake_http *http;
    struct fake_clock time;
    struct function_remote_http remote;
    struct arena arena;
    struct function_reply reply;
    struct error err;
};

static enum error_code ask(struct rig *r, const struct fake_exchange *script, size_t count) {
    EXPECT(secret_system_init());
    *r = (struct rig){.http = fake_http_new(script, count)};
    fake_clock_init(&r->time);
    r->remote = (struct function_remote_http){.http = fake_http_client(r->http),
                                              .clock = fake_clock_of(&r->time),
                                              .trust = HTTP_TRUST_FOREIGN};
    struct function_remote port = function_remote_http(&r->remote);
    return port.call(port.ctx, &request, &r->arena, &r->reply, &r->err);
}

static void release(struct rig *r) {
    fake_http_free(r->http);
    arena_release(&r->arena);
}

TEST(function_remote, is_asked_like_a_carriers_agent_asks) {
    const struct fake_exchange script[] = {
        {.method = "POST",
         .path = "/swaig",
         .body_has = "\"argument\":{\"parsed\":[{\"name\":\"Doe\"}]",
         .status = 200,
         .body = "{\"response\":\"Found.\",\"action\":[{\"say\":\"One moment\"},{\"SWML\":{"
                 "\"version\":\"1.0.0\",\"sections\":{\"main\":[{\"record_call\":{}}]}}}]}"}};
    struct rig r;
    EXPECT_INT(ask(&r, script, 1), ERR_OK);
    EXPECT(str_eq_z(r.reply.response, "Found."));
    REQUIRE(r.reply.action_count == 2);
    EXPECT_INT(r.reply.actions[0].kind, FUNCTION_ACTION_SAY);
    EXPECT_INT(r.reply.actions[1].kind, FUNCTION_ACTION_START_RECORDING);
    const struct fake_request *q = fake_http_request(r.http, 0);
    REQUIRE(q != NULL);
    EXPECT_STR(q->basic_user, "me");
    EXPECT_INT(q->trust, HTTP_TRUST_FOREIGN);
    EXPECT(strstr(q->headers, "Idempotency-Key: call_1-3"));
    EXPECT(strstr(q->body, "\"caller_id_num\":\"+12025550100\""));
    EXPECT(strstr(q->body, "\"global_data\":{\"a\":1}"));
    EXPECT(strstr(q->body, "\"call_log\":[{\"role\":\"user\""));
    EXPECT(!strstr(q->body, "secret"));
    release(&r);
}

TEST(function_remote, is_asked_once_more_when_it_certainly_did_not_run) {
    const struct fake_exchange failed[] = {{.status = 503, .body = "busy"},
                                           {.status = 200, .body = "{\"response\":\"ok\"}"}};
    const struct fake_exchange unreachable[] = {{.fail = ERR_NETWORK},
                                                {.status = 200, .body = "{}"}};
    struct rig r;
    EXPECT_INT(ask(&r, failed, 2), ERR_OK);
    EXPECT(str_eq_z(r.reply.response, "ok"));
    release(&r);
    EXPECT_INT(ask(&r, unreachable, 2), ERR_OK);
    release(&r);
}

TEST(function_remote, is_not_asked_again_when_it_may_have_run) {
    const struct fake_exchange script[] = {{.fail = ERR_UNCERTAIN}};
    struct rig r;
    EXPECT_INT(ask(&r, script, 1), ERR_UNCERTAIN);
    EXPECT_INT(fake_http_calls(r.http), 1);
    release(&r);
}

TEST(function_remote, that_answers_nonsense_has_failed) {
    static const struct {
        int status;
        const char *body;
    } rows[] = {{404, "{\"response\":\"no\"}"}, {401, ""}, {200, "<html>"}, {200, "[]"}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct fake_exchange script[] = {{.status = rows[i].status, .body = rows[i].body}};
        struct rig r;
        EXPECT_INT(ask(&r, script, 1), ERR_UPSTREAM);
        EXPECT_INT(r.reply.action_count, 0);
        EXPECT(r.err.text[0] && !strstr(r.err.text, "secret"));
        release(&r);
    }
}
