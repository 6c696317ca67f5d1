#include <stdio.h>

#include "core/engine/call_service.h"
#include "tests/support/engine_box.h"
#include "tests/support/test.h"

static struct call placed(struct engine_box *b) {
    engine_box_init(b);
    struct call c = engine_box_submit(b);
    engine_box_run_due(b);
    return engine_box_call(b, c.id);
}

static int status_of(struct engine_box *b, const char *news) {
    char body[256];
    snprintf(body, sizeof body, "sign=yes&sid=SID1&%s", news);
    return engine_box_webhook(b, b->carrier.status_url, body).status;
}

/* ---- who may speak ----------------------------------------------------------------------------
 */

TEST(webhook, without_a_signature_nothing_changes) {
    struct engine_box b;
    struct call c = placed(&b);
    EXPECT_INT(engine_box_webhook(&b, b.carrier.status_url, "sid=SID1&status=completed").status,
               403);
    EXPECT(engine_box_call(&b, c.id).status == CALL_DIALING);
    EXPECT(webhook_service_counts(b.webhooks).refused_signature == 1);
    engine_box_release(&b);
}

static size_t lines_of(FILE *file) {
    size_t lines = 0;
    rewind(file);
    for (int c = fgetc(file); c != EOF; c = fgetc(file))
        lines += c == '\n';
    return lines;
}

TEST(webhook, a_flood_of_forged_ones_does_not_fill_the_log) {
    struct engine_box b;
    struct log log;
    FILE *file = tmpfile();
    char line[512] = "";
    REQUIRE(file != NULL);
    placed(&b);
    log_init(&log, b.engine.clock, LOG_WARN, LOG_TEXT, fileno(file));
    b.engine.log = &log;
    for (int i = 0; i < 500; i++)
        EXPECT_INT(engine_box_webhook(&b, b.carrier.status_url, "sid=SID1").status, 403);
    EXPECT_INT(lines_of(file), 20);
    EXPECT(webhook_service_counts(b.webhooks).refused_signature == 500);
    fake_clock_advance_ms(&b.time, 10000);
    EXPECT_INT(engine_box_webhook(&b, b.carrier.status_url, "sid=SID1").status, 403);
    EXPECT_INT(lines_of(file), 21);
    rewind(file);
    while (fgets(line, sizeof line, file))
        continue;
    EXPECT(strstr(line, " left_out=480") != NULL);
    b.engine.log = NULL;
    engine_box_release(&b);
    fclose(file);
}

TEST(webhook, an_address_that_is_not_the_calls_own_opens_nothing) {
    struct engine_box b;
    struct call c = placed(&b);
    char url[512];
    /* another call's id, another provider, another nonce, no call at all */
    static const struct {
        const char *from, *to;
    } swaps[] = {{"/fake/", "/other/"}, {"call_0", "call_1"}};
    for (size_t i = 0; i < ARRAY_LEN(swaps); i++) {
        snprintf(url, sizeof url, "%s", b.carrier.status_url);
        char *at = strstr(url, swaps[i].from);
        REQUIRE(at != NULL);
        char rest[512];
        snprintf(rest, sizeof rest, "%s", at + strlen(swaps[i].from));
        snprintf(at, sizeof url - (size_t)(at - url), "%s%s", swaps[i].to, rest);
        EXPECT_INT(engine_box_webhook(&b, url, "sign=yes&sid=SID1&status=completed").status, 404);
    }
    snprintf(url, sizeof url, "%s", b.carrier.status_url);
    char *nonce = strstr(url, c.nonce);
    REQUIRE(nonce != NULL);
    nonce[0] = nonce[0] == 'a' ? 'b' : 'a';
    EXPECT_INT(engine_box_webhook(&b, url, "sign=yes&sid=SID1&status=completed").status, 404);
    EXPECT(engine_box_call(&b, c.id).status == CALL_DIALING);
    engine_box_release(&b);
}

/* ---- order and repetition -----------------------------------------------------------------------
 */

static const char *const life[] = {
    "status=dialing&at_ms=1767225601000",
    "status=ringing&at_ms=1767225602000",
    "status=answered&at_ms=1767225603000",
    "status=completed&at_ms=1767225609000&duration=6",
};

/* Field by field: padding may differ. */
static bool same_call(const struct call *a, const struct call *b) {
    return a->status == b->status && a->seen == b->seen && a->reason == b->reason &&
           a->placement == b->placement && str_eq_z(str_z(a->sid), b->sid) &&
           a->attempt == b->attempt && a->answered_by == b->answered_by &&
           a->duration_s == b->duration_s && a->carrier_code == b->carrier_code &&
           a->created_ms == b->created_ms && a->updated_ms == b->updated_ms &&
           a->dialed_ms == b->dialed_ms && a->ringing_ms == b->ringing_ms &&
           a->answered_ms == b->answered_ms && a->ended_ms == b->ended_ms &&
           a->check_ms == b->check_ms;
}

