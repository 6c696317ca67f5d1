#include "core/base/compiler.h"
#include "tests/conformance/store/store_suite.h"

static struct event new_event(enum event_type type, int64_t at_ms) {
    return (struct event){.type = type, .at_ms = at_ms, .data = STR("{\"n\":1}")};
}

/* Appends to the call and writes it back, as all changes of a call do. */
static int64_t append(struct held *h, struct call *c, enum event_type type) {
    struct event ev = new_event(type, 1000 + type);
    EXPECT_INT(store_append_event(h->tx, c, &ev, NULL), ERR_OK);
    EXPECT_INT(store_update_call(h->tx, c, NULL), ERR_OK);
    return ev.seq;
}

/* ---- events ------------------------------------------------------------------------------------
 */

STORE_TEST(an_empty_feed_has_no_newest_event) {
    struct held h;
    int64_t seq = 77;
    struct event *out;
    size_t n = 9;
    hold_read(&h, f->s);
    EXPECT_INT(store_last_event(h.tx, &seq, NULL), ERR_OK);
    EXPECT_INT(seq, 0);
    EXPECT_INT(store_list_events(h.tx, 0, 10, &f->a, &out, &n, NULL), ERR_OK);
    EXPECT_INT(n, 0);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

STORE_TEST(events_rise_and_are_listed_after_a_cursor) {
    struct call c = suite_call(f);
    suite_insert(f, &c);
    struct held h;
    hold_write(&h, f->s);
    int64_t first = append(&h, &c, EVENT_CALL_QUEUED);
    int64_t second = append(&h, &c, EVENT_CALL_DIALING);
    int64_t third = append(&h, &c, EVENT_CALL_RINGING);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    EXPECT(0 < first && first < second && second < third);

    struct event *out = NULL;
    size_t n = 0;
    int64_t newest = 0;
    hold_read(&h, f->s);
    EXPECT_INT(store_list_events(h.tx, first, 10, &f->a, &out, &n, NULL), ERR_OK);
    REQUIRE(n == 2);
    EXPECT_INT(out[0].seq, second);
    EXPECT_INT(out[0].call_id, c.id);
    EXPECT_INT(out[0].prev, first);
    EXPECT_INT(out[0].type, EVENT_CALL_DIALING);
    EXPECT_INT(out[0].at_ms, 1000 + EVENT_CALL_DIALING);
    EXPECT(str_eq(out[0].data, STR("{\"n\":1}")));
    EXPECT_INT(out[1].seq, third);
    EXPECT_INT(store_list_events(h.tx, 0, 2, &f->a, &out, &n, NULL), ERR_OK);
    EXPECT_INT(n, 2);
    EXPECT_INT(out[0].prev, 0);
    EXPECT_INT(store_last_event(h.tx, &newest, NULL), ERR_OK);
    EXPECT_INT(newest, third);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

STORE_TEST(a_calls_events_are_its_own_oldest_first) {
    struct call a = suite_call(f);
    struct call b = suite_call(f);
    suite_insert(f, &a);
    suite_insert(f, &b);
    struct held h;
    hold_write(&h, f->s);
    int64_t a1 = append(&h, &a, EVENT_CALL_QUEUED);
    append(&h, &b, EVENT_CALL_QUEUED);
    int64_t a2 = append(&h, &a, EVENT_CALL_RINGING);
    append(&h, &b, EVENT_CALL_BUSY);
    int64_t a3 = append(&h, &a, EVENT_CALL_ANSWERED);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);

    struct event *out = NULL;
    size_t n = 0;
    struct call now = suite_get(f, a.id);
    hold_read(&h, f->s);
    EXPECT_INT(store_list_call_events(h.tx, &now, 0, &f->a, &out, &n, NULL), ERR_OK);
    REQUIRE(n == 3);
    EXPECT_INT(out[0].seq, a1);
    EXPECT_INT(out[1].seq, a2);
    EXPECT_INT(out[2].seq, a3);
    EXPECT_INT(store_list_call_events(h.tx, &now, a1, &f->a, &out, &n, NULL), ERR_OK);
    EXPECT_INT(n, 2);
    EXPECT_INT(store_list_call_events(h.tx, &now, a3, &f->a, &out, &n, NULL), ERR_OK);
    EXPECT_INT(n, 0);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

STORE_TEST(an_event_need_not_be_of_a_call) {
    struct held h;
    struct event ev = new_event(EVENT_TASK_UPDATED, 5);
    hold_write(&h, f->s);
    EXPECT_INT(store_append_event(h.tx, NULL, &ev, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    EXPECT(ev.seq > 0);
    EXPECT_INT(ev.call_id, 0);
    EXPECT_INT(ev.prev, 0);
}

/* ---- jobs --------------------------------------------------------------------------------------
 */

static struct job add_job(struct fixture *f, enum job_kind kind, int64_t run_at_ms) {
    struct job j = {.id = id_next(&f->ids),
                    .kind = kind,
                    .call_id = 7,
                    .ref_id = 8,
                    .ref_text = "pause",
                    .run_at_ms = run_at_ms};
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_add_job(h.tx, &j, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    return j;
}

struct claim {
    struct job jobs[8];
    size_t n;
    int64_t next_ms;
};

static struct claim claim(struct fixture *f, int64_t now_ms, int64_t lease_until_ms,
                          uint32_t limit) {
    struct claim c = {.n = 99, .next_ms = -1};
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(
        store_claim_jobs(h.tx, now_ms, lease_until_ms, limit, c.jobs, &c.n, &c.next_ms, NULL),
        ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    return c;
}

static enum error_code finish(struct fixture *f, const struct job *j) {
    struct held h;
    hold_write(&h, f->s);
    enum error_code rc = store_finish_job(h.tx, j, NULL);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    return rc;
}

static enum error_code retry(struct fixture *f, const struct job *j, int64_t run_at_ms) {
    struct held h;
    hold_write(&h, f->s);
    enum error_code rc = store_retry_job(h.tx, j, run_at_ms, NULL);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    return rc;
}

static enum error_code renew(struct fixture *f, const struct job *j, int64_t lease_until_ms) {
    struct held h;
    hold_write(&h, f->s);
    enum error_code rc = store_renew_job(h.tx, j, lease_until_ms, NULL);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    return rc;
}

STORE_TEST(a_lease_can_be_renewed_while_it_is_held) {
    add_job(f, JOB_PLACE, 1000);
    struct claim first = claim(f, 1000, 2000, 8);
    REQUIRE(first.n == 1);
    EXPECT_INT(renew(f, &first.jobs[0], 5000), ERR_OK);
    EXPECT_INT(claim(f, 4999, 9000, 8).n, 0);
    struct claim second = claim(f, 5000, 9000, 8);
    REQUIRE(second.n == 1);
    EXPECT_INT(renew(f, &first.jobs[0], 20000), ERR_CONFLICT);
    EXPECT_INT(retry(f, &second.jobs[0], 6000), ERR_OK);
    EXPECT_INT(renew(f, &second.jobs[0], 20000), ERR_CONFLICT);
}

STORE_TEST(without_jobs_there_is_nothing_to_claim_and_nothing_to_wait_for) {
    struct claim c = claim(f, 1000, 2000, 8);
    EXPECT_INT(c.n, 0);
    EXPECT_INT(c.next_ms, 0);
}

STORE_TEST(a_job_is_claimed_once_its_time_has_come_with_all_that_it_says) {
    struct job j = add_job(f, JOB_RECORDING_CONTROL, 1000);
    struct claim early = claim(f, 999, 5000, 8);
    EXPECT_INT(early.n, 0);
    EXPECT_INT(early.next_ms, 1000);
    struct claim c = claim(f, 1000, 5000, 8);
    REQUIRE(c.n == 1);
    EXPECT_INT(c.jobs[0].id, j.id);
    EXPECT_INT(c.jobs[0].kind, JOB_RECORDING_CONTROL);
    EXPECT_INT(c.jobs[0].call_id, 7);
    EXPECT_INT(c.jobs[0].ref_id, 8);
    EXPECT_STR(c.jobs[0].ref_text, "pause");
    EXPECT_INT(c.jobs[0].attempt, 1);
    EXPECT_INT(c.jobs[0].run_at_ms, 1000);
    EXPECT_INT(c.jobs[0].lease_until_ms, 5000);
    EXPECT_INT(c.next_ms, 5000);
}

STORE_TEST(jobs_are_claimed_longest_due_first_up_to_the_limit) {
    struct job third = add_job(f, JOB_PLACE, 3000);
    struct job first = add_job(f, JOB_PLACE, 1000);
    struct job second = add_job(f, JOB_PLACE, 2000);
    struct claim c = claim(f, 9000, 20000, 2);
    REQUIRE(c.n == 2);
    EXPECT_INT(c.jobs[0].id, first.id);
    EXPECT_INT(c.jobs[1].id, second.id);
    EXPECT_INT(c.next_ms, 3000);
    c = claim(f, 9000, 20000, 2);
    REQUIRE(c.n == 1);
    EXPECT_INT(c.jobs[0].id, third.id);
}

STORE_TEST(a_lease_keeps_others_away_until_it_ends) {
    add_job(f, JOB_PLACE, 1000);
    REQUIRE(claim(f, 1000, 5000, 8).n == 1);
    EXPECT_INT(claim(f, 4999, 9000, 8).n, 0);
    struct claim again = claim(f, 5000, 9000, 8);
    REQUIRE(again.n == 1);
    EXPECT_INT(again.jobs[0].attempt, 2);
    EXPECT_INT(again.jobs[0].run_at_ms, 1000);
}

STORE_TEST(a_finished_job_is_gone) {
    add_job(f, JOB_PLACE, 1000);
    struct claim c = claim(f, 1000, 5000, 8);
    REQUIRE(c.n == 1);
    EXPECT_INT(finish(f, &c.jobs[0]), ERR_OK);
    EXPECT_INT(finish(f, &c.jobs[0]), ERR_CONFLICT);
    EXPECT_INT(claim(f, 9000, 9999, 8).n, 0);
}

STORE_TEST(who_lost_the_lease_can_neither_finish_nor_retry) {
    add_job(f, JOB_PLACE, 1000);
    struct claim old = claim(f, 1000, 2000, 8);
    struct claim new = claim(f, 2000, 9000, 8);
    REQUIRE(old.n == 1 && new.n == 1);
    EXPECT_INT(finish(f, &old.jobs[0]), ERR_CONFLICT);
    EXPECT_INT(retry(f, &old.jobs[0], 3000), ERR_CONFLICT);
    EXPECT_INT(finish(f, &new.jobs[0]), ERR_OK);
}

STORE_TEST(a_lease_that_ended_unnoticed_is_still_good) {
    add_job(f, JOB_PLACE, 1000);
    struct claim c = claim(f, 1000, 2000, 8);
    REQUIRE(c.n == 1);
    EXPECT_INT(claim(f, 1500, 8000, 8).n, 0);
    EXPECT_INT(finish(f, &c.jobs[0]), ERR_OK); /* late, but nobody else has begun */
}

static void take_over(struct fixture *f, int64_t now_ms) {
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_take_over(h.tx, now_ms, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

STORE_TEST(what_a_dead_process_had_claimed_is_due_at_once_and_it_is_fenced) {
    add_job(f, JOB_PLACE, 1000);
    struct job later = add_job(f, JOB_SETTLE, 9000);
    struct claim dead = claim(f, 1000, 60000, 8);
    REQUIRE(dead.n == 1);
    take_over(f, 2000);
    EXPECT_INT(finish(f, &dead.jobs[0]), ERR_CONFLICT);
    struct claim c = claim(f, 2000, 60000, 8);
    REQUIRE(c.n == 1);
    EXPECT_INT(c.jobs[0].id, dead.jobs[0].id);
    EXPECT_INT(c.jobs[0].attempt, 2);
    EXPECT_INT(claim(f, 8999, 60000, 8).n, 0); /* what is not due yet stays so */
    EXPECT_INT(claim(f, 9000, 60000, 8).jobs[0].id, later.id);
}

static void turn_back(struct fixture *f, int64_t now_ms, int64_t by_ms) {
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_turn_back(h.tx, now_ms, by_ms, 60000, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

STORE_TEST(what_waits_for_a_clock_that_was_set_back_comes_as_much_earlier) {
    add_job(f, JOB_PLACE, 1000999); /* due already, and left lying */
    struct job later = add_job(f, JOB_SETTLE, 1009000);
    struct call c = suite_call(f), accepted_since = suite_call(f);
    c.check_ms = 1005000;
    accepted_since.check_ms = 901000;
    suite_insert(f, &c);
    suite_insert(f, &accepted_since);
    turn_back(f, 1000, 1000000); /* it showed 1001000 */
    EXPECT_INT(suite_get(f, c.id).check_ms, 5000);
    EXPECT_INT(suite_get(f, accepted_since.id).check_ms, 901000);
    struct claim now = claim(f, 1000, 60000, 8);
    REQUIRE(now.n == 1);
    EXPECT_INT(now.jobs[0].kind, JOB_PLACE);
    EXPECT_INT(claim(f, 8999, 60000, 8).n, 0);
    struct claim then = claim(f, 9000, 70000, 8);
    REQUIRE(then.n == 1);
    EXPECT_INT(then.jobs[0].id, later.id);
    EXPECT_INT(then.jobs[0].run_at_ms, 9000);
}

STORE_TEST(who_holds_a_job_keeps_it_when_the_clock_is_set_back) {
    add_job(f, JOB_PLACE, 900);
    struct claim before = claim(f, 1000000, 1060000, 1); /* by the clock as it was */
    add_job(f, JOB_HANGUP, 500);
    struct claim since = claim(f, 1000, 31000, 1);
    REQUIRE(before.n == 1 && since.n == 1);
    turn_back(f, 1000, 999000);
    EXPECT_INT(claim(f, 30999, 90000, 8).n, 0);
    EXPECT_INT(claim(f, 31000, 90000, 8).n, 1);
    EXPECT_INT(claim(f, 60999, 90000, 8).n, 0);
    EXPECT_INT(claim(f, 61000, 90000, 8).n, 1);
    EXPECT_INT(finish(f, &before.jobs[0]), ERR_CONFLICT);
}

STORE_TEST(a_retried_job_runs_again_later_as_the_next_attempt) {
    add_job(f, JOB_PLACE, 1000);
    struct claim c = claim(f, 1000, 5000, 8);
    REQUIRE(c.n == 1);
    EXPECT_INT(retry(f, &c.jobs[0], 3000), ERR_OK);
    EXPECT_INT(retry(f, &c.jobs[0], 3000), ERR_CONFLICT); /* given back already */
    EXPECT_INT(finish(f, &c.jobs[0]), ERR_CONFLICT);
    struct claim early = claim(f, 2999, 5000, 8);
    EXPECT_INT(early.n, 0);
    EXPECT_INT(early.next_ms, 3000);
    struct claim again = claim(f, 3000, 5000, 8);
    REQUIRE(again.n == 1);
    EXPECT_INT(again.jobs[0].attempt, 2);
    EXPECT_INT(again.jobs[0].run_at_ms, 3000);
}

STORE_TEST(a_job_id_is_taken_once) {
    struct job j = add_job(f, JOB_PLACE, 1000);
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_add_job(h.tx, &j, NULL), ERR_CONFLICT);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    EXPECT_INT(claim(f, 1000, 5000, 8).n, 1);
}
