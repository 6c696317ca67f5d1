#include "providers/mock/carrier/twilio/face_twilio.h"

#include <assert.h>

#include "providers/mock/carrier/card.h"

enum {
    MESSAGE_MAX = 128 * 1024,
};

/* Words of the wire ("Twilio docs: Call resource, call status values"). */
static const char *const event_words[CALL_STATUS_COUNT] = {
    [CALL_QUEUED] = "queued",        [CALL_DIALING] = "initiated",   [CALL_RINGING] = "ringing",
    [CALL_ANSWERED] = "in-progress", [CALL_COMPLETED] = "completed", [CALL_BUSY] = "busy",
    [CALL_NO_ANSWER] = "no-answer",  [CALL_FAILED] = "failed",       [CALL_CANCELED] = "canceled",
};

static const char *const answered_words[CALL_ANSWERED_BY_COUNT] = {
    [CALL_BY_HUMAN] = "human",
    [CALL_BY_MACHINE] = "machine_start",
    [CALL_BY_MACHINE_END] = "machine_end_beep",
    [CALL_BY_FAX] = "fax",
    [CALL_BY_UNKNOWN] = "unknown",
};

const char *twilio_status_word(enum call_status s) {
    return s == CALL_DIALING ? "queued" : event_words[s]; /* "initiated" is for webhooks only */
}

bool twilio_status_parse(struct str word, enum call_status *out) {
    for (int i = CALL_QUEUED; i < CALL_STATUS_COUNT; i++) {
        if (event_words[i] && i != CALL_DIALING && str_eq_z(word, event_words[i])) {
            *out = (enum call_status)i;
            return true;
        }
    }
    return false;
}

const char *twilio_event_word(enum call_status event) {
    return event_words[event];
}

const char *twilio_answered_word(enum call_answered_by b) {
    return answered_words[b];
}

const char *twilio_track_word(enum plan_track t) {
    return t == PLAN_TRACK_INBOUND ? "inbound" : t == PLAN_TRACK_OUTBOUND ? "outbound" : "both";
}

const char *twilio_direction_word(const struct leg *l) {
    return l->direction == LEG_INBOUND         ? "inbound"
           : l->direction == LEG_OUTBOUND_DIAL ? "outbound-dial"
                                               : "outbound-api";
}

/** Country, and nothing else: what the carrier knows of most numbers. */
static void put_places(struct params *p, const char *const names[4], struct str number) {
    bool american = str_starts(number, STR("+1"));
    params_add_z(p, names[0], "");
    params_add_z(p, names[1], "");
    params_add_z(p, names[2], "");
    params_add_z(p, names[3], american ? "US" : "");
}

static void put_call(const struct carrier *c, const struct leg *l, const char *status,
                     struct params *p) {
    static const char *const places[4][4] = {
        {"FromCity", "FromState", "FromZip", "FromCountry"},
        {"CallerCity", "CallerState", "CallerZip", "CallerCountry"},
        {"ToCity", "ToState", "ToZip", "ToCountry"},
        {"CalledCity", "CalledState", "CalledZip", "CalledCountry"},
    };
    params_add_z(p, "CallSid", l->sid);
    params_add_z(p, "AccountSid", c->account);
    params_add_z(p, "From", l->from);
    params_add_z(p, "To", l->to);
    params_add_z(p, "Caller", l->from);
    params_add_z(p, "Called", l->to);
    params_add_z(p, "CallStatus", status);
    params_add_z(p, "ApiVersion", "2010-04-01");
    params_add_z(p, "Direction", twilio_direction_word(l));
    if (l->parent_sid[0])
        params_add_z(p, "ParentCallSid", l->parent_sid);
    for (size_t i = 0; i < ARRAY_LEN(places) && twilio_leg_flavor(l)->tells_places; i++)
        put_places(p, places[i], str_z(i < 2 ? l->from : l->to));
}

static void put_date(struct params *p, const char *name, int64_t wall_ms) {
    struct buf text = BUF_INIT(64);
    clock_put_rfc2822(&text, wall_ms);
    params_add(p, name, buf_str(&text));
    buf_release(&text);
}

void twilio_put_voice(const struct carrier *c, const struct leg *l, struct params *p) {
    put_call(c, l, event_words[l->status], p);
    if (l->answered_by != CALL_BY_UNASKED && !l->req.async_detection) {
        params_add_z(p, "AnsweredBy", answered_words[l->answered_by]);
        params_add_int(p, "MachineDetectionDuration", l->detection_ms);
    }
}

