#include "tests/support/json_same.h"

#include <math.h>

static bool same_children(const struct json *a, const struct json *b) {
    const struct json *y = json_first(b);
    for (const struct json *x = json_first(a); x; x = json_next(x)) {
        char name[256];
        if (json_type(a) == JSON_OBJECT) {
            if (!str_copy(json_name(x), name, sizeof name) || !(y = json_get(b, name)))
                return false;
        }
        if (!json_same(x, y))
            return false;
        y = json_next(y);
    }
    return true;
}

bool json_same(const struct json *a, const struct json *b) {
    if (json_type(a) != json_type(b) || json_count(a) != json_count(b))
        return false;
    switch (json_type(a)) {
    case JSON_NONE:
    case JSON_NULL:
        return true;
    case JSON_BOOL:
        return json_bool(a, false) == json_bool(b, false);
    case JSON_NUMBER:
        return fabs(json_double(a, 0) - json_double(b, 1)) < 1e-9;
    case JSON_STRING:
        return str_eq(json_str(a), json_str(b));
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return same_children(a, b);
}

bool json_same_text(struct str a, struct str b) {
    static const struct json_limits limits = {
        .bytes_max = 1 << 20, .depth_max = 31, .values_max = 100000};
    CLEANUP(json_doc_freep) struct json_doc *x = NULL;
    CLEANUP(json_doc_freep) struct json_doc *y = NULL;
    return json_parse(a, &limits, &x, NULL) == ERR_OK &&
           json_parse(b, &limits, &y, NULL) == ERR_OK && json_same(json_root(x), json_root(y));
}
