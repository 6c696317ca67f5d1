#include "core/base/compiler.h"
#include "core/domain/assistant_read.h"
#include "core/domain/function.h"
#include "core/domain/function_action_json.h"
#include "core/domain/record.h"
#include "core/domain/schema.h"
#include "core/domain/spoken.h"
#include "core/domain/text.h"

/* What the assistant may do: names of built-in functions, or objects. */
enum {
    TIMEOUT_MAX_MS = 60000,
    LOOPS_MAX = 100,
    META_DATA_MAX = 8192,
};

/** A declared function while it is read: its texts may name its arguments. */
struct function_reading {
    struct assistant_reader *r;
    const struct json *parameters;
};

/* ---- texts ----------------------------------------------------------------------------------- */

static bool is_argument(struct function_reading *f, struct str name) {
    bool found = false;
    for (const struct json *p = json_first(json_get(f->parameters, "properties")); p;
         p = json_next(p))
        found = found || (name.len > 0 && str_eq(json_name(p), name));
    return found;
}

static void check_text(struct function_reading *f, struct str text,
                       const struct definition_at *at) {
    struct text_part part;
    enum text_step step;
    while ((step = text_next(&text, &part)) != TEXT_END) {
        if (is_argument(f, part.name))
            continue;
        struct str one = step == TEXT_MALFORMED || part.name.len == 0
                             ? part.plain
                             : arena_printf(f->r->d.arena, "${" STR_FMT "}", STR_ARG(part.name));
        assistant_check_references(f->r, one, at);
    }
}

static struct str read_text(struct function_reading *f, const struct json *obj,
                            const struct definition_at *at, const char *member,
                            enum definition_need need) {
    struct str s = definition_text(&f->r->d, obj, at, member, ASSISTANT_TEXT_MAX, need);
    struct definition_at here = definition_member(at, member);
    check_text(f, s, &here);
    return s;
}

/* ---- effects and rules ----------------------------------------------------------------------- */

static struct str check_action_text(void *ctx, struct definition *d, struct str text,
                                    const struct definition_at *at) {
    (void)d;
    check_text(ctx, text, at);
    return text;
}

static void read_actions(struct function_reading *f, const struct json *list,
                         const struct definition_at *at) {
    struct function_reply *checked = mem_zalloc(sizeof *checked);
    function_actions_read(&f->r->d, list, at, check_action_text, f, checked);
    mem_free(checked);
}

/** The members that tell what a function gives, in a function or in a rule of it. */
static void read_effect(struct function_reading *f, const struct json *v,
                        const struct definition_at *at, struct assistant_effect *out) {
    static const char *const share_members[] = {"category", "information", NULL};
    struct definition *d = &f->r->d;
    struct definition_at share_at = definition_member(at, "share");
    struct definition_at actions_at = definition_member(at, "actions");
    out->response = read_text(f, v, at, "response", DEFINITION_OPTIONAL);
    out->end_reason = definition_name(d, v, at, "end", ASSISTANT_OUTCOME_MAX, DEFINITION_OPTIONAL);
    out->post_process = definition_bool(d, v, at, "post_process", false);
    out->actions = json_get(v, "actions");
    read_actions(f, out->actions, &actions_at);
    const struct json *share = json_get(v, "share");
    if (!share || !definition_object(d, share, &share_at, share_members))
        return;
    out->share_category =
        definition_name(d, share, &share_at, "category", INFO_CATEGORY_MAX, DEFINITION_REQUIRED);
    out->share_information = read_text(f, share, &share_at, "information", DEFINITION_REQUIRED);
}

static int64_t read_bound(struct definition *d, const struct json *v,
                          const struct definition_at *at, const char *member, bool *has) {
    const struct json *n = definition_number(d, v, at, member, 0, (double)(SPOKEN_CENTS_MAX / 100));
    *has = n != NULL;
    return n ? (int64_t)(json_double(n, 0) * 100 + 0.5) : 0;
}

static void read_condition_name(struct function_reading *f, const struct json *v,
                                const struct definition_at *at, struct assistant_condition *c) {
    struct definition *d = &f->r->d;
    struct definition_at here = definition_member(at, "value");
    c->name = definition_text(d, v, at, "value", ASSISTANT_DATA_NAME_MAX, DEFINITION_REQUIRED);
    if (!assistant_is_data_name(c->name) && !is_argument(f, c->name) &&
        !assistant_find_variable(f->r->a, c->name))
        definition_fail(d, &here, ERR_INVALID,
                        "is no argument, no variable and no " TEXT_DATA_PREFIX "name");
}