void twilio_put_tape_url(const struct carrier *c, const struct tape *t, struct buf *out) {
    buf_put_str(out, buf_str(&c->base_url));
    buf_printf(out, "%s/2010-04-01/Accounts/%s/Recordings/%s", twilio_leg_flavor(t->leg)->root,
               c->account, t->sid);
}

static void put_tape_url(const struct carrier *c, const struct tape *t, struct params *p) {
    struct buf url = BUF_INIT(1024);
    twilio_put_tape_url(c, t, &url);
    params_add_z(p, "RecordingSid", t->sid);
    params_add(p, "RecordingUrl", buf_str(&url));
    buf_release(&url);
}

void twilio_put_status_as(const struct carrier *c, const struct leg *l, enum call_status event,
                          const char *word, struct params *p) {
    put_call(c, l, word, p);
    put_date(p, "Timestamp", l->now_ms);
    params_add_int(p, "SequenceNumber", l->sequence);
    params_add_z(p, "CallbackSource", "call-progress-events");
    if (l->answered_by != CALL_BY_UNASKED)
        params_add_z(p, "AnsweredBy", answered_words[l->answered_by]);
    if (!call_status_is_final(event))
        return;
    uint32_t seconds = leg_duration_s(l);
    params_add_int(p, "CallDuration", seconds);
    params_add_int(p, "Duration", (seconds + 59) / 60);
    params_add_int(p, twilio_leg_flavor(l)->sip_code, l->sip_code);
    for (const struct tape *t = l->tapes; t && l->req.record; t = t->next) {
        if (t->source == TAPE_FROM_REQUEST) {
            put_tape_url(c, t, p);
            params_add_int(p, "RecordingDuration", t->duration_s);
        }
    }
}

void twilio_put_status(const struct carrier *c, const struct leg *l, enum call_status event,
                       struct params *p) {
    twilio_put_status_as(c, l, event, event_words[event], p);
}

void twilio_put_tape(const struct carrier *c, const struct tape *t, enum tape_event event,
                     struct params *p) {
    params_add_z(p, "AccountSid", c->account);
    params_add_z(p, "CallSid", t->leg->sid);
    put_tape_url(c, t, p);
    params_add_z(p, "RecordingStatus",
                 event == TAPE_EVENT_STARTED     ? "in-progress"
                 : event == TAPE_EVENT_COMPLETED ? "completed"
                                                 : "absent");
    if (event == TAPE_EVENT_COMPLETED)
        params_add_int(p, "RecordingDuration", t->duration_s);
    params_add_int(p, "RecordingChannels", t->dual ? 2 : 1);
    put_date(p, "RecordingStartTime", t->started_ms);
    params_add_z(p, "RecordingSource", twilio_leg_flavor(t->leg)->source_words[t->source]);
    params_add_z(p, "RecordingTrack", twilio_track_word(t->track));
    params_add_int(p, "ErrorCode", t->carrier_code);
}

void twilio_put_detection(const struct carrier *c, const struct leg *l, struct params *p) {
    params_add_z(p, "CallSid", l->sid);
    params_add_z(p, "AccountSid", c->account);
    params_add_z(p, "AnsweredBy", answered_words[l->answered_by]);
    params_add_int(p, "MachineDetectionDuration", l->detection_ms);
}

void twilio_put_fallback(int carrier_code, struct str failed_url, struct params *p) {
    params_add_int(p, "ErrorCode", carrier_code);
    params_add(p, "ErrorUrl", failed_url);
}

/* ---- what a step's action gets ("Twilio docs: TwiML <Gather>, <Record>, <Dial> …") --------------
 */

static void put_gather(const struct step_result *r, struct params *p) {
    if (r->speech.len == 0) {
        params_add(p, "Digits", r->digits);
        if (r->finish_key)
            params_add(p, "FinishedOnKey", str_from(&r->finish_key, 1));
        return;
    }
    params_add(p, "SpeechResult", r->speech);
    params_add(p, "Confidence", arena_printf(&p->arena, "%.2f", r->confidence));
    params_add(p, "Language", r->language.len ? r->language : STR("en-US"));
}

static void put_record(const struct carrier *c, const struct step_result *r, struct params *p) {
    put_tape_url(c, r->tape, p);
    params_add_int(p, "RecordingDuration", r->tape->duration_s);
    params_add(p, "Digits", r->digits);
}

