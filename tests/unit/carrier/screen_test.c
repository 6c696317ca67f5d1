#include "tests/support/test.h"
#include "tests/unit/carrier/plivo_box.h"

/* What the far end of a dial hears before the two are connected. */

struct story {
    struct arena arena;
    struct box box;
    struct box_page pages[4];
};

/** A whole call that dials somebody who hears this document first. */
static bool tell(struct story *s, const char *whisper, int status, const char *more) {
    char sid[35];
    *s = (struct story){
        .pages = {{.path = "/answer",
                   .body = "<Response><Dial action=\"/dialled\" timeLimit=\"10\"><Number "
                           "url=\"/whisper\" statusCallback=\"/child\">+12025550100</Number>"
                           "</Dial></Response>"},
                  {.path = "/whisper", .body = whisper, .status = status},
                  {.path = "/dialled", .body = "<Response/>"}}};
    return box_init(&s->box, &(struct box_options){.pages = s->pages}) &&
           box_call(&s->box, "+12025550107", more, sid) && box_wait_ended(&s->box, 2);
}

static const char *param(struct story *s, const char *path, const char *name) {
    return box_param(&s->arena, box_wait(&s->box, path, 0), name);
}

static void end(struct story *s) {
    box_release(&s->box);
    arena_release(&s->arena);
}

TEST(screen, the_far_end_hears_its_document_and_is_connected) {
    struct story s;
    uint64_t seconds = 0;
    REQUIRE(
        tell(&s, "<Response><Say>A call for you.</Say><Pause length=\"20\"/></Response>", 200, ""));
    EXPECT_INT(box_count(&s.box, "/whisper"), 1);
    EXPECT_STR(param(&s, "/whisper", "CallSid"), param(&s, "/dialled", "DialCallSid"));
    EXPECT_STR(param(&s, "/whisper", "ParentCallSid"), param(&s, "/dialled", "CallSid"));
    EXPECT_STR(param(&s, "/whisper", "CallStatus"), "in-progress");
    EXPECT_STR(param(&s, "/dialled", "DialCallStatus"), "completed");
    EXPECT_STR(param(&s, "/dialled", "DialBridged"), "true");
    EXPECT(str_to_u64(str_z(param(&s, "/dialled", "DialCallDuration")), 100, &seconds));
    EXPECT(seconds >= 30 && seconds < 40); /* the document, and then the conversation */
    end(&s);
}

TEST(screen, a_far_end_that_hangs_up_is_never_connected) {
    struct story s;
    REQUIRE(tell(&s, "<Response><Say>No.</Say><Hangup/></Response>", 200, ""));
    EXPECT_STR(param(&s, "/dialled", "DialCallStatus"), "no-answer");
    EXPECT_STR(param(&s, "/dialled", "DialBridged"), "false");
    EXPECT_STR(param(&s, "/child", "CallStatus"), "completed");
    EXPECT_INT(box_count(&s.box, "/child"), 1);
    end(&s);
}

TEST(screen, without_its_document_the_far_end_is_connected_at_once) {
    struct story s;
    REQUIRE(tell(&s, "", 500, ""));
    EXPECT_INT(box_count(&s.box, "/whisper"), 1);
    EXPECT_STR(param(&s, "/dialled", "DialBridged"), "true");
    EXPECT_STR(param(&s, "/dialled", "DialCallDuration"), "10");
    end(&s);
}

TEST(screen, the_caller_may_leave_meanwhile) {
    struct story s;
    REQUIRE(tell(&s, "<Response><Pause length=\"600\"/></Response>", 200, "&TimeLimit=60"));
    EXPECT_STR(param(&s, "/dialled", "DialBridged"), "false");
    EXPECT_STR(param(&s, "/dialled", "CallStatus"), "completed");
    EXPECT_STR(param(&s, "/child", "CallStatus"), "completed");
    end(&s);
}

TEST(screen, plivos_confirm_sound_is_such_a_document) {
    static const struct {
        const char *whisper, *status;
    } rows[] = {
        {"<Response><Speak>A call for you.</Speak></Response>", "completed"},
        {"<Response><Hangup/></Response>", "no-answer"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct story s = {.pages = {{.path = "/answer",
                                     .body = "<Response><Dial action=\"" BOX_APP
                                             "/dialled\" confirmSound=\"" BOX_APP "/whisper\">"
                                             "<Number>12025550100</Number></Dial></Response>"},
                                    {.path = "/whisper", .body = rows[i].whisper},
                                    {.path = "/dialled", .body = PLIVO_HANGUP}}};
        REQUIRE(plivo_live(&s.box, s.pages, "12025550107", ""));
        EXPECT_STR(param(&s, "/whisper", "CallUUID"), param(&s, "/dialled", "DialBLegUUID"));
        EXPECT_STR(param(&s, "/dialled", "DialStatus"), rows[i].status);
        end(&s);
    }
}
