#include "tests/unit/carrier/swml_box.h"

#define AGENT(more, functions)                                                                   \
    SWML("{\"ai\":{\"prompt\":{\"text\":\"Hello, this is "                                       \
         "Acme.\"},\"SWAIG\":{\"functions\":[" functions                                         \
         "],\"defaults\":{\"web_hook_url\":\"http://user:pass@app.test/swaig?__token=t1\"}},"    \
         "\"post_prompt\":{\"text\":\"Sum up.\"},\"post_prompt_url\":\"" BOX_APP "/after\"" more \
         "}}," TELL("next ${ai_result}"))
#define CONSENT                                                                                   \
    "{\"function\":\"handle_consent\",\"description\":\"Get recording consent from caller\","     \
    "\"parameters\":{\"type\":\"object\",\"properties\":{\"consent_given\":{\"type\":\"string\"," \
    "\"enum\":[\"yes\",\"no\"],\"description\":\"Whether caller consents to recording\"}},"       \
    "\"required\":[\"consent_given\"]}}"
#define FUNCTION(name, text) "{\"function\":\"" name "\",\"description\":\"" text "\"}"

struct talk {
    const char *document, *scenario, *to;
    const char *replies[4]; /* of /swaig, in turn; the last one stays */
    int status;             /* of /swaig */
};

static bool live(struct box *b, const struct talk *t) {
    struct box_page pages[8] = {
        {.path = "/answer", .body = t->document, .type = "application/json"}};
    size_t n = 1;
    for (size_t i = 0; i < ARRAY_LEN(t->replies) && t->replies[i]; i++)
        pages[n++] = (struct box_page){.path = "/swaig",
                                       .body = t->replies[i],
                                       .status = t->status,
                                       .type = "application/json"};
    const struct box_options o = {.pages = pages, .scenario = t->scenario, .seed = 7};
    bool ok = swml_live_to(b, &o, t->to ? t->to : "+12025550100", "");
    b->pages = NULL;
    return ok;
}

/** Something that was said or noted in the conversation, as post_prompt tells it. */
static bool was_said(struct box *b, const char *text) {
    return strstr(swml_told(b, "/after", 0), text) != NULL;
}

TEST(ai, the_agent_greets_asks_calls_and_says_goodbye) {
    const struct talk t = {.document = AGENT("", CONSENT),
                           .replies = {"{\"response\":\"Thank you for your consent.\"}"}};
    struct arena a = {0};
    struct box b;
    if (live(&b, &t)) {
        const char *body = swml_told(&b, "/swaig", 0), *after = swml_told(&b, "/after", 0);
        EXPECT_INT(box_count(&b, "/swaig"), 1);
        EXPECT_STR(swml_at(&a, body, "function"), "handle_consent");
        EXPECT_STR(swml_at(&a, body, "argument.parsed.0.consent_given"), "yes");
        EXPECT_STR(swml_at(&a, body, "argument.raw"), "{\"consent_given\":\"yes\"}");
        EXPECT_STR(swml_at(&a, body, "argument_desc.required.0"), "consent_given");
        EXPECT_STR(swml_at(&a, body, "content_disposition"), "SWAIG Function");
        EXPECT_STR(swml_at(&a, body, "version"), "2.0");
        EXPECT_STR(swml_at(&a, body, "caller_id_num"), BOX_FROM);
        EXPECT_STR(
            swml_at(&a, after, "call_log.0.content"),
            "Hello, this is Acme. Get recording consent from caller. Whether caller consents "
            "to recording?");
        EXPECT_STR(swml_at(&a, after, "call_log.1.role"), "user");
        EXPECT_STR(swml_at(&a, after, "action"), "post_conversation");
        EXPECT_STR(swml_at(&a, after, "swaig_log.0.command_name"), "handle_consent");
        EXPECT(was_said(&b, "Thank you for your time. Goodbye."));
        const struct box_request *r = box_wait(&b, "/swaig", 0);
        EXPECT(strstr(r->url, "__token=t1") != NULL);
        EXPECT(strstr(r->headers, "Basic: user\n") != NULL);
        EXPECT(strstr(r->headers, "Signature") == NULL);
        EXPECT_STR(swml_at(&a, swml_told(&b, "/status", 1), "params.end_reason"), "hangup");
    }
    box_release(&b);
    arena_release(&a);
}

