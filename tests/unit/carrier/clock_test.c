#include "tests/support/test.h"

#include <stdio.h>

#include "tests/unit/carrier/box.h"

static const struct box_page pages[] = {
    {.path = "/answer",
     .body = "<Response><Start><Recording recordingStatusCallback=\"/tape\"/></Start>"
             "<Gather input=\"speech\" action=\"/next\"><Say>Your name?</Say></Gather></Response>"},
    {.path = "/next",
     .body = "<Response><Dial action=\"/done\"><Number statusCallback=\"/child\">+13035550100"
             "</Number></Dial></Response>"},
    {.path = "/done", .body = "<Response><Say>Goodbye.</Say></Response>"},
    {0},
};

/** One call's whole log, with the times taken relative to its creation. */
static char *log_of(uint64_t seed, const char *to) {
    struct box b;
    char sid[35];
    if (!box_init(&b, &(struct box_options){.pages = pages, .seed = seed}))
        return NULL;
    bool ok = box_call(&b, to, "", sid) && box_wait_ended(&b, 2);
    char *log = ok ? box_log(&b) : NULL;
    box_release(&b);
    return log;
}

/** Blank out dates and what is made over them: the calls were made at different times. */
static void hide_times(char *log) {
    for (char *p = log; (p = strstr(p, "Time")); p++)
        for (char *q = p; *q && *q != '&' && *q != '\n'; q++)
            *q = '.';
    for (char *p = log; (p = strstr(p, "X-Twilio-Signature: ")); p++)
        memset(p, '.', 48);
}

TEST(clock, the_same_seed_gives_the_same_webhooks) {
    char *one = log_of(42, "+12025550111"), *two = log_of(42, "+12025550111");
    char *other = log_of(43, "+12025550111");
    REQUIRE(one && two && other);
    hide_times(one);
    hide_times(two);
    hide_times(other);
    EXPECT_STR(one, two);
    EXPECT(strcmp(one, other) != 0);
    mem_free(one);
    mem_free(two);
    mem_free(other);
}

TEST(clock, calls_do_not_disturb_each_other) {
    enum {
        CALLS = 300
    };
    struct box b;
    char sid[35];
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages}));
    for (int i = 0; i < CALLS; i++) {
        char to[16];
        snprintf(to, sizeof to, "+1%03d5550120", 200 + i);
        REQUIRE(box_call(&b, to, "", sid));
    }
    EXPECT(box_wait_ended(&b, CALLS * 2)); /* each with the leg it dialled */
    EXPECT_INT(box_count(&b, "/answer"), CALLS);
    EXPECT_INT(box_count(&b, "/done"), CALLS);
    EXPECT_INT(carrier_rings(b.carrier, STR("+12005550120")), 1);
    box_release(&b);
}

TEST(clock, ended_calls_beyond_the_limit_are_forgotten_oldest_first) {
    struct arena a = {0};
    struct box b;
    char sids[5][35];
    REQUIRE(box_init(&b, &(struct box_options){.calls_max = 3}));
    for (size_t i = 0; i < 5; i++)
        REQUIRE(box_call(&b, "+12025550101", "", sids[i]) && box_wait_ended(&b, i + 1));
    for (size_t i = 0; i < 5; i++) {
        struct str path = arena_printf(&a, "/Calls/%s.json", sids[i]);
        struct box_reply r = box_rest(&b, "GET", path.ptr, NULL);
        EXPECT_INT(r.status, i < 2 ? 404 : 200);
        box_reply_release(&r);
    }
    box_release(&b);
    arena_release(&a);
}

TEST(clock, a_fast_call_takes_its_share_of_real_time) {
    static const struct box_page pause[] = {
        {.path = "/answer", .body = "<Response><Pause length=\"60\"/></Response>"}, {0}};
    struct box b;
    char sid[35];
    struct clock clock = clock_system();
    int64_t start_ms = clock_mono_ms(&clock);
    REQUIRE(box_init(&b, &(struct box_options){.pages = pause, .speed = 500}));
    REQUIRE(box_call(&b, "+12025550100", "", sid) && box_wait_ended(&b, 1));
    EXPECT(clock_mono_ms(&clock) - start_ms >= 60000 / 500);
    box_release(&b);
}

TEST(clock, can_be_stopped_in_the_middle_of_calls) {
    struct box b;
    char sid[35];
    REQUIRE(box_init(&b, &(struct box_options){.pages = pages, .speed = 1}));
    for (int i = 0; i < 20; i++)
        REQUIRE(box_call(&b, "+12025550100", "", sid));
    EXPECT_INT(carrier_totals(b.carrier).open, 20);
    box_release(&b);
}
