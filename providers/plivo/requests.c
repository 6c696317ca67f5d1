#include "providers/plivo/requests.h"

#include "providers/rest/encode.h"

/*
 * Plivo docs: callback configurations. By default a callback is tried once more, and only when no
 * answer came; the URL's fragment says otherwise and is neither sent nor signed.
 * Notices get 2 s to connect and 4 s to answer, and up to five more tries, also after an answer of
 * 4xx or 5xx, since a proxy says those while we restart: 36 s at most, within the 55 s that all
 * tries may take. A notice that comes twice is known by its content.
 * Documents are waited for 15 s, because an assistant may think, and asked for twice more.
 */
#define NOTICE_RETRIES   "#ct=2000&rt=4000&rc=5&rp=4xx,5xx,ct,rt"
#define DOCUMENT_RETRIES "#ct=2000&rt=15000&rc=2&rp=5xx,ct,rt"

enum {
    RECORD_LONGEST_S = 86400, /* the carrier's own limit; its default is one minute */
};

static void start(struct rest_request *out, const char *method, const struct rest_account *a) {
    out->method = method;
    buf_put_str(&out->url, a->base_url);
    buf_puts(&out->url, "/v1/Account/");
    buf_put_percent(&out->url, a->id);
}

/** Append path and query text that holds nothing to be escaped. Every path ends with a slash. */
static void path(struct rest_request *out, const char *text) {
    buf_puts(&out->url, text);
}

static enum error_code path_id(struct rest_request *out, const char *before, struct str id,
                               const char *what, struct error *err) {
    if (!rest_is_uuid(id))
        return error_field(err, ERR_INVALID, what, "a %s is a UUID", what);
    buf_puts(&out->url, before);
    buf_put_str(&out->url, id);
    buf_putc(&out->url, '/');
    return ERR_OK;
}

/** A number without its plus, as Plivo writes numbers; anything else (a SIP address) as it is. */
static struct str digits_of(struct str number) {
    return str_starts(number, STR("+")) ? str_from_index(number, 1) : number;
}

static struct json_writer body_of(struct rest_request *out) {
    struct json_writer w;
    out->body_type = "application/json";
    json_write_init(&w, &out->body);
    json_begin_object(&w);
    return w;
}

/** A URL with its retry policy, unless it brings a fragment of its own, and its method. */
static void callback(struct json_writer *w, const char *url_name, const char *method_name,
                     struct str url, const char *retries) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(w->b->max);
    if (url.len == 0)
        return;
    buf_put_str(&text, url);
    if (str_find(url, '#') == url.len)
        buf_puts(&text, retries);
    if (buf_failed(&text))
        w->b->failed = true;
    json_kv_string(w, url_name, buf_str(&text));
    json_kv_z(w, method_name, "POST");
}

/* ---- calls ------------------------------------------------------------------------------- */

static void put_detection(struct json_writer *w, const struct provider_place *p) {
    if (p->detection == CALL_DETECT_OFF)
        return;
    /* without a URL the answer request waits for the verdict and carries it */
    json_kv_z(w, "machine_detection", "true");
    callback(w, "machine_detection_url", "machine_detection_method", p->detection_url,
             NOTICE_RETRIES);
}

/*
 * Plivo docs: "Make a call". Exactly one destination: '<' would make it a bulk request, whose reply
 * names nobody. There is no list of status callbacks: ringing and the end are told at two URLs, and
 * the answer is told by the request for the document. A recording is started on the answered call:
 * there is no parameter for it here.
 */
