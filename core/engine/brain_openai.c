#include "core/engine/brain_openai.h"

#include <assert.h>

#include "core/base/compiler.h"
#include "core/base/json.h"
#include "core/domain/brain_impl.h"
#include "core/domain/text.h"
#include "core/engine/brain_openai_server.h"
#include "core/engine/brain_openai_text.h"

enum {
    ROUNDS_PRESET = 4,
    SAY_MAX = 2400,
    ERROR_MAX = 1024,
    SUMMARY_BUDGET_MS = 30000
};

struct openai_brain {
    struct brain base;
    struct openai_server server;
};

static const struct brain_ops openai_ops;

static struct openai_brain *brain_from(struct brain *b) {
    assert(b->ops == &openai_ops);
    return container_of(b, struct openai_brain, base);
}

/** One step of one conversation. */
struct step {
    struct openai_brain *brain;
    const struct brain_input *in;
    struct brain_output *out;
    struct openai_state state;
    struct openai_asking asking;
    struct openai_place place;
    struct openai_round rounds[OPENAI_ROUNDS_MAX];
    size_t round_count, round_max, calls;
    uint32_t function_lines; /* of the transcript, with those of this step */
    bool end_called;
    struct buf say;
    int64_t started_ms;
    int64_t functions_ms; /* that functions have taken */
};

static struct str value_of(const struct brain_input *in, struct str name) {
    for (size_t i = 0; i < in->value_count; i++)
        if (str_eq(in->values[i].name, name))
            return in->values[i].value;
    const struct assistant_variable *v = assistant_find_variable(in->assistant, name);
    return v ? v->value : (struct str){0};
}

static struct str lookup(void *ctx, struct str name) {
    const struct step *s = ctx;
    return value_of(s->in, name);
}

static void say_line(struct step *s, enum assistant_line line) {
    if (s->say.len > 0)
        buf_putc(&s->say, ' ');
    text_expand(&s->say, assistant_line(s->in->assistant, s->place.language, line), lookup, s);
}

static bool is_over(const struct step *s) {
    return s->in->tools.is_over && s->in->tools.is_over(s->in->tools.ctx);
}

/* ---- functions --------------------------------------------------------------------------------
 */

/** The conversation is at this place, by an action or by the model: what was before may be over. */
static void enter(struct step *s) {
    const struct assistant_context *c = s->place.context;
    s->state.step = s->place.step ? s->place.step->name : (struct str){0};
    if (!c || str_eq(c->name, s->state.context))
        return;
    bool moved = s->state.context.len > 0;
    s->state.context = c->name;
    if (moved && c->isolated)
        s->state.first_line = (uint32_t)s->in->line_count;
}

/** Where an action has just sent the conversation, if it has. */
static void follow(struct step *s) {
    const struct brain_input *in = s->in;
    bool is_sent = in->context.len > 0 || in->step.len > 0;
    if (is_sent && !openai_place_send(&s->place, in->assistant, in->context, in->step))
        log_warn(s->brain->server.options.log, "an action leads nowhere",
                 LOG_STR("context", in->context), LOG_STR("step", in->step),
                 LOG_STR("call", s->asking.call_id));
    enter(s);
}

/**
 * A model may call what it has seen before. What the assistant does not have at all is refused with
 * a line in the transcript by whoever runs functions.
 */
static bool is_offered(const struct step *s, struct str name) {
    return !assistant_find_function(s->in->assistant, name) ||
           openai_place_allows(&s->place, s->in, name);
}

static int64_t now_ms(const struct step *s) {
    return clock_mono_ms(&s->brain->server.options.clock);
}

/** What functions take is not the model's: the time that the carrier leaves is the limit of all. */
static int64_t deadline_of(const struct step *s) {
    uint32_t budget = s->in->assistant->model.turn_budget_ms;
    int64_t own = s->started_ms + s->functions_ms + (budget > 0 ? budget : BRAIN_OPENAI_BUDGET_MS);
    return s->in->deadline_ms > 0 && s->in->deadline_ms < own ? s->in->deadline_ms : own;
}

