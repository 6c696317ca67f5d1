#include <stdio.h>

#include "core/base/mem.h"
#include "core/domain/phone.h"
#include "providers/mock/carrier/exec.h"
#include "providers/mock/carrier/progress.h"
#include "providers/mock/carrier/twilio/rest.h"

enum {
    REPLY_MAX = 16 * 1024 * 1024,
    TWIML_CHARACTERS_MAX = 4000,
};

/* ---- the resource
 * --------------------------------------------------------------------------------- */

/** "(202) 555-0100" for North America, E.164 for the rest of the world. */
static void put_formatted(struct json_writer *w, const char *name, const char *number) {
    char text[20];
    if (strlen(number) == 12 && number[0] == '+' && number[1] == '1') {
        snprintf(text, sizeof text, "(%.3s) %.3s-%.4s", number + 2, number + 5, number + 8);
        json_kv_z(w, name, text);
    } else {
        json_kv_z(w, name, number);
    }
}

static void put_subresources(struct face_request *r, const struct leg *l, struct json_writer *w) {
    static const struct {
        const char *name, *path;
    } table[] = {
        {"notifications", "Notifications"},
        {"recordings", "Recordings"},
        {"payments", "Payments"},
        {"events", "Events"},
        {"siprec", "Siprec"},
        {"streams", "Streams"},
        {"transcriptions", "Transcriptions"},
        {"user_defined_message_subscriptions", "UserDefinedMessageSubscriptions"},
        {"user_defined_messages", "UserDefinedMessages"},
    };
    json_key(w, "subresource_uris");
    json_begin_object(w);
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        json_kv_string(w, table[i].name, twilio_uri(r, "/Calls/%s/%s.json", l->sid, table[i].path));
    json_end_object(w);
}

/** The create reply knows no dates yet. */
static void put_times(const struct face_request *r, const struct leg *l, bool created_now,
                      struct json_writer *w) {
    twilio_put_date(w, "date_created", created_now ? 0 : l->created_ms);
    twilio_put_date(w, "date_updated", created_now ? 0 : l->updated_ms);
    twilio_put_date(w, "start_time", l->dialed_ms);
    twilio_put_date(w, "end_time", l->ended_ms);
    if (l->dialed_ms)
        twilio_put_number(r, w, "duration", leg_is_over(l) ? leg_duration_s(l) : 0);
    else
        twilio_put_text(w, "duration", NULL);
}

/** human or machine; NULL: neither, or not asked. */
static const char *plain_answer(enum call_answered_by b) {
    bool machine = b == CALL_BY_MACHINE || b == CALL_BY_MACHINE_END;
    return machine ? "machine" : b == CALL_BY_HUMAN ? "human" : NULL;
}

static void put_call(struct face_request *r, const struct leg *l, bool created_now,
                     struct json_writer *w) {
    static const char *const nulls[] = {"price", "forwarded_from", "group_sid", "trunk_sid",
                                        "annotation"};
    json_begin_object(w);
    json_kv_z(w, "sid", l->sid);
    json_kv_z(w, "account_sid", r->c->account);
    twilio_put_text(w, "parent_call_sid", l->parent_sid);
    json_kv_z(w, "to", l->to);
    put_formatted(w, "to_formatted", l->to);
    json_kv_z(w, "from", l->from);
    put_formatted(w, "from_formatted", l->from);
    json_kv_z(w, "phone_number_sid", l->number_sid);
    json_kv_z(w, "status", twilio_status_word(l->status));
    put_times(r, l, created_now, w);
    json_kv_z(w, "price_unit", "USD");
    json_kv_z(w, "direction", twilio_direction_word(l));
    twilio_put_text(w, "answered_by",
                    twilio_flavor_of(r)->plain_numbers ? plain_answer(l->answered_by)
                                                       : twilio_answered_word(l->answered_by));
    json_kv_z(w, "api_version", "2010-04-01");
    for (size_t i = 0; i < ARRAY_LEN(nulls); i++)
        twilio_put_text(w, nulls[i], NULL);
    if (created_now)
        twilio_put_text(w, "caller_name", NULL);
    else
        json_kv_z(w, "caller_name", "");
    if (twilio_flavor_of(r)->put_call_more)
        twilio_flavor_of(r)->put_call_more(w, l);
    else
        json_kv_z(w, "queue_time", "0");
    json_kv_string(w, "uri", twilio_uri(r, "/Calls/%s.json", l->sid));
    put_subresources(r, l, w);
    json_end_object(w);
}

