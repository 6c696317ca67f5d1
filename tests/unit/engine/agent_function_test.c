/* Functions that a carrier's own agent asks for: what they leave behind, also when asked twice. */
#include "core/engine/agent.h"

#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#include "core/base/compiler.h"
#include "core/base/lanes.h"
#include "core/domain/function_remote.h"
#include "core/engine/agent_state.h"
#include "core/engine/payment_desk.h"
#include "tests/support/assistant_table.h"
#include "tests/support/test.h"

static const char desk[] =
    "{\"name\":\"desk\",\"greeting\":\"Hello.\",\"recording\":{\"rule\":\"off\"},"
    "\"functions\":[\"share_information\",\"end_call\",\"schedule_callback\",\"opt_out\",\"get_"
    "current_time\","
    "\"process_payment\",\"transfer_to_human\",{\"name\":\"ask_crm\",\"description\":\"Ask.\","
    "\"url\":\"https://crm.example.com/swaig\",\"parameters\":{\"type\":\"object\","
    "\"properties\":{}}}],"
    "\"human_number\":\"+12025550150\","
    "\"flow\":{\"states\":[{\"id\":\"bye\",\"say\":\"Bye.\",\"end\":{\"outcome\":\"done\"}}]}}";

struct remote_desk {
    struct function_remote port;
    unsigned asked;
    char key[64], meta_data[64]; /* of the last request */
    sem_t entered, leave;
    bool holds; /* until it may leave */
    enum error_code rc;
    struct function_action gives; /* kind NONE: nothing but words */
};

struct world {
    struct engine_box b;
    struct assistant_table table;
    struct remote_desk remote;
    struct lanes lanes;
    struct call call;
    struct arena arena;
    struct function_reply reply;
    struct error err;
    int64_t payment;
    const struct json *meta_data; /* that comes with the requests */
};

static enum error_code ask_remote(void *ctx, const struct function_remote_request *req,
                                  struct arena *a, struct function_reply *out, struct error *err) {
    struct remote_desk *r = ctx;
    r->asked++;
    EXPECT(str_copy(req->idempotency_key, r->key, sizeof r->key));
    EXPECT(str_copy(req->meta_data_json, r->meta_data, sizeof r->meta_data));
    if (r->holds) {
        sem_post(&r->entered);
        sem_wait(&r->leave);
    }
    if (r->rc != ERR_OK)
        return error_set(err, r->rc, "no answer in time");
    *out = (struct function_reply){.response = arena_copy(a, STR("The account is open."))};
    if (r->gives.kind != FUNCTION_ACTION_NONE)
        *function_reply_add(out, r->gives.kind) = r->gives;
    return ERR_OK;
}

/* A call on which the agent talks. */
static enum error_code answered_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct call *c = ctx;
    struct arena a = {0};
    const struct agent_state s = {.data_json = STR("{}")};
    struct conversation_state stored = {.call_id = c->id, .state_json = agent_state_write(&s, &a)};
    enum error_code rc = store_get_call(tx, c->id, c, err);
    c->status = CALL_ANSWERED;
    if (rc == ERR_OK)
        rc = store_update_call(tx, c, err);
    if (rc == ERR_OK)
        rc = store_put_conversation(tx, &stored, err);
    arena_release(&a);
    return rc;
}

static void world_init(struct world *w) {
    *w = (struct world){0};
    engine_box_init(&w->b);
    assistant_table_init(&w->table, &w->b, desk);
    w->b.carrier.desc.caps |= PROVIDER_CAP_PAY;
    w->b.engine.payments = payment_desk_new(&(struct payment_desk_options){0});
    sem_init(&w->remote.entered, 0, 0);
    sem_init(&w->remote.leave, 0, 0);
    w->remote.port = (struct function_remote){.call = ask_remote, .ctx = &w->remote};
    w->b.engine.remote = &w->remote.port;
    lanes_init(&w->lanes);
    w->b.engine.agent_lanes = &w->lanes;
    w->call = engine_box_submit_request(
        &w->b, &(struct call_request){.to = STR("+12025550100"), .assistant = STR("desk")});
    engine_box_run_due(&w->b);
    REQUIRE(store_write(w->b.engine.store, answered_tx, &w->call, NULL) == ERR_OK);
}

