#include <stdio.h>

#include "core/base/mem.h"
#include "providers/mock/carrier/twilio/rest.h"

enum {
    REPLY_MAX = 8 * 1024 * 1024,
};

/* ---- replies
 * -------------------------------------------------------------------------------------- */

static void common_headers(struct face_request *r) {
    char id[SID_SIZE];
    rng_sid(id, "RQ", r->c->seed, str_z(r->c->account), r->c->requests++);
    http_exchange_add_header(r->x, "Twilio-Request-Id", str_z(id));
    http_exchange_add_header(r->x, "Twilio-Concurrent-Requests", STR("1"));
    http_exchange_add_header(r->x, "X-Home-Region", STR("us1"));
    http_exchange_add_header(r->x, "X-API-Domain", STR("api.twilio.com"));
}

void face_send(struct http_exchange *x, int status, struct buf *body) {
    size_t max = x->reply_body.max > body->max ? x->reply_body.max : body->max;
    buf_release(&x->reply_body);
    x->reply_body = *body;
    x->reply_body.max = max;
    *body = (struct buf){0};
    x->status = status;
    http_exchange_reply(x);
}

void face_reply(struct face_request *r, int status, struct buf *json) {
    common_headers(r);
    r->x->content_type = status == 204 ? NULL : "application/json";
    r->answered = true;
    face_send(r->x, status, json);
}

