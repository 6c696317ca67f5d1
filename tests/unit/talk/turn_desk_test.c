#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "core/domain/brain_impl.h"
#include "core/domain/function_remote.h"
#include "tests/support/test.h"
#include "tests/unit/talk/dialogue.h"

/* Remote functions that take longer than a carrier waits. */
static const char definition[] =
    "{\"name\":\"a\",\"functions\":[\"end_call\",{\"name\":\"far\",\"description\":\"d\","
    "\"parameters\":{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},"
    "\"required\":[\"city\"]},\"url\":\"https://us%40er:s%3ae%zz@far.example/swaig\","
    "\"fillers\":{\"default\":[\"Let me look.\"]}}],\"flow\":{\"states\":["
    "{\"id\":\"ask\",\"say\":\"Where?\",\"ask\":{},\"capture\":{\"slot\":\"city\",\"kind\":"
    "\"text\"},\"next\":\"look\"},"
    "{\"id\":\"look\",\"call\":[{\"function\":\"far\",\"arguments\":{\"city\":\"${city}\"},"
    "\"save\":\"found\"}],\"say\":\"It is ${found}.\",\"end\":{\"outcome\":\"told\"}}]}}";

/** The user's program: answers when it is let go. */
struct far {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool may_go;
    unsigned calls;
    char key[64], user[32], password[32], arguments[64];
    enum error_code rc;
};

static enum error_code far_call(void *ctx, const struct function_remote_request *req,
                                struct arena *a, struct function_reply *out, struct error *err) {
    struct far *f = ctx;
    pthread_mutex_lock(&f->lock);
    f->calls++;
    pthread_cond_broadcast(&f->changed);
    EXPECT(str_copy(req->idempotency_key, f->key, sizeof f->key));
    EXPECT(str_copy(req->user, f->user, sizeof f->user));
    EXPECT(str_copy(req->password, f->password, sizeof f->password));
    EXPECT(str_copy(req->arguments_json, f->arguments, sizeof f->arguments));
    EXPECT(str_eq_z(req->url, "https://far.example/swaig"));
    while (!f->may_go)
        pthread_cond_wait(&f->changed, &f->lock);
    enum error_code rc = f->rc;
    pthread_mutex_unlock(&f->lock);
    if (rc != ERR_OK)
        return error_set(err, rc, "the far end failed");
    out->response = arena_copy(a, STR("sunny"));
    return ERR_OK;
}

static void let_go(struct far *f) {
    pthread_mutex_lock(&f->lock);
    f->may_go = true;
    pthread_cond_broadcast(&f->changed);
    pthread_mutex_unlock(&f->lock);
}

