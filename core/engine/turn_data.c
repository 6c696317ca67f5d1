#include "core/base/compiler.h"
#include "core/base/json.h"
#include "core/domain/card_mask.h"
#include "core/domain/text.h"
#include "core/engine/conversation_turn.h"

/* What functions keep during a call: global data, meta data by token, which functions are on. */
static const struct json_limits limits = {
    .bytes_max = TALK_DATA_MAX, .depth_max = 16, .values_max = 2000};

/* ---- JSON objects ---------------------------------------------------------------------------- */

static const struct json *find(const struct json *object, struct str name) {
    for (const struct json *v = json_first(object); v; v = json_next(v))
        if (str_eq(json_name(v), name))
            return v;
    return NULL;
}

/** Members of `old` that `patch` does not name, then those of patch. */
static void put_merged(struct json_writer *w, const struct json *old, const struct json *patch) {
    json_begin_object(w);
    for (const struct json *v = json_first(old); v; v = json_next(v))
        if (!find(patch, json_name(v))) {
            json_key_str(w, json_name(v));
            card_mask_json(w, v);
        }
    for (const struct json *v = json_first(patch); v; v = json_next(v)) {
        json_key_str(w, json_name(v));
        card_mask_json(w, v);
    }
    json_end_object(w);
}

static bool is_listed(const struct json *keys, struct str name) {
    for (const struct json *v = json_first(keys); v; v = json_next(v))
        if (str_eq(json_str(v), name))
            return true;
    return false;
}

static void put_without(struct json_writer *w, const struct json *old, const struct json *keys) {
    json_begin_object(w);
    for (const struct json *v = json_first(old); v; v = json_next(v))
        if (!is_listed(keys, json_name(v))) {
            json_key_str(w, json_name(v));
            card_mask_json(w, v);
        }
    json_end_object(w);
}

/** Put b in place of *doc and *text, or leave them and say so when it is too much. */
static void replace(struct turn_work *t, struct buf *b, size_t max, struct json_doc **doc,
                    struct str *text) {
    struct json_doc *fresh = NULL;
    struct error why = {0};
    bool fits = !buf_failed(b) && b->len <= max;
    if (fits && json_parse(buf_str(b), &limits, &fresh, &why) == ERR_OK) {
        json_doc_free(*doc);
        *doc = fresh;
        *text = arena_copy(t->arena, buf_str(b));
    } else {
        log_warn(t->cv->options.log, "data not kept",
                 LOG_ID("call", CALL_ID_PREFIX, t->in->call->id), LOG_INT("most_bytes", (int)max),
                 LOG_Z("why", fits ? why.text : "it is too much"));
    }
    buf_release(b);
}

/* ---- global data ----------------------------------------------------------------------------- */

/** Data as values that texts may name: ${global_data.name}. */
static void tell_values(struct turn_work *t) {
    size_t kept = 0;
    for (size_t i = 0; i < t->value_count; i++)
        if (!str_starts(t->values[i].name, STR(TEXT_DATA_PREFIX)))
            t->values[kept++] = t->values[i];
    t->value_count = kept;
    size_t room = TURN_DATA_VALUES_MAX;
    for (const struct json *v = t->data ? json_first(json_root(t->data)) : NULL;
         v && room > 0 && t->value_count < TURN_VALUES_MAX; v = json_next(v), room--) {
        struct buf b = BUF_INIT(ASSISTANT_TEXT_MAX), clean = BUF_INIT(ASSISTANT_TEXT_MAX);
        if (json_type(v) == JSON_STRING)
            buf_put_str(&b, json_str(v));
        else if (json_type(v) != JSON_NULL)
            json_put_value(&b, v);
        text_put_clean(&clean, buf_str(&b));
        t->values[t->value_count++] = (struct brain_value){
            arena_printf(t->arena, TEXT_DATA_PREFIX STR_FMT, STR_ARG(json_name(v))),
            arena_copy(t->arena, buf_str(&clean))};
        buf_release(&b);
        buf_release(&clean);
    }
}

static enum error_code parse_part(struct str json, struct json_doc **out, struct error *err) {
    return json.len > 0 ? json_parse(json, &limits, out, err) : ERR_OK;
}

enum error_code turn_data_read(struct turn_work *t, struct error *err) {
    struct buf b = BUF_INIT(TALK_DATA_MAX);
    if (t->state.data_json.len == 0 && t->assistant->global_data) {
        json_put_value(&b, t->assistant->global_data);
        t->state.data_json = arena_copy(t->arena, buf_str(&b));
    }
    buf_release(&b);
    enum error_code rc = parse_part(t->state.data_json, &t->data, err);
    if (rc == ERR_OK)
        rc = parse_part(t->state.meta_data_json, &t->meta_data, err);
    if (rc == ERR_OK)
        rc = parse_part(t->state.toggles_json, &t->toggles, err);
    if (rc == ERR_OK)
        tell_values(t);
    return rc;
}

