#include <stdio.h>
#include <string.h>

#include "core/base/compiler.h"
#include "swml/swml.h"
#include "tests/support/test.h"

#define NEXT "https://a.example/n"
#define GO   "{\"transfer\":{\"dest\":\"" NEXT "\"}}"

/* ---- helpers --------------------------------------------------------------------------------- */

/* The plan's steps as JSON, or the error's text. */
static const char *read_steps(const char *verbs, struct buf *out, struct plan_loss_report *loss) {
    CLEANUP(plan_release) struct plan p = {0};
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 20);
    struct error err = {0};
    struct json_writer w;
    buf_printf(&doc, "{\"version\":\"1.0.0\",\"sections\":{\"main\":[%s]}}", verbs);
    buf_clear(out);
    if (swml_read(buf_str(&doc), &p, loss, &err) != ERR_OK) {
        buf_puts(out, err.text);
        return out->ptr;
    }
    json_write_init(&w, out);
    plan_to_json(&p, &w);
    return out->ptr;
}

static void expect_steps(const char *verbs, const char *steps) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    CLEANUP(buf_release) struct buf want = BUF_INIT(1 << 20);
    struct plan_loss_report loss = {0};
    buf_printf(&want, "{\"steps\":[%s]}", steps);
    EXPECT_STR(read_steps(verbs, &out, &loss), want.ptr);
    EXPECT_INT(loss.count, 0);
    if (loss.count > 0)
        printf("%s: %s\n", loss.items[0].where, loss.items[0].what);
}

/* The verb stays in its own words. */
static void expect_raw(const char *verb) {
    CLEANUP(buf_release) struct buf want = BUF_INIT(1 << 16);
    buf_printf(&want, "{\"raw\":{\"dialect\":\"swml\",\"document\":%s}}", verb);
    expect_steps(verb, want.ptr);
}

static void expect_loss(const char *verbs, enum plan_loss_kind kind, const char *where) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    struct plan_loss_report loss = {0};
    (void)read_steps(verbs, &out, &loss);
    EXPECT_INT(loss.count, 1);
    EXPECT_INT(loss.items[0].kind, kind);
    EXPECT_STR(loss.items[0].where, where);
    EXPECT(loss.items[0].what[0] != '\0' && loss.items[0].remedy[0] != '\0');
}

/* ---- verbs that are steps -------------------------------------------------------------------- */

TEST(swml_read, what_is_played_becomes_steps) {
    expect_steps("{\"play\":{\"urls\":[\"say: Hello \",\"silence: 2\",\"" NEXT
                 "\"],\"say_voice\":\"v\",\"volume\":0,\"say_gender\":\"female\"}}",
                 "{\"say\":{\"text\":\"Hello\",\"voice\":\"v\"}},{\"pause\":{\"seconds\":2}},"
                 "{\"play\":{\"url\":\"" NEXT "\"}}");
}

TEST(swml_read, sleep_takes_all_its_forms) {
    expect_steps("{\"sleep\":{\"duration\":2000}},{\"sleep\":3000},{\"sleep\":\"4000\"},"
                 "{\"sleep\":{\"duration\":\"5000\"}}",
                 "{\"pause\":{\"seconds\":2}},{\"pause\":{\"seconds\":3}},{\"pause\":{\"seconds\":"
                 "4}},{\"pause\":{\"seconds\":5}}");
    expect_raw("{\"sleep\":{\"duration\":-1}}");
    expect_raw("{\"sleep\":\"${wait}\"}");
}

TEST(swml_read, a_bare_word_is_a_verb) {
    expect_steps("\"hangup\"", "{\"hangup\":{}}");
    expect_steps("\"denoise\"", "{\"raw\":{\"dialect\":\"swml\",\"document\":{\"denoise\":{}}}}");
    expect_steps("{\"hangup\":{\"reason\":\"hangup\"}}", "{\"hangup\":{}}");
    expect_steps("{\"join_conference\":\"room\"}",
                 "{\"dial\":{\"nouns\":[{\"kind\":\"conference\",\"target\":\"room\"}]}}");
}

