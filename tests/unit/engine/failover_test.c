/* Who gets a call when its carrier does not take it, and who must not. */
#include "core/engine/failover.h"

#include "core/engine/call_service.h"
#include "core/engine/dispatcher.h"
#include "tests/support/assistant_table.h"
#include "tests/support/engine_box.h"
#include "tests/support/test.h"

static void set_up(struct engine_box *b, enum provider_outcome outcome, enum error_code code) {
    engine_box_init(b);
    engine_box_add_second(b);
    b->second.placed = (struct provider_call){.sid = "SPARE1", .status = CALL_QUEUED};
    b->carrier.outcome = outcome;
    error_set(&b->carrier.error, code, "the first one says no");
}

/* Let time pass until nothing happens any more. */
static void run_out(struct engine_box *b) {
    for (int i = 0; i < 12; i++) {
        engine_box_run_due(b);
        fake_clock_advance_ms(&b->time, 70000);
    }
}

TEST(failover, a_refusal_of_the_account_goes_to_the_second_carrier_at_once) {
    struct engine_box b;
    char events[1024];
    set_up(&b, PROVIDER_REFUSED, ERR_AUTH);
    struct call c = engine_box_submit(&b);
    engine_box_run_due(&b);
    c = engine_box_call(&b, c.id);
    EXPECT_STR(c.provider, "spare");
    EXPECT_STR(c.sid, "SPARE1");
    EXPECT(c.status == CALL_DIALING && c.attempt == 2);
    EXPECT(c.carrier_code == 0 && c.error_text[0] == '\0' && c.reason == CALL_REASON_NONE);
    EXPECT_INT(b.carrier.places, 1);
    EXPECT_INT(b.second.places, 1);
    engine_box_events(&b, c.id, events);
    EXPECT_STR(events, "call.queued call.failover call.dialing");
    EXPECT(engine_box_jobs(&b) == 0);
    engine_box_release(&b);
}

