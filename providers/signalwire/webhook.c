#include "providers/signalwire/webhook.h"

#include "providers/rest/encode.h"
#include "providers/rest/fields.h"
#include "providers/rest/payment_words.h"
#include "providers/signalwire/event.h"
#include "providers/signalwire/requests.h"
#include "providers/signalwire/words.h"

/* A request brings all variables of the call, among them replies that its documents asked others
 * for (64 kB each, SignalWire docs: request); after a pay step they tell the postal code and the
 * like. */
static const struct json_limits body_limits = {
    .bytes_max = 1 << 18, .depth_max = 31, .values_max = 50000, .wipe = true};

/* ---- origin ----------------------------------------------------------------------------------
 * SignalWire docs: webhook security. Requests for documents are signed over the address, without
 * its credentials, and the body: SHA-1, and SHA-256 beside it. Whether notices are signed is not
 * said: these bring at least the credentials of their address, and a signature that is there has to
 * be right. */

static enum error_code not_trusted(struct error *err, const char *why) {
    return error_set(err, ERR_AUTH,
                     "webhook refused: %s; check the signing key and that PUBLIC_BASE_URL is the "
                     "address the carrier calls",
                     why);
}

static bool is_notice(enum webhook_kind k) {
    return k == WEBHOOK_STATUS || k == WEBHOOK_RECORDING || k == WEBHOOK_DETECTION;
}

static bool macs_agree(struct rest_signer *s, struct str message, struct str sha1,
                       struct str sha256) {
    uint8_t mac[DIGEST_SHA256_BYTES];
    if (sha1.ptr && !(digest_hex_decode(sha1, mac, DIGEST_SHA1_BYTES) &&
                      rest_signer_agrees(s, message, str_from(mac, DIGEST_SHA1_BYTES))))
        return false;
    return !sha256.ptr ||
           (digest_hex_decode(sha256, mac, DIGEST_SHA256_BYTES) &&
            rest_signer_agrees_sha256(s, message, str_from(mac, DIGEST_SHA256_BYTES)));
}

static bool is_signed_by(struct rest_signer *s, const struct webhook_request *req, struct str sha1,
                         struct str sha256) {
    struct buf message =
        BUF_INIT(s->base.origin.len + s->base.rest.len + req->target.len + req->body.len + 16);
    buf_reserve(&message, message.max); /* what is signed is not to be left in memory */
    rest_signer_put_url(s, REST_PORT_AS_WRITTEN, req->target, &message);
    buf_put_str(&message, req->body);
    bool agrees = !buf_failed(&message) && macs_agree(s, buf_str(&message), sha1, sha256);
    buf_wipe(&message);
    buf_release(&message);
    return agrees;
}

enum error_code signalwire_verify_webhook(struct rest_signer *s, const struct webhook_request *req,
                                          struct arena *a, struct form *fields, struct error *err) {
    (void)a;
    struct str sha1 = rest_webhook_header(req, STR("X-SignalWire-Signature"));
    struct str sha256 = rest_webhook_header(req, STR("X-Signalwire-SHA256-Signature"));
    if (sha1.ptr || sha256.ptr) {
        if (!is_signed_by(s, req, sha1, sha256))
            return not_trusted(err, "its signature is wrong");
    } else if (!is_notice(req->kind)) {
        return not_trusted(err, "it is not signed");
    } else if (!rest_signer_has_auth(s, req)) {
        return not_trusted(err, "it is neither signed nor does it bring our credentials");
    }
    *fields = (struct form){0};
    return ERR_OK;
}

/* ---- meaning ---------------------------------------------------------------------------------
 */

/** The parts of a body, whatever shape they came in. */
struct parts {
    const struct json *root;
    struct signalwire_object params, call, vars, record;
};

static void parts_release(struct parts *p) {
    signalwire_object_release(&p->record);
    signalwire_object_release(&p->vars);
    signalwire_object_release(&p->call);
    signalwire_object_release(&p->params);
}