TEST(swml_read, the_transfer_behind_a_prompt_is_its_action) {
    expect_steps("{\"prompt\":{\"play\":\"say:Digits?\",\"max_digits\":\"4\"}}," GO,
                 "{\"gather\":{\"input\":[\"keys\"],\"action\":\"" NEXT
                 "\",\"digits_max\":4,\"finish_key\":\"\",\"action_on_empty\":true,\"prompts\":["
                 "{\"say\":{\"text\":\"Digits?\"}}]}}");
    expect_steps("{\"prompt\":{\"play\":\"say:Words?\",\"speech_hints\":[\"a\",\"b\"]}}",
                 "{\"gather\":{\"input\":[\"speech\"],\"hints\":\"a,b\",\"prompts\":["
                 "{\"say\":{\"text\":\"Words?\"}}]}}");
}

TEST(swml_read, a_choice_of_other_places_stays_a_choice) {
    expect_steps("{\"prompt\":{\"play\":\"say:x\",\"terminators\":\"#\"}},{\"switch\":{"
                 "\"variable\":\"prompt_result\",\"case\":{\"match_speech\":[" GO
                 "],\"match_digits\":[{\"hangup\":{}}]}}}",
                 "{\"gather\":{\"input\":[\"keys\"],\"digits_max\":1,\"prompts\":[{\"say\":{"
                 "\"text\":\"x\"}}]}},{\"raw\":{\"dialect\":\"swml\",\"document\":{\"switch\":{"
                 "\"variable\":\"prompt_result\",\"case\":{\"match_speech\":[" GO
                 "],\"match_digits\":[{\"hangup\":{}}]}}}}}");
}

TEST(swml_read, strings_stand_for_numbers_and_booleans) {
    expect_steps("{\"pay\":{\"payment_connector_url\":\"" NEXT
                 "\",\"input\":\"dtmf\",\"payment_method\":\"credit-card\",\"timeout\":\"5\","
                 "\"max_attempts\":\"3\",\"security_code\":\"true\",\"postal_code\":\"false\","
                 "\"min_postal_code_length\":\"0\",\"charge_amount\":49.5}}",
                 "{\"pay\":{\"connector\":\"" NEXT
                 "\",\"amount\":\"49.5\",\"method\":\"credit-card\",\"attempts_max\":3,"
                 "\"timeout_s\":5,\"security_code\":true,\"postal_code\":\"false\"}}");
    expect_steps("{\"connect\":{\"to\":\"+12025550101\",\"timeout\":\"20\",\"answer_on_bridge\":"
                 "\"true\"}}",
                 "{\"dial\":{\"nouns\":[{\"kind\":\"number\",\"target\":\"+12025550101\"}],"
                 "\"timeout_s\":20,\"answer_on_bridge\":true}}");
}

TEST(swml_read, the_carriers_defaults_said_aloud_lose_nothing) {
    expect_steps("{\"record_call\":{\"stereo\":false,\"format\":\"wav\",\"direction\":\"both\","
                 "\"beep\":false,\"input_sensitivity\":44.0,\"terminators\":\"\","
                 "\"initial_timeout\":0.0}}",
                 "{\"start_recording\":{\"track\":\"both\",\"format\":\"wav\"}}");
}

TEST(swml_read, far_ends_are_told_apart) {
    expect_steps("{\"connect\":{\"parallel\":[{\"to\":\"sips:a@b.example\"},{\"to\":"
                 "\"/private/joe\"},{\"to\":\"/public/ann\"},{\"to\":\"12025550101\"}]}}",
                 "{\"dial\":{\"nouns\":[{\"kind\":\"sip\",\"target\":\"sips:a@b.example\"},"
                 "{\"kind\":\"client\",\"target\":\"/private/joe\"},{\"kind\":\"client\","
                 "\"target\":\"ann\"},{\"kind\":\"number\",\"target\":\"12025550101\"}]}}");
}

