#include "twiml/xml_reading.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/compiler.h"
#include "twiml/xml_language.h"

const char *xml_element_name(const struct xml_node *n) {
    return n->name.ptr; /* xml_doc ends names with a NUL */
}

void xml_reading_lose(struct xml_reading *r, enum plan_loss_kind kind, const struct xml_node *n,
                      const char *attr, const char *fmt, ...) {
    if (!r->loss)
        return;
    char where[sizeof r->loss->items[0].where];
    char what[sizeof r->loss->items[0].what];
    (void)snprintf(where, sizeof where, "line %u: %.24s%s%.24s", (unsigned)n->line, n->name.ptr,
                   attr ? "." : "", attr ? attr : "");
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    plan_loss_add(r->loss, kind, where, what,
                  kind == PLAN_LOSS_REFUSED ? "it is left out of the plan"
                                            : "the plan goes without it");
}

struct plan_step *xml_reading_add(struct xml_reading *r, const struct xml_reading_target *to,
                                  enum plan_kind kind, const struct xml_node *n) {
    struct plan_step *s = to->add(r->plan, to->owner, kind);
    if (!s && r->rc == ERR_OK)
        r->rc = error_set(r->err, ERR_LIMIT, "line %u: the document has more than %d steps",
                          (unsigned)n->line, PLAN_STEPS_MAX);
    return s;
}

struct str xml_reading_text(struct xml_reading *r, const struct xml_node *n) {
    return arena_copy(&r->plan->arena, xml_node_text(n, &r->doc->arena));
}

void xml_reading_drop_children(struct xml_reading *r, const struct xml_node *n, bool text_is_ours) {
    for (const struct xml_node *c = n->first; c; c = c->next)
        if (!xml_node_is_text(c))
            xml_reading_lose(r, PLAN_LOSS_DROPPED, c, NULL, "a plan has no place for it inside %s",
                             xml_element_name(n));
    if (!text_is_ours && xml_node_has_text(n))
        xml_reading_lose(r, PLAN_LOSS_DROPPED, n, NULL, "no text belongs directly inside it");
}

/* ---- attributes ------------------------------------------------------------------------------ */

/* What an attribute's value is put into, and what to say when that fails. */
struct slot {
    struct xml_reading *r;
    const struct xml_node *n;
    const struct xml_attr *attr;
    const struct xml_map *row;
    void *base;
    void *member;
};

static void drop(const struct slot *s, const char *why) {
    xml_reading_lose(s->r, PLAN_LOSS_DROPPED, s->n, s->attr->name.ptr, "%s", why);
}

static void take_number(const struct slot *s) {
    uint64_t n;
    if (!str_to_u64(s->attr->value, UINT32_MAX, &n))
        drop(s, "the value is not a number that fits");
    else if (s->row->unset > 0 && n == s->row->unset)
        *(uint32_t *)s->member = 0;
    else if (n == 0)
        drop(s, "a plan cannot tell 0 from the carrier's default");
    else
        *(uint32_t *)s->member = (uint32_t)n;
}

static void take_loop(const struct slot *s) {
    uint64_t n;
    if (!str_to_u64(s->attr->value, UINT32_MAX, &n)) {
        drop(s, "the value is not a number that fits");
        return;
    }
    if (n > s->row->max) {
        drop(s, "the carrier repeats less often");
        n = s->row->max;
    }
    *(int32_t *)s->member = n == 0 ? -1 : (int32_t)n;
}

static void take_speech_timeout(const struct slot *s) {
    if (str_eq(s->attr->value, STR("auto")))
        ((struct plan_gather *)s->base)->speech_timeout_auto = true;
    else
        take_number(s);
}

static const struct xml_word *find_word(const struct slot *s) {
    for (const struct xml_word *w = s->row->words; w->word; w++)
        if (str_eq_z(s->attr->value, w->word))
            return w;
    return NULL;
}

static void take_word(const struct slot *s) {
    const struct xml_word *w = find_word(s);
    if (!w) {
        drop(s, "the value is not known here");
        return;
    }
    if (w->lossy)
        drop(s, "a plan only knows yes and no");
    if (s->row->codec == XML_CODEC_BOOL)
        *(bool *)s->member = w->value != 0;
    else if (s->row->codec == XML_CODEC_STR_WORDS)
        *(struct str *)s->member = str_z(w->plan);
    else
        *(unsigned *)s->member = w->value;
}

static void take_input(const struct slot *s) {
    struct str rest = s->attr->value, word;
    uint32_t set = 0;
    while (str_next(&rest, ' ', &word))
        set |= str_eq(word, STR("dtmf"))     ? PLAN_INPUT_KEYS
               : str_eq(word, STR("speech")) ? PLAN_INPUT_SPEECH
                                             : 0u;
    *(uint32_t *)s->member = set;
}

static struct str kept(const struct slot *s) {
    return arena_copy(&s->r->plan->arena, s->attr->value);
}

static void take_finish_key(const struct slot *s) {
    bool none = s->row->none && str_eq_z(s->attr->value, s->row->none);
    *(struct str *)s->member = none ? (struct str){0} : kept(s);
    ((struct plan_gather *)s->base)->has_finish_key = true;
}

