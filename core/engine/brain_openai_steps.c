#include "core/engine/brain_openai_steps.h"

#include "core/base/json.h"

enum {
    SCHEMA_MAX = 8192,
    OWN_FUNCTIONS = 3
};

static const struct str NEXT_STEP = STR_INIT("next_step");
static const struct str CHANGE_CONTEXT = STR_INIT("change_context");
static const struct str CHANGE_LANGUAGE = STR_INIT("change_language");
static const struct str DEFAULT_CONTEXT = STR_INIT("default");

/* ---- places -----------------------------------------------------------------------------------
 */

static const struct assistant_context *find_context(const struct assistant *a, struct str name) {
    for (size_t i = 0; i < a->context_count; i++)
        if (str_eq(a->contexts[i].name, name))
            return &a->contexts[i];
    return NULL;
}

static const struct assistant_step *find_step(const struct assistant_context *c, struct str name) {
    for (size_t i = 0; i < c->step_count; i++)
        if (str_eq(c->steps[i].name, name))
            return &c->steps[i];
    return NULL;
}

static const struct assistant_step *first_step(const struct assistant_context *c) {
    return c->step_count > 0 ? &c->steps[0] : NULL;
}

/* ---- ways -------------------------------------------------------------------------------------
 */

/** The step that follows in the list; NULL after the last one. */
static const struct assistant_step *following(const struct openai_place *p) {
    size_t next = (size_t)(p->step - p->context->steps) + 1;
    return next < p->context->step_count ? &p->context->steps[next] : NULL;
}

struct openai_place openai_place_find(const struct brain_input *in, struct str context,
                                      struct str step) {
    const struct assistant *a = in->assistant;
    struct openai_place p = {.language = in->language ? in->language : &a->languages[0],
                             .context = find_context(a, context)};
    if (!p.context)
        p.context = find_context(a, DEFAULT_CONTEXT);
    if (!p.context && a->context_count > 0)
        p.context = &a->contexts[0];
    if (p.context)
        p.step = find_step(p.context, step);
    if (p.context && !p.step)
        p.step = first_step(p.context);
    return p;
}

bool openai_place_send(struct openai_place *p, const struct assistant *a, struct str context,
                       struct str step) {
    struct openai_place to = *p;
    if (context.len > 0) {
        to.context = find_context(a, context);
        to.step = to.context ? first_step(to.context) : NULL;
    }
    if (to.context && step.len > 0)
        to.step = !str_eq(step, STR("next")) ? find_step(to.context, step)
                  : to.step                  ? following(&to)
                                             : NULL;
    if (!to.context || !to.step)
        return false;
    *p = to;
    return true;
}

/** Step number i that can be gone to; NULL behind the last one. */
static const struct assistant_step *way(const struct openai_place *p, size_t i) {
    if (!p->step || p->step->end)
        return NULL;
    if (!p->step->limits_steps)
        return i == 0 ? following(p) : NULL;
    if (i >= p->step->valid_steps.count)
        return NULL;
    struct str name = p->step->valid_steps.items[i];
    return str_eq(name, STR("next")) ? following(p) : find_step(p->context, name);
}

static size_t ways(const struct openai_place *p) {
    return !p->step ? 0 : p->step->limits_steps ? p->step->valid_steps.count : 1;
}

/** Contexts that can be gone to: those of the step, else of the context. */
static const struct assistant_names *doors(const struct openai_place *p) {
    return p->step && p->step->valid_contexts.count > 0 ? &p->step->valid_contexts
                                                        : &p->context->valid_contexts;
}

static bool has_way(const struct openai_place *p) {
    for (size_t i = 0; i < ways(p); i++)
        if (way(p, i))
            return true;
    return false;
}

/* ---- functions --------------------------------------------------------------------------------
 */

static bool is_declared(const struct brain_input *in, struct str name) {
    for (size_t i = 0; i < in->function_count; i++)
        if (str_eq(in->functions[i].name, name))
            return true;
    return false;
}

static bool is_allowed(const struct openai_place *p, struct str name) {
    if (!p->step || !p->step->limits_functions)
        return true;
    for (size_t i = 0; i < p->step->functions.count; i++)
        if (str_eq(p->step->functions.items[i], name))
            return true;
    return false;
}

bool openai_place_allows(const struct openai_place *p, const struct brain_input *in,
                         struct str function) {
    return is_declared(in, function) && is_allowed(p, function);
}

static void begin_schema(struct json_writer *w, struct buf *b, const char *argument) {
    json_write_init(w, b);
    json_begin_object(w);
    json_kv_z(w, "type", "object");
    json_key(w, "properties");
    json_begin_object(w);
    json_key(w, argument);
    json_begin_object(w);
    json_kv_z(w, "type", "string");
    json_key(w, "enum");
    json_begin_array(w);
}

static struct str end_schema(struct json_writer *w, const char *argument, struct arena *a) {
    json_end_array(w);
    json_end_object(w);
    json_end_object(w);
    json_key(w, "required");
    json_begin_array(w);
    json_put_string(w, str_z(argument));
    json_end_array(w);
    json_end_object(w);
    struct str out = arena_copy(a, buf_str(w->b));
    buf_release(w->b);
    return out;
}

