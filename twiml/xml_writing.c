#include "twiml/xml_writing.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/base/compiler.h"
#include "twiml/xml_language.h"
#include "twiml/xml_ssml.h"

static const struct xml_grammar *grammar_of(const struct xml_writing *w) {
    return w->language->grammar;
}

/* ---- faults and losses ----------------------------------------------------------------------- */

void xml_writing_fail(struct xml_writing *w, enum error_code code, const struct plan_path *at,
                      const char *member, const char *what) {
    if (w->rc != ERR_OK)
        return;
    const struct plan_path here = {.up = at, .name = member};
    w->rc = plan_path_error(w->err, code, member ? &here : at, "%s", what);
}

void xml_writing_lose(struct xml_writing *w, enum plan_loss_kind kind, const struct plan_path *at,
                      const char *member, const char *remedy, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    plan_path_lose(w->loss, kind, at, member, remedy, fmt, ap);
    va_end(ap);
}

static const char bad_text[] = "holds bytes that are not UTF-8 or a character that XML cannot "
                               "carry, remove them";

/* ---- attributes ------------------------------------------------------------------------------ */

void xml_writing_attr(struct xml_writing *w, struct str name, struct str value,
                      const struct plan_path *at, const char *member) {
    if (!xml_write_attr(&w->x, name, value))
        xml_writing_fail(w, ERR_INVALID, at, member, bad_text);
}

static void put_str(struct xml_writing *w, const struct xml_maps *maps, const struct xml_map *row,
                    struct str value, const struct plan_path *at) {
    if (row->judged) {
        const struct xml_element_rule *e = xml_grammar_element(grammar_of(w), maps->element);
        const char *wrong = xml_grammar_judge(xml_grammar_attr(e, row->attr), value);
        if (wrong) {
            xml_writing_lose(w, PLAN_LOSS_DROPPED, at, row->member,
                             "the carrier's default is taken", "the value " STR_FMT " %s",
                             STR_ARG(value), wrong);
            return;
        }
    }
    xml_writing_attr(w, row->attr, value, at, row->member);
}

/* A carrier that does not resolve relative URLs refuses the whole document. */
static void judge_url(struct xml_writing *w, struct str url, const struct plan_path *at,
                      const char *member) {
    if (grammar_of(w)->absolute_urls && !xml_url_is_absolute(url))
        xml_writing_fail(w, ERR_INVALID, at, member, "has to be an absolute URL, write https://…");
}

static void put_link(struct xml_writing *w, const struct xml_map *row, const struct plan_link *l,
                     const struct plan_path *at) {
    if (l->url.len > 0) {
        judge_url(w, l->url, at, row->member);
        xml_writing_attr(w, row->attr, l->url, at, row->member);
    }
    if (l->method == PLAN_METHOD_DEFAULT)
        return;
    bool get = l->method == PLAN_METHOD_GET;
    if (row->method_attr.len > 0)
        xml_writing_attr(w, row->method_attr, get ? STR("GET") : STR("POST"), at, row->member);
    else if (get)
        xml_writing_lose(w, PLAN_LOSS_DROPPED, at, row->member, "answer POST at that URL",
                         "the method GET");
}

static void put_u32(struct xml_writing *w, const struct xml_map *row, uint32_t n,
                    const struct plan_path *at) {
    if (n == 0 && row->unset == 0)
        return;
    if (n == 0)
        n = row->unset;
    uint32_t fit = n < row->min ? row->min : row->max > 0 && n > row->max ? row->max : n;
    if (fit != n)
        xml_writing_lose(w, PLAN_LOSS_REPLACED, at, row->member,
                         "the nearest value that the carrier takes", "%u becomes %u", (unsigned)n,
                         (unsigned)fit);
    xml_write_attr_u64(&w->x, row->attr, fit);
}

static void put_loop(struct xml_writing *w, const struct xml_map *row, int32_t n,
                     const struct plan_path *at) {
    if (n == 0)
        return;
    if (n > 0 && (uint32_t)n > row->max)
        xml_writing_lose(w, PLAN_LOSS_REPLACED, at, row->member, "repeat it with more steps",
                         "%d times becomes %u", (int)n, (unsigned)row->max);
    xml_write_attr_u64(&w->x, row->attr,
                       n < 0                    ? 0
                       : (uint32_t)n > row->max ? row->max
                                                : (uint32_t)n);
}

static void put_word(struct xml_writing *w, const struct xml_map *row, unsigned value,
                     const struct plan_path *at) {
    if (value == 0 && !row->always)
        return;
    for (const struct xml_word *word = row->words; word->word; word++)
        if (word->value == value) {
            xml_writing_attr(w, row->attr, str_z(word->word), at, row->member);
            return;
        }
    xml_writing_fail(w, ERR_INVALID, at, row->member, "is no known value");
}

