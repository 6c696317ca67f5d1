#include "core/base/mem.h"
#include "providers/mock/carrier/plivo/rest.h"

enum {
    PAGE_MAX = 20,
    OFFSET_MAX = 1000000,
};

/* ---- of a body ------------------------------------------------------------------------------ */

bool plivo_missing(struct face_request *r, const char *name) {
    if (face_param(r, name).len > 0)
        return false;
    plivo_error(r, 400, "%s parameter is missing", name);
    return true;
}

static bool invalid(struct face_request *r, const char *name, const char *expected) {
    plivo_error(r, 400, "%s parameter is invalid. It must be %s", name, expected);
    return false;
}

static bool read_number(struct face_request *r, const char *name, struct str text, uint32_t low,
                        uint32_t high, uint32_t *out) {
    uint64_t n;
    if (text.len == 0)
        return true;
    if (!str_to_u64(text, high, &n) || n < low)
        return invalid(r, name, arena_printf(&r->arena, "a number from %u to %u", low, high).ptr);
    *out = (uint32_t)n;
    return true;
}

bool plivo_take_number(struct face_request *r, const char *name, uint32_t low, uint32_t high,
                       uint32_t *out) {
    return read_number(r, name, face_param(r, name), low, high, out);
}

bool plivo_take_flag(struct face_request *r, const char *name, bool *out) {
    struct str text = face_param(r, name);
    if (text.len == 0)
        return true;
    *out = str_eq_nocase(text, STR("true"));
    return *out || str_eq_nocase(text, STR("false")) || invalid(r, name, "true or false");
}

bool plivo_take_hook(struct face_request *r, const char *name, const char *method_name,
                     struct leg_hook *out) {
    struct str url = face_param(r, name), method = face_param(r, method_name);
    bool get = str_eq_nocase(method, STR("GET"));
    if (url.len == 0)
        return true;
    if (!face_is_url(url))
        return invalid(r, name, "an absolute URL");
    if (method.len > 0 && !get && !str_eq_nocase(method, STR("POST")))
        return invalid(r, method_name, "GET or POST");
    mem_free(out->url);
    *out = (struct leg_hook){mem_copy_str(url), get};
    return true;
}

/** "0-9*#wW", and a tone length behind '@'. */
bool plivo_take_digits(struct face_request *r, const char *name, struct str *out) {
    struct str text = face_param(r, name), keys = str_from(text.ptr, str_find(text, '@'));
    uint64_t ms;
    struct str length = str_from_index(text, keys.len + 1);
    bool ok = keys.len == text.len || str_to_u64(length, 60000, &ms);
    for (size_t i = 0; i < keys.len; i++)
        ok = ok && str_find(STR("0123456789*#wW"), keys.ptr[i]) < 14;
    if (!ok)
        return invalid(r, name, "digits: 0-9 * # w W");
    *out = keys;
    return true;
}

/* ---- of a list ------------------------------------------------------------------------------ */

bool plivo_page_read(struct face_request *r, struct plivo_page *p) {
    *p = (struct plivo_page){.limit = PAGE_MAX};
    return read_number(r, "limit", face_query(r, "limit"), 1, PAGE_MAX, &p->limit) &&
           read_number(r, "offset", face_query(r, "offset"), 0, OFFSET_MAX, &p->offset);
}

/** Relative address of another page of this list: the filters are repeated. */
static void put_page(struct face_request *r, struct json_writer *w, const char *name, bool there,
                     uint32_t limit, uint32_t offset) {
    struct buf out = BUF_INIT(8192);
    buf_put_str(&out, r->x->path);
    buf_printf(&out, "?limit=%u&offset=%u", limit, offset);
    for (size_t i = 0; i < r->query.count; i++) {
        const struct form_pair *p = &r->query.pairs[i];
        if (str_eq_z(p->name, "limit") || str_eq_z(p->name, "offset"))
            continue;
        buf_putc(&out, '&');
        buf_put_percent(&out, p->name);
        buf_putc(&out, '=');
        buf_put_percent(&out, p->value);
    }
    if (there)
        json_kv_string(w, name, buf_str(&out));
    else
        plivo_put_null(w, name);
    buf_release(&out);
}

void plivo_page_put(struct face_request *r, struct json_writer *w, const struct plivo_page *p,
                    size_t total) {
    uint32_t before = p->offset > p->limit ? p->offset - p->limit : 0;
    json_key(w, "meta");
    json_begin_object(w);
    json_kv_int(w, "limit", p->limit);
    json_kv_int(w, "offset", p->offset);
    put_page(r, w, "next", (size_t)p->offset + p->limit < total, p->limit, p->offset + p->limit);
    put_page(r, w, "previous", p->offset > 0, p->limit, before);
    json_kv_int(w, "total_count", (int64_t)total);
    json_end_object(w);
}

/** "YYYY-MM-DD HH:MM[:ss[.uuuuuu]]", UTC. */
static bool parse_time(struct str text, int64_t *out) {
    struct buf stamp = BUF_INIT(64);
    size_t blank = str_find(text, ' ');
    buf_put(&stamp, text.ptr, blank);
    buf_putc(&stamp, 'T');
    buf_put_str(&stamp, str_from_index(text, blank + 1));
    if (text.len == sizeof "2026-11-21 12:00" - 1)
        buf_puts(&stamp, ":00");
    buf_putc(&stamp, 'Z');
    bool ok = clock_parse_rfc3339(buf_str(&stamp), out);
    buf_release(&stamp);
    return ok;
}

static bool parse_number(struct str text, int64_t *out) {
    uint64_t n;
    if (!str_to_u64(text, INT32_MAX, &n))
        return false;
    *out = (int64_t)n;
    return true;
}

static bool read_range(struct face_request *r, const char *name,
                       bool (*parse)(struct str text, int64_t *out), const char *expected,
                       struct plivo_range *out) {
    static const struct {
        const char *suffix;
        bool low, high;
        int off; /* the end itself is not in the range */
    } forms[] = {{"", true, true, 0},
                 {"__gt", true, false, 1},
                 {"__gte", true, false, 0},
                 {"__lt", false, true, 1},
                 {"__lte", false, true, 0}};
    *out = (struct plivo_range){INT64_MIN, INT64_MAX};
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        struct str key = arena_printf(&r->arena, "%s%s", name, forms[i].suffix);
        struct str text = form_get(&r->query, key);
        int64_t n;
        if (text.len == 0)
            continue;
        if (!parse(text, &n))
            return invalid(r, key.ptr, expected);
        if (forms[i].low)
            out->low = n + forms[i].off;
        if (forms[i].high)
            out->high = n - forms[i].off;
    }
    return true;
}

bool plivo_times_read(struct face_request *r, const char *name, struct plivo_range *out) {
    return read_range(r, name, parse_time, "a time: YYYY-MM-DD HH:MM[:ss[.uuuuuu]]", out);
}

bool plivo_numbers_read(struct face_request *r, const char *name, struct plivo_range *out) {
    return read_range(r, name, parse_number, "a whole number", out);
}

bool plivo_number_holds(struct str filter, const char *number) {
    if (str_starts(filter, STR("+")))
        filter = str_from_index(filter, 1);
    return str_starts(plivo_digits(number), filter);
}
