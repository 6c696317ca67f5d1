#include "core/base/mem.h"
#include "providers/mock/carrier/progress.h"
#include "providers/mock/carrier/signalwire/ai_state.h"

/* The life of an agent: it greets, listens, calls functions, speaks, and ends. */

enum {
    THINK_MIN_MS = 300,
    THINK_MAX_MS = 900,
    ATTENTION_MS = 5000,
    ATTENTIONS_MAX = 2,
    INACTIVITY_MS = 600000,
    HANGUP_MS = 600, /* between the last word and the click */
    HOLD_MAX_S = 900,
    HOLD_S = 300,
};

static enum exec_next listen(struct carrier *c, struct leg *l);

const struct json *agent_param(const struct agent *a, const char *name) {
    return json_get(json_get(a->v, "params"), name);
}

bool agent_allows(const struct agent *a, const char *gate) {
    return json_bool(agent_param(a, gate), true);
}

static int64_t param_ms(const struct agent *a, const char *name, int64_t low, int64_t fallback) {
    int64_t ms;
    return json_int(agent_param(a, name), low, 3600000, &ms) ? ms : fallback;
}

void agent_log(struct leg *l, const char *role, struct str content) {
    struct agent *a = swml_script(l)->agent;
    if (a->call_log.count >= AGENT_LOG_MAX)
        return;
    struct swml_value e = swml_object();
    swml_value_set_text(&e, "role", str_z(role));
    swml_value_set_text(&e, "content", content);
    swml_value_set(&e, STR("timestamp"), swml_number((double)l->now_ms * 1000));
    swml_value_push(&a->call_log, e);
}

void agent_free(struct agent *a) {
    if (!a)
        return;
    for (size_t i = 0; i < a->function_count; i++)
        swml_value_release(&a->functions[i].meta_data);
    swml_doc_unref(a->doc);
    swml_value_release(&a->global_data);
    swml_value_release(&a->call_log);
    swml_value_release(&a->swaig_log);
    swml_value_release(&a->places);
    swml_value_release(&a->answers);
    swml_value_release(&a->argument);
    json_doc_free(a->reply);
    buf_release(&a->transfer_to);
    buf_release(&a->response);
    buf_release(&a->injected);
    buf_release(&a->question);
    mem_free(a);
}

/* ---- the end ----------------------------------------------------------------------------------
 */

/** Its last words to the application; the agent is gone after it. */
static void close_agent(struct carrier *c, struct leg *l, const char *result) {
    struct swml_script *s = swml_script(l);
    swml_set_var(l, "ai_result", str_z(result));
    swml_set_var(l, "return_value", str_z(result));
    agent_report(c, l);
    agent_free(steal_ptr(s->agent));
}

void agent_leave(struct carrier *c, struct leg *l) {
    struct agent *a = swml_script(l)->agent;
    static const char *const hooks[] = {"hangup_hook", "stop_hook"};
    for (size_t i = 0; leg_is_over(l) && i < ARRAY_LEN(hooks); i++) {
        struct agent_function *f = agent_function_find(a, str_z(hooks[i]));
        if (f)
            agent_notify_hook(c, l, f);
    }
    close_agent(c, l, "success");
}

/** The callee has heard the goodbye. */
static enum exec_next callee_leaves(struct leg *l) {
    struct callee_reply *r = &l->step.reply;
    const struct callee_listen listen = {.heard = buf_str(&l->heard), .speech = true};
    int64_t ms = HANGUP_MS;
    callee_reply_release(r);
    callee_turn(l->callee, &l->callee_state, &listen, r);
    buf_clear(&l->heard);
    struct str say = buf_str(&r->say);
    if (callee_mentions(say, STR("bye|thank"))) {
        agent_log(l, "user", say);
        leg_note(l, LEG_CALLEE, l->now_ms + ms, leg_speech_ms(say), say);
        ms += leg_speech_ms(say);
    }
    leg_after(l, ms, LEG_EVENT_CALLEE_HANGUP, 0);
    return EXEC_WAIT;
}

static enum exec_next finish(struct carrier *c, struct leg *l) {
    struct swml_script *s = swml_script(l);
    struct agent *a = s->agent;
    switch (a->end) {
    case AGENT_GOES_ON:
        return listen(c, l);
    case AGENT_END_GOODBYE:
        return callee_leaves(l);
    case AGENT_END_HANGUP:
        l->end = LEG_END_HANGUP_STEP;
        progress_end(c, l, CALL_COMPLETED, 200);
        return EXEC_LEFT;
    case AGENT_END_STOP:
        close_agent(c, l, "success");
        return EXEC_NEXT;
    case AGENT_END_TRANSFER:
        break;
    }
    struct buf dest = a->transfer_to;
    a->transfer_to = (struct buf){0};
    close_agent(c, l, "success");
    enum exec_next next =
        swml_go_to(c, l, buf_str(&dest), SWML_FETCH_TRANSFER, swml_object(), NULL);
    buf_release(&dest);
    return next;
}

/* ---- speaking ---------------------------------------------------------------------------------
 */

