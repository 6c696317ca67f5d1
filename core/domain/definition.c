#include "core/domain/definition.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/domain/names.h"

struct definition_at definition_member(const struct definition_at *up, const char *name) {
    return (struct definition_at){.up = up, .name = str_z(name)};
}

struct definition_at definition_item(const struct definition_at *up, size_t index) {
    return (struct definition_at){.up = up, .index = index};
}

static void put_path(struct buf *b, const struct definition_at *at) {
    if (!at)
        return;
    put_path(b, at->up);
    if (at->name.len == 0) {
        buf_printf(b, "[%zu]", at->index);
        return;
    }
    if (b->len > 0)
        buf_putc(b, '.');
    buf_put_str(b, at->name);
}

void definition_fail(struct definition *d, const struct definition_at *at, enum error_code code,
                     const char *fmt, ...) {
    if (d->rc != ERR_OK)
        return;
    char text[sizeof d->err->text];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct buf path = BUF_INIT(4096);
    put_path(&path, at);
    d->rc = error_field(d->err, code, path.len ? path.ptr : "", "%s", text);
    buf_release(&path);
}

/** As many whole words as fit, and "…" for the rest. */
static void list_words(char *dst, size_t size, const char *const *words, size_t count) {
    static const char rest[] = " …";
    size_t used = 0;
    dst[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        size_t room = size - used - (i + 1 < count ? sizeof rest : 0);
        int n = snprintf(dst + used, room, "%s%s", i ? " " : "", words[i]);
        if (n < 0 || (size_t)n >= room) {
            snprintf(dst + used, size - used, "%s", rest);
            return;
        }
        used += (size_t)n;
    }
}

bool definition_object(struct definition *d, const struct json *v, const struct definition_at *at,
                       const char *const *members) {
    if (d->rc != ERR_OK)
        return false;
    if (json_type(v) != JSON_OBJECT) {
        definition_fail(d, at, ERR_INVALID, "is not an object, write {…}");
        return false;
    }
    size_t count = 0;
    while (members[count])
        count++;
    size_t i;
    for (const struct json *m = json_first(v); m; m = json_next(m)) {
        if (names_find(members, 0, count, json_name(m), &i))
            continue;
        char known[160];
        list_words(known, sizeof known, members, count);
        struct definition_at here = {.up = at, .name = json_name(m)};
        definition_fail(d, &here, ERR_INVALID, "is not known here, remove it or use one of: %s",
                        known);
        return false;
    }
    return true;
}

size_t definition_array(struct definition *d, const struct json *v, const struct definition_at *at,
                        size_t max) {
    if (d->rc != ERR_OK || !v)
        return 0;
    if (json_type(v) != JSON_ARRAY) {
        definition_fail(d, at, ERR_INVALID, "is not a list, write […]");
        return 0;
    }
    if (json_count(v) > max) {
        definition_fail(d, at, ERR_LIMIT, "has %zu items, at most %zu fit", json_count(v), max);
        return 0;
    }
    return json_count(v);
}

static bool is_speakable(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F)
            return false;
        if (c == 0xEF && i + 2 < s.len && (unsigned char)s.ptr[i + 1] == 0xBF &&
            (unsigned char)s.ptr[i + 2] >= 0xBE) /* U+FFFE, U+FFFF: XML cannot hold them */
            return false;
    }
    return true;
}

struct str definition_text_value(struct definition *d, const struct json *v,
                                 const struct definition_at *at, size_t max,
                                 enum definition_need need) {
    struct str s = json_str(v), none = {0};
    if (d->rc != ERR_OK)
        return none;
    if (!v && need == DEFINITION_OPTIONAL)
        return none;
    if (!v)
        definition_fail(d, at, ERR_INVALID, "is missing, add it");
    else if (json_type(v) != JSON_STRING)
        definition_fail(d, at, ERR_INVALID, "is not a text, put it in quotes");
    else if (s.len == 0 && need == DEFINITION_REQUIRED)
        definition_fail(d, at, ERR_INVALID, "is empty, write something");
    else if (s.len > max)
        definition_fail(d, at, ERR_LIMIT, "has %zu bytes, at most %zu fit, shorten it", s.len, max);
    else if (!is_speakable(s))
        definition_fail(d, at, ERR_INVALID, "holds a control character, remove it");
    return d->rc == ERR_OK ? s : none;
}

struct str definition_text(struct definition *d, const struct json *obj,
                           const struct definition_at *at, const char *member, size_t max,
                           enum definition_need need) {
    struct definition_at here = definition_member(at, member);
    return definition_text_value(d, json_get(obj, member), &here, max, need);
}

bool definition_is_name(struct str s, size_t max) {
    if (s.len == 0 || s.len > max)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool other = (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (!letter && (i == 0 || !other))
            return false;
    }
    return true;
}

