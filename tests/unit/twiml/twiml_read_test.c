#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"
#include "tests/unit/twiml/xml_pair.h"
#include "twiml/twiml.h"

static const struct xml_pair language = {twiml_write, twiml_read, twiml_check, 65536};

TEST(twiml_read, what_the_carrier_would_skip_is_refused) {
    static const struct xml_pair_row rows[] = {
        {"<Say/>", 0, PLAN_LOSS_REFUSED, "line 1: Say"},
        {"<Say> \n </Say>", 0, PLAN_LOSS_REFUSED, "line 1: Say"},
        {"<say>hi</say>", 0, PLAN_LOSS_REFUSED, "line 1: say"},
        {"\n<Dail>1</Dail><Hangup/>", 1, PLAN_LOSS_REFUSED, "line 2: Dail"},
        {"<Play/>", 0, PLAN_LOSS_REFUSED, "line 1: Play"},
        {"<Play digits=\"12x\"/>", 0, PLAN_LOSS_REFUSED, "line 1: Play.digits"},
        {"<Gather><Play digits=\"12\"/></Gather>", 1, PLAN_LOSS_REFUSED, "line 1: Play.digits"},
        {"<Gather><Hangup/></Gather>", 1, PLAN_LOSS_REFUSED, "line 1: Hangup"},
        {"<Dial/>", 0, PLAN_LOSS_REFUSED, "line 1: Dial"},
        {"<Dial><Number>1</Number><Queue>q</Queue></Dial>", 1, PLAN_LOSS_REFUSED, "line 1: Queue"},
        {"<Redirect/>", 0, PLAN_LOSS_REFUSED, "line 1: Redirect"},
        {"<Enqueue/>", 0, PLAN_LOSS_REFUSED, "line 1: Enqueue"},
        {"<Refer/>", 0, PLAN_LOSS_REFUSED, "line 1: Refer"},
        {"<Start/>", 0, PLAN_LOSS_REFUSED, "line 1: Start"},
        {"<Connect><Stream name=\"x\"/></Connect>", 0, PLAN_LOSS_REFUSED, "line 1: Stream.url"},
        {"<Connect><ConversationRelay/></Connect>", 0, PLAN_LOSS_REFUSED,
         "line 1: ConversationRelay.url"},
        {"<Connect><Stream url=\"wss://a\"/><Stream url=\"wss://b\"/></Connect>", 1,
         PLAN_LOSS_REFUSED, "line 1: Stream"},
        {"<Pay><Prompt><Say>x</Say></Prompt></Pay>", 1, PLAN_LOSS_REFUSED, "line 1: Prompt.for"},
        {"<Prompt for=\"postal-code\"/>", 0, PLAN_LOSS_REFUSED, "line 1: Prompt"},
        {"<xi:include href=\"file:///etc/passwd\"/>", 0, PLAN_LOSS_REFUSED, "line 1: xi:include"},
    };
    xml_pair_rows(&language, rows, ARRAY_LEN(rows));
}

