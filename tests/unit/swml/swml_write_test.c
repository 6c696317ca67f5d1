#include <string.h>

#include "core/base/compiler.h"
#include "swml/swml.h"
#include "tests/support/test.h"

/* ---- helpers --------------------------------------------------------------------------------- */

static bool plan_of(const char *steps, struct plan *out) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 16);
    struct error err = {0};
    buf_puts(&text, "{\"steps\":[");
    buf_puts(&text, steps);
    buf_puts(&text, "]}");
    return json_parse(buf_str(&text), NULL, &doc, &err) == ERR_OK &&
           plan_from_json(json_root(doc), out, &err) == ERR_OK;
}

/* The document of the steps, or the error's text. */
static const char *written(const char *steps, const struct swml_options *o, struct buf *out,
                           struct plan_loss_report *loss) {
    CLEANUP(plan_release) struct plan p = {0};
    struct error err = {0};
    if (!plan_of(steps, &p))
        return "no plan";
    buf_clear(out);
    if (swml_write(&p, o, out, loss, &err) != ERR_OK) {
        buf_clear(out);
        buf_puts(out, err.text);
    }
    return out->ptr ? out->ptr : "";
}

#define HEAD   "{\"version\":\"1.0.0\",\"sections\":{\"main\":["
#define TAIL   "]}}"
#define ANSWER "{\"answer\":{}},"
#define NEXT   "https://a.example/n"
#define GO     "{\"transfer\":{\"dest\":\"" NEXT "\"}}"

static void expect_verbs(const char *steps, const char *verbs) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    CLEANUP(buf_release) struct buf want = BUF_INIT(1 << 20);
    struct plan_loss_report loss = {0};
    buf_puts(&want, HEAD);
    buf_puts(&want, verbs);
    buf_puts(&want, TAIL);
    EXPECT_STR(written(steps, NULL, &out, &loss), want.ptr);
    EXPECT_INT(loss.count, 0);
}

static void expect_loss(const char *steps, enum plan_loss_kind kind, const char *where) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    struct plan_loss_report loss = {0};
    const char *doc = written(steps, NULL, &out, &loss);
    EXPECT_INT(loss.count, 1);
    EXPECT_INT(loss.items[0].kind, kind);
    EXPECT_STR(loss.items[0].where, where);
    EXPECT(loss.items[0].what[0] != '\0' && loss.items[0].remedy[0] != '\0');
    EXPECT((kind == PLAN_LOSS_REFUSED) == (doc[0] != '{'));
}

/* ---- every step ------------------------------------------------------------------------------ */

TEST(swml_write, an_empty_plan_is_an_empty_main_section) {
    expect_verbs("", "");
}

TEST(swml_write, what_is_heard_is_played) {
    expect_verbs("{\"say\":{\"text\":\"Tom & \\\"Jerry\\\"\",\"voice\":\"Polly.Amy\",\"language\":"
                 "\"en-GB\"}},{\"play\":{\"url\":\"" NEXT "\"}},{\"pause\":{\"seconds\":3}}",
                 ANSWER "{\"play\":{\"url\":\"say:Tom & \\\"Jerry\\\"\",\"say_voice\":"
                        "\"Polly.Amy\",\"say_language\":\"en-GB\"}},{\"play\":{\"url\":\"" NEXT
                        "\"}},{\"play\":{\"url\":\"silence:3\"}}");
}

TEST(swml_write, repetitions_go_back_to_a_label) {
    expect_verbs("{\"say\":{\"text\":\"Hi\",\"loop\":3}},{\"play\":{\"url\":\"" NEXT
                 "\",\"loop\":2}}",
                 ANSWER "{\"label\":\"switchhook_repeat_1\"},{\"play\":{\"url\":\"say:Hi\"}},"
                        "{\"goto\":{\"label\":\"switchhook_repeat_1\",\"max\":2}},"
                        "{\"label\":\"switchhook_repeat_2\"},{\"play\":{\"url\":\"" NEXT
                        "\"}},{\"goto\":{\"label\":\"switchhook_repeat_2\",\"max\":1}}");
}

