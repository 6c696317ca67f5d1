#include "swml/agent_writing.h"

/* Persona and steps: what the carrier's agent is told. */

static void put_bullets(struct agent_writing *w, const struct assistant_section *s) {
    if (s->bullet_count == 0)
        return;
    json_key(&w->j, "bullets");
    json_begin_array(&w->j);
    for (size_t i = 0; i < s->bullet_count; i++)
        agent_item(w, s->bullets[i]);
    json_end_array(&w->j);
}

static void put_sections(struct agent_writing *w, const char *key,
                         const struct assistant_section *sections, size_t count);

/* As deep as a definition may nest them, ASSISTANT_SECTION_DEPTH_MAX. */
static void put_section(struct agent_writing *w, const struct assistant_section *s) {
    json_begin_object(&w->j);
    if (s->title.len > 0)
        agent_text(w, "title", s->title);
    if (s->body.len > 0)
        agent_text(w, "body", s->body);
    put_bullets(w, s);
    put_sections(w, "subsections", s->subsections, s->subsection_count);
    if (s->numbered)
        json_kv_bool(&w->j, "numbered", true);
    if (s->numbered_bullets)
        json_kv_bool(&w->j, "numberedBullets", true);
    json_end_object(&w->j);
}

static void put_sections(struct agent_writing *w, const char *key,
                         const struct assistant_section *sections, size_t count) {
    if (count == 0)
        return;
    json_key(&w->j, key);
    json_begin_array(&w->j);
    for (size_t i = 0; i < count; i++)
        put_section(w, &sections[i]);
    json_end_array(&w->j);
}

static void put_sampling(struct agent_writing *w, const struct assistant_sampling *s) {
    agent_json(w, "temperature", s->temperature);
    agent_json(w, "top_p", s->top_p);
    agent_json(w, "confidence", s->confidence);
    agent_json(w, "presence_penalty", s->presence_penalty);
    agent_json(w, "frequency_penalty", s->frequency_penalty);
    if (s->max_tokens > 0)
        json_kv_int(&w->j, "max_tokens", s->max_tokens);
}

static void put_prompt(struct agent_writing *w, const struct assistant_prompt *p) {
    if (p->is_text && p->section_count > 0)
        agent_text(w, "text", p->sections[0].body);
    else
        put_sections(w, "pom", p->sections, p->section_count);
    put_sampling(w, &p->sampling);
}

/* ---- contexts ----------------------------------------------------------------------------------
 */

static void put_names(struct agent_writing *w, const char *key, const struct assistant_names *n) {
    json_key(&w->j, key);
    json_begin_array(&w->j);
    for (size_t i = 0; i < n->count; i++)
        json_put_string(&w->j, n->items[i]);
    json_end_array(&w->j);
}

static void put_step(struct agent_writing *w, const struct assistant_step *s) {
    json_begin_object(&w->j);
    json_kv_string(&w->j, "name", s->name);
    agent_text(w, "text", s->text);
    if (s->criteria.len > 0)
        agent_text(w, "step_criteria", s->criteria);
    if (s->limits_functions && s->functions.count == 0)
        json_kv_z(&w->j, "functions", "none"); /* an empty list would allow all of them */
    else if (s->limits_functions)
        put_names(w, "functions", &s->functions);
    if (s->limits_steps)
        put_names(w, "valid_steps", &s->valid_steps);
    if (s->valid_contexts.count > 0)
        put_names(w, "valid_contexts", &s->valid_contexts);
    if (s->skip_user_turn)
        json_kv_bool(&w->j, "skip_user_turn", true);
    if (s->end)
        json_kv_bool(&w->j, "end", true);
    json_end_object(&w->j);
}

static void put_context(struct agent_writing *w, const struct assistant_context *c) {
    json_begin_object(&w->j);
    if (c->text.len > 0)
        agent_text(w, "text", c->text);
    json_key(&w->j, "steps");
    json_begin_array(&w->j);
    for (size_t i = 0; i < c->step_count; i++)
        put_step(w, &c->steps[i]);
    json_end_array(&w->j);
    if (c->valid_contexts.count > 0)
        put_names(w, "valid_contexts", &c->valid_contexts);
    if (c->isolated)
        json_kv_bool(&w->j, "isolated", true);
    json_end_object(&w->j);
}

static bool has_default(const struct assistant *a) {
    for (size_t i = 0; i < a->context_count; i++)
        if (str_eq_z(a->contexts[i].name, "default"))
            return true;
    return false;
}

/* The carrier begins with the context "default": the first one takes that name when none has it. */
static void put_contexts(struct agent_writing *w) {
    const struct assistant *a = w->a;
    if (a->context_count == 0)
        return;
    bool named = has_default(a);
    if (!named)
        plan_loss_add(w->loss, PLAN_LOSS_REPLACED, "contexts[0].name",
                      "the agent begins with the context \"default\"",
                      "this one goes by that name");
    json_key(&w->j, "contexts");
    json_begin_object(&w->j);
    for (size_t i = 0; i < a->context_count; i++) {
        json_key_str(&w->j, named || i > 0 ? a->contexts[i].name : STR("default"));
        put_context(w, &a->contexts[i]);
    }
    json_end_object(&w->j);
}

/* ---- both prompts ------------------------------------------------------------------------------
 */

static void put_post_prompt(struct agent_writing *w) {
    const struct assistant_post_prompt *p = &w->a->post_prompt;
    bool asked = p->prompt.section_count > 0;
    if (asked) {
        json_key(&w->j, "post_prompt");
        json_begin_object(&w->j);
        put_prompt(w, &p->prompt);
        json_end_object(&w->j);
    }
    if (asked && p->receiver.len > 0) /* whoever that is, it is not given our secrets */
        json_kv_string(&w->j, "post_prompt_url", p->receiver);
    else if ((asked || w->o->always_report) && w->o->post_prompt_url.len > 0)
        agent_address(w, "post_prompt_url", w->o->post_prompt_url, STR("post_prompt"));
}

void agent_prompts(struct agent_writing *w) {
    json_key(&w->j, "prompt");
    json_begin_object(&w->j);
    put_prompt(w, &w->a->prompt);
    put_contexts(w);
    json_end_object(&w->j);
    put_post_prompt(w);
}
