#include "tests/integration/api/openapi_check.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"

enum {
    WHERE_SIZE = 256
};

static bool wrong(const char *where, const char *what, struct str more) {
    fprintf(stderr, "    %s: %s " STR_FMT "\n", where, what, STR_ARG(more));
    return false;
}

/* "#/components/schemas/Call" */
static const struct json *follow(const struct json *document, const struct json *schema) {
    struct str ref = json_str(json_get(schema, "$ref")), part;
    if (!ref.ptr)
        return schema;
    const struct json *at = document;
    str_next(&ref, '/', &part);
    while (str_next(&ref, '/', &part)) {
        char name[64];
        if (!str_copy(part, name, sizeof name))
            return NULL;
        at = json_get(at, name);
    }
    return at;
}

static bool is_whole(const struct json *v) {
    int64_t n;
    return json_int(v, INT64_MIN / 2, INT64_MAX / 2, &n);
}

static bool has_type(struct str type, const struct json *v) {
    switch (json_type(v)) {
    case JSON_NULL:
        return str_eq_z(type, "null");
    case JSON_BOOL:
        return str_eq_z(type, "boolean");
    case JSON_NUMBER:
        return str_eq_z(type, "number") || (str_eq_z(type, "integer") && is_whole(v));
    case JSON_STRING:
        return str_eq_z(type, "string");
    case JSON_ARRAY:
        return str_eq_z(type, "array");
    case JSON_OBJECT:
        return str_eq_z(type, "object");
    case JSON_NONE:
        break;
    }
    return false;
}

static bool has_one_type(const struct json *types, const struct json *v) {
    if (json_type(types) == JSON_STRING)
        return has_type(json_str(types), v);
    for (const struct json *t = json_first(types); t; t = json_next(t))
        if (has_type(json_str(t), v))
            return true;
    return types == NULL;
}

static bool is_listed(const struct json *list, const struct json *v) {
    for (const struct json *e = json_first(list); e; e = json_next(e)) {
        bool same = json_type(e) == json_type(v);
        if (same && json_type(e) == JSON_STRING)
            same = str_eq(json_str(e), json_str(v));
        else if (same && json_type(e) == JSON_BOOL)
            same = json_bool(e, false) == json_bool(v, true);
        if (same)
            return true;
    }
    return list == NULL;
}

static const struct json *member_by(const struct json *object, struct str name) {
    for (const struct json *m = json_first(object); m; m = json_next(m))
        if (str_eq(json_name(m), name))
            return m;
    return NULL;
}

static bool object_fits(const struct json *document, const struct json *schema,
                        const struct json *value, const char *where) {
    const struct json *properties = json_get(schema, "properties");
    const struct json *more = json_get(schema, "additionalProperties");
    const struct json *required = json_get(schema, "required");
    for (const struct json *r = json_first(required); r; r = json_next(r))
        if (!member_by(value, json_str(r)))
            return wrong(where, "lacks", json_str(r));
    for (const struct json *m = json_first(value); m; m = json_next(m)) {
        char inner[WHERE_SIZE];
        const struct json *known = member_by(properties, json_name(m));
        snprintf(inner, sizeof inner, "%.150s." STR_FMT, where, STR_ARG(json_name(m)));
        if (!known && json_type(more) == JSON_OBJECT)
            known = more;
        if (!known && !json_bool(more, false))
            return wrong(where, "has the undescribed member", json_name(m));
        if (known && !openapi_fits(document, known, m, inner))
            return false;
    }
    return true;
}

static bool known_words_only(const struct json *schema, const char *where) {
    static const char *const words[] = {
        "$ref",    "type",       "description",          "enum",  "pattern", "required",
        "format",  "properties", "additionalProperties", "items", "oneOf",   "minimum",
        "maximum", "default"};
    for (const struct json *m = json_first(schema); m; m = json_next(m)) {
        bool known = false;
        for (size_t i = 0; i < ARRAY_LEN(words); i++)
            known = known || str_eq_z(json_name(m), words[i]);
        if (!known)
            return wrong(where, "the check does not know the word", json_name(m));
    }
    return true;
}

static bool one_fits(const struct json *document, const struct json *choices,
                     const struct json *value, const char *where) {
    for (const struct json *c = json_first(choices); c; c = json_next(c)) {
        const struct json *target = follow(document, c);
        if (has_one_type(json_get(target, "type"), value))
            return openapi_fits(document, target, value, where);
    }
    return wrong(where, "fits none of oneOf", (struct str){0});
}

bool openapi_fits(const struct json *document, const struct json *schema, const struct json *value,
                  const char *where) {
    schema = follow(document, schema);
    if (!schema)
        return wrong(where, "has a reference that leads nowhere", (struct str){0});
    if (!known_words_only(schema, where))
        return false;
    if (json_get(schema, "oneOf"))
        return one_fits(document, json_get(schema, "oneOf"), value, where);
    if (!has_one_type(json_get(schema, "type"), value))
        return wrong(where, "has another type", (struct str){0});
    if (!is_listed(json_get(schema, "enum"), value))
        return wrong(where, "is not in the enum:", json_str(value));
    struct str pattern = json_str(json_get(schema, "pattern"));
    size_t prefix = str_find(pattern, '_');
    if (pattern.len > 0 && !str_starts(json_str(value), str_from(pattern.ptr + 1, prefix)))
        return wrong(where, "has another prefix:", json_str(value));
    if (json_type(value) == JSON_OBJECT)
        return object_fits(document, schema, value, where);
    if (json_type(value) == JSON_ARRAY)
        for (const struct json *i = json_first(value); i; i = json_next(i))
            if (!openapi_fits(document, json_get(schema, "items"), i, where))
                return false;
    return true;
}

/* "/api/calls/{id}/events" is "/api/calls/{}/events" in the table. */
static bool same_path(struct str described, struct str route) {
    struct str a, b;
    for (;;) {
        bool more_a = str_next(&described, '/', &a), more_b = str_next(&route, '/', &b);
        if (more_a != more_b)
            return false;
        if (!more_a)
            return true;
        if (!str_eq(a, b) && !(str_starts(a, STR("{")) && str_eq_z(b, "{}")))
            return false;
    }
}

const struct json *openapi_operation(const struct json *document, const char *method,
                                     const char *path) {
    char lower[16] = "";
    for (size_t i = 0; method[i] && i + 1 < sizeof lower; i++)
        lower[i] = (char)(method[i] | 0x20);
    const struct json *paths = json_get(document, "paths");
    for (const struct json *p = json_first(paths); p; p = json_next(p))
        if (same_path(json_name(p), str_z(path)))
            return json_get(p, lower);
    return NULL;
}

const struct json *openapi_reply_schema(const struct json *document, const struct json *operation,
                                        int status, const char *type) {
    char code[8];
    snprintf(code, sizeof code, "%d", status);
    const struct json *response =
        follow(document, json_get(json_get(operation, "responses"), code));
    return json_get(json_get(json_get(response, "content"), type), "schema");
}
