#include <stdio.h>

#include "core/base/mem.h"
#include "providers/mock/carrier/plivo/rest.h"

enum {
    REPLY_MAX = 1024 * 1024,
    RATE_WINDOW_MS = 5000,
};

/* ---- replies -------------------------------------------------------------------------------- */

void plivo_begin(struct face_request *r, struct buf *out, struct json_writer *w) {
    char id[SID_SIZE];
    rng_uuid(id, "api", r->c->seed, str_z(r->c->account), r->c->requests++);
    *out = BUF_INIT(REPLY_MAX);
    json_write_init(w, out);
    json_begin_object(w);
    json_kv_z(w, "api_id", id);
}

void plivo_send(struct face_request *r, int status, struct buf *out, struct json_writer *w) {
    json_end_object(w);
    face_reply(r, status, out);
}

void plivo_error(struct face_request *r, int status, const char *fmt, ...) {
    char text[512];
    struct buf out;
    struct json_writer w;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    plivo_begin(r, &out, &w);
    json_kv_z(&w, "error", text);
    plivo_send(r, status, &out, &w);
}

void plivo_no_call(struct face_request *r) {
    plivo_error(r, 404, "call not found");
}

void plivo_message(struct face_request *r, int status, const char *message) {
    struct buf out;
    struct json_writer w;
    plivo_begin(r, &out, &w);
    json_kv_z(&w, "message", message);
    plivo_send(r, status, &out, &w);
}

void plivo_put_null(struct json_writer *w, const char *name) {
    json_key(w, name);
    json_put_null(w);
}

void plivo_put_date(struct face_request *r, struct json_writer *w, const char *name,
                    int64_t wall_ms, bool fraction) {
    struct buf text = BUF_INIT(64);
    json_key(w, name);
    if (wall_ms) {
        plivo_put_local(r->c, &text, wall_ms, fraction, true);
        json_put_string(w, buf_str(&text));
    } else {
        json_put_null(w);
    }
    buf_release(&text);
}

static void refuse(struct face_request *r, enum face_refusal why, int status, struct str text) {
    if (why == FACE_NO_CREDENTIALS || why == FACE_BAD_CREDENTIALS) { /* no JSON, and no api_id */
        http_exchange_add_header(r->x, "WWW-Authenticate", STR("Basic realm=\"Login Required\""));
        r->answered = true;
        http_exchange_reply_text(r->x, 401, "text/html; charset=utf-8",
                                 STR("Could not verify your access level for that URL.\n"
                                     "You have to login with proper credentials"));
        return;
    }
    if (why == FACE_ON_PURPOSE && status == 403)
        text = STR("Calls to this destination region are barred");
    plivo_error(r, status, STR_FMT, STR_ARG(text));
}

/* ---- the account ---------------------------------------------------------------------------- */

static void account_fetch(struct face_request *r) {
    struct carrier *c = r->c;
    struct buf out;
    struct json_writer w;
    int minutes = (int)scenario_switch(c->scenario, "utc_offset_minutes", 0);
    plivo_begin(r, &out, &w);
    json_kv_z(&w, "account_type", "standard");
    json_kv_z(&w, "address", "");
    json_kv_z(&w, "auth_id", c->account);
    json_kv_bool(&w, "auto_recharge", false);
    json_kv_z(&w, "billing_mode", "prepaid");
    json_kv_z(&w, "cash_credits", "100.00000");
    json_kv_z(&w, "city", "");
    json_kv_z(&w, "name", "Simulated account");
    json_kv_string(&w, "resource_uri", arena_printf(&r->arena, "/v1/Account/%s/", c->account));
    json_kv_z(&w, "state", "");
    json_kv_z(&w, "timezone", minutes == 330 ? "Asia/Kolkata" : "UTC");
    plivo_send(r, 200, &out, &w);
}

static void account_update(struct face_request *r) {
    plivo_message(r, 202, "changed");
}

/** The account's one number, as rented; nothing is merely verified. */
static void number_fetch(struct face_request *r) {
    struct carrier *c = r->c;
    struct buf out;
    struct json_writer w;
    if (!str_eq(r->ids[0], plivo_digits(c->number))) {
        plivo_error(r, 404, "not found");
        return;
    }
    plivo_begin(r, &out, &w);
    json_kv_string(&w, "number", plivo_digits(c->number));
    json_kv_z(&w, "alias", "");
    json_kv_bool(&w, "voice_enabled", true);
    json_kv_bool(&w, "sms_enabled", false);
    json_kv_z(&w, "number_type", "local");
    json_kv_string(&w, "resource_uri",
                   arena_printf(&r->arena, "/v1/Account/%s/Number/" STR_FMT "/", c->account,
                                STR_ARG(plivo_digits(c->number))));
    plivo_send(r, 200, &out, &w);
}

