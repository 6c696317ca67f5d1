#include "core/base/mem.h"
#include "core/domain/phone.h"
#include "providers/mock/carrier/plivo/rest.h"
#include "providers/mock/carrier/progress.h"

/* POST /Call/ ("Plivo docs: Make a call"). */

enum {
    DESTINATIONS_MAX = 1000,
    CALLER_NAME_MAX = 50,
    RING_DEFAULT_S = 120,
    RING_MAX_S = 86400,
    LIMIT_DEFAULT_S = 14400,
    LIMIT_MAX_S = 86400,
    CPS_USUAL = 2,
    SIP_HEADERS_MAX = 24, /* each is a parameter of every webhook */
};

struct destinations {
    struct str *good, *bad; /* as E.164 or SIP addresses; bad: as they came */
    size_t good_count, bad_count;
    bool bulk;
};

/** "14155550100" or "+14155550100" as E.164; ptr NULL: neither that nor a SIP address. */
static struct str normalise(struct arena *a, struct str text) {
    if (str_starts(text, STR("sip:")) && text.len > 4)
        return arena_copy(a, text);
    struct str digits = str_starts(text, STR("+")) ? str_from_index(text, 1) : text;
    struct str number = arena_printf(a, "+" STR_FMT, STR_ARG(digits));
    return phone_is_e164(number) ? number : (struct str){0};
}

static bool contains(const struct str *list, size_t count, struct str s) {
    for (size_t i = 0; i < count; i++)
        if (str_eq(list[i], s))
            return true;
    return false;
}

static bool take_destinations(struct face_request *r, struct destinations *d) {
    struct str rest = face_param(r, "to"), one;
    d->good = arena_alloc(&r->arena, (DESTINATIONS_MAX + 1) * sizeof *d->good);
    d->bad = arena_alloc(&r->arena, (DESTINATIONS_MAX + 1) * sizeof *d->bad);
    d->bulk = str_find(rest, '<') < rest.len;
    while (str_next(&rest, '<', &one)) {
        struct str number = normalise(&r->arena, str_trim(one));
        if (d->good_count + d->bad_count == DESTINATIONS_MAX) {
            plivo_error(r, 400, "to parameter is invalid. At most %d destinations",
                        DESTINATIONS_MAX);
            return false;
        }
        if (!number.ptr || contains(d->good, d->good_count, number))
            d->bad[d->bad_count++] = one;
        else
            d->good[d->good_count++] = number;
    }
    if (d->good_count > 0)
        return true;
    plivo_error(r, 400, "to parameter is invalid");
    return false;
}

static bool check_from(struct face_request *r, struct str from) {
    if (from.ptr && (str_starts(from, STR("sip:")) || str_eq_z(from, r->c->number)))
        return true;
    struct str given = face_param(r, "from");
    plivo_error(r, 400,
                "from parameter is invalid. +" STR_FMT " is not associated with your account. Use "
                "a phone number rented on your account.",
                STR_ARG(str_starts(given, STR("+")) ? str_from_index(given, 1) : given));
    return false;
}

/* ---- the rest of the request ---------------------------------------------------------------- */

static bool take_detection(struct face_request *r, struct leg_request *q) {
    struct str mode = face_param(r, "machine_detection");
    uint32_t time_ms = 5000, ignored = 0; /* the callees do not come near the other thresholds */
    q->silence_timeout_ms = 4500;
    if (mode.len > 0 && !str_eq_z(mode, "false")) {
        q->hangup_on_machine = str_eq_z(mode, "hangup");
        if (!q->hangup_on_machine && !str_eq_nocase(mode, STR("true"))) {
            plivo_error(r, 400,
                        "machine_detection parameter is invalid. It must be true or hangup");
            return false;
        }
        q->detection = CALL_DETECT_START;
    }
    if (!plivo_take_number(r, "machine_detection_time", 2000, 10000, &time_ms) ||
        !plivo_take_number(r, "machine_detection_initial_silence", 2000, 10000,
                           &q->silence_timeout_ms) ||
        !plivo_take_number(r, "machine_detection_maximum_speech_length", 1000, 6000, &ignored) ||
        !plivo_take_number(r, "machine_detection_maximum_words", 2, 10, &ignored) ||
        !plivo_take_number(r, "machine_detection_initial_greeting", 1000, 5000, &ignored) ||
        !plivo_take_hook(r, "machine_detection_url", "machine_detection_method",
                         &q->detection_status))
        return false;
    q->detection_timeout_s = (time_ms + 999) / 1000;
    q->async_detection = q->detection_status.url != NULL;
    return true;
}

