#include "swml/swml_writing.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/base/compiler.h"
#include "swml/swml_text.h"

/* ---- faults and losses ----------------------------------------------------------------------- */

void writing_fail(struct writing *w, enum error_code code, const struct plan_path *at,
                  const char *member, const char *what) {
    if (w->rc != ERR_OK)
        return;
    const struct plan_path here = {.up = at, .name = member};
    w->rc = plan_path_error(w->err, code, member ? &here : at, "%s", what);
}

void writing_lose(struct writing *w, enum plan_loss_kind kind, const struct plan_path *at,
                  const char *member, const char *remedy, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    plan_path_lose(w->loss, kind, at, member, remedy, fmt, ap);
    va_end(ap);
}

void writing_refuse(struct writing *w, const struct plan_path *at, const char *member,
                    const char *what, const char *remedy) {
    char text[200];
    (void)snprintf(text, sizeof text, "%s, %s", what, remedy);
    writing_lose(w, PLAN_LOSS_REFUSED, at, member, remedy, "%s", what);
    writing_fail(w, ERR_UNSUPPORTED, at, member, text);
}

void writing_need(struct writing *w, struct str s, const struct plan_path *at, const char *member) {
    if (s.len == 0)
        writing_fail(w, ERR_INVALID, at, member, "is missing");
}

/* ---- values ---------------------------------------------------------------------------------- */

void writing_begin(struct writing *w, const char *verb) {
    json_begin_object(&w->j);
    json_key(&w->j, verb);
    json_begin_object(&w->j);
}

void writing_end(struct writing *w) {
    json_end_object(&w->j);
    json_end_object(&w->j);
}

void writing_text(struct writing *w, struct str s, const struct plan_path *at, const char *member) {
    if (!str_is_utf8(s))
        writing_fail(w, ERR_INVALID, at, member, "holds bytes that are not UTF-8, remove them");
    if (!swml_has_variable(s)) {
        json_put_string(&w->j, s);
        return;
    }
    writing_lose(w, PLAN_LOSS_REPLACED, at, member, "a blank goes in between",
                 "${ and %%{ would be a variable of the carrier");
    CLEANUP(buf_release) struct buf literal = BUF_INIT(w->j.b->max);
    swml_put_literal(&literal, s);
    json_put_string(&w->j, buf_str(&literal));
}

/* Is it an address of ours? What follows our base must not make it another host. */
static bool is_own(const struct swml_options *o, struct str url) {
    if (!o || o->credentials.len == 0 || o->own_base.len == 0 || !str_starts(url, o->own_base))
        return false;
    struct str rest = str_from_index(url, o->own_base.len);
    return rest.len == 0 || rest.ptr[0] == '/' || rest.ptr[0] == '?' || rest.ptr[0] == '#' ||
           o->own_base.ptr[o->own_base.len - 1] == '/';
}