TEST(swml_read, the_answer_in_front_is_no_step_where_the_writer_puts_it) {
    expect_steps("{\"answer\":{}},{\"play\":{\"url\":\"say:x\"}}", "{\"say\":{\"text\":\"x\"}}");
    expect_steps("{\"answer\":{}},{\"hangup\":{}}",
                 "{\"raw\":{\"dialect\":\"swml\",\"document\":{\"answer\":{}}}},{\"hangup\":{}}");
    expect_raw("{\"answer\":{}}");
    expect_raw("{\"answer\":{\"max_duration\":60}}");
}

TEST(swml_read, taps_and_media_streams_are_streams) {
    expect_steps("{\"tap\":{\"uri\":\"wss://a.example/t\",\"control_id\":\"t\",\"direction\":"
                 "\"both\",\"codec\":\"PCMU\"}},{\"stop_tap\":{\"control_id\":\"t\"}}",
                 "{\"stream\":{\"name\":\"t\",\"url\":\"wss://a.example/t\",\"track\":\"both\"}},"
                 "{\"stop_stream\":{\"name\":\"t\"}}");
    expect_steps("{\"connect\":{\"to\":\"stream:wss://a.example/s\"}}," GO,
                 "{\"stream\":{\"url\":\"wss://a.example/s\",\"bidirectional\":true,"
                 "\"action\":\"" NEXT "\"}}");
}

/* ---- verbs that are no steps ----------------------------------------------------------------- */

TEST(swml_read, verbs_without_a_step_stay_in_their_own_words) {
    static const char *const raw[] = {
        "{\"set\":{\"a\":[1,2.5,null,true]}}",
        "{\"unset\":\"a\"}",
        "{\"cond\":[{\"when\":\"a\",\"then\":[]},{\"else\":[]}]}",
        "{\"label\":\"top\"}",
        "{\"goto\":{\"label\":\"top\",\"max\":3}}",
        "{\"execute\":{\"dest\":\"other\"}}",
        "{\"return\":5}",
        "{\"request\":{\"url\":\"" NEXT "\",\"method\":\"GET\"}}",
        "{\"transfer\":{\"dest\":\"section\"}}",
        "{\"transfer\":{\"dest\":\"" NEXT "\",\"params\":{\"a\":1}}}",
        "{\"detect_machine\":{\"timeout\":5}}",
        "{\"tap\":{\"uri\":\"rtp://192.0.2.1:5000\"}}",
        "{\"stream\":{\"url\":\"wss://a.example/s\"}}",
        "{\"user_event\":{\"event\":{}}}",
        "{\"live_transcribe\":{\"action\":{\"summarize\":{}}}}",
        "{\"send_sms\":{\"body\":\"x\"}}",
        "{\"play\":{\"url\":\"ring:us\"}}",
        "{\"play\":{\"url\":\"say:You said ${prompt_value}\"}}",
        "{\"connect\":{\"to\":\"%{number}\"}}",
        "{\"connect\":{\"serial_parallel\":[[{\"to\":\"+1\"}]]}}",
        "{\"connect\":{\"to\":\"+1\",\"result\":[]}}",
        "{\"connect\":{\"to\":\"verto:a@b\"}}",
        "{\"send_digits\":{\"digits\":\"1,2\"}}",
    };
    for (size_t i = 0; i < ARRAY_LEN(raw); i++)
        expect_raw(raw[i]);
}

