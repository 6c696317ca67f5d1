#include "core/engine/agent_payment.h"

#include "core/base/digest.h"
#include "core/engine/agent.h"
#include "core/engine/payment.h"
#include "core/engine/payment_desk.h"
#include "core/engine/payment_link.h"

enum {
    LOOKS_MAX = 60, /* the carrier gives a function 15 s */
    LOOK_EVERY_MS = 100,
};

static struct function_action *pay_action(const struct agent_payment *p) {
    for (size_t i = 0; i < p->reply->action_count; i++)
        if (p->reply->actions[i].kind == FUNCTION_ACTION_PAY)
            return &p->reply->actions[i];
    return NULL;
}

bool agent_payment_is_hidden(const struct function_reply *reply) {
    for (size_t i = 0; i < reply->action_count; i++) {
        const struct function_action *a = &reply->actions[i];
        bool document = a->kind == FUNCTION_ACTION_PLAN || a->kind == FUNCTION_ACTION_FOREIGN;
        if (document && payment_is_in(a->json))
            return true;
    }
    return false;
}

enum error_code agent_payment_begin(struct agent_payment *p, const struct call *c,
                                    struct error *err) {
    const struct provider *carrier = engine_provider(p->engine, str_z(c->provider));
    struct function_action *a = pay_action(p);
    struct payment_view view = {.why_not = carrier ? payment_why_not(p->engine, carrier)
                                                   : "this is no call of ours"};
    if (!a)
        return ERR_OK;
    p->order = a->u.pay;
    return payment_check(&view, &p->order, err);
}

static enum payment_result said(struct str word) {
    enum payment_result r;
    return payment_result_parse(word, &r) ? r : PAYMENT_RESULT_NONE;
}

/* Its end was not told, or is yet to be: the agent goes on. */
static enum error_code settle_last(struct agent_payment *p, struct store_tx *tx, struct call *c,
                                   bool *work_added, struct error *err) {
    struct payment last;
    enum error_code rc = payment_open_of(tx, c->id, &last, err);
    if (rc != ERR_OK || last.id == 0)
        return rc;
    return payment_settle(tx, p->engine, c, &last, payment_judge(&last, said(p->pay_result)), NULL,
                          work_added, err);
}

enum error_code agent_payment_keep(struct agent_payment *p, struct store_tx *tx, struct call *c,
                                   bool *work_added, struct error *err) {
    struct function_action *a = pay_action(p);
    p->opened = (struct payment){0};
    enum error_code rc = settle_last(p, tx, c, work_added, err);
    if (rc != ERR_OK || !a)
        return rc;
    rc = payment_open(tx, p->engine, c, &p->order, p->rule, PAYMENT_BY_AGENT, work_added,
                      &p->opened, err);
    if (rc == ERR_OK)
        agent_payment_address(p, c);
    return rc;
}

void agent_payment_address(struct agent_payment *p, const struct call *c) {
    struct function_action *a = pay_action(p);
    CLEANUP(buf_release) struct buf url = BUF_INIT(1024);
    if (!a || p->opened.id == 0)
        return;
    payment_link_put_result(&p->engine->links, &url, c, p->opened.id);
    a->u.pay.end_url = arena_copy(p->arena, buf_str(&url));
    buf_clear(&url);
    payment_link_put(&p->engine->links, &url, c, p->opened.id);
    if (p->opened.own)
        a->u.pay.connector = arena_copy(p->arena, buf_str(&url));
}

/* ---- its end -----------------------------------------------------------------------------------
 */

struct ending {
    const struct engine *engine;
    const struct payment_link *link;
    enum payment_result said;
    bool work_added;
};

static enum error_code end_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct ending *x = ctx;
    struct payment p, open;
    struct call c;
    char token[PAYMENT_TOKEN_SIZE];
    x->work_added = false;
    enum error_code rc = store_get_payment(tx, x->link->payment_id, &p, err);
    if (rc == ERR_OK)
        rc = store_get_call(tx, p.call_id, &c, err);
    if (rc != ERR_OK)
        return rc;
    payment_link_token(&c, p.id, token);
    if (!digest_equal(str_z(token), x->link->token))
        return error_set(err, ERR_NOT_FOUND, "there is no such payment");
    rc = payment_open_of(tx, c.id, &open, err);
    if (rc != ERR_OK || open.id != p.id)
        return rc; /* told again, or late */
    rc = payment_settle(tx, x->engine, &c, &p, payment_judge(&p, x->said), NULL, &x->work_added,
                        err);
    return rc == ERR_OK ? store_update_call(tx, &c, err) : rc;
}

enum error_code agent_payment_end(const struct engine *e, const struct payment_link *link,
                                  struct str pay_result, bool *work_added, struct error *err) {
    struct ending x = {.engine = e, .link = link, .said = said(pay_result)};
    enum error_code rc = store_write(e->store, end_tx, &x, err);
    *work_added = rc == ERR_OK && x.work_added;
    return rc;
}

/* ---- the guard ---------------------------------------------------------------------------------
 */

struct guarding {
    const struct engine *engine;
    struct payment payment;
};

static enum error_code look_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct guarding *g = ctx;
    return store_get_payment(tx, g->payment.id, &g->payment, err);
}

static enum error_code give_up_tx(struct store_tx *tx, void *ctx, struct error *err) {
    const struct guarding *g = ctx;
    struct payment p;
    struct call c;
    bool ignored = false;
    enum error_code rc = store_get_payment(tx, g->payment.id, &p, err);
    if (rc == ERR_OK)
        rc = store_get_call(tx, p.call_id, &c, err);
    if (rc == ERR_OK)
        rc = payment_settle(tx, g->engine, &c, &p, PAYMENT_INTERNAL, NULL, &ignored, err);
    return rc == ERR_OK ? store_update_call(tx, &c, err) : rc;
}

static bool is_safe(const struct payment *p) {
    return p->guard == PAYMENT_GUARD_NONE || p->guard == PAYMENT_GUARD_PAUSED ||
           p->guard == PAYMENT_GUARD_STOPPED;
}

void agent_payment_guard(const struct engine *e, int64_t payment_id, struct function_reply *reply) {
    struct guarding g = {.engine = e, .payment = {.id = payment_id}};
    struct error err = {0};
    bool waits = payment_id != 0;
    for (unsigned looks = 0; waits && looks < LOOKS_MAX; looks++) {
        if (looks > 0)
            (void)payment_desk_wait(e->payments, LOOK_EVERY_MS);
        if (store_read(e->store, look_tx, &g, &err) != ERR_OK)
            break;
        waits = g.payment.guard == PAYMENT_GUARD_WANTED;
    }
    if (payment_id == 0 || (!waits && is_safe(&g.payment)))
        return;
    if (store_write(e->store, give_up_tx, &g, &err) != ERR_OK)
        log_warn(e->log, "payment not given up", LOG_WORDS("error", err.text));
    reply->action_count = 0;
    reply->response =
        STR("The payment cannot be taken securely now, because the recording could not "
            "be paused. Nothing was charged. Offer a person instead.");
}
