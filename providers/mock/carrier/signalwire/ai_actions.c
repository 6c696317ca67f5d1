#include "core/base/mem.h"
#include "providers/mock/carrier/signalwire/ai_state.h"

/* What a function's reply makes the agent do ("SignalWire docs: SWAIG actions"). */

enum {
    HOLD_S = 300,
    HOLD_MAX_S = 900,
};

/** How an action went. */
enum outcome {
    ACTION_DONE = 0,
    ACTION_WAITS,
    ACTION_RUNS_DOCUMENT,
    ACTION_ENDS,
};

struct action {
    const char *name;
    enum outcome (*run)(struct carrier *c, struct leg *l, const struct json *v);
};

static struct agent *agent_of(struct leg *l) {
    return swml_script(l)->agent;
}

static bool is_yes(const struct json *v) {
    struct str text = json_str(v);
    if (text.ptr)
        return !str_eq_nocase(text, STR("false")) && text.len > 0;
    return json_type(v) == JSON_BOOL ? json_bool(v, false)
                                     : json_type(v) != JSON_NULL && json_double(v, 1) != 0;
}

/* ---- speaking, ending -------------------------------------------------------------------------
 */

static enum outcome say(struct carrier *c, struct leg *l, const struct json *v) {
    struct agent *a = agent_of(l);
    struct str text = str_trim(json_str(v));
    if (text.len == 0)
        return ACTION_DONE;
    agent_log(l, "assistant", text);
    a->phase = AGENT_SPEAKING;
    a->then = AGENT_THEN_ACTIONS;
    (void)exec_wait(l, exec_say(c, l, text));
    return ACTION_WAITS;
}

static enum outcome stop(struct carrier *c, struct leg *l, const struct json *v) {
    (void)c;
    if (is_yes(v))
        agent_of(l)->end = AGENT_END_STOP;
    return ACTION_DONE;
}

static enum outcome hang_up(struct carrier *c, struct leg *l, const struct json *v) {
    (void)c;
    if (is_yes(v))
        agent_of(l)->end = AGENT_END_HANGUP;
    return ACTION_DONE;
}

/** Beside `SWML` it says how that is run; alone it is where the call goes. */
static enum outcome transfer(struct carrier *c, struct leg *l, const struct json *v) {
    struct agent *a = agent_of(l);
    struct str dest = json_str(json_type(v) == JSON_OBJECT ? json_get(v, "dest") : v);
    (void)c;
    if (json_get(a->action, "SWML") || dest.len == 0)
        return ACTION_DONE;
    buf_clear(&a->transfer_to);
    buf_put_str(&a->transfer_to, dest);
    a->end = AGENT_END_TRANSFER;
    return ACTION_DONE;
}

static uint32_t hold_s(const struct json *v) {
    struct str text = json_str(v);
    uint64_t n = HOLD_S, more = 0;
    if (json_type(v) == JSON_OBJECT)
        return hold_s(json_get(v, "timeout"));
    if (text.len > 0) { /* "5", "5m", "90s", "1:30" */
        size_t colon = str_find(text, ':');
        char unit = text.ptr[text.len - 1];
        bool ok = colon < text.len
                      ? str_to_u64(str_from(text.ptr, colon), 60, &n) &&
                            str_to_u64(str_from_index(text, colon + 1), 59, &more)
                      : str_to_u64(str_from(text.ptr, text.len - (unit > '9' ? 1 : 0)), 900, &n);
        if (!ok)
            return HOLD_S;
        n = colon < text.len || unit == 'm' ? n * 60 + more : n;
    } else if (json_type(v) == JSON_NUMBER) {
        double d = json_double(v, HOLD_S);
        n = d >= 0 && d <= HOLD_MAX_S ? (uint64_t)d : HOLD_S;
    }
    return n <= HOLD_MAX_S ? (uint32_t)n : HOLD_S;
}

static enum outcome hold(struct carrier *c, struct leg *l, const struct json *v) {
    (void)c;
    agent_log(l, "system", STR("The caller is on hold."));
    agent_of(l)->phase = AGENT_HOLDING;
    (void)exec_wait(l, (int64_t)hold_s(v) * 1000);
    return ACTION_WAITS;
}

static enum outcome wait_for_user(struct carrier *c, struct leg *l, const struct json *v) {
    (void)c;
    agent_of(l)->listens = is_yes(v);
    return ACTION_DONE;
}

static enum outcome user_input(struct carrier *c, struct leg *l, const struct json *v) {
    struct agent *a = agent_of(l);
    (void)c;
    buf_clear(&a->injected);
    buf_put_str(&a->injected, json_str(v));
    return ACTION_DONE;
}

static enum outcome back_to_back(struct carrier *c, struct leg *l, const struct json *v) {
    struct agent *a = agent_of(l);
    (void)c;
    a->back_to_back = is_yes(v);
    a->forever = str_eq_z(json_str(v), "forever");
    return ACTION_DONE;
}

