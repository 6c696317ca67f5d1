#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/domain/assistant.h"
#include "core/domain/plan.h"
#include "core/engine/agent.h"
#include "core/engine/call_service.h"
#include "core/engine/consents.h"
#include "core/engine/conversation.h"
#include "core/engine/payment_change.h"
#include "core/engine/payment_document.h"
#include "core/engine/turn_effects.h"
#include "core/engine/webhook_internal.h"

/*
 * Documents for a carrier that asks what to do next. Read the state, compute the turn without any
 * lock, and accept it in a transaction that is valid only if nobody accepted this turn before; the
 * one who comes second gives the same document again. So a carrier that asks twice hears the same,
 * and what a turn leaves behind is kept exactly once.
 */
enum {
    DOCUMENT_MAX = 65536,
    PLAN_JSON_MAX = 65536,
    RACES_MAX = 3, /* other webhooks of the same turn that may overtake us */
    /* of the carrier's patience: to keep and render the turn, and for the way there and back */
    ANSWER_MARGIN_MS = 1000,
};

/** The work on one document. Strings live in `arena`. */
struct document {
    struct webhook *webhook;
    const struct engine *engine;
    struct arena arena;
    struct call call;
    struct str request_json;
    struct conversation_state state;
    bool has_state;
    struct consent_standing consent; /* to be recorded, before this turn */
    const struct assistant *assistant;
    enum call_record rule;
    struct payment payment;            /* open; id 0: none */
    struct payment_view paying;        /* what the turn knows of payments */
    bool settles;                      /* the payment is over with this document */
    struct conversation_turn_out turn; /* what is new */
    struct buf plan_json;              /* of turn.plan, to be stored */
    struct buf text;                   /* the document itself */
    uint32_t number;                   /* of the document: 0 for the answer */
    bool accepted;
};

static void document_release(struct document *d) {
    conversation_turn_out_release(&d->turn);
    buf_release(&d->plan_json);
    buf_release(&d->text);
    arena_release(&d->arena);
    assistant_unref(d->assistant);
}

/* ---- small plans of our own ---------------------------------------------------------------------
 */

static void plan_hang_up(struct plan *p) {
    plan_add(p, PLAN_HANGUP);
}

static void plan_apologise(struct plan *p) {
    struct plan_step *say = plan_add(p, PLAN_SAY);
    say->u.say.text = arena_copy(
        &p->arena,
        STR("We are sorry, something went wrong on our side. Please excuse us. Goodbye."));
    plan_add(p, PLAN_HANGUP);
}

static bool has_agent(const struct plan *p) {
    for (size_t i = 0; i < p->count; i++)
        if (p->steps[i].kind == PLAN_AI)
            return true;
    return false;
}

/* An agent's document is stored with a mark where its addresses have credentials. */
static void put_credentials(struct document *d) {
    static const char mark[] = "://" AGENT_CREDENTIALS_MARK "@";
    CLEANUP(buf_release) struct buf with = BUF_INIT(DOCUMENT_MAX);
    struct str rest = buf_str(&d->text);
    for (size_t at; (at = str_find_str(rest, STR(mark))) < rest.len;) {
        buf_put_str(&with, str_from(rest.ptr, at));
        buf_printf(&with, "://" STR_FMT "@", STR_ARG(d->engine->agent_credentials));
        rest = str_from_index(rest, at + strlen(mark));
    }
    buf_put_str(&with, rest);
    buf_clear(&d->text);
    buf_put_str(&d->text, buf_str(&with));
    d->text.failed = d->text.failed || buf_failed(&with);
}

static enum error_code render(struct document *d, const struct plan *p, struct error *err) {
    buf_clear(&d->text);
    enum error_code rc = provider_render_plan(d->webhook->provider, p, &d->text, NULL, err);
    if (rc == ERR_OK && has_agent(p) && d->call.assistant[0])
        put_credentials(d);
    return rc == ERR_OK && buf_failed(&d->text)
               ? error_set(err, ERR_LIMIT, "the document is over %d bytes", DOCUMENT_MAX)
               : rc;
}

/* ---- reading ------------------------------------------------------------------------------------
 */

