#include "core/app/api.h"
#include "core/app/assistant_files.h"

/* GET /api/assistants: what is in force, and what is wrong with the files on disk. */

static void put_functions(struct json_writer *w, const struct assistant *a) {
    json_key(w, "functions");
    json_begin_array(w);
    for (size_t i = 0; i < a->function_count; i++)
        json_put_string(w, a->functions[i].name);
    json_end_array(w);
}

static void put_variables(struct json_writer *w, const struct assistant *a) {
    json_key(w, "variables");
    json_begin_object(w);
    for (size_t i = 0; i < a->variable_count; i++) {
        json_key_str(w, a->variables[i].name);
        json_put_string(w, a->variables[i].value);
    }
    json_end_object(w);
}

static void put_numbers(struct json_writer *w, const struct assistant *a) {
    json_key(w, "numbers");
    json_begin_array(w);
    for (size_t i = 0; i < a->number_count; i++)
        json_put_string(w, a->numbers[i]);
    json_end_array(w);
}

static void put_fault(struct json_writer *w, struct str fault) {
    json_key(w, "fault");
    if (fault.len > 0)
        json_put_string(w, fault);
    else
        json_put_null(w);
}

static void put_assistant(void *ctx, const struct assistant_file *file) {
    struct json_writer *w = ctx;
    const struct assistant *a = file->assistant;
    if (!a)
        return;
    json_begin_object(w);
    json_kv_string(w, "name", a->name);
    json_kv_string(w, "title", a->title);
    json_kv_z(w, "brain", assistant_brain_name(a->brain));
    json_kv_z(w, "record", call_record_name(a->recording.rule));
    put_functions(w, a);
    put_variables(w, a);
    put_numbers(w, a);
    json_kv_string(w, "file", file->path);
    json_kv_string(w, "version", file->version);
    json_kv_time(w, "loaded_at", file->loaded_ms);
    put_fault(w, file->fault);
    json_end_object(w);
}

/** Every fault, those of files that never were good included. */
static void put_faulty(void *ctx, const struct assistant_file *file) {
    struct json_writer *w = ctx;
    if (file->fault.len == 0)
        return;
    json_begin_object(w);
    json_kv_string(w, "file", file->path);
    put_fault(w, file->fault);
    json_end_object(w);
}

void api_list_assistants(struct api_request *r) {
    struct assistant_files *files = gateway_assistants(r->gateway);
    struct json_writer w;
    json_write_init(&w, api_body(r));
    json_begin_object(&w);
    json_key(&w, "faults");
    json_begin_array(&w);
    assistant_files_each_file(files, put_faulty, &w);
    json_end_array(&w);
    json_key(&w, "items");
    json_begin_array(&w);
    assistant_files_each_file(files, put_assistant, &w);
    api_reply_items(r, &w, "", 0);
}

/* docs/assistant.schema.json, compiled in, for editors. Made by cmake/Embed.cmake. */
extern const unsigned char embedded_assistant_schema[];
extern const size_t embedded_assistant_schema_bytes;

void api_assistant_schema(struct gateway *g, struct http_exchange *x) {
    (void)g;
    x->reply_body.max = API_REPLY_MAX;
    http_exchange_reply_text(x, 200, "application/schema+json",
                             str_from(embedded_assistant_schema, embedded_assistant_schema_bytes));
}
