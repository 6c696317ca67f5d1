#include "core/domain/schema.h"

#include <math.h>

#include "core/base/compiler.h"
#include "core/domain/names.h"

static const char *const keywords[] = {
    "type",      "properties",  "required", "additionalProperties",
    "items",     "enum",        "minimum",  "maximum",
    "minLength", "maxLength",   "minItems", "maxItems",
    "title",     "description", "default",  "examples",
    "format",    NULL};

static const char *const type_names[] = {"string",  "number", "integer",
                                         "boolean", "object", "array"};
enum {
    TYPE_STRING,
    TYPE_NUMBER,
    TYPE_INTEGER,
    TYPE_BOOLEAN,
    TYPE_OBJECT,
    TYPE_ARRAY,
    TYPE_COUNT
};

/* ---- definitions ----------------------------------------------------------------------------- */

static void check_node(struct definition *d, const struct json *schema,
                       const struct definition_at *at, unsigned depth);

static void check_count(struct definition *d, const struct json *schema,
                        const struct definition_at *at, const char *member) {
    definition_u32(d, schema, at, member, 0, 1000000, 0);
}

static void check_bound(struct definition *d, const struct json *schema,
                        const struct definition_at *at, const char *member) {
    const struct json *v = json_get(schema, member);
    struct definition_at here = definition_member(at, member);
    if (v && json_type(v) != JSON_NUMBER)
        definition_fail(d, &here, ERR_INVALID, "is not a number");
}

static void check_properties(struct definition *d, const struct json *schema,
                             const struct definition_at *at, unsigned depth) {
    const struct json *properties = json_get(schema, "properties");
    struct definition_at here = definition_member(at, "properties");
    if (properties && json_type(properties) != JSON_OBJECT) {
        definition_fail(d, &here, ERR_INVALID, "is not an object, write {…}");
        return;
    }
    for (const struct json *p = json_first(properties); p; p = json_next(p)) {
        struct definition_at item = {.up = &here, .name = json_name(p)};
        check_node(d, p, &item, depth + 1);
    }
    const struct json *required = json_get(schema, "required");
    struct definition_at list = definition_member(at, "required");
    definition_array(d, required, &list, 64);
    size_t i = 0;
    for (const struct json *r = json_first(required); r && d->rc == ERR_OK; r = json_next(r)) {
        struct definition_at item = definition_item(&list, i++);
        bool known = false;
        for (const struct json *p = json_first(properties); p; p = json_next(p))
            known = known || str_eq(json_name(p), json_str(r));
        if (json_type(r) != JSON_STRING || !known)
            definition_fail(d, &item, ERR_INVALID, "names no property, add it to properties");
    }
}

static void check_enum(struct definition *d, const struct json *schema,
                       const struct definition_at *at) {
    const struct json *values = json_get(schema, "enum");
    struct definition_at here = definition_member(at, "enum");
    if (!values)
        return;
    if (definition_array(d, values, &here, 100) == 0)
        definition_fail(d, &here, ERR_INVALID, "is empty, list the allowed values");
    size_t i = 0;
    for (const struct json *v = json_first(values); v; v = json_next(v)) {
        struct definition_at item = definition_item(&here, i++);
        if (json_type(v) != JSON_STRING)
            definition_fail(d, &item, ERR_INVALID, "is not a text, put it in quotes");
    }
}

static void check_node(struct definition *d, const struct json *schema,
                       const struct definition_at *at, unsigned depth) {
    if (depth > SCHEMA_DEPTH_MAX) {
        definition_fail(d, at, ERR_LIMIT, "is nested more than %d deep", SCHEMA_DEPTH_MAX);
        return;
    }
    if (!definition_object(d, schema, at, keywords))
        return;
    struct definition_at type_at = definition_member(at, "type");
    if (!json_get(schema, "type"))
        definition_fail(d, &type_at, ERR_INVALID, "is missing, add it");
    size_t type = definition_word(d, schema, at, "type", type_names, 0, TYPE_COUNT, TYPE_OBJECT);
    if (depth == 0 && type != TYPE_OBJECT)
        definition_fail(d, &type_at, ERR_INVALID, "arguments are an object, write \"object\"");
    definition_bool(d, schema, at, "additionalProperties", false);
    check_count(d, schema, at, "minLength");
    check_count(d, schema, at, "maxLength");
    check_count(d, schema, at, "minItems");
    check_count(d, schema, at, "maxItems");
    check_bound(d, schema, at, "minimum");
    check_bound(d, schema, at, "maximum");
    check_enum(d, schema, at);
    check_properties(d, schema, at, depth);
    if (json_get(schema, "items")) {
        struct definition_at items = definition_member(at, "items");
        check_node(d, json_get(schema, "items"), &items, depth + 1);
    }
}

void schema_check_definition(struct definition *d, const struct json *schema,
                             const struct definition_at *at) {
    check_node(d, schema, at, 0);
}

/* ---- values ---------------------------------------------------------------------------------- */

static void check_value(struct definition *d, const struct json *schema, const struct json *v,
                        const struct definition_at *at, unsigned depth);

static int64_t bound(const struct json *schema, const char *name, int64_t fallback) {
    int64_t n;
    return json_int(json_get(schema, name), 0, INT32_MAX, &n) ? n : fallback;
}

