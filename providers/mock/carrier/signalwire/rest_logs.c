#include <stdlib.h>

#include "core/base/mem.h"
#include "providers/mock/carrier/signalwire/rest.h"

enum {
    REPLY_MAX = 16 * 1024 * 1024,
};

/** One page of a list. Takes its items, a JSON array. */
static void reply_page(struct face_request *r, const struct sw_page *p, const char *last, bool more,
                       struct buf *items) {
    struct buf out = BUF_INIT(REPLY_MAX);
    struct json_writer w;
    json_write_init(&w, &out);
    json_begin_object(&w);
    sw_page_put(r, &w, p, last, more);
    json_key(&w, "data");
    json_put_raw(&w, buf_str(items));
    json_end_object(&w);
    buf_release(items);
    face_reply(r, 200, &out);
}

/* ---- voice logs: every call, whichever API made it --------------------------------------------
 */

void sw_logs_list(struct face_request *r) {
    struct sw_page p;
    if (!sw_page_read(r, &p))
        return;
    struct buf items = BUF_INIT(REPLY_MAX);
    struct json_writer list;
    uint64_t skip = p.after.len > 0 ? 0 : p.number * p.size;
    size_t count = 0;
    const char *last = NULL;
    const struct leg *l = r->c->newest;
    if (p.after.len > 0) {
        l = sidmap_get(&r->c->legs, p.after);
        l = l ? l->older : NULL;
    }
    json_write_init(&list, &items);
    json_begin_array(&list);
    for (; l; l = l->older) {
        if (l->deleted || (skip > 0 && skip--))
            continue;
        if (count == p.size)
            break; /* there is one more */
        sw_put_call(&list, l);
        last = l->sid;
        count++;
    }
    json_end_array(&list);
    reply_page(r, &p, last, l != NULL, &items);
}

void sw_log_fetch(struct face_request *r) {
    const struct leg *l = face_find_leg(r, r->ids[0]);
    if (l)
        sw_reply_call(r, l);
    else
        sw_error(r, 404);
}

/** What a log tells of a call. */
struct happening {
    int64_t at_ms;
    const char *name, *state;
    const struct tape *tape; /* NULL: of the call itself */
};