TEST(failover, only_what_another_carrier_may_do_better_goes_to_it) {
    static const struct {
        enum provider_outcome outcome;
        enum error_code code;
        unsigned first, second; /* times each was asked */
    } rows[] = {
        {PROVIDER_REFUSED, ERR_AUTH, 1, 1},         {PROVIDER_REFUSED, ERR_NOT_FOUND, 1, 1},
        {PROVIDER_REFUSED, ERR_UPSTREAM, 1, 1},     {PROVIDER_REFUSED, ERR_INVALID, 1, 0},
        {PROVIDER_REFUSED, ERR_UNSUPPORTED, 1, 0},  {PROVIDER_REFUSED, ERR_LIMIT, 1, 0},
        {PROVIDER_REFUSED, ERR_CONFLICT, 1, 0},     {PROVIDER_NOT_SENT, ERR_NETWORK, 3, 1},
        {PROVIDER_THROTTLED, ERR_RATE_LIMIT, 3, 1}, {PROVIDER_UNCERTAIN, ERR_UNCERTAIN, 1, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct engine_box b;
        set_up(&b, rows[i].outcome, rows[i].code);
        struct call c = engine_box_submit(&b);
        run_out(&b);
        EXPECT_INT(b.carrier.places, rows[i].first);
        EXPECT_INT(b.second.places, rows[i].second);
        EXPECT(call_status_is_final(engine_box_call(&b, c.id).status) == (rows[i].second == 0));
        engine_box_release(&b);
    }
}

TEST(failover, a_first_carrier_that_wants_a_long_wait_is_not_waited_for) {
    static const struct {
        uint32_t asked_s;
        unsigned second;
    } rows[] = {{20, 0}, {61, 1}, {86400, 1}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct engine_box b;
        set_up(&b, PROVIDER_THROTTLED, ERR_RATE_LIMIT);
        b.carrier.error.retry_after_s = rows[i].asked_s;
        engine_box_submit(&b);
        engine_box_run_due(&b);
        EXPECT_INT(b.carrier.places, 1);
        EXPECT_INT(b.second.places, rows[i].second);
        engine_box_release(&b);
    }
}

TEST(failover, an_assistant_that_only_the_first_carriers_agent_can_lead_stays) {
    static const char agent[] = "{\"name\":\"agent\",\"brain\":\"carrier\",\"greeting\":\"Hi.\","
                                "\"prompt\":\"Be kind.\"}";
    for (int able = 0; able < 2; able++) {
        struct engine_box b;
        struct assistant_table table;
        set_up(&b, PROVIDER_REFUSED, ERR_AUTH);
        assistant_table_init(&table, &b, agent);
        b.carrier.desc.caps |= PROVIDER_CAP_AI;
        if (able)
            b.second.desc.caps |= PROVIDER_CAP_AI;
        struct call_request req = {.to = STR("+12025550100"), .assistant = STR("agent")};
        struct call c = engine_box_submit_request(&b, &req);
        engine_box_run_due(&b);
        EXPECT_INT(b.second.places, able ? 1 : 0);
        EXPECT(call_status_is_final(engine_box_call(&b, c.id).status) == !able);
        engine_box_release(&b);
        assistant_table_release(&table);
    }
}

TEST(failover, the_second_carrier_gets_as_many_tries_as_an_only_one) {
    struct engine_box b;
    set_up(&b, PROVIDER_NOT_SENT, ERR_NETWORK);
    b.second.outcome = PROVIDER_NOT_SENT;
    error_set(&b.second.error, ERR_NETWORK, "the second one is gone, too");
    struct call c = engine_box_submit(&b);
    for (int i = 0; i < 30; i++) {
        engine_box_run_due(&b);
        fake_clock_advance_ms(&b.time, 120000);
    }
    c = engine_box_call(&b, c.id);
    EXPECT_INT(b.carrier.places, 3);
    EXPECT_INT(b.second.places, 8);
    EXPECT(c.status == CALL_FAILED && c.reason == CALL_REASON_ATTEMPTS);
    EXPECT_STR(c.error_text, "the second one is gone, too");
    EXPECT(engine_box_jobs(&b) == 0);
    engine_box_release(&b);
}

TEST(failover, a_call_whose_user_named_the_carrier_stays_with_it) {
    struct engine_box b;
    set_up(&b, PROVIDER_REFUSED, ERR_AUTH);
    struct call_request req = {.to = STR("+12025550100"),
                               .provider = STR("fake"),
                               .plan_json = STR("{\"steps\":[{\"hangup\":{}}]}")};
    struct call c = engine_box_submit_request(&b, &req);
    engine_box_run_due(&b);
    c = engine_box_call(&b, c.id);
    EXPECT(c.status == CALL_FAILED && c.reason == CALL_REASON_CARRIER_REFUSED);
    EXPECT_INT(b.second.places, 0);
    engine_box_release(&b);
}

TEST(failover, the_number_is_the_second_carriers_own_unless_the_user_named_one) {
    static const char *const named[] = {"", "+12025550188"};
    for (size_t i = 0; i < ARRAY_LEN(named); i++) {
        struct engine_box b;
        set_up(&b, PROVIDER_REFUSED, ERR_AUTH);
        struct call_request req = {.to = STR("+12025550100"),
                                   .from = str_z(named[i]),
                                   .plan_json = STR("{\"steps\":[{\"hangup\":{}}]}")};
        engine_box_submit_request(&b, &req);
        engine_box_run_due(&b);
        EXPECT_STR(b.second.from, named[i]);
        engine_box_release(&b);
    }
}

TEST(failover, a_plan_that_the_second_carrier_cannot_say_does_not_go_there) {
    struct engine_box b;
    set_up(&b, PROVIDER_REFUSED, ERR_AUTH);
    b.second.speechless = true;
    struct call c = engine_box_submit(&b);
    engine_box_run_due(&b);
    EXPECT(engine_box_call(&b, c.id).status == CALL_FAILED);
    EXPECT_INT(b.second.places, 0);
    engine_box_release(&b);
}

TEST(failover, addresses_of_the_first_attempt_open_nothing_any_more) {
    struct engine_box b;
    set_up(&b, PROVIDER_REFUSED, ERR_AUTH);
    struct call c = engine_box_submit(&b);
    engine_box_run_due(&b);
    EXPECT(
        engine_box_webhook(&b, b.carrier.status_url, "sign=yes&sid=SIDX&status=ringing").status ==
        404);
    EXPECT(strstr(b.second.status_url, "/voice/spare/") != NULL);
    EXPECT(
        engine_box_webhook(&b, b.second.status_url, "sign=yes&sid=SPARE1&status=ringing").status ==
        204);
    EXPECT(engine_box_call(&b, c.id).status == CALL_RINGING);
    engine_box_release(&b);
}

static void ring_at_once(void *ctx) {
    struct engine_box *b = ctx;
    EXPECT(
        engine_box_webhook(b, b->carrier.status_url, "sign=yes&sid=SID1&status=ringing").status ==
        204);
}

TEST(failover, a_call_that_rings_is_not_given_away_whatever_the_reply_said) {
    struct engine_box b;
    set_up(&b, PROVIDER_REFUSED, ERR_AUTH);
    b.carrier.while_placing = ring_at_once;
    b.carrier.while_placing_ctx = &b;
    struct call c = engine_box_submit(&b);
    run_out(&b);
    EXPECT_INT(b.second.places, 0);
    EXPECT_STR(engine_box_call(&b, c.id).provider, "fake");
    engine_box_release(&b);
}

static void hang_up_now(void *ctx) {
    struct engine_box *b = ctx;
    struct call c;
    EXPECT(call_service_hang_up(&b->engine, *(int64_t *)b->carrier.while_looking_ctx, &c, NULL) ==
           ERR_OK);
}

TEST(failover, a_call_that_was_canceled_meanwhile_goes_nowhere) {
    static const enum provider_outcome outcomes[] = {PROVIDER_REFUSED, PROVIDER_NOT_SENT};
    for (size_t i = 0; i < ARRAY_LEN(outcomes); i++) {
        struct engine_box b;
        set_up(&b, outcomes[i], ERR_AUTH);
        struct call c = engine_box_submit(&b);
        b.carrier.while_placing = hang_up_now;
        b.carrier.while_placing_ctx = &b;
        b.carrier.while_looking_ctx = &c.id;
        run_out(&b);
        EXPECT_INT(b.second.places, 0);
        EXPECT(call_status_is_final(engine_box_call(&b, c.id).status));
        engine_box_release(&b);
    }
}

/* The lease is over before the reply is there, and the next worker finds an attempt under way. */
static void lose_the_lease(void *ctx) {
    struct engine_box *b = ctx;
    fake_clock_advance_ms(&b->time, 61000);
    engine_box_run_due(b);
}

TEST(failover, a_clear_no_that_comes_after_the_lease_still_moves_the_call_once) {
    struct engine_box b;
    char events[1024];
    set_up(&b, PROVIDER_REFUSED, ERR_AUTH);
    b.carrier.while_placing = lose_the_lease;
    b.carrier.while_placing_ctx = &b;
    struct call c = engine_box_submit(&b);
    engine_box_run_due(&b);
    EXPECT(engine_box_call(&b, c.id).status == CALL_DIALING);
    b.second.look_up_rc = ERR_OK;
    b.second.seen = (struct provider_call){.sid = "SPARE1", .status = CALL_RINGING};
    run_out(&b); /* what was to settle the first attempt has nothing to settle */
    c = engine_box_call(&b, c.id);
    EXPECT_STR(c.sid, "SPARE1");
    EXPECT(!call_status_is_final(c.status));
    EXPECT_INT(b.carrier.places, 1);
    EXPECT_INT(b.second.places, 1);
    EXPECT_INT(b.second.lists, 0);
    EXPECT(engine_box_jobs(&b) == 0);
    engine_box_events(&b, c.id, events);
    EXPECT_STR(events, "call.queued call.unknown call.failover call.dialing");
    engine_box_release(&b);
}

/* We died with the request on its way: nobody knows what became of it, so nobody else gets it. */
TEST(failover, an_attempt_that_a_crash_cut_off_is_settled_and_never_moves) {
    struct engine_box b;
    set_up(&b, PROVIDER_UNCERTAIN, ERR_UNCERTAIN);
    b.carrier.while_placing = lose_the_lease;
    b.carrier.while_placing_ctx = &b;
    struct call c = engine_box_submit(&b);
    engine_box_run_due(&b);
    engine_box_restart(&b);
    EXPECT(engine_box_call(&b, c.id).status == CALL_UNKNOWN);
    run_out(&b);
    c = engine_box_call(&b, c.id);
    EXPECT(c.status == CALL_FAILED && c.reason == CALL_REASON_NOT_PLACED);
    EXPECT_STR(c.provider, "fake");
    EXPECT_INT(b.second.places, 0);
    engine_box_release(&b);
}
