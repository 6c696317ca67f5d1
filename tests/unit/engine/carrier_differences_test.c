/* What one carrier takes with the create request and another only in its document, and what a
 * carrier leaves out: the call is the same. */
#include "core/engine/call_service.h"
#include "tests/support/engine_box.h"
#include "tests/support/test.h"

#define HELLO "{\"steps\":[{\"say\":{\"text\":\"Hello\"}},{\"hangup\":{}}]}"

static struct call submit(struct engine_box *b, const char *plan, enum call_record record,
                          enum call_detection detection) {
    struct call_request req = {.to = STR("+12025550100"),
                               .plan_json = str_z(plan),
                               .record = record,
                               .detection = detection,
                               .detection_given = true};
    struct call c = engine_box_submit_request(b, &req);
    engine_box_run_due(b);
    return c;
}

static unsigned times(const char *text, const char *word) {
    unsigned n = 0;
    for (const char *at = text; (at = strstr(at, word)) != NULL; at++)
        n++;
    return n;
}

TEST(recording_from_the_start, is_asked_for_with_the_call_where_the_carrier_takes_it_so) {
    struct engine_box b;
    engine_box_init(&b);
    submit(&b, HELLO, CALL_RECORD_ON, CALL_DETECT_OFF);
    EXPECT(b.carrier.record);
    struct engine_reply r = engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID1");
    EXPECT_INT(r.status, 200);
    EXPECT_INT(times(r.body, "start_recording"), 0);
    engine_box_release(&b);
}

TEST(recording_from_the_start, begins_the_answer_elsewhere_and_is_asked_for_once) {
    struct engine_box b;
    char events[1024];
    engine_box_init(&b);
    b.carrier.desc.caps &= ~(uint32_t)PROVIDER_CAP_PLACE_RECORDED;
    struct call c = submit(&b, HELLO, CALL_RECORD_ON, CALL_DETECT_OFF);
    EXPECT(!b.carrier.record);
    struct engine_reply r = engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID1");
    EXPECT_INT(r.status, 200);
    EXPECT(str_starts(str_z(r.body), STR("{\"steps\":[{\"start_recording\":{\"dual\":true,")));
    EXPECT(strstr(r.body, b.carrier.recording_url) != NULL);
    EXPECT(strstr(r.body, "}},{\"say\":{\"text\":\"Hello\"}}") != NULL);
    struct engine_reply again = engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID1");
    EXPECT_STR(again.body, r.body);
    EXPECT_INT(engine_box_webhook(&b, b.carrier.recording_url,
                                  "sign=yes&sid=SID1&recording=REC1&recording_status=running")
                   .status,
               204);
    engine_box_events(&b, c.id, events);
    EXPECT_STR(events, "call.queued call.dialing call.answered recording.started");
    engine_box_release(&b);
}

TEST(recording_from_the_start, is_left_to_a_plan_that_says_so_itself) {
    struct engine_box b;
    engine_box_init(&b);
    b.carrier.desc.caps &= ~(uint32_t)PROVIDER_CAP_PLACE_RECORDED;
    submit(&b, "{\"steps\":[{\"say\":{\"text\":\"Hello\"}},{\"start_recording\":{}}]}",
           CALL_RECORD_ON, CALL_DETECT_OFF);
    struct engine_reply r = engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID1");
    EXPECT_INT(times(r.body, "start_recording"), 1);
    engine_box_release(&b);
}

TEST(recording_from_the_start, is_not_for_calls_that_want_none) {
    struct engine_box b;
    engine_box_init(&b);
    b.carrier.desc.caps &= ~(uint32_t)PROVIDER_CAP_PLACE_RECORDED;
    submit(&b, HELLO, CALL_RECORD_OFF, CALL_DETECT_OFF);
    struct engine_reply r = engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID1");
    EXPECT_INT(times(r.body, "start_recording"), 0);
    engine_box_release(&b);
}

TEST(detection, without_a_verdict_at_the_answer_a_human_answered) {
    struct engine_box b;
    engine_box_init(&b);
    b.carrier.desc.caps |= PROVIDER_CAP_DETECTION;
    struct call c = submit(&b, HELLO, CALL_RECORD_OFF, CALL_DETECT_START);
    EXPECT_INT(engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID1").status, 200);
    EXPECT(engine_box_call(&b, c.id).answered_by == CALL_BY_HUMAN);
    engine_box_release(&b);
}

TEST(detection, that_was_not_asked_for_says_nothing) {
    struct engine_box b;
    engine_box_init(&b);
    struct call c = submit(&b, HELLO, CALL_RECORD_OFF, CALL_DETECT_OFF);
    EXPECT_INT(engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID1").status, 200);
    EXPECT(engine_box_call(&b, c.id).answered_by == CALL_BY_UNASKED);
    engine_box_release(&b);
}

TEST(detection, of_a_greetings_end_is_refused_where_the_carrier_cannot_wait_for_it) {
    struct engine_box b;
    struct call c;
    bool replayed = false;
    struct error err = {0};
    engine_box_init(&b);
    b.carrier.desc.caps |= PROVIDER_CAP_DETECTION;
    struct call_request req = {.to = STR("+12025550100"),
                               .plan_json = STR(HELLO),
                               .detection = CALL_DETECT_MESSAGE_END,
                               .detection_given = true};
    EXPECT(call_service_submit(&b.engine, &req, (struct str){0}, &c, &replayed, &err) ==
           ERR_UNSUPPORTED);
    EXPECT_STR(err.field, "machine_detection");
    engine_box_release(&b);
}

static enum error_code stop_tx(struct store_tx *tx, void *ctx, struct error *err) {
    const struct call *c = ctx;
    struct job j = {.kind = JOB_RECORDING_CONTROL, .call_id = c->id, .ref_text = "stop"};
    return store_add_job(tx, &j, err);
}

TEST(recording_control, that_the_carrier_cannot_do_is_told_and_the_call_goes_on) {
    struct engine_box b;
    char events[1024];
    engine_box_init(&b);
    b.carrier.desc.caps &= ~(uint32_t)PROVIDER_CAP_RECORD;
    struct call c = submit(&b, HELLO, CALL_RECORD_OFF, CALL_DETECT_OFF);
    EXPECT_INT(engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID1").status, 200);
    EXPECT_INT(store_write(b.engine.store, stop_tx, &c, NULL), ERR_OK);
    EXPECT_INT(engine_box_run_due(&b), 1);
    engine_box_events(&b, c.id, events);
    EXPECT_STR(events, "call.queued call.dialing call.answered recording.failed");
    EXPECT(engine_box_call(&b, c.id).status == CALL_ANSWERED);
    EXPECT(engine_box_jobs(&b) == 0 && b.carrier.controls == 0);
    engine_box_release(&b);
}