static void put_dial(const struct carrier *c, const struct step_result *r, struct params *p) {
    params_add_z(p, "DialCallStatus",
                 r->child_status == CALL_ANSWERED ? "answered" : event_words[r->child_status]);
    if (r->child) {
        params_add_z(p, "DialCallSid", r->child->sid);
        params_add_int(p, "DialCallDuration", leg_duration_s(r->child));
    }
    params_add_z(p, "DialBridged", r->bridged ? "true" : "false");
    if (r->tape)
        put_tape_url(c, r->tape, p);
}

static void put_enqueue(const struct carrier *c, const struct leg *l, const struct step_result *r,
                        struct params *p) {
    char sid[SID_SIZE];
    rng_sid(sid, "QU", c->seed, l->plan.steps[l->at].u.enqueue.queue, 0);
    params_add_z(p, "QueueResult", r->hung_up ? "hangup" : "bridged");
    params_add_z(p, "QueueSid", sid);
    params_add_int(p, "QueueTime", r->queue_time_s);
}

static void put_pay(const struct carrier *c, const struct leg *l, const struct step_result *r,
                    struct params *p) {
    struct str card = r->payer->card;
    bool paid = str_eq(str_z(r->word), STR("success"));
    bool declined = str_eq(str_z(r->word), STR("payment-connector-error"));
    params_add_z(p, "Result", r->word);
    params_add_z(p, "PaymentMethod", "credit-card");
    if (!paid && !declined)
        return;
    struct str last4 = str_from_index(card, card.len > 4 ? card.len - 4 : 0);
    params_add(p, "PaymentCardNumber",
               arena_printf(&p->arena, "xxxx-xxxx-xxxx-" STR_FMT, STR_ARG(last4)));
    params_add_z(p, "PaymentCardType", card_brand(card));
    params_add(p, "ExpirationDate", r->payer->card_expiry);
    params_add_z(p, "SecurityCode", "***");
    params_add(p, "PaymentCardPostalCode", r->payer->postal_code);
    char id[SID_SIZE];
    rng_sid(id, "ch", c->seed, str_z(l->sid), l->documents);
    const char *made = r->charge_id ? r->charge_id : id;
    if (declined && r->charge_error)
        params_add_z(p, "PayErrorCode", r->charge_error);
    if (declined)
        params_add_z(p, "PaymentError", "Your card was declined.");
    else if (r->pay->amount.len > 0)
        params_add_z(p, "PaymentConfirmationCode", made);
    else
        params_add_z(p, "PaymentToken", made);
}

static void put_relay(const struct carrier *c, const struct leg *l, const struct step_result *r,
                      struct params *p) {
    char sid[SID_SIZE];
    rng_sid(sid, "VX", c->seed, str_z(l->sid), l->documents);
    params_add_z(p, "SessionId", sid);
    params_add_z(p, "SessionStatus", r->word);
    params_add_int(p, "SessionDuration", 0);
    params_add_int(p, "ErrorCode", 64102);
    params_add_z(p, "ErrorMessage", "Unable to connect to the WebSocket URL");
}

void twilio_put_result(const struct carrier *c, const struct leg *l, const struct step_result *r,
                       struct params *p) {
    if (r->kind == PLAN_GATHER)
        put_gather(r, p);
    else if (r->kind == PLAN_RECORD)
        put_record(c, r, p);
    else if (r->kind == PLAN_DIAL)
        put_dial(c, r, p);
    else if (r->kind == PLAN_ENQUEUE)
        put_enqueue(c, l, r, p);
    else if (r->kind == PLAN_PAY)
        put_pay(c, l, r, p);
    else if (r->kind == PLAN_RELAY)
        put_relay(c, l, r, p);
    else if (r->kind == PLAN_REFER)
        params_add_z(p, "ReferCallStatus", r->word);
    else if (r->kind == PLAN_STREAM)
        params_add_z(p, "StreamEvent", "stream-error");
}

/* ---- signature ("Twilio docs: Security")
 * --------------------------------------------------------- */

/** The URL as it is signed: over HTTPS voice callbacks leave the port out. */
static void put_signed_url(struct buf *out, struct str url) {
    size_t start = sizeof "https://" - 1, end = start;
    if (!str_starts(url, STR("https://"))) {
        buf_put_str(out, url);
        return;
    }
    while (end < url.len && url.ptr[end] != '/' && url.ptr[end] != '?')
        end++;
    size_t port = end;
    while (port > start && url.ptr[port - 1] >= '0' && url.ptr[port - 1] <= '9')
        port--;
    bool has_port = port > start && port < end && url.ptr[port - 1] == ':';
    buf_put(out, url.ptr, has_port ? port - 1 : end);
    buf_put_str(out, str_from_index(url, end));
}

