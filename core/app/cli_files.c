#include "core/app/cli_files.h"

#include <errno.h>
#include <string.h>

#include "core/domain/call.h"

enum {
    JSON_FILE_MAX = 262144,
    NAME_MAX_BYTES = 64
};

int cli_read_file(struct cli *cli, const char *path, struct buf *out) {
    bool standard = strcmp(path, "-") == 0;
    FILE *f = standard ? stdin : fopen(path, "re");
    char chunk[4096];
    size_t n;
    if (!f)
        return cli_fail(cli, CLI_USAGE, "%s cannot be read: %s", path, strerrordesc_np(errno));
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_put(out, chunk, n);
    int fault = ferror(f) ? errno : 0;
    if (!standard)
        fclose(f);
    if (fault)
        return cli_fail(cli, CLI_USAGE, "%s cannot be read: %s", path, strerrordesc_np(fault));
    if (buf_failed(out))
        return cli_fail(cli, CLI_USAGE, "%s is over %zu bytes", path, out->max);
    return CLI_DONE;
}

int cli_read_json(struct cli *cli, const char *path, struct json_doc **out) {
    struct buf text = BUF_INIT(JSON_FILE_MAX);
    struct json_limits limits = {.bytes_max = JSON_FILE_MAX, .values_max = 20000};
    struct error err = {0};
    int status = cli_read_file(cli, path, &text);
    if (status == CLI_DONE && json_parse(buf_str(&text), &limits, out, &err) != ERR_OK)
        status = cli_fail(cli, CLI_USAGE, "%s: %s", path, err.text);
    buf_release(&text);
    return status;
}

static bool is_given_before(const struct cli_args *a, size_t n, struct str name) {
    for (size_t i = 0; i < n; i++) {
        const char *text = cli_args_nth(a, "--var", i);
        struct str earlier = str_z(text ? text : "");
        if (str_eq(str_from(earlier.ptr, str_find(earlier, '=')), name))
            return true;
    }
    return false;
}

int cli_put_variables(struct cli *cli, struct buf *out) {
    struct json_writer w;
    const char *text;
    if (!cli_args_flag(&cli->args, "--var"))
        return CLI_DONE;
    json_write_init(&w, out);
    json_begin_object(&w);
    for (size_t n = 0; (text = cli_args_nth(&cli->args, "--var", n)); n++) {
        struct str pair = str_z(text);
        size_t eq = str_find(pair, '=');
        struct str name = str_from(pair.ptr, eq);
        if (eq == pair.len || eq == 0 || eq > NAME_MAX_BYTES)
            return cli_fail(cli, CLI_USAGE, "--var must be NAME=VALUE, as in --var user_name=Ann");
        if (!str_is_utf8(pair))
            return cli_fail(cli, CLI_USAGE, "--var must be UTF-8 text");
        if (is_given_before(&cli->args, n, name))
            return cli_fail(cli, CLI_USAGE, "--var " STR_FMT " is given twice", STR_ARG(name));
        json_key_str(&w, name);
        json_put_string(&w, str_from_index(pair, eq + 1));
    }
    json_end_object(&w);
    if (buf_failed(out))
        return cli_fail(cli, CLI_USAGE, "the variables are over %zu bytes", out->max);
    return CLI_DONE;
}
