#ifndef SWML_FUNCTION_RESULT_H
#define SWML_FUNCTION_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/str.h"

/*
 * What a function tells a carrier's agent: a response for the model and actions that are carried
 * out in order ("SignalWire docs: SWAIG response and actions"). Built call by call; the JSON is
 * what SignalWire's own SDK writes for the same calls, its third edition where the editions differ.
 *
 * A call with a bad argument is remembered as the fault and adds nothing; function_result_write()
 * reports the first one, so callers check once. Arguments called json hold JSON text. Empty strings
 * and NULL options stand for "not given". Thread: one at a time.
 */
enum {
    FUNCTION_RESULT_MAX = 262144, /* bytes of all actions */
    FUNCTION_RESULT_HOLD_MAX_S = 900,
};

struct function_result {
    struct buf response, prompt; /* prompt: with a tool response only */
    struct buf actions;          /* JSON objects, apart by commas */
    bool is_tool, post_process;
    struct error fault;
};

void function_result_init(struct function_result *r, struct str response);
void function_result_release(struct function_result *r); /* zeroed is fine */

/** Replace the response: text for the model. */
void function_result_set_response(struct function_result *r, struct str response);

/** Replace the response by a result and an instruction what to say about it. */
void function_result_set_tool_response(struct function_result *r, struct str result,
                                       struct str prompt);

/** The agent speaks once more before the actions run. Written only when there are actions. */
void function_result_set_post_process(struct function_result *r, bool on);

/** Append the whole as one JSON object. The first fault: ERR_INVALID, or ERR_LIMIT. */
NODISCARD enum error_code function_result_write(const struct function_result *r, struct buf *out,
                                                struct error *err);

/* ---- the conversation ------------------------------------------------------------------------ */

void function_result_say(struct function_result *r, struct str text);
void function_result_stop(struct function_result *r);   /* ends the agent, not the call */
void function_result_hangup(struct function_result *r); /* after what is being said */
void function_result_hold(struct function_result *r, int64_t timeout_s); /* cut to 0..900 */

/** Hold with what to tell the caller, and the steps to go to when it ends and when it times out. */
void function_result_hold_with_steps(struct function_result *r, struct str prompt,
                                     int64_t timeout_s, struct str step, struct str timeout_step);
void function_result_wait_for_user(struct function_result *r, bool on);
void function_result_wait_for_user_s(struct function_result *r, int64_t timeout_s);
void function_result_wait_for_user_answer_first(struct function_result *r);
void function_result_simulate_user_input(struct function_result *r, struct str text);
void function_result_switch_context(struct function_result *r, struct str system_prompt,
                                    struct str user_prompt, bool consolidate, bool full_reset);
void function_result_change_step(struct function_result *r, struct str name);
void function_result_change_context(struct function_result *r, struct str name);
void function_result_play_background_file(struct function_result *r, struct str url, bool wait);
void function_result_stop_background_file(struct function_result *r);
void function_result_end_of_speech_timeout(struct function_result *r, int64_t ms);
void function_result_speech_event_timeout(struct function_result *r, int64_t ms);
void function_result_add_dynamic_hints(struct function_result *r, struct str hints_json);
void function_result_clear_dynamic_hints(struct function_result *r);
void function_result_toggle_functions(struct function_result *r, struct str toggles_json);
void function_result_functions_on_timeout(struct function_result *r, bool on);
void function_result_extensive_data(struct function_result *r, bool on);
void function_result_replace_in_history(struct function_result *r, struct str text); /* "": true */
void function_result_update_settings(struct function_result *r, struct str settings_json);

/* ---- data ------------------------------------------------------------------------------------ */

void function_result_update_global_data(struct function_result *r, struct str data_json);
void function_result_remove_global_data(struct function_result *r, struct str keys_json);
void function_result_set_metadata(struct function_result *r, struct str data_json);
void function_result_remove_metadata(struct function_result *r, struct str keys_json);

/* ---- the call -------------------------------------------------------------------------------- */

void function_result_connect(struct function_result *r, struct str to, struct str from, bool final);
void function_result_transfer(struct function_result *r, struct str dest, struct str ai_response,
                              bool final);

/** document: an object as JSON; anything else is handed over as text under "raw_swml". */
void function_result_execute_swml(struct function_result *r, struct str document, bool transfer);

struct function_record_call {
    struct str control_id, terminators, status_url;
    struct str format;    /* "": wav; wav, mp3, mp4 */
    struct str direction; /* "": both; speak, listen, both */
    bool stereo, beep;
    double input_sensitivity;                                      /* 0: 44 */
    double initial_timeout_s, end_silence_timeout_s, max_length_s; /* 0: not given */
};
void function_result_record_call(struct function_result *r, const struct function_record_call *o);
void function_result_stop_record_call(struct function_result *r, struct str control_id);

struct function_pay {
    struct str connector_url; /* required */
    struct str input, method; /* "": dtmf, credit-card */
    struct str status_url, amount, description;
    struct str currency, language, voice; /* "": usd, en-US, woman */
    struct str token_type;                /* "": reusable */
    struct str card_types;                /* "": visa mastercard amex */
    struct str postal_code;               /* "": true; "true", "false" or the code itself */
    uint32_t timeout_s, attempts_max;     /* 0: 5 and 1 */
    uint32_t postal_code_min;
    bool no_security_code;
    struct str parameters_json, prompts_json; /* arrays */
    struct str ai_response;                   /* "": tells the agent the status only */
    struct str end_url; /* gets {"pay_result"} when it is over; "": nobody is told */
};
void function_result_pay(struct function_result *r, const struct function_pay *o);

struct function_join_conference {
    bool muted, no_start_on_enter, end_on_exit;
    struct str beep, wait_url, record, region, trim, coach;
    uint32_t participants_max; /* 0: 250, the most */
    struct str status_events, status_url, status_method;
    struct str recording_status_url, recording_status_method, recording_status_events;
};
void function_result_join_conference(struct function_result *r, struct str name,
                                     const struct function_join_conference *o); /* o may be NULL */
void function_result_join_room(struct function_result *r, struct str name);
void function_result_sip_refer(struct function_result *r, struct str uri);

struct function_tap {
    struct str control_id, direction, codec, status_url; /* "": both, PCMU */
    uint32_t rtp_ptime_ms;                               /* 0: 20 */
};
void function_result_tap(struct function_result *r, struct str uri,
                         const struct function_tap *o); /* o may be NULL */
void function_result_stop_tap(struct function_result *r, struct str control_id);

/** body or media_json (an array of URLs) is needed; tags_json is an array. */
void function_result_send_sms(struct function_result *r, struct str to, struct str from,
                              struct str body, struct str media_json, struct str tags_json,
                              struct str region);
void function_result_user_event(struct function_result *r, struct str event_json);

/* ---- other calls ----------------------------------------------------------------------------- */

void function_result_execute_rpc(struct function_result *r, struct str method, struct str call_id,
                                 struct str node_id, struct str params_json);
void function_result_rpc_dial(struct function_result *r, struct str to, struct str from,
                              struct str dest_swml);
void function_result_rpc_ai_message(struct function_result *r, struct str call_id, struct str text,
                                    struct str role, struct str global_data_json);
void function_result_rpc_ai_unhold(struct function_result *r, struct str call_id);

#endif
