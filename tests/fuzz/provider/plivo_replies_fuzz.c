/* Plivo's replies: whatever comes, a value is whole or is not written.
 * Input: one byte that chooses the decoder, the body. */
#include <assert.h>

#include "providers/plivo/replies.h"
#include "providers/rest/encode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct rest_account account = {
    .id = STR_INIT("MA0123456789ABCDEFGH"),
    .number = STR_INIT("+12025550199"),
    .base_url = STR_INIT("https://api.example.com"),
};

static void check_call(const struct provider_call *c) {
    assert(rest_is_uuid(str_z(c->sid)));
    assert((unsigned)c->status < CALL_STATUS_COUNT && c->status != CALL_UNKNOWN);
    assert(c->duration_s <= INT32_MAX && c->carrier_code >= 0);
}

static void try_place(struct str body) {
    struct provider_call c = {.sid = "before"};
    struct error err = {0};
    enum error_code rc = plivo_decode_place(body, &c, &err);
    if (rc == ERR_OK)
        check_call(&c);
    else
        assert(err.code == rc && strcmp(c.sid, "before") == 0);
}

static void try_call(struct str body) {
    struct provider_call c = {.sid = "before"};
    struct error err = {0};
    enum error_code rc = plivo_decode_call(body, &c, &err);
    if (rc == ERR_OK)
        check_call(&c);
    else
        assert(err.code == rc && strcmp(c.sid, "before") == 0);
}

static void try_list(struct str body) {
    struct rest_page page = {.next_url = BUF_INIT(8192)};
    struct error err = {0};
    struct rest_url next;
    enum error_code rc = plivo_decode_list(&account, body, &page, &err);
    assert(rc == ERR_OK || err.code == rc);
    assert(page.count <= REST_CALLS_MAX);
    for (size_t i = 0; rc == ERR_OK && i < page.count; i++)
        check_call(&page.calls[i]);
    if (rc == ERR_OK && page.next_url.len)
        assert(rest_url_parse(buf_str(&page.next_url), &next) &&
               str_eq(next.origin, account.base_url));
    mem_free(page.calls);
    buf_release(&page.next_url);
}

static void try_control(struct str body) {
    const struct rest_request sent = {.method = "POST"};
    char sid[CALL_SID_SIZE] = "before";
    if (plivo_decode_control(&sent, body, sid, NULL) == ERR_OK)
        assert(rest_is_uuid(str_z(sid)));
    else
        assert(strcmp(sid, "before") == 0);
}

static void try_media(struct str body) {
    struct rest_request r = {.url = BUF_INIT(8192)};
    struct rest_url url;
    if (plivo_decode_media(&account, body, &r, NULL) == ERR_OK && !buf_failed(&r.url)) {
        assert(rest_url_parse(buf_str(&r.url), &url));
        assert(strcmp(r.format, "wav") == 0 || strcmp(r.format, "mp3") == 0);
        assert(!r.ours || (rest_url_is_tls(&url) && url.host.len >= strlen("media.plivo.com")));
    }
    buf_release(&r.url);
}

static void try_error(struct str body) {
    static const int statuses[] = {400, 401, 403, 404, 429, 500};
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        struct error err = {0};
        enum error_code rc = plivo_decode_error(statuses[i], body, &err);
        assert(rc == err.code && (rc == ERR_OK) == (err.text[0] == '\0'));
        assert(str_is_utf8(str_z(err.text)));
    }
}

static void try_check(struct str body) {
    static const int statuses[] = {200, 401, 404};
    for (unsigned step = 0; step < 4; step++)
        for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
            struct rest_check check = {.step = step};
            struct error err = {0};
            enum error_code rc = plivo_decode_check(&account, statuses[i], body, &check, &err);
            assert(rc == ERR_OK ? check.done || check.step > step : err.code == rc);
            assert(memchr(check.text, '\0', sizeof check.text));
        }
}

static void try_values(struct str body) {
    char party[CALL_PARTY_SIZE];
    int64_t ms = -1;
    plivo_copy_party(body, party);
    assert(memchr(party, '\0', sizeof party));
    bool ok = plivo_parse_time(body, &ms);
    assert(ok ? ms > 0 : ms == -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static void (*const decoders[])(struct str body) = {
        try_place, try_call, try_list, try_control, try_media, try_error, try_check, try_values};
    if (size == 0)
        return 0;
    decoders[data[0] % ARRAY_LEN(decoders)](str_from(data + 1, size - 1));
    return 0;
}
