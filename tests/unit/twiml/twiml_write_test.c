#include <string.h>

#include "tests/support/test.h"
#include "twiml/twiml.h"

/* The document of one plan, or the error's text. */
static const char *written(const struct plan *p, struct buf *out, struct plan_loss_report *loss) {
    struct error err = {0};
    buf_clear(out);
    if (twiml_write(p, out, loss, &err) != ERR_OK) {
        buf_clear(out);
        buf_puts(out, err.text);
    }
    return out->ptr ? out->ptr : "";
}

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

TEST(twiml_write, an_empty_plan_is_an_empty_response) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    struct plan p = {0};
    EXPECT_STR(written(&p, &out, NULL), HEAD "<Response/>");
}

TEST(twiml_write, gather_says_its_prompts_inside) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    CLEANUP(plan_release) struct plan p = {0};
    struct plan_gather *g = &plan_add(&p, PLAN_GATHER)->u.gather;
    g->input = PLAN_INPUT_KEYS | PLAN_INPUT_SPEECH;
    g->action = (struct plan_link){STR("https://a.example/g?x=1&y=2"), PLAN_METHOD_POST};
    g->timeout_s = 4;
    g->speech_timeout_auto = true;
    g->has_finish_key = true;
    plan_add_prompt(&p, g, PLAN_SAY)->u.say = (struct plan_say){.text = STR("Tom & \"Jerry\"")};
    plan_add(&p, PLAN_HANGUP);
    EXPECT_STR(written(&p, &out, NULL),
               HEAD "<Response><Gather input=\"dtmf speech\" "
                    "action=\"https://a.example/g?x=1&amp;y=2\" method=\"POST\" timeout=\"4\" "
                    "speechTimeout=\"auto\" finishOnKey=\"\"><Say>Tom &amp; \"Jerry\"</Say>"
                    "</Gather><Hangup/></Response>");
    CLEANUP(plan_release) struct plan back = {0};
    struct plan_loss_report loss = {0};
    struct error err = {0};
    EXPECT_INT(twiml_read(buf_str(&out), &back, &loss, &err), ERR_OK);
    EXPECT(plan_equal(&p, &back));
    EXPECT_INT(loss.count, 0);
}

/* ---- what TwiML cannot say ------------------------------------------------------------------- */

static void expect_loss(const struct plan *p, enum plan_loss_kind kind, const char *where) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    struct plan_loss_report loss = {0};
    (void)written(p, &out, &loss);
    EXPECT_INT(loss.count, 1);
    EXPECT_INT(loss.items[0].kind, kind);
    EXPECT_STR(loss.items[0].where, where);
    EXPECT(loss.items[0].what[0] != '\0' && loss.items[0].remedy[0] != '\0');
}

TEST(twiml_write, an_assistant_at_the_carrier_is_refused_with_a_remedy) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    CLEANUP(plan_release) struct plan p = {0};
    struct error err = {0};
    plan_add(&p, PLAN_HANGUP);
    plan_add(&p, PLAN_AI)->u.ai.document = STR("{}");
    buf_puts(&out, "kept");
    EXPECT_INT(twiml_write(&p, &out, NULL, &err), ERR_UNSUPPORTED);
    EXPECT_STR(err.field, "steps[1].ai");
    EXPECT_STR(out.ptr, "kept");
    expect_loss(&p, PLAN_LOSS_REFUSED, "steps[1].ai");
}

TEST(twiml_write, a_recordings_format_and_beep_are_reported) {
    CLEANUP(plan_release) struct plan p = {0};
    plan_add(&p, PLAN_START_RECORDING)->u.start_recording.format = STR("mp3");
    expect_loss(&p, PLAN_LOSS_DROPPED, "steps[0].start_recording.format");
    CLEANUP(plan_release) struct plan q = {0};
    plan_add(&q, PLAN_START_RECORDING)->u.start_recording.beep = true;
    expect_loss(&q, PLAN_LOSS_DROPPED, "steps[0].start_recording.beep");
}

TEST(twiml_write, methods_that_cannot_be_chosen_are_reported) {
    CLEANUP(plan_release) struct plan p = {0};
    plan_add(&p, PLAN_PAY)->u.pay.action = (struct plan_link){STR("/p"), PLAN_METHOD_GET};
    expect_loss(&p, PLAN_LOSS_DROPPED, "steps[0].pay.action");
    CLEANUP(plan_release) struct plan q = {0};
    plan_add(&q, PLAN_RECORD)->u.record.transcribe_to =
        (struct plan_link){STR("/p"), PLAN_METHOD_GET};
    expect_loss(&q, PLAN_LOSS_DROPPED, "steps[0].record.transcribe_to");
}