static void reply_call(struct face_request *r, const struct leg *l, bool created_now) {
    const struct twilio_flavor *f = twilio_flavor_of(r);
    struct buf out = BUF_INIT(REPLY_MAX);
    struct json_writer w;
    json_write_init(&w, &out);
    put_call(r, l, created_now && f->late_dates, &w);
    face_reply(r, created_now ? f->created : 200, &out);
}

/* ---- create: the request is checked field by field
 * --------------------------------------------------- */

static bool is_party(struct str s) {
    return phone_is_e164(s) || (str_starts(s, STR("sip:")) && s.len > 4) ||
           (str_starts(s, STR("client:")) && s.len > 7);
}

/** The fixed answers of test credentials ("Twilio docs: test credentials"). */
static bool magic_refusal(struct face_request *r, struct str to, struct str from) {
    static const struct {
        const char *number;
        bool is_from;
        int code;
        const char *text;
    } table[] = {
        {"+15005550001", true, 21212,
         "The 'From' number +15005550001 is not a valid phone number."},
        {"+15005550001", false, 21217, "Phone number +15005550001 does not appear to be valid."},
        {"+15005550002", false, 21214, "'To' phone number cannot be reached: +15005550002"},
        {"+15005550003", false, 21215,
         "Account not authorized to call +15005550003. Perhaps you need to enable some "
         "international permissions: "
         "https://www.twilio.com/console/voice/calls/geo-permissions/low-risk"},
        {"+15005550004", false, 21216, "Account not allowed to call +15005550004"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++) {
        if (str_eq_z(table[i].is_from ? from : to, table[i].number)) {
            twilio_error(r, 400, table[i].code, "%s", table[i].text);
            return true;
        }
    }
    return false;
}

static bool check_parties(struct face_request *r, struct str to, struct str from) {
    if (to.len == 0) {
        twilio_error(r, 400, 21201, "No 'To' number is specified");
    } else if (from.len == 0) {
        twilio_error(r, 400, 21213, "No 'From' number is specified.");
    } else if (twilio_flavor_of(r)->test_numbers && magic_refusal(r, to, from)) {
        return false;
    } else if (!is_party(to) || str_eq(to, from)) {
        twilio_error(r, 400, 21211,
                     "The phone number you are attempting to call, " STR_FMT ", is not valid.",
                     STR_ARG(to));
    } else if (!is_party(from)) {
        twilio_error(r, 400, 21212, "The 'From' number " STR_FMT " is not a valid phone number.",
                     STR_ARG(from));
    } else if (phone_is_e164(from) && !str_eq_z(from, r->c->number) &&
               !(twilio_flavor_of(r)->test_numbers && str_eq_z(from, "+15005550006"))) {
        twilio_error(r, 400, 21210,
                     "The source phone number provided, " STR_FMT
                     ", is not yet verified for your account. You may only make calls from phone "
                     "numbers that you've verified or purchased from Twilio.",
                     STR_ARG(from));
    }
    return !r->answered;
}

/** A number in [low, high]; absent keeps *out. */
static bool take_number(struct face_request *r, const char *name, uint32_t low, uint32_t high,
                        int code, uint32_t *out) {
    struct str text = face_param(r, name);
    uint64_t n;
    if (!text.ptr || text.len == 0)
        return true;
    if (!str_to_u64(text, high, &n) || n < low) {
        twilio_error(r, 400, code, "%s must be a number from %u to %u", name, low, high);
        return false;
    }
    *out = (uint32_t)n;
    return true;
}

static bool take_flag(struct face_request *r, const char *name, bool *out) {
    struct str text = face_param(r, name);
    if (text.len == 0)
        return true;
    *out = str_eq_nocase(text, STR("true"));
    if (*out || str_eq_nocase(text, STR("false")))
        return true;
    twilio_error(r, 400, 20001, STR_FMT " is not a valid choice for %s", STR_ARG(text), name);
    return false;
}

/** "…" and "…Method". */
static bool take_hook(struct face_request *r, const char *name, const char *method_name, int code,
                      struct leg_hook *out) {
    struct str url = face_param(r, name), method = face_param(r, method_name);
    if (url.len == 0)
        return true;
    if (!face_is_url(url)) {
        twilio_error(r, 400, code, "%s is not a valid URL: " STR_FMT, name, STR_ARG(url));
        return false;
    }
    bool get = str_eq_nocase(method, STR("GET"));
    if (method.len > 0 && !get && !str_eq_nocase(method, STR("POST"))) {
        twilio_error(r, 400, 21209, "%s must be GET or POST", method_name);
        return false;
    }
    mem_free(out->url);
    *out = (struct leg_hook){mem_copy_str(url), get};
    return true;
}

/** Repeated parameters, each of which may be a list apart by blanks. */
static uint32_t take_status_events(const struct face_request *r) {
    uint32_t set = 0;
    for (size_t i = 0; i < r->body.count; i++)
        if (str_eq_z(r->body.pairs[i].name, "StatusCallbackEvent"))
            set |= leg_events_parse(r->body.pairs[i].value);
    return set ? set : BIT(CALL_COMPLETED); /* anything else: a warning, and the default */
}

static bool take_answer(struct face_request *r, struct leg_request *q) {
    struct str twiml = face_param(r, "Twiml");
    if (face_param(r, "ApplicationSid").len > 0) {
        twilio_error(r, 400, 21218, "The ApplicationSid is not usable: no applications here");
        return false;
    }
    if (!take_hook(r, "Url", "Method", 21205, &q->answer))
        return false;
    if (q->answer.url)
        return true; /* wins over Twiml */
    if (twiml.len == 0 || !twilio_flavor_of(r)->inline_documents) {
        twilio_error(r, 400, 21205, "Url parameter is required.");
        return false;
    }
    if (twiml.len > TWIML_CHARACTERS_MAX) {
        twilio_error(r, 400, 32018, "Twiml is over %d characters", TWIML_CHARACTERS_MAX);
        return false;
    }
    q->document = mem_copy_str(twiml);
    return true;
}

static bool take_detection(struct face_request *r, struct leg_request *q) {
    const struct twilio_flavor *f = twilio_flavor_of(r);
    struct str mode = face_param(r, "MachineDetection");
    uint32_t ignored = 0; /* the simulated callees do not come near these thresholds */
    q->detection_timeout_s = 30;
    q->silence_timeout_ms = 5000;
    if (str_eq_z(mode, "Enable"))
        q->detection = CALL_DETECT_START;
    else if (str_eq_z(mode, "DetectMessageEnd"))
        q->detection = CALL_DETECT_MESSAGE_END;
    else if (mode.len > 0 && !(f->plain_numbers && str_eq_z(mode, "none"))) {
        twilio_error(r, 400, 21234, "MachineDetection must be Enable or DetectMessageEnd");
        return false;
    }
    return take_number(r, "MachineDetectionTimeout", f->detection_min_s, f->detection_max_s, 21234,
                       &q->detection_timeout_s) &&
           take_number(r, "MachineDetectionSpeechThreshold", 1000, 6000, 21234, &ignored) &&
           take_number(r, "MachineDetectionSpeechEndThreshold", 500, 5000, 21234, &ignored) &&
           take_number(r, "MachineDetectionSilenceTimeout", 2000, 10000, 21234,
                       &q->silence_timeout_ms) &&
           take_flag(r, "AsyncAmd", &q->async_detection) &&
           take_hook(r, "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod", 21205,
                     &q->detection_status);
}

static bool take_recording(struct face_request *r, struct leg_request *q) {
    struct str channels = face_param(r, "RecordingChannels"),
               track = face_param(r, "RecordingTrack");
    q->dual = str_eq_z(channels, "dual");
    q->trim = !str_eq_z(face_param(r, "Trim"), "do-not-trim");
    q->track = str_eq_z(track, "inbound")    ? PLAN_TRACK_INBOUND
               : str_eq_z(track, "outbound") ? PLAN_TRACK_OUTBOUND
                                             : PLAN_TRACK_BOTH;
    q->tape_events = twilio_tape_events(r);
    return take_flag(r, "Record", &q->record) &&
           take_hook(r, "RecordingStatusCallback", "RecordingStatusCallbackMethod", 21205,
                     &q->tape_status);
}

static bool take_digits(struct face_request *r, struct leg_request *q) {
    struct str digits = face_param(r, "SendDigits");
    for (size_t i = 0; i < digits.len; i++) {
        if (digits.len > 32 || str_find(STR("0123456789ABCD#*wW"), digits.ptr[i]) == 18) {
            twilio_error(r, 400, 21206, "SendDigits must be at most 32 of 0-9 A-D # * w W");
            return false;
        }
    }
    q->send_digits = digits.len > 0 ? mem_copy_str(digits) : NULL;
    return true;
}

static bool take_request(struct face_request *r, struct leg_request *q) {
    q->ring_timeout_s = 60;
    q->time_limit_s = 14400;
    q->status_events = take_status_events(r);
    if ((face_param(r, "SipAuthUsername").len > 0) != (face_param(r, "SipAuthPassword").len > 0)) {
        twilio_error(r, 400, 21225, "SipAuthUsername and SipAuthPassword go together");
        return false;
    }
    return take_answer(r, q) &&
           take_hook(r, "FallbackUrl", "FallbackMethod", 21205, &q->fallback) &&
           take_hook(r, "StatusCallback", "StatusCallbackMethod", 21205, &q->status) &&
           take_digits(r, q) && take_number(r, "Timeout", 1, 600, 21208, &q->ring_timeout_s) &&
           take_number(r, "TimeLimit", 1, 86400, 20001, &q->time_limit_s) && take_detection(r, q) &&
           take_recording(r, q);
}

/* ---- create
 * -------------------------------------------------------------------------- */

void twilio_calls_create(struct face_request *r) {
    struct carrier *c = r->c;
    struct str to = face_param(r, "To"), from = face_param(r, "From");
    struct leg_request q = {0};
    if (!check_parties(r, to, from) || !take_request(r, &q)) {
        leg_request_release(&q);
        return;
    }
    const struct callee_fault *f = face_create_fault(c, to);
    if (!f || f->accept) {
        struct leg *l = leg_new(c, to, from, NULL);
        l->face = twilio_flavor_of(r)->face;
        l->req = q;
        if (f)
            face_fault(r, f);
        else
            reply_call(r, l, true);
        progress_start(c, l);
        return;
    }
    leg_request_release(&q);
    face_fault(r, f);
}

/* ---- fetch, update, delete
 * ---------------------------------------------------------------------------------- */

void twilio_call_fetch(struct face_request *r) {
    const struct leg *l = twilio_leg(r);
    if (l)
        reply_call(r, l, false);
}

static bool end_call(struct face_request *r, struct leg *l, struct str status) {
    if (leg_is_over(l)) {
        twilio_error(r, 400, 21220, "Call is not in-progress. Cannot redirect.");
        return false;
    }
    struct leg *parent = sidmap_get(&r->c->legs, str_z(l->parent_sid));
    bool ends = str_eq_z(status, "completed") || str_eq_z(status, "canceled");
    if (ends && parent) { /* goes by the clock of the leg that dialled it */
        leg_sync(r->c, parent);
        (void)exec_dial_end(parent, l);
        carrier_touch(r->c, parent);
    } else if (str_eq_z(status, "canceled")) {
        if (l->status < CALL_ANSWERED)
            progress_end(r->c, l, CALL_CANCELED, 487);
    } else if (str_eq_z(status, "completed")) {
        bool answered = l->status == CALL_ANSWERED;
        progress_end(r->c, l, answered ? CALL_COMPLETED : CALL_CANCELED, answered ? 200 : 487);
    } else {
        twilio_error(r, 400, 20001, "Status " STR_FMT " is not a valid choice", STR_ARG(status));
        return false;
    }
    return true;
}

static bool redirect_call(struct face_request *r, struct leg *l) {
    struct str url = face_param(r, "Url"), twiml = face_param(r, "Twiml");
    struct leg_hook hook = {0};
    if (l->status != CALL_ANSWERED || l->parent_sid[0]) { /* dialled legs run no document */
        twilio_error(r, 400, 21220, "Call is not in-progress. Cannot redirect.");
        return false;
    }
    if (twiml.len > TWIML_CHARACTERS_MAX) {
        twilio_error(r, 400, 32018, "Twiml is over %d characters", TWIML_CHARACTERS_MAX);
        return false;
    }
    if (!take_hook(r, "FallbackUrl", "FallbackMethod", 21205, &l->req.fallback) ||
        (url.len > 0 && !take_hook(r, "Url", "Method", 21205, &hook)))
        return false;
    if (hook.url)
        exec_fetch(r->c, l, str_z(hook.url), hook.get, NULL);
    else
        exec_text(r->c, l, twiml);
    mem_free(hook.url);
    return true;
}

void twilio_call_update(struct face_request *r) {
    struct leg *l = twilio_leg(r);
    if (!l)
        return;
    struct str status = face_param(r, "Status");
    bool redirect = face_param(r, "Url").len > 0 ||
                    (twilio_flavor_of(r)->inline_documents && face_param(r, "Twiml").len > 0);
    uint32_t limit_s = 0;
    if (!take_hook(r, "StatusCallback", "StatusCallbackMethod", 21205, &l->req.status) ||
        !take_number(r, "TimeLimit", 1, 86400, 20001, &limit_s))
        return;
    if (status.len > 0 ? !end_call(r, l, status) : redirect && !redirect_call(r, l))
        return;
    if (limit_s > 0) {
        leg_forget(l, LEG_EVENT_TIME_LIMIT);
        l->req.time_limit_s = limit_s;
        if (l->status == CALL_ANSWERED && !l->parent_sid[0])
            leg_at(l, l->answered_ms + (int64_t)limit_s * 1000, LEG_EVENT_TIME_LIMIT, 0, NULL);
    }
    if (!l->parent_sid[0])
        carrier_touch(r->c, l);
    reply_call(r, l, false);
}

void twilio_call_delete(struct face_request *r) {
    struct leg *l = twilio_leg(r);
    if (!l)
        return;
    if (!leg_is_over(l)) {
        twilio_error(r, 409, 20009, "Cannot delete a call that is still running");
        return;
    }
    l->deleted = true;
    face_empty(r, 204);
}

/* ---- list
 * -----------------------------------------------------------------------------------------------------
 */

struct call_filter {
    const struct carrier_face *face; /* calls made over this API */
    struct str to, from, parent;
    enum call_status status;
    struct twilio_times start, end;
};

static bool take_filter(struct face_request *r, struct call_filter *f) {
    struct str status = form_get(&r->query, STR("Status"));
    *f = (struct call_filter){.face = twilio_flavor_of(r)->face,
                              .to = form_get(&r->query, STR("To")),
                              .from = form_get(&r->query, STR("From")),
                              .parent = form_get(&r->query, STR("ParentCallSid"))};
    if (status.len > 0 && !twilio_status_parse(status, &f->status)) {
        twilio_error(r, 400, 20001, "Status " STR_FMT " is not a valid choice", STR_ARG(status));
        return false;
    }
    return twilio_times_read(r, "StartTime", &f->start) && twilio_times_read(r, "EndTime", &f->end);
}

static bool passes(const struct call_filter *f, const struct leg *l) {
    enum call_status shown = l->status == CALL_DIALING ? CALL_QUEUED : l->status;
    return !l->deleted && l->face == f->face && (f->to.len == 0 || str_eq_z(f->to, l->to)) &&
           (f->from.len == 0 || str_eq_z(f->from, l->from)) &&
           (f->parent.len == 0 || str_eq_z(f->parent, l->parent_sid)) &&
           (f->status == CALL_STATUS_NONE || f->status == shown) &&
           twilio_times_hold(&f->start, l->dialed_ms) && twilio_times_hold(&f->end, l->ended_ms);
}

/** Where the page begins; NULL: there is nothing on it. */
static const struct leg *page_start(struct face_request *r, const struct twilio_page *p,
                                    const struct call_filter *f) {
    const struct leg *l = r->c->newest;
    if (p->after.len > 0) {
        l = sidmap_get(&r->c->legs, p->after);
        return l ? l->older : NULL;
    }
    if (p->before.len > 0) {
        const struct leg *first = NULL;
        size_t n = 0;
        l = sidmap_get(&r->c->legs, p->before);
        for (l = l ? l->newer : NULL; l && n < p->size; l = l->newer) {
            if (passes(f, l)) {
                first = l;
                n++;
            }
        }
        return first;
    }
    for (uint64_t skip = p->number * p->size; l && skip > 0; l = l->older)
        skip -= passes(f, l) ? 1 : 0;
    return l;
}

void twilio_calls_list(struct face_request *r) {
    struct twilio_page p;
    struct call_filter f;
    if (!twilio_page_read(r, &p) || !take_filter(r, &f))
        return;
    struct buf out = BUF_INIT(REPLY_MAX);
    struct json_writer w;
    const char *first = NULL, *last = NULL;
    size_t count = 0;
    json_write_init(&w, &out);
    json_begin_object(&w);
    json_key(&w, "calls");
    json_begin_array(&w);
    const struct leg *l = page_start(r, &p, &f);
    for (; l; l = l->older) {
        if (!passes(&f, l))
            continue;
        if (count == p.size)
            break; /* there is one more */
        put_call(r, l, false, &w);
        first = first ? first : l->sid;
        last = l->sid;
        count++;
    }
    json_end_array(&w);
    twilio_page_put(r, &w, &p, count, first, last, l != NULL);
    json_end_object(&w);
    face_reply(r, 200, &out);
}
