#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "core/base/compiler.h"
#include "tests/integration/http/client_rig.h"
#include "tests/support/test.h"
#include "tests/support/wire.h"

#define OK_3 "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"

static bool saw(const struct client_rig *r, const char *z) {
    return str_find_str(buf_str(&r->peer.seen), str_z(z)) < r->peer.seen.len;
}

TEST(http_client, a_request_arrives_as_it_was_written) {
    static const struct peer_step script[][PEER_STEPS_MAX] = {
        {{PEER_READ, NULL},
         {PEER_SEND, "HTTP/1.1 201 Created\r\nContent-Length: 3\r\nX-Id:  7 \r\n\r\nabc"}},
    };
    struct client_rig r;
    struct secret password = {0};
    struct http_response rsp = {0};
    REQUIRE(secret_system_init());
    secret_set(&password, STR("pass:word"));
    client_rig_start(&r, script, 1);
    struct http_request req = client_rig_request(&r, "POST", "To=%2B1&x=\r\ny");
    req.headers[0] = (struct http_header){STR("X-Empty"), STR("")};
    req.headers[1] = (struct http_header){STR("Content-Type"), STR("text/x-test")};
    req.header_count = 2;
    req.basic_user = STR("user");
    req.basic_password = &password;
    REQUIRE(http_client_send(r.client, &req, &rsp, NULL) == ERR_OK);
    EXPECT_INT(rsp.status, 201);
    EXPECT(str_eq(buf_str(&rsp.body), STR("abc")) && rsp.body_bytes == 3 && rsp.length_known);
    EXPECT(str_eq(http_response_header(&rsp, STR("x-id")), STR("7")));
    http_response_release(&rsp);
    client_rig_end(&r);
    EXPECT(saw(&r, "POST /path HTTP/1.1\r\n"));
    EXPECT(saw(&r, "X-Empty:\r\n") && saw(&r, "Content-Type: text/x-test\r\n"));
    EXPECT(saw(&r, "Authorization: Basic dXNlcjpwYXNzOndvcmQ=\r\n")); /* user:pass:word */
    EXPECT(saw(&r, "Content-Length: 13\r\n") && saw(&r, "\r\n\r\nTo=%2B1&x=\r\ny"));
    EXPECT(!saw(&r, "Expect:") && !saw(&r, "Accept-Encoding:"));
    secret_release(&password);
    peer_release(&r.peer);
}

TEST(http_client, credentials_and_bodies_do_not_stay_in_a_pooled_handle) {
    static const struct peer_step script[][PEER_STEPS_MAX] = {
        {{PEER_READ, NULL}, {PEER_SEND, OK_3}, {PEER_READ, NULL}, {PEER_SEND, OK_3}},
    };
    struct client_rig r;
    struct secret password = {0};
    struct http_response rsp = {0};
    REQUIRE(secret_system_init());
    secret_set(&password, STR("p"));
    client_rig_start(&r, script, 1);
    struct http_request req = client_rig_request(&r, "PUT", "first-body");
    req.basic_user = STR("u");
    req.basic_password = &password;
    req.headers[0] = (struct http_header){STR("X-First"), STR("1")};
    req.header_count = 1;
    REQUIRE(http_client_send(r.client, &req, &rsp, NULL) == ERR_OK);
    http_response_release(&rsp);
    size_t first = r.peer.seen.len;
    req = client_rig_request(&r, "GET", NULL);
    REQUIRE(http_client_send(r.client, &req, &rsp, NULL) == ERR_OK);
    http_response_release(&rsp);
    client_rig_end(&r);
    EXPECT_INT(r.peer.connections, 1); /* the same connection and handle */
    struct str second = str_from_index(buf_str(&r.peer.seen), first);
    EXPECT(str_starts(second, STR("GET /path HTTP/1.1\r\n")));
    EXPECT(str_find_str(second, STR("Authorization")) == second.len);
    EXPECT(str_find_str(second, STR("X-First")) == second.len);
    EXPECT(str_find_str(second, STR("first-body")) == second.len);
    secret_release(&password);
    peer_release(&r.peer);
}

/* ---- what an end means -------------------------------------------------------------------- */

struct ending {
    struct peer_step steps[PEER_STEPS_MAX];
    enum error_code want;
};

