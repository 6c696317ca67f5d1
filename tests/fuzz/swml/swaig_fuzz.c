/* Function calls and replies from strangers: whatever can be read can be written, and read again
   to the same. */
#include <stdlib.h>

#include "core/base/mem.h"
#include "swml/swaig.h"
#include "swml/swaig_reply.h"
#include "swml/swaig_token.h"

enum {
    TEXT_MAX = 1048576
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_requests(struct str body) {
    struct swaig_request request = {0};
    struct swaig_report report = {0};
    if (swaig_request_read(body, &request, NULL) == ERR_OK) {
        (void)swaig_is_function_name(request.function);
        if (request.argument && json_type(request.argument) != JSON_OBJECT)
            abort();
    }
    if (swaig_report_read(body, &report, NULL) == ERR_OK && report.parsed &&
        json_type(report.parsed) != JSON_OBJECT)
        abort();
    swaig_request_release(&request);
    swaig_report_release(&report);
}

static bool write_again(struct str body, struct arena *a, struct buf *out) {
    const struct swaig_reply_options o = {.connector = STR("https://x/payment")};
    struct function_reply r = {0};
    return swaig_reply_read(body, a, &r, NULL) == ERR_OK &&
           swaig_reply_write(&r, &o, out, NULL, NULL) == ERR_OK;
}

static void fuzz_replies(struct str body) {
    CLEANUP(buf_release) struct buf once = BUF_INIT(TEXT_MAX);
    CLEANUP(buf_release) struct buf twice = BUF_INIT(TEXT_MAX);
    struct arena a = {0};
    /* the first writing may say it another way, the second may not */
    if (write_again(body, &a, &once)) {
        CLEANUP(buf_release) struct buf thrice = BUF_INIT(TEXT_MAX);
        if (write_again(buf_str(&once), &a, &twice) &&
            (!write_again(buf_str(&twice), &a, &thrice) ||
             !str_eq(buf_str(&twice), buf_str(&thrice))))
            abort();
    }
    arena_release(&a);
}

static void fuzz_tokens(struct str token) {
    struct secret key = {0};
    secret_set(&key, STR("0123456789abcdef"));
    struct digest_hmac *h = digest_hmac_sha256_new(&key);
    if (swaig_token_is_good(token, h, STR("call_1"), STR("f"), 0))
        abort();
    digest_hmac_free(h);
    secret_release(&key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static bool ready;
    ready = ready || secret_system_init();
    struct str body = str_from(data, size);
    fuzz_requests(body);
    fuzz_replies(body);
    fuzz_tokens(body);
    return 0;
}
