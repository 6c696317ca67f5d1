/* A carrier's replies: whatever comes, a value is whole or is not written.
 * Input: one byte that chooses the decoder, the body. */
#include <assert.h>

#include "providers/rest/encode.h"
#include "providers/signalwire/compat.h"
#include "providers/signalwire/replies.h"
#include "tests/support/signalwire_sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct rest_account account = {
    .id = STR_INIT(SIGNALWIRE_TEST_PROJECT),
    .number = STR_INIT("+12025550199"),
    .base_url = STR_INIT("https://example.signalwire.com"),
};

static void check_call(const struct provider_call *c) {
    assert(rest_is_uuid(str_z(c->sid)));
    assert((unsigned)c->status < CALL_STATUS_COUNT && c->duration_s <= INT32_MAX);
}

static void try_call(struct str body) {
    static enum error_code (*const decoders[])(struct str, struct provider_call *,
                                               struct error *) = {signalwire_decode_call,
                                                                  signalwire_compat_decode_call};
    for (size_t i = 0; i < ARRAY_LEN(decoders); i++) {
        struct provider_call c = {.sid = "before"};
        struct error err = {0};
        enum error_code rc = decoders[i](body, &c, &err);
        if (rc == ERR_OK)
            check_call(&c);
        else
            assert(err.code == rc && strcmp(c.sid, "before") == 0);
    }
}

static void try_list(struct str body) {
    const struct provider_list_filter f = {.to = STR("+12025550100"), .since_ms = 1767225600000};
    for (int filtered = 0; filtered < 2; filtered++) {
        struct rest_page page = {.next_url = BUF_INIT(8192), .filter = filtered ? &f : NULL};
        struct error err = {0};
        struct rest_url next;
        enum error_code rc = signalwire_decode_list(&account, body, &page, &err);
        assert(rc == ERR_OK || err.code == rc);
        assert(page.count <= REST_CALLS_MAX);
        for (size_t i = 0; i < page.count; i++) {
            check_call(&page.calls[i]);
            assert(!filtered || str_eq_z(f.to, page.calls[i].to));
        }
        if (rc == ERR_OK && page.next_url.len)
            assert(rest_url_parse(buf_str(&page.next_url), &next) &&
                   str_eq(next.origin, account.base_url));
        mem_free(page.calls);
        buf_release(&page.next_url);
    }
}

static void try_recording(struct str body) {
    static const struct rest_request sent = {.tag = SIGNALWIRE_TEST_CALL};
    struct rest_request audio = {.url = BUF_INIT(8192)};
    char sid[CALL_SID_SIZE] = "before", steered[CALL_SID_SIZE] = "before";
    if (signalwire_decode_find(&sent, body, sid, NULL) == ERR_OK)
        assert(rest_is_uuid(str_z(sid)));
    else
        assert(strcmp(sid, "before") == 0);
    if (signalwire_decode_control(&sent, body, steered, NULL) == ERR_OK)
        assert(strcmp(steered, sent.tag) == 0);
    else
        assert(strcmp(steered, "before") == 0);
    if (signalwire_decode_media(&account, body, &audio, NULL) == ERR_OK)
        assert(buf_failed(&audio.url) || audio.url.len > 0);
    else
        assert(audio.url.len == 0);
    buf_release(&audio.url);
}

static void try_error(struct str body) {
    static const int statuses[] = {400, 401, 404, 409, 422, 429, 500};
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        struct error err = {0};
        enum error_code rc = signalwire_decode_error(statuses[i], body, &err);
        assert(rc == err.code && err.carrier_code == 0);
        assert(str_is_utf8(str_z(err.text)));
        err = (struct error){0};
        rc = signalwire_compat_decode_error(statuses[i], body, &err);
        assert(rc == err.code && str_is_utf8(str_z(err.text)));
    }
}

static void try_check(struct str body) {
    static const int statuses[] = {200, 401, 404};
    for (unsigned step = 0; step < 2; step++)
        for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
            struct rest_check check = {.step = step};
            struct error err = {0};
            enum error_code rc = signalwire_decode_check(&account, statuses[i], body, &check, &err);
            assert(rc == ERR_OK ? check.done || check.step > step : err.code == rc);
            assert(memchr(check.text, '\0', sizeof check.text));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static void (*const decoders[])(struct str body) = {try_call, try_list, try_recording,
                                                        try_error, try_check};
    if (size == 0)
        return 0;
    decoders[data[0] % ARRAY_LEN(decoders)](str_from(data + 1, size - 1));
    return 0;
}
