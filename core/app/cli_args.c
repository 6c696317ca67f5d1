#include "core/app/cli_args.h"

#include <string.h>

#include "core/base/str.h"

enum {
    OPTIONS_MAX = 32,
    WORD_MAX = 47,
    SLIPS_MAX = 2
};

/* ---- what was meant ---------------------------------------------------------------------------
 */

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Slips between two words: a letter missing, too many, wrong, or two swapped. */
static size_t slips_between(struct str a, struct str b) {
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b.len; j++)
        above[j] = before[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            bool same = a.ptr[i - 1] == b.ptr[j - 1];
            row[j] = least(above[j - 1] + !same, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b.len];
}

const char *cli_nearest(const char *word, const char *const *names) {
    struct str w = str_z(word);
    const char *nearest = NULL, *begun = NULL;
    size_t fewest = SLIPS_MAX + 1, begun_count = 0;
    if (w.len == 0 || w.len > WORD_MAX)
        return NULL;
    for (; *names; names++) {
        struct str name = str_z(*names);
        if (name.len > WORD_MAX)
            continue;
        if (str_starts(name, w)) {
            begun = *names;
            begun_count++;
        }
        size_t slips = slips_between(w, name);
        if (slips < fewest && slips < w.len) {
            fewest = slips;
            nearest = *names;
        }
    }
    return begun_count == 1 ? begun : nearest;
}

/* ---- parsing ----------------------------------------------------------------------------------
 */

bool cli_option_is_any(const struct cli_option *o) {
    return strcmp(o->name, CLI_OPTION_ANY) == 0;
}

static const struct cli_option *find_option(const struct cli_option *options, struct str name) {
    const struct cli_option *any = NULL;
    for (const struct cli_option *o = options; o && o->name; o++) {
        if (str_eq_z(name, o->name))
            return o;
        any = cli_option_is_any(o) && str_starts(name, STR("--")) ? o : any;
    }
    return any;
}

static enum error_code unknown_option(const struct cli_option *options, struct str name,
                                      struct error *err) {
    const char *names[OPTIONS_MAX + 2], *meant = NULL;
    char word[WORD_MAX + 1];
    size_t n = 0;
    for (const struct cli_option *o = options; o && o->name && n < OPTIONS_MAX; o++)
        names[n++] = o->name;
    names[n++] = "--help";
    names[n] = NULL;
    if (str_copy(name, word, sizeof word))
        meant = cli_nearest(word, names);
    return error_set(err, ERR_INVALID, "unknown option \"%.*s\"%s%s%s", (int)least(name.len, 40),
                     name.ptr, meant ? "; did you mean " : "", meant ? meant : "",
                     meant ? "?" : "; see --help");
}

static enum error_code take_option(const struct cli_option *options, int argc, char *const *argv,
                                   int *at, struct cli_args *out, struct error *err) {
    struct str word = str_z(argv[*at]);
    size_t eq = str_find(word, '=');
    struct str name = str_from(word.ptr, eq);
    const struct cli_option *o = find_option(options, name);
    if (!o)
        return unknown_option(options, name, err);
    if (!o->repeats && (cli_args_value(out, o->name) != NULL))
        return error_set(err, ERR_INVALID, "%s is given twice", o->name);
    if (out->value_count == CLI_VALUES_MAX)
        return error_set(err, ERR_INVALID, "more than %d options", CLI_VALUES_MAX);
    bool any = cli_option_is_any(o);
    const char *value = any ? "true" : "";
    if (!o->value && eq < word.len)
        return error_set(err, ERR_INVALID, "%s takes no value", o->name);
    bool is_last = *at + 1 >= argc || str_starts(str_z(argv[*at + 1]), STR("--"));
    if (o->value && eq < word.len) {
        value = argv[*at] + eq + 1;
    } else if (o->value && !(any && is_last)) {
        if (is_last)
            return error_set(err, ERR_INVALID, "%s needs a value: %s %s", o->name, o->name,
                             o->value);
        value = argv[++*at];
    }
    out->values[out->value_count].option = o;
    out->values[out->value_count].word = word.ptr;
    out->values[out->value_count++].value = value;
    return ERR_OK;
}

enum error_code cli_args_parse(const struct cli_option *options, int argc, char *const *argv,
                               struct cli_args *out, struct error *err) {
    struct cli_args args = {0};
    bool only_args = false;
    for (int i = 0; i < argc && !only_args; i++) {
        only_args = strcmp(argv[i], "--") == 0;
        args.help = args.help || strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0;
    }
    only_args = false;
    for (int i = 0; i < argc && !args.help; i++) {
        const char *word = argv[i];
        if (!only_args && strcmp(word, "--") == 0) {
            only_args = true;
        } else if (!only_args && word[0] == '-' && word[1] != '\0') {
            enum error_code rc = take_option(options, argc, argv, &i, &args, err);
            if (rc != ERR_OK)
                return rc;
        } else if (args.arg_count == CLI_ARGS_MAX) {
            return error_set(err, ERR_INVALID, "more than %d arguments", CLI_ARGS_MAX);
        } else {
            args.args[args.arg_count++] = word;
        }
    }
    *out = args;
    return ERR_OK;
}

enum error_code cli_args_count(const struct cli_args *a, size_t min, size_t max, const char *usage,
                               struct error *err) {
    if (a->arg_count < min)
        return error_set(err, ERR_INVALID, "something is missing: %s", usage);
    if (a->arg_count > max)
        return error_set(err, ERR_INVALID, "\"%.60s\" is too much; see --help", a->args[max]);
    return ERR_OK;
}

const char *cli_args_nth(const struct cli_args *a, const char *name, size_t n) {
    for (size_t i = 0; i < a->value_count; i++)
        if (strcmp(a->values[i].option->name, name) == 0 && n-- == 0)
            return a->values[i].value;
    return NULL;
}

const char *cli_args_value(const struct cli_args *a, const char *name) {
    return cli_args_nth(a, name, 0);
}

bool cli_args_flag(const struct cli_args *a, const char *name) {
    return cli_args_value(a, name) != NULL;
}

enum error_code cli_args_number(const struct cli_args *a, const char *name, uint64_t min,
                                uint64_t max, uint64_t *out, struct error *err) {
    const char *text = cli_args_value(a, name);
    uint64_t n = 0;
    if (!text)
        return ERR_OK;
    if (!str_to_u64(str_z(text), max, &n) || n < min)
        return error_set(err, ERR_INVALID, "%s must be a whole number from %llu to %llu", name,
                         (unsigned long long)min, (unsigned long long)max);
    *out = n;
    return ERR_OK;
}
