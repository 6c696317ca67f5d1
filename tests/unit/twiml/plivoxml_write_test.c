#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"
#include "twiml/plivoxml.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>"
#define A    "https://app.example/a"

/* A plan as users write it, and the inside of its document. */
static void expect_document(const char *steps, const char *inside) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    CLEANUP(buf_release) struct buf want = BUF_INIT(1 << 20);
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
    CLEANUP(json_doc_freep) struct json_doc *json = NULL;
    CLEANUP(plan_release) struct plan p = {0};
    CLEANUP(plan_release) struct plan back = {0};
    struct plan_loss_report loss = {0};
    struct error err = {0};
    buf_printf(&text, "{\"steps\":[%s]}", steps);
    REQUIRE(json_parse(buf_str(&text), NULL, &json, &err) == ERR_OK);
    enum error_code rc = plan_from_json(json_root(json), &p, &err);
    if (rc == ERR_OK)
        rc = plan_check(&p, &err);
    if (rc == ERR_OK)
        rc = plivoxml_write(&p, &out, &loss, &err);
    EXPECT_INT(rc, ERR_OK);
    if (rc != ERR_OK)
        printf("%s: %s\n", steps, err.text);
    buf_printf(&want, HEAD "%s</Response>", inside);
    EXPECT_STR(out.ptr ? out.ptr : "", want.ptr);
    EXPECT_INT(loss.count, 0);
    REQUIRE(plivoxml_read(buf_str(&out), &back, &loss, &err) == ERR_OK);
    EXPECT_INT(loss.count, 0);
    EXPECT(plan_equal(&p, &back));
}

/* What is lost at `where`, and nothing else; the document is written unless it is refused. */
static void expect_loss(const char *steps, enum plan_loss_kind kind, const char *where) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
    CLEANUP(json_doc_freep) struct json_doc *json = NULL;
    CLEANUP(plan_release) struct plan p = {0};
    struct plan_loss_report loss = {0};
    struct error err = {0};
    buf_printf(&text, "{\"steps\":[%s]}", steps);
    REQUIRE(json_parse(buf_str(&text), NULL, &json, &err) == ERR_OK);
    REQUIRE(plan_from_json(json_root(json), &p, &err) == ERR_OK);
    enum error_code rc = plivoxml_write(&p, &out, &loss, &err);
    EXPECT_INT(rc, kind == PLAN_LOSS_REFUSED ? ERR_UNSUPPORTED : ERR_OK);
    EXPECT_INT(loss.count, 1);
    EXPECT_INT(loss.items[0].kind, kind);
    EXPECT_STR(loss.items[0].where, where);
    EXPECT(loss.items[0].what[0] != '\0' && loss.items[0].remedy[0] != '\0');
    if (rc == ERR_UNSUPPORTED) {
        EXPECT_STR(err.field, where);
        EXPECT_INT(out.len, 0);
    }
    if (loss.count != 1)
        printf("%s: %zu losses, %s\n", steps, loss.count, err.text);
}

static void expect_invalid(const char *steps, const char *field) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
    CLEANUP(json_doc_freep) struct json_doc *json = NULL;
    CLEANUP(plan_release) struct plan p = {0};
    struct error err = {0};
    buf_printf(&text, "{\"steps\":[%s]}", steps);
    REQUIRE(json_parse(buf_str(&text), NULL, &json, &err) == ERR_OK);
    REQUIRE(plan_from_json(json_root(json), &p, &err) == ERR_OK);
    EXPECT_INT(plivoxml_write(&p, &out, NULL, &err), ERR_INVALID);
    EXPECT_STR(err.field, field);
    EXPECT_INT(out.len, 0);
}

TEST(plivoxml_write, what_is_heard) {
    expect_document(
        "{\"say\":{\"text\":\"Tom & \\\"Jerry\\\"\",\"voice\":\"man\",\"language\":"
        "\"de-DE\",\"loop\":-1}}",
        "<Speak loop=\"0\" voice=\"MAN\" language=\"de-DE\">Tom &amp; \"Jerry\"</Speak>");
    expect_document(
        "{\"say\":{\"ssml\":\"Now <break time=\\\"1s\\\"/> go\",\"voice\":\"Polly.Amy\"}}",
        "<Speak voice=\"Polly.Amy\">Now <break time=\"1s\"/> go</Speak>");
    expect_document("{\"play\":{\"url\":\"" A "?x=1&y=2\",\"loop\":2}}",
                    "<Play loop=\"2\">" A "?x=1&amp;y=2</Play>");
    expect_document("{\"pause\":{\"seconds\":3}}", "<Wait length=\"3\"/>");
}

