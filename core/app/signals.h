#ifndef CORE_APP_SIGNALS_H
#define CORE_APP_SIGNALS_H

#include <stdbool.h>

/*
 * SIGTERM, SIGINT and SIGHUP come in at one place: a thread that reads them from a descriptor. The
 * first one asks the program to end; the second one ends it there and then, with status 130.
 */
struct signals;

/**
 * Block those signals in this thread and all that it starts, ignore SIGPIPE, and start the thread.
 * Before any other thread. Ends the process when the system has no descriptor or thread left.
 */
struct signals *signals_start(void);

/** Has the first one come? Any thread. */
bool signals_asked_to_stop(struct signals *s);

/** Wait for the first one. */
void signals_wait(struct signals *s);

/** Stop listening and give the signals back their meaning. NULL is fine. */
void signals_free(struct signals *s);

#endif
