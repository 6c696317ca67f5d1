#include "core/base/mem.h"
#include "providers/mock/carrier/signalwire/swml_script.h"

/* Where a document goes on, and its variables ("SignalWire docs: SWML methods, flow"). */

void swml_warn(struct carrier *c, struct leg *l, const char *code, struct str what) {
    struct swml_value e = swml_object();
    swml_value_set_text(&e, "code", str_z(code));
    swml_value_set_text(&e, "message", what);
    log_warn(c->log, "carrier script", LOG_Z("sid", l->sid), LOG_Z("code", code),
             LOG_STR("what", what));
    swml_take_var(l, STR("script_error"), e);
}

/* ---- variables --------------------------------------------------------------------------------
 */

void swml_take_var(struct leg *l, struct str path, struct swml_value value) {
    struct swml_value *vars = &swml_script(l)->vars;
    if (str_starts(path, STR("vars.")))
        path = str_from_index(path, 5);
    if (swml_value_weight(vars) + swml_value_weight(&value) > SWML_VALUE_WEIGHT_MAX)
        swml_value_release(&value); /* no room: the variable keeps its value */
    else
        (void)swml_value_set_path(vars, path, value);
}

void swml_set_var(struct leg *l, const char *name, struct str value) {
    swml_take_var(l, str_z(name), swml_text(value));
}

struct str swml_var_text(struct leg *l, const char *name) {
    const struct swml_value *v = swml_value_get(&swml_script(l)->vars, str_z(name));
    return v && v->type == SWML_STRING ? v->text : (struct str){0};
}

/** All of the verb's own parameters, expanded once. */
static const struct swml_value *params(struct leg *l) {
    struct swml_script *s = swml_script(l);
    return &s->expanded;
}

const struct swml_value *swml_param(struct leg *l, const char *name) {
    return swml_value_get(params(l), str_z(name));
}

struct str swml_param_text(struct leg *l, const char *name) {
    const struct swml_value *v = swml_param(l, name);
    return v && v->type == SWML_STRING ? v->text : (struct str){0};
}

double swml_param_number(struct leg *l, const char *name, double fallback) {
    const struct swml_value *v = swml_param(l, name);
    double n = v ? swml_value_to_number(v) : fallback;
    return n == n ? n : fallback; /* no number */
}

bool swml_param_bool(struct leg *l, const char *name, bool fallback) {
    const struct swml_value *v = swml_param(l, name);
    if (!v)
        return fallback;
    if (v->type == SWML_STRING) /* the SDKs write "true" */
        return str_eq_nocase(v->text, STR("true")) || str_eq_z(v->text, "1");
    return swml_value_is_true(v);
}

bool swml_holds(struct carrier *c, struct leg *l, struct str when) {
    struct swml_names n;
    struct swml_value v = {0};
    struct error err = {0};
    swml_names_init(c, l, &n);
    if (swml_expr_eval(when, swml_scope_lookup, &n.scope, &v, &err) != ERR_OK)
        swml_warn(c, l, "relay_script_js_eval_error", str_z(err.text));
    bool truth = swml_value_is_true(&v);
    swml_value_release(&v);
    swml_names_release(&n);
    return truth;
}

/* ---- frames -----------------------------------------------------------------------------------
 */

void swml_cut_frames(struct leg *l, size_t depth) {
    struct swml_script *s = swml_script(l);
    while (s->depth > depth) {
        struct swml_frame *f = &s->frames[--s->depth];
        swml_value_release(&f->params);
        swml_doc_unref(f->doc);
        *f = (struct swml_frame){0};
    }
}

size_t swml_floor(const struct leg *l) {
    const struct swml_script *s = l->script;
    size_t i = s->depth;
    while (i > 0 && s->frames[i - 1].kind != SWML_INLINE)
        i--;
    return i;
}