static bool begin_with(struct dialogue *d, const char *json, struct far *f,
                       struct function_remote *remote) {
    *f = (struct far){.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    *remote = (struct function_remote){far_call, f};
    if (!dialogue_parse(d, json))
        return false;
    conversation_free(d->conversation);
    d->conversation = conversation_new(
        &(struct conversation_options){.remote = remote, .workers = 2, .filler_after_ms = 20});
    dialogue_answer(d, CALL_BY_HUMAN);
    return true;
}

/** Up to the first question, which a slow machine may take its time for. */
static bool begin(struct dialogue *d, struct far *f, struct function_remote *remote) {
    bool begun = begin_with(d, definition, f, remote);
    for (int i = 0; i < 500 && begun && !dialogue_has(d, "A: Where?\n"); i++)
        dialogue_come_back(d, CONVERSATION_SPOKE, CALL_STATUS_NONE);
    buf_clear(&d->log);
    return begun;
}

/** Ask again as the carrier does, until the turn is there or it was asked too often. */
static void wait_until_over(struct dialogue *d) {
    for (int i = 0; i < 500 && !d->over; i++) {
        dialogue_come_back(d, CONVERSATION_SPOKE, CALL_STATUS_NONE);
        d->now_ms -= 19990; /* no time passes here */
    }
}

/** That turn's first function. */
static void expect_key(const struct far *f, uint32_t turn) {
    char end[32];
    snprintf(end, sizeof end, "-%u-1", (unsigned)turn);
    size_t at = str_find_str(str_z(f->key), str_z(end));
    EXPECT(at + strlen(end) == strlen(f->key));
}

TEST(turn_desk, keeps_the_caller_company_and_asks_once) {
    struct dialogue d;
    struct far f;
    struct function_remote remote;
    REQUIRE(begin(&d, &f, &remote));
    uint32_t turn = d.turn;
    dialogue_speak(&d, "Paris");
    EXPECT(dialogue_has(&d, "plan: say pause redirect\n"));
    dialogue_come_back(&d, CONVERSATION_SPOKE, CALL_STATUS_NONE);
    EXPECT_INT(dialogue_count(&d, "plan: say pause redirect\n"), 2);
    let_go(&f);
    wait_until_over(&d);
    EXPECT(dialogue_has(&d, "C: Paris\n"));
    EXPECT(dialogue_has(&d, "A: It is sunny.\n"));
    EXPECT(dialogue_has(&d, "outcome: told\n"));
    EXPECT_INT(f.calls, 1);
    EXPECT_STR(f.user, "us@er"); /* as meant, not as written in the address */
    EXPECT_STR(f.password, "s:e%zz");
    EXPECT_STR(f.arguments, "{\"city\":\"Paris\"}");
    expect_key(&f, turn);
    dialogue_release(&d);
}

TEST(turn_desk, says_nothing_in_between_when_the_answer_is_fast) {
    struct dialogue d;
    struct far f;
    struct function_remote remote;
    REQUIRE(begin(&d, &f, &remote));
    let_go(&f);
    dialogue_speak(&d, "Paris");
    wait_until_over(&d);
    EXPECT(dialogue_has(&d, "A: It is sunny.\n"));
    EXPECT_INT(f.calls, 1);
    dialogue_release(&d);
}

TEST(turn_desk, goes_on_when_the_far_end_fails) {
    struct dialogue d;
    struct far f;
    struct function_remote remote;
    REQUIRE(begin(&d, &f, &remote));
    f.rc = ERR_UPSTREAM;
    let_go(&f);
    dialogue_speak(&d, "Paris");
    wait_until_over(&d);
    EXPECT(dialogue_has(&d, "\"error\":\"the far end failed\""));
    EXPECT(dialogue_has(&d, "outcome: told\n"));
    dialogue_release(&d);
}

TEST(turn_desk, gives_up_politely) {
    struct dialogue d;
    struct far f;
    struct function_remote remote;
    REQUIRE(begin(&d, &f, &remote));
    dialogue_speak(&d, "Paris");
    d.now_ms += 120000;
    dialogue_come_back(&d, CONVERSATION_SPOKE, CALL_STATUS_NONE);
    EXPECT(d.over);
    EXPECT(dialogue_has(&d, "outcome: assistant_error\n"));
    let_go(&f);
    dialogue_release(&d);
}

TEST(turn_desk, does_the_turn_again_when_it_was_forgotten) {
    struct dialogue d;
    struct far f;
    struct function_remote remote;
    REQUIRE(begin(&d, &f, &remote));
    uint32_t turn = d.turn;
    dialogue_speak(&d, "Paris");
    let_go(&f);
    conversation_free(d.conversation); /* the gateway was restarted */
    d.conversation = conversation_new(
        &(struct conversation_options){.remote = &remote, .workers = 2, .filler_after_ms = 20});
    wait_until_over(&d);
    EXPECT(dialogue_has(&d, "C: Paris\n"));
    EXPECT(dialogue_has(&d, "A: It is sunny.\n"));
    expect_key(&f, turn); /* the same */
    dialogue_release(&d);
}

/* ---- what is heard meanwhile -------------------------------------------------------------------
 */

#define WAITING(members, far_members)                                                           \
    "{\"name\":\"a\"," members "\"functions\":[\"end_call\",{\"name\":\"near\","                \
    "\"description\":\"d\",\"parameters\":{\"type\":\"object\"},\"url\":\"https://near.example" \
    "/\",\"fillers\":[\"Near.\"]},{\"name\":\"far\",\"description\":\"d\",\"parameters\":{"     \
    "\"type\":\"object\"},\"url\":\"https://far.example/swaig\"" far_members "}],\"flow\":{"    \
    "\"states\":[{\"id\":\"look\",\"call\":[{\"function\":\"far\"}],\"say\":\"Found.\","        \
    "\"end\":{\"outcome\":\"told\"}}]}}"

/** The worker is in the function. */
static void wait_until_asked(struct far *f) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 10;
    pthread_mutex_lock(&f->lock);
    while (f->calls == 0 && pthread_cond_timedwait(&f->changed, &f->lock, &until) == 0)
        continue;
    EXPECT_INT(f->calls, 1);
    pthread_mutex_unlock(&f->lock);
}