static void put_plan_word(struct xml_writing *w, const struct xml_map *row, struct str value,
                          const struct plan_path *at) {
    for (const struct xml_word *word = row->words; word->word; word++)
        if (str_eq_z(value, word->plan)) {
            xml_writing_attr(w, row->attr, str_z(word->word), at, row->member);
            return;
        }
    xml_writing_fail(w, ERR_INVALID, at, row->member, "is no known word");
}

static void put_input(struct xml_writing *w, const struct xml_map *row, uint32_t set,
                      const struct plan_path *at) {
    static const char *const words[] = {
        [PLAN_INPUT_KEYS] = "dtmf",
        [PLAN_INPUT_SPEECH] = "speech",
        [PLAN_INPUT_KEYS | PLAN_INPUT_SPEECH] = "dtmf speech",
    };
    if (set == 0 && row->always)
        set = PLAN_INPUT_KEYS;
    if (set >= ARRAY_LEN(words))
        xml_writing_fail(w, ERR_INVALID, at, row->member, "is no known set");
    else if (set > 0)
        xml_writing_attr(w, row->attr, str_z(words[set]), at, row->member);
}

static void put_finish_key(struct xml_writing *w, const struct xml_maps *maps,
                           const struct xml_map *row, struct str key, const struct plan_path *at) {
    if (key.len == 0 && row->none)
        xml_writing_attr(w, row->attr, str_z(row->none), at, row->member);
    else
        put_str(w, maps, row, key, at);
}

/* A bool, an enum, a number, a text or a link: their first bytes are zero when nothing is set. */
static bool is_set(const struct xml_map *row, const void *member) {
    if (row->unsaid_bytes == sizeof(bool))
        return *(const bool *)member;
    if (row->unsaid_bytes == sizeof(uint32_t))
        return *(const uint32_t *)member != 0;
    return ((const struct str *)member)->len > 0;
}

static void note_unsaid(struct xml_writing *w, const struct xml_map *row, const void *member,
                        const struct plan_path *at) {
    if (is_set(row, member))
        xml_writing_lose(w, PLAN_LOSS_DROPPED, at, row->member, row->remedy, "%s has no %s here",
                         grammar_of(w)->name, row->member);
}

static void put_row(struct xml_writing *w, const struct xml_maps *maps, const struct xml_map *row,
                    const void *base, const struct plan_path *at) {
    const void *member = (const char *)base + row->offset;
    switch (row->codec) {
    case XML_CODEC_STR:
        if (((const struct str *)member)->len > 0)
            put_str(w, maps, row, *(const struct str *)member, at);
        break;
    case XML_CODEC_LINK:
        put_link(w, row, member, at);
        break;
    case XML_CODEC_SPEECH_TIMEOUT:
        if (((const struct plan_gather *)base)->speech_timeout_auto)
            xml_writing_attr(w, row->attr, STR("auto"), at, row->member);
        else
            put_u32(w, row, *(const uint32_t *)member, at);
        break;
    case XML_CODEC_U32:
        put_u32(w, row, *(const uint32_t *)member, at);
        break;
    case XML_CODEC_LOOP:
        put_loop(w, row, *(const int32_t *)member, at);
        break;
    case XML_CODEC_WORDS:
        put_word(w, row, *(const unsigned *)member, at);
        break;
    case XML_CODEC_BOOL:
        put_word(w, row, *(const bool *)member, at);
        break;
    case XML_CODEC_STR_WORDS:
        if (((const struct str *)member)->len > 0 || row->always)
            put_plan_word(w, row, *(const struct str *)member, at);
        break;
    case XML_CODEC_INPUT:
        put_input(w, row, *(const uint32_t *)member, at);
        break;
    case XML_CODEC_FINISH_KEY:
        if (((const struct plan_gather *)base)->has_finish_key)
            put_finish_key(w, maps, row, *(const struct str *)member, at);
        break;
    case XML_CODEC_FIXED:
        xml_writing_attr(w, row->attr, str_z(row->said), at, NULL);
        break;
    case XML_CODEC_UNSAID:
        note_unsaid(w, row, member, at);
        break;
    case XML_CODEC_ELSEWHERE:
    case XML_CODEC_UNKNOWN:
    case XML_CODEC_COUNT:
        break;
    }
}

void xml_writing_attrs(struct xml_writing *w, const struct xml_maps *maps, const void *base,
                       const struct plan_path *at) {
    for (size_t i = 0; i < maps->count; i++)
        put_row(w, maps, &maps->rows[i], base, at);
}

void xml_writing_begin(struct xml_writing *w, const struct xml_maps *maps, const void *base,
                       const struct plan_path *at) {
    xml_write_begin(&w->x, maps->element);
    xml_writing_attrs(w, maps, base, at);
}

void xml_writing_end(struct xml_writing *w, const struct xml_maps *maps) {
    xml_write_end(&w->x, maps->element);
}