void twilio_face_sign(struct digest_hmac *hmac, struct str url, const struct params *params,
                      bool with_port, struct buf *out) {
    uint8_t mac[DIGEST_SHA1_BYTES];
    struct buf message = BUF_INIT(MESSAGE_MAX);
    if (with_port)
        buf_put_str(&message, url);
    else
        put_signed_url(&message, url);
    if (params)
        params_put_sorted(params, &message);
    digest_hmac_run(hmac, buf_str(&message), mac);
    digest_put_base64(out, mac, sizeof mac);
    buf_release(&message);
}

static void add_header(struct http_request *req, const char *name, struct str value) {
    assert(req->header_count < HTTP_HEADERS_MAX);
    req->headers[req->header_count++] = (struct http_header){str_z(name), value};
}

void twilio_sign(const struct carrier *c, struct outgoing *o, struct str url,
                 struct http_request *req, struct arena *a) {
    const struct twilio_flavor *f = twilio_leg_flavor(o->leg);
    struct buf signature = BUF_INIT(64);
    twilio_face_sign(c->hmac_sha1, url, o->get ? NULL : &o->params, f->signs_port, &signature);
    if (!o->get)
        add_header(req, "Content-Type", STR("application/x-www-form-urlencoded; charset=UTF-8"));
    add_header(req, f->signature_header, arena_copy(a, buf_str(&signature)));
    if (f->token_header)
        add_header(req, f->token_header, str_z(o->token));
    if (f->region)
        add_header(req, "X-Home-Region", str_z(f->region));
    add_header(req, "User-Agent", str_z(f->agent));
    add_header(req, "Accept", STR("*/*"));
    buf_release(&signature);
}

/* ---- names --------------------------------------------------------------------------------------
 */

static void make_id(char dst[SID_SIZE], enum face_id kind, uint64_t seed, struct str text,
                    uint64_t n) {
    rng_sid(dst, kind == FACE_ID_CALL ? "CA" : kind == FACE_ID_TAPE ? "RE" : "PN", seed, text, n);
}

static void make_login(uint64_t seed, char account[FACE_LOGIN_SIZE], char token[FACE_LOGIN_SIZE]) {
    char secret[SID_SIZE];
    rng_sid(account, "AC", seed, STR("account"), 0);
    rng_sid(secret, "xx", seed, STR("token"), 0);
    memcpy(token, secret + 2, 33); /* no prefix */
}

const struct twilio_flavor twilio_flavor = {
    .rest = {.routes = twilio_routes,
             .route_count = TWILIO_ROUTE_COUNT,
             .refuse = twilio_refuse,
             .headers = twilio_reply_headers},
    .face = &carrier_face_twilio,
    .root = "",
    .error_url = "https://www.twilio.com/docs/errors/",
    .signature_header = "X-Twilio-Signature",
    .token_header = "I-Twilio-Idempotency-Token",
    .region = "us1",
    .agent = "TwilioProxy/1.1",
    .sip_code = "SipResponseCode",
    .source_words = {[TAPE_FROM_REQUEST] = "OutboundAPI",
                     [TAPE_FROM_API] = "StartCallRecordingAPI",
                     [TAPE_FROM_RECORD_STEP] = "RecordVerb",
                     [TAPE_FROM_DIAL] = "DialVerb",
                     [TAPE_FROM_CONFERENCE] = "Conference"},
    .id_length = 34,
    .created = 201,
    .detection_min_s = 3,
    .detection_max_s = 60,
    .late_dates = true,
    .tells_places = true,
    .test_numbers = true,
    .inline_documents = true,
    .current_tape = true,
};

const struct carrier_face carrier_face_twilio = {
    .dialect = "twilio",
    .flavor = &twilio_flavor,
    .make_login = make_login,
    .make_id = make_id,
    .rest = twilio_rest,
    .put_voice = twilio_put_voice,
    .put_status = twilio_put_status,
    .put_tape = twilio_put_tape,
    .put_detection = twilio_put_detection,
    .put_result = twilio_put_result,
    .put_fallback = twilio_put_fallback,
    .sign = twilio_sign,
    .read_document = twilio_read_document,
    .read_text = twilio_read_text,
};
