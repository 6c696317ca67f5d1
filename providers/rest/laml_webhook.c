#include "providers/rest/encode.h"
#include "providers/rest/fields.h"
#include "providers/rest/laml.h"
#include "providers/rest/payment_words.h"

/* ---- signature ------------------------------------------------------------------------------
 * Twilio docs: "Security", X-Twilio-Signature. */

enum {
    SIGNATURE_CHARS = 28, /* base64 of 20 bytes */
};

static enum error_code not_signed(const struct laml *l, struct error *err, const char *why) {
    return error_set(err, ERR_AUTH,
                     "webhook refused: %s; check the %s and that PUBLIC_BASE_URL is the address "
                     "the carrier calls",
                     why, l->key_setting);
}

static struct str query_of(struct str target) {
    return str_from_index(target, str_find(target, '?') + 1);
}

/** Value of the query parameter in which the carrier puts the hash of a body that is no form. */
static struct str hash_in_query(struct str target) {
    struct str rest = query_of(target), pair;
    while (str_next(&rest, '&', &pair))
        if (str_starts(pair, STR("bodySHA256=")))
            return str_from_index(pair, strlen("bodySHA256="));
    return (struct str){0};
}

static bool body_has_hash(struct str body, struct str hex) {
    CLEANUP(buf_release) struct buf want = BUF_INIT(2 * DIGEST_SHA256_BYTES);
    uint8_t digest[DIGEST_SHA256_BYTES];
    digest_sha256(body, digest);
    digest_put_hex(&want, digest, sizeof digest);
    return digest_equal(buf_str(&want), hex);
}

/**
 * The form fields of a request, and in *appended those that the signature covers besides the URL.
 * Only the encoding is undone here; nothing is understood yet.
 */
static enum error_code read_fields(const struct laml *l, const struct webhook_request *req,
                                   struct arena *a, struct form *fields, struct form *appended,
                                   struct error *err) {
    if (str_eq(req->method, STR("GET"))) {
        if (req->body.len)
            return error_set(err, ERR_INVALID, "a GET webhook has no body");
        return form_parse(a, query_of(req->target), fields, err); /* the URL holds them all */
    }
    if (rest_webhook_is(req, STR("application/x-www-form-urlencoded"))) {
        enum error_code rc = form_parse(a, req->body, fields, err);
        if (rc == ERR_OK)
            *appended = *fields;
        return rc;
    }
    if (!rest_webhook_is(req, STR("application/json")))
        return error_set(err, ERR_INVALID,
                         "a webhook must be application/x-www-form-urlencoded; see what the proxy "
                         "does to it");
    struct str hash = hash_in_query(req->target);
    if (hash.len == 0) /* nothing would cover the body: never taken on trust */
        return not_signed(l, err, "its JSON body comes without bodySHA256");
    return body_has_hash(req->body, hash) ? ERR_OK : not_signed(l, err, "its body was changed");
}

/** The MACs of the headers that are there. */
struct macs {
    uint8_t bytes[2][DIGEST_SHA1_BYTES];
    size_t count;
};

static enum error_code read_macs(const struct laml *l, const struct webhook_request *req,
                                 struct macs *m, struct error *err) {
    for (size_t i = 0; i < ARRAY_LEN(l->signature_headers) && l->signature_headers[i]; i++) {
        struct str header = rest_webhook_header(req, str_z(l->signature_headers[i]));
        size_t len = 0;
        if (header.len == 0)
            continue;
        if (header.len != SIGNATURE_CHARS ||
            !digest_base64_decode(header, m->bytes[m->count], DIGEST_SHA1_BYTES, &len) ||
            len != DIGEST_SHA1_BYTES)
            return not_signed(l, err, "its signature is malformed");
        m->count++;
    }
    return m->count ? ERR_OK : not_signed(l, err, "it is not signed");
}

enum error_code laml_verify_webhook(const struct laml *l, struct rest_signer *s,
                                    const struct webhook_request *req, struct arena *a,
                                    struct form *fields, struct error *err) {
    struct macs macs = {.count = 0};
    struct form found = {0}, appended = {0};
    enum error_code rc = read_macs(l, req, &macs, err);
    if (rc == ERR_OK)
        rc = read_fields(l, req, a, &found, &appended, err);
    if (rc != ERR_OK)
        return rc;
    for (size_t i = 0; i < macs.count; i++)
        if (!rest_signer_verify_form(s, a, req->target, &appended, l->repeats,
                                     str_from(macs.bytes[i], sizeof macs.bytes[i])))
            return not_signed(l, err, "its signature is wrong");
    *fields = found;
    return ERR_OK;
}

/* ---- meaning --------------------------------------------------------------------------------
 * Twilio docs: TwiML request parameters; Call resource, StatusCallback; Recordings resource;
 * Answering Machine Detection. Fields that are not in this list may appear at any time. */

