#include <stdio.h>
#include <string.h>

#include "tests/integration/api/door.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

/* Captured information: what one call leaves, and what the API adds and finds. */

static size_t count_of(struct door *d, const char *path) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    DOOR_ASK(d, &r, .path = path);
    EXPECT_INT(r.status, 200);
    return json_count(json_get(r.root, "items"));
}

static int add(struct door *d, const char *information, const char *category, const char *caller,
               const char *session) {
    char body[512];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    snprintf(body, sizeof body,
             "{\"information\":\"%s\",\"category\":\"%s\",\"caller_id\":\"%s\","
             "\"session_id\":\"%s\"}",
             information, category, caller, session);
    DOOR_ASK(d, &r, .path = "/api/information", .body = body);
    return r.status;
}

/* ---- the data flow of one call ------------------------------------------------------------------
 */

/** What a call with John Doe leaves, oldest first: category, and how the information begins. */
static const char *const data_flow[][2] = {
    {"conversation_flow", "Call started"},   {"contact_details", "Customer name: John Doe"},
    {"debt_info", "Total debt: $40,000"},    {"personal_info", "Lives in California"},
    {"qualification", "Customer qualified"},
};

static void expect_record(const struct json *i, const char *const want[2], const char *call_id) {
    EXPECT(str_eq_z(json_str(json_get(i, "category")), want[0]));
    if (!str_starts(json_str(json_get(i, "information")), str_z(want[1])))
        EXPECT_STR(want[1], "the beginning of what was kept");
    EXPECT(str_eq_z(json_str(json_get(i, "session_id")), call_id));
    EXPECT(str_eq_z(json_str(json_get(i, "call_id")), call_id));
    EXPECT(str_eq_z(json_str(json_get(i, "caller_id")), "+12025550100"));
    EXPECT(str_eq_z(json_str(json_get(i, "status")), "received"));
    EXPECT(str_starts(json_str(json_get(i, "id")), STR("inf_")));
    EXPECT(json_str(json_get(i, "timestamp")).len > 0);
}

static void expect_records(struct door *d, const char *call_id) {
    char path[128];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    snprintf(path, sizeof path, "/api/information?session_id=%s", call_id);
    DOOR_ASK(d, &r, .path = path);
    const struct json *items = json_get(r.root, "items");
    size_t n = json_count(items), at = n;
    EXPECT_INT(n, ARRAY_LEN(data_flow));
    for (const struct json *i = json_first(items); i && n == ARRAY_LEN(data_flow); i = json_next(i))
        expect_record(i, data_flow[--at], call_id);
}

static void expect_sums(struct door *d, const char *call_id) {
    char path[128];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    DOOR_ASK(d, &r, .path = "/api/sessions");
    const struct json *s = json_first(json_get(r.root, "items"));
    EXPECT(str_eq_z(json_str(json_get(s, "session_id")), call_id));
    EXPECT(str_eq_z(json_str(json_get(s, "status")), "ended"));
    EXPECT_INT(json_double(json_get(s, "information_count"), 0), ARRAY_LEN(data_flow));
    EXPECT(str_eq_z(json_str(json_get(s, "qualification_status")), "qualified"));
    EXPECT(str_eq_z(json_str(json_get(s, "qualification")), "Customer qualified"));
    EXPECT(str_eq_z(json_str(json_get(json_get(s, "call"), "outcome")),
                    "customer_qualified_transfer"));
    snprintf(path, sizeof path, "/api/calls?to=%%2B12025550100");
    DOOR_ASK(d, &r, .path = path);
    const struct json *c = json_first(json_get(r.root, "items"));
    EXPECT(str_eq_z(json_str(json_get(c, "outcome")), "customer_qualified_transfer"));
    EXPECT(str_eq_z(json_str(json_get(c, "reason")), "assistant_ended"));
    EXPECT(str_eq_z(json_str(json_get(c, "qualification_status")), "qualified"));
    EXPECT_INT(json_double(json_get(c, "information_count"), 0), ARRAY_LEN(data_flow));
    EXPECT(json_double(json_get(c, "duration_s"), 0) > 0);
    DOOR_ASK(d, &r, .path = "/api/summary");
    EXPECT_INT(json_double(json_get(r.root, "sessions"), 0), 1);
    EXPECT_INT(json_double(json_get(r.root, "information"), 0), ARRAY_LEN(data_flow));
    EXPECT_INT(json_double(json_get(json_get(r.root, "categories"), "personal_info"), 0), 1);
}

