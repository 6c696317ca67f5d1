#ifndef CORE_ENGINE_DOCUMENT_CACHE_H
#define CORE_ENGINE_DOCUMENT_CACHE_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/str.h"

/*
 * Documents that were already given, for carriers that ask again (they retry, and some fetch
 * twice). An entry never changes: call, attempt, carrier id and turn decide the document. Bounded:
 * a newer entry may push an older one out, and a long document is not kept. Losing one costs a read
 * of the store, nothing else. Any thread.
 */
struct document_cache;

struct document_key {
    int64_t call_id;
    uint32_t turn;
    struct str nonce, sid;
};

enum {
    DOCUMENT_CACHED_MAX = 8192 /* bytes of one document */
};

/** Room for entries_max documents or a few more. */
struct document_cache *document_cache_new(size_t entries_max);
void document_cache_free(struct document_cache *c); /* NULL is fine */

void document_cache_put(struct document_cache *c, const struct document_key *k,
                        struct str document);

/** Append the document to out; false when it is not here. */
NODISCARD bool document_cache_get(struct document_cache *c, const struct document_key *k,
                                  struct buf *out);

/** Forget a call's answer document: it is over. */
void document_cache_drop(struct document_cache *c, int64_t call_id, uint32_t turn);

#endif
