#include "tests/unit/carrier/swml_box.h"

TEST(swml_flow, set_unset_and_references_share_variables) {
    swml_expect_told(SWML("{\"set\":{\"a\":\"1\",\"b\":{\"c\":\"${call.to}\"}}},"
                          "{\"set\":{\"a\":\"${a}2\",\"vars.d\":\"x\"}},{\"unset\":\"d\"}," TELL(
                              "${a} ${b.c} [${d}]")),
                     "12 +12025550100 []");
    swml_expect_told(
        SWML("{\"set\":{\"a\":1,\"b\":2}},{\"unset\":[\"a\",\"b\"]}," TELL("[${a}${b}]")), "[]");
}

TEST(swml_flow, cond_takes_the_first_that_holds) {
    static const char cond[] =
        "{\"cond\":[{\"when\":\"x === 'one'\",\"then\":[{\"set\":{\"r\":\"first\"}}]},"
        "{\"when\":\"vars.x.toLowerCase().includes('tw') && call.direction == 'outbound'\","
        "\"then\":[{\"set\":{\"r\":\"second\"}}]},{\"else\":[{\"set\":{\"r\":\"other\"}}]}]},";
    struct buf doc = BUF_INIT(8192);
    static const char *const cases[][2] = {{"one", "first"}, {"TWO", "second"}, {"three", "other"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        buf_clear(&doc);
        buf_printf(&doc, SWML("{\"set\":{\"x\":\"%s\"}},%s" TELL("${r}")), cases[i][0], cond);
        swml_expect_told(doc.ptr, cases[i][1]);
    }
    buf_release(&doc);
}

TEST(swml_flow, a_condition_that_makes_no_sense_is_false_and_noted) {
    swml_expect_told(
        SWML("{\"cond\":[{\"when\":\"1 +\",\"then\":[{\"set\":{\"r\":\"yes\"}}]}]}," TELL(
            "[${r}] ${script_error.code}")),
        "[] relay_script_js_eval_error");
}

TEST(swml_flow, switch_chooses_by_a_variable) {
    static const char choice[] =
        "{\"switch\":{\"variable\":\"x\",\"case\":{\"a\":[{\"set\":{\"r\":\"A\"}}],"
        "\"2\":[{\"set\":{\"r\":\"two\"}}]},\"default\":[{\"set\":{\"r\":\"none\"}}]}},";
    static const char *const cases[][2] = {{"\"a\"", "A"}, {"2", "two"}, {"\"z\"", "none"}};
    struct buf doc = BUF_INIT(8192);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        buf_clear(&doc);
        buf_printf(&doc, SWML("{\"set\":{\"x\":%s}},%s" TELL("${r}")), cases[i][0], choice);
        swml_expect_told(doc.ptr, cases[i][1]);
    }
    buf_release(&doc);
}

TEST(swml_flow, goto_repeats_up_to_its_limit) {
    swml_expect_told(
        SWML("{\"set\":{\"n\":0}},{\"label\":\"again\"},{\"set\":{\"n\":\"${n + 1}\"}},"
             "{\"goto\":{\"label\":\"again\",\"max\":3}}," TELL("${n}")),
        "4");
    swml_expect_told(
        SWML("{\"set\":{\"n\":0}},{\"label\":\"again\"},{\"set\":{\"n\":\"${n + 1}\"}},"
             "{\"goto\":{\"label\":\"again\",\"when\":\"n < 7\"}}," TELL("${n}")),
        "7");
    swml_expect_told(
        SWML("{\"set\":{\"n\":0}},{\"label\":\"again\"},{\"set\":{\"n\":\"${n + 1}\"}},"
             "{\"goto\":{\"label\":\"again\",\"max\":5000}}," TELL("${n}")),
        "101");
}

TEST(swml_flow, goto_leaves_the_block_it_stands_in) {
    swml_expect_told(
        SWML("{\"set\":{\"n\":0}},{\"label\":\"again\"},{\"set\":{\"n\":\"${n + 1}\"}},"
             "{\"cond\":[{\"when\":\"n < 3\",\"then\":[{\"goto\":{\"label\":\"again\"}},"
             "{\"set\":{\"n\":99}}]}]}," TELL("${n}")),
        "3");
}

