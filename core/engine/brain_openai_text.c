#include "core/engine/brain_openai_text.h"

#include <ctype.h>

#include "core/base/utf8.h"
#include "core/domain/card_mask.h"
#include "core/domain/text.h"

enum {
    RAW_MAX = 65536
};

/* ---- what is not said at all ------------------------------------------------------------------
 */

/** Past `close`, or past everything when it never comes. */
static struct str after(struct str s, struct str close) {
    return str_from_index(s, str_find_str(s, close) + close.len);
}

/** Copy without thoughts and control tokens. A thought without its beginning began with the text.
 */
static void put_said(struct buf *b, struct str s) {
    static const struct str close = STR_INIT("</think>");
    size_t open = str_find_str(s, STR("<think>")), end = str_find_str(s, close);
    if (end < open)
        s = str_from_index(s, end + close.len);
    while (s.len > 0) {
        if (str_starts(s, STR("<think>"))) {
            s = after(s, close);
        } else if (str_starts(s, STR("<|"))) {
            s = after(s, STR("|>"));
        } else {
            buf_putc(b, s.ptr[0]);
            s = str_from_index(s, 1);
        }
    }
}

/** Pictures, and what joins and colours them (Unicode: emoji blocks, variation selectors). */
static bool is_picture(const char *p, size_t len) {
    const uint8_t *u = (const uint8_t *)p;
    if (len == 4)
        return u[0] == 0xF0 && u[1] == 0x9F; /* U+1F000 … U+1FFFF */
    if (len != 3)
        return false;
    uint32_t c = (uint32_t)(u[0] & 0x0F) << 12 | (uint32_t)(u[1] & 0x3F) << 6 | (u[2] & 0x3Fu);
    return (c >= 0x2600 && c <= 0x27BF) || c == 0xFE0F || c == 0x200D || c == 0x2B50;
}

/* ---- marks ------------------------------------------------------------------------------------
 */

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/** A line without what makes it a heading, a quotation or an item. */
static struct str without_lead(struct str line) {
    line = str_trim(line);
    size_t n = 0;
    while (n < line.len && (line.ptr[n] == '#' || line.ptr[n] == '>'))
        n++;
    if (n > 0 && (n == line.len || is_blank(line.ptr[n])))
        line = str_trim(str_from_index(line, n));
    bool item = line.len > 1 && strchr("-*+", line.ptr[0]) && is_blank(line.ptr[1]);
    return item ? str_trim(str_from_index(line, 2)) : line;
}

/** "[words](address)" at the start of s: its words; false when there is none. */
static bool take_link(struct str *s, struct str *words) {
    size_t close = str_find_str(*s, STR("]("));
    if (s->ptr[0] != '[' || close == s->len || str_find(*s, '\n') < close)
        return false;
    struct str address = str_from_index(*s, close + 2);
    size_t end = str_find(address, ')');
    if (end == address.len)
        return false;
    *words = str_from(s->ptr + 1, close - 1);
    *s = str_from_index(address, end + 1);
    return true;
}

/** Stars and underscores around words, but neither "2 * 3" nor "first_name". */
static bool is_emphasis(struct str line, size_t i) {
    char c = line.ptr[i];
    bool blank_before = i == 0 || is_blank(line.ptr[i - 1]);
    bool blank_after = i + 1 == line.len || is_blank(line.ptr[i + 1]);
    if (c == '*')
        return !(blank_before && blank_after);
    bool inside = i > 0 && i + 1 < line.len && isalnum((unsigned char)line.ptr[i - 1]) &&
                  isalnum((unsigned char)line.ptr[i + 1]);
    return c == '_' && !inside;
}

static void put_line(struct buf *b, struct str line) {
    struct str words;
    for (size_t i = 0; i < line.len;) {
        struct str rest = str_from_index(line, i);
        size_t len = utf8_char_len(rest.ptr, rest.len);
        if (rest.ptr[0] == '!' && rest.len > 1 && rest.ptr[1] == '[') {
            i++;
        } else if (take_link(&rest, &words)) {
            put_line(b, words);
            i = line.len - rest.len;
        } else if (rest.ptr[0] == '`' || is_emphasis(line, i)) {
            i++;
        } else if (len == 0 || is_picture(rest.ptr, len)) {
            i += len ? len : 1;
        } else {
            buf_put(b, rest.ptr, len);
            i += len;
        }
    }
}

static bool is_ended(const struct buf *b) {
    return b->len == 0 || strchr(".,:;!?", b->ptr[b->len - 1]) ||
           (uint8_t)b->ptr[b->len - 1] > 0x7F;
}

static bool is_fence(struct str line) {
    return str_starts(line, STR("```")) || str_starts(line, STR("~~~"));
}

/** "---", "***", "|---|": lines that are only drawn. */
static bool is_rule(struct str line) {
    for (size_t i = 0; i < line.len; i++)
        if (!strchr("-*_=|: ", line.ptr[i]))
            return false;
    return true;
}

static void put_lines(struct buf *b, struct str text) {
    struct str line;
    while (str_next(&text, '\n', &line)) {
        line = str_trim(line);
        if (line.len == 0 || is_fence(line) || is_rule(line))
            continue;
        while (b->len > 0 && is_blank(b->ptr[b->len - 1]))
            b->len--;
        if (b->len > 0)
            buf_puts(b, is_ended(b) ? " " : ". ");
        put_line(b, without_lead(line));
    }
}

/* ---- length -----------------------------------------------------------------------------------
 */

size_t openai_whole_sentences(struct str text) {
    size_t end = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool stop = strchr(".!?", text.ptr[i]) != NULL;
        bool last = i + 1 == text.len || is_blank(text.ptr[i + 1]) || text.ptr[i + 1] == '\n';
        if (stop && last)
            end = i + 1;
        if (i + 3 <= text.len && memcmp(text.ptr + i, "\xE3\x80\x82", 3) == 0)
            end = i + 3; /* the full stop of Chinese and Japanese */
    }
    return end;
}

static struct str shorten(struct str s, size_t max) {
    if (s.len <= max)
        return s;
    s.len = utf8_cut(s.ptr, max);
    size_t whole = openai_whole_sentences(s);
    if (whole == 0)
        for (whole = s.len; whole > 0 && !is_blank(s.ptr[whole - 1]);)
            whole--;
    return str_trim(str_from(s.ptr, whole ? whole : s.len));
}

void openai_put_spoken(struct buf *b, struct str text, size_t max) {
    struct buf said = BUF_INIT(RAW_MAX), lines = BUF_INIT(RAW_MAX), clean = BUF_INIT(RAW_MAX),
               masked = BUF_INIT(RAW_MAX);
    put_said(&said, text);
    put_lines(&lines, buf_str(&said));
    text_put_clean(&clean, buf_str(&lines));
    card_mask_put(&masked, buf_str(&clean));
    struct str line = shorten(str_trim(buf_str(&masked)), max);
    if (line.len > 0 && b->len > 0)
        buf_putc(b, ' ');
    buf_put_str(b, line);
    buf_release(&said);
    buf_release(&lines);
    buf_release(&clean);
    buf_release(&masked);
}
