#include "core/engine/brain_scripted_state.h"

#include "core/base/json.h"
#include "core/base/utf8.h"
#include "core/domain/brain.h"
#include "core/domain/definition.h"
#include "core/domain/text.h"

enum {
    STATE_VERSION = 1,
    COUNT_MAX = 1000
};

static void read_slots(struct definition *d, const struct flow *f, const struct json *v,
                       const struct definition_at *at, struct scripted_state *out) {
    if (v && json_type(v) != JSON_OBJECT)
        definition_fail(d, at, ERR_INVALID, "is not an object");
    for (const struct json *m = json_first(v); m && d->rc == ERR_OK; m = json_next(m)) {
        struct definition_at here = {.up = at, .name = json_name(m)};
        size_t i;
        if (!flow_find_slot(f, json_name(m), &i)) {
            definition_fail(d, &here, ERR_INVALID, "is no slot of this flow");
            return;
        }
        struct str value =
            definition_text_value(d, m, &here, FLOW_SLOT_VALUE_MAX, DEFINITION_OPTIONAL);
        out->slots[i] = arena_copy(d->arena, value);
    }
}

enum error_code scripted_state_read(const struct flow *f, struct str json, struct arena *a,
                                    struct scripted_state *out, struct error *err) {
    static const char *const members[] = {"v",        "at",       "then",   "confirming",
                                          "recalled", "stranger", "misses", "silences",
                                          "slots",    NULL};
    static const struct json_limits limits = {.bytes_max = BRAIN_STATE_MAX, .depth_max = 3};
    struct scripted_state s = {.at = FLOW_NOWHERE, .then = FLOW_NOWHERE};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    if (json.len > 0) {
        enum error_code rc = json_parse(json, &limits, &doc, err);
        if (rc != ERR_OK)
            return rc;
        struct definition d = {.err = err, .arena = a};
        struct definition_at root = definition_member(NULL, "brain");
        struct definition_at at_at = definition_member(&root, "at");
        struct definition_at then_at = definition_member(&root, "then");
        struct definition_at slots_at = definition_member(&root, "slots");
        const struct json *v = json_root(doc);
        if (!definition_object(&d, v, &root, members))
            return d.rc;
        if (definition_u32(&d, v, &root, "v", STATE_VERSION, STATE_VERSION, 0) == 0)
            definition_fail(&d, &root, ERR_INVALID, "is of a version that is not known");
        struct str id = definition_text(&d, v, &root, "at", FLOW_NAME_MAX, DEFINITION_REQUIRED);
        if (id.len > 0 && !flow_find_state(f, id, &s.at))
            definition_fail(&d, &at_at, ERR_INVALID, "is no state of this flow");
        id = definition_text(&d, v, &root, "then", FLOW_NAME_MAX, DEFINITION_OPTIONAL);
        if (id.len > 0 && !flow_find_state(f, id, &s.then))
            definition_fail(&d, &then_at, ERR_INVALID, "is no state of this flow");
        s.confirming = definition_bool(&d, v, &root, "confirming", false);
        s.recalled = definition_bool(&d, v, &root, "recalled", false);
        s.stranger = definition_bool(&d, v, &root, "stranger", false);
        s.misses = definition_u32(&d, v, &root, "misses", 0, COUNT_MAX, 0);
        s.silences = definition_u32(&d, v, &root, "silences", 0, COUNT_MAX, 0);
        read_slots(&d, f, json_get(v, "slots"), &slots_at, &s);
        if (d.rc != ERR_OK)
            return d.rc;
    }
    *out = s;
    return ERR_OK;
}

struct str scripted_state_write(const struct flow *f, const struct scripted_state *s,
                                struct arena *a) {
    struct buf b = BUF_INIT(BRAIN_STATE_MAX * 2); /* brain_think() refuses what is too large */
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_int(&w, "v", STATE_VERSION);
    if (s->at != FLOW_NOWHERE)
        json_kv_string(&w, "at", f->states[s->at].id);
    if (s->then != FLOW_NOWHERE)
        json_kv_string(&w, "then", f->states[s->then].id);
    if (s->confirming)
        json_kv_bool(&w, "confirming", true);
    if (s->recalled)
        json_kv_bool(&w, "recalled", true);
    if (s->stranger)
        json_kv_bool(&w, "stranger", true);
    if (s->misses > 0)
        json_kv_int(&w, "misses", s->misses < COUNT_MAX ? s->misses : COUNT_MAX);
    if (s->silences > 0)
        json_kv_int(&w, "silences", s->silences < COUNT_MAX ? s->silences : COUNT_MAX);
    json_key(&w, "slots");
    json_begin_object(&w);
    for (size_t i = 0; i < f->slot_count; i++) {
        if (s->slots[i].len == 0)
            continue;
        json_key_str(&w, f->slots[i]);
        json_put_string(&w, s->slots[i]);
    }
    json_end_object(&w);
    json_end_object(&w);
    struct str out = arena_copy(a, buf_str(&b));
    buf_release(&b);
    return out;
}

void scripted_state_set(const struct flow *f, struct scripted_state *s, struct str slot,
                        struct str value, struct arena *a) {
    size_t i;
    if (!flow_find_slot(f, slot, &i))
        return;
    struct buf b = BUF_INIT(value.len + 1);
    text_put_clean(&b, value);
    size_t n = b.len > FLOW_SLOT_VALUE_MAX ? utf8_cut(b.ptr, FLOW_SLOT_VALUE_MAX) : b.len;
    for (size_t k = 0; k < n; k++) { /* so that escaping cannot make the state larger */
        if (b.ptr[k] == '"')
            b.ptr[k] = '\'';
        if (b.ptr[k] == '\\')
            b.ptr[k] = '/';
    }
    s->slots[i] = arena_copy(a, str_from(b.ptr, n));
    buf_release(&b);
}