enum known {
    ACCOUNT_SID,
    ANSWERED_BY,
    CALL_DURATION,
    CALL_SID,
    CALL_STATUS,
    CONFIDENCE,
    CONNECTOR_ERROR,
    DIAL_CALL_STATUS,
    DIGITS,
    ERROR_CODE,
    ERROR_MESSAGE,
    FROM,
    PAYMENT_CARD_NUMBER,
    PAYMENT_CARD_TYPE,
    PAYMENT_CODE,
    PAYMENT_ERROR,
    PAYMENT_ERROR_CODE,
    PAYMENT_TOKEN,
    RECORDING_CHANNELS,
    RECORDING_DURATION,
    RECORDING_SID,
    RECORDING_STATUS,
    RESULT,
    SIP_RESPONSE_CODE,
    SPEECH_RESULT,
    TIMESTAMP,
    TO,
    KNOWN_COUNT
};

static const struct rest_field_name known_names[] = {
    [ACCOUNT_SID] = {STR_INIT("AccountSid"), ACCOUNT_SID},
    [ANSWERED_BY] = {STR_INIT("AnsweredBy"), ANSWERED_BY},
    [CALL_DURATION] = {STR_INIT("CallDuration"), CALL_DURATION},
    [CALL_SID] = {STR_INIT("CallSid"), CALL_SID},
    [CALL_STATUS] = {STR_INIT("CallStatus"), CALL_STATUS},
    [CONFIDENCE] = {STR_INIT("Confidence"), CONFIDENCE},
    [CONNECTOR_ERROR] = {STR_INIT("ConnectorError"), CONNECTOR_ERROR},
    [DIAL_CALL_STATUS] = {STR_INIT("DialCallStatus"), DIAL_CALL_STATUS},
    [DIGITS] = {STR_INIT("Digits"), DIGITS},
    [ERROR_CODE] = {STR_INIT("ErrorCode"), ERROR_CODE},
    [ERROR_MESSAGE] = {STR_INIT("ErrorMessage"), ERROR_MESSAGE},
    [FROM] = {STR_INIT("From"), FROM},
    [PAYMENT_CARD_NUMBER] = {STR_INIT("PaymentCardNumber"), PAYMENT_CARD_NUMBER},
    [PAYMENT_CARD_TYPE] = {STR_INIT("PaymentCardType"), PAYMENT_CARD_TYPE},
    [PAYMENT_CODE] = {STR_INIT("PaymentConfirmationCode"), PAYMENT_CODE},
    [PAYMENT_ERROR] = {STR_INIT("PaymentError"), PAYMENT_ERROR},
    [PAYMENT_ERROR_CODE] = {STR_INIT("PayErrorCode"), PAYMENT_ERROR_CODE},
    [PAYMENT_TOKEN] = {STR_INIT("PaymentToken"), PAYMENT_TOKEN},
    [RECORDING_CHANNELS] = {STR_INIT("RecordingChannels"), RECORDING_CHANNELS},
    [RECORDING_DURATION] = {STR_INIT("RecordingDuration"), RECORDING_DURATION},
    [RECORDING_SID] = {STR_INIT("RecordingSid"), RECORDING_SID},
    [RECORDING_STATUS] = {STR_INIT("RecordingStatus"), RECORDING_STATUS},
    [RESULT] = {STR_INIT("Result"), RESULT},
    [SIP_RESPONSE_CODE] = {STR_INIT("SipResponseCode"), SIP_RESPONSE_CODE},
    [SPEECH_RESULT] = {STR_INIT("SpeechResult"), SPEECH_RESULT},
    [TIMESTAMP] = {STR_INIT("Timestamp"), TIMESTAMP},
    [TO] = {STR_INIT("To"), TO},
    [KNOWN_COUNT] = {STR_INIT("SipResultCode"), SIP_RESPONSE_CODE}, /* SignalWire's name of it */
};

/** A whole number; absent or empty leaves *out alone. */
static enum error_code read_u32(const struct str *v, enum known k, uint32_t *out, bool *given,
                                struct error *err) {
    return rest_field_u32(known_names[k].name.ptr, v[k], out, given, err);
}

/** An id of the carrier's form; absent leaves dst empty. */
static enum error_code read_sid(const struct str *v, enum known k, bool (*is_id)(struct str),
                                char *dst, struct error *err) {
    if (v[k].len == 0)
        return ERR_OK;
    if (!is_id(v[k]) || !str_copy(v[k], dst, CALL_SID_SIZE))
        return error_field(err, ERR_INVALID, known_names[k].name.ptr, "%s is malformed",
                           known_names[k].name.ptr);
    return ERR_OK;
}

