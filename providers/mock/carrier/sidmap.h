#ifndef PROVIDERS_MOCK_CARRIER_SIDMAP_H
#define PROVIDERS_MOCK_CARRIER_SIDMAP_H

#include <stddef.h>

#include "core/base/str.h"

/** Text to pointer, open addressing. Keys are borrowed from the values. Zeroed is empty. */
struct sidmap_slot {
    struct str key;
    void *value; /* NULL with key.ptr set: removed */
};
struct sidmap {
    struct sidmap_slot *slots;
    size_t cap, live, used; /* used counts removed ones too */
};

void *sidmap_get(const struct sidmap *m, struct str key); /* NULL when absent */

/** key must be absent, not empty, and live as long as the value stays in the map. */
void sidmap_put(struct sidmap *m, struct str key, void *value);

/** Returns the value, NULL when absent. */
void *sidmap_remove(struct sidmap *m, struct str key);

/** Walk all values: start with *at = 0; NULL at the end. */
void *sidmap_next(const struct sidmap *m, size_t *at);

void sidmap_release(struct sidmap *m);

#endif
