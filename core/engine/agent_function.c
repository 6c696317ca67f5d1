#include <string.h>

#include "core/base/compiler.h"
#include "core/base/id.h"
#include "core/base/lanes.h"
#include "core/domain/card_mask.h"
#include "core/engine/agent.h"
#include "core/engine/agent_answer.h"
#include "core/engine/agent_consent.h"
#include "core/engine/agent_payment.h"
#include "core/engine/agent_state.h"
#include "core/engine/conversation_turn.h"
#include "core/engine/functions.h"
#include "core/engine/recording_change.h"
#include "core/engine/turn_effects.h"

enum {
    LINE_MAX = 16384,
    ARGUMENTS_MAX = 8192,
    REQUEST_MAX = 131072,
};

/** One function under way. Strings live in `arena`. */
struct agent_run {
    const struct engine *e;
    const struct agent_request *q;
    struct arena *arena;
    struct call call; /* id 0: it is not ours */
    struct str key;   /* of the request */
    bool repeated;    /* it was answered before: reply and payment are those of then */
    struct str request_json;
    struct agent_state state;
    struct conversation_state stored;
    enum call_record rule;
    char recording[CALL_SID_SIZE];    /* that runs; "" none is known of */
    struct conversation_turn_out out; /* its effects; no plan */
    struct function_reply reply;
    struct agent_judgement consent;
    struct agent_payment payment;
    const struct error *failed; /* NULL: it ran */
    bool work_added;
};

/* ---- asked again -------------------------------------------------------------------------------
 */

/* A payment that is over is not asked for again: then the caller wants another try. */
static enum error_code find_repeated(struct agent_run *r, struct store_tx *tx,
                                     const struct agent_state *s, struct error *err) {
    struct function_reply *reply = arena_alloc(r->arena, sizeof *reply);
    struct payment open = {0};
    if (!agent_answer_again(&s->answer, r->key, engine_now_ms(r->e), r->arena, reply))
        return ERR_OK;
    enum error_code rc =
        s->answer.payment_id ? payment_open_of(tx, r->call.id, &open, err) : ERR_OK;
    if (rc != ERR_OK || open.id != s->answer.payment_id)
        return rc;
    r->repeated = true;
    r->reply = *reply;
    r->payment = (struct agent_payment){
        .engine = r->e, .arena = r->arena, .reply = &r->reply, .opened = open};
    agent_payment_address(&r->payment, &r->call);
    return ERR_OK;
}

/*
 * What did something is not to be done again, and a remote function may have done anything, also
 * when no answer came in time. What only tells is told anew, and what failed is tried anew.
 */
static struct agent_answer answer_of(struct agent_run *r, int64_t now) {
    const struct assistant_function *f = assistant_find_function(r->q->assistant, r->q->function);
    bool remote = f && f->kind == ASSISTANT_FUNCTION_REMOTE;
    struct function_reply told = {0};
    if (r->failed && r->failed->code != ERR_UNCERTAIN)
        return (struct agent_answer){0};
    if (!remote && r->reply.effect_count == 0 && r->reply.action_count == 0 && !r->consent.answered)
        return (struct agent_answer){0};
    if (r->failed)
        told.response = arena_printf(r->arena, "The function did not run: %s", r->failed->text);
    return agent_answer_of(r->failed ? &told : &r->reply, r->key, r->payment.opened.id, now,
                           r->arena);
}

/* ---- reading -----------------------------------------------------------------------------------
 */

static enum error_code load_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct agent_run *r = ctx;
    enum error_code rc = store_get_call(tx, r->q->call_id, &r->call, err);
    if (rc == ERR_OK)
        rc = store_get_call_request(tx, r->call.id, r->arena, &r->request_json, err);
    if (rc == ERR_OK)
        rc = store_get_conversation(tx, r->call.id, r->arena, &r->stored, err);
    if (rc == ERR_OK)
        rc = consents_standing(tx, &r->call, &r->consent.standing, err);
    if (rc == ERR_OK)
        rc = recording_running(tx, r->call.id, r->recording, err);
    if (rc == ERR_OK)
        rc = agent_state_read(r->stored.state_json, r->arena, &r->state, err);
    return rc == ERR_OK ? find_repeated(r, tx, &r->state, err) : rc;
}