#define SECTIONS(main, other) "{\"sections\":{\"main\":[" main "],\"sub\":[" other "]}}"

TEST(swml_flow, execute_comes_back_with_a_value) {
    swml_expect_told(
        SECTIONS(
            "{\"execute\":{\"dest\":\"sub\",\"params\":{\"who\":\"${call.from}\"},"
            "\"on_return\":[{\"set\":{\"seen\":\"${return_value.v}\"}}],"
            "\"result\":[{\"when\":\"return_value.v == "
            "7\",\"then\":[{\"set\":{\"ok\":\"y\"}}]}]}}," TELL("${seen}${ok}${w}[${params.who}]"),
            "{\"set\":{\"w\":\"${params.who}\"}},{\"return\":{\"v\":7}},{\"hangup\":{}}"),
        "7y" BOX_FROM "[]");
}

TEST(swml_flow, params_belong_to_their_section) {
    swml_expect_told(
        "{\"sections\":{\"main\":[{\"execute\":{\"dest\":\"a\",\"params\":{\"x\":\"1\"}}}," TELL(
            "${r}") "],"
                    "\"a\":[{\"execute\":{\"dest\":\"b\",\"params\":{\"y\":\"2\"}}},"
                    "{\"set\":{\"r\":\"${r} then ${params.x}${params.y}\"}}],"
                    "\"b\":[{\"set\":{\"r\":\"[${params.x}]${params.y}\"}}]}}",
        "[]2 then 1");
}

TEST(swml_flow, transfer_does_not_come_back) {
    swml_expect_told(SECTIONS("{\"transfer\":{\"dest\":\"sub\"}}," TELL("main"), TELL("sub")),
                     "sub");
}

TEST(swml_flow, transfer_ends_the_call_after_thirty_two) {
    struct box b;
    if (swml_live(&b, SECTIONS("{\"transfer\":\"sub\"}", TELL("again") ",{\"transfer\":\"sub\"}")))
        EXPECT_INT(box_count(&b, "/vars"), 32);
    box_release(&b);
}

TEST(swml_flow, execute_has_a_limit_of_depth) {
    struct box b;
    if (swml_live(&b, SECTIONS("{\"execute\":\"sub\"}," TELL("${script_error.code}"),
                               "{\"execute\":{\"dest\":\"sub\"}}")))
        EXPECT_STR(swml_told(&b, "/vars", 0), "relay_script_nested_too_deep");
    box_release(&b);
}

TEST(swml_flow, documents_come_from_urls_and_from_texts) {
    const struct box_page pages[] = {
        {.path = "/answer",
         .body = SWML("{\"set\":{\"a\":\"1\"}},"
                      "{\"execute\":{\"dest\":\"" BOX_APP "/sub\",\"params\":{\"p\":\"q\"}}},"
                      "{\"execute\":{\"dest\":\"{\\\"sections\\\":{\\\"main\\\":[{\\\"set\\\":"
                      "{\\\"c\\\":\\\"3\\\"}}]}}\"}}," TELL("${a}${b}${c}")),
         .type = "application/json"},
        {.path = "/sub",
         .body = SWML("{\"set\":{\"b\":\"${params.p}\"}}"),
         .type = "application/json"},
        {.path = NULL}};
    const struct box_options o = {.pages = pages};
    struct arena a = {0};
    struct box b;
    if (swml_live_to(&b, &o, "+12025550100", ",\"custom_variables\":{\"deal\":\"42\"}")) {
        const char *first = swml_told(&b, "/answer", 0), *second = swml_told(&b, "/sub", 0);
        EXPECT_STR(swml_told(&b, "/vars", 0), "1q3");
        EXPECT_STR(swml_at(&a, first, "call.to"), "+12025550100");
        EXPECT_STR(swml_at(&a, first, "envs.deal"), "42");
        EXPECT_STR(swml_at(&a, first, "vars"), "");
        EXPECT_STR(swml_at(&a, second, "vars.a"), "1");
        EXPECT_STR(swml_at(&a, second, "params.p"), "q");
        const char *headers = box_wait(&b, "/sub", 0)->headers;
        EXPECT(strstr(headers, "X-Signalwire-Signature: ") != NULL);
    }
    box_release(&b);
    arena_release(&a);
}

