#include <string.h>

#include "tests/integration/api/door.h"
#include "tests/support/test.h"

#define TOKEN "0123456789abcdef0123456789abcdef"

TEST(auth, a_configured_token_is_asked_for_everywhere_in_the_api) {
    static const char *const paths[] = {"/api/calls",
                                        "/api/summary",
                                        "/api/recordings",
                                        "/api/information",
                                        "/api/sessions",
                                        "/api/assistants",
                                        "/api/calls/call_0000000000000"};
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, "SWITCHHOOK_API_TOKEN=" TOKEN "\n"));
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        char challenge[64];
        DOOR_ASK(&d, &r, .path = paths[i]);
        EXPECT(door_is_problem(&r, 401, "unauthorized", NULL));
        door_header(&r, "WWW-Authenticate", challenge, sizeof challenge);
        EXPECT_STR(challenge, "Bearer realm=\"switchhook\"");
    }
    DOOR_ASK(&d, &r, .path = "/api/calls", .token = TOKEN);
    EXPECT_INT(r.status, 200);
    door_close(&d);
}

TEST(auth, a_token_must_be_right_to_the_last_character) {
    static const char *const wrong[] = {
        "",
        "0",
        "0123456789abcdef0123456789abcde",   /* a prefix */
        "0123456789abcdef0123456789abcdef0", /* one more */
        "0123456789abcdef0123456789abcdeF",
        "0123456789ABCDEF0123456789ABCDEF",
        " ",
    };
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, "SWITCHHOOK_API_TOKEN=" TOKEN "\n"));
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        DOOR_ASK(&d, &r, .path = "/api/calls", .token = wrong[i]);
        EXPECT_INT(r.status, 401);
    }
    static const char *const schemes[] = {
        "Authorization: Basic " TOKEN "\r\n", "Authorization: " TOKEN "\r\n",
        "Authorization: Bearer" TOKEN "\r\n", "X-Api-Key: " TOKEN "\r\n"};
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        DOOR_ASK(&d, &r, .path = "/api/calls", .headers = schemes[i]);
        EXPECT_INT(r.status, 401);
    }
    DOOR_ASK(&d, &r, .path = "/api/calls?token=" TOKEN);
    EXPECT_INT(r.status, 401);
    DOOR_ASK(&d, &r, .path = "/api/calls", .headers = "authorization: bearer  " TOKEN "\r\n");
    EXPECT_INT(r.status, 200);
    door_close(&d);
}

TEST(auth, nothing_happens_without_the_token) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, "SWITCHHOOK_API_TOKEN=" TOKEN "\n"));
    DOOR_ASK(&d, &r, .path = "/api/calls",
             .body = "{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\"}");
    EXPECT_INT(r.status, 401);
    DOOR_ASK(&d, &r, .path = "/api/calls", .token = TOKEN);
    EXPECT_INT(json_count(json_get(r.root, "items")), 0);
    door_close(&d);
}

TEST(auth, health_and_the_description_are_open) {
    static const char *const paths[] = {"/healthz", "/readyz", "/openapi.json"};
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, "SWITCHHOOK_API_TOKEN=" TOKEN "\n"));
    for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
        DOOR_ASK(&d, &r, .path = paths[i], .host = "calls.example.com");
        EXPECT_INT(r.status, 200);
        EXPECT(r.root != NULL);
    }
    door_close(&d);
}

TEST(auth, without_a_token_this_machine_may_come_in_by_its_own_names) {
    static const char *const names[] = {"127.0.0.1", "127.0.0.1:8080", "localhost",
                                        "LocalHost:8080", "[::1]:8080"};
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        DOOR_ASK(&d, &r, .path = "/api/calls", .host = names[i]);
        EXPECT_INT(r.status, 200);
    }
    door_close(&d);
}

TEST(auth, without_a_token_nobody_comes_in_through_a_tunnel_or_another_name) {
    static const char *const names[] = {"abc123.ngrok.app", "calls.example.com",
                                        "127.0.0.1.example.com", "localhost.example.com",
                                        "localhostx"};
    static const char *const forwarded[] = {
        "X-Forwarded-For: 203.0.113.7\r\n", "Forwarded: for=203.0.113.7\r\n",
        "X-Forwarded-Host: calls.example.com\r\n", "Via: 1.1 tunnel\r\n"};
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        DOOR_ASK(&d, &r, .path = "/api/calls", .host = names[i]);
        EXPECT(door_is_problem(&r, 401, "unauthorized", NULL));
    }
    for (size_t i = 0; i < ARRAY_LEN(forwarded); i++) {
        DOOR_ASK(&d, &r, .path = "/api/calls", .headers = forwarded[i]);
        EXPECT(door_is_problem(&r, 401, "unauthorized", NULL));
    }
    door_close(&d);
}

TEST(auth, a_web_page_cannot_hang_up_with_a_form) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    DOOR_ASK(&d, &r, .method = "POST", .path = "/api/calls/call_0000000000000/hangup",
             .headers = "Origin: https://evil.example\r\n");
    EXPECT_INT(r.status, 403);
    DOOR_ASK(&d, &r, .path = "/api/calls", .type = "text/plain",
             .body = "{\"to\":\"+12025550100\",\"assistant\":\"debt-intake\"}",
             .headers = "Origin: https://evil.example\r\n");
    EXPECT_INT(r.status, 415);
    DOOR_ASK(&d, &r, .method = "OPTIONS", .path = "/api/calls",
             .headers = "Origin: https://evil.example\r\n"
                        "Access-Control-Request-Method: POST\r\n");
    EXPECT(r.status == 405 || r.status == 501);
    EXPECT(strstr(r.head.ptr, "Access-Control-Allow") == NULL);
    door_close(&d);
}
