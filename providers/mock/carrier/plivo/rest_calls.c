#include "core/base/mem.h"
#include "providers/mock/carrier/exec.h"
#include "providers/mock/carrier/plivo/rest.h"
#include "providers/mock/carrier/progress.h"

enum {
    TRANSFERS_MAX = 70,
    LOOP_DETECTED = 2060,
};

/** A call is queued until it is dialled, live until it is over, and then a record. */
static bool is_queued(const struct leg *l) {
    return l->status == CALL_QUEUED;
}

static bool is_live(const struct leg *l) {
    return !leg_is_over(l) && !is_queued(l);
}

struct leg *plivo_live_leg(struct face_request *r) {
    struct leg *l = face_find_leg(r, r->ids[0]);
    if (l && l->status == CALL_ANSWERED)
        return l;
    plivo_no_call(r);
    return NULL;
}

/* ---- one call ------------------------------------------------------------------------------- */

static void put_live(struct face_request *r, const struct leg *l, struct json_writer *w) {
    char request[SID_SIZE];
    struct buf start = BUF_INIT(64);
    plivo_request_id(r->c, l, request);
    plivo_put_utc(&start, l->created_ms);
    json_kv_z(w, "call_status", plivo_status_word(l->status));
    json_kv_z(w, "call_uuid", l->sid);
    json_kv_z(w, "caller_name", l->req.caller_name ? l->req.caller_name : l->from);
    json_kv_z(w, "direction", plivo_direction_word(l));
    json_kv_z(w, "from", l->from);
    json_kv_string(w, "to", plivo_digits(l->to));
    json_kv_z(w, "request_uuid", request);
    if (is_live(l)) {
        json_kv_string(w, "session_start", buf_str(&start));
        json_kv_z(w, "stir_verification", "Not Applicable");
        json_kv_z(w, "stir_attestation", "");
    }
    buf_release(&start);
}

static void put_record(struct face_request *r, const struct leg *l, struct json_writer *w) {
    struct plivo_cause cause = plivo_cause_of(l);
    plivo_put_date(r, w, "answer_time", l->answered_ms, false);
    json_kv_int(w, "bill_duration", leg_duration_s(l));
    json_kv_int(w, "billed_duration", plivo_billed_s(l));
    json_kv_z(w, "call_direction", plivo_direction_word(l));
    json_kv_int(w, "call_duration", leg_duration_s(l));
    json_kv_z(w, "call_state", plivo_state_word(l->status));
    json_kv_z(w, "call_uuid", l->sid);
    plivo_put_null(w, "conference_uuid");
    plivo_put_date(r, w, "end_time", l->ended_ms, false);
    json_kv_z(w, "from_number", l->from);
    json_kv_int(w, "hangup_cause_code", cause.code);
    json_kv_z(w, "hangup_cause_name", cause.name);
    json_kv_z(w, "hangup_source", cause.source);
    plivo_put_date(r, w, "initiation_time", l->created_ms, false);
    if (l->parent_sid[0])
        json_kv_z(w, "parent_call_uuid", l->parent_sid);
    else
        plivo_put_null(w, "parent_call_uuid");
    json_kv_string(w, "resource_uri",
                   arena_printf(&r->arena, "/v1/Account/%s/Call/%s/", r->c->account, l->sid));
    plivo_put_null(w, "source_ip");
    json_kv_z(w, "stir_verification", "Not Applicable");
    json_kv_z(w, "stir_attestation", "");
    json_kv_string(w, "to_number", plivo_digits(l->to));
    json_kv_string(w, "total_amount", plivo_cost(&r->arena, l));
    json_kv_z(w, "total_rate", plivo_bill_rate);
    json_kv_z(w, "voice_network_group", "");
}

