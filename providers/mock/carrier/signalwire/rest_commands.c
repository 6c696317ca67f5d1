#include "core/base/mem.h"
#include "core/domain/phone.h"
#include "providers/mock/carrier/exec.h"
#include "providers/mock/carrier/progress.h"
#include "providers/mock/carrier/signalwire/rest.h"
#include "providers/mock/carrier/signalwire/swml_exec.h"

/** One command while it is being carried out; it notes faults, or does its work and leaves none. */
struct command {
    struct carrier *c;
    struct leg *l;
    const struct json *params;
    struct sw_faults faults;
    bool missing; /* what it names is not there: 404 */
};

static struct str text_of(const struct command *k, const char *name) {
    return json_str(json_get(k->params, name));
}

static bool wrong(struct command *k, const char *attribute, const char *what) {
    return sw_fault(&k->faults, "invalid_parameter", attribute, "%s %s", attribute, what);
}

static bool bad_state(struct command *k, const char *why) {
    return sw_fault(&k->faults, "invalid_state", NULL, "%s", why);
}

/** control_id, which nearly every command needs; empty: a fault was noted. */
static struct str control_id(struct command *k) {
    struct str id = text_of(k, "control_id");
    if (id.len == 0)
        (void)sw_fault(&k->faults, "missing_required_parameter", "control_id",
                       "control_id is required");
    return id;
}

/* ---- end, transfer -------------------------------------------------------------------------- */

/** Hang up; a leg that another one dialled goes by the clock of that one. */
static void end_leg(struct command *k, enum call_status unanswered, int sip_code) {
    struct leg *parent = sidmap_get(&k->c->legs, str_z(k->l->parent_sid));
    k->l->end = LEG_END_API;
    if (parent) {
        leg_sync(k->c, parent);
        (void)exec_dial_end(parent, k->l);
        carrier_touch(k->c, parent);
    } else if (k->l->status == CALL_ANSWERED) {
        progress_end(k->c, k->l, CALL_COMPLETED, 200);
    } else {
        progress_end(k->c, k->l, unanswered, sip_code);
    }
}

static void end(struct command *k) {
    static const struct {
        const char *reason, *word, *other_spelling;
        enum call_status unanswered;
        int sip_code;
    } table[] = {
        {"hangup", "hangup", "hangup", CALL_CANCELED, 487},
        {"cancel", "cancel", "cancel", CALL_CANCELED, 487},
        {"busy", "busy", "busy", CALL_BUSY, 486},
        {"noAnswer", "no_answer", "noAnswer", CALL_NO_ANSWER, 480},
        {"decline", "declined", "decline", CALL_FAILED, 603},
        {"error", "error", "error", CALL_FAILED, 500},
    };
    struct str reason = text_of(k, "reason");
    size_t i = 0;
    while (reason.len > 0 && i < ARRAY_LEN(table) && !str_eq_z(reason, table[i].reason))
        i++;
    if (i == ARRAY_LEN(table)) {
        (void)wrong(k, "reason", "is not one of its values");
        return;
    }
    bool other = sw_is_on(k->c, "other_spelling");
    k->l->end_reason = other ? table[i].other_spelling : table[i].word;
    end_leg(k, table[i].unanswered, table[i].sip_code);
}

/** A document that connects the call to this destination. */
static void connect_to(struct command *k, struct str to) {
    struct buf text = BUF_INIT(8192);
    buf_puts(&text, "{\"version\":\"1.0.0\",\"sections\":{\"main\":[{\"connect\":{\"to\":");
    buf_put_json(&text, to);
    buf_puts(&text, "}}]}}");
    swml_start_text(k->c, k->l, buf_str(&text));
    buf_release(&text);
}

