#include "core/base/json.h"

#include <assert.h>
#include <cjson/cJSON.h>
#include <math.h>
#include <stdlib.h>

#include "core/base/json_scan.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/base/utf8.h"

enum {
    BYTES_DEFAULT = 65536,
    DEPTH_DEFAULT = 16,
    DEPTH_MAX = 31, /* what the writer, and so json_put_value(), can nest */
    VALUES_DEFAULT = 1000,
    NAME_SHOWN_BYTES = 64, /* of a key in an error text */
};

struct json_doc {
    cJSON *root;
    bool wipe;
};

/* A struct json is a cJSON item under another name, so that nobody else needs to know cJSON. */
static const cJSON *item(const struct json *v) {
    return (const cJSON *)(const void *)v;
}

static const struct json *value(const cJSON *c) {
    return (const struct json *)(const void *)c;
}

/* ---- duplicate keys ------------------------------------------------------------------------ */

struct key {
    const cJSON *object;
    const char *name;
    size_t ordinal; /* in the document, from 1 */
};

struct key_list {
    struct key *keys;
    size_t count;
};

static void collect_keys(struct key_list *list, const cJSON *parent) {
    for (const cJSON *c = parent->child; c; c = c->next) {
        if (cJSON_IsObject(parent)) {
            list->keys[list->count] = (struct key){parent, c->string, list->count + 1};
            list->count++;
        }
        collect_keys(list, c);
    }
}