enum error_code plivo_encode_place(const struct rest_account *a, const struct provider_place *p,
                                   struct rest_request *out, struct error *err) {
    struct str from = p->from.len ? p->from : a->number;
    if (p->to.len == 0 || p->answer_url.len == 0)
        return error_field(err, ERR_INVALID, p->to.len ? "answer_url" : "to",
                           "a call needs a number and an answer URL");
    if (str_find(p->to, '<') < p->to.len)
        return error_field(err, ERR_INVALID, "to", "a call has one destination, without \"<\"");
    if (from.len == 0)
        return error_field(err, ERR_INVALID, "from",
                           "no caller id: set PLIVO_PHONE_NUMBER or give one with the call");
    if (p->detection == CALL_DETECT_MESSAGE_END)
        return error_field(err, ERR_UNSUPPORTED, "detection",
                           "Plivo does not tell when a machine's greeting ends; use \"start\"");
    start(out, "POST", a);
    path(out, "/Call/");
    struct json_writer w = body_of(out);
    json_kv_string(&w, "from", digits_of(from));
    json_kv_string(&w, "to", digits_of(p->to));
    callback(&w, "answer_url", "answer_method", p->answer_url, DOCUMENT_RETRIES);
    callback(&w, "ring_url", "ring_method", p->status_url, NOTICE_RETRIES);
    callback(&w, "hangup_url", "hangup_method", p->status_url, NOTICE_RETRIES);
    callback(&w, "fallback_url", "fallback_method", p->fallback_url, DOCUMENT_RETRIES);
    json_kv_int(&w, "ring_timeout", p->ring_timeout_s);
    json_kv_int(&w, "time_limit", p->time_limit_s);
    put_detection(&w, p);
    json_end_object(&w);
    return ERR_OK;
}

/** ERR_OK: out is a request with `method` at the call's own address. */
static enum error_code at_call(const struct rest_account *a, const char *method, struct str sid,
                               struct rest_request *out, struct error *err) {
    start(out, method, a);
    return path_id(out, "/Call/", sid, "call_sid", err);
}

/* Ends a queued, a ringing and a running call alike (Plivo docs: "Hang up a call"). */
enum error_code plivo_encode_end(const struct rest_account *a, struct str sid,
                                 struct rest_request *out, struct error *err) {
    return at_call(a, "DELETE", sid, out, err);
}

enum error_code plivo_encode_redirect(const struct rest_account *a, struct str sid, struct str url,
                                      struct rest_request *out, struct error *err) {
    enum error_code rc = at_call(a, "POST", sid, out, err);
    if (rc != ERR_OK)
        return rc;
    struct json_writer w = body_of(out);
    json_kv_z(&w, "legs", "aleg");
    callback(&w, "aleg_url", "aleg_method", url, DOCUMENT_RETRIES);
    json_end_object(&w);
    return ERR_OK;
}

enum error_code plivo_encode_look_up(const struct rest_account *a, struct str sid, unsigned pass,
                                     struct rest_request *out, struct error *err) {
    static const char *const queries[PLIVO_LOOK_UP_PASSES] = {
        [PLIVO_LOOK_LIVE] = "?status=live",
        [PLIVO_LOOK_QUEUED] = "?status=queued",
        [PLIVO_LOOK_RECORD] = "",
    };
    if (pass >= PLIVO_LOOK_UP_PASSES)
        return error_set(err, ERR_INVALID, "a call can be looked up in %d places only",
                         PLIVO_LOOK_UP_PASSES);
    enum error_code rc = at_call(a, "GET", sid, out, err);
    if (rc == ERR_OK)
        path(out, queries[pass]);
    return rc;
}

static void query(struct rest_request *out, const char *name, struct str value) {
    if (value.len == 0)
        return;
    buf_puts(&out->url, name);
    buf_put_percent(&out->url, value);
}

/*
 * Plivo docs: "Retrieve all calls", "… all live calls", "… all queued calls". Not filtered by the
 * caller id: records write it with a plus and destinations without, and a filter that matches
 * nothing would say that there is no call. A call that was placed after some moment ended after it.
 */
