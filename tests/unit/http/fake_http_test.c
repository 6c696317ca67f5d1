#include "tests/support/fake_http.h"

#include <pthread.h>

#include "core/base/compiler.h"
#include "tests/support/test.h"

TEST(fake_http, a_script_answers_in_its_order) {
    static const struct fake_exchange script[] = {
        {.method = "POST", .path = "/Calls.json", .body_has = "To=", .status = 201, .body = "{}"},
        {.path = "/Calls.json?page=2", .status = 404, .headers = "Retry-After: 7\r\n"},
        {.fail = ERR_UNCERTAIN},
    };
    CLEANUP(fake_http_freep) struct fake_http *f = fake_http_new(script, ARRAY_LEN(script));
    struct http_client *c = fake_http_client(f);
    struct http_response rsp = {0};
    struct error err = {0};
    struct http_request post = {
        .method = "POST", .url = STR("https://x.test/Calls.json"), .body = STR("To=1")};
    REQUIRE(http_client_send(c, &post, &rsp, &err) == ERR_OK);
    EXPECT_INT(rsp.status, 201);
    EXPECT(str_eq(buf_str(&rsp.body), STR("{}")) && rsp.length_known);
    http_response_release(&rsp);

    struct http_request get = {.method = "GET", .url = STR("https://x.test/Calls.json?page=2")};
    REQUIRE(http_client_send(c, &get, &rsp, &err) == ERR_OK);
    EXPECT(str_eq(http_response_header(&rsp, STR("retry-after")), STR("7")));
    http_response_release(&rsp);

    EXPECT_INT(http_client_send(c, &get, &rsp, &err), ERR_UNCERTAIN);
    EXPECT_INT(fake_http_calls(f), 3);
    EXPECT_STR(fake_http_request(f, 0)->body, "To=1");
    EXPECT(fake_http_request(f, 3) == NULL);
}

static void *send_one(void *arg) {
    struct http_response rsp = {0};
    struct http_request get = {.method = "GET", .url = STR("https://x.test/")};
    EXPECT(http_client_send(arg, &get, &rsp, NULL) == ERR_OK);
    http_response_release(&rsp);
    return NULL;
}

TEST(fake_http, several_threads_may_ask_at_once) {
    static const struct fake_exchange script[4] = {
        {.status = 200}, {.status = 200}, {.status = 200}, {.status = 200}};
    CLEANUP(fake_http_freep) struct fake_http *f = fake_http_new(script, 4);
    pthread_t threads[4];
    fake_http_hold(f);
    for (size_t i = 0; i < 4; i++)
        REQUIRE(pthread_create(&threads[i], NULL, send_one, fake_http_client(f)) == 0);
    fake_http_release(f);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    EXPECT_INT(fake_http_calls(f), 4);
}
