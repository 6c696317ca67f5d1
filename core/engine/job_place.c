#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/engine/call_service.h"
#include "core/engine/consents.h"
#include "core/engine/failover.h"
#include "core/engine/jobs.h"
#include "core/engine/pacer.h"

/*
 * Handing a call to the carrier, at most once. The attempt is durable before the first byte leaves.
 * A job that finds its own attempt already under way (we died, or our write failed) does not try
 * again: nobody can know whether the request left, so the call becomes unknown and is settled by
 * asking the carrier.
 *
 * A job's ref_id is the number of attempts that another carrier had before (failover.h).
 */
enum {
    SETTLE_FIRST_MS = 5000,
    RING_MARGIN_MS = 30000, /* after the ring time-out, before we ask the carrier */
    SAME_NUMBER_WAIT_MS = 2000,
    LEASE_MS = 60000, /* of an attempt; far longer than any carrier's request time-out */
    TURN_MARGIN_MS = 15 * 60 * 1000, /* in which it must be handed over when its turn has come */
    FALLBACK_PATIENCE_MS = 60000,    /* a longer wait for the first carrier ends at the second */
};

enum begin_result {
    BEGIN_GO = 1,
    BEGIN_STOP,  /* nothing to do; the job is finished */
    BEGIN_LATER, /* another attempt to this number is not settled yet */
    BEGIN_FULL,  /* the carrier has as many open calls as it may; the job is still ours */
};

struct attempt {
    const struct engine *engine;
    const struct job *job;
    size_t carrier; /* index in engine->providers */
    char nonce[CALL_NONCE_SIZE], next_nonce[CALL_NONCE_SIZE];
    struct provider *fallback; /* gets the call when this carrier certainly does not; or NULL */
    struct call call;
    struct consent_standing consent;
    enum begin_result begun;
    enum provider_outcome outcome;
    struct provider_call placed;
    struct error error;
    int64_t again_ms; /* when the job was given back: until then; else 0 */
};

static enum error_code make_unknown(struct store_tx *tx, struct call *c, const struct job *j,
                                    int64_t now, struct error *err) {
    struct job settle = {.kind = JOB_SETTLE, .call_id = c->id, .run_at_ms = now + SETTLE_FIRST_MS};
    c->placement = CALL_PLACE_UNKNOWN;
    enum error_code rc = call_change_status(tx, c, CALL_UNKNOWN, now, err);
    if (rc == ERR_OK)
        rc = store_add_job(tx, &settle, err);
    if (rc == ERR_OK)
        rc = job_finish_in(tx, j, err);
    return rc;
}

/* Counted where all attempts begin one after the other, so that no two take the last place. */
static enum error_code find_room(struct store_tx *tx, const struct attempt *at,
                                 const struct call *c, bool *full, struct error *err) {
    const struct engine *e = at->engine;
    bool paced = e->pacer && at->carrier < e->provider_count;
    uint32_t most = paced ? pacer_open_calls_max(e->pacer, at->carrier) : 0, open = 0;
    if (most == 0)
        return ERR_OK;
    enum error_code rc = store_count_open_calls(tx, str_z(c->provider), &open, err);
    *full = rc == ERR_OK && open >= most;
    return rc;
}

static enum error_code begin_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct attempt *at = ctx;
    int64_t now = engine_now_ms(at->engine);
    struct call c;
    bool busy = false;
    at->begun = BEGIN_STOP;
    at->again_ms = 0;
    /* who has lost the job must not begin; who has it keeps it until the outcome is written */
    enum error_code rc = store_renew_job(tx, at->job, now + LEASE_MS, err);
    if (rc == ERR_OK)
        rc = store_get_call(tx, at->job->call_id, &c, err);
    if (rc == ERR_NOT_FOUND)
        return job_finish_in(tx, at->job, err);
    if (rc != ERR_OK)
        return rc;
    if (c.placement == CALL_PLACE_SUBMITTING && !call_status_is_final(c.status)) {
        rc = make_unknown(tx, &c, at->job, now, err);
        return rc == ERR_OK ? store_update_call(tx, &c, err) : rc;
    }
    if (c.placement != CALL_PLACE_READY || call_status_is_final(c.status))
        return job_finish_in(tx, at->job, err);
    bool full = false;
    rc = find_room(tx, at, &c, &full, err);
    if (rc != ERR_OK || full) {
        at->begun = full ? BEGIN_FULL : at->begun;
        return rc;
    }
    /* Two attempts to one number at a time could not be told apart at the carrier, which knows
       nothing of our ids. So the second waits until the first is settled. */
    rc = store_number_is_attempted(tx, str_z(c.to), c.id, &busy, err);
    if (rc != ERR_OK)
        return rc;
    if (busy) {
        at->begun = BEGIN_LATER;
        at->again_ms = now + SAME_NUMBER_WAIT_MS;
        return store_retry_job(tx, at->job, at->again_ms, err);
    }
    rc = consents_standing(tx, &c, &at->consent, err);
    if (rc != ERR_OK)
        return rc;
    c.attempt++;
    c.attempted_ms = now;
    memcpy(c.nonce, at->nonce, sizeof c.nonce);
    c.placement = CALL_PLACE_SUBMITTING;
    c.updated_ms = now;
    at->call = c;
    at->begun = BEGIN_GO;
    return store_update_call(tx, &c, err);
}