static void check_length(struct definition *d, const struct json *schema, int64_t length,
                         const char *least, const char *most, int64_t fallback,
                         const struct definition_at *at) {
    int64_t min = bound(schema, least, 0), max = bound(schema, most, fallback);
    if (length < min)
        definition_fail(d, at, ERR_INVALID, "is too short, %lld at least", (long long)min);
    if (length > max)
        definition_fail(d, at, ERR_LIMIT, "is too long, %lld at most", (long long)max);
}

static void check_string(struct definition *d, const struct json *schema, const struct json *v,
                         const struct definition_at *at) {
    struct str s = json_str(v);
    check_length(d, schema, (int64_t)str_count_chars(s), "minLength", "maxLength",
                 SCHEMA_TEXT_DEFAULT_MAX, at);
    const struct json *values = json_get(schema, "enum");
    bool known = !values;
    for (const struct json *e = json_first(values); e; e = json_next(e))
        known = known || str_eq(json_str(e), s);
    if (!known) {
        struct buf list = BUF_INIT(160);
        for (const struct json *e = json_first(values); e && !buf_failed(&list); e = json_next(e))
            buf_printf(&list, " " STR_FMT, STR_ARG(json_str(e)));
        definition_fail(d, at, ERR_INVALID, "use one of:%s", list.ptr ? list.ptr : "");
        buf_release(&list);
    }
}

static void check_number(struct definition *d, const struct json *schema, const struct json *v,
                         const struct definition_at *at, bool whole) {
    double n = json_double(v, 0);
    if (whole && n != floor(n))
        definition_fail(d, at, ERR_INVALID, "is not a whole number");
    if (n < json_double(json_get(schema, "minimum"), n))
        definition_fail(d, at, ERR_INVALID, "is too small, %g at least",
                        json_double(json_get(schema, "minimum"), n));
    if (n > json_double(json_get(schema, "maximum"), n))
        definition_fail(d, at, ERR_INVALID, "is too large, %g at most",
                        json_double(json_get(schema, "maximum"), n));
}

static const struct json *member_of(const struct json *object, struct str name) {
    for (const struct json *m = json_first(object); m; m = json_next(m))
        if (str_eq(json_name(m), name))
            return m;
    return NULL;
}

static void check_object(struct definition *d, const struct json *schema, const struct json *v,
                         const struct definition_at *at, unsigned depth) {
    const struct json *properties = json_get(schema, "properties");
    bool open = json_bool(json_get(schema, "additionalProperties"), false);
    for (const struct json *m = json_first(v); m; m = json_next(m)) {
        struct definition_at here = {.up = at, .name = json_name(m)};
        const struct json *property = member_of(properties, json_name(m));
        if (property)
            check_value(d, property, m, &here, depth + 1);
        else if (!open)
            definition_fail(d, &here, ERR_INVALID, "is not known here, remove it");
    }
    for (const struct json *r = json_first(json_get(schema, "required")); r; r = json_next(r)) {
        struct definition_at here = {.up = at, .name = json_str(r)};
        if (!member_of(v, json_str(r)))
            definition_fail(d, &here, ERR_INVALID, "is missing, add it");
    }
}

static void check_value(struct definition *d, const struct json *schema, const struct json *v,
                        const struct definition_at *at, unsigned depth) {
    static const enum json_type wanted[TYPE_COUNT] = {
        [TYPE_STRING] = JSON_STRING, [TYPE_NUMBER] = JSON_NUMBER, [TYPE_INTEGER] = JSON_NUMBER,
        [TYPE_BOOLEAN] = JSON_BOOL,  [TYPE_OBJECT] = JSON_OBJECT, [TYPE_ARRAY] = JSON_ARRAY,
    };
    size_t type = TYPE_OBJECT, i = 0;
    if (depth > SCHEMA_DEPTH_MAX ||
        !names_find(type_names, 0, TYPE_COUNT, json_str(json_get(schema, "type")), &type)) {
        definition_fail(d, at, ERR_INVALID, "has a schema that cannot be checked");
        return;
    }
    if (json_type(v) != wanted[type] && !(depth == 0 && !v)) {
        definition_fail(d, at, ERR_INVALID, "is not of type %s", type_names[type]);
        return;
    }
    if (type == TYPE_STRING)
        check_string(d, schema, v, at);
    if (type == TYPE_NUMBER || type == TYPE_INTEGER)
        check_number(d, schema, v, at, type == TYPE_INTEGER);
    if (type == TYPE_OBJECT)
        check_object(d, schema, v, at, depth);
    if (type != TYPE_ARRAY)
        return;
    check_length(d, schema, (int64_t)json_count(v), "minItems", "maxItems", 100, at);
    for (const struct json *item = json_first(v); item; item = json_next(item)) {
        struct definition_at here = definition_item(at, i++);
        if (json_get(schema, "items"))
            check_value(d, json_get(schema, "items"), item, &here, depth + 1);
    }
}

enum error_code schema_check(const struct json *schema, const struct json *value, const char *name,
                             struct error *err) {
    struct definition d = {.err = err};
    struct definition_at at = definition_member(NULL, name);
    check_value(&d, schema, value, &at, 0);
    return d.rc;
}
