#include <stdio.h>
#include <stdlib.h>

#include "core/base/compiler.h"
#include "tests/integration/http/client_rig.h"
#include "tests/support/test.h"
#include "tests/support/wire.h"

/* The client as the gateway runs it: loopback is not allowed to user-given URLs. */
static struct http_client *strict_client(bool allow_http) {
    struct http_client_curl_options o = {.clock = clock_system(), .foreign_allow_http = allow_http};
    struct http_client *c = NULL;
    if (http_client_curl_new(&o, &c, NULL) != ERR_OK)
        mem_panic("no client");
    return c;
}

static enum error_code send_foreign(struct http_client *c, const char *url, struct error *err) {
    struct http_response rsp = {0};
    struct http_request req = {.method = "GET",
                               .url = str_z(url),
                               .timeout_ms = WIRE_WAIT_MS,
                               .trust = HTTP_TRUST_FOREIGN};
    enum error_code rc = http_client_send(c, &req, &rsp, err);
    http_response_release(&rsp);
    return rc;
}

TEST(http_client_guard, no_spelling_of_a_private_address_is_connected_to) {
    static const char *const urls[] = {
        "http://127.0.0.1/",
        "http://127.1/",
        "http://127.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://017700000001/",
        "http://0177.0.0.1/",
        "http://0/",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[::]/",
        "http://[0:0:0:0:0:0:0:1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::7f00:1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[2001::1]/",
        "http://[fe80::1]/",
        "http://[fe80::1%25lo]/",
        "http://[fd00::1]/",
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://255.255.255.255/",
        "http://224.0.0.1/",
        "https://127.0.0.1/",
        "https://169.254.169.254/",
    };
    struct http_client *c = strict_client(true);
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        struct error err = {0};
        enum error_code rc = send_foreign(c, urls[i], &err);
        if (rc != ERR_INVALID)
            printf("%s: %s\n", urls[i], err.text);
        EXPECT_INT(rc, ERR_INVALID);
        EXPECT(!err.retry && err.text[0]);
    }
    http_client_free(c);
}

TEST(http_client_guard, no_name_of_this_machine_is_connected_to) {
    /* Whether they resolve depends on the machine; to where they do not lead does not. */
    static const char *const urls[] = {"http://localhost/", "http://localhost./",
                                       "http://LOCALHOST/", "http://a.localhost/",
                                       "http://ip6-localhost/"};
    struct http_client *c = strict_client(true);
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        struct error err = {0};
        enum error_code rc = send_foreign(c, urls[i], &err);
        bool unresolved = rc == ERR_NETWORK && strstr(err.text, "resolve");
        EXPECT(rc == ERR_INVALID || unresolved);
    }
    http_client_free(c);
}

TEST(http_client_guard, urls_that_are_read_differently_elsewhere_are_refused) {
    static const char *const urls[] = {
        "",
        "/path",
        "example.com/",
        "//example.com/",
        "http:///path",
        "http://",
        "file:///etc/passwd",
        "ftp://example.com/",
        "gopher://example.com/_x",
        "dict://example.com/",
        "ldap://example.com/",
        "javascript:alert(1)",
        "unix:///var/run/x.sock",
        "http://user@example.com/",
        "http://user:pass@example.com/",
        "http://example.com@127.0.0.1/",
        "http://example.com\\@127.0.0.1/",
        "http:\\\\127.0.0.1/",
        "http://example.com:0/",
        "http://example.com:65536/",
        "http://example.com:-1/",
        "http://example.com:80x/",
        "http://exam ple.com/",
        "http://example.com/a b",
        "http://example.com/\r\nX: y",
        "http://example.com/\t",
        "http://ex\xc3\xa4mple.com/",
        "http://example.com/\xc3\xa4",
        "http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1/", /* full-width digits */
        "http://[::1",
        "http://[:::1]/",
        "http://example.com:22/", /* port not allowed */
        "https://example.com:8443/",
    };
    struct http_client *c = strict_client(true);
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        struct error err = {0};
        enum error_code rc = send_foreign(c, urls[i], &err);
        if (rc != ERR_INVALID)
            printf("%s: %s\n", urls[i], err.text);
        EXPECT_INT(rc, ERR_INVALID);
    }
    http_client_free(c);
}

TEST(http_client_guard, plain_http_needs_the_option) {
    struct http_client *c = strict_client(false);
    struct error err = {0};
    EXPECT_INT(send_foreign(c, "http://example.com/", &err), ERR_INVALID);
    EXPECT(strstr(err.text, "https"));
    http_client_free(c);
}

