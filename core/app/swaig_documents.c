#include "core/app/swaig_documents.h"

#include "core/app/swaig.h"
#include "core/app/swaig_keys.h"
#include "core/base/digest.h"
#include "core/base/id.h"
#include "core/base/mem.h"
#include "swml/swml.h"

/* Documents for a carrier's own agent. */
enum {
    ADDRESS_MAX = 2048,
    TOKEN_SPARE_S = 600, /* a report may come a while after the call */
    KEPT_MAX = 64,       /* assistants whose document is kept */
    REQUEST_MAX = 65536, /* of a request for a document: it tells of the call, no more */
    MADE_ID_BYTES = 16,
};

/** Addresses in a document; they are copied into it. */
struct addresses {
    struct buf functions, report;
};

static void addresses_init(struct addresses *p, struct str base_url, const struct assistant *a) {
    *p = (struct addresses){.functions = BUF_INIT(ADDRESS_MAX), .report = BUF_INIT(ADDRESS_MAX)};
    buf_put_str(&p->functions, base_url);
    buf_puts(&p->functions, "/swaig/");
    buf_put_percent(&p->functions, a->name);
    buf_put_str(&p->report, buf_str(&p->functions));
    buf_puts(&p->report, "/post_prompt");
}

static void addresses_release(struct addresses *p) {
    buf_release(&p->functions);
    buf_release(&p->report);
}

static int64_t expires_s(const struct gateway *g, uint32_t time_limit_s) {
    int64_t life = time_limit_s > 0 ? time_limit_s : (int64_t)CALL_TIME_LIMIT_MAX_S;
    return engine_now_ms(gateway_engine(g)) / 1000 + life + TOKEN_SPARE_S;
}

/* Append a document for one call. */
static enum error_code put_for_call(const struct gateway *g, const struct swml_agent_document *d,
                                    struct str credentials, struct str call_id,
                                    uint32_t time_limit_s, struct buf *out, struct error *err) {
    char nonce[2 * SWAIG_NONCE_BYTES + 1];
    const struct swaig_keys *keys = gateway_swaig_keys(g);
    digest_random_hex(nonce, SWAIG_NONCE_BYTES);
    const struct swml_agent_call c = {.credentials = credentials,
                                      .grant = {.key = swaig_keys_lock(keys),
                                                .call_id = call_id,
                                                .nonce = str_z(nonce),
                                                .expires_s = expires_s(g, time_limit_s)}};
    enum error_code rc = swml_agent_put(d, &c, out, err);
    swaig_keys_unlock(keys);
    return rc;
}

/* ---- for our own calls -------------------------------------------------------------------------
 */

enum error_code swaig_write_agent(void *ctx, const struct agent_brief *brief, struct buf *out,
                                  struct error *err) {
    const struct gateway *g = ctx;
    char id[ID_TEXT_SIZE], query[ID_TEXT_SIZE + sizeof "call="];
    struct swml_agent_document *d = NULL;
    struct addresses at;
    struct buf b = BUF_INIT(sizeof query - 1);
    id_format(id, CALL_ID_PREFIX, brief->call->id);
    buf_printf(&b, "call=%s", id);
    addresses_init(&at, gateway_engine(g)->links.public_base_url, brief->assistant);
    const struct swml_agent_options o = {
        .function_url = buf_str(&at.functions),
        .post_prompt_url = buf_str(&at.report),
        .always_report = true,
        .query = buf_str(&b),
        .has_tokens = true,
        .lookup = brief->lookup,
        .lookup_ctx = brief->lookup_ctx,
        .greeting = brief->greeting,
        .send_log = true, /* tells a request that is repeated from a new one, too */
        .record = brief->rule,
    };
    enum error_code rc = swml_agent_make(brief->assistant, &o, SWML_AGENT_AI, &d, NULL, err);
    if (rc == ERR_OK)
        rc = put_for_call(g, d, STR(AGENT_CREDENTIALS_MARK), str_z(id), brief->call->time_limit_s,
                          out, err);
    swml_agent_free(d);
    addresses_release(&at);
    buf_release(&b);
    return rc;
}

/* ---- for a number that points here -------------------------------------------------------------
 */

/* As the engine opens a call: what has to be said first, and only then recording. */
static void put_opening(const struct swaig_document_wish *w, struct buf *opening,
                        struct buf *greeting) {
    const struct assistant *a = w->assistant;
    text_expand(opening, a->disclosure, w->lookup, w->lookup_ctx);
    if (a->recording.rule == CALL_RECORD_ON && a->recording.notice.len > 0) {
        buf_puts(opening, opening->len > 0 ? " " : "");
        text_expand(opening, a->recording.notice, w->lookup, w->lookup_ctx);
    }
    text_expand(greeting, a->greeting, w->lookup, w->lookup_ctx);
}

