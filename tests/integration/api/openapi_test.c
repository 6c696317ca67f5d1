#include <stdio.h>
#include <string.h>

#include "core/app/routes.h"
#include "core/domain/event.h"
#include "tests/integration/api/door.h"
#include "tests/integration/api/openapi_check.h"
#include "tests/support/read_file.h"
#include "tests/support/test.h"

/* docs/openapi.json tells the truth: it is compared with the table of routes and with replies. */

struct described {
    struct door door;
    struct door_reply document;
    size_t routes;
};

static bool open_described(struct described *s, const char *settings) {
    *s = (struct described){0};
    if (!door_open(&s->door, settings))
        return false;
    DOOR_ASK(&s->door, &s->document, .path = "/openapi.json");
    return s->document.root != NULL;
}

static void close_described(struct described *s) {
    door_reply_release(&s->document);
    door_close(&s->door);
}

static void is_described(void *ctx, const char *method, const char *path) {
    struct described *s = ctx;
    s->routes++;
    if (!openapi_operation(s->document.root, method, path))
        EXPECT_STR(path, "described");
}

TEST(openapi, describes_every_route_and_no_other) {
    struct described s;
    size_t operations = 0;
    REQUIRE(open_described(&s, ""));
    routes_each(is_described, &s);
    const struct json *paths = json_get(s.document.root, "paths");
    for (const struct json *p = json_first(paths); p; p = json_next(p))
        operations += json_count(p);
    EXPECT_INT(operations, s.routes);
    close_described(&s);
}

TEST(openapi, is_the_file_in_docs_and_names_this_version) {
    struct described s;
    struct buf file = BUF_INIT(1024 * 1024);
    char version[64];
    REQUIRE(open_described(&s, ""));
    REQUIRE(read_file(SWH_SOURCE_DIR "/docs/openapi.json", &file));
    EXPECT(str_eq(buf_str(&file), buf_str(&s.document.body)));
    EXPECT(str_copy(json_str(json_get(json_get(s.document.root, "info"), "version")), version,
                    sizeof version));
    EXPECT_STR(version, SWH_VERSION);
    buf_release(&file);
    close_described(&s);
}

/* Ask, and hold the reply against the description of that route. */
static void expect_described(struct described *s, const char *method, const char *route,
                             const char *path, const char *body, int status) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    char type[64];
    DOOR_ASK(&s->door, &r, .method = method, .path = path, .body = body);
    EXPECT_INT(r.status, status);
    door_header(&r, "Content-Type", type, sizeof type);
    const struct json *operation = openapi_operation(s->document.root, method, route);
    const struct json *schema = openapi_reply_schema(s->document.root, operation, status, type);
    if (!schema || !openapi_fits(s->document.root, schema, r.root, route))
        EXPECT_STR(path, "as described");
}

TEST(openapi, replies_are_as_described) {
    struct described s;
    char id[64], status[64], path[160];
    REQUIRE(open_described(&s, "MOCK_SPEED=0\n"));
    REQUIRE(door_place(&s.door, "+12025550100", id));
    REQUIRE(door_wait_end(&s.door, id, status));
    expect_described(&s, "POST", "/api/calls", "/api/calls",
                     "{\"to\":\"+12025550101\",\"assistant\":\"debt-intake\"}", 202);
    expect_described(&s, "POST", "/api/calls", "/api/calls",
                     "{\"to\":\"+12025550101\",\"plan\":{\"steps\":[{\"say\":{\"text\":\"Hi\"}}]},"
                     "\"metadata\":{\"a\":1}}",
                     202);
    expect_described(&s, "GET", "/api/calls", "/api/calls", NULL, 200);
    static const char *const parts[] = {"", "/events", "/transcript"};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        char route[64];
        snprintf(route, sizeof route, "/api/calls/{}%s", parts[i]);
        snprintf(path, sizeof path, "/api/calls/%s%s", id, parts[i]);
        expect_described(&s, "GET", route, path, NULL, 200);
    }
    static const char *const plain[] = {"/api/summary",    "/api/sessions",   "/api/information",
                                        "/api/recordings", "/api/assistants", "/api/providers",
                                        "/openapi.json",   "/healthz",        "/readyz"};
    for (size_t i = 0; i < ARRAY_LEN(plain) && strcmp(plain[i], "/openapi.json") != 0; i++)
        expect_described(&s, "GET", plain[i], plain[i], NULL, 200);
    close_described(&s);
}

