#include "core/base/json.h"
#include "providers/mock/carrier/plivo/face_plivo.h"

/* Parameters of the webhooks ("Plivo docs: Voice XML, request parameters"). They are sorted when
 * they are sent. */

static void put_time(struct params *p, const char *name, int64_t wall_ms) {
    struct buf text = BUF_INIT(64);
    if (wall_ms)
        plivo_put_utc(&text, wall_ms);
    params_add(p, name, buf_str(&text));
    buf_release(&text);
}

/** In the account's zone, which is not written down: so it is with the real one. */
static void put_local(const struct carrier *c, struct params *p, const char *name,
                      int64_t wall_ms) {
    struct buf text = BUF_INIT(64);
    if (wall_ms)
        plivo_put_local(c, &text, wall_ms, false, false);
    params_add(p, name, buf_str(&text));
    buf_release(&text);
}

/** "k=v,k2=v2" of the create request come back as X-PH-k. */
static void put_sip_headers(const struct leg *l, struct params *p) {
    struct str list = str_z(l->req.sip_headers), pair;
    while (list.len > 0 && str_next(&list, ',', &pair)) {
        size_t eq = str_find(pair, '=');
        struct str name = arena_printf(&p->arena, "X-PH-" STR_FMT, (int)eq, pair.ptr);
        params_add(p, name.ptr, str_from_index(pair, eq + 1));
    }
}

static void put_ids(const struct carrier *c, const struct leg *l, struct params *p) {
    char request[SID_SIZE];
    plivo_request_id(c, l, request);
    params_add_z(p, "ALegRequestUUID", request);
    params_add_z(p, "ALegUUID", l->sid);
    params_add_z(p, "CallUUID", l->sid);
    params_add_z(p, "RequestUUID", request);
    params_add_z(p, "Direction", plivo_direction_word(l));
    params_add(p, "From", plivo_digits(l->from));
    params_add(p, "To", plivo_digits(l->to));
    params_add_z(p, "ParentAuthID", c->account);
    put_sip_headers(l, p);
}

static bool heard_machine(const struct leg *l) {
    return l->answered_by == CALL_BY_MACHINE || l->answered_by == CALL_BY_MACHINE_END;
}

static void put_call(const struct carrier *c, const struct leg *l, const char *event,
                     enum call_status status, struct params *p) {
    put_ids(c, l, p);
    params_add_z(p, "CallStatus", plivo_status_word(status));
    params_add_z(p, "Event", event);
    params_add_z(p, "STIRAttestation", "Not Applicable");
    put_time(p, "SessionStart", l->created_ms);
}

static void put_rated_call(const struct carrier *c, const struct leg *l, const char *event,
                           enum call_status status, struct params *p) {
    put_call(c, l, event, status, p);
    params_add_z(p, "BillRate", plivo_bill_rate);
    params_add_z(p, "STIRVerification", "Not Applicable");
    if (heard_machine(l) && !l->req.async_detection)
        params_add_z(p, "Machine", "true");
}

static void put_voice(const struct carrier *c, const struct leg *l, struct params *p) {
    put_rated_call(c, l, l->documents <= 1 ? "StartApp" : "Redirect", l->status, p);
}

static void put_hangup(const struct carrier *c, const struct leg *l, struct params *p) {
    struct plivo_cause cause = plivo_cause_of(l);
    put_rated_call(c, l, "Hangup", l->status, p);
    params_add_int(p, "Duration", leg_duration_s(l));
    params_add_int(p, "BillDuration", plivo_billed_s(l));
    params_add(p, "TotalCost", plivo_cost(&p->arena, l));
    put_local(c, p, "StartTime", l->created_ms);
    put_local(c, p, "AnswerTime", l->answered_ms);
    put_local(c, p, "EndTime", l->ended_ms);
    params_add_z(p, "HangupCause", cause.sip);
    params_add_z(p, "HangupCauseName", cause.name);
    params_add_int(p, "HangupCauseCode", cause.code);
    params_add_z(p, "HangupSource", cause.source);
}

/* ---- life of a call ------------------------------------------------------------------------- */

