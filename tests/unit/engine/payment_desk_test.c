/* One charge for each payment, whatever a carrier asks and however often. */
#include "core/engine/payment_desk.h"

#include <pthread.h>
#include <stdatomic.h>

#include "core/engine/agent.h"
#include "core/engine/payment_change.h"
#include "core/engine/payment_link.h"
#include "tests/support/engine_box.h"
#include "tests/support/test.h"

struct till {
    struct payment_gateway gateway;
    atomic_uint charges;
    enum error_code rc;
    const char *declines; /* error code; NULL: charges */
    char key[64];         /* of the last charge */
};

static enum error_code charge(struct payment_gateway *g, const struct payment_request *req,
                              struct payment_reply *out, struct error *err) {
    struct till *t = container_of(g, struct till, gateway);
    atomic_fetch_add(&t->charges, 1);
    EXPECT(str_copy(req->idempotency_key, t->key, sizeof t->key));
    if (t->rc != ERR_OK)
        return error_set(err, t->rc, "as the test says");
    if (t->declines)
        EXPECT(str_copy(str_z(t->declines), out->error_code, sizeof out->error_code));
    else
        EXPECT(str_copy(STR("ch_1"), out->charge_id, sizeof out->charge_id));
    return ERR_OK;
}

static const struct payment_gateway_ops ops = {.charge = charge};

struct shop {
    struct engine_box box;
    struct till till;
    struct payment_desk *desk;
    struct call call;
    struct payment payment;
    struct payment_card card;
    char token[PAYMENT_TOKEN_SIZE];
};

static enum error_code insert_tx(struct store_tx *tx, void *ctx, struct error *err) {
    return store_insert_payment(tx, ctx, STR("{\"steps\":[]}"), err);
}

/* By the carrier's own agent: we have no plan to go on with. */
static enum error_code insert_for_agent_tx(struct store_tx *tx, void *ctx, struct error *err) {
    return store_insert_payment(tx, ctx, (struct str){0}, err);
}

static void open_shop(struct shop *s) {
    *s = (struct shop){.till = {.gateway = {.ops = &ops}}};
    EXPECT(secret_system_init());
    engine_box_init(&s->box);
    s->call = engine_box_submit(&s->box);
    struct payment_desk_options o = {.gateway = &s->till.gateway};
    s->desk = payment_desk_new(&o);
    s->payment = (struct payment){.id = id_next(&s->box.ids),
                                  .call_id = s->call.id,
                                  .status = PAYMENT_WAITING,
                                  .own = true,
                                  .amount = "49.99",
                                  .currency = "usd"};
    EXPECT_INT(store_write(s->box.engine.store, insert_tx, &s->payment, NULL), ERR_OK);
    payment_link_token(&s->call, s->payment.id, s->token);
    secret_set(&s->card.number, STR("4111111111111111"));
}

static void close_shop(struct shop *s) {
    payment_card_release(&s->card);
    payment_desk_free(s->desk);
    engine_box_release(&s->box);
}

static enum error_code ask(struct shop *s, const char *transaction, const char *amount,
                           struct payment *out) {
    struct payment_ask a = {.payment_id = s->payment.id,
                            .token = str_z(s->token),
                            .card = &s->card,
                            .amount = amount,
                            .currency = "usd",
                            .transaction_id = str_z(transaction)};
    return payment_desk_charge(s->desk, &s->box.engine, &a, out, NULL);
}

TEST(payment_desk, charges_once_however_often_it_is_asked) {
    struct shop s;
    struct payment p = {0};
    open_shop(&s);
    for (int i = 0; i < 3; i++) {
        EXPECT_INT(ask(&s, i < 2 ? "t1" : "t2", "49.99", &p), ERR_OK);
        EXPECT_INT(p.status, PAYMENT_SUCCEEDED);
        EXPECT_STR(p.charge_id, "ch_1");
        EXPECT_STR(p.last4, "1111");
    }
    EXPECT_INT(s.till.charges, 1);
    close_shop(&s);
}

