#ifndef CORE_ENGINE_LINKS_H
#define CORE_ENGINE_LINKS_H

#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/str.h"
#include "core/domain/call.h"
#include "core/domain/provider.h"

/*
 * The addresses that carriers call us at:
 *     <public base>/voice/<provider>/<call id>/<nonce>/<kind>[?turn=<n>]
 * and, where a number of ours is pointed at,
 *     <public base>/voice/<provider>/inbound    and, for news,    /voice/<provider>/status
 * They carry our own call id, so a webhook that arrives before the carrier's reply still finds its
 * call, and a nonce per attempt, so that an old or guessed address opens nothing.
 */
struct links {
    struct str public_base_url; /* without a trailing slash; borrowed */
};

/** Append the address. turn is added for WEBHOOK_GATHER only. */
void links_put(const struct links *l, struct buf *b, const struct call *c, enum webhook_kind kind,
               uint32_t turn);

struct links_target {
    struct str provider; /* borrowed from the path */
    int64_t call_id;     /* 0: of no call yet; the carrier's own id tells which */
    char nonce[CALL_NONCE_SIZE];
    enum webhook_kind kind;
    uint32_t turn;
};

/** Take a request target's path and query apart; false when it is no such address. */
NODISCARD bool links_parse(struct str path, struct str query, struct links_target *out);

#endif