struct outcome {
    struct call call;
    unsigned event_count[EVENT_TYPE_COUNT];
};

static void count_events(struct engine_box *b, int64_t id, struct outcome *o) {
    char text[1024];
    engine_box_events(b, id, text);
    struct str rest = str_z(text), word;
    while (str_next(&rest, ' ', &word)) {
        enum event_type t = EVENT_NONE;
        EXPECT(event_type_parse(word, &t));
        o->event_count[t]++;
    }
}

static struct outcome live_through(const size_t *order, size_t n) {
    struct engine_box b;
    struct outcome o = {0};
    struct call c = placed(&b);
    fake_clock_advance_ms(&b.time, 20000);
    for (size_t i = 0; i < n; i++)
        EXPECT_INT(status_of(&b, life[order[i]]), 204);
    o.call = engine_box_call(&b, c.id);
    count_events(&b, c.id, &o);
    engine_box_release(&b);
    return o;
}

static bool next_permutation(size_t *p, size_t n) {
    size_t i = n - 1;
    while (i > 0 && p[i - 1] >= p[i])
        i--;
    if (i == 0)
        return false;
    size_t j = n - 1;
    while (p[j] <= p[i - 1])
        j--;
    size_t t = p[i - 1];
    p[i - 1] = p[j];
    p[j] = t;
    for (size_t a = i, z = n - 1; a < z; a++, z--) {
        t = p[a];
        p[a] = p[z];
        p[z] = t;
    }
    return true;
}

/* Two of the four news come twice: every distinct order of the six, 180 in all. */
TEST(webhook, every_order_with_duplicates_ends_in_the_same_call_and_events) {
    size_t order[] = {0, 1, 2, 2, 3, 3};
    static const size_t natural[] = {0, 1, 2, 3};
    struct outcome want = live_through(natural, ARRAY_LEN(natural));
    EXPECT(want.call.status == CALL_COMPLETED && want.call.duration_s == 6);
    unsigned orders = 0;
    do {
        struct outcome got = live_through(order, ARRAY_LEN(order));
        EXPECT(same_call(&got.call, &want.call));
        EXPECT(memcmp(got.event_count, want.event_count, sizeof want.event_count) == 0);
        orders++;
    } while (next_permutation(order, ARRAY_LEN(order)));
    EXPECT_INT(orders, 180);
}

TEST(webhook, late_news_keeps_the_carriers_time_but_none_from_the_future) {
    struct engine_box b;
    struct call c = placed(&b);
    fake_clock_advance_ms(&b.time, 5000); /* it is 1767225605000 now */
    EXPECT_INT(status_of(&b, life[1]), 204);
    EXPECT_INT(status_of(&b, life[3]), 204);
    c = engine_box_call(&b, c.id);
    EXPECT_INT(c.ringing_ms, 1767225602000);
    EXPECT_INT(c.ended_ms, 1767225605000);
    engine_box_release(&b);
}

TEST(webhook, a_failed_call_tells_the_carriers_words_and_a_busy_one_needs_none) {
    static const char *const news[][2] = {{"status=failed&text=No%0Aroute.", "No route."},
                                          {"status=busy&text=No%0Aroute.", ""},
                                          {"status=completed&text=No%0Aroute.", ""}};
    for (size_t i = 0; i < 3; i++) {
        struct engine_box b;
        struct call c = placed(&b);
        EXPECT_INT(status_of(&b, news[i][0]), 204);
        EXPECT_INT(status_of(&b, "status=failed&text=Late"), 204);
        EXPECT_STR(engine_box_call(&b, c.id).error_text, news[i][1]);
        engine_box_release(&b);
    }
}

TEST(webhook, a_replay_after_the_end_changes_nothing) {
    struct engine_box b;
    struct call c = placed(&b);
    for (size_t i = 0; i < ARRAY_LEN(life); i++)
        status_of(&b, life[i]);
    struct call before = engine_box_call(&b, c.id);
    for (int i = 0; i < 20; i++)
        EXPECT_INT(status_of(&b, life[i % 4]), 204);
    EXPECT_INT(status_of(&b, "status=failed"), 204);
    struct call after = engine_box_call(&b, c.id);
    EXPECT(same_call(&before, &after) && before.last_event == after.last_event);
    engine_box_release(&b);
}

