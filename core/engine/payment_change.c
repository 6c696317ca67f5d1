#include "core/engine/payment_change.h"

#include "core/base/json.h"
#include "core/engine/call_service.h"
#include "core/engine/payment.h"
#include "core/engine/payment_desk.h"
#include "core/engine/payment_plan.h"

enum {
    DATA_MAX = 1024,
    PAYMENTS_MAX = 50, /* of one call */
    RECORDINGS_MAX = 16,
};

/* ---- events ------------------------------------------------------------------------------------
 */

static void put_known(struct json_writer *w, const char *name, const char *z) {
    if (z[0])
        json_kv_z(w, name, z);
}

enum error_code payment_announce(struct store_tx *tx, struct call *c, const struct payment *p,
                                 int64_t now_ms, struct error *err) {
    char id[ID_TEXT_SIZE];
    CLEANUP(buf_release) struct buf b = BUF_INIT(DATA_MAX);
    struct json_writer w;
    id_format(id, PAYMENT_ID_PREFIX, p->id);
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_z(&w, "payment_id", id);
    json_kv_z(&w, "status", payment_status_name(p->status));
    json_kv_z(&w, "amount", p->amount);
    json_kv_z(&w, "currency", p->currency);
    put_known(&w, "result", payment_result_name(p->result));
    put_known(&w, "charge_id", p->charge_id);
    put_known(&w, "token_id", p->token_id);
    put_known(&w, "last4", p->last4);
    put_known(&w, "card_type", p->card_type);
    put_known(&w, "error_code", p->error_code);
    put_known(&w, "error", p->error_text);
    json_end_object(&w);
    return call_append_event(
        tx, c, p->status == PAYMENT_SUCCEEDED ? EVENT_PAYMENT_COMPLETED : EVENT_PAYMENT_FAILED,
        now_ms, buf_str(&b), err);
}

/* ---- the recording -----------------------------------------------------------------------------
 */

static enum error_code add_control(struct store_tx *tx, int64_t call_id, int64_t payment_id,
                                   const char *action, int64_t now_ms, struct error *err) {
    struct job j = {.kind = JOB_RECORDING_CONTROL,
                    .call_id = call_id,
                    .ref_id = payment_id,
                    .run_at_ms = now_ms};
    if (!str_copy(str_z(action), j.ref_text, sizeof j.ref_text))
        return error_set(err, ERR_LIMIT, "the action's name is too long");
    return store_add_job(tx, &j, err);
}

enum error_code payment_ask_guard(struct store_tx *tx, const struct engine *e, const struct call *c,
                                  struct payment *p, struct error *err) {
    const struct provider *carrier = engine_provider(e, str_z(c->provider));
    bool pauses = carrier && provider_can(carrier, PROVIDER_CAP_RECORD_PAUSE);
    p->guard = PAYMENT_GUARD_WANTED;
    return add_control(tx, c->id, p->id, pauses ? "pause" : "stop", engine_now_ms(e), err);
}

/** Lift the guard: what was recorded before is recorded again. */
static enum error_code lift_guard(struct store_tx *tx, const struct engine *e, struct payment *p,
                                  bool *work_added, struct error *err) {
    enum payment_guard was = p->guard;
    if (was == PAYMENT_GUARD_NONE || was == PAYMENT_GUARD_LIFTED)
        return ERR_OK;
    p->guard = PAYMENT_GUARD_LIFTED;
    if (was != PAYMENT_GUARD_PAUSED && was != PAYMENT_GUARD_STOPPED)
        return ERR_OK; /* not done yet: whoever does it finds that it is over */
    *work_added = true;
    return add_control(tx, p->call_id, 0, was == PAYMENT_GUARD_PAUSED ? "resume" : "start",
                       engine_now_ms(e), err);
}

/** May something be recorded now, or be about to? */
static enum error_code may_be_recorded(struct store_tx *tx, const struct call *c,
                                       enum call_record rule, bool *out, struct error *err) {
    struct arena a = {0};
    struct recording *list = NULL;
    size_t n = 0;
    enum error_code rc = store_list_recordings(tx, c->id, 0, RECORDINGS_MAX, &a, &list, &n, err);
    bool running = false, paused = false;
    for (size_t i = 0; rc == ERR_OK && i < n; i++) {
        running = running || list[i].status == RECORDING_RUNNING;
        paused = paused || list[i].status == RECORDING_PAUSED;
    }
    /* what somebody paused is not to go on after the payment */
    *out = running || (rule == CALL_RECORD_ON && !paused);
    arena_release(&a);
    return rc;
}

static bool waits(const struct payment *p) {
    return p->result == PAYMENT_RESULT_NONE && p->status != PAYMENT_STATUS_NONE &&
           p->status != PAYMENT_FAILED;
}

enum error_code payment_forbids_recording(struct store_tx *tx, int64_t call_id, struct payment *out,
                                          bool *forbidden, struct error *err) {
    enum error_code rc = payment_open_of(tx, call_id, out, err);
    *forbidden = rc == ERR_OK && out->id != 0;
    return rc;
}

