#include "swml/swaig.h"

#include "swml/swaig_token.h"

/* A conversation's log of an hour fits; depth is what json.h can do at most. */
/* an agent's variables tell of the last payment: its postal code, for one */
static const struct json_limits request_limits = {
    .bytes_max = SWAIG_BYTES_MAX, .depth_max = 31, .values_max = 100000, .wipe = true};
static const struct json_limits argument_limits = {
    .bytes_max = SWAIG_ARGUMENT_MAX, .depth_max = 16, .values_max = 2000};

/* ---- requests, inwards -------------------------------------------------------------------------
 */

static const struct json *object(const struct json *v) {
    return json_type(v) == JSON_OBJECT ? v : NULL;
}

static struct str text(const struct json *root, const char *name) {
    return json_str(json_get(root, name));
}

/** The first of two spellings that has something. */
static struct str either(const struct json *root, const char *one, const char *other) {
    struct str s = text(root, one);
    return s.len > 0 ? s : text(root, other);
}

/** The object that a text holds; NULL when it is none. The document is kept in r. */
static const struct json *of_text(struct swaig_request *r, struct str s) {
    if (str_trim(s).len == 0 || json_parse(s, &argument_limits, &r->raw, NULL) != ERR_OK)
        return NULL;
    return object(json_root(r->raw));
}

static const struct json *find_argument(struct swaig_request *r) {
    const struct json *v = json_get(r->root, "argument");
    if (json_type(v) == JSON_STRING)
        return of_text(r, json_str(v));
    const struct json *parsed = json_get(v, "parsed"), *raw = json_get(v, "raw");
    const struct json *first =
        object(json_type(parsed) == JSON_ARRAY ? json_first(parsed) : parsed);
    if (json_count(first) > 0)
        return first;
    if (raw)
        return of_text(r, json_str(raw));
    return parsed ? NULL : object(v); /* a bare object of arguments */
}

static void read_members(struct swaig_request *r) {
    const struct json *root = r->root;
    r->function = text(root, "function");
    r->call_id = text(root, "call_id");
    if (r->call_id.len == 0) /* a request for a document, or one of the bare kind */
        r->call_id = text(json_get(root, "call"), "call_id");
    r->ai_session_id = text(root, "ai_session_id");
    r->conversation_id = text(root, "conversation_id");
    r->app_name = text(root, "app_name");
    r->project_id = text(root, "project_id");
    r->space_id = text(root, "space_id");
    r->caller_id_name = text(root, "caller_id_name");
    r->caller_id_number = either(root, "caller_id_num", "caller_id_number");
    if (r->caller_id_number.len == 0)
        r->caller_id_number = text(root, "caller_id");
    r->global_data = object(json_get(root, "global_data"));
    r->meta_data = object(json_get(root, "meta_data"));
    r->meta_data_token = text(root, "meta_data_token");
    r->call_log = json_get(root, "call_log");
    r->variables = object(json_get(root, "SWMLVars"));
    r->call = object(json_get(root, "SWMLCall"));
    r->fatal_error = json_bool(json_get(root, "fatal_error"), false);
    r->error_reason = text(root, "error_reason");
    r->asks_signature = str_eq_z(text(root, "action"), "get_signature");
}

enum error_code swaig_request_read(struct str body, struct swaig_request *out, struct error *err) {
    struct swaig_request r = {0};
    enum error_code rc = json_parse(body, &request_limits, &r.doc, err);
    if (rc == ERR_OK && !(r.root = object(json_root(r.doc))))
        rc = error_set(err, ERR_INVALID, "a function call is a JSON object");
    if (rc != ERR_OK) {
        swaig_request_release(&r);
        return rc;
    }
    read_members(&r);
    r.argument = find_argument(&r);
    *out = r;
    return ERR_OK;
}

void swaig_request_release(struct swaig_request *r) {
    json_doc_free(r->doc);
    json_doc_free(r->raw);
    *r = (struct swaig_request){0};
}

bool swaig_is_function_name(struct str name) {
    if (name.len == 0 || name.len > SWAIG_FUNCTION_MAX)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool letter = c == '_' || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return true;
}

/* ---- requests, outwards ------------------------------------------------------------------------
 */

static void kv_given(struct json_writer *w, const char *name, struct str s) {
    if (s.len > 0)
        json_kv_string(w, name, s);
}

static void kv_object(struct json_writer *w, const char *name, struct str json) {
    json_key(w, name);
    json_put_raw(w, json.len > 0 ? json : STR("{}"));
}

static void write_argument(struct json_writer *w, struct str arguments) {
    json_key(w, "argument");
    json_begin_object(w);
    json_key(w, "parsed");
    json_begin_array(w);
    json_put_raw(w, arguments);
    json_end_array(w);
    json_kv_string(w, "raw", arguments);
    json_end_object(w);
}