static void world_release(struct world *w) {
    payment_desk_free(w->b.engine.payments);
    engine_box_release(&w->b);
    assistant_table_release(&w->table);
    lanes_release(&w->lanes);
    arena_release(&w->arena);
}

/* One request; log: what was said so far, as JSON, or NULL. */
static enum error_code ask(struct world *w, const char *function, const char *arguments,
                           const char *log) {
    CLEANUP(json_doc_freep) struct json_doc *args = NULL, *said = NULL;
    bool work_added = false;
    EXPECT(json_parse(str_z(arguments), NULL, &args, NULL) == ERR_OK);
    EXPECT(!log || json_parse(str_z(log), NULL, &said, NULL) == ERR_OK);
    const struct agent_request q = {.assistant = w->table.assistant,
                                    .call_id = w->call.id,
                                    .session_id = STR("cid-1"),
                                    .function = str_z(function),
                                    .arguments = json_root(args),
                                    .meta_data = w->meta_data,
                                    .call_log = said ? json_root(said) : NULL};
    w->reply = (struct function_reply){0};
    w->payment = 0;
    w->err = (struct error){0};
    return agent_function(&w->b.engine, &q, &w->arena, &w->reply, &work_added, &w->payment,
                          &w->err);
}

struct look {
    struct info_filter filter;
    struct arena arena;
    struct info *infos;
    size_t count;
    int64_t call_id;
    struct payment *payments;
    size_t payment_count;
};

static enum error_code look_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct look *l = ctx;
    enum error_code rc = store_list_info(tx, &l->filter, &l->arena, &l->infos, &l->count, err);
    return rc == ERR_OK ? store_list_payments(tx, l->call_id, 10, &l->arena, &l->payments,
                                              &l->payment_count, err)
                        : rc;
}

static size_t infos(struct world *w, const char *category) {
    struct look l = {.filter = {.category = str_z(category), .limit = 20}, .call_id = w->call.id};
    EXPECT_INT(store_read(w->b.engine.store, look_tx, &l, NULL), ERR_OK);
    arena_release(&l.arena);
    return l.count;
}

static size_t payments(struct world *w) {
    struct look l = {.filter = {.limit = 1}, .call_id = w->call.id};
    EXPECT_INT(store_read(w->b.engine.store, look_tx, &l, NULL), ERR_OK);
    arena_release(&l.arena);
    return l.payment_count;
}

static size_t times_called(struct world *w) {
    char events[1024];
    size_t n = 0;
    engine_box_events(&w->b, w->call.id, events);
    for (const char *at = events; (at = strstr(at, "function.called")); at++)
        n++;
    return n;
}

#define LATER "{\"when\":\"tomorrow at nine\"}"
#define SAID  "[{\"role\":\"user\",\"content\":\"Call me tomorrow.\"}]"

TEST(agent_function, asked_for_again_is_answered_alike_and_does_nothing_twice) {
    struct world w;
    world_init(&w);
    EXPECT_INT(ask(&w, "schedule_callback", LATER, SAID), ERR_OK);
    struct str first = w.reply.response;
    EXPECT_INT(ask(&w, "schedule_callback", LATER, SAID), ERR_OK);
    EXPECT(str_eq(w.reply.response, first) && first.len > 0);
    EXPECT_INT(infos(&w, "callback"), 1);
    EXPECT_INT(times_called(&w), 1);
    world_release(&w);
}

TEST(agent_function, asked_for_again_after_a_restart_does_nothing_twice) {
    struct world w;
    world_init(&w);
    EXPECT_INT(ask(&w, "opt_out", "{\"reason\":\"Stop calling me\"}", NULL), ERR_OK);
    engine_box_restart(&w.b);
    EXPECT_INT(ask(&w, "opt_out", "{\"reason\":\"Stop calling me\"}", NULL), ERR_OK);
    REQUIRE(w.reply.action_count == 1);
    EXPECT_INT(w.reply.actions[0].kind, FUNCTION_ACTION_HANGUP);
    EXPECT_INT(infos(&w, "conversation_flow"), 1);
    world_release(&w);
}

