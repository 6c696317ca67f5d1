#include "tests/integration/provider/world.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "core/io/http_client_curl.h"
#include "core/io/http_server_mhd.h"
#include "providers/registry.h"
#include "tests/support/test.h"
#include "twiml/twiml.h"

enum {
    WAIT_S = 60,
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
    const struct plan *p = w->document ? w->document : &plan;
    x->content_type = provider_describe(w->p)->document_type;
    x->status = provider_render_plan(w->p, p, &x->reply_body, NULL, NULL) == ERR_OK ? 200 : 500;
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

static bool start_servers(struct world *w, const char *dialect, struct error *err) {
    const struct http_client_curl_options client = {.clock = clock_system()};
    const struct http_server_options gateway = {
        .clock = clock_system(), .handler = on_request, .handler_ctx = w};
    if (http_client_curl_new(&client, &w->http, err) != ERR_OK ||
        http_server_start(&gateway, &w->gateway, err) != ERR_OK)
        return false;
    const struct carrier_options box = {
        .dialect = dialect, .seed = 7, .speed = w->speed, .http = w->http, .clock = clock_system()};
    if (carrier_new(&box, &w->box, err) != ERR_OK)
        return false;
    const struct http_server_options face = {
        .clock = clock_system(), .handler = carrier_handle, .handler_ctx = w->box};
    return http_server_start(&face, &w->box_server, err) == ERR_OK;
}

bool world_start(struct world *w, const char *dialect) {
    struct error err = {0};
    char box_url[64], gateway_url[64];
    *w = (struct world){.lock = PTHREAD_MUTEX_INITIALIZER,
                        .changed = PTHREAD_COND_INITIALIZER,
                        .document = w->document,
                        .speed = w->speed,
                        .number = w->number};
    twiml_init();
    if (!secret_system_init() || !start_servers(w, dialect, &err)) {
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
                                        .number = w->number ? str_z(w->number) : account.number,
                                        .base_url = str_z(box_url),
                                        .public_base_url = str_z(gateway_url),
                                        .http = w->http,
                                        .clock = clock_system()};
    enum error_code rc =
        registry_create(registry_find(STR("mock")), &cfg, str_z(dialect), &w->p, &err);
    EXPECT_STR(err.text, "");
    return rc == ERR_OK;
}

void world_stop(struct world *w) {
    carrier_free(w->box);
    http_server_free(w->box_server);
    http_server_free(w->gateway);
    provider_free(w->p);
    http_client_free(w->http);
    secret_release(&w->token);
}

bool world_wait(struct world *w, uint32_t statuses, bool recording) {
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

enum provider_outcome world_place(struct world *w, const char *to, bool record,
                                  struct provider_call *call, struct error *err) {
    const struct provider_place req = {
        .to = str_z(to),
        .answer_url = str_z(w->answer),
        .status_url = str_z(w->status),
        .recording_url = str_z(w->recording),
        .ring_timeout_s = 30,
        .time_limit_s = 3600,
        .record = record,
        .record_dual = record,
    };
    return provider_place_call(w->p, &req, call, err);
}

static bool keep(void *ctx, struct str bytes) {
    buf_put_str(ctx, bytes);
    return true;
}

void world_expect_recording(struct world *w, struct str call_sid) {
    struct buf audio = BUF_INIT(64 << 20);
    struct provider_audio got = {0};
    struct error err = {0};
    struct str sid = str_z(w->recording_sid);
    EXPECT_INT(provider_fetch_recording(w->p, call_sid, sid, false, keep, &audio, &got, &err),
               ERR_OK);
    EXPECT_STR(err.text, "");
    EXPECT_INT(got.bytes, audio.len);
    EXPECT(audio.len > 44 && str_starts(buf_str(&audio), STR("RIFF")));
    EXPECT_INT(provider_delete_recording(w->p, call_sid, sid, &err), ERR_OK);
    EXPECT_INT(provider_delete_recording(w->p, call_sid, sid, &err), ERR_OK); /* gone is gone */
    EXPECT_INT(provider_fetch_recording(w->p, call_sid, sid, false, keep, &audio, &got, &err),
               ERR_NOT_FOUND);
    buf_release(&audio);
}

void world_expect_listed(struct world *w, struct str call_sid) {
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
