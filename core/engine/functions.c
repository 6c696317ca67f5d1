#include "core/engine/functions.h"

#include "core/base/clock.h"
#include "core/base/compiler.h"
#include "core/domain/card_mask.h"
#include "core/domain/schema.h"
#include "core/domain/text.h"
#include "core/engine/function_builtin.h"

typedef enum error_code function_fn(const struct function_context *ctx,
                                    const struct json *arguments, struct function_reply *out,
                                    struct error *err);

static function_fn *const built_in[FUNCTION_ID_COUNT] = {
    [FUNCTION_SHARE_INFORMATION] = function_share_information,
    [FUNCTION_GET_SHARED_INFORMATION] = function_get_shared_information,
    [FUNCTION_GET_CURRENT_TIME] = function_get_current_time,
    [FUNCTION_END_CALL] = function_end_call,
};

/* ---- functions declared in an assistant's file ----------------------------------------------- */

struct declared_run {
    const struct function_context *ctx;
    const struct json *arguments;
};

static struct str argument_text(const struct function_context *ctx, const struct json *v) {
    if (json_type(v) == JSON_STRING)
        return json_str(v);
    struct buf b = BUF_INIT(FUNCTION_ARGUMENTS_MAX);
    json_put_value(&b, v);
    struct str s = arena_copy(ctx->arena, buf_str(&b));
    buf_release(&b);
    return s;
}

static struct str look_up(void *arg, struct str name) {
    const struct declared_run *run = arg;
    for (const struct json *v = json_first(run->arguments); v; v = json_next(v))
        if (str_eq(json_name(v), name))
            return argument_text(run->ctx, v);
    for (size_t i = 0; i < run->ctx->value_count; i++)
        if (str_eq(run->ctx->values[i].name, name))
            return run->ctx->values[i].value;
    const struct assistant_variable *v = assistant_find_variable(run->ctx->assistant, name);
    return v ? v->value : (struct str){0};
}

static struct str expand(struct declared_run *run, struct str text, size_t max) {
    struct buf b = BUF_INIT(max), masked = BUF_INIT(max);
    text_expand(&b, text, look_up, run);
    card_mask_put(&masked, buf_str(&b));
    struct str s = arena_copy(run->ctx->arena, buf_str(&masked));
    buf_release(&b);
    buf_release(&masked);
    return s;
}

static enum error_code run_declared(const struct function_context *ctx,
                                    const struct assistant_function *f,
                                    const struct json *arguments, struct function_reply *out) {
    struct declared_run run = {ctx, arguments};
    out->response = expand(&run, f->effect.response.len ? f->effect.response : STR("Done."),
                           FUNCTION_RESPONSE_MAX);
    if (f->effect.share_category.len > 0)
        out->effects[out->effect_count++] = (struct function_effect){
            .kind = FUNCTION_EFFECT_INFO,
            .category = f->effect.share_category,
            .text = expand(&run, f->effect.share_information, FUNCTION_RESPONSE_MAX),
            .caller_id = ctx->caller_id};
    if (f->effect.end_reason.len > 0)
        out->effects[out->effect_count++] = (struct function_effect){
            .kind = FUNCTION_EFFECT_END, .text = f->effect.end_reason, .caller_id = ctx->caller_id};
    return ERR_OK;
}

/* ---- the registry ---------------------------------------------------------------------------- */

static enum error_code run_built_in(const struct function_context *ctx, enum function_id id,
                                    const struct json *arguments, struct function_reply *out,
                                    struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *schema = NULL;
    enum error_code rc =
        json_parse(str_z(function_declaration(id)->parameters_json), NULL, &schema, err);
    if (rc == ERR_OK)
        rc = schema_check(json_root(schema), arguments, "arguments", err);
    return rc == ERR_OK ? built_in[id](ctx, arguments, out, err) : rc;
}

enum error_code function_run(const struct function_context *ctx, struct str name,
                             const struct json *arguments, struct function_reply *out,
                             struct error *err) {
    enum function_id id = function_find(name);
    const struct assistant_function *f =
        ctx->assistant ? assistant_find_function(ctx->assistant, name) : NULL;
    if (ctx->assistant ? !f : id == FUNCTION_NONE)
        return error_field(err, ERR_NOT_FOUND, "function", "there is no function \"" STR_FMT "\"%s",
                           STR_ARG(name),
                           ctx->assistant ? " in this assistant, add it to its \"functions\"" : "");
    struct function_reply result = {0};
    enum error_code rc = ERR_OK;
    if (!f || !f->parameters) {
        rc = run_built_in(ctx, id, arguments, &result, err);
    } else {
        rc = schema_check(f->parameters, arguments, "arguments", err);
        if (rc == ERR_OK)
            rc = run_declared(ctx, f, arguments, &result);
    }
    if (rc == ERR_OK)
        *out = result;
    return rc;
}

enum error_code function_run_text(const struct function_context *ctx, struct str name,
                                  struct str arguments_json, struct function_reply *out,
                                  struct error *err) {
    static const struct json_limits limits = {
        .bytes_max = FUNCTION_ARGUMENTS_MAX, .depth_max = 8, .values_max = 200};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    if (arguments_json.len == 0)
        return function_run(ctx, name, NULL, out, err);
    enum error_code rc = json_parse(arguments_json, &limits, &doc, err);
    return rc == ERR_OK ? function_run(ctx, name, json_root(doc), out, err) : rc;
}