/** A member by any of its names, in `inner` or in the body itself. */
#define FIND(inner, p, ...) \
    signalwire_find((inner), (p)->root, (const char *const[]){__VA_ARGS__, NULL})

static enum error_code read_sid(const struct json *v, char *dst, struct error *err) {
    struct str sid = json_str(v);
    if (sid.len == 0)
        return ERR_OK; /* not said */
    if (!rest_is_uuid(sid) || !str_copy(sid, dst, CALL_SID_SIZE))
        return error_field(err, ERR_INVALID, "call_id", "call_id is malformed");
    return ERR_OK;
}

static enum error_code check_project(const struct rest_account *a, const struct json *v,
                                     struct error *err) {
    struct str project = json_str(v);
    if (project.len == 0 || str_eq(project, a->id))
        return ERR_OK;
    return not_trusted(err, "it is about another project");
}

/** Is the body an event of that name? One without a name may be. */
static bool is_event(const struct parts *p, const char *name) {
    struct str type = json_str(FIND(NULL, p, "event_type", "event"));
    if (str_starts(type, STR("calling.")))
        type = str_from_index(type, strlen("calling."));
    return type.len == 0 || str_eq_z(type, name);
}

/* ---- the call's life ------------------------------------------------------------------------ */

/* A call that is hung up before anybody answered was called off. Only where the event dates the
 * other moments: not every shape of it has them. */
static enum call_status ended(const struct parts *p, struct str reason) {
    const struct json *in = p->params.v;
    bool answered = signalwire_time_ms(FIND(in, p, "answer_time")) > 0;
    bool dated = signalwire_time_ms(FIND(in, p, "start_time")) > 0 &&
                 signalwire_time_ms(FIND(in, p, "end_time")) > 0;
    enum call_status s = signalwire_end_reason(reason);
    if (s == CALL_STATUS_NONE)
        s = reason.len && !answered ? CALL_FAILED : CALL_COMPLETED;
    return s == CALL_COMPLETED && dated && !answered ? CALL_CANCELED : s;
}

static void read_length(const struct parts *p, struct webhook_news *n) {
    int64_t from = signalwire_time_ms(FIND(p->params.v, p, "answer_time"));
    int64_t to = signalwire_time_ms(FIND(p->params.v, p, "end_time"));
    if (from <= 0 || to < from || to - from > (int64_t)INT32_MAX)
        return;
    n->has_duration = true;
    n->duration_s = (uint32_t)((to - from) / 1000);
}

/** A leg that the call dialled: neither the call nor one that should not be. */
static bool is_child(const struct parts *p) {
    return json_str(json_get(FIND(p->params.v, p, "parent"), "call_id")).len > 0;
}

static void read_state(const struct parts *p, struct arena *arena, struct webhook_news *n) {
    struct str state = json_str(FIND(p->params.v, p, "call_state", "state"));
    struct str reason = json_str(FIND(p->params.v, p, "end_reason"));
    if (is_child(p))
        n->sid[0] = '\0';
    if (!is_event(p, "call.state") || is_child(p))
        return; /* news about something else; it changes nothing */
    n->status = signalwire_status(state);
    if (n->status != CALL_COMPLETED)
        return;
    n->status = ended(p, reason);
    read_length(p, n);
    if (n->status == CALL_FAILED && str_eq(reason, STR("error")))
        n->carrier_text = STR("The number could not be reached, or a document could not be had or "
                              "used: see the call in the voice logs.");
    else if (n->status != CALL_COMPLETED && reason.len)
        n->carrier_text = arena_printf(arena, "the call ended: " STR_FMT, STR_ARG(reason));
}

/* SignalWire docs: calling.call.detect. */
static void read_detection(const struct parts *p, struct webhook_news *n) {
    const struct json *detect = FIND(p->params.v, p, "detect");
    n->answered_by = signalwire_detected(json_str(json_get(json_get(detect, "params"), "event")));
}

/* ---- recordings ------------------------------------------------------------------------------
 * SignalWire docs: calling.call.record. Facts of the file are in "record", or beside it. Its
 * address is left alone on purpose: the file is asked for by its id. */

