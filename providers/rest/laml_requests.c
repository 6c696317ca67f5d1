#include "providers/rest/encode.h"
#include "providers/rest/laml.h"

#define FORM_TYPE "application/x-www-form-urlencoded"

void laml_start(const struct laml *l, struct rest_request *out, const char *method,
                const struct rest_account *a) {
    out->method = method;
    buf_put_str(&out->url, a->base_url);
    buf_puts(&out->url, l->accounts);
    buf_put_percent(&out->url, a->id);
}

/** Append path and query text that holds nothing to be escaped. */
static void path(struct rest_request *out, const char *text) {
    buf_puts(&out->url, text);
}

static void path_id(struct rest_request *out, const char *before, struct str id) {
    buf_puts(&out->url, before);
    buf_put_str(&out->url, id); /* checked: letters and digits */
}

static void field(struct rest_request *out, const char *name, struct str value) {
    rest_put_field(&out->body, name, value);
    out->body_type = FORM_TYPE;
}

static void field_z(struct rest_request *out, const char *name, const char *value) {
    field(out, name, str_z(value));
}

/** A callback URL with the carrier's options for notices, unless it brings some of its own. */
static void notice_url(const struct laml *l, struct rest_request *out, const char *name,
                       struct str url) {
    field(out, name, url);
    if (str_find(url, '#') == url.len)
        buf_put_form(&out->body, str_z(l->notice_options));
}

static enum error_code need_recording(const struct laml *l, struct str sid, struct error *err) {
    if (l->is_recording(sid))
        return ERR_OK;
    return error_field(err, ERR_INVALID, "recording_sid", "a recording_sid %s", l->recording_form);
}

/* ---- calls ------------------------------------------------------------------------------- */

static const char *const status_events[] = {"initiated", "ringing", "answered", "completed"};
static const char *const recording_events[] = {"in-progress", "completed", "absent"};

static void put_events(struct rest_request *out, const char *name, const char *const *events,
                       size_t count) {
    for (size_t i = 0; i < count; i++) /* the same key again: arrays are written so */
        field_z(out, name, events[i]);
}

static void put_recording(const struct laml *l, struct rest_request *out, bool dual,
                          struct str status_url) {
    field_z(out, "RecordingChannels", dual ? "dual" : "mono");
    if (status_url.len == 0)
        return;
    notice_url(l, out, "RecordingStatusCallback", status_url);
    field_z(out, "RecordingStatusCallbackMethod", "POST");
    put_events(out, "RecordingStatusCallbackEvent", recording_events, ARRAY_LEN(recording_events));
}

static void put_detection(const struct laml *l, struct rest_request *out,
                          const struct provider_place *p) {
    if (p->detection == CALL_DETECT_OFF)
        return;
    field_z(out, "MachineDetection",
            p->detection == CALL_DETECT_MESSAGE_END ? "DetectMessageEnd" : "Enable");
    if (p->detection_url.len == 0)
        return; /* the verdict comes with the answer request, after a silence */
    field_z(out, "AsyncAmd", "true");
    notice_url(l, out, "AsyncAmdStatusCallback", p->detection_url);
    field_z(out, "AsyncAmdStatusCallbackMethod", "POST");
}

/* Twilio docs: Call resource, "Create a Call". Always by URL, never with a document inside: the
 * answer is given to one winner only. */
enum error_code laml_encode_place(const struct laml *l, const struct rest_account *a,
                                  const struct provider_place *p, struct rest_request *out,
                                  struct error *err) {
    struct str from = p->from.len ? p->from : a->number;
    if (p->to.len == 0 || p->answer_url.len == 0)
        return error_field(err, ERR_INVALID, p->to.len ? "answer_url" : "to",
                           "a call needs a number and an answer URL");
    if (from.len == 0)
        return error_field(err, ERR_INVALID, "from",
                           "no caller id: set %s or give one with the call", l->number_setting);
    laml_start(l, out, "POST", a);
    path(out, "/Calls.json");
    field(out, "To", p->to);
    field(out, "From", from);
    field(out, "Url", p->answer_url);
    field_z(out, "Method", "POST");
    if (p->fallback_url.len) {
        field(out, "FallbackUrl", p->fallback_url);
        field_z(out, "FallbackMethod", "POST");
    }
    if (p->status_url.len) {
        notice_url(l, out, "StatusCallback", p->status_url);
        field_z(out, "StatusCallbackMethod", "POST");
        put_events(out, "StatusCallbackEvent", status_events, ARRAY_LEN(status_events));
    }
    rest_put_field_u64(&out->body, "Timeout", p->ring_timeout_s);
    if (l->time_limit)
        rest_put_field_u64(&out->body, "TimeLimit", p->time_limit_s);
    if (p->record) {
        field_z(out, "Record", "true");
        put_recording(l, out, p->record_dual, p->recording_url);
    }
    put_detection(l, out, p);
    return ERR_OK;
}

