#include "core/engine/function_declared.h"

#include "core/base/compiler.h"
#include "core/domain/card_mask.h"
#include "core/domain/function_action_json.h"
#include "core/domain/phrase.h"
#include "core/domain/spoken.h"
#include "core/domain/text.h"

/** One run: what names in texts and conditions stand for. */
struct run {
    const struct function_context *ctx;
    const struct json *arguments; /* NULL: none */
};

/* ---- values ---------------------------------------------------------------------------------- */

static struct str json_text(const struct function_context *ctx, const struct json *v) {
    if (json_type(v) == JSON_STRING)
        return json_str(v);
    if (!v || json_type(v) == JSON_NULL)
        return (struct str){0};
    struct buf b = BUF_INIT(FUNCTION_ARGUMENTS_MAX);
    json_put_value(&b, v);
    struct str s = arena_copy(ctx->arena, buf_str(&b));
    buf_release(&b);
    return s;
}

static const struct json *find(const struct json *object, struct str name) {
    for (const struct json *v = json_first(object); v; v = json_next(v))
        if (str_eq(json_name(v), name))
            return v;
    return NULL;
}

static struct str look_up(void *arg, struct str name) {
    const struct run *run = arg;
    const struct function_context *ctx = run->ctx;
    struct str prefix = STR(TEXT_DATA_PREFIX);
    if (str_starts(name, prefix))
        return json_text(ctx, find(ctx->data, str_from_index(name, prefix.len)));
    const struct json *argument = find(run->arguments, name);
    if (argument)
        return json_text(ctx, argument);
    for (size_t i = 0; i < ctx->value_count; i++)
        if (str_eq(ctx->values[i].name, name))
            return ctx->values[i].value;
    const struct assistant_variable *v =
        ctx->assistant ? assistant_find_variable(ctx->assistant, name) : NULL;
    return v ? v->value : (struct str){0};
}

struct str function_mask(const struct function_context *ctx, struct str text) {
    struct buf masked = BUF_INIT(FUNCTION_ACTION_JSON_MAX);
    card_mask_put(&masked, text);
    struct str s = arena_copy(ctx->arena, buf_str(&masked));
    buf_release(&masked);
    return s;
}

static struct str expand(struct run *run, struct str text, size_t max) {
    struct buf b = BUF_INIT(max);
    text_expand(&b, text, look_up, run);
    struct str s = function_mask(run->ctx, buf_str(&b));
    buf_release(&b);
    return s;
}

struct str function_expand(const struct function_context *ctx, struct str text) {
    struct run run = {ctx, NULL};
    return expand(&run, text, FUNCTION_RESPONSE_MAX);
}

/* ---- conditions ------------------------------------------------------------------------------ */

static bool matches(struct str value, const struct assistant_phrases *phrases) {
    struct phrase_text said;
    phrase_read(&said, value);
    for (size_t i = 0; i < phrases->count; i++)
        if (phrase_match(&said, phrases->items[i]))
            return true;
    return false;
}

static bool is_one_of(struct str value, const struct assistant_phrases *texts) {
    for (size_t i = 0; i < texts->count; i++)
        if (str_eq_nocase(value, texts->items[i]))
            return true;
    return false;
}

static bool holds(struct run *run, const struct assistant_condition *c) {
    struct str value = look_up(run, c->name);
    int64_t n = 0;
    bool is_number =
        (c->has_at_least || c->has_less_than) && spoken_number(value, &n) == SPOKEN_FOUND;
    if (c->has_is_set && c->is_set != (value.len > 0))
        return false;
    if (c->has_equals && !str_eq_nocase(value, c->equals))
        return false;
    if (c->one_of.count > 0 && !is_one_of(value, &c->one_of))
        return false;
    if (c->has_at_least && (!is_number || n < c->at_least))
        return false;
    if (c->has_less_than && (!is_number || n >= c->less_than))
        return false;
    return c->match.count == 0 || matches(value, &c->match);
}

static const struct assistant_effect *choose(struct run *run, const struct assistant_function *f) {
    for (size_t i = 0; i < f->rule_count; i++) {
        size_t held = 0;
        while (held < f->rules[i].when_count && holds(run, &f->rules[i].when[held]))
            held++;
        if (held == f->rules[i].when_count)
            return &f->rules[i].effect;
    }
    return &f->effect;
}

/* ---- what it gives --------------------------------------------------------------------------- */

static struct str action_text(void *ctx, struct definition *d, struct str text,
                              const struct definition_at *at) {
    struct run *run = ctx;
    (void)d;
    (void)at;
    return expand(run, text, FUNCTION_ACTION_TEXT_MAX);
}

/** The call is left in another way than by hanging up. */
static bool leaves(const struct function_reply *r) {
    for (size_t i = 0; i < r->action_count; i++)
        if (r->actions[i].final || r->actions[i].kind == FUNCTION_ACTION_HANGUP)
            return true;
    return false;
}

enum error_code function_run_declared(const struct function_context *ctx,
                                      const struct assistant_function *f,
                                      const struct json *arguments, struct function_reply *out,
                                      struct error *err) {
    struct run run = {ctx, arguments};
    const struct assistant_effect *e = choose(&run, f);
    struct definition d = {.err = err, .arena = ctx->arena};
    struct definition_at at = definition_member(NULL, "actions");
    out->response =
        expand(&run, e->response.len ? e->response : STR("Done."), FUNCTION_RESPONSE_MAX);
    out->post_process = e->post_process;
    function_actions_read(&d, e->actions, &at, action_text, &run, out);
    if (e->share_category.len > 0)
        out->effects[out->effect_count++] = (struct function_effect){
            .kind = FUNCTION_EFFECT_INFO,
            .category = e->share_category,
            .text = expand(&run, e->share_information, FUNCTION_RESPONSE_MAX),
            .caller_id = ctx->caller_id};
    if (e->end_reason.len > 0)
        out->effects[out->effect_count++] = (struct function_effect){
            .kind = FUNCTION_EFFECT_END, .text = e->end_reason, .caller_id = ctx->caller_id};
    if (e->end_reason.len > 0 && !leaves(out))
        function_reply_add(out, FUNCTION_ACTION_HANGUP); /* fails only when 16 others came first */
    return d.rc;
}
