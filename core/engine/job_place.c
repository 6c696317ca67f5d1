#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/engine/call_service.h"
#include "core/engine/jobs.h"

/*
 * Handing a call to the carrier, at most once. The attempt is durable before the first byte leaves.
 * A job that finds its own attempt already under way (we died, or our write failed) does not try
 * again: nobody can know whether the request left, so the call becomes unknown and is settled by
 * asking the carrier.
 */
enum {
    SETTLE_FIRST_MS = 5000,
    RING_MARGIN_MS = 30000, /* after the ring time-out, before we ask the carrier */
    SAME_NUMBER_WAIT_MS = 2000,
    LEASE_MS = 60000, /* of an attempt; far longer than any carrier's request time-out */
};

enum begin_result {
    BEGIN_GO = 1,
    BEGIN_STOP,  /* nothing to do; the job is finished */
    BEGIN_LATER, /* another attempt to this number is not settled yet */
};

struct attempt {
    const struct engine *engine;
    const struct job *job;
    char nonce[CALL_NONCE_SIZE];
    struct call call;
    enum begin_result begun;
    enum provider_outcome outcome;
    struct provider_call placed;
    struct error error;
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

static enum error_code begin_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct attempt *at = ctx;
    int64_t now = engine_now_ms(at->engine);
    struct call c;
    bool busy = false;
    at->begun = BEGIN_STOP;
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
    /* Two attempts to one number at a time could not be told apart at the carrier, which knows
       nothing of our ids. So the second waits until the first is settled. */
    rc = store_number_is_attempted(tx, str_z(c.to), c.id, &busy, err);
    if (rc != ERR_OK)
        return rc;
    if (busy) {
        at->begun = BEGIN_LATER;
        return store_retry_job(tx, at->job, now + SAME_NUMBER_WAIT_MS, err);
    }
    c.attempt++;
    memcpy(c.nonce, at->nonce, sizeof c.nonce);
    c.placement = CALL_PLACE_SUBMITTING;
    c.updated_ms = now;
    at->call = c;
    at->begun = BEGIN_GO;
    return store_update_call(tx, &c, err);
}

static bool wants_recording_from_start(const struct call *c) {
    return c->record == CALL_RECORD_ON && c->assistant[0] == '\0';
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
        .record = wants_recording_from_start(c),
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

static enum error_code note_refused(struct store_tx *tx, struct attempt *at, struct call *c,
                                    int64_t now, struct error *err) {
    c->placement = CALL_PLACE_REFUSED;
    c->carrier_code = at->error.carrier_code;
    return call_end_for(tx, c, CALL_FAILED, CALL_REASON_CARRIER_REFUSED, at->error.text, now, err);
}

static enum error_code note_repeatable(struct store_tx *tx, struct attempt *at, struct call *c,
                                       int64_t now, struct error *err) {
    int64_t delay = retry_delay_ms(&RETRY_PLACE, c->attempt, &at->error, job_random());
    if (delay < 0) {
        c->placement = CALL_PLACE_REFUSED;
        return call_end_for(tx, c, CALL_FAILED, CALL_REASON_ATTEMPTS, at->error.text, now, err);
    }
    if (c->hangup_requested) {
        c->placement = CALL_PLACE_REFUSED;
        return call_end_for(tx, c, CALL_CANCELED, CALL_REASON_HANGUP_REQUESTED, NULL, now, err);
    }
    c->placement = CALL_PLACE_READY;
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
    return rc == ERR_OK ? store_retry_job(tx, at->job, now + delay, err) : rc;
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

void job_place_run(const struct engine *e, const struct job *j) {
    struct attempt at = {.engine = e, .job = j};
    struct error err = {0};
    digest_random_hex(at.nonce, (CALL_NONCE_SIZE - 1) / 2);
    if (store_write(e->store, begin_tx, &at, &err) != ERR_OK) {
        log_warn(e->log, "attempt not begun", LOG_ID("call", CALL_ID_PREFIX, j->call_id),
                 LOG_WORDS("error", err.text));
        return; /* the lease runs out and the job comes back */
    }
    if (at.begun != BEGIN_GO)
        return;
    struct provider *p = engine_provider(e, str_z(at.call.provider));
    if (p) {
        struct arena a = {0};
        struct provider_place req = place_request(&at, &a);
        at.outcome = provider_place_call(p, &req, &at.placed, &at.error);
        arena_release(&a);
    } else {
        at.outcome = PROVIDER_REFUSED;
        error_set(&at.error, ERR_INVALID, "provider \"%s\" is no longer configured",
                  at.call.provider);
    }
    enum error_code rc = store_write(e->store, end_tx, &at, &err);
    log_info(e->log, "place", LOG_ID("call", CALL_ID_PREFIX, j->call_id),
             LOG_Z("provider", at.call.provider), LOG_PHONE("to", str_z(at.call.to)),
             LOG_Z("outcome", outcome_word(at.outcome)), LOG_INT("attempt", at.call.attempt),
             LOG_WORDS("error", rc == ERR_OK ? at.error.text : err.text));
}