static int compare_keys(const void *left, const void *right) {
    const struct key *a = left, *b = right;
    if (a->object != b->object)
        return (uintptr_t)a->object < (uintptr_t)b->object ? -1 : 1;
    int order = strcmp(a->name, b->name);
    return order != 0 ? order : (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

/** The first key, in document order, that its object has already; false when there is none. */
static bool find_duplicate(const cJSON *root, size_t key_count, struct key *out) {
    if (key_count < 2)
        return false;
    CLEANUP(mem_freep) struct key *keys = mem_array(key_count, sizeof *keys);
    struct key_list list = {.keys = keys};
    collect_keys(&list, root);
    assert(list.count == key_count);
    /* sorted, because comparing each with each would let 64 KiB of keys take seconds */
    qsort(keys, key_count, sizeof *keys, compare_keys);
    bool found = false;
    for (size_t i = 1; i < key_count; i++) {
        bool same =
            keys[i].object == keys[i - 1].object && strcmp(keys[i].name, keys[i - 1].name) == 0;
        if (same && (!found || keys[i].ordinal < out->ordinal)) {
            *out = keys[i];
            found = true;
        }
    }
    return found;
}

static enum error_code refuse_duplicate(struct json_scan again, const struct key *key,
                                        struct error *err) {
    size_t line, column, shown = strlen(key->name);
    again.key_wanted = key->ordinal;
    json_scan_run(&again); /* once more, for the place; it passed before */
    json_scan_place(again.text, again.key_at, &line, &column);
    if (shown > NAME_SHOWN_BYTES)
        shown = utf8_cut(key->name, NAME_SHOWN_BYTES);
    return error_field(err, ERR_INVALID, key->name, "line %zu column %zu: duplicate key \"%.*s\"",
                       line, column, (int)shown, key->name);
}

/* ---- reading ------------------------------------------------------------------------------- */

static enum error_code refuse_fault(const struct json_scan *s, struct error *err) {
    size_t line, column;
    json_scan_place(s->text, s->at, &line, &column);
    if (s->limit > 0)
        return error_set(err, s->code, "line %zu column %zu: %s (limit %zu)", line, column, s->rule,
                         s->limit);
    return error_set(err, s->code, "line %zu column %zu: %s", line, column, s->rule);
}

static struct json_scan scan_of(struct str text, const struct json_limits *limits) {
    struct json_limits l = limits ? *limits : (struct json_limits){0};
    size_t depth = l.depth_max ? l.depth_max : DEPTH_DEFAULT;
    return (struct json_scan){
        .text = text,
        .bytes_max = l.bytes_max ? l.bytes_max : BYTES_DEFAULT,
        .depth_max = depth < DEPTH_MAX ? depth : DEPTH_MAX,
        .values_max = l.values_max ? l.values_max : VALUES_DEFAULT,
    };
}

enum error_code json_parse(struct str text, const struct json_limits *limits, struct json_doc **out,
                           struct error *err) {
    const struct json_scan fresh = scan_of(text, limits);
    struct json_scan scan = fresh;
    if (!json_scan_run(&scan))
        return refuse_fault(&scan, err);
    CLEANUP(json_doc_freep) struct json_doc *doc = mem_zalloc(sizeof *doc);
    /* cJSON 1.7.15 wants its NUL inside the length; without one it reads past the end */
    CLEANUP(mem_freep) char *z = mem_copy_str(text);
    doc->root = cJSON_ParseWithLengthOpts(z, text.len + 1, NULL, 1);
    doc->wipe = limits && limits->wipe;
    if (doc->wipe)
        secret_wipe(z, text.len);
    if (!doc->root)
        return error_set(err, ERR_LIMIT, "JSON document of %zu bytes does not fit into memory",
                         text.len);
    struct key twice = {0};
    if (find_duplicate(doc->root, scan.keys, &twice))
        return refuse_duplicate(fresh, &twice, err);
    *out = steal_ptr(doc);
    return ERR_OK;
}

static void wipe_tree(cJSON *c) {
    for (; c; c = c->next) {
        if (c->valuestring)
            secret_wipe(c->valuestring, strlen(c->valuestring));
        c->valuedouble = 0;
        c->valueint = 0;
        wipe_tree(c->child); /* as deep as json_parse() let it be */
    }
}

void json_doc_free(struct json_doc *d) {
    if (!d)
        return;
    if (d->wipe)
        wipe_tree(d->root);
    cJSON_Delete(d->root);
    mem_free(d);
}

void json_doc_freep(struct json_doc **d) {
    json_doc_free(steal_ptr(*d));
}

const struct json *json_root(const struct json_doc *d) {
    return value(d->root);
}

enum json_type json_type(const struct json *v) {
    if (!v)
        return JSON_NONE;
    switch (item(v)->type & 0xFF) { /* the rest are cJSON's flags */
    case cJSON_NULL:
        return JSON_NULL;
    case cJSON_True:
    case cJSON_False:
        return JSON_BOOL;
    case cJSON_Number:
        return JSON_NUMBER;
    case cJSON_String:
        return JSON_STRING;
    case cJSON_Array:
        return JSON_ARRAY;
    case cJSON_Object:
        return JSON_OBJECT;
    default:
        return JSON_NONE;
    }
}

const struct json *json_get(const struct json *v, const char *name) {
    if (json_type(v) != JSON_OBJECT)
        return NULL;
    return value(cJSON_GetObjectItemCaseSensitive(item(v), name));
}

const struct json *json_first(const struct json *v) {
    enum json_type type = json_type(v);
    return type == JSON_OBJECT || type == JSON_ARRAY ? value(item(v)->child) : NULL;
}

const struct json *json_next(const struct json *v) {
    return v ? value(item(v)->next) : NULL;
}

size_t json_count(const struct json *v) {
    size_t n = 0;
    for (const struct json *c = json_first(v); c; c = json_next(c))
        n++;
    return n;
}

struct str json_name(const struct json *member) {
    return str_z(member ? item(member)->string : NULL);
}

struct str json_str(const struct json *v) {
    return str_z(json_type(v) == JSON_STRING ? item(v)->valuestring : NULL);
}

bool json_bool(const struct json *v, bool fallback) {
    return json_type(v) == JSON_BOOL ? cJSON_IsTrue(item(v)) != 0 : fallback;
}

bool json_int(const struct json *v, int64_t min, int64_t max, int64_t *out) {
    const double exact_max = 9007199254740991.0; /* 2^53 - 1; beyond it doubles skip integers */
    if (json_type(v) != JSON_NUMBER)
        return false;
    double d = item(v)->valuedouble;
    if (!(fabs(d) <= exact_max) || trunc(d) != d || (int64_t)d < min || (int64_t)d > max)
        return false;
    *out = (int64_t)d;
    return true;
}

double json_double(const struct json *v, double fallback) {
    return json_type(v) == JSON_NUMBER ? item(v)->valuedouble : fallback;
}