static void transfer(struct command *k) {
    const struct json *dest = json_get(k->params, "dest");
    struct str to = json_str(dest);
    struct buf text = BUF_INIT(1024 * 1024);
    if (json_type(dest) == JSON_OBJECT)
        json_put_value(&text, dest);
    else if (str_starts(to, STR("{")))
        buf_put_str(&text, to);
    if (json_type(dest) <= JSON_NULL)
        (void)sw_fault(&k->faults, "missing_required_parameter", "dest", "dest is required");
    else if (text.len > 0)
        swml_start_text(k->c, k->l, buf_str(&text));
    else if (face_is_url(to))
        swml_start_url(k->c, k->l, to, false);
    else if (phone_is_e164(to) || str_starts(to, STR("sip:")) || str_starts(to, STR("sips:")))
        connect_to(k, to);
    else
        (void)wrong(k, "dest", "must be a number, a SIP URI, a URL or a document");
    buf_release(&text);
}

/* ---- play ----------------------------------------------------------------------------------- */

/** How long one piece lasts; what is spoken is heard by the callee. < 0: a fault was noted. */
static int64_t play_item(struct command *k, const struct json *item, int64_t start_ms) {
    struct str type = json_str(json_get(item, "type"));
    const struct json *params = json_get(item, "params");
    struct str text = json_str(json_get(params, "text"));
    if (str_eq_z(type, "tts") && text.len > 0) {
        uint32_t ms = leg_speech_ms(text);
        leg_note(k->l, LEG_ASSISTANT, start_ms, ms, text);
        k->l->said[k->l->said_count - 1].from_api = true;
        return ms;
    }
    if (str_eq_z(type, "silence"))
        return (int64_t)(json_double(json_get(params, "duration"), 0) * 1000);
    if (str_eq_z(type, "ringtone"))
        return (int64_t)(json_double(json_get(params, "duration"), 5) * 1000);
    if (str_eq_z(type, "audio") && face_is_url(json_str(json_get(params, "url"))))
        return 3000; /* background sounds are not fetched */
    (void)wrong(k, "play", "must be a list of audio, tts, silence or ringtone with their params");
    return -1;
}

static struct outgoing *play_event(struct command *k, struct str id, const char *state) {
    struct outgoing *o = outgoing_new(k->c, k->l, OUTGOING_NOTICE, text_of(k, "status_url"), false);
    struct sw_event e;
    if (!o)
        return NULL;
    sw_event_begin(&e, k->c, k->l, "calling.call.play");
    json_kv_string(&e.w, "control_id", id);
    json_kv_z(&e.w, "state", state);
    sw_event_put(&e, k->c, k->l, o);
    params_add(&o->params, "control_id", id); /* not sent: to find it again */
    return o;
}

static void play(struct command *k) {
    struct str id = control_id(k);
    const struct json *list = json_get(k->params, "play");
    int64_t end_ms = k->l->now_ms;
    if (json_type(list) != JSON_ARRAY || json_count(list) == 0)
        (void)sw_fault(&k->faults, "missing_required_parameter", "play", "play is required");
    (void)sw_check_url(&k->faults, k->params, "status_url");
    if (k->faults.count > 0)
        return;
    for (const struct json *v = json_first(list); v; v = json_next(v)) {
        int64_t ms = play_item(k, v, end_ms);
        if (ms < 0)
            return;
        end_ms += ms;
    }
    struct outgoing *begins = play_event(k, id, "playing"), *ends = play_event(k, id, "finished");
    if (begins)
        outgoing_send(k->c, begins, NULL);
    if (ends)
        leg_at(k->l, end_ms, LEG_EVENT_NOTICE, 0, ends);
}

/** The notice that waits for the end of this sound goes out now. */
static void play_stop(struct command *k) {
    struct str id = control_id(k);
    struct leg *l = k->l;
    for (size_t i = 0; i < l->event_count; i++) {
        struct outgoing *o = l->events[i].kind == LEG_EVENT_NOTICE ? l->events[i].data : NULL;
        if (!o || o->params.count == 0 || !str_eq(o->params.items[0].value, id))
            continue;
        leg_cut_api_speech(l);
        memmove(&l->events[i], &l->events[i + 1], (l->event_count - i - 1) * sizeof *l->events);
        l->event_count--;
        outgoing_send(k->c, o, NULL);
        return;
    }
}

static void control_only(struct command *k) {
    (void)control_id(k);
}

/* ---- record --------------------------------------------------------------------------------- */