enum error_code payment_guarded(struct store_tx *tx, const struct engine *e, int64_t payment_id,
                                enum payment_guard guard, struct error *err) {
    struct payment p;
    bool ignored = false;
    enum error_code rc = store_get_payment(tx, payment_id, &p, err);
    if (rc == ERR_NOT_FOUND)
        return ERR_OK;
    if (rc != ERR_OK)
        return rc;
    bool over = !waits(&p);
    p.guard = guard;
    p.updated_ms = engine_now_ms(e);
    if (over)
        rc = lift_guard(tx, e, &p, &ignored, err);
    return rc == ERR_OK ? store_update_payment(tx, &p, err) : rc;
}

/* ---- begin, end --------------------------------------------------------------------------------
 */

enum error_code payment_open_of(struct store_tx *tx, int64_t call_id, struct payment *out,
                                struct error *err) {
    struct arena a = {0};
    struct payment *list = NULL;
    size_t n = 0;
    enum error_code rc = store_list_payments(tx, call_id, 1, &a, &list, &n, err);
    if (rc == ERR_OK)
        *out = n > 0 && waits(&list[0]) ? list[0] : (struct payment){0};
    arena_release(&a);
    return rc;
}

enum error_code payment_open(struct store_tx *tx, const struct engine *e, const struct call *c,
                             const struct function_payment *order, enum call_record rule,
                             enum payment_leader by, bool *work_added, struct payment *out,
                             struct error *err) {
    struct payment p = {.id = id_next(e->ids),
                        .call_id = c->id,
                        .status = PAYMENT_WAITING,
                        .created_ms = engine_now_ms(e),
                        .updated_ms = engine_now_ms(e)};
    CLEANUP(buf_release) struct buf plan = BUF_INIT(PAYMENT_PLAN_MAX);
    bool recorded = false;
    enum error_code rc = payment_plan_put(e, c, order, &p, &plan, err);
    if (rc == ERR_OK)
        rc = may_be_recorded(tx, c, rule, &recorded, err);
    if (rc == ERR_OK && recorded) {
        *work_added = true;
        rc = payment_ask_guard(tx, e, c, &p, err);
    }
    if (rc == ERR_OK)
        rc = store_insert_payment(tx, &p, by == PAYMENT_BY_AGENT ? (struct str){0} : buf_str(&plan),
                                  err);
    if (rc == ERR_OK)
        *out = p;
    return rc;
}

static void take_text(struct str s, char *dst, size_t size) {
    if (s.len > 0 && !str_copy(s, dst, size))
        dst[0] = '\0';
}

/** What the carrier knows of a charge that somebody else made for it. */
static void take_news(struct payment *p, const struct payment_news *n) {
    take_text(n->charge_id, p->charge_id, sizeof p->charge_id);
    take_text(n->token_id, p->token_id, sizeof p->token_id);
    take_text(n->last4, p->last4, sizeof p->last4);
    take_text(n->card_type, p->card_type, sizeof p->card_type);
    take_text(n->error_code, p->error_code, sizeof p->error_code);
    take_text(n->error_text, p->error_text, sizeof p->error_text);
}

enum error_code payment_settle(struct store_tx *tx, const struct engine *e, struct call *c,
                               struct payment *p, enum payment_result result,
                               const struct payment_news *news, bool *work_added,
                               struct error *err) {
    int64_t now = engine_now_ms(e);
    bool charged_here = p->own && p->status == PAYMENT_SUCCEEDED;
    bool open = p->status == PAYMENT_WAITING;
    if (!charged_here && news)
        take_news(p, news);
    p->result = result;
    p->updated_ms = now;
    if (open)
        p->status = result == PAYMENT_SUCCESS ? PAYMENT_SUCCEEDED : PAYMENT_FAILED;
    if (p->status == PAYMENT_SUCCEEDED)
        p->error_code[0] = p->error_text[0] = '\0';
    enum error_code rc = lift_guard(tx, e, p, work_added, err);
    if (rc == ERR_OK)
        rc = store_update_payment(tx, p, err);
    return rc == ERR_OK && open ? payment_announce(tx, c, p, now, err) : rc;
}

/* An agent tells no end when the caller hangs up: what was declined last is how it ended. Elsewhere
 * the carrier would have told, and the caller hung up before that. */
static enum error_code result_at_end(struct store_tx *tx, const struct payment *p,
                                     enum payment_result *out, struct error *err) {
    struct arena a = {0};
    struct str plan = {0};
    *out = p->status == PAYMENT_SUCCEEDED ? PAYMENT_SUCCESS : PAYMENT_HUNG_UP;
    if (p->status != PAYMENT_WAITING || !p->own || !p->error_code[0])
        return ERR_OK;
    enum error_code rc = store_get_payment_plan(tx, p->id, &a, &plan, err);
    if (rc == ERR_OK && plan.len == 0)
        *out = PAYMENT_CONNECTOR_ERROR;
    arena_release(&a);
    return rc;
}

enum error_code payments_close(struct store_tx *tx, struct call *c, int64_t now_ms,
                               struct error *err) {
    struct payment p;
    enum error_code rc = payment_open_of(tx, c->id, &p, err);
    if (rc != ERR_OK || p.id == 0)
        return rc;
    bool open = p.status == PAYMENT_WAITING;
    rc = result_at_end(tx, &p, &p.result, err);
    if (rc != ERR_OK)
        return rc;
    p.status = open ? PAYMENT_FAILED : p.status;
    p.updated_ms = now_ms;
    rc = store_update_payment(tx, &p, err);
    return rc == ERR_OK && open ? payment_announce(tx, c, &p, now_ms, err) : rc;
}
