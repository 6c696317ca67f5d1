#include "core/engine/conversation.h"

#include "core/base/compiler.h"
#include "core/base/utf8.h"
#include "core/domain/card_watch.h"
#include "core/domain/phrase.h"
#include "core/domain/text.h"
#include "core/engine/brain_scripted.h"
#include "core/engine/conversation_turn.h"
#include "core/engine/interruptions.h"
#include "core/engine/payment.h"
#include "core/engine/turn_brain.h"
#include "core/engine/turn_desk.h"

enum {
    CONSENT_QUESTIONS_MAX = 2 /* no clear answer after so many is a no */
};

struct conversation *conversation_new(const struct conversation_options *o) {
    struct conversation *cv = mem_zalloc(sizeof *cv);
    cv->options = *o;
    cv->scripted = brain_scripted_new();
    cv->desk = turn_desk_new(o->workers);
    return cv;
}

void conversation_free(struct conversation *cv) {
    if (!cv)
        return;
    turn_desk_free(cv->desk);
    brain_free(cv->scripted);
    mem_free(cv);
}

void conversation_turn_out_release(struct conversation_turn_out *out) {
    plan_release(&out->plan);
    *out = (struct conversation_turn_out){0};
}

/* ---- what the caller did --------------------------------------------------------------------- */

/** What was said, fit to be kept: one line, no card numbers, of bounded length. */
struct heard {
    struct str speech, digits;
    struct phrase_text words;
    bool anything;
};

struct str conversation_fit(struct arena *a, struct card_watch *cards, struct str said) {
    struct buf clean = BUF_INIT(PHRASE_TEXT_MAX), masked = BUF_INIT((size_t)PHRASE_TEXT_MAX * 16);
    struct card_watch alone = {0};
    if (said.len > PHRASE_TEXT_MAX)
        said.len = utf8_cut(said.ptr, PHRASE_TEXT_MAX);
    text_put_clean(&clean, said);
    (void)card_watch_put(cards ? cards : &alone, &masked, buf_str(&clean));
    struct str fit = buf_str(&masked);
    if (fit.len > PHRASE_TEXT_MAX) /* a mark may be longer than what it hides */
        fit.len = utf8_cut(fit.ptr, PHRASE_TEXT_MAX);
    fit = arena_copy(a, fit);
    buf_release(&clean);
    buf_release(&masked);
    return fit;
}

void turn_fit_heard(struct turn_work *t, struct card_watch *cards, struct str *speech,
                    struct str *digits) {
    const struct conversation_turn_in *in = t->in;
    *speech = *digits = (struct str){0};
    if (in->speech.len > 0 || in->digits.len == 0)
        *speech = conversation_fit(t->arena, cards, in->speech);
    if (in->digits.len > 0)
        *digits = conversation_fit(t->arena, cards, in->digits);
    if (str_find(*digits, '[') < digits->len) { /* masked: no keys that could be meant */
        *speech = speech->len > 0 ? *speech : *digits;
        *digits = (struct str){0};
    }
}

static void hear(struct turn_work *t, struct heard *h) {
    *h = (struct heard){0};
    turn_fit_heard(t, &t->state.cards, &h->speech, &h->digits);
    phrase_read(&h->words, h->speech);
    h->anything = h->speech.len > 0 || h->digits.len > 0;
    if (!h->anything)
        return;
    struct str text = h->digits.len == 0 ? h->speech
                      : h->speech.len == 0
                          ? arena_printf(t->arena, "[keys " STR_FMT "]", STR_ARG(h->digits))
                          : arena_printf(t->arena, STR_FMT " [keys " STR_FMT "]",
                                         STR_ARG(h->speech), STR_ARG(h->digits));
    turn_effect(t, (struct conversation_effect){
                       .kind = CONVERSATION_LINE, .role = TURN_CALLER, .text = text});
}

/* ---- the brain ------------------------------------------------------------------------------- */

enum error_code conversation_brain(const struct conversation *cv, const struct assistant *a,
                                   bool carrier_has_agent, enum assistant_brain *out,
                                   struct error *err) {
    enum assistant_brain which =
        assistant_brain_for(a, carrier_has_agent, cv && cv->options.openai);
    if (which != ASSISTANT_BRAIN_NONE) {
        *out = which;
        return ERR_OK;
    }
    return error_field(err, ERR_INVALID, "assistant",
                       STR_FMT " talks by %s: set OPENAI_MODEL, and OPENAI_API_KEY or "
                               "OPENAI_BASE_URL",
                       STR_ARG(a->name),
                       a->brain == ASSISTANT_BRAIN_CARRIER
                           ? "the carrier's own agent, and this carrier has none"
                           : "a model server, and none is configured");
}