TEST(agent_function, wished_for_once_more_runs_once_more) {
    struct world w;
    world_init(&w);
    EXPECT_INT(ask(&w, "schedule_callback", LATER, SAID), ERR_OK);
    /* the caller has said another word since */
    EXPECT_INT(ask(&w, "schedule_callback", LATER,
                   "[{\"role\":\"user\",\"content\":\"Call me tomorrow.\"},"
                   "{\"role\":\"user\",\"content\":\"Call me tomorrow.\"}]"),
               ERR_OK);
    EXPECT_INT(infos(&w, "callback"), 2);
    /* another function came in between */
    EXPECT_INT(ask(&w, "share_information",
                   "{\"information\":\"Is in a hurry\",\"category\":\"personal_info\"}", SAID),
               ERR_OK);
    EXPECT_INT(ask(&w, "schedule_callback", LATER, SAID), ERR_OK);
    EXPECT_INT(infos(&w, "callback"), 3);
    /* a while has gone by */
    fake_clock_advance_ms(&w.b.time, 61000);
    EXPECT_INT(ask(&w, "schedule_callback", LATER, SAID), ERR_OK);
    EXPECT_INT(infos(&w, "callback"), 4);
    world_release(&w);
}

TEST(agent_function, that_only_tells_tells_anew) {
    struct world w;
    world_init(&w);
    EXPECT_INT(ask(&w, "get_current_time", "{}", NULL), ERR_OK);
    struct str first = w.reply.response;
    fake_clock_advance_ms(&w.b.time, 30000);
    EXPECT_INT(ask(&w, "get_current_time", "{}", NULL), ERR_OK);
    EXPECT(!str_eq(w.reply.response, first));
    world_release(&w);
}

TEST(agent_function, keeps_the_words_of_who_opts_out) {
    struct world w;
    struct look l = {.filter = {.category = STR("conversation_flow"), .limit = 5}};
    world_init(&w);
    EXPECT_INT(ask(&w, "opt_out", "{\"reason\":\"Stop calling me\"}", NULL), ERR_OK);
    EXPECT_INT(store_read(w.b.engine.store, look_tx, &l, NULL), ERR_OK);
    REQUIRE(l.count == 1);
    EXPECT(str_eq_z(l.infos[0].information, "Stop calling me"));
    arena_release(&l.arena);
    world_release(&w);
}

#define AMOUNT "{\"amount\":\"49.99\"}"

static enum error_code fail_payment_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct payment p;
    enum error_code rc = store_get_payment(tx, *(const int64_t *)ctx, &p, err);
    p.status = PAYMENT_FAILED;
    p.result = PAYMENT_STAR;
    return rc == ERR_OK ? store_update_payment(tx, &p, err) : rc;
}

TEST(agent_function, to_pay_begins_one_payment_however_often_it_is_asked_for) {
    struct world w;
    world_init(&w);
    EXPECT_INT(ask(&w, "process_payment", AMOUNT, NULL), ERR_OK);
    REQUIRE(w.reply.action_count == 1);
    int64_t payment = w.payment;
    struct str connector = w.reply.actions[0].u.pay.connector;
    EXPECT_INT(ask(&w, "process_payment", AMOUNT, NULL), ERR_OK);
    REQUIRE(w.reply.action_count == 1);
    EXPECT(w.payment == payment && payment != 0);
    EXPECT(str_eq(w.reply.actions[0].u.pay.connector, connector));
    EXPECT(w.reply.post_process && w.reply.actions[0].u.pay.result.len > 0);
    EXPECT_INT(payments(&w), 1);
    world_release(&w);
}

