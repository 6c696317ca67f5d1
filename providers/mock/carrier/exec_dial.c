#include "core/domain/phone.h"
#include "providers/mock/carrier/exec.h"
#include "providers/mock/carrier/progress.h"

enum {
    RING_DEFAULT_S = 30,
    BRIDGE_MIN_MS = 10000,
    BRIDGE_MAX_MS = 30000,
    QUEUE_WAIT_MS = 5000,
    URL_MAX = 8192,
};

/** l->step.phase: how far the dialled leg is. */
enum dial_phase {
    DIAL_STARTED = 0,
    DIAL_RINGING,
    DIAL_BRIDGED,
    DIAL_TOGETHER, /* a conference or a queue: no leg of its own */
};

static void step_child(struct carrier *c, struct leg *l, enum call_status status) {
    struct leg *child = l->step.child;
    child->now_ms = child->updated_ms = l->now_ms;
    child->status = status;
    if (call_status_is_final(status)) {
        child->ended_ms = l->now_ms;
        child->sip_code = status == CALL_COMPLETED ? 200 : status == CALL_BUSY ? 486 : 487;
        c->ended++;
    }
    progress_announce(c, l, child, status);
    if (call_status_is_final(status))
        leg_retire(c, child);
}

static struct leg *new_child(struct carrier *c, struct leg *l, const struct plan_dial *d,
                             const struct plan_noun *n) {
    struct str from = d->caller_id.len ? d->caller_id : str_z(l->from);
    struct leg *child = leg_new(c, n->target, from, l);
    struct buf url = BUF_INIT(URL_MAX);
    if (n->status.url.len > 0 && outgoing_resolve(str_z(l->base_url), n->status.url, &url)) {
        child->req.status.url = buf_detach(&url);
        child->req.status.get = n->status.method == PLAN_METHOD_GET;
        uint32_t events = leg_events_parse(n->status_events);
        child->req.status_events = events ? events : BIT(CALL_COMPLETED);
    }
    buf_release(&url);
    child->dialed_ms = l->now_ms;
    return child;
}

/** All far ends ring; the first one that will pick up gets the call, else the last one. */
static const struct plan_noun *choose(const struct carrier *c, const struct plan_dial *d) {
    for (size_t i = 0; i < d->noun_count; i++) {
        enum callee_outcome o = scenario_find(c->scenario, d->nouns[i].target, 0)->outcome;
        if (o == CALLEE_ANSWERS || o == CALLEE_MACHINE)
            return &d->nouns[i];
    }
    return d->noun_count > 0 ? &d->nouns[d->noun_count - 1] : NULL;
}

static enum exec_next done(struct carrier *c, struct leg *l, const struct plan_dial *d,
                           enum call_status status, bool bridged) {
    const struct step_result r = {.kind = PLAN_DIAL,
                                  .child = l->step.child,
                                  .child_status = status,
                                  .conference = l->step.phase == DIAL_TOGETHER,
                                  .bridged = bridged,
                                  .tape = l->step.tape,
                                  .confidence = -1};
    if (l->step.tape)
        tape_stop(c, l->step.tape);
    if (l->step.child)
        step_child(c, l, status);
    return exec_action(c, l, &d->action, false, &r);
}

static void record_bridge(struct carrier *c, struct leg *l, const struct plan_dial *d) {
    if (!str_starts(d->record, STR("from-")))
        return;
    struct buf url = BUF_INIT(URL_MAX);
    if (d->recording_status.url.len > 0)
        (void)outgoing_resolve(str_z(l->base_url), d->recording_status.url, &url);
    const struct tape_options o = {
        .source = TAPE_FROM_DIAL,
        .dual = str_find_str(d->record, STR("-dual")) < d->record.len,
        .hook_url = buf_str(&url),
        .hook_get = d->recording_status.method == PLAN_METHOD_GET,
        .events = TAPE_EVENT_COMPLETED,
    };
    l->step.tape = tape_start(c, l, &o);
    buf_release(&url);
}

static enum exec_next begin(struct carrier *c, struct leg *l, const struct plan_step *s) {
    const struct plan_dial *d = &s->u.dial;
    const struct plan_noun *n = choose(c, d);
    if (!n)
        return EXEC_NEXT;
    if (n->kind == PLAN_NOUN_CONFERENCE || n->kind == PLAN_NOUN_QUEUE) {
        l->step.phase = DIAL_TOGETHER;
        return exec_wait(l, rng_range(&l->rng, BRIDGE_MIN_MS, BRIDGE_MAX_MS));
    }
    if (n->kind == PLAN_NOUN_NUMBER && !phone_is_e164(n->target))
        return done(c, l, d, CALL_FAILED, false);
    l->step.child = new_child(c, l, d, n);
    step_child(c, l, CALL_DIALING);
    return exec_wait(l, rng_range(&l->rng, 300, 1500));
}

