#include "core/base/compiler.h"
#include "core/domain/assistant_read.h"

/* What brains are told: prompts, how they choose their words, contexts and steps. */
enum {
    BULLETS_MAX = 50,
    TOKENS_MAX = 16384,
    TURN_BUDGET_MIN_MS = 500,
    TURN_BUDGET_MAX_MS = 60000,
    CALL_TOKENS_MAX = 100000000,
    ROUNDS_MAX = 16,
};

/* ---- prompts --------------------------------------------------------------------------------- */

static void read_sections(struct assistant_reader *r, const struct json *list,
                          const struct definition_at *at, unsigned depth,
                          struct assistant_section **out, size_t *count);

static void read_section(struct assistant_reader *r, const struct json *v,
                         const struct definition_at *at, unsigned depth,
                         struct assistant_section *out) {
    static const char *const members[] = {
        "title", "body", "bullets", "subsections", "numbered", "numbered_bullets", NULL};
    struct definition *d = &r->d;
    if (!definition_object(d, v, at, members))
        return;
    out->title = definition_text(d, v, at, "title", ASSISTANT_TITLE_MAX, DEFINITION_OPTIONAL);
    out->body = assistant_read_say(r, v, at, "body", ASSISTANT_BODY_MAX, DEFINITION_OPTIONAL);
    out->numbered = definition_bool(d, v, at, "numbered", false);
    out->numbered_bullets = definition_bool(d, v, at, "numbered_bullets", false);
    out->bullets =
        definition_texts(d, v, at, "bullets", BULLETS_MAX, ASSISTANT_TEXT_MAX, &out->bullet_count);
    struct definition_at bullets = definition_member(at, "bullets");
    for (size_t i = 0; i < out->bullet_count; i++) {
        struct definition_at item = definition_item(&bullets, i);
        assistant_check_references(r, out->bullets[i], &item);
    }
    struct definition_at below = definition_member(at, "subsections");
    read_sections(r, json_get(v, "subsections"), &below, depth + 1, &out->subsections,
                  &out->subsection_count);
    if (out->body.len == 0 && out->bullet_count == 0 && out->subsection_count == 0)
        definition_fail(d, at, ERR_INVALID, "says nothing, add a body, bullets or subsections");
}

static void read_sections(struct assistant_reader *r, const struct json *list,
                          const struct definition_at *at, unsigned depth,
                          struct assistant_section **out, size_t *count) {
    size_t n = definition_array(&r->d, list, at, ASSISTANT_SECTIONS_MAX), i = 0;
    if (n > 0 && depth >= ASSISTANT_SECTION_DEPTH_MAX)
        definition_fail(&r->d, at, ERR_LIMIT, "is nested more than %d deep, flatten it",
                        ASSISTANT_SECTION_DEPTH_MAX);
    if (n == 0 || r->d.rc != ERR_OK)
        return;
    *out = arena_alloc(r->d.arena, n * sizeof **out);
    for (const struct json *v = json_first(list); v && r->d.rc == ERR_OK; v = json_next(v), i++) {
        struct definition_at item = definition_item(at, i);
        read_section(r, v, &item, depth, &(*out)[i]);
    }
    *count = i;
}

static void set_text(struct assistant_reader *r, struct assistant_prompt *out, struct str text) {
    if (text.len == 0)
        return;
    out->sections = arena_alloc(r->d.arena, sizeof *out->sections);
    out->sections[0].body = text;
    out->section_count = 1;
    out->is_text = true;
}

static void read_sampling(struct assistant_reader *r, const struct json *v,
                          const struct definition_at *at, struct assistant_sampling *out) {
    struct definition *d = &r->d;
    out->temperature = definition_number(d, v, at, "temperature", 0, 2);
    out->top_p = definition_number(d, v, at, "top_p", 0, 1);
    out->confidence = definition_number(d, v, at, "confidence", 0, 1);
    out->presence_penalty = definition_number(d, v, at, "presence_penalty", -2, 2);
    out->frequency_penalty = definition_number(d, v, at, "frequency_penalty", -2, 2);
    out->max_tokens = definition_u32(d, v, at, "max_tokens", 1, TOKENS_MAX, 0);
}

/** {"text" or "sections", how words are chosen}. */
static void read_prompt_object(struct assistant_reader *r, const struct json *v,
                               const struct definition_at *at, struct assistant_prompt *out) {
    bool has_text = json_get(v, "text") != NULL, has_sections = json_get(v, "sections") != NULL;
    struct definition_at sections = definition_member(at, "sections");
    if (has_text == has_sections)
        definition_fail(&r->d, at, ERR_INVALID, "needs a \"text\" or \"sections\", one of them");
    if (has_text)
        set_text(r, out,
                 assistant_read_say(r, v, at, "text", ASSISTANT_BODY_MAX, DEFINITION_REQUIRED));
    else
        read_sections(r, json_get(v, "sections"), &sections, 0, &out->sections,
                      &out->section_count);
    if (has_sections && out->section_count == 0)
        definition_fail(&r->d, &sections, ERR_INVALID, "is empty, add a section");
    read_sampling(r, v, at, &out->sampling);
}

