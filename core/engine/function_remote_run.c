#include "core/base/compiler.h"
#include "core/base/url.h"
#include "core/domain/http.h"
#include "core/engine/function_declared.h"

static struct str json_text(struct arena *a, const struct json *v) {
    if (!v)
        return (struct str){0};
    struct buf b = BUF_INIT(FUNCTION_ACTION_JSON_MAX);
    json_put_value(&b, v);
    struct str s = buf_failed(&b) ? (struct str){0} : arena_copy(a, buf_str(&b));
    buf_release(&b);
    return s;
}

/** What is kept for the function's token, else what its definition begins with. */
static const struct json *meta_data_of(const struct function_context *ctx,
                                       const struct assistant_function *f) {
    struct str token = f->meta_data_token.len > 0 ? f->meta_data_token : f->name;
    for (const struct json *v = json_first(ctx->meta_data); v; v = json_next(v))
        if (str_eq(json_name(v), token))
            return v;
    return f->meta_data;
}

enum error_code function_run_remote(const struct function_context *ctx,
                                    const struct assistant_function *f,
                                    const struct json *arguments, struct function_reply *out,
                                    struct error *err) {
    if (!ctx->remote)
        return error_set(err, ERR_UNSUPPORTED,
                         "\"" STR_FMT "\" is a remote function, and none can be asked from here",
                         STR_ARG(f->name));
    struct str arguments_json = json_text(ctx->arena, arguments);
    struct function_remote_request req = {
        .function = f->name,
        .description = f->description,
        .parameters = f->parameters,
        .arguments_json = arguments_json.len > 0 ? arguments_json : STR("{}"),
        .assistant = ctx->assistant->name,
        .call_id = ctx->session_id,
        .provider = ctx->provider,
        .caller_number = ctx->caller_id,
        .caller_name = ctx->caller_name,
        .own_number = ctx->own_number,
        .inbound = ctx->inbound,
        .global_data_json = json_text(ctx->arena, ctx->data),
        .meta_data_json = json_text(ctx->arena, meta_data_of(ctx, f)),
        .meta_data_token = f->meta_data_token.len > 0 ? f->meta_data_token : f->name,
        .transcript_json = ctx->transcript_json,
        .idempotency_key = ctx->idempotency_key,
        .timeout_ms = f->timeout_ms ? f->timeout_ms : FUNCTION_REMOTE_TIMEOUT_DEFAULT_MS,
    };
    req.url = http_url_without_login(ctx->arena, f->url, &req.user, &req.password);
    struct function_reply given = {0};
    enum error_code rc = ctx->remote->call(ctx->remote->ctx, &req, ctx->arena, &given, err);
    if (rc != ERR_OK)
        return rc;
    given.response = function_mask(ctx, given.response);
    *out = given;
    return ERR_OK;
}
