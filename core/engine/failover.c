#include "core/engine/failover.h"

#include "core/base/json.h"
#include "core/domain/assistant.h"
#include "core/domain/plan.h"
#include "core/engine/call_service.h"
#include "core/engine/conversation.h"

enum {
    REQUEST_JSON_MAX = 131072,
    DOCUMENT_MAX = 65536,
    EVENT_DATA_MAX = 1024,
};

bool failover_is_for(enum error_code refusal) {
    switch (refusal) {
    case ERR_AUTH:
    case ERR_NOT_FOUND:
    case ERR_RATE_LIMIT:
    case ERR_UPSTREAM:
    case ERR_BUSY:
        return true;
    case ERR_OK:
    case ERR_INVALID:
    case ERR_UNSUPPORTED:
    case ERR_CONFLICT:
    case ERR_LIMIT:
    case ERR_NETWORK:
    case ERR_UNCERTAIN:
    case ERR_STORE:
    case ERR_IO:
    case ERR_CODE_COUNT:
        break;
    }
    return false;
}

enum call_detection failover_detection(enum call_detection wanted, const struct provider *p) {
    if (wanted == CALL_DETECT_OFF || !provider_can(p, PROVIDER_CAP_DETECTION))
        return CALL_DETECT_OFF;
    return provider_can(p, PROVIDER_CAP_MACHINE_END) ? wanted : CALL_DETECT_START;
}

struct request {
    int64_t call_id;
    struct arena arena;
    struct str json;
};

static enum error_code request_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct request *r = ctx;
    return store_get_call_request(tx, r->call_id, &r->arena, &r->json, err);
}

static bool can_say(struct provider *p, const struct json *plan_json) {
    struct plan plan = {0};
    struct buf document = BUF_INIT(DOCUMENT_MAX);
    bool can = plan_from_json(plan_json, &plan, NULL) == ERR_OK &&
               provider_render_plan(p, &plan, &document, NULL, NULL) == ERR_OK;
    plan_release(&plan);
    buf_release(&document);
    return can;
}

/* Who is led by the first carrier's own agent may have nobody to speak for him at the other. */
static bool can_converse(const struct engine *e, const struct call *c, const struct provider *p) {
    CLEANUP(assistant_unrefp) const struct assistant *a = engine_assistant_of(e, c);
    enum assistant_brain brain = ASSISTANT_BRAIN_NONE;
    return a && conversation_brain(e->conversation, a, provider_can(p, PROVIDER_CAP_AI), &brain,
                                   NULL) == ERR_OK;
}

static bool suits(const struct engine *e, const struct call *c, struct provider *p) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct json_limits limits = {.bytes_max = REQUEST_JSON_MAX, .values_max = 10000};
    struct request r = {.call_id = c->id};
    bool known = store_read(e->store, request_tx, &r, NULL) == ERR_OK &&
                 json_parse(r.json, &limits, &doc, NULL) == ERR_OK;
    const struct json *plan = known ? json_get(json_root(doc), "plan") : NULL;
    bool named = known && json_get(json_root(doc), "provider");
    bool good = known && !named && (plan ? can_say(p, plan) : can_converse(e, c, p));
    arena_release(&r.arena);
    return good;
}

struct provider *failover_candidate(const struct engine *e, const struct call *c) {
    if (e->provider_count < 2 || engine_provider_index(e, str_z(c->provider)) != 0)
        return NULL;
    return suits(e, c, e->providers[1]) ? e->providers[1] : NULL;
}

enum error_code failover_change(struct store_tx *tx, struct call *c, const struct provider *to,
                                const char *nonce, const struct error *why, int64_t now_ms,
                                struct error *err) {
    struct buf data = BUF_INIT(EVENT_DATA_MAX);
    struct json_writer w;
    json_write_init(&w, &data);
    json_begin_object(&w);
    json_kv_z(&w, "from", c->provider);
    json_kv_z(&w, "to", provider_name(to));
    json_kv_z(&w, "reason", error_name(why->code));
    json_kv_z(&w, "error", why->text);
    json_end_object(&w);
    enum error_code rc = call_append_event(tx, c, EVENT_CALL_FAILOVER, now_ms, buf_str(&data), err);
    buf_release(&data);
    if (rc != ERR_OK)
        return rc;
    if (!str_copy(str_z(provider_name(to)), c->provider, sizeof c->provider))
        return error_set(err, ERR_INVALID, "the provider's name is too long");
    memcpy(c->nonce, nonce, sizeof c->nonce);
    c->detection = failover_detection(c->detection, to);
    c->carrier_code = 0;
    c->placement = CALL_PLACE_READY;
    return ERR_OK;
}
