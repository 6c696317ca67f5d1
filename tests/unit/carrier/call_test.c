#include "tests/support/test.h"
#include "tests/unit/carrier/box.h"

static const struct box_page pages[] = {
    {.path = "/answer",
     .body = "<Response><Say>Hello, this is a call.</Say><Pause length=\"2\"/>"
             "<Gather input=\"speech\" action=\"/heard\"><Say>What is your name?</Say></Gather>"
             "<Say>I did not hear you.</Say></Response>"},
    {.path = "/heard",
     .body = "<Response><Say>Thank you.</Say><Redirect>/last</Redirect></Response>"},
    {.path = "/last", .body = "<Response><Say>Goodbye.</Say><Hangup/></Response>"},
    {0},
};

TEST(call, lives_from_initiated_to_completed) {
    static const char *const statuses[] = {"initiated", "ringing", "in-progress", "completed"};
    static const char *const numbers[] = {"0", "1", "2", "3"};
    struct arena a = {0};
    struct box b;
    char sid[35];
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    EXPECT(box_call(&b, "+12025550100", "", sid));
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        const struct box_request *r = box_wait(&b, "/status", i);
        EXPECT_STR(box_param(&a, r, "CallStatus"), statuses[i]);
        EXPECT_STR(box_param(&a, r, "SequenceNumber"), numbers[i]);
        EXPECT_STR(box_param(&a, r, "CallSid"), sid);
        EXPECT_STR(box_param(&a, r, "CallbackSource"), "call-progress-events");
    }
    EXPECT_STR(box_param(&a, box_wait(&b, "/status", 3), "SipResponseCode"), "200");
    EXPECT_STR(box_param(&a, box_wait(&b, "/answer", 0), "CallStatus"), "in-progress");
    EXPECT_STR(box_param(&a, box_wait(&b, "/answer", 0), "Direction"), "outbound-api");
    EXPECT_STR(box_param(&a, box_wait(&b, "/heard", 0), "SpeechResult"), "My name is John Doe.");
    EXPECT(box_wait_ended(&b, 1));
    EXPECT_INT(box_count(&b, "/last"), 1);
    EXPECT_INT(carrier_rings(b.carrier, STR("+12025550100")), 1);
    EXPECT_INT(carrier_totals(b.carrier).open, 0);
    box_release(&b);
    arena_release(&a);
}
