#include <stdio.h>

#include "tests/unit/carrier/swml_box.h"

/* One function, "do_it", that the callee's script calls at its first turn with the argument {}. */
#define AI(more, functions)                                                                       \
    "{\"ai\":{\"prompt\":{\"text\":\"Hello.\"},\"params\":{\"swaig_post_conversation\":true" more \
    "},\"global_data\":{\"plan\":\"basic\"},\"SWAIG\":{\"defaults\":{\"web_hook_url\":\"" BOX_APP \
    "/swaig\"},\"functions\":[{\"function\":\"do_it\",\"description\":\"Do it\"}" functions "]}," \
    "\"post_prompt_url\":\"" BOX_APP "/after\"}},"
#define SCENARIO(second)                                                         \
    "{\"callees\":[{\"suffix\":\"0100\",\"default_reply\":\"Yes.\",\"script\":[" \
    "{\"say\":\"Do it.\",\"call\":{\"function\":\"do_it\",\"argument\":{}}}" second "]}]}"
#define AGAIN         ",{\"say\":\"Again.\",\"call\":{\"function\":\"do_it\",\"argument\":{}}}"
#define QUOTED(verbs) "{\"sections\":{\"main\":[" verbs "]}}"

struct act {
    const char *more, *functions; /* NULL: none */
    const char *action;           /* of the first reply */
    const char *second;           /* the second reply; NULL: {} */
    bool again;                   /* the callee has it done twice */
};

static const char *build(struct buf *out, const struct act *t) {
    static const char document[] = SWML(AI("%s", "%s") TELL("next ${x}"));
    buf_printf(out, document, t->more ? t->more : "", t->functions ? t->functions : "");
    return out->ptr;
}

static bool live(struct box *b, const struct act *t) {
    struct buf document = BUF_INIT(32768), reply = BUF_INIT(32768);
    buf_printf(&reply, "{\"response\":\"It is done.\",\"action\":%s}", t->action);
    const struct box_page pages[] = {
        {.path = "/answer", .body = build(&document, t), .type = "application/json"},
        {.path = "/swaig", .body = reply.ptr, .type = "application/json"},
        {.path = "/swaig", .body = t->second ? t->second : "{}", .type = "application/json"},
        {.path = "/else", .body = SWML(TELL("else")), .type = "application/json"},
        {.path = NULL}};
    const struct box_options o = {
        .pages = pages, .scenario = t->again ? SCENARIO(AGAIN) : SCENARIO(""), .seed = 7};
    bool ok = swml_live_to(b, &o, "+12025550100", "");
    b->pages = NULL;
    buf_release(&document);
    buf_release(&reply);
    return ok;
}

static bool was_said(struct box *b, const char *text) {
    return strstr(swml_told(b, "/after", 0), text) != NULL;
}

/** Live one call with this action; expect this value in the second request for a function. */
static void expect_then(const char *action, const char *path, const char *value) {
    const struct act t = {.action = action, .again = true};
    struct arena a = {0};
    struct box b;
    if (live(&b, &t))
        EXPECT_STR(swml_at(&a, swml_told(&b, "/swaig", 1), path), value);
    box_release(&b);
    arena_release(&a);
}

TEST(ai_actions, global_data_is_merged_and_taken_away) {
    expect_then("[{\"set_global_data\":{\"paid\":true,\"plan\":\"gold\"}}]", "global_data.plan",
                "gold");
    expect_then("{\"set_global_data\":{\"a\":{\"b\":1}}}", "global_data.a.b", "1");
    expect_then("[{\"unset_global_data\":[\"plan\"]}]", "global_data.plan", "");
    expect_then("[{\"unset_global_data\":\"plan\"}]", "global_data.caller_id_number", BOX_FROM);
}

TEST(ai_actions, meta_data_belongs_to_a_token) {
    expect_then("[{\"set_meta_data\":{\"n\":1}},{\"unset_meta_data\":\"m\"}]", "meta_data.n", "1");
    const struct act t = {
        .functions = ",{\"function\":\"other\",\"description\":\"Other\",\"meta_data_token\":\"x\","
                     "\"meta_data\":{\"o\":2}}",
        .action = "[{\"set_meta_data\":{\"n\":1}},{\"back_to_back_functions\":true}]"};
    struct arena a = {0};
    struct box b;
    if (live(&b, &t)) { /* the agenda brings the other one up */
        EXPECT_STR(swml_at(&a, swml_told(&b, "/swaig", 1), "function"), "other");
        EXPECT_STR(swml_at(&a, swml_told(&b, "/swaig", 1), "meta_data"), "{\"o\":2}");
        EXPECT_STR(swml_at(&a, swml_told(&b, "/swaig", 1), "meta_data_token"), "x");
    }
    box_release(&b);
    arena_release(&a);
}

