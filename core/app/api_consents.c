#include "core/app/api.h"
#include "core/base/compiler.h"
#include "core/base/id.h"
#include "core/domain/card_mask.h"
#include "core/domain/consent.h"
#include "core/domain/phone.h"
#include "core/engine/consents.h"
#include "core/engine/dispatcher.h"

/* The ledger of consents. */

static void put_consent(struct json_writer *w, const struct consent *c) {
    json_begin_object(w);
    api_put_id(w, "id", CONSENT_ID_PREFIX, c->id);
    api_put_id(w, "call_id", CALL_ID_PREFIX, c->call_id);
    json_kv_string(w, "caller", c->caller);
    json_kv_string(w, "purpose", c->purpose);
    json_kv_z(w, "answer", consent_answer_name(c->answer));
    json_kv_string(w, "basis", c->basis);
    json_kv_string(w, "question", c->question);
    json_kv_string(w, "words", c->words);
    json_kv_string(w, "assistant", c->assistant);
    json_kv_string(w, "assistant_version", c->version);
    json_kv_time(w, "at", c->at_ms);
    json_end_object(w);
}

static enum error_code answer_fault(struct api_request *r) {
    return error_field(&r->error, ERR_INVALID, "answer",
                       "answer must be \"given\", \"refused\" or \"withdrawn\"");
}

/* ---- GET /api/consents, GET /api/consents/{id} ------------------------------------------------
 */

struct consents {
    struct consent_filter filter;
    int64_t id;
    struct arena *arena;
    struct consent one, *items;
    size_t count;
};

static enum error_code list_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct consents *l = ctx;
    return store_list_consents(tx, &l->filter, l->arena, &l->items, &l->count, err);
}

static enum error_code get_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct consents *l = ctx;
    return store_get_consent(tx, l->id, l->arena, &l->one, err);
}

/* The caller's number, by either name. */
static bool read_caller(struct api_request *r, struct consent_filter *f) {
    struct str caller = api_query(r, "caller"), phone = api_query(r, "phone");
    if (caller.ptr && phone.ptr) {
        error_field(&r->error, ERR_INVALID, "phone", "caller and phone are the same: give one");
        return false;
    }
    f->caller = caller.ptr ? caller : phone;
    return true;
}

static bool read_filter(struct api_request *r, struct consent_filter *f) {
    struct str answer = api_query(r, "answer");
    f->purpose = api_query(r, "purpose");
    if (!read_caller(r, f))
        return false;
    if (answer.ptr && !consent_answer_parse(answer, &f->answer)) {
        answer_fault(r);
        return false;
    }
    return api_time(r, "since", &f->since_ms) && api_time(r, "until", &f->until_ms) &&
           api_limit(r, &f->limit) && api_cursor(r, CONSENT_ID_PREFIX, &f->before_id);
}

void api_list_consents(struct api_request *r) {
    struct consents l = {.arena = &r->arena};
    if (!read_filter(r, &l.filter)) {
        api_fail(r, ERR_INVALID);
        return;
    }
    if (!api_read(r, list_tx, &l))
        return;
    struct json_writer w;
    api_begin_items(r, &w);
    for (size_t i = 0; i < l.count; i++)
        put_consent(&w, &l.items[i]);
    api_reply_items(r, &w, CONSENT_ID_PREFIX,
                    l.count == l.filter.limit ? l.items[l.count - 1].id : 0);
}

void api_get_consent(struct api_request *r) {
    struct consents l = {.arena = &r->arena};
    if (!api_read_named(r, CONSENT_ID_PREFIX, &l.id, get_tx, &l))
        return;
    struct json_writer w;
    json_write_init(&w, api_body(r));
    put_consent(&w, &l.one);
    api_reply(r, 200);
}

/* ---- POST /api/consents -----------------------------------------------------------------------
 */

static bool is_word(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        char ch = s.ptr[i];
        if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_'))
            return false;
    }
    return s.len > 0;
}

/* A text that is kept as it is but for card numbers. */
static enum error_code read_text(struct api_request *r, const char *name, size_t max,
                                 struct str *out) {
    enum error_code rc = api_text_member(r, name, out);
    if (rc != ERR_OK)
        return rc;
    if (out->len > max)
        return error_field(&r->error, ERR_INVALID, name, "%s has at most %zu bytes", name, max);
    struct buf masked = BUF_INIT(2 * CONSENT_TEXT_MAX);
    card_mask_put(&masked, *out);
    *out = arena_copy(&r->arena, buf_str(&masked));
    buf_release(&masked);
    return ERR_OK;
}

static enum error_code read_party(struct api_request *r, struct consent *c) {
    struct str caller = {0}, call = {0};
    struct phone number;
    enum error_code rc = api_text_member(r, "caller", &caller);
    if (rc == ERR_OK)
        rc = api_text_member(r, "call_id", &call);
    if (rc == ERR_OK && call.len > 0 && !id_parse(call, CALL_ID_PREFIX, &c->call_id))
        rc = error_field(&r->error, ERR_INVALID, "call_id", "this is no id of a call");
    if (rc != ERR_OK || (caller.len == 0 && c->call_id)) /* the other party of that call */
        return rc;
    rc = phone_parse(caller, "caller", &number, &r->error);
    if (rc == ERR_OK)
        c->caller = arena_copy(&r->arena, phone_str(&number));
    return rc;
}

static enum error_code read_consent(struct api_request *r, struct consent *c) {
    static const char *const known[] = {"caller",   "purpose", "answer",  "basis",
                                        "question", "words",   "call_id", NULL};
    struct str answer = {0};
    c->basis = STR(CONSENT_BASIS_API);
    c->purpose = STR(CONSENT_RECORDING);
    enum error_code rc =
        api_only_members(r, known, "{\"caller\":\"+12025550100\",\"answer\":\"withdrawn\"}");
    if (rc == ERR_OK)
        rc = read_party(r, c);
    if (rc == ERR_OK)
        rc = api_text_member(r, "purpose", &c->purpose);
    if (rc == ERR_OK && (!is_word(c->purpose) || c->purpose.len > CONSENT_PURPOSE_MAX))
        rc = error_field(&r->error, ERR_INVALID, "purpose",
                         "purpose is a word such as recording or calling, at most %d bytes",
                         CONSENT_PURPOSE_MAX);
    if (rc == ERR_OK)
        rc = api_text_member(r, "answer", &answer);
    if (rc == ERR_OK && !consent_answer_parse(answer, &c->answer))
        rc = answer_fault(r);
    if (rc == ERR_OK)
        rc = read_text(r, "basis", CONSENT_BASIS_MAX, &c->basis);
    if (rc == ERR_OK)
        rc = read_text(r, "question", CONSENT_TEXT_MAX, &c->question);
    return rc == ERR_OK ? read_text(r, "words", CONSENT_TEXT_MAX, &c->words) : rc;
}

void api_add_consent(struct api_request *r) {
    struct consent c = {0};
    bool work_added = false;
    enum error_code rc = read_consent(r, &c);
    if (rc == ERR_OK)
        rc = consents_record(gateway_engine(r->gateway), &c, &r->arena, &work_added, &r->error);
    if (rc != ERR_OK) {
        api_fail(r, rc);
        return;
    }
    if (work_added)
        dispatcher_wake(gateway_dispatcher(r->gateway));
    struct json_writer w;
    json_write_init(&w, api_body(r));
    put_consent(&w, &c);
    api_reply(r, 201);
}
