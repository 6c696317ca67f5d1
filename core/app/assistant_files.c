#include "core/app/assistant_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/compiler.h"
#include "core/base/mem.h"

enum {
    FILES_MAX = 1000,
    PATH_BYTES_MAX = 4096
};

struct entry {
    const struct assistant *assistant;
    struct str path;
};

struct assistant_files {
    struct arena arena;
    struct entry *entries;
    size_t count;
};

static void close_file(FILE **f) {
    if (*f)
        fclose(*f);
}

static void close_directory(DIR **d) {
    if (*d)
        closedir(*d);
}

static const char *why(int code, char *dst, size_t size) {
    return strerror_r(code, dst, size); /* the GNU one: gives the text, never fails */
}

static enum error_code read_file(const char *path, struct buf *out, struct error *err) {
    char text[128], chunk[8192];
    size_t n;
    CLEANUP(close_file) FILE *f = fopen(path, "rbe");
    if (!f)
        return error_set(err, ERR_IO, "%s: cannot be opened (%s), make it readable or remove it",
                         path, why(errno, text, sizeof text));
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0 && !buf_failed(out))
        buf_put(out, chunk, n);
    if (ferror(f))
        return error_set(err, ERR_IO, "%s: cannot be read (%s)", path,
                         why(errno, text, sizeof text));
    if (buf_failed(out))
        return error_set(err, ERR_LIMIT, "%s: is larger than %d bytes, shorten it", path,
                         ASSISTANT_FILE_MAX);
    return ERR_OK;
}

static enum error_code load_one(struct assistant_files *files, const char *path,
                                struct error *err) {
    struct buf text = BUF_INIT(ASSISTANT_FILE_MAX);
    struct assistant *a = NULL;
    struct error fault = {0};
    enum error_code rc = read_file(path, &text, err);
    if (rc == ERR_OK) {
        rc = assistant_parse(buf_str(&text), &a, &fault);
        if (rc != ERR_OK)
            error_field(err, rc, fault.field, "%s: %s%s%s", path, fault.field,
                        fault.field[0] ? ": " : "", fault.text);
    }
    buf_release(&text);
    if (rc != ERR_OK)
        return rc;
    files->entries[files->count++] = (struct entry){a, arena_copy(&files->arena, str_z(path))};
    return ERR_OK;
}

static bool is_definition(const char *name) {
    size_t n = strlen(name);
    return name[0] != '.' && n > 5 && strcmp(name + n - 5, ".json") == 0;
}

static int by_name(const void *left, const void *right) {
    const struct entry *a = left, *b = right;
    return str_cmp(a->assistant->name, b->assistant->name);
}

static enum error_code load_all(struct assistant_files *files, const char *dir, struct error *err) {
    char text[128], path[PATH_BYTES_MAX];
    enum error_code rc = ERR_OK;
    CLEANUP(close_directory) DIR *d = opendir(dir);
    if (!d)
        return error_field(err, ERR_IO, "SWITCHHOOK_ASSISTANTS_DIR",
                           "%s cannot be read (%s), name the directory of your assistants", dir,
                           why(errno, text, sizeof text));
    for (const struct dirent *e; rc == ERR_OK && (e = readdir(d));) {
        if (!is_definition(e->d_name))
            continue;
        if (files->count == FILES_MAX)
            return error_set(err, ERR_LIMIT, "%s holds more than %d assistants", dir, FILES_MAX);
        int n = snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        rc = n > 0 && (size_t)n < sizeof path
                 ? load_one(files, path, err)
                 : error_set(err, ERR_LIMIT, "%s is too long a path", dir);
    }
    if (rc != ERR_OK || files->count == 0)
        return rc;
    qsort(files->entries, files->count, sizeof *files->entries, by_name);
    for (size_t i = 1; i < files->count; i++) {
        const struct entry *a = &files->entries[i - 1], *b = &files->entries[i];
        if (str_eq(a->assistant->name, b->assistant->name))
            return error_field(err, ERR_CONFLICT, "name",
                               STR_FMT " and " STR_FMT
                                       " hold assistants of the same name, rename one",
                               STR_ARG(a->path), STR_ARG(b->path));
    }
    return ERR_OK;
}

enum error_code assistant_files_load(const char *dir, struct assistant_files **out,
                                     struct error *err) {
    struct assistant_files *files = mem_zalloc(sizeof *files);
    files->entries = mem_array(FILES_MAX, sizeof *files->entries);
    enum error_code rc = load_all(files, dir, err);
    if (rc != ERR_OK) {
        assistant_files_free(files);
        return rc;
    }
    *out = files;
    return ERR_OK;
}

void assistant_files_free(struct assistant_files *files) {
    if (!files)
        return;
    for (size_t i = 0; i < files->count; i++)
        assistant_unref(files->entries[i].assistant);
    arena_release(&files->arena);
    mem_free(files->entries);
    mem_free(files);
}

const struct assistant *assistant_files_find(const struct assistant_files *files, struct str name) {
    for (size_t i = 0; i < files->count; i++)
        if (str_eq(files->entries[i].assistant->name, name))
            return assistant_ref(files->entries[i].assistant);
    return NULL;
}

const struct assistant *assistant_files_find_number(const struct assistant_files *files,
                                                    struct str number) {
    for (size_t i = 0; i < files->count; i++) {
        const struct assistant *a = files->entries[i].assistant;
        for (size_t k = 0; k < a->number_count; k++)
            if (str_eq(a->numbers[k], number))
                return assistant_ref(a);
    }
    return NULL;
}

void assistant_files_each(const struct assistant_files *files,
                          void (*each)(void *ctx, const struct assistant *a), void *ctx) {
    for (size_t i = 0; i < files->count; i++)
        each(ctx, files->entries[i].assistant);
}
