#ifndef CORE_APP_ASSISTANT_SOURCE_H
#define CORE_APP_ASSISTANT_SOURCE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "core/app/assistant_files.h"

/* Files with definitions, read one by one. For assistant_files.c only. */
enum {
    SOURCE_FILES_MAX = 1000
};

/** Tells one state of a file from another without reading it. */
struct source_stamp {
    int64_t changed_ns, status_changed_ns; /* mtime, ctime */
    uint64_t inode;
    int64_t size;
    bool is_fresh; /* so young that a change now might look the same: read it again */
};

struct source_stamp source_stamp_of(const struct stat *st, int64_t wall_ms);
bool source_stamp_same(const struct source_stamp *a, const struct source_stamp *b);

/** What was read of a file. */
struct source {
    struct source_stamp stamp;
    char version[ASSISTANT_VERSION_SIZE]; /* "" when it could not be read */
    struct assistant *assistant;          /* NULL: err tells why */
    struct error err;                     /* text begins with the path */
};

/**
 * Read and parse a file. With `known` (its version), an equal one is not parsed: version is then
 * the same and assistant is NULL without an error.
 */
void source_read(const char *path, const char *known, int64_t wall_ms, struct source *out);

/**
 * Paths of the *.json files of a directory, sorted, in memory of its own: source_list_free().
 * Errors: ERR_IO, ERR_LIMIT.
 */
struct source_list {
    char **paths;
    size_t count;
};
NODISCARD enum error_code source_list_read(const char *dir, struct source_list *out,
                                           struct error *err);
void source_list_free(struct source_list *l);

#endif
