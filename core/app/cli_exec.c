#include <string.h>

#include "core/app/assistant_files.h"
#include "core/app/cli_client.h"
#include "core/app/cli_commands.h"
#include "core/app/cli_files.h"
#include "core/app/cli_settings.h"
#include "core/app/cli_text.h"
#include "core/app/function_trial.h"
#include "core/base/clock.h"
#include "core/domain/function.h"
#include "swml/swaig_reply.h"

/* switchhook exec: one function of an assistant, without any call. */

enum {
    PAIR_NAME_MAX = 64,
    ADDRESS_MAX = CLI_URL_SIZE + 16
};

/* ---- the list of functions --------------------------------------------------------------------
 */

static void put_bound(FILE *f, bool *any, const char *word, const struct json *v) {
    struct buf b = BUF_INIT(256);
    if (!v)
        return;
    if (json_type(v) == JSON_STRING)
        buf_put_str(&b, json_str(v));
    else
        json_put_value(&b, v);
    fprintf(f, "%s%s: " STR_FMT, *any ? ", " : " [", word, STR_ARG(buf_str(&b)));
    *any = true;
    buf_release(&b);
}

static void put_constraints(FILE *f, const struct json *p) {
    static const struct {
        const char *member, *word;
    } bounds[] = {{"minimum", "min"},          {"maximum", "max"},
                  {"minLength", "min length"}, {"maxLength", "max length"},
                  {"minItems", "min items"},   {"maxItems", "max items"},
                  {"default", "default"}};
    bool any = false;
    const struct json *options = json_get(p, "enum");
    for (const struct json *o = json_first(options); o; o = json_next(o)) {
        struct buf b = BUF_INIT(256);
        json_put_value(&b, o);
        struct str word = json_type(o) == JSON_STRING ? json_str(o) : buf_str(&b);
        fprintf(f, "%s" STR_FMT, any ? ", " : " [options: ", STR_ARG(word));
        any = true;
        buf_release(&b);
    }
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++)
        put_bound(f, &any, bounds[i].word, json_get(p, bounds[i].member));
    if (any)
        fputc(']', f);
}

static bool is_required(const struct json *schema, struct str name) {
    for (const struct json *r = json_first(json_get(schema, "required")); r; r = json_next(r))
        if (str_eq(json_str(r), name))
            return true;
    return false;
}

static void put_parameters(FILE *f, const struct json *schema) {
    const struct json *properties = json_get(schema, "properties");
    fputs(json_count(properties) > 0 ? "    Parameters:\n" : "    Parameters: None\n", f);
    for (const struct json *p = json_first(properties); p; p = json_next(p)) {
        fprintf(f, "      " STR_FMT " (" STR_FMT, STR_ARG(json_name(p)),
                STR_ARG(json_str(json_get(p, "type"))));
        put_constraints(f, p);
        fprintf(f, ")%s: " STR_FMT "\n", is_required(schema, json_name(p)) ? " (required)" : "",
                STR_ARG(json_str(json_get(p, "description"))));
    }
}

static void put_functions(FILE *f, const struct assistant *a) {
    fputs("\nAvailable SWAIG functions:\n", f);
    size_t shown = 0;
    for (size_t i = 0; i < a->function_count; i++) {
        const struct assistant_function *fn = &a->functions[i];
        CLEANUP(json_doc_freep) struct json_doc *own = NULL;
        const struct function_declaration *built_in = function_declaration(function_find(fn->name));
        const struct json *schema = fn->parameters;
        bool remote = fn->kind == ASSISTANT_FUNCTION_REMOTE;
        if (fn->is_flow_only)
            continue;
        if (!schema && built_in &&
            json_parse(str_z(built_in->parameters_json), NULL, &own, NULL) == ERR_OK)
            schema = json_root(own);
        fprintf(f, "  " STR_FMT " - " STR_FMT "%s\n", STR_ARG(fn->name), STR_ARG(fn->description),
                remote ? " (EXTERNAL webhook)" : " (LOCAL webhook)");
        put_parameters(f, schema);
        shown++;
    }
    if (shown == 0)
        fputs("  No SWAIG functions registered\n", f);
    fputc('\n', f);
}

