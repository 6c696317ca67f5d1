#include "core/engine/conversation_turn.h"
#include "core/engine/jobs.h"
#include "core/engine/turn_effects.h"

/*
 * The answer to an assistant's post-prompt, for a call that a model of ours led: asked of it when
 * the call is over, and kept as information. A carrier's own agent reports by itself
 * (agent_report.c).
 */
enum {
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
};

static enum error_code load_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct summing *s = ctx;
    enum error_code rc = store_get_call_request(tx, s->call.id, &s->arena, &s->request_json, err);
    return rc == ERR_OK ? store_get_conversation(tx, s->call.id, &s->arena, &s->stored, err) : rc;
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

/** True when the job is done with, well or not. */
static bool sum_up(struct summing *s) {
    struct error err = {0};
    enum error_code rc = ask(s, &err);
    if (rc == ERR_OK)
        rc = store_write(s->engine->store, keep_tx, s, &err);
    if (rc == ERR_OK)
        return true;
    bool late = engine_now_ms(s->engine) - s->call.ended_ms > GIVE_UP_MS;
    bool again = (err.retry || rc == ERR_STORE) && !late;
    log_warn(s->engine->log, "call not summed up", LOG_ID("call", CALL_ID_PREFIX, s->call.id),
             LOG_Z("again", again ? "later" : "no"), LOG_WORDS("error", err.text));
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