void xml_writing_empty(struct xml_writing *w, const struct xml_maps *maps, const void *base,
                       const struct plan_path *at) {
    xml_writing_begin(w, maps, base, at);
    xml_writing_end(w, maps);
}

void xml_writing_bare(struct xml_writing *w, struct str element) {
    xml_write_begin(&w->x, element);
    xml_write_end(&w->x, element);
}

void xml_writing_need(struct xml_writing *w, struct str s, const struct plan_path *at,
                      const char *member) {
    if (s.len == 0)
        xml_writing_fail(w, ERR_INVALID, at, member, "is missing");
}

void xml_writing_text(struct xml_writing *w, struct str text, const struct plan_path *at,
                      const char *member) {
    xml_writing_need(w, text, at, member);
    if (!xml_write_text(&w->x, text))
        xml_writing_fail(w, ERR_INVALID, at, member, bad_text);
}

void xml_writing_url(struct xml_writing *w, struct str url, const struct plan_path *at,
                     const char *member) {
    xml_writing_text(w, url, at, member);
    judge_url(w, url, at, member);
}

/* ---- steps ----------------------------------------------------------------------------------- */

void xml_writing_play(struct xml_writing *w, const struct plan_step *s, const struct plan_path *at,
                      const struct xml_maps *maps) {
    xml_writing_begin(w, maps, &s->u.play, at);
    xml_writing_url(w, s->u.play.url, at, "url");
    xml_writing_end(w, maps);
}

void xml_writing_pause(struct xml_writing *w, const struct plan_step *s, const struct plan_path *at,
                       const struct xml_maps *maps) {
    if (s->u.pause.seconds == 0)
        xml_writing_fail(w, ERR_INVALID, at, "seconds", "is at least 1");
    xml_writing_empty(w, maps, &s->u.pause, at);
}

void xml_writing_hangup(struct xml_writing *w, const struct plan_step *s,
                        const struct plan_path *at) {
    (void)s;
    (void)at;
    xml_writing_bare(w, STR("Hangup"));
}

void xml_writing_link(struct xml_writing *w, const struct plan_link *to, const struct plan_path *at,
                      const char *member, const struct xml_maps *maps) {
    xml_writing_begin(w, maps, to, at);
    xml_writing_url(w, to->url, at, member);
    xml_writing_end(w, maps);
}

void xml_writing_words(struct xml_writing *w, const struct plan_say *say,
                       const struct plan_path *at) {
    if (say->text.len > PLAN_TEXT_MAX || say->ssml.len > PLAN_TEXT_MAX)
        xml_writing_fail(w, ERR_LIMIT, at, NULL, "has more than 4096 bytes of text, split it");
    if (say->ssml.len == 0) {
        xml_writing_text(w, say->text, at, "text");
    } else if (say->text.len > 0) {
        xml_writing_fail(w, ERR_INVALID, at, NULL, "text and ssml exclude each other");
    } else {
        struct error err = {0};
        if (xml_ssml_write(&w->x, grammar_of(w), say->ssml, &err) != ERR_OK)
            xml_writing_fail(w, err.code, at, "ssml", err.text);
    }
}

void xml_writing_prompts(struct xml_writing *w, const struct plan_step *prompts, size_t count,
                         const struct plan_path *at) {
    for (size_t i = 0; i < count; i++) {
        const struct plan_path here = {.up = at, .name = "prompts", .index = i, .indexed = true};
        if (prompts[i].kind == PLAN_SAY || prompts[i].kind == PLAN_PLAY ||
            prompts[i].kind == PLAN_PAUSE)
            xml_writing_step(w, &prompts[i], &here);
        else
            xml_writing_fail(w, ERR_INVALID, &here, NULL, "a prompt is say, play or pause");
    }
}

void xml_writing_refuse(struct xml_writing *w, const struct plan_path *at, const char *what,
                        const char *remedy) {
    char text[sizeof w->err->text];
    xml_writing_lose(w, PLAN_LOSS_REFUSED, at, NULL, remedy, "%s", what);
    (void)snprintf(text, sizeof text, "%s, %s", what, remedy);
    xml_writing_fail(w, ERR_UNSUPPORTED, at, NULL, text);
}

void xml_writing_step(struct xml_writing *w, const struct plan_step *s,
                      const struct plan_path *at) {
    if (s->kind <= PLAN_KIND_UNKNOWN || s->kind >= PLAN_KIND_COUNT) {
        xml_writing_fail(w, ERR_INVALID, at, NULL, "is no known kind of step");
        return;
    }
    const struct plan_path here = {.up = at, .name = plan_kind_name(s->kind)};
    const struct xml_refusal *no = &w->language->refusals[s->kind];
    if (w->language->writers[s->kind])
        w->language->writers[s->kind](w, s, &here);
    else
        xml_writing_refuse(w, &here, no->what, no->remedy);
}