static bool is_dropped(struct str name) {
    static const char *const prefixes[] = {"PH-", "Plivo",  "FS-",         "SipAuth",
                                           "ZT-", "Twilio", "ClientRegion"};
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
        if (str_starts(name, str_z(prefixes[i])))
            return true;
    return false;
}

static bool is_plain(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        char b = s.ptr[i];
        if (!((b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z') || (b >= 'a' && b <= 'z')))
            return false;
    }
    return s.len > 0;
}

/** "k=v,k2=v2", letters and digits; what the carrier uses itself is left out. */
static bool take_sip_headers(struct face_request *r, struct leg_request *q) {
    struct str list = face_param(r, "sip_headers"), pair;
    struct buf kept = BUF_INIT(8192);
    bool ok = true;
    size_t count = 0;
    while (ok && list.len > 0 && str_next(&list, ',', &pair)) {
        size_t eq = str_find(pair, '=');
        struct str name = str_trim(str_from(pair.ptr, eq)), value = str_from_index(pair, eq + 1);
        if (is_dropped(name))
            continue;
        ok = is_plain(name) && is_plain(str_trim(value)) && ++count <= SIP_HEADERS_MAX;
        buf_printf(&kept, "%s" STR_FMT "=" STR_FMT, kept.len > 0 ? "," : "", STR_ARG(name),
                   STR_ARG(str_trim(value)));
    }
    ok = ok && !buf_failed(&kept);
    if (!ok)
        plivo_error(
            r, 400,
            "sip_headers parameter is invalid. It must be k=v,k2=v2: letters and digits, at "
            "most %d",
            SIP_HEADERS_MAX);
    else if (kept.len > 0)
        q->sip_headers = mem_copy_str(buf_str(&kept));
    buf_release(&kept);
    return ok;
}

static bool take_names(struct face_request *r, struct leg_request *q) {
    struct str name = face_param(r, "caller_name"), digits = {0};
    if (name.len > CALLER_NAME_MAX) {
        plivo_error(r, 400, "caller_name parameter is invalid. At most %d characters",
                    CALLER_NAME_MAX);
        return false;
    }
    if (!plivo_take_digits(r, "send_digits", &digits))
        return false;
    q->caller_name = name.len > 0 ? mem_copy_str(name) : NULL;
    q->send_digits = digits.len > 0 ? mem_copy_str(digits) : NULL;
    return take_sip_headers(r, q);
}

/** Without a hangup_url the end is told to answer_url. */
static void use_answer_for_hangup(struct leg_request *q) {
    if (!q->status.url)
        q->status = (struct leg_hook){mem_copy_str(str_z(q->answer.url)), q->answer.get};
}

static bool take_limits(struct face_request *r, struct leg_request *q) {
    uint32_t on_ring_s = RING_MAX_S;
    q->ring_timeout_s = RING_DEFAULT_S;
    q->time_limit_s = LIMIT_DEFAULT_S;
    if (!plivo_take_number(r, "ring_timeout", 0, RING_MAX_S, &q->ring_timeout_s) ||
        !plivo_take_number(r, "hangup_on_ring", 0, RING_MAX_S, &on_ring_s) ||
        !plivo_take_number(r, "time_limit", 1, INT32_MAX, &q->time_limit_s))
        return false;
    q->time_limit_s = q->time_limit_s < LIMIT_MAX_S ? q->time_limit_s : LIMIT_MAX_S;
    q->ring_timeout_s = q->ring_timeout_s < on_ring_s ? q->ring_timeout_s : on_ring_s;
    return true;
}

static bool take_request(struct face_request *r, struct leg_request *q) {
    bool with_parent = false;
    if (face_param(r, "callback_url").len > 0) {
        plivo_error(r, 400, "callback_url: the asynchronous mode is not simulated");
        return false;
    }
    if (!plivo_take_hook(r, "answer_url", "answer_method", &q->answer) ||
        !plivo_take_hook(r, "ring_url", "ring_method", &q->ring) ||
        !plivo_take_hook(r, "hangup_url", "hangup_method", &q->status) ||
        !plivo_take_hook(r, "fallback_url", "fallback_method", &q->fallback) ||
        !take_limits(r, q) || !take_detection(r, q) || !take_names(r, q) ||
        !plivo_take_flag(r, "error_if_parent_not_found", &with_parent))
        return false;
    struct str parent = face_param(r, "parent_call_uuid");
    const struct leg *l = parent.len > 0 ? face_find_leg(r, parent) : NULL;
    if (with_parent && (!l || leg_is_over(l))) {
        plivo_no_call(r);
        return false;
    }
    use_answer_for_hangup(q);
    return true;
}

/* ---- calls ---------------------------------------------------------------------------------- */

static struct leg_hook copy_hook(const struct leg_hook *h) {
    return (struct leg_hook){h->url ? mem_copy_str(str_z(h->url)) : NULL, h->get};
}

static char *copy_text(const char *text) {
    return text ? mem_copy_str(str_z(text)) : NULL;
}

static struct leg_request copy_request(const struct leg_request *q) {
    struct leg_request copy = *q;
    copy.answer = copy_hook(&q->answer);
    copy.ring = copy_hook(&q->ring);
    copy.status = copy_hook(&q->status);
    copy.fallback = copy_hook(&q->fallback);
    copy.detection_status = copy_hook(&q->detection_status);
    copy.send_digits = copy_text(q->send_digits);
    copy.caller_name = copy_text(q->caller_name);
    copy.sip_headers = copy_text(q->sip_headers);
    return copy;
}

/**
 * How long the next call waits for its turn, in virtual milliseconds. As fast as possible means no
 * limit either, unless the scenario sets one.
 */
static uint32_t turn_ms(struct carrier *c) {
    double cps = scenario_switch(c->scenario, "cps", c->speed > 0 ? CPS_USUAL : 0);
    if (cps <= 0)
        return 0;
    double passed = (double)(clock_wall_ms(&c->clock) - c->born_ms) * (c->speed > 0 ? c->speed : 1);
    double wait = c->next_turn_ms > passed ? c->next_turn_ms - passed : 0;
    c->next_turn_ms = passed + wait + 1000 / cps;
    /* a second's worth may leave at once */
    return wait > 1000 - 1000 / cps ? (uint32_t)wait : 0;
}

static void place(struct face_request *r, const struct destinations *d, struct str from,
                  const struct leg_request *q, bool silently) {
    struct carrier *c = r->c;
    struct buf out;
    struct json_writer w;
    bool queued = false;
    struct leg **legs = arena_alloc(&r->arena, d->good_count * sizeof(struct leg *));
    for (size_t i = 0; i < d->good_count; i++) {
        legs[i] = leg_new(c, d->good[i], from, NULL);
        legs[i]->req = copy_request(q);
        legs[i]->req.hold_ms = turn_ms(c);
        queued = queued || legs[i]->req.hold_ms > 0;
    }
    if (!silently) {
        plivo_begin(r, &out, &w);
        json_kv_z(&w, "message", queued ? "call queued" : d->bulk ? "calls fired" : "call fired");
        json_key(&w, "request_uuid");
        if (d->bulk)
            json_begin_array(&w);
        for (size_t i = 0; i < d->good_count; i++) {
            char id[SID_SIZE];
            plivo_request_id(c, legs[i], id);
            json_put_string(&w, str_z(id));
        }
        if (d->bulk)
            json_end_array(&w);
        if (d->bad_count > 0) {
            json_key(&w, "invalid_number");
            json_begin_array(&w);
            for (size_t i = 0; i < d->bad_count; i++)
                json_put_string(&w, d->bad[i]);
            json_end_array(&w);
        }
        plivo_send(r, 201, &out, &w);
    }
    for (size_t i = 0; i < d->good_count; i++)
        progress_start(c, legs[i]);
}

void plivo_calls_create(struct face_request *r) {
    struct destinations d = {0};
    struct leg_request q = {0};
    struct str from = normalise(&r->arena, face_param(r, "from"));
    if (plivo_missing(r, "from") || plivo_missing(r, "to") || plivo_missing(r, "answer_url") ||
        !check_from(r, from) || !take_destinations(r, &d) || !take_request(r, &q)) {
        leg_request_release(&q);
        return;
    }
    const struct callee_fault *f = face_create_fault(r->c, d.good[0]);
    if (f)
        face_fault(r, f);
    if (!f || f->accept)
        place(r, &d, from, &q, f != NULL);
    leg_request_release(&q);
}