static enum error_code load_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct document *d = ctx;
    enum error_code rc = webhook_load_call(tx, d->webhook, &d->call, err);
    if (rc == ERR_OK)
        rc = store_get_call_request(tx, d->call.id, &d->arena, &d->request_json, err);
    if (rc != ERR_OK)
        return rc;
    rc = consents_standing(tx, &d->call, &d->consent, err);
    if (rc != ERR_OK)
        return rc;
    rc = store_get_conversation(tx, d->call.id, &d->arena, &d->state, NULL);
    d->has_state = rc == ERR_OK;
    if (rc == ERR_NOT_FOUND)
        rc = ERR_OK;
    return rc == ERR_OK ? payment_open_of(tx, d->call.id, &d->payment, err) : rc;
}

static enum error_code plan_of_json(struct str text, struct plan *out, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct json_limits limits = {.bytes_max = PLAN_JSON_MAX, .values_max = 5000};
    enum error_code rc = json_parse(text, &limits, &doc, err);
    return rc == ERR_OK ? plan_from_json(json_root(doc), out, err) : rc;
}

/* The document that was given last, again. */
static enum error_code repeat_last(struct document *d, struct error *err) {
    struct plan p = {0};
    enum error_code rc = plan_of_json(d->state.plan_json, &p, err);
    if (rc == ERR_OK)
        rc = render(d, &p, err);
    plan_release(&p);
    return rc;
}

/* ---- computing ----------------------------------------------------------------------------------
 */

static struct str kind_link(struct document *d, enum webhook_kind kind, uint32_t turn) {
    struct buf b = BUF_INIT(1024);
    links_put(&d->engine->links, &b, &d->call, kind, turn);
    struct str url = arena_copy(&d->arena, buf_str(&b));
    buf_release(&b);
    return url;
}

static struct str link_text(struct document *d, uint32_t turn) {
    return kind_link(d, WEBHOOK_GATHER, turn);
}

/* A member of the stored request as JSON text; "" when it has none. */
static struct str request_member(struct document *d, const struct json *root, const char *name) {
    const struct json *v = json_get(root, name);
    if (!v)
        return (struct str){0};
    struct buf b = BUF_INIT(PLAN_JSON_MAX);
    json_put_value(&b, v);
    struct str text = arena_copy(&d->arena, buf_str(&b));
    buf_release(&b);
    return text;
}

/*
 * Where the carrier takes no wish to record with the create request, the answer begins with it.
 * The answer is computed once and repeated from the store, so it is asked for once.
 */
static void record_from_here(struct document *d, struct plan *p) {
    bool wanted = d->call.record == CALL_RECORD_ON &&
                  !provider_can(d->webhook->provider, PROVIDER_CAP_PLACE_RECORDED);
    for (size_t i = 0; i < p->count; i++)
        wanted = wanted && p->steps[i].kind != PLAN_START_RECORDING; /* it does so itself */
    struct plan_step *last = wanted ? plan_add(p, PLAN_START_RECORDING) : NULL;
    if (!last)
        return;
    struct plan_step start = {.kind = PLAN_START_RECORDING};
    start.u.start_recording.dual = true;
    start.u.start_recording.status.url = kind_link(d, WEBHOOK_RECORDING, 0);
    memmove(&p->steps[1], &p->steps[0], (p->count - 1) * sizeof *p->steps);
    p->steps[0] = start;
}

/* A call that was placed with a plan: the plan is the answer. What a gather of it collects without
   an address of its own comes here, is kept in the transcript, and the call ends. */
static enum error_code compute_plan_call(struct document *d, const struct json *request,
                                         struct error *err) {
    if (d->webhook->target.kind == WEBHOOK_ANSWER) {
        enum error_code rc = plan_from_json(json_get(request, "plan"), &d->turn.plan, err);
        for (size_t i = 0; rc == ERR_OK && i < d->turn.plan.count; i++) {
            struct plan_step *s = &d->turn.plan.steps[i];
            if (s->kind == PLAN_GATHER && s->u.gather.action.url.len == 0)
                s->u.gather.action.url = link_text(d, 0);
        }
        if (rc == ERR_OK && consents_forbid_recording(&d->consent))
            (void)consents_strip_recording(&d->turn.plan);
        else if (rc == ERR_OK)
            record_from_here(d, &d->turn.plan);
        return rc;
    }
    const struct webhook_news *n = &d->webhook->news;
    struct str said = n->speech.len ? n->speech : n->digits;
    plan_hang_up(&d->turn.plan);
    if (said.len > 0)
        d->turn.effects[d->turn.effect_count++] = (struct conversation_effect){
            .kind = CONVERSATION_LINE,
            .role = TURN_CALLER,
            .text = conversation_fit(&d->turn.plan.arena, NULL, said),
        };
    return ERR_OK;
}

