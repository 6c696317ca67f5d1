#include "core/engine/function_builtin.h"

#include "core/base/compiler.h"

enum {
    SHARED_LIMIT_DEFAULT = 10,
    SHARED_LIMIT_MAX = 50,
};

struct str function_argument(const struct function_context *ctx, const struct json *arguments,
                             const char *name) {
    return arena_copy(ctx->arena, json_str(json_get(arguments, name)));
}

struct str function_caller(const struct function_context *ctx, const struct json *arguments) {
    struct str given = function_argument(ctx, arguments, "caller_id");
    return given.len > 0 ? given : ctx->caller_id;
}

enum error_code function_share_information(const struct function_context *ctx,
                                           const struct json *arguments, struct function_reply *out,
                                           struct error *err) {
    (void)err;
    out->effects[out->effect_count++] =
        (struct function_effect){.kind = FUNCTION_EFFECT_INFO,
                                 .category = function_argument(ctx, arguments, "category"),
                                 .text = function_argument(ctx, arguments, "information"),
                                 .caller_id = function_caller(ctx, arguments)};
    out->response = STR("The information is kept.");
    return ERR_OK;
}

/* ---- what was kept before -------------------------------------------------------------------- */

struct shared_read {
    struct info_filter filter;
    struct arena *arena;
    struct info *found;
    size_t count;
};

static enum error_code read_shared(struct store_tx *tx, void *ctx, struct error *err) {
    struct shared_read *r = ctx;
    return store_list_info(tx, &r->filter, r->arena, &r->found, &r->count, err);
}

enum error_code function_get_shared_information(const struct function_context *ctx,
                                                const struct json *arguments,
                                                struct function_reply *out, struct error *err) {
    int64_t limit;
    if (!json_int(json_get(arguments, "limit"), 1, SHARED_LIMIT_MAX, &limit))
        limit = SHARED_LIMIT_DEFAULT;
    struct shared_read r = {.arena = ctx->arena,
                            .filter = {.category = function_argument(ctx, arguments, "category"),
                                       .caller_id = function_caller(ctx, arguments),
                                       .limit = (uint32_t)limit}};
    /* Models can be talked into naming anybody: of others only what was said in this call is told.
     */
    if (!ctx->any_caller && !str_eq(r.filter.caller_id, ctx->caller_id)) {
        if (ctx->session_id.len == 0)
            r.filter.caller_id = (struct str){0};
        r.filter.session_id = ctx->session_id;
    }
    /* Without a caller there is nobody whose information could be told. */
    if (ctx->store && r.filter.caller_id.len > 0) {
        enum error_code rc = store_read(ctx->store, read_shared, &r, err);
        if (rc != ERR_OK)
            return rc;
    }
    struct buf b = BUF_INIT(FUNCTION_RESPONSE_MAX);
    for (size_t i = 0; i < r.count; i++) {
        size_t before = b.len;
        buf_printf(&b, "%s" STR_FMT ": " STR_FMT, i ? "\n" : "", STR_ARG(r.found[i].category),
                   STR_ARG(r.found[i].information));
        if (buf_failed(&b)) { /* the oldest do not fit: fewer, but whole */
            b.len = before;
            break;
        }
    }
    out->response =
        b.len ? arena_copy(ctx->arena, str_from(b.ptr, b.len)) : STR("Nothing is known yet.");
    buf_release(&b);
    return ERR_OK;
}
