#include "core/engine/call_service.h"
#include "core/engine/dispatcher.h"
#include "tests/support/engine_box.h"
#include "tests/support/test.h"

TEST(place, an_accepted_call_gets_its_id_and_is_dialing) {
    struct engine_box b;
    char events[1024];
    engine_box_init(&b);
    struct call c = engine_box_submit(&b);
    EXPECT_INT(engine_box_run_due(&b), 1);
    c = engine_box_call(&b, c.id);
    EXPECT(c.status == CALL_DIALING && c.placement == CALL_PLACE_SUBMITTED);
    EXPECT_STR(c.sid, "SID1");
    engine_box_events(&b, c.id, events);
    EXPECT_STR(events, "call.queued call.dialing");
    EXPECT(engine_box_jobs(&b) == 0);
    engine_box_release(&b);
}

TEST(place, a_refusal_ends_the_call_with_the_carriers_words) {
    struct engine_box b;
    engine_box_init(&b);
    b.carrier.outcome = PROVIDER_REFUSED;
    error_set(&b.carrier.error, ERR_INVALID, "the number is not verified");
    b.carrier.error.carrier_code = 21219;
    struct call c = engine_box_submit(&b);
    engine_box_run_due(&b);
    c = engine_box_call(&b, c.id);
    EXPECT(c.status == CALL_FAILED && c.reason == CALL_REASON_CARRIER_REFUSED);
    EXPECT_STR(c.error_text, "the number is not verified");
    EXPECT_INT(c.carrier_code, 21219);
    EXPECT(engine_box_jobs(&b) == 0);
    engine_box_release(&b);
}

TEST(place, a_refusal_longer_than_there_is_room_for_is_cut_not_lost) {
    struct engine_box b;
    char words[400] = "The number is not verified: ";
    engine_box_init(&b);
    b.carrier.outcome = PROVIDER_REFUSED;
    memset(words + strlen(words), 'x', 300);
    error_set(&b.carrier.error, ERR_INVALID, "%s", words);
    struct call c = engine_box_submit(&b);
    engine_box_run_due(&b);
    c = engine_box_call(&b, c.id);
    EXPECT(c.status == CALL_FAILED);
    EXPECT(str_starts(str_z(c.error_text), STR("The number is not verified: xxx")));
    engine_box_release(&b);
}

TEST(place, a_throttled_attempt_waits_as_long_as_the_carrier_asks) {
    struct engine_box b;
    char events[1024];
    engine_box_init(&b);
    b.carrier.outcome = PROVIDER_THROTTLED;
    error_set(&b.carrier.error, ERR_RATE_LIMIT, "too many requests");
    b.carrier.error.retry_after_s = 30;
    struct call c = engine_box_submit(&b);
    engine_box_run_due(&b);
    fake_clock_advance_ms(&b.time, 29000);
    EXPECT_INT(engine_box_run_due(&b), 0);
    b.carrier.outcome = PROVIDER_PLACED;
    fake_clock_advance_ms(&b.time, 2000);
    EXPECT_INT(engine_box_run_due(&b), 1);
    c = engine_box_call(&b, c.id);
    EXPECT(c.status == CALL_DIALING);
    EXPECT_INT(c.attempt, 2);
    engine_box_events(&b, c.id, events);
    EXPECT_STR(events, "call.queued call.retry call.dialing");
    engine_box_release(&b);
}

TEST(place, each_attempt_has_an_address_of_its_own) {
    struct engine_box b;
    engine_box_init(&b);
    b.carrier.outcome = PROVIDER_NOT_SENT;
    struct call c = engine_box_submit(&b);
    engine_box_run_due(&b);
    char old[512];
    memcpy(old, b.carrier.status_url, sizeof old);
    b.carrier.outcome = PROVIDER_PLACED;
    fake_clock_advance_ms(&b.time, 60000);
    engine_box_run_due(&b);
    EXPECT(engine_box_webhook(&b, old, "sign=yes&sid=SIDX&status=ringing").status == 404);
    EXPECT(engine_box_call(&b, c.id).status == CALL_DIALING);
    EXPECT(
        engine_box_webhook(&b, b.carrier.status_url, "sign=yes&sid=SID1&status=ringing").status ==
        204);
    engine_box_release(&b);
}

