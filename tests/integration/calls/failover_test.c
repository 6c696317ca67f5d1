#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "core/base/compiler.h"
#include "providers/mock/carrier/carrier.h"
#include "tests/integration/calls/box_alone.h"
#include "tests/integration/calls/house.h"
#include "tests/support/test.h"
#include "twiml/twiml.h"

/*
 * Two carriers for real, on every wire: the first is a box that stands on its own and is spoken to
 * in its own dialect, the second is the mock. What is asked is how often each of them rang a
 * number: only a call that the first has certainly not placed may be the second's.
 */

/* What the first carrier answers to a number, and what has to come of it. */
static const struct reply {
    const char *number;
    const char *create; /* in the language of scenario files */
    bool moves;         /* to the second carrier */
    unsigned rings;     /* at the first */
    enum call_reason reason;
} replies[] = {
    {"+12025550120", "{\"status\":401}", true, 0, CALL_REASON_ASSISTANT_ENDED},
    {"+12025550121", "{\"status\":403}", true, 0, CALL_REASON_ASSISTANT_ENDED},
    {"+12025550122", "{\"status\":404}", true, 0, CALL_REASON_ASSISTANT_ENDED},
    {"+12025550123", "{\"status\":429,\"retry_after_s\":1}", true, 0, CALL_REASON_ASSISTANT_ENDED},
    /* the number or the request is at fault: another carrier would not take it, either */
    {"+12025550124", "{\"status\":400}", false, 0, CALL_REASON_CARRIER_REFUSED},
    /* in doubt, and it was not placed */
    {"+12025550126", "{\"status\":503,\"retry_after_s\":1}", false, 0, CALL_REASON_NOT_PLACED},
    {"+12025550127", "{\"status\":500}", false, 0, CALL_REASON_NOT_PLACED},
    {"+12025550128", "{\"cut\":true}", false, 0, CALL_REASON_NOT_PLACED},
    {"+12025550129", "{\"status\":401,\"body\":\"<html>Sign in</html>\"}", false, 0,
     CALL_REASON_NOT_PLACED},
    {"+12025550130", "{\"status\":200,\"body\":\"<html>It works</html>\"}", false, 0,
     CALL_REASON_NOT_PLACED},
    /* in doubt, and it rang */
    {"+12025550131", "{\"status\":503,\"accept\":true}", false, 1, CALL_REASON_ASSISTANT_ENDED},
    {"+12025550132", "{\"status\":500,\"accept\":true}", false, 1, CALL_REASON_ASSISTANT_ENDED},
    {"+12025550133", "{\"cut\":true,\"accept\":true}", false, 1, CALL_REASON_ASSISTANT_ENDED},
    {"+12025550134", "{\"status\":401,\"body\":\"<html>Sign in</html>\",\"accept\":true}", false, 1,
     CALL_REASON_ASSISTANT_ENDED},
};

enum {
    ROUNDS_MAX = 5000,
    ROUND_MS = 5000 /* of the gateway's time; so many rounds are far more than any bound */
};

/* url, token of the first carrier: NULL for the right ones. */
static bool open_house(struct house *h, const struct box_alone *f, const struct box_wire *first,
                       const struct box_wire *second, const char *url, const char *token) {
    struct buf b = BUF_INIT(4096);
    uint16_t port = box_alone_find_port();
    box_alone_put_settings(f, first, url, token, &b);
    buf_printf(&b,
               "TELEPHONY_FALLBACK_PROVIDER=mock\nMOCK_SPEED=0\nMOCK_DIALECT=%s\n"
               "TELEPHONY_CALLS_PER_SECOND=0\nPUBLIC_BASE_URL=http://127.0.0.1:%u\n"
               "SWITCHHOOK_LISTEN=127.0.0.1:%u\n",
               second->name, port, port);
    bool ok = port != 0 && house_open(h, b.ptr);
    buf_release(&b);
    return ok;
}

/* The one after it: each wire is first once, and second once. */
static const struct box_wire *after(size_t wire) {
    return &box_wires[(wire + 1) % BOX_WIRE_COUNT];
}

static bool events_have(struct house *h, int64_t id, const char *word) {
    struct buf events = BUF_INIT(HOUSE_EVENTS_MAX);
    house_events(h, id, &events);
    bool have = strstr(events.ptr, word) != NULL;
    buf_release(&events);
    return have;
}

/* Nobody is talking. Time that jumps would end what is under way by a time-out. */
static bool is_quiet(struct house *h, const struct box_alone *f) {
    struct carrier_totals first = carrier_totals(f->box);
    struct carrier_totals second = carrier_totals(gateway_carrier(h->gateway));
    return first.settled == first.created && second.settled == second.created;
}

/* Its last state, while the gateway's time passes. */
static struct call wait_long(struct house *h, const struct box_alone *f, int64_t id) {
    struct call c = house_call(h, id);
    for (unsigned i = 0; i < ROUNDS_MAX && !call_status_is_final(c.status); i++) {
        bool quiet = is_quiet(h, f);
        if (quiet)
            house_pass(h, ROUND_MS);
        house_wait_idle(h);
        c = quiet ? house_call(h, id) : house_wait_news(h, id);
    }
    return c;
}

static void put_scenario(struct buf *b) {
    buf_puts(b, "{\"callees\":[");
    for (size_t i = 0; i < ARRAY_LEN(replies); i++)
        buf_printf(b, "%s{\"number\":\"%s\",\"like\":\"00\",\"create\":%s}", i ? "," : "",
                   replies[i].number, replies[i].create);
    buf_puts(b, "]}");
}