static enum error_code over(struct error *err) {
    return error_set(err, ERR_CONFLICT, "the call is over");
}

static enum error_code load(struct agent_run *r, struct error *err) {
    if (r->q->call_id == 0) {
        r->rule = r->q->assistant->recording.rule;
        r->state.data_json = r->q->global_data_json;
        return ERR_OK;
    }
    enum error_code rc = store_read(r->e->store, load_tx, r, err);
    if (rc == ERR_OK && call_status_is_final(r->call.status))
        rc = over(err);
    r->rule = assistant_recording_rule(r->q->assistant, r->call.record);
    return rc;
}

/* ---- running -----------------------------------------------------------------------------------
 */

/* {"token": what the agent keeps for it}, as functions know it; "" when there is none. */
static struct str meta_data_of(struct agent_run *r) {
    const struct assistant_function *f = assistant_find_function(r->q->assistant, r->q->function);
    CLEANUP(buf_release) struct buf b = BUF_INIT(REQUEST_MAX);
    CLEANUP(buf_release) struct buf kept = BUF_INIT(REQUEST_MAX);
    struct json_writer w;
    if (!f || json_count(r->q->meta_data) == 0)
        return (struct str){0};
    json_put_value(&kept, r->q->meta_data);
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_key_str(&w, f->meta_data_token.len > 0 ? f->meta_data_token : f->name);
    json_put_raw(&w, buf_str(&kept));
    json_end_object(&w);
    return buf_failed(&kept) ? (struct str){0} : arena_copy(r->arena, buf_str(&b));
}

static enum error_code run(struct agent_run *r, struct turn_work *t, struct error *err) {
    char session[ID_TEXT_SIZE] = "";
    static const struct json_limits limits = {.bytes_max = REQUEST_MAX, .values_max = 4000};
    CLEANUP(json_doc_freep) struct json_doc *data = NULL, *meta_data = NULL;
    struct str meta_data_json = meta_data_of(r);
    enum error_code rc = r->call.id ? turn_read_values(t, err) : ERR_OK;
    if (r->call.id)
        id_format(session, CALL_ID_PREFIX, r->call.id);
    if (rc == ERR_OK && r->state.data_json.len > 0)
        rc = json_parse(r->state.data_json, &limits, &data, err);
    if (rc == ERR_OK && meta_data_json.len > 0)
        rc = json_parse(meta_data_json, &limits, &meta_data, err);
    if (rc != ERR_OK)
        return rc;
    struct function_context fc = {
        .store = r->e->store,
        .assistant = r->q->assistant,
        .session_id = r->call.id ? str_z(session) : r->q->session_id,
        .caller_id = r->call.id ? call_caller(&r->call) : r->q->caller_id,
        .values = t->values,
        .value_count = t->value_count,
        .data = data ? json_root(data) : NULL,
        .meta_data = meta_data ? json_root(meta_data) : NULL,
        .zones = r->e->zones,
        .remote = r->e->remote,
        .provider = str_z(r->call.provider),
        .caller_name = r->q->caller_name,
        .own_number = str_z(r->call.inbound ? r->call.to : r->call.from),
        .inbound = r->call.inbound,
        .idempotency_key = r->key,
        .now_ms = t->in->now_ms,
        .answered_ms = r->call.answered_ms,
        .arena = r->arena,
    };
    return function_run(&fc, r->q->function, r->q->arguments, &r->reply, err);
}

/* ---- payments ----------------------------------------------------------------------------------
 */

