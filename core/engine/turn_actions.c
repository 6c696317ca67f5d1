#include "core/base/compiler.h"
#include "core/base/json.h"
#include "core/domain/phone.h"
#include "core/engine/consents.h"
#include "core/engine/conversation_turn.h"
#include "core/engine/payment.h"

/*
 * What functions want done on the call. Data, recording and consent change the turn at once; what
 * the carrier has to do is noted and becomes steps of the plan when the brain has spoken.
 */
enum {
    HOLD_LINE_EVERY_S = 20, /* nobody waits in silence */
    PLAN_VALUES_MAX = 5000,
    TRANSFER_RING_S = 60
};

static void log_action(const struct turn_work *t, const char *text,
                       const struct function_action *a) {
    log_info(t->cv->options.log, text, LOG_Z("action", function_action_name(a->kind)),
             LOG_ID("call", CALL_ID_PREFIX, t->in->call->id));
}

/* ---- recording ------------------------------------------------------------------------------- */

bool turn_may_record(const struct turn_work *t) {
    enum call_record rule = assistant_recording_rule(t->assistant, t->in->call->record);
    return rule == CALL_RECORD_ON ||
           (rule == CALL_RECORD_ASK && t->state.consent == TALK_CONSENT_GIVEN);
}

void turn_start_recording(struct turn_work *t) {
    if (t->state.recording)
        return;
    t->state.recording = true;
    turn_effect(t, (struct conversation_effect){.kind = CONVERSATION_RECORDING, .yes = true});
}

static void ask_for_consent(struct turn_work *t, const struct function_action *a) {
    enum call_record rule = assistant_recording_rule(t->assistant, t->in->call->record);
    if (rule == CALL_RECORD_ASK && t->state.consent != TALK_CONSENT_GIVEN)
        t->asks_consent = true;
    else
        log_action(t, "nothing to ask", a);
}

/** Whatever a function says: the rule and the caller's own words decide. */
static void start_recording(struct turn_work *t, const struct function_action *a) {
    enum call_record rule = assistant_recording_rule(t->assistant, t->in->call->record);
    if (turn_may_record(t)) {
        turn_start_recording(t);
        return;
    }
    log_warn(t->cv->options.log, "recording refused",
             LOG_ID("call", CALL_ID_PREFIX, t->in->call->id),
             LOG_Z("why", rule == CALL_RECORD_ASK ? "the caller has not agreed" : "it is off"));
    if (rule == CALL_RECORD_ASK && t->state.consent == TALK_CONSENT_UNKNOWN)
        ask_for_consent(t, a);
}

static void change_recording(struct turn_work *t, const struct function_action *a) {
    if (!t->state.recording ||
        (a->kind == FUNCTION_ACTION_RESUME_RECORDING && !turn_may_record(t))) {
        log_action(t, "no recording to change", a);
        return;
    }
    if (a->kind == FUNCTION_ACTION_STOP_RECORDING) {
        t->state.recording = false;
        turn_effect(t, (struct conversation_effect){.kind = CONVERSATION_RECORDING});
        return;
    }
    turn_effect(t, (struct conversation_effect){.kind = CONVERSATION_RECORDING_PAUSE,
                                                .yes = a->kind == FUNCTION_ACTION_PAUSE_RECORDING});
}

/* ---- taking ---------------------------------------------------------------------------------- */

static void note(struct turn_work *t, const struct function_action *a, bool after) {
    if (t->action_count == TURN_ACTIONS_MAX) {
        log_action(t, "action left out", a);
        return;
    }
    t->actions[t->action_count++] = (struct turn_action){function_action_copy(t->arena, a), after};
}

/** The caller is sent elsewhere; only the first place counts. */
static void send_away(struct turn_work *t, const struct function_action *a, enum talk_away away) {
    if (t->state.away != TALK_AWAY_NONE || t->asks_consent) {
        log_action(t, "action left out", a);
        return;
    }
    bool returns = !a->final || away == TALK_AWAY_PAYMENT || away == TALK_AWAY_HOLD;
    t->state.away = returns ? away : TALK_AWAY_NONE;
    t->state.told = (struct str){0};
    if (a->kind == FUNCTION_ACTION_TRANSFER)
        t->state.told = arena_copy(t->arena, a->u.transfer.result);
    else if (a->kind == FUNCTION_ACTION_PAY)
        t->state.told = arena_copy(t->arena, a->u.pay.result);
    if (t->state.told.len > TALK_TOLD_MAX)
        t->state.told = (struct str){0};
    note(t, a, true);
    if (returns)
        return;
    if (!t->has_outcome)
        turn_finish(t, a->kind == FUNCTION_ACTION_PLAN ? STR("handed_over") : STR("transferred"));
}

