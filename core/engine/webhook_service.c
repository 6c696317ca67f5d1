#include "core/engine/webhook_service.h"

#include "core/base/compiler.h"
#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/domain/text.h"
#include "core/engine/call_service.h"
#include "core/engine/recording_change.h"
#include "core/engine/webhook_internal.h"

enum {
    CLOCK_SKEW_MS = 1000,
    CLOCK_SKEW_PAST_MS = 60000,
    OPEN_AFTER_END_MS = 24 * 3600 * 1000, /* addresses of a call that is over */
    WORKERS_DEFAULT = 16,
    QUEUE_DEFAULT = 4096,
    CACHE_DEFAULT = 4096
};

/* ---- shared with webhook_document.c ------------------------------------------------------------
 */

static void webhook_free(struct webhook *w) {
    arena_wipe(&w->arena);
    mem_free(w);
}

void webhook_reply_status(struct webhook *w, int status) {
    struct http_exchange *x = w->exchange;
    x->status = status;
    if (status == 503)
        http_exchange_add_header(x, "Retry-After", STR("2"));
    webhook_free(w);
    http_exchange_reply(x);
}

int webhook_status_for(enum error_code rc) {
    switch (rc) {
    case ERR_OK:
        return 204;
    case ERR_AUTH:
        return 403;
    case ERR_NOT_FOUND:
        return 404;
    case ERR_INVALID:
    case ERR_LIMIT:
        return 400;
    case ERR_UNSUPPORTED:
    case ERR_CONFLICT:
    case ERR_RATE_LIMIT:
    case ERR_NETWORK:
    case ERR_UNCERTAIN:
    case ERR_UPSTREAM:
    case ERR_STORE:
    case ERR_BUSY:
    case ERR_IO:
    case ERR_CODE_COUNT:
        break;
    }
    return 503;
}

enum error_code webhook_load_call(struct store_tx *tx, const struct webhook *w, struct call *out,
                                  struct error *err) {
    enum error_code rc = store_get_call(tx, w->target.call_id, out, err);
    if (rc != ERR_OK)
        return rc;
    bool ours = str_eq_z(w->target.provider, out->provider) &&
                digest_equal(str_z(w->target.nonce), str_z(out->nonce));
    if (!ours)
        return error_set(err, ERR_NOT_FOUND, "not an address of this call");
    /* a signature has no date: what was captured long ago must not open anything */
    bool closed = call_status_is_final(out->status) &&
                  engine_now_ms(w->service->engine) - out->ended_ms > OPEN_AFTER_END_MS;
    return closed ? error_set(err, ERR_NOT_FOUND, "the call ended more than a day ago") : ERR_OK;
}

enum error_code webhook_bind(struct store_tx *tx, struct webhook *w, struct call *c, int64_t now_ms,
                             bool *won, struct error *err) {
    *won = true;
    if (w->news.sid[0] == '\0')
        return ERR_OK;
    int64_t last_event = c->last_event;
    bool was_bound = c->sid[0] != '\0';
    enum error_code rc = call_bind_sid(tx, c, str_z(w->news.sid), now_ms, won, err);
    /* a leg that should not be is ended */
    w->work_added = !*won || (!was_bound && call_status_is_final(c->status));
    return rc == ERR_OK && c->last_event != last_event ? store_update_call(tx, c, err) : rc;
}

/* ---- notices -----------------------------------------------------------------------------------
 */

/* The carrier's own time of the news, so that late news is dated right. What lies ahead of us by
   more than clocks may differ is not believed (and a simulated carrier's time may run faster than
   ours), nor what lies before the call: a bound that counts from it would be over at once. */
static int64_t news_time(const struct webhook *w, const struct call *c, int64_t now_ms) {
    int64_t at = w->news.at_ms;
    bool believable = at >= c->created_ms - CLOCK_SKEW_PAST_MS && at <= now_ms + CLOCK_SKEW_MS;
    return believable ? at : now_ms;
}

/* Why it failed, in the carrier's words; of a busy or silent line the status says it all. */
static bool take_error(const struct webhook_news *n, struct call *c) {
    if (n->status != CALL_FAILED || n->carrier_text.len == 0 || c->error_text[0])
        return false;
    CLEANUP(buf_release) struct buf line = BUF_INIT(n->carrier_text.len + 1);
    text_put_clean(&line, n->carrier_text);
    call_copy_text(line.ptr ? line.ptr : "", c->error_text, sizeof c->error_text);
    return true;
}

/* Facts that come with a status. They belong to the news that ends the call, or come before it. */
static bool take_facts(const struct webhook_news *n, struct call *c) {
    bool changed = false;
    bool open = !call_status_is_final(c->status);
    if (open && n->has_duration && c->duration_s != n->duration_s) {
        c->duration_s = n->duration_s;
        changed = true;
    }
    if (open && n->carrier_code && c->carrier_code == 0) {
        c->carrier_code = n->carrier_code;
        changed = true;
    }
    if (n->answered_by != CALL_BY_UNASKED && c->answered_by == CALL_BY_UNASKED) {
        c->answered_by = n->answered_by;
        changed = true;
    }
    return (open && take_error(n, c)) || changed;
}

