#include "core/app/api.h"
#include "core/base/id.h"
#include "core/base/mem.h"
#include "core/engine/call_service.h"
#include "core/engine/dispatcher.h"
#include "core/engine/event_feed.h"
#include "core/engine/pacer.h"

enum {
    WAIT_MAX_S = 25,
    PAYMENTS_MAX = 100,
    MEMBER_JSON_MAX = 65536
};

/* ---- POST /api/calls --------------------------------------------------------------------------
 */

/* A member that is passed on as JSON text. */
static struct str json_member(struct api_request *r, const char *name) {
    const struct json *v = json_get(json_root(r->body), name);
    if (!v || json_type(v) == JSON_NULL)
        return (struct str){0};
    struct buf b = BUF_INIT(MEMBER_JSON_MAX);
    json_put_value(&b, v);
    struct str text = arena_copy(&r->arena, buf_str(&b));
    buf_release(&b);
    return text;
}

static bool text_member(struct api_request *r, const char *name, struct str *out) {
    return api_text_member(r, name, out) == ERR_OK;
}

static bool seconds_member(struct api_request *r, const char *name, int min, int max,
                           uint32_t *out) {
    const struct json *v = json_get(json_root(r->body), name);
    int64_t n = 0;
    if (!v || json_type(v) == JSON_NULL)
        return true;
    if (!json_int(v, min, max, &n)) {
        error_field(&r->error, ERR_INVALID, name, "%s must be a whole number of seconds, %d to %d",
                    name, min, max);
        return false;
    }
    *out = (uint32_t)n;
    return true;
}

static bool record_member(struct api_request *r, enum call_record *out) {
    const struct json *v = json_get(json_root(r->body), "record");
    if (!v || json_type(v) == JSON_NULL)
        return true;
    if (json_type(v) == JSON_BOOL) {
        *out = json_bool(v, false) ? CALL_RECORD_ON : CALL_RECORD_OFF;
        return true;
    }
    if (call_record_parse(json_str(v), out) && *out != CALL_RECORD_DEFAULT)
        return true;
    error_field(&r->error, ERR_INVALID, "record", "record must be \"off\", \"on\" or \"ask\"");
    return false;
}

static bool detection_member(struct api_request *r, struct call_request *q) {
    const struct json *v = json_get(json_root(r->body), "machine_detection");
    if (!v || json_type(v) == JSON_NULL)
        return true;
    q->detection_given = true;
    if (call_detection_parse(json_str(v), &q->detection))
        return true;
    error_field(&r->error, ERR_INVALID, "machine_detection",
                "machine_detection must be \"off\", \"start\" or \"message_end\"");
    return false;
}

static bool only_known_members(struct api_request *r) {
    static const char *const known[] = {
        "to",       "from",   "provider",          "assistant",      "plan",         "variables",
        "metadata", "record", "machine_detection", "ring_timeout_s", "time_limit_s", NULL};
    return api_only_members(r, known, "{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\"}") ==
           ERR_OK;
}

static bool read_request(struct api_request *r, struct call_request *q) {
    if (!only_known_members(r))
        return false;
    q->plan_json = json_member(r, "plan");
    q->variables_json = json_member(r, "variables");
    q->metadata_json = json_member(r, "metadata");
    return text_member(r, "to", &q->to) && text_member(r, "from", &q->from) &&
           text_member(r, "provider", &q->provider) && text_member(r, "assistant", &q->assistant) &&
           seconds_member(r, "ring_timeout_s", CALL_RING_TIMEOUT_MIN_S, CALL_RING_TIMEOUT_MAX_S,
                          &q->ring_timeout_s) &&
           seconds_member(r, "time_limit_s", CALL_TIME_LIMIT_MIN_S, CALL_TIME_LIMIT_MAX_S,
                          &q->time_limit_s) &&
           record_member(r, &q->record) && detection_member(r, q);
}

void api_place_call(struct api_request *r) {
    struct call_request q = {0};
    struct call c;
    bool replayed = false;
    struct str key = http_exchange_header(r->exchange, STR("Idempotency-Key"));
    enum error_code rc = read_request(r, &q) ? ERR_OK : ERR_INVALID;
    if (rc == ERR_OK && key.ptr && key.len == 0) /* who sends one believes to be protected */
        rc = error_field(&r->error, ERR_INVALID, "Idempotency-Key",
                         "is empty: give it a value, or leave it out");
    if (rc == ERR_OK)
        rc = call_service_submit(gateway_engine(r->gateway), &q, key, &c, &replayed, &r->error);
    if (rc != ERR_OK) {
        api_fail(r, rc);
        return;
    }
    dispatcher_wake(gateway_dispatcher(r->gateway));
    struct json_writer w;
    json_write_init(&w, api_body(r));
    api_put_call(&w, &c);
    char id[ID_TEXT_SIZE], location[64];
    id_format(id, CALL_ID_PREFIX, c.id);
    struct str where = arena_printf(&r->arena, "/api/calls/%s", id);
    if (str_copy(where, location, sizeof location))
        http_exchange_add_header(r->exchange, "Location", str_z(location));
    if (replayed)
        http_exchange_add_header(r->exchange, "Idempotent-Replayed", STR("true"));
    api_reply(r, 202);
}

