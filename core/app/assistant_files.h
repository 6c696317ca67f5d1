#ifndef CORE_APP_ASSISTANT_FILES_H
#define CORE_APP_ASSISTANT_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/base/str.h"
#include "core/domain/assistant.h"

/*
 * The assistants of a directory: every *.json in it, and what becomes of the files while the
 * gateway runs. A file that is changed, added or removed is taken up by the next refresh; one that
 * is broken keeps its last good version. Replaced versions are kept for as long as a call may run,
 * so a call goes on with the assistant that it began with. Any thread.
 */
struct assistant_files;

/**
 * Read them all; the first fault stops it. err->text begins with the file ("assistants/x.json: …")
 * and has the path in the document, or the line and column where it is no JSON.
 * Errors: ERR_IO (directory or file cannot be read), ERR_INVALID, ERR_LIMIT, ERR_CONFLICT (two
 * files with one name or one number). A directory without files is fine.
 */
NODISCARD enum error_code assistant_files_load(const char *dir, struct assistant_files **out,
                                               struct error *err);
void assistant_files_free(struct assistant_files *files); /* NULL is fine */

/**
 * Look at the directory again. What has changed is logged (log may be NULL), faults once. Cheap
 * when nothing did: one stat a file. One thread at a time.
 */
void assistant_files_refresh(struct assistant_files *files, struct clock clock, struct log *log);

/** With a reference for the caller; NULL when there is none of that name. */
const struct assistant *assistant_files_find(struct assistant_files *files, struct str name);

/**
 * The version that was in force at that time (Unix), else the present one. Versions of before the
 * gateway's start are not known.
 */
const struct assistant *assistant_files_find_at(struct assistant_files *files, struct str name,
                                                int64_t at_ms);

/** Who answers calls to this number (E.164), with a reference; NULL: nobody. */
const struct assistant *assistant_files_find_number(struct assistant_files *files,
                                                    struct str number);

/** Call `each` for every assistant, in the order of their names. */
void assistant_files_each(struct assistant_files *files,
                          void (*each)(void *ctx, const struct assistant *a), void *ctx);

/** A file as it is on disk and what is in force of it. Borrowed for the call of `each`. */
struct assistant_file {
    const struct assistant *assistant; /* NULL: no version of it was ever good */
    struct str path;
    struct str version; /* of the assistant; "" when there is none */
    int64_t loaded_ms;  /* Unix time; 0 when there is none */
    struct str fault;   /* what is wrong with the file on disk, and what to do; "" nothing */
};
void assistant_files_each_file(struct assistant_files *files,
                               void (*each)(void *ctx, const struct assistant_file *f), void *ctx);

/* ---- watching -------------------------------------------------------------------------------- */

/** A thread that refreshes every interval_ms; assistant_files_free() ends it. */
NODISCARD enum error_code assistant_files_watch(struct assistant_files *files, uint32_t interval_ms,
                                                struct clock clock, struct log *log,
                                                struct error *err);

#endif