TEST(information, the_data_flow_of_a_qualified_caller_leaves_exactly_these_records) {
    struct door d;
    char id[64], status[64];
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    REQUIRE(door_place(&d, "+12025550100", id));
    REQUIRE(door_wait_end(&d, id, status));
    EXPECT_STR(status, "completed");
    expect_records(&d, id);
    expect_sums(&d, id);
    door_close(&d);
}

/* The example word by word: what is told by function, to whom it belongs, and in which order. */
static const char *const example[][2] = {
    {"Call started", "conversation_flow"},     {"Customer name: John Doe", "contact_details"},
    {"$25,000 credit card debt", "debt_info"}, {"Lives in CA, $4500/month income", "personal_info"},
    {"Customer qualified", "qualification"},
};

static void expect_example(struct door *d, const char *session, size_t more) {
    char path[160];
    CLEANUP(door_reply_release) struct door_reply r = {0};
    snprintf(path, sizeof path, "/api/information?caller_id=john_555-1234&session_id=%s", session);
    DOOR_ASK(d, &r, .path = path);
    const struct json *items = json_get(r.root, "items"), *i = json_first(items);
    EXPECT_INT(json_count(items), ARRAY_LEN(example) + more);
    while (more-- > 0)
        i = json_next(i);
    for (size_t at = ARRAY_LEN(example); i && at > 0; i = json_next(i)) {
        at--;
        EXPECT(str_eq_z(json_str(json_get(i, "information")), example[at][0]));
        EXPECT(str_eq_z(json_str(json_get(i, "category")), example[at][1]));
        EXPECT(str_eq_z(json_str(json_get(i, "session_id")), session));
    }
}

static void expect_session(struct door *d, const char *session, size_t count) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    DOOR_ASK(d, &r, .path = "/api/sessions");
    const struct json *s = json_first(json_get(r.root, "items"));
    EXPECT(str_eq_z(json_str(json_get(s, "session_id")), session));
    EXPECT(str_eq_z(json_str(json_get(s, "status")), "ended"));
    EXPECT_INT(json_double(json_get(s, "information_count"), 0), count);
    EXPECT(str_eq_z(json_str(json_get(s, "qualification_status")), "qualified"));
}

TEST(information, the_data_flow_example_by_hand_keeps_its_records_and_its_end) {
    struct door d;
    char body[512];
    REQUIRE(door_open(&d, ""));
    CLEANUP(door_reply_release) struct door_reply r = {0};
    for (size_t i = 0; i < ARRAY_LEN(example); i++) {
        snprintf(body, sizeof body,
                 "{\"function\":\"share_information\",\"session_id\":\"s-1\",\"arguments\":{"
                 "\"information\":\"%s\",\"category\":\"%s\",\"caller_id\":\"john_555-1234\"}}",
                 example[i][0], example[i][1]);
        DOOR_ASK(&d, &r, .path = "/api/test_function", .body = body);
        EXPECT_INT(r.status, 200);
    }
    DOOR_ASK(&d, &r, .path = "/api/test_function",
             .body = "{\"function\":\"end_call\",\"session_id\":\"s-1\",\"arguments\":{\"reason\":"
                     "\"customer_qualified_transfer\",\"caller_id\":\"john_555-1234\","
                     "\"duration\":420}}");
    EXPECT_INT(r.status, 200);
    expect_example(&d, "s-1", 1);
    expect_session(&d, "s-1", ARRAY_LEN(example) + 1);
    DOOR_ASK(&d, &r, .path = "/api/information?limit=1");
    const struct json *end = json_first(json_get(r.root, "items"));
    EXPECT(str_eq_z(json_str(json_get(end, "category")), "conversation_flow"));
    EXPECT(str_eq_z(json_str(json_get(end, "information")),
                    "Call ended after 420 s: customer_qualified_transfer"));
    door_close(&d);
}