TEST(plivoxml_write, gather_is_an_input_that_may_go_on_without_any) {
    expect_document("{\"gather\":{\"input\":[\"keys\",\"speech\"],\"action\":\"" A
                    "\",\"partial\":{\"url\":\"" A "/p\",\"method\":\"GET\"},\"timeout_s\":7,"
                    "\"speech_timeout_auto\":true,\"digits_max\":4,\"finish_key\":\"\","
                    "\"profanity_filter\":true,\"language\":\"de-DE\",\"hints\":\"ja, nein\","
                    "\"speech_model\":\"phone_call\",\"prompts\":[{\"say\":{\"text\":\"Yes?\"}}]}},"
                    "{\"hangup\":{}}",
                    "<GetInput inputType=\"dtmf speech\" action=\"" A
                    "\" interimSpeechResultsCallback=\"" A "/p\" "
                    "interimSpeechResultsCallbackMethod=\"GET\" executionTimeout=\"7\" "
                    "speechEndTimeout=\"auto\" numDigits=\"4\" finishOnKey=\"none\" "
                    "profanityFilter=\"true\" language=\"de-DE\" hints=\"ja, nein\" "
                    "speechModel=\"phone_call\" digitEndTimeout=\"7\"><Speak>Yes?</Speak>"
                    "</GetInput><Hangup/>");
    expect_document("{\"gather\":{\"input\":[\"speech\"],\"action\":{\"url\":\"" A
                    "\",\"method\":\"GET\"},\"action_on_empty\":true}}",
                    "<GetInput inputType=\"speech\" action=\"" A "\" method=\"GET\"/>"
                    "<Redirect method=\"GET\">" A "</Redirect>");
}

TEST(plivoxml_write, record_says_aloud_what_other_carriers_do_by_default) {
    expect_document("{\"record\":{\"action\":\"" A "\"}}",
                    "<Record action=\"" A "\" timeout=\"5\" maxLength=\"3600\"/>");
    expect_document("{\"record\":{\"status\":\"" A "\",\"transcribe_to\":\"" A
                    "/t\",\"timeout_s\":9,"
                    "\"max_s\":30,\"finish_keys\":\"*\",\"beep\":false,\"transcribe\":true}}",
                    "<Record callbackUrl=\"" A "\" transcriptionUrl=\"" A "/t\" timeout=\"9\" "
                    "maxLength=\"30\" playBeep=\"false\" transcriptionType=\"auto\" "
                    "finishOnKey=\"*\"/>");
}

TEST(plivoxml_write, a_background_recording_runs_as_long_as_the_call) {
    expect_document("{\"start_recording\":{\"status\":\"" A "\",\"dual\":true}}",
                    "<Record recordSession=\"true\" maxLength=\"86400\" fileFormat=\"wav\" "
                    "recordChannelType=\"stereo\" callbackUrl=\"" A "\" redirect=\"false\"/>");
    expect_document("{\"start_recording\":{\"format\":\"mp3\"}}",
                    "<Record recordSession=\"true\" maxLength=\"86400\" fileFormat=\"mp3\" "
                    "recordChannelType=\"mono\" redirect=\"false\"/>");
}

TEST(plivoxml_write, dial_shares_what_its_far_ends_have_in_common) {
    expect_document(
        "{\"dial\":{\"nouns\":[{\"kind\":\"number\",\"target\":\"+12025550101\",\"screen\":\"" A
        "/s\",\"status\":\"" A "/l\",\"send_digits\":\"w1\"},{\"kind\":\"client\",\"target\":"
        "\"joe & co\",\"screen\":\"" A "/s\",\"status\":\"" A "/l\"},{\"kind\":\"sip\",\"target\":"
        "\"sip:a@b.example\",\"screen\":\"" A "/s\",\"status\":\"" A
        "/l\",\"sip_user\":\"u\",\"sip_password\":\"12345678\"}],\"caller_id\":\"+12025550199\","
        "\"action\":\"" A "\",\"time_limit_s\":60,\"hangup_on_star\":true,\"ring_tone\":\"real\"}}",
        "<Dial callerId=\"+12025550199\" action=\"" A "\" timeout=\"30\" timeLimit=\"60\" "
        "dialMusic=\"real\" hangupOnStar=\"true\" confirmSound=\"" A "/s\" callbackUrl=\"" A
        "/l\"><Number sendDigits=\"w1\">+12025550101</Number>"
        "<User>sip:joe%20%26%20co@phone.plivo.com</User>"
        "<User sipAuthUsername=\"u\" sipAuthPassword=\"12345678\">sip:a@b.example</User></Dial>");
}

