#ifndef CORE_APP_ENV_FILE_H
#define CORE_APP_ENV_FILE_H

#include "core/app/config.h"
#include "core/base/mem.h"

/* The lines of a settings file: NAME=value, in quotes of either kind or without, comments after #.
 */

struct env_pair {
    struct str name, value; /* borrowed from the text */
    size_t line;
};

struct env_file {
    const char *name; /* as faults call it */
    struct env_pair *pairs;
    size_t count;
    struct arena arena;
};

/** Read text; lines that cannot be read are faults, and left out. Borrows name and text. */
void env_file_read(struct env_file *f, const char *name, struct str text,
                   struct config_faults *faults);

/** NULL when there is no such name. */
const struct env_pair *env_file_find(const struct env_file *f, const char *name);
void env_file_release(struct env_file *f); /* zeroed is fine */

/** Add a fault, unless one of that name is there: what follows from a fault is none. */
void config_fault(struct config_faults *f, const char *name, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

#endif