void face_error(struct face_request *r, int status, int code, const char *fmt, ...) {
    char message[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    struct buf out = BUF_INIT(4096);
    struct json_writer w;
    json_write_init(&w, &out);
    json_begin_object(&w);
    json_kv_int(&w, "code", code);
    if (code == 20003)
        json_kv_z(&w, "detail", "Your AccountSid or AuthToken was incorrect.");
    json_kv_z(&w, "message", message);
    json_kv_string(&w, "more_info",
                   arena_printf(&r->arena, "https://www.twilio.com/docs/errors/%d", code));
    json_kv_int(&w, "status", status);
    json_end_object(&w);
    if (status == 401)
        http_exchange_add_header(r->x, "WWW-Authenticate", STR("Basic realm=\"Twilio API\""));
    face_reply(r, status, &out);
}

void face_not_found(struct face_request *r) {
    face_error(r, 404, 20404, "The requested resource " STR_FMT " was not found",
               STR_ARG(r->x->path));
}

struct str face_param(const struct face_request *r, const char *name) {
    return form_get(&r->body, str_z(name));
}

void face_fault(struct face_request *r, const struct callee_fault *f) {
    if (f->cut)
        r->x->cut = true;
    if (f->retry_after_s > 0)
        http_exchange_add_header(r->x, "Retry-After",
                                 arena_printf(&r->arena, "%u", f->retry_after_s));
    if (f->body.len > 0 || f->cut) {
        http_exchange_reply_text(r->x, f->status ? f->status : 500, "text/html", f->body);
        r->answered = true;
    } else if (f->status == 429) {
        face_error(r, 429, 20429, "Too Many Requests");
    } else {
        face_error(r, f->status, 20000 + f->status, "Service failure on purpose");
    }
}

struct leg *face_leg(struct face_request *r) {
    struct leg *l = sidmap_get(&r->c->legs, r->ids[0]);
    if (l && l->deleted)
        l = NULL;
    if (!l)
        face_not_found(r);
    else
        leg_sync(r->c, l);
    return l;
}

void face_put_date(struct json_writer *w, const char *name, int64_t wall_ms) {
    struct buf text = BUF_INIT(64);
    json_key(w, name);
    if (wall_ms) {
        clock_put_rfc2822(&text, wall_ms);
        json_put_string(w, buf_str(&text));
    } else {
        json_put_null(w);
    }
    buf_release(&text);
}

void face_put_text(struct json_writer *w, const char *name, const char *text) {
    json_key(w, name);
    if (text && text[0])
        json_put_string(w, str_z(text));
    else
        json_put_null(w);
}

void face_put_number(struct json_writer *w, const char *name, int64_t n) {
    char text[24];
    snprintf(text, sizeof text, "%lld", (long long)n);
    json_kv_z(w, name, text);
}

/* ---- account and numbers
 * ------------------------------------------------------------------------------ */

static void account_fetch(struct face_request *r) {
    static const char *const names[] = {"calls", "recordings", "incoming_phone_numbers"};
    static const char *const paths[] = {"Calls", "Recordings", "IncomingPhoneNumbers"};
    struct carrier *c = r->c;
    struct buf out = BUF_INIT(REPLY_MAX);
    struct json_writer w;
    json_write_init(&w, &out);
    json_begin_object(&w);
    json_kv_z(&w, "sid", c->account);
    json_kv_z(&w, "friendly_name", "Simulated account");
    json_kv_z(&w, "status", "active");
    json_kv_z(&w, "type", "Full");
    json_kv_z(&w, "auth_token", c->token);
    json_kv_z(&w, "owner_account_sid", c->account);
    face_put_date(&w, "date_created", c->born_ms);
    face_put_date(&w, "date_updated", c->born_ms);
    json_kv_string(&w, "uri", arena_printf(&r->arena, "/2010-04-01/Accounts/%s.json", c->account));
    json_key(&w, "subresource_uris");
    json_begin_object(&w);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        json_kv_string(
            &w, names[i],
            arena_printf(&r->arena, "/2010-04-01/Accounts/%s/%s.json", c->account, paths[i]));
    json_end_object(&w);
    json_end_object(&w);
    face_reply(r, 200, &out);
}

static void put_number(struct face_request *r, struct json_writer *w) {
    struct carrier *c = r->c;
    json_begin_object(w);
    json_kv_z(w, "sid", c->number_sid);
    json_kv_z(w, "account_sid", c->account);
    json_kv_z(w, "phone_number", c->number);
    json_kv_z(w, "friendly_name", c->number);
    json_key(w, "capabilities");
    json_begin_object(w);
    json_kv_bool(w, "voice", true);
    json_kv_bool(w, "sms", false);
    json_kv_bool(w, "mms", false);
    json_end_object(w);
    face_put_date(w, "date_created", c->born_ms);
    face_put_date(w, "date_updated", c->born_ms);
    json_kv_string(w, "uri",
                   arena_printf(&r->arena, "/2010-04-01/Accounts/%s/IncomingPhoneNumbers/%s.json",
                                c->account, c->number_sid));
    json_end_object(w);
}

static void numbers_list(struct face_request *r) {
    struct face_page p;
    if (!face_page_read(r, &p))
        return;
    struct str wanted = form_get(&r->query, STR("PhoneNumber"));
    bool there = wanted.len == 0 || str_eq_z(wanted, r->c->number);
    struct buf out = BUF_INIT(REPLY_MAX);
    struct json_writer w;
    json_write_init(&w, &out);
    json_begin_object(&w);
    json_key(&w, "incoming_phone_numbers");
    json_begin_array(&w);
    if (there)
        put_number(r, &w);
    json_end_array(&w);
    face_page_put(r, &w, &p, there ? 1 : 0, NULL, NULL, false);
    json_end_object(&w);
    face_reply(r, 200, &out);
}

/* ---- routes
 * ------------------------------------------------------------------------------------------- */

static const struct route {
    const char *method;
    const char *path; /* behind the account; '*' is one segment, or its part before ".json" */
    face_fn *run;
} routes[] = {
    {"GET", ".json", account_fetch},
    {"POST", "/Calls.json", face_calls_create},
    {"GET", "/Calls.json", face_calls_list},
    {"GET", "/Calls/*.json", face_call_fetch},
    {"POST", "/Calls/*.json", face_call_update},
    {"DELETE", "/Calls/*.json", face_call_delete},
    {"POST", "/Calls/*/Recordings.json", face_recording_start},
    {"GET", "/Calls/*/Recordings.json", face_call_recordings_list},
    {"GET", "/Calls/*/Recordings/*.json", face_call_recording_fetch},
    {"POST", "/Calls/*/Recordings/*.json", face_recording_update},
    {"DELETE", "/Calls/*/Recordings/*.json", face_call_recording_delete},
    {"GET", "/Recordings.json", face_recordings_list},
    {"GET", "/Recordings/*.json", face_recording_fetch},
    {"DELETE", "/Recordings/*.json", face_recording_delete},
    {"GET", "/Recordings/*", face_recording_media},
    {"GET", "/IncomingPhoneNumbers.json", numbers_list},
};

static bool matches(const char *pattern, struct str path, struct str ids[2], size_t id) {
    for (; *pattern && *pattern != '*'; pattern++) {
        if (path.len == 0 || path.ptr[0] != *pattern)
            return false;
        path = str_from_index(path, 1);
    }
    if (!*pattern)
        return path.len == 0;
    size_t longest = str_find(path, '/');
    for (size_t n = longest; n > 0; n--) {
        ids[id] = str_from(path.ptr, n);
        if (matches(pattern + 1, str_from_index(path, n), ids, id + 1))
            return true;
    }
    return false;
}

/** user:password of a Basic header in dst; false when there is none. */
static bool read_basic(const struct http_exchange *x, char *dst, size_t size) {
    struct str header = http_exchange_header(x, STR("Authorization"));
    uint8_t raw[256];
    size_t n = 0;
    if (header.len < 6 || !str_eq_nocase(str_from(header.ptr, 6), STR("Basic ")))
        return false;
    if (!digest_base64_decode(str_trim(str_from_index(header, 6)), raw, sizeof raw, &n))
        return false;
    return str_copy(str_from(raw, n), dst, size);
}

static bool authorized(struct face_request *r, bool optional) {
    char login[257];
    if (!http_exchange_header(r->x, STR("Authorization")).ptr) {
        if (!optional)
            face_error(r, 401, 20003, "Authentication Error - No credentials provided");
        return optional;
    }
    struct str wanted = arena_printf(&r->arena, "%s:%s", r->c->account, r->c->token);
    if (read_basic(r->x, login, sizeof login) && digest_equal(wanted, str_z(login)))
        return true;
    face_error(r, 401, 20003, "Authenticate");
    return false;
}

static bool read_forms(struct face_request *r) {
    struct error err = {0};
    if (form_parse(&r->arena, r->x->query, &r->query, &err) == ERR_OK &&
        form_parse(&r->arena, r->x->body, &r->body, &err) == ERR_OK)
        return true;
    face_error(r, 400, 20001, "The parameters cannot be read: %s", err.text);
    return false;
}

static void dispatch(struct face_request *r) {
    static const char prefix[] = "/2010-04-01/Accounts/";
    struct str path = r->x->path;
    bool media = str_find_str(path, STR("/Recordings/RE")) < path.len &&
                 str_find_str(path, STR(".json")) == path.len;
    if (!authorized(r, media) || !read_forms(r))
        return;
    if (!str_starts(path, STR(prefix)) ||
        !str_starts(str_from_index(path, sizeof prefix - 1), str_z(r->c->account))) {
        face_not_found(r);
        return;
    }
    path = str_from_index(path, sizeof prefix - 1 + strlen(r->c->account));
    bool known = false;
    for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
        if (!matches(routes[i].path, path, r->ids, 0))
            continue;
        known = true;
        if (str_eq_z(r->x->method, routes[i].method)) {
            routes[i].run(r);
            return;
        }
    }
    if (known)
        face_error(r, 405, 20004, "Method " STR_FMT " is not allowed here", STR_ARG(r->x->method));
    else
        face_not_found(r);
}

void twilio_face_rest(struct carrier *c, struct http_exchange *x) {
    struct face_request r = {.c = c, .x = x};
    dispatch(&r);
    arena_release(&r.arena);
}
