#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"
#include "tests/unit/twiml/xml_pair.h"
#include "twiml/plivoxml.h"

static const struct xml_pair language = {plivoxml_write, plivoxml_read, plivoxml_check,
                                         PLIVOXML_BYTES_MAX};

#define A "https://a.example"

TEST(plivoxml_read, every_element_reaches_the_plan_or_is_reported) {
    static const struct xml_pair_row rows[] = {
        {"", 0, PLAN_LOSS_NONE, ""},
        {"<Speak>a</Speak>", 1, PLAN_LOSS_NONE, ""},
        {"<Play>" A "</Play>", 1, PLAN_LOSS_NONE, ""},
        {"<DTMF async=\"false\">1w</DTMF>", 1, PLAN_LOSS_NONE, ""},
        {"<DTMF>1w</DTMF>", 1, PLAN_LOSS_DROPPED, "line 1: DTMF.async"},
        {"<GetDigits action=\"" A "\"><Wait/></GetDigits>", 1, PLAN_LOSS_NONE, ""},
        {"<GetDigits><Speak>a</Speak></GetDigits>", 0, PLAN_LOSS_REFUSED,
         "line 1: GetDigits.action"},
        {"<GetInput action=\"" A "\"><Speak>a</Speak></GetInput>", 1, PLAN_LOSS_NONE, ""},
        {"<Record/>", 1, PLAN_LOSS_NONE, ""},
        {"<Dial><Number>1</Number><User>sip:a@b.example</User></Dial>", 1, PLAN_LOSS_NONE, ""},
        {"<Conference>r</Conference>", 1, PLAN_LOSS_NONE, ""},
        {"<MultiPartyCall role=\"agent\">r</MultiPartyCall>", 1, PLAN_LOSS_DROPPED,
         "line 1: MultiPartyCall.role"},
        {"<Hangup/>", 1, PLAN_LOSS_NONE, ""},
        {"<Redirect>" A "</Redirect>", 1, PLAN_LOSS_NONE, ""},
        {"<Wait/>", 1, PLAN_LOSS_NONE, ""},
        {"<PreAnswer><Speak>a</Speak></PreAnswer>", 1, PLAN_LOSS_DROPPED, "line 1: PreAnswer"},
        {"<Message src=\"1\" dst=\"2\">a</Message>", 0, PLAN_LOSS_REFUSED, "line 1: Message"},
        {"<Stream contentType=\"audio/x-mulaw;rate=8000\">wss://a.example</Stream>", 1,
         PLAN_LOSS_NONE, ""},
        {"<Stream>wss://a.example</Stream>", 1, PLAN_LOSS_DROPPED, "line 1: Stream.contentType"},
        {"<AudioStream>wss://a.example</AudioStream>", 0, PLAN_LOSS_REFUSED, "line 1: AudioStream"},
    };
    xml_pair_rows(&language, rows, ARRAY_LEN(rows));
}

TEST(plivoxml_read, every_element_of_ssml_stays) {
    static const char *const inner[] = {
        "<break time=\"1s\"/>",
        "<emphasis level=\"strong\">a</emphasis>",
        "<lang xml:lang=\"fr-FR\">a</lang>",
        "<p>a</p>",
        "<s>a</s>",
        "<phoneme alphabet=\"ipa\" ph=\"x\">a</phoneme>",
        "<prosody rate=\"80%\">a</prosody>",
        "<say-as interpret-as=\"digits\">1</say-as>",
        "<sub alias=\"b\">a</sub>",
        "<w role=\"amazon:VB\">a</w>",
    };
    for (size_t i = 0; i < ARRAY_LEN(inner); i++) {
        CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 17);
        CLEANUP(plan_release) struct plan p = {0};
        struct plan_loss_report loss = {0};
        buf_printf(&doc, "<Response><Speak voice=\"Polly.Amy\">x %s</Speak></Response>", inner[i]);
        REQUIRE(plivoxml_read(buf_str(&doc), &p, &loss, NULL) == ERR_OK);
        REQUIRE(p.count == 1 && loss.count == 0);
        EXPECT(str_eq_z(str_from_index(p.steps[0].u.say.ssml, 2), inner[i]));
    }
}