static enum exec_next ring(struct carrier *c, struct leg *l, const struct plan_dial *d) {
    const struct callee *callee = l->step.child->callee;
    uint32_t limit_ms = (d->timeout_s ? d->timeout_s : RING_DEFAULT_S) * 1000;
    uint32_t answer_ms =
        callee->answer_after_set ? callee->answer_after_ms : rng_range(&l->rng, 2000, 6000);
    if (callee->outcome == CALLEE_BUSY)
        return done(c, l, d, CALL_BUSY, false);
    if (callee->outcome == CALLEE_FAILS)
        return done(c, l, d, CALL_FAILED, false);
    step_child(c, l, CALL_RINGING);
    l->step.phase = DIAL_RINGING;
    bool answers = callee->outcome != CALLEE_NO_ANSWER && answer_ms < limit_ms;
    l->step.loops = answers;
    return exec_wait(l, answers ? answer_ms : limit_ms);
}

static enum exec_next bridge(struct carrier *c, struct leg *l, const struct plan_dial *d) {
    struct leg *child = l->step.child;
    if (!l->step.loops)
        return done(c, l, d, CALL_NO_ANSWER, false);
    child->answered_ms = l->now_ms;
    step_child(c, l, CALL_ANSWERED);
    record_bridge(c, l, d);
    struct str greeting = child->callee->greeting;
    if (greeting.len > 0)
        leg_note(l, LEG_ASSISTANT, l->now_ms, leg_speech_ms(greeting), greeting);
    int64_t ms = rng_range(&l->rng, BRIDGE_MIN_MS, BRIDGE_MAX_MS);
    if (d->time_limit_s > 0 && ms > (int64_t)d->time_limit_s * 1000)
        ms = (int64_t)d->time_limit_s * 1000;
    l->step.phase = DIAL_BRIDGED;
    return exec_wait(l, ms);
}

static enum exec_next child_event(struct carrier *c, struct leg *l, const struct plan_step *s) {
    switch ((enum dial_phase)l->step.phase) {
    case DIAL_STARTED:
        return ring(c, l, &s->u.dial);
    case DIAL_RINGING:
        return bridge(c, l, &s->u.dial);
    case DIAL_BRIDGED:
        return done(c, l, &s->u.dial, CALL_COMPLETED, true);
    case DIAL_TOGETHER:
        return done(c, l, &s->u.dial, CALL_ANSWERED, true);
    }
    return EXEC_NEXT;
}

static void leave(struct carrier *c, struct leg *l, const struct plan_step *s) {
    struct leg *child = l->step.child;
    if (child && leg_is_over(child))
        return;
    bool bridged = l->step.phase >= DIAL_BRIDGED;
    enum call_status status = bridged ? CALL_COMPLETED : CALL_CANCELED;
    const struct step_result r = {.kind = PLAN_DIAL,
                                  .child = child,
                                  .child_status = status,
                                  .conference = l->step.phase == DIAL_TOGETHER,
                                  .bridged = bridged,
                                  .tape = l->step.tape,
                                  .hung_up = true,
                                  .confidence = -1};
    if (child)
        step_child(c, l, status);
    if (l->step.tape)
        tape_stop(c, l->step.tape);
    if (leg_is_over(l))
        exec_action_after_hangup(c, l, &s->u.dial.action, false, &r);
}

bool exec_dial_end(struct leg *l, const struct leg *child) {
    if (!l->running || l->at >= l->plan.count || l->plan.steps[l->at].kind != PLAN_DIAL ||
        l->step.child != child || leg_is_over(child))
        return false;
    if (l->step.phase != DIAL_BRIDGED) {
        l->step.phase = DIAL_RINGING;
        l->step.loops = false; /* does not answer */
    }
    leg_forget(l, LEG_EVENT_STEP);
    (void)exec_wait(l, 0);
    return true;
}

const struct exec_step exec_dial_step = {.begin = begin, .resume = child_event, .leave = leave};

/* ---- enqueue: an agent takes the call after a while ---------------------------------------------
 */

static enum exec_next enqueue_begin(struct carrier *c, struct leg *l, const struct plan_step *s) {
    (void)c, (void)s;
    return exec_wait(l, QUEUE_WAIT_MS + rng_range(&l->rng, BRIDGE_MIN_MS, BRIDGE_MAX_MS));
}

static enum exec_next enqueue_done(struct carrier *c, struct leg *l, const struct plan_step *s) {
    const struct step_result r = {.kind = PLAN_ENQUEUE,
                                  .queue_time_s = QUEUE_WAIT_MS / 1000,
                                  .bridged = true,
                                  .confidence = -1};
    return exec_action(c, l, &s->u.enqueue.action, false, &r);
}

static void enqueue_leave(struct carrier *c, struct leg *l, const struct plan_step *s) {
    const struct step_result r = {.kind = PLAN_ENQUEUE,
                                  .queue_time_s = (uint32_t)((l->now_ms - l->step.since_ms) / 1000),
                                  .hung_up = true,
                                  .confidence = -1};
    if (leg_is_over(l))
        exec_action_after_hangup(c, l, &s->u.enqueue.action, false, &r);
}

const struct exec_step exec_enqueue_step = {
    .begin = enqueue_begin, .resume = enqueue_done, .leave = enqueue_leave};
