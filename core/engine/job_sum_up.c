#include "core/domain/http.h"
#include "core/domain/summary_receiver.h"
#include "core/engine/conversation_turn.h"
#include "core/engine/jobs.h"
#include "core/engine/turn_effects.h"

/*
 * The answer to an assistant's post-prompt, for a call that a model of ours led: asked of it when
 * the call is over, kept as information, and told to the receiver that the definition names. A
 * carrier's own agent reports by itself (agent_report.c).
 */
enum {
    TRANSCRIPT_MAX = 131072,
    AGAIN_MS = 30000,            /* when the model could not be asked */
    GIVE_UP_MS = 10 * 60 * 1000, /* after the end of the call */
};

struct summing {
    const struct engine *engine;
    const struct job *job;
    const struct assistant *assistant;
    struct call call;
    struct arena arena;
    struct str request_json;
    struct conversation_state stored;
    struct str summary;
    struct turn *turns; /* of telling */
    size_t turn_count;
};

static const struct str TELL = STR_INIT("tell");

static enum error_code load_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct summing *s = ctx;
    enum error_code rc = store_get_call_request(tx, s->call.id, &s->arena, &s->request_json, err);
    return rc == ERR_OK ? store_get_conversation(tx, s->call.id, &s->arena, &s->stored, err) : rc;
}

/* Another job: a receiver that is away must not have the model asked again. */
static enum error_code plan_telling(struct store_tx *tx, const struct summing *s, int64_t now_ms,
                                    struct error *err) {
    struct job tell = {.kind = JOB_SUM_UP, .call_id = s->call.id, .run_at_ms = now_ms};
    if (s->assistant->post_prompt.receiver.len == 0 || !s->engine->summaries)
        return ERR_OK;
    return str_copy(TELL, tell.ref_text, sizeof tell.ref_text)
               ? store_add_job(tx, &tell, err)
               : error_set(err, ERR_LIMIT, "a job's word is too long");
}

static enum error_code keep_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct summing *s = ctx;
    bool work_added = false;
    struct turn_keeping k = {.engine = s->engine,
                             .assistant = s->assistant,
                             .call = &s->call,
                             .lines = &s->stored.lines,
                             .now_ms = engine_now_ms(s->engine),
                             .work_added = &work_added};
    struct conversation_effect e = {
        .kind = CONVERSATION_INFO, .category = STR(INFO_CALL_SUMMARY), .text = s->summary};
    enum error_code rc = store_get_call(tx, s->call.id, &s->call, err);
    if (rc == ERR_OK && s->summary.len > 0)
        rc = turn_effects_keep(tx, &k, &e, 1, err);
    if (rc == ERR_OK && s->summary.len > 0)
        rc = plan_telling(tx, s, k.now_ms, err);
    s->call.updated_ms = k.now_ms;
    if (rc == ERR_OK)
        rc = store_update_call(tx, &s->call, err);
    return rc == ERR_OK ? job_finish_in(tx, s->job, err) : rc;
}

static enum error_code again_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct summing *s = ctx;
    bool over = call_status_is_final(s->call.status);
    return store_retry_job(tx, s->job,
                           engine_now_ms(s->engine) + (over ? AGAIN_MS : JOB_SUM_UP_LOOK_MS), err);
}

static enum error_code ask(struct summing *s, struct error *err) {
    enum error_code rc = store_read(s->engine->store, load_tx, s, err);
    if (rc != ERR_OK)
        return rc;
    struct conversation_turn_in in = {.assistant = s->assistant,
                                      .call = &s->call,
                                      .variables_json =
                                          turn_variables_of(s->request_json, &s->arena),
                                      .state_json = s->stored.state_json,
                                      .now_ms = engine_now_ms(s->engine)};
    return conversation_sum_up(s->engine->conversation, &in, &s->arena, &s->summary, err);
}

/* ---- telling the receiver ----------------------------------------------------------------------
 */

