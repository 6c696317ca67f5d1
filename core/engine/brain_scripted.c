#include "core/engine/brain_scripted.h"

#include <string.h>

#include "core/base/compiler.h"
#include "core/base/json.h"
#include "core/base/utf8.h"
#include "core/domain/brain_impl.h"
#include "core/domain/flow.h"
#include "core/domain/phrase.h"
#include "core/domain/plan.h"
#include "core/domain/spoken.h"
#include "core/domain/text.h"
#include "core/engine/brain_scripted_state.h"

enum {
    INFORMATION_MAX = 1000, /* of one share_information */
    ARGUMENTS_MAX = 4096,
    JUMPS_MAX = 8 /* of functions, in one step: they could lead in a circle */
};

/** One step of one conversation. */
struct step {
    const struct brain_input *in;
    const struct flow *flow;
    struct scripted_state state;
    size_t sent; /* where a function has just sent the conversation; FLOW_NOWHERE */
    struct buf say;
    struct brain_output *out;
};

/* ---- texts ----------------------------------------------------------------------------------- */

static struct str value_of(void *ctx, struct str name) {
    const struct step *s = ctx;
    size_t slot;
    if (flow_find_slot(s->flow, name, &slot))
        return s->state.slots[slot];
    for (size_t i = 0; i < s->in->value_count; i++)
        if (str_eq(s->in->values[i].name, name))
            return s->in->values[i].value;
    const struct assistant_variable *v = assistant_find_variable(s->in->assistant, name);
    return v ? v->value : (struct str){0};
}

static const struct assistant_language *language_of(const struct step *s) {
    const struct assistant *a = s->in->assistant;
    return s->out->language.len > 0 ? assistant_find_language(a, s->out->language)
           : s->in->language        ? s->in->language
                                    : &a->languages[0];
}

static struct str line_of(const struct step *s, enum assistant_line line) {
    return assistant_line(s->in->assistant, language_of(s), line);
}

/** Text with its references replaced, cut at max bytes. */
static struct str expand(struct step *s, struct str text, size_t max) {
    struct buf b = BUF_INIT((size_t)PLAN_TEXT_MAX * 4);
    text_expand(&b, text, value_of, s);
    size_t n = b.len > max ? utf8_cut(b.ptr, max) : b.len;
    struct str out = arena_copy(s->in->arena, str_from(b.ptr, n));
    buf_release(&b);
    return out;
}

static void say(struct step *s, struct str text) {
    if (text.len == 0)
        return;
    if (s->say.len > 0)
        buf_putc(&s->say, ' ');
    buf_put_str(&s->say, expand(s, text, PLAN_TEXT_MAX));
}

/* ---- functions ------------------------------------------------------------------------------- */

static struct str replace_references(void *ctx, struct str text) {
    return expand(ctx, text, INFORMATION_MAX);
}

/** What a failed function did not do is in the transcript; the conversation goes on without. */
static struct str run(struct step *s, struct str function, struct buf *arguments) {
    struct str response = {0};
    if (buf_failed(arguments) ||
        s->in->tools.run(s->in->tools.ctx, function, buf_str(arguments), &response, NULL) != ERR_OK)
        response = (struct str){0};
    (void)flow_find_state(s->flow, s->in->step, &s->sent); /* "next" is where it goes anyway */
    buf_release(arguments);
    return response;
}

