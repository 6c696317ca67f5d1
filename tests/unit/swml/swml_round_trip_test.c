#include <stdio.h>
#include <string.h>

#include "core/base/compiler.h"
#include "core/domain/plan_fields.h"
#include "swml/swml.h"
#include "tests/support/plan_random.h"
#include "tests/support/test.h"

enum {
    PLANS = 100000
};

/* ---- what SWML has no words for, so that the rest has to come back unharmed ------------------ */

/* Speech is one line of literal text. */
static struct str plain(struct plan *p, struct str s) {
    struct str copy = arena_copy(&p->arena, s);
    for (size_t i = 0; i < copy.len; i++) {
        char *c = (char *)(uintptr_t)&copy.ptr[i];
        if (*c == '\n' || *c == '\r' || (*c == '{' && i > 0 && copy.ptr[i - 1] == '%'))
            *c = ' ';
    }
    return copy;
}

static void settle_say(struct plan *p, struct plan_say *say) {
    if (say->ssml.len > 0)
        say->text = arena_printf(&p->arena, "plain words %zu", p->arena.used_bytes);
    say->ssml = (struct str){0};
    say->text = plain(p, say->text);
    say->voice = plain(p, say->voice);
    if (say->loop == 1 || say->loop < 0)
        say->loop = 0;
}

static void settle_heard(struct plan *p, struct plan_step *s) {
    if (s->kind == PLAN_SAY)
        settle_say(p, &s->u.say);
    else if (s->kind == PLAN_PLAY && (s->u.play.loop == 1 || s->u.play.loop < 0))
        s->u.play.loop = 0;
}

/* The same twice in a row is a repetition. */
static void tell_apart(struct plan *p, struct plan_step *last, struct plan_step *s) {
    if (s->kind == PLAN_SAY && last->kind == PLAN_SAY && str_eq(s->u.say.text, last->u.say.text))
        s->u.say.text = arena_printf(&p->arena, "words %zu", p->arena.used_bytes);
    if (s->kind == PLAN_PLAY && last->kind == PLAN_PLAY && str_eq(s->u.play.url, last->u.play.url))
        s->u.play.url = arena_printf(&p->arena, "https://a.example/%zu", p->arena.used_bytes);
}

static void settle_gather(struct plan *p, struct plan_gather *g) {
    struct plan_say voice = {0};
    g->partial = (struct plan_link){0};
    g->speech_timeout_auto = g->enhanced = false;
    g->barge_in = g->profanity_filter = PLAN_UNSET;
    g->speech_model = (struct str){0};
    g->hints = plain(p, g->hints);
    if (g->input == 0)
        g->input = PLAN_INPUT_KEYS;
    if (g->input == PLAN_INPUT_SPEECH)
        g->timeout_s = g->digits_max = g->has_finish_key = 0;
    if (!(g->input & PLAN_INPUT_SPEECH)) {
        g->language = g->hints = (struct str){0};
        g->speech_timeout_s = g->max_speech_s = 0;
    }
    if (str_eq(g->language, STR("en-US")))
        g->language = (struct str){0};
    if (g->finish_key.len == 0 || g->input == PLAN_INPUT_SPEECH || str_eq(g->finish_key, STR("#")))
        g->finish_key = (struct str){0}, g->has_finish_key = g->has_finish_key && g->finish_key.len;
    if (g->action.url.len == 0)
        g->action_on_empty = false;
    for (size_t i = 0; i < g->prompt_count; i++) {
        struct plan_step *s = &g->prompts[i];
        settle_heard(p, s);
        if (i > 0)
            tell_apart(p, &g->prompts[i - 1], s);
        if (s->kind == PLAN_SAY) {
            voice = i == 0 || voice.text.len == 0 ? s->u.say : voice;
            s->u.say.voice = voice.voice;
            s->u.say.language = voice.language;
        }
    }
}

static void settle_noun(struct plan_noun *n) {
    if (n->kind == PLAN_NOUN_CONFERENCE) {
        n->wait.method = PLAN_METHOD_DEFAULT;
        n->status_events = n->status_events.len ? STR("join") : n->status_events;
        if (n->status.url.len == 0)
            n->status.method = PLAN_METHOD_DEFAULT;
        return;
    }
    n->screen.method = n->status.method = PLAN_METHOD_DEFAULT;
    if (n->screen.url.len > 0)
        n->send_digits = (struct str){0};
    if (n->status.url.len == 0)
        n->status_events = (struct str){0};
    n->beep = PLAN_UNSET;
}