enum error_code plivo_encode_list(const struct rest_account *a,
                                  const struct provider_list_filter *f, unsigned pass,
                                  struct rest_request *out, struct error *err) {
    (void)err;
    static const char *const queries[PLIVO_LIST_PASSES] = {
        [PLIVO_LIST_QUEUED] = "/Call/?status=queued",
        [PLIVO_LIST_LIVE] = "/Call/?status=live",
        [PLIVO_LIST_RECORDS] = "/Call/?limit=20",
    };
    start(out, "GET", a);
    path(out, queries[pass < PLIVO_LIST_PASSES ? pass : PLIVO_LIST_RECORDS]);
    if (pass != PLIVO_LIST_QUEUED)
        query(out, "&to_number=", digits_of(f->to));
    if (pass == PLIVO_LIST_RECORDS && f->since_ms > 0) {
        struct clock_date d = clock_utc(f->since_ms);
        buf_printf(&out->url, "&end_time__gte=%04d-%02d-%02d%%20%02d%%3A%02d%%3A%02d", d.year,
                   d.month, d.day, d.hour, d.minute, d.second);
    }
    out->reply_bytes_max = 1 << 20;
    return ERR_OK;
}

/* ---- recordings -------------------------------------------------------------------------- */

/* Plivo docs: "Record calls". Stopping ends all recordings of the call: one of them could only be
 * named by its URL. */
enum error_code plivo_encode_control(const struct rest_account *a,
                                     const struct provider_recording_control *c,
                                     struct rest_request *out, struct error *err) {
    bool starts = c->action == PROVIDER_RECORDING_START;
    if (!starts && c->action != PROVIDER_RECORDING_STOP)
        return error_set(err, ERR_UNSUPPORTED, "Plivo cannot pause a recording; stop it instead");
    enum error_code rc = at_call(a, starts ? "POST" : "DELETE", c->call_sid, out, err);
    if (rc != ERR_OK)
        return rc;
    path(out, "Record/");
    if (!starts) {
        if (c->recording_sid.len && !rest_is_uuid(c->recording_sid))
            return error_field(err, ERR_INVALID, "recording_sid", "a recording_sid is a UUID");
        return str_copy(c->recording_sid, out->tag, sizeof out->tag)
                   ? ERR_OK
                   : error_field(err, ERR_INVALID, "recording_sid", "a recording_sid is a UUID");
    }
    struct json_writer w = body_of(out);
    json_kv_int(&w, "time_limit", RECORD_LONGEST_S);
    json_kv_z(&w, "file_format", c->mp3 ? "mp3" : "wav");
    json_kv_z(&w, "record_channel_type", c->dual ? "stereo" : "mono");
    callback(&w, "callback_url", "callback_method", c->status_url, NOTICE_RETRIES);
    json_end_object(&w);
    return ERR_OK;
}

static enum error_code at_recording(const struct rest_account *a, const char *method,
                                    struct str sid, struct rest_request *out, struct error *err) {
    start(out, method, a);
    return path_id(out, "/Recording/", sid, "recording_sid", err);
}

/* The audio has an address of its own, which only the recording's description names. */
enum error_code plivo_encode_fetch(const struct rest_account *a, struct str call_sid,
                                   struct str sid, unsigned variant, struct rest_request *out,
                                   struct error *err) {
    (void)call_sid;
    (void)variant;
    return at_recording(a, "GET", sid, out, err);
}

enum error_code plivo_encode_delete(const struct rest_account *a, struct str call_sid,
                                    struct str sid, struct rest_request *out, struct error *err) {
    (void)call_sid;
    return at_recording(a, "DELETE", sid, out, err);
}

/* ---- credentials ------------------------------------------------------------------------- */

enum error_code plivo_encode_check(const struct rest_account *a, unsigned step,
                                   struct rest_request *out, struct error *err) {
    static const char *const paths[] = {
        [PLIVO_CHECK_ACCOUNT] = "/",
        [PLIVO_CHECK_RENTED] = "/Number/",
        [PLIVO_CHECK_VERIFIED] = "/VerifiedCallerId/",
    };
    if (step >= ARRAY_LEN(paths))
        return error_set(err, ERR_INVALID, "the credential check has no step %u", step);
    start(out, "GET", a);
    path(out, paths[step]);
    if (step != PLIVO_CHECK_ACCOUNT) {
        buf_put_percent(&out->url, digits_of(a->number));
        path(out, "/");
    }
    return ERR_OK;
}
