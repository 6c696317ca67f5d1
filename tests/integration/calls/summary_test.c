#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/base/compiler.h"
#include "core/io/http_server_mhd.h"
#include "tests/integration/calls/house.h"
#include "tests/support/test.h"

/* A call that a model led is summed up when it is over, also when the model or the receiver is away
 * at first. */
static const char definition[] =
    "{\"name\":\"debt-intake\",\"brain\":\"openai\",\"prompt\":\"Be kind.\",\"greeting\":"
    "\"Is this a good time?\",\"functions\":[\"end_call\"],\"variables\":{\"who\":\"Ann\"},"
    "\"post_prompt\":{\"text\":\"Sum it up for ${who}.\",\"temperature\":0.1,\"receiver\":"
    "\"http://me:pass@127.0.0.1:%u/told\"}}";

/* The model ends the call at once; of what is asked afterwards it fails the first two. */
struct model {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct http_server *server;
    unsigned asked; /* to sum up */
    unsigned told;  /* as the receiver of the summary; away at first */
    bool had_login;
    char body[16384], report[16384];
};

static void take_report(struct model *m, struct http_exchange *x) {
    pthread_mutex_lock(&m->lock);
    unsigned told = ++m->told;
    m->had_login = str_eq(http_exchange_header(x, STR("Authorization")),
                          STR("Basic bWU6cGFzcw==")); /* me:pass */
    EXPECT(str_copy(x->body, m->report, sizeof m->report));
    pthread_cond_broadcast(&m->changed);
    pthread_mutex_unlock(&m->lock);
    http_exchange_reply_text(x, told == 1 ? 503 : 200, NULL, STR(""));
}

static void answer(void *ctx, struct http_exchange *x) {
    struct model *m = ctx;
    if (str_eq(x->path, STR("/told"))) {
        take_report(m, x);
        return;
    }
    bool is_over = str_find_str(x->body, STR("[The call is over.")) < x->body.len;
    pthread_mutex_lock(&m->lock);
    unsigned asked = is_over ? ++m->asked : 0;
    if (is_over)
        EXPECT(str_copy(x->body, m->body, sizeof m->body));
    pthread_cond_broadcast(&m->changed);
    pthread_mutex_unlock(&m->lock);
    if (!is_over)
        http_exchange_reply_text(
            x, 200, "application/json",
            STR("{\"choices\":[{\"finish_reason\":\"tool_calls\",\"message\":{\"content\":\"Then "
                "goodbye.\",\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"end_call\","
                "\"arguments\":\"{\\\"reason\\\":\\\"done\\\"}\"}}]}}]}"));
    else if (asked <= 2)
        http_exchange_reply_text(x, 503, NULL, STR(""));
    else
        http_exchange_reply_text(
            x, 200, "application/json",
            STR("{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"It was a "
                "good time.\\nCard 4111 1111 1111 1111.\"}}]}"));
}

static bool open_model(struct model *m) {
    *m = (struct model){.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    struct http_server_options o = {.address = "127.0.0.1",
                                    .body_max_bytes = 65536,
                                    .clock = clock_system(),
                                    .handler = answer,
                                    .handler_ctx = m};
    return secret_system_init() && http_server_start(&o, &m->server, NULL) == ERR_OK;
}

/** So often by now, or within half a second? */
static bool was_done(struct model *m, const unsigned *count, unsigned times) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 500000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&m->lock);
    while (*count < times && pthread_cond_timedwait(&m->changed, &m->lock, &until) == 0)
        continue;
    bool done = *count >= times;
    pthread_mutex_unlock(&m->lock);
    return done;
}

static bool put_assistant(const struct temp_dir *dir, unsigned port) {
    char path[512];
    snprintf(path, sizeof path, "%s/a.json", dir->path);
    FILE *f = fopen(path, "w");
    return f && fprintf(f, definition, port) > 0 && fclose(f) == 0;
}

TEST(summary, is_asked_for_when_the_call_is_over_and_kept) {
    struct temp_dir dir;
    struct model m;
    struct house h;
    char settings[1024];
    struct buf shared = BUF_INIT(16384);
    temp_dir_init(&dir);
    REQUIRE(open_model(&m) && put_assistant(&dir, http_server_port(m.server)));
    snprintf(settings, sizeof settings,
             "MOCK_SPEED=0\nSWITCHHOOK_ASSISTANTS_DIR=%s\nOPENAI_MODEL=m\n"
             "OPENAI_BASE_URL=http://127.0.0.1:%u/v1\nSWML_ALLOW_PRIVATE_URLS=true\n",
             dir.path, http_server_port(m.server));
    REQUIRE(house_open(&h, settings));
    struct call c = house_wait_end(&h, house_place(&h, "+12025550100", CALL_DETECT_OFF));
    EXPECT_STR(c.outcome, "done");
    for (int i = 0; i < 60 && !was_done(&m, &m.asked, 3); i++)
        house_pass(&h, 31000);
    EXPECT(house_wait_event(&h, c.id, "information.shared"));
    house_event_data(&h, c.id, "information.shared", &shared);
    EXPECT(shared.len > 0 && strstr(shared.ptr, "\"category\":\"call_summary\""));
    EXPECT(shared.len > 0 && strstr(shared.ptr, "It was a good time. Card [card number]."));
    for (int i = 0; i < 60 && !was_done(&m, &m.told, 2); i++)
        house_pass(&h, 31000);
    pthread_mutex_lock(&m.lock);
    EXPECT_INT(m.asked, 3); /* not again because the receiver was away */
    EXPECT_INT(m.told, 2);
    EXPECT(m.had_login);
    EXPECT(strstr(m.report, "\"raw\":\"It was a good time. Card [card number].\""));
    EXPECT(strstr(m.report, "{\"role\":\"user\",\"content\":\"Yes, this is a good time.\"}"));
    EXPECT(strstr(m.report, "\"caller_id_number\":\"+12025550100\""));
    EXPECT(strstr(m.body, "Sum it up for Ann.") && strstr(m.body, "Caller: Yes, this is a good"));
    EXPECT(strstr(m.body, "\"temperature\":0.1") && !strstr(m.body, "\"tools\""));
    pthread_mutex_unlock(&m.lock);
    house_close(&h);
    http_server_free(m.server);
    buf_release(&shared);
    temp_dir_release(&dir);
}
