#include <string.h>

#include "core/domain/plan.h"
#include "core/domain/plan_fields.h"

static const char *const method_words[] = {"POST", "GET"};

/* ---- reading --------------------------------------------------------------------------------- */

/* One place for what every reader below needs. */
struct reading {
    struct plan *plan;
    struct error *err;
};

static enum error_code read_members(struct reading *r, const struct plan_shape *shape,
                                    const struct json *v, void *base, const struct plan_path *at);
static enum error_code read_step(struct reading *r, const struct json *v,
                                 struct plan_step *(*add)(struct reading *, void *, enum plan_kind),
                                 void *to, const struct plan_path *at);

static enum error_code want(struct reading *r, const struct plan_path *at, const char *what) {
    return plan_path_error(r->err, ERR_INVALID, at, "needs %s", what);
}

static enum error_code read_str(struct reading *r, const struct json *v, struct str *out,
                                const struct plan_path *at) {
    if (json_type(v) != JSON_STRING)
        return want(r, at, "a string");
    *out = arena_copy(&r->plan->arena, json_str(v));
    return ERR_OK;
}

static enum error_code read_link(struct reading *r, const struct json *v, struct plan_link *out,
                                 const struct plan_path *at) {
    if (json_type(v) == JSON_STRING)
        return read_str(r, v, &out->url, at);
    if (json_type(v) != JSON_OBJECT)
        return want(r, at, "a URL or {\"url\",\"method\"}");
    enum error_code rc = ERR_OK;
    for (const struct json *m = json_first(v); m && rc == ERR_OK; m = json_next(m)) {
        if (str_eq_z(json_name(m), "url"))
            rc = read_str(r, m, &out->url, at);
        else if (!str_eq_z(json_name(m), "method"))
            rc = plan_path_error(r->err, ERR_INVALID, at, "has no member \"" STR_FMT "\"",
                                 STR_ARG(json_name(m)));
        else if (str_eq_z(json_str(m), "POST"))
            out->method = PLAN_METHOD_POST;
        else if (str_eq_z(json_str(m), "GET"))
            out->method = PLAN_METHOD_GET;
        else
            rc = want(r, at, "POST or GET as its method");
    }
    return rc;
}

static bool find_word(const char *const *words, struct str s, uint32_t *out) {
    for (uint32_t i = 0; words[i]; i++)
        if (str_eq_z(s, words[i])) {
            *out = i;
            return true;
        }
    return false;
}

static enum error_code read_enum(struct reading *r, const struct plan_field *f,
                                 const struct json *v, uint32_t *out, const struct plan_path *at) {
    uint32_t i;
    if (json_type(v) != JSON_STRING || !find_word(f->words, json_str(v), &i))
        return want(r, at, "one of its known words");
    *out = i + 1;
    return ERR_OK;
}

static enum error_code read_set(struct reading *r, const struct plan_field *f, const struct json *v,
                                uint32_t *out, const struct plan_path *at) {
    if (json_type(v) != JSON_ARRAY)
        return want(r, at, "an array of words");
    uint32_t set = 0;
    for (const struct json *item = json_first(v); item; item = json_next(item)) {
        uint32_t i;
        if (json_type(item) != JSON_STRING || !find_word(f->words, json_str(item), &i))
            return want(r, at, "an array of its known words");
        set |= BIT(i);
    }
    *out = set;
    return ERR_OK;
}

static enum error_code read_number(struct reading *r, const struct plan_field *f,
                                   const struct json *v, void *out, const struct plan_path *at) {
    int64_t n;
    if (!json_int(v, f->type == PLAN_FIELD_I32 ? INT32_MIN : 0,
                  f->type == PLAN_FIELD_I32 ? INT32_MAX : (int64_t)UINT32_MAX, &n))
        return want(r, at, "a whole number");
    if (f->type == PLAN_FIELD_I32)
        *(int32_t *)out = (int32_t)n;
    else
        *(uint32_t *)out = (uint32_t)n;
    return ERR_OK;
}

