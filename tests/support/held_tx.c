#include "tests/support/held_tx.h"

#include <stdio.h>
#include <stdlib.h>

static enum error_code hold_body(struct store_tx *tx, void *ctx, struct error *err) {
    struct held *h = ctx;
    pthread_mutex_lock(&h->mutex);
    h->tx = tx;
    h->open = true;
    pthread_cond_broadcast(&h->cond);
    while (!h->ending)
        pthread_cond_wait(&h->cond, &h->mutex);
    enum error_code rc = h->want;
    pthread_mutex_unlock(&h->mutex);
    return rc == ERR_OK ? ERR_OK : error_set(err, rc, "the test wants it so");
}

static void *hold_main(void *ctx) {
    struct held *h = ctx;
    enum error_code rc = h->writes ? store_write(h->s, hold_body, h, &h->err)
                                   : store_read(h->s, hold_body, h, &h->err);
    pthread_mutex_lock(&h->mutex);
    h->rc = rc;
    bool began = h->open;
    pthread_mutex_unlock(&h->mutex);
    if (!began) {
        fprintf(stderr, "no transaction: %s\n", h->err.text);
        abort();
    }
    return NULL;
}

static void hold(struct held *h, struct store *s, bool writes) {
    *h = (struct held){.s = s, .writes = writes};
    pthread_mutex_init(&h->mutex, NULL);
    pthread_cond_init(&h->cond, NULL);
    if (pthread_create(&h->thread, NULL, hold_main, h) != 0)
        abort();
    pthread_mutex_lock(&h->mutex);
    while (!h->open)
        pthread_cond_wait(&h->cond, &h->mutex);
    pthread_mutex_unlock(&h->mutex);
}

void hold_write(struct held *h, struct store *s) {
    hold(h, s, true);
}

void hold_read(struct held *h, struct store *s) {
    hold(h, s, false);
}

enum error_code hold_end(struct held *h, enum error_code rc) {
    pthread_mutex_lock(&h->mutex);
    h->want = rc;
    h->ending = true;
    pthread_cond_broadcast(&h->cond);
    pthread_mutex_unlock(&h->mutex);
    pthread_join(h->thread, NULL);
    pthread_cond_destroy(&h->cond);
    pthread_mutex_destroy(&h->mutex);
    return h->rc;
}
