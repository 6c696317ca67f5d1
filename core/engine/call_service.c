#include "core/engine/call_service.h"

#include <stdio.h>

#include "core/base/digest.h"
#include "core/base/json.h"
#include "core/domain/assistant.h"
#include "core/domain/plan.h"
#include "core/engine/conversation.h"
#include "core/engine/failover.h"
#include "core/engine/pacer.h"
#include "core/engine/payment.h"

enum {
    REQUEST_JSON_MAX = 131072,
    PLAN_JSON_MAX = 65536,
    /* a call that could not be handed to the carrier by then is given up */
    QUEUE_TIME_MAX_MS = 15 * 60 * 1000,
};

const struct assistant *engine_assistant_of(const struct engine *e, const struct call *c) {
    return e->find_assistant_at
               ? e->find_assistant_at(e->assistants, str_z(c->assistant), c->created_ms)
               : e->find_assistant(e->assistants, str_z(c->assistant));
}

size_t engine_provider_index(const struct engine *e, struct str name) {
    size_t i = 0;
    while (i < e->provider_count && !str_eq_z(name, provider_name(e->providers[i])))
        i++;
    return i;
}

struct provider *engine_provider(const struct engine *e, struct str name) {
    size_t i = name.len > 0 ? engine_provider_index(e, name) : 0;
    return i < e->provider_count ? e->providers[i] : NULL;
}

/* ---- checking what the user asks for --------------------------------------------------------- */

static enum error_code check_variables(struct str text, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct json_limits limits = {.bytes_max = CALL_JSON_MAX, .depth_max = 2};
    enum error_code rc = json_parse(text, &limits, &doc, err);
    if (rc != ERR_OK)
        return rc;
    if (json_type(json_root(doc)) != JSON_OBJECT)
        return error_field(err, ERR_INVALID, "variables", "variables must be an object");
    for (const struct json *v = json_first(json_root(doc)); v; v = json_next(v)) {
        enum json_type t = json_type(v);
        if (t != JSON_STRING && t != JSON_NUMBER && t != JSON_BOOL)
            return error_field(err, ERR_INVALID, "variables",
                               "variables." STR_FMT " must be a string, a number or a boolean",
                               STR_ARG(json_name(v)));
    }
    return ERR_OK;
}

static enum error_code check_metadata(struct str text, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct json_limits limits = {.bytes_max = CALL_JSON_MAX};
    enum error_code rc = json_parse(text, &limits, &doc, err);
    if (rc == ERR_OK && json_type(json_root(doc)) != JSON_OBJECT)
        return error_field(err, ERR_INVALID, "metadata", "metadata must be an object");
    return rc;
}

/* The plan's own faults begin at its steps; those of the request begin at its "plan". */
static enum error_code fault_in_plan(enum error_code rc, struct error *err) {
    char field[sizeof err->field], line[sizeof err->text];
    if (!err || !str_starts(str_z(err->field), STR("steps")))
        return rc;
    snprintf(field, sizeof field, "plan.%.42s", err->field);
    error_line(err, line, sizeof line);
    return error_field(err, rc, field, "plan.%s", line);
}

static enum error_code check_plan(struct provider *p, struct str text, bool recorded,
                                  struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct json_limits limits = {.bytes_max = PLAN_JSON_MAX, .values_max = 5000};
    struct plan plan = {0};
    struct buf scratch = BUF_INIT(PLAN_JSON_MAX);
    enum error_code rc = json_parse(text, &limits, &doc, err);
    if (rc == ERR_OK)
        rc = plan_from_json(json_root(doc), &plan, err);
    if (rc == ERR_OK)
        rc = plan_check(&plan, err);
    if (rc == ERR_OK && plan.count == 0)
        rc = error_field(err, ERR_INVALID, "steps",
                         "a call needs a step at least, like {\"say\":{\"text\":\"Hello\"}}");
    if (rc == ERR_OK)
        rc = payment_check_steps(&plan, recorded, err);
    /* what the carrier cannot be told is found now, not when the phone is answered */
    if (rc == ERR_OK)
        rc = provider_render_plan(p, &plan, &scratch, NULL, err);
    plan_release(&plan);
    buf_release(&scratch);
    return rc == ERR_OK ? rc : fault_in_plan(rc, err);
}

