#include "core/app/env_file.h"

#include <stdio.h>

enum {
    ENV_LINE_MAX = 4096,
    NAME_SHOWN_MAX = 40
};

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static bool is_name(struct str s) {
    for (size_t i = 0; i < s.len; i++) {
        char ch = s.ptr[i];
        if (!((ch >= 'A' && ch <= 'Z') || ch == '_' || (i > 0 && ch >= '0' && ch <= '9')))
            return false;
    }
    return s.len > 0;
}

/* Quotes of either kind around the whole value, or a comment behind a blank. */
static bool unquote(struct str *v) {
    *v = str_trim(*v);
    if (v->len > 0 && (v->ptr[0] == '"' || v->ptr[0] == '\'')) {
        size_t end = str_find(str_from_index(*v, 1), v->ptr[0]) + 1;
        if (end >= v->len)
            return false;
        struct str after = str_trim(str_from_index(*v, end + 1));
        *v = str_from(v->ptr + 1, end - 1);
        return after.len == 0 || after.ptr[0] == '#';
    }
    size_t hash = str_find_str(*v, STR(" #"));
    if (hash < v->len)
        *v = str_trim(str_from(v->ptr, hash));
    return true;
}

static void read_line(struct env_file *f, struct str line, size_t number,
                      struct config_faults *faults) {
    char where[CONFIG_FAULT_NAME_SIZE];
    line = str_trim(line);
    if (line.len == 0 || line.ptr[0] == '#')
        return;
    if (str_starts(line, STR("export ")))
        line = str_trim(str_from_index(line, 7));
    snprintf(where, sizeof where, "%.*s line %zu", NAME_SHOWN_MAX, f->name, number);
    size_t eq = str_find(line, '=');
    struct str name = str_trim(str_from(line.ptr, eq < line.len ? eq : 0));
    struct str value = str_from_index(line, eq + 1);
    if (!is_name(name) || !str_is_utf8(line)) {
        config_fault(faults, where,
                     "is not NAME=value; write one setting a line, comments after #");
        return;
    }
    if (!unquote(&value)) {
        config_fault(faults, where,
                     "has a quote that is not closed, or text behind the closing quote");
        return;
    }
    for (size_t i = 0; i < f->count; i++)
        if (str_eq(f->pairs[i].name, name)) {
            config_fault(faults, where,
                         "sets " STR_FMT " again (first in line %zu); remove one of them",
                         STR_ARG(name), f->pairs[i].line);
            return;
        }
    f->pairs[f->count++] = (struct env_pair){name, value, number};
}

void env_file_read(struct env_file *f, const char *name, struct str text,
                   struct config_faults *faults) {
    size_t lines = 1;
    *f = (struct env_file){.name = name};
    if (str_starts(text, STR(BYTE_ORDER_MARK))) /* some editors begin every file with it */
        text = str_from_index(text, sizeof BYTE_ORDER_MARK - 1);
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    f->pairs = arena_alloc(&f->arena, lines * sizeof *f->pairs);
    struct str line;
    for (size_t n = 1; str_next(&text, '\n', &line); n++) {
        if (line.len > ENV_LINE_MAX)
            config_fault(faults, name, "line %zu is over %d bytes", n, ENV_LINE_MAX);
        else
            read_line(f, line, n, faults);
    }
}

const struct env_pair *env_file_find(const struct env_file *f, const char *name) {
    for (size_t i = 0; i < f->count; i++)
        if (str_eq_z(f->pairs[i].name, name))
            return &f->pairs[i];
    return NULL;
}

void env_file_release(struct env_file *f) {
    arena_release(&f->arena);
}