/* ---- data -------------------------------------------------------------------------------------
 */

static void merge(struct swml_value *into, const struct json *v) {
    struct swml_value more = swml_value_from_json(v);
    if (swml_value_weight(into) + swml_value_weight(&more) <= SWML_VALUE_WEIGHT_MAX)
        swml_value_merge(into, &more);
    swml_value_release(&more);
}

static void take_away(struct swml_value *from, const struct json *v) {
    if (json_type(v) == JSON_STRING)
        swml_value_unset_path(from, json_str(v));
    for (const struct json *i = json_first(v); i; i = json_next(i))
        swml_value_unset_path(from, json_str(i));
}

static enum outcome closed_gate(struct leg *l, const char *action) {
    struct buf text = BUF_INIT(AGENT_TEXT_MAX);
    buf_printf(&text, "The action \"%s\" is not allowed to this agent.", action);
    agent_log(l, "system", buf_str(&text));
    buf_release(&text);
    return ACTION_DONE;
}

static enum outcome set_global_data(struct carrier *c, struct leg *l, const struct json *v) {
    (void)c;
    if (!agent_allows(agent_of(l), "swaig_set_global_data"))
        return closed_gate(l, "set_global_data");
    merge(&agent_of(l)->global_data, v);
    return ACTION_DONE;
}

static enum outcome unset_global_data(struct carrier *c, struct leg *l, const struct json *v) {
    (void)c;
    if (!agent_allows(agent_of(l), "swaig_set_global_data"))
        return closed_gate(l, "unset_global_data");
    take_away(&agent_of(l)->global_data, v);
    return ACTION_DONE;
}

static struct swml_value *meta_data(struct agent *a) {
    return &a->functions[a->calling->meta].meta_data;
}

static enum outcome set_meta_data(struct carrier *c, struct leg *l, const struct json *v) {
    (void)c;
    merge(meta_data(agent_of(l)), v);
    return ACTION_DONE;
}

static enum outcome unset_meta_data(struct carrier *c, struct leg *l, const struct json *v) {
    (void)c;
    take_away(meta_data(agent_of(l)), v);
    return ACTION_DONE;
}

static void toggle(struct agent *a, const struct json *v) {
    struct agent_function *f = agent_function_find(a, json_str(json_get(v, "function")));
    const struct json *active = json_get(v, "active");
    if (!f || f->meta != a->calling->meta) /* only those that share its token */
        return;
    int64_t n;
    if (json_type(active) == JSON_BOOL || json_type(active) == JSON_STRING)
        f->uses = is_yes(active) ? -1 : 0;
    else if (json_int(active, -1, 1000, &n))
        f->uses = n >= 0 ? (int32_t)n : f->uses == 0 ? -1 : 0;
}

static enum outcome toggle_functions(struct carrier *c, struct leg *l, const struct json *v) {
    (void)c;
    if (json_type(v) == JSON_OBJECT)
        toggle(agent_of(l), v);
    else
        for (const struct json *i = json_first(v); i; i = json_next(i))
            toggle(agent_of(l), i);
    return ACTION_DONE;
}

static enum outcome context_switch(struct carrier *c, struct leg *l, const struct json *v) {
    const struct json *prompt = json_type(v) == JSON_OBJECT ? json_get(v, "system_prompt") : v;
    const struct json *words = json_get(v, "user_prompt");
    if (json_str(prompt).len > 0)
        agent_log(l, "system", json_str(prompt));
    return words ? user_input(c, l, words) : ACTION_DONE;
}

static void put_note(struct leg *l, struct str name, const char *what) {
    struct buf text = BUF_INIT(AGENT_TEXT_MAX);
    buf_printf(&text, "Action \"" STR_FMT "\" %s.", STR_ARG(name), what);
    agent_log(l, "system", buf_str(&text));
    buf_release(&text);
}

static enum outcome change_step(struct carrier *c, struct leg *l, const struct json *v) {
    (void)c;
    if (!agent_step_go(l, json_str(v)))
        put_note(l, json_name(v), "leads nowhere");
    return ACTION_DONE;
}

static enum outcome change_context(struct carrier *c, struct leg *l, const struct json *v) {
    (void)c;
    if (!agent_context_go(l, json_str(v)))
        put_note(l, json_name(v), "leads nowhere");
    return ACTION_DONE;
}

/* ---- documents --------------------------------------------------------------------------------
 */