static enum exec_next go_on(struct carrier *c, struct leg *l) {
    const struct agent *a = swml_script(l)->agent;
    switch (a->then) {
    case AGENT_THEN_LISTEN:
        return listen(c, l);
    case AGENT_THEN_ACTIONS:
        return agent_actions(c, l);
    case AGENT_THEN_END:
        return finish(c, l);
    }
    return EXEC_NEXT;
}

enum exec_next agent_say(struct carrier *c, struct leg *l, struct str text, enum agent_then then) {
    struct agent *a = swml_script(l)->agent;
    a->then = then;
    text = str_trim(text);
    if (text.len == 0)
        return go_on(c, l);
    a->phase = AGENT_SPEAKING;
    agent_log(l, "assistant", text);
    return exec_wait(l, exec_say(c, l, text));
}

enum exec_next agent_respond(struct carrier *c, struct leg *l) {
    struct agent *a = swml_script(l)->agent;
    struct buf text = a->response;
    a->response = BUF_INIT(AGENT_TEXT_MAX);
    if (a->end == AGENT_GOES_ON && a->injected.len == 0 && !a->listens &&
        str_find(buf_str(&text), '?') == text.len && !agent_ask(l, &text)) {
        buf_puts(&text, text.len ? " " : "");
        buf_puts(&text, a->closing ? "Thank you for your time. Goodbye."
                                   : "Is there anything else that I can do for you?");
        a->end = a->closing ? AGENT_END_GOODBYE : AGENT_GOES_ON;
        a->closing = true;
    }
    a->listens = false;
    enum exec_next next = agent_say(c, l, buf_str(&text), AGENT_THEN_END);
    buf_release(&text);
    return next;
}

/* ---- listening --------------------------------------------------------------------------------
 */

static enum exec_next quiet(struct carrier *c, struct leg *l) {
    struct agent *a = swml_script(l)->agent;
    if (a->silences++ < ATTENTIONS_MAX)
        return agent_say(c, l, STR("Are you still there?"), AGENT_THEN_LISTEN);
    agent_log(l, "system", STR("The caller was silent for too long."));
    close_agent(c, l, "success");
    return EXEC_NEXT;
}

static enum exec_next listen(struct carrier *c, struct leg *l) {
    struct agent *a = swml_script(l)->agent;
    struct callee_reply *r = &l->step.reply;
    const struct callee_listen how = {
        .heard = buf_str(&l->heard), .question = buf_str(&a->question), .speech = true};
    (void)c;
    a->phase = AGENT_LISTENING;
    callee_reply_release(r);
    if (a->injected.len > 0) {
        *r = (struct callee_reply){.say = a->injected};
        a->injected = BUF_INIT(AGENT_TEXT_MAX);
        return exec_wait(l, 0);
    }
    callee_turn(l->callee, &l->callee_state, &how, r);
    buf_clear(&l->heard);
    buf_clear(&a->question);
    int64_t think_ms = rng_range(&l->rng, THINK_MIN_MS, THINK_MAX_MS) + r->wait_ms;
    struct str say = buf_str(&r->say);
    if (say.len == 0 && !r->hangup)
        return exec_wait(l, a->silences < ATTENTIONS_MAX
                                ? param_ms(a, "attention_timeout", 1000, ATTENTION_MS)
                                : param_ms(a, "inactivity_timeout", 10000, INACTIVITY_MS));
    int64_t ms = say.len ? leg_speech_ms(say) : 0;
    if (say.len > 0)
        leg_note(l, LEG_CALLEE, l->now_ms + think_ms, (uint32_t)ms, say);
    if (r->hangup) {
        agent_log(l, "user", say);
        leg_after(l, think_ms + ms, LEG_EVENT_CALLEE_HANGUP, 0);
        return EXEC_WAIT;
    }
    return exec_wait(l, think_ms + ms + param_ms(a, "end_of_speech_timeout", 250, 700));
}

static enum exec_next heard(struct carrier *c, struct leg *l) {
    struct agent *a = swml_script(l)->agent;
    struct str said = buf_str(&l->step.reply.say);
    struct swml_value argument = {0};
    if (said.len == 0)
        return quiet(c, l);
    agent_log(l, "user", said);
    a->silences = 0;
    a->chained = 0;
    if (++a->turns > AGENT_TURNS_MAX)
        a->closing = true;
    struct agent_function *f = agent_choose(c, l, said, &argument);
    if (f)
        return agent_call(c, l, f, argument);
    return agent_respond(c, l);
}

/* ---- the verb ---------------------------------------------------------------------------------
 */

static enum exec_next greet(struct carrier *c, struct leg *l) {
    struct agent *a = swml_script(l)->agent;
    struct str hook = STR("startup_hook");
    struct agent_function *f = agent_function_find(a, hook);
    if (!f)
        f = agent_function_find(a, STR("start_hook"));
    if (f && !f->done)
        return agent_call(c, l, f, swml_object());
    a->listens = json_bool(agent_param(a, "wait_for_user"), false);
    if (!a->listens)
        agent_greeting(c, l, &a->response);
    return agent_respond(c, l);
}