/* Elsewhere the answer document begins with it (webhook_document.c). */
static bool wants_recording_from_start(const struct attempt *at) {
    const struct call *c = &at->call;
    const struct provider *p = engine_provider(at->engine, str_z(c->provider));
    return consents_allow_recording(c->record, &at->consent) && c->assistant[0] == '\0' && p &&
           provider_can(p, PROVIDER_CAP_PLACE_RECORDED);
}

/* The addresses and options of one attempt; strings live in the arena. */
static struct provider_place place_request(const struct attempt *at, struct arena *a) {
    const struct call *c = &at->call;
    static const enum webhook_kind kinds[] = {WEBHOOK_ANSWER, WEBHOOK_FALLBACK, WEBHOOK_STATUS,
                                              WEBHOOK_RECORDING};
    struct str urls[ARRAY_LEN(kinds)];
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct buf b = BUF_INIT(1024);
        links_put(&at->engine->links, &b, c, kinds[i], 0);
        urls[i] = arena_copy(a, buf_str(&b));
        buf_release(&b);
    }
    return (struct provider_place){
        .to = str_z(c->to),
        .from = str_z(c->from),
        .answer_url = urls[0],
        .fallback_url = urls[1],
        .status_url = urls[2],
        .recording_url = urls[3],
        .ring_timeout_s = c->ring_timeout_s,
        .time_limit_s = c->time_limit_s,
        .record = wants_recording_from_start(at),
        .record_dual = true,
        /* no detection_url: the document is asked for after the verdict, so it can depend on it */
        .detection = c->detection,
    };
}

/* ---- what the outcome means -------------------------------------------------------------------
 */

static enum error_code note_placed(struct store_tx *tx, struct attempt *at, struct call *c,
                                   int64_t now, struct error *err) {
    c->check_ms = now + (int64_t)c->ring_timeout_s * 1000 + RING_MARGIN_MS;
    if (c->from[0] == '\0' && !str_copy(str_z(at->placed.from), c->from, sizeof c->from))
        c->from[0] = '\0';
    return call_take_carrier_view(tx, c, &at->placed, now, err);
}

/* Provider, nonce, event and the job for it, all or nothing; the attempts are counted anew. */
static enum error_code fail_over(struct store_tx *tx, struct attempt *at, struct call *c,
                                 int64_t now, struct error *err) {
    struct job place = {
        .kind = JOB_PLACE, .call_id = c->id, .ref_id = c->attempt, .run_at_ms = now};
    enum error_code rc = failover_change(tx, c, at->fallback, at->next_nonce, &at->error, now, err);
    c->check_ms = now + TURN_MARGIN_MS;
    if (rc == ERR_OK)
        rc = store_add_job(tx, &place, err);
    return rc == ERR_OK ? job_finish_in(tx, at->job, err) : rc;
}

static enum error_code note_refused(struct store_tx *tx, struct attempt *at, struct call *c,
                                    int64_t now, struct error *err) {
    if (at->fallback && !c->hangup_requested && failover_is_for(at->error.code))
        return fail_over(tx, at, c, now, err);
    c->placement = CALL_PLACE_REFUSED;
    c->carrier_code = at->error.carrier_code;
    return call_end_for(tx, c, CALL_FAILED, CALL_REASON_CARRIER_REFUSED, at->error.text, now, err);
}