static void *ask_from_thread(void *arg) {
    struct payment p = {0};
    EXPECT_INT(ask(arg, "t1", "49.99", &p), ERR_OK);
    EXPECT_STR(p.charge_id, "ch_1");
    return NULL;
}

TEST(payment_desk, charges_once_when_it_is_asked_by_several_at_a_time) {
    struct shop s;
    pthread_t threads[4];
    open_shop(&s);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        REQUIRE(pthread_create(&threads[i], NULL, ask_from_thread, &s) == 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        pthread_join(threads[i], NULL);
    EXPECT_INT(s.till.charges, 1);
    close_shop(&s);
}

TEST(payment_desk, lets_another_card_follow_one_that_was_declined) {
    struct shop s;
    struct payment p = {0};
    char first[64];
    open_shop(&s);
    s.till.declines = "card_declined";
    EXPECT_INT(ask(&s, "t1", "49.99", &p), ERR_OK);
    EXPECT_STR(p.error_code, "card_declined");
    EXPECT_INT(p.status, PAYMENT_WAITING);
    memcpy(first, s.till.key, sizeof first);
    s.till.declines = NULL;
    EXPECT_INT(ask(&s, "t1", "49.99", &p), ERR_OK);
    EXPECT_INT(p.status, PAYMENT_SUCCEEDED);
    EXPECT(p.attempts == 2 && strcmp(first, s.till.key) != 0);
    close_shop(&s);
}

static enum error_code close_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct shop *s = ctx;
    struct call c;
    enum error_code rc = store_get_call(tx, s->call.id, &c, err);
    if (rc == ERR_OK)
        rc = payments_close(tx, &c, engine_now_ms(&s->box.engine), err);
    if (rc == ERR_OK)
        rc = store_update_call(tx, &c, err);
    return rc == ERR_OK ? store_get_payment(tx, s->payment.id, &s->payment, err) : rc;
}

static void expect_end(bool by_agent, const char *declines, enum payment_result result) {
    struct shop s;
    struct payment p = {0};
    open_shop(&s);
    s.payment.id = id_next(&s.box.ids);
    EXPECT_INT(store_write(s.box.engine.store, by_agent ? insert_for_agent_tx : insert_tx,
                           &s.payment, NULL),
               ERR_OK);
    payment_link_token(&s.call, s.payment.id, s.token);
    s.till.declines = declines;
    if (declines)
        EXPECT_INT(ask(&s, "t1", "49.99", &p), ERR_OK);
    EXPECT_INT(store_write(s.box.engine.store, close_tx, &s, NULL), ERR_OK);
    EXPECT_INT(s.payment.status, PAYMENT_FAILED);
    EXPECT_INT(s.payment.result, result);
    close_shop(&s);
}

TEST(payment_desk, knows_a_declined_card_from_a_caller_who_hung_up) {
    /* an agent tells of no end: what was declined last is how it ended */
    expect_end(true, "card_declined", PAYMENT_CONNECTOR_ERROR);
    expect_end(true, NULL, PAYMENT_HUNG_UP);
    /* elsewhere the carrier would have told */
    expect_end(false, "card_declined", PAYMENT_HUNG_UP);
    expect_end(false, NULL, PAYMENT_HUNG_UP);
}

TEST(payment_desk, goes_on_under_the_same_key_when_the_outcome_is_not_known) {
    struct shop s;
    struct payment p = {0};
    char first[64];
    open_shop(&s);
    s.till.rc = ERR_UNCERTAIN;
    EXPECT_INT(ask(&s, "t1", "49.99", &p), ERR_UNCERTAIN);
    memcpy(first, s.till.key, sizeof first);
    s.till.rc = ERR_OK;
    EXPECT_INT(ask(&s, "t2", "49.99", &p), ERR_OK);
    EXPECT_STR(s.till.key, first);
    EXPECT(p.status == PAYMENT_SUCCEEDED && p.attempts == 1);
    close_shop(&s);
}

static enum error_code read_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct shop *s = ctx;
    return store_get_payment(tx, s->payment.id, &s->payment, err);
}

