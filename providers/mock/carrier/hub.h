#ifndef PROVIDERS_MOCK_CARRIER_HUB_H
#define PROVIDERS_MOCK_CARRIER_HUB_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The one way into the carrier's thread: requests from the server and replies to its own requests
 * are posted here and carried out there, so the carrier's state needs no lock. Counted references,
 * because a reply may come after the carrier is gone.
 */
struct carrier;
struct hub;

struct hub_item {
    struct hub_item *next;
    void (*run)(struct carrier *c, struct hub_item *i); /* on the carrier's thread; owns the item */
    void (*drop)(struct hub_item *i);                   /* instead of run: the hub is closed */
};

struct hub *hub_new(void);
struct hub *hub_ref(struct hub *h);
void hub_unref(struct hub *h); /* NULL is fine */

/** Any thread. */
void hub_post(struct hub *h, struct hub_item *i);

/**
 * Everything posted since the last time, first come first; NULL when wait_ms passed (-1: wait for
 * ever) or the hub was closed (then *closed is set). The carrier's thread only.
 */
struct hub_item *hub_take(struct hub *h, int64_t wait_ms, bool *closed);

/** Wakes hub_take(); what is posted from now on is dropped. */
void hub_close(struct hub *h);

#endif