static void expect_reply(struct house *h, const struct box_alone *f, const struct box_wire *first,
                         const struct reply *want, int64_t id) {
    struct call c = wait_long(h, f, id);
    uint64_t rings = carrier_rings(f->box, str_z(want->number));
    uint64_t rings_of_second = house_rings(h, want->number);
    bool as_wanted =
        c.reason == want->reason && rings == want->rings &&
        rings_of_second == (want->moves ? 1 : 0) &&
        str_eq_z(str_z(c.provider), want->moves ? "mock" : first->provider) &&
        events_have(h, id, "call.failover ") == want->moves &&
        c.status == (want->reason == CALL_REASON_ASSISTANT_ENDED ? CALL_COMPLETED : CALL_FAILED);
    test_check(as_wanted, __FILE__, __LINE__, want->create);
    if (!as_wanted)
        fprintf(stderr, "    %s: %s, reason \"%s\", provider %s, rung %llu and %llu times: %s\n",
                first->name, call_status_name(c.status), call_reason_name(c.reason), c.provider,
                (unsigned long long)rings, (unsigned long long)rings_of_second, c.error_text);
}

struct on_wire {
    void (*body)(size_t wire);
    size_t wire;
};

static void *run_on_wire(void *arg) {
    const struct on_wire *o = arg;
    o->body(o->wire);
    return NULL;
}

/* Side by side: most of the time each waits. */
static void on_every_wire(void body(size_t wire)) {
    struct on_wire on[BOX_WIRE_COUNT];
    pthread_t threads[BOX_WIRE_COUNT];
    twiml_init();
    for (size_t w = 0; w < BOX_WIRE_COUNT; w++) {
        on[w] = (struct on_wire){body, w};
        REQUIRE(pthread_create(&threads[w], NULL, run_on_wire, &on[w]) == 0);
    }
    for (size_t w = 0; w < BOX_WIRE_COUNT; w++)
        pthread_join(threads[w], NULL);
}

static void move_what_was_not_placed(size_t w) {
    struct box_alone f;
    struct house h;
    int64_t ids[ARRAY_LEN(replies)];
    struct buf scenario = BUF_INIT(8192);
    put_scenario(&scenario);
    REQUIRE(box_alone_open(&f, box_wires[w].provider, scenario.ptr));
    REQUIRE(open_house(&h, &f, &box_wires[w], after(w), NULL, NULL));
    for (size_t i = 0; i < ARRAY_LEN(replies); i++)
        ids[i] = house_place(&h, replies[i].number, CALL_DETECT_OFF);
    for (size_t i = 0; i < ARRAY_LEN(replies); i++)
        expect_reply(&h, &f, &box_wires[w], &replies[i], ids[i]);
    house_close(&h);
    box_alone_close(&f);
    buf_release(&scenario);
}

TEST(failover, only_what_the_first_has_certainly_not_placed_moves_on_every_wire) {
    on_every_wire(move_what_was_not_placed);
}

static void move_from_one_that_refuses_us(size_t w) {
    struct box_alone f;
    struct house h;
    REQUIRE(box_alone_open(&f, box_wires[w].provider, ""));
    REQUIRE(open_house(&h, &f, &box_wires[w], after(w), NULL, "another-token"));
    int64_t id = house_place(&h, "+12025550100", CALL_DETECT_OFF);
    struct call c = wait_long(&h, &f, id);
    EXPECT_INT(c.status, CALL_COMPLETED);
    EXPECT_STR(c.provider, "mock");
    EXPECT_STR(c.outcome, "customer_qualified_transfer");
    EXPECT_INT(c.attempt, 2);
    EXPECT_INT(carrier_rings(f.box, STR("+12025550100")), 0);
    EXPECT_INT(house_rings(&h, "+12025550100"), 1);
    house_close(&h);
    box_alone_close(&f);
}

TEST(failover, a_first_carrier_that_refuses_the_account_costs_no_call_on_any_wire) {
    on_every_wire(move_from_one_that_refuses_us);
}

static void move_from_one_that_is_not_there(size_t w) {
    struct box_alone f;
    struct house h;
    char nowhere[64];
    REQUIRE(box_alone_open(&f, box_wires[w].provider, ""));
    snprintf(nowhere, sizeof nowhere, "http://127.0.0.1:%u", box_alone_find_port());
    REQUIRE(open_house(&h, &f, &box_wires[w], after(w), nowhere, NULL));
    struct call c = wait_long(&h, &f, house_place(&h, "+12025550100", CALL_DETECT_OFF));
    EXPECT_INT(c.status, CALL_COMPLETED);
    EXPECT_STR(c.provider, "mock");
    EXPECT_INT(c.attempt, 4); /* three tries at the first */
    EXPECT_INT(carrier_rings(f.box, STR("+12025550100")), 0);
    EXPECT_INT(house_rings(&h, "+12025550100"), 1);
    house_close(&h);
    box_alone_close(&f);
}

TEST(failover, a_first_carrier_that_cannot_be_reached_costs_no_call_on_any_wire) {
    on_every_wire(move_from_one_that_is_not_there);
}

TEST(failover, a_number_that_the_first_carrier_refuses_by_itself_is_not_tried_elsewhere) {
    struct box_alone f;
    struct house h;
    REQUIRE(box_alone_open(&f, "twilio", ""));
    REQUIRE(open_house(&h, &f, &box_wires[0], after(0), NULL, NULL));
    char own[32];
    REQUIRE(str_copy(carrier_account(f.box).number, own, sizeof own)); /* nobody can call himself */
    struct call c = house_wait_end(&h, house_place(&h, own, CALL_DETECT_OFF));
    EXPECT_STR(c.provider, "twilio");
    EXPECT(c.status == CALL_FAILED && c.reason == CALL_REASON_CARRIER_REFUSED);
    EXPECT_INT(house_rings(&h, own), 0);
    house_close(&h);
    box_alone_close(&f);
}
