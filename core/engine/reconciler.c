#include "core/engine/call_service.h"
#include "core/engine/dispatcher.h"
#include "core/engine/jobs.h"

/*
 * Looks after calls that nobody has told us anything about for too long. Every open call has a time
 * at which it is looked at (check_ms); the carrier is asked, and when even that leads nowhere the
 * call ends as lost. So a call that was accepted always ends, even if no webhook ever arrives.
 */
enum {
    CHECK_LIVE_MS = 60 * 1000,   /* between looks at a call that is in progress */
    CHECK_AGAIN_MS = 15 * 1000,  /* after the carrier could not be asked */
    OVERTIME_MS = 60 * 1000,     /* past ring and time limit before we end it ourselves */
    GIVE_UP_MS = 10 * 60 * 1000, /* past that before it is called lost */
};

struct check {
    const struct engine *engine;
    int64_t call_id;
    int64_t again_ms;      /* until the next look */
    int64_t unseen_ms;     /* after news of the call: not to be found means nothing */
    enum error_code asked; /* what the look-up gave */
    struct provider_call seen;
    struct error error;
};

/* The latest moment at which this call can still be alive at the carrier. */
static int64_t latest_end_ms(const struct call *c) {
    /* it may have been queued long */
    int64_t dialed = c->dialed_ms      ? c->dialed_ms
                     : c->attempted_ms ? c->attempted_ms
                                       : c->created_ms;
    int64_t from = c->answered_ms ? c->answered_ms : dialed + (int64_t)c->ring_timeout_s * 1000;
    return from + (int64_t)c->time_limit_s * 1000 + OVERTIME_MS;
}

static enum error_code end_unplaced(struct store_tx *tx, struct call *c, int64_t now,
                                    struct error *err) {
    if (c->placement == CALL_PLACE_READY)
        return call_end_for(tx, c, CALL_FAILED, CALL_REASON_ATTEMPTS,
                            "the call could not be handed to the carrier in time", now, err);
    /* being attempted or settled: those jobs decide; this is the bound behind them */
    if (now < latest_end_ms(c) + GIVE_UP_MS) {
        c->check_ms = now + CHECK_LIVE_MS;
        return ERR_OK;
    }
    return call_end_for(tx, c, CALL_FAILED, CALL_REASON_LOST,
                        "nothing was heard of the call and the carrier does not know it", now, err);
}

static enum error_code end_overdue(struct store_tx *tx, struct call *c, int64_t now,
                                   struct error *err) {
    if (now >= latest_end_ms(c) + GIVE_UP_MS)
        return call_end_for(tx, c, CALL_FAILED, CALL_REASON_LOST,
                            "the call did not end within its time limit", now, err);
    if (!c->hangup_requested) {
        struct job end = {.kind = JOB_HANGUP, .call_id = c->id, .run_at_ms = now};
        c->hangup_requested = true;
        c->updated_ms = now;
        return store_add_job(tx, &end, err);
    }
    return ERR_OK;
}

static enum error_code check_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct check *k = ctx;
    int64_t now = engine_now_ms(k->engine);
    struct call c;
    enum error_code rc = store_get_call(tx, k->call_id, &c, err);
    if (rc != ERR_OK || call_status_is_final(c.status) || c.check_ms > now)
        return rc;
    int64_t last_event = c.last_event;
    c.check_ms = now + k->again_ms;
    if (c.sid[0] == '\0')
        rc = end_unplaced(tx, &c, now, err);
    else if (k->asked == ERR_OK)
        rc = call_take_carrier_view(tx, &c, &k->seen, now, err);
    else if (k->asked == ERR_NOT_FOUND && now - c.updated_ms >= k->unseen_ms)
        rc = call_end_for(tx, &c, CALL_FAILED, CALL_REASON_LOST,
                          "the carrier does not know the call any more", now, err);
    if (rc == ERR_OK && !call_status_is_final(c.status) && now >= latest_end_ms(&c))
        rc = end_overdue(tx, &c, now, err);
    if (c.last_event != last_event)
        c.updated_ms = now; /* to have looked is no news */
    return rc == ERR_OK ? store_update_call(tx, &c, err) : rc;
}

/* How long until the call is looked at again, by what the look gave. */
static int64_t wait_after(enum error_code asked, const struct call *c,
                          const struct provider_limits *l) {
    if (asked != ERR_OK && asked != ERR_NOT_FOUND)
        return CHECK_AGAIN_MS;
    return c->inbound && l->inbound_look_ms ? l->inbound_look_ms : CHECK_LIVE_MS;
}

static enum error_code read_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct call *c = ctx;
    return store_get_call(tx, c->id, c, err);
}

void reconciler_check_call(const struct engine *e, int64_t call_id) {
    struct call c = {.id = call_id};
    struct error err = {0};
    if (store_read(e->store, read_tx, &c, &err) != ERR_OK)
        return;
    struct check k = {.engine = e, .call_id = call_id, .asked = ERR_UNSUPPORTED};
    struct provider *p = engine_provider(e, str_z(c.provider));
    if (p && c.sid[0] && provider_can(p, PROVIDER_CAP_LOOKUP))
        k.asked = provider_look_up(p, str_z(c.sid), &k.seen, &k.error);
    const struct provider_limits limits =
        p ? provider_describe(p)->limits : (struct provider_limits){0};
    k.again_ms = wait_after(k.asked, &c, &limits);
    k.unseen_ms = limits.unseen_ms;
    enum error_code rc = store_write(e->store, check_tx, &k, &err);
    log_info(e->log, "look after", LOG_ID("call", CALL_ID_PREFIX, call_id),
             LOG_Z("was", call_status_name(c.status)), LOG_Z("asked", error_name(k.asked)),
             LOG_WORDS("error", rc == ERR_OK ? k.error.text : err.text));
}