static enum error_code apply_status(struct store_tx *tx, struct webhook *w, struct call *c,
                                    bool bound_now, int64_t now, struct error *err) {
    int64_t last_event = c->last_event;
    bool was_open = !call_status_is_final(c->status);
    bool changed = take_facts(&w->news, c) || bound_now;
    enum error_code rc = ERR_OK;
    if (w->news.status != CALL_STATUS_NONE)
        rc = call_change_status(tx, c, w->news.status, news_time(w, c, now), err);
    w->ended = was_open && call_status_is_final(c->status);
    if (rc != ERR_OK || (!changed && c->last_event == last_event))
        return rc; /* a duplicate: durable already, nothing to write */
    c->updated_ms = now;
    return store_update_call(tx, c, err);
}

static enum error_code apply_detection(struct store_tx *tx, struct webhook *w, struct call *c,
                                       int64_t now, struct error *err) {
    if (w->news.answered_by == CALL_BY_UNASKED || c->answered_by != CALL_BY_UNASKED)
        return ERR_OK;
    c->answered_by = w->news.answered_by;
    c->updated_ms = now;
    struct buf data = BUF_INIT(256);
    struct json_writer jw;
    json_write_init(&jw, &data);
    json_begin_object(&jw);
    json_kv_z(&jw, "answered_by", call_answered_by_name(c->answered_by));
    json_end_object(&jw);
    enum error_code rc = call_append_event(tx, c, EVENT_CALL_MACHINE, now, buf_str(&data), err);
    buf_release(&data);
    return rc == ERR_OK ? store_update_call(tx, c, err) : rc;
}

static enum error_code apply_recording(struct store_tx *tx, struct webhook *w, struct call *c,
                                       int64_t now, struct error *err) {
    const struct webhook_news *n = &w->news;
    struct recording r;
    if (n->recording_sid[0] == '\0' || n->recording_status == RECORDING_NONE)
        return error_set(err, ERR_INVALID, "a recording notice without id or status");
    enum error_code rc =
        recording_take(tx, w->service->engine, c, str_z(n->recording_sid), now, &r, err);
    if (rc != ERR_OK || recording_is_settled(r.status) || r.status == n->recording_status)
        return rc; /* late, repeated, or all that was to be noted */
    r.status = n->recording_status;
    r.updated_ms = now;
    if (n->recording_duration_s)
        r.duration_s = n->recording_duration_s;
    if (n->recording_channels)
        r.channels = n->recording_channels;
    rc = store_update_recording(tx, &r, err);
    if (rc == ERR_OK && r.status == RECORDING_AVAILABLE && w->service->engine->vault) {
        struct job fetch = {
            .kind = JOB_FETCH_RECORDING, .call_id = c->id, .ref_id = r.id, .run_at_ms = now};
        w->work_added = true;
        rc = store_add_job(tx, &fetch, err);
    }
    return rc;
}

static enum error_code find_call(struct store_tx *tx, struct webhook *w, struct error *err) {
    struct call c;
    if (!w->of_number)
        return ERR_OK;
    enum error_code rc = store_get_call_by_sid(tx, w->target.provider, str_z(w->news.sid), &c, err);
    if (rc != ERR_OK)
        return rc;
    w->target.call_id = c.id;
    memcpy(w->target.nonce, c.nonce, sizeof w->target.nonce);
    return ERR_OK;
}

static enum error_code notice_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct webhook *w = ctx;
    int64_t now = engine_now_ms(w->service->engine);
    struct call c;
    bool won = false;
    w->work_added = w->ended = false;
    enum error_code rc = find_call(tx, w, err);
    if (rc == ERR_OK)
        rc = webhook_load_call(tx, w, &c, err);
    bool was_bound = rc == ERR_OK && c.sid[0] != '\0';
    if (rc == ERR_OK)
        rc = webhook_bind(tx, w, &c, now, &won, err);
    if (rc != ERR_OK || !won)
        return rc;
    if (w->target.kind == WEBHOOK_RECORDING)
        return apply_recording(tx, w, &c, now, err);
    if (w->target.kind == WEBHOOK_DETECTION)
        return apply_detection(tx, w, &c, now, err);
    return apply_status(tx, w, &c, !was_bound && c.sid[0] != '\0', now, err);
}

static void notice_done(struct store_work *work, enum error_code rc, const struct error *err) {
    struct webhook *w = container_of(work, struct webhook, work);
    struct webhook_service *ws = w->service;
    if (rc == ERR_OK) {
        ws->accepted++;
        if (w->ended)
            document_cache_drop(ws->cache, w->target.call_id, 0);
        if (w->work_added && ws->work_added)
            ws->work_added(ws->work_ctx);
    } else if (rc == ERR_NOT_FOUND && w->of_number) {
        ws->accepted++; /* of a call that was rejected, or is long over: nothing to be told */
        rc = ERR_OK;
    } else {
        ws->failed++;
        log_warn(ws->engine->log, "webhook not applied",
                 LOG_ID("call", CALL_ID_PREFIX, w->target.call_id),
                 LOG_Z("kind", webhook_kind_name(w->target.kind)), LOG_WORDS("error", err->text));
    }
    webhook_reply_status(w, webhook_status_for(rc));
}