TEST(swml_write, gather_is_a_prompt_and_goes_on_when_something_came) {
    expect_verbs("{\"gather\":{\"input\":[\"keys\",\"speech\"],\"action\":\"" NEXT
                 "\",\"timeout_s\":4,\"speech_timeout_s\":2,\"max_speech_s\":30,\"digits_max\":4,"
                 "\"finish_key\":\"*\",\"hints\":\"sales, support\",\"language\":\"de-DE\","
                 "\"prompts\":[{\"say\":{\"text\":\"Ja?\",\"language\":\"de-DE\"}},"
                 "{\"pause\":{\"seconds\":1}}]}}",
                 ANSWER
                 "{\"prompt\":{\"play\":[\"say:Ja?\",\"silence:1\"],\"say_language\":"
                 "\"de-DE\",\"max_digits\":4,\"terminators\":\"*\",\"initial_timeout\":4,"
                 "\"digit_timeout\":4,\"speech_language\":\"de-DE\",\"speech_hints\":"
                 "[\"sales\",\"support\"],\"speech_end_timeout\":2,\"speech_timeout\":30}},"
                 "{\"switch\":{\"variable\":\"prompt_result\",\"case\":{\"match_speech\":[" GO
                 "],\"match_digits\":[" GO "]}}}");
}

TEST(swml_write, gather_goes_on_in_any_case_when_asked) {
    expect_verbs("{\"gather\":{\"action\":\"" NEXT "\",\"action_on_empty\":true}}",
                 ANSWER "{\"prompt\":{\"play\":[\"silence:0.1\"],\"max_digits\":1000,"
                        "\"terminators\":\"#\"}}," GO);
    expect_verbs("{\"gather\":{\"input\":[\"speech\"]}}",
                 ANSWER "{\"prompt\":{\"play\":[\"silence:0.1\"],\"speech_language\":\"en-US\"}}");
}

TEST(swml_write, a_redirect_is_no_action_of_the_step_before) {
    expect_verbs("{\"gather\":{\"finish_key\":\"\"}},{\"redirect\":\"" NEXT "\"}",
                 ANSWER "{\"prompt\":{\"play\":[\"silence:0.1\"],\"max_digits\":1000}},"
                        "{\"transfer\":{\"dest\":\"" NEXT "\",\"meta\":{\"step\":\"redirect\"}}}");
    expect_verbs("{\"redirect\":\"" NEXT "\"}", GO);
}

TEST(swml_write, record_takes_a_message_and_goes_on) {
    expect_verbs("{\"record\":{\"action\":\"" NEXT "\",\"status\":\"" NEXT
                 "\",\"timeout_s\":3,\"max_s\":60,\"finish_keys\":\"*#\",\"beep\":false}}",
                 ANSWER "{\"record\":{\"terminators\":\"*#\",\"beep\":false,"
                        "\"end_silence_timeout\":3,\"initial_timeout\":3,\"max_length\":60,"
                        "\"status_url\":\"" NEXT "\"}}," GO);
}

TEST(swml_write, dial_connects_one_far_end) {
    expect_verbs("{\"dial\":{\"nouns\":[{\"kind\":\"number\",\"target\":\"+12025550101\","
                 "\"send_digits\":\"1w2\",\"status\":\"" NEXT
                 "\",\"status_events\":\"initiated completed\"}],\"caller_id\":\"+12025550199\","
                 "\"action\":\"" NEXT "\",\"timeout_s\":20,\"time_limit_s\":600,\"ring_tone\":"
                 "\"us\"}}",
                 ANSWER "{\"connect\":{\"to\":\"+12025550101\",\"call_state_url\":\"" NEXT
                        "\",\"call_state_events\":[\"created\",\"ended\"],\"confirm\":"
                        "[{\"send_digits\":{\"digits\":\"1w2\"}}],\"from\":\"+12025550199\","
                        "\"timeout\":20,\"max_duration\":600,\"ringback\":[\"ring:us\"]}}," GO);
}