static enum error_code find_brain(struct turn_work *t, struct brain **out, struct error *err) {
    enum assistant_brain which = ASSISTANT_BRAIN_NONE;
    enum error_code rc = conversation_brain(t->cv, t->assistant, false, &which, err);
    if (rc == ERR_OK)
        *out = which == ASSISTANT_BRAIN_OPENAI ? t->cv->options.openai : t->cv->scripted;
    return rc;
}

static void say_line(struct turn_work *t, enum assistant_line line) {
    turn_say(t, &t->say, assistant_line(t->assistant, turn_language(t), line));
}

/** The brain failed: say so and end, rather than leave the caller in silence. */
static void fall_back(struct turn_work *t, const struct error *why) {
    log_warn(t->cv->options.log, "brain failed", LOG_ID("call", CALL_ID_PREFIX, t->in->call->id),
             LOG_STR("assistant", t->assistant->name), LOG_Z("why", why->text));
    say_line(t, ASSISTANT_LINE_FALLBACK);
    say_line(t, ASSISTANT_LINE_GOODBYE);
    turn_finish(t, STR("assistant_error"));
}

/** Nothing more can be said now: the call ends, or a function sends the caller elsewhere. */
static bool is_over(void *ctx) {
    const struct turn_work *t = ctx;
    return t->has_outcome || t->state.away != TALK_AWAY_NONE || t->asks_consent;
}

/** What the brain is to think about. */
struct occasion {
    enum brain_event event;
    struct str speech, digits, result, note;
};

static bool think(struct turn_work *t, const struct occasion *o) {
    struct brain_input in = {
        .assistant = t->assistant,
        .event = o->event,
        .state_json = t->state.brain,
        .speech = o->speech,
        .digits = o->digits,
        .language = turn_language(t),
        .result = o->result,
        .note = o->note,
        .tools = {.run = turn_run_function, .is_over = is_over, .ctx = t},
        .now_ms = t->in->now_ms,
        .arena = t->arena,
    };
    struct brain_output thought = {0};
    struct brain *brain = NULL;
    struct error why = {0};
    turn_brain_tell_changes(t, &in);
    if (find_brain(t, &brain, &why) == ERR_OK && brain != t->cv->scripted)
        turn_brain_tell(t, &in);
    t->thinking = &in;
    bool thought_well = brain && brain_think(brain, &in, &thought, &why) == ERR_OK;
    t->thinking = NULL;
    if (!thought_well) {
        fall_back(t, &why);
        return false;
    }
    turn_brain_account(t, &thought.usage);
    bool begins = t->state.brain.len == 0 && brain != t->cv->scripted;
    if (begins && t->assistant->post_prompt.prompt.section_count > 0)
        turn_effect(t, (struct conversation_effect){.kind = CONVERSATION_SUM_UP});
    if (thought.say.len > 0 && t->say.len > 0)
        buf_putc(&t->say, ' ');
    buf_put_str(&t->say, thought.say); /* expanded by the brain already */
    t->listen = thought;
    t->state.brain = thought.state_json;
    if (thought.language.len > 0)
        t->state.language = thought.language;
    t->state.ignore = thought.listen.ignore;
    t->next = thought.next == BRAIN_TRANSFER                ? TURN_TRANSFER
              : thought.next == BRAIN_END || t->has_outcome ? TURN_END
                                                            : TURN_LISTEN;
    return true;
}

static void ask_consent(struct turn_work *t);

static void ask_brain_about(struct turn_work *t, const struct occasion *o) {
    t->state.stage = TALK_BRAIN;
    t->state.asked = 0;
    t->state.away = TALK_AWAY_NONE;
    if (!think(t, o))
        return;
    /* what a function said in the caller's place is answered in the same turn */
    while (t->inputs_taken < t->input_count && t->next == TURN_LISTEN && !is_over(t)) {
        struct occasion said = {.event = BRAIN_HEARD, .speech = t->inputs[t->inputs_taken++]};
        if (!think(t, &said))
            return;
    }
    if (t->asks_consent && t->next == TURN_LISTEN) {
        t->state.away = TALK_AWAY_CONSENT;
        ask_consent(t);
    }
}