static void read_condition(struct function_reading *f, const struct json *v,
                           const struct definition_at *at, struct assistant_condition *c) {
    static const char *const members[] = {"value",  "equals", "at_least", "less_than",
                                          "is_set", "match",  "one_of",   NULL};
    struct definition *d = &f->r->d;
    struct definition_at equals_at = definition_member(at, "equals");
    if (!definition_object(d, v, at, members))
        return;
    read_condition_name(f, v, at, c);
    c->at_least = read_bound(d, v, at, "at_least", &c->has_at_least);
    c->less_than = read_bound(d, v, at, "less_than", &c->has_less_than);
    const struct json *equals = json_get(v, "equals");
    c->has_equals = equals != NULL;
    c->equals = equals ? assistant_read_value(f->r, equals, &equals_at) : (struct str){0};
    c->has_is_set = json_get(v, "is_set") != NULL;
    c->is_set = definition_bool(d, v, at, "is_set", true);
    c->match.items = definition_texts(d, v, at, "match", ASSISTANT_PHRASES_MAX,
                                      ASSISTANT_PHRASE_MAX, &c->match.count);
    c->one_of.items = definition_texts(d, v, at, "one_of", ASSISTANT_PHRASES_MAX,
                                       ASSISTANT_PHRASE_MAX, &c->one_of.count);
    if (!c->has_equals && !c->has_at_least && !c->has_less_than && !c->has_is_set &&
        c->match.count == 0 && c->one_of.count == 0)
        definition_fail(d, at, ERR_INVALID,
                        "has no condition, add equals, one_of, at_least, less_than, is_set or "
                        "match");
}

static void read_rule(struct function_reading *f, const struct json *v,
                      const struct definition_at *at, struct assistant_rule *out) {
    static const char *const members[] = {"when", "response", "post_process", "actions", "share",
                                          "end",  NULL};
    struct definition *d = &f->r->d;
    if (!definition_object(d, v, at, members))
        return;
    const struct json *when = json_get(v, "when");
    struct definition_at when_at = definition_member(at, "when");
    size_t n = definition_array(d, when, &when_at, ASSISTANT_CONDITIONS_MAX);
    struct assistant_condition *conditions = arena_alloc(d->arena, (n + 1) * sizeof *conditions);
    out->when = conditions;
    for (const struct json *c = json_first(when); c && d->rc == ERR_OK; c = json_next(c)) {
        struct definition_at item = definition_item(&when_at, out->when_count);
        read_condition(f, c, &item, &conditions[out->when_count++]);
    }
    read_effect(f, v, at, &out->effect);
}

static void read_rules(struct function_reading *f, const struct json *list,
                       const struct definition_at *at, struct assistant_function *out) {
    struct definition *d = &f->r->d;
    size_t n = definition_array(d, list, at, ASSISTANT_RULES_MAX);
    struct assistant_rule *rules = arena_alloc(d->arena, (n + 1) * sizeof *rules);
    out->rules = rules;
    for (const struct json *v = json_first(list); v && d->rc == ERR_OK; v = json_next(v)) {
        struct definition_at item = definition_item(at, out->rule_count);
        if (out->rule_count > 0 && rules[out->rule_count - 1].when_count == 0)
            definition_fail(d, &item, ERR_INVALID,
                            "is never reached, as the rule before it has no \"when\"");
        read_rule(f, v, &item, &rules[out->rule_count++]);
    }
}

/* ---- functions ------------------------------------------------------------------------------- */

/** What every kind has: who may call it and what is heard meanwhile. */
static void read_manner(struct assistant_reader *r, const struct json *v,
                        const struct definition_at *at, struct assistant_function *out) {
    struct definition *d = &r->d;
    out->is_open = !definition_bool(d, v, at, "secure", true);
    out->is_flow_only = definition_bool(d, v, at, "flow_only", false);
    out->is_inactive = !definition_bool(d, v, at, "active", true);
    assistant_read_fillers(r, v, at, out);
    out->wait_for_fillers = definition_bool(d, v, at, "wait_for_fillers", false);
    out->skip_fillers = definition_bool(d, v, at, "skip_fillers", false);
    out->wait_file = definition_url(d, v, at, "wait_file", ASSISTANT_URL_MAX, DEFINITION_OPTIONAL);
    out->wait_file_loops = definition_u32(d, v, at, "wait_file_loops", 1, LOOPS_MAX, 0);
    out->meta_data = definition_open_object(d, v, at, "meta_data", META_DATA_MAX);
    out->meta_data_token =
        definition_text(d, v, at, "meta_data_token", ASSISTANT_NAME_MAX, DEFINITION_OPTIONAL);
}

static void read_parameters(struct assistant_reader *r, const struct json *v,
                            const struct definition_at *at, struct assistant_function *out,
                            enum definition_need need) {
    struct definition_at here = definition_member(at, "parameters");
    out->parameters = json_get(v, "parameters");
    if (out->parameters)
        schema_check_definition(&r->d, out->parameters, &here);
    else if (need == DEFINITION_REQUIRED)
        definition_fail(&r->d, &here, ERR_INVALID,
                        "is missing, add the JSON Schema of the arguments");
}