/* ---- routes --------------------------------------------------------------------------------- */

/* behind the account; every resource but a sound file ends with '/' */
static const struct face_route routes[] = {
    {"GET", "/", account_fetch},
    {"POST", "/", account_update},
    {"GET", "/Number/*/", number_fetch},
    {"POST", "/Call/", plivo_calls_create},
    {"GET", "/Call/", plivo_calls_list},
    {"DELETE", "/Call/", plivo_calls_hangup_all},
    {"GET", "/Call/*/", plivo_call_fetch},
    {"POST", "/Call/*/", plivo_call_transfer},
    {"DELETE", "/Call/*/", plivo_call_hangup},
    {"DELETE", "/Request/*/", plivo_request_cancel},
    {"POST", "/Call/*/Play/", plivo_play_start},
    {"DELETE", "/Call/*/Play/", plivo_play_stop},
    {"POST", "/Call/*/Speak/", plivo_speak_start},
    {"DELETE", "/Call/*/Speak/", plivo_speak_stop},
    {"POST", "/Call/*/DTMF/", plivo_digits_send},
    {"POST", "/Call/*/Record/", plivo_record_start},
    {"DELETE", "/Call/*/Record/", plivo_record_stop},
    {"POST", "/Call/*/Stream/", plivo_stream_start},
    {"GET", "/Recording/", plivo_recordings_list},
    {"GET", "/Recording/*/", plivo_recording_fetch},
    {"DELETE", "/Recording/*/", plivo_recording_delete},
    {"GET", "/Recording/*", plivo_recording_media},
};

static const struct face_rest rest = {
    .routes = routes, .route_count = ARRAY_LEN(routes), .refuse = refuse};

/** True (and answered with 429) when the switch allows no more requests in these five seconds. */
static bool over_rate(struct face_request *r, struct str path) {
    struct carrier *c = r->c;
    double limit = scenario_switch(c->scenario, "rate_limit", 0);
    struct face_window *w =
        &c->windows[str_eq_z(path, "/Call/") && str_eq_z(r->x->method, "POST") ? 0 : 1];
    int64_t now = clock_mono_ms(&c->clock);
    if (limit <= 0)
        return false;
    if (w->count == 0 || now - w->began_ms >= RATE_WINDOW_MS)
        *w = (struct face_window){now, 0};
    if (w->count++ < (uint64_t)limit)
        return false;
    plivo_error(r, 429, "Too Many Requests");
    return true;
}

/** "/Recording/{id}.wav": public, unless the account wants credentials for it. */
static bool is_sound(struct str path) {
    size_t at = str_find_str(path, STR("/Recording/"));
    return at < path.len && str_find(str_from_index(path, at), '.') < path.len - at;
}

/** What is read may be asked for without the slash at the end: SDKs do. */
static struct str with_slash(struct face_request *r, struct str path) {
    bool lacks = path.len == 0 || path.ptr[path.len - 1] != '/';
    if (!lacks || is_sound(path) || !str_eq_z(r->x->method, "GET"))
        return path;
    return arena_printf(&r->arena, STR_FMT "/", STR_ARG(path));
}

static void dispatch(struct face_request *r) {
    static const char prefix[] = "/v1/Account/";
    struct carrier *c = r->c;
    struct str path = r->x->path, account = str_z(c->account);
    bool open = is_sound(path) && scenario_switch(c->scenario, "recording_auth", 0) <= 0;
    if ((!open && !face_authorized(r, account, str_z(c->token), false)) || !face_read_json(r))
        return;
    struct str rest_path = str_from_index(path, sizeof prefix - 1 + account.len);
    if (!str_starts(path, STR(prefix)) ||
        !str_starts(str_from_index(path, sizeof prefix - 1), account))
        plivo_error(r, 404, "not found");
    else if (!over_rate(r, rest_path))
        face_route(r, with_slash(r, rest_path));
}

void plivo_face_rest(struct carrier *c, struct http_exchange *x) {
    struct face_request r = {.c = c, .x = x, .rest = &rest};
    dispatch(&r);
    face_request_release(&r);
}