static enum error_code check_assistant_variables(const struct assistant *a, struct str text,
                                                 struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    if (text.len == 0)
        return ERR_OK;
    enum error_code rc = json_parse(text, NULL, &doc, err);
    return rc == ERR_OK ? assistant_check_variables(a, json_root(doc), err) : rc;
}

/* An assistant that has something to do with an answering machine must be told of one. */
static enum call_detection detection_for(const struct assistant *a, const struct provider *p) {
    switch (a->machine.rule) {
    case ASSISTANT_MACHINE_HANG_UP:
        return failover_detection(CALL_DETECT_START, p);
    case ASSISTANT_MACHINE_LEAVE_MESSAGE:
        return failover_detection(CALL_DETECT_MESSAGE_END, p);
    case ASSISTANT_MACHINE_NONE:
    case ASSISTANT_MACHINE_TALK:
    case ASSISTANT_MACHINE_RULE_COUNT:
        break;
    }
    return CALL_DETECT_OFF;
}

static enum error_code check_assistant(const struct engine *e, const struct call_request *r,
                                       const struct provider *p, struct call *c,
                                       struct error *err) {
    CLEANUP(assistant_unrefp)
    const struct assistant *a = e->find_assistant(e->assistants, r->assistant);
    if (!a)
        return error_field(err, ERR_INVALID, "assistant",
                           "there is no assistant named \"" STR_FMT
                           "\"; see the files in the assistants directory",
                           STR_ARG(r->assistant));
    enum assistant_brain brain = ASSISTANT_BRAIN_NONE;
    enum error_code rc =
        conversation_brain(e->conversation, a, provider_can(p, PROVIDER_CAP_AI), &brain, err);
    if (rc != ERR_OK)
        return rc;
    c->detection = r->detection_given ? r->detection : detection_for(a, p);
    return check_assistant_variables(a, r->variables_json, err);
}

static enum error_code check_times(const struct call_request *r, struct error *err) {
    if (r->ring_timeout_s > CALL_RING_TIMEOUT_MAX_S ||
        (r->ring_timeout_s > 0 && r->ring_timeout_s < CALL_RING_TIMEOUT_MIN_S))
        return error_field(err, ERR_INVALID, "ring_timeout_s", "ring_timeout_s must be %d to %d",
                           CALL_RING_TIMEOUT_MIN_S, CALL_RING_TIMEOUT_MAX_S);
    if (r->time_limit_s > CALL_TIME_LIMIT_MAX_S ||
        (r->time_limit_s > 0 && r->time_limit_s < CALL_TIME_LIMIT_MIN_S))
        return error_field(err, ERR_INVALID, "time_limit_s", "time_limit_s must be %d to %d",
                           CALL_TIME_LIMIT_MIN_S, CALL_TIME_LIMIT_MAX_S);
    return ERR_OK;
}

static enum error_code check_parties(const struct call_request *r, struct call *c,
                                     struct error *err) {
    struct phone to, from;
    enum error_code rc = phone_parse(r->to, "to", &to, err);
    if (rc != ERR_OK)
        return rc;
    if (r->from.len > 0 && (rc = phone_parse(r->from, "from", &from, err)) != ERR_OK)
        return rc;
    bool fits = str_copy(r->to, c->to, sizeof c->to) && str_copy(r->from, c->from, sizeof c->from);
    return fits ? ERR_OK : error_field(err, ERR_INVALID, "to", "to or from is too long");
}

static enum error_code check_what(const struct engine *e, const struct call_request *r,
                                  struct provider *p, struct call *c, struct error *err) {
    if ((r->assistant.len > 0) == (r->plan_json.len > 0))
        return error_field(err, ERR_INVALID, "assistant",
                           "give either an assistant or a plan, not both and not neither");
    if (r->plan_json.len > 0 && r->record == CALL_RECORD_ASK)
        return error_field(
            err, ERR_INVALID, "record",
            "a plan asks nobody whether the call may be recorded: give an assistant, "
            "or record \"on\" when you have the consent");
    if (r->plan_json.len > 0)
        return check_plan(p, r->plan_json, r->record == CALL_RECORD_ON, err);
    if (!str_copy(r->assistant, c->assistant, sizeof c->assistant))
        return error_field(err, ERR_INVALID, "assistant",
                           "an assistant's name has at most %d bytes", CALL_NAME_SIZE - 1);
    return check_assistant(e, r, p, c, err);
}