/*
 * The keys of a card can be heard in a recording. One that we know of is paused over the carrier's
 * API, see agent_payment_guard(); one that the agent began a moment ago may not be known yet, so
 * that the agent itself stops it. False: there is no room for that.
 */
static bool stop_unknown_recording(struct function_reply *reply) {
    size_t at = 0;
    while (at < reply->action_count && reply->actions[at].kind != FUNCTION_ACTION_PAY)
        at++;
    if (at == reply->action_count)
        return true;
    if (!function_reply_add(reply, FUNCTION_ACTION_STOP_RECORDING))
        return false;
    size_t last = reply->action_count - 1;
    struct function_action stop = reply->actions[last];
    memmove(&reply->actions[at + 1], &reply->actions[at], (last - at) * sizeof stop);
    reply->actions[at] = stop;
    return true;
}

static enum error_code keep_card_out(struct agent_run *r, struct error *err) {
    /* of a call that is not ours nobody tells what was answered before, nor what is recorded */
    bool allowed = r->call.id ? consents_allow_recording(r->rule, &r->consent.standing)
                              : r->rule != CALL_RECORD_OFF;
    if ((r->recording[0] || allowed) && agent_payment_is_hidden(&r->reply))
        return error_set(err, ERR_UNSUPPORTED,
                         "a payment in a document of one's own cannot be taken while the call may "
                         "be recorded: let the function give the action pay alone");
    return r->recording[0] || !allowed || stop_unknown_recording(&r->reply)
               ? ERR_OK
               : error_set(err, ERR_LIMIT, "too many actions for a payment");
}

/* ---- what is left behind -----------------------------------------------------------------------
 */

static void add_effect(struct agent_run *r, struct conversation_effect e) {
    if (r->out.effect_count < CONVERSATION_EFFECTS_MAX)
        r->out.effects[r->out.effect_count++] = e;
}

/* {"name","arguments","result" or "error"}; what looks like a card number is masked. */
static struct str function_line(struct agent_run *r) {
    CLEANUP(buf_release) struct buf arguments = BUF_INIT(ARGUMENTS_MAX);
    CLEANUP(buf_release) struct buf line = BUF_INIT(LINE_MAX);
    CLEANUP(buf_release) struct buf result = BUF_INIT(LINE_MAX);
    struct json_writer w;
    json_write_init(&w, &arguments);
    if (r->q->arguments)
        card_mask_json(&w, r->q->arguments);
    (void)card_mask_put(&result, r->reply.response);
    json_write_init(&w, &line);
    json_begin_object(&w);
    json_kv_string(&w, "name", r->q->function);
    json_key(&w, "arguments");
    if (arguments.len == 0)
        json_put_raw(&w, STR("{}"));
    else if (buf_failed(&arguments))
        json_put_string(&w, STR("(too long)"));
    else
        json_put_raw(&w, buf_str(&arguments));
    if (r->failed)
        json_kv_z(&w, "error", r->failed->text);
    else
        json_kv_string(&w, "result", buf_str(&result));
    json_end_object(&w);
    return arena_copy(r->arena, buf_str(&line));
}

static bool ends_call(const struct function_reply *reply) {
    for (size_t i = 0; i < reply->action_count; i++) {
        const struct function_action *a = &reply->actions[i];
        if (a->kind == FUNCTION_ACTION_HANGUP || a->final)
            return true;
    }
    return false;
}

static void take_effect(struct agent_run *r, const struct function_effect *e) {
    switch (e->kind) {
    case FUNCTION_EFFECT_INFO:
    case FUNCTION_EFFECT_OPT_OUT:
        add_effect(r, (struct conversation_effect){.kind = CONVERSATION_INFO,
                                                   .category = e->category,
                                                   .text = e->text,
                                                   .caller_id = e->caller_id});
        break;
    case FUNCTION_EFFECT_END:
        add_effect(r, (struct conversation_effect){.kind = CONVERSATION_OUTCOME, .text = e->text});
        if (!ends_call(&r->reply))
            (void)function_reply_add(&r->reply, FUNCTION_ACTION_HANGUP);
        break;
    case FUNCTION_EFFECT_NONE:
        break;
    }
}