static enum error_code read_params(struct reading *r, const struct plan_field *f,
                                   const struct json *v, void *base, const struct plan_path *at) {
    if (json_type(v) != JSON_OBJECT)
        return want(r, at, "an object of strings");
    for (const struct json *m = json_first(v); m; m = json_next(m)) {
        if (json_type(m) != JSON_STRING)
            return want(r, at, "an object of strings");
        if (!plan_add_param(r->plan, (struct plan_param **)plan_field_at(f, base),
                            (size_t *)(void *)((char *)base + f->count_offset), json_name(m),
                            json_str(m)))
            return plan_path_error(r->err, ERR_LIMIT, at, "more than %d parameters",
                                   PLAN_PARAMS_MAX);
    }
    return ERR_OK;
}

static struct plan_step *add_gather(struct reading *r, void *to, enum plan_kind kind) {
    return plan_add_prompt(r->plan, to, kind);
}

static struct plan_step *add_pay(struct reading *r, void *to, enum plan_kind kind) {
    return plan_add_pay_step(r->plan, to, kind);
}

static enum error_code read_prompts(struct reading *r, const struct plan_field *f,
                                    const struct json *v, void *base, const struct plan_path *at) {
    if (json_type(v) != JSON_ARRAY)
        return want(r, at, "an array of steps");
    /* Both owners of prompts keep them in the same shape; only the owner's type differs. */
    bool gather = f == &plan_shapes[PLAN_GATHER].fields[plan_shapes[PLAN_GATHER].count - 1];
    enum error_code rc = ERR_OK;
    size_t i = 0;
    for (const struct json *item = json_first(v); item && rc == ERR_OK; item = json_next(item)) {
        const struct plan_path here = {
            .up = at->up, .name = f->name, .index = i++, .indexed = true};
        rc = read_step(r, item, gather ? add_gather : add_pay, base, &here);
    }
    return rc;
}

static enum error_code read_nouns(struct reading *r, const struct json *v, struct plan_dial *dial,
                                  const struct plan_path *at) {
    if (json_type(v) != JSON_ARRAY)
        return want(r, at, "an array of objects");
    enum error_code rc = ERR_OK;
    size_t i = 0;
    for (const struct json *item = json_first(v); item && rc == ERR_OK; item = json_next(item)) {
        const struct plan_path here = {
            .up = at->up, .name = at->name, .index = i++, .indexed = true};
        struct plan_noun *n = plan_add_noun(r->plan, dial, PLAN_NOUN_NUMBER);
        if (!n)
            return plan_path_error(r->err, ERR_LIMIT, &here, "more than %d far ends",
                                   PLAN_NOUNS_MAX);
        *n = (struct plan_noun){0};
        rc = read_members(r, &plan_noun_shape, item, n, &here);
        if (rc == ERR_OK && n->kind == PLAN_NOUN_UNKNOWN)
            rc = want(r, &here, "a kind: number, sip, client, conference or queue");
    }
    return rc;
}

static enum error_code read_pay_prompts(struct reading *r, const struct json *v,
                                        struct plan_pay *pay, const struct plan_path *at) {
    if (json_type(v) != JSON_ARRAY)
        return want(r, at, "an array of objects");
    enum error_code rc = ERR_OK;
    size_t i = 0;
    for (const struct json *item = json_first(v); item && rc == ERR_OK; item = json_next(item)) {
        const struct plan_path here = {
            .up = at->up, .name = at->name, .index = i++, .indexed = true};
        struct plan_pay_prompt *to = plan_add_pay_prompt(r->plan, pay);
        if (!to)
            return plan_path_error(r->err, ERR_LIMIT, &here, "more than %d prompts",
                                   PLAN_PAY_PROMPTS_MAX);
        rc = read_members(r, &plan_pay_prompt_shape, item, to, &here);
    }
    return rc;
}