static void settle_dial(struct plan *p, struct plan_dial *d) {
    bool queue = d->nouns[0].kind == PLAN_NOUN_QUEUE;
    d->record = (struct str){0};
    d->recording_status = (struct plan_link){0};
    d->hangup_on_star = false;
    d->sequential = d->sequential && d->noun_count > 1;
    if (d->nouns[0].kind == PLAN_NOUN_CONFERENCE)
        *d =
            (struct plan_dial){.nouns = d->nouns, .noun_count = d->noun_count, .action = d->action};
    if (queue && d->action.url.len == 0)
        d->action.url = STR("https://a.example/after");
    for (size_t i = 0; i < d->noun_count; i++) {
        d->nouns[i].target = plain(p, d->nouns[i].target);
        d->nouns[i].sip_user = plain(p, d->nouns[i].sip_user);
        d->nouns[i].sip_password = plain(p, d->nouns[i].sip_password);
        settle_noun(&d->nouns[i]);
    }
}

static void settle_pay(struct plan *p, struct plan_pay *pay) {
    pay->connector = STR("https://a.example/pay");
    pay->method = pay->method.len ? STR("credit-card") : pay->method;
    if (str_eq(pay->token_type, STR("payment-method")))
        pay->token_type = STR("one-time");
    pay->voice = plain(p, pay->voice);
    pay->description = plain(p, pay->description);
    for (size_t i = 0; i < pay->param_count; i++)
        pay->params[i].value = plain(p, pay->params[i].value);
    for (size_t i = 0; i < pay->prompt_count; i++) {
        struct plan_pay_prompt *at = &pay->prompts[i];
        at->repeat_to_match = false;
        for (size_t j = 0; j < at->prompt_count; j++) {
            struct plan_step *s = &at->prompts[j];
            settle_heard(p, s);
            if (s->kind == PLAN_PLAY)
                s->u.play.loop = 0;
            else
                *s = (struct plan_step){.kind = PLAN_SAY, .u.say.text = STR("card \"number\"")};
        }
    }
}

/* SWML sends POST, and saying so is saying nothing. */
static void settle_links(struct plan_step *s) {
    const struct plan_shape *shape = &plan_shapes[s->kind];
    for (size_t i = 0; i < shape->count; i++)
        if (shape->fields[i].type == PLAN_FIELD_LINK) {
            struct plan_link *l = plan_field_at(&shape->fields[i], &s->u);
            l->method = PLAN_METHOD_DEFAULT;
        }
}

static void leave_out_the_unsayable(struct plan *p) {
    for (size_t i = 0; i < p->count; i++) {
        struct plan_step *s = &p->steps[i];
        settle_links(s);
        settle_heard(p, s);
        if (s->kind == PLAN_GATHER)
            settle_gather(p, &s->u.gather);
        else if (s->kind == PLAN_DIAL)
            settle_dial(p, &s->u.dial);
        else if (s->kind == PLAN_PAY)
            settle_pay(p, &s->u.pay);
        else if (s->kind == PLAN_RECORD) {
            s->u.record.trim_silence = PLAN_UNSET;
            s->u.record.transcribe = false;
            s->u.record.transcribe_to = (struct plan_link){0};
        } else if (s->kind == PLAN_ENQUEUE) {
            s->u.enqueue.queue =
                s->u.enqueue.queue.len ? plain(p, s->u.enqueue.queue) : STR("support");
            s->u.enqueue.workflow = s->u.enqueue.task = (struct str){0};
            if (s->u.enqueue.action.url.len == 0)
                s->u.enqueue.action.url = STR("https://a.example/after");
        } else if (s->kind == PLAN_START_RECORDING) {
            s->u.start_recording.name = plain(p, s->u.start_recording.name);
            s->u.start_recording.status_events = (struct str){0};
            s->u.start_recording.trim_silence = PLAN_UNSET;
        } else if (s->kind == PLAN_STOP_RECORDING) {
            s->u.stop.name = plain(p, s->u.stop.name);
        } else if (s->kind == PLAN_STOP_STREAM) {
            s->u.stop.name = plain(p, s->u.stop.name);
        } else if (s->kind == PLAN_STREAM) {
            s->u.stream = (struct plan_stream){.url = STR("wss://a.example/s"),
                                               .bidirectional = true,
                                               .action = s->u.stream.action};
            if (!s->u.stream.bidirectional)
                s->u.stream.action = (struct plan_link){0};
        } else if (s->kind == PLAN_TRANSCRIBE) {
            struct plan_transcribe *t = &s->u.transcribe;
            t->name = t->engine = (struct str){0};
            if (str_eq(t->language, STR("en-US")))
                t->language = (struct str){0};
            if (t->track == PLAN_TRACK_BOTH)
                t->track = PLAN_TRACK_DEFAULT;
        } else if (s->kind == PLAN_STOP_TRANSCRIBE) {
            s->u.stop.name = (struct str){0};
        }
    }
}