static enum exec_next begin(struct carrier *c, struct leg *l, const struct json *v) {
    struct swml_script *s = swml_script(l);
    struct agent *a = mem_zalloc(sizeof *a);
    agent_free(steal_ptr(s->agent)); /* an agent within an agent's document takes its place */
    s->agent = a;
    a->doc = s->frames[s->depth - 1].doc;
    a->doc->refs++;
    a->v = v;
    a->started_ms = l->now_ms;
    a->transfer_to = a->response = a->injected = a->question = BUF_INIT(AGENT_TEXT_MAX);
    a->call_log = swml_array();
    a->swaig_log = swml_array();
    rng_uuid(a->session_id, "ai session", c->seed, str_z(l->sid), s->controls);
    a->global_data = swml_value_from_json(json_get(v, "global_data"));
    swml_value_set_text(&a->global_data, "caller_id_name", str_z(l->from));
    swml_value_set_text(&a->global_data, "caller_id_number", str_z(l->from));
    agent_read_functions(c, l, a);
    agent_steps_begin(l);
    exec_reset_step(l);
    return greet(c, l);
}

static enum exec_next resume(struct carrier *c, struct leg *l) {
    const struct agent *a = swml_script(l)->agent;
    bool hook = a->calling && a->calling->hook; /* the agent may be gone after its actions */
    enum exec_next next;
    switch (a->phase) {
    case AGENT_SPEAKING:
        return go_on(c, l);
    case AGENT_LISTENING:
        return heard(c, l);
    case AGENT_CALLING:
        next = agent_called(c, l);
        return next == EXEC_NEXT && hook ? greet(c, l) : next;
    case AGENT_HOLDING:
        return agent_actions(c, l);
    }
    return EXEC_NEXT;
}

const struct swml_verb swml_ai_verb = {.name = "ai", .begin = begin, .resume = resume};

enum exec_next agent_after_document(struct carrier *c, struct leg *l) {
    struct swml_script *s = swml_script(l);
    struct agent *a = s->agent;
    if (!a)
        return EXEC_NEXT;
    const struct swml_value *answer = swml_value_get(&s->vars, STR("ai_response"));
    s->verb = &swml_ai_verb;
    exec_reset_step(l);
    if (answer && answer->type == SWML_STRING && answer->text.len > 0) {
        struct swml_names n;
        swml_names_init(c, l, &n);
        if (a->response.len > 0)
            buf_putc(&a->response, ' ');
        swml_expand_text(&n.scope, answer->text, &a->response);
        swml_names_release(&n);
        swml_value_unset_path(&s->vars, STR("ai_response"));
    }
    return agent_actions(c, l);
}

/* ---- commands over the API --------------------------------------------------------------------
 */

static struct agent *idle_agent(struct leg *l) {
    struct swml_script *s = l->script;
    return s && s->agent && s->verb == &swml_ai_verb && l->running ? s->agent : NULL;
}

/** Stop what the agent is at; its next event is this one. */
static void interrupt(struct leg *l, enum agent_phase phase, int64_t delay_ms) {
    swml_script(l)->agent->phase = phase;
    leg_cut_speech(l);
    leg_forget(l, LEG_EVENT_STEP);
    (void)exec_wait(l, delay_ms);
}

bool swml_ai_hold(struct carrier *c, struct leg *l, uint32_t timeout_s, struct str prompt) {
    struct agent *a = idle_agent(l);
    (void)c;
    if (!a || a->phase == AGENT_CALLING)
        return false;
    agent_log(l, "system", prompt.len ? prompt : STR("The caller is on hold."));
    interrupt(l, AGENT_HOLDING, (int64_t)(timeout_s <= HOLD_MAX_S ? timeout_s : HOLD_S) * 1000);
    return true;
}

bool swml_ai_unhold(struct carrier *c, struct leg *l) {
    const struct agent *a = idle_agent(l);
    (void)c;
    if (!a || a->phase != AGENT_HOLDING)
        return false;
    interrupt(l, AGENT_HOLDING, 0);
    return true;
}

bool swml_ai_stop(struct carrier *c, struct leg *l) {
    struct agent *a = idle_agent(l);
    (void)c;
    if (!a || a->phase == AGENT_CALLING)
        return false;
    a->end = AGENT_END_STOP;
    a->then = AGENT_THEN_END;
    interrupt(l, AGENT_SPEAKING, 0);
    return true;
}

bool swml_ai_message(struct carrier *c, struct leg *l, struct str role, struct str text,
                     const struct json *global_data) {
    struct swml_script *s = l->script;
    struct agent *a = s && l->running ? s->agent : NULL;
    (void)c;
    if (!a)
        return false;
    struct swml_value more = swml_value_from_json(global_data);
    swml_value_merge(&a->global_data, &more);
    swml_value_release(&more);
    if (text.len == 0)
        return true;
    if (str_eq_z(role, "user"))
        buf_put_str(&a->injected, text);
    else
        agent_log(l, str_eq_z(role, "assistant") ? "assistant" : "system", text);
    return true;
}
