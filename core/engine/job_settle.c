#include <stdlib.h>

#include "core/engine/call_service.h"
#include "core/engine/jobs.h"

/*
 * Settling an ambiguous attempt: the number is never dialled again; instead the carrier is asked
 * which calls it has between the two numbers since the attempt began. At most one attempt to the
 * number is open at a time (job_place.c), so a call that belongs to none of ours is this one.
 * Others who place calls from the same account and number cannot be told apart by any id; of
 * several such calls the one nearest in time is taken.
 */
static const uint32_t settle_after_ms[] = {5000, 15000, 45000, 120000, 200000};

enum {
    CLOCK_SKEW_MS = 60000,
    /* with no answer from the carrier's list at all we go on asking for this long */
    SETTLE_GIVE_UP_MS = 30 * 60 * 1000,
};

struct settling {
    const struct engine *engine;
    const struct job *job;
    struct provider_call *seen;
    size_t seen_count;
    bool asked; /* the carrier answered */
    struct error error;
    bool settled;
};

/* A webhook, or the reply after all, may have settled it meanwhile. */
static bool is_ambiguous(const struct call *c) {
    return c->placement == CALL_PLACE_UNKNOWN && !call_status_is_final(c->status);
}

/* When the ambiguous attempt began. A call may have been queued for long before. */
static int64_t attempted_ms(const struct call *c) {
    return c->attempted_ms ? c->attempted_ms : c->created_ms;
}

static bool is_candidate(struct store_tx *tx, const struct call *c, const struct provider_call *s) {
    struct call other;
    if (s->other_leg || !str_eq_z(str_z(s->to), c->to))
        return false;
    if (s->created_ms && s->created_ms < attempted_ms(c) - CLOCK_SKEW_MS)
        return false;
    return store_get_call_by_sid(tx, str_z(c->provider), str_z(s->sid), &other, NULL) ==
           ERR_NOT_FOUND;
}

/* How far from the attempt; one of which the carrier does not say is the last choice. */
static int64_t distance_ms(const struct call *c, const struct provider_call *s) {
    return s->created_ms ? llabs(s->created_ms - attempted_ms(c)) : INT64_MAX;
}

static const struct provider_call *nearest(struct store_tx *tx, const struct call *c,
                                           const struct settling *s) {
    const struct provider_call *best = NULL;
    for (size_t i = 0; i < s->seen_count; i++)
        if ((!best || distance_ms(c, &s->seen[i]) < distance_ms(c, best)) &&
            is_candidate(tx, c, &s->seen[i]))
            best = &s->seen[i];
    return best;
}

static enum error_code wait_more(struct store_tx *tx, struct settling *s, struct call *c,
                                 int64_t now, struct error *err) {
    uint32_t n = s->job->attempt;
    if (!s->asked) {
        if (now - attempted_ms(c) < SETTLE_GIVE_UP_MS)
            return store_retry_job(tx, s->job, now + 60000, err);
        return call_end_for(tx, c, CALL_FAILED, CALL_REASON_LOST,
                            "the carrier could not be asked what became of the call", now, err);
    }
    if (n < ARRAY_LEN(settle_after_ms))
        return store_retry_job(tx, s->job, now + settle_after_ms[n] - settle_after_ms[n - 1], err);
    return call_end_for(tx, c, CALL_FAILED, CALL_REASON_NOT_PLACED,
                        "the request was cut off and the carrier knows of no such call; it was "
                        "not dialled again",
                        now, err);
}

static enum error_code settle_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct settling *s = ctx;
    int64_t now = engine_now_ms(s->engine);
    struct call c;
    enum error_code rc = store_get_call(tx, s->job->call_id, &c, err);
    if (rc == ERR_NOT_FOUND)
        return job_finish_in(tx, s->job, err);
    if (rc != ERR_OK)
        return rc;
    s->settled = !is_ambiguous(&c);
    const struct provider_call *found = s->settled ? NULL : nearest(tx, &c, s);
    if (found) {
        rc = call_take_carrier_view(tx, &c, found, now, err);
        c.check_ms = call_status_is_final(c.status) ? 0 : now + 10000;
        s->settled = true;
    }
    if (rc == ERR_OK && !s->settled) {
        rc = wait_more(tx, s, &c, now, err);
        s->settled = call_status_is_final(c.status);
    }
    c.updated_ms = now;
    if (rc == ERR_OK)
        rc = store_update_call(tx, &c, err);
    return rc == ERR_OK && s->settled ? job_finish_in(tx, s->job, err) : rc;
}

void job_settle_run(const struct engine *e, const struct job *j) {
    struct call c;
    if (!job_load_call(e, j, &c))
        return;
    struct settling s = {.engine = e, .job = j};
    struct arena a = {0};
    struct error err = {0};
    struct provider *p = engine_provider(e, str_z(c.provider));
    if (p && is_ambiguous(&c) && provider_can(p, PROVIDER_CAP_LIST)) {
        struct provider_list_filter f = {
            .to = str_z(c.to), .from = str_z(c.from), .since_ms = attempted_ms(&c) - CLOCK_SKEW_MS};
        s.asked = provider_list_calls(p, &f, &a, &s.seen, &s.seen_count, &s.error) == ERR_OK;
    }
    enum error_code rc = store_write(e->store, settle_tx, &s, &err);
    log_info(e->log, "settle", LOG_ID("call", CALL_ID_PREFIX, j->call_id),
             LOG_Z("settled", s.settled ? "yes" : "no"),
             LOG_WORDS("error", rc == ERR_OK ? s.error.text : err.text));
    arena_release(&a);
}