/* ---- there and back -------------------------------------------------------------------------- */

static void show(const struct plan *p) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
    struct json_writer w;
    json_write_init(&w, &b);
    plan_to_json(p, &w);
    printf("%s\n", b.ptr);
}

static bool comes_back(const struct plan *p, struct buf *doc) {
    struct plan_loss_report loss = {0};
    struct error err = {0};
    CLEANUP(plan_release) struct plan back = {0};
    buf_clear(doc);
    if (swml_write(p, NULL, doc, &loss, &err) != ERR_OK || loss.count > 0) {
        printf("not written: %s%s %s\n", err.text, loss.items[0].where, loss.items[0].what);
        show(p);
        return false;
    }
    if (swml_read(buf_str(doc), &back, &loss, &err) != ERR_OK || loss.count > 0) {
        printf("not read: %s%s %s\n%s\n", err.text, loss.items[0].where, loss.items[0].what,
               doc->ptr);
        return false;
    }
    if (plan_equal(p, &back))
        return true;
    printf("came back changed:\n%s\n", doc->ptr);
    show(p);
    show(&back);
    return false;
}

static struct plan_random plans_for_swml(uint64_t seed) {
    struct plan_random r = plan_random_from(seed);
    r.kinds &= ~(BIT(PLAN_LEAVE) | BIT(PLAN_RELAY));
    return r;
}

TEST(swml_round_trip, a_written_plan_is_read_back_the_same) {
    struct plan_random r = plans_for_swml(20261121);
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 18);
    size_t same = 0, seen = 0;
    for (size_t i = 0; i < PLANS; i++) {
        CLEANUP(plan_release) struct plan p = {0};
        plan_random_make(&r, &p);
        leave_out_the_unsayable(&p);
        seen += p.count;
        bool ok = comes_back(&p, &doc);
        EXPECT(ok);
        if (!ok)
            return;
        same++;
    }
    EXPECT_INT(same, PLANS);
    EXPECT(seen > 3 * PLANS);
}

/* ---- nothing is lost in silence -------------------------------------------------------------- */

/* Saying the default aloud is saying nothing. */
static void drop_default_loop(struct plan_step *s) {
    if (s->kind == PLAN_SAY && s->u.say.loop == 1)
        s->u.say.loop = 0;
    if (s->kind == PLAN_PLAY && s->u.play.loop == 1)
        s->u.play.loop = 0;
}

static void drop_default_post(struct plan_link *l) {
    l->method = l->method == PLAN_METHOD_POST ? PLAN_METHOD_DEFAULT : l->method;
}

static void drop_defaults_of_gather(struct plan *p, struct plan_gather *g) {
    g->speech_timeout_auto = false;
    if (g->input == 0)
        g->input = PLAN_INPUT_KEYS;
    if (str_eq(g->language, STR("en-US")))
        g->language = (struct str){0};
    if (str_eq(g->finish_key, STR("#"))) {
        g->finish_key = (struct str){0};
        g->has_finish_key = false;
    }
    if (g->barge_in == PLAN_YES || g->prompt_count == 0)
        g->barge_in = PLAN_UNSET;
    for (size_t i = 0; i < g->prompt_count; i++) {
        drop_default_loop(&g->prompts[i]);
        if (i > 0)
            tell_apart(p, &g->prompts[i - 1], &g->prompts[i]);
    }
}

