#include "core/base/compiler.h"
#include "twiml/twiml_grammar.h"
#include "twiml/twiml_map.h"
#include "twiml/twiml_reading.h"
#include "twiml/twiml_ssml.h"
#include "twiml/xml_doc.h"

/* What is heard: the verbs that stand in a document and inside other verbs. */

static void ssml_fault(void *ctx, const struct xml_node *element,
                       const struct xml_attr *attribute) {
    reading_lose(ctx, PLAN_LOSS_DROPPED, element, attribute ? attribute->name.ptr : NULL,
                 attribute ? "it does not suit SSML" : "the element does not belong there in SSML");
}

static void put_all_text(struct buf *b, const struct xml_node *n) {
    for (const struct xml_node *c = n->first; c; c = c->next)
        if (xml_node_is_text(c))
            buf_put_str(b, c->text);
        else
            put_all_text(b, c);
}

/* The words of a Say: markup in its canonical form if there is any, else plain text. */
static void read_words(struct reading *r, const struct xml_node *n, struct plan_say *say) {
    if (!twiml_ssml_is_marked_up(n)) {
        say->text = reading_text(r, n);
        return;
    }
    CLEANUP(buf_release) struct buf words = BUF_INIT(XML_BYTES_MAX * 6);
    struct xml_writer w = {.out = &words};
    if (!twiml_ssml_write_children(&w, n, ssml_fault, r))
        buf_clear(&words);
    if (str_find(buf_str(&words), '<') < words.len) {
        say->ssml = arena_copy(&r->plan->arena, str_trim(buf_str(&words)));
        return;
    }
    buf_clear(&words);
    put_all_text(&words, n);
    say->text = arena_copy(&r->plan->arena, str_trim(buf_str(&words)));
}

void reading_say(struct reading *r, const struct xml_node *n, const struct reading_target *to) {
    struct plan_say say = {0};
    read_words(r, n, &say);
    if (say.text.len + say.ssml.len == 0) {
        reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "there is nothing to say");
        return;
    }
    if (say.text.len > PLAN_TEXT_MAX || say.ssml.len > PLAN_TEXT_MAX) {
        reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "the text has more than %d bytes",
                     PLAN_TEXT_MAX);
        return;
    }
    reading_attrs(r, n, &twiml_say, &say);
    struct plan_step *s = reading_add(r, to, PLAN_SAY, n);
    if (s)
        s->u.say = say;
}

static void read_digits(struct reading *r, const struct xml_node *n,
                        const struct reading_target *to, struct str digits) {
    const struct xml_element_rule *rule = xml_grammar_element(&twiml_grammar, n->name);
    if (to->owner || digits.len == 0 ||
        xml_grammar_judge(xml_grammar_attr(rule, STR("digits")), digits)) {
        reading_lose(r, PLAN_LOSS_REFUSED, n, "digits",
                     "digits are 0-9 A-D * # w W, and not inside a prompt");
        return;
    }
    for (size_t i = 0; i < n->attr_count; i++)
        if (!str_eq(n->attrs[i].name, STR("digits")))
            reading_lose(r, PLAN_LOSS_DROPPED, n, n->attrs[i].name.ptr,
                         "sending digits takes nothing else");
    reading_drop_children(r, n, false);
    struct plan_step *s = reading_add(r, to, PLAN_SEND_DIGITS, n);
    if (s)
        s->u.send_digits.digits = arena_copy(&r->plan->arena, digits);
}

void reading_play(struct reading *r, const struct xml_node *n, const struct reading_target *to) {
    const struct str *digits = xml_node_attr(n, "digits");
    if (digits) {
        read_digits(r, n, to, *digits);
        return;
    }
    struct plan_play play = {.url = reading_text(r, n)};
    if (play.url.len == 0) {
        reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "there is no URL to play");
        return;
    }
    reading_attrs(r, n, &twiml_play, &play);
    reading_drop_children(r, n, true);
    struct plan_step *s = reading_add(r, to, PLAN_PLAY, n);
    if (s)
        s->u.play = play;
}

void reading_pause(struct reading *r, const struct xml_node *n, const struct reading_target *to) {
    static const struct twiml_map rows[] = {
        {.attr = STR_INIT("length"), .codec = TWIML_U32, .offset = 0, .member = "seconds"},
    };
    static const struct twiml_maps maps = {STR_INIT("Pause"), rows, ARRAY_LEN(rows)};
    uint32_t seconds = 0;
    reading_attrs(r, n, &maps, &seconds);
    reading_drop_children(r, n, false);
    struct plan_step *s = reading_add(r, to, PLAN_PAUSE, n);
    if (s)
        s->u.pause.seconds = seconds > 0 ? seconds : 1;
}

void reading_prompts(struct reading *r, const struct xml_node *n, const struct reading_target *to) {
    static const struct {
        struct str name;
        reading_fn *read;
    } kinds[] = {{STR_INIT("Say"), reading_say},
                 {STR_INIT("Play"), reading_play},
                 {STR_INIT("Pause"), reading_pause}};
    for (const struct xml_node *c = n->first; c && r->rc == ERR_OK; c = c->next) {
        if (xml_node_is_text(c))
            continue;
        size_t k = 0;
        while (k < ARRAY_LEN(kinds) && !str_eq(c->name, kinds[k].name))
            k++;
        if (k < ARRAY_LEN(kinds))
            kinds[k].read(r, c, to);
        else
            reading_lose(r, PLAN_LOSS_REFUSED, c, NULL, "only Say, Play and Pause belong inside %s",
                         twiml_element_name(n));
    }
    if (xml_node_has_text(n))
        reading_lose(r, PLAN_LOSS_DROPPED, n, NULL, "no text belongs directly inside it");
}
