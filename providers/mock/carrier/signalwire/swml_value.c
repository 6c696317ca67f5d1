#include "providers/mock/carrier/signalwire/swml_value.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/mem.h"

enum {
    JSON_BYTES_MAX = 262144,
    NUMBER_TEXT_MAX = 64,
    VALUE_OVERHEAD = 16, /* what a value weighs besides its text */
};

static const struct swml_value undefined = {0};

static struct str own(struct str s) {
    return str_from(mem_copy_str(s), s.len);
}

static void disown(struct str *s) {
    void *p = (void *)(uintptr_t)s->ptr;
    mem_free(p);
    *s = (struct str){0};
}

void swml_value_release(struct swml_value *v) {
    disown(&v->text);
    for (size_t i = 0; i < v->count; i++) {
        disown(&v->items[i].name);
        swml_value_release(&v->items[i].value);
    }
    mem_free(v->items);
    *v = undefined;
}

/* ---- making -----------------------------------------------------------------------------------
 */

struct swml_value swml_text(struct str s) {
    return (struct swml_value){.type = SWML_STRING, .text = own(s)};
}

struct swml_value swml_number(double n) {
    return (struct swml_value){.type = SWML_NUMBER, .number = n};
}

struct swml_value swml_bool(bool b) {
    return (struct swml_value){.type = SWML_BOOL, .truth = b};
}

struct swml_value swml_object(void) {
    return (struct swml_value){.type = SWML_OBJECT};
}

struct swml_value swml_array(void) {
    return (struct swml_value){.type = SWML_ARRAY};
}

static struct swml_member *add(struct swml_value *v, struct str name, struct swml_value value) {
    if (v->count == v->cap) {
        v->cap = v->cap ? v->cap * 2 : 4;
        v->items = mem_resize(v->items, v->cap * sizeof *v->items);
    }
    struct swml_member *m = &v->items[v->count++];
    *m = (struct swml_member){.value = value};
    if (v->type == SWML_OBJECT)
        m->name = own(name);
    return m;
}

static struct swml_value copy_within(const struct swml_value *v, size_t depth) {
    if (!v || depth == 0)
        return undefined;
    struct swml_value out = {.type = v->type, .truth = v->truth, .number = v->number};
    if (v->type == SWML_STRING)
        out.text = own(v->text);
    for (size_t i = 0; i < v->count; i++)
        (void)add(&out, v->items[i].name, copy_within(&v->items[i].value, depth - 1));
    return out;
}

struct swml_value swml_value_copy(const struct swml_value *v) {
    return copy_within(v, SWML_VALUE_DEPTH_MAX);
}

static struct swml_value read_within(const struct json *v, size_t depth) {
    struct swml_value out = {0};
    enum json_type type = depth > 0 ? json_type(v) : JSON_NONE;
    switch (type) {
    case JSON_NONE:
        return undefined;
    case JSON_NULL:
        return (struct swml_value){.type = SWML_NULL};
    case JSON_BOOL:
        return swml_bool(json_bool(v, false));
    case JSON_NUMBER:
        return swml_number(json_double(v, 0));
    case JSON_STRING:
        return swml_text(json_str(v));
    case JSON_ARRAY:
    case JSON_OBJECT:
        out.type = type == JSON_ARRAY ? SWML_ARRAY : SWML_OBJECT;
        for (const struct json *i = json_first(v); i; i = json_next(i))
            (void)add(&out, json_name(i), read_within(i, depth - 1));
        return out;
    }
    return undefined;
}

struct swml_value swml_value_from_json(const struct json *v) {
    return read_within(v, SWML_VALUE_DEPTH_MAX);
}

struct swml_value swml_value_parse(struct str json) {
    const struct json_limits limits = {
        .bytes_max = JSON_BYTES_MAX, .depth_max = 31, .values_max = 10000};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    if (json_parse(json, &limits, &doc, NULL) != ERR_OK)
        return undefined;
    return swml_value_from_json(json_root(doc));
}

/* ---- writing ----------------------------------------------------------------------------------
 */