static void ask_brain(struct turn_work *t, enum brain_event event, const struct heard *h) {
    ask_brain_about(t, &(struct occasion){.event = event,
                                          .speech = h ? h->speech : (struct str){0},
                                          .digits = h ? h->digits : (struct str){0}});
}

/* ---- consent to be recorded ------------------------------------------------------------------ */

static void ask_consent(struct turn_work *t) {
    turn_say(t, &t->say, t->assistant->recording.question);
    t->state.stage = TALK_CONSENT;
    t->state.asked++;
    t->listen.listen.speech = t->listen.listen.keys = true;
    t->listen.listen.digits_max = 1;
    t->listen.listen.hints = STR("yes, no");
}

static void settle_consent(struct turn_work *t, const struct heard *h, bool yes) {
    const struct assistant_recording *r = &t->assistant->recording;
    struct str words = h->speech.len > 0 ? h->speech : h->digits;
    bool asked_by_function = t->state.away == TALK_AWAY_CONSENT;
    t->state.consent = yes ? TALK_CONSENT_GIVEN : TALK_CONSENT_REFUSED;
    turn_effect(
        t, (struct conversation_effect){.kind = CONVERSATION_CONSENT, .text = words, .yes = yes});
    if (yes)
        turn_start_recording(t);
    turn_say(t, &t->say, yes ? r->accepted : r->refused);
    struct occasion o = {.event = BRAIN_BEGIN};
    if (asked_by_function)
        o = (struct occasion){.event = BRAIN_RESULT,
                              .result = yes ? STR("yes") : STR("no"),
                              .note = yes ? STR("The caller agreed to be recorded.")
                                          : STR("The caller does not want to be recorded.")};
    ask_brain_about(t, &o);
}

static enum phrase_answer consent_answer(const struct turn_work *t, const struct heard *h) {
    if (str_eq(h->digits, STR("1")))
        return PHRASE_YES;
    if (str_eq(h->digits, STR("2")))
        return PHRASE_NO;
    return h->digits.len > 0 ? PHRASE_UNCLEAR : assistant_yes_no(turn_language(t), &h->words);
}

static void hear_consent(struct turn_work *t, const struct heard *h) {
    enum phrase_answer answer = consent_answer(t, h);
    if (answer == PHRASE_UNCLEAR && t->state.asked < CONSENT_QUESTIONS_MAX) {
        say_line(t, h->anything ? ASSISTANT_LINE_NOT_UNDERSTOOD : ASSISTANT_LINE_NOT_HEARD);
        ask_consent(t);
        return;
    }
    settle_consent(t, h, answer == PHRASE_YES);
}

/* ---- coming back ----------------------------------------------------------------------------- */

struct told {
    struct str result;
};

static struct str told_value(void *ctx, struct str name) {
    const struct told *told = ctx;
    return str_eq_z(name, "pay_result") ? told->result : (struct str){0};
}

/** What the function wanted the brain to be told, else `otherwise`. */
static struct str tell(struct turn_work *t, struct str result, struct str otherwise) {
    struct told told = {result};
    struct buf b = BUF_INIT(TALK_TOLD_MAX * 2);
    text_expand(&b, t->state.told, told_value, &told);
    struct str s = b.len > 0 ? arena_printf(t->arena, STR_FMT " " STR_FMT, STR_ARG(otherwise),
                                            STR_ARG(buf_str(&b)))
                             : otherwise;
    buf_release(&b);
    return s;
}

static void come_back_from_payment(struct turn_work *t, struct occasion *o) {
    const struct payment_view *v = t->in->input == CONVERSATION_PAID ? t->in->payment : NULL;
    o->result = v ? str_z(payment_result_name(v->result)) : STR("failed");
    o->note =
        tell(t, o->result, v ? payment_line(v, t->arena) : STR("The payment could not be taken."));
    struct function_action keep = {
        .kind = FUNCTION_ACTION_SET_DATA,
        .json = arena_printf(t->arena, "{\"pay_result\":\"" STR_FMT "\"}", STR_ARG(o->result))};
    turn_data_change(t, &keep, (struct str){0});
}

