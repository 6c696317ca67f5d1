#include "swml/function_result.h"

#include "swml/function_result_json.h"

void function_result_init(struct function_result *r, struct str response) {
    *r = (struct function_result){
        .response = BUF_INIT(FUNCTION_RESULT_MAX),
        .prompt = BUF_INIT(FUNCTION_RESULT_MAX),
        .actions = BUF_INIT(FUNCTION_RESULT_MAX),
    };
    buf_put_str(&r->response, response);
}

void function_result_release(struct function_result *r) {
    buf_release(&r->response);
    buf_release(&r->prompt);
    buf_release(&r->actions);
}

void function_result_set_response(struct function_result *r, struct str response) {
    r->is_tool = false;
    buf_clear(&r->response);
    buf_put_str(&r->response, response);
}

void function_result_set_tool_response(struct function_result *r, struct str result,
                                       struct str prompt) {
    function_result_set_response(r, result);
    r->is_tool = true;
    buf_clear(&r->prompt);
    buf_put_str(&r->prompt, prompt);
}

void function_result_set_post_process(struct function_result *r, bool on) {
    r->post_process = on;
}

enum error_code function_result_write(const struct function_result *r, struct buf *out,
                                      struct error *err) {
    if (r->fault.code != ERR_OK) {
        if (err)
            *err = r->fault;
        return r->fault.code;
    }
    if (buf_failed(&r->response) || buf_failed(&r->prompt) || buf_failed(&r->actions))
        return error_set(err, ERR_LIMIT, "the function's result is over %d bytes, make it shorter",
                         FUNCTION_RESULT_MAX);
    struct json_writer w;
    json_write_init(&w, out);
    json_begin_object(&w);
    if (r->is_tool) {
        json_key(&w, "response");
        json_begin_object(&w);
        json_kv_string(&w, "tool_result", buf_str(&r->response));
        json_kv_string(&w, "tool_prompt", buf_str(&r->prompt));
        json_end_object(&w);
    } else if (r->response.len > 0 || r->actions.len == 0) {
        /* the model has to be told something */
        json_kv_string(&w, "response",
                       r->response.len ? buf_str(&r->response) : STR("Action completed."));
    }
    if (r->actions.len > 0) {
        json_key(&w, "action");
        json_begin_array(&w);
        json_put_raw(&w, buf_str(&r->actions));
        json_end_array(&w);
        if (r->post_process)
            json_kv_bool(&w, "post_process", true);
    }
    json_end_object(&w);
    return ERR_OK;
}

/* ---- the conversation ------------------------------------------------------------------------ */

void function_result_say(struct function_result *r, struct str text) {
    result_put_text(r, "say", text);
}

void function_result_stop(struct function_result *r) {
    result_put_bool(r, "stop", true);
}

void function_result_hangup(struct function_result *r) {
    result_put_bool(r, "hangup", true);
}

static int64_t hold_s(int64_t s) {
    return s < 0 ? 0 : s > FUNCTION_RESULT_HOLD_MAX_S ? FUNCTION_RESULT_HOLD_MAX_S : s;
}

void function_result_hold(struct function_result *r, int64_t timeout_s) {
    result_put_int(r, "hold", hold_s(timeout_s));
}

void function_result_hold_with_steps(struct function_result *r, struct str prompt,
                                     int64_t timeout_s, struct str step, struct str timeout_step) {
    struct json_writer w;
    result_begin(r, &w);
    json_key(&w, "hold");
    json_begin_object(&w);
    json_kv_int(&w, "timeout", hold_s(timeout_s));
    result_kv_given(&w, "step", step);
    result_kv_given(&w, "timeout_step", timeout_step);
    json_end_object(&w);
    json_end_object(&w);
    if (prompt.len == 0)
        return;
    function_result_set_tool_response(r, STR("status: on hold"), prompt);
    r->post_process = true; /* it has to be said before the music starts */
}