static void take_pay(struct turn_work *t, const struct function_action *a) {
    if (t->state.away != TALK_AWAY_NONE || t->asks_consent) {
        log_action(t, "action left out", a);
        return;
    }
    send_away(t, a, TALK_AWAY_PAYMENT);
    card_watch_expect(&t->state.cards);
    struct function_action *kept = arena_alloc(t->arena, sizeof *kept);
    *kept = function_action_copy(t->arena, a);
    turn_effect(t, (struct conversation_effect){.kind = CONVERSATION_PAYMENT, .pay = &kept->u.pay});
}

static void take_input(struct turn_work *t, const struct function_action *a) {
    if (t->input_count < TURN_INPUTS_MAX)
        t->inputs[t->input_count++] = conversation_fit(t->arena, NULL, a->text);
    else
        log_action(t, "action left out", a);
}

static void move(struct turn_work *t, const struct function_action *a, struct str *where) {
    if (a->text.len <= ASSISTANT_NAME_MAX)
        *where = arena_copy(t->arena, a->text);
    else
        log_action(t, "action left out", a);
}

void turn_take_action(struct turn_work *t, const struct function_action *a, bool after,
                      struct str function) {
    switch (a->kind) {
    case FUNCTION_ACTION_SAY:
    case FUNCTION_ACTION_PLAY:
    case FUNCTION_ACTION_SEND_DIGITS:
        note(t, a, after);
        break;
    case FUNCTION_ACTION_ASK_CONSENT:
        ask_for_consent(t, a);
        break;
    case FUNCTION_ACTION_START_RECORDING:
        start_recording(t, a);
        break;
    case FUNCTION_ACTION_STOP_RECORDING:
    case FUNCTION_ACTION_PAUSE_RECORDING:
    case FUNCTION_ACTION_RESUME_RECORDING:
        change_recording(t, a);
        break;
    case FUNCTION_ACTION_HOLD:
        send_away(t, a, TALK_AWAY_HOLD);
        break;
    case FUNCTION_ACTION_TRANSFER:
        send_away(t, a, TALK_AWAY_TRANSFER);
        break;
    case FUNCTION_ACTION_CONFERENCE:
        send_away(t, a, TALK_AWAY_CONFERENCE);
        break;
    case FUNCTION_ACTION_PLAN:
        send_away(t, a, TALK_AWAY_PLAN);
        break;
    case FUNCTION_ACTION_PAY:
        take_pay(t, a);
        break;
    case FUNCTION_ACTION_HANGUP:
        turn_finish(t, STR("assistant_ended"));
        break;
    case FUNCTION_ACTION_STOP:
        turn_finish(t, STR("assistant_stopped"));
        break;
    case FUNCTION_ACTION_SET_DATA:
    case FUNCTION_ACTION_UNSET_DATA:
    case FUNCTION_ACTION_SET_META_DATA:
    case FUNCTION_ACTION_UNSET_META_DATA:
    case FUNCTION_ACTION_TOGGLE_FUNCTIONS:
        turn_data_change(t, a, function);
        break;
    case FUNCTION_ACTION_USER_INPUT:
        take_input(t, a);
        break;
    case FUNCTION_ACTION_CHANGE_STEP:
        move(t, a, &t->step);
        break;
    case FUNCTION_ACTION_CHANGE_CONTEXT:
        move(t, a, &t->context);
        t->step = (struct str){0};
        break;
    case FUNCTION_ACTION_STOP_PLAY: /* nothing plays in the background on our own turns */
    case FUNCTION_ACTION_FOREIGN:
        log_action(t, "action is for a carrier's own agent", a);
        break;
    case FUNCTION_ACTION_NONE:
    case FUNCTION_ACTION_KIND_COUNT:
        break;
    }
}

