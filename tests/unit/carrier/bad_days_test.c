#include <stdlib.h>

#include "tests/support/test.h"
#include "tests/unit/carrier/box.h"

/* One case for each of the built-in callees: what the application sees on that day. */

static const struct box_page pages[] = {
    {.path = "/answer",
     .body = "<Response><Say>Hello, this is the assistant of Clear Path.</Say>"
             "<Gather input=\"speech dtmf\" action=\"/consent\" timeout=\"3\">"
             "<Say>May I record this call for quality purposes?</Say></Gather>"
             "<Say>I hear nothing. Goodbye.</Say></Response>"},
    {.path = "/consent",
     .body = "<Response><Gather input=\"speech\" action=\"/more\" timeout=\"3\">"
             "<Say>Thank you. May I have your full name, please?</Say></Gather></Response>"},
    {.path = "/pay", .body = "<Response><Pay action=\"/paid\" chargeAmount=\"10\"/></Response>"},
    {0},
};

struct day {
    struct box b;
    struct arena a;
    char sid[35];
};

static bool begin(struct day *d, const char *to, const char *more) {
    *d = (struct day){0};
    return box_init(&d->b, &(struct box_options){.pages = pages, .seed = 5}) &&
           box_call(&d->b, to, more, d->sid) && box_wait_ended(&d->b, 1);
}

static void end(struct day *d) {
    box_release(&d->b);
    arena_release(&d->a);
}

/** CallStatus of the nth status callback. */
static const char *status(struct day *d, size_t n) {
    return box_param(&d->a, box_wait(&d->b, "/status", n), "CallStatus");
}

static const char *last_status_param(struct day *d, const char *name) {
    size_t n = box_count(&d->b, "/status");
    return box_param(&d->a, box_wait(&d->b, "/status", n - 1), name);
}

TEST(bad_days, callee_00_answers_what_it_is_asked) {
    struct day d;
    REQUIRE(begin(&d, "+12025550100", ""));
    EXPECT_STR(box_param(&d.a, box_wait(&d.b, "/consent", 0), "SpeechResult"),
               "Yes, that is fine, you may record the call.");
    EXPECT_STR(box_param(&d.a, box_wait(&d.b, "/more", 0), "SpeechResult"), "My name is John Doe.");
    end(&d);
}

TEST(bad_days, callee_01_is_busy) {
    struct day d;
    REQUIRE(begin(&d, "+12025550101", ""));
    EXPECT_STR(status(&d, 1), "busy");
    EXPECT_STR(last_status_param(&d, "SipResponseCode"), "486");
    EXPECT_INT(box_count(&d.b, "/answer"), 0);
    end(&d);
}

TEST(bad_days, callee_02_rings_until_the_time_is_over) {
    struct day d;
    REQUIRE(begin(&d, "+12025550102", "&Timeout=20"));
    EXPECT_STR(status(&d, 1), "ringing");
    EXPECT_STR(status(&d, 2), "no-answer");
    EXPECT_STR(last_status_param(&d, "SipResponseCode"), "487");
    end(&d);
}

TEST(bad_days, callee_03_cannot_be_reached) {
    struct day d;
    REQUIRE(begin(&d, "+12025550103", ""));
    EXPECT_STR(status(&d, 1), "failed");
    EXPECT_STR(last_status_param(&d, "SipResponseCode"), "404");
    end(&d);
}

TEST(bad_days, callee_04_is_a_machine_that_never_replies) {
    struct day d;
    REQUIRE(begin(&d, "+12025550104", "&MachineDetection=DetectMessageEnd"));
    const struct box_request *answer = box_wait(&d.b, "/answer", 0);
    EXPECT_STR(box_param(&d.a, answer, "AnsweredBy"), "machine_end_beep");
    EXPECT(strtod(box_param(&d.a, answer, "MachineDetectionDuration"), NULL) > 3000);
    EXPECT_INT(box_count(&d.b, "/consent"), 0);
    EXPECT_STR(last_status_param(&d, "AnsweredBy"), "machine_end_beep");
    end(&d);
}

TEST(bad_days, callee_05_hangs_up_in_mid_sentence) {
    struct day d;
    REQUIRE(begin(&d, "+12025550105", ""));
    EXPECT_STR(last_status_param(&d, "CallStatus"), "completed");
    EXPECT_INT(box_count(&d.b, "/consent"), 0);
    end(&d);
}

TEST(bad_days, callee_06_refuses_to_be_recorded) {
    struct day d;
    REQUIRE(begin(&d, "+12025550106", ""));
    EXPECT_STR(box_param(&d.a, box_wait(&d.b, "/consent", 0), "SpeechResult"),
               "No, I do not want to be recorded.");
    EXPECT_INT(box_count(&d.b, "/more"), 1);
    end(&d);
}

