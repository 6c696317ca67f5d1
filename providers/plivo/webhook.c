#include "providers/plivo/webhook.h"

#include "providers/plivo/replies.h"
#include "providers/plivo/words.h"
#include "providers/rest/encode.h"
#include "providers/rest/fields.h"

/* ---- names ----------------------------------------------------------------------------------
 * Plivo docs: "Request to your server", "Machine detection", "GetInput", "Record", "Start recording
 * a call". What comes from XML elements is written in one way, what comes from the API in another.
 * Fields that are not in this list may appear at any time. */

enum known {
    ANSWER_TIME,
    CALL_STATUS,
    CALL_UUID,
    DIAL_STATUS,
    DIGITS,
    DURATION,
    END_TIME,
    FROM,
    HANGUP_CAUSE,
    HANGUP_CAUSE_CODE,
    MACHINE,
    RECORDING_DURATION,
    RECORDING_DURATION_MS,
    RECORDING_ID,
    REQUEST_UUID,
    RESPONSE,
    SESSION_START,
    SPEECH,
    SPEECH_CONFIDENCE,
    START_TIME,
    TO,
    KNOWN_COUNT
};

static const struct rest_field_name known_names[] = {
    {STR_INIT("AnswerTime"), ANSWER_TIME},
    {STR_INIT("CallStatus"), CALL_STATUS},
    {STR_INIT("CallUUID"), CALL_UUID},
    {STR_INIT("DialStatus"), DIAL_STATUS},
    {STR_INIT("Digits"), DIGITS},
    {STR_INIT("Duration"), DURATION},
    {STR_INIT("EndTime"), END_TIME},
    {STR_INIT("From"), FROM},
    {STR_INIT("HangupCause"), HANGUP_CAUSE},
    {STR_INIT("HangupCauseCode"), HANGUP_CAUSE_CODE},
    {STR_INIT("Machine"), MACHINE},
    {STR_INIT("RecordingDuration"), RECORDING_DURATION},
    {STR_INIT("RecordingDurationMs"), RECORDING_DURATION_MS},
    {STR_INIT("RecordingID"), RECORDING_ID},
    {STR_INIT("RequestUUID"), REQUEST_UUID},
    {STR_INIT("SessionStart"), SESSION_START},
    {STR_INIT("Speech"), SPEECH},
    {STR_INIT("SpeechConfidenceScore"), SPEECH_CONFIDENCE},
    {STR_INIT("StartTime"), START_TIME},
    {STR_INIT("To"), TO},
    {STR_INIT("call_uuid"), CALL_UUID},
    {STR_INIT("recording_duration"), RECORDING_DURATION},
    {STR_INIT("recording_duration_ms"), RECORDING_DURATION_MS},
    {STR_INIT("recording_id"), RECORDING_ID},
    {STR_INIT("response"), RESPONSE},
};

static enum error_code sort_out(const struct form *f, struct str v[KNOWN_COUNT],
                                struct error *err) {
    return rest_fields_sort(f, known_names, ARRAY_LEN(known_names), v, err);
}

/**
 * Some recording callbacks of the API are one field, `response`, that holds the rest as JSON: its
 * members are read as if they were fields.
 */
static enum error_code open_response(struct str v[KNOWN_COUNT], struct arena *arena,
                                     struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    CLEANUP(buf_release) struct buf text = BUF_INIT(FORM_VALUE_MAX);
    if (v[RESPONSE].len == 0)
        return ERR_OK;
    if (rest_read_object(v[RESPONSE], &doc, NULL) != ERR_OK)
        return error_field(err, ERR_INVALID, "response", "response is no JSON object");
    const struct json *root = json_root(doc);
    struct form inner = {.pairs = arena_alloc(arena, json_count(root) * sizeof *inner.pairs)};
    for (const struct json *m = json_first(root); m; m = json_next(m)) {
        buf_clear(&text);
        if (json_type(m) == JSON_STRING)
            buf_put_str(&text, json_str(m));
        else if (json_type(m) == JSON_NUMBER)
            json_put_value(&text, m);
        if (json_name(m).len && !buf_failed(&text))
            inner.pairs[inner.count++] = (struct form_pair){arena_copy(arena, json_name(m)),
                                                            arena_copy(arena, buf_str(&text))};
    }
    v[RESPONSE] = (struct str){0};
    return sort_out(&inner, v, err);
}

