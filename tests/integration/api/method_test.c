#include <stdio.h>
#include <string.h>

#include "core/app/routes.h"
#include "tests/integration/api/door.h"
#include "tests/support/test.h"

/* S11: method confusion. */

struct walk {
    struct door *door;
    const char *method;
};

/* The path with an id that is well-formed but of nothing. */
static void fill(const char *path, char *dst, size_t size) {
    const char *hole = strstr(path, "{}");
    const char *id = strstr(path, "recordings") ? "rec_0000000000001" : "call_0000000000001";
    if (hole)
        snprintf(dst, size, "%.*s%s%s", (int)(hole - path), path, id, hole + 2);
    else
        snprintf(dst, size, "%s", path);
}

static void refuses(void *ctx, const char *method, const char *path) {
    struct walk *w = ctx;
    CLEANUP(door_reply_release) struct door_reply r = {0};
    char full[128], allow[64];
    (void)method;
    fill(path, full, sizeof full);
    DOOR_ASK(w->door, &r, .method = w->method, .path = full);
    EXPECT(door_is_problem(&r, 405, "method", NULL));
    door_header(&r, "Allow", allow, sizeof allow);
    EXPECT(strstr(allow, method) != NULL);
}

TEST(method, what_a_route_does_not_take_is_refused_with_what_it_takes) {
    static const char *const methods[] = {"PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"};
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
        struct walk w = {.door = &d, .method = methods[i]};
        routes_each(refuses, &w);
    }
    door_close(&d);
}

TEST(method, get_on_a_post_route_and_post_on_a_get_route_are_refused) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    char allow[64];
    struct door d;
    REQUIRE(door_open(&d, ""));
    DOOR_ASK(&d, &r, .path = "/api/calls/call_0000000000001/hangup");
    EXPECT(door_is_problem(&r, 405, "method", NULL));
    door_header(&r, "Allow", allow, sizeof allow);
    EXPECT_STR(allow, "POST");
    DOOR_ASK(&d, &r, .path = "/api/summary", .body = "{}");
    EXPECT(door_is_problem(&r, 405, "method", NULL));
    DOOR_ASK(&d, &r, .method = "DELETE", .path = "/api/calls");
    door_header(&r, "Allow", allow, sizeof allow);
    EXPECT(strstr(allow, "POST") && strstr(allow, "GET"));
    door_close(&d);
}

static void answers_head(void *ctx, const char *method, const char *path) {
    struct door *d = ctx;
    CLEANUP(door_reply_release) struct door_reply get = {0};
    CLEANUP(door_reply_release) struct door_reply head = {0};
    char full[128];
    if (strcmp(method, "GET") != 0)
        return;
    fill(path, full, sizeof full);
    DOOR_ASK(d, &get, .path = full);
    DOOR_ASK(d, &head, .method = "HEAD", .path = full);
    EXPECT_INT(head.status, get.status);
    EXPECT_INT(head.body.len, 0);
}

TEST(method, head_is_answered_like_get_without_the_body) {
    struct door d;
    REQUIRE(door_open(&d, ""));
    routes_each(answers_head, &d);
    door_close(&d);
}

TEST(method, other_protocols_and_odd_targets_are_refused) {
    static const char *const lines[] = {
        "CONNECT 127.0.0.1:25 HTTP/1.1\r\nHost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "BREW /api/calls HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
        "get /api/calls HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
        "GET http://127.0.0.1/api/calls HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
    };
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        CLEANUP(door_reply_release) struct door_reply r = {0};
        door_send(&d, str_z(lines[i]), &r);
        EXPECT(r.status == 0 || (r.status >= 400 && r.status <= 505));
    }
    door_close(&d);
}

TEST(method, what_is_not_there_is_not_found) {
    static const char *const paths[] = {"/",
                                        "/api",
                                        "/api/",
                                        "/api/calls/",
                                        "/api/calls/x/y/z",
                                        "/API/calls",
                                        "//api/calls",
                                        "/api/calls%2F",
                                        "/api/recordings//audio",
                                        "/api/calls/../calls"};
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        CLEANUP(door_reply_release) struct door_reply r = {0};
        DOOR_ASK(&d, &r, .path = paths[i]);
        if (!door_is_problem(&r, 404, "not_found", NULL))
            EXPECT_STR(paths[i], "not found");
    }
    door_close(&d);
}
