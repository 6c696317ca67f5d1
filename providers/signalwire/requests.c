#include "providers/signalwire/requests.h"

#include <stdio.h>

#include "core/base/digest.h"
#include "core/base/json.h"
#include "providers/rest/encode.h"

enum {
    CONTROL_RANDOM_BYTES = 16,
    CONTROL_UNIQUE_CHARS = 32, /* so long are ids that nobody chooses by hand */
    CALL_LENGTH_MAX_S = 14400, /* the carrier's own limit, when none is given */
    DETECTION_S = 30,          /* of listening; the carrier's own default, as others have it */
};

static void start(struct rest_request *out, const char *method, const struct rest_account *a,
                  const char *path) {
    out->method = method;
    buf_put_str(&out->url, a->base_url);
    buf_puts(&out->url, path);
}

static enum error_code need_call(struct str sid, struct error *err) {
    return rest_is_uuid(sid) ? ERR_OK
                             : error_field(err, ERR_INVALID, "call_sid", "a call_sid is a UUID");
}

/* ---- commands ------------------------------------------------------------------------------
 * SignalWire docs: Calling API, "Create or update a call". One address, told apart by "command".
 */

static struct json_writer begin_command(struct rest_request *out, const struct rest_account *a,
                                        const char *command, struct str sid) {
    struct json_writer w;
    start(out, "POST", a, "/api/calling/calls");
    out->body_type = "application/json";
    json_write_init(&w, &out->body);
    json_begin_object(&w);
    json_kv_z(&w, "command", command);
    if (sid.len)
        json_kv_string(&w, "id", sid);
    json_key(&w, "params");
    json_begin_object(&w);
    return w;
}

static void end_command(struct json_writer *w) {
    json_end_object(w);
    json_end_object(w);
}

/** One of our addresses, with the credentials that tell its requests from strangers'. */
static void kv_own_url(struct json_writer *w, const struct rest_account *a, const char *name,
                       struct str url) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(w->b->max);
    rest_put_own_url(&b, a, url);
    w->b->failed = w->b->failed || buf_failed(&b);
    json_kv_string(w, name, buf_str(&b));
}

static void begin_verb(struct json_writer *w, const char *name) {
    json_begin_object(w);
    json_key(w, name);
    json_begin_object(w);
}

static void end_verb(struct json_writer *w) {
    json_end_object(w);
    json_end_object(w);
}

/* SignalWire docs: SWML detect_machine. Without an address for the verdict the call waits for it,
 * and the answer request brings it. */
static void put_detection(struct json_writer *w, const struct rest_account *a,
                          const struct provider_place *p) {
    if (p->detection == CALL_DETECT_OFF)
        return;
    begin_verb(w, "detect_machine");
    json_kv_bool(w, "detect_message_end", p->detection == CALL_DETECT_MESSAGE_END);
    json_kv_int(w, "timeout", DETECTION_S);
    json_kv_bool(w, "wait", p->detection_url.len == 0);
    if (p->detection_url.len)
        kv_own_url(w, a, "status_url", p->detection_url);
    end_verb(w);
}

static void put_transfer(struct json_writer *w, const struct rest_account *a, struct str url,
                         const struct provider_place *p) {
    begin_verb(w, "transfer");
    kv_own_url(w, a, "dest", url);
    if (p->detection == CALL_DETECT_MESSAGE_END) {
        /* the request for the document brings it back: its verdict does not say what was asked */
        json_key(w, "params");
        json_begin_object(w);
        json_kv_bool(w, "message_end", true);
        json_end_object(w);
    }
    end_verb(w);
}

/*
 * What the carrier does before it asks for the answer document. A transfer does not return; what
 * follows it is for the case that its document could not be had.
 */
static void put_prologue(struct json_writer *w, const struct rest_account *a,
                         const struct provider_place *p) {
    json_key(w, "swml");
    json_begin_object(w);
    json_kv_z(w, "version", "1.0.0");
    json_key(w, "sections");
    json_begin_object(w);
    json_key(w, "main");
    json_begin_array(w);
    begin_verb(w, "answer");
    json_kv_int(w, "max_duration", p->time_limit_s);
    end_verb(w);
    put_detection(w, a, p);
    put_transfer(w, a, p->answer_url, p);
    if (p->fallback_url.len)
        put_transfer(w, a, p->fallback_url, p);
    json_end_array(w);
    json_end_object(w);
    json_end_object(w);
}

static void put_status(struct json_writer *w, const struct rest_account *a, struct str url) {
    static const char *const events[] = {"created", "ringing", "answered", "ended"};
    if (url.len == 0)
        return;
    kv_own_url(w, a, "status_url", url);
    json_key(w, "status_events"); /* "ended" alone unless all are named */
    json_begin_array(w);
    for (size_t i = 0; i < ARRAY_LEN(events); i++)
        json_put_string(w, str_z(events[i]));
    json_end_array(w);
}

