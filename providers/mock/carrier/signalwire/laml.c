#include "providers/mock/carrier/signalwire/laml.h"

#include "providers/mock/carrier/signalwire/rest.h"
#include "providers/mock/carrier/twilio/face_twilio.h"

/* "SignalWire docs: Compatibility API, cXML webhooks; Differences from Twilio". */

/* ---- webhooks ------------------------------------------------------------------------------- */

/** An answer is told twice: as "answered", and as Twilio's "in-progress". */
static size_t status_words(const struct carrier *c, const struct leg *l, enum call_status event,
                           const char *words[FACE_STATUS_WORDS_MAX]) {
    enum call_status subscription = call_status_is_final(event) ? CALL_COMPLETED : event;
    size_t count = 0;
    if (!(l->req.status_events & BIT(subscription)))
        return 0;
    if (event == CALL_ANSWERED && !sw_is_on(c, "answered_once"))
        words[count++] = "answered";
    words[count++] = twilio_event_word(event);
    return count;
}

static void make_status(const struct carrier *c, const struct leg *l, enum call_status event,
                        const char *word, struct outgoing *o) {
    twilio_put_status_as(c, l, event, word, &o->params);
}

static void sign(const struct carrier *c, struct outgoing *o, struct str url,
                 struct http_request *req, struct arena *a) {
    bool wrong = sw_is_on(c, "signature_wrong"), missing = sw_is_on(c, "signature_missing");
    twilio_sign(c, o, wrong ? STR("http://elsewhere.example/") : url, req, a);
    for (size_t i = 0; missing && i < req->header_count; i++)
        if (str_eq_z(req->headers[i].name, laml_flavor.signature_header))
            req->headers[i] = req->headers[--req->header_count];
}

/* ---- REST ----------------------------------------------------------------------------------- */

/** Members of the call resource that Twilio's has not. */
static void put_call_more(struct json_writer *w, const struct leg *l) {
    static const char *const measures[] = {
        "audio_in_mos",         "audio_rtt_avg",        "audio_rtt_min",        "audio_rtt_max",
        "audio_out_jitter_min", "audio_out_jitter_max", "audio_out_jitter_avg", "audio_out_lost",
    };
    json_kv_z(w, "formatted_to", l->to);
    json_kv_z(w, "formatted_from", l->from);
    json_key(w, "sip_result_code");
    if (l->sip_code)
        json_put_int(w, l->sip_code);
    else
        json_put_null(w);
    for (size_t i = 0; i < ARRAY_LEN(measures); i++) {
        json_key(w, measures[i]);
        json_put_null(w);
    }
}

/* SignalWire docs: cXML <Pay>. The connector is an address, and its attribute has another name. */
static bool read_text(struct carrier *c, struct leg *l, struct str text, struct plan *out,
                      int *carrier_code) {
    const struct str name = STR(" paymentConnectorUrl=\"");
    CLEANUP(buf_release) struct buf b = BUF_INIT(OUTGOING_DOCUMENT_MAX);
    for (size_t at = str_find_str(text, name); at < text.len; at = str_find_str(text, name)) {
        buf_put_str(&b, str_from(text.ptr, at));
        buf_puts(&b, " paymentConnector=\"");
        text = str_from_index(text, at + name.len);
    }
    buf_put_str(&b, text);
    return twilio_read_text(c, l, buf_str(&b), out, carrier_code);
}

const struct carrier_face carrier_face_laml = {
    .dialect = "signalwire",
    .flavor = &laml_flavor,
    .make_login = sw_make_login,
    .make_id = sw_make_id,
    .key_prefix = "PSK_",
    .rules = {[OUTGOING_NOTICE] = &sw_notice_rules,
              [OUTGOING_DOCUMENT] = &sw_document_rules,
              [OUTGOING_MEDIA] = &sw_document_rules},
    .redirects_max = 3,
    .rest = sw_rest,
    .put_voice = twilio_put_voice,
    .put_status = twilio_put_status,
    .put_tape = twilio_put_tape,
    .put_detection = twilio_put_detection,
    .put_result = twilio_put_result,
    .put_fallback = twilio_put_fallback,
    .status_words = status_words,
    .make_status = make_status,
    .sign = sign,
    .read_document = twilio_read_document,
    .read_text = read_text,
};

const struct twilio_flavor laml_flavor = {
    .rest = {.routes = twilio_routes, .route_count = TWILIO_ROUTE_COUNT, .refuse = twilio_refuse},
    .face = &carrier_face_laml,
    .root = LAML_PREFIX,
    .error_url = "https://signalwire.com/docs/errors/",
    .signature_header = "X-SignalWire-Signature",
    .agent = "SignalWire",
    .sip_code = "SipResultCode",
    .source_words = {[TAPE_FROM_REQUEST] = "OutBoundApi",
                     [TAPE_FROM_API] = "StartCallRecordingApi",
                     [TAPE_FROM_RECORD_STEP] = "RecordVerb",
                     [TAPE_FROM_DIAL] = "DialVerb",
                     [TAPE_FROM_CONFERENCE] = "Conference"},
    .id_length = 36,
    .created = 200,
    .detection_min_s = 1,
    .detection_max_s = 120,
    .put_call_more = put_call_more,
    .lists_errors = true,
    .plain_numbers = true,
    .optional_json = true,
    .hides_token = true,
    .signs_port = true,
};

void laml_rest(struct carrier *c, struct http_exchange *x) {
    twilio_face_rest(c, &laml_flavor, x);
}