static enum error_code load_told_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct summing *s = ctx;
    char session[ID_TEXT_SIZE];
    struct info *found = NULL;
    size_t count = 0;
    id_format(session, CALL_ID_PREFIX, s->call.id);
    struct info_filter f = {
        .category = STR(INFO_CALL_SUMMARY), .session_id = str_z(session), .limit = 1};
    enum error_code rc = store_list_info(tx, &f, &s->arena, &found, &count, err);
    if (rc == ERR_OK && count > 0)
        s->summary = found[0].information;
    return rc == ERR_OK
               ? store_list_turns(tx, s->call.id, &s->arena, &s->turns, &s->turn_count, err)
               : rc;
}

/** [{"role","content"}]: what was said. */
static struct str transcript_of(struct summing *s) {
    struct buf b = BUF_INIT(TRANSCRIPT_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_array(&w);
    for (size_t i = 0; i < s->turn_count; i++) {
        if (s->turns[i].role != TURN_CALLER && s->turns[i].role != TURN_ASSISTANT)
            continue;
        json_begin_object(&w);
        json_kv_z(&w, "role", s->turns[i].role == TURN_CALLER ? "user" : "assistant");
        json_kv_string(&w, "content", s->turns[i].text);
        json_end_object(&w);
    }
    json_end_array(&w);
    struct str out = buf_failed(&b) ? (struct str){0} : arena_copy(&s->arena, buf_str(&b));
    buf_release(&b);
    return out;
}

static enum error_code tell(struct summing *s, struct error *err) {
    const struct summary_receiver *r = s->engine->summaries;
    char id[ID_TEXT_SIZE];
    enum error_code rc = store_read(s->engine->store, load_told_tx, s, err);
    if (rc != ERR_OK || !r || s->summary.len == 0)
        return rc;
    id_format(id, CALL_ID_PREFIX, s->call.id);
    struct summary_told told = {.assistant = s->assistant->name,
                                .call_id = str_z(id),
                                .caller_number = call_caller(&s->call),
                                .summary = s->summary,
                                .transcript_json = transcript_of(s)};
    told.url = http_url_without_login(&s->arena, s->assistant->post_prompt.receiver, &told.user,
                                      &told.password);
    return r->tell(r->ctx, &told, err);
}

/* ---- the job -----------------------------------------------------------------------------------
 */

static enum error_code do_part(struct summing *s, struct error *err) {
    if (str_eq_z(TELL, s->job->ref_text)) {
        enum error_code rc = tell(s, err);
        if (rc == ERR_OK)
            job_finish(s->engine, s->job);
        return rc;
    }
    enum error_code rc = ask(s, err);
    return rc == ERR_OK ? store_write(s->engine->store, keep_tx, s, err) : rc;
}

/** True when the job is done with, well or not. */
static bool sum_up(struct summing *s) {
    struct error err = {0};
    enum error_code rc = do_part(s, &err);
    if (rc == ERR_OK)
        return true;
    bool late = engine_now_ms(s->engine) - s->call.ended_ms > GIVE_UP_MS;
    bool again = (err.retry || rc == ERR_STORE) && !late;
    log_warn(s->engine->log,
             str_eq_z(TELL, s->job->ref_text) ? "summary not told" : "call not summed up",
             LOG_ID("call", CALL_ID_PREFIX, s->call.id), LOG_Z("again", again ? "later" : "no"),
             LOG_WORDS("error", err.text));
    if (!again)
        job_finish(s->engine, s->job);
    return !again;
}

void job_sum_up_run(const struct engine *e, const struct job *j) {
    struct summing s = {.engine = e, .job = j};
    if (!job_load_call(e, j, &s.call))
        return;
    bool over = call_status_is_final(s.call.status), done = false;
    s.assistant = engine_assistant_of(e, &s.call);
    if (!s.assistant || !e->conversation) {
        job_finish(e, j);
        done = true;
    } else if (over) {
        done = sum_up(&s);
    }
    struct error err = {0};
    if (!done && store_write(e->store, again_tx, &s, &err) != ERR_OK)
        log_warn(e->log, "job not given back", LOG_Z("kind", job_kind_name(j->kind)),
                 LOG_WORDS("error", err.text)); /* the lease runs out, and it comes back */
    assistant_unref(s.assistant);
    arena_release(&s.arena);
}
