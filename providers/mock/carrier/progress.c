#include "providers/mock/carrier/progress.h"

#include "core/base/mem.h"
#include "providers/mock/carrier/exec.h"

enum {
    BEEP_MS = 500,
    SPEECH_END_MS = 1200,       /* quiet that ends a human's greeting */
    SPEECH_THRESHOLD_MS = 2400, /* a greeting longer than this is a machine's */
    ANSWER_AFTER_MIN_MS = 2000,
    ANSWER_AFTER_MAX_MS = 6000,
    DISORDER_LATE_MS = 6000,
    DISORDER_SPREAD_MS = 1000,
    DISORDER_MAX_MS = 12000,
};

/* ---- status callbacks ------------------------------------------------------------------------ */

static void on_notice_due(struct carrier *c, struct outgoing *o) {
    outgoing_send(c, o, NULL);
}

static const struct leg_hook *hook_of(const struct leg *l, enum call_status event) {
    return l->face->status_hook ? l->face->status_hook(l, event) : &l->req.status;
}

static struct outgoing *status_notice(struct carrier *c, struct leg *clocked, const struct leg *l,
                                      enum call_status event, const char *word) {
    const struct leg_hook *hook = hook_of(l, event);
    struct outgoing *o = outgoing_new(c, clocked, OUTGOING_NOTICE, str_z(hook->url), hook->get);
    if (o && l->face->make_status)
        l->face->make_status(c, l, event, word, o);
    else if (o)
        l->face->put_status(c, l, event, &o->params);
    return o;
}

/** Two copies of a callback, each some seconds late: what a bad day looks like. */
static void announce_disorderly(struct carrier *c, struct leg *clocked, const struct leg *l,
                                enum call_status event, const char *word) {
    struct outgoing *copies[2] = {status_notice(c, clocked, l, event, word),
                                  status_notice(c, clocked, l, event, word)};
    /* every other callback is so late that the next one overtakes it */
    uint32_t least_ms = l->sequence % 2 == 0 ? DISORDER_LATE_MS : 0;
    for (size_t i = 0; i < ARRAY_LEN(copies) && copies[i]; i++) {
        uint32_t most_ms = i == 0 ? least_ms + DISORDER_SPREAD_MS : DISORDER_MAX_MS;
        uint32_t delay_ms = rng_range(&clocked->rng, i == 0 ? least_ms : 0, most_ms);
        memcpy(copies[i]->token, copies[0]->token, sizeof copies[i]->token);
        leg_at(clocked, clocked->now_ms + delay_ms, LEG_EVENT_NOTICE, 0, copies[i]);
    }
}

void progress_announce(struct carrier *c, struct leg *clocked, struct leg *l,
                       enum call_status event) {
    const char *words[FACE_STATUS_WORDS_MAX] = {NULL};
    size_t count;
    if (!hook_of(l, event)->url)
        return;
    if (l->face->status_words) {
        count = l->face->status_words(c, l, event, words);
    } else {
        enum call_status subscription = call_status_is_final(event) ? CALL_COMPLETED : event;
        count = (l->req.status_events & BIT(subscription)) ? 1 : 0;
    }
    for (size_t i = 0; i < count; i++) {
        if (l->callee->webhooks_disorderly) {
            announce_disorderly(c, clocked, l, event, words[i]);
        } else {
            struct outgoing *o = status_notice(c, clocked, l, event, words[i]);
            if (o)
                outgoing_send(c, o, NULL);
        }
        l->sequence++;
    }
}

void progress_status(struct carrier *c, struct leg *l, enum call_status status) {
    l->status = status;
    l->updated_ms = l->now_ms;
    progress_announce(c, l, l, status);
}

/* ---- from created to answered ---------------------------------------------------------------- */

void progress_start(struct carrier *c, struct leg *l) {
    leg_after(l, l->req.hold_ms + rng_range(&l->rng, 50, 250), LEG_EVENT_DIAL, 0);
    carrier_touch(c, l);
}

static void count_ring(struct carrier *c, struct str number) {
    struct dialled *d = carrier_number(c, number);
    pthread_mutex_lock(&c->books_mutex);
    d->rings++;
    pthread_mutex_unlock(&c->books_mutex);
}

