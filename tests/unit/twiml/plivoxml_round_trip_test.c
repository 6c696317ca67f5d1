#include <stdio.h>
#include <string.h>

#include "core/base/compiler.h"
#include "tests/support/plan_random.h"
#include "tests/support/test.h"
#include "tests/unit/twiml/xml_pair.h"
#include "twiml/plivoxml.h"

enum {
    PLANS = 100000,
    CHECKED = 20000
};

/* ---- random plans that Plivo XML can say ----------------------------------------------------- */

static struct plan_random sayable_from(uint64_t seed) {
    struct plan_random r = plan_random_from(seed);
    r.kinds = BIT(PLAN_SAY) | BIT(PLAN_PLAY) | BIT(PLAN_PAUSE) | BIT(PLAN_GATHER) |
              BIT(PLAN_RECORD) | BIT(PLAN_DIAL) | BIT(PLAN_SEND_DIGITS) | BIT(PLAN_REDIRECT) |
              BIT(PLAN_HANGUP) | BIT(PLAN_REJECT) | BIT(PLAN_START_RECORDING) | BIT(PLAN_STREAM);
    return r;
}

static void only_from(struct plan *p, struct str *s, const char *chars) {
    char text[256];
    size_t n = 0;
    for (size_t i = 0; i < s->len && n < sizeof text; i++)
        if (strchr(chars, s->ptr[i]))
            text[n++] = s->ptr[i];
    *s = arena_copy(&p->arena, str_from(text, n));
}

static uint32_t within(uint32_t n, uint32_t low, uint32_t high) {
    return n == 0 ? 0 : low + n % (high - low + 1);
}

static void tame_say(struct plan_random *r, struct plan_say *say) {
    static const char *const voices[] = {"", "woman", "man", "Polly.Joanna", "Polly.Hans"};
    say->voice = str_z(voices[plan_random_below(r, ARRAY_LEN(voices))]);
    if (say->ssml.len > 0)
        say->voice = str_z(voices[3 + plan_random_below(r, 2)]);
}

static void tame_gather(struct plan_random *r, struct plan_gather *g) {
    if (g->input == 0)
        g->input = PLAN_INPUT_KEYS;
    if (g->action.url.len == 0)
        g->action.url = STR("https://app.example/heard");
    g->timeout_s = within(g->timeout_s, 5, g->input & PLAN_INPUT_KEYS ? 10 : 60);
    g->speech_timeout_s = within(g->speech_timeout_s, 2, 10);
    g->digits_max = within(g->digits_max, 1, 32);
    g->max_speech_s = 0;
    g->barge_in = PLAN_UNSET;
    g->enhanced = false;
    for (size_t i = 0; i < g->prompt_count; i++)
        if (g->prompts[i].kind == PLAN_SAY)
            tame_say(r, &g->prompts[i].u.say);
}

static void tame_record(struct plan_record *rec) {
    rec->trim_silence = PLAN_UNSET;
    rec->finish_keys.len = rec->finish_keys.len > 1 ? 1 : rec->finish_keys.len;
    rec->timeout_s += rec->timeout_s == 5; /* the same as unset */
}

static void tame_noun(struct plan *p, struct plan_noun *n, const struct plan_noun *first) {
    n->status_events = (struct str){0};
    if (n->sip_password.len > 0)
        n->sip_password = STR("12345678 & more");
    if (n->kind == PLAN_NOUN_CONFERENCE) {
        n->wait.method = PLAN_METHOD_DEFAULT;
        n->participants_max = within(n->participants_max, 2, 20);
    } else {
        n->screen = first->screen;
        n->screen.method = PLAN_METHOD_DEFAULT;
        n->status = first->status;
    }
    only_from(p, &n->send_digits, "0123456789*#wW");
}

static void tame_dial(struct plan *p, struct plan_dial *d) {
    if (d->nouns[0].kind == PLAN_NOUN_QUEUE) {
        d->nouns[0] = (struct plan_noun){.kind = PLAN_NOUN_SIP, .target = STR("sip:a@b.example")};
    }
    d->nouns[0].screen.method = PLAN_METHOD_DEFAULT;
    for (size_t i = 0; i < d->noun_count; i++)
        tame_noun(p, &d->nouns[i], &d->nouns[0]);
    d->sequential = d->answer_on_bridge = false;
    d->ring_tone = d->ring_tone.len > 0 ? STR("https://h.example/ring?a=1&b=2") : d->ring_tone;
    d->timeout_s += d->timeout_s == 30; /* the same as unset */
    if (str_starts(d->record, STR("from-ringing")))
        d->record = STR("from-answer-dual");
    if (d->record.len == 0)
        d->recording_status = (struct plan_link){0};
    if (d->nouns[0].kind == PLAN_NOUN_CONFERENCE) {
        d->record = d->caller_id = d->ring_tone = (struct str){0};
        d->recording_status = (struct plan_link){0};
        d->timeout_s = 0;
    }
}

static void tame_recording(struct plan_start_recording *s) {
    s->name = s->status_events = (struct str){0};
    s->track = PLAN_TRACK_DEFAULT;
    s->trim_silence = PLAN_UNSET;
    s->beep = false;
    if (str_eq(s->format, STR("wav"))) /* the same as unset */
        s->format = STR("mp3");
}