/** False when the call is over with it: the caller has spoken with somebody. */
static bool come_back_from_transfer(struct turn_work *t, struct occasion *o) {
    enum call_status s = t->in->dialled;
    if (s == CALL_COMPLETED || s == CALL_ANSWERED) {
        say_line(t, ASSISTANT_LINE_GOODBYE);
        turn_finish(t, STR("transferred"));
        return false;
    }
    o->result = s == CALL_STATUS_NONE ? STR("failed") : str_z(call_status_name(s));
    o->note =
        tell(t, o->result,
             arena_printf(t->arena, "The transfer did not work: " STR_FMT ".", STR_ARG(o->result)));
    return true;
}

static void come_back(struct turn_work *t) {
    struct occasion o = {.event = BRAIN_RESULT, .result = STR("done")};
    if (t->state.away == TALK_AWAY_PAYMENT)
        come_back_from_payment(t, &o);
    else if (t->state.away == TALK_AWAY_TRANSFER) {
        if (!come_back_from_transfer(t, &o))
            return;
    } else
        o.note = tell(t, o.result, STR("The caller is back."));
    ask_brain_about(t, &o);
}

/* ---- turns ----------------------------------------------------------------------------------- */

static void meet_machine(struct turn_work *t) {
    const struct assistant_machine *m = &t->assistant->machine;
    bool fax = t->in->answered_by == CALL_BY_FAX;
    if (fax || m->rule == ASSISTANT_MACHINE_HANG_UP) {
        turn_finish(t, fax ? STR("fax") : STR("voicemail"));
        return;
    }
    t->pause_s = t->in->answered_by == CALL_BY_MACHINE_END ? 0 : m->wait_s;
    turn_say(t, &t->opening, m->message);
    turn_finish(t, STR("voicemail_left"));
}

static bool is_machine(const struct turn_work *t) {
    enum call_answered_by by = t->in->answered_by;
    if (by == CALL_BY_FAX)
        return true;
    return (by == CALL_BY_MACHINE || by == CALL_BY_MACHINE_END) &&
           t->assistant->machine.rule != ASSISTANT_MACHINE_TALK;
}

static void open_call(struct turn_work *t) {
    const struct assistant *a = t->assistant;
    enum call_record rule = assistant_recording_rule(a, t->in->call->record);
    if (is_machine(t)) {
        meet_machine(t);
        return;
    }
    turn_say(t, &t->opening, a->disclosure);
    if (rule == CALL_RECORD_ON) {
        turn_say(t, &t->opening, a->recording.notice);
        turn_start_recording(t);
    }
    turn_say(t, &t->say, a->greeting);
    if (rule == CALL_RECORD_ASK)
        ask_consent(t);
    else
        ask_brain(t, BRAIN_BEGIN, NULL);
}

static void take_opt_out(struct turn_work *t) {
    const struct assistant_interruption_rule *rule =
        &t->assistant->interruptions[ASSISTANT_INTERRUPT_OPT_OUT];
    turn_effect(t, (struct conversation_effect){.kind = CONVERSATION_INFO,
                                                .category = STR("conversation_flow"),
                                                .text = STR("Caller asked not to be called "
                                                            "again")});
    turn_say(t, &t->say, rule->say);
    turn_finish(t, rule->outcome);
}

/** The question again, whoever asked it. */
static void ask_again(struct turn_work *t, struct str lead) {
    turn_say(t, &t->say, lead);
    if (t->state.stage == TALK_CONSENT) {
        t->state.asked--; /* asking back is no unclear answer */
        ask_consent(t);
        return;
    }
    ask_brain(t, BRAIN_REPEAT, NULL);
}

/** True when what was said was an interruption and has been dealt with. */
static bool take_interruption(struct turn_work *t, const struct heard *h) {
    const struct assistant_interruption_rule *rules = t->assistant->interruptions;
    enum assistant_interruption i = interruption_find(t->assistant, &h->words, t->state.ignore);
    switch (i) {
    case ASSISTANT_INTERRUPT_OPT_OUT:
        take_opt_out(t);
        return true;
    case ASSISTANT_INTERRUPT_ROBOT:
    case ASSISTANT_INTERRUPT_REPEAT:
        ask_again(t, rules[i].say);
        return true;
    case ASSISTANT_INTERRUPT_HUMAN:
        ask_brain(t, BRAIN_HUMAN, NULL);
        return true;
    case ASSISTANT_INTERRUPT_GOODBYE:
        turn_say(t, &t->say, rules[i].say);
        say_line(t, ASSISTANT_LINE_GOODBYE);
        turn_finish(t, rules[i].outcome);
        return true;
    case ASSISTANT_INTERRUPT_NONE:
    case ASSISTANT_INTERRUPTION_COUNT:
        break;
    }
    return false;
}