/* timeout_ms 0: none. *arrived: the far end got the request, once. */
static enum error_code run_within(const struct peer_step steps[PEER_STEPS_MAX], bool once,
                                  uint32_t timeout_ms, bool *arrived, struct error *err) {
    struct client_rig r;
    struct peer_step script[1][PEER_STEPS_MAX];
    struct http_response rsp = {0};
    memcpy(script[0], steps, sizeof script[0]);
    client_rig_start(&r, (const struct peer_step(*)[PEER_STEPS_MAX])script, 1);
    struct http_request req = client_rig_request(&r, "POST", "x=1");
    req.once = once;
    if (timeout_ms > 0)
        req.timeout_ms = timeout_ms;
    req.body_max_bytes = 1000;
    enum error_code rc = http_client_send(r.client, &req, &rsp, err);
    http_response_release(&rsp);
    client_rig_end(&r);
    *arrived = r.peer.requests == 1 && r.peer.connections == 1;
    peer_release(&r.peer);
    return rc;
}

static enum error_code run_one(const struct peer_step steps[PEER_STEPS_MAX], bool once,
                               struct error *err) {
    bool arrived = false;
    enum error_code rc = run_within(steps, once, 0, &arrived, err);
    EXPECT(arrived);
    return rc;
}

TEST(http_client, an_end_after_the_request_left_is_uncertain) {
    static const struct ending rows[] = {
        {{{PEER_READ, NULL}}, ERR_UNCERTAIN}, /* no byte of reply */
        {{{PEER_READ, NULL}, {PEER_RESET, NULL}}, ERR_UNCERTAIN},
        {{{PEER_READ, NULL}, {PEER_SEND, "HTTP/1.1 200"}}, ERR_UNCERTAIN},
        {{{PEER_READ, NULL}, {PEER_SEND, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"}},
         ERR_UNCERTAIN},
        {{{PEER_READ, NULL},
          {PEER_SEND, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"}},
         ERR_UNCERTAIN},
        {{{PEER_READ, NULL}, {PEER_SEND, "SMTP ready\r\n"}}, ERR_UNCERTAIN},
        {{{PEER_READ, NULL},
          {PEER_SEND, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"},
          {PEER_RESET, NULL}},
         ERR_UNCERTAIN},
        {{{PEER_READ, NULL}, {PEER_SEND, OK_3}}, ERR_OK},
        {{{PEER_READ, NULL}, {PEER_SEND, "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"}}, ERR_OK},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        for (int once = 0; once < 2; once++) {
            struct error err = {0};
            EXPECT_INT(run_one(rows[i].steps, once, &err), rows[i].want);
            EXPECT(rows[i].want == ERR_OK || (err.text[0] && !err.retry));
        }
}

TEST(http_client, a_time_out_after_the_request_left_is_uncertain) {
    static const struct peer_step holds[PEER_STEPS_MAX] = {{PEER_READ, NULL}, {PEER_HOLD, NULL}};
    for (int once = 0; once < 2; once++) {
        struct error err = {0};
        enum error_code rc = ERR_OK;
        bool arrived = false;
        /* on a busy machine the time may be up before the request has left: that is another case */
        for (uint32_t ms = 300; !arrived && ms < WIRE_WAIT_MS; ms *= 2)
            rc = run_within(holds, once, ms, &arrived, &err);
        EXPECT(arrived && err.text[0] && !err.retry);
        EXPECT_INT(rc, ERR_UNCERTAIN);
    }
}

TEST(http_client, floods_end_with_a_limit) {
    static const struct ending rows[] = {
        {{{PEER_READ, NULL}, {PEER_SEND, "HTTP/1.1 200 OK\r\n\r\n"}, {PEER_FLOOD, "endless"}},
         ERR_LIMIT},
        {{{PEER_READ, NULL},
          {PEER_SEND, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"},
          {PEER_FLOOD, "3\r\nabc\r\n"}},
         ERR_LIMIT},
        {{{PEER_READ, NULL}, {PEER_FLOOD, "HTTP/1.1 100 Continue\r\n\r\n"}}, ERR_LIMIT},
        {{{PEER_READ, NULL}, {PEER_SEND, "HTTP/1.1 200 OK\r\n"}, {PEER_FLOOD, "X: yyyyyy\r\n"}},
         ERR_LIMIT},
        {{{PEER_READ, NULL}, {PEER_SEND, "HTTP/1.1 200 OK\r\nX: "}, {PEER_FLOOD, "yyyyyyyyy"}},
         ERR_LIMIT},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct error err = {0};
        EXPECT_INT(run_one(rows[i].steps, false, &err), rows[i].want);
        EXPECT(err.text[0]);
    }
}

TEST(http_client, a_refused_connection_is_safe_to_repeat) {
    struct client_rig r;
    struct http_response rsp = {0};
    struct error err = {0};
    uint16_t port;
    client_rig_start(&r, NULL, 0);
    close(wire_listen(&port)); /* a port that nobody listens on */
    snprintf(r.url, sizeof r.url, "http://127.0.0.1:%u/", (unsigned)port);
    struct http_request req = client_rig_request(&r, "POST", "x=1");
    req.once = true;
    EXPECT_INT(http_client_send(r.client, &req, &rsp, &err), ERR_NETWORK);
    EXPECT(err.retry && strstr(err.text, "127.0.0.1"));
    r.url[4] = '\0';
    req.url = STR("http://no-such-host.invalid/");
    EXPECT_INT(http_client_send(r.client, &req, &rsp, &err), ERR_NETWORK);
    client_rig_end(&r);
    peer_release(&r.peer);
}

TEST(http_client, a_handshake_that_stalls_is_safe_to_repeat) {
    static const struct peer_step script[][PEER_STEPS_MAX] = {{{PEER_HOLD, NULL}}};
    struct client_rig r;
    struct http_response rsp = {0};
    struct error err = {0};
    client_rig_start(&r, script, 1);
    char url[64];
    snprintf(url, sizeof url, "https://127.0.0.1:%u/", (unsigned)r.peer.port);
    struct http_request req = client_rig_request(&r, "POST", "x=1");
    req.url = str_z(url);
    req.connect_timeout_ms = 100;
    EXPECT_INT(http_client_send(r.client, &req, &rsp, &err), ERR_NETWORK);
    EXPECT(err.retry);
    client_rig_end(&r);
    peer_release(&r.peer);
}

TEST(http_client, a_server_without_tls_is_safe_to_repeat) {
    static const struct peer_step script[][PEER_STEPS_MAX] = {
        {{PEER_SEND, "HTTP/1.1 400 No\r\n\r\n"}, {PEER_HOLD, NULL}}};
    struct client_rig r;
    struct http_response rsp = {0};
    client_rig_start(&r, script, 1);
    char url[64];
    snprintf(url, sizeof url, "https://127.0.0.1:%u/", (unsigned)r.peer.port);
    struct http_request req = client_rig_request(&r, "POST", "x=1");
    req.url = str_z(url);
    EXPECT_INT(http_client_send(r.client, &req, &rsp, NULL), ERR_NETWORK);
    client_rig_end(&r);
    peer_release(&r.peer);
}

/* ---- connections that die ----------------------------------------------------------------- */

/* The connection is kept alive, takes a second request and dies without a byte of reply. */
static const struct peer_step dies_on_reuse[][PEER_STEPS_MAX] = {
    {{PEER_READ, NULL}, {PEER_SEND, OK_3}, {PEER_READ, NULL}},
    {{PEER_READ, NULL}, {PEER_SEND, OK_3}},
};

static enum error_code second_on_dying(const char *method, bool once, unsigned *arrived) {
    struct client_rig r;
    struct http_response rsp = {0};
    struct error err = {0};
    client_rig_start(&r, dies_on_reuse, 2);
    struct http_request req = client_rig_request(&r, method, NULL);
    EXPECT_INT(http_client_send(r.client, &req, &rsp, &err), ERR_OK);
    http_response_release(&rsp);
    req.once = once;
    enum error_code rc = http_client_send(r.client, &req, &rsp, &err);
    http_response_release(&rsp);
    client_rig_end(&r);
    *arrived = r.peer.requests;
    peer_release(&r.peer);
    return rc;
}

TEST(http_client, a_post_on_a_connection_that_dies_is_sent_once) {
    unsigned arrived = 0;
    EXPECT_INT(second_on_dying("POST", false, &arrived), ERR_UNCERTAIN);
    EXPECT_INT(arrived, 2); /* one for each request; libcurl alone would make it three */
}

TEST(http_client, an_idempotent_request_is_sent_again_by_the_library) {
    unsigned arrived = 0;
    EXPECT_INT(second_on_dying("GET", false, &arrived), ERR_OK);
    EXPECT_INT(arrived, 3);
    EXPECT_INT(second_on_dying("DELETE", false, &arrived), ERR_OK);
    EXPECT_INT(arrived, 3);
}

TEST(http_client, a_request_of_once_never_uses_a_kept_connection) {
    static const struct peer_step script[][PEER_STEPS_MAX] = {
        {{PEER_READ, NULL}, {PEER_SEND, OK_3}, {PEER_END, NULL}},
        {{PEER_READ, NULL}, {PEER_SEND, OK_3}, {PEER_END, NULL}},
        {{PEER_READ, NULL}, {PEER_SEND, OK_3}, {PEER_END, NULL}},
    };
    struct client_rig r;
    struct http_response rsp = {0};
    client_rig_start(&r, script, 3);
    struct http_request req = client_rig_request(&r, "POST", "x=1");
    req.once = true;
    for (int i = 0; i < 3; i++) {
        EXPECT_INT(http_client_send(r.client, &req, &rsp, NULL), ERR_OK);
        http_response_release(&rsp);
    }
    client_rig_end(&r);
    EXPECT_INT(r.peer.connections, 3);
    peer_release(&r.peer);
}

/* ---- bodies ------------------------------------------------------------------------------- */

TEST(http_client, a_body_that_ends_with_the_connection_has_no_known_length) {
    static const struct {
        const char *reply;
        bool known;
    } rows[] = {
        {"HTTP/1.1 200 OK\r\n\r\nabc", false},
        {"HTTP/1.0 200 OK\r\n\r\nabc", false},
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", true},
        {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", false},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nContent-Length: "
         "9\r\n\r\n",
         true},
        {"HTTP/1.1 100 Continue\r\nContent-Length: 9\r\n\r\nHTTP/1.1 200 OK\r\n\r\nabc", false},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct peer_step script[][PEER_STEPS_MAX] = {
            {{PEER_READ, NULL}, {PEER_SEND, rows[i].reply}}};
        struct client_rig r;
        struct http_response rsp = {0};
        client_rig_start(&r, script, 1);
        struct http_request req = client_rig_request(&r, "GET", NULL);
        EXPECT_INT(http_client_send(r.client, &req, &rsp, NULL), ERR_OK);
        EXPECT(str_eq(buf_str(&rsp.body), STR("abc")));
        EXPECT_INT(rsp.length_known, rows[i].known);
        EXPECT_INT(rsp.status, 200);
        http_response_release(&rsp);
        client_rig_end(&r);
        peer_release(&r.peer);
    }
}

struct collected {
    struct buf bytes;
    size_t stop_after;
};

static bool collect(void *ctx, struct str bytes) {
    struct collected *c = ctx;
    buf_put_str(&c->bytes, bytes);
    return c->stop_after == 0 || c->bytes.len < c->stop_after;
}

TEST(http_client, a_sink_gets_the_bytes_and_may_stop_them) {
    static const struct peer_step script[][PEER_STEPS_MAX] = {
        {{PEER_READ, NULL}, {PEER_SEND, OK_3}},
        {{PEER_READ, NULL}, {PEER_SEND, "HTTP/1.1 200 OK\r\n\r\n"}, {PEER_FLOOD, "endless"}},
    };
    struct collected c = {.bytes = BUF_INIT(1 << 20)};
    struct client_rig r;
    struct http_response rsp = {0};
    client_rig_start(&r, script, 2);
    struct http_request req = client_rig_request(&r, "GET", NULL);
    req.sink = collect;
    req.sink_ctx = &c;
    req.body_max_bytes = 1 << 19;
    req.once = true; /* a connection for each */
    EXPECT_INT(http_client_send(r.client, &req, &rsp, NULL), ERR_OK);
    EXPECT(str_eq(buf_str(&c.bytes), STR("abc")) && rsp.body.len == 0 && rsp.body_bytes == 3);
    http_response_release(&rsp);
    c.stop_after = 1000;
    EXPECT_INT(http_client_send(r.client, &req, &rsp, NULL), ERR_UNCERTAIN);
    buf_release(&c.bytes);
    client_rig_end(&r);
    peer_release(&r.peer);
}

TEST(http_client, a_sink_never_gets_an_error_page) {
    static const struct peer_step script[][PEER_STEPS_MAX] = {
        {{PEER_READ, NULL}, {PEER_SEND, "HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\noops"}}};
    struct collected c = {.bytes = BUF_INIT(1 << 20)};
    struct client_rig r;
    struct http_response rsp = {0};
    client_rig_start(&r, script, 1);
    struct http_request req = client_rig_request(&r, "GET", NULL);
    req.sink = collect;
    req.sink_ctx = &c;
    EXPECT_INT(http_client_send(r.client, &req, &rsp, NULL), ERR_OK);
    EXPECT_INT(c.bytes.len, 0);
    EXPECT(rsp.status == 404 && str_eq(buf_str(&rsp.body), STR("oops")));
    http_response_release(&rsp);
    client_rig_end(&r);
    peer_release(&r.peer);
}

/* ---- many, and the end -------------------------------------------------------------------- */

static void *send_fifty(void *arg) {
    struct client_rig *r = arg;
    struct http_request req = client_rig_request(r, "GET", NULL);
    for (int i = 0; i < 50; i++) {
        struct http_response rsp = {0};
        enum error_code rc = http_client_send(r->client, &req, &rsp, NULL);
        EXPECT(rc == ERR_OK || rc == ERR_NETWORK || rc == ERR_UNCERTAIN);
        http_response_release(&rsp);
    }
    return NULL;
}

TEST(http_client, several_threads_may_send_at_once) {
    enum {
        CONNECTIONS = 200
    };
    static struct peer_step script[CONNECTIONS][PEER_STEPS_MAX];
    for (size_t i = 0; i < CONNECTIONS; i++) {
        script[i][0].act = PEER_READ;
        script[i][1] = (struct peer_step){
            PEER_SEND, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"};
    }
    struct client_rig r;
    pthread_t threads[4];
    client_rig_start(&r, (const struct peer_step(*)[PEER_STEPS_MAX])script, CONNECTIONS);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        REQUIRE(pthread_create(&threads[i], NULL, send_fifty, &r) == 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        pthread_join(threads[i], NULL);
    client_rig_end(&r);
    EXPECT_INT(r.peer.requests, CONNECTIONS);
    peer_release(&r.peer);
}

struct ended {
    atomic_uint count, uncertain, network;
};

static void note_end(void *ctx, enum error_code rc, struct http_response *rsp,
                     const struct error *err) {
    struct ended *e = ctx;
    (void)rsp, (void)err;
    e->uncertain += rc == ERR_UNCERTAIN;
    e->network += rc == ERR_NETWORK;
    e->count++;
}

TEST(http_client, freeing_ends_what_still_runs) {
    static const struct peer_step script[][PEER_STEPS_MAX] = {
        {{PEER_READ, NULL}, {PEER_HOLD, NULL}}};
    struct client_rig r;
    struct ended e = {0};
    client_rig_start(&r, script, 1);
    struct http_request req = client_rig_request(&r, "POST", "x=1");
    http_client_start(r.client, &req, note_end, &e);
    while (r.peer.requests == 0)
        sched_yield();
    client_rig_end(&r);
    EXPECT(e.count == 1 && e.uncertain == 1);
    peer_release(&r.peer);
}

struct chain {
    struct client_rig *rig;
    struct http_request req;
    atomic_int left;
    atomic_bool ok;
};

static void start_next(void *ctx, enum error_code rc, struct http_response *rsp,
                       const struct error *err) {
    struct chain *c = ctx;
    (void)rsp, (void)err;
    if (rc != ERR_OK)
        c->ok = false;
    if (atomic_fetch_sub(&c->left, 1) > 1)
        http_client_start(c->rig->client, &c->req, start_next, c);
}

TEST(http_client, a_request_may_be_started_from_within_done) {
    static const struct peer_step script[][PEER_STEPS_MAX] = {{{PEER_READ, NULL},
                                                               {PEER_SEND, OK_3},
                                                               {PEER_READ, NULL},
                                                               {PEER_SEND, OK_3},
                                                               {PEER_READ, NULL},
                                                               {PEER_SEND, OK_3}}};
    struct client_rig r;
    client_rig_start(&r, script, 1);
    struct chain c = {.rig = &r, .req = client_rig_request(&r, "GET", NULL), .left = 3, .ok = true};
    http_client_start(r.client, &c.req, start_next, &c);
    while (c.left > 0)
        sched_yield();
    client_rig_end(&r);
    EXPECT(c.ok);
    EXPECT_INT(r.peer.requests, 3);
    peer_release(&r.peer);
}
