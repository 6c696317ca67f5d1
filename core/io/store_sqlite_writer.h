#ifndef CORE_IO_STORE_SQLITE_WRITER_H
#define CORE_IO_STORE_SQLITE_WRITER_H

#include <pthread.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/io/store_sqlite_conn.h"

enum {
    WRITER_BATCH_MAX = 512
};

/** What the writer tells its owner; on the writer thread. */
struct writer_hooks {
    void (*batch_done)(void *ctx); /* may be NULL */
    void *batch_ctx;
    /** The log grows and grows: end what keeps it from being reused. */
    void (*log_stuck)(void *ctx);
    void *log_ctx;
};

enum writer_state {
    WRITER_GOOD = 0,
    WRITER_FAILING, /* the last commit failed; the next may succeed */
    WRITER_DEAD     /* nothing is written any more: only a restart helps */
};

/**
 * The one thread that writes, over the one connection that writes. It takes all works that wait,
 * runs them in one transaction, and tells each how it ended.
 */
struct writer {
    struct sql_conn conn;
    struct sql_tx tx;
    struct clock clock;
    struct log *log;
    struct writer_hooks hooks;
    size_t queue_max;

    pthread_t thread;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t wake;
    struct store_work *head, *tail;
    size_t waiting;
    bool asleep, stopping;
    enum writer_state state;
    struct error trouble; /* why the state is not good */

    /* the writer thread's own */
    struct store_work *works[WRITER_BATCH_MAX];
    enum error_code rcs[WRITER_BATCH_MAX];
    struct error errs[WRITER_BATCH_MAX]; /* of those that failed */
    size_t count;
    int log_pages;        /* in the write-ahead log after the last commit */
    int checkpoint_pages; /* the size at which it is copied back next */
};

/** w->conn is open and stays w's. Zeroed before; never moves. */
NODISCARD enum error_code writer_start(struct writer *w, struct clock clock, struct log *log,
                                       size_t queue_max, const struct writer_hooks *hooks,
                                       struct error *err);

/** Run what waits, end the thread, empty the log if possible. w->conn stays open. */
void writer_stop(struct writer *w);

NODISCARD enum error_code writer_submit(struct writer *w, struct store_work *work,
                                        struct error *err);
bool writer_is_self(const struct writer *w);

/** The state's trouble, ERR_OK when there is none. */
NODISCARD enum error_code writer_health(struct writer *w, struct error *err);

/** A reader found the file damaged, or the writer did. */
void writer_note_trouble(struct writer *w, int sqlite_rc);

#endif
