#include "twiml/xml_write.h"

/* What a byte means to the escaper. */
enum {
    PLAIN = 0,
    MARKUP,    /* & < > and CR: written as a reference everywhere */
    ATTR_ONLY, /* " TAB LF: a reference inside attribute values, where white space is normalised */
    MULTIBYTE, /* part of a UTF-8 sequence */
    BAD,       /* a control character */
};

static const unsigned char byte_class[0x80] = {
    [0x00] = BAD,       [0x01] = BAD, [0x02] = BAD,      [0x03] = BAD,    [0x04] = BAD,
    [0x05] = BAD,       [0x06] = BAD, [0x07] = BAD,      [0x08] = BAD,    ['\t'] = ATTR_ONLY,
    ['\n'] = ATTR_ONLY, [0x0B] = BAD, [0x0C] = BAD,      ['\r'] = MARKUP, [0x0E] = BAD,
    [0x0F] = BAD,       [0x10] = BAD, [0x11] = BAD,      [0x12] = BAD,    [0x13] = BAD,
    [0x14] = BAD,       [0x15] = BAD, [0x16] = BAD,      [0x17] = BAD,    [0x18] = BAD,
    [0x19] = BAD,       [0x1A] = BAD, [0x1B] = BAD,      [0x1C] = BAD,    [0x1D] = BAD,
    [0x1E] = BAD,       [0x1F] = BAD, ['"'] = ATTR_ONLY, ['&'] = MARKUP,  ['<'] = MARKUP,
    ['>'] = MARKUP,
};

static void put_reference(struct buf *b, char c) {
    switch (c) {
    case '&':
        buf_put(b, "&amp;", 5);
        break;
    case '<':
        buf_put(b, "&lt;", 4);
        break;
    case '>':
        buf_put(b, "&gt;", 4);
        break;
    case '"':
        buf_put(b, "&quot;", 6);
        break;
    case '\t':
        buf_put(b, "&#9;", 4);
        break;
    case '\n':
        buf_put(b, "&#10;", 5);
        break;
    default:
        buf_put(b, "&#13;", 5);
        break;
    }
}

/* UTF-8, and none of the non-characters U+FFFE and U+FFFF. */
static bool is_sound(struct str s) {
    if (!str_is_utf8(s))
        return false;
    for (size_t i = 0; i + 2 < s.len; i++)
        if ((unsigned char)s.ptr[i] == 0xEF && (unsigned char)s.ptr[i + 1] == 0xBF &&
            (unsigned char)s.ptr[i + 2] >= 0xBE)
            return false;
    return true;
}

static bool put_escaped(struct buf *b, struct str s, bool in_attr) {
    size_t run = 0;
    bool checked = false;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        unsigned char class = c < 0x80 ? byte_class[c] : MULTIBYTE;
        if (class == PLAIN || (class == ATTR_ONLY && !in_attr) || (class == MULTIBYTE && checked))
            continue;
        if (class == BAD || (class == MULTIBYTE && !is_sound(s)))
            return false;
        if (class == MULTIBYTE) {
            checked = true;
            continue;
        }
        buf_put(b, s.ptr + run, i - run);
        put_reference(b, s.ptr[i]);
        run = i + 1;
    }
    if (run < s.len)
        buf_put(b, s.ptr + run, s.len - run);
    return true;
}

void xml_write_head(struct xml_writer *w) {
    buf_put_str(w->out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
}

static void close_tag(struct xml_writer *w) {
    if (w->tag_open)
        buf_putc(w->out, '>');
    w->tag_open = false;
}

void xml_write_begin(struct xml_writer *w, struct str name) {
    if (w->tag_open)
        buf_put(w->out, "><", 2);
    else
        buf_putc(w->out, '<');
    buf_put_str(w->out, name);
    w->tag_open = true;
}

static void begin_attr(struct xml_writer *w, struct str name) {
    buf_putc(w->out, ' ');
    buf_put_str(w->out, name);
    buf_put(w->out, "=\"", 2);
}

bool xml_write_attr(struct xml_writer *w, struct str name, struct str value) {
    begin_attr(w, name);
    bool ok = put_escaped(w->out, value, true);
    buf_putc(w->out, '"');
    return ok;
}

void xml_write_attr_u64(struct xml_writer *w, struct str name, uint64_t value) {
    begin_attr(w, name);
    buf_put_u64(w->out, value);
    buf_putc(w->out, '"');
}

bool xml_write_text(struct xml_writer *w, struct str text) {
    if (text.len == 0)
        return true;
    close_tag(w);
    return put_escaped(w->out, text, false);
}

void xml_write_end(struct xml_writer *w, struct str name) {
    if (w->tag_open) {
        buf_put(w->out, "/>", 2);
        w->tag_open = false;
        return;
    }
    buf_put(w->out, "</", 2);
    buf_put_str(w->out, name);
    buf_putc(w->out, '>');
}
