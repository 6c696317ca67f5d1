#include "core/base/mem.h"
#include "providers/mock/carrier/twilio/rest.h"

enum {
    REPLY_MAX = 16 * 1024 * 1024,
};

/* ---- the resource
 * ---------------------------------------------------------------------------------- */

/** The live words go to whoever controls the recording; a fetch knows only two. */
static const char *status_word(const struct tape *t, bool live) {
    static const char *const words[TAPE_STATUS_COUNT] = {
        [TAPE_RUNNING] = "in-progress", [TAPE_PAUSED] = "paused", [TAPE_PROCESSING] = "stopped",
        [TAPE_COMPLETED] = "completed", [TAPE_ABSENT] = "absent",
    };
    return live || t->status >= TAPE_COMPLETED ? words[t->status] : "processing";
}

static void put_uris(struct face_request *r, const struct tape *t, bool of_call,
                     struct json_writer *w) {
    if (of_call) {
        json_kv_string(w, "uri",
                       twilio_uri(r, "/Calls/%s/Recordings/%s.json", t->leg->sid, t->sid));
        return;
    }
    struct buf url = BUF_INIT(1024);
    twilio_put_tape_url(r->c, t, &url);
    json_kv_string(w, "media_url", buf_str(&url));
    buf_release(&url);
    struct str base = twilio_uri(r, "/Recordings/%s", t->sid);
    json_kv_string(w, "uri", arena_printf(&r->arena, STR_FMT ".json", STR_ARG(base)));
    json_key(w, "subresource_uris");
    json_begin_object(w);
    json_kv_string(w, "add_on_results",
                   arena_printf(&r->arena, STR_FMT "/AddOnResults.json", STR_ARG(base)));
    json_kv_string(w, "transcriptions",
                   arena_printf(&r->arena, STR_FMT "/Transcriptions.json", STR_ARG(base)));
    json_end_object(w);
}

static void put_tape(struct face_request *r, const struct tape *t, bool of_call, bool live,
                     struct json_writer *w) {
    const struct twilio_flavor *f = twilio_flavor_of(r);
    json_begin_object(w);
    json_kv_z(w, "sid", t->sid);
    json_kv_z(w, "account_sid", r->c->account);
    json_kv_z(w, "call_sid", t->leg->sid);
    twilio_put_text(w, "conference_sid", NULL);
    json_kv_z(w, "api_version", "2010-04-01");
    json_kv_z(w, "status", status_word(t, live));
    json_kv_z(w, "source", f->source_words[t->source]);
    if (f->plain_numbers)
        json_kv_z(w, "channels", t->dual ? "2" : "1"); /* of all numbers the one that is a text */
    else
        json_kv_int(w, "channels", t->dual ? 2 : 1);
    if (of_call)
        json_kv_z(w, "track", twilio_track_word(t->track));
    if (t->status == TAPE_COMPLETED)
        twilio_put_number(r, w, "duration", t->duration_s);
    else
        twilio_put_text(w, "duration", NULL);
    twilio_put_text(w, "price", NULL);
    twilio_put_text(w, "price_unit", live ? NULL : "USD");
    twilio_put_date(w, "start_time", t->started_ms);
    twilio_put_date(w, "date_created", t->started_ms);
    twilio_put_date(w, "date_updated", t->updated_ms);
    if (t->carrier_code)
        json_kv_int(w, "error_code", t->carrier_code);
    else
        twilio_put_text(w, "error_code", NULL);
    twilio_put_text(w, "encryption_details", NULL);
    put_uris(r, t, of_call, w);
    json_end_object(w);
}

static void reply_tape(struct face_request *r, const struct tape *t, bool of_call, bool live,
                       int status) {
    struct buf out = BUF_INIT(REPLY_MAX);
    struct json_writer w;
    json_write_init(&w, &out);
    put_tape(r, t, of_call, live, &w);
    face_reply(r, status, &out);
}

/* ---- control
 * ------------------------------------------------------------------------------------------ */

void twilio_recording_start(struct face_request *r) {
    struct leg *l = twilio_leg(r);
    struct str url = face_param(r, "RecordingStatusCallback");
    struct str track = face_param(r, "RecordingTrack");
    if (!l)
        return;
    if (l->status != CALL_ANSWERED || l->parent_sid[0]) { /* record the leg that dialled */
        twilio_error(r, 400, 21220, "Requested resource is not eligible for recording");
        return;
    }
    if (url.len > 0 && !face_is_url(url)) {
        twilio_error(r, 400, 21205, "RecordingStatusCallback is not a valid URL: " STR_FMT,
                     STR_ARG(url));
        return;
    }
    const struct tape_options o = {
        .source = TAPE_FROM_API,
        .dual = str_eq_z(face_param(r, "RecordingChannels"), "dual"),
        .trim = str_eq_z(face_param(r, "Trim"), "trim-silence"),
        .track = str_eq_z(track, "inbound")    ? PLAN_TRACK_INBOUND
                 : str_eq_z(track, "outbound") ? PLAN_TRACK_OUTBOUND
                                               : PLAN_TRACK_BOTH,
        .hook_url = url,
        .hook_get = str_eq_nocase(face_param(r, "RecordingStatusCallbackMethod"), STR("GET")),
        .events = twilio_tape_events(r),
    };
    const struct tape *t = tape_start(r->c, l, &o);
    carrier_touch(r->c, l);
    reply_tape(r, t, true, true, twilio_flavor_of(r)->created);
}

