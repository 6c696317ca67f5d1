#include "core/domain/phone.h"
#include "providers/mock/carrier/exec.h"
#include "providers/mock/carrier/progress.h"

enum {
    RING_DEFAULT_S = 30,
    BRIDGE_MIN_MS = 10000,
    BRIDGE_MAX_MS = 30000,
    QUEUE_WAIT_MS = 5000,
    SOUND_MS = 3000, /* one that the far end hears: it is not fetched */
    URL_MAX = 8192,
};

/** l->step.phase: how far the dialled leg is. */
enum dial_phase {
    DIAL_STARTED = 0,
    DIAL_RINGING,
    DIAL_SCREENED, /* picked up, and hears a document of its own first */
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
    if (l->step.child && !leg_is_over(l->step.child))
        step_child(c, l, status);
    return exec_action(c, l, &d->action, false, &r);
}

/** The far end was there and is not connected: its own leg is complete, the dial has no answer. */
static enum exec_next refused(struct carrier *c, struct leg *l, const struct plan_dial *d) {
    step_child(c, l, CALL_COMPLETED);
    return done(c, l, d, CALL_NO_ANSWER, false);
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

/** How long the far end listens before the two are connected; *hangs_up: they never are. */
static int64_t screen_ms(struct carrier *c, struct leg *l, const struct plan *p, bool *hangs_up) {
    int64_t ms = 0;
    *hangs_up = false;
    for (size_t i = 0; i < p->count && !*hangs_up; i++) {
        const struct plan_step *s = &p->steps[i];
        if (s->kind == PLAN_SAY)
            ms += leg_speech_ms(exec_spoken(l, &s->u.say));
        else if (s->kind == PLAN_PLAY)
            ms += SOUND_MS;
        else if (s->kind == PLAN_PAUSE)
            ms += (int64_t)(s->u.pause.seconds ? s->u.pause.seconds : 1) * 1000;
        else if (s->kind == PLAN_HANGUP || s->kind == PLAN_REJECT)
            *hangs_up = true;
        else
            log_warn(c->log, "carrier step is not simulated for a dialled party",
                     LOG_Z("step", plan_kind_name(s->kind)));
    }
    return ms;
}

static void on_screen(struct carrier *c, struct outgoing *o) {
    struct leg *l = o->leg;
    struct plan plan = {0};
    bool hangs_up = false;
    int64_t ms = 0;
    int carrier_code = o->carrier_code;
    if (o->epoch != l->epoch || leg_is_over(l) || l->step.phase != DIAL_SCREENED)
        return;
    if (!carrier_code && l->face->read_document(c, l, o, &plan, &carrier_code))
        ms = screen_ms(c, l, &plan, &hangs_up);
    else /* whoever picked up is not left alone with it */
        log_warn(c->log, "carrier document of a dialled party", LOG_Z("sid", l->step.child->sid),
                 LOG_INT("code", carrier_code));
    l->step.loops = !hangs_up;
    plan_release(&plan);
    (void)exec_wait(l, ms);
}

/** Ask for the document that the far end is to hear. False: there is none. */
static bool screen(struct carrier *c, struct leg *l, const struct plan_link *link) {
    struct buf url = BUF_INIT(URL_MAX);
    struct outgoing *o = NULL;
    if (link->url.len > 0 && !l->face->run && outgoing_resolve(str_z(l->base_url), link->url, &url))
        o = outgoing_new(c, l, OUTGOING_DOCUMENT, buf_str(&url), link->method == PLAN_METHOD_GET);
    buf_release(&url);
    if (!o)
        return false;
    l->face->put_voice(c, l->step.child, &o->params);
    l->step.phase = DIAL_SCREENED;
    outgoing_send(c, o, on_screen);
    return true;
}

static enum exec_next connect(struct carrier *c, struct leg *l, const struct plan_dial *d) {
    record_bridge(c, l, d);
    struct str greeting = l->step.child->callee->greeting;
    if (greeting.len > 0)
        leg_note(l, LEG_ASSISTANT, l->now_ms, leg_speech_ms(greeting), greeting);
    int64_t ms = rng_range(&l->rng, BRIDGE_MIN_MS, BRIDGE_MAX_MS);
    if (d->time_limit_s > 0 && ms > (int64_t)d->time_limit_s * 1000)
        ms = (int64_t)d->time_limit_s * 1000;
    l->step.phase = DIAL_BRIDGED;
    return exec_wait(l, ms);
}

static enum exec_next answer(struct carrier *c, struct leg *l, const struct plan_dial *d) {
    if (!l->step.loops)
        return done(c, l, d, CALL_NO_ANSWER, false);
    l->step.child->answered_ms = l->now_ms;
    step_child(c, l, CALL_ANSWERED);
    return screen(c, l, &choose(c, d)->screen) ? EXEC_WAIT : connect(c, l, d);
}

static enum exec_next child_event(struct carrier *c, struct leg *l, const struct plan_step *s) {
    switch ((enum dial_phase)l->step.phase) {
    case DIAL_STARTED:
        return ring(c, l, &s->u.dial);
    case DIAL_RINGING:
        return answer(c, l, &s->u.dial);
    case DIAL_SCREENED:
        return l->step.loops ? connect(c, l, &s->u.dial) : refused(c, l, &s->u.dial);
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
    bool answered = bridged || (child && child->answered_ms);
    enum call_status status = answered ? CALL_COMPLETED : CALL_CANCELED;
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
        if (l->step.phase != DIAL_SCREENED)
            l->step.phase = DIAL_RINGING;
        l->step.loops = false; /* does not answer, or is not connected */
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