static const struct leg_hook *status_hook(const struct leg *l, enum call_status event) {
    return event == CALL_RINGING && l->direction == LEG_OUTBOUND_API ? &l->req.ring
                                                                     : &l->req.status;
}

/** What a dialled leg's callbackUrl hears; only ringing and the end of others are told. */
static size_t status_words(const struct carrier *c, const struct leg *l, enum call_status event,
                           const char *words[FACE_STATUS_WORDS_MAX]) {
    bool ends = call_status_is_final(event);
    if (l->direction != LEG_OUTBOUND_DIAL) {
        const char *lost = ends ? "lose_hangups" : "lose_rings";
        words[0] = ends ? "Hangup" : "Ring";
        return (ends || (event == CALL_RINGING && l->direction == LEG_OUTBOUND_API)) &&
               scenario_switch(c->scenario, lost, 0) <= 0;
    }
    if (event == CALL_ANSWERED) {
        words[0] = "answer";
        words[1] = "connected";
        return 2;
    }
    words[0] = "hangup";
    return ends ? 1 : 0;
}

static const char *dial_event(const char *action) {
    return action[0] == 'a' ? "DialAnswer" : action[0] == 'c' ? "DialConnected" : "DialHangup";
}

static void put_dialled(const struct carrier *c, const struct leg *l, const char *action,
                        struct params *p) {
    struct plivo_cause cause = plivo_cause_of(l);
    params_add_z(p, "CallUUID", l->parent_sid);
    params_add_z(p, "DialAction", action);
    params_add_z(p, "Event", dial_event(action));
    params_add_z(p, "DialALegUUID", l->parent_sid);
    params_add_z(p, "DialBLegUUID", l->sid);
    params_add_z(p, "DialBLegStatus", action);
    params_add(p, "DialBLegFrom", plivo_digits(l->from));
    params_add(p, "DialBLegTo", plivo_digits(l->to));
    params_add_z(p, "STIRVerification", "Not Applicable");
    params_add_z(p, "ParentAuthID", c->account);
    if (action[0] != 'h')
        return;
    params_add_int(p, "DialBLegDuration", leg_duration_s(l));
    params_add_int(p, "DialBLegBillDuration", plivo_billed_s(l));
    params_add_z(p, "DialBLegHangupCause", cause.sip);
    params_add_z(p, "DialBLegHangupCauseName", cause.name);
    params_add_int(p, "DialBLegHangupCauseCode", cause.code);
    params_add_z(p, "DialBLegHangupSource", cause.source);
    params_add(p, "DialBLegTotalCost", plivo_cost(&p->arena, l));
}

static void make_status(const struct carrier *c, const struct leg *l, enum call_status event,
                        const char *word, struct outgoing *o) {
    if (l->direction == LEG_OUTBOUND_DIAL)
        put_dialled(c, l, word, &o->params);
    else if (event == CALL_RINGING)
        put_call(c, l, word, CALL_RINGING, &o->params);
    else
        put_hangup(c, l, &o->params);
}

static void put_detection(const struct carrier *c, const struct leg *l, struct params *p) {
    put_ids(c, l, p);
    params_add_z(p, "CallStatus", plivo_status_word(CALL_ANSWERED));
    params_add_z(p, "Event", "MachineDetection");
    params_add_z(p, "Machine", "true");
    params_add_z(p, "IfMachine", l->req.hangup_on_machine ? "hangup" : "continue");
}

static void put_fallback(int carrier_code, struct str failed_url, struct params *p) {
    (void)carrier_code, (void)failed_url, (void)p; /* the same parameters as for answer_url */
}

/* ---- recordings ----------------------------------------------------------------------------- */

struct tape_facts {
    struct str url;
    uint32_t duration_s;
    int64_t duration_ms, start_ms, end_ms;
};

static struct tape_facts facts_of(const struct carrier *c, const struct tape *t, struct arena *a) {
    struct buf url = BUF_INIT(1024);
    plivo_put_tape_url(c, t, &url);
    struct tape_facts f = {
        .url = arena_copy(a, buf_str(&url)),
        .duration_s = t->duration_s,
        .duration_ms = tape_length_ms(t),
        .start_ms = t->started_ms,
    };
    f.end_ms = f.start_ms + f.duration_ms;
    buf_release(&url);
    return f;
}