TEST(plivoxml_read, what_the_carrier_would_skip_is_refused) {
    static const struct xml_pair_row rows[] = {
        {"<Say>hi</Say>", 0, PLAN_LOSS_REFUSED, "line 1: Say"},
        {"<Speak/>", 0, PLAN_LOSS_REFUSED, "line 1: Speak"},
        {"<Speak voice=\"Polly.Amy\"><break time=\"1s\"/></Speak>", 1, PLAN_LOSS_NONE, ""},
        {"\n<speak>1</speak><Hangup/>", 1, PLAN_LOSS_REFUSED, "line 2: speak"},
        {"<DTMF async=\"false\">12x</DTMF>", 0, PLAN_LOSS_REFUSED, "line 1: DTMF"},
        {"<DTMF async=\"false\" digits=\"12\"/>", 0, PLAN_LOSS_REFUSED, "line 1: DTMF"},
        {"<GetInput action=\"" A "\"><Hangup/></GetInput>", 1, PLAN_LOSS_REFUSED, "line 1: Hangup"},
        {"<Dial><Number>1</Number><Sip>s</Sip></Dial>", 1, PLAN_LOSS_REFUSED, "line 1: Sip"},
        {"<Conference/>", 0, PLAN_LOSS_REFUSED, "line 1: Conference"},
        {"<Hangup schedule=\"9\"/><Wait/>", 1, PLAN_LOSS_REFUSED, "line 1: Hangup.schedule"},
        {"<Record startOnDialAnswer=\"true\"/><Hangup/>", 1, PLAN_LOSS_REFUSED,
         "line 1: Record.startOnDialAnswer"},
        {"<Number>1</Number>", 0, PLAN_LOSS_REFUSED, "line 1: Number"},
        {"<xi:include href=\"file:///etc/passwd\"/>", 0, PLAN_LOSS_REFUSED, "line 1: xi:include"},
    };
    xml_pair_rows(&language, rows, ARRAY_LEN(rows));
}

TEST(plivoxml_read, what_a_plan_has_no_place_for_is_dropped) {
    static const struct xml_pair_row rows[] = {
        {"<Speak tone=\"x\">a</Speak>", 1, PLAN_LOSS_DROPPED, "line 1: Speak.tone"},
        {"<Speak voice=\"Bob\">a</Speak>", 1, PLAN_LOSS_DROPPED, "line 1: Speak.voice"},
        {"<Speak>a <break time=\"1s\"/></Speak>", 1, PLAN_LOSS_DROPPED, "line 1: Speak"},
        {"<Speak voice=\"Polly.Amy\">a <blink>b</blink></Speak>", 1, PLAN_LOSS_DROPPED,
         "line 1: blink"},
        {"<Play loop=\"5000\">" A "</Play>", 1, PLAN_LOSS_DROPPED, "line 1: Play.loop"},
        {"<Wait silence=\"true\"/>", 1, PLAN_LOSS_DROPPED, "line 1: Wait.silence"},
        {"<GetInput action=\"" A "\" digitEndTimeout=\"7\"/>", 1, PLAN_LOSS_DROPPED,
         "line 1: GetInput.digitEndTimeout"},
        {"<GetInput action=\"" A "\" redirect=\"false\"/>", 1, PLAN_LOSS_DROPPED,
         "line 1: GetInput.redirect"},
        {"<GetInput action=\"" A "\" executionTimeout=\"3\"/>", 1, PLAN_LOSS_DROPPED,
         "line 1: GetInput.executionTimeout"},
        {"<GetInput action=\"" A "\" numDigits=\"33\"/>", 1, PLAN_LOSS_DROPPED,
         "line 1: GetInput.numDigits"},
        {"<GetInput action=\"" A "\">words</GetInput>", 1, PLAN_LOSS_DROPPED, "line 1: GetInput"},
        {"<Record finishOnKey=\"none\"/>", 1, PLAN_LOSS_DROPPED, "line 1: Record.finishOnKey"},
        {"<Record fileFormat=\"wav\"/>", 1, PLAN_LOSS_DROPPED, "line 1: Record.fileFormat"},
        {"<Record transcriptionType=\"manual\"/>", 1, PLAN_LOSS_DROPPED,
         "line 1: Record.transcriptionType"},
        {"<Record recordSession=\"true\"/>", 1, PLAN_LOSS_DROPPED, "line 1: Record.maxLength"},
        {"<Record recordSession=\"true\" maxLength=\"60\"/>", 1, PLAN_LOSS_DROPPED,
         "line 1: Record.maxLength"},
        {"<Dial>1<Number>2</Number></Dial>", 1, PLAN_LOSS_DROPPED, "line 1: Dial"},
        {"<Dial confirmKey=\"1\"><Number>2</Number></Dial>", 1, PLAN_LOSS_DROPPED,
         "line 1: Dial.confirmKey"},
        {"<Conference enterSound=\"beep:1\">c</Conference>", 1, PLAN_LOSS_DROPPED,
         "line 1: Conference.enterSound"},
        {"<Conference maxMembers=\"1\">c</Conference>", 1, PLAN_LOSS_DROPPED,
         "line 1: Conference.maxMembers"},
        {"<Hangup schedule=\"9\"/>", 1, PLAN_LOSS_NONE, ""},
        {"<Stream contentType=\"audio/x-mulaw;rate=8000\" keepCallAlive=\"true\">"
         "wss://a.example</Stream>",
         1, PLAN_LOSS_DROPPED, "line 1: Stream.keepCallAlive"},
        {"<Stream contentType=\"audio/x-mulaw;rate=8000\" extraHeaders=\"a=b,a=c\">"
         "wss://a.example</Stream>",
         1, PLAN_LOSS_DROPPED, "line 1: Stream.extraHeaders"},
        {"words", 0, PLAN_LOSS_DROPPED, "line 1: Response"},
    };
    xml_pair_rows(&language, rows, ARRAY_LEN(rows));
}