/* ---- meaning -------------------------------------------------------------------------------- */

static enum error_code malformed(const char *name, struct error *err) {
    return error_field(err, ERR_INVALID, name, "%s is malformed", name);
}

/** An id; absent leaves dst empty. */
static enum error_code read_id(struct str v, const char *name, char *dst, struct error *err) {
    if (v.len == 0)
        return ERR_OK;
    return rest_is_uuid(v) && str_copy(v, dst, CALL_SID_SIZE) ? ERR_OK : malformed(name, err);
}

/** Seconds as "12" or "12.00000"; "-1": not known yet. Absent: *known stays as it is. */
static enum error_code read_length(struct str v, const char *name, uint32_t per_second,
                                   uint32_t *out_s, bool *known, struct error *err) {
    uint64_t n, fraction;
    size_t dot = str_find(v, '.');
    struct str whole = str_from(v.ptr, dot), places = str_from_index(v, dot + 1);
    if (v.len == 0)
        return ERR_OK;
    if (str_eq(whole, STR("-1"))) {
        *known = false;
        return ERR_OK;
    }
    if (!str_to_u64(whole, INT32_MAX, &n) ||
        (dot < v.len && !str_to_u64(places, UINT64_MAX, &fraction)))
        return error_field(err, ERR_INVALID, name, "%s is no number", name);
    *out_s = (uint32_t)((n + per_second / 2) / per_second);
    return ERR_OK;
}

/**
 * EndTime is written in the account's zone without saying which; StartTime is, too, and is
 * SessionStart, which is UTC, but for the moment between them. So their difference, to the quarter
 * of an hour, is the zone. 0: not given.
 */
static int64_t end_time(const struct str *v) {
    enum {
        QUARTER_MS = 15 * 60 * 1000,
        DAY_MS = 24 * 3600 * 1000
    };
    int64_t session, started, ended;
    if (!plivo_parse_time(v[SESSION_START], &session) ||
        !plivo_parse_time(v[START_TIME], &started) || !plivo_parse_time(v[END_TIME], &ended) ||
        ended < started || started < session - DAY_MS || started > session + DAY_MS)
        return 0;
    int64_t ahead = started - session + DAY_MS; /* not negative: division rounds one way */
    int64_t zone = (ahead + QUARTER_MS / 2) / QUARTER_MS * QUARTER_MS - DAY_MS;
    return ended - zone;
}

/** Why the call ended, as Plivo or the telephone network says; "" when it ended well. */
static struct str explain(const struct str *v, const struct webhook_news *n, struct arena *arena) {
    const struct plivo_cause *cause = plivo_cause_find(n->carrier_code);
    if (!call_status_is_final(n->status) || n->status == CALL_COMPLETED)
        return (struct str){0};
    if (n->carrier_code && cause && cause->advice)
        return str_z(cause->advice);
    return arena_copy(arena, v[HANGUP_CAUSE]);
}

/** How a call ended. The code decides; the word and the network's cause are fall-backs. */
static enum error_code read_end(const struct str *v, struct webhook_news *n, struct error *err) {
    uint32_t code = 0;
    enum error_code rc = rest_field_u32("HangupCauseCode", v[HANGUP_CAUSE_CODE], &code, NULL, err);
    if (rc == ERR_OK)
        rc = rest_field_u32("Duration", v[DURATION], &n->duration_s, &n->has_duration, err);
    if (rc != ERR_OK)
        return rc;
    n->status = plivo_outcome(code, v[CALL_STATUS], v[ANSWER_TIME].len > 0);
    n->at_ms = end_time(v);
    if (n->status != CALL_COMPLETED)
        n->carrier_code = (int32_t)code;
    if (code == 9100)
        n->answered_by = CALL_BY_MACHINE;
    return ERR_OK;
}

