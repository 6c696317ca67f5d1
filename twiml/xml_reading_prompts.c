#include <stdio.h>

#include "core/base/compiler.h"
#include "twiml/xml_doc.h"
#include "twiml/xml_language.h"
#include "twiml/xml_ssml.h"

/* What is heard: the verbs that stand in a document and inside other verbs. */

static void ssml_fault(void *ctx, const struct xml_node *element,
                       const struct xml_attr *attribute) {
    xml_reading_lose(ctx, PLAN_LOSS_DROPPED, element, attribute ? attribute->name.ptr : NULL,
                     attribute ? "it does not suit SSML"
                               : "the element does not belong there in SSML");
}

void xml_reading_put_all_text(struct buf *b, const struct xml_node *n) {
    for (const struct xml_node *c = n->first; c; c = c->next)
        if (xml_node_is_text(c))
            buf_put_str(b, c->text);
        else
            xml_reading_put_all_text(b, c);
}

bool xml_reading_words(struct xml_reading *r, const struct xml_node *n, struct plan_say *say) {
    if (!xml_ssml_is_marked_up(n)) {
        say->text = xml_reading_text(r, n);
    } else {
        const struct xml_grammar *g = r->language->grammar;
        CLEANUP(buf_release) struct buf words = BUF_INIT(g->bytes_max * 6);
        struct xml_writer w = {.out = &words};
        if (!xml_ssml_write_children(&w, g, n, ssml_fault, r))
            buf_clear(&words);
        if (str_find(buf_str(&words), '<') < words.len) {
            say->ssml = arena_copy(&r->plan->arena, str_trim(buf_str(&words)));
        } else {
            buf_clear(&words);
            xml_reading_put_all_text(&words, n);
            say->text = arena_copy(&r->plan->arena, str_trim(buf_str(&words)));
        }
    }
    if (say->text.len + say->ssml.len == 0)
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "there is nothing to say");
    else if (say->text.len > PLAN_TEXT_MAX || say->ssml.len > PLAN_TEXT_MAX)
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "the text has more than %d bytes",
                         PLAN_TEXT_MAX);
    else
        return true;
    return false;
}

void xml_reading_play(struct xml_reading *r, const struct xml_node *n,
                      const struct xml_reading_target *to, const struct xml_maps *maps) {
    struct plan_play play = {.url = xml_reading_text(r, n)};
    if (play.url.len == 0) {
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "there is no URL to play");
        return;
    }
    xml_reading_attrs(r, n, maps, &play);
    xml_reading_drop_children(r, n, true);
    struct plan_step *s = xml_reading_add(r, to, PLAN_PLAY, n);
    if (s)
        s->u.play = play;
}

void xml_reading_pause(struct xml_reading *r, const struct xml_node *n,
                       const struct xml_reading_target *to, const struct xml_maps *maps) {
    uint32_t seconds = 0;
    xml_reading_attrs(r, n, maps, &seconds);
    xml_reading_drop_children(r, n, false);
    struct plan_step *s = xml_reading_add(r, to, PLAN_PAUSE, n);
    if (s)
        s->u.pause.seconds = seconds > 0 ? seconds : 1;
}

bool xml_reading_link(struct xml_reading *r, const struct xml_node *n, const struct xml_maps *maps,
                      struct plan_link *out) {
    struct plan_link link = {.url = xml_reading_text(r, n)};
    if (link.url.len == 0) {
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "there is no URL to go on at");
        return false;
    }
    xml_reading_attrs(r, n, maps, &link);
    xml_reading_drop_children(r, n, true);
    *out = link;
    return true;
}

void xml_reading_bare(struct xml_reading *r, const struct xml_node *n,
                      const struct xml_reading_target *to, enum plan_kind kind) {
    xml_reading_attrs(r, n, &xml_no_attrs, NULL);
    xml_reading_drop_children(r, n, false);
    (void)xml_reading_add(r, to, kind, n);
}

/* ---- where steps go -------------------------------------------------------------------------- */

static struct plan_step *add_to_plan(struct plan *p, void *owner, enum plan_kind kind) {
    (void)owner;
    return plan_add(p, kind);
}

const struct xml_reading_target xml_reading_top = {.add = add_to_plan};

static struct plan_step *add_to_gather(struct plan *p, void *owner, enum plan_kind kind) {
    return plan_add_prompt(p, owner, kind);
}

struct xml_reading_target xml_reading_into_gather(struct plan_gather *g) {
    return (struct xml_reading_target){.add = add_to_gather, .owner = g};
}

/* ---- which reader -------------------------------------------------------------------------- */

static xml_reading_fn *find_reader(const struct xml_reading_verb *verbs, struct str name) {
    for (size_t i = 0; verbs[i].read; i++)
        if (str_eq(name, verbs[i].name))
            return verbs[i].read;
    return NULL;
}

void xml_reading_prompts(struct xml_reading *r, const struct xml_node *n,
                         const struct xml_reading_target *to) {
    const struct xml_reading_verb *verbs = r->language->prompts;
    for (const struct xml_node *c = n->first; c && r->rc == ERR_OK; c = c->next) {
        xml_reading_fn *read = xml_node_is_text(c) ? NULL : find_reader(verbs, c->name);
        if (read)
            read(r, c, to);
        else if (!xml_node_is_text(c))
            xml_reading_lose(r, PLAN_LOSS_REFUSED, c, NULL, "only %s, %s and %s belong inside %s",
                             verbs[0].name.ptr, verbs[1].name.ptr, verbs[2].name.ptr,
                             xml_element_name(n));
    }
    if (xml_node_has_text(n))
        xml_reading_lose(r, PLAN_LOSS_DROPPED, n, NULL, "no text belongs directly inside it");
}

void xml_reading_verb(struct xml_reading *r, const struct xml_node *n,
                      const struct xml_reading_target *to) {
    const struct xml_grammar *g = r->language->grammar;
    xml_reading_fn *read = find_reader(r->language->verbs, n->name);
    const struct xml_element_rule *rule = xml_grammar_element(g, n->name);
    char code[16] = "";
    if (g->schema_code != 0)
        (void)snprintf(code, sizeof code, " (%d)", g->schema_code);
    if (read)
        read(r, n, to);
    else if (rule && xml_grammar_allows(g, &g->elements[0], rule))
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "a plan has no such step");
    else
        xml_reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "it is no verb of %s%s", g->name, code);
}