/** A built-in function that is told about in other words, or heard in another manner. */
static void read_built_in(struct assistant_reader *r, const struct json *v,
                          const struct definition_at *at, enum function_id id,
                          struct assistant_function *out) {
    static const char *const members[] = {"name",
                                          "description",
                                          "parameters",
                                          "secure",
                                          "active",
                                          "fillers",
                                          "skip_fillers",
                                          "wait_file",
                                          "wait_for_fillers",
                                          "meta_data",
                                          "wait_file_loops",
                                          "meta_data_token",
                                          "flow_only",
                                          NULL};
    const struct function_declaration *built_in = function_declaration(id);
    if (v && !definition_object(&r->d, v, at, members))
        return;
    out->kind = ASSISTANT_FUNCTION_BUILT_IN;
    out->name = str_z(built_in->name);
    out->description = definition_text(&r->d, v, at, "description", ASSISTANT_TEXT_MAX,
                                       definition_if_there(v, "description"));
    if (out->description.len == 0)
        out->description = str_z(built_in->description);
    read_parameters(r, v, at, out, DEFINITION_OPTIONAL);
    read_manner(r, v, at, out);
}

static void read_remote(struct assistant_reader *r, const struct json *v,
                        const struct definition_at *at, struct assistant_function *out) {
    static const char *const own[] = {"response",     "share",   "end",
                                      "post_process", "actions", "rules"};
    out->kind = ASSISTANT_FUNCTION_REMOTE;
    out->url = definition_url(&r->d, v, at, "url", ASSISTANT_URL_MAX, DEFINITION_REQUIRED);
    out->timeout_ms = definition_u32(&r->d, v, at, "timeout_ms", 100, TIMEOUT_MAX_MS, 0);
    for (size_t i = 0; i < ARRAY_LEN(own); i++) {
        struct definition_at here = definition_member(at, own[i]);
        if (json_get(v, own[i]))
            definition_fail(&r->d, &here, ERR_INVALID,
                            "is what the endpoint at \"url\" tells, remove one of them");
    }
}

static void read_declared(struct assistant_reader *r, const struct json *v,
                          const struct definition_at *at, struct assistant_function *out) {
    static const char *const members[] = {"name",
                                          "description",
                                          "parameters",
                                          "response",
                                          "share",
                                          "end",
                                          "post_process",
                                          "actions",
                                          "rules",
                                          "url",
                                          "secure",
                                          "timeout_ms",
                                          "active",
                                          "fillers",
                                          "skip_fillers",
                                          "wait_file",
                                          "meta_data",
                                          "wait_for_fillers",
                                          "wait_file_loops",
                                          "meta_data_token",
                                          "flow_only",
                                          NULL};
    struct definition *d = &r->d;
    struct definition_at rules_at = definition_member(at, "rules");
    struct definition_at timeout_at = definition_member(at, "timeout_ms");
    if (!definition_object(d, v, at, members))
        return;
    out->name = definition_name(d, v, at, "name", ASSISTANT_NAME_MAX, DEFINITION_REQUIRED);
    out->description =
        definition_text(d, v, at, "description", ASSISTANT_TEXT_MAX, DEFINITION_REQUIRED);
    read_parameters(r, v, at, out, DEFINITION_REQUIRED);
    read_manner(r, v, at, out);
    if (json_get(v, "url")) {
        read_remote(r, v, at, out);
        return;
    }
    struct function_reading f = {r, out->parameters};
    out->kind = ASSISTANT_FUNCTION_DECLARED;
    if (json_get(v, "timeout_ms"))
        definition_fail(d, &timeout_at, ERR_INVALID, "is for functions with a \"url\", remove it");
    read_effect(&f, v, at, &out->effect);
    read_rules(&f, json_get(v, "rules"), &rules_at, out);
}

static void read_function(struct assistant_reader *r, const struct json *v,
                          const struct definition_at *at, struct assistant_function *out) {
    bool is_name = json_type(v) == JSON_STRING;
    enum function_id id = function_find(json_str(is_name ? v : json_get(v, "name")));
    if (id != FUNCTION_NONE)
        read_built_in(r, is_name ? NULL : v, at, id, out);
    else if (!is_name)
        read_declared(r, v, at, out);
    else
        definition_fail(&r->d, at, ERR_INVALID,
                        "there is no built-in function of that name, declare it as an object");
}

void assistant_read_functions(struct assistant_reader *r, const struct json *root) {
    const struct json *list = json_get(root, "functions");
    struct definition_at at = definition_member(NULL, "functions");
    size_t n = definition_array(&r->d, list, &at, ASSISTANT_FUNCTIONS_MAX), count = 0;
    size_t room = (n > FUNCTION_ID_COUNT ? n : (size_t)FUNCTION_ID_COUNT) + 1;
    struct assistant_function *functions = arena_alloc(r->d.arena, room * sizeof *functions);
    for (size_t i = 1; !list && i < FUNCTION_ID_COUNT; i++)
        read_built_in(r, NULL, &at, (enum function_id)i, &functions[count++]);
    for (const struct json *v = json_first(list); v && r->d.rc == ERR_OK; v = json_next(v)) {
        struct definition_at item = definition_item(&at, count);
        read_function(r, v, &item, &functions[count]);
        for (size_t k = 0; k < count; k++)
            if (str_eq(functions[k].name, functions[count].name))
                definition_fail(&r->d, &item, ERR_INVALID, "is there twice, remove one");
        count++;
    }
    r->a->functions = functions;
    r->a->function_count = count;
}