/* ---- GET /api/calls ---------------------------------------------------------------------------
 */

struct list {
    struct call_filter filter;
    struct arena *arena;
    struct call *calls;
    struct api_outcome *outcomes;
    size_t count;
};

static enum error_code list_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct list *l = ctx;
    enum error_code rc = store_list_calls(tx, &l->filter, l->arena, &l->calls, &l->count, err);
    return rc == ERR_OK ? api_read_outcomes(tx, l->calls, l->count, l->arena, &l->outcomes, err)
                        : rc;
}

static bool read_filter(struct api_request *r, struct call_filter *f) {
    struct str status = api_query(r, "status");
    f->to = api_query(r, "to");
    f->from = api_query(r, "from");
    f->assistant = api_query(r, "assistant");
    f->provider = api_query(r, "provider");
    if (status.ptr && !call_status_parse(status, &f->status)) {
        error_field(&r->error, ERR_INVALID, "status",
                    "status must be one of queued unknown dialing ringing answered completed busy "
                    "no_answer failed canceled");
        return false;
    }
    return api_time(r, "since", &f->since_ms) && api_time(r, "until", &f->until_ms) &&
           api_limit(r, &f->limit) && api_cursor(r, CALL_ID_PREFIX, &f->before_id);
}

void api_list_calls(struct api_request *r) {
    struct list l = {.arena = &r->arena};
    if (!read_filter(r, &l.filter)) {
        api_fail(r, ERR_INVALID);
        return;
    }
    if (!api_read(r, list_tx, &l))
        return;
    struct json_writer w;
    api_begin_items(r, &w);
    for (size_t i = 0; i < l.count; i++) {
        json_begin_object(&w);
        api_put_call_members(&w, &l.calls[i]);
        api_put_outcome(&w, &l.outcomes[i]);
        json_end_object(&w);
    }
    api_reply_items(r, &w, CALL_ID_PREFIX, l.count == l.filter.limit ? l.calls[l.count - 1].id : 0);
}

/* ---- GET /api/calls/{id} ----------------------------------------------------------------------
 */

struct one {
    int64_t id;
    struct arena *arena;
    struct call call;
    struct api_outcome *outcome;
    struct str request_json;
    struct payment *payments;
    size_t payment_count;
    /* events */
    int64_t after_seq;
    struct event *events;
    /* transcript, and the call's events beside it */
    struct turn *turns;
    size_t count;
    size_t event_count;
};

static enum error_code get_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct one *o = ctx;
    enum error_code rc = store_get_call(tx, o->id, &o->call, err);
    if (rc == ERR_OK)
        rc = store_get_call_request(tx, o->id, o->arena, &o->request_json, err);
    if (rc == ERR_OK)
        rc = store_list_payments(tx, o->id, PAYMENTS_MAX, o->arena, &o->payments, &o->payment_count,
                                 err);
    return rc == ERR_OK ? api_read_outcomes(tx, &o->call, 1, o->arena, &o->outcome, err) : rc;
}

static void put_request_member(struct json_writer *w, const struct json *root, const char *name) {
    const struct json *v = json_get(root, name);
    json_key(w, name);
    if (!v) {
        json_put_null(w);
        return;
    }
    struct buf b = BUF_INIT(MEMBER_JSON_MAX);
    json_put_value(&b, v);
    json_put_raw(w, buf_str(&b));
    buf_release(&b);
}

/* How many are before it at its carrier; null when it does not wait for its turn. */
static void put_queue_position(struct json_writer *w, const struct engine *e,
                               const struct call *c) {
    size_t carrier = engine_provider_index(e, str_z(c->provider));
    bool queued = c->status == CALL_QUEUED && e->pacer && carrier < e->provider_count;
    size_t position = queued ? pacer_position(e->pacer, carrier, c->id) : 0;
    json_key(w, "queue_position");
    if (position > 0)
        json_put_int(w, (int64_t)position);
    else
        json_put_null(w);
}

static void put_payments(struct json_writer *w, const struct payment *list, size_t n) {
    json_key(w, "payments");
    json_begin_array(w);
    for (size_t i = 0; i < n; i++)
        api_put_payment(w, &list[i]);
    json_end_array(w);
}

