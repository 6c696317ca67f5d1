#include "core/base/compiler.h"
#include "core/engine/agent.h"
#include "core/engine/agent_state.h"
#include "core/engine/conversation_turn.h"

/* The one document of a call that the carrier's own agent leads. */
enum {
    DOCUMENT_MAX = 49152 /* it is stored with the call, see webhook_document.c */
};

bool agent_is_wanted(const struct conversation *cv, const struct assistant *a,
                     const struct provider *p) {
    enum assistant_brain brain = ASSISTANT_BRAIN_NONE;
    return conversation_brain(cv, a, provider_can(p, PROVIDER_CAP_AI), &brain, NULL) == ERR_OK &&
           brain == ASSISTANT_BRAIN_CARRIER;
}

static struct str value_of(void *ctx, struct str name) {
    const struct turn_work *t = ctx;
    for (size_t i = 0; i < t->value_count; i++)
        if (str_eq(t->values[i].name, name))
            return t->values[i].value;
    return assistant_own_value((void *)(uintptr_t)t->assistant, name);
}

static void add_opening(struct turn_work *t) {
    const struct assistant_language *l = &t->assistant->languages[0];
    if (t->opening.len == 0)
        return;
    struct plan_step *s = plan_add(&t->out->plan, PLAN_SAY);
    s->u.say.text = arena_copy(t->arena, buf_str(&t->opening));
    s->u.say.language = arena_copy(t->arena, l->code);
    s->u.say.voice = arena_copy(t->arena, assistant_voice_for(l, str_z(t->in->call->provider)));
    turn_effect(t, (struct conversation_effect){
                       .kind = CONVERSATION_LINE, .role = TURN_ASSISTANT, .text = s->u.say.text});
}

static void add_recording(struct turn_work *t, struct str recording_url) {
    const struct assistant_recording *r = &t->assistant->recording;
    struct plan_start_recording *s =
        &plan_add(&t->out->plan, PLAN_START_RECORDING)->u.start_recording;
    s->dual = r->channels == 2;
    s->format = arena_copy(t->arena, r->format);
    s->status.url = arena_copy(t->arena, recording_url);
}

static enum error_code add_agent(const struct engine *e, struct turn_work *t, enum call_record rule,
                                 struct error *err) {
    CLEANUP(buf_release) struct buf document = BUF_INIT(DOCUMENT_MAX);
    const struct agent_brief brief = {
        .assistant = t->assistant,
        .call = t->in->call,
        .greeting = buf_str(&t->say),
        .lookup = value_of,
        .lookup_ctx = t,
        .rule = rule,
    };
    if (!e->write_agent)
        return error_set(err, ERR_UNSUPPORTED, "this gateway writes no documents for agents");
    enum error_code rc = e->write_agent(e->agents, &brief, &document, err);
    if (rc == ERR_OK)
        plan_add(&t->out->plan, PLAN_AI)->u.ai.document = arena_copy(t->arena, buf_str(&document));
    return rc;
}

static enum error_code run(const struct engine *e, struct turn_work *t, struct str recording_url,
                           struct error *err) {
    const struct assistant *a = t->assistant;
    enum call_record rule = assistant_recording_rule(a, t->in->call->record);
    CLEANUP(buf_release) struct buf data = BUF_INIT(AGENT_DATA_MAX);
    struct agent_state state = {0};
    enum error_code rc = turn_read_values(t, err);
    if (rc != ERR_OK)
        return rc;
    if (a->global_data)
        json_put_value(&data, a->global_data);
    state.data_json = buf_str(&data);
    turn_say(t, &t->opening, a->disclosure);
    if (rule == CALL_RECORD_ON)
        turn_say(t, &t->opening, a->recording.notice);
    turn_say(t, &t->say, a->greeting);
    if (buf_failed(&t->opening) || buf_failed(&t->say))
        return error_set(err, ERR_LIMIT, "more than %d bytes would be said at once", PLAN_TEXT_MAX);
    add_opening(t);
    if (rule == CALL_RECORD_ON)
        add_recording(t, recording_url);
    rc = add_agent(e, t, rule, err);
    if (rc != ERR_OK)
        return rc;
    plan_add(&t->out->plan, PLAN_HANGUP);
    t->out->state_json = agent_state_write(&state, t->arena);
    return plan_check(&t->out->plan, err);
}

enum error_code agent_turn(const struct engine *e, const struct conversation_turn_in *in,
                           struct str recording_url, struct conversation_turn_out *out,
                           struct error *err) {
    struct conversation_turn_out made = {0};
    struct turn_work t = {
        .in = in,
        .assistant = in->assistant,
        .out = &made,
        .arena = &made.plan.arena,
        .opening = BUF_INIT(PLAN_TEXT_MAX),
        .say = BUF_INIT(PLAN_TEXT_MAX),
    };
    enum error_code rc = run(e, &t, recording_url, err);
    buf_release(&t.opening);
    buf_release(&t.say);
    if (rc != ERR_OK) {
        conversation_turn_out_release(&made);
        return rc;
    }
    *out = made;
    return ERR_OK;
}