TEST(bad_days, callee_07_asks_for_a_human) {
    struct day d;
    REQUIRE(begin(&d, "+12025550107", ""));
    EXPECT_STR(box_param(&d.a, box_wait(&d.b, "/consent", 0), "SpeechResult"),
               "I would like to speak to a human being, please.");
    end(&d);
}

TEST(bad_days, callee_08_pays_with_a_good_card) {
    struct day d;
    REQUIRE(begin(&d, "+12025550108", "&Url=" BOX_APP "/pay"));
    const struct box_request *paid = box_wait(&d.b, "/paid", 0);
    EXPECT_STR(box_param(&d.a, paid, "Result"), "success");
    EXPECT_STR(box_param(&d.a, paid, "PaymentCardNumber"), "xxxx-xxxx-xxxx-1111");
    EXPECT(box_param(&d.a, paid, "PaymentConfirmationCode")[0] != '\0');
    EXPECT(!strstr(paid->body, "4111111111111111"));
    end(&d);
}

TEST(bad_days, callee_09_pays_with_a_card_that_is_declined) {
    struct day d;
    REQUIRE(begin(&d, "+12025550109", "&Url=" BOX_APP "/pay"));
    const struct box_request *paid = box_wait(&d.b, "/paid", 0);
    EXPECT_STR(box_param(&d.a, paid, "Result"), "payment-connector-error");
    EXPECT_STR(box_param(&d.a, paid, "PaymentError"), "Your card was declined.");
    end(&d);
}

TEST(bad_days, callee_10_does_not_want_to_be_called_again) {
    struct day d;
    REQUIRE(begin(&d, "+12025550110", ""));
    EXPECT_STR(box_param(&d.a, box_wait(&d.b, "/consent", 0), "SpeechResult"),
               "Please do not call me again.");
    EXPECT_INT(box_count(&d.b, "/more"), 0); /* hangs up when it is asked on */
    end(&d);
}

TEST(bad_days, callee_11_has_status_callbacks_twice_and_out_of_order) {
    struct day d;
    unsigned seen[4] = {0};
    bool disorder = false;
    REQUIRE(begin(&d, "+12025550111", ""));
    REQUIRE(box_wait(&d.b, "/status", 7) != NULL);
    for (size_t i = 0; i < 8; i++) {
        const char *n = box_param(&d.a, box_wait(&d.b, "/status", i), "SequenceNumber");
        const char *before =
            i ? box_param(&d.a, box_wait(&d.b, "/status", i - 1), "SequenceNumber") : "0";
        REQUIRE(n[0] >= '0' && n[0] <= '3');
        seen[n[0] - '0']++;
        disorder |= n[0] < before[0];
    }
    EXPECT(disorder);
    for (size_t i = 0; i < ARRAY_LEN(seen); i++)
        EXPECT_INT(seen[i], 2);
    end(&d);
}

static struct box_reply create(struct box *b, const char *to) {
    struct buf form = BUF_INIT(1024);
    buf_printf(&form, "To=%%2B%s&From=%%2B12025550199&Url=" BOX_APP "/answer", to + 1);
    struct box_reply r = box_rest(b, "POST", "/Calls.json", form.ptr);
    buf_release(&form);
    return r;
}

TEST(bad_days, callee_12_gets_503_and_is_never_rung) {
    struct box b;
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    for (int i = 0; i < 2; i++) {
        struct box_reply r = create(&b, "+12025550112");
        EXPECT_INT(r.status, 503);
        box_reply_release(&r);
    }
    EXPECT_INT(carrier_totals(b.carrier).created, 0);
    EXPECT_INT(carrier_rings(b.carrier, STR("+12025550112")), 0);
    box_release(&b);
}

TEST(bad_days, callee_13_gets_429_with_retry_after_once) {
    struct box b;
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    struct box_reply first = create(&b, "+12025550113"), second = create(&b, "+12025550113");
    EXPECT_INT(first.status, 429);
    EXPECT(strstr(first.headers, "Retry-After: 1\n") != NULL);
    EXPECT_INT(second.status, 201);
    EXPECT(box_wait_ended(&b, 1));
    EXPECT_INT(carrier_rings(b.carrier, STR("+12025550113")), 1);
    box_reply_release(&first);
    box_reply_release(&second);
    box_release(&b);
}

TEST(bad_days, callee_14_is_rung_though_the_reply_is_cut) {
    struct box b;
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    struct box_reply r = create(&b, "+12025550114");
    EXPECT(r.cut);
    EXPECT(box_wait_ended(&b, 1));
    EXPECT_INT(box_count(&b, "/answer"), 1);
    EXPECT_INT(carrier_rings(b.carrier, STR("+12025550114")), 1);
    box_reply_release(&r);
    box_release(&b);
}

TEST(bad_days, callee_15_says_nothing) {
    struct day d;
    REQUIRE(begin(&d, "+12025550115", ""));
    EXPECT_INT(box_count(&d.b, "/consent"), 0);
    EXPECT_STR(last_status_param(&d, "CallStatus"), "completed");
    end(&d);
}
