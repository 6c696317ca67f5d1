#include "core/base/compiler.h"
#include "core/engine/function_declared.h"

/** Take user and password out of "https://user:password@host/…". */
static int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/** A part of an address as it was meant: RFC 3986, "%40" is an "@". */
static struct str decode(struct arena *a, struct str s) {
    char *text = arena_alloc(a, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        bool encoded = s.ptr[i] == '%' && i + 2 < s.len && hex_digit(s.ptr[i + 1]) >= 0 &&
                       hex_digit(s.ptr[i + 2]) >= 0;
        text[n++] =
            encoded ? (char)(hex_digit(s.ptr[i + 1]) << 4 | hex_digit(s.ptr[i + 2])) : s.ptr[i];
        i += encoded ? 2 : 0;
    }
    return str_from(text, n);
}

static void split_url(struct arena *a, struct str url, struct function_remote_request *req) {
    size_t scheme = str_find_str(url, STR("://"));
    struct str rest = str_from_index(url, scheme < url.len ? scheme + 3 : 0);
    size_t path = str_find(rest, '/'), at = str_find(str_from(rest.ptr, path), '@');
    req->url = url;
    if (scheme == url.len || at == path)
        return;
    struct str who = str_from(rest.ptr, at);
    size_t colon = str_find(who, ':');
    req->user = decode(a, str_from(who.ptr, colon));
    req->password = decode(a, str_from_index(who, colon < who.len ? colon + 1 : who.len));
    req->url = arena_printf(a, STR_FMT "://" STR_FMT, (int)scheme, url.ptr,
                            STR_ARG(str_from_index(rest, at + 1)));
}

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
    split_url(ctx->arena, f->url, &req);
    struct function_reply given = {0};
    enum error_code rc = ctx->remote->call(ctx->remote->ctx, &req, ctx->arena, &given, err);
    if (rc != ERR_OK)
        return rc;
    given.response = function_mask(ctx, given.response);
    *out = given;
    return ERR_OK;
}