static void take_reply(struct agent_run *r) {
    add_effect(r, (struct conversation_effect){.kind = CONVERSATION_FUNCTION,
                                               .role = TURN_FUNCTION,
                                               .text = function_line(r)});
    for (size_t i = 0; i < r->reply.effect_count; i++)
        take_effect(r, &r->reply.effects[i]);
    if (r->consent.answered)
        add_effect(
            r, (struct conversation_effect){.kind = CONVERSATION_CONSENT,
                                            .text = r->consent.words,
                                            .yes = r->consent.standing.newest == CONSENT_GIVEN});
}

/* ---- keeping -----------------------------------------------------------------------------------
 */

static enum error_code change_data(struct agent_run *r, struct str *data, struct error *err) {
    enum error_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < r->reply.action_count; i++) {
        const struct function_action *a = &r->reply.actions[i];
        if (a->kind == FUNCTION_ACTION_SET_DATA)
            rc = agent_data_set(data, a->json, r->arena, err);
        else if (a->kind == FUNCTION_ACTION_UNSET_DATA)
            rc = agent_data_unset(data, a->json, r->arena, err);
    }
    return rc;
}

/* What the agent cannot do with a recording is done by asking the carrier. */
static enum error_code control_recording(struct store_tx *tx, struct agent_run *r, int64_t now,
                                         struct error *err) {
    enum error_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < r->reply.action_count; i++) {
        enum function_action_kind kind = r->reply.actions[i].kind;
        bool pause = kind == FUNCTION_ACTION_PAUSE_RECORDING;
        if (!pause && kind != FUNCTION_ACTION_RESUME_RECORDING)
            continue;
        struct job j = {.kind = JOB_RECORDING_CONTROL, .call_id = r->call.id, .run_at_ms = now};
        if (!str_copy(pause ? STR("pause") : STR("resume"), j.ref_text, sizeof j.ref_text))
            return error_set(err, ERR_LIMIT, "the action's name is too long");
        r->work_added = true;
        rc = store_add_job(tx, &j, err);
    }
    return rc;
}

static enum error_code keep_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct agent_run *r = ctx;
    int64_t now = engine_now_ms(r->e);
    struct conversation_state stored = {0};
    struct agent_state state;
    struct call c;
    r->work_added = false;
    enum error_code rc = store_get_call(tx, r->call.id, &c, err);
    if (rc == ERR_OK)
        rc = store_get_conversation(tx, c.id, r->arena, &stored, err);
    if (rc == ERR_OK)
        rc = agent_state_read(stored.state_json, r->arena, &state, err);
    if (rc == ERR_OK && call_status_is_final(c.status))
        rc = over(err);
    if (rc == ERR_OK)
        rc = find_repeated(r, tx, &state, err);
    if (rc != ERR_OK || r->repeated)
        return rc;
    struct turn_keeping k = {.engine = r->e,
                             .assistant = r->q->assistant,
                             .call = &c,
                             .lines = &stored.lines,
                             .rule = r->rule,
                             .now_ms = now,
                             .work_added = &r->work_added};
    rc = turn_effects_keep(tx, &k, r->out.effects, r->out.effect_count, err);
    if (rc == ERR_OK)
        rc = change_data(r, &state.data_json, err);
    if (rc == ERR_OK)
        rc = control_recording(tx, r, now, err);
    if (rc == ERR_OK)
        rc = agent_payment_keep(&r->payment, tx, &c, &r->work_added, err);
    state.answer = answer_of(r, now);
    stored.state_json = agent_state_write(&state, r->arena);
    if (rc == ERR_OK)
        rc = store_put_conversation(tx, &stored, err);
    c.updated_ms = now;
    return rc == ERR_OK ? store_update_call(tx, &c, err) : rc;
}