TEST(plivoxml_read, the_carriers_default_said_aloud_loses_nothing) {
    static const struct xml_pair_row rows[] = {
        {"<GetInput action=\"" A "\" digitEndTimeout=\"auto\" log=\"true\" redirect=\"true\"/>", 1,
         PLAN_LOSS_NONE, ""},
        {"<Record fileFormat=\"mp3\" recordChannelType=\"stereo\" redirect=\"true\" "
         "recordSession=\"false\"/>",
         1, PLAN_LOSS_NONE, ""},
        {"<Dial confirmTimeout=\"120\" redirect=\"true\"><Number>1</Number></Dial>", 1,
         PLAN_LOSS_NONE, ""},
        {"<Conference stayAlone=\"true\" enterSound=\"\">c</Conference>", 1, PLAN_LOSS_NONE, ""},
    };
    xml_pair_rows(&language, rows, ARRAY_LEN(rows));
}

/* ---- what members become --------------------------------------------------------------------- */

/* The steps of a document; the plan has to be released. */
static void read_steps(const char *inside, size_t count, struct plan *p) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    struct error err = {0};
    buf_printf(&doc, "<Response>%s</Response>", inside);
    REQUIRE(plivoxml_read(buf_str(&doc), p, NULL, &err) == ERR_OK);
    REQUIRE(p->count == count);
}

TEST(plivoxml_read, missing_attributes_mean_the_carriers_defaults) {
    CLEANUP(plan_release) struct plan p = {0};
    read_steps("<Record/><Dial><Number>1</Number></Dial><Record recordSession=\"true\"/>"
               "<GetDigits action=\"" A "\"/>",
               4, &p);
    EXPECT_INT(p.steps[0].u.record.timeout_s, 15);
    EXPECT_INT(p.steps[0].u.record.max_s, 60);
    EXPECT_INT(p.steps[1].u.dial.timeout_s, 120);
    EXPECT(p.steps[2].u.start_recording.dual);
    EXPECT(str_eq(p.steps[2].u.start_recording.format, STR("mp3")));
    EXPECT_INT(p.steps[3].u.gather.timeout_s, 5);
    EXPECT_INT(p.steps[3].u.gather.input, PLAN_INPUT_KEYS);
}

TEST(plivoxml_read, a_redirect_to_the_same_url_is_the_action_on_empty) {
    CLEANUP(plan_release) struct plan p = {0};
    read_steps("<GetInput action=\"" A "\" method=\"POST\"/><Redirect>" A "</Redirect>"
               "<GetInput action=\"" A "\"/><Redirect method=\"GET\">" A "</Redirect>",
               3, &p);
    EXPECT(p.steps[0].u.gather.action_on_empty);
    EXPECT(!p.steps[1].u.gather.action_on_empty);
    EXPECT_INT(p.steps[2].kind, PLAN_REDIRECT);
}