void api_get_call(struct api_request *r) {
    struct one o = {.arena = &r->arena};
    if (!api_read_named(r, CALL_ID_PREFIX, &o.id, get_tx, &o))
        return;
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct json_limits limits = {.bytes_max = 262144, .values_max = 20000};
    if (o.request_json.len > 0 && json_parse(o.request_json, &limits, &doc, &r->error) != ERR_OK) {
        api_fail(r, ERR_STORE);
        return;
    }
    struct json_writer w;
    json_write_init(&w, api_body(r));
    json_begin_object(&w);
    api_put_call_members(&w, &o.call);
    api_put_outcome(&w, o.outcome);
    put_request_member(&w, doc ? json_root(doc) : NULL, "plan");
    put_request_member(&w, doc ? json_root(doc) : NULL, "variables");
    put_request_member(&w, doc ? json_root(doc) : NULL, "metadata");
    put_queue_position(&w, gateway_engine(r->gateway), &o.call);
    put_payments(&w, o.payments, o.payment_count);
    json_end_object(&w);
    api_reply(r, 200);
}

/* ---- what is asked of a call: 202, and the workers see to it -----------------------------------
 */

static void reply_asked(struct api_request *r, enum error_code rc, const struct call *c) {
    if (rc != ERR_OK) {
        api_fail(r, rc);
        return;
    }
    dispatcher_wake(gateway_dispatcher(r->gateway));
    struct json_writer w;
    json_write_init(&w, api_body(r));
    api_put_call(&w, c);
    api_reply(r, 202);
}

/* ---- POST /api/calls/{id}/hangup --------------------------------------------------------------
 */

void api_hang_up(struct api_request *r) {
    static const char *const none[] = {NULL};
    struct call c;
    int64_t id = 0;
    enum error_code rc = api_path_id(r, CALL_ID_PREFIX, &id) ? ERR_OK : ERR_NOT_FOUND;
    if (rc == ERR_OK && r->body)
        rc = api_only_members(r, none, "{}");
    if (rc == ERR_OK)
        rc = call_service_hang_up(gateway_engine(r->gateway), id, &c, &r->error);
    reply_asked(r, rc, &c);
}

/* ---- POST /api/calls/{id}/recording -----------------------------------------------------------
 */

static enum error_code control_recording(struct api_request *r, struct call *out) {
    static const char *const known[] = {"action", NULL};
    enum provider_recording_action action = PROVIDER_RECORDING_NONE;
    struct str word = {0};
    int64_t id = 0;
    if (!api_path_id(r, CALL_ID_PREFIX, &id))
        return ERR_NOT_FOUND;
    enum error_code rc = api_only_members(r, known, "{\"action\":\"start\"}");
    if (rc == ERR_OK)
        rc = api_text_member(r, "action", &word);
    if (rc == ERR_OK && !recording_action_parse(word, &action))
        rc = error_field(&r->error, ERR_INVALID, "action",
                         "action must be \"start\", \"pause\", \"resume\" or \"stop\"");
    return rc == ERR_OK ? call_service_control_recording(gateway_engine(r->gateway), id, action,
                                                         out, &r->error)
                        : rc;
}

void api_call_recording(struct api_request *r) {
    struct call c;
    enum error_code rc = control_recording(r, &c);
    reply_asked(r, rc, &c);
}

/* ---- GET /api/calls/{id}/events ---------------------------------------------------------------
 */

static enum error_code events_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct one *o = ctx;
    enum error_code rc = store_get_call(tx, o->id, &o->call, err);
    return rc == ERR_OK ? store_list_call_events(tx, &o->call, o->after_seq, o->arena, &o->events,
                                                 &o->count, err)
                        : rc;
}

static void reply_events(struct api_request *r, const struct one *o) {
    struct json_writer w;
    json_write_init(&w, api_body(r));
    json_begin_object(&w);
    json_kv_z(&w, "call_status", call_status_name(o->call.status));
    json_key(&w, "items");
    json_begin_array(&w);
    for (size_t i = 0; i < o->count; i++)
        api_put_event(&w, &o->events[i]);
    json_end_array(&w);
    /* always a cursor: asking with it again waits for what comes next */
    api_put_id(&w, "next_cursor", EVENT_ID_PREFIX,
               o->count ? o->events[o->count - 1].seq : o->after_seq);
    json_end_object(&w);
    api_reply(r, 200);
}

/* A request that waits for the next event of its call. */
struct event_wait {
    struct event_waiter waiter;
    struct api_request *request;
    int64_t call_id, after_seq;
};

