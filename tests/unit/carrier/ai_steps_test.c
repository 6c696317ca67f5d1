#include <stdio.h>

#include "tests/unit/carrier/swml_box.h"

/* An agent whose prompt has contexts: where it is decides what it asks and may call. */

#define FUNCTION(name, text) "{\"function\":\"" name "\",\"description\":\"" text "\"}"
#define FUNCTIONS                                             \
    FUNCTION("alpha", "Do the first thing")                   \
    "," FUNCTION("beta", "Do the second thing") "," FUNCTION( \
        "transfer_to_human", "Transfer the caller to a human colleague")
#define AGENT(contexts)                                                                   \
    SWML("{\"ai\":{\"prompt\":{\"text\":\"Hello, this is Acme.\",\"contexts\":{" contexts \
         "}},\"SWAIG\":{\"functions\":[" FUNCTIONS "],\"defaults\":{\"web_hook_url\":"    \
         "\"" BOX_APP "/swaig\"}},\"post_prompt\":{\"text\":\"Sum up.\"},"                \
         "\"post_prompt_url\":\"" BOX_APP "/after\"}}")
#define STEP(name, text, more) "{\"name\":\"" name "\",\"text\":\"" text "\"" more "}"
#define CONTEXT(name, steps)   "\"" name "\":{\"steps\":[" steps "]}"
#define END                    ",\"end\":true"
#define ONLY(function)         ",\"functions\":[\"" function "\"]"
#define NONE                   ",\"functions\":\"none\""

struct talk {
    const char *document, *to;
    const char *replies[4]; /* of /swaig, in turn; the last one stays */
};

static bool live(struct box *b, const struct talk *t) {
    struct box_page pages[8] = {
        {.path = "/answer", .body = t->document, .type = "application/json"}};
    size_t n = 1;
    for (size_t i = 0; i < ARRAY_LEN(t->replies) && t->replies[i]; i++)
        pages[n++] =
            (struct box_page){.path = "/swaig", .body = t->replies[i], .type = "application/json"};
    const struct box_options o = {.pages = pages, .seed = 7};
    bool ok = swml_live_to(b, &o, t->to ? t->to : "+12025550100", "");
    b->pages = NULL;
    return ok;
}

/* The functions of the log, ours and the platform's: "next_step alpha". */
static void expect_way(struct box *b, const char *want) {
    struct buf way = BUF_INIT(1024);
    struct arena a = {0};
    for (unsigned i = 0; i < 20; i++) {
        char path[48];
        (void)snprintf(path, sizeof path, "swaig_log.%u.command_name", i);
        const char *name = swml_at(&a, swml_told(b, "/after", 0), path);
        buf_printf(&way, "%s%s", i > 0 && *name ? " " : "", name);
    }
    EXPECT_STR(way.ptr, want);
    buf_release(&way);
    arena_release(&a);
}

/* What the agent said, each in a line. */
static bool has_said(struct box *b, const char *text) {
    return strstr(swml_told(b, "/after", 0), text) != NULL;
}

#define BETA  STEP("one", "Begin.", ONLY("beta"))
#define NAME  STEP("two", "What is your name (the full one).", NONE)
#define ALPHA STEP("three", "Finish.", ONLY("alpha"))

TEST(ai_steps, a_step_brings_up_its_functions_or_its_own_question) {
    const struct talk t = {.document = AGENT(CONTEXT("default", BETA "," NAME "," ALPHA)),
                           .replies = {"{\"response\":\"Done.\"}"}};
    struct arena a = {0};
    struct box b;
    if (live(&b, &t)) {
        const char *after = swml_told(&b, "/after", 0);
        EXPECT_STR(swml_at(&a, after, "call_log.0.content"),
                   "Hello, this is Acme. Do the second thing. Shall I do that now?");
        EXPECT(has_said(&b, "Done. What is your name?"));
        EXPECT(has_said(&b, "Do the first thing. Shall I do that now?"));
        expect_way(&b, "beta next_step next_step alpha");
        EXPECT_STR(swml_at(&a, after, "swaig_log.1.command_arg"), "{\"step\":\"two\"}");
        EXPECT_STR(swml_at(&a, after, "swaig_log.1.native"), "true");
    }
    box_release(&b);
    arena_release(&a);
}

TEST(ai_steps, what_a_step_does_not_allow_is_not_called) {
    static const struct {
        const char *document;
        bool allowed;
    } cases[] = {
        {AGENT(CONTEXT("default", STEP("one", "Who are you?", NONE))), false},
        {AGENT(CONTEXT("default", STEP("one", "Who are you?", ONLY("alpha")))), false},
        {AGENT(CONTEXT("default", STEP("one", "Who are you?", ""))), true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct talk t = {.document = cases[i].document,
                               .to = "+12025550107", /* wants a human */
                               .replies = {"{\"response\":\"Done.\"}"}};
        struct box b;
        if (live(&b, &t))
            EXPECT(has_said(&b, "\"command_name\":\"transfer_to_human\"") == cases[i].allowed);
        box_release(&b);
    }
}

#define CHOICE STEP("one", "Where to?", ",\"valid_steps\":[\"three\",\"two\"]")
#define MISSED STEP("two", "Not here.", "")
#define BACK   ",\"valid_steps\":[\"one\"],\"valid_contexts\":[\"default\",\"more\"]"
#define HERE   STEP("three", "Here?", BACK)
#define SKIP   STEP("first", "Skipped.", ",\"skip_user_turn\":true")
#define LAST   STEP("last", "The last one?", END)
#define NEVER  STEP("never", "Never.", "")

TEST(ai_steps, ways_lead_where_they_may_and_to_no_place_twice) {
    const struct talk t = {.document =
                               AGENT(CONTEXT("default", CHOICE "," MISSED "," HERE) "," CONTEXT(
                                   "more", SKIP "," LAST "," NEVER)),
                           .replies = {"{\"response\":\"Done.\"}"}};
    struct box b;
    if (live(&b, &t)) {
        expect_way(&b, "next_step change_context next_step");
        EXPECT(has_said(&b, "The last one?"));
        EXPECT(!has_said(&b, "Not here") && !has_said(&b, "Never") && !has_said(&b, "Skipped"));
    }
    box_release(&b);
}

#define ACT    STEP("one", "Begin.", ONLY("alpha") END)
#define SECOND STEP("two", "Second question?", END)
#define THIRD  STEP("three", "Third question?", END)
#define OTHER  STEP("x", "Another matter?", END)

TEST(ai_steps, a_function_sends_the_talk_to_a_step_or_context) {
    static const struct {
        const char *action, *said;
    } cases[] = {
        {"{\"change_step\":\"three\"}", "Third question?"},
        {"{\"change_step\":\"next\"}", "Second question?"},
        {"{\"change_context\":\"more\"}", "Another matter?"},
        {"{\"change_step\":\"nowhere\"}", "Action \\\"change_step\\\" leads nowhere."},
        {"{\"change_context\":\"nowhere\"}", "Action \\\"change_context\\\" leads nowhere."},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf reply = BUF_INIT(1024);
        buf_printf(&reply, "{\"response\":\"Done.\",\"action\":[%s]}", cases[i].action);
        const struct talk t = {.document = AGENT(CONTEXT(
                                   "default", ACT "," SECOND "," THIRD) "," CONTEXT("more", OTHER)),
                               .replies = {reply.ptr}};
        struct box b;
        if (live(&b, &t))
            EXPECT(has_said(&b, cases[i].said));
        box_release(&b);
        buf_release(&reply);
    }
}
