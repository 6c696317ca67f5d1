#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/base/json.h"

enum {
    WRITE_DEPTH_MAX = 31 /* bits of need_comma, less the outermost */
};

void json_write_init(struct json_writer *w, struct buf *b) {
    *w = (struct json_writer){.b = b};
}

static bool in_object(const struct json_writer *w) {
    return w->in_object >> w->depth & 1;
}

static void put_comma(struct json_writer *w) {
    if (w->need_comma >> w->depth & 1)
        buf_putc(w->b, ',');
    w->need_comma |= BIT(w->depth);
}

/** What comes before every value: its comma, or nothing behind a key. */
static void begin_value(struct json_writer *w) {
    assert(in_object(w) == w->has_key);               /* members need a name */
    assert(w->depth > 0 || (w->need_comma & 1) == 0); /* one value per document */
    if (!w->has_key)
        put_comma(w);
    w->has_key = false;
}

static void open_level(struct json_writer *w, char bracket, bool object) {
    begin_value(w);
    buf_putc(w->b, bracket);
    assert(w->depth < WRITE_DEPTH_MAX);
    w->depth++;
    w->need_comma &= ~BIT(w->depth);
    w->in_object = object ? w->in_object | BIT(w->depth) : w->in_object & ~BIT(w->depth);
}

static void close_level(struct json_writer *w, char bracket, bool object) {
    assert(w->depth > 0 && in_object(w) == object && !w->has_key); /* something is left open */
    w->depth--;
    buf_putc(w->b, bracket);
}

void json_begin_object(struct json_writer *w) {
    open_level(w, '{', true);
}

void json_end_object(struct json_writer *w) {
    close_level(w, '}', true);
}

void json_begin_array(struct json_writer *w) {
    open_level(w, '[', false);
}

void json_end_array(struct json_writer *w) {
    close_level(w, ']', false);
}

void json_key_str(struct json_writer *w, struct str name) {
    assert(in_object(w) && !w->has_key);
    put_comma(w);
    buf_put_json(w->b, name);
    buf_putc(w->b, ':');
    w->has_key = true;
}

void json_key(struct json_writer *w, const char *name) {
    json_key_str(w, str_z(name));
}

void json_put_string(struct json_writer *w, struct str s) {
    begin_value(w);
    buf_put_json(w->b, s);
}

void json_put_int(struct json_writer *w, int64_t n) {
    begin_value(w);
    buf_put_i64(w->b, n);
}

void json_put_double(struct json_writer *w, double d) {
    assert(isfinite(d));
    begin_value(w);
    if (fabs(d) < 9007199254740992.0 && trunc(d) == d) {
        buf_put_i64(w->b, (int64_t)d);
        return;
    }
    char text[32];
    for (int digits = 15; digits <= 17; digits++) { /* the shortest that reads back the same */
        snprintf(text, sizeof text, "%.*g", digits, d);
        if (strtod(text, NULL) == d)
            break;
    }
    buf_puts(w->b, text);
}

void json_put_bool(struct json_writer *w, bool v) {
    begin_value(w);
    buf_puts(w->b, v ? "true" : "false");
}

void json_put_null(struct json_writer *w) {
    begin_value(w);
    buf_puts(w->b, "null");
}

void json_put_raw(struct json_writer *w, struct str json) {
    begin_value(w);
    buf_put_str(w->b, json);
}

void json_kv_string(struct json_writer *w, const char *name, struct str s) {
    json_key(w, name);
    json_put_string(w, s);
}

void json_kv_z(struct json_writer *w, const char *name, const char *z) {
    json_kv_string(w, name, str_z(z));
}

void json_kv_int(struct json_writer *w, const char *name, int64_t n) {
    json_key(w, name);
    json_put_int(w, n);
}

void json_kv_bool(struct json_writer *w, const char *name, bool v) {
    json_key(w, name);
    json_put_bool(w, v);
}

void json_kv_time(struct json_writer *w, const char *name, int64_t wall_ms) {
    json_key(w, name);
    if (wall_ms == 0) {
        json_put_null(w);
        return;
    }
    begin_value(w);
    buf_putc(w->b, '"');
    clock_put_rfc3339(w->b, wall_ms);
    buf_putc(w->b, '"');
}

void json_put_replaced(struct json_writer *w, const struct json *v, json_replace_fn *replace,
                       void *ctx) {
    switch (json_type(v)) {
    case JSON_NONE:
    case JSON_NULL:
        json_put_null(w);
        return;
    case JSON_BOOL:
        json_put_bool(w, json_bool(v, false));
        return;
    case JSON_NUMBER:
        json_put_double(w, json_double(v, 0));
        return;
    case JSON_STRING:
        json_put_string(w, replace ? replace(ctx, json_str(v)) : json_str(v));
        return;
    case JSON_ARRAY:
        json_begin_array(w);
        for (const struct json *item = json_first(v); item; item = json_next(item))
            json_put_replaced(w, item, replace, ctx);
        json_end_array(w);
        return;
    case JSON_OBJECT:
        json_begin_object(w);
        for (const struct json *m = json_first(v); m; m = json_next(m)) {
            json_key_str(w, json_name(m));
            json_put_replaced(w, m, replace, ctx);
        }
        json_end_object(w);
        return;
    }
}

void json_put_value(struct buf *b, const struct json *v) {
    struct json_writer w;
    json_write_init(&w, b);
    json_put_replaced(&w, v, NULL, NULL);
}
