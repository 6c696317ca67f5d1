/* A carrier's replies: whatever comes, a value is whole or is not written.
 * Input: one byte that chooses the decoder, the body. */
#include <assert.h>

#include "providers/rest/encode.h"
#include "providers/twilio/replies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct rest_account account = {
    .id = STR_INIT("AC00000000000000000000000000000001"),
    .number = STR_INIT("+12025550199"),
    .base_url = STR_INIT("https://api.example.com"),
};

static void check_call(const struct provider_call *c) {
    assert(rest_is_id(str_z(c->sid), "CA", 32));
    assert((unsigned)c->status < CALL_STATUS_COUNT && c->duration_s <= INT32_MAX);
}

static void try_call(struct str body) {
    struct provider_call c = {.sid = "before"};
    struct error err = {0};
    enum error_code rc = twilio_decode_call(body, &c, &err);
    if (rc == ERR_OK)
        check_call(&c);
    else
        assert(err.code == rc && strcmp(c.sid, "before") == 0);
}

static void try_list(struct str body) {
    struct rest_page page = {.next_url = BUF_INIT(8192)};
    struct error err = {0};
    struct rest_url next;
    enum error_code rc = twilio_decode_list(&account, body, &page, &err);
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
    char sid[CALL_SID_SIZE] = "before";
    if (twilio_decode_control(NULL, body, sid, NULL) == ERR_OK)
        assert(rest_is_id(str_z(sid), "RE", 32));
    else
        assert(strcmp(sid, "before") == 0);
}

static void try_error(struct str body) {
    static const int statuses[] = {400, 401, 404, 429, 500};
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        struct error err = {0};
        enum error_code rc = twilio_decode_error(statuses[i], body, &err);
        assert(rc == err.code && (rc == ERR_OK) == (err.carrier_code == 0));
        assert(str_is_utf8(str_z(err.text)));
    }
}

static void try_check(struct str body) {
    static const int statuses[] = {200, 401, 404};
    for (unsigned step = 0; step < 5; step++)
        for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
            struct rest_check check = {.step = step};
            struct error err = {0};
            enum error_code rc = twilio_decode_check(&account, statuses[i], body, &check, &err);
            assert(rc == ERR_OK ? check.done || check.step > step : err.code == rc);
            assert(memchr(check.text, '\0', sizeof check.text));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static void (*const decoders[])(struct str body) = {try_call, try_list, try_control, try_error,
                                                        try_check};
    if (size == 0)
        return 0;
    decoders[data[0] % ARRAY_LEN(decoders)](str_from(data + 1, size - 1));
    return 0;
}