/* Of a call that is not ours there is no more than what was shared. */
static enum error_code keep_free_tx(struct store_tx *tx, void *ctx, struct error *err) {
    const struct agent_run *r = ctx;
    enum error_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < r->out.effect_count; i++) {
        const struct conversation_effect *e = &r->out.effects[i];
        const struct info info = {.session_id = r->q->session_id,
                                  .caller_id =
                                      e->caller_id.len > 0 ? e->caller_id : r->q->caller_id,
                                  .category = e->category,
                                  .information = e->text};
        if (e->kind == CONVERSATION_INFO)
            rc = agent_info_keep(tx, r->e, &info, err);
    }
    return rc;
}

static enum error_code keep(struct agent_run *r, struct error *err) {
    bool shared = false;
    if (r->call.id)
        return store_write(r->e->store, keep_tx, r, err);
    for (size_t i = 0; i < r->out.effect_count; i++)
        shared = shared || r->out.effects[i].kind == CONVERSATION_INFO;
    return shared ? store_write(r->e->store, keep_free_tx, r, err) : ERR_OK;
}

/* ---- the whole ---------------------------------------------------------------------------------
 */

static void judge(struct agent_run *r) {
    agent_consent_judge(r->q->assistant, r->q->function, r->rule, r->q->call_log, r->arena,
                        &r->reply, &r->consent);
}

static enum error_code run_and_keep(struct agent_run *r, struct turn_work *t, struct error *err) {
    struct error failed = {0};
    enum error_code rc = run(r, t, &failed);
    r->payment = (struct agent_payment){.engine = r->e,
                                        .arena = r->arena,
                                        .reply = &r->reply,
                                        .pay_result = r->q->pay_result,
                                        .rule = r->rule};
    if (rc == ERR_OK)
        rc = agent_payment_begin(&r->payment, &r->call, &failed);
    if (rc == ERR_OK) {
        judge(r);
        rc = keep_card_out(r, &failed);
    }
    if (rc != ERR_OK) {
        r->reply = (struct function_reply){0};
        r->failed = &failed;
    }
    take_reply(r);
    enum error_code kept = keep(r, rc == ERR_OK ? err : NULL);
    r->failed = NULL; /* it dies with this frame */
    if (rc == ERR_OK || r->repeated)
        return kept;
    if (err)
        *err = failed;
    return rc;
}

static enum error_code answer(struct agent_run *r, struct error *err) {
    enum error_code rc = load(r, err);
    if (rc == ERR_OK && !r->repeated) {
        struct conversation_turn_in in = {.assistant = r->q->assistant,
                                          .call = &r->call,
                                          .variables_json =
                                              turn_variables_of(r->request_json, r->arena),
                                          .now_ms = engine_now_ms(r->e)};
        struct turn_work t = {
            .in = &in, .assistant = r->q->assistant, .out = &r->out, .arena = r->arena};
        rc = run_and_keep(r, &t, err);
    }
    if (rc == ERR_OK && r->repeated)
        judge(r); /* consent may have been withdrawn since */
    return rc;
}

enum error_code agent_function(const struct engine *e, const struct agent_request *q,
                               struct arena *a, struct function_reply *out, bool *work_added,
                               int64_t *payment_id, struct error *err) {
    struct agent_run r = {.e = e, .q = q, .arena = a};
    struct lane lane;
    uint64_t lane_key;
    r.key = agent_answer_key(q, a, &lane_key);
    if (e->agent_lanes)
        (void)lanes_enter(e->agent_lanes, &lane, lane_key);
    enum error_code rc = answer(&r, err);
    if (e->agent_lanes)
        lanes_leave(e->agent_lanes, &lane);
    if (rc == ERR_OK) {
        *out = r.reply;
        *work_added = r.work_added;
        *payment_id = r.payment.opened.id;
    }
    return rc;
}
