#include "core/engine/conversation_state.h"

#include "core/base/json.h"
#include "core/domain/assistant.h"
#include "core/domain/brain.h"
#include "core/domain/definition.h"

enum {
    STATE_VERSION = 1,
    ASKED_MAX = 100
};

static const char *const stage_names[] = {
    [TALK_NONE] = "none",
    [TALK_CONSENT] = "consent",
    [TALK_BRAIN] = "brain",
    [TALK_OVER] = "over",
};
_Static_assert(ARRAY_LEN(stage_names) == TALK_STAGE_COUNT, "every stage has a name");

enum error_code talk_state_read(struct str json, struct arena *a, struct talk_state *out,
                                struct error *err) {
    static const char *const members[] = {"v", "stage", "asked", "ignore", "brain", NULL};
    static const struct json_limits limits = {.bytes_max = TALK_STATE_MAX, .depth_max = 8};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    enum error_code rc = json_parse(json, &limits, &doc, err);
    if (rc != ERR_OK)
        return rc;
    struct definition d = {.err = err, .arena = a};
    struct definition_at root = definition_member(NULL, "state");
    const struct json *v = json_root(doc);
    if (!definition_object(&d, v, &root, members))
        return d.rc;
    if (definition_u32(&d, v, &root, "v", STATE_VERSION, STATE_VERSION, 0) == 0)
        definition_fail(&d, &root, ERR_INVALID, "is of a version that is not known");
    struct talk_state s = {0};
    s.stage = (enum talk_stage)definition_word(&d, v, &root, "stage", stage_names, TALK_CONSENT,
                                               TALK_STAGE_COUNT, TALK_NONE);
    if (s.stage == TALK_NONE)
        definition_fail(&d, &root, ERR_INVALID, "has no stage");
    s.asked = definition_u32(&d, v, &root, "asked", 0, ASKED_MAX, 0);
    s.ignore = definition_u32(&d, v, &root, "ignore", 0, BIT(ASSISTANT_INTERRUPTION_COUNT) - 1, 0);
    if (d.rc != ERR_OK)
        return d.rc;
    if (json_get(v, "brain")) {
        struct buf b = BUF_INIT(BRAIN_STATE_MAX);
        json_put_value(&b, json_get(v, "brain"));
        bool fits = !buf_failed(&b);
        s.brain = arena_copy(a, buf_str(&b));
        buf_release(&b);
        if (!fits)
            return error_field(err, ERR_LIMIT, "state.brain", "has more than %d bytes",
                               BRAIN_STATE_MAX);
    }
    *out = s;
    return ERR_OK;
}

struct str talk_state_write(const struct talk_state *s, struct arena *a) {
    struct buf b = BUF_INIT(TALK_STATE_MAX);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    json_kv_int(&w, "v", STATE_VERSION);
    json_kv_z(&w, "stage", stage_names[s->stage]);
    if (s->asked > 0)
        json_kv_int(&w, "asked", s->asked < ASKED_MAX ? s->asked : ASKED_MAX);
    if (s->ignore > 0)
        json_kv_int(&w, "ignore", s->ignore);
    if (s->brain.len > 0) {
        json_key(&w, "brain");
        json_put_raw(&w, s->brain);
    }
    json_end_object(&w);
    struct str out = arena_copy(a, buf_str(&b)); /* fits: BRAIN_STATE_MAX and a few members */
    buf_release(&b);
    return out;
}
