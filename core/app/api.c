#include "core/app/api.h"

#include <string.h>

#include "core/base/id.h"
#include "core/base/mem.h"

static const struct {
    enum error_code code;
    int status;
    const char *word, *title;
} problems[ERR_CODE_COUNT] = {
    [ERR_OK] = {ERR_OK, 500, "internal", "Internal error"},
    [ERR_INVALID] = {ERR_INVALID, 400, "invalid", "The request is not valid"},
    [ERR_UNSUPPORTED] = {ERR_UNSUPPORTED, 422, "unsupported", "The carrier cannot do this"},
    [ERR_AUTH] = {ERR_AUTH, 502, "carrier_auth", "The carrier refused our credentials"},
    [ERR_NOT_FOUND] = {ERR_NOT_FOUND, 404, "not_found", "There is no such thing"},
    [ERR_CONFLICT] = {ERR_CONFLICT, 409, "conflict", "Not possible in the present state"},
    [ERR_RATE_LIMIT] = {ERR_RATE_LIMIT, 429, "rate_limit", "Too many requests"},
    [ERR_LIMIT] = {ERR_LIMIT, 413, "too_large", "The request is too large"},
    [ERR_NETWORK] = {ERR_NETWORK, 502, "carrier_unreachable", "The carrier cannot be reached"},
    [ERR_UNCERTAIN] = {ERR_UNCERTAIN, 502, "carrier_uncertain", "The carrier did not answer"},
    [ERR_UPSTREAM] = {ERR_UPSTREAM, 502, "carrier_failed", "The carrier failed"},
    [ERR_STORE] = {ERR_STORE, 503, "store", "The database cannot be written now"},
    [ERR_BUSY] = {ERR_BUSY, 503, "busy", "The gateway is busy"},
    [ERR_IO] = {ERR_IO, 503, "io", "A file cannot be used"},
};

int api_status_for(enum error_code rc) {
    return problems[rc].status;
}

/* Problems of this door, which are nobody's error code. */
static const struct {
    const char *word, *title;
} door_problems[] = {
    {"unauthorized", "A token is needed"},
    {"method", "The method is not taken here"},
    {"function_failed", "The server of the function failed"},
    {"range", "The recording has no such bytes"},
};

static const char *title_for(const char *code) {
    for (size_t i = 0; i < ARRAY_LEN(problems); i++)
        if (strcmp(code, problems[i].word) == 0)
            return problems[i].title;
    for (size_t i = 0; i < ARRAY_LEN(door_problems); i++)
        if (strcmp(code, door_problems[i].word) == 0)
            return door_problems[i].title;
    return "The request was refused";
}

static void put_problem(struct buf *body, int status, const char *code, const char *field,
                        const char *detail) {
    struct json_writer w;
    json_write_init(&w, body);
    json_begin_object(&w);
    json_kv_z(&w, "type", "about:blank");
    json_kv_z(&w, "title", title_for(code));
    json_kv_int(&w, "status", status);
    json_kv_z(&w, "detail", detail);
    json_kv_z(&w, "code", code);
    if (field && field[0])
        json_kv_z(&w, "field", field);
    json_end_object(&w);
}

void api_problem(struct http_exchange *x, int status, const char *code, const char *field,
                 const char *detail) {
    buf_clear(&x->reply_body);
    put_problem(&x->reply_body, status, code, field, detail);
    x->status = status;
    x->content_type = API_PROBLEM_TYPE;
    if (status == 401)
        http_exchange_add_header(x, "WWW-Authenticate", STR("Bearer realm=\"switchhook\""));
    if (status == 503)
        http_exchange_add_header(x, "Retry-After", STR("2"));
    http_exchange_reply(x);
}

void api_write_refusal(struct buf *body, int status, const char *text) {
    static const struct {
        int status;
        const char *code;
    } codes[] = {{404, "not_found"}, {405, "method"}, {413, "too_large"},
                 {431, "too_large"}, {501, "method"}, {503, "busy"}};
    const char *code = status < 500 ? "invalid" : "internal";
    for (size_t i = 0; i < ARRAY_LEN(codes); i++)
        if (codes[i].status == status)
            code = codes[i].code;
    put_problem(body, status, code, NULL, text);
}