/* An assistant that calls the example's functions, one after the other. */
static bool write_example(const struct temp_dir *dir) {
    char path[320];
    temp_dir_file(dir, "example.json", path);
    FILE *f = fopen(path, "w");
    if (!f)
        return false;
    fputs("{\"name\":\"debt-intake\",\"disclosure\":\"Hello.\",\"flow\":{\"states\":[", f);
    for (size_t i = 0; i < ARRAY_LEN(example); i++)
        fprintf(f,
                "{\"id\":\"s%zu\",\"call\":[{\"function\":\"share_information\",\"arguments\":{"
                "\"information\":\"%s\",\"category\":\"%s\",\"caller_id\":\"john_555-1234\"}}],"
                "\"next\":\"s%zu\"},",
                i, example[i][0], example[i][1], i + 1);
    fprintf(f,
            "{\"id\":\"s%zu\",\"call\":[{\"function\":\"end_call\",\"arguments\":{\"reason\":"
            "\"customer_qualified_transfer\",\"caller_id\":\"john_555-1234\",\"duration\":420}}],"
            "\"end\":{\"outcome\":\"customer_qualified_transfer\"}}]}}",
            ARRAY_LEN(example));
    return fclose(f) == 0;
}

TEST(information, the_data_flow_example_in_a_call_belongs_to_whom_the_functions_name) {
    struct temp_dir dir;
    struct door d;
    char id[64], status[64], settings[400], path[128];
    temp_dir_init(&dir);
    REQUIRE(write_example(&dir));
    snprintf(settings, sizeof settings, "MOCK_SPEED=0\nSWITCHHOOK_ASSISTANTS_DIR=%s\n", dir.path);
    REQUIRE(door_open(&d, settings));
    REQUIRE(door_place(&d, "+12025550100", id));
    REQUIRE(door_wait_end(&d, id, status));
    EXPECT_STR(status, "completed");
    expect_example(&d, id, 0);
    expect_session(&d, id, ARRAY_LEN(example));
    CLEANUP(door_reply_release) struct door_reply r = {0};
    snprintf(path, sizeof path, "/api/calls/%s", id);
    DOOR_ASK(&d, &r, .path = path);
    char text[64];
    EXPECT_STR(door_text(&r, "outcome", text), "customer_qualified_transfer");
    door_close(&d);
    temp_dir_release(&dir);
}

/* ---- many sessions, many records ----------------------------------------------------------------
 */

TEST(information, sessions_are_told_apart_and_filters_combine) {
    static const char *const names[] = {"john_555-1234", "jane_555-5678", "max_555-9999"};
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        EXPECT_INT(add(&d, "Call started", "conversation_flow", names[i], names[i]), 201);
        EXPECT_INT(add(&d, "$25,000 credit card debt", "debt_info", names[i], names[i]), 201);
        EXPECT_INT(add(&d, i == 1 ? "Customer not qualified" : "Customer qualified",
                       "qualification", names[i], names[i]),
                   201);
    }
    EXPECT_INT(count_of(&d, "/api/sessions"), 3);
    EXPECT_INT(count_of(&d, "/api/information"), 9);
    EXPECT_INT(count_of(&d, "/api/information?category=debt_info"), 3);
    EXPECT_INT(count_of(&d, "/api/information?caller_id=john_555-1234"), 3);
    EXPECT_INT(count_of(&d, "/api/information?category=debt_info&caller_id=jane_555-5678"), 1);
    EXPECT_INT(count_of(&d, "/api/information?session_id=max_555-9999&limit=2"), 2);
    EXPECT_INT(count_of(&d, "/api/information?category=nothing_of_the_kind"), 0);
    CLEANUP(door_reply_release) struct door_reply r = {0};
    DOOR_ASK(&d, &r, .path = "/api/sessions");
    const struct json *jane = json_next(json_first(json_get(r.root, "items")));
    EXPECT(str_eq_z(json_str(json_get(jane, "session_id")), "jane_555-5678"));
    EXPECT(str_eq_z(json_str(json_get(jane, "qualification_status")), "not_qualified"));
    door_close(&d);
}

