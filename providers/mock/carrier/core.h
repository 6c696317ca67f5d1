#ifndef PROVIDERS_MOCK_CARRIER_CORE_H
#define PROVIDERS_MOCK_CARRIER_CORE_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/base/digest.h"
#include "core/base/pool.h"
#include "providers/mock/carrier/carrier.h"
#include "providers/mock/carrier/face.h"
#include "providers/mock/carrier/hub.h"
#include "providers/mock/carrier/leg.h"
#include "providers/mock/carrier/scenario.h"
#include "providers/mock/carrier/sidmap.h"
#include "providers/mock/carrier/speech.h"

/** One number's history: what the create faults and the ids depend on. */
struct dialled {
    char *number;
    uint64_t asked; /* create requests */
    uint64_t legs;  /* calls made */
    uint64_t rings; /* dials that left the carrier */
};

/** Requests counted for a rate limit of the face. */
struct face_window {
    int64_t began_ms;
    uint64_t count;
};

struct carrier {
    const struct carrier_face *face;
    char *account, *token, *number, *signing_key; /* signing_key NULL: none */
    char number_sid[SID_SIZE];
    double speed;
    uint64_t seed;
    uint32_t calls_max;
    struct http_client *http;
    struct clock clock;
    struct log *log;
    struct buf base_url;
    struct scenario *scenario;
    struct digest_hmac *hmac_sha1, *hmac_sha256; /* of the key that signs webhooks */
    int64_t born_ms;

    struct face_window windows[2];
    double next_turn_ms; /* when the next call may leave a face's queue, since born_ms */

    struct hub *hub;
    pthread_t thread;
    bool started;
    struct pool *pool; /* renders recordings */
    struct speech *speech;

    struct sidmap legs, tapes;
    struct leg *newest, *oldest;
    struct leg *retired_first, **retired_end;
    uint64_t retired_count, requests, creates;

    struct leg **heap;
    size_t heap_count, heap_cap;
    uint64_t heap_order;

    struct outgoing *waiting_first, **waiting_end;
    size_t in_flight, waiting_count;

    pthread_mutex_t books_mutex; /* numbers: the only state that other threads read */
    struct sidmap numbers;
    _Atomic uint64_t created, ended, settled, recordings, webhooks_sent, webhooks_failed;
};

/** History of a number, made when new. The carrier's thread; fields under books_mutex. */
struct dialled *carrier_number(struct carrier *c, struct str number);

/** The leg may have something to do, or nothing any more: put it in its place in the heap. */
void carrier_touch(struct carrier *c, struct leg *l);

/** One due event of a leg. In progress.c. */
void progress_event(struct carrier *c, struct leg *l, const struct leg_event *e);

#endif