/** ERR_OK: out is a request with `method` at the call's own address, still without its suffix. */
static enum error_code at_call(const struct laml *l, const struct rest_account *a,
                               const char *method, struct str sid, struct rest_request *out,
                               struct error *err) {
    if (!l->is_call(sid))
        return error_field(err, ERR_INVALID, "call_sid", "a call_sid %s", l->call_form);
    laml_start(l, out, method, a);
    path_id(out, "/Calls/", sid);
    return ERR_OK;
}

/* "completed" ends a queued, a ringing and a running call; "canceled" only the first two. */
enum error_code laml_encode_end(const struct laml *l, const struct rest_account *a, struct str sid,
                                struct rest_request *out, struct error *err) {
    enum error_code rc = at_call(l, a, "POST", sid, out, err);
    if (rc != ERR_OK)
        return rc;
    path(out, ".json");
    field_z(out, "Status", "completed");
    return ERR_OK;
}

enum error_code laml_encode_redirect(const struct laml *l, const struct rest_account *a,
                                     struct str sid, struct str url, struct rest_request *out,
                                     struct error *err) {
    enum error_code rc = at_call(l, a, "POST", sid, out, err);
    if (rc != ERR_OK)
        return rc;
    path(out, ".json");
    field(out, "Url", url);
    field_z(out, "Method", "POST");
    return ERR_OK;
}

enum error_code laml_encode_look_up(const struct laml *l, const struct rest_account *a,
                                    struct str sid, struct rest_request *out, struct error *err) {
    enum error_code rc = at_call(l, a, "GET", sid, out, err);
    if (rc == ERR_OK)
        path(out, ".json");
    return rc;
}

void laml_query(struct rest_request *out, const char *name, struct str value) {
    if (value.len == 0)
        return;
    buf_puts(&out->url, name);
    buf_put_percent(&out->url, value);
}

/* Twilio docs: "Read multiple Call resources". StartTime> filters by whole UTC days, and a queued
 * call has no start time, so it is asked for by its status. */
enum error_code laml_encode_list(const struct laml *l, const struct rest_account *a,
                                 const struct provider_list_filter *f, unsigned pass,
                                 struct rest_request *out, struct error *err) {
    (void)err;
    laml_start(l, out, "GET", a);
    path(out, "/Calls.json?PageSize=100");
    laml_query(out, "&To=", f->to);
    laml_query(out, "&From=", f->from);
    if (pass > 0) {
        path(out, "&Status=queued");
    } else if (f->since_ms > 0) {
        struct clock_date d = clock_utc(f->since_ms);
        buf_printf(&out->url, "&StartTime%%3E=%04d-%02d-%02d", d.year, d.month, d.day);
    }
    out->reply_bytes_max = 1 << 20;
    return ERR_OK;
}

/* ---- recordings -------------------------------------------------------------------------- */

static const char *const control_words[] = {
    [PROVIDER_RECORDING_PAUSE] = "paused",
    [PROVIDER_RECORDING_RESUME] = "in-progress",
    [PROVIDER_RECORDING_STOP] = "stopped",
};

enum error_code laml_encode_control(const struct laml *l, const struct rest_account *a,
                                    const struct provider_recording_control *c,
                                    struct rest_request *out, struct error *err) {
    enum error_code rc = at_call(l, a, "POST", c->call_sid, out, err);
    if (rc != ERR_OK)
        return rc;
    if (c->action == PROVIDER_RECORDING_START) {
        path(out, "/Recordings.json");
        put_recording(l, out, c->dual, c->status_url);
        return ERR_OK;
    }
    bool named = c->recording_sid.len > 0 || !l->current_recording;
    if (named && (rc = need_recording(l, c->recording_sid, err)) != ERR_OK)
        return rc;
    path_id(out, "/Recordings/", named ? c->recording_sid : str_z(l->current_recording));
    path(out, ".json");
    field_z(out, "Status", control_words[c->action]);
    return ERR_OK;
}

static enum error_code at_recording(const struct laml *l, const struct rest_account *a,
                                    const char *method, struct str sid, struct rest_request *out,
                                    struct error *err) {
    enum error_code rc = need_recording(l, sid, err);
    if (rc != ERR_OK)
        return rc;
    laml_start(l, out, method, a);
    path_id(out, "/Recordings/", sid);
    return ERR_OK;
}

/* Two channels are asked for first: a recording of one channel answers 400 to that. */
enum error_code laml_encode_fetch(const struct laml *l, const struct rest_account *a,
                                  struct str sid, unsigned variant, struct rest_request *out,
                                  struct error *err) {
    enum error_code rc = at_recording(l, a, "GET", sid, out, err);
    if (rc == ERR_OK)
        path(out, out->format[0] ? ".mp3" : ".wav");
    if (rc == ERR_OK && l->two_channels && variant == 0)
        path(out, "?RequestedChannels=2");
    return rc;
}

enum error_code laml_encode_delete(const struct laml *l, const struct rest_account *a,
                                   struct str sid, struct rest_request *out, struct error *err) {
    enum error_code rc = at_recording(l, a, "DELETE", sid, out, err);
    if (rc == ERR_OK)
        path(out, ".json");
    return rc;
}