static void record(struct command *k) {
    static const char *const directions[] = {"listen", "speak", "both"};
    static const char *const formats[] = {"mp3", "wav", "mp4"};
    const struct json *audio = json_get(json_get(k->params, "record"), "audio");
    if (!audio) /* so the Python SDK sends it */
        audio = json_get(k->params, "audio");
    struct str id = control_id(k), direction = json_str(json_get(audio, "direction"));
    if (json_type(audio) != JSON_OBJECT)
        (void)sw_fault(&k->faults, "missing_required_parameter", "record",
                       "record.audio is required");
    (void)sw_check_word(&k->faults, audio, "direction", directions, ARRAY_LEN(directions));
    (void)sw_check_word(&k->faults, audio, "format", formats, ARRAY_LEN(formats));
    (void)sw_check_url(&k->faults, k->params, "status_url");
    if (id.len > 0 && tape_find_running(k->l, id))
        (void)bad_state(k, "a recording with this control_id is running");
    if (k->faults.count > 0)
        return;
    const struct tape_options o = {
        .source = TAPE_FROM_API,
        .dual = json_bool(json_get(audio, "stereo"), false),
        .track = str_eq_z(direction, "both")     ? PLAN_TRACK_BOTH
                 : str_eq_z(direction, "listen") ? PLAN_TRACK_OUTBOUND
                                                 : PLAN_TRACK_INBOUND,
        .hook_url = text_of(k, "status_url"),
        .events = UINT32_MAX,
        .name = id,
    };
    (void)tape_start(k->c, k->l, &o);
}

/** The running recording that control_id names; NULL: a fault was noted, or there is none. */
static struct tape *named_tape(struct command *k) {
    struct str id = control_id(k);
    struct tape *t = id.len > 0 ? tape_find_running(k->l, id) : NULL;
    k->missing = id.len > 0 && !t;
    return t;
}

static void record_pause(struct command *k) {
    static const char *const behaviors[] = {"skip", "silence"};
    struct tape *t = named_tape(k);
    if (!sw_check_word(&k->faults, k->params, "behavior", behaviors, ARRAY_LEN(behaviors)) || !t)
        return;
    if (t->status == TAPE_PAUSED) {
        (void)bad_state(k, "the recording is paused already");
        return;
    }
    tape_pause(t, !str_eq_z(text_of(k, "behavior"), "silence"));
    tape_notify(k->c, t, TAPE_EVENT_PAUSED);
}

static void record_resume(struct command *k) {
    struct tape *t = named_tape(k);
    if (!t)
        return;
    if (t->status != TAPE_PAUSED) {
        (void)bad_state(k, "the recording is not paused");
        return;
    }
    tape_resume(t);
    tape_notify(k->c, t, TAPE_EVENT_RESUMED);
}

static void record_stop(struct command *k) {
    struct tape *t = named_tape(k);
    if (t)
        tape_stop(k->c, t);
}

/* ---- ai ------------------------------------------------------------------------------------- */

static void ai_hold(struct command *k) {
    const struct json *timeout = json_get(k->params, "timeout");
    uint64_t seconds = 300;
    if (json_type(timeout) > JSON_NULL && !str_to_u64(json_str(timeout), 900, &seconds))
        (void)wrong(k, "timeout", "must be a number of seconds, written as a string");
    else if (!swml_ai_hold(k->c, k->l, (uint32_t)seconds, text_of(k, "prompt")))
        (void)bad_state(k, "no AI agent is running on this call");
}

static void ai_unhold(struct command *k) {
    if (!swml_ai_unhold(k->c, k->l))
        (void)bad_state(k, "no AI agent is running on this call");
}

static void ai_stop(struct command *k) {
    if (!swml_ai_stop(k->c, k->l))
        (void)bad_state(k, "no AI agent is running on this call");
}

