#ifndef TESTS_SUPPORT_HELD_TX_H
#define TESTS_SUPPORT_HELD_TX_H

#include <pthread.h>
#include <stdbool.h>

#include "core/domain/store.h"

/**
 * A transaction that the test holds in its hand: its body waits on a thread of its own while the
 * test uses tx. One at a time for writing; nothing else may be in its batch that fails.
 */
struct held {
    struct store_tx *tx;
    struct store *s;
    bool writes;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    bool open, ending;
    enum error_code want, rc;
    struct error err;
};

/** Begin. Ends the program when the transaction does not begin. */
void hold_write(struct held *h, struct store *s);
void hold_read(struct held *h, struct store *s);

/** Let the body return rc; gives what the store made of it. h->err tells why. */
enum error_code hold_end(struct held *h, enum error_code rc);

#endif