TEST(swml_write, dial_connects_several_far_ends_at_once_or_in_turn) {
    expect_verbs("{\"dial\":{\"nouns\":[{\"kind\":\"sip\",\"target\":\"sip:a@b.example\","
                 "\"sip_user\":\"u\",\"sip_password\":\"p\"},{\"kind\":\"client\",\"target\":"
                 "\"joe\",\"screen\":\"" NEXT "\"}]}}",
                 ANSWER "{\"connect\":{\"parallel\":[{\"to\":\"sip:a@b.example\",\"username\":\"u\""
                        ",\"password\":\"p\"},{\"to\":\"/public/joe\",\"confirm\":\"" NEXT
                        "\"}]}}");
    expect_verbs("{\"dial\":{\"sequential\":true,\"answer_on_bridge\":true,\"nouns\":["
                 "{\"kind\":\"number\",\"target\":\"+1\"},{\"kind\":\"number\",\"target\":\"+2\"}]}"
                 "}",
                 "{\"connect\":{\"serial\":[{\"to\":\"+1\"},{\"to\":\"+2\"}],"
                 "\"answer_on_bridge\":true}}");
}

TEST(swml_write, a_conference_is_joined) {
    expect_verbs("{\"dial\":{\"action\":\"" NEXT "\",\"nouns\":[{\"kind\":\"conference\","
                 "\"target\":\"room\",\"muted\":true,\"beep\":false,\"start_on_enter\":false,"
                 "\"end_on_exit\":true,\"wait\":\"" NEXT "\",\"participants_max\":10,"
                 "\"record\":true,\"status\":{\"url\":\"" NEXT "\",\"method\":\"GET\"},"
                 "\"status_events\":\"join\"}]}}",
                 ANSWER "{\"join_conference\":{\"name\":\"room\",\"muted\":true,\"beep\":\"false\","
                        "\"start_on_enter\":false,\"end_on_exit\":true,\"wait_url\":\"" NEXT
                        "\",\"max_participants\":10,\"record\":\"record-from-start\","
                        "\"status_callback\":\"" NEXT "\",\"status_callback_method\":\"GET\","
                        "\"status_callback_event\":\"join\"}}," GO);
}

TEST(swml_write, queues_lead_to_their_action_bridged_or_not) {
    expect_verbs("{\"enqueue\":{\"queue\":\"support\",\"action\":\"" NEXT "\",\"wait\":\"" NEXT
                 "\"}}",
                 ANSWER "{\"enter_queue\":{\"queue_name\":\"support\",\"transfer_after_bridge\":"
                        "\"" NEXT "\",\"wait_url\":\"" NEXT "\"}}," GO);
    expect_verbs("{\"dial\":{\"action\":\"" NEXT "\",\"nouns\":[{\"kind\":\"queue\",\"target\":"
                 "\"support\"}]}}",
                 ANSWER "{\"connect\":{\"to\":\"queue:support\",\"transfer_after_bridge\":\"" NEXT
                        "\"}}," GO);
}

TEST(swml_write, short_steps_have_verbs_of_their_own) {
    expect_verbs("{\"send_digits\":{\"digits\":\"1w2\"}},{\"hangup\":{}}",
                 ANSWER "{\"send_digits\":{\"digits\":\"1w2\"}},{\"hangup\":{}}");
    expect_verbs("{\"refer\":{\"uri\":\"sip:a@b.example\",\"action\":\"" NEXT "\"}}",
                 ANSWER "{\"sip_refer\":{\"to_uri\":\"sip:a@b.example\"}}," GO);
}

TEST(swml_write, a_rejected_call_is_never_answered) {
    expect_verbs("{\"reject\":{\"busy\":true}}", "{\"hangup\":{\"reason\":\"busy\"}}");
    expect_verbs("{\"reject\":{}}", "{\"hangup\":{\"reason\":\"decline\"}}");
    expect_verbs("{\"hangup\":{}}", "{\"hangup\":{}}");
}

TEST(swml_write, recordings_run_in_the_background) {
    expect_verbs("{\"start_recording\":{\"name\":\"main\",\"dual\":true,\"track\":\"both\","
                 "\"format\":\"mp3\",\"beep\":true,\"status\":\"" NEXT
                 "\"}},{\"stop_recording\":{\"name\":\"main\"}},{\"stop_recording\":{}}",
                 ANSWER "{\"record_call\":{\"control_id\":\"main\",\"stereo\":true,\"format\":"
                        "\"mp3\",\"direction\":\"both\",\"beep\":true,\"status_url\":\"" NEXT
                        "\"}},{\"stop_record_call\":{\"control_id\":\"main\"}},"
                        "{\"stop_record_call\":{}}");
}