static void put_facts(const struct carrier *c, const struct tape *t, struct params *p) {
    struct tape_facts f = facts_of(c, t, &p->arena);
    params_add(p, "RecordUrl", f.url);
    params_add_z(p, "RecordingID", t->sid);
    params_add_int(p, "RecordingDuration", f.duration_s);
    params_add_int(p, "RecordingDurationMs", f.duration_ms);
    params_add_int(p, "RecordingStartMs", f.start_ms);
    params_add_int(p, "RecordingEndMs", f.end_ms);
}

/** Recordings asked for over the REST API are told in another spelling. */
static void put_rest_facts(const struct carrier *c, const struct tape *t, struct params *p) {
    struct tape_facts f = facts_of(c, t, &p->arena);
    char id[SID_SIZE];
    rng_uuid(id, "record api", c->seed, str_z(t->sid), 0);
    params_add_z(p, "api_id", id);
    params_add(p, "record_url", f.url);
    params_add_z(p, "call_uuid", t->leg->sid);
    params_add_z(p, "recording_id", t->sid);
    params_add_int(p, "recording_duration", f.duration_s);
    params_add_int(p, "recording_duration_ms", f.duration_ms);
    params_add_int(p, "recording_start_ms", f.start_ms);
    params_add_int(p, "recording_end_ms", f.end_ms);
}

/** As some captures have it: all in one field, as JSON. */
static void wrap(struct params *p) {
    struct buf json = BUF_INIT(8192);
    struct json_writer w;
    json_write_init(&w, &json);
    json_begin_object(&w);
    for (size_t i = 0; i < p->count; i++) {
        json_key_str(&w, p->items[i].name);
        json_put_string(&w, p->items[i].value);
    }
    json_end_object(&w);
    p->count = 0;
    params_add(p, "response", buf_str(&json));
    buf_release(&json);
}

static void put_tape(const struct carrier *c, const struct tape *t, enum tape_event event,
                     struct params *p) {
    (void)event; /* only the finished one is told */
    if (t->over_api) {
        put_rest_facts(c, t, p);
        if (scenario_switch(c->scenario, "wrap_recordings", 0) > 0)
            wrap(p);
        return;
    }
    put_facts(c, t, p);
    params_add_z(p, "CallUUID", t->leg->sid);
    params_add(p, "From", plivo_digits(t->leg->from));
    params_add(p, "To", plivo_digits(t->leg->to));
    params_add_z(p, "Event", "RecordStop");
}

/* ---- what a step's action gets -------------------------------------------------------------- */

/** Nothing at all when nothing came: then it is a redirect that follows the input. */
static void put_input(const struct step_result *r, struct params *p) {
    bool speech = r->speech.len > 0;
    if (!speech && r->digits.len == 0 && !r->finish_key)
        return;
    params_add_z(p, "InputType", speech ? "speech" : "dtmf");
    params_add(p, "Digits", r->digits);
    params_add(p, "Speech", r->speech);
    params_add(p, "SpeechConfidenceScore",
               speech ? arena_printf(&p->arena, "%.2f", r->confidence) : STR("0.0"));
    params_add_z(p, "BilledAmount", speech ? "0.02000" : "0.00000");
}

static void put_conference(const struct carrier *c, const struct leg *l, struct params *p) {
    const struct plan_dial *d = &l->plan.steps[l->at].u.dial;
    char id[SID_SIZE], member[8];
    struct str name = d->noun_count > 0 ? d->nouns[0].target : STR("");
    struct rng r = {rng_hash(c->seed, "member", str_z(l->sid), 0)};
    rng_uuid(id, "conference", c->seed, name, 0);
    rng_word(member, 5, "123456789", &r);
    params_add(p, "ConferenceName", name);
    params_add_z(p, "ConferenceUUID", id);
    params_add_z(p, "ConferenceMemberID", member);
    params_add_z(p, "RecordUrl", "");
    params_add_z(p, "RecordingID", "");
}

