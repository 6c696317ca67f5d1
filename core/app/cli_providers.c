#include <string.h>

#include "core/app/carrier_facts.h"
#include "core/app/cli_commands.h"
#include "core/app/cli_settings.h"
#include "core/app/cli_text.h"
#include "twiml/twiml.h"

/* switchhook providers: what each carrier can do, and which one is set. Needs no gateway. */

enum {
    FACTS_MAX = 262144,
    CARRIERS_MAX = CLI_TABLE_COLUMNS_MAX - 1
};

/* The carriers as columns: name by name, the same members of each. */
struct columns {
    const struct json *carriers[CARRIERS_MAX];
    char names[CARRIERS_MAX][64];
    size_t count;
    struct cli_table table;
};

static struct str *add_row(struct columns *c, struct str name) {
    struct str *row = cli_table_row(&c->table);
    row[0] = arena_copy(&c->table.arena, name);
    return row;
}

/* The first one of any carrier: all that have it have the same names in it. */
static const struct json *first_of(const struct columns *c, const char *member) {
    const struct json *first = NULL;
    for (size_t i = 0; i < c->count && !first; i++)
        first = json_first(json_get(c->carriers[i], member));
    return first;
}

static void add_members(struct columns *c, const char *member, const char *heading) {
    add_row(c, str_z(heading));
    for (const struct json *m = first_of(c, member); m; m = json_next(m)) {
        char name[64];
        if (!str_copy(json_name(m), name, sizeof name))
            continue;
        struct str *row = add_row(c, json_name(m));
        for (size_t i = 0; i < c->count; i++) {
            const struct json *object = json_get(c->carriers[i], member);
            const struct json *v = json_get(object, name);
            if (json_type(v) == JSON_BOOL)
                row[i + 1] = json_bool(v, false) ? STR("yes") : STR("no");
            else if (json_type(v) == JSON_OBJECT)
                row[i + 1] = cli_cell(&c->table.arena, v, "how");
            else
                row[i + 1] = cli_cell(&c->table.arena, object, name);
        }
    }
}

static void put_table(struct cli *cli, const struct json *items) {
    struct columns c = {.table = {.headings = {""}}};
    for (const struct json *i = json_first(items); i && c.count < CARRIERS_MAX; i = json_next(i)) {
        char *name = c.names[c.count];
        if (!str_copy(json_str(json_get(i, "name")), name, sizeof c.names[0]))
            continue;
        c.carriers[c.count++] = i;
        c.table.headings[c.count] = name;
    }
    c.table.columns = c.count + 1;
    struct str *role = add_row(&c, STR("role")), *wire, *missing;
    for (size_t i = 0; i < c.count; i++)
        role[i + 1] = cli_cell(&c.table.arena, c.carriers[i], "role");
    wire = add_row(&c, STR("wire"));
    for (size_t i = 0; i < c.count; i++)
        wire[i + 1] = cli_cell(&c.table.arena, c.carriers[i], "wire");
    missing = add_row(&c, STR("settings missing"));
    for (size_t i = 0; i < c.count; i++) {
        size_t n = json_count(json_get(c.carriers[i], "missing"));
        missing[i + 1] = n == 0 ? STR("none") : arena_printf(&c.table.arena, "%zu", n);
    }
    add_members(&c, "capabilities", "CAN");
    add_members(&c, "steps", "SAYS THE STEP");
    add_members(&c, "limits", "LIMITS");
    add_members(&c, "pace", "PACE IN FORCE");
    cli_table_put(&c.table, cli->out, cli_terminal_columns(cli->out));
    cli_table_release(&c.table);
}

static void put_remedies(struct cli *cli, const struct json *steps) {
    struct cli_table t = {.headings = {"STEP", "HOW", "REMEDY"}, .columns = 3};
    for (const struct json *s = json_first(steps); s; s = json_next(s)) {
        struct str *row = cli_table_row(&t);
        row[0] = arena_copy(&t.arena, json_name(s));
        row[1] = cli_cell(&t.arena, s, "how");
        row[2] = cli_cell(&t.arena, s, "remedy");
    }
    fputc('\n', cli->out);
    cli_table_put(&t, cli->out, cli_terminal_columns(cli->out));
    cli_table_release(&t);
}

