#include <stdio.h>

#include "core/base/compiler.h"
#include "tests/integration/calls/house.h"
#include "tests/support/test.h"

/* Each simulated callee through the whole stack, on every wire: how the call with it ends. */

struct callee {
    unsigned number; /* last two digits */
    enum call_status status;
    const char *reason, *outcome;
    uint64_t rings;
};

// clang-format off
static const struct callee callees[] = {
    {0, CALL_COMPLETED, "assistant_ended", "customer_qualified_transfer", 1},
    {1, CALL_BUSY, "", "", 1},
    {2, CALL_NO_ANSWER, "", "", 1},
    {3, CALL_FAILED, "", "", 1},
    {4, CALL_COMPLETED, "assistant_ended", "voicemail_left", 1},
    {5, CALL_COMPLETED, "", "", 1},
    {6, CALL_COMPLETED, "assistant_ended", "customer_qualified_transfer", 1},
    {7, CALL_COMPLETED, "assistant_ended", "human_requested", 1},
    {10, CALL_COMPLETED, "assistant_ended", "opt_out", 1},
    {11, CALL_COMPLETED, "assistant_ended", "customer_qualified_transfer", 1},
    {13, CALL_COMPLETED, "assistant_ended", "customer_qualified_transfer", 1},
    {14, CALL_COMPLETED, "assistant_ended", "customer_qualified_transfer", 1},
    {15, CALL_COMPLETED, "assistant_ended", "no_answer_from_customer", 1},
};
// clang-format on

static void number_of(unsigned callee, char dst[16]) {
    snprintf(dst, 16, "+120255501%02u", callee);
}

static const char *const dialects[] = {"twilio", "plivo", "signalwire", "signalwire-compat"};

static bool open_with(struct house *h, const char *dialect) {
    char settings[128];
    snprintf(settings, sizeof settings, "MOCK_SPEED=0\nMOCK_DIALECT=%s\n", dialect);
    return house_open(h, settings);
}

/* The voicemail is told of by a carrier that can; where it can, at the end of its greeting. */
static enum call_detection detection_for(struct house *h, unsigned callee) {
    const struct provider *p = gateway_engine(h->gateway)->providers[0];
    if (callee != 4)
        return CALL_DETECT_OFF;
    return provider_can(p, PROVIDER_CAP_MACHINE_END) ? CALL_DETECT_MESSAGE_END : CALL_DETECT_START;
}

static void expect_end(struct house *h, const char *dialect, const struct callee *want,
                       int64_t id) {
    char to[16];
    struct call c = house_wait_end(h, id);
    number_of(want->number, to);
    bool as_wanted = c.status == want->status && str_eq_z(str_z(c.outcome), want->outcome) &&
                     str_eq_z(str_z(call_reason_name(c.reason)), want->reason) &&
                     house_rings(h, to) == want->rings;
    test_check(as_wanted, __FILE__, __LINE__, to);
    if (!as_wanted)
        fprintf(stderr, "    %s: got %s, reason \"%s\", outcome \"%s\", rung %llu times\n", dialect,
                call_status_name(c.status), call_reason_name(c.reason), c.outcome,
                (unsigned long long)house_rings(h, to));
}

TEST(callees, each_ends_as_its_day_goes_on_every_wire) {
    for (size_t k = 0; k < ARRAY_LEN(dialects); k++) {
        struct house h;
        int64_t ids[ARRAY_LEN(callees)];
        char to[16];
        REQUIRE(open_with(&h, dialects[k]));
        for (size_t i = 0; i < ARRAY_LEN(callees); i++) {
            number_of(callees[i].number, to);
            ids[i] = house_place(&h, to, detection_for(&h, callees[i].number));
        }
        for (size_t i = 0; i < ARRAY_LEN(callees); i++)
            expect_end(&h, dialects[k], &callees[i], ids[i]);
        house_close(&h);
    }
}

TEST(callees, callbacks_in_disorder_leave_the_same_call_and_events) {
    struct house h;
    struct buf orderly = BUF_INIT(HOUSE_EVENTS_MAX), disorderly = BUF_INIT(HOUSE_EVENTS_MAX);
    REQUIRE(house_open(&h, "MOCK_SPEED=0\n"));
    int64_t good = house_place(&h, "+12025550100", CALL_DETECT_OFF);
    int64_t chaos = house_place(&h, "+12025550111", CALL_DETECT_OFF);
    struct call a = house_wait_end(&h, good), b = house_wait_end(&h, chaos);
    house_events(&h, good, &orderly);
    house_events(&h, chaos, &disorderly);
    EXPECT(a.status == CALL_COMPLETED && b.status == CALL_COMPLETED);
    EXPECT(a.reason == b.reason && a.answered_by == b.answered_by);
    EXPECT_STR(b.outcome, a.outcome);
    EXPECT_STR(disorderly.ptr, orderly.ptr);
    buf_release(&orderly);
    buf_release(&disorderly);
    house_close(&h);
}

TEST(callees, a_create_that_gets_503_is_settled_and_never_repeated) {
    struct house h;
    REQUIRE(house_open(&h, "MOCK_SPEED=0\n"));
    int64_t id = house_place(&h, "+12025550112", CALL_DETECT_OFF);
    struct call c = house_call(&h, id);
    for (int i = 0; i < 10 && !call_status_is_final(c.status); i++) {
        c = house_wait_news(&h, id);
        house_pass(&h, 60000);
    }
    c = house_wait_news(&h, id);
    EXPECT(c.status == CALL_FAILED && c.reason == CALL_REASON_NOT_PLACED);
    EXPECT_INT(c.attempt, 1);
    EXPECT_INT(house_rings(&h, "+12025550112"), 0);
    house_close(&h);
}