static void read_events(struct api_request *r, int64_t call_id, int64_t after_seq) {
    struct one o = {.id = call_id, .arena = &r->arena, .after_seq = after_seq};
    enum error_code rc = store_read(gateway_engine(r->gateway)->store, events_tx, &o, &r->error);
    if (rc != ERR_OK)
        api_fail(r, rc);
    else
        reply_events(r, &o);
}

static void events_ready(struct event_waiter *waiter) {
    struct event_wait *ew = container_of(waiter, struct event_wait, waiter);
    struct api_request *r = ew->request;
    int64_t call_id = ew->call_id, after_seq = ew->after_seq;
    mem_free(ew);
    read_events(r, call_id, after_seq);
}

static void wait_for_events(struct api_request *r, const struct one *o, uint64_t wait_s) {
    const struct engine *e = gateway_engine(r->gateway);
    struct event_wait *ew = mem_zalloc(sizeof *ew);
    *ew = (struct event_wait){
        .waiter = {.call_id = o->id,
                   .after_seq = o->after_seq,
                   .deadline_mono_ms = clock_mono_ms(&e->clock) + (int64_t)wait_s * 1000,
                   .ready = events_ready},
        .request = r,
        .call_id = o->id,
        .after_seq = o->after_seq,
    };
    event_feed_wait(gateway_events(r->gateway), &ew->waiter);
}

void api_call_events(struct api_request *r) {
    struct one o = {.arena = &r->arena};
    uint64_t wait_s = 0;
    struct str wait = api_query(r, "wait_s");
    enum error_code rc = ERR_NOT_FOUND;
    if (!api_cursor(r, EVENT_ID_PREFIX, &o.after_seq))
        rc = ERR_INVALID;
    else if (wait.ptr && !str_to_u64(wait, WAIT_MAX_S, &wait_s))
        rc = error_field(&r->error, ERR_INVALID, "wait_s", "wait_s must be 0 to %d", WAIT_MAX_S);
    else if (api_path_id(r, CALL_ID_PREFIX, &o.id))
        rc = store_read(gateway_engine(r->gateway)->store, events_tx, &o, &r->error);
    if (rc != ERR_OK)
        api_fail(r, rc);
    else if (o.count == 0 && wait_s > 0)
        wait_for_events(r, &o, wait_s);
    else
        reply_events(r, &o);
}

/* ---- GET /api/calls/{id}/transcript -----------------------------------------------------------
 */

static enum error_code transcript_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct one *o = ctx;
    enum error_code rc = store_get_call(tx, o->id, &o->call, err);
    if (rc == ERR_OK)
        rc = store_list_turns(tx, o->id, o->arena, &o->turns, &o->count, err);
    return rc == ERR_OK
               ? store_list_call_events(tx, &o->call, 0, o->arena, &o->events, &o->event_count, err)
               : rc;
}

/* What a model server was asked for a line is told by the event of that line. */
static void put_usage(struct json_writer *w, const struct one *o, uint32_t n) {
    for (size_t i = 0; i < o->event_count; i++) {
        const struct event *e = &o->events[i];
        CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
        int64_t line = -1;
        if (e->type != EVENT_TRANSCRIPT_UPDATED ||
            str_find_str(e->data, STR("\"usage\":{")) == e->data.len ||
            json_parse(e->data, NULL, &doc, NULL) != ERR_OK)
            continue;
        const struct json *usage = json_get(json_root(doc), "usage");
        if (!usage || !json_int(json_get(json_root(doc), "n"), 0, UINT32_MAX, &line) || line != n)
            continue;
        struct buf b = BUF_INIT(MEMBER_JSON_MAX);
        json_put_value(&b, usage);
        json_key(w, "usage");
        json_put_raw(w, buf_str(&b));
        buf_release(&b);
        return;
    }
}

void api_call_transcript(struct api_request *r) {
    struct one o = {.arena = &r->arena};
    if (!api_read_named(r, CALL_ID_PREFIX, &o.id, transcript_tx, &o))
        return;
    struct json_writer w;
    api_begin_items(r, &w);
    for (size_t i = 0; i < o.count; i++) {
        const struct turn *t = &o.turns[i];
        json_begin_object(&w);
        json_kv_int(&w, "n", t->n);
        json_kv_z(&w, "role", turn_role_name(t->role));
        json_kv_time(&w, "at", t->at_ms);
        if (t->role == TURN_FUNCTION) {
            json_key(&w, "function");
            json_put_raw(&w, t->text);
        } else {
            json_kv_string(&w, "text", t->text);
        }
        if (t->role == TURN_ASSISTANT)
            put_usage(&w, &o, t->n);
        json_end_object(&w);
    }
    api_reply_items(r, &w, "", 0);
}