TEST(ai, a_callee_who_refuses_consent_is_heard) {
    const struct talk t = {.document = AGENT("", CONSENT),
                           .to = "+12025550106",
                           .replies = {"{\"response\":\"I will not record this call.\"}"}};
    struct arena a = {0};
    struct box b;
    if (live(&b, &t))
        EXPECT_STR(swml_at(&a, swml_told(&b, "/swaig", 0), "argument.parsed.0.consent_given"),
                   "no");
    box_release(&b);
    arena_release(&a);
}

TEST(ai, a_callee_who_wants_a_human_is_transferred) {
    const struct talk t = {
        .document = AGENT("", CONSENT "," FUNCTION("transfer_to_human",
                                                   "Transfer the caller to a human colleague")),
        .to = "+12025550107",
        .replies = {"{\"response\":\"One moment.\",\"action\":[{\"SWML\":" SWML(
            "{\"connect\":{\"to\":\"+12025550100\"}}," TELL(
                "bridged ${connect_result}")) ","
                                              "\"transfer\":\"true\"}]}"}};
    struct arena a = {0};
    struct box b;
    if (live(&b, &t)) {
        EXPECT_STR(swml_at(&a, swml_told(&b, "/swaig", 0), "function"), "transfer_to_human");
        EXPECT_STR(swml_told(&b, "/vars", 0), "bridged connected");
        EXPECT_INT(box_count(&b, "/after"), 1);
        EXPECT_INT(box_count(&b, "/vars"), 1);
    }
    box_release(&b);
    arena_release(&a);
}

TEST(ai, a_callee_who_wants_no_calls_is_let_go) {
    const struct talk t = {
        .document = AGENT("", CONSENT "," FUNCTION("do_not_call", "Put the number on the list")),
        .to = "+12025550110",
        .replies = {"{\"response\":\"We will not call you again.\"}"}};
    struct arena a = {0};
    struct box b;
    if (live(&b, &t)) {
        EXPECT_STR(swml_at(&a, swml_told(&b, "/swaig", 0), "function"), "do_not_call");
        EXPECT_INT(box_count(&b, "/swaig"), 1);
        EXPECT(was_said(&b, "As I said, do not call me again."));
        EXPECT_STR(swml_at(&a, swml_told(&b, "/after", 0), "call_ended_by"), "user");
    }
    box_release(&b);
    arena_release(&a);
}

TEST(ai, a_scenario_names_the_call_and_its_argument) {
    const struct talk t = {
        .document = AGENT("", FUNCTION("alpha", "A thing") "," FUNCTION("beta", "Another")),
        .scenario = "{\"callees\":[{\"suffix\":\"0100\",\"like\":\"00\",\"script\":[{\"say\":"
                    "\"Well.\",\"call\":{\"function\":\"beta\",\"argument\":{\"n\":[1,2]}}}]}]}",
        .replies = {"{\"response\":\"Done.\"}"}};
    struct arena a = {0};
    struct box b;
    if (live(&b, &t)) {
        EXPECT_STR(swml_at(&a, swml_told(&b, "/swaig", 0), "function"), "beta");
        EXPECT_STR(swml_at(&a, swml_told(&b, "/swaig", 0), "argument.raw"), "{\"n\":[1,2]}");
    }
    box_release(&b);
    arena_release(&a);
}

