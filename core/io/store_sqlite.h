#ifndef CORE_IO_STORE_SQLITE_H
#define CORE_IO_STORE_SQLITE_H

#include <stddef.h>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/log.h"
#include "core/domain/store.h"

struct store_sqlite_options {
    const char *path; /* of the database; "-wal", "-shm" and ".lock" files lie next to it */
    struct clock clock;
    struct log *log;  /* may be NULL; must outlive the store */
    size_t queue_max; /* works that may wait; 0: 65536 */
    unsigned readers; /* read-only connections, opened when needed; 0: 4 */
    /** Called on the writer thread after all done calls of a batch; may be NULL. */
    void (*batch_done)(void *ctx);
    void *batch_ctx;
};

/**
 * Open or create the database, bring its tables up to date and start the writer thread. One process
 * at a time: a lock file keeps a second one out. *out is released with store_free().
 * Errors: ERR_CONFLICT (in use), ERR_INVALID (not ours, or of a newer version), ERR_STORE (damaged,
 * its write-ahead log is gone), ERR_IO (cannot be opened). The text names the file and the way out.
 */
NODISCARD enum error_code store_sqlite_open(const struct store_sqlite_options *opts,
                                            struct store **out, struct error *err);

#endif
