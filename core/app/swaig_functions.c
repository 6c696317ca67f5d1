#include "core/app/swaig.h"
#include "core/app/swaig_keys.h"
#include "core/base/id.h"
#include "core/engine/dispatcher.h"
#include "core/engine/functions.h"
#include "swml/swaig_reply.h"
#include "swml/swaig_token.h"
#include "swml/swml.h"

/* Functions that a carrier's own agent calls, and what it reports at the end. */
enum {
    ADDRESS_MAX = 2048,
    DATA_MAX = 16384,
};

static const char bad_token[] = "I am sorry, this function cannot be used: its security token is "
                                "missing, wrong or expired.";

/* A function's answer is 200, whatever became of it: the model has to be told. */
static void reply_words(struct swaig_task *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void reply_words(struct swaig_task *t, const char *fmt, ...) {
    CLEANUP(buf_release) struct buf words = BUF_INIT(1024);
    CLEANUP(buf_release) struct buf json = BUF_INIT(4096);
    struct json_writer w;
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&words, fmt, ap);
    va_end(ap);
    json_write_init(&w, &json);
    json_begin_object(&w);
    json_kv_string(&w, "response", buf_str(&words));
    json_end_object(&w);
    swaig_reply_json(t, buf_str(&json));
}

/* ---- which call --------------------------------------------------------------------------------
 */

struct call_lookup {
    const struct engine *engine;
    int64_t id;
    struct str sid;
    struct call found; /* id 0: none */
};

static enum error_code find_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct call_lookup *l = ctx;
    enum error_code rc = ERR_NOT_FOUND;
    if (l->id > 0)
        rc = store_get_call(tx, l->id, &l->found, err);
    for (size_t i = 0; l->id == 0 && rc == ERR_NOT_FOUND && i < l->engine->provider_count; i++)
        rc = store_get_call_by_sid(tx, str_z(provider_name(l->engine->providers[i])), l->sid,
                                   &l->found, err);
    return rc;
}

/* Our id in the query ("call") names it, else the carrier's. False when the query names one that is
   not there or does not fit the rest. */
static bool find_call(struct swaig_task *t, struct str sid) {
    struct call_lookup l = {.engine = gateway_engine(t->gateway), .sid = sid};
    struct str named = form_get(&t->query, STR("call"));
    if (named.ptr && !id_parse(named, CALL_ID_PREFIX, &l.id))
        return false;
    if (l.id == 0 && (l.sid.len == 0 || l.sid.len >= CALL_SID_SIZE))
        return true;
    enum error_code rc = store_read(l.engine->store, find_tx, &l, NULL);
    bool fits = rc == ERR_OK && str_eq(t->name, str_z(l.found.assistant)) &&
                (l.sid.len == 0 || l.found.sid[0] == '\0' || str_eq_z(l.sid, l.found.sid));
    if (fits)
        t->call = l.found;
    return fits || (l.id == 0 && rc == ERR_NOT_FOUND);
}

/* A call keeps the version of the assistant that it began with. */
static const struct assistant *find_assistant(const struct swaig_task *t) {
    const struct engine *e = gateway_engine(t->gateway);
    return t->call.id ? engine_assistant_of(e, &t->call)
                      : e->find_assistant(e->assistants, t->name);
}

static bool token_is_good(const struct swaig_task *t, struct str function, struct str sid) {
    const struct swaig_keys *keys = gateway_swaig_keys(t->gateway);
    int64_t now_ms = engine_now_ms(gateway_engine(t->gateway));
    struct str token = form_get(&t->query, STR("__token"));
    struct str call = form_get(&t->query, STR("call"));
    if (!token.ptr)
        token = form_get(&t->query, STR("token"));
    if (token.len == 0)
        return false;
    struct digest_hmac *key = swaig_keys_lock(keys);
    bool good = swaig_token_is_good(token, key, call.len > 0 ? call : sid, function, now_ms);
    swaig_keys_unlock(keys);
    return good;
}

/* ---- the reply ---------------------------------------------------------------------------------
 */