TEST(turn_desk, what_is_heard_belongs_to_the_function_that_runs) {
    static const struct {
        const char *json;
        const char *first;  /* step; NULL: as long as it does not run yet, others may be heard */
        const char *second; /* steps */
    } cases[] = {
        {WAITING("", ",\"fillers\":[\"Far one.\",\"Far two.\"]"), NULL, "say [en-US ] Far two.\n"},
        {WAITING("", ",\"fillers\":{\"default\":[\"Well.\"],\"en-us\":[\"Let me see.\"]}"), NULL,
         "say [en-US ] Let me see.\n"},
        {WAITING("", ""), "say [en-US ] One moment, please.\n",
         "say [en-US ] I am still working on it, please wait.\n"},
        {WAITING("\"variables\":{\"who\":\"Ann\"},\"languages\":[{\"code\":\"de-DE\",\"lines\":{"
                 "\"wait\":\"Moment, ${who}.\",\"still_waiting\":\"Gleich.\"}}],",
                 ""),
         "say [de-DE ] Moment, Ann.\n", "say [de-DE ] Gleich.\n"},
        {WAITING("\"languages\":[{\"code\":\"de-DE\",\"function_fillers\":[\"Ich suche.\"],"
                 "\"speech_fillers\":[\"Hm.\"]}],",
                 ""),
         NULL, "say [de-DE ] Ich suche.\n"},
        {WAITING("", ",\"wait_file\":\"https://a.example/w.mp3\""), NULL,
         "play https://a.example/w.mp3\n"},
        {WAITING("", ",\"fillers\":[\"Far.\"],\"wait_file\":\"https://a.example/w.mp3\""), NULL,
         "say [en-US ] Far.\nplay https://a.example/w.mp3\n"},
        {WAITING("", ",\"fillers\":[\"Far.\"],\"skip_fillers\":true"), NULL, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct dialogue d;
        struct far f;
        struct function_remote remote;
        struct buf want = BUF_INIT(1000);
        REQUIRE(begin_with(&d, cases[i].json, &f, &remote));
        EXPECT(!cases[i].first || str_starts(buf_str(&d.plan), str_z(cases[i].first)));
        wait_until_asked(&f);
        dialogue_come_back(&d, CONVERSATION_SPOKE, CALL_STATUS_NONE);
        buf_printf(&want, "%spause\nredirect\n", cases[i].second);
        EXPECT_STR(d.plan.ptr, want.ptr);
        let_go(&f);
        wait_until_over(&d);
        EXPECT(dialogue_has(&d, "outcome: told\n"));
        buf_release(&want);
        dialogue_release(&d);
    }
}

TEST(turn_desk, nothing_is_heard_before_the_disclosure_and_it_is_heard_once) {
    struct dialogue d;
    struct far f;
    struct function_remote remote;
    REQUIRE(begin_with(&d,
                       WAITING("\"variables\":{\"who\":\"Ann\"},\"disclosure\":\"I am ${who}'s "
                               "machine.\",\"recording\":{\"rule\":\"on\",\"notice\":\"Taped.\"},",
                               ""),
                       &f, &remote));
    EXPECT_STR(d.plan.ptr, "say [en-US ] I am Ann's machine.\nsay [en-US ] One moment, please.\n"
                           "pause\nredirect\n");
    EXPECT(dialogue_has(&d, "A: I am Ann's machine.\n") && !dialogue_has(&d, "recording start"));
    dialogue_come_back(&d, CONVERSATION_SPOKE, CALL_STATUS_NONE);
    EXPECT(str_find_str(buf_str(&d.plan), STR("machine")) == d.plan.len);
    let_go(&f);
    wait_until_over(&d);
    EXPECT(dialogue_has(&d, "A: Taped. Found.\n") && dialogue_has(&d, "recording start"));
    EXPECT_INT(dialogue_count(&d, "machine"), 1);
    dialogue_release(&d);
}

/** A model that thinks until it is let go. */
struct slow {
    struct brain base;
    struct far far;
    int64_t deadline_ms;
};

static enum error_code think_slowly(struct brain *b, const struct brain_input *in,
                                    struct brain_output *out, struct error *err) {
    struct slow *s = container_of(b, struct slow, base);
    (void)err;
    pthread_mutex_lock(&s->far.lock);
    s->deadline_ms = in->deadline_ms;
    while (!s->far.may_go)
        pthread_cond_wait(&s->far.changed, &s->far.lock);
    pthread_mutex_unlock(&s->far.lock);
    *out = (struct brain_output){
        .say = STR("Here you are."), .next = BRAIN_LISTEN, .listen.speech = true};
    return ERR_OK;
}

static void stay(struct brain *b) {
    (void)b; /* lives on the stack of the test */
}

TEST(turn_desk, fills_the_silence_while_a_model_thinks) {
    static const struct brain_ops ops = {.name = "openai", .destroy = stay, .think = think_slowly};
    struct slow slow = {
        .base = {&ops},
        .far = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER}};
    struct dialogue d;
    REQUIRE(dialogue_parse(&d, "{\"name\":\"a\",\"brain\":\"openai\",\"prompt\":\"p\","
                               "\"languages\":[{\"code\":\"en-US\",\"speech_fillers\":["
                               "\"Let me think.\"],\"function_fillers\":[\"Looking.\"]}]}"));
    conversation_free(d.conversation);
    d.conversation = conversation_new(
        &(struct conversation_options){.openai = &slow.base, .workers = 2, .filler_after_ms = 20});
    dialogue_answer(&d, CALL_BY_HUMAN);
    EXPECT_STR(d.plan.ptr, "say [en-US ] Let me think.\npause\nredirect\n");
    let_go(&slow.far);
    for (int i = 0; i < 500 && !dialogue_has(&d, "A: Here you are.\n"); i++) {
        dialogue_come_back(&d, CONVERSATION_SPOKE, CALL_STATUS_NONE);
        d.now_ms -= 19990;
    }
    EXPECT(dialogue_has(&d, "A: Here you are.\n"));
    EXPECT_INT(slow.deadline_ms, 0);
    dialogue_release(&d);
}