static struct brain_function next_step(const struct openai_place *p, struct arena *a) {
    struct buf b = BUF_INIT(SCHEMA_MAX);
    struct json_writer w;
    begin_schema(&w, &b, "step");
    for (size_t i = 0; i < ways(p); i++)
        if (way(p, i))
            json_put_string(&w, way(p, i)->name);
    return (struct brain_function){
        .name = NEXT_STEP,
        .description = STR("Go on to another step, as soon as what is to be done now is done."),
        .parameters_json = end_schema(&w, "step", a)};
}

static struct brain_function change_context(const struct openai_place *p, struct arena *a) {
    struct buf b = BUF_INIT(SCHEMA_MAX);
    struct json_writer w;
    begin_schema(&w, &b, "context");
    for (size_t i = 0; i < doors(p)->count; i++)
        json_put_string(&w, doors(p)->items[i]);
    return (struct brain_function){.name = CHANGE_CONTEXT,
                                   .description = STR("Turn to another matter."),
                                   .parameters_json = end_schema(&w, "context", a)};
}

static struct brain_function change_language(const struct brain_input *in) {
    struct buf b = BUF_INIT(SCHEMA_MAX);
    struct json_writer w;
    begin_schema(&w, &b, "language");
    for (size_t i = 0; i < in->assistant->language_count; i++)
        json_put_string(&w, in->assistant->languages[i].code);
    return (struct brain_function){
        .name = CHANGE_LANGUAGE,
        .description = STR("Speak and understand another language from now on: call it as soon as "
                           "the caller speaks or asks for another one of these."),
        .parameters_json = end_schema(&w, "language", in->arena)};
}

bool openai_place_is_own(const struct openai_place *p, const struct brain_input *in,
                         struct str function) {
    if (is_declared(in, function))
        return false;
    if (str_eq(function, CHANGE_LANGUAGE))
        return in->assistant->language_count > 1;
    return p->context && (str_eq(function, NEXT_STEP) || str_eq(function, CHANGE_CONTEXT));
}

void openai_place_functions(const struct openai_place *p, const struct brain_input *in,
                            const struct brain_function **out, size_t *count) {
    struct brain_function *list =
        arena_alloc(in->arena, (in->function_count + OWN_FUNCTIONS) * sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < in->function_count; i++)
        if (is_allowed(p, in->functions[i].name))
            list[n++] = in->functions[i];
    if (openai_place_is_own(p, in, NEXT_STEP) && has_way(p))
        list[n++] = next_step(p, in->arena);
    if (openai_place_is_own(p, in, CHANGE_CONTEXT) && doors(p)->count > 0)
        list[n++] = change_context(p, in->arena);
    if (openai_place_is_own(p, in, CHANGE_LANGUAGE))
        list[n++] = change_language(in);
    *out = list;
    *count = n;
}

/* ---- going ------------------------------------------------------------------------------------
 */

static enum error_code go_to_step(struct openai_place *p, struct str name, struct error *err) {
    for (size_t i = 0; i < ways(p); i++) {
        const struct assistant_step *s = way(p, i);
        if (s && (name.len == 0 || str_eq(s->name, name))) { /* one way needs no name */
            p->step = s;
            return ERR_OK;
        }
    }
    return error_field(err, ERR_INVALID, "step", "is no step that can be gone to from here");
}

static enum error_code go_to_context(struct openai_place *p, const struct assistant *a,
                                     struct str name, struct error *err) {
    for (size_t i = 0; i < doors(p)->count; i++) {
        const struct assistant_context *c = find_context(a, name);
        if (c && str_eq(doors(p)->items[i], name)) {
            p->context = c;
            p->step = first_step(c);
            return ERR_OK;
        }
    }
    return error_field(err, ERR_INVALID, "context", "is no context that can be gone to from here");
}

static enum error_code go_to_language(struct openai_place *p, const struct assistant *a,
                                      struct str code, struct error *err) {
    const struct assistant_language *l = assistant_find_language(a, code);
    if (!l)
        return error_field(err, ERR_INVALID, "language", "is none that can be spoken here");
    p->language = l;
    return ERR_OK;
}

static struct str where(const struct openai_place *p, struct str function, struct arena *a) {
    if (str_eq(function, CHANGE_LANGUAGE))
        return arena_printf(a, "You speak " STR_FMT " now.", STR_ARG(p->language->code));
    return arena_printf(a, "You are now at: " STR_FMT,
                        STR_ARG(p->step ? p->step->name : p->context->name));
}

enum error_code openai_place_go(struct openai_place *p, const struct brain_input *in,
                                struct str function, struct str arguments_json,
                                struct str *response, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    if (arguments_json.len > 0) {
        enum error_code parsed = json_parse(arguments_json, NULL, &doc, err);
        if (parsed != ERR_OK)
            return parsed;
    }
    const struct json *v = doc ? json_root(doc) : NULL;
    const struct assistant *a = in->assistant;
    enum error_code rc = str_eq(function, NEXT_STEP)
                             ? go_to_step(p, json_str(json_get(v, "step")), err)
                         : str_eq(function, CHANGE_CONTEXT)
                             ? go_to_context(p, a, json_str(json_get(v, "context")), err)
                             : go_to_language(p, a, json_str(json_get(v, "language")), err);
    if (rc == ERR_OK)
        *response = where(p, function, in->arena);
    return rc;
}
