#include "providers/mock/carrier/exec.h"

#include "core/base/mem.h"
#include "providers/mock/carrier/progress.h"

enum {
    DOCUMENTS_MAX = 1000, /* of one call: an endless redirect ends */
    LOOPS_MAX = 1000,     /* "for ever" */
    KEY_MS = 200,
    PLAY_UNKNOWN_MS = 3000, /* a sound file whose length its head does not tell */
    URL_MAX = 8192,
};

static void run(struct carrier *c, struct leg *l);

/* ---- documents ----------------------------------------------------------------------------------
 */

/** What the callee hears when the application fails; then the call ends. */
static void application_error(struct carrier *c, struct leg *l, int carrier_code) {
    log_warn(c->log, "carrier document", LOG_Z("sid", l->sid), LOG_INT("code", carrier_code));
    l->carrier_code = carrier_code;
    l->end = LEG_END_FAILED_DOCUMENT;
    plan_release(&l->plan);
    if (l->face->document_failed) {
        l->face->document_failed(c, l, carrier_code);
        return;
    }
    l->running = true;
    l->at = 0;
    exec_wait(l, exec_say(c, l, STR("We are sorry, an application error has occurred. Goodbye.")));
}

static void on_document(struct carrier *c, struct outgoing *o) {
    struct leg *l = o->leg;
    (void)c;
    if (o->epoch != l->epoch || leg_is_over(l))
        return;
    o->keep = true;
    l->document_reply = o;
}

void exec_request(struct carrier *c, struct leg *l, struct outgoing *o) {
    o->epoch = ++l->epoch;
    l->running = false;
    leg_set_waiting(c, l, true);
    outgoing_send(c, o, on_document);
}

void exec_fetch(struct carrier *c, struct leg *l, struct str url, bool get,
                const struct step_result *result) {
    struct buf absolute = BUF_INIT(URL_MAX);
    bool ok = outgoing_resolve(str_z(l->base_url), url, &absolute);
    exec_stop(c, l);
    l->fetching = result ? LEG_DOCUMENT_ACTION : LEG_DOCUMENT_REDIRECT;
    if (!ok || ++l->documents > DOCUMENTS_MAX) {
        l->epoch++;
        leg_set_waiting(c, l, false);
        application_error(c, l, 11100);
    } else {
        struct outgoing *o = outgoing_new(c, l, OUTGOING_DOCUMENT, buf_str(&absolute), get);
        l->face->put_voice(c, l, &o->params);
        if (result)
            l->face->put_result(c, l, result, &o->params);
        exec_request(c, l, o);
    }
    buf_release(&absolute);
}

/** The fallback belongs to the call: it is asked once for each document that fails. */
static bool ask_fallback(struct carrier *c, struct leg *l, const struct outgoing *failed,
                         int carrier_code) {
    if (!l->req.fallback.url || l->in_fallback ||
        (l->face->ways.fallback_is_for_answer && l->fetching != LEG_DOCUMENT_ANSWER))
        return false;
    struct outgoing *o =
        outgoing_new(c, l, OUTGOING_DOCUMENT, str_z(l->req.fallback.url), l->req.fallback.get);
    l->in_fallback = true;
    l->face->put_voice(c, l, &o->params);
    l->face->put_fallback(carrier_code, buf_str(&failed->url), &o->params);
    exec_request(c, l, o);
    return true;
}

void exec_document(struct carrier *c, struct leg *l) {
    if (l->face->run) {
        l->face->run->document(c, l);
        return;
    }
    struct outgoing *o = steal_ptr(l->document_reply);
    struct plan plan = {0};
    int carrier_code = o->carrier_code;
    leg_set_waiting(c, l, false);
    if (leg_is_over(l) || o->epoch != l->epoch) {
        /* late: the call went another way meanwhile */
    } else if (!carrier_code && l->face->read_document(c, l, o, &plan, &carrier_code)) {
        plan_release(&l->plan);
        l->plan = plan;
        mem_free(l->base_url);
        l->base_url = mem_copy_str(buf_str(&o->url));
        l->in_fallback = false;
        run(c, l);
    } else if (!ask_fallback(c, l, o, carrier_code)) {
        application_error(c, l, carrier_code);
    }
    outgoing_free(o);
}