static struct swml_frame *push(struct carrier *c, struct leg *l, enum swml_frame_kind kind,
                               struct swml_doc *doc, const struct json *list) {
    struct swml_script *s = swml_script(l);
    if (s->depth == SWML_FRAMES_MAX) {
        swml_warn(c, l, "relay_script_nested_too_deep", STR("frames"));
        return NULL;
    }
    struct swml_frame *f = &s->frames[s->depth++];
    *f = (struct swml_frame){.kind = kind, .doc = doc, .list = list, .next = json_first(list)};
    doc->refs++;
    return f;
}

void swml_push_block(struct carrier *c, struct leg *l, const struct json *verbs) {
    struct swml_script *s = swml_script(l);
    if (json_count(verbs) > 0 && json_type(verbs) == JSON_ARRAY && s->depth > 0)
        (void)push(c, l, SWML_BLOCK, s->frames[s->depth - 1].doc, verbs);
}

bool swml_push_section(struct carrier *c, struct leg *l, enum swml_frame_kind kind,
                       struct swml_doc *doc, struct str section, struct swml_value params,
                       const struct json *after) {
    char name[128];
    const struct json *sections = json_get(json_root(doc->json), "sections");
    const struct json *list =
        str_copy(section, name, sizeof name) ? json_get(sections, name) : NULL;
    if (json_type(list) != JSON_ARRAY)
        swml_warn(c, l, "relay_script_section_code_missing", section);
    struct swml_frame *f = json_type(list) == JSON_ARRAY ? push(c, l, kind, doc, list) : NULL;
    if (!f) {
        swml_value_release(&params);
        return false;
    }
    f->params = params;
    f->after = after;
    return true;
}

bool swml_run_inline(struct carrier *c, struct leg *l, struct swml_doc *doc) {
    struct swml_script *s = swml_script(l);
    size_t depth = s->depth;
    bool ok = swml_push_section(c, l, SWML_INLINE, doc, STR("main"), swml_object(), NULL);
    if (ok)
        s->frames[depth].next = NULL; /* the border alone: a transfer stays above it */
    ok = ok && swml_push_section(c, l, SWML_SECTION, doc, STR("main"), swml_object(), NULL);
    if (!ok)
        swml_cut_frames(l, depth);
    swml_doc_unref(doc);
    return ok;
}

/* ---- execute, transfer, return ----------------------------------------------------------------
 */

static bool is_url(struct str s) {
    return str_starts(s, STR("http://")) || str_starts(s, STR("https://"));
}

enum exec_next swml_go_to(struct carrier *c, struct leg *l, struct str dest, enum swml_fetch how,
                          struct swml_value params, const struct json *after) {
    struct swml_script *s = swml_script(l);
    bool leaves = how == SWML_FETCH_TRANSFER, ok;
    if (leaves && s->transfers++ >= SWML_TRANSFERS_MAX) {
        swml_warn(c, l, "relay_script_too_many_transfers", dest);
        swml_value_release(&params);
        swml_cut_frames(l, 0); /* the call ends */
        return EXEC_NEXT;
    }
    if (is_url(dest))
        return swml_fetch(c, l, dest, how, params, after);
    struct swml_doc *doc = NULL;
    const char *code = NULL;
    if (str_starts(str_trim(dest), STR("{"))) {
        doc = swml_doc_new(dest, (struct str){0}, &code);
        dest = STR("main");
    } else if (s->depth > 0) {
        doc = s->frames[s->depth - 1].doc;
        doc->refs++;
    }
    if (!doc) {
        swml_warn(c, l, code ? code : "relay_script_section_code_missing", dest);
        swml_value_release(&params);
        return EXEC_NEXT;
    }
    size_t depth = s->depth, from = swml_floor(l);
    ok = swml_push_section(c, l, SWML_SECTION, doc, dest, params, after);
    swml_doc_unref(doc);
    if (!ok || !leaves)
        return EXEC_NEXT;
    struct swml_frame entered = s->frames[depth]; /* down to where the transfer reaches */
    s->frames[depth] = (struct swml_frame){0};
    s->depth = depth;
    swml_cut_frames(l, from);
    s->frames[s->depth++] = entered;
    return EXEC_NEXT;
}