TEST(http_client_guard, a_connection_for_configured_hosts_is_not_lent_to_foreign_urls) {
    static const struct peer_step script[][PEER_STEPS_MAX] = {
        {{PEER_READ, NULL},
         {PEER_SEND, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
         {PEER_READ, NULL},
         {PEER_SEND, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}}};
    struct peer p;
    struct http_response rsp = {0};
    char url[64];
    struct http_client_curl_options o = {.clock = clock_system(), .foreign_allow_http = true};
    struct http_client *c = NULL;
    peer_start(&p, script, 1);
    o.foreign_ports = &p.port;
    o.foreign_port_count = 1;
    REQUIRE(http_client_curl_new(&o, &c, NULL) == ERR_OK);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", (unsigned)p.port);
    struct http_request req = {.method = "GET", .url = str_z(url), .timeout_ms = WIRE_WAIT_MS};
    EXPECT_INT(http_client_send(c, &req, &rsp, NULL), ERR_OK);
    http_response_release(&rsp);
    EXPECT_INT(send_foreign(c, url, NULL), ERR_INVALID);
    http_client_free(c);
    peer_end(&p);
    EXPECT_INT(p.requests, 1);
    EXPECT_INT(p.connections, 1);
    peer_release(&p);
}

TEST(http_client_guard, redirects_are_responses_and_are_not_followed) {
    static const char *const replies[] = {
        "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 301 Moved\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 307 Again\r\nLocation: /path\r\nContent-Length: 0\r\n\r\n",
    };
    for (size_t i = 0; i < ARRAY_LEN(replies); i++) {
        const struct peer_step script[][PEER_STEPS_MAX] = {
            {{PEER_READ, NULL}, {PEER_SEND, replies[i]}, {PEER_HOLD, NULL}}};
        struct client_rig r;
        struct http_response rsp = {0};
        client_rig_start(&r, script, 1);
        struct http_request req = client_rig_request(&r, "POST", "x=1");
        req.trust = HTTP_TRUST_FOREIGN;
        EXPECT_INT(http_client_send(r.client, &req, &rsp, NULL), ERR_OK);
        EXPECT(rsp.status >= 301 && rsp.status <= 307);
        EXPECT(http_response_header(&rsp, STR("Location")).len > 0);
        http_response_release(&rsp);
        client_rig_end(&r);
        EXPECT_INT(r.peer.requests, 1);
        peer_release(&r.peer);
    }
}

TEST(http_client_guard, a_proxy_in_the_environment_is_ignored) {
    static const struct peer_step script[][PEER_STEPS_MAX] = {
        {{PEER_READ, NULL}, {PEER_SEND, "HTTP/1.1 204 No Content\r\n\r\n"}}};
    struct client_rig r;
    struct http_response rsp = {0};
    setenv("http_proxy", "http://127.0.0.1:1/", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:1/", 1);
    client_rig_start(&r, script, 1);
    struct http_request req = client_rig_request(&r, "GET", NULL);
    EXPECT_INT(http_client_send(r.client, &req, &rsp, NULL), ERR_OK);
    EXPECT_INT(rsp.status, 204);
    http_response_release(&rsp);
    client_rig_end(&r);
    peer_release(&r.peer);
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
}

TEST(http_client_guard, headers_and_credentials_cannot_carry_line_breaks) {
    static const struct http_header bad[] = {
        {STR_INIT("X-A"), STR_INIT("a\r\nX-B: c")},
        {STR_INIT("X-A"), STR_INIT("a\nb")},
        {STR_INIT("X-A"), STR_INIT("a\0b")},
        {STR_INIT("X-A\r\nX-B"), STR_INIT("a")},
        {STR_INIT("X A"), STR_INIT("a")},
        {STR_INIT("X:A"), STR_INIT("a")},
        {STR_INIT(""), STR_INIT("a")},
        {STR_INIT("Host"), STR_INIT("evil.test")},
        {STR_INIT("content-length"), STR_INIT("1")},
        {STR_INIT("Transfer-Encoding"), STR_INIT("chunked")},
    };
    struct client_rig r;
    struct http_response rsp = {0};
    client_rig_start(&r, NULL, 0);
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct http_request req = client_rig_request(&r, "GET", NULL);
        req.headers[0] = bad[i];
        req.header_count = 1;
        EXPECT_INT(http_client_send(r.client, &req, &rsp, NULL), ERR_INVALID);
    }
    static const char *const users[] = {"a:b", "a\r\nb", "a\nb"};
    for (size_t i = 0; i < ARRAY_LEN(users); i++) {
        struct http_request req = client_rig_request(&r, "GET", NULL);
        req.basic_user = str_z(users[i]);
        EXPECT_INT(http_client_send(r.client, &req, &rsp, NULL), ERR_INVALID);
    }
    struct http_request req = client_rig_request(&r, "GET / HTTP/1.1\r\nX:", NULL);
    EXPECT_INT(http_client_send(r.client, &req, &rsp, NULL), ERR_INVALID);
    client_rig_end(&r);
    EXPECT_INT(r.peer.connections, 0);
    peer_release(&r.peer);
}

TEST(http_client_guard, a_fragment_is_not_sent) {
    static const struct peer_step script[][PEER_STEPS_MAX] = {
        {{PEER_READ, NULL}, {PEER_SEND, "HTTP/1.1 204 No Content\r\n\r\n"}}};
    struct client_rig r;
    struct http_response rsp = {0};
    char url[96];
    client_rig_start(&r, script, 1);
    snprintf(url, sizeof url, "%s?a=%%2F#rc=5", r.url);
    struct http_request req = client_rig_request(&r, "GET", NULL);
    req.url = str_z(url);
    EXPECT_INT(http_client_send(r.client, &req, &rsp, NULL), ERR_OK);
    http_response_release(&rsp);
    client_rig_end(&r);
    EXPECT(str_starts(buf_str(&r.peer.seen), STR("GET /path?a=%2F HTTP/1.1\r\n")));
    peer_release(&r.peer);
}
