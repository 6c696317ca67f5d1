#include "core/engine/payment_document.h"

#include "core/engine/payment_change.h"
#include "core/engine/payment_desk.h"
#include "core/engine/payment_plan.h"

enum {
    GUARD_MAX_MS = 15000, /* then it is not paid at all */
    LOOKS_MAX = 20,       /* while one request for a document is kept waiting, */
    LOOK_EVERY_MS = 100,  /* unless there is news before */
};

/* ---- how it ended ------------------------------------------------------------------------------
 */

static void judge(const struct payment_document_in *in, const struct payment *p,
                  struct payment_view *v) {
    v->payment = *p;
    v->uncertain = p->status == PAYMENT_UNCERTAIN || p->status == PAYMENT_PROCESSING;
    v->result = payment_judge(p, in->news.result);
    if (v->result == PAYMENT_SUCCESS && !p->own && !v->payment.last4[0])
        (void)!str_copy(in->news.last4, v->payment.last4, sizeof v->payment.last4);
}

struct look {
    int64_t id;
    struct payment payment;
    struct arena arena;
    struct str plan_json;
};

static enum error_code look_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct look *l = ctx;
    enum error_code rc = store_get_payment(tx, l->id, &l->payment, err);
    return rc == ERR_OK ? store_get_payment_plan(tx, l->id, &l->arena, &l->plan_json, err) : rc;
}

static bool is_settled(const struct payment *p, bool was_asked) {
    return was_asked ? p->status != PAYMENT_PROCESSING : p->guard != PAYMENT_GUARD_WANTED;
}

/** Look until there is news, but not for long. */
static enum error_code look(const struct payment_document_in *in, struct look *l,
                            struct error *err) {
    for (unsigned looks = 0;; looks++) {
        arena_release(&l->arena);
        enum error_code rc = store_read(in->engine->store, look_tx, l, err);
        if (rc != ERR_OK || is_settled(&l->payment, in->was_asked) || looks == LOOKS_MAX)
            return rc;
        (void)payment_desk_wait(in->engine->payments, LOOK_EVERY_MS);
    }
}

/* ---- the steps ---------------------------------------------------------------------------------
 */

static void add_round(const struct payment_document_in *in, struct plan *p) {
    plan_add(p, PLAN_PAUSE)->u.pause.seconds = 1;
    plan_add(p, PLAN_REDIRECT)->u.redirect =
        (struct plan_link){arena_copy(&p->arena, in->next_url), PLAN_METHOD_POST};
}

static enum error_code next_steps(const struct payment_document_in *in, const struct look *l,
                                  enum payment_phase *phase, struct plan *plan,
                                  struct payment_view *view, struct error *err) {
    const struct payment *p = &l->payment;
    int64_t age_ms = engine_now_ms(in->engine) - p->created_ms;
    *phase = PAYMENT_PHASE_STEPS;
    switch (p->guard) {
    case PAYMENT_GUARD_NONE:
    case PAYMENT_GUARD_PAUSED:
    case PAYMENT_GUARD_STOPPED:
        return payment_plan_read(l->plan_json, in->next_url, plan, err);
    case PAYMENT_GUARD_WANTED:
        if (age_ms < GUARD_MAX_MS) {
            add_round(in, plan);
            return ERR_OK;
        }
        break;
    case PAYMENT_GUARD_FAILED:
    case PAYMENT_GUARD_LIFTED:
    case PAYMENT_GUARD_COUNT:
        break;
    }
    log_warn(in->engine->log, "no payment taken: the recording could not be paused",
             LOG_ID("call", CALL_ID_PREFIX, in->call->id));
    *phase = PAYMENT_PHASE_OVER;
    judge(in, p, view);
    return ERR_OK;
}

enum error_code payment_document(const struct payment_document_in *in, enum payment_phase *phase,
                                 struct plan *plan, struct payment_view *view, struct error *err) {
    struct look l = {.id = in->payment.id};
    *view = (struct payment_view){.why_not = payment_why_not(in->engine, in->carrier)};
    *phase = PAYMENT_PHASE_NONE;
    if (in->payment.id == 0)
        return ERR_OK;
    enum error_code rc = look(in, &l, err);
    /* without having been asked, a result is one of an earlier payment: some carriers repeat it */
    if (rc == ERR_OK && in->was_asked) {
        *phase = PAYMENT_PHASE_OVER;
        judge(in, &l.payment, view);
    } else if (rc == ERR_OK) {
        rc = next_steps(in, &l, phase, plan, view, err);
    }
    arena_release(&l.arena);
    return rc;
}