TEST(webhook, a_second_leg_is_noted_and_ended) {
    struct engine_box b;
    char events[1024];
    struct call c = placed(&b);
    EXPECT_INT(
        engine_box_webhook(&b, b.carrier.status_url, "sign=yes&sid=SID2&status=completed").status,
        204);
    c = engine_box_call(&b, c.id);
    EXPECT(c.status == CALL_DIALING);
    EXPECT_STR(c.sid, "SID1");
    engine_box_events(&b, c.id, events);
    EXPECT_STR(events, "call.queued call.dialing call.conflict");
    engine_box_run_due(&b);
    EXPECT_STR(b.carrier.ended_sid, "SID2");
    engine_box_release(&b);
}

TEST(webhook, what_was_acknowledged_survives_a_restart) {
    struct engine_box b;
    struct call c = placed(&b);
    status_of(&b, life[1]);
    engine_box_restart(&b);
    EXPECT(engine_box_call(&b, c.id).status == CALL_RINGING);
    status_of(&b, life[3]);
    engine_box_restart(&b);
    EXPECT(engine_box_call(&b, c.id).status == CALL_COMPLETED);
    engine_box_release(&b);
}

TEST(webhook, an_address_is_closed_a_day_after_the_calls_end) {
    struct engine_box b;
    placed(&b);
    EXPECT_INT(status_of(&b, "status=completed"), 204);
    fake_clock_advance_ms(&b.time, 23 * 3600000);
    EXPECT_INT(status_of(&b, "status=completed"), 204);
    fake_clock_advance_ms(&b.time, 2 * 3600000);
    EXPECT_INT(status_of(&b, "status=completed"), 404);
    EXPECT_INT(engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID1").status, 404);
    engine_box_release(&b);
}

TEST(webhook, news_dated_before_the_call_is_dated_now) {
    struct engine_box b;
    struct call c = placed(&b);
    fake_clock_advance_ms(&b.time, 5000);
    EXPECT_INT(status_of(&b, "status=answered&at_ms=86400000"), 204);
    EXPECT_INT(engine_box_call(&b, c.id).answered_ms, c.created_ms + 5000);
    engine_box_release(&b);
}

TEST(webhook, a_second_leg_is_told_and_ended_once_however_often_it_is_heard_of) {
    struct engine_box b;
    char events[1024];
    struct call c = placed(&b);
    static const char *const second[] = {"sign=yes&sid=SID2&status=ringing",
                                         "sign=yes&sid=SID2&status=ringing",
                                         "sign=yes&sid=SID2&status=answered"};
    for (size_t i = 0; i < ARRAY_LEN(second); i++)
        EXPECT_INT(engine_box_webhook(&b, b.carrier.status_url, second[i]).status, 204);
    engine_box_webhook(&b, b.carrier.status_url, "sign=yes&sid=SID3&status=ringing");
    engine_box_run_due(&b);
    EXPECT_INT(b.carrier.ends, 2);
    engine_box_webhook(&b, b.carrier.status_url, second[2]);
    engine_box_run_due(&b);
    EXPECT_INT(b.carrier.ends, 2);
    engine_box_events(&b, c.id, events);
    EXPECT_STR(events, "call.queued call.dialing call.conflict call.conflict");
    EXPECT(engine_box_call(&b, c.id).status == CALL_DIALING);
    engine_box_release(&b);
}

/* ---- documents ----------------------------------------------------------------------------------
 */

TEST(document, the_answer_is_the_plan_and_the_call_is_answered) {
    struct engine_box b;
    struct call c = placed(&b);
    struct engine_reply r = engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID1");
    EXPECT_INT(r.status, 200);
    EXPECT(strstr(r.body, "Hello") && strstr(r.body, "/gather?turn=0"));
    EXPECT(engine_box_call(&b, c.id).status == CALL_ANSWERED);
    engine_box_release(&b);
}

TEST(document, a_carrier_that_asks_again_hears_the_same_also_after_a_restart) {
    struct engine_box b;
    placed(&b);
    struct engine_reply first = engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID1");
    struct engine_reply again = engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID1");
    EXPECT_STR(again.body, first.body);
    EXPECT(webhook_service_counts(b.webhooks).documents_cached == 1);
    engine_box_restart(&b);
    again = engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID1");
    EXPECT_STR(again.body, first.body);
    engine_box_release(&b);
}

TEST(document, only_one_leg_gets_the_answer) {
    struct engine_box b;
    placed(&b);
    struct engine_reply first = engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID1");
    struct engine_reply other = engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID2");
    EXPECT(strstr(first.body, "Hello") != NULL);
    EXPECT_INT(other.status, 200);
    EXPECT(strstr(other.body, "Hello") == NULL && strstr(other.body, "hangup"));
    engine_box_run_due(&b);
    EXPECT_STR(b.carrier.ended_sid, "SID2");
    engine_box_release(&b);
}

TEST(document, a_call_that_is_to_end_hears_nothing_more) {
    struct engine_box b;
    struct call c = placed(&b), out;
    EXPECT(call_service_hang_up(&b.engine, c.id, &out, NULL) == ERR_OK);
    struct engine_reply r = engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID1");
    EXPECT(strstr(r.body, "Hello") == NULL && strstr(r.body, "hangup"));
    engine_box_release(&b);
}

struct lines {
    int64_t id;
    size_t count;
    char last[256];
};

static enum error_code lines_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct lines *l = ctx;
    struct arena a = {0};
    struct turn *turns = NULL;
    enum error_code rc = store_list_turns(tx, l->id, &a, &turns, &l->count, err);
    if (rc == ERR_OK && l->count > 0 &&
        !str_copy(turns[l->count - 1].text, l->last, sizeof l->last))
        l->last[0] = '\0';
    arena_release(&a);
    return rc;
}

