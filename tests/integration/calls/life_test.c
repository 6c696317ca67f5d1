#include <stdio.h>

#include "tests/integration/calls/house.h"
#include "tests/support/test.h"

enum {
    MANY = 200,
    LIVE = 12,
    WAIT_LIMIT_MS = 60000
};

/* Different numbers, each of the callee who picks up and talks to a good end. */
static void nth_number(unsigned n, char dst[16]) {
    unsigned area = 201;
    for (unsigned left = n; left > 0; left--)
        area += (area + 1) % 100 == 11 ? 2 : 1; /* 211 and its like are no area codes */
    snprintf(dst, 16, "+1%03u5550100", area);
}

TEST(life, two_gateways_in_one_process_know_nothing_of_each_other) {
    struct house a, b;
    REQUIRE(house_open(&a, "MOCK_SPEED=0\nMOCK_SEED=1\n"));
    REQUIRE(house_open(&b, "MOCK_SPEED=0\nMOCK_SEED=2\n"));
    int64_t in_a = house_place(&a, "+12025550100", CALL_DETECT_OFF);
    int64_t in_b = house_place(&b, "+12125550101", CALL_DETECT_OFF);
    EXPECT_INT(house_wait_end(&a, in_a).status, CALL_COMPLETED);
    EXPECT_INT(house_wait_end(&b, in_b).status, CALL_BUSY);
    EXPECT_INT(house_rings(&a, "+12025550100"), 1);
    EXPECT_INT(house_rings(&a, "+12125550101"), 0);
    EXPECT_INT(house_rings(&b, "+12025550100"), 0);
    house_close(&a);
    EXPECT_INT(house_wait_end(&b, house_place(&b, "+12025550102", CALL_DETECT_OFF)).status,
               CALL_NO_ANSWER); /* the other one lives on */
    house_close(&b);
}

TEST(life, two_hundred_calls_at_once_all_end_and_each_rings_once) {
    struct house h;
    int64_t ids[MANY];
    char to[16];
    REQUIRE(house_open(&h, "MOCK_SPEED=0\n"));
    for (unsigned i = 0; i < MANY; i++) {
        nth_number(i, to);
        ids[i] = house_place(&h, to, CALL_DETECT_OFF);
    }
    for (unsigned i = 0; i < MANY; i++) {
        nth_number(i, to);
        struct call c = house_wait_end(&h, ids[i]);
        EXPECT_INT(c.status, CALL_COMPLETED);
        EXPECT_STR(c.outcome, "customer_qualified_transfer");
        EXPECT_INT(house_rings(&h, to), 1);
    }
    house_close(&h);
}

/* Wait until somebody talks, so that the end comes in the middle of it. */
static bool some_are_answered(struct house *h, const int64_t *ids) {
    for (unsigned i = 0; i < LIVE; i++)
        if (house_call(h, ids[i]).status == CALL_ANSWERED)
            return true;
    return false;
}

TEST(life, calls_that_were_live_at_a_graceful_end_all_end_after_the_restart) {
    struct house h;
    int64_t ids[LIVE];
    bool was_placed[LIVE];
    char to[16];
    REQUIRE(house_open(&h, "MOCK_SPEED=10\n")); /* answered for seconds */
    for (unsigned i = 0; i < LIVE; i++) {
        nth_number(i, to);
        ids[i] = house_place(&h, to, CALL_DETECT_OFF);
    }
    int64_t limit = clock_mono_ms(&h.system) + WAIT_LIMIT_MS;
    while (!some_are_answered(&h, ids) && clock_mono_ms(&h.system) < limit)
        (void)house_wait_news(&h, ids[0]);
    EXPECT(some_are_answered(&h, ids));
    for (unsigned i = 0; i < LIVE; i++)
        was_placed[i] = house_call(&h, ids[i]).sid[0] != '\0';
    REQUIRE(house_restart(&h, 200));
    for (unsigned i = 0; i < LIVE; i++) {
        nth_number(i, to);
        struct call c = house_wait_end(&h, ids[i]);
        EXPECT(call_status_is_final(c.status));
        /* the carrier is new as well and knows nothing of them: it tells who was rung since */
        EXPECT(house_rings(&h, to) == 0 || !was_placed[i]);
    }
    house_close(&h);
}