static void on_dial(struct carrier *c, struct leg *l) {
    count_ring(c, str_z(l->to));
    l->dialed_ms = l->now_ms;
    progress_status(c, l, CALL_DIALING);
    switch (l->callee->outcome) {
    case CALLEE_FAILS:
        leg_after(l, rng_range(&l->rng, 200, 900), LEG_EVENT_REFUSED, CALL_FAILED);
        return;
    case CALLEE_BUSY:
        leg_after(l, rng_range(&l->rng, 800, 2000), LEG_EVENT_REFUSED, CALL_BUSY);
        return;
    case CALLEE_OUTCOME_NONE:
    case CALLEE_ANSWERS:
    case CALLEE_NO_ANSWER:
    case CALLEE_MACHINE:
    case CALLEE_OUTCOME_COUNT:
        leg_after(l, rng_range(&l->rng, 300, 1500), LEG_EVENT_RING, 0);
        return;
    }
}

static void on_ring(struct carrier *c, struct leg *l) {
    progress_status(c, l, CALL_RINGING);
    uint32_t limit_ms = l->req.ring_timeout_s * 1000;
    uint32_t answer_ms = l->callee->answer_after_set
                             ? l->callee->answer_after_ms
                             : rng_range(&l->rng, ANSWER_AFTER_MIN_MS, ANSWER_AFTER_MAX_MS);
    if (l->callee->outcome == CALLEE_NO_ANSWER || answer_ms >= limit_ms)
        leg_after(l, limit_ms, LEG_EVENT_REFUSED, CALL_NO_ANSWER);
    else
        leg_after(l, answer_ms, LEG_EVENT_ANSWER, 0);
}

static void on_refused(struct carrier *c, struct leg *l, enum call_status status) {
    if (status == CALL_NO_ANSWER)
        l->end = LEG_END_RING_LIMIT;
    progress_end(c, l, status, status == CALL_BUSY ? 486 : status == CALL_FAILED ? 404 : 487);
}

/* ---- answered ----------------------------------------------------------------------------------
 */

/** What the callee says on picking up, and until when a machine goes on talking. */
static uint32_t greet(struct leg *l) {
    struct str greeting = l->callee->greeting;
    uint32_t duration = greeting.len ? leg_speech_ms(greeting) : 0;
    if (duration > 0)
        leg_note(l, LEG_CALLEE, l->now_ms, duration, greeting);
    if (l->callee->outcome == CALLEE_MACHINE) {
        leg_note(l, LEG_BEEP, l->now_ms + duration, BEEP_MS, STR("beep"));
        l->machine_silent_ms = l->now_ms + duration + BEEP_MS;
    }
    return duration;
}

/** When detection will be through, and with which verdict. */
static uint32_t detect(struct leg *l, uint32_t greeting_ms) {
    bool to_the_end = l->req.detection == CALL_DETECT_MESSAGE_END;
    uint32_t ms;
    if (l->callee->outcome == CALLEE_MACHINE) {
        l->answered_by = to_the_end ? CALL_BY_MACHINE_END : CALL_BY_MACHINE;
        ms = to_the_end ? greeting_ms + BEEP_MS : SPEECH_THRESHOLD_MS;
    } else if (greeting_ms == 0) {
        l->answered_by = CALL_BY_UNKNOWN;
        ms = l->req.silence_timeout_ms;
    } else {
        l->answered_by = CALL_BY_HUMAN;
        ms = greeting_ms + SPEECH_END_MS;
    }
    if (ms > l->req.detection_timeout_s * 1000) {
        l->answered_by = CALL_BY_UNKNOWN;
        ms = l->req.detection_timeout_s * 1000;
    }
    return ms;
}

static void record_from_answer(struct carrier *c, struct leg *l) {
    const struct tape_options o = {
        .source = TAPE_FROM_REQUEST,
        .dual = l->req.dual,
        .trim = l->req.trim,
        .track = l->req.track,
        .hook_url = str_z(l->req.tape_status.url),
        .hook_get = l->req.tape_status.get,
        .events = l->req.tape_events,
    };
    (void)tape_start(c, l, &o);
}

static void on_answer(struct carrier *c, struct leg *l) {
    l->answered_ms = l->now_ms;
    progress_status(c, l, CALL_ANSWERED);
    leg_after(l, (int64_t)l->req.time_limit_s * 1000, LEG_EVENT_TIME_LIMIT, 0);
    uint32_t greeting_ms = greet(l);
    if (l->req.record)
        record_from_answer(c, l);
    bool detecting = l->req.detection != CALL_DETECT_OFF && !l->req.send_digits;
    if (detecting) {
        l->detection_ms = detect(l, greeting_ms);
        leg_after(l, l->detection_ms, LEG_EVENT_VERDICT, l->answered_by);
        l->answered_by = CALL_BY_UNASKED; /* not known before the verdict */
    }
    if (!detecting || l->req.async_detection)
        exec_answer(c, l);
}

