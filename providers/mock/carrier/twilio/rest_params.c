#include "providers/mock/carrier/twilio/rest.h"

enum {
    PAGE_SIZE_DEFAULT = 50,
    PAGE_SIZE_MAX = 1000,
};

uint32_t twilio_tape_events(const struct face_request *r) {
    uint32_t set = 0;
    for (size_t i = 0; i < r->body.count; i++)
        if (str_eq_z(r->body.pairs[i].name, "RecordingStatusCallbackEvent"))
            set |= tape_events_parse(r->body.pairs[i].value);
    return set ? set : TAPE_EVENT_COMPLETED;
}

/** "2026-11-21", as a whole day of UTC. */
static bool parse_day(struct str text, int64_t *from_ms) {
    struct buf stamp = BUF_INIT(32);
    buf_put_str(&stamp, str_from(text.ptr, text.len < 10 ? text.len : 10));
    buf_puts(&stamp, "T00:00:00Z");
    bool ok = clock_parse_rfc3339(buf_str(&stamp), from_ms);
    buf_release(&stamp);
    return ok;
}

bool twilio_times_read(struct face_request *r, const char *name, struct twilio_times *f) {
    static const struct {
        const char *suffix;
        bool from, to;
    } forms[] = {{"", true, true}, {">", true, false}, {"<", false, true}};
    const int64_t day_ms = 86400000;
    *f = (struct twilio_times){0, INT64_MAX};
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        struct str key = arena_printf(&r->arena, "%s%s", name, forms[i].suffix);
        struct str text = form_get(&r->query, key);
        int64_t day;
        if (text.len == 0)
            continue;
        if (!parse_day(text, &day)) {
            twilio_error(r, 400, 20001, "%s is not a date: give YYYY-MM-DD", name);
            return false;
        }
        if (forms[i].from)
            f->from_ms = day;
        if (forms[i].to)
            f->to_ms = day + day_ms - 1;
    }
    return true;
}

bool twilio_times_hold(const struct twilio_times *f, int64_t ms) {
    bool open = f->from_ms == 0 && f->to_ms == INT64_MAX;
    return open || (ms > 0 && ms >= f->from_ms && ms <= f->to_ms);
}

/* ---- paging
 * --------------------------------------------------------------------------------------- */

static bool page_number(struct face_request *r, const char *name, uint64_t max, uint64_t *out) {
    struct str text = form_get(&r->query, str_z(name));
    if (!text.ptr || text.len == 0 || str_to_u64(text, max, out))
        return true;
    twilio_error(r, 400, 20007, "%s is not valid: give a number from 0 to %llu", name,
                 (unsigned long long)max);
    return false;
}

bool twilio_page_read(struct face_request *r, struct twilio_page *p) {
    uint64_t size = PAGE_SIZE_DEFAULT;
    *p = (struct twilio_page){0};
    if (!page_number(r, "PageSize", PAGE_SIZE_MAX, &size) ||
        !page_number(r, "Page", 1u << 30, &p->number))
        return false;
    p->size = size > 0 ? (size_t)size : PAGE_SIZE_DEFAULT;
    struct str token = form_get(&r->query, STR("PageToken"));
    if (token.len == 0)
        return true;
    struct str sid = str_from_index(token, 2);
    size_t length = twilio_flavor_of(r)->id_length;
    if (str_starts(token, STR("PA")) && sid.len == length)
        p->after = sid;
    else if (str_starts(token, STR("PB")) && sid.len == length)
        p->before = sid;
    else {
        twilio_error(r, 400, 21481,
                     "Invalid PageToken: follow next_page_uri instead of making one");
        return false;
    }
    return true;
}

/** Host-relative address of a page of the same list: the filters are repeated. */
static struct str page_uri(struct face_request *r, const struct twilio_page *p, uint64_t number,
                           const char *prefix, const char *sid) {
    struct buf out = BUF_INIT(8192);
    buf_put_str(&out, r->x->path);
    buf_putc(&out, '?');
    for (size_t i = 0; i < r->query.count; i++) {
        struct str name = r->query.pairs[i].name;
        if (str_eq_z(name, "PageSize") || str_eq_z(name, "Page") || str_eq_z(name, "PageToken"))
            continue;
        buf_put_percent(&out, name);
        buf_putc(&out, '=');
        buf_put_percent(&out, r->query.pairs[i].value);
        buf_putc(&out, '&');
    }
    buf_printf(&out, "PageSize=%zu&Page=%llu", p->size, (unsigned long long)number);
    if (sid)
        buf_printf(&out, "&PageToken=%s%s", prefix, sid);
    struct str uri = arena_copy(&r->arena, buf_str(&out));
    buf_release(&out);
    return uri;
}

void twilio_page_put(struct face_request *r, struct json_writer *w, const struct twilio_page *p,
                     size_t count, const char *first, const char *last, bool more) {
    uint64_t start = p->number * p->size;
    json_kv_int(w, "page", (int64_t)p->number);
    json_kv_int(w, "page_size", (int64_t)p->size);
    json_kv_int(w, "start", (int64_t)start);
    json_kv_int(w, "end", (int64_t)(start + (count > 0 ? count - 1 : 0)));
    struct str self = r->x->target;
    json_kv_string(w, "uri", self);
    json_kv_string(w, "first_page_uri", page_uri(r, p, 0, NULL, NULL));
    json_key(w, "next_page_uri");
    if (more)
        json_put_string(w, page_uri(r, p, p->number + 1, "PA", last));
    else
        json_put_null(w);
    json_key(w, "previous_page_uri");
    if (p->number > 0 && first)
        json_put_string(w, page_uri(r, p, p->number - 1, "PB", first));
    else
        json_put_null(w);
}