static void put_dial(const struct carrier *c, const struct leg *l, const struct step_result *r,
                     struct params *p) {
    if (r->conference) {
        put_conference(c, l, p);
        return;
    }
    bool rang = r->child_status != CALL_FAILED && r->child_status != CALL_BUSY;
    params_add_z(p, "DialStatus", plivo_status_word(r->child_status));
    params_add_z(p, "DialRingStatus", rang ? "true" : "false");
    params_add_z(p, "DialHangupCause", r->child ? plivo_cause_of(r->child).sip : "");
    params_add_z(p, "DialALegUUID", l->sid);
    params_add_z(p, "DialBLegUUID", r->child && r->child->answered_ms ? r->child->sid : "");
}

static void put_result(const struct carrier *c, const struct leg *l, const struct step_result *r,
                       struct params *p) {
    if (r->kind == PLAN_GATHER) {
        put_input(r, p);
    } else if (r->kind == PLAN_RECORD) {
        put_facts(c, r->tape, p);
        params_add(p, "Digits", r->digits);
    } else if (r->kind == PLAN_DIAL) {
        put_dial(c, l, r, p);
    }
}

/* ---- names ---------------------------------------------------------------------------------- */

static void make_id(char dst[SID_SIZE], enum face_id kind, uint64_t seed, struct str text,
                    uint64_t n) {
    rng_uuid(dst,
             kind == FACE_ID_CALL   ? "call"
             : kind == FACE_ID_TAPE ? "recording"
                                    : "number",
             seed, text, n);
}

/** "MA" and 18 letters and digits; the token is what base64 makes of 30 bytes. */
static void make_login(uint64_t seed, char account[FACE_LOGIN_SIZE], char token[FACE_LOGIN_SIZE]) {
    struct rng r = {rng_hash(seed, "plivo login", STR(""), 0)};
    memcpy(account, "MA", 2);
    rng_word(account + 2, 18, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", &r);
    rng_word(token, 40, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", &r);
}

/** "Plivo docs: callback configurations"; the limit for a document is that of the XML overview. */
static const struct outgoing_rules rules = {2000, 15000, 55000, 1,
                                            OUTGOING_RETRY_CONNECT | OUTGOING_RETRY_READ};
static const struct outgoing_rules rules_max = {10000, 40000, 55000, 5, 0};
/** Sound files: "2 s to connect, 120 s to read", repeated whatever went wrong. */
static const struct outgoing_rules media_rules = {2000, 120000, 240000, 1,
                                                  OUTGOING_RETRY_CONNECT | OUTGOING_RETRY_READ |
                                                      OUTGOING_RETRY_4XX | OUTGOING_RETRY_5XX};

static const char *const switches[] = {
    "cps",             /* calls per second before they queue; 0: no limit */
    "rate_limit",      /* requests in five seconds, of creates and of others; 0: no limit */
    "uuids_differ",    /* request_uuid is not the call's id */
    "wrap_recordings", /* REST recording callbacks in one field `response` */
    "recording_auth",  /* the sound needs credentials */
    "lose_rings",      /* webhooks that never come */
    "lose_hangups",
    "utc_offset_minutes",
    NULL,
};

const struct carrier_face carrier_face_plivo = {
    .dialect = "plivo",
    .make_login = make_login,
    .make_id = make_id,
    .rules =
        {[OUTGOING_NOTICE] = &rules, [OUTGOING_DOCUMENT] = &rules, [OUTGOING_MEDIA] = &media_rules},
    .rules_max = &rules_max,
    .document_max_bytes = 100000,
    .ways = {.no_self_action = true,
             .record_tells_silence = true,
             .tells_unborn = true,
             .tells_machines_only = true,
             .fallback_is_for_answer = true,
             .keeps_silence = true,
             .sorts_params = true,
             .gather_timeout_s = 15,
             .digit_end_s = 2},
    .switches = switches,
    .rest = plivo_face_rest,
    .put_voice = put_voice,
    .put_tape = put_tape,
    .put_detection = put_detection,
    .put_result = put_result,
    .put_fallback = put_fallback,
    .status_hook = status_hook,
    .status_words = status_words,
    .make_status = make_status,
    .document_failed = plivo_document_failed,
    .fault_code = plivo_fault_code,
    .sign = plivo_sign,
    .read_document = plivo_read_document,
    .read_text = plivo_read_text,
};
