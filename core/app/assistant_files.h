#ifndef CORE_APP_ASSISTANT_FILES_H
#define CORE_APP_ASSISTANT_FILES_H

#include <stddef.h>

#include "core/base/error.h"
#include "core/base/str.h"
#include "core/domain/assistant.h"

/** The assistants of a directory: every *.json in it. Does not change once loaded. */
struct assistant_files;

/**
 * Read them all; the first fault stops it. err->text begins with the file ("assistants/x.json: …")
 * and has the path in the document, or the line and column where it is no JSON.
 * Errors: ERR_IO (directory or file cannot be read), ERR_INVALID, ERR_LIMIT, ERR_CONFLICT (two
 * files with one name). A directory without files is fine.
 */
NODISCARD enum error_code assistant_files_load(const char *dir, struct assistant_files **out,
                                               struct error *err);
void assistant_files_free(struct assistant_files *files); /* NULL is fine */

/** With a reference for the caller; NULL when there is none of that name. Any thread. */
const struct assistant *assistant_files_find(const struct assistant_files *files, struct str name);

/** Who has that number among its "numbers", with a reference for the caller; NULL: nobody. */
const struct assistant *assistant_files_find_number(const struct assistant_files *files,
                                                    struct str number);

/** Call `each` for every assistant, in the order of their names. */
void assistant_files_each(const struct assistant_files *files,
                          void (*each)(void *ctx, const struct assistant *a), void *ctx);

#endif
