#include "providers/mock/carrier/signalwire/ai_state.h"

/* What the application is told when an agent has ended ("SignalWire docs: post_prompt_url"). */

enum {
    URL_MAX = 8192,
    SUMMARY_MAX = 4096,
};

static size_t count_role(const struct swml_value *log, const char *role) {
    size_t n = 0;
    for (size_t i = 0; i < log->count; i++) {
        const struct swml_value *r = swml_value_get(&log->items[i].value, STR("role"));
        n += r && str_eq_z(r->text, role);
    }
    return n;
}

static void put_functions(const struct agent *a, struct buf *out) {
    for (size_t i = 0; i < a->swaig_log.count; i++) {
        const struct swml_value *name =
            swml_value_get(&a->swaig_log.items[i].value, STR("command_name"));
        buf_puts(out, i > 0 ? ", " : "");
        buf_put_str(out, name->text);
    }
}

/** What the model makes of post_prompt: counted, because nobody here can sum up. */
static void put_summary(const struct agent *a, struct buf *out) {
    buf_printf(out, "The agent spoke %zu times and the caller %zu times.",
               count_role(&a->call_log, "assistant"), count_role(&a->call_log, "user"));
    if (a->swaig_log.count == 0)
        return;
    buf_puts(out, " Functions called: ");
    put_functions(a, out);
    buf_putc(out, '.');
}

static void put_data(const struct agent *a, struct json_writer *w) {
    struct buf summary = BUF_INIT(SUMMARY_MAX), object = BUF_INIT(2 * SUMMARY_MAX);
    struct str wish = json_str(json_get(json_get(a->v, "post_prompt"), "text"));
    bool as_json = callee_mentions(wish, STR("json"));
    put_summary(a, &summary);
    struct json_writer o;
    json_write_init(&o, &object);
    json_begin_object(&o);
    json_kv_string(&o, "summary", buf_str(&summary));
    json_end_object(&o);
    json_key(w, "post_prompt_data");
    json_begin_object(w);
    json_key(w, "parsed");
    json_begin_array(w);
    if (as_json)
        json_put_raw(w, buf_str(&object));
    json_end_array(w);
    json_kv_string(w, "raw", as_json ? buf_str(&object) : buf_str(&summary));
    json_end_object(w);
    buf_release(&summary);
    buf_release(&object);
}

static void put_value(struct json_writer *w, const char *name, const struct swml_value *v) {
    json_key(w, name);
    swml_value_put_json(v, w);
}

/** Dates of this message are in microseconds. */
static void put_dates(const struct leg *l, const struct agent *a, struct json_writer *w) {
    json_kv_int(w, "call_start_date", l->created_ms * 1000);
    json_kv_int(w, "call_answer_date", l->answered_ms * 1000);
    json_kv_int(w, "call_end_date", l->ended_ms * 1000);
    json_kv_int(w, "ai_start_date", a->started_ms * 1000);
    json_kv_int(w, "ai_end_date", l->now_ms * 1000);
}

static void put_head(const struct carrier *c, const struct leg *l, const struct agent *a,
                     struct json_writer *w) {
    struct str app = json_str(agent_param(a, "app_name"));
    struct str conversation = json_str(agent_param(a, "conversation_id"));
    char space[SID_SIZE];
    sw_put_space_id(c, space);
    json_kv_z(w, "content_type", "text/json");
    json_kv_z(w, "content_disposition", "agent.summary");
    json_kv_z(w, "conversation_type", "voice");
    json_kv_z(w, "action", "post_conversation");
    json_kv_z(w, "call_id", l->sid);
    json_kv_z(w, "ai_session_id", a->session_id);
    json_kv_string(w, "app_name", app.len ? app : STR("swml app"));
    if (conversation.len > 0)
        json_kv_string(w, "conversation_id", conversation);
    json_kv_z(w, "project_id", c->account);
    json_kv_z(w, "space_id", space);
    json_kv_z(w, "caller_id_name", l->from);
    json_kv_z(w, "caller_id_number", l->from);
    json_kv_z(w, "call_ended_by", l->end == LEG_END_CALLEE ? "user" : "agent");
}

static void put_body(const struct carrier *c, struct leg *l, struct buf *out) {
    const struct swml_script *s = swml_script(l);
    const struct agent *a = s->agent;
    struct json_writer w;
    json_write_init(&w, out);
    json_begin_object(&w);
    put_head(c, l, a, &w);
    put_dates(l, a, &w);
    put_data(a, &w);
    put_value(&w, "call_log", &a->call_log);
    put_value(&w, "raw_call_log", &a->call_log);
    json_key(&w, "call_timeline");
    json_begin_array(&w);
    json_end_array(&w);
    json_key(&w, "times");
    json_begin_array(&w);
    json_end_array(&w);
    put_value(&w, "SWMLVars", &s->vars);
    json_key(&w, "SWMLCall");
    swml_put_call(c, l, &w);
    put_value(&w, "global_data", &a->global_data);
    put_value(&w, "swaig_log", &a->swaig_log);
    json_end_object(&w);
}

void agent_report(struct carrier *c, struct leg *l) {
    const struct agent *a = swml_script(l)->agent;
    struct buf url = BUF_INIT(URL_MAX);
    struct swml_names n;
    swml_names_init(c, l, &n);
    swml_expand_text(&n.scope, json_str(json_get(a->v, "post_prompt_url")), &url);
    swml_names_release(&n);
    struct outgoing *o = outgoing_new(c, l, OUTGOING_NOTICE, buf_str(&url), false);
    buf_release(&url);
    if (!o)
        return;
    struct str user = json_str(json_get(a->v, "post_prompt_auth_user"));
    if (o->user.len == 0 && user.len > 0) {
        buf_put_str(&o->user, user);
        secret_set(&o->password, json_str(json_get(a->v, "post_prompt_auth_password")));
    }
    put_body(c, l, &o->json);
    outgoing_send(c, o, NULL);
}
