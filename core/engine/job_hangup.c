#include "core/engine/call_service.h"
#include "core/engine/jobs.h"

/* Ending calls at the carrier. Asked again until the carrier agrees or the call is over, which
   reconciler.c sees to at the latest. */

enum {
    CONFIRM_AFTER_MS = 5000
};

struct hangup_done {
    const struct engine *engine;
    const struct job *job;
};

/* The carrier agreed; if its final notice gets lost, the reconciler asks soon. */
static enum error_code agreed_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct hangup_done *h = ctx;
    struct call c;
    enum error_code rc = store_get_call(tx, h->job->call_id, &c, err);
    if (rc == ERR_OK && !call_status_is_final(c.status)) {
        c.check_ms = engine_now_ms(h->engine) + CONFIRM_AFTER_MS;
        if (c.reason == CALL_REASON_NONE)
            c.reason = CALL_REASON_HANGUP_REQUESTED;
        rc = store_update_call(tx, &c, err);
    }
    return rc == ERR_OK || rc == ERR_NOT_FOUND ? job_finish_in(tx, h->job, err) : rc;
}

void job_hangup_run(const struct engine *e, const struct job *j) {
    struct call c;
    if (!job_load_call(e, j, &c))
        return;
    if (call_status_is_final(c.status)) {
        job_finish(e, j);
        return;
    }
    struct error err = {0};
    struct provider *p = engine_provider(e, str_z(c.provider));
    /* while the placing is under way there is no id to end; the policy waits for it */
    enum error_code rc = !p || c.sid[0] == '\0'
                             ? error_set(&err, ERR_CONFLICT, "the carrier's call id is not known")
                             : provider_end_call(p, str_z(c.sid), &err);
    struct hangup_done done = {.engine = e, .job = j};
    if (rc == ERR_OK || rc == ERR_NOT_FOUND)
        rc = store_write(e->store, agreed_tx, &done, &err);
    else if (!job_retry(e, j, &RETRY_HANGUP, &err))
        job_finish(e, j);
    log_info(e->log, "hang up", LOG_ID("call", CALL_ID_PREFIX, j->call_id),
             LOG_Z("result", error_name(rc)), LOG_WORDS("error", err.text));
}

void job_cancel_sid_run(const struct engine *e, const struct job *j) {
    struct call c;
    if (!job_load_call(e, j, &c))
        return;
    struct error err = {0};
    struct provider *p = engine_provider(e, str_z(c.provider));
    enum error_code rc = p ? provider_end_call(p, str_z(j->ref_text), &err) : ERR_OK;
    if (rc == ERR_OK || rc == ERR_NOT_FOUND || !job_retry(e, j, &RETRY_CONTROL, &err))
        job_finish(e, j);
    log_warn(e->log, "second leg ended", LOG_ID("call", CALL_ID_PREFIX, j->call_id),
             LOG_Z("result", error_name(rc)), LOG_WORDS("error", err.text));
}