static bool starts_recording(const struct function_reply *reply) {
    for (size_t i = 0; i < reply->action_count; i++)
        if (reply->actions[i].kind == FUNCTION_ACTION_START_RECORDING)
            return true;
    return false;
}

/* Where notices of a recording go: the carrier's own writer knows what such an address needs. */
static struct str recording_url(struct swaig_task *t, const struct function_reply *reply) {
    const struct engine *e = gateway_engine(t->gateway);
    CLEANUP(buf_release) struct buf url = BUF_INIT(ADDRESS_MAX);
    CLEANUP(buf_release) struct buf document = BUF_INIT(DATA_MAX);
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct provider *p = engine_provider(e, str_z(t->call.provider));
    struct plan plan = {0};
    struct str found = {0};
    if (t->call.id == 0 || !p || !starts_recording(reply))
        return found;
    links_put(&e->links, &url, &t->call, WEBHOOK_RECORDING, 0);
    struct plan_step *s = plan_add(&plan, PLAN_START_RECORDING);
    s->u.start_recording.status.url = arena_copy(&plan.arena, buf_str(&url));
    if (provider_render_plan(p, &plan, &document, NULL, NULL) == ERR_OK &&
        json_parse(buf_str(&document), NULL, &doc, NULL) == ERR_OK) {
        const struct json *main = json_get(json_get(json_root(doc), "sections"), "main");
        for (const struct json *v = json_first(main); v; v = json_next(v))
            if (json_get(v, "record_call"))
                found = arena_copy(&t->arena,
                                   json_str(json_get(json_get(v, "record_call"), "status_url")));
    }
    plan_release(&plan);
    return found;
}

static void reply_function(struct swaig_task *t, const struct function_reply *reply) {
    const struct engine *e = gateway_engine(t->gateway);
    const struct assistant_recording *r = &t->assistant->recording;
    CLEANUP(buf_release) struct buf json = BUF_INIT(SWAIG_REPLY_MAX);
    struct str base = e->links.public_base_url;
    struct error err = {0};
    const struct swaig_reply_options o = {
        .connector = arena_printf(&t->arena, STR_FMT "/payment", STR_ARG(base)),
        .recording_url = recording_url(t, reply),
        .recording_channels = r->channels,
        .recording_format = r->format,
    };
    if (swaig_reply_write(reply, &o, &json, NULL, &err) == ERR_OK) {
        swaig_reply_json(t, buf_str(&json));
        return;
    }
    log_warn(e->log, "function's reply not written", LOG_STR("function", t->request.function),
             LOG_WORDS("why", err.text));
    reply_words(t, "The function failed: %s", err.text);
}

/* ---- a function --------------------------------------------------------------------------------
 */

static void run(struct swaig_task *t) {
    const struct engine *e = gateway_engine(t->gateway);
    CLEANUP(buf_release) struct buf data = BUF_INIT(DATA_MAX);
    struct function_reply reply = {0};
    struct error err = {0};
    bool work_added = false;
    int64_t payment = 0;
    if (t->request.global_data)
        json_put_value(&data, t->request.global_data);
    const struct agent_request q = {
        .assistant = t->assistant,
        .call_id = t->call.id,
        .session_id = t->request.call_id,
        .caller_id = t->request.caller_id_number,
        .caller_name = t->request.caller_id_name,
        .meta_data = t->request.meta_data,
        .function = t->request.function,
        .arguments = t->request.argument,
        .call_log = t->request.call_log,
        .pay_result = json_str(json_get(t->request.variables, "pay_result")),
        .global_data_json = buf_failed(&data) ? (struct str){0} : buf_str(&data),
    };
    enum error_code rc = agent_function(e, &q, &t->arena, &reply, &work_added, &payment, &err);
    if (work_added)
        dispatcher_wake(gateway_dispatcher(t->gateway));
    if (rc == ERR_OK) {
        agent_payment_guard(e, payment, &reply);
        reply_function(t, &reply);
    } else if (rc == ERR_STORE || rc == ERR_BUSY) {
        swaig_reply_error(t, 503, "try again"); /* nothing was kept: it may be asked again */
    } else {
        reply_words(t, "The function did not run: %s%s%s", err.field, err.field[0] ? " " : "",
                    err.text);
    }
}

