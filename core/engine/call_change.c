#include "core/base/json.h"
#include "core/base/utf8.h"
#include "core/engine/call_service.h"
#include "core/engine/payment_change.h"
#include "core/engine/recording_change.h"

/* Changes to a call within a transaction. The one place that turns news into status plus event. */

enum {
    EVENT_DATA_MAX = 1024
};

enum error_code call_append_event(struct store_tx *tx, struct call *c, enum event_type type,
                                  int64_t at_ms, struct str data, struct error *err) {
    struct event ev = {.call_id = c->id, .type = type, .at_ms = at_ms, .data = data};
    return store_append_event(tx, c, &ev, err);
}

static void put_status_data(struct buf *b, const struct call *c, enum call_status status) {
    struct json_writer w;
    json_write_init(&w, b);
    json_begin_object(&w);
    json_kv_z(&w, "status", call_status_name(status));
    if (call_status_is_final(status)) {
        json_kv_int(&w, "duration_s", c->duration_s);
        if (c->reason != CALL_REASON_NONE)
            json_kv_z(&w, "reason", call_reason_name(c->reason));
        if (c->error_text[0])
            json_kv_z(&w, "error", c->error_text);
        if (c->carrier_code)
            json_kv_int(&w, "carrier_code", c->carrier_code);
    }
    json_end_object(&w);
}

/* What is true of every call that has just ended. */
static enum error_code close_books(struct store_tx *tx, struct call *c, int64_t at_ms,
                                   struct error *err) {
    c->check_ms = 0;
    enum error_code rc = store_add_counter(
        tx, (enum counter)(COUNTER_CALLS_ENDED_FIRST + (c->status - CALL_COMPLETED)), 1, err);
    if (rc == ERR_OK && c->duration_s > 0)
        rc = store_add_counter(tx, COUNTER_CALL_SECONDS, c->duration_s, err);
    if (rc == ERR_OK)
        rc = payments_close(tx, c, at_ms, err);
    return rc == ERR_OK ? recordings_follow_up(tx, c, at_ms, err) : rc;
}

enum error_code call_change_status(struct store_tx *tx, struct call *c, enum call_status next,
                                   int64_t at_ms, struct error *err) {
    bool moved = false;
    if (!call_apply_status(c, next, at_ms, &moved))
        return ERR_OK;
    struct buf data = BUF_INIT(EVENT_DATA_MAX);
    put_status_data(&data, c, next);
    enum error_code rc =
        call_append_event(tx, c, event_for_status(next), at_ms, buf_str(&data), err);
    buf_release(&data);
    if (rc == ERR_OK && moved && call_status_is_final(c->status))
        rc = close_books(tx, c, at_ms, err);
    return rc;
}

void call_copy_text(const char *text, char *dst, size_t dst_size) {
    size_t n = utf8_cut(text, strnlen(text, dst_size - 1));
    memcpy(dst, text, n);
    dst[n] = '\0';
}

enum error_code call_end_for(struct store_tx *tx, struct call *c, enum call_status status,
                             enum call_reason reason, const char *text, int64_t at_ms,
                             struct error *err) {
    if (call_status_is_final(c->status))
        return ERR_OK;
    c->reason = reason;
    if (text)
        call_copy_text(text, c->error_text, sizeof c->error_text);
    return call_change_status(tx, c, status, at_ms, err);
}

static enum error_code end_leg(struct store_tx *tx, const struct call *c, struct str sid,
                               int64_t now_ms, struct error *err) {
    struct job end = {.kind = JOB_CANCEL_SID, .call_id = c->id, .run_at_ms = now_ms};
    if (!str_copy(sid, end.ref_text, sizeof end.ref_text))
        return error_set(err, ERR_INVALID, "the carrier's call id is longer than %d bytes",
                         CALL_SID_SIZE - 1);
    return store_add_job(tx, &end, err);
}

static void put_conflict_data(struct buf *b, struct str sid) {
    struct json_writer w;
    json_write_init(&w, b);
    json_begin_object(&w);
    json_kv_z(&w, "error", "a second leg of this call was reported and is being ended");
    json_kv_string(&w, "provider_call_id", sid);
    json_end_object(&w);
}

/* Has the call's history this very conflict? Only legs that should not be are looked for. */
static enum error_code is_noted(struct store_tx *tx, const struct call *c, struct str data,
                                bool *noted, struct error *err) {
    struct arena a = {0};
    struct event *events = NULL;
    size_t n = 0;
    enum error_code rc = store_list_call_events(tx, c, 0, &a, &events, &n, err);
    *noted = false;
    for (size_t i = 0; rc == ERR_OK && i < n; i++)
        *noted = *noted || (events[i].type == EVENT_CALL_CONFLICT && str_eq(events[i].data, data));
    arena_release(&a);
    return rc;
}

/* Many webhooks tell of a second leg; one event says so, and it is ended once. */
static enum error_code refuse_leg(struct store_tx *tx, struct call *c, struct str sid,
                                  int64_t now_ms, struct error *err) {
    CLEANUP(buf_release) struct buf data = BUF_INIT(EVENT_DATA_MAX);
    bool noted = false;
    put_conflict_data(&data, sid);
    enum error_code rc = is_noted(tx, c, buf_str(&data), &noted, err);
    if (rc != ERR_OK || noted)
        return rc;
    rc = call_append_event(tx, c, EVENT_CALL_CONFLICT, now_ms, buf_str(&data), err);
    return rc == ERR_OK ? end_leg(tx, c, sid, now_ms, err) : rc;
}

enum error_code call_bind_sid(struct store_tx *tx, struct call *c, struct str sid, int64_t now_ms,
                              bool *won, struct error *err) {
    *won = true;
    if (str_eq_z(sid, c->sid))
        return ERR_OK;
    if (c->sid[0] != '\0') {
        *won = false;
        return refuse_leg(tx, c, sid, now_ms, err);
    }
    if (!str_copy(sid, c->sid, sizeof c->sid))
        return error_set(err, ERR_INVALID, "the carrier's call id is longer than %d bytes",
                         CALL_SID_SIZE - 1);
    c->placement = CALL_PLACE_SUBMITTED;
    /* we gave the call up, and it exists after all: nobody must be rung by it */
    return call_status_is_final(c->status) ? end_leg(tx, c, sid, now_ms, err) : ERR_OK;
}
