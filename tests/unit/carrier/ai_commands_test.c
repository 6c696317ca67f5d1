#include <stdio.h>

#include "tests/unit/carrier/swml_box.h"

/* Commands of the REST API to a running agent. The callee is silent and the clock is slow enough
 * for a command to find the agent at work. */
#define DOCUMENT                                                                             \
    SWML(TELL("begun") ",{\"ai\":{\"prompt\":{\"text\":\"Hello.\"},\"params\":{\"attention_" \
                       "timeout\":600000},"                                                  \
                       "\"post_prompt_url\":\"" BOX_APP "/after\"}}," TELL("next"))

enum {
    BRISK = 100
};

static bool begin(struct box *b, struct arena *a, const char **id) {
    static const struct box_page pages[] = {
        {.path = "/answer", .body = DOCUMENT, .type = "application/json"}, {.path = NULL}};
    const struct box_options o = {
        .dialect = "signalwire", .pages = pages, .seed = 7, .speed = BRISK};
    if (!box_init(b, &o))
        return false;
    struct box_reply r = box_ask(b, "POST", "/api/calling/calls",
                                 "{\"command\":\"dial\",\"params\":{\"from\":\"" BOX_FROM
                                 "\",\"to\":\"+12025550115\",\"url\":\"" BOX_APP "/answer\"}}");
    EXPECT_INT(r.status, 200);
    *id = swml_at(a, r.body, "id");
    box_reply_release(&r);
    return box_wait(b, "/vars", 0) != NULL;
}

/** Send it until the agent is there to take it. */
static void command(struct box *b, const char *id, const char *name, const char *params) {
    struct buf body = BUF_INIT(4096);
    int status = 0;
    buf_printf(&body, "{\"command\":\"%s\",\"id\":\"%s\",\"params\":%s}", name, id, params);
    for (int tries = 0; status != 200 && tries < 2000; tries++) {
        struct box_reply r = box_ask(b, "POST", "/api/calling/calls", body.ptr);
        status = r.status;
        box_reply_release(&r);
    }
    EXPECT_INT(status, 200);
    buf_release(&body);
}

TEST(ai_commands, stop_ends_the_agent_and_not_the_call) {
    struct arena a = {0};
    struct box b;
    const char *id;
    if (begin(&b, &a, &id)) {
        command(&b, id, "calling.ai.stop", "{}");
        EXPECT_STR(box_wait(&b, "/vars", 1)->body, "next");
        EXPECT(box_wait_ended(&b, 1));
    }
    box_release(&b);
    arena_release(&a);
}

TEST(ai_commands, hold_and_unhold_belong_together) {
    struct arena a = {0};
    struct box b;
    const char *id;
    if (begin(&b, &a, &id)) {
        command(&b, id, "calling.ai_hold", "{\"timeout\":\"900\"}");
        command(&b, id, "calling.ai_unhold", "{}");
        command(&b, id, "calling.ai.stop", "{}");
        const char *after = box_wait(&b, "/after", 0)->body;
        EXPECT(strstr(after, "The caller is on hold.") != NULL);
        EXPECT(box_wait_ended(&b, 1));
    }
    box_release(&b);
    arena_release(&a);
}

TEST(ai_commands, a_message_reaches_the_conversation) {
    struct arena a = {0};
    struct box b;
    const char *id;
    if (begin(&b, &a, &id)) {
        command(&b, id, "calling.ai_message",
                "{\"role\":\"system\",\"message_text\":\"Be brief.\",\"global_data\":{\"k\":1}}");
        command(&b, id, "calling.ai.stop", "{}");
        const char *after = box_wait(&b, "/after", 0)->body;
        EXPECT(strstr(after, "Be brief.") != NULL);
        EXPECT_STR(swml_at(&a, after, "global_data.k"), "1");
        EXPECT(box_wait_ended(&b, 1));
    }
    box_release(&b);
    arena_release(&a);
}

TEST(ai_commands, another_document_takes_the_agents_place) {
    struct arena a = {0};
    struct box b;
    const char *id;
    if (begin(&b, &a, &id)) {
        command(&b, id, "calling.ai_message", "{\"role\":\"system\",\"message_text\":\"Here?\"}");
        command(&b, id, "calling.transfer",
                "{\"dest\":{\"sections\":{\"main\":[" TELL("other") "]}}}");
        EXPECT_STR(box_wait(&b, "/vars", 1)->body, "other");
        EXPECT(box_wait_ended(&b, 1));
        EXPECT_INT(box_count(&b, "/after"), 1);
    }
    box_release(&b);
    arena_release(&a);
}