/* ---- steps ----------------------------------------------------------------------------------- */

static struct plan_step *add(struct turn_work *t, enum plan_kind kind) {
    return plan_add(&t->out->plan, kind);
}

static void add_line(struct turn_work *t, struct str text) {
    struct plan_step *s = text.len > 0 ? add(t, PLAN_SAY) : NULL;
    if (s)
        turn_fill_say(t, &s->u.say, text);
}

static void add_pause(struct turn_work *t, uint32_t seconds) {
    struct plan_step *s = seconds > 0 ? add(t, PLAN_PAUSE) : NULL;
    if (s)
        s->u.pause.seconds = seconds;
}

static struct plan_link next_link(struct turn_work *t) {
    return (struct plan_link){arena_copy(t->arena, t->in->next_url), PLAN_METHOD_POST};
}

static void add_redirect(struct turn_work *t) {
    struct plan_step *s = add(t, PLAN_REDIRECT);
    if (s)
        s->u.redirect = next_link(t);
}

static void add_hold(struct turn_work *t, const struct function_action *a) {
    struct str line = a->text.len > 0 ? a->text : turn_line(t, ASSISTANT_LINE_HOLD);
    uint32_t left = a->seconds;
    do {
        uint32_t part = left < HOLD_LINE_EVERY_S ? left : HOLD_LINE_EVERY_S;
        add_line(t, line);
        add_pause(t, part);
        line = turn_line(t, ASSISTANT_LINE_STILL_HOLDING);
        left -= part;
    } while (left > 0);
    add_redirect(t);
}

/** The carrier's dial step towards one far end; false when it is nothing that can be dialled. */
static bool add_transfer(struct turn_work *t, const struct function_action *a, bool returns) {
    const struct function_transfer *o = &a->u.transfer;
    struct phone number;
    bool sip = str_starts(o->to, STR("sip:"));
    if (!sip && phone_parse(o->to, "transfer.to", &number, NULL) != ERR_OK)
        return false;
    add_line(t, o->say);
    struct plan_step *s = add(t, PLAN_DIAL);
    if (!s)
        return false;
    const struct call *c = t->in->call;
    s->u.dial.caller_id =
        arena_copy(t->arena, o->from.len > 0 ? o->from : str_z(c->inbound ? c->to : c->from));
    s->u.dial.timeout_s = o->timeout_s ? o->timeout_s : TRANSFER_RING_S;
    if (returns)
        s->u.dial.action = next_link(t);
    struct plan_noun *noun =
        plan_add_noun(&t->out->plan, &s->u.dial, sip ? PLAN_NOUN_SIP : PLAN_NOUN_NUMBER);
    noun->target = arena_copy(t->arena, sip ? o->to : phone_str(&number));
    return true;
}

static void add_conference(struct turn_work *t, const struct function_action *a, bool returns) {
    const struct function_conference *o = &a->u.conference;
    struct plan_step *s = add(t, PLAN_DIAL);
    if (!s)
        return;
    if (returns)
        s->u.dial.action = next_link(t);
    struct plan_noun *noun = plan_add_noun(&t->out->plan, &s->u.dial, PLAN_NOUN_CONFERENCE);
    noun->target = arena_copy(t->arena, o->name);
    noun->muted = o->muted;
    noun->start_on_enter = o->no_start_on_enter ? PLAN_NO : PLAN_UNSET;
    noun->end_on_exit = o->end_on_exit ? PLAN_YES : PLAN_UNSET;
    noun->participants_max = o->participants_max;
}

/**
 * Nothing in a plan may record where recording is not allowed, nor pay where it is: only the action
 * pay has the recording paused. What waits for an address gets it.
 */