/* Fills the call from a request that is in order. */
static enum error_code check_request(const struct engine *e, const struct call_request *r,
                                     struct call *c, struct error *err) {
    struct provider *p = engine_provider(e, r->provider);
    if (!p)
        return error_field(err, ERR_INVALID, "provider",
                           "provider \"" STR_FMT "\" is not configured: name the one of "
                           "TELEPHONY_PROVIDER or TELEPHONY_FALLBACK_PROVIDER, or leave it out",
                           STR_ARG(r->provider));
    if (!e->placing_enabled)
        return error_set(err, ERR_CONFLICT,
                         "placing calls is switched off: set PERSONAL_ASSISTANT_ENABLED=true");
    enum error_code rc = check_parties(r, c, err);
    if (rc == ERR_OK)
        rc = check_times(r, err);
    if (rc == ERR_OK && r->detection != CALL_DETECT_OFF && !provider_can(p, PROVIDER_CAP_DETECTION))
        rc = error_field(err, ERR_UNSUPPORTED, "machine_detection",
                         "%s cannot detect answering machines", provider_name(p));
    if (rc == ERR_OK && r->detection == CALL_DETECT_MESSAGE_END &&
        !provider_can(p, PROVIDER_CAP_MACHINE_END))
        rc = error_field(err, ERR_UNSUPPORTED, "machine_detection",
                         "%s cannot wait for the end of a machine's greeting; use start",
                         provider_name(p));
    if (rc == ERR_OK && r->variables_json.len > 0)
        rc = check_variables(r->variables_json, err);
    c->detection = r->detection;
    if (rc == ERR_OK)
        rc = check_what(e, r, p, c, err);
    if (rc == ERR_OK && r->metadata_json.len > 0)
        rc = check_metadata(r->metadata_json, err);
    if (rc != ERR_OK)
        return rc;
    if (!str_copy(str_z(provider_name(p)), c->provider, sizeof c->provider))
        return error_set(err, ERR_INVALID, "the provider's name is too long");
    c->record = r->record;
    c->ring_timeout_s = r->ring_timeout_s ? r->ring_timeout_s : CALL_RING_TIMEOUT_DEFAULT_S;
    c->time_limit_s = r->time_limit_s ? r->time_limit_s : CALL_TIME_LIMIT_DEFAULT_S;
    return ERR_OK;
}

/* ---- accepting it -----------------------------------------------------------------------------
 */

struct submission {
    const struct engine *engine;
    struct call call; /* as made, before the transaction */
    struct str request_json;
    struct str key;
    uint8_t digest[DIGEST_BLAKE2B_BYTES];
    struct call result;
    bool replayed;
};

static void put_member(struct json_writer *w, const char *name, struct str json) {
    if (json.len == 0)
        return;
    json_key(w, name);
    json_put_raw(w, json);
}

static void put_request_json(struct buf *b, const struct call_request *r) {
    struct json_writer w;
    json_write_init(&w, b);
    json_begin_object(&w);
    if (r->provider.len > 0)
        json_kv_string(&w, "provider", r->provider); /* named: it does not change carriers */
    put_member(&w, "plan", r->plan_json);
    put_member(&w, "variables", r->variables_json);
    put_member(&w, "metadata", r->metadata_json);
    json_end_object(&w);
}

/* Two requests are the same when everything in them is. */
static void digest_request(const struct call *c, struct str request_json, uint8_t *out) {
    struct buf b = BUF_INIT(REQUEST_JSON_MAX + 1024);
    buf_printf(&b, "%s\n%s\n%s\n%s\n%d %d %u %u\n", c->to, c->from, c->provider, c->assistant,
               (int)c->record, (int)c->detection, c->ring_timeout_s, c->time_limit_s);
    buf_put_str(&b, request_json);
    digest_blake2b(buf_str(&b), out);
    buf_release(&b);
}

/* True when the key was used before; then s->result is what it made. */
static enum error_code replay_known_key(struct store_tx *tx, struct submission *s, bool *known,
                                        struct error *err) {
    int64_t known_id = 0;
    uint8_t known_digest[DIGEST_BLAKE2B_BYTES];
    enum error_code rc = store_claim_idempotency(tx, s->key, s->digest, s->call.id,
                                                 s->call.created_ms, &known_id, known_digest, err);
    if (rc != ERR_CONFLICT)
        return rc;
    if (memcmp(known_digest, s->digest, sizeof known_digest) != 0)
        return error_field(err, ERR_CONFLICT, "Idempotency-Key",
                           "this Idempotency-Key was used before for another request");
    *known = true;
    return store_get_call(tx, known_id, &s->result, err);
}

