#include "core/base/compiler.h"
#include "core/domain/card_mask.h"
#include "core/domain/card_watch.h"
#include "core/domain/phone.h"
#include "core/engine/conversation_turn.h"

/* From what is to be said and done in a turn to the steps of its plan. */

static void add_say(struct turn_work *t, const struct buf *text) {
    struct plan_step *s = text->len > 0 ? plan_add(&t->out->plan, PLAN_SAY) : NULL;
    if (s)
        turn_fill_say(t, &s->u.say, buf_str(text));
}

/* ---- listening ------------------------------------------------------------------------------- */

/** What can be talked over: texts and sounds that come last before the question. */
static size_t first_prompt(const struct turn_work *t) {
    size_t first = t->action_count;
    while (first > 0) {
        const struct turn_action *a = &t->actions[first - 1];
        bool fits = a->action.kind == FUNCTION_ACTION_SAY ||
                    (a->action.kind == FUNCTION_ACTION_PLAY && !a->action.wait);
        if (!fits && !a->after)
            break;
        first--;
    }
    return first;
}

static void add_prompts(struct turn_work *t, struct plan_gather *g, size_t first) {
    for (size_t i = first; i < t->action_count; i++) {
        const struct function_action *a = &t->actions[i].action;
        bool is_say = a->kind == FUNCTION_ACTION_SAY;
        struct plan_step *s =
            t->actions[i].after ? NULL
                                : plan_add_prompt(&t->out->plan, g, is_say ? PLAN_SAY : PLAN_PLAY);
        if (s && is_say)
            turn_fill_say(t, &s->u.say, a->text);
        else if (s)
            s->u.play.url = arena_copy(t->arena, a->text);
    }
}

static void add_gather(struct turn_work *t, size_t first, bool with_say) {
    struct plan *p = &t->out->plan;
    struct plan_step *s = plan_add(p, PLAN_GATHER);
    if (!s)
        return;
    struct plan_gather *g = &s->u.gather;
    const struct brain_output *l = &t->listen;
    g->input = (l->listen.speech ? (uint32_t)PLAN_INPUT_SPEECH : 0) |
               (l->listen.keys ? (uint32_t)PLAN_INPUT_KEYS : 0);
    g->action = (struct plan_link){arena_copy(t->arena, t->in->next_url), PLAN_METHOD_POST};
    g->timeout_s = l->listen.timeout_s ? l->listen.timeout_s : t->assistant->limits.listen_s;
    g->speech_timeout_auto = l->listen.speech;
    g->digits_max = l->listen.keys ? l->listen.digits_max : 0;
    g->action_on_empty = true;
    g->language = arena_copy(t->arena, turn_language(t)->code);
    g->hints = turn_hints(t, l->listen.hints);
    if (!with_say)
        return;
    add_prompts(t, g, first);
    struct plan_step *prompt = t->say.len > 0 ? plan_add_prompt(p, g, PLAN_SAY) : NULL;
    if (prompt)
        turn_fill_say(t, &prompt->u.say, buf_str(&t->say));
}

/* ---- the brain's own transfer ---------------------------------------------------------------- */

/** Connect the caller; false when the number cannot be dialled. */
static bool add_dial(struct turn_work *t) {
    struct phone number;
    bool sip = str_starts(t->listen.transfer_to, STR("sip:"));
    if (!sip && phone_parse(t->listen.transfer_to, "transfer_to", &number, NULL) != ERR_OK)
        return false;
    struct plan_step *s = plan_add(&t->out->plan, PLAN_DIAL);
    if (!s)
        return false;
    const struct call *c = t->in->call;
    s->u.dial.caller_id = arena_copy(t->arena, str_z(c->inbound ? c->to : c->from));
    struct plan_noun *noun =
        plan_add_noun(&t->out->plan, &s->u.dial, sip ? PLAN_NOUN_SIP : PLAN_NOUN_NUMBER);
    noun->target = arena_copy(t->arena, sip ? t->listen.transfer_to : phone_str(&number));
    return true;
}

/* ---- the transcript -------------------------------------------------------------------------- */

static void put_line(struct buf *line, struct str text) {
    if (text.len == 0)
        return;
    if (line->len > 0)
        buf_putc(line, ' ');
    card_mask_put(line, text);
}

static void put_said(const struct turn_work *t, struct buf *line, bool after) {
    for (size_t i = 0; i < t->action_count; i++) {
        const struct function_action *a = &t->actions[i].action;
        if (t->actions[i].after != after)
            continue;
        if (a->kind == FUNCTION_ACTION_SAY || a->kind == FUNCTION_ACTION_HOLD)
            put_line(line, a->text);
        else if (a->kind == FUNCTION_ACTION_TRANSFER)
            put_line(line, a->u.transfer.say);
    }
}

static void keep_assistant_line(struct turn_work *t) {
    struct buf line = BUF_INIT((size_t)PLAN_TEXT_MAX * 4);
    put_line(&line, buf_str(&t->opening));
    put_said(t, &line, false);
    put_line(&line, buf_str(&t->say));
    put_said(t, &line, true);
    card_watch_hear(&t->state.cards, buf_str(&line));
    if (line.len > 0)
        turn_effect(t, (struct conversation_effect){.kind = CONVERSATION_LINE,
                                                    .role = TURN_ASSISTANT,
                                                    .text = buf_str(&line),
                                                    .usage_json = t->usage_json});
    buf_release(&line);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool has_after(const struct turn_work *t) {
    for (size_t i = 0; i < t->action_count; i++)
        if (t->actions[i].after)
            return true;
    return false;
}

/** Speak, do what functions want, and go on: listen, come back from elsewhere, or end. */
static void add_rest(struct turn_work *t) {
    bool listens = t->next == TURN_LISTEN, after = has_after(t);
    size_t prompts = listens && !after ? first_prompt(t) : t->action_count;
    turn_add_steps(t, false, 0, prompts);
    if (listens && !after) {
        add_gather(t, prompts, true);
        return;
    }
    add_say(t, &t->say);
    turn_add_steps(t, true, 0, t->action_count);
    if (listens && t->state.away == TALK_AWAY_NONE)
        add_gather(t, 0, false);
    if (listens)
        return;
    if (t->next == TURN_TRANSFER && !add_dial(t))
        log_warn(t->cv->options.log, "transfer impossible",
                 LOG_ID("call", CALL_ID_PREFIX, t->in->call->id),
                 LOG_PHONE("to", t->listen.transfer_to));
    plan_add(&t->out->plan, PLAN_HANGUP);
    t->state.stage = TALK_OVER;
    t->state.away = TALK_AWAY_NONE;
    t->state.brain = (struct str){0};
}

enum error_code turn_write(struct turn_work *t, struct error *err) {
    struct plan *p = &t->out->plan;
    if (buf_failed(&t->say) || buf_failed(&t->opening))
        return error_set(err, ERR_LIMIT, "more than %d bytes would be said at once", PLAN_TEXT_MAX);
    keep_assistant_line(t);
    if (t->pause_s > 0)
        plan_add(p, PLAN_PAUSE)->u.pause.seconds = t->pause_s;
    add_say(t, &t->opening);
    add_rest(t);
    t->state.wait = (struct talk_wait){0};
    t->out->state_json = talk_state_write(&t->state, t->arena);
    return plan_check(p, err);
}