TEST(swml_read, a_document_of_several_sections_is_one_step) {
    static const char doc[] = "{\"sections\":{\"main\":[{\"execute\":{\"dest\":\"b\"}}],\"b\":[]}}";
    CLEANUP(plan_release) struct plan p = {0};
    struct plan_loss_report loss = {0};
    struct error err = {0};
    REQUIRE(swml_read(str_z(doc), &p, &loss, &err) == ERR_OK);
    REQUIRE(p.count == 1 && p.steps[0].kind == PLAN_RAW);
    EXPECT(str_eq_z(p.steps[0].u.raw.document, doc));
    EXPECT_INT(loss.count, 0);
}

TEST(swml_read, one_verb_is_read_by_itself) {
    CLEANUP(plan_release) struct plan p = {0};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct error err = {0};
    REQUIRE(json_parse(STR("[{\"answer\":{}},{\"hangup\":{}},{\"a\":1,\"b\":2}]"), NULL, &doc,
                       &err) == ERR_OK);
    const struct json *answer = json_first(json_root(doc)), *hangup = json_next(answer);
    EXPECT_INT(swml_read_verbs(answer, &p, NULL, &err), ERR_OK);
    EXPECT_INT(swml_read_verbs(hangup, &p, NULL, &err), ERR_OK);
    REQUIRE(p.count == 2);
    EXPECT_INT(p.steps[0].kind, PLAN_RAW);
    EXPECT_INT(p.steps[1].kind, PLAN_HANGUP);
    EXPECT_INT(swml_read_verbs(json_root(doc), &p, NULL, &err), ERR_INVALID);
    EXPECT_STR(err.field, "sections.main[2]");
    EXPECT_INT(p.count, 2);
}

/* ---- what a plan cannot hold ----------------------------------------------------------------- */