/* A carrier that was asked for a verdict and asks for the document without one waited for it, and
   reports machines only. */
static enum call_answered_by answered_by(const struct webhook_news *n, const struct call *c) {
    enum call_answered_by by = n->answered_by != CALL_BY_UNASKED ? n->answered_by : c->answered_by;
    return by == CALL_BY_UNASKED && c->detection != CALL_DETECT_OFF ? CALL_BY_HUMAN : by;
}

/* Until when a brain may think: the carrier ends the call when no document comes. */
static int64_t deadline_of(const struct webhook *w) {
    uint32_t patience_ms = provider_describe(w->provider)->limits.answer_timeout_ms;
    return w->received_ms +
           (patience_ms > 2 * ANSWER_MARGIN_MS ? patience_ms - ANSWER_MARGIN_MS : patience_ms / 2);
}

/* Whatever the turn's functions and brain want: no step that records without what it takes. */
static void hold_to_consent(struct document *d) {
    struct consent_standing after = d->consent;
    for (size_t i = 0; i < d->turn.effect_count; i++)
        if (d->turn.effects[i].kind == CONVERSATION_CONSENT)
            after = (struct consent_standing){
                d->turn.effects[i].yes ? CONSENT_GIVEN : CONSENT_REFUSED, true};
    if (consents_allow_recording(d->rule, &after) || !consents_strip_recording(&d->turn.plan))
        return;
    log_warn(d->engine->log, "recording left out: the caller has not consented",
             LOG_ID("call", CALL_ID_PREFIX, d->call.id));
}

/* The carrier's own agent takes over at once, but a machine is met by the engine. */
static bool agent_leads(const struct document *d, enum call_answered_by by) {
    bool machine = by == CALL_BY_MACHINE || by == CALL_BY_MACHINE_END || by == CALL_BY_FAX;
    return d->webhook->target.kind == WEBHOOK_ANSWER &&
           agent_is_wanted(d->engine->conversation, d->assistant, d->webhook->provider) &&
           (!machine ||
            (by != CALL_BY_FAX && d->assistant->machine.rule == ASSISTANT_MACHINE_TALK));
}

static enum error_code compute_assistant(struct document *d, const struct json *request,
                                         struct error *err) {
    d->assistant = engine_assistant_of(d->engine, &d->call);
    if (!d->assistant)
        return error_set(err, ERR_NOT_FOUND, "assistant \"%s\" is no longer there",
                         d->call.assistant);
    d->rule = assistant_recording_rule(d->assistant, d->call.record);
    if (d->rule == CALL_RECORD_ON && consents_forbid_recording(&d->consent))
        d->rule = d->call.record = CALL_RECORD_OFF; /* nor is it said that the call is recorded */
    const struct webhook_news *n = &d->webhook->news;
    struct conversation_turn_in in = {
        .assistant = d->assistant,
        .call = &d->call,
        .variables_json = request_member(d, request, "variables"),
        .state_json = d->has_state ? d->state.state_json : (struct str){0},
        .turn = d->number,
        .input =
            d->webhook->target.kind == WEBHOOK_ANSWER ? CONVERSATION_ANSWERED : CONVERSATION_SPOKE,
        .speech = n->speech,
        .digits = n->digits,
        .confidence = n->confidence,
        .dialled = n->dialled,
        .answered_by = answered_by(n, &d->call),
        .next_url = link_text(d, d->number),
        .now_ms = engine_now_ms(d->engine),
        .payment = &d->paying,
        .deadline_ms = deadline_of(d->webhook),
    };
    if (d->settles)
        in.input = CONVERSATION_PAID;
    enum error_code rc =
        agent_leads(d, in.answered_by)
            ? agent_turn(d->engine, &in, kind_link(d, WEBHOOK_RECORDING, 0), &d->turn, err)
            : conversation_turn(d->engine->conversation, &in, &d->turn, err);
    if (rc == ERR_OK)
        hold_to_consent(d);
    return rc;
}

