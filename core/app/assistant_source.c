#include "core/app/assistant_source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/compiler.h"
#include "core/base/digest.h"
#include "core/base/mem.h"

enum {
    PATH_BYTES_MAX = 4096,
    NS_PER_S = 1000000000,
    NS_PER_MS = 1000000,
    FRESH_MS = 2000, /* no file system keeps coarser times than two seconds */
};

static void close_file(int *fd) {
    if (*fd >= 0)
        close(*fd);
}

static void close_directory(DIR **d) {
    if (*d)
        closedir(*d);
}

static const char *why(int code, char *dst, size_t size) {
    return strerror_r(code, dst, size); /* the GNU one: gives the text, never fails */
}

static int64_t in_ns(const struct timespec *t) {
    return (int64_t)t->tv_sec * NS_PER_S + t->tv_nsec;
}

struct source_stamp source_stamp_of(const struct stat *st, int64_t wall_ms) {
    struct source_stamp s = {.changed_ns = in_ns(&st->st_mtim),
                             .status_changed_ns = in_ns(&st->st_ctim),
                             .inode = (uint64_t)st->st_ino,
                             .size = (int64_t)st->st_size};
    s.is_fresh = s.status_changed_ns / NS_PER_MS > wall_ms - FRESH_MS;
    return s;
}

bool source_stamp_same(const struct source_stamp *a, const struct source_stamp *b) {
    return !a->is_fresh && a->changed_ns == b->changed_ns &&
           a->status_changed_ns == b->status_changed_ns && a->inode == b->inode &&
           a->size == b->size;
}

static enum error_code read_file(const char *path, int64_t wall_ms, struct buf *text,
                                 struct source_stamp *stamp, struct error *err) {
    char reason[128], chunk[8192];
    struct stat st;
    ssize_t n;
    /* a pipe of that name must not hold up the others until somebody writes into it */
    CLEANUP(close_file) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0)
        return error_set(err, ERR_IO, "%s: cannot be opened (%s), make it readable or remove it",
                         path, why(errno, reason, sizeof reason));
    *stamp = source_stamp_of(&st, wall_ms);
    if (!S_ISREG(st.st_mode))
        return error_set(err, ERR_IO, "%s: is no file, remove or rename it", path);
    while ((n = read(fd, chunk, sizeof chunk)) > 0 && !buf_failed(text))
        buf_put(text, chunk, (size_t)n);
    if (n < 0)
        return error_set(err, ERR_IO, "%s: cannot be read (%s)", path,
                         why(errno, reason, sizeof reason));
    if (buf_failed(text))
        return error_set(err, ERR_LIMIT, "%s: is larger than %d bytes, shorten it", path,
                         ASSISTANT_FILE_MAX);
    return ERR_OK;
}

static void put_version(struct str text, char *dst) {
    uint8_t digest[DIGEST_BLAKE2B_BYTES];
    struct buf hex = BUF_INIT(ASSISTANT_VERSION_SIZE);
    digest_blake2b(text, digest);
    digest_put_hex(&hex, digest, (ASSISTANT_VERSION_SIZE - 1) / 2);
    memcpy(dst, hex.ptr, ASSISTANT_VERSION_SIZE - 1);
    dst[ASSISTANT_VERSION_SIZE - 1] = 0;
    buf_release(&hex);
}

void source_read(const char *path, const char *known, int64_t wall_ms, struct source *out) {
    struct buf text = BUF_INIT(ASSISTANT_FILE_MAX);
    struct error fault = {0};
    *out = (struct source){0};
    if (read_file(path, wall_ms, &text, &out->stamp, &out->err) == ERR_OK) {
        put_version(buf_str(&text), out->version);
        bool is_known = known && strcmp(known, out->version) == 0;
        enum error_code rc =
            is_known ? ERR_OK : assistant_parse(buf_str(&text), &out->assistant, &fault);
        if (rc != ERR_OK)
            (void)error_field(&out->err, rc, fault.field, "%s: %s%s%s", path, fault.field,
                              fault.field[0] ? ": " : "", fault.text);
    }
    buf_release(&text);
}

/* ---- the directory --------------------------------------------------------------------------- */

static bool is_definition(const char *name) {
    size_t n = strlen(name);
    return name[0] != '.' && n > 5 && strcmp(name + n - 5, ".json") == 0;
}

static int by_text(const void *left, const void *right) {
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static enum error_code read_names(const char *dir, struct source_list *out, struct error *err) {
    char reason[128], path[PATH_BYTES_MAX];
    CLEANUP(close_directory) DIR *d = opendir(dir);
    if (!d)
        return error_field(err, ERR_IO, "SWITCHHOOK_ASSISTANTS_DIR",
                           "%s cannot be read (%s), name the directory of your assistants", dir,
                           why(errno, reason, sizeof reason));
    for (const struct dirent *e; (e = readdir(d));) {
        if (!is_definition(e->d_name))
            continue;
        if (out->count == SOURCE_FILES_MAX)
            return error_set(err, ERR_LIMIT, "%s holds more than %d assistants", dir,
                             SOURCE_FILES_MAX);
        int n = snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        if (n < 0 || (size_t)n >= sizeof path)
            return error_set(err, ERR_LIMIT, "%s is too long a path", dir);
        out->paths[out->count++] = mem_copy_str(str_z(path));
    }
    return ERR_OK;
}

enum error_code source_list_read(const char *dir, struct source_list *out, struct error *err) {
    struct source_list l = {.paths = mem_array(SOURCE_FILES_MAX, sizeof *l.paths)};
    enum error_code rc = read_names(dir, &l, err);
    if (rc != ERR_OK) {
        source_list_free(&l);
        return rc;
    }
    qsort(l.paths, l.count, sizeof *l.paths, by_text);
    *out = l;
    return ERR_OK;
}

void source_list_free(struct source_list *l) {
    for (size_t i = 0; i < l->count; i++)
        mem_free(l->paths[i]);
    mem_free(l->paths);
    *l = (struct source_list){0};
}