void turn_data_release(struct turn_work *t) {
    json_doc_free(t->data);
    json_doc_free(t->meta_data);
    json_doc_free(t->toggles);
    t->data = t->meta_data = t->toggles = NULL;
}

static const struct json *root_of(const struct json_doc *doc) {
    return doc ? json_root(doc) : NULL;
}

static void change_data(struct turn_work *t, const struct json *given, bool set) {
    struct buf b = BUF_INIT(TALK_DATA_MAX * 2);
    struct json_writer w;
    json_write_init(&w, &b);
    if (set)
        put_merged(&w, root_of(t->data), given);
    else
        put_without(&w, root_of(t->data), given);
    replace(t, &b, TALK_DATA_MAX, &t->data, &t->state.data_json);
    tell_values(t);
}

/* ---- meta data ------------------------------------------------------------------------------- */

static void change_meta_data(struct turn_work *t, const struct json *given, bool set,
                             struct str token) {
    const struct json *all = root_of(t->meta_data), *old = find(all, token);
    struct buf b = BUF_INIT(TALK_META_DATA_MAX * 2);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    for (const struct json *v = json_first(all); v; v = json_next(v))
        if (v != old) {
            json_key_str(&w, json_name(v));
            card_mask_json(&w, v);
        }
    json_key_str(&w, token);
    if (set)
        put_merged(&w, old, given);
    else
        put_without(&w, old, given);
    json_end_object(&w);
    replace(t, &b, TALK_META_DATA_MAX, &t->meta_data, &t->state.meta_data_json);
}

/* ---- which functions are on ------------------------------------------------------------------ */

/** -1: without limit; 0: off; else how many uses are left. */
static int64_t uses_left(const struct turn_work *t, struct str function) {
    const struct json *v = find(root_of(t->toggles), function);
    const struct assistant_function *f = assistant_find_function(t->assistant, function);
    int64_t n;
    if (json_int(v, 0, INT32_MAX, &n))
        return n;
    if (json_type(v) == JSON_BOOL)
        return json_bool(v, false) ? -1 : 0;
    return f && f->is_inactive ? 0 : -1;
}

static void set_uses(struct turn_work *t, struct str function, int64_t uses) {
    struct buf b = BUF_INIT(TALK_TOGGLES_MAX * 2);
    struct json_writer w;
    json_write_init(&w, &b);
    json_begin_object(&w);
    for (const struct json *v = json_first(root_of(t->toggles)); v; v = json_next(v))
        if (!str_eq(json_name(v), function)) {
            json_key_str(&w, json_name(v));
            card_mask_json(&w, v);
        }
    json_key_str(&w, function);
    if (uses < 0)
        json_put_bool(&w, true);
    else
        json_put_int(&w, uses);
    json_end_object(&w);
    replace(t, &b, TALK_TOGGLES_MAX, &t->toggles, &t->state.toggles_json);
}

static void toggle(struct turn_work *t, const struct json *list) {
    for (const struct json *v = json_first(list); v; v = json_next(v)) {
        struct str function = json_str(json_get(v, "function"));
        const struct json *active = json_get(v, "active");
        int64_t n = -1;
        if (json_type(active) == JSON_BOOL)
            set_uses(t, function, json_bool(active, false) ? -1 : 0);
        else if (json_int(active, -1, INT32_MAX, &n)) /* -1 turns it round */
            set_uses(t, function, n >= 0 ? n : uses_left(t, function) == 0 ? -1 : 0);
    }
}

bool turn_may_use(struct turn_work *t, struct str function) {
    int64_t left = uses_left(t, function);
    if (left > 0)
        set_uses(t, function, left - 1);
    return left != 0;
}

bool turn_is_offered(const struct turn_work *t, const struct assistant_function *f) {
    return !f->is_flow_only && uses_left(t, f->name) != 0;
}

void turn_data_change(struct turn_work *t, const struct function_action *a, struct str function) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    const struct assistant_function *f = assistant_find_function(t->assistant, function);
    struct str token = a->text.len > 0                   ? a->text
                       : f && f->meta_data_token.len > 0 ? f->meta_data_token
                                                         : function;
    struct error why = {0};
    if (json_parse(a->json, &limits, &doc, &why) != ERR_OK) {
        log_warn(t->cv->options.log, "action refused",
                 LOG_Z("action", function_action_name(a->kind)),
                 LOG_ID("call", CALL_ID_PREFIX, t->in->call->id), LOG_Z("why", why.text));
        return;
    }
    bool set = a->kind == FUNCTION_ACTION_SET_DATA || a->kind == FUNCTION_ACTION_SET_META_DATA;
    if (a->kind == FUNCTION_ACTION_TOGGLE_FUNCTIONS)
        toggle(t, json_root(doc));
    else if (a->kind == FUNCTION_ACTION_SET_DATA || a->kind == FUNCTION_ACTION_UNSET_DATA)
        change_data(t, json_root(doc), set);
    else
        change_meta_data(t, json_root(doc), set, token);
}
