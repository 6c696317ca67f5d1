#include "core/base/compiler.h"
#include "tests/conformance/store/store_suite.h"

/* Every field differs from zero and from its neighbours. */
static struct call full_call(struct fixture *f) {
    struct call c = suite_call(f);
    c.status = CALL_RINGING;
    c.seen = BIT(CALL_QUEUED) | BIT(CALL_RINGING);
    c.reason = CALL_REASON_HANGUP_REQUESTED;
    c.placement = CALL_PLACE_SUBMITTED;
    c.attempt = 3;
    suite_set(c.nonce, "0123456789abcdef0123456789abcdef");
    suite_set(c.sid, "CA0123456789abcdef");
    c.record = CALL_RECORD_ASK;
    c.detection = CALL_DETECT_MESSAGE_END;
    c.answered_by = CALL_BY_MACHINE;
    c.ring_timeout_s = 45;
    c.time_limit_s = 900;
    c.duration_s = 123;
    c.hangup_requested = true;
    c.carrier_code = -13224;
    suite_set(c.error_text, "caf\xc3\xa9 \"quoted\" '; DROP");
    suite_set(c.outcome, "customer_qualified_transfer");
    c.dialed_ms = c.created_ms + 1;
    c.ringing_ms = c.created_ms + 2;
    c.answered_ms = c.created_ms + 3;
    c.ended_ms = c.created_ms + 4;
    c.last_event = 77;
    c.attempted_ms = c.created_ms + 5;
    return c;
}