static enum error_code read_call_news(const struct str *v, struct webhook_news *n,
                                      struct error *err) {
    /* the id under which the call was placed is the one we know; the other is the same today */
    bool placed = v[REQUEST_UUID].len > 0;
    enum error_code rc = read_id(placed ? v[REQUEST_UUID] : v[CALL_UUID],
                                 placed ? "RequestUUID" : "CallUUID", n->sid, err);
    if (rc != ERR_OK)
        return rc;
    if (str_eq_nocase(v[MACHINE], STR("true")))
        n->answered_by = CALL_BY_MACHINE;
    else if (str_eq_nocase(v[MACHINE], STR("false")))
        n->answered_by = CALL_BY_HUMAN;
    n->status = plivo_status(v[CALL_STATUS]);
    if (v[HANGUP_CAUSE_CODE].len || call_status_is_final(n->status))
        return read_end(v, n, err);
    return ERR_OK;
}

static enum error_code read_gather(const struct str *v, struct webhook_news *n, struct error *err) {
    n->dialled = plivo_status(v[DIAL_STATUS]);
    n->digits = v[DIGITS];
    n->speech = v[SPEECH];
    n->confidence = rest_field_fraction(v[SPEECH_CONFIDENCE]);
    if (rest_field_is_keys(v[DIGITS]))
        return ERR_OK;
    n->digits = (struct str){0};
    if (v[RECORDING_ID].len == 0) /* of a recording they are how it ended: "hangup", "timeout" */
        return error_field(err, ERR_INVALID, "Digits", "Digits holds what no key can send");
    return ERR_OK;
}

/* The address of the audio is left alone on purpose: it is asked for by the id, see encode_fetch.
 * Recordings of a whole session are told of twice: when they begin, with a length of -1, and when
 * the file is there. Whose recording it is our own address says: a CallUUID alone is that of the
 * leg that is recorded, which need not be the id that the call was placed under. */
static enum error_code read_recording(const struct str *v, struct webhook_news *n,
                                      struct error *err) {
    bool known = true;
    if (v[RECORDING_ID].len == 0)
        return error_field(err, ERR_INVALID, "RecordingID", "RecordingID is missing");
    enum error_code rc = read_id(v[RECORDING_ID], "RecordingID", n->recording_sid, err);
    if (rc == ERR_OK)
        rc = read_length(v[RECORDING_DURATION_MS], "RecordingDurationMs", 1000,
                         &n->recording_duration_s, &known, err);
    if (rc == ERR_OK)
        rc = read_length(v[RECORDING_DURATION], "RecordingDuration", 1, &n->recording_duration_s,
                         &known, err);
    n->recording_status = known ? RECORDING_AVAILABLE : RECORDING_RUNNING;
    if (v[REQUEST_UUID].len == 0)
        n->sid[0] = '\0';
    return rc;
}

enum error_code plivo_parse_webhook(const struct rest_account *a, const struct webhook_request *req,
                                    const struct form *fields, struct arena *arena,
                                    struct webhook_news *out, struct error *err) {
    (void)a; /* ParentAuthID names the main account, also for a subaccount's calls */
    struct str v[KNOWN_COUNT] = {{0}};
    struct webhook_news n = {.confidence = -1};
    if (fields->count == 0)
        return error_set(err, ERR_INVALID, "the webhook says nothing");
    enum error_code rc = sort_out(fields, v, err);
    if (rc == ERR_OK && req->kind == WEBHOOK_RECORDING)
        rc = open_response(v, arena, err);
    if (rc == ERR_OK)
        rc = read_call_news(v, &n, err);
    if (rc == ERR_OK && req->kind == WEBHOOK_GATHER)
        rc = read_gather(v, &n, err);
    if (req->kind == WEBHOOK_INBOUND)
        rest_news_parties(&n, v[TO], v[FROM]);
    if (rc == ERR_OK && req->kind == WEBHOOK_RECORDING)
        rc = read_recording(v, &n, err);
    if (rc != ERR_OK)
        return rc;
    n.carrier_text = explain(v, &n, arena);
    *out = n;
    return ERR_OK;
}