TEST(plivoxml_read, a_two_way_stream_goes_on_at_the_redirect) {
    CLEANUP(plan_release) struct plan p = {0};
    read_steps("<Stream bidirectional=\"true\" keepCallAlive=\"true\">wss://m.example</Stream>"
               "<Redirect method=\"GET\">" A "</Redirect><Redirect>" A "</Redirect>",
               2, &p);
    EXPECT(p.steps[0].u.stream.bidirectional);
    EXPECT(str_eq(p.steps[0].u.stream.action.url, STR(A)));
    EXPECT_INT(p.steps[0].u.stream.action.method, PLAN_METHOD_GET);
}

TEST(plivoxml_read, users_at_plivo_are_clients) {
    CLEANUP(plan_release) struct plan p = {0};
    read_steps("<Dial><User>sip:a%20b@phone.plivo.com</User><User>sip:@phone.plivo.com</User>"
               "<User>sip:%00@phone.plivo.com</User><User>sip:c@pbx.example</User></Dial>",
               1, &p);
    const struct plan_noun *n = p.steps[0].u.dial.nouns;
    REQUIRE(p.steps[0].u.dial.noun_count == 4);
    EXPECT_INT(n[0].kind, PLAN_NOUN_CLIENT);
    EXPECT(str_eq(n[0].target, STR("a b")));
    EXPECT_INT(n[1].kind, PLAN_NOUN_SIP);
    EXPECT_INT(n[2].kind, PLAN_NOUN_SIP);
    EXPECT_INT(n[3].kind, PLAN_NOUN_SIP);
}

TEST(plivoxml_read, a_reason_to_hang_up_is_a_rejection) {
    CLEANUP(plan_release) struct plan p = {0};
    read_steps("<Hangup reason=\"busy\"/><Hangup reason=\"rejected\"/><Hangup/>", 3, &p);
    EXPECT(p.steps[0].kind == PLAN_REJECT && p.steps[0].u.reject.busy);
    EXPECT(p.steps[1].kind == PLAN_REJECT && !p.steps[1].u.reject.busy);
    EXPECT_INT(p.steps[2].kind, PLAN_HANGUP);
}

TEST(plivoxml_read, a_recording_belongs_to_the_next_dial) {
    CLEANUP(plan_release) struct plan p = {0};
    read_steps("<Record startOnDialAnswer=\"true\" callbackUrl=\"" A "\"/><Wait/>"
               "<Dial><Number>1</Number></Dial><Dial><Number>2</Number></Dial>",
               3, &p);
    EXPECT(str_eq(p.steps[1].u.dial.record, STR("from-answer-dual")));
    EXPECT(str_eq(p.steps[1].u.dial.recording_status.url, STR(A)));
    EXPECT_INT(p.steps[2].u.dial.record.len, 0);
}

/* ---- what the carrier refuses ---------------------------------------------------------------- */

static void expect_refused(struct str doc, enum error_code code, const char *word) {
    CLEANUP(plan_release) struct plan p = {0};
    struct error err = {0};
    EXPECT_INT(plivoxml_read(doc, &p, NULL, &err), code);
    EXPECT_INT(err.carrier_code, 8011);
    EXPECT_INT(p.count, 0);
    EXPECT(strstr(err.text, word) != NULL);
    if (!strstr(err.text, word))
        printf("%s: %s\n", word, err.text);
}

