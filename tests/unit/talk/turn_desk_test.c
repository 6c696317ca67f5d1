#include <pthread.h>

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

static bool begin(struct dialogue *d, struct far *f, struct function_remote *remote) {
    *f = (struct far){.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    *remote = (struct function_remote){far_call, f};
    if (!dialogue_parse(d, definition))
        return false;
    conversation_free(d->conversation);
    d->conversation = conversation_new(
        &(struct conversation_options){.remote = remote, .workers = 2, .filler_after_ms = 20});
    dialogue_answer(d, CALL_BY_HUMAN);
    return true;
}

/** Ask again as the carrier does, until the turn is there or it was asked too often. */
static void wait_until_over(struct dialogue *d) {
    for (int i = 0; i < 500 && !d->over; i++) {
        dialogue_come_back(d, CONVERSATION_SPOKE, CALL_STATUS_NONE);
        d->now_ms -= 19990; /* no time passes here */
    }
}

TEST(turn_desk, keeps_the_caller_company_and_asks_once) {
    struct dialogue d;
    struct far f;
    struct function_remote remote;
    REQUIRE(begin(&d, &f, &remote));
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
    EXPECT(str_find_str(str_z(f.key), STR("-1-1")) < strlen(f.key)); /* turn 1, first function */
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
    dialogue_speak(&d, "Paris");
    let_go(&f);
    conversation_free(d.conversation); /* the gateway was restarted */
    d.conversation = conversation_new(
        &(struct conversation_options){.remote = &remote, .workers = 2, .filler_after_ms = 20});
    wait_until_over(&d);
    EXPECT(dialogue_has(&d, "C: Paris\n"));
    EXPECT(dialogue_has(&d, "A: It is sunny.\n"));
    EXPECT(str_find_str(str_z(f.key), STR("-1-1")) < strlen(f.key)); /* the same key */
    dialogue_release(&d);
}
