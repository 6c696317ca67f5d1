#include "core/engine/call_service.h"
#include "tests/support/engine_box.h"
#include "tests/support/test.h"

TEST(submit, call_event_and_job_are_written_together) {
    struct engine_box b;
    char events[1024];
    engine_box_init(&b);
    struct call c = engine_box_submit(&b);
    EXPECT(c.status == CALL_QUEUED && c.placement == CALL_PLACE_READY);
    engine_box_events(&b, c.id, events);
    EXPECT_STR(events, "call.queued");
    EXPECT(engine_box_jobs(&b) == BIT(JOB_PLACE));
    engine_box_release(&b);
}

TEST(submit, bad_requests_name_the_field_and_leave_nothing) {
    static const struct {
        struct call_request req;
        const char *field;
    } rows[] = {
        {{.to = STR_INIT("")}, "to"},
        {{.to = STR_INIT("12025550100")}, "to"},
        {{.to = STR_INIT("+1 202 555 0100")}, "to"},
        {{.to = STR_INIT("+911")}, "to"},
        {{.to = STR_INIT("sip:a@b")}, "to"},
        {{.to = STR_INIT("+12025550100"), .from = STR_INIT("x")}, "from"},
        {{.to = STR_INIT("+12025550100"), .provider = STR_INIT("nobody")}, "provider"},
        {{.to = STR_INIT("+12025550100")}, "assistant"},
        {{.to = STR_INIT("+12025550100"), .assistant = STR_INIT("ghost")}, "assistant"},
        {{.to = STR_INIT("+12025550100"),
          .assistant = STR_INIT("a"),
          .plan_json = STR_INIT("{\"steps\":[{\"hangup\":{}}]}")},
         "assistant"},
        {{.to = STR_INIT("+12025550100"),
          .plan_json = STR_INIT("{\"steps\":[{\"hangup\":{}}]}"),
          .ring_timeout_s = 601},
         "ring_timeout_s"},
        {{.to = STR_INIT("+12025550100"),
          .plan_json = STR_INIT("{\"steps\":[{\"hangup\":{}}]}"),
          .time_limit_s = 9},
         "time_limit_s"},
        {{.to = STR_INIT("+12025550100"),
          .plan_json = STR_INIT("{\"steps\":[{\"hangup\":{}}]}"),
          .detection = CALL_DETECT_START},
         "machine_detection"},
        {{.to = STR_INIT("+12025550100"),
          .plan_json = STR_INIT("{\"steps\":[{\"hangup\":{}}]}"),
          .variables_json = STR_INIT("{\"a\":[1]}")},
         "variables"},
        {{.to = STR_INIT("+12025550100"),
          .plan_json = STR_INIT("{\"steps\":[{\"hangup\":{}}]}"),
          .metadata_json = STR_INIT("[1]")},
         "metadata"},
    };
    struct engine_box b;
    engine_box_init(&b);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct call c;
        bool replayed = false;
        struct error err = {0};
        enum error_code rc =
            call_service_submit(&b.engine, &rows[i].req, (struct str){0}, &c, &replayed, &err);
        EXPECT(rc != ERR_OK && err.text[0]);
        EXPECT_STR(err.field, rows[i].field);
    }
    EXPECT(engine_box_jobs(&b) == 0);
    engine_box_release(&b);
}

TEST(submit, same_key_and_request_gives_the_same_call_and_another_request_is_refused) {
    struct engine_box b;
    engine_box_init(&b);
    struct call_request req = {.to = STR("+12025550100"),
                               .plan_json = STR("{\"steps\":[{\"hangup\":{}}]}")};
    struct call first, again;
    bool replayed = false;
    struct error err = {0};
    EXPECT(call_service_submit(&b.engine, &req, STR("k1"), &first, &replayed, &err) == ERR_OK);
    EXPECT(!replayed);
    EXPECT(call_service_submit(&b.engine, &req, STR("k1"), &again, &replayed, &err) == ERR_OK);
    EXPECT(replayed && again.id == first.id);
    req.to = STR("+12025550101");
    EXPECT(call_service_submit(&b.engine, &req, STR("k1"), &again, &replayed, &err) ==
           ERR_CONFLICT);
    EXPECT(engine_box_run_due(&b) == 1);
    EXPECT_INT(b.carrier.places, 1);
    engine_box_release(&b);
}