/** A text, sections, or an object of these `members`. */
static void read_any_prompt(struct assistant_reader *r, const struct json *root, const char *name,
                            const char *const *members, struct assistant_prompt *out) {
    const struct json *v = json_get(root, name);
    struct definition_at at = definition_member(NULL, name);
    if (json_type(v) == JSON_ARRAY)
        read_sections(r, v, &at, 0, &out->sections, &out->section_count);
    else if (json_type(v) == JSON_OBJECT && definition_object(&r->d, v, &at, members))
        read_prompt_object(r, v, &at, out);
    else if (json_type(v) != JSON_OBJECT)
        set_text(r, out,
                 assistant_read_say(r, root, NULL, name, ASSISTANT_BODY_MAX, DEFINITION_OPTIONAL));
}

void assistant_read_prompts(struct assistant_reader *r, const struct json *root) {
    static const char *const members[] = {
        "text",       "sections",         "temperature",       "top_p",
        "confidence", "presence_penalty", "frequency_penalty", "max_tokens",
        NULL};
    static const char *const post_members[] = {"text",
                                               "sections",
                                               "temperature",
                                               "top_p",
                                               "confidence",
                                               "presence_penalty",
                                               "frequency_penalty",
                                               "max_tokens",
                                               "receiver",
                                               NULL};
    struct definition_at post = definition_member(NULL, "post_prompt");
    struct assistant_post_prompt *p = &r->a->post_prompt;
    read_any_prompt(r, root, "prompt", members, &r->a->prompt);
    read_any_prompt(r, root, "post_prompt", post_members, &p->prompt);
    p->receiver = definition_url(&r->d, json_get(root, "post_prompt"), &post, "receiver",
                                 ASSISTANT_URL_MAX, DEFINITION_OPTIONAL);
}

void assistant_read_model(struct assistant_reader *r, const struct json *root) {
    static const char *const members[] = {
        "name",       "temperature",    "top_p",       "presence_penalty", "frequency_penalty",
        "max_tokens", "turn_budget_ms", "call_tokens", "max_rounds",       NULL};
    const struct json *v = json_get(root, "model");
    struct definition_at at = definition_member(NULL, "model");
    struct definition *d = &r->d;
    struct assistant_model *m = &r->a->model;
    if (!v || !definition_object(d, v, &at, members))
        return;
    m->name = definition_text(d, v, &at, "name", ASSISTANT_TITLE_MAX, DEFINITION_OPTIONAL);
    read_sampling(r, v, &at, &m->sampling);
    m->turn_budget_ms =
        definition_u32(d, v, &at, "turn_budget_ms", TURN_BUDGET_MIN_MS, TURN_BUDGET_MAX_MS, 0);
    m->call_tokens = definition_u32(d, v, &at, "call_tokens", 1, CALL_TOKENS_MAX, 0);
    m->max_rounds = definition_u32(d, v, &at, "max_rounds", 1, ROUNDS_MAX, 0);
}

/* ---- contexts and steps ---------------------------------------------------------------------- */

static struct assistant_names read_names(struct assistant_reader *r, const struct json *v,
                                         const struct definition_at *at, const char *member) {
    struct assistant_names names = {0};
    names.items = definition_texts(&r->d, v, at, member, ASSISTANT_STEP_LINKS_MAX,
                                   ASSISTANT_NAME_MAX, &names.count);
    return names;
}

static void read_step(struct assistant_reader *r, const struct json *v,
                      const struct definition_at *at, struct assistant_step *s) {
    static const char *const members[] = {"name",           "text",        "criteria",
                                          "functions",      "valid_steps", "valid_contexts",
                                          "skip_user_turn", "end",         NULL};
    struct definition *d = &r->d;
    struct definition_at name_at = definition_member(at, "name");
    struct definition_at steps_at = definition_member(at, "valid_steps");
    if (!definition_object(d, v, at, members))
        return;
    s->name = definition_name(d, v, at, "name", ASSISTANT_NAME_MAX, DEFINITION_REQUIRED);
    if (str_eq(s->name, STR("next")))
        definition_fail(d, &name_at, ERR_INVALID,
                        "\"next\" means the step that follows, choose another name");
    s->text = assistant_read_say(r, v, at, "text", ASSISTANT_BODY_MAX, DEFINITION_REQUIRED);
    s->criteria = assistant_read_say(r, v, at, "criteria", ASSISTANT_TEXT_MAX, DEFINITION_OPTIONAL);
    s->limits_functions = json_get(v, "functions") != NULL;
    s->functions = read_names(r, v, at, "functions");
    s->limits_steps = json_get(v, "valid_steps") != NULL;
    s->valid_steps = read_names(r, v, at, "valid_steps");
    s->valid_contexts = read_names(r, v, at, "valid_contexts");
    s->skip_user_turn = definition_bool(d, v, at, "skip_user_turn", false);
    s->end = definition_bool(d, v, at, "end", false);
    if (s->end && s->valid_steps.count > 0)
        definition_fail(d, &steps_at, ERR_INVALID,
                        "leads on from a step that ends, remove it or \"end\"");
}

