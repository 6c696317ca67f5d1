#include "tests/support/test.h"

#include "providers/mock/carrier/scenario.h"

static void expect_error(const char *json, const char *field) {
    struct scenario *s = NULL;
    struct error err = {0};
    EXPECT(scenario_new(str_z(json), 1, &s, &err) == ERR_INVALID);
    EXPECT_STR(err.field, field);
    EXPECT(err.text[0] != '\0');
    EXPECT(s == NULL);
}

TEST(scenario, errors_name_the_path) {
    expect_error("{\"callees\":[{\"suffix\":\"20\"},{\"suffix\":\"21\",\"script\":[{},"
                 "{\"say\":3}]}]}",
                 "callees[1].script[1].say");
    expect_error("{\"callees\":{}}", "callees");
    expect_error("{\"callees\":[{\"outcome\":\"busy\"}]}", "callees[0]");
    expect_error("{\"callees\":[{\"suffix\":\"20\",\"outcome\":\"sleeps\"}]}",
                 "callees[0].outcome");
    expect_error("{\"callees\":[{\"suffix\":\"20\",\"answer_after_s\":-1}]}",
                 "callees[0].answer_after_s");
    expect_error("{\"callees\":[{\"suffix\":\"20\",\"like\":\"99\"}]}", "callees[0]");
    expect_error("{\"callees\":[{\"suffix\":\"20\",\"rules\":[{\"press\":\"x\"}]}]}",
                 "callees[0].rules[0].press");
    expect_error("{\"create\":{\"times\":2}}", "create");
    expect_error("{\"create\":{\"status\":99}}", "create.status");
    expect_error("{\"bad_days\":[\"77\"]}", "bad_days");
    expect_error("{\"surprise\":1}", "surprise");
}

TEST(scenario, a_text_with_an_unknown_fact_is_refused) {
    expect_error("{\"callees\":[{\"suffix\":\"20\",\"script\":[{\"say\":\"I am {name}.\"}]}]}",
                 "callees[0]");
}

TEST(scenario, numbers_come_before_suffixes_before_built_in_callees) {
    static const char json[] = "{\"callees\":["
                               "{\"suffix\":\"01\",\"like\":\"00\"},"
                               "{\"number\":\"+12025550101\",\"outcome\":\"fail\"}]}";
    struct scenario *s = NULL;
    REQUIRE(scenario_new(str_z(json), 1, &s, NULL) == ERR_OK);
    EXPECT_INT(scenario_find(s, STR("+12025550101"), 0)->outcome, CALLEE_FAILS);
    EXPECT_INT(scenario_find(s, STR("+13035550101"), 0)->outcome, CALLEE_ANSWERS);
    EXPECT_INT(scenario_find(s, STR("+13035550102"), 0)->outcome, CALLEE_NO_ANSWER);
    scenario_free(s);
}

TEST(scenario, numbers_that_are_not_fictional_answer_like_00) {
    struct scenario *s = NULL;
    REQUIRE(scenario_new(STR(""), 1, &s, NULL) == ERR_OK);
    const struct callee *john = scenario_find(s, STR("+12025550100"), 0);
    EXPECT(scenario_find(s, STR("+442079460001"), 0) == john);
    EXPECT(scenario_find(s, STR("+12025551201"), 0) == john);
    EXPECT(scenario_find(s, STR("sip:somebody@example.com"), 0) == john);
    scenario_free(s);
}

TEST(scenario, bad_days_fall_on_a_share_of_the_other_numbers) {
    struct scenario *s = NULL;
    size_t bad = 0;
    REQUIRE(scenario_new(STR("{\"bad_days\":[\"01\",\"02\"],\"bad_day_percent\":30}"), 1, &s,
                         NULL) == ERR_OK);
    for (uint64_t i = 0; i < 1000; i++)
        bad += scenario_find(s, STR("+442079460001"), i)->outcome != CALLEE_ANSWERS;
    EXPECT(bad > 250 && bad < 350);
    EXPECT_INT(scenario_find(s, STR("+12025550100"), 3)->outcome, CALLEE_ANSWERS);
    scenario_free(s);
}

TEST(scenario, a_callee_like_another_keeps_its_traits_behind_its_own) {
    static const char json[] = "{\"callees\":[{\"suffix\":\"20\",\"like\":\"00\",\"facts\":"
                               "{\"name\":\"Jane Roe\"},\"rules\":[{\"expect\":\"income\",\"say\":"
                               "\"None, says {name}.\"}]}]}";
    struct scenario *s = NULL;
    REQUIRE(scenario_new(str_z(json), 1, &s, NULL) == ERR_OK);
    const struct callee *c = scenario_find(s, STR("+442079460020"), 0);
    EXPECT(str_eq_z(callee_fact_value(c, STR("name")), "Jane Roe"));
    EXPECT(str_eq_z(callee_fact_value(c, STR("state")), "California"));
    EXPECT(str_eq_z(c->rules[0].expect, "income"));
    EXPECT(c->rule_count > 10);
    scenario_free(s);
}
