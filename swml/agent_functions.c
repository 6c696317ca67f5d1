#include "core/base/compiler.h"
#include "core/domain/function.h"
#include "swml/agent_writing.h"

/* What the carrier's agent may do: our functions, called at our own address. */

static void put_fillers(struct agent_writing *w, const struct assistant_function *f) {
    if (f->filler_count == 0)
        return;
    json_key(&w->j, "fillers");
    json_begin_object(&w->j);
    for (size_t i = 0; i < f->filler_count; i++)
        agent_phrases(w, f->fillers[i].language, &f->fillers[i].phrases);
    json_end_object(&w->j);
}

/* ---- parameters --------------------------------------------------------------------------------
 * What the carrier's JSON Schema knows of a function's schema. The rest is told to nobody and
 * checked all the same: here, when the function is called. */

static const struct {
    const char *type;
    const char *const keys[8];
} known[] = {
    {"string", {"type", "description", "enum", "default", "pattern", "format", "nullable"}},
    {"integer", {"type", "description", "enum", "default", "nullable"}},
    {"number", {"type", "description", "enum", "default", "nullable"}},
    {"boolean", {"type", "description", "default", "nullable"}},
    {"array", {"type", "description", "items", "default", "nullable"}},
    {"object", {"type", "description", "properties", "required", "default", "nullable"}},
};

static bool is_known(const struct json *schema, struct str key) {
    size_t type = 0;
    while (type < ARRAY_LEN(known) &&
           !str_eq_z(json_str(json_get(schema, "type")), known[type].type))
        type++;
    if (type == ARRAY_LEN(known))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(known[type].keys) && known[type].keys[i]; i++)
        if (str_eq_z(key, known[type].keys[i]))
            return true;
    return false;
}

/* As deep as a definition may nest them, SCHEMA_DEPTH_MAX. */
static void put_schema(struct agent_writing *w, const struct json *schema) {
    if (json_type(schema) != JSON_OBJECT) {
        agent_value(w, schema);
        return;
    }
    json_begin_object(&w->j);
    for (const struct json *m = json_first(schema); m; m = json_next(m)) {
        if (!is_known(schema, json_name(m)))
            continue;
        json_key_str(&w->j, json_name(m));
        if (str_eq(json_name(m), STR("items"))) {
            put_schema(w, m);
        } else if (str_eq(json_name(m), STR("properties"))) {
            json_begin_object(&w->j);
            for (const struct json *p = json_first(m); p; p = json_next(p)) {
                json_key_str(&w->j, json_name(p));
                put_schema(w, p);
            }
            json_end_object(&w->j);
        } else {
            agent_value(w, m);
        }
    }
    json_end_object(&w->j);
}

static void put_parameters(struct agent_writing *w, const struct assistant_function *f) {
    const struct function_declaration *own = function_declaration(function_find(f->name));
    struct str text =
        own ? str_z(own->parameters_json) : STR("{\"type\":\"object\",\"properties\":{}}");
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    json_key(&w->j, "parameters");
    if (f->parameters)
        put_schema(w, f->parameters);
    else if (json_parse(text, NULL, &doc, NULL) == ERR_OK)
        put_schema(w, json_root(doc));
    else
        w->j.b->failed = true; /* a declaration of ours: its own test holds it */
}

static void put_description(struct agent_writing *w, const struct assistant_function *f) {
    const struct function_declaration *own = function_declaration(function_find(f->name));
    if (f->description.len == 0 && own)
        json_kv_z(&w->j, "description", own->description);
    else
        agent_text(w, "description", f->description);
}

/* Remote functions, too, are called through us: the engine judges what they want done. */
static void put_function(struct agent_writing *w, const struct assistant_function *f) {
    json_begin_object(&w->j);
    json_kv_string(&w->j, "function", f->name);
    put_description(w, f);
    put_parameters(w, f);
    agent_given(w, "wait_file", f->wait_file);
    put_fillers(w, f);
    if (f->wait_file_loops > 0)
        json_kv_int(&w->j, "wait_file_loops", f->wait_file_loops);
    if (!f->is_open || w->o->query.len > 0)
        agent_address(w, "web_hook_url", w->o->function_url, f->is_open ? STR("") : f->name);
    if (f->is_inactive)
        json_kv_bool(&w->j, "active", false);
    if (f->wait_for_fillers)
        json_kv_bool(&w->j, "wait_for_fillers", true);
    if (f->skip_fillers)
        json_kv_bool(&w->j, "skip_fillers", true);
    agent_json(w, "meta_data", f->meta_data);
    agent_given(w, "meta_data_token", f->meta_data_token);
    json_end_object(&w->j);
}

void agent_functions(struct agent_writing *w) {
    bool any = false;
    for (size_t i = 0; i < w->a->function_count; i++)
        any = any || !w->a->functions[i].is_flow_only;
    if (!any)
        return;
    json_key(&w->j, "SWAIG");
    json_begin_object(&w->j);
    json_key(&w->j, "functions");
    json_begin_array(&w->j);
    for (size_t i = 0; i < w->a->function_count; i++)
        if (!w->a->functions[i].is_flow_only)
            put_function(w, &w->a->functions[i]);
    json_end_array(&w->j);
    json_key(&w->j, "defaults");
    json_begin_object(&w->j);
    agent_address(w, "web_hook_url", w->o->function_url, STR(""));
    json_end_object(&w->j);
    json_end_object(&w->j);
}
