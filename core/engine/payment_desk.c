#include "core/engine/payment_desk.h"

#include <pthread.h>
#include <time.h>

#include "core/base/digest.h"
#include "core/base/lanes.h"
#include "core/base/mem.h"
#include "core/engine/call_service.h"
#include "core/engine/payment_change.h"
#include "core/engine/payment_link.h"

enum {
    NAME_SIZE = 64,
    KEY_SIZE = 48,
    RECOVER_AT_ONCE = 100,
};

struct payment_desk {
    struct payment_gateway *gateway;
    char connector[NAME_SIZE];
    struct lanes charging; /* one for each payment, or for what stands for its transaction */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t told; /* under the lock, as is the rest */
    bool stopped;
};

struct payment_desk *payment_desk_new(const struct payment_desk_options *o) {
    struct payment_desk *d = mem_zalloc(sizeof *d);
    pthread_condattr_t attr;
    d->gateway = o->gateway;
    if (o->connector.len == 0 || !str_copy(o->connector, d->connector, sizeof d->connector))
        memcpy(d->connector, "Default", sizeof "Default");
    lanes_init(&d->charging);
    pthread_mutex_init(&d->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&d->changed, &attr);
    pthread_condattr_destroy(&attr);
    return d;
}

void payment_desk_free(struct payment_desk *d) {
    if (!d)
        return;
    lanes_release(&d->charging);
    pthread_cond_destroy(&d->changed);
    pthread_mutex_destroy(&d->lock);
    mem_free(d);
}

bool payment_desk_charges(const struct payment_desk *d) {
    return d && d->gateway;
}

const char *payment_desk_connector(const struct payment_desk *d) {
    return d ? d->connector : "Default";
}

/* ---- waiting -----------------------------------------------------------------------------------
 */

void payment_desk_tell(struct payment_desk *d) {
    if (!d)
        return;
    pthread_mutex_lock(&d->lock);
    d->told++;
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
}

void payment_desk_stop(struct payment_desk *d) {
    if (!d)
        return;
    pthread_mutex_lock(&d->lock);
    d->stopped = true;
    pthread_cond_broadcast(&d->changed);
    pthread_mutex_unlock(&d->lock);
}

bool payment_desk_wait(struct payment_desk *d, uint32_t wait_ms) {
    struct timespec end;
    int rc = 0;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_nsec += (long)(wait_ms % 1000) * 1000000;
    end.tv_sec += wait_ms / 1000 + end.tv_nsec / 1000000000;
    end.tv_nsec %= 1000000000;
    pthread_mutex_lock(&d->lock);
    uint64_t before = d->told;
    while (rc == 0 && d->told == before && !d->stopped)
        rc = pthread_cond_timedwait(&d->changed, &d->lock, &end);
    bool told = d->told != before;
    pthread_mutex_unlock(&d->lock);
    return told;
}

/* ---- one charge --------------------------------------------------------------------------------
 */

struct charge {
    struct payment_desk *desk;
    const struct engine *engine;
    const struct payment_ask *ask;
    struct payment payment;
    bool waited;   /* the same was asked for a moment ago */
    bool answered; /* what became of it is known without charging */
    bool work_added;
    enum error_code rc;
    struct payment_reply reply;
    struct error error;
};

static enum error_code check_call(struct store_tx *tx, const struct charge *x, struct error *err) {
    struct call c;
    char token[PAYMENT_TOKEN_SIZE];
    enum error_code rc = store_get_call(tx, x->payment.call_id, &c, err);
    if (rc != ERR_OK)
        return rc;
    payment_link_token(&c, x->payment.id, token);
    if (x->ask->token.len > 0 && !digest_equal(str_z(token), x->ask->token))
        return error_set(err, ERR_NOT_FOUND, "there is no such payment");
    if (call_status_is_final(c.status) && x->payment.status == PAYMENT_WAITING)
        return error_set(err, ERR_CONFLICT, "the call is over");
    return ERR_OK;
}

