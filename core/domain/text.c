#include "core/domain/text.h"

#include "core/domain/definition.h"

enum {
    REFERENCE_MAX = 64
};

static void put_spelled(struct buf *b, struct str value) {
    for (size_t i = 0; i < value.len; i++) {
        /* a space between characters, none inside a character of several bytes */
        if (i > 0 && ((unsigned char)value.ptr[i] & 0xC0) != 0x80)
            buf_putc(b, ' ');
        buf_putc(b, value.ptr[i]);
    }
}

static const struct {
    const char *name;
    void (*put)(struct buf *b, struct str value);
} filters[] = {
    {"money", text_put_money},
    {"spelled", put_spelled},
};

static bool find_filter(struct str name, size_t *out) {
    for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
        if (str_eq_z(name, filters[i].name)) {
            *out = i;
            return true;
        }
    }
    return false;
}

/** A name, or one of the captured data: "global_data." and a name. */
static bool is_reference(struct str s) {
    struct str data = STR(TEXT_DATA_PREFIX);
    if (str_starts(s, data))
        s = str_from_index(s, data.len);
    return definition_is_name(s, REFERENCE_MAX);
}

enum text_step text_next(struct str *rest, struct text_part *out) {
    *out = (struct text_part){0};
    if (rest->len == 0)
        return TEXT_END;
    size_t start = str_find_str(*rest, STR("${"));
    if (start > 0) {
        out->plain = str_from(rest->ptr, start);
        *rest = str_from_index(*rest, start);
        return TEXT_PART;
    }
    size_t end = str_find(*rest, '}');
    if (end == rest->len) {
        out->plain = *rest;
        *rest = str_from_index(*rest, rest->len);
        return TEXT_MALFORMED;
    }
    struct str inside = str_from(rest->ptr + 2, end - 2), name, filter = {0};
    out->plain = str_from(rest->ptr, end + 1);
    *rest = str_from_index(*rest, end + 1);
    size_t bar = str_find(inside, '|'), i;
    name = str_from(inside.ptr, bar);
    if (bar < inside.len) {
        filter = str_from_index(inside, bar + 1);
        if (!find_filter(filter, &i))
            return TEXT_MALFORMED;
    }
    if (!is_reference(name))
        return TEXT_MALFORMED;
    *out = (struct text_part){.name = name, .filter = filter};
    return TEXT_PART;
}

void text_expand(struct buf *b, struct str text, text_lookup_fn *lookup, void *ctx) {
    struct text_part part;
    enum text_step step;
    while ((step = text_next(&text, &part)) != TEXT_END) {
        size_t i;
        if (step == TEXT_MALFORMED || part.name.len == 0)
            buf_put_str(b, part.plain);
        else if (find_filter(part.filter, &i))
            filters[i].put(b, lookup(ctx, part.name));
        else
            buf_put_str(b, lookup(ctx, part.name));
    }
}

void text_put_clean(struct buf *b, struct str s) {
    bool gap = false, begun = false;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c <= 0x20 || c == 0x7F) {
            gap = begun;
            continue;
        }
        if (gap)
            buf_putc(b, ' ');
        gap = false;
        begun = true;
        buf_putc(b, (char)c);
    }
}

void text_put_money(struct buf *b, struct str amount) {
    size_t whole = str_find(amount, '.');
    for (size_t i = 0; i < whole; i++) {
        if (amount.ptr[i] < '0' || amount.ptr[i] > '9') { /* no number: say it as it is */
            buf_put_str(b, amount);
            return;
        }
    }
    if (whole == 0) {
        buf_put_str(b, amount);
        return;
    }
    buf_putc(b, '$');
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0)
            buf_putc(b, ',');
        buf_putc(b, amount.ptr[i]);
    }
    buf_put_str(b, str_from_index(amount, whole));
}
