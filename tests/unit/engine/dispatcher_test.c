#include "core/engine/dispatcher.h"

#include <semaphore.h>
#include <stdio.h>
#include <time.h>

#include "core/engine/call_service.h"
#include "tests/support/engine_box.h"
#include "tests/support/test.h"

/* One worker, so that the carrier in the test's hand is one thread's at a time. */
enum {
    BOUND_S = 60
};

struct stage {
    struct engine_box box;
    struct dispatcher *dispatcher;
    sem_t reached; /* the carrier was asked */
    sem_t go;      /* it may answer */
    bool blocks;
};

static void ask(void *ctx) {
    struct stage *s = ctx;
    sem_post(&s->reached);
    if (s->blocks)
        sem_wait(&s->go);
}

static void stage_init(struct stage *s) {
    engine_box_init(&s->box);
    s->dispatcher = NULL;
    s->blocks = false;
    sem_init(&s->reached, 0, 0);
    sem_init(&s->go, 0, 0);
    s->box.carrier.while_placing = s->box.carrier.while_looking = ask;
    s->box.carrier.while_placing_ctx = s->box.carrier.while_looking_ctx = s;
}

static void stage_start(struct stage *s) {
    struct dispatcher_options o = {.engine = &s->box.engine, .workers = 1};
    EXPECT(dispatcher_start(&o, &s->dispatcher, NULL) == ERR_OK);
}

static void stage_stop(struct stage *s) {
    dispatcher_stop(s->dispatcher);
    dispatcher_free(s->dispatcher);
    s->dispatcher = NULL;
}

static void stage_release(struct stage *s) {
    sem_destroy(&s->reached);
    sem_destroy(&s->go);
    engine_box_release(&s->box);
}

static struct timespec bound(void) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += BOUND_S;
    return until;
}

static bool is_reached(struct stage *s) {
    struct timespec until = bound();
    return sem_timedwait(&s->reached, &until) == 0;
}

static struct call submit(struct stage *s, int n) {
    char number[32];
    snprintf(number, sizeof number, "+1202555%04d", n);
    return engine_box_submit_to(&s->box, number);
}

TEST(dispatcher, carries_out_what_is_due_and_finishes_it_before_it_stops) {
    struct stage s;
    struct call calls[5];
    stage_init(&s);
    for (int i = 0; i < 5; i++)
        calls[i] = submit(&s, 100 + i);
    stage_start(&s);
    for (int i = 0; i < 5; i++)
        EXPECT(is_reached(&s));
    stage_stop(&s);
    for (int i = 0; i < 5; i++)
        EXPECT(engine_box_call(&s.box, calls[i].id).status == CALL_DIALING);
    EXPECT_INT(s.box.carrier.places, 5);
    EXPECT(engine_box_jobs(&s.box) == 0);
    stage_release(&s);
}

TEST(dispatcher, a_wake_brings_new_work_at_once) {
    struct stage s;
    stage_init(&s);
    stage_start(&s);
    struct call c = submit(&s, 100);
    dispatcher_wake(s.dispatcher);
    EXPECT(is_reached(&s));
    stage_stop(&s);
    EXPECT(engine_box_call(&s.box, c.id).status == CALL_DIALING);
    stage_release(&s);
}

static bool has_event(struct stage *s, int64_t id, const char *type) {
    char events[1024];
    engine_box_events(&s->box, id, events);
    return strstr(events, type) != NULL;
}

TEST(dispatcher, a_clock_that_is_set_back_holds_up_no_job) {
    struct stage s;
    stage_init(&s);
    s.box.carrier.outcome = PROVIDER_THROTTLED;
    s.box.carrier.error.retry_after_s = 30;
    struct call c = submit(&s, 100);
    stage_start(&s);
    EXPECT(is_reached(&s));
    for (int i = 0; i < BOUND_S * 1000 && !has_event(&s, c.id, "call.retry"); i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    fake_clock_step_wall_ms(&s.box.time, -3600000);
    fake_clock_advance_ms(&s.box.time, 30000);
    EXPECT(is_reached(&s)); /* and not an hour later */
    stage_stop(&s);
    EXPECT_INT(s.box.carrier.places, 2);
    stage_release(&s);
}

TEST(dispatcher, what_waits_when_it_is_held_is_left_to_the_next_start) {
    struct stage s;
    stage_init(&s);
    struct call first = submit(&s, 100), second = submit(&s, 101);
    s.blocks = true;
    stage_start(&s);
    EXPECT(is_reached(&s));
    dispatcher_hold(s.dispatcher);
    sem_post(&s.go);
    stage_stop(&s);
    EXPECT_INT(s.box.carrier.places, 1);
    EXPECT(engine_box_call(&s.box, first.id).status == CALL_DIALING);
    EXPECT(engine_box_call(&s.box, second.id).status == CALL_QUEUED);
    s.blocks = false;
    stage_start(&s); /* at once: the lease that the first one held is no obstacle */
    EXPECT(is_reached(&s));
    stage_stop(&s);
    EXPECT(engine_box_call(&s.box, second.id).status == CALL_DIALING);
    EXPECT_INT(s.box.carrier.places, 2);
    stage_release(&s);
}

TEST(dispatcher, a_job_whose_lease_ran_out_in_the_queue_is_done_once) {
    struct stage s;
    char events[1024];
    stage_init(&s);
    submit(&s, 100);
    struct call second = submit(&s, 101);
    s.blocks = true;
    stage_start(&s);
    EXPECT(is_reached(&s));
    fake_clock_advance_ms(&s.box.time, 61000); /* the second one's lease, and not the first's */
    sem_post(&s.go);
    EXPECT(is_reached(&s));
    sem_post(&s.go);
    stage_stop(&s);
    EXPECT_INT(s.box.carrier.places, 2);
    engine_box_events(&s.box, second.id, events);
    EXPECT_STR(events, "call.queued call.dialing");
    EXPECT(engine_box_jobs(&s.box) == 0);
    stage_release(&s);
}

TEST(dispatcher, many_silent_calls_are_each_looked_after_once_and_without_delay) {
    enum {
        CALLS = 40
    };
    struct stage s;
    struct call calls[CALLS];
    stage_init(&s);
    for (int i = 0; i < CALLS; i++)
        calls[i] = submit(&s, 100 + i);
    engine_box_run_due(&s.box);
    while (sem_trywait(&s.reached) == 0)
        continue;
    s.box.carrier.look_up_rc = ERR_OK;
    s.box.carrier.seen = (struct provider_call){.sid = "SID1", .status = CALL_COMPLETED};
    fake_clock_advance_ms(&s.box.time, 120000);
    struct timespec until = bound(); /* for all of them */
    stage_start(&s);
    for (int i = 0; i < CALLS; i++)
        EXPECT(sem_timedwait(&s.reached, &until) == 0);
    stage_stop(&s);
    for (int i = 0; i < CALLS; i++)
        EXPECT(engine_box_call(&s.box, calls[i].id).status == CALL_COMPLETED);
    EXPECT_INT(s.box.carrier.look_ups, CALLS);
    stage_release(&s);
}

TEST(dispatcher, one_that_was_never_started_can_be_stopped_and_freed) {
    struct dispatcher *none = NULL;
    dispatcher_stop(none);
    dispatcher_free(none);
    EXPECT(none == NULL);
}