void api_request_free(struct api_request *r) {
    json_doc_free(r->body);
    arena_release(&r->arena);
    mem_free(r);
}

struct buf *api_body(struct api_request *r) {
    struct buf *b = &r->exchange->reply_body;
    b->max = API_REPLY_MAX;
    return b;
}

void api_reply(struct api_request *r, int status) {
    struct http_exchange *x = r->exchange;
    if (buf_failed(&x->reply_body)) {
        api_problem(x, 500, "internal", NULL, "the reply is too large; ask for less with limit");
    } else {
        x->status = status;
        if (!x->content_type)
            x->content_type = "application/json";
        http_exchange_reply(x);
    }
    api_request_free(r);
}

void api_fail(struct api_request *r, enum error_code rc) {
    char detail[sizeof r->error.field + sizeof r->error.text];
    if (r->error.text[0] == '\0')
        error_set(&r->error, rc, "%s", problems[rc].title);
    error_line(&r->error, detail, sizeof detail);
    api_problem(r->exchange, problems[rc].status, problems[rc].word, r->error.field, detail);
    api_request_free(r);
}

/* ---- reading ----------------------------------------------------------------------------------
 */

struct str api_query(const struct api_request *r, const char *name) {
    return form_get(&r->query, str_z(name));
}

bool api_limit(struct api_request *r, uint32_t *out) {
    struct str text = api_query(r, "limit");
    uint64_t n = API_PAGE_DEFAULT;
    if (text.ptr && (!str_to_u64(text, API_PAGE_MAX, &n) || n == 0)) {
        error_field(&r->error, ERR_INVALID, "limit", "limit must be 1 to %d", API_PAGE_MAX);
        return false;
    }
    *out = (uint32_t)n;
    return true;
}

bool api_path_id(struct api_request *r, const char *prefix, int64_t *out) {
    if (id_parse(r->params[0], prefix, out))
        return true;
    error_set(&r->error, ERR_NOT_FOUND,
              "there is nothing of that id; ids look like %s_0C7MPQ4ZK2R8T", prefix);
    return false;
}

bool api_query_id(struct api_request *r, const char *name, const char *prefix, int64_t *out) {
    struct str text = api_query(r, name);
    if (!text.ptr || id_parse(text, prefix, out))
        return true;
    error_field(&r->error, ERR_INVALID, name, "%s must be an id such as %s_0C7MPQ4ZK2R8T", name,
                prefix);
    return false;
}

bool api_read(struct api_request *r, store_tx_fn *fn, void *ctx) {
    enum error_code rc = store_read(gateway_engine(r->gateway)->store, fn, ctx, &r->error);
    if (rc != ERR_OK)
        api_fail(r, rc);
    return rc == ERR_OK;
}

bool api_read_named(struct api_request *r, const char *prefix, int64_t *id, store_tx_fn *fn,
                    void *ctx) {
    if (api_path_id(r, prefix, id))
        return api_read(r, fn, ctx);
    api_fail(r, ERR_NOT_FOUND);
    return false;
}

bool api_cursor(struct api_request *r, const char *prefix, int64_t *out) {
    struct str text = api_query(r, "cursor");
    *out = 0;
    if (!text.ptr || id_parse(text, prefix, out))
        return true;
    error_field(&r->error, ERR_INVALID, "cursor", "cursor must be a next_cursor of this list");
    return false;
}

/* ---- shapes -----------------------------------------------------------------------------------
 */

void api_put_id(struct json_writer *w, const char *key, const char *prefix, int64_t id) {
    char text[ID_TEXT_SIZE];
    json_key(w, key);
    if (id == 0) {
        json_put_null(w);
        return;
    }
    id_format(text, prefix, id);
    json_put_string(w, str_z(text));
}