enum error_code swaig_make_document(const struct swaig_document_wish *w,
                                    struct swml_agent_document **out, struct plan_loss_report *loss,
                                    struct error *err) {
    CLEANUP(buf_release) struct buf opening = BUF_INIT(PLAN_TEXT_MAX);
    CLEANUP(buf_release) struct buf greeting = BUF_INIT(PLAN_TEXT_MAX);
    struct addresses at;
    put_opening(w, &opening, &greeting);
    if (buf_failed(&opening) || buf_failed(&greeting))
        return error_set(err, ERR_LIMIT, "more than %d bytes would be said at once", PLAN_TEXT_MAX);
    addresses_init(&at, w->base_url, w->assistant);
    const struct swml_agent_options o = {
        .function_url = buf_str(&at.functions),
        .post_prompt_url = buf_str(&at.report),
        .has_tokens = true,
        .lookup = w->lookup,
        .lookup_ctx = w->lookup_ctx,
        .opening = buf_str(&opening),
        .greeting = buf_str(&greeting),
        .send_log = w->send_log,
        .record = w->assistant->recording.rule,
    };
    enum error_code rc = swml_agent_make(w->assistant, &o, SWML_AGENT_WHOLE, out, loss, err);
    addresses_release(&at);
    return rc;
}

/* ---- kept documents ----------------------------------------------------------------------------
 */

struct kept {
    const struct assistant *assistant; /* with a reference: no other version has its address */
    struct swml_agent_document *document;
};

struct swaig_documents {
    struct kept kept[KEPT_MAX];
    size_t next; /* the one that goes when there is no room */
};

struct swaig_documents *swaig_documents_new(void) {
    return mem_zalloc(sizeof(struct swaig_documents));
}

static void kept_release(struct kept *k) {
    swml_agent_free(k->document);
    assistant_unref(k->assistant);
    *k = (struct kept){0};
}

void swaig_documents_free(struct swaig_documents *d) {
    if (!d)
        return;
    for (size_t i = 0; i < KEPT_MAX; i++)
        kept_release(&d->kept[i]);
    mem_free(d);
}

/* An older version of the same assistant makes room first. */
static struct kept *room_for(struct swaig_documents *d, const struct assistant *a) {
    for (size_t i = 0; i < KEPT_MAX; i++)
        if (!d->kept[i].assistant || str_eq(d->kept[i].assistant->name, a->name))
            return &d->kept[i];
    return &d->kept[d->next++ % KEPT_MAX];
}

static enum error_code find_document(struct gateway *g, const struct assistant *a,
                                     const struct swml_agent_document **out, struct error *err) {
    struct swaig_documents *d = gateway_swaig_documents(g);
    struct swml_agent_document *made = NULL;
    for (size_t i = 0; i < KEPT_MAX && d->kept[i].assistant; i++)
        if (d->kept[i].assistant == a) {
            *out = d->kept[i].document;
            return ERR_OK;
        }
    const struct swaig_document_wish w = {.assistant = a,
                                          .base_url = gateway_engine(g)->links.public_base_url,
                                          .lookup = assistant_own_value,
                                          .lookup_ctx = (void *)(uintptr_t)a,
                                          .send_log = a->recording.rule == CALL_RECORD_ASK};
    enum error_code rc = swaig_make_document(&w, &made, NULL, err);
    if (rc != ERR_OK)
        return rc;
    struct kept *k = room_for(d, a);
    kept_release(k);
    *k = (struct kept){assistant_ref(a), made};
    *out = made;
    return ERR_OK;
}

/* ---- giving ------------------------------------------------------------------------------------
 */

/* The carrier's id of the call, where it told one that a token can carry; else one of our own. */
static enum error_code put_call_id(const struct http_exchange *x, struct buf *out) {
    CLEANUP(swaig_request_release) struct swaig_request r = {0};
    struct arena arena = {0};
    struct form query = {0};
    char made[2 * MADE_ID_BYTES + 1];
    enum error_code rc = ERR_OK;
    if (x->body.len > REQUEST_MAX)
        return ERR_LIMIT;
    if (x->query.ptr)
        rc = form_parse(&arena, x->query, &query, NULL);
    /* what cannot be read tells of no call */
    bool tells = x->body.len > 0 && swaig_request_read(x->body, &r, NULL) == ERR_OK;
    struct str id = tells && r.call_id.len > 0 ? r.call_id : form_get(&query, STR("call_id"));
    if (id.len == 0 || id.len > SWAIG_CALL_ID_MAX || str_find(id, '.') < id.len) {
        digest_random_hex(made, MADE_ID_BYTES);
        id = str_z(made);
    }
    buf_put_str(out, id);
    arena_release(&arena);
    return rc == ERR_LIMIT ? ERR_INVALID : rc;
}

void swaig_give_document(struct gateway *g, struct http_exchange *x, struct str name) {
    CLEANUP(assistant_unrefp) const struct assistant *a = NULL;
    CLEANUP(buf_release) struct buf call_id = BUF_INIT(SWAIG_CALL_ID_MAX);
    const struct engine *e = gateway_engine(g);
    const struct swml_agent_document *d = NULL;
    struct error err = {0};
    a = e->find_assistant(e->assistants, name);
    if (!a) {
        swaig_send_error(x, 404, "Not Found");
        return;
    }
    enum error_code rc = put_call_id(x, &call_id);
    if (rc != ERR_OK) {
        swaig_send_error(x, rc == ERR_LIMIT ? 413 : 400,
                         rc == ERR_LIMIT ? "Request too large" : "Invalid query");
        return;
    }
    x->reply_body.max = SWML_BYTES_MAX;
    rc = find_document(g, a, &d, &err);
    if (rc == ERR_OK)
        rc = put_for_call(g, d, secret_reveal(&gateway_swaig_keys(g)->credentials),
                          buf_str(&call_id), 0, &x->reply_body, &err);
    if (rc == ERR_OK)
        swaig_send(x, 200);
    else
        swaig_send_error(x, 500, err.text);
}