static int by_time(const void *a, const void *b) {
    const struct happening *x = a, *y = b;
    return (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

static size_t gather(const struct leg *l, struct happening *h) {
    size_t n = 0;
    h[n++] = (struct happening){l->created_ms, "calling_call_initiated", "created", NULL};
    if (l->answered_ms)
        h[n++] = (struct happening){l->answered_ms, "calling_call_state", "answered", NULL};
    if (leg_is_over(l))
        h[n++] = (struct happening){l->ended_ms, "calling_call_state", "ended", NULL};
    for (const struct tape *t = l->tapes; t; t = t->next) {
        h[n++] = (struct happening){t->started_ms, "calling_call_record", "recording", t};
        if (t->status == TAPE_COMPLETED)
            h[n++] = (struct happening){t->completed_ms, "calling_call_record", "finished", t};
    }
    return n;
}

static void put_details(struct json_writer *w, const struct carrier *c, const struct leg *l,
                        const struct happening *h) {
    json_key(w, "details");
    json_begin_object(w);
    json_kv_z(w, "call_id", l->sid);
    if (!h->tape) {
        json_kv_z(w, "call_state", h->state);
        if (strcmp(h->state, "ended") == 0)
            json_kv_z(w, "end_reason", sw_reason_word(c, l));
    } else {
        struct buf url = BUF_INIT(1024);
        sw_put_tape_url(c, h->tape, &url);
        json_kv_z(w, "state", h->state);
        json_kv_z(w, "recording_id", h->tape->sid);
        json_kv_string(w, "url", buf_str(&url));
        if (h->tape->status == TAPE_COMPLETED)
            json_kv_int(w, "duration", h->tape->duration_s);
        buf_release(&url);
    }
    json_end_object(w);
}

void sw_log_events(struct face_request *r) {
    const struct leg *l = face_find_leg(r, r->ids[0]);
    if (!l) {
        sw_error(r, 404);
        return;
    }
    struct happening *h = arena_alloc(&r->arena, (3 + 2 * l->tape_count) * sizeof *h);
    size_t count = gather(l, h);
    struct buf out = BUF_INIT(REPLY_MAX);
    struct json_writer w;
    qsort(h, count, sizeof *h, by_time);
    json_write_init(&w, &out);
    json_begin_object(&w);
    json_key(&w, "data");
    json_begin_array(&w);
    for (size_t i = 0; i < count; i++) {
        json_begin_object(&w);
        sw_put_time(&w, "event_at", h[i].at_ms);
        json_kv_z(&w, "level", "info");
        json_kv_z(&w, "name", h[i].name);
        put_details(&w, r->c, l, &h[i]);
        json_kv_z(&w, "project_id", r->c->account);
        json_kv_z(&w, "log_id", l->sid);
        json_end_object(&w);
    }
    json_end_array(&w);
    json_end_object(&w);
    face_reply(r, 200, &out);
}

/* ---- recordings of native calls ---------------------------------------------------------------
 */

static void put_recording(struct json_writer *w, const struct carrier *c, const struct tape *t) {
    static const char *const words[TAPE_STATUS_COUNT] = {
        [TAPE_RUNNING] = "in-progress", [TAPE_PAUSED] = "paused", [TAPE_PROCESSING] = "processing",
        [TAPE_COMPLETED] = "completed", [TAPE_ABSENT] = "absent",
    };
    const char *device = sw_device_word(t->leg);
    struct buf url = BUF_INIT(1024);
    sw_put_tape_url(c, t, &url);
    json_begin_object(w);
    json_kv_z(w, "id", t->sid);
    json_kv_z(w, "project_id", c->account);
    sw_put_time(w, "created_at", t->started_ms);
    sw_put_time(w, "updated_at", t->updated_ms);
    json_kv_int(w, "duration_in_seconds", t->duration_s);
    json_kv_int(w, "price", 0);
    json_kv_z(w, "price_unit", "USD");
    json_kv_z(w, "status", words[t->status]);
    json_kv_string(w, "url", buf_str(&url));
    json_kv_bool(w, "stereo", t->dual);
    if (t->status == TAPE_COMPLETED)
        json_kv_int(w, "byte_size", sw_tape_bytes(t));
    json_kv_z(w, "track",
              t->track == PLAN_TRACK_INBOUND    ? "inbound"
              : t->track == PLAN_TRACK_OUTBOUND ? "outbound"
                                                : "both");
    json_kv_z(w,
              strcmp(device, "sip") == 0     ? "relay_sip_leg_id"
              : strcmp(device, "phone") == 0 ? "relay_pstn_leg_id"
                                             : "relay_webrtc_leg_id",
              t->leg->sid);
    json_end_object(w);
    buf_release(&url);
}

void sw_recordings_list(struct face_request *r) {
    struct sw_page p;
    if (!sw_page_read(r, &p))
        return;
    struct buf items = BUF_INIT(REPLY_MAX);
    struct json_writer list;
    uint64_t skip = p.after.len > 0 ? 0 : p.number * p.size;
    size_t count = 0;
    const char *last = NULL;
    const struct tape *t = p.after.len > 0 ? sidmap_get(&r->c->tapes, p.after) : NULL;
    json_write_init(&list, &items);
    json_begin_array(&list);
    for (t = face_older_tape(r->c, t, NULL); t; t = face_older_tape(r->c, t, NULL)) {
        if (!sw_is_native(t->leg) || (skip > 0 && skip--))
            continue;
        if (count == p.size)
            break; /* there is one more */
        put_recording(&list, r->c, t);
        last = t->sid;
        count++;
    }
    json_end_array(&list);
    reply_page(r, &p, last, t != NULL, &items);
}

/** The recording that the path names; NULL: answered. */
static struct tape *named(struct face_request *r) {
    struct tape *t = sidmap_get(&r->c->tapes, r->ids[0]);
    if (t && sw_is_native(t->leg))
        return t;
    sw_relay_error(r, 404);
    return NULL;
}

void sw_recording_fetch(struct face_request *r) {
    const struct tape *t = named(r);
    if (!t)
        return;
    struct buf out = BUF_INIT(REPLY_MAX);
    struct json_writer w;
    json_write_init(&w, &out);
    put_recording(&w, r->c, t);
    face_reply(r, 200, &out);
}

void sw_recording_delete(struct face_request *r) {
    struct tape *t = named(r);
    if (!t)
        return;
    if (t->status < TAPE_COMPLETED) {
        sw_relay_error(r, 422);
        return;
    }
    tape_delete(r->c, t);
    face_empty(r, 204);
}
