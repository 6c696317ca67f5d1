#include "core/engine/functions.h"

#include "core/base/compiler.h"
#include "core/domain/schema.h"
#include "core/engine/function_builtin.h"
#include "core/engine/function_declared.h"

typedef enum error_code function_fn(const struct function_context *ctx,
                                    const struct json *arguments, struct function_reply *out,
                                    struct error *err);

static function_fn *const built_in[FUNCTION_ID_COUNT] = {
    [FUNCTION_SHARE_INFORMATION] = function_share_information,
    [FUNCTION_GET_SHARED_INFORMATION] = function_get_shared_information,
    [FUNCTION_GET_CURRENT_TIME] = function_get_current_time,
    [FUNCTION_END_CALL] = function_end_call,
    [FUNCTION_REQUEST_RECORDING_CONSENT] = function_request_recording_consent,
    [FUNCTION_PROCESS_PAYMENT] = function_process_payment,
    [FUNCTION_TRANSFER_TO_HUMAN] = function_transfer_to_human,
    [FUNCTION_OPT_OUT] = function_opt_out,
    [FUNCTION_SCHEDULE_CALLBACK] = function_schedule_callback,
    [FUNCTION_LEAVE_VOICEMAIL] = function_leave_voicemail,
};

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

/* Whatever a function wants to have kept is kept without card numbers. */
static void mask_effects(const struct function_context *ctx, struct function_reply *reply) {
    for (size_t i = 0; i < reply->effect_count; i++) {
        struct function_effect *e = &reply->effects[i];
        e->category = function_mask(ctx, e->category);
        e->text = function_mask(ctx, e->text);
        e->caller_id = function_mask(ctx, e->caller_id);
    }
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
    if (!f || f->kind == ASSISTANT_FUNCTION_BUILT_IN)
        rc = run_built_in(ctx, id, arguments, &result, err);
    else
        rc = schema_check(f->parameters, arguments, "arguments", err);
    if (rc == ERR_OK && f && f->kind == ASSISTANT_FUNCTION_DECLARED)
        rc = function_run_declared(ctx, f, arguments, &result, err);
    else if (rc == ERR_OK && f && f->kind == ASSISTANT_FUNCTION_REMOTE)
        rc = function_run_remote(ctx, f, arguments, &result, err);
    if (rc == ERR_OK) {
        mask_effects(ctx, &result);
        *out = result;
    }
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
