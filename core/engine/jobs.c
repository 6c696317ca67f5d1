#include "core/engine/jobs.h"

#include "core/base/digest.h"
#include "core/engine/call_service.h"

uint32_t job_random(void) {
    uint32_t r = 0;
    digest_random(&r, sizeof r);
    return r;
}

enum error_code job_finish_in(struct store_tx *tx, const struct job *j, struct error *err) {
    struct error lost = {0};
    enum error_code rc = store_finish_job(tx, j, &lost);
    if (rc == ERR_CONFLICT || rc == ERR_NOT_FOUND)
        return ERR_OK; /* somebody else has it now and will find the work done */
    if (rc != ERR_OK && err)
        *err = lost;
    return rc;
}

static enum error_code finish_tx(struct store_tx *tx, void *ctx, struct error *err) {
    return job_finish_in(tx, ctx, err);
}

void job_finish(const struct engine *e, const struct job *j) {
    struct job copy = *j;
    struct error err = {0};
    if (store_write(e->store, finish_tx, &copy, &err) != ERR_OK)
        log_warn(e->log, "job not finished", LOG_Z("kind", job_kind_name(j->kind)),
                 LOG_WORDS("error", err.text));
}

struct retry_ctx {
    struct job job;
    int64_t run_at_ms;
};

static enum error_code retry_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct retry_ctx *r = ctx;
    return store_retry_job(tx, &r->job, r->run_at_ms, err);
}

bool job_retry(const struct engine *e, const struct job *j, const struct retry_policy *p,
               const struct error *err) {
    int64_t delay = retry_delay_ms(p, j->attempt, err, job_random());
    if (delay < 0)
        return false;
    struct retry_ctx r = {.job = *j, .run_at_ms = engine_now_ms(e) + delay};
    struct error failed = {0};
    if (store_write(e->store, retry_tx, &r, &failed) != ERR_OK)
        log_warn(e->log, "job not given back", LOG_Z("kind", job_kind_name(j->kind)),
                 LOG_WORDS("error", failed.text));
    return true;
}

struct load_ctx {
    int64_t id;
    struct call call;
};

static enum error_code load_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct load_ctx *l = ctx;
    return store_get_call(tx, l->id, &l->call, err);
}

bool job_load_call(const struct engine *e, const struct job *j, struct call *out) {
    struct load_ctx l = {.id = j->call_id};
    enum error_code rc = store_read(e->store, load_tx, &l, NULL);
    if (rc == ERR_OK)
        *out = l.call;
    else if (rc == ERR_NOT_FOUND)
        job_finish(e, j);
    return rc == ERR_OK; /* otherwise the lease runs out and the job comes back */
}

/* Asked some time after the end, the carrier tells by the length when that was. */
static int64_t end_time(const struct call *c, const struct provider_call *seen, int64_t now_ms) {
    int64_t at = c->answered_ms + (int64_t)seen->duration_s * 1000;
    if (c->answered_ms == 0 || seen->duration_s == 0 || at > now_ms)
        return now_ms;
    return at > c->updated_ms ? at : c->updated_ms; /* it was heard of until then */
}

enum error_code call_take_carrier_view(struct store_tx *tx, struct call *c,
                                       const struct provider_call *seen, int64_t now_ms,
                                       struct error *err) {
    bool won = false;
    enum error_code rc = call_bind_sid(tx, c, str_z(seen->sid), now_ms, &won, err);
    if (rc != ERR_OK || !won)
        return rc;
    if (seen->duration_s > 0 && c->duration_s == 0)
        c->duration_s = seen->duration_s;
    if (c->answered_by == CALL_BY_UNASKED)
        c->answered_by = seen->answered_by;
    if (c->carrier_code == 0)
        c->carrier_code = seen->carrier_code;
    enum call_status status = seen->status;
    /* "queued" at the carrier means: accepted, which is what we call dialing */
    if (status == CALL_QUEUED || status == CALL_STATUS_NONE)
        status = CALL_DIALING;
    return call_change_status(
        tx, c, status, call_status_is_final(status) ? end_time(c, seen, now_ms) : now_ms, err);
}