TEST(twiml_write, numbers_out_of_range_become_the_nearest) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    CLEANUP(plan_release) struct plan p = {0};
    struct plan_dial *d = &plan_add(&p, PLAN_DIAL)->u.dial;
    d->timeout_s = 3;
    plan_add_noun(&p, d, PLAN_NOUN_NUMBER)->target = STR("+12025550101");
    expect_loss(&p, PLAN_LOSS_REPLACED, "steps[0].dial.timeout_s");
    EXPECT_STR(written(&p, &out, NULL), HEAD "<Response><Dial timeout=\"5\"><Number>+12025550101"
                                             "</Number></Dial></Response>");
    d->timeout_s = 700;
    EXPECT_STR(written(&p, &out, NULL), HEAD "<Response><Dial timeout=\"600\"><Number>"
                                             "+12025550101</Number></Dial></Response>");
}

TEST(twiml_write, words_the_carrier_does_not_know_are_dropped) {
    CLEANUP(plan_release) struct plan p = {0};
    struct plan_dial *d = &plan_add(&p, PLAN_DIAL)->u.dial;
    d->ring_tone = STR("atlantis");
    plan_add_noun(&p, d, PLAN_NOUN_NUMBER)->target = STR("+12025550101");
    expect_loss(&p, PLAN_LOSS_DROPPED, "steps[0].dial.ring_tone");
}

TEST(twiml_write, members_of_another_far_end_are_reported) {
    CLEANUP(plan_release) struct plan p = {0};
    struct plan_dial *d = &plan_add(&p, PLAN_DIAL)->u.dial;
    struct plan_noun *n = plan_add_noun(&p, d, PLAN_NOUN_SIP);
    n->target = STR("sip:a@b.example");
    n->send_digits = STR("1");
    expect_loss(&p, PLAN_LOSS_DROPPED, "steps[0].dial.nouns[0].send_digits");
}

TEST(twiml_write, the_voice_of_a_payment_is_reported) {
    CLEANUP(plan_release) struct plan p = {0};
    plan_add(&p, PLAN_PAY)->u.pay.voice = STR("woman");
    expect_loss(&p, PLAN_LOSS_DROPPED, "steps[0].pay.voice");
}

/* ---- what no document can hold --------------------------------------------------------------- */

static void expect_failure(const struct plan *p, enum error_code code, const char *field) {
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 22);
    struct error err = {0};
    EXPECT_INT(twiml_write(p, &out, NULL, &err), code);
    EXPECT_STR(err.field, field);
    EXPECT(err.text[0] != '\0');
    EXPECT_INT(out.len, 0);
}

TEST(twiml_write, a_step_without_what_it_needs_is_an_error) {
    static const struct {
        enum plan_kind kind;
        const char *field;
    } rows[] = {
        {PLAN_SAY, "steps[0].say.text"},          {PLAN_PLAY, "steps[0].play.url"},
        {PLAN_PAUSE, "steps[0].pause.seconds"},   {PLAN_DIAL, "steps[0].dial.nouns"},
        {PLAN_ENQUEUE, "steps[0].enqueue"},       {PLAN_SEND_DIGITS, "steps[0].send_digits.digits"},
        {PLAN_REDIRECT, "steps[0].redirect.url"}, {PLAN_STREAM, "steps[0].stream.url"},
        {PLAN_RELAY, "steps[0].relay.url"},       {PLAN_REFER, "steps[0].refer.uri"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        CLEANUP(plan_release) struct plan p = {0};
        plan_add(&p, rows[i].kind);
        expect_failure(&p, ERR_INVALID, rows[i].field);
    }
}

TEST(twiml_write, ssml_that_breaks_the_grammar_is_an_error) {
    static const char *const wrong[] = {
        "<b>x</b>",
        "<break time=\"1s\">",
        "</Say><Dial>+12025550101</Dial><Say>",
        "x & y",
        "<Say>x</Say>",
        "<sub alias=\"a\"><p>x</p></sub>",
        "<break x=\"1\"/>",
        "<emphasis level=\"loud\">x</emphasis>",
        "<!DOCTYPE x>",
        "<?x?>",
        "\xFF",
        "<x:break/>",
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        CLEANUP(plan_release) struct plan p = {0};
        plan_add(&p, PLAN_SAY)->u.say.ssml = str_z(wrong[i]);
        expect_failure(&p, ERR_INVALID, "steps[0].say.ssml");
    }
}

TEST(twiml_write, a_document_over_64_kib_is_an_error) {
    CLEANUP(plan_release) struct plan p = {0};
    char text[PLAN_TEXT_MAX];
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 17; i++)
        plan_add(&p, PLAN_SAY)->u.say.text = str_from(text, sizeof text);
    expect_failure(&p, ERR_LIMIT, "");
}

TEST(twiml_write, a_buffer_that_is_too_small_is_an_error_and_stays_usable) {
    CLEANUP(plan_release) struct plan p = {0};
    CLEANUP(buf_release) struct buf out = BUF_INIT(70);
    struct error err = {0};
    for (int i = 0; i < 9; i++)
        plan_add(&p, PLAN_HANGUP);
    buf_puts(&out, "x");
    EXPECT_INT(twiml_write(&p, &out, NULL, &err), ERR_LIMIT);
    EXPECT(!buf_failed(&out));
    EXPECT_STR(out.ptr, "x");
}