TEST(agent_function, to_pay_after_a_payment_that_failed_begins_another) {
    struct world w;
    world_init(&w);
    EXPECT_INT(ask(&w, "process_payment", AMOUNT, NULL), ERR_OK);
    int64_t first = w.payment;
    EXPECT_INT(store_write(w.b.engine.store, fail_payment_tx, &first, NULL), ERR_OK);
    EXPECT_INT(ask(&w, "process_payment", AMOUNT, NULL), ERR_OK);
    EXPECT(w.payment != 0 && w.payment != first);
    EXPECT_INT(payments(&w), 2);
    world_release(&w);
}

static void *ask_crm(void *arg) {
    struct world *w = arg;
    EXPECT_INT(ask(w, "ask_crm", "{}", NULL), ERR_OK);
    return NULL;
}

TEST(agent_function, of_the_users_own_is_asked_once_while_it_is_slow) {
    struct world w;
    pthread_t first, second;
    world_init(&w);
    w.remote.holds = true;
    struct world again = w; /* the same engine, with a reply of its own */
    REQUIRE(pthread_create(&first, NULL, ask_crm, &w) == 0);
    sem_wait(&w.remote.entered);
    REQUIRE(pthread_create(&second, NULL, ask_crm, &again) == 0);
    sem_post(&w.remote.leave);
    pthread_join(first, NULL);
    pthread_join(second, NULL);
    EXPECT_INT(w.remote.asked, 1);
    EXPECT(str_eq_z(w.reply.response, "The account is open."));
    EXPECT(str_eq_z(again.reply.response, "The account is open."));
    EXPECT_INT(strlen(w.remote.key), 2 * AGENT_ANSWER_KEY_BYTES);
    arena_release(&again.arena);
    world_release(&w);
}

TEST(agent_function, of_the_users_own_is_told_what_the_agent_keeps_for_it) {
    struct world w;
    CLEANUP(json_doc_freep) struct json_doc *kept = NULL;
    world_init(&w);
    REQUIRE(json_parse(STR("{\"customer\":7}"), NULL, &kept, NULL) == ERR_OK);
    w.meta_data = json_root(kept);
    EXPECT_INT(ask(&w, "ask_crm", "{}", NULL), ERR_OK);
    EXPECT_STR(w.remote.meta_data, "{\"customer\":7}");
    world_release(&w);
}

TEST(agent_function, of_the_users_own_that_may_have_run_is_not_asked_again) {
    struct world w;
    world_init(&w);
    w.remote.rc = ERR_UNCERTAIN;
    EXPECT_INT(ask(&w, "ask_crm", "{}", NULL), ERR_UNCERTAIN);
    EXPECT_INT(ask(&w, "ask_crm", "{}", NULL), ERR_OK);
    EXPECT(str_eq_z(w.reply.response, "The function did not run: no answer in time"));
    EXPECT_INT(w.remote.asked, 1);
    /* where it certainly did not run it is tried again */
    w.remote.rc = ERR_NETWORK;
    EXPECT_INT(ask(&w, "ask_crm", "{}", SAID), ERR_NETWORK);
    EXPECT_INT(ask(&w, "ask_crm", "{}", SAID), ERR_NETWORK);
    EXPECT_INT(w.remote.asked, 3);
    world_release(&w);
}

static enum error_code end_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct call *c = ctx;
    c->status = CALL_COMPLETED;
    return store_update_call(tx, c, err);
}

TEST(agent_function, after_the_calls_end_does_nothing) {
    struct world w;
    world_init(&w);
    EXPECT_INT(store_write(w.b.engine.store, end_tx, &w.call, NULL), ERR_OK);
    EXPECT_INT(ask(&w, "schedule_callback", LATER, NULL), ERR_CONFLICT);
    EXPECT_STR(w.err.text, "the call is over");
    EXPECT_INT(infos(&w, "callback"), 0);
    world_release(&w);
}

/* The call ends while the function is at work. */
static void *end_while_asking(void *arg) {
    struct world *w = arg;
    sem_wait(&w->remote.entered);
    EXPECT_INT(store_write(w->b.engine.store, end_tx, &w->call, NULL), ERR_OK);
    sem_post(&w->remote.leave);
    return NULL;
}