TEST(swml_write, streams_that_speak_back_are_connected) {
    expect_verbs("{\"stream\":{\"url\":\"wss://a.example/s\",\"bidirectional\":true,\"action\":"
                 "\"" NEXT "\"}},{\"stop_stream\":{\"name\":\"s\"}}",
                 ANSWER "{\"connect\":{\"to\":\"stream:wss://a.example/s\"}}," GO
                        ",{\"stop_tap\":{\"control_id\":\"s\"}}");
}

TEST(swml_write, transcription_is_live) {
    expect_verbs("{\"transcribe\":{\"language\":\"de-DE\",\"engine\":\"google\",\"track\":"
                 "\"inbound\",\"partial\":true,\"status\":\"" NEXT "\"}},{\"stop_transcribe\":{}}",
                 ANSWER "{\"live_transcribe\":{\"action\":{\"start\":{\"lang\":\"de-DE\","
                        "\"direction\":[\"remote-caller\"],\"webhook\":\"" NEXT
                        "\",\"live_events\":true,\"speech_engine\":\"google\"}}}},"
                        "{\"live_transcribe\":{\"action\":\"stop\"}}");
}

TEST(swml_write, payments_have_numbers_and_booleans) {
    expect_verbs("{\"pay\":{\"connector\":\"" NEXT "\",\"amount\":\"49.99\",\"currency\":\"usd\","
                 "\"method\":\"credit-card\",\"token_type\":\"reusable\",\"card_types\":\"visa\","
                 "\"attempts_max\":3,\"timeout_s\":10,\"postal_code_min\":5,\"security_code\":"
                 "true,\"postal_code\":\"true\",\"params\":{\"order\":\"42\"},\"prompts\":["
                 "{\"stage\":\"payment-card-number\",\"errors\":\"timeout\",\"attempts\":\"1 2\","
                 "\"prompts\":[{\"say\":{\"text\":\"Card?\"}},{\"play\":{\"url\":\"" NEXT
                 "\"}}]}],\"action\":\"" NEXT "\",\"status\":\"" NEXT "\"}}",
                 ANSWER
                 "{\"pay\":{\"payment_connector_url\":\"" NEXT
                 "\",\"charge_amount\":\"49.99\",\"currency\":\"usd\",\"payment_method\":"
                 "\"credit-card\",\"token_type\":\"reusable\",\"valid_card_types\":\"visa\","
                 "\"max_attempts\":3,\"timeout\":10,\"min_postal_code_length\":5,\"security_code\":"
                 "true,\"status_url\":\"" NEXT "\",\"postal_code\":true,\"parameters\":[{\"name\":"
                 "\"order\",\"value\":\"42\"}],\"prompts\":[{\"for\":\"payment-card-number\","
                 "\"error_type\":\"timeout\",\"attempts\":\"1 2\",\"actions\":[{\"type\":\"Say\","
                 "\"phrase\":\"Card?\"},{\"type\":\"Play\",\"phrase\":\"" NEXT "\"}]}]}}," GO);
}

TEST(swml_write, agents_and_raw_verbs_are_passed_on) {
    expect_verbs("{\"ai\":{\"document\":{\"prompt\":{\"text\":\"Be ${kind}\"}}}}",
                 ANSWER "{\"ai\":{\"prompt\":{\"text\":\"Be ${kind}\"}}}");
    expect_verbs("{\"raw\":{\"dialect\":\"swml\",\"document\":{\"set\":{\"a\":1}}}},"
                 "{\"say\":{\"text\":\"x\"}}",
                 "{\"set\":{\"a\":1}},{\"play\":{\"url\":\"say:x\"}}");
}

/* ---- what SWML cannot say -------------------------------------------------------------------- */