/** The payment that is asked for, made when it is of no call and new. */
static enum error_code find(struct store_tx *tx, struct charge *x, bool *is_new,
                            struct error *err) {
    const struct payment_ask *ask = x->ask;
    enum error_code rc = ERR_NOT_FOUND;
    *is_new = false;
    if (ask->payment_id) {
        rc = store_get_payment(tx, ask->payment_id, &x->payment, err);
        return rc == ERR_OK && x->payment.call_id ? check_call(tx, x, err) : rc;
    }
    if (ask->transaction_id.len > 0)
        rc = store_find_payment(tx, ask->transaction_id, &x->payment, err);
    if (rc != ERR_NOT_FOUND)
        return rc;
    *is_new = true;
    x->payment = (struct payment){.id = id_next(x->engine->ids),
                                  .status = PAYMENT_WAITING,
                                  .own = true,
                                  .created_ms = engine_now_ms(x->engine)};
    return str_copy(str_z(ask->amount), x->payment.amount, sizeof x->payment.amount) &&
                   str_copy(str_z(ask->currency), x->payment.currency, sizeof x->payment.currency)
               ? ERR_OK
               : error_set(err, ERR_LIMIT, "the amount is too long");
}

static void note_card(struct payment *p, const struct payment_card *card) {
    struct str number = secret_reveal(&card->number);
    struct str last4 = number.len >= 12 ? str_from_index(number, number.len - 4) : STR("");
    if (!str_copy(last4, p->last4, sizeof p->last4))
        p->last4[0] = '\0';
}

/** May it be charged, and under which number? */
static enum error_code begin_attempt(struct charge *x, struct error *err) {
    struct payment *p = &x->payment;
    const struct payment_ask *ask = x->ask;
    bool same_money =
        str_eq_z(str_z(p->amount), ask->amount) && str_eq_z(str_z(p->currency), ask->currency);
    bool again = x->waited && p->error_code[0] && str_eq_z(ask->transaction_id, p->transaction_id);
    if (!same_money)
        return error_set(err, ERR_CONFLICT, "the amount is not the one that is to be paid");
    if (p->status == PAYMENT_SUCCEEDED || again) {
        x->answered = true;
        return ERR_OK;
    }
    if (p->status == PAYMENT_FAILED || p->result != PAYMENT_RESULT_NONE)
        return error_set(err, ERR_CONFLICT, "the payment is over");
    if (p->status == PAYMENT_WAITING && p->attempts >= PAYMENT_ATTEMPTS_MAX)
        return error_set(err, ERR_RATE_LIMIT, "too many attempts to pay");
    /* an attempt whose end is not known goes on under its number: it is charged once */
    p->attempts += p->status == PAYMENT_WAITING;
    p->status = PAYMENT_PROCESSING;
    p->error_code[0] = p->error_text[0] = '\0';
    p->updated_ms = engine_now_ms(x->engine);
    note_card(p, ask->card);
    return str_copy(ask->transaction_id, p->transaction_id, sizeof p->transaction_id)
               ? ERR_OK
               : error_field(err, ERR_INVALID, "transaction_id", "it is too long");
}

static enum error_code begin_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct charge *x = ctx;
    bool is_new = false;
    x->answered = false;
    enum error_code rc = find(tx, x, &is_new, err);
    if (rc == ERR_OK)
        rc = begin_attempt(x, err);
    if (rc != ERR_OK || x->answered)
        return rc;
    return is_new ? store_insert_payment(tx, &x->payment, (struct str){0}, err)
                  : store_update_payment(tx, &x->payment, err);
}

static void copy(const char *src, char *dst, size_t size) {
    if (!str_copy(str_z(src), dst, size))
        dst[0] = '\0';
}

static void note_unknown(struct payment *p, bool uncertain) {
    copy(uncertain ? "outcome_unknown" : "processor_unavailable", p->error_code,
         sizeof p->error_code);
    copy("the payment could not be processed", p->error_text, sizeof p->error_text);
}