/* ---- payments -----------------------------------------------------------------------------------
 */

static bool last_plan_pays(struct document *d) {
    struct plan p = {0};
    bool pays = false;
    if (d->has_state && plan_of_json(d->state.plan_json, &p, NULL) == ERR_OK)
        for (size_t i = 0; i < p.count; i++)
            pays = pays || p.steps[i].kind == PLAN_PAY;
    plan_release(&p);
    return pays;
}

/* While a payment is open the conversation has no turn; *made: this document is about paying. */
static enum error_code compute_payment(struct document *d, bool *made, struct error *err) {
    enum payment_phase phase = PAYMENT_PHASE_NONE;
    struct payment_document_in in = {
        .engine = d->engine,
        .carrier = d->webhook->provider,
        .call = &d->call,
        .payment = d->payment,
        .was_asked = d->payment.id != 0 && last_plan_pays(d),
        .news = d->webhook->news.payment,
        .next_url = link_text(d, d->number),
    };
    enum error_code rc = payment_document(&in, &phase, &d->turn.plan, &d->paying, err);
    *made = phase == PAYMENT_PHASE_STEPS;
    d->settles = phase == PAYMENT_PHASE_OVER;
    if (*made)
        d->turn.state_json = arena_copy(&d->turn.plan.arena, d->state.state_json);
    return rc;
}

static enum error_code keep_payment(struct store_tx *tx, struct document *d, struct call *c,
                                    struct error *err) {
    struct payment p;
    enum error_code rc = ERR_OK;
    if (d->settles)
        rc = payment_open_of(tx, c->id, &p, err);
    if (rc == ERR_OK && d->settles && p.id == d->payment.id)
        rc = payment_settle(tx, d->engine, c, &p, d->paying.result, &d->webhook->news.payment,
                            &d->webhook->work_added, err);
    for (size_t i = 0; rc == ERR_OK && i < d->turn.effect_count; i++)
        if (d->turn.effects[i].kind == CONVERSATION_PAYMENT)
            rc = payment_open(tx, d->engine, c, d->turn.effects[i].pay, d->rule,
                              PAYMENT_BY_DOCUMENT, &d->webhook->work_added, &p, err);
    return rc;
}

static enum error_code compute(struct document *d, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct json_limits limits = {.bytes_max = 2 * PLAN_JSON_MAX, .values_max = 10000};
    bool pays = false;
    enum error_code rc = json_parse(d->request_json, &limits, &doc, err);
    if (rc == ERR_OK)
        rc = compute_payment(d, &pays, err);
    if (rc == ERR_OK && !pays)
        rc = d->call.assistant[0] ? compute_assistant(d, json_root(doc), err)
                                  : compute_plan_call(d, json_root(doc), err);
    if (rc == ERR_CONFLICT)
        return rc; /* whoever was faster has the document */
    if (rc == ERR_OK)
        rc = render(d, &d->turn.plan, err);
    if (rc != ERR_OK) { /* the caller must hear something: an apology is better than dead air */
        log_error(d->engine->log, "document not made", LOG_ID("call", CALL_ID_PREFIX, d->call.id),
                  LOG_WORDS("error", err ? err->text : ""));
        conversation_turn_out_release(&d->turn);
        plan_apologise(&d->turn.plan);
        rc = render(d, &d->turn.plan, err);
    }
    struct json_writer w;
    buf_clear(&d->plan_json);
    json_write_init(&w, &d->plan_json);
    plan_to_json(&d->turn.plan, &w);
    return rc;
}

/* ---- accepting ----------------------------------------------------------------------------------
 */

static bool turn_is_still_open(struct store_tx *tx, struct document *d, enum error_code *rc,
                               struct error *err) {
    struct arena a = {0};
    struct conversation_state now = {0};
    *rc = store_get_conversation(tx, d->call.id, &a, &now, err);
    bool none = *rc == ERR_NOT_FOUND;
    bool open = none ? !d->has_state : *rc == ERR_OK && d->has_state && now.turn == d->state.turn;
    if (none)
        *rc = ERR_OK;
    arena_release(&a);
    return open;
}

