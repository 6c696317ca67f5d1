#include "core/engine/brain_openai_state.h"

#include <string.h>

#include "core/base/json.h"
#include "core/domain/assistant.h"
#include "core/domain/brain.h"
#include "core/domain/definition.h"

enum {
    COUNT_MAX = 1000,
    LINES_MAX = 1000000,
    NAME_MAX = 64,
    EXTRA_FRAME = 100 /* bytes of an extra besides its JSON: number and name */
};

/* ---- reading ----------------------------------------------------------------------------------
 */

static void read_extra(struct definition *d, const struct json *v, const struct definition_at *at,
                       struct openai_state *s) {
    static const char *const members[] = {"line", "name", "json", NULL};
    if (!definition_object(d, v, at, members))
        return;
    struct buf b = BUF_INIT(OPENAI_EXTRAS_BYTES_MAX);
    json_put_value(&b, json_get(v, "json"));
    if (json_type(json_get(v, "json")) != JSON_OBJECT || buf_failed(&b))
        definition_fail(d, at, ERR_INVALID, "has no object as json");
    s->extras[s->extra_count++] = (struct openai_extra){
        .line = definition_u32(d, v, at, "line", 0, LINES_MAX, 0),
        .name =
            arena_copy(d->arena, definition_name(d, v, at, "name", NAME_MAX, DEFINITION_REQUIRED)),
        .json = arena_copy(d->arena, buf_str(&b))};
    buf_release(&b);
}

static struct str read_name(struct definition *d, const struct json *v,
                            const struct definition_at *at, const char *member) {
    return arena_copy(d->arena,
                      definition_name(d, v, at, member, ASSISTANT_NAME_MAX, DEFINITION_OPTIONAL));
}

enum error_code openai_state_read(struct str json, struct arena *a, struct openai_state *out,
                                  struct error *err) {
    static const char *const members[] = {"failures", "silences",   "tokens", "context",
                                          "step",     "first_line", "extras", NULL};
    static const struct json_limits limits = {.bytes_max = BRAIN_STATE_MAX};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct openai_state s = {0};
    if (json.len == 0) {
        *out = s;
        return ERR_OK;
    }
    enum error_code rc = json_parse(json, &limits, &doc, err);
    if (rc != ERR_OK)
        return rc;
    struct definition d = {.err = err, .arena = a};
    struct definition_at root = definition_member(NULL, "brain");
    const struct json *v = json_root(doc);
    if (!definition_object(&d, v, &root, members))
        return d.rc;
    s.failures = definition_u32(&d, v, &root, "failures", 0, COUNT_MAX, 0);
    s.silences = definition_u32(&d, v, &root, "silences", 0, COUNT_MAX, 0);
    s.tokens = definition_u32(&d, v, &root, "tokens", 0, UINT32_MAX, 0);
    s.context = read_name(&d, v, &root, "context");
    s.step = read_name(&d, v, &root, "step");
    s.first_line = definition_u32(&d, v, &root, "first_line", 0, LINES_MAX, 0);
    struct definition_at at = definition_member(&root, "extras");
    size_t n = definition_array(&d, json_get(v, "extras"), &at, OPENAI_EXTRAS_MAX);
    const struct json *x = n ? json_first(json_get(v, "extras")) : NULL;
    for (size_t i = 0; x && d.rc == ERR_OK; x = json_next(x), i++) {
        struct definition_at item = definition_item(&at, i);
        read_extra(&d, x, &item, &s);
    }
    if (d.rc == ERR_OK)
        *out = s;
    return d.rc;
}

/* ---- writing ----------------------------------------------------------------------------------
 */

static void put_count(struct json_writer *w, const char *name, uint64_t n, uint64_t max) {
    if (n > 0)
        json_kv_int(w, name, (int64_t)(n < max ? n : max));
}

static void put_name(struct json_writer *w, const char *member, struct str name) {
    if (definition_is_name(name, ASSISTANT_NAME_MAX))
        json_kv_string(w, member, name);
}

struct str openai_state_write(const struct openai_state *s, struct arena *a) {
    struct buf b = BUF_INIT(BRAIN_STATE_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    put_count(&w, "failures", s->failures, COUNT_MAX);
    put_count(&w, "silences", s->silences, COUNT_MAX);
    put_count(&w, "tokens", s->tokens, UINT32_MAX);
    put_name(&w, "context", s->context);
    put_name(&w, "step", s->step);
    put_count(&w, "first_line", s->first_line, LINES_MAX);
    if (s->extra_count > 0) {
        json_key(&w, "extras");
        json_begin_array(&w);
        for (size_t i = 0; i < s->extra_count; i++) {
            json_begin_object(&w);
            json_kv_int(&w, "line", s->extras[i].line);
            json_kv_string(&w, "name", s->extras[i].name);
            json_key(&w, "json");
            json_put_raw(&w, s->extras[i].json);
            json_end_object(&w);
        }
        json_end_array(&w);
    }
    json_end_object(&w);
    struct str out = arena_copy(a, buf_str(&b)); /* fits: OPENAI_EXTRAS_BYTES_MAX and counts */
    buf_release(&b);
    return out;
}

/* ---- extras -----------------------------------------------------------------------------------
 */

static size_t bytes_of(const struct openai_state *s) {
    size_t n = 0;
    for (size_t i = 0; i < s->extra_count; i++)
        n += s->extras[i].json.len + EXTRA_FRAME;
    return n;
}

static void drop_oldest(struct openai_state *s) {
    memmove(&s->extras[0], &s->extras[1], (s->extra_count - 1) * sizeof s->extras[0]);
    s->extra_count--;
}

void openai_state_add_extra(struct openai_state *s, uint32_t line, struct str name, struct str json,
                            struct arena *a) {
    static const struct json_limits shallow = {.depth_max = 3}; /* so that it can be read again */
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    size_t bytes = json.len + EXTRA_FRAME;
    if (bytes > OPENAI_EXTRAS_BYTES_MAX || line > LINES_MAX ||
        !definition_is_name(name, NAME_MAX) || json_parse(json, &shallow, &doc, NULL) != ERR_OK ||
        json_type(json_root(doc)) != JSON_OBJECT)
        return;
    while (s->extra_count == OPENAI_EXTRAS_MAX ||
           (s->extra_count > 0 && bytes_of(s) + bytes > OPENAI_EXTRAS_BYTES_MAX))
        drop_oldest(s);
    s->extras[s->extra_count++] = (struct openai_extra){
        .line = line, .name = arena_copy(a, name), .json = arena_copy(a, json)};
}

struct str openai_state_extra(const struct openai_state *s, uint32_t line, struct str name) {
    for (size_t i = 0; i < s->extra_count; i++)
        if (s->extras[i].line == line && str_eq(s->extras[i].name, name))
            return s->extras[i].json;
    return (struct str){0};
}