/** What went wrong in the carrier's words, ours, or the telephone network's. */
static struct str explain(const struct laml *l, const struct str *v, const struct webhook_news *n,
                          struct arena *arena) {
    const struct laml_fault *fault = n->carrier_code ? laml_fault_find(l, n->carrier_code) : NULL;
    if (v[ERROR_MESSAGE].len)
        return v[ERROR_MESSAGE];
    if (fault)
        return str_z(fault->advice);
    bool ended_badly = call_status_is_final(n->status) && n->status != CALL_COMPLETED;
    if (ended_badly && v[SIP_RESPONSE_CODE].len)
        return arena_printf(arena, "SIP response " STR_FMT, STR_ARG(v[SIP_RESPONSE_CODE]));
    return (struct str){0};
}

static enum error_code read_call_news(const struct laml *l, const struct str *v,
                                      struct webhook_news *n, struct error *err) {
    uint32_t code = 0;
    enum error_code rc = read_sid(v, CALL_SID, l->is_call, n->sid, err);
    if (rc == ERR_OK)
        rc = read_u32(v, CALL_DURATION, &n->duration_s, &n->has_duration, err);
    if (rc == ERR_OK)
        rc = read_u32(v, ERROR_CODE, &code, NULL, err);
    n->carrier_code = (int32_t)code;
    n->status = laml_status(l, v[CALL_STATUS]);
    n->answered_by = laml_answered_by(l, v[ANSWERED_BY]);
    if (!clock_parse_rfc2822(v[TIMESTAMP], &n->at_ms))
        n->at_ms = 0;
    return rc;
}

/* Twilio docs: <Pay>, action; SignalWire docs: cXML <Pay>. What else came of the card is left. */
static void read_payment(const struct str *v, struct webhook_news *n) {
    n->payment = (struct payment_news){
        .result = rest_payment_result(v[RESULT]),
        .charge_id = v[PAYMENT_CODE],
        .token_id = v[PAYMENT_TOKEN],
        .error_code = v[PAYMENT_ERROR_CODE],
        .error_text = v[PAYMENT_ERROR].len ? v[PAYMENT_ERROR] : v[CONNECTOR_ERROR],
        .last4 = rest_payment_last4(v[PAYMENT_CARD_NUMBER]),
        .card_type = v[PAYMENT_CARD_TYPE],
    };
}

static enum error_code read_gather(const struct laml *l, const struct str *v,
                                   struct webhook_news *n, struct error *err) {
    n->dialled = laml_status(l, v[DIAL_CALL_STATUS]);
    if (n->dialled == CALL_STATUS_NONE && str_eq_z(v[DIAL_CALL_STATUS], "answered"))
        n->dialled = CALL_COMPLETED; /* a word of dials only */
    read_payment(v, n);
    if (!rest_field_is_keys(v[DIGITS]))
        return error_field(err, ERR_INVALID, "Digits", "Digits holds what no key can send");
    n->digits = v[DIGITS];
    n->speech = v[SPEECH_RESULT];
    n->confidence = rest_field_fraction(v[CONFIDENCE]);
    return ERR_OK;
}

/* The address of the audio is left alone on purpose: it is built from the id, see encode_fetch. */
static enum error_code read_recording(const struct laml *l, const struct str *v,
                                      struct webhook_news *n, struct error *err) {
    if (v[RECORDING_SID].len == 0)
        return error_field(err, ERR_INVALID, "RecordingSid", "RecordingSid is missing");
    enum error_code rc = read_sid(v, RECORDING_SID, l->is_recording, n->recording_sid, err);
    if (rc == ERR_OK)
        rc = read_u32(v, RECORDING_DURATION, &n->recording_duration_s, NULL, err);
    if (rc == ERR_OK)
        rc = read_u32(v, RECORDING_CHANNELS, &n->recording_channels, NULL, err);
    n->recording_status = laml_recording_status(l, v[RECORDING_STATUS]);
    return rc;
}

enum error_code laml_parse_webhook(const struct laml *l, const struct rest_account *a,
                                   const struct webhook_request *req, const struct form *fields,
                                   struct arena *arena, struct webhook_news *out,
                                   struct error *err) {
    struct str v[KNOWN_COUNT] = {{0}};
    struct webhook_news n = {.confidence = -1};
    if (fields->count == 0)
        return error_set(err, ERR_INVALID, "the webhook says nothing");
    enum error_code rc = rest_fields_sort(fields, known_names, ARRAY_LEN(known_names), v, err);
    if (rc == ERR_OK && v[ACCOUNT_SID].len && !str_eq(v[ACCOUNT_SID], a->id))
        rc = not_signed(l, err, "it is about another account");
    if (rc == ERR_OK)
        rc = read_call_news(l, v, &n, err);
    if (rc == ERR_OK && req->kind == WEBHOOK_GATHER)
        rc = read_gather(l, v, &n, err);
    if (req->kind == WEBHOOK_INBOUND)
        rest_news_parties(&n, v[TO], v[FROM]);
    if (rc == ERR_OK && req->kind == WEBHOOK_RECORDING)
        rc = read_recording(l, v, &n, err);
    if (rc != ERR_OK)
        return rc;
    n.carrier_text = explain(l, v, &n, arena);
    *out = n;
    return ERR_OK;
}