static enum error_code keep_turn(struct store_tx *tx, struct document *d, struct call *c,
                                 int64_t now, struct error *err) {
    struct conversation_state next = {
        .call_id = c->id,
        .turn = d->number,
        .lines = d->has_state ? d->state.lines : 0,
        .state_json = d->turn.state_json,
        .plan_json = buf_str(&d->plan_json),
    };
    struct turn_keeping k = {.engine = d->engine,
                             .assistant = d->assistant,
                             .call = c,
                             .lines = &next.lines,
                             .rule = d->rule,
                             .now_ms = now,
                             .work_added = &d->webhook->work_added};
    enum error_code rc = turn_effects_keep(tx, &k, d->turn.effects, d->turn.effect_count, err);
    if (rc == ERR_OK)
        rc = keep_payment(tx, d, c, err);
    return rc == ERR_OK ? store_put_conversation(tx, &next, err) : rc;
}

static enum error_code accept_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct document *d = ctx;
    struct webhook *w = d->webhook;
    int64_t now = engine_now_ms(d->engine);
    struct call c;
    bool won = false;
    d->accepted = w->work_added = false;
    enum error_code rc = webhook_load_call(tx, w, &c, err);
    if (rc == ERR_OK)
        rc = webhook_bind(tx, w, &c, now, &won, err);
    if (rc != ERR_OK || !won || call_status_is_final(c.status))
        return rc;
    if (!turn_is_still_open(tx, d, &rc, err) || rc != ERR_OK)
        return rc;
    if (c.answered_by == CALL_BY_UNASKED)
        c.answered_by = answered_by(&w->news, &c);
    /* a carrier that asks for instructions has an answered call, whatever became of its notice */
    rc = call_change_status(tx, &c, CALL_ANSWERED, now, err);
    if (rc == ERR_OK)
        rc = keep_turn(tx, d, &c, now, err);
    c.updated_ms = now;
    if (rc == ERR_OK)
        rc = store_update_call(tx, &c, err);
    d->accepted = rc == ERR_OK;
    return rc;
}

/* ---- the three questions ------------------------------------------------------------------------
 */

static bool is_another_leg(const struct document *d) {
    const char *sid = d->webhook->news.sid;
    return d->call.sid[0] && sid[0] && !str_eq_z(str_z(sid), d->call.sid);
}

enum next_step {
    NEXT_COMPUTE = 1,
    NEXT_REPEAT,
    NEXT_HANG_UP
};

static enum next_step what_next(const struct document *d) {
    const struct links_target *t = &d->webhook->target;
    if (call_status_is_final(d->call.status) || d->call.hangup_requested)
        return NEXT_HANG_UP;
    if (t->kind == WEBHOOK_ANSWER)
        return d->has_state ? NEXT_REPEAT : NEXT_COMPUTE;
    if (!d->has_state || t->turn > d->state.turn)
        return NEXT_HANG_UP; /* an answer to a question that was never asked */
    return t->turn < d->state.turn ? NEXT_REPEAT : NEXT_COMPUTE;
}

static enum error_code fall_back_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct document *d = ctx;
    struct call c;
    enum error_code rc = webhook_load_call(tx, d->webhook, &c, err);
    if (rc != ERR_OK || call_status_is_final(c.status))
        return rc;
    c.reason = CALL_REASON_DOCUMENT;
    if (d->webhook->news.carrier_code)
        c.carrier_code = d->webhook->news.carrier_code;
    c.updated_ms = engine_now_ms(d->engine);
    return store_update_call(tx, &c, err);
}

/* The carrier could not use our last document, or could not get it. Works without the store. */
static enum error_code fall_back(struct document *d, struct error *err) {
    struct plan p = {0};
    struct error kept = {0};
    if (store_write(d->engine->store, fall_back_tx, d, &kept) != ERR_OK)
        log_warn(d->engine->log, "fall-back not noted",
                 LOG_ID("call", CALL_ID_PREFIX, d->webhook->target.call_id),
                 LOG_WORDS("error", kept.text));
    log_warn(d->engine->log, "carrier asked for the fall-back document",
             LOG_ID("call", CALL_ID_PREFIX, d->webhook->target.call_id),
             LOG_INT("carrier_code", d->webhook->news.carrier_code));
    plan_apologise(&p);
    enum error_code rc = render(d, &p, err);
    plan_release(&p);
    return rc;
}