static bool fit_step(struct turn_work *t, struct plan_step *s) {
    bool may_record = turn_may_record(t);
    if (s->kind == PLAN_GATHER && s->u.gather.action.url.len == 0)
        s->u.gather.action = next_link(t);
    if (s->kind == PLAN_RECORD && s->u.record.action.url.len == 0)
        s->u.record.action = next_link(t);
    if (s->kind == PLAN_DIAL && !may_record) {
        s->u.dial.record = (struct str){0};
        for (size_t i = 0; i < s->u.dial.noun_count; i++)
            s->u.dial.nouns[i].record = false;
    }
    bool agent = s->kind == PLAN_AI && consents_may_record(s->u.ai.document);
    bool records =
        !may_record && (s->kind == PLAN_START_RECORDING || s->kind == PLAN_RECORD || agent);
    bool raw = s->kind == PLAN_RAW && payment_is_in(s->u.raw.document);
    bool pays = may_record && (s->kind == PLAN_PAY || raw);
    if (records)
        log_warn(t->cv->options.log, "recording refused",
                 LOG_ID("call", CALL_ID_PREFIX, t->in->call->id),
                 LOG_Z("why", "the caller has not agreed"));
    if (pays)
        log_warn(t->cv->options.log, "payment refused",
                 LOG_ID("call", CALL_ID_PREFIX, t->in->call->id),
                 LOG_Z("why", "the call may be recorded: use the action pay"));
    return !records && !pays;
}

/** A raw step may: nobody reads it. */
static bool asks(const struct plan_step *s) {
    return s->kind == PLAN_GATHER || s->kind == PLAN_RAW;
}

static void add_plan(struct turn_work *t, const struct function_action *a, bool returns) {
    static const struct json_limits limits = {.bytes_max = FUNCTION_ACTION_JSON_MAX,
                                              .values_max = PLAN_VALUES_MAX};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct plan p = {0};
    struct error why = {0};
    if (json_parse(a->json, &limits, &doc, &why) != ERR_OK ||
        plan_from_json(json_root(doc), &p, &why) != ERR_OK || plan_check(&p, &why) != ERR_OK)
        log_warn(t->cv->options.log, "plan refused",
                 LOG_ID("call", CALL_ID_PREFIX, t->in->call->id), LOG_Z("where", why.field),
                 LOG_Z("why", why.text));
    else
        for (size_t i = 0; i < p.count; i++) {
            struct plan_step *s = fit_step(t, &p.steps[i]) ? add(t, p.steps[i].kind) : NULL;
            if (s)
                *s = p.steps[i];
            if (s && returns && asks(s))
                t->state.away = TALK_AWAY_QUESTION;
        }
    arena_absorb(&t->out->plan.arena, &p.arena);
    if (returns)
        add_redirect(t);
}

static void add_play(struct turn_work *t, struct str url) {
    struct plan_step *s = add(t, PLAN_PLAY);
    if (s)
        s->u.play.url = arena_copy(t->arena, url);
}

static void add_digits(struct turn_work *t, struct str digits) {
    struct plan_step *s = add(t, PLAN_SEND_DIGITS);
    if (s)
        s->u.send_digits.digits = arena_copy(t->arena, digits);
}

static void add_action(struct turn_work *t, const struct function_action *a) {
    bool returns = t->state.away != TALK_AWAY_NONE && t->next == TURN_LISTEN;
    switch ((unsigned)a->kind) {
    case FUNCTION_ACTION_SAY:
        add_line(t, a->text);
        break;
    case FUNCTION_ACTION_PLAY:
        add_play(t, a->text);
        break;
    case FUNCTION_ACTION_SEND_DIGITS:
        add_digits(t, a->text);
        break;
    case FUNCTION_ACTION_HOLD:
        add_hold(t, a);
        break;
    case FUNCTION_ACTION_TRANSFER:
        if (add_transfer(t, a, returns))
            break;
        log_warn(t->cv->options.log, "transfer impossible",
                 LOG_ID("call", CALL_ID_PREFIX, t->in->call->id),
                 LOG_PHONE("to", a->u.transfer.to));
        if (returns)
            add_redirect(t); /* the assistant is told that nobody was reached */
        break;
    case FUNCTION_ACTION_CONFERENCE:
        add_conference(t, a, returns);
        break;
    case FUNCTION_ACTION_PLAN:
        add_plan(t, a, returns);
        break;
    case FUNCTION_ACTION_PAY:
        add_redirect(t);
        break;
    default:
        break;
    }
}

void turn_add_steps(struct turn_work *t, bool after, size_t first, size_t end) {
    for (size_t i = first; i < end; i++)
        if (t->actions[i].after == after)
            add_action(t, &t->actions[i].action);
}
