#include <stdio.h>

#include "core/engine/call_service.h"
#include "core/engine/dispatcher.h"
#include "tests/support/engine_box.h"
#include "tests/support/test.h"

static struct call ambiguous(struct engine_box *b) {
    engine_box_init(b);
    b->carrier.outcome = PROVIDER_UNCERTAIN;
    struct call c = engine_box_submit(b);
    engine_box_run_due(b);
    return engine_box_call(b, c.id);
}

static void pass(struct engine_box *b, int64_t ms) {
    fake_clock_advance_ms(&b->time, ms);
    engine_box_run_due(b);
}

TEST(settle, the_carriers_list_tells_which_call_it_was) {
    struct engine_box b;
    struct call c = ambiguous(&b);
    b.carrier.listed[0] = (struct provider_call){
        .sid = "SID7", .to = "+12025550100", .status = CALL_RINGING, .created_ms = c.created_ms};
    b.carrier.listed_count = 1;
    pass(&b, 6000);
    c = engine_box_call(&b, c.id);
    EXPECT_STR(c.sid, "SID7");
    EXPECT(c.status == CALL_RINGING);
    EXPECT(engine_box_jobs(&b) == 0);
    engine_box_release(&b);
}

TEST(settle, another_calls_leg_or_an_old_one_is_not_taken) {
    struct engine_box b;
    engine_box_init(&b);
    struct call first = engine_box_submit(&b); /* has SID1 */
    engine_box_run_due(&b);
    b.carrier.outcome = PROVIDER_UNCERTAIN;
    struct call c = engine_box_submit(&b);
    engine_box_run_due(&b);
    b.carrier.listed[0] = (struct provider_call){
        .sid = "SID1", .to = "+12025550100", .status = CALL_RINGING, .created_ms = c.created_ms};
    b.carrier.listed[1] = (struct provider_call){.sid = "SID0",
                                                 .to = "+12025550100",
                                                 .status = CALL_COMPLETED,
                                                 .created_ms = c.created_ms - 3600000};
    b.carrier.listed[2] = (struct provider_call){
        .sid = "SID2", .to = "+12025550777", .status = CALL_RINGING, .created_ms = c.created_ms};
    b.carrier.listed_count = 3;
    pass(&b, 6000);
    EXPECT(engine_box_call(&b, c.id).status == CALL_UNKNOWN);
    EXPECT(engine_box_call(&b, first.id).status == CALL_DIALING);
    engine_box_release(&b);
}

/* Refused for so long before the attempt whose outcome nobody knows. */
static struct call ambiguous_after(struct engine_box *b, uint32_t wait_s) {
    engine_box_init(b);
    b->carrier.outcome = PROVIDER_THROTTLED;
    b->carrier.error.retry_after_s = wait_s;
    struct call c = engine_box_submit(b);
    engine_box_run_due(b);
    b->carrier.outcome = PROVIDER_UNCERTAIN;
    pass(b, (int64_t)wait_s * 1000);
    return engine_box_call(b, c.id);
}

TEST(settle, what_was_called_while_ours_was_still_queued_is_not_taken) {
    struct engine_box b;
    struct call c = ambiguous_after(&b, 800);
    EXPECT(c.status == CALL_UNKNOWN);
    b.carrier.listed[0] = (struct provider_call){.sid = "SID7",
                                                 .to = "+12025550100",
                                                 .status = CALL_COMPLETED,
                                                 .created_ms = c.created_ms + 300000};
    b.carrier.listed_count = 1;
    pass(&b, 6000);
    EXPECT(engine_box_call(&b, c.id).status == CALL_UNKNOWN);
    EXPECT_INT(b.carrier.list_since_ms, c.created_ms + 800000 - 60000);
    engine_box_release(&b);
}

TEST(settle, the_time_to_ask_begins_with_the_attempt) {
    struct engine_box b;
    struct call c = ambiguous_after(&b, 3000);
    b.carrier.list_rc = ERR_NETWORK;
    pass(&b, 6000);
    pass(&b, 60000);
    EXPECT(engine_box_call(&b, c.id).status == CALL_UNKNOWN);
    reconciler_check_call(&b.engine, c.id);
    EXPECT(engine_box_call(&b, c.id).status == CALL_UNKNOWN);
    b.carrier.list_rc = ERR_OK;
    b.carrier.listed[0] = (struct provider_call){.sid = "SID7",
                                                 .to = "+12025550100",
                                                 .status = CALL_RINGING,
                                                 .created_ms = c.attempted_ms + 1000};
    b.carrier.listed_count = 1;
    pass(&b, 60000);
    EXPECT_STR(engine_box_call(&b, c.id).sid, "SID7");
    engine_box_release(&b);
}

