#include "core/base/mem.h"
#include "providers/mock/carrier/exec.h"
#include "providers/mock/carrier/plivo/rest.h"

enum {
    KEY_MS = 200,
    RECORD_DEFAULT_S = 60,
    RECORD_MAX_S = 86400,
    LOOPS = 1000, /* "for ever": the call ends before that */
};

/** Both parties hear it, or the other one alone: the box has one listener. */
static bool check_legs(struct face_request *r, const char *name) {
    struct str legs = face_param(r, name);
    if (legs.len == 0 || str_eq_z(legs, "aleg") || str_eq_z(legs, "bleg") || str_eq_z(legs, "both"))
        return true;
    plivo_error(r, 400, "%s parameter is invalid. It must be aleg, bleg or both", name);
    return false;
}

static void mark_api(struct leg *l) {
    l->said[l->said_count - 1].from_api = true;
}

/* ---- play and speak ------------------------------------------------------------------------- */

/** face_flags: how often it is played. */
static void on_sound(struct carrier *c, struct outgoing *o) {
    struct leg *l = o->leg;
    (void)c;
    if (leg_is_over(l) || o->carrier_code)
        return;
    int64_t ms = (int64_t)exec_media_ms(o) * o->face_flags;
    leg_note(l, LEG_ASSISTANT, l->now_ms, (uint32_t)(ms < 3600000 ? ms : 3600000), STR(""));
    mark_api(l);
}

void plivo_play_start(struct face_request *r) {
    struct leg *l = plivo_live_leg(r);
    bool loop = false, mix = true;
    uint32_t length_s = 0;
    if (!l || plivo_missing(r, "urls") || !check_legs(r, "legs") ||
        !plivo_take_flag(r, "loop", &loop) || !plivo_take_flag(r, "mix", &mix) ||
        !plivo_take_number(r, "length", 1, 86400, &length_s))
        return;
    struct str urls = face_param(r, "urls"), url, rest = urls;
    while (str_next(&rest, ',', &url)) {
        if (!face_is_url(str_trim(url))) {
            plivo_error(r, 400, "urls parameter is invalid. It must be absolute URLs");
            return;
        }
    }
    while (str_next(&urls, ',', &url)) {
        struct outgoing *o = outgoing_new(r->c, l, OUTGOING_MEDIA, str_trim(url), true);
        o->face_flags = loop ? LOOPS : 1;
        outgoing_send(r->c, o, on_sound);
    }
    plivo_message(r, 202, "play started");
}

void plivo_speak_start(struct face_request *r) {
    struct leg *l = plivo_live_leg(r);
    bool loop = false, mix = true;
    if (!l || plivo_missing(r, "text") || !check_legs(r, "legs") ||
        !plivo_take_flag(r, "loop", &loop) || !plivo_take_flag(r, "mix", &mix))
        return;
    (void)exec_say(r->c, l, face_param(r, "text"));
    mark_api(l);
    carrier_touch(r->c, l);
    plivo_message(r, 202, "speak started");
}

static void stop_sound(struct face_request *r) {
    struct leg *l = plivo_live_leg(r);
    if (!l)
        return;
    leg_cut_api_speech(l);
    face_empty(r, 204);
}

void plivo_play_stop(struct face_request *r) {
    stop_sound(r);
}

void plivo_speak_stop(struct face_request *r) {
    stop_sound(r);
}

void plivo_digits_send(struct face_request *r) {
    struct leg *l = plivo_live_leg(r);
    struct str digits = {0};
    if (!l || plivo_missing(r, "digits") || !check_legs(r, "leg") ||
        !plivo_take_digits(r, "digits", &digits))
        return;
    leg_note(l, LEG_KEYS, l->now_ms, (uint32_t)digits.len * KEY_MS, digits);
    plivo_message(r, 202, "digits sent");
}

/* ---- record --------------------------------------------------------------------------------- */

/** wav, also when nothing is asked for: the box has no mp3 encoder, and says so. */
static bool check_format(struct face_request *r) {
    struct str format = face_param(r, "file_format");
    if (format.len == 0 || str_eq_z(format, "wav"))
        return true;
    if (str_eq_z(format, "mp3"))
        plivo_error(r, 400, "file_format: mp3 is not simulated, ask for wav");
    else
        plivo_error(r, 400, "file_format parameter is invalid. It must be mp3 or wav");
    return false;
}

void plivo_record_start(struct face_request *r) {
    struct leg *l = plivo_live_leg(r);
    uint32_t limit_s = RECORD_DEFAULT_S;
    struct str channels = face_param(r, "record_channel_type");
    struct leg_hook hook = {0};
    if (!l || !check_format(r) || !plivo_take_number(r, "time_limit", 1, RECORD_MAX_S, &limit_s) ||
        !plivo_take_hook(r, "callback_url", "callback_method", &hook))
        return;
    if (channels.len > 0 && !str_eq_z(channels, "mono") && !str_eq_z(channels, "stereo")) {
        plivo_error(r, 400, "record_channel_type parameter is invalid. It must be mono or stereo");
        mem_free(hook.url);
        return;
    }
    const struct tape_options o = {
        .source = TAPE_FROM_API,
        .over_api = true,
        .dual = str_eq_z(channels, "stereo"),
        .limit_s = limit_s,
        .track = PLAN_TRACK_BOTH,
        .hook_url = str_z(hook.url),
        .hook_get = hook.get,
        .events = TAPE_EVENT_COMPLETED,
    };
    const struct tape *t = tape_start(r->c, l, &o);
    mem_free(hook.url);
    carrier_touch(r->c, l);
    struct buf out, url = BUF_INIT(1024);
    struct json_writer w;
    plivo_put_tape_url(r->c, t, &url);
    plivo_begin(r, &out, &w);
    json_kv_z(&w, "message", "call recording started");
    json_kv_z(&w, "recording_id", t->sid);
    json_kv_string(&w, "url", buf_str(&url));
    plivo_send(r, 202, &out, &w);
    buf_release(&url);
}

/** With URL: that recording only. */
void plivo_record_stop(struct face_request *r) {
    struct leg *l = plivo_live_leg(r);
    if (!l)
        return;
    struct str only = face_param(r, "URL");
    if (!only.ptr)
        only = face_query(r, "URL");
    for (struct tape *t = l->tapes; t; t = t->next)
        if (only.len == 0 || str_find_str(only, str_z(t->sid)) < only.len)
            tape_stop(r->c, t);
    carrier_touch(r->c, l);
    face_empty(r, 204);
}

void plivo_stream_start(struct face_request *r) {
    plivo_error(r, 400, "audio streams are not simulated");
}
