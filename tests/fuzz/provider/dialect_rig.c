#include "tests/fuzz/provider/dialect_rig.h"

#include <assert.h>

/* ---- replies ----------------------------------------------------------------------------------
 */

static void check_call(const struct dialect_rig *r, const struct provider_call *c) {
    assert(r->is_call(str_z(c->sid)));
    assert((unsigned)c->status < CALL_STATUS_COUNT && c->status != CALL_UNKNOWN);
    assert(c->duration_s <= INT32_MAX && c->carrier_code >= 0);
}

static void try_one(const struct dialect_rig *r, struct str body,
                    enum error_code (*decode)(struct str body, struct provider_call *out,
                                              struct error *err)) {
    struct provider_call c = {.sid = "before"};
    struct error err = {0};
    enum error_code rc = decode(body, &c, &err);
    if (rc == ERR_OK)
        check_call(r, &c);
    else
        assert(err.code == rc && strcmp(c.sid, "before") == 0);
}

void rig_try_place(const struct dialect_rig *r, struct str body) {
    try_one(r, body, r->dialect->decode_place);
}

void rig_try_call(const struct dialect_rig *r, struct str body) {
    try_one(r, body, r->dialect->decode_call);
}

void rig_try_list(const struct dialect_rig *r, struct str body) {
    struct rest_page page = {.next_url = BUF_INIT(8192)};
    struct error err = {0};
    struct rest_url next;
    enum error_code rc = r->dialect->decode_list(&r->account, body, &page, &err);
    assert(rc == ERR_OK || err.code == rc);
    assert(page.count <= REST_CALLS_MAX);
    for (size_t i = 0; rc == ERR_OK && i < page.count; i++)
        check_call(r, &page.calls[i]);
    if (rc == ERR_OK && page.next_url.len)
        assert(rest_url_parse(buf_str(&page.next_url), &next) &&
               str_eq(next.origin, r->account.base_url));
    mem_free(page.calls);
    buf_release(&page.next_url);
}

void rig_try_control(const struct dialect_rig *r, struct str body) {
    const struct rest_request sent = {.method = "POST"};
    char sid[CALL_SID_SIZE] = "before";
    if (r->dialect->decode_control(&sent, body, sid, NULL) == ERR_OK)
        assert(r->is_recording(str_z(sid)));
    else
        assert(strcmp(sid, "before") == 0);
}

void rig_try_check(const struct dialect_rig *r, struct str body) {
    static const int statuses[] = {200, 401, 404};
    for (unsigned step = 0; step <= r->check_steps; step++)
        for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
            struct rest_check check = {.step = step};
            struct error err = {0};
            enum error_code rc =
                r->dialect->decode_check(&r->account, statuses[i], body, &check, &err);
            assert(rc == ERR_OK ? check.done || check.step > step : err.code == rc);
            assert(memchr(check.text, '\0', sizeof check.text));
        }
}

void rig_try_error(const struct dialect_rig *r, struct str body) {
    static const int statuses[] = {400, 401, 403, 404, 429, 500};
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        struct error err = {0};
        enum error_code rc = r->dialect->decode_error(statuses[i], body, &err);
        assert(rc == err.code && (rc == ERR_OK) == (err.text[0] == '\0'));
        assert((err.carrier_code != 0) == (rc != ERR_OK && r->numbers_errors));
        assert(str_is_utf8(str_z(err.text)));
    }
}

/* ---- webhooks ---------------------------------------------------------------------------------
 */

struct webhook_request rig_webhook(const uint8_t *data, size_t size) {
    struct str rest = str_from(data + 1, size - 1);
    size_t line = str_find(rest, '\n');
    return (struct webhook_request){
        .kind = (enum webhook_kind)(1 + data[0] % (WEBHOOK_KIND_COUNT - 1)),
        .method = STR("POST"),
        .target = str_from(rest.ptr, line),
        .content_type = STR("application/x-www-form-urlencoded"),
        .body = str_from_index(rest, line + 1),
    };
}

bool rig_put_url(struct buf *b, const char *base, struct str target) {
    buf_puts(b, base);
    buf_put_str(b, target);
    return !buf_failed(b) && strlen(b->ptr) == b->len;
}

static bool is_or_empty(bool (*is_id)(struct str sid), const char *sid) {
    return sid[0] == '\0' || is_id(str_z(sid));
}

void rig_check_news(const struct dialect_rig *r, const struct webhook_news *n,
                    enum webhook_kind kind) {
    assert(is_or_empty(r->is_call, n->sid) && is_or_empty(r->is_recording, n->recording_sid));
    assert((unsigned)n->status < CALL_STATUS_COUNT && n->status != CALL_UNKNOWN);
    assert((unsigned)n->answered_by < CALL_ANSWERED_BY_COUNT);
    assert((unsigned)n->recording_status < RECORDING_STATUS_COUNT);
    assert(n->confidence == -1 || (n->confidence >= 0 && n->confidence <= 1));
    assert(n->duration_s <= INT32_MAX && n->carrier_code >= 0 && n->at_ms >= 0);
    assert(kind == WEBHOOK_GATHER || (n->digits.len == 0 && n->speech.len == 0));
    assert(kind != WEBHOOK_RECORDING || n->recording_sid[0] != '\0');
    assert(str_is_utf8(n->speech) && str_is_utf8(n->carrier_text));
}