void exec_text(struct carrier *c, struct leg *l, struct str text) {
    struct plan plan = {0};
    int carrier_code = 0;
    exec_stop(c, l);
    leg_set_waiting(c, l, false);
    l->epoch++;
    mem_free(steal_ptr(l->base_url));
    outgoing_free(steal_ptr(l->document_reply));
    if (!l->face->read_text(c, l, text, &plan, &carrier_code)) {
        application_error(c, l, carrier_code);
        return;
    }
    plan_release(&l->plan);
    l->plan = plan;
    run(c, l);
}

void exec_answer(struct carrier *c, struct leg *l) {
    if (l->face->run) {
        l->face->run->answer(c, l);
        return;
    }
    if (l->req.answer.url)
        exec_fetch(c, l, str_z(l->req.answer.url), l->req.answer.get, NULL);
    else
        exec_text(c, l, str_z(l->req.document));
    l->fetching = LEG_DOCUMENT_ANSWER;
}

/* ---- what steps share
 * ---------------------------------------------------------------------------- */

enum exec_next exec_wait(struct leg *l, int64_t delay_ms) {
    leg_after(l, delay_ms, LEG_EVENT_STEP, l->epoch);
    return EXEC_WAIT;
}

enum exec_next exec_action(struct carrier *c, struct leg *l, const struct plan_link *action,
                           bool or_self, const struct step_result *result) {
    if (l->face->run) {
        l->face->run->result(c, l, result);
        return EXEC_NEXT;
    }
    if (action->url.len == 0 && (!or_self || l->face->ways.no_self_action))
        return EXEC_NEXT;
    l->running = false; /* the step is through, not left early */
    exec_fetch(c, l, action->url, action->method == PLAN_METHOD_GET, result);
    return EXEC_LEFT;
}

struct outgoing *exec_notice(struct carrier *c, struct leg *l, const struct plan_link *link) {
    struct buf absolute = BUF_INIT(URL_MAX);
    struct outgoing *o = NULL;
    if (link->url.len > 0 && outgoing_resolve(str_z(l->base_url), link->url, &absolute))
        o = outgoing_new(c, l, OUTGOING_NOTICE, buf_str(&absolute),
                         link->method == PLAN_METHOD_GET);
    buf_release(&absolute);
    return o;
}

void exec_action_after_hangup(struct carrier *c, struct leg *l, const struct plan_link *action,
                              bool or_self, const struct step_result *result) {
    struct plan_link link = *action;
    if (l->face->run) /* what comes after the call's end is the document's own affair */
        return;
    if (link.url.len == 0 && or_self && !l->face->ways.no_self_action)
        link.url = str_z(l->base_url);
    struct outgoing *o = exec_notice(c, l, &link);
    if (!o)
        return;
    l->face->put_voice(c, l, &o->params);
    l->face->put_result(c, l, result, &o->params);
    outgoing_send(c, o, NULL);
}

uint32_t exec_say(struct carrier *c, struct leg *l, struct str text) {
    (void)c;
    uint32_t duration = leg_speech_ms(text);
    leg_note(l, LEG_ASSISTANT, l->now_ms, duration, text);
    if (++l->callee_state.says_heard == l->callee->hangs_up_in_say)
        leg_after(l, duration / 2, LEG_EVENT_CALLEE_HANGUP, 0);
    return duration;
}