TEST(information, a_session_that_is_a_call_gets_its_caller_and_event) {
    struct door d;
    char id[64], status[64], path[128];
    REQUIRE(door_open(&d, "MOCK_SPEED=0\n"));
    REQUIRE(door_place(&d, "+12025550101", id)); /* busy: nothing was shared */
    REQUIRE(door_wait_end(&d, id, status));
    EXPECT_INT(add(&d, "Call back on Monday", "conversation_flow", "", id), 201);
    snprintf(path, sizeof path, "/api/information?session_id=%s&caller_id=%%2B12025550101", id);
    EXPECT_INT(count_of(&d, path), 1);
    snprintf(path, sizeof path, "/api/calls/%s/events", id);
    CLEANUP(door_reply_release) struct door_reply r = {0};
    DOOR_ASK(&d, &r, .path = path);
    EXPECT(strstr(r.body.ptr, "information.shared") != NULL);
    EXPECT_INT(add(&d, "x", "y", "", "call_0000000000001"), 404);
    door_close(&d);
}

TEST(information, many_records_come_page_by_page) {
    enum {
        MANY = 120
    };
    struct door d;
    char cursor[64] = "", path[160], text[64];
    size_t seen = 0;
    REQUIRE(door_open(&d, ""));
    for (int i = 0; i < MANY; i++)
        EXPECT_INT(add(&d, "one of many", i % 2 ? "debt_info" : "weather", "x", "many"), 201);
    do {
        CLEANUP(door_reply_release) struct door_reply r = {0};
        snprintf(path, sizeof path, "/api/information?limit=50%s%s", cursor[0] ? "&cursor=" : "",
                 cursor);
        DOOR_ASK(&d, &r, .path = path);
        seen += json_count(json_get(r.root, "items"));
        snprintf(cursor, sizeof cursor, "%s", door_text(&r, "next_cursor", text));
    } while (cursor[0] && seen <= MANY);
    EXPECT_INT(seen, MANY);
    door_close(&d);
}

/* ---- what goes wrong ----------------------------------------------------------------------------
 */

TEST(information, what_is_missing_empty_or_too_much_is_refused_and_leaves_nothing) {
    static const struct {
        const char *body, *field;
    } rows[] = {
        {"{\"category\":\"debt_info\"}", "information"},
        {"{\"information\":\"\",\"category\":\"debt_info\"}", "information"},
        {"{\"information\":\"  \",\"category\":\"debt_info\"}", "information"},
        {"{\"information\":7,\"category\":\"debt_info\"}", "information"},
        {"{\"information\":\"x\"}", "category"},
        {"{\"information\":\"x\",\"category\":\"\"}", "category"},
        {"{\"information\":\"x\",\"category\":\"y\",\"timestamp\":\"z\"}", "timestamp"},
    };
    struct door d;
    REQUIRE(door_open(&d, ""));
    CLEANUP(door_reply_release) struct door_reply r = {0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        DOOR_ASK(&d, &r, .path = "/api/information", .body = rows[i].body);
        if (!door_is_problem(&r, 400, "invalid", rows[i].field))
            EXPECT_STR(rows[i].body, rows[i].field);
    }
    EXPECT_INT(count_of(&d, "/api/information"), 0);
    /* any category is one, and no card number is kept */
    EXPECT_INT(add(&d, "4111111111111111", "shoe_size", "", ""), 201);
    DOOR_ASK(&d, &r, .path = "/api/information?category=shoe_size");
    EXPECT(strstr(r.body.ptr, "4111") == NULL);
    EXPECT(strstr(r.body.ptr, "[card number]") != NULL);
    door_close(&d);
}