static enum error_code crash_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct shop *s = ctx;
    s->payment.status = PAYMENT_PROCESSING;
    s->payment.attempts = 1;
    return store_update_payment(tx, &s->payment, err);
}

TEST(payment_desk, tells_after_a_crash_that_a_charge_is_uncertain_and_goes_on_under_its_key) {
    struct shop s;
    struct payment p = {0};
    char events[1024];
    open_shop(&s);
    EXPECT_INT(store_write(s.box.engine.store, crash_tx, &s, NULL), ERR_OK);
    EXPECT_INT(payment_desk_recover(&s.box.engine, NULL), ERR_OK);
    EXPECT_INT(payment_desk_recover(&s.box.engine, NULL), ERR_OK);
    EXPECT_INT(store_read(s.box.engine.store, read_tx, &s, NULL), ERR_OK);
    EXPECT_INT(s.payment.status, PAYMENT_UNCERTAIN);
    EXPECT_STR(s.payment.error_code, "outcome_unknown");
    engine_box_events(&s.box, s.call.id, events);
    const char *first = strstr(events, "payment.failed");
    EXPECT(first && !strstr(first + 1, "payment.failed"));
    EXPECT_INT(ask(&s, "t1", "49.99", &p), ERR_OK);
    EXPECT(p.status == PAYMENT_SUCCEEDED && p.attempts == 1);
    EXPECT(strstr(s.till.key, "-1") != NULL);
    close_shop(&s);
}

static enum error_code end(struct shop *s, const char *token, const char *word) {
    const struct payment_link link = {.payment_id = s->payment.id, .token = str_z(token)};
    bool work_added = false;
    enum error_code rc = agent_payment_end(&s->box.engine, &link, str_z(word), &work_added, NULL);
    EXPECT_INT(store_read(s->box.engine.store, read_tx, s, NULL), ERR_OK);
    return rc;
}

TEST(payment_desk, takes_an_agents_word_for_the_end_once) {
    struct shop s;
    char wrong[PAYMENT_TOKEN_SIZE];
    open_shop(&s);
    memcpy(wrong, s.token, sizeof wrong);
    wrong[0] ^= 1;
    EXPECT_INT(end(&s, wrong, "too-many-failed-attempts"), ERR_NOT_FOUND);
    EXPECT_INT(s.payment.status, PAYMENT_WAITING);
    EXPECT_INT(end(&s, s.token, "too-many-failed-attempts"), ERR_OK);
    EXPECT_INT(s.payment.status, PAYMENT_FAILED);
    EXPECT_INT(s.payment.result, PAYMENT_TOO_MANY_ATTEMPTS);
    EXPECT_INT(end(&s, s.token, "success"), ERR_OK);
    EXPECT_INT(s.payment.result, PAYMENT_TOO_MANY_ATTEMPTS);
    s.payment.id++;
    EXPECT(agent_payment_end(
               &s.box.engine,
               &(struct payment_link){.payment_id = s.payment.id, .token = str_z(s.token)},
               STR("success"), &(bool){false}, NULL) == ERR_NOT_FOUND);
    close_shop(&s);
}

TEST(payment_desk, believes_its_books_about_the_end) {
    static const struct {
        enum payment_status status;
        const char *error_code;
        bool own;
        enum payment_result said, is;
    } rows[] = {
        {PAYMENT_WAITING, "", true, PAYMENT_SUCCESS, PAYMENT_CONNECTOR_ERROR},
        {PAYMENT_WAITING, "", false, PAYMENT_SUCCESS, PAYMENT_SUCCESS},
        {PAYMENT_SUCCEEDED, "", true, PAYMENT_CONNECTOR_ERROR, PAYMENT_SUCCESS},
        {PAYMENT_UNCERTAIN, "outcome_unknown", false, PAYMENT_SUCCESS, PAYMENT_CONNECTOR_ERROR},
        {PAYMENT_WAITING, "card_declined", true, PAYMENT_RESULT_NONE, PAYMENT_CONNECTOR_ERROR},
        {PAYMENT_WAITING, "", true, PAYMENT_RESULT_NONE, PAYMENT_INTERNAL},
        {PAYMENT_WAITING, "card_declined", true, PAYMENT_STAR, PAYMENT_STAR},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct payment p = {.status = rows[i].status, .own = rows[i].own};
        EXPECT(str_copy(str_z(rows[i].error_code), p.error_code, sizeof p.error_code));
        EXPECT_INT(payment_judge(&p, rows[i].said), rows[i].is);
    }
}