static void refuse(struct swaig_task *t, struct str function) {
    const struct engine *e = gateway_engine(t->gateway);
    uint64_t left_out = 0;
    if (log_limit_take(gateway_refusals(t->gateway), clock_mono_ms(&e->clock), &left_out))
        log_warn(e->log, "function refused", LOG_STR("function", function),
                 LOG_STR("assistant", t->name), LOG_INT("left_out", left_out));
    reply_words(t, "%s", bad_token);
}

/* What is no call of this assistant's is refused only after a look at the function's name. */
void swaig_run_function(struct swaig_task *t) {
    struct str function, sid;
    enum error_code rc = swaig_request_read(t->exchange->body, &t->request, NULL);
    function = t->request.function;
    sid = t->request.call_id;
    if (rc == ERR_LIMIT) {
        swaig_reply_error(t, 413, "Request too large");
        return;
    }
    bool fits = rc == ERR_OK && find_call(t, sid);
    t->assistant = find_assistant(t);
    if (!t->assistant) {
        swaig_reply_error(t, 404, "Not Found");
    } else if (function.len == 0) {
        swaig_reply_error(t, 400, "Missing function name");
    } else if (!swaig_is_function_name(function)) {
        swaig_reply_error(t, 400, "Invalid function name format");
    } else {
        const struct assistant_function *f = assistant_find_function(t->assistant, function);
        if (!f)
            reply_words(t, "Function '" STR_FMT "' not found", STR_ARG(function));
        else if (!fits || (!f->is_open && !token_is_good(t, function, sid)))
            refuse(t, function);
        else
            run(t);
    }
}

/* ---- the report --------------------------------------------------------------------------------
 */

static void keep_report(struct swaig_task *t, const struct swaig_report *report) {
    const struct engine *e = gateway_engine(t->gateway);
    struct error err = {0};
    const struct agent_report r = {.assistant = t->assistant,
                                   .call_id = t->call.id,
                                   .session_id = report->call_id,
                                   .caller_id = report->caller_id_number,
                                   .summary = report->summary,
                                   .call_log = report->call_log};
    bool tells = !str_eq_z(report->action, "fetch_conversation");
    if (tells && agent_report_keep(e, &r, &err) != ERR_OK) {
        log_warn(e->log, "agent's report not kept", LOG_WORDS("why", err.text));
        swaig_reply_error(t, 503, "try again");
        return;
    }
    swaig_reply_json(t, STR("{\"success\":true}"));
}

static void refuse_report(struct swaig_task *t) {
    const struct engine *e = gateway_engine(t->gateway);
    uint64_t left_out = 0;
    if (log_limit_take(gateway_refusals(t->gateway), clock_mono_ms(&e->clock), &left_out))
        log_warn(e->log, "agent's report refused", LOG_STR("assistant", t->name),
                 LOG_INT("left_out", left_out));
    swaig_reply_error(t, 403, "Invalid token");
}

void swaig_take_report(struct swaig_task *t) {
    CLEANUP(swaig_report_release) struct swaig_report report = {0};
    enum error_code rc = swaig_report_read(t->exchange->body, &report, NULL);
    bool fits = rc == ERR_OK && find_call(t, report.call_id);
    t->assistant = find_assistant(t);
    if (!t->assistant) {
        swaig_reply_error(t, 404, "Not Found");
    } else if (rc != ERR_OK) {
        swaig_reply_error(t, rc == ERR_LIMIT ? 413 : 400,
                          rc == ERR_LIMIT ? "Request too large" : "Invalid JSON");
    } else if (!fits || !token_is_good(t, STR("post_prompt"), report.call_id)) {
        refuse_report(t);
    } else {
        keep_report(t, &report);
    }
}