static struct swml_value expand(struct carrier *c, struct leg *l, const struct json *v) {
    struct swml_names n;
    swml_names_init(c, l, &n);
    struct swml_value out = swml_expand_json(&n.scope, v);
    swml_names_release(&n);
    return out;
}

static enum exec_next go(struct carrier *c, struct leg *l, const struct json *v,
                         enum swml_fetch how) {
    const struct json *dest_json = json_type(v) == JSON_OBJECT ? json_get(v, "dest") : v;
    struct swml_value params = expand(c, l, json_get(v, "params"));
    struct swml_value dest = {0};
    struct buf text = BUF_INIT(OUTGOING_JSON_MAX);
    if (json_type(dest_json) == JSON_OBJECT) /* a document that was not made a text */
        json_put_value(&text, dest_json);
    else
        dest = str_starts(json_str(dest_json), STR("{")) ? swml_value_from_json(dest_json)
                                                         : expand(c, l, dest_json);
    if (params.type != SWML_OBJECT) {
        swml_value_release(&params);
        params = swml_object();
    }
    swml_value_put_text(&dest, &text);
    enum exec_next next = EXEC_NEXT;
    if (text.len > 0) {
        next = swml_go_to(c, l, buf_str(&text), how, params, how == SWML_FETCH_EXECUTE ? v : NULL);
    } else {
        swml_value_release(&params);
        swml_warn(c, l, "relay_script_method_parameter_missing", STR("dest"));
    }
    swml_value_release(&dest);
    buf_release(&text);
    return next;
}

static enum exec_next execute_begin(struct carrier *c, struct leg *l, const struct json *v) {
    return go(c, l, v, SWML_FETCH_EXECUTE);
}

static enum exec_next transfer_begin(struct carrier *c, struct leg *l, const struct json *v) {
    return go(c, l, v, SWML_FETCH_TRANSFER);
}

static enum exec_next return_begin(struct carrier *c, struct leg *l, const struct json *v) {
    struct swml_script *s = swml_script(l);
    swml_take_var(l, STR("return_value"), expand(c, l, v));
    while (s->depth > 0 && s->frames[s->depth - 1].kind == SWML_BLOCK)
        swml_cut_frames(l, s->depth - 1);
    if (s->depth > 0)
        s->frames[s->depth - 1].next = NULL;
    return EXEC_NEXT;
}

/* ---- labels -----------------------------------------------------------------------------------
 */

static const struct json *find_label(const struct json *list, struct str label) {
    for (const struct json *item = json_first(list); item; item = json_next(item))
        if (json_get(item, "label") && str_eq(json_str(json_get(item, "label")), label))
            return item;
    return NULL;
}

/** Count a jump; false when it was made often enough. */
static bool may_jump(struct swml_frame *f, const struct json *at, uint32_t max) {
    for (size_t i = 0; i < SWML_JUMPS_MAX; i++) {
        struct swml_jump *j = &f->jumps[i];
        if (j->at && j->at != at)
            continue;
        j->at = at;
        return j->times++ < max;
    }
    return false;
}

static enum exec_next goto_begin(struct carrier *c, struct leg *l, const struct json *v) {
    struct swml_script *s = swml_script(l);
    struct swml_value label = expand(c, l, json_type(v) == JSON_OBJECT ? json_get(v, "label") : v);
    struct swml_value most = expand(c, l, json_get(v, "max"));
    const struct json *when = json_get(v, "when");
    double max = most.type == SWML_UNDEFINED ? SWML_GOTO_MAX : swml_value_to_number(&most);
    size_t depth = s->depth;
    while (s->frames[depth - 1].kind == SWML_BLOCK)
        depth--;
    struct swml_frame *section = &s->frames[depth - 1];
    const struct json *to = find_label(section->list, label.text);
    if (!(max >= 1 && max <= SWML_GOTO_MAX))
        max = SWML_GOTO_MAX;
    if (!to)
        swml_warn(c, l, "relay_script_method_parameter_invalid_value", STR("goto.label"));
    else if ((!when || swml_holds(c, l, json_str(when))) && may_jump(section, v, (uint32_t)max)) {
        swml_cut_frames(l, depth);
        section->next = to;
    }
    swml_value_release(&label);
    swml_value_release(&most);
    return EXEC_NEXT;
}

