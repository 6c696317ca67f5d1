#include "tests/support/read_file.h"
#include "tests/support/test.h"

#include "core/base/buf.h"
#include "providers/mock/carrier/scenario.h"

/** The file's scenario; NULL (and a failed case) when it does not load. */
static struct scenario *load(const char *path) {
    struct buf text = BUF_INIT(1 << 20);
    struct scenario *s = NULL;
    struct error err = {0};
    EXPECT(read_file(path, &text));
    EXPECT(scenario_new(buf_str(&text), 1, &s, &err) == ERR_OK);
    EXPECT_STR(err.text, "");
    buf_release(&text);
    return s;
}

#define FOLDER SWH_SOURCE_DIR "/tests/vectors/scenarios/"

static void expect_said(struct callee_state *state, const struct callee *c, const char *heard,
                        const char *want) {
    struct callee_reply r;
    const struct callee_listen l = {
        .heard = str_z(heard), .speech = true, .keys = false, .digits_max = 0};
    callee_turn(c, state, &l, &r);
    EXPECT(str_eq_z(buf_str(&r.say), want));
    callee_reply_release(&r);
}

TEST(scenario_file, pizzeria_takes_a_reservation) {
    struct scenario *s = load(FOLDER "pizzeria.json");
    REQUIRE(s);
    struct callee_state state = {0};
    const struct callee *c = scenario_find(s, STR("+13035550142"), 0);
    EXPECT_INT(c->answer_after_ms, 1500);
    expect_said(&state, c, "A reservation, please.", "For how many people?");
    expect_said(&state, c, "Um.", "Sorry, what did you say?");
    expect_said(&state, c, "For four.", "Very well. We close at eleven.");
    scenario_free(s);
}

TEST(scenario_file, storm_hits_some_calls) {
    struct scenario *s = load(FOLDER "storm.json");
    REQUIRE(s);
    size_t hit = 0;
    const struct callee *john = scenario_find(s, STR("+12025550100"), 0);
    for (uint64_t i = 0; i < 300; i++)
        hit += scenario_find(s, STR("+442079460123"), i) != john;
    EXPECT(hit > 70 && hit < 130);
    scenario_free(s);
}

TEST(scenario_file, outage_refuses_the_first_requests) {
    struct scenario *s = load(FOLDER "outage.json");
    REQUIRE(s);
    EXPECT_INT(scenario_create_fault(s)->status, 503);
    EXPECT_INT(scenario_create_fault(s)->times, 3);
    scenario_free(s);
}
