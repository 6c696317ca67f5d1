#include "tests/unit/carrier/swml_box.h"

/** One call to this number with this document at "/answer". */
static bool live_to(struct box *b, const char *document, const char *to) {
    const struct box_page pages[] = {
        {.path = "/answer", .body = document, .type = "application/json"}, {.path = NULL}};
    const struct box_options o = {.pages = pages, .seed = 7};
    bool ok = swml_live_to(b, &o, to, "");
    b->pages = NULL;
    return ok;
}

TEST(swml_media, prompt_hears_speech) {
    swml_expect_told(SWML("{\"prompt\":{\"play\":\"say:What is your name?\","
                          "\"speech_end_timeout\":1}}," TELL("${prompt_result}: ${prompt_value} "
                                                             "${prompt_speech_confidence > 50}")),
                     "match_speech: My name is John Doe. true");
}

TEST(swml_media, prompt_takes_digits) {
    swml_expect_told(SWML("{\"prompt\":{\"play\":\"say:Is that correct?\",\"max_digits\":1}}," TELL(
                         "${prompt_result} ${prompt_value}")),
                     "match_digits 1");
}

TEST(swml_media, prompt_without_an_answer_says_so) {
    struct box b;
    if (live_to(&b,
                SWML("{\"prompt\":{\"play\":\"say:Hello?\",\"status_url\":\"" BOX_APP
                     "/ev\"}}," TELL("${prompt_result} [${prompt_value}]")),
                "+12025550115")) {
        struct arena a = {0};
        const char *event = swml_told(&b, "/ev", 0);
        EXPECT_STR(swml_told(&b, "/vars", 0), "no_input []");
        EXPECT_STR(swml_at(&a, event, "event_type"), "calling.call.collect");
        EXPECT_STR(swml_at(&a, event, "params.result.type"), "no_input");
        arena_release(&a);
    }
    box_release(&b);
}

TEST(swml_media, play_tells_its_states) {
    struct box b;
    struct arena a = {0};
    if (swml_live(&b, SWML("{\"play\":{\"urls\":[\"say:Hello\",\"silence:1\"],"
                           "\"status_url\":\"" BOX_APP "/ev\"}}"))) {
        EXPECT_STR(swml_at(&a, swml_told(&b, "/ev", 0), "params.state"), "playing");
        EXPECT_STR(swml_at(&a, swml_told(&b, "/ev", 1), "params.state"), "finished");
    }
    box_release(&b);
    arena_release(&a);
}

TEST(swml_media, record_leaves_its_url) {
    struct box b;
    if (swml_live(&b, SWML("{\"play\":{\"url\":\"say:What is your name?\"}},{\"record\":{}}," TELL(
                          "${record_result} ${record_url}")))) {
        const char *told = swml_told(&b, "/vars", 0);
        EXPECT(strncmp(told, "success http://carrier.test/", 28) == 0);
    }
    box_release(&b);
}

TEST(swml_media, record_call_runs_until_it_is_stopped_by_its_name) {
    struct box b;
    struct arena a = {0};
    if (swml_live(&b, SWML("{\"record_call\":{\"control_id\":\"main\",\"stereo\":true,"
                           "\"status_url\":\"" BOX_APP "/ev\"}},"
                           "{\"play\":{\"url\":\"say:This call is recorded.\"}},"
                           "{\"stop_record_call\":{\"control_id\":\"other\"}},"
                           "{\"set\":{\"other\":\"${stop_record_call_result}\"}},"
                           "{\"stop_record_call\":{\"control_id\":\"main\"}}," TELL(
                               "${record_call_result} ${record_control_id} ${other} "
                               "${stop_record_call_result}")))) {
        EXPECT_STR(swml_told(&b, "/vars", 0), "success main failed success");
        EXPECT_STR(swml_at(&a, swml_told(&b, "/ev", 0), "params.state"), "recording");
        EXPECT_STR(swml_at(&a, swml_told(&b, "/ev", 0), "params.control_id"), "main");
        EXPECT_STR(swml_at(&a, swml_told(&b, "/ev", 1), "params.state"), "finished");
    }
    box_release(&b);
    arena_release(&a);
}