static void ai_message(struct command *k) {
    static const char *const roles[] = {"system", "user", "assistant"};
    const struct json *data = json_get(k->params, "global_data");
    if (json_type(data) > JSON_NULL && json_type(data) != JSON_OBJECT)
        (void)wrong(k, "global_data", "must be an object");
    if (!sw_check_word(&k->faults, k->params, "role", roles, ARRAY_LEN(roles)) ||
        k->faults.count > 0)
        return;
    if (!swml_ai_message(k->c, k->l, text_of(k, "role"), text_of(k, "message_text"),
                         json_type(data) == JSON_OBJECT ? data : NULL))
        (void)bad_state(k, "no AI agent is running on this call");
}

/* ---- others --------------------------------------------------------------------------------- */

static void user_event(struct command *k) {
    if (json_type(json_get(k->params, "event")) != JSON_OBJECT)
        (void)sw_fault(&k->faults, "missing_required_parameter", "event", "event is required");
}

static void nothing(struct command *k) {
    (void)k;
}

static void not_simulated(struct command *k) {
    (void)sw_fault(&k->faults, "feature_not_available", "command", "this command is not simulated");
}

/* ---- update --------------------------------------------------------------------------------- */

static void redirect(struct command *k, const struct sw_document *d) {
    if (k->l->status != CALL_ANSWERED || k->l->parent_sid[0]) {
        (void)sw_fault(&k->faults, "cannot_redirect_not_in_progress", NULL,
                       "only a call in progress can be redirected");
        return;
    }
    if (d->swml)
        swml_start_text(k->c, k->l, str_z(d->swml));
    else
        swml_start_url(k->c, k->l, d->url, false);
}

static void update(struct command *k) {
    static const char *const words[] = {"canceled", "completed"};
    struct sw_document d = {0};
    struct str status = text_of(k, "status");
    (void)sw_check_word(&k->faults, k->params, "status", words, ARRAY_LEN(words));
    (void)sw_check_url(&k->faults, k->params, "fallback_url");
    (void)sw_check_url(&k->faults, k->params, "status_url");
    (void)sw_take_document(&k->faults, k->params, false, &d);
    if (leg_is_over(k->l))
        (void)sw_fault(&k->faults, "cannot_update_completed", NULL, "the call has ended");
    else if (str_eq_z(status, "canceled") && k->l->status == CALL_ANSWERED)
        (void)sw_fault(&k->faults, "cannot_cancel_in_progress", "status",
                       "only a call that is queued or ringing can be canceled");
    else if (str_eq_z(status, "completed") && k->l->status != CALL_ANSWERED)
        (void)sw_fault(&k->faults, "call_update_failed", "status",
                       "only a call in progress can be completed");
    if (k->faults.count == 0) {
        (void)sw_take_hook(k->params, "fallback_url", NULL, &k->l->req.fallback);
        (void)sw_take_hook(k->params, "status_url", NULL, &k->l->req.status);
        if (status.len > 0)
            end_leg(k, CALL_CANCELED, 487);
        else if (d.url.len > 0 || d.swml)
            redirect(k, &d);
    }
    mem_free(d.swml);
}

/* ---- which one ------------------------------------------------------------------------------ */

enum needs {
    NEEDS_LEG = 0,  /* says itself what else */
    NEEDS_ALIVE,    /* not over */
    NEEDS_ANSWERED, /* talking */
};