/** What the payment is now. A call that ended meanwhile had no more to tell. */
static void take_answer(struct charge *x, struct payment *p, bool call_is_over) {
    const struct payment_reply *r = &x->reply;
    bool paid = x->rc == ERR_OK && !r->error_code[0];
    bool over = p->result != PAYMENT_RESULT_NONE || call_is_over || p->call_id == 0;
    if (paid) {
        copy(r->charge_id, p->charge_id, sizeof p->charge_id);
        copy(r->token_id, p->token_id, sizeof p->token_id);
    } else if (x->rc == ERR_OK) {
        copy(r->error_code, p->error_code, sizeof p->error_code);
        copy(r->error_text, p->error_text, sizeof p->error_text);
    } else {
        note_unknown(p, x->rc == ERR_UNCERTAIN);
    }
    p->status = paid                      ? PAYMENT_SUCCEEDED
                : x->rc == ERR_UNCERTAIN  ? PAYMENT_UNCERTAIN
                : over && p->call_id != 0 ? PAYMENT_FAILED
                                          : PAYMENT_WAITING;
    if (p->call_id == 0 || (call_is_over && p->result == PAYMENT_RESULT_NONE))
        p->result = paid ? PAYMENT_SUCCESS : p->call_id ? PAYMENT_HUNG_UP : PAYMENT_RESULT_NONE;
    p->updated_ms = engine_now_ms(x->engine);
}

/* On a carrier's own agent the recording may go on with the charge: no key is typed any more. */
static enum error_code settle_for_agent(struct store_tx *tx, struct charge *x, struct call *c,
                                        struct payment *p, struct error *err) {
    struct arena a = {0};
    struct str plan = {0};
    enum error_code rc = ERR_OK;
    if (p->call_id == 0 || p->status != PAYMENT_SUCCEEDED || p->result != PAYMENT_RESULT_NONE)
        return ERR_OK;
    rc = store_get_payment_plan(tx, p->id, &a, &plan, err);
    if (rc == ERR_OK && plan.len == 0)
        rc = payment_settle(tx, x->engine, c, p, PAYMENT_SUCCESS, NULL, &x->work_added, err);
    arena_release(&a);
    return rc;
}

static enum error_code end_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct charge *x = ctx;
    struct payment p;
    struct call c = {0};
    enum error_code rc = store_get_payment(tx, x->payment.id, &p, err);
    if (rc == ERR_OK && p.call_id)
        rc = store_get_call(tx, p.call_id, &c, err);
    if (rc != ERR_OK)
        return rc;
    take_answer(x, &p, call_status_is_final(c.status));
    rc = settle_for_agent(tx, x, &c, &p, err);
    if (rc == ERR_OK)
        rc = store_update_payment(tx, &p, err);
    /* a declined card may be followed by another one: how it ends is told by the carrier */
    if (rc == ERR_OK && p.call_id && payment_is_over(p.status)) {
        rc = payment_announce(tx, &c, &p, p.updated_ms, err);
        if (rc == ERR_OK)
            rc = store_update_call(tx, &c, err);
    }
    x->payment = p;
    return rc;
}

static void ask_gateway(struct charge *x) {
    const struct payment_ask *ask = x->ask;
    struct buf key = BUF_INIT(KEY_SIZE);
    char call_id[ID_TEXT_SIZE] = "";
    id_put(&key, PAYMENT_ID_PREFIX, x->payment.id);
    buf_printf(&key, "-%u", (unsigned)x->payment.attempts);
    if (x->payment.call_id)
        id_format(call_id, CALL_ID_PREFIX, x->payment.call_id);
    struct payment_request req = {.card = ask->card,
                                  .amount = ask->amount,
                                  .currency = ask->currency,
                                  .description = ask->description,
                                  .method = ask->method,
                                  .token_type = ask->token_type,
                                  .transaction_id = ask->transaction_id,
                                  .idempotency_key = buf_str(&key),
                                  .call_id = str_z(call_id)};
    x->rc = payment_charge(x->desk->gateway, &req, &x->reply, &x->error);
    log_info(
        x->engine->log, "charged", LOG_ID("payment", PAYMENT_ID_PREFIX, x->payment.id),
        LOG_Z("result", x->rc == ERR_OK && x->reply.error_code[0] ? "declined" : error_name(x->rc)),
        LOG_Z("error", x->error.text));
    buf_release(&key);
}