TEST(swml_write, steps_without_a_verb_are_refused_with_a_remedy) {
    static const struct {
        const char *steps, *where;
    } cases[] = {
        {"{\"leave\":{}}", "steps[0].leave"},
        {"{\"relay\":{\"url\":\"wss://a.example/\"}}", "steps[0].relay"},
        {"{\"enqueue\":{\"queue\":\"q\"}}", "steps[0].enqueue.action"},
        {"{\"enqueue\":{\"workflow\":\"w\",\"action\":\"" NEXT "\"}}", "steps[0].enqueue.workflow"},
        {"{\"dial\":{\"nouns\":[{\"kind\":\"queue\",\"target\":\"q\"}]}}", "steps[0].dial.action"},
        {"{\"pay\":{\"connector\":\"stripe\"}}", "steps[0].pay.connector"},
        {"{\"pay\":{\"connector\":\"" NEXT "\",\"method\":\"ach-debit\"}}", "steps[0].pay.method"},
        {"{\"stream\":{\"url\":\"ws://a.example/\",\"bidirectional\":true}}",
         "steps[0].stream.url"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect_loss(cases[i].steps, PLAN_LOSS_REFUSED, cases[i].where);
}

TEST(swml_write, what_is_said_another_way_is_reported) {
    static const struct {
        const char *steps, *where;
    } cases[] = {
        {"{\"say\":{\"ssml\":\"<p>One &amp; two</p>\"}}", "steps[0].say.ssml"},
        {"{\"say\":{\"text\":\"a\\nb\"}}", "steps[0].say.text"},
        {"{\"say\":{\"text\":\"a ${b}\"}}", "steps[0].say.text"},
        {"{\"say\":{\"text\":\"a\",\"loop\":-1}}", "steps[0].say.loop"},
        {"{\"gather\":{\"barge_in\":false,\"prompts\":[{\"say\":{\"text\":\"a\"}}]}}",
         "steps[0].gather.barge_in"},
        {"{\"gather\":{\"input\":[\"speech\"],\"timeout_s\":9}}", "steps[0].gather.input"},
        {"{\"gather\":{\"prompts\":[{\"say\":{\"text\":\"a\",\"voice\":\"v\"}},"
         "{\"say\":{\"text\":\"b\",\"voice\":\"w\"}}]}}",
         "steps[0].gather.prompts[0]"},
        {"{\"dial\":{\"record\":\"from-answer\",\"nouns\":[{\"kind\":\"number\",\"target\":\"+1\"}]"
         "}}",
         "steps[0].dial.record"},
        {"{\"stream\":{\"url\":\"wss://a.example/\"}}", "steps[0].stream"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect_loss(cases[i].steps, PLAN_LOSS_REPLACED, cases[i].where);
}

TEST(swml_write, nuances_that_are_missing_are_reported) {
    static const struct {
        const char *steps, *where;
    } cases[] = {
        {"{\"gather\":{\"partial\":\"" NEXT "\"}}", "steps[0].gather.partial"},
        {"{\"gather\":{\"profanity_filter\":true}}", "steps[0].gather.profanity_filter"},
        {"{\"gather\":{\"hints\":\"a\"}}", "steps[0].gather.hints"},
        {"{\"gather\":{\"input\":[\"speech\"],\"speech_model\":\"phone_call\"}}",
         "steps[0].gather.speech_model"},
        {"{\"gather\":{\"action_on_empty\":true}}", "steps[0].gather.action_on_empty"},
        {"{\"gather\":{\"barge_in\":true,\"prompts\":[{\"say\":{\"text\":\"a\",\"voice\":\"v\"}},"
         "{\"say\":{\"text\":\"b\",\"voice\":\"w\"}}]}}",
         "steps[0].gather.prompts[1].say.voice"},
        {"{\"record\":{\"transcribe\":true}}", "steps[0].record.transcribe"},
        {"{\"redirect\":{\"url\":\"" NEXT "\",\"method\":\"GET\"}}", "steps[0].redirect"},
        {"{\"start_recording\":{\"trim_silence\":true}}", "steps[0].start_recording.trim_silence"},
        {"{\"dial\":{\"hangup_on_star\":true,\"nouns\":[{\"kind\":\"number\",\"target\":\"+1\"}]}}",
         "steps[0].dial.hangup_on_star"},
        {"{\"dial\":{\"ring_tone\":\"atlantis\",\"nouns\":[{\"kind\":\"number\",\"target\":\"+1\"}]"
         "}}",
         "steps[0].dial.ring_tone"},
        {"{\"dial\":{\"timeout_s\":9,\"nouns\":[{\"kind\":\"conference\",\"target\":\"c\"}]}}",
         "steps[0].dial.timeout_s"},
        {"{\"dial\":{\"nouns\":[{\"kind\":\"conference\",\"target\":\"c\",\"status_events\":"
         "\"start end\"}]}}",
         "steps[0].dial.nouns[0].status_events"},
        {"{\"enqueue\":{\"queue\":\"q\",\"task\":\"t\",\"action\":\"" NEXT "\"}}",
         "steps[0].enqueue.task"},
        {"{\"stream\":{\"url\":\"wss://a.example/\",\"bidirectional\":true,\"params\":{\"a\":\"b\"}"
         "}}",
         "steps[0].stream.params"},
        {"{\"transcribe\":{\"name\":\"t\"}}", "steps[0].transcribe.name"},
        {"{\"pay\":{\"connector\":\"" NEXT "\",\"token_type\":\"payment-method\"}}",
         "steps[0].pay.token_type"},
        {"{\"pay\":{\"connector\":\"" NEXT "\",\"prompts\":[{\"stage\":\"s\",\"prompts\":["
         "{\"pause\":{\"seconds\":1}}]}]}}",
         "steps[0].pay.prompts[0].prompts[0]"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        expect_loss(cases[i].steps, PLAN_LOSS_DROPPED, cases[i].where);
}

TEST(swml_write, a_plans_text_is_never_a_variable_of_the_carrier) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    EXPECT_STR(written("{\"say\":{\"text\":\"${call.from} %{x} 5% {y}\"}}", NULL, &out, NULL),
               HEAD ANSWER "{\"play\":{\"url\":\"say:$ {call.from} % {x} 5% {y}\"}}" TAIL);
}

TEST(swml_write, markup_is_taken_off_the_words) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    EXPECT_STR(
        written("{\"say\":{\"ssml\":\"<s>A &amp; B</s> &lt;c&gt; &#233;&#xE9;&#x1F4DE;&#xZ;\"}}",
                NULL, &out, NULL),
        HEAD ANSWER "{\"play\":{\"url\":\"say:A & B <c> \u00e9\u00e9\U0001F4DE&#xZ;\"}}" TAIL);
}

/* ---- credentials ----------------------------------------------------------------------------- */

TEST(swml_write, only_our_own_addresses_get_credentials) {
    static const struct {
        const char *url, *want;
    } cases[] = {
        {"https://gw.example/n", "https://u:p@gw.example/n"},
        {"https://gw.example", "https://u:p@gw.example"},
        {"https://gw.example?a=1", "https://u:p@gw.example?a=1"},
        {"https://gw.example.evil.example/n", "https://gw.example.evil.example/n"},
        {"https://gw.example:8443/n", "https://gw.example:8443/n"},
        {"https://gw.example@evil.example/n", "https://gw.example@evil.example/n"},
        {"http://gw.example/n", "http://gw.example/n"},
        {"https://other.example/https://gw.example/n",
         "https://other.example/https://gw.example/n"},
    };
    const struct swml_options o = {STR("u:p"), STR("https://gw.example")};
    const struct swml_options none = {STR(""), STR("https://gw.example")};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
        CLEANUP(buf_release) struct buf steps = BUF_INIT(4096);
        CLEANUP(buf_release) struct buf want = BUF_INIT(4096);
        buf_printf(&steps, "{\"redirect\":\"%s\"}", cases[i].url);
        buf_printf(&want, HEAD "{\"transfer\":{\"dest\":\"%s\"}}" TAIL, cases[i].want);
        EXPECT_STR(written(steps.ptr, &o, &out, NULL), want.ptr);
        buf_clear(&want);
        buf_printf(&want, HEAD "{\"transfer\":{\"dest\":\"%s\"}}" TAIL, cases[i].url);
        EXPECT_STR(written(steps.ptr, &none, &out, NULL), want.ptr);
    }
}

/* ---- bad plans ------------------------------------------------------------------------------- */

static void expect_error(const struct plan *p, enum error_code code, const char *field) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    struct error err = {0};
    buf_puts(&out, "kept");
    EXPECT_INT(swml_write(p, NULL, &out, NULL, &err), code);
    EXPECT_STR(err.field, field);
    EXPECT(err.text[0] != '\0');
    EXPECT_STR(out.ptr, "kept");
}

static void expect_say_error(struct str text, enum error_code code) {
    CLEANUP(plan_release) struct plan p = {0};
    plan_add(&p, PLAN_HANGUP);
    plan_add(&p, PLAN_SAY)->u.say.text = text;
    expect_error(&p, code, code == ERR_LIMIT ? "steps[1].say" : "steps[1].say.text");
}

TEST(swml_write, bytes_that_are_no_text_are_refused) {
    char text[PLAN_TEXT_MAX + 1];
    memset(text, 'a', sizeof text);
    expect_say_error(STR("\xFF\xFE"), ERR_INVALID);
    expect_say_error(STR("a\0b"), ERR_INVALID);
    expect_say_error(STR("  "), ERR_INVALID);
    expect_say_error(str_from(text, sizeof text), ERR_LIMIT);
}

TEST(swml_write, addresses_have_to_be_absolute) {
    static const char *const urls[] = {
        "/relative",   "main", "https://", "https://a.example/ b", "https://a.example/${x}",
        "javascript:1"};
    for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
        CLEANUP(plan_release) struct plan p = {0};
        plan_add(&p, PLAN_REDIRECT)->u.redirect.url = str_z(urls[i]);
        expect_error(&p, ERR_INVALID, "steps[0].redirect");
    }
}

static void expect_raw_error(const char *document, enum error_code code) {
    CLEANUP(plan_release) struct plan p = {0};
    plan_add(&p, PLAN_SAY)->u.say.text = STR("x");
    plan_add(&p, PLAN_RAW)->u.raw = (struct plan_raw){STR("swml"), str_z(document)};
    expect_error(&p, code, "steps[1].raw.document");
}

TEST(swml_write, raw_json_cannot_break_out_of_its_place) {
    expect_raw_error("{\"hangup\":{}},{\"play\":{}}", ERR_INVALID);
    expect_raw_error("{\"hangup\":{}", ERR_INVALID);
    expect_raw_error("{\"hangup\":{},\"play\":{}}", ERR_INVALID);
    expect_raw_error("[]", ERR_INVALID);
    expect_raw_error("", ERR_INVALID);
    expect_raw_error("{}", ERR_INVALID);
    expect_raw_error("{\"sections\":{\"main\":[]}}", ERR_INVALID);
    expect_raw_error("{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
                     ERR_LIMIT);
}

TEST(swml_write, an_agents_json_is_checked) {
    static const char *const documents[] = {"", "{", "[]", "{}}", "{},{}", "x"};
    for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
        CLEANUP(plan_release) struct plan p = {0};
        plan_add(&p, PLAN_AI)->u.ai.document = str_z(documents[i]);
        expect_error(&p, ERR_INVALID, "steps[0].ai.document");
    }
}

