#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"
#include "tests/unit/twiml/xml_pair.h"
#include "twiml/twiml.h"

/* Everything that takes free text, filled with the same text. */
static void fill(struct plan *p, struct str text) {
    struct plan_gather *g = &plan_add(p, PLAN_GATHER)->u.gather;
    g->action.url = text;
    g->hints = text;
    g->language = text;
    *plan_add_prompt(p, g, PLAN_SAY) =
        (struct plan_step){.kind = PLAN_SAY, .u.say = {.text = text, .voice = text}};
    *plan_add_prompt(p, g, PLAN_PLAY) =
        (struct plan_step){.kind = PLAN_PLAY, .u.play = {.url = text}};
    struct plan_dial *d = &plan_add(p, PLAN_DIAL)->u.dial;
    d->caller_id = text;
    struct plan_noun *n = plan_add_noun(p, d, PLAN_NOUN_CLIENT);
    n->target = text;
    n->screen.url = text;
    struct plan_enqueue *e = &plan_add(p, PLAN_ENQUEUE)->u.enqueue;
    e->queue = text;
    e->task = text;
    struct plan_stream *s = &plan_add(p, PLAN_STREAM)->u.stream;
    s->url = text;
    s->name = text;
    EXPECT(plan_add_param(p, &s->params, &s->param_count, text, text));
    struct plan_relay *r = &plan_add(p, PLAN_RELAY)->u.relay;
    r->url = text;
    r->welcome = text;
    plan_add(p, PLAN_PAY)->u.pay.description = text;
    plan_add(p, PLAN_REDIRECT)->u.redirect.url = text;
}

static const char wanted[] =
    "Response Gather Say Play Dial Client Enqueue Task Start Stream Parameter Connect "
    "ConversationRelay Pay Redirect ";

static const struct xml_pair language = {twiml_write, twiml_read, twiml_check, 65536};

TEST(twiml_injection, hostile_text_stays_text) {
    xml_pair_hostile(&language, fill, wanted);
}

TEST(twiml_injection, text_that_xml_cannot_carry_is_refused) {
    static const struct {
        const char *text;
        size_t len;
    } rows[] = {
        {"a\x01", 2},        {"\x08x", 2},          {"x\x1By", 3},           {"nul\0nul", 7},
        {"\xEF\xBF\xBE", 3}, {"a\xEF\xBF\xBFz", 5}, {"\xED\xA0\x80", 3},     {"\xC0\xBC", 2},
        {"\xFF\xFE", 2},     {"cut \xE6\x97", 6},   {"\xF5\x80\x80\x80", 4},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct str text = str_from(rows[i].text, rows[i].len);
        struct plan_step steps[] = {
            {.kind = PLAN_SAY, .u.say.text = text},
            {.kind = PLAN_SAY, .u.say = {.text = STR("x"), .voice = text}},
            {.kind = PLAN_SAY, .u.say.ssml = text},
            {.kind = PLAN_REDIRECT, .u.redirect.url = text},
            {.kind = PLAN_PAY, .u.pay.description = text},
        };
        for (size_t k = 0; k < ARRAY_LEN(steps); k++) {
            CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
            struct plan p = {.steps = &steps[k], .count = 1};
            struct error err = {0};
            EXPECT_INT(twiml_write(&p, &out, NULL, &err), ERR_INVALID);
            EXPECT_INT(out.len, 0);
            EXPECT(strncmp(err.field, "steps[0].", 9) == 0);
        }
    }
}

TEST(twiml_injection, a_megabyte_of_text_is_refused) {
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 21);
    for (int i = 0; i < 1 << 17; i++)
        buf_puts(&text, "<Say>&\"'");
    struct plan_step steps[] = {
        {.kind = PLAN_SAY, .u.say.text = buf_str(&text)},
        {.kind = PLAN_SAY, .u.say.ssml = buf_str(&text)},
        {.kind = PLAN_REDIRECT, .u.redirect.url = buf_str(&text)},
        {.kind = PLAN_STREAM, .u.stream = {.url = STR("wss://a"), .name = buf_str(&text)}},
    };
    for (size_t k = 0; k < ARRAY_LEN(steps); k++) {
        CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 23);
        struct plan p = {.steps = &steps[k], .count = 1};
        struct error err = {0};
        EXPECT_INT(twiml_write(&p, &out, NULL, &err), ERR_LIMIT);
        EXPECT_INT(out.len, 0);
    }
}