static void read_channels(const struct parts *p, struct webhook_news *n) {
    const struct json *audio = json_get(p->record.v, "audio");
    const struct json *stereo = signalwire_find(audio ? audio : p->record.v, p->params.v,
                                                (const char *const[]){"stereo", NULL});
    if (json_type(stereo) == JSON_BOOL)
        n->recording_channels = json_bool(stereo, false) ? 2 : 1;
}

static enum error_code read_recording(const struct parts *p, struct webhook_news *n,
                                      struct error *err) {
    struct str id = json_str(FIND(p->params.v, p, "control_id", "recording_id"));
    if (!is_event(p, "call.record"))
        return error_field(err, ERR_INVALID, "event_type", "it is no event of a recording");
    if (!signalwire_recording_sid(str_z(n->sid), id, n->recording_sid))
        return error_field(err, ERR_INVALID, "control_id",
                           id.len ? "control_id is malformed" : "control_id is missing");
    n->recording_status = signalwire_recording_status(json_str(FIND(p->params.v, p, "state")));
    const struct json *length =
        signalwire_find(p->record.v, p->params.v, (const char *const[]){"duration", NULL});
    if (!signalwire_seconds(length, &n->recording_duration_s))
        n->recording_duration_s = 0;
    read_channels(p, n);
    return ERR_OK;
}

/* ---- requests for a document ----------------------------------------------------------------
 * SignalWire docs: SWML, "call", "vars" and "params" of the request. */

/** 0 to 1; the carrier counts to a hundred. -1: it does not say. */
static double confidence(const struct json *v) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    if (json_type(v) == JSON_STRING && json_parse(json_str(v), NULL, &doc, NULL) == ERR_OK)
        v = json_root(doc);
    double d = json_double(v, -1);
    if (!(d >= 0) || d > 100)
        return -1;
    return d > 1 ? d / 100 : d;
}

/** What the caller typed may have become a number on its way through the variables. */
static struct str typed_text(const struct json *v, struct arena *arena) {
    CLEANUP(buf_release) struct buf number = BUF_INIT(64);
    if (json_type(v) != JSON_NUMBER)
        return arena_copy(arena, json_str(v));
    json_put_value(&number, v);
    return arena_copy(arena, buf_str(&number));
}

static struct str result_text(const struct json *results, const char *name, struct arena *arena) {
    return arena_copy(arena, json_str(json_get(results, name)));
}

/* SignalWire docs: pay, pay_result and pay_payment_results. */
static void read_payment(const struct parts *p, struct arena *arena, struct webhook_news *n) {
    struct signalwire_object results = {0};
    enum payment_result result = rest_payment_result(json_str(json_get(p->vars.v, "pay_result")));
    if (result == PAYMENT_RESULT_NONE)
        return;
    signalwire_object_read(&results, json_get(p->vars.v, "pay_payment_results"));
    struct str card = json_str(json_get(results.v, "payment_card_number"));
    n->payment = (struct payment_news){
        .result = result,
        .charge_id = result_text(results.v, "payment_confirmation_code", arena),
        .token_id = result_text(results.v, "payment_token", arena),
        .error_code = result_text(results.v, "payment_error_code", arena),
        .error_text = result_text(results.v, "payment_error", arena),
        .last4 = arena_copy(arena, rest_payment_last4(card)),
        .card_type = result_text(results.v, "payment_card_type", arena),
    };
    signalwire_object_release(&results);
}

