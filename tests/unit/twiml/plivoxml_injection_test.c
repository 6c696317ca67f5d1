#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"
#include "tests/unit/twiml/xml_pair.h"
#include "twiml/plivoxml.h"

/* Everything that takes free text, filled with the same text; URLs carry it in their query. */
static void fill(struct plan *p, struct str text) {
    struct str url = arena_printf(&p->arena, "https://a.example/?q=");
    CLEANUP(buf_release) struct buf query = BUF_INIT(1 << 12);
    buf_put_str(&query, url);
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] > ' ') /* a URL holds no blanks */
            buf_putc(&query, text.ptr[i]);
    url = arena_copy(&p->arena, buf_str(&query));
    struct plan_gather *g = &plan_add(p, PLAN_GATHER)->u.gather;
    g->input = PLAN_INPUT_SPEECH;
    g->action.url = url;
    g->hints = text;
    g->language = text;
    *plan_add_prompt(p, g, PLAN_SAY) = (struct plan_step){
        .kind = PLAN_SAY, .u.say = {.text = text, .voice = STR("Polly.Amy"), .language = text}};
    *plan_add_prompt(p, g, PLAN_PLAY) =
        (struct plan_step){.kind = PLAN_PLAY, .u.play = {.url = url}};
    struct plan_dial *d = &plan_add(p, PLAN_DIAL)->u.dial;
    d->caller_id = text;
    plan_add_noun(p, d, PLAN_NOUN_NUMBER)->target = text;
    plan_add_noun(p, d, PLAN_NOUN_CLIENT)->target = text;
    struct plan_noun *n = plan_add_noun(p, d, PLAN_NOUN_SIP);
    n->target = text;
    n->sip_user = text;
    struct plan_dial *room = &plan_add(p, PLAN_DIAL)->u.dial;
    plan_add_noun(p, room, PLAN_NOUN_CONFERENCE)->target = text;
    plan_add(p, PLAN_REDIRECT)->u.redirect.url = url;
}

static const struct xml_pair language = {plivoxml_write, plivoxml_read, plivoxml_check,
                                         PLIVOXML_BYTES_MAX};

TEST(plivoxml_injection, hostile_text_stays_text) {
    xml_pair_hostile(&language, fill,
                     "Response GetInput Speak Play Dial Number User User Conference Redirect ");
}

TEST(plivoxml_injection, an_extra_header_cannot_bring_another_one) {
    CLEANUP(plan_release) struct plan p = {0};
    CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
    struct plan_loss_report loss = {0};
    struct plan_stream *s = &plan_add(&p, PLAN_STREAM)->u.stream;
    s->url = STR("wss://m.example/s");
    REQUIRE(plan_add_param(&p, &s->params, &s->param_count, STR("user"), STR("ann,admin=1")));
    REQUIRE(plan_add_param(&p, &s->params, &s->param_count, STR("a\r\nX-B"), STR("1")));
    REQUIRE(plan_add_param(&p, &s->params, &s->param_count, STR("call"), STR("7")));
    REQUIRE(plivoxml_write(&p, &out, &loss, NULL) == ERR_OK);
    EXPECT_INT(loss.count, 2);
    EXPECT(strstr(out.ptr, "extraHeaders=\"call=7\"") != NULL);
}

TEST(plivoxml_injection, text_that_xml_cannot_carry_is_refused) {
    static const struct str rows[] = {STR_INIT("a\x01"),        STR_INIT("x\x1By"),
                                      STR_INIT("nul\0nul"),     STR_INIT("\xEF\xBF\xBE"),
                                      STR_INIT("\xED\xA0\x80"), STR_INIT("cut \xE6\x97")};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct plan_step steps[] = {
            {.kind = PLAN_SAY, .u.say.text = rows[i]},
            {.kind = PLAN_SAY, .u.say = {.ssml = rows[i], .voice = STR("Polly.Amy")}},
            {.kind = PLAN_SEND_DIGITS, .u.send_digits.digits = rows[i]},
            {.kind = PLAN_REDIRECT, .u.redirect.url = rows[i]},
        };
        for (size_t k = 0; k < ARRAY_LEN(steps); k++) {
            CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
            struct plan p = {.steps = &steps[k], .count = 1};
            struct error err = {0};
            EXPECT_INT(plivoxml_write(&p, &out, NULL, &err), ERR_INVALID);
            EXPECT_INT(out.len, 0);
            EXPECT(strncmp(err.field, "steps[0].", 9) == 0);
        }
    }
}
