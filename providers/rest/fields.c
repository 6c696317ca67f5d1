#include "providers/rest/fields.h"

#include "core/domain/provider.h"
#include "providers/rest/encode.h"

enum error_code rest_fields_sort(const struct form *f, const struct rest_field_name *names,
                                 size_t count, struct str *values, struct error *err) {
    for (size_t i = 0; i < f->count; i++)
        for (size_t k = 0; k < count; k++) {
            const struct rest_field_name *known = &names[k];
            struct str name = f->pairs[i].name, value = f->pairs[i].value;
            if (name.len != known->name.len || name.ptr[0] != known->name.ptr[0] ||
                !str_eq(name, known->name))
                continue; /* in this order, because it happens five hundred times a webhook */
            struct str *v = &values[known->key];
            if (v->ptr && !str_eq(*v, value))
                return error_field(err, ERR_INVALID, known->name.ptr,
                                   "%s comes twice with different values", known->name.ptr);
            *v = str_from(value.ptr ? value.ptr : "", value.len);
            break;
        }
    return ERR_OK;
}

enum error_code rest_field_u32(const char *name, struct str value, uint32_t *out, bool *given,
                               struct error *err) {
    uint64_t n;
    if (value.len == 0)
        return ERR_OK;
    if (!str_to_u64(value, INT32_MAX, &n))
        return error_field(err, ERR_INVALID, name, "%s is no number", name);
    *out = (uint32_t)n;
    if (given)
        *given = true;
    return ERR_OK;
}

double rest_field_fraction(struct str s) {
    size_t dot = str_find(s, '.');
    struct str places = str_from_index(s, dot + 1);
    uint64_t whole, part = 0;
    double scale = 1;
    if (!str_to_u64(str_from(s.ptr, dot), 1, &whole) || places.len > 18 ||
        (dot < s.len && !str_to_u64(places, UINT64_MAX, &part)))
        return -1;
    for (size_t i = 0; i < places.len; i++)
        scale *= 10;
    double d = (double)whole + (double)part / scale;
    return d <= 1 ? d : -1;
}

void rest_news_parties(struct webhook_news *n, struct str to, struct str from) {
    rest_copy_bare_party(to, n->to);
    rest_copy_bare_party(from, n->from);
}

bool rest_field_is_keys(struct str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == '\0' || !strchr("0123456789*#ABCDabcd", s.ptr[i]))
            return false;
    return true;
}
