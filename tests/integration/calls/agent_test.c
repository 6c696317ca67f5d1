/* The carrier's own agent leads: whole calls with the payment agent, functions and all. */
#include <string.h>

#include "core/base/compiler.h"
#include "core/engine/call_service.h"
#include "tests/integration/calls/house.h"
#include "tests/support/test.h"

enum {
    TRANSCRIPT_MAX = 65536
};

static int64_t place(struct house *h, const char *to) {
    const struct call_request req = {.to = str_z(to), .assistant = STR("payment-agent")};
    struct error err = {0};
    struct call c = {0};
    bool replayed = false;
    enum error_code rc =
        call_service_submit(gateway_engine(h->gateway), &req, (struct str){0}, &c, &replayed, &err);
    EXPECT_STR(err.text, "");
    return rc == ERR_OK ? c.id : 0;
}

/* The agent tells the conversation when it is over, a while after the call. */
static bool wait_report(struct house *h, int64_t id, struct buf *said) {
    bool there = house_wait_event(h, id, "information.shared");
    house_transcript(h, id, said);
    return there;
}

static bool has_event(struct house *h, int64_t id, const char *type) {
    CLEANUP(buf_release) struct buf events = BUF_INIT(HOUSE_EVENTS_MAX);
    house_events(h, id, &events);
    return events.ptr && strstr(events.ptr, type);
}

/* Slow enough to begin a recording in time, on a busy machine too. */
static const char settings[] = "MOCK_DIALECT=signalwire\nMOCK_SPEED=10\nMOCK_SEED=1\n";

static void expect_unrecorded(struct house *h, int64_t id) {
    CLEANUP(buf_release) struct buf said = BUF_INIT(TRANSCRIPT_MAX);
    EXPECT_INT(house_wait_end(h, id).status, CALL_COMPLETED);
    EXPECT(wait_report(h, id, &said));
    EXPECT(has_event(h, id, "consent.refused") && !has_event(h, id, "consent.given"));
    EXPECT(has_event(h, id, "function.called"));
    EXPECT_INT(house_wait_recordings(h, id).stored, 0);
    EXPECT(said.ptr && strstr(said.ptr, "No problem, this call will not be recorded."));
}

struct ending {
    const char *callee;
    const char *event, *other; /* how the payment ended, and how it did not */
    const char *has[4];        /* in the event's data */
    const char *said;          /* what the agent was told */
};

/* One event tells how the payment ended, and the other one is not there. */
static void expect_payment(struct house *h, int64_t id, const struct ending *end) {
    CLEANUP(buf_release) struct buf data = BUF_INIT(HOUSE_EVENTS_MAX);
    house_event_data(h, id, end->event, &data);
    struct str rest = buf_str(&data), line = {0};
    EXPECT(str_next(&rest, '\n', &line) && line.len > 0 && rest.len == 0);
    for (size_t i = 0; i < ARRAY_LEN(end->has); i++)
        if (str_find_str(line, str_z(end->has[i])) == line.len)
            EXPECT_STR(data.ptr, end->has[i]);
    bool charged = str_find_str(line, STR("\"charge_id\":\"ch_")) < line.len;
    EXPECT(charged == (strcmp(end->event, "payment.completed") == 0));
    EXPECT(!has_event(h, id, end->other));
}

static void expect_recorded(struct house *h, int64_t id, const struct ending *end) {
    CLEANUP(buf_release) struct buf said = BUF_INIT(TRANSCRIPT_MAX);
    EXPECT_INT(house_wait_end(h, id).status, CALL_COMPLETED);
    EXPECT(wait_report(h, id, &said));
    EXPECT(has_event(h, id, "consent.given") && !has_event(h, id, "consent.refused"));
    /* one that was paused while the card was typed, and went on, see payments_test.c */
    EXPECT_INT(house_wait_recordings(h, id).stored, 1);
    expect_payment(h, id, end);
    EXPECT(said.ptr && strstr(said.ptr, end->said));
    EXPECT(said.ptr && !strstr(said.ptr, "4111") && !strstr(said.ptr, "4000"));
}

static const struct ending endings[] = {
    {"+12025550108",
     "payment.completed",
     "payment.failed",
     {"\"result\":\"success\"", "\"status\":\"succeeded\"", "\"amount\":\"49.99\"",
      "\"last4\":\"1111\""},
     "The payment ended with success."},
    {"+12025550109",
     "payment.failed",
     "payment.completed",
     {"\"result\":\"payment-connector-error\"", "\"status\":\"failed\"",
      "\"error_code\":\"card_declined\"", "\"last4\":\"0002\""},
     "The payment ended with payment-connector-error."},
};

TEST(agent_call, is_recorded_after_a_yes_only_and_never_while_a_card_is_typed) {
    struct house h;
    int64_t ids[ARRAY_LEN(endings)];
    REQUIRE(house_open(&h, settings));
    int64_t refuses = place(&h, "+12025550106");
    for (size_t i = 0; i < ARRAY_LEN(endings); i++)
        ids[i] = place(&h, endings[i].callee);
    expect_unrecorded(&h, refuses);
    for (size_t i = 0; i < ARRAY_LEN(endings); i++)
        expect_recorded(&h, ids[i], &endings[i]);
    house_close(&h);
}

TEST(agent_call, on_another_carrier_is_led_by_the_engine) {
    CLEANUP(buf_release) struct buf said = BUF_INIT(TRANSCRIPT_MAX);
    struct house h;
    REQUIRE(house_open(&h, "MOCK_DIALECT=twilio\nMOCK_SPEED=0\nMOCK_SEED=1\n"));
    int64_t id = place(&h, "+12025550106");
    EXPECT_INT(house_wait_end(&h, id).status, CALL_COMPLETED);
    house_transcript(&h, id, &said);
    EXPECT(said.ptr && strstr(said.ptr, "May this call be recorded?"));
    house_close(&h);
}
