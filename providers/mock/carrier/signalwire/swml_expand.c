#include "providers/mock/carrier/signalwire/swml_expand.h"

enum {
    DEPTH_MAX = 16, /* of a verb's parameters */
    TEXT_MAX = 65536,
};

const struct swml_value *swml_scope_lookup(void *scope, struct str name) {
    const struct swml_scope *s = scope;
    const struct {
        const char *name;
        const struct swml_value *value;
    } scopes[] = {{"vars", s->vars}, {"envs", s->envs}, {"params", s->params}, {"call", s->call}};
    for (size_t i = 0; i < ARRAY_LEN(scopes); i++)
        if (str_eq_z(name, scopes[i].name))
            return scopes[i].value;
    const struct swml_value *const order[] = {s->more, s->vars, s->envs, s->call};
    for (size_t i = 0; i < ARRAY_LEN(order); i++) {
        const struct swml_value *v = swml_value_get(order[i], name);
        if (v)
            return v;
    }
    return NULL;
}

static const struct swml_value *find_path(const struct swml_scope *s, struct str path) {
    size_t n = 0;
    while (n < path.len && path.ptr[n] != '.' && path.ptr[n] != '[')
        n++;
    struct swml_scope copy = *s;
    return swml_value_find(swml_scope_lookup(&copy, str_from(path.ptr, n)),
                           str_from_index(path, n));
}

static struct swml_value evaluate(const struct swml_scope *s, struct str inner) {
    struct swml_scope copy = *s;
    struct swml_value v = {0};
    inner = str_trim(inner);
    const struct swml_value *found = find_path(s, inner);
    if (found)
        return swml_value_copy(found);
    if (swml_expr_eval(inner, swml_scope_lookup, &copy, &v, NULL) != ERR_OK)
        return (struct swml_value){0};
    return v;
}

/** A reference at the text's beginning: its inner part, and its whole length; false: none. */
static bool reference(struct str text, struct str *inner, size_t *length) {
    if (text.len < 3 || (text.ptr[0] != '$' && text.ptr[0] != '%') || text.ptr[1] != '{')
        return false;
    size_t open = 1, i = 2;
    for (; i < text.len && open > 0; i++)
        open += text.ptr[i] == '{' ? 1 : text.ptr[i] == '}' ? (size_t)-1 : 0;
    if (open > 0)
        return false;
    *inner = str_from(text.ptr + 2, i - 3);
    *length = i;
    return true;
}

void swml_expand_text(const struct swml_scope *s, struct str text, struct buf *out) {
    while (text.len > 0) {
        struct str inner;
        size_t length;
        if (!reference(text, &inner, &length)) {
            buf_putc(out, text.ptr[0]);
            text = str_from_index(text, 1);
            continue;
        }
        struct swml_value v = evaluate(s, inner);
        swml_value_put_text(&v, out);
        swml_value_release(&v);
        text = str_from_index(text, length);
    }
}

struct swml_value swml_expand_string(const struct swml_scope *s, struct str text) {
    struct str inner;
    size_t length;
    if (reference(text, &inner, &length) && length == text.len) {
        struct swml_value v = evaluate(s, inner);
        return v.type == SWML_UNDEFINED ? swml_text(STR("")) : v;
    }
    struct buf out = BUF_INIT(TEXT_MAX);
    swml_expand_text(s, text, &out);
    struct swml_value v = swml_text(buf_str(&out));
    buf_release(&out);
    return v;
}

static struct swml_value expand_within(const struct swml_scope *s, const struct json *v,
                                       size_t depth) {
    enum json_type type = json_type(v);
    if (depth == 0)
        return (struct swml_value){0};
    if (type == JSON_STRING)
        return swml_expand_string(s, json_str(v));
    if (type != JSON_ARRAY && type != JSON_OBJECT)
        return swml_value_from_json(v);
    struct swml_value out = type == JSON_ARRAY ? swml_array() : swml_object();
    for (const struct json *i = json_first(v); i; i = json_next(i)) {
        struct swml_value item = expand_within(s, i, depth - 1);
        if (type == JSON_ARRAY)
            swml_value_push(&out, item);
        else
            swml_value_set(&out, json_name(i), item);
    }
    return out;
}

struct swml_value swml_expand_json(const struct swml_scope *s, const struct json *v) {
    return expand_within(s, v, DEPTH_MAX);
}
