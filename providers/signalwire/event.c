#include "providers/signalwire/event.h"

#include "providers/rest/encode.h"

enum {
    TEXT_MAX = 65536, /* of an object that comes as text */
};

static const struct json_limits text_limits = {
    .bytes_max = TEXT_MAX, .depth_max = 16, .values_max = 2000, .wipe = true};

/* ---- objects as text ------------------------------------------------------------------------- */

/** One string literal of Python from index i on; returns the index behind it, 0 when malformed. */
static size_t put_literal(struct buf *b, struct str s, size_t i) {
    char quote = s.ptr[i++];
    buf_putc(b, '"');
    for (; i < s.len && s.ptr[i] != quote; i++) {
        char c = s.ptr[i];
        if (c == '\\' && i + 1 < s.len) {
            c = s.ptr[++i];
            if (c == '\'') /* JSON knows no such escape, and the others are the same */
                buf_putc(b, c);
            else
                buf_printf(b, "\\%c", c);
        } else if (c == '"') {
            buf_puts(b, "\\\"");
        } else {
            buf_putc(b, c);
        }
    }
    buf_putc(b, '"');
    return i < s.len ? i + 1 : 0;
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/** One bare word from index i on: None, True and False become JSON's; returns where it ends. */
static size_t put_word(struct buf *b, struct str s, size_t i) {
    static const struct {
        const char *python, *json;
    } words[] = {{"None", "null"}, {"True", "true"}, {"False", "false"}};
    size_t end = i;
    while (end < s.len && is_letter(s.ptr[end]))
        end++;
    struct str word = str_from(s.ptr + i, end - i);
    for (size_t k = 0; k < ARRAY_LEN(words); k++)
        if (str_eq_z(word, words[k].python))
            word = str_z(words[k].json);
    buf_put_str(b, word);
    return end;
}

/** What Python prints for a dict, as JSON. What it is not, json_parse() finds out. */
static bool put_python(struct buf *b, struct str s) {
    size_t i = 0;
    while (i < s.len) {
        char c = s.ptr[i];
        if (c == '\'' || c == '"') {
            i = put_literal(b, s, i);
            if (i == 0)
                return false;
        } else if (is_letter(c)) {
            i = put_word(b, s, i);
        } else {
            buf_putc(b, c);
            i++;
        }
    }
    return !buf_failed(b);
}

void signalwire_object_read(struct signalwire_object *o, const struct json *v) {
    *o = (struct signalwire_object){0};
    struct str text = json_str(v);
    if (json_type(v) == JSON_OBJECT)
        o->v = v;
    if (json_type(v) != JSON_STRING || text.len > TEXT_MAX)
        return;
    if (json_parse(text, &text_limits, &o->doc, NULL) != ERR_OK) {
        CLEANUP(buf_release) struct buf b = BUF_INIT(TEXT_MAX);
        if (!put_python(&b, text) || json_parse(buf_str(&b), &text_limits, &o->doc, NULL) != ERR_OK)
            return;
    }
    if (json_type(json_root(o->doc)) == JSON_OBJECT)
        o->v = json_root(o->doc);
}

void signalwire_object_release(struct signalwire_object *o) {
    json_doc_free(o->doc);
    *o = (struct signalwire_object){0};
}

/* ---- members --------------------------------------------------------------------------------- */

const struct json *signalwire_find(const struct json *inner, const struct json *outer,
                                   const char *const *names) {
    const struct json *places[] = {inner, outer};
    for (size_t p = 0; p < ARRAY_LEN(places); p++)
        for (size_t n = 0; names[n]; n++) {
            const struct json *v = json_get(places[p], names[n]);
            if (v && json_type(v) != JSON_NULL)
                return v;
        }
    return NULL;
}

/** A number, or a string that is wholly one; negative for anything else. */
static double number(const struct json *v) {
    if (json_type(v) == JSON_STRING) {
        CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
        return json_parse(json_str(v), NULL, &doc, NULL) == ERR_OK ? json_double(json_root(doc), -1)
                                                                   : -1;
    }
    return json_double(v, -1);
}

int64_t signalwire_time_ms(const struct json *v) {
    const double seconds_max = 1e11, ms_max = 1e14, us_max = 1e17; /* in the year 5138 each */
    double n = number(v);
    if (!(n > 0) || n >= us_max)
        return 0;
    if (n < seconds_max)
        return (int64_t)(n * 1000 + 0.5);
    return n < ms_max ? (int64_t)n : (int64_t)(n / 1000);
}

bool signalwire_seconds(const struct json *v, uint32_t *out) {
    double n = number(v);
    if (!(n >= 0) || n > INT32_MAX)
        return false;
    *out = (uint32_t)n;
    return true;
}