static enum error_code read_json_text(struct reading *r, const struct json *v, struct str *out,
                                      const struct plan_path *at) {
    if (json_type(v) == JSON_STRING)
        return read_str(r, v, out, at);
    if (json_type(v) != JSON_OBJECT)
        return want(r, at, "an object");
    CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
    json_put_value(&text, v);
    if (buf_failed(&text))
        return plan_path_error(r->err, ERR_LIMIT, at, "is over %zu bytes", text.max);
    *out = arena_copy(&r->plan->arena, buf_str(&text));
    return ERR_OK;
}

static enum error_code read_bool(struct reading *r, const struct json *v, bool *out,
                                 const struct plan_path *at) {
    if (json_type(v) != JSON_BOOL)
        return want(r, at, "true or false");
    *out = json_bool(v, false);
    return ERR_OK;
}

static enum error_code read_field(struct reading *r, const struct plan_field *f,
                                  const struct json *v, void *base, const struct plan_path *at) {
    void *to = plan_field_at(f, base);
    bool yes = false;
    enum error_code rc;
    switch (f->type) {
    case PLAN_FIELD_STR:
    case PLAN_FIELD_HTTP_URL:
    case PLAN_FIELD_WS_URL:
        return read_str(r, v, to, at);
    case PLAN_FIELD_JSON:
        return read_json_text(r, v, to, at);
    case PLAN_FIELD_FINISH_KEY:
        ((struct plan_gather *)base)->has_finish_key = true;
        return read_str(r, v, to, at);
    case PLAN_FIELD_LINK:
        return read_link(r, v, to, at);
    case PLAN_FIELD_U32:
    case PLAN_FIELD_I32:
        return read_number(r, f, v, to, at);
    case PLAN_FIELD_BOOL:
        return read_bool(r, v, to, at);
    case PLAN_FIELD_TRISTATE:
        rc = read_bool(r, v, &yes, at);
        if (rc == ERR_OK)
            *(enum plan_tristate *)to = yes ? PLAN_YES : PLAN_NO;
        return rc;
    case PLAN_FIELD_ENUM:
        return read_enum(r, f, v, to, at);
    case PLAN_FIELD_SET:
        return read_set(r, f, v, to, at);
    case PLAN_FIELD_PROMPTS:
        return read_prompts(r, f, v, base, at);
    case PLAN_FIELD_NOUNS:
        return read_nouns(r, v, base, at);
    case PLAN_FIELD_PARAMS:
        return read_params(r, f, v, base, at);
    case PLAN_FIELD_PAY_PROMPTS:
        return read_pay_prompts(r, v, base, at);
    case PLAN_FIELD_UNKNOWN:
    case PLAN_FIELD_TYPE_COUNT:
        break;
    }
    return want(r, at, "a known type");
}

static enum error_code read_members(struct reading *r, const struct plan_shape *shape,
                                    const struct json *v, void *base, const struct plan_path *at) {
    if (shape->count > 0 && !shape->fields[0].name)
        return read_field(r, &shape->fields[0], v, base, at);
    if (json_type(v) != JSON_OBJECT)
        return want(r, at, "an object");
    enum error_code rc = ERR_OK;
    for (const struct json *m = json_first(v); m && rc == ERR_OK; m = json_next(m)) {
        const struct plan_field *f = NULL;
        for (size_t i = 0; i < shape->count && !f; i++)
            if (str_eq_z(json_name(m), shape->fields[i].name))
                f = &shape->fields[i];
        if (!f)
            return plan_path_error(r->err, ERR_INVALID, at, "has no member \"" STR_FMT "\"",
                                   STR_ARG(json_name(m)));
        const struct plan_path here = {.up = at, .name = f->name};
        rc = read_field(r, f, m, base, &here);
    }
    return rc;
}

