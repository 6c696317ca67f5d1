#include "providers/mock/carrier/callee.h"

#include <string.h>

enum {
    REPLY_MAX = 4096
};

bool callee_fault_hits(const struct callee_fault *f, uint64_t nth) {
    return (f->status > 0 || f->cut) && (f->times == 0 || nth < f->times);
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool contains(struct str text, struct str needle) {
    for (size_t i = 0; needle.len > 0 && i + needle.len <= text.len; i++) {
        size_t n = 0;
        while (n < needle.len && lower(text.ptr[i + n]) == lower(needle.ptr[n]))
            n++;
        if (n == needle.len)
            return true;
    }
    return false;
}

bool callee_mentions(struct str text, struct str alternatives) {
    struct str word;
    while (alternatives.len > 0 && str_next(&alternatives, '|', &word))
        if (contains(text, str_trim(word)))
            return true;
    return false;
}

static bool fits(const struct callee_move *m, struct str text) {
    return m->expect.len == 0 || callee_mentions(text, m->expect);
}

/** The last sentence that ends in a question mark, else all of it: what a listener replies to. */
static struct str last_question(struct str heard) {
    size_t end = heard.len;
    while (end > 0 && heard.ptr[end - 1] != '?')
        end--;
    if (end == 0)
        return heard;
    size_t start = end - 1;
    while (start > 0 && !memchr(".?!", heard.ptr[start - 1], 3))
        start--;
    return str_from(heard.ptr + start, end - start);
}

static const struct callee_move *find_rule(const struct callee *c, const struct callee_listen *l) {
    bool told = l->question.len > 0;
    struct str texts[] = {told ? l->question : last_question(l->heard), l->heard};
    for (size_t t = 0; t < (told ? 1 : ARRAY_LEN(texts)); t++)
        for (size_t i = 0; i < c->rule_count; i++)
            if (fits(&c->rules[i], texts[t]))
                return &c->rules[i];
    return NULL;
}

struct str callee_fact_value(const struct callee *c, struct str name) {
    for (size_t i = 0; i < c->fact_count; i++)
        if (str_eq(c->facts[i].name, name))
            return c->facts[i].value;
    return (struct str){0};
}

static void put_with_facts(struct buf *out, const struct callee *c, struct str text) {
    while (text.len > 0) {
        size_t open = str_find(text, '{');
        buf_put(out, text.ptr, open);
        text = str_from_index(text, open);
        size_t close = str_find(text, '}');
        if (close == text.len) {
            buf_put_str(out, text);
            return;
        }
        buf_put_str(out, callee_fact_value(c, str_from(text.ptr + 1, close - 1)));
        text = str_from_index(text, close + 1);
    }
}

static void put_keys(struct callee_reply *out, struct str keys) {
    size_t n = keys.len < sizeof out->keys ? keys.len : sizeof out->keys - 1;
    memcpy(out->keys, keys.ptr, n);
    out->keys[n] = '\0';
}

/** Someone who is asked for keys only types the digits of what he would have said. */
static void keys_from_text(struct callee_reply *out) {
    size_t n = 0;
    for (size_t i = 0; i < out->say.len && n + 1 < sizeof out->keys; i++)
        if (out->say.ptr[i] >= '0' && out->say.ptr[i] <= '9')
            out->keys[n++] = out->say.ptr[i];
    out->keys[n] = '\0';
    if (n == 0)
        memcpy(out->keys, "1", 2);
}

void callee_turn(const struct callee *c, struct callee_state *s, const struct callee_listen *l,
                 struct callee_reply *out) {
    static const struct callee_move nothing = {0};
    *out = (struct callee_reply){.say = BUF_INIT(REPLY_MAX)};
    if (c->silent || c->outcome == CALLEE_MACHINE)
        return;
    const struct callee_move *m = NULL;
    if (s->script_at < c->script_count && fits(&c->script[s->script_at], l->heard))
        m = &c->script[s->script_at++];
    else
        m = find_rule(c, l);
    struct str say = m ? m->say : c->default_reply;
    if (!m)
        m = &nothing;
    out->wait_ms = m->wait_ms;
    out->hangup = m->hangup;
    out->function = m->function;
    out->argument = m->argument;
    put_with_facts(&out->say, c, say);
    if (l->keys && m->press.len > 0 && (!l->speech || m->say.len == 0))
        put_keys(out, m->press);
    else if (l->keys && !l->speech && out->say.len > 0)
        keys_from_text(out);
    if (out->keys[0] || !l->speech)
        buf_clear(&out->say);
    if (l->digits_max > 0 && l->digits_max < sizeof out->keys)
        out->keys[l->digits_max] = '\0';
}

void callee_reply_release(struct callee_reply *r) {
    buf_release(&r->say);
    *r = (struct callee_reply){0};
}