static void run_call(struct step *s, const struct flow_call *call) {
    struct buf b = BUF_INIT(ARGUMENTS_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    if (call->arguments)
        json_put_replaced(&w, call->arguments, replace_references, s);
    struct str response = run(s, call->function, &b);
    if (call->save.len > 0)
        scripted_state_set(s->flow, &s->state, call->save, response, s->in->arena);
}

static void share(struct step *s, const struct flow_share *what) {
    if (what->category.len == 0)
        return;
    struct buf b = BUF_INIT(ARGUMENTS_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_string(&w, "information", expand(s, what->information, INFORMATION_MAX));
    json_kv_string(&w, "category", what->category);
    json_kv_string(&w, "caller_id", value_of(s, STR("caller_id")));
    json_end_object(&w);
    run(s, STR("share_information"), &b);
}

static void end_call(struct step *s, struct str outcome) {
    struct buf b = BUF_INIT(ARGUMENTS_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_string(&w, "reason", outcome);
    json_kv_string(&w, "caller_id", value_of(s, STR("caller_id")));
    json_end_object(&w);
    run(s, STR("end_call"), &b);
    s->out->next = BRAIN_END;
}

/* ---- moving ---------------------------------------------------------------------------------- */

static bool branch_holds(struct step *s, const struct flow_branch *b) {
    struct str value = value_of(s, b->name);
    int64_t n = 0;
    bool is_number = spoken_number(value, &n) == SPOKEN_FOUND;
    if (b->has_is_set && b->is_set != (value.len > 0))
        return false;
    if (b->has_equals && !str_eq_nocase(value, expand(s, b->equals, FLOW_SLOT_VALUE_MAX)))
        return false;
    if (b->has_at_least && (!is_number || n < b->at_least))
        return false;
    return !b->has_less_than || (is_number && n < b->less_than);
}

static size_t next_of(struct step *s, const struct flow_state *state) {
    for (size_t i = 0; i < state->branch_count; i++)
        if (branch_holds(s, &state->branches[i]))
            return state->branches[i].next;
    return state->next;
}

static void listen(struct step *s, const struct flow_state *state) {
    static const struct str yes_no_hints = STR_INIT("yes, no");
    bool yes_no = s->state.confirming || state->capture.kind == FLOW_YES_NO;
    s->out->next = BRAIN_LISTEN;
    s->out->listen.speech = state->listen.speech;
    s->out->listen.keys = state->listen.keys;
    s->out->listen.digits_max = s->state.confirming ? 1 : state->listen.digits;
    s->out->listen.timeout_s = state->listen.timeout_s;
    s->out->listen.hints = s->state.confirming || (yes_no && state->listen.hints.len == 0)
                               ? yes_no_hints
                               : state->listen.hints;
    s->out->listen.ignore = state->ignore;
}

/** A function of the state sent the caller elsewhere; BRAIN_RESULT tells how that ended. */
static bool waits(const struct step *s, const struct flow_state *state) {
    const struct brain_tools *tools = &s->in->tools;
    return state->call_count > 0 && tools->is_over && tools->is_over(tools->ctx);
}

/** Where a function of the state sends the conversation, at once or after what it waits for. */
static size_t run_calls(struct step *s, const struct flow_state *state) {
    s->sent = s->state.then = FLOW_NOWHERE;
    for (size_t i = 0; i < state->call_count; i++)
        run_call(s, &state->calls[i]);
    if (!waits(s, state))
        return s->sent;
    s->state.then = s->sent;
    return FLOW_NOWHERE;
}

/* ---- what is known already ------------------------------------------------------------------- */

/** The value in one line of get_shared_information: "category: information". */
static bool value_in_line(const struct flow_known *known, struct str line, struct str *value) {
    if (!str_starts(line, known->category) || line.len <= known->category.len ||
        line.ptr[known->category.len] != ':')
        return false;
    struct str text = str_trim(str_from_index(line, known->category.len + 1));
    if (!str_starts(text, known->prefix))
        return false;
    *value = str_from_index(text, known->prefix.len);
    if (known->until.len > 0)
        value->len = str_find_str(*value, known->until);
    *value = str_trim(*value);
    return value->len > 0;
}

static struct str ask_memory(struct step *s, struct str category) {
    struct buf b = BUF_INIT(ARGUMENTS_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_string(&w, "category", category);
    json_kv_string(&w, "caller_id", value_of(s, STR("caller_id")));
    json_end_object(&w);
    return run(s, STR("get_shared_information"), &b);
}

static bool capture(struct step *s, const struct flow_state *state, const struct phrase_text *said);

/** As if the caller had just said it. */
static bool capture_told(struct step *s, const struct flow_state *state, struct str told) {
    const struct brain_input *heard = s->in;
    struct brain_input in = *heard;
    struct phrase_text words;
    in.speech = told;
    in.digits = (struct str){0};
    phrase_read(&words, told);
    s->in = &in;
    bool found = capture(s, state, &words);
    s->in = heard;
    return found;
}

/** An earlier call told it: the slot is filled, and the caller asked whether it still holds. */
static bool recall(struct step *s, const struct flow_state *state) {
    struct str line, value;
    if (state->known.category.len == 0 || s->state.stranger ||
        value_of(s, STR("caller_id")).len == 0)
        return false;
    struct str lines = ask_memory(s, state->known.category);
    while (str_next(&lines, '\n', &line)) {
        if (!value_in_line(&state->known, line, &value) || !capture_told(s, state, value))
            continue;
        s->state.confirming = s->state.recalled = true;
        say(s, state->known.question);
        return true;
    }
    return false;
}

static void enter(struct step *s, size_t to) {
    s->state.confirming = s->state.recalled = false;
    s->state.misses = s->state.silences = 0;
    size_t jumps = 0;
    /* A flow has no circle without a question, so but for the jumps of functions this ends after as
     * many steps as it has states. */
    for (;;) {
        const struct flow_state *state = &s->flow->states[to];
        s->state.at = to;
        if (state->language.len > 0)
            s->out->language = state->language;
        size_t sent = run_calls(s, state);
        if (sent != FLOW_NOWHERE && jumps++ < JUMPS_MAX) {
            if (!state->asks)
                say(s, state->say);
            to = sent;
            continue;
        }
        if (recall(s, state)) {
            listen(s, state);
            return;
        }
        say(s, state->say);
        if (state->asks || (state->outcome.len == 0 && waits(s, state))) {
            listen(s, state);
            return;
        }
        if (state->outcome.len > 0) {
            end_call(s, state->outcome);
            s->out->transfer_to = expand(s, state->transfer_to, PLAN_TEXT_MAX);
            if (s->out->transfer_to.len > 0)
                s->out->next = BRAIN_TRANSFER;
            return;
        }
        to = next_of(s, state);
    }
}

static void ask_again(struct step *s) {
    const struct flow_state *state = &s->flow->states[s->state.at];
    say(s, s->state.recalled     ? state->known.question
           : s->state.confirming ? state->capture.question
                                 : state->say);
    listen(s, state);
}

static void retry(struct step *s, const struct flow_retry *rule, uint32_t *count, struct str lead,
                  struct str outcome) {
    if (*count < rule->max) {
        ++*count;
        say(s, rule->say.len > 0 ? rule->say : lead);
        ask_again(s);
    } else if (rule->next != FLOW_NOWHERE) {
        enter(s, rule->next);
    } else {
        say(s, line_of(s, ASSISTANT_LINE_GOODBYE));
        end_call(s, outcome);
    }
}

static void on_silence(struct step *s) {
    retry(s, &s->flow->states[s->state.at].no_input, &s->state.silences,
          line_of(s, ASSISTANT_LINE_NOT_HEARD), STR("no_input"));
}

static void on_no_match(struct step *s) {
    s->state.silences = 0;
    retry(s, &s->flow->states[s->state.at].no_match, &s->state.misses,
          line_of(s, ASSISTANT_LINE_NOT_UNDERSTOOD), STR("no_match"));
}

/* ---- answers --------------------------------------------------------------------------------- */

static enum phrase_answer yes_or_no(const struct step *s, const struct phrase_text *said) {
    if (s->in->digits.len > 0)
        return str_eq(s->in->digits, STR("1"))   ? PHRASE_YES
               : str_eq(s->in->digits, STR("2")) ? PHRASE_NO
                                                 : PHRASE_UNCLEAR;
    return assistant_yes_no(language_of(s), said);
}

/** The value of the wanted kind in what was said, as text; empty when there is none. */
static bool read_value(const struct step *s, const struct flow_capture *c,
                       const struct phrase_text *said, struct buf *b) {
    struct str words = s->in->digits.len > 0 ? s->in->digits : s->in->speech;
    int64_t n = 0;
    enum phrase_answer answer;
    switch (c->kind) {
    case FLOW_MONEY:
        if ((c->sum ? spoken_money_sum(words, &n) : spoken_money(words, &n)) != SPOKEN_FOUND)
            return false;
        spoken_put_hundredths(b, n);
        return true;
    case FLOW_NUMBER:
        if (spoken_number(words, &n) != SPOKEN_FOUND)
            return false;
        spoken_put_hundredths(b, n);
        return true;
    case FLOW_YES_NO:
        answer = yes_or_no(s, said);
        buf_puts(b, answer == PHRASE_YES ? "yes" : "no");
        return answer != PHRASE_UNCLEAR;
    case FLOW_NAME:
        return s->in->digits.len == 0 && spoken_put_name(b, words) == SPOKEN_FOUND;
    case FLOW_PLACE:
        return s->in->digits.len == 0 && spoken_put_place(b, words) == SPOKEN_FOUND;
    case FLOW_DATE:
        return spoken_put_date(b, words, s->in->now_ms) == SPOKEN_FOUND;
    case FLOW_TEXT:
        words = str_trim(words);
        while (words.len > 0 && strchr(".,!?", words.ptr[words.len - 1]))
            words.len--; /* so that it fits into another sentence */
        buf_put_str(b, words);
        return words.len > 0;
    case FLOW_KIND_NONE:
    case FLOW_KIND_COUNT:
        break;
    }
    return false;
}

static void accept_capture(struct step *s, const struct flow_state *state) {
    share(s, &state->share);
    enter(s, state->next);
}

static bool capture(struct step *s, const struct flow_state *state,
                    const struct phrase_text *said) {
    struct buf b = BUF_INIT(PHRASE_TEXT_MAX);
    bool found = read_value(s, &state->capture, said, &b) && !buf_failed(&b);
    if (found) {
        struct str words = s->in->digits.len > 0 ? s->in->digits : s->in->speech;
        scripted_state_set(s->flow, &s->state, state->capture.slot, buf_str(&b), s->in->arena);
        if (state->capture.words.len > 0)
            scripted_state_set(s->flow, &s->state, state->capture.words, words, s->in->arena);
    }
    buf_release(&b);
    return found;
}

static void ask_to_confirm(struct step *s, const struct flow_state *state) {
    s->state.confirming = true;
    s->state.recalled = false;
    s->state.silences = 0;
    say(s, state->capture.question);
    listen(s, state);
}

static void on_confirmation(struct step *s, const struct phrase_text *said) {
    const struct flow_state *state = &s->flow->states[s->state.at];
    enum phrase_answer answer = yes_or_no(s, said);
    if (answer == PHRASE_YES) {
        accept_capture(s, state);
        return;
    }
    if (answer == PHRASE_UNCLEAR) {
        on_no_match(s);
        return;
    }
    /* "No, thirty thousand": the right value came with the no. */
    bool amount = state->capture.kind == FLOW_MONEY || state->capture.kind == FLOW_NUMBER;
    if (amount && s->in->digits.len == 0 && capture(s, state, said)) {
        if (state->capture.confirm)
            ask_to_confirm(s, state);
        else
            accept_capture(s, state);
        return;
    }
    bool recalled = s->state.recalled;
    s->state.confirming = s->state.recalled = false;
    scripted_state_set(s->flow, &s->state, state->capture.slot, (struct str){0}, s->in->arena);
    if (recalled) { /* no misunderstanding: it has changed, or somebody else speaks: so it is asked
                     */
        s->state.stranger = true;
        say(s, state->say);
        listen(s, state);
        return;
    }
    retry(s, &state->no_match, &s->state.misses, line_of(s, ASSISTANT_LINE_WRONG), STR("no_match"));
}

static bool rule_fits(const struct step *s, const struct flow_rule *r,
                      const struct phrase_text *said) {
    if (s->in->digits.len > 0)
        return str_eq(s->in->digits, r->keys);
    for (size_t i = 0; i < r->match_count; i++)
        if (phrase_match(said, r->match[i]))
            return true;
    return false;
}

static void on_answer(struct step *s) {
    struct phrase_text said;
    phrase_read(&said, s->in->speech);
    const struct flow_state *state = &s->flow->states[s->state.at];
    if (s->state.confirming) {
        on_confirmation(s, &said);
        return;
    }
    for (size_t i = 0; i < state->rule_count; i++) {
        const struct flow_rule *r = &state->rules[i];
        if (!rule_fits(s, r, &said))
            continue;
        for (size_t k = 0; k < r->set_count; k++)
            scripted_state_set(s->flow, &s->state, r->sets[k].slot,
                               expand(s, r->sets[k].value, FLOW_SLOT_VALUE_MAX), s->in->arena);
        share(s, &r->share);
        enter(s, r->next);
        return;
    }
    if (state->capture.kind == FLOW_KIND_NONE || !capture(s, state, &said)) {
        on_no_match(s);
        return;
    }
    if (state->capture.confirm)
        ask_to_confirm(s, state);
    else
        accept_capture(s, state);
}

static void on_human(struct step *s) {
    const struct assistant_interruption_rule *rule =
        &s->in->assistant->interruptions[ASSISTANT_INTERRUPT_HUMAN];
    say(s, rule->say);
    if (s->flow->on_human != FLOW_NOWHERE) {
        enter(s, s->flow->on_human);
        return;
    }
    say(s, line_of(s, ASSISTANT_LINE_GOODBYE));
    end_call(s, rule->outcome);
}

/* ---- the port -------------------------------------------------------------------------------- */

/** What the caller was sent to is over: the slot learns how, and a state that waited goes on. */
static void on_result(struct step *s) {
    const struct flow_state *state = &s->flow->states[s->state.at];
    for (size_t i = 0; i < state->call_count; i++)
        if (state->calls[i].save.len > 0)
            scripted_state_set(s->flow, &s->state, state->calls[i].save, s->in->result,
                               s->in->arena);
    if (s->state.then != FLOW_NOWHERE)
        enter(s, s->state.then);
    else if (state->asks)
        ask_again(s);
    else
        enter(s, next_of(s, state));
}

static enum error_code check_event(const struct step *s, struct error *err) {
    bool may_begin = s->in->event == BRAIN_BEGIN || s->in->event == BRAIN_HUMAN;
    bool is_somewhere = s->state.at != FLOW_NOWHERE;
    const struct flow_state *at = is_somewhere ? &s->flow->states[s->state.at] : NULL;
    bool can_go_on = at && s->in->event == BRAIN_RESULT && at->outcome.len == 0;
    return may_begin || can_go_on || (at && at->asks)
               ? ERR_OK
               : error_field(err, ERR_INVALID, "state", "nothing was asked that has an answer");
}

static void take(struct step *s) {
    switch (s->in->event) {
    case BRAIN_BEGIN:
        enter(s, s->flow->start);
        break;
    case BRAIN_HEARD:
        on_answer(s);
        break;
    case BRAIN_SILENT:
        on_silence(s);
        break;
    case BRAIN_REPEAT:
        ask_again(s);
        break;
    case BRAIN_RESULT:
        on_result(s);
        break;
    case BRAIN_HUMAN:
        on_human(s);
        break;
    case BRAIN_NONE:
    case BRAIN_EVENT_COUNT:
        break;
    }
}

static enum error_code scripted_think(struct brain *b, const struct brain_input *in,
                                      struct brain_output *out, struct error *err) {
    (void)b;
    struct step s = {
        .in = in, .flow = in->assistant->flow, .say = BUF_INIT(PLAN_TEXT_MAX), .out = out};
    if (!s.flow)
        return error_set(err, ERR_INVALID, "assistant " STR_FMT " has no flow to follow",
                         STR_ARG(in->assistant->name));
    enum error_code rc = scripted_state_read(s.flow, in->state_json, in->arena, &s.state, err);
    if (rc == ERR_OK)
        rc = check_event(&s, err);
    if (rc != ERR_OK)
        return rc;
    take(&s);
    if (buf_failed(&s.say))
        rc = error_set(err, ERR_LIMIT,
                       "state " STR_FMT " says more than %d bytes at once, split the text",
                       STR_ARG(s.flow->states[s.state.at].id), PLAN_TEXT_MAX);
    out->say = arena_copy(in->arena, buf_str(&s.say));
    out->state_json = scripted_state_write(s.flow, &s.state, in->arena);
    buf_release(&s.say);
    return rc;
}

static void scripted_destroy(struct brain *b) {
    mem_free(b);
}

struct brain *brain_scripted_new(void) {
    static const struct brain_ops ops = {
        .name = "scripted", .destroy = scripted_destroy, .think = scripted_think};
    struct brain *b = mem_zalloc(sizeof *b);
    b->ops = &ops;
    return b;
}
