#include <stdio.h>

#include "providers/mock/carrier/plivo/face_plivo.h"

enum {
    BILLING_STEP_S = 60,
    ASSUMED_RING_LIMIT_S = 120, /* of requests that name none */
};

const char plivo_bill_rate[] = "0.005";

/* ---- causes ("Plivo docs: hangup causes and sources") ------------------------------------------
 */

/** A document that could not be had (70xx, 8xxx), by the number of the cause. */
static struct plivo_cause document_cause(int code) {
    static const struct {
        int code;
        const char *name;
    } table[] = {
        {2060, "Loop Detected"},
        {7011, "Error Reaching Answer URL"},
        {7012, "Error Reaching Action URL"},
        {7013, "Error Reaching Transfer URL"},
        {7014, "Error Reaching Redirect URL"},
        {7022, "Invalid Action URL"},
        {7023, "Invalid Transfer URL"},
        {7024, "Invalid Redirect URL"},
        {8011, "Invalid Answer XML"},
        {8012, "Invalid Action XML"},
        {8013, "Invalid Transfer XML"},
        {8014, "Invalid Redirect XML"},
    };
    for (size_t i = 0; i < ARRAY_LEN(table); i++)
        if (table[i].code == code)
            return (struct plivo_cause){code, table[i].name, "Error", "NORMAL_CLEARING"};
    return (struct plivo_cause){0, "Unknown", "Unknown", "NORMAL_CLEARING"};
}

static struct plivo_cause completed_cause(const struct leg *l) {
    static const struct plivo_cause causes[LEG_END_COUNT] = {
        [LEG_END_NONE] = {4000, "Normal Hangup", "Callee", "NORMAL_CLEARING"},
        [LEG_END_CALLEE] = {4000, "Normal Hangup", "Callee", "NORMAL_CLEARING"},
        [LEG_END_API] = {4000, "Normal Hangup", "API Request", "NORMAL_CLEARING"},
        [LEG_END_HANGUP_STEP] = {4000, "Normal Hangup", "Answer XML", "NORMAL_CLEARING"},
        [LEG_END_DOCUMENT] = {4010, "End Of XML Instructions", "Answer XML", "NORMAL_CLEARING"},
        [LEG_END_TIME_LIMIT] = {6000, "Scheduled Hangup", "Plivo", "NORMAL_CLEARING"},
        [LEG_END_RING_LIMIT] = {6010, "Ring Timeout Reached", "Plivo", "NO_ANSWER"},
        [LEG_END_MACHINE] = {9100, "Machine Detected", "Plivo", "NORMAL_CLEARING"},
    };
    if (l->end == LEG_END_FAILED_DOCUMENT)
        return document_cause(l->carrier_code);
    return causes[l->end];
}

struct plivo_cause plivo_cause_of(const struct leg *l) {
    switch (l->status) {
    case CALL_COMPLETED:
        return completed_cause(l);
    case CALL_BUSY:
        return (struct plivo_cause){3010, "Busy Line", "Callee", "USER_BUSY"};
    case CALL_NO_ANSWER:
        if (l->req.ring_timeout_s != ASSUMED_RING_LIMIT_S && l->direction == LEG_OUTBOUND_API)
            return (struct plivo_cause){6010, "Ring Timeout Reached", "Plivo", "NO_ANSWER"};
        return (struct plivo_cause){3000, "No Answer", "Callee", "NO_ANSWER"};
    case CALL_FAILED:
        return (struct plivo_cause){3050, "Unallocated number", "Carrier", "UNALLOCATED_NUMBER"};
    case CALL_CANCELED:
        /* a dialled leg is given up by the one that dialled it */
        return (struct plivo_cause){1000, "Canceled",
                                    l->direction == LEG_OUTBOUND_DIAL ? "Caller" : "API Request",
                                    "ORIGINATOR_CANCEL"};
    case CALL_STATUS_NONE:
    case CALL_UNKNOWN:
    case CALL_QUEUED:
    case CALL_DIALING:
    case CALL_RINGING:
    case CALL_ANSWERED:
    case CALL_STATUS_COUNT:
        break;
    }
    return (struct plivo_cause){0, "Unknown", "Unknown", ""};
}

/* ---- words of states ------------------------------------------------------------------------ */

const char *plivo_direction_word(const struct leg *l) {
    return l->direction == LEG_INBOUND ? "inbound" : "outbound";
}

const char *plivo_status_word(enum call_status s) {
    static const char *const words[CALL_STATUS_COUNT] = {
        [CALL_QUEUED] = "queued",        [CALL_DIALING] = "ringing",     [CALL_RINGING] = "ringing",
        [CALL_ANSWERED] = "in-progress", [CALL_COMPLETED] = "completed", [CALL_BUSY] = "busy",
        [CALL_NO_ANSWER] = "no-answer",  [CALL_FAILED] = "failed",       [CALL_CANCELED] = "cancel",
    };
    return words[s];
}

const char *plivo_state_word(enum call_status s) {
    static const char *const words[CALL_STATUS_COUNT] = {
        [CALL_COMPLETED] = "ANSWER", [CALL_BUSY] = "BUSY",       [CALL_NO_ANSWER] = "NO_ANSWER",
        [CALL_FAILED] = "FAILED",    [CALL_CANCELED] = "CANCEL",
    };
    return words[s] ? words[s] : "UNKNOWN";
}

struct str plivo_digits(const char *number) {
    return str_z(number[0] == '+' ? number + 1 : number);
}

void plivo_request_id(const struct carrier *c, const struct leg *l, char dst[SID_SIZE]) {
    if (scenario_switch(c->scenario, "uuids_differ", 0) > 0)
        rng_uuid(dst, "request", c->seed, str_z(l->sid), 0);
    else
        memcpy(dst, l->sid, SID_SIZE);
}

void plivo_put_tape_url(const struct carrier *c, const struct tape *t, struct buf *out) {
    buf_put_str(out, buf_str(&c->base_url));
    buf_printf(out, "/v1/Account/%s/Recording/%s.wav", c->account, t->sid);
}

/* ---- times and money ------------------------------------------------------------------------ */

static void put_time(struct buf *out, int64_t ms, bool fraction) {
    struct clock_date d = clock_utc(ms);
    buf_printf(out, "%04d-%02d-%02d %02d:%02d:%02d", d.year, d.month, d.day, d.hour, d.minute,
               d.second);
    if (fraction)
        buf_printf(out, ".%03d000", (int)(ms % 1000));
}

void plivo_put_utc(struct buf *out, int64_t wall_ms) {
    put_time(out, wall_ms, true);
}

void plivo_put_local(const struct carrier *c, struct buf *out, int64_t wall_ms, bool fraction,
                     bool offset) {
    int minutes = (int)scenario_switch(c->scenario, "utc_offset_minutes", 0);
    int distance = minutes < 0 ? -minutes : minutes;
    put_time(out, wall_ms + (int64_t)minutes * 60000, fraction);
    if (offset)
        buf_printf(out, "%c%02d:%02d", minutes < 0 ? '-' : '+', distance / 60, distance % 60);
}

uint32_t plivo_billed_s(const struct leg *l) {
    return (leg_duration_s(l) + BILLING_STEP_S - 1) / BILLING_STEP_S * BILLING_STEP_S;
}

struct str plivo_cost(struct arena *a, const struct leg *l) {
    uint32_t thousandths = plivo_billed_s(l) / BILLING_STEP_S * 5; /* the rate, see above */
    return arena_printf(a, "%u.%03u00", thousandths / 1000, thousandths % 1000);
}