TEST(settle, of_several_calls_that_nobody_knows_the_nearest_in_time_is_taken) {
    struct engine_box b;
    struct call c = ambiguous(&b);
    static const int64_t offsets_ms[] = {0 /* not told */, 90000, -40000, 2000, 30000};
    for (size_t i = 0; i < ARRAY_LEN(offsets_ms); i++) {
        struct provider_call *p = &b.carrier.listed[i];
        *p = (struct provider_call){.to = "+12025550100", .status = CALL_RINGING};
        snprintf(p->sid, sizeof p->sid, "SID%zu", i + 10);
        p->created_ms = offsets_ms[i] ? c.attempted_ms + offsets_ms[i] : 0;
    }
    b.carrier.listed_count = ARRAY_LEN(offsets_ms);
    pass(&b, 6000);
    EXPECT_STR(engine_box_call(&b, c.id).sid, "SID13");
    engine_box_release(&b);
}

TEST(settle, a_leg_that_was_not_placed_over_the_api_is_not_taken) {
    struct engine_box b;
    struct call c = ambiguous(&b);
    b.carrier.listed[0] = (struct provider_call){.sid = "SID7",
                                                 .to = "+12025550100",
                                                 .status = CALL_RINGING,
                                                 .created_ms = c.attempted_ms,
                                                 .other_leg = true};
    b.carrier.listed_count = 1;
    pass(&b, 6000);
    EXPECT(engine_box_call(&b, c.id).status == CALL_UNKNOWN);
    engine_box_release(&b);
}

TEST(settle, when_the_carrier_knows_of_no_call_it_ends_as_not_placed) {
    struct engine_box b;
    struct call c = ambiguous(&b);
    for (int i = 0; i < 10; i++)
        pass(&b, 30000);
    c = engine_box_call(&b, c.id);
    EXPECT(c.status == CALL_FAILED && c.reason == CALL_REASON_NOT_PLACED);
    EXPECT_INT(b.carrier.places, 1);
    EXPECT(engine_box_jobs(&b) == 0);
    engine_box_release(&b);
}

TEST(settle, it_does_not_give_up_before_the_carriers_list_can_be_complete) {
    struct engine_box b;
    struct call c = ambiguous(&b);
    for (int i = 0; i < 18; i++)
        pass(&b, 10000);
    EXPECT(engine_box_call(&b, c.id).status == CALL_UNKNOWN);
    engine_box_release(&b);
}

TEST(settle, a_carrier_that_cannot_be_asked_still_ends_the_call_in_time) {
    struct engine_box b;
    struct call c = ambiguous(&b);
    b.carrier.list_rc = ERR_NETWORK;
    for (int i = 0; i < 60; i++)
        pass(&b, 60000);
    c = engine_box_call(&b, c.id);
    EXPECT(c.status == CALL_FAILED && c.reason == CALL_REASON_LOST);
    engine_box_release(&b);
}

TEST(settle, a_webhook_settles_it_before_anybody_asks) {
    struct engine_box b;
    char events[1024];
    struct call c = ambiguous(&b);
    EXPECT(
        engine_box_webhook(&b, b.carrier.status_url, "sign=yes&sid=SID5&status=ringing").status ==
        204);
    pass(&b, 6000);
    c = engine_box_call(&b, c.id);
    EXPECT_STR(c.sid, "SID5");
    EXPECT(c.placement == CALL_PLACE_SUBMITTED && c.status == CALL_RINGING);
    EXPECT_INT(b.carrier.lists, 0);
    engine_box_events(&b, c.id, events);
    EXPECT_STR(events, "call.queued call.unknown call.ringing");
    engine_box_release(&b);
}

TEST(settle, a_leg_that_turns_up_after_the_call_was_given_up_is_ended) {
    struct engine_box b;
    struct call c = ambiguous(&b);
    for (int i = 0; i < 10; i++)
        pass(&b, 30000);
    EXPECT(engine_box_call(&b, c.id).status == CALL_FAILED);
    for (int i = 0; i < 2; i++)
        EXPECT_INT(
            engine_box_webhook(&b, b.carrier.status_url, "sign=yes&sid=SID5&status=ringing").status,
            204);
    pass(&b, 1000);
    EXPECT_INT(b.carrier.ends, 1);
    EXPECT_STR(b.carrier.ended_sid, "SID5");
    EXPECT(engine_box_call(&b, c.id).status == CALL_FAILED);
    EXPECT(engine_box_jobs(&b) == 0);
    engine_box_release(&b);
}

/* ---- the reconciler
 * -------------------------------------------------------------------------------- */

static struct call placed(struct engine_box *b) {
    engine_box_init(b);
    struct call c = engine_box_submit(b);
    engine_box_run_due(b);
    return engine_box_call(b, c.id);
}

static void check_at(struct engine_box *b, int64_t id, int64_t ms) {
    fake_clock_advance_ms(&b->time, ms);
    reconciler_check_call(&b->engine, id);
    engine_box_run_due(b);
}

TEST(reconciler, asks_the_carrier_when_every_webhook_was_lost) {
    struct engine_box b;
    struct call c = placed(&b);
    b.carrier.look_up_rc = ERR_OK;
    b.carrier.seen =
        (struct provider_call){.sid = "SID1", .status = CALL_COMPLETED, .duration_s = 42};
    check_at(&b, c.id, 10000);
    EXPECT(engine_box_call(&b, c.id).status == CALL_DIALING); /* too early to ask */
    check_at(&b, c.id, 90000);
    c = engine_box_call(&b, c.id);
    EXPECT(c.status == CALL_COMPLETED);
    EXPECT_INT(c.duration_s, 42);
    EXPECT_INT(c.check_ms, 0);
    engine_box_release(&b);
}