TEST(agent_function, that_comes_too_late_for_its_call_is_not_carried_out) {
    struct world w;
    pthread_t end;
    world_init(&w);
    w.remote.holds = true;
    REQUIRE(pthread_create(&end, NULL, end_while_asking, &w) == 0);
    EXPECT_INT(ask(&w, "ask_crm", "{}", NULL), ERR_CONFLICT);
    pthread_join(end, NULL);
    EXPECT_INT(times_called(&w), 0);
    world_release(&w);
}

TEST(agent_function, on_a_call_that_is_not_ours_keeps_the_same_once) {
    struct world w;
    world_init(&w);
    w.call.id = 0;
    EXPECT_INT(ask(&w, "schedule_callback", LATER, NULL), ERR_OK);
    EXPECT_INT(ask(&w, "schedule_callback", LATER, NULL), ERR_OK);
    EXPECT_INT(infos(&w, "callback"), 1);
    fake_clock_advance_ms(&w.b.time, 61000);
    EXPECT_INT(ask(&w, "schedule_callback", LATER, NULL), ERR_OK);
    EXPECT_INT(infos(&w, "callback"), 2);
    world_release(&w);
}

struct kept {
    int64_t call_id;
    struct arena arena;
    struct turn *turns;
    size_t count;
    struct conversation_state state;
};

static enum error_code kept_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct kept *k = ctx;
    enum error_code rc = store_list_turns(tx, k->call_id, &k->arena, &k->turns, &k->count, err);
    return rc == ERR_OK ? store_get_conversation(tx, k->call_id, &k->arena, &k->state, err) : rc;
}

static size_t lines_with(struct world *w, const char *text) {
    struct kept k = {.call_id = w->call.id};
    size_t n = 0;
    EXPECT_INT(store_read(w->b.engine.store, kept_tx, &k, NULL), ERR_OK);
    for (size_t i = 0; i < k.count; i++)
        n += str_find_str(k.turns[i].text, str_z(text)) < k.turns[i].text.len;
    arena_release(&k.arena);
    return n;
}

static bool state_holds(struct world *w, const char *text) {
    struct kept k = {.call_id = w->call.id};
    EXPECT_INT(store_read(w->b.engine.store, kept_tx, &k, NULL), ERR_OK);
    bool held = str_find_str(k.state.state_json, str_z(text)) < k.state.state_json.len;
    arena_release(&k.arena);
    return held;
}

TEST(agent_function, that_keeps_a_card_number_keeps_it_masked) {
    struct world w;
    world_init(&w);
    w.remote.gives = (struct function_action){
        .kind = FUNCTION_ACTION_SET_DATA,
        .json = STR("{\"card\":\"4111 1111 1111 1111\",\"deep\":[4111111111111111]}")};
    EXPECT_INT(ask(&w, "ask_crm", "{}", NULL), ERR_OK);
    EXPECT(state_holds(&w, "[card number]") && !state_holds(&w, "1111"));
    EXPECT_INT(ask(&w, "schedule_callback", "{\"when\":\"\\u0034111 1111 1111 1111\"}", NULL),
               ERR_OK);
    EXPECT(lines_with(&w, "1111") == 0 && lines_with(&w, "[card number]") > 0);
    world_release(&w);
}

static enum error_code record_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct call *c = ctx;
    enum error_code rc = store_get_call(tx, c->id, c, err);
    c->record = CALL_RECORD_ON;
    return rc == ERR_OK ? store_update_call(tx, c, err) : rc;
}

TEST(agent_function, whose_document_takes_a_payment_is_not_carried_out_while_recorded) {
    static const char *const documents[] = {
        "{\"SWML\":{\"sections\":{\"main\":[\"answer\",{\"pay\":{\"charge_amount\":\"5\"}}]}}}",
        "{\"SWML\":\"{\\\"sections\\\":{\\\"main\\\":[{\\\"pay\\\":{}}]}}\"}"};
    for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
        struct world w;
        world_init(&w);
        w.remote.gives =
            (struct function_action){.kind = FUNCTION_ACTION_FOREIGN, .json = str_z(documents[i])};
        EXPECT_INT(ask(&w, "ask_crm", "{}", NULL), ERR_OK);
        EXPECT_INT(w.reply.action_count, 1);
        EXPECT_INT(store_write(w.b.engine.store, record_tx, &w.call, NULL), ERR_OK);
        EXPECT_INT(ask(&w, "ask_crm", "{}", SAID), ERR_UNSUPPORTED);
        EXPECT(strstr(w.err.text, "pay") != NULL);
        world_release(&w);
    }
}