TEST(ai, answers_become_arguments_by_their_types) {
    const struct talk t = {
        .document = AGENT(
            "", "{\"function\":\"qualify\",\"description\":\"Qualify the caller\","
                "\"parameters\":{\"type\":\"object\",\"properties\":{"
                "\"name\":{\"type\":\"string\",\"description\":\"Your full name\"},"
                "\"tax_debt\":{\"type\":\"number\",\"description\":\"How much do you owe\"},"
                "\"good_time\":{\"type\":\"boolean\",\"description\":\"Is this a good time\"},"
                "\"source\":{\"type\":\"string\",\"default\":\"phone\"}},"
                "\"required\":[\"name\",\"tax_debt\",\"good_time\"]}}"),
        .replies = {"{\"response\":\"Noted.\"}"}};
    struct arena a = {0};
    struct box b;
    if (live(&b, &t))
        EXPECT_STR(swml_at(&a, swml_told(&b, "/swaig", 0), "argument.raw"),
                   "{\"name\":\"John Doe\",\"tax_debt\":15000,\"good_time\":true,"
                   "\"source\":\"phone\"}");
    box_release(&b);
    arena_release(&a);
}

TEST(ai, a_function_that_fails_is_tried_three_times) {
    static const struct {
        int status;
        const char *reply;
    } cases[] = {{500, "{}"}, {200, "no json"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct talk t = {
            .document = AGENT("", CONSENT), .replies = {cases[i].reply}, .status = cases[i].status};
        struct box b;
        if (live(&b, &t)) {
            EXPECT_INT(box_count(&b, "/swaig"), 3);
            EXPECT(was_said(&b, "I am sorry, that did not work."));
        }
        box_release(&b);
    }
}

TEST(ai, hooks_are_told_the_beginning_and_the_end) {
    const struct talk t = {
        .document = AGENT("", FUNCTION("startup_hook", "begin") "," FUNCTION("hangup_hook", "end")),
        .replies = {"{\"response\":\"secret\"}"}};
    struct arena a = {0};
    struct box b;
    if (live(&b, &t)) {
        EXPECT_INT(box_count(&b, "/swaig"), 2);
        EXPECT_STR(swml_at(&a, swml_told(&b, "/swaig", 0), "function"), "startup_hook");
        EXPECT_STR(swml_at(&a, swml_told(&b, "/swaig", 1), "function"), "hangup_hook");
        EXPECT(!was_said(&b, "\"assistant\",\"content\":\"secret"));
    }
    box_release(&b);
    arena_release(&a);
}

TEST(ai, a_silent_callee_is_asked_twice_and_then_left) {
    const struct talk t = {.document = AGENT("", CONSENT), .to = "+12025550115"};
    struct box b;
    if (live(&b, &t)) {
        EXPECT_STR(swml_told(&b, "/vars", 0), "next success");
        EXPECT(was_said(&b, "Are you still there?"));
    }
    box_release(&b);
}

TEST(ai, a_callee_who_hangs_up_ends_the_agent) {
    const struct talk t = {
        .document = AGENT("", CONSENT), .to = "+12025550105", .replies = {"{\"response\":\"ok\"}"}};
    struct box b;
    if (live(&b, &t)) {
        EXPECT_INT(box_count(&b, "/after"), 1);
        EXPECT_INT(box_count(&b, "/vars"), 0);
    }
    box_release(&b);
}

TEST(ai, post_prompt_data_is_json_where_json_is_asked_for) {
    const struct talk t = {
        .document = SWML("{\"ai\":{\"prompt\":{\"text\":\"Hi.\"},\"post_prompt\":{\"text\":"
                         "\"Return JSON\"},\"post_prompt_url\":\"" BOX_APP "/after\"}}")};
    struct arena a = {0};
    struct box b;
    if (live(&b, &t)) {
        const char *after = swml_told(&b, "/after", 0);
        EXPECT(strlen(swml_at(&a, after, "post_prompt_data.parsed.0.summary")) > 0);
        EXPECT_STR(swml_at(&a, after, "post_prompt_data.raw"),
                   swml_at(&a, after, "post_prompt_data.parsed.0"));
    }
    box_release(&b);
    arena_release(&a);
}