TEST(swml_write, words_of_another_dialect_are_refused) {
    CLEANUP(plan_release) struct plan p = {0};
    plan_add(&p, PLAN_RAW)->u.raw = (struct plan_raw){STR("twiml"), STR("{\"a\":{}}")};
    expect_error(&p, ERR_UNSUPPORTED, "steps[0].raw.dialect");
}

TEST(swml_write, documents_have_a_limit) {
    CLEANUP(plan_release) struct plan p = {0};
    static char text[PLAN_TEXT_MAX];
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < 70; i++)
        plan_add(&p, PLAN_SAY)->u.say.text = str_from(text, sizeof text);
    expect_error(&p, ERR_LIMIT, "");
    CLEANUP(buf_release) struct buf small = BUF_INIT(20);
    struct plan empty = {0};
    struct error err = {0};
    EXPECT_INT(swml_write(&empty, NULL, &small, NULL, &err), ERR_LIMIT);
    EXPECT_INT(small.len, 0);
}

TEST(swml_write, a_whole_raw_document_goes_out_as_it_is) {
    static const char doc[] =
        " {\"sections\" : {\"main\":[{\"n\":12345678901234567890}],\"b\":[]}}";
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    CLEANUP(plan_release) struct plan p = {0};
    struct error err = {0};
    plan_add(&p, PLAN_RAW)->u.raw = (struct plan_raw){STR("swml"), str_z(doc)};
    EXPECT_INT(swml_write(&p, NULL, &out, NULL, &err), ERR_OK);
    EXPECT_STR(out.ptr, doc);
    p.steps[0].u.raw.document = STR("{\"sections\":{\"main\":{}}}");
    expect_error(&p, ERR_INVALID, "steps[0].raw.document");
}