static enum error_code read_gather(const struct parts *p, struct arena *arena,
                                   struct webhook_news *n, struct error *err) {
    read_payment(p, arena, n);
    struct str connected = json_str(json_get(p->vars.v, "connect_result"));
    n->dialled = str_eq(connected, STR("connected")) ? CALL_COMPLETED
                 : connected.len > 0                 ? CALL_NO_ANSWER
                                                     : CALL_STATUS_NONE;
    struct str result = json_str(json_get(p->vars.v, "prompt_result"));
    struct str value = typed_text(json_get(p->vars.v, "prompt_value"), arena);
    if (str_eq(result, STR("match_speech"))) {
        n->speech = value;
        n->confidence = confidence(json_get(p->vars.v, "prompt_speech_confidence"));
    }
    if (!str_eq(result, STR("match_digits")))
        return ERR_OK;
    if (!rest_field_is_keys(value))
        return error_field(err, ERR_INVALID, "prompt_value",
                           "prompt_value holds what no key sends");
    n->digits = value;
    return ERR_OK;
}

static void read_answerer(const struct parts *p, struct webhook_news *n) {
    const struct json *asked = json_get(p->params.v, "message_end");
    bool message_end = json_bool(asked, str_eq(json_str(asked), STR("true")));
    n->answered_by = signalwire_answered_by(json_str(json_get(p->vars.v, "detect_result")));
    if (n->answered_by == CALL_BY_MACHINE && message_end)
        n->answered_by = CALL_BY_MACHINE_END;
}

static enum error_code read_fetch(const struct rest_account *a, enum webhook_kind kind,
                                  const struct parts *p, struct arena *arena,
                                  struct webhook_news *n, struct error *err) {
    const struct json *call = p->call.v;
    if (!call)
        return error_field(err, ERR_INVALID, "call", "the request names no call");
    enum error_code rc = check_project(a, json_get(call, "project_id"), err);
    if (rc == ERR_OK)
        rc = read_sid(json_get(call, "call_id"), n->sid, err);
    if (rc != ERR_OK)
        return rc;
    n->status = signalwire_status(json_str(json_get(call, "call_state")));
    if (n->status == CALL_COMPLETED)
        n->status = CALL_STATUS_NONE; /* how it ended comes with the event */
    read_answerer(p, n);
    if (kind == WEBHOOK_INBOUND)
        rest_news_parties(n, json_str(json_get(call, "to")), json_str(json_get(call, "from")));
    return kind == WEBHOOK_GATHER ? read_gather(p, arena, n, err) : ERR_OK;
}

static enum error_code read_notice(const struct rest_account *a, enum webhook_kind kind,
                                   const struct parts *p, struct arena *arena,
                                   struct webhook_news *n, struct error *err) {
    enum error_code rc = check_project(a, FIND(NULL, p, "project_id"), err);
    if (rc == ERR_OK)
        rc = read_sid(FIND(p->params.v, p, "call_id"), n->sid, err);
    if (rc != ERR_OK)
        return rc;
    n->at_ms = signalwire_time_ms(FIND(NULL, p, "timestamp"));
    if (kind == WEBHOOK_RECORDING)
        return read_recording(p, n, err);
    if (kind == WEBHOOK_DETECTION)
        read_detection(p, n);
    else
        read_state(p, arena, n);
    return ERR_OK;
}

enum error_code signalwire_parse_webhook(const struct rest_account *a,
                                         const struct webhook_request *req,
                                         const struct form *fields, struct arena *arena,
                                         struct webhook_news *out, struct error *err) {
    (void)fields;
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    CLEANUP(parts_release) struct parts p = {0};
    struct webhook_news n = {.confidence = -1};
    enum error_code rc = json_parse(req->body, &body_limits, &doc, err);
    if (rc != ERR_OK)
        return rc;
    p.root = json_root(doc);
    if (json_type(p.root) != JSON_OBJECT)
        return error_set(err, ERR_INVALID, "the webhook is no JSON object");
    signalwire_object_read(&p.params, json_get(p.root, "params"));
    signalwire_object_read(&p.call, json_get(p.root, "call"));
    signalwire_object_read(&p.vars, json_get(p.root, "vars"));
    signalwire_object_read(&p.record, FIND(p.params.v, &p, "record"));
    rc = is_notice(req->kind) ? read_notice(a, req->kind, &p, arena, &n, err)
                              : read_fetch(a, req->kind, &p, arena, &n, err);
    if (rc == ERR_OK)
        *out = n;
    return rc;
}
