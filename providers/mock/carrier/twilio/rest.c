#include <stdio.h>

#include "core/base/mem.h"
#include "providers/mock/carrier/twilio/rest.h"

enum {
    REPLY_MAX = 8 * 1024 * 1024,
};

/* ---- replies
 * -------------------------------------------------------------------------------------- */

void twilio_reply_headers(struct face_request *r) {
    char id[SID_SIZE];
    rng_sid(id, "RQ", r->c->seed, str_z(r->c->account), r->c->requests++);
    http_exchange_add_header(r->x, "Twilio-Request-Id", str_z(id));
    http_exchange_add_header(r->x, "Twilio-Concurrent-Requests", STR("1"));
    http_exchange_add_header(r->x, "X-Home-Region", STR("us1"));
    http_exchange_add_header(r->x, "X-API-Domain", STR("api.twilio.com"));
}

static void put_error(const struct twilio_flavor *f, struct face_request *r, int status, int code,
                      const char *message, struct json_writer *w) {
    struct str number = arena_printf(&r->arena, "%d", code);
    json_begin_object(w);
    if (f->lists_errors && status == 400)
        json_kv_string(w, "code", number);
    else
        json_kv_int(w, "code", code);
    if (code == 20003 && !f->lists_errors)
        json_kv_z(w, "detail", "Your AccountSid or AuthToken was incorrect.");
    json_kv_z(w, "message", message);
    json_kv_string(w, "more_info",
                   arena_printf(&r->arena, "%s" STR_FMT, f->error_url, STR_ARG(number)));
    if (!f->lists_errors || status != 400)
        json_kv_int(w, "status", status);
    json_end_object(w);
}