TEST(ai_actions, gates_keep_actions_out) {
    const struct act t = {
        .more = ",\"swaig_set_global_data\":false,\"swaig_allow_swml\":false",
        .action = "[{\"set_global_data\":{\"plan\":\"gold\"}},{\"SWML\":" QUOTED(TELL("x")) "}]",
        .again = true};
    struct arena a = {0};
    struct box b;
    if (live(&b, &t)) {
        EXPECT_STR(swml_at(&a, swml_told(&b, "/swaig", 1), "global_data.plan"), "basic");
        EXPECT_INT(box_count(&b, "/vars"), 0);
        EXPECT(was_said(&b, "is not allowed to this agent"));
    }
    box_release(&b);
    arena_release(&a);
}

TEST(ai_actions, say_comes_before_the_response) {
    const struct act t = {.action = "[{\"say\":\"Wait for it.\"}]"};
    struct box b;
    if (live(&b, &t)) {
        const char *log = swml_told(&b, "/after", 0);
        const char *say = strstr(log, "Wait for it."), *response = strstr(log, "\"It is done.");
        EXPECT(say && response && strstr(log, "\"assistant\",\"content\":\"It is done.") > say);
    }
    box_release(&b);
}

TEST(ai_actions, post_process_speaks_before_the_actions) {
    const struct act t = {.action = "[{\"say\":\"Afterwards.\"}],\"post_process\":true"};
    struct box b;
    if (live(&b, &t)) {
        const char *log = swml_told(&b, "/after", 0);
        const char *say = strstr(log, "Afterwards.");
        const char *response = strstr(log, "\"assistant\",\"content\":\"It is done.");
        EXPECT(say && response && say > response);
    }
    box_release(&b);
}

TEST(ai_actions, stop_goes_on_with_the_next_verb) {
    const struct act t = {.action = "[{\"stop\":true}]"};
    struct box b;
    if (live(&b, &t))
        EXPECT_STR(swml_told(&b, "/vars", 0), "next ");
    box_release(&b);
}

TEST(ai_actions, hangup_ends_the_call_after_the_response) {
    const struct act t = {.action = "[{\"hangup\":true}]"};
    struct box b;
    if (live(&b, &t)) {
        EXPECT_INT(box_count(&b, "/vars"), 0);
        EXPECT(was_said(&b, "\"assistant\",\"content\":\"It is done."));
        EXPECT(!was_said(&b, "Goodbye"));
    }
    box_release(&b);
}

TEST(ai_actions, transfer_leaves_for_another_document) {
    static const char *const actions[] = {"[{\"transfer\":\"" BOX_APP "/else\"}]",
                                          "[{\"transfer\":{\"dest\":\"" BOX_APP "/else\"}}]"};
    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        const struct act t = {.action = actions[i]};
        struct box b;
        if (live(&b, &t)) {
            EXPECT_STR(swml_told(&b, "/vars", 0), "else");
            EXPECT_INT(box_count(&b, "/vars"), 1);
            EXPECT_INT(box_count(&b, "/after"), 1);
        }
        box_release(&b);
    }
}

TEST(ai_actions, a_document_runs_inline_and_hands_its_answer_back) {
    const struct act t = {
        .action = "[{\"SWML\":" QUOTED("{\"set\":{\"ai_response\":\"All is ${x}.\"}},"
                                       "{\"set\":{\"x\":\"well\"}}," TELL("inline")) "}]"};
    struct box b;
    if (live(&b, &t)) {
        EXPECT_STR(swml_told(&b, "/vars", 0), "inline");
        EXPECT(was_said(&b, "It is done. All is well."));
        EXPECT(was_said(&b, "Goodbye"));
    }
    box_release(&b);
}

TEST(ai_actions, a_document_may_come_as_text) {
    const struct act t = {
        .action = "[{\"SWML\":\"{\\\"sections\\\":{\\\"main\\\":[{\\\"hangup\\\":{}}]}}\"}]"};
    struct box b;
    if (live(&b, &t))
        EXPECT(!was_said(&b, "Goodbye"));
    box_release(&b);
}

TEST(ai_actions, a_temporary_transfer_comes_back_to_the_agent) {
    const struct act t = {.action = "[{\"SWML\":" QUOTED("{\"transfer\":{\"dest\":\"" BOX_APP
                                                         "/else\"}}") ",\"transfer\":\"false\"}]"};
    struct box b;
    if (live(&b, &t)) {
        EXPECT_STR(swml_told(&b, "/vars", 0), "else");
        EXPECT(was_said(&b, "Goodbye"));
    }
    box_release(&b);
}

TEST(ai_actions, a_document_with_transfer_ends_the_agent) {
    const struct act t = {.action = "[{\"SWML\":" QUOTED(TELL("alone")) ",\"transfer\":true}]"};
    struct box b;
    if (live(&b, &t)) {
        EXPECT_STR(swml_told(&b, "/vars", 0), "alone");
        EXPECT_INT(box_count(&b, "/vars"), 1);
        EXPECT(!was_said(&b, "Goodbye"));
    }
    box_release(&b);
}

