/* The pace as calls feel it: jobs of the store, a carrier that counts, a clock in the test's hand.
 */
#include <stdio.h>

#include "core/engine/call_service.h"
#include "core/engine/pacer.h"
#include "tests/support/engine_box.h"
#include "tests/support/test.h"

static void set_up(struct engine_box *b, double calls_per_s, uint32_t open_calls_max) {
    struct pacer_limits limits[2] = {{calls_per_s, open_calls_max}, {0, 0}};
    engine_box_init(b);
    b->engine.pacer = pacer_new(limits, 2);
}

static struct call submit(struct engine_box *b, int n) {
    char to[32];
    snprintf(to, sizeof to, "+1202555%04d", n);
    snprintf(b->carrier.placed.sid, sizeof b->carrier.placed.sid, "SID%d", n);
    return engine_box_submit_to(b, to);
}

/* Each placed call needs an id of its own. */
static void another_sid(void *ctx) {
    struct fake_provider *f = ctx;
    snprintf(f->placed.sid, sizeof f->placed.sid, "SID-%u", f->places);
}

static void run_for(struct engine_box *b, int64_t ms, int64_t step_ms) {
    for (int64_t t = 0; t < ms; t += step_ms) {
        engine_box_run_due(b);
        fake_clock_advance_ms(&b->time, step_ms);
    }
}

TEST(pacing, calls_are_handed_over_one_after_the_other_at_the_carriers_pace) {
    struct engine_box b;
    set_up(&b, 2, 0);
    b.carrier.while_placing = another_sid;
    b.carrier.while_placing_ctx = &b.carrier;
    for (int i = 0; i < 30; i++)
        submit(&b, i);
    run_for(&b, 5000, 50);
    EXPECT(b.carrier.places >= 9 && b.carrier.places <= 10);
    run_for(&b, 15000, 50);
    EXPECT_INT(b.carrier.places, 30);
    EXPECT(engine_box_jobs(&b) == 0);
    engine_box_release(&b);
}

TEST(pacing, a_refused_pace_stops_all_calls_of_the_carrier_and_loses_none) {
    struct engine_box b;
    set_up(&b, 0, 0);
    b.carrier.outcome = PROVIDER_THROTTLED;
    error_set(&b.carrier.error, ERR_RATE_LIMIT, "too many calls");
    b.carrier.error.retry_after_s = 20;
    b.carrier.while_placing = another_sid;
    b.carrier.while_placing_ctx = &b.carrier;
    submit(&b, 0);
    engine_box_run_due(&b);
    EXPECT_INT(b.carrier.places, 1);
    for (int i = 1; i < 6; i++)
        submit(&b, i);
    b.carrier.outcome = PROVIDER_PLACED;
    run_for(&b, 19000, 500);
    EXPECT_INT(b.carrier.places, 1);
    run_for(&b, 20000, 100);
    EXPECT_INT(b.carrier.places, 7);
    EXPECT(engine_box_jobs(&b) == 0);
    engine_box_release(&b);
}

TEST(pacing, no_more_calls_are_open_at_a_time_than_may_be) {
    struct engine_box b;
    set_up(&b, 0, 2);
    struct call calls[3];
    for (int i = 0; i < 3; i++)
        calls[i] = submit(&b, i);
    b.carrier.while_placing = another_sid;
    b.carrier.while_placing_ctx = &b.carrier;
    run_for(&b, 10000, 500);
    EXPECT_INT(b.carrier.places, 2);
    EXPECT_INT(pacer_position(b.engine.pacer, 0, calls[2].id), 1);
    struct call c;
    EXPECT(call_service_hang_up(&b.engine, calls[2].id, &c, NULL) == ERR_OK);
    EXPECT(c.status == CALL_CANCELED);
    EXPECT_INT(pacer_position(b.engine.pacer, 0, calls[2].id), 0);
    struct call next = submit(&b, 9);
    char body[64];
    snprintf(body, sizeof body, "sign=yes&sid=SID-2&status=completed");
    EXPECT_INT(engine_box_webhook(&b, b.carrier.status_url, body).status, 204);
    run_for(&b, 5000, 500);
    EXPECT_INT(b.carrier.places, 3);
    EXPECT(engine_box_call(&b, next.id).status == CALL_DIALING);
    engine_box_release(&b);
}