void writing_url(struct writing *w, struct str url, const struct plan_path *at,
                 const char *member) {
    if (!swml_is_url(url) || !str_is_utf8(url))
        writing_fail(w, ERR_INVALID, at, member,
                     "needs an absolute URL that starts with https://, without blanks and braces");
    if (!is_own(w->o, url)) {
        json_put_string(&w->j, url);
        return;
    }
    size_t host = str_find_str(url, STR("://")) + 3;
    CLEANUP(buf_release) struct buf b = BUF_INIT(w->j.b->max);
    buf_put(&b, url.ptr, host);
    buf_put_str(&b, w->o->credentials);
    buf_putc(&b, '@');
    buf_put_str(&b, str_from_index(url, host));
    json_put_string(&w->j, buf_str(&b));
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void put_link(struct writing *w, const struct swml_row *row, const struct plan_link *l,
                     const struct plan_path *at) {
    bool get = l->method == PLAN_METHOD_GET;
    if (l->url.len > 0) {
        json_key(&w->j, row->key);
        writing_url(w, l->url, at, row->member);
    }
    if (row->method_key && l->method != PLAN_METHOD_DEFAULT)
        json_kv_z(&w->j, row->method_key, get ? "GET" : "POST");
    else if (get)
        writing_lose(w, PLAN_LOSS_DROPPED, at, row->member, "answer POST at that URL",
                     "the method GET");
}

void writing_link(struct writing *w, const char *key, const struct plan_link *l,
                  const struct plan_path *at, const char *member) {
    const struct swml_row row = {.key = key, .member = member};
    put_link(w, &row, l, at);
}

static void put_u32(struct writing *w, const struct swml_row *row, uint32_t n,
                    const struct plan_path *at) {
    if (n == 0)
        return;
    uint32_t fit = n < row->min ? row->min : row->max > 0 && n > row->max ? row->max : n;
    if (fit != n)
        writing_lose(w, PLAN_LOSS_REPLACED, at, row->member, "the nearest value that SWML takes",
                     "%u becomes %u", (unsigned)n, (unsigned)fit);
    json_kv_int(&w->j, row->key, fit);
}

static void put_word(struct writing *w, const struct swml_row *row, unsigned value,
                     const struct plan_path *at) {
    for (const struct swml_word *word = row->words; value > 0 && word->word; word++)
        if (word->value == value) {
            json_kv_z(&w->j, row->key, word->word);
            return;
        }
    if (value > 0)
        writing_fail(w, ERR_INVALID, at, row->member, "is no known value");
}

static void put_known_word(struct writing *w, const struct swml_row *row, struct str s,
                           const struct plan_path *at) {
    for (const struct swml_word *word = row->words; word->word; word++)
        if (str_eq_z(s, word->word)) {
            json_kv_z(&w->j, row->key, word->word);
            return;
        }
    writing_lose(w, PLAN_LOSS_DROPPED, at, row->member, row->remedy, "SWML does not know " STR_FMT,
                 STR_ARG(s));
}

static bool is_set(const struct swml_row *row, const void *member) {
    switch (row->unsaid) {
    case SWML_UNSAID_STR:
        return ((const struct str *)member)->len > 0;
    case SWML_UNSAID_LINK:
        return ((const struct plan_link *)member)->url.len > 0;
    case SWML_UNSAID_BOOL:
        return *(const bool *)member;
    case SWML_UNSAID_U32:
        return *(const uint32_t *)member != 0;
    case SWML_UNSAID_ARRAY:
        return *(void *const *)member != NULL;
    case SWML_UNSAID_NONE:
        break;
    }
    return false;
}

static void put_row(struct writing *w, const struct swml_row *row, const void *base,
                    const struct plan_path *at) {
    const void *member = (const char *)base + row->offset;
    switch (row->codec) {
    case SWML_STR:
    case SWML_SOCKET:
        if (((const struct str *)member)->len > 0) {
            json_key(&w->j, row->key);
            writing_text(w, *(const struct str *)member, at, row->member);
        }
        break;
    case SWML_STR_WORDS:
        if (((const struct str *)member)->len > 0)
            put_known_word(w, row, *(const struct str *)member, at);
        break;
    case SWML_LINK:
        put_link(w, row, member, at);
        break;
    case SWML_U32:
    case SWML_TWIN:
        put_u32(w, row, *(const uint32_t *)member, at);
        break;
    case SWML_BOOL:
        if (*(const bool *)member)
            json_kv_bool(&w->j, row->key, true);
        break;
    case SWML_BOOL_BOTH:
        json_kv_bool(&w->j, row->key, *(const bool *)member);
        break;
    case SWML_TRISTATE:
        if (*(const enum plan_tristate *)member != PLAN_UNSET)
            json_kv_bool(&w->j, row->key, *(const enum plan_tristate *)member == PLAN_YES);
        break;
    case SWML_WORDS:
        put_word(w, row, row->is_bool ? *(const bool *)member : *(const unsigned *)member, at);
        break;
    case SWML_UNSAID:
        if (is_set(row, member))
            writing_lose(w, PLAN_LOSS_DROPPED, at, row->member, row->remedy, "SWML has no %s here",
                         row->member);
        break;
    case SWML_PASSED:
    case SWML_ELSEWHERE:
    case SWML_CODEC_UNKNOWN:
    case SWML_CODEC_COUNT:
        break;
    }
}

void writing_rows(struct writing *w, const struct swml_rows *rows, const void *base,
                  const struct plan_path *at) {
    for (size_t i = 0; i < rows->count; i++)
        put_row(w, &rows->rows[i], base, at);
}

/* ---- what several verbs share ---------------------------------------------------------------- */

void writing_transfer(struct writing *w, const struct plan_link *to, const struct plan_path *at,
                      const char *member) {
    if (to->url.len == 0)
        return;
    writing_begin(w, "transfer");
    writing_link(w, "dest", to, at, member);
    writing_end(w);
}

/* The words into b, on one line. */
static void put_words(struct writing *w, const struct plan_say *say, const struct plan_path *at,
                      struct buf *b) {
    size_t start = b->len;
    if (say->text.len > 0 && say->ssml.len > 0)
        writing_fail(w, ERR_INVALID, at, NULL, "text and ssml exclude each other");
    if (say->text.len > PLAN_TEXT_MAX || say->ssml.len > PLAN_TEXT_MAX)
        writing_fail(w, ERR_LIMIT, at, NULL, "has more than 4096 bytes of text, split it");
    if (say->ssml.len > 0) {
        writing_lose(w, PLAN_LOSS_REPLACED, at, "ssml", "its words are said plainly",
                     "SWML has no markup for speech");
        if (!swml_put_words(b, say->ssml))
            writing_fail(w, ERR_INVALID, at, "ssml", "holds no words, use a pause step");
    } else {
        writing_need(w, str_trim(say->text), at, "text");
        buf_put_str(b, str_trim(say->text));
    }
    bool broken = false;
    for (size_t i = start; i < b->len; i++)
        if (b->ptr[i] == '\n' || b->ptr[i] == '\r') {
            b->ptr[i] = ' ';
            broken = true;
        }
    if (broken)
        writing_lose(w, PLAN_LOSS_REPLACED, at, say->ssml.len ? "ssml" : "text",
                     "a blank takes its place", "what is said has no line breaks");
}

static void put_say(struct writing *w, const struct plan_say *say, const struct plan_path *at,
                    const char *scheme) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(PLAN_TEXT_MAX + 8);
    buf_puts(&b, scheme);
    put_words(w, say, at, &b);
    writing_text(w, buf_str(&b), at, say->ssml.len ? "ssml" : "text");
}