TEST(ai_actions, functions_are_toggled) {
    const struct act t = {.functions = ",{\"function\":\"other\",\"description\":\"Other\"}",
                          .action =
                              "[{\"toggle_functions\":[{\"function\":\"other\",\"active\":false},"
                              "{\"function\":\"do_it\",\"active\":0}]}]",
                          .again = true};
    struct box b;
    if (live(&b, &t))
        EXPECT_INT(box_count(&b, "/swaig"), 1);
    box_release(&b);
}

TEST(ai_actions, user_input_stands_for_the_callee) {
    const struct act t = {
        .functions = ",{\"function\":\"book_table\",\"description\":\"Make a reservation\"}",
        .action = "[{\"user_input\":\"I want a reservation.\"}]"};
    struct arena a = {0};
    struct box b;
    if (live(&b, &t))
        EXPECT_STR(swml_at(&a, swml_told(&b, "/swaig", 1), "function"), "book_table");
    box_release(&b);
    arena_release(&a);
}

TEST(ai_actions, functions_follow_one_another_when_they_may) {
    const struct act t = {
        .functions = ",{\"function\":\"next_one\",\"description\":\"Then\"}",
    };
    static const char reply[] = "{\"response\":\"Now use next_one.\","
                                "\"action\":[{\"back_to_back_functions\":true}]}";
    struct buf document = BUF_INIT(32768);
    const struct box_page pages[] = {
        {.path = "/answer", .body = build(&document, &t), .type = "application/json"},
        {.path = "/swaig", .body = reply, .type = "application/json"},
        {.path = "/swaig", .body = "{\"response\":\"Both done.\"}", .type = "application/json"},
        {.path = NULL}};
    const struct box_options o = {.pages = pages, .scenario = SCENARIO("")};
    struct arena a = {0};
    struct box b;
    if (swml_live_to(&b, &o, "+12025550100", "")) {
        const char *second = swml_told(&b, "/swaig", 1);
        EXPECT_STR(swml_at(&a, second, "function"), "next_one");
        EXPECT_STR(swml_at(&a, second, "call_log.3.content"), "Now use next_one.");
    }
    box_release(&b);
    arena_release(&a);
    buf_release(&document);
}

TEST(ai_actions, hold_lasts_as_long_as_it_says) {
    static const struct {
        const char *hold;
        long long ms;
    } cases[] = {{"60", 60000},
                 {"\"5m\"", 300000},
                 {"\"1:30\"", 90000},
                 {"\"45s\"", 45000},
                 {"{\"timeout\":30}", 30000},
                 {"5000", 300000},
                 {"\"weird\"", 300000},
                 {"\"7\"", 7000}};
    long long without = 0;
    for (size_t i = 0; i <= ARRAY_LEN(cases); i++) {
        struct buf action = BUF_INIT(1024);
        buf_printf(&action, "[{\"%s\":%s},{\"stop\":true}]", i ? "hold" : "nothing",
                   i ? cases[i - 1].hold : "1");
        const struct act t = {.action = action.ptr};
        struct arena a = {0};
        struct box b;
        if (live(&b, &t)) {
            const char *after = swml_told(&b, "/after", 0);
            long long from = 0, to = 0;
            uint64_t n;
            from = str_to_u64(str_z(swml_at(&a, after, "ai_start_date")), UINT64_MAX, &n)
                       ? (long long)n
                       : 0;
            to = str_to_u64(str_z(swml_at(&a, after, "ai_end_date")), UINT64_MAX, &n) ? (long long)n
                                                                                      : 0;
            long long ms = (to - from) / 1000;
            if (i == 0)
                without = ms;
            else
                EXPECT_INT(ms - without, cases[i - 1].ms);
        }
        box_release(&b);
        arena_release(&a);
        buf_release(&action);
    }
}

TEST(ai_actions, what_is_not_simulated_is_in_the_log) {
    const struct act t = {.action = "[{\"settings\":{\"temperature\":1}},"
                                    "{\"playback_bg\":\"http://x.test/a.mp3\"},"
                                    "{\"context_switch\":{\"system_prompt\":\"Be brief.\"}}]"};
    struct box b;
    if (live(&b, &t)) {
        EXPECT(was_said(&b, "Action \\\"settings\\\" is not simulated."));
        EXPECT(was_said(&b, "Action \\\"playback_bg\\\" was taken note of."));
        EXPECT(was_said(&b, "Be brief."));
    }
    box_release(&b);
}

TEST(ai_actions, a_function_without_webhook_answers_with_its_output) {
    const struct act t = {.functions =
                              ",{\"function\":\"local_one\",\"description\":\"Then\",\"data_map\":"
                              "{\"output\":{\"response\":\"Plan ${global_data.plan}.\","
                              "\"action\":[{\"stop\":true}]}}}",
                          .action = "[]"};
    struct box b;
    if (live(&b, &t)) {
        EXPECT(was_said(&b, "Plan basic."));
        EXPECT_STR(swml_told(&b, "/vars", 0), "next ");
    }
    box_release(&b);
}