TEST(twiml_read, what_a_plan_has_no_place_for_is_dropped) {
    static const struct xml_pair_row rows[] = {
        {"<Say tone=\"x\">a</Say>", 1, PLAN_LOSS_DROPPED, "line 1: Say.tone"},
        {"<Say loop=\"often\">a</Say>", 1, PLAN_LOSS_DROPPED, "line 1: Say.loop"},
        {"<Say loop=\"5000\">a</Say>", 1, PLAN_LOSS_DROPPED, "line 1: Say.loop"},
        {"<Gather timeout=\"0\"/>", 1, PLAN_LOSS_DROPPED, "line 1: Gather.timeout"},
        {"<Gather method=\"PUT\"/>", 1, PLAN_LOSS_DROPPED, "line 1: Gather.method"},
        {"<Gather debug=\"true\"/>", 1, PLAN_LOSS_DROPPED, "line 1: Gather.debug"},
        {"<Gather>words</Gather>", 1, PLAN_LOSS_DROPPED, "line 1: Gather"},
        {"<Record timeout=\"0\"/>", 1, PLAN_LOSS_DROPPED, "line 1: Record.timeout"},
        {"<Dial timeout=\"4\">1</Dial>", 1, PLAN_LOSS_DROPPED, "line 1: Dial.timeout"},
        {"<Dial ringTone=\"xx\">1</Dial>", 1, PLAN_LOSS_DROPPED, "line 1: Dial.ringTone"},
        {"<Dial>1<Number>2</Number></Dial>", 1, PLAN_LOSS_DROPPED, "line 1: Dial"},
        {"<Dial><Conference waitUrl=\"\">c</Conference></Dial>", 1, PLAN_LOSS_DROPPED,
         "line 1: Conference.waitUrl"},
        {"<Dial><Conference beep=\"onExit\">c</Conference></Dial>", 1, PLAN_LOSS_DROPPED,
         "line 1: Conference.beep"},
        {"<Dial><Client>a<Parameter name=\"x\" value=\"y\"/></Client></Dial>", 1, PLAN_LOSS_DROPPED,
         "line 1: Parameter"},
        {"<Hangup><Parameter name=\"x\" value=\"y\"/></Hangup>", 1, PLAN_LOSS_DROPPED,
         "line 1: Parameter"},
        {"<Leave a=\"b\"/>", 1, PLAN_LOSS_DROPPED, "line 1: Leave.a"},
        {"<Start action=\"/x\"><Stream url=\"wss://a\"/></Start>", 1, PLAN_LOSS_DROPPED,
         "line 1: Start.action"},
        {"<Start><Stream url=\"wss://a\"><Parameter value=\"y\"/></Stream></Start>", 1,
         PLAN_LOSS_DROPPED, "line 1: Parameter.name"},
        {"words", 0, PLAN_LOSS_DROPPED, "line 1: Response"},
        {"<Say>a <blink>b</blink></Say>", 1, PLAN_LOSS_DROPPED, "line 1: blink"},
        {"<Say>a <break time=\"1s\" x=\"y\"/></Say>", 1, PLAN_LOSS_DROPPED, "line 1: break.x"},
    };
    xml_pair_rows(&language, rows, ARRAY_LEN(rows));
}

TEST(twiml_read, the_carriers_default_said_aloud_loses_nothing) {
    static const struct xml_pair_row rows[] = {
        {"<Record recordingStatusCallbackEvent=\"completed\"/>", 1, PLAN_LOSS_NONE, ""},
        {"<Dial trim=\"do-not-trim\">1</Dial>", 1, PLAN_LOSS_NONE, ""},
        {"<Reject reason=\"rejected\"/>", 1, PLAN_LOSS_NONE, ""},
        {"<Dial record=\"false\">1</Dial>", 1, PLAN_LOSS_NONE, ""},
        {"<Pay bankAccountType=\"consumer-checking\" input=\"dtmf\"/>", 1, PLAN_LOSS_NONE, ""},
    };
    xml_pair_rows(&language, rows, ARRAY_LEN(rows));
}

/* The single step of a document; the plan has to be released. */
static const struct plan_step *only_step(const char *inside, struct plan *p) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    buf_printf(&doc, "<Response>%s</Response>", inside);
    struct error err = {0};
    EXPECT_INT(twiml_read(buf_str(&doc), p, NULL, &err), ERR_OK);
    EXPECT_INT(p->count, 1);
    static const struct plan_step none;
    return p->count == 1 ? p->steps : &none;
}

TEST(twiml_read, old_words_for_recording_a_dial_are_known) {
    CLEANUP(plan_release) struct plan p = {0};
    const struct plan_step *s = only_step("<Dial record=\"true\">+12025550101</Dial>", &p);
    EXPECT(str_eq(s->u.dial.record, STR("from-answer")));
}

TEST(twiml_read, white_space_around_texts_is_dropped) {
    CLEANUP(plan_release) struct plan p = {0};
    const struct plan_step *s = only_step("<Say>\n  Hello\n  there\n</Say>", &p);
    EXPECT(str_eq(s->u.say.text, STR("Hello\n  there")));
}

TEST(twiml_read, markup_in_character_data_stays_text) {
    CLEANUP(plan_release) struct plan p = {0};
    const struct plan_step *s = only_step("<Say><![CDATA[</Say><Dial>1</Dial>]]></Say>", &p);
    EXPECT_INT(s->kind, PLAN_SAY);
    EXPECT(str_eq(s->u.say.text, STR("</Say><Dial>1</Dial>")));
}

TEST(twiml_read, ssml_is_kept_in_one_canonical_form) {
    CLEANUP(plan_release) struct plan p = {0};
    const struct plan_step *s = only_step(
        "<Say>\n a &amp; <!-- no --><emphasis level='strong'>b</emphasis><break></break>\n</Say>",
        &p);
    EXPECT(str_eq(s->u.say.ssml, STR("a &amp; <emphasis level=\"strong\">b</emphasis><break/>")));
    EXPECT_INT(s->u.say.text.len, 0);
}