/** The outcome when a limit is reached; empty when the conversation may go on. */
static struct str limit_reached(const struct turn_work *t) {
    const struct assistant_limits *l = &t->assistant->limits;
    int64_t answered = t->in->call->answered_ms;
    bool late = l->max_duration_s > 0 && answered > 0 &&
                t->in->now_ms - answered >= (int64_t)l->max_duration_s * 1000;
    return late                                          ? STR("time_limit")
           : t->in->turn > l->max_turns + t->state.extra ? STR("turn_limit")
                                                         : STR("");
}

/** Is the caller back from where nobody listened? */
static bool is_elsewhere(const struct turn_work *t) {
    enum talk_away a = t->state.away;
    return a != TALK_AWAY_NONE && a != TALK_AWAY_CONSENT && a != TALK_AWAY_QUESTION;
}

static void continue_call(struct turn_work *t) {
    struct heard h;
    if (t->state.stage == TALK_OVER) {
        t->next = TURN_END;
        return;
    }
    /* no question was put: nothing that is told now is an answer (carriers repeat the last one) */
    if (is_elsewhere(t)) {
        come_back(t);
        return;
    }
    hear(t, &h);
    struct str limit = limit_reached(t);
    if (limit.len > 0 &&
        interruption_find(t->assistant, &h.words, UINT32_MAX) != ASSISTANT_INTERRUPT_OPT_OUT) {
        say_line(t, ASSISTANT_LINE_GOODBYE);
        turn_finish(t, limit);
        return;
    }
    if (take_interruption(t, &h))
        return;
    if (t->state.stage == TALK_CONSENT)
        hear_consent(t, &h);
    else if (t->state.away != TALK_AWAY_NONE && !h.anything)
        come_back(t);
    else
        ask_brain(t, h.anything ? BRAIN_HEARD : BRAIN_SILENT, &h);
}

enum error_code turn_think(struct turn_work *t, struct error *err) {
    enum error_code rc = ERR_OK;
    if (t->in->input != CONVERSATION_ANSWERED)
        rc = talk_state_read(t->in->state_json, t->arena, &t->state, err);
    if (rc == ERR_OK)
        rc = turn_read_values(t, err);
    if (rc == ERR_OK)
        rc = turn_data_read(t, err);
    if (rc != ERR_OK)
        return rc;
    switch (t->in->input) {
    case CONVERSATION_ANSWERED:
        open_call(t);
        break;
    case CONVERSATION_SPOKE:
        continue_call(t);
        break;
    case CONVERSATION_PAID:
        come_back(t);
        break;
    }
    return ERR_OK;
}

void turn_give_up(struct turn_work *t) {
    struct error why = {0};
    (void)error_set(&why, ERR_UNCERTAIN, "no answer came in time");
    fall_back(t, &why);
}

void turn_work_init(struct turn_work *t, struct conversation *cv,
                    const struct conversation_turn_in *in, struct conversation_turn_out *out) {
    *t = (struct turn_work){
        .cv = cv,
        .in = in,
        .assistant = in->assistant,
        .out = out,
        .arena = &out->plan.arena,
        .opening = BUF_INIT(PLAN_TEXT_MAX),
        .say = BUF_INIT(PLAN_TEXT_MAX),
    };
}

void turn_work_release(struct turn_work *t) {
    turn_data_release(t);
    buf_release(&t->opening);
    buf_release(&t->say);
}

enum error_code conversation_turn(struct conversation *cv, const struct conversation_turn_in *in,
                                  struct conversation_turn_out *out, struct error *err) {
    if (turn_desk_is_for(cv, in->assistant))
        return turn_desk_run(cv->desk, cv, in, out, err);
    struct conversation_turn_out made = {0};
    struct turn_work t;
    turn_work_init(&t, cv, in, &made);
    enum error_code rc = turn_think(&t, err);
    if (rc == ERR_OK)
        rc = turn_write(&t, err);
    turn_work_release(&t);
    if (rc != ERR_OK) {
        conversation_turn_out_release(&made);
        return rc;
    }
    *out = made;
    return ERR_OK;
}