static void put_text_or_null(struct json_writer *w, const char *key, const char *text) {
    json_key(w, key);
    if (text[0])
        json_put_string(w, str_z(text));
    else
        json_put_null(w);
}

void api_put_call_members(struct json_writer *w, const struct call *c) {
    api_put_id(w, "id", CALL_ID_PREFIX, c->id);
    json_kv_z(w, "status", call_status_name(c->status));
    put_text_or_null(w, "reason", call_reason_name(c->reason));
    put_text_or_null(w, "outcome", c->outcome);
    json_kv_z(w, "direction", call_direction_name(c));
    json_kv_z(w, "to", c->to);
    put_text_or_null(w, "from", c->from);
    json_kv_z(w, "provider", c->provider);
    put_text_or_null(w, "provider_call_id", c->sid);
    put_text_or_null(w, "assistant", c->assistant);
    put_text_or_null(w, "answered_by", call_answered_by_name(c->answered_by));
    json_kv_z(w, "record", call_record_name(c->record));
    json_kv_z(w, "machine_detection", call_detection_name(c->detection));
    json_kv_int(w, "ring_timeout_s", c->ring_timeout_s);
    json_kv_int(w, "time_limit_s", c->time_limit_s);
    json_kv_int(w, "attempts", c->attempt);
    json_kv_int(w, "duration_s", c->duration_s);
    put_text_or_null(w, "error", c->error_text);
    json_key(w, "carrier_code");
    if (c->carrier_code)
        json_put_int(w, c->carrier_code);
    else
        json_put_null(w);
    json_kv_bool(w, "hangup_requested", c->hangup_requested);
    json_kv_time(w, "created_at", c->created_ms);
    json_kv_time(w, "updated_at", c->updated_ms);
    json_kv_time(w, "dialed_at", c->dialed_ms);
    json_kv_time(w, "ringing_at", c->ringing_ms);
    json_kv_time(w, "answered_at", c->answered_ms);
    json_kv_time(w, "ended_at", c->ended_ms);
}

void api_put_call(struct json_writer *w, const struct call *c) {
    json_begin_object(w);
    api_put_call_members(w, c);
    json_end_object(w);
}

void api_put_payment(struct json_writer *w, const struct payment *p) {
    json_begin_object(w);
    api_put_id(w, "id", PAYMENT_ID_PREFIX, p->id);
    json_kv_z(w, "status", payment_status_name(p->status));
    put_text_or_null(w, "result", payment_result_name(p->result));
    json_kv_z(w, "amount", p->amount);
    json_kv_z(w, "currency", p->currency);
    put_text_or_null(w, "charge_id", p->charge_id);
    put_text_or_null(w, "token_id", p->token_id);
    put_text_or_null(w, "last4", p->last4);
    put_text_or_null(w, "card_type", p->card_type);
    put_text_or_null(w, "error_code", p->error_code);
    put_text_or_null(w, "error", p->error_text);
    json_kv_int(w, "attempts", p->attempts);
    json_kv_time(w, "created_at", p->created_ms);
    json_kv_time(w, "updated_at", p->updated_ms);
    json_end_object(w);
}

void api_put_event(struct json_writer *w, const struct event *ev) {
    json_begin_object(w);
    api_put_id(w, "id", EVENT_ID_PREFIX, ev->seq);
    json_kv_z(w, "type", event_type_name(ev->type));
    api_put_id(w, "call_id", CALL_ID_PREFIX, ev->call_id);
    json_kv_time(w, "at", ev->at_ms);
    json_key(w, "data");
    json_put_raw(w, ev->data.len ? ev->data : STR("{}"));
    json_end_object(w);
}

void api_begin_items(struct api_request *r, struct json_writer *w) {
    json_write_init(w, api_body(r));
    json_begin_object(w);
    json_key(w, "items");
    json_begin_array(w);
}

void api_reply_items(struct api_request *r, struct json_writer *w, const char *prefix,
                     int64_t next) {
    json_end_array(w);
    api_put_id(w, "next_cursor", prefix, next);
    json_end_object(w);
    api_reply(r, 200);
}