/* ---- arguments --------------------------------------------------------------------------------
 */

static void put_list(struct json_writer *w, struct str text) {
    struct str rest = text, item;
    json_begin_array(w);
    while (str_next(&rest, ',', &item))
        json_put_string(w, str_trim(item));
    json_end_array(w);
}

/** The text as what the schema wants; what does not fit stays a text, and is refused as one. */
static void put_typed(struct json_writer *w, const struct json *property, struct str text) {
    struct str type = json_str(json_get(property, "type"));
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    bool is_json =
        !str_eq_z(type, "string") && type.len > 0 && json_parse(text, NULL, &doc, NULL) == ERR_OK;
    if (is_json)
        json_put_raw(w, text);
    else if (str_eq_z(type, "array"))
        put_list(w, text);
    else
        json_put_string(w, text);
}

/**
 * "--arg NAME=VALUE", or "--NAME VALUE" as swaig-test has it: then dashes in the name are
 * underscores, and without a value it is true. The name holds PAIR_NAME_MAX bytes and a NUL.
 */
static bool split_argument(const struct cli_args *args, size_t i, char *name, struct str *value) {
    bool any = cli_option_is_any(args->values[i].option);
    struct str word = str_z(any ? args->values[i].word + 2 : args->values[i].value);
    size_t eq = str_find(word, '=');
    if ((!any && eq == word.len) || eq == 0 ||
        !str_copy(str_from(word.ptr, eq), name, PAIR_NAME_MAX + 1))
        return false;
    *value = any ? str_z(args->values[i].value) : str_from_index(word, eq + 1);
    for (char *c = name; any && *c; c++)
        *c = (char)(*c == '-' ? '_' : *c);
    return str_is_utf8(str_z(name)) && str_is_utf8(*value);
}

/** All arguments of the function, as one object. */
static int put_arguments(struct cli *cli, const struct json *schema, struct buf *out) {
    const struct cli_args *args = &cli->args;
    struct json_writer w;
    json_write_init(&w, out);
    json_begin_object(&w);
    for (size_t i = 0; i < args->value_count; i++) {
        const struct cli_option *o = args->values[i].option;
        char name[PAIR_NAME_MAX + 1];
        struct str value;
        if (!cli_option_is_any(o) && strcmp(o->name, "--arg") != 0)
            continue;
        if (!split_argument(args, i, name, &value))
            return cli_fail(cli, CLI_USAGE, "--arg must be NAME=VALUE, as in --arg amount=49.99");
        json_key(&w, name);
        put_typed(&w, json_get(json_get(schema, "properties"), name), value);
    }
    json_end_object(&w);
    return buf_failed(out) ? cli_fail(cli, CLI_USAGE, "the arguments are over %zu bytes", out->max)
                           : CLI_DONE;
}

/* ---- the reply --------------------------------------------------------------------------------
 */

/** Each action of the reply's JSON, as people read it. */
static void put_actions(FILE *f, struct str json) {
    static const struct str member = STR_INIT("\"action\":");
    unsigned depth = 0;
    size_t from = 0;
    bool quoted = false, inside = false;
    for (size_t i = 0; i < json.len; i++) {
        char c = json.ptr[i];
        if (quoted) {
            i += c == '\\';
            quoted = c != '"';
            continue;
        }
        if (!inside && depth == 1 && str_starts(str_from_index(json, i), member)) {
            inside = true;
            i += member.len - 1;
            fputs("\nActions:\n", f);
            continue;
        }
        quoted = c == '"';
        if ((c == '{' || c == '[') && ++depth == 3 && inside)
            from = i;
        if ((c == '}' || c == ']') && depth-- == 3 && inside)
            cli_put_pretty(f, str_from(json.ptr + from, i + 1 - from));
        if (inside && depth == 1)
            return;
    }
}

