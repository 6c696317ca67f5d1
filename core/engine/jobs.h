#ifndef CORE_ENGINE_JOBS_H
#define CORE_ENGINE_JOBS_H

#include "core/engine/engine.h"
#include "core/engine/retry.h"

/*
 * What each kind of job does, one file each. A job runs on a worker without lock or transaction,
 * asks the carrier, and writes what it learned in one transaction together with its own end. When
 * that write fails the lease runs out and the job is run again, so each must cope with having run
 * before.
 */
void job_place_run(const struct engine *e, const struct job *j);
void job_settle_run(const struct engine *e, const struct job *j);
void job_hangup_run(const struct engine *e, const struct job *j);
void job_cancel_sid_run(const struct engine *e, const struct job *j);
void job_recording_control_run(const struct engine *e, const struct job *j);
void job_fetch_recording_run(const struct engine *e, const struct job *j);
void job_delete_recording_run(const struct engine *e, const struct job *j);
void job_sum_up_run(const struct engine *e, const struct job *j);

enum {
    JOB_SUM_UP_LOOK_MS = 10000 /* so often it looks whether the call is over */
};

/* ---- shared by them ----------------------------------------------------------------------------
 */

/** Finish the job in a transaction of its own; a lost lease is no trouble. */
void job_finish(const struct engine *e, const struct job *j);

/** Give it back by the policy; false when the policy gives up (the job is still there). */
NODISCARD bool job_retry(const struct engine *e, const struct job *j, const struct retry_policy *p,
                         const struct error *err);

/** store_finish_job() for use at the end of a job's transaction: a lost lease is ERR_OK. */
NODISCARD enum error_code job_finish_in(struct store_tx *tx, const struct job *j,
                                        struct error *err);

/** The job's call, read outside a transaction; false (and the job finished) when it is gone. */
NODISCARD bool job_load_call(const struct engine *e, const struct job *j, struct call *out);

/**
 * Bind the carrier's record of a call to ours and take its status over: what settling and the
 * reconciler learn by asking. An end is dated by the length that the carrier tells.
 */
NODISCARD enum error_code call_take_carrier_view(struct store_tx *tx, struct call *c,
                                                 const struct provider_call *seen, int64_t now_ms,
                                                 struct error *err);

/** Random number for spreading delays. */
uint32_t job_random(void);

#endif