static void tame_stream(struct plan *p, struct plan_stream *s) {
    s->name = (struct str){0};
    if (s->bidirectional && s->track > PLAN_TRACK_INBOUND)
        s->track = PLAN_TRACK_INBOUND;
    for (size_t i = 0; i < s->param_count; i++) {
        only_from(p, &s->params[i].name, "k0123456789");
        only_from(p, &s->params[i].value, "aZ7");
    }
}

/* A redirect that says what the step before it says with a member: that is how it comes back. */
static bool is_swallowed(const struct plan_step *before, const struct plan_step *s) {
    if (s->kind != PLAN_REDIRECT)
        return false;
    if (before->kind == PLAN_GATHER)
        return !before->u.gather.action_on_empty &&
               str_eq(before->u.gather.action.url, s->u.redirect.url);
    return before->kind == PLAN_STREAM && before->u.stream.bidirectional &&
           before->u.stream.action.url.len == 0;
}

static void tame(struct plan_random *r, struct plan *p) {
    for (size_t i = 0; i < p->count; i++) {
        struct plan_step *s = &p->steps[i];
        if (s->kind == PLAN_SAY)
            tame_say(r, &s->u.say);
        else if (s->kind == PLAN_GATHER)
            tame_gather(r, &s->u.gather);
        else if (s->kind == PLAN_RECORD)
            tame_record(&s->u.record);
        else if (s->kind == PLAN_DIAL)
            tame_dial(p, &s->u.dial);
        else if (s->kind == PLAN_START_RECORDING)
            tame_recording(&s->u.start_recording);
        else if (s->kind == PLAN_STREAM)
            tame_stream(p, &s->u.stream);
        else if (s->kind == PLAN_SEND_DIGITS) {
            only_from(p, &s->u.send_digits.digits, "0123456789*#wW");
            if (s->u.send_digits.digits.len == 0)
                s->u.send_digits.digits = STR("1w#");
        }
        if (i > 0 && is_swallowed(&p->steps[i - 1], s))
            *s = (struct plan_step){.kind = PLAN_HANGUP};
    }
}

/* ---- the property ---------------------------------------------------------------------------- */

static const struct xml_pair language = {plivoxml_write, plivoxml_read, plivoxml_check,
                                         PLIVOXML_BYTES_MAX};

TEST(plivoxml_round_trip, a_written_plan_is_read_back_the_same) {
    struct plan_random r = sayable_from(20261121);
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 18);
    size_t seen = 0;
    for (size_t i = 0; i < PLANS; i++) {
        CLEANUP(plan_release) struct plan p = {0};
        plan_random_make(&r, &p);
        tame(&r, &p);
        seen += p.count;
        bool ok = xml_pair_comes_back(&language, &p, &doc);
        EXPECT(ok);
        if (!ok)
            return;
    }
    EXPECT(seen > 3 * PLANS);
}

/* What stands behind a redirect, and a second stream, are findings of their own. */
static void cut_at_the_end(struct plan *p) {
    for (size_t i = 0; i < p->count; i++) {
        const struct plan_step *s = &p->steps[i];
        if (s->kind == PLAN_REDIRECT || s->kind == PLAN_STREAM ||
            (s->kind == PLAN_GATHER && s->u.gather.action_on_empty))
            p->count = i + 1;
    }
}

TEST(plivoxml_round_trip, a_written_document_has_no_findings) {
    struct plan_random r = sayable_from(7);
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 18);
    for (size_t i = 0; i < CHECKED; i++) {
        CLEANUP(plan_release) struct plan p = {0};
        plan_random_make(&r, &p);
        tame(&r, &p);
        cut_at_the_end(&p);
        bool clean = xml_pair_is_clean(&language, &p, &doc);
        EXPECT(clean);
        if (!clean)
            return;
    }
}

/* Any plan at all: it is written, or refused with a reason; what Plivo gets it does not refuse. */
TEST(plivoxml_round_trip, whatever_is_written_is_never_refused_by_the_carrier) {
    struct plan_random r = plan_random_from(11);
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 18);
    size_t written = 0, refused = 0;
    for (size_t i = 0; i < CHECKED; i++) {
        CLEANUP(plan_release) struct plan p = {0};
        CLEANUP(plan_release) struct plan back = {0};
        struct plan_loss_report loss = {0};
        struct error err = {0};
        plan_random_make(&r, &p);
        buf_clear(&doc);
        enum error_code rc = plivoxml_write(&p, &doc, &loss, &err);
        if (rc != ERR_OK) {
            EXPECT(err.text[0] != '\0' && doc.len == 0);
            EXPECT(rc == ERR_UNSUPPORTED || rc == ERR_INVALID);
            EXPECT(rc != ERR_UNSUPPORTED || loss.count + loss.more > 0);
            refused++;
            continue;
        }
        rc = plivoxml_read(buf_str(&doc), &back, NULL, &err);
        EXPECT_INT(rc, ERR_OK);
        if (rc != ERR_OK)
            printf("%s\n%s\n", err.text, doc.ptr);
        written++;
    }
    EXPECT(written > 1000 && refused > 1000);
}