/** The recording of this call that ids[1] names, also as Twilio.CURRENT. NULL: answered. */
static struct tape *call_tape(struct face_request *r, struct leg *l) {
    struct tape *t = NULL;
    if (twilio_flavor_of(r)->current_tape && str_eq_z(r->ids[1], "Twilio.CURRENT")) {
        if (tape_running(l, &t) > 1) {
            twilio_error(r, 400, 16108,
                         "Several recordings run on this call: name one instead of Twilio.CURRENT");
            return NULL;
        }
    } else {
        t = twilio_tape(r, r->ids[1]);
    }
    if (t && t->leg == l)
        return t;
    twilio_not_found(r);
    return NULL;
}

void twilio_recording_update(struct face_request *r) {
    struct leg *l = twilio_leg(r);
    struct tape *t = l ? call_tape(r, l) : NULL;
    struct str status = face_param(r, "Status");
    if (!t)
        return;
    if (t->status > TAPE_PAUSED) {
        twilio_error(r, 400, 21220, "Requested resource is not eligible for recording");
        return;
    }
    if (str_eq_z(status, "paused")) {
        tape_pause(t, str_eq_z(face_param(r, "PauseBehavior"), "skip"));
    } else if (str_eq_z(status, "in-progress")) {
        tape_resume(t);
    } else if (str_eq_z(status, "stopped")) {
        tape_stop(r->c, t);
    } else {
        twilio_error(r, 400, 20001, "Status must be paused, in-progress or stopped");
        return;
    }
    reply_tape(r, t, true, true, 200);
}

static void delete_tape(struct face_request *r, struct tape *t) {
    if (!t) {
        twilio_not_found(r);
    } else if (t->status < TAPE_COMPLETED) {
        twilio_error(r, 409, 20009, "Cannot delete a recording before it is complete");
    } else {
        tape_delete(r->c, t);
        face_empty(r, 204);
    }
}

void twilio_recording_delete(struct face_request *r) {
    delete_tape(r, twilio_tape(r, r->ids[0]));
}

void twilio_call_recording_delete(struct face_request *r) {
    struct leg *l = twilio_leg(r);
    struct tape *t = l ? call_tape(r, l) : NULL;
    if (t)
        delete_tape(r, t);
}

/* ---- fetch and list
 * -------------------------------------------------------------------------------------- */

void twilio_recording_fetch(struct face_request *r) {
    const struct tape *t = twilio_tape(r, r->ids[0]);
    if (t)
        reply_tape(r, t, false, false, 200);
    else
        twilio_not_found(r);
}

void twilio_call_recording_fetch(struct face_request *r) {
    struct leg *l = twilio_leg(r);
    const struct tape *t = l ? call_tape(r, l) : NULL;
    if (t)
        reply_tape(r, t, true, false, 200);
}

static void list(struct face_request *r, const struct leg *only) {
    struct twilio_page p;
    struct twilio_times created;
    if (!twilio_page_read(r, &p) || !twilio_times_read(r, "DateCreated", &created))
        return;
    struct buf out = BUF_INIT(REPLY_MAX);
    struct json_writer w;
    const char *first = NULL, *last = NULL;
    size_t count = 0;
    uint64_t skip = p.after.len > 0 ? 0 : p.number * p.size;
    json_write_init(&w, &out);
    json_begin_object(&w);
    json_key(&w, "recordings");
    json_begin_array(&w);
    const struct tape *t = p.after.len > 0 ? sidmap_get(&r->c->tapes, p.after) : NULL;
    for (t = face_older_tape(r->c, t, only); t; t = face_older_tape(r->c, t, only)) {
        if (t->leg->face != twilio_flavor_of(r)->face ||
            !twilio_times_hold(&created, t->started_ms) || (skip > 0 && skip--))
            continue;
        if (count == p.size)
            break; /* there is one more */
        put_tape(r, t, only != NULL, false, &w);
        first = first ? first : t->sid;
        last = t->sid;
        count++;
    }
    json_end_array(&w);
    twilio_page_put(r, &w, &p, count, first, last, t != NULL);
    json_end_object(&w);
    face_reply(r, 200, &out);
}

void twilio_call_recordings_list(struct face_request *r) {
    const struct leg *l = twilio_leg(r);
    if (l)
        list(r, l);
}

void twilio_recordings_list(struct face_request *r) {
    struct str sid = form_get(&r->query, STR("CallSid"));
    static const struct leg nobody = {0};
    const struct leg *l = sid.len > 0 ? sidmap_get(&r->c->legs, sid) : NULL;
    list(r, sid.len > 0 && !l ? &nobody : l);
}

/* ---- the sound ------------------------------------------------------------------------------ */

/** "RE…", "RE….wav": what the address names. NULL: answered. */
static struct tape *find_tape(struct face_request *r) {
    struct str name = r->ids[0];
    size_t dot = str_find(name, '.');
    struct tape *t = twilio_tape(r, str_from(name.ptr, dot));
    struct str extension = str_from_index(name, dot);
    if (str_eq_z(extension, ".mp3")) {
        twilio_error(r, 404, 20404, "Only .wav is simulated, not .mp3");
        return NULL;
    }
    if (!t || t->status != TAPE_COMPLETED || (extension.len > 0 && !str_eq_z(extension, ".wav"))) {
        twilio_not_found(r);
        return NULL;
    }
    return t;
}

void twilio_recording_media(struct face_request *r) {
    struct tape *t = find_tape(r);
    struct str channels = form_get(&r->query, STR("RequestedChannels"));
    if (!t)
        return;
    if (channels.len > 0 && !str_eq_z(channels, "1") && !str_eq_z(channels, "2")) {
        twilio_error(r, 400, 20001, "RequestedChannels must be 1 or 2");
        return;
    }
    if (str_eq_z(channels, "2") && !t->dual) {
        twilio_error(r, 400, 16113, "The recording is mono: ask for RequestedChannels=1");
        return;
    }
    face_send_tape(r, t, t->dual && !str_eq_z(channels, "1") ? 2 : 1);
}