static void tell_verdict(struct carrier *c, struct leg *l) {
    struct outgoing *o = outgoing_new(c, l, OUTGOING_NOTICE, str_z(l->req.detection_status.url),
                                      l->req.detection_status.get);
    if (!o)
        return;
    l->face->put_detection(c, l, &o->params);
    outgoing_send(c, o, NULL);
}

static void on_verdict(struct carrier *c, struct leg *l, enum call_answered_by verdict) {
    l->answered_by = verdict;
    l->updated_ms = l->now_ms;
    bool machine = verdict == CALL_BY_MACHINE || verdict == CALL_BY_MACHINE_END;
    if (l->req.async_detection && (machine || !l->face->ways.tells_machines_only))
        tell_verdict(c, l);
    if (machine && l->req.hangup_on_machine) {
        l->end = LEG_END_MACHINE;
        progress_end(c, l, CALL_COMPLETED, 200);
    } else if (!l->req.async_detection) {
        exec_answer(c, l);
    }
}

/* ---- inbound ------------------------------------------------------------------------------------
 */

void progress_start_inbound(struct carrier *c, struct leg *l) {
    l->dialed_ms = l->now_ms;
    l->status = CALL_RINGING;
    exec_answer(c, l);
    carrier_touch(c, l);
}

void progress_answer_inbound(struct carrier *c, struct leg *l) {
    if (l->direction != LEG_INBOUND || l->status != CALL_RINGING)
        return;
    l->answered_ms = l->now_ms;
    progress_status(c, l, CALL_ANSWERED);
    leg_after(l, (int64_t)l->req.time_limit_s * 1000, LEG_EVENT_TIME_LIMIT, 0);
    (void)greet(l);
}

/* ---- the end ------------------------------------------------------------------------------------
 */

void progress_end(struct carrier *c, struct leg *l, enum call_status status, int sip_code) {
    if (leg_is_over(l))
        return;
    bool silent =
        l->status == CALL_QUEUED && status == CALL_CANCELED && !l->face->ways.tells_unborn;
    leg_cut_speech(l);
    leg_set_waiting(c, l, false);
    l->status = status;
    l->sip_code = sip_code;
    l->ended_ms = l->updated_ms = l->now_ms;
    tape_stop_all(c, l);
    exec_stop(c, l);
    for (int kind = LEG_EVENT_DIAL; kind <= LEG_EVENT_TIME_LIMIT; kind++)
        leg_forget(l, (enum leg_event_kind)kind);
    c->ended++;
    if (!silent)
        progress_announce(c, l, l, status);
}

void progress_event(struct carrier *c, struct leg *l, const struct leg_event *e) {
    switch ((enum leg_event_kind)e->kind) {
    case LEG_EVENT_DIAL:
        on_dial(c, l);
        break;
    case LEG_EVENT_RING:
        on_ring(c, l);
        break;
    case LEG_EVENT_REFUSED:
        on_refused(c, l, (enum call_status)e->arg);
        break;
    case LEG_EVENT_ANSWER:
        on_answer(c, l);
        break;
    case LEG_EVENT_VERDICT:
        on_verdict(c, l, (enum call_answered_by)e->arg);
        break;
    case LEG_EVENT_STEP:
        exec_event(c, l, e->arg);
        break;
    case LEG_EVENT_CALLEE_HANGUP:
    case LEG_EVENT_TIME_LIMIT:
        l->end = e->kind == LEG_EVENT_TIME_LIMIT ? LEG_END_TIME_LIMIT : LEG_END_CALLEE;
        progress_end(c, l, CALL_COMPLETED, 200);
        break;
    case LEG_EVENT_TAPE_READY:
        tape_ready(c, e->data);
        break;
    case LEG_EVENT_TAPE_LIMIT:
        tape_stop(c, e->data);
        break;
    case LEG_EVENT_NOTICE:
        on_notice_due(c, e->data);
        break;
    case LEG_EVENT_KIND_COUNT:
        break;
    }
}
