#include "core/base/error.h"

#include <string.h>

#include "core/base/str.h"
#include "tests/support/test.h"

TEST(error, set_fills_the_error_and_gives_the_code_back) {
    struct error err = {.http_status = 500, .carrier_code = 7, .field = "old", .retry_after_s = 3};
    EXPECT_INT(error_set(&err, ERR_INVALID, "no %s at %d", "number", 3), ERR_INVALID);
    EXPECT_INT(err.code, ERR_INVALID);
    EXPECT_STR(err.text, "no number at 3");
    EXPECT_STR(err.field, "");
    EXPECT(err.http_status == 0 && err.carrier_code == 0 && err.retry_after_s == 0 && !err.retry);
}

TEST(error, the_caller_may_not_care) {
    EXPECT_INT(error_set(NULL, ERR_LIMIT, "x"), ERR_LIMIT);
    EXPECT_INT(error_field(NULL, ERR_INVALID, "to", "x"), ERR_INVALID);
}

TEST(error, field_names_the_input_at_fault) {
    struct error err;
    EXPECT_INT(error_field(&err, ERR_INVALID, "to", "give %s", "a number"), ERR_INVALID);
    EXPECT_STR(err.field, "to");
    EXPECT_STR(err.text, "give a number");
    error_field(&err, ERR_INVALID, NULL, "x");
    EXPECT_STR(err.field, "");
}

TEST(error, a_text_may_be_wrapped_in_place) {
    struct error err;
    error_field(&err, ERR_INVALID, "to", "inner");
    error_field(&err, ERR_INVALID, err.field, "outer: %s", err.text);
    EXPECT_STR(err.text, "outer: inner");
    EXPECT_STR(err.field, "to");
}

TEST(error, long_texts_are_cut_between_characters) {
    char input[400];
    memset(input, 'a', sizeof input);
    for (size_t i = 235; i < 300; i += 2)
        memcpy(input + i, "é", 2);
    input[300] = '\0';
    struct error err;
    error_field(&err, ERR_INVALID, input + 200, "%s", input);
    EXPECT(strlen(err.text) >= 235 && str_is_utf8(str_z(err.text)));
    EXPECT(strlen(err.field) >= 45 && str_is_utf8(str_z(err.field)));
}

TEST(error, a_text_stays_one_line) {
    struct error err;
    error_set(&err, ERR_UPSTREAM, "the far end said %s", "no\r\nX: y\x1B[0m\x7F");
    EXPECT_STR(err.text, "the far end said no  X: y [0m ");
}

TEST(error, a_line_for_people_names_the_field_once) {
    static const struct {
        const char *field, *text, *line;
    } rows[] = {
        {"", "it is full", "it is full"},
        {"to", "must be a number", "to: must be a number"},
        {"to", "too long", "to: too long"},
        {"limit", "limit must be 1 to 200", "limit must be 1 to 200"},
        {"steps[0]", "steps[0]: needs an object", "steps[0]: needs an object"},
        {"flow.start", "a.json: flow.start: is no state", "a.json: flow.start: is no state"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error err;
        char line[80];
        error_field(&err, ERR_INVALID, rows[i].field, "%s", rows[i].text);
        error_line(&err, line, sizeof line);
        EXPECT_STR(line, rows[i].line);
    }
}

TEST(error, repeating_is_offered_where_the_code_says_so) {
    for (int code = ERR_OK; code < ERR_CODE_COUNT; code++) {
        struct error err;
        error_set(&err, (enum error_code)code, "x");
        EXPECT_INT(err.retry, code == ERR_RATE_LIMIT || code == ERR_NETWORK || code == ERR_BUSY);
    }
}

TEST(error, each_code_has_a_name_of_its_own) {
    for (int i = ERR_OK; i < ERR_CODE_COUNT; i++)
        for (int k = ERR_OK; k < i; k++)
            EXPECT(strcmp(error_name((enum error_code)i), error_name((enum error_code)k)) != 0);
    EXPECT_STR(error_name(ERR_OK), "ok");
    EXPECT_STR(error_name(ERR_NOT_FOUND), "not_found");
    EXPECT_STR(error_name(ERR_CODE_COUNT), "unknown");
    EXPECT_STR(error_name((enum error_code) - 1), "unknown");
}