TEST(swml_flow, a_document_that_fails_asks_the_fallback) {
    static const char *const bad[] = {"no json", "{}", "{\"sections\":{\"main\":{}}}",
                                      "{\"version\":\"2.0\",\"sections\":{\"main\":[]}}"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        const struct box_page pages[] = {
            {.path = "/answer", .body = bad[i], .type = "application/json"},
            {.path = "/fallback", .body = SWML(TELL("here")), .type = "application/json"},
            {.path = NULL}};
        const struct box_options o = {.pages = pages};
        struct box b;
        if (swml_live_to(&b, &o, "+12025550100", ",\"fallback_url\":\"" BOX_APP "/fallback\""))
            EXPECT_STR(swml_told(&b, "/vars", 0), "here");
        box_release(&b);
    }
}

TEST(swml_flow, a_call_without_any_document_ends_with_an_error) {
    const struct box_page pages[] = {{.path = "/answer", .status = 500}, {.path = NULL}};
    const struct box_options o = {.pages = pages};
    struct arena a = {0};
    struct box b;
    if (swml_live_to(&b, &o, "+12025550100", ""))
        EXPECT_STR(swml_at(&a, swml_told(&b, "/status", 1), "params.end_reason"), "error");
    box_release(&b);
    arena_release(&a);
}

TEST(swml_flow, an_unknown_verb_is_noted_and_passed_over) {
    swml_expect_told(SWML("{\"dance\":{}}," TELL("${script_error.code} ${script_error.message}")),
                     "relay_script_method_undefined dance");
}

TEST(swml_flow, request_saves_what_came_back) {
    const struct box_page pages[] = {
        {.path = "/answer",
         .body = SWML("{\"request\":{\"url\":\"" BOX_APP "/data\",\"method\":\"PUT\","
                      "\"headers\":{\"X-Own\":\"1\",\"Cookie\":\"no\",\"Content-Type\":\"text/x\"},"
                      "\"body\":{\"n\":\"${call.to}\"},\"save_variables\":true}}," TELL(
                          "${request_result} ${request_response_code} ${request_response.a[1].b}")),
         .type = "application/json"},
        {.path = "/data", .body = "{\"a\":[0,{\"b\":\"deep\"}]}", .status = 201},
        {.path = NULL}};
    const struct box_options o = {.pages = pages};
    struct box b;
    if (swml_live_to(&b, &o, "+12025550100", "")) {
        const struct box_request *r = box_wait(&b, "/data", 0);
        EXPECT_STR(swml_told(&b, "/vars", 0), "success 201 deep");
        EXPECT_STR(r->method, "PUT");
        EXPECT_STR(r->body, "{\"n\":\"+12025550100\"}");
        EXPECT(strstr(r->headers, "X-Own: 1\n") != NULL);
        EXPECT(strstr(r->headers, "Content-Type: text/x\n") != NULL);
        EXPECT(strstr(r->headers, "Cookie") == NULL);
        EXPECT(strstr(r->headers, "Signature") == NULL);
    }
    box_release(&b);
}

TEST(swml_flow, a_request_that_fails_is_told) {
    const struct box_page pages[] = {
        {.path = "/answer",
         .body = SWML("{\"request\":{\"url\":\"" BOX_APP "/data\",\"method\":\"GET\"}}," TELL(
             "${request_result} ${request_response_code}")),
         .type = "application/json"},
        {.path = "/data", .status = 404},
        {.path = NULL}};
    const struct box_options o = {.pages = pages};
    struct box b;
    if (swml_live_to(&b, &o, "+12025550100", "")) {
        EXPECT_STR(swml_told(&b, "/vars", 0), "failed 404");
        EXPECT_INT(box_count(&b, "/data"), 1);
    }
    box_release(&b);
}

TEST(swml_flow, variables_do_not_grow_without_end) {
    swml_expect_told(SWML("{\"set\":{\"a\":\"0123456789\"}},{\"label\":\"again\"},"
                          "{\"set\":{\"a\":\"${a}${a}\"}},{\"goto\":{\"label\":\"again\"}}," TELL(
                              "${a.length < 200000}")),
                     "true");
}