static void submit_notice(struct webhook *w) {
    w->work = (struct store_work){.fn = notice_tx, .ctx = w, .done = notice_done};
    enum error_code rc = store_submit(w->service->engine->store, &w->work, NULL);
    if (rc != ERR_OK) {
        w->service->failed++;
        webhook_reply_status(w, 503);
    }
}

/* ---- entry -------------------------------------------------------------------------------------
 */

static bool wants_document(enum webhook_kind k) {
    return k == WEBHOOK_INBOUND || k == WEBHOOK_ANSWER || k == WEBHOOK_GATHER ||
           k == WEBHOOK_FALLBACK;
}

static void refuse(struct webhook *w, enum error_code rc, const struct error *err) {
    struct webhook_service *ws = w->service;
    if (rc == ERR_AUTH)
        ws->refused_signature++;
    else
        ws->refused_other++;
    uint64_t left_out = 0;
    if (log_limit_take(&ws->refusals, w->received_ms, &left_out))
        log_warn(ws->engine->log, "webhook refused",
                 LOG_Z("kind", webhook_kind_name(w->target.kind)), LOG_Z("reason", error_name(rc)),
                 LOG_WORDS("error", err->text), LOG_INT("left_out", left_out));
    webhook_reply_status(w, webhook_status_for(rc));
}

void webhook_service_handle(struct webhook_service *ws, struct http_exchange *x) {
    struct webhook *w = mem_zalloc(sizeof *w);
    w->received_ms = clock_mono_ms(&ws->engine->clock);
    struct error err = {0};
    w->service = ws;
    w->exchange = x;
    if (!links_parse(x->path, x->query, &w->target) ||
        !(w->provider = engine_provider(ws->engine, w->target.provider))) {
        ws->refused_other++;
        webhook_reply_status(w, 404);
        return;
    }
    if (!str_eq_z(x->method, "POST") && !str_eq_z(x->method, "GET")) {
        ws->refused_other++;
        http_exchange_add_header(x, "Allow", STR("GET, POST"));
        webhook_reply_status(w, 405);
        return;
    }
    w->of_number = w->target.call_id == 0;
    struct webhook_request req = {
        .kind = w->target.kind,
        .method = x->method,
        .target = x->target,
        .content_type = http_exchange_header(x, STR("Content-Type")),
        .body = x->body,
        .exchange = x,
        .headers = x->headers,
        .header_count = x->header_count,
    };
    enum error_code rc = provider_read_webhook(w->provider, &req, &w->arena, &w->news, &err);
    if (rc != ERR_OK) {
        refuse(w, rc, &err);
        return;
    }
    if (w->of_number && w->news.sid[0] == '\0') {
        error_set(&err, ERR_INVALID, "it names no call");
        refuse(w, ERR_INVALID, &err);
        return;
    }
    if (!wants_document(w->target.kind)) {
        submit_notice(w);
        return;
    }
    if (webhook_document_cached(w))
        return;
    w->task.run = w->target.kind == WEBHOOK_INBOUND ? webhook_inbound_run : webhook_document_run;
    if (!pool_submit(ws->pool, &w->task)) {
        ws->failed++;
        webhook_reply_status(w, 503);
    }
}

struct webhook_service *webhook_service_new(const struct webhook_service_options *o) {
    struct webhook_service *ws = mem_zalloc(sizeof *ws);
    ws->engine = o->engine;
    ws->work_added = o->work_added;
    ws->work_ctx = o->work_ctx;
    log_limit_init(&ws->refusals);
    ws->cache = document_cache_new(o->cached_documents ? o->cached_documents : CACHE_DEFAULT);
    ws->pool = pool_new("documents", o->workers ? o->workers : WORKERS_DEFAULT,
                        o->queue_max ? o->queue_max : QUEUE_DEFAULT);
    return ws;
}

void webhook_service_stop(struct webhook_service *ws) {
    if (ws)
        pool_stop(ws->pool);
}

void webhook_service_free(struct webhook_service *ws) {
    if (!ws)
        return;
    pool_free(ws->pool);
    document_cache_free(ws->cache);
    log_limit_release(&ws->refusals);
    mem_free(ws);
}

struct webhook_counts webhook_service_counts(struct webhook_service *ws) {
    return (struct webhook_counts){
        .accepted = ws->accepted,
        .refused_signature = ws->refused_signature,
        .refused_other = ws->refused_other,
        .documents = ws->documents,
        .documents_cached = ws->documents_cached,
        .failed = ws->failed,
    };
}
