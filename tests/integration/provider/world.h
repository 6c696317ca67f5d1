#ifndef TESTS_INTEGRATION_PROVIDER_WORLD_H
#define TESTS_INTEGRATION_PROVIDER_WORLD_H

#include <pthread.h>
#include <stdbool.h>

#include "core/domain/provider.h"
#include "providers/mock/carrier/carrier.h"

/** A carrier in a box, a provider in front of it, and a gateway that only listens: real HTTP both
 * ways, real signatures. */
struct world {
    struct http_client *http;
    struct carrier *box;
    struct http_server *box_server, *gateway;
    struct secret token;
    struct provider *p;
    char answer[96], status[96], recording[96];
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint32_t seen; /* BIT(status) of each status that was told */
    unsigned refused;
    char recording_sid[CALL_SID_SIZE]; /* once it is available */
    const struct plan *document;       /* NULL: a greeting and a hang-up */
    double speed;
    const char *number; /* the caller id; NULL: the account's own */
};

/** document, speed and number are set before; the rest is not. False, and a failed case, when it
 * fails. */
bool world_start(struct world *w, const char *dialect);
void world_stop(struct world *w);

/** Until each of these statuses was told, and a recording is there when one is wanted. Notices may
 * come in any order. False: too late. */
bool world_wait(struct world *w, uint32_t statuses, bool recording);

enum provider_outcome world_place(struct world *w, const char *to, bool record,
                                  struct provider_call *call, struct error *err);

/** Fetch the recording that was told of, delete it, and miss it. */
void world_expect_recording(struct world *w, struct str call_sid);

/** The only call to +12025550100 that the carrier lists is this one. */
void world_expect_listed(struct world *w, struct str call_sid);

#endif
