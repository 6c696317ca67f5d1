#include "providers/mock/carrier/progress.h"
#include "providers/mock/carrier/signalwire/swml_script.h"

/* Verbs that need no sound: answer, hangup, sleep, detect_machine, request, and those that the box
 * only takes note of. */

enum {
    SLEEP_MAX_MS = 14400 * 1000, /* a call lasts no longer */
    DETECT_HUMAN_MS = 1200,
    DETECT_MACHINE_MS = 2400,
    REQUEST_TEXT_MAX = 65536,
};

static enum exec_next nothing(struct carrier *c, struct leg *l) {
    (void)c, (void)l;
    return EXEC_NEXT;
}

static enum exec_next answer_begin(struct carrier *c, struct leg *l, const struct json *v) {
    swml_expand_params(c, l, v);
    double limit_s = swml_param_number(l, "max_duration", 0);
    if (limit_s >= 1 && limit_s < l->req.time_limit_s) {
        leg_forget(l, LEG_EVENT_TIME_LIMIT);
        leg_at(l, l->answered_ms + (int64_t)(limit_s * 1000), LEG_EVENT_TIME_LIMIT, 0, NULL);
    }
    return EXEC_NEXT;
}

static enum exec_next hangup_begin(struct carrier *c, struct leg *l, const struct json *v) {
    swml_expand_params(c, l, v);
    struct str reason = swml_param_text(l, "reason");
    l->end_reason = str_eq_z(reason, "busy")      ? "busy"
                    : str_eq_z(reason, "decline") ? "declined"
                                                  : "hangup";
    bool refused = l->direction == LEG_INBOUND && l->status == CALL_RINGING;
    l->end = LEG_END_HANGUP_STEP;
    progress_end(c, l,
                 !refused                   ? CALL_COMPLETED
                 : str_eq_z(reason, "busy") ? CALL_BUSY
                                            : CALL_NO_ANSWER,
                 refused ? 486 : 200);
    return EXEC_LEFT;
}

static enum exec_next sleep_begin(struct carrier *c, struct leg *l, const struct json *v) {
    swml_expand_params(c, l, v);
    const struct swml_value *given = &swml_script(l)->expanded;
    if (given->type == SWML_OBJECT)
        given = swml_param(l, "duration");
    double ms = given ? swml_value_to_number(given) : -2;
    if (!(ms >= -1)) {
        swml_warn(c, l, "relay_script_method_parameter_invalid_value", STR("sleep.duration"));
        return EXEC_NEXT;
    }
    return exec_wait(l, ms < 0 || ms > SLEEP_MAX_MS ? SLEEP_MAX_MS : (int64_t)ms);
}

/* ---- detect_machine ---------------------------------------------------------------------------
 */

static enum exec_next detect_begin(struct carrier *c, struct leg *l, const struct json *v) {
    swml_expand_params(c, l, v);
    bool machine = l->callee->outcome == CALLEE_MACHINE, silent = l->callee->silent;
    double limit_s = swml_param_number(l, "timeout", 30);
    int64_t ms = machine ? DETECT_MACHINE_MS : silent ? (int64_t)(limit_s * 1000) : DETECT_HUMAN_MS;
    if (machine && swml_param_bool(l, "detect_message_end", false) &&
        l->machine_silent_ms > l->now_ms + ms)
        ms = l->machine_silent_ms - l->now_ms;
    if (!swml_param_bool(l, "wait", true)) {
        swml_set_var(l, "detect_result", STR("detecting"));
        ms = 0;
    }
    swml_take_var(l, STR("detect_ms"), swml_number((double)ms));
    return exec_wait(l, ms);
}

static enum exec_next detect_resume(struct carrier *c, struct leg *l) {
    bool machine = l->callee->outcome == CALLEE_MACHINE, silent = l->callee->silent;
    bool beep = machine && swml_param_bool(l, "detect_message_end", false);
    struct sw_event e;
    swml_set_var(l, "detect_result",
                 machine  ? STR("machine")
                 : silent ? STR("unknown")
                          : STR("human"));
    swml_take_var(l, STR("detect_beep"), swml_bool(beep));
    sw_event_begin(&e, c, l, "calling.call.detect");
    json_kv_z(&e.w, "control_id", swml_script(l)->control_id);
    json_key(&e.w, "detect");
    json_begin_object(&e.w);
    json_kv_z(&e.w, "type", "machine");
    json_key(&e.w, "params");
    json_begin_object(&e.w);
    json_kv_z(&e.w, "event", machine ? "MACHINE" : silent ? "UNKNOWN" : "HUMAN");
    json_kv_bool(&e.w, "beep", beep);
    json_end_object(&e.w);
    json_end_object(&e.w);
    sw_event_send(&e, c, l, swml_param_text(l, "status_url"));
    return EXEC_NEXT;
}

/* ---- request ----------------------------------------------------------------------------------
 */

static const char *method_of(struct str name) {
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE"};
    for (size_t i = 0; i < ARRAY_LEN(methods); i++)
        if (str_eq_nocase(name, str_z(methods[i])))
            return methods[i];
    return "GET";
}