TEST(pacing, a_call_that_waits_for_its_turn_is_not_given_up) {
    struct engine_box b;
    set_up(&b, 0.01, 0); /* one in a hundred seconds */
    b.carrier.while_placing = another_sid;
    b.carrier.while_placing_ctx = &b.carrier;
    struct call last = {0};
    for (int i = 0; i < 20; i++)
        last = submit(&b, i);
    for (int i = 0; i < 4000; i++) {
        engine_box_run_due(&b);
        struct call c = engine_box_call(&b, last.id);
        EXPECT(c.check_ms == 0 || c.check_ms > clock_wall_ms(&b.engine.clock));
        fake_clock_advance_ms(&b.time, 1000);
        if (b.carrier.places == 20)
            break;
    }
    EXPECT_INT(b.carrier.places, 20);
    engine_box_release(&b);
}

TEST(pacing, a_call_that_the_carrier_lets_wait_keeps_its_place_and_is_not_given_up) {
    struct engine_box b;
    set_up(&b, 1, 0);
    b.carrier.outcome = PROVIDER_THROTTLED;
    error_set(&b.carrier.error, ERR_RATE_LIMIT, "too many calls");
    b.carrier.error.retry_after_s = 3600;
    struct call first = submit(&b, 0);
    engine_box_run_due(&b);
    struct call next = submit(&b, 1);
    engine_box_run_due(&b);
    EXPECT_INT(pacer_position(b.engine.pacer, 0, first.id), 1);
    EXPECT_INT(pacer_position(b.engine.pacer, 0, next.id), 2);
    b.carrier.outcome = PROVIDER_PLACED;
    b.carrier.while_placing = another_sid;
    b.carrier.while_placing_ctx = &b.carrier;
    for (int i = 0; i < 450 && b.carrier.places < 3; i++) {
        struct call c = engine_box_call(&b, first.id);
        EXPECT(c.check_ms == 0 || c.check_ms > clock_wall_ms(&b.engine.clock));
        fake_clock_advance_ms(&b.time, 10000);
        engine_box_run_due(&b);
    }
    EXPECT(engine_box_call(&b, first.id).status == CALL_DIALING);
    EXPECT(engine_box_call(&b, next.id).status == CALL_DIALING);
    engine_box_release(&b);
}

TEST(pacing, a_call_to_a_number_that_is_being_called_keeps_its_place) {
    struct engine_box b;
    set_up(&b, 1, 0);
    b.carrier.outcome = PROVIDER_UNCERTAIN;
    submit(&b, 0);
    engine_box_run_due(&b);
    struct call same = submit(&b, 0), other = submit(&b, 1);
    b.carrier.outcome = PROVIDER_PLACED;
    run_for(&b, 1500, 100);
    EXPECT(engine_box_call(&b, same.id).status == CALL_QUEUED);
    EXPECT_INT(pacer_position(b.engine.pacer, 0, same.id), 1);
    run_for(&b, 3000, 100);
    EXPECT(engine_box_call(&b, other.id).status == CALL_DIALING);
    engine_box_release(&b);
}

/* Ended while its job was under way to the pacer: it must not stand there for the rest. */
TEST(pacing, a_call_that_ended_by_another_way_does_not_hold_up_the_next) {
    struct engine_box b;
    struct call c;
    int64_t again = 0;
    set_up(&b, 1, 0);
    submit(&b, 0);
    engine_box_run_due(&b);
    struct call gone = submit(&b, 1);
    engine_box_run_due(&b);
    EXPECT(call_service_hang_up(&b.engine, gone.id, &c, NULL) == ERR_OK);
    EXPECT(!pacer_ask(b.engine.pacer, 0, gone.id, clock_wall_ms(&b.engine.clock), &again));
    fake_clock_advance_ms(&b.time, 1000);
    engine_box_run_due(&b);
    EXPECT_INT(pacer_position(b.engine.pacer, 0, gone.id), 0);
    submit(&b, 2);
    engine_box_run_due(&b);
    EXPECT_INT(b.carrier.places, 2);
    engine_box_release(&b);
}

TEST(pacing, a_restart_forgets_the_turns_and_loses_no_call) {
    struct engine_box b;
    struct pacer_limits limits[2] = {{1, 0}, {0, 0}};
    set_up(&b, 1, 0);
    b.carrier.while_placing = another_sid;
    b.carrier.while_placing_ctx = &b.carrier;
    for (int i = 0; i < 10; i++)
        submit(&b, i);
    run_for(&b, 3000, 100);
    pacer_free(b.engine.pacer);
    b.engine.pacer = pacer_new(limits, 2);
    engine_box_restart(&b);
    run_for(&b, 12000, 100);
    EXPECT_INT(b.carrier.places, 10);
    EXPECT(engine_box_jobs(&b) == 0);
    engine_box_release(&b);
}