void swaig_call_write(const struct swaig_call *c, struct buf *out) {
    struct json_writer w;
    json_write_init(&w, out);
    json_begin_object(&w);
    json_kv_string(&w, "function", c->function);
    write_argument(&w, c->arguments_json.len > 0 ? c->arguments_json : STR("{}"));
    kv_object(&w, "argument_desc", c->parameters_json);
    json_kv_string(&w, "description", c->description);
    json_kv_string(&w, "call_id", c->call_id);
    kv_given(&w, "ai_session_id", c->ai_session_id);
    json_kv_string(&w, "app_name", c->app_name.len > 0 ? c->app_name : STR("swml app"));
    kv_object(&w, "global_data", c->global_data_json);
    kv_given(&w, "meta_data_token", c->meta_data_token);
    kv_object(&w, "meta_data", c->meta_data_json);
    kv_given(&w, "caller_id_name", c->caller_id_name);
    kv_given(&w, "caller_id_num", c->caller_id_number);
    json_kv_bool(&w, "channel_active", c->is_active);
    json_kv_bool(&w, "channel_offhook", c->is_active);
    json_kv_bool(&w, "channel_ready", c->is_active);
    json_kv_z(&w, "content_type", "text/swaig");
    json_kv_z(&w, "content_disposition", "SWAIG Function");
    json_kv_z(&w, "version", "2.0");
    json_kv_z(&w, "conversation_type", "voice");
    if (c->call_log_json.len > 0) {
        json_key(&w, "call_log");
        json_put_raw(&w, c->call_log_json);
    }
    json_end_object(&w);
}

/* ---- reports -----------------------------------------------------------------------------------
 */

static void read_report(struct swaig_report *r, const struct json *root) {
    const struct json *data = json_get(root, "post_prompt_data");
    const struct json *parsed = json_get(data, "parsed");
    r->action = text(root, "action");
    r->call_id = text(root, "call_id");
    r->ai_session_id = text(root, "ai_session_id");
    r->conversation_id = text(root, "conversation_id");
    r->caller_id_number = either(root, "caller_id_number", "caller_id_num");
    r->ended_by = text(root, "call_ended_by");
    r->summary = either(data, "raw", "substituted");
    r->parsed = object(json_type(parsed) == JSON_ARRAY ? json_first(parsed) : parsed);
    r->call_log = json_get(root, "call_log");
    r->global_data = object(json_get(root, "global_data"));
    if (r->summary.len == 0) /* where the model was not asked, the conversation sums itself up */
        r->summary = text(root, "conversation_summary");
}

enum error_code swaig_report_read(struct str body, struct swaig_report *out, struct error *err) {
    struct swaig_report r = {0};
    enum error_code rc = json_parse(body, &request_limits, &r.doc, err);
    if (rc == ERR_OK && !object(json_root(r.doc)))
        rc = error_set(err, ERR_INVALID, "a report is a JSON object");
    if (rc != ERR_OK) {
        swaig_report_release(&r);
        return rc;
    }
    read_report(&r, json_root(r.doc));
    *out = r;
    return ERR_OK;
}

void swaig_report_release(struct swaig_report *r) {
    json_doc_free(r->doc);
    *r = (struct swaig_report){0};
}

/** A summary that is an object is given as such, too. */
static void put_answer(struct json_writer *w, struct str summary) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    bool is_object = json_parse(summary, &request_limits, &doc, NULL) == ERR_OK &&
                     object(json_root(doc)) != NULL;
    json_key(w, "post_prompt_data");
    json_begin_object(w);
    json_kv_string(w, "raw", summary);
    json_kv_string(w, "substituted", summary);
    json_key(w, "parsed");
    json_begin_array(w);
    if (is_object)
        json_put_raw(w, summary);
    json_end_array(w);
    json_end_object(w);
}

void swaig_report_write(const struct swaig_report_told *r, struct buf *out) {
    struct json_writer w;
    json_write_init(&w, out);
    json_begin_object(&w);
    json_kv_z(&w, "action", "post_conversation");
    json_kv_string(&w, "call_id", r->call_id);
    json_kv_string(&w, "app_name", r->app_name);
    kv_given(&w, "caller_id_number", r->caller_id_number);
    json_kv_z(&w, "conversation_type", "voice");
    kv_object(&w, "global_data", r->global_data_json);
    put_answer(&w, r->summary);
    if (r->call_log_json.len > 0) {
        json_key(&w, "call_log");
        json_put_raw(&w, r->call_log_json);
    }
    json_end_object(&w);
}
