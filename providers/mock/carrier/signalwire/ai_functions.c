#include "core/base/mem.h"
#include "providers/mock/carrier/signalwire/ai_state.h"

/* The functions of an agent, and their requests ("SignalWire docs: SWAIG"). */

enum {
    URL_MAX = 8192,
};

/* ---- the table --------------------------------------------------------------------------------
 */

static bool is_hook(struct str name) {
    static const char *const hooks[] = {"startup_hook", "start_hook", "hangup_hook", "stop_hook",
                                        "summarize_conversation"};
    for (size_t i = 0; i < ARRAY_LEN(hooks); i++)
        if (str_eq_z(name, hooks[i]))
            return true;
    return false;
}

static const struct json *member(const struct agent *a, const struct agent_function *f,
                                 const char *name) {
    const struct json *own = json_get(f->json, name);
    return own ? own : json_get(json_get(json_get(a->v, "SWAIG"), "defaults"), name);
}

/** What functions share their meta_data by: given, or made from where they are asked. */
static struct str token_of(const struct agent *a, const struct agent_function *f) {
    struct str given = json_str(json_get(f->json, "meta_data_token"));
    return given.len > 0 ? given : json_str(member(a, f, "web_hook_url"));
}

static void read_function(struct agent *a, const struct json *v) {
    struct agent_function *f = &a->functions[a->function_count];
    const struct json *description = json_get(v, "description"), *active = json_get(v, "active");
    if (!description)
        description = json_get(v, "purpose");
    *f = (struct agent_function){.name = json_str(json_get(v, "function")),
                                 .description = json_str(description),
                                 .json = v,
                                 .uses = json_bool(active, true) ? -1 : 0,
                                 .meta = a->function_count};
    if (str_eq_z(json_str(active), "false"))
        f->uses = 0;
    f->hook = is_hook(f->name);
    f->topic = agent_topic_of(f->name, f->description);
    f->token = token_of(a, f);
    for (size_t i = 0; i < a->function_count && f->meta == a->function_count; i++)
        if (str_eq(a->functions[i].token, f->token))
            f->meta = i;
    if (f->meta == a->function_count)
        f->meta_data = swml_object();
    struct swml_value data = swml_value_from_json(json_get(v, "meta_data"));
    swml_value_merge(&a->functions[f->meta].meta_data, &data);
    swml_value_release(&data);
    if (f->name.len > 0)
        a->function_count++;
    else
        swml_value_release(&f->meta_data);
}

void agent_read_functions(struct carrier *c, struct leg *l, struct agent *a) {
    static const char *const unread[] = {"includes", "mcp_servers"};
    const struct json *swaig = json_get(a->v, "SWAIG"), *list = json_get(swaig, "functions");
    for (const struct json *v = json_first(list); v; v = json_next(v))
        if (a->function_count < AGENT_FUNCTIONS_MAX && json_type(v) == JSON_OBJECT)
            read_function(a, v);
    for (size_t i = 0; i < ARRAY_LEN(unread); i++)
        if (json_get(swaig, unread[i]))
            log_warn(c->log, "carrier agent does not simulate this", LOG_Z("sid", l->sid),
                     LOG_Z("what", unread[i]));
}

struct agent_function *agent_function_find(struct agent *a, struct str name) {
    for (size_t i = 0; i < a->function_count; i++)
        if (str_eq(a->functions[i].name, name))
            return &a->functions[i];
    return NULL;
}

/* ---- the request ------------------------------------------------------------------------------
 */

static void put_text_of(struct json_writer *w, const char *name, const struct swml_value *v) {
    json_key(w, name);
    swml_value_put_json(v, w);
}

static void put_argument(struct json_writer *w, const struct swml_value *argument) {
    struct buf raw = BUF_INIT(AGENT_TEXT_MAX);
    struct json_writer r;
    json_write_init(&r, &raw);
    swml_value_put_json(argument, &r);
    json_key(w, "argument");
    json_begin_object(w);
    json_key(w, "parsed");
    json_begin_array(w);
    swml_value_put_json(argument, w);
    json_end_array(w);
    json_kv_string(w, "raw", buf_str(&raw));
    json_end_object(w);
    buf_release(&raw);
}

/** SWMLVars, SWMLCall: all variables, or those that are named. */
static void put_variables(struct carrier *c, struct leg *l, struct json_writer *w) {
    const struct swml_script *s = swml_script(l);
    const struct json *wanted = agent_param(s->agent, "swaig_post_swml_vars");
    bool some = json_type(wanted) == JSON_ARRAY;
    if (!some && !json_bool(wanted, false))
        return;
    json_key(w, "SWMLVars");
    json_begin_object(w);
    for (size_t i = 0; i < s->vars.count; i++) {
        bool named = !some;
        for (const struct json *n = json_first(wanted); some && n; n = json_next(n))
            named = named || str_eq(json_str(n), s->vars.items[i].name);
        if (!named)
            continue;
        json_key_str(w, s->vars.items[i].name);
        swml_value_put_json(&s->vars.items[i].value, w);
    }
    json_end_object(w);
    json_key(w, "SWMLCall");
    swml_put_call(c, l, w);
}