static void drop_defaults_of_dial(struct plan_dial *d) {
    d->sequential = d->sequential && d->noun_count > 1;
    for (size_t i = 0; i < d->noun_count; i++) {
        drop_default_post(&d->nouns[i].screen);
        drop_default_post(&d->nouns[i].wait);
        if (d->nouns[i].kind != PLAN_NOUN_CONFERENCE)
            drop_default_post(&d->nouns[i].status);
    }
}

static void drop_defaults(struct plan *p, struct plan_step *s) {
    const struct plan_shape *shape = &plan_shapes[s->kind];
    for (size_t i = 0; i < shape->count; i++)
        if (shape->fields[i].type == PLAN_FIELD_LINK)
            drop_default_post(plan_field_at(&shape->fields[i], &s->u));
    drop_default_loop(s);
    if (s->kind == PLAN_GATHER)
        drop_defaults_of_gather(p, &s->u.gather);
    if (s->kind == PLAN_DIAL)
        drop_defaults_of_dial(&s->u.dial);
    if (s->kind == PLAN_TRANSCRIBE && str_eq(s->u.transcribe.language, STR("en-US")))
        s->u.transcribe.language = (struct str){0};
    if (s->kind == PLAN_TRANSCRIBE && s->u.transcribe.track == PLAN_TRACK_BOTH)
        s->u.transcribe.track = PLAN_TRACK_DEFAULT;
    for (size_t i = 0; s->kind == PLAN_PAY && i < s->u.pay.prompt_count; i++)
        for (size_t j = 0; j < s->u.pay.prompts[i].prompt_count; j++)
            drop_default_loop(&s->u.pay.prompts[i].prompts[j]);
}

TEST(swml_round_trip, what_does_not_come_back_was_reported) {
    struct plan_random r = plan_random_from(42);
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 18);
    size_t compared = 0, reported = 0;
    for (size_t i = 0; i < PLANS; i++) {
        CLEANUP(plan_release) struct plan p = {0};
        CLEANUP(plan_release) struct plan back = {0};
        struct plan_loss_report loss = {0};
        struct error err = {0};
        plan_random_make(&r, &p);
        if (p.count > 1)
            p.count = 1; /* the others would only hide it behind losses of theirs */
        buf_clear(&doc);
        enum error_code rc = swml_write(&p, NULL, &doc, &loss, &err);
        reported += loss.count > 0;
        if (rc != ERR_OK || loss.count > 0 || p.count == 0)
            continue;
        drop_defaults(&p, &p.steps[0]);
        REQUIRE(swml_read(buf_str(&doc), &back, &loss, &err) == ERR_OK);
        bool same = plan_equal(&p, &back) && loss.count == 0;
        EXPECT(same);
        if (!same) {
            printf("%s\n", doc.ptr);
            show(&p);
            show(&back);
            return;
        }
        compared++;
    }
    EXPECT(compared > PLANS / 10 && reported > PLANS / 10);
}

TEST(swml_round_trip, any_plan_is_written_and_read_or_refused_with_a_reason) {
    struct plan_random r = plan_random_from(7);
    CLEANUP(buf_release) struct buf doc = BUF_INIT(1 << 18);
    size_t written = 0;
    for (size_t i = 0; i < 5000; i++) {
        CLEANUP(plan_release) struct plan p = {0};
        CLEANUP(plan_release) struct plan back = {0};
        struct plan_loss_report loss = {0};
        struct error err = {0};
        plan_random_make(&r, &p);
        buf_clear(&doc);
        enum error_code rc = swml_write(&p, NULL, &doc, &loss, &err);
        bool refused = false;
        for (size_t k = 0; k < loss.count; k++)
            refused = refused || loss.items[k].kind == PLAN_LOSS_REFUSED;
        EXPECT(rc == ERR_OK || (rc == ERR_UNSUPPORTED && (refused || loss.more > 0)));
        if (rc != ERR_OK)
            continue;
        written++;
        loss = (struct plan_loss_report){0};
        REQUIRE(swml_read(buf_str(&doc), &back, &loss, &err) == ERR_OK);
        EXPECT_INT(loss.count, 0);
        if (loss.count > 0) {
            printf("%s: %s\n%s\n", loss.items[0].where, loss.items[0].what, doc.ptr);
            return;
        }
    }
    EXPECT(written > 100);
}
