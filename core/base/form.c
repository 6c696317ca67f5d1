#include "core/base/form.h"

enum {
    /* every byte of a pair may come as %XX, with '=' between and '&' behind */
    FORM_TEXT_MAX = FORM_PAIRS_MAX * (3 * (FORM_NAME_MAX + FORM_VALUE_MAX) + 2),
};

/** Undo the encoding of one name or value into *at, which moves on; why it cannot be, or NULL. */
static const char *decode(struct str raw, char **at, struct str *out) {
    char *p = *at;
    bool plain = true; /* ASCII without NUL: the usual case needs no second look */
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            int high = raw.len - i > 2 ? str_hex_value(raw.ptr[i + 1]) : -1;
            int low = raw.len - i > 2 ? str_hex_value(raw.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return "holds a '%' without two hex digits";
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == ';') {
            /* an old separator: another reader might split here, so refuse to guess */
            return "holds a bare ';' (send %3B)";
        }
        plain = plain && (signed char)c > 0;
        *p++ = c;
    }
    *out = str_from(*at, (size_t)(p - *at));
    *at = p;
    return plain || str_is_utf8(*out) ? NULL : "is not UTF-8 text without NUL";
}

/** Which rule a pair breaks; NULL when none. Limits are checked apart, they are another error. */
static const char *decode_pair(struct str raw, char **at, struct form_pair *out) {
    size_t eq = str_find(raw, '=');
    if (eq == 0 || raw.len == 0)
        return "has no name";
    if (eq == raw.len)
        return "has no '='";
    const char *fault = decode(str_from(raw.ptr, eq), at, &out->name);
    return fault ? fault : decode(str_from_index(raw, eq + 1), at, &out->value);
}

NODISCARD static enum error_code check_limits(const struct form_pair *p, size_t number,
                                              struct error *err) {
    if (p->name.len > FORM_NAME_MAX)
        return error_set(err, ERR_LIMIT, "form pair %zu: name is over %d bytes", number,
                         FORM_NAME_MAX);
    if (p->value.len > FORM_VALUE_MAX)
        return error_set(err, ERR_LIMIT, "form pair %zu: value is over %d bytes", number,
                         FORM_VALUE_MAX);
    return ERR_OK;
}

enum error_code form_parse(struct arena *a, struct str text, struct form *out, struct error *err) {
    if (text.len > FORM_TEXT_MAX)
        return error_set(err, ERR_LIMIT, "form is over %d bytes", FORM_TEXT_MAX);
    if (text.len == 0) {
        *out = (struct form){0};
        return ERR_OK;
    }
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == '&';
    if (count > FORM_PAIRS_MAX)
        return error_set(err, ERR_LIMIT, "form has over %d pairs", FORM_PAIRS_MAX);

    struct form f = {.pairs = arena_alloc(a, count * sizeof *f.pairs)};
    char *at = arena_alloc(a, text.len); /* decoding never makes it longer */
    struct str raw, rest = text;
    while (str_next(&rest, '&', &raw)) {
        struct form_pair *pair = &f.pairs[f.count++];
        const char *fault = decode_pair(raw, &at, pair);
        if (fault)
            return error_set(err, ERR_INVALID, "form pair %zu %s", f.count, fault);
        enum error_code rc = check_limits(pair, f.count, err);
        if (rc != ERR_OK)
            return rc;
    }
    *out = f;
    return ERR_OK;
}

struct str form_get(const struct form *f, struct str name) {
    for (size_t i = 0; i < f->count; i++)
        if (str_eq(f->pairs[i].name, name))
            return f->pairs[i].value;
    return str_from(NULL, 0);
}

bool form_is_ambiguous(const struct form *f, struct str name) {
    const struct form_pair *first = NULL;
    for (size_t i = 0; i < f->count; i++) {
        const struct form_pair *p = &f->pairs[i];
        if (!str_eq(p->name, name))
            continue;
        if (first && !str_eq(first->value, p->value))
            return true;
        first = p;
    }
    return false;
}