TEST(swml_media, connect_tells_how_it_went) {
    static const struct {
        const char *to, *told;
    } cases[] = {{"+12025550100", "connected []"},
                 {"+12025550101", "failed [busy]"},
                 {"+12025550102", "failed [no_answer]"}};
    struct buf doc = BUF_INIT(8192);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        buf_clear(&doc);
        buf_printf(&doc,
                   SWML("{\"connect\":{\"to\":\"%s\",\"timeout\":20}}," TELL(
                       "${connect_result} [${connect_failed_reason}]")),
                   cases[i].to);
        swml_expect_told(doc.ptr, cases[i].told);
    }
    buf_release(&doc);
}

TEST(swml_media, connect_goes_on_by_its_result) {
    swml_expect_told(SWML("{\"connect\":{\"to\":\"+12025550101\",\"result\":{\"case\":"
                          "{\"connected\":[{\"set\":{\"r\":\"talked\"}}],"
                          "\"failed\":[{\"set\":{\"r\":\"did not\"}}]}}}}," TELL("${r}")),
                     "did not");
    swml_expect_told(SWML("{\"connect\":{\"serial_parallel\":[[{\"to\":\"+12025550101\"}],"
                          "[{\"to\":\"+12025550100\"}]]}}," TELL("${connect_result}")),
                     "connected");
}

TEST(swml_media, connect_tells_its_states) {
    struct box b;
    struct arena a = {0};
    if (swml_live(&b, SWML("{\"connect\":{\"to\":\"+12025550101\",\"status_url\":\"" BOX_APP
                           "/ev\"}}"))) {
        EXPECT_STR(swml_at(&a, swml_told(&b, "/ev", 0), "params.connect_state"), "connecting");
        EXPECT_STR(swml_at(&a, swml_told(&b, "/ev", 1), "params.failed_reason"), "busy");
    }
    box_release(&b);
    arena_release(&a);
}

TEST(swml_media, a_conference_and_a_queue_come_to_an_end) {
    swml_expect_told(
        SWML("{\"join_conference\":{\"name\":\"team\"}}," TELL("${join_conference_result}")),
        "completed");
    swml_expect_told("{\"sections\":{\"main\":[{\"enter_queue\":{\"queue_name\":\"support\","
                     "\"transfer_after_bridge\":\"after\"}}],"
                     "\"after\":[" TELL("${queue_result} ${entry_position}") "]}}",
                     "connected 1");
}

TEST(swml_media, detect_machine_tells_who_answers) {
    static const struct {
        const char *to, *told;
    } cases[] = {
        {"+12025550100", "human"}, {"+12025550104", "machine"}, {"+12025550115", "unknown"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct box b;
        if (live_to(&b, SWML("{\"detect_machine\":{}}," TELL("${detect_result}")), cases[i].to))
            EXPECT_STR(swml_told(&b, "/vars", 0), cases[i].told);
        box_release(&b);
    }
}

TEST(swml_media, hangup_and_sleep_take_their_forms) {
    swml_expect_told(
        SWML("{\"sleep\":500},{\"sleep\":\"500\"},{\"sleep\":{\"duration\":\"${x}0\"}}," TELL(
            "slept") ",{\"hangup\":{}}," TELL("never")),
        "slept");
    struct box b;
    struct arena a = {0};
    if (swml_live(&b, SWML("{\"hangup\":{\"reason\":\"busy\"}}," TELL("never")))) {
        EXPECT_INT(box_count(&b, "/vars"), 0);
        EXPECT_STR(swml_at(&a, swml_told(&b, "/status", 1), "params.end_reason"), "busy");
    }
    box_release(&b);
    arena_release(&a);
}

TEST(swml_media, send_digits_says_that_it_did) {
    swml_expect_told(SWML("{\"send_digits\":{\"digits\":\"12w#\"}}," TELL("${send_digits_result}")),
                     "success");
}

TEST(swml_media, what_the_box_does_not_simulate_is_passed_over) {
    swml_expect_told(SWML("{\"denoise\":{}},{\"send_fax\":{\"document\":\"http://x.test/a.pdf\"}},"
                          "{\"user_event\":{\"event\":{\"a\":1}}}," TELL(
                              "${denoise_result} ${send_fax_result}")),
                     "on failed");
}