static int put_reply(struct cli *cli, const struct assistant *a, const struct config *config,
                     const struct function_reply *reply) {
    CLEANUP(buf_release) struct buf json = BUF_INIT(SWAIG_REPLY_MAX);
    char base[CLI_URL_SIZE], connector[ADDRESS_MAX];
    struct error err = {0};
    cli_gateway_url(config, base, sizeof base);
    snprintf(connector, sizeof connector, "%s/payment",
             config->public_base_url[0] ? config->public_base_url : base);
    const struct swaig_reply_options o = {
        .connector = str_z(connector),
        .recording_channels = a->recording.channels,
        .recording_format = a->recording.format,
    };
    if (swaig_reply_write(reply, &o, &json, NULL, &err) != ERR_OK)
        return cli_fail_error(cli, &err);
    if (cli_args_flag(&cli->args, "--json")) {
        fprintf(cli->out, STR_FMT "\n", STR_ARG(buf_str(&json)));
        return CLI_DONE;
    }
    fprintf(cli->out, "RESULT:\nSwaigFunctionResult: " STR_FMT "\n", STR_ARG(reply->response));
    put_actions(cli->out, buf_str(&json));
    if (reply->post_process && reply->action_count > 0)
        fputs("\nPost-process: True\n", cli->out);
    return CLI_DONE;
}

/* ---- the run ----------------------------------------------------------------------------------
 */

static int fail_function(struct cli *cli, const struct error *err) {
    const char *field = err->field;
    fprintf(cli->err, "switchhook: %s%s%s\n", field, field[0] ? ": " : "", err->text);
    return CLI_FAILED;
}

static int run_function(struct cli *cli, const struct config *config, const struct assistant *a,
                        const struct assistant_function *f) {
    CLEANUP(buf_release) struct buf arguments = BUF_INIT(FUNCTION_ARGUMENTS_MAX);
    CLEANUP(buf_release) struct buf variables = BUF_INIT(CALL_JSON_MAX);
    const char *data = cli_args_value(&cli->args, "--data");
    const char *caller = cli_args_value(&cli->args, "--caller");
    struct clock clock = clock_system();
    struct arena arena = {0};
    struct error err = {0};
    struct function_reply *reply = arena_alloc(&arena, sizeof *reply);
    int status = put_arguments(cli, f->parameters, &arguments);
    if (status == CLI_DONE)
        status = cli_put_variables(cli, &variables);
    const struct function_trial trial = {
        .assistant = a,
        .function = f->name,
        .arguments_json = buf_str(&arguments),
        .variables_json = buf_str(&variables),
        .global_data_json = str_z(data),
        .caller_id = str_z(caller ? caller : "+12025550100"),
        .now_ms = clock_wall_ms(&clock),
    };
    if (status == CLI_DONE)
        status = function_trial_run(&trial, &arena, reply, &err) == ERR_OK
                     ? put_reply(cli, a, config, reply)
                     : fail_function(cli, &err);
    arena_release(&arena);
    return status;
}

static int exec_found(struct cli *cli, const struct config *config, const struct assistant *a) {
    const char *name = cli->args.arg_count > 1 ? cli->args.args[1] : NULL;
    if (!name || cli_args_flag(&cli->args, "--list")) {
        put_functions(cli->out, a);
        return CLI_DONE;
    }
    const struct assistant_function *f = assistant_find_function(a, str_z(name));
    if (f)
        return run_function(cli, config, a, f);
    fprintf(cli->out, "Function '%s' not found in agent\n", name);
    put_functions(cli->out, a);
    return CLI_FAILED;
}

int cli_exec(struct cli *cli) {
    struct config config;
    struct assistant_files *files = NULL;
    struct error err = {0};
    int status = cli_settings(cli, &config);
    if (status != CLI_DONE)
        return status;
    if (assistant_files_load(config.assistants_dir, &files, &err) != ERR_OK) {
        status = cli_fail_error(cli, &err);
    } else {
        CLEANUP(assistant_unrefp)
        const struct assistant *a = assistant_files_find(files, str_z(cli->args.args[0]));
        status = a ? exec_found(cli, &config, a)
                   : cli_fail(cli, CLI_USAGE, "%s has no assistant \"%.60s\"",
                              config.assistants_dir, cli->args.args[0]);
    }
    assistant_files_free(files);
    config_release(&config);
    return status;
}
