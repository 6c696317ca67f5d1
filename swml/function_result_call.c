#include "swml/function_result_json.h"

/* Results that act on the call itself, through a document of one or two verbs. */
enum {
    CONFERENCE_MAX = 250,
    RTP_PTIME_DEFAULT_MS = 20,
    END_TIMEOUT_S = 5,
};

static const char pay_response[] = "The payment status is ${pay_result}, do not mention anything "
                                   "else about collecting payment if successful.";

/* ---- the call -------------------------------------------------------------------------------- */

void function_result_connect(struct function_result *r, struct str to, struct str from,
                             bool final) {
    struct json_writer w;
    if (!result_is_given(r, "to", to))
        return;
    result_begin_swml(r, &w, (struct str){0});
    result_begin_verb(&w, "connect");
    json_kv_string(&w, "to", to);
    result_kv_given(&w, "from", from);
    result_end_verb(&w);
    result_end_swml(&w, final ? "true" : "false");
}

void function_result_transfer(struct function_result *r, struct str dest, struct str ai_response,
                              bool final) {
    struct json_writer w;
    if (!result_is_given(r, "dest", dest))
        return;
    result_begin_swml(r, &w, ai_response);
    result_begin_verb(&w, "transfer");
    json_kv_string(&w, "dest", dest);
    result_end_verb(&w);
    result_end_swml(&w, final ? "true" : "false");
}

void function_result_execute_swml(struct function_result *r, struct str document, bool transfer) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct json_writer w;
    bool readable = json_parse(document, &result_json_limits, &doc, NULL) == ERR_OK &&
                    json_type(json_root(doc)) == JSON_OBJECT;
    result_begin(r, &w);
    json_key(&w, "SWML");
    if (readable) {
        json_put_raw(&w, document);
    } else {
        json_begin_object(&w);
        json_kv_string(&w, "raw_swml", document);
        json_end_object(&w);
    }
    if (transfer)
        json_kv_z(&w, "transfer", "true");
    json_end_object(&w);
}

static const char *const record_formats[] = {"wav", "mp3", "mp4", NULL};
static const char *const directions[] = {"speak", "listen", "both", NULL};

void function_result_record_call(struct function_result *r, const struct function_record_call *o) {
    struct json_writer w;
    if (!result_is_word(r, "format", o->format, record_formats, "say wav, mp3 or mp4") ||
        !result_is_word(r, "direction", o->direction, directions, "say speak, listen or both"))
        return;
    result_begin_swml(r, &w, (struct str){0});
    result_begin_verb(&w, "record_call");
    json_kv_bool(&w, "stereo", o->stereo);
    result_kv_or(&w, "format", o->format, "wav");
    result_kv_or(&w, "direction", o->direction, "both");
    json_kv_bool(&w, "beep", o->beep);
    result_kv_double(&w, "input_sensitivity", o->input_sensitivity > 0 ? o->input_sensitivity : 44);
    result_kv_given(&w, "control_id", o->control_id);
    result_kv_given(&w, "terminators", o->terminators);
    if (o->initial_timeout_s > 0)
        result_kv_double(&w, "initial_timeout", o->initial_timeout_s);
    if (o->end_silence_timeout_s > 0)
        result_kv_double(&w, "end_silence_timeout", o->end_silence_timeout_s);
    if (o->max_length_s > 0)
        result_kv_double(&w, "max_length", o->max_length_s);
    result_kv_given(&w, "status_url", o->status_url);
    result_end_verb(&w);
    result_end_swml(&w, NULL);
}

void function_result_stop_record_call(struct function_result *r, struct str control_id) {
    result_put_verb(r, "stop_record_call", "control_id", control_id);
}

static void put_pay(struct json_writer *w, const struct function_pay *o) {
    result_begin_verb(w, "pay");
    json_kv_string(w, "payment_connector_url", o->connector_url);
    result_kv_or(w, "input", o->input, "dtmf");
    result_kv_or(w, "payment_method", o->method, "credit-card");
    result_kv_u32_text(w, "timeout", o->timeout_s ? o->timeout_s : 5);
    result_kv_u32_text(w, "max_attempts", o->attempts_max ? o->attempts_max : 1);
    json_kv_z(w, "security_code", o->no_security_code ? "false" : "true");
    result_kv_u32_text(w, "min_postal_code_length", o->postal_code_min);
    result_kv_or(w, "token_type", o->token_type, "reusable");
    result_kv_or(w, "currency", o->currency, "usd");
    result_kv_or(w, "language", o->language, "en-US");
    result_kv_or(w, "voice", o->voice, "woman");
    result_kv_or(w, "valid_card_types", o->card_types, "visa mastercard amex");
    result_kv_or(w, "postal_code", o->postal_code, "true");
    result_kv_given(w, "status_url", o->status_url);
    result_kv_given(w, "charge_amount", o->amount);
    result_kv_given(w, "description", o->description);
    result_kv_json(w, "parameters", o->parameters_json);
    result_kv_json(w, "prompts", o->prompts_json);
    result_end_verb(w);
}