TEST(twiml_read, a_say_whose_markup_is_all_foreign_is_plain_text) {
    CLEANUP(plan_release) struct plan p = {0};
    const struct plan_step *s = only_step("<Say>a &lt; <b>c</b></Say>", &p);
    EXPECT(str_eq(s->u.say.text, STR("a < c")));
    EXPECT_INT(s->u.say.ssml.len, 0);
}

TEST(twiml_read, relative_urls_stay_as_they_are) {
    CLEANUP(plan_release) struct plan p = {0};
    const struct plan_step *s = only_step("<Redirect method=\"GET\"> ../next?a=1 </Redirect>", &p);
    EXPECT(str_eq(s->u.redirect.url, STR("../next?a=1")));
    EXPECT_INT(s->u.redirect.method, PLAN_METHOD_GET);
}

TEST(twiml_read, a_recording_without_channels_is_dual_as_at_the_carrier) {
    CLEANUP(plan_release) struct plan p = {0};
    EXPECT(only_step("<Start><Recording/></Start>", &p)->u.start_recording.dual);
    CLEANUP(plan_release) struct plan q = {0};
    EXPECT(!only_step("<Start><Recording channels=\"mono\"/></Start>", &q)->u.start_recording.dual);
}

TEST(twiml_read, clients_and_sip_targets_may_be_wrapped) {
    CLEANUP(plan_release) struct plan p = {0};
    const struct plan_step *s = only_step("<Dial><Client><Identity> joe </Identity></Client>"
                                          "<Sip><Uri>sip:a@b.example</Uri></Sip></Dial>",
                                          &p);
    REQUIRE(s->u.dial.noun_count == 2);
    EXPECT(str_eq(s->u.dial.nouns[0].target, STR("joe")));
    EXPECT(str_eq(s->u.dial.nouns[1].target, STR("sip:a@b.example")));
}

TEST(twiml_read, faults_carry_the_carriers_number) {
    struct plan p = {0};
    struct error err = {0};
    EXPECT_INT(twiml_read(STR("<Response><Say>"), &p, NULL, &err), ERR_INVALID);
    EXPECT_INT(err.carrier_code, 12100);
    EXPECT_INT(twiml_read(STR("<response/>"), &p, NULL, &err), ERR_INVALID);
    EXPECT_INT(err.carrier_code, 12102);
    EXPECT_INT(p.count, 0);
}

TEST(twiml_read, a_document_with_too_many_steps_is_refused_whole) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    CLEANUP(plan_release) struct plan p = {0};
    struct error err = {0};
    buf_puts(&doc, "<Response><Gather>");
    for (int i = 0; i < PLAN_STEPS_MAX; i++)
        buf_puts(&doc, "<Pause/>");
    buf_puts(&doc, "</Gather></Response>");
    EXPECT_INT(twiml_read(buf_str(&doc), &p, NULL, &err), ERR_LIMIT);
    EXPECT_INT(p.count, 0);
    EXPECT(strstr(err.text, "200 steps") != NULL);
}

TEST(twiml_read, a_text_that_is_too_long_is_refused_with_its_step) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    CLEANUP(plan_release) struct plan p = {0};
    struct plan_loss_report loss = {0};
    buf_puts(&doc, "<Response><Say>");
    for (int i = 0; i <= PLAN_TEXT_MAX; i++)
        buf_putc(&doc, 'x');
    buf_puts(&doc, "</Say></Response>");
    EXPECT_INT(twiml_read(buf_str(&doc), &p, &loss, NULL), ERR_OK);
    EXPECT_INT(p.count, 0);
    EXPECT_INT(loss.count, 1);
}

TEST(twiml_read, far_ends_over_the_limit_are_refused_one_by_one) {
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 16);
    CLEANUP(plan_release) struct plan p = {0};
    struct plan_loss_report loss = {0};
    buf_puts(&doc, "<Response><Dial>");
    for (int i = 0; i < PLAN_NOUNS_MAX + 3; i++)
        buf_puts(&doc, "<Number>+12025550101</Number>");
    buf_puts(&doc, "</Dial></Response>");
    EXPECT_INT(twiml_read(buf_str(&doc), &p, &loss, NULL), ERR_OK);
    EXPECT_INT(p.steps[0].u.dial.noun_count, PLAN_NOUNS_MAX);
    EXPECT_INT(loss.count, 3);
}