static enum error_code hang_up(struct document *d, struct error *err) {
    struct plan p = {0};
    plan_hang_up(&p);
    enum error_code rc = render(d, &p, err);
    plan_release(&p);
    return rc;
}

/* One try; *done is false when another webhook of the same turn was faster. */
static enum error_code try_once(struct document *d, bool *done, struct error *err) {
    enum error_code rc = store_read(d->engine->store, load_tx, d, err);
    if (rc != ERR_OK)
        return rc;
    d->number = d->webhook->target.kind == WEBHOOK_GATHER ? d->webhook->target.turn + 1 : 0;
    *done = true;
    if (is_another_leg(d)) { /* the loser of the gate: noted and ended by accept_tx */
        rc = store_write(d->engine->store, accept_tx, d, err);
        return rc == ERR_OK ? hang_up(d, err) : rc;
    }
    enum next_step next = what_next(d);
    if (next == NEXT_HANG_UP)
        return hang_up(d, err);
    if (next == NEXT_REPEAT)
        return repeat_last(d, err);
    rc = compute(d, err);
    if (rc == ERR_CONFLICT) {
        *done = false;
        return ERR_OK;
    }
    if (rc == ERR_OK)
        rc = store_write(d->engine->store, accept_tx, d, err);
    *done = d->accepted || rc != ERR_OK;
    return rc;
}

static enum error_code make_document(struct document *d, struct error *err) {
    bool done = false;
    enum error_code rc = ERR_OK;
    for (int races = 0; rc == ERR_OK && !done && races < RACES_MAX; races++) {
        conversation_turn_out_release(&d->turn);
        assistant_unref(d->assistant);
        d->assistant = NULL;
        rc = try_once(d, &done, err);
    }
    return rc == ERR_OK && !done ? hang_up(d, err) : rc;
}

/* ---- replying -----------------------------------------------------------------------------------
 */

static struct document_key cache_key(const struct webhook *w) {
    return (struct document_key){.call_id = w->target.call_id,
                                 .turn = 0,
                                 .nonce = str_z(w->target.nonce),
                                 .sid = str_z(w->news.sid)};
}

void webhook_reply_document(struct webhook *w, struct str text) {
    struct http_exchange *x = w->exchange;
    const char *type = provider_describe(w->provider)->document_type;
    w->service->documents++;
    arena_wipe(&w->arena);
    mem_free(w);
    http_exchange_reply_text(x, 200, type, text);
}

bool webhook_document_cached(struct webhook *w) {
    if (w->target.kind != WEBHOOK_ANSWER || w->news.sid[0] == '\0')
        return false;
    struct document_key k = cache_key(w);
    struct http_exchange *x = w->exchange;
    if (!document_cache_get(w->service->cache, &k, &x->reply_body))
        return false;
    w->service->documents++;
    w->service->documents_cached++;
    x->status = 200;
    x->content_type = provider_describe(w->provider)->document_type;
    arena_wipe(&w->arena);
    mem_free(w);
    http_exchange_reply(x);
    return true;
}

void webhook_document_run(struct pool_task *t) {
    struct webhook *w = container_of(t, struct webhook, task);
    struct document d = {.webhook = w,
                         .engine = w->service->engine,
                         .plan_json = BUF_INIT(PLAN_JSON_MAX),
                         .text = BUF_INIT(DOCUMENT_MAX)};
    struct error err = {0};
    enum error_code rc =
        w->target.kind == WEBHOOK_FALLBACK ? fall_back(&d, &err) : make_document(&d, &err);
    if (rc == ERR_OK) {
        if (d.accepted && w->target.kind == WEBHOOK_ANSWER && w->news.sid[0]) {
            struct document_key k = cache_key(w);
            document_cache_put(w->service->cache, &k, buf_str(&d.text));
        }
        if (w->work_added && w->service->work_added)
            w->service->work_added(w->service->work_ctx);
        webhook_reply_document(w, buf_str(&d.text));
    } else {
        w->service->failed++;
        log_warn(d.engine->log, "no document given",
                 LOG_ID("call", CALL_ID_PREFIX, w->target.call_id), LOG_Z("reason", error_name(rc)),
                 LOG_WORDS("error", err.text));
        webhook_reply_status(w, webhook_status_for(rc));
    }
    document_release(&d);
}
