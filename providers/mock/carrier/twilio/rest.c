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

void twilio_error(struct face_request *r, int status, int code, const char *fmt, ...) {
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

void twilio_not_found(struct face_request *r) {
    twilio_error(r, 404, 20404, "The requested resource " STR_FMT " was not found",
                 STR_ARG(r->x->path));
}

struct leg *twilio_leg(struct face_request *r) {
    struct leg *l = face_find_leg(r, r->ids[0]);
    if (!l)
        twilio_not_found(r);
    return l;
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

void twilio_put_number(struct json_writer *w, const char *name, int64_t n) {
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
    twilio_put_date(&w, "date_created", c->born_ms);
    twilio_put_date(&w, "date_updated", c->born_ms);
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
    twilio_put_date(w, "date_created", c->born_ms);
    twilio_put_date(w, "date_updated", c->born_ms);
    json_kv_string(w, "uri",
                   arena_printf(&r->arena, "/2010-04-01/Accounts/%s/IncomingPhoneNumbers/%s.json",
                                c->account, c->number_sid));
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

/* ---- routes
 * ------------------------------------------------------------------------------------------- */

/* behind the account */
static const struct face_route routes[] = {
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
};

static void refuse(struct face_request *r, enum face_refusal why, int status, struct str text) {
    static const int codes[] = {
        [FACE_NO_CREDENTIALS] = 20003, [FACE_BAD_CREDENTIALS] = 20003, [FACE_UNREADABLE] = 20001,
        [FACE_NOT_FOUND] = 20404,      [FACE_BAD_METHOD] = 20004,      [FACE_OVERLOADED] = 20503,
    };
    int code = why == FACE_ON_PURPOSE ? 20000 + status : codes[why];
    twilio_error(r, status, code, STR_FMT, STR_ARG(text));
}

static const struct face_rest rest = {
    .routes = routes,
    .route_count = ARRAY_LEN(routes),
    .refuse = refuse,
    .headers = common_headers,
};

static void dispatch(struct face_request *r) {
    static const char prefix[] = "/2010-04-01/Accounts/";
    struct str path = r->x->path, account = str_z(r->c->account);
    bool media = str_find_str(path, STR("/Recordings/RE")) < path.len &&
                 str_find_str(path, STR(".json")) == path.len;
    if (!face_authorized(r, account, str_z(r->c->token), media) || !face_read_forms(r))
        return;
    if (str_starts(path, STR(prefix)) &&
        str_starts(str_from_index(path, sizeof prefix - 1), account))
        face_route(r, str_from_index(path, sizeof prefix - 1 + account.len));
    else
        twilio_not_found(r);
}

void twilio_face_rest(struct carrier *c, struct http_exchange *x) {
    struct face_request r = {.c = c, .x = x, .rest = &rest};
    dispatch(&r);
    face_request_release(&r);
}
