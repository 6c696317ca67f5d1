#include "providers/mock/carrier/exec.h"

enum {
    BEEP_MS = 500,
    TIMEOUT_DEFAULT_S = 5,
    MAX_DEFAULT_S = 3600,
    THINK_MS = 600,
};

/** l->step.phase */
enum record_phase {
    RECORD_BEEP = 0,
    RECORD_RUNNING,
};

static enum exec_next start(struct carrier *c, struct leg *l, const struct plan_record *r) {
    const struct tape_options o = {
        .source = TAPE_FROM_RECORD_STEP,
        .trim = r->trim_silence != PLAN_NO,
        .hook_url = r->status.url,
        .hook_get = r->status.method == PLAN_METHOD_GET,
        .events = TAPE_EVENT_COMPLETED,
    };
    const struct callee_listen listen = {
        .heard = buf_str(&l->heard), .speech = true, .keys = r->finish_keys.len > 0};
    int64_t limit_ms = (int64_t)(r->max_s ? r->max_s : MAX_DEFAULT_S) * 1000;
    int64_t quiet_ms = (int64_t)(r->timeout_s ? r->timeout_s : TIMEOUT_DEFAULT_S) * 1000;
    l->step.phase = RECORD_RUNNING;
    l->step.tape = tape_start(c, l, &o);
    callee_turn(l->callee, &l->callee_state, &listen, &l->step.reply);
    buf_clear(&l->heard);
    struct str say = buf_str(&l->step.reply.say);
    if (say.len == 0)
        return exec_wait(l, quiet_ms < limit_ms ? quiet_ms : limit_ms);
    int64_t ms = leg_speech_ms(say), start_ms = THINK_MS + l->step.reply.wait_ms;
    leg_note(l, LEG_CALLEE, l->now_ms + start_ms, (uint32_t)ms, say);
    if (l->step.reply.hangup) {
        leg_after(l, start_ms + ms, LEG_EVENT_CALLEE_HANGUP, 0);
        return EXEC_WAIT;
    }
    ms += start_ms + quiet_ms;
    return exec_wait(l, ms < limit_ms ? ms : limit_ms);
}

static enum exec_next begin(struct carrier *c, struct leg *l, const struct plan_step *s) {
    if (s->u.record.beep == PLAN_NO)
        return start(c, l, &s->u.record);
    leg_note(l, LEG_BEEP, l->now_ms, BEEP_MS, STR("beep"));
    return exec_wait(l, BEEP_MS);
}

static enum exec_next resume(struct carrier *c, struct leg *l, const struct plan_step *s) {
    const struct plan_record *r = &s->u.record;
    if (l->step.phase == RECORD_BEEP)
        return start(c, l, r);
    tape_stop(c, l->step.tape);
    bool quiet = l->step.reply.say.len == 0;
    if (quiet && !l->face->ways.record_tells_silence) /* no sound at all: on to the next verb */
        return EXEC_NEXT;
    const struct step_result result = {.kind = PLAN_RECORD,
                                       .tape = l->step.tape,
                                       .digits = quiet ? STR("timeout") : STR(""),
                                       .confidence = -1};
    return exec_action(c, l, &r->action, true, &result);
}

static void leave(struct carrier *c, struct leg *l, const struct plan_step *s) {
    if (!l->step.tape)
        return;
    tape_stop(c, l->step.tape);
    const struct step_result result = {.kind = PLAN_RECORD,
                                       .tape = l->step.tape,
                                       .digits = STR("hangup"),
                                       .hung_up = true,
                                       .confidence = -1};
    if (leg_is_over(l))
        exec_action_after_hangup(c, l, &s->u.record.action, true, &result);
}

const struct exec_step exec_record_step = {.begin = begin, .resume = resume, .leave = leave};