static enum error_code note_repeatable(struct store_tx *tx, struct attempt *at, struct call *c,
                                       int64_t now, struct error *err) {
    const struct retry_policy *policy = at->fallback ? &RETRY_BEFORE_FALLBACK : &RETRY_PLACE;
    uint32_t tries = c->attempt - (uint32_t)at->job->ref_id;
    int64_t delay = retry_delay_ms(policy, tries, &at->error, job_random());
    if (c->hangup_requested) {
        c->placement = CALL_PLACE_REFUSED;
        return call_end_for(tx, c, CALL_CANCELED, CALL_REASON_HANGUP_REQUESTED, NULL, now, err);
    }
    if (at->fallback && (delay < 0 || delay > FALLBACK_PATIENCE_MS))
        return fail_over(tx, at, c, now, err);
    if (delay < 0) {
        c->placement = CALL_PLACE_REFUSED;
        return call_end_for(tx, c, CALL_FAILED, CALL_REASON_ATTEMPTS, at->error.text, now, err);
    }
    c->placement = CALL_PLACE_READY;
    at->again_ms = now + delay;
    c->check_ms = at->again_ms + TURN_MARGIN_MS;
    struct buf data = BUF_INIT(1024);
    struct json_writer w;
    json_write_init(&w, &data);
    json_begin_object(&w);
    json_kv_int(&w, "attempt", c->attempt);
    json_kv_int(&w, "retry_in_ms", delay);
    json_kv_z(&w, "error", at->error.text);
    json_end_object(&w);
    enum error_code rc = call_append_event(tx, c, EVENT_CALL_RETRY, now, buf_str(&data), err);
    buf_release(&data);
    return rc == ERR_OK ? store_retry_job(tx, at->job, at->again_ms, err) : rc;
}

static enum error_code note_outcome(struct store_tx *tx, struct attempt *at, struct call *c,
                                    int64_t now, struct error *err) {
    /* a webhook of this very attempt was faster than the reply: the call is placed, whatever the
       reply said */
    bool known = c->sid[0] != '\0';
    switch (at->outcome) {
    case PROVIDER_PLACED:
        return note_placed(tx, at, c, now, err);
    case PROVIDER_REFUSED:
        return known ? ERR_OK : note_refused(tx, at, c, now, err);
    case PROVIDER_THROTTLED:
    case PROVIDER_NOT_SENT:
        return known ? ERR_OK : note_repeatable(tx, at, c, now, err);
    case PROVIDER_UNCERTAIN:
    case PROVIDER_OUTCOME_NONE:
        break;
    }
    return known ? ERR_OK : make_unknown(tx, c, at->job, now, err);
}

static enum error_code end_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct attempt *at = ctx;
    int64_t now = engine_now_ms(at->engine);
    struct call c;
    at->again_ms = 0;
    enum error_code rc = store_get_call(tx, at->job->call_id, &c, err);
    if (rc != ERR_OK)
        return rc;
    rc = note_outcome(tx, at, &c, now, err);
    c.updated_ms = now;
    if (rc == ERR_OK)
        rc = store_update_call(tx, &c, err);
    if (rc == ERR_OK && c.placement != CALL_PLACE_READY)
        rc = job_finish_in(tx, at->job, err);
    at->call = c;
    return rc;
}

static const char *outcome_word(enum provider_outcome o) {
    static const char *const words[] = {
        [PROVIDER_OUTCOME_NONE] = "none", [PROVIDER_PLACED] = "placed",
        [PROVIDER_REFUSED] = "refused",   [PROVIDER_THROTTLED] = "throttled",
        [PROVIDER_NOT_SENT] = "not_sent", [PROVIDER_UNCERTAIN] = "uncertain",
    };
    return words[o];
}

/* ---- whose turn it is -------------------------------------------------------------------------
 */

struct postponement {
    const struct job *job;
    int64_t run_at_ms;
};

/* A call that waits for its turn is not one that cannot be handed over: its bound moves along. */
static enum error_code postpone_tx(struct store_tx *tx, void *ctx, struct error *err) {
    const struct postponement *p = ctx;
    struct call c;
    enum error_code rc = store_retry_job(tx, p->job, p->run_at_ms, err);
    if (rc == ERR_OK)
        rc = store_get_call(tx, p->job->call_id, &c, err);
    if (rc != ERR_OK || c.check_ms == 0 || c.check_ms >= p->run_at_ms + TURN_MARGIN_MS / 2)
        return rc;
    c.check_ms = p->run_at_ms + TURN_MARGIN_MS;
    return store_update_call(tx, &c, err);
}

static void postpone(const struct engine *e, const struct job *j, int64_t run_at_ms) {
    struct postponement p = {.job = j, .run_at_ms = run_at_ms};
    struct error err = {0};
    if (store_write(e->store, postpone_tx, &p, &err) != ERR_OK)
        log_warn(e->log, "call not postponed", LOG_ID("call", CALL_ID_PREFIX, j->call_id),
                 LOG_WORDS("error", err.text)); /* the lease runs out and the job comes back */
}

