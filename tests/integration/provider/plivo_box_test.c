/* Plivo's provider in front of a box that speaks Plivo: real HTTP both ways, real signatures. */
#include <sched.h>

#include "tests/integration/provider/world.h"
#include "tests/support/test.h"

enum {
    BRISK = 60, /* speed at which a pause of ten minutes leaves time for a test's requests */
    LOOKS_MAX = 20000,
};

/** A document of one pause. */
static void pause_for(struct plan *p, uint32_t seconds) {
    struct plan_step *s = plan_add(p, PLAN_PAUSE);
    if (s)
        s->u.pause.seconds = seconds;
    EXPECT(s);
}

TEST(plivo_box, a_call_is_placed_followed_recorded_and_found_again) {
    struct world w = {0};
    struct plan plan = {0};
    struct provider_call call = {0};
    struct error err = {0};
    char text[200] = "";
    REQUIRE(world_start(&w, "plivo"));
    struct plan_step *s = plan_add(&plan, PLAN_START_RECORDING);
    REQUIRE(s);
    s->u.start_recording.status.url = str_z(w.recording);
    pause_for(&plan, 5);
    w.document = &plan;
    EXPECT_INT(provider_check(w.p, text, sizeof text, &err), ERR_OK);
    EXPECT_INT(world_place(&w, "+12025550100", false, &call, &err), PROVIDER_PLACED);
    EXPECT_STR(err.text, "");
    EXPECT(world_wait(&w, BIT(CALL_RINGING) | BIT(CALL_ANSWERED) | BIT(CALL_COMPLETED), true));
    struct str sid = str_z(call.sid);
    EXPECT_INT(provider_look_up(w.p, sid, &call, &err), ERR_OK);
    EXPECT_INT(call.status, CALL_COMPLETED);
    EXPECT_INT(call.duration_s, 5);
    EXPECT_STR(call.to, "+12025550100");
    EXPECT(call.created_ms > 0);
    EXPECT_INT(provider_end_call(w.p, sid, &err), ERR_OK); /* over already */
    world_expect_listed(&w, sid);
    world_expect_recording(&w, sid);
    EXPECT_INT(carrier_rings(w.box, STR("+12025550100")), 1);
    world_stop(&w);
    EXPECT_INT(w.refused, 0); /* every webhook's signature was right */
    plan_release(&plan);
}

/** Until the carrier says that the call is answered. */
static bool wait_live(struct world *w, struct str sid) {
    struct provider_call call = {0};
    bool live = world_wait(w, BIT(CALL_ANSWERED), false);
    for (int i = 0; live && i < LOOKS_MAX && call.status != CALL_ANSWERED; i++) {
        if (provider_look_up(w->p, sid, &call, NULL) != ERR_OK)
            call.status = CALL_STATUS_NONE;
        sched_yield();
    }
    return call.status == CALL_ANSWERED;
}

TEST(plivo_box, a_running_call_is_recorded_redirected_and_ended) {
    struct world w = {.speed = BRISK};
    struct plan plan = {0};
    struct provider_call call = {0};
    struct error err = {0};
    char tape[CALL_SID_SIZE] = "";
    pause_for(&plan, 600);
    w.document = &plan;
    REQUIRE(world_start(&w, "plivo"));
    REQUIRE(world_place(&w, "+12025550100", false, &call, &err) == PROVIDER_PLACED);
    struct str sid = str_z(call.sid);
    REQUIRE(wait_live(&w, sid));
    world_expect_listed(&w, sid); /* live calls are listed as well as ended ones */
    struct provider_recording_control c = {.action = PROVIDER_RECORDING_START,
                                           .call_sid = sid,
                                           .dual = true,
                                           .status_url = str_z(w.recording)};
    EXPECT_INT(provider_control_recording(w.p, &c, tape, &err), ERR_OK);
    EXPECT_INT(provider_redirect_call(w.p, sid, str_z(w.answer), &err), ERR_OK);
    c.action = PROVIDER_RECORDING_STOP;
    EXPECT_INT(provider_control_recording(w.p, &c, NULL, &err), ERR_OK);
    EXPECT(world_wait(&w, 0, true));
    EXPECT_STR(w.recording_sid, tape);
    EXPECT_INT(provider_end_call(w.p, sid, &err), ERR_OK);
    EXPECT_STR(err.text, "");
    EXPECT(world_wait(&w, BIT(CALL_COMPLETED), true));
    world_stop(&w);
    EXPECT_INT(w.refused, 0);
    plan_release(&plan);
}

static bool keep_nothing(void *ctx, struct str bytes) {
    (void)ctx, (void)bytes;
    return false;
}

TEST(plivo_box, a_recording_that_the_carrier_does_not_know_is_not_found) {
    static const struct str nobody = STR_INIT("01234567-89ab-4def-8123-456789abcdef");
    struct world w = {0};
    struct provider_audio got = {0};
    struct error err = {0};
    REQUIRE(world_start(&w, "plivo"));
    EXPECT_INT(provider_fetch_recording(w.p, nobody, nobody, false, keep_nothing, NULL, &got, &err),
               ERR_NOT_FOUND);
    EXPECT_INT(provider_delete_recording(w.p, nobody, nobody, &err), ERR_OK); /* gone is gone */
    world_stop(&w);
}