void twilio_error(struct face_request *r, int status, int code, const char *fmt, ...) {
    const struct twilio_flavor *f = twilio_flavor_of(r);
    char message[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    struct buf out = BUF_INIT(4096);
    struct json_writer w;
    json_write_init(&w, &out);
    if (f->lists_errors && status == 400) {
        json_begin_object(&w);
        json_key(&w, "errors");
        json_begin_array(&w);
        put_error(f, r, status, code, message, &w);
        json_end_array(&w);
        json_end_object(&w);
    } else {
        put_error(f, r, status, code, message, &w);
    }
    if (status == 401)
        http_exchange_add_header(r->x, "WWW-Authenticate", STR("Basic realm=\"Twilio API\""));
    face_reply(r, status, &out);
}

struct str twilio_uri(struct face_request *r, const char *fmt, ...) {
    struct buf out = BUF_INIT(4096);
    va_list ap;
    buf_printf(&out, "%s/2010-04-01/Accounts/%s", twilio_flavor_of(r)->root, r->c->account);
    va_start(ap, fmt);
    buf_vprintf(&out, fmt, ap);
    va_end(ap);
    struct str uri = arena_copy(&r->arena, buf_str(&out));
    buf_release(&out);
    return uri;
}

void twilio_not_found(struct face_request *r) {
    twilio_error(r, 404, 20404, "The requested resource " STR_FMT " was not found",
                 STR_ARG(r->x->path));
}

struct leg *twilio_leg(struct face_request *r) {
    struct leg *l = face_find_leg(r, r->ids[0]);
    if (l && l->face == twilio_flavor_of(r)->face)
        return l;
    twilio_not_found(r);
    return NULL;
}

struct tape *twilio_tape(const struct face_request *r, struct str sid) {
    struct tape *t = sidmap_get(&r->c->tapes, sid);
    return t && t->leg->face == twilio_flavor_of(r)->face ? t : NULL;
}

void twilio_put_date(struct json_writer *w, const char *name, int64_t wall_ms) {
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

void twilio_put_text(struct json_writer *w, const char *name, const char *text) {
    json_key(w, name);
    if (text && text[0])
        json_put_string(w, str_z(text));
    else
        json_put_null(w);
}

void twilio_put_number(const struct face_request *r, struct json_writer *w, const char *name,
                       int64_t n) {
    char text[24];
    if (twilio_flavor_of(r)->plain_numbers) {
        json_kv_int(w, name, n);
        return;
    }
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
    json_kv_z(&w, "auth_token", twilio_flavor_of(r)->hides_token ? "redacted" : c->token);
    json_kv_z(&w, "owner_account_sid", c->account);
    twilio_put_date(&w, "date_created", c->born_ms);
    twilio_put_date(&w, "date_updated", c->born_ms);
    json_kv_string(&w, "uri", twilio_uri(r, ".json"));
    json_key(&w, "subresource_uris");
    json_begin_object(&w);
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        json_kv_string(&w, names[i], twilio_uri(r, "/%s.json", paths[i]));
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
    twilio_put_date(w, "date_created", c->born_ms);
    twilio_put_date(w, "date_updated", c->born_ms);
    json_kv_string(w, "uri", twilio_uri(r, "/IncomingPhoneNumbers/%s.json", c->number_sid));
    json_end_object(w);
}

static void numbers_list(struct face_request *r) {
    struct twilio_page p;
    if (!twilio_page_read(r, &p))
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
    twilio_page_put(r, &w, &p, there ? 1 : 0, NULL, NULL, false);
    json_end_object(&w);
    face_reply(r, 200, &out);
}

/** Nothing is merely verified. */
static void caller_ids_list(struct face_request *r) {
    struct twilio_page p;
    if (!twilio_page_read(r, &p))
        return;
    struct buf out = BUF_INIT(REPLY_MAX);
    struct json_writer w;
    json_write_init(&w, &out);
    json_begin_object(&w);
    json_key(&w, "outgoing_caller_ids");
    json_begin_array(&w);
    json_end_array(&w);
    twilio_page_put(r, &w, &p, 0, NULL, NULL, false);
    json_end_object(&w);
    face_reply(r, 200, &out);
}

/* ---- routes
 * ------------------------------------------------------------------------------------------- */

/* behind the account */
const struct face_route twilio_routes[TWILIO_ROUTE_COUNT] = {
    {"GET", ".json", account_fetch},
    {"POST", "/Calls.json", twilio_calls_create},
    {"GET", "/Calls.json", twilio_calls_list},
    {"GET", "/Calls/*.json", twilio_call_fetch},
    {"POST", "/Calls/*.json", twilio_call_update},
    {"DELETE", "/Calls/*.json", twilio_call_delete},
    {"POST", "/Calls/*/Recordings.json", twilio_recording_start},
    {"GET", "/Calls/*/Recordings.json", twilio_call_recordings_list},
    {"GET", "/Calls/*/Recordings/*.json", twilio_call_recording_fetch},
    {"POST", "/Calls/*/Recordings/*.json", twilio_recording_update},
    {"DELETE", "/Calls/*/Recordings/*.json", twilio_call_recording_delete},
    {"GET", "/Recordings.json", twilio_recordings_list},
    {"GET", "/Recordings/*.json", twilio_recording_fetch},
    {"DELETE", "/Recordings/*.json", twilio_recording_delete},
    {"GET", "/Recordings/*", twilio_recording_media},
    {"GET", "/IncomingPhoneNumbers.json", numbers_list},
    {"GET", "/OutgoingCallerIds.json", caller_ids_list},
};

void twilio_refuse(struct face_request *r, enum face_refusal why, int status, struct str text) {
    static const int codes[] = {
        [FACE_NO_CREDENTIALS] = 20003, [FACE_BAD_CREDENTIALS] = 20003, [FACE_UNREADABLE] = 20001,
        [FACE_NOT_FOUND] = 20404,      [FACE_BAD_METHOD] = 20004,      [FACE_OVERLOADED] = 20503,
    };
    int code = why == FACE_ON_PURPOSE ? 20000 + status : codes[why];
    twilio_error(r, status, code, STR_FMT, STR_ARG(text));
}

/** A recording's sound; everything else is JSON. */
static bool is_media(const struct face_request *r, struct str path) {
    return str_eq_z(r->x->method, "GET") && str_starts(path, STR("/Recordings/")) &&
           str_find_str(path, STR(".json")) == path.len;
}

static void dispatch(struct face_request *r) {
    const struct twilio_flavor *f = twilio_flavor_of(r);
    struct str account = str_z(r->c->account), path = r->x->path;
    struct str root = arena_printf(&r->arena, "/2010-04-01/Accounts/%s", r->c->account);
    if (str_starts(path, str_z(f->root))) /* without it works as well: so the SDKs ask */
        path = str_from_index(path, strlen(f->root));
    bool ours = str_starts(path, root);
    if (ours)
        path = str_from_index(path, root.len);
    bool media = ours && is_media(r, path);
    if (!face_authorized(r, account, str_z(r->c->token), media) || !face_read_forms(r))
        return;
    if (ours && f->optional_json && !media && str_find_str(path, STR(".json")) == path.len)
        path = arena_printf(&r->arena, STR_FMT ".json", STR_ARG(path));
    if (ours)
        face_route(r, path);
    else
        twilio_not_found(r);
}

void twilio_face_rest(struct carrier *c, const struct twilio_flavor *f, struct http_exchange *x) {
    struct face_request r = {.c = c, .x = x, .rest = &f->rest};
    dispatch(&r);
    face_request_release(&r);
}

void twilio_rest(struct carrier *c, struct http_exchange *x) {
    twilio_face_rest(c, &twilio_flavor, x);
}