/* False: not yet, and the job is given back. */
static bool take_turn(struct attempt *at) {
    const struct engine *e = at->engine;
    struct call c;
    int64_t again = 0;
    at->carrier = e->provider_count;
    if (!e->pacer)
        return true;
    if (!job_load_call(e, at->job, &c))
        return false;
    at->carrier = engine_provider_index(e, str_z(c.provider));
    if (at->carrier == e->provider_count)
        return true;
    if (c.placement != CALL_PLACE_READY || call_status_is_final(c.status)) {
        /* nothing will be handed over: no turn is needed, and nobody waits behind it */
        pacer_leave(e->pacer, at->carrier, c.id);
        at->carrier = e->provider_count;
        return true;
    }
    if (pacer_ask(e->pacer, at->carrier, c.id, engine_now_ms(e), &again))
        return true;
    postpone(e, at->job, again);
    return false;
}

/* The turn was for nothing, or the carrier said how it bears the pace. */
static void tell_pacer(const struct attempt *at) {
    const struct engine *e = at->engine;
    int64_t again = 0;
    if (!e->pacer || at->carrier == e->provider_count)
        return;
    if (at->begun == BEGIN_FULL) {
        pacer_is_full(e->pacer, at->carrier, at->job->call_id, engine_now_ms(e), &again);
        postpone(e, at->job, again);
    } else if (at->begun != BEGIN_GO)
        pacer_give_back(e->pacer, at->carrier, at->job->call_id);
    else if (at->outcome == PROVIDER_PLACED)
        pacer_placed(e->pacer, at->carrier);
    else if (at->outcome == PROVIDER_THROTTLED)
        pacer_throttled(e->pacer, at->carrier, engine_now_ms(e), at->error.retry_after_s,
                        job_random());
}

/* A call that waits for something else than its turn keeps its place meanwhile. */
static void keep_place(const struct attempt *at) {
    const struct engine *e = at->engine;
    if (e->pacer && at->carrier < e->provider_count && at->again_ms > 0)
        pacer_put_aside(e->pacer, at->carrier, at->job->call_id, at->again_ms);
}

static void ask_carrier(struct attempt *at) {
    const struct engine *e = at->engine;
    struct provider *p = engine_provider(e, str_z(at->call.provider));
    if (!p) {
        at->outcome = PROVIDER_REFUSED;
        error_set(&at->error, ERR_INVALID, "provider \"%s\" is no longer configured",
                  at->call.provider);
        return;
    }
    struct arena a = {0};
    struct provider_place req = place_request(at, &a);
    at->outcome = provider_place_call(p, &req, &at->placed, &at->error);
    arena_release(&a);
    if (at->outcome == PROVIDER_REFUSED || at->outcome == PROVIDER_THROTTLED ||
        at->outcome == PROVIDER_NOT_SENT)
        at->fallback = failover_candidate(e, &at->call);
}

void job_place_run(const struct engine *e, const struct job *j) {
    struct attempt at = {.engine = e, .job = j};
    struct error err = {0};
    digest_random_hex(at.nonce, (CALL_NONCE_SIZE - 1) / 2);
    digest_random_hex(at.next_nonce, (CALL_NONCE_SIZE - 1) / 2);
    if (!take_turn(&at))
        return;
    if (store_write(e->store, begin_tx, &at, &err) != ERR_OK) {
        at.begun = BEGIN_STOP;
        tell_pacer(&at);
        log_warn(e->log, "attempt not begun", LOG_ID("call", CALL_ID_PREFIX, j->call_id),
                 LOG_WORDS("error", err.text));
        return; /* the lease runs out and the job comes back */
    }
    struct call begun = at.call;
    if (at.begun == BEGIN_GO)
        ask_carrier(&at);
    tell_pacer(&at);
    if (at.begun != BEGIN_GO) {
        keep_place(&at);
        return;
    }
    enum error_code rc = store_write(e->store, end_tx, &at, &err);
    if (rc == ERR_OK)
        keep_place(&at);
    log_info(e->log, "place", LOG_ID("call", CALL_ID_PREFIX, j->call_id),
             LOG_Z("provider", begun.provider), LOG_PHONE("to", str_z(begun.to)),
             LOG_Z("outcome", outcome_word(at.outcome)), LOG_INT("attempt", begun.attempt),
             LOG_WORDS("error", rc == ERR_OK ? at.error.text : err.text));
}
