#include <pthread.h>
#include <stdio.h>

#include "core/base/compiler.h"
#include "core/engine/brain_openai.h"
#include "core/io/http_client_curl.h"
#include "core/io/http_server_mhd.h"
#include "tests/support/test.h"

/* The openai brain over a real connection, against a server that answers, or never does. */

enum {
    LIMIT_MS = 700,
    LATE_MS = BRAIN_OPENAI_BUDGET_MS /* without a limit it would take so long */
};

struct scene {
    struct http_server *server;
    struct http_client *http;
    struct brain *brain;
    struct assistant *assistant;
    struct secret key;
    struct arena arena;
    struct brain_input in;
    struct brain_output out;
    struct error err;
    char url[64];
    /* of the server */
    pthread_mutex_t lock;
    struct http_exchange *waiting;
    bool never_answers;
    bool had_key;
};

static void answer(void *ctx, struct http_exchange *x) {
    struct scene *s = ctx;
    pthread_mutex_lock(&s->lock);
    s->had_key = str_eq(http_exchange_header(x, STR("Authorization")), STR("Bearer sk-1"));
    bool waits = s->never_answers && !s->waiting;
    if (waits)
        s->waiting = x;
    pthread_mutex_unlock(&s->lock);
    if (!waits)
        http_exchange_reply_text(
            x, 200, "text/event-stream",
            STR("data: {\"choices\":[{\"delta\":{\"content\":\"Good morning.\"}}]}\r\n\r\n"
                "data: [DONE]\r\n\r\n"));
}

static enum error_code run_nothing(void *ctx, struct str function, struct str arguments_json,
                                   struct str *response, struct error *err) {
    (void)ctx, (void)function, (void)arguments_json, (void)response;
    return error_set(err, ERR_NOT_FOUND, "there are no functions");
}

static bool open_scene(struct scene *s) {
    static const char definition[] =
        "{\"name\":\"a\",\"brain\":\"openai\",\"prompt\":\"P.\",\"fallback_line\":\"One moment.\"}";
    *s = (struct scene){.lock = PTHREAD_MUTEX_INITIALIZER};
    struct http_client_curl_options co = {.clock = clock_system()};
    struct http_server_options so = {.address = "127.0.0.1",
                                     .body_max_bytes = 65536,
                                     .clock = clock_system(),
                                     .handler = answer,
                                     .handler_ctx = s};
    if (!secret_system_init() || http_client_curl_new(&co, &s->http, NULL) != ERR_OK ||
        http_server_start(&so, &s->server, NULL) != ERR_OK ||
        assistant_parse(str_z(definition), &s->assistant, &s->err) != ERR_OK)
        return false;
    secret_set(&s->key, STR("sk-1"));
    snprintf(s->url, sizeof s->url, "http://127.0.0.1:%u/v1", http_server_port(s->server));
    return true;
}

static void close_scene(struct scene *s) {
    brain_free(s->brain);
    pthread_mutex_lock(&s->lock);
    struct http_exchange *waiting = s->waiting;
    pthread_mutex_unlock(&s->lock);
    if (waiting)
        http_exchange_reply_text(waiting, 503, NULL, STR(""));
    http_server_free(s->server);
    http_client_free(s->http);
    assistant_unref(s->assistant);
    secret_release(&s->key);
    arena_release(&s->arena);
    pthread_mutex_destroy(&s->lock);
}

/* One turn; how long it took. limit_ms 0: none. */
static int64_t think(struct scene *s, int64_t limit_ms) {
    struct clock clock = clock_system();
    struct brain_openai_options o = {.http = s->http,
                                     .clock = clock,
                                     .base_url = str_z(s->url),
                                     .model = STR("m"),
                                     .key = &s->key};
    s->brain = brain_openai_new(&o);
    int64_t begun = clock_mono_ms(&clock);
    s->in = (struct brain_input){.assistant = s->assistant,
                                 .event = BRAIN_HEARD,
                                 .speech = STR("hello"),
                                 .tools = {.run = run_nothing},
                                 .deadline_ms = limit_ms > 0 ? begun + limit_ms : 0,
                                 .arena = &s->arena};
    EXPECT_INT(brain_think(s->brain, &s->in, &s->out, &s->err), ERR_OK);
    return clock_mono_ms(&clock) - begun;
}

TEST(model_server, is_asked_with_the_key_and_heard) {
    struct scene s;
    REQUIRE(open_scene(&s));
    think(&s, 0);
    EXPECT_STR(s.out.say.ptr, "Good morning.");
    EXPECT(s.had_key);
    close_scene(&s);
}

TEST(model_server, that_never_answers_is_not_waited_for_beyond_the_limit) {
    struct scene s;
    REQUIRE(open_scene(&s));
    s.never_answers = true;
    int64_t took_ms = think(&s, LIMIT_MS);
    EXPECT_STR(s.out.say.ptr, "One moment.");
    EXPECT(took_ms >= LIMIT_MS - 100 && took_ms < LATE_MS);
    EXPECT(s.out.usage.failure.len > 0);
    close_scene(&s);
}

TEST(model_server, that_is_not_there_is_soon_found_out) {
    struct scene s;
    REQUIRE(open_scene(&s));
    snprintf(s.url, sizeof s.url, "http://127.0.0.1:1/v1");
    int64_t took_ms = think(&s, LIMIT_MS);
    EXPECT_STR(s.out.say.ptr, "One moment.");
    EXPECT(took_ms < LATE_MS);
    close_scene(&s);
}