struct str definition_name(struct definition *d, const struct json *obj,
                           const struct definition_at *at, const char *member, size_t max,
                           enum definition_need need) {
    struct definition_at here = definition_member(at, member);
    struct str s = definition_text_value(d, json_get(obj, member), &here, max, need);
    if (s.len > 0 && !definition_is_name(s, max)) {
        definition_fail(d, &here, ERR_INVALID,
                        "is not a name, use letters, digits, _ and -, beginning with a letter");
        return (struct str){0};
    }
    return s;
}

uint32_t definition_u32(struct definition *d, const struct json *obj,
                        const struct definition_at *at, const char *member, uint32_t min,
                        uint32_t max, uint32_t fallback) {
    const struct json *v = json_get(obj, member);
    int64_t n;
    if (d->rc != ERR_OK || !v)
        return fallback;
    if (json_int(v, min, max, &n))
        return (uint32_t)n;
    struct definition_at here = definition_member(at, member);
    definition_fail(d, &here, ERR_INVALID, "write a whole number from %u to %u", min, max);
    return fallback;
}

bool definition_bool(struct definition *d, const struct json *obj, const struct definition_at *at,
                     const char *member, bool fallback) {
    const struct json *v = json_get(obj, member);
    if (d->rc != ERR_OK || !v)
        return fallback;
    if (json_type(v) == JSON_BOOL)
        return json_bool(v, fallback);
    struct definition_at here = definition_member(at, member);
    definition_fail(d, &here, ERR_INVALID, "write true or false");
    return fallback;
}

const struct json *definition_number(struct definition *d, const struct json *obj,
                                     const struct definition_at *at, const char *member, double min,
                                     double max) {
    const struct json *v = json_get(obj, member);
    if (d->rc != ERR_OK || !v)
        return NULL;
    double n = json_double(v, min - 1);
    if (json_type(v) == JSON_NUMBER && n >= min && n <= max)
        return v;
    struct definition_at here = definition_member(at, member);
    definition_fail(d, &here, ERR_INVALID, "write a number from %g to %g", min, max);
    return NULL;
}

const struct json *definition_open_object(struct definition *d, const struct json *obj,
                                          const struct definition_at *at, const char *member,
                                          size_t max) {
    const struct json *v = json_get(obj, member);
    struct definition_at here = definition_member(at, member);
    if (d->rc != ERR_OK || !v)
        return NULL;
    if (json_type(v) != JSON_OBJECT) {
        definition_fail(d, &here, ERR_INVALID, "is not an object, write {…}");
        return NULL;
    }
    struct buf b = BUF_INIT(max);
    json_put_value(&b, v);
    if (buf_failed(&b))
        definition_fail(d, &here, ERR_LIMIT, "has more than %zu bytes, shorten it", max);
    buf_release(&b);
    return d->rc == ERR_OK ? v : NULL;
}

struct str *definition_texts_value(struct definition *d, const struct json *list,
                                   const struct definition_at *at, size_t items_max, size_t max,
                                   size_t *count) {
    size_t n = definition_array(d, list, at, items_max), i = 0;
    struct str *items = arena_alloc(d->arena, (n + 1) * sizeof *items);
    for (const struct json *v = json_first(list); v && d->rc == ERR_OK; v = json_next(v), i++) {
        struct definition_at item = definition_item(at, i);
        items[i] = definition_text_value(d, v, &item, max, DEFINITION_REQUIRED);
    }
    *count = i;
    return items;
}

struct str *definition_texts(struct definition *d, const struct json *obj,
                             const struct definition_at *at, const char *member, size_t items_max,
                             size_t max, size_t *count) {
    struct definition_at here = definition_member(at, member);
    return definition_texts_value(d, json_get(obj, member), &here, items_max, max, count);
}

struct str definition_url(struct definition *d, const struct json *obj,
                          const struct definition_at *at, const char *member, size_t max,
                          enum definition_need need) {
    struct definition_at here = definition_member(at, member);
    struct str s = definition_text(d, obj, at, member, max, need), host = {0};
    if (str_starts(s, STR("https://")))
        host = str_from_index(s, 8);
    else if (str_starts(s, STR("http://")))
        host = str_from_index(s, 7);
    bool fits = host.len > 0 && host.ptr[0] != '/';
    for (size_t i = 0; fits && i < s.len; i++)
        fits = (unsigned char)s.ptr[i] > 0x20;
    if (s.len == 0 || fits)
        return s;
    definition_fail(d, &here, ERR_INVALID, "is no address, write one like https://example.com/x");
    return (struct str){0};
}

size_t definition_word(struct definition *d, const struct json *obj, const struct definition_at *at,
                       const char *member, const char *const *names, size_t first, size_t count,
                       size_t fallback) {
    struct definition_at here = definition_member(at, member);
    struct str s = definition_text_value(d, json_get(obj, member), &here, 64, DEFINITION_OPTIONAL);
    size_t i;
    if (d->rc != ERR_OK || !json_get(obj, member))
        return fallback;
    if (names_find(names, first, count, s, &i))
        return i;
    char known[160];
    list_words(known, sizeof known, names + first, count - first);
    definition_fail(d, &here, ERR_INVALID, "use one of: %s", known);
    return fallback;
}