static void read_context(struct assistant_reader *r, const struct json *v,
                         const struct definition_at *at, struct assistant_context *c) {
    static const char *const members[] = {"name",  "text",           "isolated",
                                          "steps", "valid_contexts", NULL};
    struct definition *d = &r->d;
    if (!definition_object(d, v, at, members))
        return;
    c->name = definition_name(d, v, at, "name", ASSISTANT_NAME_MAX, DEFINITION_REQUIRED);
    c->text = assistant_read_say(r, v, at, "text", ASSISTANT_BODY_MAX, DEFINITION_OPTIONAL);
    c->isolated = definition_bool(d, v, at, "isolated", false);
    c->valid_contexts = read_names(r, v, at, "valid_contexts");
    const struct json *steps = json_get(v, "steps");
    struct definition_at steps_at = definition_member(at, "steps");
    size_t n = definition_array(d, steps, &steps_at, ASSISTANT_STEPS_MAX);
    c->steps = arena_alloc(d->arena, (n + 1) * sizeof *c->steps);
    for (const struct json *s = json_first(steps); s && d->rc == ERR_OK; s = json_next(s)) {
        struct definition_at item = definition_item(&steps_at, c->step_count);
        struct definition_at name = definition_member(&item, "name");
        struct assistant_step *step = &c->steps[c->step_count];
        read_step(r, s, &item, step);
        for (size_t i = 0; i < c->step_count; i++)
            if (str_eq(c->steps[i].name, step->name))
                definition_fail(d, &name, ERR_INVALID, "is there twice, rename one");
        c->step_count++;
    }
    if (c->step_count == 0)
        definition_fail(d, &steps_at, ERR_INVALID, "has no step, add at least one");
}

static bool has_step(const struct assistant_reader *r, const void *of, struct str name) {
    const struct assistant_context *c = of;
    bool found = str_eq(name, STR("next"));
    (void)r;
    for (size_t i = 0; i < c->step_count; i++)
        found = found || str_eq(c->steps[i].name, name);
    return found;
}

static bool has_context(const struct assistant_reader *r, const void *of, struct str name) {
    bool found = false;
    (void)of;
    for (size_t i = 0; i < r->a->context_count; i++)
        found = found || str_eq(r->a->contexts[i].name, name);
    return found;
}

static bool has_function(const struct assistant_reader *r, const void *of, struct str name) {
    (void)of;
    return assistant_find_function(r->a, name) != NULL;
}

/** Names of `member` lead somewhere? */
static void check_names(struct assistant_reader *r, const struct assistant_names *names,
                        const struct definition_at *at, const char *member,
                        bool (*is_there)(const struct assistant_reader *, const void *, struct str),
                        const void *of) {
    struct definition_at here = definition_member(at, member);
    for (size_t i = 0; i < names->count; i++) {
        struct definition_at item = definition_item(&here, i);
        if (!is_there(r, of, names->items[i]))
            definition_fail(&r->d, &item, ERR_INVALID,
                            "there is no \"" STR_FMT "\", add it or name another",
                            STR_ARG(names->items[i]));
    }
}

static void check_links(struct assistant_reader *r, const struct definition_at *at) {
    for (size_t i = 0; i < r->a->context_count; i++) {
        const struct assistant_context *c = &r->a->contexts[i];
        struct definition_at here = definition_item(at, i);
        struct definition_at steps = definition_member(&here, "steps");
        check_names(r, &c->valid_contexts, &here, "valid_contexts", has_context, NULL);
        for (size_t k = 0; k < c->step_count; k++) {
            const struct assistant_step *s = &c->steps[k];
            struct definition_at step = definition_item(&steps, k);
            check_names(r, &s->functions, &step, "functions", has_function, NULL);
            check_names(r, &s->valid_steps, &step, "valid_steps", has_step, c);
            check_names(r, &s->valid_contexts, &step, "valid_contexts", has_context, NULL);
        }
    }
}

void assistant_read_contexts(struct assistant_reader *r, const struct json *root) {
    const struct json *list = json_get(root, "contexts");
    struct definition_at at = definition_member(NULL, "contexts");
    struct assistant *a = r->a;
    size_t n = definition_array(&r->d, list, &at, ASSISTANT_CONTEXTS_MAX);
    a->contexts = arena_alloc(r->d.arena, (n + 1) * sizeof *a->contexts);
    for (const struct json *v = json_first(list); v && r->d.rc == ERR_OK; v = json_next(v)) {
        struct definition_at item = definition_item(&at, a->context_count);
        struct definition_at name = definition_member(&item, "name");
        struct assistant_context *c = &a->contexts[a->context_count];
        read_context(r, v, &item, c);
        if (has_context(r, NULL, c->name))
            definition_fail(&r->d, &name, ERR_INVALID, "is there twice, rename one");
        a->context_count++;
    }
    if (n > 0 && !has_context(r, NULL, STR("default")))
        definition_fail(&r->d, &at, ERR_INVALID,
                        "has none called \"default\", where calls begin: name one so");
    check_links(r, &at);
}
