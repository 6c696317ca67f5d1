#include <string.h>

#include "core/app/summary_http.h"
#include "core/base/compiler.h"
#include "tests/support/fake_http.h"
#include "tests/support/test.h"

/* Who is told the answer to a post-prompt, and what is made of the reply. */
TEST(summary_http, tells_and_knows_what_may_work_later) {
    static const struct {
        struct fake_exchange reply;
        enum error_code code;
        bool retry;
    } cases[] = {
        {{.status = 200}, ERR_OK, false},
        {{.status = 204}, ERR_OK, false},
        {{.status = 404}, ERR_UPSTREAM, false},
        {{.status = 302}, ERR_UPSTREAM, false},
        {{.status = 503}, ERR_UPSTREAM, true},
        {{.status = 429}, ERR_UPSTREAM, true},
        {{.fail = ERR_NETWORK}, ERR_NETWORK, true},
        {{.fail = ERR_UNCERTAIN}, ERR_UNCERTAIN, true},
        {{.fail = ERR_INVALID}, ERR_INVALID, false},
    };
    EXPECT(secret_system_init());
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fake_http *http = fake_http_new(&cases[i].reply, 1);
        struct summary_http h = {.http = fake_http_client(http), .trust = HTTP_TRUST_FOREIGN};
        struct summary_receiver r = summary_http(&h);
        struct summary_told told = {.url = STR("https://example.org/told"),
                                    .user = STR("me"),
                                    .password = STR("secret"),
                                    .assistant = STR("desk"),
                                    .call_id = STR("call_1"),
                                    .summary = STR("All good.")};
        struct error err = {0};
        EXPECT_INT(r.tell(r.ctx, &told, &err), cases[i].code);
        EXPECT(err.retry == cases[i].retry);
        const struct fake_request *q = fake_http_request(http, 0);
        REQUIRE(q != NULL);
        EXPECT_STR(q->basic_user, "me");
        EXPECT_INT(q->trust, HTTP_TRUST_FOREIGN);
        EXPECT(strstr(q->headers, "Idempotency-Key: call_1"));
        EXPECT(strstr(q->body, "\"raw\":\"All good.\"") && !strstr(q->body, "secret"));
        fake_http_free(http);
    }
}