static struct str error_result(struct arena *a, const char *text) {
    struct buf b = BUF_INIT(ERROR_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_z(&w, "error", text);
    json_end_object(&w);
    struct str out = arena_copy(a, buf_str(&b));
    buf_release(&b);
    return out;
}

/** Run one, whatever the model wrote: what is wrong with it, the model is told. */
static struct str run_call(struct step *s, struct str name, struct str arguments,
                           struct str extra) {
    struct arena *a = s->in->arena;
    struct error why = {0};
    struct str response = {0};
    if (is_over(s))
        return error_result(a, "not run: the conversation has ended");
    if (s->calls++ >= OPENAI_CALLS_MAX)
        return error_result(a, "not run: too many functions in one turn, answer the caller first");
    if (openai_place_is_own(&s->place, s->in, name)) {
        if (openai_place_go(&s->place, s->in, name, arguments, &response, &why) != ERR_OK)
            return error_result(a, why.text);
        enter(s);
        return response;
    }
    if (!is_offered(s, name))
        return error_result(a, "not run: this function cannot be called now");
    int64_t began_ms = now_ms(s);
    enum error_code rc = s->in->tools.run(s->in->tools.ctx, name, arguments, &response, &why);
    s->functions_ms += now_ms(s) - began_ms;
    s->asking.deadline_ms = deadline_of(s);
    follow(s);
    if (rc != ERR_LIMIT) { /* it has a line in the transcript */
        openai_state_add_extra(&s->state, s->function_lines, name, extra, a);
        s->function_lines++;
    }
    if (rc == ERR_OK && str_eq(name, STR("end_call")))
        s->end_called = true;
    return rc == ERR_OK ? response : error_result(a, why.text);
}

static void run_calls(struct step *s, const struct openai_reply *reply, struct str text) {
    struct arena *a = s->in->arena;
    struct openai_round *round = &s->rounds[s->round_count++];
    *round = (struct openai_round){.text = arena_copy(a, text), .call_count = reply->call_count};
    for (size_t i = 0; i < reply->call_count; i++) {
        const struct openai_call *c = &reply->calls[i];
        struct str name = arena_copy(a, buf_str(&c->name));
        struct str arguments = arena_copy(a, str_trim(buf_str(&c->arguments)));
        struct str extra = arena_copy(a, buf_str(&c->extra));
        round->calls[i].id = c->id.len > 0 ? arena_copy(a, buf_str(&c->id))
                                           : arena_printf(a, "turn%02zu%03zu", s->round_count, i);
        round->calls[i].name = name;
        round->calls[i].arguments = arguments;
        round->calls[i].extra = extra;
        round->calls[i].result = run_call(s, name, arguments, extra);
    }
}

/* ---- asking the model -------------------------------------------------------------------------
 */

static void count(struct step *s, const struct openai_reply *r) {
    struct brain_usage *u = &s->out->usage;
    u->prompt_tokens += r->prompt_tokens;
    u->completion_tokens += r->completion_tokens;
    s->state.tokens += (uint64_t)r->prompt_tokens + r->completion_tokens;
    if (r->model[0])
        u->model = arena_copy(s->in->arena, str_z(r->model));
}

/** One question to the model; *more: functions have run, and it is to be asked again. */
static enum error_code ask(struct step *s, bool *more, struct error *err) {
    struct openai_reply reply;
    bool last = s->round_count == s->round_max;
    s->asking.request.rounds = s->rounds;
    s->asking.request.round_count = s->round_count;
    s->asking.request.last = last;
    openai_place_functions(&s->place, s->in, &s->asking.request.functions,
                           &s->asking.request.function_count);
    enum error_code rc = openai_ask(&s->asking, &reply, err);
    if (rc != ERR_OK)
        return rc;
    count(s, &reply);
    struct buf words = BUF_INIT(OPENAI_SPOKEN_MAX);
    openai_put_spoken(&words, buf_str(&reply.text), OPENAI_SPOKEN_MAX);
    if (words.len > 0 && s->say.len > 0)
        buf_putc(&s->say, ' ');
    buf_put_str(&s->say, buf_str(&words));
    *more = reply.call_count > 0 && !last;
    if (*more)
        run_calls(s, &reply, buf_str(&words));
    else if (words.len == 0) {
        rc = error_set(err, ERR_UPSTREAM, "the model calls functions without end");
        err->retry = true;
    }
    buf_release(&words);
    openai_reply_release(&reply);
    return rc;
}

/** A function has ended the conversation: the last words are the model's, else the assistant's. */
static void part(struct step *s) {
    if (s->end_called && s->say.len == 0)
        say_line(s, ASSISTANT_LINE_GOODBYE);
}

static enum error_code talk(struct step *s, struct error *err) {
    bool more = true;
    while (more) {
        enum error_code rc = ask(s, &more, err);
        if (is_over(s)) {
            part(s);
            return ERR_OK;
        }
        if (rc != ERR_OK)
            return rc;
    }
    return ERR_OK;
}

/* ---- without the model ------------------------------------------------------------------------
 */

static void end_call(struct step *s, struct str outcome) {
    struct buf b = BUF_INIT(ERROR_MAX);
    struct json_writer w;
    struct str response;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_string(&w, "reason", outcome);
    json_end_object(&w);
    say_line(s, ASSISTANT_LINE_GOODBYE);
    /* an assistant that does not have it ends all the same, without a word for why */
    (void)!s->in->tools.run(s->in->tools.ctx, STR("end_call"), buf_str(&b), &response, NULL);
    s->out->next = BRAIN_END;
    buf_release(&b);
}

/** What needs no model: its first words are written down, or a limit is reached. */
static bool is_settled(struct step *s) {
    const struct assistant *a = s->in->assistant;
    if (s->in->event == BRAIN_BEGIN && s->in->line_count == 0 && a->greeting.len > 0)
        return true; /* said already; the caller hears it without waiting for a model */
    if (s->in->event != BRAIN_SILENT)
        s->state.silences = 0;
    else if (++s->state.silences > a->limits.silence_prompts) {
        end_call(s, STR("no_input"));
        return true;
    }
    if (a->model.call_tokens > 0 && s->state.tokens >= a->model.call_tokens) {
        end_call(s, STR("token_limit"));
        return true;
    }
    return false;
}

/** The model failed: say so and go on, while that may help. */
static enum error_code fall_back(struct step *s, const struct error *why, struct error *err) {
    if (!why->retry || s->state.failures >= BRAIN_OPENAI_FAILURES_MAX) {
        if (err)
            *err = *why;
        return why->code;
    }
    s->state.failures++;
    s->out->usage.failure = arena_copy(s->in->arena, str_z(why->text));
    say_line(s, ASSISTANT_LINE_FALLBACK);
    return ERR_OK;
}

/* ---- the port ---------------------------------------------------------------------------------
 */

static enum error_code begin(struct step *s, struct error *err) {
    const struct assistant_model *m = &s->in->assistant->model;
    struct openai_server *server = &s->brain->server;
    struct str model = m->name.len > 0 ? m->name : server->options.model;
    if (model.len == 0)
        return error_set(err, ERR_INVALID, "no model is named: set OPENAI_MODEL");
    s->started_ms = now_ms(s);
    s->round_max = m->max_rounds == 0                  ? ROUNDS_PRESET
                   : m->max_rounds < OPENAI_ROUNDS_MAX ? m->max_rounds
                                                       : OPENAI_ROUNDS_MAX;
    s->function_lines = openai_function_lines(s->in);
    s->asking = (struct openai_asking){
        .server = server,
        .request = {.in = s->in, .state = &s->state, .model = model, .place = &s->place},
        .deadline_ms = deadline_of(s),
        .call_id = value_of(s->in, STR("call_id")),
    };
    s->out->usage.model = model;
    s->out->next = BRAIN_LISTEN;
    s->out->listen.speech = s->out->listen.keys = true;
    enum error_code rc = openai_state_read(s->in->state_json, s->in->arena, &s->state, err);
    s->place = openai_place_find(s->in, s->state.context, s->state.step);
    follow(s);
    return rc;
}

static enum error_code think(struct step *s, struct error *err) {
    struct error why = {0};
    enum error_code rc = begin(s, err);
    if (rc != ERR_OK)
        return rc;
    if (!is_settled(s)) {
        rc = talk(s, &why);
        if (rc == ERR_OK)
            s->state.failures = 0;
        else
            rc = fall_back(s, &why, err);
    }
    s->out->usage.requests = s->asking.requests;
    s->out->usage.latency_ms = (uint32_t)(now_ms(s) - s->started_ms);
    s->out->language = s->place.language->code;
    s->out->context = s->state.context;
    s->out->step = s->state.step;
    s->out->say = arena_copy(s->in->arena, buf_str(&s->say));
    s->out->state_json = openai_state_write(&s->state, s->in->arena);
    return rc;
}

static enum error_code openai_think(struct brain *b, const struct brain_input *in,
                                    struct brain_output *out, struct error *err) {
    struct step *s = mem_zalloc(sizeof *s);
    s->brain = brain_from(b);
    s->in = in;
    s->out = out;
    s->say = BUF_INIT(SAY_MAX);
    enum error_code rc = think(s, err);
    buf_release(&s->say);
    mem_free(s);
    return rc;
}

/** Nobody waits on the line for it. */
static enum error_code openai_sum_up(struct brain *b, const struct brain_input *in,
                                     struct str *summary, struct error *err) {
    struct openai_server *server = &brain_from(b)->server;
    const struct assistant_model *m = &in->assistant->model;
    struct openai_reply reply;
    struct openai_asking asking = {
        .server = server,
        .request = {.in = in,
                    .model = m->name.len > 0 ? m->name : server->options.model,
                    .sums_up = true},
        .deadline_ms = clock_mono_ms(&server->options.clock) + SUMMARY_BUDGET_MS,
        .call_id = value_of(in, STR("call_id")),
    };
    enum error_code rc = openai_ask(&asking, &reply, err);
    if (rc != ERR_OK)
        return rc;
    struct str said = arena_copy(in->arena, str_trim(buf_str(&reply.text)));
    openai_reply_release(&reply);
    if (said.len == 0) { /* there are no functions, but it called one */
        rc = error_set(err, ERR_UPSTREAM, "the model answers the post-prompt without a word");
        err->retry = true;
        return rc;
    }
    *summary = said;
    return ERR_OK;
}

static void openai_destroy(struct brain *b) {
    struct openai_brain *o = brain_from(b);
    openai_server_release(&o->server);
    mem_free(o);
}

static const struct brain_ops openai_ops = {
    .name = "openai", .destroy = openai_destroy, .think = openai_think, .sum_up = openai_sum_up};

struct brain *brain_openai_new(const struct brain_openai_options *o) {
    struct openai_brain *b = mem_zalloc(sizeof *b);
    b->base.ops = &openai_ops;
    openai_server_init(&b->server, o);
    return &b->base;
}