TEST(place, a_call_that_can_never_be_handed_over_ends) {
    struct engine_box b;
    engine_box_init(&b);
    b.carrier.outcome = PROVIDER_NOT_SENT;
    error_set(&b.carrier.error, ERR_NETWORK, "connection refused");
    struct call c = engine_box_submit(&b);
    for (int i = 0; i < 20; i++) {
        engine_box_run_due(&b);
        fake_clock_advance_ms(&b.time, 120000);
    }
    c = engine_box_call(&b, c.id);
    EXPECT(c.status == CALL_FAILED && c.reason == CALL_REASON_ATTEMPTS);
    EXPECT(engine_box_jobs(&b) == 0);
    engine_box_release(&b);
}

TEST(place, an_ambiguous_attempt_is_never_repeated) {
    struct engine_box b;
    engine_box_init(&b);
    b.carrier.outcome = PROVIDER_UNCERTAIN;
    error_set(&b.carrier.error, ERR_UNCERTAIN, "the reply was cut off");
    struct call c = engine_box_submit(&b);
    engine_box_run_due(&b);
    c = engine_box_call(&b, c.id);
    EXPECT(c.status == CALL_UNKNOWN && c.placement == CALL_PLACE_UNKNOWN);
    EXPECT(engine_box_jobs(&b) == BIT(JOB_SETTLE));
    for (int i = 0; i < 20; i++) {
        fake_clock_advance_ms(&b.time, 60000);
        engine_box_run_due(&b);
    }
    EXPECT_INT(b.carrier.places, 1);
    engine_box_release(&b);
}

/* The process dies between the durable attempt and the durable outcome. */
static enum error_code die_here(struct store_tx *tx, void *ctx, struct error *err) {
    struct call *c = ctx;
    enum error_code rc = store_get_call(tx, c->id, c, err);
    c->placement = CALL_PLACE_SUBMITTING;
    c->attempt = 1;
    return rc == ERR_OK ? store_update_call(tx, c, err) : rc;
}

TEST(place, an_attempt_that_a_crash_interrupted_is_settled_not_repeated) {
    struct engine_box b;
    engine_box_init(&b);
    struct call c = engine_box_submit(&b);
    EXPECT(store_write(b.engine.store, die_here, &c, NULL) == ERR_OK);
    engine_box_restart(&b);
    fake_clock_advance_ms(&b.time, 120000);
    engine_box_run_due(&b);
    c = engine_box_call(&b, c.id);
    EXPECT_INT(b.carrier.places, 0);
    EXPECT(c.status == CALL_UNKNOWN);
    engine_box_release(&b);
}

struct early {
    struct engine_box *box;
    int status;
};

static void webhook_overtakes_reply(void *ctx) {
    struct early *e = ctx;
    e->status =
        engine_box_webhook(e->box, e->box->carrier.status_url, "sign=yes&sid=SID1&status=ringing")
            .status;
}

TEST(place, a_webhook_that_overtakes_the_reply_finds_its_call) {
    static const enum provider_outcome outcomes[] = {PROVIDER_PLACED, PROVIDER_UNCERTAIN};
    for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
        struct engine_box b;
        char events[1024];
        engine_box_init(&b);
        struct early early = {.box = &b};
        b.carrier.outcome = outcomes[i];
        b.carrier.while_placing = webhook_overtakes_reply;
        b.carrier.while_placing_ctx = &early;
        struct call c = engine_box_submit(&b);
        engine_box_run_due(&b);
        c = engine_box_call(&b, c.id);
        EXPECT_INT(early.status, 204);
        EXPECT(c.status == CALL_RINGING && c.placement == CALL_PLACE_SUBMITTED);
        EXPECT_STR(c.sid, "SID1");
        EXPECT(engine_box_jobs(&b) == 0);
        engine_box_events(&b, c.id, events);
        EXPECT_STR(events, outcomes[i] == PROVIDER_PLACED ? "call.queued call.ringing call.dialing"
                                                          : "call.queued call.ringing");
        engine_box_release(&b);
    }
}