static const struct {
    const char *name;
    void (*run)(struct command *k);
    enum needs needs;
} commands[] = {
    {"update", update, NEEDS_LEG},
    {"calling.end", end, NEEDS_ALIVE},
    {"calling.transfer", transfer, NEEDS_ANSWERED},
    {"calling.disconnect", nothing, NEEDS_ANSWERED},
    {"calling.play", play, NEEDS_ANSWERED},
    {"calling.play.pause", control_only, NEEDS_ANSWERED},
    {"calling.play.resume", control_only, NEEDS_ANSWERED},
    {"calling.play.stop", play_stop, NEEDS_ANSWERED},
    {"calling.play.volume", control_only, NEEDS_ANSWERED},
    {"calling.record", record, NEEDS_ANSWERED},
    {"calling.record.pause", record_pause, NEEDS_ANSWERED},
    {"calling.record.resume", record_resume, NEEDS_ANSWERED},
    {"calling.record.stop", record_stop, NEEDS_ANSWERED},
    {"calling.ai_hold", ai_hold, NEEDS_ANSWERED},
    {"calling.ai_unhold", ai_unhold, NEEDS_ANSWERED},
    {"calling.ai_message", ai_message, NEEDS_ANSWERED},
    {"calling.ai.stop", ai_stop, NEEDS_ANSWERED},
    {"calling.denoise", nothing, NEEDS_ANSWERED},
    {"calling.denoise.stop", nothing, NEEDS_ANSWERED},
    {"calling.user_event", user_event, NEEDS_ANSWERED},
    {"calling.collect", not_simulated, NEEDS_LEG},
    {"calling.collect.stop", not_simulated, NEEDS_LEG},
    {"calling.collect.start_input_timers", not_simulated, NEEDS_LEG},
    {"calling.detect", not_simulated, NEEDS_LEG},
    {"calling.detect.stop", not_simulated, NEEDS_LEG},
    {"calling.tap", not_simulated, NEEDS_LEG},
    {"calling.tap.stop", not_simulated, NEEDS_LEG},
    {"calling.stream", not_simulated, NEEDS_LEG},
    {"calling.stream.stop", not_simulated, NEEDS_LEG},
    {"calling.transcribe", not_simulated, NEEDS_LEG},
    {"calling.transcribe.stop", not_simulated, NEEDS_LEG},
    {"calling.ai_sidecar", not_simulated, NEEDS_LEG},
    {"calling.live_transcribe", not_simulated, NEEDS_LEG},
    {"calling.live_translate", not_simulated, NEEDS_LEG},
    {"calling.send_fax.stop", not_simulated, NEEDS_LEG},
    {"calling.receive_fax.stop", not_simulated, NEEDS_LEG},
    {"calling.refer", not_simulated, NEEDS_LEG},
};

static void run(struct face_request *r, size_t which, struct leg *l, const struct json *params) {
    struct command k = {.c = r->c, .l = l, .params = params, .faults = {.r = r}};
    enum needs needs = commands[which].needs;
    if (!sw_is_native(l))
        (void)sw_fault(&k.faults, "invalid_call_id_passed", "id",
                       "the id is that of a call of the Compatibility API");
    else if (needs == NEEDS_ALIVE ? leg_is_over(l)
                                  : needs == NEEDS_ANSWERED && l->status != CALL_ANSWERED)
        (void)bad_state(&k, "the call is not in a state for this command");
    else
        commands[which].run(&k);
    if (!l->parent_sid[0])
        carrier_touch(r->c, l);
    if (sw_faults_answer(&k.faults))
        return;
    if (k.missing)
        sw_error(r, 404);
    else
        sw_reply_call(r, l);
}

void sw_command(struct face_request *r) {
    const struct json *root = r->json ? json_root(r->json) : NULL;
    const struct json *params = json_get(root, "params");
    struct str name = json_str(json_get(root, "command"));
    struct sw_faults f = {.r = r};
    size_t i = 0;
    if (!root) {
        sw_error(r, 400);
        return;
    }
    while (i < ARRAY_LEN(commands) && !str_eq_z(name, commands[i].name))
        i++;
    struct str id = json_str(json_get(i == 0 ? params : root, "id"));
    bool dials = str_eq_z(name, "dial");
    if (name.len == 0)
        (void)sw_fault(&f, "missing_required_parameter", "command", "command is required");
    else if (!dials && i == ARRAY_LEN(commands))
        (void)sw_fault(&f, "invalid_command_attempted", "command", "there is no such command");
    else if (json_type(params) > JSON_NULL && json_type(params) != JSON_OBJECT)
        (void)sw_fault(&f, "invalid_parameter", "params", "params must be an object");
    else if (!dials && id.len == 0)
        (void)sw_fault(&f, "missing_required_parameter", "id", "id is required");
    if (sw_faults_answer(&f))
        return;
    struct leg *l = dials ? NULL : face_find_leg(r, id);
    if (dials)
        sw_dial(r, params);
    else if (l)
        run(r, i, l, params);
    else
        sw_error(r, 404);
}