static enum plan_kind kind_named(struct str name) {
    for (int k = PLAN_KIND_UNKNOWN + 1; k < PLAN_KIND_COUNT; k++)
        if (str_eq_z(name, plan_shapes[k].name))
            return (enum plan_kind)k;
    return PLAN_KIND_UNKNOWN;
}

/* {"say":{…}}: `add` appends the step to whatever holds it. */
static enum error_code read_step(struct reading *r, const struct json *v,
                                 struct plan_step *(*add)(struct reading *, void *, enum plan_kind),
                                 void *to, const struct plan_path *at) {
    if (json_type(v) != JSON_OBJECT || json_count(v) != 1)
        return want(r, at, "one object with one member, like {\"hangup\":{}}");
    const struct json *body = json_first(v);
    enum plan_kind kind = kind_named(json_name(body));
    if (kind == PLAN_KIND_UNKNOWN)
        return plan_path_error(r->err, ERR_INVALID, at, "there is no step \"" STR_FMT "\"",
                               STR_ARG(json_name(body)));
    if (to && kind != PLAN_SAY && kind != PLAN_PLAY && kind != PLAN_PAUSE)
        return want(r, at, "say, play or pause as a prompt");
    struct plan_step *s = add(r, to, kind);
    if (!s)
        return plan_path_error(r->err, ERR_LIMIT, at, "more than %d steps", PLAN_STEPS_MAX);
    const struct plan_path here = {.up = at, .name = plan_kind_name(kind)};
    return read_members(r, &plan_shapes[kind], body, &s->u, &here);
}

static struct plan_step *add_top(struct reading *r, void *to, enum plan_kind kind) {
    (void)to;
    return plan_add(r->plan, kind);
}

enum error_code plan_from_json(const struct json *v, struct plan *out, struct error *err) {
    CLEANUP(plan_release) struct plan p = {0};
    struct reading r = {.plan = &p, .err = err};
    const struct json *steps = json_get(v, "steps");
    if (json_type(v) != JSON_OBJECT || json_type(steps) != JSON_ARRAY)
        return error_field(err, ERR_INVALID, "steps",
                           "a plan is an object with an array \"steps\"");
    for (const struct json *m = json_first(v); m; m = json_next(m))
        if (m != steps)
            return error_field(err, ERR_INVALID, "steps", "a plan has no member \"" STR_FMT "\"",
                               STR_ARG(json_name(m)));
    enum error_code rc = ERR_OK;
    size_t i = 0;
    for (const struct json *item = json_first(steps); item && rc == ERR_OK;
         item = json_next(item)) {
        const struct plan_path at = {.name = "steps", .index = i++, .indexed = true};
        rc = read_step(&r, item, add_top, NULL, &at);
    }
    if (rc != ERR_OK)
        return rc;
    *out = p;
    p = (struct plan){0};
    return ERR_OK;
}

/* ---- writing --------------------------------------------------------------------------------- */

static void write_members(const struct plan_shape *shape, const void *base, struct json_writer *w);

static void write_link(const struct plan_link *l, struct json_writer *w) {
    if (l->method == PLAN_METHOD_DEFAULT) {
        json_put_string(w, l->url);
        return;
    }
    json_begin_object(w);
    if (l->url.len > 0)
        json_kv_string(w, "url", l->url);
    json_kv_z(w, "method", method_words[l->method == PLAN_METHOD_GET]);
    json_end_object(w);
}

static void write_step(const struct plan_step *s, struct json_writer *w) {
    const struct plan_shape *shape = &plan_shapes[s->kind];
    json_begin_object(w);
    json_key(w, shape->name);
    write_members(shape, &s->u, w);
    json_end_object(w);
}

static void write_set(const struct plan_field *f, uint32_t set, struct json_writer *w) {
    json_begin_array(w);
    for (unsigned i = 0; f->words[i]; i++)
        if (set & BIT(i))
            json_put_string(w, str_z(f->words[i]));
    json_end_array(w);
}