TEST(place, a_second_call_to_the_number_waits_until_the_first_attempt_is_settled) {
    struct engine_box b;
    engine_box_init(&b);
    b.carrier.outcome = PROVIDER_UNCERTAIN;
    struct call first = engine_box_submit(&b);
    engine_box_run_due(&b);
    struct call second = engine_box_submit(&b);
    engine_box_run_due(&b);
    EXPECT_INT(b.carrier.places, 1);
    EXPECT(engine_box_call(&b, second.id).status == CALL_QUEUED);
    b.carrier.outcome = PROVIDER_PLACED;
    b.carrier.listed[0] = (struct provider_call){
        .sid = "SID9", .to = "+12025550100", .status = CALL_COMPLETED, .duration_s = 3};
    b.carrier.listed_count = 1;
    fake_clock_advance_ms(&b.time, 6000);
    engine_box_run_due(&b);
    fake_clock_advance_ms(&b.time, 3000);
    engine_box_run_due(&b);
    EXPECT(engine_box_call(&b, first.id).status == CALL_COMPLETED);
    EXPECT(engine_box_call(&b, second.id).status == CALL_DIALING);
    EXPECT_INT(b.carrier.places, 2);
    engine_box_release(&b);
}

TEST(place, an_attempt_is_found_behind_any_number_of_newer_calls) {
    struct engine_box b;
    engine_box_init(&b);
    b.carrier.outcome = PROVIDER_UNCERTAIN;
    for (int i = 0; i < 30; i++)
        engine_box_submit(&b);
    engine_box_run_due(&b);
    EXPECT_INT(b.carrier.places, 1);
    engine_box_release(&b);
}

/* The reply takes longer than the lease of whoever waited in the queue before. */
static void wait_for_reply(void *ctx) {
    struct engine_box *b = ctx;
    fake_clock_advance_ms(&b->time, 20000);
    engine_box_run_due(b);
}

TEST(place, an_attempt_under_way_is_not_taken_for_a_crashed_one) {
    struct engine_box b;
    char events[1024];
    engine_box_init(&b);
    struct call c = engine_box_submit(&b);
    struct job j = engine_box_claim(&b);
    fake_clock_advance_ms(&b.time, 50000); /* in the queue */
    b.carrier.while_placing = wait_for_reply;
    b.carrier.while_placing_ctx = &b;
    dispatcher_run_job(&b.engine, &j);
    EXPECT_INT(b.carrier.places, 1);
    engine_box_events(&b, c.id, events);
    EXPECT_STR(events, "call.queued call.dialing");
    EXPECT(engine_box_jobs(&b) == 0);
    engine_box_release(&b);
}

TEST(place, a_worker_that_lost_the_job_does_not_begin) {
    struct engine_box b;
    engine_box_init(&b);
    struct call c = engine_box_submit(&b);
    struct job lost = engine_box_claim(&b);
    fake_clock_advance_ms(&b.time, 61000);
    struct job held = engine_box_claim(&b);
    REQUIRE(held.kind == JOB_PLACE);
    dispatcher_run_job(&b.engine, &lost);
    EXPECT_INT(b.carrier.places, 0);
    EXPECT(engine_box_call(&b, c.id).status == CALL_QUEUED);
    dispatcher_run_job(&b.engine, &held);
    EXPECT_INT(b.carrier.places, 1);
    engine_box_release(&b);
}

TEST(place, a_different_number_does_not_wait) {
    struct engine_box b;
    engine_box_init(&b);
    b.carrier.outcome = PROVIDER_UNCERTAIN;
    engine_box_submit(&b);
    engine_box_submit_to(&b, "+12025550101");
    engine_box_run_due(&b);
    EXPECT_INT(b.carrier.places, 2);
    engine_box_release(&b);
}