void writing_phrase(struct writing *w, const struct plan_say *say, const struct plan_path *at) {
    put_say(w, say, at, "");
}

void writing_voice(struct writing *w, const struct plan_say *say, const struct plan_path *at) {
    if (say->voice.len > 0) {
        json_key(&w->j, "say_voice");
        writing_text(w, say->voice, at, "voice");
    }
    if (say->language.len > 0) {
        json_key(&w->j, "say_language");
        writing_text(w, say->language, at, "language");
    }
}

void writing_play_url(struct writing *w, const struct plan_step *s, const struct plan_path *at) {
    const struct plan_path here = {.up = at, .name = plan_kind_name(s->kind)};
    if (s->kind == PLAN_SAY) {
        put_say(w, &s->u.say, &here, "say:");
    } else if (s->kind == PLAN_PLAY) {
        writing_url(w, s->u.play.url, &here, "url");
    } else if (s->kind == PLAN_PAUSE) {
        char silence[24];
        (void)snprintf(silence, sizeof silence, "silence:%u", (unsigned)s->u.pause.seconds);
        if (s->u.pause.seconds == 0)
            writing_fail(w, ERR_INVALID, &here, "seconds", "is at least 1");
        json_put_string(&w->j, str_z(silence));
    } else {
        writing_fail(w, ERR_INVALID, at, NULL, "a prompt is say, play or pause");
        json_put_null(&w->j);
    }
}
