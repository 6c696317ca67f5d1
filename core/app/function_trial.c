#include "core/app/function_trial.h"

#include "core/base/compiler.h"
#include "core/io/zone_files.h"

enum {
    JSON_BYTES_MAX = 65536
};

static enum error_code parse_object(struct str text, const char *name, struct json_doc **out,
                                    struct error *err) {
    static const struct json_limits limits = {.bytes_max = JSON_BYTES_MAX};
    if (text.len == 0)
        return ERR_OK;
    enum error_code rc = json_parse(text, &limits, out, err);
    if (rc == ERR_OK && json_type(json_root(*out)) != JSON_OBJECT)
        rc = error_field(err, ERR_INVALID, name, "is not an object, write {…}");
    return rc;
}

/** Variables as values; texts stay as they are, numbers and booleans become texts. */
static struct brain_value *values_of(const struct json *variables, struct arena *a, size_t *count) {
    struct brain_value *values = arena_alloc(a, (json_count(variables) + 1) * sizeof *values);
    *count = 0;
    for (const struct json *v = json_first(variables); v; v = json_next(v)) {
        struct buf b = BUF_INIT(ASSISTANT_TEXT_MAX);
        if (json_type(v) == JSON_STRING)
            buf_put_str(&b, json_str(v));
        else
            json_put_value(&b, v);
        values[(*count)++] =
            (struct brain_value){arena_copy(a, json_name(v)), arena_copy(a, buf_str(&b))};
        buf_release(&b);
    }
    return values;
}

enum error_code function_trial_run(const struct function_trial *t, struct arena *arena,
                                   struct function_reply *out, struct error *err) {
    CLEANUP(json_doc_freep) struct json_doc *variables = NULL;
    CLEANUP(json_doc_freep) struct json_doc *data = NULL;
    const struct zones zones = zone_files(NULL);
    enum error_code rc = parse_object(t->variables_json, "variables", &variables, err);
    if (rc == ERR_OK && variables && t->assistant)
        rc = assistant_check_variables(t->assistant, json_root(variables), err);
    if (rc == ERR_OK)
        rc = parse_object(t->global_data_json, "global_data", &data, err);
    if (rc != ERR_OK)
        return rc;
    struct function_context ctx = {
        .store = t->store,
        .assistant = t->assistant,
        .session_id = t->session_id,
        .caller_id = t->caller_id,
        .any_caller = true,
        .data = data           ? json_root(data)
                : t->assistant ? t->assistant->global_data
                               : NULL,
        .zones = &zones,
        .remote = t->remote,
        .now_ms = t->now_ms,
        .arena = arena,
    };
    if (variables)
        ctx.values = values_of(json_root(variables), arena, &ctx.value_count);
    return function_run_text(&ctx, t->function, t->arguments_json, out, err);
}