TEST(plivoxml_write, a_recorded_dial_is_asked_for_before_it) {
    expect_document("{\"dial\":{\"nouns\":[{\"kind\":\"number\",\"target\":\"+12025550101\"}],"
                    "\"timeout_s\":20,\"record\":\"from-answer-dual\",\"recording_status\":\"" A
                    "\"}}",
                    "<Record startOnDialAnswer=\"true\" maxLength=\"86400\" fileFormat=\"wav\" "
                    "recordChannelType=\"stereo\" callbackUrl=\"" A "\" redirect=\"false\"/>"
                    "<Dial timeout=\"20\"><Number>+12025550101</Number></Dial>");
}

TEST(plivoxml_write, a_conference_is_no_dial) {
    expect_document("{\"dial\":{\"nouns\":[{\"kind\":\"conference\",\"target\":\"Room\",\"muted\":"
                    "true,\"start_on_enter\":false,\"end_on_exit\":true,\"beep\":true,\"wait\":\"" A
                    "/w\",\"participants_max\":5,\"record\":true,\"status\":\"" A
                    "/c\"}],\"action\":\"" A "\",\"time_limit_s\":600}}",
                    "<Conference action=\"" A "\" timeLimit=\"600\" callbackUrl=\"" A
                    "/c\" muted=\"true\" startConferenceOnEnter=\"false\" "
                    "endConferenceOnExit=\"true\" waitSound=\"" A "/w\" maxMembers=\"5\" "
                    "record=\"true\" enterSound=\"beep:1\" exitSound=\"beep:2\">Room</Conference>");
}

TEST(plivoxml_write, keys_and_ends) {
    expect_document("{\"send_digits\":{\"digits\":\"12w#\"}}", "<DTMF async=\"false\">12w#</DTMF>");
    expect_document("{\"redirect\":{\"url\":\"" A "\",\"method\":\"GET\"}}",
                    "<Redirect method=\"GET\">" A "</Redirect>");
    expect_document("{\"reject\":{}}", "<Hangup reason=\"rejected\"/>");
    expect_document("{\"reject\":{\"busy\":true}}", "<Hangup reason=\"busy\"/>");
}

TEST(plivoxml_write, a_two_way_stream_holds_the_document) {
    expect_document("{\"stream\":{\"url\":\"wss://m.example/s?a=1&b=2\",\"bidirectional\":true,"
                    "\"params\":{\"call\":\"7\",\"user\":\"ann\"},\"action\":\"" A "\"}}",
                    "<Stream contentType=\"audio/x-mulaw;rate=8000\" bidirectional=\"true\" "
                    "keepCallAlive=\"true\" extraHeaders=\"call=7,user=ann\">"
                    "wss://m.example/s?a=1&amp;b=2</Stream><Redirect>" A "</Redirect>");
    expect_document("{\"stream\":{\"url\":\"wss://m.example/s\",\"track\":\"both\",\"status\":\"" A
                    "\"}}",
                    "<Stream audioTrack=\"both\" statusCallbackUrl=\"" A "\" "
                    "contentType=\"audio/x-mulaw;rate=8000\">wss://m.example/s</Stream>");
}

/* ---- what Plivo cannot say ------------------------------------------------------------------- */

