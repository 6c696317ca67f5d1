/* The provider in front of the carrier in a box: real HTTP both ways, real signatures. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "core/io/http_client_curl.h"
#include "core/io/http_server_mhd.h"
#include "providers/mock/carrier/carrier.h"
#include "providers/registry.h"
#include "tests/support/test.h"
#include "twiml/twiml.h"

enum {
    WAIT_S = 20,
};

/** A carrier, and a gateway that only listens. */
struct world {
    struct http_client *http;
    struct carrier *box;
    struct http_server *box_server, *gateway;
    struct secret token;
    struct provider *p;
    char answer[96], status[96], recording[96];
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint32_t seen; /* BIT(status) of each status that was told */
    unsigned refused;
    char recording_sid[CALL_SID_SIZE]; /* once it is available */
};

static void note(struct world *w, enum error_code rc, const struct webhook_news *n) {
    pthread_mutex_lock(&w->lock);
    w->refused += rc != ERR_OK;
    if (rc == ERR_OK)
        w->seen |= BIT(n->status);
    if (rc == ERR_OK && n->recording_status == RECORDING_AVAILABLE)
        memcpy(w->recording_sid, n->recording_sid, sizeof w->recording_sid);
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

static void answer(struct world *w, struct http_exchange *x) {
    struct plan plan = {0};
    struct plan_step *say = plan_add(&plan, PLAN_SAY);
    if (say)
        say->u.say.text = STR("Hello & goodbye");
    EXPECT(plan_add(&plan, PLAN_HANGUP));
    x->content_type = provider_describe(w->p)->document_type;
    x->status = provider_render_plan(w->p, &plan, &x->reply_body, NULL, NULL) == ERR_OK ? 200 : 500;
    plan_release(&plan);
    http_exchange_reply(x);
}

static void on_request(void *ctx, struct http_exchange *x) {
    struct world *w = ctx;
    struct arena a = {0};
    struct webhook_news news = {0};
    struct webhook_request req = {.method = x->method,
                                  .target = x->target,
                                  .content_type = http_exchange_header(x, STR("Content-Type")),
                                  .body = x->body,
                                  .exchange = x};
    enum error_code rc = ERR_NOT_FOUND;
    if (webhook_kind_parse(str_from_index(x->path, 1), &req.kind))
        rc = provider_read_webhook(w->p, &req, &a, &news, NULL);
    note(w, rc, &news);
    bool wants_document = rc == ERR_OK && req.kind == WEBHOOK_ANSWER;
    arena_release(&a);
    if (wants_document)
        answer(w, x);
    else
        http_exchange_reply_text(x, rc == ERR_OK ? 204 : 403, NULL, STR(""));
}

static bool start_servers(struct world *w, struct error *err) {
    const struct http_client_curl_options client = {.clock = clock_system()};
    const struct http_server_options gateway = {
        .clock = clock_system(), .handler = on_request, .handler_ctx = w};
    if (http_client_curl_new(&client, &w->http, err) != ERR_OK ||
        http_server_start(&gateway, &w->gateway, err) != ERR_OK)
        return false;
    const struct carrier_options box = {
        .dialect = "twilio", .seed = 7, .http = w->http, .clock = clock_system()};
    if (carrier_new(&box, &w->box, err) != ERR_OK)
        return false;
    const struct http_server_options face = {
        .clock = clock_system(), .handler = carrier_handle, .handler_ctx = w->box};
    return http_server_start(&face, &w->box_server, err) == ERR_OK;
}

static bool world_start(struct world *w) {
    struct error err = {0};
    char box_url[64], gateway_url[64];
    *w = (struct world){.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    twiml_init();
    if (!secret_system_init() || !start_servers(w, &err)) {
        EXPECT_STR(err.text, "");
        return false;
    }
    snprintf(box_url, sizeof box_url, "http://127.0.0.1:%u", http_server_port(w->box_server));
    snprintf(gateway_url, sizeof gateway_url, "http://127.0.0.1:%u", http_server_port(w->gateway));
    snprintf(w->answer, sizeof w->answer, "%s/answer", gateway_url);
    snprintf(w->status, sizeof w->status, "%s/status", gateway_url);
    snprintf(w->recording, sizeof w->recording, "%s/recording", gateway_url);
    carrier_set_base_url(w->box, str_z(box_url));
    struct carrier_account account = carrier_account(w->box);
    secret_set(&w->token, account.token);
    const struct provider_config cfg = {.account = account.account,
                                        .token = &w->token,
                                        .number = account.number,
                                        .base_url = str_z(box_url),
                                        .public_base_url = str_z(gateway_url),
                                        .http = w->http,
                                        .clock = clock_system()};
    enum error_code rc = registry_create(registry_find(STR("mock")), &cfg, STR(""), &w->p, &err);
    EXPECT_STR(err.text, "");
    return rc == ERR_OK;
}

static void world_stop(struct world *w) {
    carrier_free(w->box);
    http_server_free(w->box_server);
    http_server_free(w->gateway);
    provider_free(w->p);
    http_client_free(w->http);
    secret_release(&w->token);
}

/** Until each of these statuses was told, and a recording is there when one is wanted. Notices may
 * come in any order. False: too late. */
static bool wait_for(struct world *w, uint32_t statuses, bool recording) {
    struct timespec until;
    bool done = false, late = false;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += WAIT_S;
    pthread_mutex_lock(&w->lock);
    while (!done && !late) {
        done = (w->seen & statuses) == statuses && (!recording || w->recording_sid[0]);
        late = !done && pthread_cond_timedwait(&w->changed, &w->lock, &until) == ETIMEDOUT;
    }
    pthread_mutex_unlock(&w->lock);
    return done;
}

static enum provider_outcome place(struct world *w, const char *to, bool record,
                                   struct provider_call *call, struct error *err) {
    const struct provider_place req = {
        .to = str_z(to),
        .answer_url = str_z(w->answer),
        .status_url = str_z(w->status),
        .recording_url = str_z(w->recording),
        .ring_timeout_s = 30,
        .time_limit_s = 60,
        .record = record,
        .record_dual = record,
    };
    return provider_place_call(w->p, &req, call, err);
}

static bool keep(void *ctx, struct str bytes) {
    buf_put_str(ctx, bytes);
    return true;
}

static void expect_recording(struct world *w, struct str call_sid) {
    struct buf audio = BUF_INIT(64 << 20);
    struct provider_audio got = {0};
    struct error err = {0};
    struct str sid = str_z(w->recording_sid);
    EXPECT_INT(provider_fetch_recording(w->p, call_sid, sid, keep, &audio, &got, &err), ERR_OK);
    EXPECT_STR(err.text, "");
    EXPECT_INT(got.bytes, audio.len);
    EXPECT(audio.len > 44 && str_starts(buf_str(&audio), STR("RIFF")));
    EXPECT_INT(provider_delete_recording(w->p, call_sid, sid, &err), ERR_OK);
    EXPECT_INT(provider_delete_recording(w->p, call_sid, sid, &err), ERR_OK); /* gone is gone */
    EXPECT_INT(provider_fetch_recording(w->p, call_sid, sid, keep, &audio, &got, &err),
               ERR_NOT_FOUND);
    buf_release(&audio);
}

static void expect_listed(struct world *w, struct str call_sid) {
    struct arena a = {0};
    struct provider_call *calls = NULL;
    struct error err = {0};
    size_t count = 0;
    const struct provider_list_filter f = {.to = STR("+12025550100")};
    EXPECT_INT(provider_list_calls(w->p, &f, &a, &calls, &count, &err), ERR_OK);
    EXPECT_STR(err.text, "");
    EXPECT_INT(count, 1);
    EXPECT(count == 1 && str_eq_z(call_sid, calls[0].sid));
    arena_release(&a);
}

TEST(box, a_call_is_placed_followed_recorded_and_found_again) {
    struct world w;
    struct provider_call call = {0};
    struct error err = {0};
    char text[200] = "";
    REQUIRE(world_start(&w));
    EXPECT_INT(provider_check(w.p, text, sizeof text, &err), ERR_OK);
    EXPECT_INT(place(&w, "+12025550100", true, &call, &err), PROVIDER_PLACED);
    EXPECT_STR(err.text, "");
    EXPECT(wait_for(
        &w, BIT(CALL_DIALING) | BIT(CALL_RINGING) | BIT(CALL_ANSWERED) | BIT(CALL_COMPLETED),
        true));
    struct str sid = str_z(call.sid);
    EXPECT_INT(provider_look_up(w.p, sid, &call, &err), ERR_OK);
    EXPECT_INT(call.status, CALL_COMPLETED);
    EXPECT_STR(call.to, "+12025550100");
    EXPECT(call.created_ms > 0);
    EXPECT_INT(provider_end_call(w.p, sid, &err), ERR_OK); /* over already */
    EXPECT_INT(provider_redirect_call(w.p, sid, str_z(w.answer), &err), ERR_CONFLICT);
    expect_listed(&w, sid);
    expect_recording(&w, sid);
    EXPECT_INT(carrier_rings(w.box, STR("+12025550100")), 1);
    world_stop(&w);
    EXPECT_INT(w.refused, 0); /* every webhook's signature was right */
}

TEST(box, what_the_carrier_does_not_know_is_not_found) {
    struct world w;
    struct provider_call call;
    struct error err = {0};
    const struct str sid = STR("CA0123456789abcdef0123456789abcdef");
    REQUIRE(world_start(&w));
    EXPECT_INT(provider_look_up(w.p, sid, &call, &err), ERR_NOT_FOUND);
    EXPECT_INT(err.carrier_code, 20404);
    EXPECT_INT(provider_end_call(w.p, sid, &err), ERR_NOT_FOUND);
    world_stop(&w);
}

TEST(box, a_bad_day_of_the_carrier_never_rings_twice) {
    static const struct {
        const char *to;
        enum provider_outcome outcome;
        uint64_t rings_max;
    } rows[] = {
        {"+12025550112", PROVIDER_UNCERTAIN, 1}, /* 503 */
        {"+12025550113", PROVIDER_THROTTLED, 0}, /* 429 */
        {"+12025550114", PROVIDER_UNCERTAIN, 1}, /* the reply is cut */
    };
    struct world w;
    REQUIRE(world_start(&w));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct provider_call call = {.sid = "before"};
        struct error err = {0};
        EXPECT_INT(place(&w, rows[i].to, false, &call, &err), rows[i].outcome);
        EXPECT_STR(call.sid, "before");
        EXPECT(rows[i].outcome != PROVIDER_THROTTLED || err.retry_after_s > 0);
        EXPECT(carrier_rings(w.box, str_z(rows[i].to)) <= rows[i].rings_max);
    }
    world_stop(&w);
}

TEST(box, a_call_that_is_not_answered_ends_as_it_did) {
    static const struct {
        const char *to;
        enum call_status status;
    } rows[] = {
        {"+12025550101", CALL_BUSY},
        {"+12025550102", CALL_NO_ANSWER},
        {"+12025550103", CALL_FAILED},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct world w;
        struct provider_call call;
        struct error err = {0};
        REQUIRE(world_start(&w));
        EXPECT_INT(place(&w, rows[i].to, false, &call, &err), PROVIDER_PLACED);
        EXPECT(wait_for(&w, BIT(rows[i].status), false));
        world_stop(&w);
        EXPECT(!(w.seen & BIT(CALL_ANSWERED)));
        EXPECT_INT(w.refused, 0);
    }
}