static enum error_code submit_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct submission *s = ctx;
    enum error_code rc = ERR_OK;
    struct call c = s->call;
    s->replayed = false;
    if (s->key.len > 0) {
        rc = replay_known_key(tx, s, &s->replayed, err);
        if (rc != ERR_OK || s->replayed)
            return rc;
    }
    struct job place = {.kind = JOB_PLACE, .call_id = c.id, .run_at_ms = c.created_ms};
    rc = call_change_status(tx, &c, CALL_QUEUED, c.created_ms, err);
    if (rc == ERR_OK)
        rc = store_insert_call(tx, &c, s->request_json, err);
    if (rc == ERR_OK)
        rc = store_add_job(tx, &place, err);
    if (rc == ERR_OK)
        rc = store_add_counter(tx, COUNTER_CALLS, 1, err);
    s->result = c;
    return rc;
}

enum error_code call_service_submit(const struct engine *e, const struct call_request *req,
                                    struct str idempotency_key, struct call *out, bool *replayed,
                                    struct error *err) {
    struct submission s = {.engine = e, .key = idempotency_key};
    if (idempotency_key.len > IDEMPOTENCY_KEY_MAX)
        return error_field(err, ERR_INVALID, "Idempotency-Key",
                           "an Idempotency-Key has at most %d bytes", IDEMPOTENCY_KEY_MAX);
    enum error_code rc = check_request(e, req, &s.call, err);
    if (rc != ERR_OK)
        return rc;
    s.call.id = id_next(e->ids);
    s.call.created_ms = s.call.updated_ms = engine_now_ms(e);
    s.call.placement = CALL_PLACE_READY;
    s.call.check_ms = s.call.created_ms + QUEUE_TIME_MAX_MS;
    struct buf json = BUF_INIT(REQUEST_JSON_MAX);
    put_request_json(&json, req);
    s.request_json = buf_str(&json);
    digest_request(&s.call, s.request_json, s.digest);
    rc = buf_failed(&json)
             ? error_set(err, ERR_LIMIT, "the request is over %d bytes", REQUEST_JSON_MAX)
             : store_write(e->store, submit_tx, &s, err);
    buf_release(&json);
    if (rc != ERR_OK)
        return rc;
    *out = s.result;
    *replayed = s.replayed;
    return ERR_OK;
}

/* ---- ending it --------------------------------------------------------------------------------
 */

struct hangup {
    const struct engine *engine;
    int64_t call_id;
    struct call result;
};

static enum error_code hang_up_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct hangup *h = ctx;
    struct call c;
    enum error_code rc = store_get_call(tx, h->call_id, &c, err);
    if (rc != ERR_OK)
        return rc;
    if (call_status_is_final(c.status))
        return error_set(err, ERR_CONFLICT, "the call is over already (%s)",
                         call_status_name(c.status));
    int64_t now = engine_now_ms(h->engine);
    bool untouched = c.placement == CALL_PLACE_READY;
    if (untouched)
        rc = call_end_for(tx, &c, CALL_CANCELED, CALL_REASON_HANGUP_REQUESTED, NULL, now, err);
    else if (!c.hangup_requested) {
        struct job end = {.kind = JOB_HANGUP, .call_id = c.id, .run_at_ms = now};
        rc = store_add_job(tx, &end, err);
    }
    c.hangup_requested = true;
    c.updated_ms = now;
    if (rc == ERR_OK)
        rc = store_update_call(tx, &c, err);
    h->result = c;
    return rc;
}

enum error_code call_service_hang_up(const struct engine *e, int64_t call_id, struct call *out,
                                     struct error *err) {
    struct hangup h = {.engine = e, .call_id = call_id};
    enum error_code rc = store_write(e->store, hang_up_tx, &h, err);
    if (rc != ERR_OK)
        return rc;
    size_t carrier = engine_provider_index(e, str_z(h.result.provider));
    if (e->pacer && carrier < e->provider_count)
        pacer_leave(e->pacer, carrier, call_id);
    *out = h.result;
    return ERR_OK;
}