/** Only these may be set ("SignalWire docs: request"). */
static bool may_set(struct str header) {
    static const char *const names[] = {"Accept", "Authorization", "Content-Type", "Range"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        if (str_eq_nocase(header, str_z(names[i])))
            return true;
    return header.len > 2 && str_eq_nocase(str_from(header.ptr, 2), STR("X-"));
}

static void set_headers(struct leg *l, struct outgoing *o) {
    const struct swml_value *headers = swml_param(l, "headers");
    for (size_t i = 0; headers && i < headers->count; i++) {
        const struct swml_member *m = &headers->items[i];
        if (headers->type == SWML_OBJECT && may_set(m->name) && m->value.type == SWML_STRING)
            outgoing_add_header(o, m->name, m->value.text);
    }
}

static enum exec_next request_begin(struct carrier *c, struct leg *l, const struct json *v) {
    swml_expand_params(c, l, v);
    struct str url = swml_param_text(l, "url");
    const char *method = method_of(swml_param_text(l, "method"));
    bool get = str_eq_z(str_z(method), "GET");
    const struct swml_value *body = swml_param(l, "body");
    struct outgoing *o = outgoing_new(c, l, OUTGOING_NOTICE, url, get);
    swml_set_var(l, "request_url", url);
    if (!o) {
        swml_set_var(l, "request_result", STR("failed"));
        return EXEC_NEXT;
    }
    o->method = method;
    if (!get)
        swml_value_put_text(body, &o->json);
    set_headers(l, o);
    double timeout_s = swml_param_number(l, "timeout", 0);
    if (timeout_s > 0 && timeout_s * 1000 < o->rules.total_ms)
        o->rules.total_ms = (uint32_t)(timeout_s * 1000);
    o->rules.retry_on = 0;
    swml_send(c, l, o);
    return EXEC_WAIT;
}

static enum exec_next request_resume(struct carrier *c, struct leg *l) {
    struct outgoing *o = swml_script(l)->reply;
    bool ok = o->rc == ERR_OK && o->status >= 200 && o->status < 300;
    (void)c;
    swml_set_var(l, "request_result", ok ? STR("success") : STR("failed"));
    swml_take_var(l, STR("request_response_code"), swml_number(o->status));
    struct swml_value headers = swml_object();
    swml_value_set_text(&headers, "content-type", str_z(o->content_type));
    swml_take_var(l, STR("request_response_headers"), headers);
    struct str body =
        str_from(o->body.ptr, o->body.len < REQUEST_TEXT_MAX ? o->body.len : REQUEST_TEXT_MAX);
    swml_set_var(l, "request_response_body", body);
    if (swml_param_bool(l, "save_variables", false))
        swml_take_var(l, STR("request_response"), swml_value_parse(body));
    return EXEC_NEXT;
}

/* ---- taken note of ----------------------------------------------------------------------------
 */

/** What such a verb leaves behind: nothing of it happens. */
static const struct note {
    const char *verb, *variable, *value;
} notes[] = {
    {"send_sms", "send_sms_result", "success"},
    {"user_event", NULL, NULL},
    {"denoise", "denoise_result", "on"},
    {"stop_denoise", "denoise_result", "off"},
    {"tap", "tap_result", "success"},
    {"stop_tap", "stop_tap_result", "success"},
    {"stream", NULL, NULL},
    {"stop_stream", NULL, NULL},
    {"transcribe", NULL, NULL},
    {"transcribe_stop", NULL, NULL},
    {"live_transcribe", NULL, NULL},
    {"live_translate", NULL, NULL},
    {"send_fax", "send_fax_result", "failed"},
    {"receive_fax", "receive_fax_result", "failed"},
    {"sip_refer", "sip_refer_result", "failed"},
    {"join_room", "join_room_result", "failed"},
    {"execute_rpc", NULL, NULL},
    {"ai_sidecar", NULL, NULL},
    {"amazon_bedrock", "return_value", "failed"},
};

static enum exec_next note_begin(struct carrier *c, struct leg *l, const struct json *v) {
    const char *name = swml_script(l)->verb->name;
    (void)v;
    log_warn(c->log, "carrier step is not simulated", LOG_Z("sid", l->sid), LOG_Z("step", name));
    for (size_t i = 0; i < ARRAY_LEN(notes); i++)
        if (str_eq_z(str_z(name), notes[i].verb) && notes[i].variable)
            swml_set_var(l, notes[i].variable, str_z(notes[i].value));
    return EXEC_NEXT;
}

#define NOTED_VERB(verb) \
    { .name = verb, .begin = note_begin }

const struct swml_verb swml_quiet_verbs[] = {
    {.name = "answer", .begin = answer_begin},
    {.name = "hangup", .begin = hangup_begin},
    {.name = "sleep", .begin = sleep_begin, .resume = nothing},
    {.name = "detect_machine", .begin = detect_begin, .resume = detect_resume},
    {.name = "request", .begin = request_begin, .resume = request_resume},
    NOTED_VERB("send_sms"),
    NOTED_VERB("user_event"),
    NOTED_VERB("denoise"),
    NOTED_VERB("stop_denoise"),
    NOTED_VERB("tap"),
    NOTED_VERB("stop_tap"),
    NOTED_VERB("stream"),
    NOTED_VERB("stop_stream"),
    NOTED_VERB("transcribe"),
    NOTED_VERB("transcribe_stop"),
    NOTED_VERB("live_transcribe"),
    NOTED_VERB("live_translate"),
    NOTED_VERB("send_fax"),
    NOTED_VERB("receive_fax"),
    NOTED_VERB("sip_refer"),
    NOTED_VERB("join_room"),
    NOTED_VERB("execute_rpc"),
    NOTED_VERB("ai_sidecar"),
    NOTED_VERB("amazon_bedrock"),
};
const size_t swml_quiet_verb_count = ARRAY_LEN(swml_quiet_verbs);
