#include "providers/mock/carrier/exec.h"
#include "providers/mock/carrier/progress.h"

enum {
    TIMEOUT_DEFAULT_S = 5,
    SPEECH_END_AUTO_MS = 800, /* quiet that ends a sentence when the carrier decides */
    KEY_MS = 300,
    THINK_MIN_MS = 300,
    THINK_MAX_MS = 900,
};

/** l->step.phase */
enum gather_phase {
    GATHER_PROMPTS = 0,
    GATHER_LISTENING,
};

static uint32_t timeout_ms(const struct leg *l, const struct plan_gather *g) {
    uint32_t usual_s = l->face->ways.gather_timeout_s;
    return (g->timeout_s ? g->timeout_s : usual_s ? usual_s : TIMEOUT_DEFAULT_S) * 1000;
}

static uint32_t key_quiet_ms(const struct leg *l, const struct plan_gather *g) {
    uint32_t usual_ms = l->face->ways.digit_end_s * 1000, whole_ms = timeout_ms(l, g);
    return usual_ms > 0 && usual_ms < whole_ms ? usual_ms : whole_ms;
}

static bool takes(const struct plan_gather *g, enum plan_input input) {
    return ((g->input ? g->input : PLAN_INPUT_KEYS) & input) != 0;
}

static struct str finish_keys(const struct plan_gather *g) {
    return g->has_finish_key ? g->finish_key : STR("#");
}

/** Digits before the finishing key, and that key (0: none was pressed). */
static struct str cut_keys(const struct plan_gather *g, const char *pressed, char *finish) {
    struct str keys = str_z(pressed), finishing = finish_keys(g);
    *finish = 0;
    for (size_t i = 0; i < keys.len; i++) {
        if (g->digits_max > 0 && i == g->digits_max)
            return str_from(keys.ptr, i);
        if (str_find(finishing, keys.ptr[i]) < finishing.len) {
            *finish = keys.ptr[i];
            return str_from(keys.ptr, i);
        }
    }
    return keys;
}

static enum exec_next hear_keys(struct leg *l, const struct plan_gather *g, int64_t think_ms) {
    char finish;
    struct str digits = cut_keys(g, l->step.reply.keys, &finish);
    size_t pressed = digits.len + (finish ? 1 : 0);
    int64_t ms = (int64_t)pressed * KEY_MS;
    leg_note(l, LEG_KEYS, l->now_ms + think_ms, (uint32_t)ms,
             str_from(l->step.reply.keys, pressed));
    if (!finish && (g->digits_max == 0 || digits.len < g->digits_max))
        ms += key_quiet_ms(l, g); /* more could have come */
    return exec_wait(l, think_ms + ms);
}

static enum exec_next hear_speech(struct leg *l, const struct plan_gather *g, int64_t think_ms) {
    struct str say = buf_str(&l->step.reply.say);
    uint32_t ms = leg_speech_ms(say);
    leg_note(l, LEG_CALLEE, l->now_ms + think_ms, ms, say);
    uint32_t quiet_ms = g->speech_timeout_auto || g->speech_timeout_s == 0
                            ? SPEECH_END_AUTO_MS
                            : g->speech_timeout_s * 1000;
    return exec_wait(l, think_ms + ms + quiet_ms);
}

/** The prompts are over: the callee's turn. */
static enum exec_next listen(struct leg *l, const struct plan_gather *g) {
    const struct callee_listen listen = {
        .heard = buf_str(&l->heard),
        .speech = takes(g, PLAN_INPUT_SPEECH),
        .keys = takes(g, PLAN_INPUT_KEYS),
        .digits_max = g->digits_max,
    };
    l->step.phase = GATHER_LISTENING;
    struct callee_reply *r = &l->step.reply;
    callee_turn(l->callee, &l->callee_state, &listen, r);
    buf_clear(&l->heard);
    int64_t think_ms = rng_range(&l->rng, THINK_MIN_MS, THINK_MAX_MS) + r->wait_ms;
    bool says = r->say.len > 0, presses = r->keys[0] != '\0';
    if (r->hangup) {
        int64_t ms = says ? leg_speech_ms(buf_str(&r->say)) : 0;
        if (says)
            leg_note(l, LEG_CALLEE, l->now_ms + think_ms, (uint32_t)ms, buf_str(&r->say));
        leg_after(l, think_ms + ms, LEG_EVENT_CALLEE_HANGUP, 0);
        return EXEC_WAIT;
    }
    if ((!says && !presses) || think_ms > timeout_ms(l, g)) {
        callee_reply_release(r);
        return exec_wait(l, timeout_ms(l, g));
    }
    return presses ? hear_keys(l, g, think_ms) : hear_speech(l, g, think_ms);
}

static enum exec_next next_prompt(struct carrier *c, struct leg *l, const struct plan_gather *g) {
    while (l->step.prompt < g->prompt_count) {
        const struct plan_step *p = &g->prompts[l->step.prompt];
        if (exec_step_of(p->kind)->begin(c, l, p) == EXEC_WAIT)
            return EXEC_WAIT;
        l->step.prompt++;
    }
    return listen(l, g);
}

static enum exec_next begin(struct carrier *c, struct leg *l, const struct plan_step *s) {
    return next_prompt(c, l, &s->u.gather);
}

static enum exec_next finish(struct carrier *c, struct leg *l, const struct plan_gather *g) {
    struct step_result r = {.kind = PLAN_GATHER, .confidence = -1};
    if (l->step.reply.keys[0]) {
        r.digits = cut_keys(g, l->step.reply.keys, &r.finish_key);
    } else if (l->step.reply.say.len > 0) {
        r.speech = buf_str(&l->step.reply.say);
        r.language = g->language;
        r.confidence = (double)rng_range(&l->rng, 82, 98) / 100;
    } else if (!g->action_on_empty) {
        return EXEC_NEXT;
    }
    return exec_action(c, l, &g->action, true, &r);
}

static enum exec_next resume(struct carrier *c, struct leg *l, const struct plan_step *s) {
    const struct plan_gather *g = &s->u.gather;
    if (l->step.phase == GATHER_LISTENING)
        return finish(c, l, g);
    const struct plan_step *p = &g->prompts[l->step.prompt];
    if (exec_step_of(p->kind)->resume(c, l, p) == EXEC_WAIT)
        return EXEC_WAIT; /* a prompt in a loop */
    l->step.prompt++;
    return next_prompt(c, l, g);
}

const struct exec_step exec_gather_step = {.begin = begin, .resume = resume};
