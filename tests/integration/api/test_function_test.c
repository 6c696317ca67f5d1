#include <stdio.h>
#include <string.h>

#include "tests/integration/api/door.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test.h"

TEST(test_function, keeps_what_is_shared_in_a_session_and_reads_it_back) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    char text[64];
    struct door d;
    REQUIRE(door_open(&d, ""));
    DOOR_ASK(&d, &r, .path = "/api/test_function",
             .body = "{\"function\":\"share_information\",\"session_id\":\"trial\","
                     "\"caller_id\":\"+12025550123\",\"arguments\":{\"information\":\"Owes "
                     "$15,000\",\"category\":\"debt_info\"}}");
    EXPECT_INT(r.status, 200);
    EXPECT_STR(door_text(&r, "response", text), "The information is kept.");
    DOOR_ASK(&d, &r, .path = "/api/information?session_id=trial");
    EXPECT_INT(json_count(json_get(r.root, "items")), 1);
    DOOR_ASK(&d, &r, .path = "/api/test_function",
             .body = "{\"function\":\"get_shared_information\",\"caller_id\":\"+12025550123\"}");
    EXPECT_STR(door_text(&r, "response", text), "debt_info: Owes $15,000");
    door_close(&d);
}

TEST(test_function, tells_actions_and_effects) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct door d;
    REQUIRE(door_open(&d, ""));
    DOOR_ASK(&d, &r, .path = "/api/test_function",
             .body = "{\"function\":\"end_call\",\"arguments\":{\"reason\":\"done\"}}");
    EXPECT_INT(r.status, 200);
    const struct json *effect = json_first(json_get(r.root, "effects"));
    EXPECT(str_eq_z(json_str(json_get(effect, "kind")), "end"));
    EXPECT(str_eq_z(json_str(json_get(effect, "outcome")), "done"));
    EXPECT(json_bool(json_get(json_first(json_get(r.root, "actions")), "hangup"), false));
    door_close(&d);
}

TEST(test_function, tells_the_server_of_a_function_from_the_carrier) {
    CLEANUP(door_reply_release) struct door_reply r = {0};
    struct temp_dir dir;
    struct door d;
    char path[320], settings[400];
    temp_dir_init(&dir);
    temp_dir_file(&dir, "a.json", path);
    FILE *f = fopen(path, "w");
    REQUIRE(f != NULL);
    fputs(
        "{\"name\":\"a\",\"flow\":{\"states\":[{\"id\":\"x\",\"say\":\"Bye.\",\"end\":{\"outcome\":"
        "\"o\"}}]},\"functions\":[\"end_call\",{\"name\":\"far\",\"description\":\"d\","
        "\"parameters\":{"
        "\"type\":\"object\",\"properties\":{}},\"url\":\"http://127.0.0.1:1/swaig\"}]}",
        f);
    fclose(f);
    snprintf(settings, sizeof settings,
             "SWML_ALLOW_PRIVATE_URLS=true\nSWITCHHOOK_ASSISTANTS_DIR=%s\n", dir.path);
    REQUIRE(door_open(&d, settings));
    DOOR_ASK(&d, &r, .path = "/api/test_function",
             .body = "{\"assistant\":\"a\",\"function\":\"far\",\"arguments\":{}}");
    EXPECT(door_is_problem(&r, 502, "function_failed", NULL));
    door_close(&d);
    temp_dir_release(&dir);
}

TEST(test_function, refuses_what_is_wrong) {
    static const struct {
        const char *body, *field;
        int status;
        const char *code;
    } rows[] = {
        {"{}", "function", 400, "invalid"},
        {"{\"function\":\"end_call\"}", "arguments.reason", 400, "invalid"},
        {"{\"function\":\"end_call\",\"arguments\":[]}", "arguments", 400, "invalid"},
        {"{\"function\":\"end_call\",\"assistant\":\"nobody\"}", "assistant", 400, "invalid"},
        {"{\"function\":\"end_call\",\"extra\":1}", "extra", 400, "invalid"},
        {"{\"function\":\"fly\"}", "function", 404, "not_found"},
        {"{\"function\":\"end_call\",\"arguments\":{\"reason\":\"x\"},\"variables\":[]}",
         "variables", 400, "invalid"},
    };
    struct door d;
    REQUIRE(door_open(&d, ""));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEANUP(door_reply_release) struct door_reply r = {0};
        DOOR_ASK(&d, &r, .path = "/api/test_function", .body = rows[i].body);
        if (!door_is_problem(&r, rows[i].status, rows[i].code, rows[i].field))
            EXPECT_STR(r.body.ptr, rows[i].body);
    }
    door_close(&d);
}
