#include "core/base/clock.h"
#include "core/base/compiler.h"
#include "core/engine/function_builtin.h"

enum {
    MINUTES_MAX = 18 * 60 /* no time zone is further from UTC */
};

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

static void tell(const struct function_context *ctx, int64_t offset_s, struct str zone,
                 struct function_reply *out) {
    static const char *const weekdays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                           "Thursday", "Friday", "Saturday"};
    struct clock_date d = clock_utc(ctx->now_ms + offset_s * 1000);
    out->response =
        arena_printf(ctx->arena, "%s, %04d-%02d-%02d %02d:%02d:%02d " STR_FMT, weekdays[d.weekday],
                     d.year, d.month, d.day, d.hour, d.minute, d.second, STR_ARG(zone));
}

static struct str offset_name(const struct function_context *ctx, int64_t minutes) {
    int64_t off = minutes < 0 ? -minutes : minutes;
    return minutes == 0 ? STR("UTC")
                        : arena_printf(ctx->arena, "UTC%c%02d:%02d", minutes < 0 ? '-' : '+',
                                       (int)(off / 60), (int)(off % 60));
}

enum error_code function_get_current_time(const struct function_context *ctx,
                                          const struct json *arguments, struct function_reply *out,
                                          struct error *err) {
    struct str zone = json_str(json_get(arguments, "timezone"));
    struct tzif_time t = {0};
    int64_t minutes;
    if (parse_offset(zone, &minutes)) {
        tell(ctx, minutes * 60, offset_name(ctx, minutes), out);
        return ERR_OK;
    }
    bool known =
        ctx->zones && ctx->zones->at(ctx->zones->ctx, zone, ctx->now_ms / 1000, &t, NULL) == ERR_OK;
    if (!known)
        return error_field(err, ERR_INVALID, "arguments.timezone",
                           "there is no such time zone, write one such as Europe/Berlin, UTC, or "
                           "an offset such as +05:30");
    /* a zone without letters is told by its numbers: "+0530" says nothing more */
    bool has_name = t.name[0] != '+' && t.name[0] != '-';
    tell(ctx, t.offset_s,
         arena_printf(ctx->arena, "%s%s" STR_FMT "%s", has_name ? t.name : "", has_name ? " (" : "",
                      STR_ARG(offset_name(ctx, t.offset_s / 60)), has_name ? ")" : ""),
         out);
    return ERR_OK;
}
