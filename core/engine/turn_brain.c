#include "core/engine/turn_brain.h"

#include "core/base/id.h"
#include "core/domain/function.h"

enum {
    SCHEMA_MAX = 16384,
    USAGE_MAX = 1024
};

/* ---- the past ---------------------------------------------------------------------------------
 */

struct past {
    int64_t call_id;
    struct arena *arena;
    struct turn *turns;
    size_t count;
};

static enum error_code read_past(struct store_tx *tx, void *ctx, struct error *err) {
    struct past *p = ctx;
    return store_list_turns(tx, p->call_id, p->arena, &p->turns, &p->count, err);
}

static void tell_past(struct turn_work *t, struct brain_input *in) {
    struct past p = {.call_id = t->in->call->id, .arena = t->arena};
    struct error why = {0};
    if (!t->cv->options.store)
        return;
    if (store_read(t->cv->options.store, read_past, &p, &why) != ERR_OK) {
        log_warn(t->cv->options.log, "transcript not read",
                 LOG_ID("call", CALL_ID_PREFIX, t->in->call->id), LOG_Z("error", why.text));
        return;
    }
    struct brain_line *lines = arena_alloc(t->arena, (p.count + 1) * sizeof *lines);
    for (size_t i = 0; i < p.count; i++)
        lines[i] = (struct brain_line){p.turns[i].role, p.turns[i].text};
    in->lines = lines;
    in->line_count = p.count;
}

/* ---- functions --------------------------------------------------------------------------------
 */

static struct str schema_of(struct arena *a, const struct json *parameters) {
    struct buf b = BUF_INIT(SCHEMA_MAX);
    json_put_value(&b, parameters);
    struct str out = buf_failed(&b) ? STR("{\"type\":\"object\"}") : arena_copy(a, buf_str(&b));
    buf_release(&b);
    return out;
}

static struct brain_function describe(struct arena *a, const struct assistant_function *f) {
    const struct function_declaration *d = function_declaration(function_find(f->name));
    struct brain_function out = {.name = f->name, .description = f->description};
    if (out.description.len == 0 && d)
        out.description = str_z(d->description);
    out.parameters_json = f->parameters ? schema_of(a, f->parameters)
                          : d           ? str_z(d->parameters_json)
                                        : STR("{\"type\":\"object\",\"properties\":{}}");
    return out;
}

static void tell_functions(struct turn_work *t, struct brain_input *in) {
    const struct assistant *a = t->assistant;
    in->function_count = 0;
    struct brain_function *functions =
        arena_alloc(t->arena, (a->function_count + 1) * sizeof *functions);
    for (size_t i = 0; i < a->function_count; i++)
        if (turn_is_offered(t, &a->functions[i]))
            functions[in->function_count++] = describe(t->arena, &a->functions[i]);
    in->functions = functions;
}

void turn_brain_tell(struct turn_work *t, struct brain_input *in) {
    in->deadline_ms = t->in->deadline_ms;
    tell_past(t, in);
    tell_functions(t, in);
}

void turn_brain_tell_changes(struct turn_work *t, struct brain_input *in) {
    in->values = t->values;
    in->value_count = t->value_count;
    in->data_json = t->state.data_json;
    in->context = t->context;
    in->step = t->step;
    t->context = t->step = (struct str){0};
    if (in->functions)
        tell_functions(t, in);
}

/* ---- what it took -----------------------------------------------------------------------------
 */

void turn_brain_account(struct turn_work *t, const struct brain_usage *u) {
    if (u->requests == 0)
        return;
    log_info(t->cv->options.log, "model server asked",
             LOG_ID("call", CALL_ID_PREFIX, t->in->call->id), LOG_INT("turn", t->in->turn),
             LOG_STR("model", u->model), LOG_INT("requests", u->requests),
             LOG_INT("prompt_tokens", u->prompt_tokens),
             LOG_INT("completion_tokens", u->completion_tokens), LOG_INT("ms", u->latency_ms));
    struct buf b = BUF_INIT(USAGE_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_string(&w, "model", u->model);
    json_kv_int(&w, "requests", u->requests);
    json_kv_int(&w, "prompt_tokens", u->prompt_tokens);
    json_kv_int(&w, "completion_tokens", u->completion_tokens);
    json_kv_int(&w, "latency_ms", u->latency_ms);
    if (u->failure.len > 0)
        json_kv_string(&w, "failure", u->failure);
    json_end_object(&w);
    if (!buf_failed(&b))
        t->usage_json = arena_copy(t->arena, buf_str(&b));
    buf_release(&b);
}