static enum exec_next label_begin(struct carrier *c, struct leg *l, const struct json *v) {
    (void)c, (void)l, (void)v;
    return EXEC_NEXT;
}

/* ---- cond, switch -----------------------------------------------------------------------------
 */

void swml_push_cond(struct carrier *c, struct leg *l, const struct json *cases) {
    for (const struct json *item = json_first(cases); item; item = json_next(item)) {
        const struct json *other = json_get(item, "else"), *when = json_get(item, "when");
        if (other && !when) {
            swml_push_block(c, l, other);
            return;
        }
        bool holds = json_type(when) == JSON_BOOL ? json_bool(when, false)
                                                  : swml_holds(c, l, json_str(when));
        if (holds || other) {
            swml_push_block(c, l, holds ? json_get(item, "then") : other);
            return;
        }
    }
}

void swml_push_switch(struct carrier *c, struct leg *l, const struct json *v,
                      const char *variable) {
    struct swml_names n;
    struct buf text = BUF_INIT(OUTGOING_JSON_MAX);
    char key[256];
    struct str name = json_str(json_get(v, "variable"));
    if (name.len == 0)
        name = str_z(variable);
    struct buf reference = BUF_INIT(1024);
    buf_printf(&reference, "${" STR_FMT "}", STR_ARG(name));
    swml_names_init(c, l, &n);
    swml_expand_text(&n.scope, buf_str(&reference), &text);
    const struct json *found =
        str_copy(buf_str(&text), key, sizeof key) ? json_get(json_get(v, "case"), key) : NULL;
    swml_push_block(c, l, found ? found : json_get(v, "default"));
    swml_names_release(&n);
    buf_release(&text);
    buf_release(&reference);
}

void swml_push_result(struct carrier *c, struct leg *l, const struct json *result) {
    if (json_type(result) == JSON_ARRAY)
        swml_push_cond(c, l, result);
    else if (json_type(result) == JSON_OBJECT)
        swml_push_switch(c, l, result, "return_value");
}

static enum exec_next cond_begin(struct carrier *c, struct leg *l, const struct json *v) {
    swml_push_cond(c, l, v);
    return EXEC_NEXT;
}

static enum exec_next switch_begin(struct carrier *c, struct leg *l, const struct json *v) {
    swml_push_switch(c, l, v, "return_value");
    return EXEC_NEXT;
}

/* ---- set, unset -------------------------------------------------------------------------------
 */

static enum exec_next set_begin(struct carrier *c, struct leg *l, const struct json *v) {
    for (const struct json *m = json_first(v); m; m = json_next(m)) {
        /* the agent's: its references are replaced when the document is through */
        bool later = str_eq_z(json_name(m), "ai_response");
        swml_take_var(l, json_name(m), later ? swml_value_from_json(m) : expand(c, l, m));
    }
    return EXEC_NEXT;
}

static enum exec_next unset_begin(struct carrier *c, struct leg *l, const struct json *v) {
    (void)c;
    struct swml_value *vars = &swml_script(l)->vars;
    if (json_type(v) == JSON_STRING)
        swml_value_unset_path(vars, json_str(v));
    for (const struct json *i = json_first(v); i; i = json_next(i))
        swml_value_unset_path(vars, json_str(i));
    return EXEC_NEXT;
}

const struct swml_verb swml_flow_verbs[] = {
    {.name = "execute", .begin = execute_begin}, {.name = "transfer", .begin = transfer_begin},
    {.name = "return", .begin = return_begin},   {.name = "goto", .begin = goto_begin},
    {.name = "label", .begin = label_begin},     {.name = "cond", .begin = cond_begin},
    {.name = "switch", .begin = switch_begin},   {.name = "set", .begin = set_begin},
    {.name = "unset", .begin = unset_begin},
};
const size_t swml_flow_verb_count = ARRAY_LEN(swml_flow_verbs);