/* The names of the query parameters that an operation describes, as a refusal lists them. */
static void put_described_query(const struct json *operation, struct buf *b) {
    for (const struct json *p = json_first(json_get(operation, "parameters")); p; p = json_next(p))
        if (str_eq_z(json_str(json_get(p, "in")), "query"))
            buf_printf(b, "%s" STR_FMT, b->len ? " " : "", STR_ARG(json_str(json_get(p, "name"))));
    if (b->len == 0)
        buf_puts(b, "none");
}

static void takes_the_described_query(void *ctx, const char *method, const char *path) {
    struct described *s = ctx;
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct buf want = BUF_INIT(512);
    char full[160], said[256] = "";
    if (strncmp(path, "/api/", 5) != 0)
        return;
    const char *hole = strstr(path, "{}");
    snprintf(full, sizeof full, "%.*s%s%s?no_such=1", hole ? (int)(hole - path) : 159, path,
             hole ? "x" : "", hole ? hole + 2 : "");
    DOOR_ASK(&s->door, &r, .method = method, .path = full);
    put_described_query(openapi_operation(s->document.root, method, path), &want);
    EXPECT(door_is_problem(&r, 400, "invalid", "no_such"));
    EXPECT(str_copy(json_str(json_get(r.root, "detail")), said, sizeof said));
    const char *list = strstr(said, "which takes ");
    EXPECT_STR(list ? list + strlen("which takes ") : said, want.ptr);
    buf_release(&want);
}

TEST(openapi, names_the_query_parameters_that_a_route_takes) {
    struct described s;
    REQUIRE(open_described(&s, ""));
    routes_each(takes_the_described_query, &s);
    close_described(&s);
}

TEST(openapi, names_every_event) {
    struct described s;
    REQUIRE(open_described(&s, ""));
    const struct json *schemas = json_get(json_get(s.document.root, "components"), "schemas");
    const struct json *type = json_get(json_get(json_get(schemas, "Event"), "properties"), "type");
    const struct json *names = json_get(type, "enum");
    for (int t = EVENT_NONE + 1; t < EVENT_TYPE_COUNT; t++) {
        const char *name = event_type_name((enum event_type)t);
        const struct json *n = json_first(names);
        while (n && !str_eq_z(json_str(n), name))
            n = json_next(n);
        if (!n)
            EXPECT_STR(name, "described");
    }
    EXPECT_INT(json_count(names), EVENT_TYPE_COUNT - 1);
    close_described(&s);
}

TEST(openapi, problems_are_as_described) {
    struct described s;
    char id[64], status[64], path[160];
    REQUIRE(open_described(&s, "MOCK_SPEED=0\n"));
    expect_described(&s, "POST", "/api/calls", "/api/calls", "{}", 400);
    expect_described(&s, "GET", "/api/calls", "/api/calls?limit=0", NULL, 400);
    expect_described(&s, "GET", "/api/calls/{}", "/api/calls/x", NULL, 404);
    expect_described(&s, "GET", "/api/recordings/{}/audio", "/api/recordings/x/audio", NULL, 404);
    REQUIRE(door_place(&s.door, "+12025550101", id));
    REQUIRE(door_wait_end(&s.door, id, status));
    snprintf(path, sizeof path, "/api/calls/%s/hangup", id);
    expect_described(&s, "POST", "/api/calls/{}/hangup", path, NULL, 409);
    close_described(&s);
}
