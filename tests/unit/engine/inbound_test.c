#include <stdio.h>

#include "core/base/compiler.h"
#include "core/engine/call_service.h"
#include "core/engine/dispatcher.h"
#include "tests/support/assistant_table.h"
#include "tests/support/test.h"

/* Calls to our numbers: which webhook makes one, which finds it again, which makes none. */

#define INBOUND "https://gw.example.com/voice/fake/inbound"
#define STATUS  "https://gw.example.com/voice/fake/status"
#define CALLER  "sign=yes&sid=IN1&status=ringing&to=%2B12025550199&from=%2B12025550100"

static const char desk[] =
    "{\"name\":\"desk\",\"numbers\":[\"+12025550199\"],\"greeting\":\"Front desk.\","
    "\"flow\":{\"states\":[{\"id\":\"bye\",\"say\":\"Call again, ${caller_id}.\","
    "\"end\":{\"outcome\":\"done\"}}]}}";

struct world {
    struct engine_box b;
    struct assistant_table table;
};

static void world_init(struct world *w) {
    engine_box_init(&w->b);
    assistant_table_init(&w->table, &w->b, desk);
}

static void world_release(struct world *w) {
    engine_box_release(&w->b);
    assistant_table_release(&w->table);
}

struct calls {
    struct arena arena;
    struct call *items;
    size_t count;
    int64_t counters[COUNTER_COUNT];
};

static enum error_code calls_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct calls *l = ctx;
    enum error_code rc = store_get_counters(tx, l->counters, err);
    return rc == ERR_OK ? store_list_calls(tx, &(struct call_filter){.limit = 10}, &l->arena,
                                           &l->items, &l->count, err)
                        : rc;
}

/* How many there are, and the newest. */
static size_t calls_of(struct world *w, struct call *newest) {
    struct calls l = {0};
    EXPECT_INT(store_read(w->b.engine.store, calls_tx, &l, NULL), ERR_OK);
    EXPECT_INT(l.counters[COUNTER_CALLS], (int64_t)l.count);
    *newest = l.count ? l.items[0] : (struct call){0};
    arena_release(&l.arena);
    return l.count;
}

TEST(inbound, a_call_to_a_known_number_is_made_and_answered_by_its_assistant) {
    struct world w;
    struct call c;
    char events[1024];
    world_init(&w);
    struct engine_reply r = engine_box_webhook(&w.b, INBOUND, CALLER);
    EXPECT_INT(r.status, 200);
    EXPECT(strstr(r.body, "Front desk.") != NULL);
    EXPECT(strstr(r.body, "Call again, +12025550100.") != NULL);
    EXPECT_INT(calls_of(&w, &c), 1);
    EXPECT(c.inbound && c.status == CALL_ANSWERED && c.placement == CALL_PLACE_SUBMITTED);
    EXPECT_STR(c.to, "+12025550199");
    EXPECT_STR(c.from, "+12025550100");
    EXPECT_STR(c.assistant, "desk");
    EXPECT_STR(c.provider, "fake");
    EXPECT_STR(c.sid, "IN1");
    EXPECT(c.nonce[0] != '\0' && c.check_ms > 0);
    engine_box_events(&w.b, c.id, events);
    EXPECT_STR(events, "call.ringing call.answered function.called transcript.updated");
    world_release(&w);
}

TEST(inbound, asked_again_the_carrier_gets_the_same_call_and_document) {
    struct world w;
    struct call first, again;
    world_init(&w);
    struct engine_reply a = engine_box_webhook(&w.b, INBOUND, CALLER);
    EXPECT_INT(calls_of(&w, &first), 1);
    struct engine_reply b = engine_box_webhook(&w.b, INBOUND, CALLER);
    EXPECT_STR(b.body, a.body);
    EXPECT_INT(calls_of(&w, &again), 1);
    EXPECT(first.id == again.id && first.last_event == again.last_event);
    world_release(&w);
}

TEST(inbound, a_number_of_nobodys_is_rejected_and_leaves_no_call) {
    static const char *const numbers[] = {"%2B12025550198", "12025550199", "sip%3Adesk", ""};
    struct world w;
    struct call c;
    char body[256];
    world_init(&w);
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        snprintf(body, sizeof body, "sign=yes&sid=IN1&from=%%2B12025550100&to=%s", numbers[i]);
        struct engine_reply r = engine_box_webhook(&w.b, INBOUND, body);
        EXPECT_INT(r.status, 200);
        EXPECT(strstr(r.body, "reject") != NULL);
    }
    EXPECT_INT(calls_of(&w, &c), 0);
    EXPECT_INT(engine_box_webhook(&w.b, STATUS, "sign=yes&sid=IN1&status=completed").status, 204);
    world_release(&w);
}

TEST(inbound, what_is_not_signed_or_names_no_call_makes_none) {
    struct world w;
    struct call c;
    world_init(&w);
    EXPECT_INT(engine_box_webhook(&w.b, INBOUND, "sid=IN1&to=%2B12025550199").status, 403);
    EXPECT_INT(engine_box_webhook(&w.b, INBOUND, "sign=yes&to=%2B12025550199").status, 400);
    EXPECT_INT(engine_box_webhook(&w.b, STATUS, "sign=yes&status=completed").status, 400);
    EXPECT_INT(
        engine_box_webhook(&w.b, "https://gw.example.com/voice/other/inbound", CALLER).status, 404);
    EXPECT_INT(engine_box_webhook(&w.b, "https://gw.example.com/voice/fake/gather", CALLER).status,
               404);
    EXPECT_INT(calls_of(&w, &c), 0);
    world_release(&w);
}

