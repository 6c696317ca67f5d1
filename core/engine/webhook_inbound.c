#include "core/base/digest.h"
#include "core/domain/assistant.h"
#include "core/domain/phone.h"
#include "core/engine/call_service.h"
#include "core/engine/webhook_internal.h"

/*
 * Calls to our numbers. The carrier's first webhook, found genuine, makes the call; asked again it
 * finds the same one, by the carrier's own id. From then on it is a call like any other: its
 * document names the addresses of its own.
 */
enum {
    FIRST_LOOK_MS = 60 * 1000, /* nobody promises a notice of its end: the carrier is asked */
    DOCUMENT_MAX = 4096
};

struct inbound {
    struct webhook *webhook;
    const struct engine *engine;
    const struct assistant *assistant;
    struct call made; /* as it would be, before the transaction */
    struct call call; /* as it is */
    bool found;
};

static enum error_code find_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct inbound *in = ctx;
    const struct webhook *w = in->webhook;
    struct call c;
    enum error_code rc = store_get_call_by_sid(tx, w->target.provider, str_z(w->news.sid), &c, err);
    in->found = rc == ERR_OK;
    if (in->found)
        in->call = c;
    return rc == ERR_NOT_FOUND ? ERR_OK : rc;
}

static enum error_code make_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct inbound *in = ctx;
    struct call c = in->made;
    enum error_code rc = find_tx(tx, in, err); /* another worker may have been faster */
    if (rc != ERR_OK || in->found)
        return rc;
    rc = call_change_status(tx, &c, CALL_RINGING, c.created_ms, err);
    if (rc == ERR_OK)
        rc = store_insert_call(tx, &c, STR("{}"), err);
    if (rc == ERR_OK)
        rc = store_add_counter(tx, COUNTER_CALLS, 1, err);
    in->call = c;
    return rc;
}

static void prepare(struct inbound *in) {
    const struct webhook *w = in->webhook;
    int64_t now = engine_now_ms(in->engine);
    uint32_t look_ms = provider_describe(w->provider)->limits.inbound_look_ms;
    struct call *c = &in->made;
    *c = (struct call){.id = id_next(in->engine->ids),
                       .inbound = true,
                       .placement = CALL_PLACE_SUBMITTED,
                       .attempt = 1,
                       .ring_timeout_s = CALL_RING_TIMEOUT_DEFAULT_S,
                       .time_limit_s = CALL_TIME_LIMIT_DEFAULT_S,
                       .created_ms = now,
                       .updated_ms = now,
                       .check_ms = now + (look_ms ? look_ms : FIRST_LOOK_MS)};
    digest_random_hex(c->nonce, (CALL_NONCE_SIZE - 1) / 2);
    memcpy(c->sid, w->news.sid, sizeof c->sid);
    call_copy_text(in->assistant->name.ptr, c->assistant, sizeof c->assistant);
    call_copy_text(provider_name(w->provider), c->provider, sizeof c->provider);
    memcpy(c->to, w->news.to, sizeof c->to);
    /* who hides the number has none: what is known of one such caller is not the next one's */
    if (phone_is_e164(str_z(w->news.from)))
        memcpy(c->from, w->news.from, sizeof c->from);
}

static const struct assistant *find_assistant(const struct engine *e, struct str to) {
    return e->placing_enabled && e->find_inbound && phone_is_e164(to)
               ? e->find_inbound(e->assistants, to)
               : NULL;
}

/* Politely: the caller hears that nobody is there, and is not billed for it. */
static void reject(struct inbound *in) {
    struct webhook *w = in->webhook;
    struct plan p = {0};
    struct buf text = BUF_INIT(DOCUMENT_MAX);
    struct error err = {0};
    plan_add(&p, PLAN_REJECT)->u.reject.busy = !in->engine->placing_enabled;
    log_warn(in->engine->log, "inbound call rejected", LOG_PHONE("to", str_z(w->news.to)),
             LOG_PHONE("from", str_z(w->news.from)),
             LOG_Z("why", in->engine->placing_enabled ? "no assistant has this number"
                                                      : "calls are switched off"));
    if (provider_render_plan(w->provider, &p, &text, NULL, &err) == ERR_OK)
        webhook_reply_document(w, buf_str(&text));
    else
        webhook_reply_status(w, 503);
    plan_release(&p);
    buf_release(&text);
}

/* ERR_NOT_FOUND: nobody answers this number. */
static enum error_code find_or_make(struct inbound *in, struct error *err) {
    struct str to = str_z(in->webhook->news.to);
    enum error_code rc = store_read(in->engine->store, find_tx, in, err);
    if (rc != ERR_OK || in->found)
        return rc;
    in->assistant = find_assistant(in->engine, to);
    if (!in->assistant)
        return error_set(err, ERR_NOT_FOUND, "no assistant has this number");
    prepare(in);
    return store_write(in->engine->store, make_tx, in, err);
}

void webhook_inbound_run(struct pool_task *t) {
    struct webhook *w = container_of(t, struct webhook, task);
    struct inbound in = {.webhook = w, .engine = w->service->engine};
    struct error err = {0};
    enum error_code rc = find_or_make(&in, &err);
    assistant_unref(in.assistant);
    if (rc == ERR_NOT_FOUND) {
        reject(&in);
        return;
    }
    if (rc != ERR_OK) {
        w->service->failed++;
        log_warn(in.engine->log, "inbound call not taken", LOG_Z("reason", error_name(rc)),
                 LOG_WORDS("error", err.text));
        webhook_reply_status(w, webhook_status_for(rc));
        return;
    }
    w->target.call_id = in.call.id;
    w->target.kind = WEBHOOK_ANSWER;
    memcpy(w->target.nonce, in.call.nonce, sizeof w->target.nonce);
    webhook_document_run(t);
}
