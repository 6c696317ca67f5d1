#include "core/engine/conversation_turn.h"

/* How a turn sounds and what it listens for: language, voice, pronunciation, hints. */
enum {
    HINTS_MAX_BYTES = 8192 /* every carrier takes so many; the nearest to the question come first */
};

const struct assistant_language *turn_language(const struct turn_work *t) {
    const struct assistant_language *l =
        t->state.language.len > 0 ? assistant_find_language(t->assistant, t->state.language) : NULL;
    return l ? l : &t->assistant->languages[0];
}

struct str turn_line(struct turn_work *t, enum assistant_line line) {
    struct buf b = BUF_INIT(ASSISTANT_TEXT_MAX * 2);
    turn_say(t, &b, assistant_line(t->assistant, turn_language(t), line));
    struct str s = arena_copy(t->arena, buf_str(&b));
    buf_release(&b);
    return s;
}

/* ---- pronunciation --------------------------------------------------------------------------- */

static bool is_word_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

/** Does p stand at text[i], and not as a part of a longer word? */
static bool is_written(const struct assistant_pronunciation *p, struct str text, size_t i) {
    struct str word = p->replace;
    if (word.len == 0 || word.len > text.len - i)
        return false;
    struct str here = str_from(text.ptr + i, word.len);
    if (p->ignore_case ? !str_eq_nocase(here, word) : !str_eq(here, word))
        return false;
    size_t end = i + word.len;
    bool begins = i == 0 || !is_word_byte(word.ptr[0]) || !is_word_byte(text.ptr[i - 1]);
    bool ends =
        end == text.len || !is_word_byte(word.ptr[word.len - 1]) || !is_word_byte(text.ptr[end]);
    return begins && ends;
}

/** Text as it is said; what was put in is not looked at again. */
static struct str pronounce(struct turn_work *t, struct str text) {
    const struct assistant *a = t->assistant;
    if (a->pronunciation_count == 0)
        return arena_copy(t->arena, text);
    struct buf b = BUF_INIT(PLAN_TEXT_MAX);
    for (size_t i = 0, k; i < text.len;) {
        for (k = 0; k < a->pronunciation_count; k++)
            if (is_written(&a->pronunciations[k], text, i))
                break;
        if (k < a->pronunciation_count) {
            buf_put_str(&b, a->pronunciations[k].with);
            i += a->pronunciations[k].replace.len;
        } else {
            buf_putc(&b, text.ptr[i++]);
        }
    }
    struct str said = arena_copy(t->arena, buf_failed(&b) ? text : buf_str(&b));
    buf_release(&b);
    return said;
}

void turn_fill_say(struct turn_work *t, struct plan_say *say, struct str text) {
    const struct assistant_language *l = turn_language(t);
    say->text = pronounce(t, text);
    say->voice = arena_copy(t->arena, assistant_voice_for(l, str_z(t->in->call->provider)));
    say->language = arena_copy(t->arena, l->code);
}

/* ---- hints ----------------------------------------------------------------------------------- */

struct str turn_hints(struct turn_work *t, struct str of_question) {
    const struct assistant *a = t->assistant;
    struct buf b = BUF_INIT(HINTS_MAX_BYTES);
    buf_put_str(&b, of_question);
    for (size_t i = 0; i < a->hint_count; i++) {
        size_t room = HINTS_MAX_BYTES - b.len;
        if (a->hints[i].hint.len + 2 > room)
            break;
        buf_puts(&b, b.len > 0 ? ", " : "");
        buf_put_str(&b, a->hints[i].hint);
    }
    struct str hints = arena_copy(t->arena, buf_str(&b));
    buf_release(&b);
    return hints;
}