static void take_link(const struct slot *s) {
    ((struct plan_link *)s->member)->url = kept(s);
    if (s->attr->value.len == 0 && str_eq(s->row->attr, STR("waitUrl")))
        drop(s, "an empty URL means silence, which a plan cannot hold");
}

static void take(const struct slot *s) {
    switch (s->row->codec) {
    case XML_CODEC_STR:
        *(struct str *)s->member = kept(s);
        break;
    case XML_CODEC_LINK:
        take_link(s);
        break;
    case XML_CODEC_U32:
        take_number(s);
        break;
    case XML_CODEC_LOOP:
        take_loop(s);
        break;
    case XML_CODEC_WORDS:
    case XML_CODEC_BOOL:
    case XML_CODEC_STR_WORDS:
        take_word(s);
        break;
    case XML_CODEC_INPUT:
        take_input(s);
        break;
    case XML_CODEC_FINISH_KEY:
        take_finish_key(s);
        break;
    case XML_CODEC_SPEECH_TIMEOUT:
        take_speech_timeout(s);
        break;
    case XML_CODEC_FIXED:
        if (!str_eq_z(s->attr->value, s->row->said))
            drop(s, "a plan has no place for it");
        break;
    case XML_CODEC_ELSEWHERE:
    case XML_CODEC_UNSAID:
    case XML_CODEC_UNKNOWN:
    case XML_CODEC_COUNT:
        break;
    }
}

/* The row that an attribute belongs to; *is_method when it is the method of a link. */
static const struct xml_map *find_row(const struct xml_maps *maps, const char *name,
                                      bool *is_method) {
    for (size_t i = 0; i < maps->count; i++) {
        const struct xml_map *row = &maps->rows[i];
        *is_method = row->method_attr.len > 0 && str_eq_z(row->method_attr, name);
        if (*is_method || (row->attr.len > 0 && str_eq_z(row->attr, name)))
            return row;
    }
    return NULL;
}

/* With the carrier's own number for such a warning, if it has one. */
static void lose_coded(const struct slot *s, const char *attr, const char *what,
                       const char *wrong) {
    const struct xml_grammar *g = s->r->language->grammar;
    char code[16] = "";
    if (g->schema_code != 0)
        (void)snprintf(code, sizeof code, " (%d)", g->schema_code);
    xml_reading_lose(s->r, PLAN_LOSS_DROPPED, s->n, attr, "%s%s%s%s", what, wrong[0] ? " " : "",
                     wrong, code);
}

static void read_attr(struct slot *s, const struct xml_element_rule *rule,
                      const struct xml_maps *maps) {
    const struct xml_attr_rule *a = rule ? xml_grammar_attr(rule, s->attr->name) : NULL;
    if (!a) {
        lose_coded(s, s->attr->name.ptr, "the attribute is not part of",
                   s->r->language->grammar->name);
        return;
    }
    bool is_method;
    s->row = find_row(maps, a->name, &is_method);
    const char *wrong = a->type == XML_VALUE_URL ? NULL : xml_grammar_judge(a, s->attr->value);
    if (s->row && s->row->codec == XML_CODEC_ELSEWHERE)
        return;
    if (wrong) {
        lose_coded(s, a->name, "the value", wrong);
        return;
    }
    if (!s->row) {
        /* The carrier's default said aloud loses nothing. */
        if (!a->preset || !str_eq_z(s->attr->value, a->preset))
            drop(s, "a plan has no place for it");
        return;
    }
    s->member = (char *)s->base + s->row->offset;
    if (is_method)
        ((struct plan_link *)s->member)->method =
            str_eq(s->attr->value, STR("GET")) ? PLAN_METHOD_GET : PLAN_METHOD_POST;
    else
        take(s);
}

/* What the carrier takes for missing attributes, where a plan means something else by it. */
static void take_defaults(const struct xml_maps *maps, void *base) {
    for (size_t i = 0; i < maps->count; i++)
        if (maps->rows[i].absent > 0)
            *(uint32_t *)(void *)((char *)base + maps->rows[i].offset) = maps->rows[i].absent;
}

static void lose_defaults(struct xml_reading *r, const struct xml_node *n,
                          const struct xml_element_rule *rule, const struct xml_maps *maps) {
    for (size_t i = 0; i < maps->count; i++) {
        const struct xml_map *row = &maps->rows[i];
        if (row->codec != XML_CODEC_FIXED || xml_node_attr(n, row->attr.ptr))
            continue;
        const struct xml_attr_rule *a = xml_grammar_attr(rule, row->attr);
        if (!a->preset || strcmp(a->preset, row->said) != 0)
            xml_reading_lose(r, PLAN_LOSS_DROPPED, n, a->name, "a plan cannot hold its default");
    }
}

void xml_reading_attrs(struct xml_reading *r, const struct xml_node *n, const struct xml_maps *maps,
                       void *base) {
    if (n->attr_count == 0 && !maps->defaults)
        return;
    const struct xml_element_rule *rule = xml_grammar_element(r->language->grammar, n->name);
    if (maps->defaults)
        take_defaults(maps, base);
    for (size_t i = 0; i < n->attr_count; i++) {
        struct slot s = {.r = r, .n = n, .attr = &n->attrs[i], .base = base};
        read_attr(&s, rule, maps);
    }
    if (maps->defaults && rule)
        lose_defaults(r, n, rule, maps);
}