static struct swml_doc *read_document(struct carrier *c, struct leg *l, const struct json *v) {
    const char *code = NULL;
    const struct json *raw = json_get(v, "raw_swml");
    struct buf text = BUF_INIT(OUTGOING_JSON_MAX);
    if (raw)
        v = raw;
    if (json_type(v) == JSON_STRING)
        buf_put_str(&text, json_str(v));
    else
        json_put_value(&text, v);
    struct swml_doc *d = swml_doc_new(buf_str(&text), (struct str){0}, &code);
    if (!d)
        swml_warn(c, l, code, STR("SWML action"));
    buf_release(&text);
    return d;
}

static enum outcome run_document(struct carrier *c, struct leg *l, const struct json *v) {
    struct agent *a = agent_of(l);
    struct swml_script *s = swml_script(l);
    if (!agent_allows(a, "swaig_allow_swml"))
        return closed_gate(l, "SWML");
    struct swml_doc *d = read_document(c, l, v);
    if (!d)
        return ACTION_DONE;
    /* "transfer" also stood inside the document in an older SDK */
    const struct json *beside = json_get(a->action, "transfer");
    if (!beside)
        beside = json_get(v, "transfer");
    if (!beside || !is_yes(beside)) {
        swml_value_unset_path(&s->vars, STR("ai_response"));
        return swml_run_inline(c, l, d) ? ACTION_RUNS_DOCUMENT : ACTION_DONE;
    }
    agent_log(l, "system", STR("The call goes on without the agent."));
    agent_leave(c, l);
    swml_cut_frames(l, 0);
    (void)swml_push_section(c, l, SWML_SECTION, d, STR("main"), swml_object(), NULL);
    swml_doc_unref(d);
    return ACTION_ENDS;
}

/* ---- the table --------------------------------------------------------------------------------
 */

static const struct action actions[] = {
    {"SWML", run_document},
    {"transfer", transfer},
    {"say", say},
    {"stop", stop},
    {"hangup", hang_up},
    {"hold", hold},
    {"wait_for_user", wait_for_user},
    {"user_input", user_input},
    {"back_to_back_functions", back_to_back},
    {"set_global_data", set_global_data},
    {"unset_global_data", unset_global_data},
    {"set_meta_data", set_meta_data},
    {"unset_meta_data", unset_meta_data},
    {"toggle_functions", toggle_functions},
    {"context_switch", context_switch},
    {"change_step", change_step},
    {"change_context", change_context},
};

/** Without a sound or a voice of its own these have nothing to act on; the log shows them. */
static const char *const noted[] = {"playback_bg", "stop_playback_bg", "stop_playback"};

static enum outcome run_action(struct carrier *c, struct leg *l, const struct json *m) {
    struct str name = json_name(m);
    for (size_t i = 0; i < ARRAY_LEN(actions); i++)
        if (str_eq_z(name, actions[i].name))
            return actions[i].run(c, l, m);
    for (size_t i = 0; i < ARRAY_LEN(noted); i++) {
        if (str_eq_z(name, noted[i])) {
            put_note(l, name, "was taken note of");
            return ACTION_DONE;
        }
    }
    log_warn(c->log, "carrier agent does not simulate this action", LOG_Z("sid", l->sid),
             LOG_STR("action", name));
    put_note(l, name, "is not simulated");
    return ACTION_DONE;
}

/** The next member of the next action; NULL when all are through. */
static const struct json *next_member(struct agent *a) {
    while (a->action && !a->member) {
        a->action = json_name(a->action).len == 0 ? json_next(a->action) : NULL;
        a->member = json_first(a->action);
    }
    const struct json *m = a->member;
    a->member = m ? json_next(m) : NULL;
    return m;
}

/** A function that this one's reply names, when functions may follow one another. */
static struct agent_function *chained(struct agent *a) {
    if (!a->back_to_back || a->chained >= AGENT_CHAIN_MAX)
        return NULL;
    for (size_t i = 0; i < a->function_count; i++) {
        struct agent_function *f = &a->functions[i];
        if (!f->hook && f->uses != 0 && f != a->calling && agent_step_allows(a, f) &&
            callee_mentions(buf_str(&a->response), f->name))
            return f;
    }
    return NULL;
}

enum exec_next agent_actions(struct carrier *c, struct leg *l) {
    struct agent *a = agent_of(l);
    const struct json *m;
    while ((m = next_member(a))) {
        switch (run_action(c, l, m)) {
        case ACTION_DONE:
            break;
        case ACTION_WAITS:
            return EXEC_WAIT;
        case ACTION_RUNS_DOCUMENT:
        case ACTION_ENDS:
            return EXEC_NEXT;
        }
    }
    struct agent_function *f = a->end == AGENT_GOES_ON && a->calling ? chained(a) : NULL;
    a->back_to_back = a->forever;
    if (!f)
        return agent_respond(c, l);
    a->chained++;
    struct swml_value argument = agent_argument(l, f, buf_str(&l->step.reply.say));
    agent_log(l, "assistant", buf_str(&a->response));
    buf_clear(&a->response);
    return agent_call(c, l, f, argument);
}
