#include <stdio.h>
#include <string.h>

#include "core/base/compiler.h"
#include "core/engine/call_service.h"
#include "core/engine/dispatcher.h"
#include "tests/integration/calls/house.h"
#include "tests/support/test.h"

/* Callees who pay with the assistant payment-agent, through the whole stack. */

enum {
    TRANSCRIPT_MAX = 65536
};

static int64_t place(struct house *h, const char *to) {
    struct call_request q = {.to = str_z(to), .assistant = STR("payment-agent")};
    struct call c = {0};
    struct error err = {0};
    bool replayed = false;
    enum error_code rc =
        call_service_submit(gateway_engine(h->gateway), &q, (struct str){0}, &c, &replayed, &err);
    EXPECT_STR(err.text, "");
    dispatcher_wake(gateway_dispatcher(h->gateway));
    return rc == ERR_OK ? c.id : 0;
}

struct paid {
    int64_t call_id;
    struct payment last;
    size_t count;
};

static enum error_code read_tx(struct store_tx *tx, void *ctx, struct error *err) {
    struct paid *p = ctx;
    struct arena a = {0};
    struct payment *list = NULL;
    enum error_code rc = store_list_payments(tx, p->call_id, 10, &a, &list, &p->count, err);
    if (rc == ERR_OK && p->count > 0)
        p->last = list[0];
    arena_release(&a);
    return rc;
}

static struct paid payments_of(struct house *h, int64_t id) {
    struct paid p = {.call_id = id};
    EXPECT_INT(store_read(gateway_engine(h->gateway)->store, read_tx, &p, NULL), ERR_OK);
    return p;
}

static void expect_no_card(struct house *h, int64_t id, const char *dialect) {
    static const char *const cards[] = {"4111111111111111", "4000000000000002", "90210"};
    struct buf said = BUF_INIT(TRANSCRIPT_MAX);
    /* the carrier's own agent tells what was said a while after the call */
    if (strcmp(dialect, "signalwire") == 0)
        EXPECT(house_wait_event(h, id, "information.shared"));
    house_transcript(h, id, &said);
    for (size_t i = 0; i < ARRAY_LEN(cards); i++)
        EXPECT(said.ptr && !strstr(said.ptr, cards[i]));
    buf_release(&said);
}

static bool open_with(struct house *h, const char *dialect) {
    char settings[128];
    snprintf(settings, sizeof settings, "MOCK_SPEED=20\nMOCK_SEED=1\nMOCK_DIALECT=%s\n", dialect);
    return house_open(h, settings);
}

static bool has_event(struct house *h, int64_t id, const char *type) {
    struct buf events = BUF_INIT(HOUSE_EVENTS_MAX);
    house_events(h, id, &events);
    bool found = events.ptr && strstr(events.ptr, type);
    buf_release(&events);
    return found;
}

static void expect_charged(struct house *h, int64_t id) {
    EXPECT(house_wait_event(h, id, "payment.completed"));
    struct paid p = payments_of(h, id);
    EXPECT_INT(p.count, 1);
    EXPECT_INT(p.last.status, PAYMENT_SUCCEEDED);
    EXPECT_INT(p.last.result, PAYMENT_SUCCESS);
    EXPECT_STR(p.last.amount, "49.99");
    EXPECT_STR(p.last.last4, "1111");
    EXPECT(p.last.charge_id[0] && (p.last.guard == PAYMENT_GUARD_LIFTED));
    EXPECT(has_event(h, id, "payment.completed") && !has_event(h, id, "payment.failed"));
}

static void expect_declined(struct house *h, int64_t id) {
    EXPECT(house_wait_event(h, id, "payment.failed"));
    struct paid p = payments_of(h, id);
    EXPECT(p.count >= 1);
    EXPECT_INT(p.last.status, PAYMENT_FAILED);
    EXPECT_INT(p.last.result, PAYMENT_CONNECTOR_ERROR);
    EXPECT(!p.last.charge_id[0]);
    /* told when it was over, not when the call was; the recording went on */
    EXPECT(house_event_place(h, id, "payment.failed") < house_event_place(h, id, "call.completed"));
    EXPECT_INT(p.last.guard, PAYMENT_GUARD_LIFTED);
    EXPECT(!has_event(h, id, "payment.completed") && has_event(h, id, "payment.failed"));
}

/* The same caller on each wire that takes payments, side by side. */
static void expect_on_every_wire(const char *to, void expect(struct house *h, int64_t id)) {
    static const char *const dialects[] = {"signalwire", "twilio", "signalwire-compat"};
    struct house h[ARRAY_LEN(dialects)];
    int64_t ids[ARRAY_LEN(dialects)];
    for (size_t i = 0; i < ARRAY_LEN(dialects); i++) {
        REQUIRE(open_with(&h[i], dialects[i]));
        ids[i] = place(&h[i], to);
    }
    for (size_t i = 0; i < ARRAY_LEN(dialects); i++) {
        struct call c = house_wait_end(&h[i], ids[i]);
        test_check(c.status == CALL_COMPLETED, __FILE__, __LINE__, dialects[i]);
        expect(&h[i], ids[i]);
        expect_no_card(&h[i], ids[i], dialects[i]);
        house_close(&h[i]);
    }
}

TEST(payments, a_card_that_is_good_is_charged_once) {
    expect_on_every_wire("+12025550108", expect_charged);
}

TEST(payments, a_card_that_is_declined_is_not_charged) {
    expect_on_every_wire("+12025550109", expect_declined);
}

TEST(payments, a_carrier_without_them_takes_none) {
    struct house h;
    REQUIRE(open_with(&h, "plivo"));
    int64_t id = place(&h, "+12025550108");
    EXPECT_INT(house_wait_end(&h, id).status, CALL_COMPLETED);
    EXPECT_INT(payments_of(&h, id).count, 0);
    EXPECT(!has_event(&h, id, "payment."));
    expect_no_card(&h, id, "plivo");
    house_close(&h);
}