static void put_function(struct json_writer *w, const struct agent *a,
                         const struct agent_function *f) {
    const struct json *parameters = json_get(f->json, "parameters");
    struct buf text = BUF_INIT(OUTGOING_JSON_MAX);
    json_kv_string(w, "function", f->name);
    put_argument(w, &a->argument);
    if (!parameters)
        parameters = json_get(f->json, "argument");
    if (parameters)
        json_put_value(&text, parameters);
    json_key(w, "argument_desc");
    json_put_raw(w, text.len > 0 ? buf_str(&text) : STR("{}"));
    json_kv_string(w, "description", f->description);
    json_kv_string(w, "meta_data_token", f->token);
    put_text_of(w, "meta_data", &a->functions[f->meta].meta_data);
    buf_release(&text);
}

static void put_body(struct carrier *c, struct leg *l, const struct agent_function *f,
                     struct buf *out) {
    const struct agent *a = swml_script(l)->agent;
    struct str app = json_str(agent_param(a, "app_name"));
    struct str conversation = json_str(agent_param(a, "conversation_id"));
    bool up = !leg_is_over(l);
    char space[SID_SIZE];
    struct json_writer w;
    sw_put_space_id(c, space);
    json_write_init(&w, out);
    json_begin_object(&w);
    put_function(&w, a, f);
    json_kv_z(&w, "call_id", l->sid);
    json_kv_z(&w, "ai_session_id", a->session_id);
    json_kv_string(&w, "app_name", app.len ? app : STR("swml app"));
    if (conversation.len > 0)
        json_kv_string(&w, "conversation_id", conversation);
    put_text_of(&w, "global_data", &a->global_data);
    json_kv_z(&w, "caller_id_name", l->from);
    json_kv_z(&w, "caller_id_num", l->from);
    json_kv_bool(&w, "channel_active", up);
    json_kv_bool(&w, "channel_offhook", up);
    json_kv_bool(&w, "channel_ready", up);
    json_kv_z(&w, "content_type", "text/swaig");
    json_kv_z(&w, "content_disposition", "SWAIG Function");
    json_kv_z(&w, "version", "2.0");
    json_kv_z(&w, "conversation_type", "voice");
    json_kv_z(&w, "project_id", c->account);
    json_kv_z(&w, "space_id", space);
    put_variables(c, l, &w);
    if (json_bool(agent_param(a, "swaig_post_conversation"), false)) {
        put_text_of(&w, "call_log", &a->call_log);
        put_text_of(&w, "raw_call_log", &a->call_log);
    }
    json_end_object(&w);
}

static struct outgoing *request(struct carrier *c, struct leg *l, const struct agent_function *f) {
    const struct agent *a = swml_script(l)->agent;
    struct buf url = BUF_INIT(URL_MAX);
    struct swml_names n;
    swml_names_init(c, l, &n);
    swml_expand_text(&n.scope, json_str(member(a, f, "web_hook_url")), &url);
    swml_names_release(&n);
    struct outgoing *o = outgoing_new(c, l, OUTGOING_NOTICE, buf_str(&url), false);
    buf_release(&url);
    if (!o)
        return NULL;
    struct str user = json_str(member(a, f, "web_hook_auth_user"));
    if (o->user.len == 0 && user.len > 0) {
        buf_put_str(&o->user, user);
        secret_set(&o->password, json_str(member(a, f, "web_hook_auth_password")));
    }
    o->rules.retry_on = 0; /* the agent tries again itself: also when the reply is no JSON */
    put_body(c, l, f, &o->json);
    return o;
}

/* ---- its life ---------------------------------------------------------------------------------
 */

struct swml_value agent_log_entry(const struct leg *l, struct str function, struct str argument) {
    struct swml_value e = swml_object();
    int64_t seconds = l->now_ms / 1000;
    swml_value_set_text(&e, "command_name", function);
    swml_value_set_text(&e, "command_arg", argument);
    swml_value_set(&e, STR("epoch_time"), swml_number((double)seconds));
    return e;
}

static void log_call(struct leg *l, const struct agent_function *f, const struct outgoing *o) {
    struct agent *a = swml_script(l)->agent;
    if (a->swaig_log.count >= AGENT_LOG_MAX)
        return;
    struct buf raw = BUF_INIT(AGENT_TEXT_MAX);
    swml_value_put_text(&a->argument, &raw);
    struct swml_value e = agent_log_entry(l, f->name, buf_str(&raw));
    if (o) {
        swml_value_set_text(&e, "url", buf_str(&o->url));
        swml_value_set(&e, STR("post_data"), swml_value_parse(buf_str(&o->json)));
        swml_value_set(&e, STR("post_response"), swml_value_parse(buf_str(&o->body)));
    }
    swml_value_push(&a->swaig_log, e);
    buf_release(&raw);
}

static void set_argument(struct agent *a, struct swml_value argument) {
    swml_value_release(&a->argument);
    a->argument = argument.type == SWML_OBJECT ? argument : swml_object();
    if (argument.type != SWML_OBJECT)
        swml_value_release(&argument);
}