TEST(payment_desk, charges_nothing_but_what_was_asked_for_and_only_for_whoever_was_asked) {
    struct shop s;
    struct payment p = {0};
    open_shop(&s);
    EXPECT_INT(ask(&s, "t1", "4999.00", &p), ERR_CONFLICT);
    s.token[0] ^= 1;
    EXPECT_INT(ask(&s, "t1", "49.99", &p), ERR_NOT_FOUND);
    s.payment.id++;
    EXPECT_INT(ask(&s, "t1", "49.99", &p), ERR_NOT_FOUND);
    EXPECT_INT(s.till.charges, 0);
    close_shop(&s);
}

TEST(payment_desk, gives_up_after_too_many_declined_cards) {
    struct shop s;
    struct payment p = {0};
    open_shop(&s);
    s.till.declines = "card_declined";
    for (int i = 0; i < PAYMENT_ATTEMPTS_MAX; i++)
        EXPECT_INT(ask(&s, "t1", "49.99", &p), ERR_OK);
    EXPECT_INT(ask(&s, "t1", "49.99", &p), ERR_RATE_LIMIT);
    EXPECT_INT(s.till.charges, PAYMENT_ATTEMPTS_MAX);
    close_shop(&s);
}

TEST(payment_desk, tells_a_repeated_transaction_of_no_call_from_a_new_one) {
    struct shop s;
    struct payment p = {0}, again = {0}, other = {0};
    open_shop(&s);
    s.payment.id = 0;
    s.token[0] = '\0';
    EXPECT_INT(ask(&s, "t1", "1.00", &p), ERR_OK);
    EXPECT_INT(ask(&s, "t1", "1.00", &again), ERR_OK);
    EXPECT_INT(ask(&s, "t2", "1.00", &other), ERR_OK);
    EXPECT(p.id == again.id && p.id != other.id);
    EXPECT_INT(s.till.charges, 2);
    close_shop(&s);
}

TEST(payment_link, opens_one_payment_of_one_call) {
    struct call a = {.id = 5, .nonce = "0123"}, b = {.id = 5, .nonce = "4567"};
    struct links l = {.public_base_url = STR("https://gw")};
    struct buf url = BUF_INIT(256);
    char one[PAYMENT_TOKEN_SIZE], two[PAYMENT_TOKEN_SIZE], three[PAYMENT_TOKEN_SIZE];
    struct payment_link link = {0};
    payment_link_token(&a, 1, one);
    payment_link_token(&a, 2, two);
    payment_link_token(&b, 1, three);
    EXPECT(strcmp(one, two) != 0 && strcmp(one, three) != 0);
    payment_link_put(&l, &url, &a, 1);
    struct str path = str_from_index(buf_str(&url), strlen("https://gw"));
    EXPECT(payment_link_parse(path, &link) && link.payment_id == 1 && str_eq_z(link.token, one));
    EXPECT(!link.is_result);
    buf_clear(&url);
    payment_link_put_result(&l, &url, &a, 1);
    path = str_from_index(buf_str(&url), strlen("https://gw"));
    EXPECT(payment_link_parse(path, &link) && link.is_result && str_eq_z(link.token, one));
    EXPECT(!payment_link_parse(str_from(path.ptr, path.len - 1), &link));
    EXPECT(!payment_link_parse(STR("/payment/pay_1/x"), &link));
    EXPECT(!payment_link_parse(STR("/payment"), &link));
    buf_release(&url);
}