TEST(swml_read, what_does_not_reach_the_plan_is_reported) {
    static const struct {
        const char *verbs, *where;
    } cases[] = {
        {"{\"play\":{\"url\":\"say:x\",\"volume\":10}}", "main[0].play.volume"},
        {"{\"play\":{\"url\":\"say:x\",\"auto_answer\":false}}", "main[0].play.auto_answer"},
        {"{\"play\":{\"url\":\"say:x\",\"nosuch\":1}}", "main[0].play.nosuch"},
        {"{\"play\":{\"url\":\"silence:1.5\"}}", "main[0].play.url"},
        {"{\"sleep\":500}", "main[0].sleep.duration"},
        {"{\"prompt\":{\"play\":\"say:x\",\"terminators\":\"#*\"}}", "main[0].prompt.terminators"},
        {"{\"prompt\":{\"play\":\"say:x\",\"initial_timeout\":9}}", "main[0].prompt.digit_timeout"},
        {"{\"prompt\":{\"play\":\"say:x\",\"max_digits\":\"many\"}}", "main[0].prompt.max_digits"},
        {"{\"record\":{\"format\":\"mp3\"}}", "main[0].record.format"},
        {"{\"record\":{\"max_length\":1.5}}", "main[0].record.max_length"},
        {"{\"record_call\":{\"format\":\"mp4\"}}", "main[0].record_call.format"},
        {"{\"record_call\":{\"status_url\":\"/relative\"}}", "main[0].record_call.status_url"},
        {"{\"connect\":{\"to\":\"+1\",\"headers\":[]}}", "main[0].connect.headers"},
        {"{\"join_conference\":{\"name\":\"r\",\"beep\":\"onEnter\"}}",
         "main[0].join_conference.beep"},
        {"{\"enter_queue\":{\"queue_name\":\"q\",\"transfer_after_bridge\":\"" NEXT "\"}}",
         "main[0].enter_queue.transfer_after_bridge"},
        {"{\"hangup\":{\"reason\":\"bored\"}}", "main[0].hangup.reason"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char where[64];
        (void)snprintf(where, sizeof where, "%.40s", cases[i].where);
        CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
        struct plan_loss_report loss = {0};
        (void)read_steps(cases[i].verbs, &out, &loss);
        EXPECT_INT(loss.count, 1);
        EXPECT_INT(loss.items[0].kind, PLAN_LOSS_DROPPED);
        EXPECT(strncmp(loss.items[0].where, where, strlen(loss.items[0].where)) == 0);
        EXPECT(strlen(loss.items[0].where) > strlen("main[0].play"));
    }
}

TEST(swml_read, unknown_verbs_are_refused) {
    expect_loss("{\"hangup\":{}},{\"levitate\":{}}", PLAN_LOSS_REFUSED, "main[1].levitate");
    expect_loss("{\"ai\":\"text\"}", PLAN_LOSS_REFUSED, "main[0].ai");
}

/* ---- bad documents --------------------------------------------------------------------------- */

TEST(swml_read, bad_documents_say_what_is_wrong_and_where) {
    static const struct {
        const char *doc, *field, *text;
    } cases[] = {
        {"", "", "empty"},
        {"version: 1.0.0\nsections:\n  main: []\n", "", "not YAML"},
        {"---\nsections: {main: []}\n", "", "not YAML"},
        {"{\"sections\":", "", "no JSON"},
        {"[]", "", "object"},
        {"{}", "sections", "missing"},
        {"{\"sections\":[]}", "sections", "no object"},
        {"{\"sections\":{\"other\":[]}}", "sections.main", "missing"},
        {"{\"sections\":{\"main\":{}}}", "sections.main", "no list"},
        {"{\"version\":\"2.0.0\",\"sections\":{\"main\":[]}}", "version", "1.0.0"},
        {"{\"sections\":{\"main\":[{\"hangup\":{}},{}]}}", "sections.main[1]", "one key"},
        {"{\"sections\":{\"main\":[{\"a\":1,\"b\":2}]}}", "sections.main[0]", "one key"},
        {"{\"sections\":{\"main\":[5]}}", "sections.main[0]", "one key"},
        {"{\"sections\":{\"main\":[],\"main\":[]}}", "", "duplicate"},
        {"{\"sections\":{\"main\":[{\"play\":{\"url\":\"say:\xFF\"}}]}}", "", "no JSON"},
        {"{\"sections\":{\"main\":[{\"play\":{\"url\":\"say:\\u0000\"}}]}}", "", "no JSON"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(plan_release) struct plan p = {0};
        struct error err = {0};
        EXPECT_INT(swml_read(str_z(cases[i].doc), &p, NULL, &err), ERR_INVALID);
        EXPECT_STR(err.field, cases[i].field);
        EXPECT(strstr(err.text, cases[i].text) != NULL);
        if (!strstr(err.text, cases[i].text))
            printf("%s: %s\n", cases[i].doc, err.text);
        EXPECT_INT(p.count, 0);
    }
}

TEST(swml_read, sizes_are_limited) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 20);
    CLEANUP(plan_release) struct plan p = {0};
    struct error err = {0};
    buf_puts(&doc, "{\"sections\":{\"main\":[");
    for (size_t i = 0; i <= PLAN_STEPS_MAX; i++)
        buf_puts(&doc, i ? ",{\"hangup\":{}}" : "{\"hangup\":{}}");
    buf_puts(&doc, "]}}");
    EXPECT_INT(swml_read(buf_str(&doc), &p, NULL, &err), ERR_LIMIT);
    EXPECT_INT(p.count, 0);

    buf_clear(&doc);
    buf_puts(&doc, "{\"sections\":{\"main\":[{\"set\":{\"a\":");
    for (size_t i = 0; i < SWML_DEPTH_MAX; i++)
        buf_puts(&doc, "[");
    EXPECT_INT(swml_read(buf_str(&doc), &p, NULL, &err), ERR_LIMIT);

    buf_clear(&doc);
    while (doc.len <= SWML_BYTES_MAX)
        buf_puts(&doc, "                                ");
    EXPECT_INT(swml_read(buf_str(&doc), &p, NULL, &err), ERR_LIMIT);
}