static void write_array(const struct plan_field *f, const void *base, struct json_writer *w) {
    size_t count = plan_field_count(f, base);
    const void *items = *(void *const *)plan_field_at(f, base);
    if (f->type == PLAN_FIELD_PARAMS) {
        const struct plan_param *params = items;
        json_begin_object(w);
        for (size_t i = 0; i < count; i++) {
            json_key_str(w, params[i].name);
            json_put_string(w, params[i].value);
        }
        json_end_object(w);
        return;
    }
    json_begin_array(w);
    for (size_t i = 0; i < count; i++) {
        if (f->type == PLAN_FIELD_PROMPTS)
            write_step((const struct plan_step *)items + i, w);
        else if (f->type == PLAN_FIELD_NOUNS)
            write_members(&plan_noun_shape, (const struct plan_noun *)items + i, w);
        else
            write_members(&plan_pay_prompt_shape, (const struct plan_pay_prompt *)items + i, w);
    }
    json_end_array(w);
}

static void write_json_text(struct str text, struct json_writer *w) {
    const struct json_limits limits = {.bytes_max = 1 << 20, .depth_max = 64, .values_max = 100000};
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    if (json_parse(text, &limits, &doc, NULL) == ERR_OK && json_type(json_root(doc)) == JSON_OBJECT)
        json_put_raw(w, text);
    else
        json_put_string(w, text);
}

static void write_field(const struct plan_field *f, const void *base, struct json_writer *w) {
    const void *at = plan_field_at(f, base);
    switch (f->type) {
    case PLAN_FIELD_STR:
    case PLAN_FIELD_HTTP_URL:
    case PLAN_FIELD_WS_URL:
    case PLAN_FIELD_FINISH_KEY:
        json_put_string(w, *(const struct str *)at);
        break;
    case PLAN_FIELD_JSON:
        write_json_text(*(const struct str *)at, w);
        break;
    case PLAN_FIELD_LINK:
        write_link(at, w);
        break;
    case PLAN_FIELD_U32:
        json_put_int(w, *(const uint32_t *)at);
        break;
    case PLAN_FIELD_I32:
        json_put_int(w, *(const int32_t *)at);
        break;
    case PLAN_FIELD_BOOL:
        json_put_bool(w, true);
        break;
    case PLAN_FIELD_TRISTATE:
        json_put_bool(w, *(const enum plan_tristate *)at == PLAN_YES);
        break;
    case PLAN_FIELD_ENUM:
        json_put_string(w, str_z(f->words[*(const uint32_t *)at - 1]));
        break;
    case PLAN_FIELD_SET:
        write_set(f, *(const uint32_t *)at, w);
        break;
    case PLAN_FIELD_PROMPTS:
    case PLAN_FIELD_NOUNS:
    case PLAN_FIELD_PARAMS:
    case PLAN_FIELD_PAY_PROMPTS:
        write_array(f, base, w);
        break;
    case PLAN_FIELD_UNKNOWN:
    case PLAN_FIELD_TYPE_COUNT:
        break;
    }
}

static void write_members(const struct plan_shape *shape, const void *base, struct json_writer *w) {
    if (shape->count > 0 && !shape->fields[0].name) {
        write_field(&shape->fields[0], base, w);
        return;
    }
    json_begin_object(w);
    for (size_t i = 0; i < shape->count; i++)
        if (plan_field_is_set(&shape->fields[i], base)) {
            json_key(w, shape->fields[i].name);
            write_field(&shape->fields[i], base, w);
        }
    json_end_object(w);
}

void plan_to_json(const struct plan *p, struct json_writer *w) {
    json_begin_object(w);
    json_key(w, "steps");
    json_begin_array(w);
    for (size_t i = 0; i < p->count; i++)
        write_step(&p->steps[i], w);
    json_end_array(w);
    json_end_object(w);
}
