#include "providers/mock/carrier/signalwire/ai_state.h"

/*
 * Contexts and steps ("SignalWire docs: ai, contexts"): where the talk is, what may be called
 * there, and how it goes on. A step is done when the functions that it names were called or
 * refused; one that names none puts its own text as a question, once.
 */
enum {
    PLACE_MAX = 256, /* bytes of a name */
};

static struct agent *agent_of(struct leg *l) {
    return swml_script(l)->agent;
}

/* ---- places -----------------------------------------------------------------------------------
 */

static const struct json *find_context(const struct agent *a, struct str name) {
    const struct json *contexts = json_get(json_get(a->v, "prompt"), "contexts");
    for (const struct json *c = json_first(contexts); c; c = json_next(c))
        if (str_eq(json_name(c), name) && json_count(json_get(c, "steps")) > 0)
            return c;
    return NULL;
}

static const struct json *find_step(const struct json *context, struct str name) {
    for (const struct json *s = json_first(json_get(context, "steps")); s; s = json_next(s))
        if (str_eq(json_str(json_get(s, "name")), name))
            return s;
    return NULL;
}

/** A place as a name; false when it is too long to be remembered. */
static bool put_place(const struct json *context, const struct json *step, struct buf *out) {
    buf_put_str(out, json_name(context));
    buf_putc(out, '\n');
    buf_put_str(out, json_str(json_get(step, "name")));
    return !buf_failed(out);
}

static bool was_there(const struct agent *a, const struct json *context, const struct json *step) {
    CLEANUP(buf_release) struct buf place = BUF_INIT(PLACE_MAX);
    return !put_place(context, step, &place) || swml_value_get(&a->places, buf_str(&place));
}

/** What the platform's own functions leave in the log. */
static void log_way(struct leg *l, const char *function, const char *argument, struct str name) {
    struct agent *a = agent_of(l);
    CLEANUP(buf_release) struct buf text = BUF_INIT(AGENT_TEXT_MAX);
    if (a->swaig_log.count >= AGENT_LOG_MAX)
        return;
    buf_printf(&text, "{\"%s\":", argument);
    buf_put_json(&text, name);
    buf_putc(&text, '}');
    struct swml_value e = agent_log_entry(l, str_z(function), buf_str(&text));
    swml_value_set(&e, STR("native"), swml_bool(true));
    swml_value_push(&a->swaig_log, e);
}

static void arrive(struct leg *l, const struct json *context, const struct json *step) {
    struct agent *a = agent_of(l);
    CLEANUP(buf_release) struct buf place = BUF_INIT(PLACE_MAX);
    a->context = context;
    a->step = step;
    a->step_asked = false;
    a->asked = NULL;
    if (put_place(context, step, &place))
        swml_value_set(&a->places, buf_str(&place), swml_bool(true));
}

void agent_steps_begin(struct leg *l) {
    const struct json *context = find_context(agent_of(l), STR("default"));
    agent_of(l)->places = swml_object();
    if (context)
        arrive(l, context, json_first(json_get(context, "steps")));
}

/* ---- what may be called -----------------------------------------------------------------------
 */

static bool is_named(const struct agent *a, const struct agent_function *f) {
    for (const struct json *n = json_first(json_get(a->step, "functions")); n; n = json_next(n))
        if (str_eq(json_str(n), f->name))
            return true;
    return false;
}

bool agent_step_allows(const struct agent *a, const struct agent_function *f) {
    const struct json *functions = json_get(a->step, "functions");
    bool none = str_eq_z(json_str(functions), "none"); /* as the SDK writes it */
    return !none && (json_count(functions) == 0 || is_named(a, f));
}

bool agent_step_offers(const struct agent *a, const struct agent_function *f) {
    return !a->step || is_named(a, f);
}

/* ---- its own question -------------------------------------------------------------------------
 */

struct str agent_step_question(struct agent *a) {
    bool names = json_count(json_get(a->step, "functions")) > 0;
    if (!a->step || a->step_asked || names || json_bool(json_get(a->step, "skip_user_turn"), false))
        return (struct str){0};
    a->step_asked = true;
    return agent_first_text(a->step);
}

/* ---- ways -------------------------------------------------------------------------------------
 */

static bool go_to_step(struct leg *l, const struct json *context, const struct json *step) {
    if (!step || was_there(agent_of(l), context, step))
        return false;
    arrive(l, context, step);
    log_way(l, "next_step", "step", json_str(json_get(step, "name")));
    return true;
}

static bool next_step(struct leg *l) {
    const struct agent *a = agent_of(l);
    const struct json *valid = json_get(a->step, "valid_steps"), *following = json_next(a->step);
    if (json_type(valid) != JSON_ARRAY)
        return go_to_step(l, a->context, following);
    for (const struct json *n = json_first(valid); n; n = json_next(n))
        if (go_to_step(l, a->context,
                       str_eq_z(json_str(n), "next") ? following
                                                     : find_step(a->context, json_str(n))))
            return true;
    return false;
}

static bool next_context(struct leg *l) {
    const struct agent *a = agent_of(l);
    const struct json *valid = json_get(a->step, "valid_contexts");
    if (!valid)
        valid = json_get(a->context, "valid_contexts");
    for (const struct json *n = json_first(valid); n; n = json_next(n)) {
        const struct json *context = find_context(a, json_str(n));
        const struct json *step = json_first(json_get(context, "steps"));
        if (!step || was_there(a, context, step))
            continue;
        arrive(l, context, step);
        log_way(l, "change_context", "context", json_name(context));
        return true;
    }
    return false;
}

bool agent_step_on(struct leg *l) {
    const struct agent *a = agent_of(l);
    if (!a->step)
        return false;
    return (!json_bool(json_get(a->step, "end"), false) && next_step(l)) || next_context(l);
}

bool agent_step_go(struct leg *l, struct str step) {
    struct agent *a = agent_of(l);
    const struct json *to = str_eq_z(step, "next") ? (a->step ? json_next(a->step) : NULL)
                                                   : find_step(a->context, step);
    if (to)
        arrive(l, a->context, to);
    return to != NULL;
}

bool agent_context_go(struct leg *l, struct str context) {
    const struct json *to = find_context(agent_of(l), context);
    if (to)
        arrive(l, to, json_first(json_get(to, "steps")));
    return to != NULL;
}
