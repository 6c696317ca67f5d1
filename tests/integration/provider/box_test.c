/* The provider in front of the carrier in a box: real HTTP both ways, real signatures. */
#include "tests/integration/provider/world.h"
#include "tests/support/test.h"

static const char *const dialects[] = {"twilio", "plivo"};

TEST(box, a_call_is_placed_followed_recorded_and_found_again) {
    struct world w = {0};
    struct provider_call call = {0};
    struct error err = {0};
    char text[200] = "";
    REQUIRE(world_start(&w, "twilio"));
    EXPECT_INT(provider_check(w.p, text, sizeof text, &err), ERR_OK);
    EXPECT_INT(world_place(&w, "+12025550100", true, &call, &err), PROVIDER_PLACED);
    EXPECT_STR(err.text, "");
    EXPECT(world_wait(
        &w, BIT(CALL_DIALING) | BIT(CALL_RINGING) | BIT(CALL_ANSWERED) | BIT(CALL_COMPLETED),
        true));
    struct str sid = str_z(call.sid);
    EXPECT_INT(provider_look_up(w.p, sid, &call, &err), ERR_OK);
    EXPECT_INT(call.status, CALL_COMPLETED);
    EXPECT_STR(call.to, "+12025550100");
    EXPECT(call.created_ms > 0);
    EXPECT_INT(provider_end_call(w.p, sid, &err), ERR_OK); /* over already */
    EXPECT_INT(provider_redirect_call(w.p, sid, str_z(w.answer), &err), ERR_CONFLICT);
    world_expect_listed(&w, sid);
    world_expect_recording(&w, sid);
    EXPECT_INT(carrier_rings(w.box, STR("+12025550100")), 1);
    world_stop(&w);
    EXPECT_INT(w.refused, 0); /* every webhook's signature was right */
}

TEST(box, what_the_carrier_does_not_know_is_not_found) {
    struct world w = {0};
    struct provider_call call;
    struct error err = {0};
    const struct str sid = STR("CA0123456789abcdef0123456789abcdef");
    REQUIRE(world_start(&w, "twilio"));
    EXPECT_INT(provider_look_up(w.p, sid, &call, &err), ERR_NOT_FOUND);
    EXPECT_INT(err.carrier_code, 20404);
    EXPECT_INT(provider_end_call(w.p, sid, &err), ERR_NOT_FOUND);
    world_stop(&w);
}

TEST(box, a_caller_id_that_is_not_the_accounts_is_told_by_the_check) {
    for (size_t d = 0; d < ARRAY_LEN(dialects); d++) {
        struct world w = {.number = "+12025550111"};
        struct error err = {0};
        char text[200] = "";
        REQUIRE(world_start(&w, dialects[d]));
        EXPECT_INT(provider_check(w.p, text, sizeof text, &err), ERR_INVALID);
        EXPECT_STR(err.field, "number");
        world_stop(&w);
    }
}

static void expect_no_second_ring(const char *dialect) {
    static const struct {
        const char *to;
        enum provider_outcome outcome;
        uint64_t rings_max;
    } rows[] = {
        {"+12025550112", PROVIDER_UNCERTAIN, 1}, /* 503 */
        {"+12025550113", PROVIDER_THROTTLED, 0}, /* 429 */
        {"+12025550114", PROVIDER_UNCERTAIN, 1}, /* the reply is cut */
    };
    struct world w = {0};
    REQUIRE(world_start(&w, dialect));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct provider_call call = {.sid = "before"};
        struct error err = {0};
        EXPECT_INT(world_place(&w, rows[i].to, false, &call, &err), rows[i].outcome);
        EXPECT_STR(call.sid, "before");
        EXPECT(rows[i].outcome != PROVIDER_THROTTLED || err.retry_after_s > 0);
        EXPECT(carrier_rings(w.box, str_z(rows[i].to)) <= rows[i].rings_max);
    }
    world_stop(&w);
}

TEST(box, a_bad_day_of_the_carrier_never_rings_twice) {
    for (size_t d = 0; d < ARRAY_LEN(dialects); d++)
        expect_no_second_ring(dialects[d]);
}

static void expect_end(const char *dialect, const char *to, enum call_status status) {
    struct world w = {0};
    struct provider_call call;
    struct error err = {0};
    REQUIRE(world_start(&w, dialect));
    EXPECT_INT(world_place(&w, to, false, &call, &err), PROVIDER_PLACED);
    EXPECT(world_wait(&w, BIT(status), false));
    world_stop(&w);
    EXPECT(!(w.seen & BIT(CALL_ANSWERED)));
    EXPECT_INT(w.refused, 0);
}

TEST(box, a_call_that_is_not_answered_ends_as_it_did) {
    for (size_t d = 0; d < ARRAY_LEN(dialects); d++) {
        expect_end(dialects[d], "+12025550101", CALL_BUSY);
        expect_end(dialects[d], "+12025550102", CALL_NO_ANSWER);
        expect_end(dialects[d], "+12025550103", CALL_FAILED);
    }
}
