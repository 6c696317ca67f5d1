#include <stdio.h>

#include "core/base/compiler.h"
#include "twiml/xml_doc.h"
#include "twiml/xml_language.h"
#include "twiml/xml_ssml.h"

/* What is heard: the verbs that stand in a document and inside other verbs. */

static void ssml_fault(void *ctx, const struct xml_node *element,
                       const struct xml_attr *attribute) {
    reading_lose(ctx, PLAN_LOSS_DROPPED, element, attribute ? attribute->name.ptr : NULL,
                 attribute ? "it does not suit SSML" : "the element does not belong there in SSML");
}

void reading_put_all_text(struct buf *b, const struct xml_node *n) {
    for (const struct xml_node *c = n->first; c; c = c->next)
        if (xml_node_is_text(c))
            buf_put_str(b, c->text);
        else
            reading_put_all_text(b, c);
}

bool reading_words(struct reading *r, const struct xml_node *n, struct plan_say *say) {
    if (!xml_ssml_is_marked_up(n)) {
        say->text = reading_text(r, n);
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
            reading_put_all_text(&words, n);
            say->text = arena_copy(&r->plan->arena, str_trim(buf_str(&words)));
        }
    }
    if (say->text.len + say->ssml.len == 0)
        reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "there is nothing to say");
    else if (say->text.len > PLAN_TEXT_MAX || say->ssml.len > PLAN_TEXT_MAX)
        reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "the text has more than %d bytes",
                     PLAN_TEXT_MAX);
    else
        return true;
    return false;
}

void reading_play(struct reading *r, const struct xml_node *n, const struct reading_target *to,
                  const struct xml_maps *maps) {
    struct plan_play play = {.url = reading_text(r, n)};
    if (play.url.len == 0) {
        reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "there is no URL to play");
        return;
    }
    reading_attrs(r, n, maps, &play);
    reading_drop_children(r, n, true);
    struct plan_step *s = reading_add(r, to, PLAN_PLAY, n);
    if (s)
        s->u.play = play;
}

void reading_pause(struct reading *r, const struct xml_node *n, const struct reading_target *to,
                   const struct xml_maps *maps) {
    uint32_t seconds = 0;
    reading_attrs(r, n, maps, &seconds);
    reading_drop_children(r, n, false);
    struct plan_step *s = reading_add(r, to, PLAN_PAUSE, n);
    if (s)
        s->u.pause.seconds = seconds > 0 ? seconds : 1;
}

bool reading_link(struct reading *r, const struct xml_node *n, const struct xml_maps *maps,
                  struct plan_link *out) {
    struct plan_link link = {.url = reading_text(r, n)};
    if (link.url.len == 0) {
        reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "there is no URL to go on at");
        return false;
    }
    reading_attrs(r, n, maps, &link);
    reading_drop_children(r, n, true);
    *out = link;
    return true;
}

void reading_bare(struct reading *r, const struct xml_node *n, const struct reading_target *to,
                  enum plan_kind kind) {
    reading_attrs(r, n, &xml_no_attrs, NULL);
    reading_drop_children(r, n, false);
    (void)reading_add(r, to, kind, n);
}

/* ---- where steps go -------------------------------------------------------------------------- */

static struct plan_step *add_to_plan(struct plan *p, void *owner, enum plan_kind kind) {
    (void)owner;
    return plan_add(p, kind);
}

const struct reading_target reading_top = {.add = add_to_plan};

static struct plan_step *add_to_gather(struct plan *p, void *owner, enum plan_kind kind) {
    return plan_add_prompt(p, owner, kind);
}

struct reading_target reading_into_gather(struct plan_gather *g) {
    return (struct reading_target){.add = add_to_gather, .owner = g};
}

/* ---- which reader -------------------------------------------------------------------------- */

static reading_fn *find_reader(const struct reading_verb *verbs, struct str name) {
    for (size_t i = 0; verbs[i].read; i++)
        if (str_eq(name, verbs[i].name))
            return verbs[i].read;
    return NULL;
}

void reading_prompts(struct reading *r, const struct xml_node *n, const struct reading_target *to) {
    const struct reading_verb *verbs = r->language->prompts;
    for (const struct xml_node *c = n->first; c && r->rc == ERR_OK; c = c->next) {
        reading_fn *read = xml_node_is_text(c) ? NULL : find_reader(verbs, c->name);
        if (read)
            read(r, c, to);
        else if (!xml_node_is_text(c))
            reading_lose(r, PLAN_LOSS_REFUSED, c, NULL, "only %s, %s and %s belong inside %s",
                         verbs[0].name.ptr, verbs[1].name.ptr, verbs[2].name.ptr,
                         xml_element_name(n));
    }
    if (xml_node_has_text(n))
        reading_lose(r, PLAN_LOSS_DROPPED, n, NULL, "no text belongs directly inside it");
}

void reading_verb(struct reading *r, const struct xml_node *n, const struct reading_target *to) {
    const struct xml_grammar *g = r->language->grammar;
    reading_fn *read = find_reader(r->language->verbs, n->name);
    const struct xml_element_rule *rule = xml_grammar_element(g, n->name);
    char code[16] = "";
    if (g->schema_code != 0)
        (void)snprintf(code, sizeof code, " (%d)", g->schema_code);
    if (read)
        read(r, n, to);
    else if (rule && xml_grammar_allows(g, &g->elements[0], rule))
        reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "a plan has no such step");
    else
        reading_lose(r, PLAN_LOSS_REFUSED, n, NULL, "it is no verb of %s%s", g->name, code);
}