TEST(plivoxml_write, steps_without_words_are_refused_with_a_remedy) {
    static const struct {
        const char *step, *where;
    } rows[] = {
        {"{\"enqueue\":{\"queue\":\"q\"}}", "steps[0].enqueue"},
        {"{\"leave\":{}}", "steps[0].leave"},
        {"{\"stop_recording\":{}}", "steps[0].stop_recording"},
        {"{\"stop_stream\":{}}", "steps[0].stop_stream"},
        {"{\"relay\":{\"url\":\"wss://r.example\"}}", "steps[0].relay"},
        {"{\"ai\":{\"document\":{}}}", "steps[0].ai"},
        {"{\"pay\":{}}", "steps[0].pay"},
        {"{\"refer\":{\"uri\":\"sip:a@b.example\"}}", "steps[0].refer"},
        {"{\"transcribe\":{}}", "steps[0].transcribe"},
        {"{\"stop_transcribe\":{}}", "steps[0].stop_transcribe"},
        {"{\"raw\":{\"dialect\":\"swml\",\"document\":{}}}", "steps[0].raw"},
        {"{\"send_digits\":{\"digits\":\"1A\"}}", "steps[0].send_digits"},
        {"{\"dial\":{\"nouns\":[{\"kind\":\"queue\",\"target\":\"q\"}]}}", "steps[0].dial"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        expect_loss(rows[i].step, PLAN_LOSS_REFUSED, rows[i].where);
}

#define GATHER "{\"gather\":{\"action\":\"" A "\","
#define NUMBER "{\"kind\":\"number\",\"target\":\"+12025550101\""
#define DIAL   "{\"dial\":{\"nouns\":[" NUMBER "}],"
#define ROOM   "{\"dial\":{\"nouns\":[{\"kind\":\"conference\",\"target\":\"r\"}],"
#define WAY    "{\"stream\":{\"url\":\"wss://m.example/s\","

TEST(plivoxml_write, what_is_said_another_way_is_reported) {
    static const struct {
        const char *step, *where;
    } rows[] = {
        {GATHER "\"timeout_s\":2}}", "steps[0].gather.timeout_s"},
        {GATHER "\"timeout_s\":90,\"input\":[\"speech\"]}}", "steps[0].gather.timeout_s"},
        {GATHER "\"timeout_s\":30}}", "steps[0].gather.timeout_s"},
        {GATHER "\"speech_timeout_s\":1}}", "steps[0].gather.speech_timeout_s"},
        {GATHER "\"digits_max\":99}}", "steps[0].gather.digits_max"},
        {"{\"record\":{\"finish_keys\":\"12\"}}", "steps[0].record.finish_keys"},
        {DIAL "\"record\":\"from-ringing\"}}", "steps[0].dial.record"},
        {"{\"say\":{\"text\":\"a\",\"voice\":\"Polly.Joanna-Neural\"}}", "steps[0].say.voice"},
        {"{\"say\":{\"text\":\"a\",\"language\":\"hi-IN\"}}", "steps[0].say.voice"},
        {"{\"say\":{\"text\":\"a\",\"voice\":\"man\",\"language\":\"sv-SE\"}}",
         "steps[0].say.voice"},
        {"{\"say\":{\"text\":\"a\",\"language\":\"de-AT\"}}", "steps[0].say.language"},
        {"{\"say\":{\"ssml\":\"<s>a</s>\"}}", "steps[0].say.voice"},
        {"{\"dial\":{\"nouns\":[{\"kind\":\"conference\",\"target\":\"r\",\"participants_max\":200}"
         "]}}",
         "steps[0].dial.nouns[0].participants_max"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        expect_loss(rows[i].step, PLAN_LOSS_REPLACED, rows[i].where);
}

TEST(plivoxml_write, a_nuance_that_is_missing_is_reported) {
    static const struct {
        const char *step, *where;
    } rows[] = {
        {"{\"say\":{\"text\":\"a\",\"voice\":\"Google.de\"}}", "steps[0].say.voice"},
        {"{\"say\":{\"text\":\"a\",\"language\":\"xx-XX\"}}", "steps[0].say.language"},
        {GATHER "\"max_speech_s\":9}}", "steps[0].gather.max_speech_s"},
        {GATHER "\"barge_in\":false}}", "steps[0].gather.barge_in"},
        {GATHER "\"enhanced\":true}}", "steps[0].gather.enhanced"},
        {GATHER "\"speech_model\":\"experimental_utterances\"}}", "steps[0].gather.speech_model"},
        {"{\"record\":{\"trim_silence\":true}}", "steps[0].record.trim_silence"},
        {"{\"start_recording\":{\"name\":\"a\"}}", "steps[0].start_recording.name"},
        {"{\"start_recording\":{\"track\":\"both\"}}", "steps[0].start_recording.track"},
        {"{\"start_recording\":{\"status_events\":\"completed\"}}",
         "steps[0].start_recording.status_events"},
        {"{\"start_recording\":{\"trim_silence\":true}}", "steps[0].start_recording.trim_silence"},
        {"{\"start_recording\":{\"beep\":true}}", "steps[0].start_recording.beep"},
        {DIAL "\"sequential\":true}}", "steps[0].dial.sequential"},
        {DIAL "\"answer_on_bridge\":true}}", "steps[0].dial.answer_on_bridge"},
        {DIAL "\"ring_tone\":\"us\"}}", "steps[0].dial.ring_tone"},
        {DIAL "\"recording_status\":\"" A "\"}}", "steps[0].dial.recording_status"},
        {"{\"dial\":{\"nouns\":[" NUMBER ",\"screen\":\"" A "\"}," NUMBER "}]}}",
         "steps[0].dial.nouns[0].screen"},
        {"{\"dial\":{\"nouns\":[" NUMBER "}," NUMBER ",\"status\":\"" A "\"}]}}",
         "steps[0].dial.nouns[1].status"},
        {"{\"dial\":{\"nouns\":[" NUMBER ",\"status_events\":\"answered\"}]}}",
         "steps[0].dial.nouns[0].status_events"},
        {"{\"dial\":{\"nouns\":[" NUMBER ",\"send_digits\":\"1A\"}]}}",
         "steps[0].dial.nouns[0].send_digits"},
        {"{\"dial\":{\"nouns\":[" NUMBER ",\"screen\":{\"url\":\"" A "\",\"method\":\"GET\"}}]}}",
         "steps[0].dial.nouns[0].screen"},
        {ROOM "\"timeout_s\":9}}", "steps[0].dial.timeout_s"},
        {ROOM "\"caller_id\":\"1\"}}", "steps[0].dial.caller_id"},
        {ROOM "\"record\":\"from-answer\"}}", "steps[0].dial.record"},
        {WAY "\"name\":\"a\"}}", "steps[0].stream.name"},
        {WAY "\"action\":\"" A "\"}}", "steps[0].stream.action"},
        {WAY "\"bidirectional\":true,\"track\":\"both\"}}", "steps[0].stream.track"},
        {WAY "\"params\":{\"a b\":\"c\"}}}", "steps[0].stream.params[0]"},
        {WAY "\"params\":{\"a\":\"ü\"}}}", "steps[0].stream.params[0]"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        expect_loss(rows[i].step, PLAN_LOSS_DROPPED, rows[i].where);
}

TEST(plivoxml_write, what_the_carrier_would_refuse_is_not_written) {
    static const struct {
        const char *step, *field;
    } rows[] = {
        {"{\"gather\":{}}", "steps[0].gather.action"},
        {"{\"gather\":{\"action\":\"/heard\"}}", "steps[0].gather.action"},
        {"{\"redirect\":\"/next\"}", "steps[0].redirect.url"},
        {"{\"play\":{\"url\":\"a.mp3\"}}", "steps[0].play.url"},
        {"{\"record\":{\"status\":\"//h/x\"}}", "steps[0].record.status"},
        {"{\"dial\":{\"nouns\":[]}}", "steps[0].dial.nouns"},
        {"{\"say\":{\"text\":\"\"}}", "steps[0].say.text"},
        {"{\"say\":{\"ssml\":\"<amazon:effect/>\",\"voice\":\"Polly.Amy\"}}", "steps[0].say.ssml"},
        {"{\"dial\":{\"nouns\":[" NUMBER "},{\"kind\":\"queue\",\"target\":\"q\"}]}}",
         "steps[0].dial.nouns[1].kind"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        expect_invalid(rows[i].step, rows[i].field);
}

TEST(plivoxml_write, a_document_has_at_most_100_kb) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    CLEANUP(plan_release) struct plan p = {0};
    struct error err = {0};
    char text[4001];
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 24; i++)
        plan_add(&p, PLAN_SAY)->u.say.text = str_from(text, 4000);
    EXPECT_INT(plivoxml_write(&p, &out, NULL, &err), ERR_OK);
    buf_clear(&out);
    plan_add(&p, PLAN_SAY)->u.say.text = str_from(text, 4000);
    EXPECT_INT(plivoxml_write(&p, &out, NULL, &err), ERR_LIMIT);
    EXPECT(strstr(err.text, "100000 bytes") != NULL);
    EXPECT_INT(out.len, 0);
}

TEST(plivoxml_write, ssml_has_at_most_3000_characters) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    CLEANUP(plan_release) struct plan p = {0};
    struct error err = {0};
    char text[3002];
    memset(text, 'x', sizeof text);
    struct plan_say *say = &plan_add(&p, PLAN_SAY)->u.say;
    *say = (struct plan_say){.ssml = str_from(text, 3000), .voice = STR("Polly.Amy")};
    EXPECT_INT(plivoxml_write(&p, &out, NULL, &err), ERR_OK);
    say->ssml = str_from(text, 3001);
    EXPECT_INT(plivoxml_write(&p, &out, NULL, &err), ERR_LIMIT);
    EXPECT_STR(err.field, "steps[0].say.ssml");
}