STORE_TEST(a_call_comes_back_as_it_was_written) {
    struct call c = full_call(f);
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_insert_call(h.tx, &c, STR("{\"plan\":[]}"), NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    struct call got = suite_get(f, c.id);
    EXPECT(suite_same_call(&got, &c));

    struct str request = {0};
    hold_read(&h, f->s);
    EXPECT_INT(store_get_call_request(h.tx, c.id, &f->a, &request, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    EXPECT(str_eq(request, STR("{\"plan\":[]}")));
}

STORE_TEST(fields_at_their_limit_come_back_whole) {
    struct call c = suite_call(f);
    memset(c.to, '1', sizeof c.to - 1);
    memset(c.from, '2', sizeof c.from - 1);
    memset(c.sid, 's', sizeof c.sid - 1);
    memset(c.provider, 'p', sizeof c.provider - 1);
    memset(c.assistant, 'a', sizeof c.assistant - 1);
    memset(c.error_text, 'e', sizeof c.error_text - 1);
    memset(c.outcome, 'o', sizeof c.outcome - 1);
    c.seen = UINT32_MAX;
    c.carrier_code = INT32_MIN;
    c.duration_s = UINT32_MAX;
    c.id = INT64_MAX;
    suite_insert(f, &c);
    struct call got = suite_get(f, c.id);
    EXPECT(suite_same_call(&got, &c));
}

STORE_TEST(what_is_not_there_is_not_found) {
    struct held h;
    struct call c = suite_call(f);
    struct call out = {.id = 42};
    struct str request = STR("untouched");
    struct error err = {0};
    hold_write(&h, f->s);
    EXPECT_INT(store_get_call(h.tx, c.id, &out, &err), ERR_NOT_FOUND);
    EXPECT(err.text[0] != '\0');
    EXPECT_INT(store_get_call_by_sid(h.tx, STR("mock"), STR("CA1"), &out, NULL), ERR_NOT_FOUND);
    EXPECT_INT(store_get_call_request(h.tx, c.id, &f->a, &request, NULL), ERR_NOT_FOUND);
    EXPECT_INT(store_update_call(h.tx, &c, NULL), ERR_NOT_FOUND);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    EXPECT_INT(out.id, 42);
    EXPECT(str_eq(request, STR("untouched")));
}

STORE_TEST(an_id_is_taken_once) {
    struct call c = suite_call(f);
    suite_insert(f, &c);
    struct held h;
    hold_write(&h, f->s);
    struct call other = c;
    other.status = CALL_FAILED;
    EXPECT_INT(store_insert_call(h.tx, &other, STR("{}"), NULL), ERR_CONFLICT);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    struct call got = suite_get(f, c.id);
    EXPECT(suite_same_call(&got, &c));
}

STORE_TEST(an_update_writes_every_field_that_may_change) {
    struct call c = suite_call(f);
    suite_insert(f, &c);
    struct call changed = full_call(f);
    changed.id = c.id;
    changed.created_ms = c.created_ms;
    suite_set(changed.from, "+12025550177");
    suite_set(changed.provider, "backup");
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_update_call(h.tx, &changed, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    struct call got = suite_get(f, c.id);
    EXPECT(suite_same_call(&got, &changed));
}

STORE_TEST(an_update_sees_the_updates_before_it_in_the_same_transaction) {
    struct call a = suite_call(f);
    struct call b = suite_call(f);
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_insert_call(h.tx, &a, STR("{}"), NULL), ERR_OK);
    EXPECT_INT(store_insert_call(h.tx, &b, STR("{}"), NULL), ERR_OK);
    for (int i = 1; i <= 5; i++) {
        struct call *c = i % 2 ? &a : &b;
        struct call got;
        c->check_ms += 100;
        c->duration_s += 1;
        suite_set(c->sid, "CA9");
        EXPECT_INT(store_update_call(h.tx, c, NULL), ERR_OK);
        EXPECT_INT(store_get_call(h.tx, c->id, &got, NULL), ERR_OK);
        EXPECT(suite_same_call(&got, c));
    }
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    struct call got = suite_get(f, a.id);
    EXPECT(suite_same_call(&got, &a));
}

STORE_TEST(a_call_is_found_by_the_carriers_id_of_its_carrier) {
    struct call c = suite_call(f);
    suite_insert(f, &c);
    struct held h;
    struct call got = {0};
    hold_write(&h, f->s);
    EXPECT_INT(store_get_call_by_sid(h.tx, STR("mock"), STR(""), &got, NULL), ERR_NOT_FOUND);
    suite_set(c.sid, "CA1");
    EXPECT_INT(store_update_call(h.tx, &c, NULL), ERR_OK);
    EXPECT_INT(store_get_call_by_sid(h.tx, STR("other"), STR("CA1"), &got, NULL), ERR_NOT_FOUND);
    EXPECT_INT(store_get_call_by_sid(h.tx, STR("mock"), STR("CA1"), &got, NULL), ERR_OK);
    EXPECT(suite_same_call(&got, &c));
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

STORE_TEST(of_two_calls_with_one_carrier_id_the_newer_is_found) {
    struct call old = suite_call(f);
    struct call new = suite_call(f);
    suite_set(old.sid, "CA1");
    suite_set(new.sid, "CA1");
    suite_insert(f, &new);
    suite_insert(f, &old);
    struct held h;
    struct call got = {0};
    hold_read(&h, f->s);
    EXPECT_INT(store_get_call_by_sid(h.tx, STR("mock"), STR("CA1"), &got, NULL), ERR_OK);
    EXPECT_INT(got.id, new.id);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
}

/* ---- due calls ---------------------------------------------------------------------------------
 */

static size_t due(struct fixture *f, int64_t now_ms, uint32_t limit, int64_t **ids) {
    struct held h;
    size_t n = 99;
    hold_read(&h, f->s);
    EXPECT_INT(store_list_due_calls(h.tx, now_ms, limit, &f->a, ids, &n, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    return n;
}

STORE_TEST(due_calls_are_those_whose_check_has_come_oldest_first) {
    struct call late = suite_call(f);
    struct call early = suite_call(f);
    struct call never = suite_call(f);
    late.check_ms = 2000;
    early.check_ms = 1000;
    never.check_ms = 0;
    suite_insert(f, &late);
    suite_insert(f, &early);
    suite_insert(f, &never);
    int64_t *ids = NULL;
    EXPECT_INT(due(f, 999, 10, &ids), 0);
    EXPECT_INT(due(f, 1000, 10, &ids), 1);
    REQUIRE(due(f, 5000, 10, &ids) == 2);
    EXPECT_INT(ids[0], early.id);
    EXPECT_INT(ids[1], late.id);
    REQUIRE(due(f, 5000, 1, &ids) == 1);
    EXPECT_INT(ids[0], early.id);
}

STORE_TEST(open_calls_that_a_carrier_has_are_due_when_their_work_is_taken_over) {
    struct call placed = suite_call(f), queued = suite_call(f), ended = suite_call(f);
    placed.check_ms = queued.check_ms = 90000;
    ended.check_ms = 0;
    queued.sid[0] = '\0';
    EXPECT(str_copy(STR("SID-placed"), placed.sid, sizeof placed.sid));
    EXPECT(str_copy(STR("SID-ended"), ended.sid, sizeof ended.sid));
    suite_insert(f, &placed);
    suite_insert(f, &queued);
    suite_insert(f, &ended);
    struct held h;
    hold_write(&h, f->s);
    EXPECT_INT(store_take_over(h.tx, 1000, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    int64_t *ids = NULL;
    REQUIRE(due(f, 1000, 10, &ids) == 1);
    EXPECT_INT(ids[0], placed.id);
    EXPECT_INT(due(f, 90000, 10, &ids), 2); /* what no carrier has yet keeps its time */
}

STORE_TEST(a_call_that_ended_or_was_put_off_is_not_due) {
    struct call ended = suite_call(f);
    struct call put_off = suite_call(f);
    ended.check_ms = put_off.check_ms = 1000;
    suite_insert(f, &ended);
    suite_insert(f, &put_off);
    struct held h;
    hold_write(&h, f->s);
    EXPECT(call_apply_status(&ended, CALL_COMPLETED, 500, NULL));
    put_off.check_ms = 9000;
    EXPECT_INT(store_update_call(h.tx, &ended, NULL), ERR_OK);
    EXPECT_INT(store_update_call(h.tx, &put_off, NULL), ERR_OK);
    EXPECT_INT(hold_end(&h, ERR_OK), ERR_OK);
    int64_t *ids = NULL;
    EXPECT_INT(due(f, 5000, 10, &ids), 0);
    EXPECT_INT(due(f, 9000, 10, &ids), 1);
}