void swml_value_put_json(const struct swml_value *v, struct json_writer *w) {
    switch (v->type) {
    case SWML_UNDEFINED:
    case SWML_NULL:
    case SWML_TYPE_COUNT:
        json_put_null(w);
        return;
    case SWML_BOOL:
        json_put_bool(w, v->truth);
        return;
    case SWML_NUMBER:
        if (isfinite(v->number))
            json_put_double(w, v->number);
        else
            json_put_null(w);
        return;
    case SWML_STRING:
        json_put_string(w, v->text);
        return;
    case SWML_ARRAY:
        json_begin_array(w);
        for (size_t i = 0; i < v->count; i++)
            swml_value_put_json(&v->items[i].value, w);
        json_end_array(w);
        return;
    case SWML_OBJECT:
        json_begin_object(w);
        for (size_t i = 0; i < v->count; i++) {
            json_key_str(w, v->items[i].name);
            swml_value_put_json(&v->items[i].value, w);
        }
        json_end_object(w);
        return;
    }
}

void swml_value_put_text(const struct swml_value *v, struct buf *out) {
    struct json_writer w;
    if (!v || v->type == SWML_UNDEFINED || v->type == SWML_NULL)
        return;
    if (v->type == SWML_STRING) {
        buf_put_str(out, v->text);
        return;
    }
    json_write_init(&w, out);
    swml_value_put_json(v, &w);
}

/* ---- reading ----------------------------------------------------------------------------------
 */

const struct swml_value *swml_value_at(const struct swml_value *v, size_t i) {
    return v && v->type == SWML_ARRAY && i < v->count ? &v->items[i].value : NULL;
}

static struct swml_member *find_member(const struct swml_value *v, struct str name) {
    for (size_t i = 0; v && v->type == SWML_OBJECT && i < v->count; i++)
        if (str_eq(v->items[i].name, name))
            return &v->items[i];
    return NULL;
}

const struct swml_value *swml_value_get(const struct swml_value *v, struct str name) {
    const struct swml_member *m = find_member(v, name);
    uint64_t i;
    if (m)
        return &m->value;
    return str_to_u64(name, SIZE_MAX, &i) ? swml_value_at(v, (size_t)i) : NULL;
}

/** Take "a" off "a.b", "a[0]", "[0].b". False when nothing is left or it is no path. */
static bool next_name(struct str *path, struct str *name) {
    struct str s = *path;
    if (str_starts(s, STR(".")))
        s = str_from_index(s, 1);
    if (s.len == 0)
        return false;
    size_t n = 0;
    if (s.ptr[0] == '[') {
        n = str_find(s, ']');
        *name = str_trim(str_from(s.ptr + 1, n - 1));
        if (name->len > 1 && (name->ptr[0] == '"' || name->ptr[0] == '\''))
            *name = str_from(name->ptr + 1, name->len - 2);
        *path = str_from_index(s, n + 1);
        return n < s.len;
    }
    while (n < s.len && s.ptr[n] != '.' && s.ptr[n] != '[')
        n++;
    *name = str_from(s.ptr, n);
    *path = str_from_index(s, n);
    return n > 0;
}

const struct swml_value *swml_value_find(const struct swml_value *v, struct str path) {
    struct str name;
    while (v && next_name(&path, &name))
        v = swml_value_get(v, name);
    return path.len == 0 ? v : NULL;
}

/* ---- changing ---------------------------------------------------------------------------------
 */

void swml_value_set(struct swml_value *object, struct str name, struct swml_value value) {
    if (object->type != SWML_OBJECT) {
        swml_value_release(object);
        *object = swml_object();
    }
    struct swml_member *m = find_member(object, name);
    if (!m) {
        (void)add(object, name, value);
        return;
    }
    swml_value_release(&m->value);
    m->value = value;
}

void swml_value_set_text(struct swml_value *object, const char *name, struct str text) {
    swml_value_set(object, str_z(name), swml_text(text));
}

