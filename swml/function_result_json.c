#include "swml/function_result_json.h"

bool result_refuse(struct function_result *r, const char *field, const char *why) {
    if (r->fault.code == ERR_OK)
        error_field(&r->fault, ERR_INVALID, field, "%s: %s", field, why);
    return false;
}

const struct json_limits result_json_limits = {
    .bytes_max = FUNCTION_RESULT_MAX, .depth_max = 24, .values_max = 10000};

/** "" is fine: not given. */
bool result_is_json(struct function_result *r, const char *field, struct str json) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    if (json.len == 0 || json_parse(json, &result_json_limits, &doc, NULL) == ERR_OK)
        return true;
    return result_refuse(r, field, "this is no JSON value, see what makes it");
}

bool result_is_given_json(struct function_result *r, const char *field, struct str json) {
    return json.len ? result_is_json(r, field, json)
                    : result_refuse(r, field, "a JSON value is needed");
}

bool result_is_given(struct function_result *r, const char *field, struct str s) {
    return s.len ? true : result_refuse(r, field, "a value is needed");
}

/** One of `words`, which NULL ends; "" is fine. */
bool result_is_word(struct function_result *r, const char *field, struct str s,
                    const char *const *words, const char *why) {
    for (; s.len && *words; words++)
        if (str_eq_z(s, *words))
            return true;
    return s.len ? result_refuse(r, field, why) : true;
}

/* ---- writing one action ------------------------------------------------------------------------
 */

void result_begin(struct function_result *r, struct json_writer *w) {
    if (r->actions.len)
        buf_putc(&r->actions, ',');
    json_write_init(w, &r->actions);
    json_begin_object(w);
}

void result_put_text(struct function_result *r, const char *name, struct str text) {
    struct json_writer w;
    result_begin(r, &w);
    json_kv_string(&w, name, text);
    json_end_object(&w);
}

void result_put_bool(struct function_result *r, const char *name, bool v) {
    struct json_writer w;
    result_begin(r, &w);
    json_kv_bool(&w, name, v);
    json_end_object(&w);
}

void result_put_int(struct function_result *r, const char *name, int64_t n) {
    struct json_writer w;
    result_begin(r, &w);
    json_kv_int(&w, name, n);
    json_end_object(&w);
}

void result_kv_json(struct json_writer *w, const char *name, struct str json) {
    if (json.len == 0)
        return;
    json_key(w, name);
    json_put_raw(w, json);
}

void result_put_json(struct function_result *r, const char *name, struct str json) {
    struct json_writer w;
    if (!result_is_given_json(r, name, json))
        return;
    result_begin(r, &w);
    result_kv_json(&w, name, json);
    json_end_object(&w);
}

void result_kv_given(struct json_writer *w, const char *name, struct str s) {
    if (s.len)
        json_kv_string(w, name, s);
}

void result_kv_or(struct json_writer *w, const char *name, struct str s, const char *otherwise) {
    json_kv_string(w, name, s.len ? s : str_z(otherwise));
}

/** Numbers and switches of `pay` travel as text: that is what the carrier's own SDK sends. */
void result_kv_u32_text(struct json_writer *w, const char *name, uint32_t n) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(16);
    buf_put_u64(&b, n);
    json_kv_string(w, name, buf_str(&b));
}

void result_kv_double(struct json_writer *w, const char *name, double d) {
    json_key(w, name);
    json_put_double(w, d);
}

/** {"SWML":{"version":…,"sections":{"main":[ and, where given, what the agent is told after it. */
void result_begin_swml(struct function_result *r, struct json_writer *w, struct str ai_response) {
    result_begin(r, w);
    json_key(w, "SWML");
    json_begin_object(w);
    json_kv_z(w, "version", "1.0.0");
    json_key(w, "sections");
    json_begin_object(w);
    json_key(w, "main");
    json_begin_array(w);
    if (ai_response.len == 0)
        return;
    json_begin_object(w);
    json_key(w, "set");
    json_begin_object(w);
    json_kv_string(w, "ai_response", ai_response);
    json_end_object(w);
    json_end_object(w);
}

/** transfer: "true" or "false" beside the document, NULL: neither. */
void result_end_swml(struct json_writer *w, const char *transfer) {
    json_end_array(w);
    json_end_object(w);
    json_end_object(w);
    if (transfer)
        json_kv_z(w, "transfer", transfer);
    json_end_object(w);
}

void result_begin_verb(struct json_writer *w, const char *name) {
    json_begin_object(w);
    json_key(w, name);
    json_begin_object(w);
}

void result_end_verb(struct json_writer *w) {
    json_end_object(w);
    json_end_object(w);
}

/** A document of one verb with at most one member. */
void result_put_verb(struct function_result *r, const char *verb, const char *member,
                     struct str value) {
    struct json_writer w;
    result_begin_swml(r, &w, (struct str){0});
    result_begin_verb(&w, verb);
    result_kv_given(&w, member, value);
    result_end_verb(&w);
    result_end_swml(&w, NULL);
}