struct str exec_spoken(struct leg *l, const struct plan_say *say) {
    if (say->ssml.len == 0)
        return say->text;
    char *out = arena_alloc(&l->plan.arena, say->ssml.len + 1);
    size_t n = 0;
    bool markup = false;
    for (size_t i = 0; i < say->ssml.len; i++) {
        char b = say->ssml.ptr[i];
        if (b == '<')
            markup = true;
        else if (b == '>')
            markup = false;
        else if (!markup)
            out[n++] = b;
    }
    return str_trim(str_from(out, n));
}

/* ---- say, play, pause
 * ----------------------------------------------------------------------------- */

static int64_t loops(int32_t loop) {
    return loop < 0 ? LOOPS_MAX : loop == 0 ? 1 : loop;
}

static enum exec_next say_again(struct carrier *c, struct leg *l, const struct plan_step *s) {
    if (l->step.loops-- == 0)
        return EXEC_NEXT;
    return exec_wait(l, exec_say(c, l, exec_spoken(l, &s->u.say)));
}

static enum exec_next say_begin(struct carrier *c, struct leg *l, const struct plan_step *s) {
    l->step.loops = loops(s->u.say.loop);
    return say_again(c, l, s);
}

static uint32_t little_endian(const char *p) {
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/** From its length and what its head says. */
uint32_t exec_media_ms(const struct outgoing *o) {
    uint32_t bytes_per_s = 0;
    if (o->media_bytes > 44 && memcmp(o->media_head, "RIFF", 4) == 0)
        bytes_per_s = little_endian(o->media_head + 28);
    else if (str_starts(str_z(o->content_type), STR("audio/mpeg")))
        bytes_per_s = 4000;
    return bytes_per_s ? (uint32_t)(o->media_bytes * 1000 / bytes_per_s) : PLAY_UNKNOWN_MS;
}

static void on_media(struct carrier *c, struct outgoing *o) {
    struct leg *l = o->leg;
    (void)c;
    if (o->epoch != l->epoch || leg_is_over(l))
        return;
    int64_t ms = o->carrier_code ? 0 : (int64_t)exec_media_ms(o) * l->step.loops;
    if (ms > 0)
        leg_note(l, LEG_ASSISTANT, l->now_ms, (uint32_t)(ms < 3600000 ? ms : 3600000), STR(""));
    exec_wait(l, ms);
}

static enum exec_next play_begin(struct carrier *c, struct leg *l, const struct plan_step *s) {
    struct buf url = BUF_INIT(URL_MAX);
    struct outgoing *o = NULL;
    l->step.loops = loops(s->u.play.loop);
    if (outgoing_resolve(str_z(l->base_url), s->u.play.url, &url))
        o = outgoing_new(c, l, OUTGOING_MEDIA, buf_str(&url), true);
    buf_release(&url);
    if (!o)
        return EXEC_NEXT;
    outgoing_send(c, o, on_media);
    return EXEC_WAIT;
}

static enum exec_next pause_begin(struct carrier *c, struct leg *l, const struct plan_step *s) {
    (void)c;
    return exec_wait(l, (int64_t)(s->u.pause.seconds ? s->u.pause.seconds : 1) * 1000);
}

static enum exec_next waited(struct carrier *c, struct leg *l, const struct plan_step *s) {
    (void)c, (void)l, (void)s;
    return EXEC_NEXT;
}

/* ---- control
 * --------------------------------------------------------------------------------------- */

static enum exec_next send_digits_begin(struct carrier *c, struct leg *l,
                                        const struct plan_step *s) {
    (void)c;
    struct str keys = s->u.send_digits.digits;
    int64_t ms = 0;
    for (size_t i = 0; i < keys.len; i++)
        ms += keys.ptr[i] == 'w' ? 500 : keys.ptr[i] == 'W' ? 1000 : KEY_MS;
    leg_note(l, LEG_KEYS, l->now_ms, (uint32_t)ms, keys);
    return exec_wait(l, ms);
}

static enum exec_next redirect_begin(struct carrier *c, struct leg *l, const struct plan_step *s) {
    return exec_action(c, l, &s->u.redirect, true, NULL);
}

static enum exec_next hangup_begin(struct carrier *c, struct leg *l, const struct plan_step *s) {
    (void)s;
    l->end = LEG_END_HANGUP_STEP;
    progress_end(c, l, CALL_COMPLETED, 200);
    return EXEC_LEFT;
}

static enum exec_next reject_begin(struct carrier *c, struct leg *l, const struct plan_step *s) {
    bool unanswered = l->status == CALL_RINGING;
    l->end = LEG_END_HANGUP_STEP;
    if (unanswered)
        progress_end(c, l, s->u.reject.busy ? CALL_BUSY : CALL_NO_ANSWER,
                     s->u.reject.busy ? 486 : 603);
    else /* an answered call can only be hung up */
        progress_end(c, l, CALL_COMPLETED, 200);
    return EXEC_LEFT;
}

static enum exec_next start_recording_begin(struct carrier *c, struct leg *l,
                                            const struct plan_step *s) {
    const struct plan_start_recording *r = &s->u.start_recording;
    struct buf url = BUF_INIT(URL_MAX);
    if (r->status.url.len > 0)
        (void)outgoing_resolve(str_z(l->base_url), r->status.url, &url);
    const struct tape_options o = {
        .source = TAPE_FROM_API,
        .dual = r->dual,
        .trim = r->trim_silence != PLAN_NO,
        .track = r->track,
        .hook_url = buf_str(&url),
        .hook_get = r->status.method == PLAN_METHOD_GET,
        .events = tape_events_parse(r->status_events),
        .name = r->name,
    };
    (void)tape_start(c, l, &o);
    buf_release(&url);
    return EXEC_NEXT;
}

static enum exec_next stop_recording_begin(struct carrier *c, struct leg *l,
                                           const struct plan_step *s) {
    struct tape *t = tape_find_running(l, s->u.stop.name);
    if (t)
        tape_stop(c, t);
    return EXEC_NEXT;
}

/** Steps that need a WebSocket or another network: the carrier says at once that it failed. */
static enum exec_next unreachable_begin(struct carrier *c, struct leg *l,
                                        const struct plan_step *s) {
    struct step_result r = {.kind = s->kind, .word = "failed", .confidence = -1};
    log_warn(c->log, "carrier step is not simulated", LOG_Z("step", plan_kind_name(s->kind)));
    if (s->kind == PLAN_RELAY)
        return exec_action(c, l, &s->u.relay.action, false, &r);
    if (s->kind == PLAN_REFER)
        return exec_action(c, l, &s->u.refer.action, false, &r);
    if (s->kind == PLAN_STREAM && s->u.stream.bidirectional)
        return exec_action(c, l, &s->u.stream.action, false, &r);
    return EXEC_NEXT;
}

static enum exec_next nothing_begin(struct carrier *c, struct leg *l, const struct plan_step *s) {
    (void)c, (void)l, (void)s;
    return EXEC_NEXT;
}

static const struct exec_step say_step = {.begin = say_begin, .resume = say_again};
static const struct exec_step play_step = {.begin = play_begin, .resume = waited};
static const struct exec_step pause_step = {.begin = pause_begin, .resume = waited};
static const struct exec_step send_digits_step = {.begin = send_digits_begin, .resume = waited};
static const struct exec_step redirect_step = {.begin = redirect_begin, .resume = waited};
static const struct exec_step hangup_step = {.begin = hangup_begin, .resume = waited};
static const struct exec_step reject_step = {.begin = reject_begin, .resume = waited};
static const struct exec_step start_recording_step = {.begin = start_recording_begin,
                                                      .resume = waited};
static const struct exec_step stop_recording_step = {.begin = stop_recording_begin,
                                                     .resume = waited};
static const struct exec_step unreachable_step = {.begin = unreachable_begin, .resume = waited};
static const struct exec_step nothing_step = {.begin = nothing_begin, .resume = waited};

static const struct exec_step *const steps[PLAN_KIND_COUNT] = {
    [PLAN_KIND_UNKNOWN] = &nothing_step,
    [PLAN_SAY] = &say_step,
    [PLAN_PLAY] = &play_step,
    [PLAN_PAUSE] = &pause_step,
    [PLAN_GATHER] = &exec_gather_step,
    [PLAN_RECORD] = &exec_record_step,
    [PLAN_DIAL] = &exec_dial_step,
    [PLAN_ENQUEUE] = &exec_enqueue_step,
    [PLAN_LEAVE] = &nothing_step, /* only within a queue's waiting document */
    [PLAN_SEND_DIGITS] = &send_digits_step,
    [PLAN_REDIRECT] = &redirect_step,
    [PLAN_HANGUP] = &hangup_step,
    [PLAN_REJECT] = &reject_step,
    [PLAN_START_RECORDING] = &start_recording_step,
    [PLAN_STOP_RECORDING] = &stop_recording_step,
    [PLAN_STREAM] = &unreachable_step,
    [PLAN_STOP_STREAM] = &nothing_step,
    [PLAN_RELAY] = &unreachable_step,
    [PLAN_AI] = &unreachable_step,
    [PLAN_PAY] = &exec_pay_step,
    [PLAN_REFER] = &unreachable_step,
    [PLAN_TRANSCRIBE] = &nothing_step,
    [PLAN_STOP_TRANSCRIBE] = &nothing_step,
    [PLAN_RAW] = &unreachable_step,
};

const struct exec_step *exec_step_of(enum plan_kind kind) {
    return steps[kind];
}

/* ---- the loop
 * -------------------------------------------------------------------------------------- */

void exec_reset_step(struct leg *l) {
    callee_reply_release(&l->step.reply);
    l->step = (struct leg_step){.since_ms = l->now_ms};
}

static void advance(struct carrier *c, struct leg *l, enum exec_next next) {
    while (next == EXEC_NEXT) {
        exec_reset_step(l);
        if (++l->at >= l->plan.count) { /* the document has run out: hang up */
            l->end = LEG_END_DOCUMENT;
            progress_end(c, l, CALL_COMPLETED, 200);
            return;
        }
        const struct plan_step *s = &l->plan.steps[l->at];
        next = steps[s->kind]->begin(c, l, s);
    }
}

static bool rejects(const struct leg *l) {
    return l->plan.count > 0 && l->plan.steps[0].kind == PLAN_REJECT;
}

static void run(struct carrier *c, struct leg *l) {
    if (l->direction == LEG_INBOUND && l->status == CALL_RINGING && !rejects(l))
        progress_answer_inbound(c, l);
    l->running = true;
    l->at = (size_t)-1;
    advance(c, l, EXEC_NEXT);
}

void exec_event(struct carrier *c, struct leg *l, uint32_t epoch) {
    if (l->face->run) {
        l->face->run->event(c, l, epoch);
        return;
    }
    if (epoch != l->epoch || !l->running)
        return;
    if (l->at >= l->plan.count) {
        progress_end(c, l, CALL_COMPLETED, 200);
        return;
    }
    const struct plan_step *s = &l->plan.steps[l->at];
    advance(c, l, steps[s->kind]->resume(c, l, s));
}

void exec_stop(struct carrier *c, struct leg *l) {
    if (l->face->run) {
        l->face->run->stop(c, l);
        return;
    }
    if (!l->running)
        return;
    l->running = false;
    leg_cut_speech(l);
    if (l->at < l->plan.count) {
        const struct plan_step *s = &l->plan.steps[l->at];
        if (steps[s->kind]->leave)
            steps[s->kind]->leave(c, l, s);
    }
    leg_forget(l, LEG_EVENT_STEP);
}
