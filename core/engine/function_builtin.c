#include "core/engine/function_builtin.h"

#include "core/base/clock.h"
#include "core/base/compiler.h"
#include "core/domain/card_mask.h"

enum {
    SHARED_LIMIT_DEFAULT = 10,
    SHARED_LIMIT_MAX = 50,
    CALL_DURATION_MAX_S = 86400,
    MINUTES_MAX = 18 * 60 /* no time zone is further from UTC */
};

static struct str copy_argument(const struct function_context *ctx, const struct json *arguments,
                                const char *name) {
    return arena_copy(ctx->arena, json_str(json_get(arguments, name)));
}

static struct str caller_of(const struct function_context *ctx, const struct json *arguments) {
    struct str given = copy_argument(ctx, arguments, "caller_id");
    return given.len > 0 ? given : ctx->caller_id;
}

enum error_code function_share_information(const struct function_context *ctx,
                                           const struct json *arguments, struct function_reply *out,
                                           struct error *err) {
    (void)err;
    struct str information = json_str(json_get(arguments, "information"));
    struct buf b = BUF_INIT(INFO_TEXT_MAX);
    card_mask_put(&b, information);
    out->effects[out->effect_count++] =
        (struct function_effect){.kind = FUNCTION_EFFECT_INFO,
                                 .category = copy_argument(ctx, arguments, "category"),
                                 .text = arena_copy(ctx->arena, buf_str(&b)),
                                 .caller_id = caller_of(ctx, arguments)};
    buf_release(&b);
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
                            .filter = {.category = copy_argument(ctx, arguments, "category"),
                                       .caller_id = caller_of(ctx, arguments),
                                       .limit = (uint32_t)limit}};
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

/* ---- time ------------------------------------------------------------------------------------ */

/** "+05:30", "-0800", "+3"; also "UTC+3". False for anything else. */
static bool parse_offset(struct str s, int64_t *minutes) {
    if (str_starts(s, STR("UTC")) || str_starts(s, STR("GMT")))
        s = str_from_index(s, 3);
    *minutes = 0;
    if (s.len == 0 || str_eq_nocase(s, STR("Z")))
        return true;
    if (s.ptr[0] != '+' && s.ptr[0] != '-')
        return false;
    bool west = s.ptr[0] == '-';
    s = str_from_index(s, 1);
    size_t colon = str_find(s, ':');
    size_t hour_digits = colon < s.len ? colon : s.len > 2 ? s.len - 2 : s.len;
    uint64_t h, m = 0;
    if (colon == s.len && s.len == 3)
        return false; /* "+123": 12:3 or 1:23? */
    struct str rest = str_from_index(s, colon < s.len ? colon + 1 : hour_digits);
    if (hour_digits > 2 || !str_to_u64(str_from(s.ptr, hour_digits), 18, &h))
        return false;
    bool has_minutes = colon < s.len || rest.len > 0;
    if (has_minutes && (rest.len != 2 || !str_to_u64(rest, 59, &m)))
        return false;
    *minutes = (int64_t)(h * 60 + m) * (west ? -1 : 1);
    return h * 60 + m <= MINUTES_MAX;
}

enum error_code function_get_current_time(const struct function_context *ctx,
                                          const struct json *arguments, struct function_reply *out,
                                          struct error *err) {
    static const char *const weekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                           "Thursday", "Friday", "Saturday"};
    int64_t minutes;
    if (!parse_offset(json_str(json_get(arguments, "timezone")), &minutes))
        return error_field(err, ERR_INVALID, "arguments.timezone",
                           "write UTC or a fixed offset from it, such as +05:30 or -08:00");
    struct clock_date d = clock_utc(ctx->now_ms + minutes * 60000);
    int64_t off = minutes < 0 ? -minutes : minutes;
    struct str zone = minutes == 0
                          ? STR("UTC")
                          : arena_printf(ctx->arena, "UTC%c%02d:%02d", minutes < 0 ? '-' : '+',
                                         (int)(off / 60), (int)(off % 60));
    out->response =
        arena_printf(ctx->arena, "%s, %04d-%02d-%02d %02d:%02d:%02d " STR_FMT, weekdays[d.weekday],
                     d.year, d.month, d.day, d.hour, d.minute, d.second, STR_ARG(zone));
    return ERR_OK;
}

/* ---- the end --------------------------------------------------------------------------------- */

enum error_code function_end_call(const struct function_context *ctx, const struct json *arguments,
                                  struct function_reply *out, struct error *err) {
    struct str reason = copy_argument(ctx, arguments, "reason");
    if (reason.len > ASSISTANT_OUTCOME_MAX) /* the schema counts characters */
        return error_field(err, ERR_LIMIT, "arguments.reason", "has more than %d bytes",
                           ASSISTANT_OUTCOME_MAX);
    int64_t seconds = 0;
    if (!json_int(json_get(arguments, "duration"), 0, CALL_DURATION_MAX_S, &seconds) &&
        ctx->answered_ms > 0 && ctx->now_ms > ctx->answered_ms)
        seconds = (ctx->now_ms - ctx->answered_ms) / 1000;
    out->effects[out->effect_count++] = (struct function_effect){
        .kind = FUNCTION_EFFECT_END,
        .text = reason,
        .caller_id = caller_of(ctx, arguments),
        .duration_s = (uint32_t)(seconds < CALL_DURATION_MAX_S ? seconds : CALL_DURATION_MAX_S)};
    out->response = STR("The call ends.");
    return ERR_OK;
}
