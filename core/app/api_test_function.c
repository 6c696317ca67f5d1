#include "core/app/api.h"
#include "core/app/function_trial.h"
#include "core/domain/function_action_json.h"
#include "core/engine/engine.h"
#include "core/engine/information.h"

/* POST /api/test_function: one function by hand, as an assistant would run it. */
enum {
    PART_MAX = 16384
};

/** A member of the body as JSON text; "" when it is absent. */
static struct str part(struct api_request *r, const char *name) {
    const struct json *v = r->body ? json_get(json_root(r->body), name) : NULL;
    if (!v || json_type(v) == JSON_NULL)
        return (struct str){0};
    struct buf b = BUF_INIT(PART_MAX);
    json_put_value(&b, v);
    struct str s = arena_copy(&r->arena, buf_str(&b));
    buf_release(&b);
    return s;
}

static enum error_code read_trial(struct api_request *r, struct function_trial *t) {
    static const char *const known[] = {"assistant", "function",    "arguments",  "variables",
                                        "caller_id", "global_data", "session_id", NULL};
    const struct engine *e = gateway_engine(r->gateway);
    struct str name = {0};
    enum error_code rc = api_only_members(
        r, known, "{\"function\":\"end_call\",\"arguments\":{\"reason\":\"done\"}}");
    if (rc == ERR_OK)
        rc = api_text_member(r, "assistant", &name);
    if (rc == ERR_OK)
        rc = api_text_member(r, "function", &t->function);
    if (rc == ERR_OK)
        rc = api_text_member(r, "caller_id", &t->caller_id);
    if (rc == ERR_OK)
        rc = api_text_member(r, "session_id", &t->session_id);
    if (rc != ERR_OK)
        return rc;
    if (t->function.len == 0)
        return error_field(&r->error, ERR_INVALID, "function",
                           "is missing: name a function, such as share_information");
    if (t->session_id.len > INFO_SESSION_MAX)
        return error_field(&r->error, ERR_INVALID, "session_id", "has at most %d bytes",
                           INFO_SESSION_MAX);
    if (t->caller_id.len >= CALL_PARTY_SIZE)
        return error_field(&r->error, ERR_INVALID, "caller_id", "has at most %d bytes",
                           CALL_PARTY_SIZE - 1);
    t->assistant = name.len > 0 ? e->find_assistant(e->assistants, name) : NULL;
    if (name.len > 0 && !t->assistant)
        return error_field(&r->error, ERR_INVALID, "assistant",
                           "there is no such assistant; GET /api/assistants lists them");
    t->arguments_json = part(r, "arguments");
    t->variables_json = part(r, "variables");
    t->global_data_json = part(r, "global_data");
    t->store = e->store;
    t->remote = e->remote;
    t->now_ms = engine_now_ms(e);
    return ERR_OK;
}

/* How a session without a call ended is one more thing to know of it. */
static struct str ending(struct api_request *r, const struct function_effect *e) {
    return e->duration_s > 0 ? arena_printf(&r->arena, "Call ended after %u s: " STR_FMT,
                                            e->duration_s, STR_ARG(e->text))
                             : arena_printf(&r->arena, "Call ended: " STR_FMT, STR_ARG(e->text));
}

/** With a session, what the function shares, or how it ends, is kept; each effect gets its id. */
static enum error_code keep(struct api_request *r, const struct function_trial *t,
                            const struct function_reply *reply, int64_t *ids) {
    enum error_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && t->session_id.len > 0 && i < reply->effect_count; i++) {
        const struct function_effect *e = &reply->effects[i];
        bool ends = e->kind == FUNCTION_EFFECT_END;
        struct info info = {.session_id = t->session_id,
                            .caller_id = e->caller_id,
                            .category = ends ? STR("conversation_flow") : e->category,
                            .information = ends ? ending(r, e) : e->text};
        if (e->kind == FUNCTION_EFFECT_NONE)
            continue;
        rc = information_add(gateway_engine(r->gateway), &info, &r->arena, &r->error);
        ids[i] = info.id;
    }
    return rc;
}

static void put_effect(struct json_writer *w, const struct function_effect *e, int64_t id) {
    bool ends = e->kind == FUNCTION_EFFECT_END;
    json_begin_object(w);
    json_kv_z(w, "kind", ends ? "end" : "information");
    api_put_id(w, "id", INFO_ID_PREFIX, id);
    if (ends) {
        json_kv_string(w, "outcome", e->text);
        json_kv_int(w, "duration_s", e->duration_s);
    } else {
        json_kv_string(w, "category", e->category);
        json_kv_string(w, "information", e->text);
        json_kv_string(w, "caller_id", e->caller_id);
    }
    json_end_object(w);
}

static void put_reply(struct api_request *r, const struct function_trial *t,
                      const struct function_reply *reply, const int64_t *ids) {
    struct json_writer w;
    json_write_init(&w, api_body(r));
    json_begin_object(&w);
    json_kv_string(&w, "function", t->function);
    json_kv_string(&w, "response", reply->response);
    json_kv_bool(&w, "post_process", reply->post_process);
    json_key(&w, "effects");
    json_begin_array(&w);
    for (size_t i = 0; i < reply->effect_count; i++)
        put_effect(&w, &reply->effects[i], ids[i]);
    json_end_array(&w);
    json_key(&w, "actions");
    json_begin_array(&w);
    for (size_t i = 0; i < reply->action_count; i++)
        function_action_write(&reply->actions[i], &w);
    json_end_array(&w);
    json_end_object(&w);
    api_reply(r, 200);
}

/* Not the carrier's fault, as these are elsewhere in the API: the server of a remote function's. */
static bool is_far_fault(enum error_code rc) {
    return rc == ERR_NETWORK || rc == ERR_UNCERTAIN || rc == ERR_UPSTREAM;
}

void api_test_function(struct api_request *r) {
    struct function_trial t = {0};
    int64_t ids[FUNCTION_EFFECTS_MAX] = {0};
    struct function_reply *reply = arena_alloc(&r->arena, sizeof *reply);
    enum error_code rc = read_trial(r, &t);
    if (rc == ERR_OK)
        rc = function_trial_run(&t, &r->arena, reply, &r->error);
    if (rc == ERR_OK)
        rc = keep(r, &t, reply, ids);
    if (rc == ERR_OK)
        put_reply(r, &t, reply, ids);
    assistant_unref(t.assistant);
    if (is_far_fault(rc)) {
        api_problem(r->exchange, 502, "function_failed", NULL, r->error.text);
        api_request_free(r);
    } else if (rc != ERR_OK) {
        api_fail(r, rc);
    }
}