/* The verb tells its steps, but not its end. */
static void put_pay_end(struct json_writer *w, struct str url) {
    result_begin_verb(w, "request");
    json_kv_string(w, "url", url);
    json_kv_z(w, "method", "POST");
    json_key(w, "headers");
    json_begin_object(w);
    json_kv_z(w, "Content-Type", "application/json");
    json_end_object(w);
    json_key(w, "body");
    json_begin_object(w);
    json_kv_z(w, "pay_result", "${pay_result}");
    json_end_object(w);
    json_kv_int(w, "connect_timeout", END_TIMEOUT_S);
    json_kv_int(w, "timeout", END_TIMEOUT_S);
    result_end_verb(w);
}

void function_result_pay(struct function_result *r, const struct function_pay *o) {
    struct json_writer w;
    if (!result_is_given(r, "payment_connector_url", o->connector_url) ||
        !result_is_json(r, "parameters", o->parameters_json) ||
        !result_is_json(r, "prompts", o->prompts_json))
        return;
    result_begin_swml(r, &w, o->ai_response.len ? o->ai_response : STR(pay_response));
    put_pay(&w, o);
    if (o->end_url.len > 0)
        put_pay_end(&w, o->end_url);
    result_end_swml(&w, NULL);
}

/** Only what differs from the verb's own defaults. */
static void put_conference(struct json_writer *w, struct str name,
                           const struct function_join_conference *o) {
    result_begin_verb(w, "join_conference");
    json_kv_string(w, "name", name);
    if (o->muted)
        json_kv_bool(w, "muted", true);
    result_kv_given(w, "beep", o->beep);
    if (o->no_start_on_enter)
        json_kv_bool(w, "start_on_enter", false);
    if (o->end_on_exit)
        json_kv_bool(w, "end_on_exit", true);
    result_kv_given(w, "wait_url", o->wait_url);
    if (o->participants_max)
        json_kv_int(w, "max_participants", o->participants_max);
    result_kv_given(w, "record", o->record);
    result_kv_given(w, "region", o->region);
    result_kv_given(w, "trim", o->trim);
    result_kv_given(w, "coach", o->coach);
    result_kv_given(w, "status_callback_event", o->status_events);
    result_kv_given(w, "status_callback", o->status_url);
    result_kv_given(w, "status_callback_method", o->status_method);
    result_kv_given(w, "recording_status_callback", o->recording_status_url);
    result_kv_given(w, "recording_status_callback_method", o->recording_status_method);
    result_kv_given(w, "recording_status_callback_event", o->recording_status_events);
    result_end_verb(w);
}

void function_result_join_conference(struct function_result *r, struct str name,
                                     const struct function_join_conference *o) {
    struct json_writer w;
    if (!result_is_given(r, "name", name))
        return;
    if (o && o->participants_max > CONFERENCE_MAX) {
        result_refuse(r, "max_participants", "a conference has at most 250 participants");
        return;
    }
    result_begin_swml(r, &w, (struct str){0});
    if (o) {
        put_conference(&w, name, o);
    } else {
        json_begin_object(&w);
        json_kv_string(&w, "join_conference", name);
        json_end_object(&w);
    }
    result_end_swml(&w, NULL);
}

void function_result_join_room(struct function_result *r, struct str name) {
    if (result_is_given(r, "name", name))
        result_put_verb(r, "join_room", "name", name);
}

void function_result_sip_refer(struct function_result *r, struct str uri) {
    if (result_is_given(r, "to_uri", uri))
        result_put_verb(r, "sip_refer", "to_uri", uri);
}