static enum error_code run(struct charge *x, struct error *err) {
    enum error_code rc = store_write(x->engine->store, begin_tx, x, err);
    if (rc != ERR_OK || x->answered)
        return rc;
    ask_gateway(x);
    rc = store_write(x->engine->store, end_tx, x, err);
    if (rc == ERR_OK && x->rc != ERR_OK) {
        if (err)
            *err = x->error;
        return x->rc;
    }
    return rc;
}

static uint64_t lane_of(const struct payment_ask *ask) {
    uint8_t digest[DIGEST_BLAKE2B_BYTES];
    uint64_t lane = 0;
    if (ask->payment_id)
        return (uint64_t)ask->payment_id;
    if (ask->transaction_id.len == 0) {
        digest_random(&lane, sizeof lane);
    } else {
        digest_blake2b(ask->transaction_id, digest);
        memcpy(&lane, digest, sizeof lane);
    }
    return lane;
}

enum error_code payment_desk_charge(struct payment_desk *d, const struct engine *e,
                                    const struct payment_ask *ask, struct payment *out,
                                    struct error *err) {
    if (!payment_desk_charges(d))
        return error_set(err, ERR_UNSUPPORTED, "this gateway charges nothing: set PAYMENT_GATEWAY");
    struct charge x = {.desk = d, .engine = e, .ask = ask};
    struct lane mine;
    x.waited = lanes_enter(&d->charging, &mine, lane_of(ask));
    enum error_code rc = run(&x, err);
    lanes_leave(&d->charging, &mine);
    payment_desk_tell(d);
    if (rc == ERR_OK)
        *out = x.payment;
    return rc;
}

/* ---- after a crash -----------------------------------------------------------------------------
 */

struct recovery {
    const struct engine *engine;
    bool more;
};

static enum error_code give_up(struct store_tx *tx, const struct engine *e, struct payment *p,
                               struct error *err) {
    struct call c = {0};
    enum error_code rc = p->call_id ? store_get_call(tx, p->call_id, &c, err) : ERR_OK;
    if (rc != ERR_OK)
        return rc;
    p->status = PAYMENT_UNCERTAIN;
    note_unknown(p, true);
    if (call_status_is_final(c.status) && p->result == PAYMENT_RESULT_NONE)
        p->result = PAYMENT_HUNG_UP;
    p->updated_ms = engine_now_ms(e);
    rc = store_update_payment(tx, p, err);
    if (rc == ERR_OK && p->call_id)
        rc = payment_announce(tx, &c, p, p->updated_ms, err);
    log_warn(e->log, "a charge may have been made", LOG_ID("payment", PAYMENT_ID_PREFIX, p->id));
    return rc == ERR_OK && p->call_id ? store_update_call(tx, &c, err) : rc;
}

static enum error_code recover_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct recovery *r = ctx;
    struct arena a = {0};
    struct payment *list = NULL;
    size_t n = 0;
    enum error_code rc = store_list_charging_payments(tx, RECOVER_AT_ONCE, &a, &list, &n, err);
    for (size_t i = 0; rc == ERR_OK && i < n; i++)
        rc = give_up(tx, r->engine, &list[i], err);
    r->more = rc == ERR_OK && n == RECOVER_AT_ONCE;
    arena_release(&a);
    return rc;
}

enum error_code payment_desk_recover(const struct engine *e, struct error *err) {
    struct recovery r = {.engine = e};
    enum error_code rc;
    do
        rc = store_write(e->store, recover_tx, &r, err);
    while (rc == ERR_OK && r.more);
    return rc;
}