static void put_settings(struct cli *cli, const struct json *settings) {
    struct cli_table t = {.headings = {"SETTING", "NEEDED", "SET", "MEANING"}, .columns = 4};
    for (const struct json *s = json_first(settings); s; s = json_next(s)) {
        struct str *row = cli_table_row(&t);
        row[0] = cli_cell(&t.arena, s, "name");
        row[1] = json_bool(json_get(s, "required"), false) ? STR("yes") : STR("no");
        row[2] = json_bool(json_get(s, "set"), false) ? STR("yes") : STR("no");
        row[3] = cli_cell(&t.arena, s, "meaning");
    }
    fputc('\n', cli->out);
    if (t.rows > 0)
        cli_table_put(&t, cli->out, cli_terminal_columns(cli->out));
    else
        fputs("it needs no settings\n", cli->out);
    cli_table_release(&t);
}

static void put_one(struct cli *cli, const struct json *carrier, const char *name) {
    struct str role = json_str(json_get(carrier, "role"));
    fprintf(cli->out, "%s: %s\n", name, role.ptr ? role.ptr : "not in use");
    put_settings(cli, json_get(carrier, "settings"));
    put_remedies(cli, json_get(carrier, "steps"));
}

/* The carrier of that name; NULL, and told, when there is none. */
static const struct json *find_carrier(struct cli *cli, const struct json *items,
                                       const char *name) {
    CLEANUP(buf_release) struct buf known = BUF_INIT(256);
    for (const struct json *i = json_first(items); i; i = json_next(i)) {
        struct str this = json_str(json_get(i, "name"));
        if (str_eq_z(this, name))
            return i;
        buf_puts(&known, known.len ? ", " : "");
        buf_put_str(&known, this);
    }
    cli_fail(cli, CLI_USAGE, "there is no carrier \"%.40s\"; there is: " STR_FMT, name,
             STR_ARG(buf_str(&known)));
    return NULL;
}

static void put_json(struct cli *cli, const struct json *v) {
    CLEANUP(buf_release) struct buf b = BUF_INIT(FACTS_MAX);
    json_put_value(&b, v);
    fprintf(cli->out, STR_FMT "\n", STR_ARG(buf_str(&b)));
}

static int put_facts(struct cli *cli, const struct json *all, const char *name) {
    bool as_json = cli_args_flag(&cli->args, "--json");
    const struct json *items = json_get(all, "items");
    const struct json *carrier = name ? find_carrier(cli, items, name) : NULL;
    if (name && !carrier)
        return CLI_USAGE;
    if (as_json)
        put_json(cli, name ? carrier : all);
    else if (name)
        put_one(cli, carrier, name);
    else
        put_table(cli, items);
    return CLI_DONE;
}

/* Settings that are missing are what this command tells of; they do not stop it. */
static void read_settings(struct cli *cli, struct config *out) {
    struct config_faults faults;
    if (config_load(cli_args_value(&cli->args, "--env"), out, &faults) != ERR_OK)
        cli_put_faults(cli, &faults);
}

int cli_providers(struct cli *cli) {
    CLEANUP(json_doc_freep) struct json_doc *doc = NULL;
    struct config config;
    struct error err = {0};
    struct buf text = BUF_INIT(FACTS_MAX);
    struct json_writer w;
    int status = CLI_DONE;
    const char *name = cli->args.arg_count > 0 ? cli->args.args[0] : NULL;
    twiml_init();
    read_settings(cli, &config);
    json_write_init(&w, &text);
    json_begin_object(&w);
    json_key(&w, "items");
    json_begin_array(&w);
    carrier_facts_put(&w, &config);
    json_end_array(&w);
    json_end_object(&w);
    struct json_limits limits = {.bytes_max = FACTS_MAX, .values_max = 10000};
    if (json_parse(buf_str(&text), &limits, &doc, &err) != ERR_OK)
        status = cli_fail_error(cli, &err);
    else
        status = put_facts(cli, json_root(doc), name);
    buf_release(&text);
    config_release(&config);
    return status;
}
