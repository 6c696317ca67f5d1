#include <stdio.h>
#include <string.h>

#include "providers/mock/carrier/carrier.h"
#include "tests/integration/calls/box_alone.h"
#include "tests/integration/calls/house.h"
#include "tests/support/test.h"

/*
 * Two carriers for real: the first is a box that stands on its own and is spoken to as Twilio, the
 * second is the mock. What is asked is how often each of them rang a number.
 */
/* token NULL: the right one. url: where the first carrier is looked for. second: its language. */
static bool open_house(struct house *h, const struct box_alone *f, const char *url,
                       const char *token, const char *second) {
    struct carrier_account a = carrier_account(f->box);
    char settings[2048];
    uint16_t port = box_alone_find_port();
    snprintf(settings, sizeof settings,
             "TELEPHONY_PROVIDER=twilio\nTELEPHONY_FALLBACK_PROVIDER=mock\nMOCK_SPEED=0\n"
             "MOCK_DIALECT=%s\n"
             "TELEPHONY_CALLS_PER_SECOND=0\nTWILIO_ACCOUNT_SID=" STR_FMT
             "\nTWILIO_AUTH_TOKEN=%.*s\nTWILIO_PHONE_NUMBER=" STR_FMT
             "\nTWILIO_API_BASE_URL=%s\nPUBLIC_BASE_URL=http://127.0.0.1:%u\n"
             "SWITCHHOOK_LISTEN=127.0.0.1:%u\n",
             second, STR_ARG(a.account), token ? (int)strlen(token) : (int)a.token.len,
             token ? token : a.token.ptr, STR_ARG(a.number), url, port, port);
    return port != 0 && house_open(h, settings);
}

static bool events_have(struct house *h, int64_t id, const char *word) {
    struct buf events = BUF_INIT(HOUSE_EVENTS_MAX);
    house_events(h, id, &events);
    bool have = strstr(events.ptr, word) != NULL;
    buf_release(&events);
    return have;
}

TEST(failover, a_first_carrier_that_refuses_the_account_costs_no_call) {
    struct box_alone f;
    struct house h;
    REQUIRE(box_alone_open(&f, "twilio"));
    REQUIRE(open_house(&h, &f, f.url, "another-token", "plivo"));
    int64_t id = house_place(&h, "+12025550100", CALL_DETECT_OFF);
    struct call c = house_wait_end(&h, id);
    EXPECT_INT(c.status, CALL_COMPLETED);
    EXPECT_STR(c.provider, "mock");
    EXPECT_STR(c.outcome, "customer_qualified_transfer");
    EXPECT(events_have(&h, id, "call.failover "));
    EXPECT_INT(carrier_rings(f.box, STR("+12025550100")), 0);
    EXPECT_INT(house_rings(&h, "+12025550100"), 1);
    house_close(&h);
    box_alone_close(&f);
}

TEST(failover, a_first_carrier_that_cannot_be_reached_costs_no_call) {
    struct box_alone f;
    struct house h;
    char nowhere[64];
    REQUIRE(box_alone_open(&f, "twilio"));
    snprintf(nowhere, sizeof nowhere, "http://127.0.0.1:%u", box_alone_find_port());
    REQUIRE(open_house(&h, &f, nowhere, NULL, "signalwire"));
    int64_t id = house_place(&h, "+12025550100", CALL_DETECT_OFF);
    for (unsigned i = 0; i < 20 && strcmp(house_call(&h, id).provider, "mock") != 0; i++) {
        house_pass(&h, 3000);
        house_wait_news(&h, id);
    }
    struct call c = house_wait_end(&h, id);
    EXPECT_INT(c.status, CALL_COMPLETED);
    EXPECT_STR(c.provider, "mock");
    EXPECT_INT(c.attempt, 4);
    EXPECT_INT(house_rings(&h, "+12025550100"), 1);
    house_close(&h);
    box_alone_close(&f);
}

TEST(failover, a_first_carrier_that_may_have_placed_it_keeps_the_call) {
    /* …12: answers 503; …14: places the call and cuts the reply */
    static const char *const numbers[] = {"+12025550112", "+12025550114"};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        struct box_alone f;
        struct house h;
        REQUIRE(box_alone_open(&f, "twilio"));
        REQUIRE(open_house(&h, &f, f.url, NULL, "twilio"));
        int64_t id = house_place(&h, numbers[i], CALL_DETECT_OFF);
        for (unsigned n = 0; n < 20 && !call_status_is_final(house_call(&h, id).status); n++) {
            house_pass(&h, 20000);
            house_wait_news(&h, id);
        }
        struct call c = house_call(&h, id);
        EXPECT_STR(c.provider, "twilio");
        EXPECT_INT(c.attempt, 1);
        EXPECT(!events_have(&h, id, "call.failover "));
        EXPECT_INT(house_rings(&h, numbers[i]), 0);
        house_close(&h);
        box_alone_close(&f);
    }
}

TEST(failover, a_number_that_the_first_carrier_refuses_is_not_tried_elsewhere) {
    struct box_alone f;
    struct house h;
    REQUIRE(box_alone_open(&f, "twilio"));
    REQUIRE(open_house(&h, &f, f.url, NULL, "twilio"));
    struct carrier_account a = carrier_account(f.box);
    char own[32];
    REQUIRE(str_copy(a.number, own, sizeof own)); /* nobody can call himself */
    int64_t id = house_place(&h, own, CALL_DETECT_OFF);
    struct call c = house_wait_end(&h, id);
    EXPECT_STR(c.provider, "twilio");
    EXPECT(c.status == CALL_FAILED && c.reason == CALL_REASON_CARRIER_REFUSED);
    EXPECT_INT(house_rings(&h, own), 0);
    house_close(&h);
    box_alone_close(&f);
}