enum error_code signalwire_encode_place(const struct rest_account *a,
                                        const struct provider_place *p, struct rest_request *out,
                                        struct error *err) {
    struct str from = p->from.len ? p->from : a->number;
    if (p->to.len == 0 || p->answer_url.len == 0)
        return error_field(err, ERR_INVALID, p->to.len ? "answer_url" : "to",
                           "a call needs a number and an answer URL");
    if (from.len == 0)
        return error_field(err, ERR_INVALID, "from",
                           "no caller id: set SIGNALWIRE_PHONE_NUMBER or give one with the call");
    struct json_writer w = begin_command(out, a, "dial", STR(""));
    json_kv_string(&w, "from", from);
    json_kv_string(&w, "to", p->to);
    /* a call's length is limited, and its answerer told, by verbs: there are no parameters */
    if (p->detection != CALL_DETECT_OFF || p->time_limit_s < CALL_LENGTH_MAX_S) {
        put_prologue(&w, a, p);
    } else {
        kv_own_url(&w, a, "url", p->answer_url);
        json_kv_z(&w, "url_method", "POST");
    }
    if (p->fallback_url.len)
        kv_own_url(&w, a, "fallback_url", p->fallback_url);
    put_status(&w, a, p->status_url);
    json_kv_int(&w, "timeout", p->ring_timeout_s);
    end_command(&w);
    return ERR_OK;
}

/* In any live state; "update" would want to know whether the call is answered already. */
enum error_code signalwire_encode_end(const struct rest_account *a, struct str sid,
                                      struct rest_request *out, struct error *err) {
    enum error_code rc = need_call(sid, err);
    if (rc != ERR_OK)
        return rc;
    struct json_writer w = begin_command(out, a, "calling.end", sid);
    json_kv_z(&w, "reason", "hangup");
    end_command(&w);
    return ERR_OK;
}

/* "update" and not "calling.transfer": it says clearly when the call is not in progress. */
enum error_code signalwire_encode_redirect(const struct rest_account *a, struct str sid,
                                           struct str url, struct rest_request *out,
                                           struct error *err) {
    enum error_code rc = need_call(sid, err);
    if (rc != ERR_OK)
        return rc;
    struct json_writer w = begin_command(out, a, "update", STR(""));
    json_kv_string(&w, "id", sid);
    kv_own_url(&w, a, "url", url);
    end_command(&w);
    return ERR_OK;
}

/* ---- logs ----------------------------------------------------------------------------------
 * SignalWire docs: Voice logs. Calls of this API are in no other list. The log's id is that of the
 * call's first segment, which is the call's own. */

enum error_code signalwire_encode_look_up(const struct rest_account *a, struct str sid,
                                          unsigned pass, struct rest_request *out,
                                          struct error *err) {
    (void)pass;
    enum error_code rc = need_call(sid, err);
    if (rc != ERR_OK)
        return rc;
    start(out, "GET", a, "/api/voice/logs/");
    buf_put_str(&out->url, sid);
    return ERR_OK;
}

enum error_code signalwire_encode_list(const struct rest_account *a,
                                       const struct provider_list_filter *f, unsigned pass,
                                       struct rest_request *out, struct error *err) {
    (void)f, (void)pass, (void)err; /* it filters nothing */
    start(out, "GET", a, "/api/voice/logs?page_size=100");
    out->reply_bytes_max = 1 << 20;
    return ERR_OK;
}

/* ---- recordings ---------------------------------------------------------------------------- */

static bool is_control_id(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= ' ' || s.ptr[i] >= 0x7F || strchr("\"\\/?#%:", s.ptr[i]))
            return false;
    return s.len > 0;
}

bool signalwire_recording_sid(struct str call_sid, struct str control_id, char *dst) {
    char sid[CALL_SID_SIZE];
    if (!is_control_id(control_id) || control_id.len >= sizeof sid)
        return false;
    if (control_id.len >= CONTROL_UNIQUE_CHARS)
        return str_copy(control_id, dst, CALL_SID_SIZE);
    if (!rest_is_uuid(call_sid))
        return false;
    int n = snprintf(sid, sizeof sid, STR_FMT ":" STR_FMT, STR_ARG(call_sid), STR_ARG(control_id));
    return n > 0 && (size_t)n < sizeof sid && str_copy(str_z(sid), dst, CALL_SID_SIZE);
}

struct str signalwire_control_id(struct str recording_sid) {
    size_t colon = str_find(recording_sid, ':');
    return colon < recording_sid.len ? str_from_index(recording_sid, colon + 1) : recording_sid;
}

/* SignalWire docs: calling.record. Its defaults would end the recording at the first half second
 * of silence and take one side of the call: nothing is left to them. */