bool swml_value_set_path(struct swml_value *object, struct str path, struct swml_value value) {
    struct str name;
    for (size_t depth = 0; depth < SWML_VALUE_DEPTH_MAX && next_name(&path, &name); depth++) {
        if (path.len == 0) {
            swml_value_set(object, name, value);
            return true;
        }
        if (!find_member(object, name))
            swml_value_set(object, name, swml_object());
        object = &find_member(object, name)->value;
    }
    swml_value_release(&value);
    return false;
}

void swml_value_unset_path(struct swml_value *object, struct str path) {
    struct str name;
    while (next_name(&path, &name)) {
        struct swml_member *m = find_member(object, name);
        if (!m)
            return;
        if (path.len > 0) {
            object = &m->value;
            continue;
        }
        disown(&m->name);
        swml_value_release(&m->value);
        size_t at = (size_t)(m - object->items);
        memmove(m, m + 1, (object->count - at - 1) * sizeof *m);
        object->count--;
    }
}

void swml_value_push(struct swml_value *array, struct swml_value value) {
    if (array->type != SWML_ARRAY) {
        swml_value_release(array);
        *array = swml_array();
    }
    (void)add(array, STR(""), value);
}

void swml_value_merge(struct swml_value *object, const struct swml_value *from) {
    for (size_t i = 0; from && from->type == SWML_OBJECT && i < from->count; i++)
        swml_value_set(object, from->items[i].name, swml_value_copy(&from->items[i].value));
}

size_t swml_value_weight(const struct swml_value *v) {
    size_t n = VALUE_OVERHEAD + v->text.len;
    for (size_t i = 0; i < v->count; i++)
        n += v->items[i].name.len + swml_value_weight(&v->items[i].value);
    return n;
}

/* ---- as JavaScript takes it -------------------------------------------------------------------
 */

bool swml_value_is_true(const struct swml_value *v) {
    if (!v || v->type == SWML_UNDEFINED || v->type == SWML_NULL)
        return false;
    if (v->type == SWML_BOOL)
        return v->truth;
    if (v->type == SWML_NUMBER)
        return v->number != 0 && !isnan(v->number);
    return v->type != SWML_STRING || v->text.len > 0;
}

static double text_to_number(struct str s) {
    char copy[NUMBER_TEXT_MAX];
    s = str_trim(s);
    if (s.len == 0)
        return 0;
    for (size_t i = 0; i < s.len; i++) /* neither "inf" nor hexadecimal */
        if (!memchr("0123456789+-.eE", s.ptr[i], 15))
            return NAN;
    if (!str_copy(s, copy, sizeof copy))
        return NAN;
    char *end = copy;
    double n = strtod(copy, &end);
    return *end == '\0' ? n : NAN;
}

double swml_value_to_number(const struct swml_value *v) {
    if (!v)
        return NAN;
    switch (v->type) {
    case SWML_NULL:
        return 0;
    case SWML_BOOL:
        return v->truth ? 1 : 0;
    case SWML_NUMBER:
        return v->number;
    case SWML_STRING:
        return text_to_number(v->text);
    case SWML_UNDEFINED:
    case SWML_ARRAY:
    case SWML_OBJECT:
    case SWML_TYPE_COUNT:
        return NAN;
    }
    return NAN;
}

bool swml_value_same(const struct swml_value *a, const struct swml_value *b) {
    if (a->type != b->type)
        return false;
    switch (a->type) {
    case SWML_BOOL:
        return a->truth == b->truth;
    case SWML_NUMBER:
        return a->number == b->number;
    case SWML_STRING:
        return str_eq(a->text, b->text);
    case SWML_UNDEFINED:
    case SWML_NULL:
        return true;
    case SWML_ARRAY:
    case SWML_OBJECT:
    case SWML_TYPE_COUNT:
        return a == b; /* two things are not the same for being alike */
    }
    return false;
}

static bool is_nothing(const struct swml_value *v) {
    return v->type == SWML_UNDEFINED || v->type == SWML_NULL;
}

bool swml_value_equal(const struct swml_value *a, const struct swml_value *b) {
    if (a->type == b->type)
        return swml_value_same(a, b);
    if (is_nothing(a) || is_nothing(b))
        return is_nothing(a) && is_nothing(b);
    return swml_value_to_number(a) == swml_value_to_number(b);
}