void plivo_call_fetch(struct face_request *r) {
    const struct leg *l = face_find_leg(r, r->ids[0]);
    struct str status = face_query(r, "status");
    bool live = str_eq_z(status, "live"), queued = str_eq_z(status, "queued");
    struct buf out;
    struct json_writer w;
    if (status.len > 0 && !live && !queued) {
        plivo_error(r, 400, "status parameter is invalid. It must be live or queued");
        return;
    }
    if (!l || !(live ? is_live(l) : queued ? is_queued(l) : leg_is_over(l))) {
        plivo_no_call(r);
        return;
    }
    plivo_begin(r, &out, &w);
    if (status.len > 0)
        put_live(r, l, &w);
    else
        put_record(r, l, &w);
    plivo_send(r, 200, &out, &w);
}

/* ---- lists ---------------------------------------------------------------------------------- */

struct call_filter {
    struct str direction, from, to, parent, source, stir, subaccount;
    struct plivo_range bill, end, cause;
};

static bool take_filter(struct face_request *r, struct call_filter *f) {
    *f = (struct call_filter){
        .direction = face_query(r, "call_direction"),
        .from = face_query(r, "from_number"),
        .to = face_query(r, "to_number"),
        .parent = face_query(r, "parent_call_uuid"),
        .source = face_query(r, "hangup_source"),
        .stir = face_query(r, "stir_verification"),
        .subaccount = face_query(r, "subaccount"),
    };
    return plivo_numbers_read(r, "bill_duration", &f->bill) &&
           plivo_times_read(r, "end_time", &f->end) &&
           plivo_numbers_read(r, "hangup_cause_code", &f->cause);
}

static bool in_range(const struct plivo_range *range, int64_t n) {
    return n >= range->low && n <= range->high;
}

static bool parties_hold(const struct call_filter *f, const struct leg *l) {
    return (f->direction.len == 0 || str_eq_z(f->direction, plivo_direction_word(l))) &&
           plivo_number_holds(f->from, l->from) && plivo_number_holds(f->to, l->to);
}

static bool record_holds(const struct call_filter *f, const struct leg *l) {
    if (!leg_is_over(l) || !parties_hold(f, l) || f->subaccount.len > 0)
        return false;
    struct plivo_cause cause = plivo_cause_of(l);
    return (f->parent.len == 0 || str_eq_z(f->parent, l->parent_sid)) &&
           (f->source.len == 0 || str_eq_z(f->source, cause.source)) &&
           (f->stir.len == 0 || str_eq_z(f->stir, "Not Applicable")) &&
           in_range(&f->bill, leg_duration_s(l)) && in_range(&f->cause, cause.code) &&
           /* the filter knows seconds or microseconds, our calls milliseconds */
           in_range(&f->end, l->ended_ms);
}

static void list_records(struct face_request *r, const struct plivo_page *p,
                         const struct call_filter *f) {
    struct buf out;
    struct json_writer w;
    size_t total = 0;
    plivo_begin(r, &out, &w);
    json_key(&w, "objects");
    json_begin_array(&w);
    for (const struct leg *l = r->c->newest; l; l = l->older) {
        if (!record_holds(f, l))
            continue;
        if (total >= p->offset && total < (size_t)p->offset + p->limit) {
            json_begin_object(&w);
            put_record(r, l, &w);
            json_end_object(&w);
        }
        total++;
    }
    json_end_array(&w);
    plivo_page_put(r, &w, p, total);
    plivo_send(r, 200, &out, &w);
}

static void list_running(struct face_request *r, const struct plivo_page *p,
                         const struct call_filter *f, bool queued) {
    struct buf out;
    struct json_writer w;
    size_t total = 0;
    plivo_begin(r, &out, &w);
    json_key(&w, "calls");
    json_begin_array(&w);
    for (const struct leg *l = r->c->newest; l; l = l->older) {
        if (!(queued ? is_queued(l) : is_live(l)) || !parties_hold(f, l))
            continue;
        if (total >= p->offset && total < (size_t)p->offset + p->limit)
            json_put_string(&w, str_z(l->sid));
        total++;
    }
    json_end_array(&w);
    plivo_send(r, 200, &out, &w);
}