TEST(reconciler, a_call_that_the_carrier_forgot_is_lost) {
    struct engine_box b;
    struct call c = placed(&b);
    check_at(&b, c.id, 100000);
    c = engine_box_call(&b, c.id);
    EXPECT(c.status == CALL_FAILED && c.reason == CALL_REASON_LOST);
    engine_box_release(&b);
}

TEST(reconciler, a_call_that_was_heard_of_is_not_lost_where_logs_may_be_late) {
    struct engine_box b;
    struct call c = placed(&b);
    b.carrier.desc.limits.unseen_ms = 600000;
    for (int i = 0; i < 9; i++)
        check_at(&b, c.id, 65000);
    EXPECT_INT(
        engine_box_webhook(&b, b.carrier.status_url, "sign=yes&sid=SID1&status=answered").status,
        204);
    for (int i = 0; i < 9; i++)
        check_at(&b, c.id, 65000);
    EXPECT(engine_box_call(&b, c.id).status == CALL_ANSWERED);
    check_at(&b, c.id, 65000);
    c = engine_box_call(&b, c.id);
    EXPECT(c.status == CALL_FAILED && c.reason == CALL_REASON_LOST);
    engine_box_release(&b);
}

TEST(reconciler, an_end_that_was_found_by_asking_is_dated_by_the_calls_length) {
    struct engine_box b;
    struct call c = placed(&b);
    EXPECT_INT(
        engine_box_webhook(&b, b.carrier.status_url, "sign=yes&sid=SID1&status=answered").status,
        204);
    int64_t answered_ms = engine_box_call(&b, c.id).answered_ms;
    b.carrier.look_up_rc = ERR_OK;
    b.carrier.seen = (struct provider_call){.sid = "SID1", .status = CALL_ANSWERED};
    check_at(&b, c.id, 91000);
    b.carrier.seen.status = CALL_COMPLETED;
    b.carrier.seen.duration_s = 99;
    check_at(&b, c.id, 61000);
    c = engine_box_call(&b, c.id);
    EXPECT(c.status == CALL_COMPLETED);
    EXPECT_INT(c.ended_ms - answered_ms, 99000);
    engine_box_release(&b);
}

TEST(reconciler, a_carrier_that_is_down_for_good_still_ends_the_call_within_the_bound) {
    struct engine_box b;
    struct call c = placed(&b);
    b.carrier.look_up_rc = ERR_NETWORK;
    b.carrier.end_rc = ERR_NETWORK;
    int64_t bound_ms = ((int64_t)c.ring_timeout_s + c.time_limit_s) * 1000 + 15 * 60000;
    for (int64_t t = 0; t < bound_ms; t += 60000)
        check_at(&b, c.id, 60000);
    c = engine_box_call(&b, c.id);
    EXPECT(c.status == CALL_FAILED && c.reason == CALL_REASON_LOST);
    engine_box_release(&b);
}

TEST(reconciler, a_call_that_was_queued_long_is_not_overdue_when_it_rings) {
    struct engine_box b;
    engine_box_init(&b);
    b.carrier.outcome = PROVIDER_THROTTLED;
    b.carrier.error.retry_after_s = 800;
    struct call_request req = {.to = STR("+12025550100"),
                               .time_limit_s = 10,
                               .plan_json = STR("{\"steps\":[{\"hangup\":{}}]}")};
    struct call c;
    bool replayed;
    EXPECT(call_service_submit(&b.engine, &req, (struct str){0}, &c, &replayed, NULL) == ERR_OK);
    engine_box_run_due(&b);
    b.carrier.outcome = PROVIDER_PLACED;
    fake_clock_advance_ms(&b.time, 801000);
    engine_box_run_due(&b);
    EXPECT(engine_box_call(&b, c.id).status == CALL_DIALING);
    b.carrier.look_up_rc = ERR_OK;
    b.carrier.seen = (struct provider_call){.sid = "SID1", .status = CALL_RINGING};
    check_at(&b, c.id, 91000);
    EXPECT(engine_box_call(&b, c.id).status == CALL_RINGING);
    engine_box_release(&b);
}

TEST(reconciler, a_call_past_its_time_limit_is_hung_up) {
    struct engine_box b;
    struct call c = placed(&b);
    b.carrier.look_up_rc = ERR_OK;
    b.carrier.seen = (struct provider_call){.sid = "SID1", .status = CALL_ANSWERED};
    check_at(&b, c.id, 100000);
    EXPECT(engine_box_call(&b, c.id).status == CALL_ANSWERED);
    check_at(&b, c.id, (int64_t)c.time_limit_s * 1000 + 61000);
    EXPECT_INT(b.carrier.ends, 1);
    b.carrier.seen.status = CALL_COMPLETED;
    check_at(&b, c.id, 61000);
    EXPECT(engine_box_call(&b, c.id).status == CALL_COMPLETED);
    engine_box_release(&b);
}