TEST(agent_function, to_pay_stops_a_recording_that_nobody_told_of_yet) {
    struct world w;
    world_init(&w);
    EXPECT_INT(store_write(w.b.engine.store, record_tx, &w.call, NULL), ERR_OK);
    EXPECT_INT(ask(&w, "process_payment", "{\"amount\":\"5.00\"}", SAID), ERR_OK);
    REQUIRE(w.reply.action_count == 2);
    EXPECT_INT(w.reply.actions[0].kind, FUNCTION_ACTION_STOP_RECORDING);
    EXPECT_INT(w.reply.actions[1].kind, FUNCTION_ACTION_PAY);
    struct str end = w.reply.actions[1].u.pay.end_url;
    EXPECT(str_find_str(end, STR("/payment/pay_")) < end.len);
    EXPECT(str_find_str(end, STR("/result")) < end.len);
    EXPECT_INT(ask(&w, "process_payment", "{\"amount\":\"5.00\"}", SAID), ERR_OK);
    REQUIRE(w.reply.action_count == 2);
    EXPECT(str_eq(w.reply.actions[1].u.pay.end_url, end));
    EXPECT_INT(payments(&w), 1);
    world_release(&w);
}

TEST(agent_report, hides_a_card_number_that_came_in_pieces) {
    static const char log[] = "[{\"role\":\"assistant\",\"content\":\"How will you pay?\"},"
                              "{\"role\":\"user\",\"content\":\"four one one one\"},"
                              "{\"role\":\"assistant\",\"content\":\"4111, go on.\"},"
                              "{\"role\":\"user\",\"content\":\"two two two two\"},"
                              "{\"role\":\"assistant\",\"content\":\"2222, go on.\"},"
                              "{\"role\":\"user\",\"content\":\"three three three three\"},"
                              "{\"role\":\"assistant\",\"content\":\"3333, go on.\"},"
                              "{\"role\":\"user\",\"content\":\"six six six six\"}]";
    CLEANUP(json_doc_freep) struct json_doc *said = NULL;
    struct world w;
    world_init(&w);
    REQUIRE(json_parse(STR(log), NULL, &said, NULL) == ERR_OK);
    const struct agent_report r = {
        .assistant = w.table.assistant, .call_id = w.call.id, .call_log = json_root(said)};
    EXPECT_INT(agent_report_keep(&w.b.engine, &r, NULL), ERR_OK);
    EXPECT(lines_with(&w, "four one") == 1 && lines_with(&w, "go on") == 3);
    EXPECT(lines_with(&w, "three") == 0 && lines_with(&w, "six") == 0);
    EXPECT_INT(lines_with(&w, "3333"), 0);
    world_release(&w);
}

TEST(agent_report, that_comes_twice_is_kept_once) {
    struct world w;
    world_init(&w);
    struct agent_report r = {.assistant = w.table.assistant,
                             .call_id = w.call.id,
                             .session_id = STR("cid-1"),
                             .summary = STR("All is well.")};
    EXPECT_INT(agent_report_keep(&w.b.engine, &r, NULL), ERR_OK);
    EXPECT_INT(agent_report_keep(&w.b.engine, &r, NULL), ERR_OK);
    EXPECT_INT(infos(&w, "call_summary"), 1);
    r.call_id = 0;
    EXPECT_INT(agent_report_keep(&w.b.engine, &r, NULL), ERR_OK);
    EXPECT_INT(agent_report_keep(&w.b.engine, &r, NULL), ERR_OK);
    EXPECT_INT(infos(&w, "call_summary"), 2);
    world_release(&w);
}