TEST(inbound, news_at_the_numbers_address_find_the_call_by_the_carriers_id) {
    struct world w;
    struct call c;
    world_init(&w);
    EXPECT_INT(engine_box_webhook(&w.b, INBOUND, CALLER).status, 200);
    EXPECT_INT(
        engine_box_webhook(&w.b, STATUS, "sign=yes&sid=IN1&status=completed&duration=9").status,
        204);
    EXPECT_INT(calls_of(&w, &c), 1);
    EXPECT(c.status == CALL_COMPLETED && c.duration_s == 9);
    EXPECT_STR(c.outcome, "done");
    /* the carrier's retry of what is over is told to hang up */
    EXPECT(strstr(engine_box_webhook(&w.b, INBOUND, CALLER).body, "hangup") != NULL);
    world_release(&w);
}

TEST(inbound, a_carrier_that_tells_no_end_is_asked_often) {
    struct world w;
    struct call c;
    world_init(&w);
    w.b.carrier.desc.limits.inbound_look_ms = 10000;
    EXPECT_INT(engine_box_webhook(&w.b, INBOUND, CALLER).status, 200);
    w.b.carrier.look_up_rc = ERR_OK;
    w.b.carrier.seen = (struct provider_call){.sid = "IN1", .status = CALL_ANSWERED};
    EXPECT_INT(calls_of(&w, &c), 1);
    fake_clock_advance_ms(&w.b.time, 10000);
    reconciler_check_call(&w.b.engine, c.id);
    w.b.carrier.seen.status = CALL_COMPLETED;
    fake_clock_advance_ms(&w.b.time, 9999);
    reconciler_check_call(&w.b.engine, c.id); /* too early */
    EXPECT_INT(calls_of(&w, &c), 1);
    EXPECT(c.status == CALL_ANSWERED);
    fake_clock_advance_ms(&w.b.time, 1);
    reconciler_check_call(&w.b.engine, c.id);
    EXPECT_INT(calls_of(&w, &c), 1);
    EXPECT(c.status == CALL_COMPLETED);
    world_release(&w);
}

static const struct {
    const char *url, *body;
} news[] = {
    {INBOUND, CALLER},
    {STATUS, "sign=yes&sid=IN1&status=ringing"},
    {STATUS, "sign=yes&sid=IN1&status=answered"},
    {STATUS, "sign=yes&sid=IN1&status=completed&duration=9"},
};

enum {
    ORDERS = 4 * 3 * 2
};

/* The n-th order of the news. */
static void put_in_order(size_t n, size_t order[ARRAY_LEN(news)]) {
    size_t left[ARRAY_LEN(news)] = {0, 1, 2, 3};
    for (size_t i = 0; i < ARRAY_LEN(news); i++) {
        size_t rest = ARRAY_LEN(news) - i, k = n % rest;
        n /= rest;
        order[i] = left[k];
        memmove(&left[k], &left[k + 1], (rest - k - 1) * sizeof *left);
    }
}

static void tell(struct world *w, size_t i) {
    int status = engine_box_webhook(&w->b, news[i].url, news[i].body).status;
    EXPECT_INT(status, i == 0 ? 200 : 204);
}

TEST(inbound, in_every_order_with_duplicates_there_is_one_call_and_it_ends) {
    for (size_t n = 0; n < ORDERS; n++) {
        struct world w;
        struct call c;
        char events[1024];
        size_t order[ARRAY_LEN(news)];
        put_in_order(n, order);
        world_init(&w);
        for (size_t i = 0; i < ARRAY_LEN(news); i++) {
            tell(&w, order[i]);
            tell(&w, order[i]);
        }
        EXPECT_INT(calls_of(&w, &c), 1);
        /* its end came before there was a call: the carrier is asked */
        w.b.carrier.look_up_rc = ERR_OK;
        w.b.carrier.seen =
            (struct provider_call){.sid = "IN1", .status = CALL_COMPLETED, .duration_s = 9};
        fake_clock_advance_ms(&w.b.time, 61000);
        reconciler_check_call(&w.b.engine, c.id);
        c = engine_box_call(&w.b, c.id);
        EXPECT(c.status == CALL_COMPLETED && c.duration_s == 9 && c.check_ms == 0);
        engine_box_events(&w.b, c.id, events);
        char *answered = strstr(events, "call.answered"), *completed = strstr(events, "completed");
        REQUIRE(answered && completed);
        EXPECT(!strstr(answered + 1, "call.answered") && !strstr(completed + 1, "completed"));
        world_release(&w);
    }
}

TEST(inbound, who_hides_the_number_has_none) {
    struct world w;
    struct call c;
    world_init(&w);
    EXPECT_INT(
        engine_box_webhook(&w.b, INBOUND, "sign=yes&sid=IN1&to=%2B12025550199&from=anonymous")
            .status,
        200);
    EXPECT_INT(calls_of(&w, &c), 1);
    EXPECT_STR(c.from, "");
    world_release(&w);
}

TEST(inbound, nothing_new_begins_when_calls_are_switched_off) {
    struct world w;
    struct call c;
    world_init(&w);
    w.b.engine.placing_enabled = false;
    EXPECT(strstr(engine_box_webhook(&w.b, INBOUND, CALLER).body, "reject") != NULL);
    EXPECT_INT(calls_of(&w, &c), 0);
    world_release(&w);
}