TEST(submit, switched_off_placing_refuses_new_calls) {
    struct engine_box b;
    engine_box_init(&b);
    b.engine.placing_enabled = false;
    struct call_request req = {.to = STR("+12025550100"),
                               .plan_json = STR("{\"steps\":[{\"hangup\":{}}]}")};
    struct call c;
    bool replayed = false;
    struct error err = {0};
    EXPECT(call_service_submit(&b.engine, &req, (struct str){0}, &c, &replayed, &err) ==
           ERR_CONFLICT);
    engine_box_release(&b);
}

TEST(hang_up, the_carrier_is_asked_until_the_call_is_over) {
    struct engine_box b;
    engine_box_init(&b);
    struct call c = engine_box_submit(&b), out;
    engine_box_run_due(&b);
    b.carrier.end_rc = ERR_NETWORK;
    EXPECT(call_service_hang_up(&b.engine, c.id, &out, NULL) == ERR_OK);
    for (int i = 0; i < 60; i++) { /* an hour without the carrier */
        engine_box_run_due(&b);
        fake_clock_advance_ms(&b.time, 60000);
    }
    b.carrier.end_rc = ERR_OK;
    unsigned before = b.carrier.ends;
    engine_box_run_due(&b);
    EXPECT_INT(b.carrier.ends, before + 1);
    EXPECT(engine_box_jobs(&b) == 0);
    engine_box_release(&b);
}

TEST(hang_up, a_call_that_was_not_handed_over_is_canceled_at_once_and_never_placed) {
    struct engine_box b;
    engine_box_init(&b);
    struct call c = engine_box_submit(&b), out;
    EXPECT(call_service_hang_up(&b.engine, c.id, &out, NULL) == ERR_OK);
    EXPECT(out.status == CALL_CANCELED && out.reason == CALL_REASON_HANGUP_REQUESTED);
    engine_box_run_due(&b);
    EXPECT_INT(b.carrier.places, 0);
    EXPECT(call_service_hang_up(&b.engine, c.id, &out, NULL) == ERR_CONFLICT);
    EXPECT(call_service_hang_up(&b.engine, 12345, &out, NULL) == ERR_NOT_FOUND);
    engine_box_release(&b);
}

TEST(hang_up, a_placed_call_is_ended_at_the_carrier_once_per_request) {
    struct engine_box b;
    engine_box_init(&b);
    struct call c = engine_box_submit(&b), out;
    engine_box_run_due(&b);
    EXPECT(call_service_hang_up(&b.engine, c.id, &out, NULL) == ERR_OK);
    EXPECT(call_service_hang_up(&b.engine, c.id, &out, NULL) == ERR_OK);
    engine_box_run_due(&b);
    EXPECT_INT(b.carrier.ends, 1);
    EXPECT_STR(b.carrier.ended_sid, "SID1");
    engine_box_release(&b);
}

TEST(hang_up, the_carrier_is_asked_again_until_it_agrees) {
    struct engine_box b;
    engine_box_init(&b);
    struct call c = engine_box_submit(&b), out;
    engine_box_run_due(&b);
    b.carrier.end_rc = ERR_UPSTREAM;
    EXPECT(call_service_hang_up(&b.engine, c.id, &out, NULL) == ERR_OK);
    engine_box_run_due(&b);
    EXPECT_INT(b.carrier.ends, 1);
    b.carrier.end_rc = ERR_OK;
    fake_clock_advance_ms(&b.time, 2000);
    engine_box_run_due(&b);
    EXPECT_INT(b.carrier.ends, 2);
    engine_box_release(&b);
}