void function_result_tap(struct function_result *r, struct str uri, const struct function_tap *o) {
    static const struct function_tap plain = {0};
    struct json_writer w;
    o = o ? o : &plain;
    if (!result_is_given(r, "uri", uri) ||
        !result_is_word(r, "direction", o->direction, directions, "say speak, listen or both"))
        return;
    result_begin_swml(r, &w, (struct str){0});
    result_begin_verb(&w, "tap");
    json_kv_string(&w, "uri", uri);
    result_kv_given(&w, "control_id", o->control_id);
    result_kv_or(&w, "direction", o->direction,
                 "both"); /* the verb's own default hears one side only */
    result_kv_given(&w, "codec", o->codec);
    if (o->rtp_ptime_ms && o->rtp_ptime_ms != RTP_PTIME_DEFAULT_MS)
        json_kv_int(&w, "rtp_ptime", o->rtp_ptime_ms);
    result_kv_given(&w, "status_url", o->status_url);
    result_end_verb(&w);
    result_end_swml(&w, NULL);
}

void function_result_stop_tap(struct function_result *r, struct str control_id) {
    result_put_verb(r, "stop_tap", "control_id", control_id);
}

void function_result_send_sms(struct function_result *r, struct str to, struct str from,
                              struct str body, struct str media_json, struct str tags_json,
                              struct str region) {
    struct json_writer w;
    if (body.len == 0 && media_json.len == 0) {
        result_refuse(r, "body", "a message needs a body or media");
        return;
    }
    if (!result_is_json(r, "media", media_json) || !result_is_json(r, "tags", tags_json))
        return;
    result_begin_swml(r, &w, (struct str){0});
    result_begin_verb(&w, "send_sms");
    json_kv_string(&w, "to_number", to);
    json_kv_string(&w, "from_number", from);
    result_kv_given(&w, "body", body);
    result_kv_json(&w, "media", media_json);
    result_kv_json(&w, "tags", tags_json);
    result_kv_given(&w, "region", region);
    result_end_verb(&w);
    result_end_swml(&w, NULL);
}

void function_result_user_event(struct function_result *r, struct str event_json) {
    struct json_writer w;
    if (!result_is_given_json(r, "event", event_json))
        return;
    result_begin_swml(r, &w, (struct str){0});
    result_begin_verb(&w, "user_event");
    result_kv_json(&w, "event", event_json);
    result_end_verb(&w);
    result_end_swml(&w, NULL);
}

/* ---- other calls ----------------------------------------------------------------------------- */

void function_result_execute_rpc(struct function_result *r, struct str method, struct str call_id,
                                 struct str node_id, struct str params_json) {
    struct json_writer w;
    if (!result_is_given(r, "method", method) || !result_is_json(r, "params", params_json))
        return;
    result_begin_swml(r, &w, (struct str){0});
    result_begin_verb(&w, "execute_rpc");
    json_kv_string(&w, "method", method);
    result_kv_given(&w, "call_id", call_id);
    result_kv_given(&w, "node_id", node_id);
    result_kv_json(&w, "params", params_json);
    result_end_verb(&w);
    result_end_swml(&w, NULL);
}

void function_result_rpc_dial(struct function_result *r, struct str to, struct str from,
                              struct str dest_swml) {
    CLEANUP(buf_release) struct buf params = BUF_INIT(FUNCTION_RESULT_MAX);
    struct json_writer w;
    json_write_init(&w, &params);
    json_begin_object(&w);
    json_key(&w, "devices");
    json_begin_object(&w);
    json_kv_z(&w, "type", "phone");
    json_key(&w, "params");
    json_begin_object(&w);
    json_kv_string(&w, "to_number", to);
    json_kv_string(&w, "from_number", from);
    json_end_object(&w);
    json_end_object(&w);
    json_kv_string(&w, "dest_swml", dest_swml);
    json_end_object(&w);
    function_result_execute_rpc(r, STR("dial"), (struct str){0}, (struct str){0}, buf_str(&params));
}

void function_result_rpc_ai_message(struct function_result *r, struct str call_id, struct str text,
                                    struct str role, struct str global_data_json) {
    CLEANUP(buf_release) struct buf params = BUF_INIT(FUNCTION_RESULT_MAX);
    struct json_writer w;
    if (!result_is_json(r, "global_data", global_data_json))
        return;
    json_write_init(&w, &params);
    json_begin_object(&w);
    if (text.len) {
        result_kv_or(&w, "role", role, "system");
        json_kv_string(&w, "message_text", text);
    }
    result_kv_json(&w, "global_data", global_data_json);
    json_end_object(&w);
    function_result_execute_rpc(r, STR("ai_message"), call_id, (struct str){0}, buf_str(&params));
}

void function_result_rpc_ai_unhold(struct function_result *r, struct str call_id) {
    function_result_execute_rpc(r, STR("ai_unhold"), call_id, (struct str){0}, (struct str){0});
}