TEST(plivoxml_read, what_is_no_document_of_the_language_fails) {
    static const struct {
        const char *doc, *word;
    } rows[] = {
        {"", "empty"},
        {"{\"a\":1}", "not well-formed"},
        {"<html><body/></html>", "outermost"},
        {"<response/>", "outermost"},
        {"<Response><Play>https://a.example/?a=1&b=2</Play></Response>", "not well-formed"},
        {"<Response><!-- a -- b --></Response>", "not well-formed"},
        {"<!DOCTYPE Response [<!ENTITY a \"b\">]><Response>&a;</Response>", "document type"},
        {"<Response><Speak>", "not well-formed"},
        {"<?php ?><Response/>", "processing instruction"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        expect_refused(str_z(rows[i].doc), ERR_INVALID, rows[i].word);
}

TEST(plivoxml_read, what_the_carrier_refuses_fails_with_the_line) {
    static const struct {
        const char *inside, *word;
    } rows[] = {
        {"<Hangup/>\n<Reject/>", "line 2: <Reject>"},
        {"<Redirect/>", "<Redirect>"},
        {"<Redirect>/next</Redirect>", "absolute"},
        {"<Redirect>ftp://a.example</Redirect>", "absolute"},
        {"<Play>sounds/a.mp3</Play>", "absolute"},
        {"<GetInput inputType=\"dtmf\"/>", "<GetInput action>: the attribute is missing"},
        {"<GetInput action=\"/heard\"/>", "absolute"},
        {"<GetDigits action=\"" A "\" invalidDigitsSound=\"x.mp3\"/>", "invalidDigitsSound"},
        {"<GetInput action=\"" A "\" method=\"PUT\"/>", "method"},
        {"<Dial/>", "no Number or User"},
        {"<Dial>12025550101</Dial>", "no Number or User"},
        {"<Dial><Number/></Dial>", "<Number>"},
        {"<Dial><User> </User></Dial>", "<User>"},
        {"<Dial callbackUrl=\"//h/x\"><Number>1</Number></Dial>", "callbackUrl"},
        {"<Stream>https://a.example</Stream>", "ws or wss"},
        {"<Stream/>", "ws or wss"},
        {"<Stream bidirectional=\"true\" audioTrack=\"both\">wss://a.example</Stream>", "inbound"},
        {"<Speak language=\"hi-IN\">a</Speak>", "WOMAN does not speak it"},
        {"<Speak voice=\"MAN\" language=\"sv-SE\">a</Speak>", "MAN does not speak it"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 17);
        buf_printf(&doc, "<Response>%s</Response>", rows[i].inside);
        expect_refused(buf_str(&doc), ERR_INVALID, rows[i].word);
    }
}

TEST(plivoxml_read, an_error_counts_behind_any_number_of_warnings) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 17);
    buf_puts(&doc, "<Response>");
    for (int i = 0; i < 100; i++)
        buf_puts(&doc, "<Nope/>");
    buf_puts(&doc, "<Reject/></Response>");
    expect_refused(buf_str(&doc), ERR_INVALID, "<Reject>");
}

TEST(plivoxml_read, size_and_depth_are_bounded) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 20);
    CLEANUP(plan_release) struct plan p = {0};
    buf_puts(&doc, "<Response><!--");
    while (doc.len < PLIVOXML_BYTES_MAX - strlen("--></Response>"))
        buf_putc(&doc, 'x');
    buf_puts(&doc, "--></Response>");
    EXPECT_INT(plivoxml_read(buf_str(&doc), &p, NULL, NULL), ERR_OK);
    buf_putc(&doc, ' ');
    expect_refused(buf_str(&doc), ERR_LIMIT, "at most 100000");
    buf_clear(&doc);
    for (int i = 0; i < 40; i++)
        buf_puts(&doc, "<Response>");
    expect_refused(buf_str(&doc), ERR_LIMIT, "nested");
}

TEST(plivoxml_check, the_order_of_elements_is_judged) {
    static const struct {
        const char *inside, *element;
    } rows[] = {
        {"<Redirect>" A "</Redirect><Hangup/>", "Hangup"},
        {"<Stream>wss://a.example</Stream><Stream>wss://b.example</Stream>", "Stream"},
        {"<Stream>wss://a.example</Stream><Record/>", "Record"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 17);
        struct xml_report report = {0};
        struct error err = {0};
        buf_printf(&doc, "<Response>%s</Response>", rows[i].inside);
        REQUIRE(plivoxml_check(buf_str(&doc), &report, &err) == ERR_OK);
        REQUIRE(report.count == 1);
        EXPECT_INT(report.items[0].severity, XML_WARNING);
        EXPECT_INT(report.items[0].code, 0);
        EXPECT_STR(report.items[0].element, rows[i].element);
    }
}

TEST(plivoxml_check, what_is_refused_is_an_error_with_the_carriers_number) {
    struct xml_report report = {0};
    struct error err = {0};
    REQUIRE(plivoxml_check(STR("<Response><GetInput/></Response>"), &report, &err) == ERR_OK);
    REQUIRE(report.count == 1);
    EXPECT_INT(report.items[0].severity, XML_ERROR);
    EXPECT_INT(report.items[0].code, 8011);
    EXPECT_STR(report.items[0].attribute, "action");
    report = (struct xml_report){0};
    REQUIRE(plivoxml_check(STR("<Respond/>"), &report, &err) == ERR_OK);
    REQUIRE(report.count == 1);
    EXPECT_INT(report.items[0].severity, XML_ERROR);
}