void function_result_wait_for_user(struct function_result *r, bool on) {
    result_put_bool(r, "wait_for_user", on);
}

void function_result_wait_for_user_s(struct function_result *r, int64_t timeout_s) {
    result_put_int(r, "wait_for_user", timeout_s);
}

void function_result_wait_for_user_answer_first(struct function_result *r) {
    result_put_text(r, "wait_for_user", STR("answer_first"));
}

void function_result_simulate_user_input(struct function_result *r, struct str text) {
    result_put_text(r, "user_input", text);
}

void function_result_switch_context(struct function_result *r, struct str system_prompt,
                                    struct str user_prompt, bool consolidate, bool full_reset) {
    struct json_writer w;
    if (user_prompt.len == 0 && !consolidate && !full_reset) {
        result_put_text(r, "context_switch", system_prompt);
        return;
    }
    result_begin(r, &w);
    json_key(&w, "context_switch");
    json_begin_object(&w);
    result_kv_given(&w, "system_prompt", system_prompt);
    result_kv_given(&w, "user_prompt", user_prompt);
    if (consolidate)
        json_kv_bool(&w, "consolidate", true);
    if (full_reset)
        json_kv_bool(&w, "full_reset", true);
    json_end_object(&w);
    json_end_object(&w);
}

void function_result_change_step(struct function_result *r, struct str name) {
    result_put_text(r, "change_step", name);
}

void function_result_change_context(struct function_result *r, struct str name) {
    result_put_text(r, "change_context", name);
}

void function_result_play_background_file(struct function_result *r, struct str url, bool wait) {
    struct json_writer w;
    if (!wait) {
        result_put_text(r, "playback_bg", url);
        return;
    }
    result_begin(r, &w);
    json_key(&w, "playback_bg");
    json_begin_object(&w);
    json_kv_string(&w, "file", url);
    json_kv_bool(&w, "wait", true);
    json_end_object(&w);
    json_end_object(&w);
}

void function_result_stop_background_file(struct function_result *r) {
    result_put_bool(r, "stop_playback_bg", true);
}

void function_result_end_of_speech_timeout(struct function_result *r, int64_t ms) {
    result_put_int(r, "end_of_speech_timeout", ms);
}

void function_result_speech_event_timeout(struct function_result *r, int64_t ms) {
    result_put_int(r, "speech_event_timeout", ms);
}

void function_result_add_dynamic_hints(struct function_result *r, struct str hints_json) {
    result_put_json(r, "add_dynamic_hints", hints_json);
}

void function_result_clear_dynamic_hints(struct function_result *r) {
    result_put_json(r, "clear_dynamic_hints", STR("{}"));
}

void function_result_toggle_functions(struct function_result *r, struct str toggles_json) {
    result_put_json(r, "toggle_functions", toggles_json);
}

void function_result_functions_on_timeout(struct function_result *r, bool on) {
    result_put_bool(r, "functions_on_speaker_timeout", on);
}

void function_result_extensive_data(struct function_result *r, bool on) {
    result_put_bool(r, "extensive_data", on);
}

void function_result_replace_in_history(struct function_result *r, struct str text) {
    if (text.len)
        result_put_text(r, "replace_in_history", text);
    else
        result_put_bool(r, "replace_in_history", true);
}

void function_result_update_settings(struct function_result *r, struct str settings_json) {
    result_put_json(r, "settings", settings_json);
}

/* ---- data ------------------------------------------------------------------------------------ */

void function_result_update_global_data(struct function_result *r, struct str data_json) {
    result_put_json(r, "set_global_data", data_json);
}

void function_result_remove_global_data(struct function_result *r, struct str keys_json) {
    result_put_json(r, "unset_global_data", keys_json);
}

void function_result_set_metadata(struct function_result *r, struct str data_json) {
    result_put_json(r, "set_meta_data", data_json);
}

void function_result_remove_metadata(struct function_result *r, struct str keys_json) {
    result_put_json(r, "unset_meta_data", keys_json);
}