TEST(document, what_a_plans_gather_collects_is_kept_once) {
    struct engine_box b;
    struct call c = placed(&b);
    char url[512];
    engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID1");
    snprintf(url, sizeof url, "%s", b.carrier.answer_url);
    char *kind = strstr(url, "/answer");
    REQUIRE(kind != NULL);
    snprintf(kind, sizeof url - (size_t)(kind - url), "/gather?turn=0");
    for (int i = 0; i < 3; i++) {
        struct engine_reply r = engine_box_webhook(&b, url, "sign=yes&sid=SID1&digits=42");
        EXPECT_INT(r.status, 200);
        EXPECT(strstr(r.body, "hangup") != NULL);
    }
    struct lines l = {.id = c.id};
    EXPECT(store_read(b.engine.store, lines_tx, &l, NULL) == ERR_OK);
    EXPECT_INT(l.count, 1);
    EXPECT_STR(l.last, "42");
    engine_box_release(&b);
}

TEST(document, a_card_number_that_a_plans_gather_collects_is_not_kept) {
    struct engine_box b;
    struct call c = placed(&b);
    char url[512];
    engine_box_webhook(&b, b.carrier.answer_url, "sign=yes&sid=SID1");
    snprintf(url, sizeof url, "%s", b.carrier.answer_url);
    char *kind = strstr(url, "/answer");
    REQUIRE(kind != NULL);
    snprintf(kind, sizeof url - (size_t)(kind - url), "/gather?turn=0");
    engine_box_webhook(&b, url, "sign=yes&sid=SID1&digits=4111111111111111");
    struct lines l = {.id = c.id};
    EXPECT(store_read(b.engine.store, lines_tx, &l, NULL) == ERR_OK);
    EXPECT_STR(l.last, "[card number]");
    engine_box_release(&b);
}

TEST(document, an_answer_to_a_question_that_was_never_asked_ends_the_call) {
    struct engine_box b;
    placed(&b);
    char url[512];
    snprintf(url, sizeof url, "%s", b.carrier.answer_url);
    char *kind = strstr(url, "/answer");
    REQUIRE(kind != NULL);
    snprintf(kind, sizeof url - (size_t)(kind - url), "/gather?turn=5");
    struct engine_reply r = engine_box_webhook(&b, url, "sign=yes&sid=SID1&digits=42");
    EXPECT_INT(r.status, 200);
    EXPECT(strstr(r.body, "hangup") != NULL);
    engine_box_release(&b);
}

TEST(document, the_fall_back_apologises_and_names_the_reason) {
    struct engine_box b;
    struct call c = placed(&b);
    char url[512];
    snprintf(url, sizeof url, "%s", b.carrier.answer_url);
    char *kind = strstr(url, "/answer");
    REQUIRE(kind != NULL);
    snprintf(kind, sizeof url - (size_t)(kind - url), "/fallback");
    struct engine_reply r = engine_box_webhook(&b, url, "sign=yes&sid=SID1");
    EXPECT_INT(r.status, 200);
    EXPECT(strstr(r.body, "sorry") && strstr(r.body, "hangup"));
    EXPECT(engine_box_call(&b, c.id).reason == CALL_REASON_DOCUMENT);
    engine_box_release(&b);
}