static void take_reply(struct agent *a, struct json_doc *reply) {
    json_doc_free(a->reply);
    a->reply = reply;
    const struct json *action = reply ? json_get(json_root(reply), "action") : NULL;
    bool list = json_type(action) == JSON_ARRAY;
    a->action = list ? json_first(action) : action;
    a->member = json_first(a->action);
}

/** A function that the carrier carries out itself: only its constant output is. */
static enum exec_next answer_itself(struct carrier *c, struct leg *l, const struct json *data_map) {
    struct agent *a = swml_script(l)->agent;
    struct swml_value more = swml_object();
    struct swml_names n;
    struct buf text = BUF_INIT(OUTGOING_JSON_MAX);
    struct json_doc *reply = NULL;
    swml_value_set(&more, STR("args"), swml_value_copy(&a->argument));
    swml_value_set(&more, STR("global_data"), swml_value_copy(&a->global_data));
    swml_names_init(c, l, &n);
    n.scope.more = &more;
    struct swml_value output = swml_expand_json(&n.scope, json_get(data_map, "output"));
    struct json_writer w;
    json_write_init(&w, &text);
    swml_value_put_json(&output, &w);
    if (json_parse(buf_str(&text), NULL, &reply, NULL) == ERR_OK) {
        take_reply(a, reply);
        buf_put_str(&a->response, json_str(json_get(json_root(reply), "response")));
    }
    if (json_get(data_map, "webhooks") || json_get(data_map, "expressions"))
        agent_log(l, "system", STR("data_map: only its output is simulated."));
    swml_names_release(&n);
    swml_value_release(&output);
    swml_value_release(&more);
    buf_release(&text);
    return agent_actions(c, l);
}

enum exec_next agent_call(struct carrier *c, struct leg *l, struct agent_function *f,
                          struct swml_value argument) {
    struct agent *a = swml_script(l)->agent;
    const struct json *data_map = json_get(f->json, "data_map");
    set_argument(a, argument);
    a->calling = f;
    a->tries = 0;
    a->asked = NULL;
    f->done = true;
    if (f->uses > 0)
        f->uses--;
    take_reply(a, NULL);
    log_info(c->log, "carrier agent calls", LOG_Z("sid", l->sid), LOG_STR("function", f->name));
    struct outgoing *o = data_map ? NULL : request(c, l, f);
    if (!o) {
        log_call(l, f, NULL);
        if (data_map)
            return answer_itself(c, l, data_map);
        agent_log(l, "system", STR("The function has no address."));
        return f->hook ? EXEC_NEXT : agent_respond(c, l);
    }
    a->phase = AGENT_CALLING;
    a->tries++;
    swml_send(c, l, o);
    return EXEC_WAIT;
}

void agent_notify_hook(struct carrier *c, struct leg *l, struct agent_function *f) {
    struct outgoing *o;
    set_argument(swml_script(l)->agent, swml_object());
    o = request(c, l, f);
    if (!o)
        return;
    log_call(l, f, o);
    outgoing_send(c, o, NULL);
}

/** The text for the model, which this one says aloud. */
static void put_response(const struct json *root, struct buf *out) {
    const struct json *response = json_get(root, "response");
    bool two = json_type(response) == JSON_OBJECT;
    buf_put_str(out, json_str(two ? json_get(response, "tool_result") : response));
}

static struct json_doc *read_reply(const struct outgoing *o) {
    const struct json_limits limits = {
        .bytes_max = OUTGOING_DOCUMENT_MAX, .depth_max = 31, .values_max = 10000};
    struct json_doc *reply = NULL;
    if (o->rc != ERR_OK || o->status != 200 ||
        json_parse(buf_str(&o->body), &limits, &reply, NULL) != ERR_OK)
        return NULL;
    return reply;
}

enum exec_next agent_called(struct carrier *c, struct leg *l) {
    struct swml_script *s = swml_script(l);
    struct agent *a = s->agent;
    struct outgoing *o = steal_ptr(s->reply);
    const struct agent_function *f = a->calling;
    struct json_doc *reply = read_reply(o);
    log_call(l, f, o);
    outgoing_free(o);
    if (!reply && a->tries < AGENT_TRIES && (o = request(c, l, f))) {
        a->tries++;
        swml_send(c, l, o);
        return EXEC_WAIT;
    }
    if (!reply) {
        agent_log(l, "system", STR("The function failed."));
        if (f->hook)
            return EXEC_NEXT;
        buf_puts(&a->response, "I am sorry, that did not work.");
        return agent_respond(c, l);
    }
    take_reply(a, reply);
    put_response(json_root(reply), &a->response);
    agent_log(l, "tool", buf_str(&a->response));
    if (f->hook) {
        buf_clear(&a->response);
        return EXEC_NEXT;
    }
    if (!json_bool(json_get(json_root(reply), "post_process"), false))
        return agent_actions(c, l);
    struct buf first = a->response; /* once more before the actions */
    a->response = BUF_INIT(AGENT_TEXT_MAX);
    enum exec_next next = agent_say(c, l, buf_str(&first), AGENT_THEN_ACTIONS);
    buf_release(&first);
    return next;
}