static void put_audio(struct json_writer *w, const struct provider_recording_control *c) {
    json_key(w, "record");
    json_begin_object(w);
    json_key(w, "audio");
    json_begin_object(w);
    json_kv_bool(w, "beep", false);
    json_kv_z(w, "format", c->mp3 ? "mp3" : "wav");
    json_kv_bool(w, "stereo", c->dual);
    json_kv_z(w, "direction", "both");
    json_kv_int(w, "initial_timeout", 0);
    json_kv_int(w, "end_silence_timeout", 0);
    json_kv_int(w, "max_length", 0);
    json_kv_z(w, "terminators", "");
    json_kv_int(w, "input_sensitivity", 44);
    json_end_object(w);
    json_end_object(w);
}

static const char *const control_commands[] = {
    [PROVIDER_RECORDING_START] = "calling.record",
    [PROVIDER_RECORDING_PAUSE] = "calling.record.pause",
    [PROVIDER_RECORDING_RESUME] = "calling.record.resume",
    [PROVIDER_RECORDING_STOP] = "calling.record.stop",
};

enum error_code signalwire_encode_control(const struct rest_account *a,
                                          const struct provider_recording_control *c,
                                          struct rest_request *out, struct error *err) {
    bool starts = c->action == PROVIDER_RECORDING_START;
    char random[2 * CONTROL_RANDOM_BYTES + 1];
    enum error_code rc = need_call(c->call_sid, err);
    if (rc != ERR_OK)
        return rc;
    if (starts)
        digest_random_hex(random, CONTROL_RANDOM_BYTES);
    struct str sid = starts ? str_z(random) : c->recording_sid;
    struct str control = signalwire_control_id(sid);
    if (!is_control_id(control) || !str_copy(sid, out->tag, sizeof out->tag))
        return error_field(err, ERR_INVALID, "recording_sid",
                           "name the recording: this carrier steers it by its id only");
    struct json_writer w = begin_command(out, a, control_commands[c->action], c->call_sid);
    json_kv_string(&w, "control_id", control);
    if (c->action == PROVIDER_RECORDING_PAUSE)
        json_kv_z(&w, "behavior", "skip"); /* nothing of the pause is in the file */
    if (starts) {
        put_audio(&w, c);
        if (c->status_url.len)
            kv_own_url(&w, a, "status_url", c->status_url);
    }
    end_command(&w);
    return ERR_OK;
}

/* The events of a call name the control id of each recording and the id of its file; where they do
 * not, the list of files tells their calls. The tag tells the decoder what to look for. */
enum error_code signalwire_encode_find(const struct rest_account *a, struct str call_sid,
                                       struct str sid, unsigned pass, struct rest_request *out,
                                       struct error *err) {
    enum error_code rc = need_call(call_sid, err);
    if (rc != ERR_OK)
        return rc;
    if (!is_control_id(signalwire_control_id(sid)) || sid.len >= sizeof out->tag)
        return error_field(err, ERR_INVALID, "recording_sid", "the recording id is malformed");
    bool by_events = pass == SIGNALWIRE_FIND_EVENTS;
    start(out, "GET", a, by_events ? "/api/voice/logs/" : "/api/relay/rest/recordings");
    if (by_events) {
        buf_put_str(&out->url, call_sid);
        buf_puts(&out->url, "/events");
    }
    buf_puts(&out->url, "?page_size=100");
    out->reply_bytes_max = 1 << 20;
    struct str wanted = by_events ? signalwire_control_id(sid) : call_sid;
    return str_copy(wanted, out->tag, sizeof out->tag)
               ? ERR_OK
               : error_field(err, ERR_INVALID, "recording_sid", "the recording id is malformed");
}

static enum error_code at_file(const struct rest_account *a, const char *method, struct str sid,
                               struct rest_request *out, struct error *err) {
    if (!rest_is_uuid(sid))
        return error_field(err, ERR_INVALID, "recording_sid", "a recording's file id is a UUID");
    start(out, method, a, "/api/relay/rest/recordings/");
    buf_put_str(&out->url, sid);
    return ERR_OK;
}

enum error_code signalwire_encode_fetch(const struct rest_account *a, struct str call_sid,
                                        struct str sid, unsigned variant, struct rest_request *out,
                                        struct error *err) {
    (void)call_sid, (void)variant;
    return at_file(a, "GET", sid, out, err);
}

enum error_code signalwire_encode_delete(const struct rest_account *a, struct str call_sid,
                                         struct str sid, struct rest_request *out,
                                         struct error *err) {
    (void)call_sid;
    return at_file(a, "DELETE", sid, out, err);
}

/* ---- credentials --------------------------------------------------------------------------- */

enum error_code signalwire_encode_check(const struct rest_account *a, unsigned step,
                                        struct rest_request *out, struct error *err) {
    if (step > SIGNALWIRE_CHECK_VOICE)
        return error_set(err, ERR_INVALID, "the credential check has no step %u", step);
    if (step == SIGNALWIRE_CHECK_VOICE) {
        start(out, "GET", a, "/api/voice/logs?page_size=1");
        return ERR_OK;
    }
    start(out, "GET", a, "/api/laml/2010-04-01/Accounts/");
    buf_put_percent(&out->url, a->id);
    return ERR_OK;
}