void plivo_calls_list(struct face_request *r) {
    struct plivo_page p;
    struct call_filter f;
    struct str status = face_query(r, "status");
    bool live = str_eq_z(status, "live"), queued = str_eq_z(status, "queued");
    if (status.len > 0 && !live && !queued) {
        plivo_error(r, 400, "status parameter is invalid. It must be live or queued");
        return;
    }
    if (!plivo_page_read(r, &p) || !take_filter(r, &f))
        return;
    if (status.len > 0)
        list_running(r, &p, &f, queued);
    else
        list_records(r, &p, &f);
}

/* ---- the end -------------------------------------------------------------------------------- */

static void end(struct carrier *c, struct leg *l) {
    struct leg *parent = sidmap_get(&c->legs, str_z(l->parent_sid));
    if (parent) { /* goes by the clock of the leg that dialled it */
        leg_sync(c, parent);
        (void)exec_dial_end(parent, l);
        carrier_touch(c, parent);
        return;
    }
    bool answered = l->status == CALL_ANSWERED;
    l->end = LEG_END_API;
    progress_end(c, l, answered ? CALL_COMPLETED : CALL_CANCELED, answered ? 200 : 487);
    carrier_touch(c, l);
}

void plivo_call_hangup(struct face_request *r) {
    struct leg *l = face_find_leg(r, r->ids[0]);
    if (!l || leg_is_over(l)) {
        plivo_no_call(r);
        return;
    }
    end(r->c, l);
    face_empty(r, 204);
}

void plivo_calls_hangup_all(struct face_request *r) {
    for (struct leg *l = r->c->newest; l; l = l->older) {
        leg_sync(r->c, l);
        if (!leg_is_over(l) && !l->parent_sid[0])
            end(r->c, l);
    }
    face_empty(r, 204);
}

void plivo_request_cancel(struct face_request *r) {
    for (struct leg *l = r->c->newest; l; l = l->older) {
        char id[SID_SIZE];
        plivo_request_id(r->c, l, id);
        if (!str_eq_z(r->ids[0], id) || l->status >= CALL_ANSWERED)
            continue;
        leg_sync(r->c, l);
        end(r->c, l);
        face_empty(r, 204);
        return;
    }
    plivo_no_call(r);
}

/* ---- transfer ------------------------------------------------------------------------------- */

static bool take_transfer(struct face_request *r, struct leg_hook *hook) {
    struct str legs = face_param(r, "legs");
    if (str_eq_z(legs, "bleg") || str_eq_z(legs, "both")) {
        plivo_error(r, 400, "legs: only the aleg's transfer is simulated");
        return false;
    }
    if (legs.len > 0 && !str_eq_z(legs, "aleg")) {
        plivo_error(r, 400, "legs parameter is invalid. It must be aleg, bleg or both");
        return false;
    }
    return !plivo_missing(r, "aleg_url") && plivo_take_hook(r, "aleg_url", "aleg_method", hook);
}

void plivo_call_transfer(struct face_request *r) {
    struct leg *l = plivo_live_leg(r);
    struct leg_hook hook = {0};
    if (!l)
        return;
    if (l->parent_sid[0]) { /* a dialled leg runs no document */
        plivo_no_call(r);
        return;
    }
    if (!take_transfer(r, &hook))
        return;
    if (l->transfers++ >= TRANSFERS_MAX) {
        l->end = LEG_END_FAILED_DOCUMENT;
        l->carrier_code = LOOP_DETECTED;
        progress_end(r->c, l, CALL_COMPLETED, 200);
    } else {
        exec_fetch(r->c, l, str_z(hook.url), hook.get, NULL);
        l->fetching = LEG_DOCUMENT_TRANSFER;
    }
    mem_free(hook.url);
    carrier_touch(r->c, l);
    plivo_message(r, 202, "call transferred");
}
